//! What was chosen: `{"profile": SLUG, CHOICE: VALUE}`, or the fields of a form as KubeSpawner names them.

use std::collections::BTreeMap;

use perijove_config::{Choice, ChoiceOption, Profile};
use serde_json::{Map, Value, json};

use super::profiles::Offered;
use super::{Unavailable, Wanted};
use crate::Hub;
use crate::http::error::short;

const PROFILE: &str = "profile";
const FIELD: &str = "profile-option-";
/// Behind the name of a field or of a choice: what is typed instead of an option.
const TYPED: &str = "--unlisted-choice";
const LONGEST_TEXT: usize = 255;

/// A profile, and what was chosen in it.
pub struct Chosen<'a> {
    pub profile: &'a Profile,
    pub values: Vec<Picked<'a>>,
}

/// What was chosen of one choice.
pub enum Picked<'a> {
    Option(&'a Choice, &'a ChoiceOption),
    Text(&'a Choice, String),
}

/// The names of a choice's fields on the page.
pub struct FormField {
    pub select: String,
    pub text: String,
}

#[must_use]
pub fn field_names(profile: &Profile, choice: &Choice) -> FormField {
    let select = format!("{FIELD}{}--{}", profile.slug, choice.slug);
    FormField {
        text: format!("{select}{TYPED}"),
        select,
    }
}

impl<'a> Chosen<'a> {
    /// Where nothing was chosen.
    pub fn defaults(profile: &'a Profile) -> Self {
        let values = profile.choice.iter().filter_map(|choice| pick(choice, &choice.default));
        Self {
            values: values.collect(),
            profile,
        }
    }

    /// In the plain form, with what else came with it.
    pub(super) fn options(&self, given: Option<&Value>) -> Value {
        let mut options: Map<String, Value> = given.and_then(Value::as_object).cloned().unwrap_or_default();
        let of_choice = |key: &str| {
            self.profile
                .choice
                .iter()
                .any(|choice| choice.slug == key.trim_end_matches(TYPED))
        };
        options.retain(|key, _| !key.starts_with(FIELD) && !of_choice(key));
        options.insert(PROFILE.to_owned(), json!(self.profile.slug));
        for picked in &self.values {
            let (choice, value) = match picked {
                Picked::Option(choice, option) => (choice, &option.slug),
                Picked::Text(choice, text) => (choice, text),
            };
            options.insert(choice.slug.clone(), json!(value));
        }
        Value::Object(options)
    }
}

/// Reads the options against what is offered to this person.
pub(super) fn read<'a>(hub: &Hub, offered: &Offered<'a>, wanted: &Wanted<'_>) -> Result<Chosen<'a>, Unavailable> {
    let empty = Map::new();
    let options = wanted.options.and_then(Value::as_object).unwrap_or(&empty);
    let user = || wanted.user.name.clone();
    let slug = options
        .get(PROFILE)
        .map(|value| text(PROFILE, value))
        .transpose()?
        .flatten();
    let profile = match slug {
        None => offered.default().ok_or_else(|| Unavailable::Nothing { user: user() })?,
        Some(slug) => offered.get(slug).ok_or_else(|| match wanted.fresh {
            true => Unavailable::Profile {
                slug: short(slug),
                user: user(),
                offered: offered.slugs(),
            },
            false => Unavailable::Gone {
                slug: short(slug),
                offered: offered.slugs(),
            },
        })?,
    };
    let given = given(profile, options, wanted.fresh)?;
    // Fields of the site's own form are for the backend.
    if wanted.fresh && hub.config.spawner.options_form.is_empty() {
        only_choices(profile, options)?;
    }
    let mut values = Vec::new();
    for choice in &profile.choice {
        let value = given.get(choice.slug.as_str()).copied().unwrap_or(&choice.default);
        match pick(choice, value) {
            Some(picked) => values.push(picked),
            None if value.is_empty() => {}
            // What the last start was with may have been taken out since.
            None if !wanted.fresh => values.extend(pick(choice, &choice.default)),
            None => return Err(not_chosen(profile, choice, value)),
        }
    }
    Ok(Chosen { profile, values })
}

fn pick<'a>(choice: &'a Choice, value: &str) -> Option<Picked<'a>> {
    if let Some(option) = choice.option.iter().find(|option| option.slug == value) {
        return Some(Picked::Option(choice, option));
    }
    let fits = value.len() <= LONGEST_TEXT && !value.chars().any(char::is_control) && choice.takes(value);
    (fits && !value.is_empty()).then(|| Picked::Text(choice, value.to_owned()))
}

/// What was given for each choice, under any of its names; what was typed goes before what was selected.
fn given<'o>(
    profile: &Profile,
    options: &'o Map<String, Value>,
    fresh: bool,
) -> Result<BTreeMap<String, &'o str>, Unavailable> {
    let mut given = BTreeMap::new();
    for choice in &profile.choice {
        let field = field_names(profile, choice);
        let typed = format!("{}{TYPED}", choice.slug);
        for key in [&field.text, &typed, &field.select, &choice.slug] {
            let Some(value) = options.get(key) else { continue };
            match text(key, value) {
                Ok(Some(value)) if !value.is_empty() => {
                    given.entry(choice.slug.clone()).or_insert(value);
                }
                Err(why) if fresh => return Err(why),
                _ => {}
            }
        }
    }
    Ok(given)
}

fn only_choices(profile: &Profile, options: &Map<String, Value>) -> Result<(), Unavailable> {
    for key in options.keys() {
        // The page sends the fields of all its profiles.
        let known = key == PROFILE
            || key.starts_with(FIELD)
            || profile
                .choice
                .iter()
                .any(|choice| choice.slug == key.strip_suffix(TYPED).unwrap_or(key));
        if !known {
            return Err(Unavailable::Choice {
                profile: profile.name.clone(),
                choice: short(key),
                offered: profile.choice.iter().map(|choice| choice.slug.clone()).collect(),
            });
        }
    }
    Ok(())
}

fn not_chosen(profile: &Profile, choice: &Choice, value: &str) -> Unavailable {
    let mut offered: Vec<String> = choice.option.iter().map(|option| option.slug.clone()).collect();
    if let Some(pattern) = &choice.pattern {
        match offered.last_mut() {
            Some(last) => last.push_str(&format!(", a text that matches {}", pattern.as_str())),
            None => offered.push(format!("a text that matches {}", pattern.as_str())),
        }
    }
    Unavailable::Value {
        profile: profile.name.clone(),
        choice: choice.name.clone(),
        value: short(value),
        offered,
    }
}

/// A text, or the only one of a list, as forms have it.
fn text<'a>(key: &str, value: &'a Value) -> Result<Option<&'a str>, Unavailable> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        Value::Array(list) => match list.as_slice() {
            [] => Ok(None),
            [Value::String(text)] => Ok(Some(text)),
            _ => Err(Unavailable::NotText(short(key))),
        },
        _ => Err(Unavailable::NotText(short(key))),
    }
}
