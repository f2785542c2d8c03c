//! Control groups: what a server may use at most, and what it has used. Each server has one of its own (with version 1
//! one for each controller) below one that is the hub's. Everything here is files, so everything here can be tried on a
//! directory that only looks like `/sys/fs/cgroup`.

mod place;
mod systemd;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use perijove_model::Limits;
use rustix::process::Signal;
use serde::{Deserialize, Serialize};

use crate::Usage;
use crate::proc::Process;

pub use place::{Kind, Place, find, in_scope, look};
pub use systemd::Systemd;
pub(crate) use systemd::find as find_systemd;

/// Length of the stretches in which time on the cores is shared out, in microseconds.
const PERIOD: u64 = 100_000;
/// The kernel takes no smaller share of a stretch.
const LEAST_SHARE: u64 = 1_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Controller {
    Memory,
    Cpu,
    /// Version 1 alone: it counts what version 2's `cpu` counts too.
    CpuAcct,
    Pids,
}

impl Controller {
    pub(crate) const ALL: [Self; 4] = [Self::Memory, Self::Cpu, Self::CpuAcct, Self::Pids];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Cpu => "cpu",
            Self::CpuAcct => "cpuacct",
            Self::Pids => "pids",
        }
    }
}

/// The group of one server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    pub kind: Kind,
    /// With version 2 they are all the same directory.
    pub dirs: BTreeMap<Controller, PathBuf>,
}

impl Group {
    #[must_use]
    pub fn of(place: &Place, name: &str) -> Self {
        let own = |(controller, dir): (&Controller, &PathBuf)| (*controller, dir.join(name));
        Self {
            kind: place.kind,
            dirs: place.dirs.iter().map(own).collect(),
        }
    }

    /// Makes it with its limits; nothing is in it yet.
    pub fn make(&self, limits: &Limits) -> io::Result<()> {
        for dir in self.all() {
            make_dir(dir)?;
            // The last server's end may have removed what is above, and with it what it passes on.
            if let (Kind::V2, Some(above)) = (self.kind, dir.parent()) {
                place::enable(above, &self.dirs.keys().copied().collect::<Vec<_>>())?;
            }
        }
        for (file, value) in self.settings(limits) {
            match std::fs::write(&file, &value) {
                // Without a count of swap there is no limit of it.
                Err(error) if error.kind() == io::ErrorKind::NotFound && is_swap(&file) => {}
                written => written.map_err(|error| {
                    io::Error::new(error.kind(), format!("{} to {}: {error}", value, file.display()))
                })?,
            }
        }
        Ok(())
    }

    /// In this order: memory with swap can't be less than memory alone.
    fn settings(&self, limits: &Limits) -> Vec<(PathBuf, String)> {
        let mut settings = Vec::new();
        let mut set = |controller, file: &str, value: String| {
            if let Some(dir) = self.dirs.get(&controller) {
                settings.push((dir.join(file), value));
            }
        };
        if let Some(memory) = limits.memory {
            match self.kind {
                Kind::V1 => {
                    set(Controller::Memory, "memory.limit_in_bytes", memory.to_string());
                    set(Controller::Memory, "memory.memsw.limit_in_bytes", memory.to_string());
                }
                Kind::V2 => {
                    set(Controller::Memory, "memory.max", memory.to_string());
                    set(Controller::Memory, "memory.swap.max", "0".to_owned());
                }
            }
        }
        if let Some(milli) = limits.cpu_milli {
            let share = (u64::from(milli) * PERIOD / 1000).max(LEAST_SHARE);
            match self.kind {
                Kind::V1 => {
                    set(Controller::Cpu, "cpu.cfs_period_us", PERIOD.to_string());
                    set(Controller::Cpu, "cpu.cfs_quota_us", share.to_string());
                }
                Kind::V2 => set(Controller::Cpu, "cpu.max", format!("{share} {PERIOD}")),
            }
        }
        if let Some(processes) = limits.processes {
            set(Controller::Pids, "pids.max", processes.to_string());
        }
        settings
    }

