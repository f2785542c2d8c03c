//! What of the machine's files a jail shows.

use std::collections::BTreeMap;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Component, Path, PathBuf};

use rustix::fs::{AtFlags, CWD, Gid, Mode, OFlags, ResolveFlags, StatVfsMountFlags, Uid, chownat, mkdirat, openat2};
use rustix::mount::{MountFlags, MoveMountFlags, OpenTreeFlags, mount, mount_remount, move_mount, open_tree};
use serde::{Deserialize, Serialize};

use super::{JailError, failed};

/// One change of what is seen. Sources are looked up before the first change is made, as the machine has them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// An empty directory in the place of one that is there, kept in memory, with these permissions.
    Empty { target: PathBuf, mode: u32 },
    /// A file or directory of the machine. The target's directories are made where they are missing: it must lie where
    /// nobody but root can write.
    Show {
        source: PathBuf,
        target: PathBuf,
        read_only: bool,
    },
    /// The same with a target below a directory that is a person's. No link there is followed; what is missing is made
    /// and is theirs.
    ShowBelow {
        source: PathBuf,
        below: PathBuf,
        target: PathBuf,
        read_only: bool,
        uid: u32,
        gid: u32,
    },
    /// `/proc` with the processes of one's own account only.
    OwnProcesses,
    /// A device that can't be used: `/dev/null` is in its place.
    NoDevice { target: PathBuf },
}

const NULL: &str = "/dev/null";
/// An empty directory holds the ways to what is shown in it, and nothing else.
const EMPTY_SIZE: &str = "size=1m";

pub(super) fn make(changes: &[Change]) -> Result<(), JailError> {
    let mut sources = BTreeMap::new();
    for change in changes {
        let (Change::Show { source, .. } | Change::ShowBelow { source, .. }) = change else {
            continue;
        };
        let opened = open_tree(
            CWD,
            source,
            OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC | OpenTreeFlags::AT_RECURSIVE,
        );
        let opened = failed(opened, || format!("finding {}", source.display()))?;
        sources.insert(change_target(change).to_owned(), opened);
    }
    for change in changes {
        let target = change_target(change);
        let source = sources.remove(target);
        failed(one(change, source), || format!("showing {}", target.display()))?;
    }
    Ok(())
}

fn change_target(change: &Change) -> &Path {
    match change {
        Change::Empty { target, .. }
        | Change::Show { target, .. }
        | Change::ShowBelow { target, .. }
        | Change::NoDevice { target } => target,
        Change::OwnProcesses => Path::new("/proc"),
    }
}

fn one(change: &Change, source: Option<OwnedFd>) -> io::Result<()> {
    match (change, source) {
        // What is not there needs no hiding: an earlier change has covered it.
        (Change::Empty { target, mode }, _) if target.exists() => {
            let size = if *mode & 0o002 == 0 { EMPTY_SIZE } else { "" };
            let options = std::ffi::CString::new(format!("mode={mode:o},{size}"))?;
            let flags = MountFlags::NOSUID | MountFlags::NODEV;
            Ok(mount("tmpfs", target, "tmpfs", flags, options.as_c_str())?)
        }
        (Change::Empty { .. }, _) => Ok(()),
        (Change::Show { target, read_only, .. }, Some(source)) => {
            if !target.exists() {
                make_target(&source, target)?;
            }
            attach(&source, CWD, target, *read_only)
        }
        (
            Change::ShowBelow {
                below,
                target,
                read_only,
                uid,
                gid,
                ..
            },
            Some(source),
        ) => {
            let place = walk(below, target, *uid, *gid)?;
            attach(&source, place.as_fd(), Path::new(""), *read_only)
        }
        (Change::OwnProcesses, _) => {
            let flags = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC;
            Ok(mount("proc", "/proc", "proc", flags, c"hidepid=2")?)
        }
        (Change::NoDevice { target }, _) => Ok(rustix::mount::mount_bind(NULL, target)?),
        (_, None) => Err(io::Error::other("two changes have the same target")),
    }
}

/// A directory for a directory, a file for a file.
fn make_target(source: &OwnedFd, target: &Path) -> io::Result<()> {
    let is_dir = rustix::fs::FileType::from_raw_mode(rustix::fs::fstat(source)?.st_mode).is_dir();
    if is_dir {
        return std::fs::create_dir_all(target);
    }
    target.parent().map_or(Ok(()), std::fs::create_dir_all)?;
    std::fs::File::create(target).map(drop)
}

fn attach(source: &OwnedFd, place: impl AsFd, target: &Path, read_only: bool) -> io::Result<()> {
    let flags = MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH;
    let flags = match target.as_os_str().is_empty() {
        true => flags | MoveMountFlags::MOVE_MOUNT_T_EMPTY_PATH,
        false => flags,
    };
    move_mount(source, "", place, target, flags)?;
    if !read_only {
        return Ok(());
    }
    // The handle is now the root of the mount that was attached. What else holds for it must be said again.
    let path = format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(source));
    let now = rustix::fs::fstatvfs(source)?.f_flag;
    let kept = [
        (StatVfsMountFlags::NOSUID, MountFlags::NOSUID),
        (StatVfsMountFlags::NODEV, MountFlags::NODEV),
        (StatVfsMountFlags::NOEXEC, MountFlags::NOEXEC),
    ];
    let kept = kept.into_iter().filter(|(has, _)| now.contains(*has));
    let flags = kept.fold(MountFlags::BIND | MountFlags::RDONLY, |all, (_, flag)| all | flag);
    Ok(mount_remount(path, flags, c"")?)
}

/// A directory below somebody else's, without following a link that they may have put there.
pub(crate) fn walk(below: &Path, target: &Path, uid: u32, gid: u32) -> io::Result<OwnedFd> {
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let mut place = rustix::fs::open(below, flags, Mode::empty())?;
    for component in target.components() {
        let Component::Normal(name) = component else {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not below the home"));
        };
        match mkdirat(&place, name, Mode::RWXU) {
            Ok(()) => chownat(
                &place,
                name,
                Some(Uid::from_raw(uid)),
                Some(Gid::from_raw(gid)),
                AtFlags::SYMLINK_NOFOLLOW,
            )?,
            Err(rustix::io::Errno::EXIST) => {}
            Err(error) => return Err(error.into()),
        }
        let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS;
        place = openat2(&place, name, flags, Mode::empty(), resolve)?;
    }
    Ok(place)
}
