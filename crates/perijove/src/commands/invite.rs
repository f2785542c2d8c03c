//! `perijove invite NAME`: a link for somebody new, or for somebody who forgot the password.

use anyhow::Result;
use clap::Args;
use perijove_hub::audit::Actor;
use perijove_hub::startup;
use perijove_model::UserName;

use super::token::account;
use crate::cli::ConfigArg;
use crate::problem::Problem;
use crate::settings::Settings;
use crate::system::{SystemClock, SystemRng};
use crate::{compose, runtime, ui};

/// Print a link with which somebody chooses a password
///
/// It works once, within a week, for a new person as well as for one who forgot the password. Whoever has the link
/// can sign in by that name: give it to nobody else.
#[derive(Args)]
#[command(after_help = "\
Examples:
  perijove invite ada
  perijove invite grace --admin")]
pub struct Invite {
    /// Name that the person signs in with
    name: String,
    /// Make the person an administrator
    #[arg(long)]
    admin: bool,
    #[command(flatten)]
    config: ConfigArg,
}

impl Invite {
    pub fn run(self) -> Result<()> {
        let name = UserName::normalise(&self.name)
            .map_err(|error| Problem::new("this can't be anybody's name").because(error).of_usage())?;
        let settings = Settings::load(self.config.config.as_deref())?;
        let link = runtime::small()?.block_on(async {
            let store = compose::store(&settings.config, false).await?;
            let by = Actor::command(account().as_deref());
            let link = startup::invite(
                &store,
                &SystemClock,
                &SystemRng,
                &settings.config,
                &name,
                self.admin,
                &by,
            )
            .await;
            link.map_err(|error| anyhow::Error::from(Problem::new("the link can't be made").because(error)))
        })?;
        ui::say(link);
        Ok(())
    }
}
