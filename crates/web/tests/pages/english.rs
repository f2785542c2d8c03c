//! What would be in English only: sentences of the code that no catalogue has, and words in templates and scripts.

use std::path::Path;
use std::sync::LazyLock;
use std::{fs, iter};

use perijove_web::{Pages, Words, render_samples_in};
use regex::Regex;

use crate::words::sources;

/// Whatever these say stands on a page sooner or later.
const TOLD_ON_PAGES: [&str; 5] = ["auth/src", "hub/src", "model/src", "spawn/src", "spawn-docker/src"];
/// But for what only programs are told, or what goes to the log and to the command line.
const NOT_ON_PAGES: [&str; 13] = [
    "hub/src/environments/own.rs",
    "hub/src/homes/wishes.rs",
    "hub/src/http/api",
    "hub/src/http/oauth/device.rs",
    "hub/src/http/oauth/introspect.rs",
    "hub/src/http/oauth/revoke.rs",
    "hub/src/http/oauth/token.rs",
    "hub/src/http/scim",
    "hub/src/metrics",
    "spawn/src/fake",
    "spawn/src/services.rs",
    "spawn/src/suite",
    "auth/src/oauth/tests",
];
/// Scripts show what these refuse.
const SHOWN_BY_SCRIPTS: [&str; 1] = ["hub/src/http/api/servers"];
/// Of those places, what only programs are told.
const FOR_PROGRAMS: [&str; 6] = [
    "Code challenge required.",
    "JupyterHub server no longer running at",
    "Missing response_type parameter.",
    "Must specify at least one field to modify.",
    "The code challenge must have 43 to 128 characters.",
    "Transform algorithm not supported.",
];
/// Where parts of sentences are written, and what stands on pages without being one: why a server is stopped, what this machine can't do,
/// what is wrong with an environment.
const PARTS: [&str; 20] = [
    "environments/src/build.rs",
    "environments/src/definition.rs",
    "environments/src/error.rs",
    "environments/src/place.rs",
    "environments/src/tools.rs",
    "hub/src/culler/notices.rs",
    "hub/src/culler/policy.rs",
    "hub/src/http/api/group.rs",
    "hub/src/http/api/notices.rs",
    "hub/src/http/api/shares",
    "hub/src/http/api/tokens.rs",
    "hub/src/http/api/user_change.rs",
    "hub/src/offers/words.rs",
    "model/src/scopes/token.rs",
    "spawn-docker/src/capable.rs",
    "spawn/src/group",
    "spawn/src/homes/quota.rs",
    "spawn/src/jail.rs",
    "spawn/src/jail/walls.rs",
    "spawn/src/process/machine.rs",
];
/// Of those places: what tools and systems say, what goes to the log or to whoever asks by the command line.
const NO_PARTS: [&str; 38] = [
    "7 of the month used up",
    "Connection refused",
    "Disk quota exceeded",
    "Failed to fetch",
    "Hash mismatch",
    "Installing uv",
    "Must specify properties",
    "No such share for",
    "No such token 7",
    "Requested via api",
    "7 7 not found or no permissions to generate tokens",
    "token 7 must be null or a list of strings",
    "token note must be null or a string",
    "No matching distribution",
    "No module named pip",
    "No module named venv",
    "No solution found",
    "No space left on device",
    "Perijove tries whether servers can have scopes",
    "Temporary failure in name resolution",
    "dns error",
    "ensurepip is not",
    "error sending request",
    "has no wheels",
    "idle for 7",
    "import sys;",
    "invalid peer certificate",
    "it describes; the query is read by hand",
    "it is used by servers that run",
    "it says nothing of itself",
    "its directories go too deep",
    "its number is too large for a project",
    "os error 28",
    "ran for 7",
    "scheduled for 7",
    "timed out",
    "unsafe only with FILES, which is not asked for",
    "What is left to tell",
];

static COMMENT: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?m)^\s*//.*$").unwrap());
static TOLD_ELSEWHERE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"(?s)tracing::[a-z]+!\(.*?\);|description = "[^"]*""#).unwrap());
static CONTINUED: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\\\n\s*").unwrap());
static TEXT: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#""((?:[^"\\]|\\.)*)""#).unwrap());
static VARIES: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\{[^{}]*\}").unwrap());
static WORDS: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"[a-z]{2,} [a-z]{2,}").unwrap());

