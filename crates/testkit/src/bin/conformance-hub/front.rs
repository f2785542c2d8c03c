//! The listener: looks at the settings file before each request, and when it has changed, puts a new hub in the old
//! one's place. All truth is in the database, so a new hub is as good as the old one.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use perijove_auth::password::Passwords;
use perijove_config::Config;
use perijove_edge::{Edge, EdgeConfig};
use perijove_hub::auth_state::AuthStates;
use perijove_hub::keys::Keys;
use perijove_hub::routes::chp::ChpRoutes;
use perijove_hub::{Hub, Parts, http, servers, signin, tasks};
use perijove_model::{Rng, Secret};
use perijove_spawn::Spawners;
use perijove_spawn::fake_services::FakeServices;
use perijove_spawn::process::{JailConfig, ProcessConfig};
use perijove_store::{OpenOptions, Store, leases};
use perijove_web::Pages;
use tokio::net::TcpListener;
use tokio::sync::RwLock;
use tower::ServiceExt;

use crate::config;
use crate::options::Options;
use crate::people::TestAuthenticator;
use crate::settings::Settings;
use crate::spawner::{Memory, TestSpawner, locked};
use crate::system::{SystemClock, SystemRng};

const EDGE_TOKEN: &str = "the edge of the conformance tests";
/// The hub that ends stops its servers, but not for ever.
const ENDING: Duration = Duration::from_secs(10);

pub struct Front {
    options: Options,
    dir: PathBuf,
    store: Store,
    edge: Edge,
    address: SocketAddr,
    memory: Arc<Memory>,
    running: RwLock<Running>,
}

/// One hub, and the settings that it was made for.
struct Running {
    text: String,
    hub: Arc<Hub>,
    router: Router,
}

impl Front {
    pub async fn start(options: Options) -> Arc<Self> {
        let listener = TcpListener::bind(("127.0.0.1", options.hub_port))
            .await
            .expect("the hub's port is free");
        let address = listener.local_addr().expect("its address");
        let dir = options.database.with_extension("d");
        std::fs::create_dir_all(&dir).expect("a directory for the hub's data");
        let text = read(&options).await;
        let first = config::config(&options, &Settings::parse(&text), &dir, address);
        let edge = start_edge(&options, &first);
        let store = Store::open(&options.database.display().to_string(), OpenOptions::default()).await;
        let store = store.expect("the database opens");
        leases::release_all(&store).await.expect("the database can be written");
        let memory = Arc::<Memory>::default();
        let hub = make(&options, &text, first, &store, edge.api_address(), &memory);
        hub.start().await.expect("the hub starts");
        let front = Arc::new(Self {
            running: RwLock::new(Running {
                text,
                router: http::router(&hub),
                hub,
            }),
            options,
            dir,
            store,
            edge,
            address,
            memory,
        });
        let app = Router::new().fallback(answer).with_state(Arc::clone(&front));
        let app = app.into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, app).await });
        front
    }

    /// Ends the servers, then the hub.
    pub async fn end(&self) {
        let running = self.running.read().await;
        let _ = tokio::time::timeout(ENDING, servers::stop_all(&running.hub)).await;
        running.hub.stop().await;
    }

    /// The router of the hub that these settings want.
    async fn router(&self) -> Router {
        let text = read(&self.options).await;
        {
            let running = self.running.read().await;
            if running.text == text {
                return running.router.clone();
            }
        }
        let mut running = self.running.write().await;
        if running.text != text {
            let config = config::config(&self.options, &Settings::parse(&text), &self.dir, self.address);
            running.hub.stop().await;
            let hub = make(
                &self.options,
                &text,
                config,
                &self.store,
                self.edge.api_address(),
                &self.memory,
            );
            // Without `startup::prepare`: what the tests have written into the database stays.
            tasks::spawn_all(&hub);
            tracing::info!(%text, "other settings, another hub");
            *running = Running {
                router: http::router(&hub),
                text,
                hub,
            };
        }
        running.router.clone()
    }
}

