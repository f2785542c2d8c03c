//! An engine that is sick, restarted or gone. Each case has one of its own, without a network.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use perijove_spawn::suite::{Behaviour, Server, Steps, eventually, spec};
use perijove_spawn::{Poll, Spawner, Stop};
use perijove_spawn_docker::{DockerConfig, DockerSpawner};
use rustix::process::{Signal, WaitOptions, kill_process, waitpid};

use crate::elsewhere::an_engine_elsewhere_is_reached_over_tls;
use crate::host::{Host, IMAGE};
use crate::registry::Registry;
use crate::remapped::containers_have_accounts_of_their_own;
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
    ("an_engine_is_killed_while_an_image_comes", || {
        Box::pin(an_engine_is_killed_while_an_image_comes())
    }),
    ("containers_have_accounts_of_their_own", || {
        Box::pin(containers_have_accounts_of_their_own())
    }),
    ("an_engine_elsewhere_is_reached_over_tls", || {
        Box::pin(an_engine_elsewhere_is_reached_over_tls())
    }),
    ("a_full_disk_is_told_and_nothing_is_lost", || {
        Box::pin(a_full_disk_is_told_and_nothing_is_lost())
    }),
];

pub fn host(arguments: &[&str]) -> Host {
    let host = Host::start(&[&["--bridge=none", "--iptables=false"], arguments].concat());
    host.make_image(IMAGE, r#"["/server", "serve"]"#);
    host
}

fn spawner(host: &Host) -> Arc<dyn Spawner> {
    spawner_with(host, |config| config.patience = Duration::from_secs(3))
}

pub fn spawner_with(host: &Host, change: impl FnOnce(&mut DockerConfig)) -> Arc<dyn Spawner> {
    let mut config = config(&host.socket());
    config.network = "none".to_owned();
    change(&mut config);
    Arc::new(DockerSpawner::new(config).unwrap())
}

fn containers(engine: &Engine) -> String {
    engine.0.docker(&["ps", "--all", "--quiet"])
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

/// As at its upgrade, and as when its machine has no memory left.
const ENDS: [fn(&mut Host); 2] = [Host::end, Host::kill];

async fn a_restarted_engine_is_met_again() {
    let mut engine = Engine(Arc::new(host(&[])));
    let spawner = spawner(&engine.0);
    let mut spec = spec(&engine, &Behaviour::Serve);
    for end in ENDS {
        let server = Server::start_as(spawner.clone(), spec.clone()).await;
        let host = Arc::get_mut(&mut engine.0).unwrap();
        end(host);
        host.begin();
        // Without `live-restore` the engine ends what it runs.
        assert!(matches!(server.poll().await, Poll::Exited(Some(_))));
        assert_eq!(spawner.find(&spec.key).await.unwrap(), None);
        spec.key.generation += 1;
        spec.home.made = true;
        spawner.clear_up(&spec.key).await.unwrap();
    }
    let next = Server::start_as(spawner, spec).await;
    assert_eq!(next.poll().await, Poll::Running);
    assert_eq!(containers(&engine).lines().count(), 1);
    next.end().await;
}

async fn servers_outlive_an_engine_that_lets_them() {
    let mut engine = Engine(Arc::new(host(&["--live-restore"])));
    let spawner = spawner(&engine.0);
    let server = Server::start_as(spawner.clone(), spec(&engine, &Behaviour::Serve)).await;
    for end in ENDS {
        end(Arc::get_mut(&mut engine.0).unwrap());
        assert!(spawner.poll(&server.started.state).await.is_err());
        assert!(spawner.find(&server.spec.key).await.is_err());
        Arc::get_mut(&mut engine.0).unwrap().begin();
        assert_eq!(server.poll().await, Poll::Running);
        let found = spawner.find(&server.spec.key).await.unwrap().unwrap();
        assert_eq!(found.state, server.started.state);
    }
    server.end().await;
}

/// A hub that dies meanwhile, and the engine too: whoever waits is told, and the next start has its image.
async fn an_engine_is_killed_while_an_image_comes() {
    let mut engine = Engine(Arc::new(host(&[])));
    let Some(mut registry) = Registry::start().await else {
        return;
    };
    let gate = registry.behind_a_gate();
    let mut spec = spec(&engine, &Behaviour::Serve);
    let image = registry.image(&engine, "half");
    spec.plan.image = Some(image.clone());
    // Or it would have its layers.
    engine.0.docker(&["rmi", IMAGE]);
    let spawner = spawner_with(&engine.0, |config| config.registries = Some(registry.owner()));
    let wait = || {
        let (spawner, spec, steps) = (spawner.clone(), spec.clone(), Arc::new(Steps::default()));
        let told = steps.clone();
        (
            tokio::spawn(async move { spawner.make_ready(&spec, &*told).await }),
            steps,
        )
    };
    gate.close();
    let (hub, _) = wait();
    gate.holds_a_layer().await;
    hub.abort();
    assert!(hub.await.unwrap_err().is_cancelled());
    let (waiting, steps) = wait();
    let told = || async { (!steps.0.lock().unwrap().is_empty()).then_some(()) };
    eventually("word of the image", told).await;
    gate.holds_a_layer().await;
    Arc::get_mut(&mut engine.0).unwrap().kill();
    let error = waiting.await.unwrap().unwrap_err();
    assert!(
        error.message.starts_with("The container engine can't be reached now."),
        "{error}"
    );
    gate.open();
    Arc::get_mut(&mut engine.0).unwrap().begin();
    spawner.make_ready(&spec, &Steps::default()).await.unwrap();
    let server = Server::start_as(spawner.clone(), spec).await;
    assert_eq!(server.poll().await, Poll::Running);
    let images = engine
        .0
        .docker(&["images", "--all", "--format", "{{.Repository}}:{{.Tag}}"]);
    assert_eq!(images, image);
    let halves: Vec<_> = fs::read_dir(engine.0.data("tmp")).unwrap().collect();
    assert!(halves.is_empty(), "{halves:?}");
    server.end().await;
}

/// Who runs, runs on and can be stopped; who starts is told, and starts as soon as there is room.
async fn a_full_disk_is_told_and_nothing_is_lost() {
    let engine = Engine(Arc::new(Host::start_on_a_small_disk(&[
        "--bridge=none",
        "--iptables=false",
    ])));
    engine.0.make_image(IMAGE, r#"["/server", "serve"]"#);
    let mut registry = Registry::start().await;
    let image = registry.as_mut().map(|registry| registry.image(&engine, "large"));
    let spawner = spawner_with(&engine.0, |config| {
        config.registries = registry.as_ref().map(Registry::owner);
    });
    let running = Server::start_as(spawner.clone(), spec(&engine, &Behaviour::Serve)).await;
    let before = containers(&engine);
    engine.0.fill_the_disk();
    let waiting = spec(&engine, &Behaviour::Serve);
    let error = spawner.start(&waiting, &Steps::default()).await.unwrap_err();
    assert!(
        error.message.starts_with("The disk of the container engine is full."),
        "{error} {:?}",
        error.cause
    );
    assert_eq!(containers(&engine), before, "nothing half made is left");
    assert_eq!(running.poll().await, Poll::Running);
    running.end().await;
    running.spawner.forget(&running.spec.key).await.unwrap();
    engine.0.make_room();
    let server = Server::start_as(spawner.clone(), waiting).await;
    assert_eq!(server.poll().await, Poll::Running);
    server.end().await;
    server.spawner.forget(&server.spec.key).await.unwrap();
    let Some(image) = image else {
        return;
    };
    engine.0.docker(&["rmi", IMAGE]);
    let mut wanting = spec(&engine, &Behaviour::Serve);
    wanting.plan.image = Some(image);
    engine.0.fill_the_disk();
    let error = spawner.make_ready(&wanting, &Steps::default()).await.unwrap_err();
    assert!(
        error
            .message
            .contains("can't be fetched: the disk of the container engine is full."),
        "{error} {:?}",
        error.cause
    );
    engine.0.make_room();
    spawner.make_ready(&wanting, &Steps::default()).await.unwrap();
}
