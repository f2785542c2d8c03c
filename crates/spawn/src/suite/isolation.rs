//! What one person must not be able to do to another, nor to the hub. Needs root: servers run as accounts of their own.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use perijove_model::plan::Mount;
use perijove_model::{Limits, Plan};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::process::Processes;
use super::{Behaviour, Server, Subject, TOKEN, eventually, spec};
use crate::group::{Controller, Group};
use crate::process::machine::{self, Mode};
use crate::process::{Accounts, Grouping, JailConfig, Visible};
use crate::{Poll, Stop, jail, proc};

/// Numbers that nobody on this machine has.
const FIRST: u32 = 1_900_000_000;
/// One that every account may run.
pub(super) const PYTHON: &str = "/usr/bin/python3";
pub(super) const ATTACKER: &str = include_str!("attacker.py");

/// Why the cases can't run here.
#[must_use]
pub fn impossible() -> Option<&'static str> {
    (!rustix::process::geteuid().is_root()).then_some("only root can run servers as other accounts")
}

/// Why the cases about limits can't run here.
#[must_use]
pub fn limitless() -> Option<String> {
    machine::grouping(&group_name(), Mode::Prepare).err()
}

pub(super) fn group_name() -> String {
    format!("perijove-suite-{}", std::process::id())
}

/// The process spawner, with everything on that keeps servers apart.
#[must_use]
pub fn jailed(dir: &Path, scope_exe: PathBuf, scope_args: &[&str]) -> Processes {
    let mut processes = Processes::new(dir, scope_exe, scope_args);
    let shown = dir.join("shown");
    fs::create_dir_all(&shown).unwrap();
    fs::set_permissions(&shown, fs::Permissions::from_mode(0o755)).unwrap();
    processes.config.jail = JailConfig {
        accounts: Accounts::Dynamic {
            first: FIRST,
            last: FIRST + 1_000_000,
        },
        isolate: true,
        landlock: jail::version().is_ok(),
        hidden: vec![dir.to_owned()],
        visible: vec![Visible {
            path: shown,
            read_only: true,
        }],
        grouping: machine::grouping(&group_name(), Mode::Prepare).unwrap_or(Grouping::None),
        ..JailConfig::default()
    };
    processes
}

/// The same with servers that are forked.
#[must_use]
pub fn jailed_warm(dir: &Path, scope_exe: PathBuf, scope_args: &[&str]) -> Processes {
    let mut processes = jailed(dir, scope_exe, scope_args);
    processes.install(&dir.join("shown/environment"), PYTHON, ATTACKER);
    processes
}

/// Every case by name.
pub const CASES: &[super::Case<Processes>] = cases![
    a_server_is_its_person_s_account,
    homes_are_for_their_owners,
    other_people_s_processes_can_not_be_seen_or_touched,
    what_is_shared_by_all_is_one_s_own,
    the_hub_s_files_can_not_be_seen,
    setuid_programs_give_nothing,
    what_was_covered_stays_covered,
    nothing_can_be_mounted_behind_walls,
    gpus_are_given_once,
    a_home_never_changes_its_owner,
    nothing_is_left_on_the_machine,
    a_jail_that_can_not_be_made_starts_nothing,
    a_shared_folder_is_read_by_some_and_written_by_others,
    without_a_view_of_ones_own_links_lead_to_shared_folders,
];

/// Every case about limits by name.
pub const LIMITS: &[super::Case<Processes>] = cases![
    a_fork_bomb_stays_small,
    a_greedy_program_is_stopped_at_its_limit,
    a_server_that_reached_its_limit_says_so,
    a_share_of_the_cores_holds,
    nothing_escapes_when_the_supervisor_is_killed,
    what_is_used_is_known_after_a_restart_of_the_hub,
];

