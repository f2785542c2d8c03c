//! Who changes the routes: this edge alone, or all edges that share a table in Redis.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio::sync::{mpsc, oneshot};

use super::{
    path::BadPath,
    shared::{Address, Ask, Change, Follower},
    table::{Edit, Route, RouteTable},
};

/// Changes that wait for Redis.
const MOST_ASKS: usize = 256;

/// Why a change was not made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    #[error(transparent)]
    Path(#[from] BadPath),
    #[error("the Redis in which the edges share their routes is away: nothing was changed, try again")]
    Away,
}

pub(crate) struct Store {
    table: Arc<RouteTable>,
    shared: Option<Shared>,
}

struct Shared {
    asks: mpsc::Sender<Ask>,
    reached: Arc<AtomicBool>,
}

impl Store {
    /// With an address there is a follower, which has to be run.
    pub(crate) fn new(table: Arc<RouteTable>, address: Option<Address>) -> (Self, Option<Follower>) {
        let Some(address) = address else {
            return (Self { table, shared: None }, None);
        };
        let (asks, asked) = mpsc::channel(MOST_ASKS);
        let reached = Arc::new(AtomicBool::new(false));
        let follower = Follower::new(address, Arc::clone(&table), asked, Arc::clone(&reached));
        let shared = Some(Shared { asks, reached });
        (Self { table, shared }, Some(follower))
    }

    /// Whether the shared table can be reached; nothing if the routes are this edge's alone.
    pub(crate) fn is_reached(&self) -> Option<bool> {
        self.shared
            .as_ref()
            .map(|shared| shared.reached.load(Ordering::Relaxed))
    }

    pub(crate) async fn add(&self, route: Route) -> Result<(), StoreError> {
        match &self.shared {
            None => self.table.add(route),
            Some(shared) => drop(shared.ask(Change::One(Edit::Put(route))).await?),
        }
        Ok(())
    }

    pub(crate) async fn remove(&self, path: &str) -> Result<bool, StoreError> {
        match &self.shared {
            None => Ok(self.table.remove(path)?),
            Some(shared) => shared.ask(Change::One(Edit::Remove(self.table.key_of(path)?))).await,
        }
    }

    pub(crate) async fn replace(&self, wanted: Vec<Route>) -> Result<(), StoreError> {
        match &self.shared {
            Some(shared) => drop(shared.ask(Change::All(wanted)).await?),
            None => {
                let table = Arc::clone(&self.table);
                // Fails only if it panics, and then nothing was changed.
                let done = tokio::task::spawn_blocking(move || table.replace(wanted)).await;
                done.map_err(|_| StoreError::Away)?;
            }
        }
        Ok(())
    }
}

impl Shared {
    async fn ask(&self, change: Change) -> Result<bool, StoreError> {
        let (done, answer) = oneshot::channel();
        let ask = Ask { change, done };
        self.asks.send(ask).await.map_err(|_| StoreError::Away)?;
        answer.await.unwrap_or(Err(StoreError::Away))
    }
}
