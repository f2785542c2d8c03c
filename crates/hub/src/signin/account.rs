//! Whose account it is that an identity leads to, and whether its person may come in.
//!
//! A name says who somebody is only to those whose word on names counts here: the only method there is, and those with
//! `shared_names`. Anybody else comes to an account that is theirs already (they came by this method before, or they have
//! linked it while they were signed in), or to a new one. So nobody gets an account by calling themselves like its person.

use std::net::IpAddr;
use std::sync::Arc;

use perijove_auth::{Authenticator, Existing, Identity};
use perijove_model::UserName;
use perijove_store::users::Arrival;
use perijove_store::{StoreError, identities, native, roles, users};
use serde_json::json;

use super::{given, via};
use crate::Hub;
use crate::audit::{self, Act, Actor};
use crate::http::error::{Result, short};

/// Somebody who may not come in.
pub struct Denied {
    /// For the audit log.
    pub why: &'static str,
    /// What they are told; nothing if that would tell a stranger something.
    pub message: Option<String>,
}

impl Denied {
    fn silently(why: &'static str) -> Self {
        Self { why, message: None }
    }

    /// Whoever hears it has shown who they are.
    fn suspended() -> Self {
        Self {
            why: "suspended",
            message: Some("Your account is suspended. Ask whoever runs your organisation's directory.".to_owned()),
        }
    }
}

type Decided<T> = std::result::Result<T, Denied>;

/// The account of an identity, as far as there is one.
struct Account {
    name: UserName,
    found: Option<Arrival>,
    /// The account is to be theirs from now on.
    link: bool,
}

/// The person as they are in the database now, or why they may not come in.
pub async fn admit(
    hub: &Arc<Hub>,
    method: &dyn Authenticator,
    identity: &Identity,
    from: IpAddr,
) -> Result<Decided<Arrival>> {
    let who = short(&identity.name);
    let account = match whose(hub, method, identity).await? {
        Ok(account) => account,
        Err(denied) => {
            tracing::warn!(user = %who, %from, method = method.name(), why = denied.why, "sign-in refused");
            return Ok(Err(denied));
        }
    };
    let Account { name, found, link } = account;
    if found.as_ref().is_some_and(|found| found.suspended) {
        tracing::warn!(user = %who, %from, method = method.name(), "sign-in refused: the account is suspended");
        return Ok(Err(Denied::suspended()));
    }
    let exists = match method.rules().existing {
        Existing::WithPassword => native::find(&hub.store, name.as_str()).await?.is_some(),
        _ => found.is_some(),
    };
    let admitted = match hub.policy.admit(method.rules(), identity, name, exists) {
        Ok(admitted) => admitted,
        Err(why) => {
            tracing::warn!(user = %who, %from, method = method.name(), %why, "sign-in refused");
            return Ok(Err(Denied::silently(why.word())));
        }
    };
    let by = Actor::user(admitted.name.as_str(), via(method), from);
    let arrival = match found {
        Some(found) => found,
        None => Arrival {
            user: make(hub, &admitted.name, admitted.admin.unwrap_or(false), &by).await?,
            has_role: true,
            suspended: false,
            may_have_server: false,
        },
    };
    let id = arrival.user.id;
    if link && !identities::link(&hub.store, method.name(), subject(identity), id, hub.clock.now()).await? {
        // Another request was quicker, perhaps with another account.
        return Ok(Err(Denied::silently("name taken")));
    }
    // Whoever was blocked had lost it.
    if !arrival.has_role {
        roles::grant_user(&hub.store, id, "user").await?;
    }
    let user = update(hub, identity, arrival.user, admitted.admin, &by).await?;
    Ok(Ok(Arrival { user, ..arrival }))
}

/// What the method calls somebody for good.
pub fn subject(identity: &Identity) -> &str {
    identity.subject.as_deref().unwrap_or(&identity.name)
}

/// Whether whoever this method calls by a name has the account of that name.
fn shares_names(hub: &Hub, method: &dyn Authenticator) -> bool {
    // A password of ours is kept beside the account itself.
    let by_default = method.kind() == "native" || hub.authenticators.len() == 1;
    method.rules().shared_names.unwrap_or(by_default)
}

