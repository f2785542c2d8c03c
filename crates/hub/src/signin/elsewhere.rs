//! People who sign in elsewhere: they leave with a sealed note in their browser, and come back with it.
//!
//! The note is what makes it their own journey: whoever comes back without it was sent by somebody else. It has the name of
//! the method, so that one provider's answer never counts for another's.

use std::net::IpAddr;
use std::sync::Arc;

use axum::http::{HeaderValue, StatusCode, header};
use jiff::SignedDuration;
use perijove_auth::{Arrival, Authenticator, Begin, Offer};
use perijove_config::Auth;
use perijove_model::token;
use perijove_store::identities;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::throttle::{self, Newcomers};
use super::{Outcome, account, settle};
use crate::Hub;
use crate::audit::{self, Act};
use crate::http::error::{HttpError, Result};
use crate::http::visitor::Visitor;

/// How long somebody may take to sign in elsewhere.
const PATIENCE: SignedDuration = SignedDuration::from_mins(15);
/// More notes than that are not looked at: each costs a decryption.
const MOST_NOTES: usize = 8;

/// What is kept in the browser meanwhile.
#[derive(Serialize, Deserialize)]
pub struct Note {
    method: String,
    state: String,
    pub next: String,
    /// In seconds since 1970.
    until: i64,
    /// Whoever is signed in as this person wants to link what they come back with to their account.
    pub link: Option<i64>,
    keep: Value,
}

/// Where a browser is sent, and the cookie that it takes along.
pub struct Leaving {
    pub url: String,
    pub cookie: HeaderValue,
}

/// The method of this name, or the first one by which people sign in elsewhere.
pub fn method(hub: &Hub, name: Option<&str>) -> Result<Arc<dyn Authenticator>> {
    let is_meant = |method: &&Arc<dyn Authenticator>| match name {
        Some(name) => method.name() == name,
        None => true,
    };
    let goes = |method: &&Arc<dyn Authenticator>| matches!(method.offer(), Offer::Elsewhere { .. });
    let found = hub.authenticators.iter().filter(goes).find(is_meant);
    found.cloned().ok_or_else(HttpError::not_found)
}

/// The method of this name and kind, or the first of this kind.
pub fn of_kind(hub: &Hub, kind: &str, name: Option<&str>) -> Result<Arc<dyn Authenticator>> {
    let mut methods = hub.authenticators.iter();
    let is_meant =
        |method: &&Arc<dyn Authenticator>| method.kind() == kind && name.is_none_or(|name| method.name() == name);
    methods.find(is_meant).cloned().ok_or_else(HttpError::not_found)
}

/// Where people come back to. The first method has the address that oauthenticator and ltiauthenticator have.
#[must_use]
pub fn callback(hub: &Hub, root: &str, method: &dyn Authenticator) -> String {
    let (path, first) = match method.kind() {
        "lti" => ("lti13/oauth_callback", of_kind(hub, "lti", None)),
        "lti11" => ("lti/launch", of_kind(hub, "lti11", None)),
        _ => ("oauth_callback", self::method(hub, None)),
    };
    match first.is_ok_and(|first| first.name() == method.name()) {
        true => format!("{root}{}{path}", hub.prefix()),
        false => format!("{root}{}{path}/{}", hub.prefix(), method.name()),
    }
}

/// Sends somebody away to sign in. `root` is this hub's `https://host` as the browser knows it.
pub async fn leave(
    hub: &Hub,
    visitor: &Visitor,
    method: &dyn Authenticator,
    root: &str,
    fields: &[(String, String)],
    next: String,
    link: Option<i64>,
) -> Result<Leaving> {
    let state = hub.rng.urlsafe(32);
    let begin = Begin {
        callback: &callback(hub, root, method),
        state: &state,
        fields,
    };
    let departure = method.depart(&begin).await.map_err(|error| away(method, error))?;
    let now = hub.clock.now().as_second();
    let note = Note {
        method: method.name().to_owned(),
        next,
        until: now.saturating_add(PATIENCE.as_secs()),
        link,
        keep: departure.keep,
        state,
    };
    let text = serde_json::to_string(&note).map_err(|error| HttpError::internal(&error))?;
    let sealed = hub
        .keys
        .seal(&text)
        .ok_or_else(|| HttpError::internal(&"a note can't be sealed"))?;
    Ok(Leaving {
        cookie: match method.offer() {
            // Somebody else's page brings them back by a form.
            Offer::Outside => visitor.jar.note_for_forms(&label(&note.state), &sealed, PATIENCE),
            _ => visitor.jar.note(&label(&note.state), &sealed, PATIENCE),
        },
        url: departure.url,
    })
}

/// What came of it, the note that was brought back, and the cookie that ends it.
pub struct Back {
    pub outcome: Outcome,
    pub note: Option<Note>,
    pub cookie: Option<HeaderValue>,
}

