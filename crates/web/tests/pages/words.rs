//! The catalogues: complete in every language, and nothing in them that is used nowhere.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use perijove_web::pages::{Error, Login, Logout, Spawn};
use perijove_web::{Common, ENGLISH, Page, PageError, Pages, Site, packaged_languages, packaged_text};
use regex::Regex;

/// The messages of a catalogue as they were written, by their keys.
fn messages(language: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut key = None;
    for line in packaged_text(language).lines() {
        match line.split_once(" =") {
            Some((new, text)) if line.starts_with(|c: char| c.is_ascii_lowercase()) => {
                let before = found.insert(new.to_owned(), text.trim().to_owned());
                assert!(before.is_none(), "{language}: {new} is there twice");
                key = Some(new.to_owned());
            }
            _ if line.starts_with("    ") => {
                let text = found.get_mut(key.as_ref().unwrap()).unwrap();
                text.push('\n');
                text.push_str(line);
            }
            _ => assert!(line.is_empty() || line.starts_with('#'), "{language}: {line}"),
        }
    }
    found
}

fn arguments(message: &str) -> BTreeSet<&str> {
    let argument = Regex::new(r"\$([a-z]+)").unwrap();
    let found = argument.captures_iter(message);
    found.map(|found| found.get(1).unwrap().as_str()).collect()
}

/// Everything that may say something: templates, scripts and code, without tests.
pub(crate) fn sources() -> Vec<(PathBuf, String)> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut waiting: Vec<PathBuf> = [
        "auth/src",
        "environments/src",
        "hub/src",
        "model/src",
        "spawn/src",
        "spawn-docker/src",
        "store/src",
        "web/src",
        "web/templates",
    ]
    .map(|part| crates.join(part))
    .into();
    let mut found = Vec::new();
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else {
            let text = fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
    assert!(found.len() > 200);
    found
}

