//! Servers: wishes, phases, take-over, progress.

use perijove_model::server::{Phase, Wish};
use serde_json::json;

use super::{count, later, now, open, user, write};
use crate::notices::{self, Notice};
use crate::oauth::{self, NewClient};
use crate::spawners::{self, Counts, Failure, Spawner};
use crate::{Db, Row, Stmt, Store, StoreError, Tx, Value, events, users};

/// What JupyterHub leaves of a running server: a server row, and nothing of ours.
pub(super) async fn run_as_jupyterhub_does(store: &Store, id: i64) {
    const SERVER: &str = "INSERT INTO servers (proto, ip, port, base_url, cookie_name) \
                          VALUES ('http', '127.0.0.1', 4321, '/user/ada/', 'cookie')";
    const SPAWNER: &str = "UPDATE spawners SET server_id = (SELECT MAX(id) FROM servers), started = $2, \
                           state = '{\"pid\": 77}' WHERE id = $1";
    write(store, SERVER, &[]).await;
    write(store, SPAWNER, &[id.into(), now().into()]).await;
}

/// What JupyterHub does when it stops a server.
async fn stop_as_jupyterhub_does(store: &Store, id: i64) {
    write(
        store,
        "DELETE FROM servers WHERE id = (SELECT server_id FROM spawners WHERE id = $1)",
        &[id.into()],
    )
    .await;
}

pub(super) async fn wish(store: &Store, id: i64) -> i64 {
    let tx = store.begin().await.unwrap();
    let generation = spawners::wish_run(&tx, id, None, now()).await.unwrap();
    tx.commit().await.unwrap();
    generation
}

async fn wish_stop(store: &Store, id: i64, remove: bool) {
    let tx = store.begin().await.unwrap();
    spawners::wish_stop(&tx, id, remove, later(1)).await.unwrap();
    tx.commit().await.unwrap();
}

pub(super) async fn seen(store: &Store, id: i64) -> Spawner {
    spawners::by_id(store, id).await.unwrap().unwrap()
}

async fn moved(store: &Store, id: i64, generation: i64, from: Phase, to: Phase) -> bool {
    spawners::set_phase(store, id, generation, from, to, later(2))
        .await
        .unwrap()
}

/// What the reconciler writes beside the phase Prepared.
pub(super) async fn prepare(tx: &Tx, id: i64) {
    let client = NewClient {
        identifier: &format!("client-{id}"),
        description: "",
        secret: "",
        redirect_uri: "",
        allowed_scopes: &[],
    };
    oauth::put_client(tx, &client).await.unwrap();
    spawners::set_prepared(tx, id, "/user/ada/", client.identifier, now())
        .await
        .unwrap();
}

/// From the wish to the phase Started, as the reconciler does it.
pub(super) async fn start(store: &Store, id: i64) -> i64 {
    let generation = wish(store, id).await;
    let tx = store.begin().await.unwrap();
    prepare(&tx, id).await;
    assert!(
        spawners::set_phase(&tx, id, generation, Phase::Requested, Phase::Prepared, now())
            .await
            .unwrap()
    );
    tx.commit().await.unwrap();
    spawners::set_started(store, id, "http", "127.0.0.1", 4242, &json!({"pid": 7}), later(1))
        .await
        .unwrap();
    assert!(moved(store, id, generation, Phase::Prepared, Phase::Started).await);
    generation
}

pub(super) async fn one_notice_of_a_kind_is_kept(url: String) {
    let store = open(&url).await;
    let ada = user(&store, "ada").await;
    let id = spawners::ensure(&store, ada.id, "", None).await.unwrap().id;
    let notice = |kind: &str, count, at| Notice {
        spawner_id: id,
        kind: kind.to_owned(),
        at,
        message: format!("{count} of {kind}"),
        count,
    };
    for each in [
        notice("a", 1, now()),
        notice("b", 1, later(1)),
        notice("a", 2, later(2)),
    ] {
        notices::put(&store, &each).await.unwrap();
    }
    let both = [notice("a", 2, later(2)), notice("b", 1, later(1))];
    assert_eq!(notices::of_server(&store, id).await.unwrap(), both);
    notices::remove(&store, id, "b").await.unwrap();
    assert_eq!(notices::get(&store, id, "b").await.unwrap(), None);
    assert!(notices::get(&store, id, "a").await.unwrap().is_some());
    notices::put(&store, &notice("kept", 1, later(3))).await.unwrap();
    notices::clear_but(&store, id, "kept").await.unwrap();
    assert_eq!(
        notices::of_server(&store, id).await.unwrap(),
        [notice("kept", 1, later(3))]
    );
}

