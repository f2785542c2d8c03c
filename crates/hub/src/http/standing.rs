//! What a credential stands for: who holds it, and what it allows. Read from the database, and kept in memory as long as
//! nothing changes there and nothing in it runs out.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use axum::body::Bytes;
use jiff::{SignedDuration, Timestamp};
use perijove_model::scopes::{ClientResource, GroupsOf, Members, Owner, Resource, Scope, ScopeSet};
use perijove_store::sessions::Session;
use perijove_store::tokens::{self, Token};
use perijove_store::{Db, Store, groups, oauth, roles, services, sessions, spawners, users};
use sha2::{Digest, Sha256};

use crate::Hub;
use crate::http::error::{HttpError, Result};

/// How long one is believed at most. When somebody was last seen may be that old in what it tells.
const KEPT: SignedDuration = SignedDuration::from_secs(30);
const MOST: usize = 20_000;

/// Who a credential stands for, and what it allows.
pub struct Standing {
    pub who: Who,
    pub via: Via,
    pub scopes: ScopeSet,
    /// The principal's own groups (users only).
    pub groups: Vec<String>,
    /// What `GET /user` answers.
    pub(super) answer: OnceLock<Bytes>,
    /// When its use was last noted, in seconds since 1970.
    noted: AtomicI64,
}

pub enum Who {
    User(users::User),
    Service(services::Service),
}

pub enum Via {
    Session(Session),
    Token(Token),
    /// Name and password, with this very request.
    Password,
}

impl Standing {
    fn new(who: Who, via: Via, scopes: ScopeSet, groups: Vec<String>) -> Self {
        let noted = match &via {
            Via::Token(token) => token.last_activity,
            Via::Session(session) => Some(session.last_seen),
            Via::Password => None,
        };
        Self {
            who,
            via,
            scopes,
            groups,
            answer: OnceLock::new(),
            noted: AtomicI64::new(noted.map_or(i64::MIN, Timestamp::as_second)),
        }
    }

    #[must_use]
    pub fn owner(&self) -> Owner<'_> {
        self.who.owner()
    }

    #[must_use]
    pub fn name(&self) -> &str {
        match &self.who {
            Who::User(user) => &user.name,
            Who::Service(service) => &service.name,
        }
    }

    #[must_use]
    pub fn is_admin(&self) -> bool {
        match &self.who {
            Who::User(user) => user.admin,
            Who::Service(service) => service.admin,
        }
    }

    #[must_use]
    pub fn user(&self) -> Option<&users::User> {
        match &self.who {
            Who::User(user) => Some(user),
            Who::Service(_) => None,
        }
    }

    /// Demands one of `scopes` on the resource. The groups of the user whom the resource belongs to are looked up only
    /// where a group filter could matter.
    pub async fn require(&self, store: &Store, scopes: &[Scope], resource: Resource<'_>) -> Result<()> {
        let groups = match resource.user() {
            Some(user) if self.scopes.needs_membership() => groups_of_name(store, user).await?,
            _ => Vec::new(),
        };
        let membership = GroupsOf {
            user: resource.user().unwrap_or(""),
            groups: &groups,
        };
        self.scopes
            .require(scopes, resource, &membership)
            .map_err(HttpError::from)
    }

    pub async fn may(&self, store: &Store, scope: Scope, resource: Resource<'_>) -> Result<bool> {
        match self.require(store, &[scope], resource).await {
            Ok(()) => Ok(true),
            Err(error) if error.status.is_server_error() => Err(error),
            Err(_) => Ok(false),
        }
    }

    /// Whether its use should be written down now: not more often than `resolution`, by this hub.
    fn is_due(&self, now: Timestamp, resolution: i64) -> bool {
        let (last, now) = (self.noted.load(Ordering::Relaxed), now.as_second());
        now.saturating_sub(last) >= resolution
            && self
                .noted
                .compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
    }
}

impl Who {
    fn owner(&self) -> Owner<'_> {
        match self {
            Self::User(user) => Owner::User(&user.name),
            Self::Service(service) => Owner::Service(&service.name),
        }
    }
}

pub async fn groups_of_name(store: &Store, user: &str) -> Result<Vec<String>> {
    match users::by_name(store, user).await? {
        Some(user) => Ok(groups::of_user(store, user.id).await?),
        None => Ok(Vec::new()),
    }
}

/// Standings in memory, by the hash of their credential.
#[derive(Default)]
pub struct Standings(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    epoch: u64,
    by_credential: HashMap<Credential, (Arc<Standing>, Timestamp)>,
}

