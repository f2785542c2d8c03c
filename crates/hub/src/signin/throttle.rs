//! Guessing is slow. After some failed sign-ins an account is not asked for a while, nor is an address after many more,
//! and the while grows with each further failure. It is kept in SQL: every hub sees the same, and a restart forgets nothing.
//! The answer and its time are those of a wrong password.

use std::net::IpAddr;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use perijove_model::{UserName, token};
use perijove_store::{StoreError, Tx, attempts};

use crate::http::error::Result;
use crate::{Hub, audit, signin};

/// What failed longer ago is forgotten. Longer than the longest wait.
const MEMORY: SignedDuration = SignedDuration::from_hours(24);
const HOUR: SignedDuration = SignedDuration::from_hours(1);
const LONGEST_WAIT: Duration = Duration::from_secs(3600);

type Stored<T> = std::result::Result<T, StoreError>;

/// Somebody who tries.
pub struct Attempt {
    account: String,
    address: String,
    from: IpAddr,
    /// For the audit log; empty if it can be nobody's.
    name: String,
    /// It was counted as failed before it was known.
    counted: Option<Counted>,
}

/// What came of counting a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Counted {
    Goes,
    /// With this one there is a wait.
    Waits,
}

/// The attempt, or nothing if there is a wait.
pub async fn begin(hub: &Hub, typed: &str, from: IpAddr) -> Result<Option<Attempt>> {
    let (access, now) = (&hub.config.access, hub.clock.now());
    let mut attempt = Attempt {
        account: account(typed),
        address: address(from),
        from,
        name: UserName::normalise(typed).map_or_else(|_| String::new(), |name| name.to_string()),
        counted: None,
    };
    let found = attempts::of(&hub.store, &attempt.account, &attempt.address, now).await?;
    if found.waits {
        return Ok(None);
    }
    // Who has failed lately is counted first and checked then: many guesses at once are as many as one after the other.
    if found.has_failed && access.allowed_failed_logins > 0 {
        attempt.counted = count(hub, &attempt.account, access.allowed_failed_logins).await?;
        return Ok(attempt.counted.is_some().then_some(attempt));
    }
    Ok(Some(attempt))
}

impl Attempt {
    pub async fn failed(self, hub: &Hub) -> Result<()> {
        let access = &hub.config.access;
        let mut account = self.counted;
        if account.is_none() && access.allowed_failed_logins > 0 {
            account = count(hub, &self.account, access.allowed_failed_logins).await?;
        }
        if account == Some(Counted::Waits) {
            audit::refused(hub, self.from, signin::PASSWORD, &self.name, "account waits").await?;
        }
        if access.allowed_failed_logins_per_address > 0
            && count(hub, &self.address, access.allowed_failed_logins_per_address).await? == Some(Counted::Waits)
        {
            audit::refused(hub, self.from, signin::PASSWORD, "", "address waits").await?;
        }
        Ok(())
    }

    pub async fn succeeded(self, hub: &Hub) -> Result<()> {
        if self.counted.is_some() {
            attempts::forget(&hub.store, &self.account).await?;
        }
        Ok(())
    }

    /// It is not known yet: a code is missing, or nobody could tell. What failed before stays counted.
    pub async fn undecided(self, hub: &Hub) -> Result<()> {
        if self.counted.is_some() {
            attempts::take_back(&hub.store, &self.account, hub.clock.now()).await?;
        }
        Ok(())
    }
}

/// Whoever chose a new password by a link need not wait.
pub async fn forget(tx: &Tx, name: &str) -> Result<()> {
    Ok(attempts::forget(tx, &account(name)).await?)
}

/// Whether another program may ask for a token from this address.
pub async fn may_ask_for_token(hub: &Hub, from: IpAddr) -> Result<bool> {
    Ok(may(hub, &key_of_address("device", from), 100, HOUR).await?)
}

/// Whether somebody may try another code of a program that asks for a token. Codes are short, and typed by people.
pub async fn may_try_code(hub: &Hub, user: i64) -> Result<bool> {
    Ok(may(hub, &format!("code {user}"), 40, HOUR).await?)
}

/// What is counted by a text that people type, and which is not kept.
#[must_use]
pub fn key(what: &str, typed: &str) -> String {
    format!("{what} {}", token::fingerprint(&typed.to_lowercase()))
}

/// What is counted by address.
#[must_use]
pub fn key_of_address(what: &str, from: IpAddr) -> String {
    format!("{what} {}", address(from))
}

