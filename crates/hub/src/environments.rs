//! Python environments as the hub has them: where they are, what builds them, and what is said when one can't be had.

pub mod own;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use perijove_config::Config;
use perijove_environments::extensions::{Offer, Standing};
use perijove_environments::{Built, Environments, Error, Settings, Source, State, Status};
use perijove_model::Clock;
use serde::Serialize;
use utoipa::ToSchema;

use crate::Hub;

/// Variables that lead to programs, to the package index and through the site's proxy.
const FOR_TOOLS: &[&str] = &[
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "REQUESTS_CA_BUNDLE",
];
const FAMILIES: &[&str] = &["UV_", "PIP_", "NPM_CONFIG_", "XDG_"];
const PROXIES: &[&str] = &["http_proxy", "https_proxy", "no_proxy", "all_proxy"];

/// Those of this machine.
#[must_use]
pub fn of(config: &Config, env: BTreeMap<String, String>, clock: Arc<dyn Clock>) -> Environments {
    let keys = &config.environments;
    Environments::new(Settings {
        dir: config.hub.data_dir.join("python"),
        definitions: keys.dir.clone(),
        python: keys.python.clone(),
        build_timeout: keys.build_timeout,
        env,
        clock,
    })
}

/// Whether the tools that build environments get this variable of the hub's.
#[must_use]
pub fn is_for_tools(name: &str) -> bool {
    FOR_TOOLS.contains(&name)
        || FAMILIES.iter().any(|family| name.starts_with(family))
        || PROXIES.iter().any(|proxy| name.eq_ignore_ascii_case(proxy))
}

/// Why an environment can't be had, for the person whose server waits for it.
#[must_use]
pub fn told(name: &str, error: &Error) -> String {
    match &error.hint {
        Some(hint) => format!("The environment '{name}' can't be had: {error}. An administrator can help: {hint}."),
        None => format!("The environment '{name}' can't be had: {error}."),
    }
}

/// Versions that no server uses any more go, in each hub: the disk is the machine's.
pub(crate) async fn keep_tidy(hub: Arc<Hub>) {
    const EVERY: Duration = Duration::from_secs(60 * 60);
    loop {
        tokio::select! {
            () = hub.stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
        if let Err(error) = hub.environments.sweep().await {
            tracing::warn!(%error, "what no server uses of environments can't be removed");
        }
    }
}

/// An environment, as the API and `--json` tell of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Environment)]
pub struct EnvironmentModel {
    pub name: String,
    pub description: String,
    /// `built-in`: it comes with Perijove; `site`: the site has defined it.
    pub source: &'static str,
    /// `missing`, `building`, `ready` or `failed`: of the version that the definition asks for.
    pub state: &'static str,
    /// The version that the definition asks for.
    pub version: String,
    /// How far the build is that is going on.
    pub progress: Option<ProgressModel>,
    /// Why the last build came to nothing.
    pub failure: Option<FailureModel>,
    /// Versions that are there; earlier ones as long as servers use them.
    pub built: Vec<BuiltModel>,
    /// Extensions that were added to the definition.
    pub extensions: Vec<String>,
    /// Extensions of JupyterLab's page that are switched off.
    pub disabled: Vec<String>,
}

/// How far a build has come.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EnvironmentProgress)]
pub struct ProgressModel {
    /// Packages that are installed.
    pub done: usize,
    /// Packages that there will be; 0 as long as that is not known.
    pub total: usize,
    pub message: String,
}

/// A build that came to nothing.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EnvironmentFailure)]
pub struct FailureModel {
    pub at: String,
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// The last lines of what the tools wrote.
    pub log: Vec<String>,
}

/// A version that is on the disk.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EnvironmentVersion)]
pub struct BuiltModel {
    pub version: String,
    pub python: String,
    pub built_at: String,
    /// Whether servers run in it.
    pub used: bool,
    /// How many packages it has.
    pub package_count: usize,
    /// Each package with its version; left out in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub packages: Option<BTreeMap<String, String>>,
}

impl EnvironmentModel {
    /// Without packages and logs.
    #[must_use]
    pub fn short(status: &Status) -> Self {
        let mut model = Self::whole(status);
        model.built.iter_mut().for_each(|built| built.packages = None);
        model.failure.iter_mut().for_each(|failure| failure.log.clear());
        model
    }

    #[must_use]
    pub fn whole(status: &Status) -> Self {
        let Status {
            definition, choices, ..
        } = status;
        Self {
            name: definition.name.clone(),
            description: definition.description.clone(),
            source: match definition.source {
                Source::BuiltIn => "built-in",
                Source::Site => "site",
            },
            state: match status.state {
                State::Missing => "missing",
                State::Building => "building",
                State::Ready => "ready",
                State::Failed => "failed",
            },
            version: status.version.clone(),
            progress: status.progress.clone().map(|progress| ProgressModel {
                done: progress.done,
                total: progress.total,
                message: progress.message,
            }),
            failure: status.failure.clone().map(|failure| FailureModel {
                at: failure.at,
                message: failure.message,
                hint: failure.hint,
                log: failure.log,
            }),
            built: status.built.iter().map(BuiltModel::from).collect(),
            extensions: choices.installed.keys().cloned().collect(),
            disabled: choices.off(definition).into_iter().collect(),
        }
    }
}

impl From<&Built> for BuiltModel {
    fn from(built: &Built) -> Self {
        let manifest = &built.manifest;
        Self {
            version: manifest.version.clone(),
            python: manifest.python.clone(),
            built_at: manifest.built_at.clone(),
            used: built.used,
            package_count: manifest.packages.len(),
            packages: Some(manifest.packages.clone()),
        }
    }
}

/// An extension, as it is for an environment.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Extension)]
pub struct ExtensionModel {
    name: &'static str,
    /// As package indexes know it.
    package: &'static str,
    version: &'static str,
    /// The versions of JupyterLab that it is made for.
    jupyterlab: &'static str,
    about: &'static str,
    /// `included` in the definition, `installed`, `available` or `incompatible`.
    state: &'static str,
    /// Why it is incompatible.
    reason: Option<String>,
    /// Whether the page shows it.
    enabled: bool,
    /// The names that JupyterLab knows its parts by.
    labextensions: &'static [String],
}

impl From<Offer> for ExtensionModel {
    fn from(offer: Offer) -> Self {
        let extension = offer.extension;
        let (state, reason) = match offer.standing {
            Standing::Included => ("included", None),
            Standing::Installed => ("installed", None),
            Standing::Available => ("available", None),
            Standing::Incompatible(why) => ("incompatible", Some(why)),
        };
        Self {
            name: &extension.name,
            package: &extension.package,
            version: &extension.version,
            jupyterlab: &extension.jupyterlab,
            about: &extension.about,
            state,
            reason,
            enabled: offer.enabled,
            labextensions: &extension.labextensions,
        }
    }
}
