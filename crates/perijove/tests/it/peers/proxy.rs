//! Under the real JupyterHub, in place of configurable-http-proxy.

use std::os::unix::fs::symlink;

use perijove_testkit::Browser;
use reqwest::Method;

use super::python;
use crate::support::{self, Ground, eventually};

#[tokio::test]
async fn jupyterhub_takes_our_edge_for_its_proxy() {
    let what = "the edge under the real JupyterHub";
    let Some(environment) = support::environment("test", what) else {
        return;
    };
    let ground = Ground::new();
    let proxy = ground.path().join("configurable-http-proxy");
    symlink(env!("CARGO_BIN_EXE_perijove"), &proxy).unwrap();
    let [edge, hub, api] = [(); 3].map(|()| support::free_port());
    let config = ground.path().join("jupyterhub_config.py");
    let home = ground.path().display();
    let text = format!(
        "c.JupyterHub.bind_url = 'http://127.0.0.1:{edge}'\n\
         c.JupyterHub.hub_bind_url = 'http://127.0.0.1:{hub}'\n\
         c.ConfigurableHTTPProxy.api_url = 'http://127.0.0.1:{api}'\n\
         c.ConfigurableHTTPProxy.command = ['{}']\n\
         c.JupyterHub.authenticator_class = 'dummy'\n\
         c.Authenticator.allow_all = True\n\
         c.JupyterHub.spawner_class = 'simple'\n\
         c.SimpleLocalProcessSpawner.home_dir_template = '{home}/{{username}}'\n\
         c.Spawner.cmd = ['{}', '{}']\n\
         c.JupyterHub.services = [{{'name': 'test', 'api_token': '{token}', 'admin': True}}]\n",
        proxy.display(),
        environment.join("bin/python").display(),
        support::program("lone_server.py"),
        token = support::ADMIN_TOKEN,
    );
    std::fs::write(&config, text).unwrap();
    let arguments = ["-m", "jupyterhub", "--config", config.to_str().unwrap()];
    let mut jupyterhub = python(&ground, &environment, &arguments, &[], "jupyterhub.log");
    let log = || std::fs::read_to_string(ground.path().join("jupyterhub.log")).unwrap();

    let browser = Browser::new(&format!("http://127.0.0.1:{edge}"), "/");
    eventually("JupyterHub answers through our edge", async || {
        assert_eq!(jupyterhub.try_wait().unwrap(), None, "{}", log());
        let answer = browser.client().get(browser.url("hub/health")).send().await.ok()?;
        (answer.status() == 200).then_some(())
    })
    .await;
    let ask = async |method, path| browser.api_with_token(support::ADMIN_TOKEN, method, path, None).await;
    ask(Method::POST, "users/ann").await.expect(201);
    let started = ask(Method::POST, "users/ann/server").await.status;
    assert!([201, 202].contains(&started), "{}", log());
    let told = eventually("ann's server answers through our edge", async || {
        let answer = browser.get("/user/ann/x").await;
        (answer.status == 200).then(|| answer.json())
    })
    .await;
    assert_eq!(
        (&told["path"], &told["JUPYTERHUB_USER"]),
        (&"/user/ann/x".into(), &"ann".into())
    );
    ask(Method::DELETE, "users/ann/server").await.expect(204);
    assert_ne!(
        browser.get("/user/ann/x").await.status,
        200,
        "the route goes with the server"
    );
    assert!(!log().contains("Traceback"), "{}", log());

    jupyterhub.kill().unwrap();
    jupyterhub.wait().unwrap();
}
