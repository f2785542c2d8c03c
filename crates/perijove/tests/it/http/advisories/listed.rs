//! `docs/security.md` names a test for each.

use std::path::Path;

#[test]
fn every_advisory_has_its_test() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let text = std::fs::read_to_string(here.join("docs/security.md")).unwrap();
    let rows: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("| ") && line.ends_with("` |"))
        .collect();
    assert!(rows.len() >= 35, "{rows:#?}");
    for row in rows {
        let (_, held_by) = row.trim_end_matches(" |").rsplit_once(" | ").unwrap();
        for named in held_by.split("<br>") {
            let named = named.trim_matches('`');
            let (file, test) = named.split_once("::").unwrap_or_else(|| panic!("no test in {row}"));
            let source = std::fs::read_to_string(here.join("crates").join(file)).unwrap_or_default();
            assert!(source.contains(&format!("fn {test}(")), "there is no {named}");
        }
    }
}
