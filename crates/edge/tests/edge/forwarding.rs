//! Requests and answers pass whole, in pieces as they come, and as fast as the other side takes them.

use std::time::Duration;

use perijove_edge::EdgeConfig;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::harness::*;

#[tokio::test]
async fn passes_request_and_answer_on() {
    let target = Target::new().await;
    let edge = TestEdge::before(&target);
    let request = "POST /user/a%40b/x?y=%2F&z HTTP/1.1\r\nHost: hub.example.org:8000\r\nCookie: a=1; b=2\r\nX-Mine: é\r\n\
                   Content-Length: 5\r\nConnection: close\r\n\r\nhello";
    let answer = "HTTP/1.1 418 custom reason\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 3\r\n\r\nbye";
    let asking = edge.ask(request);
    let serving = async {
        let mut wire = target.accept().await;
        let head = wire.head().await;
        assert_eq!(wire.exactly(5).await, b"hello");
        wire.send(answer).await;
        (head, wire)
    };
    let (reply, (head, _wire)) = tokio::join!(asking, serving);
    assert!(head.starts_with("POST /user/a%40b/x?y=%2F&z HTTP/1.1\r\n"), "{head}");
    assert_eq!(header(&head, "host"), Some("hub.example.org:8000"));
    assert_eq!(header(&head, "cookie"), Some("a=1; b=2"));
    assert_eq!(header(&head, "x-mine"), Some("é"));
    assert_eq!(header(&head, "content-length"), Some("5"));
    assert_eq!(header(&head, "connection"), None);
    assert_eq!(header(&head, "x-forwarded-for"), Some("127.0.0.1"));
    assert_eq!(header(&head, "x-forwarded-proto"), Some("http"));
    assert_eq!(header(&head, "x-forwarded-host"), Some("hub.example.org:8000"));
    assert_eq!(header(&head, "x-forwarded-port"), Some("8000"));
    assert!(reply.starts_with("HTTP/1.1 418 custom reason\r\n"), "{reply}");
    assert_eq!(reply.matches("Set-Cookie: ").count(), 2);
    assert_eq!(body_of(&reply), "bye");
}

#[tokio::test]
async fn an_untrusted_peer_can_not_say_who_it_is() {
    let target = Target::new().await;
    let edge = TestEdge::start(EdgeConfig {
        default_target: Some(target.url()),
        trusted: vec![],
        ..config()
    });
    let request = "GET / HTTP/1.1\r\nHost: hub\r\nX-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Proto: https\r\n\
                   X-Real-IP: 6.6.6.6\r\nX_Forwarded_For: 6.6.6.6\r\nx-real_ip: 6.6.6.6\r\nMy_Own: stays\r\n\
                   Connection: close\r\n\r\n";
    let (_, (head, _wire)) = tokio::join!(edge.ask(request), target.serve(OK));
    assert!(!head.contains("6.6.6.6"), "{head}");
    assert_eq!(header(&head, "my_own"), Some("stays"));
    assert_eq!(header(&head, "x-forwarded-proto"), Some("http"));
    let trusting = TestEdge::before(&target);
    let (_, (head, _wire)) = tokio::join!(trusting.ask(request), target.serve(OK));
    assert_eq!(header(&head, "x-forwarded-for"), Some("6.6.6.6, 127.0.0.1"));
    assert_eq!(header(&head, "x-forwarded-proto"), Some("https"));
}

#[tokio::test]
async fn what_is_between_proxies_and_the_hub_no_server_sees() {
    let (hub, alice) = (Target::new().await, Target::new().await);
    let edge = TestEdge::start(EdgeConfig {
        default_target: Some(hub.url()),
        hub_proof: Some(perijove_model::Secret::new("by the edge")),
        ..config()
    });
    edge.route("/user/alice", &alice).await;
    let request = |path: &str| {
        format!(
            "GET {path} HTTP/1.1\r\nHost: hub\r\nX-Perijove-Proxy-Secret: of the proxy\r\nX-Perijove-Edge: forged\r\n\
             x_perijove_edge: forged\r\nX-Auth-Request-User: ann\r\nConnection: close\r\n\r\n"
        )
    };
    let asked = request("/hub/login");
    let (_, (head, _wire)) = tokio::join!(edge.ask(&asked), hub.serve(OK));
    assert_eq!(header(&head, "x-perijove-edge"), Some("by the edge"));
    assert_eq!(header(&head, "x-perijove-proxy-secret"), Some("of the proxy"));
    assert_eq!(header(&head, "x-auth-request-user"), Some("ann"));
    assert!(!head.contains("forged"), "{head}");
    let asked = request("/user/alice/lab");
    let (_, (head, _wire)) = tokio::join!(edge.ask(&asked), alice.serve(OK));
    assert!(!head.to_lowercase().contains("perijove"), "{head}");
}

