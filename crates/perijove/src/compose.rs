//! From the configuration to the parts of a hub.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result};
use perijove_auth::password::Passwords;
use perijove_config::{Config, Database};
use perijove_environments::Environments;
use perijove_hub::auth_state::AuthStates;
use perijove_hub::keys::Keys;
use perijove_hub::routes::chp::ChpRoutes;
use perijove_hub::signin::methods::{self, Means};
use perijove_hub::{Hub, Parts, environments, mail, signin};
use perijove_mail::Courier;
use perijove_model::server::Phase;
use perijove_model::{Clock, Rng, Secret, token};
use perijove_spawn::process::machine::Mode;
use perijove_spawn::process::{JailConfig, ProcessConfig};
use perijove_spawn::services::{ProcessServices, ServicesConfig};
use perijove_store::{OpenOptions, Store};
use rustix::process::{Signal, getpid, kill_process};

use crate::keeper::SELF;
use crate::problem::Problem;
use crate::settings::Settings;
use crate::system::{SystemClock, SystemRng};
use crate::{apart, backends, process, secrets};

/// For tests of crashes, in a debug build: the hub is killed right after it has written that a server reached this phase.
const KILL_AT: &str = "PERIJOVE_TEST_KILL_AT";

/// A hub that is ready to start, over this database and this edge. One that will not serve only looks at the machine.
pub async fn hub(settings: &Settings, store: Store, edge_token: Secret, mode: Mode) -> Result<Arc<Hub>> {
    let config = &settings.config;
    let rng: Arc<dyn Rng> = Arc::new(SystemRng);
    let passwords = Passwords::new(Arc::clone(&rng));
    let jail = apart::settle(settings, mode)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let keys = Keys::new(secrets::cookie_secret(config, &*rng)?);
    let hub = Hub::new(Parts {
        auth_states: AuthStates::new(&config.hub.crypt_keys)?,
        authenticators: methods::of(
            config,
            &Means {
                store: &store,
                passwords: &passwords,
                keys: &keys,
                clock: &clock,
                rng: &rng,
                edge: token::by_the_edge(&edge_token),
                programs: programs(),
            },
        )
        .map_err(|error| Problem::new("a way to sign in can't be used").because(error).of_usage())?,
        courier: courier(config)?,
        keys,
        policy: signin::policy(config),
        passwords,
        spawners: backends::of(config, &store, processes(settings, jail), &rng).await?,
        services: Arc::new(ProcessServices::new(services(settings)?)),
        environments: environments(settings),
        routes: Arc::new(ChpRoutes::new(&config.edge.api_url(), edge_token)),
        pages: perijove_hub::startup::pages(config).context("the pages can't be made")?,
        catalog: perijove_hub::startup::catalog(config)?,
        replica: rng.uuid4_hex(),
        clock,
        rng,
        config: Arc::clone(config),
        store,
    });
    hub.metrics.read_process(process::read);
    kill_at(settings, &hub)?;
    Ok(hub)
}

/// Who takes letters to the mail server, if one is configured.
pub fn courier(config: &Config) -> Result<Option<Courier>> {
    let made = mail::courier(config);
    made.map_err(|error| {
        Problem::new("the mail server can't be used")
            .because(error)
            .of_usage()
            .into()
    })
}

/// Where this program is, and the helpers that are installed with it.
fn programs() -> PathBuf {
    let own = std::env::current_exe().ok();
    own.and_then(|own| own.parent().map(PathBuf::from)).unwrap_or_default()
}

/// Opens the database; `create` makes it where there is none.
pub async fn store(config: &Config, create: bool) -> Result<Store> {
    let url = match config.hub.database() {
        Database::Sqlite(file) => file.display().to_string(),
        Database::SqliteMemory => ":memory:".to_owned(),
        Database::Postgres(url) => url.expose().to_owned(),
    };
    let opened = Store::open(&url, OpenOptions { create }).await;
    opened.map_err(|error| {
        let problem = Problem::new("the database can't be used").because(error).of_usage();
        match create {
            true => problem.into(),
            false => problem
                .try_this("name the hub's configuration with --config, or start the hub first")
                .into(),
        }
    })
}

fn processes(settings: &Settings, jail: JailConfig) -> ProcessConfig {
    let spawner = &settings.config.spawner;
    let process = &spawner.process;
    let data_dir = &settings.config.hub.data_dir;
    ProcessConfig {
        run_dir: data_dir.join("run"),
        scope_exe: PathBuf::from(SELF),
        scope_args: vec!["scope".to_owned()],
        home_template: process.home.fill(data_dir, "{username}").to_string_lossy().into_owned(),
        environment_dir: process.environment_dir.clone(),
        env_keep: settings.environment.only(&spawner.env_keep),
        port_range: process.port_range.0.clone(),
        interrupt_timeout: process.interrupt_timeout,
        term_timeout: process.term_timeout,
        kill_timeout: process.kill_timeout,
        log_limit: process.log_limit.0,
        jail,
        warm: process.warm,
    }
}

/// The Python environments of this machine.
pub fn environments(settings: &Settings) -> Environments {
    environments::of(
        &settings.config,
        settings.environment.matching(environments::is_for_tools),
        Arc::new(SystemClock),
    )
}

fn services(settings: &Settings) -> Result<ServicesConfig> {
    let spawner = &settings.config.spawner;
    Ok(ServicesConfig {
        run_dir: settings.data_file("run"),
        work_dir: std::path::absolute(".").context("the working directory can't be told")?,
        scope_exe: PathBuf::from(SELF),
        scope_args: vec!["scope".to_owned()],
        env_keep: settings.environment.only(&spawner.env_keep),
        log_limit: spawner.process.log_limit.0,
    })
}

fn kill_at(settings: &Settings, hub: &Arc<Hub>) -> Result<()> {
    let Some(name) = settings.environment.get(KILL_AT).filter(|_| cfg!(debug_assertions)) else {
        return Ok(());
    };
    let Some(last) = Phase::parse(name) else {
        return Err(Problem::new(format!("{KILL_AT}={name}: there is no such phase"))
            .of_usage()
            .into());
    };
    hub.wakeup.probe(Arc::new(move |phase| {
        if phase == last {
            let _ = kill_process(getpid(), Signal::KILL);
        }
    }));
    Ok(())
}
