//! Keeps the proxy's routes in line: at the start, every now and then, and at once when the proxy was away.
//!
//! Every hub does it: telling the same twice does no harm, and a proxy that has forgotten everything can't wait for one
//! certain hub.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::Streak;
use crate::Hub;
use crate::routes::{apply, switch};

const LOOK: Duration = Duration::from_secs(2);
const EVERY: Duration = Duration::from_secs(30);

pub(super) async fn keep(hub: Arc<Hub>) {
    let work = async {
        let mut streak = Streak::new("routes");
        // Not told yet, or it may have forgotten.
        let mut due = Instant::now();
        loop {
            if switch::follow(&hub).await || !hub.routes.healthy().await {
                due = Instant::now();
            }
            if due <= Instant::now() {
                let outcome = apply(&hub).await;
                due = Instant::now() + if outcome.is_ok() { EVERY } else { Duration::ZERO };
                streak.note(outcome);
            }
            sleep(LOOK).await;
        }
    };
    tokio::select! {
        () = hub.stop.cancelled() => {}
        () = work => {}
    }
}
