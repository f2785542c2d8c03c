//! An edge in this process: its configuration, its life.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;

use anyhow::Result;
use perijove_config::Config;
use perijove_edge::{
    AccessFormat, AccessLog, Edge, EdgeConfig, EdgeError, Limits, Machine, Network, PerClient, Wanted,
};
use perijove_model::{Secret, token};

use crate::edge_tls;
use crate::holder;
use crate::instance::{Instance, Published};
use crate::problem::Problem;
use crate::runtime;
use crate::signals::Signals;
use crate::system::{Environment, SystemClock, SystemRng};
use crate::{handover, process, service_manager, shed, ui};

/// The `[edge]` section as the edge wants it.
///
/// # Errors
/// If its keys do not go together.
pub fn configured(config: &Config, auth_token: Secret) -> Result<EdgeConfig, Problem> {
    let edge = &config.edge;
    let hub = config.hub.connect_url();
    let hub = hub.as_str().trim_end_matches('/');
    let plain = EdgeConfig {
        listen: edge.listen.to_vec(),
        api_listen: edge.api_listen,
        default_target: Some(hub.to_owned()),
        error_target: Some(format!("{hub}{}hub/error", config.hub.base_url)),
        routes_file: Some(edge.routes_file(&config.hub.data_dir)),
        routes_store: edge.routes_store.clone(),
        host_routing: edge.host_routing,
        hub_proof: Some(token::by_the_edge(&auth_token)),
        limits: Limits {
            connections: if edge.max_connections == 0 {
                usize::MAX
            } else {
                edge.max_connections
            },
            header_bytes: usize::try_from(edge.max_header_bytes.0).unwrap_or(usize::MAX),
            header_timeout: edge.header_timeout,
            keep_alive: edge.header_timeout,
            per_client: PerClient {
                connections: edge.max_connections_per_client,
                requests_per_second: edge.max_requests_per_client,
                burst: edge.request_burst,
            },
            ..Limits::default()
        },
        threads: edge.threads,
        drain: edge.drain,
        drain_notice: edge.drain_notice,
        trusted: networks(&config.hub.trusted_proxies),
        proxy_protocol: networks(&edge.proxy_protocol),
        metrics_listen: edge.metrics_listen,
        access_log: access_log(edge),
        begin_traces: edge.begin_traces,
        ..EdgeConfig::new(auth_token)
    };
    edge_tls::add(config, plain)
}

fn networks(list: &[impl ToString]) -> Vec<Network> {
    list.iter()
        .filter_map(|network| network.to_string().parse().ok())
        .collect()
}

fn access_log(edge: &perijove_config::Edge) -> Option<AccessLog> {
    let format = match edge.access_log {
        perijove_config::AccessLog::Off => return None,
        perijove_config::AccessLog::Json => AccessFormat::Json,
        perijove_config::AccessLog::Common => AccessFormat::Common,
        perijove_config::AccessLog::Combined => AccessFormat::Combined,
    };
    let file = edge.access_log_file.clone();
    Some(AccessLog { format, file })
}

