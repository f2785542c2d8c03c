//! `PATCH /hub/api/users/{user}`: another name, another standing, other groups and roles, another state of sign-in.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use perijove_auth::policy::InvalidName;
use perijove_model::UserName;
use perijove_model::scopes::roles::{ADMIN, USER};
use perijove_model::scopes::{Resource, Scope};
use perijove_store::users::User;
use perijove_store::{Tx, groups, roles, spawners, users};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::refusals::{BadRequest, Conflict, NotFound};
use super::{Body, models};
use crate::audit::{self, Act};
use crate::http::error::{HttpError, Result, short};
use crate::http::role_changes::{self, Grant, Kind};
use crate::http::visitor::Principal;
use crate::{Hub, homes};

/// What is to change of somebody; what is not spoken of stays.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// A new name. Servers must be stopped before.
    #[serde(default, deserialize_with = "given")]
    name: Option<String>,
    #[serde(default, deserialize_with = "given")]
    admin: Option<bool>,
    /// All groups that they are to be in.
    #[serde(default, deserialize_with = "given")]
    groups: Option<Vec<String>>,
    /// All roles that they are to have themselves; `user` is always among them.
    #[serde(default, deserialize_with = "given")]
    roles: Option<Vec<String>>,
    /// What the authenticator is to remember.
    #[serde(default, deserialize_with = "given")]
    auth_state: Option<Map<String, Value>>,
}

/// A key that is there has a value: `null` is none.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Change somebody.
#[utoipa::path(
    patch,
    path = "/users/{user}",
    tag = "users",
    params(("user" = String, Path, description = "A user's name")),
    request_body = Change,
    responses(
        (status = 200, description = "As they are now, with `auth_state`", body = models::UserModel),
        BadRequest,
        NotFound,
        Conflict,
    ),
    security(("token" = ["admin:users"])),
)]
pub async fn patch(
    State(hub): State<Arc<Hub>>,
    Path(name): Path<String>,
    principal: Principal,
    body: Body<Change>,
) -> Result<Json<Value>> {
    principal
        .require(&hub.store, &[Scope::AdminUsers], Resource::User(&name))
        .await?;
    let user = users::by_name(&hub.store, &name)
        .await?
        .ok_or_else(HttpError::not_found)?;
    let change = body.required()?;
    let new_name = match &change.name {
        Some(typed) => free_name(&hub, typed, &user).await?,
        None => None,
    };
    check_admins(&hub, &principal, &user, &change, new_name.as_ref())?;
    let joined = match &change.groups {
        Some(wanted) => check_groups(&hub, &principal, &user, wanted).await?,
        None => Vec::new(),
    };
    let granted = match &change.roles {
        Some(wanted) => check_roles(&hub, &principal, &user, wanted).await?,
        None => Vec::new(),
    };
    let checked = Checked {
        new_name,
        groups: joined,
        roles: granted,
    };
    if checked.new_name.is_some() {
        homes::settle(&hub, &user).await?;
    }
    apply(&hub, &principal, &user, &change, &checked).await?;
    answer(&hub, &principal, user.id).await.map(Json)
}

/// Makes somebody an administrator, or no more.
pub(in crate::http) async fn set_admin(hub: &Hub, by: &Principal, user: &User, admin: bool) -> Result<()> {
    let resource = Resource::User(&user.name);
    by.require(&hub.store, &[Scope::AdminUsers], resource).await?;
    let change = Change {
        admin: Some(admin),
        ..Change::default()
    };
    check_admins(hub, by, user, &change, None)?;
    let checked = Checked {
        new_name: None,
        groups: Vec::new(),
        roles: Vec::new(),
    };
    apply(hub, by, user, &change, &checked).await
}

/// Gives somebody another name; tells which it is.
pub(in crate::http) async fn rename_to(hub: &Hub, by: &Principal, user: &User, typed: &str) -> Result<String> {
    let resource = Resource::User(&user.name);
    by.require(&hub.store, &[Scope::AdminUsers], resource).await?;
    let Some(name) = free_name(hub, typed, user).await? else {
        return Ok(user.name.clone());
    };
    let change = Change {
        name: Some(typed.to_owned()),
        ..Change::default()
    };
    check_admins(hub, by, user, &change, Some(&name))?;
    homes::settle(hub, user).await?;
    let new = name.to_string();
    let checked = Checked {
        new_name: Some(name),
        groups: Vec::new(),
        roles: Vec::new(),
    };
    apply(hub, by, user, &change, &checked).await?;
    Ok(new)
}

/// The new name as it will be, if it is another one, and nobody's.
async fn free_name(hub: &Hub, typed: &str, user: &User) -> Result<Option<UserName>> {
    if typed == user.name {
        return Ok(None);
    }
    let name = hub.policy.new_name(typed).map_err(invalid)?;
    if name.as_str() == user.name {
        return Ok(None);
    }
    match users::by_name(&hub.store, name.as_str()).await? {
        Some(_) => Err(is_taken(&name)),
        None => Ok(Some(name)),
    }
}

pub(super) fn invalid(error: InvalidName) -> HttpError {
    HttpError::bad_request(format!("Invalid username: {}", short(&error.0)))
}

fn is_taken(name: &UserName) -> HttpError {
    HttpError::bad_request(format!("User {name} already exists, username must be unique"))
}

