//! An engine that is sick, restarted or gone. Each case has one of its own, without a network.

use std::sync::Arc;
use std::time::Duration;

use perijove_spawn::suite::{Behaviour, Server, spec};
use perijove_spawn::{Poll, Spawner, Stop};
use perijove_spawn_docker::DockerSpawner;
use rustix::process::{Signal, WaitOptions, kill_process, waitpid};

use crate::host::{Host, IMAGE};
use crate::{Engine, config};

pub type Case = fn() -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;

pub const CASES: &[(&str, Case)] = &[
    ("a_sick_engine_is_no_end", || Box::pin(a_sick_engine_is_no_end())),
    ("a_restarted_engine_is_met_again", || {
        Box::pin(a_restarted_engine_is_met_again())
    }),
    ("servers_outlive_an_engine_that_lets_them", || {
        Box::pin(servers_outlive_an_engine_that_lets_them())
    }),
];

fn host(arguments: &[&str]) -> Host {
    let host = Host::start(&[&["--bridge=none", "--iptables=false"], arguments].concat());
    host.make_image(IMAGE, r#"["/server", "serve"]"#);
    host
}

fn spawner(host: &Host) -> Arc<dyn Spawner> {
    let mut config = config(&host.socket());
    config.network = "none".to_owned();
    config.patience = Duration::from_secs(3);
    Arc::new(DockerSpawner::new(config).unwrap())
}

/// Stopped in its tracks it says nothing: that is not for anybody to read anything into.
async fn a_sick_engine_is_no_end() {
    let engine = Engine(Arc::new(host(&[])));
    let spawner = spawner(&engine.0);
    let server = Server::start_as(spawner.clone(), spec(&engine, &Behaviour::Serve)).await;
    kill_process(engine.0.pid(), Signal::STOP).unwrap();
    // Until then some of its threads may still answer.
    waitpid(Some(engine.0.pid()), WaitOptions::UNTRACED).unwrap();
    let told = spawner.poll(&server.started.state).await;
    let found = spawner.find(&server.spec.key).await;
    let stopped = spawner.stop(&server.started.state, Stop::Gently).await;
    kill_process(engine.0.pid(), Signal::CONT).unwrap();
    let error = told.unwrap_err();
    assert!(
        error.message.starts_with("The container engine can't be reached now."),
        "{error}"
    );
    assert!(found.is_err() && stopped.is_err());
    assert_eq!(server.poll().await, Poll::Running);
    server.end().await;
}

async fn a_restarted_engine_is_met_again() {
    let mut engine = Engine(Arc::new(host(&[])));
    let spawner = spawner(&engine.0);
    let mut spec = spec(&engine, &Behaviour::Serve);
    let server = Server::start_as(spawner.clone(), spec.clone()).await;
    Arc::get_mut(&mut engine.0).unwrap().restart();
    // Without `live-restore` the engine ends what it runs.
    assert!(matches!(server.poll().await, Poll::Exited(Some(_))));
    assert_eq!(spawner.find(&spec.key).await.unwrap(), None);
    spec.key.generation += 1;
    spec.home.made = true;
    let next = Server::start_as(spawner, spec).await;
    assert_eq!(next.poll().await, Poll::Running);
    next.end().await;
}

async fn servers_outlive_an_engine_that_lets_them() {
    let mut engine = Engine(Arc::new(host(&["--live-restore"])));
    let spawner = spawner(&engine.0);
    let server = Server::start_as(spawner.clone(), spec(&engine, &Behaviour::Serve)).await;
    Arc::get_mut(&mut engine.0).unwrap().end();
    assert!(spawner.poll(&server.started.state).await.is_err());
    assert!(spawner.find(&server.spec.key).await.is_err());
    Arc::get_mut(&mut engine.0).unwrap().begin();
    assert_eq!(server.poll().await, Poll::Running);
    let found = spawner.find(&server.spec.key).await.unwrap().unwrap();
    assert_eq!(found.state, server.started.state);
    server.end().await;
}
