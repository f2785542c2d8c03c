//! Clocks are put right, by seconds or by days, and in either direction: no server may suffer by it.

use jiff::SignedDuration;
use perijove_hub::servers::request_stop;
use perijove_model::server::Phase;
use perijove_spawn::fake::Script;

use crate::setup::*;

const DAY: SignedDuration = SignedDuration::from_hours(24);

#[tokio::test(flavor = "multi_thread")]
async fn a_server_runs_on_whatever_the_clock_says() {
    let setup = Setup::new();
    let hub = setup.hub().await;
    let begun = start(&hub, "ann", "").await.unwrap();
    until(&hub, begun.spawner_id, Phase::Ready).await;
    for jump in [DAY, -DAY, -DAY, DAY * 400, -DAY * 400] {
        setup.clock.advance(jump);
        // Another start shows that the hub is at work at this time of day.
        let other = start(&hub, "bob", "").await.unwrap();
        let running = until(&hub, other.spawner_id, Phase::Ready).await;
        request_stop(&hub, None, &running, false).await.unwrap();
        until(&hub, other.spawner_id, Phase::Stopped).await;
        assert_eq!(row(&hub, begun.spawner_id).await.run.phase, Phase::Ready, "{jump}");
    }
    assert_eq!(setup.backend.running().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_comes_to_its_end_though_the_clock_jumps() {
    for jump in [DAY, -DAY] {
        let setup = Setup::new();
        setup.backend.play(Script {
            hang_in_start: true,
            ..Script::default()
        });
        let hub = setup.hub().await;
        let begun = start(&hub, "ann", "").await.unwrap();
        until(&hub, begun.spawner_id, Phase::Prepared).await;
        setup.clock.advance(jump);
        request_stop(&hub, None, &row(&hub, begun.spawner_id).await, false)
            .await
            .unwrap();
        until(&hub, begun.spawner_id, Phase::Stopped).await;
        setup.backend.play(Script::default());
        let again = start(&hub, "ann", "").await.unwrap();
        until(&hub, again.spawner_id, Phase::Ready).await;
    }
}

/// What a dead hub held would else be held until the clock comes to that day again.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_dead_hub_held_is_free_after_the_clock_was_put_back() {
    for setup in Setup::everywhere().await {
        let dead = setup.doomed_hub(Phase::Started).await;
        let begun = start(&dead, "ann", "").await.unwrap();
        eventually("the hub's death", async || dead.stop.is_cancelled()).await;
        setup.clock.advance(-DAY);
        let next = setup.hub().await;
        until(&next, begun.spawner_id, Phase::Ready).await;
        assert_eq!((setup.backend.starts(), setup.backend.running().len()), (1, 1));
        drop((dead, next));
        setup.discard().await;
    }
}
