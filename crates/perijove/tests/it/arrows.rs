//! The rules of the house that no compiler keeps: which crate may know which, where SQL is, how long a file may be.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Who may know whom. What is not here is forbidden; the binary knows all, the test kit too, and nobody knows the test
/// kit but tests.
const ARROWS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("config", &["model"]),
    ("tls", &[]),
    ("store", &["model", "tls"]),
    ("auth", &["model", "tls"]),
    ("spawn", &["model"]),
    ("spawn-docker", &["model", "spawn"]),
    ("edge", &["model", "tls"]),
    ("environments", &["model"]),
    ("pam", &["model", "auth"]),
    ("mail", &["model"]),
    ("web", &["model"]),
    (
        "hub",
        &[
            "model",
            "config",
            "store",
            "auth",
            "environments",
            "mail",
            "spawn",
            "web",
        ],
    ),
    (
        "perijove",
        &[
            "model",
            "config",
            "store",
            "auth",
            "environments",
            "mail",
            "spawn",
            "spawn-docker",
            "edge",
            "web",
            "hub",
        ],
    ),
    (
        "testkit",
        &[
            "model",
            "config",
            "store",
            "auth",
            "environments",
            "spawn",
            "edge",
            "web",
            "hub",
        ],
    ),
];
const LONGEST_FILE: usize = 800;
/// What is built or fetched is nobody's writing.
const NOT_OURS: [&str; 5] = ["target", "node_modules", "artifacts", "__pycache__", "test-results"];

struct Crate {
    name: String,
    dir: PathBuf,
    /// The crates of this workspace that it depends on, and whether only its tests do.
    knows: Vec<(String, bool)>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap()
}

fn crates() -> Vec<Crate> {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--format-version",
            "1",
            "--no-deps",
            "--offline",
            "--locked",
        ])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let short = |value: &Value| text(value).trim_start_matches("perijove-").to_owned();
    let packages = metadata["packages"].as_array().unwrap();
    packages
        .iter()
        .map(|package| {
            let dependencies = package["dependencies"].as_array().unwrap().iter();
            Crate {
                name: short(&package["name"]),
                dir: PathBuf::from(text(&package["manifest_path"]))
                    .parent()
                    .unwrap()
                    .to_owned(),
                knows: dependencies
                    .filter(|dependency| dependency["path"].is_string())
                    .map(|dependency| (short(&dependency["name"]), dependency["kind"] == "dev"))
                    .collect(),
            }
        })
        .collect()
}

/// What is wrong with this arrow, if something is.
fn fault(from: &str, to: &str, in_tests: bool) -> Option<String> {
    // A crate's tests may switch on features of the crate itself.
    if from == to || (in_tests && to == "testkit") {
        return None;
    }
    let Some((_, known)) = ARROWS.iter().find(|(name, _)| *name == from) else {
        return Some(format!(
            "the crate {from} has no place among the arrows: give it one, here and in ARCHITECTURE.md"
        ));
    };
    let allowed = known.contains(&to);
    (!allowed).then(|| {
        format!("{from} -> {to} is not an arrow of this house: {from} may know {known:?}, and tests may know testkit")
    })
}

#[test]
fn crates_know_only_whom_they_may_know() {
    let faults: Vec<String> = crates()
        .iter()
        .flat_map(|one| {
            one.knows
                .iter()
                .filter_map(|(to, in_tests)| fault(&one.name, to, *in_tests))
        })
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let named: Vec<String> = crates().into_iter().map(|one| one.name).collect();
    for (name, _) in ARROWS {
        assert!(
            named.iter().any(|other| other == name),
            "there is no crate {name}: take its arrows away"
        );
    }
}

#[test]
fn a_forbidden_arrow_is_named() {
    for (from, to) in [
        ("edge", "store"),
        ("edge", "hub"),
        ("hub", "edge"),
        ("model", "store"),
        ("store", "hub"),
    ] {
        let said = fault(from, to, false).unwrap();
        assert!(said.starts_with(&format!("{from} -> {to} is not an arrow")), "{said}");
    }
    assert!(
        fault("perijove", "testkit", false).is_some(),
        "the test kit is for tests only"
    );
    assert_eq!(fault("perijove", "testkit", true), None);
    assert!(fault("newcomer", "model", false).unwrap().contains("has no place"));
}

#[test]
fn lints_hold_for_every_crate() {
    for one in crates() {
        let manifest = fs::read_to_string(one.dir.join("Cargo.toml")).unwrap();
        assert!(
            manifest.contains("[lints]\nworkspace = true\n"),
            "the crate {} has lints of its own",
            one.name
        );
    }
}

#[test]
fn only_the_store_speaks_sql() {
    let words = [
        "SELECT ",
        "INSERT INTO ",
        "DELETE FROM ",
        "UPDATE perijove_",
        "CREATE TABLE ",
    ];
    for one in crates().iter().filter(|one| one.name != "store") {
        for (file, text) in sources(&one.dir.join("src"), &["rs"]) {
            let found = words.iter().find(|word| text.contains(**word));
            assert_eq!(found, None, "{}: SQL is for crates/store only", file.display());
        }
    }
}

#[test]
fn no_file_is_too_long_to_read() {
    let long: BTreeMap<PathBuf, usize> = sources(&root(), &["rs", "ts", "js", "mjs", "py", "css", "sh"])
        .into_iter()
        .map(|(file, text)| (file, text.lines().count()))
        .filter(|(_, lines)| *lines > LONGEST_FILE)
        .collect();
    assert!(long.is_empty(), "more than {LONGEST_FILE} lines: {long:#?}");
}

#[test]
fn no_test_is_put_aside() {
    let mark = ["#[", "ignore"].concat();
    for (file, text) in sources(&root().join("crates"), &["rs"]) {
        assert!(
            !text.contains(&mark),
            "{}: a test that can't run says so when it is run",
            file.display()
        );
    }
}

/// All files with one of these endings that people have written, with their text.
fn sources(dir: &Path, endings: &[&str]) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let kind = fs::symlink_metadata(&path).unwrap().file_type();
        if kind.is_dir() && !name.starts_with('.') && !NOT_OURS.contains(&name.as_str()) {
            found.extend(sources(&path, endings));
        } else if kind.is_file() && endings.iter().any(|ending| name.ends_with(&format!(".{ending}"))) {
            found.push((path.clone(), fs::read_to_string(&path).unwrap()));
        }
    }
    found
}
