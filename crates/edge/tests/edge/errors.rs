//! When a target does not answer, a person reads what happened, and a program gets JSON.

use std::time::Duration;

use perijove_edge::EdgeConfig;

use crate::harness::*;

async fn nowhere() -> EdgeConfig {
    EdgeConfig {
        default_target: Some(Target::gone().await),
        ..config()
    }
}

#[tokio::test]
async fn people_get_a_page_and_programs_get_json() {
    let edge = TestEdge::start(nowhere().await);
    let reply = edge.ask(&get("/user/a/lab?token=s3cret")).await;
    assert_eq!(status(&reply), 503);
    assert_eq!(header(&reply, "content-type"), Some("text/html; charset=utf-8"));
    assert!(reply.contains("<h1>The server is not answering</h1>"), "{reply}");
    assert!(!reply.contains("s3cret"));
    let json = "GET / HTTP/1.1\r\nHost: a\r\nAccept: application/json\r\nConnection: close\r\n\r\n";
    let reply = edge.ask(json).await;
    let body: serde_json::Value = serde_json::from_str(body_of(&reply)).unwrap();
    assert_eq!((status(&reply), &body["status"]), (503, &503.into()));
    assert!(body["message"].as_str().unwrap().contains("not answering"));
}

fn numbered(config: EdgeConfig) -> EdgeConfig {
    let machine = perijove_edge::Machine {
        rng: Some(std::sync::Arc::new(perijove_model::SeededRng::new(1))),
        ..config.machine.clone()
    };
    EdgeConfig { machine, ..config }
}

#[tokio::test]
async fn a_page_has_the_number_under_which_the_log_has_it() {
    let edge = TestEdge::start(numbered(nowhere().await));
    let number = |page: &str| {
        let behind = page.split("id=\"error-reference\">").nth(1)?;
        Some(behind.split('<').next()?.to_owned())
    };
    let first = number(&edge.ask(&get("/user/a/lab")).await).unwrap();
    assert_eq!(first.len(), 8);
    assert_ne!(number(&edge.ask(&get("/user/a/lab")).await).unwrap(), first);
    // What is no fault of ours is not looked up.
    let edge = TestEdge::start(numbered(config()));
    assert_eq!(number(&edge.ask(&get("/user/a")).await), None);
}

#[tokio::test]
async fn the_hubs_page_is_told_the_number() {
    let hub = Target::new().await;
    let mut config = numbered(nowhere().await);
    config.error_target = Some(format!("{}/hub/error", hub.url()));
    let edge = TestEdge::start(config);
    let page = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\npage";
    let request = get("/user/a");
    let (_, (head, _wire)) = tokio::join!(edge.ask(&request), hub.serve(page));
    let number = head.split("&reference=").nth(1).unwrap().split(' ').next().unwrap();
    assert!(number.len() == 8, "{head}");
}

#[tokio::test]
async fn without_a_route_there_is_nothing() {
    let edge = TestEdge::start(config());
    assert_eq!(status(&edge.ask(&get("/user/a")).await), 404);
}

#[tokio::test]
async fn the_hub_renders_the_page_and_the_status_stays() {
    let hub = Target::new().await;
    let mut config = nowhere().await;
    config.error_target = Some(format!("{}/hub/error", hub.url()));
    let edge = TestEdge::start(config);
    let page = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nSet-Cookie: no=1\r\nContent-Length: 4\r\n\r\npage";
    let request = get("/user/a/x?y=1&z=%2F");
    let (reply, (head, _wire)) = tokio::join!(edge.ask(&request), hub.serve(page));
    assert!(
        head.starts_with("GET /hub/error/503?url=%2Fuser%2Fa%2Fx%3Fy%3D1%26z%3D%252F HTTP/1.1\r\n"),
        "{head}"
    );
    assert_eq!((status(&reply), body_of(&reply)), (503, "page"));
    assert_eq!(header(&reply, "content-type"), Some("text/html"));
    assert_eq!(header(&reply, "set-cookie"), None);
}

