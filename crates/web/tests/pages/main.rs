//! Every template with every sample: well-formed, nothing let through, nothing inline, usable with a keyboard and a
//! screen reader, and every file it names is there.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test")]

mod english;
mod html;
mod letters;
mod overrides;
mod words;

use std::collections::BTreeSet;

use perijove_web::{ENGLISH, Pages, Sample, asset, asset_hash, asset_paths, packaged_templates, render_samples_in};

use crate::html::{Tag, parse};

fn samples() -> Vec<(Sample, Vec<Tag>)> {
    let pages = Pages::strict(&[]).unwrap_or_else(|error| panic!("{error}"));
    samples_in(&pages, ENGLISH)
}

fn samples_in_all_languages() -> Vec<(Sample, Vec<Tag>)> {
    let pages = Pages::strict(&[]).unwrap_or_else(|error| panic!("{error}"));
    pages
        .languages()
        .flat_map(|language| samples_in(&pages, language))
        .collect()
}

fn samples_in(pages: &Pages, language: &str) -> Vec<(Sample, Vec<Tag>)> {
    let all = render_samples_in(pages, language, None).unwrap_or_else(|error| panic!("{language}: {error}"));
    all.into_iter()
        .map(|sample| {
            let tags = parse(&sample.html).unwrap_or_else(|error| panic!("{}: {error}", sample.name));
            (sample, tags)
        })
        .collect()
}

fn ids(tags: &[Tag]) -> Vec<&str> {
    tags.iter().filter_map(|tag| tag.get("id")).collect()
}

#[test]
fn every_template_has_a_sample() {
    let rendered: BTreeSet<_> = samples()
        .into_iter()
        .map(|(sample, _)| sample.template.to_owned())
        .collect();
    let beside = [
        "page.html",
        "404.html",
        "macros.html",
        "profiles.html",
        "chart.html",
        "admin-nav.html",
        "admin-parts.html",
    ];
    for template in packaged_templates() {
        if template.starts_with("mail/") {
            continue;
        }
        assert!(
            rendered.contains(&*template) || beside.contains(&&*template),
            "no sample renders {template}"
        );
    }
}

