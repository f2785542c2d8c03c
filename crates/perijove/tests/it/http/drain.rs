//! A drained hub: servers that run go on, none starts, and people are told why.

use perijove_testkit::App;
use reqwest::Method;
use serde_json::json;

use super::start_server;

#[tokio::test]
async fn while_a_hub_is_drained_servers_go_on_and_none_starts() {
    let app = App::start().await;
    let (ann, bob, ruth) = (
        app.sign_in("ann").await,
        app.sign_in("bob").await,
        app.sign_in("ruth").await,
    );
    start_server(&ruth, "ann").await;
    let wish = json!({ "message": "Maintenance\n until ten." });
    let now = ruth.api(Method::PUT, "drain", Some(wish)).await.expect(200).json();
    assert_eq!((&now["drained"], &now["by"]), (&json!(true), &json!("ruth")));

    let why = "No server starts at the moment: Maintenance until ten.";
    let refused = bob.api(Method::POST, "users/bob/server", None).await.expect(503);
    assert_eq!(refused.json()["message"], why);
    let page = bob.get("hub/spawn").await;
    assert!(
        page.text().contains("Maintenance until ten."),
        "{} {}",
        page.status,
        page.body
    );
    let home = bob.get("hub/home").await.expect(200);
    assert!(
        home.text().contains("id=\"drained\""),
        "told before they try: {}",
        home.body
    );
    let model = ann.api(Method::GET, "users/ann", None).await.json();
    assert!(!model["server"].is_null(), "{model}");

    // All hubs on the database follow, and a hub that starts anew.
    let replica = app.replica().await;
    let other = replica.browser();
    other.sign_in("ruth", "password").await;
    other.api(Method::POST, "users/bob/server", None).await.expect(503);
    other.api(Method::DELETE, "drain", None).await.expect(200);
    assert_eq!(
        ruth.api(Method::GET, "drain", None).await.json()["drained"],
        json!(false)
    );
    start_server(&ruth, "bob").await;
    assert!(!bob.get("hub/home").await.text().contains("id=\"drained\""));

    let log = ruth.api(Method::GET, "audit?act=hub.drained", None).await.json();
    let told: Vec<_> = log["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| &entry["detail"]["on"])
        .collect();
    assert_eq!(told, [&json!(true), &json!(false)]);
}

#[tokio::test]
async fn only_those_who_may_shut_the_hub_down_drain_it() {
    let app = App::start().await;
    let (ann, ruth) = (app.sign_in("ann").await, app.sign_in("ruth").await);
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        ann.api(method, "drain", None).await.expect(403);
    }
    let long = json!({ "message": "x".repeat(501) });
    ruth.api(Method::PUT, "drain", Some(long)).await.expect(400);
    assert_eq!(
        ruth.api(Method::GET, "drain", None).await.json()["drained"],
        json!(false)
    );
    // To end what has not begun is fine.
    ruth.api(Method::DELETE, "drain", None).await.expect(200);
}
