//! Files that change while the edge serves.

use std::{fs, os::unix::fs::MetadataExt, path::PathBuf, sync::Arc, time::Duration};

use tracing::{info, warn};

use super::{Tls, pem::TlsError};

const EVERY: Duration = Duration::from_secs(2);

/// Whether a file is another one than before: its place on the disk, its length, and when it was written.
type Stamp = Option<(u64, u64, i64, i64)>;

type Reload = Box<dyn Fn(&Tls) -> Result<(), TlsError> + Send>;

/// Something made of files.
struct Watched {
    what: &'static str,
    stamps: Vec<(PathBuf, Stamp)>,
    reload: Reload,
}

impl Watched {
    fn new(
        what: &'static str,
        files: Vec<PathBuf>,
        reload: impl Fn(&Tls) -> Result<(), TlsError> + Send + 'static,
    ) -> Self {
        let stamps = files.into_iter().map(|file| (file.clone(), stamp(&file))).collect();
        Self {
            what,
            stamps,
            reload: Box::new(reload),
        }
    }

    /// Takes the stamps of now, and tells whether they are others.
    fn changed(&mut self) -> bool {
        let mut changed = false;
        for (file, before) in &mut self.stamps {
            let now = stamp(file);
            changed |= *before != now;
            *before = now;
        }
        changed
    }
}

fn stamp(file: &PathBuf) -> Stamp {
    let data = fs::metadata(file).ok()?;
    Some((data.ino(), data.len(), data.mtime(), data.mtime_nsec()))
}

/// Takes changed files as they come, and all when asked to.
pub(crate) async fn watch(tls: Arc<Tls>) {
    let mut watched = Vec::new();
    if let Some(server) = &tls.public {
        watched.push(Watched::new("the edge", server.files(), |tls| {
            tls.public
                .as_ref()
                .map_or(Ok(()), |server| server.reload(tls.clock.now()))
        }));
    }
    if let Some(server) = &tls.api {
        watched.push(Watched::new("the API", server.files(), |tls| {
            tls.api.as_ref().map_or(Ok(()), |server| server.reload(tls.clock.now()))
        }));
    }
    if !tls.targets.files().is_empty() {
        watched.push(Watched::new("targets", tls.targets.files(), |tls| tls.targets.reload()));
    }
    loop {
        let asked = tokio::select! {
            () = tls.reload.notified() => true,
            () = tokio::time::sleep(EVERY) => false,
        };
        for one in &mut watched {
            // Both, so that the stamps are of now.
            if one.changed() | asked {
                match (one.reload)(&tls) {
                    Ok(()) => info!(of = one.what, "the certificates have been read anew"),
                    Err(error) => {
                        warn!(of = one.what, %error, "the new certificates can't be used: the ones before stay");
                    }
                }
            }
        }
    }
}
