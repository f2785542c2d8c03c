//! What the configuration comes to, key by key, and where each value is from: for people, so without secrets.

use crate::docs;
use crate::errors::Place;
use crate::key::Key;
use crate::mask::mask;
use crate::node::Node;

/// A key's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// `[hub]`; of a list of sections with their number: `[[auth]] 2`.
    pub heading: String,
    /// The same for all keys of one section, growing in the order of the file's sections.
    pub group: usize,
    pub key: &'static str,
    /// As written in the file; `None` for a secret, for what may hold some, and where there is no way to write it.
    pub value: Option<String>,
    pub origin: Origin,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Nobody has said anything.
    Default,
    File,
    /// A variable of this name.
    Environment(String),
}

impl Origin {
    pub(crate) fn of(node: Option<&Node>) -> Self {
        match node.map(|node| &node.place) {
            None => Self::Default,
            Some(Place::File(_)) => Self::File,
            Some(Place::Env(name)) => Self::Environment(name.clone()),
        }
    }
}

/// What may be shown of a value that somebody has set. Variables are where secrets come from, and tables hold variables.
pub(crate) fn shown(key: &Key, value: Option<String>, node: &Node) -> Option<String> {
    let is_table = key.kind.schema["type"] == "object";
    let is_filled_in = node.from_variable && matches!(node.place, Place::File(_));
    value
        .filter(|_| !is_table && !is_filled_in && !key.kind.text.contains("a secret"))
        .map(|text| mask(&text, &[], docs::is_harmless))
}

/// What holds where nobody has said anything.
pub(crate) fn default(key: &Key) -> String {
    match (&key.default, key.unset) {
        (_, Some(words)) => format!("({words})"),
        (Some(text), None) => text.clone(),
        (None, None) => String::new(),
    }
}
