//! What every backend must bear besides: starts and stops that cross, hubs that give up half-way, crowds, and states that
//! somebody else wrote.

use std::sync::Arc;

use futures_util::future::join_all;
use tokio::time::{Duration, timeout};

use super::{Behaviour, Server, Steps, Subject, eventually, get, spec};
use crate::{Home, Poll, ServerSpec, State, Stop};

/// Another server of the person whose home this is.
fn another(subject: &dyn Subject, behaviour: &Behaviour, home: &Home) -> ServerSpec {
    ServerSpec {
        home: home.clone(),
        ..spec(subject, behaviour)
    }
}

/// A start that was given up is gone or goes on; asked for again there is one server, and forgotten there is none.
pub(super) async fn a_start_that_was_given_up_is_taken_up_again(subject: Arc<dyn Subject>) {
    let home = spec(&*subject, &Behaviour::Serve).home;
    for moment in [0, 1, 3, 10, 30, 100] {
        let spec = another(&*subject, &Behaviour::Serve, &home);
        let (first, steps) = (subject.spawner(), Steps::default());
        let _ = timeout(Duration::from_millis(moment), first.start(&spec, &steps)).await;
        let server = Server::start_as(subject.spawner(), spec).await;
        server.answer().await;
        let found = server.spawner.find(&server.spec.key).await.unwrap();
        assert_eq!(found.as_ref(), Some(&server.started), "given up after {moment} ms");
        server.end().await;
    }
}

/// A hub that gives up and forgets leaves nothing, however far the start had come.
pub(super) async fn a_start_that_was_given_up_can_be_forgotten(subject: Arc<dyn Subject>) {
    let home = spec(&*subject, &Behaviour::Serve).home;
    for moment in [0, 1, 3, 10, 30, 100] {
        let spec = another(&*subject, &Behaviour::Serve, &home);
        let (first, steps) = (subject.spawner(), Steps::default());
        let _ = timeout(Duration::from_millis(moment), first.start(&spec, &steps)).await;
        let later = subject.spawner();
        let left = later.find(&spec.key).await.unwrap();
        later.forget(&spec.key).await.unwrap();
        assert_eq!(later.find(&spec.key).await.unwrap(), None, "given up after {moment} ms");
        if let Some(left) = left {
            assert!(
                get(&left.url, &spec.prefix).await.is_none(),
                "given up after {moment} ms"
            );
        }
    }
}

/// The next run begins while the last one still refuses to end.
pub(super) async fn the_next_run_begins_while_the_last_one_ends(subject: Arc<dyn Subject>) {
    let last = Server::start(&*subject, &Behaviour::Deaf).await;
    last.answer().await;
    let mut next = another(&*subject, &Behaviour::Serve, &last.spec.home);
    next.key = crate::ServerKey {
        generation: last.spec.key.generation + 1,
        ..last.spec.key.clone()
    };
    let stop = last.spawner.stop(&last.started.state, Stop::Gently);
    let (stopped, next) = tokio::join!(stop, Server::start_as(subject.spawner(), next));
    stopped.unwrap();
    assert_eq!(last.poll().await, Poll::Exited(Some(137)));
    next.answer().await;
    assert_eq!(next.poll().await, Poll::Running);
    next.end().await;
}

/// Two hubs that stop the same server, one of them at once, are both told that it has gone.
pub(super) async fn two_may_stop_it(subject: Arc<dyn Subject>) {
    let server = Server::start(&*subject, &Behaviour::Deaf).await;
    server.answer().await;
    let (one, two) = (subject.spawner(), subject.spawner());
    let state = &server.started.state;
    let (gently, now) = tokio::join!(one.stop(state, Stop::Gently), two.stop(state, Stop::Now));
    gently.unwrap();
    now.unwrap();
    assert!(matches!(server.poll().await, Poll::Exited(_)));
    assert!(get(&server.started.url, "/").await.is_none());
}

/// To forget is to end, and to forget again is fine.
pub(super) async fn it_may_be_forgotten_twice(subject: Arc<dyn Subject>) {
    let server = Server::start(&*subject, &Behaviour::Serve).await;
    let (one, two) = (subject.spawner(), subject.spawner());
    let key = &server.spec.key;
    let (first, second) = tokio::join!(one.forget(key), two.forget(key));
    first.unwrap();
    second.unwrap();
    one.forget(key).await.unwrap();
    assert_eq!(one.find(key).await.unwrap(), None);
}

/// To forget a run leaves the next one alone.
pub(super) async fn what_is_forgotten_is_only_the_past(subject: Arc<dyn Subject>) {
    let first = Server::start(&*subject, &Behaviour::Serve).await;
    let mut next = first.spec.clone();
    next.key.generation += 1;
    let second = Server::start_as(subject.spawner(), next).await;
    second.answer().await;
    second.spawner.forget(&first.spec.key).await.unwrap();
    assert!(matches!(first.poll().await, Poll::Exited(_)));
    assert_eq!(second.poll().await, Poll::Running);
    second.end().await;
}

