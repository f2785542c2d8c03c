//! What depends on the database, once more on PostgreSQL.

use std::process::Command;

use crate::support::{skip, variable};

/// Of the tests in this folder, those whose queries matter.
const AGAIN: [&str; 9] = [
    "http::replicas",
    "http::acting",
    "http::entitlements",
    "http::profiles",
    "http::rest",
    "http::oauth",
    "http::setup",
    "http::hostile::a_nul",
    "http::hostile::odd_addresses",
];

#[test]
fn the_hub_does_the_same_on_postgresql() {
    let what = "the hub on PostgreSQL";
    let Some(server) = variable("PERIJOVE_TEST_POSTGRES") else {
        return skip(
            what,
            "PERIJOVE_TEST_POSTGRES names no server (scripts/with-postgres.sh starts one)",
        );
    };
    let (passed, told) = run(&AGAIN, &server);
    if !passed {
        let failed: Vec<_> = told.lines().filter_map(failed_test).collect();
        // Once more and alone: what fails again is broken, and what does not is told aloud.
        let passes_alone = (1..=2).contains(&failed.len()) && run(&failed, &server).0;
        assert!(passes_alone, "{told}");
        let why = told.split("failures:").nth(1).unwrap_or_default().replace('\n', " ");
        // What the hub did last, and what came of it.
        let why = &why[why.floor_char_boundary(why.len().saturating_sub(2500))..];
        skip(what, &format!("beside others this failed, and passed alone: {why}"));
    }
    assert!(
        told.contains("http::replicas::any_hub_answers_for_what_another_began ... ok"),
        "{told}"
    );
}

fn run(tests: &[&str], server: &str) -> (bool, String) {
    let again = Command::new(std::env::current_exe().unwrap())
        .args(tests)
        .env("PERIJOVE_TESTKIT_POSTGRES", server)
        .env("PERIJOVE_TESTKIT_LOG", "1")
        .output()
        .unwrap();
    let [told, error] = [&again.stdout, &again.stderr].map(|told| String::from_utf8_lossy(told).into_owned());
    (again.status.success(), told + &error)
}

/// The test of a line of the report, if it has failed.
fn failed_test(line: &str) -> Option<&str> {
    line.strip_prefix("test ")?.strip_suffix(" ... FAILED")
}
