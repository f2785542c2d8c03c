//! The options of configurable-http-proxy 5.3.0 by its names, and one of ours that it needs to be safe.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use perijove_edge::Network;

#[derive(Args)]
#[command(next_help_heading = "As configurable-http-proxy")]
pub struct Options {
    /// Address for people [default: all]
    #[arg(long, value_name = "IP")]
    pub ip: Option<String>,
    /// Port for people [default: 8000]
    #[arg(long, value_name = "PORT")]
    pub port: Option<u16>,
    /// Socket file for people, instead of an address
    #[arg(long, value_name = "FILE", conflicts_with_all = ["ip", "port"])]
    pub socket: Option<PathBuf>,
    /// Address of the API [default: localhost]
    #[arg(long, value_name = "IP")]
    pub api_ip: Option<String>,
    /// Port of the API [default: the port for people and one]
    #[arg(long, value_name = "PORT")]
    pub api_port: Option<u16>,
    /// Socket file of the API, instead of an address
    #[arg(long, value_name = "FILE", conflicts_with_all = ["api_ip", "api_port"])]
    pub api_socket: Option<PathBuf>,
    /// Where requests without a route go
    #[arg(long, value_name = "URL")]
    pub default_target: Option<String>,
    /// Who renders error pages, at URL/404 and URL/503
    #[arg(long, value_name = "URL", conflicts_with = "error_path")]
    pub error_target: Option<String>,
    /// Folder of error pages: 404.html, 503.html, error.html
    #[arg(long, value_name = "DIR")]
    pub error_path: Option<PathBuf>,
    /// Choose routes by the request's host name too
    #[arg(long)]
    pub host_routing: bool,
    /// How much is logged [default: info]
    #[arg(long, value_name = "LEVEL", ignore_case = true)]
    pub log_level: Option<Level>,
    /// File to write the process id to
    #[arg(long, value_name = "FILE")]
    pub pid_file: Option<PathBuf>,
    /// Who is believed about X-Forwarded-* [default: private networks]; may be given several times
    #[arg(long, value_name = "NETWORK")]
    pub trusted_proxy: Vec<Network>,

    /// The certificate's key, in PEM
    #[arg(long, value_name = "FILE", requires = "ssl_cert", hide_short_help = true)]
    pub ssl_key: Option<PathBuf>,
    /// The certificate with its chain, in PEM
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    pub ssl_cert: Option<PathBuf>,
    /// Whose certificates people may show
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    pub ssl_ca: Option<PathBuf>,
    /// Only people with a certificate come in
    #[arg(long, hide_short_help = true)]
    pub ssl_request_cert: bool,
    /// The same: nobody else comes in, with and without it
    #[arg(long, hide_short_help = true)]
    pub ssl_reject_unauthorized: bool,
    /// TLSv1_2 or TLS: 1.2 and 1.3 are spoken, nothing older
    #[arg(long, value_name = "NAME", hide_short_help = true)]
    pub ssl_protocol: Option<String>,
    /// Cipher suites, with colons between; others than modern ones are passed over
    #[arg(long, value_name = "LIST", hide_short_help = true)]
    pub ssl_ciphers: Option<String>,
    /// Changes nothing: RC4 is never spoken
    #[arg(long, hide = true)]
    pub ssl_allow_rc4: bool,
    /// Changes nothing: no suite that is spoken needs it
    #[arg(long, value_name = "FILE", hide = true)]
    pub ssl_dhparam: Option<PathBuf>,
    /// Port from which people without TLS are sent to --port
    #[arg(long, value_name = "PORT", requires = "ssl_cert", hide_short_help = true)]
    pub redirect_port: Option<u16>,
    /// Port that they are sent to instead of --port
    #[arg(long, value_name = "PORT", hide_short_help = true)]
    pub redirect_to: Option<u16>,