/// A cookie is never taken for a token, nor the other way round.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Credential {
    Token([u8; 32]),
    Session([u8; 32]),
}

impl Standings {
    fn get(&self, epoch: u64, credential: Credential, now: Timestamp) -> Option<Arc<Standing>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (standing, until) = (kept.epoch == epoch).then(|| kept.by_credential.get(&credential))??;
        (now < *until).then(|| Arc::clone(standing))
    }

    /// Keeps what was read after the look at the epoch.
    fn put(&self, epoch: u64, credential: Credential, standing: &Arc<Standing>, until: Timestamp) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if epoch > kept.epoch || kept.by_credential.len() >= MOST {
            kept.by_credential.clear();
        }
        if epoch >= kept.epoch {
            kept.epoch = epoch;
            kept.by_credential.insert(credential, (Arc::clone(standing), until));
        }
    }
}

/// Who stands behind an API token.
pub async fn by_token(hub: &Hub, candidate: &str) -> Result<Option<Arc<Standing>>> {
    let credential = Credential::Token(Sha256::digest(candidate).into());
    let (epoch, now) = (hub.store.epoch(), hub.clock.now());
    if let Some(standing) = hub.standings.get(epoch, credential, now) {
        hub.metrics.cache_hits.count();
        note_use(hub, &standing, now);
        return Ok(Some(standing));
    }
    hub.metrics.cache_misses.count();
    let Some(token) = tokens::find(&hub.store, candidate, now).await? else {
        return Ok(None);
    };
    let held = match token.owner {
        tokens::Owner::User(id) => match users::by_id(&hub.store, id).await? {
            // What was given out before somebody was blocked is worth nothing now.
            Some(user) if !hub.policy.blocks(&user.name) => held_by_user(hub, user).await?,
            _ => return Ok(None),
        },
        tokens::Owner::Service(id) => match services::by_id(&hub.store, id).await? {
            Some(service) => held_by_service(hub, service).await?,
            None => return Ok(None),
        },
    };
    let client = client_resource(&hub.store, token.client_id.as_deref()).await?;
    let owner = held.who.owner();
    let membership = memberships(&hub.store, &owner, &held.groups, &held.scopes, client.as_ref()).await?;
    let client = client.as_ref().map(ClientNames::resource);
    let scopes = hub
        .catalog
        .token_scopes(&token.scopes, &owner, client.as_ref(), &held.scopes, &membership);
    let until = earliest(now, [held.until, token.expires_at]);
    let standing = Arc::new(Standing::new(held.who, Via::Token(token), scopes, held.groups));
    hub.standings.put(epoch, credential, &standing, until);
    note_use(hub, &standing, now);
    Ok(Some(standing))
}

/// The groups that may decide what a token is worth: its owner's, and those of the person whose server it was made for.
pub async fn memberships(
    store: &Store,
    owner: &Owner<'_>,
    groups: &[String],
    held: &ScopeSet,
    client: Option<&ClientNames>,
) -> Result<Members> {
    let (Owner::User(name), true) = (owner, held.needs_membership()) else {
        return Ok(Members::default());
    };
    let mut pairs: Vec<(String, String)> = Vec::new();
    pairs.extend(groups.iter().map(|group| ((*name).to_owned(), group.clone())));
    if let Some(ClientNames::Server { user, .. }) = client
        && user != name
    {
        let theirs = groups_of_name(store, user).await?;
        pairs.extend(theirs.into_iter().map(|group| (user.clone(), group)));
    }
    Ok(pairs.into_iter().collect())
}

/// Who is signed in with this login cookie, in a browser that has this session.
pub(super) async fn by_cookie(
    hub: &Hub,
    secret: &str,
    in_session: impl Fn(&str) -> bool,
) -> Result<Option<Arc<Standing>>> {
    let credential = Credential::Session(Sha256::digest(secret).into());
    let (epoch, now) = (hub.store.epoch(), hub.clock.now());
    if let Some(standing) = hub.standings.get(epoch, credential, now) {
        let lives = matches!(&standing.via, Via::Session(session) if in_session(&session.session_id));
        hub.metrics.cache_hits.count();
        note_use(hub, &standing, now);
        return Ok(lives.then_some(standing));
    }
    hub.metrics.cache_misses.count();
    let fingerprint = perijove_model::token::fingerprint(secret);
    let Some(session) = sessions::find(&hub.store, &fingerprint, now).await? else {
        return Ok(None);
    };
    // A login cookie without the session that it was made in has been carried off, or logged out elsewhere.
    if !in_session(&session.session_id) {
        return Ok(None);
    }
    let user = users::by_id(&hub.store, session.user_id).await?;
    let Some(user) = user.filter(|user| !hub.policy.blocks(&user.name)) else {
        return Ok(None);
    };
    let held = held_by_user(hub, user).await?;
    let until = earliest(now, [held.until, Some(session.expires_at)]);
    let standing = Arc::new(Standing::new(held.who, Via::Session(session), held.scopes, held.groups));
    hub.standings.put(epoch, credential, &standing, until);
    note_use(hub, &standing, now);
    Ok(Some(standing))
}