async fn a_server_is_its_person_s_account(subject: Arc<Processes>) {
    let ann = Notebook::start(&subject, Limits::default()).await;
    let who = ann
        .result(
            "import pwd, grp\n\
             result = [os.getresuid(), os.getresgid(), os.getgroups(), pwd.getpwuid(os.getuid())[0], os.getcwd(), \
                       os.environ['JUPYTERHUB_API_TOKEN'], open('/proc/self/status').read()]",
        )
        .await;
    let uid = ann.uid();
    let (three, own) = (serde_json::json!([uid, uid, uid]), ann.server.spec.home.place.as_str());
    assert_eq!((&who[0], &who[1], &who[2]), (&three, &three, &serde_json::json!([uid])));
    assert_eq!(
        (&who[3], &who[4], &who[5]),
        (&"alice".into(), &own.into(), &TOKEN.into())
    );
    let status = who[6].as_str().unwrap();
    assert!(
        status.contains("NoNewPrivs:\t1") && status.contains("CapEff:\t0000000000000000"),
        "{status}"
    );
    ann.result("open('file', 'w').write('x'); open('/tmp/file', 'w').write('x')")
        .await;
    ann.server.end().await;
}

async fn homes_are_for_their_owners(subject: Arc<Processes>) {
    let (ann, bob) = two(&subject).await;
    bob.result("open('secret', 'w').write('b')").await;
    let home = bob.home();
    for attempt in [
        format!("result = os.listdir('{home}')"),
        format!("result = open('{home}/secret').read()"),
        format!("open('{home}/planted', 'w').write('x')"),
        format!("result = open('/proc/1/root{home}/secret').read()"),
    ] {
        ann.refused(&attempt, &["FileNotFoundError", "PermissionError"]).await;
    }
    let homes = Path::new(home).parent().unwrap().display();
    let seen = ann.result(&format!("result = os.listdir('{homes}')")).await;
    assert_eq!(
        seen,
        serde_json::json!([Path::new(ann.home()).file_name().unwrap().to_str()])
    );
    assert!(!Path::new(home).join("planted").exists());
    // What hides it is not all that keeps it.
    assert_eq!(fs::metadata(home).unwrap().permissions().mode() & 0o777, 0o700);
    both_answer(ann, bob).await;
}

async fn other_people_s_processes_can_not_be_seen_or_touched(subject: Arc<Processes>) {
    let (ann, bob) = two(&subject).await;
    let pid = bob.pid();
    for file in [
        "environ",
        "mem",
        "maps",
        "cmdline",
        "cwd/secret",
        "root/etc/passwd",
        "fd",
    ] {
        let attempt = format!("result = open('/proc/{pid}/{file}', 'rb').read(1)");
        ann.refused(&attempt, &["FileNotFoundError"]).await;
    }
    for attempt in [
        format!("os.kill({pid}, 9)"),
        format!("os.kill({}, 9)", bob.supervisor()),
        // PTRACE_ATTACH, PTRACE_SEIZE
        format!("check(libc.ptrace(16, {pid}, 0, 0))"),
        format!("check(libc.ptrace(0x4206, {pid}, 0, 0))"),
        format!("resource.prlimit({pid}, resource.RLIMIT_CPU, (1, 1))"),
        format!("os.setpriority(os.PRIO_PROCESS, {pid}, 19)"),
        "os.setuid(0)".to_owned(),
    ] {
        ann.refused(&attempt, &["PermissionError"]).await;
    }
    let read = "import ctypes\n\
                class Vector(ctypes.Structure): _fields_ = [('base', ctypes.c_void_p), ('length', ctypes.c_size_t)]\n\
                own = ctypes.create_string_buffer(8)\n\
                here, there = Vector(ctypes.addressof(own), 8), Vector(0x400000, 8)\n";
    let read = format!("{read}check(libc.process_vm_readv({pid}, ctypes.byref(here), 1, ctypes.byref(there), 1, 0))");
    ann.refused(&read, &["PermissionError"]).await;
    let seen = ann
        .result("result = sorted({os.stat(f'/proc/{pid}').st_uid for pid in os.listdir('/proc') if pid.isdigit()})")
        .await;
    assert_eq!(seen, serde_json::json!([ann.uid()]), "the processes of one account");
    both_answer(ann, bob).await;
}

