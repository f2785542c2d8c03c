//! JupyterHub's database, from the real JupyterHub to us and back, with the programs' own command lines.

use std::path::Path;

use reqwest::Method;
use serde_json::{Value, json};

use super::{JupyterHub, command};
use crate::support::{self, Site, eventually};

const WHAT: &str = "JupyterHub's own database";
/// Another revision, of JupyterHub 5.
const OLD: &str = "import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); \
                   db.execute(\"UPDATE alembic_version SET version_num = '4621fec11365'\"); db.commit()";

const FOR_ANN: &str = "[[auth]]\nkind = \"dummy\"\n[access]\nallowed_users = [\"ann\"]\n";

/// A site that is configured to go on with the database of a JupyterHub.
fn site(toml: &str) -> Site {
    let site = Site::new(toml);
    let database = format!("sqlite:///{}", site.ground.path().join("jupyterhub.sqlite").display());
    site.with("PERIJOVE_HUB_DATABASE", &database)
}

/// `jupyterhub token ann`: the real one, on the same database, which it makes if it is not there.
fn jupyterhub_token(site: &Site, environment: &Path) -> String {
    let config = site.ground.path().join("jupyterhub_config.py");
    let text = "c.JupyterHub.db_url = 'sqlite:///jupyterhub.sqlite'\nc.Authenticator.allowed_users = {'ann'}\n";
    std::fs::write(&config, text).unwrap();
    let arguments = ["-m", "jupyterhub", "token", "ann", "--config", config.to_str().unwrap()];
    let output = command(&site.ground, environment, &arguments).output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

async fn opens(site: &Site, token: &str) -> bool {
    let answer = site.browser().api_with_token(token, Method::GET, "user", None).await;
    answer.status == 200 && answer.json()["name"] == "ann"
}

#[tokio::test]
async fn goes_to_us_and_back() {
    let Some(environment) = support::environment("test", WHAT) else {
        return;
    };
    let mut site = site(FOR_ANN);
    let before = jupyterhub_token(&site, &environment);
    site.serve().await;
    assert!(opens(&site, &before).await, "a token that JupyterHub has made");
    site.stop().await;

    let after = jupyterhub_token(&site, &environment);
    site.serve().await;
    assert!(
        opens(&site, &before).await && opens(&site, &after).await,
        "both, after JupyterHub had it back"
    );
    site.stop().await;
}

/// Files that were there before are written down as whose they are, and go where their person goes.
#[tokio::test]
async fn brings_its_homes() {
    let Some(environment) = support::environment("test", WHAT) else {
        return;
    };
    let mut site = site(FOR_ANN);
    jupyterhub_token(&site, &environment);
    let home = site.data("homes/ann");
    std::fs::create_dir_all(&home).unwrap();
    std::fs::write(home.join("thesis.ipynb"), "everything").unwrap();
    site.serve().await;
    let listed = |state: &str| {
        let arguments = ["homes", "list", "--owner", "ann", "--state", state, "--json"];
        let output = site.command(&arguments).output().unwrap();
        let line = String::from_utf8(output.stdout).unwrap();
        serde_json::from_str::<Value>(line.lines().next()?).ok()
    };
    let found = support::eventually("the home is written down", async || {
        listed("live").filter(|home| home["made"] == true)
    })
    .await;
    assert_eq!(found["place"], home.to_str().unwrap());
    site.api(Method::DELETE, "users/ann", None).await.expect(204);
    support::eventually("the files are in the trash", async || listed("trashed")).await;
    assert!(!home.exists());
    site.stop().await;
}

#[tokio::test]
async fn of_another_revision_is_refused_with_the_command_that_helps() {
    let Some(environment) = support::environment("test", WHAT) else {
        return;
    };
    let site = site(FOR_ANN);
    jupyterhub_token(&site, &environment);
    let file = site.ground.path().join("jupyterhub.sqlite");
    let python = |script| {
        let output = command(&site.ground, &environment, &["-c", script, file.to_str().unwrap()])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    python(OLD);
    let before = std::fs::read(&file).unwrap();

    let output = site.command(&["serve"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(64), "{said}");
    assert!(
        said.contains("4621fec11365") && said.contains("jupyterhub upgrade-db"),
        "{said}"
    );
    assert!(std::fs::read(&file).unwrap() == before, "not a byte was changed");
}

/// Roles that were made and given while the hub ran, with scopes that JupyterHub doesn't know and with an end.
#[tokio::test]
async fn opens_with_what_was_changed_at_run_time() {
    let Some(environment) = support::environment("test", WHAT) else {
        return;
    };
    let mut site = site("[[auth]]\nkind = \"dummy\"\n[access]\nallow_all = true\n");
    site.serve().await;
    let ann = site.sign_in("ann").await;
    let give = async |method: Method, path: &str, body: Value| {
        let status = site.api(method, path, Some(body)).await.status;
        assert!([200, 201].contains(&status), "{path}: {status}");
    };
    let scopes = ["list:users", "read:audit", "list:roles", "grant:roles!group=class"];
    give(Method::POST, "roles", json!({ "name": "helper", "scopes": scopes })).await;
    give(Method::POST, "groups/class", json!({ "users": ["ann"] })).await;
    give(Method::PUT, "roles/helper/users/ann", json!({ "expires_in": 3600 })).await;
    give(Method::PUT, "roles/helper/groups/class", json!({ "expires_in": 3600 })).await;
    let wanted = json!({ "scopes": ["read:audit", "list:users", "tokens!user"] });
    let made = ann
        .api(Method::POST, "users/ann/tokens", Some(wanted))
        .await
        .expect(201)
        .json();
    let token = made["token"].as_str().unwrap();
    give(Method::POST, "services/made", json!({ "url": "http://127.0.0.1:9" })).await;
    let said = site.command(&["stop"]).output().unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));

    let (edge, hub) = (site.edge_address, site.hub_address);
    let jupyterhub = JupyterHub::start(&site.ground, &environment, edge, hub).await;
    let model = jupyterhub.api(Method::GET, "users/ann").await.expect(200).json();
    assert_eq!(
        (&model["groups"], &model["roles"]),
        (&json!(["class"]), &json!(["user"]))
    );
    assert_eq!(jupyterhub.api(Method::GET, "groups/class").await.status, 200);
    assert!(opens(&site, token).await, "{}", jupyterhub.log());
    let started = jupyterhub.api(Method::POST, "users/ann/server").await.status;
    assert!([201, 202].contains(&started), "{}", jupyterhub.log());
    jupyterhub.stop().await;

    site.serve().await;
    site.ready("ann").await;
    assert!(opens(&site, token).await);
    let roles = site.api(Method::GET, "roles", None).await.expect(200).body;
    assert!(
        !roles.contains("helper"),
        "JupyterHub deletes what its configuration does not name: {roles}"
    );
    site.api(Method::DELETE, "users/ann/server", None).await;
    site.stopped("ann").await;
    site.stop().await;
}

/// A server that JupyterHub has started runs on under us, and under JupyterHub again.
#[tokio::test]
async fn takes_running_servers_along() {
    let Some(environment) = support::environment("test", WHAT) else {
        return;
    };
    let mut site = site("[[auth]]\nkind = \"dummy\"\n[access]\nallow_all = true\n");
    let (edge, hub) = (site.edge_address, site.hub_address);
    let jupyterhub = JupyterHub::start(&site.ground, &environment, edge, hub).await;
    jupyterhub.api(Method::POST, "users/ann").await.expect(201);
    let started = jupyterhub.api(Method::POST, "users/ann/server").await.status;
    assert!([201, 202].contains(&started), "{}", jupyterhub.log());
    jupyterhub.stop().await;
    let [process] = site.processes_of("ann")[..] else {
        panic!("one server: {:?}", site.processes_of("ann"))
    };

    site.serve().await;
    site.ready("ann").await;
    let told = eventually("the route leads to the server", async || {
        let answer = site.browser().get("/user/ann/x").await;
        (answer.status == 200).then(|| answer.json())
    })
    .await;
    assert_eq!(told["pid"], process.as_raw_pid());
    let token = told["JUPYTERHUB_API_TOKEN"].as_str().unwrap();
    assert!(opens(&site, token).await, "the server's token holds");
    let said = site.command(&["stop"]).output().unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));

    let jupyterhub = JupyterHub::start(&site.ground, &environment, edge, hub).await;
    let servers = async || jupyterhub.api(Method::GET, "users/ann").await.expect(200).json()["servers"].clone();
    eventually("JupyterHub has found the server", async || {
        (servers().await[""]["ready"] == true).then_some(())
    })
    .await;
    assert_eq!(site.processes_of("ann"), [process]);
    jupyterhub.stop().await;

    site.serve().await;
    site.ready("ann").await;
    let ask = site.api(Method::DELETE, "users/ann/server", None).await.status;
    assert!([202, 204].contains(&ask));
    site.stopped("ann").await;
    assert_eq!(site.processes_of("ann"), []);
    site.stop().await;
}
