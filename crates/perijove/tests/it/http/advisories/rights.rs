//! People who give themselves more than they have. What administrators alone may do to administrators is in
//! `rest_users.rs` and `rest_user_changes.rs`.

use perijove_store::{Db, Stmt};
use perijove_testkit::App;
use reqwest::Method;
use serde_json::json;

use super::super::accounts::GOOD;
use super::super::full_token;
use super::super::rest::Caller;
use super::super::setup::account;
use super::super::shares::ann_and_bob;

/// A right over some people or groups was enough to make others.
#[tokio::test]
async fn ghsa_69wv_m5fw_2fhp_a_right_over_some_makes_no_others() {
    let roles = "[[service]]\nname = \"tutor\"\napi_token = \"the-secret-of-tutor\"\n\
        [[group]]\nname = \"class\"\nusers = [\"ann\"]\n\
        [[role]]\nname = \"tutors\"\nservices = [\"tutor\"]\n\
        scopes = [\"admin:users!group=class\", \"admin:groups!group=class\", \"admin:users!user=ann\"]\n";
    let app = App::builder().config(roles).start().await;
    let ruth = app.sign_in("ruth").await;
    let tutor = Caller::service(&app, "tutor");
    for (path, body) in [
        ("users/eve", None),
        ("users", Some(json!({ "usernames": ["eve"] }))),
        ("users", Some(json!({ "usernames": ["ann", "eve"] }))),
        ("groups/other", Some(json!({}))),
        ("groups", Some(json!({ "groups": ["other"] }))),
    ] {
        let status = tutor.call(Method::POST, path, body).await.status;
        assert!(matches!(status, 403 | 404), "POST {path}: {status}");
    }
    ruth.api(Method::GET, "users/eve", None).await.expect(404);
    ruth.api(Method::GET, "groups/other", None).await.expect(404);
    // What the right is for it is good for.
    tutor.get("users/ann").await.expect(200);
}

/// Whoever manages accounts was an administrator with two requests: also not by a link to an administrator's account.
#[tokio::test]
async fn cve_2024_41942_no_link_leads_to_an_administrators_account() {
    let toml = format!(
        "{}[[auth]]\nkind = \"native\"\n[access]\nadmin_users = [\"ruth\"]\n",
        super::super::rest::ROLES
    );
    let app = App::builder().config(&toml).start().await;
    account(&app, "ruth", GOOD).await;
    let manager = Caller::service(&app, "manager");
    for path in ["users/ruth/password-link", "users/ann/password-link"] {
        let answer = manager.call(Method::POST, path, Some(json!({}))).await;
        assert_eq!(answer.status, 403, "{path}: {}", answer.body);
    }
    assert_eq!(app.browser().sign_in_status("ruth", GOOD).await, 302);
}

/// Rights that were given with a share went beyond the server that was shared: also those that stand in the database.
#[tokio::test]
async fn ghsa_c4gm_pwx9_9w8j_a_share_gives_nothing_beyond_its_server() {
    let (app, ann, bob) = ann_and_bob().await;
    let token = full_token(&app, "bob").await;
    for beyond in [
        "servers!server=bob/",
        "servers!user=ann",
        "read:users!user=ann",
        "admin:users",
    ] {
        let wish = json!({ "user": "bob", "scopes": [beyond] });
        let status = ann.api(Method::POST, "shares/ann/", Some(wish)).await.status;
        assert!(matches!(status, 400 | 403), "{beyond}: {status}");
    }
    let wish = json!({ "user": "bob", "scopes": ["access:servers"] });
    ann.api(Method::POST, "shares/ann/", Some(wish)).await.expect(200);
    const LEFT: Stmt = Stmt::write("UPDATE shares SET scopes = $1");
    let left =
        r#"["admin:users", "servers", "access:servers!user=ruth", "tokens!user=ann", "access:servers!server=ann/"]"#;
    app.hub.store.execute(&LEFT, &[left.into()]).await.unwrap();
    let model = bob
        .api_with_token(&token, Method::GET, "user", None)
        .await
        .expect(200)
        .json();
    let held = model["scopes"].as_array().unwrap();
    let foreign: Vec<_> = held
        .iter()
        .map(|scope| scope.as_str().unwrap())
        .filter(|scope| !scope.contains("!user=bob") && !scope.ends_with("!server=ann/"))
        .filter(|scope| !scope.starts_with("read:users:name") && !scope.starts_with("read:groups:name"))
        .collect();
    assert_eq!(foreign, Vec::<&str>::new(), "{held:?}");
    let browser = app.browser();
    for path in ["users/ann/tokens", "users/ruth"] {
        let answer = browser.api_with_token(&token, Method::POST, path, None).await;
        assert!(matches!(answer.status, 403 | 404 | 409), "{path}: {}", answer.body);
    }
}
