//! What the edge answers itself.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header::CONTENT_TYPE};

use crate::{health, server::Shared};

pub(crate) fn answer(shared: &Shared, asked: &str) -> Option<Response<Bytes>> {
    // Nearly everything else is settled with this.
    if !asked.starts_with("/_") {
        return None;
    }
    let path = asked.split_once('?').map_or(asked, |(path, _)| path);
    match health::answer(shared, path) {
        Some((status, json)) => Some(healthy(status, json)),
        None => shared.tls.own_page(path),
    }
}

fn healthy(status: u16, json: &'static str) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from_static(json.as_bytes()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or_default();
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
