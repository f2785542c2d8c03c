//! Makes one version of an environment: aside, step by step, and complete at the end or not at all.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::command::{self, Log};
use crate::definition::{Definition, packages, pinned};
use crate::place::{self, MANIFEST, Place};
use crate::{Choices, Error, Python, Settings};

/// Packages are installed in so many goes: after each it is known how far it has come.
const GOES: usize = 12;
const FEWEST: usize = 8;
/// How `uv` begins a program of an environment that can be moved, and how that beginning ends.
const MOVABLE: (&str, &str) = ("#!/bin/sh\n'''exec' ", "\n' '''\n");
const LONGEST_LINE: usize = 127;
const LARGEST_PROGRAM: u64 = 1 << 20;
/// Nobody can install into an environment from a page: its extensions are those of its version. The manager that asks PyPI
/// would also read all certificate authorities at each start, a tenth of a forked start's work.
const QUIET: &str = r#"{"LabApp": {"news_url": null, "check_for_updates_class": "jupyterlab.NeverCheckForUpdate", "extension_manager": "readonly"}}"#;
const CALM: &str =
    r#"{"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": false}}"#;
const AS_ROOT: &str = r#"{"ServerApp": {"allow_root": true}}"#;
/// What shows the hub's notices in JupyterLab: nothing of it has to be built.
const NOTICES: [(&str, &str); 3] = [
    (
        "etc/jupyter/jupyter_server_config.d/perijove_lab.json",
        include_str!("../../../environments/perijove-lab/perijove_lab.json"),
    ),
    (
        "share/jupyter/labextensions/perijove-lab/package.json",
        include_str!("../../../environments/perijove-lab/labextension/package.json"),
    ),
    (
        "share/jupyter/labextensions/perijove-lab/static/remoteEntry.js",
        include_str!("../../../environments/perijove-lab/labextension/static/remoteEntry.js"),
    ),
];
const ASKS: &str = include_str!("../../../environments/perijove-lab/perijove_lab.py");
pub(crate) const PAGE_CONFIG: &str = "etc/jupyter/labconfig/page_config.json";

/// How far a build has come, for whoever waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    pub done: usize,
    /// 0 as long as nobody knows.
    pub total: usize,
    pub message: String,
}

/// What is known of a complete environment, and lies in it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Manifest {
    pub name: String,
    pub version: String,
    pub python: String,
    /// Name and version of each package.
    pub packages: BTreeMap<String, String>,
    /// What was added to the definition.
    pub extras: Vec<String>,
    pub built_at: String,
}

/// Everything that one build needs.
pub(crate) struct Build<'a> {
    pub settings: &'a Settings,
    pub place: &'a Place,
    pub definition: &'a Definition,
    pub choices: &'a Choices,
    pub python: &'a Python,
    pub version: &'a str,
    pub uv: PathBuf,
    pub log: Log,
}

