//! The routes on disk, so that a new edge knows them before the hub tells it.
//!
//! One file has all routes, a journal beside it what has changed since: each change costs a line, however many routes
//! there are. When the journal has outgrown the file, all routes are written anew. The journal is not synced: what came
//! in the last 50 ms is lost to a `kill -9`, what the system has not written yet to a power cut. The hub, which looks
//! at the routes now and then, puts it right.

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions},
    hash::{BuildHasher, RandomState},
    io::{self, BufWriter, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::table::{Changes, Edit, Route, RouteTable};

/// Changes that come together are written together.
const GATHER: Duration = Duration::from_millis(50);
/// After all routes were written, the next changes not before this.
const REST: Duration = Duration::from_secs(1);
/// Last activities are written with all routes, so often if nothing else asks for it.
const ACTIVITY: Duration = Duration::from_secs(300);
/// A journal may always grow to this.
const SMALL: u64 = 256 * 1024;
/// And to so many times its file: to write all routes anew is most of what a change costs here. A start reads all of it.
const TIMES: u64 = 3;

#[derive(Deserialize)]
struct Whole {
    /// The journal that belongs to it has the same.
    mark: u64,
    routes: Vec<Saved>,
}

#[derive(Serialize, Deserialize)]
struct Mark {
    mark: u64,
}

/// In a journal without a target: the route is gone.
#[derive(Deserialize)]
struct Saved {
    path: String,
    #[serde(default)]
    target: Option<String>,
    #[serde(default)]
    last_activity: Timestamp,
    #[serde(default)]
    data: Map<String, Value>,
}

/// The same on its way out, but for the data.
#[derive(Serialize)]
struct Line<'r> {
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<&'r str>,
    last_activity: Timestamp,
}

fn write_route(out: &mut Vec<u8>, route: &Route) -> io::Result<()> {
    let line = Line {
        path: format!("/{}", route.key),
        target: Some(route.target().as_str()),
        last_activity: route.last_activity(),
    };
    serde_json::to_writer(&mut *out, &line)?;
    // Kept as JSON: nobody needs to understand it to put it last.
    if !route.data_text().is_empty() {
        out.pop();
        write!(out, ",\"data\":{}}}", route.data_text())?;
    }
    Ok(())
}

fn write_gone(out: &mut Vec<u8>, key: &str) -> io::Result<()> {
    let line = Line {
        path: format!("/{key}"),
        target: None,
        last_activity: Timestamp::UNIX_EPOCH,
    };
    Ok(serde_json::to_writer(out, &line)?)
}

impl Saved {
    fn restored(self) -> Option<Route> {
        let target = self.target?.parse().ok()?;
        Route::new(&self.path, target, self.data, self.last_activity).ok()
    }
}

/// Puts the saved routes into the table; there are none if there is no file. A file that makes no sense is put aside:
/// the hub knows the routes.
pub(crate) fn load(table: &RouteTable, file: &Path) -> io::Result<()> {
    let Some(bytes) = read(file)? else { return Ok(()) };
    let whole: Whole = match serde_json::from_slice(&bytes) {
        Ok(whole) => whole,
        Err(error) => {
            let aside = file.with_extension("broken");
            warn!(file = %file.display(), aside = %aside.display(), %error, "the saved routes make no sense and are put aside");
            return fs::rename(file, aside);
        }
    };
    drop(bytes);
    table.replace(whole.routes.into_iter().filter_map(Saved::restored).collect());
    if let Some(journal) = read(&journal_of(file))? {
        table.apply(edits(table, whole.mark, &journal));
    }
    Ok(())
}

