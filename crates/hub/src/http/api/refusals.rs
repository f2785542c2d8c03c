//! The refusals of operations, for the API's description: `responses((status = 200, ...), NotFound, Conflict)`. What any
//! operation may answer (403 without credentials, 503 without a database) is added to all of them, see [`common`].

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{RefOr, Response};
use utoipa::{IntoResponses, PartialSchema, ToSchema};

/// The body of every refusal.
#[derive(Serialize, ToSchema)]
pub(super) struct Refusal {
    /// The HTTP status, once more.
    status: u16,
    /// What is wrong.
    message: Option<String>,
}

macro_rules! refusals {
    ($($(#[doc = $doc:literal])+ $name:ident $status:literal,)+) => {$(
        $(#[doc = $doc])+
        #[derive(IntoResponses)]
        #[response(status = $status)]
        #[expect(dead_code, reason = "it describes, nobody makes one")]
        pub(super) struct $name(Refusal);
    )+

    /// All of them, by name.
    pub(super) fn all() -> Vec<(&'static str, BTreeMap<String, RefOr<Response>>)> {
        vec![$((stringify!($name), $name::responses())),+]
    }};
}

refusals! {
    /// The request is not understood: its body, its query, or what it asks for.
    BadRequest 400,
    /// There is no such thing, or the caller may not know of it.
    NotFound 404,
    /// Not with this method on this one.
    NotAllowed 405,
    /// There is such a thing already.
    Conflict 409,
    /// Too much at this moment.
    TooMany 429,
    /// It did not start; the message says why.
    StartFailed 500,

    /// The caller is nobody, or may not do it.
    Forbidden 403,
    /// The body of the request did not arrive in time.
    TooSlow 408,
    /// The body of the request is larger than 1 MiB.
    TooLarge 413,
    /// The hub can't do it at this moment: its database is away, or too many large requests arrive. Try again.
    Unavailable 503,
}

/// The statuses that any operation may answer with; 403 is for those that ask who is there.
pub(super) fn common(asks_who: bool) -> &'static [&'static str] {
    if asks_who {
        &["400", "403", "408", "413", "503"]
    } else {
        &["400", "408", "413", "503"]
    }
}

/// What the refusals above refer to.
pub(super) fn schemas() -> [(String, RefOr<Schema>); 1] {
    [(Refusal::name().into_owned(), Refusal::schema())]
}
