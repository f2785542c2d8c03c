//! The rules that hold for all of the REST API, and callers of it.

use perijove_testkit::{Answer, App, Browser};
use reqwest::Method;
use serde_json::{Value, json};

use super::{full_token, refused};

pub const ROLES: &str = r#"
[[service]]
name = "lister"
api_token = "the-secret-of-lister"
[[service]]
name = "teacher"
api_token = "the-secret-of-teacher"
[[service]]
name = "watcher"
api_token = "the-secret-of-watcher"
[[service]]
name = "manager"
api_token = "the-secret-of-manager"
[[service]]
name = "nobody"
api_token = "the-secret-of-nobody"
[[group]]
name = "class"
users = ["ann", "bob"]
[[role]]
name = "lists"
scopes = ["list:users", "read:servers"]
services = ["lister"]
[[role]]
name = "teaches"
scopes = ["list:users!group=class", "read:users!group=class", "servers!group=class", "users:activity!group=class"]
services = ["teacher"]
[[role]]
name = "watches"
scopes = ["read:users:activity!user=ann", "read:servers!server=ann/"]
services = ["watcher"]
[[role]]
name = "manages"
scopes = ["admin:users"]
services = ["manager"]
"#;

/// Calls as a service, or as whoever has this token.
pub struct Caller {
    browser: Browser,
    token: String,
}

impl Caller {
    pub fn service(app: &App, name: &str) -> Self {
        Self::with(app, &format!("the-secret-of-{name}"))
    }

    pub fn with(app: &App, token: &str) -> Self {
        Self {
            browser: app.browser(),
            token: token.to_owned(),
        }
    }

    pub async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        self.browser.api_with_token(&self.token, method, path, body).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, None).await
    }
}

pub fn names(list: &Value) -> Vec<&str> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|user| user["name"].as_str().unwrap())
        .collect()
}

pub async fn with_roles() -> App {
    let app = App::builder().config(ROLES).start().await;
    for name in ["ann", "bob", "eve"] {
        app.sign_in(name).await;
    }
    app
}

#[tokio::test]
async fn every_answer_says_the_version_and_forbids_frames() {
    let app = App::start().await;
    let browser = app.browser();
    let ann = app.sign_in("ann").await;
    for (answer, api) in [
        (browser.get("hub/api/").await, true),
        (browser.get("hub/api").await, true),
        (browser.get("hub/api/users").await, true),
        (browser.get("hub/api/nothing").await, true),
        (browser.api(Method::PUT, "users", None).await, true),
        (browser.api(Method::OPTIONS, "users", None).await, true),
        (browser.get("hub/health").await, false),
        (browser.get("hub/login").await, false),
        (browser.get("hub/home").await, false),
        (browser.get("hub/nothing").await, false),
        (ann.get("hub/home").await, false),
    ] {
        assert_eq!(answer.header("x-jupyterhub-version"), "6.1.1");
        assert_eq!(
            answer.header("access-control-allow-headers"),
            "accept, content-type, authorization"
        );
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        let policy = answer.header("content-security-policy");
        assert!(
            policy.starts_with("frame-ancestors 'none'; report-uri /hub/security/csp-report"),
            "{policy}"
        );
        if api {
            assert!(policy.contains("default-src 'none'"), "{policy}");
        }
    }
}

#[tokio::test]
async fn the_root_tells_the_version_to_everybody() {
    let app = App::start().await;
    for path in ["hub/api/", "hub/api"] {
        let answer = app.browser().get(path).await.expect(200);
        assert_eq!(answer.json(), json!({ "version": "6.1.1" }));
        assert_eq!(answer.header("access-control-allow-origin"), "*");
    }
}

#[tokio::test]
async fn refusals_are_json_with_status_and_words() {
    let app = App::start().await;
    let ruth = Caller::with(&app, &full_token(&app, "ruth").await);
    for path in ["nothing", "users/ruth/nothing", "users/ruth/servers/a/b/c"] {
        let answer = ruth.get(path).await;
        refused(&answer, 404, "");
        assert_eq!(answer.json()["message"], Value::Null);
        refused(&app.browser().api(Method::GET, path, None).await, 404, "");
    }
    for (method, path) in [
        (Method::PUT, "users"),
        (Method::DELETE, "info"),
        (Method::PATCH, "user"),
    ] {
        let answer = ruth.call(method, path, None).await;
        refused(&answer, 405, "");
        assert_eq!(answer.json()["message"], Value::Null);
    }
    for path in ["users", "nothing", "users/a/servers/b", ""] {
        let answer = ruth.call(Method::OPTIONS, path, None).await.expect(200);
        assert_eq!(answer.body, "");
    }
    let bad = app.browser();
    let request = bad
        .request(Method::POST, "hub/api/users")
        .header("authorization", format!("token {}", ruth.token))
        .body("{not json");
    refused(&bad.send(request).await, 400, "Invalid JSON in body of request");
}

