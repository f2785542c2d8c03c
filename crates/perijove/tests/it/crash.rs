//! `kill -9` wherever it hurts: at each step of a start and of a stop, of the hub, of the edge, of both. The next start
//! finishes what was begun, with exactly one server, and nobody has to sign in again.

use std::time::Duration;

use perijove_testkit::Browser;
use reqwest::{Method, Response};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{self, Site, eventually};

const KILL_AT: &str = "PERIJOVE_TEST_KILL_AT";

/// A site whose servers start within a moment, with ann signed in. `None` if there is no Python for them.
async fn site(what: &str, environment: &[(&str, &str)]) -> Option<(Site, Browser)> {
    let python = support::python(what)?;
    let mut site = Site::new(&configuration(&python));
    site.serve_with(environment).await;
    let ann = site.sign_in("ann").await;
    Some((site, ann))
}

fn configuration(python: &std::path::Path) -> String {
    format!(
        "[[auth]]\nkind = \"dummy\"\n[access]\nallow_all = true\n[spawner]\ncmd = [\"{}\", \"{}\"]\n",
        python.display(),
        support::program("lone_server.py"),
    )
}

/// Asks for ann's server to start or to stop. The hub may die before it answers: then the edge does.
async fn ask(ann: &Browser, method: Method) -> u16 {
    ann.api(method, "users/ann/server", None).await.status
}

async fn killed_while_starting(phase: &str) {
    let Some((mut site, ann)) = site("a hub killed while a server starts", &[(KILL_AT, phase)]).await else {
        return;
    };
    ask(&ann, Method::POST).await;
    site.killed().await;
    site.serve().await;
    site.ready("ann").await;
    works(&site, &ann).await;
    stops(&mut site, &ann).await;
}

async fn killed_while_stopping(phase: &str) {
    let Some((mut site, ann)) = site("a hub killed while a server stops", &[]).await else {
        return;
    };
    ask(&ann, Method::POST).await;
    site.ready("ann").await;
    site.kill9();
    site.serve_with(&[(KILL_AT, phase)]).await;
    works(&site, &ann).await;
    ask(&ann, Method::DELETE).await;
    site.killed().await;
    site.serve().await;
    site.stopped("ann").await;
    assert_eq!(site.processes_of("ann"), [], "{}", site.log());
    assert_eq!(ann.get("hub/home").await.status, 200, "ann is still signed in");
    assert_ne!(ann.get("/user/ann/x").await.status, 200, "the route is gone");
    // It can be had again.
    ask(&ann, Method::POST).await;
    site.ready("ann").await;
    works(&site, &ann).await;
    stops(&mut site, &ann).await;
}

/// There is exactly one server; it is reached through the edge, its token is good, and ann is still signed in.
async fn works(site: &Site, ann: &Browser) {
    assert_eq!(site.processes_of("ann").len(), 1, "{}", site.log());
    assert_eq!(ann.get("hub/home").await.status, 200, "ann is still signed in");
    let told = eventually("the route leads to the server", async || {
        let answer = ann.get("/user/ann/x?y=z").await;
        (answer.status == 200).then(|| answer.json())
    })
    .await;
    assert_eq!(told["path"], "/user/ann/x?y=z");
    assert_eq!(told["pid"], site.processes_of("ann")[0].as_raw_pid());
    let token = told["JUPYTERHUB_API_TOKEN"].as_str().unwrap();
    let user = ann.api_with_token(token, Method::GET, "user", None).await.expect(200);
    assert_eq!(user.json()["name"], "ann");
}

async fn stops(site: &mut Site, ann: &Browser) {
    let token = ann.get("/user/ann/x").await.json()["JUPYTERHUB_API_TOKEN"].clone();
    assert!([202, 204].contains(&ask(ann, Method::DELETE).await));
    site.stopped("ann").await;
    assert_eq!(site.processes_of("ann"), [], "{}", site.log());
    assert_ne!(ann.get("/user/ann/x").await.status, 200, "the route is gone");
    let used = ann
        .api_with_token(token.as_str().unwrap(), Method::GET, "user", None)
        .await;
    assert_eq!(used.status, 403, "the server's token is gone with it");
    site.stop().await;
}

/// A test for each phase after which the hub is killed.
macro_rules! killed {
    ($($name:ident: $walk:ident($phase:literal);)*) => {
        $(#[tokio::test]
        async fn $name() {
            $walk($phase).await;
        })*
    };
}

killed! {
    killed_when_a_start_was_requested: killed_while_starting("requested");
    killed_when_a_start_was_prepared: killed_while_starting("prepared");
    killed_when_a_server_was_started: killed_while_starting("started");
    killed_when_a_server_answered: killed_while_starting("answering");
    killed_when_a_server_was_ready: killed_while_starting("ready");
    killed_when_a_stop_was_begun: killed_while_stopping("stopping");
    killed_when_a_server_was_stopped: killed_while_stopping("stopped");
}

