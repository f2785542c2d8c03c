//! Homes that are directories. The trash is beside them, on the same file system, so that one rename moves a home.

use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Component, Path, PathBuf};

use async_trait::async_trait;
use rustix::fs::{CWD, RenameFlags, renameat_with};

use super::quota::{self, Effort};
use super::{Found, HomeError, Homes, Pace, Walk, link, walk};
use crate::Home;

/// No name of a person becomes this one, see `process::home`.
pub(crate) const TRASH: &str = ".perijove-trash";

/// Where directories are mounted, as the kernel tells this process.
const MOUNTS: &str = "/proc/self/mountinfo";

/// From so many hundredths of a limit on it is told what is large.
const NEAR: u64 = 90;

/// Homes as directories of this machine, or of a file system that it has mounted.
#[derive(Debug, Clone, Copy, Default)]
pub struct Directories;

type Result<T> = std::result::Result<T, HomeError>;

#[async_trait]
impl Homes for Directories {
    fn check_place(&self, place: &str) -> Result<()> {
        check(place)
    }

    async fn lead(&self, place: &str) -> Result<String> {
        check(place)?;
        let wanted = PathBuf::from(place);
        let shown_place = place.to_owned();
        let led = tokio::task::spawn_blocking(move || link::end_of(&wanted)).await;
        let led =
            led.unwrap_or_else(|error| Err(failed(Path::new(&shown_place), "looked at", io::Error::other(error))))?;
        let led = led.into_os_string().into_string();
        let led = led.map_err(|led| failed(Path::new(&led), "written down", ErrorKind::InvalidData.into()))?;
        check(&led)?;
        Ok(led)
    }

    async fn find(&self, home: &Home) -> Result<Found> {
        off_runtime(home, |place, trash| match (is_there(place)?, is_there(trash)?) {
            (true, _) => Ok(Found::AtPlace),
            (false, true) => Ok(Found::InTrash),
            (false, false) => Ok(Found::Nowhere),
        })
        .await
    }

    async fn make(&self, home: &Home) -> Result<()> {
        let made = home.clone();
        off_runtime(home, move |_, _| make(&made)).await
    }

    async fn trash(&self, home: &Home) -> Result<()> {
        off_runtime(home, to_trash).await
    }

    async fn restore(&self, home: &Home) -> Result<()> {
        off_runtime(home, |place, trash| match (is_there(place)?, is_there(trash)?) {
            (true, false) => Ok(()),
            (true, true) => Err(HomeError::InTheWay(shown(place))),
            (false, false) => Err(HomeError::Missing(shown(trash))),
            (false, true) => {
                if let Some(above) = place.parent() {
                    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(above);
                    made.map_err(|error| failed(above, "made", error))?;
                }
                rename(trash, place)?;
                remove_if_empty(trash.parent());
                Ok(())
            }
        })
        .await
    }

    async fn purge(&self, home: &Home) -> Result<()> {
        off_runtime(home, |place, trash| {
            if is_there(place)? {
                to_trash(place, trash)?;
            }
            if is_there(trash)? {
                nothing_mounted(trash)?;
                remove(trash).map_err(|error| failed(trash, "deleted", error))?;
            }
            remove_if_empty(trash.parent());
            Ok(())
        })
        .await
    }

    async fn limit(&self, home: &Home, bytes: Option<u64>) -> Result<bool> {
        let id = home.id;
        off_runtime(home, move |place, _| {
            if !is_there(place)? {
                return Ok(false);
            }
            let held = quota::limit(place, id, bytes, Effort::All);
            held.map_err(|error| failed(place, "held to its limit", error))
        })
        .await
    }

    async fn measure(&self, home: &Home, walk: Walk, pace: Pace) -> Result<Walk> {
        let trash = trash_place(home)?;
        let place = PathBuf::from(&home.place);
        let found = self.find(home).await?;
        let root = match found {
            Found::AtPlace => place,
            Found::InTrash => trash,
            Found::Nowhere => return Err(HomeError::Missing(home.place.clone())),
        };
        let look = |error| failed(Path::new(&home.place), "looked into", error);
        let (held, id) = (root.clone(), home.id);
        let used = crate::process::blocking(move || quota::used(&held, id))
            .await
            .map_err(look)?;
        let Some(used) = used else {
            return walk::on(root, walk, pace).await.map_err(look);
        };
        // What is large is looked for only where somebody has to make room.
        let roomy = used.limit.is_none_or(|limit| used.bytes < limit / 100 * NEAR);
        let mut walk = match roomy {
            true => Walk {
                done: true,
                ..Walk::default()
            },
            false => walk::on(root, walk, pace).await.map_err(look)?,
        };
        walk.held = true;
        if walk.done {
            (walk.bytes, walk.files) = (used.bytes, used.files);
        }
        Ok(walk)
    }
}

/// Makes it if it is new; blocks.
pub(crate) fn make(home: &Home) -> Result<()> {
    check(&home.place)?;
    let place = Path::new(&home.place);
    match is_there(place)? {
        true => Ok(()),
        false if home.made => Err(HomeError::Missing(shown(place))),
        false => {
            let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(place);
            made.map_err(|error| failed(place, "made", error))
        }
    }
}

/// The trash is only looked for where the database says that the home is: a place that is none is refused before.
async fn off_runtime<T: Send + 'static>(
    home: &Home,
    work: impl FnOnce(&Path, &Path) -> Result<T> + Send + 'static,
) -> Result<T> {
    let trash = trash_place(home)?;
    let place = PathBuf::from(&home.place);
    let shown_place = home.place.clone();
    let done = tokio::task::spawn_blocking(move || work(&place, &trash)).await;
    done.unwrap_or_else(|error| Err(failed(Path::new(&shown_place), "worked on", io::Error::other(error))))
}

