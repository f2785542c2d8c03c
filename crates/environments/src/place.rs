//! Where environments lie: `DIR/NAME/VERSION/`, complete or not there at all.
//!
//! Beside the versions of an environment are `current` (a link to the version that starts get), `VERSION.use` (locked
//! by whoever uses it), `turn` (locked by who builds), `building.json`, `failed.json`, `build.log` and `choices.json`.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::Error;
use crate::error::Kind;

const LOOK: Duration = Duration::from_millis(300);
const HALF: &str = ".half-";
const GONE: &str = ".gone-";
/// In each complete environment.
pub(crate) const MANIFEST: &str = "perijove.json";

/// The folder of one environment.
#[derive(Debug, Clone)]
pub struct Place(PathBuf);

impl Place {
    #[must_use]
    pub fn new(dir: &Path, name: &str) -> Self {
        Self(dir.join(name))
    }

    #[must_use]
    pub fn version(&self, version: &str) -> PathBuf {
        self.0.join(version)
    }

    /// Whoever uses a version holds a shared lock on this file.
    #[must_use]
    pub fn in_use(&self, version: &str) -> PathBuf {
        self.0.join(format!("{version}.use"))
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(crate) fn make(&self) -> Result<(), Error> {
        let made = DirBuilder::new().recursive(true).mode(0o755).create(&self.0);
        made.map_err(|error| trouble(&self.0, error))
    }

    /// Comes back when nobody else changes this environment, in this process or another.
    pub(crate) async fn take_turn(&self) -> Result<Lock, Error> {
        loop {
            if let Some(turn) = self.try_turn()? {
                return Ok(turn);
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    pub(crate) fn try_turn(&self) -> Result<Option<Lock>, Error> {
        self.make()?;
        Lock::alone(&self.0.join("turn"))
    }

    /// A shared lock on a version that is there; `None` if it is not.
    pub(crate) fn hold(&self, version: &str) -> Result<Option<Lock>, Error> {
        if !self.version(version).join(MANIFEST).is_file() {
            return Ok(None);
        }
        // Locked by others alone only while it is removed.
        let lock = Lock::shared(&self.in_use(version))?;
        Ok(lock.filter(|_| self.version(version).join(MANIFEST).is_file()))
    }

    #[must_use]
    pub fn current(&self) -> Option<String> {
        let target = fs::read_link(self.0.join("current")).ok()?;
        Some(target.to_str()?.to_owned())
    }

    pub(crate) fn set_current(&self, version: &str) -> Result<(), Error> {
        if self.current().as_deref() == Some(version) {
            return Ok(());
        }
        let (link, new) = (self.0.join("current"), self.0.join(".current"));
        let _ = fs::remove_file(&new);
        let made = std::os::unix::fs::symlink(version, &new).and_then(|()| fs::rename(&new, &link));
        made.map_err(|error| trouble(&link, error))
    }

    /// Complete versions.
    pub(crate) fn versions(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(&self.0) else {
            return Vec::new();
        };
        let names = entries
            .flatten()
            .filter_map(|entry| entry.file_name().into_string().ok());
        let mut found: Vec<String> = names
            .filter(|name| !name.starts_with('.') && name != "current" && self.version(name).join(MANIFEST).is_file())
            .collect();
        found.sort_unstable();
        found
    }

    pub(crate) fn is_used(&self, version: &str) -> bool {
        let in_use = self.in_use(version);
        in_use.exists() && matches!(Lock::alone(&in_use), Ok(None))
    }

    /// An empty folder for what is being made. The caller has the turn.
    pub(crate) fn half(&self) -> Result<PathBuf, Error> {
        let half = self.0.join(format!("{HALF}{}", std::process::id()));
        let made = DirBuilder::new().mode(0o755).create(&half);
        made.map_err(|error| trouble(&half, error))?;
        Ok(half)
    }

    /// What earlier builds left, and what was about to be removed. The caller has the turn.
    pub(crate) fn sweep_halves(&self) -> Result<(), Error> {
        let entries = fs::read_dir(&self.0).map_err(|error| trouble(&self.0, error))?;
        for entry in entries.flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if name.starts_with(HALF) || name.starts_with(GONE) {
                fs::remove_dir_all(entry.path()).map_err(|error| trouble(&entry.path(), error))?;
            }
        }
        Ok(())
    }

    pub(crate) fn complete(&self, half: &Path, whole: &Path) -> Result<(), Error> {
        fs::rename(half, whole).map_err(|error| trouble(whole, error))
    }

    /// Removes a version that nobody uses. The caller has the turn.
    pub(crate) fn remove(&self, version: &str) -> Result<(), Error> {
        let in_use = self.in_use(version);
        let Some(_lock) = Lock::alone(&in_use)? else {
            return Err(Error::new("it is used by servers that run").of(Kind::InUse));
        };
        let (dir, gone) = (self.version(version), self.0.join(format!("{GONE}{version}")));
        if self.current().as_deref() == Some(version) {
            let _ = fs::remove_file(self.0.join("current"));
        }
        match fs::rename(&dir, &gone).and_then(|()| fs::remove_dir_all(&gone)) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(trouble(&dir, error)),
            _ => {}
        }
        let _ = fs::remove_file(in_use);
        Ok(())
    }

    pub(crate) fn read<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        serde_json::from_slice(&fs::read(self.0.join(name)).ok()?).ok()
    }

    pub(crate) fn write_json(&self, name: &str, value: &impl Serialize) -> Result<(), Error> {
        let json = serde_json::to_string(value).map_err(|error| Error::new("it can't be written").because(error))?;
        write(&self.0.join(name), &json)
    }

    pub(crate) fn forget(&self, name: &str) {
        let _ = fs::remove_file(self.0.join(name));
    }

    /// All of it, but what locks need.
    pub(crate) fn clear(&self) {
        for name in ["building.json", "failed.json", "build.log", "choices.json"] {
            self.forget(name);
        }
    }
}

/// Either the whole file is there or the old one.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), Error> {
    let half = path.with_extension(format!("half-{}", std::process::id()));
    let written = File::create(&half)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .and_then(|()| fs::rename(&half, path));
    written.map_err(|error| trouble(path, error))
}

