//! A client's socket, as HTTP sees it.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep},
};

use crate::{body::Progress, stream::Stream};

/// A client that is still sending when its connection ends is read on for so long, and at most so long without a byte.
const LINGER: Duration = Duration::from_secs(30);
const LINGER_SILENCE: Duration = Duration::from_secs(3);

/// The client's socket. A client that has asked all may close its sending side and still gets its answer, so the end
/// of its stream is held back while an answer is owed and something moves.
pub(crate) struct ClientIo {
    pub(crate) stream: Stream,
    progress: Arc<Progress>,
    limit: Duration,
    finished: bool,
    /// The client does not take what there is to send.
    blocked: bool,
    timer: Option<Pin<Box<Sleep>>>,
    lingering: Option<Lingering>,
}

/// Closing a socket with unread bytes in it resets the connection, and the client would lose the end of its answer.
struct Lingering {
    until: Instant,
    timer: Pin<Box<Sleep>>,
    /// More is on its way.
    expected: bool,
}

impl Lingering {
    fn new(expected: bool) -> Self {
        Self {
            until: Instant::now() + LINGER,
            timer: Box::pin(tokio::time::sleep(LINGER_SILENCE)),
            expected,
        }
    }

    /// Reads and forgets, until the client has finished or its time is over.
    fn poll(&mut self, stream: &mut Stream, cx: &mut Context<'_>) -> Poll<()> {
        let mut scratch = [0; 8 * 1024];
        loop {
            let mut buffer = ReadBuf::new(&mut scratch);
            match Pin::new(&mut *stream).poll_read(cx, &mut buffer) {
                Poll::Ready(Ok(())) if !buffer.filled().is_empty() => {
                    self.expected = true;
                    let silence = Instant::now() + LINGER_SILENCE;
                    self.timer.as_mut().reset(silence.min(self.until));
                    if Instant::now() >= self.until {
                        return Poll::Ready(());
                    }
                }
                Poll::Pending if self.expected => return self.timer.as_mut().poll(cx),
                _ => return Poll::Ready(()),
            }
        }
    }
}

impl ClientIo {
    pub(crate) fn new(stream: Stream, progress: Arc<Progress>, limit: Duration) -> Self {
        Self {
            stream,
            progress,
            limit,
            finished: false,
            blocked: false,
            timer: None,
            lingering: None,
        }
    }

    fn hold_end(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.progress.holds_end(cx) && !self.blocked {
            return Poll::Ready(Ok(()));
        }
        let limit = self.limit;
        self.timer
            .get_or_insert_with(|| Box::pin(tokio::time::sleep(limit)))
            .as_mut()
            .poll(cx)
            .map(Ok)
    }

    fn note_write(&mut self, written: Poll<io::Result<usize>>, cx: &Context<'_>) -> Poll<io::Result<usize>> {
        let was_blocked = std::mem::replace(&mut self.blocked, written.is_pending());
        if written.is_ready() {
            if was_blocked && self.finished {
                cx.waker().wake_by_ref();
            }
            if let Some(timer) = &mut self.timer {
                timer.as_mut().reset(Instant::now() + self.limit);
            }
        }
        written
    }
}

impl AsyncRead for ClientIo {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if !this.finished {
            let before = buffer.remaining();
            ready!(Pin::new(&mut this.stream).poll_read(cx, buffer))?;
            if before == 0 || buffer.remaining() < before {
                return Poll::Ready(Ok(()));
            }
            this.finished = true;
        }
        this.hold_end(cx)
    }
}

impl AsyncWrite for ClientIo {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write(cx, bytes);
        this.note_write(written, cx)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write_vectored(cx, pieces);
        this.note_write(written, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.lingering.is_none() {
            ready!(Pin::new(&mut this.stream).poll_shutdown(cx))?;
        }
        if this.finished {
            return Poll::Ready(Ok(()));
        }
        let lingering = this
            .lingering
            .get_or_insert_with(|| Lingering::new(this.progress.is_unfinished()));
        lingering.poll(&mut this.stream, cx).map(Ok)
    }
}
