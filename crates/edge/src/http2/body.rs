//! Bodies of HTTP/2 on their way to and from a target that speaks HTTP/1.

use std::{
    io::{self, IoSlice, Write},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use hyper::body::{Body, Frame, Incoming};

use crate::{
    buffer::Buffer,
    error_page::Failure,
    headers,
    http1::{
        answer::Answer,
        framing::{BodyReader, Framing, Step},
        head,
        plan::Plan,
    },
    observe::Kind,
    upstream::Server,
};

use super::Client;

/// What is held of an answer at most.
const MOST: usize = 256 * 1024;

/// A request on its way, with its head.
pub(crate) struct Upload {
    ahead: Buffer,
    body: Option<Incoming>,
    piece: Bytes,
    tail: &'static [u8],
    chunked: bool,
    keep: bool,
    /// The target takes no more: what comes is dropped.
    void: bool,
    sent: bool,
    waits_for_client: bool,
    /// Bytes written.
    pub(crate) moved: u64,
    /// Bytes of the body.
    carried: u64,
}

impl Upload {
    pub(crate) fn new(head: Buffer, body: Incoming, chunked: bool, keep: bool) -> Self {
        Self {
            ahead: head,
            body: Some(body),
            piece: Bytes::new(),
            tail: b"",
            chunked,
            keep,
            void: false,
            sent: false,
            waits_for_client: false,
            moved: 0,
            carried: 0,
        }
    }

    /// Begins again with a request that has no body, or of which nothing was written.
    pub(crate) fn again(&mut self) {
        (self.void, self.sent, self.moved) = (false, false, 0);
        if self.keep {
            self.ahead.rewind();
        }
    }

    pub(crate) fn waits_for_client(&self) -> bool {
        self.waits_for_client && !self.sent
    }

    /// Moves the request on. A target that takes no more may have answered: that is for its other direction to tell.
    pub(crate) fn poll_to(&mut self, server: &mut Server, cx: &mut Context<'_>) -> Result<(), Failure> {
        while !self.sent {
            self.waits_for_client = false;
            match self.poll_write(server, cx) {
                Poll::Pending => return Ok(()),
                Poll::Ready(Err(error)) => {
                    server.broken = Some(error.kind());
                    self.void = true;
                    continue;
                }
                Poll::Ready(Ok(())) => {}
            }
            let Some(body) = &mut self.body else {
                self.sent = true;
                return Ok(());
            };
            match Pin::new(body).poll_frame(cx) {
                Poll::Pending => {
                    self.waits_for_client = true;
                    return Ok(());
                }
                Poll::Ready(None) => self.end(None),
                Poll::Ready(Some(Err(error))) => {
                    return Err(Failure::Gone(format!("the client broke off its request: {error}")));
                }
                Poll::Ready(Some(Ok(frame))) => self.take(frame),
            }
        }
        Ok(())
    }

    fn take(&mut self, frame: Frame<Bytes>) {
        match frame.into_data() {
            Ok(data) if data.is_empty() => {}
            Ok(data) => {
                if self.chunked {
                    // A buffer in memory takes everything.
                    let _ = write!(self.ahead, "{:x}\r\n", data.len());
                    self.tail = b"\r\n";
                }
                self.carried += data.len() as u64;
                self.piece = data;
            }
            Err(frame) => self.end(frame.into_trailers().ok()),
        }
    }

    fn end(&mut self, trailers: Option<HeaderMap>) {
        self.body = None;
        if !self.chunked {
            return;
        }
        self.ahead.push(b"0\r\n");
        for (name, value) in trailers.iter().flatten() {
            let name = name.as_str().as_bytes();
            if headers::may_trail(name) {
                headers::push(&mut self.ahead, name, value.as_bytes());
            }
        }
        self.ahead.push(b"\r\n");
    }

    fn poll_write(&mut self, server: &mut Server, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.ahead.is_empty() || !self.piece.is_empty() || !self.tail.is_empty() {
            let pieces = [
                IoSlice::new(self.ahead.filled()),
                IoSlice::new(&self.piece),
                IoSlice::new(self.tail),
            ];
            let count = if self.void {
                pieces.iter().map(|piece| piece.len()).sum()
            } else {
                ready!(server.stream.poll_write_vectored(cx, &pieces))?
            };
            if count == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.wrote(count);
        }
        if !self.keep {
            self.ahead.rest();
        }
        if self.void {
            Poll::Ready(Ok(()))
        } else {
            server.stream.poll_flush(cx)
        }
    }

    fn wrote(&mut self, count: usize) {
        self.moved += count as u64;
        let ahead = count.min(self.ahead.len());
        self.ahead.consume(ahead);
        let piece = (count - ahead).min(self.piece.len());
        drop(self.piece.split_to(piece));
        self.tail = &self.tail[(count - ahead - piece).min(self.tail.len())..];
    }
}

/// What a client gets.
pub(crate) enum ResponseBody {
    Own(Option<Bytes>),
    Target(Box<Exchange>),
}

impl ResponseBody {
    /// Something of our own.
    pub(crate) fn own(bytes: Bytes) -> Self {
        Self::Own((!bytes.is_empty()).then_some(bytes))
    }
}

/// A request that goes to a target, and the answer on its way.
pub(crate) struct Exchange {
    pub(crate) client: Arc<Client>,
    pub(crate) plan: Plan,
    pub(crate) upload: Upload,
    pub(crate) server: Option<Server>,
    reader: BodyReader,
    /// Of the answer, as soon as there is one.
    status: Option<u16>,
    /// The target serves on on its connection.
    keep: bool,
    carried: u64,
}

impl Exchange {
    pub(crate) fn new(client: &Arc<Client>, mut plan: Plan, body: Incoming) -> Self {
        let head = std::mem::take(&mut plan.upload.ahead);
        Self {
            client: Arc::clone(client),
            upload: Upload::new(head, body, plan.upload.chunked, plan.repeatable),
            plan,
            server: None,
            reader: BodyReader::new(Framing::Empty),
            status: None,
            keep: false,
            carried: 0,
        }
    }

    /// The answer's body comes next.
    pub(crate) fn begin(&mut self, answer: &Answer) {
        self.reader = BodyReader::new(answer.body);
        self.status = Some(answer.status);
        self.keep = answer.keep;
        self.touch();
    }

    /// Notes that the route is of use.
    fn touch(&self) {
        if self.status.is_some_and(|status| status < 300) {
            self.client.worker.shared.touch(&self.plan.route);
        }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let Some(server) = &mut self.server else {
            return Poll::Ready(None);
        };
        self.upload
            .poll_to(server, cx)
            .map_err(|failure| io::Error::other(failure.to_string()))?;
        loop {
            match self.reader.next(server.input.filled()).map_err(io::Error::other)? {
                Step::Data(range) => {
                    let data = Bytes::copy_from_slice(&server.input.filled()[range.clone()]);
                    server.input.consume(range.end);
                    self.carried += data.len() as u64;
                    self.touch();
                    return Poll::Ready(Some(Ok(Frame::data(data))));
                }
                Step::End { consumed, trailers } => {
                    let trailers = read_trailers(&server.input.filled()[trailers]);
                    server.input.consume(consumed);
                    self.give_back();
                    return Poll::Ready(trailers.map(|trailers| Ok(Frame::trailers(trailers))));
                }
                Step::More { consumed } => server.input.consume(consumed),
            }
            // The system names a reset once: what looks like a proper end may be none.
            let trusted = server.broken.is_none_or(|kind| kind == io::ErrorKind::BrokenPipe);
            match ready!(server.input.poll_fill(&mut server.stream, cx, MOST))? {
                0 if self.reader.ends_with_stream() && trusted => {
                    self.server = None;
                    return Poll::Ready(None);
                }
                0 => return Poll::Ready(Some(Err(io::ErrorKind::UnexpectedEof.into()))),
                _ => {}
            }
        }
    }

    fn give_back(&mut self) {
        if let Some(server) = self.server.take()
            && self.keep
            && self.upload.sent
            && server.broken.is_none()
            && server.input.is_empty()
        {
            self.client.worker.pool.put(&self.plan.route.target().upstream, server);
        }
    }
}

fn read_trailers(lines: &[u8]) -> Option<HeaderMap> {
    let read = |lines: &[httparse::Header<'_>]| {
        let mut trailers = HeaderMap::new();
        for line in lines.iter().filter(|line| headers::may_trail(line.name.as_bytes())) {
            if let (Ok(name), Ok(value)) = (
                HeaderName::from_bytes(line.name.as_bytes()),
                HeaderValue::from_bytes(line.value),
            ) {
                trailers.append(name, value);
            }
        }
        trailers
    };
    (!lines.is_empty()).then(|| head::trailers(lines, read).ok()).flatten()
}

impl Drop for Exchange {
    fn drop(&mut self) {
        let Some(status) = self.status else { return };
        if self.reader.is_done() {
            self.give_back();
        }
        let Client { worker, peer, .. } = &*self.client;
        let (asked, route) = (&self.plan.asked, &self.plan.route);
        asked.finished(&worker.shared, peer.ip, Kind::Web, status, self.carried, Some(route));
        let count = |bytes| usize::try_from(bytes).unwrap_or(usize::MAX);
        let observer = &worker.shared.observer;
        observer.moved(count(self.upload.carried), count(self.carried));
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        match self.get_mut() {
            Self::Own(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Self::Target(exchange) => exchange.poll(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Own(bytes) => bytes.is_none(),
            Self::Target(exchange) => exchange.reader.is_done(),
        }
    }
}
