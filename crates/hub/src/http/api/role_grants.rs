//! `/hub/api/roles/{role}/...`: who has a role, and until when.

use std::sync::Arc;

use axum::extract::{OriginalUri, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use jiff::{SignedDuration, Timestamp};
use perijove_model::scopes::{Resource, Scope};
use perijove_store::roles;
use serde::Deserialize;
use utoipa::ToSchema;

use super::Body;
use super::models::GrantModel;
use super::pagination::{Page, PageParams};
use super::refusals::{BadRequest, Conflict, NotFound};
use crate::Hub;
use crate::http::error::{HttpError, Result};
use crate::http::role_changes::{self, Kind};
use crate::http::visitor::Principal;

/// List who has a role: groups, services, users.
#[utoipa::path(
    get,
    path = "/roles/{role}/grants",
    tag = "roles",
    params(("role" = String, Path, description = "The name of the role"), PageParams),
    responses((status = 200, description = "Who has it", body = Vec<GrantModel>), BadRequest, NotFound),
    security(("token" = ["read:roles"])),
)]
pub async fn list(
    State(hub): State<Arc<Hub>>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    Path(name): Path<String>,
    principal: Principal,
) -> Result<Response> {
    principal
        .require(&hub.store, &[Scope::ReadRoles], Resource::Everything)
        .await?;
    let page = Page::read(&hub, &headers, &uri)?;
    let role = roles::by_name(&hub.store, &name)
        .await?
        .ok_or_else(HttpError::not_found)?;
    let now = hub.clock.now();
    let (found, total) = roles::grants(&hub.store, role.id, page.offset, page.limit, now).await?;
    let items: Vec<GrantModel> = found.into_iter().map(GrantModel::from).collect();
    Ok(page.answer(&uri, &headers, items, total))
}

/// Until when; without either, for good.
#[derive(Deserialize, Default, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Term {
    /// A moment, such as `2026-12-24T18:00:00Z`.
    #[schema(format = DateTime)]
    expires_at: Option<String>,
    /// Seconds from now.
    #[schema(minimum = 1)]
    expires_in: Option<i64>,
}

impl Term {
    fn end(&self, now: Timestamp) -> Result<Option<Timestamp>> {
        match (&self.expires_at, self.expires_in) {
            (Some(_), Some(_)) => Err(HttpError::bad_request("Specify only one of: expires_at or expires_in")),
            (None, None) => Ok(None),
            (Some(text), None) => {
                let end = text.parse().map_err(|_| {
                    HttpError::bad_request("expires_at must be a time with its zone, such as 2026-12-24T18:00:00Z")
                })?;
                Ok(Some(end))
            }
            (None, Some(seconds)) if seconds < 1 => {
                Err(HttpError::bad_request("expires_in must be a positive integer or null"))
            }
            (None, Some(seconds)) => match now.checked_add(SignedDuration::from_secs(seconds)) {
                Ok(end) => Ok(Some(end)),
                Err(_) => Err(HttpError::bad_request("expires_in is too far in the future")),
            },
        }
    }
}

type Ids = Path<(String, String)>;

async fn give(hub: &Hub, by: &Principal, role: &str, to: (Kind, &str), term: Body<Term>) -> Result<StatusCode> {
    by.require(&hub.store, &[Scope::GrantRoles], to.0.resource(to.1))
        .await?;
    let end = term.given()?.unwrap_or_default().end(hub.clock.now())?;
    Ok(match role_changes::give(hub, by, role, to, end).await? {
        true => StatusCode::CREATED,
        false => StatusCode::OK,
    })
}

