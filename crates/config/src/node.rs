//! The parsed file: values that know where they stand, variables filled in.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::errors::{Mistake, Place};

#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) raw: Raw,
    pub(crate) place: Place,
    /// The text came out of a variable, so that `"8"` may be a number and `"a,b"` a list.
    pub(crate) from_variable: bool,
}

#[derive(Debug)]
pub(crate) enum Raw {
    Text(String),
    Int(i128),
    Float(f64),
    Bool(bool),
    Date,
    List(Vec<Node>),
    Table(Table),
    /// Already complained about.
    Broken,
}

#[derive(Debug, Default)]
pub(crate) struct Table {
    pub(crate) entries: Vec<Entry>,
}

#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) key_place: Place,
    pub(crate) node: Node,
}

impl Table {
    pub(crate) fn remove(&mut self, key: &str) -> Option<Entry> {
        let index = self.entries.iter().position(|entry| entry.key == key)?;
        Some(self.entries.remove(index))
    }

    /// With variables filled into the keys, where these are whatever somebody likes: names of volumes, paths. One that nothing
    /// is left of counts as not written.
    pub(crate) fn filled(self, env: Env<'_>, mistakes: &mut Vec<Mistake>) -> Option<Self> {
        let before = mistakes.len();
        let mut filled = Self::default();
        for mut entry in self.entries {
            match entry.fill_key(env) {
                Ok(()) if entry.key.is_empty() => {}
                Ok(()) if filled.entries.iter().any(|other| other.key == entry.key) => {
                    let mistake = Mistake::new("with the variables filled in, this key is there twice");
                    let mistake = mistake.help("give it another name, or its variable another value");
                    mistakes.push(mistake.at(&entry.key_place));
                }
                Ok(()) => filled.entries.push(entry),
                Err(mistake) => mistakes.push(mistake.at(&entry.key_place)),
            }
        }
        (mistakes.len() == before).then_some(filled)
    }
}

impl Entry {
    /// What stands in a variable is taken as it is, keys as values.
    fn fill_key(&mut self, env: Env<'_>) -> Result<(), Mistake> {
        if matches!(self.key_place, Place::File(_)) {
            (self.key, _) = expand(&self.key, env)?;
        }
        Ok(())
    }
}

impl Node {
    pub(crate) fn text(text: &str, place: Place) -> Self {
        Self {
            raw: Raw::Text(text.to_owned()),
            place,
            from_variable: false,
        }
    }

    /// What is written there, for "found ...".
    pub(crate) fn found(&self) -> &'static str {
        match self.raw {
            Raw::Text(_) => "text",
            Raw::Int(_) | Raw::Float(_) => "a number",
            Raw::Bool(_) => "true or false",
            Raw::Date => "a date",
            Raw::List(_) => "a list",
            Raw::Table(_) => "a table",
            Raw::Broken => "a mistake",
        }
    }

    /// Set to nothing by a variable: as if it weren't there.
    pub(crate) fn is_unset(&self) -> bool {
        self.from_variable && matches!(&self.raw, Raw::Text(text) if text.is_empty())
    }

    /// Places of everything within that a person wrote as a value.
    pub(crate) fn spans(&self, spans: &mut Vec<Range<usize>>) {
        match &self.raw {
            Raw::List(list) => list.iter().for_each(|node| node.spans(spans)),
            Raw::Table(table) => table.entries.iter().for_each(|entry| entry.node.spans(spans)),
            _ => spans.extend(self.place.span()),
        }
    }
}

pub(crate) type Env<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Where values come from: the file, or an environment variable written in the file's syntax.
pub(crate) struct Source<'a> {
    pub(crate) env: Env<'a>,
    pub(crate) variable: Option<&'a str>,
}

