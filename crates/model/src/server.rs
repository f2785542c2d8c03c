//! The life of a server: what is wished, and how far it has come.

use serde::{Deserialize, Serialize};

/// What somebody wants of a server. The reconciler makes it so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Wish {
    Run,
    Stop,
}

/// How far the reconciler has come. Each step is written down before the next begins, so that any hub can go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Nothing runs, nothing is asked for.
    Stopped,
    /// A start was asked for.
    Requested,
    /// Row, token and OAuth client of this start are written.
    Prepared,
    /// The backend has started it, its state is written.
    Started,
    /// It answers; the route is being made.
    Answering,
    /// It runs and is routed.
    Ready,
    /// A stop is under way.
    Stopping,
    /// The start failed, or it ended by itself; the failure is kept with it.
    Failed,
}

/// What the API calls `pending`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Pending {
    Spawn,
    Stop,
}

impl Phase {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stopped => "stopped",
            Self::Requested => "requested",
            Self::Prepared => "prepared",
            Self::Started => "started",
            Self::Answering => "answering",
            Self::Ready => "ready",
            Self::Stopping => "stopping",
            Self::Failed => "failed",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [
            Self::Stopped,
            Self::Requested,
            Self::Prepared,
            Self::Started,
            Self::Answering,
            Self::Ready,
            Self::Stopping,
            Self::Failed,
        ]
        .into_iter()
        .find(|phase| phase.as_str() == text)
    }

    #[must_use]
    pub fn pending(self) -> Option<Pending> {
        match self {
            Self::Requested | Self::Prepared | Self::Started | Self::Answering => Some(Pending::Spawn),
            Self::Stopping => Some(Pending::Stop),
            Self::Stopped | Self::Ready | Self::Failed => None,
        }
    }

    /// Running or on its way.
    #[must_use]
    pub fn is_active(self) -> bool {
        self == Self::Ready || self.pending().is_some()
    }
}

impl Wish {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Stop => "stop",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Run, Self::Stop].into_iter().find(|wish| wish.as_str() == text)
    }
}
