//! Log lines: to standard error or to a file that does not grow without end; one line each, never longer than a page.

use std::fs::{self, File, OpenOptions};
use std::io::{self, IsTerminal, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Mutex;

use anyhow::Result;
use perijove_config::{LogFormat, LogLevel};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::problem::Problem;
use crate::system::Environment;

const LONGEST_LINE: usize = 8 << 10;
/// A log file that has grown to this becomes `FILE.1`, in the place of an earlier one.
const LONGEST_FILE: u64 = 8 << 20;
/// `trace`, or `info,perijove_hub=debug`: stronger than the configuration, but for the libraries' lines.
const FILTER: &str = "RUST_LOG";

/// Begins to log. `file` is for a process that nobody watches.
pub fn begin(level: LogLevel, format: LogFormat, file: Option<&Path>, environment: &Environment) -> Result<()> {
    let filter = match environment.get(FILTER).filter(|text| !text.is_empty()) {
        Some(text) => only_ours(Targets::from_str(text).map_err(|error| {
            Problem::new(format!("the environment variable {FILTER} is not a log filter"))
                .because(error)
                .of_usage()
        })?),
        None => filter(level),
    };
    let sink = Sink::open(file)?;
    let colour = file.is_none() && io::stderr().is_terminal() && environment.get("NO_COLOR").is_none_or(str::is_empty);
    let registry = tracing_subscriber::registry().with(filter);
    let lines = tracing_subscriber::fmt::layer().with_writer(sink).with_ansi(colour);
    let begun = match format {
        LogFormat::Text => registry.with(lines).try_init(),
        LogFormat::Json => registry.with(lines.json()).try_init(),
    };
    begun.map_err(|error| Problem::new("logging can't begin").because(error).into())
}

/// Ours as the configuration says; libraries only when something is wrong, since nobody has looked through what they
/// would say for secrets.
fn filter(level: LogLevel) -> Targets {
    let ours = match level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    };
    Targets::new()
        .with_default(ours.min(LevelFilter::WARN))
        .with_target("perijove", ours)
}

/// What was asked for, of ours; of the libraries no more than warnings.
fn only_ours(asked: Targets) -> Targets {
    let everywhere = asked.default_level().unwrap_or(LevelFilter::ERROR);
    let filter = Targets::new()
        .with_default(everywhere.min(LevelFilter::WARN))
        .with_target("perijove", everywhere);
    asked.iter().fold(filter, |filter, (target, level)| {
        let ours = target.starts_with("perijove");
        filter.with_target(target, if ours { level } else { level.min(LevelFilter::WARN) })
    })
}

/// Where lines go.
enum Sink {
    Stderr,
    File(Mutex<Rotating>),
}

impl Sink {
    fn open(file: Option<&Path>) -> Result<Self> {
        let Some(path) = file else { return Ok(Self::Stderr) };
        let opened = Rotating::open(path)
            .map_err(|error| Problem::new(format!("the log {} can't be opened", path.display())).because(error))?;
        Ok(Self::File(Mutex::new(opened)))
    }
}

impl<'a> MakeWriter<'a> for Sink {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Line<'a> {
        Line(self)
    }
}

/// Takes one event at a time.
struct Line<'a>(&'a Sink);

impl Write for Line<'_> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let line = one_line(event);
        // Nowhere to complain to.
        let _ = match self.0 {
            Sink::Stderr => io::stderr().lock().write_all(&line),
            Sink::File(file) => file
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner)
                .write(&line),
        };
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Whatever an event contains, it can't pretend to be two.
fn one_line(event: &[u8]) -> Vec<u8> {
    let event = event.strip_suffix(b"\n").unwrap_or(event);
    let shown = &event[..event.len().min(LONGEST_LINE)];
    let mut line = Vec::with_capacity(shown.len() + 4);
    for byte in shown {
        match byte {
            b'\n' => line.extend_from_slice(b"\\n"),
            b'\r' => line.extend_from_slice(b"\\r"),
            byte => line.push(*byte),
        }
    }
    if shown.len() < event.len() {
        line.extend_from_slice("…".as_bytes());
    }
    line.push(b'\n');
    line
}

struct Rotating {
    path: PathBuf,
    file: File,
    size: u64,
}

impl Rotating {
    fn open(path: &Path) -> io::Result<Self> {
        let file = open(path)?;
        Ok(Self {
            path: path.to_owned(),
            size: file.metadata()?.len(),
            file,
        })
    }

    fn write(&mut self, line: &[u8]) -> io::Result<()> {
        if self.size >= LONGEST_FILE {
            fs::rename(&self.path, self.path.with_added_extension("1"))?;
            self.file = open(&self.path)?;
            self.size = 0;
        }
        self.size += line.len() as u64;
        self.file.write_all(line)
    }
}

/// Opens a log to append to, for this account alone.
pub fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().append(true).create(true).mode(0o600).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_one_line_of_bounded_length() {
        assert_eq!(one_line(b"a\nb\r\n"), b"a\\nb\\r\n");
        let long = one_line(&[b'x'; 100_000]);
        assert!(long.len() <= LONGEST_LINE + 4 && long.ends_with("…\n".as_bytes()));
    }

    #[test]
    fn a_log_file_does_not_grow_without_end() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("edge.log");
        let mut log = Rotating::open(&path).unwrap();
        let line = vec![b'x'; 1 << 20];
        for _ in 0..30 {
            log.write(&line).unwrap();
        }
        let size = |path: &Path| fs::metadata(path).unwrap().len();
        assert!(size(&path) <= LONGEST_FILE && size(&dir.path().join("edge.log.1")) <= LONGEST_FILE);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2);
    }

    #[test]
    fn libraries_stay_quiet_whatever_the_level() {
        let shown = |level, target| filter(level).would_enable(target, &tracing::Level::DEBUG);
        assert!(shown(LogLevel::Debug, "perijove_hub::http"));
        assert!(!shown(LogLevel::Trace, "hyper::proto"));
        assert!(!shown(LogLevel::Info, "perijove_hub::http"));
    }
}
