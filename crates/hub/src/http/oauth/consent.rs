//! What a visitor can give a client, and whether to ask them first.

use std::collections::BTreeSet;

use perijove_model::scopes::{
    GroupsOf, Owner, RawScope, Scope, access_scope, read_requested, required_scopes, resolve_requested,
};
use perijove_store::users::User;
use perijove_store::{roles, spawners, tokens};

use super::authorize::{Asked, Refusal, refuse, texts};
use crate::Hub;
use crate::http::error::{HttpError, Kind, Result};
use crate::http::standing;
use crate::http::visitor::{ClientNames, Principal};

/// What this visitor can give this client, of what it asks for: the rest is dropped quietly, as JupyterHub does.
pub(super) async fn grantable(
    hub: &Hub,
    user: &User,
    asked: &Asked,
) -> std::result::Result<BTreeSet<RawScope>, Refusal> {
    let resource = asked.names.resource();
    let required = required_scopes(&resource);
    let owner = Owner::User(&user.name);
    let person = standing::person(hub, user.id).await?.ok_or_else(HttpError::not_found)?;
    let membership = GroupsOf {
        user: &user.name,
        groups: &person.groups,
    };
    let mut allowed: BTreeSet<RawScope> = asked
        .client
        .allowed_scopes
        .iter()
        .filter_map(|text| hub.catalog.parse(text).ok())
        .collect();
    allowed.extend(required.iter().cloned());
    let mut requested = match &asked.scope {
        None => allowed.clone(),
        Some(scope) => requested(hub, scope)
            .await?
            .ok_or_else(|| refuse(asked, "invalid_scope", None))?,
    };
    requested.extend(required.iter().cloned());
    let by_client = resolve_requested(&hub.catalog, &requested, &allowed, &owner, Some(&resource), &membership);
    if !by_client.refused.is_empty() {
        return Err(refuse(asked, "invalid_scope", None));
    }
    let mut held: BTreeSet<RawScope> = person
        .raw
        .iter()
        .filter_map(|text| hub.catalog.parse(text).ok())
        .collect();
    held.insert(RawScope::from(Scope::Inherit));
    held.extend(required);
    Ok(resolve_requested(&hub.catalog, &requested, &held, &owner, Some(&resource), &membership).allowed)
}

/// Scopes or, from older clients, names of roles.
async fn requested(hub: &Hub, parameter: &str) -> std::result::Result<Option<BTreeSet<RawScope>>, Refusal> {
    if parameter.trim().is_empty() {
        return Ok(None);
    }
    if let Ok(scopes) = read_requested(&hub.catalog, parameter) {
        return Ok(Some(scopes));
    }
    let mut scopes = BTreeSet::new();
    for name in parameter.split_whitespace() {
        if let Ok(scope) = hub.catalog.parse(name) {
            scopes.insert(scope);
        } else if name.contains('\0') {
            // PostgreSQL can't even look for it.
            return Ok(None);
        } else if let Some(of_role) = roles::scopes_of_role(&hub.store, name).await? {
            scopes.extend(of_role.iter().filter_map(|text| hub.catalog.parse(text).ok()));
        } else if name != "identify" {
            return Ok(None);
        }
    }
    Ok(Some(scopes))
}

/// A filter by group is about the groups of the server's owner, so those are looked up.
pub(super) async fn check_access(hub: &Hub, principal: &Principal, asked: &Asked) -> Result<()> {
    let resource = asked.names.resource();
    let (scope, filter) = access_scope(&resource);
    if principal.may(&hub.store, scope, filter.resource()).await? {
        return Ok(());
    }
    Err(HttpError::forbidden(format!(
        "You do not have permission to access {}",
        asked.client.described()
    ))
    .of_kind(Kind::Server))
}

/// One's own running server, a service that the configuration trusts, or something agreed to before.
pub(super) async fn needs_no_question(
    hub: &Hub,
    user: &User,
    asked: &Asked,
    granted: &BTreeSet<RawScope>,
) -> Result<bool> {
    match &asked.names {
        ClientNames::Server { user: owner, server } if *owner == user.name => {
            let spawner = spawners::get(&hub.store, user.id, server).await?;
            if spawner.is_some_and(|spawner| spawner.run.phase.is_active()) {
                return Ok(true);
            }
        }
        ClientNames::Service(_) if asked.client.is_trusted => return Ok(true),
        ClientNames::Service(_) | ClientNames::Server { .. } => {}
    }
    let earlier = tokens::of_client(&hub.store, user.id, &asked.client.identifier, hub.clock.now()).await?;
    let agreed: BTreeSet<String> = earlier.into_iter().flat_map(|token| token.scopes).collect();
    Ok(!agreed.is_empty() && texts(granted).iter().all(|scope| agreed.contains(scope)))
}
