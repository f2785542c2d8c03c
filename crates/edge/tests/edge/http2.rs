//! HTTP/2 towards browsers; what the target gets and what comes back is what HTTP/1 would have brought.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode, Version};
use http_body_util::{BodyExt, Empty, Full, StreamBody, combinators::BoxBody};
use hyper::{
    body::{Frame, Incoming},
    client::conn::http2::{self, SendRequest},
    ext::Protocol,
};
use hyper_util::rt::{TokioExecutor, TokioIo};
use perijove_edge::{AccessFormat, AccessLog, EdgeConfig};
use rustls::pki_types::ServerName;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::mpsc,
};
use tokio_rustls::TlsConnector;

use crate::{
    certs::Lab,
    harness::{OK, Target, TestEdge, eventually, header, soon},
};

type Body = BoxBody<Bytes, std::io::Error>;

struct Browser {
    sender: SendRequest<Body>,
}

fn nothing() -> Body {
    Empty::new().map_err(|never| match never {}).boxed()
}

fn whole(text: &str) -> Body {
    Full::new(Bytes::copy_from_slice(text.as_bytes()))
        .map_err(|never| match never {})
        .boxed()
}

async fn start(lab: &Lab) -> (TestEdge, Target) {
    let target = Target::new().await;
    let files = lab.issue("edge", &["localhost"]);
    let edge = TestEdge::start(EdgeConfig {
        default_target: Some(target.url()),
        ..lab.edge(&[files])
    });
    (edge, target)
}

impl Browser {
    async fn open(edge: &TestEdge, lab: &Lab) -> Self {
        let mut config = lab.client();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let tcp = TcpStream::connect(edge.edge.addresses()[0]).await.unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let stream = TlsConnector::from(Arc::new(config)).connect(name, tcp).await.unwrap();
        assert_eq!(
            stream.get_ref().1.alpn_protocol(),
            Some(&b"h2"[..]),
            "HTTP/2 is agreed on"
        );
        let (sender, connection) = http2::Builder::new(TokioExecutor::new())
            .handshake(TokioIo::new(stream))
            .await
            .unwrap();
        tokio::spawn(connection);
        Self { sender }
    }

    async fn ask(&mut self, request: Request<Body>) -> Response<Incoming> {
        soon("room for a request", self.sender.ready()).await.unwrap();
        soon("an answer", self.sender.send_request(request)).await.unwrap()
    }
}

fn get(path: &str) -> http::request::Builder {
    Request::get(format!("https://localhost{path}"))
}

