//! Notebook servers as containers of a Docker engine, so that what JupyterHub's DockerSpawner has made goes on.
//!
//! What the hub keeps of a server is what DockerSpawner keeps: `object_id` and `object_name`, so either can take over from
//! the other. Containers are found by labels that say which hub's they are, which server and which of its runs; their names
//! are for people, and DockerSpawner's where nobody else has them.
//!
//! A container that has stopped stays until its server's next start, for its log and for what ended it.
//!
//! The engine is asked for each server by itself: nobody waits for another's image. What it does not answer is never
//! taken for an answer: only a container that it says is gone, or has ended, has ended.

mod capable;
mod containers;
mod create;
mod engine;
mod extra;
mod follow;
pub mod guard;
mod images;
mod keep;
mod names;
mod networks;
mod prepull;
mod pull;
mod registries;
mod remap;
mod start;
mod volumes;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use ipnet::Ipv4Net;
use perijove_model::plan::size;
use perijove_model::{Plan, Secret, ServerName, UserName};
use perijove_spawn::homes::Homes;
use perijove_spawn::{
    Capabilities, Home, Poll, Progress, ServerKey, ServerSpec, SpawnError, Spawner, Started, State, Stop, Usage,
};
use serde_json::{Map, Value};

use crate::engine::{Engine, Fault};
use crate::names::Names;
use crate::prepull::Coming;
use crate::volumes::Volumes;

pub use engine::Address;
pub use names::Escape;
pub use pull::Pull;

/// The status of what was ended by a signal that nobody can refuse.
const KILLED: i32 = 128 + 9;

/// How the hub reaches a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connect {
    /// At a port of the engine's machine.
    Port,
    /// At its address in its network.
    Address,
    /// By its name in its network.
    Name,
}

/// What keeps servers apart from each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Isolation {
    /// Whatever the site's own network does.
    Site,
    /// They are in one network, in which only the engine's machine reaches them.
    Shared,
    /// Those of each person are in a network of their own.
    Person,
}

/// What the Docker spawner needs to know.
#[derive(Debug, Clone)]
pub struct DockerConfig {
    pub address: Address,
    /// How long the engine may take for an answer.
    pub patience: Duration,
    /// Tells this hub's containers from those of others on the same engine; the same for all its replicas.
    pub instance: String,
    /// Where neither profile nor options name one.
    pub image: String,
    /// Those that the option `image` may name; `*` stands for all.
    pub allowed_images: Vec<String>,
    pub pull: Pull,
    /// Images that are fetched when the hub starts.
    pub prepull: Vec<String>,
    /// Who may fetch from registries that ask for it, as `docker login` writes it.
    pub registries: Option<PathBuf>,
    /// Instead of the image's own.
    pub command: Option<Vec<String>>,
    /// After the command.
    pub args: Vec<String>,
    pub prefix: String,
    /// Instead of DockerSpawner's.
    pub name: Option<String>,
    pub escape: Escape,
    /// Template of a volume's name, or of an absolute path.
    pub home: String,
    /// Of the volumes with homes.
    pub home_driver: String,
    /// What it is told of them. `{storage}` is the limit in bytes.
    pub home_options: BTreeMap<String, String>,
    pub home_target: String,
    pub volumes: BTreeMap<String, String>,
    pub read_only_volumes: BTreeMap<String, String>,
    pub isolation: Isolation,
    /// The site's; of those that the hub makes, the name, or how their names begin.
    pub network: String,
    /// Where networks of people have their addresses, instead of where the engine likes.
    pub subnets: Option<Ipv4Net>,
    /// What the hub and the edge run in, to be let into networks of people.
    pub hub_containers: Vec<String>,
    /// Whether what the cloud tells its machines can be reached from networks that the hub makes.
    pub cloud_metadata: bool,
    pub connect: Connect,
    pub host_ip: String,
    pub port: u16,
    /// Where a profile says nothing of them.
    pub processes: Option<u32>,
    pub shm_size: Option<u64>,
    pub capabilities: Vec<String>,
    pub no_new_privileges: bool,
    pub read_only_root: bool,
    pub create_config: Map<String, Value>,
    pub host_config: Map<String, Value>,
    /// Run in the container when it has started.
    pub post_start: Vec<String>,
    pub stop_timeout: Duration,
    /// A container goes when its server starts anew; otherwise it goes on then.
    pub remove: bool,
}

