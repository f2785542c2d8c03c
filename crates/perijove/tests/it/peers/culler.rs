//! `jupyterhub-idle-culler`, run by somebody else with a token of a role that may no more than it needs.

use reqwest::Method;
use serde_json::json;

use super::python;
use crate::support::{self, Site, eventually};

#[tokio::test]
async fn the_idle_culler_stops_idle_servers_only() {
    let what = "jupyterhub-idle-culler";
    let Some(environment) = support::environment("test", what) else {
        return;
    };
    let mut site = Site::new(&format!(
        "[[auth]]\nkind = \"dummy\"\n[access]\nallow_all = true\n\
         [spawner]\ncmd = [\"{}\", \"{}\"]\n\
         [[service]]\nname = \"culler\"\napi_token = \"the-token-of-the-culler\"\n\
         [[role]]\nname = \"culler\"\nservices = [\"culler\"]\n\
         scopes = [\"list:users\", \"read:users:activity\", \"read:servers\", \"delete:servers\"]\n",
        environment.join("bin/python").display(),
        support::program("lone_server.py"),
    ));
    site.serve().await;
    for name in ["ann", "bob"] {
        let person = site.sign_in(name).await;
        person
            .api(Method::POST, &format!("users/{name}/server"), None)
            .await
            .expect(201);
    }
    let api = format!("http://{}/hub/api", site.hub_address);
    let arguments = [
        "-m",
        "jupyterhub_idle_culler",
        "--timeout=3",
        "--cull-every=1",
        "--url",
        &api,
    ];
    let variables = [("JUPYTERHUB_API_TOKEN", "the-token-of-the-culler")];
    let mut culler = python(&site.ground, &environment, &arguments, &variables, "culler.log");

    eventually("ann's server is culled, while bob works", async || {
        let at = soon();
        let activity = json!({"servers": {"": {"last_activity": at}}, "last_activity": at});
        site.api(Method::POST, "users/bob/activity", Some(activity))
            .await
            .expect(200);
        let told = std::fs::read_to_string(site.ground.path().join("culler.log")).unwrap_or_default();
        assert_eq!(culler.try_wait().unwrap(), None, "{told}");
        site.processes_of("ann").is_empty().then_some(())
    })
    .await;
    site.stopped("ann").await;
    assert!(
        site.log().contains("204 DELETE /hub/api/users/ann/server"),
        "{}",
        site.log()
    );
    assert_eq!(site.processes_of("bob").len(), 1, "bob's goes on");
    culler.kill().unwrap();
    culler.wait().unwrap();
    site.stop().await;
}

/// A minute ahead, so that a slow machine does not make bob idle.
#[expect(clippy::disallowed_methods, reason = "the real culler has a real clock")]
fn soon() -> String {
    (jiff::Timestamp::now() + jiff::SignedDuration::from_mins(1)).to_string()
}