#[test]
fn every_message_that_a_template_says_is_there_with_its_arguments() {
    let said = Regex::new(r#"\bt\("([^"]*)"((?:, *[a-z]+=|[^()]|\([^()]*\))*)\)"#).unwrap();
    let called = Regex::new(r"\bt\(").unwrap();
    let given = Regex::new(r"[,\s]([a-z]+)=").unwrap();
    let messages = messages(ENGLISH);
    let mut count = 0;
    let is_template = |path: &Path| {
        path.extension()
            .is_some_and(|ending| ending == "html" || ending == "txt")
    };
    for (path, text) in sources().iter().filter(|(path, _)| is_template(path)) {
        assert_eq!(
            called.find_iter(text).count(),
            said.find_iter(text).count(),
            "{}",
            path.display()
        );
        for found in said.captures_iter(text) {
            let at = format!("{}: {}", path.display(), &found[0]);
            let message = messages
                .get(&found[1])
                .unwrap_or_else(|| panic!("{at}: there is no such message"));
            let given: BTreeSet<&str> = given
                .captures_iter(&found[2])
                .map(|given| given.get(1).unwrap().as_str())
                .collect();
            assert_eq!(given, arguments(message), "{at}");
            count += 1;
        }
    }
    assert!(count > 200, "{count}");
}

#[test]
fn nothing_in_the_catalogue_is_used_nowhere() {
    let continued = Regex::new(r"\\\n\s*").unwrap();
    let varies = Regex::new(r"\{ \$[a-z]+ \}").unwrap();
    let sources = sources()
        .into_iter()
        .map(|(_, text)| continued.replace_all(&text, "").replace("\\\"", "\""));
    let sources: Vec<String> = sources.collect();
    let is_somewhere = |words: &str| sources.iter().any(|source| source.contains(words));
    for (key, message) in messages(ENGLISH) {
        if !key.starts_with("said-") {
            let used = key == "language-name" || is_somewhere(&format!("\"{key}\""));
            assert!(used, "nobody says {key}");
            continue;
        }
        // Put together of numbers and units; `culler::policy` has a test.
        if key.starts_with("said-length-") {
            continue;
        }
        for part in varies.split(&message) {
            assert!(is_somewhere(part), "{key}: the code says nowhere “{part}”");
        }
    }
}

#[test]
fn what_stands_within_a_sentence_is_said_too() {
    let pages = Pages::strict(&[]).unwrap();
    let german = pages.words(["de"]);
    for (english, told) in [
        (
            "The members of “lab” together may have 4 cores, 3 cores are in use by “the default server” (2 cores), “gpu” \
             (1 core, stopping), 2 servers of other members; this would take 2 cores more. Stop “the default server” first.",
            "Die Gruppe „lab“ zusammen darf 4 Kerne haben; 3 Kerne in Benutzung durch „Standardserver“ (2 Kerne), „gpu“ \
             (1 Kern, wird beendet), 2 Server anderer Mitglieder. Dies bräuchte noch 2 Kerne. Beenden Sie zuerst \
             „Standardserver“.",
        ),
        (
            "“9G” can't be chosen for “Memory” of the profile “Small”. There are: 1, 2, a text that matches ^[0-9]+$.",
            "„9G“ steht bei „Memory“ im Profil „Small“ nicht zur Wahl. Es gibt: 1, 2, ein Text nach dem Muster ^[0-9]+$.",
        ),
        (
            "Role physics has its groups listed in the configuration: change that, and start the hub again.",
            "Die Rolle physics hat ihre Gruppen in der Konfiguration stehen: Ändern Sie das dort, und starten Sie den Hub neu.",
        ),
        (
            "The server was stopped because it was not used for 1 hour 30 minutes.",
            "Der Server wurde beendet: er wurde 1 Stunde 30 Minuten lang nicht benutzt.",
        ),
        (
            "version 2: /sys/fs/cgroup may not be written to",
            "Version 2: in /sys/fs/cgroup darf nicht geschrieben werden",
        ),
        (
            "The environment 'lab' can't be had: the packages can't be installed. An administrator can help: free some space \
             on the disk.",
            "Die Umgebung „lab“ ist nicht zu haben: die Pakete lassen sich nicht installieren. Die Verwaltung kann helfen: \
             schaffen Sie Platz auf der Platte.",
        ),
        // A number stands where one belongs, and nothing else.
        (
            "Your talk of 2 hours and 5 minutes",
            "Your talk of 2 hours and 5 minutes",
        ),
        (
            "Invalid name: a name can't be longer than 255 bytes.",
            "Ungültiger Name: ein Name kann nicht länger als 255 Bytes sein.",
        ),
    ] {
        assert_eq!(german.said(english), told);
    }
}

#[test]
fn other_languages_have_the_same_messages_with_the_same_arguments() {
    let english = messages(ENGLISH);
    let mut languages: Vec<String> = packaged_languages().collect();
    languages.sort();
    assert!(languages.len() >= 7, "{languages:?}");
    for language in languages.iter().filter(|language| *language != ENGLISH) {
        let messages = messages(language);
        for (key, message) in &messages {
            let original = english
                .get(key)
                .unwrap_or_else(|| panic!("{language}: English has no {key}"));
            assert_eq!(arguments(message), arguments(original), "{language}: {key}");
        }
        let missing: Vec<_> = english.keys().filter(|key| !messages.contains_key(*key)).collect();
        assert!(missing.is_empty(), "{language} lacks {missing:?}");
    }
}

fn speaking(language: &str) -> Common {
    Common {
        language: language.into(),
        ..Common::visitor_sample()
    }
}

#[test]
fn a_page_is_in_the_language_that_is_asked_for() {
    let pages = Pages::strict(&[]).unwrap();
    let of = |wishes: &[&str]| {
        let words = pages.words(wishes.iter().copied());
        pages.render(&speaking(words.tag()), &Logout {}).unwrap()
    };
    assert!(of(&["tlh", "de-AT"]).contains("<html lang=\"de\">"));
    assert!(of(&["de-AT"]).contains("Sie sind abgemeldet"));
    assert!(of(&["zh-CN"]).contains("<html lang=\"zh-Hans\">"));
    assert!(of(&[]).contains("You are signed out"));
}

#[test]
fn what_the_code_says_is_said_in_the_readers_language_with_the_same_names() {
    let pages = Pages::strict(&[]).unwrap();
    let page = Error {
        status_code: 400,
        status_message: "Bad Request".into(),
        message: Some("The password has 1 characters. It needs 10 or more.".into()),
        hint: Some("Something that no catalogue has <b>.".into()),
        ..Error::default()
    };
    let html = pages.render(&speaking("de"), &page).unwrap();
    assert!(
        html.contains("Das Passwort hat 1 Zeichen. Es braucht mindestens 10."),
        "{html}"
    );
    assert!(html.contains("Something that no catalogue has &lt;b&gt;."), "{html}");
}

#[test]
fn html_that_is_put_into_a_message_stays_and_all_else_is_text() {
    let site = tempfile::tempdir().unwrap();
    let words = tempfile::tempdir().unwrap();
    let template =
        r#"{% set link %}<b>{{ next_url }}</b>{% endset %}{{ t("own-key", link=link, name="<i>", count=2) }}"#;
    fs::write(site.path().join("logout.html"), template.replace("next_url", "\"<u>\"")).unwrap();
    let message = "own-key = { $name } & { $link }, { $count ->\n        [one] one\n       *[other] many\n    }\n";
    fs::write(words.path().join("en.ftl"), message).unwrap();
    let pages = Pages::of(&Site {
        templates: &[site.path().into()],
        words: &[words.path().into()],
        language: "",
    });
    let html = pages.unwrap().render(&Common::visitor_sample(), &Logout {}).unwrap();
    assert_eq!(html, "&lt;i&gt; &amp; <b>&lt;u&gt;</b>, many");
}

#[test]
fn a_site_says_it_in_its_own_words_and_adds_a_language() {
    let words = tempfile::tempdir().unwrap();
    fs::write(words.path().join("en.ftl"), "login-title = Come in\n").unwrap();
    fs::write(
        words.path().join("it.ftl"),
        "language-name = Italiano\nlogin-title = Accedi\n",
    )
    .unwrap();
    let site = Site {
        words: &[words.path().into()],
        language: "it",
        ..Site::default()
    };
    let pages = Pages::of(&site).unwrap();
    let page = Login {
        form: true,
        ..Login::default()
    };
    let html = |language| pages.render(&speaking(language), &page).unwrap();
    assert!(html("en").contains("<h1>Come in</h1>"));
    assert!(html("de").contains("<h1>Anmelden</h1>"));
    // What the new language lacks is in English.
    assert!(html("it").contains("<h1>Accedi</h1>") && html("it").contains("Password:"));
    assert!(html("it").contains("Italiano</button>"));
    assert_eq!(pages.words(["tlh"]).tag(), "it");
}

#[test]
fn mistakes_in_a_sites_words_are_told_with_their_place() {
    let words = tempfile::tempdir().unwrap();
    let told = |name: &str, text: &str, language: &str| {
        let path = words.path().join(name);
        fs::write(&path, text).unwrap();
        let site = Site {
            words: &[words.path().into()],
            language,
            ..Site::default()
        };
        let told = Pages::of(&site).map(drop);
        fs::remove_file(path).unwrap();
        told.map_err(|error| error.to_string())
    };
    let broken = told("de.ftl", "login-title = Gut\n\nhome-title = { $x\n", "").unwrap_err();
    assert!(broken.contains("de.ftl: line 3: "), "{broken}");
    let odd = told("deutsch_land_!.ftl", "a = b\n", "").unwrap_err();
    assert!(odd.contains("is no language"), "{odd}");
    let missing = told("de.ftl", "a = b\n", "tlh").unwrap_err();
    assert!(missing.contains("\"tlh\"; there are: en, de"), "{missing}");
    let site = Site {
        words: &[words.path().join("none")],
        ..Site::default()
    };
    assert!(matches!(Pages::of(&site), Err(PageError::Words(_))));
}

#[test]
fn why_there_is_no_room_is_said_in_every_language() {
    let pages = Pages::strict(&[]).unwrap();
    for language in pages.languages().filter(|language| *language != ENGLISH) {
        let mut refusals = 0;
        for page in Spawn::samples() {
            let html = pages.render(&speaking(language), &page).unwrap();
            assert!(!html.contains(" may have "), "{language}: {html}");
            refusals += html.matches("class=\"refused\"").count();
        }
        assert!(refusals > 0);
    }
}

/// What a token, a program or a role may do is said to people in their language.
#[test]
fn every_scope_is_described_in_every_language() {
    let pages = Pages::strict(&[]).unwrap();
    let german = pages.words(["de"]);
    for scope in perijove_model::scopes::Scope::ALL {
        let text = perijove_model::scopes::Catalog::default()
            .description(*scope)
            .to_owned();
        assert_ne!(german.said(&text), text, "{}", scope.name());
    }
}
