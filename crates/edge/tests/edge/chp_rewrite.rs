//! The options of configurable-http-proxy that change what is passed on, as its own tests describe them.

use std::path::PathBuf;

use http::{HeaderName, HeaderValue};
use perijove_edge::{EdgeConfig, Rewrite};

use crate::harness::*;

fn rewriting(rewrite: Rewrite) -> TestEdge {
    TestEdge::start(EdgeConfig { rewrite, ..config() })
}

/// A route whose target has a path of its own; what the target is asked for.
async fn asked_of_target(rewrite: Rewrite, route: &str, request: &str) -> String {
    let target = Target::new().await;
    let edge = rewriting(rewrite);
    let body = format!(r#"{{"target":"{}/foo"}}"#, target.url());
    assert_eq!(edge.api("POST", &format!("/api/routes{route}"), &body).await.0, 201);
    let request = get(request);
    let (reply, (head, _wire)) = tokio::join!(edge.ask(&request), target.serve(OK));
    assert_eq!(status(&reply), 200);
    head.split(' ').nth(1).unwrap().to_owned()
}

#[tokio::test]
async fn the_targets_path_and_the_routes_path_come_and_go() {
    for (prepend_path, include_prefix, expected) in [
        (true, true, ["/foo/bar/rest/of/it", "/foo/bar?query=foo"]),
        (false, true, ["/bar/rest/of/it", "/bar?query=foo"]),
        (true, false, ["/foo/rest/of/it", "/foo/?query=foo"]),
        (false, false, ["/rest/of/it", "/?query=foo"]),
    ] {
        for (request, expected) in ["/bar/rest/of/it", "/bar?query=foo"].into_iter().zip(expected) {
            let rewrite = Rewrite {
                prepend_path,
                include_prefix,
                ..Rewrite::default()
            };
            assert_eq!(asked_of_target(rewrite, "/bar", request).await, expected);
        }
    }
}

#[tokio::test]
async fn escapes_stay_as_the_client_wrote_them() {
    for (include_prefix, request, expected) in [
        (true, "/b%40r/b%20r/rest/of/it", "/foo/b%40r/b%20r/rest/of/it"),
        (true, "/b@r/b%20r/rest/of/it", "/foo/b@r/b%20r/rest/of/it"),
        (false, "/b%40r/b%20r/rest%20of/it", "/foo/rest%20of/it"),
    ] {
        let rewrite = Rewrite {
            include_prefix,
            ..Rewrite::default()
        };
        assert_eq!(asked_of_target(rewrite, "/b%40r/b%20r", request).await, expected);
    }
}

/// What the client gets where a target redirects to `location`.
async fn redirected(rewrite: Rewrite, location: impl Fn(&str) -> String) -> String {
    let target = Target::new().await;
    let edge = rewriting(rewrite);
    edge.route("/external", &target).await;
    let place = target.url().replace("http://", "");
    let answer = format!(
        "HTTP/1.1 301 Moved Permanently\r\nLocation: {}\r\nContent-Length: 0\r\n\r\n",
        location(&place)
    );
    let request = get("/external/rest/of/it");
    let (reply, _served) = tokio::join!(edge.ask(&request), target.serve(&answer));
    assert_eq!(status(&reply), 301);
    header(&reply, "location").unwrap().to_owned()
}

#[tokio::test]
async fn redirects_are_rewritten_only_if_wanted_and_only_to_the_target_itself() {
    let wanted = || Rewrite {
        redirect_host: true,
        redirect_scheme: Some("https".into()),
        ..Rewrite::default()
    };
    let to_itself = |place: &str| format!("https://{place}/whatever");
    let elsewhere = |_: &str| "http://foo.com:12345/whatever".to_owned();
    assert_eq!(
        redirected(wanted(), to_itself).await,
        "https://hub.example.org:8000/whatever"
    );
    assert_eq!(redirected(wanted(), elsewhere).await, "http://foo.com:12345/whatever");
    assert_eq!(
        redirected(Rewrite::default(), elsewhere).await,
        "http://foo.com:12345/whatever"
    );
    assert!(
        redirected(Rewrite::default(), to_itself)
            .await
            .starts_with("https://127.0.0.1:")
    );
}

async fn head_at_target(rewrite: Rewrite, request: &str) -> (String, String) {
    let target = Target::new().await;
    let edge = rewriting(rewrite);
    edge.route("/", &target).await;
    let (_reply, (head, _wire)) = tokio::join!(edge.ask(request), target.serve(OK));
    (head, target.url().replace("http://", ""))
}

#[tokio::test]
async fn headers_of_our_own_go_with_every_request() {
    let named =
        |name: &'static str, value: &'static str| (HeaderName::from_static(name), HeaderValue::from_static(value));
    let rewrite = Rewrite {
        headers: vec![
            named("k1", "v1"),
            named("k2", "host:123"),
            named("x-forwarded-proto", "https"),
        ],
        ..Rewrite::default()
    };
    let request = "GET / HTTP/1.1\r\nHost: a\r\nK1: mine\r\nConnection: close\r\n\r\n";
    let (head, _) = head_at_target(rewrite, request).await;
    assert_eq!(header(&head, "k1"), Some("v1"));
    assert_eq!(header(&head, "k2"), Some("host:123"));
    assert_eq!(header(&head, "x-forwarded-proto"), Some("https"));
    assert!(!head.contains("mine"));
}

#[tokio::test]
async fn the_target_may_be_asked_by_its_own_name_and_not_told_who_asks() {
    let rewrite = Rewrite {
        change_origin: true,
        forwarded: false,
        ..Rewrite::default()
    };
    let (head, place) = head_at_target(rewrite, &get("/")).await;
    assert_eq!(header(&head, "host"), Some(place.as_str()));
    assert!(!head.to_ascii_lowercase().contains("x-forwarded"), "{head}");
    let (head, _) = head_at_target(Rewrite::default(), &get("/")).await;
    assert_eq!(header(&head, "host"), Some("hub.example.org:8000"));
    assert_eq!(header(&head, "x-forwarded-for"), Some("127.0.0.1"));
}

/// People and the hub may come through socket files, and one that is left over is in nobody's way.
#[tokio::test]
async fn socket_files_take_the_place_of_addresses() {
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str| -> PathBuf { dir.path().join(name) };
    drop(std::os::unix::net::UnixListener::bind(file("people")).unwrap());
    let target = Target::new().await;
    let edge = TestEdge::start(EdgeConfig {
        listen: Vec::new(),
        listen_socket: Some(file("people")),
        api_socket: Some(file("api")),
        default_target: Some(target.url()),
        threads: 2,
        ..config()
    });
    let ask = async |name: &str, request: String| {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let mut stream = tokio::net::UnixStream::connect(file(name)).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut reply = String::new();
        soon("an answer", stream.read_to_string(&mut reply)).await.unwrap();
        reply
    };
    let (reply, (head, _wire)) = tokio::join!(ask("people", get("/")), target.serve(OK));
    assert_eq!(
        (status(&reply), header(&head, "x-forwarded-for")),
        (200, Some("127.0.0.1"))
    );
    let listed =
        format!("GET /api/routes HTTP/1.1\r\nHost: a\r\nAuthorization: token {TOKEN}\r\nConnection: close\r\n\r\n");
    assert_eq!(status(&ask("api", listed).await), 200);
    drop(edge);
}

#[tokio::test]
async fn a_socket_file_that_is_in_use_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("people");
    let _other = std::os::unix::net::UnixListener::bind(&file).unwrap();
    let started = perijove_edge::Edge::start(
        EdgeConfig {
            listen_socket: Some(file.clone()),
            ..config()
        },
        std::sync::Arc::new(perijove_model::MockClock::default()),
    );
    assert!(started.is_err_and(|error| error.to_string().contains("people")));
    assert!(std::os::unix::net::UnixStream::connect(&file).is_ok());
}
