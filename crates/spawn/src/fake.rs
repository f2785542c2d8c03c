//! A backend for tests of the hub: its servers live in the test process, and faults are played by script.
//!
//! Clones share one world, as hubs do: what one started another finds.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test's tool")]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use perijove_model::UserName;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};

use crate::fake_homes::FakeHomes;
use crate::homes::Homes;
use crate::{
    Capabilities, Poll, Progress, ServerKey, ServerSpec, SpawnError, Spawner, Started, State, Step, Stop, Usage,
};

/// What starts and stops do from now on; `Script::default()` is a backend in good health.
#[derive(Debug, Clone, Default)]
pub struct Script {
    /// `start` fails with this message.
    pub fail: Option<String>,
    /// `start` refuses with this message, status and reason.
    pub refuse: Option<(String, u16, String)>,
    /// What a refusal says to the log only.
    pub private_cause: Option<String>,
    /// `start` makes the server, and doesn't come back.
    pub hang_in_start: bool,
    /// The server takes connections and never answers.
    pub silent: bool,
    /// The server ends with `exit_status` after so many answers; the hub's ready check is the first.
    pub exit_after_answers: Option<u32>,
    pub exit_status: i32,
    /// `stop` takes this long.
    pub slow_stop: Duration,
    /// `stop` fails with this message, and the server goes on.
    pub fail_stop: Option<String>,
    /// `poll` fails with this message.
    pub fail_poll: Option<String>,
    /// What the server writes to its log.
    pub log: Vec<String>,
    /// What is kept of the server besides.
    pub state: State,
    /// What the server says of its kernels, in JSON.
    pub kernels: Option<String>,
    /// And of its terminals.
    pub terminals: Option<String>,
    /// What servers have used so far, as far as it is known.
    pub usage: Option<Usage>,
    /// Whoever asks what servers have used is never answered.
    pub hang_in_usage: bool,
    /// A field that nobody may have, instead of `forbidden`.
    pub forbidden: Option<&'static str>,
    /// It runs servers in Python environments of the hub's.
    pub uses_environments: bool,
}

/// The fake backend.
#[derive(Clone)]
pub struct FakeSpawner {
    name: &'static str,
    world: Arc<Mutex<World>>,
    /// Where its people's files are.
    pub homes: FakeHomes,
}

impl Default for FakeSpawner {
    fn default() -> Self {
        Self::named("fake")
    }
}

#[derive(Default)]
struct World {
    script: Script,
    servers: BTreeMap<String, FakeServer>,
    starts: usize,
    stops: usize,
    specs: Vec<ServerSpec>,
    given_up: Vec<ServerKey>,
}

struct FakeServer {
    key: ServerKey,
    url: String,
    log: Vec<String>,
    state: State,
    /// `None` while it runs.
    status: Option<i32>,
    deaf: bool,
    task: AbortHandle,
}

impl FakeSpawner {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// One that goes by another name, with servers of its own.
    #[must_use]
    pub fn named(name: &'static str) -> Self {
        Self {
            homes: FakeHomes::default(),
            name,
            world: Arc::default(),
        }
    }

    /// What happens from now on.
    pub fn play(&self, script: Script) {
        self.world().script = script;
    }

    /// How often a server was really started, and how often one that ran was stopped.
    #[must_use]
    pub fn starts(&self) -> usize {
        self.world().starts
    }

    #[must_use]
    pub fn stops(&self) -> usize {
        self.world().stops
    }

    /// Every spec that `start` was called with, repeated calls too.
    #[must_use]
    pub fn specs(&self) -> Vec<ServerSpec> {
        self.world().specs.clone()
    }

    /// Starts that came to nothing.
    #[must_use]
    pub fn given_up(&self) -> Vec<ServerKey> {
        self.world().given_up.clone()
    }

    #[must_use]
    pub fn running(&self) -> Vec<ServerKey> {
        let world = self.world();
        world
            .servers
            .values()
            .filter(|server| server.status.is_none())
            .map(|server| server.key.clone())
            .collect()
    }

    /// The server ends by itself.
    pub fn exit(&self, key: &ServerKey, status: i32) {
        self.world().end(&id(key), status);
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }

