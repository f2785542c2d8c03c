//! The backends that there are, by name.

use std::sync::Arc;

use crate::{SpawnError, Spawner};

/// One backend or several. The first is the configured one: what names none runs there.
#[derive(Clone)]
pub struct Spawners {
    first: Arc<dyn Spawner>,
    others: Vec<Arc<dyn Spawner>>,
}

impl Spawners {
    pub fn new(first: Arc<dyn Spawner>) -> Self {
        Self {
            first,
            others: Vec::new(),
        }
    }

    #[must_use]
    pub fn and(mut self, other: Arc<dyn Spawner>) -> Self {
        self.others.push(other);
        self
    }

    #[must_use]
    pub fn first(&self) -> &Arc<dyn Spawner> {
        &self.first
    }

    pub fn all(&self) -> impl Iterator<Item = &Arc<dyn Spawner>> {
        std::iter::once(&self.first).chain(&self.others)
    }

    /// By its name; an empty one is the first.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Arc<dyn Spawner>> {
        match name {
            "" => Some(&self.first),
            name => self.all().find(|spawner| spawner.name() == name),
        }
    }

    /// The backend of a server that was started there: it may have been taken out of the configuration since.
    pub fn of(&self, name: &str) -> Result<&Arc<dyn Spawner>, SpawnError> {
        self.get(name).ok_or_else(|| {
            SpawnError::new(format!(
                "The server belongs to the backend `{name}`, which the hub does not have any more."
            ))
        })
    }
}
