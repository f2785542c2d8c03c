//! What the home page shows: the servers with what they use, what their person may use in all, what others share.

use std::cmp::Reverse;
use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::Response;
use perijove_model::Limits;
use perijove_model::names::server_path;
use perijove_model::plan::size;
use perijove_model::scopes::{Resource, Scope};
use perijove_model::server::{Pending, Phase};
use perijove_store::homes;
use perijove_store::plans::{self, Running, Whose};
use perijove_store::shares::{self, Of, Part, Share};
use perijove_store::spawners::{self, Spawner};
use perijove_store::users::User;
use perijove_web::pages::{CardNotice, CardState, Home, Meter, ServerCard, SharedServer, Storage};

use super::whose::tail;
use super::{home_quotas, home_recent as recent};
use crate::Hub;
use crate::culler::notices::{self, Told};
use crate::homes::room;
use crate::http::api::models;
use crate::http::error::{HttpError, Result};
use crate::http::visitor::{Principal, Visitor};
use crate::offers::words;
use crate::servers::{self, Using};

/// Servers of others that the page shows.
const MOST_SHARED: usize = 12;

pub async fn show(
    hub: &Arc<Hub>,
    visitor: &Visitor,
    principal: &Principal,
    problem: Option<HttpError>,
) -> Result<Response> {
    let user = principal.user().ok_or_else(HttpError::not_found)?;
    let mut spawners = spawners::of_user(&hub.store, user.id).await?;
    spawners.sort_by_cached_key(place);
    let mut servers = cards(hub, user, &spawners).await?;
    if !spawners.iter().any(|spawner| spawner.name.is_empty()) {
        servers.insert(0, card(hub, user, None, ""));
    }
    for card in &mut servers {
        let resource = Resource::Server {
            user: &user.name,
            server: &card.name,
        };
        card.may_share = super::allows(principal, Scope::Shares, resource);
    }
    let recent = recent::of(hub, principal, user, &spawners).await?;
    let (quotas, groups) = home_quotas::of(hub, user).await?;
    let (shared, more_shared) = shared(hub, user).await?;
    let status = problem.as_ref().map_or(StatusCode::OK, |problem| problem.status);
    let is_active = |server: &Spawner| server.name.is_empty() && server.run.phase.is_active();
    let page = Home {
        servers,
        recent,
        default_server_active: spawners.iter().any(is_active),
        allow_named_servers: hub.config.hub.allow_named_servers,
        url: server_path(hub.config.hub.base_url.as_str(), &user.name, ""),
        storage: storage(hub, user).await?,
        quotas,
        groups,
        shared,
        more_shared,
        action_url: format!("{}home", hub.prefix()),
        problem: problem.and_then(|problem| problem.message),
    };
    super::render(hub, visitor, status, &page).await
}

/// The default server is always the first. Then what runs, then what was used last.
fn place(spawner: &Spawner) -> impl Ord + use<> {
    let last = spawner.last_activity.max(spawner.started);
    (
        !spawner.name.is_empty(),
        !spawner.run.phase.is_active(),
        Reverse(last),
        spawner.name.clone(),
    )
}

async fn cards(hub: &Hub, user: &User, spawners: &[Spawner]) -> Result<Vec<ServerCard>> {
    let running = plans::running(&hub.store, Whose::User(user.id)).await?;
    let limits = |spawner: &Spawner| {
        let of = |running: &&Running| running.spawner_id == spawner.id;
        let plan = running.iter().find(of).and_then(|running| running.plan.as_ref());
        plan.map(|plan| plan.limits).unwrap_or_default()
    };
    let uses = servers::using(hub, spawners).await;
    let mut cards = Vec::with_capacity(spawners.len());
    for (spawner, using) in spawners.iter().zip(uses) {
        let notices = notices::of(hub, spawner).await?;
        let limits = limits(spawner);
        cards.push(ServerCard {
            limits: words::limits(&limits),
            uses: using.map(|using| meters(using, &limits)).unwrap_or_default(),
            notices: notices.into_iter().filter(of_server).map(notice).collect(),
            ..card(hub, user, Some(spawner), &spawner.name)
        });
    }
    Ok(cards)
}

