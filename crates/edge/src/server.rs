//! The edge's life: listeners, threads, and an end that waits for those who are still being served.

use std::{
    io,
    net::SocketAddr,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::JoinHandle,
};

use arc_swap::ArcSwap;
use perijove_model::{Clock, Secret};
use rustix::process::{Resource, Rlimit};
use serde_json::Map;
use tokio::sync::{RwLock, mpsc, oneshot, watch};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{info, warn};

use crate::{
    AccessLog, EdgeConfig, Limits, Machine, Network, Rewrite,
    api::{self, Api},
    doors::{Door, Inheritance, Opener, Place, Purpose},
    entry,
    error_page::files::Files,
    limits::Clients,
    listener::Bound,
    observe::{Facts, Observer, trace::Traces},
    room::Room,
    routes::{
        persist,
        shared::{Address, AddressError},
        store::Store,
        table::{Route, RouteTable},
        target::{Target, TargetError},
    },
    tls::{self, Tls, TlsError},
    upstream::Pool,
};

const MOST_THREADS: usize = 16;

/// More addresses are never added at once.
const MOST_ORDERS: usize = 64;
const MOST_WISHES: usize = 4;

pub(crate) use crate::doors::keep_alive;

/// What all threads use. A connection keeps what was so when it began: a new configuration is a new `Shared`, in which
/// all that lives on is the same.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) table: Arc<RouteTable>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) limits: Limits,
    pub(crate) trusted: Vec<Network>,
    pub(crate) error_target: Option<Target>,
    pub(crate) error_files: Option<Arc<Files>>,
    pub(crate) rewrite: Rewrite,
    pub(crate) hub_proof: Option<Secret>,
    pub(crate) tls: Arc<Tls>,
    pub(crate) room: Arc<Room>,
    pub(crate) limits_per_client: Arc<Clients>,
    /// Who must say in the PROXY protocol for whom they come.
    pub(crate) proxy_protocol: Vec<Network>,
    pub(crate) tunnels: Arc<AtomicUsize>,
    pub(crate) observer: Arc<Observer>,
    /// Begins traces, where that is wanted.
    pub(crate) traces: Option<Arc<Traces>>,
    machine: Machine,
    /// New clients had better go elsewhere.
    leaving: Arc<AtomicBool>,
    /// Another process takes over: what it was told must not change here.
    pub(crate) handing: watch::Sender<bool>,
    /// Read while routes change.
    pub(crate) changes: Arc<RwLock<()>>,
    /// Connections and tunnels.
    pub(crate) tasks: TaskTracker,
    /// Accept no more, finish what runs.
    pub(crate) stop: CancellationToken,
    /// Finish now.
    pub(crate) end: CancellationToken,
}

impl Shared {
    /// Notes that a route is in use.
    pub(crate) fn touch(&self, route: &Route) {
        self.observer.touch(|| route.touch(self.clock.now()));
    }

    /// A new number by which whoever sees an error page and whoever reads the log speak of the same.
    pub(crate) fn reference(&self) -> Option<String> {
        self.machine.rng.as_ref().map(|rng| rng.alphanumeric(8))
    }

    /// The page of metrics.
    pub(crate) fn metrics(&self) -> String {
        self.observer.page(&Facts {
            routes: self.table.len(),
            draining: self.is_leaving(),
            process: self.machine.process.and_then(|read| read()),
        })
    }

    /// Whether the edge is about to end.
    pub(crate) fn is_leaving(&self) -> bool {
        self.leaving.load(Ordering::Relaxed)
    }

