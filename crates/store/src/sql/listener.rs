//! Hears on a connection of its own what other hubs and programs change in a PostgreSQL database.

use std::future::poll_fn;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_postgres::AsyncMessage;

use super::epoch::Epoch;
use crate::tls::Server;

const PAUSE: Duration = Duration::from_secs(2);
/// A trigger for each table that is watched; fewer, and somebody has taken one away.
const TRIGGERS: i64 = 19;

/// Ends with the value.
pub(super) struct Listener(JoinHandle<()>);

impl Drop for Listener {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Listener {
    pub(super) fn start(server: Server, epoch: Arc<Epoch>) -> Self {
        Self(tokio::spawn(async move {
            loop {
                if let Err(error) = listen(&server, &epoch).await {
                    tracing::debug!(%error, "changes of other programs are not heard; nothing is kept in memory");
                }
                epoch.hears(false);
                tokio::time::sleep(PAUSE).await;
            }
        }))
    }
}

async fn listen(server: &Server, epoch: &Epoch) -> Result<(), tokio_postgres::Error> {
    let (client, mut connection) = server.connect().await?;
    let begin = async {
        client.batch_execute("LISTEN perijove_changed").await?;
        let sql = "SELECT COUNT(*) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid \
                   WHERE t.tgname = 'perijove_changed' AND t.tgenabled = 'O' AND c.relnamespace = current_schema()::regnamespace";
        let triggers: i64 = client.query_one(sql, &[]).await?.try_get(0)?;
        Ok::<_, tokio_postgres::Error>(triggers >= TRIGGERS)
    };
    tokio::pin!(begin);
    loop {
        tokio::select! {
            complete = &mut begin => {
                if complete? {
                    epoch.hears(true);
                } else {
                    tracing::warn!("triggers named perijove_changed are missing in the database; the hub is slower without");
                }
                break;
            }
            message = poll_fn(|cx| connection.poll_message(cx)) => match message {
                Some(message) => drop(message?),
                None => return Ok(()),
            }
        }
    }
    while let Some(message) = poll_fn(|cx| connection.poll_message(cx)).await {
        if let AsyncMessage::Notification(_) = message? {
            epoch.advance();
        }
    }
    Ok(())
}
