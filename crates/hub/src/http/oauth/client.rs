//! Who asks at the endpoints that are for programs: a client with its secret, in the form or by HTTP Basic.

use std::net::IpAddr;
use std::sync::Arc;

use axum::Json;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use perijove_store::{Post, oauth, tokens};
use serde::Serialize;
use serde_json::json;
use utoipa::{IntoResponses, ToSchema};

use super::params::Params;
use crate::Hub;
use crate::audit::{self, Act, Actor};
use crate::http::clients::{self, Client};
use crate::http::error::Result;

/// The words of RFC 6749 section 5.2 and RFC 8628 section 3.5.
#[derive(Debug, Clone)]
pub(super) enum Refusal {
    InvalidClient,
    InvalidGrant,
    InvalidScope,
    UnsupportedGrantType,
    AuthorizationPending,
    SlowDown,
    ExpiredToken,
    AccessDenied,
    InvalidRequest(String),
}

/// The body of a refusal.
#[derive(Serialize, ToSchema)]
pub struct OAuthError {
    /// `invalid_client`, `invalid_grant`, `invalid_request`, `invalid_scope`, `unsupported_grant_type`; for programs that
    /// wait for a person `authorization_pending`, `slow_down`, `expired_token`, `access_denied`
    error: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_description: Option<String>,
}

/// What the endpoints for clients may refuse with.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "it describes, nobody makes one")]
pub enum OAuthRefusals {
    /// The request is not understood, or the code does not hold.
    #[response(status = 400)]
    BadRequest(#[to_schema] OAuthError),
    /// There is no such client, or that is not its secret.
    #[response(status = 401)]
    Unauthorized(#[to_schema] OAuthError),
}

/// The client that the request comes from. A secret in the form counts first.
pub(super) async fn authenticate(hub: &Hub, headers: &HeaderMap, form: &Params) -> Result<Option<Arc<Client>>> {
    if let (Some(id), Some(secret)) = (form.get("client_id"), form.get("client_secret")) {
        return with_secret(hub, id, secret).await;
    }
    for (id, secret) in basic(headers) {
        if form.get("client_id").is_some_and(|other| other != id) {
            continue;
        }
        if let Some(client) = with_secret(hub, &id, &secret).await? {
            return Ok(Some(client));
        }
    }
    Ok(None)
}

/// A client that has no secret: a program on somebody's own machine, which could keep none.
pub(super) async fn public(hub: &Hub, form: &Params) -> Result<Option<Arc<Client>>> {
    let Some(id) = form
        .get("client_id")
        .filter(|id| hub.config.hub.device_clients.contains(*id))
    else {
        return Ok(None);
    };
    let client = clients::client(hub, id).await?;
    Ok(client.filter(|client| client.secret.is_empty() && id != oauth::PLAIN_CLIENT))
}

async fn with_secret(hub: &Hub, id: &str, secret: &str) -> Result<Option<Arc<Client>>> {
    // PostgreSQL can't even look for a zero byte.
    if secret.is_empty() || id.contains('\0') || id == oauth::PLAIN_CLIENT {
        return Ok(None);
    }
    match clients::client(hub, id).await? {
        Some(client) if tokens::matches(&client.secret, secret).await => Ok(Some(client)),
        _ => Ok(None),
    }
}

/// The pair of a Basic header: decoded as RFC 6749 has it, and as it stands, because most clients send it so.
fn basic(headers: &HeaderMap) -> Vec<(String, String)> {
    let pair = || {
        let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
        let (word, value) = value.split_once(' ')?;
        let known = word.eq_ignore_ascii_case("basic").then_some(value.trim())?;
        let text = String::from_utf8(STANDARD.decode(known).ok()?).ok()?;
        let (id, secret) = text.split_once(':')?;
        Some((id.to_owned(), secret.to_owned()))
    };
    let Some((id, secret)) = pair() else {
        return Vec::new();
    };
    let decoded = (decoded(&id), decoded(&secret));
    let mut pairs = vec![(id, secret)];
    if pairs[0] != decoded {
        pairs.push(decoded);
    }
    pairs
}

fn decoded(text: &str) -> String {
    perijove_model::escape::decode(&text.replace('+', " ")).unwrap_or_else(|| text.to_owned())
}

/// Writes down what a client did for or to somebody.
pub(super) async fn record(
    hub: &Hub,
    db: &impl Post,
    client: &Client,
    from: IpAddr,
    act: Act,
    user: &str,
    detail: serde_json::Value,
) -> Result<()> {
    let actor = Actor::client(&client.identifier, client.names.as_ref(), from);
    Ok(audit::record_as(hub, db, &actor, act, &format!("user {user}"), detail).await?)
}

/// Tells the client, and no cache on the way.
pub(super) fn answer(result: std::result::Result<serde_json::Value, Refusal>) -> Response {
    match result {
        Ok(body) => never_stored(Json(body).into_response()),
        Err(refusal) => refuse(refusal),
    }
}

fn refuse(refusal: Refusal) -> Response {
    let (error, description) = match refusal {
        Refusal::InvalidClient => ("invalid_client", None),
        Refusal::InvalidGrant => ("invalid_grant", None),
        Refusal::InvalidScope => ("invalid_scope", None),
        Refusal::AuthorizationPending => ("authorization_pending", None),
        Refusal::SlowDown => ("slow_down", None),
        Refusal::ExpiredToken => ("expired_token", None),
        Refusal::AccessDenied => ("access_denied", None),
        Refusal::UnsupportedGrantType => ("unsupported_grant_type", None),
        Refusal::InvalidRequest(why) => ("invalid_request", Some(why)),
    };
    let status = match error {
        "invalid_client" => StatusCode::UNAUTHORIZED,
        _ => StatusCode::BAD_REQUEST,
    };
    let mut body = json!({ "error": error });
    if let Some(description) = description {
        body["error_description"] = description.into();
    }
    let mut response = (status, Json(body)).into_response();
    if status == StatusCode::UNAUTHORIZED {
        let challenge = HeaderValue::from_static("Bearer error=\"invalid_client\"");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    }
    never_stored(response)
}

pub(super) fn never_stored(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_credentials_are_read_both_ways() {
        let pairs = |text: &str| {
            let mut headers = HeaderMap::new();
            let value = format!("Basic {}", STANDARD.encode(text));
            headers.insert(header::AUTHORIZATION, HeaderValue::try_from(value).unwrap());
            basic(&headers)
        };
        let pair = |id: &str, secret: &str| (id.to_owned(), secret.to_owned());
        assert_eq!(pairs("service-x:s:e"), [pair("service-x", "s:e")]);
        assert_eq!(pairs("a%40b:s"), [pair("a%40b", "s"), pair("a@b", "s")]);
        assert_eq!(pairs("nothing"), []);
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, HeaderValue::from_static("Basic !"));
        assert_eq!(basic(&headers), []);
    }
}