    /// Takes over what a new configuration may change for who comes from now on.
    fn configured(self, config: &EdgeConfig) -> Result<Self, EdgeError> {
        let error_target = parsed("error_target", config.error_target.as_deref())?;
        self.room.set_most(config.limits.connections);
        self.limits_per_client
            .set(config.limits.per_client, config.trusted.clone());
        let traces = config.machine.rng.as_deref().filter(|_| config.begin_traces);
        Ok(Self {
            limits: config.limits.clone(),
            trusted: config.trusted.clone(),
            error_target,
            error_files: config.error_path.clone().map(|folder| Arc::new(Files::new(folder))),
            rewrite: config.rewrite.clone(),
            hub_proof: config.hub_proof.clone(),
            proxy_protocol: config.proxy_protocol.clone(),
            traces: traces.map(|rng| Arc::new(Traces::new(rng))),
            ..self
        })
    }
}

/// One thread's own.
pub(crate) struct Worker {
    pub(crate) shared: Arc<Shared>,
    pub(crate) pool: Arc<Pool>,
}

/// A thread that serves clients.
pub(crate) struct Thread {
    current: Arc<ArcSwap<Shared>>,
    pool: Arc<Pool>,
}

impl Thread {
    /// With the configuration of now.
    pub(crate) fn worker(&self) -> Arc<Worker> {
        Arc::new(Worker {
            shared: self.current.load_full(),
            pool: Arc::clone(&self.pool),
        })
    }

    pub(crate) fn is_current(&self, worker: &Worker) -> bool {
        Arc::ptr_eq(&self.current.load(), &worker.shared)
    }
}

/// Serve here, too, until the token says no.
type Order = (Bound, CancellationToken);

