//! Managed services: the hub runs them, one hub of several.

use jiff::SignedDuration;
use perijove_spawn::services::ServiceSpec;
use perijove_store::{oauth, services};
use perijove_testkit::App;
use reqwest::Method;
use serde_json::json;

use super::full_token;
use super::rest::Caller;
use crate::support::eventually;

const MANAGED: &str = r#"
[[service]]
name = "culler"
command = ["cull", "--timeout=3600"]
cwd = "/srv/culler"
environment = { CULL = "all", JUPYTERHUB_SERVICE_NAME = "somebody-else", JUPYTERHUB_HOST = "chosen" }
[[service]]
name = "grader"
command = ["grade"]
url = "http://127.0.0.1:9"
api_token = "the-secret-of-grader"
timeout = "1s"
oauth_client_allowed_scopes = ["read:users!user"]
[[role]]
name = "culls"
scopes = ["list:users"]
services = ["culler"]
"#;

async fn start() -> App {
    let app = App::builder().config(MANAGED).start().await;
    for name in ["culler", "grader"] {
        running(&app, name).await;
    }
    app
}

/// The one process of a service.
async fn running(app: &App, name: &str) -> i64 {
    eventually("the service runs", async || {
        match app.services.living(name).as_slice() {
            [pid] => Some(*pid),
            _ => None,
        }
    })
    .await
}

fn last_spec(app: &App, name: &str) -> ServiceSpec {
    let specs = app.services.specs();
    specs.into_iter().rfind(|spec| spec.name == name).unwrap()
}

async fn pid(app: &App, name: &str) -> Option<i64> {
    services::by_name(&app.hub.store, name).await.unwrap().unwrap().pid
}

/// The values were read off a managed service of JupyterHub 6.1.1 with the same settings.
#[tokio::test]
async fn a_program_is_told_what_it_needs() {
    let app = start().await;
    let culler = last_spec(&app, "culler");
    assert_eq!(culler.command, ["cull", "--timeout=3600"]);
    assert_eq!(culler.cwd.as_deref(), Some(std::path::Path::new("/srv/culler")));
    let hub = format!("http://{}/hub/api", app.hub_address());
    for (name, value) in [
        ("JUPYTERHUB_SERVICE_NAME", "culler"),
        ("JUPYTERHUB_CLIENT_ID", "service-culler"),
        ("JUPYTERHUB_API_URL", hub.as_str()),
        ("JUPYTERHUB_BASE_URL", "/"),
        ("JUPYTERHUB_HOST", "chosen"),
        ("JUPYTERHUB_OAUTH_CALLBACK_URL", "oauth_callback"),
        (
            "JUPYTERHUB_OAUTH_SCOPES",
            r#"["access:services","access:services!service=culler"]"#,
        ),
        (
            "JUPYTERHUB_OAUTH_ACCESS_SCOPES",
            r#"["access:services","access:services!service=culler"]"#,
        ),
        ("JUPYTERHUB_OAUTH_CLIENT_ALLOWED_SCOPES", "[]"),
        ("JUPYTERHUB_USER", ""),
        ("JUPYTERHUB_SERVER_NAME", ""),
        ("JUPYTERHUB_PUBLIC_URL", ""),
        ("JUPYTERHUB_PUBLIC_HUB_URL", ""),
        ("JUPYTERHUB_COOKIE_HOST_PREFIX_ENABLED", "0"),
        ("CULL", "all"),
    ] {
        assert_eq!(culler.env.get(name).map(String::as_str), Some(value), "{name}");
    }
    for name in [
        "JUPYTERHUB_ACTIVITY_URL",
        "JUPYTERHUB_SERVICE_URL",
        "JUPYTERHUB_SERVICE_PREFIX",
    ] {
        assert!(!culler.env.contains_key(name), "{name}");
    }
    let grader = last_spec(&app, "grader");
    for (name, value) in [
        ("JUPYTERHUB_SERVICE_URL", "http://127.0.0.1:9"),
        ("JUPYTERHUB_SERVICE_PREFIX", "/services/grader/"),
        ("JUPYTERHUB_OAUTH_CALLBACK_URL", "/services/grader/oauth_callback"),
        ("JUPYTERHUB_OAUTH_CLIENT_ALLOWED_SCOPES", "[]"),
    ] {
        assert_eq!(grader.env.get(name).map(String::as_str), Some(value), "{name}");
    }
    assert_eq!(grader.api_token.expose(), "the-secret-of-grader");
}

