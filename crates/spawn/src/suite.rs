//! What every backend must do, told as tests: `suite::all(subject)` runs them, each backend's tests call it.
//!
//! A server here is a short Python program (or what the backend has in its place), never the real thing: the suite is
//! about processes, not about notebooks.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "assertions of tests"
)]

/// A case with its name, for runners that show them one by one.
pub type Case<S> = (&'static str, fn(Arc<S>) -> Pin<Box<dyn Future<Output = ()> + Send>>);

/// Before the modules, so that all of them know it.
macro_rules! cases {
    ($($name:path),* $(,)?) => { &[$((stringify!($name), |subject| Box::pin($name(subject)))),*] };
}

pub mod homes;
pub mod isolation;
mod life;
pub mod process;
pub mod quotas;
pub mod walls;
pub mod warm;

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use perijove_model::{Plan, Secret, ServerName, UserName};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};

use crate::{Home, Poll, Progress, ServerKey, ServerSpec, Spawner, Started, Step, Stop};

/// The token of every server here: what looks for leaks looks for this.
pub const TOKEN: &str = "5ec2e7f0c0ffee5ec2e7f0c0ffee5ec2";
/// Generous: reached only when something is broken.
const PATIENCE: Duration = Duration::from_secs(60);

/// The backend under test.
#[async_trait]
pub trait Subject: Send + Sync + 'static {
    /// A new spawner for the same outside world, as after a restart of the hub.
    fn spawner(&self) -> Arc<dyn Spawner>;

    /// The command of a server that behaves in this way.
    fn command(&self, behaviour: &Behaviour) -> Vec<String> {
        python(behaviour)
    }

    /// How many start at once where many do.
    fn crowd(&self) -> usize {
        200
    }

    fn home(&self, id: i64, user: &str) -> Home {
        let user = UserName::try_from(user).unwrap();
        let place = self.spawner().home_place(&user);
        Home {
            id,
            place,
            mark: format!("{id}-0"),
            made: false,
        }
    }
}

/// What a server does, after it has written `server began` to its log.
#[derive(Debug, Clone)]
pub enum Behaviour {
    /// Answers 200 to everything and ends when it is asked to.
    Serve,
    /// Writes `it is about to fail` and ends with this status.
    Fail(i32),
    /// Serves, and ignores every request to end.
    Deaf,
    /// Writes so many lines and then `the last line`, and serves.
    Chatty(u32),
    /// Serves, and has children that left its session, one of them an orphan.
    Family,
}

/// Every case by name, for a runner that shows them one by one.
pub const CASES: &[Case<dyn Subject>] = cases![
    a_server_answers_and_is_known,
    it_is_found_again_after_a_restart,
    a_repeated_start_makes_no_second_one,
    starts_at_the_same_time_make_one,
    the_next_generation_is_another,
    a_failing_server_tells_how_it_ended,
    it_stops_gently,
    it_stops_at_once,
    a_deaf_server_is_ended,
    the_end_of_what_never_was_is_fine,
    the_log_keeps_its_end,
    what_is_forgotten_is_gone,
    life::a_start_that_was_given_up_is_taken_up_again,
    life::a_start_that_was_given_up_can_be_forgotten,
    life::the_next_run_begins_while_the_last_one_ends,
    life::two_may_stop_it,
    life::it_may_be_forgotten_twice,
    life::what_is_forgotten_is_only_the_past,
    life::a_state_may_hold_more_than_is_known,
    life::nonsense_in_a_state_ends_nothing,
    life::what_is_used_is_told_while_it_runs,
    life::a_log_is_of_one_run,
    life::a_crowd_starts_at_once,
];

/// Runs every case, all at the same time, and panics with the names of those that failed.
pub async fn all(subject: Arc<dyn Subject>) {
    let started: Vec<_> = CASES
        .iter()
        .map(|(name, case)| (name, tokio::spawn(case(Arc::clone(&subject)))))
        .collect();
    let mut failed = Vec::new();
    for (name, case) in started {
        if case.await.is_err() {
            failed.push(name);
        }
    }
    assert!(failed.is_empty(), "cases that failed: {failed:?}");
}

async fn a_server_answers_and_is_known(subject: Arc<dyn Subject>) {
    let server = Server::start(&*subject, &Behaviour::Serve).await;
    server.answer().await;
    assert_eq!(server.poll().await, Poll::Running);
    assert!(
        server.started.url.starts_with("http") && !server.started.url.ends_with('/'),
        "{}",
        server.started.url
    );
    let state = serde_json::to_string(&server.started.state).unwrap();
    assert!(
        !state.contains(TOKEN),
        "the state is kept in the database, where tokens are only kept as hashes"
    );
    assert!(
        server
            .steps
            .iter()
            .all(|step| step.percent < 100 && !step.message.is_empty())
    );
    server.end().await;
}

