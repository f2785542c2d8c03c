//! Python environments for servers: defined in files, built on demand and kept by version, removed when nobody uses
//! them.
//!
//! What is there is on the disk and nowhere else ([`place`]), so that several hubs, and the command line beside them,
//! see the same and build once. An environment is complete or not there; none is changed in place but for which
//! extensions of its pages are switched on.

mod build;
mod choices;
mod command;
mod conda;
mod definition;
mod error;
pub mod extensions;
pub mod own;
mod place;
mod tools;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use perijove_model::Clock;
use serde::{Deserialize, Serialize};
use tokio::sync::OnceCell;

pub use build::{Manifest, Progress};
pub use choices::Choices;
pub use definition::{Definition, Source, is_name};
pub use error::{Error, Kind};
pub use tools::Python;

use build::Build;
use command::Log;
use extensions::{Offer, Standing};
use place::Place;

const LOOK: Duration = Duration::from_millis(300);

/// Where environments are, and with what they are built.
#[derive(Clone)]
pub struct Settings {
    /// An absolute path; everybody must be able to read there.
    pub dir: PathBuf,
    /// The site's own definitions.
    pub definitions: Option<PathBuf>,
    pub python: Option<String>,
    pub build_timeout: Duration,
    /// For the tools: PATH, HOME, the way to the package index.
    pub env: BTreeMap<String, String>,
    pub clock: Arc<dyn Clock>,
}

/// All environments of this machine. Cheap to clone.
#[derive(Clone)]
pub struct Environments(Arc<Inner>);

struct Inner {
    settings: Settings,
    python: OnceCell<Python>,
}

/// A complete environment, kept from being removed as long as this lives.
#[derive(Debug)]
pub struct Held {
    pub dir: PathBuf,
    pub version: String,
    /// Whoever uses the environment holds a shared lock on this file.
    pub in_use: PathBuf,
    _lock: place::Lock,
}

/// How far an environment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Not built, or only for an earlier definition.
    Missing,
    Building,
    Ready,
    Failed,
}

/// A build that came to nothing.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Failure {
    pub version: String,
    pub at: String,
    pub message: String,
    pub hint: Option<String>,
    /// The last lines of what the tools wrote.
    pub log: Vec<String>,
}

/// What is known of an environment.
#[derive(Debug, Clone)]
pub struct Status {
    pub definition: Definition,
    pub choices: Choices,
    pub state: State,
    /// The version that the definition asks for.
    pub version: String,
    pub progress: Option<Progress>,
    pub failure: Option<Failure>,
    pub built: Vec<Built>,
}

/// A version on the disk.
#[derive(Debug, Clone)]
pub struct Built {
    pub manifest: Manifest,
    pub used: bool,
}

