//! Looks after running servers.

use std::time::Duration;

use perijove_model::plan::size;
use perijove_model::server::Phase;
use perijove_spawn::{Poll, State};
use perijove_store::notices::{self, Notice};
use perijove_store::spawners::Spawner;
use perijove_store::{StoreError, plans, spawners};
use tokio::time::timeout;

use super::drive::state;
use super::requests::log_name;
use crate::Hub;

/// The kind of its notices.
const OUT_OF_MEMORY: &str = "out_of_memory";
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
        Ok(Ok(Poll::Running)) => {
            told_of_memory(hub, &spawner, backend.as_ref(), &state).await;
            false
        }
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

/// The kernel of a notebook was killed while the server lives on: its person would see it die without a word.
async fn told_of_memory(hub: &Hub, spawner: &Spawner, backend: &dyn perijove_spawn::Spawner, state: &State) {
    let killed = match timeout(PATIENCE, backend.usage(state)).await {
        Ok(Ok(Some(usage))) => usage.out_of_memory,
        _ => return,
    };
    if killed > 0
        && let Err(error) = note_memory(hub, spawner, killed).await
    {
        tracing::debug!(server = log_name(spawner), %error, "what was killed can't be written down now");
    }
}

async fn note_memory(hub: &Hub, spawner: &Spawner, killed: u64) -> Result<(), StoreError> {
    let store = &hub.store;
    let count = i64::try_from(killed).unwrap_or(i64::MAX);
    let known = notices::get(store, spawner.id, OUT_OF_MEMORY).await?;
    if known.is_some_and(|known| known.count >= count) {
        return Ok(());
    }
    let limit = plans::of(store, spawner.id).await?.and_then(|plan| plan.limits.memory);
    let message = match limit {
        Some(limit) => format!(
            "The memory limit of {} was reached, and a program in this server was stopped. A notebook whose kernel that was \
             has to be run again.",
            size(limit)
        ),
        None => {
            "The memory limit was reached, and a program in this server was stopped. A notebook whose kernel that was \
                 has to be run again."
                .to_owned()
        }
    };
    tracing::info!(
        server = log_name(spawner),
        killed,
        "something in a server was killed at its memory limit"
    );
    let notice = Notice {
        spawner_id: spawner.id,
        kind: OUT_OF_MEMORY.to_owned(),
        at: hub.clock.now(),
        message,
        count,
    };
    notices::put(store, &notice).await
}
