//! Pages of one server: the start, the wait, the end.

use serde::Serialize;

use super::{NASTY, Named};
use crate::render::Page;

/// `spawn.html`: what to start, where there is a choice.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Spawn {
    /// Whose server.
    pub for_user: Named,
    /// HTML of the fields, made by the configuration: shown as it is.
    pub spawner_options_form: Option<String>,
    pub error_message: Option<String>,
    /// What can be done about it.
    pub advice: Option<String>,
    /// The last lines that the server wrote before it failed.
    pub failed_log: Vec<String>,
    /// What may be started; empty where there are no profiles.
    pub profiles: Vec<ProfileCard>,
    /// Where the form is sent.
    pub url: String,
    /// An address that starts what is chosen; its path alone where there are no profiles.
    pub link: Option<String>,
    pub link_path: String,
    /// It starts this very server, and not one of whoever follows it.
    pub link_is_own: bool,
}

/// A profile to choose.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ProfileCard {
    pub slug: String,
    pub name: String,
    pub description: String,
    /// Its address, or empty.
    pub picture: String,
    /// What it gives, in words.
    pub limits: Vec<String>,
    /// What it takes of what the person may have in all, where that is limited.
    pub costs: Vec<ProfileCost>,
    /// Why there is no room for it now.
    pub refused: Option<String>,
    /// The one that the person has used last.
    pub last_used: bool,
    pub checked: bool,
    pub choices: Vec<ChoiceField>,
}

/// What a server takes of one quota. Numbers as people read them.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ProfileCost {
    /// `cpu`, `memory` or `gpu`.
    pub kind: &'static str,
    pub takes: String,
    /// By servers that run, if any.
    pub used: Option<String>,
    pub most: String,
}

/// A choice within a profile: a list, a text, or both, where what is typed goes first.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ChoiceField {
    /// What links call it.
    pub slug: String,
    pub name: String,
    /// The list's name in the form.
    pub select: String,
    pub options: Vec<ChoiceLine>,
    /// The text's name in the form; empty if nothing may be typed.
    pub text: String,
    pub typed: String,
    /// A regular expression, for the browser to check.
    pub pattern: String,
}

/// An option of a list.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ChoiceLine {
    pub slug: String,
    pub name: String,
    pub selected: bool,
}

impl ProfileCard {
    fn sample(name: &str, checked: bool) -> Self {
        let line = |name: &str, selected| ChoiceLine {
            slug: name.into(),
            name: name.into(),
            selected,
        };
        Self {
            slug: name.into(),
            name: name.into(),
            description: format!("{name}: for what needs it."),
            picture: "/hub/logo".into(),
            limits: vec!["2 cores".into(), "4 GiB of memory".into()],
            costs: Vec::new(),
            refused: None,
            last_used: false,
            checked,
            choices: vec![
                ChoiceField {
                    slug: "size".into(),
                    name: "Size".into(),
                    select: format!("profile-option-{name}--size"),
                    options: vec![line("Small", false), line("Large", true)],
                    ..ChoiceField::default()
                },
                ChoiceField {
                    slug: "image".into(),
                    name: "Image".into(),
                    select: format!("profile-option-{name}--image"),
                    options: vec![line("Usual", true)],
                    text: format!("profile-option-{name}--image--unlisted-choice"),
                    typed: String::new(),
                    pattern: "registry/[a-z]+".into(),
                },
            ],
        }
    }
}

impl ProfileCost {
    fn sample(kind: &'static str, takes: &str) -> Self {
        let unit = if kind == "memory" { " GiB" } else { "" };
        Self {
            kind,
            takes: takes.into(),
            used: (kind == "memory").then(|| format!("2{unit}")),
            most: format!("8{unit}"),
        }
    }
}

impl Page for Spawn {
    const TEMPLATE: &'static str = "spawn.html";

