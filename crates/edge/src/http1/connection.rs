//! One client's connection, from its first request to its last.

use std::{
    future::poll_fn,
    io,
    pin::pin,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::Response;
use tracing::debug;

use crate::{
    alarm::Alarm, buffer::Buffer, entry::Visit, error_page::Failure, headers::Peer, room::Held, server::Worker,
    stream::Stream, tls,
};

use super::{
    answer::{self, Manner},
    exchange::{self, After},
    head::{BadHead, Scan},
    linger,
};

const TOO_MANY: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\ncontent-type: text/plain\r\nretry-after: 5\r\ncontent-length: 42\r\n\r\nToo many connections: try again a bit on.\n";

/// A client and what it has said.
pub(crate) struct Client {
    pub(crate) worker: Arc<Worker>,
    pub(crate) peer: Peer,
    pub(crate) stream: Stream,
    pub(crate) input: Buffer,
    pub(crate) alarm: Alarm,
    asked_before: bool,
    /// It sends nothing more; it may still want its answer.
    pub(crate) ended: bool,
    pub(crate) held: Held,
}

/// What comes next on a connection.
enum Next {
    /// A request whose head is so long.
    Head(usize),
    /// Nothing, and nobody needs to be told.
    Nothing,
    Refused(Failure),
}

/// Serves a client until it leaves, is too slow, or the edge stops.
pub(crate) async fn serve(worker: Arc<Worker>, visit: Visit) {
    let peer = peer(&worker, &visit);
    let Visit { stream, held, .. } = visit;
    let shared = Arc::clone(&worker.shared);
    let mut client = Client {
        peer,
        worker,
        stream,
        input: Buffer::default(),
        alarm: Alarm::new(),
        asked_before: false,
        ended: false,
        held,
    };
    let mut stopping = pin!(shared.stop.cancelled());
    loop {
        let after = match client.next().await {
            Next::Nothing => After::Over,
            Next::Refused(failure) => exchange::refuse_unread(&mut client, &failure).await,
            Next::Head(length) => exchange::serve(&mut client, length).await,
        };
        match after {
            After::Keep if client.asked_before => {}
            After::Keep => {
                client.asked_before = true;
                // Polled once, so that this task is woken when the edge stops.
                let _ = poll_fn(|cx| Poll::Ready(stopping.as_mut().poll(cx))).await;
            }
            After::Over => return,
            After::Close { more_expected } => {
                let expected = more_expected || !client.input.is_empty();
                return linger::finish(&mut client.stream, expected && !client.ended).await;
            }
            After::Tunnel(opened) => {
                tokio::spawn(shared.tasks.track_future(exchange::tunnel(client, *opened)));
                return;
            }
        }
    }
}

impl Client {
    async fn next(&mut self) -> Next {
        let mut scan = Scan::default();
        let limits = &self.worker.shared.limits;
        let rests = self.asked_before && self.input.is_empty();
        self.alarm.set(if rests {
            limits.keep_alive
        } else {
            limits.header_timeout
        });
        poll_fn(|cx| self.poll_next(&mut scan, cx)).await
    }

    fn poll_next(&mut self, scan: &mut Scan, cx: &mut Context<'_>) -> Poll<Next> {
        let shared = &self.worker.shared;
        let mut begun = false;
        loop {
            match scan.end(self.input.filled()) {
                Ok(Some(length)) => return Poll::Ready(Next::Head(length)),
                Ok(None) if self.input.len() >= shared.limits.header_bytes => {
                    return Poll::Ready(Next::Refused(Failure::TooLarge));
                }
                // Most heads come in one piece, and are not waited for.
                Ok(None) if begun => {
                    self.alarm.set(shared.limits.header_timeout);
                    begun = false;
                }
                Ok(None) => {}
                Err(error) => return Poll::Ready(Next::Refused(Failure::Head(error))),
            }
            let begins = self.input.is_empty();
            match self.input.poll_fill(&mut self.stream, cx, shared.limits.header_bytes) {
                Poll::Ready(Ok(0)) if self.input.is_empty() => return Poll::Ready(Next::Nothing),
                Poll::Ready(Ok(0)) => {
                    self.ended = true;
                    return Poll::Ready(Next::Refused(Failure::Malformed("it ends in the middle of its head")));
                }
                Poll::Ready(Ok(_)) if begins => {
                    if let Some(error) = no_request(self.input.filled()) {
                        return Poll::Ready(Next::Refused(Failure::Head(error)));
                    }
                    begun = true;
                }
                Poll::Ready(Ok(_)) => {}
                Poll::Ready(Err(error)) => {
                    debug!(%error, "a client's connection ended");
                    return Poll::Ready(Next::Nothing);
                }
                // Who has just come asks once.
                Poll::Pending if self.input.is_empty() && self.asked_before && shared.stop.is_cancelled() => {
                    return Poll::Ready(Next::Nothing);
                }
                Poll::Pending => {
                    return self.alarm.poll(cx).map(|()| match self.input.is_empty() {
                        true => Next::Nothing,
                        false => Next::Refused(Failure::SlowHead),
                    });
                }
            }
        }
    }

    /// While the client waits: takes what it sends next, and notices when it has gone. Takes no more than a buffer.
    pub(crate) fn poll_watch(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        if self.ended || !self.input.is_empty() {
            return Ok(());
        }
        let most = self.worker.shared.limits.header_bytes;
        if let Poll::Ready(read) = self.input.poll_fill(&mut self.stream, cx, most) {
            self.ended = read? == 0;
            // Who waits for the client's next word is woken by it.
            if self.ended {
                cx.waker().wake_by_ref();
            }
        }
        Ok(())
    }

    /// Answers with something of our own.
    pub(crate) async fn answer(
        &mut self,
        response: &Response<Bytes>,
        bodiless: bool,
        manner: Manner<'_>,
    ) -> io::Result<()> {
        let mut out = Buffer::default();
        answer::write_own(&mut out, response, bodiless, manner);
        self.alarm.set(self.worker.shared.limits.half_closed);
        poll_fn(|cx| {
            if let Poll::Ready(()) = self.alarm.poll(cx) {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            std::task::ready!(out.poll_write_to(&mut self.stream, cx))?;
            self.stream.poll_flush(cx)
        })
        .await
    }
}

/// What can not become a request: said at once, not when the time for a head is over.
fn no_request(bytes: &[u8]) -> Option<BadHead> {
    // HTTP/2 without asking: its sender does not read HTTP/1 errors.
    if bytes.starts_with(b"PRI * HTTP/2") {
        return Some(BadHead::Foreign);
    }
    // TLS where none is spoken, and the like.
    let first = bytes.first()?;
    (!first.is_ascii_graphic() && !b"\r\n".contains(first)).then_some(BadHead::Version)
}

pub(crate) fn peer(worker: &Worker, visit: &Visit) -> Peer {
    let address = visit.address.to_canonical();
    Peer {
        ip: address,
        address: address.to_string().into(),
        trusted: worker.shared.trusted.iter().any(|network| network.contains(address)),
        secure: visit.secure,
        certificate: tls::client_names(&visit.stream),
    }
}

/// Tells a client that there is no room for it. It may not even be reading: nobody waits for it.
pub(crate) fn refuse_crowd(mut stream: Stream) {
    stream.say(TOO_MANY);
}

#[cfg(test)]
mod tests {
    #[test]
    fn canned_answers_are_as_long_as_they_say() {
        let text = std::str::from_utf8(super::TOO_MANY).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(
            head.contains(&format!("content-length: {}", body.len())),
            "{text} has {}",
            body.len()
        );
    }
}
