//! The behaviour suite, and what is Docker's alone, against a real engine that this program starts and ends.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "a test")]

mod cases;
mod deaths;
mod elsewhere;
mod faults;
mod homes;
mod host;
mod keep;
mod networks;
mod registry;
mod remapped;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use libtest_mimic::{Arguments, Trial};
use perijove_spawn::Spawner;
use perijove_spawn::suite::{self, Behaviour, Subject};
use perijove_spawn_docker::{Address, Connect, DockerConfig, DockerSpawner, Escape, Isolation, Pull};

use host::{Host, IMAGE};

/// Where a server sees its person's home.
pub const HOME: &str = "/home/jovyan/work";

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    if let Some(why) = host::impossible() {
        host::skip(&why);
        return ExitCode::SUCCESS;
    }
    if !host::is_inside() && !arguments.list {
        return match host::again_inside(std::env::args_os().skip(1)) {
            true => ExitCode::SUCCESS,
            false => ExitCode::FAILURE,
        };
    }
    if arguments.list {
        let all = trials(None).into_iter().chain(fault_trials()).collect();
        return libtest_mimic::run(&arguments, all).exit_code();
    }
    let host = Arc::new(Host::start(&[]));
    host.make_image(IMAGE, r#"["/server", "serve"]"#);
    let healthy = libtest_mimic::run(&arguments, trials(Some(&host)));
    drop(host);
    // Not at the same time: an engine that is to have no bridge takes that of the others away.
    let sick = libtest_mimic::run(&arguments, fault_trials());
    match healthy.has_failed() || sick.has_failed() {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    }
}

fn fault_trials() -> Vec<Trial> {
    let trial = |(name, case): &(&'static str, faults::Case)| {
        let case = *case;
        Trial::test(format!("faults::{name}"), move || {
            run(case());
            Ok(())
        })
    };
    faults::CASES.iter().map(trial).collect()
}

/// The engine is only there when they are run.
fn trials(host: Option<&Arc<Host>>) -> Vec<Trial> {
    let engine = |name: &str, run: Box<dyn FnOnce(Engine) + Send>| {
        let host = host.cloned();
        Trial::test(format!("docker::{name}"), move || {
            run(Engine(host.ok_or("no engine")?));
            Ok(())
        })
    };
    let mut trials = Vec::new();
    for (name, case) in suite::CASES {
        trials.push(engine(name, Box::new(move |subject| run(case(Arc::new(subject))))));
    }
    for (name, case) in suite::homes::CASES {
        trials.push(engine(
            &format!("homes::{name}"),
            Box::new(move |subject| run(case(Arc::new(subject)))),
        ));
    }
    for (name, case) in cases::CASES
        .iter()
        .chain(deaths::CASES)
        .chain(networks::CASES)
        .chain(keep::CASES)
        .chain(registry::CASES)
    {
        trials.push(engine(name, Box::new(move |subject| run(case(Arc::new(subject))))));
    }
    trials
}

const STACK: usize = 512 << 10;

fn run(future: impl Future<Output = ()> + Send + 'static) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        // A start is somewhere deep in the hub: it must leave room.
        .thread_stack_size(STACK)
        .enable_all()
        .build()
        .unwrap();
    // On one of its threads, as in the hub.
    if let Err(error) = runtime.block_on(runtime.spawn(future)) {
        std::panic::resume_unwind(error.into_panic());
    }
}

/// The engine that all share.
#[derive(Clone)]
pub struct Engine(pub Arc<Host>);

impl Engine {
    pub fn spawner_with(&self, change: impl FnOnce(&mut DockerConfig)) -> Arc<dyn Spawner> {
        let mut config = config(&self.0.socket());
        change(&mut config);
        Arc::new(DockerSpawner::new(config).unwrap())
    }
}

impl Subject for Engine {
    fn spawner(&self) -> Arc<dyn Spawner> {
        self.spawner_with(|_| {})
    }

    fn command(&self, behaviour: &Behaviour) -> Vec<String> {
        let (what, number) = match behaviour {
            Behaviour::Fail(status) => ("fail", *status),
            Behaviour::Deaf => ("deaf", 0),
            Behaviour::Chatty(lines) => ("chatty", i32::try_from(*lines).unwrap()),
            Behaviour::Serve | Behaviour::Family => ("serve", 0),
        };
        vec!["/server".to_owned(), what.to_owned(), number.to_string()]
    }

    /// A container costs more than a process.
    fn crowd(&self) -> usize {
        30
    }
}

pub fn config(socket: &Path) -> DockerConfig {
    DockerConfig {
        address: Address {
            host: format!("unix://{}", socket.display()),
            certificates: None,
        },
        patience: Duration::from_secs(60),
        instance: "tests".to_owned(),
        image: IMAGE.to_owned(),
        allowed_images: Vec::new(),
        pull: Pull::IfNotPresent,
        prepull: Vec::new(),
        registries: None,
        command: None,
        args: Vec::new(),
        prefix: "jupyter".to_owned(),
        name: None,
        escape: Escape::Strict,
        home: "jupyterhub-user-{username}".to_owned(),
        home_driver: "local".to_owned(),
        home_options: BTreeMap::new(),
        home_target: HOME.to_owned(),
        volumes: BTreeMap::new(),
        read_only_volumes: BTreeMap::new(),
        isolation: Isolation::Site,
        network: "bridge".to_owned(),
        subnets: None,
        hub_containers: Vec::new(),
        cloud_metadata: false,
        connect: Connect::Port,
        host_ip: "127.0.0.1".to_owned(),
        port: 8888,
        processes: Some(200),
        shm_size: None,
        capabilities: Vec::new(),
        no_new_privileges: true,
        read_only_root: false,
        create_config: serde_json::Map::new(),
        host_config: serde_json::Map::new(),
        post_start: Vec::new(),
        stop_timeout: Duration::from_secs(2),
        remove: true,
    }
}
