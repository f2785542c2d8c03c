//! Counts what is below a directory, in an order that is always the same, so that it can be gone on with.
//!
//! Whose files these are may change them meanwhile, also with intent: nothing is reached through a link, and no other file
//! system is entered.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, ResolveFlags, openat, openat2, statat};
use tokio::time::{Instant, sleep};

use super::{Pace, Walk};

/// So many are looked at before it is time to breathe.
const AT_ONCE: u32 = 200;
/// What `stat` counts in.
const BLOCK: u64 = 512;
/// The largest that are remembered.
const LARGEST: usize = 10;

/// One directory on the way, and what of it is still to come, the next one last.
struct Level {
    left: Vec<OsString>,
}

/// A walk that is under way.
struct Walker {
    root: OwnedFd,
    device: u64,
    levels: Vec<Level>,
    /// Names of the directories that `levels` are of, but for the first, which is the root.
    names: Vec<OsString>,
    walk: Walk,
    /// Files with more than one name are counted once.
    seen: std::collections::HashSet<u64>,
}

/// Goes on until it is done or the time is up. Pieces are done off the runtime, and in between it rests.
pub(super) async fn on(root: PathBuf, walk: Walk, pace: Pace) -> io::Result<Walk> {
    let begun = Instant::now();
    let mut walker = blocking(move || Walker::new(&root, walk)).await?;
    let per_piece = Duration::from_secs(1) * AT_ONCE / pace.files_per_second.max(1);
    loop {
        let piece = Instant::now();
        walker = blocking(move || {
            walker.go(AT_ONCE);
            Ok(walker)
        })
        .await?;
        if walker.walk.done || begun.elapsed() >= pace.at_most {
            return Ok(walker.walk);
        }
        sleep(per_piece.saturating_sub(piece.elapsed())).await;
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    crate::process::blocking(work).await
}

impl Walker {
    fn new(root: &Path, walk: Walk) -> io::Result<Self> {
        let root = openat(
            CWD,
            root,
            OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC,
            Mode::empty(),
        )?;
        let found = rustix::fs::fstat(&root)?;
        let mut walker = Self {
            device: found.st_dev,
            root,
            levels: Vec::new(),
            names: Vec::new(),
            walk,
            seen: std::collections::HashSet::new(),
        };
        if walker.walk.last.is_empty() {
            walker.walk = Walk {
                bytes: found.st_blocks.unsigned_abs() * BLOCK,
                ..Walk::default()
            };
        }
        walker.go_to_last();
        Ok(walker)
    }

    /// Opens the way down to what was counted last; what is gone meanwhile is passed over.
    fn go_to_last(&mut self) {
        let last = self.walk.last.clone();
        self.enter(None, last.first().map(OsStr::new));
        for (depth, name) in last.iter().enumerate() {
            let name = OsStr::new(name);
            let next = last.get(depth + 1).map(OsStr::new);
            // A directory that was counted, but not yet what is in it, is entered; a file can't be.
            if !self.enter(Some(name), next) {
                return;
            }
        }
    }

    /// Lists a directory; only what comes behind `after` if that is given. False if it can't be.
    fn enter(&mut self, name: Option<&OsStr>, after: Option<&OsStr>) -> bool {
        let path: PathBuf = self.names.iter().map(OsString::as_os_str).chain(name).collect();
        let Some(mut left) = self.list(&path) else {
            return false;
        };
        left.retain(|name| after.is_none_or(|after| name.as_os_str() > after));
        left.sort_unstable_by(|a, b| b.cmp(a));
        self.levels.push(Level { left });
        self.names.extend(name.map(OsStr::to_owned));
        true
    }

    /// `None` if it is no directory that can be looked into.
    fn list(&mut self, path: &Path) -> Option<Vec<OsString>> {
        let path = if path.as_os_str().is_empty() {
            Path::new(".")
        } else {
            path
        };
        let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let beneath = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_XDEV;
        let opened = match openat2(&self.root, path, flags, Mode::empty(), beneath) {
            // An old kernel, or a container that doesn't allow it.
            Err(rustix::io::Errno::NOSYS | rustix::io::Errno::PERM) => openat(&self.root, path, flags, Mode::empty()),
            opened => opened,
        };
        let entries = match opened.and_then(Dir::new) {
            Ok(entries) => entries,
            Err(rustix::io::Errno::NOENT | rustix::io::Errno::NOTDIR | rustix::io::Errno::LOOP) => return None,
            Err(_) => {
                self.walk.closed += 1;
                return None;
            }
        };
        let names = entries.filter_map(Result::ok).map(|entry| entry.file_name().to_owned());
        let names = names.map(|name| OsStr::from_bytes(name.to_bytes()).to_owned());
        Some(names.filter(|name| name != "." && name != "..").collect())
    }

    fn go(&mut self, at_most: u32) {
        for _ in 0..at_most {
            let Some(level) = self.levels.last_mut() else {
                self.finish();
                return;
            };
            let Some(name) = level.left.pop() else {
                self.levels.pop();
                self.names.pop();
                continue;
            };
            self.count(&name);
        }
    }

    fn count(&mut self, name: &OsStr) {
        let path: PathBuf = self.names.iter().map(OsString::as_os_str).chain([name]).collect();
        let Ok(found) = statat(&self.root, &path, AtFlags::SYMLINK_NOFOLLOW) else {
            return;
        };
        if found.st_dev != self.device {
            return;
        }
        if found.st_nlink <= 1 || FileType::from_raw_mode(found.st_mode).is_dir() || self.seen.insert(found.st_ino) {
            self.add(&path, found.st_blocks.unsigned_abs() * BLOCK);
        }
        self.walk.last = path.iter().map(|name| name.to_string_lossy().into_owned()).collect();
        if FileType::from_raw_mode(found.st_mode).is_dir() {
            self.enter(Some(name), None);
        }
    }

    fn add(&mut self, path: &Path, bytes: u64) {
        self.walk.bytes += bytes;
        self.walk.files += 1;
        let Some(top) = path.iter().next().map(|name| name.to_string_lossy()) else {
            return;
        };
        match self.walk.largest.last_mut() {
            Some((name, sum)) if *name == top => *sum += bytes,
            _ => {
                self.keep_largest(LARGEST);
                self.walk.largest.push((top.into_owned(), bytes));
            }
        }
    }

    fn keep_largest(&mut self, most: usize) {
        self.walk
            .largest
            .sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        self.walk.largest.truncate(most);
    }

    fn finish(&mut self) {
        self.keep_largest(LARGEST);
        self.walk.last.clear();
        self.walk.done = true;
    }
}
