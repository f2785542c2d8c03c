//! The page about one person, for whoever looks after people.

use serde::Serialize;

use super::admin::{Outcome, Person, PersonServer, ServerImage};
use super::{CardState, LinkedRow, NASTY, SessionRow, TokenRow};
use crate::render::Page;

/// `someone.html`: everything about one person that the visitor may know. Its forms are sent to `action_url` with `do`, or
/// with `start`, `stop` or `remove` and a server. What the visitor may not see is absent.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Someone {
    pub person: Person,
    pub suspended: bool,
    pub roles: Option<Vec<HeldRole>>,
    /// Roles that the visitor could give them besides.
    pub givable: Vec<String>,
    pub sessions: Option<Vec<SessionRow>>,
    pub ways: Option<Ways>,
    pub tokens: Option<Vec<TokenRow>>,
    /// How many there are besides those shown.
    pub more_tokens: usize,
    /// Servers of theirs that others may use, and servers of others that they may.
    pub given: Option<Vec<ShareRow>>,
    pub received: Option<Vec<ShareRow>>,
    pub quotas: Option<Vec<QuotaRow>>,
    pub homes: Option<Vec<HomeRow>>,
    pub log: Option<Vec<LogRow>>,
    /// The audit log behind it.
    pub log_url: Option<String>,
    pub may: SomeoneMay,
    /// Groups that the visitor may take them out of.
    pub leavable: Vec<String>,
    pub action_url: String,
    pub act_as_url: String,
    pub list_url: String,
    pub outcomes: Vec<Outcome>,
    /// What was done besides, in words.
    pub done: Option<String>,
    pub problem: Option<String>,
    /// They are deleted once the visitor has said so again.
    pub doomed: bool,
}

/// What is offered.
#[derive(Debug, Clone, Copy, Default, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a right of its own")]
pub struct SomeoneMay {
    pub rename: bool,
    pub change_admin: bool,
    pub change_groups: bool,
    pub give_roles: bool,
    pub end_sessions: bool,
    pub revoke: bool,
    pub delete: bool,
    pub act_as: bool,
}

/// A role, by themselves or by a group.
#[derive(Debug, Clone, Default, Serialize)]
pub struct HeldRole {
    pub name: String,
    pub group: Option<String>,
    pub by: Option<String>,
    pub until: Option<String>,
    /// Not by a group, and within what the visitor may do.
    pub may_take: bool,
    /// Where the role is, for whoever may look at it.
    pub url: Option<String>,
}

/// In which ways they can sign in.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Ways {
    pub password: bool,
    pub codes: bool,
    pub passkeys: usize,
    pub linked: Vec<LinkedRow>,
    pub email: Option<String>,
}

#[derive(Debug, Clone, Default, Serialize)]
pub struct ShareRow {
    /// `ada` or `ada/lab`
    pub server: String,
    /// With whom, or whose it is.
    pub with: String,
    pub is_group: bool,
}

#[derive(Debug, Clone, Default, Serialize)]
pub struct QuotaRow {
    /// `servers`, `cpu`, `memory`, `storage`, `gpu` or `hours`
    pub what: &'static str,
    pub used: String,
    /// Nothing: as much as they like.
    pub allowed: Option<String>,
    /// In per cent.
    pub share: Option<f64>,
}

#[derive(Debug, Clone, Default, Serialize)]
pub struct HomeRow {
    pub id: i64,
    /// Where it is, for whoever may know.
    pub place: Option<String>,
    /// In the trash, or on the way.
    pub trashed: bool,
    pub used: Option<String>,
    pub limit: Option<String>,
    pub measured_at: Option<String>,
    pub problem: Option<String>,
}

#[derive(Debug, Clone, Default, Serialize)]
pub struct LogRow {
    pub at: String,
    pub act: String,
    pub actor: String,
    pub target: String,
}

impl Page for Someone {
    const TEMPLATE: &'static str = "someone.html";

    fn samples() -> Vec<Self> {
        let plain = Self {
            person: Person {
                name: "galileo".into(),
                servers: Vec::new(),
                ..Person::default()
            },
            action_url: "/hub/admin/users/galileo".into(),
            act_as_url: "/hub/act-as/galileo".into(),
            list_url: "/hub/admin".into(),
            ..Self::default()
        };
        vec![
            plain.clone(),
            full("galileo", &plain),
            Self {
                doomed: true,
                suspended: true,
                problem: Some(NASTY.into()),
                outcomes: vec![Outcome {
                    who: NASTY.into(),
                    what: "start",
                    problem: Some(NASTY.into()),
                }],
                ..full(NASTY, &plain)
            },
        ]
    }
}

