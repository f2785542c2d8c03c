//! `/hub/login`: the form, and what comes of it.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::Response;
use perijove_auth::{Credentials, Offer};
use perijove_model::Secret;
use perijove_web::escaped;
use perijove_web::pages::{Login, LoginLink};

use super::{acting, away, next, passkeys, root};
use crate::captcha::Captcha;
use crate::http::announcements;
use crate::http::error::{HttpError, Result};
use crate::http::form::Form;
use crate::http::found;
use crate::http::visitor::{Principal, Visitor};
use crate::http::xsrf::{Xsrf, query_value};
use crate::mail::reset;
use crate::signin::{Came, Outcome, refresh, throttle};
use crate::{Hub, accounts, signin};

/// What stands in the blank page for what differs between visitors.
const XSRF: &str = "xsrf-token-of-this-visitor";
const ACTION: &str = "address-of-this-form";

pub async fn get(
    State(hub): State<Arc<Hub>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    visitor: Visitor,
) -> Result<Response> {
    let query = query.unwrap_or_default();
    if let Some(user) = visitor.in_browser().and_then(|principal| principal.user()) {
        return Ok(found(&destination(&hub, &headers, &query, user, true).await?));
    }
    if let Some(own) = Principal::put_aside(&hub, &headers, visitor.remote).await?
        && let Some(user) = own.user()
    {
        // Their hour as somebody else is over.
        let mut response = found(&destination(&hub, &headers, &query, user, true).await?);
        acting::back(&hub, &headers, &visitor.jar, &mut response)?;
        return Ok(response);
    }
    match signin::recognise(&hub, &headers, visitor.peer, visitor.remote).await? {
        Outcome::In(came) => {
            let to = destination(&hub, &headers, &query, &came.user, came.may_have_server).await?;
            return welcome(&hub, &visitor, &headers, *came, &to).await;
        }
        Outcome::Refused(why) => return Err(HttpError::forbidden(why)),
        Outcome::Nobody | Outcome::CodeWanted => {}
    }
    match only_way(&hub) {
        Some(elsewhere) => Ok(found(&next::carry(&elsewhere, &query, &["_xsrf"]))),
        None => {
            let username = query_value(&query, "username").unwrap_or_default();
            let mut shown = Shown::typed(username);
            if refresh::was_stray(&hub, &headers).await? {
                shown = shown.error("Sign in again: the way in which you had signed in is not offered here any more.");
            }
            form(&hub, &visitor, &query, StatusCode::OK, shown).await
        }
    }
}

pub async fn post(
    State(hub): State<Arc<Hub>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    visitor: Visitor,
    fields: Form,
) -> Result<Response> {
    let query = query.unwrap_or_default();
    let username = fields.text("username").unwrap_or_default().trim().to_owned();
    let in_address = query_value(&query, "_xsrf");
    let xsrf = fields.text("_xsrf").or(in_address.as_deref());
    if visitor.xsrf.check_form(xsrf, &headers, &Method::POST).is_err() {
        let shown = Shown::typed(username).error("This form is invalid or has expired. Try again.");
        return form(&hub, &visitor, &query, StatusCode::FORBIDDEN, shown).await;
    }
    // NativeAuthenticator's form calls it `2fa`.
    let code = fields.text("otp").or_else(|| fields.text("2fa"));
    let credentials = Credentials {
        username: username.clone(),
        password: Secret::new(fields.text("password").unwrap_or_default()),
        code: code.map(str::trim).filter(|code| !code.is_empty()).map(Secret::new),
    };
    if let Some(why) = robot(&hub, &username, &visitor, &fields).await? {
        let shown = Shown::typed(username).error(why);
        return form(&hub, &visitor, &query, StatusCode::FORBIDDEN, shown).await;
    }
    let begun = tokio::time::Instant::now();
    let passkey = fields.text("passkey").filter(|answer| !answer.is_empty());
    let checked = match passkey {
        Some(answer) => signin::passkey::check(&hub, &headers, answer, visitor.remote).await,
        None => signin::check(&hub, &credentials, visitor.remote).await,
    };
    let good = matches!(checked, Ok(Outcome::In(_)));
    hub.metrics.login.observe(good, begun.elapsed());
    let shown = Shown::typed(username);
    let shown = match checked? {
        Outcome::In(came) => {
            let to = destination(&hub, &headers, &query, &came.user, came.may_have_server).await?;
            return welcome(&hub, &visitor, &headers, *came, &to).await;
        }
        Outcome::Nobody if passkey.is_some() => shown.error("This passkey can't be used to sign in here."),
        Outcome::Nobody => shown.error("Invalid username or password"),
        Outcome::Refused(why) => shown.error(&why),
        Outcome::CodeWanted => Shown {
            code: true,
            ticket: accounts::passkeys::second(&hub, &credentials.username).await?,
            ..shown.error("Enter your password again, and a one-time code with it.")
        },
    };
    form(&hub, &visitor, &query, StatusCode::FORBIDDEN, shown).await
}

