//! The fast start: a process for each Python environment that has imported what its servers need, and is forked for each
//! start. `nursery.py` is that process; this is the hub's side of it.
//!
//! A nursery is a child of the hub and ends with it. Its servers don't: each is the child of a supervisor of its own, as
//! after a cold start, since a nursery forks both. What it is told is where a supervisor belongs and by which socket the
//! hub will speak with that; whose server it is, and the token, it never learns.
//!
//! Whatever can't be started so gets a cold start, and the log says why.

mod fit;
mod process;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::net::UnixStream;
use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use fit::Key;
use process::Nursery;

use crate::scope::Order;

/// Each takes some 130 MiB.
const MOST: usize = 4;
/// One that was not used for so long makes room for another.
const IDLE: Duration = Duration::from_secs(10 * 60);
/// One that was not used for so long ends.
const LONGEST_IDLE: Duration = Duration::from_secs(2 * 60 * 60);
/// Imports take seconds; whoever starts a server in the meantime waits, for a cold start would take as long.
const WARMING: Duration = Duration::from_secs(45);
/// After so long, one that could not be made is tried again.
const AGAIN: Duration = Duration::from_secs(10 * 60);
/// Reasons that are remembered, so that each is logged when it begins.
const MOST_REASONS: usize = 64;

pub(crate) struct Nurseries {
    exe: PathBuf,
    arguments: Vec<String>,
    rooms: Mutex<Vec<Room>>,
    /// Why servers of an environment started cold the last time.
    reasons: Mutex<BTreeMap<PathBuf, String>>,
}

struct Room {
    key: Arc<Key>,
    state: watch::Receiver<State>,
    used: Instant,
    made: Instant,
}

#[derive(Clone)]
enum State {
    Warming,
    Warm(Arc<Nursery>),
    Cold(String),
}

impl Nurseries {
    /// `exe` and `arguments` make a supervisor, as in a cold start.
    pub(crate) fn new(exe: PathBuf, arguments: Vec<String>) -> Self {
        Self {
            exe,
            arguments,
            rooms: Mutex::default(),
            reasons: Mutex::default(),
        }
    }

    /// A new supervisor at the other end, with a process below it that waits to be a server; or why there is none.
    pub(crate) async fn supervisor(
        &self,
        command: &[String],
        env: &BTreeMap<String, String>,
        scope: &Path,
    ) -> Result<UnixStream, String> {
        let (command, variables) = (command.to_vec(), env.clone());
        let key = crate::process::blocking(move || Ok(Key::of(&command, &variables))).await;
        let key = Arc::new(key.map_err(|error| error.to_string())??);
        let mut arguments = vec![self.exe.to_string_lossy().into_owned()];
        arguments.extend(self.arguments.iter().cloned());
        arguments.push(scope.to_string_lossy().into_owned());
        let nursery = self.warm(Arc::clone(&key)).await?;
        if let Ok(link) = nursery.fork(&self.exe, &arguments).await {
            return Ok(link);
        }
        // It has ended, for want of use or by accident.
        self.close(&nursery);
        let nursery = self.warm(key).await?;
        let forked = nursery.fork(&self.exe, &arguments).await;
        forked.map_err(|error| format!("its nursery has ended: {error}"))
    }

    /// Notes why a server of this environment starts cold; each reason is worth a line when it begins.
    pub(crate) fn note(&self, order: &Order, why: &str) {
        let environment = order.env.get("VIRTUAL_ENV").map_or("", String::as_str);
        let mut reasons = self.reasons.lock().unwrap_or_else(PoisonError::into_inner);
        if reasons.get(Path::new(environment)).is_some_and(|known| known == why) {
            return;
        }
        if reasons.len() >= MOST_REASONS {
            reasons.clear();
        }
        reasons.insert(environment.into(), why.to_owned());
        tracing::info!(environment, why, "a server starts cold");
    }

    async fn warm(&self, key: Arc<Key>) -> Result<Arc<Nursery>, String> {
        let mut state = self.room(key)?;
        let settled = timeout(WARMING, state.wait_for(|state| !matches!(state, State::Warming)));
        match settled.await {
            Ok(Ok(state)) => match &*state {
                State::Warm(nursery) => Ok(Arc::clone(nursery)),
                State::Cold(why) => Err(why.clone()),
                State::Warming => Err("its nursery is not ready".to_owned()),
            },
            Ok(Err(_)) => Err("its nursery has ended".to_owned()),
            Err(_) => Err("its nursery is not ready yet".to_owned()),
        }
    }

    /// The room of this key, made if there is none.
    fn room(&self, key: Arc<Key>) -> Result<watch::Receiver<State>, String> {
        let now = Instant::now();
        let mut rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        // What was imported is not what lies there now, or could not be imported a while ago.
        rooms.retain(|room| !(room.key.is_outdated_by(&key) || room.is_cold() && now - room.made > AGAIN));
        if let Some(room) = rooms.iter_mut().find(|room| room.key == key) {
            room.used = now;
            return Ok(room.state.clone());
        }
        if rooms.len() >= MOST {
            let oldest = rooms.iter().enumerate().min_by_key(|(_, room)| room.used);
            match oldest {
                Some((index, room)) if room.is_cold() || now - room.used > IDLE => drop(rooms.remove(index)),
                _ => return Err(format!("{MOST} other nurseries are in use")),
            }
        }
        let (settle, state) = watch::channel(State::Warming);
        rooms.push(Room {
            key: Arc::clone(&key),
            state: state.clone(),
            used: now,
            made: now,
        });
        tokio::spawn(async move {
            let checked = Arc::clone(&key);
            let safe = crate::process::blocking(move || Ok(checked.is_safe())).await;
            let made = match safe.unwrap_or_else(|error| Err(error.to_string())) {
                Ok(()) => Nursery::start(&key, LONGEST_IDLE).await,
                Err(why) => Err(why),
            };
            let state = made.map_or_else(State::Cold, |nursery| State::Warm(Arc::new(nursery)));
            // Nobody may be waiting any more; the room keeps it.
            settle.send_replace(state);
        });
        Ok(state)
    }

    fn close(&self, ended: &Arc<Nursery>) {
        let mut rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        rooms.retain(|room| !matches!(&*room.state.borrow(), State::Warm(nursery) if Arc::ptr_eq(nursery, ended)));
    }
}

impl Room {
    fn is_cold(&self) -> bool {
        matches!(&*self.state.borrow(), State::Cold(_))
    }
}
