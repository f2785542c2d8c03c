//! `POST /hub/api/shutdown`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use perijove_model::scopes::{Resource, Scope};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::Body;
use crate::audit::Act;
use crate::http::error::Result;
use crate::http::visitor::Principal;
use crate::{Hub, Shutdown, audit};

#[derive(Deserialize, Default, ToSchema)]
#[serde(default)]
pub struct Wish {
    servers: Option<bool>,
    proxy: Option<bool>,
}

#[derive(Serialize, ToSchema)]
pub struct Ending {
    message: &'static str,
}

/// Shut the hub down.
#[utoipa::path(
    post,
    path = "/shutdown",
    tag = "hub",
    request_body = Option<Wish>,
    responses((status = 202, description = "It begins to", body = Ending)),
    security(("token" = ["shutdown"])),
)]
pub async fn post(State(hub): State<Arc<Hub>>, principal: Principal, body: Body<Wish>) -> Result<Response> {
    principal
        .require(&hub.store, &[Scope::Shutdown], Resource::Everything)
        .await?;
    let wish = body.given()?.unwrap_or_default();
    let servers = wish.servers.unwrap_or(hub.config.hub.cleanup_servers);
    begin(&hub, &principal, servers, wish.proxy.unwrap_or(false)).await?;
    let ending = Ending {
        message: "Shutting down Hub",
    };
    Ok((StatusCode::ACCEPTED, Json(ending)).into_response())
}

/// Ends this hub, and with it what else is wished.
pub async fn begin(hub: &Hub, by: &Principal, servers: bool, edge: bool) -> Result<()> {
    let detail = json!({ "servers": servers, "proxy": edge });
    audit::record(hub, &hub.store, by, Act::ShutDown, "hub", detail).await?;
    tracing::info!(by = %by.name(), servers, edge, "shutdown requested");
    hub.shutdown.send_replace(Some(Shutdown {
        servers,
        edge,
        failed: false,
    }));
    Ok(())
}
