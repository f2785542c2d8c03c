//! What sites say of containers besides, by the engine's own names (`ShmSize`) or by those of docker-py (`shm_size`), as
//! dockerspawner's `extra_create_kwargs` and `extra_host_config` have them.

use serde_json::{Map, Value};

/// docker-py's names that are not simply the engine's in another spelling.
const ODD: [(&str, &str); 18] = [
    ("mem_limit", "Memory"),
    ("mem_reservation", "MemoryReservation"),
    ("mem_swappiness", "MemorySwappiness"),
    ("memswap_limit", "MemorySwap"),
    ("cpuset", "CpusetCpus"),
    ("read_only", "ReadonlyRootfs"),
    ("dns_opt", "DnsOptions"),
    ("device_read_bps", "BlkioDeviceReadBps"),
    ("device_write_bps", "BlkioDeviceWriteBps"),
    ("device_read_iops", "BlkioDeviceReadIOps"),
    ("device_write_iops", "BlkioDeviceWriteIOps"),
    ("uts_mode", "UTSMode"),
    ("cgroupns", "CgroupnsMode"),
    ("domainname", "Domainname"),
    ("stdin_open", "OpenStdin"),
    ("command", "Cmd"),
    ("environment", "Env"),
    ("ports", "ExposedPorts"),
];
/// Amounts that may be written as "2g".
const SIZES: [&str; 5] = ["Memory", "MemoryReservation", "MemorySwap", "ShmSize", "KernelMemory"];

/// The table by the engine's names, and its values as the engine takes them. Keys of what lies deeper are names of
/// labels, sysctls and the like in some tables: they are only touched where the engine knows no others.
pub(crate) fn by_engines_names(table: &Map<String, Value>) -> Map<String, Value> {
    let named = table.iter().map(|(name, value)| {
        let name = engines_name(name);
        let value = value_of(&name, value);
        (name, value)
    });
    named.collect()
}

fn engines_name(name: &str) -> String {
    match ODD.iter().find(|(odd, _)| *odd == name) {
        Some((_, engines)) => (*engines).to_owned(),
        None => camel(name),
    }
}

/// `cap_add` is `CapAdd`; what begins with a capital is left alone.
fn camel(name: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        let first = letters.next().map(|first| first.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    };
    name.split('_').map(word).collect()
}

fn value_of(name: &str, value: &Value) -> Value {
    match (name, value) {
        (size, Value::String(text)) if SIZES.contains(&size) => bytes(text).map_or_else(|| value.clone(), Value::from),
        ("Env", Value::Object(variables)) => variables.iter().map(|(name, value)| assignment(name, value)).collect(),
        ("ExtraHosts", Value::Object(hosts)) => hosts.iter().map(|(host, at)| colon(host, at)).collect(),
        ("Links", Value::Object(links)) => links.iter().map(|(name, alias)| colon(name, alias)).collect(),
        ("Devices", Value::Array(devices)) => devices.iter().map(device).collect(),
        ("DeviceRequests" | "Ulimits" | "Mounts", Value::Array(items)) => items.iter().map(fields).collect(),
        ("RestartPolicy" | "LogConfig" | "Healthcheck", Value::Object(_)) => fields(value),
        ("HostConfig", Value::Object(table)) => by_engines_names(table).into(),
        _ => value.clone(),
    }
}