async fn text(response: Response<Incoming>) -> String {
    let bytes = soon("the body", response.into_body().collect())
        .await
        .unwrap()
        .to_bytes();
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[tokio::test]
async fn a_request_arrives_as_one_of_http1_and_its_answer_comes_back() {
    let lab = Lab::new();
    let (edge, target) = start(&lab).await;
    let mut browser = Browser::open(&edge, &lab).await;
    let request = get("/user/a%40b/x?y=%2F")
        .header("cookie", "a=1")
        .header("cookie", "b=2")
        .header("x-forwarded-user", "ruth")
        .header("te", "trailers")
        .body(nothing())
        .unwrap();
    let answer = "HTTP/1.1 201 Made\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nConnection: x-hop\r\nX-Hop: 1\r\n\
                  Keep-Alive: timeout=5\r\nContent-Length: 2\r\n\r\nok";
    let (response, (head, _wire)) = tokio::join!(browser.ask(request), target.serve(answer));
    assert!(head.starts_with("GET /user/a%40b/x?y=%2F HTTP/1.1\r\n"), "{head}");
    assert_eq!(header(&head, "host"), Some("localhost"));
    assert_eq!(header(&head, "cookie"), Some("a=1; b=2"));
    assert_eq!(header(&head, "x-forwarded-proto"), Some("https"));
    assert_eq!(header(&head, "te"), Some("trailers"));
    assert_eq!(
        (response.status(), response.version()),
        (StatusCode::CREATED, Version::HTTP_2)
    );
    assert_eq!(response.headers().get_all("set-cookie").iter().count(), 2);
    assert!(!response.headers().contains_key("x-hop") && !response.headers().contains_key("keep-alive"));
    assert_eq!(text(response).await, "ok");
}

#[tokio::test]
async fn the_access_log_tells_the_version_that_the_browser_spoke() {
    let lab = Lab::new();
    let target = Target::new().await;
    let file = lab.path("access.log");
    let edge = TestEdge::start(EdgeConfig {
        access_log: Some(AccessLog {
            format: AccessFormat::Common,
            file: Some(file.clone()),
        }),
        default_target: Some(target.url()),
        ..lab.edge(&[lab.issue("edge", &["localhost"])])
    });
    let mut browser = Browser::open(&edge, &lab).await;
    let (response, _wire) = tokio::join!(browser.ask(get("/x").body(nothing()).unwrap()), target.serve(OK));
    text(response).await;
    let log = || std::fs::read_to_string(&file).unwrap_or_default();
    eventually("a line", || log().ends_with('\n')).await;
    assert!(log().contains("\"GET /x HTTP/2"), "{}", log());
}

#[tokio::test]
async fn many_requests_share_a_connection_and_none_waits_for_another() {
    let lab = Lab::new();
    let (edge, target) = start(&lab).await;
    let mut browser = Browser::open(&edge, &lab).await;
    let slow = browser.sender.send_request(get("/slow").body(nothing()).unwrap());
    let mut first = target.accept().await;
    first.head().await;
    for _ in 0..5 {
        let (response, (_, _wire)) =
            tokio::join!(browser.ask(get("/quick").body(nothing()).unwrap()), target.serve(OK));
        assert_eq!(text(response).await, "ok");
    }
    first.send(OK).await;
    assert_eq!(text(slow.await.unwrap()).await, "ok");
}

#[tokio::test]
async fn both_ways_piece_by_piece() {
    let lab = Lab::new();
    let (edge, target) = start(&lab).await;
    let mut browser = Browser::open(&edge, &lab).await;
    let (pieces, receiver) = mpsc::channel::<Result<Frame<Bytes>, std::io::Error>>(1);
    let body = StreamBody::new(tokio_stream(receiver));
    let request = Request::post("https://localhost/echo")
        .body(BodyExt::boxed(body))
        .unwrap();
    let asked = tokio::spawn(async move { browser.ask(request).await });
    let (head, mut server) = target
        .serve("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        .await;
    assert_eq!(header(&head, "transfer-encoding"), Some("chunked"));
    let mut answer = asked.await.unwrap().into_body();
    for word in ["ping", "pong"] {
        pieces
            .send(Ok(Frame::data(Bytes::copy_from_slice(word.as_bytes()))))
            .await
            .unwrap();
        assert!(server.until(&format!("4\r\n{word}\r\n")).await.ends_with("\r\n"));
        server.send(format!("4\r\n{word}\r\n")).await;
        let frame = soon("a piece", answer.frame()).await.unwrap().unwrap();
        assert_eq!(frame.into_data().unwrap(), word);
    }
    drop(pieces);
    server.until("0\r\n\r\n").await;
    server.send("0\r\nX-Sum: 7\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n").await;
    let trailers = soon("the trailers", answer.frame())
        .await
        .unwrap()
        .unwrap()
        .into_trailers()
        .unwrap();
    assert_eq!(
        trailers,
        HeaderMap::from_iter([("x-sum".parse().unwrap(), "7".parse().unwrap())])
    );
}

/// Events come one by one, each as soon as its target has said it, while nothing else moves on the connection; and an
/// answer that nobody reads does not stand in their way.
#[tokio::test]
async fn no_event_waits_for_the_next() {
    let lab = Lab::new();
    let (edge, target) = start(&lab).await;
    let mut browser = Browser::open(&edge, &lab).await;
    let (unread, (_, mut large)) = tokio::join!(
        browser.ask(get("/large").body(nothing()).unwrap()),
        target.serve("HTTP/1.1 200 OK\r\nContent-Length: 4000000\r\n\r\n")
    );
    let sending = tokio::spawn(async move {
        large.send("x".repeat(4_000_000)).await;
        large
    });
    let (response, (_, mut server)) = tokio::join!(
        browser.ask(get("/events").body(nothing()).unwrap()),
        target.serve("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
    );
    let mut events = response.into_body();
    for number in 0..20 {
        let event = format!("data: {{\"progress\": {number}}}\n\n");
        server.send(event.clone()).await;
        let frame = soon("an event", events.frame()).await.unwrap().unwrap();
        assert_eq!(frame.into_data().unwrap(), event);
    }
    assert_eq!(text(unread).await.len(), 4_000_000);
    drop(sending.await.unwrap());
}

fn tokio_stream<T>(mut receiver: mpsc::Receiver<T>) -> impl futures_util::Stream<Item = T> {
    futures_util::stream::poll_fn(move |cx| receiver.poll_recv(cx))
}

/// RFC 8441: a browser opens its websockets on the connection that it has.
#[tokio::test]
async fn a_websocket_is_a_stream() {
    let lab = Lab::new();
    let (edge, target) = start(&lab).await;
    let mut browser = Browser::open(&edge, &lab).await;
    // Who wants this has to wait for the edge's word that it is possible: it is there with the first answer.
    let (response, _) = tokio::join!(browser.ask(get("/").body(nothing()).unwrap()), target.serve(OK));
    text(response).await;
    let mut request = Request::builder()
        .method(Method::CONNECT)
        .uri("https://localhost/user/a/api/kernels/1/channels")
        .header("sec-websocket-version", "13")
        .header("origin", "https://localhost")
        .body(nothing())
        .unwrap();
    request.extensions_mut().insert(Protocol::from_static("websocket"));
    let switched = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                    Sec-WebSocket-Accept: y\r\nSec-WebSocket-Protocol: v1\r\n\r\nearly";
    let (mut response, (head, mut server)) = tokio::join!(browser.ask(request), target.serve(switched));
    assert!(
        head.starts_with("GET /user/a/api/kernels/1/channels HTTP/1.1\r\n"),
        "{head}"
    );
    assert_eq!(header(&head, "upgrade"), Some("websocket"));
    assert_eq!(header(&head, "sec-websocket-version"), Some("13"));
    assert!(
        header(&head, "sec-websocket-key").is_some_and(|key| key.len() == 24),
        "{head}"
    );
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["sec-websocket-protocol"], "v1");
    assert!(!response.headers().contains_key("sec-websocket-accept"));
    let mut stream = TokioIo::new(soon("the tunnel", hyper::upgrade::on(&mut response)).await.unwrap());
    let mut early = [0; 5];
    soon("what came early", stream.read_exact(&mut early)).await.unwrap();
    assert_eq!(&early, b"early");
    stream.write_all(b"hello").await.unwrap();
    assert_eq!(server.exactly(5).await, b"hello");
    server.send("again").await;
    soon("the answer", stream.read_exact(&mut early)).await.unwrap();
    assert_eq!(&early, b"again");
    eventually("the tunnel to be counted", || edge.edge.tunnels() == 1).await;
    drop(server);
    assert_eq!(soon("the end", stream.read(&mut early)).await.unwrap(), 0);
    drop(stream);
    eventually("the tunnel to be over", || edge.edge.tunnels() == 0).await;
}

#[tokio::test]
async fn a_target_that_is_away_is_explained_and_a_forward_proxy_refused() {
    let lab = Lab::new();
    let (edge, target) = start(&lab).await;
    drop(target);
    let mut browser = Browser::open(&edge, &lab).await;
    let response = browser
        .ask(get("/").header("accept", "text/html").body(nothing()).unwrap())
        .await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(text(response).await.contains("<h1>"));
    let connect = Request::builder()
        .method(Method::CONNECT)
        .uri("evil:443")
        .body(nothing())
        .unwrap();
    assert_eq!(browser.ask(connect).await.status(), StatusCode::METHOD_NOT_ALLOWED);
    let dots = browser.ask(get("/user/a/%2e%2e/b").body(nothing()).unwrap()).await;
    assert_eq!(dots.status(), StatusCode::BAD_REQUEST);
}

/// An answer that was cut off must not look whole, and one client's trouble is not another's.
#[tokio::test]
async fn a_cut_answer_is_an_error_of_its_stream_alone() {
    let lab = Lab::new();
    let (edge, target) = start(&lab).await;
    let mut browser = Browser::open(&edge, &lab).await;
    let cut = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n";
    let (response, (_, wire)) = tokio::join!(browser.ask(get("/").body(nothing()).unwrap()), target.serve(cut));
    drop(wire);
    assert!(soon("the body", response.into_body().collect()).await.is_err());
    let request = Request::post("https://localhost/").body(whole("body")).unwrap();
    let serving = async {
        let mut wire = target.accept().await;
        let head = wire.head().await;
        assert_eq!(header(&head, "content-length"), Some("4"));
        assert_eq!(wire.exactly(4).await, b"body");
        wire.send(OK).await;
        wire
    };
    let (response, _wire) = tokio::join!(browser.ask(request), serving);
    assert_eq!(text(response).await, "ok");
}