async fn take(hub: &Hub, by: &Principal, role: &str, from: (Kind, &str)) -> Result<StatusCode> {
    role_changes::take(hub, by, role, from).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Give a role to a user, for good or until a moment.
#[utoipa::path(
    put,
    path = "/roles/{role}/users/{user}",
    tag = "roles",
    params(("role" = String, Path, description = "The name of the role"), ("user" = String, Path, description = "Who is to have it")),
    request_body = Option<Term>,
    responses(
        (status = 200, description = "They had it already; its end is what was asked for now"),
        (status = 201, description = "They have it now"),
        BadRequest,
        NotFound,
        Conflict,
    ),
    security(("token" = ["grant:roles"])),
)]
pub async fn give_user(
    State(hub): State<Arc<Hub>>,
    Path((role, name)): Ids,
    principal: Principal,
    term: Body<Term>,
) -> Result<StatusCode> {
    give(&hub, &principal, &role, (Kind::User, &name), term).await
}

/// Take a role from a user.
#[utoipa::path(
    delete,
    path = "/roles/{role}/users/{user}",
    tag = "roles",
    params(("role" = String, Path, description = "The name of the role"), ("user" = String, Path, description = "Who has it")),
    responses((status = 204, description = "They have it no more"), NotFound, Conflict),
    security(("token" = ["grant:roles"])),
)]
pub async fn take_user(
    State(hub): State<Arc<Hub>>,
    Path((role, name)): Ids,
    principal: Principal,
) -> Result<StatusCode> {
    take(&hub, &principal, &role, (Kind::User, &name)).await
}

/// Give a role to all who are in a group, for good or until a moment.
#[utoipa::path(
    put,
    path = "/roles/{role}/groups/{group}",
    tag = "roles",
    params(("role" = String, Path, description = "The name of the role"), ("group" = String, Path, description = "Who is to have it")),
    request_body = Option<Term>,
    responses(
        (status = 200, description = "They had it already; its end is what was asked for now"),
        (status = 201, description = "They have it now"),
        BadRequest,
        NotFound,
        Conflict,
    ),
    security(("token" = ["grant:roles"])),
)]
pub async fn give_group(
    State(hub): State<Arc<Hub>>,
    Path((role, name)): Ids,
    principal: Principal,
    term: Body<Term>,
) -> Result<StatusCode> {
    give(&hub, &principal, &role, (Kind::Group, &name), term).await
}

/// Take a role from a group.
#[utoipa::path(
    delete,
    path = "/roles/{role}/groups/{group}",
    tag = "roles",
    params(("role" = String, Path, description = "The name of the role"), ("group" = String, Path, description = "Who has it")),
    responses((status = 204, description = "They have it no more"), NotFound, Conflict),
    security(("token" = ["grant:roles"])),
)]
pub async fn take_group(
    State(hub): State<Arc<Hub>>,
    Path((role, name)): Ids,
    principal: Principal,
) -> Result<StatusCode> {
    take(&hub, &principal, &role, (Kind::Group, &name)).await
}

/// Give a role to a service, for good or until a moment.
#[utoipa::path(
    put,
    path = "/roles/{role}/services/{service}",
    tag = "roles",
    params(("role" = String, Path, description = "The name of the role"), ("service" = String, Path, description = "Who is to have it")),
    request_body = Option<Term>,
    responses(
        (status = 200, description = "They had it already; its end is what was asked for now"),
        (status = 201, description = "They have it now"),
        BadRequest,
        NotFound,
        Conflict,
    ),
    security(("token" = ["grant:roles"])),
)]
pub async fn give_service(
    State(hub): State<Arc<Hub>>,
    Path((role, name)): Ids,
    principal: Principal,
    term: Body<Term>,
) -> Result<StatusCode> {
    give(&hub, &principal, &role, (Kind::Service, &name), term).await
}

/// Take a role from a service.
#[utoipa::path(
    delete,
    path = "/roles/{role}/services/{service}",
    tag = "roles",
    params(("role" = String, Path, description = "The name of the role"), ("service" = String, Path, description = "Who has it")),
    responses((status = 204, description = "They have it no more"), NotFound, Conflict),
    security(("token" = ["grant:roles"])),
)]
pub async fn take_service(
    State(hub): State<Arc<Hub>>,
    Path((role, name)): Ids,
    principal: Principal,
) -> Result<StatusCode> {
    take(&hub, &principal, &role, (Kind::Service, &name)).await
}
