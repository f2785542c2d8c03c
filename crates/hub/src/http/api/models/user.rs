//! The model of a person, made for a page of them at once: what belongs to all is asked for in one query each.

use std::collections::{BTreeMap, HashMap};

use perijove_model::scopes::{GroupsOf, Resource, Scope, ScopeSet};
use perijove_model::server::{Pending, Phase};
use perijove_store::spawners::{self, Spawner};
use perijove_store::users::{self, Belongings, User};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{ServerModel, Time, is_active, server};
use crate::Hub;
use crate::http::error::Result;

/// A person. Fields that the caller's scopes don't allow are left out.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserModel {
    /// `user`
    kind: &'static str,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    admin: Option<bool>,
    /// What sign-in told of the person: display name, mail address and the like.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    user_info: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    roles: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<Vec<String>>,
    /// The path of the default server, if it is ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    server: Option<Option<String>>,
    /// What is under way with the default server.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pending: Option<Option<Pending>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Time>)]
    created: Option<Option<Time>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Time>)]
    last_activity: Option<Option<Time>>,
    /// By name; stopped ones only where asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    servers: Option<BTreeMap<String, ServerModel>>,
    /// What the authenticator keeps; told only by `GET` and `PATCH` of one person.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub auth_state: Option<Value>,
}

/// What these scopes let see of a person; `None` if nothing.
pub async fn user(hub: &Hub, scopes: &ScopeSet, user: &User, with_stopped: bool) -> Result<Option<UserModel>> {
    let models = users(hub, scopes, std::slice::from_ref(user), with_stopped).await?;
    Ok(models.into_iter().next())
}

/// The same for several; those of whom nothing may be seen are left out.
pub async fn users(hub: &Hub, scopes: &ScopeSet, users: &[User], with_stopped: bool) -> Result<Vec<UserModel>> {
    let ids: Vec<i64> = users.iter().map(|user| user.id).collect();
    let with_servers = scopes.holds(Scope::ReadServers) || scopes.holds(Scope::ReadUsers);
    let mut all = all_around(hub, &ids, with_servers).await?;
    let model = |user: &User| {
        let around = all.remove(&user.id).unwrap_or_default();
        Seen { hub, scopes, user }.model(around.belongings, &around.servers, with_stopped)
    };
    Ok(users.iter().filter_map(model).collect())
}

/// What belongs to a person.
#[derive(Debug, Clone, Default)]
pub struct Around {
    belongings: Belongings,
    servers: Vec<Spawner>,
}

pub async fn around(hub: &Hub, id: i64) -> Result<Around> {
    Ok(all_around(hub, &[id], true).await?.remove(&id).unwrap_or_default())
}

async fn all_around(hub: &Hub, ids: &[i64], with_servers: bool) -> Result<HashMap<i64, Around>> {
    let mut all: HashMap<i64, Around> = HashMap::new();
    for (id, belongings) in users::belongings(&hub.store, ids, hub.clock.now()).await? {
        all.entry(id).or_default().belongings = belongings;
    }
    if with_servers {
        for server in spawners::of_users(&hub.store, ids).await? {
            all.entry(server.user_id).or_default().servers.push(server);
        }
    }
    Ok(all)
}

/// The model of somebody of whom all was read before.
pub fn known(hub: &Hub, scopes: &ScopeSet, user: &User, around: &Around) -> Option<UserModel> {
    Seen { hub, scopes, user }.model(around.belongings.clone(), &around.servers, false)
}

/// A person through somebody's scopes.
struct Seen<'a> {
    hub: &'a Hub,
    scopes: &'a ScopeSet,
    user: &'a User,
}

impl Seen<'_> {
    fn model(&self, belongings: Belongings, servers: &[Spawner], with_stopped: bool) -> Option<UserModel> {
        let user = self.user;
        let resource = Resource::User(&user.name);
        let membership = GroupsOf {
            user: &user.name,
            groups: &belongings.groups,
        };
        let may = |scope| self.scopes.has(scope, resource, &membership).is_granted();
        let (named, read) = (may(Scope::ReadUsersName), may(Scope::ReadUsers));
        let default = servers.iter().find(|server| server.name.is_empty());
        let url = |server: &Spawner| super::server::url(self.hub, server);
        let model = UserModel {
            kind: "user",
            name: user.name.clone(),
            // Also on its own the name tells who somebody is.
            admin: named.then_some(user.admin),
            user_info: named.then(|| user.user_info.clone().unwrap_or(Value::Null)),
            server: read.then(|| default.filter(|server| server.run.phase == Phase::Ready).map(url)),
            pending: read.then(|| default.and_then(|server| server.run.phase.pending())),
            created: read.then(|| user.created.map(Time)),
            last_activity: may(Scope::ReadUsersActivity).then(|| user.last_activity.map(Time)),
            servers: self.servers(servers, with_stopped, &membership),
            auth_state: may(Scope::AdminAuthState).then_some(Value::Null),
            roles: (read || may(Scope::ReadRolesUsers)).then_some(belongings.roles),
            groups: may(Scope::ReadUsersGroups).then(|| belongings.groups.clone()),
        };
        let seen = named
            || model.last_activity.is_some()
            || model.servers.is_some()
            || model.auth_state.is_some()
            || model.roles.is_some()
            || model.groups.is_some();
        seen.then_some(model)
    }

    fn servers(
        &self,
        servers: &[Spawner],
        with_stopped: bool,
        membership: &GroupsOf<'_>,
    ) -> Option<BTreeMap<String, ServerModel>> {
        let may = |scope, resource| self.scopes.has(scope, resource, membership).is_granted();
        let user = self.user.name.as_str();
        let shown: BTreeMap<String, ServerModel> = servers
            .iter()
            .filter(|server| with_stopped || is_active(server))
            .filter_map(|spawner| {
                let this = Resource::Server {
                    user,
                    server: &spawner.name,
                };
                let with_state = may(Scope::AdminServerState, this);
                may(Scope::ReadServers, this).then(|| (spawner.name.clone(), server(self.hub, spawner, with_state)))
            })
            .collect();
        (!shown.is_empty() || may(Scope::ReadServers, Resource::User(user))).then_some(shown)
    }
}