impl DockerConfig {
    fn shared_network(&self) -> String {
        match self.has_own_network() {
            true => self.network.clone(),
            false => format!("{}-servers", self.prefix),
        }
    }

    fn network_prefix(&self) -> &str {
        match self.has_own_network() {
            true => &self.network,
            false => &self.prefix,
        }
    }

    /// Not one of those that every engine has.
    fn has_own_network(&self) -> bool {
        !["bridge", "host", "none", "default"].contains(&self.network.as_str())
    }
}

/// What is wrong with the configuration.
#[derive(Debug, thiserror::Error)]
#[error("`{key}` in [spawner.docker]: {why}")]
pub struct Mistake {
    pub key: &'static str,
    pub why: String,
}

/// Runs servers as containers.
#[derive(Clone)]
pub struct DockerSpawner {
    config: Arc<DockerConfig>,
    engine: Arc<Engine>,
    volumes: Arc<Volumes>,
    /// Whether the site's network was seen to keep servers apart.
    cut: Arc<AtomicBool>,
    coming: Arc<Coming>,
}

impl DockerSpawner {
    /// The engine is not asked before it is needed.
    pub fn new(config: DockerConfig) -> Result<Self, Mistake> {
        check(&config)?;
        let engine = Arc::new(Engine::new(config.address.clone(), config.patience));
        let volumes = Volumes {
            engine: engine.clone(),
            instance: config.instance.clone(),
            driver: config.home_driver.clone(),
            options: config.home_options.clone(),
        };
        Ok(Self {
            config: Arc::new(config),
            engine,
            volumes: Arc::new(volumes),
            cut: Arc::default(),
            coming: Arc::default(),
        })
    }

    /// Asks the engine what it can do. One that does not answer now may do so later.
    pub async fn meet(&self) {
        let host = self.config.address.host.as_str();
        match self.engine.client().await {
            Ok(_) => {
                let info = self.engine.info().unwrap_or_default();
                let version = info.server_version.as_deref().unwrap_or("unknown");
                tracing::info!(host, version, "servers run as containers");
                if let Some(path) = &self.config.registries
                    && let Err(error) = registries::read(path).await
                {
                    tracing::error!(path = %path.display(), %error, "`registries` in [spawner.docker] can't be used");
                }
                if let Err(fault) = self.look_at_networks().await {
                    tracing::warn!(%fault, "the networks of servers can't be looked at");
                }
            }
            Err(fault) => {
                tracing::warn!(host, %fault, "the container engine can't be reached now: no server starts there")
            }
        }
    }

    /// What it can do, for who looks and does nothing else.
    pub async fn look(&self) -> Capabilities {
        let asked = async {
            self.engine.client().await?;
            match self.config.isolation {
                Isolation::Site => self.look_at_networks().await,
                Isolation::Shared | Isolation::Person => Ok(()),
            }
        };
        if let Err(fault) = asked.await {
            tracing::debug!(%fault, "the container engine can't be looked at");
        }
        self.capabilities()
    }

    async fn look_at_networks(&self) -> Result<(), Fault> {
        match self.config.isolation {
            Isolation::Site => self.cut.store(self.sites_network_is_cut().await?, Ordering::Relaxed),
            Isolation::Shared => {}
            Isolation::Person => self.remove_unused().await?,
        }
        Ok(())
    }

    /// The image of a server: what somebody chose with the option, if that is allowed, or what the profile says.
    fn image(&self, plan: &Plan, options: &Value) -> Result<String, SpawnError> {
        let config = &self.config;
        let chosen = options
            .get("image")
            .and_then(Value::as_str)
            .filter(|image| !image.is_empty());
        // Where there are profiles, a choice of theirs may be called so.
        match (chosen.filter(|_| plan.profile.is_none()), &plan.image) {
            (Some(chosen), _) => self.allowed(chosen),
            (None, Some(image)) => Ok(image.clone()),
            (None, None) => Ok(config.image.clone()),
        }
    }

