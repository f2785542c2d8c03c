//! `POST /hub/api/oauth2/token`: a client turns its code into a token of the visitor's. What programs without a browser ask
//! here is in `device`.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use perijove_model::{Secret, token};
use perijove_store::oauth::{self, Code};
use perijove_store::tokens::{self, NewToken, Owner, Token};
use perijove_store::{Tx, visits};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use utoipa::ToSchema;

use super::client::{self, OAuthRefusals, Refusal};
use super::device;
use super::params::Params;
use crate::Hub;
use crate::audit::Act;
use crate::http::api::models::Time;
use crate::http::clients::{Client, ClientNames};
use crate::http::error::{HttpError, Result};
use crate::http::standing;
use crate::http::visitor::Visitor;

/// A code, and whose it is. The client may show its id and secret by HTTP Basic instead.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "it describes, the form is read by hand")]
pub struct TokenRequest {
    /// `authorization_code` or `urn:ietf:params:oauth:grant-type:device_code`
    grant_type: String,
    /// With the first.
    code: Option<String>,
    /// With the second, which is for clients without a secret.
    device_code: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
    /// The one of the authorize request, if it had one.
    redirect_uri: Option<String>,
    /// If the authorize request had a challenge.
    code_verifier: Option<String>,
}

/// A token of the visitor's.
#[derive(Serialize, ToSchema)]
pub struct TokenReply {
    access_token: String,
    /// Seconds.
    expires_in: u64,
    /// `Bearer`
    token_type: &'static str,
    /// What was agreed to, separated by spaces.
    scope: String,
}

impl TokenReply {
    pub(super) fn of(secret: &Secret, life: std::time::Duration, scopes: &[String]) -> Self {
        Self {
            access_token: secret.expose().to_owned(),
            expires_in: life.as_secs(),
            token_type: "Bearer",
            scope: scopes.join(" "),
        }
    }
}

/// Turn a code into a token.
#[utoipa::path(
    post,
    path = "/oauth2/token",
    tag = "oauth",
    request_body(content = TokenRequest, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "The token", body = TokenReply), OAuthRefusals),
    security(("client" = [])),
)]
pub async fn post(State(hub): State<Arc<Hub>>, headers: HeaderMap, visitor: Visitor, form: Bytes) -> Result<Response> {
    let form = Params::read(&form);
    let reply = exchange(&hub, &headers, &visitor, &form).await?;
    Ok(client::answer(reply.map(|reply| json!(reply))))
}

async fn exchange(
    hub: &Hub,
    headers: &HeaderMap,
    visitor: &Visitor,
    form: &Params,
) -> Result<std::result::Result<TokenReply, Refusal>> {
    if let Some(key) = form.duplicate(&["client_id", "grant_type", "redirect_uri"]) {
        return Ok(Err(Refusal::InvalidRequest(format!("Duplicate {key} parameter."))));
    }
    match form.get("grant_type") {
        Some("authorization_code") => {}
        Some(device::GRANT) => return device::exchange(hub, visitor, form).await,
        _ => return Ok(Err(Refusal::UnsupportedGrantType)),
    }
    let Some(code) = form.get("code") else {
        return Ok(Err(Refusal::InvalidRequest("Missing code parameter.".into())));
    };
    let Some(client) = client::authenticate(hub, headers, form).await? else {
        return Ok(Err(Refusal::InvalidClient));
    };
    if code.contains('\0') {
        return Ok(Err(Refusal::InvalidGrant));
    }
    let epoch = hub.store.epoch();
    let tx = hub.store.begin().await?;
    // Taken before it is looked at: a code that was presented wrongly is spent, too.
    let result = match oauth::take_code(&tx, code).await? {
        None => Err(Refusal::InvalidGrant),
        Some(code) => match check(hub, &client, &code, form) {
            Err(refusal) => Err(refusal),
            // Who has signed out since has taken the agreement back.
            Ok(()) => give_token(hub, &tx, visitor, &client, &code)
                .await?
                .ok_or(Refusal::InvalidGrant),
        },
    };
    tx.commit().await?;
    Ok(match result {
        Ok(Given { token, secret, reply }) => {
            standing::expect(hub, &secret, token, epoch).await?;
            Ok(reply)
        }
        Err(refusal) => Err(refusal),
    })
}

fn check(hub: &Hub, client: &Client, code: &Code, form: &Params) -> std::result::Result<(), Refusal> {
    if code.client_id != client.identifier || code.expires_at <= hub.clock.now().as_second() {
        return Err(Refusal::InvalidGrant);
    }
    if let Some(challenge) = &code.code_challenge {
        let Some(verifier) = form.get("code_verifier") else {
            return Err(Refusal::InvalidRequest("Code verifier required.".into()));
        };
        let answer = match code.code_challenge_method.as_deref() {
            Some("S256") => URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)),
            _ => verifier.to_owned(),
        };
        let fits: bool = answer.as_bytes().ct_eq(challenge.as_bytes()).into();
        if !fits {
            return Err(Refusal::InvalidGrant);
        }
    }
    if form.get("redirect_uri").is_some_and(|uri| uri != code.redirect_uri) {
        return Err(Refusal::InvalidRequest("Mismatching redirect URI.".into()));
    }
    Ok(())
}

/// A token that is there once its transaction is.
struct Given {
    token: Token,
    secret: Secret,
    reply: TokenReply,
}

/// `None` if the session that it was agreed to in has ended.
async fn give_token(hub: &Hub, tx: &Tx, visitor: &Visitor, client: &Client, code: &Code) -> Result<Option<Given>> {
    let life = hub.config.hub.oauth_token_expires_in();
    let secret = Secret::new(hub.rng.alphanumeric(30));
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
    let Some(id) = tokens::create_in_session(tx, &new, now).await? else {
        return Ok(None);
    };
    let user = standing::name_of(hub, tx, code.user_id)
        .await?
        .ok_or_else(HttpError::not_found)?;
    let visited = match &client.names {
        Some(ClientNames::Server { user: owner, server }) => Some((owner, server)),
        _ => None,
    };
    // People's visits to their own servers would bury everything else.
    if visited.is_none_or(|(owner, _)| *owner != user) {
        if let Some((owner, server)) = visited {
            visits::note(tx, code.user_id, owner, server, now).await?;
        }
        let expires_at = new.expires_at.map(Time);
        let detail = json!({
            "id": format!("a{id}"),
            "client": client.identifier,
            "scopes": code.scopes,
            "expires_at": expires_at,
        });
        client::record(hub, tx, client, visitor.remote, Act::TokenMade, &user, detail).await?;
    }
    let reply = TokenReply::of(&secret, life, &code.scopes);
    let token = Token {
        id,
        owner: new.owner,
        client_id: Some(client.identifier.clone()),
        session_id: Some(code.session_id.clone()),
        created: Some(now),
        expires_at: new.expires_at,
        last_activity: None,
        note: Some(String::new()),
        scopes: code.scopes.clone(),
    };
    Ok(Some(Given { token, secret, reply }))
}
