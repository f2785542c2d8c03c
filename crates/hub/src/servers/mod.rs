//! Servers: handlers write wishes, the reconciler makes them so.
//!
//! A wish is a row: "this server should run, with these options". The reconciler takes nothing but the database as its
//! input, so a normal start, a hub that comes back after a crash and a second replica are the same to it. Each step is
//! written down before the next begins; a lease row keeps two replicas from driving one server.
//!
//! ```text
//! Requested -> Prepared -> Started -> Answering -> Ready        the way up
//!     any of these, or Ready -> Stopping -> Stopped             somebody wishes it gone, or it ended by itself
//!     any of the way up -> Failed                               with the reason, for the person who waits
//! ```

mod advice;
mod answer;
mod checks;
mod drive;
mod edit;
pub mod env;
mod finish;
mod launch;
mod news;
mod prepare;
mod progress;
mod reconcile;
mod requests;
mod using;
mod watch;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use perijove_model::server::Phase;
use tokio::sync::Notify;

pub use advice::advice;
pub use checks::{Refused, check_name};
pub use edit::{Edit, create, edit, give_name};
pub use finish::{forget, last_lines};
pub use progress::{For, elapsed, has_progress, progress, ready_event};
pub use reconcile::{run, stop_all};
pub use requests::{Begun, Start, request_start, request_stop, wait};
pub use using::{Looks, Using, using};

use news::{Told, Watch};

/// Told of each phase that was written.
pub type Probe = Arc<dyn Fn(Phase) + Send + Sync>;

/// Saves everybody the waiting: wakes the reconciler, and tells requests that a server has moved. Nothing may depend on
/// it, since another replica may do the work; whoever waits looks into the database from time to time as well.
#[derive(Default)]
pub struct Wakeup {
    reconciler: Notify,
    told: Arc<Told>,
    suspects: Mutex<BTreeSet<i64>>,
    probe: OnceLock<Probe>,
}

/// More suspects than this wait for their turn.
const MOST_SUSPECTS: usize = 1000;

impl Wakeup {
    /// There is something to do.
    pub fn wake(&self) {
        self.reconciler.notify_one();
    }

    /// This server may have ended: look at it before its turn.
    pub fn look_at(&self, spawner_id: i64) {
        self.suspect(spawner_id);
        self.wake();
    }

    /// As [`Self::look_at`], with the next pass.
    fn suspect(&self, spawner_id: i64) {
        let mut suspects = self.suspects.lock().unwrap_or_else(PoisonError::into_inner);
        if suspects.len() < MOST_SUSPECTS {
            suspects.insert(spawner_id);
        }
    }

    fn take_suspects(&self) -> BTreeSet<i64> {
        std::mem::take(&mut *self.suspects.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Calls `probe` right after each phase was written, before the next step: tests end the hub there. Only the first
    /// call counts.
    pub fn probe(&self, probe: Probe) {
        let _ = self.probe.set(probe);
    }

    async fn woken(&self) {
        self.reconciler.notified().await;
    }

    fn watch(&self, spawner_id: i64) -> Watch {
        self.told.watch(spawner_id)
    }

    /// Something about this server was written, but not its phase: a wish, or its end.
    pub(crate) fn moved(&self, spawner_id: i64) {
        self.told.tell(spawner_id, |news| {
            news.wishes += 1;
            news.outcomes += 1;
        });
    }

    /// The server has spoken to the hub: it is up, or nearly so.
    pub(crate) fn heard_of(&self, spawner_id: i64) {
        self.told.tell(spawner_id, |news| news.signs += 1);
    }

    /// Steps of a start were written.
    fn stepped(&self, spawner_id: i64) {
        self.told.tell(spawner_id, |news| news.steps += 1);
    }

    fn reached(&self, spawner_id: i64, phase: Phase) {
        if let Some(probe) = self.probe.get() {
            probe(phase);
        }
        let on_its_way = matches!(phase, Phase::Prepared | Phase::Started | Phase::Answering);
        self.told.tell(spawner_id, |news| {
            news.phases += 1;
            news.outcomes += u32::from(!on_its_way);
        });
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use perijove_model::server::{Phase, Wish};
    use perijove_store::spawners::{Run, Spawner};

    pub(super) fn row(wish: Wish, phase: Phase) -> Spawner {
        Spawner {
            id: 1,
            user_id: 1,
            user_name: "ann".into(),
            name: String::new(),
            display_name: None,
            state: None,
            user_options: None,
            started: None,
            last_activity: None,
            oauth_client_id: None,
            server: None,
            profile: None,
            run: Run {
                wish,
                phase,
                generation: 1,
                since: Timestamp::UNIX_EPOCH,
                requested_at: Timestamp::UNIX_EPOCH,
                failure: None,
                remove: false,
                backend: String::new(),
            },
        }
    }
}
