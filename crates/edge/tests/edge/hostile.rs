//! Clients that are broken or mean no good: a clear refusal, and nothing of it reaches a target.

use std::time::Duration;

use perijove_edge::EdgeConfig;

use crate::harness::*;

#[tokio::test]
async fn malformed_requests_are_refused() {
    let target = Target::new().await;
    let edge = TestEdge::before(&target);
    for (request, expected) in [
        ("NONSENSE\r\n\r\n", 400),
        ("GET / HTTP/3.7\r\nHost: a\r\n\r\n", 400),
        ("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nBad Name: x\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nX : x\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n folded\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n", 400),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
            400,
        ),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\nhello", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\nhello", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x5\r\n\r\nhello", 400),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\nhello",
            400,
        ),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\nhello",
            400,
        ),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\nhello",
            400,
        ),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\nhello",
            400,
        ),
        (
            "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            400,
        ),
        ("CONNECT evil:443 HTTP/1.1\r\nHost: evil:443\r\n\r\n", 405),
        ("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET relative HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET /user/a/../b HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET /user/a/..;/b HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET /user/a/%2e%2e/b HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET /user/a/..%2fb HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET /user/a/..%5cb HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET /100% HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET /%ff HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ] {
        let mut client = edge.client().await;
        client.send(request).await;
        client.finish().await;
        let reply = client.rest().await;
        assert!(!reply.is_empty(), "{request:?}");
        assert_eq!(status(&reply), expected, "{request:?}: {reply}");
    }
    // HTTP/2 without asking: its sender does not read HTTP/1 errors.
    assert_eq!(edge.ask("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await, "");
    let mut client = edge.client().await;
    client.send(b"GET /\xff\xfe HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert_eq!(status(&client.head().await), 400);
    assert!(target.is_unasked().await, "none of it reached the target");
}

/// Two readings of where a message ends are what smuggling lives on: here there is one, or a refusal.
#[tokio::test]
async fn a_second_request_can_not_hide_in_a_body() {
    let target = Target::new().await;
    let edge = TestEdge::before(&target);
    let hidden = "GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n";
    for head in [
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0 0\r\n\r\n",
        "GET / HTTP/1.1\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n\tContent-Length: 5\r\n\r\n",
        "GET http://a@b/ HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /#/hidden HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n",
    ] {
        let mut client = edge.client().await;
        client.send(format!("{head}{hidden}")).await;
        client.finish().await;
        let reply = client.rest().await;
        assert_eq!(status(&reply), 400, "{head:?}: {reply}");
        assert_eq!(reply.matches("HTTP/1.1").count(), 1, "{head:?}: {reply}");
    }
    assert!(target.is_unasked().await);
}

/// Chunks that other readers might take differently end the request.
#[tokio::test]
async fn broken_chunks_end_the_request() {
    let target = Target::new().await;
    let edge = TestEdge::before(&target);
    for chunk in [
        "zz\r\nhello\r\n",
        "-5\r\nhello\r\n",
        "5 5\r\nhello\r\n",
        "3\r\nhello\r\n",
        "ffffffffffffffffff\r\nx",
    ] {
        let mut client = edge.client().await;
        client
            .send(format!(
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}"
            ))
            .await;
        client.finish().await;
        let reply = client.rest().await;
        assert!(reply.is_empty() || status(&reply) == 400, "{chunk:?}: {reply}");
        if let Some(mut server) = target.asked().await {
            assert!(
                !server.rest().await.contains("0\r\n\r\n"),
                "{chunk:?} was passed as a whole body"
            );
        }
    }
}

#[tokio::test]
async fn oversized_heads_are_refused() {
    let target = Target::new().await;
    let edge = TestEdge::before(&target);
    let long = |length: usize| "a".repeat(length);
    for (request, expected) in [
        (format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", long(66_000)), 414..=431),
        (
            format!("GET / HTTP/1.1\r\nHost: a\r\nCookie: {}\r\n\r\n", long(66_000)),
            431..=431,
        ),
        (
            format!("GET / HTTP/1.1\r\nHost: a\r\n{}\r\n", "X: y\r\n".repeat(101)),
            431..=431,
        ),
        (
            format!("GET /user/{} HTTP/1.1\r\nHost: a\r\n\r\n", long(1_000_000)),
            414..=431,
        ),
    ] {
        let mut client = edge.client().await;
        // The edge may answer and close before all of it is sent.
        let _ = tokio::io::AsyncWriteExt::write_all(&mut client.stream, request.as_bytes()).await;
        let reply = client.rest().await;
        assert!(reply.is_empty() || expected.contains(&status(&reply)), "{reply}");
    }
    assert!(target.is_unasked().await);
}

#[tokio::test]
async fn a_head_that_never_ends_is_cut_off() {
    let target = Target::new().await;
    let mut config = EdgeConfig {
        default_target: Some(target.url()),
        ..config()
    };
    config.limits.header_timeout = Duration::from_millis(200);
    let edge = TestEdge::start(config);
    let mut slow = edge.client().await;
    slow.send("GET / HTTP/1.1\r\nHost: a\r\nX-Slow").await;
    assert_eq!(status(&slow.rest().await), 408);
    let mut silent = edge.client().await;
    assert_eq!(silent.rest().await, "");
}

#[tokio::test]
async fn a_body_that_stops_coming_is_cut_off() {
    let target = Target::new().await;
    let mut config = EdgeConfig {
        default_target: Some(target.url()),
        ..config()
    };
    config.limits.upload_stall = Duration::from_millis(200);
    let edge = TestEdge::start(config);
    let mut client = edge.client().await;
    client
        .send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf")
        .await;
    let mut server = target.accept().await;
    server.until("half").await;
    assert_eq!(status(&client.rest().await), 408);
    assert_eq!(server.rest().await, "");
}

#[tokio::test]
async fn too_many_clients_are_told_so() {
    let target = Target::new().await;
    let mut config = EdgeConfig {
        default_target: Some(target.url()),
        ..config()
    };
    config.limits.connections = 2;
    let edge = TestEdge::start(config);
    let mut first = edge.client().await;
    let second = edge.client().await;
    // Both are served, so both hold their places.
    first.send("GET /_chp_healthz HTTP/1.1\r\nHost: a\r\n\r\n").await;
    first.until("OK").await;
    let mut third = edge.client().await;
    assert_eq!(status(&third.rest().await), 503);
    drop(second);
    soon("a free place", async {
        loop {
            let mut client = edge.client().await;
            let _ = tokio::io::AsyncWriteExt::write_all(&mut client.stream, get("/_chp_healthz").as_bytes()).await;
            if client.rest().await.contains(" 200 OK") {
                break;
            }
        }
    })
    .await;
}

/// Many segments, many escapes: finding the route must not cost more than reading the path.
#[tokio::test]
async fn a_path_of_slashes_is_cheap() {
    let target = Target::new().await;
    let edge = TestEdge::before(&target);
    edge.route("/user/a", &target).await;
    let request = get(&format!("/user/a{}", "/%61".repeat(15_000)));
    let (reply, _served) = tokio::join!(edge.ask(&request), target.serve(OK));
    assert_eq!(status(&reply), 200);
}
