//! The options of configurable-http-proxy 5, so that a JupyterHub can start our edge in its place.

mod options;
mod tls;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, ToSocketAddrs};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use perijove_config::{LogFormat, LogLevel};
use perijove_edge::{EdgeConfig, Limits, Network, Rewrite};
use perijove_model::Secret;

use crate::edge::{self, Keys};
use crate::logging;
use crate::problem::Problem;
use crate::system::Environment;

use options::Level;
pub use options::Options;

const TOKEN: &str = "CONFIGPROXY_AUTH_TOKEN";
/// As the container image of configurable-http-proxy has it.
const TOKEN_FILE: &str = "CONFIGPROXY_AUTH_TOKEN_FILE";
const REDIS_BACKEND: &str = "configurable-http-proxy-redis-backend";
const REDIS_URI: &str = "CONFIGURABLE_PROXY_REDIS_URI";
const KEYS: Keys = Keys {
    listen: "--port",
    api_listen: "--api-port",
};

impl Options {
    pub fn run(self) -> Result<()> {
        let environment = Environment::read();
        let level = match self.log_level.unwrap_or(Level::Info) {
            Level::Debug => LogLevel::Debug,
            Level::Info => LogLevel::Info,
            Level::Warn => LogLevel::Warn,
            Level::Error => LogLevel::Error,
        };
        logging::begin(level, LogFormat::Text, None, &environment)?;
        let config = self.config(&environment)?;
        let _pid_file = self.pid_file.map(PidFile::write).transpose()?;
        let run = edge::Run {
            config,
            keys: &KEYS,
            pid_file: None,
            again: None,
            environment,
        };
        run.until_the_end()
    }

    fn config(&self, environment: &Environment) -> Result<EdgeConfig> {
        let port = self.port.unwrap_or(8000);
        let api_port = self.api_port.unwrap_or_else(|| match self.socket {
            Some(_) => 8001,
            None => port.saturating_add(1),
        });
        let listen = match &self.socket {
            Some(_) => Vec::new(),
            None => vec![address("--ip", self.ip.as_deref().unwrap_or(""), port)?],
        };
        Ok(EdgeConfig {
            tls: self.tls(environment)?,
            api_tls: self.api_tls(environment)?,
            target_tls: self.target_tls()?,
            redirect: self.redirect(&listen),
            listen,
            listen_socket: self.socket.clone(),
            api_listen: address("--api-ip", self.api_ip.as_deref().unwrap_or("localhost"), api_port)?,
            api_socket: self.api_socket.clone(),
            default_target: self.default_target.clone(),
            error_target: self.error_target.clone(),
            error_path: self.error_path.clone(),
            routes_store: self.routes_store(environment)?,
            host_routing: self.host_routing,
            rewrite: self.rewrite()?,
            limits: self.limits(),
            trusted: self.trusted(),
            metrics_listen: self
                .metrics_port
                .map(|port| address("--metrics-ip", self.metrics_ip.as_deref().unwrap_or(""), port))
                .transpose()?,
            metrics_socket: self.metrics_socket.clone(),
            ..EdgeConfig::new(token(environment)?)
        })
    }

    fn rewrite(&self) -> Result<Rewrite> {
        let mut rewrite = Rewrite {
            prepend_path: !self.no_prepend_path,
            include_prefix: !self.no_include_prefix,
            forwarded: !self.no_x_forward,
            change_origin: self.change_origin,
            redirect_host: self.auto_rewrite,
            redirect_scheme: None,
            headers: Vec::new(),
        };
        if let Some(scheme) = &self.protocol_rewrite {
            let scheme = scheme.trim_end_matches(':').to_ascii_lowercase();
            if !matches!(scheme.as_str(), "http" | "https") {
                return Err(
                    Problem::new(format!("--protocol-rewrite {scheme}: it is http or https"))
                        .of_usage()
                        .into(),
                );
            }
            rewrite.redirect_scheme = Some(scheme);
        }
        for header in &self.custom_header {
            rewrite
                .add_header(header)
                .map_err(|error| Problem::new(format!("--custom-header: {error}")).of_usage())?;
        }
        Ok(rewrite)
    }

    fn limits(&self) -> Limits {
        let mut limits = Limits {
            keep_alive: Duration::from_millis(self.keep_alive_timeout.unwrap_or(5000)),
            ..Limits::default()
        };
        if let Some(quiet) = self.timeout.filter(|ms| *ms > 0).map(Duration::from_millis) {
            limits.upload_stall = quiet;
            limits.response = quiet;
        }
        if let Some(late) = self.proxy_timeout.filter(|ms| *ms > 0).map(Duration::from_millis) {
            limits.response = limits.response.min(late);
        }
        limits
    }

