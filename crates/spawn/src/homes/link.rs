//! Places that are symbolic links when they are first looked up: followed that once, if whoever looks after the machine
//! must have made them.

use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::HomeError;

type Result<T> = std::result::Result<T, HomeError>;

/// As many as the kernel follows.
const LINKS: usize = 40;
const WRITABLE_BY_OTHERS: u32 = 0o022;
const STICKY: u32 = 0o1000;

/// What a link leads to in the end; everything else is where it is.
pub(super) fn end_of(place: &Path) -> Result<PathBuf> {
    let mut at = place.to_owned();
    for _ in 0..LINKS {
        match fs::symlink_metadata(&at) {
            Ok(found) if found.is_symlink() => {}
            Ok(_) if at != place => return fs::canonicalize(&at).map_err(|error| failed(&at, error)),
            Err(_) if at != place => return Err(bad(place, "it is a symbolic link that leads to nothing")),
            _ => return Ok(at),
        }
        let above = at.parent().unwrap_or(Path::new("/"));
        let above = fs::canonicalize(above).map_err(|error| failed(above, error))?;
        if !is_closed_to_others(&above)? {
            let why = "it is a symbolic link, and others than root and the hub's account can make links there";
            return Err(bad(place, why));
        }
        let leads = fs::read_link(&at).map_err(|error| failed(&at, error))?;
        at = above.join(leads);
    }
    Err(bad(place, "it is a symbolic link that leads to itself"))
}

/// Whether nobody but root and the hub's account can put a link into this directory, or another directory in its place.
fn is_closed_to_others(dir: &Path) -> Result<bool> {
    let hub = rustix::process::geteuid().as_raw();
    let closed = |found: &Metadata, shared: u32| {
        (found.uid() == 0 || found.uid() == hub)
            && (found.mode() & WRITABLE_BY_OTHERS == 0 || found.mode() & shared != 0)
    };
    for above in dir.ancestors() {
        let found = fs::metadata(above).map_err(|error| failed(above, error))?;
        // In a sticky one others may make something, but not move what is there.
        if !closed(&found, if above == dir { 0 } else { STICKY }) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn bad(place: &Path, why: &'static str) -> HomeError {
    HomeError::BadPlace {
        place: place.display().to_string(),
        why,
    }
}

fn failed(place: &Path, error: std::io::Error) -> HomeError {
    HomeError::Io {
        place: place.display().to_string(),
        what: "looked at",
        error,
    }
}
