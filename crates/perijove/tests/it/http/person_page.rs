//! The page about one person: it shows and does what the visitor's scopes allow.

use perijove_testkit::{App, Browser};
use reqwest::Method;
use serde_json::json;

use super::{start_server, token};

const CONFIG: &str = r#"
[[group]]
name = "class"
users = ["ann", "bob"]
[[role]]
name = "tutors"
users = ["tom"]
scopes = ["admin-ui", "list:users!group=class", "read:users!group=class", "servers!group=class", "groups!group=class"]
[[role]]
name = "guards"
users = ["gus"]
scopes = ["admin-ui"]
"#;

const PAGE: &str = "hub/admin/users/ann";

async fn school() -> (App, Browser, Browser) {
    let app = App::builder().config(CONFIG).start().await;
    let ann = app.sign_in("ann").await;
    app.sign_in("bob").await;
    let ruth = app.sign_in("ruth").await;
    (app, ann, ruth)
}

async fn page(browser: &Browser) -> String {
    browser.get(PAGE).await.expect(200).body
}

#[tokio::test]
async fn an_administrator_sees_everything_about_somebody() {
    let (_app, ann, ruth) = school().await;
    start_server(&ann, "ann").await;
    token(&ann, "ann", json!({ "note": "for the script" })).await;
    let seen = page(&ruth).await;
    for wanted in [
        "name=\"stop\" value=\"ann\"",
        "href=\"/user/ann/\"",
        "for the script",
        "id=\"sessions\"",
        "id=\"roles\"",
        "name=\"group\" value=\"class\"",
        "id=\"quotas\"",
        "token.made",
        "id=\"make-admin\"",
        "id=\"delete-user\"",
        "data-testid=\"edit-username-input\"",
    ] {
        assert!(seen.contains(wanted), "{wanted}: {seen}");
    }
    let list = ruth.get("hub/admin").await.expect(200).body;
    assert!(list.contains("href=\"/hub/admin/users/ann\""), "{list}");
    ruth.get("hub/admin/users/nobody").await.expect(404);
}

#[tokio::test]
async fn others_see_and_do_what_their_scopes_allow() {
    let (app, ann, _ruth) = school().await;
    token(&ann, "ann", json!({ "note": "secret note" })).await;
    let tom = app.sign_in("tom").await;
    let seen = page(&tom).await;
    assert!(
        seen.contains("name=\"start\" value=\"ann\"") && seen.contains("value=\"class\""),
        "{seen}"
    );
    for never in [
        "secret note",
        "id=\"sessions\"",
        "id=\"log\"",
        "make-admin",
        "delete-user",
        "new-name",
        "id=\"ways\"",
    ] {
        assert!(!seen.contains(never), "{never}: {seen}");
    }
    for (act, field, value) in [
        ("rename", "name", "eva"),
        ("make-admin", "", ""),
        ("delete", "sure", "yes"),
        ("end-sessions", "", ""),
        ("revoke", "id", "a1"),
        ("join", "group", "staff"),
    ] {
        let status = tom.post_form(PAGE, &[("do", act), (field, value)]).await.status;
        assert!([403, 404].contains(&status), "{act}: {status}");
    }
    assert_eq!(tom.get("hub/admin/users/ruth").await.status, 404);
    let gus = app.sign_in("gus").await;
    assert!([403, 404].contains(&gus.get(PAGE).await.status));
    assert_eq!(ann.get(PAGE).await.status, 403, "oneself is no administrator");
}

#[tokio::test]
async fn sessions_end_and_tokens_are_revoked() {
    let (_app, ann, ruth) = school().await;
    let secret = token(&ann, "ann", json!({ "note": "old" })).await;
    let seen = page(&ruth).await;
    let id = seen
        .split("data-token-id=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let done = ruth
        .post_form(PAGE, &[("do", "revoke"), ("id", &id)])
        .await
        .expect(200)
        .body;
    assert!(
        done.contains("The token is revoked.") && !done.contains("data-token-id"),
        "{done}"
    );
    assert_eq!(ann.api_with_token(&secret, Method::GET, "user", None).await.status, 403);
    ann.get("hub/home").await.expect(200);
    ruth.post_form(PAGE, &[("do", "end-sessions")]).await.expect(200);
    ann.get("hub/home").await.expect(302);
}

#[tokio::test]
async fn somebody_is_moved_between_groups_renamed_raised_and_deleted() {
    let (_app, ann, ruth) = school().await;
    start_server(&ann, "ann").await;
    let busy = ruth
        .post_form(PAGE, &[("do", "rename"), ("name", "eva")])
        .await
        .expect(400);
    assert!(busy.text().contains("must be stopped"), "{}", busy.body);
    ruth.post_form(PAGE, &[("stop", "bob")]).await.expect(404);
    ruth.post_form(PAGE, &[("stop", "ann")]).await.expect(200);
    ruth.api(Method::POST, "groups/staff", None).await.expect(201);
    ruth.post_form(PAGE, &[("do", "join"), ("group", "staff")])
        .await
        .expect(200);
    let left = ruth
        .post_form(PAGE, &[("do", "leave"), ("group", "class")])
        .await
        .expect(200)
        .body;
    assert!(
        left.contains("value=\"staff\"") && !left.contains("value=\"class\""),
        "{left}"
    );
    ruth.post_form(PAGE, &[("do", "join"), ("group", "none")])
        .await
        .expect(404);
    let raised = ruth.post_form(PAGE, &[("do", "make-admin")]).await.expect(200).body;
    assert!(raised.contains("id=\"make-plain\""), "{raised}");
    let own = ruth
        .post_form("hub/admin/users/ruth", &[("do", "make-plain")])
        .await
        .expect(400);
    assert!(own.text().contains("Somebody else has to"), "{}", own.body);

    let renamed = ruth
        .post_form(PAGE, &[("do", "rename"), ("name", "Eva")])
        .await
        .expect(302);
    assert_eq!(renamed.to(), "/hub/admin/users/eva");
    ruth.get(PAGE).await.expect(404);
    let asked = ruth
        .post_form("hub/admin/users/eva", &[("do", "delete")])
        .await
        .expect(200)
        .body;
    assert!(asked.contains("id=\"delete-sure\""), "{asked}");
    let gone = ruth
        .post_form("hub/admin/users/eva", &[("do", "delete"), ("sure", "yes")])
        .await
        .expect(302);
    assert_eq!(gone.to(), "/hub/admin");
    ruth.api(Method::GET, "users/eva", None).await.expect(404);
}
