//! The Python that environments are made of, and `uv`, which makes them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::command::{self, Log};
use crate::place::{self, Place};
use crate::{Error, Settings};

const CANDIDATES: [&str; 5] = ["python3", "/usr/bin/python3", "python3.13", "python3.12", "python3.11"];
const ASK: &str = "import sys; v = sys.version_info; \
                   assert (3, 11) <= v[:2] <= (3, 13), 'it is Python %d.%d' % v[:2]; \
                   print(sys.executable); print('%d.%d.%d' % v[:3]); print(' '.join(sys.version.split()))";
const UV: &str = include_str!("../../../environments/tools/requirements.txt");

/// A Python that environments can be made of.
#[derive(Debug, Clone)]
pub struct Python {
    pub program: PathBuf,
    pub version: String,
    /// All by which results could differ.
    pub identity: String,
}

/// The one that the configuration names, or the first that will do.
pub(crate) async fn python(settings: &Settings) -> Result<Python, Error> {
    if let Some(named) = &settings.python {
        return ask(named, &settings.env).await.map_err(|why| {
            Error::new(format!("'{named}' can't be used as Python"))
                .because(why)
                .hint("`python` in [environments] names it: 3.11, 3.12 or 3.13")
        });
    }
    for candidate in CANDIDATES {
        if let Ok(python) = ask(candidate, &settings.env).await {
            return Ok(python);
        }
    }
    Err(Error::new("no Python 3.11, 3.12 or 3.13 was found")
        .hint("install one (Debian: apt-get install python3 python3-venv), or name it: `python` in [environments]"))
}

async fn ask(program: &str, env: &BTreeMap<String, String>) -> Result<Python, String> {
    let mut command = tokio::process::Command::new(program);
    command
        .args(["-I", "-c", ASK])
        .env_clear()
        .envs(env)
        .stdin(Stdio::null());
    let output = command.output().await.map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&output.stdout);
    match said.lines().collect::<Vec<_>>().as_slice() {
        [program, version, all] if output.status.success() => Ok(Python {
            program: program.into(),
            version: (*version).to_owned(),
            identity: format!("{program}\n{all}"),
        }),
        _ => {
            let complaint = String::from_utf8_lossy(&output.stderr);
            let last = complaint.trim().lines().last().unwrap_or("it says nothing of itself");
            Err(last.chars().take(200).collect())
        }
    }
}

/// `uv`: that on PATH, or one of our own, installed once from its lock.
pub(crate) async fn uv(settings: &Settings, python: &Python, log: &Log) -> Result<PathBuf, Error> {
    let path = settings.env.get("PATH").map(String::as_str).unwrap_or_default();
    if let Some(found) = path
        .split(':')
        .map(|dir| Path::new(dir).join("uv"))
        .find(|uv| uv.is_file())
    {
        return Ok(found);
    }
    let place = Place::new(&settings.dir, ".uv");
    let _turn = place.take_turn().await?;
    let dir = place.version(&place::fingerprint(&[UV, &python.identity]));
    let uv = dir.join("bin/uv");
    if uv.is_file() {
        return Ok(uv);
    }
    let failed = "uv, which builds environments, can't be installed";
    place.sweep_halves()?;
    let half = place.half()?;
    log.line("Installing uv");
    let mut venv = command::tool(&python.program, &settings.env);
    venv.args(["-I", "-m", "venv"]).arg(&half);
    command::run(venv, log, failed).await?;
    let lock = half.join("requirements.txt");
    place::write(&lock, UV)?;
    let mut pip = command::tool(half.join("bin/python"), &settings.env);
    pip.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-input",
    ])
    .args(["--require-hashes", "--no-deps", "--requirement"])
    .arg(&lock);
    command::run(pip, log, failed).await?;
    // A program of its own, which does not mind where it lies.
    place.complete(&half, &dir)?;
    Ok(uv)
}
