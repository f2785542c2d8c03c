//! Under the real JupyterHub, in place of configurable-http-proxy.

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use perijove_testkit::Browser;
use reqwest::Method;

use super::singleuser::Kernel;
use super::{JupyterHub, our_proxy};
use crate::support::{self, Ground, eventually};

#[tokio::test]
async fn jupyterhub_takes_our_edge_for_its_proxy() {
    let what = "the edge under the real JupyterHub";
    let Some(environment) = support::environment("test", what) else {
        return;
    };
    let ground = Ground::new();
    let [edge, hub] = [(); 2].map(|()| support::free_address());
    let jupyterhub = JupyterHub::start(&ground, &environment, edge, hub).await;
    jupyterhub.api(Method::POST, "users/ann").await.expect(201);
    let started = jupyterhub.api(Method::POST, "users/ann/server").await.status;
    assert!([201, 202].contains(&started), "{}", jupyterhub.log());
    let told = eventually("ann's server answers through our edge", async || {
        let answer = jupyterhub.browser.get("/user/ann/x").await;
        (answer.status == 200).then(|| answer.json())
    })
    .await;
    assert_eq!(
        (&told["path"], &told["JUPYTERHUB_USER"]),
        (&"/user/ann/x".into(), &"ann".into())
    );
    jupyterhub.api(Method::DELETE, "users/ann/server").await.expect(204);
    let after = jupyterhub.browser.get("/user/ann/x").await;
    assert_ne!(after.status, 200, "the route goes with the server");
    jupyterhub.stop().await;
}

/// As where the proxy has a life of its own (in the Zero-to-JupyterHub chart): the hub comes and goes behind it.
#[tokio::test]
async fn a_whole_session_with_a_restart_of_jupyterhub_in_the_middle() {
    let what = "a whole session under the real JupyterHub";
    let Some(environment) = support::environment("lab", what) else {
        return;
    };
    let ground = Ground::new();
    let [edge, api, hub] = [(); 3].map(|()| support::free_address());
    let mut proxy = chart_proxy(&ground, edge, api, hub);
    let more = format!(
        "c.ConfigurableHTTPProxy.should_start = False\n\
         c.ConfigurableHTTPProxy.auth_token = 'the-token-of-the-chart'\n\
         c.ConfigurableHTTPProxy.api_url = 'http://{api}'\n{}",
        real_servers(&environment)
    );
    let start = async || JupyterHub::start_with(&ground, &environment, edge, hub, &more).await;
    let jupyterhub = start().await;
    let ann = Browser::new(&format!("http://{edge}"), "/");
    let mut kernel = works(&jupyterhub, &ann, edge).await;

    jupyterhub.stop().await;
    assert_eq!(kernel.run("print('still', 'there')").await, "still there\n");
    assert_eq!(
        ann.get("/user/ann/api/status").await.status,
        200,
        "a server needs no hub"
    );
    let away = ann.get("/hub/home").await;
    assert_eq!(away.status, 503);
    assert!(away.body.contains("<h1>"), "a page for people: {}", away.body);
    let jupyterhub = start().await;
    assert_eq!(kernel.run("print(6 * 7)").await, "42\n");
    leaves(&jupyterhub, &ann).await;
    jupyterhub.stop().await;
    proxy.kill().unwrap();
    proxy.wait().unwrap();
}

/// Everything between the proxy, the hub and the servers is encrypted, and each shows the others who it is.
#[tokio::test]
async fn a_whole_session_with_internal_ssl() {
    let what = "a session under the real JupyterHub with internal_ssl";
    let Some(environment) = support::environment("lab", what) else {
        return;
    };
    let ground = Ground::new();
    let [edge, api, hub] = [(); 3].map(|()| support::free_address());
    let more = format!(
        "c.JupyterHub.internal_ssl = True\n\
         c.JupyterHub.internal_certs_location = '{}/internal-ssl'\n\
         c.JupyterHub.hub_bind_url = 'https://{hub}'\n\
         c.ConfigurableHTTPProxy.api_url = 'https://{api}'\n{}",
        ground.path().display(),
        real_servers(&environment)
    );
    let jupyterhub = JupyterHub::start_with(&ground, &environment, edge, hub, &more).await;
    let ann = Browser::new(&format!("http://{edge}"), "/");
    let mut kernel = works(&jupyterhub, &ann, edge).await;
    assert_eq!(kernel.run("print(6 * 7)").await, "42\n");
    let plain = reqwest::Client::builder().no_proxy().build().unwrap();
    assert!(plain.get(format!("http://{api}/api/routes")).send().await.is_err());
    leaves(&jupyterhub, &ann).await;
    jupyterhub.stop().await;
}

/// Our edge, with the command line of the chart.
fn chart_proxy(ground: &Ground, edge: SocketAddr, api: SocketAddr, hub: SocketAddr) -> Child {
    let log = std::fs::File::create(ground.path().join("proxy.log")).unwrap();
    let arguments = [
        format!("--ip={}", edge.ip()),
        format!("--port={}", edge.port()),
        format!("--api-ip={}", api.ip()),
        format!("--api-port={}", api.port()),
        format!("--default-target=http://{hub}"),
        format!("--error-target=http://{hub}/hub/error"),
        "--log-level=debug".to_owned(),
    ];
    Command::new(our_proxy(ground))
        .args(arguments)
        .env_clear()
        .env("CONFIGPROXY_AUTH_TOKEN", "the-token-of-the-chart")
        .env("HOME", ground.path())
        .stdin(Stdio::null())
        .stdout(log.try_clone().unwrap())
        .stderr(log)
        .spawn()
        .unwrap()
}

/// What people have: a notebook server with kernels.
fn real_servers(environment: &Path) -> String {
    format!(
        "c.Spawner.cmd = ['{}']\nc.Spawner.args = ['--allow-root']\nc.Spawner.http_timeout = 120\n",
        environment.join("bin/jupyterhub-singleuser").display()
    )
}

/// Ann signs in, starts her server, opens it and runs a cell.
async fn works(jupyterhub: &JupyterHub<'_>, ann: &Browser, edge: SocketAddr) -> Kernel {
    ann.sign_in("ann", "any").await;
    let asked = ann.api(Method::POST, "users/ann/server", None).await;
    assert!(
        [201, 202].contains(&asked.status),
        "{}: {}",
        asked.body,
        jupyterhub.log()
    );
    eventually("ann's server is ready", async || {
        let told = jupyterhub.api(Method::GET, "users/ann").await.json();
        (told["servers"][""]["ready"] == true).then_some(())
    })
    .await;
    ann.visit("/user/ann/lab").await.expect(200);
    let mut kernel = Kernel::start(edge, ann).await;
    assert_eq!(kernel.run("print('begun')").await, "begun\n");
    kernel
}

async fn leaves(jupyterhub: &JupyterHub<'_>, ann: &Browser) {
    let stopped = ann.api(Method::DELETE, "users/ann/server", None).await.status;
    assert!([202, 204].contains(&stopped), "{}", jupyterhub.log());
    eventually("the route goes with the server", async || {
        (ann.get("/user/ann/api/status").await.status != 200).then_some(())
    })
    .await;
}