/// "2g", "512mb", "1024": powers of 1024.
fn bytes(text: &str) -> Option<u64> {
    let text = text.trim().to_ascii_lowercase();
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let shift = match text[number.len()..].trim_end_matches('b') {
        "" => 0,
        "k" => 10,
        "m" => 20,
        "g" => 30,
        "t" => 40,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(1 << shift)
}

/// What has a table of the engine's own: all its keys are the engine's.
fn fields(value: &Value) -> Value {
    match value {
        Value::Object(table) => table
            .iter()
            .map(|(name, value)| (camel(name), value.clone()))
            .collect::<Map<_, _>>()
            .into(),
        other => other.clone(),
    }
}

/// `/dev/fuse:/dev/fuse:rwm`
fn device(value: &Value) -> Value {
    let Value::String(text) = value else {
        return fields(value);
    };
    let mut parts = text.split(':');
    let host = parts.next().unwrap_or_default();
    let inside = parts.next().unwrap_or(host);
    let may = parts.next().unwrap_or("rwm");
    serde_json::json!({ "PathOnHost": host, "PathInContainer": inside, "CgroupPermissions": may })
}

fn assignment(name: &str, value: &Value) -> Value {
    format!("{name}={}", text(value)).into()
}

fn colon(name: &str, value: &Value) -> Value {
    format!("{name}:{}", text(value)).into()
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Lists to which sites add: what the hub puts there, above all the home, is never taken out.
const ADDED_TO: [&str; 3] = ["Mounts", "Binds", "Env"];

/// Tables are merged, however deep; everything else is replaced.
pub(crate) fn merge(into: &mut Map<String, Value>, from: Map<String, Value>) {
    for (key, value) in from {
        match (into.get_mut(&key), value) {
            (Some(Value::Object(old)), Value::Object(new)) => merge(old, new),
            (Some(Value::Array(old)), Value::Array(new)) if ADDED_TO.contains(&key.as_str()) => old.extend(new),
            (_, value) => drop(into.insert(key, value)),
        }
    }
}

/// Every text in it, keys too, is filled in.
pub(crate) fn fill(value: &Value, fill_in: &dyn Fn(&str) -> String) -> Value {
    match value {
        Value::String(text) => fill_in(text).into(),
        Value::Array(items) => items.iter().map(|item| fill(item, fill_in)).collect(),
        Value::Object(table) => filled(table, fill_in).into(),
        other => other.clone(),
    }
}

pub(crate) fn filled(table: &Map<String, Value>, fill_in: &dyn Fn(&str) -> String) -> Map<String, Value> {
    let filled = table.iter().map(|(key, value)| (fill_in(key), fill(value, fill_in)));
    filled.collect()
}

/// Keys that were given and are not among what was understood, with dots between.
pub(crate) fn unknown(given: &Map<String, Value>, understood: &Map<String, Value>) -> Vec<String> {
    let mut missing = Vec::new();
    for (key, value) in given {
        match (value, understood.get(key)) {
            (Value::Null, _) => {}
            (_, None) => missing.push(key.clone()),
            (Value::Object(given), Some(Value::Object(understood))) => {
                let deeper = unknown(given, understood);
                missing.extend(deeper.into_iter().map(|inner| format!("{key}.{inner}")));
            }
            _ => {}
        }
    }
    missing
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn table(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn both_ways_to_write_keys_come_to_the_same() {
        let python = table(json!({
            "mem_limit": "2g", "shm_size": 1024, "cap_add": ["NET_ADMIN"], "read_only": true, "pids_limit": 9,
            "extra_hosts": {"db": "10.0.0.1"}, "devices": ["/dev/fuse"],
            "device_requests": [{"driver": "nvidia", "count": -1, "capabilities": [["gpu"]]}],
            "sysctls": {"net.core.somaxconn": "9"}, "restart_policy": {"name": "no"},
        }));
        let engine = table(json!({
            "Memory": 2_147_483_648_u64, "ShmSize": 1024, "CapAdd": ["NET_ADMIN"], "ReadonlyRootfs": true, "PidsLimit": 9,
            "ExtraHosts": ["db:10.0.0.1"],
            "Devices": [{"PathOnHost": "/dev/fuse", "PathInContainer": "/dev/fuse", "CgroupPermissions": "rwm"}],
            "DeviceRequests": [{"Driver": "nvidia", "Count": -1, "Capabilities": [["gpu"]]}],
            "Sysctls": {"net.core.somaxconn": "9"}, "RestartPolicy": {"Name": "no"},
        }));
        assert_eq!(by_engines_names(&python), engine);
        assert_eq!(by_engines_names(&engine), engine);
        let create = by_engines_names(&table(
            json!({"environment": {"A": 1}, "host_config": {"cpu_shares": 2}}),
        ));
        assert_eq!(create, table(json!({"Env": ["A=1"], "HostConfig": {"CpuShares": 2}})));
    }

    #[test]
    fn tables_are_merged_and_lists_replaced() {
        let mut into = table(json!({"a": {"b": 1, "c": [1]}, "d": 1, "Mounts": [1]}));
        merge(
            &mut into,
            table(json!({"a": {"c": [2], "e": {}}, "d": {"x": 1}, "Mounts": [2]})),
        );
        assert_eq!(
            into,
            table(json!({"a": {"b": 1, "c": [2], "e": {}}, "d": {"x": 1}, "Mounts": [1, 2]})),
            "and the home stays mounted"
        );
    }

    #[test]
    fn what_is_not_understood_is_named() {
        let given = table(json!({"a": {"b": 1, "x": 2}, "y": [], "n": null}));
        assert_eq!(unknown(&given, &table(json!({"a": {"b": 1}}))), ["a.x", "y"]);
    }
}
