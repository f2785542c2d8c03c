//! Stops servers that nobody uses, those that are too old, and all at certain hours; tells people before.
//!
//! Two pieces of work, each done by one hub of the cluster: [`look`] goes through all servers every now and then and
//! plans what will be due until the next look, [`act`] does what is due: asks the server, warns, stops. Between them
//! stands only the table `perijove_culls`. What was planned is never believed: the rules are asked again before anything
//! is done, and once more with the server's row held, so that whoever comes back in the last moment is not stopped.

mod busy;
pub mod hours;
pub mod notices;
mod people;
pub mod policy;
pub mod preview;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use perijove_config::Busy;
use perijove_model::server::{Phase, Wish};
use perijove_store::culls::{self, Candidate, Cull};
use perijove_store::{Db, Store, StoreError, spawners, users};
use serde_json::json;
use tokio::time::{Instant, sleep};

use crate::Hub;
use crate::audit::{self, Act, Actor};
use crate::tasks::{Failure, Streak, activity, once_per_cluster};

use policy::{End, Policy, Why, later};

/// How often is done what is due.
const TICK: Duration = Duration::from_secs(30);
/// Servers that are read at once.
const PAGE: i64 = 500;

/// Works until the hub stops.
pub(crate) async fn keep(hub: Arc<Hub>) {
    let every = hub.config.culler.every.max(Duration::from_secs(1));
    let tick = TICK.min(every);
    let (mut looks, mut acts) = (Streak::new("culler"), Streak::new("culler-due"));
    let mut next = Instant::now();
    loop {
        let work = async {
            if next <= Instant::now() {
                next = Instant::now() + every;
                looks.note(once_per_cluster(&hub, "culler", every, look(&hub)).await);
            }
            acts.note(once_per_cluster(&hub, "culler-due", tick, act(&hub)).await);
            sleep(tick).await;
        };
        tokio::select! {
            () = hub.stop.cancelled() => return,
            () = work => {}
        }
    }
}

/// How long before its end somebody is told; a server whose time is short is not warned of all the time.
fn warning(hub: &Hub, policy: &Policy<'_>) -> Duration {
    let before = hub.config.culler.warn_before;
    match policy.timeout.is_zero() {
        true => before,
        false => before.min(policy.timeout / 2),
    }
}

/// When and why a server is to be stopped, and how long before that its person is told.
async fn end_of(
    hub: &Hub,
    db: &impl Db,
    server: &Candidate,
    groups: &[String],
    now: Timestamp,
) -> Result<Option<(End, Duration)>, StoreError> {
    let config = &hub.config.culler;
    let policy = policy::of(config, server, groups).filter(|_| config.enabled);
    let before = policy.map_or(config.warn_before, |policy| warning(hub, &policy));
    let by_rule = policy.and_then(|policy| policy.end(config, server, now));
    let by_hours = hours::end(hub, db, server, now).await?;
    let first = by_rule.into_iter().chain(by_hours).min_by_key(|end| end.at);
    Ok(first.map(|end| (end, before)))
}

/// Goes through all servers that run, and plans the end of those that end before the next look.
pub async fn look(hub: &Hub) -> Result<(), Failure> {
    let config = &hub.config.culler;
    activity::fold(hub).await?;
    let now = hub.clock.now();
    let until = later(later(now, config.every), config.warn_before);
    let mut after = 0;
    loop {
        let page = culls::candidates(&hub.store, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.spawner_id;
        let groups = groups(hub, &hub.store, &page, now).await?;
        for server in &page {
            let end = end_of(hub, &hub.store, server, groups_of(&groups, server), now).await?;
            match end.filter(|(end, _)| end.at <= until) {
                Some((end, _)) => plan(hub, server, &end).await?,
                None if server.cull.due_at.is_some() => let_go(hub, server, false).await?,
                None => {}
            }
        }
    }
    culls::purge(&hub.store).await?;
    if config.enabled && config.cull_users {
        people::look(hub).await?;
    }
    Ok(())
}

/// Groups of the owners, where a rule asks for them.
async fn groups(
    hub: &Hub,
    store: &Store,
    page: &[Candidate],
    now: Timestamp,
) -> Result<HashMap<i64, users::Belongings>, StoreError> {
    if hub.config.culler.rule.iter().all(|rule| rule.groups.is_empty()) {
        return Ok(HashMap::new());
    }
    let mut ids: Vec<i64> = page.iter().map(|server| server.user_id).collect();
    ids.dedup();
    users::belongings(store, &ids, now).await
}

fn groups_of<'a>(all: &'a HashMap<i64, users::Belongings>, server: &Candidate) -> &'a [String] {
    all.get(&server.user_id).map_or(&[], |of| of.groups.as_slice())
}

