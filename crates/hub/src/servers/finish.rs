//! The ways down: a failed start, a cancelled one, a stop, a server that ended by itself, a row that goes.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use perijove_model::server::{Pending, Phase};
use perijove_spawn::{Poll, SpawnError, State, Stop};
use perijove_store::spawners::{self, Failure, Spawner};
use perijove_store::{events, homes, usage};

use super::drive::{Driver, Stepped, Why, key, state};
use super::prepare::{clear_contract, path};
use super::{progress, requests};
use crate::events::{self as server_events, Action};
use crate::metrics::{self, Spawned};
use crate::{Hub, Shutdown};

/// As JupyterHub does it.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// Lines of the server's log that are kept with a failure, and the most characters of each.
const LINES: usize = 50;
const LINE: usize = 500;

impl Driver<'_> {
    /// Stops what runs and writes down why there is no server.
    pub(super) async fn fail(&self, spawner: &Spawner, why: Why) -> Stepped {
        let failure = self.failure(spawner, why).await;
        tracing::warn!(
            server = requests::log_name(spawner),
            phase = spawner.run.phase.as_str(),
            why = failure.message,
            "a start has failed"
        );
        if spawner.run.phase == Phase::Answering {
            self.unroute(spawner).await;
        }
        // It has never answered, so there is nothing to be gentle with.
        self.stop_what_runs(spawner, Stop::Now).await?;

        let now = self.hub.clock.now();
        let event = progress::failed_event(&failure);
        let tx = self.hub.store.begin().await?;
        self.phase(&tx, spawner, Phase::Failed).await?;
        clear_contract(self.hub, &tx, spawner).await?;
        spawners::set_failure(&tx, self.id, spawner.run.generation, &failure, now).await?;
        events::push(&tx, self.id, spawner.run.generation, &[event], now).await?;
        usage::note_start(&tx, &self.ended(spawner, Some(cause(&failure, spawner.run.phase)))).await?;
        tx.commit().await?;
        self.reached(spawner, Phase::Failed);
        let how = match failure.status {
            ..500 => Spawned::Failure,
            _ => Spawned::Error,
        };
        let took = metrics::since(self.hub, spawner.run.requested_at);
        self.hub.metrics.spawned(how, &failure.reason, took);
        if failure.status >= 500 {
            self.count_failure();
        }
        Ok(())
    }

    /// A start of this server has ended now.
    pub(super) fn ended(&self, spawner: &Spawner, cause: Option<&str>) -> usage::Ended {
        usage::Ended {
            at: self.hub.clock.now(),
            user_id: spawner.user_id,
            profile: spawner.profile.as_ref().map(|profile| profile.slug.clone()),
            took: metrics::since(self.hub, spawner.run.requested_at),
            cause: cause.map(str::to_owned),
        }
    }

    /// Too many in a row: something is wrong that nobody here can mend. Servers that run go on.
    fn count_failure(&self) {
        let failed = self.hub.failed_starts.fetch_add(1, Ordering::Relaxed) + 1;
        let limit = self.hub.config.spawner.consecutive_failure_limit;
        if limit == 0 || failed != limit {
            return;
        }
        tracing::error!(failed, "so many starts in a row have failed: the hub ends");
        let hub = Arc::clone(self.hub);
        self.hub.tasks.spawn(async move {
            // Whoever waits for the last of them is told why first.
            tokio::time::sleep(LAST_WORDS).await;
            hub.shutdown.send_replace(Some(Shutdown {
                servers: false,
                edge: false,
                failed: true,
            }));
        });
    }

    /// Somebody wishes it stopped. A start that is under way ends here for those who wait for it.
    pub(super) async fn turn_back(&self, spawner: &Spawner) -> Stepped {
        let now = self.hub.clock.now();
        let tx = self.hub.store.begin().await?;
        self.phase(&tx, spawner, Phase::Stopping).await?;
        if spawner.run.phase.pending() == Some(Pending::Spawn) {
            let failure = Failure {
                status: 400,
                reason: String::new(),
                message: "Spawn cancelled".to_owned(),
                html: None,
                log: Vec::new(),
                cancelled: true,
            };
            let event = progress::failed_event(&failure);
            spawners::keep_failure(&tx, self.id, spawner.run.generation, &failure).await?;
            events::push(&tx, self.id, spawner.run.generation, &[event], now).await?;
        }
        tx.commit().await?;
        self.reached(spawner, Phase::Stopping);
        Ok(())
    }

    /// A server that was seen to have ended: if it has, take its things away, and keep why.
    pub(super) async fn check(&self, spawner: &Spawner) -> Stepped {
        let state = state(spawner).unwrap_or_default();
        // An error means that nobody can tell now: the server stays.
        let Ok(Poll::Exited(status)) = self.backend(spawner)?.poll(&state).await else {
            return Ok(());
        };
        let why = match (self.backend(spawner)?.why_ended(&state).await, status) {
            (Some(why), _) => format!("The server ended by itself. {why}"),
            (None, Some(status)) => format!("The server ended by itself with status {status}."),
            (None, None) => "The server ended by itself.".to_owned(),
        };
        tracing::info!(
            server = requests::log_name(spawner),
            ?status,
            why,
            "a server has ended by itself"
        );
        let failure = self.failure(spawner, Why::failed(why)).await;
        let now = self.hub.clock.now();
        let tx = self.hub.store.begin().await?;
        self.phase(&tx, spawner, Phase::Stopping).await?;
        spawners::wish_stop(&tx, self.id, false, now).await?;
        spawners::keep_failure(&tx, self.id, spawner.run.generation, &failure).await?;
        tx.commit().await?;
        self.reached(spawner, Phase::Stopping);
        Ok(())
    }

    /// Stopping -> Stopped. The route goes first: nobody is to be sent to a server that is about to end.
    pub(super) async fn stop(&self, spawner: &Spawner) -> Stepped {
        self.unroute(spawner).await;
        let stopped = self.stop_what_runs(spawner, Stop::Gently).await;
        let took = metrics::since(self.hub, spawner.run.since);
        self.hub.metrics.stop.observe(stopped.is_ok(), took);
        stopped?;
        let tx = self.hub.store.begin().await?;
        self.phase(&tx, spawner, Phase::Stopped).await?;
        homes::measure_soon(&tx, spawner.user_id, self.hub.clock.now()).await?;
        clear_contract(self.hub, &tx, spawner).await?;
        tx.commit().await?;
        self.reached(spawner, Phase::Stopped);
        // Not one that ended by itself, nor a start that was cancelled.
        if spawner.run.failure.is_none() {
            server_events::emit(self.hub, Action::Stop, spawner);
        }
        Ok(())
    }

    /// The row of a named server that has stopped goes, and what the backend keeps of it.
    pub(super) async fn remove(&self, spawner: &Spawner) -> Stepped {
        forget_everywhere(self.hub, spawner).await?;
        let tx = self.hub.store.begin().await?;
        // Seen again under the lock: it may have been started in the meantime.
        let same = |now: &Spawner| now.run.generation == spawner.run.generation && now.run.phase == spawner.run.phase;
        if spawners::lock(&tx, self.id).await?.is_some_and(|now| same(&now)) {
            clear_contract(self.hub, &tx, spawner).await?;
            spawners::delete(&tx, self.id).await?;
        }
        tx.commit().await?;
        tracing::info!(server = requests::log_name(spawner), "the server was removed");
        self.hub.wakeup.moved(self.id);
        Ok(())
    }

    /// What is written down is stopped, or else what the key finds: a start may have died before it was written down.
    async fn stop_what_runs(&self, spawner: &Spawner, how: Stop) -> Stepped {
        let Some(backend) = self.hub.spawners.get(&spawner.run.backend) else {
            // Its route and its token go all the same. To keep it would leave its person with a server for ever.
            tracing::warn!(
                server = requests::log_name(spawner),
                backend = spawner.run.backend,
                state = ?state(spawner),
                "a server is given up: its backend is not configured any more, so what it started may still run"
            );
            return Ok(());
        };
        let found: Option<State> = match (state(spawner), self.key(spawner)) {
            (Some(state), _) => Some(state),
            (None, Ok(key)) => match backend.find(&key).await? {
                Some(started) => Some(started.state),
                None => {
                    backend.give_up(&key).await;
                    None
                }
            },
            // With such a name nothing was ever started.
            (None, Err(_)) => None,
        };
        match found {
            Some(state) => Ok(backend.stop(&state, how).await?),
            None => Ok(()),
        }
    }

    /// A proxy that is away is told all routes when it comes back, so nothing waits for it here.
    async fn unroute(&self, spawner: &Spawner) {
        let begun = tokio::time::Instant::now();
        let removed = self.hub.routes.remove(&path(self.hub, spawner)).await;
        self.hub.metrics.proxy_delete.observe(removed.is_ok(), begun.elapsed());
        if let Err(error) = removed {
            tracing::warn!(server = requests::log_name(spawner), %error, "the route stays until the edge is back");
        }
    }

    async fn failure(&self, spawner: &Spawner, why: Why) -> Failure {
        Failure {
            status: why.status,
            reason: why.reason,
            message: why.message,
            html: why.html,
            log: last_lines(self.hub, spawner).await,
            cancelled: false,
        }
    }
}

