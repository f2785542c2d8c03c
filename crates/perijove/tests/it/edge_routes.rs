//! `perijove edge routes` against a running edge: what it lists, what it changes, and what it says when it can't.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

const TOKEN: &str = "token-of-the-test-of-routes";

fn perijove(dir: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_perijove"));
    command
        .args(args)
        .current_dir(dir)
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .stdin(Stdio::null());
    command
}

/// Whether it went well, and what was printed.
fn run(dir: &Path, args: &[&str]) -> (bool, String) {
    let output = perijove(dir, args).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8(text).unwrap().trim_end().to_owned(),
    )
}

struct Edge {
    dir: TempDir,
    api: SocketAddr,
    process: Child,
}

impl Edge {
    fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let free = || TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let api = free();
        let text = format!(
            "[hub]\ndata_dir = \"data\"\n[edge]\nlisten = \"{}\"\napi_listen = \"{api}\"\nauth_token = \"{TOKEN}\"\n",
            free()
        );
        fs::write(dir.path().join("perijove.toml"), text).unwrap();
        let mut process = perijove(dir.path(), &["edge"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        assert!(line.contains("its API on"), "{line}");
        Self { dir, api, process }
    }

    fn run(&self, args: &[&str]) -> (bool, String) {
        run(self.dir.path(), &[&["edge", "routes"], args].concat())
    }
}

impl Drop for Edge {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn lists_adds_and_removes_routes_of_a_running_edge() {
    let edge = Edge::start();
    let (ok, listed) = edge.run(&[]);
    assert!(ok && listed.starts_with("PATH  TARGET"), "{listed}");
    assert_eq!(listed.lines().count(), 2, "the hub's: {listed}");

    let (ok, said) = edge.run(&["add", "/wiki/é a@b", "http://127.0.0.1:9000"]);
    assert!(ok, "{said}");
    let (_, listed) = edge.run(&[]);
    assert!(listed.contains("/wiki/é a@b  http://127.0.0.1:9000  "), "{listed}");
    let (_, flag) = run(edge.dir.path(), &["edge", "--show-routes"]);
    assert_eq!(flag, listed);
    let (_, json) = edge.run(&["--json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["/wiki/é a@b"]["target"], "http://127.0.0.1:9000");

    assert!(edge.run(&["remove", "/wiki/é a@b"]).0);
    assert!(!edge.run(&[]).1.contains("wiki"));
    let (ok, said) = edge.run(&["remove", "/wiki/é a@b"]);
    assert!(!ok && said.contains("the edge has no route /wiki/é a@b"), "{said}");
    let (ok, said) = edge.run(&["add", "/x", "nonsense"]);
    assert!(
        !ok && said.contains("the edge refuses") && said.contains("nonsense"),
        "{said}"
    );
    let (ok, said) = edge.run(&["add", "x", "http://127.0.0.1:9000"]);
    assert!(!ok && said.contains("does not begin with a slash"), "{said}");
}

#[test]
fn says_who_does_not_answer_and_why() {
    let edge = Edge::start();
    let api = format!("http://{}", edge.api);
    let elsewhere = tempfile::tempdir().unwrap();
    let (ok, said) = run(elsewhere.path(), &["edge", "routes", "--api", &api]);
    assert!(
        !ok && said.contains("the token of the edge's API is not known here"),
        "{said}"
    );
    assert!(
        !elsewhere.path().join(".perijove").exists(),
        "nothing is made on the way"
    );
    fs::write(
        elsewhere.path().join("perijove.toml"),
        "[edge]\nauth_token = \"another-token-than-the-edge\"\n",
    )
    .unwrap();
    let (ok, said) = run(elsewhere.path(), &["edge", "routes", "--api", &api]);
    assert!(!ok && said.contains("does not take this token"), "{said}");
    assert!(!said.contains("another-token"), "{said}");
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (ok, said) = run(
        elsewhere.path(),
        &["edge", "routes", "--api", &format!("http://{nobody}")],
    );
    assert!(!ok && said.contains("no edge answers at"), "{said}");
    let (ok, said) = run(elsewhere.path(), &["edge", "routes", "--api", "https://127.0.0.1:1"]);
    assert!(!ok && said.contains("only http://"), "{said}");
}