async fn what_is_shared_by_all_is_one_s_own(subject: Arc<Processes>) {
    let (ann, bob) = two(&subject).await;
    bob.result("for place in ['/tmp', '/var/tmp', '/dev/shm']: open(place + '/of-bob', 'w').write('b')")
        .await;
    bob.result("result = check(libc.shmget(4711, 4096, 0o1666))").await;
    bob.result("import socket\nkept = socket.socket(socket.AF_UNIX); kept.bind('/tmp/of-bob.sock'); sys.kept = kept; kept.listen()")
        .await;
    for place in ["/tmp", "/var/tmp", "/dev/shm"] {
        let seen = ann.result(&format!("result = os.listdir('{place}')")).await;
        assert!(!seen.to_string().contains("of-bob"), "{place}: {seen}");
        ann.result(&format!("open('{place}/of-ann', 'w').write('a')")).await;
        assert!(!Path::new(place).join("of-ann").exists() && !Path::new(place).join("of-bob").exists());
    }
    ann.refused("check(libc.shmget(4711, 4096, 0))", &["FileNotFoundError"])
        .await;
    ann.refused(
        "import socket\nsocket.socket(socket.AF_UNIX).connect('/tmp/of-bob.sock')",
        &["FileNotFoundError"],
    )
    .await;
    both_answer(ann, bob).await;
}

async fn the_hub_s_files_can_not_be_seen(subject: Arc<Processes>) {
    let ann = Notebook::start(&subject, Limits::default()).await;
    let dir = subject.config.run_dir.parent().unwrap();
    fs::write(dir.join("perijove.sqlite"), "everything").unwrap();
    for name in ["perijove.sqlite", "run/ports", "run/servers"] {
        let path = dir.join(name);
        assert!(path.exists(), "{}", path.display());
        ann.refused(
            &format!("result = os.stat('{}')", path.display()),
            &["FileNotFoundError"],
        )
        .await;
    }
    let shown = dir.join("shown");
    ann.result(&format!("result = os.listdir('{}')", shown.display())).await;
    fs::set_permissions(&shown, fs::Permissions::from_mode(0o777)).unwrap();
    ann.refused(&format!("open('{}/x', 'w')", shown.display()), &["OSError"])
        .await;
    ann.server.end().await;
}

async fn setuid_programs_give_nothing(subject: Arc<Processes>) {
    let shown = subject.config.run_dir.with_file_name("shown");
    let id = shown.join("id");
    fs::copy("/usr/bin/id", &id).unwrap();
    fs::set_permissions(&id, fs::Permissions::from_mode(0o4755)).unwrap();
    let ann = Notebook::start(&subject, Limits::default()).await;
    let run = format!(
        "result = subprocess.run(['{}', '-u'], capture_output=True, text=True).stdout",
        id.display()
    );
    assert_eq!(ann.result(&run).await, format!("{}\n", ann.uid()));
    ann.server.end().await;
}

/// Whoever has a user namespace is root there, but what was mounted before stays as it is.
async fn what_was_covered_stays_covered(subject: Arc<Processes>) {
    let (ann, bob) = two(&subject).await;
    bob.result("open('secret', 'w').write('b')").await;
    for place in ["/tmp", "/dev/shm", "/proc"] {
        let run = format!("result = subprocess.run(['unshare', '-rm', 'umount', '{place}']).returncode");
        assert_ne!(ann.result(&run).await, 0, "{place}");
    }
    let run = format!(
        "result = subprocess.run(['unshare', '-rmpf', '--mount-proc', 'cat', '/proc/{}/environ']).returncode",
        bob.pid()
    );
    assert_ne!(ann.result(&run).await, 0);
    both_answer(ann, bob).await;
}

