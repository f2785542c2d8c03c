//! `/hub/act-as`: an administrator sees the hub as somebody else does, for a while, in a session of its own. What they do
//! in it is written down with their name, and nothing in it allows more than both may.

use std::sync::Arc;

use axum::extract::Path;
use axum::http::{HeaderMap, header};
use axum::response::Response;
use jiff::SignedDuration;
use perijove_model::scopes::{Resource, Scope};
use perijove_model::{Secret, token};
use perijove_store::sessions::Session;
use perijove_store::users::{self, User};
use perijove_store::{sessions, tokens};
use serde_json::json;

use super::admin::person;
use super::guest::Sent;
use crate::Hub;
use crate::audit::{self, Act};
use crate::http::api::models::Time;
use crate::http::cookies;
use crate::http::error::{HttpError, Result};
use crate::http::standing::{self, may_act_as};
use crate::http::visitor::{Principal, Via};
use crate::http::{agent, found};
use crate::signin::ACTING;

const AT_MOST: SignedDuration = SignedDuration::from_hours(1);

pub async fn begin(Path(name): Path<String>, headers: HeaderMap, Sent { guest, .. }: Sent) -> Result<Response> {
    let (hub, by) = (&guest.hub, &guest.by);
    if by.acting.is_some() {
        return Err(HttpError::bad_request("You act as somebody already. Stop that first."));
    }
    by.require(&hub.store, &[Scope::AdminUsers], Resource::User(&name))
        .await?;
    let user = users::by_name(&hub.store, &name)
        .await?
        .ok_or_else(HttpError::not_found)?;
    let own = allowed(hub, by, &user).await?;
    let kept = secret_of(hub, &headers, own).await?;
    let secret = Secret::new(hub.rng.urlsafe(32));
    let fingerprint = token::fingerprint(secret.expose());
    let now = hub.clock.now();
    let expires_at = own.expires_at.min(now + AT_MOST);
    let new = sessions::NewSession {
        user_id: user.id,
        session_id: &own.session_id,
        expires_at,
        address: &by.remote.to_string(),
        user_agent: &agent::kept(&own.user_agent),
        method: Some(ACTING),
        theirs: None,
    };
    let tx = hub.store.begin().await?;
    sessions::create(&tx, &fingerprint, &new, now).await?;
    sessions::note_acting(&tx, &fingerprint, own.id).await?;
    let (target, detail) = (format!("user {}", user.name), json!({ "until": Time(expires_at) }));
    audit::record(hub, &tx, by, Act::ActingBegun, &target, detail).await?;
    tx.commit().await?;
    tracing::info!(user = %user.name, by = by.name(), "somebody acts as somebody else");

    let jar = &guest.visitor.jar;
    let mut response = found(&format!("{}home", hub.prefix()));
    for cookie in [jar.login(secret.expose(), AT_MOST), jar.own(Some(&kept), age(hub)?)] {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Who may begin, and in which session of theirs they do.
async fn allowed<'a>(hub: &Hub, by: &'a Principal, user: &User) -> Result<&'a Session> {
    let (true, Via::Session(own)) = (hub.config.access.act_as, &by.via) else {
        return Err(HttpError::not_found());
    };
    if own.user_id == user.id {
        return Err(HttpError::bad_request("You are this person."));
    }
    if !may_act_as(hub, by, user).await? {
        return Err(HttpError::forbidden("You may not act as this person."));
    }
    match standing::person(hub, user.id).await? {
        Some(_) => Ok(own),
        None => Err(HttpError::bad_request("This person may not come in now.")),
    }
}

/// The cookie by which this session is known.
async fn secret_of(hub: &Hub, headers: &HeaderMap, own: &Session) -> Result<String> {
    for secret in cookies::all(headers, cookies::LOGIN).take(4) {
        let known = standing::by_cookie(hub, secret, |id| id == own.session_id).await?;
        if known.is_some_and(|known| matches!(&known.via, Via::Session(session) if session.id == own.id)) {
            return Ok(secret.to_owned());
        }
    }
    Err(HttpError::missing_credentials())
}

pub async fn end(headers: HeaderMap, Sent { guest, .. }: Sent) -> Result<Response> {
    let (hub, by) = (&guest.hub, &guest.by);
    if by.acting.is_none() {
        return Ok(found(&format!("{}home", hub.prefix())));
    }
    close(hub, by).await?;
    let mut response = found(&person::address(hub, by.name()));
    back(hub, &headers, &guest.visitor.jar, &mut response)?;
    Ok(response)
}

/// Ends a session in which somebody acts as somebody else, with all that it was given.
pub async fn close(hub: &Arc<Hub>, by: &Principal) -> Result<()> {
    let Via::Session(session) = &by.via else { return Ok(()) };
    let tx = hub.store.begin().await?;
    tokens::delete_for_session(&tx, session.user_id, &session.session_id).await?;
    sessions::delete(&tx, session.id).await?;
    // Once more: a token that was on its way held the session until it was there.
    tokens::delete_for_session(&tx, session.user_id, &session.session_id).await?;
    let target = format!("user {}", by.name());
    audit::record(hub, &tx, by, Act::ActingEnded, &target, json!({})).await?;
    tx.commit().await?;
    Ok(())
}

/// The browser gets the session back that was put aside in it.
pub fn back(hub: &Hub, headers: &HeaderMap, jar: &cookies::Jar, response: &mut Response) -> Result<()> {
    let own = cookies::all(headers, cookies::OWN).next();
    let login = own
        .filter(|own| own.len() <= 128)
        .map(|own| Ok::<_, HttpError>(jar.login(own, age(hub)?)));
    let forgotten = jar.own(None, SignedDuration::ZERO);
    for cookie in login.transpose()?.into_iter().chain([forgotten]) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(())
}

fn age(hub: &Hub) -> Result<SignedDuration> {
    SignedDuration::try_from(hub.config.hub.cookie_max_age).map_err(|error| HttpError::internal(&error))
}
