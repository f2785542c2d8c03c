//! What the process spawner must do besides. Everything here looks at this machine's `/proc`.

use std::fs;
use std::ops::RangeInclusive;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use perijove_model::{Plan, Rng, SeededRng, UserName};
use rustix::process::Signal;

use super::{Behaviour, Server, Steps, Subject, TOKEN, eventually, get, spec};
use crate::process::{JailConfig, ProcessConfig, ProcessSpawner};
use crate::{Poll, ServerSpec, Spawner, State, Stop, proc};

static SEED: AtomicU16 = AtomicU16::new(0);
const PORTS: u16 = 220;
const LOG_LIMIT: u64 = 64 * 1024;

/// The process spawner on a directory of its own, with this program as its supervisor.
pub struct Processes {
    pub config: ProcessConfig,
    /// The servers are the program of `config.environment_dir`, where it has one.
    pub(super) installed: bool,
    /// Keeps its ports from the others that run on this machine now, in whichever program.
    _ports: Option<fs::File>,
}

impl Processes {
    /// `dir` is the caller's to remove. Timeouts are short: the suite has servers that don't listen.
    #[must_use]
    pub fn new(dir: &Path, scope_exe: PathBuf, scope_args: &[&str]) -> Self {
        let (ports, port_range) = take_ports();
        // Made by `warm`, perhaps before this program began.
        let installed = dir.join("environment/pyvenv.cfg").exists();
        let config = ProcessConfig {
            run_dir: dir.join("run"),
            scope_exe,
            scope_args: scope_args.iter().map(|arg| (*arg).to_owned()).collect(),
            home_template: format!("{}/homes/{{username}}", dir.display()),
            environment_dir: Some(dir.join("environment")),
            env_keep: [("LANG".to_owned(), "C.UTF-8".to_owned())].into(),
            port_range,
            interrupt_timeout: Duration::from_millis(500),
            term_timeout: Duration::from_millis(500),
            kill_timeout: Duration::from_secs(20),
            log_limit: LOG_LIMIT,
            jail: JailConfig::default(),
            warm: installed,
        };
        Self {
            config,
            installed,
            _ports: Some(ports),
        }
    }

    /// The same with servers that are installed in an environment, from which they can be forked.
    #[must_use]
    pub fn warm(dir: &Path, scope_exe: PathBuf, scope_args: &[&str]) -> Self {
        let mut processes = Self::new(dir, scope_exe, scope_args);
        processes.install(&dir.join("environment"), "python3", include_str!("server.py"));
        processes
    }

    /// From now on the servers are this one, and are forked.
    pub(super) fn install(&mut self, environment: &Path, python: &str, server: &str) {
        super::warm::make_environment(environment, python, server);
        self.config.environment_dir = Some(environment.to_owned());
        self.config.warm = true;
        self.installed = true;
    }

    pub(super) fn with(&self, change: impl FnOnce(&mut ProcessConfig)) -> Self {
        let mut config = self.config.clone();
        change(&mut config);
        Self {
            config,
            installed: self.installed,
            _ports: None,
        }
    }

    fn scope(&self, spec: &ServerSpec) -> PathBuf {
        self.config
            .run_dir
            .join(format!("servers/{}-{}", spec.key.spawner_id, spec.key.generation))
    }
}

impl Subject for Processes {
    fn spawner(&self) -> Arc<dyn Spawner> {
        let seed = u64::from(SEED.fetch_add(1, Ordering::Relaxed)) << 32 | u64::from(std::process::id());
        let rng: Arc<dyn Rng> = Arc::new(SeededRng::new(seed));
        Arc::new(ProcessSpawner::new(self.config.clone(), rng))
    }

    fn command(&self, behaviour: &Behaviour) -> Vec<String> {
        match super::python(behaviour).as_slice() {
            [_, _, _, arguments @ ..] if self.installed => [&["jupyterhub-singleuser".to_owned()], arguments].concat(),
            command => command.to_vec(),
        }
    }
}

