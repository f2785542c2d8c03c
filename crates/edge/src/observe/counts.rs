//! What is counted while requests pass: each thread counts for itself, and who asks adds up.

use std::{
    cell::Cell,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::{Duration, Instant},
};

/// One look-up of so many is timed: a look at the clock costs as much as the look-up.
const SAMPLED: u64 = 64;
/// Of these and nothing else are HTTP's statuses.
const FIRST_STATUS: u16 = 100;
const STATUSES: usize = 500;

/// Up to these times requests are told apart.
pub(super) const LIMITS: [Duration; 14] = [
    Duration::from_millis(1),
    Duration::from_millis(5),
    Duration::from_millis(10),
    Duration::from_millis(25),
    Duration::from_millis(50),
    Duration::from_millis(100),
    Duration::from_millis(250),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_millis(2500),
    Duration::from_secs(5),
    Duration::from_secs(10),
    Duration::from_secs(30),
    Duration::from_secs(60),
];

thread_local! {
    static SLOT: Cell<usize> = const { Cell::new(usize::MAX) };
}

/// From here on this thread counts for itself.
pub(super) fn take_slot(slot: usize) {
    SLOT.set(slot);
}

pub(super) fn slot() -> usize {
    SLOT.get()
}

/// What happens, one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event {
    ClientCame,
    ClientLeft,
    TunnelOpened,
    TunnelClosed,
    UpstreamOpened,
    UpstreamReused,
    UpstreamClosed,
    UpstreamFailed,
    TlsDone,
    TlsFailed,
    /// There is no room for anybody.
    RefusedCrowd,
    /// One client has too many connections.
    RefusedConnections,
    /// One client asks too often.
    RefusedRequests,
    /// A PROXY protocol header is wrong, missing or late.
    RefusedProxy,
    /// A request's head took too long.
    RefusedSlow,
    /// What came is not HTTP, or larger than allowed.
    RefusedRequest,
    RoutesRead,
    RouteAdded,
    RouteRemoved,
}

const EVENTS: usize = Event::RouteRemoved as usize + 1;

/// A number that one thread writes and others read.
#[derive(Debug, Default)]
pub(super) struct Count(AtomicU64);

impl Count {
    /// Not one atomic step: that would cost ten times as much, and nobody else writes.
    fn add(&self, more: u64) -> u64 {
        let before = self.0.load(Relaxed);
        self.0.store(before.wrapping_add(more), Relaxed);
        before
    }

