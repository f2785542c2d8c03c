//! What many requests ask the database for, kept in memory as long as nothing changes there and nothing in it runs out.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// How long anything is believed at most. When somebody was last seen may be that old in what it tells.
const KEPT: SignedDuration = SignedDuration::from_secs(30);
const MOST: usize = 20_000;

/// Values that were read under one [epoch](perijove_store::Store::epoch).
pub struct Known<K, V>(Mutex<Kept<K, V>>);

struct Kept<K, V> {
    epoch: u64,
    values: HashMap<K, (V, Timestamp)>,
}

impl<K, V> Default for Known<K, V> {
    fn default() -> Self {
        Self(Mutex::new(Kept {
            epoch: 0,
            values: HashMap::new(),
        }))
    }
}

impl<K: Hash + Eq, V: Clone> Known<K, V> {
    pub(super) fn get<Q: Hash + Eq + ?Sized>(&self, epoch: u64, key: &Q, now: Timestamp) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (value, until) = (kept.epoch == epoch).then(|| kept.values.get(key))??;
        (now < *until).then(|| value.clone())
    }

    /// Keeps what was read after the look at the epoch.
    pub(super) fn put(&self, epoch: u64, key: K, value: V, until: Timestamp) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if epoch > kept.epoch || kept.values.len() >= MOST {
            kept.values.clear();
        }
        if epoch >= kept.epoch {
            kept.epoch = epoch;
            kept.values.insert(key, (value, until));
        }
    }
}

/// The first of these ends, or soon.
pub(super) fn earliest(now: Timestamp, ends: [Option<Timestamp>; 2]) -> Timestamp {
    let most = now.saturating_add(KEPT).unwrap_or(Timestamp::MAX);
    ends.into_iter().flatten().fold(most, Timestamp::min)
}
