//! `[edge]`: the proxy in front of everything.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ipnet::IpNet;
use perijove_model::Secret;
use url::Url;

use super::{EdgeAcme, EdgeTls, InternalTls, local, seconds};
use crate::section::section;
use crate::types::{AccessLog, ByteSize, OneOrMany};

section! {
    /// The edge: the proxy that people's browsers talk to.
    pub struct Edge {
        /// Addresses on which people reach the platform: one, or a list.
        listen: OneOrMany<SocketAddr> = OneOrMany(vec![local(8000)]), example "[\"0.0.0.0:8000\", \"[::]:8000\"]";
        /// Address of the edge's own API, through which the hub sets the routes.
        api_listen: SocketAddr = local(8001);
        /// URL of the edge's API, where the edge runs on another machine.
        api_url: Option<Url> = None, unset "`http://` and `api_listen`", example "\"http://10.0.0.4:8001\"";
        /// Secret shared by the hub and the edge.
        auth_token: Option<Secret> = None, unset "made at the first start, kept in `data_dir`", env "CONFIGPROXY_AUTH_TOKEN";
        /// `perijove serve` starts the edge and watches over it. Turn off if something else runs it.
        supervise: bool = true;
        /// File in which the edge keeps its routes, so that it comes back with them.
        routes_file: Option<PathBuf> = None, unset "`edge-routes.json` in `data_dir`";
        /// Redis in which several edges share their routes. While it is away, people are served on and changes are refused.
        routes_store: Option<Secret> = None, unset "this edge's routes are its own", example "\"redis://:PASSWORD@redis.example.org:6379/0\"";
        /// Choose routes by the request's host name too.
        host_routing: bool = false;
        /// Threads that carry traffic; 0 is one per core.
        threads: usize = 0;
        /// How long open connections may go on when the edge stops.
        drain: Duration = seconds(30);
        /// How long before that the edge says that it is not ready, while clients still come: for a load balancer to notice.
        drain_notice: Duration = seconds(0);
        /// How long a client may take to send a request's head, and how long an open connection may wait for the next one.
        header_timeout: Duration = seconds(60);
        /// Largest head of a request.
        max_header_bytes: ByteSize = ByteSize(64 << 10);
        /// Most connections open at the same time; 0 is as many as the limit of open files allows.
        max_connections: usize = 0;
        /// Most connections of one client (an IPv4 address, or an IPv6 network of 64 bits); 0 is no limit. Trusted proxies are not limited.
        max_connections_per_client: usize = 0;
        /// Most requests of one client in a second; 0 is no limit. Behind trusted proxies, whom they name is the client.
        max_requests_per_client: u32 = 0;
        /// So many requests of one client may come at once before that limit holds.
        request_burst: u32 = 100;
        /// Proxies that say in the PROXY protocol (1 or 2) for whom they come. A connection from them without it is refused.
        proxy_protocol: Vec<IpNet> = Vec::new(), example "[\"10.0.0.4\", \"10.1.0.0/16\"]";
        /// Address on which `/metrics` answers without a token; the edge's API has it, too, for whoever has its token.
        metrics_listen: Option<SocketAddr> = None, unset "only on the API", example "\"127.0.0.1:8002\"";
        /// Write each request down: `off`, `json`, `common` or `combined`. Secrets in addresses are hidden.
        access_log: AccessLog = AccessLog::Off;
        /// File for that, opened anew at SIGHUP.
        access_log_file: Option<PathBuf> = None, unset "standard error", example "\"/var/log/perijove/access.log\"";
        /// Give a request without a `traceparent` header one of its own.
        begin_traces: bool = false;
        /// TLS towards people.
        tls: EdgeTls = EdgeTls::default();
        /// Certificates by ACME.
        acme: EdgeAcme = EdgeAcme::default();
        /// TLS towards servers.
        internal_tls: InternalTls = InternalTls::default();
    }
}

impl Edge {
    /// Where the hub reaches the edge's API.
    #[must_use]
    pub fn api_url(&self) -> Url {
        self.api_url.clone().unwrap_or_else(|| super::http(self.api_listen))
    }

    /// Whether people reach the edge with TLS.
    #[must_use]
    pub fn speaks_tls(&self) -> bool {
        let tls = &self.tls;
        tls.cert.is_some() || !tls.certificates.is_empty() || tls.self_signed || !self.acme.names.is_empty()
    }

    #[must_use]
    pub fn routes_file(&self, data_dir: &Path) -> PathBuf {
        self.routes_file
            .clone()
            .unwrap_or_else(|| data_dir.join("edge-routes.json"))
    }
}
