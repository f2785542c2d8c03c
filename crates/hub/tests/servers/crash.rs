//! A hub dies; another one goes on with what it finds in the database. Whatever the moment, the wish comes true, and
//! there is never a second server.

use perijove_hub::Hub;
use perijove_hub::servers::request_stop;
use perijove_model::server::Phase;
use perijove_spawn::fake::Script;
use perijove_spawn::{Progress, ServerKey, ServerSpec, Spawner};
use perijove_store::{oauth, spawners, tokens};

use crate::setup::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_start_is_finished_by_the_next_hub_wherever_the_first_one_died() {
    let phases = [
        Phase::Requested,
        Phase::Prepared,
        Phase::Started,
        Phase::Answering,
        Phase::Ready,
    ];
    for died_at in phases {
        for setup in Setup::everywhere().await {
            finish_start(&setup, died_at).await;
            setup.discard().await;
        }
    }
}

async fn finish_start(setup: &Setup, died_at: Phase) {
    let first = setup.doomed_hub(died_at).await;
    let asked = tokio::spawn({
        let first = first.clone();
        // The first phase is written by the request itself, which then dies with the hub.
        async move { start(&first, "ann", "").await.map(drop) }
    });
    let _ = asked.await;
    first.stop.cancelled().await;
    first.tasks.close();
    first.tasks.wait().await;
    let ann = user(&first, "ann").await;
    let spawner = perijove_store::spawners::get(&first.store, ann.id, "")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(spawner.run.phase, died_at);

    setup.leases_expire();
    let second = setup.hub().await;
    until(&second, spawner.id, Phase::Ready).await;
    assert_eq!(setup.backend.starts(), 1, "died at {died_at:?}");
    assert_in_order(setup, &second, ann.id).await;

    // It stops like any other.
    request_stop(&second, None, &spawner, false).await.unwrap();
    until(&second, spawner.id, Phase::Stopped).await;
    assert!(setup.backend.running().is_empty() && server_tokens(&second, ann.id).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_was_started_but_not_written_down_is_adopted() {
    let setup = Setup::new();
    setup.backend.play(Script {
        hang_in_start: true,
        ..Script::default()
    });
    let first = setup.hub().await;
    let begun = start(&first, "ann", "").await.unwrap();
    eventually("a process", async || !setup.backend.running().is_empty()).await;
    first.stop().await;
    assert_eq!(row(&first, begun.spawner_id).await.run.phase, Phase::Prepared);

    setup.backend.play(Script::default());
    let second = setup.hub().await;
    let spawner = until(&second, begun.spawner_id, Phase::Ready).await;
    assert_eq!(setup.backend.starts(), 1);
    assert_in_order(&setup, &second, spawner.user_id).await;
}

/// A hub that was frozen for so long that another one has taken its work wakes up in the middle of it.
#[tokio::test(flavor = "multi_thread")]
async fn a_hub_that_loses_its_lease_lets_go() {
    let setup = Setup::new();
    setup.backend.play(Script {
        hang_in_start: true,
        ..Script::default()
    });
    let first = setup.hub().await;
    let begun = start(&first, "ann", "").await.unwrap();
    eventually("a process", async || !setup.backend.running().is_empty()).await;
    setup.backend.play(Script::default());
    let second = setup.hub().await;
    // Nobody keeps a lease for long now; whoever has lost it must not write.
    eventually("the server", async || {
        setup.leases_expire();
        row(&second, begun.spawner_id).await.run.phase == Phase::Ready
    })
    .await;
    let spawner = row(&first, begun.spawner_id).await;
    assert_eq!((spawner.run.generation, setup.backend.starts()), (1, 1));
    assert_in_order(&setup, &second, spawner.user_id).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_is_finished_by_the_next_hub() {
    for died_at in [Phase::Stopping, Phase::Stopped] {
        let setup = Setup::new();
        let first = setup.doomed_hub(died_at).await;
        let begun = start(&first, "ann", "").await.unwrap();
        let spawner = until(&first, begun.spawner_id, Phase::Ready).await;
        request_stop(&first, None, &spawner, false).await.unwrap();
        first.stop.cancelled().await;

        setup.leases_expire();
        let second = setup.hub().await;
        until(&second, begun.spawner_id, Phase::Stopped).await;
        assert!(setup.backend.running().is_empty());
        assert!(server_tokens(&second, spawner.user_id).await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_ended_while_no_hub_was_there_is_cleaned_away() {
    let setup = Setup::new();
    let first = setup.hub().await;
    let begun = start(&first, "ann", "").await.unwrap();
    until(&first, begun.spawner_id, Phase::Ready).await;
    first.stop().await;
    setup.backend.exit(&setup.backend.running()[0], 1);
    let second = setup.hub().await;
    let spawner = until(&second, begun.spawner_id, Phase::Stopped).await;
    assert!(server_tokens(&second, spawner.user_id).await.is_empty());
    assert!(spawner.run.failure.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hubs_drive_each_server_once() {
    for setup in Setup::everywhere().await {
        two_hubs(&setup).await;
        setup.discard().await;
    }
}

async fn two_hubs(setup: &Setup) {
    let hubs = [setup.hub().await, setup.hub().await];
    let mut begun = Vec::new();
    for n in 0..12 {
        // Both are asked for each; the second one joins.
        let name = format!("user-{n}");
        user(&hubs[0], &name).await;
        let (a, b) = tokio::join!(start(&hubs[0], &name, ""), start(&hubs[1], &name, ""));
        let started: Vec<_> = [a, b].into_iter().filter_map(Result::ok).collect();
        assert_eq!(started.iter().filter(|begun| begun.fresh).count(), 1, "{started:?}");
        begun.push(started[0].spawner_id);
    }
    for id in &begun {
        until(&hubs[0], *id, Phase::Ready).await;
    }
    assert_eq!((setup.backend.starts(), setup.backend.specs().len()), (12, 12));
    for id in &begun {
        let spawner = row(&hubs[1], *id).await;
        request_stop(&hubs[1], None, &spawner, false).await.unwrap();
    }
    for id in &begun {
        until(&hubs[1], *id, Phase::Stopped).await;
    }
    assert_eq!(setup.backend.stops(), 12);
}

/// What JupyterHub leaves behind: a row in `servers`, a state, a token; nothing of ours.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_of_jupyterhub_is_adopted_looked_after_and_stopped() {
    let setup = Setup::new();
    let idle = setup.idle_hub().await;
    let ann = user(&idle, "ann").await;
    let spawner = spawners::ensure(&idle.store, ann.id, "", None).await.unwrap();
    let started = setup.backend.start(&spec(&spawner), &Deaf).await.unwrap();
    let url: url::Url = started.url.parse().unwrap();
    let (_, hashed) = perijove_model::token::generate(idle.rng.as_ref());
    let now = idle.clock.now();
    let tx = idle.store.begin().await.unwrap();
    let token = tokens::NewToken {
        owner: tokens::Owner::User(ann.id),
        hashed: &hashed,
        client_id: "jupyterhub",
        session_id: None,
        expires_at: None,
        note: "Server at /user/ann/",
        scopes: &["users:activity!user".to_owned()],
    };
    tokens::create(&tx, &token, now).await.unwrap();
    let client = oauth::NewClient {
        identifier: "jupyterhub-user-ann",
        description: "",
        secret: "",
        redirect_uri: "",
        allowed_scopes: &[],
    };
    oauth::put_client(&tx, &client).await.unwrap();
    spawners::set_prepared(&tx, spawner.id, "/user/ann/", "jupyterhub-user-ann", now)
        .await
        .unwrap();
    let state = serde_json::Value::Object(started.state);
    let port = url.port().unwrap();
    spawners::set_started(&tx, spawner.id, "http", "127.0.0.1", port, &state, now)
        .await
        .unwrap();
    tx.commit().await.unwrap();

    let hub = setup.hub().await;
    let adopted = until(&hub, spawner.id, Phase::Ready).await;
    assert_eq!(adopted.run.generation, 0);
    eventually("the route", async || setup.routes.targets().contains_key("/user/ann/")).await;
    let refused = start(&hub, "ann", "").await.unwrap_err();
    assert_eq!(refused.to_string(), "ann is already running");
    request_stop(&hub, None, &adopted, false).await.unwrap();
    until(&hub, spawner.id, Phase::Stopped).await;
    assert!(setup.backend.running().is_empty() && server_tokens(&hub, ann.id).await.is_empty());
    let begun = start(&hub, "ann", "").await.unwrap();
    until(&hub, begun.spawner_id, Phase::Ready).await;
}

struct Deaf;

impl Progress for Deaf {
    fn step(&self, _: perijove_spawn::Step) {}
}

fn spec(spawner: &spawners::Spawner) -> ServerSpec {
    ServerSpec {
        key: ServerKey {
            spawner_id: spawner.id,
            generation: 0,
            user: spawner.user_name.as_str().try_into().unwrap(),
            server: perijove_model::ServerName::default(),
        },
        command: vec!["fake".into()],
        env: Default::default(),
        api_token: perijove_model::Secret::default(),
        prefix: "/user/ann/".into(),
        options: serde_json::Value::Null,
        plan: Default::default(),
        environment: None,
        home: perijove_spawn::Home {
            id: 1,
            place: "/home/ann".into(),
            mark: "1-0".into(),
            made: false,
        },
        start_timeout: PATIENCE,
    }
}

/// One server runs, with the one token that there is, behind its route.
async fn assert_in_order(setup: &Setup, hub: &Hub, user_id: i64) {
    assert_eq!(setup.backend.running().len(), 1);
    // Asked once more, the backend would give the same server, which knows only the token it began with.
    let specs = setup.backend.specs();
    assert_eq!(specs.len(), 1, "it was asked to start it again");
    let held = &specs[0].api_token;
    let token = tokens::find(&hub.store, held.expose(), hub.clock.now()).await.unwrap();
    let all = server_tokens(hub, user_id).await;
    assert_eq!(all.len(), 1, "tokens are left over: {all:?}");
    assert_eq!(token.expect("the server's token is valid").id, all[0].id);
    eventually("the route", async || setup.routes.targets().contains_key("/user/ann/")).await;
}
