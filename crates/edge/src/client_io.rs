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
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}
