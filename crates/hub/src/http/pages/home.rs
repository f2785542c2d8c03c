//! `GET /hub/home`: one's servers, and what can be done with them.

use std::sync::Arc;

use axum::extract::{OriginalUri, State};
use axum::http::StatusCode;
use axum::response::Response;
use perijove_model::names::server_path;
use perijove_model::server::{Pending, Phase};
use perijove_store::homes;
use perijove_store::spawners::{self, Spawner};
use perijove_store::users::User;
use perijove_web::pages::{CardState, Home, ServerCard, Storage};

use super::whose::tail;
use crate::Hub;
use crate::homes::room;
use crate::http::api::models;
use crate::http::error::Result;
use crate::http::visitor::Visitor;

pub async fn get(State(hub): State<Arc<Hub>>, OriginalUri(uri): OriginalUri, visitor: Visitor) -> Result<Response> {
    let user = match super::signed_in(&hub, &visitor, &uri) {
        Ok(principal) => principal.user().cloned(),
        Err(elsewhere) => return Ok(elsewhere),
    };
    let Some(user) = user else {
        return Err(crate::http::error::HttpError::not_found());
    };
    let spawners = spawners::of_user(&hub.store, user.id).await?;
    let default_server_active = spawners
        .iter()
        .any(|server| server.name.is_empty() && server.run.phase.is_active());
    let mut servers: Vec<ServerCard> = spawners
        .iter()
        .map(|spawner| card(&hub, &user, Some(spawner), &spawner.name))
        .collect();
    if !spawners.iter().any(|spawner| spawner.name.is_empty()) {
        servers.insert(0, card(&hub, &user, None, ""));
    }
    servers.sort_by(|a, b| a.name.cmp(&b.name));
    let page = Home {
        servers,
        default_server_active,
        allow_named_servers: hub.config.hub.allow_named_servers,
        url: server_path(hub.config.hub.base_url.as_str(), &user.name, ""),
        storage: storage(&hub, &user).await?,
    };
    super::render(&hub, &visitor, StatusCode::OK, &page).await
}

/// How full the home is, once somebody has looked.
async fn storage(hub: &Hub, user: &User) -> Result<Option<Storage>> {
    let home = homes::of_user(&hub.store, user.id, hub.spawners.first().name()).await?;
    let Some(home) = home else { return Ok(None) };
    let used = home.usage.used.and_then(|used| u64::try_from(used).ok());
    let Some((used, measured_at)) = used.zip(home.usage.measured_at) else {
        return Ok(None);
    };
    let limit = room::limit_of(hub, &hub.store, user.id).await?;
    Ok(Some(Storage {
        used: room::bytes(used),
        limit: limit.map(room::bytes),
        percent: limit.map(|limit| (u128::from(used) * 100 / u128::from(limit.max(1))).min(100) as u64),
        warning: limit.and_then(|limit| room::warning(used, limit)),
        measured_at: models::time(measured_at),
    }))
}

fn card(hub: &Hub, user: &User, spawner: Option<&Spawner>, name: &str) -> ServerCard {
    let prefix = hub.prefix();
    let tail = tail(&user.name, name);
    let phase = spawner.map_or(Phase::Stopped, |spawner| spawner.run.phase);
    let state = match (phase, phase.pending()) {
        (_, Some(Pending::Spawn)) => CardState::Starting,
        (_, Some(Pending::Stop)) => CardState::Stopping,
        (Phase::Ready, _) => CardState::Ready,
        (Phase::Failed, _) => CardState::Failed,
        _ => CardState::Stopped,
    };
    ServerCard {
        name: name.to_owned(),
        display_name: spawner
            .and_then(|spawner| spawner.display_name.clone())
            .unwrap_or_default(),
        url: server_path(hub.config.hub.base_url.as_str(), &user.name, name),
        state,
        since: spawner.and_then(|spawner| spawner.started).map(models::time),
        spawn_url: format!("{prefix}spawn/{tail}"),
        pending_url: format!("{prefix}spawn-pending/{tail}"),
        api_url: models::server_api(&prefix, &user.name, name),
        failure: spawner
            .and_then(|spawner| spawner.run.failure.as_ref())
            .map(|failure| failure.message.clone()),
    }
}
