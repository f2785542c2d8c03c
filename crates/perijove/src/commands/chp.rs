//! The options of configurable-http-proxy 5, so that a JupyterHub can start our edge in its place.

use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, ValueEnum};
use perijove_config::{LogFormat, LogLevel};
use perijove_edge::{EdgeConfig, Limits};
use perijove_model::Secret;

use crate::edge::{self, Keys};
use crate::logging;
use crate::problem::Problem;
use crate::system::Environment;

const TOKEN: &str = "CONFIGPROXY_AUTH_TOKEN";
const KEYS: Keys = Keys {
    listen: "--port",
    api_listen: "--api-port",
};

#[derive(Args)]
#[command(next_help_heading = "As configurable-http-proxy")]
pub struct Options {
    /// Address for people [default: all]
    #[arg(long, value_name = "IP")]
    ip: Option<String>,
    /// Port for people [default: 8000]
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
    /// Address of the API [default: localhost]
    #[arg(long, value_name = "IP")]
    api_ip: Option<String>,
    /// Port of the API [default: the port for people and one]
    #[arg(long, value_name = "PORT")]
    api_port: Option<u16>,
    /// Where requests without a route go
    #[arg(long, value_name = "URL")]
    default_target: Option<String>,
    /// Who renders error pages
    #[arg(long, value_name = "URL")]
    error_target: Option<String>,
    /// Choose routes by the request's host name too
    #[arg(long)]
    host_routing: bool,
    /// How much is logged [default: info]
    #[arg(long, value_name = "LEVEL")]
    log_level: Option<Level>,
    /// File to write the process id to
    #[arg(long, value_name = "FILE")]
    pid_file: Option<PathBuf>,
    /// Milliseconds in which a target must begin to answer [default: an hour]
    #[arg(long, value_name = "MS")]
    proxy_timeout: Option<u64>,
    #[command(flatten)]
    others: Others,
}

/// Options that are known, so that they can be refused with the reason, or that change nothing here: the first one given.
struct Others(Option<&'static str>);

const OTHERS_WITH_VALUE: [&str; 20] = [
    "ssl-key",
    "ssl-cert",
    "ssl-ca",
    "ssl-protocol",
    "ssl-ciphers",
    "ssl-dhparam",
    "api-ssl-key",
    "api-ssl-cert",
    "api-ssl-ca",
    "client-ssl-key",
    "client-ssl-cert",
    "client-ssl-ca",
    "redirect-port",
    "redirect-to",
    "error-path",
    "storage-backend",
    "metrics-port",
    "custom-header",
    "protocol-rewrite",
    "socket",
];
const OTHER_FLAGS: [&str; 12] = [
    "ssl-request-cert",
    "ssl-reject-unauthorized",
    "ssl-allow-rc4",
    "api-ssl-request-cert",
    "api-ssl-reject-unauthorized",
    "client-ssl-request-cert",
    "client-ssl-reject-unauthorized",
    "no-x-forward",
    "no-prepend-path",
    "no-include-prefix",
    "auto-rewrite",
    "change-origin",
];
/// Without TLS, without metrics and with bounds of our own these change nothing.
const HARMLESS_WITH_VALUE: [&str; 3] = ["timeout", "keep-alive-timeout", "metrics-ip"];
const HARMLESS_FLAGS: [&str; 1] = ["insecure"];

impl Args for Others {
    fn augment_args(command: Command) -> Command {
        let option = |name: &&'static str| Arg::new(*name).long(*name).hide(true).allow_hyphen_values(true);
        let values = OTHERS_WITH_VALUE.iter().chain(&HARMLESS_WITH_VALUE).map(option);
        let flags = OTHER_FLAGS
            .iter()
            .chain(&HARMLESS_FLAGS)
            .map(|name| Arg::new(*name).long(*name).hide(true));
        command
            .args(values.map(|option| option.action(ArgAction::Append)))
            .args(flags.map(|flag| flag.action(ArgAction::SetTrue)))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Others {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut all = OTHERS_WITH_VALUE
            .iter()
            .chain(&OTHER_FLAGS)
            .chain(&HARMLESS_WITH_VALUE)
            .chain(&HARMLESS_FLAGS);
        let given = |name: &&&str| matches.value_source(name) == Some(ValueSource::CommandLine);
        Ok(Self(all.find(given).copied()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum Level {
    Debug,
    Info,
    #[value(alias = "warning")]
    Warn,
    #[value(alias = "critical")]
    Error,
}

impl Options {
    /// Whether one of them was given.
    #[must_use]
    pub fn any(&self) -> bool {
        self.ip.is_some()
            || self.port.is_some()
            || self.api_ip.is_some()
            || self.api_port.is_some()
            || self.default_target.is_some()
            || self.error_target.is_some()
            || self.host_routing
            || self.log_level.is_some()
            || self.pid_file.is_some()
            || self.proxy_timeout.is_some()
            || self.others.0.is_some()
    }

    pub fn run(self) -> Result<()> {
        self.others.refuse()?;
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
        edge::run(config, &KEYS, None)
    }

    fn config(&self, environment: &Environment) -> Result<EdgeConfig> {
        let Some(token) = environment.get(TOKEN).filter(|token| !token.is_empty()) else {
            return Err(Problem::new(format!(
                "{TOKEN} is not set, and anyone on this machine could change the routes"
            ))
            .try_this(format!(
                "set the environment variable {TOKEN}, as JupyterHub does; `openssl rand -hex 32` makes a good one"
            ))
            .of_usage()
            .into());
        };
        let port = self.port.unwrap_or(8000);
        let api_port = self.api_port.unwrap_or(port.saturating_add(1));
        let mut limits = Limits::default();
        if let Some(ms) = self.proxy_timeout {
            limits.response = Duration::from_millis(ms);
        }
        Ok(EdgeConfig {
            listen: vec![address("--ip", self.ip.as_deref().unwrap_or(""), port)?],
            api_listen: address("--api-ip", self.api_ip.as_deref().unwrap_or("localhost"), api_port)?,
            default_target: self.default_target.clone(),
            error_target: self.error_target.clone(),
            host_routing: self.host_routing,
            limits,
            ..EdgeConfig::new(Secret::new(token))
        })
    }
}

/// `''`, `*` and `0.0.0.0` are all addresses; a name is looked up, IPv4 first.
fn address(option: &str, ip: &str, port: u16) -> Result<SocketAddr> {
    if matches!(ip, "" | "*") {
        return Ok(SocketAddr::from(([0, 0, 0, 0], port)));
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

impl Others {
    fn refuse(&self) -> Result<()> {
        let problem = match self.0 {
            None => return Ok(()),
            Some(name) if HARMLESS_WITH_VALUE.contains(&name) || HARMLESS_FLAGS.contains(&name) => return Ok(()),
            Some(name) if name.contains("ssl-") || name.starts_with("redirect-") => {
                Problem::new(format!("--{name}: TLS is not in this release"))
                    .try_this("let a web server in front of it speak TLS, and leave the option out")
            }
            Some(name) => Problem::new(format!("--{name} of configurable-http-proxy is not supported"))
                .try_this("leave it out, or go on with configurable-http-proxy"),
        };
        Err(problem.of_usage().into())
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
        let _ = std::fs::remove_file(&self.0);
    }
}