/// Somebody comes back.
pub async fn arrive(
    hub: &Arc<Hub>,
    visitor: &Visitor,
    notes: &[&str],
    method: &dyn Authenticator,
    root: &str,
    fields: &[(String, String)],
) -> Result<Back> {
    let mut arrival = Arrival {
        callback: &callback(hub, root, method),
        fields,
        kept: None,
    };
    let state = arrival.field("state").unwrap_or_default().to_owned();
    let note = read(hub, notes, method, &state);
    arrival.kept = note.as_ref().map(|note| &note.keep);
    let cookie = note.as_ref().map(|note| visitor.jar.forget_note(&label(&note.state)));
    if note.is_some() {
        may_be_new(hub, method, visitor.remote).await?;
    }
    let answer = method.arrive(&arrival).await;
    let outcome = match note.as_ref().and_then(|note| note.link) {
        Some(id) => link(hub, visitor, method, answer, id).await?,
        None => settle(hub, method, answer, "", visitor.remote).await?,
    };
    Ok(Back { outcome, note, cookie })
}

/// Each visit of somebody temporary is a new account: there is a limit to that.
async fn may_be_new(hub: &Hub, method: &dyn Authenticator, from: IpAddr) -> Result<()> {
    let section = hub.config.auth.iter().find_map(|auth| match auth {
        Auth::Temporary(temporary) if auth.name() == method.name() => Some(temporary),
        _ => None,
    });
    let Some(section) = section else { return Ok(()) };
    let most = Newcomers {
        of_address: section.new_accounts_per_hour_and_address,
        in_all: section.new_accounts_per_hour,
    };
    if throttle::may_be_new(hub, method.kind(), from, most).await? {
        return Ok(());
    }
    audit::refused(hub, from, method.name(), "", "too many new accounts").await?;
    Err(HttpError::new(
        StatusCode::TOO_MANY_REQUESTS,
        "Many people have begun here within this hour.",
    )
    .hint("Try again in the next one.")
    .with_header(header::RETRY_AFTER, HeaderValue::from_static("600")))
}

/// The note of this journey, if it is in the browser, whole, and not too old.
fn read(hub: &Hub, notes: &[&str], method: &dyn Authenticator, state: &str) -> Option<Note> {
    let now = hub.clock.now().as_second();
    let opened = notes
        .iter()
        .take(MOST_NOTES)
        .filter_map(|sealed| serde_json::from_str::<Note>(&hub.keys.unseal(sealed)?).ok());
    let mut fitting = opened.filter(|note| note.state == state && note.method == method.name() && now < note.until);
    fitting.next()
}

/// The end of a cookie's name: several journeys may go on at once, each with its own.
#[must_use]
pub fn label(state: &str) -> String {
    token::fingerprint(state)
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(12)
        .collect()
}

/// Somebody who is signed in shows that they are also somebody elsewhere: they may sign in that way from now on.
async fn link(
    hub: &Arc<Hub>,
    visitor: &Visitor,
    method: &dyn Authenticator,
    answer: std::result::Result<perijove_auth::Answer, perijove_auth::AuthError>,
    id: i64,
) -> Result<Outcome> {
    let signed_in = visitor
        .in_browser()
        .and_then(|principal| Some((principal, principal.user()?)));
    let Some((principal, user)) = signed_in.filter(|(_, user)| user.id == id) else {
        return Err(HttpError::forbidden(
            "You have signed out meanwhile. Sign in and try again.",
        ));
    };
    let refused = async |why| audit::refused(hub, visitor.remote, method.name(), &user.name, why).await;
    let identity = match answer.map_err(|error| away(method, error))? {
        perijove_auth::Answer::Known(identity) => identity,
        perijove_auth::Answer::Refused(refusal) => {
            refused(refusal.why).await?;
            return Ok(Outcome::Refused(refusal.message));
        }
        _ => {
            refused("credentials").await?;
            return Ok(Outcome::Nobody);
        }
    };
    let subject = account::subject(&identity);
    let tx = hub.store.begin().await?;
    if !identities::link(&tx, method.name(), subject, user.id, hub.clock.now()).await? {
        let whose = identities::find(&tx, method.name(), subject).await?;
        if whose != Some(user.id) {
            drop(tx);
            refused("linked to another account").await?;
            return Ok(Outcome::Refused(
                "That account is linked to another account here.".to_owned(),
            ));
        }
    }
    let target = format!("user {}", user.name);
    let detail = json!({ "linked": method.name() });
    audit::record(hub, &tx, principal, Act::UserChanged, &target, detail).await?;
    tx.commit().await?;
    Ok(Outcome::Nobody)
}

fn away(method: &dyn Authenticator, error: perijove_auth::AuthError) -> HttpError {
    // What nobody else has caused is the request's own fault.
    if error.cause.is_none() {
        tracing::warn!(method = method.name(), why = %error.message, "sign-in elsewhere is not begun");
        return HttpError::bad_request(error.message);
    }
    tracing::error!(method = method.name(), cause = ?error.cause, "sign-in elsewhere does not work");
    error.into()
}