/// In a word: what the backend says, else how far the start had come.
fn cause(failure: &Failure, phase: Phase) -> &str {
    match phase {
        _ if !failure.reason.is_empty() => &failure.reason,
        Phase::Requested => "preparation",
        Phase::Prepared => "launch",
        Phase::Started => "no-answer",
        Phase::Answering => "route",
        _ => "other",
    }
}

/// What a server has written last in this run.
pub async fn last_lines(hub: &Hub, spawner: &Spawner) -> Vec<String> {
    match (key(spawner), hub.spawners.of(&spawner.run.backend)) {
        (Ok(key), Ok(backend)) => tail(backend.log_tail(&key, LINES).await),
        _ => Vec::new(),
    }
}

/// The last lines, each cut to a length that a page can show.
fn tail(log: Vec<String>) -> Vec<String> {
    let skip = log.len().saturating_sub(LINES);
    log.into_iter()
        .skip(skip)
        .map(|line| line.chars().take(LINE).collect())
        .collect()
}

/// What a backend keeps of servers whose rows are gone with their person. What can't be forgotten now is cleared away
/// when another server gets the same id.
pub async fn forget(hub: &Hub, gone: &[Spawner]) {
    for spawner in gone {
        if let Err(error) = forget_everywhere(hub, spawner).await {
            tracing::warn!(server = requests::log_name(spawner), %error, "something of a deleted server is left over");
        }
    }
}

/// In all backends, since an earlier run may have been elsewhere than the last.
pub(super) async fn forget_everywhere(hub: &Hub, spawner: &Spawner) -> Result<(), SpawnError> {
    // With such a name nothing was ever started.
    let Ok(key) = key(spawner) else { return Ok(()) };
    let mut outcome = Ok(());
    for backend in hub.spawners.all() {
        outcome = outcome.and(backend.forget(&key).await);
    }
    outcome
}
