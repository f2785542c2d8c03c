//! The events of servers: once for each start and each stop that came about.

use std::path::Path;

use perijove_testkit::App;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::start_server;
use crate::support::eventually;

async fn events(file: &Path, count: usize) -> Vec<Value> {
    eventually("the events are written", async || {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        (lines.len() >= count).then_some(lines)
    })
    .await
}

#[tokio::test]
async fn starts_and_stops_are_told_once() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("events.jsonl");
    let toml = format!(
        "[hub]\nallow_named_servers = true\n[events]\nfile = {:?}\n",
        file.display().to_string()
    );
    let app = App::builder().config(&toml).start().await;
    let replica = app.replica().await;
    let ann = app.sign_in("ann").await;
    start_server(&ann, "ann").await;
    ann.api(Method::POST, "users/ann/servers/gpu", None).await;
    let first = events(&file, 2).await;
    assert_eq!(
        first[0],
        json!({
            "__timestamp__": "2026-11-21T00:00:00.000000Z",
            "__schema__": "https://schema.jupyter.org/jupyterhub/events/server-action",
            "__schema_version__": "1",
            "__metadata_version__": 1,
            "action": "start",
            "username": "ann",
            "servername": "",
        })
    );
    assert_eq!(
        (&first[1]["action"], &first[1]["servername"]),
        (&json!("start"), &json!("gpu"))
    );
    // Whoever rotates the file moves it away.
    std::fs::rename(&file, dir.path().join("events.1")).unwrap();
    ann.api(Method::DELETE, "users/ann/server", None).await.expect(204);
    ann.api(Method::DELETE, "users/ann/servers/gpu", None).await.expect(204);
    let second = events(&file, 2).await;
    assert!(second.iter().all(|event| event["action"] == "stop"), "{second:?}");
    assert_eq!(second.len(), 2);
    replica.stop().await;
}

#[tokio::test]
async fn a_listener_is_posted_to() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let toml = format!("[events]\nurl = \"http://{}/sink\"\n", listener.local_addr().unwrap());
    let app = App::builder().config(&toml).start().await;
    let ann = app.sign_in("ann").await;
    start_server(&ann, "ann").await;
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut request = Vec::new();
    while !String::from_utf8_lossy(&request).contains("\"servername\"") {
        let read = stream.read_buf(&mut request).await.unwrap();
        assert!(read > 0);
    }
    stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await.unwrap();
    let request = String::from_utf8_lossy(&request);
    assert!(request.starts_with("POST /sink HTTP/1.1"), "{request}");
    assert!(request.contains("\"action\":\"start\"") && request.contains("\"username\":\"ann\""));
}
