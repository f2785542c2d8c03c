//! A site's own templates.

use std::fs;

use perijove_web::pages::{Error, Logout};
use perijove_web::{Common, PageError, Pages};

fn error(status_code: u16) -> Error {
    Error {
        status_code,
        status_message: "Words".into(),
        ..Error::default()
    }
}

#[test]
fn a_site_extends_a_page_and_fills_a_block() {
    let site = tempfile::tempdir().unwrap();
    let own =
        r#"{% extends "templates/page.html" %}{% block footer %}<p>The {{ prefix }} observatory</p>{% endblock %}"#;
    fs::write(site.path().join("page.html"), own).unwrap();
    let pages = Pages::new(&[site.path().into()]).unwrap();
    let html = pages.render(&Common::visitor_sample(), &Logout {}).unwrap();
    assert!(html.contains("<p>The /hub/ observatory</p>"), "{html}");
    assert!(html.contains("You are signed out"));
}

#[test]
fn the_first_directory_wins_and_a_change_shows_at_once() {
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::write(second.path().join("logout.html"), "second").unwrap();
    let pages = Pages::new(&[first.path().into(), second.path().into()]).unwrap();
    let show = || pages.render(&Common::default(), &Logout {}).unwrap();
    assert_eq!(show(), "second");
    fs::write(second.path().join("logout.html"), "second, changed").unwrap();
    assert_eq!(show(), "second, changed");

    fs::write(first.path().join("logout.html"), "first").unwrap();
    let pages = Pages::new(&[first.path().into(), second.path().into()]).unwrap();
    assert_eq!(pages.render(&Common::default(), &Logout {}).unwrap(), "first");
}

#[test]
fn a_status_may_have_a_page_of_its_own() {
    let site = tempfile::tempdir().unwrap();
    fs::write(site.path().join("418.html"), "short {{ status_message }}").unwrap();
    let pages = Pages::new(&[site.path().into()]).unwrap();
    assert_eq!(pages.render(&Common::default(), &error(418)).unwrap(), "short Words");
    assert!(pages.render(&Common::default(), &error(409)).unwrap().contains("409"));
}

#[test]
fn a_broken_template_is_named_with_its_line() {
    let site = tempfile::tempdir().unwrap();
    fs::write(site.path().join("logout.html"), "fine\n{% if %}").unwrap();
    let pages = Pages::new(&[site.path().into()]).unwrap();
    let told = pages.render(&Common::default(), &Logout {}).unwrap_err().to_string();
    assert!(told.starts_with("template logout.html, line 2: "), "{told}");
}

#[test]
fn whoever_comes_sees_our_page_where_the_sites_has_a_fault() {
    let site = tempfile::tempdir().unwrap();
    fs::write(site.path().join("page.html"), "{{ 1 / 0 }}").unwrap();
    let pages = Pages::new(&[site.path().into()]).unwrap();
    let shown = pages.show(Common::member_sample(), &Logout {}).unwrap();
    assert!(shown.html.contains("You are signed out"), "{}", shown.html);
    assert!(!shown.html.contains("page.html"), "{}", shown.html);
    assert!(shown.fault.unwrap().is_new);
    let again = pages.show(Common::visitor_sample(), &Logout {}).unwrap();
    assert!(!again.fault.unwrap().is_new, "it is logged once");

    let mut admin = Common::member_sample();
    admin.user.as_mut().unwrap().admin_ui = true;
    let told = pages.show(admin, &Logout {}).unwrap().html;
    assert!(told.contains("template page.html, line 1"), "{told}");
    // Mended, it is theirs again.
    fs::write(site.path().join("page.html"), "ours").unwrap();
    assert_eq!(pages.show(Common::member_sample(), &Logout {}).unwrap().html, "ours");
}

#[test]
fn a_directory_that_is_not_there_is_an_error_at_once() {
    let site = tempfile::tempdir().unwrap();
    let missing = site.path().join("none");
    let told = Pages::new(&[missing]).unwrap_err();
    assert!(matches!(told, PageError::Directory { .. }), "{told}");
    assert!(
        told.to_string()
            .contains("none: this directory of templates cannot be read"),
        "{told}"
    );
}

#[test]
fn a_template_cannot_reach_outside_its_directories() {
    let site = tempfile::tempdir().unwrap();
    fs::create_dir(site.path().join("templates")).unwrap();
    fs::write(site.path().join("secret.html"), "secret").unwrap();
    fs::write(
        site.path().join("templates/logout.html"),
        r#"{% include "../secret.html" %}"#,
    )
    .unwrap();
    let pages = Pages::new(&[site.path().join("templates")]).unwrap();
    assert!(pages.render(&Common::default(), &Logout {}).is_err());
}