/// Every case by name.
pub const CASES: &[super::Case<Processes>] = cases![
    a_server_has_the_environment_of_the_contract,
    nothing_is_left_after_a_stop,
    nothing_is_left_after_a_crash,
    a_killed_supervisor_leaves_a_server_that_can_be_stopped,
    a_start_after_a_killed_supervisor_clears_up,
    another_process_with_the_same_id_is_left_alone,
    a_server_of_jupyterhub_is_taken_over,
    the_token_is_nowhere_to_be_seen,
    odd_names_are_only_names,
    a_missing_program_is_explained,
    the_log_does_not_grow_for_ever,
    ports_are_given_once,
    a_supervisor_is_small,
    a_start_removes_what_earlier_ones_left,
    a_half_order_starts_nothing,
    an_ended_supervisor_does_not_stay_with_the_hub,
    an_image_alone_is_refused,
];

async fn an_image_alone_is_refused(subject: Arc<Processes>) {
    let mut plan = Plan {
        title: Some("GPU".to_owned()),
        image: Some("registry.example.org/gpu:1".to_owned()),
        ..Plan::default()
    };
    let spawner = subject.spawner();
    let refusal = spawner.check(&plan).unwrap_err();
    assert_eq!((refusal.status, refusal.reason.as_str()), (400, "image"));
    assert!(refusal.message.contains("“GPU” is a container's image"), "{refusal}");
    plan.environment = Some("lab".to_owned());
    spawner.check(&plan).unwrap();
}

async fn a_server_has_the_environment_of_the_contract(subject: Arc<Processes>) {
    let server = Server::start(&*subject, &Behaviour::Serve).await;
    let home = subject.config.home_template.replace("{username}", "alice");
    let known: serde_json::Value = serde_json::from_str(&server.answer().await).unwrap();
    let env = &known["env"];
    assert_eq!(env["JUPYTERHUB_API_TOKEN"], TOKEN);
    assert_eq!(env["JPY_API_TOKEN"], TOKEN);
    assert_eq!(
        env["JUPYTERHUB_SERVICE_URL"],
        format!("{}/user/alice/", server.started.url)
    );
    assert_eq!(
        (&env["HOME"], &env["USER"], &env["LANG"]),
        (&home.clone().into(), &"alice".into(), &"C.UTF-8".into())
    );
    let bin = format!("{}/bin:", subject.config.environment_dir.as_ref().unwrap().display());
    assert!(env["PATH"].as_str().unwrap().starts_with(&bin), "{}", env["PATH"]);
    assert!(env["CARGO_PKG_NAME"].is_null(), "nothing of the hub's own environment");
    assert_eq!(known["cwd"], home);
    assert_eq!(
        known["pid"], server.started.state["pid"],
        "JupyterHub must find the server itself by its id"
    );
    assert_eq!(mode(Path::new(&home)), 0o700);
    server.end().await;
}

async fn nothing_is_left_after_a_stop(subject: Arc<Processes>) {
    for how in [Stop::Gently, Stop::Now] {
        let server = Server::start(&*subject, &Behaviour::Family).await;
        let family = family(&server).await;
        server.spawner.stop(&server.started.state, how).await.unwrap();
        assert_eq!(family.iter().filter(|pid| lives(**pid)).count(), 0, "{how:?}");
    }
}

async fn nothing_is_left_after_a_crash(subject: Arc<Processes>) {
    let server = Server::start(&*subject, &Behaviour::Family).await;
    let family = family(&server).await;
    kill(pid(&server.started.state));
    assert_eq!(server.exited().await, Some(137));
    assert_eq!(family.iter().filter(|pid| lives(**pid)).count(), 0);
}

