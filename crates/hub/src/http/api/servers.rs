//! `/hub/api/users/{user}/server` and `/servers/{server}`: a wish is written and waited for a while.

use std::sync::Arc;

use axum::Json;
use axum::body::Body as AxumBody;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use perijove_model::ServerName;
use perijove_model::scopes::{Resource, Scope};
use perijove_model::server::{Pending, Phase};
use perijove_store::spawners::{self, Spawner};
use perijove_store::users::{self, User};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Body, models};
use crate::http::error::{HttpError, Result, short};
use crate::http::visitor::Principal;
use crate::{Hub, servers};

type Named = Path<(String, String)>;

pub async fn get_default(
    state: State<Arc<Hub>>,
    Path(user): Path<String>,
    principal: Principal,
) -> Result<Json<models::ServerModel>> {
    get(state, Path((user, String::new())), principal).await
}

pub async fn get(
    State(hub): State<Arc<Hub>>,
    Path((user, server)): Named,
    principal: Principal,
) -> Result<Json<models::ServerModel>> {
    let owner = owner(&hub, &principal, &user, &server, Scope::ReadServers).await?;
    let spawner = match find(&hub, &owner, &server).await {
        // The default server exists even before its first start.
        Err(_) if server.is_empty() => spawners::ensure(&hub.store, owner.id, "", None).await?,
        found => found?,
    };
    let resource = Resource::Server {
        user: &user,
        server: &server,
    };
    let with_state = principal.may(&hub.store, Scope::AdminServerState, resource).await?;
    Ok(Json(models::server(&hub, &spawner, with_state)))
}

pub async fn start_default(
    state: State<Arc<Hub>>,
    Path(user): Path<String>,
    principal: Principal,
    body: Body<Map<String, Value>>,
) -> Result<Response> {
    start(state, Path((user, String::new())), principal, body).await
}

