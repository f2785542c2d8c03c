//! `GET` and `POST /hub/api/users`

use std::sync::Arc;

use axum::Json;
use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use perijove_model::scopes::{Reach, Resource, Scope};
use perijove_store::users::{ListQuery, Sort, StateFilter};
use perijove_store::{spawners, users};
use serde::Deserialize;

use super::pagination::Page;
use super::{Body, models};
use crate::http::error::{HttpError, Result};
use crate::http::visitor::Principal;
use crate::http::xsrf::query_value;
use crate::{Hub, people};

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
    let only_ready = query.state == Some(StateFilter::Ready);
    let (found, total) = users::list(&hub.store, &query).await?;
    let ids: Vec<i64> = found.iter().map(|user| user.id).collect();
    let servers = spawners::of_users(&hub.store, &ids).await?;
    let mut items = Vec::with_capacity(found.len());
    for user in &found {
        let own: Vec<_> = servers
            .iter()
            .filter(|server| server.user_id == user.id)
            .cloned()
            .collect();
        if only_ready
            && !own
                .iter()
                .any(|server| server.run.phase == perijove_model::server::Phase::Ready)
        {
            continue;
        }
        items.extend(models::user(&hub, &principal, user, &own, with_stopped).await?);
    }
    Ok(page.answer(&uri, &headers, items, total))
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewUsers {
    usernames: Vec<String>,
    #[serde(default)]
    admin: bool,
}

pub async fn create(State(hub): State<Arc<Hub>>, principal: Principal, body: Body<NewUsers>) -> Result<Response> {
    principal
        .require(&hub.store, &[Scope::AdminUsers], Resource::Everything)
        .await?;
    let wanted = body.required()?;
    if wanted.usernames.is_empty() {
        return Err(HttpError::bad_request("Must specify at least one user to create"));
    }
    check_may_make_admin(&principal, wanted.admin)?;
    let mut names = Vec::new();
    for typed in &wanted.usernames {
        names.push(hub.policy.name(typed)?);
    }
    let mut made = Vec::new();
    for name in &names {
        if users::by_name(&hub.store, name.as_str()).await?.is_some() {
            continue;
        }
        let user = people::ensure(&hub.store, &*hub.clock, &*hub.rng, name, wanted.admin).await?;
        made.extend(models::with_servers(&hub, &principal, &user, false).await?);
    }
    if made.is_empty() {
        return Err(HttpError::conflict(format!("All {} users already exist", names.len())));
    }
    Ok((StatusCode::CREATED, Json(made)).into_response())
}

/// `admin:users` must not be a way to become an admin.
pub(super) fn check_may_make_admin(principal: &Principal, admin: bool) -> Result<()> {
    if admin && !principal.is_admin() {
        return Err(HttpError::forbidden("Only admins can grant admin permissions."));
    }
    Ok(())
}
