//! The real JupyterHub before us and after us, on both databases.

use std::process::Stdio;

use base64::Engine;
use jiff::Timestamp;
use perijove_model::server::{Phase, Wish};
use perijove_model::{Rng, SeededRng, token};
use perijove_store::roles::RoleSpec;
use perijove_store::sessions::NewSession;
use perijove_store::suite::Databases;
use perijove_store::tokens::{NewToken, Owner};
use perijove_store::{
    OpenOptions, Store, events, groups, native, oauth, roles, services, sessions, spawners, tokens, users,
};
use serde_json::{Value as Json, json};
use tokio::io::AsyncWriteExt;

use crate::places::{self, Files, Server};

/// A virtual environment with JupyterHub 6.1.1.
pub(crate) struct JupyterHub {
    python: String,
}

impl JupyterHub {
    pub(crate) fn given() -> Option<Self> {
        let venv = places::given("PERIJOVE_TEST_JUPYTERHUB", "the store against the real JupyterHub")?;
        Some(Self {
            python: format!("{venv}/bin/python"),
        })
    }

    pub(crate) async fn run(&self, verb: &str, url: &str, questions: &Json) -> Json {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/store/real_jupyterhub.py");
        let mut child = tokio::process::Command::new(&self.python)
            .args([script, verb, url])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(questions.to_string().as_bytes())
            .await
            .unwrap();
        let output = child.wait_with_output().await.unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "JupyterHub could not {verb} {url}:\n{errors}");
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jupyterhub_before_us_on_sqlite() {
    let Some(jupyterhub) = JupyterHub::given() else { return };
    before_us(&jupyterhub, &Files::new()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jupyterhub_before_us_on_postgresql() {
    let (Some(jupyterhub), Some(server)) = (JupyterHub::given(), Server::given()) else {
        return;
    };
    before_us(&jupyterhub, &server).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jupyterhub_after_us_on_sqlite() {
    let Some(jupyterhub) = JupyterHub::given() else { return };
    after_us(&jupyterhub, &Files::new()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jupyterhub_after_us_on_postgresql() {
    let (Some(jupyterhub), Some(server)) = (JupyterHub::given(), Server::given()) else {
        return;
    };
    after_us(&jupyterhub, &server).await;
}

async fn open(url: &str) -> Store {
    Store::open(url, OpenOptions::default()).await.unwrap()
}

/// The times in JupyterHub's rows are the real ones.
#[expect(clippy::disallowed_methods, reason = "the real JupyterHub has a real clock")]
fn now() -> Timestamp {
    Timestamp::now()
}

fn text<'a>(facts: &'a Json, key: &str) -> &'a str {
    facts[key].as_str().unwrap()
}

fn role(name: &str, scopes: &[&str]) -> RoleSpec {
    RoleSpec {
        name: name.to_owned(),
        description: name.to_owned(),
        scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        ..RoleSpec::default()
    }
}

async fn sync_roles(store: &Store) {
    let defaults = [
        role("user", &["self"]),
        role("admin", &["admin:users", "admin:servers", "list:users"]),
        role("server", &["users:activity!user", "access:servers!server"]),
        role("token", &["inherit"]),
    ];
    let tx = store.begin().await.unwrap();
    roles::sync(&tx, &defaults, &[]).await.unwrap();
    tx.commit().await.unwrap();
}

async fn before_us(jupyterhub: &JupyterHub, databases: &impl Databases) {
    let url = databases.fresh().await;
    let facts = jupyterhub.run("write", &url, &Json::Null).await;
    let store = open(&url).await;

    let ada = users::by_name(&store, "ada").await.unwrap().unwrap();
    assert!(ada.admin && ada.created.is_some() && ada.last_activity.is_some());
    assert_eq!(ada.cookie_id, text(&facts, "cookie_id"));
    assert_eq!(ada.user_info, Some(json!({"mail": "ada@example.org"})));
    assert_eq!(
        base64(&ada.encrypted_auth_state.clone().unwrap()),
        text(&facts, "auth_state")
    );
    let bob = users::by_name(&store, "bob").await.unwrap().unwrap();
    assert!(users::by_name(&store, "zoë o'neill").await.unwrap().is_some());
    assert_eq!(groups::of_user(&store, bob.id).await.unwrap(), ["chemists"]);
    let scopes = roles::scopes_of_user(&store, bob.id, now()).await.unwrap().scopes;
    let expected = [
        "access:servers!server=ada/",
        "access:servers!server=ada/old-lab",
        "read:users",
        "self",
    ];
    assert_eq!(scopes, expected);

    let found = |key| tokens::find(&store, text(&facts, key), now());
    let token = found("user_token").await.unwrap().unwrap();
    assert_eq!(
        (token.owner, token.scopes),
        (Owner::User(ada.id), vec!["inherit".to_owned()])
    );
    let token = found("scoped_token").await.unwrap().unwrap();
    assert!(token.owner == Owner::User(bob.id) && token.expires_at.is_some());
    assert_eq!(found("chosen_token").await.unwrap().unwrap().owner, Owner::User(bob.id));
    let grades = services::by_name(&store, "grades").await.unwrap().unwrap();
    assert_eq!(
        found("service_token").await.unwrap().unwrap().owner,
        Owner::Service(grades.id)
    );
    assert!(found("expired_token").await.unwrap().is_none());

    let running = spawners::get(&store, ada.id, "").await.unwrap().unwrap();
    assert_eq!((running.run.phase, running.run.wish), (Phase::Ready, Wish::Run));
    assert_eq!(running.user_options, Some(json!({"profile": ["big"]})));
    assert_eq!(running.oauth_client_id.as_deref(), Some("jupyterhub-user-ada"));
    assert!(running.state.unwrap()["pid"].is_number());
    assert_eq!(spawners::to_reconcile(&store).await.unwrap(), [running.id]);
    assert_eq!(spawners::routes(&store).await.unwrap()[0].port, 43210);
    let stopped = spawners::get(&store, ada.id, "old-lab").await.unwrap().unwrap();
    assert_eq!(
        (stopped.run.phase, stopped.display_name.as_deref()),
        (Phase::Stopped, Some("My old lab"))
    );

    // We stop the server, and JupyterHub sees that.
    let tx = store.begin().await.unwrap();
    spawners::wish_stop(&tx, running.id, false, now()).await.unwrap();
    tx.commit().await.unwrap();
    let steps = [(Phase::Ready, Phase::Stopping), (Phase::Stopping, Phase::Stopped)];
    let tx = store.begin().await.unwrap();
    for (from, to) in steps {
        assert!(spawners::set_phase(&tx, running.id, 0, from, to, now()).await.unwrap());
    }
    spawners::clear_server(&tx, running.id).await.unwrap();
    tx.commit().await.unwrap();
    sync_roles(&store).await;
    drop(store);
    let seen = jupyterhub
        .run(
            "read",
            &url,
            &json!({"tokens": [facts["user_token"], facts["expired_token"]]}),
        )
        .await;
    assert_eq!(seen["users"]["ada"]["servers"][""]["url"], Json::Null);
    assert_eq!(seen["users"]["ada"]["auth_state"], facts["auth_state"]);
    assert_eq!(seen["tokens"], json!([{"owner": "ada", "scopes": ["inherit"]}, null]));
    hand_back(jupyterhub, &url, text(&facts, "user_token")).await;
    databases.discard(&url).await;
}

async fn after_us(jupyterhub: &JupyterHub, databases: &impl Databases) {
    let url = databases.fresh().await;
    let store = open(&url).await;
    sync_roles(&store).await;
    let ada = users::create(&store, "ada", true, "cookie-of-ada", now())
        .await
        .unwrap();
    let bob = users::create(&store, "bob", false, "cookie-of-bob", now())
        .await
        .unwrap();
    users::set_auth_state(&store, bob.id, Some(b"\x00sealed"))
        .await
        .unwrap();
    users::set_user_info(&store, bob.id, &json!({"mail": "bob@example.org"}))
        .await
        .unwrap();
    groups::ensure(&store, "chemists", &["bob".to_owned()], &json!({"room": 7}))
        .await
        .unwrap();
    native::set(&store, bob.id, "a hash", now()).await.unwrap();
    let session = NewSession {
        user_id: bob.id,
        session_id: "s",
        expires_at: now() + jiff::SignedDuration::from_hours(1),
        address: "127.0.0.1",
        user_agent: "a browser",
        method: None,
        theirs: None,
    };
    sessions::create(&store, "f", &session, now()).await.unwrap();
    let (clear, hashed) = token::generate(&SeededRng::new(9) as &dyn Rng);
    let scopes = ["inherit".to_owned()];
    let new = NewToken {
        owner: Owner::User(ada.id),
        hashed: &hashed,
        client_id: "jupyterhub",
        session_id: None,
        expires_at: None,
        note: "by hand",
        scopes: &scopes,
    };
    tokens::create(&store, &new, now()).await.unwrap();
    start(&store, bob.id).await;
    drop(store);

    let seen = jupyterhub.run("read", &url, &json!({"tokens": [clear.expose()]})).await;
    assert_eq!(seen["users"]["ada"]["roles"], json!(["admin", "user"]));
    let kept = &seen["users"]["bob"];
    assert_eq!((&kept["groups"], &kept["admin"]), (&json!(["chemists"]), &json!(false)));
    assert_eq!(kept["user_info"], json!({"mail": "bob@example.org"}));
    assert_eq!(kept["auth_state"], json!(base64(b"\x00sealed")));
    let server = &kept["servers"]["lab"];
    assert_eq!(server["url"], "http://127.0.0.1:4242/user/bob/lab/");
    assert_eq!(
        (&server["options"], &server["client"]),
        (&json!({"profile": "big"}), &json!("jupyterhub-user-bob-lab"))
    );
    assert_eq!(server["display_name"], "Bob's lab");
    assert_eq!(seen["tokens"], json!([{"owner": "ada", "scopes": ["inherit"]}]));
    hand_back(jupyterhub, &url, clear.expose()).await;

    // JupyterHub found the server dead, and deleted its owner: nothing of ours is left of them.
    let store = open(&url).await;
    assert!(spawners::to_reconcile(&store).await.unwrap().is_empty());
    assert!(native::hash_of(&store, bob.id).await.unwrap().is_none());
    assert!(sessions::find(&store, "f", now()).await.unwrap().is_none());
    databases.discard(&url).await;
}

/// A server in the phase Ready, of a process that is not there.
async fn start(store: &Store, user_id: i64) {
    let id = spawners::ensure(store, user_id, "lab", Some("Bob's lab"))
        .await
        .unwrap()
        .id;
    let client = oauth::NewClient {
        identifier: "jupyterhub-user-bob-lab",
        description: "Server at /user/bob/lab/",
        secret: "",
        redirect_uri: "/user/bob/lab/oauth_callback",
        allowed_scopes: &[],
    };
    let tx = store.begin().await.unwrap();
    let generation = spawners::wish_run(&tx, id, Some(&json!({"profile": "big"})), now())
        .await
        .unwrap();
    oauth::put_client(&tx, &client).await.unwrap();
    spawners::set_prepared(&tx, id, "/user/bob/lab/", client.identifier, now())
        .await
        .unwrap();
    let state = json!({"pid": i32::MAX - 1});
    spawners::set_started(&tx, id, "http", "127.0.0.1", 4242, &state, now())
        .await
        .unwrap();
    assert!(
        spawners::set_phase(&tx, id, generation, Phase::Requested, Phase::Ready, now())
            .await
            .unwrap()
    );
    events::push(&tx, id, generation, &[json!({"progress": 50})], now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

/// The real hub starts on the database, lists its users, makes one and deletes one, and ends without a complaint. Then
/// we open it again.
async fn hand_back(jupyterhub: &JupyterHub, url: &str, token: &str) {
    let requests = json!([
        [token, "GET", "/user"],
        [token, "GET", "/users"],
        [token, "POST", "/users/made-by-jupyterhub"],
        [token, "DELETE", "/users/bob"],
        ["no-such-token", "GET", "/user"],
    ]);
    let told = jupyterhub.run("serve", url, &json!({"requests": requests})).await;
    assert_eq!(told["complaints"], json!([]));
    let status: Vec<_> = told["answers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|answer| answer[0].as_i64())
        .collect();
    assert_eq!(status, [Some(200), Some(200), Some(201), Some(204), Some(403)]);
    assert_eq!(told["answers"][0][1]["name"], "ada");
    let listed = told["answers"][1][1]
        .as_array()
        .unwrap()
        .iter()
        .any(|user| user["name"] == "bob");
    assert!(listed, "{told}");

    let store = open(url).await;
    assert!(users::by_name(&store, "bob").await.unwrap().is_none());
    let made = users::by_name(&store, "made-by-jupyterhub").await.unwrap().unwrap();
    assert!(made.created.is_some());
    assert!(tokens::find(&store, token, now()).await.unwrap().is_some());
}

fn base64(bytes: &[u8]) -> String {
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
