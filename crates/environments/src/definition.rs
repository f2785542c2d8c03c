//! What an environment is to have: two files in a folder of its name, `pyproject.toml` with what is wanted and
//! `requirements.txt` with what is installed. Those of this repository are in the program itself; a site adds its own.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{Error, Python};

/// Counts up when the same definition is to be built differently.
const BUILDER: u32 = 2;
const VERSION_LENGTH: usize = 12;
const LONGEST_NAME: usize = 40;
/// No honest lock is larger.
const LARGEST_FILE: u64 = 8 << 20;

macro_rules! built_in {
    ($($name:literal)+) => {
        const BUILT_IN: &[(&str, &str, &str)] = &[$((
            $name,
            include_str!(concat!("../../../environments/", $name, "/pyproject.toml")),
            include_str!(concat!("../../../environments/", $name, "/requirements.txt")),
        )),+];
    };
}

built_in!("datascience" "lab" "marimo" "vscode");

/// Where a definition comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    BuiltIn,
    Site,
}

/// What an environment is to have.
#[derive(Debug, Clone)]
pub struct Definition {
    pub name: String,
    pub description: String,
    pub source: Source,
    /// One line for each package, and the hashes of its files; or what is to be resolved first.
    pub requirements: String,
    /// What takes the place of packages' own words about what they need.
    pub overrides: Vec<String>,
    /// Extensions of JupyterLab's page that are switched off.
    pub disabled: Vec<String>,
    /// Files that are put into the environment, by their path in it.
    pub files: BTreeMap<String, String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct PyProject {
    project: Project,
    tool: Tool,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Project {
    description: String,
    dependencies: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Tool {
    uv: Uv,
    perijove: Own,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "kebab-case")]
struct Uv {
    override_dependencies: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "kebab-case")]
struct Own {
    disabled_labextensions: Vec<String>,
    files: BTreeMap<String, String>,
}

impl Definition {
    fn read(name: &str, source: Source, pyproject: Option<&str>, lock: Option<&str>) -> Result<Self, Error> {
        let wrong = |why: String| Error::new(format!("the definition of the environment '{name}' is wrong: {why}"));
        let text = pyproject.unwrap_or_default();
        let read: PyProject = toml::from_str(text).map_err(|error| wrong(format!("pyproject.toml: {error}")))?;
        let Tool { uv, perijove } = read.tool;
        if let Some(path) = perijove.files.keys().find(|path| !is_inside(path)) {
            return Err(wrong(format!(
                "'{path}' in [tool.perijove.files] is not a path inside the environment"
            )));
        }
        Ok(Self {
            name: name.to_owned(),
            description: read.project.description,
            source,
            requirements: lock.map_or_else(|| read.project.dependencies.join("\n"), str::to_owned),
            overrides: uv.override_dependencies,
            disabled: perijove.disabled_labextensions,
            files: perijove.files,
        })
    }

    /// Whether every package has its hashes, so that nothing is left to be decided.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        let packages = self.packages();
        !packages.is_empty() && packages.iter().all(|package| package.contains("--hash="))
    }

    /// The packages, each with its hashes.
    #[must_use]
    pub fn packages(&self) -> Vec<String> {
        packages(&self.requirements)
    }

    /// What tells one result from another: the same for the same definition and the same Python.
    #[must_use]
    pub fn version(&self, python: &Python, extras: &[String]) -> String {
        let mut hash = Sha256::new();
        let disabled = self.disabled.join("\n");
        let parts = [&python.identity, &self.requirements, &disabled];
        let more = self.overrides.iter().chain(extras);
        let files = self.files.iter().flat_map(|(path, text)| [path, text]);
        for part in parts.into_iter().chain(more).chain(files) {
            hash.update(part.len().to_le_bytes());
            hash.update(part);
        }
        hash.update(BUILDER.to_le_bytes());
        let mut version = hex::encode(hash.finalize());
        version.truncate(VERSION_LENGTH);
        version
    }
}