    fn samples() -> Vec<Self> {
        let plain = Self {
            for_user: Named::new("galileo"),
            url: "/hub/spawn/galileo".into(),
            link_path: "/hub/spawn".into(),
            ..Self::default()
        };
        let form = r#"<label for="profile">Environment</label>
<select id="profile" name="profile"><option value="lab">JupyterLab</option><option value="r">R</option></select>"#;
        vec![
            plain.clone(),
            Self {
                spawner_options_form: Some(form.into()),
                ..plain.clone()
            },
            Self {
                spawner_options_form: Some(form.into()),
                advice: Some("Try again. If it fails again, show this page to an administrator.".into()),
                failed_log: vec!["the last line".into()],
                error_message: Some("There is no environment called “fortran”. Choose one from the list.".into()),
                ..plain
            },
            Self {
                for_user: Named::new(NASTY),
                error_message: Some(NASTY.into()),
                url: format!("/hub/spawn/{NASTY}"),
                profiles: vec![ProfileCard {
                    refused: Some(NASTY.into()),
                    ..ProfileCard::sample(NASTY, true)
                }],
                link: Some(format!("/hub/spawn/{NASTY}")),
                link_path: format!("/hub/spawn/{NASTY}"),
                link_is_own: true,
                ..Self::default()
            },
            Self {
                for_user: Named::new("galileo"),
                url: "/hub/spawn/galileo".into(),
                link: Some("/hub/spawn?opt-profile=data-science&opt-size=Large&opt-image=Usual".into()),
                link_path: "/hub/spawn".into(),
                profiles: vec![
                    ProfileCard {
                        last_used: true,
                        costs: vec![ProfileCost::sample("cpu", "2"), ProfileCost::sample("memory", "4 GiB")],
                        ..ProfileCard::sample("Data science", true)
                    },
                    ProfileCard {
                        choices: Vec::new(),
                        costs: vec![ProfileCost::sample("cpu", "8")],
                        refused: Some(
                            "galileo may have 8 cores, 2 cores are in use by “moons” (2 cores); this would take 8 cores more. \
                             Stop “moons” first."
                                .into(),
                        ),
                        ..ProfileCard::sample("Large models", false)
                    },
                    ProfileCard {
                        picture: String::new(),
                        choices: Vec::new(),
                        limits: Vec::new(),
                        ..ProfileCard::sample("Bare", false)
                    },
                ],
                ..Self::default()
            },
        ]
    }
}

/// `spawn_pending.html`: how far a start is, live.
#[derive(Debug, Clone, Default, Serialize)]
pub struct SpawnPending {
    pub user_name: String,
    /// Empty for the default server.
    pub server_name: String,
    /// What its owner calls it; may be empty.
    pub display_name: String,
    /// What was chosen.
    pub profile: Option<String>,
    /// `requested`, `prepared`, `started` or `answering`.
    pub phase: &'static str,
    /// Since it was wished for.
    pub elapsed_seconds: f64,
    /// The event stream, with its `?_xsrf=`.
    pub progress_url: String,
    /// What the server has written so far, as plain text.
    pub log_url: String,
    /// A POST with `_xsrf` starts it once more when it has failed.
    pub again_url: String,
    /// Asks what to start, where there is a choice.
    pub choose_url: Option<String>,
    /// A POST with `_xsrf` stops the start.
    pub stop_url: String,
    /// Where to go when it runs; empty: the `url` that the last event names.
    pub next_url: String,
    /// How long such a start takes as a rule.
    pub expected_seconds: Option<u32>,
}

impl Page for SpawnPending {
    const TEMPLATE: &'static str = "spawn_pending.html";

    fn samples() -> Vec<Self> {
        let pending = Self {
            user_name: "galileo".into(),
            server_name: String::new(),
            display_name: String::new(),
            profile: None,
            phase: "prepared",
            elapsed_seconds: 2.25,
            log_url: "/hub/spawn-log/galileo".into(),
            again_url: "/hub/again/galileo".into(),
            choose_url: None,
            progress_url: "/hub/api/users/galileo/server/progress?_xsrf=secret".into(),
            stop_url: "/hub/stop/galileo".into(),
            next_url: String::new(),
            expected_seconds: Some(8),
        };
        vec![
            pending.clone(),
            Self {
                server_name: "moons".into(),
                display_name: "Moons of Jupiter".into(),
                profile: Some("Data science".into()),
                phase: "started",
                choose_url: Some("/hub/spawn/galileo/moons".into()),
                next_url: "/user/galileo/moons/lab/tree/io.ipynb".into(),
                expected_seconds: None,
                ..pending.clone()
            },
            Self {
                user_name: NASTY.into(),
                server_name: NASTY.into(),
                display_name: NASTY.into(),
                progress_url: format!("/hub/{NASTY}"),
                stop_url: format!("/hub/stop/{NASTY}"),
                log_url: format!("/hub/spawn-log/{NASTY}"),
                again_url: format!("/hub/again/{NASTY}"),
                choose_url: Some(format!("/hub/spawn/{NASTY}")),
                next_url: format!("/user/{NASTY}"),
                ..pending
            },
        ]
    }
}

