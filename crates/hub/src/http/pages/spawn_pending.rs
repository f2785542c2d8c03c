//! `GET /hub/spawn-pending/USER[/SERVER]`: how a start is going, or why it failed; `GET /hub/spawn-log/USER[/SERVER]`: what
//! the server has written so far.

use std::sync::Arc;

use axum::extract::{OriginalUri, Path, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use perijove_model::scopes::Scope;
use perijove_model::server::{Pending, Phase};
use perijove_store::spawners::{Failure, Spawner};
use perijove_store::starts;
use perijove_web::pages::{NotRunning, SpawnPending, StopPending};

use super::next;
use super::whose::{Which, Whose};
use crate::Hub;
use crate::culler::notices;
use crate::http::api::models;
use crate::http::error::Result;
use crate::http::found;
use crate::http::visitor::Visitor;
use crate::http::xsrf::query_value;
use crate::servers;

pub async fn default(
    State(hub): State<Arc<Hub>>,
    OriginalUri(uri): OriginalUri,
    Path(user): Path<String>,
    headers: HeaderMap,
    visitor: Visitor,
) -> Result<Response> {
    show(&hub, &uri, &headers, &visitor, &user, "").await
}

pub async fn named(
    State(hub): State<Arc<Hub>>,
    OriginalUri(uri): OriginalUri,
    Path((user, server)): Path<(String, String)>,
    headers: HeaderMap,
    visitor: Visitor,
) -> Result<Response> {
    show(&hub, &uri, &headers, &visitor, &user, &server).await
}

/// The last lines of this run, as plain text.
pub async fn log(
    State(hub): State<Arc<Hub>>,
    OriginalUri(uri): OriginalUri,
    Path(which): Path<Which>,
    visitor: Visitor,
) -> Result<Response> {
    let principal = match super::signed_in(&hub, &visitor, &uri) {
        Ok(principal) => principal,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let whose = Whose::read(&hub, principal, &which.user, &which.server, Scope::Servers).await?;
    let lines = match whose.spawner(&hub).await? {
        Some(spawner) => servers::last_lines(&hub, &spawner).await,
        None => Vec::new(),
    };
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, lines.join("\n")).into_response())
}

