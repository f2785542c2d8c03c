//! People's files as volumes of the engine, or as directories of its machine.
//!
//! A volume can't be renamed. One that is moved aside stays where it is, with an empty volume beside it that says so: its
//! name is given to nobody else as long as there are files in it, so nothing can come into its place.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::sync::Arc;

use async_trait::async_trait;
use bollard::models::VolumeCreateRequest;
use bollard::query_parameters::RemoveVolumeOptions;
use perijove_spawn::Home;
use perijove_spawn::homes::{Directories, Found, HomeError, Homes, Pace, Walk};

use crate::create::is_directory;
use crate::engine::{Engine, Fault};

/// The longest name of a file, which a volume's directory has.
const LONGEST: usize = 255;
const HOME: &str = "perijove.home";
const INSTANCE: &str = "perijove.instance";

/// Keeps homes with the engine.
pub(crate) struct Volumes {
    pub engine: Arc<Engine>,
    pub instance: String,
    /// Of homes; what stands beside one is the engine's own.
    pub driver: String,
    pub options: BTreeMap<String, String>,
}

/// In options, the limit in bytes.
const STORAGE: &str = "{storage}";

/// Whether the driver holds homes to their limits.
pub(crate) fn sized(options: &BTreeMap<String, String>) -> bool {
    options.values().any(|value| value.contains(STORAGE))
}

impl Volumes {
    async fn exists(&self, name: &str) -> Result<bool, HomeError> {
        Ok(self.mountpoint(name).await?.is_some())
    }

    /// Where a volume's files are on the engine's machine.
    async fn mountpoint(&self, name: &str) -> Result<Option<String>, HomeError> {
        let cannot = |fault| cannot(name, "looked for", fault);
        let client = self.engine.client().await.map_err(cannot)?;
        match self.engine.within(client.inspect_volume(name)).await {
            Ok(volume) => Ok(Some(volume.mountpoint)),
            Err(fault) if fault.is(404) => Ok(None),
            Err(fault) => Err(cannot(fault)),
        }
    }

    /// Makes a home, unless it is there. What the driver was told once of its limit stays.
    pub async fn make_for(&self, home: &Home, storage: Option<u64>) -> Result<(), HomeError> {
        if is_directory(home) {
            Directories.make(home).await?;
            return self.hand_over(&home.place).await;
        }
        match self.find(home).await? {
            Found::AtPlace => Ok(()),
            Found::InTrash => Err(HomeError::Missing(home.place.clone())),
            Found::Nowhere if home.made => Err(HomeError::Missing(home.place.clone())),
            Found::Nowhere => {
                let request = VolumeCreateRequest {
                    driver: Some(self.driver.clone()),
                    driver_opts: Some(self.options_for(storage)),
                    ..VolumeCreateRequest::default()
                };
                self.create(&home.place, home, request).await
            }
        }
    }

    fn options_for(&self, storage: Option<u64>) -> HashMap<String, String> {
        let filled = self.options.iter().filter_map(|(name, value)| {
            let value = match storage {
                Some(bytes) => value.replace(STORAGE, &bytes.to_string()),
                None if value.contains(STORAGE) => return None,
                None => value.clone(),
            };
            Some((name.clone(), value))
        });
        filled.collect()
    }

    /// Says that the home was moved aside.
    async fn put_aside(&self, home: &Home) -> Result<(), HomeError> {
        self.create(&aside(home), home, VolumeCreateRequest::default()).await
    }

    /// Makes it, or finds it made.
    async fn create(&self, name: &str, home: &Home, request: VolumeCreateRequest) -> Result<(), HomeError> {
        let cannot = |fault| cannot(name, "made", fault);
        let client = self.engine.client().await.map_err(cannot)?;
        let labels = [(HOME, home.id.to_string()), (INSTANCE, self.instance.clone())];
        let request = VolumeCreateRequest {
            name: Some(name.to_owned()),
            labels: Some(labels.map(|(label, value)| (label.to_owned(), value)).into()),
            driver_opts: Some(request.driver_opts.unwrap_or_default()),
            ..request
        };
        self.engine
            .within(client.create_volume(request))
            .await
            .map_err(cannot)?;
        Ok(())
    }

    async fn hand_over(&self, place: &str) -> Result<(), HomeError> {
        let Some(shift) = self.engine.shift() else {
            return Ok(());
        };
        shift.hand_over(place).await.map_err(|error| HomeError::Io {
            place: place.to_owned(),
            what: "given to the account that containers have",
            error,
        })
    }

