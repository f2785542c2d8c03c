//! The page for whoever runs the hub: who there is, what runs, and what may be done about it.

use serde::Serialize;

use super::CardState;
use super::NASTY;
use crate::render::Page;

/// `admin.html`: people, page by page. Its forms are sent to `action_url`, which has the query of the list: `do` with what
/// is to be done to all those named `user`, or `start`, `stop` and `remove` with the server that a button stands beside.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Admin {
    pub asked: AdminQuery,
    /// `None`: the visitor may see nobody.
    pub people: Option<Vec<Person>>,
    /// How many there are on all pages, and which of them are on this one, counted from 1.
    pub total: i64,
    pub first: i64,
    pub last: i64,
    pub columns: Vec<Column>,
    /// The list from its beginning, without filters.
    pub list_url: String,
    pub action_url: String,
    pub previous_offset: Option<i64>,
    pub next_offset: Option<i64>,
    /// What the visitor may do to somebody on this page.
    pub may: AdminMay,
    /// What was just done, one after the other.
    pub outcomes: Vec<Outcome>,
    /// Who is deleted once the visitor has said so again.
    pub doomed: Vec<String>,
    /// The names that were typed, if that came to nothing.
    pub draft: String,
    pub problem: Option<String>,
    /// Where those are who have signed up, for whoever may let them in.
    pub waiting_url: Option<String>,
    /// Where groups are, for whoever may see some.
    pub groups_url: Option<String>,
    /// Where the hub is shut down, for whoever may.
    pub shutdown_url: Option<String>,
    /// Where people are invited, for whoever may.
    pub invitations_url: Option<String>,
    pub version: String,
}

/// Which people were asked for; empty texts are no filters.
#[derive(Debug, Clone, Default, Serialize)]
pub struct AdminQuery {
    pub name_filter: String,
    /// `active`, `ready` or `inactive`
    pub state: String,
    /// `yes` or `no`
    pub admin: String,
    pub group: String,
    pub role: String,
    /// `name`, `last_activity` or `created`; with `-` in front, the other way round.
    pub sort: String,
    pub limit: i64,
}

/// The head of a column by which the list can be sorted.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Column {
    /// `name`, `last_activity` or `created`
    pub key: &'static str,
    /// The list, sorted by it; the other way round if it is already.
    pub url: String,
    /// `ascending`, `descending` or nothing, as `aria-sort` has it.
    pub direction: &'static str,
}

/// What is offered.
#[derive(Debug, Clone, Copy, Default, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a right of its own")]
pub struct AdminMay {
    pub start: bool,
    pub stop: bool,
    pub add: bool,
    pub change_admins: bool,
    pub delete: bool,
    pub filter_admins: bool,
    pub filter_groups: bool,
    pub filter_roles: bool,
}

/// One row of the list; what the visitor may not see is absent.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Person {
    pub name: String,
    pub admin: Option<bool>,
    pub groups: Option<Vec<String>>,
    /// In ISO 8601.
    pub last_activity: Option<String>,
    pub created: Option<String>,
    pub servers: Vec<PersonServer>,
}

/// A server of theirs, the default one first; addresses of what the visitor may not do are absent.
#[derive(Debug, Clone, Default, Serialize)]
pub struct PersonServer {
    /// Empty for the default server.
    pub name: String,
    /// `USER` or `USER/SERVER`, escaped: what a button says to mean this server.
    pub tail: String,
    /// `None`: the visitor may not see it.
    pub state: Option<CardState>,
    /// In words.
    pub profile: Option<String>,
    /// Since when it has run.
    pub since: Option<String>,
    pub image: Option<ServerImage>,
    pub failure: Option<String>,
    /// Whether it runs or is on its way.
    pub active: bool,
    pub may_start: bool,
    pub may_stop: bool,
    pub may_remove: bool,
    pub spawn_url: Option<String>,
    pub url: Option<String>,
}

/// What a server that is a container was made of.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ServerImage {
    /// As it was asked for.
    pub name: String,
    /// What that was then: `NAME@sha256:…`, or its id where no registry has it.
    pub digest: Option<String>,
}

/// What became of one wish.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Outcome {
    /// A person, or a person and a server.
    pub who: String,
    /// `start`, `stop`, `remove`, `delete`, `make-admin`, `make-plain` or `add`
    pub what: &'static str,
    pub problem: Option<String>,
}

impl Page for Admin {
    const TEMPLATE: &'static str = "admin.html";

