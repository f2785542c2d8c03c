//! The edge's life: listeners, threads, and an end that waits for those who are still being served.

use std::{
    io,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread::JoinHandle,
    time::Duration,
};

use hyper::server::conn::http1;
use perijove_model::Clock;
use rustix::{
    net::{AddressFamily, SocketFlags, SocketType, sockopt},
    process::{Resource, Rlimit},
};
use serde_json::Map;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{info, warn};

use crate::{
    AccessLog, EdgeConfig, Limits, Machine, Network, Rewrite,
    api::{self, Api},
    connection, entry,
    error_page::files::Files,
    listener::Bound,
    observe::{Facts, Observer, trace::Traces},
    pool::Pool,
    routes::{
        persist,
        shared::{Address, AddressError},
        store::Store,
        table::{Route, RouteTable},
        target::{Target, TargetError},
    },
    tls::{self, Tls, TlsError},
};

const BACKLOG: i32 = 1024;
const MOST_THREADS: usize = 16;

/// A client's place among the allowed connections; a tunnel keeps it.
pub(crate) type Held = Arc<OwnedSemaphorePermit>;

/// What all threads use.
pub(crate) struct Shared {
    pub(crate) table: Arc<RouteTable>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) limits: Limits,
    pub(crate) reader: http1::Builder,
    pub(crate) trusted: Vec<Network>,
    pub(crate) error_target: Option<Target>,
    pub(crate) error_files: Option<Files>,
    pub(crate) rewrite: Rewrite,
    pub(crate) tls: Arc<Tls>,
    pub(crate) room: Arc<Semaphore>,
    pub(crate) tunnels: AtomicUsize,
    pub(crate) observer: Observer,
    /// Begins traces, where that is wanted.
    pub(crate) traces: Option<Traces>,
    machine: Machine,
    /// Connections and tunnels.
    pub(crate) tasks: TaskTracker,
    /// Accept no more, finish what runs.
    pub(crate) stop: CancellationToken,
    /// Finish now.
    pub(crate) end: CancellationToken,
}

impl Shared {
    /// The page of metrics.
    pub(crate) fn metrics(&self) -> String {
        self.observer.page(&Facts {
            routes: self.table.len(),
            draining: self.stop.is_cancelled(),
            process: self.machine.process.and_then(|read| read()),
        })
    }
}

/// One thread's own.
pub(crate) struct Worker {
    pub(crate) shared: Arc<Shared>,
    pub(crate) pool: Arc<Pool>,
}

/// Why an edge did not start.
#[derive(Debug, thiserror::Error)]
pub enum EdgeError {
    #[error("the edge has no API token: set one, or anyone on this machine could change the routes")]
    NoToken,
    #[error("the edge has no address to listen on")]
    NoAddress,
    #[error("the edge can not listen on {address}: {error}; is another program there already?")]
    Listen { address: SocketAddr, error: io::Error },
    #[error("the edge can not listen on the socket file {}: {error}", file.display())]
    Socket { file: PathBuf, error: io::Error },
    #[error("{name}: {error}")]
    Target { name: &'static str, error: TargetError },
    #[error("the routes file {}: {error}", file.display())]
    Routes { file: PathBuf, error: io::Error },
    #[error("the access log {}: {error}", file.display())]
    AccessLog { file: PathBuf, error: io::Error },
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error(transparent)]
    Store(#[from] AddressError),
    #[error("the edge can not start its threads: {0}")]
    Threads(io::Error),
}

/// A running edge. Dropped, it ends at once; `drain` lets people finish.
pub struct Edge {
    shared: Arc<Shared>,
    addresses: Vec<SocketAddr>,
    plain_addresses: Vec<SocketAddr>,
    api_address: SocketAddr,
    metrics_address: Option<SocketAddr>,
    threads: Vec<JoinHandle<()>>,
    api_thread: Option<JoinHandle<()>>,
    drain: Duration,
}

/// How a drain went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drained {
    /// Connections and tunnels that were cut because the limit was reached.
    pub cut: usize,
}

