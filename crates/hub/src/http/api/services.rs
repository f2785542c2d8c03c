//! `GET /hub/api/services`

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use perijove_model::scopes::{NoGroups, Resource, Scope};
use perijove_store::services;

use super::models;
use crate::Hub;
use crate::http::error::Result;
use crate::http::visitor::Principal;

/// List services, by name.
#[utoipa::path(
    get,
    path = "/services",
    tag = "services",
    responses((status = 200, description = "The services that the caller may see", body = BTreeMap<String, models::ServiceModel>)),
    security(("token" = ["list:services"])),
)]
pub async fn list(
    State(hub): State<Arc<Hub>>,
    principal: Principal,
) -> Result<Json<BTreeMap<String, models::ServiceModel>>> {
    principal.scopes.require_some(Scope::ListServices)?;
    let mut found = services::list(&hub.store).await?;
    found.retain(|service| {
        let resource = Resource::Service(&service.name);
        principal
            .scopes
            .has(Scope::ListServices, resource, &NoGroups)
            .is_granted()
    });
    let models = models::services(&hub, &principal.scopes, &found).await?;
    Ok(Json(
        models.into_iter().map(|model| (model.name.clone(), model)).collect(),
    ))
}
