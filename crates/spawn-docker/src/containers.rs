//! Looking at containers, ending them and taking them away.

use std::collections::HashMap;
use std::time::Duration;

use bollard::container::LogOutput;
use bollard::models::ContainerInspectResponse;
use bollard::query_parameters::{
    InspectContainerOptions, KillContainerOptions, ListContainersOptions, LogsOptions, RemoveContainerOptions,
    StatsOptions, StopContainerOptions,
};
use futures_util::StreamExt;
use futures_util::future::try_join_all;
use perijove_spawn::{ServerKey, Started, State, Stop, Usage};
use tokio::time::{Instant, sleep};

use crate::create::{GENERATION, INSTANCE, SERVER};
use crate::engine::Fault;
use crate::{Connect, DockerSpawner, images, networks};

/// A server that has ended is nowhere, so that nothing else is taken for it.
const NOWHERE: &str = "http://127.0.0.1:0";
/// How often a change that is about to come is looked for.
const LOOK: Duration = Duration::from_millis(50);
const LOOKS: usize = 40;
/// What is killed ends soon, but for what waits for a disk.
const KILLING: Duration = Duration::from_secs(30);
/// No line of a log is longer for us.
const LONGEST_LINE: usize = 16 * 1024;

/// What the engine says of a container.
pub(crate) struct Container(Box<ContainerInspectResponse>);

impl Container {
    pub fn id(&self) -> &str {
        self.0.id.as_deref().unwrap_or_default()
    }

    pub fn name(&self) -> &str {
        self.0.name.as_deref().unwrap_or_default().trim_start_matches('/')
    }

    /// One that is paused or started anew by the engine has not ended.
    pub fn runs(&self) -> bool {
        let state = self.0.state.as_ref();
        state.is_some_and(|state| state.running == Some(true) || state.restarting == Some(true))
    }

    /// It was made, and has never run.
    pub fn is_new(&self) -> bool {
        use bollard::models::ContainerStateStatusEnum::CREATED;
        let state = self.0.state.as_ref();
        state.is_some_and(|state| state.status == Some(CREATED))
    }

    pub fn status(&self) -> Option<i32> {
        if self.is_new() {
            return None;
        }
        i32::try_from(self.0.state.as_ref()?.exit_code?).ok()
    }

    pub fn out_of_memory(&self) -> bool {
        let state = self.0.state.as_ref();
        state.is_some_and(|state| state.oom_killed == Some(true))
    }

    pub fn memory_limit(&self) -> Option<u64> {
        let memory = self.0.host_config.as_ref()?.memory?;
        u64::try_from(memory).ok().filter(|memory| *memory > 0)
    }

    /// What it was made of, as whoever made it said, and what that was then.
    pub fn image(&self) -> (Option<&str>, Option<&str>) {
        let config = self.0.config.as_ref();
        (
            config.and_then(|config| config.image.as_deref()),
            self.0.image.as_deref(),
        )
    }

    pub fn label(&self, name: &str) -> Option<&str> {
        let labels = self.0.config.as_ref()?.labels.as_ref()?;
        labels.get(name).map(String::as_str)
    }

    pub fn variable(&self, name: &str) -> Option<&str> {
        let env = self.0.config.as_ref()?.env.as_ref()?;
        env.iter()
            .filter_map(|line| line.split_once('='))
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    }

    /// Whether it is of this run of this hub's server.
    pub fn is_of(&self, instance: &str, key: &ServerKey) -> bool {
        self.label(INSTANCE) == Some(instance)
            && self.label(SERVER) == Some(key.spawner_id.to_string().as_str())
            && self.label(GENERATION) == Some(key.generation.to_string().as_str())
    }

    /// A volume by its name, or a directory by its path.
    pub fn has_mounted(&self, place: &str) -> bool {
        let mounts = self.0.mounts.as_deref().unwrap_or_default();
        let is = |text: &Option<String>| text.as_deref() == Some(place);
        mounts.iter().any(|mount| is(&mount.name) || is(&mount.source))
    }

    fn published(&self, port: u16) -> Option<(String, String)> {
        let ports = self.0.network_settings.as_ref()?.ports.as_ref()?;
        let binding = ports.get(&format!("{port}/tcp"))?.as_ref()?.first()?;
        Some((binding.host_ip.clone().unwrap_or_default(), binding.host_port.clone()?))
    }

    /// The one that it was made for. Podman says `bridge` of all, and only then what it is in.
    pub fn network(&self) -> &str {
        let host = self.0.host_config.as_ref();
        let mode = host.and_then(|host| host.network_mode.as_deref());
        match mode.unwrap_or_default() {
            "" | "default" | "bridge" if !self.is_in("bridge") => {
                let mut others = self.networks().filter(|network| *network != networks::NOWHERE);
                others.next().unwrap_or("bridge")
            }
            "" | "default" => "bridge",
            network => network,
        }
    }

    pub fn is_in(&self, network: &str) -> bool {
        self.networks().any(|one| one == network)
    }

