//! Reads `[[profile]]` and `[[entitlement]]`, and says what in them does not go together.

use std::collections::{BTreeMap, BTreeSet};

use perijove_model::names::plain_slug;

use crate::errors::{Mistake, Place};
use crate::hints::nearest;
use crate::keys::{Choice, Entitlement, Profile, ProfileValues, SharedFolder};
use crate::node::{Node, Raw, Table};
use crate::reader::{Reader, element, tables};
use crate::values::parsed_size;

/// What a text that somebody types may be for.
const TARGETS: [&str; 7] = ["image", "environment", "default_url", "cpu", "memory", "storage", "gpu"];
/// What is filled in.
const FILLED: [&str; 3] = ["username", "servername", "is_admin"];
const LONGEST_SLUG: usize = 63;

/// Where the keys of a table stand.
pub(crate) struct Places {
    pub(crate) own: Place,
    keys: BTreeMap<String, Place>,
    lists: BTreeMap<String, Vec<Places>>,
}

impl Places {
    pub(crate) fn of(table: &Table, own: &Place) -> Self {
        let mut lists = BTreeMap::new();
        for entry in &table.entries {
            if let Raw::List(list) = &entry.node.raw {
                lists.insert(entry.key.clone(), list.iter().filter_map(Self::of_node).collect());
            }
        }
        let keys = table
            .entries
            .iter()
            .map(|entry| (entry.key.clone(), entry.node.place.clone()));
        Self {
            own: own.clone(),
            keys: keys.collect(),
            lists,
        }
    }

    fn of_node(node: &Node) -> Option<Self> {
        match &node.raw {
            Raw::Table(table) => Some(Self::of(table, &node.place)),
            _ => None,
        }
    }

    /// The key's value, or the section if the key is not there.
    pub(crate) fn key(&self, key: &str) -> &Place {
        self.keys.get(key).unwrap_or(&self.own)
    }

    /// The first of these keys that is there.
    fn either(&self, first: &str, second: &str) -> &Place {
        self.keys.get(first).unwrap_or_else(|| self.key(second))
    }

    fn below(&self, list: &str) -> impl Iterator<Item = &Self> {
        self.lists.get(list).into_iter().flatten()
    }
}

pub(crate) fn read(table: &mut Table, reader: &mut Reader<'_>) -> (Vec<Profile>, Vec<Entitlement>) {
    let mut profiles = Vec::new();
    let (mut slugs, mut default) = (BTreeSet::new(), false);
    for (table, place) in tables(table.remove("profile"), "profile", reader) {
        let places = Places::of(&table, &place);
        let mut profile: Profile = element(table, place, "profile", reader);
        profile.slug = slug("profile", &profile.name, &profile.slug, &mut slugs, &places, reader);
        if profile.default && default {
            reader.mistake(places.key("default"), Mistake::new("a second profile is the default"));
        }
        default |= profile.default;
        if !is_picture(&profile.picture) {
            let mistake = Mistake::new("not a picture that pages may show");
            let help = "a path on this platform such as \"/hub/static/logo.svg\", or a `data:image/` URL";
            reader.mistake(places.key("picture"), mistake.help(help));
        }
        check_values(&profile.values, &places, reader);
        let mut names = BTreeSet::from(["profile".to_owned()]);
        for (choice, places) in profile.choice.iter_mut().zip(places.below("choice")) {
            check_choice(choice, &mut names, places, reader);
        }
        profiles.push(profile);
    }
    let mut entitlements = Vec::new();
    for (table, place) in tables(table.remove("entitlement"), "entitlement", reader) {
        let places = Places::of(&table, &place);
        let entitlement: Entitlement = element(table, place, "entitlement", reader);
        check_entitlement(&entitlement, &profiles, &places, reader);
        entitlements.push(entitlement);
    }
    (profiles, entitlements)
}