/// Somebody who has just shown name and password.
pub(super) async fn by_password(hub: &Hub, user: users::User) -> Result<Arc<Standing>> {
    let held = held_by_user(hub, user).await?;
    Ok(Arc::new(Standing::new(
        held.who,
        Via::Password,
        held.scopes,
        held.groups,
    )))
}

fn earliest(now: Timestamp, ends: [Option<Timestamp>; 2]) -> Timestamp {
    let most = now.saturating_add(KEPT).unwrap_or(Timestamp::MAX);
    ends.into_iter().flatten().fold(most, Timestamp::min)
}

/// Notes that a credential was used, to be written later: no request waits for it.
fn note_use(hub: &Hub, standing: &Standing, now: Timestamp) {
    let resolution = match &standing.via {
        Via::Token(_) => hub.config.hub.activity_resolution.as_secs(),
        Via::Session(_) => 60,
        Via::Password => return,
    };
    if !standing.is_due(now, i64::try_from(resolution).unwrap_or(i64::MAX)) {
        return;
    }
    let token = match &standing.via {
        Via::Session(session) => return hub.seen.session(session.id, now, session.expires_at),
        Via::Password => return,
        Via::Token(token) => token,
    };
    // A server's own token reports for the server, not for the person.
    let servers_own = token.note.as_deref().is_some_and(|note| note.starts_with("Server at "));
    let person = standing.user().filter(|_| !servers_own);
    hub.seen.token(token.id, person.map(|user| user.id), now);
}

/// Somebody, and what they may do.
struct Held {
    who: Who,
    groups: Vec<String>,
    scopes: ScopeSet,
    /// From when on it may be less.
    until: Option<Timestamp>,
}

async fn held_by_user(hub: &Hub, user: users::User) -> Result<Held> {
    let raw = roles::scopes_of_user(&hub.store, user.id, hub.clock.now()).await?;
    let scopes = hub.catalog.expand(&raw.scopes, &Owner::User(&user.name), None);
    Ok(Held {
        groups: groups::of_user(&hub.store, user.id).await?,
        who: Who::User(user),
        scopes,
        until: raw.until,
    })
}

async fn held_by_service(hub: &Hub, service: services::Service) -> Result<Held> {
    let raw = roles::scopes_of_service(&hub.store, service.id, hub.clock.now()).await?;
    let scopes = hub.catalog.expand(&raw.scopes, &Owner::Service(&service.name), None);
    Ok(Held {
        groups: Vec::new(),
        who: Who::Service(service),
        scopes,
        until: raw.until,
    })
}

/// What a user may do: roles of their own and of their groups, and what is shared with either.
pub async fn user_scopes(hub: &Hub, user: users::User) -> Result<(Who, Vec<String>, ScopeSet)> {
    let held = held_by_user(hub, user).await?;
    Ok((held.who, held.groups, held.scopes))
}

/// The server or service behind an OAuth client, by name.
pub enum ClientNames {
    Server { user: String, server: String },
    Service(String),
}

impl ClientNames {
    #[must_use]
    pub fn resource(&self) -> ClientResource<'_> {
        match self {
            Self::Server { user, server } => ClientResource::Server { user, server },
            Self::Service(name) => ClientResource::Service(name),
        }
    }
}

pub async fn client_resource(store: &impl Db, client_id: Option<&str>) -> Result<Option<ClientNames>> {
    let Some(client_id) = client_id.filter(|id| *id != oauth::PLAIN_CLIENT) else {
        return Ok(None);
    };
    if let Some(spawner) = spawners::by_oauth_client(store, client_id).await? {
        return Ok(Some(ClientNames::Server {
            user: spawner.user_name,
            server: spawner.name,
        }));
    }
    Ok(services::by_oauth_client(store, client_id)
        .await?
        .map(|service| ClientNames::Service(service.name)))
}
