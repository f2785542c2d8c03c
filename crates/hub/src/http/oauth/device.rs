//! Tokens for programs without a browser (RFC 8628): `POST /hub/api/oauth2/device_authorization` gives a program two codes.
//! It keeps one and asks with it at the token endpoint; a person types the other at `/hub/device`. What is agreed stands in
//! SQL, so the program may ask any hub.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use jiff::SignedDuration;
use perijove_model::scopes::{GroupsOf, Owner, RawScope, Scope, read_requested, resolve_requested};
use perijove_model::{Rng, token};
use perijove_store::devices::{self, Answer, NewDevice};
use perijove_store::tokens::{self, NewToken};
use perijove_store::users::User;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::authorize::texts;
use super::client::{self, OAuthRefusals, Refusal};
use super::params::Params;
use super::token::TokenReply;
use crate::audit::{self, Act, Actor};
use crate::http::api::models::Time;
use crate::http::clients::Client;
use crate::http::error::{HttpError, Result, short};
use crate::http::standing;
use crate::http::visitor::Visitor;
use crate::signin::throttle;
use crate::{Hub, startup};

/// As the token endpoint knows it.
pub(super) const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
/// How long somebody may take to find a browser.
const LIFE: SignedDuration = SignedDuration::from_mins(10);
/// Seconds between two questions, and how many more for who asks too often.
const PAUSE: i64 = 5;
/// No vowels, so that no words come of it; nor letters that look like others.
const LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
const LENGTH: usize = 8;

/// What a program asks with. It has no secret.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "it describes, the form is read by hand")]
pub struct DeviceRequest {
    /// One of `device_clients`.
    client_id: String,
    /// Scopes, separated by spaces; all that the person may do if there are none.
    scope: Option<String>,
}

/// Two codes: one to keep, one to show.
#[derive(Serialize, ToSchema)]
pub struct DeviceReply {
    /// For the token endpoint.
    device_code: String,
    /// For the person.
    user_code: String,
    /// Where they type it.
    verification_uri: String,
    /// The same with the code.
    verification_uri_complete: String,
    /// Seconds.
    expires_in: i64,
    /// Seconds between two questions at the token endpoint.
    interval: i64,
}

/// Ask for a token, for a program without a browser.
#[utoipa::path(
    post,
    path = "/oauth2/device_authorization",
    tag = "oauth",
    request_body(content = DeviceRequest, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "Two codes", body = DeviceReply),
        OAuthRefusals,
        (status = 429, description = "Too many programs have asked from this address"),
    ),
    security(()),
)]
pub async fn post(State(hub): State<Arc<Hub>>, headers: HeaderMap, visitor: Visitor, form: Bytes) -> Result<Response> {
    let form = Params::read(&form);
    if let Some(key) = form.duplicate(&["client_id", "scope"]) {
        let why = format!("Duplicate {key} parameter.");
        return Ok(client::answer(Err(Refusal::InvalidRequest(why))));
    }
    let Some(client) = client::public(&hub, &form).await? else {
        return Ok(client::answer(Err(Refusal::InvalidClient)));
    };
    let Some(scopes) = asked_for(&hub, form.get("scope").unwrap_or_default()) else {
        return Ok(client::answer(Err(Refusal::InvalidScope)));
    };
    if !throttle::may_ask_for_token(&hub, visitor.remote).await? {
        let why = "Too many programs have asked for a token from this address. Try again in an hour.";
        return Err(HttpError::new(StatusCode::TOO_MANY_REQUESTS, why));
    }
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    let reply = begin(&hub, &client, &scopes, visitor.remote, agent.unwrap_or_default()).await?;
    Ok(client::answer(Ok(json!(reply))))
}

/// What a program asks for; nothing if that can't be understood.
fn asked_for(hub: &Hub, scope: &str) -> Option<Vec<String>> {
    if scope.trim().is_empty() {
        return Some(vec![Scope::Inherit.name().to_owned()]);
    }
    read_requested(&hub.catalog, scope).ok().map(|scopes| texts(&scopes))
}

async fn begin(hub: &Hub, client: &Client, scopes: &[String], from: IpAddr, agent: &str) -> Result<DeviceReply> {
    let now = hub.clock.now();
    let secret = hub.rng.urlsafe(32);
    // Another program may show the same letters at this moment: hardly ever, and hardly ever twice.
    for _ in 0..3 {
        let code = letters(&*hub.rng);
        let new = NewDevice {
            fingerprint: &token::fingerprint(&secret),
            user_code: &code,
            client_id: &client.identifier,
            scopes,
            address: &from.to_string(),
            agent: &short(agent),
            expires_at: now + LIFE,
            pause: PAUSE,
        };
        if devices::begin(&hub.store, &new, now).await? {
            let page = format!("{}{}device", startup::public_url(&hub.config), hub.prefix());
            let shown = spelled(&code);
            return Ok(DeviceReply {
                device_code: secret,
                verification_uri_complete: format!("{page}?user_code={shown}"),
                user_code: shown,
                verification_uri: page,
                expires_in: LIFE.as_secs(),
                interval: PAUSE,
            });
        }
    }
    Err(HttpError::internal(&"there is no free code"))
}

fn letters(rng: &dyn Rng) -> String {
    let letter = |_| char::from(LETTERS[rng.below(20) as usize % LETTERS.len()]);
    (0..LENGTH).map(letter).collect()
}

