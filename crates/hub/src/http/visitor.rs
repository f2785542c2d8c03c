//! Who is asking: the credential of a request, what it may do, and the anti-forgery token that goes with it.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use perijove_store::users::User;
use perijove_web::Words;

use crate::Hub;
use crate::http::cookies::{self, Jar};
use crate::http::error::{HttpError, Result};
use crate::http::xsrf::{self, Xsrf};
use crate::http::{language, log, standing};
use crate::signin::refresh;

pub use super::clients::ClientNames;
pub use super::standing::{Standing, Via, Who, by_token, groups_of_name, memberships, user_scopes};

/// What came with a request, before it is decided whether that suffices.
pub struct Visitor {
    pub remote: IpAddr,
    /// Who is at the other end of the connection.
    pub peer: IpAddr,
    pub jar: Jar,
    pub session_id: Option<String>,
    pub xsrf: Xsrf,
    pub principal: Option<Principal>,
    /// What was put aside in this browser of what the hub tells.
    pub aside: String,
    /// In the language of whoever looks.
    pub words: Arc<Words>,
    /// Light or dark, where they have chosen.
    pub theme: Option<&'static str>,
    /// The browser does not know yet what its person has chosen.
    new_language: bool,
    /// The browser was closed and has lost the cookie of its session, but not that of the sign-in.
    lost_session: bool,
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

impl Visitor {
    async fn read(hub: &Arc<Hub>, parts: &Parts) -> Result<Self> {
        let headers = &parts.headers;
        let peer = peer(parts);
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
            None => match by_session(hub, headers).await? {
                Some(standing) => still_in(hub, standing, remote).await?,
                None => None,
            },
        };
        let principal = standing.map(|standing| Principal { standing, remote });
        if let Some(principal) = &principal {
            told(parts, principal);
        }
        let session_id = match principal.as_ref().map(|p| &p.via) {
            Some(Via::Session(session)) => Some(session.session_id.clone()),
            _ => session_id,
        };
        let lost_session = cookies::all(headers, cookies::SESSION_ID).next().is_none()
            && principal.as_ref().is_some_and(|p| matches!(p.via, Via::Session(_)));
        let chosen = principal.as_ref().and_then(|principal| match &principal.via {
            Via::Session(session) => session.language.as_deref(),
            Via::Token(_) | Via::Password => None,
        });
        let xsrf = Xsrf::of(hub, headers, remote, session_id.as_deref(), principal.as_ref());
        Ok(Self {
            words: language::words(hub, headers, chosen),
            theme: cookies::theme(headers),
            new_language: chosen.is_some() && chosen != language::kept(headers),
            remote,
            peer: peer.unwrap_or(IpAddr::from([127, 0, 0, 1])),
            jar,
            session_id,
            xsrf,
            principal,
            aside: cookies::all(headers, cookies::ASIDE)
                .next()
                .unwrap_or_default()
                .to_owned(),
            lost_session,
        })
    }

    /// The cookies that go with a page, where the browser lacks them.
    pub(super) fn cookies(&self, always_xsrf: bool) -> impl Iterator<Item = HeaderValue> {
        let session = self.session_id.as_deref().filter(|_| self.lost_session);
        let session = session.map(|id| self.jar.session_id(id));
        let xsrf = self.xsrf.cookie(&self.jar, always_xsrf || self.lost_session);
        let language = self.new_language.then(|| self.jar.language(Some(self.words.tag())));
        session.into_iter().chain(xsrf).chain(language)
    }
}

impl Visitor {
    /// Who is signed in in this browser. A token is for programs: it opens no page.
    #[must_use]
    pub fn in_browser(&self) -> Option<&Principal> {
        let principal = self.principal.as_ref();
        principal.filter(|principal| matches!(principal.via, Via::Session(_)))
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
        let caller = Caller::from_request_parts(parts, hub).await?;
        if let Some(principal) = caller.principal {
            return Ok(principal);
        }
        // A page elsewhere is not to learn whether somebody is signed in here.
        if let Some(xsrf) = caller.xsrf.filter(|_| parts.headers.contains_key(header::ORIGIN)) {
            xsrf.check_api(parts)?;
        }
        Err(HttpError::missing_credentials())
    }
}

/// For API handlers that may do without: whoever is there has given the same proof.
pub struct Caller {
    pub principal: Option<Principal>,
    pub remote: IpAddr,
    xsrf: Option<Xsrf>,
}

