//! What only containers have.

use std::fs;
use std::sync::{Arc, Mutex};

use perijove_model::plan::Mount;
use perijove_model::{ServerName, UserName};
use perijove_spawn::suite::{Behaviour, Server, Steps, Subject, eventually, spec};
use perijove_spawn::{Poll, ServerSpec, State, Stop};
use perijove_spawn_docker::{Connect, DockerSpawner, Pull};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::host::IMAGE;
use crate::{Engine, HOME};

pub type Case = fn(Arc<Engine>) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;

macro_rules! cases {
    ($($name:ident),* $(,)?) => { &[$((stringify!($name), |engine| Box::pin($name(engine)))),*] };
}

pub const CASES: &[(&str, Case)] = cases![
    it_is_what_dockerspawner_would_have_made,
    the_command_is_the_images_own,
    limits_are_the_engines,
    who_reached_the_memory_limit_is_told,
    a_server_has_no_privileges,
    the_home_is_kept_by_its_name,
    a_driver_that_can_holds_a_home_to_its_limit,
    a_legacy_volume_is_taken_over,
    folders_are_mounted_and_missing_ones_left_out,
    sites_add_what_they_like,
    a_server_is_reached_by_its_address,
    a_foreign_containers_name_is_left_to_it,
    what_jupyterhub_left_makes_room,
    a_server_of_dockerspawner_is_looked_after,
    an_end_is_told_at_once,
    a_command_runs_after_the_start,
    images_are_chosen_from_a_list,
    an_image_that_is_not_there_is_told,
    nobody_waits_for_anothers_image,
    mistakes_are_told_before_anything_starts,
];

pub(crate) use cases;

/// The only server of somebody.
pub fn of(engine: &Engine, user: &str, behaviour: &Behaviour) -> ServerSpec {
    let mut spec = spec(engine, behaviour);
    spec.key.user = UserName::try_from(user).unwrap();
    spec.home = engine.home(spec.key.spawner_id, user);
    spec.prefix = format!("/user/{user}/");
    spec.env.insert("JUPYTERHUB_SERVICE_PREFIX".into(), spec.prefix.clone());
    spec.env.insert("JUPYTERHUB_USER".into(), user.to_owned());
    spec.env
        .insert("JUPYTERHUB_API_URL".into(), "http://hub:8081/hub/api".to_owned());
    spec
}

pub fn inspect(engine: &Engine, state: &State) -> Value {
    let id = state["object_id"].as_str().unwrap();
    let told: Value = serde_json::from_str(&engine.0.docker(&["inspect", id])).unwrap();
    told[0].clone()
}

async fn it_is_what_dockerspawner_would_have_made(engine: Arc<Engine>) {
    let mut spec = of(&engine, "ada.l", &Behaviour::Serve);
    spec.key.server = ServerName::existing("gpu").unwrap();
    let server = Server::start_as(engine.spawner(), spec).await;
    let body = server.answer().await;
    let state = &server.started.state;
    assert_eq!(state["object_name"], "jupyter-ada-2el--gpu");
    assert_eq!(state["object_id"].as_str().unwrap().len(), 64);
    assert_eq!(state["image"], IMAGE);
    assert_eq!(state["image_id"], inspect(&engine, state)["Image"]);
    assert_eq!(
        state.get("image_digest"),
        None,
        "it was made here, and is nowhere to be had"
    );
    assert_eq!(state.len(), 4, "what DockerSpawner keeps, and of what it was made");
    for line in [
        "JUPYTERHUB_SERVICE_URL=http://0.0.0.0:8888/user/ada.l/",
        "JUPYTERHUB_API_TOKEN=5ec2e7f0c0ffee5ec2e7f0c0ffee5ec2",
        "JPY_API_TOKEN=5ec2e7f0c0ffee5ec2e7f0c0ffee5ec2",
        "JUPYTER_IMAGE_SPEC=perijove-test:1",
    ] {
        assert!(body.lines().any(|said| said == line), "{line} in {body}");
    }
    let mounts = inspect(&engine, state)["Mounts"].clone();
    assert_eq!(mounts[0]["Name"], "jupyterhub-user-ada-2el");
    assert_eq!(mounts[0]["Destination"], HOME);
    server.end().await;
}

