//! What people see when a request can not be answered by its target: what happened, and what to do.

use std::{io, time::Duration};

mod details;
pub(crate) mod files;
pub(crate) mod language;
pub(crate) mod page;
pub(crate) mod texts;

use bytes::Bytes;
use http::{Response, StatusCode};
use jiff::Timestamp;
use page::{Again, Reader, Words};
use texts::{ALL, Texts};

use crate::{
    http1::{answer::BadAnswer, framing::BadBody, head::BadHead},
    observe::Event,
    routes::{path::BadPath, table::Route},
    upstream::ConnectError,
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
    #[error("the target is new and does not accept connections yet: {0}")]
    Starting(ConnectError),
    #[error("the target closed the connection before it answered: {0}")]
    Lost(io::Error),
    #[error("the target's answer is not HTTP: {0}")]
    Garbled(#[from] BadAnswer),
    #[error("the target changed the protocol without being asked")]
    Switched,
    #[error("the target did not answer within {0:?}")]
    Late(Duration),
    #[error("nothing came for {0:?} in the middle of the request's body")]
    Stalled(Duration),
    #[error("{0}")]
    Gone(String),
    #[error("its head makes no sense: {0}")]
    Head(BadHead),
    #[error("its head did not come in time")]
    SlowHead,
    #[error("its body makes no sense: {0}")]
    Body(BadBody),
    #[error("the request's head is too large")]
    TooLarge,
    #[error("too many requests from one client")]
    TooMany,
}

impl From<BadHead> for Failure {
    fn from(error: BadHead) -> Self {
        match error {
            BadHead::TooMany => Self::TooLarge,
            other => Self::Head(other),
        }
    }
}

impl Failure {
    /// What is counted of a request that was refused for what it is.
    pub(crate) fn counted(&self) -> Option<Event> {
        match self {
            Self::SlowHead => Some(Event::RefusedSlow),
            Self::Path(_) | Self::Malformed(_) | Self::Head(_) | Self::Body(_) | Self::TooLarge => {
                Some(Event::RefusedRequest)
            }
            _ => None,
        }
    }

    /// The client's connection failed.
    pub(crate) fn gone(error: io::Error) -> Self {
        Self::Gone(format!("the client's connection failed: {error}"))
    }

    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::NoRoute => StatusCode::NOT_FOUND,
            Self::Path(_) | Self::Malformed(_) | Self::Gone(_) | Self::Head(_) | Self::Body(_) => {
                StatusCode::BAD_REQUEST
            }
            Self::Connect => StatusCode::METHOD_NOT_ALLOWED,
            Self::Unreachable(ConnectError::Timeout(_)) | Self::Late(_) => StatusCode::GATEWAY_TIMEOUT,
            Self::Unreachable(_) | Self::Starting(_) | Self::Lost(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Garbled(_) | Self::Switched => StatusCode::BAD_GATEWAY,
            Self::Stalled(_) | Self::SlowHead => StatusCode::REQUEST_TIMEOUT,
            Self::TooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
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

    /// If the target has just been made known and was never used, it is not away: it has not come up yet.
    pub(crate) fn at(self, route: &Route, now: Timestamp) -> Self {
        match self {
            Self::Unreachable(error) if route.is_new(now) => Self::Starting(error),
            other => other,
        }
    }

    fn words(&self, texts: &'static Texts) -> Words {
        let (said, again) = match self {
            Self::NoRoute => (&texts.nothing, Again::No),
            Self::SlowHead => (&texts.slow_head, Again::No),
            Self::Path(_) | Self::Malformed(_) | Self::Gone(_) | Self::Head(_) | Self::Body(_) => {
                (&texts.unclear, Again::No)
            }
            Self::Connect => (&texts.proxy, Again::No),
            Self::Starting(_) => (&texts.starting, Again::Soon(3)),
            Self::Unreachable(ConnectError::Timeout(_)) => (&texts.out_of_reach, Again::After(30)),
            Self::Unreachable(_) => (&texts.silent, Again::After(10)),
            Self::Lost(_) => (&texts.lost, Again::After(10)),
            Self::Garbled(_) | Self::Switched => (&texts.garbled, Again::Later),
            Self::Late(_) => (&texts.late, Again::Later),
            Self::Stalled(_) => (&texts.stalled, Again::No),
            Self::TooLarge => (&texts.large, Again::No),
            Self::TooMany => (&texts.many, Again::After(10)),
        };
        let [title, what, todo] = *said;
        let what = match what {
            "" => format!(
                "{}{}{}",
                texts.problem,
                details::told(self.to_string(), texts),
                texts.stop
            )
            .into(),
            what => what.into(),
        };
        Words {
            title,
            what,
            todo,
            again,
        }
    }

    /// Our own answer: JSON for programs that ask for it, in English, and a small page for people.
    pub(crate) fn response(&self, reader: Reader, texts: &'static Texts, reference: Option<&str>) -> Response<Bytes> {
        let texts = match reader {
            Reader::Program => &ALL[0],
            Reader::Person { .. } => texts,
        };
        self.words(texts).response(self.status(), reader, texts, reference)
    }

    /// Somebody else's page instead.
    pub(crate) fn with_page(&self, page: Bytes) -> Response<Bytes> {
        self.words(&ALL[0]).wrap(self.status(), page)
    }
}
