use perijove_hub::servers::{self, Start};
use perijove_model::server::Phase;
use perijove_spawn::fake::Script;
use perijove_store::{oauth, spawners, tokens, users};
use serde_json::json;

use crate::setup::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_wish_becomes_a_server_with_token_client_and_route() {
    let setup = Setup::new();
    let hub = setup.hub().await;
    let begun = start(&hub, "ann", "").await.unwrap();
    assert!(begun.fresh && begun.generation == 1);
    let spawner = until(&hub, begun.spawner_id, Phase::Ready).await;

    let specs = setup.backend.specs();
    assert_eq!((specs.len(), setup.backend.starts()), (1, 1));
    assert_eq!(specs[0].prefix, "/user/ann/");
    assert_eq!(specs[0].env["JUPYTERHUB_USER"], "ann");
    let token = tokens::find(&hub.store, specs[0].api_token.expose(), hub.clock.now())
        .await
        .unwrap();
    let token = token.expect("the server's token is valid");
    assert_eq!(token.note.as_deref(), Some("Server at /user/ann/"));
    assert_eq!(token.scopes, ["access:servers!server=ann/", "users:activity!user"]);

    let client = oauth::client(&hub.store, "jupyterhub-user-ann").await.unwrap().unwrap();
    assert_eq!(client.redirect_uri, "/user/ann/oauth_callback");
    assert_eq!(client.allowed_scopes, ["access:servers!server=ann/"]);
    assert!(perijove_model::token::matches(
        &client.secret,
        specs[0].api_token.expose()
    ));

    let server = spawner.server.expect("a row in servers");
    assert_eq!(
        setup.routes.targets().get("/user/ann/"),
        Some(&format!("http://{}:{}", server.ip, server.port))
    );
    assert_eq!(server.base_url, "/user/ann/");
    assert!(spawner.started.is_some());
    let user = users::by_id(&hub.store, spawner.user_id).await.unwrap().unwrap();
    assert_eq!(user.last_activity, Some(hub.clock.now()));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_progress_can_be_followed_from_any_hub() {
    let setup = Setup::new();
    let (worker, other) = (setup.hub().await, setup.idle_hub().await);
    let begun = start(&worker, "ann", "gpu").await.unwrap();
    let events = events(&other, begun.spawner_id).await;
    assert_eq!(events[0], json!({"progress": 0, "message": "Server requested"}));
    assert!(
        events.contains(&json!({"progress": 30, "message": "Starting the fake server"})),
        "{events:?}"
    );
    let url = "/user/ann/gpu/";
    assert_eq!(
        events.last().unwrap(),
        &json!({
            "progress": 100,
            "ready": true,
            "message": format!("Server ready at {url}"),
            "html_message": format!("Server ready at <a href=\"{url}\">{url}</a>"),
            "url": url,
        })
    );
    let percents: Vec<u64> = events.iter().filter_map(|event| event["progress"].as_u64()).collect();
    assert!(percents.is_sorted(), "progress goes back: {percents:?}");
    // Whoever comes late hears the end at once, and nothing else.
    let late = crate::setup::events(&other, begun.spawner_id).await;
    assert_eq!(late.len(), 1);
    assert_eq!(late[0]["ready"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_start_tells_why_and_leaves_nothing() {
    let setup = Setup::new();
    setup.backend.play(Script {
        fail: Some("There is no such image.".into()),
        ..Script::default()
    });
    let hub = setup.hub().await;
    let begun = start(&hub, "ann", "").await.unwrap();
    let events = events(&hub, begun.spawner_id).await;
    let last = events.last().unwrap();
    assert_eq!(last["failed"], true);
    assert_eq!(last["message"], "Spawn failed: There is no such image.");
    assert_gone(&hub, begun.spawner_id).await;
    let generations = || {
        setup
            .backend
            .given_up()
            .iter()
            .map(|key| key.generation)
            .collect::<Vec<_>>()
    };
    assert_eq!(generations(), [1]);

    // The next try may succeed, and the failure is forgotten.
    setup.backend.play(Script::default());
    let again = start(&hub, "ann", "").await.unwrap();
    assert_eq!(again.generation, 2);
    let spawner = until(&hub, again.spawner_id, Phase::Ready).await;
    assert!(spawner.run.failure.is_none());
    assert_eq!(generations(), [1], "what runs is not given up");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_ends_instead_of_answering_fails_at_once_with_its_log() {
    let setup = Setup::new();
    setup.backend.play(Script {
        silent: true,
        log: vec!["ImportError: no module named numpy".into()],
        ..Script::default()
    });
    let hub = setup.hub().await;
    let begun = start(&hub, "ann", "").await.unwrap();
    until(&hub, begun.spawner_id, Phase::Started).await;
    setup.backend.exit(&setup.backend.running()[0], 3);
    let events = events(&hub, begun.spawner_id).await;
    let last = events.last().unwrap();
    assert_eq!(
        last["message"],
        "Spawn failed: The server ended before it answered [status=3]."
    );
    let log = last["log"].as_array().unwrap();
    assert!(log.contains(&json!("ImportError: no module named numpy")), "{log:?}");
    let spawner = assert_gone(&hub, begun.spawner_id).await;
    assert_eq!(spawner.run.failure.unwrap().status, 500);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_never_answers_is_given_up_and_stopped() {
    let setup = Setup::with(|config| config.spawner.http_timeout = std::time::Duration::from_millis(300));
    setup.backend.play(Script {
        silent: true,
        ..Script::default()
    });
    let hub = setup.hub().await;
    let begun = start(&hub, "ann", "").await.unwrap();
    let events = events(&hub, begun.spawner_id).await;
    let message = events.last().unwrap()["message"].as_str().unwrap();
    assert!(
        message.starts_with("Spawn failed: The server runs, but did not answer at http://"),
        "{message}"
    );
    assert!(message.ends_with("/user/ann/api within 0.3 seconds."), "{message}");
    assert_gone(&hub, begun.spawner_id).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_that_hangs_is_given_up_and_what_it_made_is_stopped() {
    let setup = Setup::with(|config| config.spawner.start_timeout = std::time::Duration::from_millis(300));
    setup.backend.play(Script {
        hang_in_start: true,
        ..Script::default()
    });
    let hub = setup.hub().await;
    let begun = start(&hub, "ann", "").await.unwrap();
    let events = events(&hub, begun.spawner_id).await;
    assert_eq!(
        events.last().unwrap()["message"],
        "Spawn failed: The server did not start within 0.3 seconds."
    );
    assert_gone(&hub, begun.spawner_id).await;
    assert_eq!(setup.backend.stops(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn options_are_kept_for_the_next_start() {
    let setup = Setup::new();
    let hub = setup.hub().await;
    let ann = user(&hub, "ann").await;
    let name = perijove_model::ServerName::default();
    let wanted = Start {
        options: Some(json!({"image": "big"})),
        ..wish(&ann, &name)
    };
    let begun = perijove_hub::servers::request_start(&hub, wanted).await.unwrap();
    let spawner = until(&hub, begun.spawner_id, Phase::Ready).await;
    perijove_hub::servers::request_stop(&hub, None, &spawner, false)
        .await
        .unwrap();
    until(&hub, begun.spawner_id, Phase::Stopped).await;
    start(&hub, "ann", "").await.unwrap();
    until(&hub, begun.spawner_id, Phase::Ready).await;
    let specs = setup.backend.specs();
    assert_eq!(specs[0].options, json!({"image": "big"}));
    assert_eq!(specs[1].options, json!({"image": "big"}));
    assert_ne!(specs[0].api_token, specs[1].api_token);
    let old = tokens::find(&hub.store, specs[0].api_token.expose(), hub.clock.now())
        .await
        .unwrap();
    assert!(old.is_none(), "the token of the first run is still valid");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_is_away_only_delays_a_start() {
    let setup = Setup::new();
    setup.routes.set_away(true);
    let hub = setup.hub().await;
    let begun = start(&hub, "ann", "").await.unwrap();
    until(&hub, begun.spawner_id, Phase::Answering).await;
    setup.routes.set_away(false);
    until(&hub, begun.spawner_id, Phase::Ready).await;
    assert!(setup.routes.targets().contains_key("/user/ann/"));
    // Back from a restart, it gets everything again.
    setup.routes.set_away(true);
    setup.routes.clear();
    let refused = setup.routes.refused();
    eventually("a look at the proxy", async || setup.routes.refused() > refused).await;
    setup.routes.set_away(false);
    eventually("the routes", async || {
        let targets = setup.routes.targets();
        targets.contains_key("/user/ann/") && targets.contains_key("/")
    })
    .await;
}

/// Failed, and neither process nor row nor token nor client nor route is left.
async fn assert_gone(hub: &perijove_hub::Hub, id: i64) -> spawners::Spawner {
    let spawner = until(hub, id, Phase::Failed).await;
    assert!(spawner.server.is_none() && spawner.started.is_none());
    assert!(server_tokens(hub, spawner.user_id).await.is_empty());
    assert!(
        oauth::client(&hub.store, "jupyterhub-user-ann")
            .await
            .unwrap()
            .is_none()
    );
    spawner
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_whose_names_run_together_leave_each_other_alone() {
    let setup = Setup::new();
    let hub = setup.hub().await;
    let victim = start(&hub, "ann-lee", "").await.unwrap();
    until(&hub, victim.spawner_id, Phase::Ready).await;
    let other = start(&hub, "ann", "lee").await.unwrap();
    until(&hub, other.spawner_id, Phase::Ready).await;

    let ids: Vec<String> = setup
        .backend
        .specs()
        .iter()
        .map(|spec| spec.env["JUPYTERHUB_CLIENT_ID"].clone())
        .collect();
    assert_eq!(ids[0], "jupyterhub-user-ann-lee");
    assert_ne!(ids[0], ids[1]);
    for (begun, id, callback) in [
        (victim, &ids[0], "/user/ann-lee/oauth_callback"),
        (other, &ids[1], "/user/ann/lee/oauth_callback"),
    ] {
        let client = oauth::client(&hub.store, id).await.unwrap().unwrap();
        assert_eq!(client.redirect_uri, callback);
        let owner = spawners::by_oauth_client(&hub.store, id).await.unwrap().unwrap();
        assert_eq!(owner.id, begun.spawner_id);
    }

    let spawner = row(&hub, other.spawner_id).await;
    perijove_hub::servers::request_stop(&hub, None, &spawner, false)
        .await
        .unwrap();
    until(&hub, other.spawner_id, Phase::Stopped).await;
    assert!(oauth::client(&hub.store, &ids[0]).await.unwrap().is_some());
    assert!(oauth::client(&hub.store, &ids[1]).await.unwrap().is_none());
}

/// PostgreSQL holds to the lengths of JupyterHub's columns, SQLite does not.
#[tokio::test(flavor = "multi_thread")]
async fn a_start_that_the_database_refuses_comes_to_an_end() {
    for setup in Setup::everywhere().await {
        let hub = setup.hub().await;
        let begun = start(&hub, &"u".repeat(240), "").await.unwrap();
        let events = events(&hub, begun.spawner_id).await;
        let last = events.last().unwrap();
        match hub.store.kind() {
            "postgresql" => {
                let message = last["message"].as_str().unwrap();
                assert!(message.contains("database refuses"), "{message}");
                assert_gone(&hub, begun.spawner_id).await;
            }
            _ => assert_eq!(last["ready"], true),
        }
        hub.stop().await;
        setup.discard().await;
    }
}

/// SQLite gives the id of a deleted row to the next one.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_is_not_taken_for_a_deleted_one_that_had_its_id() {
    let setup = Setup::new();
    let hub = setup.hub().await;
    let begun = start(&hub, "ann", "").await.unwrap();
    let spawner = until(&hub, begun.spawner_id, Phase::Ready).await;
    servers::request_stop(&hub, None, &spawner, false).await.unwrap();
    until(&hub, begun.spawner_id, Phase::Stopped).await;
    // As another program would, and as a hub does that dies before the backend has forgotten.
    users::delete(&hub.store, spawner.user_id).await.unwrap();

    let again = start(&hub, "bob", "").await.unwrap();
    until(&hub, again.spawner_id, Phase::Ready).await;
    assert_eq!(setup.backend.starts(), 2);
}