async fn the_command_is_the_images_own(engine: Arc<Engine>) {
    for args in [vec![], vec!["0".to_owned()]] {
        let mut spec = of(&engine, "bob", &Behaviour::Serve);
        spec.plan.command = None;
        let spawner = engine.spawner_with(|config| config.args.clone_from(&args));
        let server = Server::start_as(spawner, spec).await;
        server.answer().await;
        let told = inspect(&engine, &server.started.state);
        let command = [vec!["/server".to_owned(), "serve".to_owned()], args].concat();
        assert_eq!(told["Config"]["Cmd"], json!(command));
        server.end().await;
        server.spawner.forget(&server.spec.key).await.unwrap();
    }
}

async fn limits_are_the_engines(engine: Arc<Engine>) {
    let mut spec = of(&engine, "cyd", &Behaviour::Serve);
    spec.plan.limits.memory = Some(64 << 20);
    spec.plan.limits.memory_guarantee = Some(32 << 20);
    spec.plan.limits.cpu_milli = Some(1500);
    spec.plan.limits.cpu_guarantee_milli = Some(250);
    spec.plan.limits.processes = Some(77);
    spec.plan.groups = vec![4321];
    let spawner = engine.spawner_with(|config| config.shm_size = Some(8 << 20));
    let server = Server::start_as(spawner, spec).await;
    let body = server.answer().await;
    let host = inspect(&engine, &server.started.state)["HostConfig"].clone();
    for (name, value) in [
        ("Memory", 64 << 20),
        ("MemorySwap", 64 << 20),
        ("MemoryReservation", 32 << 20),
        ("CpuPeriod", 100_000),
        ("CpuQuota", 150_000),
        ("CpuShares", 256),
        ("PidsLimit", 77),
        ("ShmSize", 8 << 20),
    ] {
        assert_eq!(host[name], json!(value), "{name}");
    }
    assert!(body.contains("4321"), "it is in the group: {body}");
    let usage = server.spawner.usage(&server.started.state).await.unwrap().unwrap();
    assert!(usage.memory.is_some_and(|used| used < 64 << 20), "{usage:?}");
    assert!(
        usage.processes.is_some_and(|count| count < 77) && usage.cpu.is_some(),
        "{usage:?}"
    );
    let can = server.spawner.capabilities();
    assert!(
        can.memory_limit && can.cpu_limit && can.process_limit && can.image_pull,
        "{can:?}"
    );
    assert!(
        !can.storage_limit && can.reasons.contains_key("storage_limit"),
        "{can:?}"
    );
    server.end().await;
}

async fn who_reached_the_memory_limit_is_told(engine: Arc<Engine>) {
    let mut spec = of(&engine, "dan", &Behaviour::Serve);
    spec.plan.command = Some(vec!["/server".to_owned(), "hungry".to_owned()]);
    spec.plan.limits.memory = Some(32 << 20);
    let server = Server::start_as(engine.spawner(), spec).await;
    assert_eq!(server.exited().await, Some(137));
    let why = engine.spawner().why_ended(&server.started.state).await;
    let why = why.unwrap().to_lowercase();
    assert!(why.ends_with("its memory limit of 32 mib was reached."), "{why}");
}

async fn a_server_has_no_privileges(engine: Arc<Engine>) {
    let spawner = engine.spawner_with(|config| config.read_only_root = true);
    let server = Server::start_as(spawner, of(&engine, "eve", &Behaviour::Serve)).await;
    let body = server.answer().await;
    let status = |name: &str| {
        let line = body.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().to_owned()
    };
    assert_eq!(status("NoNewPrivs"), "1");
    assert_eq!(status("CapEff"), "0000000000000000");
    assert_eq!(status("CapBnd"), "0000000000000000");
    let id = server.started.state["object_id"].as_str().unwrap();
    engine.0.docker(&["exec", id, "touch", "/tmp/x", &format!("{HOME}/x")]);
    let refused = engine.0.refusal(&["exec", id, "touch", "/x"]);
    assert!(refused.contains("Read-only"), "{refused}");
    server.end().await;
}

