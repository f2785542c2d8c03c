//! What a hub may ask of an engine, for a filter between the two: whoever may ask everything owns the engine's machine.
//!
//! Only what this backend needs passes. Orders are read, held against a list of what is harmless, and written anew, since
//! the engine reads names of fields in any case and takes what comes twice; what nobody has thought of is refused.

use std::fmt::Display;
use std::path::{Component, Path};

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

use crate::create::INSTANCE;

/// In the variables of every server of a hub, JupyterHub's too.
const SERVERS_VARIABLE: &str = "JUPYTERHUB_SERVICE_PREFIX=";
/// What an engine gives by itself, less what reaches beyond a container's own files and processes.
const CAPABILITIES: [&str; 11] = [
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "NET_BIND_SERVICE",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];
const ORDER: [&str; 18] = [
    "AttachStderr",
    "AttachStdin",
    "AttachStdout",
    "Cmd",
    "Domainname",
    "Entrypoint",
    "Env",
    "ExposedPorts",
    "Healthcheck",
    "HostConfig",
    "Hostname",
    "Image",
    "Labels",
    "StopSignal",
    "StopTimeout",
    "Tty",
    "User",
    "WorkingDir",
];
/// Those whose value does not matter.
const HOST: [&str; 34] = [
    "AutoRemove",
    "BlkioWeight",
    "CapDrop",
    "CpuCount",
    "CpuPercent",
    "CpuPeriod",
    "CpuQuota",
    "CpuRealtimePeriod",
    "CpuRealtimeRuntime",
    "CpuShares",
    "CpusetCpus",
    "CpusetMems",
    "DeviceRequests",
    "Dns",
    "DnsOptions",
    "DnsSearch",
    "ExtraHosts",
    "GroupAdd",
    "Init",
    "Memory",
    "MemoryReservation",
    "MemorySwap",
    "MemorySwappiness",
    "NanoCpus",
    "OomScoreAdj",
    "PidsLimit",
    "PortBindings",
    "PublishAllPorts",
    "ReadonlyRootfs",
    "RestartPolicy",
    "ShmSize",
    "StorageOpt",
    "Tmpfs",
    "Ulimits",
];
/// Drivers that keep a log on the engine's machine.
const LOGS: [&str; 4] = ["json-file", "local", "journald", "none"];
const EXEC: [&str; 8] = [
    "AttachStderr",
    "AttachStdin",
    "AttachStdout",
    "Cmd",
    "Env",
    "Tty",
    "User",
    "WorkingDir",
];

/// What keeps servers of a network apart, and the machine out of it.
const BRIDGE: [&str; 2] = [
    "com.docker.network.bridge.enable_icc",
    "com.docker.network.bridge.inhibit_ipv4",
];

/// What is let through besides. An empty list of names lets every one through, an empty list of directories none.
#[derive(Debug, Clone, Default)]
pub struct Guard {
    /// How names of networks begin that containers may be in.
    pub networks: Vec<String>,
    /// Containers that are no servers and may be let into those networks: the hub's and the edge's.
    pub hubs: Vec<String>,
    /// How names of volumes begin.
    pub volumes: Vec<String>,
    /// Directories of the engine's machine that containers may see.
    pub directories: Vec<String>,
    /// Drivers of volumes beside the engine's own, which may be told anything.
    pub drivers: Vec<String>,
}

/// What is to be done with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Pass,
    /// If this container is a server of a hub; otherwise not.
    OfServer(String),
    /// Of a container that is no server, what is secret is left out of the answer.
    Look,
    /// As the body that `order` makes of it.
    Order(Order),
    Refuse(String),
}

/// Bodies that are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    Container,
    Volume,
    /// In a container that must be a server.
    Exec(String),
    Network,
    /// The container in the body is one of the hub's, or must be a server.
    Member,
}