/// A later release may keep more of a server; this one goes on with what it knows.
pub(super) async fn a_state_may_hold_more_than_is_known(subject: Arc<dyn Subject>) {
    let server = Server::start(&*subject, &Behaviour::Serve).await;
    server.answer().await;
    let mut state = server.started.state.clone();
    state.insert("of-a-later-release".into(), serde_json::json!({"a": [1, null]}));
    assert_eq!(server.spawner.poll(&state).await.unwrap(), Poll::Running);
    server.spawner.stop(&state, Stop::Now).await.unwrap();
    assert!(matches!(server.poll().await, Poll::Exited(_)));
}

/// Anybody may have written the database: nonsense is a server that has ended, or that can't be told of, and nothing is
/// killed by it.
pub(super) async fn nonsense_in_a_state_ends_nothing(subject: Arc<dyn Subject>) {
    let bystander = Server::start(&*subject, &Behaviour::Serve).await;
    bystander.answer().await;
    let spawner = subject.spawner();
    for nonsense in [
        r#"{"pid": "7"}"#,
        r#"{"pid": -1}"#,
        r#"{"pid": 0}"#,
        r#"{"pid": 1}"#,
        r#"{"pid": 99999999999999}"#,
        r#"{"pid": null, "scope": 3, "start_time": []}"#,
        r#"{"pid": 4194303, "start_time": 1, "scope": "../../1-1"}"#,
        r#"{"container": "gone", "fake": {}}"#,
    ] {
        let state: State = serde_json::from_str(nonsense).unwrap();
        if let Ok(poll) = spawner.poll(&state).await {
            assert_eq!(poll, Poll::Exited(None), "{nonsense}");
        }
        let _ = spawner.stop(&state, Stop::Now).await;
    }
    assert_eq!(bystander.poll().await, Poll::Running);
    bystander.end().await;
}

/// What it uses is told while it runs, or not at all; afterwards there is nothing to tell.
pub(super) async fn what_is_used_is_told_while_it_runs(subject: Arc<dyn Subject>) {
    let server = Server::start(&*subject, &Behaviour::Serve).await;
    server.answer().await;
    if let Some(usage) = server.spawner.usage(&server.started.state).await.unwrap() {
        assert!(usage.memory != Some(0) && usage.processes != Some(0), "{usage:?}");
        assert_eq!(usage.out_of_memory, 0);
    }
    server.end().await;
    let after = server.spawner.usage(&server.started.state).await.unwrap();
    assert_eq!(after, None);
}

/// Whoever asks for a few lines of the log gets no more, and nothing of another run.
pub(super) async fn a_log_is_of_one_run(subject: Arc<dyn Subject>) {
    let first = Server::start(&*subject, &Behaviour::Fail(3)).await;
    first.exited().await;
    let mut next = another(&*subject, &Behaviour::Serve, &first.spec.home);
    next.key = crate::ServerKey {
        generation: first.spec.key.generation + 1,
        ..first.spec.key.clone()
    };
    let second = Server::start_as(subject.spawner(), next).await;
    second.answer().await;
    let log = second.spawner.log_tail(&second.spec.key, 100).await;
    assert!(!log.iter().any(|line| line.contains("about to fail")), "{log:?}");
    assert!(second.spawner.log_tail(&second.spec.key, 0).await.is_empty());
    second.end().await;
}

/// A class begins: all start at once, each gets a server of its own, and all of them go again.
pub(super) async fn a_crowd_starts_at_once(subject: Arc<dyn Subject>) {
    let home = spec(&*subject, &Behaviour::Serve).home;
    let specs: Vec<_> = (0..subject.crowd())
        .map(|_| another(&*subject, &Behaviour::Serve, &home))
        .collect();
    let servers = join_all(specs.into_iter().map(|spec| Server::start_as(subject.spawner(), spec))).await;
    let urls: std::collections::BTreeSet<_> = servers.iter().map(|server| server.started.url.clone()).collect();
    assert_eq!(urls.len(), servers.len(), "nobody shares an address");
    join_all(servers.iter().map(Server::answer)).await;
    let spawner = subject.spawner();
    let running = join_all(servers.iter().map(|server| spawner.poll(&server.started.state))).await;
    assert!(running.into_iter().all(|poll| poll.unwrap() == Poll::Running));
    join_all(servers.iter().map(Server::end)).await;
    for server in &servers {
        let gone = || async { spawner.find(&server.spec.key).await.unwrap().is_none().then_some(()) };
        eventually("the end of all", gone).await;
    }
}
