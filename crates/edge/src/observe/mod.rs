//! To be seen: what is counted, the page of metrics, and the access log.
//!
//! A request costs a few additions in memory that no other thread writes to; nothing here waits for anything.

mod access;
mod counts;
mod line;
mod page;
mod text;
pub(crate) mod trace;

use std::{net::IpAddr, path::PathBuf, sync::Arc, time::Duration};

use http::Version;
use perijove_model::{Clock, process::Process};

pub(crate) use counts::Event;
pub(crate) use text::CONTENT_TYPE;

/// How requests are written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessLog {
    pub format: AccessFormat,
    /// Standard error without one.
    pub file: Option<PathBuf>,
}

/// What a line of the access log looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccessFormat {
    /// One JSON object.
    Json,
    /// As Apache's `common`.
    Common,
    /// As Apache's `combined`: with referrer and browser.
    Combined,
}

/// A request that was answered to its end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Finished<'a> {
    pub(crate) kind: Kind,
    pub(crate) method: &'a str,
    /// As the client asked.
    pub(crate) path: &'a str,
    pub(crate) query: Option<&'a str>,
    pub(crate) version: Version,
    pub(crate) status: u16,
    /// Bytes of the answer's body.
    pub(crate) sent: u64,
    pub(crate) took: Duration,
    /// Who asked: the peer, or whom a trusted proxy names.
    pub(crate) client: IpAddr,
    /// The path of the route that was taken.
    pub(crate) route: Option<&'a str>,
    // Only of use where `Observer::logs` says so.
    pub(crate) host: Option<&'a [u8]>,
    pub(crate) user_agent: Option<&'a [u8]>,
    pub(crate) referrer: Option<&'a [u8]>,
    /// The value of `traceparent`.
    pub(crate) trace: Option<&'a [u8]>,
}

/// What kind of request it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Had a target, or should have had one.
    Web,
    /// Became a tunnel, and the tunnel has ended.
    Tunnel,
    /// Answered by the edge alone: health, a redirect.
    Own,
}

/// What is known at the moment somebody asks for the metrics.
pub(crate) struct Facts {
    pub(crate) routes: usize,
    pub(crate) draining: bool,
    pub(crate) process: Option<Process>,
}

/// Sees every request.
pub(crate) struct Observer {
    /// One for each thread that serves, and one for the API's.
    counts: Box<[counts::Counts]>,
    access: access::Access,
    clock: Arc<dyn Clock>,
}

impl Observer {
    /// For so many threads beside the API's.
    pub(crate) fn new(threads: usize, clock: Arc<dyn Clock>) -> Self {
        Self {
            counts: (0..=threads).map(|_| counts::Counts::new()).collect(),
            access: access::Access::default(),
            clock,
        }
    }

    /// The thread that calls counts in this place from now on.
    pub(crate) fn count_here(slot: usize) {
        counts::take_slot(slot);
    }

    /// The place in which the thread that calls counts.
    pub(crate) fn slot() -> usize {
        counts::slot()
    }

    /// Begins, changes or ends the access log. Who logs already goes on if the new place can't be used.
    pub(crate) fn log_to(&self, wanted: Option<&AccessLog>) -> std::io::Result<()> {
        self.access.set(wanted)
    }

    /// Opens the log's file anew: somebody has moved the old one away.
    pub(crate) fn reopen_log(&self) {
        self.access.reopen();
    }

    /// Waits until all lines are written. Blocks.
    pub(crate) fn end_log(&self) {
        let _ = self.access.set(None);
    }

    /// Whether requests are written down: only then is it worth while to keep what `Finished` has for the log.
    pub(crate) fn logs(&self) -> bool {
        self.access.is_on()
    }

    /// One request was answered to its end.
    pub(crate) fn finished(&self, request: &Finished<'_>) {
        let mine = counts::mine(&self.counts);
        match request.kind {
            Kind::Web => mine.forwarded(request.status, request.took),
            Kind::Own => mine.own(request.status),
            Kind::Tunnel => {}
        }
        if self.access.is_on() {
            self.access.write(request, self.clock.now());
        }
    }

    /// Something happened once more.
    pub(crate) fn count(&self, event: Event) {
        counts::mine(&self.counts).event(event);
    }

    /// Bytes of bodies and tunnels went from and to a client.
    pub(crate) fn moved(&self, received: usize, sent: usize) {
        counts::mine(&self.counts).moved(received as u64, sent as u64);
    }

    /// The API answered a call.
    pub(crate) fn api_answered(&self, status: u16) {
        counts::mine(&self.counts).api(status);
    }

    /// Looks a route up.
    pub(crate) fn look_up<T>(&self, work: impl FnOnce() -> T) -> T {
        counts::mine(&self.counts).look_ups.timed(work)
    }

    /// Notes that a route was used.
    pub(crate) fn touch(&self, work: impl FnOnce()) {
        counts::mine(&self.counts).touches.timed(work);
    }

    /// The page of metrics.
    pub(crate) fn page(&self, facts: &Facts) -> String {
        page::page(&counts::Sum(&self.counts), facts, self.access.dropped())
    }
}
