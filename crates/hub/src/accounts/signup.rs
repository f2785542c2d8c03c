//! People who make an account themselves, or ask for one.

use std::net::IpAddr;

use perijove_model::{Secret, UserName};
use perijove_store::signups::{self, Signup};
use perijove_store::{Tx, native, users};
use serde_json::json;

use super::{fault, hash, section};
use crate::audit::{self, Act, Actor};
use crate::http::error::{HttpError, Result};
use crate::signin::throttle::{self, Newcomers};
use crate::{Hub, people, signin};

const LONGEST_EMAIL: usize = 320;
const TAKEN: &str = "This name is taken, or it can't be used. Choose another.";

/// What somebody has typed.
#[derive(Debug, Default)]
pub struct Wanted {
    pub name: String,
    pub password: Secret,
    pub again: Secret,
    pub email: String,
    /// The terms of service were agreed to.
    pub agreed: bool,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Came {
    /// They can sign in now.
    Made,
    /// Somebody has to let them in.
    Waits,
}

/// Makes the account, or has it wait. What is wrong with what was typed is a sentence.
pub async fn sign_up(hub: &Hub, wanted: &Wanted, from: IpAddr) -> Result<std::result::Result<Came, String>> {
    let Some(native) = section(&hub.config).filter(|_| super::may_sign_up(&hub.config)) else {
        return Err(HttpError::not_found());
    };
    if native.tos.is_some() && !wanted.agreed {
        return Ok(Err("Agree to the terms of service first.".into()));
    }
    let email = match email(&wanted.email) {
        None if !wanted.email.is_empty() => return Ok(Err("This is no mail address.".into())),
        None if native.ask_email_on_signup => return Ok(Err("A mail address is asked for.".into())),
        email => email,
    };
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
    if !signups::add(&tx, &signup).await? {
        return Ok(Err(TAKEN.into()));
    }
    audit::record_as(hub, &tx, &by, Act::SignUpAsked, &target, json!({})).await?;
    tx.commit().await?;
    tracing::info!(user = %name, %from, "somebody asks for an account");
    Ok(Ok(Came::Waits))
}

/// Lets somebody in who waits; `false` if nobody of this name does.
pub async fn approve(hub: &Hub, name: &UserName, by: &Actor) -> Result<bool> {
    let tx = hub.store.begin().await?;
    let Some(signup) = signups::take(&tx, name.as_str()).await? else {
        return Ok(false);
    };
    if !make(hub, &tx, name, &signup).await? {
        return Err(HttpError::conflict("Somebody of this name has an account already."));
    }
    let (target, detail) = (format!("user {name}"), json!({ "reason": "approved" }));
    audit::record_as(hub, &tx, by, Act::UserMade, &target, detail).await?;
    tx.commit().await?;
    Ok(true)
}

/// Turns somebody down who waits; `false` if nobody of this name does.
pub async fn discard(hub: &Hub, name: &UserName, by: &Actor) -> Result<bool> {
    let tx = hub.store.begin().await?;
    if signups::take(&tx, name.as_str()).await?.is_none() {
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

async fn free_name(hub: &Hub, typed: &str) -> Result<Option<UserName>> {
    let Ok(name) = hub.policy.new_name(typed.trim()) else {
        return Ok(None);
    };
    // Whoever signs in by it comes to another account.
    let is_free = !hub.policy.maps(typed.trim())
        && !hub.config.access.blocked_users.contains(&name)
        && users::by_name(&hub.store, name.as_str()).await?.is_none()
        && signups::find(&hub.store, name.as_str()).await?.is_none();
    Ok(is_free.then_some(name))
}

/// A mail address, as far as that can be told without writing to it.
fn email(typed: &str) -> Option<&str> {
    let typed = typed.trim();
    let (local, domain) = typed.rsplit_once('@')?;
    let plain = |text: &str| {
        !text.is_empty()
            && !text
                .chars()
                .any(|c| c.is_whitespace() || c.is_control() || "<>,;:\"()[]\\@".contains(c))
    };
    let fits = typed.len() <= LONGEST_EMAIL && plain(local) && plain(domain) && domain.contains('.');
    fits.then_some(typed)
}

#[cfg(test)]
mod tests {
    use super::email;

    #[test]
    fn mail_addresses_are_told_from_other_text() {
        for good in ["ada@example.org", " ada.l+x@a.b.example.org "] {
            assert_eq!(email(good), Some(good.trim()));
        }
        for bad in [
            "",
            "ada",
            "ada@",
            "@example.org",
            "ada@localhost",
            "a@b@example.org",
            "ada@example.org\r\nBcc: all@example.org",
            "Ada <ada@example.org>",
            &format!("{}@example.org", "x".repeat(400)),
        ] {
            assert_eq!(email(bad), None, "{bad}");
        }
    }
}
