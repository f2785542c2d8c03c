//! The REST API: named servers are made, renamed and given other options; starts are refused; streams are bounded.

use perijove_spawn::fake::Script;
use perijove_testkit::{Answer, App, Browser};
use reqwest::Method;
use serde_json::{Value, json};

use super::{refused, token};

const NAMED: &str = "[hub]\nallow_named_servers = true\n";
const GPU: &str = "users/ann/servers/gpu";

async fn put(browser: &Browser, path: &str, body: Value) -> Answer {
    browser.api(Method::PUT, path, Some(body)).await
}

async fn patch(browser: &Browser, path: &str, body: Value) -> Answer {
    browser.api(Method::PATCH, path, Some(body)).await
}

async fn get(browser: &Browser, path: &str) -> Answer {
    browser.api(Method::GET, path, None).await
}

async fn post(browser: &Browser, path: &str) -> Answer {
    browser.api(Method::POST, path, None).await
}

async fn named(config: &str) -> (App, Browser) {
    let app = App::builder().config(&format!("{NAMED}{config}")).start().await;
    let ann = app.sign_in("ann").await;
    (app, ann)
}

#[tokio::test]
async fn a_named_server_is_made_without_being_started() {
    let (app, ann) = named("").await;
    let wish = json!({ "display_name": "Big e\u{301}", "user_options": { "size": "L" } });
    let made = put(&ann, GPU, wish).await.expect(201).json();
    assert_eq!(made["name"], "gpu");
    assert_eq!(made["display_name"], "Big \u{e9}", "in its normal form");
    assert_eq!(made["user_options"], json!({ "size": "L" }));
    assert_eq!((&made["stopped"], &made["pending"]), (&json!(true), &Value::Null));
    assert!(made.get("state").is_none(), "the backend's state is for admins: {made}");
    assert_eq!(get(&ann, GPU).await.expect(200).json(), made);
    assert_eq!(app.spawner.starts(), 0);

    refused(&put(&ann, GPU, json!({})).await, 409, "User ann already has server gpu");
    let default = "User ann already has a default server";
    refused(&put(&ann, "users/ann/server", json!({})).await, 409, default);
    refused(&put(&ann, "users/ann/servers/", json!({})).await, 409, default);
    let plain = put(&ann, "users/ann/servers/cpu", json!({})).await.expect(201).json();
    assert_eq!(
        (&plain["display_name"], &plain["user_options"]),
        (&json!("cpu"), &json!({}))
    );

    post(&ann, GPU).await.expect(201);
    assert_eq!(app.spawner.specs().pop().unwrap().options, json!({ "size": "L" }));
}

#[tokio::test]
async fn what_is_no_server_is_not_made() {
    let (app, ann) = named("named_server_limit_per_user = 1\nnamed_server_limit_for_admins = 2\n").await;
    for (name, body, part) in [
        ("a--b", json!({}), "Invalid server_name: 'a--b'"),
        ("it's", json!({}), "Invalid server_name: 'it\\'s'"),
        ("ok", json!({ "display_name": 5 }), "display_name must be a string"),
        ("ok", json!({ "display_name": "x".repeat(257) }), "Invalid display_name"),
        ("ok", json!({ "display_name": "x", "user_options": 5 }), "user_options"),
    ] {
        refused(&put(&ann, &format!("users/ann/servers/{name}"), body).await, 400, part);
    }
    put(&ann, GPU, json!({})).await.expect(201);
    let full = "User ann already has the maximum of 1 named servers.";
    refused(&put(&ann, "users/ann/servers/two", json!({})).await, 400, full);
    let ruth = app.sign_in("ruth").await;
    put(&ruth, "users/ann/servers/two", json!({})).await.expect(201);
    let fuller = "User ann already has the maximum of 2 named servers.";
    refused(&put(&ruth, "users/ann/servers/three", json!({})).await, 400, fuller);

    let app = App::start().await;
    let ann = app.sign_in("ann").await;
    let off = "Named servers are not enabled.";
    for method in [Method::PUT, Method::POST, Method::DELETE] {
        refused(&ann.api(method, GPU, None).await, 400, off);
    }
    refused(
        &patch(&ann, "users/ann/server", json!({ "name": "gpu" })).await,
        400,
        off,
    );
    refused(
        &patch(&ann, "users/ann/server", json!({ "display_name": "x" })).await,
        400,
        off,
    );
    let options = json!({ "user_options": { "a": 1 } });
    patch(&ann, "users/ann/server", options).await.expect(200);
}

