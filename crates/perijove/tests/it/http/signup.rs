//! People who make an account themselves, or ask for one.

use perijove_testkit::{Answer, App, Browser};
use reqwest::Method;

use super::accounts::GOOD;
use super::setup::account;
use super::signed_in;

pub fn native(keys: &str) -> String {
    format!("[[auth]]\nkind = \"native\"\n{keys}\n[access]\nadmin_users = [\"ruth\"]\nblocked_users = [\"eve\"]\n")
}

pub async fn sign_up(app: &App, name: &str, password: &str, more: &[(&str, &str)]) -> Answer {
    let browser = app.browser();
    browser.get("hub/signup").await.expect(200);
    let fields = [
        ("username", name),
        ("signup_password", password),
        ("signup_password_confirmation", password),
    ];
    browser.post_form("hub/signup", &[&fields, more].concat()).await
}

async fn status(app: &App, name: &str) -> u16 {
    app.browser().sign_in_status(name, GOOD).await
}

async fn press(browser: &Browser, path: &str) -> Answer {
    browser.get("hub/authorize").await.expect(200);
    browser.post_form(path, &[]).await
}

#[tokio::test]
async fn it_is_closed_unless_opened() {
    let app = App::builder().config(&native("")).start().await;
    app.browser().get("hub/signup").await.expect(404);
    let page = app.browser().get("hub/login").await.expect(200);
    assert!(!page.body.contains("hub/signup"), "{}", page.body);
}

/// Upstream's `open_signup` alone let nobody in.
#[tokio::test]
async fn an_open_door_lets_in_at_once() {
    let app = App::builder().config(&native("open_signup = true")).start().await;
    let page = app.browser().get("hub/login").await.expect(200);
    assert!(page.text().contains("href=\"/hub/signup\""), "{}", page.body);
    sign_up(&app, "Ann", GOOD, &[]).await.expect(200);
    assert_eq!(status(&app, "ann").await, 302);
    for (name, password, words) in [
        ("ann", GOOD, "This name is taken"),
        ("ruth", GOOD, "This name is taken"),
        ("eve", GOOD, "This name is taken"),
        ("a/b", GOOD, "This name is taken"),
        ("bob", "short", "has 5 characters"),
        ("bob", "1234567890", "Many people use this password"),
    ] {
        let answer = sign_up(&app, name, password, &[]).await.expect(400);
        assert!(answer.text().contains(words), "{name}: {}", answer.body);
        assert!(!answer.body.contains(password), "no password comes back");
    }
    assert_eq!(
        status(&app, "ruth").await,
        403,
        "nobody becomes an administrator by a name"
    );
}

#[tokio::test]
async fn who_asks_waits_for_an_administrators_word() {
    let app = App::builder().config(&native("enable_signup = true")).start().await;
    let ruth = account(&app, "ruth", GOOD).await;
    sign_up(&app, "ann", GOOD, &[("email", "ann@example.org")])
        .await
        .expect(200);
    sign_up(&app, "bob", GOOD, &[]).await.expect(200);
    sign_up(&app, "cleo", GOOD, &[]).await.expect(200);
    assert_eq!(status(&app, "ann").await, 403);
    let page = ruth.get("hub/authorize").await.expect(200);
    assert!(page.body.contains("ann@example.org"), "{}", page.body);
    assert!(ruth.get("hub/admin").await.expect(200).body.contains("id=\"waiting\""));

    // A picture on a page of somebody else's lets nobody in.
    ruth.get("hub/authorize/ann").await.expect(302);
    ruth.get("hub/discard/ann").await.expect(302);
    let forged = ruth.request(Method::POST, "hub/authorize/ann").form(&[("x", "")]);
    assert_eq!(ruth.send(forged).await.status, 403);
    assert_eq!(status(&app, "ann").await, 403);

    press(&ruth, "hub/authorize/ann").await.expect(200);
    press(&ruth, "hub/discard/bob").await.expect(200);
    ruth.api(Method::POST, "signups/cleo", None).await.expect(204);
    ruth.api(Method::POST, "signups/cleo", None).await.expect(404);
    ruth.api(Method::DELETE, "signups/bob", None).await.expect(404);
    assert_eq!(
        ruth.api(Method::GET, "signups", None).await.json()["signups"],
        serde_json::json!([])
    );
    assert_eq!(status(&app, "ann").await, 302);
    assert_eq!(status(&app, "bob").await, 403);
    assert_eq!(status(&app, "cleo").await, 302);
}

#[tokio::test]
async fn only_who_may_make_accounts_lets_in() {
    let app = App::builder().config(&native("enable_signup = true")).start().await;
    let ann = account(&app, "ann", GOOD).await;
    sign_up(&app, "bob", GOOD, &[]).await.expect(200);
    ann.get("hub/authorize").await.expect(403);
    ann.api(Method::GET, "signups", None).await.expect(403);
    ann.api(Method::POST, "signups/bob", None).await.expect(403);
    assert_eq!(status(&app, "bob").await, 403);
}

/// The rules of `[access]` need not name whom an administrator has let in.
#[tokio::test]
async fn an_administrators_word_is_enough() {
    let toml = "[[auth]]\nkind = \"native\"\nenable_signup = true\n[access]\nallow_existing_users = false\nadmin_users = [\"ruth\"]\n";
    let app = App::builder().config(toml).start().await;
    let ruth = account(&app, "ruth", GOOD).await;
    assert!(signed_in(&ruth).await);
    sign_up(&app, "ann", GOOD, &[]).await.expect(200);
    ruth.api(Method::POST, "signups/ann", None).await.expect(204);
    assert_eq!(status(&app, "ann").await, 302);
}
