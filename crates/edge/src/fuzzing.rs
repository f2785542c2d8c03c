//! For the targets in fuzz/ alone: what they need of this crate's inside.

use std::sync::Arc;

use crate::{
    Edge,
    buffer::Buffer,
    headers::Peer,
    http1::{
        ask::Ask,
        framing::{BodyReader, Framing, Step},
        head::{self, Scan},
    },
    routes::{
        path::{self, BadPath},
        table::{Route, RouteTable},
    },
};

#[must_use]
pub fn table(host_routing: bool) -> RouteTable {
    RouteTable::new(host_routing)
}

/// The route of a request.
///
/// # Errors
/// If the path is refused.
pub fn find(table: &RouteTable, host: &str, path: &str) -> Result<Option<Arc<Route>>, BadPath> {
    Ok(table.find_for(host, &path::canonical(path)?))
}

/// The head that the target of `/` gets for these bytes of a client that nobody trusts; nothing if they are refused.
#[must_use]
pub fn passed_on(edge: &Edge, bytes: &[u8]) -> Option<Vec<u8>> {
    let end = Scan::default().end(bytes).ok()??;
    let route = edge.routes().get("/").ok()??;
    let peer = Peer {
        ip: [192, 0, 2, 1].into(),
        address: "192.0.2.1".into(),
        trusted: false,
        secure: false,
        certificate: None,
    };
    let written = head::request(&bytes[..end], 100, |head| {
        let ask = Ask::read(&head).ok()?;
        let mut out = Buffer::default();
        let headers = head.headers.iter().map(|header| (header.name.as_bytes(), header.value));
        ask.write(&mut out, headers, &route, edge.shared(), &peer);
        Some(out.filled().to_vec())
    });
    written.ok().flatten()
}

/// What a chunked body says that comes in pieces of this size, and how many bytes it takes; nothing if it is refused or is
/// not complete.
#[must_use]
pub fn chunked(bytes: &[u8], piece: usize) -> Option<(Vec<u8>, usize)> {
    let mut reader = BodyReader::new(Framing::Chunked);
    let (mut body, mut at, mut there) = (Vec::new(), 0, 0);
    loop {
        match reader.next(&bytes[at..there]).ok()? {
            Step::Data(data) => {
                body.extend_from_slice(&bytes[at..there][data.clone()]);
                at += data.end;
            }
            Step::End { consumed, .. } => return Some((body, at + consumed)),
            Step::More { consumed } => {
                at += consumed;
                if there == bytes.len() {
                    return None;
                }
                there = bytes.len().min(there + piece.max(1));
            }
        }
    }
}
