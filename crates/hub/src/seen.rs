//! Who was seen when, gathered in memory and written together: no request waits for it, and none costs a write.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use perijove_store::{Store, StoreError, sessions, tokens, users};
use tokio::sync::Notify;
use tokio::time::sleep;

use crate::Hub;

/// So long more are waited for after the first.
const GATHER: Duration = Duration::from_secs(1);
/// More are forgotten: their next use is noted.
const MOST: usize = 20_000;
/// So many in one transaction: others want to write, too.
const AT_ONCE: usize = 500;

#[derive(Default)]
pub struct Seen {
    pending: Mutex<HashMap<Whom, Timestamp>>,
    wake: Notify,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Whom {
    User(i64),
    Token(i64),
    Session(i64, Timestamp),
}

impl Seen {
    pub(crate) fn token(&self, id: i64, user: Option<i64>, at: Timestamp) {
        let person = user.map(Whom::User);
        self.note([Some(Whom::Token(id)), person].into_iter().flatten(), at);
    }

    pub(crate) fn user(&self, id: i64, at: Timestamp) {
        self.note([Whom::User(id)], at);
    }

    pub(crate) fn session(&self, id: i64, at: Timestamp, expires_at: Timestamp) {
        self.note([Whom::Session(id, expires_at)], at);
    }

    fn note(&self, whom: impl IntoIterator<Item = Whom>, at: Timestamp) {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        for whom in whom {
            if pending.len() < MOST {
                pending.insert(whom, at);
            }
        }
        drop(pending);
        self.wake.notify_one();
    }

    /// Writes what has gathered. It is nice to know, and no more: what a database does not take now is noted again at the
    /// next use.
    pub async fn flush(&self, store: &Store) {
        if let Err(error) = self.write(store).await {
            tracing::debug!(%error, "who was seen was not written down");
        }
    }

    async fn write(&self, store: &Store) -> Result<(), StoreError> {
        let pending = std::mem::take(&mut *self.pending.lock().unwrap_or_else(PoisonError::into_inner));
        let mut pending: Vec<_> = pending.into_iter().collect();
        // Always in the same order: two hubs that write the same rows don't block each other.
        pending.sort_unstable_by_key(|(whom, _)| match whom {
            Whom::User(id) => (0, *id),
            Whom::Token(id) => (1, *id),
            Whom::Session(id, _) => (2, *id),
        });
        for part in pending.chunks(AT_ONCE) {
            let tx = store.begin().await?;
            for (whom, at) in part {
                match *whom {
                    Whom::User(id) => users::touch(&tx, id, *at).await?,
                    Whom::Token(id) => tokens::touch(&tx, id, *at).await?,
                    Whom::Session(id, until) => sessions::touch(&tx, id, *at, until).await?,
                }
            }
            tx.commit().await?;
        }
        Ok(())
    }
}

/// Writes now and then, until the hub stops.
pub(crate) async fn keep(hub: Arc<Hub>) {
    loop {
        let stopped = tokio::select! {
            () = hub.stop.cancelled() => true,
            () = hub.seen.wake.notified() => {
                tokio::select! {
                    () = hub.stop.cancelled() => true,
                    () = sleep(GATHER) => false,
                }
            }
        };
        hub.seen.flush(&hub.store).await;
        if stopped {
            return;
        }
    }
}
