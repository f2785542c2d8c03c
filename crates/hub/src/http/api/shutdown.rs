//! `POST /hub/api/shutdown`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use perijove_model::scopes::{Resource, Scope};
use serde::Deserialize;
use serde_json::json;

use super::Body;
use crate::http::error::Result;
use crate::http::visitor::Principal;
use crate::{Hub, Shutdown};

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Wish {
    servers: Option<bool>,
    proxy: Option<bool>,
}

pub async fn post(State(hub): State<Arc<Hub>>, principal: Principal, body: Body<Wish>) -> Result<Response> {
    principal
        .require(&hub.store, &[Scope::Shutdown], Resource::Everything)
        .await?;
    let wish = body.0.unwrap_or_default();
    let servers = wish.servers.unwrap_or(hub.config.hub.cleanup_servers);
    let edge = wish.proxy.unwrap_or(false);
    tracing::info!(by = %principal.name(), servers, edge, "shutdown requested");
    hub.shutdown.send_replace(Some(Shutdown { servers, edge }));
    Ok((StatusCode::ACCEPTED, Json(json!({ "message": "Shutting down Hub" }))).into_response())
}
