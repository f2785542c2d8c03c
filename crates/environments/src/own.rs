//! People's own environments: in their home, made and removed by their own account, and kernels of their servers.
//!
//! What is here runs in a process that is the person already ([`act`]); whoever asks sends a [`Wish`] and reads an
//! [`Answer`]. `~/.perijove/environments/NAME/` is complete when it has a manifest; the kernel's description is written
//! last.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::command::{self, Log};
use crate::conda;
use crate::error::Kind;
use crate::place::{self, MANIFEST};
use crate::{Error, is_name};

/// The command that reads a wish and prints its answer, and the variable that the wish comes in: others can't read that.
pub const COMMAND: &str = "own-environment";
pub const VARIABLE: &str = "PERIJOVE_OWN_ENVIRONMENT";
const CONDAS: [&str; 4] = ["micromamba", "mamba", "conda", "/opt/conda/bin/conda"];
/// What a person may ask for in one go.
const LARGEST_REQUEST: usize = 256 << 10;
const LONGEST_TITLE: usize = 80;

/// What a person's own account is asked to do.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Wish {
    /// Known to whoever does it only.
    #[serde(skip)]
    pub home: PathBuf,
    pub action: Action,
    /// For the tools.
    pub env: BTreeMap<String, String>,
    /// The Python that environments are made of.
    pub python: PathBuf,
    pub uv: Option<PathBuf>,
    /// How many there may be.
    pub most: u32,
    /// Bytes that one may take.
    pub largest: u64,
    pub now: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Action {
    List,
    Make(New),
    Remove(String),
}

/// An environment that somebody wants.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct New {
    pub name: String,
    /// What the kernel is called in the launcher.
    pub display_name: Option<String>,
    pub contents: Contents,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Contents {
    /// As in a `requirements.txt`.
    Pip(String),
    /// An `environment.yml`, or an explicit lock of conda.
    Conda(String),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Answer {
    List(Vec<Own>),
    Done,
    Failed {
        message: String,
        hint: Option<String>,
        log: Vec<String>,
        /// The wish was wrong, and nothing else.
        refused: bool,
    },
}

/// One of somebody's environments.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Own {
    pub name: String,
    pub display_name: String,
    /// `pip` or `conda`.
    pub kind: String,
    /// `ready`, `building` or `failed`.
    pub state: String,
    /// Why it failed, or what is being done.
    pub message: Option<String>,
    /// The last lines of what the tools wrote.
    #[serde(default)]
    pub log: Vec<String>,
    /// Bytes.
    pub size: Option<u64>,
    pub made_at: String,
}

impl New {
    /// What can be told without touching anything.
    pub fn check(&self) -> Result<(), Error> {
        let refused = |what: &str| Err(Error::new(what).of(Kind::Refused));
        if !is_name(&self.name) {
            return refused("a name has up to 40 of a-z, 0-9, '-' and '_', and begins with a letter");
        }
        // Names of kernels that every environment brings.
        if ["python3", "python"].contains(&self.name.as_str()) {
            return refused("this name belongs to the kernel of the server itself");
        }
        let title = self.title();
        if title.chars().count() > LONGEST_TITLE || title.chars().any(char::is_control) {
            return refused("the display name has at most 80 characters, and no control characters");
        }
        let (Contents::Pip(text) | Contents::Conda(text)) = &self.contents;
        match text.len() {
            0 => refused("nothing is asked for: name some packages"),
            length if length > LARGEST_REQUEST => refused("what is asked for is longer than 256 KiB"),
            _ => Ok(()),
        }
    }

    fn title(&self) -> &str {
        self.display_name.as_deref().unwrap_or(&self.name)
    }

    fn kind(&self) -> &'static str {
        match self.contents {
            Contents::Pip(_) => "pip",
            Contents::Conda(_) => "conda",
        }
    }
}