#[tokio::test]
async fn the_api_tells_of_the_process() {
    let app = start().await;
    let ruth = Caller::with(&app, &full_token(&app, "ruth").await);
    let living = running(&app, "grader").await;
    let model = eventually("the process is written down", async || {
        let model = ruth.get("services/grader").await.expect(200).json();
        (model["pid"] != 0).then_some(model)
    })
    .await;
    assert_eq!((&model["pid"], &model["command"]), (&json!(living), &json!(["grade"])));
    let refused = ruth.call(Method::DELETE, "services/grader", None).await;
    super::refused(&refused, 405, "Service grader is not modifiable at runtime");
}

#[tokio::test]
async fn a_program_that_ends_is_started_again_with_another_token() {
    let app = start().await;
    let first = last_spec(&app, "culler");
    let works = async |spec: &ServiceSpec| {
        let answer = Caller::with(&app, spec.api_token.expose()).get("user").await;
        (answer.status == 200).then(|| answer.json())
    };
    let model = works(&first).await.unwrap();
    assert_eq!((&model["kind"], &model["name"]), (&json!("service"), &json!("culler")));
    let before = running(&app, "culler").await;
    app.services.kill(before);
    eventually("it is started again", async || {
        (app.services.living("culler").first()? != &before).then_some(())
    })
    .await;
    let second = last_spec(&app, "culler");
    assert!(works(&second).await.is_some());
    assert!(
        works(&first).await.is_none(),
        "of a program that has ended nothing is left"
    );
    // It ends often: it comes back every time, and tokens don't pile up.
    for _ in 0..2 {
        let before = running(&app, "culler").await;
        app.services.kill(before);
        eventually("it is started again", async || {
            (app.services.living("culler").first()? != &before).then_some(())
        })
        .await;
    }
    let rows = perijove_store::Stmt::read(
        "SELECT COUNT(*) FROM api_tokens t JOIN services s ON s.id = t.service_id WHERE s.name = 'culler'",
    );
    let count: Option<i64> = perijove_store::Db::one(&app.hub.store, &rows, &[]).await.unwrap();
    assert_eq!(count, Some(1));
}

#[tokio::test]
async fn a_program_ends_with_its_hub_and_comes_back_with_the_next() {
    let app = start().await;
    let first = last_spec(&app, "culler");
    let before = running(&app, "culler").await;
    let app = app.restart().await;
    let after = running(&app, "culler").await;
    assert!(after != before);
    let old = Caller::with(&app, first.api_token.expose()).get("user").await;
    assert_eq!(old.status, 403);
    // One that nobody wants any more is gone for good.
    let app = app.restart_with("[[service]]\nname = \"other\"\n").await;
    assert!(app.services.living("culler").is_empty());
    assert!(services::by_name(&app.hub.store, "culler").await.unwrap().is_none());
}

#[tokio::test]
async fn of_two_hubs_one_runs_it_and_the_other_takes_over() {
    let app = start().await;
    let before = running(&app, "grader").await;
    let replica = app.second_hub().await;
    // The other hub's start leaves alone what runs.
    let client = oauth::client(&app.hub.store, "service-grader").await.unwrap().unwrap();
    assert!(!client.secret.is_empty());
    assert_eq!(running(&app, "grader").await, before);
    assert_eq!(pid(&app, "grader").await, Some(before));
    app.hub.stop().await;
    let after = eventually("the other hub takes over", async || {
        app.services
            .living("grader")
            .first()
            .copied()
            .filter(|pid| *pid != before)
    })
    .await;
    assert_eq!(app.services.living("grader"), [after]);
    replica.stop().await;
    assert!(app.services.living("grader").is_empty());
    assert_eq!(pid(&app, "grader").await, None);
}

#[tokio::test]
async fn a_hub_that_has_lost_its_lease_ends_what_it_runs() {
    let app = start().await;
    let before = running(&app, "grader").await;
    let now = app.hub.clock.now();
    let far = now + SignedDuration::from_secs(100);
    let store = &app.hub.store;
    let taken =
        perijove_store::leases::acquire(store, "service:grader", "another", SignedDuration::from_secs(200), far);
    assert!(taken.await.unwrap().is_some());
    eventually("it is ended", async || {
        app.services.living("grader").is_empty().then_some(())
    })
    .await;
    assert!(
        app.services.specs().iter().filter(|spec| spec.name == "grader").count() == 1,
        "{before}"
    );
}

#[tokio::test]
async fn one_that_can_not_be_started_is_tried_again() {
    let app = App::builder().start().await;
    app.services.set_fail(Some("the program was not found"));
    let services = app.services.clone();
    let app = app.restart_with(MANAGED).await;
    eventually("it was tried more than once", async || {
        (services.specs().iter().filter(|spec| spec.name == "culler").count() > 1).then_some(())
    })
    .await;
    services.set_fail(None);
    running(&app, "culler").await;
}