impl Edge {
    /// Binds all addresses, reads the saved routes and starts serving.
    ///
    /// # Errors
    /// If the configuration or an address can not be used.
    pub fn start(config: EdgeConfig, clock: Arc<dyn Clock>) -> Result<Self, EdgeError> {
        if config.auth_token.is_empty() {
            return Err(EdgeError::NoToken);
        }
        if config.listen.is_empty() && config.listen_socket.is_none() {
            return Err(EdgeError::NoAddress);
        }
        let store = config
            .routes_store
            .as_ref()
            .map(|address| Address::parse(address.expose()))
            .transpose()?;
        let (api_listener, api_address) = listen_for_api(&config)?;
        let (metrics_listener, metrics_address) = listen_for_metrics(&config)?.unzip();
        let count = thread_count(config.threads);
        let mut listeners: Vec<Vec<Bound>> = (0..count).map(|_| Vec::new()).collect();
        let mut addresses = Vec::new();
        for address in &config.listen {
            addresses.push(listen_on_all(*address, &mut listeners)?);
        }
        if let Some(file) = &config.listen_socket {
            listen_on_file(file, &mut listeners).map_err(|error| EdgeError::Socket {
                file: file.clone(),
                error,
            })?;
        }
        let mut plain = Vec::new();
        let mut plain_addresses = Vec::new();
        for address in &config.redirect.listen {
            let listener = listen(*address, false)?;
            plain_addresses.push(local(&listener, *address)?);
            plain.push(listener);
        }
        let port = addresses.first().map_or(443, SocketAddr::port);
        let tls = Arc::new(Tls::new(&config, port, Arc::clone(&clock))?);
        let table = Arc::new(routes(&config, &*clock)?);
        let traces = config.machine.rng.as_deref().filter(|_| config.begin_traces);
        let shared = Arc::new(Shared {
            observer: Observer::new(count, Arc::clone(&clock)),
            traces: traces.map(Traces::new),
            machine: config.machine,
            table,
            clock,
            reader: connection::reader(&config.limits),
            trusted: config.trusted,
            error_files: config.error_path.map(Files::new),
            error_target: parsed("error_target", config.error_target.as_deref())?,
            rewrite: config.rewrite,
            tls,
            room: Arc::new(Semaphore::new(config.limits.connections.min(Semaphore::MAX_PERMITS))),
            limits: config.limits,
            tunnels: AtomicUsize::new(0),
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
            end: CancellationToken::new(),
        });
        log_to(&shared, config.access_log.as_ref())?;
        let mut edge = Self {
            shared,
            addresses,
            plain_addresses,
            api_address,
            metrics_address: metrics_address.flatten(),
            threads: Vec::new(),
            api_thread: None,
            drain: config.drain,
        };
        for (index, listeners) in listeners.into_iter().enumerate() {
            let shared = Arc::clone(&edge.shared);
            edge.threads
                .push(thread(format!("edge-{index}"), move || work(index, shared, listeners))?);
        }
        let shared = Arc::clone(&edge.shared);
        if !plain.is_empty() || shared.tls.has_files() {
            edge.threads
                .push(thread("edge-tls".into(), move || tls::run(shared, plain))?);
        }
        let (store, follower) = Store::new(Arc::clone(&edge.shared.table), store);
        let api = Api::new(Arc::clone(&edge.shared), config.auth_token, store);
        let file = config.routes_file;
        let doors = api::Doors {
            api: api_listener,
            metrics: metrics_listener,
        };
        edge.api_thread = Some(thread("edge-api".into(), move || {
            Observer::count_here(count);
            api::run(api, doors, file, follower);
        })?);
        info!(addresses = ?edge.addresses, api = %edge.api_address, threads = count, routes = edge.routes().len(), "the edge listens");
        Ok(edge)
    }

    /// The public addresses, in the configuration's order.
    #[must_use]
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// The addresses without TLS, from where people are sent to the others.
    #[must_use]
    pub fn plain_addresses(&self) -> &[SocketAddr] {
        &self.plain_addresses
    }

    /// SHA-256 of the edge's own authority, if its certificate is by that.
    #[must_use]
    pub fn authority_fingerprint(&self) -> Option<&str> {
        self.shared.tls.authority_fingerprint()
    }

    /// Takes the certificates and keys as their files are now; whoever is connected stays so. Changed files are noticed
    /// without it as well, within seconds.
    pub fn reload_certificates(&self) {
        self.shared.tls.reload();
    }

