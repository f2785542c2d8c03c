//! From text and environment to a [`Config`].

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use toml::de::DeTable;

use crate::docs;
use crate::errors::{ConfigErrors, Mistake, Place};
use crate::hints;
use crate::key::Kind;
use crate::keys::{
    Auth, Choice, ChoiceOption, CiLogonIdp, Config, CullerRule, DockerSpawner, EdgeAcme, EdgeTls, GroupTotal,
    InternalTls, NativeAuth, PasswordGroup, ProcessSpawner, ProfileMount,
};
use crate::letters;
use crate::mask::mask;
use crate::node::{Entry, Env, Raw, Source, Table, from_env};
use crate::offers::{self, Places};
use crate::reader::{Field, Fields, Reader, Section, element, section, subsection, subsections, tables};
use crate::ways;

/// Reads perijove.toml, if there is one, and the environment. Reports all mistakes at once.
///
/// # Errors
/// Everything that is wrong, ready to be shown.
pub fn load(
    text: Option<(&Path, &str)>,
    env: &dyn Fn(&str) -> Option<String>,
    files: &dyn Fn(&Path) -> io::Result<String>,
) -> Result<Config, ConfigErrors> {
    let (path, text) = text.unwrap_or((Path::new(""), ""));
    let base = path.parent().unwrap_or(Path::new("")).to_owned();
    let mut reader = Reader {
        env,
        files,
        base,
        mistakes: Vec::new(),
        secrets: Vec::new(),
        settings: Vec::new(),
        groups: 0,
    };

    let (parsed, syntax) = DeTable::parse_recoverable(text);
    let table = Source { env, variable: None }.table(parsed.get_ref(), &mut reader.mistakes);
    let mut config = config(table, &mut reader);
    config.settings = std::mem::take(&mut reader.settings);

    let Reader {
        mut mistakes, secrets, ..
    } = reader;
    let broken: Vec<Mistake> = syntax.iter().map(syntax_mistake).collect();
    if !broken.is_empty() {
        // What stands on a line that can't be read is guesswork.
        let lines: BTreeSet<_> = broken.iter().map(|mistake| line(text, mistake)).collect();
        mistakes.retain(|mistake| !lines.contains(&line(text, mistake)));
        mistakes.extend(broken);
    }
    if mistakes.is_empty() {
        return Ok(config);
    }
    let shown = mask(text, &secrets, docs::is_harmless);
    let name = if path.as_os_str().is_empty() {
        "environment".to_owned()
    } else {
        path.display().to_string()
    };
    Err(ConfigErrors::new(name, shown, mistakes))
}

fn syntax_mistake(error: &toml::de::Error) -> Mistake {
    let place = Place::File(error.span().unwrap_or(0..0));
    Mistake::new(format!("not TOML: {}", error.message().replace('\n', ", "))).at(&place)
}

/// The number of the line that a mistake is on.
fn line(text: &str, mistake: &Mistake) -> Option<usize> {
    let start = mistake.place.span()?.start.min(text.len());
    Some(text.as_bytes()[..start].iter().filter(|byte| **byte == b'\n').count())
}

fn config(mut table: Table, reader: &mut Reader<'_>) -> Config {
    let (profiles, entitlements) = offers::read(&mut table, reader);
    let places = letters::Sections::of(&table);
    let config = Config {
        hub: section(table.remove("hub"), "hub", reader),
        edge: section(table.remove("edge"), "edge", reader),
        auth: auths(&mut table, reader),
        access: section(table.remove("access"), "access", reader),
        mail: section(table.remove("mail"), "mail", reader),
        captcha: section(table.remove("captcha"), "captcha", reader),
        scopes: named(&mut table, "scope", |scope: &crate::Scope| scope.name.clone(), reader),
        roles: named(&mut table, "role", |role: &crate::Role| role.name.clone(), reader),
        groups: named(&mut table, "group", |group: &crate::Group| group.name.clone(), reader),
        services: named(
            &mut table,
            "service",
            |service: &crate::Service| service.name.clone(),
            reader,
        ),
        spawner: section(table.remove("spawner"), "spawner", reader),
        storage: section(table.remove("storage"), "storage", reader),
        shared_folders: offers::read_folders(&mut table, reader),
        environments: section(table.remove("environments"), "environments", reader),
        profiles,
        entitlements,
        culler: section(table.remove("culler"), "culler", reader),
        audit: section(table.remove("audit"), "audit", reader),
        events: section(table.remove("events"), "events", reader),
        metrics: section(table.remove("metrics"), "metrics", reader),
        settings: Vec::new(),
    };
    letters::check(&config, &places, reader);
    let sections = docs::sections();
    for entry in table.entries {
        reader.hide(&entry.node);
        let mistake = hints::unknown_section(&entry.key, sections.iter().map(|section| section.name.as_str()));
        reader.mistake(&entry.key_place, mistake);
    }
    config
}

