//! Proof that a request comes from a page of ours: the token of the cookie, repeated where only our pages can put it.

use std::net::IpAddr;

use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::Hub;
use crate::http::cookies::{self, Jar};
use crate::http::error::{HttpError, Kind, Result};
use crate::http::visitor::{Principal, Via};

/// The token of this visitor.
pub struct Xsrf {
    token: String,
    /// The cookie is missing, or was made for somebody else.
    renew: bool,
    /// It goes to a page, and not to a fetch behind one.
    page: bool,
    signed_in: bool,
}

impl Xsrf {
    pub(super) fn of(
        hub: &Hub,
        headers: &HeaderMap,
        remote: IpAddr,
        session_id: Option<&str>,
        principal: Option<&Principal>,
    ) -> Self {
        let session = principal.and_then(|principal| match (&principal.via, principal.user()) {
            (Via::Session(session), Some(user)) => Some(signed_in_id(&session.session_id, &user.cookie_id)),
            _ => None,
        });
        let signed_in = session.is_some();
        let id = session.unwrap_or_else(|| anonymous_id(headers, remote, session_id));
        let now = hub.clock.now();
        // A sibling site may have set a cookie of this name: only one that we signed for this visitor counts.
        let kept = cookies::all(headers, cookies::XSRF)
            .take(8)
            .find(|token| hub.keys.xsrf_id(token, now).as_deref() == Some(id.as_str()));
        let (token, renew) = match kept {
            Some(token) => (token.to_owned(), false),
            None => (hub.keys.xsrf_token(&id, now), true),
        };
        Self {
            token,
            renew: renew && is_navigation(headers),
            page: is_navigation(headers),
            signed_in,
        }
    }

    /// The token for somebody who has signed in with this very request.
    #[must_use]
    pub fn signed_in(hub: &Hub, session_id: &str, cookie_id: &str) -> Self {
        let token = hub
            .keys
            .xsrf_token(&signed_in_id(session_id, cookie_id), hub.clock.now());
        Self {
            token,
            renew: true,
            page: true,
            signed_in: true,
        }
    }

    /// To be put into forms and links.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The cookie to send, if the visitor has none that fits. Sign-in pages always send it, so that it can't run out
    /// while somebody types.
    #[must_use]
    pub fn cookie(&self, jar: &Jar, always: bool) -> Option<HeaderValue> {
        (self.renew || (always && self.page)).then(|| jar.xsrf(&self.token, self.signed_in))
    }

    /// For form posts: the form repeats the token.
    pub fn check_form(&self, given: Option<&str>, headers: &HeaderMap, method: &Method) -> Result<()> {
        let given = given.filter(|given| !given.is_empty());
        let given = given.or_else(|| header_token(headers));
        let Some(given) = given else {
            return Err(expired(format!("'_xsrf' argument missing from {method}")));
        };
        let cookie_is_ours = cookies::all(headers, cookies::XSRF).any(|cookie| same(cookie, &self.token));
        if same(given, &self.token) && cookie_is_ours {
            return Ok(());
        }
        Err(expired(format!("XSRF cookie does not match {method} argument")))
    }

    /// For API calls with a cookie: also reading needs the token, unless somebody follows a link.
    pub(super) fn check_api(&self, parts: &Parts) -> Result<()> {
        let method = &parts.method;
        if matches!(*method, Method::HEAD | Method::OPTIONS) || (*method == Method::GET && is_harmless(&parts.headers))
        {
            return Ok(());
        }
        let query = parts.uri.query().unwrap_or_default();
        let given = query_value(query, "_xsrf");
        self.check_form(given.as_deref(), &parts.headers, method)
    }
}

/// Whether a call of the API may stand for whom its cookie says: a form of another site can post no JSON.
pub(super) fn is_from_script(parts: &Parts) -> bool {
    parts.method != Method::POST || parts.headers.get(header::CONTENT_TYPE).is_none_or(is_json)
}

fn is_json(kind: &HeaderValue) -> bool {
    let kind = kind.to_str().unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default();
    kind.trim().eq_ignore_ascii_case("application/json")
}

/// A page that reads this way gets no look at the answer, or is one of ours.
fn is_harmless(headers: &HeaderMap) -> bool {
    let is = |name, value: &[u8]| headers.get(name).is_some_and(|given| given.as_bytes() == value);
    is_navigation(headers) || (is("sec-fetch-mode", b"no-cors") && is("sec-fetch-site", b"same-origin"))
}

fn expired(words: String) -> HttpError {
    HttpError::forbidden(words)
        .of_kind(Kind::Form)
        .hint("Go back, reload the page, and try again.")
}

fn signed_in_id(session_id: &str, cookie_id: &str) -> String {
    format!("{session_id}:{cookie_id}")
}

/// Before sign-in: address and browser, which a page elsewhere can't know to the letter.
fn anonymous_id(headers: &HeaderMap, remote: IpAddr, session_id: Option<&str>) -> String {
    let agent = headers.get(header::USER_AGENT).map_or(&b""[..], HeaderValue::as_bytes);
    let digest = Sha256::new()
        .chain_update(remote.to_string())
        .chain_update(agent)
        .chain_update([0xff])
        .finalize();
    format!("{}:{}", session_id.unwrap_or("None"), URL_SAFE.encode(digest))
}

/// Somebody follows a link or types an address; or it is no browser of our times.
fn is_navigation(headers: &HeaderMap) -> bool {
    headers
        .get("sec-fetch-mode")
        .is_none_or(|mode| mode.as_bytes() == b"navigate")
}

fn header_token(headers: &HeaderMap) -> Option<&str> {
    ["x-xsrftoken", "x-csrftoken"]
        .iter()
        .find_map(|name| headers.get(*name)?.to_str().ok())
}

fn same(a: &str, b: &str) -> bool {
    a.as_bytes().ct_eq(b.as_bytes()).into()
}

/// The first value of a key in a query.
#[must_use]
pub fn query_value(query: &str, key: &str) -> Option<String> {
    url::form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == key)
        .map(|(_, value)| value.into_owned())
}
