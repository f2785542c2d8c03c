//! A connection to PostgreSQL. Whoever waits for an answer drives it: no task of its own has to be woken to send a
//! question and another time to read what comes back, and what is asked together goes out together.

use std::collections::HashMap;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use deadpool::managed::{Manager, Metrics, RecycleError, RecycleResult};
use tokio_postgres::{Client, Connection, Error, Socket, Statement};

use super::Stmt;
use crate::tls::{Server, Stream};

/// Nobody waits for a lock for ever, and a hub that hangs lets go of its locks.
const LIMITS: &str = "SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '60s'";

pub(super) struct Links(pub Server);

pub(super) struct Link {
    pub client: Arc<Client>,
    wire: Wire,
    prepared: HashMap<String, Statement>,
}

/// `None` once it has come to its end.
struct Wire(Option<Connection<Socket, Stream>>);

impl Manager for Links {
    type Type = Link;
    type Error = Error;

    async fn create(&self) -> Result<Link, Error> {
        let (client, connection) = self.0.connect().await?;
        let mut link = Link {
            client: Arc::new(client),
            wire: Wire(Some(connection)),
            prepared: HashMap::new(),
        };
        let client = Arc::clone(&link.client);
        link.drive(client.batch_execute(LIMITS)).await?;
        Ok(link)
    }

    /// One that was lost is noticed when it is taken, and replaced.
    async fn recycle(&self, link: &mut Link, _: &Metrics) -> RecycleResult<Error> {
        match link.wire.turn(&mut unheard()) {
            true => Ok(()),
            false => Err(RecycleError::message("it was lost")),
        }
    }
}

impl Link {
    pub(super) async fn prepare(&mut self, stmt: &Stmt) -> Result<Statement, Error> {
        if let Some(prepared) = self.prepared.get(&*stmt.sql) {
            return Ok(prepared.clone());
        }
        let client = Arc::clone(&self.client);
        let prepared = self.drive(client.prepare(&stmt.sql)).await?;
        if stmt.is_kept() {
            self.prepared.insert(stmt.sql.to_string(), prepared.clone());
        }
        Ok(prepared)
    }

    /// Sends and receives until `work`, which waits for nothing but this connection, is done.
    pub(super) async fn drive<T>(&mut self, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        let mut work = pin!(work);
        let done = poll_fn(|cx| {
            if let done @ Poll::Ready(_) = work.as_mut().poll(&mut unheard()) {
                return done;
            }
            self.wire.turn(cx);
            work.as_mut().poll(&mut unheard())
        });
        let done = done.await;
        // What moves here from now on is no business of this task.
        self.wire.turn(&mut unheard());
        done
    }
}

impl Wire {
    /// Sends and receives what can be without waiting. Whether the connection still stands.
    fn turn(&mut self, cx: &mut Context<'_>) -> bool {
        while let Some(connection) = &mut self.0 {
            match connection.poll_message(cx) {
                Poll::Pending => return true,
                Poll::Ready(Some(Ok(_notice))) => {}
                Poll::Ready(ended) => {
                    if let Some(Err(error)) = ended {
                        tracing::debug!(%error, "a connection to the database ended");
                    }
                    self.0 = None;
                }
            }
        }
        false
    }
}

/// For what is looked at again anyway.
fn unheard() -> Context<'static> {
    Context::from_waker(Waker::noop())
}