    pub(super) fn value(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

/// One thread's own, on cache lines of its own.
#[derive(Debug)]
#[repr(align(128))]
pub(super) struct Counts {
    events: [Count; EVENTS],
    /// Requests that had a target, or should have had one.
    forwarded: [Count; STATUSES],
    /// What the edge answered by itself: health, redirects.
    own: [Count; STATUSES],
    pub(super) api: [Count; STATUSES],
    durations: [Count; LIMITS.len() + 1],
    nanos: Count,
    received: Count,
    sent: Count,
    pub(super) look_ups: Samples,
    pub(super) touches: Samples,
}

impl Counts {
    pub(super) fn new() -> Self {
        Self {
            events: std::array::from_fn(|_| Count::default()),
            forwarded: std::array::from_fn(|_| Count::default()),
            own: std::array::from_fn(|_| Count::default()),
            api: std::array::from_fn(|_| Count::default()),
            durations: std::array::from_fn(|_| Count::default()),
            nanos: Count::default(),
            received: Count::default(),
            sent: Count::default(),
            look_ups: Samples::new(),
            touches: Samples::new(),
        }
    }

    pub(super) fn event(&self, event: Event) {
        self.events[event as usize].add(1);
    }

    pub(super) fn moved(&self, received: u64, sent: u64) {
        self.received.add(received);
        self.sent.add(sent);
    }

    pub(super) fn forwarded(&self, status: u16, took: Duration) {
        count_status(&self.forwarded, status);
        let nanos = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        let bucket = LIMITS.partition_point(|limit| *limit < took);
        self.durations[bucket].add(1);
        self.nanos.add(nanos);
    }

    pub(super) fn own(&self, status: u16) {
        count_status(&self.own, status);
    }

    pub(super) fn api(&self, status: u16) {
        count_status(&self.api, status);
    }
}

fn count_status(counts: &[Count; STATUSES], status: u16) {
    if let Some(count) = counts.get(usize::from(status.wrapping_sub(FIRST_STATUS))) {
        count.add(1);
    }
}

/// How long something takes that is too short to be timed each time.
#[derive(Debug)]
pub(super) struct Samples {
    all: Count,
    timed: Count,
    nanos: Count,
    /// Four for each doubling of the time.
    buckets: [Count; BUCKETS],
}

const BUCKETS: usize = 128;

impl Samples {
    fn new() -> Self {
        Self {
            all: Count::default(),
            timed: Count::default(),
            nanos: Count::default(),
            buckets: std::array::from_fn(|_| Count::default()),
        }
    }

    pub(super) fn timed<T>(&self, work: impl FnOnce() -> T) -> T {
        if !self.all.add(1).is_multiple_of(SAMPLED) {
            return work();
        }
        let begun = Instant::now();
        let result = work();
        let nanos = u64::try_from(begun.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.timed.add(1);
        self.nanos.add(nanos);
        self.buckets[bucket_of(nanos)].add(1);
        result
    }
}

fn bucket_of(nanos: u64) -> usize {
    if nanos < 4 {
        return nanos as usize;
    }
    let doublings = nanos.ilog2() as usize;
    let quarter = (nanos >> (doublings - 2)) as usize & 3;
    ((doublings - 1) * 4 + quarter).min(BUCKETS - 1)
}

/// No time in the bucket is longer, in nanoseconds.
fn upper_end(bucket: usize) -> u64 {
    match bucket {
        0..4 => bucket as u64,
        _ => ((bucket as u64 % 4 + 5) << (bucket / 4 - 1)) - 1,
    }
}

/// All threads together, at one moment.
pub(super) struct Sum<'a>(pub(super) &'a [Counts]);

impl Sum<'_> {
    fn of<'a>(&'a self, part: impl Fn(&'a Counts) -> &'a Count) -> u64 {
        self.0.iter().map(|counts| part(counts).value()).sum()
    }

    pub(super) fn event(&self, event: Event) -> u64 {
        self.of(|counts| &counts.events[event as usize])
    }

    /// How many are open; a moment between two counts shows no fewer than none.
    pub(super) fn open(&self, came: Event, left: Event) -> u64 {
        self.event(came).saturating_sub(self.event(left))
    }

    pub(super) fn received(&self) -> u64 {
        self.of(|counts| &counts.received)
    }

    pub(super) fn sent(&self) -> u64 {
        self.of(|counts| &counts.sent)
    }

    /// The statuses that were given, and how often.
    pub(super) fn statuses(&self, kind: Statuses) -> Vec<(u16, u64)> {
        let part = |counts: &Counts, at: usize| match kind {
            Statuses::Forwarded => counts.forwarded[at].value(),
            Statuses::Own => counts.own[at].value(),
            Statuses::Api => counts.api[at].value(),
        };
        (0..STATUSES)
            .map(|at| {
                (
                    FIRST_STATUS + at as u16,
                    self.0.iter().map(|counts| part(counts, at)).sum(),
                )
            })
            .filter(|(_, count)| *count > 0)
            .collect()
    }

    /// How many took up to each limit and no longer than any; and how long all took.
    pub(super) fn durations(&self) -> ([u64; LIMITS.len() + 1], Duration) {
        let mut so_far = 0;
        let upto = std::array::from_fn(|at| {
            so_far += self.of(|counts| &counts.durations[at]);
            so_far
        });
        (upto, Duration::from_nanos(self.of(|counts| &counts.nanos)))
    }

    pub(super) fn samples(&self, part: impl Fn(&Counts) -> &Samples) -> Times {
        let all: Vec<&Samples> = self.0.iter().map(part).collect();
        let sum = |count: &dyn Fn(&Samples) -> u64| all.iter().map(|samples| count(samples)).sum::<u64>();
        Times {
            count: sum(&|samples| samples.all.value()),
            timed: sum(&|samples| samples.timed.value()),
            nanos: sum(&|samples| samples.nanos.value()),
            buckets: (0..BUCKETS)
                .map(|at| sum(&|samples| samples.buckets[at].value()))
                .collect(),
        }
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Statuses {
    Forwarded,
    Own,
    Api,
}

/// How long something took, as far as it was timed.
pub(super) struct Times {
    pub(super) count: u64,
    timed: u64,
    nanos: u64,
    buckets: Vec<u64>,
}

impl Times {
    /// All of them, taken to be like those that were timed.
    pub(super) fn seconds(&self) -> f64 {
        self.nanos as f64 / 1e9 * (self.count as f64 / self.timed.max(1) as f64)
    }

    /// So many of a whole took no longer.
    pub(super) fn quantile(&self, part: f64) -> f64 {
        let wanted = (self.timed as f64 * part).ceil().max(1.0) as u64;
        let mut so_far = 0;
        let found = self.buckets.iter().position(|count| {
            so_far += count;
            so_far >= wanted
        });
        found.map_or(0.0, |bucket| upper_end(bucket) as f64 / 1e9)
    }
}

/// The counts of this thread; whoever has none, as a test or the end, counts with the API's.
pub(super) fn mine(all: &[Counts]) -> &Counts {
    &all[SLOT.get().min(all.len() - 1)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_hold_what_they_say() {
        for nanos in (0..5000).chain([1 << 20, (1 << 31) + 77]) {
            let bucket = bucket_of(nanos);
            assert!(nanos <= upper_end(bucket), "{nanos} in {bucket}");
            assert!(bucket == 0 || nanos > upper_end(bucket - 1), "{nanos} in {bucket}");
        }
        assert_eq!(bucket_of(u64::MAX), BUCKETS - 1);
    }

    #[test]
    fn threads_are_added_up() {
        let all = [Counts::new(), Counts::new()];
        for (counts, status) in all.iter().zip([200, 502]) {
            counts.event(Event::ClientCame);
            counts.moved(10, 20);
            counts.forwarded(status, Duration::from_millis(7));
        }
        all[1].event(Event::ClientLeft);
        all[0].forwarded(200, Duration::from_secs(3600));
        all[0].forwarded(7, Duration::ZERO);
        all[0].forwarded(999, Duration::ZERO);
        let sum = Sum(&all);
        assert_eq!(sum.open(Event::ClientCame, Event::ClientLeft), 1);
        assert_eq!((sum.received(), sum.sent()), (20, 40));
        assert_eq!(sum.statuses(Statuses::Forwarded), [(200, 2), (502, 1)]);
        let (upto, took) = sum.durations();
        assert_eq!((upto[1], upto[2], upto[13], upto[14]), (2, 4, 4, 5));
        assert_eq!(took, Duration::from_millis(3_600_014));
    }

    #[test]
    fn times_are_estimated_from_some() {
        let samples = Samples::new();
        for _ in 0..640 {
            samples.timed(|| ());
        }
        assert_eq!((samples.all.value(), samples.timed.value()), (640, 10));
    }
}