    fn allowed(&self, image: &str) -> Result<String, SpawnError> {
        let allowed = &self.config.allowed_images;
        if allowed.is_empty() {
            let message = "Specifying image to launch is not allowed";
            return Err(SpawnError::refused(message, 400, "image"));
        }
        if allowed.iter().any(|one| one == "*" || one == image) {
            return Ok(image.to_owned());
        }
        let message = format!("Image {image} not in allowed list: {}", allowed.join(", "));
        Err(SpawnError::refused(message, 400, "image"))
    }

    fn names<'a>(&'a self, key: &'a ServerKey, image: &'a str) -> Names<'a> {
        Names {
            escape: self.config.escape,
            prefix: &self.config.prefix,
            user: &key.user,
            server: &key.server,
            image,
        }
    }
}

fn check(config: &DockerConfig) -> Result<(), Mistake> {
    let texts = [("home", Some(&config.home)), ("name", config.name.as_ref())];
    for (key, text) in texts {
        if let Some(why) = text.and_then(|text| names::mistake(text)) {
            return Err(Mistake { key, why });
        }
    }
    if !["{username}", "{safe_username}", "{raw_username}"]
        .iter()
        .any(|one| config.home.contains(one))
    {
        let why = "without `{username}` all people would share one home".to_owned();
        return Err(Mistake { key: "home", why });
    }
    networks::check(config)?;
    for (key, table) in [
        ("create_config", &config.create_config),
        ("host_config", &config.host_config),
    ] {
        check_extra(key, table)?;
    }
    Ok(())
}

/// What the engine would not be told is a mistake, and not left out in silence.
fn check_extra(key: &'static str, table: &Map<String, Value>) -> Result<(), Mistake> {
    let given = extra::by_engines_names(table);
    let body = match key {
        "host_config" => Map::from_iter([("HostConfig".to_owned(), Value::from(given))]),
        _ => given,
    };
    let understood: Result<bollard::models::ContainerCreateBody, _> = serde_json::from_value(body.clone().into());
    let understood = understood.map_err(|error| Mistake {
        key,
        why: error.to_string(),
    })?;
    let Ok(Value::Object(understood)) = serde_json::to_value(understood) else {
        return Ok(());
    };
    match extra::unknown(&body, &understood).as_slice() {
        [] => Ok(()),
        unknown => Err(Mistake {
            key,
            why: format!("the engine knows no {}", unknown.join(", ")),
        }),
    }
}

