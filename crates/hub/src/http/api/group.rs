//! One group: `/hub/api/groups/{group}`, its members and its properties.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use perijove_model::scopes::{Resource, Scope};
use perijove_store::groups::{self, Group};
use perijove_store::{Db, Tx};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::groups::{make, names_of, people};
use super::refusals::{BadRequest, Conflict, NotFound};
use super::{Body, models};
use crate::Hub;
use crate::audit::{self, Act};
use crate::http::error::{HttpError, Result, short};
use crate::http::visitor::Principal;

const READERS: [Scope; 3] = [Scope::ReadGroups, Scope::ReadGroupsName, Scope::ReadRolesGroups];

type Model = Json<Option<models::GroupModel>>;

/// See a group.
#[utoipa::path(
    get,
    path = "/groups/{group}",
    tag = "groups",
    params(("group" = String, Path, description = "The group's name")),
    responses((status = 200, description = "The group", body = models::GroupModel), NotFound),
    security(("token" = ["read:groups"]), ("token" = ["read:groups:name"]), ("token" = ["read:roles:groups"])),
)]
pub async fn get(State(hub): State<Arc<Hub>>, Path(name): Path<String>, principal: Principal) -> Result<Model> {
    principal.require(&hub.store, &READERS, Resource::Group(&name)).await?;
    let group = find(&hub.store, &name).await?;
    model(&hub, &principal, &group).await
}

#[derive(Deserialize, Default, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGroup {
    /// Its members.
    #[serde(default)]
    users: Vec<String>,
    /// That of the address counts.
    #[serde(default, rename = "name")]
    #[schema(value_type = Option<String>)]
    _name: IgnoredAny,
    /// It means nothing yet.
    #[serde(default, rename = "roles")]
    #[schema(value_type = Option<Vec<String>>)]
    _roles: IgnoredAny,
}

/// Make a group.
#[utoipa::path(
    post,
    path = "/groups/{group}",
    tag = "groups",
    params(("group" = String, Path, description = "The group's name")),
    request_body = NewGroup,
    responses((status = 201, description = "The new group", body = models::GroupModel), BadRequest, NotFound, Conflict),
    security(("token" = ["admin:groups"])),
)]
pub async fn create(
    State(hub): State<Arc<Hub>>,
    Path(name): Path<String>,
    principal: Principal,
    body: Body<NewGroup>,
) -> Result<(StatusCode, Model)> {
    may_make(&hub, &principal, &name).await?;
    let members = body.given()?.unwrap_or_default().users;
    let group = create_one(&hub, &principal, &name, &members).await?;
    Ok((StatusCode::CREATED, model(&hub, &principal, &group).await?))
}

async fn may_make(hub: &Hub, by: &Principal, name: &str) -> Result<()> {
    by.require(&hub.store, &[Scope::AdminGroups], Resource::Group(name))
        .await
}

/// A new group with these members.
pub(in crate::http) async fn create_one(hub: &Hub, by: &Principal, name: &str, members: &[String]) -> Result<Group> {
    may_make(hub, by, name).await?;
    let tx = hub.store.begin().await?;
    let group = make(hub, &tx, by, name, members).await?;
    tx.commit().await?;
    Ok(group)
}

/// Delete a group; its members stay.
#[utoipa::path(
    delete,
    path = "/groups/{group}",
    tag = "groups",
    params(("group" = String, Path, description = "The group's name")),
    responses((status = 204, description = "The group is gone"), NotFound),
    security(("token" = ["delete:groups"])),
)]
pub async fn delete(State(hub): State<Arc<Hub>>, Path(name): Path<String>, principal: Principal) -> Result<StatusCode> {
    remove(&hub, &principal, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(in crate::http) async fn remove(hub: &Hub, by: &Principal, name: &str) -> Result<()> {
    by.require(&hub.store, &[Scope::DeleteGroups], Resource::Group(name))
        .await?;
    let tx = hub.store.begin().await?;
    let group = find(&tx, name).await?;
    groups::delete(&tx, group.id).await?;
    note(hub, &tx, by, Act::GroupRemoved, &group, json!({})).await?;
    tx.commit().await?;
    Ok(())
}

/// `name` and `roles` may stand there; they mean nothing.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Members {
    /// Names of people.
    users: Option<Vec<String>>,
    #[serde(default, rename = "name")]
    #[schema(value_type = Option<String>)]
    _name: IgnoredAny,
    #[serde(default, rename = "roles")]
    #[schema(value_type = Option<Vec<String>>)]
    _roles: IgnoredAny,
}

/// Put people into a group; those who are in it already may be named.
#[utoipa::path(
    post,
    path = "/groups/{group}/users",
    tag = "groups",
    params(("group" = String, Path, description = "The group's name")),
    request_body = Members,
    responses((status = 200, description = "The group", body = models::GroupModel), BadRequest, NotFound),
    security(("token" = ["groups"])),
)]
pub async fn add_users(
    State(hub): State<Arc<Hub>>,
    Path(name): Path<String>,
    principal: Principal,
    body: Body<Members>,
) -> Result<Model> {
    change_users(&hub, &principal, &name, body, Change::Add).await
}

