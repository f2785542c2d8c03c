//! The REST API of configurable-http-proxy: what JupyterHub, its tools and its tests rely on.

use jiff::SignedDuration;
use perijove_edge::EdgeConfig;
use serde_json::{Value, json};

use crate::harness::*;

const TARGET: &str = r#"{"target":"http://127.0.0.1:9","jupyterhub":true,"user":"a","server_name":""}"#;

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[tokio::test]
async fn routes_are_added_listed_shown_and_removed() {
    let edge = TestEdge::start(config());
    assert_eq!(edge.api("GET", "/api/routes", "").await, (200, "{}".into()));
    assert_eq!(
        edge.api("POST", "/api/routes/user/a%40b/", TARGET).await,
        (201, String::new())
    );
    let route = json!({
        "target": "http://127.0.0.1:9", "jupyterhub": true, "user": "a", "server_name": "",
        "last_activity": "2026-11-21T00:00:00.000Z",
    });
    let (status, body) = edge.api("GET", "/api/routes", "").await;
    assert_eq!((status, parsed(&body)), (200, json!({ "/user/a@b": route })));
    for path in [
        "/api/routes/user/a%40b",
        "/api/routes/user/a@b",
        "/api/routes/user/a@b/",
    ] {
        let (status, body) = edge.api("GET", path, "").await;
        assert_eq!((status, parsed(&body)), (200, route.clone()), "{path}");
    }
    assert_eq!(edge.api("GET", "/api/routes/user", "").await, (404, String::new()));
    assert_eq!(
        edge.api("DELETE", "/api/routes/user/nobody", "").await,
        (404, String::new())
    );
    assert_eq!(
        edge.api("DELETE", "/api/routes/user/a@b", "").await,
        (204, String::new())
    );
    assert_eq!(
        edge.api("DELETE", "/api/routes/user/a@b", "").await,
        (404, String::new())
    );
    assert_eq!(edge.api("GET", "/api/routes/", "").await, (200, "{}".into()));
}