impl FromRequestParts<Arc<Hub>> for Caller {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, hub: &Arc<Hub>) -> Result<Self> {
        if let Some(token) = bearer(&parts.headers)
            && let Some(standing) = by_token(hub, token).await?
        {
            let remote = client_address(hub, peer(parts), &parts.headers);
            let principal = Principal { standing, remote };
            told(parts, &principal);
            return Ok(Self {
                principal: Some(principal),
                remote,
                // Programs bring no cookies, and need no proof of where they come from.
                xsrf: None,
            });
        }
        let Visitor {
            principal,
            remote,
            xsrf,
            ..
        } = Visitor::read(hub, parts).await?;
        let by_cookie = |principal: &Principal| matches!(principal.via, Via::Session(_));
        let principal = principal.filter(|principal| !by_cookie(principal) || xsrf::is_from_script(parts));
        if principal.as_ref().is_some_and(by_cookie) {
            xsrf.check_api(parts)?;
        }
        Ok(Self {
            principal,
            remote,
            xsrf: Some(xsrf),
        })
    }
}

impl Principal {
    /// Refuses whoever acts as somebody else: what gives a way in for later is for them alone.
    pub fn in_person(&self) -> Result<()> {
        match self.acting {
            None => Ok(()),
            Some(_) => Err(HttpError::forbidden(
                "You act as somebody else. This is for them alone: stop acting as them first.",
            )),
        }
    }

    /// Whose session was put aside in this browser to act as somebody else.
    pub async fn put_aside(hub: &Hub, headers: &HeaderMap, remote: IpAddr) -> Result<Option<Self>> {
        let ids = || cookies::all(headers, cookies::SESSION_ID);
        let Some(secret) = cookies::all(headers, cookies::OWN)
            .next()
            .filter(|secret| secret.len() <= 128)
        else {
            return Ok(None);
        };
        let standing = standing::by_cookie(hub, secret, |session| ids().any(|id| id == session)).await?;
        Ok(standing.map(|standing| Self { standing, remote }))
    }

    /// Somebody who has shown name and password with this request, and has all rights of theirs.
    pub async fn by_password(hub: &Hub, user: User, remote: IpAddr) -> Result<Self> {
        let standing = standing::by_password(hub, user).await?;
        Ok(Self { standing, remote })
    }
}

fn peer(parts: &Parts) -> Option<IpAddr> {
    let info = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    info.map(|info| info.0.ip())
}

/// The log learns whose request it is.
fn told(parts: &Parts, principal: &Principal) {
    if let Some(who) = parts.extensions.get::<log::Who>() {
        match &principal.acting {
            None => who.is(principal.name()),
            Some(acting) => who.is(&format!("{} as {}", acting.name, principal.name())),
        }
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

/// Who is signed in. Several login cookies may come with a request: somebody may have tossed one before ours. The cookie
/// of the session ends with the browser, so that it may be missing; but not be another.
async fn by_session(hub: &Hub, headers: &HeaderMap) -> Result<Option<Arc<Standing>>> {
    let ids = || cookies::all(headers, cookies::SESSION_ID);
    let in_session = |session: &str| ids().next().is_none() || ids().any(|id| id == session);
    for secret in cookies::all(headers, cookies::LOGIN).take(4) {
        if secret.len() > 128 {
            continue;
        }
        if let Some(standing) = standing::by_cookie(hub, secret, in_session).await? {
            return Ok(Some(standing));
        }
    }
    Ok(None)
}

/// The way by which somebody came must be there still, and now and then it is asked whether they may still come in.
async fn still_in(hub: &Arc<Hub>, standing: Arc<Standing>, from: IpAddr) -> Result<Option<Arc<Standing>>> {
    if let (Via::Session(session), Some(user)) = (&standing.via, standing.user())
        && refresh::is_stray(hub, session)
    {
        refresh::end_stray(hub, session, user).await?;
        return Ok(None);
    }
    let asked = standing.to_ask(hub, hub.clock.now());
    let (Some(method), Via::Session(session), Some(user)) = (asked, &standing.via, standing.user()) else {
        return Ok(Some(standing));
    };
    let goes_on = refresh::goes_on(hub, &*method, session, user, from).await?;
    Ok(goes_on.then_some(standing))
}

/// Whose session a login cookie is of, whoever holds it.
pub async fn user_of_cookie(hub: &Hub, secret: &str) -> Result<Option<User>> {
    if secret.len() > 128 {
        return Ok(None);
    }
    let standing = standing::by_cookie(hub, secret, |_| true).await?;
    Ok(standing.and_then(|standing| standing.user().cloned()))
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
