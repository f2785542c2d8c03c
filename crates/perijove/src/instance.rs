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

impl Published {
    /// It has other settings now.
    pub fn change(&self, instance: &Instance) -> Result<()> {
        Ok(write(&self.file, &serde_json::to_vec(instance)?)?)
    }
}

impl Drop for Published {
    fn drop(&mut self) {
        if Instance::living(&self.file).is_some_and(|instance| instance.process == self.process) {
            let _ = fs::remove_file(&self.file);
        }
    }
}

/// Held while a hub works on an SQLite database and on a data directory; each may be named in more than one
/// configuration. The kernel lets go of it whatever happens.
pub struct Lock(#[expect(dead_code, reason = "open they are locked")] [File; 2]);

impl Lock {
    pub fn take(data_dir: &Path, database: &Path) -> Result<Self> {
        let own = lock(&data_dir.join(LOCK))?.ok_or_else(|| taken(data_dir, data_dir))?;
        let database_lock = lock(&database.with_added_extension("lock"))?;
        Ok(Self([own, database_lock.ok_or_else(|| taken(database, data_dir))?]))
    }
}

/// `None` if another has it.
fn lock(path: &Path) -> Result<Option<File>> {
    let opened = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path);
    let file = opened.map_err(|error| {
        Problem::new(format!("{} can't be opened", path.display()))
            .because(error)
            .try_this("its directory must be there, and this account must be allowed to write to it")
    })?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(Some(file)),
        Err(rustix::io::Errno::WOULDBLOCK) => Ok(None),
        Err(error) => Err(Problem::new(format!("{} can't be locked", path.display()))
            .because(error)
            .into()),
    }
}

fn taken(what: &Path, data_dir: &Path) -> Problem {
    let who = Instance::living(&data_dir.join(HUB));
    let who = who.map_or(String::new(), |hub| format!(" (process {})", hub.process.pid));
    Problem::new(format!("another hub{who} works on {}", what.display())).try_this(
        "end it with `perijove stop`, or set another `data_dir` and `database` in [hub]; only with PostgreSQL several \
         hubs can share their data",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_has_one_hub_and_is_free_after_it() {
        let dir = tempfile::tempdir().unwrap();
        let (one, other) = (dir.path().join("one"), dir.path().join("other"));
        let database = one.join("hub.sqlite");
        fs::create_dir(&one).unwrap();
        fs::create_dir(&other).unwrap();
        let refused = |data_dir: &Path| Lock::take(data_dir, &database).err().unwrap().to_string();

        let held = Lock::take(&one, &database).unwrap();
        assert!(refused(&one).contains("/one"), "the same directory");
        assert!(
            refused(&other).contains("/one/hub.sqlite"),
            "the same database from another directory"
        );
        drop(held);
        Lock::take(&other, &database).unwrap();
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
