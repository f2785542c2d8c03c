//! `GET /hub/api/info`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use perijove_model::JUPYTERHUB_VERSION;
use perijove_model::scopes::{Resource, Scope};
use serde_json::{Value, json};

use crate::Hub;
use crate::http::error::Result;
use crate::http::visitor::Principal;

pub async fn get(State(hub): State<Arc<Hub>>, principal: Principal) -> Result<Json<Value>> {
    principal
        .require(&hub.store, &[Scope::ReadHub], Resource::Everything)
        .await?;
    let own = env!("CARGO_PKG_VERSION");
    let kinds: Vec<&str> = hub
        .authenticators
        .iter()
        .map(|authenticator| authenticator.kind())
        .collect();
    Ok(Json(json!({
        "version": JUPYTERHUB_VERSION,
        "python": format!("none: Perijove {own}"),
        "sys_executable": "perijove",
        "spawner": { "class": hub.spawner.name(), "version": own },
        "authenticator": { "class": kinds.join(","), "version": own },
        "perijove": { "version": own, "capabilities": hub.spawner.capabilities() },
    })))
}
