//! What somebody used last, of their own servers and of those of others, whether it runs or not.

use std::cmp::Reverse;
use std::collections::HashMap;

use jiff::Timestamp;
use perijove_model::names::{oauth_client_id, server_path};
use perijove_model::scopes::{Resource, Scope};
use perijove_store::spawners::{self, Spawner};
use perijove_store::users::User;
use perijove_store::{tokens, visits};
use perijove_web::pages::RecentServer;

use super::home_view::{state, still_there};
use super::whose::tail;
use crate::Hub;
use crate::http::api::models;
use crate::http::error::Result;
use crate::http::visitor::Principal;

const MOST: usize = 6;
/// Not all that were opened are shared still.
const MOST_VISITS: i64 = 24;

/// The last one first; nothing where there is nothing to choose.
pub async fn of(hub: &Hub, by: &Principal, user: &User, own: &[Spawner]) -> Result<Vec<RecentServer>> {
    let others = others(hub, by, user).await?;
    let own = own.iter().filter_map(|spawner| Some((used(spawner)?, spawner)));
    let others = others.iter().map(|(at, spawner)| (*at, spawner));
    let mut used: Vec<(Timestamp, &Spawner)> = own.chain(others).collect();
    used.sort_by_key(|(at, spawner)| (Reverse(*at), spawner.id));
    used.truncate(MOST);
    if used.len() < 2 {
        return Ok(Vec::new());
    }
    Ok(used
        .into_iter()
        .map(|(at, spawner)| row(hub, by, at, spawner))
        .collect())
}

fn used(spawner: &Spawner) -> Option<Timestamp> {
    spawner.last_activity.max(spawner.started)
}

/// Those that they may still open.
async fn others(hub: &Hub, by: &Principal, user: &User) -> Result<Vec<(Timestamp, Spawner)>> {
    let visits = visits::of_user(&hub.store, user.id, MOST_VISITS).await?;
    if visits.is_empty() {
        return Ok(Vec::new());
    }
    // A visit may last for weeks; the token that it has given is seen with each request.
    let mut seen: HashMap<String, Timestamp> = HashMap::new();
    for token in tokens::of_user(&hub.store, user.id, hub.clock.now()).await? {
        if let (Some(client), Some(at)) = (token.client_id, token.last_activity) {
            let last = seen.entry(client).or_insert(at);
            *last = at.max(*last);
        }
    }
    let mut others = Vec::with_capacity(visits.len());
    for (id, visited) in visits {
        let Some(spawner) = spawners::by_id(&hub.store, id).await? else {
            continue;
        };
        let this = Resource::Server {
            user: &spawner.user_name,
            server: &spawner.name,
        };
        if super::allows(by, Scope::AccessServers, this) {
            let client = oauth_client_id(&spawner.user_name, &spawner.name);
            let at = seen.get(&client).copied().max(Some(visited));
            others.push((at.unwrap_or(visited), spawner));
        }
    }
    Ok(others)
}

fn row(hub: &Hub, by: &Principal, at: Timestamp, spawner: &Spawner) -> RecentServer {
    let (owner, name) = (&spawner.user_name, &spawner.name);
    let this = Resource::Server {
        user: owner,
        server: name,
    };
    let tail = tail(owner, name);
    let is_own = by.user().is_some_and(|user| user.id == spawner.user_id);
    let profile = spawner.profile.as_ref();
    RecentServer {
        owner: owner.clone(),
        is_own,
        name: name.clone(),
        display_name: spawner.display_name.clone().unwrap_or_default(),
        profile: profile.map(|profile| profile.title.clone()),
        state: state(spawner),
        at: models::time(at),
        url: server_path(hub.config.hub.base_url.as_str(), owner, name),
        spawn_url: super::allows(by, Scope::StartServers, this).then(|| format!("{}spawn/{tail}", hub.prefix())),
        again: is_own && profile.is_some_and(|profile| still_there(hub, &profile.slug)),
    }
}
