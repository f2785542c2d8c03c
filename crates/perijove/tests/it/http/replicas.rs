//! Several hubs on one database, and hubs that come and go.

use perijove_spawn::fake::Script;
use perijove_testkit::{App, Browser};
use reqwest::Method;
use serde_json::json;

use super::{full_token, refused, signed_in, start_server, token};

const SERVER: &str = "users/ann/server";

async fn phase(browser: &Browser) -> (bool, serde_json::Value) {
    let model = browser.api(Method::GET, SERVER, None).await.expect(200).json();
    (model["ready"].as_bool().unwrap(), model["pending"].clone())
}

#[tokio::test]
async fn any_hub_answers_for_what_another_began() {
    let app = App::start().await;
    let other = app.replica().await;
    let ann = other.browser();
    ann.sign_in("ann", "x").await;
    // Both see the session, the tokens, the servers.
    let here = app.browser_at_hub();
    here.sign_in("ann", "x").await;
    let secret = token(&ann, "ann", json!({})).await;
    assert_eq!(
        here.api_with_token(&secret, Method::GET, "user", None).await.status,
        200
    );
    ann.api(Method::POST, SERVER, None).await.expect(201);
    assert_eq!(phase(&here).await, (true, json!(null)));
    refused(&here.api(Method::POST, SERVER, None).await, 400, "is already running");
    here.api(Method::DELETE, SERVER, None).await.expect(204);
    assert_eq!(phase(&ann).await, (false, json!(null)));
    assert_eq!(app.spawner.starts(), 1);
    let ruth = app.browser_at_hub();
    ruth.sign_in("ruth", "x").await;
    ruth.api(Method::DELETE, "users/ann", None).await.expect(204);
    heard(async || !signed_in(&ann).await).await;
    other.stop().await;
}

