//! The Spawner seam: how a notebook server comes to life, is looked after, and ends.
//!
//! A backend keeps no memory of its servers. What it needs later goes into [`State`], which the hub keeps in the
//! database (`spawners.state`) and hands back. The names of what it makes outside (process scope, container, pod) are
//! derived from [`ServerKey`], so that a start that is repeated after a crash finds what the first one made.

mod accounts;
#[cfg(feature = "suite")]
pub mod fake;
#[cfg(feature = "suite")]
pub mod fake_homes;
#[cfg(feature = "suite")]
pub mod fake_services;
pub mod gpu;
pub mod group;
pub mod homes;
pub mod inside;
pub mod jail;
mod nursery;
pub mod proc;
pub mod process;
mod registry;
pub mod scope;
mod scope_log;
mod scope_warm;
pub mod services;
#[cfg(feature = "suite")]
pub mod suite;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

pub use registry::Spawners;

use async_trait::async_trait;
use perijove_model::{Plan, Secret, ServerName, UserName};
use serde::{Deserialize, Serialize};

use crate::homes::Homes;

/// Which server this is. `spawner_id` never changes, whatever is renamed; `generation` grows with each start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerKey {
    pub spawner_id: i64,
    pub generation: i64,
    pub user: UserName,
    pub server: ServerName,
}

/// All that a backend needs to start a server.
#[derive(Debug, Clone)]
pub struct ServerSpec {
    pub key: ServerKey,
    /// Command and arguments; the backend finds the program.
    pub command: Vec<String>,
    /// Complete but for what depends on the backend: `JUPYTERHUB_SERVICE_URL`, HOME, USER, PATH and the like.
    pub env: BTreeMap<String, String>,
    /// `JUPYTERHUB_API_TOKEN` and its old name; apart from `env` so that nothing prints it.
    pub api_token: Secret,
    /// Path of the server's URL, `/user/NAME/[SERVER/]`.
    pub prefix: String,
    pub options: serde_json::Value,
    pub plan: Plan,
    pub home: Home,
    /// The Python environment that its plan names, where the backend uses those of the hub.
    pub environment: Option<Environment>,
    pub start_timeout: Duration,
}

/// Where a person's files are. It stays the same whatever the person is called later, or templates say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    /// Never given to anybody else.
    pub id: i64,
    /// As [`Spawner::home_place`] had it when the home was first needed.
    pub place: String,
    /// Names it where its place won't do. Never the same for two homes.
    pub mark: String,
    /// It was there before: if it is missing now, it is lost, and must not be made anew.
    pub made: bool,
}

/// A Python environment on the hub's machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    pub dir: PathBuf,
    /// It stays as long as somebody holds a shared lock on this file.
    pub in_use: PathBuf,
}

/// What a server uses, as far as the backend can tell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Usage {
    /// Time on a core since its start.
    pub cpu: Option<Duration>,
    /// Bytes.
    pub memory: Option<u64>,
    /// Processes and threads.
    pub processes: Option<u32>,
    /// How often something of it was killed at its memory limit.
    pub out_of_memory: u64,
}

impl Usage {
    /// With what the other one knows besides.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            cpu: self.cpu.or(other.cpu),
            memory: self.memory.or(other.memory),
            processes: self.processes.or(other.processes),
            ..self
        }
    }
}

/// What a backend remembers of a running server, as JSON in `spawners.state`. The process backend's has `pid`.
pub type State = serde_json::Map<String, serde_json::Value>;

/// A server that was started: where it listens, and how to find it again.
#[derive(Debug, Clone, PartialEq)]
pub struct Started {
    /// Scheme, host and port, without a path: `http://127.0.0.1:20123`.
    pub url: String,
    pub state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Poll {
    Running,
    /// It ended; the exit status if it is known (128 + n for signal n).
    Exited(Option<i32>),
}

/// How a server is asked to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// Interrupt, wait, terminate, wait, kill.
    Gently,
    /// Kill at once.
    Now,
}

/// One step on the way up, for the person who waits. `percent` below 100.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    pub percent: u8,
    pub message: String,
}

/// Takes the steps of a start. Never blocks and never fails the start.
pub trait Progress: Send + Sync {
    fn step(&self, step: Step);
}

/// What a backend really enforces where it runs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Capabilities {
    pub memory_limit: bool,
    pub cpu_limit: bool,
    pub process_limit: bool,
    /// Each person's servers run as an account of their own.
    pub own_user: bool,
    /// Servers see nothing of each other, nor of the hub.
    pub isolation: bool,
    /// Which version of landlock closes the hub's files and others' homes to servers.
    pub landlock: Option<i32>,
    pub gpu: bool,
    /// The file system holds homes to their limits; otherwise they are measured now and then.
    pub storage_limit: bool,
    pub image_pull: bool,
    /// Directories of a plan are mounted, and read-only where it says so. Otherwise links stand for them, and keep
    /// nobody from writing.
    pub mounts: bool,
    /// Which accounts: `hub`, `system` or `dynamic`; in containers `image`, or `image-remapped` where they are nobody's on the machine.
    pub accounts: &'static str,
    /// What holds servers to their limits.
    pub limits_by: &'static str,
    /// Why what is missing is missing.
    pub reasons: BTreeMap<String, String>,
}

