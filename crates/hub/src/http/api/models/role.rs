//! The models of a role and of the fact that somebody has it.

use perijove_store::roles::{Grant, Role, Source};
use serde::Serialize;
use utoipa::ToSchema;

use super::Time;
use crate::http::role_changes::Kind;

/// A role and what it allows.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoleModel {
    /// `role`
    kind: &'static str,
    name: String,
    description: String,
    /// As they were written: sub-scopes are not listed.
    scopes: Vec<String>,
    /// Who says what the role is: `built-in`, `configuration`, `authenticator`, or `hub` for one made at run time.
    source: &'static str,
    /// When it was made, if that was at run time.
    #[schema(value_type = Option<Time>)]
    created: Option<Time>,
    /// By whom.
    created_by: Option<String>,
}

impl From<Role> for RoleModel {
    fn from(role: Role) -> Self {
        Self {
            kind: "role",
            name: role.name,
            description: role.description,
            scopes: role.scopes,
            source: match role.source {
                Source::BuiltIn => "built-in",
                Source::Configuration => "configuration",
                Source::Authenticator => "authenticator",
                Source::Hub => "hub",
            },
            created: role.created.map(Time),
            created_by: role.created_by,
        }
    }
}

/// That somebody has a role.
#[derive(Debug, Serialize, ToSchema)]
pub struct GrantModel {
    /// `user`, `group` or `service`
    kind: &'static str,
    name: String,
    /// When it was given, if that was at run time.
    #[schema(value_type = Option<Time>)]
    granted: Option<Time>,
    /// By whom.
    granted_by: Option<String>,
    /// Until when, if it has an end.
    #[schema(value_type = Option<Time>)]
    expires_at: Option<Time>,
}

impl From<Grant> for GrantModel {
    fn from(grant: Grant) -> Self {
        Self {
            kind: Kind::of(grant.member).name(),
            name: grant.name,
            granted: grant.granted.map(Time),
            granted_by: grant.granted_by,
            expires_at: grant.expires_at.map(Time),
        }
    }
}