pub(crate) fn fingerprint(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    let mut text = hex::encode(hash.finalize());
    text.truncate(12);
    text
}

/// Made by root: only then root's servers need leave to run.
pub(crate) fn is_roots(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|about| about.uid() == 0)
}

/// A lock on a file, which is made if it is not there. It is given up by its name: closing the file would leave it to a
/// program that another thread starts just then, until that program begins.
#[derive(Debug)]
pub(crate) struct Lock(File);

impl Lock {
    /// `None` while anybody else has it.
    pub(crate) fn alone(path: &Path) -> Result<Option<Self>, Error> {
        let file = Self::file(path)?;
        Ok(file.try_lock().is_ok().then_some(Self(file)))
    }

    /// `None` while somebody has it alone.
    fn shared(path: &Path) -> Result<Option<Self>, Error> {
        let file = Self::file(path)?;
        Ok(file.try_lock_shared().is_ok().then_some(Self(file)))
    }

    fn file(path: &Path) -> Result<File, Error> {
        let opened = OpenOptions::new().create(true).truncate(false).write(true).open(path);
        opened.map_err(|error| trouble(path, error))
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}

pub(crate) fn trouble(path: &Path, error: io::Error) -> Error {
    let hint = match error.kind() {
        ErrorKind::PermissionDenied => "the account that the hub runs as must be able to write there",
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "free some space on the disk",
        _ => return Error::new(format!("{} can't be used", path.display())).because(error),
    };
    Error::new(format!("{} can't be used", path.display()))
        .because(error)
        .hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_versions(dir: &Path, versions: &[&str]) -> Place {
        let place = Place::new(dir, "lab");
        for version in versions {
            fs::create_dir_all(place.version(version)).unwrap();
            fs::write(place.version(version).join(MANIFEST), "{}").unwrap();
        }
        place
    }

    #[test]
    fn what_somebody_uses_is_not_removed() {
        let dir = tempfile::tempdir().unwrap();
        let place = with_versions(dir.path(), &["one", "two"]);
        place.set_current("one").unwrap();
        let used = place.hold("one").unwrap().unwrap();
        let also = place.hold("one").unwrap().unwrap();
        assert!(place.is_used("one") && !place.is_used("two"));
        drop(used);
        assert_eq!(place.remove("one").unwrap_err().kind, Kind::InUse);
        assert_eq!(place.current().as_deref(), Some("one"));
        drop(also);
        place.remove("one").unwrap();
        assert_eq!((place.versions(), place.current()), (vec!["two".to_owned()], None));
        assert!(place.hold("one").unwrap().is_none());
    }

    #[test]
    fn what_is_half_is_no_version_and_is_swept() {
        let dir = tempfile::tempdir().unwrap();
        let place = with_versions(dir.path(), &["one"]);
        let half = place.half().unwrap();
        fs::write(half.join(MANIFEST), "{}").unwrap();
        fs::create_dir(place.version("never-completed")).unwrap();
        assert_eq!(place.versions(), ["one"]);
        place.sweep_halves().unwrap();
        assert!(!half.exists());
    }

    #[tokio::test]
    async fn one_at_a_time_builds() {
        let dir = tempfile::tempdir().unwrap();
        let place = Place::new(dir.path(), "lab");
        let turn = place.take_turn().await.unwrap();
        assert!(place.try_turn().unwrap().is_none());
        drop(turn);
        assert!(place.try_turn().unwrap().is_some());
    }
}
