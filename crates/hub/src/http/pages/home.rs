//! `GET /hub/home`: one's servers, and what can be done with them.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use perijove_model::ServerName;
use perijove_model::names::server_path;
use perijove_model::scopes::{Resource, Scope};
use perijove_model::server::{Pending, Phase};
use perijove_store::homes;
use perijove_store::plans::{self, Whose};
use perijove_store::spawners::{self, Spawner};
use perijove_store::users::User;
use perijove_web::pages::{CardNotice, CardState, Home, ServerCard, Storage};

use super::whose::tail;
use crate::Hub;
use crate::culler::notices::{self, Told};
use crate::homes::room;
use crate::http::api::models;
use crate::http::error::{HttpError, Result};
use crate::http::form::Form;
use crate::http::found;
use crate::http::visitor::{Principal, Visitor};
use crate::offers::words;
use crate::servers::{self, Edit, Start};

/// How long the page waits for a server to be gone.
const SOON: Duration = Duration::from_secs(1);

pub async fn get(State(hub): State<Arc<Hub>>, OriginalUri(uri): OriginalUri, visitor: Visitor) -> Result<Response> {
    let user = match super::signed_in(&hub, &visitor, &uri) {
        Ok(principal) => principal.user().cloned(),
        Err(elsewhere) => return Ok(elsewhere),
    };
    show(&hub, &visitor, &user.ok_or_else(HttpError::not_found)?, None).await
}

async fn show(hub: &Arc<Hub>, visitor: &Visitor, user: &User, problem: Option<HttpError>) -> Result<Response> {
    let spawners = spawners::of_user(&hub.store, user.id).await?;
    let running = plans::running(&hub.store, Whose::User(user.id)).await?;
    let limits = |id: i64| {
        let of = running.iter().find(|running| running.spawner_id == id);
        of.and_then(|of| of.plan.as_ref())
            .map(|plan| words::limits(&plan.limits))
            .unwrap_or_default()
    };
    let default_server_active = spawners
        .iter()
        .any(|server| server.name.is_empty() && server.run.phase.is_active());
    let mut servers = Vec::with_capacity(spawners.len());
    for spawner in &spawners {
        let notices = notices::of(hub, spawner).await?;
        servers.push(ServerCard {
            limits: limits(spawner.id),
            notices: notices.into_iter().filter(of_server).map(notice).collect(),
            ..card(hub, user, Some(spawner), &spawner.name)
        });
    }
    if !spawners.iter().any(|spawner| spawner.name.is_empty()) {
        servers.insert(0, card(hub, user, None, ""));
    }
    servers.sort_by(|a, b| a.name.cmp(&b.name));
    let status = problem.as_ref().map_or(StatusCode::OK, |problem| problem.status);
    let page = Home {
        servers,
        default_server_active,
        allow_named_servers: hub.config.hub.allow_named_servers,
        url: server_path(hub.config.hub.base_url.as_str(), &user.name, ""),
        storage: storage(hub, user).await?,
        action_url: format!("{}home", hub.prefix()),
        problem: problem.and_then(|problem| problem.message),
    };
    super::render(hub, visitor, status, &page).await
}

/// Adds a named server, gives one another name, or deletes one.
pub async fn post(
    State(hub): State<Arc<Hub>>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    visitor: Visitor,
    form: Form,
) -> Result<Response> {
    let principal = match super::signed_in(&hub, &visitor, &uri) {
        Ok(principal) => principal,
        Err(elsewhere) => return Ok(elsewhere),
    };
    visitor.xsrf.check_form(form.text("_xsrf"), &headers, &Method::POST)?;
    let user = principal.user().cloned().ok_or_else(HttpError::not_found)?;
    let text = |name: &str| form.text(name).unwrap_or_default().trim();
    let done = match text("do") {
        "add" => add(&hub, principal, &user, text("display_name")).await,
        "name" => name(&hub, principal, &user, text("server"), text("display_name")).await,
        "remove" => remove(&hub, principal, &user, text("server")).await,
        _ => Err(HttpError::bad_request(
            "The form asks for nothing that can be done here.",
        )),
    };
    match done {
        Ok(to) => Ok(found(&to)),
        Err(error) if error.status.is_client_error() => show(&hub, &visitor, &user, Some(error)).await,
        Err(error) => Err(error),
    }
}

/// The name in addresses is made from what was typed, as JupyterHub's page makes it.
async fn add(hub: &Arc<Hub>, principal: &Principal, user: &User, display_name: &str) -> Result<String> {
    let slug = perijove_model::names::safe_slug(display_name);
    let server = ServerName::try_from(slug.as_str())?;
    let resource = Resource::Server {
        user: &user.name,
        server: &slug,
    };
    principal.require(&hub.store, &[Scope::StartServers], resource).await?;
    let start = Start {
        by: Some(principal),
        user,
        server: &server,
        options: None,
        display_name: Some(display_name),
    };
    servers::create(hub, start).await?;
    Ok(format!("{}spawn/{}", hub.prefix(), tail(&user.name, &slug)))
}

async fn name(hub: &Arc<Hub>, principal: &Principal, user: &User, server: &str, display_name: &str) -> Result<String> {
    let resource = Resource::Server {
        user: &user.name,
        server,
    };
    principal.require(&hub.store, &[Scope::StartServers], resource).await?;
    let edit = Edit {
        by: principal,
        user,
        server,
        name: None,
        display_name: Some(display_name),
        options: None,
    };
    servers::edit(hub, edit).await?;
    Ok(format!("{}home", hub.prefix()))
}

async fn remove(hub: &Arc<Hub>, principal: &Principal, user: &User, server: &str) -> Result<String> {
    let resource = Resource::Server {
        user: &user.name,
        server,
    };
    principal.require(&hub.store, &[Scope::DeleteServers], resource).await?;
    if let Some(spawner) = spawners::get(&hub.store, user.id, server).await? {
        servers::request_stop(hub, Some(principal), &spawner, true).await?;
        servers::wait(hub, spawner.id, SOON, |_| false).await?;
    }
    Ok(format!("{}home", hub.prefix()))
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

/// How full the home is stands on the page once, and not with every server.
fn of_server(told: &Told) -> bool {
    told.notice.kind != room::NOTICE
}

fn notice(told: Told) -> CardNotice {
    CardNotice {
        message: told.notice.message,
        at: models::time(told.notice.at),
        stops_at: told.stops_at.map(models::time),
        can_stay: told.can_stay,
    }
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
        profile: spawner
            .and_then(|spawner| spawner.profile.as_ref())
            .map(|profile| profile.title.clone()),
        limits: Vec::new(),
        notices: Vec::new(),
    }
}