#[tokio::test]
async fn each_path_goes_to_its_own_target() {
    let (hub, alice, bob) = (Target::new().await, Target::new().await, Target::new().await);
    let edge = TestEdge::before(&hub);
    edge.route("/user/alice", &alice).await;
    edge.route("/user/bob%40x", &bob).await;
    for (path, target) in [
        ("/", &hub),
        ("/user/alice", &alice),
        ("/user/alice/lab?x=/user/bob@x", &alice),
        ("/user/al%69ce/lab", &alice),
        ("/user/bob@x/", &bob),
        ("/user/bob%40x/tree", &bob),
        ("/user/alicex/lab", &hub),
        ("/user/alice%2Flab", &hub),
        ("/user", &hub),
    ] {
        let request = get(path);
        let (reply, (head, _wire)) = tokio::join!(edge.ask(&request), target.serve(OK));
        assert!(head.starts_with(&format!("GET {path} HTTP/1.1\r\n")), "{path}: {head}");
        assert_eq!(status(&reply), 200, "{path}");
    }
}

#[tokio::test]
async fn an_answer_streams_piece_by_piece() {
    let target = Target::new().await;
    let edge = TestEdge::before(&target);
    let mut client = edge.client().await;
    client.send(get("/events")).await;
    let (_, mut server) = target
        .serve("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/event-stream\r\n\r\n")
        .await;
    let head = client.head().await;
    assert_eq!(header(&head, "transfer-encoding"), Some("chunked"));
    for piece in ["one", "two", "three"] {
        server.send(format!("{:x}\r\n{piece}\r\n", piece.len())).await;
        // Seen by the client before the target sends the next one.
        assert!(client.until(piece).await.ends_with(piece));
    }
    server.send("0\r\n\r\n").await;
    assert_eq!(client.rest().await, "\r\n0\r\n\r\n");
}

