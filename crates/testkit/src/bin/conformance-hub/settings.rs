//! The settings file: what a test has asked for, as JSON. A key that is not there has its default.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// JupyterHub's settings by its own names.
    pub settings: Map<String, Value>,
    /// Which of the test spawners.
    pub spawner: Option<String>,
    /// Attributes of the authenticator.
    pub authenticator: Map<String, Value>,
    /// Attributes of one server: person, server, attribute.
    pub servers: BTreeMap<String, BTreeMap<String, Map<String, Value>>>,
    /// Attributes of the application.
    pub app: Map<String, Value>,
    /// Options of every spawner.
    pub spawner_config: Map<String, Value>,
    pub proxy: Map<String, Value>,
    pub custom_scopes: BTreeMap<String, CustomScope>,
    /// Hexadecimal digits.
    pub crypt_keys: Vec<String>,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub struct CustomScope {
    pub description: String,
    pub subscopes: Vec<String>,
}

impl Settings {
    /// What can't be read is told in the log; the tests then meet a hub with defaults.
    pub fn parse(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_else(|error| {
            tracing::error!(%error, "the settings file can't be read");
            Self::default()
        })
    }

    /// An attribute of the authenticator, whether a test has changed it or has put another authenticator in its place.
    pub fn authenticator(&self, name: &str) -> Option<&Value> {
        let other = self.settings.get("authenticator").and_then(|other| other.get(name));
        other
            .or_else(|| self.authenticator.get(name))
            .filter(|value| !value.is_null())
    }

    /// Class of the authenticator that a test has put in.
    pub fn authenticator_class(&self) -> Option<&str> {
        self.settings.get("authenticator")?.get("class")?.as_str()
    }

    pub fn server(&self, user: &str, server: &str) -> Option<&Map<String, Value>> {
        self.servers.get(user)?.get(server)
    }
}