/// Why a backend could not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct SpawnError {
    /// For the person who started it: what happened and what to do. No secrets, no internals.
    pub message: String,
    /// The same with markup, from a backend whose texts can be trusted.
    pub html: Option<String>,
    /// What an API call is answered with: 4xx where the wish was wrong, and not the backend.
    pub status: u16,
    /// One word for metrics, where the backend tells kinds of refusals apart.
    pub reason: String,
    /// For the log.
    #[source]
    pub cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// A way to run servers.
#[async_trait]
pub trait Spawner: Send + Sync + 'static {
    /// As in `spawner =` of a profile, and in `GET /hub/api/info`.
    fn name(&self) -> &'static str;

    /// Whether its servers run in the Python environments of the hub's machine.
    fn uses_environments(&self) -> bool {
        false
    }

    /// What an earlier attempt of the same generation has left running.
    async fn find(&self, key: &ServerKey) -> Result<Option<Started>, SpawnError>;

    /// What may take long and is not the start itself, such as an image that comes from far away: it has no timeout but its
    /// own.
    async fn make_ready(&self, _: &ServerSpec, _: &dyn Progress) -> Result<(), SpawnError> {
        Ok(())
    }

    /// The token of what was kept of a server when it stopped, where its next start goes on with that: such a server can't be
    /// given another.
    async fn kept_token(&self, _: &ServerKey, _: &Home) -> Result<Option<Secret>, SpawnError> {
        Ok(None)
    }

    /// Before a start: takes away what is left of runs before, but for what goes on.
    async fn clear_up(&self, key: &ServerKey) -> Result<(), SpawnError> {
        self.forget(key).await
    }

    /// Starts the server; comes back when it exists, not when it answers. Repeated for the same key it must not make a
    /// second one.
    async fn start(&self, spec: &ServerSpec, progress: &dyn Progress) -> Result<Started, SpawnError>;

    /// After a start that came to nothing, whichever hub began it: what only servers that run need goes, unless another of
    /// the same person needs it.
    async fn give_up(&self, _: &ServerKey) {}

    /// Whether it still runs. An error means "can't tell now", never "stopped".
    async fn poll(&self, state: &State) -> Result<Poll, SpawnError>;

    /// Runs the spec's command to its end as the person, with what holds for their servers, and gives what it printed.
    async fn run_once(&self, _: &ServerSpec, _: Duration) -> Result<Vec<u8>, SpawnError> {
        let message = "This can't be done here: servers run elsewhere than on the hub's machine.";
        Err(SpawnError::refused(message, 501, "not-here"))
    }

    /// Ends it and everything that it started; does nothing if it has ended. Comes back when it is gone.
    async fn stop(&self, state: &State, how: Stop) -> Result<(), SpawnError>;

    /// What ended a server, in a sentence for its person, where more is known than a status.
    async fn why_ended(&self, _: &State) -> Option<String> {
        None
    }

    /// Tells of servers that may have ended, by their `spawner_id`, as long as it is listened to. Nothing depends on it:
    /// whoever is not told looks from time to time.
    async fn follow(&self, _: &(dyn Fn(i64) + Send + Sync)) {
        std::future::pending().await
    }

    /// The last lines that the server wrote, for the page that tells why a start failed.
    async fn log_tail(&self, key: &ServerKey, lines: usize) -> Vec<String>;

    /// What it uses now; `None` if it does not run or this can't be told.
    async fn usage(&self, _: &State) -> Result<Option<Usage>, SpawnError> {
        Ok(None)
    }

    /// Whether it can give a server what the plan says; what it refuses the person is told before anything begins.
    fn check(&self, _: &Plan) -> Result<(), SpawnError> {
        Ok(())
    }

    /// Where the files of somebody new are to be: a directory, or the name of a volume.
    fn home_place(&self, user: &UserName) -> String;

    /// What makes, measures, moves and deletes these files.
    fn homes(&self) -> Arc<dyn Homes>;

    /// Everything of this server outside the database but the person's files.
    async fn forget(&self, key: &ServerKey) -> Result<(), SpawnError>;

    fn capabilities(&self) -> Capabilities;

    /// What the fields of the options form, or of a link, ask for: each a list of texts, or of files. They are the
    /// options as they stand, unless a backend knows what they mean; what it refuses the person is told.
    fn read_options(&self, fields: State) -> Result<State, SpawnError> {
        Ok(fields)
    }
}

impl SpawnError {
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            html: None,
            status: 500,
            reason: String::new(),
            cause: None,
        }
    }

    /// The wish can't be granted: the backend is in order.
    pub fn refused(message: impl Into<String>, status: u16, reason: impl Into<String>) -> Self {
        Self {
            status,
            reason: reason.into(),
            ..Self::new(message)
        }
    }

    pub fn caused(message: impl Into<String>, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self {
            cause: Some(cause.into()),
            ..Self::new(message)
        }
    }
}
