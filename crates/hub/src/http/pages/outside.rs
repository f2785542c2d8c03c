//! Addresses outside of `/hub/`: where no server or service is routed, the edge sends them here.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::Hub;
use crate::http::error::HttpError;
use crate::http::{found, redirect};

pub async fn any(State(hub): State<Arc<Hub>>, request: Request) -> Response {
    let uri = request.uri();
    let base = hub.config.hub.base_url.as_str();
    let Some(rest) = uri.path().strip_prefix(base) else {
        // Below no base at all: only the front door can be meant.
        return if uri.path() == "/" || base.starts_with(uri.path()) {
            found(&hub.prefix())
        } else {
            HttpError::not_found().into_response()
        };
    };
    let prefix = hub.prefix();
    if rest == "hub" {
        return redirect(StatusCode::MOVED_PERMANENTLY, &prefix);
    }
    if rest.starts_with("hub/") {
        return HttpError::not_found().into_response();
    }
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let mut parts = rest.splitn(3, '/');
    if let (Some("user" | "services"), Some(name), None) = (parts.next(), parts.next(), parts.next())
        && !name.is_empty()
        && request.method() == Method::GET
    {
        return redirect(StatusCode::MOVED_PERMANENTLY, &format!("{base}{rest}/{query}"));
    }
    match *request.method() {
        Method::GET | Method::HEAD => found(&format!("{prefix}{rest}{query}")),
        // A page of a server that has ended still asks for things: say so in its own language.
        _ if rest.starts_with("user/") => {
            super::hub_user::not_running_json(&hub, request.headers(), &format!("{prefix}{rest}"))
        }
        _ => HttpError::bare(StatusCode::METHOD_NOT_ALLOWED).into_response(),
    }
}