    /// Makes the server unless this key has had one. The listener is bound before, so that no lock is held over it.
    fn make(&self, spec: &ServerSpec, listener: TcpListener, url: String) -> Started {
        let mut world = self.world();
        let id = id(&spec.key);
        if let Some(server) = world.servers.get(&id) {
            return server.started(&id);
        }
        world.starts += 1;
        let script = world.script.clone();
        let behaviour = spec.command.get(1).map(String::as_str);
        let number = spec
            .command
            .get(2)
            .and_then(|number| number.parse().ok())
            .unwrap_or_default();
        let mut log = vec!["server began".to_owned()];
        log.extend(script.log.clone());
        match behaviour {
            Some("fail") => log.push("it is about to fail".into()),
            Some("chatty") => {
                log.extend((0..number).map(|n| format!("line {n}")));
                log.push("the last line".into());
            }
            _ => {}
        }
        let state = script.state.clone();
        let task = tokio::spawn(serve(listener, script, self.clone(), id.clone())).abort_handle();
        let server = FakeServer {
            key: spec.key.clone(),
            url,
            log,
            state,
            status: None,
            deaf: behaviour == Some("deaf"),
            task,
        };
        let started = server.started(&id);
        world.servers.insert(id.clone(), server);
        if behaviour == Some("fail") {
            world.end(&id, number);
        }
        started
    }
}

impl World {
    fn end(&mut self, id: &str, status: i32) {
        if let Some(server) = self.servers.get_mut(id)
            && server.status.is_none()
        {
            server.status = Some(status);
            server.task.abort();
        }
    }
}

impl FakeServer {
    fn started(&self, id: &str) -> Started {
        Started {
            url: self.url.clone(),
            state: self
                .state
                .clone()
                .into_iter()
                .chain([("fake".to_owned(), id.into())])
                .collect(),
        }
    }
}

#[async_trait]
impl Spawner for FakeSpawner {
    fn name(&self) -> &'static str {
        self.name
    }

    async fn find(&self, key: &ServerKey) -> Result<Option<Started>, SpawnError> {
        let id = id(key);
        Ok(self
            .world()
            .servers
            .get(&id)
            .filter(|server| server.status.is_none())
            .map(|server| server.started(&id)))
    }

    async fn start(&self, spec: &ServerSpec, progress: &dyn Progress) -> Result<Started, SpawnError> {
        let script = {
            let mut world = self.world();
            world.specs.push(spec.clone());
            world.script.clone()
        };
        progress.step(Step {
            percent: 30,
            message: "Starting the fake server".into(),
        });
        if let Some((message, status, reason)) = script.refuse {
            let cause = script.private_cause.map(Into::into);
            return Err(SpawnError {
                cause,
                ..SpawnError::refused(message, status, reason)
            });
        }
        if let Some(message) = script.fail {
            return Err(SpawnError::new(message));
        }
        if let Err(error) = self.homes.make(&spec.home).await {
            return Err(SpawnError::caused("Your files are not where they were kept.", error));
        }
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .map_err(|error| SpawnError::caused("No port.", error))?;
        let url = format!("http://{}", listener.local_addr().unwrap());
        let started = self.make(spec, listener, url);
        if script.hang_in_start {
            std::future::pending::<()>().await;
        }
        Ok(started)
    }

    async fn give_up(&self, key: &ServerKey) {
        self.world().given_up.push(key.clone());
    }

    async fn poll(&self, state: &State) -> Result<Poll, SpawnError> {
        let world = self.world();
        if let Some(message) = &world.script.fail_poll {
            return Err(SpawnError::new(message));
        }
        let server = named(state).and_then(|id| world.servers.get(id));
        Ok(match server.map(|server| server.status) {
            Some(None) => Poll::Running,
            Some(status) => Poll::Exited(status),
            None => Poll::Exited(None),
        })
    }

    async fn stop(&self, state: &State, how: Stop) -> Result<(), SpawnError> {
        let script = self.world().script.clone();
        tokio::time::sleep(script.slow_stop).await;
        if let Some(message) = script.fail_stop {
            return Err(SpawnError::new(message));
        }
        let task = {
            let mut world = self.world();
            let Some(id) = named(state) else { return Ok(()) };
            let Some(server) = world.servers.get(id).filter(|server| server.status.is_none()) else {
                return Ok(());
            };
            let (status, task) = (
                if server.deaf || how == Stop::Now { 137 } else { 0 },
                server.task.clone(),
            );
            world.stops += 1;
            world.end(id, status);
            task
        };
        while !task.is_finished() {
            tokio::task::yield_now().await;
        }
        Ok(())
    }

    async fn usage(&self, _: &State) -> Result<Option<Usage>, SpawnError> {
        let Script {
            usage, hang_in_usage, ..
        } = self.world().script.clone();
        if hang_in_usage {
            std::future::pending::<()>().await;
        }
        Ok(usage)
    }

    async fn log_tail(&self, key: &ServerKey, lines: usize) -> Vec<String> {
        let world = self.world();
        let log = world
            .servers
            .get(&id(key))
            .map(|server| server.log.as_slice())
            .unwrap_or_default();
        log[log.len().saturating_sub(lines)..].to_vec()
    }

    async fn forget(&self, key: &ServerKey) -> Result<(), SpawnError> {
        let state = State::from_iter([("fake".to_owned(), id(key).into())]);
        self.stop(&state, Stop::Now).await?;
        self.world().servers.remove(&id(key));
        Ok(())
    }

    fn uses_environments(&self) -> bool {
        self.world().script.uses_environments
    }

    fn home_place(&self, user: &UserName) -> String {
        format!("/home/{user}")
    }

    fn homes(&self) -> Arc<dyn Homes> {
        Arc::new(self.homes.clone())
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::default()
    }

    fn read_options(&self, fields: State) -> Result<State, SpawnError> {
        let forbidden = self.world().script.forbidden.unwrap_or("forbidden");
        match fields.get(forbidden) {
            Some(_) => Err(SpawnError::refused(
                format!("Nobody may have `{forbidden}`."),
                409,
                "forbidden",
            )),
            None => Ok(fields),
        }
    }
}

