//! The scope of one server: a directory with what is known of it, and the small supervisor that lives beside it.
//!
//! `perijove scope DIR` takes its order from standard input, starts the server, tells the hub so on standard output,
//! and then needs nobody: it outlives the hub. A service's ends with the hub instead: when standard input is closed. It is the parent of everything that its server leaves behind
//! (subreaper), so it can end all of it. What it knows is in the directory, for whichever hub comes next:
//!
//! - `lock`: held while the supervisor lives, so that there is never a second one;
//! - `started.json`: process id, start time and URL of the server;
//! - `exit.json`: how it ended, written when nothing of it is left;
//! - `log`: what it wrote, the tail of it.
//!
//! The server's environment, which has its token, is in none of these.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, BufRead, Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use perijove_model::Limits;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Signal, WaitOptions, WaitStatus};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::gpu;
use crate::group::{self, Group, Place, Systemd};
use crate::inside::{self, Entry};
use crate::jail::Jail;
use crate::proc::{self, Process};
use crate::scope_log::Log;
use crate::scope_warm::Waiting;

/// In the environment of everything that runs in a scope; its value is the scope's directory.
pub(crate) const MARKER: &str = "PERIJOVE_SCOPE";
/// At the end of a scope's name while it is removed.
pub(crate) const GOING: &str = ".going";
/// How often the log's size is looked at: often while it grows, seldom while it doesn't.
const TICK: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(2));
/// A process that is in the kernel's hands can't be killed; nobody waits longer than this for one.
const UNKILLABLE: u32 = 1000;
/// This very program, whatever lies at its path by now.
pub(crate) const SELF: &str = "/proc/self/exe";
const PAUSE: Duration = Duration::from_millis(10);

/// What the hub asks of the supervisor. Has the token, so it is never printed.
#[derive(Serialize, Deserialize)]
pub(crate) struct Order {
    pub(crate) command: Vec<String>,
    pub(crate) env: BTreeMap<String, String>,
    pub(crate) log_limit: u64,
    /// A file on which a shared lock is held for the server's life: what it stands for is not removed meanwhile.
    pub(crate) in_use: Option<PathBuf>,
    pub(crate) kind: Kind,
    /// What is to lie in the scope first.
    pub(crate) laid: Vec<Lay>,
    /// Where it runs, and what holds for it.
    pub(crate) jail: Jail,
    pub(crate) limits: Limits,
    pub(crate) grouping: Held,
}

/// Something in a scope that its server sees in the place of the machine's own.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Lay {
    /// A directory for everybody. On the disk, since it may grow large; it goes with the scope.
    Tmp(PathBuf),
    /// A list with one more line: the first, so that it is found even if the list has the same name.
    Copy { list: PathBuf, line: String, copy: PathBuf },
}

impl Lay {
    pub(crate) fn lay(&self) -> io::Result<()> {
        match self {
            Self::Tmp(dir) => {
                DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
                fs::set_permissions(dir, Permissions::from_mode(0o1777))
            }
            Self::Copy { list, line, copy } => {
                let mut text = line.clone().into_bytes();
                File::open(list)?.read_to_end(&mut text)?;
                fs::write(copy, text)?;
                fs::set_permissions(copy, Permissions::from_mode(0o644))
            }
        }
    }
}

/// Who holds a server to its limits.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Held {
    Nobody,
    /// A control group below this place.
    In(Place),
    /// One in a scope that systemd gives to this process.
    InScope(Systemd),
}

/// What is to be run.
#[derive(Serialize, Deserialize)]
pub(crate) enum Kind {
    /// Outlives the hub, and is told where to listen.
    Server {
        /// Path of the server's URL.
        prefix: String,
        /// Ports to try, in this order.
        ports: Vec<u16>,
        /// One lock file for each port that a server has been given.
        ports_dir: PathBuf,
        gpus: Option<gpu::Wish>,
    },
    /// Ends with the hub, and knows by itself where to listen.
    Service,
}

/// How a service is ended when its hub has gone. Together less than a hub's lease on it lasts at least.
const LEAVING: [(Signal, Duration); 3] = [
    (Signal::INT, Duration::from_secs(4)),
    (Signal::TERM, Duration::from_secs(3)),
    (Signal::KILL, Duration::from_secs(10)),
];

