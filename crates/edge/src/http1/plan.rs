//! Where a request goes, and what it looks like there.

use std::{net::IpAddr, sync::Arc};

use bytes::Bytes;
use http::Response;

use crate::{
    buffer::Buffer,
    error_page::Failure,
    headers::Peer,
    limits::named_client,
    observe::{Event, Observer, trace},
    own,
    routes::{path, table::Route},
    server::Shared,
};

use super::{ask::Ask, asked::Asked, framing::Framing, head::RequestHead, relay::Relay};

/// A request on its way.
pub(crate) struct Plan {
    pub(crate) asked: Asked,
    pub(crate) route: Arc<Route>,
    /// Begins with the head as the target gets it.
    pub(crate) upload: Relay,
    /// All of the request has gone out, or has been dropped because the target wants no more.
    pub(crate) sent: bool,
    pub(crate) repeatable: bool,
    pub(crate) upgrade: bool,
    /// The client's name for us, where redirects are rewritten.
    pub(crate) host: Box<[u8]>,
}

pub(crate) enum Planned {
    Forward(Plan),
    Own(Asked, Response<Bytes>),
    Refused(Asked, Failure),
}

/// Where a request goes and what it looks like there.
pub(crate) fn plan(shared: &Shared, peer: &Peer, head: &RequestHead<'_, '_>) -> Planned {
    let mut ask = match Ask::read(head) {
        Ok(ask) => ask,
        Err(failure) => return Planned::Refused(Asked::nothing(), failure),
    };
    ask.begins_trace = begins_trace(shared, head);
    let client = client(shared, peer, head);
    let asked = Asked::of(&ask, head, shared, client);
    if matches!(ask.body, Framing::Empty | Framing::Length(0))
        && let Some(response) = own::answer(shared, ask.path)
    {
        return Planned::Own(asked, response);
    }
    if !shared.limits_per_client.allow(client) {
        shared.observer.count(Event::RefusedRequests);
        return Planned::Refused(asked, Failure::TooMany);
    }
    let route = match find(shared, &ask) {
        Ok(route) => route,
        Err(failure) => return Planned::Refused(asked, failure),
    };
    let mut out = Buffer::default();
    let headers = head.headers.iter().map(|header| (header.name.as_bytes(), header.value));
    ask.write(&mut out, headers, &route, shared, peer);
    let upload = Relay::new(out, ask.body, ask.body == Framing::Chunked);
    let repeatable = ask.repeatable();
    Planned::Forward(Plan {
        asked,
        route,
        upload: if repeatable { upload.repeatable() } else { upload },
        sent: false,
        repeatable,
        upgrade: ask.upgrade.is_some(),
        host: if shared.rewrite.redirects() {
            ask.host.into()
        } else {
            Box::default()
        },
    })
}

/// Who asks: the peer, or whom trusted proxies name.
fn client(shared: &Shared, peer: &Peer, head: &RequestHead<'_, '_>) -> IpAddr {
    if !peer.trusted {
        return peer.ip;
    }
    let chains = head
        .headers
        .iter()
        .filter(|header| header.name.eq_ignore_ascii_case("x-forwarded-for"));
    let chains = chains.filter_map(|header| std::str::from_utf8(header.value).ok());
    chains
        .rev()
        .fold(peer.ip, |client, chain| named_client(client, chain, &shared.trusted))
}

/// A `traceparent` for who came without one, where that is wanted.
fn begins_trace(shared: &Shared, head: &RequestHead<'_, '_>) -> Option<String> {
    let traces = shared.traces.as_ref()?;
    let mut names = head.headers.iter().map(|header| header.name);
    let traced = names.any(|name| name.eq_ignore_ascii_case(trace::TRACEPARENT));
    (!traced).then(|| traces.begin(Observer::slot()))
}

fn find(shared: &Shared, ask: &Ask<'_>) -> Result<Arc<Route>, Failure> {
    let path = path::canonical(path::split(ask.path).0)?;
    let host = std::str::from_utf8(ask.host).unwrap_or_default();
    let found = shared.observer.look_up(|| shared.table.find_for(host, &path));
    found.ok_or(Failure::NoRoute)
}
