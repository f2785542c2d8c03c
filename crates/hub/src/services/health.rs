//! Whether services answer: asked every now and then, told when it changes.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use http::Request;
use http_body_util::Empty;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use perijove_store::services::{self, Service};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use url::Url;

use super::path;
use crate::Hub;
use crate::tasks::once_per_cluster;

const CONNECT: Duration = Duration::from_secs(2);
const ONE_TRY: Duration = Duration::from_secs(10);
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// Services that are asked at the same time.
const AT_ONCE: usize = 8;

/// Looks after all services until the hub stops.
pub(crate) async fn watch(hub: Arc<Hub>) {
    let every = hub.config.hub.service_check_interval;
    if every.is_zero() {
        return;
    }
    let mut up = BTreeMap::new();
    loop {
        let round = once_per_cluster(&hub, "services", every, async {
            check(&hub, &mut up).await?;
            Ok(())
        });
        tokio::select! {
            () = hub.stop.cancelled() => return,
            outcome = round => if let Err(error) = outcome {
                tracing::debug!(%error, "services were not looked after");
            },
        }
        tokio::select! {
            () = hub.stop.cancelled() => return,
            () = sleep(every) => {}
        }
    }
}

/// Asks each once; `up` is how they were the last time.
async fn check(hub: &Hub, up: &mut BTreeMap<String, bool>) -> Result<(), perijove_store::StoreError> {
    let all = services::list(&hub.store).await?;
    let runs = |service: &Service| service.command.is_empty() || service.pid.is_some();
    // One that is on its way up is somebody else's care, see `managed`.
    let (all, others): (Vec<_>, Vec<_>) = all
        .into_iter()
        .partition(|service| service.url.is_some() && runs(service));
    up.retain(|name, _| all.iter().any(|service| service.name == *name));
    let asked = all.into_iter().map(|service| async move {
        let answers = answers(hub, &service).await;
        (service, answers)
    });
    let now: Vec<(Service, bool)> = stream::iter(asked).buffer_unordered(AT_ONCE).collect().await;
    for (service, answers) in now {
        let before = up.insert(service.name.clone(), answers);
        let (service, url) = (&service.name, service.url.as_deref().unwrap_or_default());
        match (before, answers) {
            (None | Some(true), false) => tracing::warn!(service, url, "a service does not answer"),
            (Some(false), true) => tracing::info!(service, url, "a service answers again"),
            _ => {}
        }
    }
    // Of one that nobody can ask it is known whether it runs.
    let managed = others.into_iter().filter(|service| !service.command.is_empty());
    let mut known: BTreeMap<String, bool> = managed
        .map(|service| (service.name, service.url.is_none() && service.pid.is_some()))
        .collect();
    known.extend(up.clone());
    hub.metrics.services(known);
    Ok(())
}

/// Whether each of them answers at this moment, those that nobody can ask left out. What has not answered in time does
/// not.
pub(crate) async fn now(hub: &Hub, all: &[Service], patience: Duration) -> BTreeMap<String, bool> {
    let all: Vec<Service> = all.iter().filter(|service| service.url.is_some()).cloned().collect();
    let asked = all.into_iter().map(|service| async move {
        let answers = timeout(patience, answers(hub, &service)).await;
        (service.name, answers.unwrap_or(false))
    });
    stream::iter(asked).buffer_unordered(AT_ONCE).collect().await
}

async fn answers(hub: &Hub, service: &Service) -> bool {
    let url = service.url.as_deref().and_then(|url| Url::parse(url).ok());
    match url {
        Some(url) => is_up(&url, &path(hub, &service.name)).await,
        None => false,
    }
}

/// Comes back when a service answers.
pub(crate) async fn until_up(url: &Url, path: &str) {
    let mut pause = FIRST_PAUSE;
    while !is_up(url, path).await {
        sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Any answer but a server error will do: a redirect to the sign-in comes from a service that works. Of one that speaks
/// TLS it is enough that somebody listens.
async fn is_up(url: &Url, path: &str) -> bool {
    let look = async {
        if url.scheme() == "https" {
            let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
            let port = url.port_or_known_default().unwrap_or(443);
            return TcpStream::connect((host, port)).await.is_ok();
        }
        let uri = format!("{}{path}", url.origin().ascii_serialization());
        let Ok(request) = Request::get(uri).body(Empty::<Bytes>::new()) else {
            return false;
        };
        let mut connector = HttpConnector::new();
        connector.set_connect_timeout(Some(CONNECT));
        let client = Client::builder(TokioExecutor::new())
            .pool_max_idle_per_host(0)
            .build(connector);
        let answer = client.request(request).await;
        answer.is_ok_and(|answer| !answer.status().is_server_error())
    };
    timeout(ONE_TRY, look).await.unwrap_or(false)
}
