//! What the hub tells people.

use jiff::SignedDuration;
use perijove_model::announcement::{Audience, Level};

use super::{now, open, texts};
use crate::announcements::{self, MOST, Wanted};

pub(super) async fn what_is_told_stands_for_its_time(url: String) {
    let store = open(&url).await;
    let later = |minutes| now() + SignedDuration::from_mins(minutes);
    let wanted = |text: &str, starts, ends| Wanted {
        text: text.to_owned(),
        level: Level::Warning,
        audience: Audience::Groups,
        groups: texts(&["class", "staff"]),
        starts,
        ends,
    };
    let short = wanted("short", now(), Some(later(10)));
    let epoch = store.epoch();
    let id = announcements::make(&store, &short, "ada", now())
        .await
        .unwrap()
        .unwrap();
    assert_ne!(store.epoch(), epoch, "other hubs hear of it");
    let long = announcements::make(&store, &wanted("long", later(5), None), "ada", now())
        .await
        .unwrap();
    let found = announcements::by_id(&store, id).await.unwrap().unwrap();
    assert_eq!(
        (&found.wanted, found.revision, found.made_by.as_str()),
        (&short, 1, "ada")
    );
    assert!(found.stands(now()) && !found.stands(later(10)) && found.is_over(later(10)));
    let texts_of =
        |all: Vec<announcements::Announcement>| -> Vec<String> { all.into_iter().map(|one| one.wanted.text).collect() };
    assert_eq!(
        texts_of(announcements::open(&store, now()).await.unwrap()),
        ["long", "short"]
    );
    assert_eq!(
        texts_of(announcements::open(&store, later(10)).await.unwrap()),
        ["long"]
    );
    assert_eq!(
        texts_of(announcements::over(&store, later(10)).await.unwrap()),
        ["short"]
    );

    let longer = wanted("longer", now(), None);
    assert!(announcements::change(&store, id, &longer, later(1)).await.unwrap());
    assert!(
        announcements::change(
            &store,
            id,
            &Wanted {
                ends: Some(later(2)),
                ..longer
            },
            later(1)
        )
        .await
        .unwrap()
    );
    let found = announcements::by_id(&store, id).await.unwrap().unwrap();
    assert_eq!(
        (found.revision, found.changed),
        (2, later(1)),
        "its end is no other text"
    );
    announcements::purge(&store, later(3)).await.unwrap();
    assert!(announcements::by_id(&store, id).await.unwrap().is_none());
    assert!(announcements::remove(&store, long.unwrap()).await.unwrap());
    assert!(!announcements::remove(&store, id).await.unwrap());
    for _ in 0..MOST {
        announcements::make(&store, &short, "ada", now())
            .await
            .unwrap()
            .unwrap();
    }
    assert_eq!(announcements::make(&store, &short, "ada", now()).await.unwrap(), None);
}