/// `[[shared_folder]]`.
pub(crate) fn read_folders(table: &mut Table, reader: &mut Reader<'_>) -> Vec<SharedFolder> {
    let mut names = BTreeSet::new();
    let mut folders = Vec::new();
    for (table, place) in tables(table.remove("shared_folder"), "shared_folder", reader) {
        let places = Places::of(&table, &place);
        let folder: SharedFolder = element(table, place, "shared_folder", reader);
        let (name, path) = (folder.name.as_str(), folder.path.to_string_lossy());
        if places.keys.contains_key("name") && !names.insert(name.to_owned()) {
            reader.mistake(places.key("name"), Mistake::new("a second shared_folder of this name"));
        }
        check_template(name, &in_mounts(), places.key("name"), reader);
        check_template(&path, &in_mounts(), places.key("path"), reader);
        if path.contains("{group}") != name.contains("{group}") {
            let help = "several directories would stand in one place, or one in several";
            let mistake = Mistake::new("`{group}` must be in both `name` and `path`");
            reader.mistake(places.either("path", "name"), mistake.help(help));
        }
        if folder.make && folder.group.is_none() {
            let help = "say with `group` whose files they are";
            reader.mistake(places.key("make"), Mistake::new("`make` without `group`").help(help));
        }
        folders.push(folder);
    }
    folders
}

/// What is filled in where several directories may be meant.
fn in_mounts() -> Vec<&'static str> {
    FILLED.iter().copied().chain(["group"]).collect()
}

/// The slug as written, or made from the name; one that is taken is a mistake.
fn slug(
    what: &str,
    name: &str,
    written: &str,
    taken: &mut BTreeSet<String>,
    places: &Places,
    reader: &mut Reader<'_>,
) -> String {
    let slug = match written {
        "" => plain_slug(name),
        written => written.to_owned(),
    };
    let place = places.either("slug", "name");
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let fits =
        slug.len() <= LONGEST_SLUG && slug.chars().all(allowed) && !slug.starts_with('-') && !slug.contains("--");
    if name.is_empty() {
        // Its lack is told already.
    } else if slug.is_empty() {
        let help = "give it one: a-z, 0-9 and '-'";
        reader.mistake(place, Mistake::new("no slug can be made from the name").help(help));
    } else if !fits {
        let help = format!("at most {LONGEST_SLUG} of a-z, 0-9 and single '-' in between");
        reader.mistake(place, Mistake::new("not a slug").help(help));
    } else if !taken.insert(slug.clone()) {
        let mistake = Mistake::new(format!("a second {what} with the slug `{slug}`"));
        reader.mistake(place, mistake.help("give one of them another `slug`"));
    }
    slug
}

/// Pages load pictures from the platform itself only.
fn is_picture(text: &str) -> bool {
    text.is_empty() || text.starts_with("data:image/") || (text.starts_with('/') && !text.starts_with("//"))
}

fn check_choice(choice: &mut Choice, taken: &mut BTreeSet<String>, places: &Places, reader: &mut Reader<'_>) {
    choice.slug = slug("choice", &choice.name, &choice.slug, taken, places, reader);
    let mut slugs = BTreeSet::new();
    for (option, places) in choice.option.iter_mut().zip(places.below("option")) {
        option.slug = slug("option", &option.name, &option.slug, &mut slugs, places, reader);
        check_values(&option.values, places, reader);
    }
    match (&choice.pattern, choice.sets.as_str()) {
        (None, "") if choice.option.is_empty() => {
            let help = "write `[[profile.choice.option]]` below it, or `pattern` and `sets`";
            reader.mistake(
                &places.own,
                Mistake::new("a choice without anything to choose").help(help),
            );
        }
        (Some(_), "") => {
            let help = "say with `sets` where the text goes";
            reader.mistake(
                places.key("pattern"),
                Mistake::new("a pattern without `sets`").help(help),
            );
        }
        (None, _) if !choice.sets.is_empty() => {
            let help = "say with `pattern` what may be typed";
            reader.mistake(places.key("sets"), Mistake::new("`sets` without a pattern").help(help));
        }
        (_, sets) => {
            let variable = choice.sets_variable();
            if !sets.is_empty() && !TARGETS.contains(&sets) && variable.is_none_or(str::is_empty) {
                let help = format!("one of `{}`, or `env.NAME`", TARGETS.join("`, `"));
                reader.mistake(places.key("sets"), Mistake::new("no text can go there").help(help));
            }
        }
    }
    if choice.default.is_empty() {
        choice.default = choice
            .option
            .first()
            .map(|option| option.slug.clone())
            .unwrap_or_default();
    } else if !choice.takes(&choice.default) {
        let slugs: Vec<_> = choice.option.iter().map(|option| option.slug.as_str()).collect();
        let help = match nearest(&choice.default, slugs.iter().copied()) {
            Some(near) => format!("did you mean \"{near}\"?"),
            None if slugs.is_empty() => "it must match the pattern".to_owned(),
            None => format!("the options are \"{}\"", slugs.join("\", \"")),
        };
        reader.mistake(
            places.key("default"),
            Mistake::new("the default can't be chosen").help(help),
        );
    }
}

