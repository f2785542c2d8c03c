//! What a credential stands for: who holds it, and what it allows. Read from the database, and kept in memory as long as
//! nothing changes there and nothing in it runs out.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};

use axum::body::Bytes;
use jiff::Timestamp;
use perijove_auth::Authenticator;
use perijove_model::Secret;
use perijove_model::scopes::{GroupsOf, Members, Owner, Resource, Scope, ScopeSet};
use perijove_store::sessions::Session;
use perijove_store::tokens::{self, Token};
use perijove_store::{Db, Store, groups, roles, services, sessions, users};
use sha2::{Digest, Sha256};
use tokio::sync::OnceCell;

use crate::Hub;
use crate::http::api::models::Around;
use crate::http::clients::{self, ClientNames};
use crate::http::error::{HttpError, Result};
use crate::http::known::{Known, earliest};
use crate::signin::refresh;

/// Who a credential stands for, and what it allows.
pub struct Standing {
    pub who: Who,
    pub via: Via,
    pub scopes: ScopeSet,
    /// The principal's own groups (users only).
    pub groups: Vec<String>,
    /// Somebody else, who acts as them.
    pub acting: Option<Acting>,
    /// What `GET /user` answers.
    pub(super) answer: OnceLock<Bytes>,
    /// The principal's own belongings and servers (users only), once they were asked for.
    pub(super) around: Arc<OnceCell<Around>>,
    /// When its use was last noted, in seconds since 1970.
    noted: AtomicI64,
    /// When somebody last began to ask whether its holder may still come in.
    checked: AtomicI64,
}

/// Whoever acts as somebody else.
pub struct Acting {
    pub name: String,
    admin: bool,
}

