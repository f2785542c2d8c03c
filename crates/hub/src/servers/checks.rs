//! What is asked before a wish is taken, and the refusals in the contract's words.

use std::time::Duration;

use http::StatusCode;
use perijove_model::ServerName;
use perijove_spawn::SpawnError;
use perijove_store::spawners::{self, Spawner};
use perijove_store::users::User;
use perijove_store::{StoreError, Tx, drain};
use serde_json::{Value, json};

use crate::Hub;
use crate::http::visitor::Principal;
use crate::metrics::Spawned;
use crate::offers::{
    Exceeded, Unavailable, Use,
    words::{quantity, told},
};

/// Why a wish is not taken. The text is for the person, the status from the contract.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error("{0} is already running")]
    Running(String),
    #[error("{0} is pending stop")]
    Stopping(String),
    #[error("Too many users trying to log in right now. Try again in {} seconds.", round_up(*.retry_after))]
    Throttled { retry_after: u32 },
    #[error("Active user limit exceeded. Try again in a few minutes.")]
    Full,
    #[error("No server starts at the moment: {0}")]
    Drained(String),
    #[error("Named servers are not enabled.")]
    NoNamed,
    #[error(
        "User {user} already has the maximum of {limit} named servers.  One must be deleted before a new server can be created"
    )]
    TooManyNamed { user: String, limit: u32 },
    #[error("Invalid server_name: {}", repr(.0))]
    BadName(String),
    #[error("Starting invalid server_name {} is disabled, contact your administrator", repr(.0))]
    OldName(String),
    #[error("Invalid display_name: {}", repr(.0))]
    BadDisplayName(String),
    #[error("{}", already(.user, .server))]
    Exists { user: String, server: String },
    #[error("User {user} has no such server {}", repr(.server))]
    Unknown { user: String, server: String },
    #[error("{0} is active. Please stop it before modifying it.")]
    Active(String),
    #[error("{0}")]
    OverQuota(String),
    #[error("{0} has to sign in again before a server can start.")]
    SignInAgain(String),
    #[error("Cannot delete the default server")]
    RemoveDefault,
    #[error("{0}")]
    Unavailable(Box<Unavailable>),
    #[error("{0}")]
    Exceeded(Box<Exceeded>),
    #[error("{0}")]
    Backend(SpawnError),
    #[error("the database can't be used now: {0}")]
    Store(#[from] StoreError),
}

