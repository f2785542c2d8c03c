//! One running application, put together as the binary does it.

use std::collections::BTreeMap;
use std::net::{SocketAddr, UdpSocket};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Once};
use std::time::Duration;

use perijove_auth::Authenticator;
use perijove_auth::password::Passwords;
use perijove_config::{Config, Database};
use perijove_edge::{Edge, EdgeConfig};
use perijove_hub::auth_state::AuthStates;
use perijove_hub::keys::Keys;
use perijove_hub::routes::chp::ChpRoutes;
use perijove_hub::signin::methods::{self, Means};
use perijove_hub::{Hub, Parts};
use perijove_model::{Clock, MockClock, Rng, Secret, SeededRng};
use perijove_spawn::Spawners;
use perijove_spawn::fake::FakeSpawner;
use perijove_spawn::fake_services::FakeServices;
use perijove_store::{OpenOptions, Store};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::Browser;

/// What an application is started with.
#[derive(Default)]
pub struct Builder {
    toml: String,
    database: Option<String>,
    starts: u64,
    authenticators: Option<Vec<Arc<dyn Authenticator>>>,
}

impl Builder {
    /// Lines of `perijove.toml`. What they do not name the kit writes itself: for `[[auth]]` that is [`ANYBODY`], for
    /// `[access]` it is [`OPEN`]. A test of who is let in has to write its own `[access]`.
    #[must_use]
    pub fn config(mut self, toml: &str) -> Self {
        self.toml = toml.to_owned();
        self
    }

    /// Another database than a fresh SQLite file.
    #[must_use]
    pub fn database(mut self, url: &str) -> Self {
        self.database = Some(url.to_owned());
        self
    }

    /// As if it had been started so often before, on that database: it draws other random numbers than it did then.
    #[must_use]
    pub fn started_before(mut self, times: u64) -> Self {
        self.starts = times;
        self
    }

    /// These instead of those that the configuration names; none at all is a choice, too.
    #[must_use]
    pub fn authenticators(mut self, authenticators: Vec<Arc<dyn Authenticator>>) -> Self {
        self.authenticators = Some(authenticators);
        self
    }

    pub async fn start(mut self) -> App {
        logged();
        if self.database.is_none() {
            self.database = fresh_on_postgres().await;
        }
        let dir = Arc::new(TempDir::new().expect("a temporary directory"));
        let (address, reserved) = free_address();
        let config = load(&self, dir.path(), address);
        let edge = start_edge(&config, dir.path());
        let clock = Arc::new(MockClock::default());
        let world = World {
            dir,
            config,
            clock,
            spawner: FakeSpawner::new(),
            other_spawner: FakeSpawner::named("other"),
            services: FakeServices::default(),
            edge_api: edge.api_address(),
            edge: Some(Arc::new(edge)),
            starts: self.starts + 1,
            authenticators: self.authenticators,
            _reserved: Arc::new(reserved),
        };
        App::with(world).await
    }
}

/// What outlives a hub.
#[derive(Clone)]
struct World {
    dir: Arc<TempDir>,
    config: Arc<Config>,
    clock: Arc<MockClock>,
    spawner: FakeSpawner,
    other_spawner: FakeSpawner,
    services: FakeServices,
    /// `None` once it was ended.
    edge: Option<Arc<Edge>>,
    edge_api: SocketAddr,
    starts: u64,
    authenticators: Option<Vec<Arc<dyn Authenticator>>>,
    _reserved: Arc<UdpSocket>,
}

/// A second hub on the same database, at an address of its own.
pub struct Replica {
    pub hub: Arc<Hub>,
    /// `http://127.0.0.1:PORT`, past the edge.
    pub url: String,
    base_url: String,
    serving: JoinHandle<()>,
}

impl Replica {
    /// A new browser that talks to this hub only.
    #[must_use]
    pub fn browser(&self) -> Browser {
        Browser::new(&self.url, &self.base_url)
    }

    pub async fn stop(self) {
        self.hub.stop().await;
        self.serving.await.expect("the hub's server ends");
    }
}

