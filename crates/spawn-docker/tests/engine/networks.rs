//! Who reaches whom from a container, and what nobody reaches.

use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::Arc;
use std::thread::spawn;

use perijove_model::ServerName;
use perijove_spawn::suite::{Behaviour, Server, Steps, Subject, eventually};
use perijove_spawn::{ServerSpec, Spawner, Stop};
use perijove_spawn_docker::{Connect, DockerConfig, DockerSpawner, Isolation};

use crate::Engine;
use crate::cases::{Case, cases, inspect, of};
use crate::host::IMAGE;

pub const CASES: &[(&str, Case)] = cases![
    people_in_one_network_do_not_reach_each_other,
    each_person_has_a_network_while_servers_run,
    a_start_that_fails_leaves_no_network,
    what_a_cloud_tells_its_machines_is_out_of_reach,
    the_hubs_container_is_let_in,
    networks_of_people_have_their_addresses,
    a_sites_network_is_looked_at,
    what_does_not_go_together_is_told,
];

fn isolated(engine: &Engine, isolation: Isolation, change: impl FnOnce(&mut DockerConfig)) -> Arc<dyn Spawner> {
    engine.spawner_with(|config| {
        config.isolation = isolation;
        config.connect = Connect::Address;
        change(config);
    })
}

fn id(server: &Server) -> &str {
    server.started.state["object_id"].as_str().unwrap()
}

fn network_of(engine: &Engine, server: &Server) -> String {
    let told = inspect(engine, &server.started.state);
    told["HostConfig"]["NetworkMode"].as_str().unwrap().to_owned()
}

fn address(engine: &Engine, server: &Server) -> String {
    let told = inspect(engine, &server.started.state);
    let address = &told["NetworkSettings"]["Networks"][network_of(engine, server)]["IPAddress"];
    address.as_str().unwrap().to_owned()
}

/// Whether something at that address takes a connection from inside of a container.
fn reaches(engine: &Engine, container: &str, address: &str, port: u16) -> bool {
    // Twice: the first packet into a new network may be lost.
    let once = format!("nc -w 1 {address} {port} < /dev/null > /dev/null 2>&1");
    let script = format!("{once} || {once} && echo yes || echo no");
    engine.0.docker(&["exec", container, "sh", "-c", &script]) == "yes"
}

fn networks(engine: &Engine, named: &str) -> Vec<String> {
    let all = engine.0.docker(&[
        "network",
        "ls",
        "--format",
        "{{.Name}}",
        "--filter",
        &format!("name={named}"),
    ]);
    all.lines().map(str::to_owned).collect()
}

/// Another server of the same person, with the same home.
fn named(first: &ServerSpec, engine: &Engine, name: &str) -> ServerSpec {
    let mut spec = of(engine, first.key.user.as_str(), &Behaviour::Serve);
    spec.key.server = ServerName::existing(name).unwrap();
    spec.home = first.home.clone();
    spec
}

/// Answers whoever comes with a word. On a thread, since the tests' own wait for what containers say.
fn listen(address: &str) -> u16 {
    let listener = TcpListener::bind(address).unwrap();
    let port = listener.local_addr().unwrap().port();
    spawn(move || {
        for visitor in listener.incoming() {
            let _ = visitor.unwrap().write_all(b"here\n");
        }
    });
    port
}

async fn people_in_one_network_do_not_reach_each_other(engine: Arc<Engine>) {
    let spawner = isolated(&engine, Isolation::Shared, |config| {
        config.network = "all-servers".to_owned()
    });
    let one = Server::start_as(spawner.clone(), of(&engine, "uma", &Behaviour::Serve)).await;
    let other = Server::start_as(spawner.clone(), of(&engine, "ute", &Behaviour::Serve)).await;
    assert_eq!(network_of(&engine, &one), "all-servers");
    assert_eq!(network_of(&engine, &other), "all-servers");
    // The hub reaches both, and both reach the hub, but not what listens on the machine for itself.
    one.answer().await;
    other.answer().await;
    let (hub, private) = (listen("0.0.0.0:0"), listen("127.0.0.1:0"));
    assert!(reaches(&engine, id(&one), "172.17.0.1", hub));
    assert!(!reaches(&engine, id(&one), "172.17.0.1", private));
    assert!(reaches(&engine, id(&one), &address(&engine, &one), 8888));
    assert!(!reaches(&engine, id(&one), &address(&engine, &other), 8888));
    assert!(!reaches(&engine, id(&other), &address(&engine, &one), 8888));
    one.end().await;
    // It is there for whoever is next.
    assert_eq!(networks(&engine, "all-servers"), ["all-servers"]);
    other.end().await;
}

