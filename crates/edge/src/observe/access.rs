//! The access log: lines are handed to a thread that writes them. When it can't keep up, lines are dropped and counted:
//! no request waits for a disk.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread::JoinHandle,
};

use arc_swap::ArcSwapOption;
use jiff::Timestamp;
use tracing::{error, info, warn};

use super::{AccessFormat, AccessLog, Finished, line::Record};

/// Lines that may wait.
const WAITING: usize = 4096;
/// Written at once, when many wait.
const BATCH: usize = 64 * 1024;

#[derive(Default)]
pub(super) struct Access {
    on: AtomicBool,
    lines: ArcSwapOption<SyncSender<Record>>,
    writing: Mutex<Option<Writing>>,
    notes: Arc<Notes>,
}

struct Writing {
    log: AccessLog,
    thread: JoinHandle<()>,
}

/// What the writer and the others tell each other.
#[derive(Default)]
struct Notes {
    reopen: AtomicBool,
    dropped: AtomicU64,
}

impl Access {
    pub(super) fn is_on(&self) -> bool {
        self.on.load(Relaxed)
    }

    pub(super) fn dropped(&self) -> u64 {
        self.notes.dropped.load(Relaxed)
    }

    pub(super) fn write(&self, request: &Finished<'_>, now: Timestamp) {
        let sent = self
            .lines
            .load()
            .as_ref()
            .is_some_and(|lines| lines.try_send(Record::new(request, now)).is_ok());
        if !sent {
            self.notes.dropped.fetch_add(1, Relaxed);
        }
    }

    pub(super) fn reopen(&self) {
        self.notes.reopen.store(true, Relaxed);
    }

    pub(super) fn set(&self, wanted: Option<&AccessLog>) -> io::Result<()> {
        let mut writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        if writing.as_ref().map(|writing| &writing.log) == wanted {
            return Ok(());
        }
        let begun = wanted.map(|log| self.begin(log)).transpose()?;
        let (lines, next) = begun.unzip();
        self.on.store(lines.is_some(), Relaxed);
        self.lines.store(lines.map(Arc::new));
        let before = std::mem::replace(&mut *writing, next);
        // Its queue is closed: it writes what is there and ends.
        if before.is_some_and(|before| before.thread.join().is_err()) {
            warn!("the access log's thread ended in a panic");
        }
        Ok(())
    }

    fn begin(&self, log: &AccessLog) -> io::Result<(SyncSender<Record>, Writing)> {
        let place = Place::open(log.file.clone())?;
        let (lines, queue) = sync_channel(WAITING);
        let (format, notes) = (log.format, Arc::clone(&self.notes));
        let thread = std::thread::Builder::new()
            .name("edge-log".into())
            .spawn(move || write_lines(&queue, place, format, &notes))?;
        let log = log.clone();
        Ok((lines, Writing { log, thread }))
    }
}

fn write_lines(queue: &Receiver<Record>, mut place: Place, format: AccessFormat, notes: &Notes) {
    let mut batch = String::new();
    let mut failing = false;
    while let Ok(first) = queue.recv() {
        batch.clear();
        first.push_to(&mut batch, format);
        let mut count = 1;
        while batch.len() < BATCH
            && let Ok(next) = queue.try_recv()
        {
            next.push_to(&mut batch, format);
            count += 1;
        }
        if notes.reopen.swap(false, Relaxed)
            && let Err(error) = place.reopen()
        {
            error!(%error, file = %place.name(), "the access log can not be opened anew: it goes on in the old file");
        }
        match place.write(batch.as_bytes()) {
            Ok(()) if failing => {
                info!(file = %place.name(), "the access log is written again");
                failing = false;
            }
            Ok(()) => {}
            Err(error) => {
                notes.dropped.fetch_add(count, Relaxed);
                if !failing {
                    error!(%error, file = %place.name(), "the access log can not be written: its lines are dropped");
                }
                failing = true;
            }
        }
    }
}

enum Place {
    Stderr,
    File(PathBuf, File),
}

impl Place {
    fn open(file: Option<PathBuf>) -> io::Result<Self> {
        Ok(match file {
            None => Self::Stderr,
            Some(path) => {
                let file = append_to(&path)?;
                Self::File(path, file)
            }
        })
    }

    fn reopen(&mut self) -> io::Result<()> {
        if let Self::File(path, file) = self {
            *file = append_to(path)?;
        }
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Stderr => io::stderr().lock().write_all(bytes),
            Self::File(_, file) => file.write_all(bytes),
        }
    }

    fn name(&self) -> String {
        match self {
            Self::Stderr => "standard error".to_owned(),
            Self::File(path, _) => path.display().to_string(),
        }
    }
}

/// Addresses of people and what they look at: for nobody else to read.
fn append_to(path: &std::path::Path) -> io::Result<File> {
    OpenOptions::new().append(true).create(true).mode(0o640).open(path)
}