/// The logical lines of a requirements file, without comments.
pub(crate) fn packages(requirements: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut goes_on = false;
    for line in requirements.lines() {
        let line = line.trim();
        if line.starts_with('#') {
            continue;
        }
        let (text, more) = match line.strip_suffix('\\') {
            Some(text) => (text.trim_end(), true),
            None => (line, false),
        };
        match found.last_mut().filter(|_| goes_on) {
            Some(last) => {
                last.push(' ');
                last.push_str(text);
            }
            None if !text.is_empty() => found.push(text.to_owned()),
            None => {}
        }
        goes_on = more;
    }
    found
}

/// The name and version of a line of a lock: `numpy==2.1 ; marker --hash=...`.
#[must_use]
pub fn pinned(line: &str) -> Option<(&str, &str)> {
    let (name, rest) = line.split_once("==")?;
    let version = rest.split([' ', ';']).next()?;
    Some((name.split('[').next()?.trim(), version))
}

/// Letters that are safe in a path, a URL and a file name everywhere.
#[must_use]
pub fn is_name(name: &str) -> bool {
    let first = name.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
    let rest = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_';
    first && name.len() <= LONGEST_NAME && name.bytes().all(rest)
}

fn is_inside(path: &str) -> bool {
    !path.is_empty() && !path.starts_with('/') && path.split('/').all(|part| !part.is_empty() && part != "..")
}

/// All definitions, by name. A site's own goes before one of ours with the same name.
pub(crate) fn all(site: Option<&Path>) -> Result<BTreeMap<String, Definition>, Error> {
    let mut found = BTreeMap::new();
    for (name, pyproject, lock) in BUILT_IN {
        let definition = Definition::read(name, Source::BuiltIn, Some(pyproject), Some(lock))?;
        found.insert((*name).to_owned(), definition);
    }
    let Some(dir) = site else { return Ok(found) };
    let unreadable = |error: io::Error| {
        let what = format!("the directory of environments {} can't be read", dir.display());
        Error::new(what).because(error).hint("`dir` in [environments] names it")
    };
    for entry in fs::read_dir(dir).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let Some(name) = entry.file_name().to_str().map(str::to_owned) else {
            continue;
        };
        let [pyproject, lock] = ["pyproject.toml", "requirements.txt"].map(|file| entry.path().join(file));
        let (pyproject, lock) = (text(&pyproject)?, text(&lock)?);
        if (pyproject.is_none() && lock.is_none()) || !is_name(&name) {
            continue;
        }
        let definition = Definition::read(&name, Source::Site, pyproject.as_deref(), lock.as_deref())?;
        found.insert(name, definition);
    }
    Ok(found)
}

