//! No wrong body ever reaches the wrong person: each request has a mark, which its answer must have everywhere.

use std::{
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};

use perijove_edge::EdgeConfig;
use perijove_model::{Rng, SeededRng};
use tokio::task::JoinSet;

use super::{
    process::Process,
    upstream::{self, ANSWERS, Mischief, Mischief::*},
    wire::{BLOCK, Body, Loose, blocks, hex, value},
};
use crate::harness::*;

const CLIENTS: u64 = 24;
const REQUESTS: usize = 120;
const ROUTES: [&str; 3] = ["/user/a", "/user/b", "/user/c"];

/// What one client is about to ask.
struct Wanted {
    mark: u64,
    method: &'static str,
    count: usize,
    mischief: Mischief,
    head: String,
    body: Vec<u8>,
}

impl Wanted {
    fn random(dice: &dyn Rng) -> Self {
        let mark = u64::from_str_radix(&dice.hex(7), 16).unwrap();
        let method = ["GET", "GET", "POST", "HEAD"][dice.below(4) as usize];
        // Now and then one that a killed target leaves half done.
        let count = if dice.below(8) == 0 {
            600
        } else {
            1 + dice.below(60) as usize
        };
        let mischief = if dice.below(2) == 0 {
            Length
        } else {
            ANSWERS[dice.below(ANSWERS.len() as u32) as usize]
        };
        // What comes behind an answer is certain to be seen with it only if both fit into one write.
        let count = if mischief == Length || mischief == Chunks {
            count
        } else {
            count.min(10)
        };
        let body = if method == "POST" {
            blocks(mark, dice.below(100) as usize)
        } else {
            Vec::new()
        };
        let route = ROUTES[dice.below(3) as usize];
        let length = body.len();
        let head = format!(
            "{method} {route}/x HTTP/1.1\r\nHost: a\r\nX-Mark: {mark:x}\r\nX-Mischief: {mischief:?}\r\nX-Blocks: {count}\r\nContent-Length: {length}\r\n\r\n"
        );
        Self {
            mark,
            method,
            count,
            mischief,
            head,
            body,
        }
    }

    /// Whether the answer came whole.
    fn check(&self, head: &str, body: &Body) -> bool {
        let status = status(head);
        let told = || format!("{} {:?} {}\n{head}", self.method, self.mischief, self.mark);
        if [502, 503, 504].contains(&status) {
            assert!(
                !String::from_utf8_lossy(&body.bytes).contains("[0000"),
                "an error page with somebody's data: {}",
                told()
            );
            return false;
        }
        assert!([200, 204, 304].contains(&status), "{}", told());
        assert_eq!(
            value(head, "x-mark").map(hex),
            Some(self.mark),
            "somebody else's head: {}",
            told()
        );
        let empty = self.method == "HEAD" || status != 200;
        let expected = if empty {
            Vec::new()
        } else {
            blocks(self.mark, self.count)
        };
        let there = body.bytes.len().min(expected.len());
        assert!(
            body.bytes == expected[..there],
            "somebody else's body: {}, differs after {} blocks",
            told(),
            there / BLOCK
        );
        // Where the connection's end is the body's, a killed target looks like one that has finished.
        let must_be_all = body.whole && self.mischief != UntilClose;
        assert!(
            !must_be_all || body.bytes.len() == expected.len(),
            "cut short and called whole: {}",
            told()
        );
        assert!(
            !body.whole || empty || ![Cut, CutChunks].contains(&self.mischief),
            "{}",
            told()
        );
        body.whole
    }
}

/// Asks again and again, over one connection while it lasts; says how many answers came whole.
async fn client(edge: SocketAddr, seed: u64) -> usize {
    let dice: Arc<dyn Rng> = Arc::new(SeededRng::new(seed));
    let (mut kept, mut whole) = (None, 0);
    for _ in 0..REQUESTS {
        let wanted = Wanted::random(&*dice);
        let mut wire = match kept.take() {
            Some(wire) => wire,
            None => Loose::connect(edge).await.unwrap(),
        };
        if wire.send(&wanted.head).await.is_err() || wire.send(&wanted.body).await.is_err() {
            continue;
        }
        if dice.below(20) == 0 {
            // Gone before its answer, which must not go to another.
            if dice.below(2) == 0 {
                wire.reset();
            }
            continue;
        }
        let Some(head) = final_head(&mut wire).await else {
            continue;
        };
        let empty = wanted.method == "HEAD" || [204, 304].contains(&status(&head));
        let body = if empty {
            Body {
                bytes: Vec::new(),
                whole: true,
            }
        } else {
            wire.body(&head).await
        };
        let done = wanted.check(&head, &body);
        whole += usize::from(done);
        let closes = value(&head, "connection").is_some_and(|value| value.eq_ignore_ascii_case("close"));
        if body.whole && !closes {
            kept = Some(wire);
        }
    }
    whole
}

