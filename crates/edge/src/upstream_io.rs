//! A target's socket, as HTTP sees it.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::stream::Stream;

/// The target's socket. A target may answer before it has read the whole request, and close: writing to it fails then,
/// while its answer waits to be read. HTTP gives a connection up at the first failed write, so none fails here: what
/// the target does not take is dropped, and the reading side tells whether it has answered.
#[derive(Debug)]
pub(crate) struct UpstreamIo {
    pub(crate) stream: Stream,
    /// Why the target takes nothing any more.
    refused: Option<io::ErrorKind>,
}

impl UpstreamIo {
    pub(crate) fn new(stream: Stream) -> Self {
        Self { stream, refused: None }
    }

    fn write(
        &mut self,
        count: usize,
        write: impl FnOnce(Pin<&mut Stream>) -> Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if self.refused.is_some() {
            return Poll::Ready(Ok(count));
        }
        match write(Pin::new(&mut self.stream)) {
            Poll::Ready(Err(error)) => {
                self.refused = Some(error.kind());
                Poll::Ready(Ok(count))
            }
            other => other,
        }
    }
}

impl AsyncRead for UpstreamIo {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.remaining();
        let read = Pin::new(&mut this.stream).poll_read(cx, buffer);
        let ended = before > 0 && matches!(read, Poll::Ready(Ok(()))) && buffer.remaining() == before;
        match this.refused {
            // The system names a reset once: a write that heard of it has made this look like a proper end, and an
            // answer that lasts until the end would seem whole.
            Some(reason) if ended && reason != io::ErrorKind::BrokenPipe => Poll::Ready(Err(reason.into())),
            _ => read,
        }
    }
}

impl AsyncWrite for UpstreamIo {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.get_mut().write(bytes.len(), |stream| stream.poll_write(cx, bytes))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let count = pieces.iter().map(|piece| piece.len()).sum();
        self.get_mut()
            .write(count, |stream| stream.poll_write_vectored(cx, pieces))
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