async fn whose(hub: &Hub, method: &dyn Authenticator, identity: &Identity) -> Result<Decided<Account>> {
    let name = match hub.policy.name(&identity.name) {
        Ok(name) => name,
        Err(_) => return Ok(Err(Denied::silently("name"))),
    };
    let shared = shares_names(hub, method);
    // Its names are its subjects, and they decide: there is nothing else to look for.
    let by_name_alone = shared && identity.subject.is_none();
    if !by_name_alone
        && !hub.policy.maps(&identity.name)
        && let Some(id) = identities::find(&hub.store, method.name(), subject(identity)).await?
        && let Some(user) = users::by_id(&hub.store, id).await?
        && let Ok(name) = UserName::try_from(user.name.as_str())
    {
        let found = users::arriving(&hub.store, name.as_str()).await?;
        return Ok(Ok(Account {
            name,
            found,
            link: false,
        }));
    }
    let found = users::arriving(&hub.store, name.as_str()).await?;
    if let (Some(found), false) = (&found, by_name_alone)
        && !may_have(hub, method, &found.user, shared).await?
    {
        let message = format!(
            "The name {name} belongs to another account here. If it is yours, sign in to it the way you did before, and \
             link this way to sign in on the page of your account. Otherwise ask an administrator."
        );
        return Ok(Err(Denied {
            why: "name taken",
            message: Some(message),
        }));
    }
    Ok(Ok(Account {
        name,
        found,
        link: !by_name_alone,
    }))
}

/// Whether somebody may have the account of their name, to which they have not come by this method before.
async fn may_have(hub: &Hub, method: &dyn Authenticator, user: &users::User, shared: bool) -> Result<bool> {
    // Whoever provisions people speaks for those whom it has made an account for, by the way that goes with it.
    let is_provisioned = hub.config.access.scim_method.as_deref() == Some(method.name())
        && perijove_store::scim::is_provisioned(&hub.store, user.id).await?;
    if !shared && !is_provisioned {
        return Ok(false);
    }
    // Somebody else had this name there first: names pass from one to another, what a method calls people for good doesn't.
    let linked = identities::of_user(&hub.store, user.id).await?;
    Ok(linked.iter().all(|linked| linked.method != method.name()))
}

/// Brings somebody's row, groups and roles in line with what the method says.
pub async fn update(
    hub: &Arc<Hub>,
    identity: &Identity,
    mut user: users::User,
    admin: Option<bool>,
    by: &Actor,
) -> Result<users::User> {
    if let Some(admin) = admin
        && admin != user.admin
    {
        let tx = hub.store.begin().await?;
        users::set_admin(&tx, user.id, admin).await?;
        user.admin = admin;
        let detail = json!({ "admin": admin, "reason": "sign-in" });
        let target = format!("user {}", user.name);
        audit::record_as(hub, &tx, by, Act::UserChanged, &target, detail).await?;
        tx.commit().await?;
    }
    // Only what is new: it makes every hub read its sessions anew.
    if let Some(info) = identity
        .user_info
        .as_ref()
        .filter(|info| user.user_info.as_ref() != Some(info))
    {
        users::set_user_info(&hub.store, user.id, info).await?;
    }
    if let Some(sealed) = identity
        .auth_state
        .as_ref()
        .and_then(|state| hub.auth_states.seal(state))
    {
        let tx = hub.store.begin().await?;
        users::set_auth_state(&tx, user.id, Some(&sealed)).await?;
        // What is in it changes all the time: tokens are renewed.
        if user.encrypted_auth_state.is_none() {
            let target = format!("user {}", user.name);
            let detail = json!({ "auth_state": "kept", "reason": "sign-in" });
            audit::record_as(hub, &tx, by, Act::UserChanged, &target, detail).await?;
        }
        tx.commit().await?;
    }
    given::take_at_word(hub, identity, &user, by).await?;
    Ok(user)
}

/// A person who signs in for the first time.
async fn make(hub: &Hub, name: &UserName, admin: bool, by: &Actor) -> Result<users::User> {
    let tx = hub.store.begin().await?;
    let cookie_id = hub.rng.uuid4_hex();
    match users::create(&tx, name.as_str(), admin, &cookie_id, hub.clock.now()).await {
        Ok(user) => {
            let detail = json!({ "admin": user.admin, "reason": "sign-in" });
            audit::record_as(hub, &tx, by, Act::UserMade, &format!("user {name}"), detail).await?;
            tx.commit().await?;
            Ok(user)
        }
        // Another request or another hub was quicker.
        Err(StoreError::Conflict(words)) => {
            drop(tx);
            let there = users::by_name(&hub.store, name.as_str()).await?;
            Ok(there.ok_or(StoreError::Conflict(words))?)
        }
        Err(error) => Err(error.into()),
    }
}