impl Guard {
    /// By the line of a request: its method, its path and its query.
    #[must_use]
    pub fn judge(&self, method: &str, path: &str, query: &str) -> Verdict {
        let refuse = || Verdict::Refuse(format!("{method} {path} is not for hubs"));
        let Ok(path) = percent_decode_str(path).decode_utf8() else {
            return refuse();
        };
        let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        if parts.iter().any(|part| part.is_empty() || matches!(*part, "." | "..")) {
            return refuse();
        }
        let parts = match parts.as_slice() {
            [version, rest @ ..] if is_version(version) => rest,
            parts => parts,
        };
        match (method, parts) {
            ("GET" | "HEAD", ["_ping"])
            | ("GET", ["version" | "info" | "events"])
            | ("GET", ["containers", "json"])
            | ("GET", ["images", .., "json"])
            | ("GET", ["exec", _, "json"])
            | ("POST", ["exec", _, "start"])
            | ("GET", ["networks"] | ["networks", _]) => Verdict::Pass,
            ("GET", ["containers", _, "json"]) => Verdict::Look,
            ("POST", ["images", "create"]) if is_pull(query) => Verdict::Pass,
            ("POST", ["containers", "create"]) => Verdict::Order(Order::Container),
            ("POST", ["volumes", "create"]) => Verdict::Order(Order::Volume),
            ("POST", ["networks", "create"]) => Verdict::Order(Order::Network),
            ("POST", ["networks", name, "connect" | "disconnect"]) => match self.network(name) {
                Ok(()) => Verdict::Order(Order::Member),
                Err(why) => Verdict::Refuse(why),
            },
            ("DELETE", ["networks", name]) => passed(self.network(name)),
            ("POST", ["containers", id, "exec"]) => Verdict::Order(Order::Exec((*id).to_owned())),
            ("GET", ["containers", id, "logs" | "stats"])
            | ("POST", ["containers", id, "start" | "stop" | "kill" | "wait"])
            | ("DELETE", ["containers", id]) => Verdict::OfServer((*id).to_owned()),
            ("GET" | "DELETE", ["volumes", name]) => passed(self.volume(name)),
            _ => refuse(),
        }
    }

    /// What the engine is told instead: the same, of fields that are known to be harmless.
    ///
    /// # Errors
    ///
    /// What is not for hubs, in words.
    pub fn order(&self, order: &Order, body: &[u8]) -> Result<Vec<u8>, String> {
        let read = serde_json::from_slice::<Value>(body).map_err(|error| format!("the order is no JSON: {error}"))?;
        let Value::Object(fields) = read else {
            return Err("the order is no object".to_owned());
        };
        match order {
            Order::Container => self.container(&fields)?,
            Order::Volume => self.new_volume(&fields)?,
            Order::Exec(_) => known(&fields, &EXEC, "a command in a container")?,
            Order::Network => self.new_network(&fields)?,
            Order::Member => known(&fields, &["Container", "Force"], "who is in a network")?,
        }
        Ok(Value::Object(fields).to_string().into_bytes())
    }

    fn container(&self, fields: &Map<String, Value>) -> Result<(), String> {
        known(fields, &ORDER, "a container")?;
        for (name, value) in objects(fields.get("HostConfig"))? {
            match name.as_str() {
                name if HOST.contains(&name) => {}
                "NetworkMode" => self.network(text(name, value)?)?,
                "Binds" => texts(name, value)?.into_iter().try_for_each(|bind| self.bind(bind))?,
                "Mounts" => list(name, value)?.iter().try_for_each(|mount| self.mount(mount))?,
                "CapAdd" => texts(name, value)?.into_iter().try_for_each(capability)?,
                "SecurityOpt" => texts(name, value)?.into_iter().try_for_each(security)?,
                "LogConfig" => log(value)?,
                _ => empty(name, value)?,
            }
        }
        Ok(())
    }

    fn network(&self, name: &str) -> Result<(), String> {
        let shared = name == "host" || name.starts_with("container:");
        let named = self.networks.is_empty() || self.networks.iter().any(|begin| name.starts_with(begin));
        refuse_unless(!shared && named, || format!("the network '{name}' is not for servers"))
    }

    fn volume(&self, name: &str) -> Result<(), String> {
        let named = self.volumes.is_empty() || self.volumes.iter().any(|begin| name.starts_with(begin));
        refuse_unless(named, || format!("the volume '{name}' is not for servers"))
    }

    fn directory(&self, path: &str) -> Result<(), String> {
        let path = Path::new(path);
        let straight = path.components().all(|part| !matches!(part, Component::ParentDir));
        let below = self.directories.iter().any(|directory| path.starts_with(directory));
        refuse_unless(straight && below, || {
            format!(
                "the directory {} of the engine's machine is not for servers",
                path.display()
            )
        })
    }

    fn source(&self, source: &str) -> Result<(), String> {
        if source.starts_with('/') {
            self.directory(source)
        } else {
            self.volume(source)
        }
    }

