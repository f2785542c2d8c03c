//! The binary: the command line, and the one place where every part is known and put together.
//!
//! Map: `cli` is the command line and `commands` what each command does; `lifecycle` is the life of a hub, put together
//! in `compose`; `edge` runs an edge, `handover` lets another process take it over, `shed` gives back memory when it
//! rests, and `keeper` watches over one; `settings`, `secrets`, `instance` are what lies on the disk; `system` is the
//! clock, the randomness and the environment that all other crates get as parameters; `ui` is all that is printed.

mod apart;
mod backends;
mod cli;
mod commands;
mod compose;
mod edge;
mod edge_client;
mod edge_tls;
mod handover;
mod holder;
mod hubs;
mod instance;
mod keeper;
mod lifecycle;
mod logging;
mod problem;
mod process;
mod runtime;
mod secrets;
mod service_manager;
mod settings;
mod shed;
mod signals;
mod system;
mod ui;

use std::path::Path;
use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Cli, ConfigurableHttpProxy};

fn main() -> ExitCode {
    let mut arguments = std::env::args_os();
    let program = arguments.next().unwrap_or_default();
    // The supervisor of a server stays in memory as long as the server: nothing but itself is set up.
    match std::array::from_fn(|_| arguments.next()) {
        [Some(command), Some(dir), waiting, None] if command == "scope" => {
            return commands::scope::supervise(Path::new(&dir), waiting.as_deref());
        }
        [Some(command), None, None, None] if command == perijove_spawn::inside::COMMAND => {
            return commands::scope::enter();
        }
        _ => {}
    }
    let called = Path::new(&program).file_stem().unwrap_or_default();
    let outcome = if called == "configurable-http-proxy" {
        ConfigurableHttpProxy::parse().options.run()
    } else {
        Cli::parse().command.run()
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            ui::failure(&error);
            problem::exit_code(&error)
        }
    }
}
