//! The refusals of operations, for the API's description: `responses((status = 200, ...), NotFound, Conflict)`. What any
//! operation may answer (403 without credentials, 503 without a database) is added to all of them, see [`super::openapi`].

use serde::Serialize;
use utoipa::{IntoResponses, ToSchema};

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
        pub(super) struct $name(#[to_schema] Refusal);
    )+};
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
}
