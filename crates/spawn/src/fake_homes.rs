//! Homes for tests of the hub: in memory, and each step can be made to fail, or to be the last thing that a hub does.

#![allow(clippy::unwrap_used, reason = "a test's tool")]

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;

use crate::Home;
use crate::homes::{Found, HomeError, Homes, Pace, Walk};

/// Where a step goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing was done.
    Before,
    /// It was done, but nobody heard of it.
    After,
}

/// Files by their names, with their sizes.
pub type Files = BTreeMap<String, u64>;

#[derive(Clone, Default)]
pub struct FakeHomes(Arc<Mutex<World>>);

#[derive(Default)]
struct World {
    places: BTreeMap<String, Files>,
    trash: BTreeMap<String, Files>,
    /// The next call of this step fails in this way.
    faults: Vec<(&'static str, Fault)>,
    calls: Vec<&'static str>,
}

impl FakeHomes {
    fn world(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap()
    }

    /// What lies at a place.
    #[must_use]
    pub fn files(&self, place: &str) -> Option<Files> {
        self.world().places.get(place).cloned()
    }

    /// Writes a file as if its owner did.
    pub fn write(&self, place: &str, file: &str, bytes: u64) {
        let mut world = self.world();
        world
            .places
            .entry(place.to_owned())
            .or_default()
            .insert(file.to_owned(), bytes);
    }

    /// Somebody deletes the directory, or a file system is not mounted.
    pub fn lose(&self, place: &str) {
        self.world().places.remove(place);
    }

    #[must_use]
    pub fn trashed(&self) -> usize {
        self.world().trash.len()
    }

    /// The next call of this step (`trash`, `restore`, `purge`, `make`) fails.
    pub fn fail(&self, step: &'static str, fault: Fault) {
        self.world().faults.push((step, fault));
    }

    /// Every step that was called, in order.
    #[must_use]
    pub fn calls(&self) -> Vec<&'static str> {
        self.world().calls.clone()
    }

    fn step(
        &self,
        step: &'static str,
        work: impl FnOnce(&mut World) -> Result<(), HomeError>,
    ) -> Result<(), HomeError> {
        let mut world = self.world();
        world.calls.push(step);
        let planned = world.faults.iter().position(|(name, _)| *name == step);
        let fault = planned.map(|index| world.faults.remove(index).1);
        if fault != Some(Fault::Before) {
            work(&mut world)?;
        }
        match fault {
            None => Ok(()),
            Some(_) => Err(HomeError::Io {
                place: "somewhere".into(),
                what: "reached",
                error: io::Error::other("played by a test"),
            }),
        }
    }
}

#[async_trait]
impl Homes for FakeHomes {
    fn check_place(&self, place: &str) -> Result<(), HomeError> {
        crate::homes::Directories.check_place(place)
    }

    async fn find(&self, home: &Home) -> Result<Found, HomeError> {
        let world = self.world();
        Ok(
            match (
                world.places.contains_key(&home.place),
                world.trash.contains_key(&home.mark),
            ) {
                (true, _) => Found::AtPlace,
                (false, true) => Found::InTrash,
                (false, false) => Found::Nowhere,
            },
        )
    }

    async fn make(&self, home: &Home) -> Result<(), HomeError> {
        self.step("make", |world| {
            if !world.places.contains_key(&home.place) {
                if home.made {
                    return Err(HomeError::Missing(home.place.clone()));
                }
                world.places.insert(home.place.clone(), Files::new());
            }
            Ok(())
        })
    }

    async fn trash(&self, home: &Home) -> Result<(), HomeError> {
        self.step("trash", |world| match world.places.remove(&home.place) {
            Some(files) => {
                assert!(world.trash.insert(home.mark.clone(), files).is_none(), "overwritten");
                Ok(())
            }
            None if world.trash.contains_key(&home.mark) => Ok(()),
            None => Err(HomeError::Missing(home.place.clone())),
        })
    }

    async fn restore(&self, home: &Home) -> Result<(), HomeError> {
        self.step("restore", |world| {
            if world.places.contains_key(&home.place) {
                return match world.trash.contains_key(&home.mark) {
                    true => Err(HomeError::InTheWay(home.place.clone())),
                    false => Ok(()),
                };
            }
            let files = world.trash.remove(&home.mark);
            let files = files.ok_or_else(|| HomeError::Missing(home.mark.clone()))?;
            world.places.insert(home.place.clone(), files);
            Ok(())
        })
    }

    async fn purge(&self, home: &Home) -> Result<(), HomeError> {
        self.step("purge", |world| {
            world.places.remove(&home.place);
            world.trash.remove(&home.mark);
            Ok(())
        })
    }

    async fn measure(&self, home: &Home, _: Walk, _: Pace) -> Result<Walk, HomeError> {
        let world = self.world();
        let files = world.places.get(&home.place).or_else(|| world.trash.get(&home.mark));
        let files = files.ok_or_else(|| HomeError::Missing(home.place.clone()))?;
        let mut largest: Vec<(String, u64)> = files.iter().map(|(name, bytes)| (name.clone(), *bytes)).collect();
        largest.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
        Ok(Walk {
            bytes: files.values().sum(),
            files: files.len() as u64,
            largest,
            done: true,
            ..Walk::default()
        })
    }
}
