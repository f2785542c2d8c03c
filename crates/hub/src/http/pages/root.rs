//! `GET /hub/`: the front door.

use std::sync::Arc;

use axum::extract::{OriginalUri, State};
use axum::http::StatusCode;
use axum::response::Response;
use perijove_store::{spawners, users};

use crate::Hub;
use crate::http::error::Result;
use crate::http::visitor::Visitor;
use crate::http::{found, redirect};

pub async fn get(State(hub): State<Arc<Hub>>, OriginalUri(uri): OriginalUri, visitor: Visitor) -> Result<Response> {
    let prefix = hub.prefix();
    if !uri.path().ends_with('/') {
        return Ok(redirect(StatusCode::MOVED_PERMANENTLY, &prefix));
    }
    match visitor.principal.as_ref().and_then(|principal| principal.user()) {
        Some(user) => Ok(found(&after_login(&hub, user).await?)),
        None => Ok(found(&super::login_url(&hub, &uri))),
    }
}

/// Where somebody goes who did not say where: the configured page, the running server, or a fresh one.
pub async fn after_login(hub: &Hub, user: &users::User) -> Result<String> {
    let config = &hub.config.hub;
    if !config.default_url.is_empty() {
        return Ok(config.default_url.clone());
    }
    if !config.redirect_to_server {
        return Ok(format!("{}home", hub.prefix()));
    }
    let server = spawners::get(&hub.store, user.id, "").await?;
    let ready = server.is_some_and(|server| server.run.phase == perijove_model::server::Phase::Ready);
    Ok(if ready {
        perijove_model::names::server_path(config.base_url.as_str(), &user.name, "")
    } else {
        format!("{}spawn", hub.prefix())
    })
}
