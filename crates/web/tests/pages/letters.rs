//! Every letter from every sample: nothing let through, a subject of one line, and words of a site's own.

use std::collections::BTreeSet;

use perijove_web::mails::{Letterhead, Written, letter_samples};
use perijove_web::{PageError, Pages, Site, packaged_templates};
use serde_json::json;

use crate::html::parse;

/// In every language.
fn samples() -> Vec<(&'static str, Written)> {
    let pages = Pages::strict(&[]).unwrap_or_else(|error| panic!("{error}"));
    let of = |language: &str| letter_samples(&pages, language).unwrap_or_else(|error| panic!("{language}: {error}"));
    pages.languages().flat_map(of).collect()
}

#[test]
fn every_letter_is_written() {
    let written: BTreeSet<_> = samples().into_iter().map(|(name, _)| name).collect();
    let templates = packaged_templates();
    let mut seen = 0;
    for template in templates.filter(|template| template.starts_with("mail/") && template != "mail/frame.html") {
        let name = template
            .trim_start_matches("mail/")
            .split('.')
            .next()
            .unwrap_or_default();
        assert!(written.contains(name), "no sample writes {template}");
        seen += 1;
    }
    assert_eq!(seen, 2 * written.len(), "text and HTML of each");
}

#[test]
fn letters_are_plain_and_let_nothing_through() {
    let mut shown = 0;
    for (name, letter) in samples() {
        let Written { subject, text, html } = &letter;
        assert!(!subject.is_empty() && !subject.contains('\n'), "{name}: {subject}");
        assert!(text.contains("hub.example.org"), "{name}: {text}");
        assert!(!text.contains("&lt;"), "{name}: text is not HTML: {text}");
        assert!(!html.contains("<script>") && !html.contains("none</"), "{name}: {html}");
        let tags = parse(html).unwrap_or_else(|error| panic!("{name}: {error}"));
        for tag in &tags {
            assert!(
                !matches!(tag.name.as_str(), "script" | "style" | "img" | "link"),
                "{name}: <{}>",
                tag.name
            );
        }
        shown += usize::from(html.contains("&lt;script&gt;"));
        if let Some(url) = text.split_whitespace().find(|word| word.contains("sample")) {
            assert!(
                tags.iter().any(|tag| tag.get("href") == Some(url)),
                "{name}: {url} in the text only"
            );
        }
    }
    assert!(shown >= 6, "hostile text is shown as text {shown} times only");
}

#[test]
fn a_site_has_words_of_its_own() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("mail")).unwrap();
    let template = dir.path().join("mail/approved.txt");
    std::fs::write(&template, "Subject: Hello {{ name }}\n\nCome in: {{ url }}\n").unwrap();
    let pages = Pages::new(&[dir.path().to_owned()]).unwrap();
    let own = json!({ "name": "ada", "url": "https://hub.example.org/hub/login" });
    let letter = pages.letter(&Letterhead::sample(), None, "approved", &own).unwrap();
    assert_eq!(letter.subject, "Hello ada");
    assert_eq!(letter.text, "Come in: https://hub.example.org/hub/login");
    assert!(letter.html.contains("Sign in with the password"), "{}", letter.html);
    std::fs::write(&template, "Come in").unwrap();
    let pages = Pages::new(&[dir.path().to_owned()]).unwrap();
    let wrong = pages.letter(&Letterhead::sample(), None, "approved", &own).unwrap_err();
    assert!(matches!(wrong, PageError::Template { .. }), "{wrong}");
    assert!(wrong.to_string().contains("does not begin with `Subject: `"), "{wrong}");
}

#[test]
fn a_letter_is_in_the_language_of_whoever_reads_it() {
    let words = tempfile::tempdir().unwrap();
    std::fs::write(words.path().join("fr.ftl"), "mail-approved-subject = Entrez\n").unwrap();
    let site = Site {
        words: &[words.path().into()],
        language: "fr",
        ..Site::default()
    };
    let pages = Pages::of(&site).unwrap();
    let own = json!({ "name": "<ada>", "url": "https://hub.example.org/hub/login" });
    let letter = |language| pages.letter(&Letterhead::sample(), language, "approved", &own).unwrap();
    let german = letter(Some("de-AT"));
    assert_eq!(german.subject, "Ihr Konto ist bereit");
    assert!(
        german
            .text
            .starts_with("Ihr Konto <ada> bei hub.example.org ist bereit.")
    );
    assert!(german.html.contains("<html lang=\"de\">"), "{}", german.html);
    assert!(
        german.html.contains("Ihr Konto <b>&lt;ada&gt;</b> bei"),
        "{}",
        german.html
    );
    assert!(letter(Some("ja")).subject.contains("アカウント"));
    // What is not spoken here is in the site's language, and in its words.
    for other in [None, Some("tlh")] {
        assert_eq!(letter(other).subject, "Entrez");
    }
}
