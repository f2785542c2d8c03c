//! What the engine is told of a container that is to be made.

use std::collections::BTreeMap;

use bollard::models::ContainerCreateBody;
use perijove_model::plan::Mount;
use perijove_spawn::{Home, ServerKey, ServerSpec, SpawnError};
use serde_json::{Map, Value, json};

use crate::names::Names;
use crate::{DockerConfig, extra};

/// Of which hub, which server and which of its runs a container is.
pub(crate) const INSTANCE: &str = "perijove.instance";
pub(crate) const SERVER: &str = "perijove.server";
pub(crate) const GENERATION: &str = "perijove.generation";
/// For people who look.
const USER: &str = "perijove.user";
const NAME: &str = "perijove.server-name";

/// Microseconds, as dockerspawner has it.
const CPU_PERIOD: i64 = 100_000;
/// What a core weighs among those that want more than there is.
const CPU_SHARES: u64 = 1024;

/// A container's order, before it has a name.
pub(crate) struct Order<'a> {
    pub config: &'a DockerConfig,
    pub spec: &'a ServerSpec,
    pub names: &'a Names<'a>,
    /// Of the image, where arguments are to follow it.
    pub command: Option<Vec<String>>,
    pub mounts: &'a [Mount],
    pub network: &'a str,
}

impl Order<'_> {
    pub fn body(&self) -> Result<ContainerCreateBody, SpawnError> {
        let mut body = self.own();
        let fill = |text: &str| self.names.fill_or_keep(text);
        let create = extra::by_engines_names(&extra::filled(&self.config.create_config, &fill));
        let host = extra::by_engines_names(&extra::filled(&self.config.host_config, &fill));
        extra::merge(&mut body, create);
        extra::merge(&mut body, Map::from_iter([("HostConfig".to_owned(), host.into())]));
        serde_json::from_value(body.into()).map_err(|error| {
            let message = "`create_config` or `host_config` in [spawner.docker] has a value that the container engine does not \
                           take. An administrator finds which one in the hub's log.";
            SpawnError::caused(message, error)
        })
    }

    fn own(&self) -> Map<String, Value> {
        let (config, key) = (self.config, &self.spec.key);
        let mut body = Map::new();
        let mut put = |name: &str, value: Value| drop(body.insert(name.to_owned(), value));
        put("Image", self.names.image.into());
        put(
            "Env",
            self.env()
                .into_iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect(),
        );
        put("ExposedPorts", json!({ format!("{}/tcp", config.port): {} }));
        put("Labels", labels(&config.instance, key));
        put("HostConfig", self.host().into());
        if let Some(command) = &self.command {
            put("Cmd", json!(command));
        }
        body
    }

    fn env(&self) -> BTreeMap<String, String> {
        let mut env = self.spec.env.clone();
        let (port, prefix) = (self.config.port, &self.spec.prefix);
        env.insert(
            "JUPYTERHUB_SERVICE_URL".into(),
            format!("http://0.0.0.0:{port}{prefix}"),
        );
        env.insert("JUPYTER_IMAGE_SPEC".into(), self.names.image.to_owned());
        for name in ["JUPYTERHUB_API_TOKEN", "JPY_API_TOKEN"] {
            env.insert(name.into(), self.spec.api_token.expose().to_owned());
        }
        env
    }

    fn host(&self) -> Map<String, Value> {
        let config = self.config;
        let mut host = Map::new();
        let mut put = |name: &str, value: Value| drop(host.insert(name.to_owned(), value));
        put("NetworkMode", self.network.into());
        put("Mounts", self.mounts());
        put("Binds", self.binds());
        if config.connect == crate::Connect::Port {
            let binding = json!([{ "HostIp": config.host_ip, "HostPort": "" }]);
            put("PortBindings", json!({ format!("{}/tcp", config.port): binding }));
        }
        if config.no_new_privileges {
            put("SecurityOpt", json!(["no-new-privileges"]));
        }
        put("CapDrop", json!(["ALL"]));
        put("CapAdd", json!(config.capabilities));
        if config.read_only_root {
            put("ReadonlyRootfs", true.into());
            put("Tmpfs", json!({ "/tmp": "mode=1777", "/run": "mode=755" }));
        }
        if !self.spec.plan.groups.is_empty() {
            let groups = self.spec.plan.groups.iter().map(|group| Value::from(group.to_string()));
            put("GroupAdd", groups.collect());
        }
        self.limits(&mut put);
        host
    }

    fn limits(&self, put: &mut impl FnMut(&str, Value)) {
        let limits = &self.spec.plan.limits;
        if let Some(memory) = limits.memory {
            put("Memory", memory.into());
            // Or it would go on in swap, as much again.
            put("MemorySwap", memory.into());
        }
        if let Some(kept) = limits.memory_guarantee {
            put("MemoryReservation", kept.into());
        }
        if let Some(milli) = limits.cpu_milli {
            put("CpuPeriod", CPU_PERIOD.into());
            put("CpuQuota", (i64::from(milli) * CPU_PERIOD / 1000).into());
        }
        if let Some(milli) = limits.cpu_guarantee_milli {
            // The engine takes no less.
            put("CpuShares", (u64::from(milli) * CPU_SHARES / 1000).max(2).into());
        }
        let processes = limits.processes.or(self.config.processes);
        if let Some(processes) = processes {
            put("PidsLimit", processes.into());
        }
        if let Some(bytes) = self.config.shm_size {
            put("ShmSize", bytes.into());
        }
        if limits.gpus > 0 {
            let request = json!({ "Driver": "", "Count": limits.gpus, "Capabilities": [["gpu"]] });
            put("DeviceRequests", json!([request]));
        }
    }

    /// The home, and what the profile shows beside it.
    fn mounts(&self) -> Value {
        let config = self.config;
        let home = mount(&self.spec.home.place, &config.home_target, false);
        let beside = self.mounts.iter().map(|wanted| {
            let target = match wanted.target.strip_prefix('/') {
                Some(_) => wanted.target.clone(),
                None => format!("{}/{}", config.home_target.trim_end_matches('/'), wanted.target),
            };
            mount(&wanted.source, &target, wanted.read_only)
        });
        std::iter::once(home).chain(beside).collect()
    }

    fn binds(&self) -> Value {
        let fill = |text: &str| self.names.fill_or_keep(text);
        let bind = |(source, target): (&String, &String)| format!("{}:{}", fill(source), fill(target));
        let writable = self.config.volumes.iter().map(bind);
        let closed = self
            .config
            .read_only_volumes
            .iter()
            .map(|volume| format!("{}:ro", bind(volume)));
        writable.chain(closed).collect()
    }
}

fn labels(instance: &str, key: &ServerKey) -> Value {
    json!({
        INSTANCE: instance,
        SERVER: key.spawner_id.to_string(),
        GENERATION: key.generation.to_string(),
        USER: key.user.as_str(),
        NAME: key.server.as_str(),
    })
}

/// A directory of the engine's machine, or a volume.
fn mount(source: &str, target: &str, read_only: bool) -> Value {
    let kind = if source.starts_with('/') { "bind" } else { "volume" };
    json!({ "Type": kind, "Source": source, "Target": target, "ReadOnly": read_only })
}

/// Whether it is a directory of the machine, and not the name of a volume.
pub(crate) fn is_directory(home: &Home) -> bool {
    home.place.starts_with('/')
}
