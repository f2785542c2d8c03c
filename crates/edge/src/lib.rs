//! The reverse proxy: every browser's request passes here on its way to the hub or to a notebook server.
//!
//! One current-thread runtime per core serves the public listeners; all share one snapshot of the routes. A further
//! thread serves the REST API of configurable-http-proxy and saves the routes. Nothing on the way of a request asks
//! the hub, a file or another thread, so people keep working while the hub is away.
//!
//! Map: `server` starts and drains; `listener`, `tls` and `entry` let clients in; `http1` serves a client's requests:
//! `head` and `framing` read, `ask` and `answer` write, `relay` moves bodies, `exchange` drives one request to its target
//! and back; `upstream` reaches and keeps targets; `tunnel` carries what is no longer HTTP; `headers` says what goes
//! along, `rewrite` what somebody wants changed; `routes` finds the way and remembers it, `api` changes it; `own` is what
//! the edge answers itself, `error_page` and `error_target` say what went wrong, `log` what may be written down of it;
//! `observe` counts and keeps the access log. `stream`, `buffer` and `alarm` are what all this is made of.
//!
//! Architecture invariant: knows nothing of users, servers or the database. A route is a path and a target.

mod alarm;
mod api;
mod buffer;
mod doors;
mod entry;
mod error_page;
mod error_target;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod headers;
mod health;
mod http1;
mod http2;
mod limits;
mod listener;
mod log;
mod network;
mod observe;
mod own;
mod proxy_protocol;
mod rewrite;
mod room;
mod routes;
mod server;
mod stream;
mod tls;
mod tunnel;
mod upstream;

use std::{fmt, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use perijove_model::{Rng, Secret, process::Process};

pub use doors::{Inheritance, Inherited, Purpose};
pub use network::{Network, NetworkError};
pub use observe::{AccessFormat, AccessLog};
pub use rewrite::{HeaderError, Rewrite};
pub use routes::{
    path::BadPath,
    shared::AddressError,
    table::{Route, RouteTable},
    target::{Target, TargetError},
};
pub use server::{Drained, Edge, EdgeError, Wanted, Wish, raise_open_files_limit};
pub use tls::{
    TlsError,
    settings::{
        Acme, Certificates, Challenge, ClientCertificates, ExternalAccount, Hsts, KeyFiles, LETS_ENCRYPT,
        LETS_ENCRYPT_STAGING, Redirect, SelfSigned, ServerTls, TargetTls, Version,
    },
};

/// How an edge is set up.
#[derive(Debug, Clone)]
pub struct EdgeConfig {
    /// Public addresses. Port 0 takes a free one.
    pub listen: Vec<SocketAddr>,
    /// A socket file on which people are served too.
    pub listen_socket: Option<PathBuf>,
    /// Where the REST API answers.
    pub api_listen: SocketAddr,
    /// A socket file on which the REST API answers, instead of an address.
    pub api_socket: Option<PathBuf>,
    /// The REST API's token; must not be empty.
    pub auth_token: Secret,
    /// Where requests without a route go, such as `http://127.0.0.1:8081`.
    pub default_target: Option<String>,
    /// Who renders error pages: `GET {error_target}/{404|503}?url=…`.
    pub error_target: Option<String>,
    /// A folder of error pages, `404.html`, `503.html` and `error.html` for all others, where there is no error target.
    pub error_path: Option<PathBuf>,
    /// Where routes are remembered over a restart.
    pub routes_file: Option<PathBuf>,
    /// Redis in which several edges share their routes: `redis://[user:password@]host:port/database`.
    pub routes_store: Option<Secret>,
    /// Routes begin with a host: `/alice.example.org/user/alice`.
    pub host_routing: bool,
    /// What is changed in requests and answers on their way.
    pub rewrite: Rewrite,
    /// Sent to the target of `/` with every request, and never to another: by it the hub knows what came by this edge.
    pub hub_proof: Option<Secret>,
    pub limits: Limits,
    /// Threads that serve the public listeners; 0 takes one per core, 16 at most.
    pub threads: usize,
    /// How long `drain` waits for running requests and tunnels.
    pub drain: Duration,
    /// So long before the drain readiness says no, and clients still come.
    pub drain_notice: Duration,
    /// Peers that must say in the PROXY protocol for whom they come; from all others it is refused.
    pub proxy_protocol: Vec<Network>,
    /// Peers whose `X-Forwarded-*` is believed; from all others it is replaced.
    pub trusted: Vec<Network>,
    /// On the public addresses; without it they are plain.
    pub tls: Option<ServerTls>,
    /// On the REST API.
    pub api_tls: Option<ServerTls>,
    pub target_tls: TargetTls,
    /// Where people without TLS are sent to those with it.
    pub redirect: Redirect,
    pub hsts: Option<Hsts>,
    /// Where `/metrics` answers without a token; on the API it always does, with one.
    pub metrics_listen: Option<SocketAddr>,
    /// A socket file on which they do, instead of an address.
    pub metrics_socket: Option<PathBuf>,
    /// Requests are written down.
    pub access_log: Option<AccessLog>,
    /// A request without a `traceparent` gets one.
    pub begin_traces: bool,
    pub machine: Machine,
}

/// What the edge asks the machine that it runs on.
#[derive(Clone, Default)]
pub struct Machine {
    /// For the metrics.
    pub process: Option<fn() -> Option<Process>>,
    /// Without it no traces begin, and error pages have no number.
    pub rng: Option<Arc<dyn Rng>>,
}

impl fmt::Debug for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Machine")
    }
}

