//! The audit log, for whoever may read it.

use serde::Serialize;

use super::NASTY;
use crate::render::Page;

/// `admin-audit.html`: what was done, the latest first.
#[derive(Debug, Clone, Default, Serialize)]
pub struct AuditLog {
    pub asked: AuditQuery,
    pub entries: Vec<AuditRow>,
    pub list_url: String,
    /// All that the filters ask for, as JSON lines.
    pub export_url: String,
    pub next_url: Option<String>,
    pub first_url: Option<String>,
    pub problem: Option<String>,
}

/// Which entries were asked for; empty texts are no filters. Times as fields for dates and times have them, in UTC.
#[derive(Debug, Clone, Default, Serialize)]
pub struct AuditQuery {
    pub act: String,
    pub actor: String,
    pub target: String,
    pub address: String,
    pub since: String,
    pub until: String,
}

/// An entry; each address is the list with this filter.
#[derive(Debug, Clone, Default, Serialize)]
pub struct AuditRow {
    pub id: i64,
    /// In ISO 8601.
    pub at: String,
    pub act: String,
    pub act_url: String,
    /// `user`, `service`, `hub`, `command` or `nobody`
    pub actor_kind: String,
    pub actor: String,
    pub actor_url: String,
    pub via: String,
    pub address: String,
    pub address_url: String,
    pub target: String,
    pub target_url: String,
    /// What else is known, by name.
    pub detail: Vec<(String, String)>,
}

impl Page for AuditLog {
    const TEMPLATE: &'static str = "admin-audit.html";

    fn samples() -> Vec<Self> {
        let row = |act: &str, text: &str| AuditRow {
            id: 7,
            at: "2026-11-21T08:15:30Z".into(),
            act: act.into(),
            act_url: "/hub/admin/audit?act=token.made".into(),
            actor_kind: "user".into(),
            actor: text.into(),
            actor_url: "/hub/admin/audit?actor=ada".into(),
            via: "session".into(),
            address: "192.0.2.7".into(),
            address_url: "/hub/admin/audit?address=192.0.2.7".into(),
            target: format!("user {text}"),
            target_url: "/hub/admin/audit?target=user".into(),
            detail: vec![("note".into(), text.into()), ("scopes".into(), "[\"inherit\"]".into())],
        };
        let empty = Self {
            list_url: "/hub/admin/audit".into(),
            export_url: "/hub/admin/audit/export".into(),
            ..Self::default()
        };
        let nobody = AuditRow {
            actor_kind: "nobody".into(),
            actor: String::new(),
            address: String::new(),
            target: String::new(),
            detail: Vec::new(),
            ..row("sign-in.refused", "")
        };
        vec![
            Self {
                entries: vec![row("token.made", "ada"), nobody],
                next_url: Some("/hub/admin/audit?after=7".into()),
                first_url: Some("/hub/admin/audit".into()),
                ..empty.clone()
            },
            empty.clone(),
            Self {
                asked: AuditQuery {
                    act: NASTY.into(),
                    actor: NASTY.into(),
                    target: NASTY.into(),
                    address: NASTY.into(),
                    since: "2026-11-21T08:15".into(),
                    until: "2026-11-21T08:15".into(),
                },
                entries: vec![row(NASTY, NASTY)],
                problem: Some(NASTY.into()),
                ..empty
            },
        ]
    }
}
