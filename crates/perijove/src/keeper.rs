//! Keeps an edge running beside the hub: takes over one that an earlier hub has started, starts one where there is
//! none, and starts another when it dies.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::net::SocketAddr;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::Result;
use perijove_config::Config;
use perijove_model::Secret;
use perijove_spawn::proc::Process;
use rustix::process::Signal;
use tokio::io::unix::AsyncFd;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::Command;
use tokio::time::{sleep, timeout};

use crate::edge;
use crate::edge_client::{Answer, ask};
use crate::instance::{self, Instance};
use crate::logging;
use crate::problem::Problem;
use crate::settings::Settings;

/// This very program, even if its file has been replaced since.
pub const SELF: &str = "/proc/self/exe";
const LOG: &str = "edge.log";
/// An edge listens within milliseconds.
const START: Duration = Duration::from_secs(20);
/// How long between two looks at an edge whose process is not known.
const LOOK: Duration = Duration::from_secs(5);
/// Pauses before the next try; an edge that lived longer than the last one begins anew.
const PAUSES: [Duration; 5] = [
    Duration::from_millis(100),
    Duration::from_millis(500),
    Duration::from_secs(2),
    Duration::from_secs(10),
    Duration::from_secs(30),
];
const LONGEST_COMPLAINT: u64 = 4 << 10;

/// The edge that belongs to this hub.
pub struct Keeper {
    api: SocketAddr,
    token: Secret,
    config: Option<PathBuf>,
    log: PathBuf,
    pid_file: PathBuf,
    /// Of the edge that the configuration asks for.
    fingerprint: String,
}

impl Keeper {
    pub fn new(settings: &Settings, token: Secret) -> Result<Self> {
        Ok(Self {
            api: reachable(settings.config.edge.api_listen),
            fingerprint: edge::fingerprint(&edge::configured(&settings.config, token.clone())?),
            token,
            config: settings.file.clone(),
            log: settings.data_file(LOG),
            pid_file: settings.data_file(instance::EDGE),
        })
    }

    /// Whether this machine's hub is to see to the edge at all.
    #[must_use]
    pub fn wanted(config: &Config) -> bool {
        config.edge.supervise && config.edge.api_url.is_none()
    }

    /// Comes back when an edge of ours serves.
    pub async fn ensure(&self) -> Result<()> {
        match ask(self.api, &self.token).await {
            Answer::Ours => {
                self.compare();
                Ok(())
            }
            Answer::Refused => Err(Problem::new(format!("the edge's API on {} does not take our token", self.api))
                .try_this(
                    "it belongs to another hub, or its token was changed: end it, or set `api_listen` and `listen` in \
                     [edge] to other addresses",
                )
                .of_usage()
                .into()),
            Answer::Stranger | Answer::Nobody => self.start().await,
        }
    }

    /// An edge that outlived its hub goes on with what it was started with.
    fn compare(&self) {
        if let Some(running) = Instance::living(&self.pid_file) {
            let ours = env!("CARGO_PKG_VERSION");
            if running.settings != self.fingerprint || running.version != ours {
                tracing::warn!(
                    version = running.version,
                    "the edge that runs was started with other settings or by another release, and goes on with them; \
                     `perijove edge upgrade` gives it the new ones"
                );
            }
        }
    }

