//! The log of a server: its supervisor keeps the tail of it, the hub shows the last lines.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// What is shown is read from this much of the end, each line up to `LINE` characters.
const SHOWN: u64 = 64 * 1024;
const LINE: usize = 1000;

pub(crate) struct Log {
    file: File,
    limit: u64,
    seen: std::cell::Cell<u64>,
}

impl Log {
    /// The server appends to the same file through its own handle.
    pub(crate) fn open(path: PathBuf, limit: u64) -> io::Result<Self> {
        let file = OpenOptions::new().read(true).write(true).open(path)?;
        Ok(Self {
            file,
            limit,
            seen: std::cell::Cell::new(0),
        })
    }

    /// Cuts the log to half its limit when it has outgrown it. True if it has changed since the last time.
    pub(crate) fn trim(&self) -> bool {
        let Ok(size) = self.file.metadata().map(|meta| meta.len()) else {
            return false;
        };
        if size > self.limit {
            // It stays too long if the disk refuses; there is nobody here to tell.
            let _ = self.keep_tail(size - self.limit / 2);
        }
        self.seen.replace(size) != size
    }

    /// Moves what follows `from` to the beginning, in place: the server's handle stays good. A line that is written
    /// between the last look and the cut is lost.
    fn keep_tail(&self, from: u64) -> io::Result<()> {
        let mut block = [0; 16 * 1024];
        let first = self.file.read_at(&mut block, from)?;
        let line = block[..first]
            .iter()
            .position(|byte| *byte == b'\n')
            .map_or(0, |end| end + 1);
        let (mut source, mut target) = (from + line as u64, 0);
        loop {
            let length = self.file.read_at(&mut block, source)?;
            if length == 0 {
                return self.file.set_len(target);
            }
            self.file.write_all_at(&block[..length], target)?;
            source += length as u64;
            target += length as u64;
        }
    }
}

/// The last lines of a log, without what would make a terminal or a page misbehave.
pub(crate) fn tail(path: &Path, lines: usize) -> io::Result<Vec<String>> {
    let mut file = File::open(path)?;
    let size = file.metadata()?.len();
    file.seek(SeekFrom::Start(size.saturating_sub(SHOWN)))?;
    let mut bytes = Vec::new();
    file.take(SHOWN).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let all: Vec<&str> = text.lines().skip(usize::from(size > SHOWN)).collect();
    let shown = &all[all.len().saturating_sub(lines)..];
    Ok(shown
        .iter()
        .map(|line| {
            line.chars()
                .filter(|c| !c.is_control() || *c == '\t')
                .take(LINE)
                .collect()
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn the_tail_stays_and_whoever_appends_can_go_on() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("log");
        let mut server = OpenOptions::new().create(true).append(true).open(&path).unwrap();
        let log = Log::open(path.clone(), 100_000).unwrap();
        for line in 0..50_000 {
            writeln!(server, "line {line}").unwrap();
        }
        assert!(log.trim());
        writeln!(server, "the \x1blast").unwrap();
        assert!(path.metadata().unwrap().len() <= 60_000);
        assert!(std::fs::read_to_string(&path).unwrap().starts_with("line "));
        assert_eq!(tail(&path, 2).unwrap(), ["line 49999", "the last"]);
        assert!(tail(&path, 1_000_000).unwrap().len() > 1000);
    }
}
