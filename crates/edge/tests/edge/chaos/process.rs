//! Parts of a test that are processes of their own, so that they can be killed and their files and memory counted: this
//! same program, started once more.

use std::{net::TcpListener, os::fd::OwnedFd, process::Stdio, sync::Arc, time::Duration};

use perijove_edge::{Edge, EdgeConfig};
use perijove_model::MockClock;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStderr, Command},
};

use super::upstream;
use crate::harness::{config, soon};

const PART: &str = "PERIJOVE_EDGE_TEST_PART";
const BEFORE: &str = "PERIJOVE_EDGE_TEST_TARGET";

/// What those processes run. As a test it is of nothing.
#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "a part of a test is told by its environment what it is"
)]
fn part() {
    let Ok(part) = std::env::var(PART) else { return };
    let target = std::env::var(BEFORE).unwrap_or_default();
    let _ = perijove_edge::raise_open_files_limit();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        if part == "edge" {
            edge(target).await;
        } else {
            upstream::serve_standard_input().await;
        }
    });
}

/// Says where it is, and, asked to end, how many it had to cut off.
async fn edge(target: String) {
    let mut config = EdgeConfig {
        default_target: Some(target),
        threads: 2,
        ..config()
    };
    // What takes its time elsewhere: the test waits until nothing is left.
    config.limits.header_timeout = Duration::from_secs(1);
    config.limits.upload_stall = Duration::from_secs(1);
    config.limits.half_closed = Duration::from_secs(1);
    config.limits.upstream_idle = Duration::from_millis(300);
    let edge = Edge::start(config, Arc::new(MockClock::default())).unwrap();
    eprintln!("{}", edge.addresses()[0]);
    while asked().await == "tunnels" {
        eprintln!("{}", edge.tunnels());
    }
    eprintln!("{}", edge.drain().await.cut);
}

async fn asked() -> String {
    let line = tokio::task::spawn_blocking(|| std::io::stdin().lines().next());
    line.await
        .unwrap()
        .map_or(String::new(), |line| line.unwrap_or_default())
}

pub(crate) struct Process {
    child: Child,
    said: Lines<BufReader<ChildStderr>>,
}

impl Process {
    pub(crate) fn edge(target: &str) -> Self {
        Self::start("edge", target, Stdio::piped())
    }

    /// It takes its clients from this listener, which outlives it.
    pub(crate) fn upstream(listener: &TcpListener) -> Self {
        let listener = OwnedFd::from(listener.try_clone().unwrap());
        Self::start("upstream", "", Stdio::from(listener))
    }

    fn start(part: &str, target: &str, stdin: Stdio) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "chaos::process::part", "--nocapture"])
            .env(PART, part)
            .env(BEFORE, target)
            .stdin(stdin)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stderr.take().unwrap()).lines();
        Self { child, said }
    }

    /// The next line that it says.
    pub(crate) async fn line(&mut self) -> String {
        let line = soon("a word of the other process", self.said.next_line())
            .await
            .unwrap();
        line.unwrap_or_else(|| panic!("the other process ended"))
    }

    pub(crate) async fn ask(&mut self, what: &str) -> String {
        let input = self.child.stdin.as_mut().unwrap();
        input.write_all(format!("{what}\n").as_bytes()).await.unwrap();
        self.line().await
    }

    /// With SIGKILL.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    pub(crate) fn descriptors(&self) -> usize {
        std::fs::read_dir(self.proc("fd")).unwrap().count()
    }

    pub(crate) fn resident_kib(&self) -> usize {
        let status = std::fs::read_to_string(self.proc("status")).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    fn proc(&self, what: &str) -> String {
        format!("/proc/{}/{what}", self.child.id().unwrap())
    }
}
