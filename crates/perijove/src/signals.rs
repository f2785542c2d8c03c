//! What the outside asks of a running process.

use anyhow::{Context, Result};
use perijove_edge::Wanted;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// From whom the wish to end comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// SIGINT: somebody at a terminal.
    AtTerminal,
    /// SIGTERM: a service manager, or another command of ours.
    ByManager,
}

/// Listens from its making on. Neither SIGHUP nor SIGUSR2 ends anything, also where it has no meaning.
pub struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hangup: Signal,
    user2: Signal,
}

impl Signals {
    pub fn listen() -> Result<Self> {
        let on = |kind| signal(kind).context("signals can't be listened to");
        Ok(Self {
            interrupt: on(SignalKind::interrupt())?,
            terminate: on(SignalKind::terminate())?,
            hangup: on(SignalKind::hangup())?,
            user2: on(SignalKind::user_defined2())?,
        })
    }

    /// Comes back when somebody wishes the end. Drop it when another wish came first: nothing is lost.
    pub async fn asked(&mut self) -> Asked {
        tokio::select! {
            _ = self.interrupt.recv() => Asked::AtTerminal,
            _ = self.terminate.recv() => Asked::ByManager,
        }
    }

    /// Comes back when somebody asks something of an edge; nothing is the end.
    pub async fn of_edge(&mut self) -> Option<Wanted> {
        tokio::select! {
            _ = self.interrupt.recv() => None,
            _ = self.terminate.recv() => None,
            _ = self.hangup.recv() => Some(Wanted::Reload),
            _ = self.user2.recv() => Some(Wanted::Upgrade),
        }
    }
}