async fn plan(hub: &Hub, server: &Candidate, end: &End) -> Result<(), Failure> {
    // Who was warned was told a time: it stays.
    if server.cull.warned_at.is_some() || server.cull.due_at == Some(end.at) {
        return Ok(());
    }
    let mut cpu = server.cull.cpu;
    if cpu.is_none()
        && hub.config.culler.keep_when.contains(&Busy::Cpu)
        && let Some(spawner) = spawners::by_id(&hub.store, server.spawner_id).await?
    {
        cpu = busy::cpu(hub, &spawner).await;
    }
    change(hub, server, |cull| Cull {
        why: Some(end.why.name().to_owned()),
        due_at: Some(end.at),
        cpu,
        ..cull
    })
    .await
}

/// It goes on: nothing is planned any more, and nobody is warned of anything.
async fn let_go(hub: &Hub, server: &Candidate, used: bool) -> Result<(), Failure> {
    let now = hub.clock.now();
    let tx = hub.store.begin().await?;
    spawners::lock(&tx, server.spawner_id).await?;
    if let Some(seen) = culls::get(&tx, server.spawner_id).await? {
        let kept_until = seen.cull.kept_until;
        let cull = Cull {
            kept_until,
            ..Cull::default()
        };
        culls::set(&tx, server.spawner_id, seen.generation, &cull).await?;
        if used {
            spawners::touch(&tx, server.spawner_id, now).await?;
        }
    }
    notices::withdraw(&tx, server.spawner_id).await?;
    tx.commit().await?;
    Ok(())
}

