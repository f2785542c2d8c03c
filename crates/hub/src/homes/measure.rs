//! Looks into homes, one after the other, slowly enough that nobody notices, and writes down how much is in them.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use perijove_spawn::homes::{HomeError, Pace, Walk};
use perijove_store::homes::{self, Home, State};
use perijove_store::{StoreError, leases};
use serde_json::json;

use super::{Keepers, keepers, known, room};
use crate::Hub;

/// How often is looked whether one is due.
const LOOK: Duration = Duration::from_secs(60);
/// After so long what was found is written down: another process could go on from there.
const PIECE: Duration = Duration::from_secs(5);
/// Of a home that its file system counts: to ask costs nothing, and nobody is over a limit until it is too late.
const HELD_AGAIN: SignedDuration = SignedDuration::from_mins(1);
/// One hub at a time, or homes would be read faster than is wanted.
const LEASE: &str = "homes:measure";
const HELD: SignedDuration = SignedDuration::from_secs(60);

/// Measures until the hub stops.
pub async fn keep(hub: Arc<Hub>) {
    if hub.config.storage.measure_every.is_zero() {
        return;
    }
    let keepers = keepers(&hub);
    let work = async {
        loop {
            if let Err(error) = measure_all(&hub, &keepers).await {
                tracing::warn!(%error, "homes can't be measured now");
            }
            tokio::select! {
                () = hub.homes.measuring() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    };
    tokio::select! {
        () = hub.stop.cancelled() => {}
        () = work => {}
    }
}

/// Every home that is due.
async fn measure_all(hub: &Hub, keepers: &Keepers) -> Result<(), StoreError> {
    loop {
        let now = hub.clock.now();
        let Some(lease) = leases::acquire(&hub.store, LEASE, &hub.replica, HELD, now).await? else {
            return Ok(());
        };
        let Some(home) = homes::to_measure(&hub.store, now).await? else {
            return leases::release(&hub.store, &lease).await;
        };
        measure(hub, keepers, &home).await?;
    }
}

/// One piece of a home, or what is left of it.
async fn measure(hub: &Hub, keepers: &Keepers, home: &Home) -> Result<(), StoreError> {
    let store = &hub.store;
    let now = hub.clock.now();
    let every = SignedDuration::try_from(hub.config.storage.measure_every).unwrap_or(SignedDuration::MAX);
    let next = now.saturating_add(every).unwrap_or(jiff::Timestamp::MAX);
    let Some(keeper) = keepers.get(&home.backend) else {
        return homes::set_usage(store, home.id, None, now, next).await;
    };
    let pace = Pace {
        files_per_second: hub.config.storage.measure_rate,
        at_most: PIECE,
    };
    let walk: Walk = home
        .usage
        .walk
        .clone()
        .and_then(|walk| serde_json::from_value(walk).ok())
        .unwrap_or_default();
    if let Some(user_id) = home.user_id.filter(|_| home.state == State::Live) {
        let limit = room::limit_of(hub, store, user_id).await?;
        if let Err(error) = keeper.limit(&known(home), limit).await {
            tracing::debug!(home = home.id, %error, "a home can't be held to its limit by its file system");
        }
    }
    match keeper.measure(&known(home), walk, pace).await {
        Ok(walk) if !walk.done => homes::note_walk(store, home.id, &json!(walk)).await,
        Ok(walk) => {
            let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
            let found = (number(walk.bytes), number(walk.files), &json!(walk.largest));
            let next = match walk.held {
                true => next.min(now.saturating_add(HELD_AGAIN).unwrap_or(next)),
                false => next,
            };
            homes::set_usage(store, home.id, Some(found), now, next).await?;
            if home.problem.is_some() && home.state == State::Live {
                tracing::info!(home = home.id, owner = home.owner, "a home is where it should be again");
                homes::set_problem(store, home.id, None).await?;
            }
            match homes::by_id(store, home.id).await? {
                Some(measured) => room::tell(hub, &measured, walk.held).await,
                None => Ok(()),
            }
        }
        Err(error) => {
            note_problem(hub, home, &error).await?;
            homes::set_usage(store, home.id, None, now, next).await
        }
    }
}

/// A home that is missing is seen here, before its person does.
async fn note_problem(hub: &Hub, home: &Home, error: &HomeError) -> Result<(), StoreError> {
    let problem = error.to_string();
    if home.problem.as_ref() == Some(&problem) {
        return Ok(());
    }
    tracing::warn!(home = home.id, owner = home.owner, %error, "a home can't be measured");
    homes::set_problem(&hub.store, home.id, Some(&problem)).await
}
