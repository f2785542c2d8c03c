//! Time as a parameter. The binary gives the system's clock, tests give one that they turn.

use std::sync::Mutex;

use jiff::{SignedDuration, Timestamp};

/// What time it is.
pub trait Clock: Send + Sync + 'static {
    fn now(&self) -> Timestamp;
}

/// A clock that stands still until it is turned.
#[derive(Debug)]
pub struct MockClock(Mutex<Timestamp>);

impl MockClock {
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        Self(Mutex::new(now))
    }

    pub fn advance(&self, by: SignedDuration) {
        let mut now = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *now = now.saturating_add(by).unwrap_or(Timestamp::MAX);
    }
}

impl Default for MockClock {
    /// The twenty-first of November 2026, a Saturday.
    fn default() -> Self {
        Self::at(Timestamp::constant(1_795_219_200, 0))
    }
}

impl Clock for MockClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
