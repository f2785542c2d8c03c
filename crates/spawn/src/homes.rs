//! The Homes seam: where people's files are made, measured, moved aside, brought back and deleted. Directories today,
//! volumes by the same words.
//!
//! Every step may be repeated: whoever does it may have died right after it, or in its middle, and does it again. A step
//! never takes what was not there for a success, and never overwrites anything.

mod directory;
mod link;
pub(crate) mod quota;
mod walk;

use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::{Home, SpawnError};

pub use directory::Directories;
pub(crate) use directory::{TRASH, make};

/// Where a home was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    AtPlace,
    InTrash,
    Nowhere,
}

/// Why a step was not done. For administrators: it names places.
#[derive(Debug, thiserror::Error)]
pub enum HomeError {
    #[error("there is nothing at {0}")]
    Missing(String),
    #[error("something is at {0} already")]
    InTheWay(String),
    #[error("{place} can't be a home: {why}")]
    BadPlace { place: String, why: &'static str },
    #[error("{0} is mounted there: unmount it first")]
    Mounted(String),
    #[error("{place} can't be {what}: {error}")]
    Io {
        place: String,
        what: &'static str,
        error: std::io::Error,
    },
}

/// How far a look into a home has come. It may be kept and gone on with, also by another process.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Walk {
    /// What was counted last, below the home; nothing before the first.
    pub last: Vec<String>,
    /// On the disk, not as files say of themselves.
    pub bytes: u64,
    pub files: u64,
    /// What lies directly in the home, with all that is below: the largest so far, and the present one at the end.
    pub largest: Vec<(String, u64)>,
    /// Directories that could not be looked into.
    pub closed: u64,
    pub done: bool,
    /// The file system holds the home to its limit.
    pub held: bool,
}

/// How a look goes on, so that nobody notices it.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    pub files_per_second: u32,
    /// Comes back by then, done or not.
    pub at_most: Duration,
}

/// Where a backend keeps people's files.
#[async_trait]
pub trait Homes: Send + Sync + 'static {
    /// Whether such a place can be a home at all. Nothing is looked at.
    fn check_place(&self, place: &str) -> Result<(), HomeError>;

    /// Where the place leads that somebody is to have, before it is written down: a symbolic link is followed this once, if
    /// nobody else can have made it than whoever looks after the machine.
    async fn lead(&self, place: &str) -> Result<String, HomeError> {
        Ok(place.to_owned())
    }

    async fn find(&self, home: &Home) -> Result<Found, HomeError>;

    /// Makes it, for nobody else to look into. One that was made once and is missing is never made again.
    async fn make(&self, home: &Home) -> Result<(), HomeError>;

    /// Moves it aside, all at once.
    async fn trash(&self, home: &Home) -> Result<(), HomeError>;

    /// Moves it back, all at once.
    async fn restore(&self, home: &Home) -> Result<(), HomeError>;

    /// Deletes it for good, wherever it is. What is half deleted is never at its place.
    async fn purge(&self, home: &Home) -> Result<(), HomeError>;

    /// Has the file system hold it to this size, where it can; `false` where nobody but the hub sees to it. The first time
    /// takes long for a large home.
    async fn limit(&self, _: &Home, _: Option<u64>) -> Result<bool, HomeError> {
        Ok(false)
    }

    /// Goes on with a look at how much is in it.
    async fn measure(&self, home: &Home, walk: Walk, pace: Pace) -> Result<Walk, HomeError>;
}

/// Why somebody does not get their files, in words for them.
#[must_use]
pub fn refusal(id: i64, error: HomeError) -> SpawnError {
    let message = match error {
        HomeError::Missing(_) => format!(
            "Your files are not where they were kept, and nothing was put in their place. An administrator finds where \
             that was with `perijove homes show {id}`."
        ),
        HomeError::BadPlace { .. } => format!(
            "The place that is written down for your files can't be used. An administrator finds out why with \
             `perijove homes show {id}`."
        ),
        _ => "Your home directory can't be made. An administrator finds it in the hub's log, and can make it, or let the \
              hub's account write to the directory above it."
            .to_owned(),
    };
    SpawnError::caused(message, error)
}
