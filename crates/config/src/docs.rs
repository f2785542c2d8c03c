//! The keys as Markdown, as JSON schema and as an example, all from the one table.

use serde_json::{Map, Value as Json, json};

use crate::key::{Key, Kind};
use crate::keys::{
    Access, Audit, Auth, Captcha, Culler, Edge, Entitlement, Environments, Events, Group, Hub, Mail, Metrics,
    OAuthKeys, Profile, Role, Scope, Service, SharedFolder, Spawner, Storage,
};
use crate::reader::{Section, env_name};

pub(crate) struct SectionDoc {
    pub(crate) name: String,
    /// There may be several.
    repeated: bool,
    /// It is, or is within, one of which there may be several: it has no name in the environment.
    in_list: bool,
    /// The `kind` that has these keys.
    variant: Option<&'static str>,
    about: &'static str,
    pub(crate) keys: Vec<Key>,
}

impl SectionDoc {
    fn one<S: Section>(name: &'static str) -> Self {
        Self {
            name: name.to_owned(),
            repeated: false,
            in_list: false,
            variant: None,
            about: S::ABOUT.trim(),
            keys: S::keys(),
        }
    }

    fn many<S: Section>(name: &'static str) -> Self {
        Self {
            repeated: true,
            in_list: true,
            ..Self::one::<S>(name)
        }
    }

    pub(crate) fn auth<S: Section>(kind: &'static str) -> Self {
        Self {
            variant: Some(kind),
            ..Self::many::<S>("auth")
        }
    }

    /// It has the keys of all ways to sign in elsewhere, which are told once.
    fn shares_keys(&self) -> bool {
        self.variant.is_some_and(|kind| kind != "oauth") && self.keys.iter().any(|key| key.name == "client_id")
    }

    /// The keys that are told here; what has to be there in any case.
    fn own_keys(&self) -> impl Iterator<Item = &Key> {
        let elsewhere = match self.shares_keys() {
            true => OAuthKeys::keys(),
            false => Vec::new(),
        };
        let is_own = move |key: &&Key| key.required || elsewhere.iter().all(|other| other.name != key.name);
        self.keys.iter().filter(is_own)
    }

    /// `[hub]`, `[[role]]`.
    pub(crate) fn heading(&self) -> String {
        if self.repeated {
            format!("[[{}]]", self.name)
        } else {
            format!("[{}]", self.name)
        }
    }
}

/// All sections in the order of the documents.
pub(crate) fn sections() -> Vec<SectionDoc> {
    let mut sections = vec![
        SectionDoc::one::<Hub>("hub"),
        SectionDoc::one::<Edge>("edge"),
        SectionDoc::one::<Access>("access"),
    ];
    sections.extend(Auth::docs());
    sections.extend([
        SectionDoc::one::<Mail>("mail"),
        SectionDoc::one::<Captcha>("captcha"),
        SectionDoc::many::<Scope>("scope"),
        SectionDoc::many::<Role>("role"),
        SectionDoc::many::<Group>("group"),
        SectionDoc::many::<Service>("service"),
        SectionDoc::one::<Spawner>("spawner"),
        SectionDoc::one::<Storage>("storage"),
        SectionDoc::many::<SharedFolder>("shared_folder"),
        SectionDoc::one::<Environments>("environments"),
        SectionDoc::many::<Profile>("profile"),
        SectionDoc::many::<Entitlement>("entitlement"),
        SectionDoc::one::<Culler>("culler"),
        SectionDoc::one::<Audit>("audit"),
        SectionDoc::one::<Events>("events"),
        SectionDoc::one::<Metrics>("metrics"),
    ]);
    sections.into_iter().flat_map(with_subsections).collect()
}

