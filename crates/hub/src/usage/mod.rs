//! Looks at how the platform is used, every five minutes, on one hub for all: who was active, what runs and what it takes,
//! which starts have ended and how. The work grows with what runs, not with how many people there are.

pub mod report;
mod sample;

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use perijove_store::leases::{self, Lease};
use perijove_store::usage::Slot;
use tokio::time::sleep;

use crate::Hub;
use crate::tasks::{Failure, Streak};

pub use sample::Readings;

const LEASE: &str = "usage";
/// Two looks may fail before another hub looks: who looked before knows how much each server had used.
const HELD: SignedDuration = SignedDuration::from_mins(11);

/// Looks until the hub stops.
pub async fn keep(hub: Arc<Hub>) {
    let mut streak = Streak::new("usage");
    let mut readings = Readings::default();
    let mut held = None;
    loop {
        tokio::select! {
            () = hub.stop.cancelled() => break,
            () = sleep(until_next(&hub)) => {}
        }
        tokio::select! {
            () = hub.stop.cancelled() => break,
            outcome = look(&hub, &mut readings, &mut held) => streak.note(outcome),
        }
    }
    // Another hub goes on at once.
    if let Some(lease) = held
        && let Err(error) = leases::release(&hub.store, &lease).await
    {
        tracing::debug!(%error, "the lease of usage was not given back");
    }
}

/// Looks are taken when slots end, on whichever hub.
fn until_next(hub: &Hub) -> Duration {
    let seconds = Slot::Minutes.seconds();
    let into = hub.clock.now().as_second().rem_euclid(seconds);
    Duration::from_secs(u64::try_from(seconds - into).unwrap_or(300))
}

/// One look, where it is this hub's to take.
async fn look(hub: &Hub, readings: &mut Readings, held: &mut Option<Lease>) -> Result<(), Failure> {
    *held = leases::acquire(&hub.store, LEASE, &hub.replica, HELD, hub.clock.now()).await?;
    match held {
        Some(_) => sample::take(hub, readings).await,
        None => {
            // What is remembered is of long ago when it is this hub's turn again.
            *readings = Readings::default();
            Ok(())
        }
    }
}

/// One look, now, whoever's turn it is.
pub async fn look_now(hub: &Hub, readings: &mut Readings) -> Result<(), Failure> {
    sample::take(hub, readings).await
}