impl EdgeConfig {
    /// The defaults: port 8000 for people, 8001 for the hub, both on this machine only.
    #[must_use]
    pub fn new(auth_token: Secret) -> Self {
        Self {
            listen: vec![SocketAddr::from(([127, 0, 0, 1], 8000))],
            listen_socket: None,
            api_listen: SocketAddr::from(([127, 0, 0, 1], 8001)),
            api_socket: None,
            auth_token,
            default_target: None,
            error_target: None,
            error_path: None,
            routes_file: None,
            routes_store: None,
            host_routing: false,
            rewrite: Rewrite::default(),
            hub_proof: None,
            limits: Limits::default(),
            threads: 0,
            drain: Duration::from_secs(30),
            drain_notice: Duration::ZERO,
            proxy_protocol: Vec::new(),
            trusted: Network::loopback(),
            metrics_listen: None,
            metrics_socket: None,
            access_log: None,
            begin_traces: false,
            machine: Machine::default(),
            tls: None,
            api_tls: None,
            target_tls: TargetTls::default(),
            redirect: Redirect::default(),
            hsts: None,
        }
    }
}

/// What one client, or all together, may take.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Open client connections, tunnels included; one more is answered with 503.
    pub connections: usize,
    pub per_client: PerClient,
    /// Bytes of a request's line and headers; more is answered with 431.
    pub header_bytes: usize,
    /// Header lines of a request; more is answered with 431.
    pub header_count: usize,
    /// For a complete request head.
    pub header_timeout: Duration,
    /// An open connection may wait so long for its next request.
    pub keep_alive: Duration,
    /// Between two pieces of a request's body.
    pub upload_stall: Duration,
    /// To reach a target.
    pub connect: Duration,
    /// From the request to the head of the target's answer.
    pub response: Duration,
    /// A side that has finished sending may wait so long for the other without a byte moving.
    pub half_closed: Duration,
    /// For the error target to give its page.
    pub error_page: Duration,
    /// An unused connection to a target is kept so long.
    pub upstream_idle: Duration,
}

/// What one client may take; a trusted proxy may take any. 0 is no limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PerClient {
    /// Open connections; one more is answered with 429.
    pub connections: usize,
    /// More are answered with 429.
    pub requests_per_second: u32,
    /// So many may come at once.
    pub burst: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 16_000,
            per_client: PerClient::default(),
            header_bytes: 64 * 1024,
            header_count: 100,
            header_timeout: Duration::from_secs(60),
            keep_alive: Duration::from_secs(60),
            upload_stall: Duration::from_secs(300),
            connect: Duration::from_secs(10),
            response: Duration::from_secs(3600),
            half_closed: Duration::from_secs(120),
            error_page: Duration::from_secs(5),
            upstream_idle: Duration::from_secs(20),
        }
    }
}