/// The head of the answer, after those that only say that it is coming.
async fn final_head(wire: &mut Loose) -> Option<String> {
    loop {
        let head = soon("an answer, or an end", wire.head()).await.ok()?;
        if !(100..200).contains(&status(&head)) {
            return Some(head);
        }
    }
}

/// Kills one of the targets after the other, and starts it again.
async fn reaper(listeners: Vec<TcpListener>) {
    let mut targets: Vec<_> = listeners.iter().map(Process::upstream).collect();
    for turn in (0..listeners.len()).cycle() {
        tokio::time::sleep(Duration::from_millis(60)).await;
        let fresh = Process::upstream(&listeners[turn]);
        std::mem::replace(&mut targets[turn], fresh).kill().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_answer_reaches_a_stranger() {
    let listeners: Vec<_> = ROUTES
        .iter()
        .map(|_| TcpListener::bind("127.0.0.1:0").unwrap())
        .collect();
    let edge = TestEdge::start(EdgeConfig { threads: 2, ..config() });
    for (route, listener) in ROUTES.iter().zip(&listeners) {
        let target = format!(r#"{{"target":"http://{}"}}"#, listener.local_addr().unwrap());
        assert_eq!(edge.api("POST", &format!("/api/routes{route}"), &target).await.0, 201);
    }
    let address = edge.edge.addresses()[0];
    let reaper = tokio::spawn(reaper(listeners));
    let mut clients: JoinSet<usize> = (0..CLIENTS).map(|seed| client(address, seed)).collect();
    let mut whole = 0;
    while let Some(done) = clients.join_next().await {
        whole += done.unwrap();
    }
    reaper.abort();
    assert!(
        whole > CLIENTS as usize * REQUESTS / 3,
        "only {whole} answers came whole"
    );
}

/// The second answer comes while the connection waits for its next request.
#[tokio::test]
async fn an_answer_without_a_request_ends_the_connection() {
    let target = Target::new().await;
    let edge = TestEdge::before(&target);
    let mut client = edge.client().await;
    client.send("GET /first HTTP/1.1\r\nHost: a\r\n\r\n").await;
    let (_, mut server) = target.serve("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst").await;
    assert!(client.until("first").await.contains(" 200 "));
    server.send("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nunasked").await;
    client.send("GET /second HTTP/1.1\r\nHost: a\r\n\r\n").await;
    let (head, _server) = target.serve("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecond").await;
    assert!(head.starts_with("GET /second "), "{head}");
    assert!(!client.until("second").await.contains("unasked"));
}

/// The sanity of the marks themselves: without an edge between, every answer that should be whole is.
#[tokio::test]
async fn the_target_answers_as_it_is_asked() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(upstream::serve(listener));
    for mischief in [
        Length, Chunks, UntilClose, Slow, Interim, Closes, Cut, CutChunks, NoAnswer,
    ] {
        let mut wire = Loose::connect(address).await.unwrap();
        let request = format!("GET / HTTP/1.1\r\nX-Mark: 1f\r\nX-Mischief: {mischief:?}\r\nX-Blocks: 7\r\n\r\n");
        wire.send(request).await.unwrap();
        let Some(head) = final_head(&mut wire).await else {
            assert_eq!(mischief, NoAnswer);
            continue;
        };
        let body = wire.body(&head).await;
        assert_eq!(body.whole, ![Cut, CutChunks].contains(&mischief), "{mischief:?}");
        assert!(blocks(0x1f, 7).starts_with(&body.bytes), "{mischief:?}");
        assert_eq!(body.bytes.len() == 7 * BLOCK, mischief != Cut, "{mischief:?}");
    }
}
