//! What the edge tells of itself: metrics, and the access log.

use std::path::Path;

use perijove_edge::{AccessFormat, AccessLog, EdgeConfig};

use crate::harness::*;

/// The value of a sample, by its name and labels.
fn value(page: &str, name: &str) -> Option<f64> {
    let samples = page.lines().filter(|line| !line.starts_with('#'));
    let found = samples
        .filter_map(|line| line.rsplit_once(' '))
        .find(|(key, _)| *key == name);
    found.map(|(_, value)| value.parse().unwrap())
}

async fn metrics(edge: &TestEdge) -> String {
    let (status, page) = edge.api("GET", "/metrics", "").await;
    assert_eq!(status, 200);
    page
}

#[tokio::test]
async fn metrics_tell_what_happened() {
    let target = Target::new().await;
    let edge = TestEdge::start(EdgeConfig { threads: 2, ..config() });
    edge.route("/user/a", &target).await;
    for answer in [OK, OK, "HTTP/1.1 418 A Teapot\r\nContent-Length: 0\r\n\r\n"] {
        let request = get("/user/a/lab");
        let (reply, _served) = tokio::join!(edge.ask(&request), target.serve(answer));
        assert!(reply.starts_with("HTTP/1.1 "));
    }
    assert_eq!(status(&edge.ask(&get("/nowhere")).await), 404);
    let open = edge.client().await;
    assert_eq!(edge.api("DELETE", "/api/routes/user/a", "").await.0, 204);
    assert_eq!(edge.api("DELETE", "/api/routes/user/a", "").await.0, 404);
    assert_eq!(edge.api("GET", "/api/routes", "").await.0, 200);

    let mut page = metrics(&edge).await;
    // Who has left is counted a moment later.
    while value(&page, "perijove_edge_connections") != Some(1.0) {
        page = metrics(&edge).await;
    }
    let expected = [
        ("requests_web", 4.0),
        ("requests_ws", 0.0),
        ("requests_proxy{status=\"200\"}", 2.0),
        ("requests_proxy{status=\"418\"}", 1.0),
        ("requests_proxy{status=\"404\"}", 1.0),
        ("requests_api{status=\"201\"}", 1.0),
        ("requests_api{status=\"404\"}", 1.0),
        ("api_route_add", 1.0),
        ("api_route_delete", 1.0),
        ("api_route_get", 1.0),
        ("find_target_for_req_count", 4.0),
        ("perijove_edge_requests_total{class=\"2xx\"}", 2.0),
        ("perijove_edge_requests_total{class=\"4xx\"}", 2.0),
        ("perijove_edge_request_duration_seconds_count", 4.0),
        ("perijove_edge_request_duration_seconds_bucket{le=\"+Inf\"}", 4.0),
        ("perijove_edge_connections_total", 5.0),
        ("perijove_edge_routes", 0.0),
        ("perijove_edge_draining", 0.0),
    ];
    for (name, wanted) in expected {
        assert_eq!(value(&page, name), Some(wanted), "{name} in {page}");
    }
    drop(open);
}

#[tokio::test]
async fn metrics_want_a_token_on_the_api_and_none_on_their_own_port() {
    let edge = TestEdge::start(EdgeConfig {
        metrics_listen: Some(([127, 0, 0, 1], 0).into()),
        ..config()
    });
    let api = edge.edge.api_address();
    assert_eq!(api_call(api, "GET", "/metrics", None, "").await.0, 403);
    let own = edge.edge.metrics_address().unwrap();
    let (status, page) = api_call(own, "GET", "/metrics", None, "").await;
    assert_eq!(status, 200);
    assert_eq!(value(&page, "requests_web"), Some(0.0), "{page}");
    for (method, path) in [("GET", "/api/routes"), ("DELETE", "/metrics"), ("GET", "/")] {
        assert_eq!(api_call(own, method, path, Some(TOKEN), "").await.0, 404, "{path}");
    }
}

