//! `perijove edge`: the edge alone, by our configuration or with the options of configurable-http-proxy.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, Subcommand};

use super::{chp, edge_life, edge_routes};
use crate::cli::ConfigArg;
use crate::settings::Settings;
use crate::system::SystemRng;
use crate::{edge, instance, logging, secrets};

/// Start the edge alone
///
/// It takes the section [edge] of the configuration. With any option of configurable-http-proxy it reads no
/// configuration and behaves as that program does, so that a JupyterHub can start it as its proxy; the token comes from
/// CONFIGPROXY_AUTH_TOKEN. It does so too when it is called by the name configurable-http-proxy.
#[derive(Args)]
#[command(
    args_override_self = true,
    after_help = "\
Examples:
  perijove edge --config /etc/perijove.toml
  CONFIGPROXY_AUTH_TOKEN=... perijove edge --port 8000 --api-port 8001 --default-target http://127.0.0.1:8081

In a jupyterhub_config.py:
  c.ConfigurableHTTPProxy.command = ['perijove', 'edge']"
)]
pub struct EdgeAlone {
    #[command(subcommand)]
    other: Option<Other>,
    /// List the routes of the running edge instead, as `perijove edge routes` does
    #[arg(long)]
    show_routes: bool,
    #[command(flatten)]
    config: ConfigArg,
    /// Log to this file instead of standard error; at 8 MiB it becomes FILE.1
    #[arg(long, value_name = "FILE")]
    log_file: Option<PathBuf>,
    /// Live on when the terminal or the process that started it ends
    #[arg(long, hide = true)]
    detached: bool,
    #[command(flatten)]
    chp: Option<chp::Options>,
}

#[derive(Subcommand)]
enum Other {
    Routes(edge_routes::Routes),
    Reload(edge_life::Reload),
    Upgrade(edge_life::Upgrade),
}

impl EdgeAlone {
    pub fn run(self) -> Result<()> {
        match self.other {
            Some(Other::Routes(routes)) => return routes.run(),
            Some(Other::Reload(reload)) => return reload.run(),
            Some(Other::Upgrade(upgrade)) => return upgrade.run(),
            None => {}
        }
        if self.show_routes {
            return edge_routes::show(&self.config);
        }
        if self.detached {
            // Fails for the leader of a process group, which has a session of its own already.
            let _ = rustix::process::setsid();
        }
        let _ = rustix::thread::set_name(c"perijove-edge");
        if let Some(options) = self.chp {
            return options.run();
        }
        let settings = Settings::load(self.config.config.as_deref())?;
        let config = &settings.config;
        logging::begin(
            config.hub.log_level,
            config.hub.log_format,
            self.log_file.as_deref(),
            &settings.environment,
        )?;
        secrets::make_data_dir(config)?;
        let token = secrets::edge_token(config, &SystemRng)?;
        let named = self.config.config.clone();
        let again = move || {
            let settings = Settings::load(named.as_deref())?;
            Ok(edge::configured(
                &settings.config,
                secrets::edge_token(&settings.config, &SystemRng)?,
            )?)
        };
        let run = edge::Run {
            config: edge::configured(config, token)?,
            keys: &edge::KEYS,
            pid_file: Some(settings.data_file(instance::EDGE)),
            again: Some(Box::new(again)),
            environment: settings.environment.clone(),
        };
        run.until_the_end()
    }
}