#[tokio::test]
async fn a_server_is_renamed_and_changed() {
    let (app, ann) = named("").await;
    put(&ann, GPU, json!({ "display_name": "Big", "user_options": { "a": 1 } }))
        .await
        .expect(201);
    let renamed = patch(&ann, GPU, json!({ "name": "lab" })).await.expect(200).json();
    assert_eq!(
        (&renamed["name"], &renamed["full_name"]),
        (&json!("lab"), &json!("ann/lab"))
    );
    assert_eq!(
        (&renamed["display_name"], &renamed["user_options"]),
        (&json!("Big"), &json!({ "a": 1 }))
    );
    assert_eq!(get(&ann, GPU).await.status, 404);
    let all = json!({ "name": "new", "display_name": "New Name!", "user_options": { "key": "value" } });
    let changed = patch(&ann, "users/ann/servers/lab", all).await.expect(200).json();
    assert_eq!(changed, get(&ann, "users/ann/servers/new").await.expect(200).json());
    assert_eq!(changed["display_name"], "New Name!");
    assert_eq!(changed["user_options"], json!({ "key": "value" }));
    let same = patch(&ann, "users/ann/servers/new", json!({ "display_name": "" }))
        .await
        .expect(200)
        .json();
    assert_eq!(same["display_name"], "New Name!", "an empty one changes nothing");
    post(&ann, "users/ann/servers/new").await.expect(201);
    assert_eq!(app.spawner.specs().pop().unwrap().prefix, "/user/ann/new/");
}

#[tokio::test]
async fn the_default_server_renamed_becomes_a_named_one_beside_a_fresh_one() {
    let (app, ann) = named("named_server_limit_per_user = 1\n").await;
    let start = json!({ "user_options": { "a": 1 } });
    ann.api(Method::POST, "users/ann/server", Some(start)).await.expect(201);
    ann.api(Method::DELETE, "users/ann/server", None).await.expect(204);
    let renamed = patch(&ann, "users/ann/server", json!({ "name": "old" }))
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&renamed["name"], &renamed["user_options"]),
        (&json!("old"), &json!({ "a": 1 }))
    );
    let user = get(&ann, "users/ann?include_stopped_servers").await.json();
    let names: Vec<_> = user["servers"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["", "old"]);
    assert_eq!(user["servers"][""]["user_options"], json!({}));
    let full = "already has the maximum of 1 named servers";
    refused(
        &patch(&ann, "users/ann/servers/", json!({ "name": "more" })).await,
        400,
        full,
    );
    patch(&ann, "users/ann/servers/old", json!({ "name": "older" }))
        .await
        .expect(200);
    drop(app);
}

#[tokio::test]
async fn what_can_not_be_changed_stays_as_it_is() {
    let (app, ann) = named("").await;
    put(&ann, GPU, json!({})).await.expect(201);
    put(&ann, "users/ann/servers/cpu", json!({})).await.expect(201);
    for (body, status, part) in [
        (json!({}), 400, "Must specify at least one field to modify."),
        (json!({ "image": "x" }), 400, "Unexpected fields"),
        (json!({ "name": "no slug" }), 400, "Invalid server_name: 'no slug'"),
        (json!({ "name": 5 }), 400, "name must be a string"),
        (json!({ "name": "" }), 409, "User ann already has a default server"),
        (json!({ "name": "cpu" }), 409, "User ann already has server cpu"),
        (json!({ "name": "gpu" }), 409, "User ann already has server gpu"),
        (json!({ "user_options": [] }), 400, "user_options must be a dict"),
        (json!({ "display_name": " x" }), 400, "Invalid display_name"),
        // Nothing of a change that is refused is made.
        (json!({ "name": "cpu", "display_name": "New" }), 409, ""),
    ] {
        refused(&patch(&ann, GPU, body).await, status, part);
    }
    refused(
        &patch(&ann, "users/ann/servers/none", json!({ "name": "x" })).await,
        404,
        "",
    );
    let model = get(&ann, GPU).await.expect(200).json();
    assert_eq!((&model["name"], &model["display_name"]), (&json!("gpu"), &json!("gpu")));
    post(&ann, GPU).await.expect(201);
    let active = "ann:gpu is active. Please stop it before modifying it.";
    refused(&patch(&ann, GPU, json!({ "name": "x" })).await, 400, active);
    let bob = app.sign_in("bob").await;
    refused(&patch(&bob, GPU, json!({ "name": "x" })).await, 404, "");
    refused(&put(&bob, "users/ann/servers/x", json!({})).await, 404, "");
    let reader = token(&ann, "ann", json!({ "scopes": ["read:servers!user"] })).await;
    for method in [Method::PUT, Method::PATCH] {
        let body = Some(json!({ "display_name": "x" }));
        refused(&app.browser().api_with_token(&reader, method, GPU, body).await, 403, "");
    }
}