impl crate::suite::Subject for FakeSpawner {
    fn spawner(&self) -> Arc<dyn Spawner> {
        Arc::new(self.clone())
    }

    fn command(&self, behaviour: &crate::suite::Behaviour) -> Vec<String> {
        let mut command = crate::suite::python(behaviour);
        command.drain(..2);
        command[0] = "fake".to_owned();
        command
    }
}

fn id(key: &ServerKey) -> String {
    format!("{}-{}", key.spawner_id, key.generation)
}

fn named(state: &State) -> Option<&str> {
    state.get("fake").and_then(serde_json::Value::as_str)
}

/// All connections end with the server: they are tasks of its set.
async fn serve(listener: TcpListener, script: Script, fake: FakeSpawner, id: String) {
    let answers = Arc::new(Mutex::new(0));
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        while connections.try_join_next().is_some() {}
        let (script, fake, id, answers) = (script.clone(), fake.clone(), id.clone(), Arc::clone(&answers));
        connections.spawn(async move {
            if script.silent {
                let _kept = stream;
                return std::future::pending::<()>().await;
            }
            if answer(stream, &script).await.is_none() {
                return;
            }
            let count = {
                let mut count = answers.lock().unwrap();
                *count += 1;
                *count
            };
            if script.exit_after_answers == Some(count) {
                fake.world().end(&id, script.exit_status);
            }
        });
    }
}

/// One request, one answer that names its path.
async fn answer(stream: TcpStream, script: &Script) -> Option<()> {
    let mut stream = BufReader::new(stream);
    let (mut request, mut body, mut line) = (String::new(), 0, String::new());
    loop {
        line.clear();
        (&mut stream)
            .take(64 * 1024)
            .read_line(&mut line)
            .await
            .ok()
            .filter(|read| *read > 0)?;
        if request.is_empty() {
            request.clone_from(&line);
        }
        if let Some(("content-length", length)) = line
            .to_lowercase()
            .split_once(':')
            .map(|(name, value)| (name, value.trim()))
        {
            body = length.parse().ok()?;
        }
        if line == "\r\n" {
            break;
        }
    }
    tokio::io::copy(&mut (&mut stream).take(body), &mut tokio::io::sink())
        .await
        .ok()?;
    let path = request.split(' ').nth(1)?;
    let told = match path {
        path if path.contains("/api/kernels") => script.kernels.clone(),
        path if path.contains("/api/terminals") => script.terminals.clone(),
        _ => None,
    };
    let json = told.unwrap_or_else(|| serde_json::json!({ "version": "fake", "path": path }).to_string());
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nX-JupyterHub-Version: ";
    let answer = format!(
        "{head}{}\r\nContent-Length: {}\r\n\r\n{json}",
        perijove_model::JUPYTERHUB_VERSION,
        json.len()
    );
    stream.write_all(answer.as_bytes()).await.ok()?;
    stream.shutdown().await.ok()
}
