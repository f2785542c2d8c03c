//! Accounts with passwords: those that a JupyterHub left, what a new password must be, and that guessing is slow.

use jiff::SignedDuration;
use perijove_auth::totp;
use perijove_model::{Clock, Secret};
use perijove_store::{Db, Stmt, native, users};
use perijove_testkit::{Answer, App, Browser};

use super::setup::account;
use super::signed_in;

pub const NATIVE: &str =
    "[[auth]]\nkind = \"native\"\n[access]\nallowed_failed_logins = 3\nseconds_before_next_try = 60\n";
pub const GOOD: &str = "a good long password";

pub async fn native_app() -> App {
    App::builder().config(NATIVE).start().await
}

pub async fn try_in(browser: &Browser, name: &str, password: &str, code: &str) -> Answer {
    browser.get("hub/login").await.expect(200);
    let fields = [("username", name), ("password", password), ("otp", code)];
    browser.post_form("hub/login", &fields).await
}

async fn status(app: &App, name: &str, password: &str) -> u16 {
    try_in(&app.browser(), name, password, "").await.status
}

/// Somebody as NativeAuthenticator 1.3.0 has written them.
struct Left {
    name: &'static str,
    hash: &'static str,
    authorized: bool,
    asked_for_code: bool,
    secret: &'static str,
}

/// Their passwords are `a good old password`, `another old password` and twice `a third old password`.
const LEFT: [Left; 4] = [
    Left {
        name: "ada",
        hash: "$2b$12$NKWmR2kIcfwaPEpC2271vukJ958x6/LpmGYr8g5WI5ED6y0xYeB12",
        authorized: true,
        asked_for_code: false,
        secret: "CSXHWSXJ5ECSO62W",
    },
    Left {
        name: "grace",
        hash: "$2b$12$HMgCarVTRmabqWDzSWT/E.us2oYl0W8Qvp0zhTrZ7/7TlMhSFVIhi",
        authorized: true,
        asked_for_code: true,
        secret: "JBSWY3DPEHPK3PXP",
    },
    Left {
        name: "waits",
        hash: "$2b$12$1MMQCW0avibJ9vuhcdrw4uLAEt3SGX1LV0rttl5qUcmVRMmJ5GDRO",
        authorized: false,
        asked_for_code: false,
        secret: "C246ELMQP2XBMGRE",
    },
    Left {
        name: "ada",
        hash: "$2b$12$1MMQCW0avibJ9vuhcdrw4uLAEt3SGX1LV0rttl5qUcmVRMmJ5GDRO",
        authorized: true,
        asked_for_code: false,
        secret: "C246ELMQP2XBMGRE",
    },
];
const TABLE: &str = "CREATE TABLE users_info (id INTEGER NOT NULL, username VARCHAR(128) NOT NULL, password BYTES NOT NULL, \
     is_authorized BOOLEAN, login_email_sent BOOLEAN, email VARCHAR(128), has_2fa BOOLEAN, otp_secret VARCHAR(16), \
     CONSTRAINT pk_users_info PRIMARY KEY (id))";

/// A hub that goes on with the database of a JupyterHub that had NativeAuthenticator.
async fn left_by_jupyterhub() -> App {
    let app = native_app().await;
    let store = &app.hub.store;
    let bytes = if store.kind() == "postgresql" { "BYTEA" } else { "BLOB" };
    let table: &'static str = Box::leak(TABLE.replace("BYTES", bytes).into_boxed_str());
    store.execute(&Stmt::write(table), &[]).await.unwrap();
    const ROW: Stmt = Stmt::write("INSERT INTO users_info VALUES ($1, $2, $3, $4, FALSE, NULL, $5, $6)");
    for (id, left) in (1_i64..).zip(LEFT) {
        let params = [
            id.into(),
            left.name.into(),
            Some(left.hash.as_bytes()).into(),
            left.authorized.into(),
            left.asked_for_code.into(),
            left.secret.into(),
        ];
        store.execute(&ROW, &params).await.unwrap();
    }
    app.restart().await
}

#[tokio::test]
async fn people_of_native_authenticator_sign_in_with_their_old_passwords() {
    let app = left_by_jupyterhub().await;
    assert_eq!(status(&app, "ada", "a bad old password").await, 403);
    assert_eq!(
        status(&app, "ada", "a third old password").await,
        403,
        "the first of a name counts"
    );
    assert_eq!(status(&app, "ADA", "a good old password").await, 302);
    let ada = users::by_name(&app.hub.store, "ada").await.unwrap().unwrap();
    let hash = native::hash_of(&app.hub.store, ada.id).await.unwrap().unwrap();
    assert!(hash.starts_with("$argon2id$"), "hashed anew: {hash}");
    assert_eq!(status(&app, "ada", "a good old password").await, 302);
    assert_eq!(
        status(&app, "waits", "a third old password").await,
        403,
        "nobody has let them in"
    );
}

#[tokio::test]
async fn one_time_codes_go_on_and_none_holds_twice() {
    let app = left_by_jupyterhub().await;
    let password = "another old password";
    let asked = try_in(&app.browser(), "grace", password, "").await.expect(403);
    assert!(asked.body.contains("id=\"otp_input\""), "{}", asked.body);
    let secret = Secret::new("JBSWY3DPEHPK3PXP");
    app.clock.advance(SignedDuration::from_secs(3600));
    let earlier = app.clock.now() - SignedDuration::from_secs(30);
    let code = totp::code_at(&secret, earlier).unwrap();
    assert_eq!(
        try_in(&app.browser(), "grace", password, &code).await.status,
        302,
        "of the step before"
    );
    assert_eq!(
        try_in(&app.browser(), "grace", password, &code).await.status,
        403,
        "a second time"
    );
}