#[tokio::test]
async fn tunnels_are_counted_while_they_are_open() {
    let target = Target::new().await;
    let edge = TestEdge::before(&target);
    let mut client = edge.client().await;
    client
        .send("GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
        .await;
    let (_, server) = target
        .serve("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
        .await;
    client.head().await;
    while value(&metrics(&edge).await, "perijove_edge_tunnels") != Some(1.0) {}
    assert_eq!(value(&metrics(&edge).await, "requests_ws"), Some(1.0));
    client.send("hello").await;
    let mut server = server;
    assert_eq!(server.exactly(5).await, b"hello");
    assert_eq!(
        value(&metrics(&edge).await, "perijove_edge_upstream_connections"),
        Some(1.0)
    );
    drop((client, server));
    while value(&metrics(&edge).await, "perijove_edge_tunnels") != Some(0.0) {}
    let page = metrics(&edge).await;
    assert_eq!(value(&page, "perijove_edge_upstream_connections"), Some(0.0), "{page}");
    assert_eq!(value(&page, "perijove_edge_received_bytes_total"), Some(5.0), "{page}");
}

#[tokio::test]
async fn bodies_are_counted_and_so_is_what_was_refused() {
    let target = Target::new().await;
    let edge = TestEdge::before(&target);
    let mut client = edge.client().await;
    client
        .send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc")
        .await;
    let (_, _wire) = target.serve(OK).await;
    client.rest().await;
    assert_eq!(status(&edge.ask("GET / HTTP/1.1\r\n\r\n").await), 400);
    let page = metrics(&edge).await;
    assert_eq!(value(&page, "perijove_edge_received_bytes_total"), Some(3.0), "{page}");
    assert_eq!(value(&page, "perijove_edge_sent_bytes_total"), Some(2.0), "{page}");
    assert_eq!(
        value(&page, "perijove_edge_refused_total{why=\"malformed\"}"),
        Some(1.0),
        "{page}"
    );
}

/// A tunnel's line is written when it has ended: only then is known what it carried.
#[tokio::test]
async fn the_access_log_has_a_line_for_each_tunnel() {
    let target = Target::new().await;
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("access.log");
    let edge = TestEdge::start(EdgeConfig {
        access_log: Some(AccessLog {
            format: AccessFormat::Json,
            file: Some(file.clone()),
        }),
        default_target: Some(target.url()),
        ..config()
    });
    let mut client = edge.client().await;
    client
        .send("GET /ws?token=abcdef HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
        .await;
    let (_, mut server) = target
        .serve("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
        .await;
    client.head().await;
    server.send("output").await;
    client.exactly(6).await;
    drop((client, server));
    eventually("a line", || lines(&file).len() == 1).await;
    let line: serde_json::Value = serde_json::from_str(&lines(&file)[0]).unwrap();
    assert_eq!(
        (&line["uri"], &line["status"]),
        (&"/ws?token=[secret]".into(), &101.into())
    );
    assert_eq!(line["sent"], 6, "{line}");
}

fn lines(file: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn the_access_log_has_a_line_for_each_request_and_no_secret() {
    let target = Target::new().await;
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("access.log");
    let edge = TestEdge::start(EdgeConfig {
        access_log: Some(AccessLog {
            format: AccessFormat::Json,
            file: Some(file.clone()),
        }),
        ..config()
    });
    edge.route("/user/a", &target).await;
    for path in ["/user/a/lab?token=abcdef&x=1", "/user/a/tree"] {
        let request = get(path);
        let (reply, _served) = tokio::join!(edge.ask(&request), target.serve(OK));
        assert_eq!(status(&reply), 200);
    }
    edge.ask(&get("/nowhere")).await;
    eventually("three lines", || lines(&file).len() == 3).await;
    let all: Vec<serde_json::Value> = lines(&file)
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(all[0]["uri"], "/user/a/lab?token=[secret]&x=1");
    assert_eq!((&all[0]["method"], &all[0]["status"]), (&"GET".into(), &200.into()));
    assert_eq!((&all[2]["uri"], &all[2]["status"]), (&"/nowhere".into(), &404.into()));
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&file).unwrap().permissions());
    assert_eq!(mode & 0o007, 0, "nobody else reads it");
}
