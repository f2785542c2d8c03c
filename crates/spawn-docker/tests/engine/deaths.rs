//! Hubs that die in the middle of what they do, at each of their calls that change something.

use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::spawn;

use perijove_model::Secret;
use perijove_spawn::suite::{Behaviour, Server, Steps, TOKEN};
use perijove_spawn::{Poll, ServerSpec, Spawner, Stop};
use perijove_spawn_docker::{Connect, DockerConfig, DockerSpawner, Isolation};
use tempfile::TempDir;
use tokio::sync::Notify;

use crate::Engine;
use crate::cases::{Case, cases, of};

pub const CASES: &[(&str, Case)] = cases![
    a_hub_dies_before_it_hears_of_each_step,
    a_hub_dies_as_it_asks_for_each_step,
    a_hub_that_keeps_containers_dies_at_each_step,
    a_hub_dies_at_each_step_of_an_end,
    an_engine_that_goes_at_any_step_is_told,
    what_a_dead_hub_has_left_gets_a_token_that_is_known,
];

/// From one to the other, as long as whoever watches lets it.
pub fn pass(mut from: impl Read, mut to: impl Write, mut watch: impl FnMut(&[u8]) -> bool) {
    let mut piece = [0; 16 << 10];
    while let Ok(length @ 1..) = from.read(&mut piece) {
        if !watch(&piece[..length]) || to.write_all(&piece[..length]).is_err() {
            return;
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Death {
    /// The engine has done it; its answer reaches nobody.
    Unanswered,
    /// Whether the engine goes on with it is the engine's.
    Asking,
}

/// A hub's line to the engine. At that call it is cut.
struct Line {
    dir: TempDir,
    engine: PathBuf,
    at: usize,
    death: Death,
    calls: AtomicUsize,
    dead: Notify,
}

impl Line {
    fn new(engine: &Engine, at: usize, death: Death) -> Arc<Self> {
        let line = Arc::new(Self {
            dir: tempfile::tempdir().unwrap(),
            engine: engine.0.socket(),
            at,
            death,
            calls: AtomicUsize::new(0),
            dead: Notify::new(),
        });
        let listener = UnixListener::bind(line.socket()).unwrap();
        let server = line.clone();
        spawn(move || {
            for hub in listener.incoming() {
                server.clone().connect(hub.unwrap());
            }
        });
        line
    }

    fn socket(&self) -> PathBuf {
        self.dir.path().join("engine.sock")
    }

    fn connect(self: Arc<Self>, hub: UnixStream) {
        let engine = UnixStream::connect(&self.engine).unwrap();
        let again = |stream: &UnixStream| stream.try_clone().unwrap();
        let (asked, told) = (again(&hub), again(&engine));
        let (line, last) = (self, Arc::new(AtomicBool::new(false)));
        let answers = (line.clone(), last.clone());
        spawn(move || {
            let mut to = again(&engine);
            pass(asked, again(&engine), |piece| {
                if !changes(piece) || line.calls.fetch_add(1, Ordering::SeqCst) + 1 != line.at {
                    return true;
                }
                last.store(true, Ordering::SeqCst);
                if line.death == Death::Unanswered {
                    return true;
                }
                let _ = to.write_all(piece);
                line.dead.notify_one();
                false
            });
            let _ = engine.shutdown(std::net::Shutdown::Both);
        });
        spawn(move || {
            let (line, last) = answers;
            pass(told, again(&hub), |_| {
                let dies = last.load(Ordering::SeqCst);
                if dies {
                    line.dead.notify_one();
                }
                !dies
            });
            let _ = hub.shutdown(std::net::Shutdown::Both);
        });
    }

    /// What comes of it, unless the hub dies.
    async fn survives<T>(&self, doing: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            () = self.dead.notified() => None,
            done = doing => Some(done),
        }
    }
}

/// Whether a call begins here that is no mere question.
fn changes(piece: &[u8]) -> bool {
    ["POST /", "PUT /", "DELETE /"]
        .iter()
        .any(|method| piece.starts_with(method.as_bytes()))
}

fn hub(socket: &Path, change: impl FnOnce(&mut DockerConfig)) -> Arc<DockerSpawner> {
    let mut config = crate::config(socket);
    config.isolation = Isolation::Person;
    config.connect = Connect::Address;
    change(&mut config);
    Arc::new(DockerSpawner::new(config).unwrap())
}

/// As the hub goes on with what another one has begun.
async fn go_on(hub: Arc<dyn Spawner>, mut spec: ServerSpec) -> Server {
    if let Some(started) = hub.find(&spec.key).await.unwrap() {
        return Server {
            spawner: hub,
            spec,
            started,
            steps: Vec::new(),
        };
    }
    let kept = hub.kept_token(&spec.key, &spec.home).await.unwrap();
    spec.api_token = kept.unwrap_or_else(|| Secret::new("another1".repeat(4)));
    hub.clear_up(&spec.key).await.unwrap();
    Server::start_as(hub, spec).await
}

/// How many there are of its containers, networks and volumes.
fn there_are(engine: &Engine, spec: &ServerSpec) -> [usize; 3] {
    let count = |what: &[&str], filter: &str| {
        let told = engine.0.docker(&[what, &["--quiet", "--filter", filter]].concat());
        told.lines().count()
    };
    let (server, home) = (spec.key.spawner_id, &spec.home);
    [
        count(&["ps", "--all"], &format!("label=perijove.server={server}")),
        count(&["network", "ls"], &format!("label=perijove.network={}", home.id)),
        count(&["volume", "ls"], &format!("name=^{}$", home.place)),
    ]
}

/// Gives the steps that there were.
async fn die_at_each_step(engine: &Engine, user: &str, death: Death, remove: bool) -> usize {
    for at in 1.. {
        let spec = of(engine, &format!("{user}{at}"), &Behaviour::Serve);
        let line = Line::new(engine, at, death);
        let first = hub(&line.socket(), |config| config.remove = remove);
        let steps = Steps::default();
        let survived = line.survives(first.start(&spec, &steps)).await;
        drop(first);
        let server = go_on(hub(&engine.0.socket(), |config| config.remove = remove), spec).await;
        assert!(server.answer().await.contains(server.spec.api_token.expose()));
        assert_eq!(there_are(engine, &server.spec), [1, 1, 1], "dead at step {at}");
        server.end().await;
        server.spawner.forget(&server.spec.key).await.unwrap();
        assert_eq!(there_are(engine, &server.spec), [0, 0, 1], "dead at step {at}");
        if let Some(started) = survived {
            started.unwrap();
            return at - 1;
        }
    }
    unreachable!()
}

async fn a_hub_dies_before_it_hears_of_each_step(engine: Arc<Engine>) {
    let steps = die_at_each_step(&engine, "dee", Death::Unanswered, true).await;
    assert!(steps >= 5, "volume, network, container, no metadata, start: {steps}");
}

async fn a_hub_dies_as_it_asks_for_each_step(engine: Arc<Engine>) {
    let steps = die_at_each_step(&engine, "dot", Death::Asking, true).await;
    assert!(steps >= 5, "{steps}");
}

async fn a_hub_that_keeps_containers_dies_at_each_step(engine: Arc<Engine>) {
    let steps = die_at_each_step(&engine, "dov", Death::Unanswered, false).await;
    assert!(steps >= 5, "{steps}");
}

async fn a_hub_dies_at_each_step_of_an_end(engine: Arc<Engine>) {
    let end = async |hub: &dyn Spawner, server: &Server| {
        hub.stop(&server.started.state, Stop::Now).await?;
        hub.forget(&server.spec.key).await
    };
    for at in 1.. {
        let direct = hub(&engine.0.socket(), |_| {});
        let spec = of(&engine, &format!("dag{at}"), &Behaviour::Serve);
        let server = Server::start_as(direct.clone(), spec).await;
        let line = Line::new(&engine, at, Death::Unanswered);
        let first = hub(&line.socket(), |_| {});
        let survived = line.survives(end(&*first, &server)).await;
        drop(first);
        end(&*direct, &server).await.unwrap();
        assert_eq!(server.poll().await, Poll::Exited(None));
        assert_eq!(there_are(&engine, &server.spec), [0, 0, 1], "dead at step {at}");
        if let Some(ended) = survived {
            ended.unwrap();
            assert!(at > 3, "stop, network, container: {at}");
            return;
        }
    }
}

/// Whoever waits is told the same, whatever was to be made.
async fn an_engine_that_goes_at_any_step_is_told(engine: Arc<Engine>) {
    // What it leaves is looked through in the end.
    let alone = |config: &mut DockerConfig| config.instance = "without-an-engine".to_owned();
    for at in 1..=5 {
        let spec = of(&engine, &format!("dia{at}"), &Behaviour::Serve);
        let line = Line::new(&engine, at, Death::Asking);
        let started = hub(&line.socket(), alone).start(&spec, &Steps::default()).await;
        let error = started.unwrap_err();
        assert!(
            error.message.starts_with("The container engine can't be reached now."),
            "{at}: {error} {:?}",
            error.cause
        );
        hub(&engine.0.socket(), alone).forget(&spec.key).await.unwrap();
    }
    hub(&engine.0.socket(), alone).meet().await;
    let left = engine.0.docker(&[
        "network",
        "ls",
        "--quiet",
        "--filter",
        "label=perijove.instance=without-an-engine",
    ]);
    assert_eq!(left, "");
}

/// The engine may be slow: what a hub has asked for before its death comes when another one has cleared up already.
async fn what_a_dead_hub_has_left_gets_a_token_that_is_known(engine: Arc<Engine>) {
    // It is made; it runs.
    for at in [3, 5] {
        let mut spec = of(&engine, &format!("dom{at}"), &Behaviour::Serve);
        let line = Line::new(&engine, at, Death::Unanswered);
        let first = hub(&line.socket(), |_| {});
        let steps = Steps::default();
        assert!(line.survives(first.start(&spec, &steps)).await.is_none());
        assert_eq!(there_are(&engine, &spec), [1, 1, 1]);
        spec.api_token = Secret::new("another2".repeat(4));
        let server = Server::start_as(hub(&engine.0.socket(), |_| {}), spec).await;
        let body = server.answer().await;
        assert!(body.contains("another2") && !body.contains(TOKEN), "{at}: {body}");
        assert_eq!(there_are(&engine, &server.spec), [1, 1, 1]);
        server.end().await;
        server.spawner.forget(&server.spec.key).await.unwrap();
    }
}
