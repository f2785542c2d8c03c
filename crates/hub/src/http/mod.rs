//! The hub's HTTP: one router, one dress for every answer, one loop that serves it.

pub mod api;
mod body;
pub mod cookies;
pub mod error;
mod form;
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
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use perijove_model::JUPYTERHUB_VERSION;

use crate::Hub;
use crate::http::error::HttpError;
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
        .layer(middleware::from_fn_with_state(Arc::clone(hub), dress))
        .layer(middleware::from_fn_with_state(Arc::clone(hub), log::access))
        .with_state(Arc::clone(hub))
}

/// Headers that every answer has, and errors as JSON for programs, as a page for people.
async fn dress(State(hub): State<Arc<Hub>>, request: Request, next: Next) -> Response {
    let prefix = hub.prefix();
    let path = request.uri().path().to_owned();
    let is_api = path
        .strip_prefix(prefix.as_str())
        .is_some_and(|rest| rest == "api" || rest.starts_with("api/"));
    let is_api_page = is_api && (path.ends_with("/oauth2/authorize") || path.ends_with("/api/metrics"));
    let wants_json = (is_api && !is_api_page) || prefers_json(request.headers());
    let mut response = match *request.method() {
        Method::OPTIONS if is_api => StatusCode::OK.into_response(),
        _ => next.run(request).await,
    };
    if let Some(error) = refusal(&mut response) {
        let headers = std::mem::take(response.headers_mut());
        response = if wants_json {
            error_json(&error)
        } else {
            pages::error::render(&hub, &error)
        };
        keep_headers(response.headers_mut(), headers);
    }
    if path
        .strip_prefix(prefix.as_str())
        .is_some_and(|rest| matches!(rest, "api" | "api/"))
    {
        let anybody = HeaderValue::from_static("*");
        response
            .headers_mut()
            .insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, anybody);
    }
    with_headers(response, &prefix, is_api)
}

/// The refusal in an answer: ours, or that of a library which only set a status and a text.
fn refusal(response: &mut Response) -> Option<HttpError> {
    if let Some(error) = response.extensions_mut().remove::<HttpError>() {
        return Some(error);
    }
    let status = response.status();
    let bare = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
    let refused = status.is_client_error() || status.is_server_error();
    (refused && bare && !response.headers().contains_key(DRESSED)).then(|| HttpError::bare(status))
}

/// On an answer that is as it should be, whatever its status.
const DRESSED: &str = "x-perijove-dressed";

fn error_json(error: &HttpError) -> Response {
    let body = serde_json::json!({ "status": error.status.as_u16(), "message": error.message });
    (error.status, axum::Json(body)).into_response()
}

fn keep_headers(into: &mut HeaderMap, from: HeaderMap) {
    for name in [header::RETRY_AFTER, header::ALLOW, header::LOCATION] {
        if let Some(value) = from.get(&name) {
            into.insert(name, value.clone());
        }
    }
    for cookie in from.get_all(header::SET_COOKIE) {
        into.append(header::SET_COOKIE, cookie.clone());
    }
}

fn with_headers(mut response: Response, prefix: &str, is_api: bool) -> Response {
    let html = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let mut policy = format!("frame-ancestors 'none'; report-uri {prefix}security/csp-report; ");
    // form-action is left out: the OAuth confirmation sends people on to other sites.
    policy += if html {
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'"
    } else {
        "default-src 'none'"
    };
    let headers = response.headers_mut();
    headers.remove(DRESSED);
    headers.insert("x-jupyterhub-version", HeaderValue::from_static(JUPYTERHUB_VERSION));
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        HeaderValue::from_static("accept, content-type, authorization"),
    );
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    if let Ok(policy) = HeaderValue::try_from(policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    if (html || is_api) && !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
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
