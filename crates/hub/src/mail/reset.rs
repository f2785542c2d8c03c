//! A new password for whoever has forgotten theirs, by a link that is sent to the mail address of their account.
//!
//! Whoever asks is told the same at once, whether there is such an account or not: what they have typed is put into the
//! outbox, and only who sends letters looks whose it is.

use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};
use perijove_store::native::{self, Reachable};
use perijove_store::{StoreError, links};
use perijove_web::mails::{Reset, ResetLink};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Sealed, is_sent, put};
use crate::accounts::links::{self as secrets, RESET};
use crate::audit::{self, Act, Actor};
use crate::http::error::Result;
use crate::signin::throttle;
use crate::{Hub, accounts};

/// What stands in the outbox until it is known who is meant.
pub(super) const ASKED: &str = "reset-asked";
/// How long a link holds.
pub const LIFE: SignedDuration = SignedDuration::from_mins(30);
const HOUR: SignedDuration = SignedDuration::from_hours(1);
/// Letters an hour, by what was typed, by address, and to one account.
const BY_NAME: u32 = 3;
const BY_ADDRESS: u32 = 30;
const TO_ACCOUNT: u32 = 3;
/// Longer than any name or mail address.
const LONGEST: usize = 320;

#[derive(Serialize, Deserialize)]
struct Asked {
    who: String,
    address: IpAddr,
}

/// Whether people can ask for a new password.
#[must_use]
pub fn is_offered(hub: &Hub) -> bool {
    is_sent(&hub.config) && accounts::section(&hub.config).is_some()
}

/// Somebody asks. There is nothing to tell but that.
pub async fn ask(hub: &Hub, who: &str, from: IpAddr, language: &str) -> Result<()> {
    let who: String = who.trim().chars().take(LONGEST).collect();
    let (name, address) = (throttle::key("reset of", &who), throttle::key_of_address("reset", from));
    let may = throttle::may(hub, &address, BY_ADDRESS, HOUR).await?;
    // Both are counted in any case.
    if !throttle::may(hub, &name, BY_NAME, HOUR).await? || !may {
        tracing::warn!(%from, "a letter for a forgotten password is not sent: too many were asked for");
        return Ok(());
    }
    let asked = Sealed {
        language: Some(language),
        letter: &Asked { who, address: from },
    };
    put(hub, &hub.store, ASKED, "", &asked).await?;
    hub.outbox.wake();
    Ok(())
}

/// The letter to whom was meant, and their links; nothing if that is nobody whom mail reaches.
pub(super) async fn letter(
    hub: &Hub,
    asked: Value,
    is_first: bool,
) -> std::result::Result<Option<(String, Reset)>, StoreError> {
    let Ok(Asked { who, address }) = serde_json::from_value(asked) else {
        return Ok(None);
    };
    let name = hub
        .policy
        .new_name(&who)
        .map_or_else(|_| who.clone(), |name| name.to_string());
    let (mut accounts, mut to) = (Vec::new(), None);
    for found in native::reachable_by(&hub.store, &name, &who).await? {
        let key = throttle::key("reset to", &found.name);
        if is_kept_out(hub, &found.name) || (is_first && !throttle::may(hub, &key, TO_ACCOUNT, HOUR).await?) {
            continue;
        }
        let url = link(hub, &found, address).await?;
        accounts.push(ResetLink { name: found.name, url });
        to.get_or_insert(found.email);
    }
    Ok(to.map(|to| {
        let letter = Reset {
            accounts,
            minutes: LIFE.as_mins(),
            address: address.to_string(),
        };
        (to, letter)
    }))
}

fn is_kept_out(hub: &Hub, name: &str) -> bool {
    let own = accounts::section(&hub.config).map(|native| &native.rules.blocked_users);
    hub.policy.blocks(name) || own.is_some_and(|own| own.iter().any(|blocked| blocked.as_str() == name))
}

/// A link for this account, in the place of an earlier one.
async fn link(hub: &Hub, found: &Reachable, from: IpAddr) -> std::result::Result<String, StoreError> {
    let until = hub.clock.now().saturating_add(LIFE).unwrap_or(Timestamp::MAX);
    let tx = hub.store.begin().await?;
    links::delete_of(&tx, RESET, &found.name).await?;
    let new = links::NewLink {
        email: Some(&found.email),
        ..links::NewLink::new(RESET, Some(&found.name), until)
    };
    let secret = secrets::make(&tx, &*hub.clock, &*hub.rng, &new).await?;
    let (by, target) = (Actor::nobody(from), format!("user {}", found.name));
    let detail = json!({ "purpose": RESET, "by": "mail" });
    audit::record_as(hub, &tx, &by, Act::LinkMade, &target, detail).await?;
    tx.commit().await?;
    Ok(secrets::setup_url(&hub.config, &secret))
}