/// `stop_pending.html`: waits for the end of a server.
#[derive(Debug, Clone, Default, Serialize)]
pub struct StopPending {
    pub user_name: String,
    /// Empty for the default server.
    pub server_name: String,
    /// What its owner calls it; may be empty.
    pub display_name: String,
}

impl Page for StopPending {
    const TEMPLATE: &'static str = "stop_pending.html";

    fn samples() -> Vec<Self> {
        vec![
            Self {
                user_name: "galileo".into(),
                ..Self::default()
            },
            Self {
                user_name: "kepler".into(),
                ..Self::default()
            },
            Self {
                user_name: "galileo".into(),
                server_name: "moons".into(),
                ..Self::default()
            },
            Self {
                user_name: NASTY.into(),
                server_name: NASTY.into(),
                display_name: NASTY.into(),
            },
        ]
    }
}

/// `not_running.html`: somebody has come to a server that does not run.
#[derive(Debug, Clone, Default, Serialize)]
pub struct NotRunning {
    pub user_name: String,
    /// Empty for the default server.
    pub server_name: String,
    /// Starts it, or asks for options first; carries `next`.
    pub spawn_url: String,
    /// A POST with `_xsrf` starts it as the last time, where `spawn_url` asks.
    pub again_url: Option<String>,
    /// The last start failed.
    pub failed: bool,
    pub failed_message: Option<String>,
    /// What can be done about it.
    pub advice: Option<String>,
    /// The last lines the server wrote.
    pub failed_log: Vec<String>,
    /// Why it was stopped, where nobody has wished that.
    pub stopped_message: Option<String>,
    /// Start by itself after so many seconds; 0: only on request.
    pub implicit_spawn_seconds: f64,
}

impl Page for NotRunning {
    const TEMPLATE: &'static str = "not_running.html";

    fn samples() -> Vec<Self> {
        let stopped = Self {
            user_name: "galileo".into(),
            spawn_url: "/hub/spawn/galileo?next=%2Fuser%2Fgalileo%2Flab".into(),
            ..Self::default()
        };
        vec![
            stopped.clone(),
            Self {
                server_name: "moons".into(),
                implicit_spawn_seconds: 5.0,
                ..stopped.clone()
            },
            Self {
                stopped_message: Some("The server was stopped because it was not used for 1 hour.".into()),
                ..stopped.clone()
            },
            Self {
                failed: true,
                again_url: Some("/hub/again/galileo".into()),
                failed_message: Some("The server ended before it answered (exit status 1).".into()),
                advice: Some("There is no room left for files. Delete what you don't need, or ask an administrator for more room.".into()),
                failed_log: vec![
                    "[I 2026-11-21 08:15:29 ServerApp] jupyterlab | extension was successfully linked.".into(),
                    "Traceback (most recent call last):".into(),
                    "  File \"jupyter_server/serverapp.py\", line 2866, in init_httpserver".into(),
                    "OSError: [Errno 28] No space left on device: '/home/galileo/.local/share/jupyter'".into(),
                ],
                ..stopped.clone()
            },
            Self {
                user_name: NASTY.into(),
                server_name: NASTY.into(),
                spawn_url: format!("/hub/spawn/{NASTY}"),
                failed: true,
                failed_message: Some(NASTY.into()),
                advice: Some(NASTY.into()),
                again_url: Some(format!("/hub/again/{NASTY}")),
                failed_log: vec![NASTY.into()],
                stopped_message: None,
                implicit_spawn_seconds: 0.5,
            },
        ]
    }
}
