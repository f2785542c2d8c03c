//! The edge's life as whoever runs it sees it: another release, another configuration, a service manager's sockets.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixDatagram;
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::process::{Signal, kill_process};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use crate::support::{Site, eventually};

/// One request on a connection of its own; what came back, and nothing less.
async fn ask(address: SocketAddr) -> Result<u16, String> {
    let mut stream = TcpStream::connect(address)
        .await
        .map_err(|error| format!("connecting: {error}"))?;
    let request = b"GET /_chp_healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    stream
        .write_all(request)
        .await
        .map_err(|error| format!("sending: {error}"))?;
    let mut answer = String::new();
    stream
        .read_to_string(&mut answer)
        .await
        .map_err(|error| format!("reading: {error}"))?;
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
    status.ok_or_else(|| format!("an answer that is none: {answer:?}"))
}

/// How often it asked, and every failure.
type Asker = JoinHandle<(usize, Vec<String>)>;

/// Asks without a pause until it is told to stop.
fn crowd(address: SocketAddr) -> (Arc<AtomicBool>, Vec<Asker>) {
    let stop = Arc::new(AtomicBool::new(false));
    let one = |stop: Arc<AtomicBool>| async move {
        let (mut count, mut failures) = (0, Vec::new());
        while !stop.load(Ordering::Relaxed) {
            match ask(address).await {
                Ok(200) => count += 1,
                other => failures.push(format!("{other:?}")),
            }
        }
        (count, failures)
    };
    let all = (0..8).map(|_| tokio::spawn(one(Arc::clone(&stop)))).collect();
    (stop, all)
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).into_owned()
}

async fn run(site: &Site, args: &[&str]) -> (bool, String) {
    let mut command = site.command(args);
    let output = tokio::task::spawn_blocking(move || command.output())
        .await
        .unwrap()
        .unwrap();
    (output.status.success(), said(&output))
}

async fn serving(site: &Site) -> Child {
    let edge = site.spawn(site.command(&["edge"]), "edge-alone.log");
    eventually("the edge serves", async || ask(site.edge_address).await.ok()).await;
    edge
}

fn log(site: &Site) -> String {
    fs::read_to_string(site.ground.path().join("edge-alone.log")).unwrap_or_default()
}

