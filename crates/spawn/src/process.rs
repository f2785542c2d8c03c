//! Servers as processes of this machine, each in a scope of its own that outlives the hub.
//!
//! The scope's directory is derived from the server's key: `servers/ID-GENERATION/` below the state directory. What
//! the hub keeps is `pid` (the server's own, as JupyterHub's LocalProcessSpawner has it, so that either can take over
//! from the other), `start_time` (so that a reused process id is never mistaken for the server) and `scope`.
//!
//! If a supervisor is killed, its server lives on and can be polled and stopped; what the server leaves behind is
//! then found by the mark in its environment, so a process that clears its environment can slip away.
//!
//! A service manager must leave the scopes alone when it stops the hub (systemd: `KillMode=process`).

mod ending;
mod folders;
mod home;
mod jails;
mod launch;
mod left;
pub mod machine;
mod person;
mod places;
mod task;

pub use folders::make_missing;
pub use jails::{Accounts, Grouping, JailConfig, Visible};
pub(crate) use launch::{converse, supervisor};
use left::{Left, is_scope_name, scope_name};
use person::Person;

use std::collections::BTreeMap;
use std::io;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use perijove_model::plan::size;
use perijove_model::{Plan, Rng, UserName};
use tokio::time::{Instant, sleep};

use crate::homes::Homes;
use crate::nursery::Nurseries;
use crate::proc::{self, Process};
use crate::scope::{Record, Report, Scope, Stage};
use crate::{
    Capabilities, Poll, Progress, ServerKey, ServerSpec, SpawnError, Spawner, Started, State, Step, Stop, Usage,
};

/// How often a change that is about to come is looked for.
const LOOK: Duration = Duration::from_millis(20);
/// The status of what was ended by a signal that nobody can refuse.
const KILLED: i32 = 128 + 9;
/// A supervisor begins within milliseconds; one that has not begun by then does not count.
const COMING: Duration = Duration::from_secs(10);

/// What the process spawner needs to know of the machine.
#[derive(Debug, Clone)]
pub struct ProcessConfig {
    /// Where scopes are kept; an absolute path.
    pub run_dir: PathBuf,
    /// The program whose first act is `scope::main`, and its arguments before the scope's directory.
    pub scope_exe: PathBuf,
    pub scope_args: Vec<String>,
    /// Absolute path with `{username}`.
    pub home_template: String,
    /// Its `bin` comes first in the servers' PATH.
    pub environment_dir: Option<PathBuf>,
    /// Variables of the hub's own environment that servers get.
    pub env_keep: BTreeMap<String, String>,
    pub port_range: RangeInclusive<u16>,
    pub interrupt_timeout: Duration,
    pub term_timeout: Duration,
    pub kill_timeout: Duration,
    /// Bytes of a server's log that are kept.
    pub log_limit: u64,
    /// How servers are kept apart and held to their limits.
    pub jail: JailConfig,
    /// Fork servers from a process that has imported what they need, where that can be done.
    pub warm: bool,
}

/// What keeps the homes of this backend, for who has no servers to run.
#[must_use]
pub fn homes() -> Arc<dyn Homes> {
    Arc::new(places::Places)
}

/// Runs servers as processes of this machine.
#[derive(Clone)]
pub struct ProcessSpawner {
    config: Arc<ProcessConfig>,
    nurseries: Option<Arc<Nurseries>>,
    left: Arc<Left>,
    rng: Arc<dyn Rng>,
    /// For people's terminals, unless the hub's own SHELL is kept.
    shell: &'static str,
}

/// Which process a state speaks of.
#[derive(Debug)]
enum Subject {
    /// One of ours.
    Scoped {
        server: Process,
        scope: Scope,
    },
    /// One that JupyterHub's LocalProcessSpawner started: all that is known is its id.
    Foreign {
        pid: i32,
    },
    Nothing,
}

impl ProcessSpawner {
    #[must_use]
    pub fn new(config: ProcessConfig, rng: Arc<dyn Rng>) -> Self {
        let bash = Path::new("/bin/bash").exists();
        let nurseries = || Arc::new(Nurseries::new(config.scope_exe.clone(), config.scope_args.clone()));
        Self {
            nurseries: config.warm.then(nurseries),
            left: Arc::new(Left::new(config.run_dir.join("servers"))),
            config: Arc::new(config),
            rng,
            shell: if bash { "/bin/bash" } else { "/bin/sh" },
        }
    }

