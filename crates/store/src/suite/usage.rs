//! How the platform was used.

use std::time::Duration;

use jiff::SignedDuration;

use super::{now, open, user};
use crate::usage::{self, Ended, Figures, Slot, Subject};
use crate::users;

pub(super) async fn figures_are_added_kept_and_forgotten(url: String) {
    let store = open(&url).await;
    let seen = |servers| Figures {
        samples: 1,
        servers,
        most_servers: u32::try_from(servers).unwrap(),
        people: 1,
        ..Figures::default()
    };
    let class = Subject::Group("class".to_owned());
    let tx = store.begin().await.unwrap();
    for servers in [3, 1] {
        for slot in Slot::ALL {
            usage::add(&tx, slot, now(), &Subject::Everything, &seen(servers))
                .await
                .unwrap();
            usage::add(&tx, slot, now(), &class, &seen(1)).await.unwrap();
        }
    }
    tx.commit().await.unwrap();
    let from = Slot::Day.start(now());
    for slot in Slot::ALL {
        let found = usage::since(&store, slot, &Subject::Everything, from).await.unwrap();
        assert_eq!(found.len(), 1);
        let (at, figures) = &found[0];
        assert_eq!(*at, slot.start(now()));
        assert_eq!(
            (figures.mean_servers(), figures.most_servers, figures.people),
            (Some(2.0), 3, 1)
        );
    }
    assert_eq!(usage::subjects(&store, from).await.unwrap(), [class]);
    let later = now() + SignedDuration::from_hours(24 * 40);
    usage::purge(&store, later).await.unwrap();
    let left = async |slot| {
        usage::since(&store, slot, &Subject::Everything, from)
            .await
            .unwrap()
            .len()
    };
    assert_eq!(
        (left(Slot::Minutes).await, left(Slot::Hour).await, left(Slot::Day).await),
        (0, 1, 1)
    );
}

pub(super) async fn a_start_is_counted_once(url: String) {
    let store = open(&url).await;
    let ada = user(&store, "ada").await;
    let ended = Ended {
        at: now(),
        user_id: ada.id,
        profile: Some("small".to_owned()),
        took: Duration::from_millis(2500),
        cause: Some("launch".to_owned()),
    };
    usage::note_start(&store, &ended).await.unwrap();
    let tx = store.begin().await.unwrap();
    assert_eq!(usage::take_starts(&tx).await.unwrap(), std::slice::from_ref(&ended));
    drop(tx);
    let tx = store.begin().await.unwrap();
    assert_eq!(
        usage::take_starts(&tx).await.unwrap(),
        [ended],
        "what was not counted is still there"
    );
    tx.commit().await.unwrap();
    let tx = store.begin().await.unwrap();
    assert_eq!(usage::take_starts(&tx).await.unwrap(), []);
    drop(tx);
    users::touch(&store, ada.id, now()).await.unwrap();
    let hour = now() - SignedDuration::from_hours(1);
    let ahead = now() + SignedDuration::from_hours(1);
    assert_eq!(usage::people(&store, [hour, ahead, hour]).await.unwrap(), [1, 0, 1]);
    assert!(usage::running(&store).await.unwrap().is_empty());
    assert!(usage::groups_of(&store, &[ada.id]).await.unwrap().is_empty());
}