impl Refused {
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Throttled { .. } | Self::Full => StatusCode::TOO_MANY_REQUESTS,
            Self::Exists { .. } => StatusCode::CONFLICT,
            Self::Unknown { .. } => StatusCode::NOT_FOUND,
            Self::OverQuota(_) | Self::SignInAgain(_) => StatusCode::FORBIDDEN,
            Self::Store(_) | Self::Drained(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Unavailable(why) => match **why {
                Unavailable::Nothing { .. } | Unavailable::Profile { .. } => StatusCode::FORBIDDEN,
                _ => StatusCode::BAD_REQUEST,
            },
            Self::Exceeded(why) if why.for_good() => StatusCode::FORBIDDEN,
            Self::Exceeded(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Backend(error) => StatusCode::from_u16(error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            _ => StatusCode::BAD_REQUEST,
        }
    }

    /// What programs are told besides the message.
    #[must_use]
    pub fn detail(&self) -> Option<(&'static str, Value)> {
        let Self::Exceeded(why) = self else { return None };
        let called = |one: &Use| json!({ "name": one.server, "display_name": one.called, "stopping": one.stopping });
        Some((
            "limit",
            json!({
                "quantity": quantity(why.quantity),
                "group": why.group,
                "user": why.user,
                "allowed": told(why.quantity, why.allowed),
                "used": told(why.quantity, why.used),
                "wanted": told(why.quantity, why.wanted),
                "servers": why.by.iter().map(called).collect::<Vec<_>>(),
                "servers_of_others": why.others,
                "stop": why.to_stop().iter().map(|one| &one.server).collect::<Vec<_>>(),
                "again_at": why.again.map(|again| again.to_string()),
            }),
        ))
    }

    /// Seconds for the header `Retry-After`.
    #[must_use]
    pub fn retry_after(&self) -> Option<u32> {
        match self {
            Self::Throttled { retry_after } => Some(*retry_after),
            _ => None,
        }
    }
}

fn round_up(seconds: u32) -> u32 {
    seconds.div_ceil(10) * 10
}

fn already(user: &str, server: &str) -> String {
    match server {
        "" => format!("User {user} already has a default server"),
        server => format!("User {user} already has server {server}"),
    }
}

/// Text in quotes on one line, as JupyterHub's messages have it.
fn repr(text: &str) -> String {
    const MOST: usize = 100;
    let mut line = String::from("'");
    for c in text.chars().take(MOST) {
        match c {
            '\'' | '\\' => line.extend(['\\', c]),
            '\n' => line.push_str("\\n"),
            '\r' => line.push_str("\\r"),
            '\t' => line.push_str("\\t"),
            c if c.is_control() => line.push('\u{fffd}'),
            c => line.push(c),
        }
    }
    line.push('\'');
    line
}

/// Whether a named server of this name may be used; `exists`: there is one.
pub(super) fn name(hub: &Hub, name: &str, exists: bool) -> Result<(), Refused> {
    if !hub.config.hub.allow_named_servers {
        return Err(Refused::NoNamed);
    }
    let slug = !name.is_empty() && ServerName::try_from(name).is_ok();
    match (slug || name.is_empty(), exists) {
        (true, _) => Ok(()),
        (false, false) => Err(Refused::BadName(name.to_owned())),
        // Names from before the rule may go on, unless that is not wanted.
        (false, true) if hub.config.hub.allow_invalid_named_server_start => Ok(()),
        (false, true) => Err(Refused::OldName(name.to_owned())),
    }
}

/// Whether a server of this name may be started at all.
pub fn check_name(hub: &Hub, server: &ServerName, found: Option<&Spawner>) -> Result<(), Refused> {
    match server.is_default() {
        true => Ok(()),
        false => name(hub, server.as_str(), found.is_some()),
    }
}

/// The display name in its normal form.
pub(super) fn display_name(text: &str) -> Result<String, Refused> {
    perijove_model::names::display_name(text).ok_or_else(|| Refused::BadDisplayName(text.to_owned()))
}

/// Checks both names; gives the display name that is to be set, if one is.
pub(super) fn names(
    hub: &Hub,
    server: &ServerName,
    found: Option<&Spawner>,
    typed: Option<&str>,
) -> Result<Option<String>, Refused> {
    check_name(hub, server, found)?;
    match typed.filter(|text| !text.is_empty()) {
        None if server.is_default() || found.is_some() => Ok(None),
        None => Ok(Some(server.as_str().to_owned())),
        Some(text) => display_name(text).map(Some),
    }
}

/// Whether the person may have one more named server; administrators who ask may have another limit.
pub(super) async fn named_limit(
    hub: &Hub,
    tx: &Tx,
    by: Option<&Principal>,
    user: &User,
    name: &str,
) -> Result<(), Refused> {
    let limit = hub.config.hub.named_server_limit(by.is_some_and(|by| by.is_admin()));
    if limit == 0 || name.is_empty() || spawners::get(tx, user.id, name).await?.is_some() {
        return Ok(());
    }
    if spawners::count_named(tx, user.id).await? >= i64::from(limit) {
        return Err(Refused::TooManyNamed {
            user: user.name.clone(),
            limit,
        });
    }
    Ok(())
}

/// What people are told where whoever drained the hub has said nothing.
const DRAINED: &str = "the hub is being looked after. Servers that run go on. Try again later.";

/// Whether there is room for one more start.
pub(super) async fn room(hub: &Hub, tx: &Tx) -> Result<(), Refused> {
    if let Some(drain) = drain::get(tx).await? {
        hub.metrics.spawned(Spawned::Failure, "drained", Duration::ZERO);
        let why = match drain.message.is_empty() {
            true => DRAINED.to_owned(),
            false => drain.message,
        };
        return Err(Refused::Drained(why));
    }
    let counts = spawners::active_counts(tx).await?;
    let config = &hub.config.hub;
    let reached = |count: i64, limit: u32| limit > 0 && count >= i64::from(limit);
    let refused = |reason| hub.metrics.spawned(Spawned::Failure, reason, Duration::ZERO);
    if reached(counts.pending, config.concurrent_spawn_limit) {
        refused("throttled");
        return Err(Refused::Throttled {
            retry_after: 30 + hub.rng.below(31),
        });
    }
    if reached(counts.active, config.active_server_limit) {
        refused("too-many-users");
        return Err(Refused::Full);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::repr;

    #[test]
    fn names_in_messages_stay_on_their_line() {
        assert_eq!(repr("<!\n>"), "'<!\\n>'");
        assert_eq!(repr("it's"), "'it\\'s'");
        assert_eq!(repr(&"x".repeat(500)).len(), 102);
    }
}
