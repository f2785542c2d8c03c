//! What earlier runs of a server have left on the disk. A start looks for its own server's and not at all the others': in
//! the last few places, and in those where something was when this hub began or could not be removed since.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::ServerKey;
use crate::scope::{GOING, Scope, Stage};

/// Each start clears away what was before it: further back there is only what this hub knows of.
const LATEST: i64 = 3;

#[derive(Debug)]
pub(super) struct Left {
    servers: PathBuf,
    /// Generations by server; `None` until the directory was read.
    known: Mutex<Option<Generations>>,
}

type Generations = BTreeMap<i64, BTreeSet<i64>>;

impl Left {
    pub fn new(servers: PathBuf) -> Self {
        Self {
            servers,
            known: Mutex::new(None),
        }
    }

    /// The scopes of this server up to its generation, the oldest first.
    pub fn up_to(&self, key: &ServerKey) -> io::Result<Vec<(i64, Scope)>> {
        let latest = key.generation.saturating_sub(LATEST).max(1)..=key.generation;
        let mut generations: BTreeSet<i64> = latest.collect();
        {
            let mut known = self.known();
            let known = match &mut *known {
                Some(known) => known,
                none => none.insert(self.read()?),
            };
            generations.extend(known.get(&key.spawner_id).into_iter().flatten());
        }
        let mut found = Vec::new();
        for generation in generations
            .into_iter()
            .filter(|generation| *generation <= key.generation)
        {
            let name = name(key.spawner_id, generation);
            let names = [format!("{name}{GOING}"), name];
            let dirs = names.map(|name| self.servers.join(name)).into_iter();
            found.extend(dirs.filter(|dir| dir.is_dir()).map(|dir| (generation, Scope(dir))));
        }
        Ok(found)
    }

    /// Removes what is over of earlier generations.
    pub fn sweep(&self, key: &ServerKey) -> io::Result<()> {
        let earlier = ServerKey {
            generation: key.generation - 1,
            ..key.clone()
        };
        let mut outcome = Ok(());
        for (generation, scope) in self.up_to(&earlier)? {
            let gone = scope.stage().and_then(|stage| match stage {
                Stage::Nothing | Stage::Ended(_) | Stage::Lost => scope.remove(),
                Stage::Coming | Stage::Running(_) | Stage::Ending => Ok(false),
            });
            self.note(key.spawner_id, generation, matches!(gone, Ok(true)));
            outcome = outcome.and(gone.map(drop));
        }
        outcome
    }

    /// Whether a scope is gone now, or stays for the next time.
    pub fn note(&self, spawner_id: i64, generation: i64, gone: bool) {
        let mut known = self.known();
        let Some(known) = &mut *known else { return };
        let generations = known.entry(spawner_id).or_default();
        match gone {
            true => generations.remove(&generation),
            false => generations.insert(generation),
        };
        if generations.is_empty() {
            known.remove(&spawner_id);
        }
    }

    fn known(&self) -> MutexGuard<'_, Option<Generations>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self) -> io::Result<Generations> {
        let mut found = Generations::new();
        let entries = match std::fs::read_dir(&self.servers) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(found),
            Err(error) => return Err(error),
        };
        for entry in entries {
            if let Some((id, generation)) = parse(&entry?.file_name().to_string_lossy()) {
                found.entry(id).or_default().insert(generation);
            }
        }
        Ok(found)
    }
}

pub(super) fn scope_name(key: &ServerKey) -> String {
    name(key.spawner_id, key.generation)
}

fn name(spawner_id: i64, generation: i64) -> String {
    format!("{spawner_id}-{generation}")
}

fn parse(name: &str) -> Option<(i64, i64)> {
    let (id, generation) = name.strip_suffix(GOING).unwrap_or(name).split_once('-')?;
    Some((id.parse().ok()?, generation.parse().ok()?))
}

/// The database may have been written by anyone: a scope is never looked for outside its directory.
pub(super) fn is_scope_name(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') && parse(name).is_some()
}

#[cfg(test)]
mod tests {
    use perijove_model::{ServerName, UserName};

    use super::*;

    #[test]
    fn a_scope_is_never_outside_its_directory() {
        for bad in ["../1-2", "1-2/..", "/etc", "1", "-", "1-2-3", ""] {
            assert!(!is_scope_name(bad), "{bad:?}");
        }
        assert!(is_scope_name("12-3"));
    }

    #[test]
    fn what_is_left_of_a_server_is_found_however_old_and_nothing_of_others() {
        let dir = tempfile::tempdir().unwrap();
        let make = |name: &str| std::fs::create_dir(dir.path().join(name)).unwrap();
        let key = |generation| ServerKey {
            spawner_id: 1,
            generation,
            user: UserName::try_from("ann").unwrap(),
            server: ServerName::default(),
        };
        for name in ["1-2", "1-30.going", "1-39", "1-41", "11-2", "2-40"] {
            make(name);
        }
        let left = Left::new(dir.path().to_owned());
        let found = |generation| -> Vec<i64> {
            let found = left.up_to(&key(generation)).unwrap();
            found.into_iter().map(|(generation, _)| generation).collect()
        };
        assert_eq!(found(40), [2, 30, 39]);
        // Made since by another hub.
        make("1-40");
        left.note(1, 2, true);
        assert_eq!(found(40), [30, 39, 40]);
        left.sweep(&key(41)).unwrap();
        assert_eq!(found(41), [41]);
    }
}
