//! Hubs that somebody has signed in to from this account, with the tokens that they gave: a file in the folder for
//! settings, for this account alone.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::PathBuf;

use anyhow::Result;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use url::{Host, Url};

use crate::problem::Problem;
use crate::system::Environment;

const FILE: &str = "perijove/hubs.json";

/// All of them, by their addresses.
#[derive(Default, Serialize, Deserialize)]
pub struct Hubs {
    /// The one that is meant where none is named.
    pub current: Option<String>,
    #[serde(default)]
    pub hubs: BTreeMap<String, Kept>,
    #[serde(skip)]
    file: PathBuf,
}

/// What is kept of a hub.
#[derive(Serialize, Deserialize)]
pub struct Kept {
    pub user: String,
    pub token: String,
    pub expires_at: Timestamp,
}

impl Hubs {
    pub fn read(environment: &Environment) -> Result<Self> {
        let file = file(environment)?;
        let text = match fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Self {
                    file,
                    ..Self::default()
                });
            }
            Err(error) => {
                let problem = Problem::new(format!("{} can't be read", file.display()));
                return Err(problem.because(error).into());
            }
        };
        let mode = fs::metadata(&file).map_or(0, |found| found.permissions().mode());
        if mode & 0o077 != 0 {
            return Err(Problem::new(format!("{} is open to others on this machine", file.display()))
                .try_this(format!(
                    "close it with `chmod 600 {}`; if others may have seen it, `perijove logout` takes its tokens back",
                    file.display()
                ))
                .into());
        }
        let hubs: Self = serde_json::from_str(&text).map_err(|error| {
            Problem::new(format!("{} makes no sense", file.display()))
                .because(error)
                .try_this("remove it, and sign in again with `perijove login`")
        })?;
        Ok(Self { file, ..hubs })
    }

    /// Replaces the file in one step: nobody reads half of it.
    pub fn write(&self) -> Result<()> {
        let cannot =
            |error: io::Error| Problem::new(format!("{} can't be written", self.file.display())).because(error);
        let text = serde_json::to_string_pretty(self)?;
        if let Some(folder) = self.file.parent() {
            DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(folder)
                .map_err(cannot)?;
        }
        let fresh = self.file.with_extension(format!("{}.new", std::process::id()));
        let write = || {
            let mut opened = OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(&fresh)?;
            writeln!(opened, "{text}")?;
            opened.sync_all()?;
            fs::rename(&fresh, &self.file)
        };
        Ok(write().map_err(cannot)?)
    }

    /// The address of the hub that is meant.
    pub fn meant(&self, named: Option<&str>) -> Result<Url> {
        match (named, &self.current) {
            (Some(named), _) => address(named),
            (None, Some(current)) => address(current),
            (None, None) => Err(Problem::new("no hub is known here")
                .try_this("name one: `perijove login --hub https://hub.example.org`")
                .of_usage()
                .into()),
        }
    }
}

fn file(environment: &Environment) -> Result<PathBuf> {
    let settings = environment.get("XDG_CONFIG_HOME").map(PathBuf::from);
    let settings = settings.filter(|folder| folder.is_absolute());
    let settings = settings.or_else(|| environment.get("HOME").map(|home| PathBuf::from(home).join(".config")));
    match settings {
        Some(settings) => Ok(settings.join(FILE)),
        None => {
            Err(Problem::new("there is no folder for settings: neither `XDG_CONFIG_HOME` nor `HOME` is set").into())
        }
    }
}

/// The address of a hub as people name it, with a slash at the end: their browser's, or one without a scheme.
pub fn address(named: &str) -> Result<Url> {
    let whole = match named.contains("://") {
        true => named.to_owned(),
        false => format!("https://{named}"),
    };
    let wrong = || {
        Problem::new(format!(
            "'{}' is no address of a hub",
            named.chars().take(80).collect::<String>()
        ))
    };
    let mut url = Url::parse(&whole).map_err(|error| wrong().because(error).of_usage())?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() || !url.username().is_empty() {
        return Err(wrong()
            .try_this("it looks like https://hub.example.org")
            .of_usage()
            .into());
    }
    url.set_query(None);
    url.set_fragment(None);
    let path = url.path();
    let above = path
        .strip_suffix("/hub")
        .or_else(|| path.split_once("/hub/").map(|(above, _)| above));
    let path = format!("{}/", above.unwrap_or(path).trim_end_matches('/'));
    url.set_path(&path);
    Ok(url)
}

/// Whether nobody on the way can read what goes there.
#[must_use]
pub fn is_private(url: &Url) -> bool {
    url.scheme() == "https"
        || match url.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hub_is_named_in_many_ways() {
        for named in [
            "https://hub.example.org",
            "hub.example.org/",
            "https://hub.example.org/hub/home?x=1#y",
            "https://hub.example.org/hub",
        ] {
            assert_eq!(address(named).unwrap().as_str(), "https://hub.example.org/", "{named}");
        }
        assert_eq!(
            address("http://[::1]:8000/a/b/hub/").unwrap().as_str(),
            "http://[::1]:8000/a/b/"
        );
        for odd in ["", "ftp://x", "https://", "https://ada:secret@hub.example.org"] {
            assert!(address(odd).is_err(), "{odd}");
        }
    }

    #[test]
    fn a_token_is_not_sent_in_the_clear() {
        let private = |named: &str| is_private(&address(named).unwrap());
        assert!(private("hub.example.org") && private("http://localhost:8000") && private("http://127.0.0.1"));
        assert!(!private("http://hub.example.org") && !private("http://localhost.example.org"));
    }
}