#[tokio::test]
async fn what_was_taken_over_is_not_taken_over_again() {
    let app = left_by_jupyterhub().await;
    account(&app, "ada", GOOD).await;
    let app = app.restart().await;
    assert_eq!(status(&app, "ada", "a good old password").await, 403);
    assert_eq!(status(&app, "ada", GOOD).await, 302);
}

#[tokio::test]
async fn who_fails_often_waits_longer_each_time() {
    let app = native_app().await;
    account(&app, "ann", GOOD).await;
    for _ in 0..3 {
        assert_eq!(status(&app, "ann", "a wrong password").await, 403);
    }
    let told = try_in(&app.browser(), "ann", GOOD, "").await.expect(403);
    assert!(
        told.body.contains("Invalid username or password"),
        "as any other: {}",
        told.body
    );
    app.clock.advance(SignedDuration::from_secs(61));
    assert_eq!(status(&app, "ann", "a wrong password").await, 403);
    app.clock.advance(SignedDuration::from_secs(61));
    assert_eq!(status(&app, "ann", GOOD).await, 403, "two minutes after the fourth");
    app.clock.advance(SignedDuration::from_secs(60));
    assert_eq!(status(&app, "ann", GOOD).await, 302);
    // Not a day later either, and the count begins anew.
    app.clock.advance(SignedDuration::from_hours(24));
    assert_eq!(status(&app, "ann", "a wrong password").await, 403);
    assert_eq!(status(&app, "ann", GOOD).await, 302);
}

#[tokio::test]
async fn another_hub_and_a_restart_know_of_it() {
    let app = native_app().await;
    account(&app, "ann", GOOD).await;
    for _ in 0..3 {
        status(&app, "ann", "a wrong password").await;
    }
    let other = app.replica().await;
    assert_eq!(try_in(&other.browser(), "ann", GOOD, "").await.status, 403);
    other.stop().await;
    let app = app.restart().await;
    assert_eq!(status(&app, "ann", GOOD).await, 403);
    // Not other people, and a link of an administrator's ends the wait.
    account(&app, "bob", GOOD).await;
    assert_eq!(status(&app, "bob", GOOD).await, 302);
    account(&app, "ann", "another long password").await;
    assert_eq!(status(&app, "ann", "another long password").await, 302);
}

#[tokio::test]
async fn many_guesses_at_once_are_as_many_as_one_after_the_other() {
    let app = native_app().await;
    account(&app, "ann", GOOD).await;
    status(&app, "ann", "a wrong password").await;
    let guesses = (0..8).map(|_| status(&app, "ann", "a wrong password"));
    futures_util::future::join_all(guesses).await;
    app.clock.advance(SignedDuration::from_secs(61));
    assert_eq!(
        status(&app, "ann", GOOD).await,
        302,
        "no more than three were looked at"
    );
}

#[tokio::test]
async fn an_address_that_guesses_at_many_names_waits_too() {
    let toml = "[[auth]]\nkind = \"native\"\n[access]\nallowed_failed_logins_per_address = 3\n";
    let app = App::builder().config(toml).start().await;
    account(&app, "ann", GOOD).await;
    for name in ["bob", "cleo", "dora"] {
        assert_eq!(status(&app, name, "a wrong password").await, 403);
    }
    assert_eq!(status(&app, "ann", GOOD).await, 403);
    app.clock.advance(SignedDuration::from_secs(31));
    assert_eq!(status(&app, "ann", GOOD).await, 302);
}

/// The name is neither kept nor written to a log at this length.
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

#[tokio::test]
async fn long_passwords_are_passwords() {
    let app = native_app().await;
    for length in [72, 73, 1024] {
        let password = "correct horse battery staple, and an umbrella for the purple sky "
            .repeat(20)
            .chars()
            .take(length)
            .collect::<String>();
        let browser = account(&app, &format!("ann{length}"), &password).await;
        assert!(signed_in(&browser).await);
        assert_eq!(status(&app, &format!("ann{length}"), &password).await, 302);
        let shorter = &password[..length - 1];
        assert_eq!(
            status(&app, &format!("ann{length}"), shorter).await,
            403,
            "all of it counts"
        );
    }
}

/// Upstream hashed the stored hash again: the password failed, and the text of the hash signed in.
#[tokio::test]
async fn defect_a_passwords_of_first_use_are_taken_over_by_configuration() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("passwords.dbm");
    let hash = LEFT[0].hash;
    std::fs::write(&file, format!("ada:{hash}\n")).unwrap();
    let toml = format!(
        "[[auth]]\nkind = \"native\"\nimport_from_firstuse = true\nfirstuse_db_path = \"{}\"\n",
        file.display()
    );
    let app = App::builder().config(&toml).start().await;
    assert_eq!(status(&app, "ada", hash).await, 403, "the hash is no password");
    assert_eq!(status(&app, "ada", "a good old password").await, 302);
    // Once: what they have chosen since stays, and the file may go.
    account(&app, "ada", GOOD).await;
    std::fs::remove_file(&file).unwrap();
    let app = app.restart().await;
    assert_eq!(status(&app, "ada", "a good old password").await, 403);
    assert_eq!(status(&app, "ada", GOOD).await, 302);
    let missing = tokio::spawn(async move { App::builder().config(&toml).start().await });
    assert!(
        missing.await.is_err(),
        "a file that is not there is told of at the start"
    );
}