/// A hub and all that belongs to it.
pub struct App {
    pub hub: Arc<Hub>,
    pub clock: Arc<MockClock>,
    pub spawner: FakeSpawner,
    /// A second backend, named `other`.
    pub other_spawner: FakeSpawner,
    pub services: FakeServices,
    /// `http://127.0.0.1:PORT` of the edge, as people reach it.
    pub url: String,
    world: World,
    serving: JoinHandle<()>,
}

impl App {
    #[must_use]
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The usual one, with [`ANYBODY`] and [`OPEN`].
    pub async fn start() -> Self {
        Self::builder().start().await
    }

    async fn with(world: World) -> Self {
        let hub = Hub::new(parts(&world).await);
        hub.start().await.expect("the hub starts");
        let listener = listen(world.config.hub.listen).await;
        let serving = tokio::spawn(perijove_hub::http::serve(Arc::clone(&hub), listener));
        let edge = world.edge.as_ref().expect("the edge runs");
        let url = format!("http://{}", edge.addresses()[0]);
        let app = Self {
            hub,
            clock: Arc::clone(&world.clock),
            spawner: world.spawner.clone(),
            other_spawner: world.other_spawner.clone(),
            services: world.services.clone(),
            url,
            world,
            serving,
        };
        app.routed().await;
        app
    }

    /// Ends this hub in an orderly way and starts another on the same database; edge, clock and servers stay.
    pub async fn restart(self) -> Self {
        self.hub.stop().await;
        self.serving.await.expect("the hub's server ends");
        let mut world = self.world;
        world.starts += 1;
        Self::with(world).await
    }

    /// The same with another configuration.
    pub async fn restart_with(mut self, toml: &str) -> Self {
        let builder = Builder {
            toml: toml.to_owned(),
            database: Some(database_url(&self.world.config)),
            ..Builder::default()
        };
        self.world.config = load(&builder, self.world.dir.path(), self.world.config.hub.listen);
        self.restart().await
    }

    /// A second hub on the same database, without an address of its own.
    pub async fn second_hub(&self) -> Arc<Hub> {
        let mut world = self.world.clone();
        world.starts += 100;
        let hub = Hub::new(parts(&world).await);
        hub.start().await.expect("the second hub starts");
        hub
    }

    /// The same with an address, so that browsers can ask it.
    pub async fn replica(&self) -> Replica {
        let hub = self.second_hub().await;
        let listener = listen(SocketAddr::from(([127, 0, 0, 1], 0))).await;
        let url = format!("http://{}", listener.local_addr().expect("its address"));
        let serving = tokio::spawn(perijove_hub::http::serve(Arc::clone(&hub), listener));
        let base_url = self.world.config.hub.base_url.to_string();
        Replica {
            hub,
            url,
            base_url,
            serving,
        }
    }

    /// The edge goes away. Replicas must have been dropped before.
    pub async fn end_edge(&mut self) {
        let edge = self.world.edge.take().expect("the edge runs");
        let edge = Arc::into_inner(edge).expect("nobody else has the edge");
        edge.drain().await;
    }

    /// Where the hub itself listens.
    #[must_use]
    pub fn hub_address(&self) -> SocketAddr {
        self.world.config.hub.listen
    }

    /// Where people's requests arrive.
    #[must_use]
    pub fn edge_address(&self) -> SocketAddr {
        self.world.edge.as_ref().expect("the edge runs").addresses()[0]
    }

    /// A new browser that talks to the hub past the edge.
    #[must_use]
    pub fn browser_at_hub(&self) -> Browser {
        Browser::new(
            &format!("http://{}", self.hub_address()),
            self.world.config.hub.base_url.as_str(),
        )
    }

    /// A new browser, not signed in.
    #[must_use]
    pub fn browser(&self) -> Browser {
        Browser::new(&self.url, self.world.config.hub.base_url.as_str())
    }

    /// A new browser of this person.
    pub async fn sign_in(&self, name: &str) -> Browser {
        let browser = self.browser();
        browser.sign_in(name, "password").await;
        browser
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        self.world.dir.path()
    }

    /// Where its database is, for another program.
    #[must_use]
    pub fn database(&self) -> String {
        database_url(&self.world.config)
    }

