//! Sign-ins that were refused. Anybody can cause them, as often as they like, so they must not fill the log: the first
//! from an address is written at once, what follows within the minute is counted.
//!
//! What was typed as a name is not written down, for people type passwords there: only the name of somebody who is in
//! the database is.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use perijove_store::users;
use serde_json::json;

use super::{Act, Actor, record_as};
use crate::Hub;
use crate::http::error::Result;

/// How long refusals are counted before the number is written.
const WINDOW: Duration = Duration::from_secs(60);
/// Addresses with an entry of their own in one window. The others are counted together.
const MOST_ADDRESSES: usize = 30;

/// How many were refused in this window, by this hub.
#[derive(Default)]
pub struct Refusals(Mutex<Window>);

#[derive(Default)]
struct Window {
    /// How many followed the first.
    more: HashMap<IpAddr, u64>,
    others: u64,
}

impl Refusals {
    /// Whether this one gets an entry of its own.
    fn is_first(&self, from: IpAddr) -> bool {
        let mut window = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(more) = window.more.get_mut(&from) {
            *more += 1;
            return false;
        }
        if window.more.len() == MOST_ADDRESSES {
            window.others += 1;
            return false;
        }
        window.more.insert(from, 0);
        true
    }

    fn take(&self) -> Window {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Notes that a sign-in was refused. `reason` is a word of ours, never a text from outside.
pub async fn refused(hub: &Hub, from: IpAddr, method: &str, typed: &str, reason: &str) -> Result<()> {
    if !hub.refusals.is_first(from) {
        return Ok(());
    }
    let target = match users::by_name(&hub.store, typed).await? {
        Some(user) => format!("user {}", user.name),
        None => String::new(),
    };
    let detail = json!({ "method": method, "reason": reason });
    Ok(record_as(
        hub,
        &hub.store,
        &Actor::nobody(from),
        Act::SignInRefused,
        &target,
        detail,
    )
    .await?)
}

/// Writes what was counted since the last time.
pub async fn flush(hub: &Hub) -> Result<()> {
    let window = hub.refusals.take();
    for (from, more) in window.more.into_iter().filter(|(_, more)| *more > 0) {
        let detail = json!({ "reason": "repeated", "count": more });
        record_as(hub, &hub.store, &Actor::nobody(from), Act::SignInRefused, "", detail).await?;
    }
    if window.others > 0 {
        let mut many = Actor::nobody(IpAddr::from([0, 0, 0, 0]));
        many.address = String::new();
        let detail = json!({ "reason": "many addresses", "count": window.others });
        record_as(hub, &hub.store, &many, Act::SignInRefused, "", detail).await?;
    }
    Ok(())
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

    #[test]
    fn a_flood_is_counted() {
        let refusals = Refusals::default();
        let address = |i: u8| IpAddr::from([10, 0, 0, i]);
        let written = (0..200).filter(|i| refusals.is_first(address(*i))).count();
        assert_eq!(written, MOST_ADDRESSES);
        assert!(!refusals.is_first(address(0)));
        let window = refusals.take();
        assert_eq!((window.others, window.more[&address(0)]), (170, 1));
        assert!(refusals.is_first(address(0)));
    }
}
