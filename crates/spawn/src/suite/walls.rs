//! What one person must not be able to do to another where servers run as one account and landlock alone is between them.
//! It holds for root too, but for what root may always read of processes.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use perijove_model::Limits;
use perijove_model::plan::Mount;

use super::isolation::{ATTACKER, Notebook, PYTHON, both_answer, two};
use super::process::Processes;
use super::{Behaviour, Server, Subject, spec};
use crate::jail;
use crate::process::{JailConfig, Visible};

/// Why the cases can't run here.
#[must_use]
pub fn impossible() -> Option<String> {
    jail::version().err()
}

/// The process spawner with servers of one account.
#[must_use]
pub fn walled(dir: &Path, scope_exe: PathBuf, scope_args: &[&str]) -> Processes {
    let mut processes = Processes::new(dir, scope_exe, scope_args);
    fs::create_dir_all(dir.join("shown")).unwrap();
    processes.config.jail = JailConfig {
        landlock: true,
        hidden: vec![dir.to_owned()],
        visible: vec![Visible {
            path: dir.join("shown"),
            read_only: true,
        }],
        ..JailConfig::default()
    };
    processes
}

/// The same with servers that are forked.
#[must_use]
pub fn walled_warm(dir: &Path, scope_exe: PathBuf, scope_args: &[&str]) -> Processes {
    let mut processes = walled(dir, scope_exe, scope_args);
    processes.install(&dir.join("environment"), PYTHON, ATTACKER);
    processes
}

/// Every case by name.
pub const CASES: &[super::Case<Processes>] = cases![
    other_homes_are_closed,
    the_hub_s_files_are_closed,
    other_servers_processes_are_out_of_reach,
    one_s_own_is_open,
    what_may_only_be_read_can_not_be_written,
];

const CLOSED: &[&str] = &["PermissionError"];

async fn other_homes_are_closed(subject: Arc<Processes>) {
    let (ann, bob) = two(&subject).await;
    bob.result("open('secret', 'w').write('b')").await;
    let (home, pid) = (bob.home(), bob.pid());
    ann.result(&format!("os.symlink('{home}', 'way')")).await;
    for attempt in [
        format!("result = open('{home}/secret').read()"),
        format!("result = os.listdir('{home}')"),
        format!("open('{home}/planted', 'w').write('x')"),
        format!("os.unlink('{home}/secret')"),
        format!("os.rename('{home}/secret', 'mine')"),
        format!("os.truncate('{home}/secret', 0)"),
        "result = open('way/secret').read()".to_owned(),
        format!("result = open('/proc/{pid}/cwd/secret').read()"),
        format!("result = open('/proc/{pid}/root{home}/secret').read()"),
        format!("result = os.listdir('{home}/..')"),
    ] {
        ann.refused(&attempt, CLOSED).await;
    }
    // Between file systems and directories of different rights links are refused by another name.
    ann.refused(
        &format!("os.link('{home}/secret', 'mine')"),
        &["PermissionError", "OSError"],
    )
    .await;
    assert_eq!(fs::read_to_string(Path::new(home).join("secret")).unwrap(), "b");
    assert!(!Path::new(home).join("planted").exists());
    both_answer(ann, bob).await;
}

async fn the_hub_s_files_are_closed(subject: Arc<Processes>) {
    let ann = Notebook::start(&subject, Limits::default()).await;
    let dir = subject.config.run_dir.parent().unwrap();
    fs::write(dir.join("perijove.sqlite"), "everything").unwrap();
    let scope = subject
        .config
        .run_dir
        .join(format!("servers/{}-1", ann.server.spec.key.spawner_id));
    for attempt in [
        format!("result = open('{}/perijove.sqlite').read()", dir.display()),
        format!("open('{}/perijove.sqlite', 'w')", dir.display()),
        format!("result = os.listdir('{}')", dir.display()),
        format!("result = os.listdir('{}/servers')", subject.config.run_dir.display()),
        format!("open('{}/started.json', 'w')", scope.display()),
        format!("os.mkdir('{}/new')", dir.display()),
    ] {
        ann.refused(&attempt, CLOSED).await;
    }
    ann.result(&format!("result = os.listdir('{}/shown')", dir.display()))
        .await;
    ann.refused(&format!("open('{}/shown/x', 'w')", dir.display()), CLOSED)
        .await;
    ann.server.end().await;
}