async fn each_person_has_a_network_while_servers_run(engine: Arc<Engine>) {
    let spawner = || isolated(&engine, Isolation::Person, |_| {});
    let spec = of(&engine, "val@x", &Behaviour::Serve);
    let first = Server::start_as(spawner(), spec.clone()).await;
    // As after a restart of the hub.
    let second = Server::start_as(spawner(), named(&spec, &engine, "gpu")).await;
    let neighbour = Server::start_as(spawner(), of(&engine, "vic", &Behaviour::Serve)).await;
    assert_eq!(network_of(&engine, &first), "jupyter-val-40x");
    assert_eq!(network_of(&engine, &second), "jupyter-val-40x");
    assert_eq!(network_of(&engine, &neighbour), "jupyter-vic");
    for server in [&first, &second, &neighbour] {
        server.answer().await;
    }
    assert!(reaches(&engine, id(&first), &address(&engine, &second), 8888));
    assert!(!reaches(&engine, id(&first), &address(&engine, &neighbour), 8888));
    assert!(!reaches(&engine, id(&neighbour), &address(&engine, &first), 8888));
    first.end().await;
    assert_eq!(networks(&engine, "jupyter-val").len(), 1, "the other one is in it");
    second.answer().await;
    second.end().await;
    assert!(networks(&engine, "jupyter-val").is_empty(), "nobody is in it any more");
    assert_eq!(networks(&engine, "jupyter-vic").len(), 1);
    // One that ended while no hub looked leaves it behind until one looks.
    engine.0.docker(&["kill", id(&neighbour)]);
    let mut config = crate::config(&engine.0.socket());
    config.isolation = Isolation::Person;
    let other = DockerSpawner::new(config).unwrap();
    eventually("the end of its network", || async {
        other.meet().await;
        networks(&engine, "jupyter-vic").is_empty().then_some(())
    })
    .await;
    // Whoever has the name has another hub's network, or one of the site's.
    engine.0.docker(&["network", "create", "jupyter-wim"]);
    let server = Server::start_as(spawner(), of(&engine, "wim", &Behaviour::Serve)).await;
    assert_eq!(network_of(&engine, &server), "jupyter-wim.tests");
    server.end().await;
    assert_eq!(networks(&engine, "jupyter-wim"), ["jupyter-wim"]);
}

async fn a_start_that_fails_leaves_no_network(engine: Arc<Engine>) {
    let spawner = || {
        isolated(&engine, Isolation::Person, |config| {
            // What nobody is in, another test takes for left over.
            config.instance = "where-starts-fail".to_owned();
        })
    };
    let spec = of(&engine, "ivy", &Behaviour::Serve);
    let mut broken = named(&spec, &engine, "broken");
    broken.plan.command = Some(vec!["/no/such/program".to_owned()]);
    // The hub's next step after any failure, a timeout or somebody who has thought better of it.
    let fail = async |spec: &ServerSpec| {
        spawner().start(spec, &Steps::default()).await.unwrap_err();
        assert_eq!(networks(&engine, "jupyter-ivy").len(), 1, "it was made before");
        spawner().give_up(&spec.key).await;
    };
    fail(&broken).await;
    assert!(networks(&engine, "jupyter-ivy").is_empty());
    // Neither what is somebody else's goes, nor what another server is in.
    engine.0.docker(&["network", "create", "jupyter-ivy"]);
    let mut again = broken.clone();
    again.key.generation += 1;
    spawner().start(&again, &Steps::default()).await.unwrap_err();
    assert_eq!(networks(&engine, "jupyter-ivy").len(), 2);
    spawner().give_up(&again.key).await;
    assert_eq!(networks(&engine, "jupyter-ivy"), ["jupyter-ivy"]);
    engine.0.docker(&["network", "rm", "jupyter-ivy"]);
    let server = Server::start_as(spawner(), spec).await;
    again.key.generation += 1;
    fail(&again).await;
    assert_eq!(networks(&engine, "jupyter-ivy").len(), 1, "a server is in it");
    server.answer().await;
    // Nor does one stay whose last container somebody has removed.
    engine.0.docker(&["rm", "-f", id(&server)]);
    spawner().stop(&server.started.state, Stop::Now).await.unwrap();
    assert!(networks(&engine, "jupyter-ivy").is_empty());
}

async fn what_a_cloud_tells_its_machines_is_out_of_reach(engine: Arc<Engine>) {
    const METADATA: &str = "169.254.169.254";
    let added = Command::new("ip")
        .args(["address", "add", "169.254.169.254/32", "dev", "lo"])
        .status();
    assert!(added.unwrap().success());
    listen("169.254.169.254:80");
    let hub = listen("0.0.0.0:0");
    let open = Server::start_as(engine.spawner(), of(&engine, "wes", &Behaviour::Serve)).await;
    assert!(
        reaches(&engine, id(&open), METADATA, 80),
        "the site's network leads there"
    );
    for isolation in [Isolation::Shared, Isolation::Person] {
        let closed = Server::start_as(
            isolated(&engine, isolation, |_| {}),
            of(&engine, "xan", &Behaviour::Serve),
        )
        .await;
        closed.answer().await;
        assert!(!reaches(&engine, id(&closed), METADATA, 80), "{isolation:?}");
        assert!(!reaches(&engine, id(&closed), "169.254.170.2", 80));
        assert!(
            reaches(&engine, id(&closed), "172.17.0.1", hub),
            "the rest is as it was"
        );
        closed.end().await;
        closed.spawner.forget(&closed.spec.key).await.unwrap();
        let wanted = isolated(&engine, isolation, |config| config.cloud_metadata = true);
        let wanted = Server::start_as(wanted, of(&engine, "xia", &Behaviour::Serve)).await;
        assert!(reaches(&engine, id(&wanted), METADATA, 80), "{isolation:?}");
        wanted.end().await;
        wanted.spawner.forget(&wanted.spec.key).await.unwrap();
    }
    open.end().await;
    // The engine's machine has no address there, and reaches what it has always reached.
    TcpStream::connect((METADATA, 80)).unwrap();
}