impl Environments {
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self(Arc::new(Inner {
            settings,
            python: OnceCell::new(),
        }))
    }

    fn place(&self, name: &str) -> Place {
        Place::new(&self.0.settings.dir, name)
    }

    async fn python(&self) -> Result<&Python, Error> {
        let asked = self.0.python.get_or_try_init(|| tools::python(&self.0.settings));
        asked.await
    }

    /// With what people's own environments are made: Python, `uv` (if it is wanted and can be had), and variables, which
    /// name nothing of the hub's own.
    pub async fn tools(&self, with_uv: bool) -> Result<(PathBuf, Option<PathBuf>, BTreeMap<String, String>), Error> {
        let python = self.python().await?;
        let uv = match with_uv {
            true => tools::uv(&self.0.settings, python, &Log::new()).await.ok(),
            false => None,
        };
        let mut env = self.0.settings.env.clone();
        env.retain(|name, _| !["HOME", "TMPDIR", "UV_CACHE_DIR"].contains(&name.as_str()) && !name.starts_with("XDG_"));
        Ok((python.program.clone(), uv, env))
    }

    /// Which environments there are, by name.
    pub async fn definitions(&self) -> Result<BTreeMap<String, Definition>, Error> {
        let site = self.0.settings.definitions.clone();
        blocking(move || definition::all(site.as_deref())).await
    }

    pub async fn definition(&self, name: &str) -> Result<Definition, Error> {
        let mut all = self.definitions().await?;
        all.remove(name).ok_or_else(|| {
            let known: Vec<String> = all.into_keys().collect();
            let shown: String = name.chars().take(60).collect();
            Error::new(format!("there is no environment named '{shown}'"))
                .of(Kind::Unknown)
                .hint(format!("there are {}", known.join(", ")))
        })
    }

    pub async fn list(&self) -> Result<Vec<Status>, Error> {
        let mut found = Vec::new();
        for definition in self.definitions().await?.into_values() {
            found.push(self.look(definition).await?);
        }
        Ok(found)
    }

    pub async fn status(&self, name: &str) -> Result<Status, Error> {
        self.look(self.definition(name).await?).await
    }

    async fn look(&self, definition: Definition) -> Result<Status, Error> {
        let place = self.place(&definition.name);
        let python = self.python().await?.clone();
        blocking(move || {
            let choices = Choices::read(&place);
            let version = definition.version(&python, &choices.extras());
            let failure = place.read::<Failure>("failed.json");
            // A build holds the turn; what one that was killed wrote means nothing.
            let building = place.file("turn").exists() && place.try_turn()?.is_none();
            let progress = if building { place.read("building.json") } else { None };
            let built = place.versions().into_iter().filter_map(|version| {
                Some(Built {
                    manifest: place.read(&format!("{version}/{}", place::MANIFEST))?,
                    used: place.is_used(&version),
                })
            });
            let built: Vec<Built> = built.collect();
            let state = match () {
                () if progress.is_some() => State::Building,
                () if built.iter().any(|built| built.manifest.version == version) => State::Ready,
                () if failure.is_some() => State::Failed,
                () => State::Missing,
            };
            Ok(Status {
                definition,
                choices,
                state,
                version,
                progress,
                failure,
                built,
            })
        })
        .await
    }

    /// The environment as it is defined now, built if it is not there. A build that has begun goes on when nobody waits
    /// for it any more.
    pub async fn ensure(&self, name: &str, told: &(dyn Fn(Progress) + Sync)) -> Result<Held, Error> {
        let definition = self.definition(name).await?;
        if let Some(held) = self.held(&definition).await? {
            return Ok(held);
        }
        let (all, wanted) = (self.clone(), definition.clone());
        self.follow(name, async move { all.build(&wanted).await }, told).await?;
        let held = self.held(&definition).await?;
        held.ok_or_else(|| Error::new("the environment was removed as soon as it was built"))
    }

    /// Does what builds an environment and tells how far that is. It goes on when nobody waits for it any more.
    pub async fn follow(
        &self,
        name: &str,
        work: impl Future<Output = Result<(), Error>> + Send + 'static,
        told: &(dyn Fn(Progress) + Sync),
    ) -> Result<(), Error> {
        let place = self.place(name);
        let mut building = tokio::spawn(work);
        let mut last = None;
        loop {
            tokio::select! {
                built = &mut building => {
                    return built.unwrap_or_else(|error| Err(Error::new("the build was broken off").because(error)));
                }
                () = tokio::time::sleep(LOOK) => {
                    let place = place.clone();
                    let now: Option<Progress> = blocking(move || Ok(place.read("building.json"))).await?;
                    if now.is_some() && now != last {
                        now.clone().into_iter().for_each(told);
                        last = now;
                    }
                }
            }
        }
    }

    /// What of the list of extensions goes with this environment, and what of it is there.
    pub async fn offers(&self, name: &str) -> Result<Vec<Offer>, Error> {
        let definition = self.definition(name).await?;
        let place = self.place(name);
        blocking(move || Ok(extensions::offers(&definition, &Choices::read(&place)))).await
    }

    /// Whether an extension can be installed here, without doing it.
    pub async fn check_installable(&self, name: &str, extension: &str) -> Result<(), Error> {
        let wanted = extensions::named(extension)?;
        let offers = self.offers(name).await?;
        let offer = offers.into_iter().find(|offer| offer.extension.name == wanted.name);
        match offer.map(|offer| offer.standing) {
            Some(Standing::Incompatible(why)) => {
                let what = format!("the extension '{extension}' can't be installed into '{name}': {why}");
                Err(Error::new(what).of(Kind::Refused))
            }
            _ => Ok(()),
        }
    }

    /// Builds a version of the environment that has this extension, which starts get from then on. The versions that are
    /// there stay as they are.
    pub async fn install(&self, name: &str, extension: &str) -> Result<(), Error> {
        self.check_installable(name, extension).await?;
        let wanted = extensions::named(extension)?;
        self.choose(name, |definition, choices| {
            let included = definition
                .packages()
                .iter()
                .any(|line| line.starts_with(&format!("{}==", wanted.package)));
            if !included {
                let pin = format!("{}=={}", wanted.package, wanted.version);
                let packages = std::iter::once(pin).chain(wanted.with.iter().cloned());
                choices
                    .installed
                    .insert(wanted.name.clone(), packages.collect::<Vec<_>>().join("\n"));
            }
            Ok(())
        })
        .await
    }

    /// The opposite of [`Self::install`].
    pub async fn uninstall(&self, name: &str, extension: &str) -> Result<(), Error> {
        let wanted = extensions::named(extension)?;
        self.choose(name, |_, choices| match choices.installed.remove(&wanted.name) {
            Some(_) => Ok(()),
            None => Err(Error::new(format!("the extension '{extension}' was not added to '{name}'")).of(Kind::Unknown)),
        })
        .await
    }

    /// What was chosen holds once the version that has it is there.
    async fn choose(
        &self,
        name: &str,
        change: impl FnOnce(&Definition, &mut Choices) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let definition = self.definition(name).await?;
        let place = self.place(name);
        let _turn = place.take_turn().await?;
        let mut choices = Choices::read(&place);
        let before = choices.clone();
        change(&definition, &mut choices)?;
        let version = definition.version(self.python().await?, &choices.extras());
        if place.hold(&version)?.is_none() {
            self.build_with(&definition, &place, &choices).await?;
        }
        if choices != before {
            choices.write(&place)?;
        }
        place.set_current(&version)
    }

    /// Switches an extension of the page on or off, by its name in the list or by that which JupyterLab knows it by. It
    /// holds from the next time that the page is loaded, in servers that run too.
    pub async fn set_enabled(&self, name: &str, extension: &str, enabled: bool) -> Result<(), Error> {
        let parts = match extensions::named(extension) {
            Ok(listed) => listed.labextensions.clone(),
            Err(_) if extension.contains(['/', '-', '_', ':']) && extension.len() <= 200 => vec![extension.to_owned()],
            Err(error) => return Err(error),
        };
        if parts.is_empty() {
            let what = format!("the extension '{extension}' has no part in the page that could be switched");
            return Err(Error::new(what).of(Kind::Refused));
        }
        let definition = self.definition(name).await?;
        let place = self.place(name);
        let _turn = place.take_turn().await?;
        blocking(move || {
            let mut choices = Choices::read(&place);
            for part in parts {
                let by_definition = definition.disabled.contains(&part);
                choices.enabled.remove(&part);
                choices.disabled.remove(&part);
                match enabled {
                    true if by_definition => drop(choices.enabled.insert(part)),
                    false if !by_definition => drop(choices.disabled.insert(part)),
                    _ => {}
                }
            }
            choices.write(&place)?;
            let Some(current) = place.current() else { return Ok(()) };
            place::write(
                &place.version(&current).join(build::PAGE_CONFIG),
                &choices.page_config(&definition),
            )
        })
        .await
    }

    /// The version that the definition asks for, if it is there.
    async fn held(&self, definition: &Definition) -> Result<Option<Held>, Error> {
        let place = self.place(&definition.name);
        let (definition, python) = (definition.clone(), self.python().await?.clone());
        blocking(move || {
            let version = definition.version(&python, &Choices::read(&place).extras());
            let Some(lock) = place.hold(&version)? else {
                return Ok(None);
            };
            place.set_current(&version)?;
            Ok(Some(Held {
                dir: place.version(&version),
                in_use: place.in_use(&version),
                version,
                _lock: lock,
            }))
        })
        .await
    }

    async fn build(&self, definition: &Definition) -> Result<(), Error> {
        let place = self.place(&definition.name);
        let _turn = place.take_turn().await?;
        // Somebody else may have built it meanwhile.
        if self.held(definition).await?.is_some() {
            return Ok(());
        }
        self.build_with(definition, &place, &Choices::read(&place)).await
    }

    /// The caller has the turn.
    async fn build_with(&self, definition: &Definition, place: &Place, choices: &Choices) -> Result<(), Error> {
        let settings = &self.0.settings;
        let python = self.python().await?;
        let version = definition.version(python, &choices.extras());
        place.forget("build.log");
        let log = Log::new();
        let begun = settings.clock.now();
        tracing::info!(environment = definition.name, version, "building an environment");
        let work = async {
            let uv = tools::uv(settings, python, &log).await?;
            let build = Build {
                settings,
                place,
                definition,
                choices,
                python,
                version: &version,
                uv,
                log: log.clone(),
            };
            build.run().await
        };
        let outcome = match tokio::time::timeout(settings.build_timeout, work).await {
            Ok(outcome) => outcome.map(drop),
            Err(_) => {
                let seconds = settings.build_timeout.as_secs();
                let error = Error::new(format!("it was not built within {seconds} seconds"));
                let hint = "try again: what was fetched is kept; or set `build_timeout` in [environments] higher";
                Err(error.hint(hint).with_tail(log.tail()))
            }
        };
        log.flush(&place.file("build.log")).await;
        place.forget("building.json");
        match outcome {
            Ok(()) => {
                place.forget("failed.json");
                place.set_current(&version)?;
                let seconds = settings.clock.now().duration_since(begun).as_secs();
                tracing::info!(
                    environment = definition.name,
                    version,
                    seconds,
                    "an environment was built"
                );
                self.tidy(place, &version);
                Ok(())
            }
            Err(error) => {
                let failure = Failure {
                    version,
                    at: settings.clock.now().to_string(),
                    message: error.to_string(),
                    hint: error.hint.clone(),
                    log: error.tail.clone(),
                };
                place.write_json("failed.json", &failure)?;
                Err(error)
            }
        }
    }

    /// Removes the versions that nobody uses but one. The caller has the turn.
    fn tidy(&self, place: &Place, keep: &str) {
        for version in place.versions().into_iter().filter(|version| version != keep) {
            match place.remove(&version) {
                Ok(()) => tracing::info!(version, "a version of an environment was removed"),
                Err(error) if error.kind == Kind::InUse => {}
                Err(error) => tracing::warn!(version, %error, "a version of an environment can't be removed"),
            }
        }
    }

    /// Removes what no server uses any more: versions that are not the current one.
    pub async fn sweep(&self) -> Result<(), Error> {
        for name in self.definitions().await?.into_keys() {
            let (all, place) = (self.clone(), self.place(&name));
            blocking(move || {
                let Some(current) = place.current() else { return Ok(()) };
                if let Some(_turn) = place.try_turn()? {
                    all.tidy(&place, &current);
                }
                Ok(())
            })
            .await?;
        }
        Ok(())
    }

    /// Removes all versions of an environment; it is built again by the next start that asks for it.
    pub async fn remove(&self, name: &str) -> Result<usize, Error> {
        let definition = self.definition(name).await?;
        let place = self.place(name);
        blocking(move || {
            if !place.file("turn").exists() {
                return Ok(0);
            }
            let Some(_turn) = place.try_turn()? else {
                return Err(Error::new("it is being built")
                    .of(Kind::InUse)
                    .hint("wait until that has ended"));
            };
            let versions = place.versions();
            if versions.iter().any(|version| place.is_used(version)) {
                let what = format!("the environment '{}' is used by servers that run", definition.name);
                return Err(Error::new(what).of(Kind::InUse).hint("stop them first"));
            }
            versions.iter().try_for_each(|version| place.remove(version))?;
            place.sweep_halves()?;
            place.clear();
            Ok(versions.len())
        })
        .await
    }
}

/// Files are looked at off the runtime: a slow disk must not hold up the hub.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Error> + Send + 'static) -> Result<T, Error> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(Error::new("it was broken off").because(error)))
}