async fn a_killed_supervisor_leaves_a_server_that_can_be_stopped(subject: Arc<Processes>) {
    let server = Server::start(&*subject, &Behaviour::Family).await;
    let family = family(&server).await;
    kill(supervisor(&server));
    eventually("the end of the supervisor", || async {
        (!is_locked(&subject.scope(&server.spec))).then_some(())
    })
    .await;
    assert_eq!(server.poll().await, Poll::Running);
    server.answer().await;
    let again = subject.spawner().start(&server.spec, &Steps::default()).await.unwrap();
    assert_eq!(again, server.started);
    server.spawner.stop(&server.started.state, Stop::Gently).await.unwrap();
    assert_eq!(server.poll().await, Poll::Exited(None));
    assert_eq!(family.iter().filter(|pid| lives(**pid)).count(), 0);
}

/// Killed between the server's start and the record of it: there must not be two.
async fn a_start_after_a_killed_supervisor_clears_up(subject: Arc<Processes>) {
    let server = Server::start(&*subject, &Behaviour::Family).await;
    let mut lost = family(&server).await;
    lost.push(pid(&server.started.state));
    kill(supervisor(&server));
    let scope = subject.scope(&server.spec);
    eventually("the end of the supervisor", || async {
        (!is_locked(&scope)).then_some(())
    })
    .await;
    fs::remove_file(scope.join("started.json")).unwrap();
    let again = Server::start_as(subject.spawner(), server.spec.clone()).await;
    again.answer().await;
    assert_ne!(again.started.state["pid"], server.started.state["pid"]);
    eventually("the end of the lost ones", || async {
        (!lost.iter().any(|pid| lives(*pid))).then_some(())
    })
    .await;
    again.end().await;
}

async fn another_process_with_the_same_id_is_left_alone(subject: Arc<Processes>) {
    let server = Server::start(&*subject, &Behaviour::Serve).await;
    server.answer().await;
    let mut reused = server.started.state.clone();
    reused.insert("start_time".into(), (reused["start_time"].as_u64().unwrap() - 1).into());
    reused.insert("scope".into(), "999999-1".into());
    assert_eq!(server.spawner.poll(&reused).await.unwrap(), Poll::Exited(None));
    server.spawner.stop(&reused, Stop::Now).await.unwrap();
    let foreign = State::from_iter([("pid".to_owned(), std::process::id().into())]);
    assert_eq!(server.spawner.poll(&foreign).await.unwrap(), Poll::Exited(None));
    server.spawner.stop(&foreign, Stop::Now).await.unwrap();
    assert_eq!(server.poll().await, Poll::Running);
    server.end().await;
}

async fn a_server_of_jupyterhub_is_taken_over(subject: Arc<Processes>) {
    let command = super::python(&Behaviour::Family);
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let url = format!("http://127.0.0.1:{port}");
    let mut child = tokio::process::Command::new("setsid")
        .args(command)
        .env("JUPYTERHUB_SERVICE_PREFIX", "/user/bob/")
        .env("JUPYTERHUB_API_TOKEN", format!("bob-{port}"))
        .env("JUPYTERHUB_SERVICE_URL", format!("{url}/user/bob/"))
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let body = eventually("an answer", || get(&url, "/")).await;
    let family = family_of(&body);
    let state = State::from_iter([("pid".to_owned(), child.id().unwrap().into())]);
    let spawner = subject.spawner();
    assert_eq!(spawner.poll(&state).await.unwrap(), Poll::Running);
    let (stopped, ended) = tokio::join!(spawner.stop(&state, Stop::Gently), child.wait());
    stopped.unwrap();
    ended.unwrap();
    assert_eq!(spawner.poll(&state).await.unwrap(), Poll::Exited(None));
    assert_eq!(family.iter().filter(|pid| lives(**pid)).count(), 0);
}