#[derive(Clone)]
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
    fn new(held: &Held, via: Via, scopes: ScopeSet) -> Self {
        let noted = match &via {
            Via::Token(token) => token.last_activity,
            Via::Session(session) => Some(session.last_seen),
            Via::Password => None,
        };
        let checked = match &via {
            Via::Session(session) => session.checked,
            Via::Token(_) | Via::Password => None,
        };
        Self {
            who: held.who.clone(),
            checked: AtomicI64::new(checked.map_or(i64::MIN, Timestamp::as_second)),
            via,
            scopes,
            groups: held.groups.clone(),
            acting: None,
            answer: OnceLock::new(),
            around: Arc::clone(&held.around),
            noted: AtomicI64::new(noted.map_or(i64::MIN, Timestamp::as_second)),
        }
    }

    #[must_use]
    pub fn owner(&self) -> Owner<'_> {
        self.who.owner()
    }

    #[must_use]
    pub fn name(&self) -> &str {
        self.who.name()
    }

    #[must_use]
    pub fn is_admin(&self) -> bool {
        match &self.who {
            Who::User(user) => user.admin && self.acting.as_ref().is_none_or(|acting| acting.admin),
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

    /// The method to ask whether its holder may still come in, for one request at a time.
    pub(super) fn to_ask(&self, hub: &Hub, now: Timestamp) -> Option<Arc<dyn Authenticator>> {
        let Via::Session(session) = &self.via else { return None };
        let last = self.checked.load(Ordering::Relaxed);
        let method = refresh::due(hub, session, Timestamp::from_second(last).ok(), now)?;
        self.checked
            .compare_exchange(last, now.as_second(), Ordering::Relaxed, Ordering::Relaxed)
            .is_ok()
            .then_some(method)
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
    fn name(&self) -> &str {
        match self {
            Self::User(user) => &user.name,
            Self::Service(service) => &service.name,
        }
    }

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

/// What was looked up lately: credentials, by their hashes, and people.
#[derive(Default)]
pub struct Standings {
    by_credential: Known<Credential, Arc<Standing>>,
    people: Known<i64, Arc<Held>>,
}

/// A cookie is never taken for a token, nor the other way round.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Credential {
    Token([u8; 32]),
    Session([u8; 32]),
}

/// Who stands behind an API token.
pub async fn by_token(hub: &Hub, candidate: &str) -> Result<Option<Arc<Standing>>> {
    let credential = Credential::Token(Sha256::digest(candidate).into());
    let (epoch, now) = (hub.store.epoch(), hub.clock.now());
    if let Some(standing) = hub.standings.by_credential.get(epoch, &credential, now) {
        hub.metrics.cache_hits.count();
        note_use(hub, &standing, now);
        return Ok(Some(standing));
    }
    hub.metrics.cache_misses.count();
    let Some(token) = tokens::find(&hub.store, candidate, now).await? else {
        return Ok(None);
    };
    let standing = of_token(hub, token, credential, epoch, now).await?;
    if let Some(standing) = &standing {
        note_use(hub, standing, now);
    }
    Ok(standing)
}

/// Knows a token that was made just now: who has it is about to use it. The `epoch` is that from before it was made.
pub async fn expect(hub: &Hub, secret: &Secret, token: Token, epoch: u64) -> Result<()> {
    let credential = Credential::Token(Sha256::digest(secret.expose()).into());
    let known = of_token(hub, token, credential, epoch, hub.clock.now()).await?;
    drop(known);
    Ok(())
}

/// What a token is worth, which is kept under this epoch.
async fn of_token(
    hub: &Hub,
    token: Token,
    credential: Credential,
    epoch: u64,
    now: Timestamp,
) -> Result<Option<Arc<Standing>>> {
    let held = match token.owner {
        tokens::Owner::User(id) => match person(hub, id).await? {
            Some(held) => held,
            None => return Ok(None),
        },
        tokens::Owner::Service(id) => match services::by_id(&hub.store, id).await? {
            Some(service) => Arc::new(held_by_service(hub, service).await?),
            None => return Ok(None),
        },
    };
    let client = match &token.client_id {
        Some(identifier) => clients::client(hub, identifier).await?,
        None => None,
    };
    let client = client.as_ref().and_then(|client| client.names.as_ref());
    let owner = held.who.owner();
    let membership = memberships(&hub.store, &owner, &held.groups, &held.scopes, client).await?;
    let client = client.map(ClientNames::resource);
    let scopes = hub
        .catalog
        .token_scopes(&token.scopes, &owner, client.as_ref(), &held.scopes, &membership);
    let until = earliest(now, [held.until, token.expires_at]);
    let standing = Arc::new(Standing::new(&held, Via::Token(token), scopes));
    hub.standings
        .by_credential
        .put(epoch, credential, Arc::clone(&standing), until);
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
    if let Some(standing) = hub.standings.by_credential.get(epoch, &credential, now) {
        let lives = matches!(&standing.via, Via::Session(session) if in_session(&session.session_id));
        hub.metrics.cache_hits.count();
        note_use(hub, &standing, now);
        return Ok(lives.then_some(standing));
    }
    hub.metrics.cache_misses.count();
    let fingerprint = perijove_model::token::fingerprint(secret);
    let worthless = |why| {
        tracing::debug!(why, "a login cookie does not hold");
        Ok(None)
    };
    let Some(session) = sessions::find(&hub.store, &fingerprint, now).await? else {
        return worthless("its session is not there");
    };
    // A login cookie without the session that it was made in has been carried off, or logged out elsewhere.
    if !in_session(&session.session_id) {
        return worthless("it came without its session's own");
    }
    let Some(held) = person(hub, session.user_id).await? else {
        return worthless("its person may not come in");
    };
    let until = earliest(now, [held.until, Some(session.expires_at)]);
    let (standing, until) = match session.acted_by {
        None => (Standing::new(&held, Via::Session(session), held.scopes.clone()), until),
        Some(by) => match acted(hub, &held, session, by).await? {
            Some((standing, ends)) => (standing, ends.map_or(until, |ends| ends.min(until))),
            None => return worthless("who acts in it may not do so any more"),
        },
    };
    let standing = Arc::new(standing);
    hub.standings
        .by_credential
        .put(epoch, credential, Arc::clone(&standing), until);
    note_use(hub, &standing, now);
    Ok(Some(standing))
}

/// Somebody, as far as whoever acts as them may do the same. `None` if that one may not act as them any more.
async fn acted(hub: &Hub, held: &Held, session: Session, by: i64) -> Result<Option<(Standing, Option<Timestamp>)>> {
    let (Who::User(user), Some(by)) = (&held.who, person(hub, by).await?) else {
        return Ok(None);
    };
    let Who::User(own) = &by.who else { return Ok(None) };
    let plain = Standing::new(&by, Via::Password, by.scopes.clone());
    if !hub.config.access.act_as || !may_act_as(hub, &plain, user).await? {
        return Ok(None);
    }
    let groups = held.groups.iter().map(|group| (user.name.clone(), group.clone()));
    let scopes = held.scopes.intersect(&by.scopes, &groups.collect::<Members>());
    let acting = Acting {
        name: own.name.clone(),
        admin: own.admin,
    };
    let standing = Standing {
        acting: Some(acting),
        ..Standing::new(held, Via::Session(session), scopes)
    };
    Ok(Some((standing, by.until)))
}

/// Whoever may change somebody's account may act as them. Administrators are for administrators.
pub async fn may_act_as(hub: &Hub, by: &Standing, user: &users::User) -> Result<bool> {
    let may_touch = by.is_admin() || !user.admin;
    Ok(may_touch
        && by
            .may(&hub.store, Scope::AdminUsers, Resource::User(&user.name))
            .await?)
}

/// Somebody who has just shown name and password.
pub(super) async fn by_password(hub: &Hub, user: users::User) -> Result<Arc<Standing>> {
    let held = held_by_user(hub, user).await?;
    Ok(Arc::new(Standing::new(&held, Via::Password, held.scopes.clone())))
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
pub struct Held {
    who: Who,
    pub groups: Vec<String>,
    /// What the roles and shares say, and what that comes to.
    pub raw: Vec<String>,
    scopes: ScopeSet,
    /// From when on it may be less.
    until: Option<Timestamp>,
    around: Arc<OnceCell<Around>>,
}

/// Somebody by number, if they may come in.
pub async fn person(hub: &Hub, id: i64) -> Result<Option<Arc<Held>>> {
    let (epoch, now) = (hub.store.epoch(), hub.clock.now());
    if let Some(held) = hub.standings.people.get(epoch, &id, now) {
        return Ok(Some(held));
    }
    let user = users::unsuspended(&hub.store, id).await?;
    // What was given out before somebody was blocked is worth nothing now.
    let Some(user) = user.filter(|user| !hub.policy.blocks(&user.name)) else {
        return Ok(None);
    };
    let held = Arc::new(held_by_user(hub, user).await?);
    let until = earliest(now, [held.until, None]);
    hub.standings.people.put(epoch, id, Arc::clone(&held), until);
    Ok(Some(held))
}

/// A person's name, looked up in a transaction if it is not known.
pub async fn name_of(hub: &Hub, db: &impl Db, id: i64) -> Result<Option<String>> {
    match hub.standings.people.get(hub.store.epoch(), &id, hub.clock.now()) {
        Some(held) => Ok(Some(held.who.name().to_owned())),
        None => Ok(users::by_id(db, id).await?.map(|user| user.name)),
    }
}

async fn held_by_user(hub: &Hub, user: users::User) -> Result<Held> {
    let raw = roles::scopes_of_user(&hub.store, user.id, hub.clock.now()).await?;
    let scopes = hub.catalog.expand(&raw.scopes, &Owner::User(&user.name), None);
    Ok(Held {
        groups: groups::of_user(&hub.store, user.id).await?,
        who: Who::User(user),
        raw: raw.scopes,
        scopes,
        until: raw.until,
        around: Arc::default(),
    })
}

async fn held_by_service(hub: &Hub, service: services::Service) -> Result<Held> {
    let raw = roles::scopes_of_service(&hub.store, service.id, hub.clock.now()).await?;
    let scopes = hub.catalog.expand(&raw.scopes, &Owner::Service(&service.name), None);
    Ok(Held {
        groups: Vec::new(),
        who: Who::Service(service),
        raw: raw.scopes,
        scopes,
        until: raw.until,
        around: Arc::default(),
    })
}

/// What a user may do: roles of their own and of their groups, and what is shared with either.
pub async fn user_scopes(hub: &Hub, user: users::User) -> Result<(Who, Vec<String>, ScopeSet)> {
    let held = held_by_user(hub, user).await?;
    Ok((held.who, held.groups, held.scopes))
}