async fn end(site: &Site, mut first: Child) {
    let (done, said) = run(site, &["stop"]).await;
    assert!(done, "{said}");
    first.wait().unwrap();
    eventually("nothing is left running", async || {
        site.ground.processes("").is_empty().then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_process_takes_the_edge_over_and_nobody_is_turned_away() {
    let site = Site::new("").with("PERIJOVE_EDGE_THREADS", "2");
    let first = serving(&site).await;
    let (stop, asking) = crowd(site.edge_address);
    let mut before = site.edge_process();
    for _ in 0..3 {
        let (done, said) = run(&site, &["edge", "upgrade"]).await;
        assert!(done, "{said}\n{}", log(&site));
        let now = site.edge_process();
        assert_ne!(now, before, "{said}");
        assert!(said.contains(&now.unwrap().as_raw_pid().to_string()), "{said}");
        before = now;
    }
    stop.store(true, Ordering::Relaxed);
    for asked in asking {
        let (count, failures) = asked.await.unwrap();
        assert!(count > 0 && failures.is_empty(), "{count} answers, and {failures:?}");
    }
    end(&site, first).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edge_goes_on_if_nothing_comes_of_a_change() {
    let site = Site::new("");
    let first = serving(&site).await;
    let before = site.edge_process();
    let file = site.ground.path().join("perijove.toml");
    let good = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("[edge]\nthreds = 2\n{good}")).unwrap();
    kill_process(before.unwrap(), Signal::HUP).unwrap();
    eventually("the mistake is in the log", async || {
        log(&site).contains("threds").then_some(())
    })
    .await;
    kill_process(before.unwrap(), Signal::USR2).unwrap();
    eventually("the upgrade has failed", async || {
        log(&site).contains("no new edge could take over").then_some(())
    })
    .await;
    assert_eq!(site.edge_process(), before);
    assert_eq!(ask(site.edge_address).await, Ok(200));

    fs::write(
        &file,
        format!("[edge]\naccess_log = \"json\"\naccess_log_file = \"access.log\"\nhost_routing = true\n{good}"),
    )
    .unwrap();
    let (done, said) = run(&site, &["edge", "reload"]).await;
    assert!(done && said.contains("host_routing"), "{said}");
    let written = site.ground.path().join("access.log");
    // Health is not worth a line.
    let asked = async || {
        reqwest::get(format!("http://{}/somewhere?token=abc", site.edge_address))
            .await
            .unwrap();
        fs::read_to_string(&written)
            .ok()
            .filter(|text| text.contains("/somewhere?token=[secret]"))
    };
    eventually("a line in the access log", asked).await;
    fs::rename(&written, written.with_extension("1")).unwrap();
    kill_process(before.unwrap(), Signal::HUP).unwrap();
    eventually("a line in the new file", asked).await;
    assert_eq!(site.edge_process(), before);
    end(&site, first).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_keeps_an_edge_that_another_took_over() {
    let mut site = Site::new("");
    site.serve().await;
    let before = site.edge_process().unwrap();
    let (done, said) = run(&site, &["edge", "upgrade"]).await;
    assert!(done, "{said}");
    eventually("the old edge ends", async || {
        rustix::process::test_kill_process(before).is_err().then_some(())
    })
    .await;
    let now = site.edge_process();
    assert!(now.is_some() && now != Some(before));
    assert_eq!(site.browser().get("hub/health").await.status, 200);
    assert!(!site.log().contains("the edge has ended"), "{}", site.log());
    // The hub still notices the end of the one that is there now.
    site.kill9_edge();
    eventually("the hub has started another", async || {
        let found = site.edge_process();
        (found.is_some() && found != now && ask(site.edge_address).await == Ok(200)).then_some(())
    })
    .await;
    site.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_manager_keeps_the_socket_while_the_edge_restarts() {
    let site = Site::new("");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let place = site.ground.path().join("notify");
    let manager = UnixDatagram::bind(&place).unwrap();
    manager
        .set_read_timeout(Some(std::time::Duration::from_secs(20)))
        .unwrap();
    let start = || {
        let edge = site.command(&["edge"]);
        let mut command = Command::new("sh");
        // As a service manager does it: the socket is number 3, for this very process.
        command
            .args([
                "-c",
                "exec 3<&0 </dev/null; LISTEN_PID=$$ LISTEN_FDS=1 exec \"$0\" \"$@\"",
            ])
            .arg(edge.get_program())
            .args(edge.get_args())
            .current_dir(site.ground.path())
            .env_clear()
            .envs(edge.get_envs().filter_map(|(name, value)| Some((name, value?))))
            .env("NOTIFY_SOCKET", &place);
        command.stdin(Stdio::from(OwnedFd::from(listener.try_clone().unwrap())));
        site.spawn(command, "edge-alone.log")
    };
    let told = || {
        let mut text = [0; 256];
        let length = manager.recv(&mut text).unwrap();
        String::from_utf8_lossy(&text[..length]).into_owned()
    };
    for _ in 0..2 {
        // Whoever comes while nobody is there waits.
        let early = tokio::spawn(ask(address));
        let mut edge = start();
        assert_eq!(early.await.unwrap(), Ok(200), "{}", log(&site));
        assert_eq!(told(), "READY=1");
        assert!(
            ask(site.edge_address).await.is_err(),
            "only the manager's socket is served"
        );
        kill_process(rustix::process::Pid::from_child(&edge), Signal::TERM).unwrap();
        assert_eq!(told(), "STOPPING=1");
        edge.wait().unwrap();
    }
}