    /// In a session of its own, so that nothing that ends the hub ends it. Its token comes to it as to us.
    async fn start(&self) -> Result<()> {
        let cannot = |error: std::io::Error| Problem::new("the edge can't be started").because(error);
        let log = logging::open(&self.log).map_err(cannot)?;
        let end_of_log = log.metadata().map_err(cannot)?.len();
        let mut command = std::process::Command::new(SELF);
        command
            .arg0("perijove")
            .args(["edge", "--detached", "--log-file"])
            .arg(&self.log);
        if let Some(file) = &self.config {
            command.arg("--config").arg(file);
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
        let mut child = Command::from(command).kill_on_drop(false).spawn().map_err(cannot)?;
        let Some(stdout) = child.stdout.take() else {
            return Ok(());
        };
        let mut line = String::new();
        let mut said = BufReader::new(stdout.take(LONGEST_COMPLAINT));
        match timeout(START, said.read_line(&mut line)).await {
            Ok(Ok(length)) if length > 0 => {
                tracing::info!(process = child.id(), "the edge was started");
                Ok(())
            }
            Err(_) => {
                child.kill().await.map_err(cannot)?;
                Err(Problem::new(format!(
                    "the edge did not begin to serve; its log is {}",
                    self.log.display()
                ))
                .into())
            }
            _ => {
                child.wait().await.map_err(cannot)?;
                Err(self.complaint(end_of_log).into())
            }
        }
    }

    /// What it wrote to its log about its end.
    fn complaint(&self, from: u64) -> Problem {
        let read = || -> std::io::Result<String> {
            let mut text = Vec::new();
            let mut log = File::open(&self.log)?;
            log.seek(SeekFrom::Start(from))?;
            log.take(LONGEST_COMPLAINT).read_to_end(&mut text)?;
            Ok(String::from_utf8_lossy(&text).trim().to_owned())
        };
        let said = read().unwrap_or_default();
        let said = said
            .find("error: ")
            .map_or(said.as_str(), |at| &said[at + "error: ".len()..]);
        match said.is_empty() {
            true => Problem::new(format!("the edge ended at once; its log is {}", self.log.display())),
            false => Problem::new(format!("the edge can't start: {said}")),
        }
        .of_usage()
    }

    /// Starts another edge whenever there is none, and says so with `started`. Never ends by itself.
    pub async fn watch<F: Future<Output = ()>>(&self, started: impl Fn() -> F) {
        let mut failures = 0;
        loop {
            self.gone().await;
            tracing::error!("the edge has ended: it is started again");
            while let Err(error) = self.ensure().await {
                let pause = PAUSES[failures.min(PAUSES.len() - 1)];
                failures += 1;
                tracing::error!(error = format!("{error:#}"), next_try_in = ?pause, "the edge can't be started");
                sleep(pause).await;
            }
            started().await;
            // One that dies as soon as it lives must not keep us busy.
            let pause = PAUSES[failures.min(PAUSES.len() - 1)];
            if timeout(pause, self.gone()).await.is_ok() {
                failures += 1;
                sleep(pause).await;
            } else {
                failures = 0;
            }
        }
    }

    /// Comes back when no edge serves.
    async fn gone(&self) {
        // One that has let another take over ends, and there is another.
        while let Some(edge) = Instance::living(&self.pid_file) {
            ended(edge.process).await;
        }
        while ask(self.api, &self.token).await == Answer::Ours {
            sleep(LOOK).await;
        }
    }

    /// Ends the edge: its connections may finish for so long.
    pub async fn end(&self, patience: Duration) {
        end(&self.pid_file, patience).await;
    }
}

/// Ends the edge of this file, if it lives. Asked twice, an edge cuts what is still open.
pub async fn end(pid_file: &Path, patience: Duration) {
    let Some(edge) = Instance::living(pid_file) else { return };
    for patience in [patience, Duration::from_secs(5)] {
        if let Err(error) = edge.process.signal(Signal::TERM) {
            return tracing::warn!(%error, "the edge can't be ended");
        }
        if timeout(patience, ended(edge.process)).await.is_ok() {
            return;
        }
    }
    tracing::warn!(process = edge.process.pid, "the edge does not end: it is killed");
    if edge.process.signal(Signal::KILL).is_ok() {
        ended(edge.process).await;
    }
}

/// Comes back when the process has ended.
pub async fn ended(process: Process) {
    let Ok(Some(handle)) = process.open() else { return };
    #[expect(
        deprecated,
        reason = "unsound only for handles that don't own what they stand for; this one does"
    )]
    match AsyncFd::new(handle) {
        Ok(handle) => drop(handle.readable().await),
        Err(_) => {
            while process.is_alive().unwrap_or(false) {
                sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

/// "Any address" is reached at the loopback one.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address {
        SocketAddr::V4(v4) if v4.ip().is_unspecified() => std::net::Ipv4Addr::LOCALHOST.into(),
        SocketAddr::V6(v6) if v6.ip().is_unspecified() => std::net::Ipv6Addr::LOCALHOST.into(),
        _ => address.ip(),
    };
    SocketAddr::new(ip, address.port())
}
