//! Changes of protocol: websockets and whatever else, both ways until both sides have finished.

use crate::{forwarding::send_until_stuck, harness::*};

const WEBSOCKET: &str = "GET /user/a/api/kernels/1/channels HTTP/1.1\r\nHost: hub\r\nConnection: keep-alive, Upgrade\r\n\
                         Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x\r\nOrigin: http://hub\r\n\r\n";
const SWITCHED: &str = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                        Sec-WebSocket-Accept: y\r\n\r\n";

/// A tunnel's two ends.
async fn tunnel(edge: &TestEdge, target: &Target) -> (Wire, Wire) {
    let mut client = edge.client().await;
    client.send(WEBSOCKET).await;
    let (_, server) = target.serve(SWITCHED).await;
    assert_eq!(status(&client.head().await), 101);
    (client, server)
}

#[tokio::test]
async fn a_websocket_passes() {
    let target = Target::new().await;
    let edge = TestEdge::before(&target);
    let mut client = edge.client().await;
    client.send(WEBSOCKET).await;
    let (head, mut server) = target.serve(SWITCHED).await;
    assert_eq!(header(&head, "upgrade"), Some("websocket"));
    assert_eq!(
        header(&head, "connection").map(str::to_lowercase).as_deref(),
        Some("upgrade")
    );
    assert_eq!(header(&head, "sec-websocket-key"), Some("x"));
    assert_eq!(header(&head, "x-forwarded-for"), Some("127.0.0.1"));
    let head = client.head().await;
    assert_eq!(header(&head, "upgrade"), Some("websocket"));
    assert_eq!(header(&head, "sec-websocket-accept"), Some("y"));
    for word in ["\u{1}hello", "\u{2}again"] {
        client.send(word).await;
        assert_eq!(server.exactly(word.len()).await, word.as_bytes());
        server.send(word.to_uppercase()).await;
        assert_eq!(client.exactly(word.len()).await, word.to_uppercase().as_bytes());
    }
    eventually("the tunnel to be counted", || edge.edge.tunnels() == 1).await;
    drop(client);
    assert_eq!(server.rest().await, "");
    drop(server);
    eventually("the tunnel to be over", || edge.edge.tunnels() == 0).await;
}

/// Neither side waits for the other's first word, and the protocol is none of ours.
#[tokio::test]
async fn any_protocol_passes_with_what_came_early() {
    let target = Target::new().await;
    let edge = TestEdge::before(&target);
    let mut client = edge.client().await;
    client
        .send("POST /exec HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: tcp\r\n\r\nearly bird")
        .await;
    let (head, mut server) = target
        .serve("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nearly worm")
        .await;
    assert!(head.starts_with("POST /exec "));
    assert_eq!(server.exactly(10).await, b"early bird");
    assert_eq!(header(&client.head().await, "upgrade"), Some("tcp"));
    assert_eq!(client.exactly(10).await, b"early worm");
}

#[tokio::test]
async fn each_side_finishes_on_its_own() {
    let target = Target::new().await;
    let edge = TestEdge::before(&target);
    let (mut client, mut server) = tunnel(&edge, &target).await;
    client.send("question").await;
    client.finish().await;
    assert_eq!(server.rest().await, "question");
    server.send("a long").await;
    assert_eq!(client.exactly(6).await, b"a long");
    server.send(" answer").await;
    drop(server);
    assert_eq!(client.rest().await, " answer");

    let (mut client, mut server) = tunnel(&edge, &target).await;
    server.send("all I have").await;
    server.finish().await;
    assert_eq!(client.rest().await, "all I have");
    client.send("still talking").await;
    client.finish().await;
    assert_eq!(server.rest().await, "still talking");
    eventually("both tunnels to be over", || edge.edge.tunnels() == 0).await;
}

#[tokio::test]
async fn much_data_passes_whole_and_waits_for_its_reader() {
    let target = Target::new().await;
    let edge = TestEdge::before(&target);
    let (client, mut server) = tunnel(&edge, &target).await;
    let sent = send_until_stuck(&client).await;
    assert!(sent < 64 * 1024 * 1024, "{sent} bytes went in and nobody read them");
    drop(client);
    let received = server.rest().await;
    assert_eq!(received.len(), sent);
    assert!(received.bytes().all(|byte| byte == b'x'));
}

#[tokio::test]
async fn a_refusal_is_an_ordinary_answer() {
    let target = Target::new().await;
    let edge = TestEdge::before(&target);
    let mut client = edge.client().await;
    client.send(WEBSOCKET).await;
    let (_, mut server) = target
        .serve("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno")
        .await;
    assert_eq!(status(&client.until("no").await), 403);
    // Both connections are as good as before.
    client.send("GET /2 HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert!(server.head().await.starts_with("GET /2 "));
    server.send(OK).await;
    assert_eq!(status(&client.until("ok").await), 200);
}

#[tokio::test]
async fn http2_is_not_let_through_the_side_door() {
    let target = Target::new().await;
    let edge = TestEdge::before(&target);
    let request = "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n";
    let mut client = edge.client().await;
    client.send(request).await;
    let (head, _server) = target.serve(OK).await;
    assert_eq!(header(&head, "upgrade"), None);
    assert_eq!(header(&head, "http2-settings"), None);
    assert_eq!(status(&client.until("ok").await), 200);
}

#[tokio::test]
async fn a_target_can_not_switch_unasked() {
    let target = Target::new().await;
    let edge = TestEdge::before(&target);
    let request = get("/");
    let (reply, _served) = tokio::join!(edge.ask(&request), target.serve(SWITCHED));
    assert_eq!(status(&reply), 502);
}

#[tokio::test]
async fn a_tunnel_to_nowhere_is_refused() {
    let target = Target::new().await;
    let edge = TestEdge::before(&target);
    drop(target);
    let mut client = edge.client().await;
    client.send(WEBSOCKET).await;
    assert_eq!(status(&client.head().await), 503);
}

#[tokio::test]
async fn data_in_a_tunnel_is_activity() {
    let target = Target::new().await;
    let edge = TestEdge::before(&target);
    edge.route("/user/a", &target).await;
    let (mut client, mut server) = tunnel(&edge, &target).await;
    let activity = || edge.edge.routes().get("/user/a").unwrap().unwrap().last_activity();
    let before = activity();
    edge.clock.advance(jiff::SignedDuration::from_mins(10));
    assert_eq!(activity(), before, "an open tunnel alone is none");
    server.send("output").await;
    client.exactly(6).await;
    eventually("activity", || activity() > before).await;
}
