//! `perijove hub`: the hub alone.

use anyhow::Result;
use clap::Args;

use crate::cli::ConfigArg;
use crate::lifecycle::{self, Role};

/// Start the hub alone
///
/// The edge is another process, here or on another machine: `perijove edge`. With a PostgreSQL database any number of
/// hubs may run at the same time.
#[derive(Args)]
#[command(after_help = "\
Examples:
  perijove hub --config /etc/perijove.toml
  PERIJOVE_HUB_LISTEN=127.0.0.1:8082 perijove hub --config /etc/perijove.toml")]
pub struct HubAlone {
    #[command(flatten)]
    config: ConfigArg,
}

impl HubAlone {
    pub fn run(self) -> Result<()> {
        lifecycle::run(&self.config, Role::Alone)
    }
}
