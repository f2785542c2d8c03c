//! What goes into the audit log, and how a handler writes it: in the transaction of the act, so that there is neither an
//! act without an entry nor an entry without an act.

use perijove_store::{Db, audit};
use serde_json::Value;

use crate::Hub;
use crate::http::error::{Result, short};
use crate::http::visitor::{Principal, Via, Who};

/// Every act that is audited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    SignedIn,
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
    ProxyChanged,
    ShutDown,
    ConfigurationChanged,
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
            Self::ServiceRemoved => "service.removed",
            Self::ShareGranted => "share.granted",
            Self::ShareRevoked => "share.revoked",
            Self::ShareCodeMade => "share-code.made",
            Self::ShareCodeRevoked => "share-code.revoked",
            Self::ShareAccepted => "share.accepted",
            Self::ServerEntered => "server.entered",
            Self::ServerManaged => "server.managed",
            Self::ProxyChanged => "proxy.changed",
            Self::ShutDown => "hub.shut-down",
            Self::ConfigurationChanged => "configuration.changed",
        }
    }
}

/// Writes that `by` did this to `target` (`user ada`, `server ada/lab`, `group staff`). `detail` holds no secrets.
pub async fn record(hub: &Hub, db: &impl Db, by: &Principal, act: Act, target: &str, detail: Value) -> Result<()> {
    let via = match &by.via {
        Via::Session(_) => "session".to_owned(),
        Via::Token(token) => format!("token a{}", token.id),
    };
    let entry = audit::Entry {
        act: act.name(),
        actor_kind: match by.who {
            Who::User(_) => "user",
            Who::Service(_) => "service",
        },
        actor: by.name(),
        via: &via,
        address: &by.remote.to_string(),
        target: &short(target),
        detail: &detail,
    };
    Ok(audit::append(db, &entry, hub.clock.now()).await?)
}