/// The second wall is there: landlock lets nobody mount, not even in a namespace of their own.
async fn nothing_can_be_mounted_behind_walls(subject: Arc<Processes>) {
    if !subject.config.jail.landlock {
        return;
    }
    let ann = Notebook::start(&subject, Limits::default()).await;
    let run = |command: &str| {
        let command: Vec<String> = command.split(' ').map(|word| format!("'{word}'")).collect();
        format!("result = subprocess.run([{}]).returncode", command.join(", "))
    };
    if ann.result(&run("unshare -rm true")).await == 0 {
        let mount = run("unshare -rm mount -t tmpfs tmpfs /mnt");
        assert_ne!(ann.result(&mount).await, 0);
    }
    ann.server.end().await;
}

/// Devices that are made up, since few machines have any: they are numbered as NVIDIA's are.
pub(super) async fn gpus_are_given_once(subject: Arc<Processes>) {
    use rustix::fs::{FileType, Mode, makedev, mknodat};

    let root = subject.config.run_dir.with_file_name("shown").join("machine");
    fs::create_dir_all(root.join("dev")).unwrap();
    for (number, name) in [(5, "nvidia0"), (7, "nvidia1"), (9, "nvidiactl")] {
        let device = root.join("dev").join(name);
        // As the harmless ones of this machine: zeros, always full, random.
        mknodat(
            rustix::fs::CWD,
            &device,
            FileType::CharacterDevice,
            Mode::from_raw_mode(0o666),
            makedev(1, number),
        )
        .unwrap();
        fs::set_permissions(&device, fs::Permissions::from_mode(0o666)).unwrap();
    }
    for number in [0, 1] {
        let about = root.join(format!("proc/driver/nvidia/gpus/0000:0{number}:00.0"));
        fs::create_dir_all(&about).unwrap();
        let text = format!("Model: \t X\nGPU UUID: \t GPU-{number}\nDevice Minor: \t {number}\n");
        fs::write(about.join("information"), text).unwrap();
    }
    let subject = Arc::new(subject.with(|config| config.jail.devices = root.clone()));
    let with = |gpus| Limits {
        gpus,
        ..Limits::default()
    };
    let none = Notebook::start(&subject, with(0)).await;
    let ann = Notebook::start(&subject, with(1)).await;
    let bob = Notebook::start(&subject, with(1)).await;
    let dev = root.join("dev");
    let sees = |names: &str| {
        // What stands in the place of a device is /dev/null (1, 3); what is closed can't be opened.
        format!(
            "def sees(name):\n\
             \x20   try: return os.fstat(os.open('{}/' + name, os.O_RDWR)).st_rdev not in [os.makedev(1, 3)]\n\
             \x20   except OSError: return False\n\
             result = [sees(name) for name in {names}] + [os.environ.get('CUDA_VISIBLE_DEVICES')]",
            dev.display()
        )
    };
    let names = "['nvidia0', 'nvidia1', 'nvidiactl']";
    assert_eq!(
        none.result(&sees(names)).await,
        serde_json::json!([false, false, false, null])
    );
    let (first, second) = (ann.result(&sees(names)).await, bob.result(&sees(names)).await);
    assert_eq!(first, serde_json::json!([true, false, true, "GPU-0"]));
    assert_eq!(second, serde_json::json!([false, true, true, "GPU-1"]));
    let mut spec = none.server.spec.clone();
    spec.key.spawner_id += 1000;
    spec.plan.limits.gpus = 1;
    let refused = subject
        .spawner()
        .start(&spec, &super::Steps::default())
        .await
        .unwrap_err();
    assert!(refused.message.contains("0 of them are free"), "{refused}");
    // What is given back can be had again, also after a restart of the hub.
    ann.server.end().await;
    let carl = Notebook::start(&subject, with(1)).await;
    assert_eq!(carl.result(&sees(names)).await, first);
    for notebook in [none, bob, carl] {
        notebook.server.end().await;
    }
}