#[tokio::test]
async fn without_a_credential_that_holds_all_is_403() {
    let app = App::start().await;
    let browser = app.browser();
    for path in [
        "user",
        "users",
        "users/ann",
        "users/ann/tokens",
        "users/ann/server",
        "info",
    ] {
        refused(
            &browser.api(Method::GET, path, None).await,
            403,
            "Missing or invalid credentials.",
        );
    }
    let good = full_token(&app, "ann").await;
    let with = async |value: String| browser.get_with("hub/api/user", "authorization", &value).await.status;
    for value in [
        "token x",
        "token",
        "token ",
        "basic abc",
        &good,
        &format!("token {good} x"),
        &format!("token {good}x"),
    ] {
        assert_eq!(with(value.to_owned()).await, 403, "{value}");
    }
    for word in ["token", "Token", "TOKEN", "bearer", "Bearer"] {
        assert_eq!(with(format!("{word} {good}")).await, 200, "{word}");
    }
    assert_eq!(
        browser.get(&format!("hub/api/user?token={good}")).await.status,
        403,
        "not in addresses"
    );
}

#[tokio::test]
async fn a_service_knows_itself() {
    let app = with_roles().await;
    let model = Caller::service(&app, "watcher").get("user").await.expect(200).json();
    assert_eq!(
        (&model["kind"], &model["name"], &model["admin"]),
        (&"service".into(), &"watcher".into(), &false.into())
    );
    assert_eq!(model["session_id"], Value::Null);
    let scopes = model["scopes"].as_array().unwrap();
    assert!(scopes.contains(&"read:users:activity!user=ann".into()), "{model}");
    // Every credential knows who it belongs to.
    Caller::service(&app, "nobody").get("user").await.expect(200);
}

#[tokio::test]
async fn long_lists_come_in_pages() {
    let limits = "[hub]\napi_page_default_limit = 2\napi_page_max_limit = 3\n";
    let app = App::builder().config(limits).start().await;
    let ruth = app.sign_in("ruth").await;
    let more = json!({ "usernames": ["p1", "p2", "p3", "p4"] });
    ruth.api(Method::POST, "users", Some(more)).await.expect(201);
    let plain = ruth.get("hub/api/users").await.expect(200);
    assert_eq!(names(&plain.json()).len(), 3, "cut at the maximum");

    let page = async |path: &str| {
        let accept = "application/json, application/jupyterhub-pagination+json";
        let answer = ruth.get_with(path, "accept", accept).await.expect(200);
        assert_eq!(answer.header("content-type"), "application/json");
        answer.json()
    };
    let first = page("hub/api/users?name_filter=p").await;
    assert_eq!(names(&first["items"]), ["p1", "p2"]);
    let next = first["_pagination"]["next"].clone();
    assert_eq!(
        first["_pagination"],
        json!({ "offset": 0, "limit": 2, "total": 4, "next": next })
    );
    let url = next["url"].as_str().unwrap();
    assert!(url.starts_with(&app.url), "{url}");
    let second = page(url).await;
    assert_eq!(names(&second["items"]), ["p3", "p4"]);
    assert_eq!(second["_pagination"]["next"], Value::Null);
    assert_eq!(second["_pagination"]["offset"], 2);

    for (query, limit, offset) in [
        ("limit=0", 1, 0),
        ("limit=-5", 1, 0),
        ("limit=1000", 3, 0),
        ("offset=-2", 2, 2),
        ("offset=9223372036854775807", 2, i64::MAX),
        ("offset=-9223372036854775808&limit=3", 3, i64::MAX),
    ] {
        let answer = page(&format!("hub/api/users?{query}")).await;
        assert_eq!(answer["_pagination"]["limit"], limit, "{query}");
        assert_eq!(answer["_pagination"]["offset"], offset, "{query}");
    }
}

#[tokio::test]
async fn the_state_of_the_hub_is_for_those_who_may_read_it() {
    let app = App::start().await;
    let info = app
        .sign_in("ruth")
        .await
        .api(Method::GET, "info", None)
        .await
        .expect(200)
        .json();
    for key in ["version", "python", "sys_executable", "spawner", "authenticator"] {
        assert!(info.get(key).is_some(), "{key}: {info}");
    }
    assert_eq!(info["version"], "6.1.1");
    refused(&app.sign_in("ann").await.api(Method::GET, "info", None).await, 403, "");
}

#[tokio::test]
async fn only_who_may_shut_the_hub_down_does() {
    let app = App::start().await;
    let shutdown = app.hub.shutdown.subscribe();
    refused(
        &app.sign_in("ann").await.api(Method::POST, "shutdown", None).await,
        403,
        "",
    );
    let ruth = app.sign_in("ruth").await;
    refused(
        &ruth
            .api(Method::POST, "shutdown", Some(json!({ "servers": "yes" })))
            .await,
        400,
        "",
    );
    assert!(shutdown.borrow().is_none());
    let answer = ruth
        .api(Method::POST, "shutdown", Some(json!({ "servers": true })))
        .await
        .expect(202);
    assert_eq!(answer.json()["message"], "Shutting down Hub");
    let asked = shutdown.borrow().unwrap();
    assert!(asked.servers && !asked.edge);
}