    /// Configurable-http-proxy believes everybody. Here somebody from the outside is not believed, and a proxy before
    /// this one is: it is on the same machine or in the same network.
    fn trusted(&self) -> Vec<Network> {
        if self.trusted_proxy.is_empty() {
            Network::private()
        } else {
            self.trusted_proxy.clone()
        }
    }

    /// The one class for a table in Redis that people have means our own table there.
    fn routes_store(&self, environment: &Environment) -> Result<Option<Secret>> {
        let problem = match self.storage_backend.as_deref() {
            None => return Ok(None),
            Some(REDIS_BACKEND) => match environment.get(REDIS_URI).filter(|uri| !uri.is_empty()) {
                Some(uri) => return Ok(Some(Secret::new(uri))),
                None => Problem::new(format!("--storage-backend {REDIS_BACKEND}: {REDIS_URI} is not set"))
                    .try_this(format!("set {REDIS_URI} to an address such as redis://127.0.0.1:6379/0")),
            },
            Some(name) => Problem::new(format!(
                "--storage-backend {name}: a class for Node.js can't be loaded here"
            ))
            .try_this(format!(
                "leave it out: JupyterHub sets routes again when they are gone; several proxies share theirs with {REDIS_BACKEND}"
            )),
        };
        Err(problem.of_usage().into())
    }
}

fn token(environment: &Environment) -> Result<Secret> {
    let set = |name| environment.get(name).filter(|value| !value.is_empty());
    match (set(TOKEN), set(TOKEN_FILE)) {
        (Some(_), Some(_)) => Err(Problem::new(format!("{TOKEN} and {TOKEN_FILE} are both set"))
            .try_this("leave one of them out")
            .of_usage()
            .into()),
        (Some(token), None) => Ok(Secret::new(token)),
        (None, Some(file)) => {
            let text = std::fs::read_to_string(file)
                .map_err(|error| Problem::new(format!("{TOKEN_FILE}: {file} can't be read")).because(error))?;
            match text.trim() {
                "" => Err(Problem::new(format!("{TOKEN_FILE}: {file} is empty")).of_usage().into()),
                token => Ok(Secret::new(token)),
            }
        }
        (None, None) => Err(Problem::new(format!(
            "{TOKEN} is not set, and anyone on this machine could change the routes"
        ))
        .try_this(format!(
            "set the environment variable {TOKEN}, as JupyterHub does; `openssl rand -hex 32` makes a good one"
        ))
        .of_usage()
        .into()),
    }
}

/// `''` and `*` are all addresses; a name is looked up, IPv4 first.
fn address(option: &str, ip: &str, port: u16) -> Result<SocketAddr> {
    if matches!(ip, "" | "*") {
        return Ok(SocketAddr::new(everywhere(), port));
    }
    if let Ok(ip) = ip.trim_matches(['[', ']']).parse::<IpAddr>() {
        return Ok(SocketAddr::new(ip, port));
    }
    let unknown = || Problem::new(format!("{option} {ip}: this machine does not know the name")).of_usage();
    let mut found: Vec<SocketAddr> = (ip, port)
        .to_socket_addrs()
        .map_err(|error| unknown().because(error))?
        .collect();
    found.sort_by_key(SocketAddr::is_ipv6);
    found.first().copied().ok_or_else(|| unknown().into())
}

/// IPv6 with IPv4 in it, where the machine has IPv6.
fn everywhere() -> IpAddr {
    match TcpListener::bind((Ipv6Addr::UNSPECIFIED, 0)) {
        Ok(_) => Ipv6Addr::UNSPECIFIED.into(),
        Err(_) => Ipv4Addr::UNSPECIFIED.into(),
    }
}

/// As configurable-http-proxy writes it: the number alone.
struct PidFile(PathBuf);

impl PidFile {
    fn write(path: PathBuf) -> Result<Self> {
        std::fs::write(&path, std::process::id().to_string())
            .map_err(|error| Problem::new(format!("{} can't be written", path.display())).because(error))?;
        Ok(Self(path))
    }
}

impl Drop for PidFile {
    fn drop(&mut self) {
        // Another process may have taken over, and with it the file.
        if std::fs::read_to_string(&self.0).is_ok_and(|text| text == std::process::id().to_string()) {
            let _ = std::fs::remove_file(&self.0);
        }
    }
}
