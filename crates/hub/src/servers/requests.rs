//! What handlers call: write a wish, wait for it to come true.

use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use perijove_model::ServerName;
use perijove_model::server::{Pending, Phase};
use perijove_spawn::Poll;
use perijove_store::spawners::{self, Spawner};
use perijove_store::users::User;
use perijove_store::{StoreError, Tx};
use serde_json::Value;

use crate::Hub;

/// How often whoever waits looks into the database: another replica may do the work.
const LOOK: Duration = Duration::from_millis(500);
/// How long a request waits for the news that a server has ended, before it starts it again.
const NOTICE: Duration = Duration::from_secs(5);

/// A start that is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Begun {
    pub spawner_id: i64,
    pub generation: i64,
    /// False if it was under way already, begun by another request.
    pub fresh: bool,
}

/// Why a wish is not taken. The text is for the person, the status from the contract.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error("{0} is already running")]
    Running(String),
    #[error("{0} is pending stop")]
    Stopping(String),
    #[error("Too many users trying to log in right now. Try again in {} seconds.", round_up(*.retry_after))]
    Throttled { retry_after: u32 },
    #[error("Active user limit exceeded. Try again in a few minutes.")]
    Full,
    #[error("Named servers are not enabled.")]
    NoNamed,
    #[error(
        "User {user} already has the maximum of {limit} named servers.  One must be deleted before a new server can be created"
    )]
    TooManyNamed { user: String, limit: u32 },
    #[error("Invalid server_name: {0}")]
    BadName(String),
    #[error("Invalid display_name: {0}")]
    BadDisplayName(String),
    #[error("Cannot delete the default server")]
    RemoveDefault,
    #[error("the database can't be used now: {0}")]
    Store(#[from] StoreError),
}

impl Refused {
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Throttled { .. } | Self::Full => StatusCode::TOO_MANY_REQUESTS,
            Self::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    /// Seconds for the header `Retry-After`.
    #[must_use]
    pub fn retry_after(&self) -> Option<u32> {
        match self {
            Self::Throttled { retry_after } => Some(*retry_after),
            _ => None,
        }
    }
}

fn round_up(seconds: u32) -> u32 {
    seconds.div_ceil(10) * 10
}

/// Wishes that a server runs. A start that is under way already is joined.
pub async fn request_start(
    hub: &Arc<Hub>,
    user: &User,
    name: &ServerName,
    options: Option<Value>,
    display_name: Option<&str>,
) -> Result<Begun, Refused> {
    let found = spawners::get(&hub.store, user.id, name.as_str()).await?;
    let display_name = check_name(hub, name, found.as_ref(), display_name)?;
    if let Some(spawner) = found.filter(|spawner| spawner.run.phase == Phase::Ready) {
        notice_end(hub, &spawner).await?;
    }

    let tx = hub.store.begin().await?;
    check_named_limit(hub, &tx, user, name).await?;
    let spawner = spawners::ensure(&tx, user.id, name.as_str(), display_name.as_deref()).await?;
    // Read again under the lock: another request may have been quicker.
    let spawner = spawners::lock(&tx, spawner.id).await?.unwrap_or(spawner);
    match (spawner.run.phase, spawner.run.phase.pending()) {
        (_, Some(Pending::Spawn)) => {
            return Ok(Begun {
                spawner_id: spawner.id,
                generation: spawner.run.generation,
                fresh: false,
            });
        }
        (_, Some(Pending::Stop)) => return Err(Refused::Stopping(log_name(&spawner))),
        (Phase::Ready, _) => return Err(Refused::Running(log_name(&spawner))),
        _ => check_room(hub, &tx).await?,
    }
    if display_name.is_some() && display_name != spawner.display_name {
        spawners::set_display_name(&tx, spawner.id, display_name.as_deref()).await?;
    }
    let generation = spawners::wish_run(&tx, spawner.id, options.as_ref(), hub.clock.now()).await?;
    tx.commit().await?;

    tracing::info!(server = log_name(&spawner), generation, "start requested");
    hub.wakeup.reached(spawner.id, Phase::Requested);
    hub.wakeup.wake();
    Ok(Begun {
        spawner_id: spawner.id,
        generation,
        fresh: true,
    })
}

