//! A number that moves whenever something may have changed that somebody decides by: what is kept in memory under one
//! epoch is worth nothing under the next.
//!
//! Who was last seen when, leases, progress and logs don't move it ([`Stmt::note`](super::Stmt::note)). SQLite tells of
//! other programs' commits by its `data_version`, asked for at each look. PostgreSQL tells by `NOTIFY` from triggers;
//! while nobody listens, every look gives another number, so that nothing is believed.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

#[derive(Debug, Default)]
pub(crate) struct Epoch {
    number: AtomicU64,
    deaf: AtomicBool,
}

impl Epoch {
    pub(super) fn current(&self) -> u64 {
        if self.deaf.load(Ordering::Acquire) {
            self.advance();
        }
        self.number.load(Ordering::Acquire)
    }

    pub(super) fn advance(&self) {
        self.number.fetch_add(1, Ordering::AcqRel);
    }

    pub(super) fn hears(&self, hears: bool) {
        self.advance();
        self.deaf.store(!hears, Ordering::Release);
        self.advance();
    }
}
