//! Events of servers, as JupyterHub's event log tells them: a server was started, a server was stopped. The hub that drives
//! a server tells of it, once, after it was written down; whoever listens too slowly misses some.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, header};
use http_body_util::Full;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use perijove_store::spawners::Spawner;
use serde::Serialize;
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};
use url::Url;

use crate::http::api::models;
use crate::{Hub, lines};

const SCHEMA: &str = "https://schema.jupyter.org/jupyterhub/events/server-action";
/// Events that wait for a sink; more are dropped and counted.
const MOST_WAITING: usize = 4096;
const AT_ONCE: usize = 256;
const ONE_POST: Duration = Duration::from_secs(5);
const TRIES: u32 = 3;
/// How long events that are waiting when the hub stops may take.
const LAST: Duration = Duration::from_secs(3);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    Start,
    Stop,
}

/// An event with the keys that `jupyter_events` gives it.
#[derive(Serialize)]
struct Record<'a> {
    #[serde(rename = "__timestamp__")]
    timestamp: String,
    #[serde(rename = "__schema__")]
    schema: &'a str,
    #[serde(rename = "__schema_version__")]
    schema_version: &'a str,
    #[serde(rename = "__metadata_version__")]
    metadata_version: u8,
    action: Action,
    username: &'a str,
    servername: &'a str,
    /// Ours, and absent without profiles.
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<&'a str>,
}

/// Where events go.
enum Sink {
    File(PathBuf),
    Post(Url),
}

/// The sinks' queues.
pub struct Events {
    queues: Vec<mpsc::Sender<Bytes>>,
    /// Taken by the task that empties them.
    sinks: Mutex<Vec<(Sink, mpsc::Receiver<Bytes>)>>,
}

impl Events {
    #[must_use]
    pub fn new(config: &perijove_config::Events) -> Self {
        let file = config.file.clone().map(Sink::File);
        let post = config.url.clone().map(Sink::Post);
        let (mut queues, mut sinks) = (Vec::new(), Vec::new());
        for sink in file.into_iter().chain(post) {
            let (queue, waiting) = mpsc::channel(MOST_WAITING);
            queues.push(queue);
            sinks.push((sink, waiting));
        }
        Self {
            queues,
            sinks: Mutex::new(sinks),
        }
    }
}

/// Tells that a server was started or stopped.
pub fn emit(hub: &Hub, action: Action, spawner: &Spawner) {
    if hub.events.queues.is_empty() {
        return;
    }
    let record = Record {
        timestamp: models::time(hub.clock.now()),
        schema: SCHEMA,
        schema_version: "1",
        metadata_version: 1,
        action,
        username: &spawner.user_name,
        servername: &spawner.name,
        profile: spawner.profile.as_ref().map(|profile| profile.slug.as_str()),
    };
    let Ok(record) = serde_json::to_vec(&record) else {
        return;
    };
    let record = Bytes::from(record);
    for queue in &hub.events.queues {
        if queue.try_send(record.clone()).is_err() {
            hub.metrics.events_dropped.count();
        }
    }
}

/// Empties the queues until the hub stops.
pub fn deliver(hub: &Arc<Hub>) {
    let sinks = std::mem::take(&mut *hub.events.sinks.lock().unwrap_or_else(PoisonError::into_inner));
    for (sink, waiting) in sinks {
        hub.tasks.spawn(empty(Arc::clone(hub), sink, waiting));
    }
}

async fn empty(hub: Arc<Hub>, sink: Sink, mut waiting: mpsc::Receiver<Bytes>) {
    let mut failing = false;
    let mut records = Vec::with_capacity(AT_ONCE);
    loop {
        let count = tokio::select! {
            count = waiting.recv_many(&mut records, AT_ONCE) => count,
            () = hub.stop.cancelled() => break,
        };
        let written = tokio::select! {
            written = sink.write(&records) => written,
            // What is in hand is tried again below.
            () = hub.stop.cancelled() => break,
        };
        records.clear();
        match written {
            Ok(()) => failing = false,
            Err(error) => {
                hub.metrics.events_dropped.add(count as u64);
                if !failing {
                    tracing::warn!(error, "events can't be delivered; those of this time are lost");
                }
                failing = true;
            }
        }
    }
    while records.len() < MOST_WAITING
        && let Ok(record) = waiting.try_recv()
    {
        records.push(record);
    }
    if !records.is_empty() && !matches!(timeout(LAST, sink.write(&records)).await, Ok(Ok(()))) {
        hub.metrics.events_dropped.add(records.len() as u64);
        tracing::warn!(lost = records.len(), "the last events were not delivered");
    }
}

impl Sink {
    async fn write(&self, records: &[Bytes]) -> Result<(), String> {
        match self {
            Self::File(file) => {
                let mut text = String::new();
                for record in records {
                    text += &String::from_utf8_lossy(record);
                    text.push('\n');
                }
                lines::append(file, text).await.map_err(|error| error.to_string())
            }
            Self::Post(url) => {
                let client = client();
                for record in records {
                    post(&client, url, record).await?;
                }
                Ok(())
            }
        }
    }
}

fn client() -> Client<HttpConnector, Full<Bytes>> {
    let mut connector = HttpConnector::new();
    connector.set_connect_timeout(Some(ONE_POST));
    Client::builder(TokioExecutor::new()).build(connector)
}

/// Tries a few times; an answer that is no success counts as none.
async fn post(client: &Client<HttpConnector, Full<Bytes>>, url: &Url, record: &Bytes) -> Result<(), String> {
    let mut why = String::new();
    for tried in 1..=TRIES {
        let request = Request::post(url.as_str())
            .header(header::CONTENT_TYPE, "application/json")
            .body(Full::new(record.clone()))
            .map_err(|error| error.to_string())?;
        why = match timeout(ONE_POST, client.request(request)).await {
            Ok(Ok(answer)) if answer.status().is_success() => return Ok(()),
            Ok(Ok(answer)) => format!("the sink answered {}", answer.status()),
            Ok(Err(error)) => error.to_string(),
            Err(_) => "the sink does not answer in time".to_owned(),
        };
        sleep(Duration::from_millis(200) * tried).await;
    }
    Err(why)
}