pub(super) async fn a_server_starts_and_stops(url: String) {
    let store = open(&url).await;
    let ada = user(&store, "ada").await;
    let spawner = spawners::ensure(&store, ada.id, "lab", Some("My lab")).await.unwrap();
    assert_eq!(
        (spawner.run.phase, spawner.run.wish, spawner.run.generation),
        (Phase::Stopped, Wish::Stop, 0)
    );
    assert_eq!(
        (spawner.display_name.as_deref(), spawner.user_name.as_str()),
        (Some("My lab"), "ada")
    );
    let id = spawner.id;
    let tx = store.begin().await.unwrap();
    assert_eq!(
        spawners::wish_run(&tx, id, Some(&json!({"profile": "big"})), now())
            .await
            .unwrap(),
        1
    );
    let again = spawners::wish_run(&tx, id, None, now()).await;
    assert!(matches!(again, Err(StoreError::Conflict(_))), "{again:?}");
    drop(tx);
    assert_eq!(seen(&store, id).await.run.phase, Phase::Stopped, "it was rolled back");

    let generation = start(&store, id).await;
    let started = seen(&store, id).await;
    assert_eq!(
        (started.run.phase, started.run.wish, started.run.since),
        (Phase::Started, Wish::Run, later(2))
    );
    assert_eq!(started.state, Some(json!({"pid": 7})));
    let server = started.server.unwrap();
    assert_eq!(
        (server.proto.as_str(), server.ip.as_str(), server.port),
        ("http", "127.0.0.1", 4242)
    );
    assert_eq!(
        (server.base_url.as_str(), started.oauth_client_id),
        ("/user/ada/", Some(format!("client-{id}")))
    );
    assert!(
        spawners::routes(&store).await.unwrap().is_empty(),
        "it does not answer yet"
    );
    assert_eq!(
        spawners::active_counts(&store).await.unwrap(),
        Counts { pending: 1, active: 1 }
    );

    assert!(
        !moved(&store, id, generation + 1, Phase::Started, Phase::Answering).await,
        "not this start"
    );
    assert!(
        !moved(&store, id, generation, Phase::Prepared, Phase::Answering).await,
        "not from there"
    );
    assert!(moved(&store, id, generation, Phase::Started, Phase::Answering).await);
    assert!(moved(&store, id, generation, Phase::Answering, Phase::Ready).await);
    let routes = spawners::routes(&store).await.unwrap();
    assert_eq!(
        (
            routes.len(),
            routes[0].user.as_str(),
            routes[0].server.as_str(),
            routes[0].port
        ),
        (1, "ada", "lab", 4242)
    );
    assert_eq!(
        spawners::active_counts(&store).await.unwrap(),
        Counts { pending: 0, active: 1 }
    );

    wish_stop(&store, id, false).await;
    assert_eq!(seen(&store, id).await.run.wish, Wish::Stop);
    assert!(moved(&store, id, generation, Phase::Ready, Phase::Stopping).await);
    let tx = store.begin().await.unwrap();
    spawners::clear_server(&tx, id).await.unwrap();
    assert!(
        spawners::set_phase(&tx, id, generation, Phase::Stopping, Phase::Stopped, now())
            .await
            .unwrap()
    );
    tx.commit().await.unwrap();
    let stopped = seen(&store, id).await;
    assert_eq!(
        (stopped.run.phase, stopped.server, stopped.started),
        (Phase::Stopped, None, None)
    );
    assert_eq!(count(&store, "SELECT COUNT(*) FROM servers").await, 0);
    assert!(spawners::to_reconcile(&store).await.unwrap().is_empty());
    assert_eq!(spawners::active_counts(&store).await.unwrap(), Counts::default());
    assert_eq!(wish(&store, id).await, 2);
    spawners::touch(&store, id, later(9)).await.unwrap();
    spawners::set_display_name(&store, id, Some("Other")).await.unwrap();
    spawners::set_user_options(&store, id, &json!({"n": 1})).await.unwrap();
    let edited = seen(&store, id).await;
    assert_eq!(
        (edited.last_activity, edited.display_name.as_deref()),
        (Some(later(9)), Some("Other"))
    );
    assert_eq!(edited.user_options, Some(json!({"n": 1})));
}