/// Does what is wished, as whoever runs this.
pub async fn act(wish: &Wish) -> Answer {
    let done = match &wish.action {
        Action::List => return Answer::List(wish.list()),
        Action::Make(new) => wish.make(new).await,
        Action::Remove(name) => wish.remove(name),
    };
    match done {
        Ok(()) => Answer::Done,
        Err(error) => Answer::Failed {
            message: match std::error::Error::source(&error) {
                Some(cause) => format!("{error}: {cause}"),
                None => error.to_string(),
            },
            refused: error.kind != Kind::Failed,
            hint: error.hint,
            log: error.tail,
        },
    }
}

impl Wish {
    fn all(&self) -> PathBuf {
        self.home.join(".perijove/environments")
    }

    fn kernel(&self, name: &str) -> PathBuf {
        self.home.join(".local/share/jupyter/kernels").join(name)
    }

    /// What is being made, or could not be.
    fn note(&self, name: &str) -> PathBuf {
        self.all().join(format!(".{name}.json"))
    }

    fn list(&self) -> Vec<Own> {
        let Ok(entries) = fs::read_dir(self.all()) else {
            return Vec::new();
        };
        let names = entries
            .flatten()
            .filter_map(|entry| entry.file_name().into_string().ok());
        let mut found = BTreeMap::new();
        for entry in names {
            let note = entry.strip_prefix('.').and_then(|name| name.strip_suffix(".json"));
            let name = note.unwrap_or(&entry);
            if !is_name(name) {
                continue;
            }
            let read = |path: &Path| serde_json::from_slice::<Own>(&fs::read(path).ok()?).ok();
            let complete = read(&self.all().join(name).join(MANIFEST));
            let own = complete.or_else(|| read(&self.note(name)).map(|own| self.as_it_is(own)));
            if let Some(own) = own {
                found.insert(own.name.clone(), own);
            }
        }
        found.into_values().collect()
    }

    /// A build that nobody is at any more has failed.
    fn as_it_is(&self, own: Own) -> Own {
        if own.state != "building" || self.take_turn().is_err() {
            return own;
        }
        Own {
            state: "failed".to_owned(),
            message: Some("it was broken off; ask for it again".to_owned()),
            ..own
        }
    }

