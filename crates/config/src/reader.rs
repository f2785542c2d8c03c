//! Reads sections key by key: the environment first, then the file, then the default. Goes on after a mistake.

use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::errors::{Mistake, Place};
use crate::hints;
use crate::key::{Key, Kind};
use crate::node::{Entry, Env, Node, Raw, Table, from_env};
use crate::settings::{self, Origin, Setting};

/// A value that can be a key's.
pub(crate) trait Value: Sized {
    fn kind() -> Kind;
    /// As written in the file; nothing if there is no way to write it.
    fn show(&self) -> Option<String>;
    /// Nothing if it is wrong, which is noted in the reader.
    fn read(node: Node, reader: &mut Reader<'_>) -> Option<Self>;
    /// Relative paths are relative to the file's directory.
    fn based(self, _base: &Path) -> Self {
        self
    }
    /// What separates the elements of a list in an environment variable.
    const SEPARATOR: char = ',';
    const IS_SECRET: bool = false;
}

/// What a section may hold: values and further sections.
pub(crate) trait Field: Sized {
    fn kind() -> Kind;
    fn show(&self) -> Option<String>;
    fn take(fields: &mut Fields<'_, '_>, name: &'static str) -> Option<Self>;
    fn based(self, base: &Path) -> Self;
}

/// A table with known keys; made by `section!`.
pub(crate) trait Section: Sized {
    const ABOUT: &'static str;
    fn keys() -> Vec<Key>;
    /// Takes its own keys out of the fields.
    fn take(fields: &mut Fields<'_, '_>) -> Self;

    fn read(mut fields: Fields<'_, '_>) -> Self {
        fields.reader.groups += 1;
        fields.group = fields.reader.groups;
        let value = Self::take(&mut fields);
        fields.finish();
        value
    }
}

pub(crate) type Files<'a> = &'a dyn Fn(&Path) -> io::Result<String>;

pub(crate) struct Reader<'e> {
    pub(crate) env: Env<'e>,
    pub(crate) files: Files<'e>,
    pub(crate) base: PathBuf,
    pub(crate) mistakes: Vec<Mistake>,
    /// Where secrets stand in the file.
    pub(crate) secrets: Vec<Range<usize>>,
    /// What was read, for people.
    pub(crate) settings: Vec<Setting>,
    /// Sections that were begun.
    pub(crate) groups: usize,
}

impl Reader<'_> {
    pub(crate) fn mistake(&mut self, place: &Place, mistake: Mistake) {
        self.mistakes.push(mistake.at(place));
    }

    pub(crate) fn hide(&mut self, node: &Node) {
        node.spans(&mut self.secrets);
    }

    /// Notes that something else should stand there.
    pub(crate) fn expected(&mut self, what: &str, node: &Node) {
        if !matches!(node.raw, Raw::Broken) {
            self.mistake(
                &node.place,
                Mistake::new(format!("expected {what}, found {}", node.found())),
            );
        }
    }
}

/// The keys of one section that aren't read yet.
pub(crate) struct Fields<'f, 'e> {
    pub(crate) table: Table,
    /// As in the file: `hub`, `spawner.process`.
    pub(crate) section: String,
    /// Whether the environment has a say: not in lists of sections, which have no names.
    pub(crate) in_env: bool,
    /// Where the section begins.
    pub(crate) place: Place,
    pub(crate) keys: Vec<Key>,
    /// The section's number, among all that were read.
    pub(crate) group: usize,
    pub(crate) reader: &'f mut Reader<'e>,
}

/// `PERIJOVE_HUB_LISTEN` for `listen` in `[hub]`.
pub(crate) fn env_name(section: &str, key: &str) -> String {
    format!("PERIJOVE_{section}_{key}").replace('.', "_").to_uppercase()
}

impl Fields<'_, '_> {
    pub(crate) fn take<T: Field>(&mut self, name: &'static str, default: impl FnOnce() -> T) -> T {
        let value = T::take(self, name).unwrap_or_else(default);
        value.based(&self.reader.base)
    }

    /// The key's value and who gave it.
    fn node(&mut self, name: &'static str) -> Option<Node> {
        let key = self.keys.iter().find(|key| key.name == name)?;
        let entry = self.table.remove(name);
        let written = entry
            .or_else(|| self.table.remove(key.alias?))
            .map(|entry| entry.node)
            .filter(|node| !node.is_unset());
        if self.in_env {
            // Some are written in small letters, too: `https_proxy`.
            let names = [
                Some(env_name(&self.section, name)),
                key.env.map(str::to_owned),
                key.env.map(str::to_lowercase),
            ];
            for variable in names.into_iter().flatten() {
                if let Some(text) = (self.reader.env)(&variable).filter(|text| !text.is_empty()) {
                    // Beaten by the environment, yet on a line that may be shown.
                    written.iter().for_each(|node| self.reader.hide(node));
                    return Some(from_env(&variable, text, self.reader.env));
                }
            }
        }
        // Lists of sections have no names there; upstream's variables stand in for what the file leaves out.
        if !self.in_env
            && written.is_none()
            && let Some(variable) = key.env
            && let Some(text) = (self.reader.env)(variable).filter(|text| !text.is_empty())
        {
            return Some(from_env(variable, text, self.reader.env));
        }
        if written.is_none() && key.required {
            let mistake = Mistake::new(format!("`{name}` is missing in [[{}]]", self.section));
            self.reader.mistake(&self.place, mistake);
        }
        written
    }

