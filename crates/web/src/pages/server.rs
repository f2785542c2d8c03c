//! Pages of a person's servers: the list, the start, the wait, the end.

use serde::Serialize;

use super::{NASTY, Named};
use crate::render::Page;

/// `home.html`: the servers somebody has, and what can be done with them.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Home {
    /// The default server (name `""`) first.
    pub servers: Vec<ServerCard>,
    pub default_server_active: bool,
    pub allow_named_servers: bool,
    /// The default server's URL.
    pub url: String,
    /// How full the home is, if that was looked at.
    pub storage: Option<Storage>,
    /// Where the forms of this page are sent, with `do`: `add`, `name` or `remove`.
    pub action_url: String,
    /// Why the last of them came to nothing.
    pub problem: Option<String>,
}

/// How much somebody's files are.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Storage {
    /// `3.2 GiB`
    pub used: String,
    pub limit: Option<String>,
    /// Of the limit, 100 at most.
    pub percent: Option<u64>,
    /// What there is to say about it, if it is too much, or nearly.
    pub warning: Option<String>,
    /// In ISO 8601.
    pub measured_at: String,
}

/// One server on the home page.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ServerCard {
    /// Empty for the default server.
    pub name: String,
    /// What its owner calls it; may be empty.
    pub display_name: String,
    pub url: String,
    pub state: CardState,
    /// Since when it is so, in ISO 8601.
    pub since: Option<String>,
    /// Starts it, or asks for options first.
    pub spawn_url: String,
    /// Shows how far the start is.
    pub pending_url: String,
    /// `{hub}api/users/{user}/server` or `.../servers/{name}`.
    pub api_url: String,
    /// Why the last start failed.
    pub failure: Option<String>,
    /// The profile that it runs with or last ran with.
    pub profile: Option<String>,
    /// What it may use, in words, while it runs.
    pub limits: Vec<String>,
    /// What its owner is to be told, the latest first.
    pub notices: Vec<CardNotice>,
}

/// What somebody is to be told about a server.
#[derive(Debug, Clone, Default, Serialize)]
pub struct CardNotice {
    pub message: String,
    /// Since when it is so, in ISO 8601.
    pub at: String,
    /// When the server is stopped.
    pub stops_at: Option<String>,
    /// Whether it goes on if somebody says that they are still there.
    pub can_stay: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CardState {
    #[default]
    Stopped,
    Starting,
    Ready,
    Stopping,
    Failed,
}

impl ServerCard {
    fn sample(user: &str, name: &str, state: CardState) -> Self {
        let path = if name.is_empty() {
            user.to_owned()
        } else {
            format!("{user}/{name}")
        };
        let api = if name.is_empty() {
            "server".to_owned()
        } else {
            format!("servers/{name}")
        };
        Self {
            name: name.into(),
            display_name: if name.is_empty() {
                "My server".into()
            } else {
                name.into()
            },
            url: format!("/user/{path}/"),
            state,
            since: (state != CardState::Stopped).then(|| "2026-11-21T08:15:30Z".into()),
            spawn_url: format!("/hub/spawn/{path}"),
            pending_url: format!("/hub/spawn-pending/{path}"),
            api_url: format!("/hub/api/users/{user}/{api}"),
            failure: (state == CardState::Failed)
                .then(|| "The server ended before it answered (exit status 1: no module named jupyterlab).".into()),
            profile: (state == CardState::Ready).then(|| "Data science".into()),
            limits: match state {
                CardState::Ready => vec!["2 cores".into(), "4 GiB of memory".into()],
                _ => Vec::new(),
            },
            notices: Vec::new(),
        }
    }
}

impl Page for Home {
    const TEMPLATE: &'static str = "home.html";