/// What somebody asks of the whole edge, through its API.
#[derive(Debug)]
pub struct Wish {
    pub what: Wanted,
    /// What came of it, in words; or why nothing did.
    pub answer: oneshot::Sender<Result<String, String>>,
}

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Read the configuration anew.
    Reload,
    /// Let a new process take over.
    Upgrade,
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
    #[error("a socket that was handed to the edge can not be used: {0}")]
    Inherited(io::Error),
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
    /// Of the start: what lives on is the same in all.
    shared: Arc<Shared>,
    current: Arc<ArcSwap<Shared>>,
    config: EdgeConfig,
    addresses: Vec<SocketAddr>,
    plain_addresses: Vec<SocketAddr>,
    api_address: SocketAddr,
    metrics_address: Option<SocketAddr>,
    /// For people.
    doors: Vec<Door>,
    /// Of the API, of the metrics, and of those who come without TLS.
    other_doors: Vec<Door>,
    orders: Vec<mpsc::Sender<Order>>,
    wished: mpsc::Receiver<Wish>,
    threads: Vec<JoinHandle<()>>,
    api_thread: Option<JoinHandle<()>>,
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
        Self::start_with(config, clock, Inheritance::default())
    }

    /// The same, going on where another process stops.
    ///
    /// # Errors
    /// If the configuration, an address or what is inherited can not be used.
    pub fn start_with(config: EdgeConfig, clock: Arc<dyn Clock>, inheritance: Inheritance) -> Result<Self, EdgeError> {
        if config.auth_token.is_empty() {
            return Err(EdgeError::NoToken);
        }
        let count = thread_count(config.threads);
        let mut opener = Opener::new(inheritance.sockets)?;
        let api_door = opener.api(&config)?;
        let metrics_door = opener.metrics(&config)?;
        let doors = opener.people(&config, count)?;
        if doors.is_empty() {
            return Err(EdgeError::NoAddress);
        }
        let plain_doors = opener.without_tls(&config)?;
        let addresses: Vec<SocketAddr> = doors.iter().filter_map(Door::address).collect();
        let port = addresses.first().map_or(443, SocketAddr::port);
        let tls = Arc::new(Tls::new(&config, port, Arc::clone(&clock))?);
        let table = Arc::new(routes(&config, inheritance.routes.as_deref(), &*clock)?);
        let store = config.routes_store.as_ref();
        let store = store.map(|address| Address::parse(address.expose())).transpose()?;
        let (store, follower) = Store::new(Arc::clone(&table), store);
        let shared = Arc::new(shared(&config, count, table, tls, clock)?);
        let (wishes, wished) = mpsc::channel(MOST_WISHES);
        let api = Api::new(Arc::clone(&shared), config.auth_token.clone(), store, wishes);
        let mut edge = Self {
            current: Arc::new(ArcSwap::new(Arc::clone(&shared))),
            addresses,
            plain_addresses: plain_doors.iter().filter_map(Door::address).collect(),
            api_address: api_door.address().unwrap_or(config.api_listen),
            metrics_address: metrics_door.as_ref().and_then(Door::address),
            doors: Vec::new(),
            other_doors: Vec::new(),
            orders: Vec::new(),
            wished,
            threads: Vec::new(),
            api_thread: None,
            shared,
            config,
        };
        for index in 0..count {
            edge.begin_thread(index)?;
        }
        for door in doors {
            edge.open(door)?;
        }
        edge.begin_tls(plain_doors)?;
        let api_doors = (api_door, metrics_door);
        edge.begin_api(count, api_doors, move |doors, file| {
            api::run(api, doors, file, follower)
        })?;
        info!(addresses = ?edge.addresses, api = %edge.api_address, threads = count, routes = edge.routes().len(), "the edge listens");
        Ok(edge)
    }

    fn begin_thread(&mut self, index: usize) -> Result<(), EdgeError> {
        let (orders, receiver) = mpsc::channel(MOST_ORDERS);
        let current = Arc::clone(&self.current);
        let begun = thread(format!("edge-{index}"), move || work(index, current, receiver))?;
        self.threads.push(begun);
        self.orders.push(orders);
        Ok(())
    }

    /// Serves people at a door.
    fn open(&mut self, door: Door) -> Result<(), EdgeError> {
        let all = door.for_threads(self.orders.len()).map_err(EdgeError::Threads)?;
        for (orders, sockets) in self.orders.iter().zip(all) {
            for socket in sockets {
                let sent = orders.try_send((socket, door.close.clone()));
                sent.map_err(|error| EdgeError::Threads(io::Error::other(error.to_string())))?;
            }
        }
        self.doors.push(door);
        Ok(())
    }

    /// Watches over certificates, and sends those who come without TLS to where it is.
    fn begin_tls(&mut self, doors: Vec<Door>) -> Result<(), EdgeError> {
        if doors.is_empty() && !self.shared.tls.has_files() {
            return Ok(());
        }
        let mut sockets = Vec::new();
        for door in &doors {
            if let Bound::Tcp(listener) = &door.sockets[0] {
                sockets.push(listener.try_clone().map_err(EdgeError::Threads)?);
            }
        }
        let shared = Arc::clone(&self.shared);
        self.threads
            .push(thread("edge-tls".into(), move || tls::run(shared, sockets))?);
        self.other_doors.extend(doors);
        Ok(())
    }

    fn begin_api(
        &mut self,
        slot: usize,
        (door, metrics): (Door, Option<Door>),
        run: impl FnOnce(api::Doors, Option<PathBuf>) + Send + 'static,
    ) -> Result<(), EdgeError> {
        let socket = |door: &Door| door.sockets[0].again().map_err(EdgeError::Threads);
        let doors = api::Doors {
            api: socket(&door)?,
            metrics: metrics.as_ref().map(socket).transpose()?,
        };
        self.other_doors.extend(std::iter::once(door).chain(metrics));
        let file = self.config.routes_file.clone();
        self.api_thread = Some(thread("edge-api".into(), move || {
            Observer::count_here(slot);
            run(doors, file);
        })?);
        Ok(())
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

    #[cfg(feature = "fuzzing")]
    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
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

    /// Takes another configuration for all who come from now on; whoever is connected stays so. Tells which keys it can
    /// not change without another process.
    ///
    /// # Errors
    /// If anything in it can not be used; then nothing has changed.
    pub fn reload(&mut self, config: EdgeConfig) -> Result<Vec<&'static str>, EdgeError> {
        let next = Shared::clone(&self.current.load()).configured(&config);
        let opened = next.and_then(|next| Ok((next, self.missing_doors(&config)?)));
        let opened = opened.and_then(|opened| log_to(&self.shared, config.access_log.as_ref()).map(|()| opened));
        let (next, opened) = opened.inspect_err(|_| {
            // Limits are the same in all; those of before are good.
            let _ = Shared::clone(&self.current.load()).configured(&self.config);
        })?;
        set_default_target(&self.shared.table, &config, &*self.shared.clock)?;
        self.current.store(Arc::new(next));
        let wanted = places(&config);
        let gone = self
            .doors
            .extract_if(.., |door| !door.given && !wanted.contains(&door.place));
        for door in gone {
            info!(address = %door.place, "nobody is let in here any more");
            door.close.cancel();
        }
        for door in opened {
            self.open(door)?;
        }
        self.addresses = self.doors.iter().filter_map(Door::address).collect();
        let unchanged = needs_a_new_process(&self.config, &config);
        self.config = config;
        Ok(unchanged)
    }

    /// Opens what the configuration names and nobody serves yet.
    fn missing_doors(&self, config: &EdgeConfig) -> Result<Vec<Door>, EdgeError> {
        if self.doors.iter().any(|door| door.given) {
            return Ok(Vec::new());
        }
        if places(config).is_empty() {
            return Err(EdgeError::NoAddress);
        }
        let mut opener = Opener::new(Vec::new())?;
        let missing = places(config)
            .into_iter()
            .filter(|place| self.doors.iter().all(|door| door.place != *place));
        missing
            .map(|place| opener.door(Purpose::People, place, self.orders.len()))
            .collect()
    }

    /// Comes back when somebody asks something of the whole edge.
    pub async fn wished(&mut self) -> Wish {
        match self.wished.recv().await {
            Some(wish) => wish,
            // The API has ended.
            None => std::future::pending().await,
        }
    }

    /// Opens the access log's file anew: somebody has moved the old one away.
    pub fn reopen_log(&self) {
        self.shared.observer.reopen_log();
    }

    /// Everything that another process needs to go on from here. Until `keep` or the end of this edge the API changes
    /// nothing; people are served by both.
    ///
    /// # Errors
    /// If the system gives no copies of the sockets.
    pub async fn bequeath(&self) -> io::Result<Inheritance> {
        let _nobody_changes = self.shared.changes.write().await;
        self.shared.handing.send_replace(true);
        let all = self.doors.iter().chain(&self.other_doors);
        let sockets: io::Result<Vec<_>> = all.map(Door::bequeathed).collect();
        Ok(Inheritance {
            sockets: sockets?.into_iter().flatten().collect(),
            routes: Some(persist::told(&self.shared.table)?),
        })
    }

    /// Nobody took over: this edge goes on.
    pub fn keep(&self) {
        self.shared.handing.send_replace(false);
    }

    /// Stops accepting, waits for running requests and tunnels up to the configured limit, then saves the routes and
    /// ends. What was bequeathed is left to who has it. Needs a tokio runtime with time.
    pub async fn drain(mut self) -> Drained {
        self.shared.leaving.store(true, Ordering::Relaxed);
        if !*self.shared.handing.borrow() {
            tokio::time::sleep(self.config.drain_notice).await;
        }
        self.shared.stop.cancel();
        self.doors.clear();
        self.other_doors.clear();
        self.orders.clear();
        self.shared.tasks.close();
        let finished = tokio::time::timeout(self.config.drain, self.shared.tasks.wait())
            .await
            .is_ok();
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

/// What can't change in a running edge, and does so with this configuration.
fn needs_a_new_process(now: &EdgeConfig, next: &EdgeConfig) -> Vec<&'static str> {
    let changed = [
        ("threads", now.threads != next.threads),
        (
            "api_listen",
            now.api_listen != next.api_listen || now.api_socket != next.api_socket,
        ),
        ("auth_token", now.auth_token != next.auth_token),
        ("routes_store", now.routes_store != next.routes_store),
        ("routes_file", now.routes_file != next.routes_file),
        ("tls", format!("{:?}", tls_of(now)) != format!("{:?}", tls_of(next))),
        ("host_routing", now.host_routing != next.host_routing),
        (
            "metrics_listen",
            now.metrics_listen != next.metrics_listen || now.metrics_socket != next.metrics_socket,
        ),
    ];
    changed
        .into_iter()
        .filter_map(|(key, changed)| changed.then_some(key))
        .collect()
}

