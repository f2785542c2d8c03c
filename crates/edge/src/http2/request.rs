//! A request of HTTP/2, read as if it had come by HTTP/1: from there on it is treated like any other.

use std::hash::{BuildHasher, RandomState};

use base64::prelude::*;
use http::{
    Method, Request,
    header::{CONTENT_LENGTH, COOKIE, HOST},
};
use httparse::Header;
use hyper::{
    body::{Body, Incoming},
    ext::Protocol,
};

use crate::http1::head::RequestHead;

/// Whether the client wants to speak another protocol on its stream, as RFC 8441 has it.
pub(crate) fn wants_other_protocol(request: &Request<Incoming>) -> bool {
    request.method() == Method::CONNECT && request.extensions().get::<Protocol>().is_some()
}

pub(crate) fn as_http1<R>(request: &Request<Incoming>, then: impl FnOnce(RequestHead<'_, '_>) -> R) -> R {
    let protocol = request
        .extensions()
        .get::<Protocol>()
        .filter(|_| wants_other_protocol(request));
    let method = if protocol.is_some() {
        "GET"
    } else {
        request.method().as_str()
    };
    let target = request.uri().path_and_query().map_or("", |target| target.as_str());
    let mut headers = Vec::with_capacity(request.headers().len() + 4);
    let host = request.uri().authority().map(|authority| authority.as_str().as_bytes());
    if let Some(value) = host.or_else(|| Some(request.headers().get(HOST)?.as_bytes())) {
        headers.push(Header { name: "host", value });
    }
    // In HTTP/2 cookies may come one by one.
    let cookies = cookies(request);
    if !cookies.is_empty() {
        headers.push(Header {
            name: "cookie",
            value: &cookies,
        });
    }
    let others = request
        .headers()
        .iter()
        .filter(|(name, _)| *name != HOST && *name != COOKIE);
    headers.extend(others.map(|(name, value)| Header {
        name: name.as_str(),
        value: value.as_bytes(),
    }));
    let key = protocol.map(|_| key()).unwrap_or_default();
    match protocol {
        Some(protocol) => headers.extend([
            Header {
                name: "connection",
                value: b"upgrade",
            },
            Header {
                name: "upgrade",
                value: protocol.as_str().as_bytes(),
            },
            Header {
                name: "sec-websocket-key",
                value: key.as_bytes(),
            },
        ]),
        None if !request.body().is_end_stream() && !request.headers().contains_key(CONTENT_LENGTH) => {
            headers.push(Header {
                name: "transfer-encoding",
                value: b"chunked",
            });
        }
        None => {}
    }
    then(RequestHead {
        method,
        target,
        old: false,
        headers: &headers,
    })
}

fn cookies(request: &Request<Incoming>) -> Vec<u8> {
    let values: Vec<&[u8]> = request
        .headers()
        .get_all(COOKIE)
        .iter()
        .map(|value| value.as_bytes())
        .collect();
    values.join(&b"; "[..])
}

/// What a websocket of HTTP/1 begins with: any sixteen bytes that nobody could have foreseen.
fn key() -> String {
    let state = RandomState::new();
    let bytes: Vec<u8> = (0..2).flat_map(|number| state.hash_one(number).to_be_bytes()).collect();
    BASE64_STANDARD.encode(bytes)
}
