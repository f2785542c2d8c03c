//! `GET` and `POST /hub/api/users`

use std::sync::Arc;

use axum::Json;
use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use perijove_auth::policy::InvalidName;
use perijove_model::UserName;
use perijove_model::scopes::{Reach, Resource, Scope};
use perijove_store::users::{ListQuery, Sort, StateFilter, User};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::pagination::{Page, PageParams};
use super::refusals::{BadRequest, Conflict};
use super::{Body, lists, models};
use crate::http::error::{HttpError, Result, short};
use crate::http::visitor::Principal;
use crate::http::xsrf::query_value;
use crate::{Hub, people};

/// List people.
#[utoipa::path(
    get,
    path = "/users",
    tag = "users",
    params(Filters, PageParams),
    responses((status = 200, description = "The people that the caller may see", body = Vec<models::UserModel>), BadRequest),
    security(("token" = ["list:users"])),
)]
pub async fn list(
    State(hub): State<Arc<Hub>>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    principal: Principal,
) -> Result<Response> {
    let reach = principal.scopes.require_some(Scope::ListUsers)?;
    let page = Page::read(&hub, &headers, &uri)?;
    let asked = uri.query().unwrap_or_default();
    let mut query = ListQuery {
        offset: page.offset,
        limit: page.limit,
        ..read_filters(asked)?
    };
    match reach {
        Reach::All => {}
        Reach::Only(filters) => {
            if filters.servers().next().is_some() || filters.services().next().is_some() {
                return Err(HttpError::forbidden(
                    "list:users takes filters for users and groups only",
                ));
            }
            query.only = Some(filters.users().map(str::to_owned).collect());
            query.only_groups = Some(filters.groups().map(str::to_owned).collect());
        }
    }
    let with_stopped = include_stopped(asked);
    let (found, total) = lists::page(&hub, query).await?;
    let items = models::users(&hub, &principal.scopes, &found, with_stopped).await?;
    Ok(page.answer(&uri, &headers, items, total))
}

/// Which people.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it describes; the query is read by hand, see read_filters")]
pub struct Filters {
    /// `active`: with a server that runs or is on its way; `ready`: with one that is ready; `inactive`: without.
    state: Option<String>,
    /// A part of the name, in whatever case.
    name_filter: Option<String>,
    /// `id`, `name` or `last_activity`; with `-` in front, the other way round.
    sort: Option<String>,
    /// Servers that are stopped, too. Anything but `0` and `false` means yes.
    include_stopped_servers: Option<String>,
}

fn read_filters(query: &str) -> Result<ListQuery> {
    let state = match query_value(query, "state").as_deref() {
        None => None,
        Some("active") => Some(StateFilter::Active),
        Some("inactive") => Some(StateFilter::Inactive),
        Some("ready") => Some(StateFilter::Ready),
        Some(_) => {
            return Err(HttpError::bad_request(
                "Unrecognized state filter: must be one of active, inactive, ready",
            ));
        }
    };
    let sort = query_value(query, "sort").unwrap_or_default();
    let (descending, column) = match sort.strip_prefix('-') {
        Some(column) => (true, column),
        None => (false, sort.as_str()),
    };
    let sort = match column {
        "" | "id" => Sort::Id,
        "name" => Sort::Name,
        "last_activity" => Sort::LastActivity,
        _ => {
            return Err(HttpError::bad_request(
                "sort must be one of id, name, last_activity, with '-' for descending",
            ));
        }
    };
    Ok(ListQuery {
        state,
        sort,
        descending,
        name_filter: query_value(query, "name_filter"),
        ..ListQuery::default()
    })
}

pub(super) fn include_stopped(query: &str) -> bool {
    query_value(query, "include_stopped_servers")
        .is_some_and(|value| value != "0" && !value.eq_ignore_ascii_case("false"))
}

/// So many names are told at most.
const MOST_TOLD: usize = 20;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUsers {
    usernames: Vec<String>,
    #[serde(default)]
    admin: bool,
}

/// Add people; names that are there already are passed over.
#[utoipa::path(
    post,
    path = "/users",
    tag = "users",
    request_body = NewUsers,
    responses((status = 201, description = "Those who were added", body = Vec<models::UserModel>), BadRequest, Conflict),
    security(("token" = ["admin:users"])),
)]
pub async fn create(State(hub): State<Arc<Hub>>, principal: Principal, body: Body<NewUsers>) -> Result<Response> {
    may_make(&hub, &principal).await?;
    let wanted = body.required()?;
    let made = make(&hub, &principal, &wanted.usernames, wanted.admin).await?;
    let models = models::users(&hub, &principal.scopes, &made, false).await?;
    Ok((StatusCode::CREATED, Json(models)).into_response())
}

async fn may_make(hub: &Hub, by: &Principal) -> Result<()> {
    by.require(&hub.store, &[Scope::AdminUsers], Resource::Everything).await
}

/// Makes those of these people whom there are not; if there are all, it is a mistake.
pub(in crate::http) async fn make(hub: &Hub, by: &Principal, typed: &[String], admin: bool) -> Result<Vec<User>> {
    may_make(hub, by).await?;
    if typed.is_empty() {
        return Err(HttpError::bad_request("Must specify at least one user to create"));
    }
    check_may_make_admin(by, admin)?;
    let names = read_names(hub, typed)?;
    let mut made = Vec::new();
    for name in &names {
        made.extend(people::make(hub, by, name, admin).await?);
    }
    if made.is_empty() {
        return Err(HttpError::conflict(format!("All {} users already exist", names.len())));
    }
    Ok(made)
}

/// All names, or which of them are none.
fn read_names(hub: &Hub, typed: &[String]) -> Result<Vec<UserName>> {
    let (mut names, mut bad) = (Vec::new(), Vec::new());
    for typed in typed {
        match hub.policy.new_name(typed) {
            Ok(name) => names.push(name),
            Err(InvalidName(name)) => bad.push(short(&name)),
        }
    }
    match bad.as_slice() {
        [] => Ok(names),
        [one] => Err(HttpError::bad_request(format!("Invalid username: {one}"))),
        several => {
            let shown = &several[..several.len().min(MOST_TOLD)];
            Err(HttpError::bad_request(format!(
                "Invalid usernames: {}",
                shown.join(", ")
            )))
        }
    }
}

/// `admin:users` must not be a way to become an admin.
pub(super) fn check_may_make_admin(principal: &Principal, admin: bool) -> Result<()> {
    if admin && !principal.is_admin() {
        return Err(HttpError::forbidden("Only admins can grant admin permissions"));
    }
    Ok(())
}
