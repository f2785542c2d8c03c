//! A number that moves whenever something may have changed that somebody decides by: what is kept in memory under one
//! epoch is worth nothing under the next.
//!
//! Who was last seen when, leases, progress and logs don't move it ([`Stmt::note`](super::Stmt::note)). SQLite tells of
//! other programs' commits by its `data_version`, asked for at each look. PostgreSQL tells by `NOTIFY` from triggers;
//! while nobody listens, or a change of ours is on its way, every look gives another number, so that nothing is believed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

#[derive(Debug, Default)]
pub(crate) struct Epoch {
    number: AtomicU64,
    deaf: AtomicBool,
    changing: AtomicUsize,
}

/// A change of ours is on its way: others may see it done before whoever asked for it is told.
pub(super) struct Changing(Arc<Epoch>);

impl Drop for Changing {
    fn drop(&mut self) {
        self.0.advance();
        self.0.changing.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Epoch {
    pub(super) fn current(&self) -> u64 {
        if self.deaf.load(Ordering::Acquire) || self.changing.load(Ordering::Acquire) > 0 {
            self.advance();
        }
        self.number.load(Ordering::Acquire)
    }

    pub(super) fn advance(&self) {
        self.number.fetch_add(1, Ordering::AcqRel);
    }

    pub(super) fn changing(self: &Arc<Self>) -> Changing {
        self.changing.fetch_add(1, Ordering::AcqRel);
        self.advance();
        Changing(Arc::clone(self))
    }

    pub(super) fn hears(&self, hears: bool) {
        self.advance();
        self.deaf.store(!hears, Ordering::Release);
        self.advance();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_believed_while_a_change_is_on_its_way() {
        let epoch = Arc::new(Epoch::default());
        let before = epoch.current();
        assert_eq!(epoch.current(), before);
        let (one, other) = (epoch.changing(), epoch.changing());
        let during = epoch.current();
        assert_ne!(during, before);
        assert_ne!(epoch.current(), during);
        drop(one);
        assert_ne!(epoch.current(), epoch.current(), "there is another");
        let during = epoch.current();
        drop(other);
        let after = epoch.current();
        assert_ne!(after, during);
        assert_eq!(epoch.current(), after);
    }
}
