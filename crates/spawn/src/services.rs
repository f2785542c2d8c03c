//! Managed services: programs that end with whoever started them, unlike servers.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use perijove_model::{Limits, Secret};
use rustix::process::Signal;
use tokio::process::{Child, ChildStdin};
use tokio::time::{Instant, sleep, timeout};

use crate::accounts::{self, SystemAccount};
use crate::jail::{Account, Jail};
use crate::process::{blocking, converse, supervisor};
use crate::scope::{Held, Kind, Order, Record, Report, Scope};
use crate::{SpawnError, Stop};

const PLAIN_PATH: &str = "/usr/local/bin:/usr/bin:/bin";
/// So long an earlier run may take to end.
const BUSY: Duration = Duration::from_secs(20);
const LOOK: Duration = Duration::from_millis(50);
/// Longer than a supervisor takes to end a program, see `scope::LEAVING`.
const LONGEST_END: Duration = Duration::from_secs(30);

/// All that is needed to run a service.
#[derive(Debug, Clone)]
pub struct ServiceSpec {
    /// Which service; never more than one process on this machine has the same.
    pub id: i64,
    /// For messages.
    pub name: String,
    pub command: Vec<String>,
    /// Complete but for what depends on the machine, and the token.
    pub env: BTreeMap<String, String>,
    pub api_token: Secret,
    pub cwd: Option<PathBuf>,
    /// The system account to run as, if it is not the hub's own.
    pub user: Option<String>,
}

/// A way to run services.
#[async_trait]
pub trait ServiceRunner: Send + Sync + 'static {
    /// Starts a service. Comes back when it runs, not when it answers; one of the same id is ended before.
    async fn start(&self, spec: &ServiceSpec) -> Result<Box<dyn RunningService>, SpawnError>;
}

/// A service that runs; it ends when this is dropped.
#[async_trait]
pub trait RunningService: Send + Sync {
    fn pid(&self) -> i64;

    /// Comes back when it has ended, with its status if that is known.
    async fn ended(&mut self) -> Option<i32>;

    /// Ends it and all that it started; comes back when it is gone.
    async fn stop(&mut self, how: Stop);

    /// The last lines that it wrote.
    async fn log_tail(&self, lines: usize) -> Vec<String>;
}

/// What running services as processes needs to know of the machine.
#[derive(Debug, Clone)]
pub struct ServicesConfig {
    /// Where scopes are kept; an absolute path.
    pub run_dir: PathBuf,
    /// Where a program runs that has no directory of its own; an absolute path.
    pub work_dir: PathBuf,
    /// The program whose first act is `scope::main`, and its arguments before the scope's directory.
    pub scope_exe: PathBuf,
    pub scope_args: Vec<String>,
    /// Variables of the hub's own environment that services get.
    pub env_keep: BTreeMap<String, String>,
    /// Bytes of a service's log that are kept.
    pub log_limit: u64,
}

/// Runs services as processes of this machine.
pub struct ProcessServices(Arc<ServicesConfig>);

impl ProcessServices {
    #[must_use]
    pub fn new(config: ServicesConfig) -> Self {
        Self(Arc::new(config))
    }

    /// As JupyterHub does it: what is kept of the hub's, that of the account, then the service's own.
    fn environment(&self, spec: &ServiceSpec, person: Option<&SystemAccount>) -> BTreeMap<String, String> {
        let mut env = self.0.env_keep.clone();
        env.entry("PATH".into()).or_insert_with(|| PLAIN_PATH.into());
        if let Some(person) = person {
            env.insert("USER".into(), person.name.clone());
            env.insert("HOME".into(), person.home.clone());
            env.insert("SHELL".into(), person.shell.clone());
        }
        for name in ["JUPYTERHUB_API_TOKEN", "JPY_API_TOKEN"] {
            env.insert(name.into(), spec.api_token.expose().into());
        }
        env.extend(spec.env.clone());
        env
    }
}

