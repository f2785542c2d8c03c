//! The routes on disk, so that a new edge knows them before the hub tells it.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::routes::table::{Route, RouteTable};

/// Changes that come together are written together.
const GATHER: Duration = Duration::from_millis(50);
/// And the next ones not before this.
const REST: Duration = Duration::from_secs(1);

#[derive(Serialize, Deserialize)]
struct Saved {
    path: String,
    target: String,
    last_activity: Timestamp,
    #[serde(default)]
    data: Map<String, Value>,
}

/// The saved routes; none if there is no file. A file that makes no sense is put aside: the hub knows the routes.
pub(crate) fn load(file: &Path) -> io::Result<Vec<Route>> {
    let bytes = match fs::read(file) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    match serde_json::from_slice::<Vec<Saved>>(&bytes) {
        Ok(saved) => Ok(saved.into_iter().filter_map(restored).collect()),
        Err(error) => {
            let aside = file.with_extension("broken");
            warn!(file = %file.display(), aside = %aside.display(), %error, "the saved routes make no sense and are put aside");
            fs::rename(file, aside)?;
            Ok(Vec::new())
        }
    }
}

fn restored(saved: Saved) -> Option<Route> {
    let target = saved.target.parse().ok()?;
    Route::new(&saved.path, target, saved.data, saved.last_activity).ok()
}

/// Saves the routes after each change, and once more at the end.
pub(crate) async fn keep(table: Arc<RouteTable>, file: PathBuf, stop: CancellationToken) {
    loop {
        let stopping = tokio::select! {
            () = table.changed.notified() => false,
            () = stop.cancelled() => true,
        };
        if !stopping {
            pause(GATHER, &stop).await;
        }
        if let Err(error) = save(&table, &file).await {
            warn!(file = %file.display(), %error, "can not save the routes");
            table.changed.notify_one();
        }
        if stopping {
            return;
        }
        pause(REST, &stop).await;
    }
}

async fn pause(time: Duration, stop: &CancellationToken) {
    tokio::select! {
        () = tokio::time::sleep(time) => {}
        () = stop.cancelled() => {}
    }
}

async fn save(table: &RouteTable, file: &Path) -> io::Result<()> {
    let routes: Vec<Saved> = table
        .all()
        .iter()
        .filter(|route| route.saved)
        .map(|route| described(route))
        .collect();
    let bytes = serde_json::to_vec(&routes)?;
    let file = file.to_owned();
    tokio::task::spawn_blocking(move || write(&file, &bytes))
        .await
        .map_err(io::Error::other)?
}

fn described(route: &Route) -> Saved {
    Saved {
        path: format!("/{}", route.key),
        target: route.target().as_str().to_owned(),
        last_activity: route.last_activity(),
        data: route.data(),
    }
}

/// All of the new file or all of the old one, readable by nobody else: data may hold anything.
fn write(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let directory = file
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let next = file.with_extension("new");
    let mut handle = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&next)?;
    handle.set_permissions(fs::Permissions::from_mode(0o600))?;
    handle.write_all(bytes)?;
    handle.sync_all()?;
    fs::rename(&next, file)?;
    File::open(directory)?.sync_all()
}
