//! A Perijove of its own for each test: the real binary, with a directory and ports of its own. Whatever a test leaves
//! running is gone at its end, also when it fails.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use perijove_testkit::{Answer, Browser};
use reqwest::Method;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

/// Nothing here takes so long unless it hangs.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);
/// Of the service that each site's configuration has for the test itself.
pub(crate) const ADMIN_TOKEN: &str = "the-token-of-the-test-itself";

/// Comes back with what `look` finds, looking again until it does.
pub(crate) async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "in vain: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A check that can't be made is never called passed: it is said on standard error, and in the file that
/// `PERIJOVE_SKIPPED` names, since the output of a passing test is not shown.
pub(crate) fn skip(what: &str, why: &str) {
    let line = format!("{what}: {why}");
    eprintln!("SKIPPED {line}");
    if let Some(path) = variable("PERIJOVE_SKIPPED") {
        let file = OpenOptions::new().create(true).append(true).open(path);
        writeln!(file.unwrap(), "{line}").unwrap();
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests are told by the environment what is there"
)]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The Python environment that `environments/build.sh NAME` has made; without it `what` is skipped.
pub(crate) fn environment(name: &str, what: &str) -> Option<PathBuf> {
    let dir = environments().join(name);
    if dir.join("bin/python").exists() {
        return Some(dir);
    }
    skip(
        what,
        &format!("{} is missing: `environments/build.sh {name}` makes it", dir.display()),
    );
    None
}

/// The environment of Node.js that `scripts/test.sh environments` has made; without it `what` is skipped.
pub(crate) fn npm_environment(name: &str, what: &str) -> Option<PathBuf> {
    let dir = environments().join(name);
    if dir.join("node_modules").exists() {
        return Some(dir);
    }
    skip(
        what,
        &format!("{} is missing: `scripts/test.sh environments` makes it", dir.display()),
    );
    None
}

fn environments() -> PathBuf {
    let usual = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.perijove/environments");
    let dir = variable("PERIJOVE_TEST_ENVIRONMENTS").map_or_else(usual, PathBuf::from);
    dir.canonicalize().unwrap_or(dir)
}

/// Some Python, which needs no packages.
pub(crate) fn python(what: &str) -> Option<PathBuf> {
    let own = ["lab", "test"].map(|name| environments().join(name).join("bin/python"));
    let found = own
        .into_iter()
        .chain(["/usr/bin/python3".into()])
        .find(|python| python.exists());
    if found.is_none() {
        skip(what, "there is no Python (Debian: python3)");
    }
    found
}

