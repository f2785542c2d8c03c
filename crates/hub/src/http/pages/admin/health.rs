//! `/hub/admin/health`: what works and what does not. Looked at when the page is asked for; nothing waits for long.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use axum::response::Response;
use perijove_environments::State as Built;
use perijove_model::scopes::{Resource, Scope};
use perijove_store::drain;
use perijove_store::hubs::{self, Replica};
use perijove_store::{mails, services};
use perijove_web::pages::{Check, CheckState, DrainShown, Health, HubRow};
use tokio::time::timeout;

use super::menu;
use crate::Hub;
use crate::culler::policy;
use crate::drain::Switch;
use crate::http::api::{self, models};
use crate::http::error::{HttpError, Result};
use crate::http::found;
use crate::http::pages::allows;
use crate::http::pages::guest::{Guest, Sent, came};
use crate::http::visitor::Principal;
use crate::services::health as answers;
use crate::tasks::presence;

const PATIENCE: Duration = Duration::from_secs(1);
/// A database that needs longer for a word is busy, or far away.
const SLOW: Duration = Duration::from_millis(100);
/// So many letters waiting are more than a moment's.
const MANY_LETTERS: i64 = 50;

pub async fn get(guest: Guest) -> Result<Response> {
    let (hub, by) = guest.at(&menu::HEALTH).await?;
    guest.show(&page(hub, by).await?).await
}

/// Switches starts off or on.
pub async fn post(Sent { guest, form }: Sent) -> Result<Response> {
    let (hub, by) = guest.at(&menu::HEALTH).await?;
    api::drain::may_switch(hub, by).await?;
    let text = form.text("message").unwrap_or_default();
    let wanted = match form.text("do") {
        Some("drain") => api::drain::message(text).map(Switch::On),
        Some("resume") => Ok(Switch::Off),
        _ => Err(HttpError::bad_request("This form is not known here.")),
    };
    let came = came(wanted)?;
    if let Some(wanted) = came.done {
        api::drain::switch(hub, by, &wanted).await?;
        return Ok(found(&menu::HEALTH.url(hub)));
    }
    let page = Health {
        draft: text.to_owned(),
        problem: came.problem,
        ..page(hub, by).await?
    };
    guest.answer(came.status, &page).await
}

async fn page(hub: &Hub, by: &Principal) -> Result<Health> {
    let (database, edge, services) = tokio::join!(database(hub), edge(hub), services(hub));
    let now = hub.clock.now();
    let all = hubs::list(&hub.store).await?;
    let held = hubs::held(&hub.store, now).await?;
    let rows: Vec<HubRow> = all.iter().map(|replica| row(hub, replica, &held)).collect();
    let drain = drain::get(&hub.store).await?;
    let mut checks = vec![database, edge, replicas(&rows)];
    checks.extend(hub.spawners.all().map(|backend| spawner(&**backend)));
    checks.push(starts(hub, drain.is_some()));
    checks.extend([culler(hub), mail(hub).await?, environments(hub).await, services?]);
    Ok(Health {
        checks,
        hubs: rows,
        draft: drain.as_ref().map(|drain| drain.message.clone()).unwrap_or_default(),
        drain: drain.map(|drain| DrainShown {
            by: drain.by,
            since: models::time(drain.since),
            message: drain.message,
        }),
        may_drain: allows(by, Scope::Shutdown, Resource::Everything),
        shutdown_url: menu::SHUTDOWN.is_for(by).then(|| menu::SHUTDOWN.url(hub)),
        action_url: menu::HEALTH.url(hub),
        problem: None,
    })
}

fn check(key: &'static str, state: CheckState, fact: impl Into<String>) -> Check {
    Check {
        key,
        state,
        fact: fact.into(),
        details: Vec::new(),
    }
}

async fn database(hub: &Hub) -> Check {
    let asked = Instant::now();
    let answer = timeout(PATIENCE, hub.store.ping()).await;
    let took = asked.elapsed();
    let state = match answer {
        Ok(Ok(())) if took < SLOW => CheckState::Good,
        Ok(Ok(())) => CheckState::Warn,
        _ => CheckState::Bad,
    };
    check(
        "database",
        state,
        format!("{}, {:.1} ms", hub.store.kind(), took.as_secs_f64() * 1000.0),
    )
}

async fn edge(hub: &Hub) -> Check {
    let healthy = timeout(PATIENCE, hub.routes.healthy()).await.unwrap_or(false);
    let state = if healthy { CheckState::Good } else { CheckState::Bad };
    check("edge", state, hub.routes.proxy().api_url)
}

