//! What is known of a key besides its value: for the reference, the schema and the environment.

use serde_json::{Value as Json, json};

use crate::reader::Field;

/// A kind of value: in words and as JSON schema.
pub(crate) struct Kind {
    pub(crate) text: String,
    pub(crate) schema: Json,
    /// The keys, if the value is a section of its own.
    pub(crate) section: Option<(&'static str, Vec<Key>)>,
    /// There may be several of that section.
    pub(crate) many: bool,
}

impl Kind {
    pub(crate) fn new(text: impl Into<String>, schema: Json) -> Self {
        Self {
            text: text.into(),
            schema,
            section: None,
            many: false,
        }
    }

    pub(crate) fn text(text: &str) -> Self {
        Self::new(text, json!({ "type": "string" }))
    }
}

pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) doc: &'static str,
    pub(crate) kind: Kind,
    /// As written in the file.
    pub(crate) default: Option<String>,
    /// In words, where the default comes from elsewhere.
    pub(crate) unset: Option<&'static str>,
    /// Its upstream name in the file.
    pub(crate) alias: Option<&'static str>,
    /// Environment variable under its upstream name.
    pub(crate) env: Option<&'static str>,
    pub(crate) example: Option<&'static str>,
    pub(crate) required: bool,
}

impl Key {
    pub(crate) fn new<T: Field>(name: &'static str, doc: &'static str, default: &T) -> Self {
        Self {
            name,
            doc: doc.trim(),
            kind: T::kind(),
            default: default.show(),
            unset: None,
            alias: None,
            env: None,
            example: None,
            required: false,
        }
    }

    pub(crate) fn unset(self, text: &'static str) -> Self {
        Self {
            unset: Some(text),
            ..self
        }
    }

    pub(crate) fn alias(self, name: &'static str) -> Self {
        Self {
            alias: Some(name),
            ..self
        }
    }

    pub(crate) fn env(self, name: &'static str) -> Self {
        Self {
            env: Some(name),
            ..self
        }
    }

    pub(crate) fn example(self, text: &'static str) -> Self {
        Self {
            example: Some(text),
            ..self
        }
    }

    pub(crate) fn required(self) -> Self {
        Self {
            required: true,
            default: None,
            ..self
        }
    }
}
