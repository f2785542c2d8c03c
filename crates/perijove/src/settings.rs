//! The configuration, from its file and the environment.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use perijove_config::Config;

use crate::problem::Problem;
use crate::system::Environment;

/// Read without being named, if it lies in the working directory.
const USUAL_FILE: &str = "perijove.toml";

/// Everything that this process was told.
#[derive(Clone)]
pub struct Settings {
    pub config: Arc<Config>,
    /// The configuration's file, as an absolute path.
    pub file: Option<PathBuf>,
    pub environment: Environment,
}

impl Settings {
    /// `named` must be there; without it `perijove.toml` may be.
    pub fn load(named: Option<&Path>) -> Result<Self> {
        let environment = Environment::read();
        let file = match named {
            Some(file) => Some(file),
            None => Some(Path::new(USUAL_FILE)).filter(|file| file.is_file()),
        };
        let text = file.map(read).transpose()?;
        let lookup = |name: &str| environment.get(name).map(str::to_owned);
        let files = |path: &Path| std::fs::read_to_string(path);
        let mut config = perijove_config::load(file.zip(text.as_deref()), &lookup, &files)?;
        // Servers and the edge are other processes with other working directories.
        config.hub.data_dir = absolute(&config.hub.data_dir)?;
        if let Some(file) = &config.spawner.options_form_file {
            config.spawner.options_form = options_form(file)?;
        }
        Ok(Self {
            config: Arc::new(config),
            file: file.map(absolute).transpose()?,
            environment,
        })
    }

    #[must_use]
    pub fn data_file(&self, name: &str) -> PathBuf {
        self.config.hub.data_dir.join(name)
    }
}

fn read(file: &Path) -> Result<String> {
    std::fs::read_to_string(file).map_err(|error| {
        let missing = error.kind() == io::ErrorKind::NotFound;
        let problem = Problem::new(format!("the configuration {} can't be read", file.display()));
        let hint = match missing {
            true => "`perijove config example` prints one to begin with; without --config the defaults hold",
            false => "it must be a text file that this account may read",
        };
        problem.because(error).try_this(hint).of_usage().into()
    })
}

fn options_form(file: &Path) -> Result<String> {
    std::fs::read_to_string(file).map_err(|error| {
        let problem = Problem::new(format!(
            "the fields of the options form {} can't be read",
            file.display()
        ));
        let hint = "`options_form_file` in [spawner] names a file with HTML, below the directory of the configuration";
        problem.because(error).try_this(hint).of_usage().into()
    })
}

fn absolute(path: &Path) -> Result<PathBuf> {
    let path = std::path::absolute(path);
    path.map_err(|error| {
        Problem::new("the working directory can't be told")
            .because(error)
            .into()
    })
}