/// Whether something may be done once more that may be done so often within such a time. It is counted with this.
pub async fn may(hub: &Hub, who: &str, often: u32, within: SignedDuration) -> Stored<bool> {
    let tx = hub.store.begin().await?;
    let may = may_within(hub, &tx, who, often, within).await?;
    tx.commit().await?;
    Ok(may)
}

/// The same within a transaction.
pub async fn may_within(hub: &Hub, tx: &Tx, who: &str, often: u32, within: SignedDuration) -> Stored<bool> {
    let now = hub.clock.now();
    let Some(so_far) = attempts::count(tx, who, now, within).await? else {
        return Ok(false);
    };
    if so_far >= i64::from(often) {
        let until = now.saturating_add(within).unwrap_or(Timestamp::MAX);
        attempts::wait_until(tx, who, until).await?;
    }
    Ok(true)
}

/// How often signing in failed lately, to this account or from this address.
pub async fn failures(hub: &Hub, typed: &str, from: IpAddr) -> Result<i64> {
    let since = hub.clock.now().saturating_sub(MEMORY).unwrap_or(Timestamp::MIN);
    Ok(attempts::failures(&hub.store, &account(typed), &address(from), since).await?)
}

/// How many new accounts there may be within an hour; 0 is any number.
#[derive(Debug, Clone, Copy)]
pub struct Newcomers {
    pub of_address: u32,
    pub in_all: u32,
}

/// Whether another new account may be made, or asked for, by this way.
pub async fn may_be_new(hub: &Hub, way: &str, from: IpAddr, most: Newcomers) -> Result<bool> {
    let now = hub.clock.now();
    let hour = now.as_second().div_euclid(HOUR.as_secs());
    // The same for all who come within it, whatever their clocks say.
    let begun = Timestamp::from_second(hour * HOUR.as_secs()).unwrap_or(now);
    let limits = [
        (format!("new {way} {hour} {}", address(from)), most.of_address),
        (format!("new {way} {hour}"), most.in_all),
    ];
    for (who, most) in limits.into_iter().filter(|(_, most)| *most > 0) {
        let so_far = attempts::count(&hub.store, &who, begun, HOUR).await?;
        if so_far.is_none_or(|so_far| so_far > i64::from(most)) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Nothing if there is a wait.
async fn count(hub: &Hub, who: &str, allowed: u32) -> Result<Option<Counted>> {
    let now = hub.clock.now();
    let tx = hub.store.begin().await?;
    let Some(failures) = attempts::count(&tx, who, now, MEMORY).await? else {
        return Ok(None);
    };
    let first = hub.config.access.seconds_before_next_try;
    let mut counted = Counted::Goes;
    if let Some(wait) = wait(failures, allowed, first) {
        let until = now.saturating_add(wait).unwrap_or(Timestamp::MAX);
        attempts::wait_until(&tx, who, until).await?;
        counted = Counted::Waits;
    }
    tx.commit().await?;
    Ok(Some(counted))
}

/// How long nobody is asked after so many failures: twice as long with each.
fn wait(failures: i64, allowed: u32, first: Duration) -> Option<SignedDuration> {
    let beyond = u32::try_from(failures - i64::from(allowed)).ok()?;
    let wait = first.saturating_mul(2_u32.saturating_pow(beyond));
    SignedDuration::try_from(wait.min(LONGEST_WAIT.max(first))).ok()
}

/// People type passwords into the field for the name, and names of any length: neither is kept.
fn account(typed: &str) -> String {
    let name = UserName::normalise(typed).map_or_else(|_| typed.to_lowercase(), |name| name.to_string());
    format!("account {}", token::fingerprint(&name))
}

/// Whoever has one IPv6 address has all of its network.
fn address(from: IpAddr) -> String {
    match from.to_canonical() {
        IpAddr::V4(v4) => format!("address {v4}"),
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            format!("address {a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_end() {
        let first = Duration::from_secs(30);
        let after = |failures| wait(failures, 5, first).map(|wait| wait.as_secs());
        assert_eq!(after(4), None);
        assert_eq!(after(5), Some(30));
        assert_eq!(after(6), Some(60));
        assert_eq!(after(11), Some(1920));
        assert_eq!(after(12), Some(3600));
        assert_eq!(after(1_000_000), Some(3600));
    }

    #[test]
    fn one_network_is_one_address() {
        let of = |text: &str| address(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2::5"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::5"), of("2001:db8:1:3::5"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
        assert_eq!(account("Ann"), account("ann"));
    }
}
