//! `perijove config ...`: is the configuration right, and what can be said in it?

use anyhow::Result;
use clap::{Args, Subcommand};

use perijove_hub::startup;

use super::completions::write_document;
use super::environments;
use crate::cli::ConfigArg;
use crate::problem::Problem;
use crate::settings::Settings;
use crate::{compose, runtime, ui};

/// Check the configuration, or show what can be said in it
#[derive(Args)]
#[command(after_help = "\
Examples:
  perijove config check --config perijove.toml   every mistake at once
  perijove config example > perijove.toml        a file to begin with
  perijove config reference | less               every key and its default")]
pub struct ConfigCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Show every mistake in the configuration and the environment
    Check {
        #[command(flatten)]
        config: ConfigArg,
    },
    /// Print every key with its meaning and default, as Markdown
    Reference {
        /// Write it and the schema into the checkout that is the working directory
        #[arg(long, hide = true)]
        write: bool,
    },
    /// Print the JSON schema of perijove.toml, for editors
    Schema {
        /// Write it and the reference into the checkout that is the working directory
        #[arg(long, hide = true)]
        write: bool,
    },
    /// Print a perijove.toml to begin with
    Example,
}

impl ConfigCommand {
    pub fn run(self) -> Result<()> {
        match self.action {
            Action::Check { config } => check(&config),
            Action::Reference { write: true } | Action::Schema { write: true } => perijove_config::documents()
                .into_iter()
                .try_for_each(|(file, text)| write_document(file, &text)),
            Action::Reference { write: false } => {
                ui::say(perijove_config::reference().trim_end());
                Ok(())
            }
            Action::Schema { write: false } => {
                ui::say(serde_json::to_string_pretty(&perijove_config::schema())?);
                Ok(())
            }
            Action::Example => {
                ui::say(perijove_config::example().trim_end());
                Ok(())
            }
        }
    }
}

fn check(config: &ConfigArg) -> Result<()> {
    let settings = Settings::load(config.config.as_deref())?;
    let all = compose::environments(&settings);
    let known = runtime::small()?.block_on(all.definitions());
    let known = known.map_err(environments::problem)?.into_keys().collect();
    let first = settings.config.spawner.backends.first() == Some(&perijove_config::Backend::Process);
    let uses = |backend: &str| backend == "process" || (backend.is_empty() && first);
    startup::check_environments(&settings.config, &known, uses)
        .map_err(|error| Problem::new("the configuration is wrong").because(error).of_usage())?;
    match &settings.file {
        Some(file) => ui::say(format_args!("{} is right", file.display())),
        None => ui::say("no configuration file: the defaults and the environment are right"),
    }
    Ok(())
}
