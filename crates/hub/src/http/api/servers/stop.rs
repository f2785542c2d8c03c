//! `DELETE`: a server is stopped, and removed if that is wished.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use perijove_model::scopes::Scope;
use perijove_store::spawners::Spawner;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Which, empty};
use crate::http::api::Body;
use crate::http::api::refusals::{BadRequest, NotFound};
use crate::http::error::{HttpError, Result};
use crate::http::visitor::Principal;
use crate::{Hub, servers};

#[derive(Deserialize, Default, ToSchema)]
#[serde(default)]
pub struct StopWish {
    /// Remove the named server, too, once it has stopped.
    remove: bool,
}

/// Stop a server, or the start of one.
#[utoipa::path(
    delete,
    path = "/users/{user}/servers/{server}",
    tag = "servers",
    params(Which),
    request_body = Option<StopWish>,
    responses(
        (status = 204, description = "It has stopped, or did not run"),
        (status = 202, description = "It is stopping"),
        BadRequest, NotFound,
    ),
    security(("token" = ["delete:servers"])),
)]
pub async fn stop(
    State(hub): State<Arc<Hub>>,
    Path(which): Path<Which>,
    principal: Principal,
    body: Body<StopWish>,
) -> Result<Response> {
    let owner = which.owner(&hub, &principal, Scope::DeleteServers).await?;
    let remove = body.given()?.unwrap_or_default().remove;
    let named = !which.server.is_empty();
    let spawner = which.find(&hub, &owner).await?;
    // One that is left over from when there were named servers can still be stopped.
    if named && !hub.config.hub.allow_named_servers && (remove || spawner.is_none()) {
        return Err(HttpError::bad_request("Named servers are not enabled."));
    }
    let spawner = match spawner {
        Some(spawner) => spawner,
        // The default server exists even before its first start.
        None if !named && !remove => return Ok(empty(StatusCode::NO_CONTENT)),
        None if !named => return Err(servers::Refused::RemoveDefault.into()),
        None => return Err(which.not_found()),
    };
    servers::request_stop(&hub, Some(&principal), &spawner, remove).await?;
    let done = |spawner: &Spawner| !spawner.run.phase.is_active() && !remove;
    let left = servers::wait(&hub, spawner.id, hub.config.hub.slow_stop_timeout, done).await?;
    Ok(empty(match left.as_ref().is_none_or(done) {
        true => StatusCode::NO_CONTENT,
        false => StatusCode::ACCEPTED,
    }))
}
