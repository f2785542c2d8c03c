//! `POST /hub/api/oauth2/token`: a client turns its code into a token of the visitor's.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use perijove_model::token;
use perijove_store::oauth::{self, Client, Code};
use perijove_store::sessions;
use perijove_store::tokens::{self, NewToken, Owner};
use serde_json::json;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::Hub;
use crate::http::error::Result;
use crate::http::xsrf::query_value;

/// The words of RFC 6749 section 5.2.
#[derive(Debug, Clone, Copy)]
enum Refusal {
    InvalidClient,
    InvalidGrant,
    UnsupportedGrantType,
    InvalidRequest(&'static str),
}

pub async fn post(State(hub): State<Arc<Hub>>, form: Bytes) -> Result<Response> {
    let form = String::from_utf8_lossy(&form).into_owned();
    let response = match exchange(&hub, &form).await? {
        Ok(body) => Json(body).into_response(),
        Err(refusal) => refuse(refusal),
    };
    Ok(never_stored(response))
}

async fn exchange(hub: &Hub, form: &str) -> Result<std::result::Result<serde_json::Value, Refusal>> {
    let get = |key| query_value(form, key).filter(|value| !value.is_empty() && !value.contains('\0'));
    if get("grant_type").as_deref() != Some("authorization_code") {
        return Ok(Err(Refusal::UnsupportedGrantType));
    }
    let Some(client) = authenticate(hub, get("client_id"), get("client_secret")).await? else {
        return Ok(Err(Refusal::InvalidClient));
    };
    let Some(code) = get("code") else {
        return Ok(Err(Refusal::InvalidRequest("Missing code parameter.")));
    };
    // Taken before it is looked at: a code that was presented wrongly is spent, too.
    let Some(code) = oauth::take_code(&hub.store, &code).await? else {
        return Ok(Err(Refusal::InvalidGrant));
    };
    if let Err(refusal) = check(hub, &client, &code, get("redirect_uri"), get("code_verifier")) {
        return Ok(Err(refusal));
    }
    // Who has signed out since has taken the agreement back.
    if !sessions::lives(&hub.store, code.user_id, &code.session_id, hub.clock.now()).await? {
        return Ok(Err(Refusal::InvalidGrant));
    }
    give_token(hub, &client, &code).await.map(Ok)
}

async fn authenticate(hub: &Hub, id: Option<String>, secret: Option<String>) -> Result<Option<Client>> {
    let (Some(id), Some(secret)) = (id, secret) else {
        return Ok(None);
    };
    let client = oauth::client(&hub.store, &id)
        .await?
        .filter(|client| client.identifier != oauth::PLAIN_CLIENT);
    Ok(client.filter(|client| token::matches(&client.secret, &secret)))
}

fn check(
    hub: &Hub,
    client: &Client,
    code: &Code,
    redirect_uri: Option<String>,
    verifier: Option<String>,
) -> std::result::Result<(), Refusal> {
    if code.client_id != client.identifier || code.expires_at <= hub.clock.now().as_second() {
        return Err(Refusal::InvalidGrant);
    }
    if redirect_uri.is_some_and(|uri| uri != code.redirect_uri) {
        return Err(Refusal::InvalidRequest("Mismatching redirect URI."));
    }
    let Some(challenge) = &code.code_challenge else {
        return Ok(());
    };
    let Some(verifier) = verifier else {
        return Err(Refusal::InvalidRequest("Code verifier required."));
    };
    let answer = match code.code_challenge_method.as_deref() {
        Some("S256") => URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)),
        _ => verifier,
    };
    let fits: bool = answer.as_bytes().ct_eq(challenge.as_bytes()).into();
    if fits { Ok(()) } else { Err(Refusal::InvalidGrant) }
}

async fn give_token(hub: &Hub, client: &Client, code: &Code) -> Result<serde_json::Value> {
    let config = &hub.config.hub;
    let life = config.oauth_token_expires_in.unwrap_or(config.cookie_max_age);
    let secret = perijove_model::Secret::new(hub.rng.alphanumeric(30));
    let hashed = token::hash_random(&secret, &*hub.rng);
    let now = hub.clock.now();
    let new = NewToken {
        owner: Owner::User(code.user_id),
        hashed: &hashed,
        client_id: &client.identifier,
        session_id: Some(&code.session_id),
        expires_at: Some(now + life),
        note: "",
        scopes: &code.scopes,
    };
    tokens::create(&hub.store, &new, now).await?;
    Ok(json!({
        "access_token": secret.expose(),
        "expires_in": life.as_secs(),
        "token_type": "Bearer",
        "scope": code.scopes.join(" "),
    }))
}

fn refuse(refusal: Refusal) -> Response {
    let (status, body) = match refusal {
        Refusal::InvalidClient => (StatusCode::UNAUTHORIZED, json!({ "error": "invalid_client" })),
        Refusal::InvalidGrant => (StatusCode::BAD_REQUEST, json!({ "error": "invalid_grant" })),
        Refusal::UnsupportedGrantType => (StatusCode::BAD_REQUEST, json!({ "error": "unsupported_grant_type" })),
        Refusal::InvalidRequest(why) => (
            StatusCode::BAD_REQUEST,
            json!({ "error": "invalid_request", "error_description": why }),
        ),
    };
    let mut response = (status, Json(body)).into_response();
    if status == StatusCode::UNAUTHORIZED {
        let challenge = HeaderValue::from_static("Bearer error=\"invalid_client\"");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    }
    response
}

fn never_stored(mut response: Response) -> Response {
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
        .headers_mut()
        .insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    response
}