/// Between the steps too: a process that was started and not yet written down, a stop that was done and not yet noted.
#[tokio::test]
async fn killed_at_any_moment() {
    let Some((mut site, ann)) = site("a hub killed at any moment", &[]).await else {
        return;
    };
    for moment in 0..8 {
        let moment = Duration::from_millis(25) * moment;
        for method in [Method::POST, Method::DELETE] {
            let asking = tokio::spawn({
                let (ann, method) = (ann.clone(), method.clone());
                async move { ask(&ann, method).await }
            });
            tokio::time::sleep(moment).await;
            site.kill9();
            asking.await.unwrap();
            site.serve().await;
            // It may have died before it heard; to ask twice does no harm.
            ask(&ann, method.clone()).await;
            if method == Method::POST {
                site.ready("ann").await;
                works(&site, &ann).await;
            } else {
                site.stopped("ann").await;
                assert_eq!(site.processes_of("ann"), [], "{}", site.log());
            }
        }
    }
    site.stop().await;
}

/// A start that fails, and the hub dies as soon as that is written.
#[tokio::test]
async fn killed_when_a_start_had_failed() {
    let mut site = Site::new(&configuration("/bin/false".as_ref()));
    site.serve_with(&[(KILL_AT, "failed")]).await;
    let ann = site.sign_in("ann").await;
    ask(&ann, Method::POST).await;
    site.killed().await;
    site.serve().await;
    site.stopped("ann").await;
    assert_eq!(site.processes_of("ann"), []);
    let page = ann.get("/hub/spawn-pending/ann").await;
    assert!(page.body.contains("[status=1]"), "ann is told why: {}", page.body);
    site.stop().await;
}

/// A download that never ends, and an upgraded connection that sends back what it is sent.
struct Connections {
    download: Response,
    last: u64,
    rest: String,
    tunnel: TcpStream,
}

impl Connections {
    async fn open(site: &Site, ann: &Browser) -> Self {
        let download = ann.client().get(ann.url("/user/ann/stream")).send().await.unwrap();
        assert_eq!(download.status(), 200);
        let mut tunnel = TcpStream::connect(site.edge_address).await.unwrap();
        let ask = "GET /user/ann/echo HTTP/1.1\r\nHost: hub\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n";
        tunnel.write_all(ask.as_bytes()).await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(tunnel.read_u8().await.unwrap());
        }
        assert!(head.starts_with(b"HTTP/1.1 101 "), "{}", String::from_utf8_lossy(&head));
        Self {
            download,
            last: 0,
            rest: String::new(),
            tunnel,
        }
    }

    /// Both go on, and nothing has been lost.
    async fn go_on(&mut self) {
        let until = self.last + 20;
        while self.last < until {
            let chunk = tokio::time::timeout(support::PATIENCE, self.download.chunk())
                .await
                .unwrap();
            self.rest += std::str::from_utf8(&chunk.unwrap().unwrap()).unwrap();
            while let Some((line, rest)) = self.rest.split_once('\n') {
                assert_eq!(line.parse(), Ok(self.last + 1));
                self.last += 1;
                self.rest = rest.to_owned();
            }
        }
        let said = format!("still there at {}\n", self.last);
        self.tunnel.write_all(said.as_bytes()).await.unwrap();
        let mut heard = vec![0; said.len()];
        tokio::time::timeout(support::PATIENCE, self.tunnel.read_exact(&mut heard))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(String::from_utf8(heard).unwrap(), said);
    }
}

#[tokio::test]
async fn connections_outlive_the_hub() {
    let Some((mut site, ann)) = site("connections that outlive the hub", &[]).await else {
        return;
    };
    ask(&ann, Method::POST).await;
    site.ready("ann").await;
    let mut connections = Connections::open(&site, &ann).await;
    connections.go_on().await;
    site.kill9();
    connections.go_on().await;
    assert_eq!(
        ann.get("/user/ann/x").await.status,
        200,
        "new requests reach the server without a hub"
    );
    assert_eq!(
        ann.get("hub/home").await.status,
        503,
        "and for the hub's pages the edge says that it is away"
    );
    site.serve().await;
    connections.go_on().await;
    drop(connections);
    works(&site, &ann).await;
    stops(&mut site, &ann).await;
}

#[tokio::test]
async fn an_edge_that_was_killed_comes_back_with_its_routes() {
    let Some((mut site, ann)) = site("an edge that is killed", &[]).await else {
        return;
    };
    ask(&ann, Method::POST).await;
    site.ready("ann").await;
    let kept = [site.data("edge-routes.json"), site.data("edge-routes.json.journal")];
    let tells = |file| std::fs::read_to_string(file).is_ok_and(|text| text.contains("/user/ann"));
    let knows = async || kept.iter().any(tells).then_some(());
    eventually("the route is kept", knows).await;
    let first = site.edge_process().unwrap();
    site.kill9_edge();
    eventually("another edge", async || {
        site.edge_process().filter(|edge| *edge != first)
    })
    .await;
    eventually("the edge listens", async || {
        TcpStream::connect(site.edge_address).await.ok()
    })
    .await;
    assert_eq!(
        ann.get("/user/ann/x").await.status,
        200,
        "it knows its routes from the first moment"
    );
    works(&site, &ann).await;
    stops(&mut site, &ann).await;
}

