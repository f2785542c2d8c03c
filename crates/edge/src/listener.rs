//! Where clients come in: an address, or a socket file.

use std::{
    io,
    net::{IpAddr, Ipv4Addr},
    os::unix::net as unix,
    path::Path,
};

use tokio::io::Interest;

use crate::stream::Stream;

/// Open, and not yet served by anybody.
#[derive(Debug)]
pub(crate) enum Bound {
    Tcp(std::net::TcpListener),
    Unix(unix::UnixListener),
}

/// Served by the runtime of this thread.
#[derive(Debug)]
pub(crate) enum Listener {
    Tcp(tokio::net::TcpListener),
    Unix(tokio::net::UnixListener),
}

impl Bound {
    /// Listens on a socket file. One that is left over from a program that is gone is replaced.
    pub(crate) fn socket_file(file: &Path) -> io::Result<Self> {
        let listener = match unix::UnixListener::bind(file) {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && is_left_over(file) => {
                std::fs::remove_file(file)?;
                unix::UnixListener::bind(file)?
            }
            other => other?,
        };
        listener.set_nonblocking(true)?;
        Ok(Self::Unix(listener))
    }

    /// Another one for the same clients: each goes to one of the two.
    pub(crate) fn again(&self) -> io::Result<Self> {
        match self {
            Self::Tcp(listener) => listener.try_clone().map(Self::Tcp),
            Self::Unix(listener) => listener.try_clone().map(Self::Unix),
        }
    }

    /// Needs a runtime.
    pub(crate) fn serve(self) -> io::Result<Listener> {
        match self {
            Self::Tcp(listener) => tokio::net::TcpListener::from_std(listener).map(Listener::Tcp),
            Self::Unix(listener) => tokio::net::UnixListener::from_std(listener).map(Listener::Unix),
        }
    }
}

impl Listener {
    /// Whoever may open a socket file is on this machine.
    pub(crate) async fn accept(&self) -> io::Result<(Stream, IpAddr)> {
        match self {
            Self::Tcp(listener) => {
                let (stream, address) = listener.accept().await?;
                // The runtime takes it for readable, but its first word is still on its way: reading would be in vain.
                let nothing_yet = || io::Result::<()>::Err(io::ErrorKind::WouldBlock.into());
                let _ = stream.try_io(Interest::READABLE, nothing_yet);
                Ok((Stream::Tcp(stream), address.ip()))
            }
            Self::Unix(listener) => {
                let (stream, _) = listener.accept().await?;
                Ok((Stream::Unix(stream), Ipv4Addr::LOCALHOST.into()))
            }
        }
    }
}

/// Whether it is a socket that nobody listens on.
fn is_left_over(file: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt;
    let socket = std::fs::symlink_metadata(file).is_ok_and(|about| about.file_type().is_socket());
    let refused = |error: io::Error| error.kind() == io::ErrorKind::ConnectionRefused;
    socket && unix::UnixStream::connect(file).is_err_and(refused)
}
