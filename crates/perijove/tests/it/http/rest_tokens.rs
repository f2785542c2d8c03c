//! API tokens: made, listed, used, ended.

use jiff::SignedDuration;
use perijove_testkit::{App, Browser};
use reqwest::Method;
use serde_json::{Value, json};

use super::{refused, start_server, token};

async fn list(browser: &Browser, name: &str) -> Vec<Value> {
    let answer = browser
        .api(Method::GET, &format!("users/{name}/tokens"), None)
        .await
        .expect(200);
    answer.json()["api_tokens"].as_array().unwrap().clone()
}

async fn status(app: &App, token: &str) -> u16 {
    app.browser()
        .api_with_token(token, Method::GET, "user", None)
        .await
        .status
}

#[tokio::test]
async fn a_token_is_shown_once() {
    let app = App::start().await;
    let ann = app.sign_in("ann").await;
    let made = ann.api(Method::POST, "users/ann/tokens", None).await.expect(201).json();
    let secret = made["token"].as_str().unwrap();
    assert!(
        secret.len() == 32 && secret.bytes().all(|b| b.is_ascii_hexdigit()),
        "{made}"
    );
    assert_eq!(made["kind"], "api_token");
    assert_eq!(made["user"], "ann");
    assert_eq!(made["note"], "Requested via api");
    assert_eq!(made["oauth_client"], "JupyterHub");
    assert_eq!(made["expires_at"], Value::Null);
    assert_eq!(made["session_id"], Value::Null);
    assert_eq!(made["roles"], json!([]));
    assert_eq!(made["created"], "2026-11-21T00:00:00.000000Z");
    assert!(
        made["scopes"].as_array().unwrap().contains(&"servers!user=ann".into()),
        "{made}"
    );

    let id = made["id"].as_str().unwrap();
    let one = ann
        .api(Method::GET, &format!("users/ann/tokens/{id}"), None)
        .await
        .expect(200)
        .json();
    assert!(one.get("token").is_none());
    assert_eq!(one["id"], id);
    let all = list(&ann, "ann").await;
    assert_eq!(all.len(), 1);
    assert!(!all[0].to_string().contains(secret));

    ann.api(Method::DELETE, &format!("users/ann/tokens/{id}"), None)
        .await
        .expect(204);
    assert_eq!(status(&app, secret).await, 403);
    refused(
        &ann.api(Method::GET, &format!("users/ann/tokens/{id}"), None).await,
        404,
        "",
    );
    refused(
        &ann.api(Method::DELETE, &format!("users/ann/tokens/{id}"), None).await,
        404,
        "",
    );
}

#[tokio::test]
async fn tokens_are_asked_for_in_many_wrong_ways() {
    let app = App::start().await;
    let ann = app.sign_in("ann").await;
    for wrong in [
        json!({ "scopes": ["inherit"], "roles": ["token"] }),
        json!({ "scopes": ["no-such-scope"] }),
        json!({ "scopes": ["admin:users"] }),
        json!({ "scopes": ["read:users"] }),
        json!({ "scopes": ["servers!user=bob"] }),
        json!({ "scopes": "inherit" }),
        json!({ "scopes": [1] }),
        json!({ "roles": ["no-such-role"] }),
        json!({ "roles": ["admin"] }),
        json!({ "expires_in": 0 }),
        json!({ "expires_in": -5 }),
        json!({ "expires_in": i64::MAX }),
        json!({ "expires_in": "soon" }),
        json!({ "expires_in": 1.5 }),
        json!({ "expires_in": true }),
        json!({ "note": 5 }),
        json!({ "note": "x".repeat(5000) }),
        json!([]),
        json!("x"),
    ] {
        refused(
            &ann.api(Method::POST, "users/ann/tokens", Some(wrong.clone())).await,
            400,
            "",
        );
    }
    assert!(list(&ann, "ann").await.is_empty());
}

