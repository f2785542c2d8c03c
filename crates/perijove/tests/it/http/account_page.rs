//! The page of one's account: sessions, password, one-time codes.

use jiff::SignedDuration;
use perijove_auth::totp;
use perijove_model::{Clock, Secret};
use perijove_testkit::{Answer, App, Browser};
use reqwest::Method;
use serde_json::json;

use super::accounts::{GOOD, native_app, try_in};
use super::oauth::token_of;
use super::setup::account;
use super::{signed_in, start_server};

async fn send(browser: &Browser, part: &str, fields: &[(&str, &str)]) -> Answer {
    browser.get("hub/account").await.expect(200);
    browser.post_form(&format!("hub/account/{part}"), fields).await
}

async fn change(browser: &Browser, old: &str, new: &str) -> Answer {
    browser.get("hub/change-password").await.expect(200);
    let fields = [
        ("old_password", old),
        ("new_password", new),
        ("new_password_confirmation", new),
    ];
    browser.post_form("hub/change-password", &fields).await
}

/// The text of the element with this id.
fn text_of(body: &str, id: &str) -> String {
    let at = body
        .find(&format!("id=\"{id}\""))
        .unwrap_or_else(|| panic!("{id}: {body}"));
    let begin = at + body[at..].find('>').unwrap() + 1;
    body[begin..begin + body[begin..].find('<').unwrap()].to_owned()
}

#[tokio::test]
async fn defect_l_a_new_password_ends_all_other_sessions_and_what_they_opened() {
    let app = native_app().await;
    let old = account(&app, "ann", GOOD).await;
    start_server(&old, "ann").await;
    let at_server = token_of(&app, &old).await;
    let ann = app.browser();
    assert_eq!(ann.sign_in_status("ann", GOOD).await, 302);
    let new = "another long password";
    let refused = change(&ann, "a wrong password", new).await.expect(400);
    assert!(refused.body.contains("The old password is wrong."), "{}", refused.body);
    let weak = change(&ann, GOOD, "ann-ann-ann").await.expect(400);
    assert!(weak.body.contains("a name that others know"), "{}", weak.body);
    assert!(signed_in(&old).await, "nothing has changed so far");
    assert_eq!(change(&ann, GOOD, new).await.expect(302).to(), "/hub/account");
    assert!(signed_in(&ann).await);
    assert!(!signed_in(&old).await);
    let seen = app
        .browser()
        .api_with_token(&at_server, Method::GET, "user", None)
        .await;
    assert_eq!(seen.status, 403, "nor is the old browser known to the server");
    assert_eq!(app.browser().sign_in_status("ann", GOOD).await, 403);
    assert_eq!(app.browser().sign_in_status("ann", new).await, 302);
}

#[tokio::test]
async fn guessing_the_old_password_is_slow_too() {
    let app = native_app().await;
    let ann = account(&app, "ann", GOOD).await;
    for _ in 0..3 {
        change(&ann, "a wrong password", "another long password")
            .await
            .expect(400);
    }
    change(&ann, GOOD, "another long password").await.expect(400);
    app.clock.advance(SignedDuration::from_secs(61));
    change(&ann, GOOD, "another long password").await.expect(302);
}

#[tokio::test]
async fn sessions_are_seen_and_ended() {
    let app = native_app().await;
    let (here, there) = (account(&app, "ann", GOOD).await, app.browser());
    there.sign_in_status("ann", GOOD).await;
    let page = here.get("hub/account").await.expect(200);
    assert_eq!(page.body.matches("data-session-id").count(), 2, "{}", page.body);
    let list = here
        .api(Method::GET, "users/ann/sessions", None)
        .await
        .expect(200)
        .json();
    let other = list["sessions"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["current"] == false);
    let id = other.unwrap()["id"].to_string();
    // Somebody else's can't be ended.
    let bob = account(&app, "bob", GOOD).await;
    send(&bob, "sessions", &[("what", "one"), ("id", &id)])
        .await
        .expect(200);
    assert!(signed_in(&there).await);
    bob.api(Method::DELETE, &format!("users/ann/sessions/{id}"), None)
        .await
        .expect(404);
    send(&here, "sessions", &[("what", "one"), ("id", &id)])
        .await
        .expect(200);
    assert!(!signed_in(&there).await);
    there.sign_in_status("ann", GOOD).await;
    send(&here, "sessions", &[("what", "others")]).await.expect(200);
    assert!(signed_in(&here).await && !signed_in(&there).await);
}

