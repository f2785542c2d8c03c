//! `/hub/api/drain`: whether servers may start.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use perijove_model::scopes::{Resource, Scope};
use perijove_store::drain as kept;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Body;
use super::models::Time;
use super::refusals::BadRequest;
use crate::Hub;
use crate::drain::{self, Switch};
use crate::http::error::{HttpError, Result};
use crate::http::visitor::Principal;

/// Whether the hub is drained: servers that run go on, and none starts.
#[derive(Serialize, ToSchema)]
pub struct DrainModel {
    drained: bool,
    since: Option<Time>,
    by: Option<String>,
    /// What people are told besides; empty if nothing.
    message: Option<String>,
}

impl From<Option<kept::Drain>> for DrainModel {
    fn from(drain: Option<kept::Drain>) -> Self {
        Self {
            drained: drain.is_some(),
            since: drain.as_ref().map(|drain| Time(drain.since)),
            by: drain.as_ref().map(|drain| drain.by.clone()),
            message: drain.map(|drain| drain.message),
        }
    }
}

#[derive(Deserialize, Default, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Wish {
    /// What people are told: one line of 500 characters at most.
    message: String,
}

/// Tell whether servers may start.
#[utoipa::path(
    get,
    path = "/drain",
    tag = "hub",
    responses((status = 200, description = "Whether the hub is drained", body = DrainModel)),
    security(("token" = ["read:hub"])),
)]
pub async fn get(State(hub): State<Arc<Hub>>, principal: Principal) -> Result<Json<DrainModel>> {
    principal
        .require(&hub.store, &[Scope::ReadHub], Resource::Everything)
        .await?;
    Ok(Json(kept::get(&hub.store).await?.into()))
}

/// Drain the hub: servers that run go on, and none starts, in no hub on this database.
#[utoipa::path(
    put,
    path = "/drain",
    tag = "hub",
    request_body = Option<Wish>,
    responses((status = 200, description = "The hub is drained", body = DrainModel), BadRequest),
    security(("token" = ["shutdown"])),
)]
pub async fn put(State(hub): State<Arc<Hub>>, principal: Principal, body: Body<Wish>) -> Result<Json<DrainModel>> {
    may_switch(&hub, &principal).await?;
    let wish = body.given()?.unwrap_or_default();
    let wanted = Switch::On(message(&wish.message)?);
    switch(&hub, &principal, &wanted).await.map(Json)
}

/// Take starts again.
#[utoipa::path(
    delete,
    path = "/drain",
    tag = "hub",
    responses((status = 200, description = "Servers may start", body = DrainModel)),
    security(("token" = ["shutdown"])),
)]
pub async fn delete(State(hub): State<Arc<Hub>>, principal: Principal) -> Result<Json<DrainModel>> {
    may_switch(&hub, &principal).await?;
    switch(&hub, &principal, &Switch::Off).await.map(Json)
}

/// As somebody has written it.
pub fn message(text: &str) -> Result<String> {
    drain::message(text).ok_or_else(|| {
        let most = drain::LONGEST_MESSAGE;
        HttpError::bad_request(format!("The message is one line of {most} characters at most."))
    })
}

pub async fn may_switch(hub: &Hub, principal: &Principal) -> Result<()> {
    let needed = [Scope::Shutdown];
    principal.require(&hub.store, &needed, Resource::Everything).await
}

pub async fn switch(hub: &Hub, principal: &Principal, wanted: &Switch) -> Result<DrainModel> {
    let now = drain::switch(&hub.store, &*hub.clock, &principal.into(), wanted).await?;
    tracing::info!(by = %principal.name(), drained = now.is_some(), "starts were switched off or on");
    Ok(now.into())
}