#[tokio::test]
async fn while_the_hub_is_away_our_own_page_does() {
    let mut config = nowhere().await;
    config.error_target = config.default_target.clone();
    let edge = TestEdge::start(config);
    let reply = edge.ask(&get("/")).await;
    assert_eq!(status(&reply), 503);
    assert!(reply.contains("The server is not answering"));
}

#[tokio::test]
async fn an_error_page_that_hangs_or_never_ends_is_not_waited_for() {
    let hub = Target::new().await;
    let mut config = nowhere().await;
    config.error_target = Some(hub.url());
    config.limits.error_page = Duration::from_millis(300);
    let edge = TestEdge::start(config);
    for answer in ["", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"] {
        let request = get("/");
        let (reply, _served) = tokio::join!(edge.ask(&request), hub.serve(answer));
        assert_eq!(status(&reply), 503);
        assert!(reply.contains("The server is not answering"));
    }
}

#[tokio::test]
async fn a_target_that_hangs_up_or_talks_nonsense_or_keeps_silent() {
    let target = Target::new().await;
    let mut config = EdgeConfig {
        default_target: Some(target.url()),
        ..config()
    };
    config.limits.response = Duration::from_millis(300);
    let edge = TestEdge::start(config);
    let request = get("/");
    let hang_up = async {
        let mut wire = target.accept().await;
        wire.head().await;
    };
    let (reply, ()) = tokio::join!(edge.ask(&request), hang_up);
    assert_eq!(status(&reply), 503);
    let (reply, _served) = tokio::join!(edge.ask(&request), target.serve("SSH-2.0-OpenSSH_9\r\n"));
    assert_eq!(status(&reply), 502);
    assert!(reply.contains("makes no sense"));
    let (reply, _served) = tokio::join!(edge.ask(&request), target.serve(""));
    assert_eq!(status(&reply), 504);
    assert!(reply.contains("takes too long"));
}

/// An answer before the end of the upload is what the client gets.
#[tokio::test]
async fn an_early_refusal_reaches_the_client() {
    let target = Target::new().await;
    let edge = TestEdge::before(&target);
    let mut client = edge.client().await;
    client
        .send("POST /f HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nbegin")
        .await;
    let mut server = target.accept().await;
    server.until("begin").await;
    server
        .send("HTTP/1.1 413 Payload Too Large\r\nContent-Length: 5\r\nConnection: close\r\n\r\nlarge")
        .await;
    let reply = client.until("large").await;
    assert_eq!(status(&reply), 413);
}

