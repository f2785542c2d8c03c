//! `GET .../notices`: what a person is to be told about a server. `POST .../here`: it is still in use.
//!
//! A server's own token may do both: the server shows the notices where the person looks.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use perijove_model::scopes::Scope;
use perijove_store::spawners::Spawner;
use serde::Serialize;
use utoipa::ToSchema;

use super::models::Time;
use super::refusals::{BadRequest, NotFound};
use super::servers::Which;
use crate::Hub;
use crate::culler::notices::{self, Told};
use crate::http::error::{HttpError, Result};
use crate::http::visitor::Principal;

#[derive(Serialize, ToSchema)]
pub struct Notices {
    /// The latest first.
    notices: Vec<NoticeModel>,
}

/// What a person is to be told about a server.
#[derive(Serialize, ToSchema)]
#[schema(as = Notice)]
pub struct NoticeModel {
    /// `stopping_soon`, `stopped`, `out_of_memory`, and what else there is to tell.
    kind: String,
    at: Time,
    /// A sentence for the person.
    message: String,
    /// How often it has happened so far, where that is counted.
    count: i64,
    /// When the server is stopped.
    stops_at: Option<Time>,
    /// Whether the server goes on if somebody says that they are still there.
    can_stay: bool,
}

impl From<Told> for NoticeModel {
    fn from(told: Told) -> Self {
        Self {
            kind: told.notice.kind,
            at: Time(told.notice.at),
            message: told.notice.message,
            count: told.notice.count,
            stops_at: told.stops_at.map(Time),
            can_stay: told.can_stay,
        }
    }
}

/// Read what a person is to be told about a server.
#[utoipa::path(
    get,
    path = "/users/{user}/servers/{server}/notices",
    tag = "servers",
    params(Which),
    responses((status = 200, description = "The notices", body = Notices), NotFound),
    security(("token" = ["users:activity"])),
)]
pub async fn get(State(hub): State<Arc<Hub>>, Path(which): Path<Which>, principal: Principal) -> Result<Json<Notices>> {
    match find(&hub, &which, &principal).await? {
        Some(spawner) => tell(&hub, &spawner).await,
        None => Ok(Json(Notices { notices: Vec::new() })),
    }
}

/// Say that somebody still uses a server: it is not stopped for another while.
#[utoipa::path(
    post,
    path = "/users/{user}/servers/{server}/here",
    tag = "servers",
    params(Which),
    responses((status = 200, description = "What is left to tell", body = Notices), BadRequest, NotFound),
    security(("token" = ["users:activity"])),
)]
pub async fn here(
    State(hub): State<Arc<Hub>>,
    Path(which): Path<Which>,
    principal: Principal,
) -> Result<Json<Notices>> {
    let not_running = || HttpError::bad_request("The server is not running.");
    let spawner = find(&hub, &which, &principal).await?.ok_or_else(not_running)?;
    match notices::keep(&hub, &spawner).await? {
        true => tell(&hub, &spawner).await,
        false => Err(not_running()),
    }
}

/// `None` for a default server that was never started.
async fn find(hub: &Hub, which: &Which, principal: &Principal) -> Result<Option<Spawner>> {
    let owner = which.owner(hub, principal, Scope::UsersActivity).await?;
    match which.find(hub, &owner).await? {
        None if !which.server.is_empty() => Err(which.not_found()),
        found => Ok(found),
    }
}

async fn tell(hub: &Hub, spawner: &Spawner) -> Result<Json<Notices>> {
    let told = notices::of(hub, spawner).await?;
    Ok(Json(Notices {
        notices: told.into_iter().map(NoticeModel::from).collect(),
    }))
}
