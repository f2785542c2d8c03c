//! The audit log: read in pages, never changed, purged when it is old.

use serde_json::json;

use super::{later, now, open};
use crate::audit::{self, Entry, Query};
use crate::{Db, Stmt, Store};

async fn append(store: &Store, act: &str, actor: &str, seconds: i64) {
    let entry = Entry {
        act,
        actor_kind: "user",
        actor,
        via: "session",
        address: "127.0.0.1",
        target: &format!("user {actor}"),
        detail: &json!({ "seconds": seconds }),
    };
    audit::append(store, &entry, later(seconds)).await.unwrap();
}

async fn seconds(store: &Store, query: Query, limit: i64) -> Vec<i64> {
    let found = audit::list(store, &query, limit).await.unwrap();
    found
        .iter()
        .map(|record| record.detail["seconds"].as_i64().unwrap())
        .collect()
}

pub(super) async fn entries_are_read_in_pages(url: String) {
    let store = open(&url).await;
    for i in 0..5 {
        append(&store, "sign-in", if i % 2 == 0 { "ada" } else { "bob" }, i * 10_000).await;
    }
    append(&store, "token.made", "ada", 50_000).await;
    let all = audit::list(&store, &Query::default(), 100).await.unwrap();
    assert_eq!(all.len(), 6);
    assert_eq!(
        (
            all[0].at,
            all[0].act.as_str(),
            all[0].actor.as_str(),
            all[0].target.as_str()
        ),
        (now(), "sign-in", "ada", "user ada")
    );
    let newest = Query {
        newest_first: true,
        ..Query::default()
    };
    assert_eq!(seconds(&store, newest.clone(), 2).await, [50_000, 40_000]);
    let next = Query {
        after: Some(all[4].id),
        ..newest
    };
    assert_eq!(seconds(&store, next, 2).await, [30_000, 20_000]);
    let next = Query {
        after: Some(all[1].id),
        ..Query::default()
    };
    assert_eq!(seconds(&store, next, 2).await, [20_000, 30_000]);
    let text = |text: &str| Some(text.to_owned());
    for (query, expected) in [
        (
            Query {
                act: text("token.made"),
                ..Query::default()
            },
            &[50_000][..],
        ),
        (
            Query {
                actor: text("bob"),
                ..Query::default()
            },
            &[10_000, 30_000],
        ),
        (
            Query {
                target: text("user bob"),
                ..Query::default()
            },
            &[10_000, 30_000],
        ),
        (
            Query {
                address: text("10.0.0.1"),
                ..Query::default()
            },
            &[],
        ),
        (
            Query {
                since: Some(later(30_000)),
                ..Query::default()
            },
            &[30_000, 40_000, 50_000],
        ),
        (
            Query {
                until: Some(later(20_000)),
                ..Query::default()
            },
            &[0, 10_000],
        ),
        (
            Query {
                since: Some(later(90_000)),
                ..Query::default()
            },
            &[],
        ),
        (
            Query {
                until: Some(later(-90_000)),
                ..Query::default()
            },
            &[],
        ),
    ] {
        assert_eq!(seconds(&store, query.clone(), 100).await, expected, "{query:?}");
    }
}

pub(super) async fn no_entry_is_changed(url: String) {
    const CHANGE: Stmt = Stmt::write("UPDATE perijove_audit SET actor = 'nobody'");
    let store = open(&url).await;
    append(&store, "sign-in", "ada", 0).await;
    assert!(store.execute(&CHANGE, &[]).await.is_err());
    assert_eq!(audit::list(&store, &Query::default(), 9).await.unwrap()[0].actor, "ada");
}

pub(super) async fn old_entries_are_purged(url: String) {
    let store = open(&url).await;
    for at in [0, 10, 20] {
        append(&store, "sign-in", "ada", at).await;
    }
    assert_eq!(audit::purge(&store, later(20)).await.unwrap(), 2);
    assert_eq!(audit::purge(&store, later(20)).await.unwrap(), 0);
    assert_eq!(seconds(&store, Query::default(), 9).await, [20]);
}