async fn the_home_is_kept_by_its_name(engine: Arc<Engine>) {
    let mut spec = of(&engine, "fay", &Behaviour::Serve);
    // Whatever names lead to today: it stays where the database says.
    spec.home.place = "where-fay-has-always-been".to_owned();
    let server = Server::start_as(engine.spawner(), spec.clone()).await;
    server.answer().await;
    server.end().await;
    fs::write(engine.0.volume(&spec.home.place).join("thesis.ipynb"), "the thesis").unwrap();
    let mut next = spec.clone();
    next.key.generation += 1;
    next.home.made = true;
    engine.spawner().forget(&spec.key).await.unwrap();
    let server = Server::start_as(engine.spawner(), next.clone()).await;
    assert!(server.answer().await.contains("the thesis"));
    server.end().await;
    // A home that is lost is told, and never made anew.
    engine.spawner().forget(&next.key).await.unwrap();
    engine.0.docker(&["volume", "rm", &spec.home.place]);
    next.key.generation += 1;
    let error = engine.spawner().start(&next, &Steps::default()).await.unwrap_err();
    assert!(error.message.contains("not where they were kept"), "{error}");
    let volumes = engine.0.docker(&["volume", "ls", "-q"]);
    assert!(!volumes.contains(&spec.home.place), "{volumes}");
}

/// Memory stands for a disk that knows sizes.
async fn a_driver_that_can_holds_a_home_to_its_limit(engine: Arc<Engine>) {
    const MOST: u64 = 1 << 20;
    let spawner = engine.spawner_with(|config| {
        let options = [
            ("type", "tmpfs"),
            ("device", "tmpfs"),
            ("o", "mode=1777,size={storage}"),
        ];
        config.home_options = options.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    });
    for (name, most, kept) in [("gil", Some(MOST), MOST), ("gus", None, 3 * MOST)] {
        let mut spec = of(&engine, name, &Behaviour::Serve);
        spec.plan.limits.storage = most;
        let server = Server::start_as(spawner.clone(), spec.clone()).await;
        let write = format!(
            "cd {HOME}; busybox head -c {} /dev/zero >much; busybox wc -c <much",
            3 * MOST
        );
        let length = engine
            .0
            .docker(&["exec", &format!("jupyter-{name}"), "sh", "-c", &write]);
        assert_eq!(length.parse(), Ok(kept), "{name}");
        server.end().await;
        spawner.forget(&spec.key).await.unwrap();
    }
}

/// As JupyterHub left it: the name leads there, and the files are those.
async fn a_legacy_volume_is_taken_over(engine: Arc<Engine>) {
    engine
        .0
        .docker(&["volume", "create", "jupyterhub-user-gus-40example-2eorg"]);
    let files = engine.0.volume("jupyterhub-user-gus-40example-2eorg");
    fs::write(files.join("thesis.ipynb"), "as it was").unwrap();
    let server = Server::start_as(engine.spawner(), of(&engine, "gus@example.org", &Behaviour::Serve)).await;
    assert!(server.answer().await.contains("as it was"));
    server.end().await;
}

async fn folders_are_mounted_and_missing_ones_left_out(engine: Arc<Engine>) {
    let shared = tempfile::tempdir().unwrap();
    fs::write(shared.path().join("data.csv"), "1,2").unwrap();
    let mount = |source: &str, target: &str, read_only| Mount {
        source: source.to_owned(),
        target: target.to_owned(),
        read_only,
        make: None,
    };
    let mut spec = of(&engine, "hal", &Behaviour::Serve);
    spec.plan.mounts = vec![
        mount("/no/such/directory", "lost", false),
        mount(&shared.path().display().to_string(), "shared", true),
        mount("a-volume-of-hals", "/srv/volume", false),
    ];
    let spawner = engine.spawner_with(|config| {
        let volumes = [("beside-{username}".to_owned(), "/beside".to_owned())];
        config.volumes = volumes.into();
    });
    let server = Server::start_as(spawner, spec).await;
    server.answer().await;
    assert!(
        server
            .steps
            .iter()
            .any(|step| step.message == "lost can't be reached now")
    );
    let id = server.started.state["object_id"].as_str().unwrap();
    let file = format!("{HOME}/shared/data.csv");
    let data = engine.0.docker(&["exec", id, "cat", &file]);
    assert_eq!(data, "1,2");
    let refused = engine.0.refusal(&["exec", id, "touch", &file]);
    assert!(refused.contains("Read-only"), "{refused}");
    engine
        .0
        .docker(&["exec", id, "touch", "/srv/volume/mine", "/beside/mine"]);
    assert!(engine.0.volume("beside-hal").join("mine").exists());
    server.end().await;
}

