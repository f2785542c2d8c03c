//! What the API tells of things: one typed model per kind, whose fields appear only to those whose scopes allow it.
//!
//! A field that may be missing is an `Option`; one that may be missing or `null` is an `Option` in an `Option`.

mod group;
mod role;
mod server;
mod service;
mod share;
mod token;
mod user;

use jiff::Timestamp;
use jiff::fmt::temporal::DateTimePrinter;
use perijove_model::escape;
use perijove_store::spawners::Spawner;
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

pub use group::{GroupModel, group, groups};
pub use role::{GrantModel, RoleModel};
pub use server::{ServerModel, server};
pub use service::{ServiceModel, service, services};
pub use share::{NewShareCode, ShareCodeModel, ShareModel, accept_url, new_share_code, share, share_codes, shares};
pub use token::{TokenModel, tokens};
pub use user::{Around, UserModel, around, known, user, users};

/// ISO 8601 in UTC with microseconds, as everywhere in the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, format = DateTime)]
pub struct Time(pub Timestamp);

const PRINTER: DateTimePrinter = DateTimePrinter::new().precision(Some(6));

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&time(self.0))
    }
}

/// The same as text, for pages.
#[must_use]
pub fn time(at: Timestamp) -> String {
    PRINTER.timestamp_to_string(&at)
}

/// `/hub/api/users/NAME/server`, or `.../servers/SERVER`.
#[must_use]
pub fn server_api(prefix: &str, user: &str, server: &str) -> String {
    let user = escape::segment(user);
    match server {
        "" => format!("{prefix}api/users/{user}/server"),
        server => format!("{prefix}api/users/{user}/servers/{}", escape::segment(server)),
    }
}

#[must_use]
pub fn is_active(server: &Spawner) -> bool {
    server.run.phase.is_active()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_microseconds() {
        let text = |text: &str| time(text.parse().unwrap());
        assert_eq!(text("2026-11-21T06:03:52.824302Z"), "2026-11-21T06:03:52.824302Z");
        assert_eq!(text("2026-11-21T06:03:52Z"), "2026-11-21T06:03:52.000000Z");
        assert_eq!(text("1970-01-01T00:00:00.5Z"), "1970-01-01T00:00:00.500000Z");
    }
}
