//! What one client may take.

use perijove_edge::{EdgeConfig, Limits, PerClient};

use crate::harness::*;

fn per_client(per_client: PerClient) -> EdgeConfig {
    EdgeConfig {
        limits: Limits {
            per_client,
            ..Limits::default()
        },
        // Otherwise this machine is a proxy that speaks for many.
        trusted: Vec::new(),
        ..config()
    }
}

#[tokio::test]
async fn a_client_has_so_many_connections_and_tunnels() {
    let target = Target::new().await;
    let edge = TestEdge::start(EdgeConfig {
        default_target: Some(target.url()),
        ..per_client(PerClient {
            connections: 2,
            ..PerClient::default()
        })
    });
    let mut tunnel = edge.client().await;
    tunnel
        .send("GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
        .await;
    let (_, _server) = target
        .serve("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
        .await;
    tunnel.head().await;
    let idle = edge.client().await;
    eventually("the second connection", || edge.edge.tunnels() == 1).await;
    let refused = loop {
        let reply = edge.ask(&get("/_chp_healthz")).await;
        if status(&reply) == 429 {
            break reply;
        }
    };
    assert_eq!(header(&refused, "retry-after"), Some("5"));
    let length: usize = header(&refused, "content-length").unwrap().parse().unwrap();
    assert_eq!(length, body_of(&refused).len());
    drop(idle);
    soon("room", async {
        while status(&edge.ask(&get("/_chp_healthz")).await) != 200 {}
    })
    .await;
}

#[tokio::test]
async fn a_trusted_proxy_is_not_one_client() {
    let edge = TestEdge::start(EdgeConfig {
        trusted: config().trusted,
        ..per_client(PerClient {
            connections: 1,
            ..PerClient::default()
        })
    });
    let mut all = Vec::new();
    for _ in 0..5 {
        let mut client = edge.client().await;
        client.send("GET /_chp_healthz HTTP/1.1\r\nHost: a\r\n\r\n").await;
        assert_eq!(status(&client.until("OK").await), 200);
        all.push(client);
    }
}

#[tokio::test]
async fn a_client_that_asks_too_often_waits() {
    let target = Target::new().await;
    let edge = TestEdge::start(EdgeConfig {
        default_target: Some(target.url()),
        ..per_client(PerClient {
            requests_per_second: 1,
            burst: 3,
            ..PerClient::default()
        })
    });
    for _ in 0..3 {
        let request = get("/");
        let (reply, _served) = tokio::join!(edge.ask(&request), target.serve(OK));
        assert_eq!(status(&reply), 200);
    }
    // More come at once than time has room for.
    let mut refused = None;
    for _ in 0..20 {
        let reply = tokio::time::timeout(std::time::Duration::from_millis(500), edge.ask(&get("/"))).await;
        refused = refused.or(reply.ok().filter(|reply| status(reply) == 429));
    }
    let refused = refused.unwrap();
    assert!(header(&refused, "retry-after").is_some(), "{refused}");
}
