//! Headers that every answer has, and refusals as JSON for programs, as a page for people.

use std::sync::Arc;

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use perijove_model::JUPYTERHUB_VERSION;

use super::{language, pages, prefers_json};
use crate::Hub;
use crate::captcha::Shown;
use crate::http::error::HttpError;

const VERSION: HeaderName = HeaderName::from_static("x-jupyterhub-version");
/// On an answer that is as it should be, whatever its status.
pub(super) const DRESSED: HeaderName = HeaderName::from_static("x-perijove-dressed");

/// What is the same for all answers.
#[derive(Clone)]
pub(super) struct Dress(Arc<Parts>);

pub(super) struct Parts {
    pub(super) hub: Arc<Hub>,
    pub(super) prefix: String,
    /// What pages may load, and what anything else may: nothing.
    page: HeaderValue,
    other: HeaderValue,
    /// Pages that show a captcha.
    captcha: HeaderValue,
}

impl std::ops::Deref for Dress {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl Dress {
    pub(super) fn of(hub: &Arc<Hub>) -> Self {
        let prefix = hub.prefix();
        let policy = |allowed: &str| {
            let policy = format!("frame-ancestors 'none'; report-uri {prefix}security/csp-report; {allowed}");
            HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
        };
        Self(Arc::new(Parts {
            // form-action is left out: the OAuth confirmation sends people on to other sites.
            page: policy(hub.config.hub.page_policy.as_deref().unwrap_or(
                "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; \
                 base-uri 'none'",
            )),
            other: policy("default-src 'none'"),
            captcha: policy(&hub.captcha.as_ref().map_or_else(String::new, |captcha| {
                let origins = captcha.origins();
                format!(
                    "default-src 'self'; script-src 'self' {origins}; style-src 'self' {origins}; \
                     img-src 'self' data:; frame-src {origins}; connect-src 'self' {origins}; object-src 'none'; \
                     base-uri 'none'"
                )
            })),
            hub: Arc::clone(hub),
            prefix,
        }))
    }
}

/// Which part of the hub a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Page,
    Api,
    ApiRoot,
    /// Below the API, but for people.
    ApiPage,
}

impl Place {
    fn of(prefix: &str, path: &str) -> Self {
        match path.strip_prefix(prefix) {
            Some("api" | "api/") => Self::ApiRoot,
            Some("api/oauth2/authorize" | "api/metrics") => Self::ApiPage,
            Some(rest) if rest.starts_with("api/") => Self::Api,
            _ => Self::Page,
        }
    }
}

pub(super) async fn dress<F>(parts: &Parts, request: Request, next: impl FnOnce(Request) -> F) -> Response
where
    F: Future<Output = Response>,
{
    let place = Place::of(&parts.prefix, request.uri().path());
    let wants_json = matches!(place, Place::Api | Place::ApiRoot) || prefers_json(request.headers());
    // Pages are in the reader's language; programs are told in English, unless they show it to somebody.
    let asked = language::asked(request.uri().query()).filter(|_| wants_json);
    let words =
        (!wants_json || asked.is_some()).then(|| language::words(&parts.hub, request.headers(), asked.as_deref()));
    let page = (!wants_json).then(|| pages::error::Asked::of(&request));
    let mut response = match *request.method() {
        Method::OPTIONS if place != Place::Page => StatusCode::OK.into_response(),
        _ => next(request).await,
    };
    if let Some(error) = refusal(&mut response) {
        let headers = std::mem::take(response.headers_mut());
        // People name it to whoever reads the log.
        let reference = error.status.is_server_error().then(|| parts.hub.rng.alphanumeric(8));
        error.log(reference.as_deref().unwrap_or_default());
        response = match (words, page) {
            (Some(words), Some(asked)) => {
                let reference = reference.as_deref().filter(|_| error.cause.is_some());
                pages::error::render(&parts.hub, &words, &error, &asked, reference)
            }
            (Some(words), None) => error_json(&error.said_in(&words)),
            (None, _) => error_json(&error),
        };
        keep_headers(response.headers_mut(), headers);
    }
    let policy = response.extensions_mut().remove::<Shown>().map(|Shown| &parts.captcha);
    add_headers(response.headers_mut(), parts, place, policy);
    response
}

/// The refusal in an answer: ours, or that of a library which only set a status and a text.
fn refusal(response: &mut Response) -> Option<HttpError> {
    if let Some(error) = response.extensions_mut().remove::<HttpError>() {
        return Some(error);
    }
    let status = response.status();
    let refused = status.is_client_error() || status.is_server_error();
    let bare = || {
        let kind = response.headers().get(header::CONTENT_TYPE);
        kind.is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain")) && !response.headers().contains_key(DRESSED)
    };
    (refused && bare()).then(|| HttpError::bare(status))
}

fn error_json(error: &HttpError) -> Response {
    let mut body = serde_json::json!({ "status": error.status.as_u16(), "message": error.message });
    if let Some(detail) = &error.detail {
        body[detail.0] = detail.1.clone();
    }
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

fn add_headers(headers: &mut HeaderMap, parts: &Parts, place: Place, own_policy: Option<&HeaderValue>) {
    let kind = headers.get(header::CONTENT_TYPE);
    let html = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let usual = if html { &parts.page } else { &parts.other };
    let policy = own_policy.unwrap_or(usual);
    headers.remove(DRESSED);
    headers.insert(VERSION, HeaderValue::from_static(JUPYTERHUB_VERSION));
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        HeaderValue::from_static("accept, content-type, authorization"),
    );
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(header::CONTENT_SECURITY_POLICY, policy.clone());
    if place == Place::ApiRoot {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    }
    if (html || place != Place::Page) && !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}