    /// Removes it, or finds it gone. One that a container has is not removed.
    async fn remove(&self, name: &str) -> Result<(), HomeError> {
        let cannot = |fault| cannot(name, "deleted", fault);
        let client = self.engine.client().await.map_err(cannot)?;
        let removed = client.remove_volume(name, None::<RemoveVolumeOptions>);
        match self.engine.within(removed).await {
            Err(fault) if !fault.is(404) => Err(cannot(fault)),
            _ => Ok(()),
        }
    }
}

#[async_trait]
impl Homes for Volumes {
    fn check_place(&self, place: &str) -> Result<(), HomeError> {
        if place.starts_with('/') {
            return Directories.check_place(place);
        }
        match is_name(place) {
            true => Ok(()),
            false => Err(HomeError::BadPlace {
                place: place.to_owned(),
                why: "it is neither an absolute path nor the name of a volume",
            }),
        }
    }

    async fn lead(&self, place: &str) -> Result<String, HomeError> {
        self.check_place(place)?;
        match place.starts_with('/') {
            true => Directories.lead(place).await,
            false => Ok(place.to_owned()),
        }
    }

    async fn find(&self, home: &Home) -> Result<Found, HomeError> {
        if is_directory(home) {
            return Directories.find(home).await;
        }
        if !self.exists(&home.place).await? {
            return Ok(Found::Nowhere);
        }
        match self.exists(&aside(home)).await? {
            true => Ok(Found::InTrash),
            false => Ok(Found::AtPlace),
        }
    }

    async fn make(&self, home: &Home) -> Result<(), HomeError> {
        self.make_for(home, None).await
    }

    async fn trash(&self, home: &Home) -> Result<(), HomeError> {
        if is_directory(home) {
            return Directories.trash(home).await;
        }
        match self.find(home).await? {
            Found::AtPlace => self.put_aside(home).await,
            Found::InTrash => Ok(()),
            Found::Nowhere => Err(HomeError::Missing(home.place.clone())),
        }
    }

    async fn restore(&self, home: &Home) -> Result<(), HomeError> {
        if is_directory(home) {
            return Directories.restore(home).await;
        }
        match self.find(home).await? {
            Found::InTrash => self.remove(&aside(home)).await,
            Found::AtPlace => Ok(()),
            Found::Nowhere => Err(HomeError::Missing(home.place.clone())),
        }
    }

    async fn purge(&self, home: &Home) -> Result<(), HomeError> {
        if is_directory(home) {
            return Directories.purge(home).await;
        }
        if self.find(home).await? == Found::AtPlace {
            self.put_aside(home).await?;
        }
        self.remove(&home.place).await?;
        self.remove(&aside(home)).await
    }

    async fn measure(&self, home: &Home, walk: Walk, pace: Pace) -> Result<Walk, HomeError> {
        if is_directory(home) {
            return Directories.measure(home, walk, pace).await;
        }
        let mountpoint = self.mountpoint(&home.place).await?;
        let files = Home {
            place: mountpoint.ok_or_else(|| HomeError::Missing(home.place.clone()))?,
            ..home.clone()
        };
        // The hub may be elsewhere than the engine, or in a container itself.
        match Directories.find(&files).await {
            Ok(Found::AtPlace) => Directories.measure(&files, walk, pace).await,
            _ => Err(HomeError::Io {
                place: home.place.clone(),
                what: "measured: the engine keeps it where this hub does not see it",
                error: io::ErrorKind::Unsupported.into(),
            }),
        }
    }
}

/// What stands beside a home that was moved aside.
fn aside(home: &Home) -> String {
    format!("perijove-trash-{}", home.mark)
}

fn is_name(place: &str) -> bool {
    let of_a_name = |c: char| c.is_ascii_alphanumeric() || ['_', '.', '-'].contains(&c);
    place.len() <= LONGEST && place.starts_with(|c: char| c.is_ascii_alphanumeric()) && place.chars().all(of_a_name)
}

fn cannot(place: &str, what: &'static str, fault: Fault) -> HomeError {
    HomeError::Io {
        place: place.to_owned(),
        what,
        error: io::Error::other(fault),
    }
}

/// What the engine has said, if it is the engine's fault.
pub(crate) fn fault_of(error: HomeError) -> Result<Fault, HomeError> {
    match error {
        HomeError::Io { place, what, error } => {
            let fault = error.downcast::<Fault>();
            fault.map_err(|error| HomeError::Io { place, what, error })
        }
        other => Err(other),
    }
}
