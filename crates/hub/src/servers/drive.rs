//! Takes one server as far as it goes: reads the row, does the next step, writes it down, reads again.

use std::sync::Arc;
use std::time::Duration;

use perijove_model::server::{Pending, Phase, Wish};
use perijove_model::{NameError, Secret, ServerName, UserName};
use perijove_spawn::{ServerKey, SpawnError, Spawner as Backend, State};
use perijove_store::spawners::{self, Spawner};
use perijove_store::{Db, StoreError};
use serde_json::Value;

use super::Watch;
use crate::Hub;

const LOOK: Duration = Duration::from_millis(500);
const REFUSED: &str = "The hub's database refuses what this start has to write. An administrator finds the cause in the \
                       hub's log.";

/// Why a step did not come to its end.
#[derive(Debug, thiserror::Error)]
pub(super) enum Halt {
    /// Somebody wishes something else now, or has gone on with the server: read the row again.
    #[error("the server has moved")]
    Moved,
    /// The start has failed; the text is for the person who waits.
    #[error("{}", .0.message)]
    Failed(Why),
    /// Not now; the same step is tried again later.
    #[error("the database can't be used now: {0}")]
    Store(#[from] StoreError),
    #[error("{0}")]
    Backend(#[from] SpawnError),
}

/// What is told of a start that has failed.
#[derive(Debug)]
pub(super) struct Why {
    pub message: String,
    pub html: Option<String>,
    pub status: u16,
    pub reason: String,
}

impl Why {
    pub fn failed(message: impl Into<String>) -> Self {
        SpawnError::new(message).into()
    }
}

impl From<SpawnError> for Why {
    fn from(error: SpawnError) -> Self {
        Self {
            message: error.message,
            html: error.html,
            status: error.status,
            reason: error.reason,
        }
    }
}

impl Halt {
    pub fn failed(message: impl Into<String>) -> Self {
        Self::Failed(Why::failed(message))
    }
}

pub(super) type Stepped<T = ()> = Result<T, Halt>;

/// The step that a row asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Rest,
    Prepare,
    Launch,
    Answer,
    Route,
    /// Ready by what is written: see whether it is true.
    Check,
    /// The wish has changed: write down that it stops.
    TurnBack,
    Stop,
    Remove,
}

fn step(spawner: &Spawner) -> Step {
    match (spawner.run.wish, spawner.run.phase) {
        (_, Phase::Stopping) => Step::Stop,
        (Wish::Run, Phase::Requested) => Step::Prepare,
        (Wish::Run, Phase::Prepared) => Step::Launch,
        (Wish::Run, Phase::Started) => Step::Answer,
        (Wish::Run, Phase::Answering) => Step::Route,
        (Wish::Run, Phase::Ready) => Step::Check,
        (Wish::Stop, Phase::Stopped | Phase::Failed) if spawner.run.remove => Step::Remove,
        (_, Phase::Stopped | Phase::Failed) => Step::Rest,
        (Wish::Stop, _) => Step::TurnBack,
    }
}

/// One server in the hands of this replica, which holds its lease.
pub(super) struct Driver<'a> {
    pub hub: &'a Arc<Hub>,
    pub id: i64,
}

