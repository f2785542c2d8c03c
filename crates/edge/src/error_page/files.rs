//! Error pages from a folder. They may be changed while the edge runs.

use std::{
    collections::HashMap,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use tracing::warn;

const LARGEST: u64 = 1 << 20;
/// A page that was read is good for so long: a flood of errors does not become one of reads.
const FRESH: SignedDuration = SignedDuration::from_secs(1);

#[derive(Debug)]
pub(crate) struct Files {
    dir: Arc<Path>,
    read: Mutex<HashMap<StatusCode, (Timestamp, Option<Bytes>)>>,
}

impl Files {
    pub(crate) fn new(dir: PathBuf) -> Self {
        Self {
            dir: dir.into(),
            read: Mutex::default(),
        }
    }

    /// `404.html` and the like; for the kinds of failures that configurable-http-proxy does not tell apart, its `503.html`;
    /// else `error.html`, if it is there.
    pub(crate) async fn page(&self, status: StatusCode, now: Timestamp) -> Option<Bytes> {
        let known = self
            .read
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&status)
            .cloned();
        if let Some((at, page)) = known
            && now.duration_since(at).abs() < FRESH
        {
            return page;
        }
        let dir = Arc::clone(&self.dir);
        let reading = tokio::task::spawn_blocking(move || read(&dir, status));
        let page = reading.await.ok().flatten();
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.insert(status, (now, page.clone()));
        page
    }
}

fn read(dir: &Path, status: StatusCode) -> Option<Bytes> {
    let own = format!("{}.html", status.as_u16());
    let server = status.is_server_error().then_some("503.html");
    let names = [Some(own.as_str()), server, Some("error.html")];
    names.into_iter().flatten().find_map(|name| {
        let file = dir.join(name);
        match whole(&file) {
            Ok(page) => Some(page),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => {
                warn!(file = %file.display(), %error, "an error page can't be read");
                None
            }
        }
    })
}

fn whole(file: &Path) -> io::Result<Bytes> {
    let mut page = Vec::new();
    std::fs::File::open(file)?.take(LARGEST + 1).read_to_end(&mut page)?;
    if page.len() as u64 > LARGEST {
        return Err(io::Error::other(format!("it has more than {LARGEST} bytes")));
    }
    Ok(page.into())
}