    #[must_use]
    pub fn config(&self) -> &Config {
        &self.world.config
    }

    /// Waits until people reach the hub through the edge.
    async fn routed(&self) {
        let browser = self.browser();
        for _ in 0..500 {
            if browser.get("hub/api/").await.status == 200 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the hub was not reached through the edge within 5 s");
    }
}

/// Where `PERIJOVE_TESTKIT_LOG` is set, a test that fails shows what the hub did. Not everywhere: a process has one
/// subscriber, and tests of the log bring their own.
fn logged() {
    static ONCE: Once = Once::new();
    #[expect(
        clippy::disallowed_methods,
        reason = "tests are told by the environment what is wanted"
    )]
    let wanted = std::env::var_os("PERIJOVE_TESTKIT_LOG").is_some();
    if wanted {
        // The edge has threads of its own, of which nobody knows which test they serve.
        let ours = Targets::new().with_targets(
            ["perijove::access", "perijove_hub", "perijove_store"].map(|ours| (ours, LevelFilter::DEBUG)),
        );
        let lines = tracing_subscriber::fmt::layer().with_ansi(false).with_test_writer();
        ONCE.call_once(|| tracing_subscriber::registry().with(ours).with(lines).init());
    }
}

/// Where `PERIJOVE_TESTKIT_POSTGRES` names a PostgreSQL server that may be littered, each application gets a new
/// database there instead of a SQLite file, so that every test can be run on both.
async fn fresh_on_postgres() -> Option<String> {
    static MADE: AtomicU32 = AtomicU32::new(0);
    #[expect(
        clippy::disallowed_methods,
        reason = "tests are told by the environment what is there"
    )]
    let server = std::env::var("PERIJOVE_TESTKIT_POSTGRES").ok()?;
    let number = MADE.fetch_add(1, Ordering::Relaxed);
    let name = format!("testkit_{}_{number}", std::process::id());
    let (client, connection) = tokio_postgres::connect(&server, tokio_postgres::NoTls)
        .await
        .expect("the PostgreSQL server answers");
    let connection = tokio::spawn(connection);
    client
        .batch_execute(&format!("CREATE DATABASE {name}"))
        .await
        .expect("a new database");
    drop(client);
    let _ = connection.await;
    let (server, _) = server.rsplit_once('/').expect("the URL of a database");
    Some(format!("{server}/{name}"))
}

/// Who comes, where a test does not say: anybody, by any name and with any password.
pub const ANYBODY: &str = "[[auth]]\nkind = \"dummy\"\n";
/// Who is let in, where a test does not say: everybody, and `ruth` is an administrator.
pub const OPEN: &str = "[access]\nallow_all = true\nadmin_users = [\"ruth\"]\n";

fn load(builder: &Builder, dir: &Path, address: SocketAddr) -> Arc<Config> {
    let toml = builder.toml.clone();
    let unless = |named: &str, usual| if toml.contains(named) { "" } else { usual };
    let text = format!("{}{}{toml}", unless("[[auth]]", ANYBODY), unless("[access]", OPEN));
    let file = dir.join("perijove.toml");
    let database = builder.database.clone();
    let env = |name: &str| match name {
        "PERIJOVE_HUB_LISTEN" => Some(address.to_string()),
        "PERIJOVE_HUB_DATA_DIR" => Some(dir.display().to_string()),
        "PERIJOVE_HUB_DATABASE" => database.clone(),
        "PERIJOVE_EDGE_AUTH_TOKEN" => Some("edge-token-of-the-test".into()),
        _ => None,
    };
    let config = perijove_config::load(Some((&file, &text)), &env, &|path| std::fs::read_to_string(path));
    Arc::new(config.unwrap_or_else(|errors| panic!("the test's configuration is wrong:\n{errors}")))
}