async fn a_home_never_changes_its_owner(subject: Arc<Processes>) {
    let (ann, bob) = two(&subject).await;
    assert_ne!(ann.uid(), bob.uid());
    ann.result("open('mine', 'w').write('a')").await;
    ann.server.end().await;
    let mut spec = ann.server.spec.clone();
    spec.key.generation += 1;
    let again = Notebook {
        server: Server::start_as(subject.spawner(), spec.clone()).await,
    };
    again.server.answer().await;
    assert_eq!(again.result("result = open('mine').read()").await, "a");
    again.server.end().await;
    // The same directory for somebody else: whoever asked for that has made a mistake.
    spec.key.generation += 1;
    spec.home.id = bob.server.spec.home.id;
    let error = subject
        .spawner()
        .start(&spec, &super::Steps::default())
        .await
        .unwrap_err();
    assert!(error.message.contains("home directory"), "{error}");
    bob.server.end().await;
}

async fn nothing_is_left_on_the_machine(subject: Arc<Processes>) {
    let mounts = || fs::read_to_string("/proc/self/mountinfo").unwrap();
    let before = mounts();
    let ann = Notebook::start(&subject, Limits::default()).await;
    assert_eq!(mounts(), before, "nothing of a server's view is seen outside");
    let scope = subject
        .config
        .run_dir
        .join(format!("servers/{}-1", ann.server.spec.key.spawner_id));
    let group = group_of(&subject, &ann);
    assert!(scope.join("tmp").exists());
    ann.result("open('/tmp/large', 'w').write('x' * 100); os.symlink('/etc/passwd', '/tmp/link')")
        .await;
    ann.server
        .spawner
        .stop(&ann.server.started.state, Stop::Gently)
        .await
        .unwrap();
    assert!(group.is_none_or(|group| group.all().iter().all(|dir| !dir.exists())));
    ann.server.spawner.forget(&ann.server.spec.key).await.unwrap();
    assert!(!scope.exists() && Path::new("/etc/passwd").exists());
}

/// A link that somebody has put where a folder is to be shown leads nowhere.
async fn a_jail_that_can_not_be_made_starts_nothing(subject: Arc<Processes>) {
    let ann = Notebook::start(&subject, Limits::default()).await;
    ann.result("os.symlink('/etc', 'data')").await;
    ann.server.end().await;
    let mut spec = ann.server.spec.clone();
    spec.key.generation += 1;
    spec.plan.mounts.push(Mount {
        source: "/usr/share".into(),
        target: "data/planted".into(),
        read_only: true,
        make: None,
    });
    let error = subject
        .spawner()
        .start(&spec, &super::Steps::default())
        .await
        .unwrap_err();
    assert!(error.message.contains("kept apart"), "{error}");
    let cause = error.cause.unwrap().to_string();
    assert!(cause.contains("data/planted"), "{cause}");
    assert_eq!(subject.spawner().find(&spec.key).await.unwrap(), None);
    assert!(!Path::new("/etc/planted").exists());
}

/// A group that nobody on this machine has.
const COURSE: u32 = FIRST - 7;

fn course(dir: &Path, read_only: bool) -> Mount {
    Mount {
        source: dir.join("course").display().to_string(),
        target: "shared/course".to_owned(),
        read_only,
        make: Some(COURSE),
    }
}

