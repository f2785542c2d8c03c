//! What the kernel tells of processes. A process is named by its id and its start time together: ids are reused.

use std::io;
use std::os::fd::OwnedFd;
use std::time::Duration;

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use serde::{Deserialize, Serialize};

use crate::Usage;

/// One process, for ever: no later process has the same two numbers before the machine is restarted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Process {
    pub pid: i32,
    /// Clock ticks since the machine started, field 22 of `/proc/PID/stat`.
    pub start_time: u64,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Stat {
    pub(crate) process: Process,
    pub(crate) parent: i32,
    /// It has ended and waits for its parent to take notice.
    pub(crate) zombie: bool,
}

impl Process {
    /// Who has this id now.
    pub fn of(pid: i32) -> io::Result<Option<Self>> {
        Ok(stat(pid)?.filter(|stat| !stat.zombie).map(|stat| stat.process))
    }

    pub fn is_alive(self) -> io::Result<bool> {
        Ok(Self::of(self.pid)? == Some(self))
    }

    /// Sends a signal to this process and to no later one of the same id; nothing if it has ended.
    pub fn signal(self, signal: Signal) -> io::Result<()> {
        let Some(pidfd) = self.open()? else { return Ok(()) };
        match pidfd_send_signal(pidfd, signal) {
            Ok(()) | Err(rustix::io::Errno::SRCH) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// A handle on the process. The start time is looked at after it is open: from then on the id can't be reused.
    pub fn open(self) -> io::Result<Option<OwnedFd>> {
        let Some(pid) = Pid::from_raw(self.pid).filter(|_| self.pid > 1) else {
            return Ok(None);
        };
        match pidfd_open(pid, PidfdFlags::empty()) {
            Ok(pidfd) => Ok(self.is_alive()?.then_some(pidfd)),
            Err(rustix::io::Errno::SRCH | rustix::io::Errno::INVAL) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The variable of its environment that begins so; `None` too if it may not be looked at.
    pub(crate) fn variable(self, beginning: &[u8]) -> Option<Vec<u8>> {
        let environ = std::fs::read(format!("/proc/{}/environ", self.pid)).ok()?;
        let found = environ
            .split(|byte| *byte == 0)
            .find(|variable| variable.starts_with(beginning));
        found.map(<[u8]>::to_vec)
    }

    /// Whether its environment has exactly this variable.
    pub(crate) fn has_variable(self, wanted: &[u8]) -> bool {
        self.variable(wanted).is_some_and(|found| found == wanted)
    }
}

/// `None` if there is no such process; an error if the kernel can't tell now.
pub(crate) fn stat(pid: i32) -> io::Result<Option<Stat>> {
    match std::fs::read(format!("/proc/{pid}/stat")) {
        Ok(line) => Ok(parse_stat(pid, &String::from_utf8_lossy(&line))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) if error.raw_os_error() == Some(rustix::io::Errno::SRCH.raw_os_error()) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The program's name in parentheses may hold anything, even parentheses: the fields are counted from the last one.
fn parse_stat(pid: i32, line: &str) -> Option<Stat> {
    let fields: Vec<&str> = line.rsplit_once(')')?.1.split_ascii_whitespace().collect();
    Some(Stat {
        zombie: matches!(*fields.first()?, "Z" | "X" | "x"),
        parent: fields.get(1)?.parse().ok()?,
        process: Process {
            pid,
            start_time: fields.get(19)?.parse().ok()?,
        },
    })
}

/// Every process that lives now.
pub(crate) fn all() -> io::Result<Vec<Stat>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc")? {
        let pid = entry?.file_name().to_str().and_then(|name| name.parse().ok());
        if let Some(pid) = pid {
            found.extend(stat(pid).ok().flatten().filter(|stat| !stat.zombie));
        }
    }
    Ok(found)
}

/// Every process below `root`, not `root` itself.
pub(crate) fn below(root: i32) -> io::Result<Vec<Process>> {
    let mut rest = all()?;
    let mut parents = vec![root];
    let mut found = Vec::new();
    while let Some(parent) = parents.pop() {
        rest.retain(|stat| {
            if stat.parent == parent {
                parents.push(stat.process.pid);
                found.push(stat.process);
            }
            stat.parent != parent
        });
    }
    Ok(found)
}

/// Whoever starts more has to be counted by a control group.
const MOST_COUNTED: usize = 1000;

/// What a process and all that it has started use, for machines without control groups: time on a core, also of what has
/// ended by now, and memory without what is shared with others. `None` if it has ended.
pub(crate) fn usage(root: Process) -> io::Result<Option<Usage>> {
    if !root.is_alive()? {
        return Ok(None);
    }
    let mut waiting = vec![root.pid];
    let (mut ticks, mut pages, mut threads, mut counted) = (0_u64, 0_u64, 0_u32, 0);
    while let Some(pid) = waiting.pop() {
        // What ends while it is counted is left out.
        let Some(used) = used(pid) else { continue };
        ticks = ticks.saturating_add(used.ticks);
        pages = pages.saturating_add(used.pages);
        threads = threads.saturating_add(used.threads);
        counted += 1;
        if counted < MOST_COUNTED {
            waiting.extend(children(pid));
        }
    }
    let nanoseconds = u128::from(ticks) * 1_000_000_000 / u128::from(rustix::param::clock_ticks_per_second().max(1));
    Ok(Some(Usage {
        cpu: Some(Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or(u64::MAX))),
        memory: Some(pages.saturating_mul(rustix::param::page_size() as u64)),
        processes: Some(threads),
        out_of_memory: 0,
    }))
}

struct Used {
    ticks: u64,
    pages: u64,
    threads: u32,
}

fn used(pid: i32) -> Option<Used> {
    let line = std::fs::read(format!("/proc/{pid}/stat")).ok()?;
    let memory = std::fs::read_to_string(format!("/proc/{pid}/statm")).ok()?;
    parse_used(&String::from_utf8_lossy(&line), &memory)
}

fn parse_used(stat: &str, statm: &str) -> Option<Used> {
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_ascii_whitespace().collect();
    let number = |at: usize| fields.get(at)?.parse::<u64>().ok();
    let mut memory = statm
        .split_ascii_whitespace()
        .skip(1)
        .map_while(|field| field.parse::<u64>().ok());
    let (resident, shared) = (memory.next()?, memory.next()?);
    Some(Used {
        // Its own time and that of children that have ended, each outside of the kernel and in it.
        ticks: [11, 12, 13, 14]
            .into_iter()
            .filter_map(number)
            .fold(0, u64::saturating_add),
        pages: resident.saturating_sub(shared),
        threads: u32::try_from(number(17)?).ok()?,
    })
}

/// Of all its threads: each has its own.
fn children(pid: i32) -> Vec<i32> {
    let Ok(threads) = std::fs::read_dir(format!("/proc/{pid}/task")) else {
        return Vec::new();
    };
    let lists = threads.filter_map(|thread| std::fs::read_to_string(thread.ok()?.path().join("children")).ok());
    lists
        .flat_map(|list| {
            list.split_ascii_whitespace()
                .filter_map(|pid| pid.parse().ok())
                .collect::<Vec<i32>>()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_used_is_read_from_the_fields_of_the_kernel() {
        let stat = "42 (a b) c) S 7 42 43 0 -1 4194560 1 0 0 0 100 20 3 4 20 0 5 0 9988 1 1 1";
        let used = parse_used(stat, "900 300 100 1 0 200 0").unwrap();
        assert_eq!((used.ticks, used.pages, used.threads), (127, 200, 5));
        assert!(parse_used("42 (sh", "1 2 3").is_none() && parse_used(stat, "900").is_none());
    }

    #[test]
    fn what_a_process_has_started_counts_with_it() {
        let me = Process::of(std::process::id() as i32).unwrap().unwrap();
        let alone = usage(me).unwrap().unwrap();
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let with_child = usage(me).unwrap().unwrap();
        assert!(alone.memory > Some(0) && alone.processes > Some(0), "{alone:?}");
        assert!(children(me.pid).contains(&(child.id() as i32)));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(with_child.cpu >= alone.cpu, "{with_child:?}");
        let earlier = Process {
            start_time: me.start_time - 1,
            ..me
        };
        assert_eq!(usage(earlier).unwrap(), None);
    }

    #[test]
    fn reads_a_name_made_to_confuse() {
        let line = "42 (a) R 1 (b) S 7 42 43 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 9988 1 1 1";
        let stat = parse_stat(42, line).unwrap();
        assert_eq!((stat.parent, stat.zombie), (7, false));
        assert_eq!(
            stat.process,
            Process {
                pid: 42,
                start_time: 9988
            }
        );
        assert!(parse_stat(42, "42 (sh").is_none());
    }

    #[test]
    fn a_process_is_its_id_and_its_start_time() {
        let me = Process::of(std::process::id() as i32).unwrap().unwrap();
        assert!(me.is_alive().unwrap() && me.open().unwrap().is_some());
        let earlier = Process {
            start_time: me.start_time - 1,
            ..me
        };
        assert!(!earlier.is_alive().unwrap() && earlier.open().unwrap().is_none());
    }
}
