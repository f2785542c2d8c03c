//! The models of shares and of their codes.

use std::collections::HashMap;

use perijove_model::server::Phase;
use perijove_store::share_codes::ShareCode;
use perijove_store::shares::{Share, SharedWith};
use perijove_store::spawners::{self, Spawner};
use serde::Serialize;
use utoipa::ToSchema;

use super::Time;
use super::server::url;
use crate::Hub;
use crate::http::error::Result;

/// Somebody, or a group, by name only.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Named {
    name: String,
}

/// As much of a server as concerns those whom it is shared with.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SharedServer {
    /// Whose it is.
    user: Named,
    /// Empty for the default server.
    name: String,
    /// Its path below the platform's address.
    url: String,
    full_url: Option<String>,
    ready: bool,
}

/// What a user or a group may do on a server.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShareModel {
    server: SharedServer,
    scopes: Vec<String>,
    user: Option<Named>,
    group: Option<Named>,
    /// `user` or `group`
    kind: &'static str,
    created_at: Time,
}

/// A code that can be exchanged for a share.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShareCodeModel {
    server: SharedServer,
    scopes: Vec<String>,
    /// `sc_12`
    id: String,
    created_at: Time,
    expires_at: Option<Time>,
    exchange_count: i64,
    last_exchanged_at: Option<Time>,
}

/// A code that was just made: its text is told this once.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewShareCode {
    #[serde(flatten)]
    model: ShareCodeModel,
    code: String,
    /// The path of the page on which people accept.
    accept_url: String,
    full_accept_url: Option<String>,
}

/// The models of a list of shares, their servers asked for at once.
pub async fn shares(hub: &Hub, found: &[Share]) -> Result<Vec<ShareModel>> {
    let servers = servers(hub, found.iter().map(|share| share.spawner_id)).await?;
    // A server that has just been deleted took its shares with it.
    let model = |share: &Share| Some(share_model(share, servers.get(&share.spawner_id)?.clone()));
    Ok(found.iter().filter_map(model).collect())
}

#[must_use]
pub fn share(hub: &Hub, share: &Share, server: &Spawner) -> ShareModel {
    share_model(share, shared_server(hub, server))
}

fn share_model(share: &Share, server: SharedServer) -> ShareModel {
    let (kind, user, group) = match &share.with {
        SharedWith::User(name) => ("user", Some(Named { name: name.clone() }), None),
        SharedWith::Group(name) => ("group", None, Some(Named { name: name.clone() })),
    };
    ShareModel {
        server,
        scopes: share.scopes.clone(),
        user,
        group,
        kind,
        created_at: Time(share.created_at),
    }
}

/// The models of a list of codes.
pub async fn share_codes(hub: &Hub, found: &[ShareCode]) -> Result<Vec<ShareCodeModel>> {
    let servers = servers(hub, found.iter().map(|code| code.spawner_id)).await?;
    let model = |code: &ShareCode| Some(code_model(code, servers.get(&code.spawner_id)?.clone()));
    Ok(found.iter().filter_map(model).collect())
}

/// A new code with its text.
#[must_use]
/// Where a code is accepted, as a whole address if the hub knows its own.
pub fn accept_url(hub: &Hub, text: &str) -> String {
    let path = format!("{}accept-share?code={text}", hub.prefix());
    match &hub.config.hub.public_url {
        Some(url) => url.origin().ascii_serialization() + &path,
        None => path,
    }
}

pub fn new_share_code(hub: &Hub, code: &ShareCode, server: &Spawner, text: &str) -> NewShareCode {
    let accept_url = format!("{}accept-share?code={text}", hub.prefix());
    let public = hub.config.hub.public_url.as_ref();
    NewShareCode {
        model: code_model(code, shared_server(hub, server)),
        code: text.to_owned(),
        full_accept_url: public.map(|url| url.origin().ascii_serialization() + &accept_url),
        accept_url,
    }
}

fn code_model(code: &ShareCode, server: SharedServer) -> ShareCodeModel {
    ShareCodeModel {
        server,
        scopes: code.scopes.clone(),
        id: format!("sc_{}", code.id),
        created_at: Time(code.created_at),
        expires_at: code.expires_at.map(Time),
        exchange_count: code.exchange_count,
        last_exchanged_at: code.last_exchanged_at.map(Time),
    }
}

async fn servers(hub: &Hub, ids: impl Iterator<Item = i64>) -> Result<HashMap<i64, SharedServer>> {
    let mut ids: Vec<i64> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    let found = spawners::by_ids(&hub.store, &ids).await?;
    Ok(found
        .iter()
        .map(|server| (server.id, shared_server(hub, server)))
        .collect())
}

fn shared_server(hub: &Hub, server: &Spawner) -> SharedServer {
    let path = url(hub, server);
    let public = hub.config.hub.public_url.as_ref();
    SharedServer {
        user: Named {
            name: server.user_name.clone(),
        },
        name: server.name.clone(),
        full_url: public.map(|url| url.origin().ascii_serialization() + &path),
        url: path,
        ready: server.run.phase == Phase::Ready,
    }
}
