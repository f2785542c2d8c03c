//! Asks now and then, of somebody who is signed in, whether they still are who they were and may still come in. The whole
//! policy is applied again.

use std::net::IpAddr;
use std::sync::Arc;

use axum::http::HeaderMap;
use jiff::{SignedDuration, Timestamp};
use perijove_auth::{Authenticator, Ended, Member, Refreshed};
use perijove_store::sessions::Session;
use perijove_store::users::User;
use perijove_store::{StoreError, identities, leases, sessions, tokens, users};
use serde_json::{Value, json};

use super::{ACTING, account, via};
use crate::Hub;
use crate::audit::{self, Act, Actor};
use crate::http::cookies;
use crate::http::error::Result;

/// The method that is to be asked about this session, if it is time.
#[must_use]
pub fn due(hub: &Hub, session: &Session, checked: Option<Timestamp>, now: Timestamp) -> Option<Arc<dyn Authenticator>> {
    let age = hub.config.access.auth_refresh_age;
    let since = now.duration_since(checked.unwrap_or(session.created));
    if age.is_zero() || since < jiff::SignedDuration::try_from(age).unwrap_or(jiff::SignedDuration::MAX) {
        return None;
    }
    of_session(hub, session)
}

/// Whether the method by which a session began is not configured any more.
#[must_use]
pub fn is_stray(hub: &Hub, session: &Session) -> bool {
    match session.method.as_deref() {
        // Whoever acted in it is signed out.
        Some(ACTING) => session.acted_by.is_none(),
        method => method.is_some_and(|name| !is_there(hub, name)),
    }
}

fn is_there(hub: &Hub, method: &str) -> bool {
    method == ACTING || hub.authenticators.iter().any(|found| found.name() == method)
}

/// The method by which a session began, if there is anything to ask it.
#[must_use]
pub fn of_session(hub: &Hub, session: &Session) -> Option<Arc<dyn Authenticator>> {
    let name = session.method.as_deref()?;
    let found = hub.authenticators.iter().find(|method| method.name() == name)?;
    found.refreshes().then(|| Arc::clone(found))
}

/// Whether the session goes on. A method that can't be asked now is asked again later: nobody is thrown out for it.
pub async fn goes_on(
    hub: &Arc<Hub>,
    method: &dyn Authenticator,
    session: &Session,
    user: &User,
    from: IpAddr,
) -> Result<bool> {
    let now = hub.clock.now();
    match ask(hub, method, user.id, from).await? {
        Told::NotNow => Ok(true),
        Told::Stays => {
            sessions::set_checked(&hub.store, session.id, session.checked, now).await?;
            Ok(true)
        }
        Told::Gone(why) => {
            let by = Actor::user(&user.name, via(method), from);
            end(hub, session, user, &by, why).await?;
            Ok(false)
        }
    }
}

/// Before a server of somebody's starts, so that it gets what is good still. Whether they may still have one.
pub async fn before_start(hub: &Arc<Hub>, user: &User) -> Result<bool> {
    let access = &hub.config.access;
    if !access
        .refresh_pre_spawn
        .unwrap_or(!hub.config.hub.crypt_keys.is_empty())
        || user.encrypted_auth_state.is_none()
    {
        return Ok(true);
    }
    let linked = identities::of_user(&hub.store, user.id).await?;
    let is_theirs = |method: &&Arc<dyn Authenticator>| linked.iter().any(|linked| linked.method == method.name());
    let Some(method) = hub
        .authenticators
        .iter()
        .filter(|method| method.refreshes())
        .find(is_theirs)
    else {
        return Ok(true);
    };
    let nowhere = IpAddr::from([0, 0, 0, 0]);
    let told = ask(hub, &**method, user.id, nowhere).await?;
    if let Told::Gone(why) = told {
        audit::refused(hub, nowhere, via(&**method), &user.name, why).await?;
        tracing::warn!(user = %user.name, why, "a server is not started: its person has to sign in again");
    }
    Ok(!matches!(told, Told::Gone(_)))
}

