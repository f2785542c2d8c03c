//! `perijove scope DIR`: the supervisor of one server. The hub calls it; nobody else should.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;

use crate::problem::Problem;

/// Supervise one server (the hub starts this)
#[derive(Args)]
pub struct Scope {
    dir: PathBuf,
}

impl Scope {
    /// Only reached with wrong arguments: the right ones are seen to before anything else.
    pub fn run(self) -> Result<()> {
        let what = format!("`perijove scope {}` is for the hub alone", self.dir.display());
        Err(Problem::new(what).of_usage().into())
    }
}

/// `waiting` is the id of the child that is to be the server.
pub fn supervise(dir: &Path, waiting: Option<&OsStr>) -> ExitCode {
    // Started from /proc/self/exe, it would be called "exe" in the list of processes.
    let _ = rustix::thread::set_name(c"perijove-scope");
    let waiting = waiting.and_then(OsStr::to_str).and_then(|pid| pid.parse().ok());
    ExitCode::from(u8::try_from(perijove_spawn::scope::main(dir, waiting)).unwrap_or(1))
}

/// `perijove inside`: what a supervisor starts becomes a server.
pub fn enter() -> ExitCode {
    ExitCode::from(u8::try_from(perijove_spawn::inside::main()).unwrap_or(1))
}