fn row(hub: &Hub, replica: &Replica, held: &[(String, i64)]) -> HubRow {
    const SHORT: usize = 8;
    let held = held.iter().find(|(name, _)| *name == replica.name);
    HubRow {
        // Long enough to tell a few apart.
        name: replica.name.chars().take(SHORT).collect(),
        version: replica.version.clone(),
        address: replica.address.clone(),
        started: models::time(replica.started),
        seen: models::time(replica.seen),
        leases: held.map_or(0, |(_, count)| *count),
        this: replica.name == hub.replica,
        silent: hub.clock.now().duration_since(replica.seen) > presence::SILENT,
    }
}

fn replicas(rows: &[HubRow]) -> Check {
    let awake = rows.iter().filter(|row| !row.silent);
    let versions: BTreeSet<&str> = awake.clone().map(|row| row.version.as_str()).collect();
    let well = versions.len() <= 1 && rows.iter().all(|row| !row.silent);
    let state = if well { CheckState::Good } else { CheckState::Warn };
    check("hubs", state, awake.count().to_string())
}

fn spawner(backend: &dyn perijove_spawn::Spawner) -> Check {
    // Whoever wants these finds out at the first start; they keep nobody apart.
    const EXTRAS: [&str; 2] = ["gpu", "image_pull"];
    let mut can = backend.capabilities();
    can.reasons.retain(|what, _| !EXTRAS.contains(&what.as_str()));
    let state = match can.reasons.is_empty() {
        true => CheckState::Good,
        false => CheckState::Warn,
    };
    let facts = [backend.name(), can.accounts, can.limits_by];
    let facts: Vec<&str> = facts.into_iter().filter(|fact| !fact.is_empty()).collect();
    // Where one thing was tried after the other, each has its reason.
    let each = |(what, why): (String, String)| {
        why.split("; ")
            .map(|why| (what.clone(), why.to_owned()))
            .collect::<Vec<_>>()
    };
    Check {
        details: can.reasons.into_iter().flat_map(each).collect(),
        ..check("spawner", state, facts.join(", "))
    }
}

fn starts(hub: &Hub, drained: bool) -> Check {
    let failed = hub.failed_starts.load(Ordering::Relaxed);
    let state = match drained || failed > 0 {
        true => CheckState::Warn,
        false => CheckState::Good,
    };
    let fact = if failed > 0 { failed.to_string() } else { String::new() };
    check("starts", state, fact)
}

fn culler(hub: &Hub) -> Check {
    let config = &hub.config.culler;
    match config.enabled {
        true => check("culler", CheckState::Good, policy::words(config.timeout)),
        false => check("culler", CheckState::Off, ""),
    }
}

async fn mail(hub: &Hub) -> Result<Check> {
    if hub.courier.is_none() {
        return Ok(check("mail", CheckState::Off, ""));
    }
    let waiting = mails::count(&hub.store).await?;
    let state = match waiting > MANY_LETTERS {
        true => CheckState::Warn,
        false => CheckState::Good,
    };
    Ok(check("mail", state, waiting.to_string()))
}

async fn environments(hub: &Hub) -> Check {
    let all = match timeout(PATIENCE, hub.environments.list()).await {
        Ok(Ok(all)) => all,
        Ok(Err(error)) => {
            return Check {
                details: vec![("environments".to_owned(), error.to_string())],
                ..check("environments", CheckState::Bad, "")
            };
        }
        Err(_) => return check("environments", CheckState::Warn, ""),
    };
    let mut details = Vec::new();
    let mut state = CheckState::Good;
    for status in &all {
        let name = status.definition.name.clone();
        match (status.state, &status.failure, &status.progress) {
            (Built::Failed, failure, _) => {
                state = CheckState::Bad;
                let why = failure.as_ref().map(|failure| failure.message.clone());
                details.push((name, why.unwrap_or_default()));
            }
            (Built::Building, _, Some(progress)) => {
                details.push((name, progress.message.clone()));
            }
            _ => {}
        }
    }
    let ready = all.iter().filter(|status| status.state == Built::Ready).count();
    Check {
        details,
        ..check("environments", state, format!("{ready}/{}", all.len()))
    }
}

async fn services(hub: &Hub) -> Result<Check> {
    let all = services::list(&hub.store).await?;
    let answering = answers::now(hub, &all, PATIENCE).await;
    let silent: Vec<(String, String)> = all
        .iter()
        .filter(|service| answering.get(&service.name) == Some(&false))
        .map(|service| (service.name.clone(), service.url.clone().unwrap_or_default()))
        .collect();
    let state = match (silent.is_empty(), all.is_empty()) {
        (_, true) => CheckState::Off,
        (true, _) => CheckState::Good,
        (false, _) => CheckState::Bad,
    };
    Ok(Check {
        details: silent,
        ..check("services", state, all.len().to_string())
    })
}