/// `[[name]]`, whose names must differ.
fn named<S: Section>(table: &mut Table, name: &str, key: fn(&S) -> String, reader: &mut Reader<'_>) -> Vec<S> {
    let mut seen = BTreeSet::new();
    let mut list = Vec::new();
    for (table, place) in tables(table.remove(name), name, reader) {
        let written = table.entries.iter().find(|entry| entry.key == "name");
        let name_place = written.map_or(place.clone(), |entry| entry.node.place.clone());
        let value: S = element(table, place, name, reader);
        let key = key(&value);
        if !key.is_empty() && !seen.insert(key) {
            reader.mistake(&name_place, Mistake::new(format!("a second {name} of this name")));
        }
        list.push(value);
    }
    list
}

fn auths(table: &mut Table, reader: &mut Reader<'_>) -> Vec<Auth> {
    let mut list: Vec<Auth> = Vec::new();
    for (table, place) in tables(table.remove("auth"), "auth", reader) {
        let places = Places::of(&table, &place);
        let Some(found) = auth(table, place.clone(), reader) else {
            continue;
        };
        let name = found.name();
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if name.is_empty() || !name.bytes().all(fits) {
            let mistake = Mistake::new("the name of a way to sign in has `a-z`, `0-9` and `-`");
            reader.mistake(&place, mistake);
        } else if list.iter().any(|other| other.name() == name) {
            let mistake = Mistake::new(format!("a second [[auth]] with the name \"{name}\""));
            reader.mistake(&place, mistake.help("give one of them a `name` of its own"));
        }
        ways::check(&found, &places, reader);
        list.push(found);
    }
    if list.is_empty() {
        list.push(Auth::Native(NativeAuth::default()));
    }
    list
}

fn auth(mut table: Table, place: Place, reader: &mut Reader<'_>) -> Option<Auth> {
    let quoted: Vec<String> = Auth::KINDS.iter().map(|kind| format!("\"{kind}\"")).collect();
    let Some(entry) = table.remove("kind") else {
        table.entries.iter().for_each(|entry| reader.hide(&entry.node));
        let help = "write `kind = \"native\"` or `kind = \"dummy\"`";
        reader.mistake(&place, Mistake::new("`kind` is missing in [[auth]]").help(help));
        return None;
    };
    let kind = match &entry.node.raw {
        Raw::Text(kind) => Auth::meant(kind),
        _ => "",
    };
    let env = reader.env;
    client_of_kind(&mut table, kind, &entry.key_place, env);
    if Auth::KINDS.contains(&kind) {
        return Auth::read(kind, table, place, reader);
    }
    table.entries.iter().for_each(|entry| reader.hide(&entry.node));
    let help = match hints::nearest(kind, Auth::KINDS.iter().copied()) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None => format!("there are {}", quoted.join(", ")),
    };
    if !matches!(entry.node.raw, Raw::Broken) {
        let mistake = Mistake::new("unknown way to log in").help(help);
        reader.mistake(&entry.node.place, mistake);
    }
    None
}

/// `GITHUB_CLIENT_ID` and `GITHUB_CLIENT_SECRET` and the like, where the file leaves them out.
fn client_of_kind(table: &mut Table, kind: &str, place: &Place, env: Env<'_>) {
    if !["github", "gitlab", "cilogon", "bitbucket"].contains(&kind) {
        return;
    }
    for key in ["client_id", "client_secret"] {
        let variable = format!("{kind}_{key}").to_uppercase();
        let is_written = table.entries.iter().any(|entry| entry.key == key);
        if let Some(text) = env(&variable).filter(|text| !text.is_empty() && !is_written) {
            table.entries.push(Entry {
                key: key.to_owned(),
                key_place: place.clone(),
                node: from_env(&variable, text, env),
            });
        }
    }
}

/// Sections that are within another one.
macro_rules! single {
    ($($section:ty),+) => {$(
        impl Field for $section {
            fn kind() -> Kind {
                Kind {
                    section: Some((Self::ABOUT, Self::keys())),
                    ..Kind::text("a section")
                }
            }

            fn show(&self) -> Option<String> {
                None
            }

            fn take(fields: &mut Fields<'_, '_>, name: &'static str) -> Option<Self> {
                Some(subsection(fields, name))
            }

            fn based(self, _base: &Path) -> Self {
                self
            }
        }
    )+};
}

single!(
    DockerSpawner,
    ProcessSpawner,
    EdgeTls,
    EdgeAcme,
    InternalTls,
    GroupTotal
);

/// Lists of sections that are within another one.
macro_rules! several {
    ($($section:ty),+) => {$(
        impl Field for Vec<$section> {
            fn kind() -> Kind {
                Kind {
                    section: Some((<$section>::ABOUT, <$section>::keys())),
                    many: true,
                    ..Kind::text("a list of sections")
                }
            }

            fn show(&self) -> Option<String> {
                None
            }

            fn take(fields: &mut Fields<'_, '_>, name: &'static str) -> Option<Self> {
                Some(subsections(fields, name))
            }

            fn based(self, _base: &Path) -> Self {
                self
            }
        }
    )+};
}

several!(
    ProfileMount,
    Choice,
    ChoiceOption,
    CullerRule,
    CiLogonIdp,
    PasswordGroup
);
