//! What people see when a request can not be answered by its target: what happened, and what to do.

use std::time::Duration;

use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Response, StatusCode,
    header::{ACCEPT, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, RETRY_AFTER},
};

use crate::{
    body::{UploadBroken, UploadStalled},
    pool::ConnectError,
    routes::path::BadPath,
};

/// Why a request got no answer from a target.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("no route for this path, and no default target")]
    NoRoute,
    #[error(transparent)]
    Path(#[from] BadPath),
    #[error("{0}")]
    Malformed(&'static str),
    #[error("this is no forward proxy")]
    Connect,
    #[error("can not connect to the target: {0}")]
    Unreachable(ConnectError),
    #[error("the target closed the connection before it answered: {0}")]
    Lost(hyper::Error),
    #[error("the target's answer is not HTTP: {0}")]
    Garbled(hyper::Error),
    #[error("the target changed the protocol without being asked")]
    Switched,
    #[error("the target did not answer within {0:?}")]
    Late(Duration),
    #[error("{0}")]
    Stalled(String),
    #[error("{0}")]
    Gone(String),
}

impl Failure {
    /// Tells a client's fault in the middle of its body from the target's.
    pub(crate) fn from_sending(error: hyper::Error) -> Self {
        let source = std::error::Error::source(&error);
        if let Some(stalled) = source.and_then(|source| source.downcast_ref::<UploadStalled>()) {
            return Self::Stalled(stalled.to_string());
        }
        if let Some(broken) = source.and_then(|source| source.downcast_ref::<UploadBroken>()) {
            return Self::Gone(broken.to_string());
        }
        if error.is_parse() {
            Self::Garbled(error)
        } else {
            Self::Lost(error)
        }
    }

    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::NoRoute => StatusCode::NOT_FOUND,
            Self::Path(_) | Self::Malformed(_) | Self::Gone(_) => StatusCode::BAD_REQUEST,
            Self::Connect => StatusCode::METHOD_NOT_ALLOWED,
            Self::Unreachable(ConnectError::Timeout(_)) | Self::Late(_) => StatusCode::GATEWAY_TIMEOUT,
            Self::Unreachable(_) | Self::Lost(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Garbled(_) | Self::Switched => StatusCode::BAD_GATEWAY,
            Self::Stalled(_) => StatusCode::REQUEST_TIMEOUT,
        }
    }

    /// The number under which the error target has a page: one for no route, one for a target that does not answer.
    pub(crate) fn page(&self) -> Option<u16> {
        match self.status() {
            StatusCode::NOT_FOUND => Some(404),
            status if status.is_server_error() => Some(503),
            _ => None,
        }
    }

    fn words(&self) -> (&'static str, String, &'static str) {
        match self {
            Self::NoRoute => (
                "Nothing here",
                "No server is known for this address.".into(),
                "Check the address, or go back to the start page.",
            ),
            Self::Path(_) | Self::Malformed(_) | Self::Gone(_) => (
                "The request can not be understood",
                format!("The problem: {self}."),
                "Check the address. If a program sent it, it has to be corrected there.",
            ),
            Self::Connect => (
                "This request can not be served",
                "CONNECT asks for a forward proxy, which this is not.".into(),
                "Check the program's proxy settings.",
            ),
            Self::Unreachable(_) | Self::Lost(_) => (
                "The server is not answering",
                "It may be starting, restarting, or stopped. Other notebooks go on meanwhile.".into(),
                "Wait a moment and reload. If it lasts, tell your administrator.",
            ),
            Self::Garbled(_) | Self::Switched => (
                "The server gave an answer that makes no sense",
                "What runs there does not speak HTTP as it should.".into(),
                "Restart the server. If it lasts, tell your administrator.",
            ),
            Self::Late(_) => (
                "The server takes too long",
                "It accepted the request and has not answered in time.".into(),
                "Try again later. If it lasts, restart the server or tell your administrator.",
            ),
            Self::Stalled(_) => (
                "The upload stopped",
                "Nothing more came of the request for too long.".into(),
                "Check the network connection and try again.",
            ),
        }
    }

    /// Our own answer: JSON for programs that ask for it, a small page for people.
    pub(crate) fn response(&self, json: bool) -> Response<Bytes> {
        let status = self.status();
        let (title, what, todo) = self.words();
        let (kind, text) = if json {
            let message = format!("{title}. {what} {todo}");
            let json = serde_json::json!({ "status": status.as_u16(), "message": message });
            ("application/json", json.to_string())
        } else {
            ("text/html; charset=utf-8", page(status, title, &what, todo))
        };
        let mut response = Response::new(Bytes::from(text));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        let policy = HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
        headers.insert(CONTENT_SECURITY_POLICY, policy);
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}

/// Whether a client names JSON and not HTML.
pub(crate) fn prefers_json(asked: &HeaderMap) -> bool {
    let accept = asked
        .get(ACCEPT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    accept.contains("json") && !accept.contains("text/html")
}

/// All words are our own: nothing of the request goes into the page.
fn page(status: StatusCode, title: &str, what: &str, todo: &str) -> String {
    let code = status.as_u16();
    format!(
        r#"<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{code} {title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 1.05rem/1.6 system-ui, sans-serif; max-width: 36rem; margin: 18vh auto 0; padding: 0 1.5rem; }}
h1 {{ font-size: 1.6rem; line-height: 1.25; margin: 0 0 .75rem; }}
.code {{ opacity: .65; font-size: .95rem; margin: 0 0 .25rem; }}
a {{ color: inherit; }}
</style></head>
<body><main><p class="code">{code}</p><h1>{title}</h1><p>{what}</p><p>{todo}</p><p><a href="/">Start page</a></p></main></body></html>
"#
    )
}
