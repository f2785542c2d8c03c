//! `PATCH`: a server that does not run gets another name, another display name or other options.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use perijove_model::scopes::Scope;
use serde_json::{Map, Value};

use super::Which;
use super::body::ServerChange;
use crate::Hub;
use crate::http::api::Body;
use crate::http::api::models::ServerModel;
use crate::http::api::refusals::{BadRequest, Conflict, NotFound};
use crate::http::error::Result;
use crate::http::visitor::Principal;
use crate::servers::{self, Edit};

/// Change a server that does not run. The default server with a new name becomes a named one, beside a fresh default
/// one.
#[utoipa::path(
    patch,
    path = "/users/{user}/servers/{server}",
    tag = "servers",
    params(Which),
    request_body = ServerChange,
    responses((status = 200, description = "The changed server", body = ServerModel), BadRequest, NotFound, Conflict),
    security(("token" = ["start:servers"])),
)]
pub async fn edit(
    State(hub): State<Arc<Hub>>,
    Path(which): Path<Which>,
    principal: Principal,
    body: Body<Map<String, Value>>,
) -> Result<Json<ServerModel>> {
    let owner = which.owner(&hub, &principal, Scope::StartServers).await?;
    let change = ServerChange::read(body.given()?)?;
    let edit = Edit {
        by: &principal,
        user: &owner,
        server: &which.server,
        name: change.name.as_deref(),
        display_name: change.display_name.as_deref().filter(|name| !name.is_empty()),
        options: change.user_options.as_ref(),
    };
    let spawner = servers::edit(&hub, edit).await?;
    let now = Which {
        user: which.user,
        server: spawner.name.clone(),
    };
    now.model(&hub, &principal, &spawner).await.map(Json)
}
