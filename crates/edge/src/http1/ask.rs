//! What a client asks for, and how it is put to the target.

use httparse::Header;

use crate::{
    buffer::Buffer,
    error_page::{Failure, language, page::Reader},
    headers::{self, Claim, Connection, Kind, Peer, Said},
    observe::trace,
    routes::table::Route,
    server::Shared,
};

use super::{framing::Framing, head::RequestHead};

/// A request that has one meaning only.
#[derive(Debug)]
pub(crate) struct Ask<'b> {
    pub(crate) method: &'b str,
    /// Path and query as the client wrote them.
    pub(crate) path: &'b str,
    pub(crate) host: &'b [u8],
    /// The client speaks HTTP/1.0.
    pub(crate) old: bool,
    pub(crate) body: Framing,
    /// Whether the client wants to ask more on this connection.
    pub(crate) keep: bool,
    /// The protocol that the client wants to change to.
    pub(crate) upgrade: Option<&'b [u8]>,
    pub(crate) trailers: bool,
    pub(crate) reader: Reader,
    /// Which the client reads.
    pub(crate) languages: &'b str,
    pub(crate) connection: Connection<'b>,
    /// The `traceparent` that it gets here.
    pub(crate) begins_trace: Option<String>,
}

impl<'b> Ask<'b> {
    pub(crate) fn read(head: &RequestHead<'b, '_>) -> Result<Self, Failure> {
        let mut ask = Ask {
            method: head.method,
            path: "",
            host: b"",
            old: head.old,
            body: Framing::Empty,
            keep: false,
            upgrade: None,
            trailers: false,
            reader: Reader::Program,
            languages: "",
            connection: Connection::default(),
            begins_trace: None,
        };
        let (mut host, mut length, mut chunked, mut accept) = (None, None, false, &b""[..]);
        for Header { name, value } in head.headers {
            match headers::kind(name.as_bytes()) {
                Kind::Host if host.is_some() => return Err(Failure::Malformed("there is more than one Host header")),
                Kind::Host => host = Some(*value),
                Kind::Length if length.is_some() => {
                    return Err(Failure::Malformed("there is more than one Content-Length"));
                }
                Kind::Length => {
                    length = Some(number(value).ok_or(Failure::Malformed("Content-Length is not a number"))?)
                }
                Kind::TransferEncoding if chunked => {
                    return Err(Failure::Malformed("there is more than one Transfer-Encoding"));
                }
                Kind::TransferEncoding if value.trim_ascii().eq_ignore_ascii_case(b"chunked") => chunked = true,
                Kind::TransferEncoding => return Err(Failure::Malformed("this Transfer-Encoding is not known here")),
                Kind::Connection => ask.connection.read(value),
                Kind::Upgrade => ask.upgrade = ask.upgrade.or(Some(value)),
                Kind::Te => ask.trailers |= headers::tokens(value).any(|token| token.eq_ignore_ascii_case(b"trailers")),
                Kind::Accept => accept = *value,
                Kind::Plain if name.eq_ignore_ascii_case("accept-language") => ask.languages = language::kept(value),
                _ => {}
            }
        }
        ask.reader = Reader::of(head.method, accept, ask.upgrade.is_some());
        ask.body = framing(length, chunked, head.old)?;
        ask.set_place(head, host)?;
        let Connection {
            close,
            keep_alive,
            upgrade,
            ..
        } = ask.connection;
        ask.keep = !close && (!head.old || keep_alive);
        // HTTP/2 is not offered in this way: its frames would pass by the routes.
        ask.upgrade = ask
            .upgrade
            .filter(|protocol| upgrade && !head.old && !is_http2(protocol));
        Ok(ask)
    }

    /// Where it goes. Who writes a whole address means that, whatever `Host` says.
    fn set_place(&mut self, head: &RequestHead<'b, '_>, host: Option<&'b [u8]>) -> Result<(), Failure> {
        if head.method == "CONNECT" {
            return Err(Failure::Connect);
        }
        let target = head.target;
        if target.bytes().any(|byte| byte == b'#') {
            return Err(Failure::Malformed("the address has a fragment"));
        }
        if target.starts_with('/') {
            self.path = target;
            self.host = match host {
                None if !head.old => return Err(Failure::Malformed("there is no Host header")),
                host => host.unwrap_or_default().trim_ascii(),
            };
        } else {
            let (authority, path) =
                whole_address(target).ok_or(Failure::Malformed("the path does not begin with a slash"))?;
            (self.host, self.path) = (authority.as_bytes(), path);
        }
        if self
            .host
            .iter()
            .any(|byte| !byte.is_ascii_graphic() || b"/\\@?#,".contains(byte))
        {
            return Err(Failure::Malformed("the Host header names no host"));
        }
        Ok(())
    }