async fn read(options: &Options) -> String {
    tokio::fs::read_to_string(&options.settings)
        .await
        .unwrap_or_else(|_| "{}".to_owned())
}

async fn answer(State(front): State<Arc<Front>>, request: Request) -> Response {
    let path = request.uri().path();
    if path.contains("/hub/spawn/") || path.ends_with("/hub/spawn") || path.contains("/server") {
        let query = request.uri().query().unwrap_or_default();
        query.clone_into(&mut locked(&front.memory.query));
    }
    let router = front.router().await;
    router.oneshot(request).await.unwrap_or_else(|never| match never {})
}

fn start_edge(options: &Options, config: &Config) -> Edge {
    let mut edge = EdgeConfig::new(Secret::new(EDGE_TOKEN));
    edge.listen = vec![SocketAddr::from(([127, 0, 0, 1], options.port))];
    edge.api_listen = SocketAddr::from(([127, 0, 0, 1], 0));
    edge.default_target = Some(format!("http://{}", config.hub.listen));
    edge.error_target = Some(format!("http://{}{}hub/error", config.hub.listen, config.hub.base_url));
    edge.threads = 1;
    Edge::start(edge, Arc::new(SystemClock)).expect("the edge starts")
}

fn make(
    options: &Options,
    text: &str,
    config: Config,
    store: &Store,
    edge: SocketAddr,
    memory: &Arc<Memory>,
) -> Arc<Hub> {
    let settings = Settings::parse(text);
    let rng: Arc<dyn Rng> = Arc::new(SystemRng);
    let config = Arc::new(config);
    let processes = processes(options, &config);
    let mut policy = signin::policy(&config);
    let pattern = policy.name_rule.take();
    // The tests' own word for an account that can't be made.
    policy.name_rule = Some(Arc::new(move |name| {
        !name.starts_with("dne") && pattern.as_ref().is_none_or(|fits| fits(name))
    }));
    let edge = url::Url::parse(&format!("http://{edge}")).expect("a URL");
    Hub::new(Parts {
        courier: None,
        clock: Arc::new(SystemClock),
        keys: Keys::new(b"the cookie secret of the conformance tests".to_vec()),
        auth_states: AuthStates::new(&config.hub.crypt_keys).expect("the test's keys"),
        authenticators: TestAuthenticator::wanted(&settings),
        policy,
        passwords: Passwords::new(Arc::clone(&rng)),
        spawners: Spawners::new(Arc::new(TestSpawner::new(
            &settings,
            &options.python,
            processes,
            Arc::clone(&rng),
            Arc::clone(memory),
        ))),
        services: Arc::new(FakeServices::default()),
        environments: perijove_hub::environments::of(&config, Default::default(), Arc::new(SystemClock)),
        routes: Arc::new(ChpRoutes::new(&edge, Secret::new(EDGE_TOKEN))),
        pages: Pages::new(&[]).expect("the pages"),
        catalog: config::catalog(&settings),
        replica: rng.uuid4_hex(),
        store: store.clone(),
        rng,
        config,
    })
}

fn processes(options: &Options, config: &Config) -> ProcessConfig {
    let dir = &config.hub.data_dir;
    ProcessConfig {
        run_dir: dir.join("run"),
        scope_exe: "/proc/self/exe".into(),
        scope_args: vec!["scope".to_owned()],
        home_template: config
            .spawner
            .process
            .home
            .fill(dir, "{username}")
            .to_string_lossy()
            .into_owned(),
        environment_dir: None,
        env_keep: options.kept_environment(),
        port_range: 23000..=32000,
        interrupt_timeout: Duration::from_secs(10),
        term_timeout: Duration::from_secs(5),
        kill_timeout: Duration::from_secs(5),
        log_limit: 1 << 20,
        jail: JailConfig::default(),
        warm: false,
    }
}
