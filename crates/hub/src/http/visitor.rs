//! Who is asking: the credential of a request, what it may do, and the anti-forgery token that goes with it.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use jiff::SignedDuration;
use perijove_model::scopes::{ClientResource, GroupsOf, Owner, Resource, Scope, ScopeSet};
use perijove_store::sessions::Session;
use perijove_store::tokens::{self, Token};
use perijove_store::{Store, groups, oauth, roles, services, sessions, spawners, users};

use crate::Hub;
use crate::http::cookies::{self, Jar};
use crate::http::error::{HttpError, Result};
use crate::http::log;
use crate::http::xsrf::Xsrf;

/// The longest that a request is held up by writing down that it came.
const NOTING: Duration = Duration::from_secs(1);

/// What came with a request, before it is decided whether that suffices.
pub struct Visitor {
    pub remote: IpAddr,
    pub jar: Jar,
    pub session_id: Option<String>,
    pub xsrf: Xsrf,
    pub principal: Option<Principal>,
}

/// Somebody with a credential that holds, at work.
#[derive(Clone)]
pub struct Principal {
    standing: Arc<Standing>,
    pub remote: IpAddr,
}

impl std::ops::Deref for Principal {
    type Target = Standing;

    fn deref(&self) -> &Standing {
        &self.standing
    }
}

/// Who a credential stands for, and what it allows.
pub struct Standing {
    pub who: Who,
    pub via: Via,
    pub scopes: ScopeSet,
    /// The principal's own groups (users only).
    pub groups: Vec<String>,
}

pub enum Who {
    User(users::User),
    Service(services::Service),
}

pub enum Via {
    Session(Session),
    Token(Token),
}

impl Standing {
    #[must_use]
    pub fn owner(&self) -> Owner<'_> {
        match &self.who {
            Who::User(user) => Owner::User(&user.name),
            Who::Service(service) => Owner::Service(&service.name),
        }
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
}

pub async fn groups_of_name(store: &Store, user: &str) -> Result<Vec<String>> {
    match users::by_name(store, user).await? {
        Some(user) => Ok(groups::of_user(store, user.id).await?),
        None => Ok(Vec::new()),
    }
}

impl Visitor {
    async fn read(hub: &Arc<Hub>, parts: &Parts) -> Result<Self> {
        let headers = &parts.headers;
        let peer = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map(|info| info.0.ip());
        let remote = client_address(hub, peer, headers);
        let jar = Jar {
            base_url: hub.config.hub.base_url.to_string(),
            secure: is_https(hub, peer, headers),
        };
        let session_id = cookies::all(headers, cookies::SESSION_ID)
            .next()
            .filter(|id| is_session_id(id))
            .map(str::to_owned);
        let standing = match bearer(headers) {
            Some(token) => by_token(hub, token).await?,
            None => by_session(hub, headers).await?,
        };
        let principal = standing.map(|standing| Principal {
            standing: Arc::new(standing),
            remote,
        });
        if let (Some(principal), Some(who)) = (&principal, parts.extensions.get::<log::Who>()) {
            who.is(principal.name());
        }
        let session_id = match principal.as_ref().map(|p| &p.via) {
            Some(Via::Session(session)) => Some(session.session_id.clone()),
            _ => session_id,
        };
        let xsrf = Xsrf::of(hub, headers, remote, session_id.as_deref(), principal.as_ref());
        Ok(Self {
            remote,
            jar,
            session_id,
            xsrf,
            principal,
        })
    }
}

impl FromRequestParts<Arc<Hub>> for Visitor {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, hub: &Arc<Hub>) -> Result<Self> {
        Self::read(hub, parts).await
    }
}

/// For API handlers: somebody must be there, and a browser must prove that the page was ours.
impl FromRequestParts<Arc<Hub>> for Principal {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, hub: &Arc<Hub>) -> Result<Self> {
        let visitor = Visitor::read(hub, parts).await?;
        let Some(principal) = visitor.principal else {
            return Err(HttpError::missing_credentials());
        };
        if let Via::Session(_) = principal.via {
            visitor.xsrf.check_api(parts)?;
        }
        Ok(principal)
    }
}

/// `Authorization: token X` or `Bearer X`.
#[must_use]
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (word, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let known = word.eq_ignore_ascii_case("token") || word.eq_ignore_ascii_case("bearer");
    let token = token.trim();
    (known && !token.is_empty() && !token.contains(char::is_whitespace)).then_some(token)
}

/// Who stands behind an API token.
pub async fn by_token(hub: &Hub, candidate: &str) -> Result<Option<Standing>> {
    let now = hub.clock.now();
    let Some(token) = tokens::find(&hub.store, candidate, now).await? else {
        return Ok(None);
    };
    let (who, groups, owner_scopes) = match token.owner {
        tokens::Owner::User(id) => match users::by_id(&hub.store, id).await? {
            // What was given out before somebody was blocked is worth nothing now.
            Some(user) if !hub.policy.blocks(&user.name) => user_scopes(hub, user).await?,
            _ => return Ok(None),
        },
        tokens::Owner::Service(id) => match services::by_id(&hub.store, id).await? {
            Some(service) => service_scopes(hub, service).await?,
            None => return Ok(None),
        },
    };
    let client = client_resource(&hub.store, token.client_id.as_deref()).await?;
    let client = client.as_ref().map(ClientNames::resource);
    let owner = match &who {
        Who::User(user) => Owner::User(&user.name),
        Who::Service(service) => Owner::Service(&service.name),
    };
    let name = match owner {
        Owner::User(name) => name,
        _ => "",
    };
    let membership = GroupsOf {
        user: name,
        groups: &groups,
    };
    let scopes = hub
        .catalog
        .token_scopes(&token.scopes, &owner, client.as_ref(), &owner_scopes, &membership);
    noted(note_use(hub, &token, &who)).await;
    Ok(Some(Standing {
        who,
        via: Via::Token(token),
        scopes,
        groups,
    }))
}

