//! What is done to a server that does not run: it is made, renamed, given other options. One transaction each, so nobody
//! ever sees a server in the middle of being renamed.

use std::sync::Arc;

use perijove_model::ServerName;
use perijove_store::spawners::{self, Spawner};
use perijove_store::users::User;
use perijove_store::{StoreError, Tx};
use serde_json::Value;

use super::checks::{self, Refused};
use super::requests::{Start, log_name, note};
use crate::Hub;
use crate::http::visitor::Principal;

/// Makes a named server, without starting it.
pub async fn create(hub: &Arc<Hub>, wanted: Start<'_>) -> Result<Spawner, Refused> {
    let Start { by, user, server, .. } = wanted;
    let name = server.as_str();
    let exists = || Refused::Exists {
        user: user.name.clone(),
        server: name.to_owned(),
    };
    if server.is_default() || spawners::get(&hub.store, user.id, name).await?.is_some() {
        return Err(exists());
    }
    let display_name = checks::names(hub, server, None, wanted.display_name)?;
    let tx = hub.store.begin().await?;
    checks::named_limit(hub, &tx, by, user, name).await?;
    // Another request may have been quicker.
    if spawners::get(&tx, user.id, name).await?.is_some() {
        return Err(exists());
    }
    let made = spawners::ensure(&tx, user.id, name, display_name.as_deref()).await?;
    if let Some(options) = &wanted.options {
        spawners::set_user_options(&tx, made.id, options).await?;
    }
    note(hub, &tx, by, &made, "create").await?;
    let made = read_back(&tx, made.id).await?;
    tx.commit().await?;
    tracing::info!(server = log_name(&made), "a server was made");
    Ok(made)
}

/// What is to change about a server.
pub struct Edit<'a> {
    pub by: &'a Principal,
    pub user: &'a User,
    pub server: &'a str,
    pub name: Option<&'a str>,
    pub display_name: Option<&'a str>,
    pub options: Option<&'a Value>,
}

/// Changes a server that does not run.
pub async fn edit(hub: &Arc<Hub>, edit: Edit<'_>) -> Result<Spawner, Refused> {
    let Edit { user, server, .. } = edit;
    let display_name = edit.display_name.map(checks::display_name).transpose()?;
    let tx = hub.store.begin().await?;
    let found = spawners::get(&tx, user.id, server).await?;
    check_names(hub, &tx, &edit, found.is_some()).await?;
    let found = match found {
        Some(found) => found,
        // The default server exists even before its first start.
        None if server.is_empty() => spawners::ensure(&tx, user.id, "", None).await?,
        None => {
            return Err(Refused::Unknown {
                user: user.name.clone(),
                server: server.to_owned(),
            });
        }
    };
    let spawner = spawners::lock(&tx, found.id).await?.unwrap_or(found);
    if spawner.run.phase.is_active() {
        return Err(Refused::Active(log_name(&spawner)));
    }
    if let Some(name) = edit.name {
        rename(&tx, &spawner, name).await?;
    }
    if let Some(options) = edit.options {
        spawners::set_user_options(&tx, spawner.id, options).await?;
    }
    if display_name.is_some() {
        spawners::set_display_name(&tx, spawner.id, display_name.as_deref()).await?;
    }
    note(hub, &tx, Some(edit.by), &spawner, "change").await?;
    let changed = read_back(&tx, spawner.id).await?;
    tx.commit().await?;
    tracing::info!(
        server = log_name(&spawner),
        now = log_name(&changed),
        "a server was changed"
    );
    Ok(changed)
}

/// Has people call a server something else, whether it runs or not: nothing but pages says this name.
pub async fn give_name(
    hub: &Arc<Hub>,
    by: &Principal,
    (user, server): (&User, &ServerName),
    display_name: &str,
) -> Result<(), Refused> {
    let found = spawners::get(&hub.store, user.id, server.as_str()).await?;
    let display_name = checks::names(hub, server, found.as_ref(), Some(display_name))?;
    let tx = hub.store.begin().await?;
    let spawner = match found {
        Some(found) => found,
        None if server.is_default() => spawners::ensure(&tx, user.id, "", None).await?,
        None => {
            return Err(Refused::Unknown {
                user: user.name.clone(),
                server: server.to_string(),
            });
        }
    };
    spawners::set_display_name(&tx, spawner.id, display_name.as_deref()).await?;
    note(hub, &tx, Some(by), &spawner, "change").await?;
    tx.commit().await?;
    Ok(())
}

async fn check_names(hub: &Hub, tx: &Tx, edit: &Edit<'_>, found: bool) -> Result<(), Refused> {
    let Some(name) = edit.name else {
        return match edit.display_name {
            Some(_) => checks::name(hub, edit.server, found),
            None => Ok(()),
        };
    };
    let taken = name.is_empty() || spawners::get(tx, edit.user.id, name).await?.is_some();
    checks::name(hub, name, taken)?;
    // The default server is always there, so renamed it is one more.
    if edit.server.is_empty() {
        checks::named_limit(hub, tx, Some(edit.by), edit.user, name).await?;
    }
    Ok(())
}

async fn rename(tx: &Tx, spawner: &Spawner, name: &str) -> Result<(), Refused> {
    if name.is_empty() || spawners::get(tx, spawner.user_id, name).await?.is_some() {
        return Err(Refused::Exists {
            user: spawner.user_name.clone(),
            server: name.to_owned(),
        });
    }
    spawners::rename(tx, spawner.id, name).await?;
    if spawner.name.is_empty() {
        spawners::ensure(tx, spawner.user_id, "", None).await?;
    }
    Ok(())
}

async fn read_back(tx: &Tx, id: i64) -> Result<Spawner, StoreError> {
    let gone = || {
        StoreError::Other(format!(
            "the server with the id {id} has gone in the middle of its change"
        ))
    };
    spawners::by_id(tx, id).await?.ok_or_else(gone)
}
