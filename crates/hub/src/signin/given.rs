//! Groups and roles at the word of whoever signed somebody in, where the configuration takes it.

use axum::http::StatusCode;
use perijove_auth::{GivenRole, Identity};
use perijove_model::scopes::roles::{ADMIN, check_role_name};
use perijove_store::roles::Given;
use perijove_store::{Tx, groups, roles, users};
use serde_json::json;

use crate::Hub;
use crate::audit::{self, Act, Actor};
use crate::http::error::{HttpError, Result};

pub(super) async fn take_at_word(hub: &Hub, identity: &Identity, user: &users::User, by: &Actor) -> Result<()> {
    let access = &hub.config.access;
    let groups = identity.groups.as_ref().filter(|_| access.manage_groups);
    let roles = identity.roles.as_ref().filter(|_| access.manage_roles);
    if groups.is_none() && roles.is_none() {
        return Ok(());
    }
    let tx = hub.store.begin().await?;
    if let Some(names) = groups {
        set_groups(hub, &tx, names, user, by).await?;
    }
    if let Some(given) = roles {
        set_roles(hub, &tx, given, user, by).await?;
    }
    Ok(tx.commit().await?)
}

async fn set_groups(hub: &Hub, tx: &Tx, names: &[String], user: &users::User, by: &Actor) -> Result<()> {
    let before = groups::of_user(tx, user.id).await?;
    for name in names {
        groups::create(tx, name).await?;
    }
    groups::set_of_user(tx, user.id, names).await?;
    let after = groups::of_user(tx, user.id).await?;
    if before == after {
        return Ok(());
    }
    let detail = json!({ "groups": after, "before": before, "reason": "sign-in" });
    audit::record_as(hub, tx, by, Act::UserChanged, &format!("user {}", user.name), detail).await?;
    Ok(())
}

async fn set_roles(hub: &Hub, tx: &Tx, given: &[GivenRole], user: &users::User, by: &Actor) -> Result<()> {
    let given: Vec<Given> = given.iter().map(|role| checked(hub, role)).collect::<Result<_>>()?;
    let before = roles::of_user(tx, user.id).await?;
    let configured: Vec<&str> = hub.config.roles.iter().map(|role| role.name.as_str()).collect();
    let missing = roles::set_given(tx, user.id, &given, &configured).await?;
    if !missing.is_empty() {
        tracing::warn!(user = %user.name, ?missing, "roles that sign-in gives name somebody who is not there");
    }
    let admin = given.iter().any(|role| role.name == ADMIN.name);
    if admin != user.admin {
        users::set_admin(tx, user.id, admin).await?;
    }
    let after = roles::of_user(tx, user.id).await?;
    if before != after {
        let detail = json!({ "roles": after, "before": before, "reason": "sign-in" });
        audit::record_as(hub, tx, by, Act::UserChanged, &format!("user {}", user.name), detail).await?;
    }
    Ok(())
}

/// A role that can't be is refused as JupyterHub does, so that whoever runs the hub notices.
fn checked(hub: &Hub, role: &GivenRole) -> Result<Given> {
    let refuse = |why: String| HttpError::new(StatusCode::CONFLICT, why);
    check_role_name(&role.name).map_err(|why| refuse(why.to_string()))?;
    let scopes = role.scopes.as_deref().unwrap_or_default();
    let whose = format!("role {}", role.name);
    hub.catalog
        .check(scopes, &whose)
        .map_err(|why| refuse(why.to_string()))?;
    let differs = |kept: &str, said: Option<&String>| said.is_some_and(|said| said != kept);
    if role.name == ADMIN.name
        && (role.scopes.is_some() && scopes != ADMIN.scopes || differs(ADMIN.description, role.description.as_ref()))
    {
        return Err(refuse("Cannot override admin role".to_owned()));
    }
    Ok(Given {
        name: role.name.clone(),
        description: role.description.clone(),
        scopes: role.scopes.clone(),
        users: role.users.clone(),
        groups: role.groups.clone(),
        services: role.services.clone(),
    })
}
