//! The hub's HTTP: one router, one dress for every answer, one loop that serves it.

pub mod api;
mod body;
pub mod clients;
pub mod cookies;
mod dress;
pub mod error;
mod form;
mod known;
mod log;
pub mod metrics;
pub mod oauth;
pub mod pages;
pub mod role_changes;
pub mod serve;
pub mod standing;
pub mod streams;
pub mod visitor;
pub mod xsrf;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware;
use axum::response::{IntoResponse, Response};

use crate::Hub;
use crate::http::error::HttpError;
use dress::DRESSED;
pub use serve::serve;

/// Everything that the hub answers.
pub fn router(hub: &Arc<Hub>) -> Router {
    let base = hub.config.hub.base_url.to_string();
    let base = base.trim_end_matches('/');
    let hub_routes = Router::new().nest("/api", api::router()).merge(pages::router());
    Router::new()
        .nest(&format!("{base}/hub"), hub_routes)
        .route(&format!("{base}/hub/"), axum::routing::get(pages::root::get))
        .route(&format!("{base}/hub/api/"), axum::routing::get(api::root::get))
        .route(
            &format!("{}{base}/hub/api/oauth2", oauth::metadata::AT_THE_ROOT),
            axum::routing::get(oauth::metadata::get),
        )
        .fallback(pages::outside::any)
        .method_not_allowed_fallback(async || HttpError::bare(StatusCode::METHOD_NOT_ALLOWED))
        .layer(DefaultBodyLimit::max(body::LIMIT))
        .layer(middleware::from_fn_with_state(body::Room::default(), body::whole))
        .layer(middleware::from_fn_with_state(dress::Dress::of(hub), dress::dress))
        .layer(middleware::from_fn_with_state(Arc::clone(hub), log::access))
        .with_state(Arc::clone(hub))
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