    /// `SOURCE:TARGET`, perhaps with options.
    fn bind(&self, bind: &str) -> Result<(), String> {
        match bind.split_once(':') {
            Some((source, _)) => self.source(source),
            // A volume without a name.
            None => Ok(()),
        }
    }

    fn mount(&self, mount: &Value) -> Result<(), String> {
        for (name, value) in objects(Some(mount))? {
            match name.as_str() {
                "ReadOnly" | "Target" | "Consistency" | "TmpfsOptions" => {}
                "Type" => {
                    let kind = text(name, value)?;
                    let known = ["bind", "volume", "tmpfs"].contains(&kind);
                    refuse_unless(known, || format!("mounts of type '{kind}' are not for servers"))?;
                }
                "Source" => {
                    let source = text(name, value)?;
                    // The engine takes what it says of a bind for a directory, however it begins.
                    if mount["Type"] == json!("bind") {
                        self.directory(source)?;
                    } else if !source.is_empty() {
                        self.volume(source)?;
                    }
                }
                _ => empty(name, value)?,
            }
        }
        Ok(())
    }

    /// Of other drivers, and with other options, it could be a device of the machine.
    fn new_network(&self, fields: &Map<String, Value>) -> Result<(), String> {
        for (name, value) in fields {
            match name.as_str() {
                "Name" => self.network(text(name, value)?)?,
                "Labels" | "IPAM" | "Internal" | "EnableIPv4" | "EnableIPv6" | "CheckDuplicate" => {}
                "Driver" if value == &json!("bridge") => {}
                "Options" => {
                    let strange = objects(Some(value))?.find(|(name, _)| !BRIDGE.contains(&name.as_str()));
                    refuse_unless(strange.is_none(), || {
                        "an option of the network is not for servers".to_owned()
                    })?;
                }
                _ => empty(name, value)?,
            }
        }
        Ok(())
    }

    /// Options of the engine's driver could make it any directory of the machine, but for its size.
    fn new_volume(&self, fields: &Map<String, Value>) -> Result<(), String> {
        let driver = text("Driver", fields.get("Driver").unwrap_or(&Value::Null))?;
        let named = self.drivers.iter().any(|name| name == driver);
        let is_size = |value: &Value| {
            value
                .as_str()
                .is_some_and(|text| text.bytes().all(|b| b.is_ascii_alphanumeric()))
        };
        for (name, value) in fields {
            match name.as_str() {
                "Name" => self.volume(text(name, value)?)?,
                "Labels" => {}
                "Driver" if named || driver == "local" => {}
                "DriverOpts" if named => {}
                "DriverOpts" => {
                    let strange = objects(Some(value))?.find(|(name, value)| *name != "size" || !is_size(value));
                    refuse_unless(strange.is_none(), || {
                        "an option of the volume is not for servers".to_owned()
                    })?;
                }
                _ => empty(name, value)?,
            }
        }
        Ok(())
    }
}

fn passed(held: Result<(), String>) -> Verdict {
    held.map_or_else(Verdict::Refuse, |()| Verdict::Pass)
}

/// Whose membership of a network it is, where it is not the hub's.
///
/// # Errors
///
/// Where nobody is named.
pub fn member(guard: &Guard, order: &[u8]) -> Result<Option<String>, String> {
    let order: Value = serde_json::from_slice(order).map_err(|error| error.to_string())?;
    let name = order["Container"].as_str().unwrap_or_default();
    refuse_unless(!name.is_empty(), || "no container is named".to_owned())?;
    Ok((!guard.hubs.iter().any(|hub| hub == name)).then(|| name.to_owned()))
}

/// Whether the engine's answer about a container is about a server of a hub.
#[must_use]
pub fn is_server(answer: &Value) -> bool {
    let config = &answer["Config"];
    let env = config["Env"].as_array().into_iter().flatten();
    let mut variables = env.filter_map(Value::as_str);
    config["Labels"].get(INSTANCE).is_some() || variables.any(|line| line.starts_with(SERVERS_VARIABLE))
}

/// What may be told of a container that is none: that it is there.
#[must_use]
pub fn without_secrets(answer: &Value) -> Value {
    let mut kept = Map::new();
    for name in ["Id", "Name", "Created", "State"] {
        kept.insert(name.to_owned(), answer[name].clone());
    }
    kept.insert("Config".to_owned(), json!({ "Labels": {}, "Env": [] }));
    kept.into()
}

