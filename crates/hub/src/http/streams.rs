//! Places for event streams. Each stream holds a connection and looks into the database from time to time, so nobody gets
//! any number of them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::http::visitor::{Principal, Who};

/// So many one person or service may have open: a few browser windows, or a program that watches a course start.
const MOST: usize = 100;

/// How many streams each has open.
#[derive(Clone, Default)]
pub struct Streams(Arc<Mutex<BTreeMap<String, usize>>>);

/// One open stream; dropped with it.
pub struct Place {
    streams: Streams,
    whose: String,
}

impl Streams {
    /// A place for one more stream, if there is one left.
    #[must_use]
    pub fn take(&self, principal: &Principal) -> Option<Place> {
        let kind = match principal.who {
            Who::User(_) => "user",
            Who::Service(_) => "service",
        };
        self.take_for(format!("{kind} {}", principal.name()))
    }

    fn take_for(&self, whose: String) -> Option<Place> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(whose.clone()).or_default();
        if *count >= MOST {
            return None;
        }
        *count += 1;
        drop(open);
        Some(Place {
            streams: self.clone(),
            whose,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.streams.0.lock().unwrap_or_else(PoisonError::into_inner);
        match open.get_mut(&self.whose) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(open.remove(&self.whose)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_has_a_bound_of_their_own() {
        let streams = Streams::default();
        let mut held: Vec<Place> = (0..MOST).filter_map(|_| streams.take_for("user ann".into())).collect();
        assert_eq!(held.len(), MOST);
        assert!(streams.take_for("user ann".into()).is_none());
        assert!(streams.take_for("user bob".into()).is_some());
        held.pop();
        assert!(streams.take_for("user ann".into()).is_some(), "a closed one makes room");
        drop(held);
        assert!(
            streams.0.lock().unwrap().is_empty(),
            "nothing is left of those who are gone"
        );
    }
}
