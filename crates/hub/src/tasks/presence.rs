//! Each hub says now and then that it is there, for people who look after hubs. Nothing is decided by it.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use perijove_store::StoreError;
use perijove_store::hubs::{self, Replica};
use tokio::time::sleep;

use super::Streak;
use crate::Hub;

const EVERY: Duration = Duration::from_secs(20);
/// One that has said nothing for so long is told of no more.
const FORGOTTEN: SignedDuration = SignedDuration::from_hours(24);
/// One that has said nothing for so long does not answer.
pub const SILENT: SignedDuration = SignedDuration::from_secs(70);

pub async fn keep(hub: Arc<Hub>) {
    let started = hub.clock.now();
    let mut streak = Streak::new("presence");
    loop {
        tokio::select! {
            () = hub.stop.cancelled() => break,
            outcome = note(&hub, started) => streak.note(outcome),
        }
        tokio::select! {
            () = hub.stop.cancelled() => break,
            () = sleep(EVERY) => {}
        }
    }
    if let Err(error) = hubs::forget(&hub.store, &hub.replica).await {
        tracing::debug!(%error, "this hub is told of for a while after its end");
    }
}

async fn note(hub: &Hub, started: jiff::Timestamp) -> Result<(), StoreError> {
    let now = hub.clock.now();
    let replica = Replica {
        name: hub.replica.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        address: hub.config.hub.connect_url().to_string(),
        started,
        seen: now,
    };
    hubs::note(&hub.store, &replica).await?;
    hubs::forget_silent(&hub.store, now.saturating_sub(FORGOTTEN).unwrap_or(now)).await
}
