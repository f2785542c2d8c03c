//! What Prometheus reads.

use perijove_testkit::{Answer, App};
use reqwest::Method;
use serde_json::json;

use super::{full_token, start_server, token};
use crate::support::eventually;

async fn scrape(app: &App) -> String {
    let answer = app.browser().get("hub/metrics").await.expect(200);
    assert_eq!(
        answer.header("content-type"),
        "text/plain; version=1.0.0; charset=utf-8"
    );
    answer.body
}

/// The value of the one sample that begins so.
#[track_caller]
fn value(text: &str, sample: &str) -> f64 {
    let line = text.lines().find(|line| line.starts_with(sample));
    let line = line.unwrap_or_else(|| panic!("no sample {sample} in\n{text}"));
    line.rsplit_once(' ').unwrap().1.parse().unwrap()
}

const OPEN: &str = "[metrics]\nauthenticate = false\n";

#[tokio::test]
async fn metrics_are_for_who_may_read_them() {
    let app = App::start().await;
    let ruth = app.sign_in("ruth").await;
    let reader = token(&ruth, "ruth", json!({ "scopes": ["read:metrics"] })).await;
    let other = token(&ruth, "ruth", json!({ "scopes": ["read:users"] })).await;
    for path in ["hub/metrics", "hub/api/metrics"] {
        let ask = async |token: &str| -> Answer {
            let browser = app.browser();
            let request = browser.request(Method::GET, path);
            browser
                .send(request.header("authorization", format!("token {token}")))
                .await
        };
        ask(&reader).await.expect(200);
        for refused in [ask(&other).await, app.browser().get(path).await] {
            assert_eq!(refused.status, 403, "{path}");
            assert!(refused.header("content-type").starts_with("text/html"), "{path}");
            assert!(
                refused
                    .text()
                    .contains("Access to metrics requires scope 'read:metrics'")
            );
        }
    }
    ruth.get("hub/metrics").await.expect(200);
    app.sign_in("ann").await.get("hub/metrics").await.expect(403);

    let app = app.restart_with(OPEN).await;
    scrape(&app).await;
}

#[tokio::test]
async fn it_is_told_which_services_are_up() {
    let config = format!(
        "[hub]\nservice_check_interval = \"200ms\"\n{OPEN}\
         [[service]]\nname = \"down\"\nurl = \"http://127.0.0.1:9\"\n[[service]]\nname = \"silent\"\n"
    );
    let app = App::builder().config(&config).start().await;
    let ruth = app.sign_in("ruth").await;
    let body = json!({ "url": app.browser_at_hub().url("") });
    ruth.api(Method::POST, "services/up", Some(body)).await.expect(201);
    let text = eventually("both are looked at", async || {
        let text = scrape(&app).await;
        text.contains("perijove_service_up{service=\"up\"}").then_some(text)
    })
    .await;
    assert_eq!(value(&text, "perijove_service_up{service=\"up\"}"), 1.0);
    assert_eq!(value(&text, "perijove_service_up{service=\"down\"}"), 0.0);
    assert!(!text.contains("silent"), "nobody can ask it: {text}");
}