    /// Where the API answers, unless it does so on a socket file.
    #[must_use]
    pub fn api_address(&self) -> SocketAddr {
        self.api_address
    }

    /// Where `/metrics` answers without a token.
    #[must_use]
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics_address
    }

    #[must_use]
    pub fn routes(&self) -> &RouteTable {
        &self.shared.table
    }

    /// How many tunnels (websockets and the like) are open.
    #[must_use]
    pub fn tunnels(&self) -> usize {
        self.shared.tunnels.load(Ordering::Relaxed)
    }

    /// Stops accepting, waits for running requests and tunnels up to the configured limit, then saves the routes and
    /// ends. Needs a tokio runtime with time.
    pub async fn drain(mut self) -> Drained {
        self.shared.stop.cancel();
        self.shared.tasks.close();
        let finished = tokio::time::timeout(self.drain, self.shared.tasks.wait()).await.is_ok();
        let cut = if finished { 0 } else { self.shared.tasks.len() };
        self.shared.end.cancel();
        let threads: Vec<_> = self.threads.drain(..).chain(self.api_thread.take()).collect();
        let shared = Arc::clone(&self.shared);
        let joined = tokio::task::spawn_blocking(move || {
            let well = threads.into_iter().all(|thread| thread.join().is_ok());
            shared.observer.end_log();
            well
        });
        if !joined.await.unwrap_or(false) {
            warn!("a thread of the edge ended in a panic");
        }
        info!(cut, "the edge has ended");
        Drained { cut }
    }
}

impl Drop for Edge {
    fn drop(&mut self) {
        self.shared.stop.cancel();
        self.shared.end.cancel();
    }
}

/// Each tunnel takes two open files: allows as many as the system lets us have.
///
/// # Errors
/// If the system refuses.
pub fn raise_open_files_limit() -> io::Result<u64> {
    let Rlimit { current, maximum } = rustix::process::getrlimit(Resource::Nofile);
    if current != maximum {
        rustix::process::setrlimit(
            Resource::Nofile,
            Rlimit {
                current: maximum,
                maximum,
            },
        )?;
    }
    Ok(maximum.unwrap_or(u64::MAX))
}

fn thread_count(wanted: usize) -> usize {
    match wanted {
        0 => std::thread::available_parallelism()
            .map_or(1, usize::from)
            .min(MOST_THREADS),
        wanted => wanted,
    }
}

