//! Images from a registry that wants a password.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{sleep, spawn};
use std::time::Duration;

use perijove_spawn::suite::{Behaviour, Server, Steps, eventually};
use perijove_spawn::{ServerSpec, Spawner};
use perijove_spawn_docker::{DockerSpawner, Pull};
use tempfile::TempDir;

use crate::Engine;
use crate::cases::{Case, cases, of};
use crate::deaths::pass;
use crate::host::{IMAGE, skip};

pub const CASES: &[(&str, Case)] = cases![
    a_registry_gets_its_password,
    images_are_fetched_before_they_are_wanted,
    a_registry_that_is_away_is_told,
    an_image_is_pinned_by_its_digest,
];

/// `ada:a-password`, as `htpasswd -B` and `docker login` write it.
const PEOPLE: &str = "ada:$2b$04$BQIvxjZci3jFq6mk9a0kpub/4iHeopWuu4PGREao05d3yHvsW62Ha\n";
const LOGIN: &str = "YWRhOmEtcGFzc3dvcmQ=";
const WRONG: &str = "YWRhOm5vdC10aGF0";

pub struct Registry {
    program: Child,
    port: u16,
    dir: TempDir,
}

impl Registry {
    /// Debian's, if it is there.
    pub async fn start() -> Option<Self> {
        let dir = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        fs::write(dir.path().join("people"), PEOPLE).unwrap();
        let path = |name: &str| dir.path().join(name).display().to_string();
        let config = format!(
            "version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: {}\nhttp:\n  addr: 127.0.0.1:{port}\nauth:\n  htpasswd:\n    \
             realm: tests\n    path: {}\n",
            path("images"),
            path("people")
        );
        fs::write(path("config.yml"), config).unwrap();
        let program = Command::new("docker-registry")
            .args(["serve", &path("config.yml")])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let Ok(program) = program else {
            skip("no docker-registry (scripts/install-deps.sh)");
            return None;
        };
        let registry = Self { program, port, dir };
        eventually("the registry", || async {
            TcpStream::connect(("127.0.0.1", port)).ok()
        })
        .await;
        Some(registry)
    }

    /// Puts the tests' image there, as its owner, and takes it away here.
    pub fn image(&self, engine: &Engine, name: &str) -> String {
        let image = self.name(name);
        engine.0.docker(&["tag", IMAGE, &image]);
        self.push(engine, &image);
        engine.0.docker(&["rmi", &image]);
        image
    }

    fn name(&self, name: &str) -> String {
        format!("127.0.0.1:{}/{name}:1", self.port)
    }

    fn push(&self, engine: &Engine, image: &str) {
        let login = self.login(LOGIN).parent().unwrap().display().to_string();
        engine.0.docker_as(&login, &["push", image]);
    }

    /// Of whoever may fetch from there.
    pub fn owner(&self) -> std::path::PathBuf {
        self.login(LOGIN)
    }

    /// Whoever comes now comes by this way.
    pub fn behind_a_gate(&mut self) -> Arc<Gate> {
        let gate = Arc::new(Gate::default());
        self.port = gate.clone().lead_to(self.port);
        gate
    }

