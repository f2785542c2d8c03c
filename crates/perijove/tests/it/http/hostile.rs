//! Senders of nonsense, through the edge and past it: each gets a clear refusal, and nobody else notices.

use std::net::SocketAddr;
use std::time::Duration;

use perijove_testkit::App;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Longer than any answer takes; who reaches it hangs.
const PATIENCE: Duration = Duration::from_secs(30);

/// Sends bytes as they are and reads the whole answer.
async fn raw(address: SocketAddr, request: &[u8]) -> String {
    let exchange = async {
        let stream = TcpStream::connect(address).await.unwrap();
        let (mut reader, mut writer) = stream.into_split();
        let request = request.to_vec();
        let sending = tokio::spawn(async move {
            // The other side may have heard enough before the end.
            let _ = writer.write_all(&request).await;
            writer
        });
        let mut answer = Vec::new();
        let _ = reader.read_to_end(&mut answer).await;
        drop(sending.await.unwrap());
        String::from_utf8_lossy(&answer).into_owned()
    };
    tokio::time::timeout(PATIENCE, exchange)
        .await
        .unwrap_or_else(|_| panic!("no answer in time"))
}

fn status(answer: &str) -> u16 {
    let line = answer.lines().next().unwrap_or_default();
    line.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0)
}

fn request(head: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let mut bytes =
        format!("{head}\r\nHost: hub.test\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n").into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// Both ways in.
fn ways(app: &App) -> [(&'static str, SocketAddr); 2] {
    [
        ("through the edge", app.edge_address()),
        ("at the hub", app.hub_address()),
    ]
}

/// The platform works as before.
async fn is_well(app: &App) {
    for (way, address) in ways(app) {
        let answer = raw(address, &request("GET /hub/health HTTP/1.1", b"")).await;
        assert_eq!(status(&answer), 200, "{way}: {answer}");
    }
    let ann = app.sign_in("ann").await;
    assert_eq!(ann.get("hub/home").await.status, 200);
}

#[tokio::test]
async fn what_is_not_http_is_refused() {
    let app = App::start().await;
    for (way, address) in ways(&app) {
        for nonsense in [
            &b"hello\r\n\r\n"[..],
            b"GET\r\n\r\n",
            b"GET /\r\n\r\n",
            b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
            b"GET / HTTP/1.1 extra\r\nHost: x\r\n\r\n",
            b"GET / HTTP/1.1\r\nno colon here\r\n\r\n",
            b"GET / HTTP/1.1\r\n: no name\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: x\r\nBad Name: x\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n",
            b"GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n",
            b"GET /a b HTTP/1.1\r\nHost: x\r\n\r\n",
            b"POST /hub/login HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
            b"POST /hub/login HTTP/1.1\r\nHost: x\r\nContent-Length: ten\r\n\r\n",
            b"POST /hub/login HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n",
            b"POST /hub/login HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
            b"POST /hub/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            b"POST /hub/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\nabc",
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
            b"\0\0\0\0\0\0\0\0\r\n\r\n",
            b"\xff\xfe\xfd\r\n\r\n",
        ] {
            let answer = raw(address, nonsense).await;
            let shown = String::from_utf8_lossy(nonsense);
            assert!((400..500).contains(&status(&answer)), "{way}: {shown:?} -> {answer:?}");
        }
    }
    is_well(&app).await;
}

#[tokio::test]
async fn two_readings_of_one_message_are_not_possible() {
    let app = App::start().await;
    let both = b"POST /hub/login HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /hub/smuggled HTTP/1.1\r\nHost: x\r\n\r\n";
    for (way, address) in ways(&app) {
        let answer = raw(address, both).await;
        assert!(!answer.contains("smuggled"), "{way}: {answer}");
        assert!((400..500).contains(&status(&answer)), "{way}: {answer}");
    }
    is_well(&app).await;
}

#[tokio::test]
async fn odd_addresses_are_answered_clearly() {
    let app = App::start().await;
    let token = super::full_token(&app, "ruth").await;
    let long = "x".repeat(30_000);
    let paths: [&[u8]; 30] = [
        b"/hub/\xff\xfe",
        b"/hub/%ff%fe",
        b"/hub/%",
        b"/hub/%z",
        b"/hub/%zz",
        b"/hub/%00",
        b"/hub/user/%ff/lab",
        b"/hub/user/%00/lab",
        b"/hub/user/%/lab",
        b"/hub/user/ann/%ff%00%zz",
        b"/hub/user//lab",
        b"/hub/user/",
        b"/hub/user/%2e%2e/%2e%2e/lab",
        b"/hub/spawn/%ff",
        b"/hub/spawn/%00/%00",
        b"/hub/spawn-pending/%c3%28",
        b"/hub/user-redirect/%ff?%ff=%zz",
        b"/hub/login?next=%ff%00%zz&%=%&&&==",
        b"/hub/login?next=%0d%0aSet-Cookie:%20a=b",
        b"/hub/static/%ff",
        b"/hub/static/../../../../etc/passwd",
        b"/hub/static/%2e%2e/%2e%2e/etc/passwd",
        b"/hub/error/%ff",
        b"/hub/setup?token=%ff%00",
        b"/hub/api/users/%ff",
        b"/hub/api/users/%00",
        b"/hub/api/users/%ff/servers/%fe",
        b"/hub/api/users/ann/tokens/%ff",
        b"/hub/api/users?name_filter=%00%ff&sort=%ff&offset=%00",
        b"/hub/api/oauth2/authorize?client_id=%ff%00&redirect_uri=%zz",
    ];
    let mut all: Vec<Vec<u8>> = paths.iter().map(|path| path.to_vec()).collect();
    for prefix in [
        "/hub/",
        "/hub/user/",
        "/hub/api/users/",
        "/hub/login?next=/",
        "/user/",
        "/",
    ] {
        all.push(format!("{prefix}{long}").into_bytes());
        all.push(format!("{prefix}{}", "a/".repeat(5_000)).into_bytes());
        all.push(format!("{prefix}{}", "%25".repeat(5_000)).into_bytes());
    }
    for (way, address) in ways(&app) {
        for path in &all {
            for credential in ["", &format!("Authorization: token {token}\r\n")] {
                let mut bytes = b"GET ".to_vec();
                bytes.extend_from_slice(path);
                bytes.extend_from_slice(b" HTTP/1.1\r\nHost: hub.test\r\nConnection: close\r\n");
                bytes.extend_from_slice(credential.as_bytes());
                bytes.extend_from_slice(b"\r\n");
                let answer = raw(address, &bytes).await;
                let shown: String = String::from_utf8_lossy(path).chars().take(100).collect();
                assert!((200..500).contains(&status(&answer)), "{way}: {shown:?} -> {answer}");
                assert!(!answer.contains("\r\nSet-Cookie: a=b"), "{way}: {answer}");
                assert!(!answer.contains("root:x:0"), "{way}: {answer}");
            }
        }
    }
    is_well(&app).await;
}

#[tokio::test]
async fn odd_methods_and_targets_are_answered_clearly() {
    let app = App::start().await;
    for (way, address) in ways(&app) {
        for head in [
            "BREW /hub/home HTTP/1.1",
            "BREW /hub/api/users HTTP/1.1",
            "TRACE /hub/home HTTP/1.1",
            "CONNECT evil.example:443 HTTP/1.1",
            "OPTIONS * HTTP/1.1",
            "GET http://evil.example/hub/login HTTP/1.1",
            "GET //evil.example/hub/login HTTP/1.1",
            "GET /hub/home?# HTTP/1.1",
            "PROPFIND / HTTP/1.1",
        ] {
            let answer = raw(address, &request(head, b"")).await;
            assert!((200..500).contains(&status(&answer)), "{way}: {head} -> {answer}");
            assert!(!answer.contains("\r\nlocation: //evil"), "{way}: {answer}");
        }
    }
    is_well(&app).await;
}

#[tokio::test]
async fn heads_without_end_are_refused() {
    let app = App::start().await;
    let filler = "x".repeat(200_000);
    for (way, address) in ways(&app) {
        for head in [
            format!("GET /hub/login HTTP/1.1\r\nHost: x\r\nX-Long: {filler}\r\n\r\n"),
            format!("GET /hub/login HTTP/1.1\r\nHost: x\r\nCookie: _xsrf={filler}\r\n\r\n"),
            format!("GET /hub/login HTTP/1.1\r\nHost: x\r\nAuthorization: token {filler}\r\n\r\n"),
            format!("GET /hub/login?{filler} HTTP/1.1\r\nHost: x\r\n\r\n"),
            format!(
                "GET /hub/login HTTP/1.1\r\nHost: x\r\n{}\r\n",
                "A: b\r\n".repeat(20_000)
            ),
            format!("GET /hub/login HTTP/1.1\r\nHost: x\r\n{}\r\n", "A: b\r\n".repeat(300)),
        ] {
            let answer = raw(address, head.as_bytes()).await;
            let shown: String = head.chars().take(60).collect();
            assert!(
                matches!(status(&answer), 400 | 414 | 431),
                "{way}: {shown:?} -> {answer:?}"
            );
        }
    }
    is_well(&app).await;
}

#[tokio::test]
async fn odd_cookies_are_passed_over() {
    let app = App::start().await;
    let thousands: String = (0..4000).map(|n| format!("a{n}=b; ")).collect();
    let login: String = (0..800).map(|n| format!("jupyterhub-hub-login=x{n:040}; ")).collect();
    let xsrf: String = (0..1500).map(|n| format!("_xsrf=MnwxO{n}; ")).collect();
    let cookies: [&[u8]; 12] = [
        b"",
        b"=",
        b";;;;",
        b"_xsrf",
        b"_xsrf=",
        b"_xsrf=\xff\xfe; jupyterhub-hub-login=\xff",
        b"_xsrf=\"; jupyterhub-session-id=\"",
        b"_xsrf=Mnw5OTk5OTk5OTk5OTk5OTk5OTk5OTp8",
        b"jupyterhub-session-id=../../etc/passwd; jupyterhub-hub-login=' OR 1=1 --",
        thousands.as_bytes(),
        login.as_bytes(),
        xsrf.as_bytes(),
    ];
    for (way, address) in ways(&app) {
        for cookie in cookies {
            for path in ["/hub/home", "/hub/login", "/hub/api/user", "/hub/logout"] {
                let mut bytes = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nCookie: ").into_bytes();
                bytes.extend_from_slice(cookie);
                bytes.extend_from_slice(b"\r\n\r\n");
                let answer = raw(address, &bytes).await;
                let want: &[u16] = match path {
                    "/hub/login" => &[200],
                    "/hub/api/user" => &[403],
                    _ => &[302],
                };
                assert!(
                    want.contains(&status(&answer)),
                    "{way}: {path} {:?} -> {answer}",
                    String::from_utf8_lossy(cookie)
                );
            }
        }
    }
    is_well(&app).await;
}

#[tokio::test]
async fn odd_forms_are_refused() {
    let app = App::start().await;
    let huge = vec![b'a'; 4 << 20];
    let many = "a=b&".repeat(200_000);
    let bodies: [(&str, &[u8]); 12] = [
        ("application/x-www-form-urlencoded", b""),
        ("application/x-www-form-urlencoded", b"\xff\xfe=%ff%zz%&&=&="),
        (
            "application/x-www-form-urlencoded",
            b"username=%00&password=%ff&_xsrf=%00",
        ),
        (
            "application/x-www-form-urlencoded",
            b"username=a&username=b&password=x&password=y",
        ),
        ("application/x-www-form-urlencoded", many.as_bytes()),
        ("application/x-www-form-urlencoded", &huge),
        ("application/json", b"{\"username\": \"ann\"}"),
        (
            "multipart/form-data; boundary=x",
            b"--x\r\nContent-Disposition: form-data; name=\"username\"\r\n\r\nann\r\n--x--",
        ),
        ("multipart/form-data", b"no boundary"),
        ("text/plain", b"username=ann"),
        ("", b"username=ann"),
        ("\"\\;;==", b"username=ann"),
    ];
    for (way, address) in ways(&app) {
        for path in [
            "/hub/login",
            "/hub/setup",
            "/hub/spawn",
            "/hub/stop/ann",
            "/hub/api/oauth2/token",
            "/hub/api/oauth2/authorize",
            "/hub/security/csp-report",
            "/hub/nothing",
            "/hub/home",
            "/nothing",
        ] {
            for (kind, body) in bodies {
                let answer = raw(
                    address,
                    &request(&format!("POST {path} HTTP/1.1\r\nContent-Type: {kind}"), body),
                )
                .await;
                let got = status(&answer);
                let shown: String = String::from_utf8_lossy(body).chars().take(60).collect();
                let fine = (400..500).contains(&got) || got == 302 || (got == 200 && path.ends_with("csp-report"));
                assert!(fine, "{way}: POST {path} {kind} {shown:?} -> {answer}");
                if body.len() > 2 << 20 {
                    assert_eq!(got, 413, "{way}: POST {path} -> {answer}");
                }
            }
        }
    }
    is_well(&app).await;
}

#[tokio::test]
async fn odd_json_is_refused() {
    let app = App::start().await;
    let token = super::full_token(&app, "ruth").await;
    app.sign_in("ann").await;
    let deep = "[".repeat(200_000);
    let deep_objects = "{\"a\":".repeat(100_000);
    let closed = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
    let huge = format!("{{\"usernames\": [\"{}\"]}}", "x".repeat(2 << 20));
    let long = format!("{{\"usernames\": [\"{}\"]}}", "x".repeat(500_000));
    let bodies: [&[u8]; 18] = [
        b"{",
        b"nul",
        b"\"\xff\xfe\"",
        b"{\"a\": 1} {\"b\": 2}",
        b"{\"a\": 1e99999}",
        b"{\"a\": \"\\ud800\"}",
        b"{'a': 1}",
        b"\0",
        b"[]",
        b"5",
        b"\"text\"",
        b"true",
        deep.as_bytes(),
        deep_objects.as_bytes(),
        closed.as_bytes(),
        huge.as_bytes(),
        b"\xef\xbb\xbf{}",
        b"<xml/>",
    ];
    let paths = [
        "users",
        "users/new",
        "users/ann/tokens",
        "users/ann/activity",
        "users/ann/server",
        "shutdown",
    ];
    for (way, address) in ways(&app) {
        for path in paths {
            for body in bodies {
                let head = format!(
                    "POST /hub/api/{path} HTTP/1.1\r\nContent-Type: application/json\r\nAuthorization: token {token}"
                );
                let answer = raw(address, &request(&head, body)).await;
                let shown: String = String::from_utf8_lossy(body).chars().take(60).collect();
                assert!(
                    (400..500).contains(&status(&answer)),
                    "{way}: POST {path} {shown:?} -> {answer}"
                );
                assert!(answer.len() < 4000, "{way}: {shown:?} is not sent back whole");
            }
        }
        let head = format!("POST /hub/api/users HTTP/1.1\r\nAuthorization: token {token}");
        let answer = raw(address, &request(&head, long.as_bytes())).await;
        assert_eq!(status(&answer), 400, "{way}: {answer}");
        assert!(answer.len() < 4000, "{way}: the name is not sent back whole");
    }
    assert!(app.hub.shutdown.borrow().is_none());
    assert!(app.spawner.running().is_empty());
    is_well(&app).await;
}

#[tokio::test]
async fn a_nul_byte_is_no_riddle_for_any_database() {
    let app = App::start().await;
    let token = super::full_token(&app, "ruth").await;
    let ruth = app.sign_in("ruth").await;
    for path in [
        "users/a%00b",
        "users/ruth/servers/a%00b",
        "users/ruth/tokens/a%00",
        "users?name_filter=%00",
        "oauth2/authorize?client_id=%00&response_type=code",
        "oauth2/authorize?client_id=jupyterhub&redirect_uri=%00&state=%00&scope=%00",
    ] {
        let answer = ruth.get(&format!("hub/api/{path}")).await;
        assert!(
            (200..500).contains(&answer.status),
            "GET {path}: {} {}",
            answer.status,
            answer.body
        );
    }
    let bodies = [
        ("users", "{\"usernames\": [\"a\\u0000b\"]}"),
        ("users/ruth/tokens", "{\"note\": \"a\\u0000b\"}"),
        ("users/ruth/tokens", "{\"scopes\": [\"a\\u0000b\"]}"),
        ("users/ruth/tokens", "{\"roles\": [\"a\\u0000b\"]}"),
        (
            "users/ruth/activity",
            "{\"servers\": {\"a\\u0000b\": {\"last_activity\": \"2026-11-21T00:00:00Z\"}}}",
        ),
        ("users/ruth/server", "{\"user_options\": {\"a\\u0000\": \"a\\u0000b\"}}"),
    ];
    for (path, body) in bodies {
        let request = ruth
            .request(reqwest::Method::POST, &format!("hub/api/{path}"))
            .header("authorization", format!("token {token}"))
            .body(body);
        let answer = ruth.send(request).await;
        assert!(
            (200..500).contains(&answer.status),
            "POST {path}: {} {}",
            answer.status,
            answer.body
        );
    }
    for field in ["client_id", "client_secret", "code", "redirect_uri", "code_verifier"] {
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("client_id", "x"),
            ("client_secret", "x"),
            ("code", "x"),
        ];
        fields.retain(|(key, _)| *key != field);
        fields.push((field, "a\0b"));
        let request = ruth
            .request(reqwest::Method::POST, "hub/api/oauth2/token")
            .form(&fields);
        let answer = ruth.send(request).await;
        assert!(
            (400..500).contains(&answer.status),
            "{field}: {} {}",
            answer.status,
            answer.body
        );
    }
    let forms = [
        ("hub/token", vec![("note", "a\0b")], 400),
        ("hub/admin/roles", vec![("name", "x"), ("description", "a\0b")], 400),
        (
            "hub/admin/roles/user",
            vec![("do", "give"), ("kind", "user"), ("holder", "a\0b")],
            404,
        ),
    ];
    for (path, fields, status) in forms {
        let answer = ruth.post_form(path, &fields).await;
        assert_eq!(answer.status, status, "POST {path}: {}", answer.body);
    }
    for path in [
        "hub/spawn?a=%00&next=%00&display_name=%00",
        "hub/spawn/a%00b",
        "hub/user/a%00b/lab",
    ] {
        let answer = ruth.get(path).await;
        assert!(
            (200..500).contains(&answer.status),
            "GET {path}: {} {}",
            answer.status,
            answer.body
        );
    }
    is_well(&app).await;
}

#[tokio::test]
async fn odd_headers_of_all_kinds_are_passed_over() {
    let app = App::start().await;
    let agent = "a".repeat(20_000);
    for (way, address) in ways(&app) {
        for header in [
            "Accept: \u{fffd},,,;;;q=x".to_owned(),
            "Accept: application/jupyterhub-pagination+json;;;".into(),
            "X-Forwarded-For: not an address, 1.2.3.4.5, ::::".into(),
            "X-Forwarded-For: 9.9.9.9".to_owned() + &", 1.1.1.1".repeat(2000),
            "X-Forwarded-Proto: javascript".into(),
            "X-Forwarded-Host: evil.example".into(),
            "Host: evil.example\r\nHost: other.example".into(),
            "Host: ".into(),
            "Origin: null".into(),
            "Referer: \u{1}".into(),
            "Sec-Fetch-Mode: ".into(),
            "If-None-Match: \"".into(),
            "Range: bytes=99999999999999999999-".into(),
            "Expect: the-unexpected".into(),
            "Upgrade: h2c".into(),
            "Connection: Upgrade\r\nUpgrade: nonsense".into(),
            format!("User-Agent: {agent}"),
            "Authorization: ".into(),
            "Authorization: token \u{e9}".into(),
            "Authorization: Basic !!!!".into(),
        ] {
            for path in [
                "/hub/login",
                "/hub/api/users",
                "/hub/static/css/perijove.css",
                "/hub/user/ann/lab",
            ] {
                let bytes = format!("GET {path} HTTP/1.1\r\nConnection: close\r\n{header}\r\n\r\n");
                let answer = raw(address, bytes.as_bytes()).await;
                let shown: String = header.chars().take(60).collect();
                assert!(
                    (200..500).contains(&status(&answer)),
                    "{way}: {path} {shown:?} -> {answer}"
                );
            }
        }
    }
    is_well(&app).await;
}

#[tokio::test]
async fn the_host_of_a_stranger_is_led_nowhere() {
    let app = App::start().await;
    for (way, address) in ways(&app) {
        let bytes = b"GET /hub/login?next=http://evil.example/hub/home HTTP/1.1\r\nHost: hub.test\r\nX-Forwarded-Host: evil.example\r\nConnection: close\r\n\r\n";
        let answer = raw(address, bytes).await;
        assert_eq!(status(&answer), 200, "{way}: {answer}");
        assert!(!answer.to_lowercase().contains("\r\nlocation:"), "{way}: {answer}");
    }
}

#[tokio::test]
async fn clients_that_dawdle_hold_nobody_up() {
    let app = App::start().await;
    let mut held = Vec::new();
    for (_, address) in ways(&app) {
        for begun in [
            &b"GET /hub/home HT"[..],
            b"GET /hub/home HTTP/1.1\r\nHost: x\r\nX: ",
            b"POST /hub/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nuser",
            b"",
        ] {
            for _ in 0..40 {
                let mut stream = TcpStream::connect(address).await.unwrap();
                stream.write_all(begun).await.unwrap();
                held.push(stream);
            }
        }
    }
    is_well(&app).await;
    drop(held);
    is_well(&app).await;
}

#[tokio::test]
async fn a_client_that_goes_away_in_the_middle_is_forgotten() {
    let app = App::start().await;
    for (_, address) in ways(&app) {
        for _ in 0..30 {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream
                .write_all(b"POST /hub/login HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nuser")
                .await
                .unwrap();
        }
    }
    is_well(&app).await;
}
