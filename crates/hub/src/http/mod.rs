//! The hub's HTTP: one router, one dress for every answer, one loop that serves it.

pub mod agent;
pub mod announcements;
pub mod api;
mod body;
pub mod clients;
pub mod cookies;
mod dress;
mod eager;
pub mod error;
pub mod form;
mod known;
pub mod language;
mod log;
pub mod metrics;
pub mod oauth;
pub mod pages;
pub mod role_changes;
mod scim;
pub mod serve;
pub mod standing;
pub mod streams;
pub mod visitor;
pub mod xsrf;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};

use crate::Hub;
use crate::http::error::HttpError;
use dress::{DRESSED, Dress};
pub use serve::serve;

/// Everything that the hub answers.
pub fn router(hub: &Arc<Hub>) -> Router {
    let base = hub.config.hub.base_url.to_string();
    let base = base.trim_end_matches('/');
    Router::new()
        .nest(&format!("{base}/hub/api"), api::router())
        .nest(&format!("{base}/hub/scim/v2"), scim::router())
        .nest(&format!("{base}/hub"), pages::router())
        .route(&format!("{base}/hub/"), axum::routing::get(pages::root::get))
        .route(&format!("{base}/hub/api/"), axum::routing::get(api::root::get))
        .route(
            &format!("{}{base}/hub/api/oauth2", oauth::metadata::AT_THE_ROOT),
            axum::routing::get(oauth::metadata::get),
        )
        .fallback(pages::outside::any)
        .method_not_allowed_fallback(async || HttpError::bare(StatusCode::METHOD_NOT_ALLOWED))
        .layer(middleware::from_fn_with_state(Around::of(hub), around))
        .with_state(Arc::clone(hub))
}

/// What every request passes.
#[derive(Clone)]
struct Around {
    dress: Dress,
    room: body::Room,
}

impl Around {
    fn of(hub: &Arc<Hub>) -> Self {
        Self {
            dress: Dress::of(hub),
            room: body::Room::default(),
        }
    }
}

/// One layer for all: each costs every request some allocations.
async fn around(State(Around { dress, room }): State<Around>, request: Request, next: Next) -> Response {
    let whole = |request| body::whole(&room, request, next);
    let dressed = |request| dress::dress(&dress, request, whole);
    log::access(&dress, request, dressed).await
}

/// JSON is named before any kind of page.
#[must_use]
pub fn prefers_json(headers: &HeaderMap) -> bool {
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let kinds = accept
        .split(',')
        .map(|kind| kind.split(';').next().unwrap_or_default().trim());
    for kind in kinds {
        match kind {
            "application/json" => return true,
            "text/html" | "application/xhtml+xml" => return false,
            _ => {}
        }
    }
    false
}

/// A redirect. Its target comes from us or was checked; what can't stand in a header leads to the hub's first page.
#[must_use]
pub fn redirect(status: StatusCode, target: &str) -> Response {
    match HeaderValue::try_from(target) {
        Ok(location) => (status, [(header::LOCATION, location)], Body::empty()).into_response(),
        Err(_) => HttpError::bad_request("The address to go to is not valid.").into_response(),
    }
}

/// 302, the contract's usual one.
#[must_use]
pub fn found(target: &str) -> Response {
    redirect(StatusCode::FOUND, target)
}
