//! `POST /hub/api/users/{user}/admin-access`: nothing, since admins come to servers by OAuth. Old programs ask for it.

use std::sync::Arc;

use axum::extract::{Path, State};
use perijove_model::scopes::{Resource, Scope};

use crate::Hub;
use crate::http::error::{HttpError, Result};
use crate::http::visitor::Principal;

/// Ask for access to somebody's servers, as programs did before JupyterHub 0.8. It is always refused.
#[utoipa::path(
    post,
    path = "/users/{user}/admin-access",
    tag = "users",
    params(("user" = String, Path, description = "A user's name")),
    responses((status = 404, description = "Out of the caller's reach")),
    security(("token" = ["servers"])),
)]
pub async fn post(State(hub): State<Arc<Hub>>, Path(name): Path<String>, principal: Principal) -> Result<()> {
    principal
        .require(&hub.store, &[Scope::Servers], Resource::User(&name))
        .await?;
    Err(HttpError::forbidden("admin access to user servers disabled"))
}
