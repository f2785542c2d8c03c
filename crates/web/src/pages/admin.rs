//! The page for whoever runs the hub.

use serde::Serialize;

use super::NASTY;
use crate::render::Page;

/// `admin.html`: who there is, and what runs.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Admin {
    pub people: Vec<Person>,
    /// How many there are on all pages.
    pub total: i64,
    pub previous_url: Option<String>,
    pub next_url: Option<String>,
    /// Where those are who have signed up, for whoever may let them in.
    pub waiting_url: Option<String>,
    /// Where people are invited, for whoever may.
    pub invitations_url: Option<String>,
    pub version: String,
}

/// One row of the list.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Person {
    pub name: String,
    pub admin: bool,
    /// In ISO 8601.
    pub last_activity: Option<String>,
    /// Servers that run or are on their way.
    pub running: usize,
    /// The profiles of those, in words.
    pub profiles: Vec<String>,
    /// Opens the person's default server, or starts it.
    pub spawn_url: String,
}

impl Page for Admin {
    const TEMPLATE: &'static str = "admin.html";

    fn samples() -> Vec<Self> {
        let person = |name: &str, running| Person {
            name: name.into(),
            admin: running == 0,
            last_activity: Some("2026-11-21T08:15:30Z".into()),
            running,
            profiles: vec!["Data science".into(); running],
            spawn_url: format!("/hub/spawn/{name}"),
        };
        vec![
            Self {
                people: vec![person("galileo", 0), person("kepler", 1), person("marius", 3)],
                total: 120,
                next_url: Some("/hub/admin?offset=50".into()),
                waiting_url: Some("/hub/authorize".into()),
                invitations_url: Some("/hub/admin/invitations".into()),
                version: "0.1.0".into(),
                ..Self::default()
            },
            Self {
                previous_url: Some("/hub/admin?offset=0".into()),
                ..Self::default()
            },
            Self {
                people: vec![person(NASTY, 1)],
                total: 1,
                ..Self::default()
            },
        ]
    }
}