#[tokio::test]
async fn a_token_does_what_its_scopes_allow_and_no_more() {
    let app = App::start().await;
    let ann = app.sign_in("ann").await;
    let reader = token(&ann, "ann", json!({ "scopes": ["read:users!user"], "note": "reader" })).await;
    let browser = app.browser();
    let call = async |method, path: &str| browser.api_with_token(&reader, method, path, None).await;
    assert_eq!(call(Method::GET, "users/ann").await.status, 200);
    refused(
        &call(Method::POST, "users/ann/server").await,
        403,
        "Action is not authorized",
    );
    refused(&call(Method::POST, "users/ann/tokens").await, 403, "");
    refused(&call(Method::GET, "users/ann/tokens").await, 403, "");
    let model = call(Method::GET, "user").await.json();
    assert!(!model["scopes"].to_string().contains("servers"), "{model}");
    let none = call(Method::POST, "users/ann/tokens").await;
    refused(&none, 403, "User ann not found or no permissions to generate tokens");
    let by_role = token(&ann, "ann", json!({ "roles": ["user"] })).await;
    assert_eq!(status(&app, &by_role).await, 200);
}

#[tokio::test]
async fn a_token_ends_when_its_time_is_up() {
    let app = App::start().await;
    let ann = app.sign_in("ann").await;
    let short = token(&ann, "ann", json!({ "expires_in": 60 })).await;
    let long = token(&ann, "ann", json!({ "expires_in": 50 * 365 * 24 * 3600_i64 })).await;
    assert_eq!(list(&ann, "ann").await.len(), 2);
    app.clock.advance(SignedDuration::from_secs(59));
    assert_eq!(status(&app, &short).await, 200);
    app.clock.advance(SignedDuration::from_secs(2));
    assert_eq!(status(&app, &short).await, 403);
    assert_eq!(status(&app, &long).await, 200);
    assert_eq!(list(&ann, "ann").await.len(), 1);
}

#[tokio::test]
async fn the_longest_life_can_be_limited() {
    let app = App::builder()
        .config("[hub]\ntoken_expires_in_max = \"1h\"\n")
        .start()
        .await;
    let ann = app.sign_in("ann").await;
    let asked = async |body: Value| ann.api(Method::POST, "users/ann/tokens", Some(body)).await;
    refused(&asked(json!({ "expires_in": 3601 })).await, 400, "must not exceed 3600");
    let made = asked(json!({ "expires_in": 3600 })).await.expect(201).json();
    assert_eq!(made["expires_at"], "2026-11-21T01:00:00.000000Z");
    let made = asked(json!({ "expires_in": null })).await.expect(201).json();
    assert_eq!(
        made["expires_at"], "2026-11-21T01:00:00.000000Z",
        "without end means the longest"
    );
}

#[tokio::test]
async fn tokens_of_others_are_out_of_reach() {
    let app = App::start().await;
    let (ann, bob) = (app.sign_in("ann").await, app.sign_in("bob").await);
    let made = ann.api(Method::POST, "users/ann/tokens", None).await.expect(201).json();
    let id = made["id"].as_str().unwrap();
    refused(&bob.api(Method::GET, "users/ann/tokens", None).await, 404, "");
    refused(
        &bob.api(Method::GET, &format!("users/ann/tokens/{id}"), None).await,
        404,
        "",
    );
    refused(
        &bob.api(Method::DELETE, &format!("users/ann/tokens/{id}"), None).await,
        404,
        "",
    );
    refused(
        &bob.api(Method::DELETE, &format!("users/bob/tokens/{id}"), None).await,
        404,
        "",
    );
    refused(&bob.api(Method::POST, "users/ann/tokens", None).await, 403, "");
    refused(&bob.api(Method::POST, "users/no-such-user/tokens", None).await, 403, "");
    assert_eq!(status(&app, made["token"].as_str().unwrap()).await, 200);
    for odd in ["a", "1", "b1", "a1x", "a-1", "a99999999999999999999"] {
        refused(
            &ann.api(Method::GET, &format!("users/ann/tokens/{odd}"), None).await,
            404,
            "",
        );
    }
}

