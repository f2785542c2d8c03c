//! An edge gives way to a new process: the sockets and the routes go along, so nobody who connects meanwhile is turned
//! away.
//!
//! The new process gets one end of a pair of sockets as its standard input. Through it come the listening sockets
//! themselves, one a message, and at last a file with the routes. It answers `ready`, or why it can't go on; until then
//! the old one serves as before.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, IoSlice, IoSliceMut, Read, Seek, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::Result;
use perijove_edge::{Edge, Inheritance, Inherited, Purpose};
use rustix::fs::MemfdFlags;
use rustix::net::sockopt::{Timeout, set_socket_timeout};
use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage,
    SendFlags, SocketFlags, SocketType,
};
use serde::{Deserialize, Serialize};

use crate::problem::Problem;
use crate::system::Environment;

/// Set for a process that is to take over.
const TAKE_OVER: &str = "PERIJOVE_EDGE_TAKE_OVER";
/// A new edge serves within milliseconds.
const START: Duration = Duration::from_secs(20);
const LONGEST_MESSAGE: usize = 4 << 10;
const READY: &str = "ready";

/// What a message brings.
#[derive(Serialize, Deserialize)]
enum Parcel {
    Socket {
        purpose: Door,
        given: bool,
    },
    /// The last one.
    Routes,
}

#[derive(Serialize, Deserialize)]
enum Door {
    People,
    Api,
    Metrics,
    WithoutTls,
}

impl From<Purpose> for Door {
    fn from(purpose: Purpose) -> Self {
        match purpose {
            Purpose::People => Self::People,
            Purpose::Api => Self::Api,
            Purpose::Metrics => Self::Metrics,
            Purpose::WithoutTls => Self::WithoutTls,
        }
    }
}

impl From<Door> for Purpose {
    fn from(door: Door) -> Self {
        match door {
            Door::People => Self::People,
            Door::Api => Self::Api,
            Door::Metrics => Self::Metrics,
            Door::WithoutTls => Self::WithoutTls,
        }
    }
}

/// Lets a new process take over, and tells which. If none does, the edge goes on.
pub async fn give(edge: &Edge) -> Result<i32> {
    let given = match edge.bequeath().await {
        Ok(inheritance) => start(&inheritance),
        Err(error) => Err(error),
    };
    let answered = match given {
        Ok((child, socket)) => tokio::task::spawn_blocking(move || wait(child, &socket))
            .await
            .map_err(io::Error::other),
        Err(error) => Err(error),
    };
    match answered.map_err(anyhow::Error::from).flatten() {
        Ok(process) => Ok(process),
        Err(error) => {
            edge.keep();
            Err(Problem::new("no new edge could take over, and this one goes on")
                .because(error)
                .into())
        }
    }
}

fn start(inheritance: &Inheritance) -> io::Result<(Child, OwnedFd)> {
    let (ours, theirs) =
        rustix::net::socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)?;
    // Who does not take is not waited for.
    set_socket_timeout(&ours, Timeout::Send, Some(START))?;
    set_socket_timeout(&ours, Timeout::Recv, Some(START))?;
    for socket in &inheritance.sockets {
        let (purpose, given) = (socket.purpose.into(), socket.given);
        send(&ours, &Parcel::Socket { purpose, given }, socket.socket.as_fd())?;
    }
    let mut routes = File::from(rustix::fs::memfd_create(c"routes", MemfdFlags::CLOEXEC)?);
    routes.write_all(inheritance.routes.as_deref().unwrap_or(b"[]"))?;
    routes.rewind()?;
    send(&ours, &Parcel::Routes, routes.as_fd())?;
    let (program, called, arguments) = this_program()?;
    let child = Command::new(program)
        .arg0(called)
        .args(arguments)
        .env(TAKE_OVER, "1")
        .stdin(Stdio::from(theirs))
        .spawn()?;
    Ok((child, ours))
}

/// Where this program lies now, how it was called, and its arguments. Its file may have been replaced since.
fn this_program() -> io::Result<(PathBuf, OsString, Vec<OsString>)> {
    let mut arguments = std::env::args_os();
    let called = arguments.next().unwrap_or_default();
    let program = if Path::new(&called).components().count() > 1 {
        // By its path, which may be a link that leads elsewhere by now.
        std::path::absolute(&called)?
    } else {
        let running = std::env::current_exe()?;
        let text = running.to_string_lossy();
        text.strip_suffix(" (deleted)").map_or(running.clone(), PathBuf::from)
    };
    Ok((program, called, arguments.collect()))
}