/// What the supervisor answers.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Report {
    Started(Record),
    /// Another supervisor has this scope.
    Busy,
    NoPort,
    /// So many GPUs are free, which is not enough.
    NoGpu(usize),
    NotFound,
    Denied,
    /// What was to hold for it could not be made to hold.
    Jail(String),
    /// It can't be started warm.
    Cold(String),
    Failed(String),
}

impl Report {
    pub(crate) fn why(self) -> String {
        match self {
            Self::Jail(why) | Self::Failed(why) => why,
            other => format!("{other:?}"),
        }
    }

    /// Why a program could not be started.
    pub(crate) fn of_start(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::NotFound,
            io::ErrorKind::PermissionDenied => Self::Denied,
            _ => error.into(),
        }
    }
}

/// `started.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Record {
    #[serde(flatten)]
    pub(crate) process: Process,
    pub(crate) url: String,
}

/// `exit.json`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Exit {
    pub(crate) status: i32,
    /// How often something of it was killed at its memory limit.
    #[serde(default)]
    pub(crate) out_of_memory: u64,
    /// That limit, in bytes.
    #[serde(default)]
    pub(crate) memory: Option<u64>,
}

/// How far a scope has come.
#[derive(Debug)]
pub(crate) enum Stage {
    /// There is none, or its supervisor has not begun.
    Nothing,
    /// A supervisor is about to start the server.
    Coming,
    Running(Record),
    /// The server has ended, its supervisor clears up behind it.
    Ending,
    Ended(i32),
    /// Server and supervisor are gone and nobody saw how: the machine was restarted, or both were killed.
    Lost,
}

/// The directory of a scope.
#[derive(Debug, Clone)]
pub(crate) struct Scope(pub(crate) PathBuf);

