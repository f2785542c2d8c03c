//! What the kernel tells of processes. A process is named by its id and its start time together: ids are reused.

use std::io;
use std::os::fd::OwnedFd;

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use serde::{Deserialize, Serialize};

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

#[cfg(test)]
mod tests {
    use super::*;

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
