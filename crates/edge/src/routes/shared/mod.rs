//! One table of routes for several edges, in Redis.
//!
//! Redis has the truth; each edge answers requests from a snapshot of its own, which a task follows up: it alone reads
//! and writes the table, so that what it reads is never older than what it has. Changes are told to all over a channel.
//! While Redis is away, people are served on and changes are refused: the hub repeats them.
//!
//! If Redis comes back without its memory, which the table's name for itself (`ID`) tells, the edges put back what they
//! know. A route is rather brought back that somebody has just removed, which the hub notices, than that all are lost.
//!
//! The table is laid out as `configurable-http-proxy-redis-backend` does it.

mod address;
mod session;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use redis::RedisError;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

pub(crate) use address::Address;
pub use address::AddressError;
use session::Session;

use super::{
    store::StoreError,
    table::{Edit, Route, RouteTable},
};

/// Hash: from paths to routes as JSON.
const TABLE: &str = "configurable-proxy-redis-storage";
/// Sorted set: from paths to the milliseconds of their last activity.
const ACTIVITY: &str = "configurable-proxy-redis-storage:activity";
/// What the table calls itself. Gone or another one: Redis has lost its memory.
const ID: &str = "configurable-proxy-redis-storage:id";
/// Channel of changes; one for each database, since channels know no databases.
const CHANGES: &str = "configurable-proxy-redis-storage:changes";

const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// What somebody wants changed.
pub(super) struct Ask {
    pub(super) change: Change,
    pub(super) done: oneshot::Sender<Result<bool, StoreError>>,
}

pub(super) enum Change {
    One(Edit),
    /// These only.
    All(Vec<Route>),
}

/// Keeps a table and Redis the same.
pub(crate) struct Follower {
    address: Address,
    table: Arc<RouteTable>,
    asks: mpsc::Receiver<Ask>,
    reached: Arc<AtomicBool>,
    /// The table that this edge followed last.
    followed: Option<String>,
}

impl Follower {
    pub(super) fn new(
        address: Address,
        table: Arc<RouteTable>,
        asks: mpsc::Receiver<Ask>,
        reached: Arc<AtomicBool>,
    ) -> Self {
        Self {
            address,
            table,
            asks,
            reached,
            followed: None,
        }
    }

    pub(crate) async fn run(mut self, stop: CancellationToken) {
        let mut pause = FIRST_PAUSE;
        let mut told = false;
        while !stop.is_cancelled() {
            let error = match self.connected().await {
                Err(error) => error,
                Ok(mut session) => {
                    info!(redis = %self.address, routes = self.table.len(), "the routes are shared");
                    self.reached.store(true, Ordering::Relaxed);
                    (pause, told) = (FIRST_PAUSE, false);
                    let ended = session.follow(&mut self.asks, &stop).await;
                    self.reached.store(false, Ordering::Relaxed);
                    self.followed = session.into_id();
                    match ended {
                        Ok(()) => return,
                        Err(error) => error,
                    }
                }
            };
            if !told {
                warn!(redis = %self.address, %error, "the routes' Redis is away: people are served on, changes are refused");
                told = true;
            }
            tokio::select! {
                () = refuse(&mut self.asks) => return,
                () = tokio::time::sleep(pause) => {}
                () = stop.cancelled() => {}
            }
            pause = LONGEST_PAUSE.min(pause * 2);
        }
    }

    async fn connected(&mut self) -> Result<Session, RedisError> {
        let connecting = Session::begin(&mut self.address, Arc::clone(&self.table), self.followed.clone());
        tokio::select! {
            session = connecting => session,
            () = refuse(&mut self.asks) => Err(RedisError::from(std::io::Error::other("the edge ends"))),
        }
    }
}

/// Until nobody can ask any more.
async fn refuse(asks: &mut mpsc::Receiver<Ask>) {
    while let Some(ask) = asks.recv().await {
        let _ = ask.done.send(Err(StoreError::Away));
    }
}