async fn other_servers_processes_are_out_of_reach(subject: Arc<Processes>) {
    let (ann, bob) = two(&subject).await;
    let pid = bob.pid();
    // Who may measure everything (CAP_PERFMON) may read the rest of any process.
    let of_memory = if rustix::process::geteuid().is_root() {
        &["mem"][..]
    } else {
        &["mem", "environ", "maps"]
    };
    for file in of_memory {
        let attempt = format!("result = open('/proc/{pid}/{file}', 'rb').read(1).hex()");
        ann.refused(&attempt, CLOSED).await;
    }
    ann.refused(&format!("check(libc.ptrace(16, {pid}, 0, 0))"), CLOSED)
        .await;
    ann.refused(
        &format!("result = open('/proc/{}/mem', 'rb').read(1)", bob.supervisor()),
        CLOSED,
    )
    .await;
    if jail::version().unwrap() >= jail::SIGNALS {
        for pid in [
            pid,
            bob.supervisor(),
            ann.supervisor(),
            i32::try_from(std::process::id()).unwrap(),
        ] {
            ann.refused(&format!("os.kill({pid}, 0)"), CLOSED).await;
        }
        bob.result(
            "import socket\nsys.kept = socket.socket(socket.AF_UNIX); sys.kept.bind('\\0of-bob-' + str(os.getpid())); \
             sys.kept.listen()",
        )
        .await;
        let connect = format!("import socket\nsocket.socket(socket.AF_UNIX).connect('\\0of-bob-{pid}')");
        ann.refused(&connect, CLOSED).await;
    }
    both_answer(ann, bob).await;
}

async fn one_s_own_is_open(subject: Arc<Processes>) {
    let ann = Notebook::start(&subject, Limits::default()).await;
    ann.result(
        "import tempfile, multiprocessing\n\
         os.makedirs('a/b'); open('a/b/file', 'w').write('x'); os.rename('a/b/file', 'file'); os.link('file', 'other')\n\
         open(tempfile.mkstemp()[1], 'w').write('x'); open('/dev/null', 'w').write('x'); multiprocessing.Lock()\n\
         subprocess.run(['ls', '/usr/bin', os.getcwd()], check=True, stdout=subprocess.DEVNULL)\n\
         child = subprocess.Popen(['sleep', '100']); child.terminate(); child.wait()",
    )
    .await;
    let tmp = ann.result("import tempfile\nresult = tempfile.gettempdir()").await;
    assert!(
        tmp.as_str()
            .unwrap()
            .starts_with(subject.config.run_dir.to_str().unwrap())
    );
    let status = ann.result("result = open('/proc/self/status').read()").await;
    assert!(status.as_str().unwrap().contains("NoNewPrivs:\t1"));
    ann.server.end().await;
}

async fn what_may_only_be_read_can_not_be_written(subject: Arc<Processes>) {
    // Outside of all that is hidden.
    let shared = PathBuf::from(format!(
        "/var/tmp/perijove-suite-{}-{}",
        std::process::id(),
        subject.installed
    ));
    for (name, text) in [("read", "r"), ("write", "w")] {
        fs::create_dir_all(shared.join(name)).unwrap();
        fs::write(shared.join(name).join("file"), text).unwrap();
    }
    let path = |name: &str| shared.join(name).display().to_string();
    let mut spec = spec(&*subject, &Behaviour::Serve);
    if !subject.installed {
        spec.command = [PYTHON, "-c", ATTACKER].map(str::to_owned).to_vec();
    }
    for (name, read_only) in [("read", true), ("write", false)] {
        spec.plan.mounts.push(Mount {
            source: path(name),
            target: path(name),
            read_only,
            make: None,
        });
    }
    let ann = Notebook {
        server: Server::start_as(subject.spawner(), spec).await,
    };
    ann.server.answer().await;
    let read = |name: &str| format!("result = open('{}/file').read()", path(name));
    assert_eq!(ann.result(&read("read")).await, "r");
    assert_eq!(ann.result(&read("write")).await, "w");
    ann.result(&format!("open('{}/file', 'w').write('x')", path("write")))
        .await;
    ann.refused(&format!("open('{}/file', 'w')", path("read")), CLOSED)
        .await;
    ann.refused(&format!("open('{}/new', 'w')", path("read")), CLOSED).await;
    ann.server.end().await;
    fs::remove_dir_all(shared).unwrap();
}