    /// Each directory once.
    #[must_use]
    pub fn all(&self) -> Vec<&Path> {
        let mut all: Vec<&Path> = self.dirs.values().map(PathBuf::as_path).collect();
        all.dedup();
        all
    }

    /// What it has used so far; `None` if it is gone.
    #[must_use]
    pub fn usage(&self) -> Option<Usage> {
        self.dirs.values().any(|dir| dir.exists()).then(|| Usage {
            cpu: self.cpu(),
            memory: self.memory(),
            processes: self
                .number(Controller::Pids, "pids.current")
                .and_then(|count| u32::try_from(count).ok()),
            out_of_memory: self.killed(),
        })
    }

    fn cpu(&self) -> Option<Duration> {
        match self.kind {
            Kind::V1 => self
                .number(Controller::CpuAcct, "cpuacct.usage")
                .map(Duration::from_nanos),
            Kind::V2 => self
                .field(Controller::Cpu, "cpu.stat", "usage_usec")
                .map(Duration::from_micros),
        }
    }

    /// Without what is kept of files that nobody reads any more: that goes when memory is needed.
    fn memory(&self) -> Option<u64> {
        let (now, idle) = match self.kind {
            Kind::V1 => ("memory.usage_in_bytes", "total_inactive_file"),
            Kind::V2 => ("memory.current", "inactive_file"),
        };
        let used = self.number(Controller::Memory, now)?;
        let idle = self.field(Controller::Memory, "memory.stat", idle).unwrap_or(0);
        Some(used.saturating_sub(idle))
    }

    /// How often something in it was killed at the memory limit.
    #[must_use]
    pub fn killed(&self) -> u64 {
        let file = match self.kind {
            Kind::V1 => "memory.oom_control",
            Kind::V2 => "memory.events",
        };
        self.field(Controller::Memory, file, "oom_kill").unwrap_or(0)
    }

    /// What is in it, wherever it has gone since.
    pub(crate) fn processes(&self) -> Vec<Process> {
        let pids = self
            .all()
            .into_iter()
            .filter_map(|dir| std::fs::read_to_string(dir.join("cgroup.procs")).ok());
        let mut pids: Vec<i32> = pids
            .flat_map(|text| text.lines().filter_map(|pid| pid.parse().ok()).collect::<Vec<_>>())
            .collect();
        pids.sort_unstable();
        pids.dedup();
        pids.into_iter()
            .filter_map(|pid| Process::of(pid).ok().flatten())
            .collect()
    }

    pub(crate) fn kill(&self) {
        for process in self.processes() {
            let _ = process.signal(Signal::KILL);
        }
    }

    /// Removes it once nothing is in it, and with the last one what is above it.
    pub fn remove(&self) -> io::Result<()> {
        for dir in self.all() {
            match std::fs::remove_dir(dir) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            if let Some(above) = dir.parent() {
                // Others are in it still.
                let _ = std::fs::remove_dir(above);
            }
        }
        Ok(())
    }

    fn number(&self, controller: Controller, file: &str) -> Option<u64> {
        let text = std::fs::read_to_string(self.dirs.get(&controller)?.join(file)).ok()?;
        text.trim().parse().ok()
    }

    fn field(&self, controller: Controller, file: &str, name: &str) -> Option<u64> {
        let text = std::fs::read_to_string(self.dirs.get(&controller)?.join(file)).ok()?;
        let value = |line: &str| line.strip_prefix(name)?.strip_prefix(' ')?.trim().parse().ok();
        text.lines().find_map(value)
    }
}

/// Another server's end may remove the directory above at this very moment.
fn make_dir(dir: &Path) -> io::Result<()> {
    let mut tries = 0;
    loop {
        match std::fs::create_dir_all(dir) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && tries < 10 => tries += 1,
            Err(error) => return Err(io::Error::new(error.kind(), format!("{}: {error}", dir.display()))),
            Ok(()) => return Ok(()),
        }
    }
}

