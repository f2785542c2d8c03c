//! `jupyterhub-singleuser`, unmodified, of the present and of the last JupyterHub: its people sign in through us, run
//! code, are seen to be active, and leave.

use std::net::SocketAddr;

use futures_util::{SinkExt, StreamExt};
use perijove_testkit::Browser;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::support::{self, Site, eventually};

const FILE: &str = "/user/ann/files/hello.txt";

#[tokio::test]
async fn of_jupyterhub_6() {
    let Some((mut site, ann)) = server("lab", "jupyterhub-singleuser of JupyterHub 6").await else {
        return;
    };
    let asked = signs_in(&site, &ann).await;
    assert!(
        asked.contains("code_challenge_method=S256"),
        "version 6 proves itself by PKCE: {asked}"
    );
    let lab = ann.visit("/user/ann/lab").await.expect(200);
    for told in ["\"hubUser\": \"ann\"", "\"hubPrefix\": \"/hub/\"", "JupyterLab"] {
        assert!(lab.body.contains(told), "{told}");
    }
    a_day(&mut site, &ann).await;
}

#[tokio::test]
async fn of_jupyterhub_5() {
    let Some((mut site, ann)) = server("jupyterhub5", "jupyterhub-singleuser of JupyterHub 5").await else {
        return;
    };
    signs_in(&site, &ann).await;
    a_day(&mut site, &ann).await;
}

/// Ann's server, started, with a file in it.
async fn server(environment: &str, what: &str) -> Option<(Site, Browser)> {
    let environment = support::environment(environment, what)?;
    let mut site = Site::new(&format!(
        "[spawner]\nhttp_timeout = \"120s\"\nenvironment = {{ JUPYTERHUB_ACTIVITY_INTERVAL = \"1\" }}\n\
         [spawner.process]\nenvironment_dir = \"{}\"\n",
        environment.display()
    ));
    site.serve().await;
    let ann = site.follow(&site.setup_link().await, "ann").await;
    let asked = ann.api(Method::POST, "users/ann/server", None).await;
    assert!([201, 202].contains(&asked.status), "{}", asked.body);
    site.ready("ann").await;
    std::fs::write(site.data("homes/ann/hello.txt"), "written by hand").unwrap();
    Some((site, ann))
}

/// A link to a page of the server leads there, past the hub and without a question. Returns what the hub was asked.
async fn signs_in(site: &Site, ann: &Browser) -> String {
    assert_eq!(
        site.browser().get("/user/ann/api/status").await.status,
        403,
        "not for anybody"
    );
    let first = ann.get(FILE).await.expect(302);
    assert!(first.to().starts_with("/hub/api/oauth2/authorize?"), "{}", first.to());
    let back = ann.get(first.to()).await.expect(302);
    assert!(back.to().starts_with("/user/ann/oauth_callback?code="), "{}", back.to());
    assert_eq!(ann.visit(back.to()).await.expect(200).body, "written by hand");
    let status = ann.get("/user/ann/api/status").await.expect(200);
    assert_eq!(status.json()["kernels"], 0);
    first.to().to_owned()
}

/// What a person does, up to the evening.
async fn a_day(site: &mut Site, ann: &Browser) {
    let mut kernel = Kernel::start(site.edge_address, ann).await;
    assert_eq!(kernel.run("print(6 * 7)").await, "42\n");
    is_seen(site, &mut kernel).await;
    let bob = is_nobody_elses(site).await;
    lets_a_group_in(ann, &bob).await;

    // Nobody notices that the hub is away for a moment.
    site.kill9();
    assert_eq!(kernel.run("print('still', 'there')").await, "still there\n");
    site.serve().await;
    assert_eq!(ann.get("/user/ann/api/status").await.expect(200).json()["kernels"], 1);
    drop(kernel);

    let page = ann.visit("/user/ann/logout").await.expect(200);
    assert!(
        page.body.contains("name=\"password\""),
        "the sign-in page: {}",
        page.body
    );
    assert_eq!(
        ann.get("/user/ann/api/status").await.status,
        403,
        "the server has forgotten ann"
    );
    assert_eq!(ann.get("hub/home").await.status, 302, "and so has the hub");

    assert!([202, 204].contains(&site.api(Method::DELETE, "users/ann/server", None).await.status));
    site.stopped("ann").await;
    assert_eq!(site.processes_of("ann"), [], "server and kernels have ended");
    site.stop().await;
}

