//! What the API tells of users, servers and tokens: a field appears only to those whose scopes allow it.

use jiff::Timestamp;
use perijove_model::scopes::{GroupsOf, Resource, Scope, ScopeSet};
use perijove_model::server::Phase;
use perijove_model::{escape, names};
use perijove_store::spawners::Spawner;
use perijove_store::tokens::Token;
use perijove_store::users::User;
use perijove_store::{groups, roles, spawners};
use serde_json::{Map, Value, json};

use crate::Hub;
use crate::http::error::Result;

/// ISO 8601 in UTC with microseconds, as everywhere in the API.
#[must_use]
pub fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string()
}

/// `/hub/api/users/NAME/server`, or `.../servers/SERVER`.
#[must_use]
pub fn server_api(prefix: &str, user: &str, server: &str) -> String {
    let user = escape::segment(user);
    match server {
        "" => format!("{prefix}api/users/{user}/server"),
        server => format!("{prefix}api/users/{user}/servers/{}", escape::segment(server)),
    }
}

/// What these scopes let see of a user; `None` if nothing.
pub async fn user(
    hub: &Hub,
    scopes: &ScopeSet,
    user: &User,
    servers: &[Spawner],
    with_stopped: bool,
) -> Result<Option<Value>> {
    let own_groups = groups::of_user(&hub.store, user.id).await?;
    let membership = GroupsOf {
        user: &user.name,
        groups: &own_groups,
    };
    let resource = Resource::User(&user.name);
    let may = |scope| scopes.has(scope, resource, &membership).is_granted();
    let mut model = Map::new();
    if may(Scope::ReadUsersName) {
        // Also on its own it tells who somebody is.
        model.insert("admin".into(), user.admin.into());
        model.insert("user_info".into(), user.user_info.clone().unwrap_or(Value::Null));
    }
    let listed: Vec<&Spawner> = servers
        .iter()
        .filter(|server| with_stopped || is_active(server))
        .collect();
    let default = servers.iter().find(|server| server.name.is_empty());
    if may(Scope::ReadUsers) {
        model.insert(
            "server".into(),
            default
                .filter(|s| s.run.phase == Phase::Ready)
                .map(|s| url(hub, s))
                .into(),
        );
        model.insert(
            "pending".into(),
            json!(default.and_then(|server| server.run.phase.pending())),
        );
        model.insert("created".into(), user.created.map(time).into());
    }
    if may(Scope::ReadUsersGroups) {
        model.insert("groups".into(), own_groups.clone().into());
    }
    if may(Scope::ReadUsersActivity) {
        model.insert("last_activity".into(), user.last_activity.map(time).into());
    }
    if may(Scope::ReadRolesUsers) || may(Scope::ReadUsers) {
        model.insert("roles".into(), roles::of_user(&hub.store, user.id).await?.into());
    }
    if may(Scope::AdminAuthState) {
        model.insert("auth_state".into(), Value::Null);
    }
    let visible = |server: &&&Spawner| {
        let resource = Resource::Server {
            user: &user.name,
            server: &server.name,
        };
        scopes.has(Scope::ReadServers, resource, &membership).is_granted()
    };
    let state_of = |server: &Spawner| {
        let resource = Resource::Server {
            user: &user.name,
            server: &server.name,
        };
        scopes.has(Scope::AdminServerState, resource, &membership).is_granted()
    };
    let shown: Vec<&&Spawner> = listed.iter().filter(visible).collect();
    if may(Scope::ReadServers) || !shown.is_empty() {
        let servers: Map<String, Value> = shown
            .iter()
            .map(|s| (s.name.clone(), server(hub, s, state_of(s))))
            .collect();
        model.insert("servers".into(), servers.into());
    }
    if model.is_empty() {
        return Ok(None);
    }
    model.insert("kind".into(), "user".into());
    model.insert("name".into(), user.name.clone().into());
    Ok(Some(model.into()))
}

/// The servers of one user, as the model of the user needs them.
pub async fn with_servers(hub: &Hub, scopes: &ScopeSet, who: &User, with_stopped: bool) -> Result<Option<Value>> {
    let servers = spawners::of_user(&hub.store, who.id).await?;
    user(hub, scopes, who, &servers, with_stopped).await
}

#[must_use]
pub fn is_active(server: &Spawner) -> bool {
    server.run.phase.is_active()
}

fn url(hub: &Hub, server: &Spawner) -> String {
    names::server_path(hub.config.hub.base_url.as_str(), &server.user_name, &server.name)
}

#[must_use]
pub fn server(hub: &Hub, server: &Spawner, with_state: bool) -> Value {
    let prefix = hub.prefix();
    let phase = server.run.phase;
    let progress = format!("{}/progress", server_api(&prefix, &server.user_name, &server.name));
    let origin = hub
        .config
        .hub
        .public_url
        .as_ref()
        .map(|url| url.origin().ascii_serialization());
    let full = |path: &str| origin.as_ref().map(|origin| format!("{origin}{path}"));
    let url = url(hub, server);
    let mut model = json!({
        "name": server.name,
        "display_name": server.display_name.clone().unwrap_or_default(),
        "full_name": format!("{}/{}", server.user_name, server.name),
        "last_activity": server.last_activity.map(time),
        "started": server.started.map(time),
        "pending": phase.pending(),
        "ready": phase == Phase::Ready,
        "stopped": !phase.is_active(),
        "full_url": full(&url),
        "full_progress_url": full(&progress),
        "url": url,
        "user_options": server.user_options.clone().unwrap_or_else(|| json!({})),
        "progress_url": progress,
    });
    if with_state {
        model["state"] = server.state.clone().unwrap_or(Value::Null);
    }
    model
}

/// A token without its secret.
#[must_use]
pub fn token(owner: (&str, &str), token: &Token, scopes: &[String], client: Option<&str>) -> Value {
    let mut model = json!({
        "id": format!("a{}", token.id),
        "kind": "api_token",
        "roles": [],
        "scopes": scopes,
        "created": token.created.map(time),
        "last_activity": token.last_activity.map(time),
        "expires_at": token.expires_at.map(time),
        "note": token.note,
        "session_id": token.session_id,
        "oauth_client": client,
    });
    model[owner.0] = owner.1.into();
    model
}
