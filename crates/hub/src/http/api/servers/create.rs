//! `PUT`: a named server is made, and not started.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use perijove_model::ServerName;
use perijove_model::scopes::Scope;
use serde_json::{Map, Value};

use super::Which;
use super::body::ServerWish;
use crate::Hub;
use crate::http::api::Body;
use crate::http::api::models::ServerModel;
use crate::http::api::refusals::{BadRequest, Conflict, NotFound};
use crate::http::error::Result;
use crate::http::visitor::Principal;
use crate::servers::{self, Start};

/// Make a named server, without starting it.
#[utoipa::path(
    put,
    path = "/users/{user}/servers/{server}",
    tag = "servers",
    params(Which),
    request_body = Option<ServerWish>,
    responses((status = 201, description = "The new server", body = ServerModel), BadRequest, NotFound, Conflict),
    security(("token" = ["start:servers"])),
)]
pub async fn create(
    State(hub): State<Arc<Hub>>,
    Path(which): Path<Which>,
    principal: Principal,
    body: Body<Map<String, Value>>,
) -> Result<Response> {
    let owner = which.owner(&hub, &principal, Scope::StartServers).await?;
    let wish = ServerWish::read(body.given()?)?;
    let wanted = Start {
        by: Some(&principal),
        user: &owner,
        server: &ServerName::existing(&which.server)?,
        options: wish.user_options,
        display_name: wish.display_name.as_deref(),
    };
    let spawner = servers::create(&hub, wanted).await?;
    let model = which.model(&hub, &principal, &spawner).await?;
    Ok((StatusCode::CREATED, Json(model)).into_response())
}