#[tokio::test]
async fn servers_with_names_from_before_the_rule_go_on_as_far_as_is_wanted() {
    let (app, ann) = named("").await;
    let store = &app.hub.store;
    let user = perijove_store::users::by_name(store, "ann").await.unwrap().unwrap();
    perijove_store::spawners::ensure(store, user.id, "Old One", None)
        .await
        .unwrap();
    let old = "users/ann/servers/Old%20One";
    post(&ann, old).await.expect(201);
    assert_eq!(
        ann.get("user/ann/Old%20One/").await.expect(200).json()["path"],
        "/user/ann/Old%20One/"
    );
    ann.api(Method::DELETE, old, None).await.expect(204);
    let app = app
        .restart_with(&format!("{NAMED}allow_invalid_named_server_start = false\n"))
        .await;
    let ann = app.sign_in("ann").await;
    let off = "Starting invalid server_name 'Old One' is disabled, contact your administrator";
    refused(&post(&ann, old).await, 400, off);
    patch(&ann, old, json!({ "name": "old-one" })).await.expect(200);
    post(&ann, "users/ann/servers/old-one").await.expect(201);
}

#[tokio::test]
async fn a_backend_refuses_in_its_own_words_and_keeps_its_reasons_to_itself() {
    let (app, ann) = named("").await;
    app.spawner.play(Script {
        refuse: Some(("custom message".into(), 418, "custom reason".into())),
        private_cause: Some("the secret of the cluster".into()),
        ..Script::default()
    });
    refused(&post(&ann, "users/ann/server").await, 418, "custom message");
    let path = format!("hub/api/users/ann/server/progress?_xsrf={}", ann.xsrf());
    let told = ann.get(&path).await.expect(200);
    let last = told.body.lines().rfind(|line| line.starts_with("data: ")).unwrap();
    let event: Value = serde_json::from_str(last.strip_prefix("data: ").unwrap()).unwrap();
    let wanted = json!({ "progress": 100, "failed": true, "message": "Spawn failed: custom message" });
    assert_eq!(event, wanted, "no less and no more than JupyterHub tells");
    let page = ann.get("hub/spawn-pending/ann").await;
    assert_eq!(page.status, 418);
    assert!(page.body.contains("custom message"), "{}", page.body);
    assert!(!page.body.contains("secret of the cluster") && !told.body.contains("secret of the cluster"));
}

#[tokio::test]
async fn nobody_follows_any_number_of_starts() {
    let (app, ann) = named("slow_spawn_timeout = \"20ms\"\n").await;
    app.spawner.play(Script {
        silent: true,
        ..Script::default()
    });
    post(&ann, "users/ann/server").await.expect(202);
    let path = format!("hub/api/users/ann/server/progress?_xsrf={}", ann.xsrf());
    let mut open = Vec::new();
    for _ in 0..100 {
        let response = ann.request(Method::GET, &path).send().await.unwrap();
        assert_eq!(response.status(), 200);
        open.push(response);
    }
    refused(&ann.get(&path).await, 429, "Too many event streams");
    drop(open);
    // A closed one is noticed with the next line at the latest.
    for _ in 0..3000 {
        let response = ann.request(Method::GET, &path).send().await.unwrap();
        if response.status() == 200 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("closed streams leave no room");
}

#[tokio::test]
async fn whoever_acts_on_anothers_server_is_in_the_audit_log() {
    let (app, ann) = named("").await;
    let ruth = app.sign_in("ruth").await;
    post(&ann, "users/ann/server").await.expect(201);
    ruth.api(Method::DELETE, "users/ann/server", None).await.expect(204);
    put(&ruth, GPU, json!({})).await.expect(201);
    patch(&ruth, GPU, json!({ "name": "lab" })).await.expect(200);
    let log = get(&ruth, "audit?act=server.managed").await.expect(200).json();
    let entries = log["items"].as_array().unwrap();
    let acts: Vec<_> = entries
        .iter()
        .map(|entry| {
            assert_eq!(entry["actor"], "ruth", "{entry}");
            format!(
                "{} {}",
                entry["detail"]["did"].as_str().unwrap(),
                entry["target"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(
        acts.len(),
        3,
        "what people do to their own servers is not in it: {acts:?}"
    );
    for act in ["stop server ann/", "create server ann/gpu", "change server ann/gpu"] {
        assert!(acts.iter().any(|found| found == act), "{act} is not in {acts:?}");
    }
}

#[tokio::test]
async fn the_token_of_a_server_that_crashed_is_worth_nothing() {
    let (app, ann) = named("").await;
    post(&ann, "users/ann/server").await.expect(201);
    let secret = app.spawner.specs().pop().unwrap().api_token.expose().to_owned();
    let browser = app.browser();
    browser
        .api_with_token(&secret, Method::GET, "user", None)
        .await
        .expect(200);
    let key = app.spawner.running().pop().unwrap();
    app.spawner.exit(&key, 1);
    // Somebody looks at it, and it is noticed.
    ann.get("hub/user/ann/lab").await;
    for _ in 0..1000 {
        if get(&ann, "users/ann/server").await.json()["stopped"] == true {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    refused(
        &browser.api_with_token(&secret, Method::GET, "user", None).await,
        403,
        "",
    );
}
