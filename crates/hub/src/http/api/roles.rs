//! `/hub/api/roles` and `/hub/api/roles/{role}`: what roles allow. JupyterHub knows roles in its configuration only.

use std::sync::Arc;

use axum::Json;
use axum::extract::{OriginalUri, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use perijove_model::scopes::{Resource, Scope};
use perijove_store::roles;
use serde::Deserialize;
use utoipa::ToSchema;

use super::Body;
use super::models::RoleModel;
use super::pagination::{Page, PageParams};
use super::refusals::{BadRequest, Conflict, NotFound};
use crate::Hub;
use crate::http::error::{HttpError, Result};
use crate::http::role_changes::{self, Definition};
use crate::http::visitor::Principal;

/// List roles.
#[utoipa::path(
    get,
    path = "/roles",
    tag = "roles",
    params(PageParams),
    responses((status = 200, description = "The roles", body = Vec<RoleModel>), BadRequest),
    security(("token" = ["list:roles"])),
)]
pub async fn list(
    State(hub): State<Arc<Hub>>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    principal: Principal,
) -> Result<Response> {
    may_read(&hub, &principal).await?;
    let page = Page::read(&hub, &headers, &uri)?;
    let (found, total) = roles::list(&hub.store, page.offset, page.limit).await?;
    let items: Vec<RoleModel> = found.into_iter().map(RoleModel::from).collect();
    Ok(page.answer(&uri, &headers, items, total))
}

async fn may_read(hub: &Hub, principal: &Principal) -> Result<()> {
    principal
        .require(&hub.store, &[Scope::ListRoles], Resource::Everything)
        .await
}

/// A new role.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRole {
    name: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    scopes: Vec<String>,
}

/// Make a role, within what one may do oneself.
#[utoipa::path(
    post,
    path = "/roles",
    tag = "roles",
    request_body = NewRole,
    responses((status = 201, description = "The new role", body = RoleModel), BadRequest, Conflict),
    security(("token" = ["admin:roles"])),
)]
pub async fn create(
    State(hub): State<Arc<Hub>>,
    principal: Principal,
    body: Body<NewRole>,
) -> Result<(StatusCode, Json<RoleModel>)> {
    principal
        .require(&hub.store, &[Scope::AdminRoles], Resource::Everything)
        .await?;
    let NewRole {
        name,
        description,
        scopes,
    } = body.required()?;
    let wanted = Definition { description, scopes };
    let role = role_changes::create(&hub, &principal, &name, &wanted).await?;
    Ok((StatusCode::CREATED, Json(role.into())))
}

/// Read a role.
#[utoipa::path(
    get,
    path = "/roles/{role}",
    tag = "roles",
    params(("role" = String, Path, description = "The name of the role")),
    responses((status = 200, description = "The role", body = RoleModel), NotFound),
    security(("token" = ["list:roles"])),
)]
pub async fn get(
    State(hub): State<Arc<Hub>>,
    Path(name): Path<String>,
    principal: Principal,
) -> Result<Json<RoleModel>> {
    may_read(&hub, &principal).await?;
    let role = roles::by_name(&hub.store, &name).await?;
    Ok(Json(role.ok_or_else(HttpError::not_found)?.into()))
}

/// What is to change of a role.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    description: Option<String>,
    /// All that it is to allow from now on.
    scopes: Option<Vec<String>>,
}

/// Change a role that was made at run time, for all who have it; before and after within what one may do oneself.
#[utoipa::path(
    patch,
    path = "/roles/{role}",
    tag = "roles",
    params(("role" = String, Path, description = "The name of the role")),
    request_body = Change,
    responses((status = 200, description = "The role as it is now", body = RoleModel), BadRequest, NotFound, Conflict),
    security(("token" = ["admin:roles"])),
)]
pub async fn change(
    State(hub): State<Arc<Hub>>,
    Path(name): Path<String>,
    principal: Principal,
    body: Body<Change>,
) -> Result<Json<RoleModel>> {
    principal
        .require(&hub.store, &[Scope::AdminRoles], Resource::Everything)
        .await?;
    let Change { description, scopes } = body.required()?;
    if description.is_none() && scopes.is_none() {
        return Err(HttpError::bad_request("Must specify description or scopes"));
    }
    let role = roles::by_name(&hub.store, &name)
        .await?
        .ok_or_else(HttpError::not_found)?;
    let wanted = Definition {
        description: description.unwrap_or(role.description),
        scopes: scopes.unwrap_or(role.scopes),
    };
    Ok(Json(
        role_changes::change(&hub, &principal, &name, &wanted).await?.into(),
    ))
}

/// Delete a role that was made at run time. Whoever had it has it no more.
#[utoipa::path(
    delete,
    path = "/roles/{role}",
    tag = "roles",
    params(("role" = String, Path, description = "The name of the role")),
    responses((status = 204, description = "It is gone"), NotFound, Conflict),
    security(("token" = ["admin:roles"])),
)]
pub async fn remove(State(hub): State<Arc<Hub>>, Path(name): Path<String>, principal: Principal) -> Result<StatusCode> {
    role_changes::remove(&hub, &principal, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}