fn with_subsections(mut section: SectionDoc) -> Vec<SectionDoc> {
    let (below, own): (Vec<Key>, Vec<Key>) = section.keys.into_iter().partition(|key| key.kind.section.is_some());
    section.keys = own;
    let (name, in_list) = (section.name.clone(), section.in_list);
    let mut all = vec![section];
    for key in below {
        let Some((about, keys)) = key.kind.section else {
            continue;
        };
        all.extend(with_subsections(SectionDoc {
            name: format!("{name}.{}", key.name),
            repeated: key.kind.many,
            in_list: in_list || key.kind.many,
            variant: None,
            about: about.trim(),
            keys,
        }));
    }
    all
}

/// Whether it is a known key without a secret.
pub(crate) fn is_harmless(name: &str) -> bool {
    let mut named = sections()
        .into_iter()
        .flat_map(|section| section.keys)
        .filter(|key| key.name == name)
        .peekable();
    named.peek().is_some() && named.all(|key| !key.kind.text.contains("a secret"))
}

/// All keys as Markdown: docs/reference/configuration.md.
#[must_use]
pub fn reference() -> String {
    let mut text = String::from(INTRODUCTION);
    for section in sections() {
        let kind = section
            .variant
            .map(|kind| format!(" with `kind = \"{kind}\"`"))
            .unwrap_or_default();
        text.push_str(&format!("\n## `{}`{kind}\n\n{}\n", section.heading(), section.about));
        if section.shares_keys() {
            text.push_str("\nBesides these it has the keys of `kind = \"oauth\"`.\n");
        }
        for key in section.own_keys() {
            text.push_str(&key_reference(&section, key));
        }
    }
    text
}

const INTRODUCTION: &str = "\
# Configuration

<!-- Generated by `perijove config reference --write`. -->

Perijove reads one file, `perijove.toml`. Every key may be left out. `perijove config check` shows all mistakes at once.

- **Environment.** A variable `PERIJOVE_SECTION_KEY`, named below, beats the file. Lists are separated by commas, secrets
  by semicolons; lists and tables may also be written as in the file. An empty variable counts as not set.
- **Variables in the file.** `${NAME}` in any text is filled in from the environment, `${NAME:-default}` has a default,
  `$$` is a dollar. A value that is filled in may be a number or a list too; if nothing is left, the key counts as not set.
  Keys that are anybody's, as those of `volumes`, `host_config` and `environment`, are filled in as well.
- **Secrets.** Instead of the secret itself write `\"${NAME}\"`, or `\"file:PATH\"` for a file's content without the line
  break at its end.
- **Paths** are relative to the directory of `perijove.toml`.
";

fn key_reference(section: &SectionDoc, key: &Key) -> String {
    let mut text = format!("\n### `{}`\n\n{}\n\n- Type: {}\n", key.name, key.doc, key.kind.text);
    text.push_str(&format!("- Default: {}\n", default(key)));
    if !section.in_list {
        let other = key.env.map(|name| format!(", `{name}`")).unwrap_or_default();
        text.push_str(&format!(
            "- Environment: `{}`{other}\n",
            env_name(&section.name, key.name)
        ));
    }
    if let (true, Some(name)) = (section.in_list, key.env) {
        text.push_str(&format!("- Environment: `{name}`, where the file leaves it out\n"));
    }
    if let Some(alias) = key.alias {
        text.push_str(&format!("- Also: `{alias}`\n"));
    }
    if let Some(example) = key.example {
        text.push_str(&format!("- Example: `{} = {example}`\n", key.name));
    }
    text
}

fn default(key: &Key) -> String {
    match (key.required, key.unset, &key.default) {
        (true, ..) => "none, the key must be there".to_owned(),
        (_, Some(words), _) => words.to_owned(),
        (_, _, Some(value)) => format!("`{value}`"),
        _ => "none".to_owned(),
    }
}

