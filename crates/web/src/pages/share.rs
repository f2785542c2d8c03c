//! The page on which people accept an invitation to somebody else's server.

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
