//! Two hubs, or many requests, on one database.

use std::collections::HashSet;
use std::time::Duration;

use jiff::SignedDuration;
use serde_json::json;
use tokio::task::JoinHandle;

use super::{count, later, now, open, sync_roles, user, write};
use crate::{Batch, Db, Post, Stmt, Store, StoreError, Tx, events, leases, meta, spawners, users};

/// Runs `work` many times at once, from two stores on the same database.
pub(super) async fn race<T, F>(url: &str, times: usize, work: impl Fn(Store, usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let stores = [open(url).await, open(url).await];
    let running: Vec<_> = (0..times)
        .map(|n| tokio::spawn(work(stores[n % 2].clone(), n)))
        .collect();
    let mut results = Vec::new();
    for task in running {
        results.push(task.await.unwrap());
    }
    results
}

pub(super) async fn a_transaction_is_all_or_nothing(url: String) {
    let store = open(&url).await;
    let tx = store.begin().await.unwrap();
    users::create(&tx, "ada", false, "c", now()).await.unwrap();
    assert!(users::by_name(&tx, "ada").await.unwrap().is_some(), "it sees its own");
    assert!(
        users::by_name(&store, "ada").await.unwrap().is_none(),
        "others don't yet"
    );
    drop(tx);
    assert!(users::by_name(&store, "ada").await.unwrap().is_none());
    let tx = store.begin().await.unwrap();
    users::create(&tx, "ada", false, "c", now()).await.unwrap();
    tx.commit().await.unwrap();
    assert!(users::by_name(&store, "ada").await.unwrap().is_some());
    // After an error, the next caller finds everything in order.
    let tx = store.begin().await.unwrap();
    assert!(
        tx.execute(&Stmt::write("INSERT INTO nowhere VALUES (1)"), &[])
            .await
            .is_err()
    );
    drop(tx);
    assert!(matches!(
        users::create(&store, "ada", false, "d", now()).await,
        Err(StoreError::Conflict(_))
    ));
    users::create(&store, "bob", false, "d", now()).await.unwrap();
}

pub(super) async fn what_is_posted_comes_with_its_transaction(url: String) {
    const POST: Stmt = Stmt::write("INSERT INTO perijove_meta (key, value) VALUES ($1, $2)");
    let store = open(&url).await;
    let keys = async |tx: &Tx, keys: &[&str]| {
        for key in keys {
            tx.post(&POST, &[(*key).into(), "1".into()]).await?;
        }
        Ok::<_, StoreError>(())
    };
    let kept = async |key| meta::get(&store, key).await.unwrap().is_some();
    // More than are sent in one go, and a look in between.
    let many: Vec<String> = (0..40).map(|n| format!("many-{n}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let tx = store.begin().await.unwrap();
    keys(&tx, &many).await.unwrap();
    assert!(meta::get(&tx, "many-39").await.unwrap().is_some(), "it sees its own");
    drop(tx);
    assert!(!kept("many-0").await, "it was not committed");
    let (before, tx) = (store.epoch(), store.begin().await.unwrap());
    keys(&tx, &["one"]).await.unwrap();
    tx.commit().await.unwrap();
    assert!(kept("one").await);
    assert_ne!(store.epoch(), before);
    // Whether the failure comes at once or with the commit: nothing is kept.
    let tx = store.begin().await.unwrap();
    let failed = async {
        keys(&tx, &["two", "one", "three"]).await?;
        tx.commit().await
    };
    assert!(matches!(failed.await, Err(StoreError::Conflict(_))));
    assert!(!kept("two").await && !kept("three").await);
}

pub(super) async fn a_batch_is_all_or_nothing(url: String) {
    const NOTE: Stmt = Stmt::note("INSERT INTO perijove_meta (key, value) VALUES ($1, $2)");
    const WRITE: Stmt = Stmt::write("UPDATE users SET admin = $2 WHERE name = $1");
    let store = open(&url).await;
    user(&store, "ada").await;
    let kept = async |key| meta::get(&store, key).await.unwrap();
    let batch = async |keys: &[&str], admin: Option<bool>| {
        let batch = Batch::default();
        for key in keys {
            batch.post(&NOTE, &[(*key).into(), format!("of {key}").into()]).await?;
        }
        if let Some(admin) = admin {
            batch.post(&WRITE, &["ada".into(), admin.into()]).await?;
        }
        store.together(batch).await
    };
    batch(&[], None).await.unwrap();
    settled(&store).await;
    // What this connection wrote is heard once more.
    tokio::time::sleep(Duration::from_millis(200)).await;
    let before = settled(&store).await;
    batch(&["alone"], None).await.unwrap();
    assert_eq!(store.epoch(), before, "nobody decides by it");
    batch(&["one", "two"], Some(true)).await.unwrap();
    assert_ne!(store.epoch(), before);
    assert_eq!(kept("one").await.as_deref(), Some("of one"));
    assert_eq!(kept("two").await.as_deref(), Some("of two"));
    assert!(users::by_name(&store, "ada").await.unwrap().unwrap().admin);
    let failed = batch(&["three", "one"], Some(false)).await;
    assert!(matches!(failed, Err(StoreError::Conflict(_))));
    assert_eq!(kept("three").await, None);
    assert!(users::by_name(&store, "ada").await.unwrap().unwrap().admin);
}

pub(super) async fn who_gives_up_waiting_holds_nothing(url: String) {
    let store = open(&url).await;
    let ada = user(&store, "ada").await;
    let first = store.begin().await.unwrap();
    assert!(users::lock(&first, ada.id).await.unwrap());
    let second = async {
        let tx = store.begin().await?;
        users::lock(&tx, ada.id).await?;
        tx.commit().await
    };
    let waited = tokio::time::timeout(std::time::Duration::from_millis(100), second).await;
    assert!(waited.is_err(), "somebody else holds it");
    first.commit().await.unwrap();
    users::rename(&store, ada.id, "eve").await.unwrap();
}

pub(super) async fn a_lease_has_one_holder(url: String) {
    const TTL: SignedDuration = SignedDuration::from_secs(10);
    let store = open(&url).await;
    let taken = race(&url, 8, |store, n| async move {
        leases::acquire(&store, "server-1", &format!("hub-{n}"), TTL, now())
            .await
            .unwrap()
    })
    .await;
    let held: Vec<_> = taken.into_iter().flatten().collect();
    assert_eq!(held.len(), 1, "{held:?}");
    let first = &held[0];
    assert_eq!((first.epoch, first.expires_at), (1, later(10)));
    assert!(
        leases::acquire(&store, "server-1", "other", TTL, later(9))
            .await
            .unwrap()
            .is_none()
    );
    assert!(leases::renew(&store, first, TTL, later(9)).await.unwrap());
    assert!(
        leases::acquire(&store, "server-1", "other", TTL, later(18))
            .await
            .unwrap()
            .is_none()
    );
    let mine = leases::acquire(&store, "server-1", &first.holder, TTL, later(18))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(mine.epoch, 1, "it never changed hands");
    let second = leases::acquire(&store, "server-1", "other", TTL, later(28))
        .await
        .unwrap()
        .unwrap();
    assert_eq!((second.epoch, second.holder.as_str()), (2, "other"));
    assert!(
        !leases::renew(&store, first, TTL, later(28)).await.unwrap(),
        "it is somebody else's"
    );
    leases::release(&store, first).await.unwrap();
    assert!(
        leases::acquire(&store, "server-1", "third", TTL, later(29))
            .await
            .unwrap()
            .is_none()
    );
    leases::release(&store, &second).await.unwrap();
    let third = leases::acquire(&store, "server-1", "third", TTL, later(29))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(third.epoch, 3);
    leases::release_all(&store).await.unwrap();
    let fourth = leases::acquire(&store, "server-1", "fourth", TTL, later(29))
        .await
        .unwrap();
    assert_eq!(fourth.unwrap().epoch, 4, "the only hub waits for nobody");
}

pub(super) async fn racing_hubs_make_one_row(url: String) {
    let store = open(&url).await;
    let ada = user(&store, "ada").await;
    let ids = race(&url, 8, move |store, _| async move {
        spawners::ensure(&store, ada.id, "lab", None).await.unwrap().id
    })
    .await;
    assert_eq!(ids.into_iter().collect::<HashSet<_>>().len(), 1);
    assert_eq!(count(&store, "SELECT COUNT(*) FROM spawners").await, 1);
    let made = race(&url, 6, |store, n| async move {
        users::create(&store, "bob", false, &format!("c{n}"), now())
            .await
            .is_ok()
    })
    .await;
    assert_eq!(made.into_iter().filter(|made| *made).count(), 1);
}

pub(super) async fn whoever_is_second_can_go_on(url: String) {
    let (first, second) = (open(&url).await, open(&url).await);
    let made = first.begin().await.unwrap();
    users::create(&made, "ada", false, "c1", now()).await.unwrap();
    let other = tokio::spawn(async move {
        let tx = second.begin().await.unwrap();
        let refused = users::create(&tx, "ada", false, "c2", now()).await;
        assert!(matches!(refused, Err(StoreError::Conflict(_))), "{refused:?}");
        let there = users::by_name(&tx, "ada").await.unwrap().unwrap();
        users::set_admin(&tx, there.id, true).await.unwrap();
        tx.commit().await.unwrap();
    });
    under_way(&first, &other).await;
    made.commit().await.unwrap();
    other.await.unwrap();
    let ada = users::by_name(&first, "ada").await.unwrap().unwrap();
    assert_eq!((ada.cookie_id.as_str(), ada.admin), ("c1", true));
}

/// Until a task waits for another's row, or has ended.
pub(super) async fn under_way<T>(store: &Store, task: &JoinHandle<T>) {
    const WAITING: &str =
        "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    // Who writes to SQLite waits for whoever writes, from the beginning on.
    while store.kind() != "sqlite" && !task.is_finished() && count(store, WAITING).await == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

pub(super) async fn racing_wishes_start_once(url: String) {
    let store = open(&url).await;
    let ada = user(&store, "ada").await;
    let id = spawners::ensure(&store, ada.id, "", None).await.unwrap().id;
    let wished = race(&url, 8, move |store, _| async move {
        let tx = store.begin().await.unwrap();
        match spawners::wish_run(&tx, id, None, now()).await {
            Ok(generation) => tx.commit().await.map(|()| Some(generation)).unwrap(),
            Err(StoreError::Conflict(_)) => None,
            Err(error) => panic!("{error}"),
        }
    })
    .await;
    assert_eq!(wished.into_iter().flatten().collect::<Vec<_>>(), [1]);
}

pub(super) async fn no_write_is_lost(url: String) {
    let store = open(&url).await;
    meta::set(&store, "sum", "0").await.unwrap();
    race(&url, 24, |store, _| async move {
        let tx = store.begin().await.unwrap();
        // Held, then read: nobody comes between.
        tx.execute(
            &Stmt::write("UPDATE perijove_meta SET value = value WHERE key = 'sum'"),
            &[],
        )
        .await
        .unwrap();
        let sum: i64 = meta::get(&tx, "sum").await.unwrap().unwrap().parse().unwrap();
        tokio::task::yield_now().await;
        meta::set(&tx, "sum", &(sum + 1).to_string()).await.unwrap();
        tx.commit().await.unwrap();
    })
    .await;
    assert_eq!(meta::get(&store, "sum").await.unwrap().as_deref(), Some("24"));
}

pub(super) async fn progress_from_two_hubs_is_numbered(url: String) {
    let store = open(&url).await;
    let ada = user(&store, "ada").await;
    let id = spawners::ensure(&store, ada.id, "", None).await.unwrap().id;
    let mut numbers = race(&url, 12, move |store, n| async move {
        events::push(&store, id, 1, &[json!({"n": n})], now()).await.unwrap()
    })
    .await;
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=12).collect::<Vec<i64>>());
}

/// Until changes of others are heard, each look gives another number.
async fn settled(store: &Store) -> u64 {
    for _ in 0..500 {
        let epoch = store.epoch();
        if store.epoch() == epoch {
            return epoch;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the epoch does not rest");
}

/// Waits for the epoch to move, which another program's change does in its time.
async fn moved(store: &Store, from: u64) {
    for _ in 0..500 {
        if store.epoch() != from {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the epoch did not move");
}

pub(super) async fn the_epoch_moves_with_what_matters(url: String) {
    let store = open(&url).await;
    sync_roles(&store, &[]).await.unwrap();
    let ada = user(&store, "ada").await;
    let other = open(&url).await;
    settled(&store).await;
    // What this connection wrote is heard once more.
    tokio::time::sleep(Duration::from_millis(200)).await;

    let before = settled(&store).await;
    users::touch(&store, ada.id, later(60)).await.unwrap();
    assert_eq!(store.epoch(), before, "being seen changes nothing");
    let tx = store.begin().await.unwrap();
    users::touch(&tx, ada.id, later(61)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store.epoch(), before, "nor in a transaction");

    users::set_admin(&store, ada.id, true).await.unwrap();
    assert_ne!(store.epoch(), before, "a change of our own, at once");

    tokio::time::sleep(Duration::from_millis(200)).await;
    let before = settled(&store).await;
    users::set_admin(&other, ada.id, false).await.unwrap();
    moved(&store, before).await;

    tokio::time::sleep(Duration::from_millis(200)).await;
    let before = settled(&store).await;
    let tx = store.begin().await.unwrap();
    users::rename(&tx, ada.id, "ida").await.unwrap();
    drop(tx);
    assert_eq!(store.epoch(), before, "what was taken back did not happen");
    write(&other, "UPDATE users SET name = 'eda' WHERE name = 'ada'", &[]).await;
    moved(&store, before).await;
}
