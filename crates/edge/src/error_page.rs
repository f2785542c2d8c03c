//! What people see when a request can not be answered by its target: what happened, and what to do.

use std::{io, time::Duration};

pub(crate) mod files;
pub(crate) mod page;

use bytes::Bytes;
use http::{Response, StatusCode};
use jiff::Timestamp;
use page::{Again, Reader, Words};

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

    fn words(&self) -> Words {
        let (title, what, todo, again) = match self {
            Self::NoRoute => (
                "Nothing here",
                "No server is known for this address.".into(),
                "Check the address, or go back to the start page.",
                Again::No,
            ),
            Self::SlowHead => (
                "The request came too slowly",
                "Its headers took too long.".into(),
                "Check the network connection and try again.",
                Again::No,
            ),
            Self::Path(_) | Self::Malformed(_) | Self::Gone(_) | Self::Head(_) | Self::Body(_) => (
                "The request can not be understood",
                format!("The problem: {self}."),
                "Check the address. If a program sent it, it has to be corrected there.",
                Again::No,
            ),
            Self::Connect => (
                "This request can not be served",
                "CONNECT asks for a forward proxy, which this is not.".into(),
                "Check the program's proxy settings.",
                Again::No,
            ),
            Self::Starting(_) => (
                "The server is starting",
                "It was started a moment ago and does not answer yet.".into(),
                "This page tries again by itself every few seconds.",
                Again::Soon(3),
            ),
            Self::Unreachable(ConnectError::Timeout(_)) => (
                "The server can not be reached",
                "Where it should be, nobody answers. It may have been stopped, or the network may be down.".into(),
                "Try again in a while. If it lasts, tell your administrator.",
                Again::After(30),
            ),
            Self::Unreachable(_) => (
                "The server is not answering",
                "It may be restarting, or it was stopped. Other servers go on meanwhile.".into(),
                "This page tries again by itself. If it lasts, start the server again, or tell your administrator.",
                Again::After(10),
            ),
            Self::Lost(_) => (
                "The server broke off",
                "It took the request and closed the connection without an answer. It may be restarting, or have run out of memory.".into(),
                "Try again. If it happens again, restart the server or tell your administrator.",
                Again::After(10),
            ),
            Self::Garbled(_) | Self::Switched => (
                "The server gave an answer that makes no sense",
                "What runs there does not speak HTTP as it should.".into(),
                "Restart the server. If it lasts, tell your administrator.",
                Again::Later,
            ),
            Self::Late(_) => (
                "The server takes too long",
                "It accepted the request and has not answered in time.".into(),
                "Try again later. If it lasts, restart the server or tell your administrator.",
                Again::Later,
            ),
            Self::Stalled(_) => (
                "The upload stopped",
                "Nothing more came of the request for too long.".into(),
                "Check the network connection and try again.",
                Again::No,
            ),
            Self::TooLarge => (
                "The request is too large",
                "Its address and headers together are longer than this site takes. Mostly it is cookies.".into(),
                "Delete the cookies of this site and sign in again.",
                Again::No,
            ),
            Self::TooMany => (
                "Too many requests",
                "More requests came from your network address than this site takes at a time.".into(),
                "Wait a moment. If a program sends them, let it send fewer.",
                Again::After(10),
            ),
        };
        Words {
            title,
            what,
            todo,
            again,
        }
    }

    /// Our own answer: JSON for programs that ask for it, a small page for people.
    pub(crate) fn response(&self, reader: Reader) -> Response<Bytes> {
        self.words().response(self.status(), reader)
    }

    /// Somebody else's page instead.
    pub(crate) fn with_page(&self, page: Bytes) -> Response<Bytes> {
        self.words().wrap(self.status(), page)
    }
}
