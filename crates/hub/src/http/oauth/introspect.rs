//! `POST /hub/api/oauth2/introspect` (RFC 7662): a client asks what a token that it was given is worth now.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::client::{self, OAuthRefusals, Refusal};
use super::params::Params;
use super::revoke::AboutToken;
use crate::Hub;
use crate::http::clients::{self, Client};
use crate::http::error::Result;
use crate::http::visitor::{self, Via, Visitor, Who};

/// What a token is worth. Of one that is worth nothing, or is not the caller's business, only that.
#[derive(Default, Serialize, ToSchema)]
pub struct Introspection {
    active: bool,
    /// What it may do at this moment, separated by spaces.
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    /// The client that it was given to.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<String>,
    /// Whose it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<String>,
    /// The same.
    #[serde(skip_serializing_if = "Option::is_none")]
    sub: Option<String>,
    /// `Bearer`
    #[serde(skip_serializing_if = "Option::is_none")]
    token_type: Option<&'static str>,
    /// When it ends, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    exp: Option<i64>,
    /// When it was made, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    iat: Option<i64>,
}

/// Tell what a token is worth. A service may show its own API token instead of its client's secret.
#[utoipa::path(
    post,
    path = "/oauth2/introspect",
    tag = "oauth",
    request_body(content = AboutToken, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "What it is worth", body = Introspection), OAuthRefusals),
    security(("client" = []), ("token" = [])),
)]
pub async fn post(State(hub): State<Arc<Hub>>, headers: HeaderMap, visitor: Visitor, form: Bytes) -> Result<Response> {
    let form = Params::read(&form);
    let client = match client::authenticate(&hub, &headers, &form).await? {
        Some(client) => Some(client),
        None => by_own_token(&hub, &visitor).await?,
    };
    let Some(client) = client else {
        return Ok(client::answer(Err(Refusal::InvalidClient)));
    };
    let Some(token) = form.get("token") else {
        return Ok(client::answer(Err(Refusal::InvalidRequest(
            "Missing token parameter.".into(),
        ))));
    };
    let told = introspect(&hub, &client, token).await?.unwrap_or_default();
    Ok(client::answer(Ok(json!(told))))
}

async fn by_own_token(hub: &Hub, visitor: &Visitor) -> Result<Option<Arc<Client>>> {
    let Some(principal) = &visitor.principal else {
        return Ok(None);
    };
    match (&principal.who, &principal.via) {
        (Who::Service(service), Via::Token(_)) => match &service.oauth_client_id {
            Some(id) => clients::client(hub, id).await,
            None => Ok(None),
        },
        _ => Ok(None),
    }
}

async fn introspect(hub: &Hub, client: &Client, token: &str) -> Result<Option<Introspection>> {
    let Some(about) = visitor::by_token(hub, token).await? else {
        return Ok(None);
    };
    let token = match &about.via {
        Via::Token(token) if token.client_id.as_deref() == Some(&*client.identifier) => token,
        _ => return Ok(None),
    };
    let name = Some(about.name().to_owned());
    Ok(Some(Introspection {
        active: true,
        scope: Some(about.scopes.to_string()),
        client_id: Some(client.identifier.clone()),
        username: name.clone(),
        sub: name,
        token_type: Some("Bearer"),
        exp: token.expires_at.map(|at| at.as_second()),
        iat: token.created.map(|at| at.as_second()),
    }))
}
