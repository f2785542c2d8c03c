//! What handlers call: write a wish, wait for it to come true.

use std::sync::Arc;
use std::time::Duration;

use perijove_model::ServerName;
use perijove_model::server::{Pending, Phase, Wish};
use perijove_spawn::Poll;
use perijove_store::spawners::{self, Spawner};
use perijove_store::users::User;
use perijove_store::{StoreError, Tx, plans};
use serde_json::{Value, json};

use super::checks::{self, Refused};
use crate::Hub;
use crate::audit::{self, Act};
use crate::homes::room;
use crate::http::visitor::Principal;
use crate::metrics::Spawned;
use crate::offers::{self, Wanted};
use crate::signin::refresh;

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

/// Which server somebody wants, and how.
pub struct Start<'a> {
    /// Who asks; `None` is the hub itself.
    pub by: Option<&'a Principal>,
    pub user: &'a User,
    pub server: &'a ServerName,
    /// Those of the last start if there are none.
    pub options: Option<Value>,
    pub display_name: Option<&'a str>,
}

/// Wishes that a server runs. A start that is under way already is joined.
pub async fn request_start(hub: &Arc<Hub>, start: Start<'_>) -> Result<Begun, Refused> {
    let Start { by, user, server, .. } = start;
    let found = spawners::get(&hub.store, user.id, server.as_str()).await?;
    let display_name = checks::names(hub, server, found.as_ref(), start.display_name)?;
    if let Some(spawner) = found.filter(|spawner| spawner.run.phase == Phase::Ready) {
        notice_end(hub, &spawner).await?;
    }
    // Nobody is kept from a server by what can't be asked.
    if let Ok(false) = refresh::before_start(hub, user).await {
        return Err(Refused::SignInAgain(user.name.clone()));
    }

    let tx = hub.store.begin().await?;
    checks::named_limit(hub, &tx, by, user, server.as_str()).await?;
    let spawner = spawners::ensure(&tx, user.id, server.as_str(), display_name.as_deref()).await?;
    // Read again under the lock: another request may have been quicker.
    let spawner = spawners::lock(&tx, spawner.id).await?.unwrap_or(spawner);
    let phase = spawner.run.phase;
    match (phase, phase.pending()) {
        // Whoever joined a start that somebody has just cancelled would be told that theirs was.
        _ if phase.is_active() && spawner.run.wish == Wish::Stop => return Err(stopping(hub, &spawner)),
        (_, Some(Pending::Spawn)) => {
            return Ok(Begun {
                spawner_id: spawner.id,
                generation: spawner.run.generation,
                fresh: false,
            });
        }
        (_, Some(Pending::Stop)) => return Err(stopping(hub, &spawner)),
        (Phase::Ready, _) => return Err(Refused::Running(log_name(&spawner))),
        _ => checks::room(hub, &tx).await?,
    }
    if display_name.is_some() && display_name != spawner.display_name {
        spawners::set_display_name(&tx, spawner.id, display_name.as_deref()).await?;
    }
    let options = start.options.as_ref().or(spawner.user_options.as_ref());
    let wanted = Wanted {
        user,
        server,
        options,
        fresh: start.options.is_some(),
    };
    let (mut plan, plain) = offers::plan(hub, &tx, &wanted).await?;
    offers::folders::add(hub, &tx, (user, server), &mut plan).await?;
    if let Err(refused) = room::check(hub, &tx, user, &plan).await {
        drop(tx);
        room::look_again(hub, user).await?;
        return Err(refused);
    }
    let options = plain.as_ref().or(start.options.as_ref());
    let generation = spawners::wish_run(&tx, spawner.id, options, hub.clock.now()).await?;
    let backend = hub.spawners.get(&plan.spawner).map_or("", |backend| backend.name());
    spawners::set_backend(&tx, spawner.id, backend).await?;
    plans::set(&tx, spawner.id, &plan).await?;
    note_with(hub, &tx, by, &spawner, "start", plan.profile.as_deref()).await?;
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

fn stopping(hub: &Hub, spawner: &Spawner) -> Refused {
    hub.metrics.spawned(Spawned::Failure, "already-pending", Duration::ZERO);
    Refused::Stopping(log_name(spawner))
}

/// Wishes that a server stops, and that its row goes too if `remove`. A start that is under way is cancelled; to stop
/// what has stopped is fine.
pub async fn request_stop(
    hub: &Arc<Hub>,
    by: Option<&Principal>,
    spawner: &Spawner,
    remove: bool,
) -> Result<(), Refused> {
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
    note(hub, &tx, by, &spawner, if remove { "remove" } else { "stop" }).await?;
    tx.commit().await?;

    tracing::info!(server = log_name(&spawner), remove, "stop requested");
    hub.wakeup.moved(spawner.id);
    hub.wakeup.wake();
    Ok(())
}

/// Waits until `done` or until the time is up, and tells how the server is then; `None` if its row is gone. The phases
/// of a start are not looked at one by one.
pub async fn wait(
    hub: &Hub,
    spawner_id: i64,
    at_most: Duration,
    done: impl Fn(&Spawner) -> bool,
) -> Result<Option<Spawner>, StoreError> {
    let deadline = tokio::time::Instant::now() + at_most;
    let mut watch = hub.wakeup.watch(spawner_id);
    loop {
        let spawner = spawners::by_id(&hub.store, spawner_id).await?;
        let left = deadline.saturating_duration_since(tokio::time::Instant::now());
        if left.is_zero() || spawner.as_ref().is_none_or(&done) {
            return Ok(spawner);
        }
        watch.until(|news| news.outcomes, LOOK.min(left)).await;
    }
}

/// Writes down who did what to somebody else's server.
pub(super) async fn note(
    hub: &Hub,
    tx: &Tx,
    by: Option<&Principal>,
    spawner: &Spawner,
    what: &str,
) -> Result<(), StoreError> {
    note_with(hub, tx, by, spawner, what, None).await
}

async fn note_with(
    hub: &Hub,
    tx: &Tx,
    by: Option<&Principal>,
    spawner: &Spawner,
    what: &str,
    profile: Option<&str>,
) -> Result<(), StoreError> {
    let mut detail = json!({ "did": what });
    if let Some(profile) = profile {
        detail["profile"] = json!(profile);
    }
    match by {
        Some(by) if by.user().is_none_or(|user| user.id != spawner.user_id) => {
            let target = format!("server {}/{}", spawner.user_name, spawner.name);
            audit::record_as(hub, tx, &by.into(), Act::ServerManaged, &target, detail).await
        }
        _ => Ok(()),
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
    let Some(backend) = hub.spawners.get(&spawner.run.backend) else {
        return Ok(());
    };
    let poll = tokio::time::timeout(NOTICE, backend.poll(&state)).await;
    if matches!(poll, Ok(Ok(Poll::Exited(_)))) {
        hub.wakeup.look_at(spawner.id);
        wait(hub, spawner.id, NOTICE, |spawner| !spawner.run.phase.is_active()).await?;
    }
    Ok(())
}