/// Wishes that a server stops, and that its row goes too if `remove`. A start that is under way is cancelled; to stop
/// what has stopped is fine.
pub async fn request_stop(hub: &Arc<Hub>, spawner: &Spawner, remove: bool) -> Result<(), Refused> {
    if remove && spawner.name.is_empty() {
        return Err(Refused::RemoveDefault);
    }
    let tx = hub.store.begin().await?;
    let Some(spawner) = spawners::lock(&tx, spawner.id).await? else {
        return Ok(());
    };
    if !remove && !spawner.run.phase.is_active() {
        return Ok(());
    }
    spawners::wish_stop(&tx, spawner.id, remove, hub.clock.now()).await?;
    tx.commit().await?;

    tracing::info!(server = log_name(&spawner), remove, "stop requested");
    hub.wakeup.moved(spawner.id);
    hub.wakeup.wake();
    Ok(())
}

/// Waits until `done` or until the time is up, and tells how the server is then; `None` if its row is gone.
pub async fn wait(
    hub: &Hub,
    spawner_id: i64,
    at_most: Duration,
    done: impl Fn(&Spawner) -> bool,
) -> Result<Option<Spawner>, StoreError> {
    let deadline = tokio::time::Instant::now() + at_most;
    let mut watch = hub.wakeup.watch();
    loop {
        let spawner = spawners::by_id(&hub.store, spawner_id).await?;
        let left = deadline.saturating_duration_since(tokio::time::Instant::now());
        if left.is_zero() || spawner.as_ref().is_none_or(&done) {
            return Ok(spawner);
        }
        watch.moved(spawner_id, LOOK.min(left)).await;
    }
}

/// As logs and messages call a server: `ann`, `ann:gpu`.
pub(super) fn log_name(spawner: &Spawner) -> String {
    match spawner.name.as_str() {
        "" => spawner.user_name.clone(),
        name => format!("{}:{name}", spawner.user_name),
    }
}

/// A server that has ended without anybody noticing is started again rather than called running.
async fn notice_end(hub: &Hub, spawner: &Spawner) -> Result<(), StoreError> {
    let state = spawner
        .state
        .as_ref()
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    let poll = tokio::time::timeout(NOTICE, hub.spawner.poll(&state)).await;
    if matches!(poll, Ok(Ok(Poll::Exited(_)))) {
        hub.wakeup.look_at(spawner.id);
        wait(hub, spawner.id, NOTICE, |spawner| !spawner.run.phase.is_active()).await?;
    }
    Ok(())
}

/// The display name in its normal form, if one is to be set.
fn check_name(
    hub: &Hub,
    name: &ServerName,
    found: Option<&Spawner>,
    display_name: Option<&str>,
) -> Result<Option<String>, Refused> {
    if !name.is_default() && !hub.config.hub.allow_named_servers {
        return Err(Refused::NoNamed);
    }
    // Names from before the rule may go on.
    if found.is_none() && ServerName::try_from(name.as_str()).is_err() {
        return Err(Refused::BadName(name.as_str().chars().take(64).collect()));
    }
    match display_name.filter(|text| !text.is_empty()) {
        None if name.is_default() || found.is_some() => Ok(None),
        None => Ok(Some(name.as_str().to_owned())),
        Some(text) => perijove_model::names::display_name(text)
            .map(Some)
            .ok_or_else(|| Refused::BadDisplayName(text.chars().take(64).collect())),
    }
}

async fn check_named_limit(hub: &Hub, tx: &Tx, user: &User, name: &ServerName) -> Result<(), Refused> {
    let limit = hub.config.hub.named_server_limit_per_user;
    if limit == 0 || name.is_default() || spawners::get(tx, user.id, name.as_str()).await?.is_some() {
        return Ok(());
    }
    if spawners::count_named(tx, user.id).await? >= i64::from(limit) {
        return Err(Refused::TooManyNamed {
            user: user.name.clone(),
            limit,
        });
    }
    Ok(())
}

async fn check_room(hub: &Hub, tx: &Tx) -> Result<(), Refused> {
    let counts = spawners::active_counts(tx).await?;
    let config = &hub.config.hub;
    let reached = |count: i64, limit: u32| limit > 0 && count >= i64::from(limit);
    if reached(counts.pending, config.concurrent_spawn_limit) {
        return Err(Refused::Throttled {
            retry_after: 30 + hub.rng.below(31),
        });
    }
    if reached(counts.active, config.active_server_limit) {
        return Err(Refused::Full);
    }
    Ok(())
}
