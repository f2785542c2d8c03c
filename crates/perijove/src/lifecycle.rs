//! The life of a hub, from the command line to its end.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use perijove_config::{Config, Database};
use perijove_hub::{Hub, Shutdown, http, routes, servers, startup, tasks};
use perijove_spawn::process::machine::Mode;
use perijove_store::leases;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::cli::ConfigArg;
use crate::holder;
use crate::instance::{self, Instance, Lock, Published};
use crate::keeper::Keeper;
use crate::problem::Problem;
use crate::settings::Settings;
use crate::signals::{Asked, Signals};
use crate::system::SystemRng;
use crate::{apart, compose, logging, runtime, secrets, ui};

/// Whoever presses Ctrl-C waits; open connections are cut after this.
const GRACE_AT_TERMINAL: Duration = Duration::from_secs(2);

/// What this process is responsible for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The hub, and an edge beside it.
    WithEdge,
    Alone,
}

/// Runs a hub until it is asked to end.
pub fn run(config: &ConfigArg, role: Role) -> Result<()> {
    let settings = Settings::load(config.config.as_deref())?;
    let config = &settings.config;
    logging::begin(config.hub.log_level, config.hub.log_format, None, &settings.environment)?;
    secrets::make_data_dir(config)?;
    let lock = lock(config)?;
    let done = runtime::for_hub()?.block_on(async {
        let mut signals = Signals::listen()?;
        let life = tokio::select! {
            life = Life::begin(&settings, role, lock.is_some()) => life?,
            _ = signals.asked() => return Ok(()),
        };
        life.until_the_end(signals).await
    });
    drop(lock);
    done
}

/// With SQLite there is one hub; PostgreSQL takes as many as there are.
fn lock(config: &Config) -> Result<Option<Lock>> {
    match config.hub.database() {
        Database::Sqlite(file) => Lock::take(&config.hub.data_dir, &file).map(Some),
        Database::SqliteMemory | Database::Postgres(_) => Ok(None),
    }
}

/// A hub that serves.
struct Life {
    hub: Arc<Hub>,
    serving: JoinHandle<()>,
    edge: Option<Arc<Keeper>>,
    watching: Option<JoinHandle<()>>,
    _published: Published,
}

/// What is to end with the hub.
#[derive(Debug, Clone, Copy)]
struct End {
    servers: bool,
    edge: bool,
    /// With a status that tells a service manager to start another.
    failed: bool,
    /// How long the edge's connections may finish.
    patience: Duration,
}

impl Life {
    /// The edge last: nothing is left running when the configuration is wrong.
    async fn begin(settings: &Settings, role: Role, only_hub: bool) -> Result<Self> {
        let config = &settings.config;
        let edge_token = secrets::edge_token(config, &SystemRng)?;
        let listener = listen(config).await?;
        let store = compose::store(config, true).await?;
        if only_hub {
            let freed = leases::release_all(&store).await;
            freed.map_err(|error| Problem::new("the hub can't start").because(error))?;
        }
        let hub = compose::hub(settings, store, edge_token.clone(), Mode::Prepare).await?;
        let prepared = startup::prepare(&hub).await;
        prepared.map_err(|error| Problem::new("the hub can't start").because(error).of_usage())?;
        let wanted = role == Role::WithEdge && Keeper::wanted(config);
        let edge = wanted.then(|| Keeper::new(settings, edge_token)).transpose()?;
        let edge = edge.map(Arc::new);
        if let Some(edge) = &edge {
            edge.ensure().await?;
        }
        tasks::spawn_all(&hub);
        let serving = tokio::spawn(http::serve(Arc::clone(&hub), listener));
        let watching = edge.clone().map(|edge| {
            let hub = Arc::clone(&hub);
            tokio::spawn(async move { edge.watch(|| tell_routes(Arc::clone(&hub))).await })
        });
        let instance = Instance::of_this_process(String::new())?;
        let published = instance.publish(settings.data_file(instance::HUB))?;
        if let Some(processes) = hub.spawners.get("process") {
            apart::warn(settings, &processes.capabilities());
        }
        greet(&hub, role).await?;
        Ok(Self {
            hub,
            serving,
            edge,
            watching,
            _published: published,
        })
    }

    async fn until_the_end(self, mut signals: Signals) -> Result<()> {
        let end = self.asked(&mut signals).await;
        tokio::select! {
            () = self.end(end) => {}
            // Impatience: servers and edge go on, the next hub finds them.
            Asked::AtTerminal = signals.asked() => tracing::warn!("ended at once"),
        }
        match end.failed {
            false => Ok(()),
            true => Err(Problem::new("too many starts of servers have failed one after the other")
                .try_this("read why in the lines above; `consecutive_failure_limit` in [spawner] says how many are too many")
                .into()),
        }
    }

    async fn asked(&self, signals: &mut Signals) -> End {
        let config = &self.hub.config;
        let mut shutdown = self.hub.shutdown.subscribe();
        let through_api = async {
            match shutdown.wait_for(Option::is_some).await {
                Ok(asked) => asked.unwrap_or(Shutdown {
                    servers: false,
                    edge: false,
                    failed: false,
                }),
                Err(_) => std::future::pending().await,
            }
        };
        tokio::select! {
            asked = signals.asked() => End {
                servers: config.hub.cleanup_servers,
                edge: asked == Asked::AtTerminal,
                failed: false,
                patience: GRACE_AT_TERMINAL,
            },
            asked = through_api => End {
                servers: asked.servers,
                edge: asked.edge,
                failed: asked.failed,
                patience: config.edge.drain,
            },
        }
    }

    async fn end(&self, end: End) {
        tracing::info!(
            servers = end.servers,
            edge = end.edge && self.edge.is_some(),
            "the hub ends"
        );
        if end.servers
            && let Err(error) = servers::stop_all(&self.hub).await
        {
            tracing::error!(%error, "not all servers could be stopped");
        }
        if let Some(watching) = &self.watching {
            watching.abort();
        }
        self.hub.stop().await;
        while !self.serving.is_finished() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        if let Some(edge) = self.edge.as_ref().filter(|_| end.edge) {
            edge.end(end.patience).await;
        }
    }
}

/// An edge that was killed may have kept less than it knew.
async fn tell_routes(hub: Arc<Hub>) {
    if let Err(error) = routes::apply(&hub).await {
        tracing::warn!(%error, "the new edge was not told the routes yet");
    }
}

async fn listen(config: &Config) -> Result<TcpListener> {
    let address = config.hub.listen;
    let bound = TcpListener::bind(address).await;
    bound
        .map_err(|error| holder::explain("the hub", address, "listen` in [hub], or `PERIJOVE_HUB_LISTEN", error).into())
}

/// Tells people where to go. The set-up link stands alone on its line, for whoever reads it by a program.
async fn greet(hub: &Arc<Hub>, role: Role) -> Result<()> {
    let config = &hub.config;
    let title = format!("Perijove {}", env!("CARGO_PKG_VERSION"));
    let mut lines = vec![match role {
        Role::WithEdge => ("open", startup::public_url(config) + config.hub.base_url.as_str()),
        Role::Alone => ("hub", config.hub.connect_url().to_string()),
    }];
    lines.push(("data", config.hub.data_dir.display().to_string()));
    ui::banner(&title, &lines);
    let link = startup::setup_link(hub).await;
    if let Some(link) = link.map_err(|error| Problem::new("no set-up link can be made").because(error))? {
        ui::say("\nThere is no administrator yet. This link makes the first one; it works once, within a day:");
        ui::say(link);
    }
    Ok(())
}
