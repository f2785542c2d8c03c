//! Hubs that share one database, one backend and one proxy.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::StreamExt;
use perijove_auth::password::Passwords;
use perijove_auth::policy::Policy;
use perijove_config::Config;
use perijove_hub::keys::Keys;
use perijove_hub::routes::map::MapRoutes;
use perijove_hub::servers::{self, Begun, Refused, Start};
use perijove_hub::{Hub, Parts, tasks};
use perijove_model::server::Phase;
use perijove_model::{Clock, MockClock, Rng, SeededRng, ServerName};
use perijove_spawn::Spawners;
use perijove_spawn::fake::FakeSpawner;
use perijove_spawn::fake_services::FakeServices;
use perijove_store::roles::RoleSpec;
use perijove_store::spawners::{self, Spawner};
use perijove_store::users::{self, User};
use perijove_store::{OpenOptions, Store, roles, tokens};
use perijove_web::Pages;
use serde_json::Value;

/// Long enough for a slow machine; no test waits for its end when all is well.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct Setup {
    database: String,
    _dir: tempfile::TempDir,
    pub(crate) config: Config,
    pub(crate) clock: Arc<MockClock>,
    pub(crate) backend: FakeSpawner,
    pub(crate) routes: Arc<MapRoutes>,
    hubs: Mutex<Vec<Arc<Hub>>>,
}

impl Setup {
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    pub(crate) fn with(change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::default();
        config.hub.allow_named_servers = true;
        config.spawner.poll_interval = Duration::from_millis(50);
        change(&mut config);
        let dir = tempfile::tempdir().unwrap();
        Self {
            database: dir.path().join("hub.sqlite").to_str().unwrap().to_owned(),
            _dir: dir,
            config,
            clock: Arc::new(MockClock::default()),
            backend: FakeSpawner::new(),
            routes: Arc::new(MapRoutes::default()),
            hubs: Mutex::default(),
        }
    }

    /// On SQLite, and on the PostgreSQL server that `PERIJOVE_TEST_POSTGRES` names: hubs meet in the database.
    pub(crate) async fn everywhere() -> Vec<Self> {
        let mut setups = vec![Self::new()];
        #[expect(
            clippy::disallowed_methods,
            reason = "tests are told by the environment what is there"
        )]
        let server = std::env::var("PERIJOVE_TEST_POSTGRES");
        match server {
            Ok(server) => {
                let mut setup = Self::new();
                setup.database = fresh_database(&server).await;
                setups.push(setup);
            }
            Err(_) => skip("hubs on PostgreSQL", "PERIJOVE_TEST_POSTGRES is not set"),
        }
        setups
    }

    /// Takes away what was made on a server of somebody else's.
    pub(crate) async fn discard(self) {
        let database = self.database.clone();
        drop(self);
        if let Some((server, name)) = database
            .strip_prefix("postgresql:")
            .and_then(|url| url.rsplit_once('/'))
        {
            let client = connect(&format!("postgresql:{server}/postgres")).await;
            client
                .batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)"))
                .await
                .unwrap();
        }
    }

    async fn store(&self) -> Store {
        Store::open(&self.database, OpenOptions::default()).await.unwrap()
    }

    /// A hub that does nothing yet.
    pub(crate) async fn idle_hub(&self) -> Arc<Hub> {
        let mut hubs = self.hubs.lock().unwrap().len() as u64;
        hubs += 1;
        let rng: Arc<dyn Rng> = Arc::new(SeededRng::new(hubs));
        let store = self.store().await;
        let server_role = RoleSpec {
            name: "server".into(),
            description: "a server".into(),
            scopes: vec!["users:activity!user".into(), "access:servers!server".into()],
            users: None,
            groups: None,
            services: None,
        };
        let user_role = RoleSpec {
            name: "user".into(),
            description: "a user".into(),
            scopes: vec!["self".into()],
            ..server_role.clone()
        };
        let tx = store.begin().await.unwrap();
        roles::sync(&tx, &[server_role, user_role], &[]).await.unwrap();
        tx.commit().await.unwrap();
        let hub = Hub::new(Parts {
            courier: None,
            config: Arc::new(self.config.clone()),
            catalog: perijove_model::scopes::Catalog::default(),
            store,
            clock: self.clock.clone() as Arc<dyn Clock>,
            rng: rng.clone(),
            keys: Keys::new(vec![0; 32]),
            auth_states: Default::default(),
            authenticators: Vec::new(),
            policy: Policy::default(),
            passwords: Passwords::new(rng),
            spawners: Spawners::new(Arc::new(self.backend.clone())),
            services: Arc::new(FakeServices::default()),
            environments: perijove_hub::environments::of(&self.config, Default::default(), self.clock.clone()),
            routes: self.routes.clone(),
            pages: Pages::new(&[]).unwrap(),
            replica: format!("hub-{hubs}"),
        });
        self.hubs.lock().unwrap().push(hub.clone());
        hub
    }

    /// A hub at work.
    pub(crate) async fn hub(&self) -> Arc<Hub> {
        let hub = self.idle_hub().await;
        tasks::spawn_all(&hub);
        hub
    }

    /// A hub that dies right after it has written this phase, its leases still held.
    pub(crate) async fn doomed_hub(&self, at: Phase) -> Arc<Hub> {
        let hub = self.idle_hub().await;
        let stop = hub.stop.clone();
        hub.wakeup.probe(Arc::new(move |phase| {
            if phase == at && !stop.is_cancelled() {
                stop.cancel();
                panic!("dies here, as the test wants");
            }
        }));
        tasks::spawn_all(&hub);
        hub
    }

    /// What a dead hub held becomes free.
    pub(crate) fn leases_expire(&self) {
        self.clock.advance(jiff::SignedDuration::from_mins(5));
    }
}

