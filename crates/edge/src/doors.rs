//! The sockets that clients come in by: opened here, or inherited from a service manager or from the process before.
//!
//! Whoever connects waits in a socket's queue until somebody accepts. A queue ends with the last process that has the
//! socket open, and so do those who wait in it: a socket that goes on is never closed, only handed over.

use std::{
    fmt, io,
    net::{SocketAddr, TcpListener},
    os::{
        fd::{AsFd, BorrowedFd, OwnedFd},
        unix::net::UnixListener,
    },
    path::{Path, PathBuf},
    time::Duration,
};

use rustix::net::{AddressFamily, SocketFlags, SocketType, sockopt};
use tokio_util::sync::CancellationToken;

use crate::{EdgeConfig, EdgeError, listener::Bound};

const BACKLOG: i32 = 1024;

/// What a socket is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    People,
    Api,
    Metrics,
    /// Who comes without TLS is sent to where it is.
    WithoutTls,
}

/// A socket that was open before this edge.
#[derive(Debug)]
pub struct Inherited {
    pub purpose: Purpose,
    pub socket: OwnedFd,
    /// The service manager's: it is served whatever addresses the configuration names.
    pub given: bool,
}

/// What an edge takes over from the one before it.
#[derive(Debug, Default)]
pub struct Inheritance {
    pub sockets: Vec<Inherited>,
    /// All routes, as they were told by [`crate::Edge::bequeath`].
    pub routes: Option<Vec<u8>>,
}

/// Where somebody listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    Address(SocketAddr),
    File(PathBuf),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => address.fmt(f),
            Self::File(file) => file.display().fmt(f),
        }
    }
}

/// One place, and the sockets there. Clients are spread over them.
#[derive(Debug)]
pub(crate) struct Door {
    pub(crate) purpose: Purpose,
    /// With the real port.
    pub(crate) place: Place,
    pub(crate) sockets: Vec<Bound>,
    pub(crate) given: bool,
    /// Nobody comes in here any more.
    pub(crate) close: CancellationToken,
}

impl Door {
    /// The address, if it is one.
    pub(crate) fn address(&self) -> Option<SocketAddr> {
        match &self.place {
            Place::Address(address) => Some(*address),
            Place::File(_) => None,
        }
    }

    /// The sockets for each of so many threads. Where there are fewer than threads, several wait at one.
    pub(crate) fn for_threads(&self, threads: usize) -> io::Result<Vec<Vec<Bound>>> {
        let mut all: Vec<Vec<Bound>> = (0..threads).map(|_| Vec::new()).collect();
        for at in 0..threads.max(self.sockets.len()) {
            let socket = &self.sockets[at % self.sockets.len()];
            all[at % threads].push(socket.again()?);
        }
        Ok(all)
    }

    pub(crate) fn bequeathed(&self) -> io::Result<Vec<Inherited>> {
        let copy = |socket: &Bound| {
            let socket = match socket {
                Bound::Tcp(listener) => listener.as_fd(),
                Bound::Unix(listener) => listener.as_fd(),
            };
            Ok(Inherited {
                purpose: self.purpose,
                socket: socket.try_clone_to_owned()?,
                given: self.given,
            })
        };
        self.sockets.iter().map(copy).collect()
    }
}

/// Opens what the configuration asks for, and takes what is open already.
#[derive(Debug)]
pub(crate) struct Opener {
    inherited: Vec<(Purpose, bool, Bound)>,
}

impl Opener {
    pub(crate) fn new(inherited: Vec<Inherited>) -> Result<Self, EdgeError> {
        let inherited = inherited
            .into_iter()
            .map(|one| Ok((one.purpose, one.given, bound(one.socket)?)))
            .collect::<io::Result<_>>()
            .map_err(EdgeError::Inherited)?;
        Ok(Self { inherited })
    }

    /// The doors for people, with so many sockets on each address.
    pub(crate) fn people(&mut self, config: &EdgeConfig, threads: usize) -> Result<Vec<Door>, EdgeError> {
        let given = self.given(Purpose::People);
        if !given.is_empty() {
            return Ok(given);
        }
        let files = config.listen_socket.iter().cloned().map(Place::File);
        let places = config.listen.iter().copied().map(Place::Address).chain(files);
        places.map(|place| self.door(Purpose::People, place, threads)).collect()
    }

    pub(crate) fn api(&mut self, config: &EdgeConfig) -> Result<Door, EdgeError> {
        if let Some(door) = self.given(Purpose::Api).pop() {
            return Ok(door);
        }
        let place = match &config.api_socket {
            Some(file) => Place::File(file.clone()),
            None => Place::Address(config.api_listen),
        };
        self.door(Purpose::Api, place, 1)
    }

    pub(crate) fn without_tls(&mut self, config: &EdgeConfig) -> Result<Vec<Door>, EdgeError> {
        let given = self.given(Purpose::WithoutTls);
        if !given.is_empty() {
            return Ok(given);
        }
        let places = config.redirect.listen.iter().copied().map(Place::Address);
        places.map(|place| self.door(Purpose::WithoutTls, place, 1)).collect()
    }

