//! Homes that the file system itself holds to a size: by project quotas, which ext4 and xfs have where they are mounted
//! with `prjquota`. Each home is a project of its own, by the number of its row. Everything here blocks.
//!
//! A home is *held* once all its files are of its project. That is at once for a new one; one with files is gone through,
//! which takes its time, so a start leaves it to the next look into it. The limit is set at the end: it says that all is
//! done.

mod kernel;

use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, openat, statat};
use rustix::io::Errno;

use kernel::{Block, INHERIT, LIMITS, attributes, quota, set_attributes, set_quota};

/// Projects with smaller numbers are others'.
const FIRST: i64 = 1_900_000_000;
/// What stands for no limit, since none at all says that a home is not held: a pebibyte.
const ENDLESS: u64 = 1 << 50;
const KIB: u64 = 1024;
/// Directories in directories of a home.
const DEEPEST: u32 = 1000;

/// What is in a home that is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Used {
    pub(super) bytes: u64,
    pub(super) files: u64,
    pub(super) limit: Option<u64>,
}

/// How much may be done for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effort {
    /// Nothing that takes time.
    Little,
    All,
}

/// Whether homes below this directory, or the first above that is there, can be held; or why not.
pub(crate) fn possible(homes: &Path) -> Result<(), String> {
    if !rustix::process::geteuid().is_root() {
        return Err("only root can set quotas".to_owned());
    }
    let there = homes.ancestors().find(|path| path.exists()).unwrap_or(Path::new("/"));
    let asked = File::open(there).and_then(|dir| quota(dir, 0).map(drop));
    match asked {
        Err(error) if !is_missing(&error) => Err(format!("{}: {error}", there.display())),
        Err(_) => Err(format!("the file system of {} has no project quotas", there.display())),
        Ok(()) => Ok(()),
    }
}

/// Holds the home to this size, if its file system can; `false` if it can't, or can't yet.
pub(crate) fn limit(home: &Path, id: i64, bytes: Option<u64>, effort: Effort) -> io::Result<bool> {
    if !rustix::process::geteuid().is_root() {
        return Ok(false);
    }
    match try_limit(home, id, bytes, effort) {
        Err(error) if is_missing(&error) => Ok(false),
        done => done,
    }
}

/// `None` if it is not held.
pub(super) fn used(home: &Path, id: i64) -> io::Result<Option<Used>> {
    let held = || {
        let (dir, project) = (open(home)?, project_of(id)?);
        held(&dir, project)
    };
    match held() {
        Err(error) if is_missing(&error) || error.raw_os_error() == Some(Errno::PERM.raw_os_error()) => Ok(None),
        found => found,
    }
}

fn try_limit(home: &Path, id: i64, bytes: Option<u64>, effort: Effort) -> io::Result<bool> {
    let (dir, project) = (open(home)?, project_of(id)?);
    let wanted = bytes.map(|bytes| bytes / KIB * KIB);
    let mut block = Block::default();
    (block.hard_limit, block.valid) = (wanted.unwrap_or(ENDLESS).div_ceil(KIB).max(1), LIMITS);
    if let Some(used) = held(&dir, project)? {
        if used.limit != wanted {
            set_quota(&dir, project, block)?;
        }
        return Ok(true);
    }
    // Asked first, so that nothing is gone through in vain.
    quota(&dir, 0)?;
    if bytes.is_none() || effort == Effort::Little && !is_empty(&dir)? {
        return Ok(false);
    }
    let device = dir.metadata()?.dev();
    give(&dir, project, device, DEEPEST)?;
    set_quota(&dir, project, block)?;
    Ok(true)
}

fn held(dir: &File, project: u32) -> io::Result<Option<Used>> {
    let found = attributes(dir)?;
    if found.project != project || found.flags & INHERIT == 0 {
        return Ok(None);
    }
    let block = match quota(dir, project) {
        // xfs knows only projects that have been given something.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        found => found?,
    };
    let limit = block.hard_limit.saturating_mul(KIB);
    Ok((limit > 0).then_some(Used {
        bytes: block.space,
        files: block.files,
        limit: (limit < ENDLESS).then_some(limit),
    }))
}

/// From the top down: what is made meanwhile is in a directory that has been given already. What is neither file nor
/// directory takes no room.
fn give(dir: &impl AsFd, project: u32, device: u64, depth: u32) -> io::Result<()> {
    if depth == 0 {
        return Err(io::Error::other("its directories go too deep"));
    }
    mark(dir, project, INHERIT)?;
    let mut entries = Dir::read_from(dir)?;
    while let Some(entry) = entries.read() {
        let entry = entry?;
        let name = entry.file_name();
        if name == c"." || name == c".." {
            continue;
        }
        let given = statat(dir, name, AtFlags::SYMLINK_NOFOLLOW)
            .map_err(io::Error::from)
            .and_then(|found| match FileType::from_raw_mode(found.st_mode) {
                _ if found.st_dev != device => Ok(()),
                FileType::Directory => give(
                    &openat(dir, name, OPENED | OFlags::DIRECTORY, Mode::empty())?,
                    project,
                    device,
                    depth - 1,
                ),
                FileType::RegularFile => mark(&openat(dir, name, OPENED, Mode::empty())?, project, 0),
                _ => Ok(()),
            });
        match given {
            // It has gone meanwhile, or something else is in its place now.
            Err(error)
                if matches!(
                    error.raw_os_error().map(Errno::from_raw_os_error),
                    Some(Errno::NOENT | Errno::LOOP | Errno::NXIO)
                ) => {}
            given => given?,
        }
    }
    Ok(())
}

/// Of a person's files: no link is followed, and nobody waits for the other end of a pipe.
const OPENED: OFlags = OFlags::RDONLY
    .union(OFlags::NOFOLLOW)
    .union(OFlags::NONBLOCK)
    .union(OFlags::CLOEXEC);

fn mark(file: &impl AsFd, project: u32, flags: u32) -> io::Result<()> {
    let found = attributes(file)?;
    if found.project == project && found.flags & flags == flags {
        return Ok(());
    }
    let mut wanted = found;
    (wanted.project, wanted.flags) = (project, found.flags | flags);
    set_attributes(file, wanted)
}

fn open(home: &Path) -> io::Result<File> {
    let dir = openat(
        CWD,
        home,
        OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC,
        Mode::empty(),
    )?;
    Ok(File::from(dir))
}

fn is_empty(dir: &File) -> io::Result<bool> {
    let mut entries = Dir::read_from(dir)?;
    while let Some(entry) = entries.read() {
        if !matches!(entry?.file_name().to_bytes(), b"." | b"..") {
            return Ok(false);
        }
    }
    Ok(true)
}

fn project_of(id: i64) -> io::Result<u32> {
    let number = FIRST.checked_add(id).and_then(|number| u32::try_from(number).ok());
    number.ok_or_else(|| io::Error::other("its number is too large for a project"))
}

/// The kernel, the file system or its mount have no such quotas.
fn is_missing(error: &io::Error) -> bool {
    let errno = error.raw_os_error().map(Errno::from_raw_os_error);
    matches!(
        errno,
        Some(Errno::NOSYS | Errno::OPNOTSUPP | Errno::SRCH | Errno::NOTTY | Errno::INVAL)
    )
}
