//! What pages say, in the reader's language: a catalogue of messages for each language, in Fluent.
//!
//! Templates say `{{ t("login-title") }}`. What the code says is English: programs are told the same, and some of it is kept
//! for long. Where the English catalogue has such a sentence below a key that begins with `said-`, it is found again by its
//! words, and `{{ sentence|said }}` says it in the reader's language, with the same names and numbers in it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use regex::Regex;
use rust_embed::RustEmbed;
use unic_langid::LanguageIdentifier;

#[derive(RustEmbed)]
#[folder = "words"]
struct Packaged;

/// The language of the code, of programs, and of what no other catalogue has.
pub const ENGLISH: &str = "en";
/// Begins the keys of sentences that stand in the code.
const SAID: &str = "said-";
const ENDING: &str = ".ftl";
/// More wishes than that are not read.
const MOST_WISHES: usize = 16;
/// What is called so within a sentence is a number: people's own words with `2 hours` in them are no sentence of ours.
const NUMBERS: [&str; 4] = ["count", "hours", "minutes", "seconds"];
/// Longer ones are no sentences of ours.
const LONGEST_SENTENCE: usize = 2000;
/// How deep sentences stand within sentences.
const DEEPEST: usize = 8;

/// Why a site's own catalogue can't be used.
#[derive(Debug, thiserror::Error)]
pub enum WordsError {
    #[error("{}: this folder of messages cannot be read: {source}", path.display())]
    Folder { path: PathBuf, source: std::io::Error },
    #[error("{}: {reason}", path.display())]
    Catalogue { path: PathBuf, reason: String },
    #[error("there are no messages in the language \"{0}\"; there are: {1}")]
    NoSuchLanguage(String, String),
}

/// One language.
pub struct Words {
    tag: String,
    bundle: FluentBundle<FluentResource>,
    /// Has what this one lacks.
    english: Option<Arc<Words>>,
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Words").field(&self.tag).finish()
    }
}

impl Words {
    fn new(language: LanguageIdentifier, catalogues: Vec<FluentResource>, english: Option<Arc<Self>>) -> Self {
        let tag = language.to_string();
        let mut bundle = FluentBundle::new_concurrent(vec![language]);
        // Marks around what is put in help only where directions of writing meet.
        bundle.set_use_isolating(false);
        for catalogue in catalogues {
            bundle.add_resource_overriding(catalogue);
        }
        Self { tag, bundle, english }
    }

    /// As HTML calls the language: `de`, `zh-Hans`.
    #[must_use]
    pub fn tag(&self) -> &str {
        &self.tag
    }

    /// What the language calls itself.
    #[must_use]
    pub fn name(&self) -> String {
        let own = self.bundle.has_message("language-name");
        let name = own.then(|| self.message("language-name", &FluentArgs::new()));
        name.flatten().unwrap_or_else(|| self.tag.clone())
    }

    /// The same sentence in this language, if the catalogues have it.
    #[must_use]
    pub fn said<'a>(&self, sentence: &'a str) -> Cow<'a, str> {
        self.said_within(sentence, DEEPEST)
    }

    fn said_within<'a>(&self, sentence: &'a str, depth: usize) -> Cow<'a, str> {
        if depth == 0 || sentence.len() > LONGEST_SENTENCE {
            return Cow::Borrowed(sentence);
        }
        if let Some(items) = SENTENCES.enumerated(sentence) {
            let items: Vec<_> = items.iter().map(|item| self.said_within(item, depth - 1)).collect();
            return Cow::Owned(items.join(", "));
        }
        let Some((key, given)) = SENTENCES.find(sentence) else {
            return Cow::Borrowed(sentence);
        };
        let mut arguments = FluentArgs::new();
        for (name, text) in given {
            match text.parse::<i64>() {
                Ok(number) => arguments.set(name, number),
                Err(_) => arguments.set(name, self.said_within(text, depth - 1).into_owned()),
            }
        }
        self.message(key, &arguments)
            .map_or(Cow::Borrowed(sentence), Cow::Owned)
    }

    /// `None` where no catalogue has the key.
    pub(crate) fn message(&self, key: &str, arguments: &FluentArgs<'_>) -> Option<String> {
        let pattern = self.bundle.get_message(key).and_then(|message| message.value());
        let Some(pattern) = pattern else {
            return self.english.as_ref()?.message(key, arguments);
        };
        // A missing argument shows as its name: there is nothing better to say.
        let mut faults = Vec::new();
        let text = self.bundle.format_pattern(pattern, Some(arguments), &mut faults);
        Some(text.into_owned())
    }
}

/// The sentences of the code, as the catalogue in the binary has them.
static SENTENCES: LazyLock<Sentences> = LazyLock::new(Sentences::packaged);

#[derive(Default)]
struct Sentences {
    /// The keys of those in which nothing varies.
    whole: HashMap<String, String>,
    /// The others, the most telling first.
    varied: Vec<(Regex, String)>,
}

