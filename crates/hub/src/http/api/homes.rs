//! `/hub/api/homes` and `/hub/api/users/{user}/home`: where people's files are, how much there is, and the trash.

use std::sync::Arc;

use axum::Json;
use axum::extract::{OriginalUri, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use perijove_model::scopes::{Resource, Scope};
use perijove_store::homes::{self as rows, Home, Query};
use perijove_store::users;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use super::Body;
use super::pagination::next_url;
use super::refusals::{BadRequest, Conflict, NotFound};
use crate::Hub;
use crate::audit::{self, Act};
use crate::homes::model::{self, HomeModel};
use crate::homes::{self, NotPossible, Restore, room};
use crate::http::error::{HttpError, Result};
use crate::http::visitor::Principal;
use crate::http::xsrf::query_value;

/// Which homes.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it describes; the query is read by hand")]
pub struct Filters {
    /// `live`, `orphan`, `trashing`, `trashed`, `restoring`, `purging` or `gone`; without it all but those that are gone.
    state: Option<String>,
    /// Whose they are, or were.
    owner: Option<String>,
    /// Only what comes behind the home of this number.
    after: Option<i64>,
    /// How many to give at most.
    limit: Option<i64>,
}

#[derive(Serialize, ToSchema)]
struct HomeList {
    items: Vec<HomeModel>,
    _pagination: Pagination,
}

#[derive(Serialize, ToSchema)]
#[schema(as = HomePagination)]
struct Pagination {
    after: i64,
    limit: i64,
    /// The next page; none if this was the last.
    next: Option<Next>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = NextHomes)]
struct Next {
    after: i64,
    limit: i64,
    url: String,
}

/// List homes.
#[utoipa::path(
    get,
    path = "/homes",
    tag = "homes",
    params(Filters),
    responses((status = 200, description = "Homes, by number", body = HomeList), BadRequest),
    security(("token" = ["read:homes"])),
)]
pub async fn list(
    State(hub): State<Arc<Hub>>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    principal: Principal,
) -> Result<Response> {
    principal
        .require(&hub.store, &[Scope::ReadHomes], Resource::Everything)
        .await?;
    let asked = uri.query().unwrap_or_default();
    let config = &hub.config.hub;
    let most = i64::from(config.api_page_max_limit).max(1);
    let usual = i64::from(config.api_page_default_limit);
    let limit = read_number(asked, "limit")?.unwrap_or(usual).clamp(1, most);
    let after = read_number(asked, "after")?.unwrap_or_default();
    let (state, only_orphans) = match query_value(asked, "state") {
        None => (None, false),
        Some(text) => model::read_state(&text).ok_or_else(|| {
            HttpError::bad_request("state must be live, orphan, trashing, trashed, restoring, purging or gone")
        })?,
    };
    let query = Query {
        state,
        only_orphans,
        owner: query_value(asked, "owner"),
        after,
        limit: limit.saturating_add(1),
    };
    let mut found = rows::list(&hub.store, &query).await?;
    let has_more = i64::try_from(found.len()).is_ok_and(|count| count > limit);
    if has_more {
        found.pop();
    }
    let next = found.last().filter(|_| has_more).map(|last| Next {
        after: last.id,
        limit,
        url: next_url(&uri, &headers, &[("after", last.id), ("limit", limit)]),
    });
    let usual_limit = room::usual_limit(&hub);
    Ok(Json(HomeList {
        items: found.iter().map(|home| HomeModel::full(home, usual_limit)).collect(),
        _pagination: Pagination { after, limit, next },
    })
    .into_response())
}

fn read_number(query: &str, key: &str) -> Result<Option<i64>> {
    let Some(text) = query_value(query, key) else {
        return Ok(None);
    };
    let number: Option<i32> = text.parse().ok();
    number
        .map(|number| Some(number.into()))
        .ok_or_else(|| HttpError::bad_request(format!("{key} must be an integer")))
}

/// See a home.
#[utoipa::path(
    get,
    path = "/homes/{home}",
    tag = "homes",
    params(("home" = i32, Path, description = "The home's number")),
    responses((status = 200, description = "The home", body = HomeModel), NotFound),
    security(("token" = ["read:homes"])),
)]
pub async fn get(State(hub): State<Arc<Hub>>, Path(id): Path<String>, principal: Principal) -> Result<Json<HomeModel>> {
    principal
        .require(&hub.store, &[Scope::ReadHomes], Resource::Everything)
        .await?;
    let home = rows::by_id(&hub.store, number(&id)?).await?;
    answer(&hub, home.ok_or_else(HttpError::not_found)?).await
}