fn meters(using: Using, limits: &Limits) -> Vec<Meter> {
    let cpu = using.cpu_milli.map(|used| Meter {
        kind: "cpu",
        used: words::cores(used),
        most: limits.cpu_milli.map(|most| words::cores(most.into())),
        percent: limits.cpu_milli.map(|most| percent(used, most.into())),
    });
    let memory = using.memory.map(|used| Meter {
        kind: "memory",
        used: size(used),
        most: limits.memory.map(size),
        percent: limits.memory.map(|most| percent(used, most)),
    });
    cpu.into_iter().chain(memory).collect()
}

/// Hundredths of the most, 100 at most.
pub fn percent(used: u64, most: u64) -> u64 {
    u64::try_from(u128::from(used) * 100 / u128::from(most.max(1))).map_or(100, |percent| percent.min(100))
}

async fn shared(hub: &Hub, user: &User) -> Result<(Vec<SharedServer>, bool)> {
    let part = Part {
        offset: 0,
        limit: MOST_SHARED as i64,
    };
    let (found, total) = shares::list(&hub.store, Of::User(user.id), part, hub.clock.now()).await?;
    let mut servers: Vec<SharedServer> = Vec::new();
    for share in &found {
        // By themselves and by a group it is the same server.
        if servers
            .iter()
            .any(|seen| seen.owner == share.owner && seen.name == share.server)
        {
            continue;
        }
        servers.extend(shared_server(hub, share).await?);
    }
    Ok((servers, usize::try_from(total).unwrap_or(usize::MAX) > found.len()))
}

async fn shared_server(hub: &Hub, share: &Share) -> Result<Option<SharedServer>> {
    let spawner = spawners::by_id(&hub.store, share.spawner_id).await?;
    Ok(spawner.map(|spawner| SharedServer {
        owner: share.owner.clone(),
        name: share.server.clone(),
        display_name: spawner.display_name.clone().unwrap_or_default(),
        state: state(&spawner),
        url: server_path(hub.config.hub.base_url.as_str(), &share.owner, &share.server),
    }))
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
        percent: limit.map(|limit| percent(used, limit)),
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

pub fn state(spawner: &Spawner) -> CardState {
    match (spawner.run.phase, spawner.run.phase.pending()) {
        (_, Some(Pending::Spawn)) => CardState::Starting,
        (_, Some(Pending::Stop)) => CardState::Stopping,
        (Phase::Ready, _) => CardState::Ready,
        (Phase::Failed, _) => CardState::Failed,
        _ => CardState::Stopped,
    }
}

fn card(hub: &Hub, user: &User, spawner: Option<&Spawner>, name: &str) -> ServerCard {
    let prefix = hub.prefix();
    let tail = tail(&user.name, name);
    let profile = spawner.and_then(|spawner| spawner.profile.as_ref());
    let failure = spawner.and_then(|spawner| spawner.run.failure.as_ref());
    ServerCard {
        name: name.to_owned(),
        display_name: spawner
            .and_then(|spawner| spawner.display_name.clone())
            .unwrap_or_default(),
        url: server_path(hub.config.hub.base_url.as_str(), &user.name, name),
        state: spawner.map(state).unwrap_or_default(),
        since: spawner.and_then(|spawner| spawner.started).map(models::time),
        spawn_url: format!("{prefix}spawn/{tail}"),
        pending_url: format!("{prefix}spawn-pending/{tail}"),
        api_url: models::server_api(&prefix, &user.name, name),
        failure: failure.map(|failure| failure.message.clone()),
        profile: profile.map(|profile| profile.title.clone()),
        last_used: spawner.and_then(|spawner| spawner.last_activity).map(models::time),
        again: profile.is_some_and(|profile| still_there(hub, &profile.slug)),
        ..ServerCard::default()
    }
}

/// Whether there is anything left to start as the last time.
pub fn still_there(hub: &Hub, slug: &str) -> bool {
    hub.config.profiles.iter().any(|profile| profile.slug == slug)
}
