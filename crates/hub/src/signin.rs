//! From credentials to a session: ask the authenticators, apply the policy, bring the user up to date, begin a session.

mod given;

use std::net::IpAddr;
use std::sync::Arc;

use perijove_auth::policy::{NameRule, Policy};
use perijove_auth::{Credentials, Identity, Offer};
use perijove_config::Config;
use perijove_model::{Secret, UserName, token};
use perijove_store::{StoreError, roles, sessions, users};
use serde_json::json;

use crate::Hub;
use crate::audit::{self, Act, Actor};
use crate::http::error::{HttpError, Result, short};

/// How somebody signs in, as the audit log calls it.
pub const PASSWORD: &str = "password";
pub const LINK: &str = "link";

/// A session that has just begun. The secret is known to the browser only.
pub struct Begun {
    pub secret: Secret,
    pub session_id: String,
    pub user: users::User,
}

/// The access policy that a configuration describes.
#[must_use]
pub fn policy(config: &Config) -> Policy {
    let access = &config.access;
    let name_rule = access.username_pattern.clone().map(|pattern| {
        let rule: NameRule = Arc::new(move |name: &str| pattern.is_match(name));
        rule
    });
    Policy {
        allow_all: access.allow_all,
        allow_existing_users: config.allow_existing_users(),
        allowed_users: access.allowed_users.clone(),
        blocked_users: access.blocked_users.clone(),
        admin_users: access.admin_users.clone(),
        username_map: access
            .username_map
            .iter()
            .map(|(from, to)| (from.to_string(), to.clone()))
            .collect(),
        name_rule,
    }
}

/// Whose credentials these are, if they hold and the person may come in. Why not is for the log only.
pub async fn check(hub: &Arc<Hub>, credentials: &Credentials, from: IpAddr) -> Result<Option<users::User>> {
    let who = short(&credentials.username);
    let refused = async |reason| audit::refused(hub, from, PASSWORD, &credentials.username, reason).await;
    for authenticator in hub.authenticators.iter().filter(|a| a.offer() == Offer::Form) {
        let identity = match authenticator.check(credentials).await {
            Ok(Some(identity)) => identity,
            Ok(None) => continue,
            Err(error) => {
                tracing::error!(kind = authenticator.kind(), cause = ?error.cause, "sign-in can't be checked");
                refused("can't be checked").await?;
                return Err(HttpError::new(
                    axum::http::StatusCode::SERVICE_UNAVAILABLE,
                    error.message,
                ));
            }
        };
        return match admit(hub, &identity, from).await? {
            Ok(user) => Ok(Some(user)),
            Err(reason) => {
                refused(reason).await?;
                Ok(None)
            }
        };
    }
    tracing::warn!(user = %who, %from, "sign-in failed: no such name and password");
    refused("credentials").await?;
    Ok(None)
}

/// The person as they are in the database now, or a word for why they may not come in.
async fn admit(
    hub: &Arc<Hub>,
    identity: &Identity,
    from: IpAddr,
) -> Result<std::result::Result<users::User, &'static str>> {
    let who = short(&identity.name);
    let name = match hub.policy.name(&identity.name) {
        Ok(name) => name,
        Err(error) => {
            tracing::warn!(user = %who, %from, %error, "sign-in refused: the name is not valid");
            return Ok(Err("name"));
        }
    };
    let found = users::by_name_with_role(&hub.store, name.as_str()).await?;
    let admitted = match hub.policy.admit(identity, name, found.is_some()) {
        Ok(admitted) => admitted,
        Err(why) => {
            tracing::warn!(user = %who, %from, %why, "sign-in refused");
            return Ok(Err("not allowed"));
        }
    };
    let admin = admitted.admin.unwrap_or(false);
    let by = Actor::user(admitted.name.as_str(), PASSWORD, from);
    let target = format!("user {}", admitted.name);
    let (mut user, has_role) = match found {
        Some(found) => found,
        None => (make(hub, &admitted.name, admin, &by).await?, true),
    };
    // Whoever was blocked had lost it.
    if !has_role {
        roles::grant_user(&hub.store, user.id, "user").await?;
    }
    if let Some(admin) = admitted.admin
        && admin != user.admin
    {
        let tx = hub.store.begin().await?;
        users::set_admin(&tx, user.id, admin).await?;
        user.admin = admin;
        let detail = json!({ "admin": admin, "reason": "sign-in" });
        audit::record_as(hub, &tx, &by, Act::UserChanged, &target, detail).await?;
        tx.commit().await?;
    }
    if let Some(info) = &identity.user_info {
        users::set_user_info(&hub.store, user.id, info).await?;
    }
    if let Some(sealed) = identity
        .auth_state
        .as_ref()
        .and_then(|state| hub.auth_states.seal(state))
    {
        users::set_auth_state(&hub.store, user.id, Some(&sealed)).await?;
    }
    given::take_at_word(hub, identity, &user, &by).await?;
    Ok(Ok(user))
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

/// Begins a session: always a new id, so that nobody can prepare one for somebody else.
pub async fn begin(hub: &Arc<Hub>, user: users::User, from: IpAddr, agent: &str, method: &str) -> Result<Begun> {
    let now = hub.clock.now();
    let secret = Secret::new(hub.rng.urlsafe(32));
    let session_id = hub.rng.uuid4_hex();
    let new = sessions::NewSession {
        user_id: user.id,
        session_id: &session_id,
        expires_at: now + hub.config.hub.cookie_max_age,
        address: &from.to_string(),
        user_agent: &short(agent),
    };
    let tx = hub.store.begin().await?;
    sessions::create(&tx, &token::fingerprint(secret.expose()), &new, now).await?;
    users::touch(&tx, user.id, now).await?;
    let (by, target) = (Actor::user(&user.name, method, from), format!("user {}", user.name));
    let detail = json!({ "method": method, "agent": short(agent) });
    audit::record_as(hub, &tx, &by, Act::SignedIn, &target, detail).await?;
    tx.commit().await?;
    tracing::info!(user = %user.name, %from, "signed in");
    Ok(Begun {
        secret,
        session_id,
        user,
    })
}
