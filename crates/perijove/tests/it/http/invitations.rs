//! Invitations for whoever has the link.

use jiff::SignedDuration;
use perijove_store::{native, users};
use perijove_testkit::{Answer, App, Browser};
use reqwest::Method;
use serde_json::{Value, json};

use super::accounts::GOOD;
use super::setup::account;
use super::{signed_in, token};
use crate::postbox::{Postbox, Way};

const NATIVE: &str = "[[auth]]\nkind = \"native\"\nenable_signup = true\n[access]\nallow_existing_users = false\n\
     admin_users = [\"ruth\"]\nblocked_users = [\"eve\"]\n[[group]]\nname = \"class\"\n";

async fn school() -> (App, Browser) {
    let app = App::builder().config(NATIVE).start().await;
    let ruth = account(&app, "ruth", GOOD).await;
    (app, ruth)
}

async fn invite(by: &Browser, wish: Value) -> Value {
    by.api(Method::POST, "invitations", Some(wish)).await.expect(201).json()
}

/// Path and token of a link.
fn parts(invitation: &Value) -> (String, String) {
    let url = url::Url::parse(invitation["url"].as_str().unwrap()).unwrap();
    let token = url.query_pairs().next().unwrap().1.into_owned();
    (format!("{}?{}", url.path(), url.query().unwrap()), token)
}

async fn join(app: &App, invitation: &Value, name: &str) -> (Browser, Answer) {
    let (browser, (path, token)) = (app.browser(), parts(invitation));
    let page = browser.get(&path).await;
    if page.status != 200 {
        return (browser, page);
    }
    let fields = [
        ("token", token.as_str()),
        ("username", name),
        ("password", GOOD),
        ("password_again", GOOD),
    ];
    let answer = browser.post_form("hub/setup", &fields).await;
    (browser, answer)
}

async fn groups_of(app: &App, name: &str) -> Vec<String> {
    let user = users::by_name(&app.hub.store, name).await.unwrap().unwrap();
    perijove_store::groups::of_user(&app.hub.store, user.id).await.unwrap()
}

#[tokio::test]
async fn whoever_has_the_link_makes_an_account_in_its_groups() {
    let (app, ruth) = school().await;
    let invitation = invite(&ruth, json!({ "groups": ["class"], "uses": 2 })).await;
    assert_eq!(
        (&invitation["uses_left"], &invitation["made_by"]),
        (&json!(2), &json!("ruth"))
    );
    let (path, _) = parts(&invitation);
    let page = app.browser().get(&path).await.expect(200);
    assert!(page.body.contains("You are invited"), "{}", page.body);
    // Looking at it uses nothing up.
    for _ in 0..3 {
        app.browser().get(&path).await.expect(200);
    }
    let (ann, answer) = join(&app, &invitation, "Ann").await;
    answer.expect(302);
    assert!(signed_in(&ann).await, "at once");
    assert_eq!(groups_of(&app, "ann").await, ["class"]);
    assert_eq!(
        app.browser().sign_in_status("ann", GOOD).await,
        302,
        "no rule need name them"
    );
    let listed = ruth.api(Method::GET, "invitations", None).await.expect(200).json();
    assert_eq!(listed["invitations"][0]["uses_left"], 1);
    assert!(listed["invitations"][0].get("url").is_none(), "the link is told once");
    join(&app, &invitation, "bob").await.1.expect(302);
    join(&app, &invitation, "cleo").await.1.expect(404);
    let listed = ruth.api(Method::GET, "invitations", None).await.expect(200).json();
    assert_eq!(listed["invitations"], json!([]));
}

#[tokio::test]
async fn it_is_a_way_into_no_account_that_there_is() {
    let (app, ruth) = school().await;
    account(&app, "bob", GOOD).await;
    let browser = app.browser();
    browser.get("hub/signup").await.expect(200);
    let fields = [
        ("username", "waits"),
        ("signup_password", GOOD),
        ("signup_password_confirmation", GOOD),
    ];
    browser.post_form("hub/signup", &fields).await.expect(200);
    let invitation = invite(&ruth, json!({})).await;
    for name in ["bob", "BOB", "ruth", "eve", "waits", "a/b", ""] {
        let (thief, answer) = join(&app, &invitation, name).await;
        let answer = answer.expect(400);
        assert!(answer.body.contains("setup_form"), "{name}: {}", answer.body);
        assert!(!signed_in(&thief).await);
    }
    join(&app, &invitation, "ann").await.1.expect(302);
}

#[tokio::test]
async fn invitations_end_and_are_revoked() {
    let (app, ruth) = school().await;
    let short = invite(&ruth, json!({ "expires_in": 60 })).await;
    let revoked = invite(&ruth, json!({})).await;
    app.clock.advance(SignedDuration::from_secs(61));
    join(&app, &short, "ann").await.1.expect(404);
    let path = format!("invitations/{}", revoked["id"]);
    ruth.api(Method::DELETE, &path, None).await.expect(204);
    ruth.api(Method::DELETE, &path, None).await.expect(404);
    ruth.api(Method::DELETE, "invitations/99999999999", None)
        .await
        .expect(404);
    join(&app, &revoked, "ann").await.1.expect(404);
    assert!(users::by_name(&app.hub.store, "ann").await.unwrap().is_none());
}