/// Take people out of a group; those who are not in it may be named.
#[utoipa::path(
    delete,
    path = "/groups/{group}/users",
    tag = "groups",
    params(("group" = String, Path, description = "The group's name")),
    request_body = Members,
    responses((status = 200, description = "The group", body = models::GroupModel), BadRequest, NotFound),
    security(("token" = ["groups"])),
)]
pub async fn remove_users(
    State(hub): State<Arc<Hub>>,
    Path(name): Path<String>,
    principal: Principal,
    body: Body<Members>,
) -> Result<Model> {
    change_users(&hub, &principal, &name, body, Change::Remove).await
}

/// What becomes of people in a group.
#[derive(Clone, Copy)]
pub(in crate::http) enum Change {
    Add,
    Remove,
}

async fn change_users(
    hub: &Hub,
    principal: &Principal,
    name: &str,
    body: Body<Members>,
    change: Change,
) -> Result<Model> {
    principal
        .require(&hub.store, &[Scope::Groups], Resource::Group(name))
        .await?;
    let group = find(&hub.store, name).await?;
    let missing = match change {
        Change::Add => "Must specify users to add",
        Change::Remove => "Must specify users to delete",
    };
    let named = body.given()?.and_then(|body| body.users);
    let named = named.ok_or_else(|| HttpError::bad_request(missing))?;
    change_members(hub, principal, name, &named, change).await?;
    model(hub, principal, &group).await
}

pub(in crate::http) async fn change_members(
    hub: &Hub,
    by: &Principal,
    name: &str,
    named: &[String],
    change: Change,
) -> Result<()> {
    by.require(&hub.store, &[Scope::Groups], Resource::Group(name)).await?;
    let tx = hub.store.begin().await?;
    let group = find(&tx, name).await?;
    let users = people(hub, &tx, named).await?;
    for user in &users {
        match change {
            Change::Add => groups::join(&tx, group.id, user.id).await?,
            Change::Remove => groups::leave(&tx, group.id, user.id).await?,
        };
    }
    let key = match change {
        Change::Add => "added",
        Change::Remove => "removed",
    };
    let detail = json!({ key: names_of(&users) });
    note(hub, &tx, by, Act::GroupChanged, &group, detail).await?;
    tx.commit().await?;
    Ok(())
}

/// Replace the properties of a group.
#[utoipa::path(
    put,
    path = "/groups/{group}/properties",
    tag = "groups",
    params(("group" = String, Path, description = "The group's name")),
    request_body = Object,
    responses((status = 200, description = "The group", body = models::GroupModel), BadRequest, NotFound),
    security(("token" = ["groups"])),
)]
pub async fn set_properties(
    State(hub): State<Arc<Hub>>,
    Path(name): Path<String>,
    principal: Principal,
    body: Body<Map<String, Value>>,
) -> Result<Model> {
    principal
        .require(&hub.store, &[Scope::Groups], Resource::Group(&name))
        .await?;
    let tx = hub.store.begin().await?;
    let mut group = find(&tx, &name).await?;
    let properties = body
        .given()?
        .ok_or_else(|| HttpError::bad_request("Must specify properties"))?;
    let detail = json!({ "properties": properties.keys().collect::<Vec<_>>() });
    group.properties = Value::Object(properties);
    groups::set_properties(&tx, group.id, &group.properties).await?;
    note(&hub, &tx, &principal, Act::GroupChanged, &group, detail).await?;
    tx.commit().await?;
    model(&hub, &principal, &group).await
}

async fn find(db: &impl Db, name: &str) -> Result<Group> {
    groups::by_name(db, name)
        .await?
        .ok_or_else(|| HttpError::new(StatusCode::NOT_FOUND, format!("No such group: {}", short(name))))
}

async fn note(hub: &Hub, tx: &Tx, principal: &Principal, act: Act, group: &Group, detail: Value) -> Result<()> {
    tracing::info!(
        group = short(&group.name),
        by = short(principal.name()),
        act = act.name(),
        "a group was changed"
    );
    audit::record(hub, tx, principal, act, &format!("group {}", group.name), detail).await
}

async fn model(hub: &Hub, principal: &Principal, group: &Group) -> Result<Model> {
    Ok(Json(models::group(hub, &principal.scopes, group).await?))
}
