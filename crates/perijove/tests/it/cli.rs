//! The commands as people and service managers use them: what they print, how they end, what they leave running.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::{Duration, Instant};

use insta::assert_snapshot;
use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use tempfile::TempDir;

/// Nothing here takes so long unless it hangs.
const PATIENCE: Duration = Duration::from_secs(60);

fn perijove(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_perijove"));
    command
        .args(args)
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .stdin(Stdio::null());
    command
}

/// Status, then what was printed, with what differs from run to run left out.
fn shown(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end().to_owned();
    let parts = [
        format!("status {}", output.status.code().unwrap_or(-1)),
        text(&output.stdout),
        text(&output.stderr),
    ];
    parts
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}

fn run(args: &[&str]) -> String {
    let dir = tempfile::tempdir().unwrap();
    shown(&perijove(args).current_dir(&dir).output().unwrap())
}

#[test]
fn says_what_it_is() {
    assert_snapshot!(run(&["--version"]), @r"
    status 0
    perijove 0.1.0 (JupyterHub 6.1.1 contract)
    ");
}

#[test]
fn help_names_the_commands() {
    assert_snapshot!(run(&["--help"]), @r"
    status 0
    Perijove: notebook servers for many people, behind one sign-in

    Usage: perijove <COMMAND>

    Commands:
      serve             Start the hub, and the edge in a process of its own
      hub               Start the hub alone
      edge              Start the edge alone
      stop              Stop the hub and the edge of this configuration on this machine
      info              Print what servers are held to on this machine, and what is missing for more
      config            Check the configuration, or show what can be said in it
      invite            Print a link with which somebody chooses a password
      login             Sign in to a hub from the command line
      logout            Give the token of `perijove login` back
      whoami            Tell who you are to a hub, by the token of `perijove login`
      import-passwords  Take over passwords that FirstUseAuthenticator kept
      mail              Try out the mail server of the configuration
      token             Print a new API token of a person
      audit             Read the audit log
      announce          Tell people something on top of all pages
      environments      Look after the Python environments that servers run in
      extensions        Install extensions of JupyterLab into environments, and switch them on and off
      homes             See where people's files are, and bring back those of people who were deleted
      cull              Show which servers the rules in `[culler]` would stop, and when
      web               Look at the pages
      drain             Let no server start any more, or let them start again
      docker-proxy      Let a hub reach a Docker engine without owning its machine
      openapi           Print the description of the REST API (OpenAPI 3.1, JSON)
      completions       Print completions for a shell

    Options:
      -h, --help     Print help
      -V, --version  Print version

    Examples:
      perijove serve                            start on http://127.0.0.1:8000, data in .perijove
      perijove serve --config perijove.toml     start as the file says
      perijove config example > perijove.toml   a file to begin with

    `perijove COMMAND --help` tells more about a command.
    ");
}

#[test]
fn what_holds_on_this_machine_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let told = |accounts: &str| {
        let mut command = perijove(&["info", "--json"]);
        command.env("PERIJOVE_SPAWNER_PROCESS_ACCOUNTS", accounts);
        let output = command.current_dir(&dir).output().unwrap();
        serde_json::from_slice::<serde_json::Value>(&output.stdout).ok()
    };
    let info = told("hub").unwrap();
    assert!(info["backends"].get("docker").is_none(), "{info}");
    assert!(info["features"]["gpu"]["available"].is_boolean(), "{info}");
    let can = &info["backends"]["process"]["capabilities"];
    assert_eq!((&can["accounts"], &can["isolation"]), (&"hub".into(), &false.into()));
    assert!(can["reasons"]["isolation"].is_string(), "{can}");
    match rustix::process::geteuid().is_root() {
        true => assert_eq!(
            told("dynamic").unwrap()["backends"]["process"]["capabilities"]["own_user"],
            true
        ),
        false => assert!(told("dynamic").is_none(), "only root can do that"),
    }
    // An engine that is away is told, and keeps nobody from the rest.
    let output = perijove(&["info", "--json"])
        .env("PERIJOVE_SPAWNER_BACKENDS", "docker")
        .env("DOCKER_HOST", "unix:///no/such/engine.sock")
        .current_dir(&dir)
        .output()
        .unwrap();
    let info: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let can = &info["backends"]["docker"]["capabilities"];
    assert_eq!(can["reasons"]["limits"], "the container engine has not answered yet");
}

#[test]
fn the_reference_is_what_the_program_says() {
    let printed = perijove(&["cli-reference"]).output().unwrap();
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/cli.md");
    let committed = fs::read_to_string(committed).unwrap_or_default();
    assert!(
        String::from_utf8_lossy(&printed.stdout) == committed,
        "docs/reference/cli.md is not current: `cargo run -p perijove -- cli-reference --write`"
    );
}

#[test]
fn the_description_of_the_api_is_what_the_program_says() {
    let printed = perijove(&["openapi"]).output().unwrap();
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/openapi.json");
    let committed = fs::read_to_string(committed).unwrap_or_default();
    assert!(
        String::from_utf8_lossy(&printed.stdout) == committed,
        "docs/reference/openapi.json is not current: `cargo run -p perijove -- openapi --write`"
    );
}

#[test]
fn completions_know_the_commands() {
    for shell in ["bash", "zsh", "fish"] {
        let script = run(&["completions", shell]);
        assert!(
            script.starts_with("status 0") && script.contains("serve") && script.contains("invite"),
            "{shell}"
        );
    }
}

#[test]
fn a_missing_configuration_is_named() {
    assert_snapshot!(run(&["serve", "--config", "/nowhere/perijove.toml"]), @r"
    status 64
    error: the configuration /nowhere/perijove.toml can't be read
      because: No such file or directory (os error 2)
    hint: `perijove config example` prints one to begin with; without --config the defaults hold
    ");
}

#[test]
fn every_mistake_is_shown_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let text = "[hub]\nlisten = 8081\nlogin_level = \"info\"\n\n[edge]\napi_listen = \"localhost\"\n";
    fs::write(dir.path().join("perijove.toml"), text).unwrap();
    for command in [
        &["serve"][..],
        &["config", "check"],
        &["edge"],
        &["token", "ada"],
        &["stop"],
    ] {
        let said = shown(&perijove(command).current_dir(&dir).output().unwrap());
        assert!(said.starts_with("status 64\n"), "{command:?}: {said}");
        assert!(
            said.contains("perijove.toml:2:10") && said.contains("login_level"),
            "{command:?}: {said}"
        );
        assert!(
            said.contains("api_listen") && said.ends_with("3 mistakes"),
            "{command:?}: {said}"
        );
    }
    assert!(!dir.path().join(".perijove").exists(), "nothing was begun");
}

#[test]
fn a_right_configuration_is_called_so() {
    assert_snapshot!(run(&["config", "check"]), @r"
    status 0
    no configuration file: the defaults and the environment are right
    ");
    let dir = tempfile::tempdir().unwrap();
    let example = perijove(&["config", "example"]).output().unwrap();
    fs::write(dir.path().join("mine.toml"), example.stdout).unwrap();
    let said = shown(
        &perijove(&["config", "check", "--config", "mine.toml"])
            .current_dir(&dir)
            .output()
            .unwrap(),
    );
    assert!(
        said.starts_with("status 0\n") && said.ends_with("mine.toml is right"),
        "{said}"
    );
}

#[test]
fn a_command_for_a_hub_that_never_ran_says_so() {
    let said = run(&["token", "ada"]);
    assert!(
        said.starts_with("status 64\nerror: the database can't be used\n"),
        "{said}"
    );
    assert!(
        said.ends_with("hint: name the hub's configuration with --config, or start the hub first"),
        "{said}"
    );
    assert!(run(&["stop"]).starts_with("status 0\nnothing runs on "));
}

#[test]
fn names_that_nobody_can_have_are_refused() {
    assert_snapshot!(run(&["invite", "a/b"]), @r"
    status 64
    error: this can't be anybody's name
      because: a name can't contain '/'
    ");
}

#[test]
fn an_edge_without_a_token_does_not_start() {
    assert_snapshot!(run(&["edge", "--port", "8000"]), @r"
    status 64
    error: CONFIGPROXY_AUTH_TOKEN is not set, and anyone on this machine could change the routes
    hint: set the environment variable CONFIGPROXY_AUTH_TOKEN, as JupyterHub does; `openssl rand -hex 32` makes a good one
    ");
}

#[test]
fn options_that_ask_for_what_can_not_be_are_refused() {
    assert_snapshot!(run(&["edge", "--storage-backend", "./my-store"]), @r"
    status 64
    error: --storage-backend ./my-store: a class for Node.js can't be loaded here
    hint: leave it out: JupyterHub sets routes again when they are gone; several proxies share theirs with configurable-http-proxy-redis-backend
    ");
    let redis = "configurable-http-proxy-redis-backend";
    assert_snapshot!(run(&["edge", "--storage-backend", redis]), @r"
    status 64
    error: --storage-backend configurable-http-proxy-redis-backend: CONFIGURABLE_PROXY_REDIS_URI is not set
    hint: set CONFIGURABLE_PROXY_REDIS_URI to an address such as redis://127.0.0.1:6379/0
    ");
    assert_snapshot!(run(&["edge", "--custom-header", "invalid"]), @r"
    status 64
    error: --custom-header: a colon was expected in custom header: invalid
    ");
    assert_snapshot!(run(&["edge", "--custom-header", "Connection: close"]), @r"
    status 64
    error: --custom-header: Connection is about the connection, which is the edge's own
    ");
    assert_snapshot!(run(&["edge", "--protocol-rewrite", "gopher"]), @r"
    status 64
    error: --protocol-rewrite gopher: it is http or https
    ");
}

/// A place of its own for a hub and its edge, with free ports.
struct Place {
    dir: TempDir,
    hub: SocketAddr,
    edge: SocketAddr,
    api: SocketAddr,
}

impl Place {
    fn new() -> Self {
        let free: Vec<TcpListener> = (0..3).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
        let address = |index: usize| free[index].local_addr().unwrap();
        let place = Self {
            dir: tempfile::tempdir().unwrap(),
            hub: address(0),
            edge: address(1),
            api: address(2),
        };
        place.configure(&format!("listen = \"{}\"", place.hub));
        place
    }

    fn configure(&self, hub: &str) {
        let text = format!(
            "[hub]\n{hub}\n[edge]\nlisten = \"{}\"\napi_listen = \"{}\"\nthreads = 1\n",
            self.edge, self.api
        );
        fs::write(self.dir.path().join("perijove.toml"), text).unwrap();
    }

    fn data(&self, name: &str) -> PathBuf {
        self.dir.path().join(".perijove").join(name)
    }

    fn log(&self) -> PathBuf {
        self.dir.path().join("hub.log")
    }

    fn token(&self, name: &str) -> String {
        let made = self.command(&["token", name]).output().unwrap();
        String::from_utf8(made.stdout).unwrap().trim().to_owned()
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = perijove(args);
        command.current_dir(&self.dir);
        command
    }

    fn run(&self, args: &[&str]) -> String {
        shown(&self.command(args).output().unwrap())
    }

    /// Comes back when people can reach the hub.
    fn serve(&self) -> Serving {
        let mut child = self
            .command(&["serve"])
            .stdout(Stdio::piped())
            .stderr(fs::File::create(self.log()).unwrap())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let serving = Serving { child, out };
        eventually("the hub answers through the edge", || {
            get(self.edge, "/hub/health") == Some(200)
        });
        serving
    }

    fn edge_pid(&self) -> Option<Pid> {
        let text = fs::read_to_string(self.data("edge.pid")).ok()?;
        let pid: serde_json::Value = serde_json::from_str(&text).ok()?;
        let pid = Pid::from_raw(i32::try_from(pid["pid"].as_i64()?).ok()?)?;
        lives(pid).then_some(pid)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.run(&["stop"]);
    }
}

struct Serving {
    child: Child,
    out: BufReader<ChildStdout>,
}

impl Serving {
    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    fn ends(&mut self) -> Option<i32> {
        eventually("the hub ends", || self.child.try_wait().unwrap().is_some());
        self.child.wait().unwrap().code()
    }

    fn lines_until(&mut self, wanted: &str) -> String {
        let mut line = String::new();
        while !line.contains(wanted) {
            line.clear();
            assert!(self.out.read_line(&mut line).unwrap() > 0, "no {wanted} was printed");
        }
        line
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn eventually(what: &str, mut reached: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !reached() {
        assert!(begun.elapsed() < PATIENCE, "in vain: {what}");
        pause();
    }
}

#[expect(clippy::disallowed_methods, reason = "no runtime here")]
fn pause() {
    std::thread::sleep(Duration::from_millis(20));
}

/// A zombie whose parent is gone does not live, whether or not somebody has taken notice.
fn lives(pid: Pid) -> bool {
    let stat = fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_pid())).unwrap_or_default();
    test_kill_process(pid).is_ok()
        && stat
            .rsplit_once(')')
            .is_some_and(|(_, rest)| !rest.trim().starts_with('Z'))
}

fn get(address: SocketAddr, path: &str) -> Option<u16> {
    request(address, path, "").and_then(|answer| answer.split(' ').nth(1)?.parse().ok())
}

fn request(address: SocketAddr, path: &str, headers: &str) -> Option<String> {
    send(address, "GET", path, headers, "")
}

fn send(address: SocketAddr, method: &str, path: &str, headers: &str, body: &str) -> Option<String> {
    let mut stream = TcpStream::connect(address).ok()?;
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\n{headers}Connection: close\r\n\r\n{body}"
    )
    .ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer)
}

#[test]
fn one_command_brings_everything_up_and_ctrl_c_ends_it() {
    let place = Place::new();
    let mut serving = place.serve();
    assert!(serving.lines_until("open").contains(&format!("http://{}/", place.edge)));
    let link = serving.lines_until("/hub/setup?token=");
    assert!(
        link.starts_with(&format!("http://{}/hub/setup?token=", place.edge)),
        "{link}"
    );

    let mode = |name: &str| fs::metadata(place.data(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(""), 0o700);
    for secret in ["jupyterhub_cookie_secret", "edge-auth-token"] {
        assert_eq!(mode(secret), 0o600, "{secret}");
    }

    let edge = place.edge_pid().unwrap();
    serving.signal(Signal::INT);
    assert_eq!(serving.ends(), Some(0));
    assert!(!lives(edge), "the edge ends with the hub");
    assert!(TcpStream::connect(place.edge).is_err());
    assert!(!place.data("hub.pid").exists() && !place.data("edge.pid").exists());
}

#[test]
fn the_edge_outlives_the_hub_and_the_next_hub_takes_it_over() {
    let place = Place::new();
    let mut first = place.serve();
    let edge = place.edge_pid().unwrap();
    first.signal(Signal::TERM);
    assert_eq!(first.ends(), Some(0));
    assert_eq!(
        get(place.edge, "/hub/health"),
        Some(503),
        "the edge says that the hub is away"
    );

    let second = place.serve();
    assert_eq!(place.edge_pid(), Some(edge));
    second.signal(Signal::KILL);
    drop(second);
    let _third = place.serve();
    assert_eq!(place.edge_pid(), Some(edge));

    let said = place.run(&["stop"]);
    assert!(
        said.contains("stopped the hub") && said.contains("stopped the edge"),
        "{said}"
    );
    assert!(!lives(edge));
}

#[test]
fn an_edge_that_dies_is_started_again() {
    let place = Place::new();
    let _serving = place.serve();
    let edge = place.edge_pid().unwrap();
    kill_process(edge, Signal::KILL).unwrap();
    eventually("another edge", || place.edge_pid().is_some_and(|other| other != edge));
    eventually("people are served again", || {
        get(place.edge, "/hub/health") == Some(200)
    });
}

#[test]
fn an_edge_with_earlier_settings_goes_on_and_is_pointed_out() {
    let place = Place::new();
    let mut first = place.serve();
    let edge = place.edge_pid();
    first.signal(Signal::TERM);
    first.ends();
    let file = place.dir.path().join("perijove.toml");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("{text}header_timeout = \"7s\"\n")).unwrap();
    let _second = place.serve();
    assert_eq!(place.edge_pid(), edge);
    let log = fs::read_to_string(place.log()).unwrap();
    assert!(
        log.contains("the edge that runs was started with other settings"),
        "{log}"
    );
}

#[test]
fn an_administrator_ends_everything_through_the_api() {
    let place = Place::new();
    place.configure(&format!(
        "listen = \"{}\"\n[access]\nadmin_users = [\"ada\"]",
        place.hub
    ));
    let mut serving = place.serve();
    let edge = place.edge_pid().unwrap();
    let body = r#"{"servers": false, "proxy": true}"#;
    let headers = format!(
        "Authorization: token {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n",
        place.token("ada"),
        body.len()
    );
    let answer = send(place.hub, "POST", "/hub/api/shutdown", &headers, body).unwrap();
    assert!(answer.starts_with("HTTP/1.1 202 "), "{answer}");
    assert_eq!(serving.ends(), Some(0));
    assert!(!lives(edge));
}

#[test]
fn one_directory_has_one_hub() {
    let place = Place::new();
    let _serving = place.serve();
    let said = place.run(&["serve"]);
    assert!(said.starts_with("status 1\nerror: another hub (process "), "{said}");
    assert!(said.contains("perijove stop"), "{said}");
}

#[test]
fn whoever_has_an_address_is_named() {
    let place = Place::new();
    for (address, key) in [(place.hub, "[hub]"), (place.edge, "[edge]"), (place.api, "api_listen")] {
        let stranger = TcpListener::bind(address).unwrap();
        let said = place.run(&["serve"]);
        drop(stranger);
        assert!(said.starts_with("status 64\nerror: "), "{said}");
        assert!(said.contains(&format!("can't listen on {address}: ")), "{said}");
        assert!(
            said.contains(&format!("(process {}) is there already", std::process::id())),
            "{said}"
        );
        assert!(said.contains(key), "{said}");
    }
    assert_eq!(place.edge_pid(), None, "nothing is left running");
}

#[test]
fn an_open_secret_is_refused() {
    let place = Place::new();
    fs::create_dir(place.data("")).unwrap();
    let file = place.data("jupyterhub_cookie_secret");
    fs::write(&file, "ab".repeat(32)).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let said = place.run(&["serve"]);
    assert!(said.starts_with("status 1\nerror: the secret file "), "{said}");
    assert!(said.contains("hint: close it with `chmod 600 "), "{said}");
    assert!(!said.contains("abab"), "{said}");
}

#[test]
fn a_configuration_that_cannot_work_leaves_no_edge() {
    let place = Place::new();
    let role = "[[role]]\nname = \"teacher\"\nscopes = [\"no-such-scope\"]";
    place.configure(&format!("listen = \"{}\"\n{role}", place.hub));
    let said = place.run(&["serve"]);
    assert!(
        said.starts_with("status 64\nerror: ") && said.contains("no-such-scope"),
        "{said}"
    );
    assert_eq!(place.edge_pid(), None);
}

#[test]
fn a_token_from_the_command_line_opens_the_api() {
    let place = Place::new();
    place.configure(&format!(
        "listen = \"{}\"\n[access]\nallowed_users = [\"ada\"]",
        place.hub
    ));
    let _serving = place.serve();
    let header = format!("Authorization: token {}\r\n", place.token("ada"));
    let answer = request(place.edge, "/hub/api/user", &header).unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 200 ") && answer.contains("\"name\":\"ada\""),
        "{answer}"
    );

    let said = place.run(&["token", "nobody-of-this-name"]);
    assert!(
        said.starts_with("status 1\nerror: there is nobody named 'nobody-of-this-name'"),
        "{said}"
    );
    assert!(place.run(&["drain", "--show"]).ends_with("servers may start"));
    let drained = place.run(&["drain", "Until ten."]);
    assert!(
        drained.starts_with("status 0\nno server starts, since ") && drained.ends_with(": Until ten."),
        "{drained}"
    );
    assert_eq!(place.run(&["drain", "--show"]), drained);
    assert!(
        place
            .run(&["drain", &"x".repeat(501)])
            .starts_with("status 64\nerror: the message is longer")
    );
    assert!(place.run(&["drain", "--off"]).ends_with("servers may start"));
    let link = place.run(&["invite", "Grace"]);
    assert!(
        link.starts_with(&format!("status 0\nhttp://{}/hub/setup?token=", place.edge)),
        "{link}"
    );
}

#[test]
fn called_by_its_name_it_is_configurable_http_proxy() {
    let place = Place::new();
    let pid_file = place.dir.path().join("proxy.pid");
    let mut child = Command::new(env!("CARGO_BIN_EXE_perijove"))
        .arg0("configurable-http-proxy")
        .args(["--ip", "127.0.0.1", "--port", &place.edge.port().to_string()])
        .args(["--api-ip", "127.0.0.1", "--api-port", &place.api.port().to_string()])
        .args([
            "--error-target",
            &format!("http://{}/hub/error", place.hub),
            "--log-level",
            "error",
        ])
        .arg("--pid-file")
        .arg(&pid_file)
        .env_clear()
        .env("CONFIGPROXY_AUTH_TOKEN", "a-token-of-a-test")
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let routes = |token: &str| request(place.api, "/api/routes", &format!("Authorization: token {token}\r\n"));
    eventually("the API answers", || {
        routes("a-token-of-a-test").is_some_and(|answer| answer.ends_with("{}"))
    });
    assert!(routes("another").unwrap().starts_with("HTTP/1.1 403 "));
    assert_eq!(get(place.edge, "/"), Some(404));
    assert_eq!(fs::read_to_string(&pid_file).unwrap(), child.id().to_string());
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    eventually("it ends", || child.try_wait().unwrap().is_some());
    assert!(!pid_file.exists());
}

#[test]
fn passwords_are_taken_over_before_the_first_start() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(
        dir.path().join("passwords.txt"),
        "Ada:$2b$12$LQv3c1yqBWVHxkd0LHAkCOYz6TtxMQJqhN8/LewKyNiGSXWzQ9jKm\n",
    )
    .unwrap();
    let run = |args: &[&str]| shown(&perijove(args).current_dir(&dir).output().unwrap());
    let nowhere = run(&["import-passwords", "passwords.txt"]);
    assert!(nowhere.contains("--config") && nowhere.contains("error"), "{nowhere}");
    assert!(
        !dir.path().join(".perijove").exists(),
        "nothing is made where no hub is"
    );
    fs::write(dir.path().join("perijove.toml"), "[[auth]]\nkind = \"native\"\n").unwrap();
    let taken = run(&["import-passwords", "passwords.txt"]);
    assert!(taken.contains("status 0\n1 taken over"), "{taken}");
    let again = run(&["import-passwords", "passwords.txt"]);
    assert!(again.contains("0 taken over, 1 have a password here"), "{again}");
    let database = rusqlite::Connection::open(dir.path().join(".perijove/perijove.sqlite")).unwrap();
    let roles = "SELECT u.name || ' ' || r.name FROM users u JOIN user_role_map m ON m.user_id = u.id \
                 JOIN roles r ON r.id = m.role_id";
    let told: String = database.query_row(roles, [], |row| row.get(0)).unwrap();
    assert_eq!(told, "ada user", "as somebody whom the hub has made");
}