/// The server tells the hub that somebody works.
async fn is_seen(site: &Site, kernel: &mut Kernel) {
    let told = "200 POST /hub/api/users/ann/activity";
    eventually("the server tells of its activity", async || {
        site.log().contains(told).then_some(())
    })
    .await;
    let last = async || {
        site.server("ann").await.unwrap()["last_activity"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let before = last().await;
    kernel.run("print()").await;
    eventually("the hub knows that ann has worked", async || {
        (last().await > before).then_some(())
    })
    .await;
}

async fn is_nobody_elses(site: &Site) -> Browser {
    let bob = site.follow(&site.invitation("bob"), "bob").await;
    assert_eq!(bob.get("/user/ann/api/status").await.status, 403);
    let asked = bob.get(FILE).await.expect(302);
    assert!(
        [403, 404].contains(&bob.get(asked.to()).await.status),
        "bob gets no code for ann's server"
    );
    assert_eq!(bob.get("/hub/user/ann/").await.status, 404);
    bob
}

/// Shared with a group of bob's, the server lets him in. With JupyterHub's hub he gets as far as the consent, and is
/// then refused.
async fn lets_a_group_in(ann: &Browser, bob: &Browser) {
    let staff = json!({ "users": ["bob"] });
    ann.api(Method::POST, "groups/staff", Some(staff)).await.expect(201);
    let share = json!({ "group": "staff" });
    ann.api(Method::POST, "shares/ann/", Some(share)).await.expect(200);
    let asked = bob.get(FILE).await.expect(302);
    bob.get(asked.to()).await.expect(200);
    let agreed = bob.post_form(asked.to(), &[]).await.expect(302);
    assert!(
        agreed.to().starts_with("/user/ann/oauth_callback?code="),
        "{}",
        agreed.to()
    );
    assert_eq!(bob.visit(agreed.to()).await.expect(200).body, "written by hand");
    ann.api(Method::DELETE, "shares/ann/", None).await.expect(204);
    assert_eq!(bob.get(asked.to()).await.status, 403, "no further code for bob");
}

/// A kernel of ann's, and the websocket to it.
pub(super) struct Kernel {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    asked: u32,
}

impl Kernel {
    pub(super) async fn start(edge: SocketAddr, ann: &Browser) -> Self {
        Self::named(edge, ann, "python3").await
    }

    pub(super) async fn named(edge: SocketAddr, ann: &Browser, name: &str) -> Self {
        // The server's own token against forgery.
        let xsrf = ann.cookie_at("/user/ann/", "_xsrf").unwrap();
        let ask = ann
            .request(Method::POST, "/user/ann/api/kernels")
            .header("x-xsrftoken", xsrf);
        let kernel = ann.send(ask.json(&json!({"name": name}))).await.expect(201).json();
        let path = format!("/user/ann/api/kernels/{}/channels", kernel["id"].as_str().unwrap());
        let mut request = format!("ws://{edge}{path}").into_client_request().unwrap();
        let headers = request.headers_mut();
        headers.insert("cookie", ann.cookies(&path).parse().unwrap());
        headers.insert("origin", format!("http://{edge}").parse().unwrap());
        let (socket, _) = connect_async(request).await.unwrap();
        Self { socket, asked: 0 }
    }

    /// Runs a cell and returns what it prints.
    pub(super) async fn run(&mut self, code: &str) -> String {
        self.asked += 1;
        let id = format!("cell-{}", self.asked);
        let request = json!({
            "channel": "shell",
            "header": {"msg_id": id, "msg_type": "execute_request", "username": "ann", "session": "test", "version": "5.3", "date": ""},
            "parent_header": {},
            "metadata": {},
            "content": {"code": code, "silent": false, "store_history": false, "user_expressions": {}, "allow_stdin": false},
            "buffers": [],
        });
        self.socket.send(Message::text(request.to_string())).await.unwrap();
        let mut printed = String::new();
        loop {
            let message = tokio::time::timeout(support::PATIENCE, self.socket.next())
                .await
                .unwrap();
            let Message::Text(text) = message.unwrap().unwrap() else {
                continue;
            };
            let message: Value = serde_json::from_str(&text).unwrap();
            if message["parent_header"]["msg_id"] != id.as_str() {
                continue;
            }
            match message["msg_type"].as_str().unwrap() {
                "stream" => printed += message["content"]["text"].as_str().unwrap(),
                "error" => panic!("{}", message["content"]),
                "status" if message["content"]["execution_state"] == "idle" => return printed,
                _ => {}
            }
        }
    }
}