fn thread(name: String, body: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, EdgeError> {
    std::thread::Builder::new()
        .name(name)
        .spawn(body)
        .map_err(EdgeError::Threads)
}

fn log_to(shared: &Shared, log: Option<&AccessLog>) -> Result<(), EdgeError> {
    shared.observer.log_to(log).map_err(|error| EdgeError::AccessLog {
        file: log.and_then(|log| log.file.clone()).unwrap_or_default(),
        error,
    })
}

fn parsed(name: &'static str, text: Option<&str>) -> Result<Option<Target>, EdgeError> {
    text.map(str::parse)
        .transpose()
        .map_err(|error| EdgeError::Target { name, error })
}

/// The saved routes; the default target is the root's unless one was set by the API.
fn routes(config: &EdgeConfig, clock: &dyn Clock) -> Result<RouteTable, EdgeError> {
    let table = RouteTable::new(config.host_routing);
    if let Some(file) = &config.routes_file {
        persist::load(&table, file).map_err(|error| EdgeError::Routes {
            file: file.clone(),
            error,
        })?;
    }
    let default = parsed("default_target", config.default_target.as_deref())?;
    if let Some(target) = default
        && let Ok(None) = table.get("/")
        && let Ok(route) = Route::new("/", target, Map::new(), clock.now())
    {
        table.add(route.unsaved());
    }
    Ok(table)
}

/// Every thread gets its own listener on the address; the kernel spreads the clients over them.
fn listen_on_all(address: SocketAddr, listeners: &mut [Vec<Bound>]) -> Result<SocketAddr, EdgeError> {
    let several = listeners.len() > 1;
    if several && address.port() != 0 {
        // Alone first: with a shared port, another edge on it would go unnoticed.
        drop(listen(address, false)?);
    }
    let mut actual = address;
    for own in listeners {
        let listener = listen(actual, several)?;
        actual = local(&listener, address)?;
        own.push(Bound::Tcp(listener));
    }
    Ok(actual)
}

fn listen_on_file(file: &Path, listeners: &mut [Vec<Bound>]) -> io::Result<()> {
    let listener = Bound::socket_file(file)?;
    listeners.iter_mut().try_for_each(|own| {
        own.push(listener.again()?);
        Ok(())
    })
}

fn listen_for_api(config: &EdgeConfig) -> Result<(Bound, SocketAddr), EdgeError> {
    if let Some(file) = &config.api_socket {
        return Ok((socket_file(file)?, config.api_listen));
    }
    let listener = listen(config.api_listen, false)?;
    let address = local(&listener, config.api_listen)?;
    Ok((Bound::Tcp(listener), address))
}

/// Its address, if it has one.
fn listen_for_metrics(config: &EdgeConfig) -> Result<Option<(Bound, Option<SocketAddr>)>, EdgeError> {
    if let Some(file) = &config.metrics_socket {
        return Ok(Some((socket_file(file)?, None)));
    }
    let Some(address) = config.metrics_listen else {
        return Ok(None);
    };
    let listener = listen(address, false)?;
    let address = local(&listener, address)?;
    Ok(Some((Bound::Tcp(listener), Some(address))))
}

fn socket_file(file: &Path) -> Result<Bound, EdgeError> {
    Bound::socket_file(file).map_err(|error| EdgeError::Socket {
        file: file.to_owned(),
        error,
    })
}

fn local(listener: &TcpListener, address: SocketAddr) -> Result<SocketAddr, EdgeError> {
    listener
        .local_addr()
        .map_err(|error| EdgeError::Listen { address, error })
}

fn listen(address: SocketAddr, shared_port: bool) -> Result<TcpListener, EdgeError> {
    open(address, shared_port).map_err(|error| EdgeError::Listen { address, error })
}

/// Accepted sockets inherit the options.
fn open(address: SocketAddr, shared_port: bool) -> io::Result<TcpListener> {
    let family = if address.is_ipv4() {
        AddressFamily::INET
    } else {
        AddressFamily::INET6
    };
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = rustix::net::socket_with(family, SocketType::STREAM, flags, None)?;
    sockopt::set_socket_reuseaddr(&socket, true)?;
    sockopt::set_tcp_nodelay(&socket, true)?;
    keep_alive(&socket)?;
    if shared_port {
        sockopt::set_socket_reuseport(&socket, true)?;
    }
    rustix::net::bind(&socket, &address)?;
    rustix::net::listen(&socket, BACKLOG)?;
    Ok(TcpListener::from(socket))
}

/// Peers that vanished without a word are noticed after two minutes.
pub(crate) fn keep_alive(socket: impl std::os::fd::AsFd) -> io::Result<()> {
    let socket = socket.as_fd();
    sockopt::set_socket_keepalive(socket, true)?;
    sockopt::set_tcp_keepidle(socket, Duration::from_secs(60))?;
    sockopt::set_tcp_keepintvl(socket, Duration::from_secs(15))?;
    sockopt::set_tcp_keepcnt(socket, 4)?;
    Ok(())
}

/// Runs `serve` on this thread until the edge ends.
pub(crate) fn run_until_end(end: &CancellationToken, serve: impl Future<Output = io::Result<()>>) {
    let runtime = match tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return warn!(%error, "a thread of the edge has no runtime"),
    };
    runtime.block_on(async {
        if let Err(error) = serve.await {
            warn!(%error, "a thread of the edge can not serve");
        }
        end.cancelled().await;
    });
    runtime.shutdown_background();
}

fn work(index: usize, shared: Arc<Shared>, listeners: Vec<Bound>) {
    Observer::count_here(index);
    let end = shared.end.clone();
    run_until_end(&end, async move {
        let pool = Arc::new(Pool::new(shared.limits.upstream_idle));
        let worker = Arc::new(Worker { shared, pool });
        for listener in listeners {
            tokio::spawn(entry::accept(Arc::clone(&worker), listener.serve()?));
        }
        Ok(())
    });
}