    fn servers(&self) -> PathBuf {
        self.config.run_dir.join("servers")
    }

    fn scope(&self, key: &ServerKey) -> Scope {
        Scope(self.servers().join(scope_name(key)))
    }

    fn started(&self, scope: &Scope, record: Record) -> Started {
        let name = scope.0.file_name().unwrap_or_default().to_string_lossy();
        let mut state = State::new();
        state.insert("pid".into(), record.process.pid.into());
        state.insert("start_time".into(), record.process.start_time.into());
        state.insert("scope".into(), name.into());
        Started { url: record.url, state }
    }

    /// What runs in the scope; what is coming is waited for.
    async fn arrived(&self, scope: &Scope, mut stage: Stage) -> Result<Option<Started>, SpawnError> {
        let deadline = Instant::now() + COMING;
        loop {
            match stage {
                Stage::Running(record) => return Ok(Some(self.started(scope, record))),
                Stage::Coming if Instant::now() < deadline => sleep(LOOK).await,
                _ => return Ok(None),
            }
            stage = look(scope).await.map_err(cannot_look)?;
        }
    }

    fn subject(&self, state: &State) -> Subject {
        let Some(pid) = state
            .get("pid")
            .and_then(|pid| i32::try_from(pid.as_i64()?).ok())
            .filter(|pid| *pid > 1)
        else {
            return Subject::Nothing;
        };
        let start_time = state.get("start_time").and_then(serde_json::Value::as_u64);
        let scope = state
            .get("scope")
            .and_then(serde_json::Value::as_str)
            .filter(|name| is_scope_name(name));
        match (start_time, scope) {
            (Some(start_time), Some(name)) => Subject::Scoped {
                server: Process { pid, start_time },
                scope: Scope(self.servers().join(name)),
            },
            _ => Subject::Foreign { pid },
        }
    }

    /// Ends what a scope has started and removes it. A start that was given up may still be coming, and is waited for.
    async fn forget_scope(&self, scope: Scope) -> Result<(), SpawnError> {
        let cannot = |error| SpawnError::caused("What the server kept on the hub's disk can't be removed.", error);
        let deadline = Instant::now() + COMING;
        loop {
            let looked = scope.clone();
            if let Some(record) = blocking(move || looked.record()).await.map_err(cannot_look)? {
                let started = Subject::Scoped {
                    server: record.process,
                    scope: scope.clone(),
                };
                self.end(started, Stop::Now).await?;
            }
            let going = scope.clone();
            if blocking(move || going.remove()).await.map_err(cannot)? {
                return Ok(());
            }
            if Instant::now() >= deadline {
                return Err(cannot(io::ErrorKind::ResourceBusy.into()));
            }
            sleep(LOOK).await;
        }
    }

    /// Home and scope are made ready, and what earlier generations left on the disk goes, but for one that still runs.
    /// How far an earlier attempt has come.
    async fn prepare(&self, spec: &ServerSpec, scope: &Scope, person: &Person) -> Result<Stage, SpawnError> {
        let (left, config) = (self.left.clone(), self.config.clone());
        let (key, home, most) = (spec.key.clone(), spec.home.clone(), spec.plan.limits.storage);
        let (scope, person) = (scope.clone(), person.clone());
        let prepared = move || {
            if let Err(error) = person::settle(&person, &home, most) {
                return Ok(Err(error));
            }
            if let Err(error) = left.sweep(&key) {
                tracing::warn!(%error, spawner = key.spawner_id, "what an earlier run of a server left can't be removed");
            }
            if let Err(error) = scope.create() {
                return Ok(Err(launch::no_scope(&config.run_dir, error)));
            }
            Ok(scope.stage().map_err(cannot_look))
        };
        blocking(prepared).await.map_err(cannot_look)?
    }
}