/// `admin:users` must not be a way to become an admin, nor to take admins in hand.
fn check_admins(hub: &Hub, by: &Principal, user: &User, change: &Change, new_name: Option<&UserName>) -> Result<()> {
    if by.is_admin() {
        return Ok(());
    }
    if user.admin {
        return Err(HttpError::forbidden("Only admins can modify other admins"));
    }
    // The next start makes an admin of whoever has such a name.
    let by_name = new_name.is_some_and(|name| hub.config.access.admin_users.contains(name));
    let by_role = change.roles.iter().flatten().any(|role| role == ADMIN.name);
    if change.admin == Some(true) || by_name || by_role {
        return Err(HttpError::forbidden("Only admins can grant admin permissions"));
    }
    Ok(())
}

/// Of which groups they are to become members, and of which no more: each must be the caller's to fill.
async fn check_groups(hub: &Hub, by: &Principal, user: &User, wanted: &[String]) -> Result<Vec<(String, bool)>> {
    let present = groups::of_user(&hub.store, user.id).await?;
    let joined = wanted
        .iter()
        .filter(|name| !present.contains(name))
        .map(|name| (name, true));
    let left = present
        .iter()
        .filter(|name| !wanted.contains(name))
        .map(|name| (name, false));
    let mut changes = Vec::new();
    for (name, joins) in joined.chain(left) {
        by.require(&hub.store, &[Scope::Groups], Resource::Group(name)).await?;
        if groups::id_of(&hub.store, name).await?.is_none() {
            return Err(HttpError::bad_request(format!("No such group: {}", short(name))));
        }
        changes.push((name.clone(), joins));
    }
    Ok(changes)
}

/// Which roles they are to be given, and which taken: each must be the caller's to give.
async fn check_roles(hub: &Hub, by: &Principal, user: &User, wanted: &[String]) -> Result<Vec<(Grant, bool)>> {
    for name in wanted {
        if roles::by_name(&hub.store, name).await?.is_none() {
            return Err(HttpError::bad_request(format!("No such role: {}", short(name))));
        }
    }
    let present = roles::of_user(&hub.store, user.id).await?;
    let differs = |name: &&String, others: &[String]| *name != USER.name && !others.contains(name);
    let given = wanted.iter().filter(|name| differs(name, &present));
    let taken = present.iter().filter(|name| differs(name, wanted));
    let mut changes = Vec::new();
    for (name, gains) in given.map(|name| (name, true)).chain(taken.map(|name| (name, false))) {
        let grant = role_changes::check_grant(hub, by, name, (Kind::User, &user.name)).await?;
        changes.push((grant, gains));
    }
    Ok(changes)
}

/// What is asked for, and may be done.
struct Checked {
    new_name: Option<UserName>,
    groups: Vec<(String, bool)>,
    roles: Vec<(Grant, bool)>,
}

/// All of it, or nothing.
async fn apply(hub: &Hub, by: &Principal, user: &User, change: &Change, checked: &Checked) -> Result<()> {
    let tx = hub.store.begin().await?;
    users::lock(&tx, user.id).await?;
    for (grant, gains) in &checked.roles {
        match *gains {
            true => grant.give(hub, &tx, by, None).await?,
            false => grant.take(hub, &tx, by).await?,
        };
    }
    if let Some(name) = &checked.new_name {
        rename(&tx, user, name).await?;
    }
    if let Some(admin) = change.admin {
        users::set_admin(&tx, user.id, admin).await?;
    }
    for (group, joins) in &checked.groups {
        if *joins {
            let member = checked.new_name.as_ref().map_or(user.name.as_str(), UserName::as_str);
            groups::ensure(&tx, group, &[member.to_owned()], &Value::Null).await?;
        } else {
            groups::remove_user(&tx, group, user.id).await?;
        }
    }
    if let Some(state) = &change.auth_state {
        let state = Value::Object(state.clone());
        let sealed = hub.auth_states.seal(&state).ok_or_else(|| {
            HttpError::bad_request("The hub keeps no auth_state: its configuration has no crypt_keys.")
        })?;
        users::set_auth_state(&tx, user.id, Some(&sealed)).await?;
    }
    let detail = json!({
        "name": checked.new_name.as_ref().map(UserName::as_str),
        "admin": change.admin,
        "groups": change.groups,
        "auth_state": change.auth_state.is_some(),
    });
    audit::record(hub, &tx, by, Act::UserChanged, &format!("user {}", user.name), detail).await?;
    tx.commit().await?;
    Ok(())
}

pub async fn rename(tx: &Tx, user: &User, name: &UserName) -> Result<()> {
    let servers = spawners::of_user(tx, user.id).await?;
    if servers.iter().any(models::is_active) {
        let words = format!("{}'s servers must be stopped before the name can change", user.name);
        return Err(HttpError::bad_request(words));
    }
    if users::by_name(tx, name.as_str()).await?.is_some() {
        return Err(is_taken(name));
    }
    users::rename(tx, user.id, name.as_str()).await?;
    Ok(())
}

async fn answer(hub: &Hub, by: &Principal, id: i64) -> Result<Value> {
    let user = users::by_id(&hub.store, id).await?.ok_or_else(HttpError::not_found)?;
    // By its new name somebody may be out of the caller's reach.
    let seen = models::user(hub, &by.scopes, &user, false).await?;
    let mut model = seen.map_or_else(|| json!({}), |seen| json!(seen));
    let kept = user
        .encrypted_auth_state
        .and_then(|sealed| hub.auth_states.read(&sealed));
    model["auth_state"] = kept.unwrap_or_default();
    Ok(model)
}