fn is_version(part: &str) -> bool {
    part.strip_prefix('v')
        .is_some_and(|rest| !rest.is_empty() && rest.chars().all(|sign| sign.is_ascii_digit() || sign == '.'))
}

/// An image from a registry. Without a name it would be made of what is sent.
fn is_pull(query: &str) -> bool {
    let mut names = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .filter(|(name, _)| {
            let name = percent_decode_str(name).decode_utf8_lossy();
            name == "fromImage"
        });
    let named = matches!(names.next(), Some((_, image)) if !image.is_empty());
    named && names.next().is_none()
}

fn capability(name: &str) -> Result<(), String> {
    let plain = name.strip_prefix("CAP_").unwrap_or(name);
    refuse_unless(CAPABILITIES.contains(&plain), || {
        format!("the capability {name} is not for servers")
    })
}

fn security(option: &str) -> Result<(), String> {
    let fine = matches!(
        option,
        "no-new-privileges" | "no-new-privileges:true" | "no-new-privileges=true"
    );
    refuse_unless(fine, || format!("the security option '{option}' is not for servers"))
}

fn log(value: &Value) -> Result<(), String> {
    let kind = value["Type"].as_str().unwrap_or_default();
    refuse_unless(kind.is_empty() || LOGS.contains(&kind), || {
        format!("logs by '{kind}' are not for servers")
    })
}

fn known(fields: &Map<String, Value>, known: &[&str], what: &str) -> Result<(), String> {
    let mut strange = fields.iter().filter(|(name, _)| !known.contains(&name.as_str()));
    strange
        .try_for_each(|(name, value)| empty(name, value))
        .map_err(|why| format!("{why} (of {what})"))
}

/// As if it had not been said.
fn empty(name: &str, value: &Value) -> Result<(), String> {
    let nothing = match value {
        Value::Null | Value::Bool(false) => true,
        Value::Bool(true) => false,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(values) => values.is_empty(),
        Value::Object(fields) => fields.iter().all(|(name, value)| empty(name, value).is_ok()),
    };
    refuse_unless(nothing, || format!("`{name}` is not for servers"))
}

fn objects(value: Option<&Value>) -> Result<impl Iterator<Item = (&String, &Value)>, String> {
    match value {
        None | Some(Value::Null) => Ok(None.into_iter().flatten()),
        Some(Value::Object(fields)) => Ok(Some(fields).into_iter().flatten()),
        Some(_) => Err("the order has something else where an object belongs".to_owned()),
    }
}

fn text<'a>(name: &str, value: &'a Value) -> Result<&'a str, String> {
    match value {
        Value::Null => Ok(""),
        value => value.as_str().ok_or_else(|| wrong(name)),
    }
}

fn list<'a>(name: &str, value: &'a Value) -> Result<&'a [Value], String> {
    match value {
        Value::Null => Ok(&[]),
        value => Ok(value.as_array().ok_or_else(|| wrong(name))?),
    }
}

fn texts<'a>(name: &str, value: &'a Value) -> Result<Vec<&'a str>, String> {
    list(name, value)?.iter().map(|value| text(name, value)).collect()
}

fn wrong(name: impl Display) -> String {
    format!("`{name}` has a value of another kind than the engine's")
}

