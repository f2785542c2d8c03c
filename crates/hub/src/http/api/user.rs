//! `GET`, `POST` and `DELETE /hub/api/users/{user}`

use std::sync::Arc;

use axum::Json;
use axum::extract::{OriginalUri, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use perijove_model::scopes::{Resource, Scope};
use perijove_model::server::Pending;
use perijove_store::{spawners, users};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::json;
use utoipa::ToSchema;

use super::refusals::{Conflict, NotFound};
use super::user_change::invalid;
use super::users::{check_may_make_admin, include_stopped};
use super::{Body, models};
use crate::http::error::{HttpError, Result};
use crate::http::visitor::Principal;
use crate::{Hub, people, servers};

const READERS: [Scope; 6] = [
    Scope::ReadUsers,
    Scope::ReadUsersName,
    Scope::ReadServers,
    Scope::ReadUsersGroups,
    Scope::ReadUsersActivity,
    Scope::ReadRolesUsers,
];

/// Tell about somebody.
#[utoipa::path(
    get,
    path = "/users/{user}",
    tag = "users",
    params(
        ("user" = String, Path, description = "A user's name"),
        ("include_stopped_servers" = Option<String>, Query, description = "Servers that are stopped, too"),
    ),
    responses((status = 200, description = "What the caller may see of them", body = models::UserModel), NotFound),
    security(("token" = [
        "read:users",
        "read:users:name",
        "read:servers",
        "read:users:groups",
        "read:users:activity",
        "read:roles:users",
    ])),
)]
pub async fn get(
    State(hub): State<Arc<Hub>>,
    OriginalUri(uri): OriginalUri,
    Path(name): Path<String>,
    principal: Principal,
) -> Result<Json<models::UserModel>> {
    principal.require(&hub.store, &READERS, Resource::User(&name)).await?;
    let user = users::by_name(&hub.store, &name)
        .await?
        .ok_or_else(HttpError::not_found)?;
    let with_stopped = include_stopped(uri.query().unwrap_or_default());
    let mut model = models::user(&hub, &principal.scopes, &user, with_stopped)
        .await?
        .ok_or_else(HttpError::not_found)?;
    if let Some(kept) = &mut model.auth_state {
        *kept = user
            .encrypted_auth_state
            .and_then(|sealed| hub.auth_states.read(&sealed))
            .unwrap_or_default();
    }
    Ok(Json(model))
}

/// The model's other keys may stand there; they mean nothing yet.
#[derive(Deserialize, Default, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewUser {
    admin: bool,
    #[serde(rename = "name")]
    #[schema(value_type = Object)]
    _name: IgnoredAny,
    #[serde(rename = "groups")]
    #[schema(value_type = Object)]
    _groups: IgnoredAny,
    #[serde(rename = "roles")]
    #[schema(value_type = Object)]
    _roles: IgnoredAny,
    #[serde(rename = "auth_state")]
    #[schema(value_type = Object)]
    _auth_state: IgnoredAny,
}

/// Add somebody.
#[utoipa::path(
    post,
    path = "/users/{user}",
    tag = "users",
    params(("user" = String, Path, description = "A user's name")),
    request_body = Option<NewUser>,
    responses((status = 201, description = "Added", body = models::UserModel), NotFound, Conflict),
    security(("token" = ["admin:users"])),
)]
pub async fn create(
    State(hub): State<Arc<Hub>>,
    Path(typed): Path<String>,
    principal: Principal,
    body: Body<NewUser>,
) -> Result<Response> {
    principal
        .require(&hub.store, &[Scope::AdminUsers], Resource::User(&typed))
        .await?;
    let admin = body.given()?.unwrap_or_default().admin;
    check_may_make_admin(&principal, admin)?;
    let name = hub.policy.new_name(&typed).map_err(invalid)?;
    let Some(user) = people::make(&hub, &principal, &name, admin).await? else {
        return Err(HttpError::conflict(format!("User {name} already exists")));
    };
    let model = models::user(&hub, &principal.scopes, &user, false).await?;
    Ok((StatusCode::CREATED, Json(model)).into_response())
}

/// Delete somebody, and their servers. Their files go to the trash.
#[utoipa::path(
    delete,
    path = "/users/{user}",
    tag = "users",
    params(("user" = String, Path, description = "A user's name")),
    responses((status = 204, description = "Gone"), NotFound),
    security(("token" = ["delete:users"])),
)]
pub async fn delete(State(hub): State<Arc<Hub>>, Path(name): Path<String>, principal: Principal) -> Result<StatusCode> {
    principal
        .require(&hub.store, &[Scope::DeleteUsers], Resource::User(&name))
        .await?;
    let user = users::by_name(&hub.store, &name)
        .await?
        .ok_or_else(HttpError::not_found)?;
    if principal.user().is_some_and(|own| own.id == user.id) {
        return Err(HttpError::bad_request("Cannot delete yourself!"));
    }
    delete_with_servers(&hub, &principal, &user).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Deletes somebody once their servers have stopped.
pub async fn delete_with_servers(hub: &Arc<Hub>, principal: &Principal, user: &users::User) -> Result<()> {
    for server in spawners::of_user(&hub.store, user.id).await? {
        if server.run.phase.pending() == Some(Pending::Stop) {
            return Err(HttpError::bad_request(format!(
                "{}'s server is in the process of stopping, please wait.",
                user.name
            )));
        }
        servers::request_stop(hub, Some(principal), &server, !server.name.is_empty()).await?;
        let stopped = servers::wait(hub, server.id, hub.config.hub.slow_stop_timeout, |s| {
            !s.run.phase.is_active()
        });
        if stopped.await?.is_some_and(|server| server.run.phase.is_active()) {
            return Err(HttpError::bad_request(format!(
                "{}'s server is taking long to stop, please try again later.",
                user.name
            )));
        }
    }
    crate::homes::settle(hub, user).await?;
    match people::remove(hub, user, &principal.into(), json!({ "admin": user.admin })).await? {
        true => Ok(()),
        false => Err(HttpError::bad_request(format!(
            "{}'s server was started in the meantime, please try again.",
            user.name
        ))),
    }
}