#[async_trait]
impl Spawner for ProcessSpawner {
    fn name(&self) -> &'static str {
        "process"
    }

    fn uses_environments(&self) -> bool {
        true
    }

    fn check(&self, plan: &Plan) -> Result<(), SpawnError> {
        match (&plan.image, &plan.environment) {
            (Some(image), None) => Err(SpawnError::refused(
                format!(
                    "The profile “{}” is a container's image, and this platform runs servers as processes. An administrator \
                     can give the profile an environment, too.",
                    plan.title.as_deref().unwrap_or(image)
                ),
                400,
                "image",
            )),
            _ => Ok(()),
        }
    }

    async fn find(&self, key: &ServerKey) -> Result<Option<Started>, SpawnError> {
        let scope = self.scope(key);
        let stage = look(&scope).await.map_err(cannot_look)?;
        self.arrived(&scope, stage).await
    }

    async fn start(&self, spec: &ServerSpec, progress: &dyn Progress) -> Result<Started, SpawnError> {
        let scope = self.scope(&spec.key);
        progress.step(Step {
            percent: 10,
            message: "Making the home directory ready".into(),
        });
        let person = person::of(&self.config.jail.accounts, spec).await?;
        let mut stage = self.prepare(spec, &scope, &person).await?;
        let spec = &folders::ready(spec, &person, self.capabilities().mounts, progress).await;
        progress.step(Step {
            percent: 30,
            message: "Starting the server's process".into(),
        });
        let deadline = Instant::now() + spec.start_timeout;
        loop {
            if let Some(started) = self.arrived(&scope, stage).await? {
                return Ok(started);
            }
            match self.launch(spec, &scope, &person).await? {
                Report::Started(record) => return Ok(self.started(&scope, record)),
                Report::Busy if Instant::now() < deadline => sleep(LOOK).await,
                failed => return Err(self.explain(spec, failed)),
            }
            stage = look(&scope).await.map_err(cannot_look)?;
        }
    }

    async fn poll(&self, state: &State) -> Result<Poll, SpawnError> {
        let subject = self.subject(state);
        blocking(move || ending::look(&subject)).await.map_err(cannot_look)
    }

    async fn run_once(&self, spec: &ServerSpec, patience: Duration) -> Result<Vec<u8>, SpawnError> {
        self.run_task(spec, patience).await
    }

    async fn stop(&self, state: &State, how: Stop) -> Result<(), SpawnError> {
        self.end(self.subject(state), how).await
    }

    async fn usage(&self, state: &State) -> Result<Option<Usage>, SpawnError> {
        let Subject::Scoped { server, scope } = self.subject(state) else {
            return Ok(None);
        };
        let used = move || match server.is_alive()? {
            true => match scope.group()?.and_then(|group| group.usage()) {
                Some(used) => Ok(Some(used.or(proc::usage(server)?.unwrap_or_default()))),
                None => proc::usage(server),
            },
            false => Ok(None),
        };
        blocking(used).await.map_err(cannot_look)
    }

    async fn why_ended(&self, state: &State) -> Option<String> {
        let Subject::Scoped { scope, .. } = self.subject(state) else {
            return None;
        };
        let exit = blocking(move || scope.exit()).await.ok()??;
        // The server itself was killed, and not something that it ran.
        let killed = exit.status == KILLED && exit.out_of_memory > 0;
        let limit = exit.memory.filter(|_| killed)?;
        Some(format!("Its memory limit of {} was reached.", size(limit)))
    }

    fn home_place(&self, user: &UserName) -> String {
        person::place(&self.config.jail.accounts, &self.config.home_template, user)
    }

    fn homes(&self) -> Arc<dyn Homes> {
        homes()
    }

    async fn log_tail(&self, key: &ServerKey, lines: usize) -> Vec<String> {
        let log = self.scope(key).log();
        blocking(move || crate::scope_log::tail(&log, lines))
            .await
            .unwrap_or_default()
    }

    async fn forget(&self, key: &ServerKey) -> Result<(), SpawnError> {
        let (left, of) = (self.left.clone(), key.clone());
        for (generation, scope) in blocking(move || left.up_to(&of)).await.map_err(cannot_look)? {
            let forgotten = self.forget_scope(scope).await;
            self.left.note(key.spawner_id, generation, forgotten.is_ok());
            forgotten?;
        }
        Ok(())
    }

    fn capabilities(&self) -> Capabilities {
        let jail = &self.config.jail;
        Capabilities {
            mounts: jail.isolate && !matches!(jail.accounts, Accounts::Hub),
            ..jail.capabilities.clone()
        }
    }
}

async fn look(scope: &Scope) -> io::Result<Stage> {
    let scope = scope.clone();
    blocking(move || scope.stage()).await
}

/// Files and `/proc` are read off the runtime: a slow disk must not hold up the hub.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(io::Error::other(error)))
}

fn cannot_look(error: io::Error) -> SpawnError {
    SpawnError::caused(
        "Whether the server runs can't be told now: its files or /proc can't be read.",
        error,
    )
}