#[tokio::test]
async fn an_upload_streams_piece_by_piece() {
    let target = Target::new().await;
    let edge = TestEdge::before(&target);
    let mut client = edge.client().await;
    // A GET may have a body, too.
    for method in ["POST", "GET"] {
        client
            .send(format!(
                "{method} /up HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
            ))
            .await;
        let mut server = target.accept().await;
        let head = server.head().await;
        assert_eq!(header(&head, "transfer-encoding"), Some("chunked"), "{method}");
        for piece in ["one", "two", "three"] {
            client.send(format!("{:x}\r\n{piece}\r\n", piece.len())).await;
            assert!(server.until(piece).await.ends_with(piece));
        }
        client.send("0\r\n\r\n").await;
        assert_eq!(server.until("0\r\n\r\n").await, "\r\n0\r\n\r\n");
        server
            .send("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
            .await;
        assert_eq!(status(&client.head().await), 204);
    }
}

#[tokio::test]
async fn both_ways_at_once() {
    let target = Target::new().await;
    let edge = TestEdge::before(&target);
    let mut client = edge.client().await;
    client
        .send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        .await;
    let (_, mut server) = target
        .serve("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        .await;
    client.head().await;
    for word in ["ping", "pong"] {
        client.send(format!("4\r\n{word}\r\n")).await;
        server.until(word).await;
        server.send(format!("4\r\n{word}\r\n")).await;
        client.until(word).await;
    }
}

/// A client that does not read stops the target, however much it has to say.
#[tokio::test]
async fn a_slow_reader_slows_the_target() {
    let target = Target::new().await;
    let edge = TestEdge::before(&target);
    let mut client = edge.client().await;
    client.send(get("/big")).await;
    const SIZE: usize = 256 * 1024 * 1024;
    let (_, server) = target
        .serve(&format!("HTTP/1.1 200 OK\r\nContent-Length: {SIZE}\r\n\r\n"))
        .await;
    client.head().await;
    let sent = send_until_stuck(&server).await;
    assert!(sent < 64 * 1024 * 1024, "{sent} bytes went out and nobody read them");
    // And it goes on once the client reads.
    client.exactly(sent / 2).await;
    soon("room again", server.stream.writable()).await.unwrap();
}

/// A target that does not read stops the client.
#[tokio::test]
async fn a_slow_target_slows_the_upload() {
    let target = Target::new().await;
    let edge = TestEdge::before(&target);
    let mut client = edge.client().await;
    client
        .send(format!(
            "POST /big HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n",
            1u64 << 40
        ))
        .await;
    let mut server = target.accept().await;
    server.head().await;
    let sent = send_until_stuck(&client).await;
    assert!(sent < 64 * 1024 * 1024, "{sent} bytes went in and nobody took them");
    server.exactly(sent / 2).await;
    soon("room again", client.stream.writable()).await.unwrap();
}

/// Sends until nothing was taken for a while.
pub(crate) async fn send_until_stuck(wire: &Wire) -> usize {
    let piece = vec![b'x'; 64 * 1024];
    let mut sent = 0;
    while tokio::time::timeout(Duration::from_millis(400), wire.stream.writable())
        .await
        .is_ok()
    {
        sent += wire.stream.try_write(&piece).unwrap_or(0);
        assert!(sent < 200 * 1024 * 1024, "no end to what is taken");
    }
    sent
}

#[tokio::test]
async fn connections_are_kept_on_both_sides() {
    let target = Target::new().await;
    let edge = TestEdge::before(&target);
    let mut client = edge.client().await;
    let mut server = None;
    for _ in 0..3 {
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
        let mut wire = match server.take() {
            Some(wire) => wire,
            None => target.accept().await,
        };
        wire.head().await;
        wire.send(OK).await;
        server = Some(wire);
        client.until("ok").await;
    }
    assert!(target.is_unasked().await, "one connection is enough");
}

/// The target closes a kept connection just as the next request goes out on it.
#[tokio::test]
async fn a_kept_connection_that_died_is_replaced() {
    let target = Target::new().await;
    let edge = TestEdge::before(&target);
    let mut client = edge.client().await;
    client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n").await;
    let (_, mut kept) = target.serve(OK).await;
    client.until("ok").await;
    client.send("GET /2 HTTP/1.1\r\nHost: a\r\n\r\n").await;
    kept.head().await;
    drop(kept);
    let (head, _wire) = target.serve(OK).await;
    assert!(head.starts_with("GET /2 "), "{head}");
    assert_eq!(status(&client.until("ok").await), 200);
}

/// A request that does something may have been done: it is not sent again.
#[tokio::test]
async fn what_may_have_been_done_is_not_done_twice() {
    let target = Target::new().await;
    let edge = TestEdge::before(&target);
    let mut client = edge.client().await;
    client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n").await;
    let (_, mut kept) = target.serve(OK).await;
    client.until("ok").await;
    client
        .send("POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        .await;
    let wire = tokio::select! {
        head = kept.head() => { assert!(head.starts_with("POST /2 ")); kept }
        wire = target.accept() => wire,
    };
    drop(wire);
    assert_eq!(status(&client.rest().await), 503);
    assert!(target.is_unasked().await, "sent once");
}

#[tokio::test]
async fn an_answer_cut_short_is_not_passed_as_whole() {
    let target = Target::new().await;
    let edge = TestEdge::before(&target);
    let mut client = edge.client().await;
    client.send(get("/")).await;
    let (_, wire) = target
        .serve("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")
        .await;
    client.until("half").await;
    drop(wire);
    assert!(
        !client.rest().await.contains("0\r\n\r\n"),
        "the end must be missing for the client, too"
    );
}

#[tokio::test]
async fn head_no_content_and_not_modified_have_no_body() {
    let target = Target::new().await;
    let edge = TestEdge::before(&target);
    for (method, answer, length) in [
        (
            "HEAD",
            "HTTP/1.1 200 OK\r\nContent-Length: 12345\r\n\r\n",
            Some("12345"),
        ),
        ("HEAD", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", None),
        ("GET", "HTTP/1.1 204 No Content\r\n\r\n", None),
        ("GET", "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n", None),
        ("DELETE", "HTTP/1.1 204 No Content\r\n\r\n", None),
    ] {
        let request = format!("{method} / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        let (reply, _served) = tokio::join!(edge.ask(&request), target.serve(answer));
        assert_eq!(reply.lines().next(), answer.lines().next(), "{method}");
        assert_eq!(header(&reply, "content-length"), length, "{method} {answer}");
        assert_eq!(body_of(&reply), "");
    }
}

#[tokio::test]
async fn trailers_pass() {
    let target = Target::new().await;
    let edge = TestEdge::before(&target);
    let request = "GET / HTTP/1.1\r\nHost: a\r\nTE: trailers, deflate\r\nConnection: close, TE\r\n\r\n";
    let answer =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 7\r\n\r\n";
    let (reply, (head, _wire)) = tokio::join!(edge.ask(request), target.serve(answer));
    assert_eq!(header(&head, "te"), Some("trailers"));
    assert_eq!(header(&reply, "trailer"), Some("X-Sum"));
    assert!(reply.to_lowercase().ends_with("0\r\nx-sum: 7\r\n\r\n"), "{reply}");
}

/// What is said after the body is not to contradict what was said before it.
#[tokio::test]
async fn trailers_do_not_say_who_asked() {
    let target = Target::new().await;
    let edge = TestEdge::before(&target);
    let mut client = edge.client().await;
    client
        .send(
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\
             Trailer: X-Sum, X-Forwarded-For, X_Forwarded_For, X-Real-IP\r\n\r\n2\r\nhi\r\n0\r\n\
             X-Forwarded-For: 6.6.6.6\r\nX_Forwarded_For: 6.6.6.6\r\nX-Real-IP: 6.6.6.6\r\nX-Sum: 7\r\n\r\n",
        )
        .await;
    let mut server = target.accept().await;
    server.head().await;
    assert_eq!(
        server.until("\r\n\r\n").await.to_lowercase(),
        "2\r\nhi\r\n0\r\nx-sum: 7\r\n\r\n"
    );
    server.send(OK).await;
    assert_eq!(status(&client.until("ok").await), 200);
}

#[tokio::test]
async fn an_old_client_gets_an_answer_it_understands() {
    let target = Target::new().await;
    let edge = TestEdge::before(&target);
    let answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n";
    let (reply, (head, _wire)) = tokio::join!(edge.ask("GET / HTTP/1.0\r\n\r\n"), target.serve(answer));
    assert!(head.starts_with("GET / HTTP/1.1\r\n"), "{head}");
    assert!(reply.starts_with("HTTP/1.0 200 OK\r\n"), "{reply}");
    assert_eq!(header(&reply, "transfer-encoding"), None);
    assert_eq!(body_of(&reply), "ok");
}

#[tokio::test]
async fn an_old_targets_answer_ends_with_its_connection() {
    let target = Target::new().await;
    let edge = TestEdge::before(&target);
    let mut client = edge.client().await;
    client.send(get("/")).await;
    let (_, wire) = target.serve("HTTP/1.0 200 OK\r\n\r\nall of it").await;
    drop(wire);
    let reply = client.rest().await;
    assert!(reply.starts_with("HTTP/1.1 200 OK\r\n"), "{reply}");
    assert!(reply.contains("all of it") && reply.ends_with("0\r\n\r\n"), "{reply}");
}

#[tokio::test]
async fn expect_continue_gets_its_go_ahead() {
    let target = Target::new().await;
    let edge = TestEdge::before(&target);
    let mut client = edge.client().await;
    client
        .send("PUT /f HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\nConnection: close\r\n\r\n")
        .await;
    let mut server = target.accept().await;
    // The target decides: it may refuse before the body is sent.
    let head = server.head().await;
    assert_eq!(header(&head, "expect"), Some("100-continue"), "{head}");
    server.send("HTTP/1.1 100 Continue\r\n\r\n").await;
    assert!(client.head().await.starts_with("HTTP/1.1 100 "));
    client.send("body").await;
    assert_eq!(server.exactly(4).await, b"body");
    server.send("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n").await;
    assert_eq!(status(&client.rest().await), 201);
}

/// A client that closes its sending side after the request still wants the answer.
#[tokio::test]
async fn a_half_closed_client_gets_its_answer() {
    let target = Target::new().await;
    let edge = TestEdge::before(&target);
    for request in [
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody",
    ] {
        let mut client = edge.client().await;
        client.send(request).await;
        client.finish().await;
        let mut server = target.accept().await;
        server.head().await;
        server
            .send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n")
            .await;
        client.head().await;
        server.send("3\r\none\r\n").await;
        client.until("one").await;
        server.send("3\r\ntwo\r\n0\r\n\r\n").await;
        assert!(client.rest().await.contains("two"));
    }
}

/// Also if it is slow to take it: the end of what it sends cuts nothing off what it gets.
#[tokio::test]
async fn a_slow_half_closed_client_gets_all_of_a_large_answer() {
    const SIZE: usize = 48 * 1024 * 1024;
    let target = Target::new().await;
    let edge = TestEdge::before(&target);
    let mut client = edge.client().await;
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
    client.finish().await;
    let (_, mut server) = target
        .serve(&format!("HTTP/1.1 200 OK\r\nContent-Length: {SIZE}\r\n\r\n"))
        .await;
    let sending = tokio::spawn(async move {
        server.send(vec![b'x'; SIZE]).await;
        server
    });
    client.head().await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    client.exactly(SIZE).await;
    assert_eq!(client.rest().await, "");
    sending.await.unwrap();
}

/// But nobody works on for one that left: neither in the middle of its upload, nor for long after it.
#[tokio::test]
async fn a_client_that_left_frees_the_target() {
    let target = Target::new().await;
    let mut config = EdgeConfig {
        default_target: Some(target.url()),
        ..config()
    };
    config.limits.half_closed = Duration::from_millis(200);
    let edge = TestEdge::start(config);
    let mut client = edge.client().await;
    client
        .send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf")
        .await;
    let mut server = target.accept().await;
    server.until("half").await;
    drop(client);
    assert_eq!(server.rest().await, "");

    let mut client = edge.client().await;
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
    let mut server = target.accept().await;
    server.head().await;
    drop(client);
    assert_eq!(server.rest().await, "");
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order() {
    let target = Target::new().await;
    let edge = TestEdge::before(&target);
    let mut client = edge.client().await;
    client
        .send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        .await;
    let serving = async {
        for number in ["1", "2"] {
            let answer = format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\n{number}");
            assert!(target.serve(&answer).await.0.starts_with(&format!("GET /{number} ")));
        }
    };
    let (replies, ()) = tokio::join!(client.rest(), serving);
    let bodies: Vec<_> = replies.split("\r\n\r\n").skip(1).map(|part| &part[..1]).collect();
    assert_eq!(bodies, ["1", "2"]);
}

#[tokio::test]
async fn a_targets_own_path_comes_first_and_sockets_are_reached() {
    let target = Target::new().await;
    let edge = TestEdge::before(&target);
    let body = format!(r#"{{"target":"{}/deep/"}}"#, target.url());
    assert_eq!(edge.api("POST", "/api/routes/p", &body).await.0, 201);
    let request = get("/p/x?y");
    let (_, (head, _wire)) = tokio::join!(edge.ask(&request), target.serve(OK));
    assert!(head.starts_with("GET /deep/p/x?y "), "{head}");

    let directory = tempfile::tempdir().unwrap();
    let socket = directory.path().join("server.sock");
    let listener = tokio::net::UnixListener::bind(&socket).unwrap();
    let escaped = socket.to_str().unwrap().replace('/', "%2F");
    let body = format!(r#"{{"target":"http+unix://{escaped}"}}"#);
    assert_eq!(edge.api("POST", "/api/routes/u", &body).await.0, 201);
    let serving = async {
        let (mut stream, _) = soon("the edge to connect", listener.accept()).await.unwrap();
        assert!(stream.read(&mut [0; 1024]).await.unwrap() > 0);
        stream.write_all(OK.as_bytes()).await.unwrap();
        stream
    };
    let request = get("/u");
    let (reply, _stream) = tokio::join!(edge.ask(&request), serving);
    assert_eq!(body_of(&reply), "ok");
}