async fn by_session(hub: &Hub, headers: &HeaderMap) -> Result<Option<Standing>> {
    let now = hub.clock.now();
    for secret in cookies::all(headers, cookies::LOGIN).take(4) {
        if secret.len() > 128 {
            continue;
        }
        let fingerprint = perijove_model::token::fingerprint(secret);
        let Some(session) = sessions::find(&hub.store, &fingerprint, now).await? else {
            continue;
        };
        // A login cookie without the session that it was made in has been carried off, or logged out elsewhere. Of this
        // cookie, too, somebody may have tossed one before ours.
        if !cookies::all(headers, cookies::SESSION_ID).any(|id| id == session.session_id) {
            continue;
        }
        let Some(user) = users::by_id(&hub.store, session.user_id).await? else {
            continue;
        };
        if hub.policy.blocks(&user.name) {
            continue;
        }
        if seconds_since(session.last_seen, now) > 60 {
            noted(async { Ok(sessions::touch(&hub.store, session.id, now, session.expires_at).await?) }).await;
        }
        let (who, groups, scopes) = user_scopes(hub, user).await?;
        return Ok(Some(Standing {
            who,
            via: Via::Session(session),
            scopes,
            groups,
        }));
    }
    Ok(None)
}

/// What a user may do: roles of his own and of his groups, and what is shared with either.
pub async fn user_scopes(hub: &Hub, user: users::User) -> Result<(Who, Vec<String>, ScopeSet)> {
    let raw = roles::scopes_of_user(&hub.store, user.id, hub.clock.now()).await?;
    let scopes = hub.catalog.expand(&raw.scopes, &Owner::User(&user.name), None);
    let groups = groups::of_user(&hub.store, user.id).await?;
    Ok((Who::User(user), groups, scopes))
}

async fn service_scopes(hub: &Hub, service: services::Service) -> Result<(Who, Vec<String>, ScopeSet)> {
    let raw = roles::scopes_of_service(&hub.store, service.id, hub.clock.now()).await?;
    let scopes = hub.catalog.expand(&raw.scopes, &Owner::Service(&service.name), None);
    Ok((Who::Service(service), Vec::new(), scopes))
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

pub async fn client_resource(store: &Store, client_id: Option<&str>) -> Result<Option<ClientNames>> {
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

/// When somebody was last seen is nice to know: a database that takes no writes at this moment must not keep people from
/// their servers, which ask here at each visit. The next request tries again.
async fn noted(work: impl Future<Output = Result<()>>) {
    match tokio::time::timeout(NOTING, work).await {
        Ok(Ok(())) => {}
        Ok(Err(_)) | Err(_) => tracing::debug!("that somebody was here was not written down"),
    }
}

/// Writes down that a token was used, but not more often than `activity_resolution`.
async fn note_use(hub: &Hub, token: &Token, who: &Who) -> Result<()> {
    let now = hub.clock.now();
    let resolution = hub.config.hub.activity_resolution.as_secs() as i64;
    if token
        .last_activity
        .is_none_or(|last| seconds_since(last, now) >= resolution)
    {
        tokens::touch(&hub.store, token.id, now).await?;
    }
    // A server's own token reports for the server, not for the person.
    let servers_own = token.note.as_deref().is_some_and(|note| note.starts_with("Server at "));
    if let (Who::User(user), false) = (who, servers_own)
        && user
            .last_activity
            .is_none_or(|last| seconds_since(last, now) >= resolution)
    {
        users::touch(&hub.store, user.id, now).await?;
    }
    Ok(())
}

fn seconds_since(then: jiff::Timestamp, now: jiff::Timestamp) -> i64 {
    now.duration_since(then).max(SignedDuration::ZERO).as_secs()
}

/// The nearest address that is not one of our proxies'.
fn client_address(hub: &Hub, peer: Option<IpAddr>, headers: &HeaderMap) -> IpAddr {
    let mut address = peer.unwrap_or(IpAddr::from([127, 0, 0, 1]));
    let forwarded: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    for hop in forwarded.iter().rev() {
        let Ok(before) = hop.trim().parse() else { break };
        if !hub.trusts(address) {
            break;
        }
        address = before;
    }
    address
}

fn is_https(hub: &Hub, peer: Option<IpAddr>, headers: &HeaderMap) -> bool {
    if let Some(url) = &hub.config.hub.public_url {
        return url.scheme() == "https";
    }
    let proto = headers.get("x-forwarded-proto").and_then(|value| value.to_str().ok());
    peer.is_none_or(|peer| hub.trusts(peer)) && proto.is_some_and(|proto| proto.trim().eq_ignore_ascii_case("https"))
}

fn is_session_id(text: &str) -> bool {
    (16..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
}
