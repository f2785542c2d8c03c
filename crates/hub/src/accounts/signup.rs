//! People who make an account themselves, or ask for one.

use std::net::IpAddr;

use axum::http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use perijove_config::NativeAuth;
use perijove_model::{Secret, UserName};
use perijove_store::links::{self, Link, NewLink};
use perijove_store::signups::{self, Signup};
use perijove_store::{Tx, native, users};
use perijove_web::mails::{Approved, ConfirmSignUp, Waits};
use serde_json::json;

use super::links::{self as secrets, CONFIRM_SIGN_UP};
use super::{fault, hash, section};
use crate::audit::{self, Act, Actor};
use crate::http::error::{HttpError, Result};
use crate::mail::{self, address};
use crate::signin::throttle::{self, Newcomers};
use crate::{Hub, people, signin, startup};

/// How long the link holds with which somebody shows that a mail address is theirs.
pub const CONFIRM_WITHIN: SignedDuration = SignedDuration::from_mins(15);
/// Letters an hour to administrators about who waits: what anybody can cause.
const NOTICES: u32 = 10;
pub(crate) const TAKEN: &str = "This name is taken, or it can't be used. Choose another.";

/// What somebody has typed.
#[derive(Debug, Default)]
pub struct Wanted {
    pub name: String,
    pub password: Secret,
    pub again: Secret,
    pub email: String,
    /// The terms of service were agreed to.
    pub agreed: bool,
    /// Of the page on which it was typed.
    pub language: Option<String>,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Came {
    /// They can sign in now.
    Made,
    /// Somebody has to let them in.
    Waits,
    /// They follow a link that was sent to them.
    Confirms,
}

/// Makes the account, or has it wait. What is wrong with what was typed is a sentence.
pub async fn sign_up(hub: &Hub, wanted: &Wanted, from: IpAddr) -> Result<std::result::Result<Came, String>> {
    let Some(native) = section(&hub.config).filter(|_| super::may_sign_up(&hub.config)) else {
        return Err(HttpError::not_found());
    };
    if native.tos.is_some() && !wanted.agreed {
        return Ok(Err("Agree to the terms of service first.".into()));
    }
    let email = match address(&wanted.email) {
        None if !wanted.email.is_empty() => return Ok(Err("This is no mail address.".into())),
        None if asks_for_email(native) => return Ok(Err("A mail address is asked for.".into())),
        email => email,
    };
    let approves_itself = email.is_some_and(|email| approves_itself(native, email));
    if !approves_itself && !native.enable_signup && !native.open_signup {
        return Ok(Err(
            "Accounts are for people with other mail addresses. Take yours at work or at school.".into(),
        ));
    }
    let Some(name) = free_name(hub, &wanted.name).await? else {
        return Ok(Err(TAKEN.into()));
    };
    let known = [name.as_str(), email.unwrap_or_default()];
    if let Some(fault) = fault(hub, &wanted.password, &wanted.again, &known).await? {
        return Ok(Err(fault));
    }
    let most = Newcomers {
        of_address: native.new_accounts_per_hour_and_address,
        in_all: native.new_accounts_per_hour,
    };
    if !throttle::may_be_new(hub, "sign-up", from, most).await? {
        return Ok(Err(
            "Many accounts were asked for from where you are. Try again in an hour.".into(),
        ));
    }
    let signup = Signup {
        name: name.to_string(),
        hash: hash(hub, &wanted.password).await?,
        email: email.map(str::to_owned),
        address: from.to_string(),
        language: wanted.language.clone(),
        created: hub.clock.now(),
    };
    let by = Actor::user(name.as_str(), signin::PASSWORD, from);
    let (tx, target) = (hub.store.begin().await?, format!("user {name}"));
    if native.open_signup {
        if users::by_name(&tx, name.as_str()).await?.is_some() || !make(hub, &tx, &name, &signup).await? {
            return Ok(Err(TAKEN.into()));
        }
        audit::record_as(hub, &tx, &by, Act::UserMade, &target, json!({ "reason": "sign-up" })).await?;
        tx.commit().await?;
        return Ok(Ok(Came::Made));
    }
    if is_stale(hub, native, signups::find(&tx, name.as_str()).await?.as_ref()) {
        withdraw(&tx, &name).await?;
    }
    if !signups::add(&tx, &signup).await? {
        return Ok(Err(TAKEN.into()));
    }
    audit::record_as(hub, &tx, &by, Act::SignUpAsked, &target, json!({})).await?;
    let came = match approves_itself {
        true => ask_to_confirm(hub, &tx, &signup).await?,
        false => tell_administrators(hub, &tx, &signup).await?,
    };
    tx.commit().await?;
    hub.outbox.wake();
    tracing::info!(user = %name, %from, "somebody asks for an account");
    Ok(Ok(came))
}

/// Whether a mail address must be named.
#[must_use]
pub fn asks_for_email(native: &NativeAuth) -> bool {
    let door = native.enable_signup || native.open_signup;
    native.ask_email_on_signup || (!door && super::has_self_approval(native))
}

/// Whether it is enough to show that this address is one's own. Its whole text counts: upstream let in everybody whose
/// address begins as one of those that are meant.
fn approves_itself(native: &NativeAuth, email: &str) -> bool {
    let domain = email.rsplit_once('@').map_or("", |(_, domain)| domain);
    native.domains.iter().any(|own| own.eq_ignore_ascii_case(domain))
        || native
            .allow_self_approval_for
            .as_ref()
            .is_some_and(|rule| rule.is_match(email))
}

async fn ask_to_confirm(hub: &Hub, tx: &Tx, signup: &Signup) -> Result<Came> {
    let email = signup.email.as_deref().unwrap_or_default();
    let until = hub.clock.now().saturating_add(CONFIRM_WITHIN).unwrap_or(Timestamp::MAX);
    let new = NewLink {
        email: Some(email),
        ..NewLink::new(CONFIRM_SIGN_UP, Some(&signup.name), until)
    };
    let secret = secrets::make(tx, &*hub.clock, &*hub.rng, &new).await?;
    let letter = ConfirmSignUp {
        name: signup.name.clone(),
        url: secrets::confirm_url(&hub.config, &secret),
        minutes: CONFIRM_WITHIN.as_mins(),
        address: signup.address.clone(),
    };
    if !mail::queue(hub, tx, email, &letter, signup.language.as_deref()).await? {
        return Err(too_many_letters());
    }
    Ok(Came::Confirms)
}

pub(super) fn too_many_letters() -> HttpError {
    HttpError::new(StatusCode::SERVICE_UNAVAILABLE, "The hub can't send mail now.").hint("Try again in an hour.")
}

async fn tell_administrators(hub: &Hub, tx: &Tx, signup: &Signup) -> Result<Came> {
    let config = &hub.config.mail;
    if !mail::is_sent(&hub.config) || !config.notify_admins {
        return Ok(Came::Waits);
    }
    let to = match config.admins.is_empty() {
        true => native::admin_emails(tx).await?,
        false => config.admins.clone(),
    };
    if !throttle::may_within(hub, tx, "notices of sign-ups", NOTICES, SignedDuration::from_hours(1)).await? {
        return Ok(Came::Waits);
    }
    let letter = Waits {
        name: signup.name.clone(),
        email: signup.email.clone(),
        address: signup.address.clone(),
        url: format!(
            "{}{}hub/authorize",
            startup::public_url(&hub.config),
            hub.config.hub.base_url
        ),
    };
    for to in to {
        mail::queue(hub, tx, &to, &letter, None).await?;
    }
    Ok(Came::Waits)
}

/// The name of somebody who was to follow a link and did not is not kept from others.
fn is_stale(hub: &Hub, native: &NativeAuth, signup: Option<&Signup>) -> bool {
    let until = |signup: &Signup| signup.created.saturating_add(CONFIRM_WITHIN).unwrap_or(Timestamp::MAX);
    signup.is_some_and(|signup| {
        signup
            .email
            .as_deref()
            .is_some_and(|email| approves_itself(native, email))
            && until(signup) < hub.clock.now()
    })
}

/// They wait no more, and their link is void.
async fn withdraw(tx: &Tx, name: &UserName) -> Result<Option<Signup>> {
    links::delete_of(tx, CONFIRM_SIGN_UP, name.as_str()).await?;
    Ok(signups::take(tx, name.as_str()).await?)
}

/// Makes the account of somebody who has followed the link that was sent to them; `false` if they wait no more.
pub async fn confirm(hub: &Hub, tx: &Tx, link: &Link, from: IpAddr) -> Result<bool> {
    let Some(name) = link
        .user_name
        .as_deref()
        .and_then(|name| UserName::normalise(name).ok())
    else {
        return Ok(false);
    };
    let Some(signup) = withdraw(tx, &name).await?.filter(|signup| signup.email == link.email) else {
        return Ok(false);
    };
    if !make(hub, tx, &name, &signup).await? {
        return Ok(false);
    }
    let by = Actor::user(name.as_str(), signin::LINK, from);
    let detail = json!({ "reason": "mail address confirmed" });
    audit::record_as(hub, tx, &by, Act::UserMade, &format!("user {name}"), detail).await?;
    Ok(true)
}

/// Lets somebody in who waits; `false` if nobody of this name does.
pub async fn approve(hub: &Hub, name: &UserName, by: &Actor) -> Result<bool> {
    let tx = hub.store.begin().await?;
    let Some(signup) = withdraw(&tx, name).await? else {
        return Ok(false);
    };
    if !make(hub, &tx, name, &signup).await? {
        return Err(HttpError::conflict("Somebody of this name has an account already."));
    }
    let (target, detail) = (format!("user {name}"), json!({ "reason": "approved" }));
    audit::record_as(hub, &tx, by, Act::UserMade, &target, detail).await?;
    if let Some(email) = signup
        .email
        .filter(|_| mail::is_sent(&hub.config) && hub.config.mail.notify_approved)
    {
        let letter = Approved {
            name: name.to_string(),
            url: format!(
                "{}{}hub/login",
                startup::public_url(&hub.config),
                hub.config.hub.base_url
            ),
        };
        mail::queue(hub, &tx, &email, &letter, signup.language.as_deref()).await?;
    }
    tx.commit().await?;
    hub.outbox.wake();
    Ok(true)
}

/// Turns somebody down who waits; `false` if nobody of this name does.
pub async fn discard(hub: &Hub, name: &UserName, by: &Actor) -> Result<bool> {
    let tx = hub.store.begin().await?;
    if withdraw(&tx, name).await?.is_none() {
        return Ok(false);
    }
    audit::record_as(hub, &tx, by, Act::SignUpDiscarded, &format!("user {name}"), json!({})).await?;
    tx.commit().await?;
    Ok(true)
}

/// A new account, or a password for one that has none; `false` if it has, or is an administrator's: nobody becomes one by a
/// name that stands in the configuration.
async fn make(hub: &Hub, tx: &Tx, name: &UserName, signup: &Signup) -> Result<bool> {
    let user = people::ensure(tx, &*hub.clock, &*hub.rng, name, false).await?;
    users::lock(tx, user.id).await?;
    if user.admin || native::hash_of(tx, user.id).await?.is_some() {
        return Ok(false);
    }
    native::set(tx, user.id, &signup.hash, hub.clock.now()).await?;
    native::describe(tx, user.id, true, signup.email.as_deref()).await?;
    Ok(true)
}

/// The name that somebody can have who has none yet.
pub(crate) async fn free_name(hub: &Hub, typed: &str) -> Result<Option<UserName>> {
    let Ok(name) = hub.policy.new_name(typed.trim()) else {
        return Ok(None);
    };
    // Whoever signs in by it comes to another account.
    let is_free = !hub.policy.maps(typed.trim())
        && !hub.config.access.blocked_users.contains(&name)
        && users::by_name(&hub.store, name.as_str()).await?.is_none();
    if !is_free {
        return Ok(None);
    }
    let waits = signups::find(&hub.store, name.as_str()).await?;
    let stale = section(&hub.config).is_some_and(|native| is_stale(hub, native, waits.as_ref()));
    Ok((waits.is_none() || stale).then_some(name))
}
