//! Whether a server still runs, and its end.

use std::io;
use std::time::Duration;

use rustix::process::Signal;
use tokio::time::{Instant, sleep};

use super::{LOOK, ProcessSpawner, Subject, blocking, cannot_look};
use crate::proc::{self, Process};
use crate::scope::{Scope, Stage};
use crate::{Poll, SpawnError, Stop};

/// Whether it runs. A scope whose supervisor still clears up counts as running: its status comes with its end.
pub(super) fn look(subject: &Subject) -> io::Result<Poll> {
    let runs = match subject {
        Subject::Nothing => false,
        Subject::Foreign { pid } => foreign(*pid)?.is_some(),
        Subject::Scoped { server, scope } => {
            if server.is_alive()? {
                true
            } else {
                match scope.stage()? {
                    Stage::Ended(status) => return Ok(Poll::Exited(Some(status))),
                    stage => matches!(stage, Stage::Ending),
                }
            }
        }
    };
    Ok(if runs { Poll::Running } else { Poll::Exited(None) })
}

/// A server that JupyterHub started. All that it wrote down is a process id, which may be another's by now: it counts
/// only if its environment is that of a single-user server. One whose environment is not ours to read is not ours.
fn foreign(pid: i32) -> io::Result<Option<Process>> {
    let is_server = |process: &Process| process.variable(b"JUPYTERHUB_SERVICE_PREFIX=").is_some();
    Ok(Process::of(pid)?.filter(is_server))
}

impl ProcessSpawner {
    pub(super) async fn end(&self, subject: Subject, how: Stop) -> Result<(), SpawnError> {
        match subject {
            Subject::Nothing => Ok(()),
            Subject::Scoped { server, scope } => {
                self.end_server(server, how).await?;
                self.end_scope(scope).await
            }
            Subject::Foreign { pid } => {
                let found = blocking(move || Ok(foreign(pid)?.map(|server| (server, family(server)))));
                let Some((server, family)) = found.await.map_err(cannot_look)? else {
                    return Ok(());
                };
                let family = family.map_err(cannot_look)?;
                self.end_server(server, how).await?;
                self.end_all(move || Ok(family.clone())).await
            }
        }
    }

    /// Interrupt, terminate, kill: each after the last has had its time.
    async fn end_server(&self, server: Process, how: Stop) -> Result<(), SpawnError> {
        let config = &self.config;
        let steps = [
            (Signal::INT, config.interrupt_timeout),
            (Signal::TERM, config.term_timeout),
            (Signal::KILL, config.kill_timeout),
        ];
        let skipped = match how {
            Stop::Gently => 0,
            Stop::Now => 2,
        };
        for (signal, patience) in steps.into_iter().skip(skipped) {
            blocking(move || server.signal(signal))
                .await
                .map_err(|error| cannot_end(server.pid, error))?;
            if within(patience, move || Ok(!server.is_alive()?)).await? {
                return Ok(());
            }
        }
        Err(cannot_end(
            server.pid,
            io::Error::other("it was killed and is still there"),
        ))
    }

    /// Waits until the supervisor has ended what the server left; does it itself if there is none any more.
    async fn end_scope(&self, scope: Scope) -> Result<(), SpawnError> {
        let watched = scope.clone();
        if !within(self.config.kill_timeout, move || Ok(!watched.is_supervised()?)).await? {
            return Err(SpawnError::new(
                "The server has ended, but not all that it started. Try again in a minute.",
            ));
        }
        let looked = scope.clone();
        let stage = blocking(move || looked.stage()).await.map_err(cannot_look)?;
        match stage {
            Stage::Lost => {
                let left = scope.clone();
                self.end_all(move || left.left_over()).await?;
                blocking(move || scope.clear_group()).await.map_err(cannot_look)
            }
            _ => Ok(()),
        }
    }

    /// Kills what `left` finds until it finds nothing alive.
    async fn end_all(
        &self,
        left: impl Fn() -> io::Result<Vec<Process>> + Clone + Send + 'static,
    ) -> Result<(), SpawnError> {
        let none_left = move || {
            let mut alive = left()?;
            alive.retain(|process| process.is_alive().unwrap_or(true));
            for process in &alive {
                process.signal(Signal::KILL)?;
            }
            Ok(alive.is_empty())
        };
        if within(self.config.kill_timeout, none_left).await? {
            return Ok(());
        }
        Err(SpawnError::new(
            "The server has ended, but something that it started can't be ended. Try again in a minute.",
        ))
    }
}

/// What a server that we did not start has below it, and what has its token in the environment, wherever it is now.
fn family(server: Process) -> io::Result<Vec<Process>> {
    let mut family = proc::below(server.pid)?;
    if let Some(token) = server.variable(b"JUPYTERHUB_API_TOKEN=") {
        let others = proc::all()?
            .into_iter()
            .map(|stat| stat.process)
            .filter(|process| *process != server);
        family.extend(others.filter(|process| process.has_variable(&token)));
    }
    Ok(family)
}

async fn within(
    limit: Duration,
    done: impl Fn() -> io::Result<bool> + Clone + Send + 'static,
) -> Result<bool, SpawnError> {
    let deadline = Instant::now() + limit;
    loop {
        if blocking(done.clone()).await.map_err(cannot_look)? {
            return Ok(true);
        }
        if Instant::now() >= deadline {
            return Ok(false);
        }
        sleep(LOOK).await;
    }
}

fn cannot_end(pid: i32, error: io::Error) -> SpawnError {
    let message = "The server can't be ended. Try again; an administrator finds its process in the hub's log.";
    SpawnError::caused(message, io::Error::new(error.kind(), format!("process {pid}: {error}")))
}