    pub(crate) fn metrics(&mut self, config: &EdgeConfig) -> Result<Option<Door>, EdgeError> {
        if let Some(door) = self.given(Purpose::Metrics).pop() {
            return Ok(Some(door));
        }
        let file = config.metrics_socket.clone().map(Place::File);
        let place = file.or(config.metrics_listen.map(Place::Address));
        place.map(|place| self.door(Purpose::Metrics, place, 1)).transpose()
    }

    /// What the service manager gave.
    fn given(&mut self, wanted: Purpose) -> Vec<Door> {
        let taken = self
            .inherited
            .extract_if(.., |(purpose, given, _)| *given && *purpose == wanted);
        taken
            .map(|(_, _, socket)| door(wanted, place_of(&socket), vec![socket], true))
            .collect()
    }

    pub(crate) fn door(&mut self, purpose: Purpose, place: Place, threads: usize) -> Result<Door, EdgeError> {
        let same = |(theirs, _, socket): &mut (Purpose, bool, Bound)| *theirs == purpose && place_of(socket) == place;
        let taken = self.inherited.extract_if(.., same);
        let mut sockets: Vec<Bound> = taken.map(|(_, _, socket)| socket).collect();
        if sockets.is_empty() {
            sockets = match &place {
                Place::Address(address) => open_for_all(*address, threads)?,
                Place::File(file) => vec![Bound::socket_file(file).map_err(|error| EdgeError::Socket {
                    file: file.clone(),
                    error,
                })?],
            };
        }
        let place = sockets.first().map_or(place, place_of);
        Ok(door(purpose, place, sockets, false))
    }
}

fn door(purpose: Purpose, place: Place, sockets: Vec<Bound>, given: bool) -> Door {
    Door {
        purpose,
        place,
        sockets,
        given,
        close: CancellationToken::new(),
    }
}

fn place_of(socket: &Bound) -> Place {
    match socket {
        Bound::Tcp(listener) => listener.local_addr().map(Place::Address),
        Bound::Unix(listener) => listener
            .local_addr()
            .map(|address| Place::File(address.as_pathname().unwrap_or(Path::new("")).to_owned())),
    }
    .unwrap_or(Place::File(PathBuf::new()))
}

/// A socket that listens, made ready to be served here.
fn bound(socket: OwnedFd) -> io::Result<Bound> {
    if !is_listening(socket.as_fd())? {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "it is no socket that listens for connections",
        ));
    }
    let family = sockopt::socket_domain(&socket)?;
    if family == AddressFamily::UNIX {
        let listener = UnixListener::from(socket);
        listener.set_nonblocking(true)?;
        return Ok(Bound::Unix(listener));
    }
    let listener = TcpListener::from(socket);
    listener.set_nonblocking(true)?;
    sockopt::set_tcp_nodelay(&listener, true)?;
    keep_alive(&listener)?;
    Ok(Bound::Tcp(listener))
}

fn is_listening(socket: BorrowedFd<'_>) -> io::Result<bool> {
    Ok(sockopt::socket_type(socket)? == SocketType::STREAM && sockopt::socket_acceptconn(socket)?)
}

/// Every thread gets its own socket on the address; the kernel spreads the clients over them.
fn open_for_all(address: SocketAddr, threads: usize) -> Result<Vec<Bound>, EdgeError> {
    let several = threads > 1;
    if several && address.port() != 0 {
        // Alone first: with a shared port, another edge on it would go unnoticed.
        drop(listen(address, false)?);
    }
    let mut actual = address;
    let mut sockets = Vec::with_capacity(threads);
    for _ in 0..threads {
        let listener = listen(actual, several)?;
        actual = local(&listener, address)?;
        sockets.push(Bound::Tcp(listener));
    }
    Ok(sockets)
}

pub(crate) fn local(listener: &TcpListener, address: SocketAddr) -> Result<SocketAddr, EdgeError> {
    listener
        .local_addr()
        .map_err(|error| EdgeError::Listen { address, error })
}

pub(crate) fn listen(address: SocketAddr, shared_port: bool) -> Result<TcpListener, EdgeError> {
    open(address, shared_port).map_err(|error| EdgeError::Listen { address, error })
}

/// Accepted sockets inherit the options.
fn open(address: SocketAddr, shared_port: bool) -> io::Result<TcpListener> {
    let family = if address.is_ipv4() {
        AddressFamily::INET
    } else {
        AddressFamily::INET6
    };
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = rustix::net::socket_with(family, SocketType::STREAM, flags, None)?;
    sockopt::set_socket_reuseaddr(&socket, true)?;
    sockopt::set_tcp_nodelay(&socket, true)?;
    keep_alive(&socket)?;
    if shared_port {
        sockopt::set_socket_reuseport(&socket, true)?;
    }
    rustix::net::bind(&socket, &address)?;
    rustix::net::listen(&socket, BACKLOG)?;
    Ok(TcpListener::from(socket))
}

/// Peers that vanished without a word are noticed after two minutes.
pub(crate) fn keep_alive(socket: impl AsFd) -> io::Result<()> {
    let socket = socket.as_fd();
    sockopt::set_socket_keepalive(socket, true)?;
    sockopt::set_tcp_keepidle(socket, Duration::from_secs(60))?;
    sockopt::set_tcp_keepintvl(socket, Duration::from_secs(15))?;
    sockopt::set_tcp_keepcnt(socket, 4)?;
    Ok(())
}
