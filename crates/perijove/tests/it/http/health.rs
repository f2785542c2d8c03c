//! What load balancers and people who look after the platform ask.

use perijove_testkit::App;
use reqwest::Method;
use serde_json::json;

const PATHS: [&str; 2] = ["hub/health", "hub/api/health"];

#[tokio::test]
async fn health_is_an_empty_200_for_everybody() {
    let app = App::start().await;
    let browser = app.browser();
    for path in PATHS {
        let answer = browser.get(path).await.expect(200);
        assert_eq!((answer.body.as_str(), answer.header("content-type")), ("", "text/html"));
        let head = browser.send(browser.request(Method::HEAD, path)).await.expect(200);
        assert_eq!(head.body, "");
        // A browser that looks for itself gets the same.
        let answer = browser
            .get_with(path, "accept", "text/html,application/xhtml+xml,*/*;q=0.8")
            .await;
        assert_eq!((answer.status, answer.body.as_str()), (200, ""));
    }
}

#[tokio::test]
async fn whoever_asks_for_json_learns_the_state_of_the_parts() {
    let app = App::start().await;
    for path in PATHS {
        let answer = app
            .browser()
            .get_with(path, "accept", "application/json")
            .await
            .expect(200);
        let parts = json!({
            "status": "ok",
            "hub": "ok",
            "database": { "status": "ok", "kind": app.hub.store.kind() },
            "edge": "ok",
        });
        assert_eq!(answer.json(), parts);
    }
}

#[tokio::test]
async fn without_its_edge_the_hub_says_so() {
    let mut app = App::start().await;
    app.end_edge().await;
    let browser = app.browser_at_hub();
    for path in PATHS {
        browser.get(path).await.expect(200);
        let answer = browser.get_with(path, "accept", "application/json").await.expect(503);
        let state = answer.json();
        assert_eq!(state["edge"], "not answering");
        assert_eq!(state["database"]["status"], "ok");
        assert_ne!(state["status"], "ok");
    }
    // What needs no edge works.
    let ann = app.browser_at_hub();
    ann.sign_in("ann", "x").await;
    ann.get("hub/home").await.expect(200);
}
