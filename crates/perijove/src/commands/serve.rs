//! `perijove serve`: everything that is needed, on this machine.

use anyhow::Result;
use clap::Args;

use crate::cli::ConfigArg;
use crate::lifecycle::{self, Role};

/// Start the hub, and the edge in a process of its own
///
/// Without a configuration people reach it on http://127.0.0.1:8000, the hub listens on 127.0.0.1:8081 and the edge's
/// API on 127.0.0.1:8001; data is kept in the directory .perijove. As long as there is no administrator, a link is
/// printed with which the first one chooses a name and a password.
///
/// Ctrl-C ends the hub and the edge; people's servers go on. SIGTERM ends the hub alone, so that a service manager can
/// restart it and nobody's connection breaks; `perijove stop` ends both.
#[derive(Args)]
#[command(after_help = "\
Examples:
  perijove serve
  perijove serve --config /etc/perijove.toml
  PERIJOVE_EDGE_LISTEN=0.0.0.0:8000 perijove serve")]
pub struct Serve {
    #[command(flatten)]
    config: ConfigArg,
}

impl Serve {
    pub fn run(self) -> Result<()> {
        lifecycle::run(&self.config, Role::WithEdge)
    }
}
