//! `POST`: a server is wished for, and waited for a while.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use perijove_model::ServerName;
use perijove_model::scopes::Scope;
use perijove_model::server::{Pending, Phase};
use perijove_store::spawners::{Failure, Spawner};
use serde_json::{Map, Value};

use super::body::ServerWish;
use super::{Which, empty};
use crate::Hub;
use crate::http::api::Body;
use crate::http::api::refusals::{BadRequest, NotFound, StartFailed, TooMany};
use crate::http::error::{HttpError, Result};
use crate::http::pages::status;
use crate::http::visitor::Principal;
use crate::servers::{self, Start};

/// Start a server, and make it first if it is a named one that is not there.
#[utoipa::path(
    post,
    path = "/users/{user}/servers/{server}",
    tag = "servers",
    params(Which),
    request_body = Option<ServerWish>,
    responses(
        (status = 201, description = "It runs"),
        (status = 202, description = "It is on its way"),
        BadRequest, NotFound, TooMany, StartFailed,
    ),
    security(("token" = ["start:servers"])),
)]
pub async fn start(
    State(hub): State<Arc<Hub>>,
    Path(which): Path<Which>,
    principal: Principal,
    body: Body<Map<String, Value>>,
) -> Result<Response> {
    let owner = which.owner(&hub, &principal, Scope::StartServers).await?;
    let wish = ServerWish::read(body.given()?)?;
    let start = Start {
        by: Some(&principal),
        user: &owner,
        server: &ServerName::existing(&which.server)?,
        options: wish.user_options,
        display_name: wish.display_name.as_deref(),
    };
    let begun = servers::request_start(&hub, start).await?;
    let on_its_way = |spawner: &Spawner| spawner.run.phase.pending() == Some(Pending::Spawn);
    let patience = hub.config.hub.slow_spawn_timeout;
    let spawner = servers::wait(&hub, begun.spawner_id, patience, |spawner| !on_its_way(spawner)).await?;
    let spawner = spawner.ok_or_else(HttpError::not_found)?;
    match spawner.run.phase {
        Phase::Ready => Ok(empty(StatusCode::CREATED)),
        _ if on_its_way(&spawner) => Ok(empty(StatusCode::ACCEPTED)),
        _ => Err(failed(spawner.run.failure.as_ref())),
    }
}

/// The backend's own status and words.
pub fn failed(failure: Option<&Failure>) -> HttpError {
    let Some(failure) = failure else {
        let words = "The server was stopped while it started.";
        return HttpError::new(StatusCode::INTERNAL_SERVER_ERROR, words);
    };
    HttpError::new(status(failure), &failure.message)
}
