//! A service made with `jupyterhub.services.auth`, run by somebody else: people are asked once whether it may know them.

use perijove_testkit::Browser;

use super::python;
use crate::support::{self, Site, eventually};

/// Names of the services; the second is trusted by whoever runs the hub.
const SERVICES: [&str; 2] = ["whoami", "trusted"];

#[tokio::test]
async fn a_service_signs_people_in() {
    let what = "a service made with jupyterhub.services.auth";
    let Some(environment) = support::environment("test", what) else {
        return;
    };
    let ports = SERVICES.map(|_| support::free_port());
    let mut site = Site::new(&configuration(ports));
    let children: Vec<_> = SERVICES
        .iter()
        .zip(ports)
        .map(|(name, port)| start(&site, &environment, name, port))
        .collect();
    site.serve().await;
    let ann = site.sign_in("ann").await;
    for name in SERVICES {
        eventually("the service answers", async || {
            (ann.get(&format!("/services/{name}/")).await.status == 302).then_some(())
        })
        .await;
    }

    is_asked_once(&site, &ann).await;
    let told = ann.visit("/services/trusted/").await.expect(200).json();
    assert_eq!(told["name"], "ann", "whoever runs the hub has agreed to this one");

    let bob = site.sign_in("bob").await;
    let asked = bob.get("/services/whoami/").await.expect(302);
    bob.get(asked.to()).await.expect(403);

    for mut child in children {
        child.kill().unwrap();
        child.wait().unwrap();
    }
    site.stop().await;
}

async fn is_asked_once(site: &Site, ann: &Browser) {
    let asked = ann.get("/services/whoami/").await.expect(302);
    assert!(asked.to().starts_with("/hub/api/oauth2/authorize?"), "{}", asked.to());
    let page = ann.get(asked.to()).await.expect(200);
    assert!(page.body.contains("whoami"), "{}", page.body);
    let scopes = fields(&page.body, "scopes");
    assert!(scopes.contains(&"access:services!service=whoami"), "{scopes:?}");
    let agreed: Vec<_> = scopes.iter().map(|scope| ("scopes", *scope)).collect();
    let back = ann.post_form(asked.to(), &agreed).await.expect(302);
    let told = ann.visit(back.to()).await.expect(200).json();
    assert_eq!((&told["name"], &told["kind"]), (&"ann".into(), &"user".into()));

    let elsewhere = site.sign_in("ann").await;
    let told = elsewhere.visit("/services/whoami/").await.expect(200).json();
    assert_eq!(told["name"], "ann", "what ann has agreed to is not asked again");
}

/// The values of the hidden inputs of this name.
fn fields<'a>(page: &'a str, name: &str) -> Vec<&'a str> {
    let inputs = page
        .split("<input")
        .skip(1)
        .filter_map(|input| input.split_once('>'))
        .map(|(input, _)| input);
    let named = inputs.filter(|input| input.contains(&format!("name=\"{name}\"")));
    named
        .filter_map(|input| input.split_once("value=\"")?.1.split('"').next())
        .collect()
}

fn configuration(ports: [u16; 2]) -> String {
    let services = SERVICES.iter().zip(ports).map(|(name, port)| {
        let trusted = *name == "trusted";
        format!(
            "[[service]]\nname = \"{name}\"\nurl = \"http://127.0.0.1:{port}\"\napi_token = \"the-secret-of-{name}\"\n\
             oauth_no_confirm = {trusted}\n\
             [[role]]\nname = \"visitors-of-{name}\"\nscopes = [\"access:services!service={name}\"]\nusers = [\"ann\"]\n"
        )
    });
    "[[auth]]\nkind = \"dummy\"\n[access]\nallow_all = true\n".to_owned() + &services.collect::<String>()
}

/// What its administrator would put into the service's unit file.
fn start(site: &Site, environment: &std::path::Path, name: &str, port: u16) -> std::process::Child {
    let prefix = format!("/services/{name}/");
    let variables = [
        ("JUPYTERHUB_SERVICE_NAME", name.to_owned()),
        ("JUPYTERHUB_SERVICE_PREFIX", prefix.clone()),
        ("JUPYTERHUB_SERVICE_URL", format!("http://127.0.0.1:{port}")),
        ("JUPYTERHUB_API_TOKEN", format!("the-secret-of-{name}")),
        ("JUPYTERHUB_API_URL", format!("http://{}/hub/api", site.hub_address)),
        ("JUPYTERHUB_BASE_URL", "/".to_owned()),
        ("JUPYTERHUB_CLIENT_ID", format!("service-{name}")),
        ("JUPYTERHUB_OAUTH_CALLBACK_URL", format!("{prefix}oauth_callback")),
        (
            "JUPYTERHUB_OAUTH_ACCESS_SCOPES",
            format!("[\"access:services\", \"access:services!service={name}\"]"),
        ),
    ];
    let variables = variables.each_ref().map(|(name, value)| (*name, value.as_str()));
    python(
        &site.ground,
        environment,
        &[&support::program("whoami.py")],
        &variables,
        &format!("{name}.log"),
    )
}
