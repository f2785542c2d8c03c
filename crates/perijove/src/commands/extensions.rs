//! `perijove extensions`: the extensions that were tried with our environments.

use anyhow::Result;
use clap::{Args, Subcommand};
use perijove_environments::extensions::Standing;
use perijove_environments::{Environments, Progress};
use perijove_hub::environments::ExtensionModel;

use super::environments::problem;
use crate::cli::ConfigArg;
use crate::settings::Settings;
use crate::{compose, runtime, ui};

/// Install extensions of JupyterLab into environments, and switch them on and off
///
/// Those of the list were tried with the environments that come with Perijove. Anything else goes into a definition of
/// your own: see `dir` in [environments].
#[derive(Args)]
pub struct Extensions {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    List(List),
    Install(Install),
    Uninstall(Uninstall),
    Enable(Enable),
    Disable(Disable),
}

/// List extensions, and how they stand to an environment
#[derive(Args)]
struct List {
    /// Print JSON, as the API has it
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    environment: Environment,
}

/// Build a version of an environment that has an extension
///
/// Servers that start from then on get it; those that run keep the version that they have.
#[derive(Args)]
#[command(after_help = "\
Examples:
  perijove extensions install git --environment lab")]
struct Install {
    #[command(flatten)]
    which: Which,
}

/// Go back to a version of an environment without an extension that was added
#[derive(Args)]
struct Uninstall {
    #[command(flatten)]
    which: Which,
}

/// Show an extension in JupyterLab's page again
#[derive(Args)]
struct Enable {
    #[command(flatten)]
    which: Which,
}

/// Hide an extension from JupyterLab's page
///
/// It holds from the next time that a page is loaded, in servers that run too.
#[derive(Args)]
struct Disable {
    #[command(flatten)]
    which: Which,
}

#[derive(Args)]
struct Which {
    /// Its name in the list; to switch it, also that which JupyterLab knows it by
    extension: String,
    #[command(flatten)]
    environment: Environment,
}

#[derive(Args)]
struct Environment {
    /// Which environment
    #[arg(long, value_name = "NAME", default_value = "lab")]
    environment: String,
    #[command(flatten)]
    config: ConfigArg,
}

impl Environment {
    fn all(&self) -> Result<(Environments, tokio::runtime::Runtime)> {
        let settings = Settings::load(self.config.config.as_deref())?;
        Ok((compose::environments(&settings), runtime::small()?))
    }
}

impl Extensions {
    pub fn run(self) -> Result<()> {
        match self.action {
            Action::List(command) => command.run(),
            Action::Install(command) => command.which.change(Change::Install),
            Action::Uninstall(command) => command.which.change(Change::Uninstall),
            Action::Enable(command) => command.which.switch(true),
            Action::Disable(command) => command.which.switch(false),
        }
    }
}

impl List {
    fn run(self) -> Result<()> {
        let (all, runtime) = self.environment.all()?;
        let offers = runtime
            .block_on(all.offers(&self.environment.environment))
            .map_err(problem)?;
        if self.json {
            let models: Vec<ExtensionModel> = offers.into_iter().map(ExtensionModel::from).collect();
            ui::say(serde_json::to_string_pretty(&models)?);
            return Ok(());
        }
        for offer in offers {
            let extension = offer.extension;
            let (state, about) = match &offer.standing {
                Standing::Incompatible(why) => ("incompatible", why.as_str()),
                Standing::Available => ("available", extension.about.as_str()),
                _ if !offer.enabled && !extension.labextensions.is_empty() => ("disabled", extension.about.as_str()),
                Standing::Included => ("included", extension.about.as_str()),
                Standing::Installed => ("installed", extension.about.as_str()),
            };
            ui::say(format!(
                "{:16} {:9} {state:13} {about}",
                extension.name, extension.version
            ));
        }
        Ok(())
    }
}

#[derive(Clone, Copy)]
enum Change {
    Install,
    Uninstall,
}

impl Which {
    fn change(self, change: Change) -> Result<()> {
        let (all, runtime) = self.environment.all()?;
        let (name, extension) = (self.environment.environment, self.extension);
        let told = |progress: Progress| ui::note(format!("{name}: {}", progress.message));
        let work = {
            let (all, name, extension) = (all.clone(), name.clone(), extension.clone());
            async move {
                match change {
                    Change::Install => all.install(&name, &extension).await,
                    Change::Uninstall => all.uninstall(&name, &extension).await,
                }
            }
        };
        runtime.block_on(all.follow(&name, work, &told)).map_err(problem)?;
        let done = match change {
            Change::Install => "has",
            Change::Uninstall => "no longer has",
        };
        ui::say(format!("servers that start from now on: '{name}' {done} '{extension}'"));
        Ok(())
    }

    fn switch(self, enabled: bool) -> Result<()> {
        let (all, runtime) = self.environment.all()?;
        let (name, extension) = (self.environment.environment, self.extension);
        runtime
            .block_on(all.set_enabled(&name, &extension, enabled))
            .map_err(problem)?;
        let done = if enabled { "shown" } else { "hidden" };
        ui::say(format!("'{extension}' is {done} in the pages of '{name}'"));
        Ok(())
    }
}
