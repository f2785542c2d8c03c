//! The rows of the list: each shows what the visitor may see of somebody, and offers what they may do.

use std::collections::HashMap;

use perijove_model::names::server_path;
use perijove_model::scopes::{GroupsOf, Resource, Scope};
use perijove_model::server::{Pending, Phase};
use perijove_store::spawners::{self, Spawner};
use perijove_store::users::{self, User};
use perijove_web::pages::{Admin, AdminMay, CardState, Person, PersonServer, ServerImage};

use super::query::{self, Asked};
use crate::Hub;
use crate::http::api::{lists, models};
use crate::http::error::Result;
use crate::http::pages::whose::tail;
use crate::http::visitor::Principal;

pub async fn fill(hub: &Hub, by: &Principal, asked: &Asked, page: &mut Admin) -> Result<()> {
    let reach = by.scopes.require_some(Scope::ListUsers)?;
    let (found, total) = lists::page(hub, asked.query(reach)).await?;
    let ids: Vec<i64> = found.iter().map(|user| user.id).collect();
    let mut belongings = users::belongings(&hub.store, &ids, hub.clock.now()).await?;
    let mut servers: HashMap<i64, Vec<Spawner>> = HashMap::new();
    for server in spawners::of_users(&hub.store, &ids).await? {
        servers.entry(server.user_id).or_default().push(server);
    }
    let mut people = Vec::with_capacity(found.len());
    for user in &found {
        let groups = belongings.remove(&user.id).unwrap_or_default().groups;
        let servers = servers.remove(&user.id).unwrap_or_default();
        let row = Row { hub, by, user, groups };
        people.push(row.person(&servers));
        row.note(&mut page.may);
    }
    for server in people.iter().flat_map(|person| &person.servers) {
        page.may.start |= server.may_start;
        page.may.stop |= server.may_stop;
    }
    page.may.filter_admins = query::may_filter_admins(by);
    page.may.filter_groups = query::may_filter_groups(by);
    page.may.filter_roles = query::may_filter_roles(by);
    let shown = i64::try_from(people.len()).unwrap_or(i64::MAX);
    let offset = asked.place.offset;
    page.people = Some(people);
    page.total = total;
    page.first = if shown > 0 { offset + 1 } else { 0 };
    page.last = if shown > 0 { offset + shown } else { 0 };
    page.previous_offset = asked.place.previous();
    page.next_offset = asked.place.next(total);
    Ok(())
}

/// One of them.
pub fn person(hub: &Hub, by: &Principal, user: &User, groups: &[String], servers: &[Spawner]) -> Person {
    let row = Row {
        hub,
        by,
        user,
        groups: groups.to_vec(),
    };
    row.person(servers)
}

/// Somebody, through the visitor's scopes.
struct Row<'a> {
    hub: &'a Hub,
    by: &'a Principal,
    user: &'a User,
    groups: Vec<String>,
}

impl Row<'_> {
    fn viewed(&self) -> Viewed<'_> {
        Viewed {
            hub: self.hub,
            by: self.by,
            user: &self.user.name,
            groups: &self.groups,
        }
    }

    fn may(&self, scope: Scope, resource: Resource<'_>) -> bool {
        self.viewed().may(scope, resource)
    }

    /// What may be done to this person, besides to their servers.
    fn note(&self, may: &mut AdminMay) {
        let whole = Resource::User(&self.user.name);
        may.change_admins |= self.by.is_admin() && self.may(Scope::AdminUsers, whole);
        may.delete |= self.may(Scope::DeleteUsers, whole);
        may.start |= self.may(Scope::StartServers, whole);
        may.stop |= self.may(Scope::DeleteServers, whole);
    }

    fn person(&self, servers: &[Spawner]) -> Person {
        let user = self.user;
        let may = |scope| self.may(scope, Resource::User(&user.name));
        let default = servers.iter().find(|server| server.name.is_empty());
        let mut rows = Vec::with_capacity(servers.len().max(1));
        let viewed = self.viewed();
        rows.extend(viewed.server("", default));
        for server in servers.iter().filter(|server| !server.name.is_empty()) {
            rows.extend(viewed.server(&server.name, Some(server)));
        }
        Person {
            name: user.name.clone(),
            admin: may(Scope::ReadUsersName).then_some(user.admin),
            groups: may(Scope::ReadUsersGroups).then(|| self.groups.clone()),
            last_activity: user
                .last_activity
                .filter(|_| may(Scope::ReadUsersActivity))
                .map(models::time),
            created: user.created.filter(|_| may(Scope::ReadUsers)).map(models::time),
            servers: rows,
        }
    }
}

/// What belongs to somebody, through the visitor's scopes.
pub struct Viewed<'a> {
    pub hub: &'a Hub,
    pub by: &'a Principal,
    pub user: &'a str,
    pub groups: &'a [String],
}

impl Viewed<'_> {
    fn may(&self, scope: Scope, resource: Resource<'_>) -> bool {
        let membership = GroupsOf {
            user: self.user,
            groups: self.groups,
        };
        self.by.scopes.has(scope, resource, &membership).is_granted()
    }

    /// `None` if there is nothing about it that the visitor may see or do.
    pub fn server(&self, name: &str, spawner: Option<&Spawner>) -> Option<PersonServer> {
        let user = self.user;
        let this = Resource::Server { user, server: name };
        let may = |scope| self.may(scope, this);
        let phase = spawner.map_or(Phase::Stopped, |spawner| spawner.run.phase);
        let tail = tail(user, name);
        let (sees, starts, stops) = (
            may(Scope::ReadServers),
            may(Scope::StartServers),
            may(Scope::DeleteServers),
        );
        // A button would tell whether it runs.
        let known = sees || starts || stops;
        let seen = spawner.filter(|_| sees);
        let active = known && phase.is_active();
        known.then(|| PersonServer {
            name: name.to_owned(),
            state: Some(state(phase)),
            profile: seen
                .and_then(|spawner| spawner.profile.as_ref())
                .map(|profile| profile.title.clone()),
            since: seen.and_then(|spawner| spawner.started).map(models::time),
            image: seen.filter(|_| may(Scope::AdminServerState)).and_then(image),
            failure: seen
                .and_then(|spawner| spawner.run.failure.as_ref())
                .map(|failure| failure.message.clone()),
            active,
            may_start: starts && !active,
            may_stop: stops && active && phase.pending() != Some(Pending::Stop),
            may_remove: stops && !active && !name.is_empty() && self.hub.config.hub.allow_named_servers,
            spawn_url: (starts && !active).then(|| format!("{}spawn/{tail}", self.hub.prefix())),
            url: (active && may(Scope::AccessServers))
                .then(|| server_path(self.hub.config.hub.base_url.as_str(), user, name)),
            tail,
        })
    }
}

/// As a backend of containers keeps it.
fn image(spawner: &Spawner) -> Option<ServerImage> {
    let kept = |key: &str| spawner.state.as_ref()?.get(key)?.as_str().map(str::to_owned);
    let name = kept("image")?;
    let digest = kept("image_digest").or_else(|| kept("image_id"));
    Some(ServerImage {
        digest: digest.filter(|digest| *digest != name),
        name,
    })
}

fn state(phase: Phase) -> CardState {
    match (phase, phase.pending()) {
        (_, Some(Pending::Spawn)) => CardState::Starting,
        (_, Some(Pending::Stop)) => CardState::Stopping,
        (Phase::Ready, _) => CardState::Ready,
        (Phase::Failed, _) => CardState::Failed,
        _ => CardState::Stopped,
    }
}
