//! `perijove edge reload` and `perijove edge upgrade`: another configuration or another release for a running edge.

use anyhow::Result;
use clap::Args;
use hyper::{Method, StatusCode};
use serde_json::Value;

use crate::cli::ConfigArg;
use crate::problem::Problem;
use crate::{runtime, ui};

use super::edge_routes::Running;

/// Let the running edge read its configuration anew
///
/// Limits, addresses for people, trusted networks, targets and the access log change at once, and nobody's connection
/// breaks. If there is a mistake, nothing changes. What needs another process is named: `perijove edge upgrade` is one.
/// SIGHUP does the same, and says what came of it in the log.
#[derive(Args)]
pub struct Reload {
    #[command(flatten)]
    config: ConfigArg,
}

/// Let a new process take the edge over
///
/// The edge starts the program that lies on the disk now, with its own arguments, and hands it its open sockets and its
/// routes. Nobody who connects is turned away; who is connected may finish, as long as `drain` says. If the new process
/// does not begin to serve, the old one goes on. SIGUSR2 does the same.
#[derive(Args)]
pub struct Upgrade {
    #[command(flatten)]
    config: ConfigArg,
}

impl Reload {
    pub fn run(self) -> Result<()> {
        wish(&self.config, "/api/edge/reload")
    }
}

impl Upgrade {
    pub fn run(self) -> Result<()> {
        wish(&self.config, "/api/edge/upgrade")
    }
}

fn wish(config: &ConfigArg, path: &str) -> Result<()> {
    let edge = Running::find(config, None)?;
    let (status, body) = runtime::small()?.block_on(edge.ask(Method::POST, path))?;
    let said: Value = serde_json::from_slice(&body).unwrap_or_default();
    let said = said["message"].as_str().unwrap_or_default().to_owned();
    if status == StatusCode::OK {
        ui::say(said);
        return Ok(());
    }
    let said = if said.is_empty() {
        format!("the edge answers {status}")
    } else {
        said
    };
    Err(Problem::new(said).into())
}
