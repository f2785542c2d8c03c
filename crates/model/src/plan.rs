//! What a server gets: decided when its start is asked for, kept with it, and never decided again for that run.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What a profile, the choices made in it and the rules about people come to.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Plan {
    /// Its short name; `None` where there are no profiles.
    pub profile: Option<String>,
    /// As people read it.
    pub title: Option<String>,
    /// Which backend runs it; empty is the configured one.
    pub spawner: String,
    /// A Python environment that the hub looks after, by its name.
    pub environment: Option<String>,
    /// A container's image.
    pub image: Option<String>,
    /// The page that it opens with.
    pub default_url: Option<String>,
    /// Program and arguments, instead of the configured ones.
    pub command: Option<Vec<String>>,
    /// Variables, after all others.
    pub env: BTreeMap<String, String>,
    pub limits: Limits,
    pub mounts: Vec<Mount>,
    /// Numbers of groups that its processes are in besides: whose files they may use.
    pub groups: Vec<u32>,
}

/// What a server may use; `None` is as much as there is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Bytes.
    pub memory: Option<u64>,
    /// Bytes that are kept for it.
    pub memory_guarantee: Option<u64>,
    /// Thousandths of a core.
    pub cpu_milli: Option<u32>,
    pub cpu_guarantee_milli: Option<u32>,
    /// Processes and threads.
    pub processes: Option<u32>,
    /// Bytes of the person's home.
    pub storage: Option<u64>,
    pub gpus: u32,
}

/// A directory beside the home, shown to the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mount {
    /// A directory of the machine or the name of a volume, as the backend understands it. Templates are filled in.
    pub source: String,
    /// Where the server sees it; relative to the home unless it begins with a slash.
    pub target: String,
    pub read_only: bool,
    /// It is made where it is missing, for the group of this number.
    #[serde(default)]
    pub make: Option<u32>,
}

impl Limits {
    /// Cores, as the variables of the contract tell them.
    #[must_use]
    pub fn cpu(&self) -> Option<f64> {
        self.cpu_milli.map(cores)
    }

    #[must_use]
    pub fn cpu_guarantee(&self) -> Option<f64> {
        self.cpu_guarantee_milli.map(cores)
    }
}

/// A number of bytes as people write it: `2 GiB`, `1.5 GiB`, `300 MiB`.
#[must_use]
pub fn size(bytes: u64) -> String {
    let units = [
        (1_u64 << 40, "TiB"),
        (1 << 30, "GiB"),
        (1 << 20, "MiB"),
        (1 << 10, "KiB"),
    ];
    let Some((unit, name)) = units.into_iter().find(|(unit, _)| bytes >= *unit) else {
        return format!("{bytes} bytes");
    };
    // With one digit behind the point, unless it is a zero.
    let tenths = (u128::from(bytes) * 10 + u128::from(unit) / 2) / u128::from(unit);
    match tenths % 10 {
        0 => format!("{} {name}", tenths / 10),
        tenth => format!("{}.{tenth} {name}", tenths / 10),
    }
}

fn cores(milli: u32) -> f64 {
    f64::from(milli) / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_for_people() {
        let sizes = [0, 1023, 300 << 20, 2 << 30, 3 << 29, (1 << 40) + 1];
        let expected = ["0 bytes", "1023 bytes", "300 MiB", "2 GiB", "1.5 GiB", "1 TiB"];
        assert_eq!(sizes.map(size), expected);
    }
}
