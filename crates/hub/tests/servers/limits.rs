use perijove_hub::servers::{Refused, Start, request_start, request_stop};
use perijove_model::ServerName;
use perijove_model::server::Phase;
use perijove_spawn::fake::Script;

use crate::setup::*;

fn refusal(refused: &Refused) -> (u16, String, bool) {
    (
        refused.status().as_u16(),
        refused.to_string(),
        refused.retry_after().is_some(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_starts_at_once_are_asked_to_come_back() {
    let setup = Setup::with(|config| config.hub.concurrent_spawn_limit = 2);
    setup.backend.play(Script {
        hang_in_start: true,
        ..Script::default()
    });
    let hub = setup.hub().await;
    let first = start(&hub, "ann", "").await.unwrap();
    start(&hub, "bob", "").await.unwrap();
    let refused = start(&hub, "eve", "").await.unwrap_err();
    assert_eq!(refused.status().as_u16(), 429);
    let seconds = refused.retry_after().expect("says when to come back");
    assert!((30..=60).contains(&seconds));
    let shown = seconds.div_ceil(10) * 10;
    assert_eq!(
        refused.to_string(),
        format!("Too many users trying to log in right now. Try again in {shown} seconds.")
    );
    // Who waits already is not turned away.
    let joined = start(&hub, "ann", "").await.unwrap();
    assert_eq!((joined.fresh, joined.spawner_id), (false, first.spawner_id));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_house_is_full() {
    let setup = Setup::with(|config| config.hub.active_server_limit = 1);
    let hub = setup.hub().await;
    let begun = start(&hub, "ann", "").await.unwrap();
    let spawner = until(&hub, begun.spawner_id, Phase::Ready).await;
    let refused = start(&hub, "bob", "").await.unwrap_err();
    let text = "Active user limit exceeded. Try again in a few minutes.";
    assert_eq!(refusal(&refused), (429, text.into(), false));
    request_stop(&hub, None, &spawner, false).await.unwrap();
    until(&hub, begun.spawner_id, Phase::Stopped).await;
    start(&hub, "bob", "").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn named_servers_have_their_rules() {
    let off = Setup::with(|config| config.hub.allow_named_servers = false);
    let hub = off.idle_hub().await;
    let refused = start(&hub, "ann", "gpu").await.unwrap_err();
    assert_eq!(refusal(&refused), (400, "Named servers are not enabled.".into(), false));
    start(&hub, "ann", "").await.unwrap();

    let setup = Setup::with(|config| config.hub.named_server_limit_per_user = 1);
    let hub = setup.idle_hub().await;
    let bad = start(&hub, "ann", "Not A Slug").await.unwrap_err();
    assert_eq!(refusal(&bad), (400, "Invalid server_name: 'Not A Slug'".into(), false));
    start(&hub, "ann", "").await.unwrap();
    start(&hub, "ann", "one").await.unwrap();
    let refused = start(&hub, "ann", "two").await.unwrap_err();
    assert_eq!(refused.status().as_u16(), 400);
    assert!(
        refused.to_string().contains("the maximum of 1 named servers"),
        "{refused}"
    );
    // The one that exists counts, and may be used.
    assert!(!start(&hub, "ann", "one").await.unwrap().fresh);
}

#[tokio::test(flavor = "multi_thread")]
async fn display_names_are_checked_and_kept() {
    let setup = Setup::new();
    let hub = setup.idle_hub().await;
    let ann = user(&hub, "ann").await;
    let name = ServerName::try_from("gpu").unwrap();
    let named = |display_name| Start {
        display_name: Some(display_name),
        ..wish(&ann, &name)
    };
    let long = "x".repeat(256);
    for bad in [" x", "a  b", "a\tb", "a\u{202e}b", &long] {
        let refused = request_start(&hub, named(bad)).await.unwrap_err();
        assert_eq!(refused.status().as_u16(), 400, "{bad:?}");
    }
    let begun = request_start(&hub, named("Große Maschine")).await.unwrap();
    let spawner = row(&hub, begun.spawner_id).await;
    assert_eq!(spawner.display_name.as_deref(), Some("Große Maschine"));
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_failures_in_a_row_end_the_hub() {
    let setup = Setup::with(|config| config.spawner.consecutive_failure_limit = 2);
    let hub = setup.hub().await;
    let fail = |message: Option<&str>| {
        setup.backend.play(Script {
            fail: message.map(str::to_owned),
            ..Script::default()
        });
    };
    for (user, message, phase) in [
        ("ann", Some("no"), Phase::Failed),
        ("bob", None, Phase::Ready),
        ("cid", Some("no"), Phase::Failed),
    ] {
        fail(message);
        let begun = start(&hub, user, "").await.unwrap();
        until(&hub, begun.spawner_id, phase).await;
    }
    // A success between two failures makes the second one the first.
    assert!(hub.shutdown.borrow().is_none());
    fail(Some("no"));
    let begun = start(&hub, "dan", "").await.unwrap();
    until(&hub, begun.spawner_id, Phase::Failed).await;
    let mut shutdown = hub.shutdown.subscribe();
    let asked = shutdown.wait_for(Option::is_some).await.unwrap().unwrap();
    assert!(asked.failed && !asked.servers && !asked.edge, "{asked:?}");
}
