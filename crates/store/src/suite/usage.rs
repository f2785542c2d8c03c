//! How the platform was used.

use std::time::Duration;

use jiff::SignedDuration;

use super::{now, open, user};
use crate::usage::{self, Ended, Figures, Slot, Subject};
use crate::{starts, users};

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
    let latest = usage::latest(&store, from).await.unwrap().unwrap();
    assert_eq!(latest.keys().collect::<Vec<_>>(), [&Subject::Everything]);
    assert_eq!(latest[&Subject::Everything].servers, 4);
    let behind = now() + SignedDuration::from_hours(1);
    assert_eq!(usage::latest(&store, behind).await.unwrap(), None);
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

/// What is told of now is of one look: not what a profile had before.
pub(super) async fn the_latest_look_is_found(url: String) {
    let store = open(&url).await;
    let seen = |samples, servers| Figures {
        samples,
        servers,
        ..Figures::default()
    };
    let (small, large) = (Subject::Profile("small".into()), Subject::Profile("large".into()));
    let at = Slot::Minutes.start(now());
    let (before, after) = (at - SignedDuration::from_mins(5), at + SignedDuration::from_mins(5));
    let tx = store.begin().await.unwrap();
    for (at, subject, figures) in [
        (before, &Subject::Everything, seen(1, 2)),
        (before, &small, seen(1, 2)),
        (at, &Subject::Everything, seen(1, 1)),
        (at, &large, seen(1, 1)),
        // A start that has ended since.
        (after, &Subject::Everything, seen(0, 0)),
        (after, &small, seen(0, 0)),
    ] {
        usage::add(&tx, Slot::Minutes, at, subject, &figures).await.unwrap();
    }
    tx.commit().await.unwrap();
    let latest = usage::latest(&store, before).await.unwrap().unwrap();
    assert_eq!(latest.keys().collect::<Vec<_>>(), [&Subject::Everything, &large]);
    assert_eq!(latest[&Subject::Everything].servers, 1);
}

/// How long a start usually takes: the middle of the latest.
pub(super) async fn starts_tell_how_long_the_next_takes(url: String) {
    let store = open(&url).await;
    let note = async |seconds: &[u64]| {
        let tx = store.begin().await.unwrap();
        for seconds in seconds {
            starts::note(&tx, "", Duration::from_secs(*seconds)).await.unwrap();
        }
        tx.commit().await.unwrap();
        starts::usual(&store, "").await.unwrap()
    };
    assert_eq!(note(&[900, 8]).await, None, "two tell nothing");
    assert_eq!(note(&[7]).await, Some(Duration::from_secs(8)));
    assert_eq!(starts::usual(&store, "other").await.unwrap(), None);
    assert_eq!(note(&[3; 150]).await, Some(Duration::from_secs(3)));
    assert_eq!(starts::purge(&store).await.unwrap(), 53, "100 of each are kept");
    assert_eq!(starts::purge(&store).await.unwrap(), 0);
}
