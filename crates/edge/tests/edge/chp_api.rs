//! The REST API, call by call, against what configurable-http-proxy 5.3.0 answers to the same: status, type of the
//! body and its words. What is answered otherwise stands in docs/compatibility.md.

use crate::harness::*;

const TARGET: &str = r#"{"target":"http://127.0.0.1:9"}"#;

/// Method, path, body, and the status and body that come back; `T` is any time.
const TALK: [(&str, &str, &str, u16, &str); 46] = [
    ("GET", "/api/routes", "", 200, "{}"),
    ("GET", "/", "", 404, "Not Found"),
    ("GET", "/api/routesx", "", 404, "Not Found"),
    ("GET", "/API/ROUTES", "", 404, "Not Found"),
    ("PUT", "/nothing", TARGET, 404, "Not Found"),
    // The root, by both of its names.
    ("POST", "/api/routes", TARGET, 201, ""),
    (
        "GET",
        "/api/routes/",
        "",
        200,
        r#"{"/":{"last_activity":"T","target":"http://127.0.0.1:9"}}"#,
    ),
    ("DELETE", "/api/routes/", "", 204, ""),
    ("POST", "/api/routes/", TARGET, 201, ""),
    ("DELETE", "/api/routes/", "", 204, ""),
    ("DELETE", "/api/routes/", "", 404, ""),
    // Escapes and a slash at the end make no difference.
    ("POST", "/api/routes/user/a%40b/", TARGET, 201, ""),
    (
        "GET",
        "/api/routes/user/a@b",
        "",
        200,
        r#"{"last_activity":"T","target":"http://127.0.0.1:9"}"#,
    ),
    (
        "GET",
        "/api/routes/user/a%40b/",
        "",
        200,
        r#"{"last_activity":"T","target":"http://127.0.0.1:9"}"#,
    ),
    ("GET", "/api/routes/user", "", 404, ""),
    (
        "GET",
        "/api/routes",
        "",
        200,
        r#"{"/user/a@b":{"last_activity":"T","target":"http://127.0.0.1:9"}}"#,
    ),
    ("DELETE", "/api/routes/user/a%40b", "", 204, ""),
    ("DELETE", "/api/routes/user/a%40b", "", 404, ""),
    ("POST", "/api/routes/u%C3%A9", TARGET, 201, ""),
    (
        "GET",
        "/api/routes",
        "",
        200,
        r#"{"/ué":{"last_activity":"T","target":"http://127.0.0.1:9"}}"#,
    ),
    ("DELETE", "/api/routes/u%C3%A9", "", 204, ""),
    // What comes along is kept; a second time replaces it all.
    (
        "POST",
        "/api/routes/a?x=1",
        r#"{"target":"http://127.0.0.1:9","jupyterhub":true,"n":{"x":[1]},"last_activity":"2000-01-01T00:00:00.000Z"}"#,
        201,
        "",
    ),
    (
        "GET",
        "/api/routes/a?x=2",
        "",
        200,
        r#"{"jupyterhub":true,"last_activity":"T","n":{"x":[1]},"target":"http://127.0.0.1:9"}"#,
    ),
    (
        "POST",
        "/api/routes/a",
        r#"{"target":"http://127.0.0.1:10","other":1}"#,
        201,
        "",
    ),
    (
        "GET",
        "/api/routes/a",
        "",
        200,
        r#"{"last_activity":"T","other":1,"target":"http://127.0.0.1:10"}"#,
    ),
    ("GET", "/api/routes/a/b", "", 404, ""),
    ("DELETE", "/api/routes/a/b", "", 404, ""),
    // What is no route.
    ("POST", "/api/routes/x", "null", 400, "Must specify 'target' as string"),
    ("POST", "/api/routes/x", "[]", 400, "Must specify 'target' as string"),
    ("POST", "/api/routes/x", "7", 400, "Must specify 'target' as string"),
    ("POST", "/api/routes/x", "{}", 400, "Must specify 'target' as string"),
    (
        "POST",
        "/api/routes/x",
        r#"{"target":7}"#,
        400,
        "Must specify 'target' as string",
    ),
    (
        "POST",
        "/api/routes/x",
        r#"{"target":null}"#,
        400,
        "Must specify 'target' as string",
    ),
    ("PUT", "/api/routes/x", TARGET, 405, "Method not supported"),
    ("PATCH", "/api/routes", TARGET, 405, "Method not supported"),
    ("OPTIONS", "/api/routes", "", 405, "Method not supported"),
    // Times.
    (
        "GET",
        "/api/routes?inactiveSince=endoftheuniverse",
        "",
        400,
        "Invalid datestamp 'endoftheuniverse' must be ISO8601.",
    ),
    (
        "GET",
        "/api/routes?inactive_since=4102444800000",
        "",
        400,
        "Invalid datestamp '4102444800000' must be ISO8601.",
    ),
    ("GET", "/api/routes?inactive_since=2001-01-01T00:00:00Z", "", 200, "{}"),
    ("GET", "/api/routes?inactive_since=2001-01-01", "", 200, "{}"),
    ("GET", "/api/routes?inactive_since=2001-01", "", 200, "{}"),
    ("GET", "/api/routes?inactive_since=2001", "", 200, "{}"),
    (
        "GET",
        "/api/routes?inactive_since=2100",
        "",
        200,
        r#"{"/a":{"last_activity":"T","other":1,"target":"http://127.0.0.1:10"}}"#,
    ),
    (
        "GET",
        "/api/routes?inactive_since=",
        "",
        200,
        r#"{"/a":{"last_activity":"T","other":1,"target":"http://127.0.0.1:10"}}"#,
    ),
    (
        "GET",
        "/api/routes?other=1",
        "",
        200,
        r#"{"/a":{"last_activity":"T","other":1,"target":"http://127.0.0.1:10"}}"#,
    ),
    ("DELETE", "/api/routes/a/", "", 204, ""),
];

