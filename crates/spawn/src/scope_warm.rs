//! What a supervisor has in the place of starting a program: a process that its nursery forked, with everything imported,
//! which waits to be told which server it is.

use std::fs::{File, OpenOptions};
use std::io::{self, IoSlice, Read, Write};
use std::mem::MaybeUninit;
use std::net::Shutdown;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;

use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags};
use serde::Deserialize;

use crate::inside::Entry;
use crate::scope::Report;

/// A child of this process. If it is told nothing it ends with the link.
pub(crate) struct Waiting {
    pid: i32,
    link: UnixStream,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Answer {
    Going,
    Cold(String),
}

impl Waiting {
    /// The link is where a supervisor's remarks would go, which nobody reads.
    pub(crate) fn take(pid: i32) -> io::Result<Self> {
        let link = rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stderr(), 3)?;
        let null = OpenOptions::new().read(true).write(true).open("/dev/null")?;
        rustix::stdio::dup2_stderr(&null)?;
        Ok(Self {
            pid,
            link: UnixStream::from(link),
        })
    }

    /// Comes back with its process id when it is the server.
    pub(crate) fn become_server(mut self, entry: &Entry, log: &File) -> Result<i32, Report> {
        let order = serde_json::to_vec(entry).map_err(io::Error::from)?;
        let made = entry.jail.made().map_err(|error| Report::Jail(error.to_string()))?;
        self.tell(&order, log, &made)?;
        self.link.shutdown(Shutdown::Write)?;
        let mut answer = Vec::new();
        self.link.read_to_end(&mut answer)?;
        match serde_json::from_slice(&answer) {
            Ok(Answer::Going) => Ok(self.pid),
            Ok(Answer::Cold(why)) => Err(Report::Cold(why)),
            Err(_) => Err(Report::Cold("it ended before it was a server".to_owned())),
        }
    }

    fn tell(&mut self, order: &[u8], log: &File, made: &[OwnedFd]) -> io::Result<()> {
        let mut descriptors = vec![log.as_fd()];
        descriptors.extend(made.iter().map(AsFd::as_fd));
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(4))];
        let mut with = SendAncillaryBuffer::new(&mut space);
        with.push(SendAncillaryMessage::ScmRights(&descriptors));
        let sent = rustix::net::sendmsg(&self.link, &[IoSlice::new(order)], &mut with, SendFlags::NOSIGNAL)?;
        self.link.write_all(&order[sent..])
    }
}