/// As people read it.
#[must_use]
pub fn spelled(code: &str) -> String {
    let (first, second) = code.split_at_checked(LENGTH / 2).unwrap_or((code, ""));
    format!("{first}-{second}")
}

/// What somebody typed, as it is kept; nothing if it can't be a code.
#[must_use]
pub fn typed(text: &str) -> Option<String> {
    let letters: String = text
        .chars()
        .filter(char::is_ascii_alphabetic)
        .map(|letter| letter.to_ascii_uppercase())
        .take(LENGTH + 1)
        .collect();
    (letters.len() == LENGTH).then_some(letters)
}

/// What a person gives a program, of what it asks for: no more than they have.
pub async fn grantable(hub: &Hub, user: &User, asked: &[String]) -> Result<BTreeSet<RawScope>> {
    let person = standing::person(hub, user.id).await?.ok_or_else(HttpError::not_found)?;
    let read = |texts: &[String]| -> BTreeSet<RawScope> {
        texts.iter().filter_map(|text| hub.catalog.parse(text).ok()).collect()
    };
    let mut held = read(&person.raw);
    held.insert(RawScope::from(Scope::Inherit));
    let membership = GroupsOf {
        user: &user.name,
        groups: &person.groups,
    };
    let owner = Owner::User(&user.name);
    Ok(resolve_requested(&hub.catalog, &read(asked), &held, &owner, None, &membership).allowed)
}

/// The program asks whether somebody has answered.
pub(super) async fn exchange(
    hub: &Hub,
    visitor: &Visitor,
    form: &Params,
) -> Result<std::result::Result<TokenReply, Refusal>> {
    let Some(client) = client::public(hub, form).await? else {
        return Ok(Err(Refusal::InvalidClient));
    };
    let Some(secret) = form.get("device_code") else {
        return Ok(Err(Refusal::InvalidRequest("Missing device_code parameter.".into())));
    };
    let (code, now) = (token::fingerprint(secret), hub.clock.now());
    let Some(device) = devices::ask(&hub.store, &code, &client.identifier, PAUSE, now).await? else {
        return Ok(Err(Refusal::InvalidGrant));
    };
    if device.expires_at <= now {
        return Ok(Err(Refusal::ExpiredToken));
    }
    match device.answer {
        _ if device.is_early(now) => Ok(Err(Refusal::SlowDown)),
        Answer::Awaited => Ok(Err(Refusal::AuthorizationPending)),
        Answer::Denied => {
            devices::take(&hub.store, &code, &client.identifier).await?;
            Ok(Err(Refusal::AccessDenied))
        }
        Answer::Allowed(user) => give(hub, visitor.remote, &client, &code, user).await,
    }
}

/// The token, to whoever takes the row out.
async fn give(
    hub: &Hub,
    from: IpAddr,
    client: &Client,
    code: &str,
    user: i64,
) -> Result<std::result::Result<TokenReply, Refusal>> {
    // Whoever was blocked or removed meanwhile has nothing to give any more.
    if standing::person(hub, user).await?.is_none() {
        return Ok(Err(Refusal::AccessDenied));
    }
    let (secret, hashed) = token::generate(&*hub.rng);
    let (now, life) = (hub.clock.now(), life(hub));
    let tx = hub.store.begin().await?;
    let Some(device) = devices::take(&tx, code, &client.identifier).await? else {
        return Ok(Err(Refusal::InvalidGrant));
    };
    let Some(name) = standing::name_of(hub, &tx, user).await? else {
        return Ok(Err(Refusal::AccessDenied));
    };
    let new = NewToken {
        owner: tokens::Owner::User(user),
        hashed: &hashed,
        client_id: &client.identifier,
        session_id: None,
        expires_at: Some(now + life),
        note: &format!("for a program at {}", device.address),
        scopes: &device.scopes,
    };
    let id = tokens::create(&tx, &new, now).await?;
    let detail = json!({
        "id": format!("a{id}"),
        "client": client.identifier,
        "scopes": device.scopes,
        "expires_at": new.expires_at.map(Time),
    });
    let actor = Actor::user(&name, &format!("client {}", client.identifier), from);
    audit::record_as(hub, &tx, &actor, Act::TokenMade, &format!("user {name}"), detail).await?;
    tx.commit().await?;
    Ok(Ok(TokenReply::of(&secret, life, &device.scopes)))
}

/// As long as tokens of other clients, and no longer than any.
fn life(hub: &Hub) -> std::time::Duration {
    let (usual, most) = (
        hub.config.hub.oauth_token_expires_in(),
        hub.config.hub.token_expires_in_max,
    );
    if most.is_zero() { usual } else { usual.min(most) }
}

#[cfg(test)]
mod tests {
    use perijove_model::SeededRng;

    use super::*;

    #[test]
    fn codes_are_read_however_they_are_typed() {
        let code = letters(&SeededRng::new(1));
        assert_eq!(code.len(), LENGTH);
        assert!(code.bytes().all(|letter| LETTERS.contains(&letter)), "{code}");
        let shown = spelled(&code);
        for text in [
            shown.clone(),
            shown.to_lowercase(),
            format!(" {} ", shown.replace('-', " ")),
        ] {
            assert_eq!(typed(&text).as_deref(), Some(&*code), "{text}");
        }
        for odd in ["", "BCDF", "BCDFGHJKL", "12345678", "ÄÖÜÄÖÜÄÖ"] {
            assert_eq!(typed(odd), None, "{odd}");
        }
    }
}