impl Build<'_> {
    /// The caller has the turn.
    pub(crate) async fn run(&self) -> Result<Manifest, Error> {
        self.place.sweep_halves()?;
        let half = self.place.half()?;
        let built = self.fill(&half).await;
        if built.is_err() {
            let _ = fs::remove_dir_all(&half);
        }
        built
    }

    async fn fill(&self, half: &Path) -> Result<Manifest, Error> {
        self.tell(0, 0, "Making the environment").await;
        let mut venv = self.uv();
        venv.args([
            "venv",
            "--quiet",
            "--no-project",
            "--relocatable",
            "--allow-existing",
            "--python",
        ])
        .arg(&self.python.program)
        .arg(half);
        command::run(venv, &self.log, "the environment can't be begun").await?;
        let lock = self.lock(half).await?;
        self.install(half, &lock).await?;
        self.try_out(half).await?;
        self.finish(half)?;
        settle(half, &self.place.version(self.version))?;
        let pins = lock.iter().filter_map(|line| pinned(line));
        let manifest = Manifest {
            name: self.definition.name.clone(),
            version: self.version.to_owned(),
            python: self.python.version.clone(),
            packages: pins
                .map(|(name, version)| (name.to_owned(), version.to_owned()))
                .collect(),
            extras: self.choices.extras(),
            built_at: self.settings.clock.now().to_string(),
        };
        let json =
            serde_json::to_string_pretty(&manifest).map_err(|error| Error::new("it can't be told").because(error))?;
        place::write(&half.join(MANIFEST), &json)?;
        self.place.complete(half, &self.place.version(self.version))?;
        Ok(manifest)
    }

    /// The packages with their hashes: as they were locked, or as the package index has them now.
    async fn lock(&self, half: &Path) -> Result<Vec<String>, Error> {
        let extras = self.choices.extras();
        if self.definition.is_locked() && extras.is_empty() {
            place::write(&half.join("requirements.txt"), &self.definition.requirements)?;
            return Ok(self.definition.packages());
        }
        self.tell(0, 0, "Finding out which packages go together").await;
        let [wanted, overrides, lock] = ["wanted.txt", "overrides.txt", "requirements.txt"].map(|name| half.join(name));
        // Without its hashes: whatever is added has none yet.
        let base = self
            .definition
            .packages()
            .into_iter()
            .map(|line| match line.split_once(" --hash=") {
                Some((pin, _)) => pin.to_owned(),
                None => line,
            });
        place::write(&wanted, &(base.chain(extras).collect::<Vec<_>>().join("\n") + "\n"))?;
        place::write(&overrides, &(self.definition.overrides.join("\n") + "\n"))?;
        let mut compile = self.uv();
        compile
            .args([
                "pip",
                "compile",
                "--quiet",
                "--generate-hashes",
                "--no-emit-index-url",
                "--no-header",
                "--python",
            ])
            .arg(half.join("bin/python"))
            .arg("--override")
            .arg(&overrides)
            .arg("--output-file")
            .arg(&lock)
            .arg(&wanted);
        command::run(compile, &self.log, "no set of packages was found that goes together").await?;
        let text = fs::read_to_string(&lock).map_err(|error| place::trouble(&lock, error))?;
        Ok(packages(&text))
    }

    async fn install(&self, half: &Path, lock: &[String]) -> Result<(), Error> {
        let total = lock.len();
        let size = total.div_ceil(GOES).max(FEWEST);
        let part = half.join("part.txt");
        let mut done = 0;
        for go in lock.chunks(size) {
            self.tell(done, total, &format!("Installing {done} of {total} packages"))
                .await;
            place::write(&part, &(go.join("\n") + "\n"))?;
            let mut pip = self.uv();
            pip.args([
                "pip",
                "install",
                "--require-hashes",
                "--no-deps",
                "--compile-bytecode",
                "--python",
            ])
            .arg(half.join("bin/python"))
            .arg("--requirement")
            .arg(&part);
            done += go.len();
            command::run(pip, &self.log, "the packages can't be installed").await?;
        }
        self.tell(total, total, "Trying the environment out").await;
        for name in ["part.txt", "wanted.txt", "overrides.txt"] {
            let _ = fs::remove_file(half.join(name));
        }
        Ok(())
    }

    /// Nothing in it asks the network on its own, and root may run what root built (in a container, say).
    fn finish(&self, half: &Path) -> Result<(), Error> {
        let put = |path: &str, text: &str| {
            let path = half.join(path);
            if let Some(dir) = path.parent() {
                fs::create_dir_all(dir).map_err(|error| place::trouble(dir, error))?;
            }
            place::write(&path, text)
        };
        put("etc/jupyter/jupyter_lab_config.json", QUIET)?;
        put("share/jupyter/lab/settings/overrides.json", CALM)?;
        put(PAGE_CONFIG, &self.choices.page_config(self.definition))?;
        if place::is_roots(half) {
            put("etc/jupyter/jupyter_server_config.json", AS_ROOT)?;
        }
        for (path, text) in NOTICES {
            put(path, text)?;
        }
        if let Some(packages) = site_packages(half) {
            put(&format!("{packages}/perijove_lab.py"), ASKS)?;
        }
        self.definition
            .files
            .iter()
            .try_for_each(|(path, text)| put(path, text))
    }

    /// Shown to work, not only installed.
    async fn try_out(&self, half: &Path) -> Result<(), Error> {
        let server = half.join("bin/jupyterhub-singleuser");
        let failed = "the environment was installed, but its server does not start";
        if !server.is_file() {
            let hint = "a server needs the packages `jupyterhub` and `jupyterlab`: add them to the definition";
            return Err(Error::new("there is no `jupyterhub-singleuser` in the environment").hint(hint));
        }
        let mut command = command::tool(server, &self.settings.env);
        command.arg("--version");
        command::run(command, &self.log, failed).await
    }

    fn uv(&self) -> tokio::process::Command {
        let mut command = command::tool(&self.uv, &self.settings.env);
        command
            .env("UV_NO_PROGRESS", "1")
            .env("UV_PYTHON_DOWNLOADS", "never")
            .env("NO_COLOR", "1");
        if !self.settings.env.contains_key("UV_CACHE_DIR") {
            command.env("UV_CACHE_DIR", self.settings.dir.join(".cache"));
        }
        command
    }

    async fn tell(&self, done: usize, total: usize, message: &str) {
        self.log.line(message);
        let progress = Progress {
            done,
            total,
            message: message.to_owned(),
        };
        // A step that nobody reads of is no reason to stop.
        let _ = self.place.write_json("building.json", &progress);
        self.log.flush(&self.place.file("build.log")).await;
    }
}

