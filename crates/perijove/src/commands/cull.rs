//! `perijove cull --dry-run`: which servers would be stopped now, and what awaits the others.

use anyhow::Result;
use clap::Args;
use perijove_hub::culler::preview::{Planned, preview};
use perijove_model::Clock;

use crate::cli::ConfigArg;
use crate::problem::Problem;
use crate::settings::Settings;
use crate::system::SystemClock;
use crate::{compose, runtime, ui};

/// Show which servers the rules in `[culler]` would stop, and when
///
/// Nothing is stopped, and the hub need not run. No server is asked what it is at: one that runs a cell may be shown as
/// unused. Servers are stopped by the hub itself, where `[culler]` is enabled.
#[derive(Args)]
#[command(after_help = "\
Examples:
  perijove cull --dry-run
  perijove cull --dry-run --config new-rules.toml")]
pub struct Cull {
    /// Say that nothing is to be stopped
    #[arg(long, required = true)]
    dry_run: bool,
    #[command(flatten)]
    config: ConfigArg,
}

impl Cull {
    pub fn run(self) -> Result<()> {
        debug_assert!(self.dry_run);
        let settings = Settings::load(self.config.config.as_deref())?;
        let now = SystemClock.now();
        let planned = runtime::small()?.block_on(async {
            let store = compose::store(&settings.config, false).await?;
            let planned = preview(&store, &settings.config.culler, now).await;
            planned.map_err(|error| anyhow::Error::from(Problem::new("the servers can't be read").because(error)))
        })?;
        if planned.is_empty() {
            ui::say("no server runs");
        }
        for each in planned {
            ui::say(line(&each, now));
        }
        Ok(())
    }
}

fn line(planned: &Planned, now: jiff::Timestamp) -> String {
    let name = match planned.server.as_str() {
        "" => planned.user.clone(),
        server => format!("{}/{server}", planned.user),
    };
    let seconds = jiff::Unit::Second;
    let when = match &planned.end {
        None => "never".to_owned(),
        Some(end) if end.at <= now => format!("now\t{}", end.why.short()),
        Some(end) => {
            let at = end.at.round(seconds).unwrap_or(end.at);
            format!("{at}\t{}", end.why.short())
        }
    };
    format!("{name}\t{when}")
}
