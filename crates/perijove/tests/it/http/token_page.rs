//! `/hub/token`: one's tokens, made and revoked without a script.

use perijove_testkit::{App, Browser};
use reqwest::Method;
use serde_json::json;

use super::oauth::token_of;
use super::{full_token, start_server, token};

const PAGE: &str = "hub/token";

async fn status(app: &App, token: &str) -> u16 {
    let browser = app.browser();
    browser.api_with_token(token, Method::GET, "user", None).await.status
}

async fn page(browser: &Browser) -> String {
    browser.get(PAGE).await.expect(200).text()
}

/// The secret that the page shows.
fn shown(page: &str) -> &str {
    let (_, rest) = page.split_once("id=\"token-result\">").unwrap();
    rest.split('<').next().unwrap()
}

#[tokio::test]
async fn a_token_is_made_by_a_form_and_shown_once() {
    let app = App::start().await;
    let ann = app.sign_in("ann").await;
    let empty = page(&ann).await;
    assert!(empty.contains("Request new API token") && empty.contains("id=\"request-token-form\""));
    for later in ["token-area", "API Tokens", "Authorized Applications"] {
        assert!(!empty.contains(later), "{later}");
    }
    let fields = [
        ("note", "for my laptop"),
        ("expires_in", "3600"),
        ("scopes", "read:users!user"),
    ];
    let made = ann.post_form(PAGE, &fields).await.expect(200).text();
    let secret = shown(&made).to_owned();
    assert_eq!(status(&app, &secret).await, 200);
    let listed = page(&ann).await;
    assert!(!listed.contains(&secret));
    assert!(listed.contains("for my laptop") && listed.contains("read:users!user"));
    let model = ann.api(Method::GET, "users/ann/tokens", None).await.json();
    let model = &model["api_tokens"][0];
    assert_eq!(model["expires_at"], "2026-11-21T01:00:00.000000Z");
    assert!(!model["scopes"].to_string().contains("servers"), "{model}");

    // With nothing filled in, it may do what she may, for ever.
    let made = ann
        .post_form(PAGE, &[("note", ""), ("expires_in", ""), ("scopes", "  ")])
        .await;
    let secret = shown(&made.expect(200).text()).to_owned();
    let model = app
        .browser()
        .api_with_token(&secret, Method::GET, "users/ann/tokens", None)
        .await
        .expect(200);
    assert_eq!(model.json()["api_tokens"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn what_is_wrong_is_said_and_the_form_kept() {
    let app = App::builder()
        .config("[hub]\ntoken_expires_in_max = \"1d\"\n")
        .start()
        .await;
    let ann = app.sign_in("ann").await;
    for (field, value, words) in [
        ("scopes", "telescopes", "Scope 'telescopes' for token does not exist"),
        ("scopes", "admin:users", "not held by User ann"),
        ("expires_in", "0", "positive integer"),
        ("expires_in", "soon", "must be null or integer"),
        ("expires_in", "86401", "must not exceed 86400"),
    ] {
        let fields = [("note", "kept"), (field, value)];
        let answer = ann.post_form(PAGE, &fields).await.expect(400);
        let text = answer.text();
        assert!(text.contains(words), "{field}={value}: {text}");
        assert!(text.contains("value=\"kept\""), "{text}");
    }
    let page = page(&ann).await;
    assert!(page.contains("1 Day") && !page.contains("1 Week") && !page.contains("API Tokens"));
}

#[tokio::test]
async fn tokens_and_applications_are_revoked_by_forms() {
    let app = App::start().await;
    let ann = app.sign_in("ann").await;
    start_server(&ann, "ann").await;
    let (one, other) = (full_token(&app, "ann").await, full_token(&app, "ann").await);
    let (first, second) = (token_of(&app, &ann).await, token_of(&app, &ann).await);
    let listed = page(&ann).await;
    assert!(listed.contains("Authorized Applications") && listed.contains("Server at /user/ann/"));
    let all = ann.api(Method::GET, "users/ann/tokens", None).await.json();
    let id_of = |client: &str| {
        let of_client =
            |token: &&serde_json::Value| token["oauth_client"] == client && token["note"] != "Server at /user/ann/";
        let found = all["api_tokens"].as_array().unwrap().iter().find(of_client);
        found.expect("a token")["id"].as_str().unwrap().to_owned()
    };
    let revoke = async |id: &str| ann.post_form("hub/token/revoke", &[("id", id)]).await;
    let back = revoke(&id_of("Server at /user/ann/")).await.expect(302);
    assert_eq!(back.to(), "/hub/token");
    assert_eq!([status(&app, &first).await, status(&app, &second).await], [403, 403]);
    let id = id_of("JupyterHub");
    revoke(&id).await.expect(302);
    revoke(&id).await.expect(302);
    let left = [status(&app, &one).await, status(&app, &other).await];
    assert!(left == [403, 200] || left == [200, 403], "{left:?}");
}

#[tokio::test]
async fn it_is_for_ones_own_browser_only() {
    let app = App::start().await;
    let (ann, bob) = (app.sign_in("ann").await, app.sign_in("bob").await);
    let secret = token(&ann, "ann", json!({})).await;
    assert!(
        app.browser()
            .get(PAGE)
            .await
            .expect(302)
            .to()
            .starts_with("/hub/login?next=")
    );
    let by_token = app
        .browser()
        .get_with(PAGE, "authorization", &format!("token {secret}"))
        .await;
    assert!(
        by_token.expect(302).to().starts_with("/hub/login?next="),
        "no page for a token"
    );
    for path in [PAGE, "hub/token/revoke"] {
        let forged = ann.send(ann.request(Method::POST, path).form(&[("note", "x")])).await;
        forged.expect(403);
        app.browser().post_form(path, &[]).await.expect(302);
    }
    let all = ann.api(Method::GET, "users/ann/tokens", None).await.json();
    let id = all["api_tokens"][0]["id"].as_str().unwrap();
    bob.post_form("hub/token/revoke", &[("id", id)]).await.expect(302);
    assert_eq!(status(&app, &secret).await, 200, "nobody ends another's");
}
