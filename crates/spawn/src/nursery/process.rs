//! One nursery: its process, and the socket between it and the hub.

use std::fs::File;
use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream as Pair;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use rustix::net::{
    AddressFamily, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage, SendFlags, SocketFlags, SocketType,
};
use serde::Deserialize;
use serde_json::json;
use tokio::io::Interest;
use tokio::net::UnixStream;
use tokio::process::{Child, Command};
use tokio::time::timeout;

use super::fit::Key;

/// Takes the program from the socket, so that it lies nowhere; what comes back from it is the server's.
const BEGIN: &str = "import os, sys, types; del sys.path[0]; nursery = types.ModuleType('nursery'); \
                     exec(os.read(0, 65536), vars(nursery)); exec(*nursery.main())";
const PROGRAM: &str = include_str!("nursery.py");
/// A fork shows the arguments and the environment of its parent, and writes its own over them: so much room is for them.
const ROOM_FOR_ARGUMENTS: usize = 2 * 1024;
const ROOM_FOR_VARIABLES: usize = 16 * 1024;
/// In the place of what each server has its own of. Found again in the memory after the imports.
const TOKEN: &str = "perijove-nursery";
const MARKS: [(&str, &str); 8] = [
    ("HOME", "/nonexistent/perijove-nursery"),
    ("USER", "perijove-nursery-user"),
    ("JUPYTERHUB_USER", "perijove-nursery-name"),
    ("JUPYTERHUB_API_URL", "http://perijove-nursery.invalid/api"),
    ("JUPYTERHUB_ACTIVITY_URL", "http://perijove-nursery.invalid/activity"),
    ("JUPYTERHUB_CLIENT_ID", "perijove-nursery-client"),
    ("JUPYTERHUB_SERVICE_PREFIX", "/perijove-nursery-prefix/"),
    ("JUPYTERHUB_OAUTH_CALLBACK_URL", "/perijove-nursery-callback/"),
];
const IMPORTS: Duration = Duration::from_secs(120);
const ANSWER: usize = 4096;

pub(super) struct Nursery {
    link: UnixStream,
    /// Killed with the last who has this.
    _process: Child,
}

/// What a process that was to be warm says.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Answer {
    Ready(u32),
    Cold(String),
}

impl Nursery {
    /// Comes back when everything is imported, or with the reason why this can't be.
    pub(super) async fn start(key: &Key, idle: Duration) -> Result<Self, String> {
        let broken = |error: io::Error| format!("its nursery can't be started: {error}");
        let nursery = Self::launch(key).map_err(broken)?;
        let order = json!({
            "script": key.script, "token": TOKEN, "marks": MARKS.into_iter().collect::<std::collections::BTreeMap<_, _>>(),
            "idle": idle.as_secs(),
        });
        nursery.send(PROGRAM.as_bytes(), &[]).await.map_err(broken)?;
        nursery.send(order.to_string().as_bytes(), &[]).await.map_err(broken)?;
        match timeout(IMPORTS, nursery.answer()).await {
            Ok(Ok(Answer::Ready(modules))) => {
                tracing::info!(environment = %key.environment.display(), modules, "servers start warm");
                Ok(nursery)
            }
            Ok(Ok(Answer::Cold(why))) => Err(why),
            Ok(Err(error)) => Err(format!("its imports ended the process: {error}")),
            Err(_) => Err(format!("its imports took more than {} seconds", IMPORTS.as_secs())),
        }
    }

    fn launch(key: &Key) -> io::Result<Self> {
        let (ours, theirs) =
            rustix::net::socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)?;
        rustix::io::ioctl_fionbio(&ours, true)?;
        let process = Command::new(&key.python)
            .args(["-c", BEGIN, &" ".repeat(ROOM_FOR_ARGUMENTS)])
            .env_clear()
            .envs(&key.variables)
            .envs(MARKS)
            .env("PERIJOVE_NURSERY", " ".repeat(ROOM_FOR_VARIABLES))
            .current_dir("/")
            // What is typed at the hub's terminal is not meant for it.
            .process_group(0)
            .stdin(Stdio::from(theirs))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        Ok(Self {
            // A stream by its type alone: packets go through it.
            link: UnixStream::from_std(Pair::from(ours))?,
            _process: process,
        })
    }

    /// Has a supervisor made, and gives back the socket that is its standard input and output.
    pub(super) async fn fork(&self, exe: &Path, arguments: &[String]) -> io::Result<UnixStream> {
        let program = File::open(exe)?;
        let (ours, theirs) = Pair::pair()?;
        ours.set_nonblocking(true)?;
        let order = serde_json::to_vec(arguments)?;
        self.send(&order, &[program.as_fd(), theirs.as_fd()]).await?;
        UnixStream::from_std(ours)
    }

    async fn send(&self, packet: &[u8], descriptors: &[BorrowedFd<'_>]) -> io::Result<()> {
        let send = || {
            let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(2))];
            let mut with = SendAncillaryBuffer::new(&mut space);
            if !descriptors.is_empty() {
                with.push(SendAncillaryMessage::ScmRights(descriptors));
            }
            rustix::net::sendmsg(&self.link, &[IoSlice::new(packet)], &mut with, SendFlags::NOSIGNAL)?;
            Ok(())
        };
        self.link.async_io(Interest::WRITABLE, send).await
    }

    async fn answer(&self) -> io::Result<Answer> {
        let receive = || {
            let mut packet = vec![0; ANSWER];
            let (length, _) = rustix::net::recv(&self.link, packet.as_mut_slice(), RecvFlags::empty())?;
            packet.truncate(length);
            Ok(packet)
        };
        let packet = self.link.async_io(Interest::READABLE, receive).await?;
        serde_json::from_slice(&packet).map_err(io::Error::from)
    }
}
