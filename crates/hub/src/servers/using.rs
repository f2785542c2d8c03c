//! What servers use now. Backends tell what was used so far: two looks make a rate. Looks are kept in memory only, so a hub
//! that has just begun tells a server's share of the cores with its second look.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use perijove_model::server::Phase;
use perijove_store::spawners::Spawner;
use tokio::time::timeout;

use super::drive::state;
use crate::Hub;

/// Somebody waits for the page, and an engine that is sick must not keep it from them.
const PATIENCE: Duration = Duration::from_millis(300);
/// Looks that follow each other sooner make no rate that means anything: the last one is told again.
const FRESH: SignedDuration = SignedDuration::from_millis(900);
/// A rate over a longer time is not of now.
const STALE: SignedDuration = SignedDuration::from_mins(2);
/// Servers that are remembered.
const MOST: usize = 10_000;
/// Servers that are looked at for one page.
const MOST_AT_ONCE: usize = 24;

/// What a server uses now, as far as it can be told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Using {
    /// Thousandths of a core.
    pub cpu_milli: Option<u64>,
    /// Bytes.
    pub memory: Option<u64>,
}

/// The last look at each server.
#[derive(Default)]
pub struct Looks(Mutex<HashMap<i64, Look>>);

#[derive(Clone, Copy)]
struct Look {
    generation: i64,
    at: Timestamp,
    cpu: Option<Duration>,
    using: Using,
}

impl Looks {
    fn last(&self, spawner: &Spawner) -> Option<Look> {
        let looks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let last = looks.get(&spawner.id).copied();
        last.filter(|look| look.generation == spawner.run.generation)
    }

    fn keep(&self, id: i64, look: Look) {
        let mut looks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if looks.len() >= MOST {
            looks.retain(|_, kept| look.at.duration_since(kept.at) < STALE);
        }
        if looks.len() < MOST {
            looks.insert(id, look);
        }
    }
}

/// What those of the servers that run use now, in the servers' order.
pub async fn using(hub: &Hub, spawners: &[Spawner]) -> Vec<Option<Using>> {
    let mut asked = 0;
    let looks = spawners.iter().map(|spawner| {
        let runs = spawner.run.phase == Phase::Ready && asked < MOST_AT_ONCE;
        asked += usize::from(runs);
        async move {
            match runs {
                true => of(hub, spawner).await,
                false => None,
            }
        }
    });
    join_all(looks).await
}

async fn of(hub: &Hub, spawner: &Spawner) -> Option<Using> {
    let last = hub.looks.last(spawner);
    if let Some(last) = last.filter(|last| hub.clock.now().duration_since(last.at).abs() < FRESH) {
        return Some(last.using);
    }
    let backend = hub.spawners.get(&spawner.run.backend)?;
    let usage = timeout(PATIENCE, backend.usage(&state(spawner)?)).await.ok()?.ok()??;
    let at = hub.clock.now();
    let using = Using {
        cpu_milli: last.and_then(|last| rate((last.cpu?, last.at), (usage.cpu?, at))),
        memory: usage.memory,
    };
    let look = Look {
        generation: spawner.run.generation,
        at,
        cpu: usage.cpu,
        using,
    };
    hub.looks.keep(spawner.id, look);
    Some(using)
}

/// Thousandths of a core between two looks.
fn rate(before: (Duration, Timestamp), now: (Duration, Timestamp)) -> Option<u64> {
    let length = now.1.duration_since(before.1);
    if length < FRESH || length > STALE {
        return None;
    }
    // What has ended may have taken its time with it.
    let used = now.0.saturating_sub(before.0);
    Some((used.as_secs_f64() * 1000.0 / length.as_secs_f64()).round() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_of_now_or_there_is_none() {
        let at = |seconds: i64| Timestamp::from_second(1_000_000 + seconds).unwrap();
        let used = Duration::from_millis;
        assert_eq!(rate((used(1000), at(0)), (used(4000), at(2))), Some(1500));
        assert_eq!(rate((used(4000), at(0)), (used(1000), at(2))), Some(0));
        assert_eq!(rate((used(0), at(0)), (used(1), at(0))), None);
        assert_eq!(rate((used(0), at(0)), (used(1000), at(600))), None);
        assert_eq!(rate((used(0), at(2)), (used(1000), at(0))), None);
    }
}
