//! `perijove environments`: the Python environments of this machine, listed, built, looked at and removed.

use anyhow::Result;
use clap::{Args, Subcommand};
use perijove_environments::{Environments as All, Error, Kind, Progress, State, Status};
use perijove_hub::environments::EnvironmentModel;

use crate::cli::ConfigArg;
use crate::problem::Problem;
use crate::settings::Settings;
use crate::{compose, runtime, ui};

/// Look after the Python environments that servers run in
///
/// They lie in `python` below the data directory. The hub need not run; where it does, it sees what was done here.
#[derive(Args)]
pub struct Environments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    List(List),
    Build(Build),
    Show(Show),
    Remove(Remove),
    Own(super::environments_own::Own),
}

/// List environments: those that come with Perijove, and the site's own
#[derive(Args)]
struct List {
    #[command(flatten)]
    common: Common,
}

/// Build environments that are not there yet
///
/// Servers build what they need themselves; whoever comes first waits for it. What was fetched is kept, so that the
/// next version takes less time. The way to the package index is that of `uv`: UV_DEFAULT_INDEX, HTTPS_PROXY,
/// SSL_CERT_FILE and the like.
#[derive(Args)]
#[command(after_help = "\
Examples:
  perijove environments build lab
  perijove environments build lab datascience marimo")]
struct Build {
    /// Which
    #[arg(required = true)]
    names: Vec<String>,
    #[command(flatten)]
    common: Common,
}

/// Show an environment: its versions, its packages, and why it could not be built
#[derive(Args)]
struct Show {
    /// Which
    name: String,
    #[command(flatten)]
    common: Common,
}

/// Remove the versions of an environment that were built
///
/// Its definition stays: the next server that needs it builds it again. An environment that a server runs in is not
/// removed.
#[derive(Args)]
struct Remove {
    /// Which
    name: String,
    #[command(flatten)]
    common: Common,
}

#[derive(Args)]
struct Common {
    /// Print JSON, as the API has it
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    config: ConfigArg,
}

impl Common {
    fn all(&self) -> Result<(All, tokio::runtime::Runtime)> {
        let settings = Settings::load(self.config.config.as_deref())?;
        Ok((compose::environments(&settings), runtime::small()?))
    }
}

impl Environments {
    pub fn run(self) -> Result<()> {
        match self.action {
            Action::List(command) => command.run(),
            Action::Build(command) => command.run(),
            Action::Show(command) => command.run(),
            Action::Remove(command) => command.run(),
            Action::Own(command) => command.run(),
        }
    }
}

impl List {
    fn run(self) -> Result<()> {
        let (all, runtime) = self.common.all()?;
        let found = runtime.block_on(all.list()).map_err(problem)?;
        if self.common.json {
            let models: Vec<EnvironmentModel> = found.iter().map(EnvironmentModel::short).collect();
            ui::say(serde_json::to_string_pretty(&models)?);
            return Ok(());
        }
        let width = found
            .iter()
            .map(|status| status.definition.name.len())
            .max()
            .unwrap_or(0);
        for status in &found {
            let Status { definition, .. } = status;
            let state = word(status);
            ui::say(format!(
                "{:width$}  {state:9}  {}",
                definition.name, definition.description
            ));
        }
        Ok(())
    }
}

impl Build {
    fn run(self) -> Result<()> {
        let (all, runtime) = self.common.all()?;
        for name in &self.names {
            let told = |progress: Progress| ui::note(format!("{name}: {}", progress.message));
            let held = runtime.block_on(all.ensure(name, &told)).map_err(problem)?;
            match self.common.json {
                true => {
                    let status = runtime.block_on(all.status(name)).map_err(problem)?;
                    ui::say(serde_json::to_string_pretty(&EnvironmentModel::whole(&status))?);
                }
                false => ui::say(held.dir.display()),
            }
        }
        Ok(())
    }
}

impl Show {
    fn run(self) -> Result<()> {
        let (all, runtime) = self.common.all()?;
        let status = runtime.block_on(all.status(&self.name)).map_err(problem)?;
        if self.common.json {
            ui::say(serde_json::to_string_pretty(&EnvironmentModel::whole(&status))?);
            return Ok(());
        }
        let Status { definition, .. } = &status;
        let mut lines = vec![
            ("what", definition.description.clone()),
            ("state", word(&status).to_owned()),
            ("version", status.version.clone()),
        ];
        if let Some(progress) = &status.progress {
            lines.push(("now", progress.message.clone()));
        }
        for built in &status.built {
            let manifest = &built.manifest;
            let used = if built.used { ", used by servers" } else { "" };
            let packages = manifest.packages.len();
            let about = format!(
                "{}: Python {}, {packages} packages, {}{used}",
                manifest.version, manifest.python, manifest.built_at
            );
            lines.push(("built", about));
        }
        if let Some(failure) = &status.failure {
            lines.push(("failed", failure.message.clone()));
            failure.hint.iter().for_each(|hint| lines.push(("hint", hint.clone())));
            failure.log.iter().for_each(|line| lines.push(("log", line.clone())));
        }
        ui::banner(&definition.name, &lines);
        Ok(())
    }
}

impl Remove {
    fn run(self) -> Result<()> {
        let (all, runtime) = self.common.all()?;
        let removed = runtime.block_on(all.remove(&self.name)).map_err(problem)?;
        match (self.common.json, removed) {
            (true, _) => ui::say(serde_json::json!({ "name": self.name, "removed": removed })),
            (false, 0) => ui::say(format!("'{}' was not built", self.name)),
            (false, 1) => ui::say(format!("'{}' was removed", self.name)),
            (false, _) => ui::say(format!("{removed} versions of '{}' were removed", self.name)),
        }
        Ok(())
    }
}

fn word(status: &Status) -> &'static str {
    match status.state {
        State::Missing if status.built.is_empty() => "not built",
        State::Missing => "outdated",
        State::Building => "building",
        State::Ready => "ready",
        State::Failed => "failed",
    }
}

/// With the end of what the tools said.
pub fn problem(error: Error) -> anyhow::Error {
    let mut what = error.what.clone();
    for line in &error.tail {
        what.push_str("\n| ");
        what.push_str(line);
    }
    let (kind, hint) = (error.kind, error.hint.clone());
    let mut problem = Problem::new(what);
    if let Some(cause) = std::error::Error::source(&error) {
        problem = problem.because(anyhow::anyhow!("{cause}"));
    }
    if let Some(hint) = hint {
        problem = problem.try_this(hint);
    }
    match kind {
        Kind::Unknown | Kind::Refused => problem.of_usage().into(),
        Kind::Failed | Kind::InUse => problem.into(),
    }
}
