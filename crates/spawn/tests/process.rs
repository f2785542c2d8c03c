//! The behaviour suite on the process spawner and on the fake. This program is also the supervisor of its servers, and
//! the hub that is killed while one runs: hence its own main.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test")]

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use libtest_mimic::{Arguments, Trial};
use perijove_spawn::fake::FakeSpawner;
use perijove_spawn::suite::process::Processes;
use perijove_spawn::suite::{self, Behaviour, Server, Subject};
use perijove_spawn::{Poll, State, Stop};
use tokio::io::{AsyncBufReadExt, BufReader};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [_, "scope", dir] => ExitCode::from(perijove_spawn::scope::main(Path::new(dir)) as u8),
        [_, "hub", dir] => run(hub(PathBuf::from(dir))),
        _ => libtest_mimic::run(&Arguments::from_args(), trials()).exit_code(),
    }
}

fn trials() -> Vec<Trial> {
    let mut trials = vec![Trial::test("process::a_server_survives_the_hub", || {
        run(a_server_survives_the_hub());
        Ok(())
    })];
    for (name, case) in suite::CASES {
        trials.push(Trial::test(format!("process::{name}"), move || {
            let dir = tempfile::tempdir()?;
            run(case(Arc::new(processes(dir.path()))));
            Ok(())
        }));
        trials.push(Trial::test(format!("fake::{name}"), move || {
            run(case(Arc::new(FakeSpawner::new())));
            Ok(())
        }));
    }
    for (name, case) in suite::process::CASES {
        trials.push(Trial::test(format!("process::{name}"), move || {
            let dir = tempfile::tempdir()?;
            run(case(Arc::new(processes(dir.path()))));
            Ok(())
        }));
    }
    trials
}

fn processes(dir: &Path) -> Processes {
    Processes::new(dir, std::env::current_exe().unwrap(), &["scope"])
}

fn run<T>(test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
        .block_on(test)
}

/// Starts a server, says so, and waits to be killed.
async fn hub(dir: PathBuf) -> ExitCode {
    let mut subject = processes(&dir);
    subject.config.port_range = 30_200..=30_299;
    let server = Server::start(&subject, &Behaviour::Serve).await;
    println!("{}", serde_json::json!([server.started.url, server.started.state]));
    tokio::time::sleep(Duration::from_secs(600)).await;
    ExitCode::FAILURE
}

async fn a_server_survives_the_hub() {
    let dir = tempfile::tempdir().unwrap();
    let mut hub = tokio::process::Command::new(std::env::current_exe().unwrap())
        .arg("hub")
        .arg(dir.path())
        .stdout(std::process::Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let line = BufReader::new(hub.stdout.take().unwrap())
        .lines()
        .next_line()
        .await
        .unwrap()
        .unwrap();
    let (url, state): (String, State) = serde_json::from_str(&line).unwrap();
    hub.kill().await.unwrap();

    suite::eventually("an answer", || suite::get(&url, "/")).await;
    let spawner = processes(dir.path()).spawner();
    let key = suite::spec(&FakeSpawner::new(), &Behaviour::Serve).key;
    let found = spawner
        .find(&perijove_spawn::ServerKey { spawner_id: 1, ..key })
        .await
        .unwrap()
        .unwrap();
    assert_eq!((&found.url, &found.state), (&url, &state));
    assert_eq!(spawner.poll(&state).await.unwrap(), Poll::Running);
    spawner.stop(&state, Stop::Gently).await.unwrap();
    assert_eq!(spawner.poll(&state).await.unwrap(), Poll::Exited(Some(0)));
}
