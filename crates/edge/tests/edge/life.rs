//! Start, restart and end: routes are found again, and who is being served may finish.

use std::{os::unix::fs::PermissionsExt, sync::Arc, time::Duration};

use perijove_edge::{Drained, Edge, EdgeConfig, EdgeError};
use perijove_model::{MockClock, Secret};

use crate::harness::*;

const ROUTE: &str = r#"{"target":"http://127.0.0.1:9","jupyterhub":true,"user":"a@b"}"#;

#[tokio::test]
async fn a_restart_finds_the_routes_again() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("routes.json");
    let config = || EdgeConfig {
        routes_file: Some(file.clone()),
        default_target: Some("http://127.0.0.1:8081".into()),
        ..config()
    };
    let edge = TestEdge::start(config());
    edge.clock.advance(jiff::SignedDuration::from_hours(5));
    for path in ["/user/a%40b", "/user/50%25", "/user/x%2Fy", "/user/gone"] {
        assert_eq!(edge.api("POST", &format!("/api/routes{path}"), ROUTE).await.0, 201);
    }
    assert_eq!(edge.api("DELETE", "/api/routes/user/gone", "").await.0, 204);
    let before = edge.api("GET", "/api/routes", "").await.1;
    assert_eq!(edge.edge.drain().await, Drained { cut: 0 });
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);

    let edge = TestEdge::start(config());
    edge.clock.advance(jiff::SignedDuration::from_hours(9));
    let parse = |text: &str| -> serde_json::Value { serde_json::from_str(text).unwrap() };
    let (mut before, mut after) = (parse(&before), parse(&edge.api("GET", "/api/routes", "").await.1));
    // The root is the configuration's, not the file's.
    assert_eq!(after["/"]["target"], "http://127.0.0.1:8081");
    before.as_object_mut().unwrap().remove("/");
    after.as_object_mut().unwrap().remove("/");
    assert_eq!(after, before);
    assert_eq!(after.as_object().unwrap().len(), 3);
}

/// Nobody says goodbye to a process that is killed.
#[tokio::test]
async fn routes_are_saved_without_a_goodbye() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("routes.json");
    let edge = TestEdge::start(EdgeConfig {
        routes_file: Some(file.clone()),
        ..config()
    });
    assert_eq!(edge.api("POST", "/api/routes/user/a", ROUTE).await.0, 201);
    eventually("the routes to be saved", || {
        std::fs::read_to_string(&file).is_ok_and(|text| text.contains("/user/a"))
    })
    .await;
    assert_eq!(edge.api("DELETE", "/api/routes/user/a", "").await.0, 204);
    let journal = directory.path().join("routes.json.journal");
    eventually("the change to be saved", || {
        let text = std::fs::read_to_string(&journal).unwrap_or_default();
        text.lines().last().is_some_and(|line| line.contains("/user/a") && !line.contains("target"))
    })
    .await;
    let copy = directory.path().join("copy.json");
    std::fs::copy(&file, &copy).unwrap();
    std::fs::copy(&journal, directory.path().join("copy.json.journal")).unwrap();
    let after = TestEdge::start(EdgeConfig {
        routes_file: Some(copy),
        ..config()
    });
    assert!(after.edge.routes().is_empty());
}

#[tokio::test]
async fn a_broken_routes_file_is_put_aside() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("routes.json");
    std::fs::write(&file, "{\"half\":").unwrap();
    let edge = TestEdge::start(EdgeConfig {
        routes_file: Some(file.clone()),
        ..config()
    });
    assert!(edge.edge.routes().is_empty());
    assert_eq!(
        std::fs::read_to_string(directory.path().join("routes.broken")).unwrap(),
        "{\"half\":"
    );
}

#[tokio::test]
async fn a_drain_waits_for_requests_and_tunnels() {
    let target = Target::new().await;
    let edge = TestEdge::before(&target);
    let address = edge.edge.addresses()[0];
    let mut idle = edge.client().await;
    idle.send("GET /_chp_healthz HTTP/1.1\r\nHost: a\r\n\r\n").await;
    idle.until("OK").await;
    let mut asking = edge.client().await;
    asking.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n").await;
    let mut answering = target.accept().await;
    answering.head().await;
    let mut client = edge.client().await;
    client
        .send("GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
        .await;
    let (_, mut server) = target
        .serve("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
        .await;
    client.head().await;

    let drain = tokio::spawn(edge.edge.drain());
    assert!(idle.rest().await.ends_with('}'), "an idle connection ends");
    soon("the listener to close", async {
        while tokio::net::TcpStream::connect(address).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
    client.send("still here").await;
    assert_eq!(server.exactly(10).await, b"still here");
    answering.send(OK).await;
    let reply = asking.rest().await;
    assert_eq!((status(&reply), body_of(&reply)), (200, "ok"));
    assert!(!drain.is_finished(), "the tunnel is open");
    drop(client);
    server.rest().await;
    drop(server);
    assert_eq!(soon("the drain", drain).await.unwrap(), Drained { cut: 0 });
}

#[tokio::test]
async fn a_drain_does_not_wait_for_ever() {
    let target = Target::new().await;
    let edge = TestEdge::start(EdgeConfig {
        default_target: Some(target.url()),
        drain: Duration::from_millis(200),
        ..config()
    });
    let mut client = edge.client().await;
    client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n").await;
    let mut server = target.accept().await;
    server.head().await;
    assert_eq!(soon("the drain", edge.edge.drain()).await, Drained { cut: 1 });
    assert_eq!(client.rest().await, "");
}

#[tokio::test]
async fn several_threads_share_one_address() {
    let target = Target::new().await;
    let edge = TestEdge::start(EdgeConfig {
        threads: 3,
        default_target: Some(target.url()),
        ..config()
    });
    edge.route("/user/a", &target).await;
    for _ in 0..12 {
        let request = get("/user/a");
        let (reply, _served) = tokio::join!(edge.ask(&request), target.serve(OK));
        assert_eq!(status(&reply), 200);
    }
    let taken = EdgeConfig {
        threads: 3,
        listen: edge.edge.addresses().to_vec(),
        ..config()
    };
    let error = Edge::start(taken, Arc::new(MockClock::default())).err().unwrap();
    assert!(matches!(error, EdgeError::Listen { .. }), "{error}");
    assert!(
        error.to_string().contains("is another program there already?"),
        "{error}"
    );
}

#[tokio::test]
async fn a_setup_that_can_not_work_is_refused() {
    let start = |config| {
        Edge::start(config, Arc::new(MockClock::default()))
            .err()
            .map(|error| error.to_string())
    };
    let no_token = EdgeConfig {
        auth_token: Secret::default(),
        ..config()
    };
    assert!(start(no_token).unwrap().contains("no API token"));
    let tls = EdgeConfig {
        default_target: Some("ftp://hub".into()),
        ..config()
    };
    assert!(start(tls).unwrap().starts_with("default_target: "));
    assert!(
        start(EdgeConfig {
            listen: vec![],
            ..config()
        })
        .unwrap()
        .contains("no address")
    );
}