/// A port that is free now and below those that the system gives to connections: over a restart nothing takes it. Tests of
/// another process, which look for one at the same time, are kept from it by what nobody here uses: the same port of UDP.
fn free_address() -> (SocketAddr, UdpSocket) {
    static TRIED: AtomicU32 = AtomicU32::new(0);
    for _ in 0..9000 {
        let number = (std::process::id() % 9000) * 61 + TRIED.fetch_add(1, Ordering::Relaxed);
        let port = u16::try_from(10_000 + number % 9000).expect("a port");
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        if let Ok(reserved) = UdpSocket::bind(address)
            && std::net::TcpListener::bind(address).is_ok()
        {
            return (address, reserved);
        }
    }
    panic!("there is no free port from 10000 to 19000");
}

async fn listen(address: SocketAddr) -> tokio::net::TcpListener {
    for _ in 0..100 {
        match tokio::net::TcpListener::bind(address).await {
            Ok(listener) => return listener,
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
    panic!("{address} is taken");
}

/// What hub and edge share.
pub const EDGE_TOKEN: &str = "edge-token-of-the-test";

fn start_edge(config: &Config, dir: &Path) -> Edge {
    let mut edge = EdgeConfig::new(Secret::new(EDGE_TOKEN));
    edge.listen = vec![SocketAddr::from(([127, 0, 0, 1], 0))];
    edge.api_listen = SocketAddr::from(([127, 0, 0, 1], 0));
    edge.default_target = Some(format!("http://{}", config.hub.listen));
    edge.error_target = Some(format!("http://{}{}hub/error", config.hub.listen, config.hub.base_url));
    edge.routes_file = Some(dir.join("edge-routes.json"));
    edge.hub_proof = Some(perijove_model::token::by_the_edge(&edge.auth_token));
    edge.threads = 1;
    edge.drain = Duration::from_secs(1);
    Edge::start(edge, Arc::new(MockClock::default())).expect("the edge starts")
}

async fn parts(world: &World) -> Parts {
    let config = Arc::clone(&world.config);
    let rng: Arc<dyn Rng> = Arc::new(SeededRng::new(world.starts));
    let store = Store::open(&database_url(&config), OpenOptions::default())
        .await
        .expect("the database opens");
    let passwords = Passwords::new(Arc::clone(&rng));
    let keys = Keys::new(b"the cookie secret of the test kit".to_vec());
    let clock = Arc::clone(&world.clock) as Arc<dyn Clock>;
    let means = Means {
        store: &store,
        passwords: &passwords,
        keys: &keys,
        clock: &clock,
        rng: &rng,
        edge: perijove_model::token::by_the_edge(&Secret::new(EDGE_TOKEN)),
        programs: std::path::PathBuf::new(),
    };
    let configured = || methods::of(&config, &means).expect("the test's ways to sign in");
    let authenticators = world.authenticators.clone().unwrap_or_else(configured);
    let api = format!("http://{}", world.edge_api);
    let routes = ChpRoutes::new(&url::Url::parse(&api).expect("a URL"), Secret::new(EDGE_TOKEN));
    Parts {
        clock,
        courier: perijove_hub::mail::courier(&config).expect("the test's mail server"),
        keys,
        auth_states: AuthStates::new(&config.hub.crypt_keys).expect("the test's keys"),
        authenticators,
        policy: perijove_hub::signin::policy(&config),
        spawners: Spawners::new(Arc::new(world.spawner.clone())).and(Arc::new(world.other_spawner.clone())),
        services: Arc::new(world.services.clone()),
        environments: perijove_hub::environments::of(&config, tools(), Arc::clone(&world.clock) as Arc<dyn Clock>),
        routes: Arc::new(routes),
        pages: perijove_hub::startup::pages(&config).expect("the pages"),
        catalog: perijove_hub::startup::catalog(&config).expect("the test's scopes"),
        replica: format!("hub-{}", world.starts),
        store,
        rng,
        passwords,
        config,
    }
}

/// For what is run beside the hub.
fn tools() -> BTreeMap<String, String> {
    BTreeMap::from([("PATH".to_owned(), "/usr/local/bin:/usr/bin:/bin".to_owned())])
}

fn database_url(config: &Config) -> String {
    match config.hub.database() {
        Database::Sqlite(path) => path.display().to_string(),
        Database::SqliteMemory => ":memory:".into(),
        Database::Postgres(url) => url.expose().to_owned(),
    }
}
