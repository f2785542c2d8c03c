//! What is no longer HTTP: bytes both ways, each side as fast as the other takes them, and no buffer while it is quiet.

use std::{
    cell::RefCell,
    io,
    pin::pin,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use bytes::Bytes;
use futures_util::future::{Either, select};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tracing::debug;

use crate::{
    body::Activity,
    client_io::ClientIo,
    observe::Event,
    server::{Held, Shared},
    stream::Stream,
    upstream_io::UpstreamIo,
};

const PIECE: usize = 64 * 1024;

thread_local! {
    /// Shared by all tunnels of a thread: bytes are in it only between a read and the write that follows.
    static SCRATCH: RefCell<Vec<u8>> = RefCell::new(vec![0; PIECE]);
}

/// Carries a tunnel from the change of protocol to its end.
pub(crate) async fn carry(client: OnUpgrade, target: OnUpgrade, activity: Activity, shared: &Shared, held: Held) {
    let (client, target) = match futures_util::future::try_join(client, target).await {
        Ok(both) => both,
        Err(error) => return debug!(%error, "a change of protocol did not come about"),
    };
    let opened = client
        .downcast::<TokioIo<ClientIo>>()
        .ok()
        .zip(target.downcast::<TokioIo<UpstreamIo>>().ok());
    let Some((client, target)) = opened else {
        return debug!("a change of protocol lost its socket");
    };
    let _count = Counted::new(&shared.tunnels);
    let _seen = shared.observer.during(Event::TunnelOpened, Event::TunnelClosed);
    let (client_io, target_io) = (client.io.into_inner().stream, target.io.into_inner().stream);
    let moved = AtomicUsize::new(0);
    let note = || {
        moved.fetch_add(1, Ordering::Relaxed);
        activity.touch();
    };
    let up = pin!(pump(&client_io, &target_io, client.read_buf, &note));
    let down = pin!(pump(&target_io, &client_io, target.read_buf, &note));
    let (first, rest) = match select(up, down).await {
        Either::Left((result, other)) | Either::Right((result, other)) => (result, other),
    };
    let limit = shared.limits.half_closed;
    let ended = match first {
        Ok(()) => while_moving(rest, &moved, limit).await,
        failed => failed,
    };
    if let Err(error) = ended {
        debug!(%error, "a tunnel broke");
    }
    drop(held);
}

/// Moves bytes one way until the sender has finished, then tells the receiver so.
async fn pump(from: &Stream, to: &Stream, early: Bytes, note: &impl Fn()) -> io::Result<()> {
    if !early.is_empty() {
        write_all(to, &early).await?;
        note();
    }
    loop {
        from.readable().await?;
        match move_piece(from, to) {
            Ok(Moved::End) => return to.finish_writing(),
            Ok(Moved::All) => note(),
            Ok(Moved::Part(rest)) => {
                note();
                write_all(to, &rest).await?;
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
        // One busy tunnel must not keep the thread to itself.
        tokio::task::coop::consume_budget().await;
    }
}

enum Moved {
    All,
    /// The receiver did not take these yet.
    Part(Vec<u8>),
    End,
}

fn move_piece(from: &Stream, to: &Stream) -> io::Result<Moved> {
    SCRATCH.with_borrow_mut(|scratch| {
        let read = from.try_read(scratch)?;
        if read == 0 {
            return Ok(Moved::End);
        }
        let written = match to.try_write(&scratch[..read]) {
            Ok(written) => written,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => 0,
            Err(error) => return Err(error),
        };
        Ok(if written == read {
            Moved::All
        } else {
            Moved::Part(scratch[written..read].to_vec())
        })
    })
}

async fn write_all(to: &Stream, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        to.writable().await?;
        match to.try_write(bytes) {
            Ok(written) => bytes = &bytes[written..],
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Waits for the second way as long as something moves on it.
async fn while_moving(
    mut rest: impl Future<Output = io::Result<()>> + Unpin,
    moved: &AtomicUsize,
    limit: Duration,
) -> io::Result<()> {
    loop {
        let before = moved.load(Ordering::Relaxed);
        match tokio::time::timeout(limit, &mut rest).await {
            Ok(result) => return result,
            Err(_) if moved.load(Ordering::Relaxed) == before => return Err(io::ErrorKind::TimedOut.into()),
            Err(_) => {}
        }
    }
}

/// One more, until dropped.
pub(crate) struct Counted<'a>(&'a AtomicUsize);

impl<'a> Counted<'a> {
    pub(crate) fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