pub(super) async fn a_failure_is_kept_until_the_next_start(url: String) {
    let store = open(&url).await;
    let ada = user(&store, "ada").await;
    let id = spawners::ensure(&store, ada.id, "", None).await.unwrap().id;
    let generation = start(&store, id).await;
    let failure = Failure {
        status: 500,
        reason: String::new(),
        message: "it exited".to_owned(),
        html: None,
        log: vec!["Traceback".to_owned()],
        cancelled: false,
    };
    assert!(
        !spawners::set_failure(&store, id, generation + 1, &failure, now())
            .await
            .unwrap()
    );
    assert!(
        spawners::set_failure(&store, id, generation, &failure, now())
            .await
            .unwrap()
    );
    let failed = seen(&store, id).await;
    assert_eq!((failed.run.phase, failed.run.wish), (Phase::Failed, Wish::Stop));
    assert_eq!((failed.run.failure, failed.server), (Some(failure), None));
    assert!(spawners::to_reconcile(&store).await.unwrap().is_empty());
    wish(&store, id).await;
    assert_eq!(seen(&store, id).await.run.failure, None);
}

pub(super) async fn running_servers_are_adopted(url: String) {
    let store = open(&url).await;
    let ada = user(&store, "ada").await;
    let id = spawners::ensure(&store, ada.id, "", None).await.unwrap().id;
    run_as_jupyterhub_does(&store, id).await;
    let adopted = seen(&store, id).await;
    assert_eq!(
        (adopted.run.phase, adopted.run.wish, adopted.run.since),
        (Phase::Ready, Wish::Run, now())
    );
    assert_eq!(adopted.state, Some(json!({"pid": 77})));
    assert_eq!(spawners::to_reconcile(&store).await.unwrap(), [id]);
    assert_eq!(
        spawners::active_counts(&store).await.unwrap(),
        Counts { pending: 0, active: 1 }
    );
    assert_eq!(spawners::routes(&store).await.unwrap().len(), 1);
    let tx = store.begin().await.unwrap();
    assert!(matches!(
        spawners::wish_run(&tx, id, None, now()).await,
        Err(StoreError::Conflict(_))
    ));
    drop(tx);
    wish_stop(&store, id, false).await;
    assert_eq!(seen(&store, id).await.run.wish, Wish::Stop);
    assert!(moved(&store, id, 0, Phase::Ready, Phase::Stopping).await);
    assert_eq!(spawners::to_reconcile(&store).await.unwrap(), [id]);
    assert!(spawners::routes(&store).await.unwrap().is_empty());

    // A run of ours that ended, then one of JupyterHub's.
    let home = spawners::ensure(&store, ada.id, "two", None).await.unwrap().id;
    let generation = start(&store, home).await;
    let tx = store.begin().await.unwrap();
    spawners::clear_server(&tx, home).await.unwrap();
    assert!(
        spawners::set_phase(&tx, home, generation, Phase::Started, Phase::Stopped, now())
            .await
            .unwrap()
    );
    tx.commit().await.unwrap();
    run_as_jupyterhub_does(&store, home).await;
    assert_eq!(seen(&store, home).await.run.phase, Phase::Ready);
    assert!(spawners::to_reconcile(&store).await.unwrap().contains(&home));
    assert!(moved(&store, home, generation, Phase::Ready, Phase::Stopping).await);

    // One that was adopted without a word can die without a word.
    let third = spawners::ensure(&store, ada.id, "three", None).await.unwrap().id;
    run_as_jupyterhub_does(&store, third).await;
    let failure = Failure {
        status: 500,
        reason: String::new(),
        message: String::new(),
        html: None,
        log: vec![],
        cancelled: false,
    };
    assert!(spawners::set_failure(&store, third, 0, &failure, now()).await.unwrap());
    assert_eq!(seen(&store, third).await.run.phase, Phase::Failed);
}