fn refuse_unless(fine: bool, why: impl FnOnce() -> String) -> Result<(), String> {
    if fine { Ok(()) } else { Err(why()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard() -> Guard {
        Guard {
            networks: vec!["jupyterhub-net".into(), "perijove-".into()],
            hubs: vec!["jupyterhub-hub".into()],
            volumes: vec!["jupyterhub-user-".into(), "perijove-trash-".into()],
            directories: vec!["/srv/homes".into()],
            drivers: vec!["sized".into()],
        }
    }

    #[test]
    fn what_the_backend_asks_passes_and_nothing_else() {
        let of_server = |id: &str| Verdict::OfServer(id.to_owned());
        for (line, wanted) in [
            ("GET /_ping", Verdict::Pass),
            ("GET /v1.41/version", Verdict::Pass),
            ("GET /v1.41/images/quay.io/jupyter/base-notebook:1/json", Verdict::Pass),
            (
                "POST /v1.41/images/create?fromImage=quay.io/jupyter/base-notebook&tag=1",
                Verdict::Pass,
            ),
            ("GET /v1.41/containers/jupyter-ada/json", Verdict::Look),
            (
                "POST /v1.41/containers/create?name=jupyter-ada",
                Verdict::Order(Order::Container),
            ),
            ("POST /v1.41/containers/jupyter-ada/stop?t=10", of_server("jupyter-ada")),
            ("GET /v1.41/containers/db/logs", of_server("db")),
            ("POST /containers/db/exec", Verdict::Order(Order::Exec("db".into()))),
            ("DELETE /v1.41/volumes/perijove-trash-7", Verdict::Pass),
            ("GET /v1.41/networks?filters=%7B%7D", Verdict::Pass),
            ("DELETE /v1.41/networks/jupyterhub-net-ada", Verdict::Pass),
            (
                "POST /networks/jupyterhub-net-ada/connect",
                Verdict::Order(Order::Member),
            ),
        ] {
            assert_eq!(judged(line), wanted, "{line}");
        }
        for line in [
            "POST /v1.41/images/create?fromSrc=-",
            "POST /v1.41/images/create?fromImage=&fromImage=x&fromSrc=-",
            "POST /v1.41/build",
            "GET /v1.41/containers/db/archive?path=/",
            "PUT /v1.41/containers/jupyter-ada/archive?path=/",
            "POST /v1.41/containers/jupyter-ada/update",
            "GET /v1.41/images/x/../../containers/db/json",
            "GET /v1.41/images/%2e%2e/containers/db/json",
            "GET /v1.41/secrets",
            "DELETE /v1.41/networks/database",
            "POST /v1.41/networks/database/connect",
            "DELETE /v1.41/volumes/postgres",
            "POST /v1.41/swarm/init",
            "POST /v1.41/plugins/pull",
        ] {
            assert!(matches!(judged(line), Verdict::Refuse(_)), "{line}");
        }
    }

    fn judged(line: &str) -> Verdict {
        let (method, target) = line.split_once(' ').unwrap();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        guard().judge(method, path, query)
    }

    fn container(host: &Value) -> Result<Vec<u8>, String> {
        let order = json!({ "Image": "x", "Labels": {}, "HostConfig": host });
        guard().order(&Order::Container, order.to_string().as_bytes())
    }

    #[test]
    fn servers_reach_only_what_is_meant_for_them() {
        for fine in [
            json!({ "NetworkMode": "jupyterhub-net", "CapDrop": ["ALL"], "CapAdd": ["CHOWN"], "Memory": 1 << 30,
                    "SecurityOpt": ["no-new-privileges"], "Privileged": false, "Devices": [] }),
            json!({ "Mounts": [{ "Type": "volume", "Source": "jupyterhub-user-ada", "Target": "/home/jovyan", "ReadOnly": false }] }),
            json!({ "Mounts": [{ "Type": "bind", "Source": "/srv/homes/ada", "Target": "/home/jovyan" }] }),
            json!({ "Binds": ["/srv/homes/ada:/home/jovyan:ro", "jupyterhub-user-x:/x"] }),
        ] {
            container(&fine).unwrap_or_else(|why| panic!("{fine}: {why}"));
        }
        for bad in [
            json!({ "Privileged": true }),
            // The engine reads names in any case.
            json!({ "privileged": true }),
            json!({ "NetworkMode": "host" }),
            json!({ "NetworkMode": "container:db" }),
            json!({ "NetworkMode": "database" }),
            json!({ "PidMode": "host" }),
            json!({ "IpcMode": "host" }),
            json!({ "UsernsMode": "host" }),
            json!({ "CapAdd": ["SYS_ADMIN"] }),
            json!({ "CapAdd": ["ALL"] }),
            json!({ "SecurityOpt": ["seccomp=unconfined"] }),
            json!({ "Devices": [{ "PathOnHost": "/dev/sda" }] }),
            json!({ "VolumesFrom": ["db"] }),
            json!({ "Sysctls": { "net.ipv4.ip_forward": "1" } }),
            json!({ "Binds": ["/:/machine"] }),
            json!({ "Binds": ["/srv/homes/../../etc:/machine"] }),
            json!({ "Binds": ["/srv/homesick:/machine"] }),
            json!({ "Binds": ["postgres:/data"] }),
            json!({ "Mounts": [{ "Type": "bind", "Source": "/var/run/docker.sock", "Target": "/s" }] }),
            json!({ "Mounts": [{ "Type": "volume", "Source": "postgres", "Target": "/s" }] }),
            json!({ "Mounts": [{ "Type": "volume", "Target": "/s", "VolumeOptions": {
                "DriverConfig": { "Name": "local", "Options": { "type": "none", "o": "bind", "device": "/" } } } }] }),
            json!({ "LogConfig": { "Type": "syslog" } }),
            json!({ "Runtime": "mine" }),
        ] {
            assert!(container(&bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_comes_twice_is_told_the_engine_once() {
        let order = br#"{"Image": "x", "HostConfig": {"Privileged": true}, "HostConfig": {"Privileged": false}}"#;
        let told = guard().order(&Order::Container, order).unwrap();
        assert_eq!(told, br#"{"HostConfig":{"Privileged":false},"Image":"x"}"#);
        assert!(
            guard()
                .order(
                    &Order::Container,
                    br#"{"Image": "x", "hostConfig": {"Privileged": true}}"#
                )
                .is_err()
        );
    }

    #[test]
    fn networks_are_no_way_to_the_machine() {
        let order = |fields: Value| guard().order(&Order::Network, fields.to_string().as_bytes());
        let apart = json!({ "com.docker.network.bridge.enable_icc": "false" });
        order(json!({ "Name": "jupyterhub-net-ada", "Driver": "bridge", "Labels": {}, "Options": apart })).unwrap();
        assert!(order(json!({ "Name": "database", "Driver": "bridge" })).is_err());
        assert!(order(json!({ "Name": "jupyterhub-net-ada", "Driver": "macvlan" })).is_err());
        let theirs = json!({ "com.docker.network.bridge.name": "eth0" });
        assert!(order(json!({ "Name": "jupyterhub-net-ada", "Driver": "bridge", "Options": theirs })).is_err());

        let whose = |fields: Value| {
            let order = guard().order(&Order::Member, fields.to_string().as_bytes())?;
            member(&guard(), &order)
        };
        assert_eq!(whose(json!({ "Container": "jupyterhub-hub" })), Ok(None));
        assert_eq!(whose(json!({ "Container": "db" })), Ok(Some("db".to_owned())));
        assert!(whose(json!({ "container": "db", "Container": "jupyterhub-hub" })).is_err());
        assert!(whose(json!({})).is_err());
    }

    #[test]
    fn volumes_are_no_way_to_the_machine() {
        let order = |fields: Value| guard().order(&Order::Volume, fields.to_string().as_bytes());
        order(json!({ "Name": "jupyterhub-user-ada", "Labels": { "a": "b" }, "DriverOpts": {} })).unwrap();
        assert!(order(json!({ "Name": "postgres" })).is_err());
        let root = json!({ "type": "none", "o": "bind", "device": "/" });
        assert!(order(json!({ "Name": "jupyterhub-user-ada", "DriverOpts": root })).is_err());
        assert!(order(json!({ "Name": "jupyterhub-user-ada", "driveropts": root })).is_err());
        order(json!({ "Name": "jupyterhub-user-ada", "Driver": "local", "DriverOpts": { "size": "1048576" } }))
            .unwrap();
        assert!(order(json!({ "Name": "jupyterhub-user-ada", "DriverOpts": { "size": "1", "o": "bind" } })).is_err());
        assert!(order(json!({ "Name": "jupyterhub-user-ada", "Driver": "elsewhere" })).is_err());
        order(json!({ "Name": "jupyterhub-user-ada", "Driver": "sized", "DriverOpts": { "class": "gold" } })).unwrap();
    }

    #[test]
    fn commands_get_no_more_rights_than_their_container() {
        let order = |fields: Value| guard().order(&Order::Exec("x".into()), fields.to_string().as_bytes());
        order(json!({ "Cmd": ["true"], "AttachStdout": true })).unwrap();
        assert!(order(json!({ "Cmd": ["true"], "Privileged": true })).is_err());
    }

    #[test]
    fn of_others_nothing_secret_is_told() {
        let db = json!({ "Id": "1", "Name": "/db", "State": { "Running": true },
                         "Config": { "Env": ["POSTGRES_PASSWORD=secret"], "Labels": {} } });
        assert!(!is_server(&db));
        assert!(!without_secrets(&db).to_string().contains("secret"));
        assert!(is_server(&json!({ "Config": { "Labels": { INSTANCE: "a" } } })));
        assert!(is_server(
            &json!({ "Config": { "Env": ["JUPYTERHUB_SERVICE_PREFIX=/user/ada/"] } })
        ));
    }
}
