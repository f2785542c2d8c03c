//! The REST API: the rules for all of it, and users.

use jiff::SignedDuration;
use perijove_testkit::{Answer, App, Browser};
use reqwest::Method;
use serde_json::{Value, json};

use super::{full_token, refused, start_server, token};

const ROLES: &str = r#"
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
struct Caller {
    browser: Browser,
    token: String,
}

impl Caller {
    fn service(app: &App, name: &str) -> Self {
        Self::with(app, &format!("the-secret-of-{name}"))
    }

    fn with(app: &App, token: &str) -> Self {
        Self {
            browser: app.browser(),
            token: token.to_owned(),
        }
    }

    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        self.browser.api_with_token(&self.token, method, path, body).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, None).await
    }
}

fn keys(model: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = model.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|user| user["name"].as_str().unwrap())
        .collect()
}

async fn with_roles() -> App {
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
    let root = Caller::with(&app, &full_token(&app, "root").await);
    for path in ["nothing", "users/root/nothing", "users/root/servers/a/b/c"] {
        let answer = root.get(path).await;
        refused(&answer, 404, "");
        assert_eq!(answer.json()["message"], Value::Null);
        refused(&app.browser().api(Method::GET, path, None).await, 404, "");
    }
    for (method, path) in [
        (Method::PUT, "users"),
        (Method::DELETE, "info"),
        (Method::PATCH, "user"),
    ] {
        let answer = root.call(method, path, None).await;
        refused(&answer, 405, "");
        assert_eq!(answer.json()["message"], Value::Null);
    }
    for path in ["users", "nothing", "users/a/servers/b", ""] {
        let answer = root.call(Method::OPTIONS, path, None).await.expect(200);
        assert_eq!(answer.body, "");
    }
    let bad = app.browser();
    let request = bad
        .request(Method::POST, "hub/api/users")
        .header("authorization", format!("token {}", root.token))
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
async fn one_sees_all_of_oneself() {
    let app = App::start().await;
    let ann = app.sign_in("ann").await;
    let model = ann.api(Method::GET, "user", None).await.expect(200).json();
    assert_eq!(model["kind"], "user");
    assert_eq!(model["roles"], json!(["user"]));
    assert_eq!(model["groups"], json!([]));
    assert_eq!(model["server"], Value::Null);
    assert_eq!(model["pending"], Value::Null);
    assert_eq!(model["servers"], json!({}));
    assert_eq!(model["user_info"], Value::Null);
    assert_eq!(model["created"], "2026-11-21T00:00:00.000000Z");
    assert_eq!(model["last_activity"], "2026-11-21T00:00:00.000000Z");
    assert_eq!(
        (&model["token_id"], &model["session_id"]),
        (&Value::Null, &Value::Null),
        "that of a cookie stays a secret"
    );
    let scopes: Vec<&str> = model["scopes"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    assert!(scopes.is_sorted(), "{scopes:?}");
    for scope in [
        "access:servers!user=ann",
        "servers!user=ann",
        "tokens!user=ann",
        "read:users!user=ann",
    ] {
        assert!(scopes.contains(&scope), "{scope}: {scopes:?}");
    }
    assert!(scopes.iter().all(|scope| scope.ends_with("!user=ann")), "{scopes:?}");
}

#[tokio::test]
async fn a_model_shows_what_the_caller_may_see() {
    let app = with_roles().await;
    let ann = app.sign_in("ann").await;
    start_server(&ann, "ann").await;
    let root = Caller::with(&app, &full_token(&app, "root").await);

    let all = root.get("users/ann").await.expect(200).json();
    for key in [
        "admin",
        "auth_state",
        "created",
        "groups",
        "kind",
        "last_activity",
        "name",
        "pending",
        "roles",
        "server",
        "servers",
        "user_info",
    ] {
        assert!(all.get(key).is_some(), "{key}: {all}");
    }
    assert_eq!(all["server"], "/user/ann/");
    assert_eq!(all["groups"], json!(["class"]));
    assert!(all["servers"][""].get("state").is_some());

    let own = Caller::with(&app, &token(&ann, "ann", json!({})).await);
    let model = own.get("users/ann").await.expect(200).json();
    assert!(model.get("auth_state").is_none());
    assert!(model["servers"][""].get("state").is_none(), "{model}");

    let seen = Caller::service(&app, "lister")
        .get("users/ann")
        .await
        .expect(200)
        .json();
    assert_eq!(keys(&seen), ["admin", "kind", "name", "servers", "user_info"]);

    let seen = Caller::service(&app, "watcher")
        .get("users/ann")
        .await
        .expect(200)
        .json();
    assert_eq!(keys(&seen), ["kind", "last_activity", "name", "servers"]);

    let taught = Caller::service(&app, "teacher")
        .get("users/ann")
        .await
        .expect(200)
        .json();
    assert_eq!(taught["groups"], json!(["class"]));
}

#[tokio::test]
async fn what_is_out_of_reach_does_not_exist() {
    let app = with_roles().await;
    let teacher = Caller::service(&app, "teacher");
    refused(
        &teacher.get("users/eve").await,
        404,
        "No access to resources or resources not found",
    );
    refused(
        &teacher.get("users/no-such-user").await,
        404,
        "No access to resources or resources not found",
    );
    refused(&teacher.get("users/eve/server").await, 404, "No access");
    let nobody = Caller::service(&app, "nobody");
    refused(
        &nobody.get("users/ann").await,
        403,
        "Action is not authorized with current scopes",
    );
    refused(
        &nobody.get("users").await,
        403,
        "Action is not authorized with current scopes",
    );
    let ann = Caller::with(&app, &full_token(&app, "ann").await);
    refused(&ann.get("users/bob").await, 404, "");
    refused(&ann.get("users").await, 403, "");
    refused(&ann.get("users?state=odd").await, 403, "");
    refused(&ann.call(Method::POST, "users/bob/server", None).await, 404, "");
    refused(&ann.call(Method::DELETE, "users/bob/server", None).await, 404, "");
    refused(&ann.call(Method::DELETE, "users/ann", None).await, 403, "");
    assert!(app.spawner.running().is_empty());
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
async fn lists_are_cut_to_what_the_caller_may_list() {
    let app = with_roles().await;
    let list = Caller::service(&app, "lister").get("users").await.expect(200).json();
    assert_eq!(names(&list), ["root", "ann", "bob", "eve"]);
    let list = Caller::service(&app, "teacher").get("users").await.expect(200).json();
    assert_eq!(names(&list), ["ann", "bob"]);
    let list = Caller::service(&app, "teacher")
        .get("users?name_filter=O")
        .await
        .expect(200)
        .json();
    assert_eq!(names(&list), ["bob"]);
}

#[tokio::test]
async fn lists_are_sorted_filtered_and_checked() {
    let app = with_roles().await;
    let root = Caller::with(&app, &full_token(&app, "root").await);
    let list = async |query: &str| {
        let list = root.get(&format!("users?{query}")).await.expect(200).json();
        names(&list).join(" ")
    };
    assert_eq!(list("sort=name").await, "ann bob eve root");
    assert_eq!(list("sort=-name").await, "root eve bob ann");
    assert_eq!(list("name_filter=%25").await, "", "a percent sign is a letter");
    assert_eq!(list("name_filter=_").await, "");
    assert_eq!(list("name_filter=BO").await, "bob");
    start_server(&app.sign_in("bob").await, "bob").await;
    assert_eq!(list("state=active").await, "bob");
    assert_eq!(list("state=ready").await, "bob");
    assert_eq!(list("state=inactive&sort=name").await, "ann eve root");
    for wrong in [
        "state=odd",
        "sort=password",
        "limit=x",
        "offset=1.5",
        "limit=",
        "offset=99999999999999999999",
    ] {
        refused(&root.get(&format!("users?{wrong}")).await, 400, "");
    }
}

#[tokio::test]
async fn long_lists_come_in_pages() {
    let limits = "[hub]\napi_page_default_limit = 2\napi_page_max_limit = 3\n";
    let app = App::builder().config(limits).start().await;
    let root = app.sign_in("root").await;
    let more = json!({ "usernames": ["u1", "u2", "u3", "u4"] });
    root.api(Method::POST, "users", Some(more)).await.expect(201);
    let plain = root.get("hub/api/users").await.expect(200);
    assert_eq!(names(&plain.json()).len(), 3, "cut at the maximum");

    let page = async |path: &str| {
        let accept = "application/json, application/jupyterhub-pagination+json";
        let answer = root.get_with(path, "accept", accept).await.expect(200);
        assert_eq!(answer.header("content-type"), "application/json");
        answer.json()
    };
    let first = page("hub/api/users?name_filter=u").await;
    assert_eq!(names(&first["items"]), ["u1", "u2"]);
    let next = first["_pagination"]["next"].clone();
    assert_eq!(
        first["_pagination"],
        json!({ "offset": 0, "limit": 2, "total": 4, "next": next })
    );
    let url = next["url"].as_str().unwrap();
    assert!(url.starts_with(&app.url), "{url}");
    let second = page(url).await;
    assert_eq!(names(&second["items"]), ["u3", "u4"]);
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
async fn users_are_made_one_by_one_and_many_at_once() {
    let app = App::start().await;
    let root = app.sign_in("root").await;
    let one = root.api(Method::POST, "users/ann", None).await.expect(201).json();
    assert_eq!((&one["name"], &one["admin"]), (&"ann".into(), &false.into()));
    refused(
        &root.api(Method::POST, "users/ann", None).await,
        409,
        "User ann already exists",
    );
    let admin = root
        .api(Method::POST, "users/boss", Some(json!({ "admin": true })))
        .await
        .expect(201)
        .json();
    assert_eq!(admin["admin"], true);
    assert!(admin["roles"].as_array().unwrap().contains(&"admin".into()), "{admin}");

    let many = async |body: Value| root.api(Method::POST, "users", Some(body)).await;
    refused(
        &root.api(Method::POST, "users/x", Some(json!({ "odd": 1 }))).await,
        400,
        "",
    );
    let wish = json!({ "admin": false, "groups": [], "roles": [], "auth_state": null });
    root.api(Method::POST, "users/full", Some(wish)).await.expect(201);

    let made = many(json!({ "usernames": ["ann", "BOB", "eve"] }))
        .await
        .expect(201)
        .json();
    assert_eq!(names(&made), ["bob", "eve"]);
    refused(
        &many(json!({ "usernames": ["ann", "bob"] })).await,
        409,
        "already exist",
    );
    for wrong in [
        json!({ "usernames": [] }),
        json!({ "usernames": ["a/b"] }),
        json!({ "usernames": [""] }),
        json!({ "usernames": [1] }),
        json!({ "usernames": "ann" }),
        json!({}),
        json!([]),
        json!({ "usernames": ["x"], "odd": 1 }),
        json!({ "usernames": ["x"], "admin": "yes" }),
    ] {
        refused(&many(wrong).await, 400, "");
    }
    refused(&root.api(Method::POST, "users", None).await, 400, "");
    refused(&root.api(Method::GET, "users/x", None).await, 404, "");
}

#[tokio::test]
async fn only_administrators_make_administrators() {
    let app = with_roles().await;
    let manager = Caller::service(&app, "manager");
    let made = manager.call(Method::POST, "users/new", None).await.expect(201).json();
    assert_eq!(made["name"], "new");
    let wish = Some(json!({ "admin": true }));
    refused(&manager.call(Method::POST, "users/boss", wish).await, 403, "");
    let wish = Some(json!({ "usernames": ["boss"], "admin": true }));
    refused(&manager.call(Method::POST, "users", wish).await, 403, "");
    refused(&manager.get("users/boss").await, 404, "");
    let teacher = Caller::service(&app, "teacher");
    refused(
        &teacher
            .call(Method::POST, "users", Some(json!({ "usernames": ["x"] })))
            .await,
        403,
        "",
    );
}

#[tokio::test]
async fn deleting_somebody_ends_servers_sessions_and_tokens() {
    let app = App::start().await;
    let (ann, root) = (app.sign_in("ann").await, app.sign_in("root").await);
    let own = token(&ann, "ann", json!({})).await;
    start_server(&ann, "ann").await;
    refused(
        &root.api(Method::DELETE, "users/root", None).await,
        400,
        "Cannot delete yourself!",
    );
    let gone = root.api(Method::DELETE, "users/ann", None).await.expect(204);
    assert_eq!(gone.body, "");
    assert!(app.spawner.running().is_empty());
    refused(&root.api(Method::DELETE, "users/ann", None).await, 404, "");
    assert_eq!(ann.get("hub/home").await.status, 302);
    refused(&ann.api_with_token(&own, Method::GET, "user", None).await, 403, "");
    // Whoever comes by that name again is somebody new.
    let again = app.sign_in("ann").await;
    let model = again.api(Method::GET, "user", None).await.json();
    assert_eq!(model["servers"], json!({}));
}

#[tokio::test]
async fn somebody_whose_server_is_starting_can_be_deleted() {
    let app = App::builder()
        .config("[hub]\nslow_spawn_timeout = \"50ms\"\n")
        .start()
        .await;
    let (ann, root) = (app.sign_in("ann").await, app.sign_in("root").await);
    app.spawner.play(perijove_spawn::fake::Script {
        hang_in_start: true,
        ..Default::default()
    });
    ann.api(Method::POST, "users/ann/server", None).await.expect(202);
    root.api(Method::DELETE, "users/ann", None).await.expect(204);
    refused(&root.api(Method::GET, "users/ann", None).await, 404, "");
    assert!(app.spawner.running().is_empty());
}

#[tokio::test]
async fn activity_is_kept_if_it_is_newer() {
    let app = with_roles().await;
    let ann = app.sign_in("ann").await;
    start_server(&ann, "ann").await;
    let spec = app.spawner.specs().pop().unwrap();
    let server = Caller::with(&app, spec.api_token.expose());
    let report = async |body: Value| server.call(Method::POST, "users/ann/activity", Some(body)).await;
    let later = "2026-11-21T00:30:00.000000Z";
    let answer = report(json!({ "last_activity": later, "servers": { "": { "last_activity": later } } })).await;
    assert_eq!(answer.expect(200).body, "");
    let root = Caller::with(&app, &full_token(&app, "root").await);
    let seen = async || root.get("users/ann").await.expect(200).json();
    let model = seen().await;
    assert_eq!(
        (&model["last_activity"], &model["servers"][""]["last_activity"]),
        (&later.into(), &later.into())
    );

    for older in ["2020-01-01T00:00:00Z", "-009998-01-01T00:00:00Z"] {
        report(json!({ "last_activity": older })).await.expect(200);
        assert_eq!(seen().await["last_activity"], later, "what is older is passed over");
    }
    report(json!({ "last_activity": "2026-11-21T00:40:00" }))
        .await
        .expect(200);
    assert_eq!(
        seen().await["last_activity"],
        "2026-11-21T00:40:00.000000Z",
        "no zone means UTC"
    );
    report(json!({ "last_activity": "2026-11-21T01:50:00.5+01:00" }))
        .await
        .expect(200);
    assert_eq!(seen().await["last_activity"], "2026-11-21T00:50:00.500000Z");

    for wrong in [
        json!({}),
        json!({ "servers": {} }),
        json!({ "last_activity": "yesterday" }),
        json!({ "last_activity": 5 }),
        json!({ "last_activity": "2026-11-21T01:30:00Z" }),
        json!({ "servers": { "nope": { "last_activity": later } } }),
        json!({ "servers": { "": {} } }),
        json!({ "servers": { "": { "last_activity": "9999-99-99" } } }),
    ] {
        refused(&report(wrong).await, 400, "");
    }
    refused(
        &server
            .call(
                Method::POST,
                "users/bob/activity",
                Some(json!({ "last_activity": later })),
            )
            .await,
        404,
        "",
    );
    let teacher = Caller::service(&app, "teacher");
    let body = json!({ "last_activity": later });
    teacher
        .call(Method::POST, "users/bob/activity", Some(body.clone()))
        .await
        .expect(200);
    refused(
        &teacher.call(Method::POST, "users/eve/activity", Some(body)).await,
        404,
        "",
    );
}

#[tokio::test]
async fn using_a_token_counts_as_activity_but_not_each_time() {
    let app = App::start().await;
    let ann = Caller::with(&app, &full_token(&app, "ann").await);
    let last = async || {
        ann.get("user").await.expect(200).json()["last_activity"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    app.clock.advance(SignedDuration::from_secs(10));
    last().await;
    app.clock.advance(SignedDuration::from_secs(10));
    assert_eq!(last().await, "2026-11-21T00:00:00.000000Z");
    app.clock.advance(SignedDuration::from_secs(60));
    last().await;
    assert_eq!(last().await, "2026-11-21T00:01:20.000000Z");
}

#[tokio::test]
async fn the_state_of_the_hub_is_for_those_who_may_read_it() {
    let app = App::start().await;
    let info = app
        .sign_in("root")
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
    let root = app.sign_in("root").await;
    refused(
        &root
            .api(Method::POST, "shutdown", Some(json!({ "servers": "yes" })))
            .await,
        400,
        "",
    );
    assert!(shutdown.borrow().is_none());
    let answer = root
        .api(Method::POST, "shutdown", Some(json!({ "servers": true })))
        .await
        .expect(202);
    assert_eq!(answer.json()["message"], "Shutting down Hub");
    let asked = shutdown.borrow().unwrap();
    assert!(asked.servers && !asked.edge);
}
