//! Runs a tool, follows what it writes, and keeps the end of it.

use std::collections::{BTreeMap, VecDeque};
use std::ffi::OsStr;
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::fs::File;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;

use crate::Error;

/// Lines of output that a failure shows.
const TAIL: usize = 40;
const LONGEST_LINE: usize = 400;
/// Bytes of output that are kept on the disk.
const LARGEST_LOG: usize = 1 << 20;

/// What a build writes about itself: a file of bounded size, and its last lines in memory.
#[derive(Clone)]
pub(crate) struct Log(Arc<Mutex<Inner>>);

struct Inner {
    tail: VecDeque<String>,
    waiting: Vec<u8>,
    written: usize,
}

impl Log {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(Inner {
            tail: VecDeque::new(),
            waiting: Vec::new(),
            written: 0,
        })))
    }

    pub(crate) fn line(&self, line: &str) {
        let line: String = line.chars().filter(|c| !c.is_control()).take(LONGEST_LINE).collect();
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if inner.written < LARGEST_LOG {
            inner.written += line.len() + 1;
            inner.waiting.extend_from_slice(line.as_bytes());
            inner.waiting.push(b'\n');
        }
        if inner.tail.len() == TAIL {
            inner.tail.pop_front();
        }
        inner.tail.push_back(line);
    }

    pub(crate) fn tail(&self) -> Vec<String> {
        let inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner.tail.iter().cloned().collect()
    }

    fn waiting(&self) -> Vec<u8> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner).waiting)
    }

    /// Writes down what has come since.
    pub(crate) async fn flush(&self, file: &Path) {
        let waiting = self.waiting();
        if waiting.is_empty() {
            return;
        }
        let opened = File::options().append(true).create(true).open(file).await;
        // A log that can't be written is no reason to stop.
        if let Ok(mut file) = opened {
            let _ = file.write_all(&waiting).await;
            let _ = file.flush().await;
        }
    }
}

/// A tool with its arguments. What it makes can be read by everybody, whatever the hub's own mask is.
pub(crate) fn tool(program: impl AsRef<OsStr>, env: &BTreeMap<String, String>) -> Command {
    let mut command = Command::new("/bin/sh");
    command
        .args(["-c", "umask 022; exec \"$@\"", "sh"])
        .arg(program)
        .env_clear()
        .envs(env)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

/// Runs it to its end; `failed` is what is said if that is no success.
pub(crate) async fn run(mut command: Command, log: &Log, failed: &str) -> Result<(), Error> {
    let wrong = |error| Error::new(failed).because(error);
    let mut child = command.spawn().map_err(wrong)?;
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let follow = async { tokio::join!(lines(out, log), lines(err, log)) };
    let (_, status) = tokio::join!(follow, child.wait());
    let status = status.map_err(wrong)?;
    match status.success() {
        true => Ok(()),
        false => Err(Error::new(failed)
            .because(format!("it ended with {status}"))
            .with_tail(log.tail())),
    }
}

async fn lines(from: Option<impl AsyncRead + Unpin>, log: &Log) {
    let Some(mut from) = from else { return };
    let mut line = Vec::new();
    let mut piece = vec![0; 4096];
    while let Ok(length @ 1..) = from.read(&mut piece).await {
        for &byte in &piece[..length] {
            match byte {
                b'\n' | b'\r' => {
                    if !line.is_empty() {
                        log.line(&String::from_utf8_lossy(&line));
                    }
                    line.clear();
                }
                _ if line.len() < 4 * LONGEST_LINE => line.push(byte),
                _ => {}
            }
        }
    }
    if !line.is_empty() {
        log.line(&String::from_utf8_lossy(&line));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_failure_shows_the_end_of_what_was_said_and_the_file_is_bounded() {
        let dir = tempfile::tempdir().unwrap();
        let env = BTreeMap::from([("PATH".to_owned(), "/usr/bin:/bin".to_owned())]);
        let mut command = tool("sh", &env);
        command.args(["-c", "seq 1 300000; echo 'No space left on device' >&2; exit 3"]);
        let log = Log::new();
        let error = run(command, &log, "it can't be built").await.unwrap_err();
        assert_eq!(error.tail.len(), TAIL);
        assert!(
            error.hint.as_deref().unwrap_or_default().contains("free some space"),
            "{error:?}"
        );
        let file = dir.path().join("log");
        log.flush(&file).await;
        let size = std::fs::metadata(&file).unwrap().len();
        assert!(
            (LARGEST_LOG as u64..LARGEST_LOG as u64 + 1000).contains(&size),
            "{size}"
        );
    }
}
