//! One look at everything that runs, and what is written down of it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use futures_util::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use perijove_spawn::{State, Usage};
use perijove_store::homes;
use perijove_store::usage::{self as rows, Ended, Figures, Running, Slot, Subject};
use perijove_store::{StoreError, Tx};
use tokio::time::timeout;

use crate::Hub;
use crate::tasks::Failure;

const PATIENCE: Duration = Duration::from_secs(5);
/// Servers that are looked at together.
const AT_ONCE: usize = 16;
/// Profiles and groups of which figures are kept, those with the most servers first.
const MOST_SUBJECTS: usize = 100;
/// To add up all homes takes a while where there are many.
const STORAGE_EVERY: SignedDuration = SignedDuration::from_hours(1);

/// What the last look saw, so that the next one knows what was used since.
#[derive(Debug, Default)]
pub struct Readings {
    at: Option<Timestamp>,
    /// Milliseconds on a core, by server and generation.
    cpu: HashMap<(i64, i64), u64>,
    storage: Option<(Timestamp, u64, u64)>,
}

/// By what it is about.
type Looked = BTreeMap<Subject, Figures>;

pub(super) async fn take(hub: &Hub, readings: &mut Readings) -> Result<(), Failure> {
    let now = hub.clock.now();
    // A look at the end of a slot is about that slot.
    let at = now.saturating_sub(SignedDuration::from_secs(Slot::Minutes.seconds() / 2))?;
    let running = rows::running(&hub.store).await?;
    let used = measured(hub, &running).await;
    let mut looked = what_runs(hub, &running, &used, readings, now).await?;
    let all = looked.entry(Subject::Everything).or_default();
    let (storage, trash) = storage(hub, readings, now).await?;
    (all.storage, all.trash) = (Some(storage), Some(trash));
    let people = rows::people(&hub.store, Slot::ALL.map(|slot| slot.start(at))).await?;

    let tx = hub.store.begin().await?;
    let starts = starts(&tx).await?;
    for (slot, people) in Slot::ALL.into_iter().zip(people) {
        for (subject, figures) in &looked {
            let mut figures = figures.clone();
            if *subject == Subject::Everything {
                figures.people = people;
            }
            rows::add(&tx, slot, at, subject, &figures).await?;
        }
        for ((at, subject), figures) in &starts {
            rows::add(&tx, slot, *at, subject, figures).await?;
        }
    }
    rows::purge(&tx, now).await?;
    tx.commit().await?;
    readings.at = Some(now);
    Ok(())
}

/// What each server takes, as far as its backend tells.
async fn measured(hub: &Hub, running: &[Running]) -> Vec<Option<Usage>> {
    let ask = async |server: &Running| {
        let backend = hub.spawners.get(&server.backend)?;
        let state: State = server.state.as_ref().and_then(|state| state.as_object().cloned())?;
        match timeout(PATIENCE, backend.usage(&state)).await {
            Ok(Ok(usage)) => usage,
            _ => None,
        }
    };
    stream::iter(running).map(ask).buffered(AT_ONCE).collect().await
}

async fn what_runs(
    hub: &Hub,
    running: &[Running],
    used: &[Option<Usage>],
    readings: &mut Readings,
    now: Timestamp,
) -> Result<Looked, StoreError> {
    let owners: HashSet<i64> = running.iter().map(|server| server.user_id).collect();
    let owners: Vec<i64> = owners.into_iter().collect();
    let mut groups: HashMap<i64, Vec<String>> = HashMap::new();
    for (user, group) in rows::groups_of(&hub.store, &owners).await? {
        groups.entry(user).or_default().push(group);
    }
    let mut cpu = HashMap::with_capacity(running.len());
    let mut looked = Looked::from([(Subject::Everything, Figures::default())]);
    for (server, usage) in running.iter().zip(used) {
        let usage = usage.unwrap_or_default();
        let since = spent(server, usage.cpu, readings, &mut cpu);
        let theirs = groups.get(&server.user_id).into_iter().flatten().cloned();
        let subjects = [Subject::Everything].into_iter();
        let subjects = subjects.chain(server.profile.clone().map(Subject::Profile));
        for subject in subjects.chain(theirs.map(Subject::Group)) {
            let figures = looked.entry(subject).or_default();
            figures.servers += 1;
            figures.memory += usage.memory.unwrap_or(0);
            figures.cpu_ms += since;
        }
    }
    let elapsed = readings.at.map_or(0, |last| now.duration_since(last).as_secs().max(0));
    for figures in looked.values_mut() {
        figures.samples = 1;
        figures.most_servers = u32::try_from(figures.servers).unwrap_or(u32::MAX);
        figures.most_memory = figures.memory;
        figures.cpu_seconds = u64::try_from(elapsed).unwrap_or(0);
    }
    readings.cpu = cpu;
    Ok(bounded(looked))
}