    fn take_turn(&self) -> Result<place::Lock, Error> {
        let all = self.all();
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&all);
        made.map_err(|error| place::trouble(&all, error))?;
        let turn = place::Lock::alone(&all.join(".turn"))?;
        turn.ok_or_else(|| {
            Error::new("another of your environments is being made; wait until it is there").of(Kind::InUse)
        })
    }

    async fn make(&self, new: &New) -> Result<(), Error> {
        new.check()?;
        let _turn = self.take_turn()?;
        let there = self.list();
        if there.iter().any(|own| own.name == new.name && own.state == "ready") {
            let what = format!("there is an environment named '{}' already", new.name);
            return Err(Error::new(what)
                .of(Kind::Refused)
                .hint("remove it first, or take another name"));
        }
        let others = there.iter().filter(|own| own.name != new.name).count();
        if u32::try_from(others).unwrap_or(u32::MAX) >= self.most {
            let what = format!("you have {others} environments, and may have {}", self.most);
            return Err(Error::new(what)
                .of(Kind::Refused)
                .hint("remove one that you don't need"));
        }
        if self.kernel(&new.name).exists() && !self.is_our_kernel(&new.name) {
            let what = format!("you have a kernel named '{}' already", new.name);
            return Err(Error::new(what).of(Kind::Refused).hint("take another name"));
        }
        let mut own = Own {
            name: new.name.clone(),
            display_name: new.title().to_owned(),
            kind: new.kind().to_owned(),
            state: "building".to_owned(),
            message: Some("Installing packages".to_owned()),
            log: Vec::new(),
            size: None,
            made_at: self.now.clone(),
        };
        self.write(&self.note(&new.name), &own)?;
        let dir = self.all().join(&new.name);
        let log = Log::new();
        let made = self.fill(&dir, new, &mut own, &log).await;
        match &made {
            Ok(()) => {
                let _ = fs::remove_file(self.note(&new.name));
            }
            Err(error) => {
                let _ = fs::remove_dir_all(&dir);
                own.state = "failed".to_owned();
                own.message = Some(match &error.hint {
                    Some(hint) => format!("{error}; {hint}"),
                    None => error.to_string(),
                });
                own.log = log.tail();
                self.write(&self.note(&new.name), &own)?;
            }
        }
        made
    }

    async fn fill(&self, dir: &Path, new: &New, own: &mut Own, log: &Log) -> Result<(), Error> {
        match fs::remove_dir_all(dir) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(place::trouble(dir, error)),
            _ => {}
        }
        match &new.contents {
            Contents::Pip(text) => self.by_pip(dir, text, log).await?,
            Contents::Conda(text) => self.by_conda(dir, text, log).await?,
        }
        let size = size_of(dir);
        if size > self.largest {
            let what = format!("it takes {} MiB, and may take {} MiB", size >> 20, self.largest >> 20);
            return Err(Error::new(what).of(Kind::Refused).hint("ask for fewer packages"));
        }
        own.state = "ready".to_owned();
        own.message = None;
        own.size = Some(size);
        self.write(&dir.join(MANIFEST), own)?;
        let kernel = self.kernel(&new.name);
        fs::create_dir_all(&kernel).map_err(|error| place::trouble(&kernel, error))?;
        let spec = json!({
            "argv": [dir.join("bin/python"), "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            "display_name": new.title(),
            "language": "python",
            "metadata": { "debugger": true, "perijove": true },
        });
        self.write(&kernel.join("kernel.json"), &spec)
    }

    async fn by_pip(&self, dir: &Path, text: &str, log: &Log) -> Result<(), Error> {
        let wanted = self.all().join(".requirements.txt");
        place::write(&wanted, text)?;
        let python = dir.join("bin/python");
        let (failed, broken) = ("the packages can't be installed", "the environment can't be begun");
        // What the hub has need not be shown to the person.
        if let Some(uv) = self.uv.as_ref().filter(|uv| uv.is_file()) {
            let mut venv = self.tool(uv);
            venv.args(["venv", "--quiet", "--no-project", "--seed", "--python"])
                .arg(&self.python)
                .arg(dir);
            command::run(venv, log, broken).await?;
            let mut pip = self.tool(uv);
            pip.args(["pip", "install", "--python"])
                .arg(&python)
                .arg("--requirement")
                .arg(&wanted)
                .arg("ipykernel");
            return command::run(pip, log, failed).await;
        }
        let mut venv = self.tool(&self.python);
        venv.args(["-I", "-m", "venv"]).arg(dir);
        command::run(venv, log, broken).await?;
        let mut pip = self.tool(&python);
        pip.args([
            "-m",
            "pip",
            "install",
            "--disable-pip-version-check",
            "--no-input",
            "--requirement",
        ]);
        pip.arg(&wanted).arg("ipykernel");
        command::run(pip, log, failed).await
    }

    async fn by_conda(&self, dir: &Path, text: &str, log: &Log) -> Result<(), Error> {
        let path = self.env.get("PATH").map(String::as_str).unwrap_or_default();
        let found = CONDAS.iter().find_map(|name| {
            let mut places = path.split(':').map(|dir| Path::new(dir).join(name));
            places.find(|program| program.is_file())
        });
        let explicit = text.lines().any(|line| line.trim() == "@EXPLICIT");
        let Some(conda) = found else {
            return self.without_conda(dir, text, explicit, log).await;
        };
        let file = self.all().join(if explicit { ".lock.txt" } else { ".environment.yml" });
        place::write(&file, text)?;
        let is_micromamba = conda.file_name().is_some_and(|name| name == "micromamba");
        let mut make = self.tool(&conda);
        if !is_micromamba && !explicit {
            make.arg("env");
        }
        make.args(["create", "--yes", "--quiet", "--prefix"])
            .arg(dir)
            .arg("--file")
            .arg(&file);
        command::run(make, log, "conda can't make the environment").await?;
        let mut kernel = self.tool(dir.join("bin/python"));
        kernel.args([
            "-m",
            "pip",
            "install",
            "--disable-pip-version-check",
            "--no-input",
            "ipykernel",
        ]);
        command::run(
            kernel,
            log,
            "the environment has no Python with pip, which a kernel needs",
        )
        .await
    }

    /// What can be had from PyPI as well, where the machine has no conda.
    async fn without_conda(&self, dir: &Path, text: &str, explicit: bool, log: &Log) -> Result<(), Error> {
        let hint = "ask for packages of PyPI instead, or an administrator to install micromamba";
        if explicit {
            let what = "an explicit lock takes conda, mamba or micromamba, and the hub's machine has none";
            return Err(Error::new(what).of(Kind::Refused).hint(hint));
        }
        let wanted = conda::wanted(text)?;
        // A system's Python is called by its version, `python3.12`.
        let python = fs::canonicalize(&self.python).unwrap_or_default();
        let present = python
            .file_name()
            .and_then(|name| name.to_str()?.strip_prefix("python"));
        if let (Some(wanted), Some(present)) = (&wanted.python, present)
            && present.contains('.')
            && wanted != present
        {
            let what = format!("it wants Python {wanted}; without conda there is only Python {present} here");
            return Err(Error::new(what).of(Kind::Refused).hint(hint));
        }
        self.by_pip(dir, &wanted.requirements, log).await
    }

    fn tool(&self, program: impl AsRef<std::ffi::OsStr>) -> tokio::process::Command {
        let mut command = command::tool(program, &self.env);
        command
            .env("HOME", &self.home)
            .env("UV_NO_PROGRESS", "1")
            .env("UV_PYTHON_DOWNLOADS", "never")
            .env("NO_COLOR", "1")
            .current_dir(&self.home);
        command
    }

    fn is_our_kernel(&self, name: &str) -> bool {
        let spec = fs::read(self.kernel(name).join("kernel.json")).unwrap_or_default();
        let spec: serde_json::Value = serde_json::from_slice(&spec).unwrap_or_default();
        spec["metadata"]["perijove"] == json!(true)
    }

    fn remove(&self, name: &str) -> Result<(), Error> {
        let _turn = self.take_turn()?;
        if !is_name(name) || !self.list().iter().any(|own| own.name == name) {
            return Err(Error::new("there is no such environment").of(Kind::Unknown));
        }
        if self.is_our_kernel(name) {
            let kernel = self.kernel(name);
            fs::remove_dir_all(&kernel).map_err(|error| place::trouble(&kernel, error))?;
        }
        let dir = self.all().join(name);
        // Without it the environment is none, whatever else is left of it.
        let _ = fs::remove_file(dir.join(MANIFEST));
        match fs::remove_dir_all(&dir) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(place::trouble(&dir, error)),
            _ => {}
        }
        let _ = fs::remove_file(self.note(name));
        Ok(())
    }

    fn write(&self, path: &Path, value: &impl Serialize) -> Result<(), Error> {
        let json = serde_json::to_string(value).map_err(|error| Error::new("it can't be written").because(error))?;
        place::write(path, &json)
    }
}

