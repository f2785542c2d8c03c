//! Under the real JupyterHub, in place of configurable-http-proxy.

use reqwest::Method;

use super::JupyterHub;
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