#[async_trait]
impl Spawner for DockerSpawner {
    fn name(&self) -> &'static str {
        "docker"
    }

    async fn find(&self, key: &ServerKey) -> Result<Option<Started>, SpawnError> {
        let Some(container) = self.of_run(key).await? else {
            return Ok(None);
        };
        match container.runs() {
            true => Ok(Some(self.started(&container).await)),
            false => Ok(None),
        }
    }

    async fn make_ready(&self, spec: &ServerSpec, progress: &dyn Progress) -> Result<(), SpawnError> {
        let image = self.image(&spec.plan, &spec.options)?;
        pull::ensure(self, &image, progress).await
    }

    async fn start(&self, spec: &ServerSpec, progress: &dyn Progress) -> Result<Started, SpawnError> {
        self.bring_up(spec, progress).await
    }

    async fn give_up(&self, key: &ServerKey) {
        self.leave_empty(key).await;
    }

    async fn poll(&self, state: &State) -> Result<Poll, SpawnError> {
        Ok(match self.of_state(state).await? {
            Some(container) if container.runs() => Poll::Running,
            Some(container) => Poll::Exited(container.status()),
            None => Poll::Exited(None),
        })
    }

    async fn stop(&self, state: &State, how: Stop) -> Result<(), SpawnError> {
        let Some(container) = self.of_state(state).await? else {
            // Somebody has removed it: which network it was in, nobody knows any more.
            return Ok(self.remove_unused().await?);
        };
        if container.runs() {
            self.end(container.id(), how).await?;
        }
        self.leave(&container).await;
        Ok(())
    }

    async fn why_ended(&self, state: &State) -> Option<String> {
        let container = self.of_state(state).await.ok()??;
        let killed = !container.runs() && container.status() == Some(KILLED);
        let limit = size(container.memory_limit().filter(|_| killed)?);
        Some(match container.out_of_memory() {
            true => format!("Its memory limit of {limit} was reached."),
            // Engines miss it now and then: they hear of it and of the end in two ways, in any order.
            false => format!("It was killed from outside, or its memory limit of {limit} was reached."),
        })
    }

    async fn log_tail(&self, key: &ServerKey, lines: usize) -> Vec<String> {
        let told = async {
            let container = self.of_run(key).await?;
            match container {
                Some(container) => Ok(self.tail(container.id(), lines).await?),
                None => Ok::<_, SpawnError>(Vec::new()),
            }
        };
        told.await.unwrap_or_else(|error| {
            tracing::debug!(%error, "the log of a server can't be read now");
            Vec::new()
        })
    }

    async fn usage(&self, state: &State) -> Result<Option<Usage>, SpawnError> {
        match self.of_state(state).await? {
            Some(container) if container.runs() => Ok(self.used(&container).await?),
            _ => Ok(None),
        }
    }

    fn check(&self, plan: &Plan) -> Result<(), SpawnError> {
        match (&plan.image, &plan.environment) {
            (None, Some(environment)) if self.config.image.is_empty() => Err(SpawnError::refused(
                format!(
                    "The profile “{}” names an environment, and servers are containers here. An administrator can give it an \
                     image, too.",
                    plan.title.as_deref().unwrap_or(environment)
                ),
                400,
                "image",
            )),
            _ => Ok(()),
        }
    }

    fn read_options(&self, mut fields: State) -> Result<State, SpawnError> {
        // A form sends lists of texts.
        if let Some(Value::Array(chosen)) = fields.get("image")
            && let Some(first) = chosen.first().cloned()
        {
            fields.insert("image".to_owned(), first);
        }
        if let Some(image) = fields
            .get("image")
            .and_then(Value::as_str)
            .filter(|image| !image.is_empty())
        {
            self.allowed(image)?;
        }
        Ok(fields)
    }

    fn home_place(&self, user: &UserName) -> String {
        let key = ServerKey {
            spawner_id: 0,
            generation: 0,
            user: user.clone(),
            server: ServerName::default(),
        };
        self.names(&key, &self.config.image).fill_or_keep(&self.config.home)
    }

    fn homes(&self) -> Arc<dyn Homes> {
        self.volumes.clone()
    }

    async fn kept_token(&self, key: &ServerKey, home: &Home) -> Result<Option<Secret>, SpawnError> {
        match self.config.remove {
            true => Ok(None),
            false => Ok(self.token_of_kept(key, home).await?),
        }
    }

    async fn clear_up(&self, key: &ServerKey) -> Result<(), SpawnError> {
        match self.config.remove {
            true => self.forget(key).await,
            false => Ok(()),
        }
    }

    async fn forget(&self, key: &ServerKey) -> Result<(), SpawnError> {
        if !self.config.remove
            && let Some(kept) = self.of_server(key).await?
        {
            self.remove(kept.id()).await?;
        }
        Ok(self.remove_up_to(key).await?)
    }

    async fn follow(&self, changed: &(dyn Fn(i64) + Send + Sync)) {
        tokio::join!(
            follow::follow(&self.engine, &self.config.instance, changed),
            self.follow_hub(),
            self.prepull(),
        );
    }

    fn capabilities(&self) -> Capabilities {
        let cut = self.cut.load(Ordering::Relaxed);
        let mut can = capable::of(self.engine.info().as_ref(), &self.config, cut, self.engine.is_podman());
        if let Some(coming) = self.coming.told() {
            can.reasons.insert("images".to_owned(), coming);
        }
        can
    }
}