impl Source<'_> {
    fn place(&self, span: Range<usize>) -> Place {
        match self.variable {
            Some(name) => Place::Env(name.to_owned()),
            None => Place::File(span),
        }
    }

    pub(crate) fn table(&self, table: &DeTable<'_>, mistakes: &mut Vec<Mistake>) -> Table {
        let entries = table.iter().map(|(key, value)| Entry {
            key: key.get_ref().to_string(),
            key_place: self.place(key.span()),
            node: self.node(value, mistakes),
        });
        Table {
            entries: entries.collect(),
        }
    }

    fn node(&self, value: &Spanned<DeValue<'_>>, mistakes: &mut Vec<Mistake>) -> Node {
        let place = self.place(value.span());
        let mut from_variable = self.variable.is_some();
        let raw = match value.get_ref() {
            DeValue::String(text) if self.variable.is_none() && text.contains('$') => match expand(text, self.env) {
                Ok((text, filled)) => {
                    from_variable = filled;
                    Raw::Text(text)
                }
                Err(mistake) => {
                    mistakes.push(Mistake {
                        place: place.clone(),
                        ..mistake
                    });
                    Raw::Broken
                }
            },
            DeValue::String(text) => Raw::Text(text.to_string()),
            DeValue::Integer(int) => Raw::Int(i128::from_str_radix(int.as_str(), int.radix()).unwrap_or(i128::MAX)),
            DeValue::Float(float) => float.as_str().parse().map_or(Raw::Broken, Raw::Float),
            DeValue::Boolean(flag) => Raw::Bool(*flag),
            DeValue::Datetime(_) => Raw::Date,
            DeValue::Array(list) => Raw::List(list.iter().map(|value| self.node(value, mistakes)).collect()),
            DeValue::Table(table) => Raw::Table(self.table(table, mistakes)),
        };
        Node {
            raw,
            place,
            from_variable,
        }
    }
}

/// The value of an environment variable; lists and tables may be written as in the file.
pub(crate) fn from_env(name: &str, text: String, env: Env<'_>) -> Node {
    let place = Place::Env(name.to_owned());
    if text.starts_with(['[', '{'])
        && let Ok(value) = DeValue::parse(&text)
    {
        return Source {
            env,
            variable: Some(name),
        }
        .node(&value, &mut Vec::new());
    }
    Node {
        raw: Raw::Text(text),
        place,
        from_variable: true,
    }
}

/// Fills in `${NAME}` and `${NAME:-default}`; `$$` is a dollar. Tells whether a variable was filled in.
fn expand(text: &str, env: Env<'_>) -> Result<(String, bool), Mistake> {
    let mut filled = String::new();
    let mut any = false;
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        filled.push_str(before);
        rest = after;
        if let Some(after) = rest.strip_prefix('$') {
            filled.push('$');
            rest = after;
        } else if let Some(after) = rest.strip_prefix('{') {
            let Some((inside, after)) = after.split_once('}') else {
                return Err(Mistake::new("a `${` without its `}`").help("write `$$` for a dollar"));
            };
            filled.push_str(&variable(inside, env)?);
            any = true;
            rest = after;
        } else {
            filled.push('$');
        }
    }
    filled.push_str(rest);
    Ok((filled, any))
}

fn variable(inside: &str, env: Env<'_>) -> Result<String, Mistake> {
    let (name, default) = match inside.split_once(":-") {
        Some((name, default)) => (name, Some(default)),
        None => (inside, None),
    };
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if name.is_empty() || !name.chars().all(allowed) || name.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(Mistake::new("what stands in `${...}` isn't the name of a variable")
            .help("write `${NAME}`, `${NAME:-default}`, or `$$` for a dollar"));
    }
    match (env(name), default) {
        (Some(value), None) => Ok(value),
        (Some(value), Some(_)) if !value.is_empty() => Ok(value),
        (_, Some(default)) => Ok(default.to_owned()),
        (None, None) => Err(Mistake::new(format!("the environment variable `{name}` isn't set"))
            .help(format!("set it, or give a default: `${{{name}:-...}}`"))),
    }
}
