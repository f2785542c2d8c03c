//! What goes into the audit log, and how a handler writes it: in the transaction of the act, so that there is neither an
//! act without an entry nor an entry without an act.

mod configuration;
mod follow;
mod refusals;

use std::net::IpAddr;

use perijove_model::Clock;
use perijove_store::audit;
use perijove_store::{Post, StoreError};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::Hub;
use crate::http::api::models;
use crate::http::error::Result;
use crate::http::visitor::{ClientNames, Principal, Via, Who};
use crate::signin;

pub use configuration::note as note_configuration;
pub use follow::Follow;
pub use refusals::{Refusals, flush as flush_refusals, keep as keep_refusals, refused, turned_away};

/// Every act that is audited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Act {
    SignedIn,
    /// Also a code, a link, a header or a word from elsewhere that did not hold, and a wait that began.
    SignInRefused,
    SignedOut,
    TokenMade,
    TokenRevoked,
    UserMade,
    UserChanged,
    UserRemoved,
    GroupMade,
    GroupChanged,
    GroupRemoved,
    RoleMade,
    RoleChanged,
    RoleRemoved,
    RoleGranted,
    RoleWithdrawn,
    ServiceMade,
    ServiceChanged,
    ServiceToken,
    ServiceRemoved,
    ShareGranted,
    ShareRevoked,
    ShareCodeMade,
    ShareCodeRevoked,
    ShareAccepted,
    /// Somebody went into a server that is not their own.
    ServerEntered,
    /// Somebody started, stopped or changed a server that is not their own.
    ServerManaged,
    /// Somebody began to act as somebody else, or has stopped.
    ActingBegun,
    ActingEnded,
    /// The hub stopped a server that nobody used, or that had run for long enough.
    ServerCulled,
    ProxyChanged,
    ShutDown,
    /// Starts of servers were switched off or on.
    Drained,
    ConfigurationChanged,
    /// An environment was built or removed, or its extensions were changed.
    EnvironmentChanged,
    /// A one-time link was made: to set up the first administrator, or to choose a password.
    LinkMade,
    LinkUsed,
    /// A passkey has counted less than before: there are two of it.
    PasskeyCopied,
    /// Somebody has let a program without a browser have a token, or has turned it down.
    DeviceAnswered,
    /// Whoever has the link of an invitation can make an account.
    InvitationMade,
    InvitationRevoked,
    /// A letter could not be sent, and is not tried any more.
    MailDropped,
    /// Somebody has asked for an account.
    SignUpAsked,
    SignUpRefused,
    /// Nobody lets them in.
    SignUpDiscarded,
    /// Accounts with passwords that another program left were made accounts here.
    AccountsTakenOver,
    HomeRestored,
    HomePurged,
    /// Somebody said where a home's files are now, or that they are lost.
    HomeChanged,
    AnnouncementMade,
    AnnouncementChanged,
    AnnouncementRemoved,
}

impl Act {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SignedIn => "sign-in",
            Self::SignInRefused => "sign-in.refused",
            Self::SignedOut => "sign-out",
            Self::TokenMade => "token.made",
            Self::TokenRevoked => "token.revoked",
            Self::UserMade => "user.made",
            Self::UserChanged => "user.changed",
            Self::UserRemoved => "user.removed",
            Self::GroupMade => "group.made",
            Self::GroupChanged => "group.changed",
            Self::GroupRemoved => "group.removed",
            Self::RoleMade => "role.made",
            Self::RoleChanged => "role.changed",
            Self::RoleRemoved => "role.removed",
            Self::RoleGranted => "role.granted",
            Self::RoleWithdrawn => "role.withdrawn",
            Self::ServiceMade => "service.made",
            Self::ServiceChanged => "service.changed",
            Self::ServiceToken => "service.token",
            Self::ServiceRemoved => "service.removed",
            Self::ShareGranted => "share.granted",
            Self::ShareRevoked => "share.revoked",
            Self::ShareCodeMade => "share-code.made",
            Self::ShareCodeRevoked => "share-code.revoked",
            Self::ShareAccepted => "share.accepted",
            Self::ServerEntered => "server.entered",
            Self::ServerManaged => "server.managed",
            Self::ActingBegun => "acting.begun",
            Self::ActingEnded => "acting.ended",
            Self::ServerCulled => "server.culled",
            Self::ProxyChanged => "proxy.changed",
            Self::ShutDown => "hub.shut-down",
            Self::Drained => "hub.drained",
            Self::ConfigurationChanged => "configuration.changed",
            Self::EnvironmentChanged => "environment.changed",
            Self::LinkMade => "link.made",
            Self::LinkUsed => "link.used",
            Self::PasskeyCopied => "passkey.copied",
            Self::DeviceAnswered => "device.answered",
            Self::InvitationMade => "invitation.made",
            Self::InvitationRevoked => "invitation.revoked",
            Self::MailDropped => "mail.dropped",
            Self::SignUpAsked => "sign-up.asked",
            Self::SignUpRefused => "sign-up.refused",
            Self::SignUpDiscarded => "sign-up.discarded",
            Self::AccountsTakenOver => "accounts.taken-over",
            Self::HomeRestored => "home.restored",
            Self::HomePurged => "home.purged",
            Self::HomeChanged => "home.changed",
            Self::AnnouncementMade => "announcement.made",
            Self::AnnouncementChanged => "announcement.changed",
            Self::AnnouncementRemoved => "announcement.removed",
        }
    }
}

/// Who did it, where it was no request with a credential that is in force.
#[derive(Debug, Clone)]
pub struct Actor {
    kind: &'static str,
    name: String,
    via: String,
    address: String,
}

