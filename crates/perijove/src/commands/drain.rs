//! `perijove drain`: no server starts any more, in no hub on this database.

use anyhow::Result;
use clap::Args;
use perijove_hub::audit::Actor;
use perijove_hub::drain::{self, Switch};
use perijove_store::Store;
use perijove_store::drain as kept;

use crate::cli::ConfigArg;
use crate::commands::token::account;
use crate::problem::Problem;
use crate::settings::Settings;
use crate::system::SystemClock;
use crate::{compose, runtime, ui};

/// Let no server start any more, or let them start again
///
/// Servers that run go on, and people who start one are told why they can't. It holds for all hubs on this database, at
/// once and over restarts, until it is switched off.
#[derive(Args)]
#[command(after_help = "\
Examples:
  perijove drain \"Maintenance on Sunday from 8 to 10.\"
  perijove drain --show
  perijove drain --off")]
pub struct Drain {
    /// What people are told: one line of 500 characters at most
    message: Option<String>,
    /// Let servers start again
    #[arg(long, conflicts_with = "message")]
    off: bool,
    /// Only say whether the hub is drained
    #[arg(long, conflicts_with_all = ["message", "off"])]
    show: bool,
    #[command(flatten)]
    config: ConfigArg,
}

impl Drain {
    pub fn run(self) -> Result<()> {
        let settings = Settings::load(self.config.config.as_deref())?;
        let wanted = self.wanted()?;
        let now = runtime::small()?.block_on(async {
            let store = compose::store(&settings.config, false).await?;
            done(&store, wanted.as_ref()).await
        })?;
        ui::say(told(now));
        Ok(())
    }

    fn wanted(&self) -> Result<Option<Switch>> {
        if self.show {
            return Ok(None);
        }
        if self.off {
            return Ok(Some(Switch::Off));
        }
        let text = self.message.as_deref().unwrap_or_default();
        let message = drain::message(text).ok_or_else(|| {
            let most = drain::LONGEST_MESSAGE;
            Problem::new(format!(
                "the message is longer than {most} characters, or has signs that can't be shown"
            ))
            .of_usage()
        })?;
        Ok(Some(Switch::On(message)))
    }
}

async fn done(store: &Store, wanted: Option<&Switch>) -> Result<Option<kept::Drain>> {
    let now = match wanted {
        None => kept::get(store).await,
        Some(wanted) => {
            let by = Actor::command(account().as_deref());
            drain::switch(store, &SystemClock, &by, wanted).await
        }
    };
    now.map_err(|error| Problem::new("the database can't be used").because(error).into())
}

fn told(now: Option<kept::Drain>) -> String {
    match now {
        None => "servers may start".to_owned(),
        Some(drain) if drain.message.is_empty() => format!("no server starts, since {}", drain.since),
        Some(drain) => format!("no server starts, since {}: {}", drain.since, drain.message),
    }
}