#[tokio::test]
async fn hub_and_edge_killed_at_once_come_back() {
    let Some((mut site, ann)) = site("hub and edge killed at once", &[]).await else {
        return;
    };
    ask(&ann, Method::POST).await;
    site.ready("ann").await;
    site.kill9();
    site.kill9_edge();
    eventually("the edge is gone", async || {
        TcpStream::connect(site.edge_address).await.err()
    })
    .await;
    assert_eq!(site.processes_of("ann").len(), 1, "the server needs neither");
    site.serve().await;
    works(&site, &ann).await;
    stops(&mut site, &ann).await;
}

#[tokio::test]
async fn a_server_killed_behind_the_hubs_back_can_be_had_again() {
    let Some((mut site, ann)) = site("a server that is killed", &[]).await else {
        return;
    };
    ask(&ann, Method::POST).await;
    let started = site.ready("ann").await;
    let server = site.processes_of("ann")[0];
    rustix::process::kill_process(server, rustix::process::Signal::KILL).unwrap();
    // Its supervisor goes when it has cleared up behind it.
    eventually("the server is gone", async || {
        site.ground.processes("/run/servers/").is_empty().then_some(())
    })
    .await;
    assert_eq!(
        ask(&ann, Method::POST).await,
        201,
        "the hub notices when it is asked for"
    );
    let again = site.ready("ann").await;
    assert_ne!(started["started"], again["started"]);
    works(&site, &ann).await;
    stops(&mut site, &ann).await;
}

/// Two hubs on one database: what the one began when it died, the other finishes.
#[tokio::test]
async fn a_second_hub_finishes_what_the_first_began() {
    let what = "a second hub that finishes what the first began";
    let Some(server) = support::variable("PERIJOVE_TEST_POSTGRES") else {
        return support::skip(what, "PERIJOVE_TEST_POSTGRES names no PostgreSQL server");
    };
    let Some(python) = support::python(what) else { return };
    let database = Database::create(&server).await;
    let mut site = Site::new(&configuration(&python)).with("PERIJOVE_HUB_DATABASE", &database.url);
    // The first has the edge and dies.
    site.serve_with(&[(KILL_AT, "started")]).await;
    let ann = site.sign_in("ann").await;
    let second = format!("127.0.0.1:{}", support::free_port());
    let mut command = site.command(&["hub"]);
    command.env("PERIJOVE_HUB_LISTEN", &second);
    let mut hub = site.spawn(command, "hub.log");
    let there = Browser::new(&format!("http://{second}"), "/");
    let see = async || {
        let asked = there
            .client()
            .get(there.url("hub/api/users/ann"))
            .bearer_auth(support::ADMIN_TOKEN);
        let answer = asked.send().await.ok()?.json::<Value>().await.ok()?;
        Some(answer["servers"][""]["ready"] == true)
    };
    eventually("the second hub serves", see).await;
    // Straight to the first: either may answer behind the edge. It dies before it does.
    let first = Browser::new(&format!("http://{}", site.hub_address), "/");
    let asked = first
        .request(Method::POST, "hub/api/users/ann/server")
        .bearer_auth(support::ADMIN_TOKEN);
    assert!(asked.send().await.is_err(), "it was killed meanwhile");
    site.killed().await;
    eventually("the second hub has finished the start", async || {
        see().await?.then_some(())
    })
    .await;
    assert_eq!(site.processes_of("ann").len(), 1, "{}", site.log());
    eventually("the route leads to the server", async || {
        (ann.get("/user/ann/x").await.status == 200).then_some(())
    })
    .await;
    rustix::process::kill_process(rustix::process::Pid::from_child(&hub), rustix::process::Signal::TERM).unwrap();
    tokio::task::spawn_blocking(move || hub.wait()).await.unwrap().unwrap();
    site.stop().await;
    drop(site);
    database.discard().await;
}

/// A database of its own on a PostgreSQL server.
struct Database {
    server: String,
    name: String,
    url: String,
}

impl Database {
    async fn create(server: &str) -> Self {
        let name = format!("perijove_it_{}", std::process::id());
        let (host, _) = server.rsplit_once('/').unwrap();
        let database = Self {
            url: format!("{host}/{name}"),
            server: server.to_owned(),
            name,
        };
        database.run(&format!("CREATE DATABASE {}", database.name)).await;
        database
    }

    async fn discard(&self) {
        self.run(&format!("DROP DATABASE {} WITH (FORCE)", self.name)).await;
    }

    async fn run(&self, statement: &str) {
        let (client, connection) = tokio_postgres::connect(&self.server, tokio_postgres::NoTls)
            .await
            .unwrap();
        let connection = tokio::spawn(connection);
        let done = tokio::time::timeout(Duration::from_secs(30), client.batch_execute(statement)).await;
        done.unwrap().unwrap();
        connection.abort();
    }
}
