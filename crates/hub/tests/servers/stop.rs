use perijove_hub::servers::{self, request_stop};
use perijove_model::server::Phase;
use perijove_spawn::fake::Script;
use perijove_store::{oauth, spawners};
use serde_json::json;

use crate::setup::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_takes_everything_away() {
    let setup = Setup::new();
    let hub = setup.hub().await;
    let begun = start(&hub, "ann", "").await.unwrap();
    let spawner = until(&hub, begun.spawner_id, Phase::Ready).await;
    request_stop(&hub, None, &spawner, false).await.unwrap();
    let spawner = until(&hub, begun.spawner_id, Phase::Stopped).await;
    assert!(spawner.server.is_none() && spawner.started.is_none() && spawner.run.failure.is_none());
    assert!(server_tokens(&hub, spawner.user_id).await.is_empty());
    assert!(
        oauth::client(&hub.store, "jupyterhub-user-ann")
            .await
            .unwrap()
            .is_none()
    );
    assert!(!setup.routes.targets().contains_key("/user/ann/"));
    assert!(setup.backend.running().is_empty());
    // To stop what has stopped is fine, and changes nothing.
    request_stop(&hub, None, &spawner, false).await.unwrap();
    assert_eq!(row(&hub, begun.spawner_id).await.run.phase, Phase::Stopped);
    assert!(!servers::has_progress(&spawner));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_can_be_cancelled() {
    let setup = Setup::new();
    setup.backend.play(Script {
        hang_in_start: true,
        ..Script::default()
    });
    let hub = setup.hub().await;
    let begun = start(&hub, "ann", "").await.unwrap();
    eventually("a process", async || !setup.backend.running().is_empty()).await;
    let told = tokio::spawn({
        let hub = hub.clone();
        async move { events(&hub, begun.spawner_id).await }
    });
    request_stop(&hub, None, &row(&hub, begun.spawner_id).await, false)
        .await
        .unwrap();
    let last = told.await.unwrap().pop().unwrap();
    assert_eq!(
        (&last["failed"], &last["message"]),
        (&json!(true), &json!("Spawn cancelled"))
    );
    let spawner = until(&hub, begun.spawner_id, Phase::Stopped).await;
    assert!(
        setup.backend.running().is_empty(),
        "what the start had made is still there"
    );
    assert!(server_tokens(&hub, spawner.user_id).await.is_empty());
}

/// It would be told that its own start was cancelled.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_joins_a_start_that_is_to_stop() {
    let setup = Setup::new();
    let hub = setup.idle_hub().await;
    let begun = start(&hub, "ann", "").await.unwrap();
    assert!(!start(&hub, "ann", "").await.unwrap().fresh);
    request_stop(&hub, None, &row(&hub, begun.spawner_id).await, false)
        .await
        .unwrap();
    let refused = start(&hub, "ann", "").await.unwrap_err();
    assert_eq!(refused.to_string(), "ann is pending stop");
    perijove_hub::tasks::spawn_all(&hub);
    until(&hub, begun.spawner_id, Phase::Stopped).await;
    assert!(start(&hub, "ann", "").await.unwrap().fresh);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_named_server_is_removed_with_its_row() {
    let setup = Setup::new();
    let hub = setup.hub().await;
    let begun = start(&hub, "ann", "gpu").await.unwrap();
    let spawner = until(&hub, begun.spawner_id, Phase::Ready).await;
    request_stop(&hub, None, &spawner, true).await.unwrap();
    let gone = servers::wait(&hub, begun.spawner_id, PATIENCE, |_| false)
        .await
        .unwrap();
    assert!(gone.is_none());
    assert!(setup.backend.running().is_empty());

    // One that has stopped already goes too.
    let begun = start(&hub, "ann", "gpu").await.unwrap();
    let spawner = until(&hub, begun.spawner_id, Phase::Ready).await;
    request_stop(&hub, None, &spawner, false).await.unwrap();
    let spawner = until(&hub, begun.spawner_id, Phase::Stopped).await;
    request_stop(&hub, None, &spawner, true).await.unwrap();
    let gone = servers::wait(&hub, begun.spawner_id, PATIENCE, |_| false)
        .await
        .unwrap();
    assert!(gone.is_none());
    assert!(
        spawners::get(&hub.store, spawner.user_id, "gpu")
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_ended_by_itself_is_noticed_and_cleaned_away() {
    let setup = Setup::new();
    setup.backend.play(Script {
        log: vec!["Killed: out of memory".into()],
        ..Script::default()
    });
    let hub = setup.hub().await;
    let begun = start(&hub, "ann", "").await.unwrap();
    until(&hub, begun.spawner_id, Phase::Ready).await;
    setup.backend.exit(&setup.backend.running()[0], 137);
    let spawner = until(&hub, begun.spawner_id, Phase::Stopped).await;
    let failure = spawner.run.failure.clone().expect("why it ended is kept");
    assert_eq!(failure.message, "The server ended by itself with status 137.");
    assert!(
        failure.log.contains(&"Killed: out of memory".to_owned()),
        "{:?}",
        failure.log
    );
    assert!(server_tokens(&hub, spawner.user_id).await.is_empty());
    assert!(!setup.routes.targets().contains_key("/user/ann/"));
    assert!(!servers::has_progress(&spawner), "it is no failed start");
}

/// Nobody polls here, so the request itself must notice.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_ended_unnoticed_is_started_again_rather_than_called_running() {
    let setup = Setup::with(|config| config.spawner.poll_interval = std::time::Duration::from_secs(3600));
    let hub = setup.hub().await;
    let begun = start(&hub, "ann", "").await.unwrap();
    until(&hub, begun.spawner_id, Phase::Ready).await;
    let refused = start(&hub, "ann", "").await.unwrap_err();
    assert_eq!(
        (refused.status().as_u16(), refused.to_string()),
        (400, "ann is already running".into())
    );
    setup.backend.exit(&setup.backend.running()[0], 0);
    let again = start(&hub, "ann", "").await.unwrap();
    assert_eq!((again.fresh, again.generation), (true, 2));
    until(&hub, begun.spawner_id, Phase::Ready).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backend_that_cannot_tell_stops_nothing() {
    let setup = Setup::new();
    let hub = setup.hub().await;
    let begun = start(&hub, "ann", "").await.unwrap();
    until(&hub, begun.spawner_id, Phase::Ready).await;
    setup.backend.play(Script {
        fail_poll: Some("The daemon is away.".into()),
        ..Script::default()
    });
    // Polled every 50 ms.
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    assert_eq!(row(&hub, begun.spawner_id).await.run.phase, Phase::Ready);
    assert_eq!(setup.backend.running().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_that_fails_is_tried_again() {
    let setup = Setup::new();
    let hub = setup.hub().await;
    let begun = start(&hub, "ann", "").await.unwrap();
    let spawner = until(&hub, begun.spawner_id, Phase::Ready).await;
    setup.backend.play(Script {
        fail_stop: Some("The daemon is away.".into()),
        ..Script::default()
    });
    request_stop(&hub, None, &spawner, false).await.unwrap();
    until(&hub, begun.spawner_id, Phase::Stopping).await;
    let refused = start(&hub, "ann", "").await.unwrap_err();
    assert_eq!(
        (refused.status().as_u16(), refused.to_string()),
        (400, "ann is pending stop".into())
    );
    setup.backend.play(Script::default());
    until(&hub, begun.spawner_id, Phase::Stopped).await;
    assert!(setup.backend.running().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_that_stops_leaves_servers_alone_unless_told() {
    let setup = Setup::new();
    let hub = setup.hub().await;
    for name in ["", "gpu"] {
        let begun = start(&hub, "ann", name).await.unwrap();
        until(&hub, begun.spawner_id, Phase::Ready).await;
    }
    hub.stop().await;
    assert_eq!(setup.backend.running().len(), 2);

    let hub = setup.hub().await;
    servers::stop_all(&hub).await.unwrap();
    assert!(setup.backend.running().is_empty());
    hub.stop().await;
}
