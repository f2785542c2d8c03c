//! `POST /hub/api/oauth2/revoke` (RFC 7009): a client gives back a token that it was given.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use perijove_store::tokens::{self, Owner};
use perijove_store::users;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::client::{self, OAuthRefusals, Refusal};
use super::params::Params;
use crate::Hub;
use crate::audit::Act;
use crate::http::clients::Client;
use crate::http::error::Result;
use crate::http::visitor::Visitor;

/// A token, and whose client asks. The client may show its id and secret by HTTP Basic instead.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "it describes, the form is read by hand")]
pub struct AboutToken {
    token: String,
    /// Not needed: there is one kind.
    token_type_hint: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
}

/// Revoke a token.
#[utoipa::path(
    post,
    path = "/oauth2/revoke",
    tag = "oauth",
    request_body(content = AboutToken, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "It is worth nothing any more, if it ever was"), OAuthRefusals),
    security(("client" = [])),
)]
pub async fn post(State(hub): State<Arc<Hub>>, headers: HeaderMap, visitor: Visitor, form: Bytes) -> Result<Response> {
    let form = Params::read(&form);
    let client = match client::authenticate(&hub, &headers, &form).await? {
        Some(client) => Some(client),
        None => client::public(&hub, &form).await?,
    };
    let Some(client) = client else {
        return Ok(client::answer(Err(Refusal::InvalidClient)));
    };
    let Some(token) = form.get("token") else {
        return Ok(client::answer(Err(Refusal::InvalidRequest(
            "Missing token parameter.".into(),
        ))));
    };
    revoke(&hub, &visitor, &client, token).await?;
    Ok(client::never_stored(StatusCode::OK.into_response()))
}

/// What is not this client's is left alone, and that is not told.
async fn revoke(hub: &Hub, visitor: &Visitor, client: &Client, token: &str) -> Result<()> {
    let found = tokens::find(&hub.store, token, hub.clock.now()).await?;
    let Some(token) = found.filter(|token| token.client_id.as_deref() == Some(&*client.identifier)) else {
        return Ok(());
    };
    let Owner::User(owner) = token.owner else { return Ok(()) };
    let tx = hub.store.begin().await?;
    if tokens::delete(&tx, token.id).await?
        && let Some(user) = users::by_id(&tx, owner).await?
    {
        let detail = json!({ "id": format!("a{}", token.id), "client": client.identifier });
        client::record(hub, &tx, client, visitor.remote, Act::TokenRevoked, &user.name, detail).await?;
    }
    tx.commit().await?;
    Ok(())
}