pub async fn start(
    State(hub): State<Arc<Hub>>,
    Path((user, server)): Named,
    principal: Principal,
    body: Body<Map<String, Value>>,
) -> Result<Response> {
    let owner = owner(&hub, &principal, &user, &server, Scope::StartServers).await?;
    let name = server_name(&hub, &owner, &server).await?;
    let (options, display_name) = read_wish(body.0)?;
    let begun = servers::request_start(&hub, &owner, &name, options, display_name.as_deref()).await?;
    let patience = hub.config.hub.slow_spawn_timeout;
    let done = |spawner: &Spawner| spawner.run.phase.pending() != Some(Pending::Spawn);
    let spawner = servers::wait(&hub, begun.spawner_id, patience, done)
        .await?
        .ok_or_else(HttpError::not_found)?;
    match spawner.run.phase {
        Phase::Ready => Ok(empty(StatusCode::CREATED)),
        phase if phase.pending() == Some(Pending::Spawn) => Ok(empty(StatusCode::ACCEPTED)),
        _ => {
            let failure = spawner.run.failure;
            let status = failure
                .as_ref()
                .and_then(|failure| StatusCode::from_u16(failure.status).ok());
            let message = failure.map_or_else(|| "The server was stopped while it started.".to_owned(), |f| f.message);
            Err(HttpError::new(
                status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
                message,
            ))
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct StopWish {
    remove: bool,
}

pub async fn stop_default(
    state: State<Arc<Hub>>,
    Path(user): Path<String>,
    principal: Principal,
    body: Body<StopWish>,
) -> Result<Response> {
    stop(state, Path((user, String::new())), principal, body).await
}

pub async fn stop(
    State(hub): State<Arc<Hub>>,
    Path((user, server)): Named,
    principal: Principal,
    body: Body<StopWish>,
) -> Result<Response> {
    let owner = owner(&hub, &principal, &user, &server, Scope::DeleteServers).await?;
    let remove = body.0.unwrap_or_default().remove;
    if remove && !server.is_empty() && !hub.config.hub.allow_named_servers {
        return Err(HttpError::bad_request("Named servers are not enabled."));
    }
    let spawner = match spawners::get(&hub.store, owner.id, &server).await? {
        Some(spawner) => spawner,
        // The default server exists even before its first start.
        None if server.is_empty() && !remove => return Ok(empty(StatusCode::NO_CONTENT)),
        None => return Err(no_such(&owner, &server)),
    };
    servers::request_stop(&hub, &spawner, remove).await?;
    let done = |spawner: &Spawner| !spawner.run.phase.is_active() && !remove;
    let left = servers::wait(&hub, spawner.id, hub.config.hub.slow_stop_timeout, done).await?;
    let gone = left.is_none_or(|spawner| !spawner.run.phase.is_active() && !remove);
    Ok(empty(if gone {
        StatusCode::NO_CONTENT
    } else {
        StatusCode::ACCEPTED
    }))
}

pub(super) async fn owner(hub: &Hub, principal: &Principal, user: &str, server: &str, scope: Scope) -> Result<User> {
    principal
        .require(&hub.store, &[scope], Resource::Server { user, server })
        .await?;
    users::by_name(&hub.store, user).await?.ok_or_else(HttpError::not_found)
}

pub(super) async fn find(hub: &Hub, owner: &User, server: &str) -> Result<Spawner> {
    spawners::get(&hub.store, owner.id, server)
        .await?
        .ok_or_else(|| no_such(owner, server))
}

fn no_such(owner: &User, server: &str) -> HttpError {
    HttpError::new(
        StatusCode::NOT_FOUND,
        format!("{} has no server named '{}'", owner.name, short(server)),
    )
}

/// A new name must be a slug; one that exists from before that rule may still be started.
async fn server_name(hub: &Hub, owner: &User, server: &str) -> Result<ServerName> {
    match ServerName::try_from(server) {
        Ok(name) => Ok(name),
        Err(wrong) => match spawners::get(&hub.store, owner.id, server).await? {
            Some(_) => Ok(ServerName::existing(server)?),
            None => Err(HttpError::bad_request(format!("Invalid server_name: {wrong}"))),
        },
    }
}

/// `{display_name?, user_options?}`, or, as before JupyterHub 6, the options themselves.
fn read_wish(body: Option<Map<String, Value>>) -> Result<(Option<Value>, Option<String>)> {
    let Some(mut body) = body.filter(|body| !body.is_empty()) else {
        return Ok((None, None));
    };
    if !body.contains_key("user_options") && !body.contains_key("display_name") {
        return Ok((Some(Value::Object(body)), None));
    }
    let options = match body.remove("user_options") {
        None | Some(Value::Null) => None,
        Some(options @ Value::Object(_)) => Some(options),
        Some(_) => return Err(HttpError::bad_request("user_options must be a JSON object")),
    };
    let display_name = match body.remove("display_name") {
        None | Some(Value::Null) => None,
        Some(Value::String(name)) => Some(name),
        Some(_) => return Err(HttpError::bad_request("display_name must be a string")),
    };
    Ok((options, display_name))
}

/// The contract has `text/plain` here, and nothing in it.
fn empty(status: StatusCode) -> Response {
    let mut response = (status, AxumBody::empty()).into_response();
    if status != StatusCode::NO_CONTENT {
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    }
    response
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn both_forms_of_a_start_are_read() {
        let read = |body: Value| read_wish(body.as_object().cloned()).map_err(|e| e.message.unwrap_or_default());
        assert_eq!(read(json!({})), Ok((None, None)));
        assert_eq!(read(json!({ "size": "L" })), Ok((Some(json!({ "size": "L" })), None)));
        assert_eq!(
            read(json!({ "user_options": { "a": 1 }, "display_name": "My" })),
            Ok((Some(json!({ "a": 1 })), Some("My".into())))
        );
        assert!(read(json!({ "user_options": 1 })).is_err());
        // JupyterHub passes over what else there is.
        assert_eq!(
            read(json!({ "user_options": {}, "extra": 1 })),
            Ok((Some(json!({})), None))
        );
    }
}
