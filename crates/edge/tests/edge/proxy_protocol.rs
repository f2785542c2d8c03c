//! A proxy before the edge says who has connected to it.

use perijove_edge::EdgeConfig;

use crate::harness::*;

async fn edge(target: &Target) -> TestEdge {
    TestEdge::start(EdgeConfig {
        default_target: Some(target.url()),
        proxy_protocol: vec!["127.0.0.0/8".parse().unwrap()],
        trusted: Vec::new(),
        ..config()
    })
}

fn version_2(address: [u8; 4]) -> Vec<u8> {
    let mut header = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\x00\x0f".to_vec();
    header.extend(address);
    header.extend([10, 0, 0, 1, 0x12, 0x34, 0, 80]);
    // What the edge does not know of: a TLV.
    header.extend([0xe0, 0, 0]);
    header
}

#[tokio::test]
async fn the_target_hears_of_whom_the_proxy_names() {
    let target = Target::new().await;
    let edge = edge(&target).await;
    let first = b"PROXY TCP4 203.0.113.7 10.0.0.1 4660 80\r\n".to_vec();
    for (header_bytes, client) in [(first, "203.0.113.7"), (version_2([198, 51, 100, 9]), "198.51.100.9")] {
        let mut wire = edge.client().await;
        // In pieces, and with the request on its heels.
        let (one, other) = header_bytes.split_at(7);
        wire.send(one).await;
        wire.send([other, get("/").as_bytes()].concat()).await;
        let (head, _served) = target.serve(OK).await;
        assert_eq!(header(&head, "x-forwarded-for"), Some(client), "{head}");
        assert_eq!(status(&wire.rest().await), 200);
    }
}

#[tokio::test]
async fn who_must_say_it_and_does_not_is_refused() {
    let target = Target::new().await;
    let edge = edge(&target).await;
    for request in [
        get("/"),
        "PROXY TCP4 nobody nowhere 1 2\r\nGET / HTTP/1.1\r\n\r\n".into(),
    ] {
        let mut wire = edge.client().await;
        wire.send(request).await;
        assert_eq!(wire.rest().await, "");
    }
    assert!(target.is_unasked().await);
    let page = edge.api("GET", "/metrics", "").await.1;
    assert!(
        page.contains("perijove_edge_refused_total{why=\"proxy_protocol\"} 2\n"),
        "{page}"
    );
}

#[tokio::test]
async fn from_anybody_else_it_is_no_http() {
    let target = Target::new().await;
    let edge = TestEdge::before(&target);
    let reply = edge
        .ask("PROXY TCP4 203.0.113.7 10.0.0.1 4660 80\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")
        .await;
    assert!(reply.is_empty() || status(&reply) == 400, "{reply}");
    assert!(target.is_unasked().await);
}