#[tokio::test]
async fn the_default_target_is_the_root_until_the_hub_says_otherwise() {
    let edge = TestEdge::start(EdgeConfig {
        default_target: Some("http://127.0.0.1:8081".into()),
        ..config()
    });
    let target = || async { parsed(&edge.api("GET", "/api/routes", "").await.1)["/"]["target"].clone() };
    assert_eq!(target().await, "http://127.0.0.1:8081");
    assert_eq!(edge.api("POST", "/api/routes/", TARGET).await.0, 201);
    assert_eq!(target().await, "http://127.0.0.1:9");
    assert_eq!(
        edge.api("POST", "/api/routes", r#"{"target":"http://127.0.0.1:10"}"#)
            .await
            .0,
        201
    );
    assert_eq!(target().await, "http://127.0.0.1:10");
}

#[tokio::test]
async fn nothing_is_told_or_done_without_the_token() {
    let edge = TestEdge::start(config());
    let at = edge.edge.api_address();
    for token in [
        None,
        Some(""),
        Some("wrong"),
        Some("edge-token-of-the-test"),
        Some("edge-token-of-the-testsx"),
    ] {
        for (method, path) in [
            ("GET", "/api/routes"),
            ("GET", "/api"),
            ("POST", "/api/routes/x"),
            ("PUT", "/api/routes"),
        ] {
            assert_eq!(
                api_call(at, method, path, token, TARGET).await,
                (403, String::new()),
                "{token:?} {method}"
            );
        }
    }
    assert!(edge.edge.routes().is_empty());
    let (status, _) = api_call(at, "DELETE", "/api/routes/x", None, "").await;
    assert_eq!(status, 403);
}

#[tokio::test]
async fn bad_calls_are_refused_and_change_nothing() {
    let edge = TestEdge::start(config());
    for (method, path, body, expected) in [
        ("POST", "/api/routes/x", "not json", 400),
        ("POST", "/api/routes/x", "{}", 400),
        ("POST", "/api/routes/x", "[]", 400),
        ("POST", "/api/routes/x", r#"{"target":7}"#, 400),
        ("POST", "/api/routes/x", r#"{"target":"nowhere"}"#, 400),
        ("POST", "/api/routes/x/../y", TARGET, 400),
        ("POST", "/api/routes/%2e%2e", TARGET, 400),
        ("POST", "/api/routes/%ff", TARGET, 400),
        ("PUT", "/api/routes/x", TARGET, 405),
        ("PATCH", "/api/routes", TARGET, 405),
        ("POST", "/api", TARGET, 405),
        ("GET", "/api/routesx", "", 404),
        ("GET", "/nothing", "", 404),
        ("GET", "/api/routes?inactive_since=yesterday", "", 400),
        (
            "PUT",
            "/api/routes",
            r#"{"/a":{"target":"http://127.0.0.1:9"},"/b":{}}"#,
            400,
        ),
    ] {
        assert_eq!(edge.api(method, path, body).await.0, expected, "{method} {path} {body}");
    }
    let large = format!(r#"{{"target":"http://127.0.0.1:9","x":"{}"}}"#, "y".repeat(100_000));
    assert_eq!(edge.api("POST", "/api/routes/x", &large).await.0, 413);
    assert!(edge.edge.routes().is_empty());
}

/// JupyterHub looks for what it has set, even if it can not work here.
#[tokio::test]
async fn a_tls_target_is_kept_and_answers_that_it_can_not_be_reached() {
    let edge = TestEdge::start(config());
    assert_eq!(
        edge.api("POST", "/api/routes/x", r#"{"target":"https://localhost:1234"}"#)
            .await
            .0,
        201
    );
    assert_eq!(
        parsed(&edge.api("GET", "/api/routes/x", "").await.1)["target"],
        "https://localhost:1234"
    );
    assert_eq!(status(&edge.ask(&get("/x")).await), 503);
}

#[tokio::test]
async fn inactive_routes_can_be_asked_for() {
    let target = Target::new().await;
    let edge = TestEdge::start(config());
    edge.route("/old", &target).await;
    edge.route("/used", &target).await;
    edge.clock.advance(SignedDuration::from_hours(1));
    let request = get("/used/x");
    let (_, _served) = tokio::join!(edge.ask(&request), target.serve(OK));
    for query in [
        "inactive_since=2026-11-21T00:30:00Z",
        "inactiveSince=2026-11-21T00:30:00.000Z",
        "inactive_since=2026-11-21T00:30:00",
        "inactive_since=2026-11-21T01:30:00%2B01:00",
        "inactive_since=2026-11-21T01:30:00+01:00",
    ] {
        let (status, body) = edge.api("GET", &format!("/api/routes?{query}"), "").await;
        let routes = parsed(&body);
        assert_eq!(
            (status, routes.as_object().unwrap().keys().collect::<Vec<_>>()),
            (200, vec![&"/old".to_owned()]),
            "{query}"
        );
    }
}

/// Refusals do not keep a server alive.
#[tokio::test]
async fn only_success_is_activity() {
    let target = Target::new().await;
    let edge = TestEdge::start(config());
    edge.route("/user/a", &target).await;
    let activity = || edge.edge.routes().get("/user/a").unwrap().unwrap().last_activity();
    let before = activity();
    edge.clock.advance(SignedDuration::from_mins(1));
    let request = get("/user/a");
    for answer in [
        "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno",
        "HTTP/1.1 302 Found\r\nContent-Length: 2\r\n\r\nno",
    ] {
        let answer = answer.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
        let (_, _served) = tokio::join!(edge.ask(&request), target.serve(&answer));
    }
    assert_eq!(activity(), before);
    let (_, _served) = tokio::join!(edge.ask(&request), target.serve(OK));
    assert!(activity() > before);
}

#[tokio::test]
async fn all_routes_can_be_set_at_once() {
    let edge = TestEdge::start(config());
    assert_eq!(edge.api("POST", "/api/routes/old", TARGET).await.0, 201);
    let wanted = json!({ "/": { "target": "http://127.0.0.1:1" }, "/user/a%40b/": { "target": "http://127.0.0.1:2", "user": "a@b" } });
    assert_eq!(edge.api("PUT", "/api/routes", &wanted.to_string()).await.0, 204);
    let routes = parsed(&edge.api("GET", "/api/routes", "").await.1);
    assert_eq!(
        routes.as_object().unwrap().keys().collect::<Vec<_>>(),
        ["/", "/user/a@b"]
    );
    assert_eq!(routes["/user/a@b"]["user"], "a@b");
}

#[tokio::test]
async fn the_edge_tells_how_it_does() {
    let edge = TestEdge::start(config());
    let (status, body) = edge.api("GET", "/api/", "").await;
    let state = parsed(&body);
    assert_eq!(
        (status, &state["routes"], &state["tunnels"]),
        (200, &json!(0), &json!(0))
    );
    assert_eq!(
        edge.ask(&get("/_chp_healthz")).await.split("\r\n\r\n").nth(1),
        Some(r#"{"status":"OK"}"#)
    );
}

#[tokio::test]
async fn hosts_can_be_part_of_routes() {
    let (hub, alice) = (Target::new().await, Target::new().await);
    let edge = TestEdge::start(EdgeConfig {
        default_target: Some(hub.url()),
        host_routing: true,
        ..config()
    });
    edge.route("/alice.example.org/user/alice", &alice).await;
    for (host, target) in [
        ("alice.example.org:8000", &alice),
        ("ALICE.example.org", &alice),
        ("bob.example.org", &hub),
    ] {
        let request = format!("GET /user/alice/lab HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        let (reply, _served) = tokio::join!(edge.ask(&request), target.serve(OK));
        assert_eq!(status(&reply), 200, "{host}");
    }
}
