//! Whether a server can be started warm, and from which nursery.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// The one program that is known to be fit for it.
const PROGRAM: &str = "jupyterhub-singleuser";
/// Variables that decide how Python or a library in C begins: a nursery has them as its servers do.
const OF_THE_START: [&str; 10] = [
    "GLIBC_TUNABLES",
    "JUPYTERHUB_SINGLEUSER_",
    "LANG",
    "LC_",
    "MALLOC_",
    "MKL_",
    "OMP_",
    "OPENBLAS_",
    "PYTHON",
    "TZ",
];
/// Variables that bring other code into the process than lies in the environment.
const OF_CODE: [&str; 7] = [
    "LD_",
    "PYTHONEXECUTABLE",
    "PYTHONHOME",
    "PYTHONPATH",
    "PYTHONPLATLIBDIR",
    "PYTHONSAFEPATH",
    "PYTHONUSERBASE",
];

/// What a nursery has imported, and how it was started. Servers with the same can be forked from it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) environment: PathBuf,
    pub(super) script: PathBuf,
    pub(super) python: PathBuf,
    pub(super) variables: BTreeMap<String, String>,
    /// What decides what is imported.
    places: Vec<PathBuf>,
    /// Device, inode and time of change of what changes whenever a package is installed or removed.
    stamps: Vec<(u64, u64, i64, i64)>,
}

impl Key {
    /// Looks at the disk. The error says for the log why a server is not fit.
    pub(super) fn of(command: &[String], env: &BTreeMap<String, String>) -> Result<Self, String> {
        let environment = env.get("VIRTUAL_ENV").map(PathBuf::from);
        let environment = environment.ok_or("there is no environment_dir")?;
        let script = environment.join("bin").join(PROGRAM);
        let program = command.first().map_or("", String::as_str);
        if environment.join("bin").join(program) != script {
            return Err(format!("its command is {program}"));
        }
        if let Some(name) = env.keys().find(|name| begins(name, &OF_CODE)) {
            return Err(format!("it has a variable {name}"));
        }
        let python = interpreter(&script)?;
        if !python.starts_with(environment.join("bin")) {
            return Err(format!("{} is run by {}", script.display(), python.display()));
        }
        let config = environment.join("pyvenv.cfg");
        let is_own = std::fs::read_to_string(&config).is_ok_and(|text| {
            let mut lines = text.lines().filter_map(|line| line.split_once('='));
            lines.any(|(name, value)| name.trim() == "include-system-site-packages" && value.trim() == "false")
        });
        if !is_own {
            return Err("it is not a virtual environment apart from the system's packages".to_owned());
        }
        let packages = packages(&environment).map_err(|error| format!("its packages can't be read: {error}"))?;
        let mut places = vec![
            environment.clone(),
            environment.join("bin"),
            script.clone(),
            python.clone(),
            config,
        ];
        places.extend(packages.iter().cloned());
        let others = ["etc/jupyter/jupyter_server_config.d", ".perijove-stamp"];
        let stamped = places.iter().cloned().chain(others.map(|name| environment.join(name)));
        Ok(Self {
            stamps: stamped.map(|place| stamp(&place)).collect(),
            variables: env
                .iter()
                .filter(|(name, _)| *name == "PATH" || *name == "VIRTUAL_ENV" || begins(name, &OF_THE_START))
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
            environment,
            script,
            python,
            places,
        })
    }

    /// A nursery of a hub that is root imports as root: nobody else may have a say in what that is.
    pub(super) fn is_safe(&self) -> Result<(), String> {
        if !rustix::process::geteuid().is_root() {
            return Ok(());
        }
        let packages = self.places.iter().filter(|place| place.ends_with("site-packages"));
        let within = packages.filter_map(|dir| std::fs::read_dir(dir).ok());
        let within = within.flatten().flatten().map(|entry| entry.path());
        for place in self.places.iter().cloned().chain(within) {
            let about = std::fs::metadata(&place).map_err(|error| format!("{}: {error}", place.display()))?;
            if about.uid() != 0 || about.mode() & 0o022 != 0 {
                return Err(format!("others than root may change {}", place.display()));
            }
        }
        Ok(())
    }

    /// The environment has changed since.
    pub(super) fn is_outdated_by(&self, now: &Self) -> bool {
        self.environment == now.environment && self.stamps != now.stamps
    }
}

fn begins(name: &str, beginnings: &[&str]) -> bool {
    beginnings.iter().any(|beginning| name.starts_with(beginning))
}

/// What a script names as its interpreter.
fn interpreter(script: &Path) -> Result<PathBuf, String> {
    let mut beginning = String::new();
    let read = std::fs::File::open(script).and_then(|file| file.take(256).read_to_string(&mut beginning));
    read.map_err(|error| format!("{}: {error}", script.display()))?;
    let line = beginning.lines().next().and_then(|line| line.strip_prefix("#!"));
    match line.map(str::trim) {
        Some(path) if path.starts_with('/') && !path.contains(' ') => Ok(path.into()),
        _ => Err(format!(
            "{} does not name its Python in its first line",
            script.display()
        )),
    }
}

/// `lib/python3.*/site-packages`.
fn packages(environment: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(environment.join("lib"))? {
        let packages = entry?.path().join("site-packages");
        if packages.is_dir() {
            found.push(packages);
        }
    }
    found.sort();
    Ok(found)
}

fn stamp(place: &Path) -> (u64, u64, i64, i64) {
    std::fs::metadata(place).map_or((0, 0, 0, 0), |about| {
        (about.dev(), about.ino(), about.ctime(), about.ctime_nsec())
    })
}
