//! What was chosen beyond an environment's definition: further extensions, and which are switched off.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::Definition;
use crate::place::Place;

const FILE: &str = "choices.json";

/// `choices.json` of an environment. It stays when versions go.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Choices {
    /// Packages beside those of the definition, one a line, by the name of their extension.
    pub installed: BTreeMap<String, String>,
    /// Extensions of the page that are switched off.
    pub disabled: BTreeSet<String>,
    /// Those that the definition switches off and that are wanted all the same.
    pub enabled: BTreeSet<String>,
}

impl Choices {
    pub(crate) fn read(place: &Place) -> Self {
        place.read(FILE).unwrap_or_default()
    }

    pub(crate) fn write(&self, place: &Place) -> Result<(), crate::Error> {
        place.write_json(FILE, self)
    }

    /// As requirements.
    #[must_use]
    pub fn extras(&self) -> Vec<String> {
        let lines = self.installed.values().flat_map(|packages| packages.lines());
        lines.map(str::to_owned).collect()
    }

    /// Which extensions of the page are off.
    #[must_use]
    pub fn off(&self, definition: &Definition) -> BTreeSet<String> {
        let defined = definition.disabled.iter().filter(|name| !self.enabled.contains(*name));
        defined.chain(&self.disabled).cloned().collect()
    }

    pub(crate) fn page_config(&self, definition: &Definition) -> String {
        let off: BTreeMap<String, bool> = self.off(definition).into_iter().map(|name| (name, true)).collect();
        json!({ "disabledExtensions": off }).to_string()
    }
}