#[tokio::test]
async fn requests_are_counted_by_the_handler_that_jupyterhub_has_for_them() {
    let app = App::builder().config(OPEN).start().await;
    let ann = app.sign_in("ann").await;
    let secret = full_token(&app, "ann").await;
    let browser = app.browser();
    for (method, path, status) in [
        (Method::GET, "users/ann", 200),
        (Method::GET, "users/bob", 404),
        (Method::DELETE, "users/ann", 403),
        (Method::GET, "user", 200),
        (Method::GET, "nothing", 404),
    ] {
        let answer = browser.api_with_token(&secret, method, path, None).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.body);
    }
    browser.get("hub/nothing").await;
    ann.get("hub/home").await;
    ann.get("hub/user/ann/x").await;
    app.browser_at_hub().get("/elsewhere").await;
    let text = scrape(&app).await;
    for (method, code, handler, least) in [
        ("GET", 200, "jupyterhub.apihandlers.users.UserAPIHandler", 1.0),
        ("GET", 404, "jupyterhub.apihandlers.users.UserAPIHandler", 1.0),
        ("DELETE", 403, "jupyterhub.apihandlers.users.UserAPIHandler", 1.0),
        ("GET", 200, "jupyterhub.apihandlers.users.SelfAPIHandler", 1.0),
        ("GET", 404, "jupyterhub.apihandlers.base.API404", 1.0),
        ("GET", 404, "jupyterhub.handlers.base.Template404", 1.0),
        ("GET", 200, "jupyterhub.handlers.pages.HomeHandler", 1.0),
        ("GET", 424, "jupyterhub.handlers.base.UserUrlHandler", 1.0),
        ("GET", 302, "jupyterhub.handlers.base.PrefixRedirectHandler", 1.0),
        ("POST", 302, "jupyterhub.handlers.login.LoginHandler", 2.0),
        ("POST", 201, "jupyterhub.apihandlers.users.UserTokenListAPIHandler", 1.0),
    ] {
        let sample = format!(
            "jupyterhub_request_duration_seconds_count{{code=\"{code}\",handler=\"{handler}\",method=\"{method}\"}}"
        );
        assert!(value(&text, &sample) >= least, "{sample}");
    }
    assert!(!text.contains("perijove."), "{text}");
}

#[tokio::test]
async fn people_and_servers_are_counted() {
    let app = App::builder().config(OPEN).start().await;
    let ann = app.sign_in("ann").await;
    let before = scrape(&app).await;
    assert_eq!(value(&before, "jupyterhub_total_users "), 2.0);
    assert_eq!(value(&before, "jupyterhub_running_servers "), 0.0);
    assert_eq!(value(&before, "jupyterhub_active_users{period=\"24h\"}"), 2.0);
    assert_eq!(value(&before, "perijove_sessions "), 1.0);
    let spawned = "jupyterhub_server_spawn_duration_seconds_count{reason=\"\",status=\"success\"}";
    assert_eq!(value(&before, spawned), 0.0);

    start_server(&ann, "ann").await;
    let running = scrape(&app).await;
    assert_eq!(value(&running, "jupyterhub_running_servers "), 1.0);
    assert_eq!(value(&running, spawned), 1.0);
    assert_eq!(
        value(
            &running,
            "jupyterhub_proxy_add_duration_seconds_count{status=\"success\"}"
        ),
        1.0
    );
    ann.api(Method::DELETE, "users/ann/server", None).await.expect(204);
    let stopped = scrape(&app).await;
    assert_eq!(value(&stopped, "jupyterhub_running_servers "), 0.0);
    assert_eq!(
        value(&stopped, "jupyterhub_server_stop_seconds_count{status=\"success\"}"),
        1.0
    );
    assert_eq!(
        value(
            &stopped,
            "jupyterhub_proxy_delete_duration_seconds_count{status=\"success\"}"
        ),
        1.0
    );
    assert_eq!(
        value(
            &stopped,
            "jupyterhub_login_duration_seconds_count{status=\"LoginStatus.success\"}"
        ),
        1.0
    );
    assert_eq!(value(&stopped, "jupyterhub_hub_startup_duration_seconds_count "), 1.0);
    assert!(value(&stopped, "perijove_audit_entries_total ") >= 2.0);
    app.browser()
        .request(Method::POST, "hub/security/csp-report")
        .body("{}")
        .send()
        .await
        .unwrap();
    assert_eq!(value(&scrape(&app).await, "jupyterhub_csp_reports_total "), 1.0);
}

#[tokio::test]
async fn names_and_limits_are_configured() {
    let toml = format!("{OPEN}prefix = \"my-hub\"\nspawn_buckets = [7, 3]\n");
    let app = App::builder().config(&toml).start().await;
    let text = scrape(&app).await;
    assert_eq!(value(&text, "my_hub_total_users "), 1.0);
    let sample = "my_hub_server_spawn_duration_seconds_bucket{reason=\"\",status=\"success\",le=";
    let limits: Vec<_> = text.lines().filter(|line| line.starts_with(sample)).collect();
    assert_eq!(limits.len(), 3, "{limits:?}");
    assert!(limits[0].contains("\"3.0\"") && limits[2].contains("+Inf"));
}
