//! An engine of the tests' own. All of this program runs in namespaces of its own, so that whatever the engine does to
//! bridges, firewalls and mounts is gone with the last process.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(60);
/// Set in the namespaces.
const INSIDE: &str = "PERIJOVE_TEST_OWN_NETWORK";
const APART: [&str; 6] = ["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];
pub const IMAGE: &str = "perijove-test:1";

/// Why no engine can be started here.
pub fn impossible() -> Option<String> {
    if !rustix::process::geteuid().is_root() {
        return Some("an engine needs root".to_owned());
    }
    let missing: Vec<_> = ["dockerd", "docker", "busybox", "unshare", "ip", "iptables"]
        .into_iter()
        .filter(|program| !exists(program))
        .collect();
    if !missing.is_empty() {
        return Some(format!(
            "there is no {} (scripts/install-deps.sh)",
            missing.join(", no ")
        ));
    }
    // A container that is none too free itself may not.
    let apart = Command::new("unshare").args(APART).arg("true").output().unwrap();
    let why = || String::from_utf8_lossy(&apart.stderr).trim().to_owned();
    (!apart.status.success()).then(|| format!("namespaces of its own can't be made: {}", why()))
}

/// Aloud: in a list that `PERIJOVE_SKIPPED` names, since the output of a passing test is not shown.
#[expect(clippy::disallowed_methods, reason = "tests are told by the environment where to")]
pub fn skip(why: &str) {
    let line = format!("SKIPPED: servers in containers: {why}");
    eprintln!("{line}");
    if let Ok(path) = std::env::var("PERIJOVE_SKIPPED") {
        let mut file = File::options().create(true).append(true).open(path).unwrap();
        writeln!(file, "{line}").unwrap();
    }
}

fn exists(program: &str) -> bool {
    [
        "/usr/local/sbin",
        "/usr/local/bin",
        "/usr/sbin",
        "/usr/bin",
        "/sbin",
        "/bin",
    ]
    .iter()
    .any(|dir| Path::new(dir).join(program).exists())
}

pub fn is_inside() -> bool {
    #[expect(clippy::disallowed_methods, reason = "how this program tells itself")]
    std::env::var_os(INSIDE).is_some()
}

/// This program again, where nothing that it does is left behind.
pub fn again_inside(arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> bool {
    let program = std::env::current_exe().unwrap();
    // Removed from out here: an engine's mounts end with the namespaces alone.
    let files = tempfile::Builder::new().prefix("perijove-engine").tempdir().unwrap();
    let status = Command::new("unshare")
        .args(APART)
        .args(["sh", "-c", "ip link set lo up && \"$@\"", "sh"])
        .arg(program)
        .args(arguments)
        .env(INSIDE, "1")
        .env("TMPDIR", files.path())
        .status()
        .unwrap();
    status.success()
}

pub struct Host {
    dir: TempDir,
    engine: Child,
    arguments: Vec<String>,
}

impl Host {
    pub fn start(arguments: &[&str]) -> Self {
        Self::start_in(tempfile::tempdir().unwrap(), arguments)
    }

    /// There is little room for all that it keeps.
    pub fn start_on_a_small_disk(arguments: &[&str]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("data")).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=48m", "tmpfs"])
            .arg(dir.path().join("data"))
            .status();
        assert!(mounted.unwrap().success());
        Self::start_in(dir, arguments)
    }

    fn start_in(dir: TempDir, arguments: &[&str]) -> Self {
        let arguments: Vec<String> = arguments.iter().map(|&argument| argument.to_owned()).collect();
        let engine = launch(dir.path(), &arguments);
        let host = Self { dir, engine, arguments };
        host.until_it_answers();
        host
    }

    pub fn socket(&self) -> PathBuf {
        self.dir.path().join("engine.sock")
    }

    pub fn pid(&self) -> Pid {
        Pid::from_child(&self.engine)
    }

    pub fn begin(&mut self) {
        self.engine = launch(self.dir.path(), &self.arguments);
        self.until_it_answers();
    }

    pub fn end(&mut self) {
        self.end_by(Signal::TERM);
    }

    /// As when its machine has no memory left.
    pub fn kill(&mut self) {
        let helper = fs::read_to_string(self.dir.path().join("exec/containerd/containerd.pid"));
        self.end_by(Signal::KILL);
        // It dies with the engine. One that begins before that takes it for its own, and waits for it in vain.
        if let Ok(helper) = helper {
            let helper = Path::new("/proc").join(helper.trim());
            wait_until(|| "its helper runs on", || !helper.exists());
        }
    }

    fn end_by(&mut self, signal: Signal) {
        let _ = kill_process(self.pid(), signal);
        self.engine.wait().unwrap();
    }

    pub fn fill_the_disk(&self) {
        let mut file = File::create(self.data("filling")).unwrap();
        while file.write_all(&[0; 4096]).is_ok() {}
    }

    pub fn make_room(&self) {
        fs::remove_file(self.data("filling")).unwrap();
    }

    fn until_it_answers(&self) {
        let log = || fs::read_to_string(self.dir.path().join("log")).unwrap_or_default();
        let answers = || self.command(&["version"]).output().unwrap().status.success();
        wait_until(log, answers);
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut docker = Command::new("docker");
        docker
            .arg("-H")
            .arg(format!("unix://{}", self.socket().display()))
            .args(arguments);
        docker
    }

    /// What the engine's own program prints.
    pub fn docker(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "docker {arguments:?}: {error}");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// The same as somebody who has signed in to registries.
    pub fn docker_as(&self, login: &str, arguments: &[&str]) -> String {
        self.docker(&[&["--config", login], arguments].concat())
    }

    /// What the engine's own program answers to what must not work.
    pub fn refusal(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        assert!(!output.status.success(), "docker {arguments:?} worked");
        String::from_utf8_lossy(&output.stderr).trim().to_owned()
    }

    /// An image with the server of the tests, which it runs with these arguments when nobody says otherwise.
    pub fn make_image(&self, name: &str, command: &str) {
        let root = self.dir.path().join("image");
        if !root.exists() {
            lay_out(&root);
        }
        let change = format!("CMD {command}");
        let mut tar = Command::new("tar")
            .arg("-C")
            .arg(&root)
            .args(["-c", "."])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let imported = self
            .command(&["import", "--change", &change, "-", name])
            .stdin(tar.stdout.take().unwrap())
            .output()
            .unwrap();
        assert!(
            tar.wait().unwrap().success() && imported.status.success(),
            "{imported:?}"
        );
    }

    /// Where the files of a volume are.
    pub fn volume(&self, name: &str) -> PathBuf {
        self.data("volumes").join(name).join("_data")
    }

    /// A file or directory of the engine's.
    pub fn data(&self, name: &str) -> PathBuf {
        self.dir.path().join("data").join(name)
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.end();
    }
}

#[expect(clippy::disallowed_methods, reason = "nothing else runs on this thread")]
fn wait_until<T: std::fmt::Display>(log: impl Fn() -> T, done: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !done() {
        assert!(
            Instant::now() < deadline,
            "the engine does not do what it should: {}",
            log()
        );
        sleep(Duration::from_millis(50));
    }
}

fn launch(dir: &Path, arguments: &[String]) -> Child {
    let log = || File::options().create(true).append(true).open(dir.join("log")).unwrap();
    Command::new("dockerd")
        .arg("--data-root")
        .arg(dir.join("data"))
        .arg("--exec-root")
        .arg(dir.join("exec"))
        .arg("--pidfile")
        .arg(dir.join("pid"))
        .arg("--host")
        .arg(format!("unix://{}", dir.join("engine.sock").display()))
        .args(arguments)
        .stdout(log())
        .stderr(log())
        .spawn()
        .unwrap()
}

fn lay_out(root: &Path) {
    for dir in ["bin", "tmp", "proc", "home/jovyan/work"] {
        fs::create_dir_all(root.join(dir)).unwrap();
    }
    let busybox = ["/usr/bin/busybox", "/bin/busybox"].map(Path::new);
    let busybox = busybox.into_iter().find(|path| path.exists()).unwrap();
    fs::copy(busybox, root.join("bin/busybox")).unwrap();
    for applet in ["sh", "nc", "cat", "env", "id", "tail", "touch", "sleep"] {
        symlink("busybox", root.join("bin").join(applet)).unwrap();
    }
    for (name, text) in [
        ("server", include_str!("server.sh")),
        ("answer", include_str!("answer.sh")),
    ] {
        let path = root.join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
}
