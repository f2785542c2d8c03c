//! How many clients may be connected at once.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

use crate::{
    limits::Entered,
    observe::{Event, Observer},
};

/// A client's place among the allowed connections; a tunnel keeps it.
pub(crate) type Held = Arc<Seat>;

pub(crate) struct Room {
    taken: AtomicUsize,
    most: AtomicUsize,
    observer: Arc<Observer>,
}

impl Room {
    pub(crate) fn new(most: usize, observer: Arc<Observer>) -> Arc<Self> {
        Arc::new(Self {
            taken: AtomicUsize::new(0),
            most: AtomicUsize::new(most),
            observer,
        })
    }

    /// From now on; whoever is there may stay.
    pub(crate) fn set_most(&self, most: usize) {
        self.most.store(most, Relaxed);
    }

    pub(crate) fn taken(&self) -> usize {
        self.taken.load(Relaxed)
    }

    pub(crate) fn enter(self: &Arc<Self>) -> Option<Held> {
        let most = self.most.load(Relaxed);
        let one_more = |taken| (taken < most).then_some(taken + 1);
        if self.taken.fetch_update(Relaxed, Relaxed, one_more).is_err() {
            self.observer.count(Event::RefusedCrowd);
            return None;
        }
        self.observer.count(Event::ClientCame);
        Some(Arc::new(Seat {
            room: Arc::clone(self),
            client: OnceLock::new(),
        }))
    }
}

pub(crate) struct Seat {
    room: Arc<Room>,
    client: OnceLock<Entered>,
}

impl Seat {
    /// Whose it is.
    pub(crate) fn belongs_to(&self, client: Entered) {
        // Nobody says it twice.
        let _ = self.client.set(client);
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.room.taken.fetch_sub(1, Relaxed);
        self.room.observer.count(Event::ClientLeft);
    }
}
