//! Counters and histograms that many threads count in at once: a few atomic additions each, no lock.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use jiff::Timestamp;

/// Prometheus's usual limits for what takes seconds at most.
pub const USUAL: &[f64] = &[
    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
];

pub struct Counter {
    count: AtomicU64,
    pub(super) created: f64,
}

impl Counter {
    pub(super) fn new(now: Timestamp) -> Self {
        Self {
            count: AtomicU64::new(0),
            created: seconds(now),
        }
    }

    pub fn count(&self) {
        self.add(1);
    }

    pub fn add(&self, more: u64) {
        self.count.fetch_add(more, Relaxed);
    }

    pub(super) fn value(&self) -> u64 {
        self.count.load(Relaxed)
    }
}

/// A number that goes up and down.
#[derive(Default)]
pub struct Gauge(AtomicI64);

impl Gauge {
    pub fn add(&self, more: i64) {
        self.0.fetch_add(more, Relaxed);
    }

    pub(super) fn value(&self) -> i64 {
        self.0.load(Relaxed)
    }
}

/// How often something took how long.
pub struct Histogram {
    bounds: Box<[f64]>,
    /// One more than there are bounds: what is above them all.
    counts: Box<[AtomicU64]>,
    nanos: AtomicU64,
    pub(super) created: f64,
}

impl Histogram {
    pub(super) fn new(bounds: &[f64], now: Timestamp) -> Self {
        let mut bounds = bounds.to_vec();
        bounds.sort_by(f64::total_cmp);
        bounds.dedup();
        Self {
            counts: (0..=bounds.len()).map(|_| AtomicU64::new(0)).collect(),
            bounds: bounds.into(),
            nanos: AtomicU64::new(0),
            created: seconds(now),
        }
    }

    pub fn observe(&self, took: Duration) {
        let seconds = took.as_secs_f64();
        let at = self.bounds.partition_point(|bound| *bound < seconds);
        if let Some(count) = self.counts.get(at) {
            count.fetch_add(1, Relaxed);
        }
        let nanos = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        self.nanos.fetch_add(nanos, Relaxed);
    }

    /// Each limit, the last one endless, with how many were not above it.
    pub(super) fn buckets(&self) -> impl Iterator<Item = (f64, u64)> {
        let limits = self.bounds.iter().copied().chain([f64::INFINITY]);
        let counts = self.counts.iter().scan(0, |sum, count| {
            *sum += count.load(Relaxed);
            Some(*sum)
        });
        limits.zip(counts)
    }

    pub(super) fn sum(&self) -> f64 {
        Duration::from_nanos(self.nanos.load(Relaxed)).as_secs_f64()
    }
}

/// The same measured for what went well and for what did not.
pub struct Outcomes {
    /// How the two are called.
    pub(super) names: [&'static str; 2],
    pub(super) histograms: [Histogram; 2],
}

impl Outcomes {
    pub(super) fn new(names: [&'static str; 2], bounds: &[f64], now: Timestamp) -> Self {
        Self {
            names,
            histograms: [Histogram::new(bounds, now), Histogram::new(bounds, now)],
        }
    }

    pub fn observe(&self, good: bool, took: Duration) {
        let [first, second] = &self.histograms;
        if good { first } else { second }.observe(took);
    }
}

pub(super) fn seconds(at: Timestamp) -> f64 {
    at.as_duration().as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_belongs_to_what_is_below_it() {
        let histogram = Histogram::new(&[1.0, 0.5], Timestamp::UNIX_EPOCH);
        for millis in [100, 500, 501, 1000, 9000] {
            histogram.observe(Duration::from_millis(millis));
        }
        let buckets: Vec<_> = histogram.buckets().collect();
        assert_eq!(buckets, [(0.5, 2), (1.0, 4), (f64::INFINITY, 5)]);
        assert!((histogram.sum() - 11.101).abs() < 1e-9);
    }
}
