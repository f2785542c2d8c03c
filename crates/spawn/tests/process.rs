//! The behaviour suite on the process spawner and on the fake. This program is also the supervisor of its servers, and
//! the hub that is killed while one runs: hence its own main.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test")]

mod homes;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use libtest_mimic::{Arguments, Trial};
use perijove_spawn::fake::{FakeSpawner, Script};
use perijove_spawn::suite::process::Processes;
use perijove_spawn::suite::{self, Behaviour, Server, Steps, Subject};
use perijove_spawn::suite::{isolation, quotas, walls};
use perijove_spawn::{Poll, ServerSpec, Spawner, State, Stop};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Child;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [_, "scope", dir] => ExitCode::from(perijove_spawn::scope::main(Path::new(dir), None) as u8),
        [_, "scope", dir, pid] => ExitCode::from(perijove_spawn::scope::main(Path::new(dir), pid.parse().ok()) as u8),
        [_, "inside"] => ExitCode::from(perijove_spawn::inside::main() as u8),
        [_, "hub", dir, ports] => run(hub(PathBuf::from(dir), ports.parse().unwrap())),
        _ => libtest_mimic::run(&Arguments::from_args(), trials()).exit_code(),
    }
}

fn trials() -> Vec<Trial> {
    let mut trials = vec![
        Trial::test("process::a_server_survives_the_hub", || {
            run(a_server_survives_the_hub());
            Ok(())
        }),
        Trial::test("process::a_hub_killed_at_any_moment_leaves_one_server_at_most", || {
            run(a_hub_killed_at_any_moment_leaves_one_server_at_most());
            Ok(())
        }),
    ];
    trials.push(Trial::test(
        "warm::a_nursery_ends_with_its_hub_and_its_server_does_not",
        || {
            run(a_nursery_ends_with_its_hub_and_its_server_does_not());
            Ok(())
        },
    ));
    trials.push(Trial::test("fake::plays_its_faults", || {
        run(fake_plays_its_faults());
        Ok(())
    }));
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
    for (name, case) in suite::homes::CASES.iter().chain(suite::homes::MOVING) {
        trials.push(Trial::test(format!("directories::{name}"), move || {
            let dir = tempfile::tempdir()?;
            run(case(Arc::new(homes::OnDisk(dir.path().join("homes")))));
            Ok(())
        }));
        trials.push(Trial::test(format!("fake_homes::{name}"), move || {
            run(case(Arc::new(homes::InMemory::default())));
            Ok(())
        }));
    }
    for (name, test) in homes::TESTS {
        trials.push(Trial::test(format!("directories::{name}"), move || {
            let dir = tempfile::tempdir()?;
            run(test(dir.path().to_owned()));
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
    trials.extend(isolation());
    trials.extend(landlock());
    trials.extend(on_quotas());
    for (name, case) in suite::CASES {
        trials.push(Trial::test(format!("warm::{name}"), move || {
            let dir = tempfile::tempdir()?;
            run(case(Arc::new(warm(dir.path()))));
            Ok(())
        }));
    }
    for (name, case) in suite::process::CASES.iter().chain(suite::warm::CASES) {
        trials.push(Trial::test(format!("warm::{name}"), move || {
            let dir = tempfile::tempdir()?;
            run(case(Arc::new(warm(dir.path()))));
            Ok(())
        }));
    }
    trials
}

/// What needs root is left out aloud where there is none.
fn isolation() -> Vec<Trial> {
    let trial = |made: fn(&Path) -> Processes, kind: &str, name: &str, case: fn(Arc<Processes>) -> _| {
        Trial::test(format!("{kind}::{name}"), move || {
            let dir = tempfile::tempdir()?;
            run::<()>(case(Arc::new(made(dir.path()))));
            Ok(())
        })
    };
    if let Some(why) = isolation::impossible() {
        eprintln!("skipped: all of isolation: {why}");
        return Vec::new();
    }
    let mut cases = isolation::CASES.to_vec();
    match isolation::limitless() {
        None => cases.extend(isolation::LIMITS),
        Some(why) => eprintln!("skipped: isolation with limits: {why}"),
    }
    let mut trials = Vec::new();
    for (name, case) in cases {
        trials.push(trial(jailed, "isolation", name, case));
        trials.push(trial(jailed_warm, "warm_isolation", name, case));
    }
    trials.push(Trial::test("warm_isolation::a_server_is_forked_into_its_jail", || {
        let dir = tempfile::tempdir()?;
        run(suite::warm::a_server_is_forked_into_its_jail(Arc::new(jailed_warm(
            dir.path(),
        ))));
        Ok(())
    }));
    for (name, case) in suite::CASES {
        trials.push(Trial::test(format!("jailed::{name}"), move || {
            let dir = tempfile::tempdir()?;
            run(case(Arc::new(jailed(dir.path()))));
            Ok(())
        }));
    }
    trials
}

/// In a directory of a file system with project quotas, which whoever runs this names: few machines have one.
fn on_quotas() -> Vec<Trial> {
    #[expect(clippy::disallowed_methods, reason = "the tests are told where there are quotas")]
    let place = std::env::var_os("PERIJOVE_TEST_QUOTAS").map(PathBuf::from);
    let Some(place) = place else {
        eprintln!("skipped: quotas: PERIJOVE_TEST_QUOTAS names no directory (scripts/machine.sh has two)");
        return Vec::new();
    };
    let trial = |(name, case): &(&'static str, fn(Arc<Processes>) -> _)| {
        let (case, place) = (*case, place.clone());
        Trial::test(format!("quotas::{name}"), move || {
            if let Some(why) = quotas::impossible(&place) {
                return Err(why.into());
            }
            let dir = tempfile::tempdir_in(&place)?;
            run::<()>(case(Arc::new(quotas::held(
                dir.path(),
                std::env::current_exe()?,
                &["scope"],
            ))));
            Ok(())
        })
    };
    quotas::CASES.iter().map(trial).collect()
}

/// Servers of one account, whichever that is.
fn landlock() -> Vec<Trial> {
    if let Some(why) = walls::impossible() {
        eprintln!("skipped: all of landlock: {why}");
        return Vec::new();
    }
    let trial =
        |made: fn(&Path, PathBuf, &[&str]) -> Processes, kind: &str, name: &str, case: fn(Arc<Processes>) -> _| {
            Trial::test(format!("{kind}::{name}"), move || {
                let dir = tempfile::tempdir()?;
                run::<()>(case(Arc::new(made(dir.path(), std::env::current_exe()?, &["scope"]))));
                Ok(())
            })
        };
    let cold = walls::CASES
        .iter()
        .map(|(name, case)| trial(walls::walled, "landlock", name, *case));
    let warm = walls::CASES
        .iter()
        .map(|(name, case)| trial(walls::walled_warm, "warm_landlock", name, *case));
    let whole = suite::CASES.iter().map(|(name, case)| {
        Trial::test(format!("walled::{name}"), move || {
            let dir = tempfile::tempdir()?;
            run(case(Arc::new(walls::walled(
                dir.path(),
                std::env::current_exe()?,
                &["scope"],
            ))));
            Ok(())
        })
    });
    cold.chain(warm).chain(whole).collect()
}

fn jailed(dir: &Path) -> Processes {
    isolation::jailed(dir, std::env::current_exe().unwrap(), &["scope"])
}

fn jailed_warm(dir: &Path) -> Processes {
    isolation::jailed_warm(dir, std::env::current_exe().unwrap(), &["scope"])
}

fn processes(dir: &Path) -> Processes {
    Processes::new(dir, std::env::current_exe().unwrap(), &["scope"])
}

/// The same with servers that are forked.
fn warm(dir: &Path) -> Processes {
    Processes::warm(dir, std::env::current_exe().unwrap(), &["scope"])
}

fn run<T>(test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
        .block_on(test)
}

/// Starts a server in the ports of whoever asked, says so, and waits to be killed.
async fn hub(dir: PathBuf, first_port: u16) -> ExitCode {
    let mut subject = processes(&dir);
    subject.config.port_range = first_port..=first_port + 9;
    let server = Server::start(&subject, &Behaviour::Serve).await;
    println!("{}", serde_json::json!([server.started.url, server.started.state]));
    tokio::time::sleep(Duration::from_secs(600)).await;
    ExitCode::FAILURE
}

fn start_hub(dir: &Path, subject: &Processes) -> Child {
    tokio::process::Command::new(std::env::current_exe().unwrap())
        .arg("hub")
        .arg(dir)
        .arg(subject.config.port_range.start().to_string())
        .stdout(std::process::Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

async fn a_server_survives_the_hub() {
    let dir = tempfile::tempdir().unwrap();
    let subject = processes(dir.path());
    let mut hub = start_hub(dir.path(), &subject);
    let line = BufReader::new(hub.stdout.take().unwrap())
        .lines()
        .next_line()
        .await
        .unwrap()
        .unwrap();
    let (url, state): (String, State) = serde_json::from_str(&line).unwrap();
    hub.kill().await.unwrap();

    suite::eventually("an answer", || suite::get(&url, "/")).await;
    let (spawner, key) = (subject.spawner(), hubs_spec(&subject).key);
    let found = spawner.find(&key).await.unwrap().unwrap();
    assert_eq!((&found.url, &found.state), (&url, &state));
    assert_eq!(spawner.poll(&state).await.unwrap(), Poll::Running);
    spawner.stop(&state, Stop::Gently).await.unwrap();
    assert_eq!(spawner.poll(&state).await.unwrap(), Poll::Exited(Some(0)));
}

async fn a_nursery_ends_with_its_hub_and_its_server_does_not() {
    let dir = tempfile::tempdir().unwrap();
    let subject = warm(dir.path());
    let mut hub = start_hub(dir.path(), &subject);
    let mut lines = BufReader::new(hub.stdout.take().unwrap()).lines();
    let line = lines.next_line().await.unwrap().unwrap();
    let (url, state): (String, State) = serde_json::from_str(&line).unwrap();
    assert_eq!(suite::warm::nurseries(&subject).len(), 1);
    hub.kill().await.unwrap();

    let gone = || async { suite::warm::nurseries(&subject).is_empty().then_some(()) };
    suite::eventually("the nursery's end", gone).await;
    suite::eventually("an answer", || suite::get(&url, "/")).await;
    let spawner = subject.spawner();
    assert_eq!(spawner.poll(&state).await.unwrap(), Poll::Running);
    spawner.stop(&state, Stop::Gently).await.unwrap();
    assert_eq!(spawner.poll(&state).await.unwrap(), Poll::Exited(Some(0)));
}

/// The moments are spread over a start; wherever they fall, the next hub ends with one server, and none after its stop.
async fn a_hub_killed_at_any_moment_leaves_one_server_at_most() {
    for moment in (0..60).step_by(3) {
        let dir = tempfile::tempdir().unwrap();
        let subject = processes(dir.path());
        let mut hub = start_hub(dir.path(), &subject);
        tokio::time::sleep(Duration::from_millis(moment)).await;
        hub.kill().await.unwrap();
        let server = Server::start_as(subject.spawner(), hubs_spec(&subject)).await;
        server.answer().await;
        let one = || async { (servers_in(dir.path()).len() == 1).then_some(()) };
        suite::eventually("one server", one).await;
        assert_eq!(
            servers_in(dir.path()),
            [server.started.state["pid"].to_string()],
            "after {moment} ms"
        );
        server.end().await;
        assert!(servers_in(dir.path()).is_empty(), "after {moment} ms");
    }
}

async fn fake_plays_its_faults() {
    let fake = FakeSpawner::new();
    let spec = suite::spec(&fake, &Behaviour::Serve);
    let steps = Steps::default();
    fake.play(Script {
        fail: Some("no room".into()),
        ..Script::default()
    });
    assert_eq!(fake.start(&spec, &steps).await.unwrap_err().message, "no room");
    fake.play(Script {
        hang_in_start: true,
        ..Script::default()
    });
    assert!(
        tokio::time::timeout(Duration::from_millis(50), fake.start(&spec, &steps))
            .await
            .is_err()
    );
    assert!(
        fake.find(&spec.key).await.unwrap().is_some(),
        "what a hanging start made can be found"
    );

    fake.play(Script {
        exit_after_answers: Some(1),
        exit_status: 3,
        ..Script::default()
    });
    let server = Server::start(&fake, &Behaviour::Serve).await;
    server.answer().await;
    assert_eq!(server.exited().await, Some(3));
    assert_eq!((fake.starts(), fake.stops(), fake.running()), (2, 0, vec![spec.key]));
}

/// The first spec of a process: what `hub` starts.
fn hubs_spec(subject: &dyn Subject) -> ServerSpec {
    let mut spec = suite::spec(subject, &Behaviour::Serve);
    spec.key.spawner_id = 1;
    spec
}

/// The processes whose home is below a directory.
fn servers_in(dir: &Path) -> Vec<String> {
    let home = format!("\0HOME={}", dir.display());
    let lives_there = |pid: &String| {
        let environ = std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        format!("\0{}", String::from_utf8_lossy(&environ)).contains(&home)
    };
    let names = std::fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .map(|entry| entry.file_name());
    names
        .filter_map(|name| name.into_string().ok())
        .filter(lives_there)
        .collect()
}
