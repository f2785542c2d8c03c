//! What is remembered of a request until its answer is complete.

use std::net::IpAddr;

use http::Version;
use tokio::time::Instant;

use crate::{
    error_page::{language, page::Reader},
    headers::Peer,
    observe::{Finished, Kind, trace},
    routes::{path, table::Route},
    server::Shared,
};

use super::{answer::Manner, ask::Ask, head::RequestHead};

#[derive(Debug)]
pub(crate) struct Asked {
    /// Method, address, and the languages that are asked for.
    line: Box<str>,
    /// How long the method is.
    method: usize,
    /// Where the address ends.
    address: usize,
    pub(crate) bodiless: bool,
    pub(crate) old: bool,
    version: Version,
    pub(crate) keep: bool,
    pub(crate) reader: Reader,
    begun: Instant,
    /// Who asks, if that is known.
    pub(crate) client: Option<IpAddr>,
    /// Where requests are written down.
    noted: Option<Box<Noted>>,
}

/// Headers that are written down.
#[derive(Debug, Default)]
struct Noted {
    host: Vec<u8>,
    user_agent: Option<Vec<u8>>,
    referrer: Option<Vec<u8>>,
    trace: Option<Vec<u8>>,
}

impl Noted {
    fn of(ask: &Ask<'_>, head: &RequestHead<'_, '_>) -> Box<Self> {
        let named = |name: &str| {
            let header = head
                .headers
                .iter()
                .find(|header| header.name.eq_ignore_ascii_case(name));
            header.map(|header| header.value.to_vec())
        };
        Box::new(Self {
            host: ask.host.to_vec(),
            user_agent: named("user-agent"),
            referrer: named("referer"),
            trace: ask
                .begins_trace
                .as_ref()
                .map_or_else(|| named(trace::TRACEPARENT), |begun| Some(begun.clone().into_bytes())),
        })
    }
}

impl Asked {
    pub(crate) fn of(ask: &Ask<'_>, head: &RequestHead<'_, '_>, shared: &Shared, client: IpAddr) -> Self {
        Self {
            line: [ask.method, ask.path, ask.languages].concat().into(),
            method: ask.method.len(),
            address: ask.method.len() + ask.path.len(),
            bodiless: ask.method == "HEAD",
            old: ask.old,
            version: if ask.old { Version::HTTP_10 } else { Version::HTTP_11 },
            keep: ask.keep,
            reader: ask.reader,
            begun: Instant::now(),
            client: Some(client),
            noted: shared.observer.logs().then(|| Noted::of(ask, head)),
        }
    }

    /// Of a request that could not be understood.
    pub(crate) fn nothing() -> Self {
        Self {
            line: "/".into(),
            method: 0,
            address: 1,
            bodiless: false,
            old: false,
            version: Version::HTTP_11,
            keep: false,
            reader: Reader::Person { again: false },
            begun: Instant::now(),
            client: None,
            noted: None,
        }
    }

    /// Of a request whose head did not even come whole.
    pub(crate) fn unread(head: &[u8]) -> Self {
        Self {
            line: ["/", language::found(head)].concat().into(),
            ..Self::nothing()
        }
    }

    /// When its head had come.
    pub(crate) fn begun(&self) -> Instant {
        self.begun
    }

    pub(crate) fn speaks_http2(&mut self) {
        self.version = Version::HTTP_2;
    }

    pub(crate) fn method(&self) -> &str {
        &self.line[..self.method]
    }

    pub(crate) fn address(&self) -> &str {
        &self.line[self.method..self.address]
    }

    /// As the client asks for them, and no more than is of use.
    pub(crate) fn languages(&self) -> &str {
        &self.line[self.address..]
    }

    pub(crate) fn manner<'s>(&self, peer: &Peer, shared: &'s Shared, keep: bool, chunked: bool) -> Manner<'s> {
        Manner {
            hsts: shared.tls.hsts.as_ref().filter(|_| peer.secure),
            old: self.old,
            keep,
            chunked,
        }
    }

    /// Tells the observer of the answer.
    pub(crate) fn finished(
        &self,
        shared: &Shared,
        peer: IpAddr,
        kind: Kind,
        status: u16,
        sent: u64,
        route: Option<&Route>,
    ) {
        let (path, query) = path::split(self.address());
        let noted = self.noted.as_deref();
        let route = route.filter(|_| noted.is_some()).map(Route::path);
        shared.observer.finished(&Finished {
            kind,
            method: self.method(),
            path,
            query,
            version: self.version,
            status,
            sent,
            took: self.begun.elapsed(),
            client: self.client.unwrap_or(peer),
            route: route.as_deref(),
            host: noted.map(|noted| &*noted.host),
            user_agent: noted.and_then(|noted| noted.user_agent.as_deref()),
            referrer: noted.and_then(|noted| noted.referrer.as_deref()),
            trace: noted.and_then(|noted| noted.trace.as_deref()),
        });
    }
}
