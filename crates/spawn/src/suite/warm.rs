//! What the process spawner must do besides where it forks servers from a nursery. Everything else it must do as well,
//! and as it does with a fresh start.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use serde_json::Value;

use super::process::{Processes, family, kill, lives, pid};
use super::{Behaviour, Server, Subject, spec};
use crate::{Poll, ServerSpec, Stop, proc};

/// Every case by name; their subject is a `Processes::warm`.
pub const CASES: &[super::Case<Processes>] = cases![
    a_forked_server_is_as_a_fresh_one,
    two_servers_share_no_secrets,
    a_changed_environment_is_imported_anew,
    what_is_not_fit_starts_cold,
    imports_that_do_more_start_cold,
    a_server_outlives_its_nursery,
    the_hub_has_one_nursery_for_many,
];

async fn a_forked_server_is_as_a_fresh_one(subject: Arc<Processes>) {
    let forked = start(&subject, |_| {}).await;
    let fresh = start(&subject.with(|config| config.warm = false), |_| {}).await;
    let (a, b) = (facts(&forked).await, facts(&fresh).await);
    assert_eq!((&a["forked"], &b["forked"]), (&true.into(), &false.into()));
    for (what, fact) in b["same"].as_object().unwrap() {
        assert_eq!(&a["same"][what], fact, "{what}");
    }
    forked.end().await;
    fresh.end().await;
}

async fn two_servers_share_no_secrets(subject: Arc<Processes>) {
    let (a, b) = tokio::join!(start(&subject, |_| {}), start(&subject, |_| {}));
    let known = [facts(&a).await, facts(&b).await];
    assert!(known.iter().all(|facts| facts["forked"] == true));
    for (a, b) in known[0]["own"]
        .as_array()
        .unwrap()
        .iter()
        .zip(known[1]["own"].as_array().unwrap())
    {
        assert_ne!(a, b);
    }
    a.end().await;
    b.end().await;
}

async fn a_changed_environment_is_imported_anew(subject: Arc<Processes>) {
    let spawner = subject.spawner();
    let before = Server::start_as(Arc::clone(&spawner), spec(&*subject, &Behaviour::Serve)).await;
    assert_eq!(facts(&before).await["version"], 1);
    let environment = subject.config.environment_dir.clone().unwrap();
    install(&environment, "facts", &FACTS.replace("VERSION = 1", "VERSION = 2"));
    let after = Server::start_as(spawner, spec(&*subject, &Behaviour::Serve)).await;
    let known = facts(&after).await;
    assert_eq!((&known["version"], &known["forked"]), (&2.into(), &true.into()));
    before.end().await;
    after.end().await;
}

async fn what_is_not_fit_starts_cold(subject: Arc<Processes>) {
    let set = |name: &'static str, value: &'static str| {
        move |spec: &mut ServerSpec| drop(spec.env.insert(name.to_owned(), value.to_owned()))
    };
    // Where code comes from, and what the fourth line of the module looks at when it is imported.
    let environment = subject.config.environment_dir.clone().unwrap();
    install(
        &environment,
        "facts",
        &format!("import os; os.getenv('LOOKED_AT')\n{FACTS}"),
    );
    for change in [set("PYTHONPATH", "/nonexistent"), set("LOOKED_AT", "1")] {
        let server = start(&subject, change).await;
        assert_eq!(facts(&server).await["forked"], false);
        server.end().await;
    }
    let server = start(&subject, set("NOT_LOOKED_AT", "1")).await;
    assert_eq!(facts(&server).await["forked"], true);
    server.end().await;
}

async fn imports_that_do_more_start_cold(subject: Arc<Processes>) {
    let environment = subject.config.environment_dir.clone().unwrap();
    for what in [
        "import threading; threading.Thread(target=threading.Event().wait, daemon=True).start()",
        "import os; KEY = os.urandom(16)",
        "FILE = open('/dev/zero')",
        "import os; NAMES = (os.environ['USER'], 1)",
        "import sys; sys.exit('no')",
        "import os; os.environ.get('USER') and os.environ['USER'].startswith('perijove') and os.abort()",
    ] {
        install(&environment, "facts", &format!("{what}\n{FACTS}"));
        let server = start(&subject, |_| {}).await;
        if what.contains("sys.exit") {
            server.exited().await;
        } else {
            assert_eq!(facts(&server).await["forked"], false, "{what}");
        }
        server.end().await;
    }
}