async fn sites_add_what_they_like(engine: Arc<Engine>) {
    let table = |value: Value| value.as_object().unwrap().clone();
    let spawner = engine.spawner_with(|config| {
        config.create_config = table(json!({
            "environment": {"WHO": "{raw_username}", "NOT": "{a template"}, "labels": {"team": "{username}"},
        }));
        config.host_config = table(json!({ "extra_hosts": {"db": "10.1.2.3"}, "CpuShares": 99, "mounts": [
            {"type": "volume", "source": "added-{username}", "target": "/added"},
        ]}));
    });
    let server = Server::start_as(spawner, of(&engine, "i@b", &Behaviour::Serve)).await;
    let body = server.answer().await;
    assert!(body.contains("WHO=i@b") && body.contains("NOT={a template"), "{body}");
    let told = inspect(&engine, &server.started.state);
    assert_eq!(told["Config"]["Labels"]["team"], "i-40b");
    assert_eq!(told["HostConfig"]["ExtraHosts"], json!(["db:10.1.2.3"]));
    assert_eq!(told["HostConfig"]["CpuShares"], 99);
    let mut names: Vec<_> = told["Mounts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|mount| mount["Name"].clone())
        .collect();
    names.sort_by_key(ToString::to_string);
    assert_eq!(
        names,
        ["added-i-40b", "jupyterhub-user-i-40b"],
        "the home stays mounted"
    );
    server.end().await;
}

async fn a_server_is_reached_by_its_address(engine: Arc<Engine>) {
    engine.0.docker(&["network", "create", "servers"]);
    let spawner = engine.spawner_with(|config| {
        config.network = "servers".to_owned();
        config.connect = Connect::Address;
    });
    let server = Server::start_as(spawner.clone(), of(&engine, "ida", &Behaviour::Serve)).await;
    assert!(server.started.url.ends_with(":8888") && !server.started.url.contains("127.0.0.1"));
    server.answer().await;
    let id = server.started.state["object_id"].as_str().unwrap();
    assert_eq!(engine.0.docker(&["port", id]), "", "no port of the machine is open");
    server.end().await;
    spawner.forget(&server.spec.key).await.unwrap();
    engine.0.docker(&["network", "rm", "servers"]);
    let mut next = server.spec.clone();
    next.key.generation += 1;
    let error = spawner.start(&next, &Steps::default()).await.unwrap_err();
    assert_eq!(
        error.message,
        "The network servers of this platform's servers is gone. An administrator can make it again with `docker network \
         create servers`."
    );
    engine.0.docker(&["network", "create", "servers"]);
    next.key.generation += 1;
    spawner.clear_up(&next.key).await.unwrap();
    let server = Server::start_as(spawner, next).await;
    server.answer().await;
    server.end().await;
}

async fn a_foreign_containers_name_is_left_to_it(engine: Arc<Engine>) {
    engine
        .0
        .docker(&["run", "-d", "--name", "jupyter-jim", "-e", "JUPYTERHUB_USER=jim", IMAGE]);
    let server = Server::start_as(engine.spawner(), of(&engine, "jim", &Behaviour::Serve)).await;
    server.answer().await;
    let name = server.started.state["object_name"].as_str().unwrap();
    assert!(name.starts_with("jupyter-jim."), "{name}");
    assert_eq!(
        engine.0.docker(&["inspect", "-f", "{{.State.Running}}", "jupyter-jim"]),
        "true"
    );
    server.end().await;
    let mut next = server.spec.clone();
    next.key.generation += 1;
    let beside = format!("jupyter-jim.{}-{}", next.key.spawner_id, next.key.generation);
    engine.0.docker(&["create", "--name", &beside, IMAGE]);
    let error = server.spawner.start(&next, &Steps::default()).await.unwrap_err();
    assert!(
        error
            .message
            .contains("jupyter-jim of this server's container is taken"),
        "{error}"
    );
}

async fn what_jupyterhub_left_makes_room(engine: Arc<Engine>) {
    let spec = of(&engine, "kay", &Behaviour::Serve);
    let env: Vec<_> = spec
        .env
        .iter()
        .map(|(name, value)| format!("--env={name}={value}"))
        .collect();
    let mut run = vec![
        "run",
        "-d",
        "--name",
        "jupyter-kay",
        "--env=JUPYTERHUB_API_TOKEN=of-jupyterhub",
    ];
    run.extend(env.iter().map(String::as_str));
    run.push(IMAGE);
    let old = engine.0.docker(&run);
    let server = Server::start_as(engine.spawner(), spec).await;
    assert_eq!(server.started.state["object_name"], "jupyter-kay");
    assert_ne!(server.started.state["object_id"], old);
    server.answer().await;
    server.end().await;
}

async fn a_server_of_dockerspawner_is_looked_after(engine: Arc<Engine>) {
    let id = engine.0.docker(&["run", "-d", "--name", "jupyter-lea", IMAGE]);
    let spawner = engine.spawner();
    for state in [
        json!({ "object_id": id, "object_name": "jupyter-lea" }),
        json!({ "object_name": "jupyter-lea" }),
        json!({ "container_id": id }),
    ] {
        let state: State = state.as_object().unwrap().clone();
        assert_eq!(spawner.poll(&state).await.unwrap(), Poll::Running);
    }
    let state = json!({ "object_id": id, "object_name": "jupyter-lea" });
    let state = state.as_object().unwrap();
    spawner.stop(state, Stop::Gently).await.unwrap();
    assert_eq!(spawner.poll(state).await.unwrap(), Poll::Exited(Some(0)));
    engine.0.docker(&["rm", "jupyter-lea"]);
    assert_eq!(spawner.poll(state).await.unwrap(), Poll::Exited(None));
}

async fn an_end_is_told_at_once(engine: Arc<Engine>) {
    let server = Server::start_as(engine.spawner(), of(&engine, "mia", &Behaviour::Serve)).await;
    server.answer().await;
    let told: Arc<Mutex<Vec<i64>>> = Arc::default();
    let (ear, listener) = (told.clone(), engine.spawner());
    let listening = tokio::spawn(async move { listener.follow(&|id| ear.lock().unwrap().push(id)).await });
    // Another one first, as often as it takes until somebody listens.
    eventually("the first word", || async {
        let other = Server::start_as(engine.spawner(), of(&engine, "mio", &Behaviour::Fail(1))).await;
        other.exited().await;
        let _ = other.spawner.forget(&other.spec.key).await;
        (!told.lock().unwrap().is_empty()).then_some(())
    })
    .await;
    engine
        .0
        .docker(&["kill", server.started.state["object_id"].as_str().unwrap()]);
    eventually("the word of the end", || async {
        told.lock().unwrap().contains(&server.spec.key.spawner_id).then_some(())
    })
    .await;
    listening.abort();
}

async fn a_command_runs_after_the_start(engine: Arc<Engine>) {
    let script = format!("id > {HOME}/thesis.ipynb; echo well; exit 3");
    let spawner = engine.spawner_with(|config| {
        config.post_start = ["sh", "-c", &script].map(str::to_owned).to_vec();
    });
    let server = Server::start_as(spawner, of(&engine, "ned", &Behaviour::Serve)).await;
    server.answer().await;
    let left = fs::read_to_string(engine.0.volume("jupyterhub-user-ned").join("thesis.ipynb")).unwrap();
    assert!(left.contains("uid=0"), "{left}");
    server.end().await;
}

async fn images_are_chosen_from_a_list(engine: Arc<Engine>) {
    let mut spec = of(&engine, "oda", &Behaviour::Serve);
    spec.options = json!({ "image": "somebody/else:1" });
    let refused = |spawner: Arc<dyn perijove_spawn::Spawner>| {
        let spec = spec.clone();
        async move {
            let error = spawner.make_ready(&spec, &Steps::default()).await.unwrap_err();
            (error.status, error.message)
        }
    };
    let (status, message) = refused(engine.spawner()).await;
    assert_eq!(
        (status, message.as_str()),
        (400, "Specifying image to launch is not allowed")
    );
    let listed = engine.spawner_with(|config| config.allowed_images = vec![IMAGE.to_owned()]);
    let (status, message) = refused(listed.clone()).await;
    assert_eq!(status, 400);
    assert_eq!(message, "Image somebody/else:1 not in allowed list: perijove-test:1");
    let fields = json!({ "image": [IMAGE] }).as_object().unwrap().clone();
    let options = listed.read_options(fields).unwrap();
    assert_eq!(options["image"], IMAGE);
    spec.options = options.into();
    let server = Server::start_as(listed, spec).await;
    server.answer().await;
    server.end().await;
}

async fn an_image_that_is_not_there_is_told(engine: Arc<Engine>) {
    let mut spec = of(&engine, "pia", &Behaviour::Serve);
    spec.plan.image = Some("nobody/has:this".to_owned());
    let never = engine.spawner_with(|config| config.pull = Pull::Never);
    let error = never.make_ready(&spec, &Steps::default()).await.unwrap_err();
    assert!(
        error
            .message
            .starts_with("The image nobody/has:this is not on this machine"),
        "{error}"
    );
    let error = engine.spawner().start(&spec, &Steps::default()).await.unwrap_err();
    assert!(
        error
            .message
            .contains("nobody/has:this is not on this machine any more"),
        "{error}"
    );
}

/// A registry that takes the connection and never says a word holds up whoever wants its image, and nobody else.
async fn nobody_waits_for_anothers_image(engine: Arc<Engine>) {
    let registry = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = registry.local_addr().unwrap().port();
    let mut spec = of(&engine, "rex", &Behaviour::Serve);
    spec.plan.image = Some(format!("127.0.0.1:{port}/slow:1"));
    let spawner = engine.spawner();
    let waiting = tokio::spawn({
        let (spawner, spec) = (spawner.clone(), spec);
        async move { spawner.make_ready(&spec, &Steps::default()).await }
    });
    let _silent = registry.accept().await.unwrap();
    let server = Server::start_as(spawner.clone(), of(&engine, "sue", &Behaviour::Serve)).await;
    server.answer().await;
    assert_eq!(server.poll().await, Poll::Running);
    server.end().await;
    assert!(!waiting.is_finished(), "the other one still waits");
    waiting.abort();
}

async fn mistakes_are_told_before_anything_starts(engine: Arc<Engine>) {
    let mistake = |change: &dyn Fn(&mut perijove_spawn_docker::DockerConfig)| {
        let mut config = crate::config(&engine.0.socket());
        change(&mut config);
        DockerSpawner::new(config)
            .err()
            .map(|mistake| mistake.to_string())
            .unwrap_or_default()
    };
    let table = |value: Value| value.as_object().unwrap().clone();
    let told = mistake(&|config| config.host_config = table(json!({ "shm_sise": 1 })));
    assert_eq!(
        told,
        "`host_config` in [spawner.docker]: the engine knows no HostConfig.ShmSise"
    );
    let told = mistake(&|config| config.home = "everybodys".to_owned());
    assert!(told.contains("all people would share one home"), "{told}");
    let told = mistake(&|config| config.name = Some("{user}".to_owned()));
    assert!(told.contains("`{username}`"), "{told}");
    assert_eq!(
        mistake(&|config| config.create_config = table(json!({ "stop_signal": "SIGINT" }))),
        ""
    );
}
