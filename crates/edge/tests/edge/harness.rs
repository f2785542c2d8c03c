//! An edge, a client and a target that do exactly what the test says.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use perijove_edge::{Edge, EdgeConfig};
use perijove_model::{MockClock, Secret};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

pub(crate) const TOKEN: &str = "edge-token-of-the-tests";

/// Only against hanging for ever.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) async fn soon<T>(what: &str, work: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, work)
        .await
        .unwrap_or_else(|_| panic!("waited in vain: {what}"))
}

/// Waits until something becomes true that nothing announces.
pub(crate) async fn eventually(what: &str, mut is: impl FnMut() -> bool) {
    soon(what, async {
        while !is() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}

pub(crate) struct TestEdge {
    pub(crate) edge: Edge,
    pub(crate) clock: Arc<MockClock>,
}

pub(crate) fn config() -> EdgeConfig {
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    EdgeConfig {
        listen: vec![any],
        api_listen: any,
        threads: 1,
        ..EdgeConfig::new(Secret::new(TOKEN))
    }
}

impl TestEdge {
    pub(crate) fn start(config: EdgeConfig) -> Self {
        let clock = Arc::new(MockClock::default());
        let edge = Edge::start(config, clock.clone()).unwrap();
        Self { edge, clock }
    }

    /// An edge whose every path leads to `target`.
    pub(crate) fn before(target: &Target) -> Self {
        Self::start(EdgeConfig {
            default_target: Some(target.url()),
            ..config()
        })
    }

    pub(crate) async fn client(&self) -> Wire {
        Wire::connect(self.edge.addresses()[0]).await
    }

    /// One request on a connection of its own, and the whole answer.
    pub(crate) async fn ask(&self, request: &str) -> String {
        let mut client = self.client().await;
        client.send(request).await;
        client.rest().await
    }

    pub(crate) async fn api(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        api_call(self.edge.api_address(), method, path, Some(TOKEN), body).await
    }

    pub(crate) async fn route(&self, path: &str, target: &Target) {
        let body = format!(r#"{{"target":"{}"}}"#, target.url());
        assert_eq!(self.api("POST", &format!("/api/routes{path}"), &body).await.0, 201);
    }
}

pub(crate) async fn api_call(
    at: SocketAddr,
    method: &str,
    path: &str,
    token: Option<&str>,
    body: &str,
) -> (u16, String) {
    let mut wire = Wire::connect(at).await;
    let authorization = token
        .map(|token| format!("Authorization: token {token}\r\n"))
        .unwrap_or_default();
    let length = body.len();
    wire.send(&format!(
        "{method} {path} HTTP/1.1\r\nHost: edge\r\nConnection: close\r\n{authorization}Content-Length: {length}\r\n\r\n{body}"
    ))
    .await;
    let reply = wire.rest().await;
    (status(&reply), body_of(&reply).to_owned())
}

pub(crate) fn status(reply: &str) -> u16 {
    reply
        .split(' ')
        .nth(1)
        .and_then(|code| code.parse().ok())
        .unwrap_or_else(|| panic!("no status in {reply:?}"))
}

pub(crate) fn body_of(reply: &str) -> &str {
    reply.split_once("\r\n\r\n").map_or("", |(_, body)| body)
}

/// The value of a header, whatever the case of its name.
pub(crate) fn header<'a>(message: &'a str, name: &str) -> Option<&'a str> {
    let head = message.split("\r\n\r\n").next()?;
    head.lines()
        .skip(1)
        .filter_map(|line| line.split_once(": "))
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
}

/// A target that answers what the test sends.
pub(crate) struct Target {
    listener: TcpListener,
}

impl Target {
    pub(crate) async fn new() -> Self {
        Self {
            listener: TcpListener::bind("127.0.0.1:0").await.unwrap(),
        }
    }

    /// An address where nobody listens.
    pub(crate) async fn gone() -> String {
        Self::new().await.url()
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.listener.local_addr().unwrap())
    }

    pub(crate) async fn accept(&self) -> Wire {
        let (stream, _) = soon("the edge to connect", self.listener.accept()).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Wire {
            stream,
            ahead: Vec::new(),
        }
    }

    /// Serves one request: takes its head, gives the answer, returns the head.
    pub(crate) async fn serve(&self, answer: &str) -> (String, Wire) {
        let mut wire = self.accept().await;
        let head = wire.head().await;
        wire.send(answer).await;
        (head, wire)
    }

    /// Who has connected by now, if anybody.
    pub(crate) async fn asked(&self) -> Option<Wire> {
        let (stream, _) = tokio::time::timeout(Duration::from_millis(30), self.listener.accept())
            .await
            .ok()?
            .unwrap();
        Some(Wire {
            stream,
            ahead: Vec::new(),
        })
    }

    pub(crate) async fn is_unasked(&self) -> bool {
        self.asked().await.is_none()
    }
}

/// One end of a connection.
pub(crate) struct Wire {
    pub(crate) stream: TcpStream,
    ahead: Vec<u8>,
}

impl Wire {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        let stream = soon("a connection", TcpStream::connect(address)).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream,
            ahead: Vec::new(),
        }
    }

    pub(crate) async fn send(&mut self, text: impl AsRef<[u8]>) {
        soon("to send", self.stream.write_all(text.as_ref())).await.unwrap();
    }

    /// Closes the sending side.
    pub(crate) async fn finish(&mut self) {
        self.stream.shutdown().await.unwrap();
    }

    async fn more(&mut self) -> usize {
        soon("bytes", self.stream.read_buf(&mut self.ahead)).await.unwrap_or(0)
    }

    /// Everything up to and with `end`.
    pub(crate) async fn until(&mut self, end: &str) -> String {
        loop {
            let found = self
                .ahead
                .windows(end.len())
                .position(|window| window == end.as_bytes());
            if let Some(at) = found {
                let rest = self.ahead.split_off(at + end.len());
                return String::from_utf8(std::mem::replace(&mut self.ahead, rest)).unwrap();
            }
            let so_far = self.ahead.len();
            assert!(
                self.more().await > 0,
                "ended before {end:?}: {:?}",
                String::from_utf8_lossy(&self.ahead[..so_far])
            );
        }
    }

    /// A message's first line and headers.
    pub(crate) async fn head(&mut self) -> String {
        self.until("\r\n\r\n").await
    }

    pub(crate) async fn exactly(&mut self, count: usize) -> Vec<u8> {
        while self.ahead.len() < count {
            assert!(
                self.more().await > 0,
                "ended after {} of {count} bytes",
                self.ahead.len()
            );
        }
        let rest = self.ahead.split_off(count);
        std::mem::replace(&mut self.ahead, rest)
    }

    /// All that comes until the other side has finished.
    pub(crate) async fn rest(&mut self) -> String {
        while self.more().await > 0 {}
        String::from_utf8_lossy(&std::mem::take(&mut self.ahead)).into_owned()
    }
}

pub(crate) fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: hub.example.org:8000\r\nConnection: close\r\n\r\n")
}

pub(crate) const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