#[async_trait]
impl ServiceRunner for ProcessServices {
    async fn start(&self, spec: &ServiceSpec) -> Result<Box<dyn RunningService>, SpawnError> {
        let config = &self.0;
        let (person, account) = match &spec.user {
            Some(name) => account(name).await.map(|(person, account)| (Some(person), account))?,
            None => (None, None),
        };
        let scope = Scope(config.run_dir.join("services").join(spec.id.to_string()));
        let made = scope.clone();
        blocking(move || made.create()).await.map_err(|error| {
            let place = config.run_dir.display().to_string();
            let error = io::Error::new(error.kind(), format!("{place}: {error}"));
            SpawnError::caused("The hub can't write to its state directory.", error)
        })?;
        let order = Order {
            in_use: None,
            command: spec.command.clone(),
            env: self.environment(spec, person.as_ref()),
            log_limit: config.log_limit,
            kind: Kind::Service,
            laid: Vec::new(),
            jail: Jail {
                account,
                directory: Some(match &spec.cwd {
                    Some(dir) => config.work_dir.join(dir),
                    None => config.work_dir.clone(),
                }),
                ..Jail::default()
            },
            limits: Limits::default(),
            grouping: Held::Nobody,
        };
        let deadline = Instant::now() + BUSY;
        loop {
            let mut child = self.supervisor(&scope)?;
            let (report, tie) = converse(&mut child, &order).await.map_err(broken)?;
            match serde_json::from_slice(&report) {
                Ok(Report::Started(record)) => {
                    return Ok(Box::new(Running {
                        child,
                        tie,
                        record,
                        scope,
                    }));
                }
                Ok(Report::Busy) if Instant::now() < deadline => sleep(LOOK).await,
                Ok(report) => return Err(explain(spec, report)),
                Err(_) => return Err(broken(io::Error::other("it said nothing that is understood"))),
            }
        }
    }
}

impl ProcessServices {
    fn supervisor(&self, scope: &Scope) -> Result<Child, SpawnError> {
        supervisor(&self.0.scope_exe, &self.0.scope_args, scope)
            .spawn()
            .map_err(broken)
    }
}

/// One of our own children: its supervisor, which ends when the service has.
struct Running {
    child: Child,
    /// While this is open, the service may live.
    tie: Option<ChildStdin>,
    record: Record,
    scope: Scope,
}

#[async_trait]
impl RunningService for Running {
    fn pid(&self) -> i64 {
        self.record.process.pid.into()
    }

    async fn ended(&mut self) -> Option<i32> {
        if let Err(error) = self.child.wait().await {
            tracing::warn!(%error, "the end of a service's supervisor can't be waited for");
        }
        let scope = self.scope.clone();
        blocking(move || Ok(scope.exit()?.map(|exit| exit.status)))
            .await
            .ok()
            .flatten()
    }

    async fn stop(&mut self, how: Stop) {
        let process = self.record.process;
        if how == Stop::Now
            && let Err(error) = blocking(move || process.signal(Signal::KILL)).await
        {
            tracing::warn!(%error, "a service can't be killed");
        }
        self.tie = None;
        if timeout(LONGEST_END, self.child.wait()).await.is_err() {
            tracing::warn!(process = process.pid, "a service does not end");
        }
    }

    async fn log_tail(&self, lines: usize) -> Vec<String> {
        let log = self.scope.log();
        blocking(move || crate::scope_log::tail(&log, lines))
            .await
            .unwrap_or_default()
    }
}

/// Somebody else to run as; nobody else if the hub is this account already.
async fn account(name: &str) -> Result<(SystemAccount, Option<Account>), SpawnError> {
    let found = accounts::system(name).await?;
    let found =
        found.ok_or_else(|| SpawnError::new(format!("There is no system account '{name}' on this machine.")))?;
    let own = rustix::process::geteuid();
    if own.as_raw() != found.account.uid && !own.is_root() {
        return Err(SpawnError::new(format!(
            "A service is to run as '{name}': for that the hub must run as root."
        )));
    }
    let account = (own.as_raw() != found.account.uid).then(|| found.account.clone());
    Ok((found, account))
}

fn explain(spec: &ServiceSpec, report: Report) -> SpawnError {
    let program = spec.command.first().map_or("", String::as_str);
    SpawnError::new(match report {
        Report::NotFound => format!("Its program '{program}', or the directory that it is to run in, was not found."),
        Report::Denied => format!("Its program '{program}' may not be run, or not in this directory, by this account."),
        Report::Busy | Report::Started(_) => "An earlier run of it does not end.".to_owned(),
        Report::Jail(why) | Report::Cold(why) | Report::Failed(why) => {
            return SpawnError::caused(format!("Its program '{program}' can't be started."), why);
        }
        Report::NoPort | Report::NoGpu(_) => "No port is free.".to_owned(),
    })
}

fn broken(error: io::Error) -> SpawnError {
    SpawnError::caused("The supervisor of a service can't be started.", error)
}