/// Why the password is not even looked at: so many have failed that it may be a program that guesses.
async fn robot(hub: &Hub, username: &str, visitor: &Visitor, fields: &Form) -> Result<Option<&'static str>> {
    match &hub.captcha {
        Some(captcha) if asks_for_captcha(hub, username, visitor).await? => Ok(captcha.verdict(fields).await.refusal()),
        _ => Ok(None),
    }
}

async fn asks_for_captcha(hub: &Hub, username: &str, visitor: &Visitor) -> Result<bool> {
    let after = hub.captcha.as_ref().map_or(0, |captcha| captcha.after_failures);
    Ok(after > 0 && throttle::failures(hub, username, visitor.remote).await? >= i64::from(after))
}

/// Where people go to sign in if there is but one place, and it is to be gone to unasked.
fn only_way(hub: &Hub) -> Option<String> {
    let mut offers = hub.authenticators.iter().map(|method| (method, method.offer()));
    match (offers.next(), offers.next()) {
        (Some((method, Offer::Elsewhere { .. })), None) if hub.config.access.auto_login => {
            Some(away::address(hub, &**method))
        }
        _ => None,
    }
}

/// Begins the session and sends the person on.
pub async fn welcome(hub: &Arc<Hub>, visitor: &Visitor, headers: &HeaderMap, came: Came, to: &str) -> Result<Response> {
    let agent = headers
        .get(header::USER_AGENT)
        .and_then(|agent| agent.to_str().ok())
        .unwrap_or_default();
    let begun = signin::begin(hub, came.user, visitor.remote, agent, &came.by).await?;
    let age =
        jiff::SignedDuration::try_from(hub.config.hub.cookie_max_age).map_err(|error| HttpError::internal(&error))?;
    let jar = &visitor.jar;
    let xsrf = Xsrf::signed_in(hub, &begun.session_id, &begun.user.cookie_id);
    let mut response = found(to);
    let cookies = [
        Some(jar.login(begun.secret.expose(), age)),
        Some(jar.session_id(&begun.session_id)),
        xsrf.cookie(jar, true),
    ];
    for cookie in cookies.into_iter().flatten() {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

pub(super) async fn destination(
    hub: &Hub,
    headers: &HeaderMap,
    query: &str,
    user: &perijove_store::users::User,
    may_have_server: bool,
) -> Result<String> {
    let usual = root::after_login(hub, user, may_have_server).await?;
    Ok(next::onward(hub, headers, query, &usual))
}

/// What the form shows besides its fields.
#[derive(Default)]
pub(super) struct Shown {
    username: String,
    error: Option<String>,
    /// A one-time code is asked for.
    code: bool,
    /// A passkey may stand in for it.
    ticket: Option<String>,
}

impl Shown {
    fn typed(username: String) -> Self {
        Self {
            username,
            ..Self::default()
        }
    }

    pub(super) fn error(self, why: &str) -> Self {
        Self {
            error: Some(why.to_owned()),
            ..self
        }
    }
}

pub(super) async fn form(
    hub: &Hub,
    visitor: &Visitor,
    query: &str,
    status: StatusCode,
    shown: Shown,
) -> Result<Response> {
    let offers: Vec<(&str, Offer)> = hub
        .authenticators
        .iter()
        .map(|method| (method.name(), method.offer()))
        .filter(|(_, offer)| *offer != Offer::Outside)
        .collect();
    if offers.iter().all(|(_, offer)| *offer == Offer::Unasked) {
        let outside = hub
            .authenticators
            .iter()
            .any(|method| matches!(method.kind(), "lti" | "lti11"));
        let why = match (shown.error.as_deref(), offers.is_empty()) {
            (Some(why), _) => why,
            (None, true) if outside => "Come here from the place that leads here: your course, for instance.",
            (None, true) => "Nobody can sign in here.",
            (None, false) => {
                "This request does not say who it is from. Come by the address that people use, or ask an administrator."
            }
        };
        return Err(HttpError::forbidden(why));
    }
    let links = hub.authenticators.iter().filter_map(|method| match method.offer() {
        Offer::Elsewhere { label } => Some(LoginLink {
            label,
            url: next::carry(&away::address(hub, &**method), query, &["_xsrf", "username"]),
        }),
        _ => None,
    });
    let action = format!(
        "{}login{}{query}",
        hub.prefix(),
        if query.is_empty() { "" } else { "?" }
    );
    let asks_for_code = offers.iter().any(|(_, offer)| *offer == Offer::Form { code: true });
    let has_form = offers.iter().any(|(_, offer)| offer.is_form());
    let captcha = match has_form && asks_for_captcha(hub, &shown.username, visitor).await? {
        true => hub.captcha.as_ref().map(Captcha::shown),
        false => None,
    };
    let mut page = Login {
        next: query_value(query, "next").unwrap_or_default(),
        username: shown.username.chars().take(255).collect(),
        login_error: shown.error,
        authenticator_login_url: action,
        form: has_form,
        redirects: links.collect(),
        request_otp: shown.code || asks_for_code,
        passkey_url: passkeys::address(hub),
        passkey_ticket: shown.ticket,
        sign_up_url: accounts::may_sign_up(&hub.config).then(|| format!("{}signup", hub.prefix())),
        reset_url: reset::is_offered(hub).then(|| format!("{}forgot-password", hub.prefix())),
        captcha,
    };
    let is_plain = page.redirects.is_empty() && page.captcha.is_none();
    let is_plain = is_plain && announcements::shown(hub, visitor, true).await.is_empty();
    let is_blank = page.username.is_empty() && page.login_error.is_none() && visitor.theme.is_none() && is_plain;
    if !is_blank || !hub.pages.are_packaged() || visitor.in_browser().is_some() {
        let has_captcha = page.captcha.is_some();
        return super::render_with(hub, visitor, status, &page, has_captcha).await;
    }
    let action = std::mem::replace(&mut page.authenticator_login_url, ACTION.to_owned());
    // Kept for everybody, so it must not hold what one visitor asked for.
    page.next.clear();
    let Some(kept) = hub.sign_in_pages.get(visitor.words.tag()) else {
        return Err(HttpError::internal(&"a language without a sign-in page"));
    };
    let blank = match kept.get() {
        Some(blank) => blank,
        None => {
            let blank = super::html(hub, super::common(hub, &visitor.words, None, XSRF), &page)?;
            kept.get_or_init(|| blank)
        }
    };
    // In this order: an address may hold any words.
    let html = blank.replace(XSRF, visitor.xsrf.token());
    let html = html.replace(ACTION, &escaped(&action));
    Ok(super::answer(visitor, status, html, true))
}