async fn it_is_found_again_after_a_restart(subject: Arc<dyn Subject>) {
    let server = Server::start(&*subject, &Behaviour::Serve).await;
    server.answer().await;
    let later = subject.spawner();
    assert_eq!(
        later.find(&server.spec.key).await.unwrap().as_ref(),
        Some(&server.started)
    );
    assert_eq!(later.poll(&server.started.state).await.unwrap(), Poll::Running);
    later.stop(&server.started.state, Stop::Gently).await.unwrap();
    assert_eq!(later.find(&server.spec.key).await.unwrap(), None);
}

async fn a_repeated_start_makes_no_second_one(subject: Arc<dyn Subject>) {
    let server = Server::start(&*subject, &Behaviour::Serve).await;
    let again = subject.spawner().start(&server.spec, &Steps::default()).await.unwrap();
    assert_eq!(again, server.started);
    server.answer().await;
    server.end().await;
}

async fn starts_at_the_same_time_make_one(subject: Arc<dyn Subject>) {
    let spec = spec(&*subject, &Behaviour::Serve);
    let (one, two) = (subject.spawner(), subject.spawner());
    let steps = Steps::default();
    let (first, second) = tokio::join!(one.start(&spec, &steps), two.start(&spec, &steps));
    assert_eq!(first.as_ref().unwrap(), second.as_ref().unwrap());
    one.stop(&first.unwrap().state, Stop::Now).await.unwrap();
    assert_eq!(two.poll(&second.unwrap().state).await.unwrap(), Poll::Exited(Some(137)));
}

async fn the_next_generation_is_another(subject: Arc<dyn Subject>) {
    let first = Server::start(&*subject, &Behaviour::Serve).await;
    let mut next = first.spec.clone();
    next.key.generation += 1;
    let second = Server::start_as(subject.spawner(), next).await;
    assert_ne!(first.started.url, second.started.url);
    first.end().await;
    second.answer().await;
    second.end().await;
}

async fn a_failing_server_tells_how_it_ended(subject: Arc<dyn Subject>) {
    let server = Server::start(&*subject, &Behaviour::Fail(7)).await;
    assert_eq!(server.exited().await, Some(7));
    let log = server.spawner.log_tail(&server.spec.key, 10).await;
    assert!(log.iter().any(|line| line.contains("it is about to fail")), "{log:?}");
    assert_eq!(
        subject.spawner().find(&server.spec.key).await.unwrap(),
        None,
        "it does not run"
    );
    let again = subject.spawner().start(&server.spec, &Steps::default()).await.unwrap();
    // Not the address: what has ended need not have one any more.
    assert_eq!(again.state, server.started.state, "the same start is not made twice");
    assert_eq!(server.exited().await, Some(7));
    let log = server.spawner.log_tail(&server.spec.key, 10).await;
    let begun = log.iter().filter(|line| line.contains("server began")).count();
    assert_eq!(begun, 1, "{log:?}");
    server.end().await;
}

async fn it_stops_gently(subject: Arc<dyn Subject>) {
    let server = Server::start(&*subject, &Behaviour::Serve).await;
    server.answer().await;
    server.spawner.stop(&server.started.state, Stop::Gently).await.unwrap();
    assert_eq!(server.poll().await, Poll::Exited(Some(0)), "it was asked, not killed");
    assert!(get(&server.started.url, "/").await.is_none());
    server
        .spawner
        .stop(&server.started.state, Stop::Gently)
        .await
        .expect("the end of an ended one is fine");
}

async fn it_stops_at_once(subject: Arc<dyn Subject>) {
    let server = Server::start(&*subject, &Behaviour::Serve).await;
    server.answer().await;
    server.spawner.stop(&server.started.state, Stop::Now).await.unwrap();
    assert_eq!(server.poll().await, Poll::Exited(Some(137)));
    assert!(get(&server.started.url, "/").await.is_none());
}

async fn a_deaf_server_is_ended(subject: Arc<dyn Subject>) {
    let server = Server::start(&*subject, &Behaviour::Deaf).await;
    server.answer().await;
    server.spawner.stop(&server.started.state, Stop::Gently).await.unwrap();
    assert_eq!(server.poll().await, Poll::Exited(Some(137)));
}

async fn the_end_of_what_never_was_is_fine(subject: Arc<dyn Subject>) {
    let spawner = subject.spawner();
    let nothing = crate::State::new();
    assert_eq!(spawner.poll(&nothing).await.unwrap(), Poll::Exited(None));
    spawner.stop(&nothing, Stop::Gently).await.unwrap();
    let key = spec(&*subject, &Behaviour::Serve).key;
    assert_eq!(spawner.find(&key).await.unwrap(), None);
    assert!(spawner.log_tail(&key, 10).await.is_empty());
    spawner.forget(&key).await.unwrap();
}

async fn the_log_keeps_its_end(subject: Arc<dyn Subject>) {
    let server = Server::start(&*subject, &Behaviour::Chatty(2000)).await;
    server.answer().await;
    let log = server.spawner.log_tail(&server.spec.key, 5).await;
    assert!(log.len() == 5 && log[4].contains("the last line"), "{log:?}");
    server.end().await;
}