fn read(file: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(file) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// What the journal says, up to a line that was not finished.
fn edits(table: &RouteTable, mark: u64, journal: &[u8]) -> Vec<Edit> {
    let mut lines = journal
        .split_inclusive(|byte| *byte == b'\n')
        .filter(|line| line.ends_with(b"\n"));
    let first = lines.next().and_then(|line| serde_json::from_slice::<Mark>(line).ok());
    if first.is_none_or(|first| first.mark != mark) {
        return Vec::new();
    }
    lines
        .map_while(|line| serde_json::from_slice::<Saved>(line).ok())
        .filter_map(|saved| match saved.target {
            Some(_) => saved.restored().map(Edit::Put),
            None => table.key_of(&saved.path).ok().map(Edit::Remove),
        })
        .collect()
}

fn journal_of(file: &Path) -> PathBuf {
    let mut name = OsString::from(file);
    name.push(".journal");
    name.into()
}

/// The routes of another process, as it told them.
pub(crate) fn heard(bytes: &[u8]) -> Vec<Route> {
    let saved: Vec<Saved> = serde_json::from_slice(bytes).unwrap_or_else(|error| {
        warn!(%error, "the routes of the process before make no sense");
        Vec::new()
    });
    saved.into_iter().filter_map(Saved::restored).collect()
}

/// All routes, for another process.
pub(crate) fn told(table: &RouteTable) -> io::Result<Vec<u8>> {
    let mut out = vec![b'['];
    let mut result = Ok(());
    table.each(|route| {
        if result.is_ok() && route.saved {
            if out.len() > 1 {
                out.push(b',');
            }
            result = write_route(&mut out, route);
        }
    });
    result?;
    out.push(b']');
    Ok(out)
}

/// Saves the routes after each change, and once more at the end.
pub(crate) async fn keep(table: Arc<RouteTable>, file: PathBuf, stop: CancellationToken) {
    let mut files = Files::new(Arc::clone(&table), file);
    let mut all_by = Instant::now() + ACTIVITY;
    loop {
        let (stopping, mut whole) = tokio::select! {
            () = table.changed.notified() => (false, false),
            () = tokio::time::sleep_until(all_by) => (false, true),
            () = stop.cancelled() => (true, true),
        };
        if !stopping {
            pause(GATHER, &stop).await;
        }
        let saving = tokio::task::spawn_blocking(move || {
            let result = files.save(&mut whole);
            (files, whole, result)
        });
        let result;
        (files, whole, result) = match saving.await {
            Ok(saved) => saved,
            Err(error) => return warn!(%error, "the routes are saved no more"),
        };
        if let Err(error) = result {
            warn!(file = %files.file.display(), %error, "can not save the routes");
            files.journal = None;
            table.all_changed();
        }
        if stopping {
            return;
        }
        if whole {
            all_by = Instant::now() + ACTIVITY;
            pause(REST, &stop).await;
        }
    }
}

async fn pause(time: Duration, stop: &CancellationToken) {
    tokio::select! {
        () = tokio::time::sleep(time) => {}
        () = stop.cancelled() => {}
    }
}

/// The two files, and what has to be known to write them.
struct Files {
    table: Arc<RouteTable>,
    file: PathBuf,
    /// None before all routes have been written once.
    journal: Option<File>,
    journal_bytes: u64,
    /// From here on it is worth writing all routes anew.
    most_bytes: u64,
    /// The newest last activity that was written.
    newest: i64,
}

impl Files {
    fn new(table: Arc<RouteTable>, file: PathBuf) -> Self {
        Self {
            table,
            file,
            journal: None,
            journal_bytes: 0,
            most_bytes: 0,
            newest: i64::MIN,
        }
    }

    /// Writes what has changed; all routes if that is wanted or better, which `whole` tells afterwards.
    fn save(&mut self, whole: &mut bool) -> io::Result<()> {
        let changes = self.table.take_changes();
        let mut newest = i64::MIN;
        if *whole {
            self.table.each(|route| newest = newest.max(route.active_at()));
            let idle = newest <= self.newest && changes.keys.is_empty();
            *whole = !idle;
        }
        *whole |= changes.all || self.journal_bytes >= self.most_bytes;
        match &mut self.journal {
            Some(journal) if !*whole => {
                self.journal_bytes += append(journal, &self.table, &changes)?;
                Ok(())
            }
            _ => {
                *whole = true;
                self.newest = newest.max(self.newest);
                self.write_all()
            }
        }
    }

    /// A crash in between leaves the old file with its journal or the new one without: another mark, another journal.
    fn write_all(&mut self) -> io::Result<()> {
        self.journal = None;
        let mark = RandomState::new().hash_one(0);
        let next = self.file.with_extension("new");
        let mut writer = BufWriter::new(private(&next)?);
        write!(writer, "{{\"mark\":{mark},\"routes\":[")?;
        let mut result = Ok(());
        let mut line = Vec::new();
        let mut separator: &[u8] = b"\n";
        self.table.each(|route| {
            if result.is_ok() && route.saved {
                line.clear();
                line.extend_from_slice(separator);
                result = write_route(&mut line, route).and_then(|()| writer.write_all(&line));
                separator = b",\n";
            }
        });
        result?;
        writer.write_all(b"\n]}\n")?;
        let file = writer.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync_all()?;
        let bytes = file.metadata()?.len();
        fs::rename(&next, &self.file)?;
        let directory = self.file.parent().filter(|parent| !parent.as_os_str().is_empty());
        File::open(directory.unwrap_or(Path::new(".")))?.sync_all()?;
        let mut journal = private(&journal_of(&self.file))?;
        let mut first = serde_json::to_vec(&Mark { mark })?;
        first.push(b'\n');
        journal.write_all(&first)?;
        self.journal = Some(journal);
        self.journal_bytes = 0;
        self.most_bytes = (TIMES * bytes).max(SMALL);
        Ok(())
    }
}

fn append(journal: &mut File, table: &RouteTable, changes: &Changes) -> io::Result<u64> {
    let mut lines = Vec::new();
    for key in &changes.keys {
        match table.by_key(key).filter(|route| route.saved) {
            Some(route) => write_route(&mut lines, &route)?,
            None => write_gone(&mut lines, key)?,
        }
        lines.push(b'\n');
    }
    journal.write_all(&lines)?;
    Ok(lines.len() as u64)
}

/// An empty file that nobody else may read: data may hold anything.
fn private(file: &Path) -> io::Result<File> {
    let handle = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(file)?;
    handle.set_permissions(fs::Permissions::from_mode(0o600))?;
    Ok(handle)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(path: &str, port: u16) -> Route {
        let target = format!("http://127.0.0.1:{port}").parse().unwrap();
        let user = perijove_model::escape::decode(path).unwrap();
        let data = Map::from_iter([("user".to_owned(), user.into())]);
        Route::new(path, target, data, Timestamp::from_second(i64::from(port)).unwrap()).unwrap()
    }

    struct Saving {
        _dir: tempfile::TempDir,
        table: Arc<RouteTable>,
        files: Files,
    }

    impl Saving {
        fn new() -> Self {
            let dir = tempfile::tempdir().unwrap();
            let table = Arc::new(RouteTable::new(false));
            let files = Files::new(Arc::clone(&table), dir.path().join("routes.json"));
            Self {
                _dir: dir,
                table,
                files,
            }
        }

        /// Whether all routes were written.
        fn save(&mut self) -> bool {
            let mut whole = false;
            self.files.save(&mut whole).unwrap();
            whole
        }

        /// What an edge would find now.
        fn found(&self) -> Vec<(String, String, Timestamp)> {
            let table = RouteTable::new(false);
            load(&table, &self.files.file).unwrap();
            let mut all: Vec<_> = table
                .all()
                .iter()
                .map(|route| {
                    assert_eq!(route.data()["user"], route.path());
                    (route.path(), route.target().as_str().to_owned(), route.last_activity())
                })
                .collect();
            all.sort();
            all
        }

        fn paths(&self) -> Vec<String> {
            self.found().into_iter().map(|(path, ..)| path).collect()
        }
    }

    #[test]
    fn each_change_is_found_again() {
        let mut saving = Saving::new();
        assert_eq!(saving.paths(), [""; 0]);
        saving.table.add(route("/user/a", 1));
        assert!(saving.save());
        saving.table.add(route("/user/b@x", 2));
        saving.table.add(route("/50%25", 2));
        saving.table.add(route("/user/a", 3));
        saving.table.add(route("/short", 3).unsaved());
        assert!(!saving.save());
        assert_eq!(saving.paths(), ["/50%", "/user/a", "/user/b@x"]);
        assert_eq!(saving.found()[1].1, "http://127.0.0.1:3");
        assert_eq!(saving.found()[1].2, Timestamp::from_second(3).unwrap());
        saving.table.remove("/user/a").unwrap();
        saving.table.remove("/50%25").unwrap();
        assert!(!saving.save());
        assert_eq!(saving.paths(), ["/user/b@x"]);
        saving.table.replace(vec![route("/new", 4)]);
        assert!(saving.save());
        assert_eq!(saving.paths(), ["/new"]);
    }

    #[test]
    fn a_line_that_was_not_finished_is_left_out() {
        let mut saving = Saving::new();
        saving.table.add(route("/a", 1));
        saving.save();
        saving.table.add(route("/b", 1));
        saving.table.add(route("/c", 1));
        saving.save();
        let journal = journal_of(&saving.files.file);
        let bytes = fs::read(&journal).unwrap();
        for cut in 0..bytes.len() {
            fs::write(&journal, &bytes[..cut]).unwrap();
            let paths = saving.paths();
            assert!(paths == ["/a"] || paths == ["/a", "/b"], "{paths:?}");
        }
        fs::write(&journal, &bytes).unwrap();
        assert_eq!(saving.paths(), ["/a", "/b", "/c"]);
    }

    #[test]
    fn a_journal_of_another_file_brings_nothing_back() {
        let mut saving = Saving::new();
        saving.table.add(route("/a", 1));
        saving.save();
        saving.table.add(route("/gone", 1));
        saving.save();
        let journal = journal_of(&saving.files.file);
        let old = fs::read(&journal).unwrap();
        saving.table.replace(vec![route("/a", 1)]);
        saving.save();
        fs::write(&journal, old).unwrap();
        assert_eq!(saving.paths(), ["/a"]);
    }

    #[test]
    fn a_journal_that_has_outgrown_its_file_starts_anew() {
        let mut saving = Saving::new();
        let mut whole = 0;
        for number in 0..10_000_u16 {
            saving.table.add(route("/user/a", number));
            whole += usize::from(saving.save());
        }
        assert!((2..20).contains(&whole), "{whole}");
        assert_eq!(saving.found()[0].1, "http://127.0.0.1:9999");
        assert!(fs::metadata(journal_of(&saving.files.file)).unwrap().len() < 2 * SMALL);
    }

    #[test]
    fn last_activities_are_written_if_there_are_new_ones() {
        let mut saving = Saving::new();
        saving.table.add(route("/a", 1));
        saving.save();
        let mut whole = true;
        saving.files.save(&mut whole).unwrap();
        let later = Timestamp::from_second(1_000).unwrap();
        saving.table.get("/a").unwrap().unwrap().touch(later);
        assert_ne!(saving.found()[0].2, later);
        for expected in [true, false] {
            let mut whole = true;
            saving.files.save(&mut whole).unwrap();
            assert_eq!(whole, expected);
            assert_eq!(saving.found()[0].2, later);
        }
    }
}