impl Actor {
    /// Somebody who has just shown who they are.
    #[must_use]
    pub fn user(name: &str, via: &str, from: IpAddr) -> Self {
        Self {
            kind: "user",
            name: name.to_owned(),
            via: via.to_owned(),
            address: from.to_string(),
        }
    }

    /// Somebody who has not.
    #[must_use]
    pub fn nobody(from: IpAddr) -> Self {
        Self {
            kind: "nobody",
            name: String::new(),
            via: String::new(),
            address: from.to_string(),
        }
    }

    /// An OAuth client: a service, or somebody's server, which acts for them.
    #[must_use]
    pub fn client(identifier: &str, names: Option<&ClientNames>, from: IpAddr) -> Self {
        let (kind, name) = match names {
            Some(ClientNames::Server { user, .. }) => ("user", user.as_str()),
            Some(ClientNames::Service(name)) => ("service", name.as_str()),
            None => ("nobody", ""),
        };
        Self {
            kind,
            name: name.to_owned(),
            via: format!("client {identifier}"),
            address: from.to_string(),
        }
    }

    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The hub by itself, for its configuration says so.
    #[must_use]
    pub fn hub() -> Self {
        Self {
            kind: "hub",
            name: String::new(),
            via: "configuration".to_owned(),
            address: String::new(),
        }
    }

    /// The hub by itself, when somebody's time is over.
    #[must_use]
    pub fn culler() -> Self {
        Self {
            via: "culler".to_owned(),
            ..Self::hub()
        }
    }

    /// Whoever may run `perijove` beside the database, by the name of their account on that machine.
    #[must_use]
    pub fn command(account: Option<&str>) -> Self {
        Self {
            kind: "command",
            name: account.unwrap_or_default().to_owned(),
            via: "command line".to_owned(),
            address: String::new(),
        }
    }
}

impl From<&Principal> for Actor {
    fn from(by: &Principal) -> Self {
        Self {
            kind: match by.who {
                Who::User(_) => "user",
                Who::Service(_) => "service",
            },
            name: by.acting.as_ref().map_or(by.name(), |acting| &acting.name).to_owned(),
            via: match &by.via {
                Via::Session(_) if by.acting.is_some() => format!("acting as {}", by.name()),
                Via::Session(_) => "session".to_owned(),
                Via::Token(token) => format!("token a{}", token.id),
                Via::Password => signin::PASSWORD.to_owned(),
            },
            address: by.remote.to_string(),
        }
    }
}

/// Writes that `by` did this to `target` (`user ada`, `server ada/lab`, `group staff`). `detail` holds no secrets.
pub async fn record(hub: &Hub, db: &impl Post, by: &Principal, act: Act, target: &str, detail: Value) -> Result<()> {
    Ok(record_as(hub, db, &by.into(), act, target, detail).await?)
}

/// As [`record`], where nobody's request did it.
pub async fn record_as(
    hub: &Hub,
    db: &impl Post,
    by: &Actor,
    act: Act,
    target: &str,
    detail: Value,
) -> std::result::Result<(), StoreError> {
    write(db, &*hub.clock, by, act, target, detail).await?;
    hub.metrics.audit_entries.count();
    Ok(())
}

/// As [`record_as`], without a hub: for the command line.
pub async fn write(
    db: &impl Post,
    clock: &dyn Clock,
    by: &Actor,
    act: Act,
    target: &str,
    detail: Value,
) -> std::result::Result<(), StoreError> {
    let entry = audit::Entry {
        act: act.name(),
        actor_kind: by.kind,
        actor: &line(&by.name),
        via: &line(&by.via),
        address: &by.address,
        target: &line(target),
        detail: &bounded(detail),
    };
    audit::append(db, &entry, clock.now()).await
}

/// An act, by whom, and from where: as programs read it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditEntry)]
pub struct Entry {
    id: i64,
    at: String,
    act: String,
    /// `user`, `service`, `hub`, `command` or `nobody`.
    actor_kind: String,
    actor: String,
    /// The credential: `session`, `token a12`, `password`.
    via: String,
    address: String,
    /// `user ada`, `server ada/lab`, `group staff`.
    target: String,
    detail: Value,
}

impl From<audit::Record> for Entry {
    fn from(record: audit::Record) -> Self {
        Self {
            id: record.id,
            at: models::time(record.at),
            act: record.act,
            actor_kind: record.actor_kind,
            actor: record.actor,
            via: record.via,
            address: record.address,
            target: record.target,
            detail: record.detail,
        }
    }
}

impl Entry {
    /// As a line of JSON, with its end.
    #[must_use]
    pub fn line(&self) -> String {
        serde_json::to_string(self).unwrap_or_default() + "\n"
    }
}

/// Names may be long, but each is one line of a bounded length.
fn line(text: &str) -> String {
    const MOST: usize = 255;
    let printable = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    text.chars().take(MOST).map(printable).collect()
}

/// What is too much to keep is not kept at all: a part could say the opposite.
fn bounded(detail: Value) -> Value {
    const MOST: usize = 4096;
    match detail.to_string().len() {
        0..=MOST => detail,
        bytes => json!({ "too_long": bytes }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_entry_is_longer_than_a_screen() {
        assert_eq!(line("ada\n\0"), "ada\u{fffd}\u{fffd}");
        assert_eq!(line(&"é".repeat(1000)).chars().count(), 255);
        assert_eq!(bounded(json!({ "a": 1 })), json!({ "a": 1 }));
        assert_eq!(bounded(json!("x".repeat(5000))), json!({ "too_long": 5002 }));
    }
}
