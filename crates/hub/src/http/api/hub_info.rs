//! `GET /hub/api/info`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use perijove_model::JUPYTERHUB_VERSION;
use perijove_model::scopes::{Resource, Scope};
use perijove_spawn::Capabilities;
use serde::Serialize;
use utoipa::ToSchema;

use crate::Hub;
use crate::http::error::Result;
use crate::http::visitor::Principal;

#[derive(Serialize, ToSchema)]
pub struct Info {
    version: &'static str,
    python: String,
    sys_executable: &'static str,
    spawner: Class,
    authenticator: Class,
    perijove: Perijove,
}

/// Something that a site chooses, and its version.
#[derive(Serialize, ToSchema)]
struct Class {
    class: String,
    version: &'static str,
}

#[derive(Serialize, ToSchema)]
struct Perijove {
    version: &'static str,
    /// What the spawner can do.
    #[schema(value_type = Object)]
    capabilities: Capabilities,
}

/// Tell what the hub is made of.
#[utoipa::path(
    get,
    path = "/info",
    tag = "hub",
    responses((status = 200, description = "Versions and classes", body = Info)),
    security(("token" = ["read:hub"])),
)]
pub async fn get(State(hub): State<Arc<Hub>>, principal: Principal) -> Result<Json<Info>> {
    principal
        .require(&hub.store, &[Scope::ReadHub], Resource::Everything)
        .await?;
    let own = env!("CARGO_PKG_VERSION");
    let kinds: Vec<&str> = hub
        .authenticators
        .iter()
        .map(|authenticator| authenticator.kind())
        .collect();
    let class = |class: String| Class { class, version: own };
    Ok(Json(Info {
        version: JUPYTERHUB_VERSION,
        python: format!("none: Perijove {own}"),
        sys_executable: "perijove",
        spawner: class(hub.spawners.first().name().to_owned()),
        authenticator: class(kinds.join(",")),
        perijove: Perijove {
            version: own,
            capabilities: hub.spawners.first().capabilities(),
        },
    }))
}