/// The texts of a piece of code, without what is logged.
fn texts(path: &Path, code: &str) -> Vec<String> {
    if path.extension().is_none_or(|ending| ending != "rs") {
        return Vec::new();
    }
    let code = code.split("#[cfg(test)]").next().unwrap_or_default();
    let code = CONTINUED.replace_all(code, "");
    let code = TOLD_ELSEWHERE.replace_all(&code, "");
    let code = COMMENT.replace_all(&code, "");
    let found = TEXT.captures_iter(&code).map(|found| found[1].replace("\\\"", "\""));
    found.collect()
}

/// A number stands for what varies.
fn with_numbers(text: &str) -> String {
    VARIES.replace_all(text, "7").into_owned()
}

fn is_sentence(text: &str) -> bool {
    let begins = text.starts_with(|c: char| c.is_uppercase() || c == '{');
    begins && text.contains(' ') && text.ends_with('.') && text.len() > 12
}

fn is_part(text: &str) -> bool {
    WORDS.is_match(&with_numbers(text)) && !is_sentence(text)
}

fn place(path: &Path) -> String {
    let path = path.to_string_lossy().replace('\\', "/");
    path.split("/../").last().unwrap_or_default().to_owned()
}

fn is_in(place: &str, parts: &[&str]) -> bool {
    parts.iter().any(|part| place.starts_with(part))
}

/// Those texts that no catalogue has, with their places.
fn unknown(texts: impl Iterator<Item = (String, String)>, german: &Words) -> (usize, Vec<String>) {
    let mut count = 0;
    let mut unknown = Vec::new();
    for (place, text) in texts {
        count += 1;
        let text = with_numbers(&text);
        if german.said(&text) == text {
            unknown.push(format!("{place}: {text}"));
        }
    }
    (count, unknown)
}

#[test]
fn every_sentence_that_may_stand_on_a_page_is_in_the_catalogue() {
    let pages = Pages::strict(&[]).unwrap();
    let sources = sources();
    let sentences = sources.iter().flat_map(|(path, code)| {
        let place = place(path);
        let told = is_in(&place, &TOLD_ON_PAGES) && !is_in(&place, &NOT_ON_PAGES) || is_in(&place, &SHOWN_BY_SCRIPTS);
        let texts = if told { texts(path, code) } else { Vec::new() };
        let told = texts
            .into_iter()
            .filter(|text| is_sentence(text) && !is_in(text, &FOR_PROGRAMS));
        told.map(|text| (place.clone(), text)).collect::<Vec<_>>()
    });
    let (count, unknown) = unknown(sentences, pages.words(["de"]));
    assert!(count > 300, "{count}");
    assert!(unknown.is_empty(), "in no catalogue: {unknown:#?}");
}

#[test]
fn every_part_of_a_sentence_that_may_stand_on_a_page_is_in_the_catalogue() {
    let pages = Pages::strict(&[]).unwrap();
    let sources = sources();
    let parts = sources.iter().flat_map(|(path, code)| {
        let place = place(path);
        let texts = if is_in(&place, &PARTS) {
            texts(path, code)
        } else {
            Vec::new()
        };
        let parts = texts
            .into_iter()
            .filter(|text| is_part(text) && !is_in(&with_numbers(text), &NO_PARTS));
        parts.map(|text| (place.clone(), text)).collect::<Vec<_>>()
    });
    let (count, unknown) = unknown(parts, pages.words(["de"]));
    assert!(count > 60, "{count}");
    assert!(unknown.is_empty(), "in no catalogue: {unknown:#?}");
}