    fn networks(&self) -> impl Iterator<Item = &str> {
        let settings = self.0.network_settings.as_ref();
        let networks = settings.and_then(|settings| settings.networks.as_ref());
        networks.into_iter().flatten().map(|(name, _)| name.as_str())
    }

    fn address(&self) -> Option<String> {
        let networks = self.0.network_settings.as_ref()?.networks.as_ref()?;
        let endpoint = networks.get(self.network())?;
        let address = |address: &Option<String>| address.clone().filter(|address| !address.is_empty());
        let six = || address(&endpoint.global_ipv6_address).map(|six| format!("[{six}]"));
        address(&endpoint.ip_address).or_else(six)
    }
}

impl DockerSpawner {
    pub(crate) async fn inspect(&self, name: &str) -> Result<Option<Container>, Fault> {
        let mut looks = 0;
        loop {
            let client = self.engine.client().await?;
            let inspected = client.inspect_container(name, None::<InspectContainerOptions>);
            match self.engine.within(inspected).await {
                Ok(container) => return Ok(Some(Container(Box::new(container)))),
                Err(fault) if fault.is(404) => return Ok(None),
                // Podman has a word of its own for what has stopped and is not cleared away yet, for a moment.
                Err(fault) if fault.is_garbled() && looks < LOOKS => {
                    looks += 1;
                    sleep(LOOK).await;
                }
                Err(fault) => return Err(fault),
            }
        }
    }

    /// The container that a state speaks of: by its id, or by the name that DockerSpawner knew it by.
    pub(crate) async fn of_state(&self, state: &State) -> Result<Option<Container>, Fault> {
        let text = |key: &str| {
            state
                .get(key)
                .and_then(|value| value.as_str())
                .filter(|text| is_name(text))
        };
        let Some(named) = ["object_id", "container_id", "object_name"].into_iter().find_map(text) else {
            return Ok(None);
        };
        self.inspect(named).await
    }

    /// The container of this run. Of several, as they are for a moment where two hubs start the same, the one that stays.
    pub(crate) async fn of_run(&self, key: &ServerKey) -> Result<Option<Container>, Fault> {
        if !self.config.remove {
            return self.of_server(key).await;
        }
        let run = |generation| generation == key.generation;
        self.first_of(&self.ids(key, run).await?).await
    }

    pub(crate) async fn first_of(&self, ids: &[String]) -> Result<Option<Container>, Fault> {
        let mut containers = try_join_all(ids.iter().map(|id| self.inspect(id))).await?;
        containers.sort_by_key(|container| {
            let container = container.as_ref();
            let order = container.map(|found| (!found.runs(), found.is_new(), found.id().to_owned()));
            (order.is_none(), order)
        });
        Ok(containers.into_iter().flatten().next())
    }

    /// Containers of a server, of those runs.
    pub(crate) async fn ids(&self, key: &ServerKey, wanted: impl Fn(i64) -> bool) -> Result<Vec<String>, Fault> {
        let client = self.engine.client().await?;
        let labels = vec![
            format!("{INSTANCE}={}", self.config.instance),
            format!("{SERVER}={}", key.spawner_id),
        ];
        let options = ListContainersOptions {
            all: true,
            filters: Some(HashMap::from([("label".to_owned(), labels)])),
            ..ListContainersOptions::default()
        };
        let found = self.engine.within(client.list_containers(Some(options))).await?;
        let of_those = found.into_iter().filter(|container| {
            let labels = container.labels.as_ref();
            let generation = labels.and_then(|labels| labels.get(GENERATION)?.parse().ok());
            generation.is_some_and(&wanted)
        });
        Ok(of_those.filter_map(|container| container.id).collect())
    }

    pub(crate) async fn started(&self, container: &Container) -> Started {
        let mut state = State::new();
        state.insert("object_id".into(), container.id().into());
        state.insert("object_name".into(), container.name().into());
        state.extend(images::of(&self.engine, container).await);
        let url = self.url(container).unwrap_or_else(|| NOWHERE.to_owned());
        Started { url, state }
    }

    fn url(&self, container: &Container) -> Option<String> {
        if !container.runs() {
            return None;
        }
        let port = self.config.port;
        Some(match self.config.connect {
            Connect::Port => {
                let (ip, port) = container.published(port)?;
                let host = match ip.as_str() {
                    "" | "0.0.0.0" | "::" => self.engine.machine(),
                    six if six.contains(':') => format!("[{six}]"),
                    ip => ip.to_owned(),
                };
                format!("http://{host}:{port}")
            }
            Connect::Address => format!("http://{}:{port}", container.address()?),
            Connect::Name => format!("http://{}:{port}", container.name()),
        })
    }

