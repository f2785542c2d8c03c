//! The documents that are made from the table of keys.

mod common;

use std::path::Path;

use common::read;
use perijove_config::{Config, documents, example, reference};

#[test]
fn committed_documents_are_current() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for (path, text) in documents() {
        let committed = std::fs::read_to_string(root.join(path)).unwrap_or_default();
        assert!(
            committed == text,
            "{path} isn't what the keys say; regenerate it with `cargo run -p perijove -- config reference --write`"
        );
    }
}

#[test]
fn the_example_says_the_defaults() {
    let mut config = read(&example(), &[]).unwrap();
    config.hub.data_dir = Config::default().hub.data_dir;
    config.settings.clear();
    assert_eq!(config, Config::default());
}

#[test]
fn every_line_of_the_example_can_be_used() {
    let is_toml = |line: &str| {
        line.starts_with("[[")
            || line.starts_with("[entitlement.")
            || line.split_once(" = ").is_some_and(|(key, _)| !key.contains(' '))
    };
    let lines = example();
    let lines = lines
        .lines()
        .map(|line| line.strip_prefix("# ").filter(|rest| is_toml(rest)).unwrap_or(line));
    let text = lines.collect::<Vec<_>>().join("\n");
    let config =
        read(&text, &[("GRADER_TOKEN", "x"), ("ACME_ACCOUNT_KEY", "x")]).unwrap_or_else(|errors| panic!("{errors}"));
    assert!(config.auth.len() > 1, "one of each kind");
    assert_eq!((config.roles.len(), config.services.len()), (1, 1));
}

#[test]
fn every_key_has_a_meaning() {
    let text = reference();
    assert!(text.contains("`PERIJOVE_SPAWNER_PROCESS_LOG_LIMIT`") && text.contains("`CONFIGPROXY_AUTH_TOKEN`"));
    assert!(!text.contains("\n\n\n"), "an empty description");
}

/// Whoever copies what a how-to has in a box gets a configuration, or a part of one.
#[test]
fn what_the_how_tos_show_can_be_used() {
    /// What another box of the same page has.
    const ELSEWHERE: [&str; 2] = ["there is no profile with the slug", "`client_id` is missing"];
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/how-to");
    let secret = || "0123456789abcdef".repeat(4);
    let (mut shown, mut wrong) = (0, String::new());
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        for block in text.split("\n```toml\n").skip(1) {
            let block = block.split("\n```").next().unwrap();
            let env = |name: &str| block.contains(&format!("${{{name}}}")).then(secret);
            let file = Path::new("/etc/perijove/perijove.toml");
            let read = perijove_config::load(Some((file, block)), &env, &|_| Ok(secret()));
            let mistakes = read.err().map(|mistakes| mistakes.to_string()).unwrap_or_default();
            let is_part = ELSEWHERE.iter().any(|what| mistakes.contains(what));
            let is_another_file = block.starts_with("[project]");
            if !mistakes.is_empty() && !is_part && !is_another_file {
                wrong.push_str(&format!("{}: {mistakes}\n\n", path.display()));
            }
            shown += 1;
        }
    }
    assert!(shown > 50 && wrong.is_empty(), "{shown} boxes\n{wrong}");
}