async fn the_token_is_nowhere_to_be_seen(subject: Arc<Processes>) {
    let server = Server::start(&*subject, &Behaviour::Serve).await;
    server.answer().await;
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
        assert!(!contains(&line, TOKEN), "{}", String::from_utf8_lossy(&line));
    }
    let files = files_below(&subject.config.run_dir);
    assert!(files.len() >= 3, "{files:?}");
    for file in files {
        assert_eq!(mode(&file) & 0o077, 0, "{} is for nobody else", file.display());
        assert!(
            !contains(&fs::read(&file).unwrap_or_default(), TOKEN),
            "{}",
            file.display()
        );
    }
    server.end().await;
}

async fn odd_names_are_only_names(subject: Arc<Processes>) {
    for name in ["jürgen o'neill", "$(touch x)", "-rf", "a\"b;c", "日本", "a%20b", "..a"] {
        let mut spec = spec(&*subject, &Behaviour::Serve);
        spec.key.user = UserName::try_from(name).unwrap();
        spec.home = subject.home(1, name);
        let server = Server::start_as(subject.spawner(), spec).await;
        let known: serde_json::Value = serde_json::from_str(&server.answer().await).unwrap();
        assert_eq!(known["cwd"], subject.config.home_template.replace("{username}", name));
        assert_eq!(known["env"]["USER"], name);
        server.end().await;
    }
}

async fn a_missing_program_is_explained(subject: Arc<Processes>) {
    for (program, what) in [("no-such-program", "was not found"), ("/etc/passwd", "may not be run")] {
        let mut spec = spec(&*subject, &Behaviour::Serve);
        spec.command = vec![program.to_owned()];
        let error = subject.spawner().start(&spec, &Steps::default()).await.unwrap_err();
        assert!(
            error.message.contains(program) && error.message.contains(what),
            "{error}"
        );
        assert!(error.message.contains("administrator"), "it says what to do: {error}");
    }
    let broken = subject.with(|config| config.scope_exe = "/bin/false".into());
    let spec = spec(&broken, &Behaviour::Serve);
    let error = broken.spawner().start(&spec, &Steps::default()).await.unwrap_err();
    assert!(error.message.contains("supervisor"), "{error}");
}

async fn the_log_does_not_grow_for_ever(subject: Arc<Processes>) {
    let server = Server::start(&*subject, &Behaviour::Chatty(200_000)).await;
    server.answer().await;
    let log = subject.scope(&server.spec).join("log");
    let short = || async { (fs::metadata(&log).unwrap().len() <= LOG_LIMIT).then_some(()) };
    eventually("a short log while it runs", short).await;
    assert_eq!(server.spawner.log_tail(&server.spec.key, 1).await, ["the last line"]);
    server.end().await;
    assert!(fs::metadata(&log).unwrap().len() <= LOG_LIMIT);
}

async fn ports_are_given_once(subject: Arc<Processes>) {
    let few = subject.with(|config| {
        config.run_dir = config.run_dir.join("few");
        config.port_range = *config.port_range.start()..=config.port_range.start() + 9;
    });
    let start = |n| Server::start_as(few.spawner(), spec_n(&few, n));
    let (a, b, c, d, e) = tokio::join!(start(1), start(2), start(3), start(4), start(5));
    let (f, g, h, i, j) = tokio::join!(start(6), start(7), start(8), start(9), start(10));
    let error = few
        .spawner()
        .start(&spec_n(&few, 11), &Steps::default())
        .await
        .unwrap_err();
    assert!(error.message.contains("No port is free"), "{error}");
    let servers = [a, b, c, d, e, f, g, h, i, j];
    let mut urls: Vec<&str> = servers.iter().map(|server| server.started.url.as_str()).collect();
    urls.sort_unstable();
    urls.dedup();
    assert_eq!(urls.len(), 10);
    for server in &servers {
        server.end().await;
    }
}

async fn a_supervisor_is_small(subject: Arc<Processes>) {
    let server = Server::start(&*subject, &Behaviour::Serve).await;
    let status = fs::read_to_string(format!("/proc/{}/status", supervisor(&server))).unwrap();
    let own = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap();
    let kib: u32 = own.trim().trim_end_matches(" kB").parse().unwrap();
    assert!(kib < 4096, "{kib} KiB of its own for each server");
    server.end().await;
}