async fn show(
    hub: &Arc<Hub>,
    uri: &Uri,
    headers: &HeaderMap,
    visitor: &Visitor,
    user: &str,
    server: &str,
) -> Result<Response> {
    let principal = match super::signed_in(hub, visitor, uri) {
        Ok(principal) => principal,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let whose = Whose::read(hub, principal, user, server, Scope::Servers).await?;
    let next = query_value(uri.query().unwrap_or_default(), "next").and_then(|next| next::local(hub, headers, &next));
    let spawner = whose.spawner(hub).await?;
    let phase = spawner.as_ref().map_or(Phase::Stopped, |spawner| spawner.run.phase);
    match (phase, phase.pending()) {
        (Phase::Ready, _) => {
            let query = uri.query().unwrap_or_default();
            Ok(found(&next::onward(hub, headers, query, &whose.url(hub))))
        }
        (_, Some(Pending::Spawn)) => {
            let page = match &spawner {
                Some(spawner) => pending(hub, visitor, &whose, spawner, next).await?,
                None => SpawnPending::default(),
            };
            super::render(hub, visitor, StatusCode::OK, &page).await
        }
        (_, Some(Pending::Stop)) => {
            let page = StopPending {
                user_name: whose.user.name,
                server_name: whose.server.to_string(),
                display_name: spawner.and_then(|spawner| spawner.display_name).unwrap_or_default(),
            };
            super::render(hub, visitor, StatusCode::OK, &page).await
        }
        _ => {
            let (status, mut page) = not_running(hub, &whose, spawner.as_ref(), next.as_deref());
            page.stopped_message = stopped_message(hub, spawner.as_ref()).await?;
            super::render(hub, visitor, status, &page).await
        }
    }
}

async fn pending(
    hub: &Hub,
    visitor: &Visitor,
    whose: &Whose,
    spawner: &Spawner,
    next: Option<String>,
) -> Result<SpawnPending> {
    let prefix = hub.prefix();
    let api = models::server_api(&prefix, &whose.user.name, whose.server.as_str());
    let profile = spawner.profile.as_ref();
    let usual = starts::usual(&hub.store, profile.map_or("", |profile| &profile.slug)).await?;
    Ok(SpawnPending {
        user_name: whose.user.name.clone(),
        server_name: whose.server.to_string(),
        display_name: spawner.display_name.clone().unwrap_or_default(),
        profile: profile.map(|profile| profile.title.clone()),
        phase: spawner.run.phase.as_str(),
        elapsed_seconds: servers::elapsed(&spawner.run, hub.clock.now()),
        progress_url: format!(
            "{api}/progress?_xsrf={}&language={}",
            visitor.xsrf.token(),
            visitor.words.tag()
        ),
        log_url: format!("{prefix}spawn-log/{}", whose.tail()),
        stop_url: format!("{prefix}stop/{}", whose.tail()),
        again_url: again_url(hub, whose, next.as_deref()),
        choose_url: has_choice(hub).then(|| spawn_url(hub, whose, next.as_deref())),
        next_url: next.unwrap_or_else(|| whose.url(hub)),
        // A second is not worth a word.
        expected_seconds: usual
            .map(|usual| usual.as_secs_f64().round().clamp(0.0, 86_400.0) as u32)
            .filter(|s| *s > 1),
    })
}

fn has_choice(hub: &Hub) -> bool {
    !hub.config.profiles.is_empty() || !hub.config.spawner.options_form.is_empty()
}

fn with_next(path: String, next: Option<&str>) -> String {
    match next {
        Some(next) => format!("{path}?next={}", perijove_model::escape::component(next)),
        None => path,
    }
}

/// Asks what to start, where there is a choice.
fn spawn_url(hub: &Hub, whose: &Whose, next: Option<&str>) -> String {
    with_next(format!("{}spawn/{}", hub.prefix(), whose.tail()), next)
}

/// Starts it as the last time; takes a POST.
fn again_url(hub: &Hub, whose: &Whose, next: Option<&str>) -> String {
    with_next(format!("{}again/{}", hub.prefix(), whose.tail()), next)
}

/// The backend's own status, if it tells of an error.
pub fn status(failure: &Failure) -> StatusCode {
    let status = StatusCode::from_u16(failure.status).ok();
    let told = status.filter(|status| status.is_client_error() || status.is_server_error());
    told.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// Why it was stopped, where the hub itself has done that.
pub async fn stopped_message(hub: &Hub, spawner: Option<&Spawner>) -> Result<Option<String>> {
    let Some(spawner) = spawner else { return Ok(None) };
    let told = notices::of(hub, spawner).await?;
    let stopped = told.into_iter().find(|told| told.notice.kind == notices::STOPPED);
    Ok(stopped.map(|told| told.notice.message))
}

/// The page of a server that does not run, with the reason if its last start failed.
pub fn not_running(
    hub: &Hub,
    whose: &Whose,
    spawner: Option<&Spawner>,
    next: Option<&str>,
) -> (StatusCode, NotRunning) {
    let failure = spawner
        .and_then(|spawner| spawner.run.failure.as_ref())
        .filter(|failure| !failure.cancelled);
    let failed = spawner.is_some_and(|spawner| spawner.run.phase == Phase::Failed);
    let status = match failure {
        Some(failure) if failed => self::status(failure),
        _ => StatusCode::OK,
    };
    let page = NotRunning {
        user_name: whose.user.name.clone(),
        server_name: whose.server.to_string(),
        spawn_url: spawn_url(hub, whose, next),
        again_url: (failed && has_choice(hub)).then(|| again_url(hub, whose, next)),
        advice: failure.and_then(servers::advice).map(str::to_owned),
        failed,
        failed_message: failure.map(|failure| failure.message.clone()),
        failed_log: failure.map(|failure| failure.log.clone()).unwrap_or_default(),
        stopped_message: None,
        implicit_spawn_seconds: hub.config.hub.implicit_spawn_seconds.as_secs_f64(),
    };
    (status, page)
}