fn text(file: &Path) -> Result<Option<String>, Error> {
    let unreadable = |error: io::Error| Error::new(format!("{} can't be read", file.display())).because(error);
    match fs::metadata(file) {
        Ok(about) if about.len() > LARGEST_FILE => Err(Error::new(format!("{} is too large", file.display()))),
        Ok(_) => fs::read_to_string(file).map(Some).map_err(unreadable),
        Err(error) if [io::ErrorKind::NotFound, io::ErrorKind::NotADirectory].contains(&error.kind()) => Ok(None),
        Err(error) => Err(unreadable(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn python(identity: &str) -> Python {
        Python {
            program: "/usr/bin/python3".into(),
            version: "3.11.7".into(),
            identity: identity.into(),
        }
    }

    #[test]
    fn those_of_the_program_are_locked_to_the_contracts_version() {
        let all = all(None).unwrap();
        assert_eq!(
            all.keys().collect::<Vec<_>>(),
            ["datascience", "lab", "marimo", "vscode"]
        );
        for definition in all.values() {
            assert!(definition.is_locked(), "{}", definition.name);
            assert!(!definition.description.is_empty(), "{}", definition.name);
            let packages = definition.packages();
            let pins: BTreeMap<_, _> = packages.iter().filter_map(|line| pinned(line)).collect();
            assert_eq!(
                pins["jupyterhub"],
                perijove_model::JUPYTERHUB_VERSION,
                "{}",
                definition.name
            );
            assert!(pins.contains_key("jupyterlab") && pins.contains_key("ipykernel"));
            assert!(!pins.contains_key("rfc3987-syntax"), "it doubles the time of a start");
            for line in &packages {
                assert!(pinned(line).is_some(), "{}: not pinned: {line}", definition.name);
            }
        }
    }

    /// Who changes what is wanted and forgets `environments/lock.sh` learns it here.
    #[test]
    fn what_is_wanted_is_in_the_lock() {
        for (name, pyproject, lock) in BUILT_IN {
            let wanted: PyProject = toml::from_str(pyproject).unwrap();
            let packages = packages(lock);
            let pins: BTreeMap<_, _> = packages.iter().filter_map(|line| pinned(line)).collect();
            for dependency in wanted.project.dependencies {
                let end = dependency.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c)));
                let package = dependency[..end.unwrap_or(dependency.len())].to_lowercase();
                let locked = pins.get(package.as_str());
                let locked = locked.unwrap_or_else(|| panic!("{name}: the lock lacks {package}"));
                if let Some((_, exact)) = dependency.split_once("==") {
                    assert_eq!(*locked, exact, "{name}: {package}");
                }
            }
        }
    }

    #[test]
    fn a_version_changes_with_whatever_changes_the_result() {
        let lab = all(None).unwrap().remove("lab").unwrap();
        let version = lab.version(&python("3.11"), &[]);
        assert_eq!(version, lab.version(&python("3.11"), &[]));
        assert_eq!(version.len(), VERSION_LENGTH);
        assert_ne!(version, lab.version(&python("3.12"), &[]));
        assert_ne!(version, lab.version(&python("3.11"), &["jupyterlab-git".to_owned()]));
        let mut other = lab.clone();
        other.requirements.push_str("six==1.0 --hash=sha256:00\n");
        assert_ne!(version, other.version(&python("3.11"), &[]));
    }

    #[test]
    fn a_site_adds_and_replaces() {
        let dir = tempfile::tempdir().unwrap();
        let put = |path: &str, text: &str| {
            let path = dir.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        put("physics/requirements.txt", "# ours\nroot-numpy\n");
        put(
            "lab/pyproject.toml",
            "[project]\ndescription = \"Our own\"\ndependencies = [\"jupyterlab\", \"jupyterhub\"]\n",
        );
        put("lab/notes.txt", "");
        put("README", "no folder");
        put("Bad Name/requirements.txt", "six");
        let all = all(Some(dir.path())).unwrap();
        assert_eq!(
            all.keys().collect::<Vec<_>>(),
            ["datascience", "lab", "marimo", "physics", "vscode"]
        );
        assert_eq!(
            (all["lab"].source, all["lab"].description.as_str()),
            (Source::Site, "Our own")
        );
        assert_eq!(all["lab"].packages(), ["jupyterlab", "jupyterhub"]);
        assert!(!all["physics"].is_locked());

        put(
            "odd/pyproject.toml",
            "[tool.perijove.files]\n\"../../etc/passwd\" = \"\"\n",
        );
        let error = super::all(Some(dir.path())).unwrap_err().to_string();
        assert!(error.contains("'odd'") && error.contains("../../etc/passwd"), "{error}");
    }

    #[test]
    fn names_are_harmless() {
        for good in ["lab", "data-science", "r4_x"] {
            assert!(is_name(good), "{good}");
        }
        for bad in ["", "Lab", "..", "a/b", "-x", "1x", "a b", &"x".repeat(41)] {
            assert!(!is_name(bad), "{bad:?}");
        }
    }
}