/// Comes back when the new process serves.
fn wait(mut child: Child, socket: &OwnedFd) -> Result<i32> {
    let mut answer = vec![0; LONGEST_MESSAGE];
    let said = rustix::net::recv(socket, &mut answer[..], RecvFlags::empty());
    let why = match said {
        Ok((_, length)) => {
            answer.truncate(length);
            let said = String::from_utf8_lossy(&answer).into_owned();
            if said == READY {
                return Ok(i32::try_from(child.id())?);
            }
            said
        }
        Err(error) => error.to_string(),
    };
    // It has ended, or is of no use.
    let _ = child.kill();
    let status = child.wait()?;
    match why.is_empty() {
        true => Err(anyhow::anyhow!("it ended at once ({status}); the log says more")),
        false => Err(anyhow::anyhow!(why)),
    }
}

fn send(socket: &OwnedFd, parcel: &Parcel, fd: BorrowedFd<'_>) -> io::Result<()> {
    let text = serde_json::to_vec(parcel)?;
    let fds = [fd];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    ancillary.push(SendAncillaryMessage::ScmRights(&fds));
    rustix::net::sendmsg(socket, &[IoSlice::new(&text)], &mut ancillary, SendFlags::NOSIGNAL)?;
    Ok(())
}

/// What was handed to this process, and whom to tell.
pub struct Taken {
    pub inheritance: Inheritance,
    giver: bool,
}

/// Takes over, if this process was started for that; else what the service manager has opened.
pub fn take(environment: &Environment) -> Result<Taken> {
    let giver = environment.get(TAKE_OVER).is_some();
    let taken = match giver {
        true => receive(),
        false => from_manager(environment),
    };
    let inheritance = taken
        .map_err(|error| Problem::new("the sockets that were handed to the edge can't be taken over").because(error))?;
    Ok(Taken { inheritance, giver })
}

impl Taken {
    pub fn answering(&self) -> Answering {
        Answering { giver: self.giver }
    }
}

/// Tells the process before how it went.
pub struct Answering {
    giver: bool,
}

impl Answering {
    pub fn ready(&self) {
        self.say(READY);
    }

    pub fn failed(&self, error: &anyhow::Error) {
        self.say(&format!("{error:#}"));
    }

    /// If it is gone, there is nobody to tell.
    fn say(&self, text: &str) {
        if self.giver {
            let end = text.floor_char_boundary(LONGEST_MESSAGE);
            let _ = rustix::net::send(io::stdin(), &text.as_bytes()[..end], SendFlags::NOSIGNAL);
        }
    }
}

fn receive() -> io::Result<Inheritance> {
    let mut sockets = Vec::new();
    loop {
        let (parcel, fd) = receive_one()?;
        match parcel {
            Parcel::Socket { purpose, given } => sockets.push(Inherited {
                purpose: purpose.into(),
                socket: fd,
                given,
            }),
            Parcel::Routes => {
                let mut routes = Vec::new();
                File::from(fd).read_to_end(&mut routes)?;
                return Ok(Inheritance {
                    sockets,
                    routes: Some(routes),
                });
            }
        }
    }
}

fn receive_one() -> io::Result<(Parcel, OwnedFd)> {
    let mut text = [0; LONGEST_MESSAGE];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let message = rustix::net::recvmsg(
        io::stdin(),
        &mut [IoSliceMut::new(&mut text)],
        &mut ancillary,
        RecvFlags::CMSG_CLOEXEC,
    )?;
    let fd = ancillary.drain().find_map(|message| match message {
        RecvAncillaryMessage::ScmRights(mut fds) => fds.next(),
        _ => None,
    });
    let fd = fd.ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof))?;
    Ok((serde_json::from_slice(&text[..message.bytes])?, fd))
}

/// `LISTEN_FDS` and its kin. A socket is for people unless it has the name of something else.
fn from_manager(environment: &Environment) -> io::Result<Inheritance> {
    let mut given = listenfd::ListenFd::from_env();
    let names: Vec<&str> = environment
        .get("LISTEN_FDNAMES")
        .unwrap_or_default()
        .split(':')
        .collect();
    let mut sockets = Vec::new();
    for at in 0..given.len() {
        let socket = match given.take_tcp_listener(at) {
            Ok(listener) => listener.map(OwnedFd::from),
            Err(_) => given.take_unix_listener(at)?.map(OwnedFd::from),
        };
        let Some(socket) = socket else { continue };
        let purpose = match names.get(at).copied().unwrap_or_default() {
            "api" => Purpose::Api,
            "metrics" => Purpose::Metrics,
            "redirect" => Purpose::WithoutTls,
            _ => Purpose::People,
        };
        sockets.push(Inherited {
            purpose,
            socket,
            given: true,
        });
    }
    Ok(Inheritance { sockets, routes: None })
}
