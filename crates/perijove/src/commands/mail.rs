//! `perijove mail test ADDRESS`: whether letters leave.

use anyhow::Result;
use clap::{Args, Subcommand};
use perijove_hub::{mail, startup};
use perijove_mail::Letter;
use perijove_model::{Clock, Rng};
use perijove_web::mails::{self, Mail as _};

use crate::cli::ConfigArg;
use crate::problem::Problem;
use crate::settings::Settings;
use crate::system::{SystemClock, SystemRng};
use crate::{compose, runtime, ui};

/// Try out the mail server of the configuration
#[derive(Args)]
pub struct Mail {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Test(SendTest),
}

/// Send a letter that says nothing, and tell what came of it
///
/// It is sent at once, once, and as the configuration says. The hub need not run.
#[derive(Args)]
#[command(after_help = "\
Examples:
  perijove mail test ada@example.org")]
struct SendTest {
    /// Where it is sent
    address: String,
    #[command(flatten)]
    config: ConfigArg,
}

impl Mail {
    pub fn run(self) -> Result<()> {
        let Command::Test(command) = self.command;
        command.run()
    }
}

impl SendTest {
    fn run(self) -> Result<()> {
        let Some(address) = mail::address(&self.address) else {
            return Err(
                Problem::new(format!("\"{}\" is no mail address", self.address.escape_debug()))
                    .of_usage()
                    .into(),
            );
        };
        let settings = Settings::load(self.config.config.as_deref())?;
        let config = &settings.config;
        let Some(courier) = compose::courier(config)? else {
            return Err(Problem::new("no mail server is configured")
                .try_this("set `url` and `from` in [mail]; docs/how-to/mail.md tells how")
                .of_usage()
                .into());
        };
        let pages = startup::pages(config)?;
        let written = pages.letter(&mail::head(config), None, mails::Test::NAME, &serde_json::json!({}))?;
        let rng: &dyn Rng = &SystemRng;
        let letter = Letter {
            to: address.to_owned(),
            subject: written.subject,
            text: written.text,
            html: written.html,
            id: format!("test.{}.{}", SystemClock.now().as_millisecond(), rng.urlsafe(8)),
        };
        let sent = runtime::small()?.block_on(courier.send(&letter));
        sent.map_err(|fault| {
            let problem = Problem::new(fault.what.clone());
            let problem = match fault.cause.as_str() {
                "" => problem,
                cause => problem.because(anyhow::anyhow!(cause.to_owned())),
            };
            match fault.hint {
                Some(hint) => problem.try_this(hint),
                None => problem,
            }
        })?;
        let server = config.mail.url.as_ref().map(ToString::to_string).unwrap_or_default();
        ui::say(format!(
            "{server} has taken a letter to {address}; look whether it arrives"
        ));
        Ok(())
    }
}