/// Bytes on the disk, links not followed.
fn size_of(dir: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(dir) else { return 0 };
    let sizes = entries.flatten().map(|entry| match entry.metadata() {
        Ok(about) if about.is_dir() => size_of(&entry.path()),
        Ok(about) => about.blocks() * 512,
        Err(_) => 0,
    });
    sizes.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(home: &Path, action: Action) -> Wish {
        Wish {
            home: home.to_owned(),
            action,
            env: BTreeMap::from([("PATH".to_owned(), "/usr/bin:/bin".to_owned())]),
            python: "/nonexistent/python3".into(),
            uv: None,
            most: 1,
            largest: 1 << 30,
            now: "2026-11-21T00:00:00Z".to_owned(),
        }
    }

    fn new(name: &str, contents: Contents) -> New {
        New {
            name: name.to_owned(),
            display_name: None,
            contents,
        }
    }

    fn complete(home: &Path, name: &str) {
        let dir = home.join(".perijove/environments").join(name);
        fs::create_dir_all(&dir).unwrap();
        let own = json!({"name": name, "display_name": name, "kind": "pip", "state": "ready", "made_at": "now"});
        fs::write(dir.join(MANIFEST), own.to_string()).unwrap();
    }

    fn listed(home: &Path) -> Vec<(String, String)> {
        let list = wish(home, Action::List).list();
        list.into_iter().map(|own| (own.name, own.state)).collect()
    }

    #[tokio::test]
    async fn what_fails_is_told_and_leaves_nothing_behind() {
        let home = tempfile::tempdir().unwrap();
        let make = Action::Make(new("mine", Contents::Pip("six".into())));
        let Answer::Failed { refused, .. } = act(&wish(home.path(), make)).await else {
            panic!()
        };
        assert!(!refused);
        assert_eq!(listed(home.path()), [("mine".to_owned(), "failed".to_owned())]);
        assert!(!home.path().join(".perijove/environments/mine").exists());
        assert!(!home.path().join(".local/share/jupyter/kernels/mine").exists());
        assert!(matches!(
            act(&wish(home.path(), Action::Remove("mine".into()))).await,
            Answer::Done
        ));
        assert!(listed(home.path()).is_empty());
    }

    #[tokio::test]
    async fn there_are_no_more_than_may_be_and_none_twice() {
        let home = tempfile::tempdir().unwrap();
        complete(home.path(), "mine");
        for (name, said) in [("mine", "already"), ("other", "may have 1")] {
            let make = Action::Make(new(name, Contents::Pip("six".into())));
            let Answer::Failed { message, refused, .. } = act(&wish(home.path(), make)).await else {
                panic!()
            };
            assert!(refused && message.contains(said), "{message}");
        }
    }

    #[tokio::test]
    async fn conda_is_missed_by_name_and_kernels_of_others_stay() {
        let home = tempfile::tempdir().unwrap();
        for text in [
            "dependencies: [r-base]",
            "# conda\n@EXPLICIT\nhttps://example.org/a.conda",
        ] {
            let make = Action::Make(new("mine", Contents::Conda(text.into())));
            let Answer::Failed { message, hint, .. } = act(&wish(home.path(), make)).await else {
                panic!()
            };
            assert!(
                message.contains("conda") && hint.unwrap().contains("micromamba"),
                "{message}"
            );
        }
        // What can be had without it gets as far as any other, to a Python that is not there.
        let make = Action::Make(new("mine", Contents::Conda("dependencies: [six]".into())));
        let Answer::Failed { message, refused, .. } = act(&wish(home.path(), make)).await else {
            panic!()
        };
        assert!(!refused && message.contains("can't be begun"), "{message}");

        let kernel = home.path().join(".local/share/jupyter/kernels/julia");
        fs::create_dir_all(&kernel).unwrap();
        fs::write(kernel.join("kernel.json"), "{}").unwrap();
        let make = Action::Make(new("julia", Contents::Pip("six".into())));
        let mut wished = wish(home.path(), make);
        wished.most = 9;
        let Answer::Failed { message, refused, .. } = act(&wished).await else {
            panic!()
        };
        assert!(refused && message.contains("kernel named 'julia'"), "{message}");
        act(&wish(home.path(), Action::Remove("julia".into()))).await;
        assert!(kernel.exists());
    }

    #[test]
    fn wishes_are_looked_at_before_anything_is_done() {
        let pip = |text: &str| Contents::Pip(text.to_owned());
        assert!(new("mine", pip("pandas")).check().is_ok());
        for (name, text) in [
            ("../up", "six"),
            ("python3", "six"),
            ("mine", ""),
            ("mine", &"x".repeat(300_000)),
        ] {
            assert_eq!(new(name, pip(text)).check().unwrap_err().kind, Kind::Refused, "{name}");
        }
    }
}
