//! The pages on which people share a server, and accept an invitation to somebody else's.

use serde::Serialize;

use super::{NASTY, ScopeLine};
use crate::render::Page;

/// `accept-share.html`. The form is sent to `action_url`, the page's own address, with `_xsrf` and `code`.
#[derive(Debug, Clone, Serialize)]
pub struct AcceptShare {
    pub code: String,
    pub owner: Named,
    /// Its name is empty for the default server.
    pub spawner: Named,
    pub spawner_ready: bool,
    pub spawner_url: String,
    /// What the visitor will be allowed to do there.
    pub scope_descriptions: Vec<ScopeLine>,
    /// Where accepting leads.
    pub next_url: String,
    pub action_url: String,
}

/// Somebody or something of which a page says only the name.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Named {
    pub name: String,
}

impl Named {
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into() }
    }
}

impl Page for AcceptShare {
    const TEMPLATE: &'static str = "accept-share.html";

    fn samples() -> Vec<Self> {
        let named = |name: &str| Named { name: name.into() };
        let line = |scope: &str, description: &str, filter: &str| ScopeLine {
            scope: scope.into(),
            description: description.into(),
            filter: filter.into(),
        };
        let running = Self {
            code: "tHnBVF2yJ9FB-NOT-A-CODE-PHMuZNUVUMc1Gm7vZvg".into(),
            owner: named("kepler"),
            spawner: named(""),
            spawner_ready: true,
            spawner_url: "/user/kepler/".into(),
            scope_descriptions: vec![line("access:servers", "Use servers", "only kepler's default server")],
            next_url: "/user/kepler/".into(),
            action_url: "/hub/accept-share?code=tHnBVF2yJ9FB-NOT-A-CODE-PHMuZNUVUMc1Gm7vZvg".into(),
        };
        vec![
            running.clone(),
            Self {
                spawner: named("orbits"),
                spawner_ready: false,
                spawner_url: "/user/kepler/orbits/".into(),
                scope_descriptions: vec![
                    line("access:servers", "Use servers", "only kepler's server orbits"),
                    line("servers", "Start and stop servers", "only kepler's server orbits"),
                ],
                next_url: "/user/kepler/orbits/lab/tree/mars.ipynb".into(),
                ..running
            },
            Self {
                code: NASTY.into(),
                owner: named(NASTY),
                spawner: named(NASTY),
                spawner_ready: false,
                spawner_url: format!("/user/{NASTY}"),
                scope_descriptions: vec![line(NASTY, NASTY, NASTY)],
                next_url: format!("/hub/{NASTY}"),
                action_url: format!("/hub/accept-share?{NASTY}"),
            },
        ]
    }
}

/// `share.html`: with whom a server is shared, and how. Each form is sent to `action_url` with `_xsrf` and `do`: `give`
/// (`kind`, `name`, `start`), `take` (`user` or `group`), `link` (`days`, `start`) or `end` (`id`).
#[derive(Debug, Clone, Default, Serialize)]
pub struct ShareServer {
    pub user_name: String,
    /// Empty for the default server.
    pub server_name: String,
    /// What its owner calls it; may be empty.
    pub display_name: String,
    pub shares: Vec<ShareLine>,
    pub codes: Vec<CodeLine>,
    /// The address of a code that was just made: told this once.
    pub made: Option<String>,
    /// Whether it may be shared with anybody by name.
    pub by_name: bool,
    pub action_url: String,
    /// Why the last wish came to nothing.
    pub problem: Option<String>,
}

/// Somebody who may use the server.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ShareLine {
    pub name: String,
    pub is_group: bool,
    pub may_start: bool,
}

/// A link that gives access.
#[derive(Debug, Clone, Default, Serialize)]
pub struct CodeLine {
    pub id: i64,
    /// In ISO 8601.
    pub expires_at: String,
    pub used: i64,
    pub may_start: bool,
}

impl Page for ShareServer {
    const TEMPLATE: &'static str = "share.html";

    fn samples() -> Vec<Self> {
        let alone = Self {
            user_name: "galileo".into(),
            action_url: "/hub/share/galileo".into(),
            ..Self::default()
        };
        let line = |name: &str, is_group| ShareLine {
            name: name.into(),
            is_group,
            may_start: is_group,
        };
        vec![
            alone.clone(),
            Self {
                server_name: "moons".into(),
                display_name: "Moons of Jupiter".into(),
                shares: vec![line("kepler", false), line("astronomy", true)],
                codes: vec![CodeLine {
                    id: 7,
                    expires_at: "2026-11-28T09:00:00Z".into(),
                    used: 2,
                    may_start: false,
                }],
                made: Some("https://hub.example.org/hub/accept-share?code=NOT-A-CODE".into()),
                by_name: true,
                ..alone.clone()
            },
            Self {
                user_name: NASTY.into(),
                server_name: NASTY.into(),
                display_name: NASTY.into(),
                shares: vec![line(NASTY, false)],
                problem: Some(NASTY.into()),
                made: Some(NASTY.into()),
                by_name: true,
                action_url: format!("/hub/share/{NASTY}"),
                ..alone
            },
        ]
    }
}
