//! The page of a person's own servers, and what else there is for them.

use serde::Serialize;

use super::NASTY;
use crate::render::Page;

/// `home.html`: the servers somebody has, and what can be done with them.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Home {
    /// The default server (name `""`) first.
    pub servers: Vec<ServerCard>,
    /// What the person used last, also of others, the last one first.
    pub recent: Vec<RecentServer>,
    pub default_server_active: bool,
    pub allow_named_servers: bool,
    /// The default server's URL.
    pub url: String,
    /// How full the home is, if that was looked at.
    pub storage: Option<Storage>,
    /// What the person may have and uses, where that is limited.
    pub quotas: Vec<Meter>,
    /// The same for all members of a group together.
    pub groups: Vec<GroupQuotas>,
    /// Servers of others that the person may use.
    pub shared: Vec<SharedServer>,
    /// There are more of them than are shown.
    pub more_shared: bool,
    /// Where the forms of this page are sent, with `do`: `add`, `name` or `remove`.
    pub action_url: String,
    /// Why the last of them came to nothing.
    pub problem: Option<String>,
}

/// How much of something is used. Numbers as people read them; what of is said by `kind`.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Meter {
    /// `servers`, `cpu`, `memory`, `storage`, `gpu` or `hours`.
    pub kind: &'static str,
    pub used: String,
    pub most: Option<String>,
    /// Of the most, 100 at most.
    pub percent: Option<u64>,
}

/// What the members of a group may have together.
#[derive(Debug, Clone, Default, Serialize)]
pub struct GroupQuotas {
    pub group: String,
    pub quotas: Vec<Meter>,
}

/// A server of somebody else's.
#[derive(Debug, Clone, Default, Serialize)]
pub struct SharedServer {
    pub owner: String,
    /// Empty for the owner's default server.
    pub name: String,
    pub display_name: String,
    pub state: CardState,
    pub url: String,
}

/// A server that the person has used, their own or somebody else's.
#[derive(Debug, Clone, Default, Serialize)]
pub struct RecentServer {
    pub owner: String,
    pub is_own: bool,
    /// Empty for the owner's default server.
    pub name: String,
    pub display_name: String,
    pub profile: Option<String>,
    pub state: CardState,
    /// When they used it, in ISO 8601.
    pub at: String,
    pub url: String,
    /// Where it is started, for whoever may.
    pub spawn_url: Option<String>,
    /// One click starts it as the last time.
    pub again: bool,
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
    /// What it uses now, while it runs and as far as that can be told.
    pub uses: Vec<Meter>,
    /// When somebody last worked with it, in ISO 8601.
    pub last_used: Option<String>,
    /// It was chosen before what it is: one click starts it as the last time.
    pub again: bool,
    /// Its owner may let others use it.
    pub may_share: bool,
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
            display_name: if name.is_empty() { String::new() } else { name.into() },
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
            uses: match state {
                CardState::Ready => vec![
                    Meter::sample("cpu", "0.4", "2", 20),
                    Meter::sample("memory", "3.9 GiB", "4 GiB", 97),
                ],
                _ => Vec::new(),
            },
            last_used: (state == CardState::Stopped && !name.is_empty()).then(|| "2026-11-18T16:40:00Z".into()),
            again: state == CardState::Stopped && !name.is_empty(),
            may_share: !name.is_empty(),
            notices: Vec::new(),
        }
    }
}

impl RecentServer {
    fn sample(owner: &str, name: &str, state: CardState) -> Self {
        let is_own = owner == "galileo";
        Self {
            owner: owner.into(),
            is_own,
            name: name.into(),
            display_name: name.into(),
            profile: Some("Data science".into()),
            state,
            at: "2026-11-18T16:40:00Z".into(),
            url: format!("/user/{owner}/{name}"),
            spawn_url: Some(format!("/hub/spawn/{owner}/{name}")),
            again: is_own,
        }
    }
}

impl Meter {
    fn sample(kind: &'static str, used: &str, most: &str, percent: u64) -> Self {
        Self {
            kind,
            used: used.into(),
            most: Some(most.into()),
            percent: Some(percent),
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
            action_url: "/hub/home".into(),
            ..Self::default()
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
            Self {
                storage: storage(None),
                quotas: vec![
                    Meter::sample("servers", "2", "3", 66),
                    Meter::sample("cpu", "3", "4", 75),
                    Meter::sample("memory", "5 GiB", "8 GiB", 62),
                    Meter::sample("gpu", "0", "1", 0),
                    Meter::sample("hours", "31.5", "40", 78),
                ],
                groups: vec![GroupQuotas {
                    group: "astronomy".into(),
                    quotas: vec![Meter::sample("gpu", "4", "4", 100)],
                }],
                shared: vec![
                    SharedServer {
                        owner: "kepler".into(),
                        state: CardState::Ready,
                        url: "/user/kepler/".into(),
                        ..SharedServer::default()
                    },
                    SharedServer {
                        owner: "cassini".into(),
                        name: "rings".into(),
                        display_name: "Rings of Saturn".into(),
                        url: "/user/cassini/rings/".into(),
                        ..SharedServer::default()
                    },
                ],
                more_shared: true,
                recent: vec![
                    RecentServer::sample("galileo", "", CardState::Ready),
                    RecentServer::sample("cassini", "rings", CardState::Stopped),
                    RecentServer::sample("galileo", "moons", CardState::Stopped),
                    RecentServer::sample("galileo", "sunspots", CardState::Starting),
                ],
                ..with(vec![
                    card("", CardState::Ready),
                    card("moons", CardState::Stopped),
                    card("sunspots", CardState::Starting),
                    card("phases", CardState::Failed),
                ])
            },
            Self {
                groups: vec![GroupQuotas {
                    group: NASTY.into(),
                    quotas: vec![Meter::sample("gpu", "1", "2", 50)],
                }],
                recent: vec![RecentServer::sample(NASTY, NASTY, CardState::Failed)],
                shared: vec![SharedServer {
                    owner: NASTY.into(),
                    name: NASTY.into(),
                    display_name: NASTY.into(),
                    state: CardState::Stopped,
                    url: format!("/user/{NASTY}/"),
                }],
                ..with(vec![ServerCard {
                    failure: Some(NASTY.into()),
                    ..ServerCard::sample(NASTY, NASTY, CardState::Failed)
                }])
            },
            with(vec![ServerCard::sample(NASTY, NASTY, CardState::Ready)]),
        ]
    }
}
