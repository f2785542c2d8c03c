//! Connections by the thousand that break at every stage: afterwards open files, tunnels and tasks are as before.

use std::{
    net::{SocketAddr, TcpListener},
    time::Duration,
};

use tokio::{io::AsyncReadExt, task::JoinSet};

use super::{
    process::Process,
    upstream::{ANSWERS, Mischief, Mischief::*},
    wire::{Loose, value},
};
use crate::harness::{eventually, soon, status};

/// Within the open files that any system allows.
const AT_ONCE: usize = 200;
const DROPPED: usize = 10_000;
/// A storm may leave the allocator with more than it found, but not with more each time.
const GROWTH_KIB: usize = 16 * 1024;

fn request(method: &str, mischief: Mischief, count: usize, more: &str) -> String {
    format!(
        "{method} /x HTTP/1.1\r\nHost: a\r\nX-Mark: 1\r\nX-Mischief: {mischief:?}\r\nX-Blocks: {count}\r\n{more}\r\n"
    )
}

fn upgrade(mischief: Mischief) -> String {
    request("GET", mischief, 1, "Connection: Upgrade\r\nUpgrade: websocket\r\n")
}

/// Runs `one` so many times, a bounded number of them at once. That connections break is what is wanted.
async fn storm<F, R>(name: &str, count: usize, one: F)
where
    F: Fn(usize) -> R,
    R: Future<Output = std::io::Result<()>> + Send + 'static,
{
    let mut running = JoinSet::new();
    for number in 0..count {
        if running.len() >= AT_ONCE {
            running.join_next().await;
        }
        running.spawn(one(number));
    }
    soon(name, running.join_all()).await;
}

/// Opened, and dropped at one stage or another.
async fn dropped(edge: SocketAddr, number: usize) -> std::io::Result<()> {
    let mut wire = Loose::connect(edge).await?;
    match number % 8 {
        0 => {}
        1 => wire.send("GET / HT").await?,
        2 => {
            wire.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\nhalf")
                .await?
        }
        3 => wire.send(request("GET", Length, 5, "")).await?,
        4 => wire.send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03").await?,
        5 => {
            wire.send(request("GET", Length, 5, "")).await?;
            wire.head().await?;
        }
        6 => {
            wire.send(upgrade(Echo)).await?;
            wire.head().await?;
        }
        _ => wire.send(request("GET", Silent, 5, "")).await?,
    }
    if number.is_multiple_of(3) {
        wire.reset();
    }
    Ok(())
}

/// Each way in which a target can fail, and a client that waits for it.
async fn failing(edge: SocketAddr, number: usize) -> std::io::Result<()> {
    let mut wire = Loose::connect(edge).await?;
    wire.send(request(
        "GET",
        ANSWERS[number % ANSWERS.len()],
        200,
        "Connection: close\r\n",
    ))
    .await?;
    let head = wire.head().await?;
    wire.body(&head).await;
    Ok(())
}