/// A long upload is no silence of the target, even if it takes longer than an answer may.
#[tokio::test]
async fn a_long_upload_is_waited_for() {
    let target = Target::new().await;
    let mut config = EdgeConfig {
        default_target: Some(target.url()),
        ..config()
    };
    config.limits.response = Duration::from_millis(300);
    let edge = TestEdge::start(config);
    let mut client = edge.client().await;
    client
        .send("POST /f HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n")
        .await;
    let mut server = target.accept().await;
    server.head().await;
    for _ in 0..10 {
        client.send("x").await;
        server.exactly(1).await;
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
    server.send(OK).await;
    assert_eq!(status(&client.until("ok").await), 200);
}

/// A folder of pages as configurable-http-proxy takes it.
#[tokio::test]
async fn pages_come_from_a_folder_and_may_be_changed() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
    write("404.html", "<h1>404'D!</h1>");
    write("error.html", "<h1>UNKNOWN</h1>");
    let edge = TestEdge::start(EdgeConfig {
        error_path: Some(dir.path().to_owned()),
        ..config()
    });
    let missing = format!(r#"{{"target":"{}"}}"#, Target::gone().await);
    assert_eq!(edge.api("POST", "/api/routes/missing", &missing).await.0, 201);
    for (path, code, text) in [("/nope", 404, "404'D"), ("/missing/prefix", 503, "UNKNOWN")] {
        let reply = edge.ask(&get(path)).await;
        assert_eq!(
            (status(&reply), header(&reply, "content-type")),
            (code, Some("text/html"))
        );
        assert!(body_of(&reply).contains(text), "{reply}");
    }
    write("503.html", "<h1>Away</h1>");
    std::fs::remove_file(dir.path().join("404.html")).unwrap();
    std::fs::remove_file(dir.path().join("error.html")).unwrap();
    edge.clock.advance(jiff::SignedDuration::from_secs(2));
    assert_eq!(body_of(&edge.ask(&get("/missing")).await), "<h1>Away</h1>");
    let own = edge.ask(&get("/nope")).await;
    assert!(
        own.contains("<h1>Nothing here</h1>"),
        "without a file there is ours: {own}"
    );
}

/// Whoever waits for a server is not told that it is gone, and need not do anything.
#[tokio::test]
async fn a_server_that_comes_up_is_waited_for_by_the_page() {
    let target = Target::gone().await;
    let edge = TestEdge::start(config());
    let route = format!(r#"{{"target":"{target}"}}"#);
    assert_eq!(edge.api("POST", "/api/routes/user/a", &route).await.0, 201);
    let reply = edge.ask(&get("/user/a/lab")).await;
    assert_eq!(
        (status(&reply), header(&reply, "refresh"), header(&reply, "retry-after")),
        (503, Some("3"), Some("3"))
    );
    assert!(reply.contains("<h1>The server is starting</h1>"), "{reply}");
    let form = "POST /user/a HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    assert_eq!(
        header(&edge.ask(form).await, "refresh"),
        None,
        "what was sent is not asked for again"
    );
    edge.clock.advance(jiff::SignedDuration::from_mins(3));
    let reply = edge.ask(&get("/user/a/lab")).await;
    assert!(reply.contains("<h1>The server is not answering</h1>"), "{reply}");
}

/// Where a server is, and what the system said of it, is nobody's business.
#[tokio::test]
async fn pages_tell_nothing_of_the_inside() {
    let target = Target::gone().await;
    let edge = TestEdge::start(EdgeConfig {
        default_target: Some(target.clone()),
        ..config()
    });
    for accept in ["text/html", "application/json"] {
        let request = format!(
            "GET /secret-path?token=abc HTTP/1.1\r\nHost: inner-name\r\nAccept: {accept}\r\nConnection: close\r\n\r\n"
        );
        let reply = edge.ask(&request).await;
        let port = target.rsplit(':').next().unwrap();
        for hidden in [
            port,
            "127.0.0.1",
            "refused",
            "secret-path",
            "abc",
            "inner-name",
            "erijove",
        ] {
            assert!(!reply.contains(hidden), "{hidden}: {reply}");
        }
        assert!(
            header(&reply, "content-security-policy")
                .unwrap()
                .starts_with("default-src 'none'")
        );
        assert_eq!(header(&reply, "cache-control"), Some("no-store"));
    }
}

/// People read it in their language; programs compare words.
#[tokio::test]
async fn pages_are_in_the_readers_language() {
    let edge = TestEdge::start(config());
    let asking = |accept: &str, languages: &str| {
        format!(
            "GET /nope HTTP/1.1\r\nHost: a\r\nAccept: {accept}\r\naccept-language: {languages}\r\nConnection: close\r\n\r\n"
        )
    };
    for (languages, tag, title) in [
        ("de-AT, en;q=0.5", "de", "Hier ist nichts"),
        ("tlh, zh-CN;q=0.4", "zh-Hans", "这里什么都没有"),
        ("tlh", "en", "Nothing here"),
    ] {
        let reply = edge.ask(&asking("text/html", languages)).await;
        assert_eq!(status(&reply), 404);
        let page = body_of(&reply);
        assert!(page.contains(&format!("<html lang=\"{tag}\">")), "{languages}: {page}");
        assert!(page.contains(&format!("<h1>{title}</h1>")), "{languages}: {page}");
    }
    let told = edge.ask(&asking("application/json", "de")).await;
    assert!(body_of(&told).contains("Nothing here. No server"), "{told}");
    // Of a request that is too large, not even the head was read.
    let cookies = format!("Accept-Language: ja\r\nCookie: {}\r\n", "c".repeat(200_000));
    let mut client = edge.client().await;
    client.send(&format!("GET / HTTP/1.1\r\nHost: a\r\n{cookies}")).await;
    let reply = client.until("</html>").await;
    assert_eq!(status(&reply), 431);
    assert!(reply.contains("<h1>要求が大きすぎます</h1>"), "{reply}");
}