impl Scope {
    pub(crate) fn create(&self) -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(&self.0)
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.0.join("log")
    }

    pub(crate) fn marker(&self) -> String {
        format!("{MARKER}={}", self.0.display())
    }

    /// The lock is looked at first: what a supervisor that has gone wrote is complete.
    pub(crate) fn stage(&self) -> io::Result<Stage> {
        let supervised = self.is_supervised()?;
        let record = self.record()?;
        if let Some(Exit { status, .. }) = self.exit()? {
            return Ok(Stage::Ended(status));
        }
        Ok(match record {
            Some(record) if record.process.is_alive()? => Stage::Running(record),
            Some(_) if supervised => Stage::Ending,
            Some(_) => Stage::Lost,
            None if supervised => Stage::Coming,
            None => Stage::Nothing,
        })
    }

    pub(crate) fn record(&self) -> io::Result<Option<Record>> {
        self.read("started.json")
    }

    pub(crate) fn exit(&self) -> io::Result<Option<Exit>> {
        self.read("exit.json")
    }

    /// The control group that was made for it.
    pub(crate) fn group(&self) -> io::Result<Option<Group>> {
        self.read("group.json")
    }

    /// Ends what is in the control group and removes it.
    pub(crate) fn clear_group(&self) -> io::Result<()> {
        self.group()?.map_or(Ok(()), |group| clear(&group))
    }

    /// Whether a supervisor lives.
    pub(crate) fn is_supervised(&self) -> io::Result<bool> {
        match File::open(self.0.join("lock")) {
            Ok(lock) => Ok(lock.try_lock_shared().is_err()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// What runs with this scope's mark in its environment, whoever is its parent now.
    pub(crate) fn marked(&self) -> io::Result<Vec<Process>> {
        let marker = self.marker();
        let mut found: Vec<Process> = proc::all()?.into_iter().map(|stat| stat.process).collect();
        found.retain(|process| process.has_variable(marker.as_bytes()));
        Ok(found)
    }

    /// All that is known to be of this scope, whether or not a supervisor lives.
    pub(crate) fn left_over(&self) -> io::Result<Vec<Process>> {
        let mut found = self.marked()?;
        found.extend(self.group()?.iter().flat_map(Group::processes));
        Ok(found)
    }

    /// Everything of it goes: its control group first, which nobody would find afterwards. No supervisor can begin in
    /// it meanwhile: the lock is held, and the directory gets another name before it is emptied. `false` if one lives.
    pub(crate) fn remove(&self) -> io::Result<bool> {
        let _lock = match self.hold() {
            Ok(Some(lock)) => lock,
            Ok(None) => return Ok(false),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
            Err(error) => return Err(error),
        };
        self.clear_group()?;
        let mut going = self.0.clone().into_os_string();
        going.push(GOING);
        let going = PathBuf::from(going);
        remove_dir(&going)?;
        match std::fs::rename(&self.0, &going) {
            // Somebody else was quicker, and has let go of the lock.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            renamed => renamed?,
        }
        remove_dir(&going)?;
        Ok(true)
    }

    fn read<T: DeserializeOwned>(&self, name: &str) -> io::Result<Option<T>> {
        match std::fs::read(self.0.join(name)) {
            Ok(json) => Ok(Some(serde_json::from_slice(&json)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Either the whole file is there or none.
    fn write(&self, name: &str, value: &impl Serialize) -> io::Result<()> {
        let half = self.0.join(format!("{name}.half"));
        private()
            .write(true)
            .truncate(true)
            .open(&half)?
            .write_all(&serde_json::to_vec(value)?)?;
        std::fs::rename(half, self.0.join(name))
    }

    /// Holds the scope until the file is closed; `None` if another supervisor has it. A hub that looks whether there
    /// is one holds it for a moment, therefore a few attempts.
    fn hold(&self) -> io::Result<Option<File>> {
        let lock = private().write(true).open(self.0.join("lock"))?;
        for _ in 0..10 {
            if lock.try_lock().is_ok() {
                return Ok(Some(lock));
            }
            pause();
        }
        Ok(None)
    }
}

fn remove_dir(dir: &Path) -> io::Result<()> {
    match std::fs::remove_dir_all(dir) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// `perijove scope DIR`. Call it before anything else is set up: this process stays as long as its server. `waiting` is
/// the child that is to be the server, where a nursery made both.
#[must_use]
pub fn main(dir: &Path, waiting: Option<i32>) -> i32 {
    // Fails only for the leader of a process group, which has a session of its own already.
    let _ = rustix::process::setsid();
    let mut order = Vec::new();
    let read = io::stdin().lock().read_until(b'\n', &mut order);
    // A hub that died while it wrote has asked for nothing.
    let (Ok(_), Ok(order)) = (read, serde_json::from_slice::<Order>(&order)) else {
        return 64;
    };
    let waiting = waiting.map(Waiting::take).transpose().map_err(Report::from);
    match waiting.and_then(|waiting| supervise(&Scope(dir.to_owned()), order, waiting)) {
        Ok(()) => 0,
        Err(report) => {
            tell(&report);
            1
        }
    }
}

fn supervise(scope: &Scope, order: Order, waiting: Option<Waiting>) -> Result<(), Report> {
    let again = scope.0.join("lock").exists();
    let Some(_lock) = scope.hold()? else {
        return Err(Report::Busy);
    };
    let is_service = matches!(order.kind, Kind::Service);
    if is_service {
        begin_anew(scope, again)?;
    } else if let Some(record) = earlier(scope, again)? {
        tell(&Report::Started(record));
        return Ok(());
    }
    rustix::process::set_child_subreaper(Some(rustix::process::getpid())).map_err(io::Error::from)?;
    let _used = order.in_use.as_deref().map(hold_in_use).transpose()?;
    let laid = order.laid.iter().try_for_each(Lay::lay);
    laid.map_err(|error| Report::Jail(format!("what it is to see of its scope: {error}")))?;
    let group = make_group(scope, &order)?;
    let memory = order.limits.memory;
    let started = start(scope, &order, group.as_ref(), waiting);
    if let (Err(_), Some(group)) = (&started, &group) {
        clear(group)?;
    }
    let (_held, record) = started?;
    let log = Log::open(scope.log(), order.log_limit)
        .and_then(|log| scope.write("started.json", &record).map(|()| log))
        .inspect_err(|_| kill_everything_below());
    if let (Err(_), Some(group)) = (&log, &group) {
        clear(group)?;
    }
    let log = log?;
    drop(order);
    let tie = match is_service {
        true => Some(rustix::io::fcntl_dupfd_cloexec(io::stdin(), 3).map_err(io::Error::from)?),
        false => None,
    };
    tell(&Report::Started(record.clone()));
    let status = watch(record.process, &log, tie);
    kill_everything_below();
    log.trim();
    let out_of_memory = group.as_ref().map_or(0, Group::killed);
    let cleared = group.as_ref().map_or(Ok(()), clear);
    let exit = Exit {
        status,
        out_of_memory,
        memory,
    };
    scope.write("exit.json", &exit)?;
    Ok(cleared?)
}

/// Written down before it is made, so that whoever comes next can clear it away.
fn make_group(scope: &Scope, order: &Order) -> Result<Option<Group>, Report> {
    let name = scope.0.file_name().unwrap_or_default().to_string_lossy();
    let place = match &order.grouping {
        Held::Nobody => return Ok(None),
        Held::In(place) => place.clone(),
        Held::InScope(systemd) => {
            let adopted = systemd.adopt(std::process::id(), &name, &format!("Perijove server {name}"));
            adopted.and_then(|()| group::in_scope()).map_err(Report::Jail)?
        }
    };
    let group = Group::of(&place, &name);
    scope.write("group.json", &group)?;
    let made = group.make(&order.limits);
    made.map_err(|error| Report::Jail(format!("its control group: {error}")))?;
    Ok(Some(group))
}

/// Ends what is in a control group and removes it.
fn clear(group: &Group) -> io::Result<()> {
    for _ in 0..UNKILLABLE {
        group.kill();
        match group.remove() {
            Err(error) if error.kind() == io::ErrorKind::ResourceBusy => pause(),
            removed => return removed,
        }
    }
    group.remove()
}

/// A service may be started any number of times, but is never there twice: what is left of an earlier run is killed.
fn begin_anew(scope: &Scope, again: bool) -> io::Result<()> {
    for _ in 0..UNKILLABLE {
        let left = if again { scope.marked()? } else { Vec::new() };
        if left.is_empty() {
            break;
        }
        left.into_iter().try_for_each(|process| process.signal(Signal::KILL))?;
        pause();
    }
    for name in ["started.json", "exit.json"] {
        match std::fs::remove_file(scope.0.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// The hub holds it too until it has heard of the start, so nobody can have it alone.
fn hold_in_use(file: &Path) -> io::Result<File> {
    let held = File::open(file)?;
    held.lock_shared()?;
    Ok(held)
}

/// What an earlier supervisor of this scope has done. A server is started once: if it ended, that is the result.
fn earlier(scope: &Scope, again: bool) -> io::Result<Option<Record>> {
    if let Some(record) = scope.record()?
        && (scope.exit()?.is_some() || record.process.is_alive()?)
    {
        return Ok(Some(record));
    }
    if again {
        scope.clear_group()?;
        // It was killed, perhaps before it could write down what it had started.
        for process in scope.marked()? {
            process.signal(Signal::KILL)?;
        }
    }
    Ok(None)
}

fn start(
    scope: &Scope,
    order: &Order,
    group: Option<&Group>,
    waiting: Option<Waiting>,
) -> Result<(Vec<File>, Record), Report> {
    let log = private().append(true).open(scope.log())?;
    let (mut held, mut url) = (Vec::new(), String::new());
    let mut jail = order.jail.clone();
    let mut env = order.env.clone();
    env.insert(MARKER.to_owned(), scope.0.to_string_lossy().into_owned());
    if let Kind::Server {
        prefix,
        ports,
        ports_dir,
        gpus,
    } = &order.kind
    {
        let (port, file) = reserve_port(ports, ports_dir)?.ok_or(Report::NoPort)?;
        held.push(file);
        url = format!("http://127.0.0.1:{port}");
        env.insert("JUPYTERHUB_SERVICE_URL".to_owned(), format!("{url}{prefix}"));
        if let Some(wish) = gpus {
            let given = wish.take()?.map_err(|too_few| Report::NoGpu(too_few.free))?;
            held.extend(given.kept);
            env.extend(given.variables);
            jail.without(given.others);
        }
    }
    jail.groups = group.map_or_else(Vec::new, |group| group.all().into_iter().map(Path::to_owned).collect());
    let entry = Entry {
        command: order.command.clone(),
        env,
        jail,
    };
    let pid = match waiting {
        Some(waiting) => waiting.become_server(&entry, &log)?,
        None => born(&entry, log)?.id() as i32,
    };
    // A zombie keeps its entry until `watch` takes notice, so even one that ended at once has a start time.
    let stat = proc::stat(pid)?.ok_or_else(|| Report::Failed(format!("/proc/{pid}/stat is missing")))?;
    let process = stat.process;
    Ok((held, Record { process, url }))
}

/// Straight away where nothing is to hold for it, else by way of `perijove inside`.
fn born(entry: &Entry, log: File) -> Result<Child, Report> {
    let (program, arguments) = entry.command.split_first().ok_or(Report::NotFound)?;
    let plain = Jail {
        directory: entry.jail.directory.clone(),
        ..Jail::default()
    };
    let is_plain = entry.jail == plain;
    let mut command = Command::new(if is_plain { program } else { SELF });
    command
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log);
    if !is_plain {
        return inside::start(&mut command, entry);
    }
    command.args(arguments).env_clear().envs(&entry.env);
    command.current_dir(entry.jail.directory.as_deref().unwrap_or(Path::new("/")));
    command.spawn().map_err(Report::of_start)
}

/// A port that nobody listens on and that no other server was given. The lock is kept for the server's life.
fn reserve_port(ports: &[u16], dir: &Path) -> io::Result<Option<(u16, File)>> {
    DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    for port in ports {
        let file = private().write(true).open(dir.join(port.to_string()))?;
        if file.try_lock().is_ok() && TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok() {
            return Ok(Some((*port, file)));
        }
    }
    Ok(None)
}

/// Waits for the server's end; meanwhile keeps the log short and takes notice of orphans that ended. With a tie that
/// breaks, the end is brought about.
fn watch(server: Process, log: &Log, tie: Option<OwnedFd>) -> i32 {
    let pidfd = server.open().ok().flatten();
    let mut tick = TICK.0;
    loop {
        // The tie comes first: nothing is ever written to it, so what happens there is its end.
        let mut fds: Vec<PollFd<'_>> = tie.iter().map(|fd| PollFd::new(fd, PollFlags::IN)).collect();
        fds.extend(pidfd.iter().map(|fd| PollFd::new(fd, PollFlags::IN)));
        wait_for(&mut fds, tick);
        let broken = tie.is_some() && fds.first().is_some_and(|fd| !fd.revents().is_empty());
        if let Some(status) = reap(server.pid) {
            return status;
        }
        if broken {
            return end(server);
        }
        tick = if log.trim() { TICK.0 } else { (tick * 2).min(TICK.1) };
    }
}

/// Asks it to end, more urgently each time.
fn end(server: Process) -> i32 {
    for (signal, patience) in LEAVING {
        let _ = server.signal(signal);
        for _ in 0..patience.as_millis() / PAUSE.as_millis() {
            if let Some(status) = reap(server.pid) {
                return status;
            }
            pause();
        }
    }
    // In the kernel's hands.
    137
}

/// Takes notice of every child that ended; the status of `server` if it is among them.
fn reap(server: i32) -> Option<i32> {
    let mut status = None;
    while let Ok(Some((pid, how))) = rustix::process::wait(WaitOptions::NOHANG) {
        if pid.as_raw_nonzero().get() == server {
            status = Some(exit_status(how));
        }
    }
    status
}

fn exit_status(how: WaitStatus) -> i32 {
    how.exit_status()
        .or_else(|| how.terminating_signal().map(|signal| 128 + signal))
        .unwrap_or(1)
}

/// Ends whatever the server left, in whichever session it hides: it is all below the subreaper.
fn kill_everything_below() {
    for _ in 0..UNKILLABLE {
        reap(0);
        match proc::below(rustix::process::getpid().as_raw_nonzero().get()) {
            Ok(left) if left.is_empty() => return,
            Ok(left) => left.into_iter().for_each(|process| drop(process.signal(Signal::KILL))),
            Err(_) => {}
        }
        pause();
    }
}

/// Tells the hub and lets go of it; it may have died, and that is no matter here.
fn tell(report: &Report) {
    let mut out = io::stdout().lock();
    let _ = serde_json::to_writer(&mut out, report)
        .map_err(io::Error::from)
        .and_then(|()| out.flush());
    if let Ok(null) = OpenOptions::new().read(true).write(true).open("/dev/null") {
        let _ = rustix::stdio::dup2_stdin(&null);
        let _ = rustix::stdio::dup2_stdout(&null);
    }
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.create(true).mode(0o600);
    options
}

pub(crate) fn pause() {
    wait_for(&mut [], PAUSE);
}

fn wait_for(fds: &mut [PollFd<'_>], limit: Duration) {
    let limit = Timespec {
        tv_sec: limit.as_secs() as i64,
        tv_nsec: i64::from(limit.subsec_nanos()),
    };
    let _ = poll(fds, Some(&limit));
}

impl From<io::Error> for Report {
    fn from(error: io::Error) -> Self {
        Self::Failed(error.to_string())
    }
}