/// What a template puts on a page as the code said it, although there are other words for it.
#[test]
fn what_the_catalogue_knows_is_not_shown_in_english() {
    let pages = Pages::strict(&[]).unwrap();
    let german = pages.words(["de"]);
    // With what programs are told, to the letter, for whoever is asked for help.
    let unseen =
        Regex::new(r#"(?s)<script.*?</script>|<style.*?</style>|<!--.*?-->|<p class="help">Action is not.*?</p>"#)
            .unwrap();
    let tag = Regex::new(r"<[^>]*>").unwrap();
    let mut unsaid = Vec::new();
    for sample in render_samples_in(&pages, "de", None).unwrap() {
        // For whoever makes pages, and what a site says itself.
        if sample.name.starts_with("gallery") || sample.name.starts_with("announcements") {
            continue;
        }
        let html = unseen.replace_all(&sample.html, "");
        for text in tag.split(&html) {
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let text = text
                .replace("&#x27;", "'")
                .replace("&quot;", "\"")
                .replace("&amp;", "&");
            if german.said(&text) != text {
                unsaid.push(format!("{}: {text}", sample.name));
            }
        }
    }
    assert!(unsaid.is_empty(), "{unsaid:#?}");
}

/// Everything that a template says is a message.
#[test]
fn no_template_has_words_of_its_own() {
    /// The name of the platform, times as everybody writes them, and the names of keys and scopes.
    const SAME_IN_ALL: [&str; 10] = [
        "Perijove",
        "UTC",
        "Subject",
        "environment",
        "read",
        "users",
        "user",
        "group",
        "students",
        "span",
    ];
    let code = Regex::new(r"(?s)\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}").unwrap();
    let tag = Regex::new(r"(?s)<[^>]*>").unwrap();
    let told = Regex::new(r#"(?:title|aria-label|placeholder|alt|aria-description)="([^"]*)""#).unwrap();
    let word = Regex::new(r"[A-Za-z]{3,}").unwrap();
    let mut own = Vec::new();
    for (path, text) in sources() {
        let place = place(&path);
        if !place.starts_with("web/templates") || place.ends_with("gallery.html") {
            continue;
        }
        let text = code.replace_all(&text, " ");
        let attributes = told.captures_iter(&text).map(|found| found[1].to_owned());
        let shown = if place.ends_with(".html") {
            tag.replace_all(&text, " ")
        } else {
            text.clone()
        };
        for text in attributes.chain(iter::once(shown.into_owned())) {
            let words = word.find_iter(&text).map(|word| word.as_str());
            own.extend(
                words
                    .filter(|word| !SAME_IN_ALL.contains(word))
                    .map(|word| format!("{place}: {word}")),
            );
        }
    }
    assert!(own.is_empty(), "{own:#?}");
}

/// Scripts have their words from the page, or from the hub; the one in JupyterLab, too.
#[test]
fn no_script_has_words_of_its_own() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let scripts = fs::read_dir(crates.join("web/assets/js")).unwrap();
    let mut scripts: Vec<_> = scripts.map(|script| script.unwrap().path()).collect();
    scripts.push(crates.join("../environments/perijove-lab/labextension/static/remoteEntry.js"));
    let comment = Regex::new(r"(?s:/\*.*?\*/)|(?m:^\s*//.*$)").unwrap();
    let not_shown = Regex::new(r#"(?m)\b(?:new Error|console\.[a-z]+)\(.*$|^\s*description: ".*$"#).unwrap();
    let text = Regex::new(r#""([^"\n]*)"|`([^`]*)`"#).unwrap();
    // Lists of classes have two words.
    let phrase = Regex::new(r"^[A-Z][a-z]+ |[a-z]{2,} [a-z]{2,} [a-z]{2,}").unwrap();
    let selector = Regex::new(r"[\[\]=]").unwrap();
    let varies = Regex::new(r"\$\{[^}]*\}").unwrap();
    let mut own = Vec::new();
    let mut count = 0;
    for script in scripts {
        let code = fs::read_to_string(&script).unwrap();
        let code = comment.replace_all(&code, "");
        let code = not_shown.replace_all(&code, "");
        for found in text.captures_iter(&code) {
            let text = found.get(1).or(found.get(2)).map_or("", |text| text.as_str());
            let text = varies.replace_all(text, "").into_owned();
            count += 1;
            if phrase.is_match(&text) && !selector.is_match(&text) {
                own.push(format!("{}: {text}", script.display()));
            }
        }
    }
    assert!(count > 200, "{count}");
    assert!(own.is_empty(), "{own:#?}");
}
