//! Targets that answer in the middle of an upload and close: the client gets what they managed to say.

use tokio::io::AsyncWriteExt;

use crate::harness::*;

const UPLOAD: usize = 1024 * 1024;
/// More than the kernel takes while nobody reads.
const LARGE_UPLOAD: usize = 32 * 1024 * 1024;
/// How the kernel orders the target's bytes, its end and the edge's writes is chance: each case is tried often.
const TRIES: usize = 25;

fn upload(length: usize) -> String {
    format!(
        "POST /f HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n{}",
        "x".repeat(length)
    )
}

fn refusal(page: &str) -> String {
    let length = page.len();
    format!("HTTP/1.1 413 Payload Too Large\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{page}")
}

/// How a target ends its connection.
#[derive(Debug, Clone, Copy)]
enum End {
    /// With unread bytes, which makes the system reset the connection.
    Reset,
    /// Says that it has finished, then resets.
    FinishThenReset,
    /// Says that it has finished and goes when the edge does.
    Finish,
}

async fn end(mut server: Wire, end: End) {
    match end {
        End::Reset => drop(server),
        End::FinishThenReset => {
            server.finish().await;
            drop(server);
        }
        End::Finish => {
            server.finish().await;
            server.rest().await;
        }
    }
}

/// The most common client reads when it has sent everything. Afterwards the connection is over or serves on, as the
/// answer says.
async fn send_all_then_read(edge: &TestEdge, length: usize) -> String {
    let mut client = edge.client().await;
    client.send(upload(length)).await;
    let mut reply = client.head().await;
    let length = header(&reply, "content-length").unwrap().parse().unwrap();
    reply += std::str::from_utf8(&client.exactly(length).await).unwrap();
    if header(&reply, "connection") == Some("close") {
        assert_eq!(client.rest().await, "");
    } else {
        client.send(get("/_chp_healthz")).await;
        assert_eq!(status(&client.rest().await), 200, "after {reply}");
    }
    reply
}

#[tokio::test]
async fn the_answer_of_a_target_that_closes_reaches_the_client() {
    let target = Target::new().await;
    let edge = TestEdge::before(&target);
    for page in ["large".to_owned(), "y".repeat(40_000)] {
        for how in [End::Reset, End::FinishThenReset, End::Finish] {
            for nth in 0..TRIES {
                let refuse = async {
                    let mut server = target.accept().await;
                    server.head().await;
                    server.exactly(1000).await;
                    server.send(refusal(&page)).await;
                    end(server, how).await;
                };
                let (reply, ()) = tokio::join!(send_all_then_read(&edge, UPLOAD), refuse);
                assert_eq!(status(&reply), 413, "{how:?}, try {nth}: {reply}");
                assert!(body_of(&reply) == page, "{how:?}, try {nth}: cut off");
            }
        }
    }
    assert!(target.is_unasked().await, "each upload went out once");
}

#[tokio::test]
async fn a_target_that_closes_without_a_word_is_told_from_one_that_answers() {
    let target = Target::new().await;
    let edge = TestEdge::before(&target);
    for how in [End::Reset, End::FinishThenReset, End::Finish] {
        for nth in 0..TRIES {
            let vanish = async {
                let mut server = target.accept().await;
                server.head().await;
                server.exactly(1000).await;
                end(server, how).await;
            };
            let (reply, ()) = tokio::join!(send_all_then_read(&edge, UPLOAD), vanish);
            assert_eq!(status(&reply), 503, "{how:?}, try {nth}: {reply}");
            assert!(reply.contains("The server broke off"), "{reply}");
        }
    }
    assert!(target.is_unasked().await, "an upload is not sent twice");
}

/// Without a length an answer lasts until its end: one that was cut off must not look whole.
#[tokio::test]
async fn an_answer_that_was_cut_off_does_not_look_whole() {
    let target = Target::new().await;
    let edge = TestEdge::before(&target);
    for nth in 0..TRIES {
        let mut client = edge.client().await;
        let (mut reading, mut writing) = client.stream.split();
        let send = async {
            let _ = writing.write_all(upload(UPLOAD).as_bytes()).await;
        };
        let cut_off = async {
            let mut server = target.accept().await;
            server.head().await;
            server.exactly(1000).await;
            server.send("HTTP/1.1 200 OK\r\n\r\npart").await;
            drop(server);
        };
        let read = async {
            let mut reply = Vec::new();
            let _ = tokio::io::AsyncReadExt::read_to_end(&mut reading, &mut reply).await;
            String::from_utf8(reply).unwrap()
        };
        let (reply, ..) = soon("the end", async { tokio::join!(read, send, cut_off) }).await;
        assert!(!reply.ends_with("0\r\n\r\n"), "try {nth}: {reply}");
    }
}

/// The edge's own refusals reach a client in the middle of its upload, too.
#[tokio::test]
async fn our_own_refusal_of_an_upload_reaches_the_client() {
    let edge = TestEdge::start(config());
    for _ in 0..3 {
        let reply = send_all_then_read(&edge, LARGE_UPLOAD).await;
        assert_eq!(status(&reply), 404, "{reply}");
        assert_eq!(header(&reply, "connection"), Some("close"), "{reply}");
    }
}