    fn samples() -> Vec<Self> {
        let with = |servers: Vec<ServerCard>| Self {
            default_server_active: servers.first().is_some_and(|card| card.state == CardState::Ready),
            allow_named_servers: servers.len() > 1,
            servers,
            url: "/user/galileo/".into(),
            storage: None,
            action_url: "/hub/home".into(),
            problem: None,
        };
        let storage = |warning: Option<&str>| {
            Some(Storage {
                used: "9.4 GiB".into(),
                limit: warning.map(|_| "10 GiB".into()),
                percent: warning.map(|_| 94),
                warning: warning.map(str::to_owned),
                measured_at: "2026-11-21T08:15:30Z".into(),
            })
        };
        let card = |name, state| ServerCard::sample("galileo", name, state);
        vec![
            with(vec![card("", CardState::Stopped)]),
            Self {
                storage: storage(None),
                ..with(vec![card("", CardState::Ready)])
            },
            Self {
                storage: storage(Some(
                    "Your files take 9.4 GiB of the 10 GiB that you may have. Make room before there is none.",
                )),
                ..with(vec![card("", CardState::Ready)])
            },
            with(vec![ServerCard {
                notices: vec![
                    CardNotice {
                        message: "This server is about to be stopped: nobody has used it for a while.".into(),
                        at: "2026-11-21T09:10:30Z".into(),
                        stops_at: Some("2026-11-21T09:15:30Z".into()),
                        can_stay: true,
                    },
                    CardNotice {
                        message: "The memory limit of 2 GiB was reached.".into(),
                        at: "2026-11-21T09:00:00Z".into(),
                        ..CardNotice::default()
                    },
                ],
                ..card("", CardState::Ready)
            }]),
            with(vec![ServerCard {
                notices: vec![CardNotice {
                    message: "The server was stopped because it was not used for 1 hour.".into(),
                    at: "2026-11-21T09:15:30Z".into(),
                    ..CardNotice::default()
                }],
                ..card("", CardState::Stopped)
            }]),
            with(vec![card("", CardState::Starting)]),
            with(vec![card("", CardState::Stopping)]),
            with(vec![ServerCard {
                display_name: String::new(),
                ..card("", CardState::Failed)
            }]),
            with(vec![
                card("", CardState::Ready),
                card("moons", CardState::Stopped),
                card("sunspots", CardState::Starting),
                card("phases", CardState::Failed),
            ]),
            with(vec![ServerCard {
                failure: Some(NASTY.into()),
                ..ServerCard::sample(NASTY, NASTY, CardState::Failed)
            }]),
            with(vec![ServerCard::sample(NASTY, NASTY, CardState::Ready)]),
        ]
    }
}

/// `spawn.html`: what to start, where there is a choice.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Spawn {
    /// Whose server.
    pub for_user: Named,
    /// HTML of the fields, made by the configuration: shown as it is.
    pub spawner_options_form: Option<String>,
    pub error_message: Option<String>,
    /// What may be started; empty where there are no profiles.
    pub profiles: Vec<ProfileCard>,
    /// Where the form is sent.
    pub url: String,
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
    pub checked: bool,
    pub choices: Vec<ChoiceField>,
}

/// A choice within a profile: a list, a text, or both, where what is typed goes first.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ChoiceField {
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
            checked,
            choices: vec![
                ChoiceField {
                    name: "Size".into(),
                    select: format!("profile-option-{name}--size"),
                    options: vec![line("Small", false), line("Large", true)],
                    ..ChoiceField::default()
                },
                ChoiceField {
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
impl Page for Spawn {
    const TEMPLATE: &'static str = "spawn.html";

    fn samples() -> Vec<Self> {
        let plain = Self {
            for_user: Named::new("galileo"),
            url: "/hub/spawn/galileo".into(),
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
                error_message: Some("There is no environment called “fortran”. Choose one from the list.".into()),
                ..plain
            },
            Self {
                for_user: Named::new(NASTY),
                error_message: Some(NASTY.into()),
                url: format!("/hub/spawn/{NASTY}"),
                spawner_options_form: None,
                profiles: vec![ProfileCard::sample(NASTY, true)],
            },
            Self {
                for_user: Named::new("galileo"),
                url: "/hub/spawn/galileo".into(),
                profiles: vec![
                    ProfileCard {
                        choices: Vec::new(),
                        ..ProfileCard::sample("JupyterLab", false)
                    },
                    ProfileCard::sample("Data science", true),
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
    /// The event stream, with its `?_xsrf=`.
    pub progress_url: String,
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
    /// The last start failed.
    pub failed: bool,
    pub failed_message: Option<String>,
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
                failed_message: Some("The server ended before it answered (exit status 1).".into()),
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
                failed_log: vec![NASTY.into()],
                stopped_message: None,
                implicit_spawn_seconds: 0.5,
            },
        ]
    }
}
