//! Connections to targets: made here, and kept for the next request while idle. One pool per thread.

use std::{
    collections::HashMap,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Waker},
    time::Duration,
};

use tokio::{
    net::{TcpStream, UnixStream, lookup_host},
    time::Instant,
};

use crate::{
    alarm::Alarm,
    buffer::Buffer,
    observe::{Event, Observer},
    routes::target::{Place, Upstream},
    server::Shared,
    stream::Stream,
    tls::{self, client::Client},
};

/// Kept for one target, and for all.
const MOST_PER_TARGET: usize = 512;
const MOST: usize = 4096;

/// A connection to a target, and what has come on it.
pub(crate) struct Server {
    pub(crate) stream: Stream,
    pub(crate) input: Buffer,
    /// Why the target takes nothing any more. It may have answered before.
    pub(crate) broken: Option<io::ErrorKind>,
    /// For those who wait for an answer, one after the other, and have no timer of their own.
    pub(crate) alarm: Alarm,
    /// Counts it as long as it is open.
    pub(crate) open: Open,
}

/// A connection that is counted.
pub(crate) struct Open(Arc<Observer>);

impl Open {
    fn new(observer: &Arc<Observer>) -> Self {
        observer.count(Event::UpstreamOpened);
        Self(Arc::clone(observer))
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.count(Event::UpstreamClosed);
    }
}

impl Server {
    fn new(stream: Stream, open: Open) -> Self {
        Self {
            stream,
            input: Buffer::default(),
            broken: None,
            alarm: Alarm::new(),
            open,
        }
    }

    /// Whether nothing has come on it since it was put aside: neither its end nor what nobody asked for.
    fn is_quiet(&mut self) -> bool {
        let mut cx = Context::from_waker(Waker::noop());
        self.input.poll_fill(&mut self.stream, &mut cx, 1).is_pending()
    }
}

pub(crate) struct Pool {
    idle: Mutex<Idle>,
    keep: Duration,
}

#[derive(Default)]
struct Idle {
    targets: HashMap<String, Vec<(Server, Instant)>, foldhash::fast::RandomState>,
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

    /// The connection that was used last, if it was used within `newest` before `now`.
    pub(crate) fn take(&self, upstream: &Upstream, newest: Duration, now: Instant) -> Option<Server> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let servers = idle.targets.get_mut(&upstream.authority)?;
        let newest = newest.min(self.keep);
        let mut taken = 0;
        let mut found = None;
        while let Some((_, since)) = servers.last() {
            if now.duration_since(*since) > newest {
                break;
            }
            taken += 1;
            if let Some((mut server, _)) = servers.pop()
                && server.is_quiet()
            {
                found = Some(server);
                break;
            }
        }
        idle.count -= taken;
        found
    }

    /// Keeps a connection whose answer has been read to its end.
    pub(crate) fn put(self: &Arc<Self>, upstream: &Upstream, mut server: Server) {
        server.input.rest();
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.count >= MOST {
            return;
        }
        let servers = match idle.targets.get_mut(&upstream.authority) {
            Some(servers) => servers,
            None => idle.targets.entry(upstream.authority.clone()).or_default(),
        };
        if servers.len() >= MOST_PER_TARGET {
            return;
        }
        servers.push((server, Instant::now()));
        idle.count += 1;
        // While the runtime ends, tasks are dropped outside of it.
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
            idle.targets.retain(|_, servers| {
                servers.retain_mut(|(server, since)| since.elapsed() < keep && server.is_quiet());
                !servers.is_empty()
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
}

/// Makes a new connection.
pub(crate) async fn open(shared: &Shared, upstream: &Upstream) -> Result<Server, ConnectError> {
    let limit = shared.limits.connect;
    let opening = Box::pin(tokio::time::timeout(
        limit,
        open_place(&upstream.place, &shared.tls.targets),
    ));
    match opening.await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into())) {
        Ok(stream) => Ok(Server::new(stream, Open::new(&shared.observer))),
        Err(error) => {
            shared.observer.count(Event::UpstreamFailed);
            Err(match error.kind() {
                io::ErrorKind::TimedOut => ConnectError::Timeout(limit),
                _ => ConnectError::Io(error),
            })
        }
    }
}

async fn open_place(place: &Place, tls: &Arc<Client>) -> io::Result<Stream> {
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
