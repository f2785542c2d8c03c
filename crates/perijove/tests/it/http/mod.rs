//! The hub as people and programs meet it, through the edge.

mod health;
mod hostile;
mod logs;
mod oauth;
mod pages;
mod replicas;
mod rest_servers;
mod rest_tokens;
mod rest_users;
mod setup;
mod signin;
mod xsrf;

use perijove_testkit::{Answer, App, Browser};
use reqwest::Method;
use serde_json::{Value, json};

/// An API token of the person's own, made as the token page makes it.
async fn token(browser: &Browser, name: &str, wish: Value) -> String {
    let answer = browser
        .api(Method::POST, &format!("users/{name}/tokens"), Some(wish))
        .await
        .expect(201);
    answer.json()["token"].as_str().unwrap().to_owned()
}

/// A token that may do all that its owner may.
async fn full_token(app: &App, name: &str) -> String {
    token(&app.sign_in(name).await, name, json!({})).await
}

/// Starts the person's default server and waits until it is ready.
async fn start_server(browser: &Browser, name: &str) {
    let path = format!("users/{name}/server");
    browser.api(Method::POST, &path, None).await.expect(201);
}

/// An error as the API tells it: status and message, in JSON, the status being the answer's own.
#[track_caller]
fn refused(answer: &Answer, status: u16, part: &str) {
    assert_eq!(answer.status, status, "{}", answer.body);
    assert_eq!(answer.header("content-type"), "application/json");
    let body = answer.json();
    assert_eq!(body["status"], status, "{body}");
    let message = body["message"].as_str().unwrap_or_default();
    assert!(message.contains(part), "{message:?} has no {part:?}");
}

/// Whether this browser is signed in.
async fn signed_in(browser: &Browser) -> bool {
    let answer = browser.get("hub/home").await;
    assert!(matches!(answer.status, 200 | 302), "{}: {}", answer.status, answer.body);
    answer.status == 200
}
