//! Servers that are shared, in a browser: people get in by a share, also by one with a group of theirs, which JupyterHub
//! lets through up to the token and then refuses; and they are out at the next request when it ends.

use perijove_store::{groups, users};
use perijove_testkit::{App, Browser};
use reqwest::Method;
use serde_json::json;

use super::{Client, parameter, scopes, who};
use crate::http::shares::ann_and_bob;
use crate::http::{refused, start_server};

const ACCESS: &str = "access:servers!server=ann/";

/// The way of a browser into somebody else's server: asked, agreed, code, token.
async fn enter(app: &App, browser: &Browser, client: &Client) -> String {
    let page = browser.get(&client.authorize(&[])).await.expect(200);
    assert!(page.text().contains("Server at /user/ann/"), "{}", page.body);
    let agreed = browser.post_form(&client.authorize(&[]), &[]).await.expect(302);
    let code = parameter(&agreed, "code");
    let answer = client.token(app, &code, &[]).await.expect(200);
    answer.json()["access_token"].as_str().unwrap().to_owned()
}

/// What the server asks the hub at each visit.
async fn is_let_in(app: &App, token: &str) -> bool {
    let model = who(app, token).await.expect(200).json();
    assert_eq!(model["name"], "bob");
    scopes(&model).contains(&ACCESS)
}

async fn running() -> (App, Browser, Browser, Client) {
    let (app, ann, bob) = ann_and_bob().await;
    start_server(&ann, "ann").await;
    let client = Client::server(&app);
    refused_at_the_door(&bob, &client).await;
    (app, ann, bob, client)
}

async fn refused_at_the_door(browser: &Browser, client: &Client) {
    assert_eq!(browser.get(&client.authorize(&[])).await.status, 403);
    assert_eq!(browser.post_form(&client.authorize(&[]), &[]).await.status, 403);
}

#[tokio::test]
async fn a_share_lets_somebody_in() {
    let (app, ann, bob, client) = running().await;
    let share = json!({ "user": "bob" });
    ann.api(Method::POST, "shares/ann/", Some(share.clone()))
        .await
        .expect(200);
    let token = enter(&app, &bob, &client).await;
    assert!(is_let_in(&app, &token).await);
    ann.api(Method::PATCH, "shares/ann/", Some(share)).await.expect(200);
    assert!(!is_let_in(&app, &token).await, "with the next request");
    refused_at_the_door(&bob, &client).await;
}

#[tokio::test]
async fn a_share_with_a_group_lets_its_members_in() {
    let (app, ann, bob, client) = running().await;
    let carol = app.sign_in("carol").await;
    let share = Some(json!({ "group": "staff" }));
    ann.api(Method::POST, "shares/ann/", share.clone()).await.expect(200);
    refused_at_the_door(&carol, &client).await;
    let token = enter(&app, &bob, &client).await;
    assert!(is_let_in(&app, &token).await);

    // Who leaves the group is out, whoever comes back is in.
    let user = users::by_name(&app.hub.store, "bob").await.unwrap().unwrap();
    assert!(groups::remove_user(&app.hub.store, "staff", user.id).await.unwrap());
    assert!(!is_let_in(&app, &token).await, "with the next request");
    refused_at_the_door(&bob, &client).await;
    let back = ["bob".to_owned()];
    groups::ensure(&app.hub.store, "staff", &back, &serde_json::Value::Null)
        .await
        .unwrap();
    assert!(is_let_in(&app, &token).await);

    let ruth = app.sign_in("ruth").await;
    ruth.api(Method::DELETE, "groups/staff/shared/ann/", None)
        .await
        .expect(204);
    assert!(!is_let_in(&app, &token).await, "with the next request");
    ann.api(Method::POST, "shares/ann/", share).await.expect(200);
    assert!(is_let_in(&app, &token).await);
    ann.api(Method::DELETE, "shares/ann/", None).await.expect(204);
    assert!(!is_let_in(&app, &token).await);
    refused_at_the_door(&bob, &client).await;
}

#[tokio::test]
async fn a_share_is_for_one_server_only() {
    let (app, ann, bob, client) = running().await;
    ann.api(Method::POST, "shares/ann/", Some(json!({ "group": "staff" })))
        .await
        .expect(200);
    let token = enter(&app, &bob, &client).await;
    let model = who(&app, &token).await.expect(200).json();
    let servers: Vec<_> = scopes(&model)
        .into_iter()
        .filter(|scope| scope.contains("servers"))
        .collect();
    assert_eq!(servers, [ACCESS], "neither others nor more");
    let start = bob.api(Method::DELETE, "users/ann/server", None).await;
    refused(&start, 404, "");
    assert_eq!(bob.get("hub/spawn/ann").await.status, 404);
}
