//! The real programs that people have, as they are on PyPI, beside the real binary: nobody may notice that it is not
//! JupyterHub.

mod culler;
mod database;
mod proxy;
mod service;
mod singleuser;

use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::support::Ground;

/// A Python program of an environment, run in the ground's directory, with its output in `LOG`. It ends with the ground.
fn python(ground: &Ground, environment: &Path, arguments: &[&str], variables: &[(&str, &str)], log: &str) -> Child {
    let log = std::fs::File::create(ground.path().join(log)).unwrap();
    command(ground, environment, arguments)
        .envs(variables.iter().copied())
        .stdout(log.try_clone().unwrap())
        .stderr(log)
        .spawn()
        .unwrap()
}

fn command(ground: &Ground, environment: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(environment.join("bin/python"));
    command
        .args(arguments)
        .current_dir(ground.path())
        .env_clear()
        .env(
            "PATH",
            format!("{}:/usr/local/bin:/usr/bin:/bin", environment.join("bin").display()),
        )
        // Also by this the ground finds it at the end.
        .env("HOME", ground.path())
        .stdin(Stdio::null());
    command
}
