//! The pages on which roles are seen, made, changed and given.

use serde::Serialize;

use super::NASTY;
use crate::render::Page;

/// `roles.html`: a page of the roles, and the form for a new one, sent to `action_url`.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Roles {
    pub roles: Vec<RoleLine>,
    pub may_make: bool,
    pub action_url: String,
    /// What the visitor typed, if that came to nothing.
    pub draft: RoleDraft,
    /// Why it came to nothing.
    pub problem: Option<String>,
    /// Where there are more.
    pub previous_url: Option<String>,
    pub next_url: Option<String>,
}

/// A role in the list.
#[derive(Debug, Clone, Default, Serialize)]
pub struct RoleLine {
    pub name: String,
    pub description: String,
    /// Who says what it is, in words.
    pub source: String,
    pub scopes: Vec<String>,
    pub url: String,
}

/// The fields of the forms.
#[derive(Debug, Clone, Default, Serialize)]
pub struct RoleDraft {
    pub name: String,
    pub description: String,
    /// One in each line.
    pub scopes: String,
}

/// `role.html`: one role. Its forms are sent to `action_url` with `do`: `change`, `remove`, `give` or `take`.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Role {
    pub name: String,
    pub source: String,
    pub draft: RoleDraft,
    pub may_change: bool,
    pub may_give: bool,
    /// Absent if the visitor may not see who has it.
    pub grants: Option<Vec<GrantLine>>,
    /// How many there are beside those that are shown.
    pub more_grants: i64,
    pub action_url: String,
    pub list_url: String,
    pub problem: Option<String>,
}

/// Somebody who has the role.
#[derive(Debug, Clone, Default, Serialize)]
pub struct GrantLine {
    /// `user`, `group` or `service`
    pub kind: String,
    pub name: String,
    pub granted_by: Option<String>,
    /// Times are in UTC.
    pub granted: Option<String>,
    pub expires_at: Option<String>,
}

impl Page for Roles {
    const TEMPLATE: &'static str = "roles.html";

    fn samples() -> Vec<Self> {
        let line = |name: &str, description: &str, source: &str, scopes: &[&str]| RoleLine {
            name: name.into(),
            description: description.into(),
            source: source.into(),
            scopes: scopes.iter().map(ToString::to_string).collect(),
            url: format!("/hub/admin/roles/{name}"),
        };
        let roles = vec![
            line("user", "Standard user privileges", "built in", &["self"]),
            line(
                "teacher",
                "Looks into the students' servers",
                "configuration",
                &["access:servers!group=students"],
            ),
            line("helper", "", "made by galileo", &[]),
        ];
        vec![
            Self {
                roles: roles.clone(),
                may_make: true,
                action_url: "/hub/admin/roles".into(),
                next_url: Some("/hub/admin/roles?offset=50".into()),
                ..Self::default()
            },
            Self {
                roles,
                previous_url: Some("/hub/admin/roles?offset=0".into()),
                ..Self::default()
            },
            Self {
                roles: vec![line(NASTY, NASTY, NASTY, &[NASTY])],
                may_make: true,
                action_url: "/hub/admin/roles".into(),
                draft: RoleDraft::nasty(),
                problem: Some(NASTY.into()),
                ..Self::default()
            },
        ]
    }
}

impl Page for Role {
    const TEMPLATE: &'static str = "role.html";

    fn samples() -> Vec<Self> {
        let grant = |kind: &str, name: &str, by: Option<&str>, until: Option<&str>| GrantLine {
            kind: kind.into(),
            name: name.into(),
            granted_by: by.map(Into::into),
            granted: by.map(|_| "2026-11-21 08:00 UTC".into()),
            expires_at: until.map(Into::into),
        };
        let role = |name: &str| Self {
            name: name.into(),
            source: "made by galileo".into(),
            draft: RoleDraft {
                name: name.into(),
                description: "Looks after servers at night".into(),
                scopes: "list:users\nservers!group=students".into(),
            },
            action_url: format!("/hub/admin/roles/{name}"),
            list_url: "/hub/admin/roles".into(),
            ..Self::default()
        };
        vec![
            Self {
                may_change: true,
                may_give: true,
                grants: Some(vec![
                    grant("group", "night-watch", Some("galileo"), Some("2026-12-24 18:00 UTC")),
                    grant("user", "kepler", None, None),
                ]),
                more_grants: 12,
                ..role("night-helper")
            },
            Self {
                may_give: true,
                grants: Some(Vec::new()),
                ..role("teacher")
            },
            role("user"),
            Self {
                name: NASTY.into(),
                source: NASTY.into(),
                draft: RoleDraft::nasty(),
                may_change: true,
                may_give: true,
                grants: Some(vec![grant("user", NASTY, Some(NASTY), Some(NASTY))]),
                problem: Some(NASTY.into()),
                ..role("nasty")
            },
        ]
    }
}

impl RoleDraft {
    fn nasty() -> Self {
        Self {
            name: NASTY.into(),
            description: NASTY.into(),
            scopes: NASTY.into(),
        }
    }
}