/// An answer of megabytes of which little is read; an upload of which little is sent.
async fn slow(edge: SocketAddr, number: usize) -> std::io::Result<()> {
    let mut wire = Loose::connect(edge).await?;
    if number.is_multiple_of(2) {
        wire.send(request("GET", Length, 4_000, "")).await?;
        let mut little = [0; 1000];
        for _ in 0..3 {
            wire.stream.read_exact(&mut little).await?;
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    } else {
        wire.send(request("POST", Length, 1, "Content-Length: 1000000\r\n"))
            .await?;
        for _ in 0..3 {
            wire.send([b'x'; 1000]).await?;
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
    if number % 4 < 2 {
        wire.reset();
    }
    Ok(())
}

/// Many requests at once; some clients stay for all answers.
async fn pipelined(edge: SocketAddr, number: usize) -> std::io::Result<()> {
    let mut wire = Loose::connect(edge).await?;
    wire.send(request("GET", Length, 3, "").repeat(30)).await?;
    for _ in 0..if number.is_multiple_of(2) { 30 } else { 4 } {
        let head = wire.head().await?;
        assert_eq!((status(&head), value(&head, "x-mark")), (200, Some("1")));
        assert!(wire.body(&head).await.whole);
    }
    Ok(())
}

async fn tunnels(edge: SocketAddr, number: usize) -> std::io::Result<()> {
    let mut wire = Loose::connect(edge).await?;
    wire.send(upgrade([Echo, TunnelReset, TunnelHalfClosed][number % 3]))
        .await?;
    wire.head().await?;
    wire.send("a message").await?;
    if number.is_multiple_of(3) {
        wire.stream.read_u8().await?;
    }
    match number % 5 {
        0 => wire.reset(),
        1 => {
            tokio::io::AsyncWriteExt::shutdown(&mut wire.stream).await?;
            while wire.stream.read_u8().await.is_ok() {}
        }
        _ => {}
    }
    Ok(())
}

async fn all_storms(edge: SocketAddr, dropped_connections: usize) {
    storm("dropped", dropped_connections, |number| dropped(edge, number)).await;
    storm("failing", 400, |number| failing(edge, number)).await;
    storm("slow", 200, |number| slow(edge, number)).await;
    storm("pipelined", 60, |number| pipelined(edge, number)).await;
    storm("tunnels", 600, |number| tunnels(edge, number)).await;
}

/// Bodies and tunnels whose target is killed in their middle.
async fn killed(edge: SocketAddr, listener: &TcpListener, target: Process) -> Process {
    let mut open = Vec::new();
    for number in 0..100 {
        let mut wire = Loose::connect(edge).await.unwrap();
        let asked = if number % 2 == 0 {
            // The system may take all of it before the end: then it is this that ends it.
            request("GET", Length, 4_000, "Connection: close\r\n")
        } else {
            upgrade(Echo)
        };
        wire.send(asked).await.unwrap();
        wire.head().await.unwrap();
        open.push(wire);
    }
    target.kill().await;
    for mut wire in open {
        // All of them end: none waits for a target that is gone.
        soon("the end of what the target carried", async {
            while wire.more().await.is_ok() {}
        })
        .await;
    }
    Process::upstream(listener)
}

/// With those of every thread that serves, and none of a connection.
async fn descriptors_at_rest(edge: &Process, address: SocketAddr) -> usize {
    storm("first requests", 64, |_| failing(address, 0)).await;
    let mut before = 0;
    soon("the edge to rest", async {
        while before != edge.descriptors() {
            before = edge.descriptors();
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    })
    .await;
    before
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_stays_behind() {
    let _ = perijove_edge::raise_open_files_limit();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut target = Process::upstream(&listener);
    let mut edge = Process::edge(&format!("http://{}", listener.local_addr().unwrap()));
    let address: SocketAddr = edge.line().await.parse().unwrap();
    let at_first = descriptors_at_rest(&edge, address).await;
    all_storms(address, DROPPED / 4).await;
    target = killed(address, &listener, target).await;
    eventually("the files of the first storm to close", || {
        edge.descriptors() <= at_first + 2
    })
    .await;
    let resident = edge.resident_kib();

    all_storms(address, DROPPED).await;
    let _target = killed(address, &listener, target).await;
    eventually("all files to close", || edge.descriptors() <= at_first).await;
    assert_eq!(edge.ask("tunnels").await, "0");
    let grown = edge.resident_kib().saturating_sub(resident);
    assert!(grown < GROWTH_KIB, "{grown} KiB more than after the first storm");

    let mut wire = Loose::connect(address).await.unwrap();
    wire.send(request("GET", Length, 2, "Connection: close\r\n"))
        .await
        .unwrap();
    assert_eq!(status(&wire.head().await.unwrap()), 200);
    drop(wire);
    assert_eq!(edge.ask("end").await, "0", "connections that were still there");
}
