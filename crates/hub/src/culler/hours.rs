//! Servers of people whose hours of the month are used up: an entitlement that only keeps new ones from starting would
//! not hold.

use jiff::Timestamp;
use perijove_config::{Config, Quota};
use perijove_store::culls::Candidate;
use perijove_store::{Db, StoreError, users};

use super::policy::{End, Why};
use crate::Hub;
use crate::offers::{self, Person};

/// Whether servers are stopped for that at all. It does not take a culler that is switched on.
#[must_use]
pub fn are_kept(config: &Config) -> bool {
    let limited = |hours: &Option<Quota<f64>>| matches!(hours, Some(Quota::At(_)));
    config.culler.stop_over_hours
        && config
            .entitlements
            .iter()
            .any(|entitlement| limited(&entitlement.hours))
}

/// When the hours of this server's person are used up, if that is in this month.
pub(super) async fn end(
    hub: &Hub,
    db: &impl Db,
    server: &Candidate,
    now: Timestamp,
) -> Result<Option<End>, StoreError> {
    if !are_kept(&hub.config) {
        return Ok(None);
    }
    let Some(user) = users::by_id(db, server.user_id).await? else {
        return Ok(None);
    };
    let person = Person::read(hub, db, &user).await?;
    let used_up = offers::hours_used_up(hub, db, &person, now).await?;
    Ok(used_up.map(|(at, allowed)| End {
        at,
        why: Why::Hours(allowed),
    }))
}