fn tls_of(config: &EdgeConfig) -> impl std::fmt::Debug {
    (
        &config.tls,
        &config.api_tls,
        &config.target_tls,
        &config.redirect,
        &config.hsts,
    )
}

fn places(config: &EdgeConfig) -> Vec<Place> {
    let files = config.listen_socket.iter().cloned().map(Place::File);
    config.listen.iter().copied().map(Place::Address).chain(files).collect()
}

fn shared(
    config: &EdgeConfig,
    threads: usize,
    table: Arc<RouteTable>,
    tls: Arc<Tls>,
    clock: Arc<dyn Clock>,
) -> Result<Shared, EdgeError> {
    let observer = Arc::new(Observer::new(threads, Arc::clone(&clock)));
    let bare = Shared {
        table,
        limits: config.limits.clone(),
        trusted: Vec::new(),
        error_target: None,
        error_files: None,
        rewrite: config.rewrite.clone(),
        hub_proof: config.hub_proof.clone(),
        tls,
        room: Room::new(config.limits.connections, Arc::clone(&observer)),
        limits_per_client: Clients::new(config.limits.per_client, config.trusted.clone()),
        proxy_protocol: Vec::new(),
        tunnels: Arc::new(AtomicUsize::new(0)),
        observer,
        traces: None,
        machine: config.machine.clone(),
        leaving: Arc::new(AtomicBool::new(false)),
        handing: watch::Sender::new(false),
        changes: Arc::default(),
        tasks: TaskTracker::new(),
        stop: CancellationToken::new(),
        end: CancellationToken::new(),
        clock,
    };
    log_to(&bare, config.access_log.as_ref())?;
    bare.configured(config)
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

/// The routes that were told, or else the saved ones.
fn routes(config: &EdgeConfig, told: Option<&[u8]>, clock: &dyn Clock) -> Result<RouteTable, EdgeError> {
    let table = RouteTable::new(config.host_routing);
    if let Some(told) = told {
        table.replace(persist::heard(told));
    } else if let Some(file) = &config.routes_file {
        persist::load(&table, file).map_err(|error| EdgeError::Routes {
            file: file.clone(),
            error,
        })?;
    }
    set_default_target(&table, config, clock)?;
    Ok(table)
}

/// The default target is the root's unless one was set by the API.
fn set_default_target(table: &RouteTable, config: &EdgeConfig, clock: &dyn Clock) -> Result<(), EdgeError> {
    let default = parsed("default_target", config.default_target.as_deref())?;
    if let Ok(Some(root)) = table.get("/") {
        let same = default
            .as_ref()
            .is_some_and(|target| target.as_str() == root.target().as_str());
        if root.saved || same {
            return Ok(());
        }
    }
    match default.map(|target| Route::new("/", target, Map::new(), clock.now())) {
        Some(Ok(route)) => table.add(route.unsaved()),
        _ => drop(table.remove("/")),
    }
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

fn work(index: usize, current: Arc<ArcSwap<Shared>>, mut orders: mpsc::Receiver<Order>) {
    Observer::count_here(index);
    let shared = current.load_full();
    run_until_end(&shared.end, async {
        let pool = Arc::new(Pool::new(shared.limits.upstream_idle));
        let thread = Arc::new(Thread { current, pool });
        while let Some((socket, close)) = orders.recv().await {
            tokio::spawn(entry::accept(Arc::clone(&thread), socket.serve()?, close));
        }
        Ok(())
    });
}