async fn a_server_outlives_its_nursery(subject: Arc<Processes>) {
    let spawner = subject.spawner();
    let server = Server::start_as(Arc::clone(&spawner), spec(&*subject, &Behaviour::Family)).await;
    let children = family(&server).await;
    for nursery in nurseries(&subject) {
        kill(nursery);
    }
    let next = Server::start_as(spawner, spec(&*subject, &Behaviour::Serve)).await;
    assert_eq!(facts(&next).await["forked"], true, "there is another");
    assert_eq!(server.poll().await, Poll::Running);
    server.answer().await;
    server.spawner.stop(&server.started.state, Stop::Gently).await.unwrap();
    assert_eq!(server.poll().await, Poll::Exited(Some(0)), "its status is not lost");
    assert_eq!(children.iter().filter(|pid| lives(**pid)).count(), 0);
    next.end().await;
}

async fn the_hub_has_one_nursery_for_many(subject: Arc<Processes>) {
    let spawner = subject.spawner();
    let begin = || Server::start_as(Arc::clone(&spawner), spec(&*subject, &Behaviour::Serve));
    let servers = tokio::join!(begin(), begin(), begin(), begin(), begin(), begin());
    assert_eq!(nurseries(&subject).len(), 1);
    for server in [servers.0, servers.1, servers.2, servers.3, servers.4, servers.5] {
        assert_eq!(facts(&server).await["forked"], true);
        let supervisor = proc::stat(pid(&server.started.state)).unwrap().unwrap().parent;
        assert!(
            !nurseries(&subject).contains(&supervisor),
            "each has a supervisor of its own"
        );
        server.end().await;
    }
    drop(spawner);
    let gone = || async { nurseries(&subject).is_empty().then_some(()) };
    super::eventually("the end of a nursery whose hub is gone", gone).await;
}

/// With everything on that keeps servers apart.
pub async fn a_server_is_forked_into_its_jail(subject: Arc<Processes>) {
    let server = start(&subject, |spec| {
        spec.home.place = format!("{}-{}", spec.home.place, spec.home.id)
    })
    .await;
    server.answer().await;
    let shown = fs::read(format!("/proc/{}/environ", pid(&server.started.state))).unwrap();
    assert!(shown.ends_with(b"\0\0"), "it is not forked");
    let status = fs::read_to_string(format!("/proc/{}/status", pid(&server.started.state))).unwrap();
    assert!(!status.contains("Uid:\t0\t"), "{status}");
    server.end().await;
}

async fn start(subject: &Processes, change: impl FnOnce(&mut ServerSpec)) -> Server {
    let mut spec = spec(subject, &Behaviour::Serve);
    change(&mut spec);
    Server::start_as(subject.spawner(), spec).await
}

async fn facts(server: &Server) -> Value {
    let known: Value = serde_json::from_str(&server.answer().await).unwrap();
    known["facts"].clone()
}

/// The nurseries of this subject's environment.
#[must_use]
pub fn nurseries(subject: &Processes) -> Vec<i32> {
    let python = subject.config.environment_dir.as_ref().unwrap().join("bin/python");
    let is_one = |pid: i32| {
        let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line).into_owned();
        line.starts_with(&format!("{}\0-c\0", python.display())) && line.contains("nursery")
    };
    let all = proc::all().unwrap().into_iter().map(|stat| stat.process.pid);
    all.filter(|pid| is_one(*pid)).collect()
}

const FACTS: &str = include_str!("facts.py");

/// A virtual environment of this Python with a server that is installed in it.
pub(super) fn make_environment(dir: &Path, python: &str, server: &str) {
    let made = std::process::Command::new(python)
        .args(["-m", "venv", "--without-pip", "--symlinks"])
        .arg(dir)
        .status();
    assert!(made.unwrap().success(), "python3 -m venv");
    install(dir, "facts", FACTS);
    let program = dir.join("bin/jupyterhub-singleuser");
    let text = format!("#!{}/bin/python\nimport facts\n{server}", dir.display());
    fs::write(&program, text).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
}

/// As an installer does it: the folder of packages changes.
fn install(environment: &Path, module: &str, text: &str) {
    let lib = fs::read_dir(environment.join("lib")).unwrap().next().unwrap().unwrap();
    let packages = lib.path().join("site-packages");
    let _ = fs::remove_dir_all(packages.join("__pycache__"));
    fs::write(packages.join("new"), text).unwrap();
    fs::rename(packages.join("new"), packages.join(format!("{module}.py"))).unwrap();
}