async fn what_is_forgotten_is_gone(subject: Arc<dyn Subject>) {
    let server = Server::start(&*subject, &Behaviour::Serve).await;
    server.answer().await;
    server.spawner.forget(&server.spec.key).await.unwrap();
    assert!(matches!(server.poll().await, Poll::Exited(_)));
    assert!(get(&server.started.url, "/").await.is_none());
    assert!(server.spawner.log_tail(&server.spec.key, 10).await.is_empty());
    assert_eq!(server.spawner.find(&server.spec.key).await.unwrap(), None);
}

/// A server that was started, with what is needed to look after it.
pub struct Server {
    pub spawner: Arc<dyn Spawner>,
    pub spec: ServerSpec,
    pub started: Started,
    pub steps: Vec<Step>,
}

impl Server {
    pub async fn start(subject: &dyn Subject, behaviour: &Behaviour) -> Self {
        Self::start_as(subject.spawner(), spec(subject, behaviour)).await
    }

    pub async fn start_as(spawner: Arc<dyn Spawner>, spec: ServerSpec) -> Self {
        let steps = Steps::default();
        let started = spawner.start(&spec, &steps).await.expect("it starts");
        Self {
            spawner,
            spec,
            started,
            steps: steps.0.into_inner().unwrap(),
        }
    }

    /// Waits for its first answer; gives the body.
    pub async fn answer(&self) -> String {
        eventually("an answer", || get(&self.started.url, &self.spec.prefix)).await
    }

    pub async fn poll(&self) -> Poll {
        self.spawner.poll(&self.started.state).await.unwrap()
    }

    pub async fn exited(&self) -> Option<i32> {
        let ended = || async {
            match self.poll().await {
                Poll::Exited(status) => Some(status),
                Poll::Running => None,
            }
        };
        eventually("the end", ended).await
    }

    pub async fn end(&self) {
        self.spawner.stop(&self.started.state, Stop::Now).await.unwrap();
        assert!(matches!(self.poll().await, Poll::Exited(_)));
    }
}

/// A case that fails leaves no process behind.
impl Drop for Server {
    fn drop(&mut self) {
        if let Ok(process) = serde_json::from_value::<crate::proc::Process>(self.started.state.clone().into()) {
            let _ = process.signal(rustix::process::Signal::KILL);
        }
    }
}

/// A spec that no other case has.
pub fn spec(subject: &dyn Subject, behaviour: &Behaviour) -> ServerSpec {
    static NEXT: AtomicI64 = AtomicI64::new(1);
    let spawner_id = NEXT.fetch_add(1, Ordering::Relaxed);
    let prefix = "/user/alice/".to_owned();
    let command = subject.command(behaviour);
    ServerSpec {
        key: ServerKey {
            spawner_id,
            generation: 1,
            user: UserName::try_from("alice").unwrap(),
            server: ServerName::default(),
        },
        command: command.clone(),
        env: BTreeMap::from([("JUPYTERHUB_SERVICE_PREFIX".to_owned(), prefix.clone())]),
        api_token: Secret::new(TOKEN),
        prefix,
        options: serde_json::Value::Null,
        plan: Plan {
            command: Some(command),
            ..Plan::default()
        },
        home: subject.home(spawner_id, "alice"),
        environment: None,
        start_timeout: PATIENCE,
    }
}

/// Keeps the steps of a start.
#[derive(Default)]
pub struct Steps(pub std::sync::Mutex<Vec<Step>>);

impl Progress for Steps {
    fn step(&self, step: Step) {
        self.0.lock().unwrap().push(step);
    }
}

/// Asks again until there is a result.
pub async fn eventually<T, F>(what: &str, mut ask: impl FnMut() -> F) -> T
where
    F: Future<Output = Option<T>>,
{
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = ask().await {
            return found;
        }
        assert!(Instant::now() < deadline, "waited in vain for {what}");
        sleep(Duration::from_millis(20)).await;
    }
}

/// The body of a 200; `None` for anything else.
pub async fn get(url: &str, path: &str) -> Option<String> {
    let address = url.strip_prefix("http://")?;
    let ask = async {
        let mut stream = TcpStream::connect(address).await.ok()?;
        let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.ok()?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        head.split(' ')
            .nth(1)
            .is_some_and(|status| status == "200")
            .then(|| body.to_owned())
    };
    timeout(Duration::from_secs(10), ask).await.ok().flatten()
}

/// A server in Python for every behaviour. It answers with what it knows of itself.
#[must_use]
pub fn python(behaviour: &Behaviour) -> Vec<String> {
    let (what, number) = match behaviour {
        Behaviour::Serve => ("serve", 0),
        Behaviour::Fail(status) => ("fail", *status),
        Behaviour::Deaf => ("deaf", 0),
        Behaviour::Chatty(lines) => ("chatty", i32::try_from(*lines).unwrap()),
        Behaviour::Family => ("family", 0),
    };
    [
        "python3",
        "-c",
        include_str!("suite/server.py"),
        what,
        &number.to_string(),
    ]
    .map(str::to_owned)
    .to_vec()
}