    /// Comes back when it has ended.
    pub(crate) async fn end(&self, id: &str, how: Stop) -> Result<(), Fault> {
        let client = self.engine.client().await?;
        let asked = match how {
            Stop::Gently => {
                let grace = self.config.stop_timeout;
                let options = StopContainerOptions {
                    t: i32::try_from(grace.as_secs()).ok(),
                    ..StopContainerOptions::default()
                };
                let stop = client.stop_container(id, Some(options));
                self.engine.within_longer(grace + KILLING, stop).await
            }
            Stop::Now => {
                let kill = client.kill_container(id, None::<KillContainerOptions>);
                self.engine.within(kill).await
            }
        };
        match asked {
            // It has gone, or has ended.
            Err(fault) if fault.is(404) => return Ok(()),
            Err(fault) if fault.is(409) || fault.says("is not running") => {}
            asked => asked?,
        }
        let deadline = Instant::now() + KILLING;
        while self.inspect(id).await?.is_some_and(|container| container.runs()) {
            if Instant::now() >= deadline {
                return Err(Fault::Slow(KILLING));
            }
            sleep(LOOK).await;
        }
        Ok(())
    }

    /// This run and all before it, with the volumes that nobody gave a name.
    pub(crate) async fn remove_up_to(&self, key: &ServerKey) -> Result<(), Fault> {
        let past = self.ids(key, |generation| generation <= key.generation).await?;
        try_join_all(past.iter().map(|id| self.remove(id))).await.map(drop)
    }

    pub(crate) async fn remove(&self, id: &str) -> Result<(), Fault> {
        let options = RemoveContainerOptions {
            v: true,
            force: true,
            link: false,
        };
        let client = self.engine.client().await?;
        let removal = client.remove_container(id, Some(options));
        match self.engine.within_longer(KILLING, removal).await {
            Err(fault) if fault.is(404) => return Ok(()),
            // Somebody else is at it.
            Err(fault) if fault.is(409) => {}
            removed => return removed,
        }
        let deadline = Instant::now() + KILLING;
        while self.inspect(id).await?.is_some() {
            if Instant::now() >= deadline {
                return Err(Fault::Slow(KILLING));
            }
            sleep(LOOK).await;
        }
        Ok(())
    }

    pub(crate) async fn tail(&self, id: &str, lines: usize) -> Result<Vec<String>, Fault> {
        let client = self.engine.client().await?;
        let options = LogsOptions {
            stdout: true,
            stderr: true,
            tail: lines.to_string(),
            ..LogsOptions::default()
        };
        let read = async {
            let mut log = client.logs(id, Some(options)).boxed();
            let mut text = Vec::new();
            while let Some(piece) = log.next().await {
                let message = match piece? {
                    LogOutput::StdErr { message } | LogOutput::StdOut { message } => message,
                    LogOutput::StdIn { message } | LogOutput::Console { message } => message,
                };
                text.extend_from_slice(&message);
                if text.len() > lines.saturating_mul(LONGEST_LINE) {
                    break;
                }
            }
            Ok(text)
        };
        let text = self.engine.within(read).await?;
        let text = String::from_utf8_lossy(&text);
        let all: Vec<_> = text.lines().map(str::to_owned).collect();
        Ok(all[all.len().saturating_sub(lines)..].to_vec())
    }

    pub(crate) async fn used(&self, container: &Container) -> Result<Option<Usage>, Fault> {
        let client = self.engine.client().await?;
        let options = StatsOptions {
            stream: false,
            one_shot: true,
        };
        let read = async {
            let mut stats = client.stats(container.id(), Some(options)).boxed();
            stats.next().await.transpose()
        };
        let stats = match self.engine.within(read).await {
            Ok(Some(stats)) => stats,
            Ok(None) => return Ok(None),
            Err(fault) if fault.is(404) => return Ok(None),
            Err(fault) => return Err(fault),
        };
        let memory = stats.memory_stats.unwrap_or_default();
        // What files the kernel keeps in memory and can do without is nobody's use.
        let spare = |stats: &HashMap<String, u64>| {
            let of = |name: &str| stats.get(name).copied();
            of("total_inactive_file").or(of("inactive_file")).unwrap_or_default()
        };
        let spare = memory.stats.as_ref().map(spare).unwrap_or_default();
        let cpu = stats.cpu_stats.and_then(|cpu| cpu.cpu_usage?.total_usage);
        let processes = stats.pids_stats.and_then(|pids| pids.current);
        Ok(Some(Usage {
            cpu: cpu.map(Duration::from_nanos),
            memory: memory
                .usage
                .map(|used| used.saturating_sub(spare))
                .filter(|used| *used > 0),
            processes: processes
                .and_then(|count| u32::try_from(count).ok())
                .filter(|count| *count > 0),
            out_of_memory: u64::from(container.out_of_memory()),
        }))
    }
}

/// What can be the id or the name of a container: a state is what anybody wrote into the database.
fn is_name(text: &str) -> bool {
    let of_a_name = |c: char| c.is_ascii_alphanumeric() || ['_', '.', '-'].contains(&c);
    text.starts_with(|c: char| c.is_ascii_alphanumeric()) && text.chars().all(of_a_name)
}
