//! `perijove environments own`: Python environments that people have in their homes, for whoever looks after them.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use perijove_environments::own::{Contents, New, Own as Environment};
use perijove_hub::Hub;
use perijove_hub::environments::own::{self, OwnError};
use perijove_spawn::process::machine::Mode;
use perijove_store::users::{self, User};

use crate::cli::ConfigArg;
use crate::problem::Problem;
use crate::settings::Settings;
use crate::system::SystemRng;
use crate::{compose, runtime, secrets, ui};

/// Look after the environments that people have in their homes
///
/// They are made and removed by the person's own account, as when the person asks for them, and are kernels of the
/// person's servers. The hub need not run.
#[derive(Args)]
#[command(after_help = "\
Examples:
  perijove environments own list ada
  perijove environments own make ada torch torch 'torchvision>=0.20'
  perijove environments own make ada course --requirements requirements.txt
  perijove environments own make ada geo --conda environment.yml
  perijove environments own remove ada torch")]
pub struct Own {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    List(List),
    Make(Box<Make>),
    Remove(Remove),
}

/// List the environments of somebody
#[derive(Args)]
struct List {
    #[command(flatten)]
    whose: Whose,
    /// Print JSON, as the API has it
    #[arg(long)]
    json: bool,
}

/// Make an environment for somebody, and wait for it
#[derive(Args)]
struct Make {
    #[command(flatten)]
    whose: Whose,
    /// What it is called: up to 40 of a-z, 0-9, '-' and '_'
    name: String,
    /// Packages, as pip takes them
    #[arg(value_name = "PACKAGE", required_unless_present_any = ["requirements", "conda"])]
    packages: Vec<String>,
    /// A requirements.txt, or a lock of pip's or uv's
    #[arg(long, value_name = "FILE", conflicts_with_all = ["packages", "conda"])]
    requirements: Option<PathBuf>,
    /// An environment.yml or an explicit lock of conda's
    #[arg(long, value_name = "FILE", conflicts_with = "packages")]
    conda: Option<PathBuf>,
    /// What the kernel is called in the launcher [default: the name]
    #[arg(long, value_name = "TEXT")]
    display_name: Option<String>,
}

/// Remove an environment of somebody's, and its kernel
#[derive(Args)]
struct Remove {
    #[command(flatten)]
    whose: Whose,
    /// Which
    name: String,
}

#[derive(Args)]
struct Whose {
    /// Whose
    user: String,
    #[command(flatten)]
    config: ConfigArg,
}

impl Own {
    pub fn run(self) -> Result<()> {
        match self.action {
            Action::List(command) => command.run(),
            Action::Make(command) => command.run(),
            Action::Remove(command) => command.run(),
        }
    }
}

impl Whose {
    /// Does something with the hub's parts, without a hub that serves.
    fn with<T>(&self, work: impl AsyncFnOnce(Arc<Hub>, User) -> Result<T, OwnError>) -> Result<T> {
        let settings = Settings::load(self.config.config.as_deref())?;
        runtime::small()?.block_on(async {
            let store = compose::store(&settings.config, false).await?;
            let found = users::by_name(&store, &self.user).await;
            let found = found.map_err(|error| Problem::new("the database can't be read").because(error))?;
            let Some(user) = found else {
                let shown: String = self.user.chars().take(80).collect();
                return Err(Problem::new(format!("there is nobody named '{shown}' in the database"))
                    .of_usage()
                    .into());
            };
            let token = secrets::edge_token(&settings.config, &SystemRng)?;
            let hub = compose::hub(&settings, store, token, Mode::Look).await?;
            work(hub, user).await.map_err(problem)
        })
    }
}

impl List {
    fn run(self) -> Result<()> {
        let found = self.whose.with(async |hub, user| own::list(&hub, &user).await)?;
        if self.json {
            ui::say(serde_json::to_string_pretty(&found)?);
            return Ok(());
        }
        let width = found.iter().map(|own| own.name.len()).max().unwrap_or(0);
        for own in &found {
            ui::say(line(own, width));
        }
        Ok(())
    }
}

impl Make {
    fn run(self) -> Result<()> {
        let read = |file: &PathBuf| {
            #[allow(clippy::disallowed_methods, reason = "a file that whoever runs this has named")]
            std::fs::read_to_string(file).with_context(|| format!("{} can't be read", file.display()))
        };
        let contents = match (&self.requirements, &self.conda) {
            (Some(file), _) => Contents::Pip(read(file)?),
            (None, Some(file)) => Contents::Conda(read(file)?),
            (None, None) => Contents::Pip(self.packages.join("\n")),
        };
        let new = New {
            name: self.name,
            display_name: self.display_name,
            contents,
        };
        ui::note("Installing packages");
        self.whose.with(async |hub, user| own::make(&hub, &user, new).await)
    }
}

impl Remove {
    fn run(self) -> Result<()> {
        let Self { whose, name } = self;
        whose.with(async |hub, user| own::remove(&hub, &user, &name).await)
    }
}

fn line(own: &Environment, width: usize) -> String {
    let told = own.message.as_deref().unwrap_or(&own.display_name);
    format!("{:width$}  {:8}  {:5}  {told}", own.name, own.state, own.kind)
}

fn problem(error: OwnError) -> anyhow::Error {
    let error = match error {
        OwnError::Tools(error) => return super::environments::problem(error),
        other => other,
    };
    let usage = match &error {
        OwnError::NoHome | OwnError::HomeMoves => true,
        OwnError::Refused { refused, .. } => *refused,
        OwnError::Backend(_) | OwnError::Store(_) | OwnError::Tools(_) => false,
    };
    let cause = match &error {
        OwnError::Backend(error) => error.cause.as_ref().map(|cause| anyhow::anyhow!("{cause}")),
        _ => None,
    };
    let mut problem = Problem::new(error.to_string().trim_end_matches('.'));
    if let Some(cause) = cause {
        problem = problem.because(cause);
    }
    match usage {
        true => problem.of_usage().into(),
        false => problem.into(),
    }
}
