//! JupyterHub's test spawners over our process backend: what they run, and how they are slow, stuck or broken.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use perijove_model::{Rng, UserName};
use perijove_spawn::homes::Homes;
use perijove_spawn::process::{ProcessConfig, ProcessSpawner};
use perijove_spawn::{
    Capabilities, Poll, Progress, ServerKey, ServerSpec, SpawnError, Spawner, Started, State, Step, Stop,
};
use serde_json::{Map, Value};

use crate::config::attributes;
use crate::settings::Settings;

/// What outlives a hub that is replaced.
#[derive(Default)]
pub struct Memory {
    /// The query of the last request that may have started a server; a server is told its own.
    pub query: Mutex<String>,
    /// What the backend keeps of each process. The tests want its id in the database, and nothing besides.
    states: Mutex<BTreeMap<i64, State>>,
}

impl Memory {
    fn shorten(&self, mut started: Started) -> Started {
        if let Some(pid) = started.state.get("pid").and_then(Value::as_i64) {
            let short = State::from_iter([("pid".to_owned(), pid.into())]);
            let whole = std::mem::replace(&mut started.state, short);
            locked(&self.states).insert(pid, whole);
        }
        started
    }

    fn whole(&self, short: &State) -> State {
        let pid = short.get("pid").and_then(Value::as_i64);
        let whole = pid.and_then(|pid| locked(&self.states).get(&pid).cloned());
        whole.unwrap_or_else(|| short.clone())
    }
}

pub fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub struct TestSpawner {
    kind: Kind,
    settings: Settings,
    python: String,
    processes: ProcessSpawner,
    memory: Arc<Memory>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Mock,
    Slow,
    Never,
    Bad,
    SlowBad,
    CustomBad,
    Form,
    Instrumented,
}

impl TestSpawner {
    pub fn new(
        settings: &Settings,
        python: &str,
        processes: ProcessConfig,
        rng: Arc<dyn Rng>,
        memory: Arc<Memory>,
    ) -> Self {
        let kind = match settings.spawner.as_deref() {
            None | Some("MockSpawner") => Kind::Mock,
            Some("SlowSpawner") => Kind::Slow,
            Some("NeverSpawner") => Kind::Never,
            Some("BadSpawner") => Kind::Bad,
            Some("SlowBadSpawner") => Kind::SlowBad,
            Some("CustomBadSpawner") => Kind::CustomBad,
            Some("FormSpawner") => Kind::Form,
            Some("InstrumentedSpawner") => Kind::Instrumented,
            Some(other) => {
                tracing::error!(other, "no such test spawner");
                Kind::Mock
            }
        };
        Self {
            kind,
            settings: settings.clone(),
            python: python.to_owned(),
            processes: ProcessSpawner::new(processes, rng),
            memory,
        }
    }

    fn adjusted(&self, spec: &ServerSpec) -> ServerSpec {
        let mut spec = spec.clone();
        let module = match self.kind {
            Kind::Instrumented => "jupyterhub.singleuser",
            _ => "jupyterhub.tests.mocksu",
        };
        spec.command = vec![self.python.clone(), "-m".to_owned(), module.to_owned()];
        let query = locked(&self.memory.query).clone();
        spec.env.insert("HANDLER_ARGS".to_owned(), query);
        match self.kind {
            Kind::Instrumented => drop(
                spec.env
                    .insert("JUPYTERHUB_SINGLEUSER_TEST_EXTENSION".into(), "1".into()),
            ),
            Kind::Form => drop(spec.env.insert("ENERGY".into(), text(&spec.options, "energy"))),
            _ => {}
        }
        let attributes = attributes(&self.settings, spec.key.user.as_str(), spec.key.server.as_str());
        attribute(&mut spec, &attributes);
        spec
    }

    fn delay(&self, key: Option<&ServerKey>) -> Duration {
        let said = key.and_then(|key| {
            attributes(&self.settings, key.user.as_str(), key.server.as_str())
                .get("delay")?
                .as_f64()
        });
        match self.kind {
            Kind::Slow => Duration::from_secs_f64(said.unwrap_or(5.0)),
            _ => Duration::ZERO,
        }
    }
}