fn is_swap(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    name.contains("swap") || name.contains("memsw")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(kind: Kind, root: &Path) -> Group {
        let dir = |controller: Controller| match kind {
            Kind::V1 => root.join(controller.name()).join("perijove/7-1"),
            Kind::V2 => root.join("perijove/7-1"),
        };
        Group {
            kind,
            dirs: Controller::ALL.map(|controller| (controller, dir(controller))).into(),
        }
    }

    fn limits() -> Limits {
        Limits {
            memory: Some(2 << 30),
            cpu_milli: Some(1500),
            processes: Some(300),
            ..Limits::default()
        }
    }

    #[test]
    fn limits_are_told_in_the_words_of_each_version() {
        let told = |kind| {
            let settings = group(kind, Path::new("/c")).settings(&limits());
            settings
                .into_iter()
                .map(|(file, value)| format!("{} {value}", file.display()))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            told(Kind::V2),
            [
                "/c/perijove/7-1/memory.max 2147483648",
                "/c/perijove/7-1/memory.swap.max 0",
                "/c/perijove/7-1/cpu.max 150000 100000",
                "/c/perijove/7-1/pids.max 300",
            ]
        );
        assert_eq!(
            told(Kind::V1),
            [
                "/c/memory/perijove/7-1/memory.limit_in_bytes 2147483648",
                "/c/memory/perijove/7-1/memory.memsw.limit_in_bytes 2147483648",
                "/c/cpu/perijove/7-1/cpu.cfs_period_us 100000",
                "/c/cpu/perijove/7-1/cpu.cfs_quota_us 150000",
                "/c/pids/perijove/7-1/pids.max 300",
            ]
        );
    }

    #[test]
    fn what_was_used_is_read_in_the_words_of_each_version() {
        for (kind, files) in [
            (
                Kind::V2,
                [
                    ("", "cpu.stat", "usage_usec 2500000\nuser_usec 1\n"),
                    ("", "memory.current", "1000\n"),
                    ("", "memory.stat", "anon 5\ninactive_file 100\n"),
                    ("", "memory.events", "low 0\noom 3\noom_kill 2\noom_group_kill 0\n"),
                    ("", "pids.current", "9\n"),
                ],
            ),
            (
                Kind::V1,
                [
                    ("cpuacct", "cpuacct.usage", "2500000000\n"),
                    ("memory", "memory.usage_in_bytes", "1000\n"),
                    ("memory", "memory.stat", "cache 5\ntotal_inactive_file 100\n"),
                    (
                        "memory",
                        "memory.oom_control",
                        "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n",
                    ),
                    ("pids", "pids.current", "9\n"),
                ],
            ),
        ] {
            let root = tempfile::tempdir().unwrap();
            let group = group(kind, root.path());
            assert_eq!(group.usage(), None);
            group.make(&Limits::default()).unwrap();
            for (controller, file, text) in files {
                std::fs::write(root.path().join(controller).join("perijove/7-1").join(file), text).unwrap();
            }
            let usage = group.usage().unwrap();
            assert_eq!(usage.cpu, Some(Duration::from_millis(2500)));
            assert_eq!(
                (usage.memory, usage.processes, usage.out_of_memory),
                (Some(900), Some(9), 2)
            );
        }
    }

    #[test]
    fn the_last_one_takes_away_what_is_above() {
        let root = tempfile::tempdir().unwrap();
        let one = group(Kind::V1, root.path());
        let two = Group {
            dirs: one
                .dirs
                .iter()
                .map(|(c, dir)| (*c, dir.with_file_name("8-1")))
                .collect(),
            ..one.clone()
        };
        one.make(&Limits::default()).unwrap();
        two.make(&Limits::default()).unwrap();
        one.remove().unwrap();
        assert!(root.path().join("memory/perijove").exists());
        two.remove().unwrap();
        two.remove().unwrap();
        assert!(!root.path().join("memory/perijove").exists());
    }
}