#[test]
fn text_from_people_stays_text() {
    let mut shown = 0;
    for (sample, tags) in samples_in_all_languages() {
        let scripts: Vec<_> = tags.iter().filter(|tag| tag.name == "script").collect();
        assert!(
            scripts.iter().all(|tag| tag.get("src").is_some()),
            "{}: an inline script",
            sample.name
        );
        assert!(!sample.html.contains("<script>"), "{}", sample.name);
        assert!(
            !sample.html.contains("none</"),
            "{}: an absent value is shown as none",
            sample.name
        );
        shown += tags
            .iter()
            .filter(|tag| tag.text.contains(r#"<script>alert("x")</script>'&"#))
            .count();
    }
    assert!(
        shown > 20,
        "the samples' hostile text is shown as text {shown} times only"
    );
}

#[test]
fn pages_need_no_unsafe_inline() {
    for (sample, tags) in samples_in_all_languages() {
        for tag in &tags {
            let at = format!("{}: <{}>", sample.name, tag.name);
            assert!(
                tag.name != "style" && tag.get("style").is_none(),
                "{at} has inline style"
            );
            assert!(
                tag.name != "script" || tag.text.trim().is_empty(),
                "{at} has an inline script"
            );
            for (key, value) in &tag.attributes {
                assert!(!key.starts_with("on"), "{at} has an inline handler {key}");
                assert!(!value.trim_start().starts_with("javascript:"), "{at} {key}");
            }
        }
    }
}

#[test]
fn files_that_pages_name_are_there_with_their_version() {
    for (sample, tags) in samples() {
        let links = tags.iter().flat_map(|tag| [tag.get("src"), tag.get("href")]).flatten();
        let mut count = 0;
        for link in links.filter_map(|link| link.strip_prefix("/hub/static/")) {
            let (path, version) = link
                .split_once("?v=")
                .unwrap_or_else(|| panic!("{}: {link}", sample.name));
            assert!(asset(path).is_some(), "{}: no {path}", sample.name);
            assert_eq!(version, asset_hash());
            count += 1;
        }
        assert!(count >= 2, "{}: neither style nor logo", sample.name);
    }
}

#[test]
fn ids_that_tools_look_for_are_there() {
    let wanted: &[(&str, &[&str])] = &[
        (
            "login-0",
            &["username_input", "password_input", "login_submit", "login-main"],
        ),
        ("login-1", &["otp_input"]),
        (
            "setup-0",
            &[
                "username_input",
                "password_input",
                "password_again_input",
                "setup_submit",
            ],
        ),
        ("home-0", &["start", "logout"]),
        ("home-1", &["start", "stop"]),
        ("home-2", &["start", "stop"]),
        ("home-4", &["start"]),
        ("spawn-0", &["spawn_form"]),
        (
            "spawn_pending-0",
            &["progress-bar", "progress-message", "progress-log", "start", "stop"],
        ),
        ("stop_pending-0", &["progress-bar"]),
        ("not_running-0", &["start"]),
        ("oauth-0", &["oauth_submit"]),
        (
            "token-1",
            &[
                "request-token-form",
                "token-note",
                "token-expiration-seconds",
                "token-scopes",
                "token-result",
                "api-tokens-section",
            ],
        ),
        ("token-2", &["api-tokens-section", "oauth-clients-section"]),
        (
            "admin-0",
            &[
                "user-search",
                "start-all",
                "stop-all",
                "add-user-textarea",
                "version_footer",
                "shutdown-button",
            ],
        ),
    ];
    let all = samples();
    for (name, wanted) in wanted {
        let (_, tags) = all.iter().find(|(sample, _)| sample.name == *name).unwrap();
        for id in *wanted {
            assert!(ids(tags).contains(id), "{name}: no #{id}");
        }
    }
}

#[test]
fn forms_carry_the_token_and_work_without_scripts() {
    let mut forms = 0;
    for (sample, tags) in samples_in_all_languages() {
        for (at, form) in tags.iter().enumerate().filter(|(_, tag)| tag.name == "form") {
            forms += 1;
            assert!(
                form.get("action").is_some_and(|action| action.starts_with('/')),
                "{}: {form:?}",
                sample.name
            );
            // What only asks changes nothing, and its address may be passed on: without the token.
            if form.get("method") == Some("get") {
                let inside = tags[at + 1..].iter().take_while(|tag| tag.name != "form");
                let fields: Vec<_> = inside.filter_map(|tag| tag.get("name")).collect();
                assert!(!fields.contains(&"_xsrf"), "{}: {form:?}", sample.name);
                continue;
            }
            assert_eq!(form.get("method"), Some("post"), "{}", sample.name);
            // In its first field or button, in a button elsewhere on the page, or where its script takes it from.
            let outside = |tag: &&Tag| form.get("id").is_some() && tag.get("form") == form.get("id");
            let carrier = tags.iter().find(outside).unwrap_or(&tags[at + 1]);
            let token = form.get("data-xsrf").or_else(|| {
                assert_eq!(carrier.get("name"), Some("_xsrf"), "{}: {form:?}", sample.name);
                carrier.get("value")
            });
            assert!(!token.unwrap_or_default().is_empty(), "{}", sample.name);
        }
    }
    assert!(forms > 20);
}

#[test]
fn a_server_without_a_name_of_its_own_is_still_called_something() {
    let all = samples();
    for (name, wanted) in [
        ("spawn_pending-0", "Starting your server"),
        ("spawn_pending-1", "Starting Moons of Jupiter"),
        ("stop_pending-0", "Stopping your server"),
        ("stop_pending-1", "Stopping the server of kepler"),
        ("stop_pending-2", "Stopping moons"),
        ("home-4", "My Server"),
    ] {
        let (_, tags) = all.iter().find(|(sample, _)| sample.name == name).unwrap();
        let tag = if name == "home-4" { "h2" } else { "h1" };
        let title = tags.iter().find(|found| found.name == tag).unwrap();
        assert_eq!(title.text.trim(), wanted, "{name}");
    }
}

#[test]
fn a_name_cannot_leave_its_segment_of_the_address() {
    let tags = samples().into_iter().flat_map(|(_, tags)| tags);
    let stops: Vec<_> = tags.filter(|tag| tag.get("data-stop").is_some()).collect();
    let actions = stops.iter().filter_map(|stop| stop.get("action"));
    let odd: Vec<_> = actions
        .filter(|action| action.contains("galileo") && action.contains("script"))
        .collect();
    let escaped = "%3Cscript%3Ealert%28%22x%22%29%3C%2Fscript%3E%27%26";
    assert_eq!(odd, [format!("/hub/stop/galileo/{escaped}")]);
}

#[test]
fn the_confirm_form_sends_every_scope() {
    let (_, tags) = samples()
        .into_iter()
        .find(|(sample, _)| sample.name == "oauth-0")
        .unwrap();
    let sent: Vec<_> = tags
        .iter()
        .filter(|tag| tag.get("name") == Some("scopes"))
        .filter_map(|t| t.get("value"))
        .collect();
    assert_eq!(
        sent,
        [
            "access:servers!server=kepler/",
            "read:users:name!user",
            "read:users:groups!user"
        ]
    );
}

#[test]
fn pages_are_usable_without_eyes_or_mouse() {
    for (sample, tags) in samples_in_all_languages() {
        let name = &sample.name;
        let ids = ids(&tags);
        assert_eq!(
            ids.len(),
            ids.iter().collect::<BTreeSet<_>>().len(),
            "{name}: an id twice: {ids:?}"
        );
        assert_eq!(tags.iter().filter(|tag| tag.name == "h1").count(), 1, "{name}: one h1");
        assert!(
            tags.iter().any(|tag| tag.name == "html" && tag.get("lang").is_some()),
            "{name}: lang"
        );
        assert!(
            tags.iter()
                .any(|tag| tag.name == "title" && !tag.text.trim().is_empty()),
            "{name}: title"
        );
        let labelled: BTreeSet<_> = tags.iter().filter_map(|tag| tag.get("for")).collect();
        for tag in &tags {
            let refers = [tag.get("for"), tag.get("aria-describedby"), tag.get("data-same-as")];
            let anchor = tag.get("href").and_then(|href| href.strip_prefix('#'));
            for id in refers.into_iter().flatten().chain(anchor) {
                assert!(
                    ids.contains(&id),
                    "{name}: <{}> refers to #{id}, which is not there",
                    tag.name
                );
            }
            if ["input", "select"].contains(&tag.name.as_str()) && tag.get("type") != Some("hidden") {
                assert!(
                    tag.get("id").is_some_and(|id| labelled.contains(id)),
                    "{name}: no label for {tag:?}"
                );
            }
            assert!(tag.name != "img" || tag.get("alt").is_some(), "{name}: img without alt");
            if tag.get("role") == Some("progressbar") {
                assert!(tag.get("aria-label").is_some(), "{name}: a nameless progress bar");
            }
        }
    }
}

#[test]
fn assets_have_type_and_etag_and_point_only_at_us() {
    for path in asset_paths() {
        let file = asset(&path).unwrap();
        let kind = match path.rsplit_once('.').unwrap().1 {
            "js" => "text/javascript; charset=utf-8",
            "css" => "text/css; charset=utf-8",
            "svg" => "image/svg+xml",
            "png" => "image/png",
            other => panic!("what is the type of .{other}?"),
        };
        assert_eq!(file.mime, kind, "{path}");
        assert!(
            file.etag.len() == 34 && file.etag.starts_with('"') && file.etag.ends_with('"'),
            "{}",
            file.etag
        );
        if kind == "image/png" {
            continue;
        }
        let text = String::from_utf8(file.bytes.into_owned()).unwrap();
        let text = text.replace("http://www.w3.org/2000/svg", "");
        for banned in ["://", "innerHTML", "eval(", "document.write", "insertAdjacentHTML"] {
            assert!(!text.contains(banned), "{path} has {banned}");
        }
        for line in text.lines().filter(|line| line.starts_with("import ")) {
            let imported = line.split('"').nth(1).unwrap().strip_prefix("./").unwrap();
            assert!(asset(&format!("js/{imported}")).is_some(), "{path}: {line}");
        }
    }
    assert!(asset("../Cargo.toml").is_none() && asset("").is_none() && asset("js").is_none());
}
