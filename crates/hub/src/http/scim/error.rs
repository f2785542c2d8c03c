//! Refusals as directories read them (RFC 7644, 3.12).

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use perijove_store::StoreError;
use serde_json::json;

use crate::http::error::{HttpError, short};

pub const TYPE: &str = "application/scim+json";
const SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

/// Why something is not done.
#[derive(Debug, Clone)]
pub struct ScimError {
    pub status: StatusCode,
    /// One of the words of the standard.
    kind: Option<&'static str>,
    detail: String,
}

impl ScimError {
    pub fn new(status: StatusCode, kind: Option<&'static str>, detail: impl Into<String>) -> Self {
        Self {
            status,
            kind,
            detail: detail.into(),
        }
    }

    pub fn syntax(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, Some("invalidSyntax"), detail)
    }

    pub fn value(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, Some("invalidValue"), detail)
    }

    pub fn filter(text: &str) -> Self {
        let detail = format!("This filter can't be read: {}", short(text));
        Self::new(StatusCode::BAD_REQUEST, Some("invalidFilter"), detail)
    }

    pub fn path(text: &str) -> Self {
        let detail = format!("This path can't be read: {}", short(text));
        Self::new(StatusCode::BAD_REQUEST, Some("invalidPath"), detail)
    }

    pub fn no_target(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, Some("noTarget"), detail)
    }

    pub fn taken(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, Some("uniqueness"), detail)
    }

    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, None, "There is nothing of this id.")
    }

    pub fn nobody() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            None,
            "Send a token that holds, as `Authorization: Bearer TOKEN`.",
        )
    }
}

impl From<HttpError> for ScimError {
    fn from(error: HttpError) -> Self {
        error.log("");
        let words = || error.status.canonical_reason().unwrap_or_default().to_owned();
        Self::new(error.status, None, error.message.clone().unwrap_or_else(words))
    }
}

impl From<StoreError> for ScimError {
    fn from(error: StoreError) -> Self {
        HttpError::from(error).into()
    }
}

impl IntoResponse for ScimError {
    fn into_response(self) -> Response {
        let mut body = json!({
            "schemas": [SCHEMA],
            "status": self.status.as_u16().to_string(),
            "detail": self.detail,
        });
        if let Some(kind) = self.kind {
            body["scimType"] = kind.into();
        }
        let mut response = (self.status, body.to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(TYPE));
        match self.status {
            StatusCode::UNAUTHORIZED => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            StatusCode::SERVICE_UNAVAILABLE => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
            }
            _ => {}
        }
        response
    }
}
