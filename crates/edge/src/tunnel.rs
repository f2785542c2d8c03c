//! What is no longer HTTP: bytes both ways, each side as fast as the other takes them, and no buffer while it is quiet.

use std::{
    cell::RefCell,
    io,
    pin::Pin,
    sync::{Arc, atomic::Ordering},
    task::{Context, Poll, ready},
};

use tracing::debug;

use crate::{
    alarm::Alarm, buffer::Buffer, observe::Event, room::Held, routes::table::Route, server::Shared, stream::Stream,
};

const PIECE: usize = 64 * 1024;

thread_local! {
    /// Shared by all tunnels of a thread: bytes are in it only between a read and the write that follows.
    static SCRATCH: RefCell<Vec<u8>> = RefCell::new(vec![0; PIECE]);
}

/// One end, and what it has not taken yet.
#[derive(Debug)]
pub(crate) struct End {
    pub(crate) stream: Stream,
    pub(crate) pending: Buffer,
    /// Nothing more comes from it.
    finished: bool,
    /// And the other end knows.
    told: bool,
}

impl End {
    pub(crate) fn new(stream: Stream, pending: Buffer) -> Self {
        Self {
            stream,
            pending,
            finished: false,
            told: false,
        }
    }
}

/// A tunnel from the change of protocol to its end.
pub(crate) struct Tunnel {
    client: End,
    target: End,
    route: Arc<Route>,
    shared: Arc<Shared>,
    /// Runs once one end has finished.
    alarm: Option<Box<Alarm>>,
    moved: u64,
    _held: Held,
}

impl Tunnel {
    pub(crate) fn new(client: End, target: End, route: Arc<Route>, shared: Arc<Shared>, held: Held) -> Self {
        shared.tunnels.fetch_add(1, Ordering::Relaxed);
        shared.observer.count(Event::TunnelOpened);
        Self {
            client,
            target,
            route,
            shared,
            alarm: None,
            moved: 0,
            _held: held,
        }
    }

    fn poll_both(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let before = self.moved;
        let up = carry(&mut self.client, &mut self.target, &mut self.moved, cx);
        let down = carry(&mut self.target, &mut self.client, &mut self.moved, cx);
        if self.moved != before {
            self.shared.touch(&self.route);
        }
        match (up, down) {
            (Poll::Ready(Err(error)), _) | (_, Poll::Ready(Err(error))) => Poll::Ready(Err(error)),
            (Poll::Ready(Ok(())), Poll::Ready(Ok(()))) => Poll::Ready(Ok(())),
            (Poll::Pending, Poll::Pending) => Poll::Pending,
            _ => {
                let alarm = self.alarm.get_or_insert_with(|| Box::new(Alarm::new()));
                alarm.set_while_still(Some(self.shared.limits.half_closed), self.moved);
                ready!(alarm.poll(cx));
                Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
            }
        }
    }
}

impl Future for Tunnel {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if let Err(error) = ready!(self.get_mut().poll_both(cx)) {
            debug!(%error, "a tunnel broke");
        }
        Poll::Ready(())
    }
}

impl Drop for Tunnel {
    fn drop(&mut self) {
        self.shared.tunnels.fetch_sub(1, Ordering::Relaxed);
        self.shared.observer.count(Event::TunnelClosed);
    }
}

/// Moves bytes one way until the sender has finished, then tells the receiver so.
fn carry(from: &mut End, to: &mut End, moved: &mut u64, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
    while !from.told {
        ready!(to.pending.poll_write_to(&mut to.stream, cx))?;
        to.pending.rest();
        ready!(to.stream.poll_flush(cx))?;
        if from.finished {
            ready!(to.stream.poll_finish(cx))?;
            from.told = true;
            break;
        }
        from.finished = ready!(move_piece(&mut from.stream, to, cx))? == 0;
        *moved += 1;
    }
    Poll::Ready(Ok(()))
}

/// Reads what there is and writes it at once; what the receiver does not take waits at its end.
fn move_piece(from: &mut Stream, to: &mut End, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
    SCRATCH.with_borrow_mut(|scratch| {
        let count = ready!(from.poll_read(cx, scratch))?;
        let bytes = &scratch[..count];
        if count > 0 {
            let written = match to.stream.poll_write(cx, bytes) {
                Poll::Ready(written) => written?,
                Poll::Pending => 0,
            };
            if written < count {
                to.pending.push(&bytes[written..]);
            }
        }
        Poll::Ready(Ok(count))
    })
}