async fn a_shared_folder_is_read_by_some_and_written_by_others(subject: Arc<Processes>) {
    let dir = subject.config.run_dir.parent().unwrap().to_owned();
    let with = |read_only, groups: &[u32]| Plan {
        mounts: vec![course(&dir, read_only)],
        groups: groups.to_vec(),
        ..Plan::default()
    };
    let teacher = Notebook::start_with(&subject, with(false, &[COURSE])).await;
    teacher
        .result("open('shared/course/task', 'w').write('solve'); os.mkdir('shared/course/week')")
        .await;
    let folder = fs::metadata(dir.join("course")).unwrap();
    assert_eq!((folder.mode() & 0o7777, folder.gid()), (0o2770, COURSE));
    assert_eq!(fs::metadata(dir.join("course/task")).unwrap().gid(), COURSE);

    let student = Notebook::start_with(&subject, with(true, &[COURSE])).await;
    assert_eq!(
        student.result("result = open('shared/course/task').read()").await,
        "solve"
    );
    for attempt in [
        "open('shared/course/task', 'a').write('x')",
        "open('shared/course/mine', 'w')",
        "os.unlink('shared/course/task')",
        "os.mkdir('shared/course/week/mine')",
        "os.chmod('shared/course/task', 0o777)",
    ] {
        student.refused(attempt, &["OSError", "PermissionError"]).await;
    }
    assert_eq!(fs::read_to_string(dir.join("course/task")).unwrap(), "solve");

    // Another who may write changes what the first has made, and the reader sees it.
    let other = Notebook::start_with(&subject, with(false, &[COURSE])).await;
    other
        .result("open('shared/course/task', 'a').write(' it'); open('shared/course/week/one', 'w').write('1')")
        .await;
    assert_eq!(
        student.result("result = open('shared/course/task').read()").await,
        "solve it"
    );

    // Without it nothing of it is seen, not even where it lies.
    let stranger = Notebook::start(&subject, Limits::default()).await;
    assert_eq!(stranger.result("result = os.path.exists('shared')").await, false);
    let place = dir.join("course/task");
    stranger
        .refused(
            &format!("open('{}')", place.display()),
            &["FileNotFoundError", "PermissionError"],
        )
        .await;
    for notebook in [teacher, student, other, stranger] {
        notebook.server.end().await;
    }
}

