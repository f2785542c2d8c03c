//! `perijove stop`: the end of hub and edge on this machine.

use std::time::Duration;

use anyhow::Result;
use clap::Args;
use perijove_hub::servers;
use perijove_spawn::proc::Process;
use perijove_spawn::process::machine::Mode;
use rustix::process::Signal;
use tokio::time::timeout;

use crate::cli::ConfigArg;
use crate::instance::{self, Instance};
use crate::problem::Problem;
use crate::settings::Settings;
use crate::system::SystemRng;
use crate::{compose, keeper, logging, runtime, secrets, ui};

/// A hub that stops all servers at its end (`cleanup_servers`) takes a while.
const PATIENCE: Duration = Duration::from_secs(180);

/// Stop the hub and the edge of this configuration on this machine
///
/// People's servers go on, unless --servers is given; the next start finds them. Does nothing if nothing runs.
#[derive(Args)]
#[command(after_help = "\
Examples:
  perijove stop
  perijove stop --servers --config /etc/perijove.toml")]
pub struct Stop {
    #[command(flatten)]
    config: ConfigArg,
    /// Stop everybody's servers too
    #[arg(long)]
    servers: bool,
}

impl Stop {
    pub fn run(self) -> Result<()> {
        let settings = Settings::load(self.config.config.as_deref())?;
        logging::begin(
            settings.config.hub.log_level,
            settings.config.hub.log_format,
            None,
            &settings.environment,
        )?;
        runtime::small()?.block_on(self.stop(&settings))
    }

    /// The hub first: it would start the edge again, and bring back routes of servers.
    async fn stop(&self, settings: &Settings) -> Result<()> {
        let hub = Instance::living(&settings.data_file(instance::HUB));
        if let Some(hub) = &hub {
            end(hub.process).await?;
            ui::say(format_args!("stopped the hub (process {})", hub.process.pid));
        }
        if self.servers {
            stop_servers(settings).await?;
            ui::say("stopped all servers");
        }
        let edge = Instance::living(&settings.data_file(instance::EDGE));
        if let Some(edge) = &edge {
            keeper::end(&settings.data_file(instance::EDGE), settings.config.edge.drain).await;
            ui::say(format_args!("stopped the edge (process {})", edge.process.pid));
        }
        if hub.is_none() && edge.is_none() && !self.servers {
            ui::say(format_args!(
                "nothing runs on {}",
                settings.config.hub.data_dir.display()
            ));
        }
        Ok(())
    }
}

async fn end(process: Process) -> Result<()> {
    process.signal(Signal::TERM).map_err(|error| {
        Problem::new(format!("the hub (process {}) can't be stopped", process.pid))
            .because(error)
            .try_this("do it as the account that the hub runs as")
    })?;
    timeout(PATIENCE, keeper::ended(process)).await.map_err(|_| {
        Problem::new(format!("the hub (process {}) does not end", process.pid))
            .try_this(format!(
                "its log says why; `kill -9 {}` ends it at once, and no data is lost",
                process.pid
            ))
            .into()
    })
}

/// Any hub can finish what another began: this one lives just long enough.
async fn stop_servers(settings: &Settings) -> Result<()> {
    let config = &settings.config;
    let store = compose::store(config, false).await?;
    let hub = compose::hub(settings, store, secrets::edge_token(config, &SystemRng)?, Mode::Look).await?;
    hub.start()
        .await
        .map_err(|error| Problem::new("the servers can't be stopped").because(error))?;
    let stopped = servers::stop_all(&hub).await;
    hub.stop().await;
    stopped.map_err(|error| Problem::new("not all servers could be stopped").because(error).into())
}
