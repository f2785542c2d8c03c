//! What is no longer HTTP: bytes both ways, each side as fast as the other takes them, and no buffer while it is quiet.

use std::{
    cell::RefCell,
    io,
    net::IpAddr,
    pin::Pin,
    sync::{Arc, atomic::Ordering},
    task::{Context, Poll, ready},
};

use tracing::debug;

use crate::{
    alarm::Alarm,
    buffer::Buffer,
    http1::asked::Asked,
    observe::{Event, Kind},
    room::Held,
    routes::table::Route,
    server::Shared,
    stream::Stream,
    upstream::{Open, Server},
};

const PIECE: usize = 64 * 1024;

thread_local! {
    /// Shared by all tunnels of a thread: bytes are in it only between a read and the write that follows.
    static SCRATCH: RefCell<Vec<u8>> = RefCell::new(vec![0; PIECE]);
}

/// One end, and what it has not taken yet.
pub(crate) struct End {
    pub(crate) stream: Stream,
    pub(crate) pending: Buffer,
    /// Nothing more comes from it.
    finished: bool,
    /// And the other end knows.
    told: bool,
    /// Bytes that came from it.
    carried: u64,
    _open: Option<Open>,
}

impl End {
    pub(crate) fn new(stream: Stream, pending: Buffer) -> Self {
        Self {
            stream,
            pending,
            finished: false,
            told: false,
            carried: 0,
            _open: None,
        }
    }

    pub(crate) fn of_target(server: Server, pending: Buffer) -> Self {
        Self {
            _open: Some(server.open),
            ..Self::new(server.stream, pending)
        }
    }
}

/// What a tunnel carries beside bytes.
pub(crate) struct Carried {
    pub(crate) route: Arc<Route>,
    pub(crate) asked: Asked,
    pub(crate) peer: IpAddr,
    pub(crate) shared: Arc<Shared>,
    /// Its client's place.
    pub(crate) _held: Held,
}

/// A tunnel from the change of protocol to its end.
pub(crate) struct Tunnel {
    client: End,
    target: End,
    carried: Box<Carried>,
    /// Runs once one end has finished.
    alarm: Option<Box<Alarm>>,
}

impl Tunnel {
    pub(crate) fn new(client: End, target: End, carried: Carried) -> Self {
        carried.shared.tunnels.fetch_add(1, Ordering::Relaxed);
        carried.shared.observer.count(Event::TunnelOpened);
        Self {
            client,
            target,
            carried: Box::new(carried),
            alarm: None,
        }
    }

    fn moved(&self) -> u64 {
        self.client.carried + self.target.carried
    }

    fn poll_both(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let before = self.moved();
        let up = carry(&mut self.client, &mut self.target, cx);
        let down = carry(&mut self.target, &mut self.client, cx);
        if self.moved() != before {
            self.carried.shared.touch(&self.carried.route);
        }
        match (up, down) {
            (Poll::Ready(Err(error)), _) | (_, Poll::Ready(Err(error))) => Poll::Ready(Err(error)),
            (Poll::Ready(Ok(())), Poll::Ready(Ok(()))) => Poll::Ready(Ok(())),
            (Poll::Pending, Poll::Pending) => Poll::Pending,
            _ => {
                let moved = self.moved();
                let alarm = self.alarm.get_or_insert_with(|| Box::new(Alarm::new()));
                alarm.set_while_still(Some(self.carried.shared.limits.half_closed), moved);
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
        let Carried {
            shared,
            asked,
            peer,
            route,
            ..
        } = &*self.carried;
        shared.tunnels.fetch_sub(1, Ordering::Relaxed);
        shared.observer.count(Event::TunnelClosed);
        let count = |bytes| usize::try_from(bytes).unwrap_or(usize::MAX);
        shared
            .observer
            .moved(count(self.client.carried), count(self.target.carried));
        asked.finished(shared, *peer, Kind::Tunnel, 101, self.target.carried, Some(route));
    }
}

/// Moves bytes one way until the sender has finished, then tells the receiver so.
fn carry(from: &mut End, to: &mut End, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
    while !from.told {
        ready!(to.pending.poll_write_to(&mut to.stream, cx))?;
        to.pending.rest();
        ready!(to.stream.poll_flush(cx))?;
        if from.finished {
            ready!(to.stream.poll_finish(cx))?;
            from.told = true;
            break;
        }
        let count = ready!(move_piece(&mut from.stream, to, cx))?;
        from.finished = count == 0;
        from.carried += count as u64;
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
