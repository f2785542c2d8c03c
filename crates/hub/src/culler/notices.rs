//! What people are told of the end of their servers, and "I am still here".

use std::time::Duration;

use jiff::Timestamp;
use perijove_store::culls::{self, Cull};
use perijove_store::notices::{self, Notice};
use perijove_store::spawners::{self, Spawner};
use perijove_store::{Db, StoreError};

use super::policy::{self, Why, later};
use crate::Hub;

/// Kinds of notices: the server is about to be stopped; it was stopped.
pub const WARNING: &str = "stopping_soon";
pub const STOPPED: &str = "stopped";

/// Where no server is stopped for want of use, one is kept for so long beyond the hour of the schedule.
const AT_LEAST: Duration = Duration::from_secs(3600);

pub(super) async fn warn(db: &impl Db, spawner_id: i64, why: &Why, now: Timestamp) -> Result<(), StoreError> {
    let message = format!(
        "This server is about to be stopped: {}.",
        match why {
            Why::Idle(_) => "nobody has used it for a while".to_owned(),
            why => why.because(),
        }
    );
    put(db, spawner_id, WARNING, message, now).await
}

pub(super) async fn stopped(db: &impl Db, spawner_id: i64, why: &Why, now: Timestamp) -> Result<(), StoreError> {
    withdraw(db, spawner_id).await?;
    put(
        db,
        spawner_id,
        STOPPED,
        format!("The server was stopped because {}.", why.because()),
        now,
    )
    .await
}

async fn put(db: &impl Db, spawner_id: i64, kind: &str, message: String, at: Timestamp) -> Result<(), StoreError> {
    let notice = Notice {
        spawner_id,
        kind: kind.to_owned(),
        at,
        message,
        count: 1,
    };
    notices::put(db, &notice).await
}

pub(super) async fn withdraw(db: &impl Db, spawner_id: i64) -> Result<(), StoreError> {
    notices::remove(db, spawner_id, WARNING).await
}

/// A notice, and what can be done about it.
pub struct Told {
    pub notice: Notice,
    /// When the server is stopped.
    pub stops_at: Option<Timestamp>,
    /// Whether it goes on if somebody says so.
    pub can_stay: bool,
}

/// What there is to tell of a server now: of one that runs, what concerns it; of another, why it was stopped.
pub async fn of(hub: &Hub, spawner: &Spawner) -> Result<Vec<Told>, StoreError> {
    let mut all = notices::of_server(&hub.store, spawner.id).await?;
    let active = spawner.run.phase.is_active();
    all.retain(|notice| (notice.kind == STOPPED) != active);
    let warned = all.iter().any(|notice| notice.kind == WARNING);
    let cull = match warned {
        true => culls::get(&hub.store, spawner.id).await?.map(|server| server.cull),
        false => None,
    };
    // A warning without a plan is one of an earlier run.
    all.retain(|notice| notice.kind != WARNING || cull.as_ref().is_some_and(|cull| cull.due_at.is_some()));
    let told = |notice: Notice| {
        let cull = cull.as_ref().filter(|_| notice.kind == WARNING);
        Told {
            stops_at: cull.and_then(|cull| cull.due_at),
            can_stay: cull.is_some_and(|cull| !cull.why.as_deref().is_some_and(Why::is_final)),
            notice,
        }
    };
    Ok(all.into_iter().map(told).collect())
}

/// Somebody is still there: the server goes on for another `timeout`, unless nobody can put off its end. `false` if it does not run.
pub async fn keep(hub: &Hub, spawner: &Spawner) -> Result<bool, StoreError> {
    let config = &hub.config.culler;
    let now = hub.clock.now();
    let belongings = perijove_store::users::belongings(&hub.store, &[spawner.user_id], now).await?;
    let groups = belongings
        .get(&spawner.user_id)
        .map_or(&[][..], |of| of.groups.as_slice());
    let tx = hub.store.begin().await?;
    spawners::lock(&tx, spawner.id).await?;
    let Some(server) = culls::get(&tx, spawner.id).await? else {
        return Ok(false);
    };
    let timeout = policy::of(config, &server, groups).map_or(config.timeout, |policy| policy.timeout);
    let length = if timeout.is_zero() { AT_LEAST } else { timeout };
    let kept_until = Some(later(now, length));
    let cull = match server.cull.why.as_deref() {
        Some(why) if Why::is_final(why) => Cull {
            kept_until,
            ..server.cull
        },
        _ => {
            withdraw(&tx, spawner.id).await?;
            Cull {
                kept_until,
                ..Cull::default()
            }
        }
    };
    culls::set(&tx, spawner.id, server.generation, &cull).await?;
    spawners::touch(&tx, spawner.id, now).await?;
    tx.commit().await?;
    Ok(true)
}