fn text(options: &Value, name: &str) -> String {
    options.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// What JupyterHub's test spawner makes of its form: one number for each bound, one text for each other field.
fn form_options(fields: &State) -> Result<State, SpawnError> {
    let first = |name: &str| fields.get(name).and_then(|values| values.get(0)).cloned();
    if fields.contains_key("illegal_argument") {
        return Err(SpawnError::new("You are not allowed to specify 'illegal_argument'"));
    }
    let mut options = State::from_iter([("notspecified".to_owned(), 5.into())]);
    if let Some(Value::Array(bounds)) = fields.get("bounds") {
        let number = |bound: &Value| bound.as_str().and_then(|bound| bound.parse::<i64>().ok());
        let bounds = bounds.iter().map(number).collect::<Option<Vec<i64>>>();
        let bounds = bounds.ok_or_else(|| SpawnError::refused("a bound is not a number", 400, "bound"))?;
        options.insert("bounds".to_owned(), bounds.into());
    }
    for (option, field) in [
        ("energy", "energy"),
        ("display_name", "display_name"),
        ("opt-foo", "opt-foo"),
        ("hello", "hello_file"),
    ] {
        if let Some(value) = first(field) {
            options.insert(option.to_owned(), value);
        }
    }
    Ok(options)
}

/// What a test has set on the server.
fn attribute(spec: &mut ServerSpec, attributes: &Map<String, Value>) {
    let user = spec.key.user.to_string();
    let words = |value: &Value| -> Vec<String> { serde_json::from_value(value.clone()).unwrap_or_default() };
    for (name, value) in attributes {
        let filled = || value.as_str().unwrap_or_default().replace("{username}", &user);
        match name.as_str() {
            "cmd" => spec.command = words(value),
            "environment" => {
                let pairs: BTreeMap<String, String> = serde_json::from_value(value.clone()).unwrap_or_default();
                spec.env.extend(pairs);
            }
            "default_url" => drop(spec.env.insert("JUPYTERHUB_DEFAULT_URL".into(), filled())),
            "notebook_dir" if filled().is_empty() => {}
            "notebook_dir" => drop(spec.env.insert("JUPYTERHUB_ROOT_DIR".into(), filled())),
            _ => {}
        }
    }
    if let Some(args) = attributes.get("args") {
        spec.command.extend(words(args));
    }
}

struct Silent;

impl Progress for Silent {
    fn step(&self, _: Step) {}
}

#[async_trait]
impl Spawner for TestSpawner {
    fn name(&self) -> &'static str {
        "process"
    }

    async fn find(&self, key: &ServerKey) -> Result<Option<Started>, SpawnError> {
        Ok(self
            .processes
            .find(key)
            .await?
            .map(|started| self.memory.shorten(started)))
    }

    async fn start(&self, spec: &ServerSpec, progress: &dyn Progress) -> Result<Started, SpawnError> {
        // What JupyterHub's spawners tell where they have nothing of their own to tell.
        if self.kind != Kind::Bad {
            progress.step(Step {
                percent: 50,
                message: "Spawning server...".to_owned(),
            });
        }
        let broken = || SpawnError::new("I don't work!");
        match self.kind {
            Kind::Never => std::future::pending().await,
            Kind::Bad => Err(broken()),
            Kind::SlowBad => {
                tokio::time::sleep(Duration::from_millis(500)).await;
                Err(broken())
            }
            Kind::CustomBad => Err(SpawnError::refused("custom message", 418, "custom reason")),
            _ => {
                let started = self.processes.start(&self.adjusted(spec), &Silent).await?;
                tokio::time::sleep(self.delay(Some(&spec.key))).await;
                Ok(self.memory.shorten(started))
            }
        }
    }

    async fn poll(&self, state: &State) -> Result<Poll, SpawnError> {
        match self.kind {
            Kind::Never => Ok(Poll::Exited(Some(0))),
            _ => self.processes.poll(&self.memory.whole(state)).await,
        }
    }

    async fn stop(&self, state: &State, how: Stop) -> Result<(), SpawnError> {
        tokio::time::sleep(self.delay(None)).await;
        self.processes.stop(&self.memory.whole(state), how).await
    }

    async fn log_tail(&self, key: &ServerKey, lines: usize) -> Vec<String> {
        self.processes.log_tail(key, lines).await
    }

    async fn forget(&self, key: &ServerKey) -> Result<(), SpawnError> {
        self.processes.forget(key).await
    }

    fn home_place(&self, user: &UserName) -> String {
        // A test may have a home made for it.
        let attributes = attributes(&self.settings, user.as_str(), "");
        match attributes.get("home_dir").and_then(Value::as_str) {
            Some(home) => home.replace("{username}", user.as_str()),
            None => self.processes.home_place(user),
        }
    }

    fn homes(&self) -> Arc<dyn Homes> {
        self.processes.homes()
    }

    fn capabilities(&self) -> Capabilities {
        self.processes.capabilities()
    }

    fn read_options(&self, fields: State) -> Result<State, SpawnError> {
        match self.kind {
            Kind::Form => form_options(&fields),
            _ => Ok(fields),
        }
    }
}