fn full(name: &str, plain: &Someone) -> Someone {
    let time = || "2026-11-21T08:15:30.000000Z".to_owned();
    let server = |server: &str, state, active: bool| PersonServer {
        name: server.into(),
        tail: format!("galileo/{server}"),
        state: Some(state),
        profile: Some(name.into()),
        since: Some(time()),
        image: active.then(|| ServerImage {
            name: format!("quay.io/jupyter/{name}:latest"),
            digest: Some(format!("quay.io/jupyter/{name}@sha256:{}", "5ec2e7f0".repeat(8))),
        }),
        active,
        may_start: !active,
        may_stop: active,
        may_remove: !active,
        url: active.then(|| "/user/galileo/".into()),
        ..PersonServer::default()
    };
    let token = |note: &str| TokenRow {
        id: "a7".into(),
        note: note.into(),
        scopes: vec!["inherit".into(), name.into()],
        last_activity: Some(time()),
        created: Some(time()),
        expires_at: None,
    };
    let home = |trashed| HomeRow {
        id: 3,
        place: Some(format!("/home/{name}")),
        trashed,
        used: Some("12.4 GiB".into()),
        limit: (!trashed).then(|| "20 GiB".into()),
        measured_at: Some(time()),
        problem: trashed.then(|| name.into()),
    };
    let quota = |what, used: &str, allowed: Option<&str>, share| QuotaRow {
        what,
        used: used.into(),
        allowed: allowed.map(Into::into),
        share,
    };
    Someone {
        person: Person {
            name: name.into(),
            admin: Some(true),
            groups: Some(vec!["observers".into(), name.into()]),
            last_activity: Some(time()),
            created: Some("2026-11-01T08:00:00.000000Z".into()),
            servers: vec![
                server("", CardState::Ready, true),
                server("moons", CardState::Stopped, false),
            ],
        },
        roles: Some(vec![
            HeldRole {
                name: "user".into(),
                ..HeldRole::default()
            },
            HeldRole {
                name: "night-watch".into(),
                group: Some(name.into()),
                url: Some("/hub/admin/roles/night-watch".into()),
                ..HeldRole::default()
            },
            HeldRole {
                name: "tutor".into(),
                by: Some(name.into()),
                until: Some("2026-12-24T18:00:00.000000Z".into()),
                may_take: true,
                ..HeldRole::default()
            },
        ]),
        givable: vec!["tutor".into(), name.into()],
        sessions: Some(vec![SessionRow {
            id: 5,
            agent: "Firefox on Linux".into(),
            agent_whole: name.into(),
            address: "192.0.2.7".into(),
            created: time(),
            last_seen: time(),
            is_this: false,
            acted_by: Some(name.into()),
        }]),
        ways: Some(Ways {
            password: true,
            codes: true,
            passkeys: 2,
            linked: vec![LinkedRow {
                method: "campus".into(),
                subject: name.into(),
                linked: time(),
            }],
            email: Some(name.into()),
        }),
        tokens: Some(vec![token(name), token("")]),
        more_tokens: 3,
        given: Some(vec![ShareRow {
            server: "galileo/moons".into(),
            with: name.into(),
            is_group: false,
        }]),
        received: Some(vec![ShareRow {
            server: "kepler".into(),
            with: "observers".into(),
            is_group: true,
        }]),
        quotas: Some(vec![
            quota("servers", "1", Some("3"), Some(33.3)),
            quota("memory", "7.5 GiB", Some("8 GiB"), Some(93.8)),
            quota("hours", "31", None, None),
        ]),
        homes: Some(vec![home(false), home(true)]),
        log: Some(vec![LogRow {
            at: time(),
            act: "token.made".into(),
            actor: name.into(),
            target: format!("user {name}"),
        }]),
        log_url: Some("/hub/api/audit?actor=galileo".into()),
        leavable: vec![name.into()],
        may: SomeoneMay {
            rename: true,
            change_admin: true,
            change_groups: true,
            give_roles: true,
            end_sessions: true,
            revoke: true,
            delete: true,
            act_as: true,
        },
        ..plain.clone()
    }
}