    /// Keeps for people what was read.
    fn note<S: Into<Option<String>>>(&mut self, name: &'static str, origin: Origin, value: impl FnOnce(&Key) -> S) {
        let Some(key) = self.keys.iter().find(|key| key.name == name) else {
            return;
        };
        let heading = match self.in_env {
            true => format!("[{}]", self.section),
            false => format!("[[{}]]", self.section),
        };
        self.reader.settings.push(Setting {
            heading,
            group: self.group,
            key: name,
            value: value(key).into(),
            origin,
        });
    }

    /// Complains about what is left.
    pub(crate) fn finish(self) {
        for entry in self.table.entries {
            self.reader.hide(&entry.node);
            let names = self.keys.iter().map(|key| key.name);
            let mistake = hints::unknown_key(&self.section, &entry.key, names);
            self.reader.mistake(&entry.key_place, mistake);
        }
    }
}

impl<T: Value> Field for T {
    fn kind() -> Kind {
        T::kind()
    }

    fn show(&self) -> Option<String> {
        Value::show(self)
    }

    fn take(fields: &mut Fields<'_, '_>, name: &'static str) -> Option<Self> {
        let node = fields.node(name);
        let origin = Origin::of(node.as_ref());
        let Some(node) = node else {
            fields.note(name, origin, settings::default);
            return None;
        };
        if T::IS_SECRET {
            fields.reader.hide(&node);
        }
        let harmless = Node {
            raw: Raw::Broken,
            place: node.place.clone(),
            from_variable: node.from_variable,
        };
        let value = T::read(node, fields.reader);
        let text = value.as_ref().filter(|_| !T::IS_SECRET).and_then(Value::show);
        fields.note(name, origin, |key| settings::shown(key, text, &harmless));
        value
    }

    fn based(self, base: &Path) -> Self {
        Value::based(self, base)
    }
}

/// Reads `[name]`, absent or not.
pub(crate) fn section<S: Section>(entry: Option<Entry>, name: &str, reader: &mut Reader<'_>) -> S {
    inner(entry, name, true, reader)
}

fn inner<S: Section>(entry: Option<Entry>, name: &str, in_env: bool, reader: &mut Reader<'_>) -> S {
    let place = entry
        .as_ref()
        .map_or(Place::File(0..0), |entry| entry.key_place.clone());
    let table = match entry.map(|entry| entry.node) {
        Some(Node {
            raw: Raw::Table(table), ..
        }) => table,
        None => Table::default(),
        Some(node) => {
            reader.hide(&node);
            let help = format!("write `[{name}]` once, and its keys below it");
            reader.mistake(&place, Mistake::new(format!("`{name}` is one section")).help(help));
            Table::default()
        }
    };
    S::read(Fields {
        table,
        section: name.to_owned(),
        in_env,
        place,
        keys: S::keys(),
        group: 0,
        reader,
    })
}

/// The tables of `[[name]]` and where each begins.
pub(crate) fn tables(entry: Option<Entry>, name: &str, reader: &mut Reader<'_>) -> Vec<(Table, Place)> {
    let Some(entry) = entry else { return Vec::new() };
    let Raw::List(list) = entry.node.raw else {
        reader.hide(&entry.node);
        let help = format!("write `[[{name}]]`, once for each");
        reader.mistake(
            &entry.key_place,
            Mistake::new(format!("there may be several of `{name}`")).help(help),
        );
        return Vec::new();
    };
    let mut tables = Vec::new();
    for node in list {
        match node {
            Node {
                raw: Raw::Table(table),
                place,
                ..
            } => tables.push((table, place)),
            other => {
                reader.hide(&other);
                reader.expected("a table", &other);
            }
        }
    }
    tables
}

/// One of `[[name]]`.
pub(crate) fn element<S: Section>(table: Table, place: Place, name: &str, reader: &mut Reader<'_>) -> S {
    S::read(Fields {
        table,
        section: name.to_owned(),
        in_env: false,
        place,
        keys: S::keys(),
        group: 0,
        reader,
    })
}

/// A section within a section.
pub(crate) fn subsection<S: Section>(fields: &mut Fields<'_, '_>, name: &str) -> S {
    let entry = fields.table.remove(name);
    inner(
        entry,
        &format!("{}.{name}", fields.section),
        fields.in_env,
        fields.reader,
    )
}

/// `[[section.name]]`, below one of `[[section]]`.
pub(crate) fn subsections<S: Section>(fields: &mut Fields<'_, '_>, name: &str) -> Vec<S> {
    let entry = fields.table.remove(name);
    let name = format!("{}.{name}", fields.section);
    tables(entry, &name, fields.reader)
        .into_iter()
        .map(|(table, place)| element(table, place, &name, fields.reader))
        .collect()
}
