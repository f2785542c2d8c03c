//! Which hub and which edge work on a data directory: one hub with SQLite, told by a lock; and who they are, for
//! `perijove stop` and for the next hub.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::Result;
use perijove_spawn::proc::Process;
use rustix::fs::{FlockOperation, flock};
use serde::{Deserialize, Serialize};

use crate::problem::Problem;

pub const HUB: &str = "hub.pid";
pub const EDGE: &str = "edge.pid";
const LOCK: &str = "hub.lock";

/// Who it is. The start time tells it from a later process with the same id.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Instance {
    #[serde(flatten)]
    pub process: Process,
    pub version: String,
    /// What it was started with, so that a change is noticed.
    #[serde(default)]
    pub settings: String,
}

impl Instance {
    pub fn of_this_process(settings: String) -> io::Result<Self> {
        let pid = rustix::process::getpid().as_raw_pid();
        let process = Process::of(pid)?.ok_or_else(|| io::Error::other("/proc does not show this process"))?;
        Ok(Self {
            process,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            settings,
        })
    }

    /// The one that the file speaks of, if it lives.
    #[must_use]
    pub fn living(file: &Path) -> Option<Self> {
        let instance: Self = serde_json::from_slice(&fs::read(file).ok()?).ok()?;
        instance.process.is_alive().unwrap_or(false).then_some(instance)
    }

    /// Says so in the file as long as the result lives.
    pub fn publish(&self, file: PathBuf) -> Result<Published> {
        write(&file, &serde_json::to_vec(self)?)
            .map_err(|error| Problem::new(format!("{} can't be written", file.display())).because(error))?;
        Ok(Published {
            file,
            process: self.process,
        })
    }
}

/// The whole file or none of it.
fn write(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let next = file.with_extension("pid.new");
    fs::write(&next, bytes)?;
    fs::rename(&next, file)
}

/// Removes the file at the end, unless another has taken it over.
pub struct Published {
    file: PathBuf,
    process: Process,
}

impl Drop for Published {
    fn drop(&mut self) {
        if Instance::living(&self.file).is_some_and(|instance| instance.process == self.process) {
            let _ = fs::remove_file(&self.file);
        }
    }
}

/// Held while a hub works on the SQLite database of this directory. The kernel lets go of it whatever happens.
pub struct Lock(#[expect(dead_code, reason = "open is locked")] File);

impl Lock {
    pub fn take(data_dir: &Path) -> Result<Self> {
        let path = data_dir.join(LOCK);
        let opened = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path);
        let file =
            opened.map_err(|error| Problem::new(format!("{} can't be opened", path.display())).because(error))?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Self(file)),
            Err(rustix::io::Errno::WOULDBLOCK) => Err(taken(data_dir).into()),
            Err(error) => Err(Problem::new(format!("{} can't be locked", path.display()))
                .because(error)
                .into()),
        }
    }
}

fn taken(data_dir: &Path) -> Problem {
    let who = Instance::living(&data_dir.join(HUB));
    let who = who.map_or(String::new(), |hub| format!(" (process {})", hub.process.pid));
    Problem::new(format!("another hub{who} works on {}", data_dir.display())).try_this(
        "end it with `perijove stop`, or set another `data_dir` in [hub]; only with PostgreSQL several hubs can share \
         their data",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_has_one_hub_and_is_free_after_it() {
        let dir = tempfile::tempdir().unwrap();
        let held = Lock::take(dir.path()).unwrap();
        let error = Lock::take(dir.path()).err().unwrap();
        assert!(error.to_string().starts_with("another hub works on"), "{error}");
        drop(held);
        Lock::take(dir.path()).unwrap();
    }

    #[test]
    fn a_file_of_a_dead_process_is_worth_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join(HUB);
        let mut instance = Instance::of_this_process(String::new()).unwrap();
        let published = instance.publish(file.clone()).unwrap();
        assert_eq!(Instance::living(&file).as_ref(), Some(&instance));
        drop(published);
        assert!(!file.exists());
        instance.process.start_time -= 1;
        let _kept = instance.publish(file.clone()).unwrap();
        assert_eq!(Instance::living(&file), None);
    }
}