async fn a_start_removes_what_earlier_ones_left(subject: Arc<Processes>) {
    let first = Server::start(&*subject, &Behaviour::Serve).await;
    first.end().await;
    let mut spec = first.spec.clone();
    spec.key.generation += 1;
    let second = Server::start_as(subject.spawner(), spec).await;
    assert!(!subject.scope(&first.spec).exists());
    second.spawner.forget(&second.spec.key).await.unwrap();
    assert!(!subject.scope(&second.spec).exists());
}

/// The hub is killed while it gives the order.
async fn a_half_order_starts_nothing(subject: Arc<Processes>) {
    let spec = spec(&*subject, &Behaviour::Serve);
    let scope = subject.scope(&spec);
    fs::create_dir_all(&scope).unwrap();
    let mut child = tokio::process::Command::new(&subject.config.scope_exe)
        .args(&subject.config.scope_args)
        .arg(&scope)
        .stdin(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut stdin, br#"{"command": ["sleep", "1000"], "env""#)
        .await
        .unwrap();
    drop(stdin);
    assert!(!child.wait().await.unwrap().success());
    assert_eq!(fs::read_dir(&scope).unwrap().count(), 0);
    let server = Server::start_as(subject.spawner(), spec).await;
    server.answer().await;
    server.end().await;
}

async fn an_ended_supervisor_does_not_stay_with_the_hub(subject: Arc<Processes>) {
    let server = Server::start(&*subject, &Behaviour::Serve).await;
    let supervisor = supervisor(&server);
    server.end().await;
    let gone = || async { proc::stat(supervisor).unwrap().is_none().then_some(()) };
    eventually("the hub to take notice", gone).await;
}

/// Ports that nobody else tests with: enough for the largest case.
fn take_ports() -> (fs::File, RangeInclusive<u16>) {
    let dir = std::env::temp_dir().join("perijove-suite-ports");
    fs::create_dir_all(&dir).unwrap();
    let take = |first: u16| {
        let file = fs::File::create(dir.join(first.to_string())).unwrap();
        file.try_lock().is_ok().then_some((file, first..=first + PORTS - 1))
    };
    (10_000..32_000)
        .step_by(usize::from(PORTS))
        .find_map(take)
        .expect("ports to test with")
}

fn spec_n(subject: &Processes, n: i64) -> ServerSpec {
    let mut spec = spec(subject, &Behaviour::Serve);
    spec.key.spawner_id += 1_000_000 * n;
    spec
}

pub(super) fn pid(state: &State) -> i32 {
    i32::try_from(state["pid"].as_i64().unwrap()).unwrap()
}

fn supervisor(server: &Server) -> i32 {
    proc::stat(pid(&server.started.state)).unwrap().unwrap().parent
}

/// The children of a server of that behaviour: one in a session of its own, one orphan.
pub(super) async fn family(server: &Server) -> Vec<i32> {
    family_of(&server.answer().await)
}

fn family_of(body: &str) -> Vec<i32> {
    let known: serde_json::Value = serde_json::from_str(body).unwrap();
    let pids: Vec<i32> = serde_json::from_value(known["pids"].clone()).unwrap();
    assert!(pids.len() == 2 && pids.iter().all(|pid| lives(*pid)), "{pids:?}");
    pids
}

pub(super) fn lives(pid: i32) -> bool {
    proc::Process::of(pid).unwrap().is_some()
}

pub(super) fn kill(pid: i32) {
    rustix::process::kill_process(rustix::process::Pid::from_raw(pid).unwrap(), Signal::KILL).unwrap();
}

fn is_locked(scope: &Path) -> bool {
    fs::File::open(scope.join("lock")).unwrap().try_lock_shared().is_err()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn files_below(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files_below(&path))
        } else {
            found.push(path)
        }
    }
    found
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}