impl Driver<'_> {
    /// False if there was nothing to do. `ended`: it was seen to have ended, so look again now.
    pub(super) async fn run(&self, mut ended: bool) -> Stepped<bool> {
        let mut worked = false;
        let mut watch = self.hub.wakeup.watch(self.id);
        // The token of a start exists in clear only between its making and the start of the process.
        let mut token: Option<(i64, Secret)> = None;
        loop {
            watch.mark();
            let Some(spawner) = spawners::by_id(&self.hub.store, self.id).await? else {
                return Ok(worked);
            };
            let generation = spawner.run.generation;
            let outcome = match step(&spawner) {
                Step::Rest => return Ok(worked),
                Step::Check if !ended => return Ok(worked),
                Step::Check => {
                    ended = false;
                    self.check(&spawner).await
                }
                Step::Prepare => Box::pin(self.prepare(&spawner))
                    .await
                    .map(|made| token = Some((generation, made))),
                Step::Launch => {
                    let token = token.take().filter(|(made_for, _)| *made_for == generation);
                    // A long way, which need not lie on the stack of everybody who waits for it.
                    let launch = Box::pin(self.launch(&spawner, token.map(|(_, token)| token)));
                    self.unless_moved(&spawner, &mut watch, launch).await
                }
                Step::Answer => self.unless_moved(&spawner, &mut watch, self.answer(&spawner)).await,
                Step::Route => self.unless_moved(&spawner, &mut watch, self.route(&spawner)).await,
                Step::TurnBack => self.turn_back(&spawner).await,
                Step::Stop => self.stop(&spawner).await,
                Step::Remove => self.remove(&spawner).await,
            };
            worked = true;
            match outcome {
                Ok(()) => {}
                Err(Halt::Failed(why)) => self.fail(&spawner, why).await?,
                Err(Halt::Moved) => tokio::time::sleep(Duration::from_millis(20)).await,
                // Trying again would change nothing, and somebody waits.
                Err(Halt::Store(StoreError::Other(why))) if spawner.run.phase.pending() == Some(Pending::Spawn) => {
                    let server = super::requests::log_name(&spawner);
                    tracing::error!(server, why, "the database refuses what a start has to write");
                    self.fail(&spawner, Why::failed(REFUSED)).await?;
                }
                Err(halt) => return Err(halt),
            }
        }
    }

    /// Does the work, unless the row changes meanwhile. What a dropped start leaves behind is found by its key.
    async fn unless_moved(&self, spawner: &Spawner, watch: &mut Watch, work: impl Future<Output = Stepped>) -> Stepped {
        tokio::select! {
            outcome = work => outcome,
            () = self.moved(spawner, watch) => Err(Halt::Moved),
        }
    }

    /// Since the row was read.
    async fn moved(&self, was: &Spawner, watch: &mut Watch) {
        loop {
            watch.until(|news| news.wishes, LOOK).await;
            // A database that is away for a moment is no reason to give up what is half done.
            if let Ok(now) = spawners::by_id(&self.hub.store, self.id).await {
                let same = |now: &Spawner| now.run.wish == was.run.wish && now.run.generation == was.run.generation;
                if !now.as_ref().is_some_and(same) {
                    return;
                }
            }
        }
    }

    /// Writes a phase if the row is still where it was.
    pub(super) async fn phase(&self, db: &impl Db, spawner: &Spawner, to: Phase) -> Stepped {
        let run = &spawner.run;
        let now = self.hub.clock.now();
        match spawners::set_phase(db, self.id, run.generation, run.phase, to, now).await? {
            true => Ok(()),
            false => Err(Halt::Moved),
        }
    }

    /// Tells everybody of a phase that has been committed.
    pub(super) fn reached(&self, spawner: &Spawner, phase: Phase) {
        let server = super::requests::log_name(spawner);
        tracing::info!(server, generation = spawner.run.generation, phase = phase.as_str());
        self.hub.wakeup.reached(self.id, phase);
    }

    /// The backend that has this run.
    pub(super) fn backend(&self, spawner: &Spawner) -> Stepped<&Arc<dyn Backend>> {
        Ok(self.hub.spawners.of(&spawner.run.backend)?)
    }

    pub(super) fn key(&self, spawner: &Spawner) -> Stepped<ServerKey> {
        key(spawner).map_err(|error| Halt::failed(format!("The name can't be used: {error}.")))
    }
}

/// What a server's current run is called outside.
pub(super) fn key(spawner: &Spawner) -> Result<ServerKey, NameError> {
    Ok(ServerKey {
        spawner_id: spawner.id,
        generation: spawner.run.generation,
        user: UserName::try_from(spawner.user_name.as_str())?,
        server: ServerName::existing(&spawner.name)?,
    })
}

/// What the backend has kept of the server; nothing if it has not started it.
pub(super) fn state(spawner: &Spawner) -> Option<State> {
    let state = spawner.state.as_ref().and_then(Value::as_object)?;
    (!state.is_empty()).then(|| state.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Wherever a server stands, repeating its steps leads to where the wish wants it: no state is a dead end.
    #[test]
    fn every_state_has_a_way_to_its_wish() {
        let all = [
            Phase::Stopped,
            Phase::Requested,
            Phase::Prepared,
            Phase::Started,
            Phase::Answering,
            Phase::Ready,
            Phase::Stopping,
            Phase::Failed,
        ];
        for phase in all {
            for wish in [Wish::Run, Wish::Stop] {
                let mut row = super::super::tests::row(wish, phase);
                let mut steps = Vec::new();
                loop {
                    let next = step(&row);
                    row.run.phase = match next {
                        Step::Rest | Step::Check | Step::Remove => break,
                        Step::Prepare => Phase::Prepared,
                        Step::Launch => Phase::Started,
                        Step::Answer => Phase::Answering,
                        Step::Route => Phase::Ready,
                        Step::TurnBack => Phase::Stopping,
                        Step::Stop => Phase::Stopped,
                    };
                    steps.push(next);
                    assert!(steps.len() < 9, "{wish:?} {phase:?} goes round in circles: {steps:?}");
                }
                if wish == Wish::Stop {
                    assert!(!row.run.phase.is_active(), "{phase:?} is not stopped by {steps:?}");
                }
            }
        }
    }
}