#[tokio::test]
async fn two_who_use_the_last_one_at_once_make_one_account() {
    let (app, ruth) = school().await;
    let invitation = invite(&ruth, json!({})).await;
    let ((_, first), (_, second)) = tokio::join!(join(&app, &invitation, "ann"), join(&app, &invitation, "bob"));
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert!(statuses == [302, 404] || statuses == [302, 409], "{statuses:?}");
}

#[tokio::test]
async fn what_can_not_be_is_refused() {
    let (app, ruth) = school().await;
    for (wish, words) in [
        (json!({ "uses": 0 }), "1 to 1000 times"),
        (json!({ "uses": 1001 }), "1 to 1000 times"),
        (json!({ "expires_in": 1 }), "a minute to 90 days"),
        (json!({ "expires_in": 91 * 24 * 3600 }), "a minute to 90 days"),
        (json!({ "groups": ["nobody"] }), "No such group"),
        (json!({ "email": "ada" }), "no mail address"),
        (json!({ "email": "ada@example.org" }), "sends no mail"),
    ] {
        let refused = ruth
            .api(Method::POST, "invitations", Some(wish.clone()))
            .await
            .expect(400);
        assert!(refused.body.contains(words), "{wish}: {}", refused.body);
    }
    let none =
        App::builder().config("[[auth]]\nkind = \"dummy\"\n[access]\nallow_all = true\nadmin_users = [\"ruth\"]\n");
    let none = none.start().await;
    let ruth = none.sign_in("ruth").await;
    ruth.api(Method::POST, "invitations", Some(json!({}))).await.expect(400);
    ruth.get("hub/admin/invitations").await.expect(404);
    drop(app);
}

/// Nobody gives what they don't have.
#[tokio::test]
async fn only_who_may_make_people_invites_and_into_their_groups_only() {
    let (app, ruth) = school().await;
    let ann = account(&app, "ann", GOOD).await;
    ann.api(Method::GET, "invitations", None).await.expect(403);
    ann.api(Method::POST, "invitations", Some(json!({}))).await.expect(403);
    ann.get("hub/admin/invitations").await.expect(403);
    let may_make = token(&ruth, "ruth", json!({ "scopes": ["admin:users"] })).await;
    let ask = async |wish: Value| {
        app.browser()
            .api_with_token(&may_make, Method::POST, "invitations", Some(wish))
            .await
    };
    ask(json!({})).await.expect(201);
    let refused = ask(json!({ "groups": ["class"] })).await;
    assert!(matches!(refused.status, 403 | 404), "{}", refused.body);
}

#[tokio::test]
async fn they_are_made_and_revoked_on_a_page() {
    let (app, ruth) = school().await;
    let admin = ruth.get("hub/admin").await.expect(200);
    assert!(
        admin.text().contains("href=\"/hub/admin/invitations\""),
        "{}",
        admin.body
    );
    let page = "hub/admin/invitations";
    ruth.get(page).await.expect(200);
    let fields = [("do", "make"), ("groups", "class, "), ("uses", "1"), ("days", "2")];
    let made = ruth.post_form(page, &fields).await.expect(200);
    let (_, rest) = made.body.split_once("id=\"invitation-url\">").unwrap();
    let url = json!({ "url": rest.split('<').next().unwrap().replace("&#x2f;", "/") });
    join(&app, &url, "ann").await.1.expect(302);
    let wrong = [("do", "make"), ("groups", "nobody"), ("uses", "1"), ("days", "2")];
    let refused = ruth.post_form(page, &wrong).await;
    assert!((400..500).contains(&refused.status), "{}", refused.status);
    assert!(
        refused.body.contains("value=\"nobody\""),
        "what was typed is kept: {}",
        refused.body
    );
    let invitation = invite(&ruth, json!({})).await;
    let forged = ruth
        .request(Method::POST, page)
        .form(&[("do", "make"), ("uses", "1"), ("days", "1")]);
    assert_eq!(ruth.send(forged).await.status, 403);
    ruth.get(page).await.expect(200);
    ruth.post_form(page, &[("do", "revoke"), ("id", &invitation["id"].to_string())])
        .await
        .expect(200);
    join(&app, &invitation, "bob").await.1.expect(404);
}

#[tokio::test]
async fn one_is_sent_by_mail_and_its_address_is_kept() {
    let Some(postbox) = Postbox::open(Way::Plain, &[]) else {
        return;
    };
    let app = App::builder()
        .config(&format!("{}{NATIVE}", postbox.section()))
        .start()
        .await;
    let ruth = account(&app, "ruth", GOOD).await;
    let twice = json!({ "email": "ada@example.org", "uses": 2 });
    ruth.api(Method::POST, "invitations", Some(twice)).await.expect(400);
    invite(&ruth, json!({ "email": "ada@example.org" })).await;
    let letter = postbox.letter_to("ada@example.org").await;
    assert!(letter.text().starts_with("ruth invites you"), "{letter:?}");
    let url = json!({ "url": format!("http://x{}", letter.link()) });
    join(&app, &url, "ada").await.1.expect(302);
    let ada = users::by_name(&app.hub.store, "ada").await.unwrap().unwrap();
    let kept = native::account(&app.hub.store, ada.id).await.unwrap();
    assert_eq!((kept.email.as_deref(), kept.approved), (Some("ada@example.org"), true));
}
