//! `perijove invite [NAME]`: a link for somebody new, or for somebody who forgot the password; without a name, for whoever
//! has it.

use anyhow::Result;
use clap::Args;
use perijove_hub::accounts::invitations::{Maker, Wanted};
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
/// With a name it works once, within a week, for a new person as well as for one who forgot the password. Whoever has the
/// link can sign in by that name: give it to nobody else. Without one, whoever has the link chooses a new name, too.
#[derive(Args)]
#[command(after_help = "\
Examples:
  perijove invite ada
  perijove invite grace --admin
  perijove invite --uses 30 --days 2 --group class")]
pub struct Invite {
    /// Name that the person signs in with
    name: Option<String>,
    /// Make the person an administrator
    #[arg(long, requires = "name")]
    admin: bool,
    /// How many people may use it
    #[arg(long, value_name = "NUMBER", default_value_t = 1, conflicts_with = "name")]
    uses: i64,
    /// For how many days
    #[arg(long, value_name = "NUMBER", default_value_t = 7, conflicts_with = "name")]
    days: i64,
    /// Group that whoever uses it is put into; may be given several times
    #[arg(long, value_name = "NAME", conflicts_with = "name")]
    group: Vec<String>,
    #[command(flatten)]
    config: ConfigArg,
}

impl Invite {
    pub fn run(self) -> Result<()> {
        let name = self.name.as_deref().map(UserName::normalise).transpose();
        let name = name.map_err(|error| Problem::new("this can't be anybody's name").because(error).of_usage())?;
        let settings = Settings::load(self.config.config.as_deref())?;
        let (config, clock, rng) = (&settings.config, &SystemClock, &SystemRng);
        let link = runtime::small()?.block_on(async {
            let store = compose::store(config, false).await?;
            let by = Actor::command(account().as_deref());
            if let Some(name) = &name {
                let link = startup::invite(&store, clock, rng, config, name, self.admin, &by).await;
                return link
                    .map_err(|error| anyhow::Error::from(Problem::new("the link can't be made").because(error)));
            }
            let maker = Maker {
                store: &store,
                clock,
                rng,
                config,
            };
            let wanted = Wanted {
                life: self.days.saturating_mul(24 * 3600),
                uses: self.uses,
                groups: self.group,
                email: None,
                language: None,
            };
            let made = maker.make(&wanted, &by).await;
            made.map(|made| made.url).map_err(|error| {
                let why = error
                    .message
                    .unwrap_or_else(|| "the database has not taken it".to_owned());
                anyhow::Error::from(Problem::new("the link can't be made").because(anyhow::anyhow!(why)))
            })
        })?;
        ui::say(link);
        Ok(())
    }
}
