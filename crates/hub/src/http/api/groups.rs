//! `GET` and `POST /hub/api/groups`

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::Json;
use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use perijove_model::names::check_group_name;
use perijove_model::scopes::{Reach, Resource, Scope};
use perijove_store::groups::Group;
use perijove_store::users::User;
use perijove_store::{Db, Tx, groups, users};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::json;
use utoipa::ToSchema;

use super::pagination::{Page, PageParams};
use super::refusals::{BadRequest, Conflict};
use super::{Body, models};
use crate::Hub;
use crate::audit::{self, Act};
use crate::http::error::{HttpError, Result, short};
use crate::http::visitor::Principal;

/// List groups.
#[utoipa::path(
    get,
    path = "/groups",
    tag = "groups",
    params(PageParams),
    responses((status = 200, description = "The groups that the caller may see", body = Vec<models::GroupModel>), BadRequest),
    security(("token" = ["list:groups"])),
)]
pub async fn list(
    State(hub): State<Arc<Hub>>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    principal: Principal,
) -> Result<Response> {
    let only = match principal.scopes.require_some(Scope::ListGroups)? {
        Reach::All => None,
        Reach::Only(filters) if filters.iter().count() == filters.groups().count() => {
            Some(filters.groups().map(str::to_owned).collect::<Vec<_>>())
        }
        Reach::Only(_) => return Err(HttpError::forbidden("list:groups takes filters for groups only")),
    };
    let page = Page::read(&hub, &headers, &uri)?;
    let (found, total) = groups::list(&hub.store, only.as_deref(), page.offset, page.limit).await?;
    let items = models::groups(&hub, &principal.scopes, &found).await?;
    Ok(page.answer(&uri, &headers, items, total))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGroups {
    groups: Names,
    /// Members of all of them.
    #[serde(default)]
    users: Vec<String>,
    /// It means nothing here.
    #[serde(default, rename = "name")]
    #[schema(value_type = Option<String>)]
    _name: IgnoredAny,
    /// It means nothing yet.
    #[serde(default, rename = "roles")]
    #[schema(value_type = Option<Vec<String>>)]
    _roles: IgnoredAny,
}

/// Names of groups, or each with members of its own.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Names {
    Plain(Vec<String>),
    WithMembers(BTreeMap<String, Vec<String>>),
}

/// Make groups: all of them or, if one can't be made, none.
#[utoipa::path(
    post,
    path = "/groups",
    tag = "groups",
    request_body = NewGroups,
    responses((status = 201, description = "The new groups", body = Vec<models::GroupModel>), BadRequest, Conflict),
    security(("token" = ["admin:groups"])),
)]
pub async fn create(
    State(hub): State<Arc<Hub>>,
    principal: Principal,
    body: Body<NewGroups>,
) -> Result<(StatusCode, Json<Vec<models::GroupModel>>)> {
    principal
        .require(&hub.store, &[Scope::AdminGroups], Resource::Everything)
        .await?;
    let none = || HttpError::bad_request("Must specify at least one group to create");
    let wanted = body.given()?.ok_or_else(none)?;
    let names: Vec<(String, Vec<String>)> = match wanted.groups {
        Names::Plain(names) => names.into_iter().map(|name| (name, Vec::new())).collect(),
        Names::WithMembers(names) => names.into_iter().collect(),
    };
    if names.is_empty() {
        return Err(none());
    }
    let tx = hub.store.begin().await?;
    let mut made = Vec::new();
    for (name, mut members) in names {
        members.extend_from_slice(&wanted.users);
        made.push(make(&hub, &tx, &principal, &name, &members).await?);
    }
    tx.commit().await?;
    let models = models::groups(&hub, &principal.scopes, &made).await?;
    Ok((StatusCode::CREATED, Json(models)))
}

/// One new group.
pub(super) async fn make(hub: &Hub, tx: &Tx, principal: &Principal, name: &str, members: &[String]) -> Result<Group> {
    check_group_name(name)?;
    let id = groups::create(tx, name)
        .await?
        .ok_or_else(|| HttpError::conflict(format!("Group {} already exists", short(name))))?;
    let users = people(hub, tx, members).await?;
    for user in &users {
        groups::join(tx, id, user.id).await?;
    }
    let detail = json!({ "users": names_of(&users) });
    audit::record(hub, tx, principal, Act::GroupMade, &format!("group {name}"), detail).await?;
    tracing::info!(group = short(name), by = short(principal.name()), "a group was made");
    Ok(Group {
        id,
        name: name.to_owned(),
        properties: json!({}),
    })
}

/// The people of these names, each once; every one of them must be there.
pub(super) async fn people(hub: &Hub, db: &impl Db, names: &[String]) -> Result<Vec<User>> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for typed in names {
        let nobody = || HttpError::bad_request(format!("No such user: {}", short(typed)));
        let name = hub.policy.name(typed).map_err(|_| nobody())?;
        if seen.insert(name.clone()) {
            found.push(users::by_name(db, name.as_str()).await?.ok_or_else(nobody)?);
        }
    }
    Ok(found)
}

pub(super) fn names_of(users: &[User]) -> Vec<&str> {
    users.iter().map(|user| user.name.as_str()).collect()
}
