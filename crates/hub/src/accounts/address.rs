//! Another mail address for an account, once its owner has followed a link that was sent there.

use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};
use perijove_store::links::{self, Link, NewLink};
use perijove_store::users::{self, User};
use perijove_store::{Tx, languages, native};
use perijove_web::mails::{AddressChanged, ConfirmAddress};
use serde_json::json;

use super::links::{self as secrets, CONFIRM_ADDRESS};
use super::signup::{CONFIRM_WITHIN, too_many_letters};
use crate::audit::{self, Act, Actor};
use crate::http::error::Result;
use crate::signin::throttle;
use crate::{Hub, mail, signin};

/// Letters an hour that one person can have sent to anybody.
const LETTERS: u32 = 5;

/// Sends the link; `false` if too many were sent already.
pub async fn ask(hub: &Hub, user: &User, email: &str, language: &str) -> Result<bool> {
    let tx = hub.store.begin().await?;
    let key = throttle::key("address of", &user.name);
    if !throttle::may_within(hub, &tx, &key, LETTERS, SignedDuration::from_hours(1)).await? {
        return Ok(false);
    }
    links::delete_of(&tx, CONFIRM_ADDRESS, &user.name).await?;
    let until = hub.clock.now().saturating_add(CONFIRM_WITHIN).unwrap_or(Timestamp::MAX);
    let new = NewLink {
        email: Some(email),
        ..NewLink::new(CONFIRM_ADDRESS, Some(&user.name), until)
    };
    let secret = secrets::make(&tx, &*hub.clock, &*hub.rng, &new).await?;
    let letter = ConfirmAddress {
        name: user.name.clone(),
        url: secrets::confirm_url(&hub.config, &secret),
        minutes: CONFIRM_WITHIN.as_mins(),
    };
    if !mail::queue(hub, &tx, email, &letter, Some(language)).await? {
        return Err(too_many_letters());
    }
    tx.commit().await?;
    hub.outbox.wake();
    Ok(true)
}

/// The link was followed. Whoever reads the old address is told; `false` if the account is gone.
pub async fn confirm(hub: &Hub, tx: &Tx, link: &Link, from: IpAddr, language: &str) -> Result<bool> {
    let (Some(name), Some(email)) = (&link.user_name, &link.email) else {
        return Ok(false);
    };
    let Some(user) = users::by_name(tx, name).await? else {
        return Ok(false);
    };
    let old = native::account(tx, user.id).await?.email;
    native::set_email(tx, user.id, email).await?;
    let by = Actor::user(name, signin::LINK, from);
    let detail = json!({ "mail_address": "changed" });
    audit::record_as(hub, tx, &by, Act::UserChanged, &format!("user {name}"), detail).await?;
    if let Some(old) = old.filter(|old| !old.eq_ignore_ascii_case(email)) {
        // The account has the new address already: nobody is found by the old one.
        let chosen = languages::of(tx, user.id).await?;
        let language = chosen.as_deref().unwrap_or(language);
        let letter = AddressChanged { name: name.clone() };
        mail::queue(hub, tx, &old, &letter, Some(language)).await?;
    }
    Ok(true)
}
