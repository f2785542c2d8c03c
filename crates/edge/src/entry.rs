//! From a listener to somebody who can be served: who connects, in what way, and whether there is room.

use std::{io, net::IpAddr, pin::pin, sync::Arc, time::Duration};

use futures_util::FutureExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_util::sync::CancellationToken;
use tracing::{debug, info, warn};

use crate::{
    http1::connection,
    http2,
    listener::Listener,
    observe::Event,
    proxy_protocol::{self, ProxyError},
    room::Held,
    server::{Shared, Thread, Worker},
    stream::Stream,
    tls::{self, Security},
};

const ONE_TOO_MANY: &[u8] =
    b"HTTP/1.1 429 Too Many Requests\r\nconnection: close\r\ncontent-type: text/plain\r\nretry-after: 5\r\ncontent-length: 48\r\n\r\nToo many connections from you: close some ones.\n";
const REFUSAL: Duration = Duration::from_secs(2);

/// A proxy says at once for whom it comes.
const PROXY_HEADER: Duration = Duration::from_secs(10);

/// A client that may ask.
pub(crate) struct Visit {
    pub(crate) stream: Stream,
    pub(crate) address: IpAddr,
    /// Nobody on the way can read what is said.
    pub(crate) secure: bool,
    /// HTTP/2 has been agreed on.
    pub(crate) http2: bool,
    pub(crate) held: Held,
}

/// Lets clients in until the door is closed or the edge stops.
pub(crate) async fn accept(thread: Arc<Thread>, listener: Listener, close: CancellationToken) {
    let mut worker = thread.worker();
    let stop = worker.shared.stop.clone();
    let (mut closed, mut stopped) = (pin!(close.cancelled()), pin!(stop.cancelled()));
    loop {
        let accepted = tokio::select! {
            biased;
            () = &mut closed => break,
            () = &mut stopped => break,
            accepted = listener.accept() => accepted,
        };
        if !thread.is_current(&worker) {
            worker = thread.worker();
        }
        match accepted {
            Ok((stream, address)) => admit(&worker, stream, address),
            Err(error) => wait_after(&error).await,
        }
    }
    // Who waits at a socket that is closed is thrown out; but another process may have the socket, and let them in.
    if !*worker.shared.handing.borrow() {
        while let Some(Ok((stream, address))) = listener.accept().now_or_never() {
            admit(&worker, stream, address);
        }
    }
}

fn admit(worker: &Arc<Worker>, stream: Stream, address: IpAddr) {
    let shared = &worker.shared;
    let Some(held) = shared.room.enter() else {
        return connection::refuse_crowd(stream);
    };
    let visiting = visit(Arc::clone(worker), stream, address, held);
    tokio::spawn(shared.tasks.track_future(visiting));
}

/// What only some need lies in boxes of its own: everybody's task has the size of the largest part that does not.
async fn visit(worker: Arc<Worker>, mut stream: Stream, peer: IpAddr, held: Held) {
    let shared = Arc::clone(&worker.shared);
    let address = match who(&shared, &mut stream, peer).await {
        Ok(address) => address,
        Err(error) => {
            shared.observer.count(Event::RefusedProxy);
            return info!(%peer, %error, "a connection is refused");
        }
    };
    match shared.limits_per_client.enter(address) {
        Some(entered) => held.belongs_to(entered),
        None => {
            shared.observer.count(Event::RefusedConnections);
            debug!(%address, "a client has too many connections");
            return Box::pin(refuse_one_more(&shared, &mut stream)).await;
        }
    }
    let Some((stream, security)) = tls::welcome(&worker.shared, stream).await else {
        return;
    };
    let visit = Visit {
        stream,
        address,
        secure: security != Security::None,
        http2: security == Security::Http2,
        held,
    };
    if visit.http2 {
        Box::pin(http2::serve(worker, visit)).await;
    } else {
        connection::serve(worker, visit).await;
    }
}

/// Says why, where that can be read without TLS; who is not even listening is not waited for.
async fn refuse_one_more(shared: &Shared, stream: &mut Stream) {
    if shared.tls.is_public() {
        return;
    }
    let saying = async {
        stream.write_all(ONE_TOO_MANY).await?;
        stream.shutdown().await?;
        // Closing with something unread would take the answer away.
        while stream.read(&mut [0; 1024]).await? > 0 {}
        io::Result::Ok(())
    };
    let _ = tokio::time::timeout(REFUSAL, saying).await;
}

/// Who has connected: the peer, or whom it comes for if it is one that must say so.
async fn who(shared: &Shared, stream: &mut Stream, peer: IpAddr) -> Result<IpAddr, ProxyError> {
    if !shared.proxy_protocol.iter().any(|network| network.contains(peer)) {
        return Ok(peer);
    }
    let reading = tokio::time::timeout(PROXY_HEADER, proxy_protocol::read(stream));
    let named = Box::pin(reading)
        .await
        .map_err(|_| ProxyError::Missing("it did not come in time"))??;
    Ok(named.unwrap_or(peer))
}

/// Out of files or memory, the next try would fail as well; a client that left again is no trouble.
pub(crate) async fn wait_after(error: &io::Error) {
    if !matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
    ) {
        warn!(%error, "can not accept a client");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
