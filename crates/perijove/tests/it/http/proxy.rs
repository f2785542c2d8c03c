//! The REST API: the proxy's routes, and the change to another proxy.

use std::sync::Arc;

use perijove_edge::{Edge, EdgeConfig};
use perijove_model::{MockClock, Secret};
use perijove_testkit::App;
use reqwest::Method;
use serde_json::{Value, json};

use super::rest::Caller;
use super::{full_token, refused, start_server};
use crate::support::eventually;

const SERVICE: &str = "[[service]]\nname = \"fixed\"\nurl = \"http://127.0.0.1:9/x\"\n";

async fn keeper(app: &App) -> Caller {
    Caller::with(app, &full_token(app, "ruth").await)
}

/// A second proxy, which nobody has told anything yet.
fn another_edge(token: &str) -> Edge {
    let mut edge = EdgeConfig::new(Secret::new(token));
    edge.listen = vec![([127, 0, 0, 1], 0).into()];
    edge.api_listen = ([127, 0, 0, 1], 0).into();
    edge.threads = 1;
    Edge::start(edge, Arc::new(MockClock::default())).unwrap()
}

async fn routes_of(edge: &Edge, token: &str) -> Value {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("http://{}/api/routes", edge.api_address());
    let answer = client
        .get(url)
        .header("authorization", format!("token {token}"))
        .send()
        .await
        .unwrap();
    answer.json().await.unwrap()
}

#[tokio::test]
async fn routes_are_told_by_path() {
    let app = App::builder().config(SERVICE).start().await;
    let ann = app.sign_in("ann").await;
    start_server(&ann, "ann").await;
    ann.api(Method::GET, "proxy", None).await.expect(403);
    let keeper = keeper(&app).await;
    let routes = keeper.get("proxy").await.expect(200).json();
    let paths: Vec<&String> = routes.as_object().unwrap().keys().collect();
    assert_eq!(paths, ["/", "/services/fixed/", "/user/ann/"]);
    let hub = &routes["/"];
    assert_eq!((&hub["routespec"], &hub["data"]["hub"]), (&json!("/"), &json!(true)));
    assert_eq!(hub["target"], json!(format!("http://{}", app.hub_address())));
    assert_eq!(routes["/services/fixed/"]["target"], "http://127.0.0.1:9");
    assert_eq!(routes["/services/fixed/"]["data"]["service"], "fixed");
    let server = &routes["/user/ann/"]["data"];
    assert_eq!((&server["user"], &server["server_name"]), (&json!("ann"), &json!("")));
    assert!(server["last_activity"].is_string(), "{server}");
}

#[tokio::test]
async fn routes_come_in_pages() {
    let app = App::builder().config(SERVICE).start().await;
    let token = full_token(&app, "ruth").await;
    for (query, expected, next) in [
        ("", &["/", "/services/fixed/"][..], Value::Null),
        ("?offset=1", &["/services/fixed/"], Value::Null),
        ("?limit=1", &["/"], json!(1)),
    ] {
        let request = app
            .browser()
            .request(Method::GET, &format!("hub/api/proxy{query}"))
            .header("authorization", format!("token {token}"))
            .header("accept", "application/jupyterhub-pagination+json");
        let page = app.browser().send(request).await.expect(200).json();
        let paths: Vec<&String> = page["items"].as_object().unwrap().keys().collect();
        assert_eq!(paths, expected, "{query}");
        assert_eq!(page["_pagination"]["total"], 2);
        assert_eq!(page["_pagination"]["next"]["offset"], next);
    }
}

#[tokio::test]
async fn a_route_that_got_lost_is_told_again() {
    let app = App::builder().config(SERVICE).start().await;
    let keeper = keeper(&app).await;
    app.hub.routes.remove("/services/fixed/").await.unwrap();
    assert!(keeper.get("proxy").await.json().get("/services/fixed/").is_none());
    assert_eq!(keeper.call(Method::POST, "proxy", None).await.expect(200).body, "");
    assert!(keeper.get("proxy").await.json().get("/services/fixed/").is_some());
}

#[tokio::test]
async fn another_proxy_takes_over_for_all_hubs() {
    let app = App::builder().config(SERVICE).start().await;
    let keeper = keeper(&app).await;
    let replica = app.replica().await;
    let edge = another_edge("another-token");
    let url = format!("http://{}", edge.api_address());
    for body in [
        json!({ "api_url": url }),
        json!({ "api_url": url, "auth_token": "wrong" }),
    ] {
        refused(
            &keeper.call(Method::PATCH, "proxy", Some(body)).await,
            400,
            "can't use this proxy",
        );
    }
    let body = json!({ "api_url": url, "auth_token": "another-token" });
    assert_eq!(
        keeper.call(Method::PATCH, "proxy", Some(body)).await.expect(200).body,
        ""
    );
    let routes = routes_of(&edge, "another-token").await;
    assert!(
        routes.get("/services/fixed").is_some() && routes.get("/").is_some(),
        "{routes}"
    );
    eventually("the other hub follows", async || {
        (replica.hub.routes.proxy() == app.hub.routes.proxy()).then_some(())
    })
    .await;
    // No secret lies open in the database.
    let kept = perijove_store::meta::get(&app.hub.store, "proxy")
        .await
        .unwrap()
        .unwrap();
    assert!(
        kept.contains(&edge.api_address().to_string()) && !kept.contains("another-token"),
        "{kept}"
    );
    replica.stop().await;
    let later = app.second_hub().await;
    eventually("a hub that starts later follows", async || {
        later.routes.proxy().api_url.starts_with(&url).then_some(())
    })
    .await;
    later.stop().await;
}

#[tokio::test]
async fn bodies_that_mean_nothing_change_nothing() {
    let app = App::start().await;
    let keeper = keeper(&app).await;
    let before = app.hub.routes.proxy();
    refused(&keeper.call(Method::PATCH, "proxy", None).await, 400, "need JSON body");
    for body in [
        json!([]),
        json!("text"),
        json!({"api_url": 1}),
        json!({"api_url": "here"}),
        json!({"api_url": "ftp://127.0.0.1"}),
        json!({"api_url": "http://ann:secret@127.0.0.1"}),
        json!({"auth_token": ""}),
        json!({"auth_token": "a\nb"}),
        json!({"token": "x"}),
    ] {
        refused(&keeper.call(Method::PATCH, "proxy", Some(body)).await, 400, "");
    }
    assert!(app.hub.routes.proxy() == before);
    keeper.call(Method::PATCH, "proxy", Some(json!({}))).await.expect(200);
}
