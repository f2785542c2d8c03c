//! The hub as people and programs meet it, through the edge.

mod account_page;
mod accounts;
mod acting;
mod admin_overview;
mod admin_pages;
mod admin_servers;
mod advisories;
mod announcements;
mod audit;
mod captcha;
mod culler;
mod described;
mod drain;
mod entitlements;
mod errors;
mod events;
mod groups;
mod health;
mod home_page;
mod homes;
mod hostile;
mod invitations;
mod languages;
mod logs;
mod lti;
mod mail;
mod managed;
mod matrix;
mod metrics;
mod oauth;
mod pages;
mod passkeys;
mod person_page;
mod postgres;
mod profiles;
mod proxy;
mod replicas;
mod rest;
mod rest_authorizations;
mod rest_server_edits;
mod rest_servers;
mod rest_tokens;
mod rest_user_changes;
mod rest_users;
mod roles;
mod scim;
mod services;
mod setup;
mod share_codes;
mod share_page;
mod shares;
mod signin;
mod signin_audit;
mod signin_elsewhere;
mod signin_given;
mod signin_ways;
mod signup;
mod site_pages;
mod spawn_pages;
mod sso;
mod start_page;
mod token_page;
mod usage;
mod way_up;
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
    let answer = browser.api(Method::POST, &path, None).await;
    assert!(matches!(answer.status, 201 | 202), "{}", answer.body);
    for _ in 0..1000 {
        if browser.api(Method::GET, &path, None).await.json()["ready"] == true {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the server of {name} is not ready");
}

/// Where a link that starts a server leads in the end, over the page of its way up if that takes a while.
async fn spawned(browser: &Browser, path: &str) -> String {
    let mut to = browser.get(path).await.expect(302).location.unwrap();
    for _ in 0..1000 {
        if !to.contains("/spawn-pending/") {
            return to;
        }
        match browser.get(&to).await {
            answer if answer.status == 302 => to = answer.location.unwrap(),
            _ => tokio::time::sleep(std::time::Duration::from_millis(10)).await,
        }
    }
    panic!("{path} leads to no server");
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
