//! All servers, for whoever looks after them, and the end of the hub.

use serde::Serialize;

use super::CardState;
use super::NASTY;
use super::admin::{Column, Outcome, PersonServer};
use crate::render::Page;

/// `admin-servers.html`: servers, page by page. Its forms are sent to `action_url`, which has the query of the list: `do`
/// with what is to be done to all those named `server`, or `start`, `stop` and `remove` with the one that a button stands
/// beside.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Servers {
    pub asked: ServersQuery,
    /// `None`: the visitor may see none.
    pub servers: Option<Vec<ServerRow>>,
    pub columns: Vec<Column>,
    /// What can be asked for; empty where there are no profiles.
    pub profiles: Vec<ProfileName>,
    /// The list from its beginning, without filters.
    pub list_url: String,
    pub action_url: String,
    pub previous_url: Option<String>,
    pub next_url: Option<String>,
    pub may: ServersMay,
    pub outcomes: Vec<Outcome>,
    /// What is deleted once the visitor has said so again, as buttons have it.
    pub doomed: Vec<String>,
    pub problem: Option<String>,
}

/// Which servers were asked for; empty texts are no filters.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ServersQuery {
    pub search: String,
    /// `active`, `ready`, `starting`, `stopping`, `failed` or `stopped`
    pub state: String,
    pub profile: String,
    pub user: String,
    pub group: String,
    /// `last_activity` or `started`; with `-` in front, the latest first.
    pub sort: String,
}

#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct ServersMay {
    pub start: bool,
    pub stop: bool,
    pub filter_groups: bool,
}

#[derive(Debug, Clone, Default, Serialize)]
pub struct ProfileName {
    pub slug: String,
    pub title: String,
}

#[derive(Debug, Clone, Default, Serialize)]
pub struct ServerRow {
    pub user: String,
    /// The list with this person's servers only.
    pub user_url: String,
    pub server: PersonServer,
    /// In ISO 8601.
    pub last_activity: Option<String>,
    /// Where the backend can tell: how much it has in memory, and how many cores it has used since its start.
    pub memory: Option<String>,
    pub cores: Option<String>,
}

/// `shutdown.html`: asks once more before the hub ends.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ShutDown {
    /// It ends now.
    pub begun: bool,
    /// Whether people's servers end with it where nobody says otherwise.
    pub servers: bool,
    pub action_url: String,
    pub back_url: String,
}

impl Page for Servers {
    const TEMPLATE: &'static str = "admin-servers.html";

    fn samples() -> Vec<Self> {
        let list = Self {
            asked: ServersQuery {
                sort: "-last_activity".into(),
                ..ServersQuery::default()
            },
            servers: Some(Vec::new()),
            columns: columns(),
            list_url: "/hub/admin/servers".into(),
            action_url: "/hub/admin/servers?sort=-started".into(),
            may: ServersMay {
                start: true,
                stop: true,
                filter_groups: true,
            },
            ..Self::default()
        };
        vec![
            Self {
                servers: Some(vec![
                    row("galileo", "", CardState::Ready),
                    row("galileo", "moons", CardState::Starting),
                    row("kepler", "", CardState::Stopping),
                    row("marius", "jupiter", CardState::Stopped),
                    row("simon", "", CardState::Failed),
                ]),
                profiles: vec![ProfileName {
                    slug: "large".into(),
                    title: "Large memory".into(),
                }],
                previous_url: Some("/hub/admin/servers?before=-.7".into()),
                next_url: Some("/hub/admin/servers?after=-.7".into()),
                ..list.clone()
            },
            Self {
                may: ServersMay::default(),
                ..list.clone()
            },
            Self {
                servers: None,
                ..list.clone()
            },
            Self {
                asked: ServersQuery {
                    search: NASTY.into(),
                    profile: "large".into(),
                    user: NASTY.into(),
                    group: NASTY.into(),
                    ..list.asked.clone()
                },
                servers: Some(vec![row(NASTY, NASTY, CardState::Failed)]),
                profiles: vec![ProfileName {
                    slug: NASTY.into(),
                    title: NASTY.into(),
                }],
                doomed: vec![NASTY.into()],
                problem: Some(NASTY.into()),
                outcomes: vec![Outcome {
                    who: NASTY.into(),
                    what: "stop",
                    problem: Some(NASTY.into()),
                }],
                ..list
            },
        ]
    }
}

fn columns() -> Vec<Column> {
    let column = |key, direction| Column {
        key,
        url: format!("/hub/admin/servers?sort={key}"),
        direction,
    };
    vec![column("last_activity", "descending"), column("started", "")]
}

fn row(user: &str, name: &str, state: CardState) -> ServerRow {
    let active = !matches!(state, CardState::Stopped | CardState::Failed);
    let mut tail = perijove_model::escape::segment(user);
    if !name.is_empty() {
        tail = format!("{tail}/{}", perijove_model::escape::segment(name));
    }
    ServerRow {
        user: user.into(),
        user_url: "/hub/admin/servers?user=galileo".into(),
        last_activity: active.then(|| "2026-11-21T08:15:30Z".into()),
        memory: active.then(|| "412 MiB".into()),
        cores: active.then(|| "0.3".into()),
        server: PersonServer {
            name: name.into(),
            state: Some(state),
            profile: active.then(|| "Large memory".into()),
            since: active.then(|| "2026-11-21T08:15:30Z".into()),
            image: None,
            failure: (state == CardState::Failed).then(|| NASTY.into()),
            active,
            may_start: !active,
            may_stop: active,
            may_remove: !active && !name.is_empty(),
            spawn_url: None,
            url: active.then(|| format!("/user/{tail}/")),
            tail,
        },
    }
}

impl Page for ShutDown {
    const TEMPLATE: &'static str = "shutdown.html";

    fn samples() -> Vec<Self> {
        let asks = Self {
            begun: false,
            servers: true,
            action_url: "/hub/admin/shutdown".into(),
            back_url: "/hub/admin".into(),
        };
        vec![
            Self {
                begun: true,
                ..asks.clone()
            },
            asks,
        ]
    }
}
