//! Homes: whose they are, and that they stay so.

use jiff::{SignedDuration, Timestamp};
use perijove_model::UserName;
use serde_json::json;

use super::{later, now, open, user};
use crate::homes::{self, Home, Places, Query, State};
use crate::{Db, Stmt, Store, users};

/// Before all that is due.
const FIRST: (Timestamp, i64) = (Timestamp::UNIX_EPOCH, 0);

async fn home(store: &Store, user_id: i64, name: &str, wanted: &str) -> Home {
    let beside = format!("{wanted}.beside-{user_id}");
    let places = Places {
        wanted,
        beside: &beside,
    };
    let name = UserName::try_from(name).unwrap();
    homes::ensure(store, user_id, &name, "process", places, now())
        .await
        .unwrap()
}

async fn by_id(store: &Store, id: i64) -> Home {
    homes::by_id(store, id).await.unwrap().unwrap()
}

pub(super) async fn a_home_is_kept_whatever_happens_to_its_person(url: String) {
    let store = open(&url).await;
    let ada = user(&store, "ada").await;
    let first = home(&store, ada.id, "ada", "/homes/ada").await;
    assert_eq!(
        (first.place.as_str(), first.made, first.state, first.user_id),
        ("/homes/ada", false, State::Live, Some(ada.id))
    );
    homes::set_made_of_user(&store, ada.id, "process").await.unwrap();
    // Another template, another name.
    users::rename(&store, ada.id, "countess").await.unwrap();
    let again = home(&store, ada.id, "countess", "/elsewhere/countess").await;
    assert_eq!(
        (again.id, again.place.as_str(), again.made),
        (first.id, "/homes/ada", true)
    );
    assert_eq!(again.owner, "countess");
    // Somebody new with the old name.
    let new = users::create(&store, "ada", false, "another", now()).await.unwrap();
    let beside = home(&store, new.id, "ada", "/homes/ada").await;
    assert_ne!(beside.id, first.id);
    assert_eq!(beside.place, format!("/homes/ada.beside-{}", new.id));

    // The person goes: the files do not, and neither does their place.
    let tx = store.begin().await.unwrap();
    homes::trash_of_user(&tx, ada.id, "countess", later(5)).await.unwrap();
    users::delete(&tx, ada.id).await.unwrap();
    tx.commit().await.unwrap();
    let kept = by_id(&store, first.id).await;
    assert_eq!(
        (kept.user_id, kept.state, kept.owner.as_str(), kept.since),
        (None, State::Trashing, "countess", later(5))
    );
    let other = users::create(&store, "countess", false, "a third", now())
        .await
        .unwrap();
    let third = home(&store, other.id, "countess", "/homes/ada").await;
    assert_ne!(third.place, "/homes/ada");
    // Deleted for good: the place is free, the id is not.
    assert!(
        homes::step(&store, first.id, State::Trashing, State::Gone, later(6))
            .await
            .unwrap()
    );
    let fourth = user(&store, "eve").await;
    let fourth = home(&store, fourth.id, "eve", "/homes/ada").await;
    assert_eq!(fourth.place, "/homes/ada");
    assert!(fourth.id > first.id);
}

/// On SQLite an id of a deleted person is given again, and a program that minds no references leaves the row as it was.
pub(super) async fn nobody_gets_the_home_of_somebody_of_the_same_id(url: String) {
    let store = open(&url).await;
    let ada = user(&store, "ada").await;
    let old = home(&store, ada.id, "ada", "/homes/ada").await;
    const MOVE: Stmt = Stmt::write("UPDATE users SET created = $2, name = $3 WHERE id = $1");
    // As if the row had been deleted and made again.
    let params = [ada.id.into(), later(100).into(), "mallory".into()];
    store.execute(&MOVE, &params).await.unwrap();
    assert_eq!(homes::of_user(&store, ada.id, "process").await.unwrap(), None);
    let orphan = by_id(&store, old.id).await;
    assert!(orphan.is_orphan());
    assert_eq!(orphan.owner, "ada");
    let found = homes::homeless(&store, "process", 0, 10).await.unwrap();
    assert_eq!(found, [(ada.id, "mallory".to_owned())]);
    let new = home(&store, ada.id, "mallory", "/homes/ada").await;
    assert_ne!((new.id, new.place.as_str()), (old.id, "/homes/ada"));
    // The end of the one must not take the other's.
    let tx = store.begin().await.unwrap();
    homes::trash_of_user(&tx, ada.id, "mallory", now()).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(by_id(&store, old.id).await.state, State::Live);
    assert_eq!(by_id(&store, new.id).await.state, State::Trashing);
    assert_eq!(homes::homeless(&store, "process", ada.id, 10).await.unwrap(), []);
}

