//! Whether a server is at work although nobody touches it: its kernels, its terminals, its time on the cores. A server
//! that does not answer tells nothing, and holds up nobody.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, header};
use http_body_util::{BodyExt, Empty, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use jiff::{SignedDuration, Timestamp};
use perijove_config::Busy;
use perijove_model::{Secret, token};
use perijove_store::StoreError;
use perijove_store::culls::Candidate;
use perijove_store::spawners::{self, Spawner};
use perijove_store::tokens::{self, NewToken, Owner};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::time::timeout;

use super::policy::later;
use crate::Hub;

/// For all that a server is asked.
const PATIENCE: Duration = Duration::from_secs(5);
const TOKEN_LIVES: Duration = Duration::from_secs(60);
const LONGEST_ANSWER: usize = 1 << 20;

/// What a server was found to be at.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Found {
    pub busy: Option<Busy>,
    /// Its time on the cores now, for the next look.
    pub cpu: Option<(i64, Timestamp)>,
}

#[derive(Deserialize)]
struct Kernel {
    #[serde(default)]
    execution_state: String,
    #[serde(default)]
    connections: u32,
}

#[derive(Deserialize)]
struct Terminal {
    #[serde(default)]
    last_activity: String,
}

/// Looks at what the configuration wants looked at.
pub async fn look(hub: &Hub, server: &Candidate, idle: Duration) -> Result<Found, StoreError> {
    let Some(spawner) = spawners::by_id(&hub.store, server.spawner_id).await? else {
        return Ok(Found::default());
    };
    let wanted = |kind| hub.config.culler.keep_when.contains(&kind);
    let cpu = match wanted(Busy::Cpu) {
        true => cpu(hub, &spawner).await,
        false => None,
    };
    if computes(server.cull.cpu, cpu, hub.config.culler.cpu_threshold) {
        return Ok(Found {
            busy: Some(Busy::Cpu),
            cpu,
        });
    }
    let busy = match [Busy::Kernels, Busy::Connections, Busy::Terminals]
        .into_iter()
        .any(wanted)
    {
        true => at_work(hub, &spawner, idle).await?,
        false => None,
    };
    Ok(Found { busy, cpu })
}

/// How many milliseconds on a core it has used so far.
pub async fn cpu(hub: &Hub, spawner: &Spawner) -> Option<(i64, Timestamp)> {
    let backend = hub.spawners.get(&spawner.run.backend)?;
    let state = spawner.state.as_ref().and_then(Value::as_object)?;
    let usage = timeout(PATIENCE, backend.usage(state)).await.ok()?.ok()??;
    Some((i64::try_from(usage.cpu?.as_millis()).ok()?, hub.clock.now()))
}

fn computes(before: Option<(i64, Timestamp)>, now: Option<(i64, Timestamp)>, threshold: f64) -> bool {
    let (Some((before, since)), Some((now, at))) = (before, now) else {
        return false;
    };
    let length = at.duration_since(since).as_secs_f64();
    length > 0.0 && (now - before) as f64 / 1000.0 / length >= threshold
}

/// Asks the server itself, with a token that is good for nothing else and gone afterwards.
async fn at_work(hub: &Hub, spawner: &Spawner, idle: Duration) -> Result<Option<Busy>, StoreError> {
    let Some(server) = &spawner.server else { return Ok(None) };
    let url = format!(
        "{}{}api/",
        crate::routes::target(&server.proto, &server.ip, server.port),
        server.base_url
    );
    let (secret, hashed) = token::generate(hub.rng.as_ref());
    let now = hub.clock.now();
    let new = NewToken {
        owner: Owner::User(spawner.user_id),
        hashed: &hashed,
        client_id: "jupyterhub",
        session_id: None,
        expires_at: Some(later(now, TOKEN_LIVES)),
        // As it begins, its use counts as nobody's activity.
        note: &format!("Server at {} as the culler sees it", server.base_url),
        scopes: &[format!("access:servers!server={}/{}", spawner.user_name, spawner.name)],
    };
    let id = tokens::create(&hub.store, &new, now).await?;
    let found = timeout(PATIENCE, ask_all(hub, &url, &secret, idle))
        .await
        .unwrap_or(None);
    tokens::delete(&hub.store, id).await?;
    Ok(found)
}

async fn ask_all(hub: &Hub, url: &str, secret: &Secret, idle: Duration) -> Option<Busy> {
    let wanted = |kind| hub.config.culler.keep_when.contains(&kind);
    if wanted(Busy::Kernels) || wanted(Busy::Connections) {
        let kernels: Vec<Kernel> = ask(&format!("{url}kernels"), secret).await.unwrap_or_default();
        if wanted(Busy::Kernels) && kernels.iter().any(|kernel| kernel.execution_state == "busy") {
            return Some(Busy::Kernels);
        }
        if wanted(Busy::Connections) && kernels.iter().any(|kernel| kernel.connections > 0) {
            return Some(Busy::Connections);
        }
    }
    if wanted(Busy::Terminals) {
        let terminals: Vec<Terminal> = ask(&format!("{url}terminals"), secret).await.unwrap_or_default();
        let idle = SignedDuration::try_from(idle).unwrap_or(SignedDuration::MAX);
        let used = |terminal: &Terminal| {
            terminal
                .last_activity
                .parse()
                .is_ok_and(|at: Timestamp| hub.clock.now().duration_since(at) < idle)
        };
        if terminals.iter().any(used) {
            return Some(Busy::Terminals);
        }
    }
    None
}

/// The query keeps the question from counting as use of the server.
async fn ask<T: DeserializeOwned>(url: &str, secret: &Secret) -> Option<T> {
    let mut connector = HttpConnector::new();
    connector.set_connect_timeout(Some(PATIENCE));
    let client: Client<_, Empty<Bytes>> = Client::builder(TokioExecutor::new())
        .pool_max_idle_per_host(0)
        .build(connector);
    let request = Request::get(format!("{url}?no_track_activity=1"))
        .header(header::AUTHORIZATION, format!("token {}", secret.expose()))
        .header(header::ACCEPT, "application/json")
        .body(Empty::new())
        .ok()?;
    let response = client.request(request).await.ok()?;
    if !response.status().is_success() {
        return None;
    }
    let body = Limited::new(response.into_body(), LONGEST_ANSWER)
        .collect()
        .await
        .ok()?;
    serde_json::from_slice(&body.to_bytes()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_what_was_done_since_the_last_look() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let look = |milliseconds, second| Some((milliseconds, at(second)));
        assert!(computes(look(1000, 0), look(31_000, 60), 0.1));
        assert!(!computes(look(1000, 0), look(2000, 60), 0.1));
        assert!(!computes(None, look(31_000, 60), 0.1), "not known is not busy");
        assert!(!computes(look(1000, 0), None, 0.1));
        assert!(!computes(look(1000, 0), look(31_000, 0), 0.1));
    }
}
