//! An edge in this process: its configuration, its life.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use perijove_config::Config;
use perijove_edge::{Edge, EdgeConfig, EdgeError, Limits};
use perijove_model::Secret;

use crate::edge_tls;
use crate::holder;
use crate::instance::Instance;
use crate::problem::Problem;
use crate::runtime;
use crate::signals::Signals;
use crate::system::SystemClock;
use crate::ui;

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
        limits: Limits {
            connections: if edge.max_connections == 0 {
                usize::MAX
            } else {
                edge.max_connections
            },
            header_bytes: usize::try_from(edge.max_header_bytes.0).unwrap_or(usize::MAX),
            header_timeout: edge.header_timeout,
            keep_alive: edge.header_timeout,
            ..Limits::default()
        },
        threads: edge.threads,
        drain: edge.drain,
        trusted: config
            .hub
            .trusted_proxies
            .iter()
            .filter_map(|network| network.to_string().parse().ok())
            .collect(),
        ..EdgeConfig::new(auth_token)
    };
    edge_tls::add(config, plain)
}

/// Tells two configurations apart. It has no secret in it.
#[must_use]
pub fn fingerprint(config: &EdgeConfig) -> String {
    let mut hasher = DefaultHasher::new();
    format!("{config:?}").hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// What to call an address in an error: the key, or the option.
pub struct Keys {
    pub listen: &'static str,
    pub api_listen: &'static str,
}

pub const KEYS: Keys = Keys {
    listen: "listen` in [edge], or `PERIJOVE_EDGE_LISTEN",
    api_listen: "api_listen` in [edge], or `PERIJOVE_EDGE_API_LISTEN",
};

/// Serves until it is asked to end, then lets people finish. `pid_file` says that it runs.
pub fn run(config: EdgeConfig, keys: &Keys, pid_file: Option<PathBuf>) -> Result<()> {
    if let Err(error) = perijove_edge::raise_open_files_limit() {
        tracing::warn!(%error, "the limit of open files can't be raised: the number of connections is limited by it");
    }
    let instance = Instance::of_this_process(fingerprint(&config))
        .map_err(|error| Problem::new("this process can't be told from others").because(error))?;
    runtime::small()?.block_on(async {
        let mut signals = Signals::listen()?;
        let (api, sockets) = (config.api_listen, Sockets::of(&config));
        let edge = Edge::start(config, Arc::new(SystemClock)).map_err(|error| explain(error, keys, api))?;
        let _published = pid_file.map(|file| instance.publish(file)).transpose()?;
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
        signals.asked().await;
        tracing::info!("asked to end: open connections may finish; asked again, they are cut");
        tokio::select! {
            drained = edge.drain() => tracing::debug!(cut = drained.cut, "drained"),
            _ = signals.asked() => {}
        }
        Ok(())
    })
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