async fn change(hub: &Hub, server: &Candidate, change: impl FnOnce(Cull) -> Cull) -> Result<(), Failure> {
    let tx = hub.store.begin().await?;
    spawners::lock(&tx, server.spawner_id).await?;
    let seen = culls::get(&tx, server.spawner_id).await?;
    if let Some(seen) = seen.filter(|seen| seen.generation == server.generation) {
        culls::set(&tx, server.spawner_id, seen.generation, &change(seen.cull)).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Does what is due by now: warns, and stops.
pub async fn act(hub: &Arc<Hub>) -> Result<(), Failure> {
    let until = later(hub.clock.now(), hub.config.culler.warn_before);
    let mut after = None;
    // To the end of the list: who was warned stays at its front until it is time.
    loop {
        let due = culls::due(&hub.store, until, after.unwrap_or((Timestamp::UNIX_EPOCH, 0)), PAGE).await?;
        let Some(last) = due.last() else { return Ok(()) };
        let behind = (last.cull.due_at.unwrap_or(until), last.spawner_id);
        if after.replace(behind).is_none() {
            activity::fold(hub).await?;
        }
        act_on(hub, due).await?;
    }
}

async fn act_on(hub: &Arc<Hub>, due: Vec<Candidate>) -> Result<(), Failure> {
    let groups = groups(hub, &hub.store, &due, hub.clock.now()).await?;
    let with_groups = |server: Candidate| (groups_of(&groups, &server).to_vec(), server);
    let due: Vec<_> = due.into_iter().map(with_groups).collect();
    stream::iter(due)
        .map(|(groups, server)| async move {
            // What the proxy saw has just been written down.
            match culls::get(&hub.store, server.spawner_id).await? {
                Some(server) => one(hub, &server, &groups).await,
                None => Ok(()),
            }
        })
        .buffer_unordered(hub.config.culler.concurrency.max(1))
        .try_collect::<()>()
        .await
}

async fn one(hub: &Arc<Hub>, server: &Candidate, groups: &[String]) -> Result<(), Failure> {
    let config = &hub.config.culler;
    let now = hub.clock.now();
    let Some((end, before)) = end_of(hub, &hub.store, server, groups, now).await? else {
        return let_go(hub, server, false).await;
    };
    if end.at > later(now, config.warn_before.max(before)) {
        return let_go(hub, server, false).await;
    }
    if end.at > later(now, before) {
        return Ok(());
    }
    if let Why::Idle(timeout) = end.why {
        let found = busy::look(hub, server, timeout).await?;
        if let Some(busy) = found.busy {
            tracing::debug!(
                server = name(server),
                busy = busy.as_str(),
                "a server is used, though nobody touches it"
            );
            return let_go(hub, server, true).await;
        }
        change(hub, server, |cull| Cull { cpu: found.cpu, ..cull }).await?;
    }
    match server.cull.warned_at {
        _ if config.dry_run => pretend(hub, server, &end, now).await,
        None if !before.is_zero() => warn(hub, server, &end, before, now).await,
        _ if server.cull.due_at.is_none_or(|due| due <= now) && end.at <= now => stop(hub, server, groups, now).await,
        _ => Ok(()),
    }
}

async fn warn(hub: &Hub, server: &Candidate, end: &End, before: Duration, now: Timestamp) -> Result<(), Failure> {
    // A warning that leaves no time is none: who could be told only late has half of it still.
    let due_at = end.at.max(later(now, before / 2));
    let tx = hub.store.begin().await?;
    spawners::lock(&tx, server.spawner_id).await?;
    // Somebody may have said in between that it is to go on, or another hub may have warned.
    if culls::get(&tx, server.spawner_id)
        .await?
        .map(|seen| (seen.generation, seen.cull.kept_until, seen.cull.warned_at))
        != Some((server.generation, server.cull.kept_until, None))
    {
        return Ok(());
    }
    let cull = Cull {
        why: Some(end.why.name().to_owned()),
        due_at: Some(due_at),
        warned_at: Some(now),
        ..server.cull.clone()
    };
    culls::set(&tx, server.spawner_id, server.generation, &cull).await?;
    notices::warn(&tx, server.spawner_id, &end.why, now).await?;
    tx.commit().await?;
    tracing::info!(server = name(server), why = end.why.short(), stops_at = %due_at, "a server will be stopped, its person is told");
    Ok(())
}

/// Writes down what would be done, once.
async fn pretend(hub: &Hub, server: &Candidate, end: &End, now: Timestamp) -> Result<(), Failure> {
    if server.cull.warned_at.is_some() || end.at > now {
        return Ok(());
    }
    tracing::info!(
        server = name(server),
        why = end.why.short(),
        "a server would be stopped, were it not for `dry_run`"
    );
    let tx = hub.store.begin().await?;
    let cull = Cull {
        warned_at: Some(now),
        ..server.cull.clone()
    };
    culls::set(&tx, server.spawner_id, server.generation, &cull).await?;
    let detail = json!({ "why": end.why.short(), "dry_run": true });
    audit::record_as(hub, &tx, &Actor::culler(), Act::ServerCulled, &target(server), detail).await?;
    tx.commit().await?;
    Ok(())
}

async fn stop(hub: &Arc<Hub>, server: &Candidate, groups: &[String], now: Timestamp) -> Result<(), Failure> {
    let config = &hub.config.culler;
    let tx = hub.store.begin().await?;
    let Some(spawner) = spawners::lock(&tx, server.spawner_id).await? else {
        return Ok(());
    };
    // Once more, now that nobody can change it: somebody may have come back, or stopped it, or another hub did.
    let seen = culls::get(&tx, server.spawner_id).await?;
    let Some(seen) = seen.filter(|seen| seen.generation == server.generation) else {
        return Ok(());
    };
    let end = end_of(hub, &tx, &seen, groups, now).await?;
    let Some((end, _)) = end.filter(|(end, _)| end.at <= now) else {
        return Ok(());
    };
    if spawner.run.phase != Phase::Ready || spawner.run.wish != Wish::Run {
        return Ok(());
    }
    let remove = !spawner.name.is_empty() && config.remove_named_servers;
    spawners::wish_stop(&tx, spawner.id, remove, now).await?;
    let detail = json!({ "why": end.why.short(), "removed": remove });
    audit::record_as(hub, &tx, &Actor::culler(), Act::ServerCulled, &target(server), detail).await?;
    notices::stopped(&tx, spawner.id, &end.why, now).await?;
    tx.commit().await?;
    tracing::info!(
        server = name(server),
        why = end.why.short(),
        remove,
        "stop requested by the culler"
    );
    hub.wakeup.moved(spawner.id);
    hub.wakeup.wake();
    Ok(())
}

fn name(server: &Candidate) -> String {
    match server.server.as_str() {
        "" => server.user_name.clone(),
        named => format!("{}:{named}", server.user_name),
    }
}

fn target(server: &Candidate) -> String {
    format!("server {}/{}", server.user_name, server.server)
}