impl Choice {
    /// Whether this may be chosen or typed.
    #[must_use]
    pub fn takes(&self, text: &str) -> bool {
        let numbers = |text: &str| match self.sets.as_str() {
            "memory" | "storage" => parsed_size(text).is_some(),
            "cpu" => text.parse::<f64>().is_ok_and(|cores| cores.is_finite() && cores > 0.0),
            "gpu" => text.parse::<u32>().is_ok(),
            _ => true,
        };
        self.option.iter().any(|option| option.slug == text)
            || self
                .pattern
                .as_ref()
                .is_some_and(|pattern| pattern.is_match(text) && numbers(text))
    }
}

fn check_values(values: &ProfileValues, places: &Places, reader: &mut Reader<'_>) {
    let too_much = |key: &str| Mistake::new(format!("`{key}_guarantee` is more than `{key}`"));
    if let (Some(kept), Some(most)) = (values.cpu_guarantee, values.cpu)
        && kept > most
    {
        reader.mistake(places.key("cpu_guarantee"), too_much("cpu"));
    }
    if let (Some(kept), Some(most)) = (values.memory_guarantee, values.memory)
        && kept > most
    {
        reader.mistake(places.key("memory_guarantee"), too_much("memory"));
    }
    if values.cmd.as_ref().is_some_and(Vec::is_empty) {
        reader.mistake(places.key("cmd"), Mistake::new("`cmd` names no program"));
    }
    let filled = values.env.values().chain(&values.default_url);
    for text in filled {
        check_template(text, &FILLED, places.either("default_url", "env"), reader);
    }
    let in_mounts = in_mounts();
    for (mount, places) in values.mounts.iter().zip(places.below("mounts")) {
        check_template(&mount.source, &in_mounts, places.key("source"), reader);
        check_template(&mount.target, &in_mounts, places.key("target"), reader);
        if mount.target.split('/').any(|part| part == "..") {
            reader.mistake(
                places.key("target"),
                Mistake::new("the target leads out of itself by `..`"),
            );
        }
        if mount.source.contains("{group}") != mount.target.contains("{group}") {
            let help = "several directories would stand in one place, or one in several";
            reader.mistake(
                places.key("target"),
                Mistake::new("`{group}` must be in both `source` and `target`").help(help),
            );
        }
    }
}

/// Braces around something else than a known name: a mistake in a mount, since no directory has such a name, and in
/// texts where only what looks like a name is one.
fn check_template(text: &str, known: &[&str], place: &Place, reader: &mut Reader<'_>) {
    for part in text.split('{').skip(1) {
        let Some((name, _)) = part.split_once('}') else {
            continue;
        };
        let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        if is_name && !known.contains(&name) {
            let help = format!("`{{{}}}` are", known.join("}`, `{"));
            reader.mistake(place, Mistake::new(format!("`{{{name}}}` isn't known")).help(help));
        }
    }
}

fn check_entitlement(entitlement: &Entitlement, profiles: &[Profile], places: &Places, reader: &mut Reader<'_>) {
    let lists = [
        ("allow_profiles", entitlement.allow_profiles.as_ref()),
        ("deny_profiles", Some(&entitlement.deny_profiles)),
    ];
    for (key, list) in lists {
        for slug in list.into_iter().flatten() {
            let mut slugs = profiles.iter().map(|profile| profile.slug.as_str());
            if slugs.any(|known| known == slug) {
                continue;
            }
            let mistake = Mistake::new(format!("there is no profile with the slug `{}`", slug.escape_debug()));
            let mistake = match nearest(slug, profiles.iter().map(|profile| profile.slug.as_str())) {
                Some(near) => mistake.help(format!("did you mean \"{near}\"?")),
                None => mistake.help("write the `slug` of a [[profile]]"),
            };
            reader.mistake(places.key(key), mistake);
        }
    }
    let total = &entitlement.group_total;
    let has_total = total.servers.is_some() || total.cpu.is_some() || total.memory.is_some() || total.gpu.is_some();
    if has_total && entitlement.groups.is_empty() {
        let help = "say with `groups` whose members are meant";
        reader.mistake(
            places.key("group_total"),
            Mistake::new("`group_total` without groups").help(help),
        );
    }
}