/// See somebody's home with the configured backend, and how full it is.
#[utoipa::path(
    get,
    path = "/users/{user}/home",
    tag = "homes",
    params(("user" = String, Path, description = "A user's name")),
    responses((status = 200, description = "Their home", body = HomeModel), NotFound),
    security(("token" = ["read:servers"]), ("token" = ["read:homes"])),
)]
pub async fn of_user(
    State(hub): State<Arc<Hub>>,
    Path(name): Path<String>,
    principal: Principal,
) -> Result<Json<HomeModel>> {
    let resource = || Resource::User(&name);
    principal
        .require(&hub.store, &[Scope::ReadServers, Scope::ReadHomes], resource())
        .await?;
    let user = users::by_name(&hub.store, &name).await?;
    let user = user.ok_or_else(HttpError::not_found)?;
    let backend = hub.spawners.first().name();
    let home = rows::of_user(&hub.store, user.id, backend).await?;
    let Json(model) = answer(&hub, home.ok_or_else(HttpError::not_found)?).await?;
    let reads_all = principal.require(&hub.store, &[Scope::ReadHomes], resource()).await;
    if reads_all.is_ok() {
        return Ok(Json(model));
    }
    let is_own = principal.user().is_some_and(|own| own.id == user.id);
    let model = model.without_place();
    Ok(Json(if is_own { model } else { model.without_names() }))
}

async fn answer(hub: &Hub, home: Home) -> Result<Json<HomeModel>> {
    let limit = match home.user_id {
        Some(user_id) => room::limit_of(hub, &hub.store, user_id).await?,
        None => None,
    };
    Ok(Json(HomeModel::full(&home, limit)))
}

/// To whom a home goes.
#[derive(Deserialize, Default, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RestoreHome {
    /// Without it, whoever has the name of the one whose it was.
    user: Option<String>,
    /// Should they have files already, those go to the trash.
    replace: bool,
}

/// Bring a home back from the trash, or give one that is nobody's to somebody.
#[utoipa::path(
    post,
    path = "/homes/{home}/restore",
    tag = "homes",
    params(("home" = i32, Path, description = "The home's number")),
    request_body = Option<RestoreHome>,
    responses((status = 202, description = "It will be there in a moment", body = HomeModel), BadRequest, NotFound, Conflict),
    security(("token" = ["admin:homes"])),
)]
pub async fn restore(
    State(hub): State<Arc<Hub>>,
    Path(id): Path<String>,
    principal: Principal,
    body: Body<RestoreHome>,
) -> Result<Response> {
    principal
        .require(&hub.store, &[Scope::AdminHomes], Resource::Everything)
        .await?;
    let asked = body.given()?.unwrap_or_default();
    let wish = Restore {
        id: number(&id)?,
        to: asked.user.as_deref(),
        replace: asked.replace,
    };
    let tx = hub.store.begin().await?;
    let (home, user) = homes::restore(&tx, &wish, hub.clock.now()).await?;
    let detail = json!({ "owner": home.owner, "to": user.name, "replace": wish.replace });
    audit::record(&hub, &tx, &principal, Act::HomeRestored, &target(&home), detail).await?;
    tx.commit().await?;
    accepted(&hub, home.id).await
}

/// Delete a home that is nobody's for good.
#[utoipa::path(
    delete,
    path = "/homes/{home}",
    tag = "homes",
    params(("home" = i32, Path, description = "The home's number")),
    responses((status = 202, description = "It will be gone in a moment", body = HomeModel), NotFound, Conflict),
    security(("token" = ["admin:homes"])),
)]
pub async fn purge(State(hub): State<Arc<Hub>>, Path(id): Path<String>, principal: Principal) -> Result<Response> {
    principal
        .require(&hub.store, &[Scope::AdminHomes], Resource::Everything)
        .await?;
    let tx = hub.store.begin().await?;
    let home = homes::purge(&tx, number(&id)?, hub.clock.now()).await?;
    let detail = json!({ "owner": home.owner, "place": home.place });
    audit::record(&hub, &tx, &principal, Act::HomePurged, &target(&home), detail).await?;
    tx.commit().await?;
    accepted(&hub, home.id).await
}

async fn accepted(hub: &Hub, id: i64) -> Result<Response> {
    hub.homes.wake();
    let home = rows::by_id(&hub.store, id).await?.ok_or_else(HttpError::not_found)?;
    Ok((StatusCode::ACCEPTED, answer(hub, home).await?).into_response())
}

fn target(home: &Home) -> String {
    format!("home {}", home.id)
}

fn number(id: &str) -> Result<i64> {
    let number: Option<i32> = id.parse().ok();
    number.map(i64::from).ok_or_else(HttpError::not_found)
}

impl From<NotPossible> for HttpError {
    fn from(why: NotPossible) -> Self {
        match why {
            NotPossible::Store(error) => error.into(),
            NotPossible::NoSuchHome(_) => Self::not_found(),
            NotPossible::NoSuchUser(_) => Self::bad_request(why.to_string()),
            _ => Self::conflict(why.to_string()),
        }
    }
}
