//! How the hub is started: the command line, and what its environment tells besides.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// Everything but the settings file's contents.
pub struct Options {
    /// Where the tests reach the platform.
    pub port: u16,
    /// Where servers reach the hub past the edge; 0 takes a free one.
    pub hub_port: u16,
    pub base_url: String,
    pub database: PathBuf,
    pub settings: PathBuf,
    /// The Python that runs the servers.
    pub python: String,
    pub crypt_keys: Vec<String>,
    /// What the servers inherit.
    pub environment: BTreeMap<String, String>,
    pub log: String,
}

impl Options {
    #[expect(clippy::disallowed_methods, reason = "a program of its own, which is told so")]
    pub fn read(arguments: &[String]) -> Result<Self, String> {
        let environment: BTreeMap<String, String> = std::env::vars().collect();
        let told = |name: &str| environment.get(name).cloned().filter(|value| !value.is_empty());
        let mut given = BTreeMap::new();
        for pair in arguments.chunks(2) {
            let [name, value] = pair else {
                return Err(format!("{} needs a value", pair[0]));
            };
            given.insert(name.as_str(), value.clone());
        }
        let mut take = |name: &str| given.remove(name).ok_or_else(|| format!("{name} is missing"));
        let options = Self {
            port: take("--port")?.parse().map_err(|_| "--port is not a port")?,
            hub_port: told("HUB_INTERNAL_PORT")
                .and_then(|port| port.parse().ok())
                .unwrap_or(0),
            base_url: take("--base-url")?,
            database: take("--db")?.into(),
            settings: take("--settings")?.into(),
            python: told("HUB_PYTHON").unwrap_or_else(|| "python3".to_owned()),
            crypt_keys: told("JUPYTERHUB_CRYPT_KEY").into_iter().collect(),
            log: told("CONFORMANCE_LOG").unwrap_or_else(|| "info,perijove_hub=debug".to_owned()),
            environment,
        };
        match given.keys().next() {
            Some(unknown) => Err(format!("{unknown} is not known")),
            None => Ok(options),
        }
    }

    /// What the kept environment of a server is: what JupyterHub keeps, and all that speaks of JupyterHub.
    pub fn kept_environment(&self) -> BTreeMap<String, String> {
        const KEPT: [&str; 7] = [
            "PATH",
            "PYTHONPATH",
            "LANG",
            "LC_ALL",
            "LD_LIBRARY_PATH",
            "VIRTUAL_ENV",
            "CONDA_ROOT",
        ];
        let kept = |name: &str| KEPT.contains(&name) || name.contains("JUPYTERHUB") || name.contains("COVERAGE");
        let pairs = self.environment.iter().filter(|(name, _)| kept(name));
        pairs.map(|(name, value)| (name.clone(), value.clone())).collect()
    }
}