#[tokio::test]
async fn every_call_is_answered_as_there() {
    let edge = TestEdge::start(config());
    for (number, (method, path, body, status, expected)) in TALK.into_iter().enumerate() {
        let (got, text) = edge.api(method, path, body).await;
        assert_eq!(
            (got, timeless(&text).as_str()),
            (status, expected),
            "{number}: {method} {path} {body}"
        );
    }
}

#[tokio::test]
async fn what_is_no_json_is_said_to_be_none() {
    let edge = TestEdge::start(config());
    for body in ["", "not json", "{"] {
        let (status, words) = edge.api("POST", "/api/routes/x", body).await;
        assert_eq!(status, 400);
        assert!(words.starts_with("Body not valid JSON: "), "{words}");
    }
}

/// The token is asked for before anything is read, and whatever the way it is written.
#[tokio::test]
async fn the_token_comes_first() {
    let edge = TestEdge::start(config());
    let at = edge.edge.api_address();
    for (method, path, status) in [
        ("GET", "/api/routes/x", 403),
        ("POST", "/api/routes/x", 403),
        ("PUT", "/api/routes/x", 405),
    ] {
        assert_eq!(api_call(at, method, path, None, "not json").await.0, status, "{method}");
    }
    for (authorization, status) in [
        (format!("token {TOKEN}"), 404),
        (format!("token  {TOKEN}"), 404),
        (TOKEN.to_owned(), 403),
        ("token".to_owned(), 403),
        ("token x".to_owned(), 403),
    ] {
        let mut wire = Wire::connect(at).await;
        let request = format!(
            "GET /api/routes/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: {authorization}\r\n\r\n"
        );
        wire.send(&request).await;
        assert_eq!(crate::harness::status(&wire.rest().await), status, "{authorization}");
    }
}

#[tokio::test]
async fn lists_are_json_and_the_rest_has_no_type() {
    let edge = TestEdge::start(config());
    let mut wire = Wire::connect(edge.edge.api_address()).await;
    let ask = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: a\r\nAuthorization: token {TOKEN}\r\n\r\n");
    wire.send(&ask("/api/routes")).await;
    assert_eq!(header(&wire.head().await, "content-type"), Some("application/json"));
    wire.exactly(2).await;
    wire.send(&ask("/api/routes/x")).await;
    assert_eq!(header(&wire.head().await, "content-type"), None);
}

/// While people finish here, another edge may have the API's address.
#[tokio::test]
async fn who_drains_takes_no_more_orders() {
    let target = Target::new().await;
    let edge = TestEdge::before(&target);
    let at = edge.edge.api_address();
    let mut client = edge.client().await;
    client.send(get("/slow")).await;
    let mut server = target.accept().await;
    server.head().await;
    let draining = tokio::spawn(edge.edge.drain());
    soon("the address to be free", async {
        while std::net::TcpListener::bind(at).is_err() {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    })
    .await;
    server.send(OK).await;
    assert_eq!(status(&client.rest().await), 200);
    assert_eq!(draining.await.unwrap().cut, 0);
}

/// Last activity is what changes from one moment to the other. The keys are in order.
fn timeless(text: &str) -> String {
    let Ok(serde_json::Value::Object(mut all)) = serde_json::from_str(text) else {
        return text.to_owned();
    };
    fn still(route: &mut serde_json::Map<String, serde_json::Value>) {
        if route.contains_key("last_activity") {
            route.insert("last_activity".into(), "T".into());
        }
    }
    still(&mut all);
    all.values_mut()
        .filter_map(serde_json::Value::as_object_mut)
        .for_each(still);
    serde_json::Value::Object(all).to_string()
}