/// What a server has spent on the cores since the last look. Of one that was there already and was not seen, nobody knows.
fn spent(server: &Running, cpu: Option<Duration>, readings: &Readings, now: &mut HashMap<(i64, i64), u64>) -> u64 {
    let Some(cpu) = cpu.and_then(|cpu| u64::try_from(cpu.as_millis()).ok()) else {
        return 0;
    };
    let key = (server.spawner_id, server.generation);
    now.insert(key, cpu);
    match (readings.cpu.get(&key), readings.at) {
        (Some(before), Some(_)) => cpu.saturating_sub(*before),
        (None, Some(last)) if server.started.is_some_and(|started| started >= last) => cpu,
        _ => 0,
    }
}

/// Those with the most servers.
fn bounded(looked: Looked) -> Looked {
    let mut all: Vec<_> = looked.into_iter().collect();
    all.sort_by_key(|(subject, figures)| (*subject != Subject::Everything, std::cmp::Reverse(figures.servers)));
    all.truncate(MOST_SUBJECTS + 1);
    all.into_iter().collect()
}

/// In homes and in the trash.
async fn storage(hub: &Hub, readings: &mut Readings, now: Timestamp) -> Result<(u64, u64), StoreError> {
    if let Some((at, live, trash)) = readings.storage
        && now.duration_since(at) < STORAGE_EVERY
    {
        return Ok((live, trash));
    }
    let totals = homes::totals(&hub.store).await?;
    let bytes = |count: i64| u64::try_from(count).unwrap_or(0);
    let (live, trash) = (bytes(totals.live_bytes), bytes(totals.trash_bytes));
    readings.storage = Some((now, live, trash));
    Ok((live, trash))
}

/// What has ended since, by when and what it is about.
async fn starts(tx: &Tx) -> Result<BTreeMap<(Timestamp, Subject), Figures>, StoreError> {
    let ended = rows::take_starts(tx).await?;
    let users: HashSet<i64> = ended.iter().map(|start| start.user_id).collect();
    let users: Vec<i64> = users.into_iter().collect();
    let mut groups: HashMap<i64, Vec<String>> = HashMap::new();
    for (user, group) in rows::groups_of(tx, &users).await? {
        groups.entry(user).or_default().push(group);
    }
    let mut counted: BTreeMap<(Timestamp, Subject), Figures> = BTreeMap::new();
    for start in &ended {
        let slot = Slot::Minutes.start(start.at);
        for subject in subjects_of(start, groups.get(&start.user_id)) {
            let figures = counted.entry((slot, subject)).or_default();
            figures.started(start.took, start.cause.as_deref());
        }
    }
    Ok(counted)
}

fn subjects_of(start: &Ended, groups: Option<&Vec<String>>) -> Vec<Subject> {
    let mut subjects = vec![Subject::Everything];
    subjects.extend(start.profile.clone().map(Subject::Profile));
    let groups = groups.into_iter().flatten().take(MOST_SUBJECTS);
    subjects.extend(groups.cloned().map(Subject::Group));
    subjects
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_spent_is_counted_once_and_only_where_it_is_known() {
        let started: Timestamp = "2026-11-22T09:00:00Z".parse().unwrap();
        let server = |generation| Running {
            spawner_id: 1,
            user_id: 1,
            generation,
            backend: String::new(),
            state: None,
            started: Some(started),
            profile: None,
        };
        let cpu = |seconds| Some(Duration::from_secs(seconds));
        let mut readings = Readings::default();
        let mut look = |generation, seconds, at: Timestamp| {
            let mut now = HashMap::new();
            let spent = spent(&server(generation), cpu(seconds), &readings, &mut now);
            readings = Readings {
                at: Some(at),
                cpu: now,
                storage: None,
            };
            spent
        };
        let minutes = |minutes| started + SignedDuration::from_mins(minutes);
        assert_eq!(look(1, 100, minutes(5)), 0, "nobody knows since when");
        assert_eq!(look(1, 130, minutes(10)), 30_000);
        assert_eq!(look(2, 4, minutes(15)), 0, "it was started before the last look");
        readings.at = Some(started);
        let mut now = HashMap::new();
        assert_eq!(spent(&server(3), cpu(4), &readings, &mut now), 4000, "it is new");
    }
}
