//! A connection's socket, under a cork: HTTP/2 would write each frame by itself, and over TLS each would be a record of
//! its own. What is said while the connection is polled goes out together afterwards.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
};

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::stream::Stream;

/// What usually comes together.
const USUAL: usize = 16 * 1024;
/// Held back at most.
const MOST: usize = 64 * 1024;

/// Two have it: the connection that speaks, and whoever polls the connection and lets out what it said.
#[derive(Clone)]
pub(crate) struct Cork(Arc<Mutex<Corked>>);

struct Corked {
    stream: Stream,
    said: BytesMut,
}

impl Cork {
    pub(crate) fn new(stream: Stream) -> Self {
        let said = BytesMut::new();
        Self(Arc::new(Mutex::new(Corked { stream, said })))
    }

    /// Lets out what was said. If the socket does not take it all, the task is woken when it does.
    pub(crate) fn poll_pull(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.corked().poll_pull(cx)
    }

    fn corked(&self) -> MutexGuard<'_, Corked> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Corked {
    fn poll_pull(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.said.is_empty() {
            ready!(self.poll_say(cx))?;
            // Who rests holds no memory.
            self.said = BytesMut::new();
        }
        self.stream.poll_flush(cx)
    }

    fn poll_say(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.said.is_empty() {
            let count = ready!(self.stream.poll_write(cx, &self.said))?;
            if count == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.said.advance(count);
        }
        Poll::Ready(Ok(()))
    }

    /// So many bytes can be said now; more than none.
    fn poll_room(&mut self, cx: &mut Context<'_>, wanted: usize) -> Poll<io::Result<usize>> {
        if self.said.len() + wanted > MOST
            && let Poll::Ready(Err(error)) = self.poll_say(cx)
        {
            return Poll::Ready(Err(error));
        }
        if self.said.capacity() == 0 {
            self.said.reserve(if wanted < USUAL { USUAL } else { MOST });
        }
        match MOST - self.said.len() {
            0 => Poll::Pending,
            room => Poll::Ready(Ok(room)),
        }
    }
}

impl AsyncRead for Cork {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.corked().stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Cork {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[io::IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let mut corked = self.corked();
        let wanted = pieces.iter().map(|piece| piece.len()).sum();
        let mut room = ready!(corked.poll_room(cx, wanted))?;
        let mut count = 0;
        for piece in pieces {
            let taken = &piece[..piece.len().min(room)];
            corked.said.extend_from_slice(taken);
            room -= taken.len();
            count += taken.len();
        }
        Poll::Ready(Ok(count))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    /// Not yet: there may be more.
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut corked = self.corked();
        ready!(corked.poll_pull(cx))?;
        corked.stream.poll_finish(cx)
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::UnixStream,
    };

    use super::*;

    fn corked() -> (Cork, UnixStream) {
        let (ours, theirs) = UnixStream::pair().unwrap();
        (Cork::new(Stream::Unix(ours)), theirs)
    }

    #[tokio::test]
    async fn what_was_said_comes_out_together() {
        let (mut cork, mut peer) = corked();
        for word in ["one ", "after ", "the other"] {
            cork.write_all(word.as_bytes()).await.unwrap();
            cork.flush().await.unwrap();
        }
        let mut heard = [0; 64];
        assert_eq!(peer.try_read(&mut heard).unwrap_err().kind(), io::ErrorKind::WouldBlock);
        std::future::poll_fn(|cx| cork.poll_pull(cx)).await.unwrap();
        let count = peer.read(&mut heard).await.unwrap();
        assert_eq!(&heard[..count], b"one after the other");
        cork.write_all(b"and goodbye").await.unwrap();
        cork.shutdown().await.unwrap();
        let mut rest = String::new();
        peer.read_to_string(&mut rest).await.unwrap();
        assert_eq!(rest, "and goodbye");
    }

    /// For a peer that does not listen no more is held than was meant, and nothing of it is lost or comes twice.
    #[tokio::test]
    async fn a_slow_peer_gets_all_of_it_in_order() {
        let (mut cork, mut peer) = corked();
        let all: Vec<u8> = (0..4_000_000_u32).map(|number| (number / 3) as u8).collect();
        let mut said = 0;
        let mut cx = Context::from_waker(Waker::noop());
        loop {
            let piece = &all[said..all.len().min(said + 16_393)];
            match Pin::new(&mut cork).poll_write(&mut cx, piece) {
                Poll::Ready(count) => said += count.unwrap(),
                Poll::Pending => break,
            }
        }
        assert_eq!(cork.corked().said.len(), MOST);
        assert!(cork.poll_pull(&mut cx).is_pending());
        let rest = all[said..].to_vec();
        let saying = tokio::spawn(async move {
            cork.write_all(&rest).await.unwrap();
            cork.shutdown().await.unwrap();
        });
        let mut heard = Vec::new();
        peer.read_to_end(&mut heard).await.unwrap();
        saying.await.unwrap();
        assert!(heard == all, "{} of {} bytes", heard.len(), all.len());
    }
}
