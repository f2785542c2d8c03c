//! What depends on the database, once more on PostgreSQL.

use std::process::Command;

use crate::support::{skip, variable};

/// Of the tests in this folder, those whose queries matter.
const AGAIN: [&str; 8] = [
    "http::replicas",
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
    let again = Command::new(std::env::current_exe().unwrap())
        .args(AGAIN)
        .env("PERIJOVE_TESTKIT_POSTGRES", server)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&again.stdout);
    assert!(
        again.status.success(),
        "{told}{}",
        String::from_utf8_lossy(&again.stderr)
    );
    assert!(
        told.contains("http::replicas::any_hub_answers_for_what_another_began ... ok"),
        "{told}"
    );
}