/// Waits until a hub has heard of what another did: at once on SQLite, as quick as a notice travels on PostgreSQL.
pub(super) async fn heard(done: impl AsyncFn() -> bool) {
    for _ in 0..200 {
        if done().await {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("another hub's change was not heard of");
}

#[tokio::test]
async fn what_one_hub_takes_away_is_gone_at_the_other() {
    let app = App::start().await;
    let other = app.replica().await;
    let ruth = app.browser_at_hub();
    ruth.sign_in("ruth", "x").await;
    let ann = app.browser_at_hub();
    ann.sign_in("ann", "x").await;
    let there = other.browser();
    let asks = async |secret: &str| there.api_with_token(secret, Method::GET, "user", None).await;

    let made = ann.api(Method::POST, "users/ann/tokens", None).await.expect(201).json();
    let (secret, id) = (made["token"].as_str().unwrap(), made["id"].as_str().unwrap());
    assert_eq!(asks(secret).await.status, 200);
    ann.api(Method::DELETE, &format!("users/ann/tokens/{id}"), None)
        .await
        .expect(204);
    heard(async || asks(secret).await.status == 403).await;

    let secret = token(&ann, "ann", json!({})).await;
    let may = async |scope: &str| {
        let scopes = asks(&secret).await.json()["scopes"].clone();
        scopes.as_array().unwrap().iter().any(|held| held == scope)
    };
    assert!(!may("admin:users").await);
    let user = perijove_store::users::by_name(&app.hub.store, "ann")
        .await
        .unwrap()
        .unwrap();
    perijove_store::users::set_admin(&app.hub.store, user.id, true)
        .await
        .unwrap();
    heard(async || may("admin:users").await).await;

    let somewhere = other.browser();
    somewhere.sign_in("ann", "x").await;
    assert!(signed_in(&somewhere).await);
    ruth.api(Method::DELETE, "users/ann", None).await.expect(204);
    heard(async || !signed_in(&somewhere).await).await;
    other.stop().await;
}

#[tokio::test]
async fn what_another_program_writes_counts_at_the_next_request() {
    let app = App::start().await;
    let secret = full_token(&app, "ann").await;
    let other = perijove_store::Store::open(&app.database(), perijove_store::OpenOptions::default())
        .await
        .unwrap();
    let browser = app.browser();
    let asks = async || browser.api_with_token(&secret, Method::GET, "user", None).await;
    assert_eq!(asks().await.json()["admin"], false);
    let ann = perijove_store::users::by_name(&other, "ann").await.unwrap().unwrap();
    perijove_store::users::set_admin(&other, ann.id, true).await.unwrap();
    heard(async || asks().await.json()["admin"] == true).await;
    perijove_store::users::delete(&other, ann.id).await.unwrap();
    heard(async || asks().await.status == 403).await;
}

#[tokio::test]
async fn two_hubs_asked_at_once_start_one_server() {
    let app = App::start().await;
    let other = app.replica().await;
    let (here, there) = (app.browser_at_hub(), other.browser());
    here.sign_in("ann", "x").await;
    there.sign_in("ann", "x").await;
    let (first, second) = tokio::join!(
        here.api(Method::POST, SERVER, None),
        there.api(Method::POST, SERVER, None)
    );
    let statuses = [first.status, second.status];
    assert!(
        statuses.iter().all(|status| matches!(status, 201 | 400)) && statuses.contains(&201),
        "{statuses:?}"
    );
    assert_eq!(app.spawner.starts(), 1);
    assert_eq!(app.spawner.running().len(), 1);
    other.stop().await;
}

#[tokio::test]
async fn a_code_from_one_hub_is_exchanged_at_another_and_once() {
    let app = App::start().await;
    let other = app.replica().await;
    let ann = app.sign_in("ann").await;
    start_server(&ann, "ann").await;
    let spec = app.spawner.specs().pop().unwrap();
    let answer = ann
        .get("hub/api/oauth2/authorize?client_id=jupyterhub-user-ann&response_type=code")
        .await
        .expect(302);
    let code = answer.to().split_once("code=").unwrap().1.to_owned();
    let exchange = async |browser: Browser| {
        let fields = [
            ("client_id", "jupyterhub-user-ann"),
            ("client_secret", spec.api_token.expose()),
            ("grant_type", "authorization_code"),
            ("code", &code),
        ];
        let request = browser.request(Method::POST, "hub/api/oauth2/token").form(&fields);
        browser.send(request).await.status
    };
    assert_eq!(exchange(other.browser()).await, 200);
    assert_eq!(exchange(app.browser_at_hub()).await, 400);
    other.stop().await;
}

#[tokio::test]
async fn progress_of_a_start_is_told_by_the_other_hub() {
    let app = App::builder()
        .config("[hub]\nslow_spawn_timeout = \"50ms\"\n")
        .start()
        .await;
    let other = app.replica().await;
    let (here, there) = (app.browser_at_hub(), other.browser());
    here.sign_in("ann", "x").await;
    there.sign_in("ann", "x").await;
    app.spawner.play(Script {
        silent: true,
        ..Script::default()
    });
    here.api(Method::POST, SERVER, None).await.expect(202);
    let path = format!("hub/api/{SERVER}/progress?_xsrf={}", there.xsrf());
    let watching = tokio::spawn(async move { there.get(&path).await });
    let stopped = here.api(Method::DELETE, SERVER, None).await;
    assert!(matches!(stopped.status, 202 | 204), "{}", stopped.body);
    let told = watching.await.unwrap().expect(200).body;
    assert!(told.contains("Spawn cancelled"), "{told}");
    other.stop().await;
}

#[tokio::test]
async fn a_start_that_a_hub_left_behind_is_finished_by_the_next() {
    let app = App::builder()
        .config("[hub]\nslow_spawn_timeout = \"50ms\"\n")
        .start()
        .await;
    let ann = app.sign_in("ann").await;
    app.spawner.play(Script {
        hang_in_start: true,
        ..Script::default()
    });
    ann.api(Method::POST, SERVER, None).await.expect(202);
    app.spawner.play(Script::default());
    let app = app.restart().await;
    let path = format!("hub/api/{SERVER}/progress?_xsrf={}", ann.xsrf());
    let told = ann.get(&path).await.expect(200).body;
    assert!(told.contains("\"ready\":true"), "{told}");
    assert_eq!(app.spawner.starts(), 1, "what had been started is adopted");
    assert_eq!(ann.get("user/ann/api").await.status, 200);
}

#[tokio::test]
async fn running_servers_are_reached_while_no_hub_is_there_and_known_afterwards() {
    let app = App::start().await;
    let ann = app.sign_in("ann").await;
    start_server(&ann, "ann").await;
    app.hub.stop().await;
    assert_eq!(ann.get("user/ann/api").await.status, 200, "the edge needs no hub");
    let app = app.restart().await;
    assert_eq!(phase(&ann).await, (true, json!(null)));
    assert_eq!(app.spawner.starts(), 1);
    ann.api(Method::DELETE, SERVER, None).await.expect(204);
}

#[tokio::test]
async fn restarts_in_the_middle_of_everything_lose_nothing() {
    let mut app = App::start().await;
    let ann = app.sign_in("ann").await;
    let secret = token(&ann, "ann", json!({ "note": "kept" })).await;
    for round in 1..=3 {
        ann.api(Method::POST, SERVER, None).await.expect(201);
        app = app.restart().await;
        assert_eq!(phase(&ann).await, (true, json!(null)), "round {round}");
        assert_eq!(ann.api_with_token(&secret, Method::GET, "user", None).await.status, 200);
        ann.api(Method::DELETE, SERVER, None).await.expect(204);
        app = app.restart().await;
        assert_eq!(phase(&ann).await, (false, json!(null)), "round {round}");
        assert!(signed_in(&ann).await);
        assert_eq!(app.spawner.starts(), round);
    }
}

#[tokio::test]
async fn who_watches_a_start_is_let_go_by_a_hub_that_stops_and_served_by_the_next() {
    let app = App::builder()
        .config("[hub]\nslow_spawn_timeout = \"50ms\"\n")
        .start()
        .await;
    let ann = app.sign_in("ann").await;
    app.spawner.play(Script {
        hang_in_start: true,
        ..Script::default()
    });
    ann.api(Method::POST, SERVER, None).await.expect(202);
    let path = format!("hub/api/{SERVER}/progress?_xsrf={}", ann.xsrf());
    let watching = tokio::spawn({
        let (ann, path) = (ann.clone(), path.clone());
        async move { ann.get(&path).await }
    });
    // The stream has begun once the start is seen to be pending by another request.
    assert_eq!(phase(&ann).await, (false, json!("spawn")));
    app.spawner.play(Script::default());
    let app = app.restart().await;
    let first = watching.await.unwrap();
    if first.status == 200 {
        assert!(
            !first.body.contains("\"failed\""),
            "a restart is no failure: {}",
            first.body
        );
    }
    let told = ann.get(&path).await.expect(200).body;
    assert!(told.contains("\"ready\":true"), "{told}");
    drop(app);
}
