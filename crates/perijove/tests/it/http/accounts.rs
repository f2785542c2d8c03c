//! Accounts with passwords: those that a JupyterHub left, what a new password must be, and that guessing is slow.

use jiff::SignedDuration;
use perijove_store::{Db, Stmt, native, users};
use perijove_testkit::{Answer, App, Browser};

use super::setup::account;

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

pub async fn status(app: &App, name: &str, password: &str) -> u16 {
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
pub async fn left_by_jupyterhub() -> App {
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
async fn what_was_taken_over_is_not_taken_over_again() {
    let app = left_by_jupyterhub().await;
    account(&app, "ada", GOOD).await;
    let app = app.restart().await;
    assert_eq!(status(&app, "ada", "a good old password").await, 403);
    assert_eq!(status(&app, "ada", GOOD).await, 302);
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
async fn passwords_of_first_use_are_taken_over_by_configuration() {
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