#[tokio::test]
async fn administrators_end_sessions_and_make_links() {
    let toml = "[[auth]]\nkind = \"native\"\n[access]\nadmin_users = [\"ruth\"]\n";
    let app = App::builder().config(toml).start().await;
    let (ann, ruth) = (account(&app, "ann", GOOD).await, account(&app, "ruth", GOOD).await);
    ruth.api(Method::DELETE, "users/ann/sessions", None).await.expect(204);
    assert!(!signed_in(&ann).await);
    ann.sign_in_status("ann", GOOD).await;
    let id = ruth.api(Method::GET, "users/ann/sessions", None).await.json()["sessions"][0]["id"].to_string();
    ruth.api(Method::DELETE, &format!("users/ann/sessions/{id}"), None)
        .await
        .expect(204);
    ruth.api(Method::DELETE, &format!("users/ann/sessions/{id}"), None)
        .await
        .expect(404);
    ruth.api(Method::DELETE, "users/ann/sessions/x", None).await.expect(404);
    assert!(!signed_in(&ann).await);
    let made = ruth
        .api(Method::POST, "users/ann/password-link", Some(json!({})))
        .await
        .expect(201)
        .json();
    assert!(made["url"].as_str().unwrap().contains("/hub/setup?token="), "{made}");
    ann.sign_in_status("ann", GOOD).await;
    ann.api(Method::POST, "users/ruth/password-link", Some(json!({})))
        .await
        .expect(403);
    ann.get("hub/change-password/ruth").await.expect(404);
}

#[tokio::test]
async fn defect_k_codes_are_asked_for_once_somebody_has_shown_one() {
    let app = native_app().await;
    app.clock.advance(SignedDuration::from_secs(3600));
    let ann = account(&app, "ann", GOOD).await;
    send(&ann, "codes", &[("what", "propose"), ("password", "a wrong password")])
        .await
        .expect(400);
    let page = send(&ann, "codes", &[("what", "propose"), ("password", GOOD)])
        .await
        .expect(200);
    assert!(page.body.contains("<svg"), "{}", page.body);
    let secret = Secret::new(text_of(&page.body, "otp-secret"));
    // Whoever goes away now is not locked out.
    assert_eq!(try_in(&app.browser(), "ann", GOOD, "").await.status, 302);
    send(&ann, "codes", &[("what", "confirm"), ("code", "000000")])
        .await
        .expect(400);
    let code = totp::code_at(&secret, app.clock.now()).unwrap();
    let done = send(&ann, "codes", &[("what", "confirm"), ("code", &code)])
        .await
        .expect(200);
    let at = done.body.find("id=\"recovery-codes\"").unwrap();
    let recovery = done.body[at..].split("class=\"secret\">").nth(1).unwrap()[..19].to_owned();

    let asked = try_in(&app.browser(), "ann", GOOD, "").await.expect(403);
    assert!(asked.body.contains("id=\"otp_input\""), "{}", asked.body);
    assert_eq!(
        try_in(&app.browser(), "ann", GOOD, &code).await.status,
        403,
        "it was used to confirm"
    );
    app.clock.advance(SignedDuration::from_secs(30));
    let next = totp::code_at(&secret, app.clock.now()).unwrap();
    assert_eq!(try_in(&app.browser(), "ann", GOOD, &next).await.status, 302);
    assert_eq!(try_in(&app.browser(), "ann", GOOD, &recovery).await.status, 302);
    assert_eq!(try_in(&app.browser(), "ann", GOOD, &recovery).await.status, 403, "once");
    let page = ann.get("hub/account").await.expect(200);
    assert!(page.body.contains("9 recovery codes are left"), "{}", page.body);
    assert!(!page.body.contains(secret.expose()), "the secret is not shown again");

    send(&ann, "codes", &[("what", "remove"), ("password", GOOD)])
        .await
        .expect(200);
    assert_eq!(try_in(&app.browser(), "ann", GOOD, "").await.status, 302);
}

/// As the sign-in page of a JupyterHub with `request_otp`, and with NativeAuthenticator's name of the field.
#[tokio::test]
async fn the_form_may_ask_from_the_beginning() {
    let toml = "[[auth]]\nkind = \"native\"\nrequest_otp = true\n";
    let app = App::builder().config(toml).start().await;
    account(&app, "ann", GOOD).await;
    let page = app.browser().get("hub/login").await.expect(200);
    assert!(page.body.contains("name=\"otp\""), "{}", page.body);
    let ann = app.browser();
    ann.get("hub/login").await.expect(200);
    let fields = [("username", "ann"), ("password", GOOD), ("2fa", "")];
    ann.post_form("hub/login", &fields).await.expect(302);
}

#[tokio::test]
async fn the_forms_need_the_pages_own_token() {
    let app = native_app().await;
    let ann = account(&app, "ann", GOOD).await;
    for (path, fields) in [
        ("hub/account/sessions", [("what", "others"), ("x", "")]),
        (
            "hub/change-password",
            [("old_password", GOOD), ("new_password", "another long password")],
        ),
    ] {
        let request = ann.request(Method::POST, path).form(&fields);
        assert_eq!(ann.send(request).await.status, 403, "{path}");
    }
    assert_eq!(
        app.browser().get("hub/account").await.expect(302).to(),
        "/hub/login?next=%2Fhub%2Faccount"
    );
}
