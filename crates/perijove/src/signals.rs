//! What the outside asks of a running process.

use anyhow::{Context, Result};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// From whom the wish to end comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// SIGINT: somebody at a terminal.
    AtTerminal,
    /// SIGTERM: a service manager, or another command of ours.
    ByManager,
}

/// Listens from its making on. SIGHUP has no meaning: a terminal that is closed ends nothing.
pub struct Signals {
    interrupt: Signal,
    terminate: Signal,
    _hangup: Signal,
}

impl Signals {
    pub fn listen() -> Result<Self> {
        let on = |kind| signal(kind).context("signals can't be listened to");
        Ok(Self {
            interrupt: on(SignalKind::interrupt())?,
            terminate: on(SignalKind::terminate())?,
            _hangup: on(SignalKind::hangup())?,
        })
    }

    /// Comes back when somebody wishes the end. Drop it when another wish came first: nothing is lost.
    pub async fn asked(&mut self) -> Asked {
        tokio::select! {
            _ = self.interrupt.recv() => Asked::AtTerminal,
            _ = self.terminate.recv() => Asked::ByManager,
        }
    }
}
