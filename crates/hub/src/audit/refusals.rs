//! Attempts that were refused. Anybody can cause them, as often as they like, so they must not fill the log: the first of a
//! kind (one address, one account, one reason) is written at once, what follows within the minute is counted.
//!
//! What was typed as a name is not written down, for people type passwords there: only the name of somebody who is in
//! the database is.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use perijove_model::{UserName, token};
use perijove_store::users;
use serde_json::{Value, json};

use super::{Act, Actor, record_as};
use crate::Hub;
use crate::http::error::Result;

/// How long refusals are counted before the number is written.
const WINDOW: Duration = Duration::from_secs(60);
/// Kinds with an entry of their own in one window. The others are counted together.
const MOST_KINDS: usize = 60;
/// Of these, so many from one address, so that it leaves room for others.
const MOST_OF_ADDRESS: usize = 5;

/// How many were refused in this window, by this hub.
#[derive(Default)]
pub struct Refusals(Mutex<Window>);

#[derive(Default)]
struct Window {
    kinds: HashMap<Kind, Counted>,
    addresses: HashMap<IpAddr, Address>,
    others: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Kind {
    act: Act,
    from: IpAddr,
    /// The fingerprint of the name, whoever it is.
    who: String,
    method: String,
    reason: String,
}

#[derive(Default)]
struct Counted {
    target: String,
    /// How many followed the first.
    more: u64,
}

#[derive(Default)]
struct Address {
    kinds: usize,
    /// Of kinds without an entry.
    more: u64,
}

impl Refusals {
    /// Whether this one gets an entry of its own.
    fn is_first(&self, kind: &Kind) -> bool {
        let mut window = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(counted) = window.kinds.get_mut(kind) {
            counted.more += 1;
            return false;
        }
        let has_room = window.kinds.len() < MOST_KINDS;
        match window.addresses.get_mut(&kind.from) {
            Some(address) if has_room && address.kinds < MOST_OF_ADDRESS => address.kinds += 1,
            Some(address) => {
                address.more += 1;
                return false;
            }
            None if has_room => {
                let first = Address { kinds: 1, more: 0 };
                window.addresses.insert(kind.from, first);
            }
            None => {
                window.others += 1;
                return false;
            }
        }
        window.kinds.insert(kind.clone(), Counted::default());
        true
    }

    /// Whom the kind is about, for when it is written again.
    fn is_about(&self, kind: &Kind, target: &str) {
        let mut window = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(counted) = window.kinds.get_mut(kind) {
            target.clone_into(&mut counted.target);
        }
    }

    fn take(&self) -> Window {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Notes that a sign-in was refused. `reason` is a word of ours, never a text from outside.
pub async fn refused(hub: &Hub, from: IpAddr, method: &str, typed: &str, reason: &str) -> Result<()> {
    turned_away(hub, Act::SignInRefused, from, method, typed, reason).await
}

/// Notes that somebody of whom nothing is known yet was refused something.
pub async fn turned_away(hub: &Hub, act: Act, from: IpAddr, method: &str, typed: &str, reason: &str) -> Result<()> {
    let name = UserName::normalise(typed).map_or_else(|_| String::new(), |name| name.to_string());
    let kind = Kind {
        act,
        from,
        who: token::fingerprint(if name.is_empty() { typed } else { &name }),
        method: method.to_owned(),
        reason: reason.to_owned(),
    };
    if !hub.refusals.is_first(&kind) {
        return Ok(());
    }
    let target = match users::by_name(&hub.store, &name).await? {
        Some(user) => format!("user {}", user.name),
        None => String::new(),
    };
    hub.refusals.is_about(&kind, &target);
    let detail = json!({ "method": method, "reason": reason });
    write(hub, act, Some(from), &target, detail).await
}

/// Writes what was counted since the last time.
pub async fn flush(hub: &Hub) -> Result<()> {
    let window = hub.refusals.take();
    for (kind, counted) in window.kinds.into_iter().filter(|(_, counted)| counted.more > 0) {
        let detail = json!({ "method": kind.method, "reason": kind.reason, "count": counted.more });
        write(hub, kind.act, Some(kind.from), &counted.target, detail).await?;
    }
    for (from, address) in window.addresses.into_iter().filter(|(_, address)| address.more > 0) {
        let detail = json!({ "reason": "many kinds", "count": address.more });
        write(hub, Act::SignInRefused, Some(from), "", detail).await?;
    }
    if window.others > 0 {
        let detail = json!({ "reason": "many addresses", "count": window.others });
        write(hub, Act::SignInRefused, None, "", detail).await?;
    }
    Ok(())
}

async fn write(hub: &Hub, act: Act, from: Option<IpAddr>, target: &str, detail: Value) -> Result<()> {
    let mut by = Actor::nobody(from.unwrap_or(IpAddr::from([0, 0, 0, 0])));
    if from.is_none_or(|from| from.is_unspecified()) {
        by.address.clear();
    }
    Ok(record_as(hub, &hub.store, &by, act, target, detail).await?)
}

/// Writes the counts once a window, and what is left when the hub stops.
pub async fn keep(hub: Arc<Hub>) {
    loop {
        let stops = tokio::select! {
            () = tokio::time::sleep(WINDOW) => false,
            () = hub.stop.cancelled() => true,
        };
        if let Err(error) = flush(&hub).await {
            tracing::warn!(
                message = error.message,
                "the number of refused sign-ins was not written down"
            );
        }
        if stops {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(address: u16, who: &str, reason: &str) -> Kind {
        let [high, low] = address.to_be_bytes();
        Kind {
            act: Act::SignInRefused,
            from: IpAddr::from([10, 0, high, low]),
            who: who.to_owned(),
            method: "password".to_owned(),
            reason: reason.to_owned(),
        }
    }

    #[test]
    fn the_first_of_each_kind_is_written_and_the_others_are_counted() {
        let refusals = Refusals::default();
        for (who, reason) in [("ann", "credentials"), ("bob", "credentials"), ("ann", "code")] {
            assert!(refusals.is_first(&kind(1, who, reason)), "{who} {reason}");
            assert!(!refusals.is_first(&kind(1, who, reason)), "{who} {reason} again");
        }
        refusals.is_about(&kind(1, "ann", "code"), "user ann");
        let window = refusals.take();
        let counted = &window.kinds[&kind(1, "ann", "code")];
        assert_eq!((counted.more, counted.target.as_str()), (1, "user ann"));
        assert!(refusals.is_first(&kind(1, "ann", "code")), "in the next minute");
    }

    #[test]
    fn a_flood_is_counted_together() {
        let refusals = Refusals::default();
        let from_one = (0..1000).filter(|i| refusals.is_first(&kind(0, &format!("name {i}"), "credentials")));
        assert_eq!(from_one.count(), MOST_OF_ADDRESS);
        let from_many = (1..1000).filter(|address| refusals.is_first(&kind(*address, "ann", "credentials")));
        assert_eq!(
            from_many.count(),
            MOST_KINDS - MOST_OF_ADDRESS,
            "one leaves room for others"
        );
        let window = refusals.take();
        let counted: u64 = window.addresses.values().map(|address| address.more).sum();
        assert_eq!(counted + window.others, 1999 - MOST_KINDS as u64, "none is lost");
        assert!(window.kinds.len() <= MOST_KINDS && window.addresses.len() <= MOST_KINDS);
    }
}
