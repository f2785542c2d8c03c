//! The stacks in `deploy/compose`: their examples of variables name all that is read, and their configurations are right.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Long enough for each of them.
const SECRET: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

fn stack(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../deploy/compose")
        .join(name)
}

/// Names of `${NAME}`, `${NAME:-default}` and `${NAME:?message}`.
fn filled_in(text: &str) -> BTreeSet<String> {
    let written = text.lines().filter(|line| !line.trim_start().starts_with('#'));
    let pieces = written.flat_map(|line| line.split("${").skip(1));
    pieces
        .map(|rest| {
            rest.chars()
                .take_while(|&sign| sign.is_ascii_alphanumeric() || sign == '_')
                .collect()
        })
        .collect()
}

/// `NAME=value` of an example.
fn variables(text: &str) -> Vec<(String, String)> {
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines
        .map(|line| line.split_once('=').unwrap_or_else(|| panic!("no variable: {line}")))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

#[test]
fn examples_name_every_variable_that_is_read() {
    for (name, example) in [("homelab", "example-stack.env"), ("platform", "example.env")] {
        let read = |file: &str| fs::read_to_string(stack(name).join(file)).unwrap();
        let (compose, example) = (read("docker-compose.yml"), variables(&read(example)));
        let told: BTreeSet<String> = example.iter().map(|(name, _)| name.clone()).collect();
        assert_eq!(told.len(), example.len(), "{name}: a variable comes twice");
        assert_eq!(
            told,
            filled_in(&compose),
            "{name}: the example, and what docker-compose.yml reads"
        );
        for variable in filled_in(&read("perijove.toml")) {
            let passed_on = compose
                .lines()
                .any(|line| line.trim().starts_with(&format!("{variable}: ")));
            assert!(
                passed_on,
                "{name}: perijove.toml reads {variable}, docker-compose.yml does not pass it on"
            );
        }
        for (variable, value) in &example {
            let secret = ["PASSWORD", "SECRET", "TOKEN", "KEY"]
                .iter()
                .any(|kind| variable.ends_with(kind));
            assert_eq!(
                secret,
                value == "CHANGE",
                "{name}: {variable} is a secret, or it is none"
            );
        }
    }
}

#[test]
fn configurations_are_right_with_their_examples() {
    for (name, example) in [
        ("data", None),
        ("homelab", Some("example-stack.env")),
        ("platform", Some("example.env")),
    ] {
        let mut check = Command::new(env!("CARGO_BIN_EXE_perijove"));
        check
            .args(["config", "check", "--config"])
            .arg(stack(name).join("perijove.toml"));
        check.env_clear().env("PATH", "/usr/bin:/bin");
        // docker-compose.yml puts it together.
        check.env(
            "POSTGRES_CONNECTION_STRING",
            "postgresql://jupyterhub:x@postgres:5432/jupyterhub_db",
        );
        let text = example.map(|file| fs::read_to_string(stack(name).join(file)).unwrap());
        for (at, (variable, value)) in variables(&text.unwrap_or_default()).into_iter().enumerate() {
            // Passwords of different people must differ.
            let other = SECRET.replace('0', &at.to_string());
            check.env(
                variable,
                if value == "CHANGE" && at % 2 == 1 {
                    other
                } else {
                    value.replace("CHANGE", SECRET)
                },
            );
        }
        let output = check.output().unwrap();
        assert!(
            output.status.success(),
            "{name}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

#[test]
fn secrets_are_made_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;

    let dir = tempfile::tempdir().unwrap();
    for file in ["secrets.sh", "example-stack.env"] {
        fs::copy(stack("homelab").join(file), dir.path().join(file)).unwrap();
    }
    let make = || {
        Command::new("bash")
            .arg(dir.path().join("secrets.sh"))
            .output()
            .unwrap()
    };
    assert!(make().status.success());
    let made = dir.path().join("stack.env");
    let mode = || fs::metadata(&made).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(), 0o600);
    let text = fs::read_to_string(&made).unwrap();
    let secrets: BTreeSet<String> = variables(&text)
        .into_iter()
        .map(|(_, value)| value)
        .filter(|value| value.len() == 64)
        .collect();
    assert_eq!(secrets.len(), 4, "each has one of its own");
    assert!(!text.contains("=CHANGE"));

    // One that is there stays as it is, but for who may read it.
    fs::set_permissions(&made, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(make().status.success());
    assert_eq!(mode(), 0o600);
    assert_eq!(fs::read_to_string(&made).unwrap(), text);
}
