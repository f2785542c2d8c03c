//! `POST /hub/api/users/{user}/activity`: servers tell when they were last used.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};
use perijove_model::scopes::{Resource, Scope};
use perijove_store::{spawners, users};
use serde::Deserialize;
use utoipa::ToSchema;

use super::Body;
use super::refusals::NotFound;
use crate::Hub;
use crate::http::error::{HttpError, Result, short};
use crate::http::visitor::Principal;

/// Clocks differ; a time zone that was left out must not pass.
const AHEAD: SignedDuration = SignedDuration::from_mins(59);

#[derive(Deserialize, ToSchema)]
pub struct Report {
    last_activity: Option<String>,
    servers: Option<BTreeMap<String, ServerReport>>,
}

#[derive(Deserialize, ToSchema)]
pub struct ServerReport {
    last_activity: String,
}

/// Report when somebody, or their servers, were last active.
#[utoipa::path(
    post,
    path = "/users/{user}/activity",
    tag = "users",
    params(("user" = String, Path, description = "A user's name")),
    request_body = Report,
    responses((status = 200, description = "Written down, where it is news"), NotFound),
    security(("token" = ["users:activity"])),
)]
pub async fn post(
    State(hub): State<Arc<Hub>>,
    Path(name): Path<String>,
    principal: Principal,
    body: Body<Report>,
) -> Result<StatusCode> {
    principal
        .require(&hub.store, &[Scope::UsersActivity], Resource::User(&name))
        .await?;
    let user = users::by_name(&hub.store, &name)
        .await?
        .ok_or_else(HttpError::not_found)?;
    let report = body.required()?;
    if report.last_activity.is_none() && report.servers.as_ref().is_none_or(BTreeMap::is_empty) {
        return Err(HttpError::bad_request(
            "body must contain at least one of `last_activity` or `servers`",
        ));
    }
    let now = hub.clock.now();
    let mut reported = Vec::new();
    for (server, report) in report.servers.iter().flatten() {
        let spawner = spawners::get(&hub.store, user.id, server).await?;
        let spawner = spawner
            .ok_or_else(|| HttpError::bad_request(format!("No such server '{}' for user {name}", short(server))))?;
        reported.push((spawner, parse(&report.last_activity, now)?));
    }
    let user_at = report.last_activity.as_deref().map(|at| parse(at, now)).transpose()?;
    // Always in the same order, so that nobody waits for each other.
    reported.sort_by_key(|(spawner, _)| spawner.id);
    let tx = hub.store.begin().await?;
    for (spawner, at) in &reported {
        spawners::touch(&tx, spawner.id, *at).await?;
    }
    if let Some(at) = user_at {
        users::touch(&tx, user.id, at).await?;
    }
    tx.commit().await?;
    for (spawner, _) in reported {
        hub.wakeup.heard_of(spawner.id);
    }
    Ok(StatusCode::OK)
}

/// With a time zone or, as old clients send it, in UTC without.
fn parse(text: &str, now: Timestamp) -> Result<Timestamp> {
    let wrong = || HttpError::bad_request(format!("Not a valid timestamp: {}", short(text)));
    let at: Timestamp = match text.parse() {
        Ok(at) => at,
        Err(_) => {
            let naive: DateTime = text.parse().map_err(|_| wrong())?;
            naive
                .to_zoned(jiff::tz::TimeZone::UTC)
                .map_err(|_| wrong())?
                .timestamp()
        }
    };
    if at.duration_since(now) > AHEAD {
        return Err(HttpError::bad_request(format!(
            "Activity timestamp is in the future: {}",
            short(text)
        )));
    }
    // Long ago is long ago: not every database can write down when.
    Ok(at.max(Timestamp::UNIX_EPOCH))
}
