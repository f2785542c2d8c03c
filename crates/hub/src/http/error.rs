//! Every refusal in one shape. A handler says status and words; [`dress`](super::dress) makes JSON or a page of it.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use perijove_auth::AuthError;
use perijove_model::NameError;
use perijove_model::scopes::Denied;
use perijove_store::StoreError;
use perijove_web::Words;

pub type Result<T> = std::result::Result<T, HttpError>;

/// What the visitor is told. The cause goes to the log where it happens.
#[derive(Debug, Clone)]
pub struct HttpError {
    pub status: StatusCode,
    /// What else the page for people says and offers.
    pub kind: Kind,
    pub message: Option<String>,
    /// What to do about it; shown on pages only.
    pub hint: Option<String>,
    pub header: Option<Box<(HeaderName, HeaderValue)>>,
    /// What programs are told besides, by its name.
    pub detail: Option<Box<(&'static str, serde_json::Value)>>,
    /// For the log alone, where the answer is written.
    pub cause: Option<Box<str>>,
}

/// What people need to hear of a refusal beyond what programs are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The message is for people.
    Told,
    /// The form was not sent from a page that is known to be ours and of this visitor.
    Form,
    /// Somebody is known, and may not do it.
    Rights,
    /// It does not exist, or may not be seen.
    Hidden,
    /// A server that does not exist, or may not be entered.
    Server,
    /// A link that holds for some time, or once.
    Link,
    /// A server or service sent somebody here, and not as it should have.
    Client,
    /// Something of ours failed.
    Fault,
}

impl HttpError {
    #[must_use]
    pub fn bare(status: StatusCode) -> Self {
        Self {
            status,
            kind: Kind::Told,
            message: None,
            hint: None,
            header: None,
            detail: None,
            cause: None,
        }
    }

    #[must_use]
    pub fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            message: Some(message.into()),
            ..Self::bare(status)
        }
    }

    #[must_use]
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    #[must_use]
    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, message)
    }

    /// Nobody is signed in, or the token doesn't hold. Always 403, as JupyterHub has it.
    #[must_use]
    pub fn missing_credentials() -> Self {
        Self::forbidden("Missing or invalid credentials.")
    }

    #[must_use]
    pub fn not_found() -> Self {
        Self::bare(StatusCode::NOT_FOUND)
    }

    #[must_use]
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, message)
    }

    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    #[must_use]
    pub fn of_kind(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: impl Into<HeaderValue>) -> Self {
        self.header = Some(Box::new((name, value.into())));
        self
    }

    /// For answers that a script of a page shows to its reader.
    #[must_use]
    pub fn said_in(mut self, words: &Words) -> Self {
        self.message = self.message.map(|message| words.said(&message).into_owned());
        self
    }

    /// Something of ours failed. The cause goes to the log with the answer, the visitor learns that it was not his fault.
    #[must_use]
    pub fn internal(cause: &dyn std::fmt::Display) -> Self {
        Self {
            kind: Kind::Fault,
            cause: Some(cause.to_string().into()),
            ..Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
        }
    }

    /// Logs what failed, under the number that its page shows.
    pub fn log(&self, reference: &str) {
        if let Some(cause) = &self.cause {
            tracing::error!(cause = &**cause, reference, "a request failed");
        }
    }
}

impl IntoResponse for HttpError {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        if let Some(header) = &self.header {
            response.headers_mut().insert(header.0.clone(), header.1.clone());
        }
        response.extensions_mut().insert(self);
        response
    }
}

impl From<StoreError> for HttpError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) | StoreError::Busy => {
                tracing::error!(%error, "the database does not answer");
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "The hub can't reach its database.")
                    .hint("Running servers are not affected. Try again in a few seconds.")
                    .with_header(header::RETRY_AFTER, HeaderValue::from_static("5"))
            }
            // It was looked at before, and was not so then.
            StoreError::Conflict(_) => Self::conflict("Somebody else was quicker. Please try again."),
            other => Self::internal(&other),
        }
    }
}

/// It could not be found out who somebody is. The cause is logged by who asked.
impl From<AuthError> for HttpError {
    fn from(error: AuthError) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, error.message)
            .with_header(header::RETRY_AFTER, HeaderValue::from_static("5"))
    }
}

impl From<Denied> for HttpError {
    fn from(denied: Denied) -> Self {
        let (status, kind) = match denied {
            Denied::Forbidden(_) => (StatusCode::FORBIDDEN, Kind::Rights),
            Denied::NotFound => (StatusCode::NOT_FOUND, Kind::Hidden),
        };
        Self::new(status, denied.to_string()).of_kind(kind)
    }
}

impl From<NameError> for HttpError {
    fn from(error: NameError) -> Self {
        Self::bad_request(format!("Invalid name: {error}."))
    }
}

/// For names and texts in messages and log lines: never longer than a line.
#[must_use]
pub fn short(text: &str) -> String {
    const MOST: usize = 80;
    let line: String = text
        .chars()
        .take(MOST)
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect();
    if text.chars().nth(MOST).is_some() {
        line + "…"
    } else {
        line
    }
}