    /// Whether sending it twice does the same as sending it once, and we still have all of it.
    pub(crate) fn repeatable(&self) -> bool {
        matches!(self.method, "GET" | "HEAD" | "OPTIONS" | "PUT" | "DELETE")
            && matches!(self.body, Framing::Empty | Framing::Length(0))
            && self.upgrade.is_none()
    }

    /// Writes the head that the target gets.
    pub(crate) fn write<'h>(
        &self,
        out: &mut Buffer,
        headers: impl Iterator<Item = (&'h [u8], &'h [u8])>,
        route: &Route,
        shared: &Shared,
        peer: &Peer,
    ) {
        let (target, rewrite) = (route.target(), &shared.rewrite);
        let prefix = if rewrite.prepend_path { target.prefix() } else { "" };
        let path = rewrite.asked(route, shared.table.host_routing, self.path);
        let own = self.host.is_empty() || rewrite.change_origin;
        let host = if own {
            target.upstream.host().as_bytes()
        } else {
            self.host
        };
        out.push_all([
            self.method.as_bytes(),
            b" ",
            prefix.as_bytes(),
            path.as_bytes(),
            b" HTTP/1.1\r\nHost: ",
            host,
            b"\r\n",
        ]);
        for (name, value) in &rewrite.headers {
            headers::push(out, name.as_str().as_bytes(), value.as_bytes());
        }
        if let Some(proof) = shared.hub_proof.as_ref().filter(|_| route.hub) {
            headers::push(out, headers::PROOF.as_bytes(), proof.expose().as_bytes());
            if let Some(names) = &peer.certificate {
                headers::push(out, headers::CLIENT.as_bytes(), names.as_bytes());
            }
        }
        // Who has such a certificate may be a proxy that signs people in: the hub decides whose word counts.
        let may_claim = route.hub && peer.certificate.is_some();
        let mut said = Said::default();
        for (name, value) in headers {
            let passes = match headers::kind(name) {
                Kind::Plain | Kind::Accept => !self.connection.names(name),
                Kind::Claim(Claim::Other) if may_claim => true,
                Kind::Claim(_) if !rewrite.forwarded => peer.trusted,
                Kind::Claim(claim) => said.passes(peer, claim, value),
                Kind::Private => route.hub && !headers::is_ours(name),
                _ => false,
            };
            if passes && !rewrite.replaces(name) {
                headers::push(out, name, value);
            }
        }
        if rewrite.forwarded {
            said.complete(out, peer, self.host);
        }
        match self.body {
            Framing::Length(length) => headers::push_number(out, "Content-Length", length),
            Framing::Chunked => out.push(b"Transfer-Encoding: chunked\r\n"),
            Framing::Empty | Framing::UntilEnd => {}
        }
        if let Some(protocol) = self.upgrade {
            headers::push(out, b"Connection", b"Upgrade");
            headers::push(out, b"Upgrade", protocol);
        }
        if let Some(trace) = &self.begins_trace {
            headers::push(out, trace::TRACEPARENT.as_bytes(), trace.as_bytes());
        }
        if self.trailers {
            out.push(b"TE: trailers\r\n");
        }
        out.push(b"\r\n");
    }
}

pub(crate) fn number(value: &[u8]) -> Option<u64> {
    let digits = value.trim_ascii();
    let plain = (1..=19).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit);
    plain.then(|| std::str::from_utf8(digits).ok()?.parse().ok()).flatten()
}

fn framing(length: Option<u64>, chunked: bool, old: bool) -> Result<Framing, Failure> {
    match (length, chunked) {
        (None, false) => Ok(Framing::Empty),
        (Some(length), false) => Ok(Framing::Length(length)),
        (None, true) if !old => Ok(Framing::Chunked),
        (None, true) => Err(Failure::Malformed("HTTP/1.0 has no Transfer-Encoding")),
        (Some(_), true) => Err(Failure::Malformed(
            "there are both Content-Length and Transfer-Encoding",
        )),
    }
}

fn is_http2(protocol: &[u8]) -> bool {
    protocol
        .trim_ascii_start()
        .get(..2)
        .is_some_and(|start| start.eq_ignore_ascii_case(b"h2"))
}

fn whole_address(target: &str) -> Option<(&str, &str)> {
    let scheme = ["http://", "https://"].into_iter().find(|scheme| {
        target
            .get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    })?;
    let rest = &target[scheme.len()..];
    match rest.find(['/', '?']) {
        Some(at) if rest[at..].starts_with('/') => Some(rest.split_at(at)),
        Some(_) => None,
        None => Some((rest, "/")),
    }
    .filter(|(authority, _)| !authority.is_empty())
}