async fn without_a_view_of_ones_own_links_lead_to_shared_folders(subject: Arc<Processes>) {
    let dir = subject.config.run_dir.parent().unwrap().to_owned();
    let homes = dir.join("homes");
    fs::create_dir_all(&homes).unwrap();
    for passed in [&dir, &homes] {
        fs::set_permissions(passed, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let open = Arc::new(subject.with(|config| config.jail.isolate = false));
    let plan = |groups: &[u32]| Plan {
        mounts: vec![course(&dir, false)],
        groups: groups.to_vec(),
        ..Plan::default()
    };
    let ann = Notebook::start_with(&open, plan(&[COURSE])).await;
    ann.result("open('shared/course/task', 'w').write('solve')").await;
    assert_eq!(fs::read_to_string(dir.join("course/task")).unwrap(), "solve");
    let link = ann
        .result("result = [os.readlink('shared/course'), os.lstat('shared/course').st_uid]")
        .await;
    let lies = dir.join("course").display().to_string();
    assert_eq!(link, serde_json::json!([lies, ann.uid()]));
    ann.server.end().await;

    // Only whoever has the group's number reads it.
    let bob = Notebook::start_with(&open, plan(&[])).await;
    bob.refused("open('shared/course/task')", &["PermissionError"]).await;
    bob.server.end().await;
}

async fn a_fork_bomb_stays_small(subject: Arc<Processes>) {
    let few = Limits {
        processes: Some(40),
        ..Limits::default()
    };
    let (ann, bob) = (
        Notebook::start(&subject, few).await,
        Notebook::start(&subject, Limits::default()).await,
    );
    let bomb = "children = []\n\
                result = None\n\
                while len(children) < 500:\n\
                \x20   try: children.append(subprocess.Popen(['sleep', '1000']))\n\
                \x20   except BlockingIOError as error:\n\
                \x20       result = [len(children), error.errno]\n\
                \x20       break\n\
                for child in children: child.kill(); child.wait()";
    let bombed = ann.result(bomb).await;
    assert!(bombed[0].as_i64().unwrap() < 40, "{bombed}");
    assert_eq!(bombed[1], 11, "try again later");
    assert_eq!(bob.result("result = subprocess.run(['true']).returncode").await, 0);
    both_answer(ann, bob).await;
}

const MEMORY: u64 = 96 << 20;

fn little_memory() -> Limits {
    Limits {
        memory: Some(MEMORY),
        ..Limits::default()
    }
}

async fn a_greedy_program_is_stopped_at_its_limit(subject: Arc<Processes>) {
    let (ann, bob) = (
        Notebook::start(&subject, little_memory()).await,
        Notebook::start(&subject, little_memory()).await,
    );
    let run = "result = subprocess.run([sys.executable, '-c', 'x = bytearray(1 << 30)']).returncode";
    assert_eq!(ann.result(run).await, -9, "it is killed, as a kernel would be");
    let usage = |notebook: &Notebook| {
        let (spawner, state) = (
            Arc::clone(&notebook.server.spawner),
            notebook.server.started.state.clone(),
        );
        async move { spawner.usage(&state).await.unwrap().unwrap() }
    };
    let (of_ann, of_bob) = (usage(&ann).await, usage(&bob).await);
    assert!(
        of_ann.out_of_memory >= 1 && of_bob.out_of_memory == 0,
        "{of_ann:?} {of_bob:?}"
    );
    assert!(
        of_bob.memory.is_some_and(|bytes| (1..MEMORY).contains(&bytes)),
        "{of_bob:?}"
    );
    assert!(
        of_bob.processes.is_some_and(|count| count >= 1) && of_bob.cpu.is_some_and(|cpu| !cpu.is_zero()),
        "{of_bob:?}"
    );
    both_answer(ann, bob).await;
}

async fn a_server_that_reached_its_limit_says_so(subject: Arc<Processes>) {
    let ann = Notebook::start(&subject, little_memory()).await;
    let _ = ann.run("x = bytearray(1 << 30)").await;
    assert_eq!(ann.server.exited().await, Some(137));
    let why = ann.server.spawner.why_ended(&ann.server.started.state).await;
    assert_eq!(why.as_deref(), Some("Its memory limit of 96 MiB was reached."));
    let bob = Notebook::start(&subject, little_memory()).await;
    bob.server.end().await;
    assert_eq!(
        bob.server.spawner.why_ended(&bob.server.started.state).await,
        None,
        "it was stopped"
    );
}

async fn a_share_of_the_cores_holds(subject: Arc<Processes>) {
    let tenth = Limits {
        cpu_milli: Some(100),
        ..Limits::default()
    };
    let ann = Notebook::start(&subject, tenth).await;
    ann.result("sys.burning = subprocess.Popen([sys.executable, '-c', 'while True: pass'])")
        .await;
    let group = group_of(&subject, &ann).unwrap();
    let dir = &group.dirs[&Controller::Cpu];
    let field = |name: &str| {
        let stat = fs::read_to_string(dir.join("cpu.stat")).unwrap();
        let value = |line: &str| line.strip_prefix(name)?.trim().parse::<u64>().ok();
        stat.lines().find_map(value).unwrap()
    };
    let periods = || async { (field("nr_throttled") >= 10).then(|| field("nr_periods")) };
    let (used_before, periods_before) = (group.usage().unwrap().cpu.unwrap(), field("nr_periods"));
    eventually("ten stretches in which it had to wait", periods).await;
    let periods = u32::try_from(field("nr_periods") - periods_before).unwrap() + 1;
    let used = group.usage().unwrap().cpu.unwrap() - used_before;
    let share = Duration::from_millis(10) * periods;
    assert!(
        used < share * 2,
        "{used:?} in {periods} stretches of 100 ms, where {share:?} is its share"
    );
    ann.server.end().await;
}

async fn nothing_escapes_when_the_supervisor_is_killed(subject: Arc<Processes>) {
    let ann = Notebook::start(&subject, Limits::default()).await;
    let hidden = ann
        .result("result = subprocess.Popen(['sleep', '1000'], env={}, start_new_session=True).pid")
        .await;
    let hidden = i32::try_from(hidden.as_i64().unwrap()).unwrap();
    let supervisor = proc::Process::of(ann.supervisor()).unwrap().unwrap();
    supervisor.signal(rustix::process::Signal::KILL).unwrap();
    eventually("its end", || async { (!supervisor.is_alive().unwrap()).then_some(()) }).await;
    assert_eq!(ann.server.poll().await, Poll::Running);
    let group = group_of(&subject, &ann).unwrap();
    ann.server
        .spawner
        .stop(&ann.server.started.state, Stop::Now)
        .await
        .unwrap();
    assert!(
        proc::Process::of(hidden).unwrap().is_none(),
        "it has no mark, but it is in the group"
    );
    assert!(group.all().iter().all(|dir| !dir.exists()));
}

async fn what_is_used_is_known_after_a_restart_of_the_hub(subject: Arc<Processes>) {
    let ann = Notebook::start(&subject, little_memory()).await;
    let later = subject.spawner();
    let found = later.find(&ann.server.spec.key).await.unwrap().unwrap();
    let usage = later.usage(&found.state).await.unwrap().unwrap();
    assert!(usage.memory.is_some_and(|bytes| bytes > 0), "{usage:?}");
    ann.server.end().await;
    assert_eq!(later.usage(&found.state).await.unwrap(), None);
}

/// Somebody's server, in which they run what they like.
pub(super) struct Notebook {
    pub(super) server: Server,
}

impl Notebook {
    pub(super) async fn start(subject: &Processes, limits: Limits) -> Self {
        let plan = Plan {
            limits,
            ..Plan::default()
        };
        Self::start_with(subject, plan).await
    }

    async fn start_with(subject: &Processes, plan: Plan) -> Self {
        let mut spec = spec(subject, &Behaviour::Serve);
        if !subject.installed {
            spec.command = [PYTHON, "-c", ATTACKER].map(str::to_owned).to_vec();
        }
        spec.plan = plan;
        spec.home.place = format!("{}-{}", spec.home.place, spec.home.id);
        let server = Server::start_as(subject.spawner(), spec).await;
        server.answer().await;
        Self { server }
    }

    fn uid(&self) -> u32 {
        FIRST + u32::try_from(self.server.spec.home.id).unwrap()
    }

    pub(super) fn home(&self) -> &str {
        &self.server.spec.home.place
    }

    pub(super) fn pid(&self) -> i32 {
        i32::try_from(self.server.started.state["pid"].as_i64().unwrap()).unwrap()
    }

    pub(super) fn supervisor(&self) -> i32 {
        proc::stat(self.pid()).unwrap().unwrap().parent
    }

    /// What the code left in `result`; it must not fail.
    pub(super) async fn result(&self, code: &str) -> Value {
        let mut answer = self.run(code).await.expect("an answer");
        assert!(answer["error"].is_null(), "{code}: {answer}");
        answer["result"].take()
    }

    /// The code must fail with one of these errors.
    pub(super) async fn refused(&self, code: &str, errors: &[&str]) {
        let answer = self.run(code).await.expect("an answer");
        let error = answer["error"].as_str().unwrap_or("nothing");
        assert!(errors.contains(&error), "{code}: {answer}");
    }

    async fn run(&self, code: &str) -> Option<Value> {
        let address = self.server.started.url.strip_prefix("http://")?;
        let mut stream = TcpStream::connect(address).await.ok()?;
        let length = code.len();
        let request = format!("POST / HTTP/1.1\r\nHost: {address}\r\nContent-Length: {length}\r\n\r\n{code}");
        stream.write_all(request.as_bytes()).await.ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.ok()?;
        serde_json::from_str(answer.split_once("\r\n\r\n")?.1).ok()
    }
}

pub(super) async fn two(subject: &Processes) -> (Notebook, Notebook) {
    tokio::join!(
        Notebook::start(subject, Limits::default()),
        Notebook::start(subject, Limits::default())
    )
}

/// Nobody has come to harm.
pub(super) async fn both_answer(ann: Notebook, bob: Notebook) {
    for notebook in [ann, bob] {
        assert_eq!(notebook.server.poll().await, Poll::Running);
        assert_eq!(notebook.result("result = 6 * 7").await, 42);
        notebook.server.end().await;
    }
}

fn group_of(subject: &Processes, notebook: &Notebook) -> Option<Group> {
    let scope = subject
        .config
        .run_dir
        .join(format!("servers/{}-1", notebook.server.spec.key.spawner_id));
    serde_json::from_slice(&fs::read(scope.join("group.json")).ok()?).ok()
}
