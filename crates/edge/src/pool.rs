//! Connections to targets: made here, and kept for the next request while idle. One pool per thread.

use std::{
    collections::HashMap,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpStream, UnixStream, lookup_host},
    time::Instant,
};

use crate::{
    body::RequestBody,
    routes::target::{Place, Upstream},
    stream::Stream,
    tls::{self, client::Client},
    upstream_io::UpstreamIo,
};

const MOST_PER_TARGET: usize = 32;
const MOST: usize = 1024;
/// What may wait in memory of an answer that its client does not read; also the most that a target's headers may be.
const LARGEST_BUFFER: usize = 128 * 1024;

pub(crate) type Sender = SendRequest<RequestBody>;

#[derive(Debug)]
pub(crate) struct Pool {
    idle: Mutex<Idle>,
    keep: Duration,
}

#[derive(Debug, Default)]
struct Idle {
    targets: HashMap<String, Vec<(Sender, Instant)>>,
    count: usize,
    /// Whether a task is there that closes what has been idle for too long.
    swept: bool,
}

impl Pool {
    pub(crate) fn new(keep: Duration) -> Self {
        Self {
            idle: Mutex::default(),
            keep,
        }
    }

    /// The connection that was used last, if it was used within `newest`.
    pub(crate) fn take(&self, upstream: &Upstream, newest: Duration) -> Option<Sender> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let senders = idle.targets.get_mut(&upstream.authority)?;
        let mut closed = 0;
        let mut found = None;
        while let Some((sender, since)) = senders.pop() {
            if since.elapsed() > newest.min(self.keep) {
                senders.push((sender, since));
                break;
            }
            closed += 1;
            if sender.is_ready() {
                found = Some(sender);
                break;
            }
        }
        idle.count -= closed;
        found
    }

    /// Keeps a connection whose answer has been read to its end.
    pub(crate) fn put(self: &Arc<Self>, upstream: &Upstream, sender: Sender) {
        if sender.is_closed() {
            return;
        }
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.count >= MOST {
            return;
        }
        let senders = match idle.targets.get_mut(&upstream.authority) {
            Some(senders) => senders,
            None => idle.targets.entry(upstream.authority.clone()).or_default(),
        };
        if senders.len() >= MOST_PER_TARGET {
            return;
        }
        senders.push((sender, Instant::now()));
        idle.count += 1;
        // While the runtime ends, bodies are dropped outside of it.
        if !idle.swept
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            idle.swept = true;
            runtime.spawn(Arc::clone(self).sweep());
        }
    }

    /// Closes what has been idle for too long, until nothing is left.
    async fn sweep(self: Arc<Self>) {
        loop {
            tokio::time::sleep(self.keep).await;
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            let keep = self.keep;
            idle.targets.retain(|_, senders| {
                senders.retain(|(sender, since)| !sender.is_closed() && since.elapsed() < keep);
                !senders.is_empty()
            });
            idle.count = idle.targets.values().map(Vec::len).sum();
            if idle.count == 0 {
                idle.swept = false;
                return;
            }
        }
    }
}

/// Why no connection could be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConnectError {
    #[error("no connection within {0:?}")]
    Timeout(Duration),
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Http(#[from] hyper::Error),
}

/// Makes a new connection.
pub(crate) async fn connect(upstream: &Upstream, limit: Duration, tls: &Arc<Client>) -> Result<Sender, ConnectError> {
    let stream = tokio::time::timeout(limit, open(&upstream.place, tls))
        .await
        .map_err(|_| ConnectError::Timeout(limit))??;
    let (sender, connection) = http1::Builder::new()
        .max_buf_size(LARGEST_BUFFER)
        .handshake(TokioIo::new(UpstreamIo::new(stream)))
        .await?;
    tokio::spawn(async move {
        // Its error reaches whoever waits for the answer.
        let _ = connection.with_upgrades().await;
    });
    Ok(sender)
}

async fn open(place: &Place, tls: &Arc<Client>) -> io::Result<Stream> {
    match place {
        Place::Address(address, port) => {
            let stream = TcpStream::connect(SocketAddr::new(*address, *port)).await?;
            Ok(Stream::Tcp(prepared(stream)?))
        }
        Place::Name(name, port) => Ok(Stream::Tcp(by_name(name, *port).await?)),
        Place::Tls(name, port) => {
            let stream = by_name(name, *port).await?;
            tls::client::connect(stream, name, tls).await
        }
        Place::Socket(file) => Ok(Stream::Unix(UnixStream::connect(file).await?)),
    }
}

async fn by_name(name: &str, port: u16) -> io::Result<TcpStream> {
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    for address in lookup_host((name, port)).await? {
        match TcpStream::connect(address).await {
            Ok(stream) => return prepared(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// Small pieces go out at once, and a target that vanished without a word is noticed.
fn prepared(stream: TcpStream) -> io::Result<TcpStream> {
    stream.set_nodelay(true)?;
    crate::server::keep_alive(&stream)?;
    Ok(stream)
}
