//! People in the database: made once, the same way, whoever asks for it.

use perijove_model::{Clock, Rng, UserName};
use perijove_store::{Db, StoreError, homes, spawners, users};
use serde_json::{Value, json};

use crate::audit::{self, Act, Actor};
use crate::http::api::models;
use crate::http::visitor::Principal;
use crate::{Hub, http, servers};

/// The user of this name, made if need be.
pub async fn ensure(
    db: &impl Db,
    clock: &dyn Clock,
    rng: &dyn Rng,
    name: &UserName,
    admin: bool,
) -> Result<users::User, StoreError> {
    if let Some(user) = users::by_name(db, name.as_str()).await? {
        return Ok(user);
    }
    match users::create(db, name.as_str(), admin, &rng.uuid4_hex(), clock.now()).await {
        // Another request or another hub was quicker.
        Err(StoreError::Conflict(_)) => users::by_name(db, name.as_str())
            .await?
            .ok_or_else(|| StoreError::Conflict("the user came and went".into())),
        result => result,
    }
}

/// Deletes somebody whose servers have stopped, and those servers; `false` if one was started in the meantime.
pub async fn remove(hub: &Hub, user: &users::User, by: &Actor, detail: Value) -> Result<bool, StoreError> {
    let tx = hub.store.begin().await?;
    for server in spawners::of_user(&tx, user.id).await? {
        spawners::lock(&tx, server.id).await?;
    }
    users::lock(&tx, user.id).await?;
    // Seen again under the lock: one that was started meanwhile would run on with nobody knowing it.
    let servers = spawners::of_user(&tx, user.id).await?;
    if servers.iter().any(models::is_active) {
        return Ok(false);
    }
    homes::trash_of_user(&tx, user.id, &user.name, hub.clock.now()).await?;
    users::delete(&tx, user.id).await?;
    audit::record_as(hub, &tx, by, Act::UserRemoved, &format!("user {}", user.name), detail).await?;
    tx.commit().await?;
    hub.homes.wake();
    servers::forget(hub, &servers).await;
    Ok(true)
}

/// A new user, made by somebody; `None` if there is one of this name.
pub async fn make(hub: &Hub, by: &Principal, name: &UserName, admin: bool) -> http::error::Result<Option<users::User>> {
    let tx = hub.store.begin().await?;
    if users::by_name(&tx, name.as_str()).await?.is_some() {
        return Ok(None);
    }
    let cookie_id = hub.rng.uuid4_hex();
    let user = match users::create(&tx, name.as_str(), admin, &cookie_id, hub.clock.now()).await {
        // Another request or another hub was quicker.
        Err(StoreError::Conflict(_)) => return Ok(None),
        result => result?,
    };
    let detail = json!({ "admin": admin });
    audit::record(hub, &tx, by, Act::UserMade, &format!("user {name}"), detail).await?;
    tx.commit().await?;
    Ok(Some(user))
}
