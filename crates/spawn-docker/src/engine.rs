//! The connection to the engine, and what its refusals mean.

use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bollard::errors::Error;
use bollard::models::SystemInfo;
use bollard::{API_DEFAULT_VERSION, Docker};
use perijove_spawn::SpawnError;
use tokio::time::timeout;

use crate::remap::Shift;

/// Each call has a shorter limit of its own.
const LONGEST_CALL: u64 = 24 * 3600;

/// Where the engine listens.
#[derive(Debug, Clone)]
pub struct Address {
    /// `unix:///path`, `tcp://host:port` or `https://host:port`.
    pub host: String,
    /// Directory with `ca.pem`, `cert.pem` and `key.pem`.
    pub certificates: Option<PathBuf>,
}

/// Why the engine did not do something.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    #[error("the engine refuses with {status}: {message}")]
    Refused { status: u16, message: String },
    #[error("the engine did not answer within {} seconds", .0.as_secs_f64())]
    Slow(Duration),
    #[error("the engine can't be reached: {0}")]
    Away(Error),
}

impl Fault {
    pub fn is(&self, wanted: u16) -> bool {
        matches!(self, Self::Refused { status, .. } if *status == wanted)
    }

    /// It said something that no engine of Docker's says.
    pub fn is_garbled(&self) -> bool {
        matches!(self, Self::Away(Error::JsonDataError { .. }))
    }

    pub fn is_full(&self) -> bool {
        self.says("no space left")
    }

    /// What the engine says, in small letters.
    pub fn says(&self, words: &str) -> bool {
        matches!(self, Self::Refused { message, .. } if message.to_lowercase().contains(words))
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        match error {
            Error::DockerResponseServerError { status_code, message } => Self::Refused {
                status: status_code,
                message,
            },
            Error::DockerStreamError { error } => Self::Refused {
                status: 500,
                message: error,
            },
            other => Self::Away(other),
        }
    }
}

/// Nobody can tell now: the cause is for the log.
impl From<Fault> for SpawnError {
    fn from(fault: Fault) -> Self {
        let message = match fault {
            Fault::Refused { .. } => {
                "The container engine refuses what this server needs. An administrator finds the cause in the hub's log."
            }
            Fault::Slow(_) | Fault::Away(_) => {
                "The container engine can't be reached now. Try again in a minute; an administrator finds the cause in \
                 the hub's log."
            }
        };
        Self::caused(message, fault)
    }
}

/// A question to the engine.
pub(crate) trait Call<T>: Future<Output = Result<T, Error>> + Send {}

impl<T, F: Future<Output = Result<T, Error>> + Send> Call<T> for F {}

type Boxed<'a, T> = Pin<Box<dyn Future<Output = Result<T, Fault>> + Send + 'a>>;

/// The engine. A connection is made when it is first needed, and what both sides speak is agreed then.
pub(crate) struct Engine {
    address: Address,
    patience: Duration,
    known: Mutex<Known>,
}

#[derive(Default, Clone)]
struct Known {
    client: Option<Docker>,
    info: Option<SystemInfo>,
    podman: bool,
}

impl Engine {
    pub fn new(address: Address, patience: Duration) -> Self {
        Self {
            address,
            patience,
            known: Mutex::default(),
        }
    }

    pub async fn client(&self) -> Result<Docker, Fault> {
        if let Some(client) = self.known().client.clone() {
            return Ok(client);
        }
        let client = self.within(self.connect()?.negotiate_version()).await?;
        // Another engine that speaks this API may tell less of itself.
        let info = self.within(client.info()).await.ok();
        let version = self.within(client.version()).await.ok();
        let components = version.and_then(|version| version.components).unwrap_or_default();
        *self.known() = Known {
            client: Some(client.clone()),
            info,
            podman: components.iter().any(|part| part.name.starts_with("Podman")),
        };
        Ok(client)
    }

    /// What it told of itself when it was first reached.
    pub fn info(&self) -> Option<SystemInfo> {
        self.known().info.clone()
    }

    /// Podman speaks this API, and does without some of what it asks for.
    pub fn is_podman(&self) -> bool {
        self.known().podman
    }

    pub fn shift(&self) -> Option<Shift> {
        Shift::of(self.known().info.as_ref()?)
    }

    pub fn within<'a, T: Send + 'a>(&'a self, call: impl Call<T> + 'a) -> Boxed<'a, T> {
        self.within_longer(Duration::ZERO, call)
    }

    /// For what is meant to take so long.
    pub fn within_longer<'a, T: Send + 'a>(&'a self, longer: Duration, call: impl Call<T> + 'a) -> Boxed<'a, T> {
        let patience = self.patience + longer;
        // Calls are large: in the middle of others they would fill a thread's stack.
        let call = Box::pin(call);
        Box::pin(async move {
            let answer = timeout(patience, call).await.map_err(|_| Fault::Slow(patience))?;
            answer.map_err(|error| {
                let fault = Fault::from(error);
                // It was exchanged for an older one while the hub runs.
                if fault.is(400) && fault.says("client version") {
                    *self.known() = Known::default();
                }
                fault
            })
        })
    }

    fn connect(&self) -> Result<Docker, Fault> {
        let host = self.address.host.as_str();
        let path = host.strip_prefix("unix://").or(host.starts_with('/').then_some(host));
        let client = match (path, &self.address.certificates) {
            (Some(path), _) => Docker::connect_with_unix(path, LONGEST_CALL, API_DEFAULT_VERSION),
            (None, Some(dir)) => {
                // Whoever was first has said the same.
                let _ = rustls::crypto::ring::default_provider().install_default();
                let file = |name: &str| dir.join(name);
                let (key, certificate, authority) = (file("key.pem"), file("cert.pem"), file("ca.pem"));
                Docker::connect_with_ssl(host, &key, &certificate, &authority, LONGEST_CALL, API_DEFAULT_VERSION)
            }
            (None, None) => Docker::connect_with_http(host, LONGEST_CALL, API_DEFAULT_VERSION),
        };
        client.map_err(Fault::from)
    }

    /// The machine that ports are published on.
    pub fn machine(&self) -> String {
        let of_url = |url: &str| {
            let (_, rest) = url.split_once("://")?;
            let rest = rest.split('/').next()?;
            let host = rest.rsplit_once(':').map_or(rest, |(host, _)| host);
            (!host.is_empty()).then(|| host.to_owned())
        };
        match self.address.host.as_str() {
            host if host.starts_with("unix://") || host.starts_with('/') => "127.0.0.1".to_owned(),
            host => of_url(host).unwrap_or_else(|| "127.0.0.1".to_owned()),
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_on_the_engines_machine() {
        for (host, machine) in [
            ("unix:///run/docker.sock", "127.0.0.1"),
            ("/run/docker.sock", "127.0.0.1"),
            ("tcp://10.0.0.7:2376", "10.0.0.7"),
            ("https://engine.example.org:2376/", "engine.example.org"),
        ] {
            let address = Address {
                host: host.to_owned(),
                certificates: None,
            };
            assert_eq!(Engine::new(address, Duration::ZERO).machine(), machine);
        }
    }
}
