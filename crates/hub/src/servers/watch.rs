//! Looks after running servers.

use std::time::Duration;

use perijove_model::server::Phase;
use perijove_spawn::Poll;
use perijove_store::spawners;
use tokio::time::timeout;

use super::drive::state;
use super::requests::log_name;
use crate::Hub;

const PATIENCE: Duration = Duration::from_secs(10);

/// Whether a server that is written down as running has ended. Whoever can't tell says no.
pub(super) async fn has_ended(hub: &Hub, id: i64) -> bool {
    let spawner = match spawners::by_id(&hub.store, id).await {
        Ok(Some(spawner)) if spawner.run.phase == Phase::Ready => spawner,
        _ => return false,
    };
    let state = state(&spawner).unwrap_or_default();
    let Some(backend) = hub.spawners.get(&spawner.run.backend) else {
        return false;
    };
    let begun = tokio::time::Instant::now();
    let poll = timeout(PATIENCE, backend.poll(&state)).await;
    if let Ok(Ok(poll)) = &poll {
        hub.metrics.poll.observe(*poll == Poll::Running, begun.elapsed());
    }
    match poll {
        Ok(Ok(Poll::Exited(_))) => true,
        Ok(Ok(Poll::Running)) => false,
        Ok(Err(error)) => {
            tracing::debug!(server = log_name(&spawner), %error, "can't tell whether the server runs");
            false
        }
        Err(_) => {
            tracing::debug!(
                server = log_name(&spawner),
                "the backend doesn't tell in time whether the server runs"
            );
            false
        }
    }
}