    fn login(&self, login: &str) -> std::path::PathBuf {
        let path = self.dir.path().join(login.trim_end_matches('=')).join("config.json");
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let text = format!(r#"{{"auths": {{"127.0.0.1:{}": {{"auth": "{login}"}}}}}}"#, self.port);
        fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

/// More than any answer but a layer of an image.
const MOST_SAID: usize = 64 << 10;

/// Before a registry. Closed it lets the beginning of a layer through, and no more.
#[derive(Default)]
pub struct Gate {
    closed: AtomicBool,
    /// Somebody waits before it.
    stuck: AtomicBool,
}

impl Gate {
    pub fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
    }

    pub fn open(&self) {
        self.closed.store(false, Ordering::SeqCst);
    }

    pub async fn holds_a_layer(&self) {
        self.stuck.store(false, Ordering::SeqCst);
        let stuck = || async { self.stuck.load(Ordering::SeqCst).then_some(()) };
        eventually("a layer on its way", stuck).await;
    }

    /// On threads, since tests wait for what the engine's program says.
    fn lead_to(self: Arc<Self>, registry: u16) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        spawn(move || {
            for visitor in listener.incoming() {
                let Ok(there) = TcpStream::connect(("127.0.0.1", registry)) else {
                    continue;
                };
                let (gate, visitor) = (self.clone(), visitor.unwrap());
                let (asked, answers) = (visitor.try_clone().unwrap(), there.try_clone().unwrap());
                let gone = Arc::new(AtomicBool::new(false));
                let left = gone.clone();
                spawn(move || {
                    pass(asked, there, |_| true);
                    left.store(true, Ordering::SeqCst);
                });
                spawn(move || {
                    let mut said = 0;
                    pass(answers, visitor, |piece| {
                        said += piece.len();
                        gate.lets_through(said, &gone)
                    });
                });
            }
        });
        port
    }

    #[expect(clippy::disallowed_methods, reason = "nothing else runs on this thread")]
    fn lets_through(&self, said: usize, gone: &AtomicBool) -> bool {
        while said > MOST_SAID && self.closed.load(Ordering::SeqCst) && !gone.load(Ordering::SeqCst) {
            self.stuck.store(true, Ordering::SeqCst);
            sleep(Duration::from_millis(10));
        }
        !gone.load(Ordering::SeqCst)
    }
}

fn wanting(engine: &Engine, user: &str, image: &str) -> ServerSpec {
    let mut spec = of(engine, user, &Behaviour::Serve);
    spec.plan.image = Some(image.to_owned());
    spec
}

async fn a_registry_gets_its_password(engine: Arc<Engine>) {
    let Some(registry) = Registry::start().await else {
        return;
    };
    let spec = wanting(&engine, "nat", &registry.image(&engine, "private"));
    for login in [None, Some(registry.login(WRONG))] {
        let spawner = engine.spawner_with(|config| config.registries = login);
        let error = spawner.make_ready(&spec, &Steps::default()).await.unwrap_err();
        assert!(
            error.message.contains("wants a name and a password"),
            "{error} {:?}",
            error.cause
        );
        assert!(!format!("{error:?}").contains(WRONG), "{error:?}");
    }
    let spawner = engine.spawner_with(|config| config.registries = Some(registry.login(LOGIN)));
    let steps = Steps::default();
    spawner.make_ready(&spec, &steps).await.unwrap();
    let told = steps.0.into_inner().unwrap();
    assert!(told[0].message.starts_with("Fetching the image 127.0.0.1"), "{told:?}");
    let server = Server::start_as(spawner, spec).await;
    server.answer().await;
    server.end().await;
}

async fn images_are_fetched_before_they_are_wanted(engine: Arc<Engine>) {
    let Some(registry) = Registry::start().await else {
        return;
    };
    let image = registry.image(&engine, "wanted-soon");
    let lost = format!("127.0.0.1:{}/nobody/has:this", registry.port);
    let mut config = crate::config(&engine.0.socket());
    config.registries = Some(registry.login(LOGIN));
    config.prepull = vec![lost.clone(), image.clone()];
    let spawner = DockerSpawner::new(config).unwrap();
    let hub = spawner.clone();
    let following = tokio::spawn(async move { hub.follow(&|_| {}).await });
    eventually("the image", || async {
        let names = engine.0.docker(&["images", "--format", "{{.Repository}}:{{.Tag}}"]);
        names.lines().any(|name| name == image).then_some(())
    })
    .await;
    // What can't be had is told, and nothing waits for it.
    let told = spawner.capabilities().reasons["images"].clone();
    assert!(told.contains(&lost), "{told}");
    following.abort();
}

async fn a_registry_that_is_away_is_told(engine: Arc<Engine>) {
    let Some(registry) = Registry::start().await else {
        return;
    };
    let image = registry.image(&engine, "away");
    let login = Some(registry.login(LOGIN));
    let spec = wanting(&engine, "oki", &image);
    let spawner = engine.spawner_with(|config| config.registries = login);
    let (dir, port) = (registry.dir.path().to_owned(), registry.port);
    let mut registry = registry;
    registry.program.kill().unwrap();
    registry.program.wait().unwrap();
    let error = spawner.make_ready(&spec, &Steps::default()).await.unwrap_err();
    assert!(
        error.message.contains("its registry can't be reached"),
        "{error} {:?}",
        error.cause
    );
    // When it is back, the next start goes on.
    registry.program = Command::new("docker-registry")
        .args(["serve", &dir.join("config.yml").display().to_string()])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    eventually("the registry", || async {
        TcpStream::connect(("127.0.0.1", port)).ok()
    })
    .await;
    spawner.make_ready(&spec, &Steps::default()).await.unwrap();
}

/// What one server tells of its image another one is made of, whatever the name has become meanwhile.
async fn an_image_is_pinned_by_its_digest(engine: Arc<Engine>) {
    let Some(registry) = Registry::start().await else {
        return;
    };
    let image = registry.name("pinned");
    let make = || engine.0.make_image(&image, r#"["/server", "serve"]"#);
    make();
    registry.push(&engine, &image);
    let spawner = engine.spawner_with(|config| {
        config.registries = Some(registry.owner());
        config.pull = Pull::Always;
        config.name = Some("{imagename}-{username}".to_owned());
    });
    let spec = wanting(&engine, "pia", &image);
    spawner.make_ready(&spec, &Steps::default()).await.unwrap();
    let server = Server::start_as(spawner.clone(), spec).await;
    let state = server.started.state.clone();
    let digest = state["image_digest"].as_str().unwrap().to_owned();
    assert!(digest.starts_with(&image.replace(":1", "@sha256:")), "{digest}");
    assert_eq!(state["image"], image.as_str());
    server.end().await;
    server.spawner.forget(&server.spec.key).await.unwrap();
    engine.0.docker(&["rmi", "-f", state["image_id"].as_str().unwrap()]);
    make();
    let pinned = wanting(&engine, "pip", &digest);
    let fetched = async || {
        let steps = Steps::default();
        spawner.make_ready(&pinned, &steps).await.unwrap();
        !steps.0.into_inner().unwrap().is_empty()
    };
    assert!(fetched().await, "it is not there any more");
    assert!(!fetched().await, "it can't have become another one");
    let server = Server::start_as(spawner.clone(), pinned.clone()).await;
    server.answer().await;
    for key in ["image", "image_digest"] {
        assert_eq!(server.started.state[key], digest.as_str(), "{key}");
    }
    assert_eq!(server.started.state["image_id"], state["image_id"]);
    let found = spawner.find(&server.spec.key).await.unwrap().unwrap();
    assert_eq!(found.state, server.started.state);
    server.end().await;
    // People write a tag before it, for themselves.
    let tagged = wanting(&engine, "pit", &digest.replace("@sha256:", ":1@sha256:"));
    let steps = Steps::default();
    spawner.make_ready(&tagged, &steps).await.unwrap();
    assert!(steps.0.into_inner().unwrap().is_empty());
    let server = Server::start_as(spawner, tagged).await;
    assert_eq!(server.started.state["image_id"], state["image_id"]);
    server.end().await;
}
