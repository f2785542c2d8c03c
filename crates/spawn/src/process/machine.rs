//! What this machine can do to keep servers apart and to hold them to their limits. It is found out by trying.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::jails::{Accounts, Grouping, JailConfig, Visible};
use crate::group::{self, Controller, Kind};
use crate::homes::quota;
use crate::inside::{self, Entry};
use crate::jail::{self, Change, Jail};
use crate::{Capabilities, gpu};

/// What whoever runs the hub wants.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    pub accounts: Accounts,
    pub isolate: bool,
    /// Use landlock where the kernel has it.
    pub landlock: bool,
    pub hidden: Vec<PathBuf>,
    pub visible: Vec<Visible>,
    /// Where homes are made.
    pub homes: PathBuf,
    /// For servers whose plan says nothing of processes.
    pub processes: Option<u32>,
    /// Of control groups: no other hub on this machine has the same.
    pub group: String,
}

/// Whether control groups may be touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The hub's: its own process may be moved aside.
    Prepare,
    Look,
}

/// Blocks for some tens of milliseconds. `exe` is this program, or another that can be a supervisor.
#[must_use]
pub fn settle(wanted: Wanted, exe: &Path, mode: Mode) -> JailConfig {
    let mut told = Capabilities::default();
    let mut reasons = BTreeMap::new();
    let isolate = match isolation(&wanted, exe) {
        Ok(()) => true,
        Err(why) => {
            reasons.insert("isolation", why);
            false
        }
    };
    told.isolation = isolate;
    told.landlock = landlock(&wanted, isolate).unwrap_or_else(|why| {
        reasons.insert("landlock", why);
        None
    });
    if !isolate && told.landlock.is_some_and(|version| version < jail::SIGNALS) {
        let why =
            "servers can end each other's processes: landlock keeps them from that from its version 6 on (Linux 6.12)";
        reasons.insert("landlock", why.to_owned());
    }
    told.accounts = wanted.accounts.name();
    told.own_user = wanted.accounts != Accounts::Hub;
    if !told.own_user {
        reasons.insert("own_user", "servers run as the hub's own account".to_owned());
    }
    let grouping = grouping(&wanted.group, mode).unwrap_or_else(|why| {
        reasons.insert("limits", why);
        Grouping::None
    });
    let has = |controller| match &grouping {
        Grouping::None => false,
        Grouping::Own(place) => place.dirs.contains_key(&controller),
        Grouping::Systemd(_) => true,
    };
    told.memory_limit = has(Controller::Memory);
    told.cpu_limit = has(Controller::Cpu);
    told.process_limit = has(Controller::Pids);
    told.limits_by = match &grouping {
        Grouping::None => "rlimits",
        Grouping::Own(place) if place.kind == Kind::V1 => "cgroup v1",
        Grouping::Own(_) => "cgroup v2",
        Grouping::Systemd(_) => "systemd",
    };
    match quota::possible(&wanted.homes) {
        Ok(()) => told.storage_limit = true,
        Err(why) => drop(reasons.insert("storage_limit", why)),
    }
    match gpu::find().available {
        true => {
            told.gpu = true;
            if !isolate && told.landlock.is_none() {
                reasons.insert(
                    "gpu",
                    "every server can use every GPU: that is held back by isolation and landlock alone".to_owned(),
                );
            }
        }
        false => drop(reasons.insert("gpu", "no GPU with a driver was found".to_owned())),
    }
    reasons.insert("image_pull", "processes have no images".to_owned());
    let told_landlock = told.landlock.is_some();
    told.reasons = reasons.into_iter().map(|(what, why)| (what.to_owned(), why)).collect();
    JailConfig {
        accounts: wanted.accounts,
        isolate,
        landlock: told_landlock,
        hidden: wanted.hidden,
        visible: wanted.visible,
        processes: wanted.processes,
        grouping,
        devices: "/".into(),
        capabilities: told,
    }
}

fn isolation(wanted: &Wanted, exe: &Path) -> Result<(), String> {
    if wanted.accounts == Accounts::Hub {
        return Err("servers that run as one account can't be kept apart".to_owned());
    }
    if !wanted.isolate {
        return Err("it is turned off by `isolate`".to_owned());
    }
    try_out(exe)
}

fn landlock(wanted: &Wanted, isolate: bool) -> Result<Option<i32>, String> {
    if !wanted.isolate || !wanted.landlock {
        return Err("it is turned off by `isolate` or `landlock`".to_owned());
    }
    if wanted.accounts != Accounts::Hub && !isolate {
        return Err("it is used where servers have a view of their own, or the hub's account".to_owned());
    }
    jail::version().map(Some)
}

/// Does what is done for every server, for a program that does nothing.
fn try_out(exe: &Path) -> Result<(), String> {
    let entry = Entry {
        command: vec!["true".to_owned()],
        env: BTreeMap::from([("PATH".to_owned(), "/usr/bin:/bin".to_owned())]),
        jail: Jail {
            view: Some(vec![
                Change::Show {
                    source: "/var/tmp".into(),
                    target: "/tmp".into(),
                    read_only: true,
                },
                Change::Empty {
                    target: "/dev/shm".into(),
                    mode: 0o1777,
                },
                Change::OwnProcesses,
            ]),
            no_new_privileges: true,
            ..Jail::default()
        },
    };
    let mut command = Command::new(exe);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = inside::start(&mut command, &entry).map_err(|report| report.why())?;
    match child.wait() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("a program that was kept apart ended with {status}")),
        Err(error) => Err(error.to_string()),
    }
}

pub(crate) fn grouping(name: &str, mode: Mode) -> Result<Grouping, String> {
    let found = match mode {
        Mode::Prepare => group::find(name),
        Mode::Look => group::look(name),
    };
    match found {
        Ok(place) => Ok(Grouping::Own(place)),
        Err(why) => group::find_systemd(name)
            .map(Grouping::Systemd)
            .map_err(|also| match also {
                Some(also) => format!("{why}; {also}"),
                None => why,
            }),
    }
}

/// Whether this process may use such account numbers: in a container it may have few.
pub fn numbers_are_ours(first: u32, last: u32) -> bool {
    let Ok(map) = std::fs::read_to_string("/proc/self/uid_map") else {
        return true;
    };
    covers(&map, u64::from(first), u64::from(last))
}

/// Lines of: first number here, first number outside, how many.
fn covers(map: &str, first: u64, last: u64) -> bool {
    map.lines().any(|line| {
        let numbers: Vec<u64> = line
            .split_whitespace()
            .filter_map(|number| number.parse().ok())
            .collect();
        matches!(numbers.as_slice(), [from, _, count] if *from <= first && last < from + count)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_container_may_have_few_numbers() {
        assert!(covers(
            "         0          0 4294967295\n",
            1_900_000_000,
            2_147_483_646
        ));
        assert!(!covers(
            "         0     100000      65536\n",
            1_900_000_000,
            2_147_483_646
        ));
        assert!(covers("0 1000 1\n1 100000 65536\n", 20_000, 60_000));
    }
}
