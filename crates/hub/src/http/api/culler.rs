//! `GET /hub/api/culler`: which servers will be stopped, and why.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use perijove_model::scopes::{Resource, Scope};
use serde::Serialize;
use utoipa::ToSchema;

use super::models::Time;
use crate::Hub;
use crate::culler::preview::{Planned, preview};
use crate::http::error::Result;
use crate::http::visitor::Principal;

/// What the culler would do if nothing more happened.
#[derive(Serialize, ToSchema)]
pub struct CullerModel {
    /// Off: nothing of this comes true.
    enabled: bool,
    /// On: it is written to the log, and no more.
    dry_run: bool,
    /// All servers that run, the first to be stopped first.
    servers: Vec<PlannedModel>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = PlannedStop)]
pub struct PlannedModel {
    user: String,
    /// Empty for the default server.
    server: String,
    last_activity: Option<Time>,
    /// `null` if it is never stopped.
    stops_at: Option<Time>,
    /// `idle`, `max_age` or `schedule`.
    why: Option<&'static str>,
}

impl From<Planned> for PlannedModel {
    fn from(planned: Planned) -> Self {
        Self {
            user: planned.user,
            server: planned.server,
            last_activity: planned.last_activity.map(Time),
            stops_at: planned.end.as_ref().map(|end| Time(end.at)),
            why: planned.end.as_ref().map(|end| end.why.name()),
        }
    }
}

/// Tell which servers will be stopped if nobody uses them. No server is asked what it is at.
#[utoipa::path(
    get,
    path = "/culler",
    tag = "hub",
    responses((status = 200, description = "All servers that run", body = CullerModel)),
    security(("token" = ["read:servers"])),
)]
pub async fn get(State(hub): State<Arc<Hub>>, principal: Principal) -> Result<Json<CullerModel>> {
    principal
        .require(&hub.store, &[Scope::ReadServers], Resource::Everything)
        .await?;
    let config = &hub.config.culler;
    let planned = preview(&hub.store, config, hub.clock.now()).await?;
    Ok(Json(CullerModel {
        enabled: config.enabled,
        dry_run: config.dry_run,
        servers: planned.into_iter().map(PlannedModel::from).collect(),
    }))
}
