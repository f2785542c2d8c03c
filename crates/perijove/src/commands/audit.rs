//! `perijove audit export`: the audit log as JSON lines, from the database.

use anyhow::Result;
use clap::{Args, Subcommand};
use jiff::Timestamp;
use perijove_hub::audit::Entry;
use perijove_store::audit::{self, Query};

use crate::cli::ConfigArg;
use crate::problem::Problem;
use crate::settings::Settings;
use crate::{compose, runtime, ui};

const AT_ONCE: i64 = 500;

/// Read the audit log
#[derive(Args)]
pub struct Audit {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    Export(Export),
}

/// Print entries of the audit log, the oldest first, one JSON object a line
///
/// The hub need not run.
#[derive(Args)]
#[command(after_help = "\
Examples:
  perijove audit export > audit.jsonl
  perijove audit export --since 2026-11-01T00:00:00Z --act sign-in.refused
  perijove audit export --after 1200        what came behind entry 1200")]
struct Export {
    /// From this moment on, as 2026-11-21T00:00:00Z
    #[arg(long, value_name = "TIME")]
    since: Option<Timestamp>,
    /// Before this moment
    #[arg(long, value_name = "TIME")]
    until: Option<Timestamp>,
    /// What was done, by its word
    #[arg(long)]
    act: Option<String>,
    /// Name of the person or service that did it
    #[arg(long)]
    actor: Option<String>,
    /// What it was done to: "user ada"
    #[arg(long)]
    target: Option<String>,
    /// Address that it was done from
    #[arg(long)]
    address: Option<String>,
    /// Number of the entry to go on behind
    #[arg(long, value_name = "NUMBER")]
    after: Option<i64>,
    #[command(flatten)]
    config: ConfigArg,
}

impl Audit {
    pub fn run(self) -> Result<()> {
        let Action::Export(export) = self.action;
        let settings = Settings::load(export.config.config.as_deref())?;
        let mut query = Query {
            act: export.act,
            actor: export.actor,
            target: export.target,
            address: export.address,
            since: export.since,
            until: export.until,
            newest_first: false,
            after: export.after,
        };
        runtime::small()?.block_on(async {
            let store = compose::store(&settings.config, false).await?;
            loop {
                let found = audit::list(&store, &query, AT_ONCE).await;
                let found = found.map_err(|error| Problem::new("the audit log can't be read").because(error))?;
                let Some(last) = found.last() else { return Ok(()) };
                query.after = Some(last.id);
                for record in found {
                    ui::say(Entry::from(record).line().trim_end());
                }
            }
        })
    }
}