/// Tells two configurations apart. It has no secret in it.
#[must_use]
pub fn fingerprint(config: &EdgeConfig) -> String {
    let mut hasher = DefaultHasher::new();
    format!("{config:?}").hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// For routes, logs, the API and what is waited for.
const OWN_FILES: u64 = 128;

/// What to call an address in an error: the key, or the option.
pub struct Keys {
    pub listen: &'static str,
    pub api_listen: &'static str,
}

pub const KEYS: Keys = Keys {
    listen: "listen` in [edge], or `PERIJOVE_EDGE_LISTEN",
    api_listen: "api_listen` in [edge], or `PERIJOVE_EDGE_API_LISTEN",
};

type Again = Box<dyn Fn() -> Result<EdgeConfig>>;

/// An edge that is to run in this process.
pub struct Run {
    pub config: EdgeConfig,
    pub keys: &'static Keys,
    /// Says that it runs.
    pub pid_file: Option<PathBuf>,
    /// Reads the configuration anew, if it can change.
    pub again: Option<Again>,
    pub environment: Environment,
}

impl Run {
    /// Serves until it is asked to end or another process takes over, then lets people finish.
    pub fn until_the_end(self) -> Result<()> {
        match perijove_edge::raise_open_files_limit() {
            Ok(most) => tracing::debug!(most, "open files"),
            Err(error) => {
                tracing::warn!(%error, "the limit of open files can't be raised: the number of connections is limited by it");
            }
        }
        runtime::small()?.block_on(async {
            let signals = Signals::listen()?;
            let taken = handover::take(&self.environment)?;
            let answering = taken.answering();
            match self.begin(taken) {
                Ok(living) => {
                    answering.ready();
                    living.live(signals).await
                }
                Err(error) => {
                    answering.failed(&error);
                    Err(error)
                }
            }
        })
    }

    fn begin(self, taken: handover::Taken) -> Result<Living> {
        let instance = Instance::of_this_process(fingerprint(&self.config))
            .map_err(|error| Problem::new("this process can't be told from others").because(error))?;
        let config = on_this_machine(self.config);
        let (api, sockets) = (config.api_listen, Sockets::of(&config));
        let edge = Edge::start_with(config, Arc::new(SystemClock), taken.inheritance)
            .map_err(|error| explain(error, self.keys, api))?;
        let published = self.pid_file.map(|file| instance.publish(file)).transpose()?;
        // Whoever started this process waits for this line.
        ui::say(format_args!(
            "edge on {}, its API on {}",
            sockets.people(&edge),
            sockets.api(&edge)
        ));
        if let Some(fingerprint) = edge.authority_fingerprint() {
            ui::say(format_args!(
                "its certificate is by its own authority, SHA-256 {fingerprint}; /_perijove/ca tells how to trust it"
            ));
        }
        service_manager::tell(&self.environment, service_manager::READY);
        Ok(Living {
            edge,
            instance,
            published,
            again: self.again,
            environment: self.environment,
        })
    }
}

/// Each client may need a connection to a target as well, and the edge has some files of its own.
fn on_this_machine(mut config: EdgeConfig) -> EdgeConfig {
    config.machine = Machine {
        process: Some(process::read),
        rng: Some(Arc::new(SystemRng)),
    };
    let most = perijove_edge::raise_open_files_limit().unwrap_or(u64::MAX);
    let room = usize::try_from(most.saturating_sub(OWN_FILES) / 2).unwrap_or(usize::MAX);
    config.limits.connections = config.limits.connections.min(room.max(1));
    config
}

/// An edge that serves.
struct Living {
    edge: Edge,
    instance: Instance,
    published: Option<Published>,
    again: Option<Again>,
    environment: Environment,
}

impl Living {
    async fn live(mut self, mut signals: Signals) -> Result<()> {
        let mut resting = pin!(shed::whenever_at_rest());
        let handed = loop {
            let (what, answer) = tokio::select! {
                what = signals.of_edge() => match what {
                    Some(what) => (what, None),
                    None => break false,
                },
                wish = self.edge.wished() => (wish.what, Some(wish.answer)),
                never = &mut resting => match never {},
            };
            let outcome = match what {
                Wanted::Reload => self.reload(),
                Wanted::Upgrade => self.upgrade().await,
            };
            let handed = what == Wanted::Upgrade && outcome.is_ok();
            match &outcome {
                Ok(said) => tracing::info!(what = ?what, said, "done as asked"),
                Err(error) => {
                    tracing::error!(what = ?what, error = format!("{error:#}"), "not done, and nothing has changed")
                }
            }
            if let Some(answer) = answer {
                let _ = answer.send(outcome.map_err(|error| format!("{error:#}")));
            }
            if handed {
                break true;
            }
        };
        if !handed {
            service_manager::tell(&self.environment, service_manager::STOPPING);
        }
        tracing::info!("open connections may finish; asked to end once more, they are cut");
        tokio::select! {
            drained = self.edge.drain() => tracing::debug!(cut = drained.cut, "drained"),
            _ = signals.asked() => {}
        }
        Ok(())
    }

    fn reload(&mut self) -> Result<String> {
        self.edge.reopen_log();
        self.edge.reload_certificates();
        let Some(again) = &self.again else {
            return Ok("logs and certificates are opened anew".to_owned());
        };
        let config = again()?;
        let settings = fingerprint(&config);
        let unchanged = self.edge.reload(on_this_machine(config))?;
        // With the rest the edge is still the one that was started.
        if unchanged.is_empty() {
            self.instance.settings = settings;
        }
        if let Some(published) = &self.published {
            published.change(&self.instance)?;
        }
        Ok(match unchanged.is_empty() {
            true => "the edge has read its configuration anew".to_owned(),
            false => format!(
                "the edge has read its configuration anew; `perijove edge upgrade` takes the rest: {}",
                unchanged.join(", ")
            ),
        })
    }

    async fn upgrade(&mut self) -> Result<String> {
        let process = handover::give(&self.edge).await?;
        service_manager::tell(&self.environment, &format!("MAINPID={process}"));
        Ok(format!("the edge is process {process} now"))
    }
}

/// Where it is served besides its addresses.
struct Sockets {
    scheme: &'static str,
    api_scheme: &'static str,
    people: Option<PathBuf>,
    api: Option<PathBuf>,
}

impl Sockets {
    fn of(config: &EdgeConfig) -> Self {
        let scheme = |tls: bool| if tls { "https" } else { "http" };
        Self {
            scheme: scheme(config.tls.is_some()),
            api_scheme: scheme(config.api_tls.is_some()),
            people: config.listen_socket.clone(),
            api: config.api_socket.clone(),
        }
    }

    fn people(&self, edge: &Edge) -> String {
        let addresses = edge
            .addresses()
            .iter()
            .map(|address| format!("{}://{address}", self.scheme));
        let socket = self.people.iter().map(|file| file.display().to_string());
        addresses.chain(socket).collect::<Vec<_>>().join(", ")
    }

    fn api(&self, edge: &Edge) -> String {
        let address = || format!("{}://{}", self.api_scheme, edge.api_address());
        self.api
            .as_ref()
            .map_or_else(address, |file| file.display().to_string())
    }
}

fn explain(error: EdgeError, keys: &Keys, api: std::net::SocketAddr) -> anyhow::Error {
    match error {
        EdgeError::Listen { address, error } if address == api => {
            holder::explain("the edge's API", address, keys.api_listen, error).into()
        }
        EdgeError::Listen { address, error } => holder::explain("the edge", address, keys.listen, error).into(),
        EdgeError::Routes { file, error } if error.kind() == io::ErrorKind::PermissionDenied => {
            Problem::new(format!("the edge may not read its routes in {}", file.display()))
                .because(error)
                .try_this("give the file to the account that the edge runs as, or remove it")
                .into()
        }
        other => Problem::new("the edge can't start").because(other).into(),
    }
}
