//! The hub that JupyterHub's own tests run against (`make conformance`): the real parts in one process, set up as those
//! tests want it, by a settings file that they rewrite as they go. For tests only: a password is the name.
//!
//! Map: `options` is how it is started, `settings` the file, `config` what it means for our configuration, `people` who
//! may sign in, `spawner` the test spawners over our process backend, `front` the listener that puts a new hub in the
//! old one's place when the file has changed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "for tests: what can't go on ends with a message in the log"
)]

mod config;
mod front;
mod options;
mod people;
mod settings;
mod spawner;
mod system;

use std::path::Path;
use std::process::ExitCode;

use rustix::process::{Signal, set_parent_process_death_signal};
use tokio::signal::unix::{SignalKind, signal};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [command, dir] = arguments.as_slice()
        && command == "scope"
    {
        return ExitCode::from(u8::try_from(perijove_spawn::scope::main(Path::new(dir), None)).unwrap_or(1));
    }
    if let [command] = arguments.as_slice()
        && command == perijove_spawn::inside::COMMAND
    {
        return ExitCode::from(u8::try_from(perijove_spawn::inside::main()).unwrap_or(1));
    }
    let options = match options::Options::read(&arguments) {
        Ok(options) => options,
        Err(why) => {
            eprintln!("conformance-hub: {why}");
            return ExitCode::from(64);
        }
    };
    tracing_subscriber::fmt()
        .with_env_filter(options.log.as_str())
        .with_ansi(false)
        .with_writer(std::io::stderr)
        .init();
    // A run that was killed leaves no hub behind.
    let _ = set_parent_process_death_signal(Some(Signal::TERM));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let mut asked = signal(SignalKind::terminate()).expect("a handler for SIGTERM");
        let front = front::Front::start(options).await;
        asked.recv().await;
        front.end().await;
    });
    ExitCode::SUCCESS
}