/// Where its packages lie, below it.
fn site_packages(half: &Path) -> Option<String> {
    let found = fs::read_dir(half.join("lib")).ok()?.flatten();
    let names = found.filter_map(|entry| entry.file_name().into_string().ok());
    let mut python = names.filter(|name| name.starts_with("python"));
    Some(format!("lib/{}/site-packages", python.next()?))
}

/// Lets programs name their interpreter by where it is going to be: what can be moved asks a shell at each start, and
/// can't be recognised as a program of Python.
fn settle(half: &Path, whole: &Path) -> Result<(), Error> {
    let line = format!("#!{}/bin/python\n", whole.display());
    // The kernel's own limits.
    if line.len() > LONGEST_LINE || line.trim_end().contains(char::is_whitespace) {
        return Ok(());
    }
    let bin = half.join("bin");
    for entry in fs::read_dir(&bin)
        .map_err(|error| place::trouble(&bin, error))?
        .flatten()
    {
        let path = entry.path();
        let is_program = entry
            .metadata()
            .is_ok_and(|about| about.is_file() && about.len() <= LARGEST_PROGRAM);
        let Some(text) = fs::read_to_string(&path).ok().filter(|_| is_program) else {
            continue;
        };
        if let Some((_, rest)) = text
            .split_once(MOVABLE.1)
            .filter(|(head, _)| head.starts_with(MOVABLE.0))
        {
            fs::write(&path, format!("{line}{rest}")).map_err(|error| place::trouble(&path, error))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_name_the_python_that_they_will_have() {
        let half = tempfile::tempdir().unwrap();
        let bin = half.path().join("bin");
        fs::create_dir(&bin).unwrap();
        let head = r#"#!/bin/sh
'''exec' "$(dirname -- "$(realpath -- "$0")")"/'python' "$0" "$@"
' '''
"#;
        fs::write(bin.join("server"), format!("{head}import sys\n")).unwrap();
        fs::write(bin.join("other"), "#!/bin/sh\necho\n").unwrap();
        settle(half.path(), Path::new("/data/lab/one")).unwrap();
        let read = |name: &str| fs::read_to_string(bin.join(name)).unwrap();
        assert_eq!(read("server"), "#!/data/lab/one/bin/python\nimport sys\n");
        assert_eq!(read("other"), "#!/bin/sh\necho\n");
    }
}