pub(super) async fn what_jupyterhub_stopped_has_ended(url: String) {
    let store = open(&url).await;
    let ada = user(&store, "ada").await;
    let id = spawners::ensure(&store, ada.id, "", None).await.unwrap().id;
    let generation = start(&store, id).await;
    stop_as_jupyterhub_does(&store, id).await;
    let ended = seen(&store, id).await;
    assert_eq!((ended.run.phase, ended.run.wish), (Phase::Stopped, Wish::Stop));
    assert!(spawners::to_reconcile(&store).await.unwrap().is_empty());
    assert_eq!(spawners::active_counts(&store).await.unwrap(), Counts::default());
    // Still to be removed, if that is wished.
    wish_stop(&store, id, true).await;
    assert!(seen(&store, id).await.run.remove);
    assert_eq!(spawners::to_reconcile(&store).await.unwrap(), [id]);
    assert_eq!(wish(&store, id).await, generation + 1);
    assert!(!seen(&store, id).await.run.remove, "a new start is a new wish");
}

pub(super) async fn the_reconciler_sees_what_is_due_only(url: String) {
    let store = open(&url).await;
    let ada = user(&store, "ada").await;
    let mut ids = Vec::new();
    for n in 0..6 {
        ids.push(
            spawners::ensure(&store, ada.id, &format!("s{n}"), None)
                .await
                .unwrap()
                .id,
        );
    }
    let ready = start(&store, ids[0]).await;
    moved(&store, ids[0], ready, Phase::Started, Phase::Ready).await;
    run_as_jupyterhub_does(&store, ids[1]).await;
    start(&store, ids[2]).await;
    let tx = store.begin().await.unwrap();
    spawners::wish_run(&tx, ids[3], None, later(-50)).await.unwrap();
    spawners::wish_stop(&tx, ids[4], true, now()).await.unwrap();
    tx.commit().await.unwrap();
    let due = spawners::to_reconcile(&store).await.unwrap();
    assert_eq!(due.len(), 5, "{due:?} of {ids:?}");
    assert!(!due.contains(&ids[5]), "it is stopped");
    assert_eq!(due[0], ids[3], "the longest wait comes first");
    assert!(
        due[3..].contains(&ids[0]) && due[3..].contains(&ids[1]),
        "what runs comes last"
    );
    assert_eq!(spawners::count_named(&store, ada.id).await.unwrap(), 6);
    let bob = user(&store, "bob").await;
    spawners::ensure(&store, bob.id, "", None).await.unwrap();
    assert_eq!(spawners::of_users(&store, &[bob.id, ada.id]).await.unwrap().len(), 7);
    assert_eq!(spawners::of_user(&store, ada.id).await.unwrap().len(), 6);
}