/// What a method says of somebody now.
enum Told {
    Stays,
    Gone(&'static str),
    /// It does not answer, or is being asked already.
    NotNow,
}

/// How long a method may take before another request asks it again.
const PATIENCE: SignedDuration = SignedDuration::from_mins(1);

/// Asks once at a time: a token that was used twice at once may be taken for stolen, and all of its kind with it.
async fn ask(hub: &Arc<Hub>, method: &dyn Authenticator, user_id: i64, from: IpAddr) -> Result<Told> {
    let name = format!("sign-in of {user_id}");
    let holder = hub.rng.uuid4_hex();
    let Some(lease) = leases::acquire(&hub.store, &name, &holder, PATIENCE, hub.clock.now()).await? else {
        return Ok(Told::NotNow);
    };
    let told = ask_alone(hub, method, user_id, from).await;
    leases::release(&hub.store, &lease).await?;
    told
}

async fn ask_alone(hub: &Arc<Hub>, method: &dyn Authenticator, user_id: i64, from: IpAddr) -> Result<Told> {
    // As it is now: what a session remembers of somebody may be older than their tokens.
    let Some(user) = users::by_id(&hub.store, user_id).await? else {
        return Ok(Told::Gone("no account"));
    };
    let linked = identities::of_user(&hub.store, user.id).await?;
    let linked = linked.iter().find(|linked| linked.method == method.name());
    let state = state(hub, &user);
    let member = Member {
        name: &user.name,
        subject: linked.map(|linked| linked.subject.as_str()),
        auth_state: state.as_ref(),
    };
    let gone = match method.refresh(&member).await {
        Ok(Refreshed::Same) => None,
        Ok(Refreshed::Gone(why)) => Some(why),
        Ok(Refreshed::Changed(identity)) => match account::admit(hub, method, &identity, from).await? {
            Ok(admitted) => (admitted.user.id != user.id).then_some("another account"),
            Err(denied) => Some(denied.why),
        },
        Err(error) => {
            let told = &error.message;
            tracing::warn!(user = %user.name, method = method.name(), told, cause = ?error.cause, "a method of signing in can't be asked");
            return Ok(Told::NotNow);
        }
    };
    Ok(gone.map_or(Told::Stays, Told::Gone))
}

/// What sign-in keeps of somebody.
pub fn state(hub: &Hub, user: &User) -> Option<Value> {
    let sealed = user.encrypted_auth_state.as_deref()?;
    hub.auth_states.read(sealed)
}

/// Ends the sessions of which whoever signed them in says that they have ended there. How many.
pub async fn ended(hub: &Hub, method: &dyn Authenticator, ended: &Ended, from: IpAddr) -> Result<usize> {
    let found = match ended {
        Ended::Session(theirs) => sessions::of_theirs(&hub.store, method.name(), theirs).await?,
        Ended::Subject(subject) => {
            let Some(user_id) = identities::find(&hub.store, method.name(), subject).await? else {
                return Ok(0);
            };
            let mut all = sessions::of_user(&hub.store, user_id, hub.clock.now()).await?;
            all.retain(|session| session.method.as_deref() == Some(method.name()));
            all
        }
    };
    for session in &found {
        if let Some(user) = users::by_id(&hub.store, session.user_id).await? {
            let by = Actor::user(&user.name, via(method), from);
            end(hub, session, &user, &by, "ended there").await?;
        }
    }
    Ok(found.len())
}

/// Ends the sessions that began by methods which are not configured any more. What it costs depends on how many methods
/// there were, but for those sessions.
pub async fn end_strays(hub: &Hub) -> std::result::Result<(), StoreError> {
    const STEP: i64 = 100;
    let mut last = String::new();
    while let Some(method) = sessions::next_method(&hub.store, &last).await? {
        let mut after = if is_there(hub, &method) { i64::MAX } else { 0 };
        while after < i64::MAX {
            let found = sessions::of_method(&hub.store, &method, after, STEP).await?;
            after = found.last().map_or(i64::MAX, |session| session.id);
            for session in &found {
                if let Some(user) = users::by_id(&hub.store, session.user_id).await? {
                    end_stray(hub, session, &user).await?;
                }
            }
        }
        last = method;
    }
    Ok(())
}

/// Whoever came by it signs in again, by another one.
pub async fn end_stray(hub: &Hub, session: &Session, user: &User) -> std::result::Result<(), StoreError> {
    sessions::note_stray(&hub.store, session.id).await?;
    end(hub, session, user, &Actor::hub(), "method gone").await
}

/// Whether this browser's session ended that way.
pub async fn was_stray(hub: &Hub, headers: &HeaderMap) -> Result<bool> {
    for secret in cookies::all(headers, cookies::LOGIN)
        .take(4)
        .filter(|secret| secret.len() <= 128)
    {
        let fingerprint = perijove_model::token::fingerprint(secret);
        if sessions::was_stray(&hub.store, &fingerprint, hub.clock.now()).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Ends a session, and with it what servers and services were given in it.
pub async fn end(
    hub: &Hub,
    session: &Session,
    user: &User,
    by: &Actor,
    why: &str,
) -> std::result::Result<(), StoreError> {
    let tx = hub.store.begin().await?;
    tokens::delete_acted(&tx, user.id).await?;
    tokens::delete_for_session(&tx, user.id, &session.session_id).await?;
    sessions::delete(&tx, session.id).await?;
    // Once more: a token that was on its way held the session until it was there.
    tokens::delete_for_session(&tx, user.id, &session.session_id).await?;
    let target = format!("user {}", user.name);
    audit::record_as(hub, &tx, by, Act::SignedOut, &target, json!({ "reason": why })).await?;
    tx.commit().await?;
    tracing::info!(user = %user.name, why, "a session was ended");
    Ok(())
}