    /// The key of the API's certificate, in PEM
    #[arg(long, value_name = "FILE", requires = "api_ssl_cert", hide_short_help = true)]
    pub api_ssl_key: Option<PathBuf>,
    /// The API's certificate with its chain, in PEM
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    pub api_ssl_cert: Option<PathBuf>,
    /// Whose certificates the hub may show
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    pub api_ssl_ca: Option<PathBuf>,
    /// Only a hub with a certificate comes in
    #[arg(long, hide_short_help = true)]
    pub api_ssl_request_cert: bool,
    /// The same: nobody else comes in, with and without it
    #[arg(long, hide_short_help = true)]
    pub api_ssl_reject_unauthorized: bool,

    /// The key of the certificate that is shown to targets, in PEM
    #[arg(long, value_name = "FILE", requires = "client_ssl_cert", hide_short_help = true)]
    pub client_ssl_key: Option<PathBuf>,
    /// The certificate that is shown to targets with https://, in PEM
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    pub client_ssl_cert: Option<PathBuf>,
    /// Whose certificates targets must have
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    pub client_ssl_ca: Option<PathBuf>,
    /// Changes nothing: targets always show theirs
    #[arg(long, hide = true)]
    pub client_ssl_request_cert: bool,
    /// Changes nothing: others are always refused, unless --insecure is given
    #[arg(long, hide = true)]
    pub client_ssl_reject_unauthorized: bool,
    /// Believe any target, whoever signed its certificate
    #[arg(long, hide_short_help = true)]
    pub insecure: bool,

    /// Send no X-Forwarded-* to targets
    #[arg(long, hide_short_help = true)]
    pub no_x_forward: bool,
    /// Leave the target's own path out of requests
    #[arg(long, hide_short_help = true)]
    pub no_prepend_path: bool,
    /// Leave the route's path out of requests
    #[arg(long, hide_short_help = true)]
    pub no_include_prefix: bool,
    /// Where targets redirect to themselves, redirect to the host that was asked
    #[arg(long, hide_short_help = true)]
    pub auto_rewrite: bool,
    /// Ask targets by their own host name
    #[arg(long, hide_short_help = true)]
    pub change_origin: bool,
    /// Where targets redirect to themselves, redirect with this scheme
    #[arg(long, value_name = "SCHEME", hide_short_help = true)]
    pub protocol_rewrite: Option<String>,
    /// Header for each request to a target; may be given several times
    #[arg(long, value_name = "NAME:VALUE", allow_hyphen_values = true, hide_short_help = true)]
    pub custom_header: Vec<String>,

    /// Address of the metrics [default: all]
    #[arg(long, value_name = "IP", hide_short_help = true)]
    pub metrics_ip: Option<String>,
    /// Port of the metrics [default: there are none]
    #[arg(long, value_name = "PORT", hide_short_help = true)]
    pub metrics_port: Option<u16>,
    /// Socket file of the metrics, instead of an address
    #[arg(long, value_name = "FILE", conflicts_with_all = ["metrics_ip", "metrics_port"], hide_short_help = true)]
    pub metrics_socket: Option<PathBuf>,

    /// Milliseconds in which a person's request must go on
    #[arg(long, value_name = "MS", hide_short_help = true)]
    pub timeout: Option<u64>,
    /// Milliseconds in which a target must begin to answer [default: an hour]
    #[arg(long, value_name = "MS", hide_short_help = true)]
    pub proxy_timeout: Option<u64>,
    /// Milliseconds that an open connection waits for the next request [default: 5000]
    #[arg(long, value_name = "MS", hide_short_help = true)]
    pub keep_alive_timeout: Option<u64>,
    /// Where routes are kept besides this process
    #[arg(long, value_name = "NAME", hide_short_help = true)]
    pub storage_backend: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum Level {
    #[value(aliases = ["verbose", "silly"])]
    Debug,
    #[value(alias = "http")]
    Info,
    #[value(alias = "warning")]
    Warn,
    #[value(alias = "critical")]
    Error,
}
