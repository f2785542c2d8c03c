//! How the hub is, for whoever looks after it: what works, what does not, and what to do about it.

use serde::Serialize;

use super::NASTY;
use crate::render::Page;

/// `admin-health.html`: a form is sent to `action_url` with `do` of `drain` (with a `message`) or `resume`.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Health {
    pub checks: Vec<Check>,
    pub hubs: Vec<HubRow>,
    /// Whether no server starts.
    pub drain: Option<DrainShown>,
    pub may_drain: bool,
    /// For whoever may shut the hub down.
    pub shutdown_url: Option<String>,
    pub action_url: String,
    /// What was typed.
    pub draft: String,
    pub problem: Option<String>,
}

/// One thing that was looked at.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Check {
    /// Which one, as the template knows them: `database`, `edge`, `hubs`, `spawner`, `starts`, `culler`, `mail`,
    /// `environments` or `services`.
    pub key: &'static str,
    pub state: CheckState,
    /// Names and numbers.
    pub fact: String,
    /// What is the matter, one after the other: names, and what is known of each.
    pub details: Vec<(String, String)>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CheckState {
    #[default]
    Good,
    /// It works, but somebody should look.
    Warn,
    Bad,
    /// It is not used here.
    Off,
}

#[derive(Debug, Clone, Default, Serialize)]
pub struct HubRow {
    pub name: String,
    pub version: String,
    pub address: String,
    /// In ISO 8601.
    pub started: String,
    pub seen: String,
    pub leases: i64,
    /// The hub that has made this page.
    pub this: bool,
    pub silent: bool,
}

#[derive(Debug, Clone, Default, Serialize)]
pub struct DrainShown {
    pub by: String,
    pub since: String,
    pub message: String,
}

impl Page for Health {
    const TEMPLATE: &'static str = "admin-health.html";

    fn samples() -> Vec<Self> {
        let check = |key, state, fact: &str| Check {
            key,
            state,
            fact: fact.into(),
            details: Vec::new(),
        };
        let keys = [
            "database",
            "edge",
            "hubs",
            "spawner",
            "starts",
            "culler",
            "mail",
            "environments",
            "services",
        ];
        let all = |state| keys.map(|key| check(key, state, "")).into();
        let hub = HubRow {
            name: "5e3c0a1f".into(),
            version: "0.1.0".into(),
            address: "http://127.0.0.1:8081/".into(),
            started: "2026-11-21T08:15:30Z".into(),
            seen: "2026-11-21T09:15:30Z".into(),
            leases: 7,
            this: true,
            silent: false,
        };
        let well = Self {
            checks: vec![
                check("database", CheckState::Good, "sqlite, 0.4 ms"),
                check("edge", CheckState::Good, "http://127.0.0.1:8001/"),
                check("hubs", CheckState::Good, "1"),
                Check {
                    details: vec![
                        (
                            "limits".into(),
                            "there are no control groups with controllers that may be written to".into(),
                        ),
                        ("limits".into(), "systemd gives scopes to root alone".into()),
                    ],
                    ..check("spawner", CheckState::Warn, "process: dynamic, cgroup")
                },
                check("starts", CheckState::Good, ""),
                check("culler", CheckState::Good, "1 hour"),
                check("mail", CheckState::Off, ""),
                check("environments", CheckState::Good, "2"),
                check("services", CheckState::Good, "3"),
            ],
            hubs: vec![
                hub.clone(),
                HubRow {
                    this: false,
                    silent: true,
                    ..hub
                },
            ],
            may_drain: true,
            shutdown_url: Some("/hub/admin/shutdown".into()),
            action_url: "/hub/admin/health".into(),
            ..Self::default()
        };
        let nasty = Check {
            details: vec![(NASTY.into(), NASTY.into())],
            ..check("environments", CheckState::Bad, NASTY)
        };
        vec![
            well.clone(),
            Self {
                checks: all(CheckState::Warn),
                ..well.clone()
            },
            Self {
                checks: all(CheckState::Bad),
                may_drain: false,
                shutdown_url: None,
                ..well.clone()
            },
            Self {
                checks: vec![nasty],
                drain: Some(DrainShown {
                    by: NASTY.into(),
                    since: "2026-11-21T08:15:30Z".into(),
                    message: NASTY.into(),
                }),
                draft: NASTY.into(),
                problem: Some(NASTY.into()),
                ..well
            },
        ]
    }
}