impl Sentences {
    fn packaged() -> Self {
        let mut found = Self::default();
        let mut varied = Vec::new();
        let catalogues = packaged(ENGLISH);
        for entry in catalogues.iter().flat_map(FluentResource::entries) {
            let Entry::Message(message) = entry else { continue };
            let Some(pattern) = message.value.as_ref().filter(|_| message.id.name.starts_with(SAID)) else {
                continue;
            };
            let key = message.id.name.to_owned();
            if let Some(sentence) = whole_sentence(pattern) {
                found.whole.insert(sentence, key);
            } else if let Some((told, regex)) = varied_sentence(pattern) {
                varied.push((told, regex, key));
            }
        }
        varied.sort_by_key(|(told, ..)| std::cmp::Reverse(*told));
        found.varied = varied.into_iter().map(|(_, regex, key)| (regex, key)).collect();
        found
    }

    /// The parts of `“a” (1 core), “b” (2 cores)`: names in quotes with something about them, one after the other.
    fn enumerated<'a>(&'static self, text: &'a str) -> Option<Vec<&'a str>> {
        let (mut items, mut begin, mut within) = (Vec::new(), 0, 0_usize);
        for (at, c) in text.char_indices() {
            match c {
                '(' | '“' => within += 1,
                ')' | '”' => within = within.saturating_sub(1),
                ',' if within == 0 && text[at..].starts_with(", ") => {
                    items.push(&text[begin..at]);
                    begin = at + 2;
                }
                _ => {}
            }
        }
        items.push(&text[begin..]);
        let is_list = items.len() > 1 && text.starts_with('“') && items.iter().all(|item| self.find(item).is_some());
        is_list.then_some(items)
    }

    /// The key of a sentence, and what stands in it.
    fn find<'a>(&'static self, sentence: &'a str) -> Option<(&'static str, Vec<(&'static str, &'a str)>)> {
        if let Some(key) = self.whole.get(sentence) {
            return Some((key, Vec::new()));
        }
        self.varied.iter().find_map(|(regex, key)| {
            let found = regex.captures(sentence)?;
            let names = regex.capture_names().flatten();
            let given = names.filter_map(|name| Some((name, found.name(name)?.as_str())));
            Some((key.as_str(), given.collect()))
        })
    }
}

/// The words of a pattern in which nothing varies.
fn whole_sentence(pattern: &Pattern<&str>) -> Option<String> {
    let parts = pattern.elements.iter().map(|part| match part {
        PatternElement::TextElement { value } => Some(*value),
        PatternElement::Placeable { .. } => None,
    });
    parts.collect()
}

/// What finds the sentence again, and how many letters of it are always the same.
fn varied_sentence(pattern: &Pattern<&str>) -> Option<(usize, Regex)> {
    let (mut told, mut text) = (0, String::from("(?s)^"));
    let mut names = Vec::new();
    for part in &pattern.elements {
        match part {
            PatternElement::TextElement { value } => {
                told += value.len();
                text += &regex::escape(value);
            }
            PatternElement::Placeable {
                expression: Expression::Inline(InlineExpression::VariableReference { id }),
            } if !names.contains(&id.name) => {
                names.push(id.name);
                let kind = if NUMBERS.contains(&id.name) {
                    "[0-9][0-9.]*?"
                } else {
                    ".+?"
                };
                text += &format!("(?P<{}>{kind})", id.name);
            }
            PatternElement::Placeable { .. } => return None,
        }
    }
    Some((told, Regex::new(&(text + "$")).ok()?))
}

/// All languages, English first.
pub(crate) fn all(folders: &[PathBuf]) -> Result<Vec<Arc<Words>>, WordsError> {
    let mut catalogues: BTreeMap<String, Vec<FluentResource>> =
        packaged_languages().map(|tag| (tag.clone(), packaged(&tag))).collect();
    // The first folder has the last word.
    for folder in folders.iter().rev() {
        for (tag, catalogue) in of_folder(folder)? {
            catalogues.entry(tag).or_default().push(catalogue);
        }
    }
    let first = catalogues.remove(ENGLISH).unwrap_or_default();
    let first = Arc::new(Words::new(english(), first, None));
    let others = catalogues.into_iter().filter_map(|(tag, catalogues)| {
        let language: LanguageIdentifier = tag.parse().ok()?;
        Some(Arc::new(Words::new(language, catalogues, Some(Arc::clone(&first)))))
    });
    let others: Vec<_> = others.collect();
    Ok(std::iter::once(Arc::clone(&first)).chain(others).collect())
}

fn english() -> LanguageIdentifier {
    ENGLISH.parse().unwrap_or_default()
}

/// The languages of the catalogues in the binary.
pub fn packaged_languages() -> impl Iterator<Item = String> {
    let tags: BTreeSet<String> = Packaged::iter()
        .filter_map(|name| Some(name.split_once('/')?.0.to_owned()))
        .collect();
    tags.into_iter()
}

/// The catalogue in the binary, as it was written: the files of its folder, one after another.
#[must_use]
pub fn packaged_text(tag: &str) -> String {
    let mut names: Vec<_> = Packaged::iter()
        .filter(|name| name.split_once('/').is_some_and(|(folder, _)| folder == tag))
        .collect();
    names.sort();
    let files = names.iter().filter_map(|name| Packaged::get(name));
    files
        .map(|file| String::from_utf8_lossy(&file.data).into_owned())
        .collect()
}