/// It is made anew meanwhile.
async fn the_hubs_container_is_let_in(engine: Arc<Engine>) {
    let run = || {
        engine.0.docker(&["run", "-d", "--name", "the-hub", IMAGE]);
    };
    run();
    let spawner = isolated(&engine, Isolation::Person, |config| {
        config.connect = Connect::Name;
        config.hub_containers = vec!["the-hub".to_owned()];
        // It is let into all networks of its own: those of the other tests would not go with it inside.
        config.instance = "with-a-hub".to_owned();
    });
    let server = Server::start_as(spawner.clone(), of(&engine, "yve", &Behaviour::Serve)).await;
    assert_eq!(server.started.url, "http://jupyter-yve:8888");
    assert!(reaches(&engine, "the-hub", "jupyter-yve", 8888));
    assert!(reaches(&engine, id(&server), "the-hub", 8888));
    let follower = spawner.clone();
    let following = tokio::spawn(async move { follower.follow(&|_| {}).await });
    engine.0.docker(&["rm", "-f", "the-hub"]);
    run();
    eventually("the new one is let in", || async {
        reaches(&engine, "the-hub", "jupyter-yve", 8888).then_some(())
    })
    .await;
    following.abort();
    spawner.stop(&server.started.state, Stop::Now).await.unwrap();
    assert!(
        networks(&engine, "jupyter-yve").is_empty(),
        "the hub alone keeps no network"
    );
    engine.0.docker(&["rm", "-f", "the-hub"]);
}

async fn networks_of_people_have_their_addresses(engine: Arc<Engine>) {
    let spawner = isolated(&engine, Isolation::Person, |config| {
        config.subnets = Some("10.213.0.0/26".parse().unwrap());
    });
    let one = Server::start_as(spawner.clone(), of(&engine, "zac", &Behaviour::Serve)).await;
    let other = Server::start_as(spawner.clone(), of(&engine, "zoe", &Behaviour::Serve)).await;
    let mut addresses = [address(&engine, &one), address(&engine, &other)];
    addresses.sort();
    assert_eq!(addresses, ["10.213.0.2", "10.213.0.34"]);
    let third = of(&engine, "zyx", &Behaviour::Serve);
    let error = spawner.start(&third, &Steps::default()).await.unwrap_err();
    assert!(error.message.starts_with("There are no addresses left"), "{error}");
    one.end().await;
    let third = Server::start_as(spawner, third).await;
    third.answer().await;
    third.end().await;
    other.end().await;
}

async fn a_sites_network_is_looked_at(engine: Arc<Engine>) {
    let cut = "com.docker.network.bridge.enable_icc=false";
    engine.0.docker(&["network", "create", "-o", cut, "cut-by-the-site"]);
    let told = |network: &str| {
        let mut config = crate::config(&engine.0.socket());
        config.network = network.to_owned();
        let spawner = DockerSpawner::new(config).unwrap();
        async move {
            spawner.meet().await;
            spawner.capabilities()
        }
    };
    let open = told("bridge").await;
    assert!(!open.isolation && open.reasons.contains_key("isolation"), "{open:?}");
    assert!(open.reasons.contains_key("cloud_metadata"), "{open:?}");
    let closed = told("cut-by-the-site").await;
    assert!(
        closed.isolation && !closed.reasons.contains_key("isolation"),
        "{closed:?}"
    );
}

async fn what_does_not_go_together_is_told(engine: Arc<Engine>) {
    let mistake = |change: &dyn Fn(&mut DockerConfig)| {
        let mut config = crate::config(&engine.0.socket());
        change(&mut config);
        DockerSpawner::new(config).err().map(|mistake| mistake.key)
    };
    let hub = || vec!["the-hub".to_owned()];
    assert_eq!(mistake(&|config| config.hub_containers = hub()), Some("hub_containers"));
    let small = Some("10.0.0.0/28".parse().unwrap());
    assert_eq!(mistake(&|config| config.subnets = small), Some("subnets"));
    assert_eq!(
        mistake(&|config| (config.isolation, config.subnets) = (Isolation::Person, small)),
        Some("subnets")
    );
    assert_eq!(
        mistake(&|config| {
            config.isolation = Isolation::Person;
            config.hub_containers = hub();
        }),
        None
    );
}
