//! Names without end, and names that are one another's.

use perijove_store::{Db, Stmt};
use perijove_testkit::App;
use reqwest::Method;

use super::super::accounts::{GOOD, native_app, status, try_in};
use super::super::setup::account;
use super::super::signed_in;

/// JupyterHub wrote the name of whoever failed to the log, however long it was: the log is read by `logs.rs`.
#[tokio::test]
async fn cve_2026_54338_a_name_of_a_megabyte_is_refused() {
    let app = native_app().await;
    let browser = app.browser();
    let answer = try_in(&browser, &"x".repeat(1_000_000), "a password", "").await;
    assert!((400..500).contains(&answer.status), "{}", answer.status);
    assert!(answer.body.len() < 20_000, "{} bytes come back", answer.body.len());
    const LONGEST: Stmt = Stmt::read("SELECT MAX(LENGTH(who)) FROM perijove_attempts");
    let longest: Option<i64> = app.hub.store.one(&LONGEST, &[]).await.unwrap();
    assert!(longest.is_none_or(|longest| longest < 100), "{longest:?}");
}

/// FirstUseAuthenticator set a new password for the same name in capitals.
#[tokio::test]
async fn cve_2021_41194_another_spelling_is_the_same_account() {
    let app = native_app().await;
    account(&app, "alice", GOOD).await;
    assert_eq!(status(&app, "Alice", "another long password").await, 403);
    assert_eq!(status(&app, "ALICE", GOOD).await, 302);
    assert_eq!(status(&app, "alice", GOOD).await, 302);
}

/// KubeSpawner gave the server `b` of `user-a` the name of the server `a-b` of `user`: nobody comes to another's by it.
#[tokio::test]
async fn cve_2020_15110_names_that_read_alike_are_two() {
    let app = App::builder()
        .config("[hub]\nallow_named_servers = true\n")
        .start()
        .await;
    let (short, long) = (app.sign_in("ann").await, app.sign_in("ann-lee").await);
    short
        .api(Method::POST, "users/ann/servers/lee-b", None)
        .await
        .expect(201);
    let first = app.spawner.specs().pop().unwrap();
    long.api(Method::POST, "users/ann-lee/servers/b", None)
        .await
        .expect(201);
    let second = app.spawner.specs().pop().unwrap();
    for name in [
        "JUPYTERHUB_CLIENT_ID",
        "JUPYTERHUB_SERVICE_PREFIX",
        "JUPYTERHUB_OAUTH_CALLBACK_URL",
    ] {
        assert_ne!(first.env[name], second.env[name], "{name}");
    }
    assert_ne!(first.api_token.expose(), second.api_token.expose());
    for (browser, spec) in [(&short, &second), (&long, &first)] {
        let id: String = url::form_urlencoded::byte_serialize(spec.env["JUPYTERHUB_CLIENT_ID"].as_bytes()).collect();
        let path = format!("hub/api/oauth2/authorize?client_id={id}&response_type=code&state=s");
        let answer = browser.get(&path).await;
        assert!(!answer.to().contains("code="), "{}", answer.to());
    }
    assert!(signed_in(&short).await && signed_in(&long).await);
}
