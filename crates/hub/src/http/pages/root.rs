//! `GET /hub/`: the front door.

use std::sync::Arc;

use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use perijove_store::{spawners, users};

use super::next;
use crate::Hub;
use crate::http::error::Result;
use crate::http::visitor::Visitor;
use crate::http::{found, redirect};

pub async fn get(
    State(hub): State<Arc<Hub>>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    visitor: Visitor,
) -> Result<Response> {
    let prefix = hub.prefix();
    if !uri.path().ends_with('/') {
        return Ok(redirect(StatusCode::MOVED_PERMANENTLY, &prefix));
    }
    if !hub.config.hub.default_url.is_empty() {
        return Ok(found(&hub.config.hub.default_url));
    }
    match visitor.in_browser().and_then(|principal| principal.user()) {
        Some(user) => {
            let usual = after_login(&hub, user, true).await?;
            let query = uri.query().unwrap_or_default();
            Ok(found(&next::onward(&hub, &headers, query, &usual)))
        }
        None => Ok(found(&super::login_url(&hub, &uri))),
    }
}

/// Where somebody goes who did not say where: the configured page, the running server, or a fresh one.
pub async fn after_login(hub: &Hub, user: &users::User, may_have_server: bool) -> Result<String> {
    let config = &hub.config.hub;
    if !config.default_url.is_empty() {
        return Ok(config.default_url.clone());
    }
    if !config.redirect_to_server {
        return Ok(format!("{}home", hub.prefix()));
    }
    let server = match may_have_server {
        true => spawners::get(&hub.store, user.id, "").await?,
        false => None,
    };
    Ok(if server.is_some_and(|server| server.run.phase.is_active()) {
        perijove_model::names::server_path(config.base_url.as_str(), &user.name, "")
    } else {
        format!("{}spawn", hub.prefix())
    })
}
