//! Edges that share their routes, with a real Redis of their own.

use std::{
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
};

use perijove_edge::EdgeConfig;
use perijove_model::Secret;
use redis::AsyncCommands;
use serde_json::{Value, json};

use crate::harness::*;

const TABLE: &str = "configurable-proxy-redis-storage";

struct Redis {
    folder: tempfile::TempDir,
    port: u16,
    process: Child,
}

impl Redis {
    /// None, said aloud, where it is not installed.
    async fn start() -> Option<Self> {
        let there = Command::new("redis-server")
            .arg("--version")
            .stdout(Stdio::null())
            .status();
        if there.is_err() {
            eprintln!("SKIPPED: redis-server is not on this machine; scripts/install-deps.sh installs it");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let process = Self::process(folder.path(), port);
        let redis = Self { folder, port, process };
        redis.answers().await;
        Some(redis)
    }

    fn process(folder: &Path, port: u16) -> Child {
        Command::new("redis-server")
            .args([
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--appendonly",
                "no",
                "--port",
                &port.to_string(),
                "--dir",
            ])
            .arg(folder)
            .stdout(Stdio::null())
            .spawn()
            .unwrap()
    }

    fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/2", self.port)
    }

    async fn answers(&self) {
        soon("Redis to answer", async {
            while self.connection().await.is_err() {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        })
        .await;
    }

    async fn connection(&self) -> redis::RedisResult<redis::aio::MultiplexedConnection> {
        redis::Client::open(self.url())?
            .get_multiplexed_async_connection()
            .await
    }

    fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// With nothing in its memory.
    async fn again(&mut self) {
        self.process = Self::process(self.folder.path(), self.port);
        self.answers().await;
    }

    fn config(&self) -> EdgeConfig {
        EdgeConfig {
            routes_store: Some(Secret::new(self.url())),
            default_target: Some("http://127.0.0.1:8081".into()),
            ..config()
        }
    }

    async fn edge(&self) -> TestEdge {
        connected(TestEdge::start(self.config())).await
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Waits until the edge follows the shared table.
async fn connected(edge: TestEdge) -> TestEdge {
    reaches(&edge, true).await;
    edge
}

async fn reaches(edge: &TestEdge, expected: bool) {
    soon("the edge to notice Redis", async {
        loop {
            let state: Value = serde_json::from_str(&edge.api("GET", "/api", "").await.1).unwrap();
            if state["shared_routes_reached"] == expected {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    })
    .await;
}

fn paths(edge: &TestEdge) -> Vec<String> {
    let mut paths: Vec<_> = edge.edge.routes().all().iter().map(|route| route.path()).collect();
    paths.sort();
    paths
}

async fn has(edge: &TestEdge, expected: &[&str]) {
    eventually(&format!("the routes {expected:?}"), || paths(edge) == expected).await;
}

async fn add(edge: &TestEdge, path: &str) {
    let body = json!({"target": "http://127.0.0.1:9", "user": path}).to_string();
    assert_eq!(
        edge.api("POST", &format!("/api/routes{path}"), &body).await.0,
        201,
        "{path}"
    );
}

async fn remove(edge: &TestEdge, path: &str) {
    assert_eq!(
        edge.api("DELETE", &format!("/api/routes{path}"), "").await.0,
        204,
        "{path}"
    );
}

#[tokio::test]
async fn edges_share_their_routes() {
    let Some(redis) = Redis::start().await else { return };
    let (one, other) = (redis.edge().await, redis.edge().await);
    add(&one, "/user/a%40b").await;
    add(&other, "/user/50%25").await;
    for edge in [&one, &other] {
        has(edge, &["/", "/user/50%", "/user/a@b"]).await;
    }
    let shown = |edge: &TestEdge| {
        let route = edge.edge.routes().get("/user/a%40b").unwrap().unwrap();
        (route.target().to_string(), route.data(), route.last_activity())
    };
    assert_eq!(shown(&one), shown(&other));
    assert_eq!(shown(&one).1["user"], "/user/a%40b");

    // Laid out as configurable-http-proxy-redis-backend does it; the root is each edge's own.
    let mut raw = redis.connection().await.unwrap();
    let value: String = raw.hget(TABLE, "/user/a@b").await.unwrap();
    let value: Value = serde_json::from_str(&value).unwrap();
    assert_eq!(value["target"], "http://127.0.0.1:9");
    assert_eq!(raw.hlen::<_, usize>(TABLE).await.unwrap(), 2);

    remove(&other, "/user/a%40b").await;
    has(&one, &["/", "/user/50%"]).await;
    assert_eq!(one.api("DELETE", "/api/routes/user/a@b", "").await.0, 404);
    let wanted = json!({"/": {"target": "http://127.0.0.1:1"}, "/user/c": {"target": "http://127.0.0.1:2"}});
    assert_eq!(one.api("PUT", "/api/routes", &wanted.to_string()).await.0, 204);
    for edge in [&one, &other] {
        has(edge, &["/", "/user/c"]).await;
        let root = edge.edge.routes().get("/").unwrap().unwrap();
        assert_eq!(root.target().as_str(), "http://127.0.0.1:1");
    }
}

#[tokio::test]
async fn many_changes_at_once_are_all_shared() {
    let Some(redis) = Redis::start().await else { return };
    let (one, other) = (redis.edge().await, redis.edge().await);
    let wanted: serde_json::Map<_, _> = (0..6000)
        .map(|number| (format!("/user/{number:04}"), json!({"target": "http://127.0.0.1:2"})))
        .collect();
    assert_eq!(
        one.api("PUT", "/api/routes", &Value::Object(wanted).to_string())
            .await
            .0,
        204
    );
    eventually("all of them", || other.edge.routes().len() == 6001).await;
    let (one, other) = (&one, &other);
    futures_util::future::join_all((0..200).map(|number| async move {
        remove(if number % 2 == 0 { one } else { other }, &format!("/user/{number:04}")).await;
    }))
    .await;
    for edge in [one, other] {
        eventually("none of the removed", || edge.edge.routes().len() == 5801).await;
    }
}

#[tokio::test]
async fn an_edge_that_was_away_takes_what_the_others_have() {
    let Some(redis) = Redis::start().await else { return };
    let other = redis.edge().await;
    let folder = tempfile::tempdir().unwrap();
    let config = || EdgeConfig {
        routes_file: Some(folder.path().join("routes.json")),
        ..redis.config()
    };
    let one = connected(TestEdge::start(config())).await;
    add(&one, "/user/stays").await;
    add(&one, "/user/goes").await;
    has(&other, &["/", "/user/goes", "/user/stays"]).await;
    one.edge.drain().await;
    remove(&other, "/user/goes").await;
    add(&other, "/user/comes").await;
    let one = connected(TestEdge::start(config())).await;
    has(&one, &["/", "/user/comes", "/user/stays"]).await;
    has(&other, &["/", "/user/comes", "/user/stays"]).await;
}

#[tokio::test]
async fn people_are_served_on_while_redis_is_away() {
    let Some(mut redis) = Redis::start().await else { return };
    let (one, other) = (redis.edge().await, redis.edge().await);
    let target = Target::new().await;
    one.route("/user/a", &target).await;
    add(&one, "/user/gone").await;
    remove(&one, "/user/gone").await;
    has(&other, &["/", "/user/a"]).await;

    redis.kill();
    reaches(&one, false).await;
    reaches(&other, false).await;
    let (status, words) = one
        .api("POST", "/api/routes/user/b", r#"{"target":"http://127.0.0.1:9"}"#)
        .await;
    assert_eq!(status, 503);
    assert!(words.contains("nothing was changed"), "{words}");
    assert_eq!(one.api("DELETE", "/api/routes/user/a", "").await.0, 503);
    for edge in [&one, &other] {
        let request = get("/user/a/lab");
        let (answer, _) = tokio::join!(edge.ask(&request), target.serve(OK));
        assert!(answer.ends_with("ok"), "{answer}");
    }

    // It comes back without its memory, and a third edge before the others.
    redis.again().await;
    let third = redis.edge().await;
    reaches(&one, true).await;
    reaches(&other, true).await;
    add(&third, "/user/b").await;
    for edge in [&one, &other, &third] {
        has(edge, &["/", "/user/a", "/user/b"]).await;
    }
}

#[tokio::test]
async fn a_flushed_table_is_filled_again() {
    let Some(redis) = Redis::start().await else { return };
    let (one, other) = (redis.edge().await, redis.edge().await);
    add(&one, "/user/a").await;
    has(&other, &["/", "/user/a"]).await;
    let mut raw = redis.connection().await.unwrap();
    redis::cmd("FLUSHALL").exec_async(&mut raw).await.unwrap();
    soon("the route to be back", async {
        while !raw.hexists::<_, _, bool>(TABLE, "/user/a").await.unwrap() {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    })
    .await;
    for edge in [&one, &other] {
        assert_eq!(paths(edge), ["/", "/user/a"]);
    }
    remove(&other, "/user/a").await;
    has(&one, &["/"]).await;
}

#[tokio::test]
async fn what_somebody_else_writes_is_found() {
    let Some(redis) = Redis::start().await else { return };
    let edge = redis.edge().await;
    add(&edge, "/user/a").await;
    let mut raw = redis.connection().await.unwrap();
    let value = json!({"target": "http://127.0.0.1:3", "last_activity": "2026-11-21T10:00:00.000Z"}).to_string();
    let _: () = raw.hset(TABLE, "/user/foreign", value).await.unwrap();
    let _: () = raw.hset(TABLE, "/user/strange", "[1]").await.unwrap();
    has(&edge, &["/", "/user/a", "/user/foreign"]).await;
    let route = edge.edge.routes().get("/user/foreign").unwrap().unwrap();
    assert_eq!(route.last_activity().to_string(), "2026-11-21T10:00:00Z");
}

#[tokio::test]
async fn the_newest_activity_counts() {
    let Some(redis) = Redis::start().await else { return };
    let (one, other) = (redis.edge().await, redis.edge().await);
    let target = Target::new().await;
    one.route("/user/a", &target).await;
    has(&other, &["/", "/user/a"]).await;
    one.clock.advance(jiff::SignedDuration::from_hours(2));
    other.clock.advance(jiff::SignedDuration::from_hours(1));
    for edge in [&one, &other] {
        let request = get("/user/a");
        tokio::join!(edge.ask(&request), target.serve(OK));
    }
    let active = |edge: &TestEdge| edge.edge.routes().get("/user/a").unwrap().unwrap().last_activity();
    let newest = active(&one);
    assert!(newest > active(&other));
    one.edge.drain().await;
    other.edge.drain().await;
    assert_eq!(active(&redis.edge().await), newest);
}

#[tokio::test]
async fn a_password_is_needed_and_told_to_nobody() {
    let Some(redis) = Redis::start().await else { return };
    let mut raw = redis.connection().await.unwrap();
    redis::cmd("CONFIG")
        .arg(&["SET", "requirepass", "sesame"])
        .exec_async(&mut raw)
        .await
        .unwrap();
    let config = |password: &str| EdgeConfig {
        routes_store: Some(Secret::new(format!("redis://:{password}@127.0.0.1:{}/2", redis.port))),
        ..config()
    };
    let edge = connected(TestEdge::start(config("sesame"))).await;
    add(&edge, "/user/a").await;
    assert!(!format!("{:?}", config("sesame")).contains("sesame"));
    let wrong = TestEdge::start(config("wrong"));
    assert_eq!(
        wrong
            .api("POST", "/api/routes/x", r#"{"target":"http://127.0.0.1:9"}"#)
            .await
            .0,
        503
    );
    assert!(wrong.edge.routes().is_empty());
}

#[tokio::test]
async fn sentinels_tell_where_it_is() {
    let Some(redis) = Redis::start().await else { return };
    let folder = tempfile::tempdir().unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let file = folder.path().join("sentinel.conf");
    let text = format!(
        "port {port}\nbind 127.0.0.1\ndir {}\nsentinel monitor main 127.0.0.1 {} 1\n",
        folder.path().display(),
        redis.port
    );
    std::fs::write(&file, text).unwrap();
    let process = Command::new("redis-server")
        .arg(&file)
        .arg("--sentinel")
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let sentinel = Redis { folder, port, process };
    let edge = connected(TestEdge::start(EdgeConfig {
        routes_store: Some(Secret::new(format!(
            "redis+sentinel://127.0.0.1:{}/2/main",
            sentinel.port
        ))),
        ..config()
    }))
    .await;
    add(&edge, "/user/a").await;
    let mut raw = redis.connection().await.unwrap();
    assert!(raw.hexists::<_, _, bool>(TABLE, "/user/a").await.unwrap());
}
