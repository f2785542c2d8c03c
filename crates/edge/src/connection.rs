//! One client's connection, from its first request to its last.

use std::{convert::Infallible, net::IpAddr, sync::Arc};

use http::{HeaderValue, Request, header::STRICT_TRANSPORT_SECURITY};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::sync::Notify;
use tracing::debug;

use crate::{
    Limits,
    body::Progress,
    client_io::ClientIo,
    entry::Visit,
    forward::{self, Client},
    headers::Peer,
    server::Worker,
    stream::Stream,
};

const TOO_SLOW: &[u8] =
    b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-type: text/plain\r\ncontent-length: 33\r\n\r\nThe request's headers took long.\n";
const TOO_MANY: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\ncontent-type: text/plain\r\nretry-after: 5\r\ncontent-length: 42\r\n\r\nToo many connections: try again a bit on.\n";

/// How requests are read, here and on the REST API.
pub(crate) fn reader(limits: &Limits) -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_timeout)
        .max_header_size(limits.header_bytes)
        .max_buf_size((limits.header_bytes * 2).max(64 * 1024));
    // No `pipeline_flush`: with it hyper takes a target's answer as fast as it comes, however slow the client reads.
    // hyper's own limit costs nothing; another one costs an allocation per request.
    if limits.header_count != Limits::default().header_count {
        builder.max_headers(limits.header_count);
    }
    builder
}

/// Serves a client until it leaves, is too slow, or the edge stops.
pub(crate) async fn serve(worker: Arc<Worker>, visit: Visit) {
    let Visit {
        stream,
        address,
        secure,
        // None agrees on it as long as it is not offered.
        http2: _,
        held,
    } = visit;
    let shared = Arc::clone(&worker.shared);
    let progress = Arc::new(Progress::default());
    let io = ClientIo::new(stream, Arc::clone(&progress), shared.limits.half_closed);
    let client = Arc::new(Client {
        peer: peer(&worker, address, secure),
        progress,
        held,
    });
    let asked = Arc::new(Notify::new());
    let asks = Arc::clone(&asked);
    let service = service_fn(move |request: Request<Incoming>| {
        asks.notify_one();
        let (worker, client) = (Arc::clone(&worker), Arc::clone(&client));
        // Before anything is awaited: the client may have closed its sending side already.
        let answering = client.progress.begin(request.body());
        async move {
            let mut response = forward::answer(&worker, &client, request).await;
            if let Some(hsts) = worker.shared.tls.hsts.as_ref().filter(|_| secure) {
                response.headers_mut().insert(STRICT_TRANSPORT_SECURITY, hsts.clone());
            }
            Ok::<_, Infallible>(response.map(|body| body.owed(answering)))
        }
    });
    let mut connection = shared
        .reader
        .serve_connection(TokioIo::new(io), service)
        .with_upgrades();
    let result = tokio::select! {
        result = &mut connection => result,
        () = shared.stop.cancelled() => {
            // Who has just come asks once.
            tokio::select! {
                result = &mut connection => result,
                () = asked.notified() => {
                    std::pin::Pin::new(&mut connection).graceful_shutdown();
                    (&mut connection).await
                }
            }
        }
    };
    match result {
        Err(error) if error.is_timeout() => refuse_slow(connection.into_parts()),
        Err(error) => debug!(%error, "a client's connection ended"),
        Ok(()) => {}
    }
}

fn peer(worker: &Worker, address: IpAddr, secure: bool) -> Peer {
    let address = address.to_canonical();
    let trusted = worker.shared.trusted.iter().any(|network| network.contains(address));
    let text = HeaderValue::from_str(&address.to_string()).unwrap_or(HeaderValue::from_static("unknown"));
    Peer {
        address: text,
        trusted,
        secure,
    }
}

/// Says why to a client that began a request and did not end it; one that was only idle is just let go.
fn refuse_slow<S>(parts: Option<http1::Parts<TokioIo<ClientIo>, S>>) {
    if let Some(parts) = parts.filter(|parts| !parts.read_buf.is_empty()) {
        let _ = parts.io.inner().stream.try_write(TOO_SLOW);
    }
}

/// Tells a client that there is no room for it. It may not even be reading: nobody waits for it.
pub(crate) fn refuse_crowd(stream: &Stream) {
    let _ = stream.try_write(TOO_MANY);
}

#[cfg(test)]
mod tests {
    #[test]
    fn canned_answers_are_as_long_as_they_say() {
        for answer in [super::TOO_SLOW, super::TOO_MANY] {
            let text = std::str::from_utf8(answer).unwrap();
            let (head, body) = text.split_once("\r\n\r\n").unwrap();
            assert!(
                head.contains(&format!("content-length: {}", body.len())),
                "{text} has {}",
                body.len()
            );
        }
    }
}
