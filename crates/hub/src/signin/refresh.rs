//! Asks now and then, of somebody who is signed in, whether they still are who they were and may still come in. The whole
//! policy is applied again.

use std::net::IpAddr;
use std::sync::Arc;

use jiff::Timestamp;
use perijove_auth::{Authenticator, Member, Refreshed};
use perijove_store::sessions::Session;
use perijove_store::users::User;
use perijove_store::{identities, sessions, tokens};
use serde_json::json;

use super::{account, via};
use crate::Hub;
use crate::audit::{self, Act, Actor};
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
    let linked = identities::of_user(&hub.store, user.id).await?;
    let linked = linked.iter().find(|linked| linked.method == method.name());
    let state = user
        .encrypted_auth_state
        .as_deref()
        .and_then(|sealed| hub.auth_states.read(sealed));
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
            tracing::warn!(user = %user.name, method = method.name(), cause = ?error.cause, "{}", error.message);
            return Ok(true);
        }
    };
    match gone {
        None => {
            sessions::set_checked(&hub.store, session.id, session.checked, now).await?;
            Ok(true)
        }
        Some(why) => {
            let by = Actor::user(&user.name, via(method), from);
            end(hub, session, user, &by, why).await?;
            Ok(false)
        }
    }
}

/// Ends a session, and with it what servers and services were given in it.
pub async fn end(hub: &Hub, session: &Session, user: &User, by: &Actor, why: &str) -> Result<()> {
    let tx = hub.store.begin().await?;
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
