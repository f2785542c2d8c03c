//! Start, restart and end: routes are found again, and who is being served may finish.

use std::{os::unix::fs::PermissionsExt, sync::Arc, time::Duration};

use perijove_edge::{Drained, Edge, EdgeConfig, EdgeError, Limits};
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
        text.lines()
            .last()
            .is_some_and(|line| line.contains("/user/a") && !line.contains("target"))
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

#[tokio::test]
async fn a_new_configuration_changes_what_comes_next_and_nothing_that_runs() {
    let (before, after) = (Target::new().await, Target::new().await);
    let mut edge = TestEdge::start(EdgeConfig {
        default_target: Some(before.url()),
        ..config()
    });
    let mut running = edge.client().await;
    running.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n").await;
    let mut answering = before.accept().await;
    answering.head().await;

    let address = edge.edge.addresses()[0];
    let next = EdgeConfig {
        listen: vec![address, ([127, 0, 0, 1], 0).into()],
        default_target: Some(after.url()),
        threads: 3,
        limits: Limits {
            header_bytes: 8 * 1024,
            ..Limits::default()
        },
        ..config()
    };
    assert_eq!(edge.edge.reload(next.clone()).unwrap(), ["threads"]);
    assert_eq!(edge.edge.addresses().len(), 2);
    for address in edge.edge.addresses().to_vec() {
        let mut client = Wire::connect(address).await;
        client.send(get("/")).await;
        after.serve(OK).await;
        assert_eq!(status(&client.rest().await), 200);
    }
    let long = format!("GET / HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n", "a".repeat(10_000));
    assert_eq!(status(&edge.ask(&long).await), 431);
    answering.send(OK).await;
    assert_eq!(status(&running.until("ok").await), 200);

    let second = edge.edge.addresses()[1];
    let next = EdgeConfig {
        listen: vec![address],
        ..next
    };
    edge.edge.reload(next.clone()).unwrap();
    soon("the second address to close", async {
        while tokio::net::TcpStream::connect(second).await.is_ok() {}
    })
    .await;

    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    for wrong in [
        EdgeConfig {
            error_target: Some("nonsense".into()),
            ..next.clone()
        },
        EdgeConfig {
            listen: vec![address, taken.local_addr().unwrap()],
            default_target: Some(before.url()),
            ..next.clone()
        },
        EdgeConfig {
            listen: vec![],
            ..next.clone()
        },
    ] {
        edge.edge.reload(wrong).unwrap_err();
    }
    let request = get("/");
    let (reply, _served) = tokio::join!(edge.ask(&request), after.serve(OK));
    assert_eq!(status(&reply), 200, "nothing of a wrong configuration is taken");
}

#[tokio::test]
async fn health_tells_alive_from_ready() {
    let edge = TestEdge::start(EdgeConfig {
        drain_notice: Duration::from_secs(60),
        ..config()
    });
    let (people, api) = (edge.edge.addresses()[0], edge.edge.api_address());
    let ask = async |address, path| api_call(address, "GET", path, None, "").await.0;
    for address in [people, api] {
        for path in ["/_chp_healthz", "/_perijove/health/live", "/_perijove/health/ready"] {
            assert_eq!(ask(address, path).await, 200, "{path}");
        }
    }
    let _drain = tokio::spawn(edge.edge.drain());
    soon("not ready", async {
        while ask(people, "/_perijove/health/ready").await != 503 {}
    })
    .await;
    assert_eq!(ask(api, "/_perijove/health/ready").await, 503);
    assert_eq!(ask(people, "/_perijove/health/live").await, 200);
    let page = api_call(api, "GET", "/metrics", Some(TOKEN), "").await.1;
    assert!(page.contains("perijove_edge_draining 1\n"), "{page}");
}

/// Within one process: what the two tell each other is the same.
#[tokio::test(flavor = "multi_thread")]
async fn another_edge_goes_on_where_one_stops() {
    let target = Target::new().await;
    let before = TestEdge::start(EdgeConfig { threads: 2, ..config() });
    before.route("/user/a", &target).await;
    let (people, api) = (before.edge.addresses()[0], before.edge.api_address());

    let serving = tokio::spawn(async move {
        loop {
            let mut wire = target.accept().await;
            tokio::spawn(async move {
                wire.head().await;
                wire.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")
                    .await;
                wire.rest().await;
            });
        }
    });
    let stop = tokio_util::sync::CancellationToken::new();
    let asking: Vec<_> = (0..4)
        .map(|_| {
            let stop = stop.clone();
            tokio::spawn(async move {
                let mut count = 0;
                while !stop.is_cancelled() {
                    let mut client = Wire::connect(people).await;
                    client.send(get("/user/a")).await;
                    assert_eq!(status(&client.rest().await), 200);
                    count += 1;
                }
                count
            })
        })
        .collect();

    let mut edge = before.edge;
    for threads in [2, 1, 3] {
        let mut kept = Wire::connect(api).await;
        kept.send("GET /_chp_healthz HTTP/1.1\r\nHost: a\r\n\r\n").await;
        kept.until("}").await;
        let inheritance = edge.bequeath().await.unwrap();
        kept.send(
            "DELETE /api/routes/user/a HTTP/1.1\r\nHost: a\r\nAuthorization: token edge-token-of-the-tests\r\n\r\n",
        )
        .await;
        assert_eq!(
            status(&kept.head().await),
            503,
            "what was told does not change any more"
        );
        let next = EdgeConfig {
            listen: vec![people],
            api_listen: api,
            threads,
            ..config()
        };
        let next = Edge::start_with(next, Arc::new(MockClock::default()), inheritance).unwrap();
        assert_eq!(next.addresses(), [people]);
        assert_eq!(soon("the drain", edge.drain()).await, Drained { cut: 0 });
        assert_eq!(api_call(api, "GET", "/api/routes/user/a", Some(TOKEN), "").await.0, 200);
        edge = next;
    }
    edge.bequeath().await.unwrap();
    edge.keep();
    assert_eq!(
        api_call(api, "DELETE", "/api/routes/user/none", Some(TOKEN), "")
            .await
            .0,
        404
    );
    stop.cancel();
    for asked in asking {
        assert!(asked.await.unwrap() > 0);
    }
    serving.abort();
}