fn packaged(tag: &str) -> Vec<FluentResource> {
    // A test reads them all: there are no mistakes in them.
    match FluentResource::try_new(packaged_text(tag)) {
        Ok(catalogue) | Err((catalogue, _)) => vec![catalogue],
    }
}

fn of_folder(folder: &Path) -> Result<Vec<(String, FluentResource)>, WordsError> {
    let unreadable = |source| WordsError::Folder {
        path: folder.to_owned(),
        source,
    };
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if let Some(tag) = name.strip_suffix(ENDING) {
            found.push(of_file(&path, tag)?);
        }
    }
    Ok(found)
}

fn of_file(path: &Path, tag: &str) -> Result<(String, FluentResource), WordsError> {
    let fault = |reason: String| WordsError::Catalogue {
        path: path.to_owned(),
        reason,
    };
    let language: LanguageIdentifier = tag.parse().map_err(|_| {
        fault(format!(
            "\"{tag}\" is no language; such files are called de.ftl or pt-BR.ftl"
        ))
    })?;
    let text = std::fs::read_to_string(path).map_err(|error| fault(error.to_string()))?;
    let line = |at: usize| text.get(..at).map_or(1, |before| before.lines().count().max(1));
    match FluentResource::try_new(text.clone()) {
        Ok(catalogue) => Ok((language.to_string(), catalogue)),
        Err((_, faults)) => Err(fault(match faults.first() {
            Some(first) => format!("line {}: {first}", line(first.pos.start)),
            None => "this can't be read".to_owned(),
        })),
    }
}

/// The languages that `Accept-Language` wishes for, the dearest first.
#[must_use]
pub fn wishes(header: &str) -> Vec<&str> {
    let mut wishes: Vec<(f32, &str)> = header
        .split(',')
        .take(MOST_WISHES)
        .filter_map(|wish| {
            let mut parts = wish.split(';').map(str::trim);
            let tag = parts.next().filter(|tag| !tag.is_empty())?;
            let weight = parts.find_map(|part| part.strip_prefix("q="));
            Some((weight.map_or(1.0, |weight| weight.parse().unwrap_or(0.0)), tag))
        })
        .filter(|(weight, _)| *weight > 0.0)
        .collect();
    wishes.sort_by(|a, b| b.0.total_cmp(&a.0));
    wishes.into_iter().map(|(_, tag)| tag).collect()
}

/// The place of the language that comes nearest to a wish: itself, with less said of it, or a relative.
pub(crate) fn nearest(all: &[Arc<Words>], wish: &str) -> Option<usize> {
    let at = |tag: &str| all.iter().position(|words| words.tag.eq_ignore_ascii_case(tag));
    // Where Chinese is written in the traditional way, the region says so.
    let script = match wish.to_ascii_lowercase().as_str() {
        "zh-tw" | "zh-hk" | "zh-mo" => at("zh-Hant"),
        _ => None,
    };
    let mut shorter = std::iter::successors(Some(wish), |tag| tag.rsplit_once('-').map(|(less, _)| less));
    let primary = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
    at(wish)
        .or(script)
        .or_else(|| shorter.find_map(at))
        .or_else(|| all.iter().position(|words| primary(&words.tag) == primary(wish)))
}

/// What a template puts into a message, for Fluent.
pub(crate) fn argument(value: &minijinja::Value) -> FluentValue<'static> {
    if value.is_undefined() || value.is_none() {
        return FluentValue::from("");
    }
    match i64::try_from(value.clone()) {
        Ok(number) if value.is_number() => FluentValue::from(number),
        _ => FluentValue::from(value.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wishes_are_read_in_their_order() {
        assert_eq!(wishes("de-CH, fr;q=0.5, en;q=0.8, *;q=0.1"), ["de-CH", "en", "fr", "*"]);
        assert_eq!(wishes("fr;q=0, ;q=1, de;q=x"), Vec::<&str>::new());
    }

    #[test]
    fn a_sentence_is_found_by_its_words() {
        let find = |sentence| SENTENCES.find(sentence);
        assert_eq!(
            find("The two passwords are not the same."),
            Some(("said-passwords-differ", vec![]))
        );
        let (key, given) = find("The password has 3 characters. It needs 10 or more.").unwrap();
        assert_eq!(
            (key, given),
            ("said-password-short", vec![("length", "3"), ("least", "10")])
        );
        assert_eq!(find("The password has 3 characters."), None);
    }

    #[test]
    fn the_nearest_language_is_found() {
        let all = all(&[]).unwrap();
        let found = |wish| nearest(&all, wish).map(|at| all[at].tag.as_str());
        assert_eq!(found("de-CH-1996"), Some("de"));
        assert_eq!(found("EN-gb"), Some("en"));
        assert_eq!(found("zh-CN"), Some("zh-Hans"));
        assert_eq!(found("pt-BR"), Some("pt"));
        assert_eq!(found("*"), None);
        assert_eq!(found("tlh"), None);
    }
}