#[tokio::test]
async fn an_administrator_makes_tokens_for_others_that_name_her() {
    let app = App::start().await;
    app.sign_in("ann").await;
    let ruth = app.sign_in("ruth").await;
    let made = ruth
        .api(Method::POST, "users/ann/tokens", None)
        .await
        .expect(201)
        .json();
    assert_eq!(made["note"], "Requested via api by user ruth");
    assert_eq!(made["user"], "ann");
    let secret = made["token"].as_str().unwrap();
    let model = app
        .browser()
        .api_with_token(secret, Method::GET, "user", None)
        .await
        .json();
    assert_eq!((&model["name"], &model["admin"]), (&"ann".into(), &false.into()));
    // It can't be given more than its owner has.
    let wish = json!({ "scopes": ["admin:users"] });
    refused(&ruth.api(Method::POST, "users/ann/tokens", Some(wish)).await, 400, "");
}

#[tokio::test]
async fn an_empty_note_is_none() {
    let app = App::start().await;
    let ann = app.sign_in("ann").await;
    for wish in [json!({ "note": "" }), json!({ "note": null })] {
        let made = ann.api(Method::POST, "users/ann/tokens", Some(wish)).await.expect(201);
        assert_eq!(made.json()["note"], "Requested via api");
    }
}

#[tokio::test]
async fn what_was_not_used_for_the_longest_comes_first() {
    let app = App::start().await;
    let ann = app.sign_in("ann").await;
    let mut secrets = Vec::new();
    for note in ["first", "second", "third"] {
        app.clock.advance(SignedDuration::from_mins(1));
        secrets.push(token(&ann, "ann", json!({ "note": note })).await);
    }
    app.clock.advance(SignedDuration::from_mins(1));
    assert_eq!(status(&app, &secrets[0]).await, 200);
    // When something was used is written down a moment later.
    for _ in 0..200 {
        let all = list(&ann, "ann").await;
        let notes: Vec<_> = all.iter().map(|token| token["note"].as_str().unwrap()).collect();
        if notes == ["second", "third", "first"] {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("{:?}", list(&ann, "ann").await);
}

const ASK: &str = "hub/api/users/ann/tokens";

/// A request with name and password in its body, from nobody.
async fn by_password(app: &App, path: &str, auth: Value) -> perijove_testkit::Answer {
    let browser = app.browser();
    let request = browser
        .request(Method::POST, path)
        .header("origin", "https://elsewhere.example")
        .json(&json!({ "auth": auth, "note": "by password" }));
    browser.send(request).await
}

#[tokio::test]
async fn name_and_password_do_where_there_is_no_token_yet() {
    let config = "[[auth]]\nkind = \"dummy\"\npassword = \"sesame\"\n\
                  [access]\nallow_all = true\nadmin_users = [\"ruth\"]\nblocked_users = [\"mallory\"]\n";
    let app = App::builder().config(config).start().await;
    let login = |name: &str, password: &str| json!({ "username": name, "password": password });
    let made = by_password(&app, ASK, login("ann", "sesame")).await.expect(201);
    assert!(made.set_cookie("jupyterhub-hub-login").is_none(), "it signs nobody in");
    let made = made.json();
    assert_eq!((&made["user"], &made["note"]), (&"ann".into(), &"by password".into()));
    assert_eq!(status(&app, made["token"].as_str().unwrap()).await, 200);

    let of_ruth = by_password(&app, ASK, login("ruth", "sesame")).await.expect(201).json();
    assert_eq!(of_ruth["user"], "ann");
    let of_bob = by_password(&app, ASK, login("bob", "sesame")).await;
    refused(&of_bob, 403, "User ann not found or no permissions to generate tokens");
    for auth in [
        login("ann", "wrong"),
        login("mallory", "sesame"),
        login("", ""),
        json!(null),
        json!("ann"),
        json!(["ann", "sesame"]),
        json!({ "username": "ann" }),
        json!({ "username": 1, "password": 2 }),
    ] {
        let answer = by_password(&app, ASK, auth.clone()).await;
        assert_eq!(answer.status, 403, "{auth}");
        assert_eq!(answer.json(), json!({ "status": 403, "message": null }));
    }
}

#[tokio::test]
async fn whoever_is_there_already_is_not_asked_for_a_password() {
    let app = App::start().await;
    let ann = app.sign_in("ann").await;
    let body = json!({ "auth": { "username": "ann", "password": "x" } });
    let forged = ann.send(ann.request(Method::POST, ASK).json(&body)).await;
    refused(&forged, 403, "'_xsrf' argument missing from POST");
    // A cookie with a form's content type counts for nothing, as everywhere.
    let posted = ann
        .request(Method::POST, ASK)
        .header("content-type", "text/plain")
        .body("{}");
    assert_eq!(ann.send(posted).await.status, 403);
    assert!(list(&ann, "ann").await.is_empty());
}

#[tokio::test]
async fn a_token_can_not_make_a_mightier_one() {
    let app = App::start().await;
    let ann = app.sign_in("ann").await;
    let weak = token(&ann, "ann", json!({ "scopes": ["tokens!user"] })).await;
    let made = app
        .browser()
        .api_with_token(&weak, Method::POST, "users/ann/tokens", Some(json!({})))
        .await;
    // As in JupyterHub, who may make tokens for somebody may make any that she can have.
    assert_eq!(made.status, 201);
    let weaker = token(&ann, "ann", json!({ "scopes": ["read:tokens!user"] })).await;
    let refusal = app
        .browser()
        .api_with_token(&weaker, Method::POST, "users/ann/tokens", None)
        .await;
    refused(&refusal, 403, "");
}

#[tokio::test]
async fn to_revoke_one_token_of_an_application_is_to_revoke_it() {
    let app = App::start().await;
    let (desk, phone) = (app.sign_in("ann").await, app.sign_in("ann").await);
    start_server(&desk, "ann").await;
    let own = token(&desk, "ann", json!({})).await;
    let first = super::oauth::token_of(&app, &desk).await;
    let second = super::oauth::token_of(&app, &phone).await;
    let all = list(&desk, "ann").await;
    let given: Vec<&Value> = all
        .iter()
        .filter(|token| token["oauth_client"] == "Server at /user/ann/")
        .collect();
    assert_eq!(given.len(), 2, "{all:?}");
    assert!(given.iter().all(|token| token["session_id"].is_string()));
    let path = format!("users/ann/tokens/{}", given[0]["id"].as_str().unwrap());
    desk.api(Method::DELETE, &path, None).await.expect(204);
    assert_eq!([status(&app, &first).await, status(&app, &second).await], [403, 403]);
    assert_eq!(status(&app, &own).await, 200);
}

#[tokio::test]
async fn a_servers_own_token_reports_and_no_more() {
    let app = App::start().await;
    let ann = app.sign_in("ann").await;
    start_server(&ann, "ann").await;
    let secret = app.spawner.specs().pop().unwrap().api_token.expose().to_owned();
    let browser = app.browser();
    let model = browser
        .api_with_token(&secret, Method::GET, "user", None)
        .await
        .expect(200)
        .json();
    let scopes = model["scopes"].as_array().unwrap();
    for scope in [
        "access:servers!server=ann/",
        "users:activity!user=ann",
        "read:users:name!user=ann",
    ] {
        assert!(scopes.contains(&scope.into()), "{scope}: {model}");
    }
    refused(
        &browser
            .api_with_token(&secret, Method::POST, "users/ann/tokens", None)
            .await,
        403,
        "",
    );
    refused(
        &browser
            .api_with_token(&secret, Method::DELETE, "users/ann/server", None)
            .await,
        403,
        "",
    );
    ann.api(Method::DELETE, "users/ann/server", None).await.expect(204);
    assert_eq!(status(&app, &secret).await, 403, "it ends with the server");
}

#[tokio::test]
async fn tokens_outlive_a_restart_of_the_hub() {
    let app = App::start().await;
    let secret = token(&app.sign_in("ann").await, "ann", json!({})).await;
    let app = app.restart().await;
    assert_eq!(status(&app, &secret).await, 200);
}