fn trash_place(home: &Home) -> Result<PathBuf> {
    check(&home.place)?;
    let above = Path::new(&home.place).parent().unwrap_or(Path::new("/"));
    Ok(above.join(TRASH).join(&home.mark))
}

/// A place is what it says: absolute, below something, without steps back. What is on the disk is not asked.
fn check(place: &str) -> Result<()> {
    let bad = |why| HomeError::BadPlace {
        place: place.to_owned(),
        why,
    };
    if place.contains('\0') {
        return Err(bad("it has a NUL character"));
    }
    let path = Path::new(place);
    if !path.is_absolute() {
        return Err(bad("it isn't absolute"));
    }
    let mut normal = 0;
    for component in path.components() {
        match component {
            Component::ParentDir => return Err(bad("it has `..` in it")),
            Component::Normal(name) if name == TRASH => return Err(bad("it is in the trash")),
            Component::Normal(_) => normal += 1,
            _ => {}
        }
    }
    // `components` overlooks a dot in the middle, and slashes at the end: one place, one spelling.
    if path.as_os_str().len() > 1 && (place.ends_with('/') || place.contains("//") || place.contains("/./")) {
        return Err(bad("it isn't in its shortest spelling"));
    }
    if normal < 2 {
        return Err(bad("it is too near to the root of the file system"));
    }
    Ok(())
}

/// A link or a file there is a mistake, or an attempt: never a home.
fn is_there(path: &Path) -> Result<bool> {
    let bad = |why| HomeError::BadPlace {
        place: shown(path),
        why,
    };
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => Ok(true),
        Ok(found) if found.is_symlink() => Err(bad("it is a symbolic link")),
        Ok(_) => Err(bad("it isn't a directory")),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(failed(path, "looked at", error)),
    }
}

fn to_trash(place: &Path, trash: &Path) -> Result<()> {
    match (is_there(place)?, is_there(trash)?) {
        (false, true) => Ok(()),
        (true, true) => Err(HomeError::InTheWay(shown(trash))),
        (false, false) => Err(HomeError::Missing(shown(place))),
        (true, false) => {
            nothing_mounted(place)?;
            if let Some(above) = trash.parent() {
                let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(above);
                made.map_err(|error| failed(above, "made", error))?;
            }
            rename(place, trash)
        }
    }
}

/// Whatever came there since it was looked at stays.
fn rename(from: &Path, to: &Path) -> Result<()> {
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        Ok(()) => Ok(()),
        Err(rustix::io::Errno::EXIST) => Err(HomeError::InTheWay(shown(to))),
        // A file system that knows no such flag, such as NFS: nothing but an empty directory could be overwritten.
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) => {
            fs::rename(from, to).map_err(|error| failed(from, "moved", error))
        }
        Err(errno) => Err(failed(from, "moved", errno.into())),
    }
}

/// What is mounted in a home is somebody else's: to delete the home must not delete that.
fn nothing_mounted(path: &Path) -> Result<()> {
    let Ok(mounts) = fs::read_to_string(MOUNTS) else {
        return Ok(());
    };
    let path = fs::canonicalize(path).map_err(|error| failed(path, "looked at", error))?;
    let points = mounts.lines().filter_map(|line| line.split(' ').nth(4)).map(unescape);
    match points.map(PathBuf::from).find(|point| point.starts_with(&path)) {
        Some(point) => Err(HomeError::Mounted(shown(&point))),
        None => Ok(()),
    }
}

/// `\040` is a space.
fn unescape(text: &str) -> String {
    let mut plain = Vec::with_capacity(text.len());
    let mut bytes = text.as_bytes().iter();
    while let Some(&byte) = bytes.next() {
        let rest = bytes.as_slice();
        let code = (byte == b'\\').then(|| rest.get(..3)).flatten();
        let code = code.and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 8).ok());
        match code {
            Some(code) => {
                plain.push(code);
                bytes.nth(2);
            }
            None => plain.push(byte),
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}

/// Links are removed, not followed. Directories that their owner has closed are opened for it, where that is allowed.
fn remove(dir: &Path) -> io::Result<()> {
    match fs::remove_dir_all(dir) {
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            open_up(dir)?;
            fs::remove_dir_all(dir)
        }
        // Another hub was at it, too: what is left goes with the next try.
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

fn open_up(dir: &Path) -> io::Result<()> {
    let mut waiting = vec![dir.to_owned()];
    while let Some(dir) = waiting.pop() {
        fs::set_permissions(&dir, fs::Permissions::from_mode(0o700))?;
        for entry in fs::read_dir(&dir)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                waiting.push(entry.path());
            }
        }
    }
    Ok(())
}

fn remove_if_empty(dir: Option<&Path>) {
    // Not empty: others are in it.
    let _ = dir.map(fs::remove_dir);
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn failed(path: &Path, what: &'static str, error: io::Error) -> HomeError {
    HomeError::Io {
        place: shown(path),
        what,
        error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_has_one_spelling() {
        for bad in [
            "",
            "home/ada",
            "/",
            "/home",
            "/home/../etc",
            "/home/ada/..",
            "/home//ada",
            "/home/./ada",
            "/home/ada/",
            "/home/a\0da",
            "/home/.perijove-trash/3-4",
        ] {
            assert!(check(bad).is_err(), "{bad:?}");
        }
        for good in ["/home/ada", "/srv/homes/jürgen o'neill", "/srv/homes/..."] {
            assert!(check(good).is_ok(), "{good:?}");
        }
    }

    #[test]
    fn mount_points_are_read() {
        assert_eq!(unescape(r"/srv/a\040b\134c"), r"/srv/a b\c");
        assert_eq!(unescape(r"/end\04"), r"/end\04");
    }
}