    fn samples() -> Vec<Self> {
        let list = Self {
            asked: AdminQuery {
                sort: "name".into(),
                limit: 50,
                ..AdminQuery::default()
            },
            people: Some(Vec::new()),
            columns: columns(),
            list_url: "/hub/admin".into(),
            action_url: "/hub/admin?offset=50".into(),
            version: "0.1.0".into(),
            ..Self::default()
        };
        let everything = AdminMay {
            start: true,
            stop: true,
            add: true,
            change_admins: true,
            delete: true,
            filter_admins: true,
            filter_groups: true,
            filter_roles: true,
        };
        vec![
            Self {
                people: Some(vec![
                    person("galileo", CardState::Stopped),
                    person("kepler", CardState::Ready),
                    person("marius", CardState::Starting),
                    person("simon", CardState::Failed),
                ]),
                total: 120,
                first: 51,
                last: 54,
                previous_offset: Some(0),
                next_offset: Some(100),
                may: everything,
                waiting_url: Some("/hub/authorize".into()),
                groups_url: Some("/hub/admin/groups".into()),
                shutdown_url: Some("/hub/admin/shutdown".into()),
                invitations_url: Some("/hub/admin/invitations".into()),
                ..list.clone()
            },
            Self {
                asked: AdminQuery {
                    name_filter: "tycho".into(),
                    state: "active".into(),
                    ..list.asked.clone()
                },
                may: everything,
                ..list.clone()
            },
            Self {
                people: None,
                ..list.clone()
            },
            Self {
                people: Some(vec![
                    person("kepler", CardState::Ready),
                    person("simon", CardState::Stopped),
                ]),
                total: 2,
                first: 1,
                last: 2,
                may: everything,
                doomed: vec!["kepler".into(), "simon".into()],
                outcomes: vec![
                    outcome("kepler", "start", None),
                    outcome("simon", "start", Some("Too many servers are starting.")),
                ],
                ..list.clone()
            },
            Self {
                people: Some(vec![Person {
                    groups: Some(vec![NASTY.into()]),
                    ..person(NASTY, CardState::Failed)
                }]),
                asked: AdminQuery {
                    name_filter: NASTY.into(),
                    group: NASTY.into(),
                    role: NASTY.into(),
                    ..list.asked.clone()
                },
                total: 1,
                first: 1,
                last: 1,
                may: everything,
                doomed: vec![NASTY.into()],
                outcomes: vec![outcome(NASTY, "delete", Some(NASTY))],
                draft: NASTY.into(),
                problem: Some(NASTY.into()),
                ..list
            },
        ]
    }
}

fn columns() -> Vec<Column> {
    let column = |key, direction| Column {
        key,
        url: format!("/hub/admin?sort={key}"),
        direction,
    };
    vec![
        column("name", "ascending"),
        column("last_activity", ""),
        column("created", ""),
    ]
}

fn outcome(who: &str, what: &'static str, problem: Option<&str>) -> Outcome {
    Outcome {
        who: who.into(),
        what,
        problem: problem.map(Into::into),
    }
}

fn person(name: &str, state: CardState) -> Person {
    let active = !matches!(state, CardState::Stopped | CardState::Failed);
    let tail = perijove_model::escape::segment(name);
    let server = PersonServer {
        name: String::new(),
        tail: tail.clone(),
        state: Some(state),
        profile: active.then(|| "Data science".into()),
        since: active.then(|| "2026-11-21T08:15:30Z".into()),
        image: None,
        failure: (state == CardState::Failed).then(|| NASTY.into()),
        active,
        may_start: !active,
        may_stop: active,
        may_remove: false,
        spawn_url: (!active).then(|| format!("/hub/spawn/{tail}")),
        url: active.then(|| format!("/user/{tail}/")),
    };
    let named = PersonServer {
        name: "moons".into(),
        tail: format!("{tail}/moons"),
        state: Some(CardState::Stopped),
        may_start: true,
        may_remove: true,
        spawn_url: Some(format!("/hub/spawn/{tail}/moons")),
        ..PersonServer::default()
    };
    Person {
        name: name.into(),
        admin: Some(!active),
        groups: Some(vec!["observers".into(), "pisa".into()]),
        last_activity: active.then(|| "2026-11-21T08:15:30Z".into()),
        created: Some("2026-11-01T08:00:00Z".into()),
        servers: if active { vec![server, named] } else { vec![server] },
    }
}