pub(super) async fn progress_is_told_in_order_and_bounded(url: String) {
    let store = open(&url).await;
    let ada = user(&store, "ada").await;
    let id = spawners::ensure(&store, ada.id, "", None).await.unwrap().id;
    let generation = wish(&store, id).await;
    for n in 1..=3 {
        assert_eq!(
            events::push(&store, id, generation, &[json!({"progress": n})], now())
                .await
                .unwrap(),
            n
        );
    }
    let told = events::since(&store, id, generation, 1).await.unwrap();
    let told: Vec<_> = told
        .into_iter()
        .map(|event| (event.seq, event.at, event.body))
        .collect();
    assert_eq!(
        told,
        [(2, now(), json!({"progress": 2})), (3, now(), json!({"progress": 3}))]
    );
    assert!(events::since(&store, id, generation + 1, 0).await.unwrap().is_empty());
    let tx = store.begin().await.unwrap();
    for n in 4..=events::KEPT + 20 {
        events::push(&tx, id, generation, &[json!({"progress": n})], now())
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    let told = events::since(&store, id, generation, 0).await.unwrap();
    assert_eq!((told.len() as i64, told[0].seq), (events::KEPT, 21));
    let failure = Failure {
        status: 500,
        reason: String::new(),
        message: String::new(),
        html: None,
        log: vec![],
        cancelled: true,
    };
    spawners::set_failure(&store, id, generation, &failure, now())
        .await
        .unwrap();
    let next = wish(&store, id).await;
    assert!(
        events::since(&store, id, generation, 0).await.unwrap().is_empty(),
        "an old start's"
    );
    assert_eq!(events::push(&store, id, next, &[json!({})], now()).await.unwrap(), 1);
    assert_eq!(
        events::push(&store, id + 1000, 1, &[json!({})], now()).await.unwrap(),
        0,
        "no such server"
    );
}

pub(super) async fn deleting_leaves_nothing_behind(url: String) {
    let store = open(&url).await;
    let ada = user(&store, "ada").await;
    let one = spawners::ensure(&store, ada.id, "", None).await.unwrap().id;
    let two = spawners::ensure(&store, ada.id, "two", None).await.unwrap().id;
    for id in [one, two] {
        let generation = start(&store, id).await;
        events::push(&store, id, generation, &[json!({})], now()).await.unwrap();
    }
    assert!(spawners::delete(&store, one).await.unwrap() && !spawners::delete(&store, one).await.unwrap());
    assert_eq!(count(&store, "SELECT COUNT(*) FROM servers").await, 1);
    assert!(spawners::get(&store, ada.id, "").await.unwrap().is_none());
    assert!(users::delete(&store, ada.id).await.unwrap());
    for left in [
        "SELECT COUNT(*) FROM servers",
        "SELECT COUNT(*) FROM spawners",
        "SELECT COUNT(*) FROM perijove_runs",
        "SELECT COUNT(*) FROM perijove_events",
        "SELECT COUNT(*) FROM oauth_clients WHERE identifier <> 'jupyterhub'",
    ] {
        assert_eq!(count(&store, left).await, 0, "{left}");
    }
}

/// However many servers have stopped: what is asked every second goes by the indexes of those that run.
pub(super) async fn what_is_asked_often_is_never_a_scan(url: String) {
    let store = open(&url).await;
    for stmt in [spawners::DUE, spawners::COUNTS, spawners::ROUTES] {
        let plan = plan(&store, &stmt, &[]).await;
        let indexed =
            |line: &str| line.contains("ix_perijove_runs_due") || line.contains("ix_perijove_spawners_server");
        let is_scan = |line: &str| ["SCAN r", "SCAN s", "Seq Scan"].iter().any(|scan| line.contains(scan));
        let scans: Vec<_> = plan.lines().filter(|line| is_scan(line) && !indexed(line)).collect();
        assert!(scans.is_empty(), "{plan}");
        assert!(plan.contains("ix_perijove_"), "{plan}");
    }
}

/// How the database would answer.
pub(super) async fn plan(store: &Store, stmt: &Stmt, params: &[Value]) -> String {
    let tx = store.begin().await.unwrap();
    if store.kind() == "sqlite" {
        let rows = tx.rows(&stmt.prefixed("EXPLAIN QUERY PLAN "), params).await.unwrap();
        let line = |mut row: Row| {
            let (_, _, _): (i64, i64, i64) = (row.take().unwrap(), row.take().unwrap(), row.take().unwrap());
            row.take::<String>().unwrap()
        };
        return rows.into_iter().map(line).collect::<Vec<_>>().join("\n");
    }
    // Empty tables are always scanned, unless that is forbidden.
    tx.batch("SET LOCAL enable_seqscan = off").await.unwrap();
    let lines: Vec<String> = tx.column(&stmt.prefixed("EXPLAIN "), params).await.unwrap();
    lines.join("\n")
}

pub(super) async fn a_server_keeps_all_but_its_name(url: String) {
    let store = open(&url).await;
    let ada = user(&store, "ada").await;
    let made = spawners::ensure(&store, ada.id, "old", Some("Mine")).await.unwrap();
    spawners::set_user_options(&store, made.id, &json!({ "a": 1 }))
        .await
        .unwrap();
    let tx = store.begin().await.unwrap();
    spawners::rename(&tx, made.id, "new").await.unwrap();
    tx.commit().await.unwrap();
    assert!(spawners::get(&store, ada.id, "old").await.unwrap().is_none());
    let renamed = spawners::get(&store, ada.id, "new").await.unwrap().unwrap();
    assert_eq!((renamed.id, renamed.display_name.as_deref()), (made.id, Some("Mine")));
    assert_eq!(renamed.user_options, Some(json!({ "a": 1 })));
}
