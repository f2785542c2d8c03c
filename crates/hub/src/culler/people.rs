//! Deletes people who have no server and were not seen for long, for sites with passing guests.

use perijove_store::users::{self, After, ListQuery, StateFilter, User};
use serde_json::json;

use super::PAGE;
use super::policy::later;
use crate::Hub;
use crate::audit::Actor;
use crate::people;
use crate::tasks::Failure;

pub(super) async fn look(hub: &Hub) -> Result<(), Failure> {
    let mut query = ListQuery {
        state: Some(StateFilter::Inactive),
        limit: PAGE,
        ..ListQuery::default()
    };
    loop {
        let page = users::list(&hub.store, &query).await?;
        let Some(last) = page.last() else { return Ok(()) };
        query.after = Some(After::Id(last.id));
        for user in &page {
            if let Some(why) = why(hub, user) {
                remove(hub, user, why).await?;
            }
        }
    }
}

fn why(hub: &Hub, user: &User) -> Option<&'static str> {
    let config = &hub.config.culler;
    if user.admin && !config.cull_admin_users {
        return None;
    }
    let now = hub.clock.now();
    let over = |since: Option<jiff::Timestamp>, length| since.is_some_and(|since| later(since, length) <= now);
    let seen = user.last_activity.or(user.created);
    match () {
        () if !config.timeout.is_zero() && over(seen, config.timeout) => Some("idle"),
        () if !config.max_age.is_zero() && over(user.created, config.max_age) => Some("max_age"),
        () => None,
    }
}

async fn remove(hub: &Hub, user: &User, why: &str) -> Result<(), Failure> {
    if hub.config.culler.dry_run {
        tracing::info!(
            user = user.name,
            why,
            "a user would be deleted, were it not for `dry_run`"
        );
        return Ok(());
    }
    crate::homes::settle(hub, user).await?;
    let detail = json!({ "admin": user.admin, "why": why });
    if people::remove(hub, user, &Actor::culler(), detail).await? {
        tracing::info!(user = user.name, why, "the culler deleted a user");
    }
    Ok(())
}