impl Drop for Setup {
    fn drop(&mut self) {
        for hub in self.hubs.lock().unwrap().iter() {
            hub.stop.cancel();
        }
    }
}

async fn fresh_database(server: &str) -> String {
    static MADE: AtomicU32 = AtomicU32::new(0);
    let number = MADE.fetch_add(1, Ordering::Relaxed);
    let name = format!("perijove_hubs_{}_{number}", std::process::id());
    let client = connect(server).await;
    client.batch_execute(&format!("CREATE DATABASE {name}")).await.unwrap();
    let (server, _) = server.rsplit_once('/').unwrap();
    format!("{server}/{name}")
}

async fn connect(server: &str) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(server, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

pub(crate) async fn user(hub: &Hub, name: &str) -> User {
    let cookie_id = format!("cookie-of-{name}");
    match users::by_name(&hub.store, name).await.unwrap() {
        Some(user) => user,
        None => users::create(&hub.store, name, false, &cookie_id, hub.clock.now())
            .await
            .unwrap(),
    }
}

pub(crate) async fn start(hub: &Arc<Hub>, user_name: &str, server: &str) -> Result<Begun, Refused> {
    let user = user(hub, user_name).await;
    let server = ServerName::existing(server).unwrap();
    servers::request_start(hub, wish(&user, &server)).await
}

/// A start that nobody has asked for.
pub(crate) fn wish<'a>(user: &'a User, server: &'a ServerName) -> Start<'a> {
    Start {
        by: None,
        user,
        server,
        options: None,
        display_name: None,
    }
}

/// Also a phase in which nobody but a test waits.
pub(crate) async fn until(hub: &Hub, id: i64, phase: Phase) -> Spawner {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    loop {
        let spawner = row(hub, id).await;
        if spawner.run.phase == phase {
            return spawner;
        }
        assert!(tokio::time::Instant::now() < deadline, "{:?}", spawner.run);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

pub(crate) async fn row(hub: &Hub, id: i64) -> Spawner {
    spawners::by_id(&hub.store, id)
        .await
        .unwrap()
        .expect("the row is there")
}

/// All events to the final one.
pub(crate) async fn events(hub: &Arc<Hub>, id: i64) -> Vec<Value> {
    let events = servers::progress(hub, id, servers::For::Programs).collect::<Vec<_>>();
    tokio::time::timeout(PATIENCE, events).await.expect("the stream ends")
}

/// The tokens that servers of this user hold.
pub(crate) async fn server_tokens(hub: &Hub, user_id: i64) -> Vec<tokens::Token> {
    let mut all = tokens::of_user(&hub.store, user_id, hub.clock.now()).await.unwrap();
    all.retain(|token| token.note.as_deref().is_some_and(|note| note.starts_with("Server at ")));
    all
}

pub(crate) async fn eventually(what: &str, mut done: impl AsyncFnMut() -> bool) {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    while !done().await {
        assert!(tokio::time::Instant::now() < deadline, "{what} did not come about");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A check that can't be made is never called passed: it is said on standard error, and in the file that
/// `PERIJOVE_SKIPPED` names, since the output of a passing test is not shown.
#[expect(
    clippy::disallowed_methods,
    reason = "tests are told by the environment what is there"
)]
pub(crate) fn skip(what: &str, why: &str) {
    use std::io::Write as _;
    let line = format!("{what}: {why}");
    eprintln!("SKIPPED {line}");
    if let Ok(path) = std::env::var("PERIJOVE_SKIPPED") {
        let file = std::fs::OpenOptions::new().create(true).append(true).open(path);
        writeln!(file.unwrap(), "{line}").unwrap();
    }
}