/// JSON schema (draft 2020-12) of perijove.toml: docs/reference/perijove.schema.json.
#[must_use]
pub fn schema() -> Json {
    let mut properties = Map::new();
    let mut kinds = Vec::new();
    for section in sections() {
        let mut table = table_schema(&section);
        if let Some(kind) = section.variant {
            table["properties"]["kind"] = json!({ "enum": Auth::names(kind) });
            table["required"] = json!(["kind"]);
            kinds.push(table);
        } else if let (Some(name), Some(kind)) = (section.name.strip_prefix("auth."), kinds.last_mut()) {
            kind["properties"][name] = json!({ "type": "array", "items": table });
        } else {
            let table = match section.repeated {
                true => json!({ "type": "array", "items": table }),
                false => table,
            };
            place(&mut properties, &section.name, table);
        }
    }
    properties.insert(
        "auth".to_owned(),
        json!({ "type": "array", "items": { "oneOf": kinds } }),
    );
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "perijove.toml",
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
    })
}

/// Below the sections that it is within.
fn place(properties: &mut Map<String, Json>, name: &str, table: Json) {
    let Some((outer, inner)) = name.split_once('.') else {
        properties.insert(name.to_owned(), table);
        return;
    };
    let outer = properties.get_mut(outer).map(|outer| match outer.get("items") {
        Some(_) => &mut outer["items"]["properties"],
        None => &mut outer["properties"],
    });
    if let Some(Json::Object(properties)) = outer {
        place(properties, inner, table);
    }
}

fn table_schema(section: &SectionDoc) -> Json {
    let names = |key: &Key| [Some(key.name), key.alias].into_iter().flatten();
    let keys = section.keys.iter();
    let keys = keys.flat_map(|key| names(key).map(|name| (name.to_owned(), key_schema(key))));
    let required: Vec<_> = section
        .keys
        .iter()
        // What stands in the environment is missing from the file only.
        .filter(|key| key.required && !(section.in_list && key.env.is_some()))
        .map(|key| key.name)
        .collect();
    let mut schema = json!({
        "type": "object",
        "description": section.about,
        "additionalProperties": false,
        "properties": keys.collect::<Map<_, _>>(),
    });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

fn key_schema(key: &Key) -> Json {
    let Kind { schema, .. } = &key.kind;
    // A variable may stand for anything.
    let is_text = schema["type"] == "string";
    let variable = json!({ "type": "string", "pattern": "\\$\\{" });
    let mut schema = if is_text {
        schema.clone()
    } else {
        json!({ "anyOf": [schema, variable] })
    };
    schema["description"] = json!(key.doc);
    let default = key.default.as_deref().filter(|_| key.unset.is_none());
    if let Some(default) = default.and_then(|text| serde_json::from_str::<Json>(text).ok()) {
        schema["default"] = default;
    }
    schema
}

/// A perijove.toml with all keys and their defaults, as comments.
#[must_use]
pub fn example() -> String {
    let mut text = String::from("# perijove.toml: every key, with its default. Take away the # to change one.\n");
    for section in sections() {
        let comment = if section.in_list { "# " } else { "" };
        text.push_str(&format!("\n# {}\n{comment}{}\n", section.about, section.heading()));
        if let Some(kind) = section.variant {
            text.push_str(&format!("# kind = \"{kind}\"\n"));
        }
        for key in section.own_keys() {
            let default = key.default.as_deref().filter(|_| key.unset.is_none());
            let value = match (default, key.example) {
                // What several have in common has no example that would do for all of them.
                (None, None) if key.name == "name" => format!("# name = \"{}\"\n", section.variant.unwrap_or("...")),
                (Some(value), _) => format!("# {} = {value}\n", key.name),
                (None, Some(example)) => format!("# {} = {example}\n", key.name),
                (None, None) => format!("# {} = \"...\"\n", key.name),
            };
            text.push_str(&format!("\n# {}\n{value}", key.doc));
        }
    }
    text
}

/// The documents that are made from the keys, by their path in the repository.
#[must_use]
pub fn documents() -> [(&'static str, String); 3] {
    [
        ("docs/reference/configuration.md", reference()),
        ("docs/reference/perijove.schema.json", format!("{:#}\n", schema())),
        ("docs/reference/perijove.example.toml", example()),
    ]
}