/// A file beside the tests.
pub(crate) fn program(name: &str) -> String {
    format!("{}/tests/it/peers/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// Ports that nobody has, below those that the kernel gives to clients: a hub must find its own again after a restart.
pub(crate) fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    loop {
        let own = std::process::id().wrapping_mul(61) as u16;
        let port = 10_000 + own.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed)) % 10_000;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

pub(crate) fn free_address() -> SocketAddr {
    ([127, 0, 0, 1], free_port()).into()
}

/// A directory, and every process that was started from it.
pub(crate) struct Ground(TempDir);

impl Ground {
    pub(crate) fn new() -> Self {
        Self(tempfile::Builder::new().prefix("perijove-it-").tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// The living processes that have this directory in their command line or environment, and this text in it too.
    pub(crate) fn processes(&self, with: &str) -> Vec<Pid> {
        let here = self.path().to_str().unwrap();
        let read = |pid: &str, name: &str| fs::read(format!("/proc/{pid}/{name}")).unwrap_or_default();
        let mut found = Vec::new();
        for entry in fs::read_dir("/proc").unwrap().flatten() {
            let pid = entry.file_name().to_string_lossy().into_owned();
            let Some(number) = pid.parse().ok().and_then(Pid::from_raw) else {
                continue;
            };
            let told = [read(&pid, "cmdline"), read(&pid, "environ")].concat();
            let told = String::from_utf8_lossy(&told);
            if told.contains(here) && told.contains(with) {
                found.push(number);
            }
        }
        found
    }
}

impl Drop for Ground {
    #[expect(clippy::disallowed_methods, reason = "nothing else is to be done meanwhile")]
    fn drop(&mut self) {
        for _ in 0..200 {
            let left = self.processes("");
            if left.is_empty() {
                return;
            }
            for pid in left {
                let _ = kill_process(pid, Signal::KILL);
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// One installation of Perijove: its directory, its addresses, its hub.
pub(crate) struct Site {
    hub: Option<Child>,
    pub(crate) hub_address: SocketAddr,
    pub(crate) edge_address: SocketAddr,
    api_address: SocketAddr,
    environment: Vec<(String, String)>,
    // Last: what still runs is ended after the hub.
    pub(crate) ground: Ground,
}

impl Site {
    /// `toml` is its configuration; addresses, and a token for the test itself, are added.
    pub(crate) fn new(toml: &str) -> Self {
        let ground = Ground::new();
        let own = format!("\n[[service]]\nname = \"the-test\"\nadmin = true\napi_token = \"{ADMIN_TOKEN}\"\n");
        fs::write(ground.path().join("perijove.toml"), toml.to_owned() + &own).unwrap();
        let site = Self {
            hub: None,
            hub_address: free_address(),
            edge_address: free_address(),
            api_address: free_address(),
            environment: Vec::new(),
            ground,
        };
        site.with("PERIJOVE_EDGE_THREADS", "1")
            .with("PERIJOVE_EDGE_DRAIN", "1s")
            .with("PERIJOVE_HUB_ACTIVITY_RESOLUTION", "0s")
    }

    /// One more variable in the environment of all its processes.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn data(&self, name: &str) -> PathBuf {
        self.ground.path().join(".perijove").join(name)
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_perijove"));
        command
            .args(args)
            .arg("--config")
            .arg(self.ground.path().join("perijove.toml"))
            .current_dir(self.ground.path())
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            // Programs of these tests lie where other accounts may not look; accounts have a suite of their own.
            .env("PERIJOVE_SPAWNER_PROCESS_ACCOUNTS", "hub")
            .env("PERIJOVE_HUB_LISTEN", self.hub_address.to_string())
            .env("PERIJOVE_EDGE_LISTEN", self.edge_address.to_string())
            .env("PERIJOVE_EDGE_API_LISTEN", self.api_address.to_string())
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null());
        command
    }

    /// Starts hub and edge, and comes back when people can reach them.
    pub(crate) async fn serve(&mut self) {
        self.serve_with(&[]).await;
    }

    pub(crate) async fn serve_with(&mut self, environment: &[(&str, &str)]) {
        let mut command = self.command(&["serve"]);
        command.envs(environment.iter().copied());
        self.hub = Some(self.spawn(command, "hub.log"));
        let browser = self.browser();
        eventually("the hub answers through the edge", async || {
            if let Some(status) = self.hub_ended() {
                panic!("the hub has ended ({status}):\n{}", self.log());
            }
            // The edge may not listen yet.
            let answer = browser.client().get(browser.url("hub/health")).send().await;
            answer.is_ok_and(|answer| answer.status() == 200).then_some(())
        })
        .await;
    }

    /// What it prints goes to a file of the directory.
    pub(crate) fn spawn(&self, mut command: Command, log: &str) -> Child {
        let path = self.ground.path().join(log);
        let log = File::options().create(true).append(true).open(path).unwrap();
        command.stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap()
    }

    /// What all hubs of this site have printed.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.ground.path().join("hub.log")).unwrap_or_default()
    }

    fn hub_ended(&mut self) -> Option<ExitStatus> {
        self.hub.as_mut().unwrap().try_wait().unwrap()
    }

    /// `kill -9` of the hub, and of nothing else.
    pub(crate) fn kill9(&mut self) {
        let mut hub = self.hub.take().unwrap();
        hub.kill().unwrap();
        hub.wait().unwrap();
    }

    /// `kill -9` of the edge, and of nothing else.
    pub(crate) fn kill9_edge(&self) {
        kill_process(self.edge_process().unwrap(), Signal::KILL).unwrap();
    }

    pub(crate) fn edge_process(&self) -> Option<Pid> {
        let instance: Value = serde_json::from_slice(&fs::read(self.data("edge.pid")).ok()?).unwrap();
        Pid::from_raw(i32::try_from(instance["pid"].as_i64()?).unwrap())
    }

    /// Waits until the hub has killed itself, as `PERIJOVE_TEST_KILL_AT` told it.
    pub(crate) async fn killed(&mut self) {
        let status = eventually("the hub is killed", async || self.hub_ended()).await;
        assert_eq!(status.signal(), Some(9), "{}", self.log());
        self.hub = None;
    }

    /// Stops hub, servers and edge as people do it. Nothing is left then.
    pub(crate) async fn stop(&mut self) {
        let output = self.command(&["stop", "--servers"]).output().unwrap();
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(output.status.success(), "{said}\n{}", self.log());
        if let Some(mut hub) = self.hub.take() {
            hub.wait().unwrap();
        }
        eventually("nothing is left running", async || {
            self.ground.processes("").is_empty().then_some(())
        })
        .await;
    }

    /// A browser in front of the edge, not signed in.
    pub(crate) fn browser(&self) -> Browser {
        Browser::new(&format!("http://{}", self.edge_address), "/")
    }

    pub(crate) async fn sign_in(&self, name: &str) -> Browser {
        let browser = self.browser();
        browser.sign_in(name, "any password").await;
        browser
    }

    /// The set-up link, which is printed once the hub serves.
    pub(crate) async fn setup_link(&self) -> String {
        let printed = async || {
            let log = self.log();
            let link = log.lines().find(|line| line.contains("/hub/setup?token="));
            link.map(str::to_owned)
        };
        eventually("the set-up link", printed).await
    }

    /// An invitation that `perijove invite` has printed.
    pub(crate) fn invitation(&self, name: &str) -> String {
        let output = self.command(&["invite", name]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Somebody follows a one-time link and chooses a password, and is signed in.
    pub(crate) async fn follow(&self, link: &str, name: &str) -> Browser {
        let browser = self.browser();
        browser.get(link).await.expect(200);
        let (_, token) = link.split_once("token=").unwrap();
        let password = ("password", "a password of some length");
        let fields = [
            ("token", token),
            ("username", name),
            password,
            ("password_again", password.1),
        ];
        browser.post_form("hub/setup", &fields).await.expect(302);
        browser
    }

    /// A call of the hub's API with the rights of an administrator, past the edge.
    pub(crate) async fn api(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let browser = Browser::new(&format!("http://{}", self.hub_address), "/");
        browser.api_with_token(ADMIN_TOKEN, method, path, body).await
    }

    /// What the API says of somebody's default server, if it is active.
    pub(crate) async fn server(&self, user: &str) -> Option<Value> {
        let answer = self
            .api(Method::GET, &format!("users/{user}?include_stopped_servers"), None)
            .await
            .expect(200);
        answer.json()["servers"].get("").cloned()
    }

    /// Comes back when somebody's default server is ready.
    pub(crate) async fn ready(&self, user: &str) -> Value {
        eventually("the server is ready", async || {
            let server = self.server(user).await?;
            let failed = server["stopped"] == true && server["pending"].is_null();
            assert!(
                !failed,
                "the server of {user} has not started: {server}\n{}",
                self.log()
            );
            (server["ready"] == true).then_some(server)
        })
        .await
    }

    /// Comes back when somebody's default server has stopped.
    pub(crate) async fn stopped(&self, user: &str) {
        eventually("the server has stopped", async || {
            let active = |server: Value| server["ready"] == true || !server["pending"].is_null();
            (!self.server(user).await.is_some_and(active)).then_some(())
        })
        .await;
    }

    /// The processes of somebody's default server.
    pub(crate) fn processes_of(&self, user: &str) -> Vec<Pid> {
        self.ground
            .processes(&format!("JUPYTERHUB_SERVICE_PREFIX=/user/{user}/\0"))
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the hub's log:\n{}", self.log());
        }
        if let Some(hub) = &mut self.hub {
            let _ = hub.kill();
            let _ = hub.wait();
        }
    }
}