pub(super) async fn steps_are_taken_once_and_in_order(url: String) {
    let store = open(&url).await;
    let ada = user(&store, "ada").await;
    let bob = user(&store, "bob").await;
    let id = home(&store, ada.id, "ada", "/homes/ada").await.id;
    home(&store, bob.id, "bob", "/homes/bob").await;
    let long_ago = now().checked_sub(SignedDuration::from_hours(1)).unwrap();
    assert_eq!(homes::due(&store, long_ago, FIRST, 10).await.unwrap(), []);
    let tx = store.begin().await.unwrap();
    homes::trash_of_user(&tx, ada.id, "ada", now()).await.unwrap();
    tx.commit().await.unwrap();
    let due = |before| {
        let store = store.clone();
        async move {
            let due = homes::due(&store, before, FIRST, 10).await.unwrap();
            due.iter().map(|home| (home.id, home.state)).collect::<Vec<_>>()
        }
    };
    assert_eq!(due(long_ago).await, [(id, State::Trashing)]);
    homes::set_problem(&store, id, Some("a disk is full")).await.unwrap();
    assert_eq!(by_id(&store, id).await.problem.as_deref(), Some("a disk is full"));
    let step = |from, to, at| {
        let store = store.clone();
        async move { homes::step(&store, id, from, to, at).await.unwrap() }
    };
    assert!(step(State::Trashing, State::Trashed, now()).await);
    assert!(
        !step(State::Trashing, State::Trashed, now()).await,
        "another hub was quicker"
    );
    assert_eq!(by_id(&store, id).await.problem, None);
    assert_eq!(due(long_ago).await, []);
    assert_eq!(due(later(1)).await, [(id, State::Trashed)]);
    let behind = (by_id(&store, id).await.since, id);
    assert_eq!(homes::due(&store, later(1), behind, 10).await.unwrap(), []);

    // Back, to somebody else.
    let tx = store.begin().await.unwrap();
    let held = homes::lock(&tx, id).await.unwrap().unwrap();
    assert_eq!(held.state, State::Trashed);
    let present = homes::of_user(&tx, bob.id, "process").await.unwrap().unwrap();
    homes::take(&tx, present.id, "bob", State::Trashing, now())
        .await
        .unwrap();
    homes::give(&tx, id, bob.id, State::Restoring, now()).await.unwrap();
    tx.commit().await.unwrap();
    assert!(step(State::Restoring, State::Live, now()).await);
    let now_bobs = homes::of_user(&store, bob.id, "process").await.unwrap().unwrap();
    assert_eq!((now_bobs.id, now_bobs.owner.as_str()), (id, "bob"));
    let tx = store.begin().await.unwrap();
    assert!(
        !homes::relink(&tx, id, "/homes/bob").await.unwrap(),
        "it is in the trash, not gone"
    );
    assert!(homes::relink(&tx, id, "/disk2/bob").await.unwrap());
    tx.commit().await.unwrap();
    let linked = by_id(&store, id).await;
    assert_eq!((linked.place.as_str(), linked.made), ("/disk2/bob", true));
    homes::set_unmade(&store, id).await.unwrap();
    assert!(!by_id(&store, id).await.made);
}

pub(super) async fn homes_are_listed_and_measured(url: String) {
    let store = open(&url).await;
    let (ada, bob) = (user(&store, "ada").await, user(&store, "bob").await);
    let one = home(&store, ada.id, "ada", "/homes/ada").await.id;
    let two = home(&store, bob.id, "bob", "/homes/bob").await.id;
    assert_eq!(
        homes::to_measure(&store, later(1)).await.unwrap(),
        None,
        "nothing was made"
    );
    homes::set_made(&store, one).await.unwrap();
    homes::set_made(&store, two).await.unwrap();
    assert_eq!(homes::to_measure(&store, later(1)).await.unwrap().unwrap().id, one);
    homes::note_walk(&store, one, &json!({ "files": 3 })).await.unwrap();
    let under_way = homes::to_measure(&store, later(1)).await.unwrap().unwrap();
    assert_eq!(under_way.usage.walk, Some(json!({ "files": 3 })));
    let large = 5_000_000_000_000;
    let found = json!([["data", large]]);
    homes::set_usage(&store, one, Some((large, 12, &found)), later(2), later(100))
        .await
        .unwrap();
    assert_eq!(homes::to_measure(&store, later(3)).await.unwrap().unwrap().id, two);
    homes::set_usage(&store, two, None, later(2), later(100)).await.unwrap();
    assert_eq!(homes::to_measure(&store, later(3)).await.unwrap(), None);
    homes::measure_soon(&store, ada.id, later(3)).await.unwrap();
    let measured = homes::to_measure(&store, later(3)).await.unwrap().unwrap();
    assert_eq!(
        (
            measured.usage.used,
            measured.usage.files,
            measured.usage.measured_at,
            measured.usage.walk
        ),
        (Some(large), Some(12), Some(later(2)), None)
    );
    assert_eq!(measured.usage.largest, Some(found));
    let totals = homes::totals(&store).await.unwrap();
    assert_eq!((totals.live, totals.live_bytes, totals.orphans), (2, large, 0));

    users::delete(&store, bob.id).await.unwrap();
    let list = |query: Query| {
        let store = store.clone();
        async move {
            let query = Query { limit: 10, ..query };
            let found = homes::list(&store, &query).await.unwrap();
            found.iter().map(|home| home.id).collect::<Vec<_>>()
        }
    };
    assert_eq!(list(Query::default()).await, [one, two]);
    let orphans = Query {
        only_orphans: true,
        ..Query::default()
    };
    assert_eq!(list(orphans).await, [two]);
    let of = |name: &str| Query {
        owner: Some(name.to_owned()),
        ..Query::default()
    };
    assert_eq!(list(of("ada")).await, [one]);
    assert_eq!(list(of("bob")).await, [two], "as it was called");
    let gone = Query {
        state: Some(State::Gone),
        ..Query::default()
    };
    assert!(list(gone.clone()).await.is_empty());
    homes::step(&store, two, State::Live, State::Gone, now()).await.unwrap();
    assert_eq!(list(gone).await, [two]);
    assert_eq!(list(Query::default()).await, [one]);
    let behind = Query {
        after: one,
        ..Query::default()
    };
    assert!(list(behind).await.is_empty());
}
