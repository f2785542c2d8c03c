//! DockerSpawner's containers, from the real JupyterHub to us, on a real engine.

use std::fs;

use reqwest::Method;
use serde_json::Value;

use super::JupyterHub;
use crate::support::{self, Site, eventually};

#[path = "../../../../spawn-docker/tests/engine/host.rs"]
#[expect(dead_code, reason = "the engine is restarted by its own tests only")]
mod host;

use host::{Host, IMAGE};

const WHAT: &str = "the containers of a real DockerSpawner";
/// This test, for the program that runs it again where the engine has a network of its own.
const NAME: &str = "peers::docker::a_running_container_goes_from_dockerspawner_to_us";

fn site(docker: &Host) -> Site {
    let site = Site::new(&format!(
        "[[auth]]\nkind = \"dummy\"\n[access]\nallow_all = true\n[spawner]\nbackends = [\"docker\"]\n\
         [spawner.docker]\nhost = \"unix://{}\"\nimage = \"{IMAGE}\"\npull_policy = \"never\"\nstop_timeout = \"2s\"\n",
        docker.socket().display()
    ));
    let database = format!("sqlite:///{}", site.ground.path().join("jupyterhub.sqlite").display());
    site.with("PERIJOVE_HUB_DATABASE", &database)
}

fn dockerspawner(docker: &Host) -> String {
    format!(
        "c.JupyterHub.spawner_class = 'dockerspawner.DockerSpawner'\n\
         c.DockerSpawner.client_kwargs = {{'base_url': 'unix://{}'}}\n\
         c.DockerSpawner.image = '{IMAGE}'\n\
         c.DockerSpawner.pull_policy = 'never'\n\
         c.DockerSpawner.cmd = ['/server', 'serve']\n\
         c.DockerSpawner.remove = True\n\
         c.DockerSpawner.volumes = {{'jupyterhub-user-{{username}}': '/home/jovyan/work'}}\n",
        docker.socket().display()
    )
}

/// It runs on while nobody looks after it, is found by what JupyterHub kept of it, and its next start has the same home.
#[tokio::test]
async fn a_running_container_goes_from_dockerspawner_to_us() {
    let Some(environment) = support::environment("dockerspawner", WHAT) else {
        return;
    };
    if let Some(why) = host::impossible() {
        return host::skip(&why);
    }
    if !host::is_inside() {
        assert!(host::again_inside(["--exact", NAME, "--nocapture"]));
        return;
    }
    let docker = Host::start(&[]);
    docker.make_image(IMAGE, r#"["/server", "serve"]"#);
    let mut site = site(&docker);
    let (edge, hub) = (site.edge_address, site.hub_address);
    let jupyterhub = JupyterHub::start_with(&site.ground, &environment, edge, hub, &dockerspawner(&docker)).await;
    jupyterhub.api(Method::POST, "users/ada.l").await.expect(201);
    let begun = jupyterhub.api(Method::POST, "users/ada.l/server").await.status;
    assert!([201, 202].contains(&begun), "{begun}: {}", jupyterhub.log());
    eventually("JupyterHub's server is ready", async || {
        let model = jupyterhub.api(Method::GET, "users/ada.l").await.json();
        (model["servers"][""]["ready"] == true).then_some(())
    })
    .await;
    let id = |name: &str| docker.docker(&["inspect", "-f", "{{.Id}}", name]);
    let before = id("jupyter-ada-2el");
    fs::write(
        docker.volume("jupyterhub-user-ada-2el").join("thesis.ipynb"),
        "everything",
    )
    .unwrap();
    jupyterhub.stop().await;

    site.serve().await;
    let ready = async |site: &Site| {
        eventually("the server is ready", async || {
            let model = site.api(Method::GET, "users/ada.l", None).await.json();
            (model["servers"][""]["ready"] == true).then(|| model["servers"][""].clone())
        })
        .await
    };
    let server = ready(&site).await;
    assert_eq!(id("jupyter-ada-2el"), before, "it is the same");
    let through_the_edge = async || {
        let url = format!("http://{edge}/user/ada.l/");
        let answer = reqwest::get(url).await.ok()?;
        (answer.status() == 200).then_some(())?;
        answer.text().await.ok()
    };
    let page = eventually("it has its route", through_the_edge).await;
    assert!(
        page.contains("JUPYTERHUB_USER=ada.l") && page.contains("everything"),
        "{page}"
    );
    assert!(server["started"].is_string(), "{server}");

    let stopped = site.api(Method::DELETE, "users/ada.l/server", None).await.status;
    assert!([202, 204].contains(&stopped), "{stopped}");
    eventually("it has stopped", async || {
        let running = docker.docker(&["ps", "--quiet", "--filter", "name=jupyter-ada-2el"]);
        running.is_empty().then_some(())
    })
    .await;
    eventually("it starts again", async || {
        let status = site.api(Method::POST, "users/ada.l/server", None).await.status;
        [201, 202].contains(&status).then_some(())
    })
    .await;
    ready(&site).await;
    assert_ne!(id("jupyter-ada-2el"), before, "it is a new one, by the same name");
    let page = eventually("it has its route", through_the_edge).await;
    assert!(page.contains("everything"), "its home is the same: {page}");
    let homes = site.command(&["homes", "list", "--json"]).output().unwrap();
    let home: Value = serde_json::from_slice(homes.stdout.split(|byte| *byte == b'\n').next().unwrap()).unwrap();
    assert_eq!(home["place"], "jupyterhub-user-ada-2el");
    site.api(Method::DELETE, "users/ada.l/server", None).await;
    site.stop().await;
}
