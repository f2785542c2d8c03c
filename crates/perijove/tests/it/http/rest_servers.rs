//! The REST API: servers are started, watched and stopped.

use std::time::Duration;

use perijove_spawn::fake::Script;
use perijove_testkit::{Answer, App, Browser};
use reqwest::Method;
use serde_json::{Value, json};

use super::{refused, start_server, token};

/// Answers that a start goes on come at once; named servers are allowed.
const QUICK: &str = "[hub]\nallow_named_servers = true\nslow_spawn_timeout = \"50ms\"\nslow_stop_timeout = \"50ms\"\n";
const SERVER: &str = "users/ann/server";

async fn call(browser: &Browser, method: Method, path: &str) -> Answer {
    browser.api(method, path, None).await
}

async fn start(browser: &Browser, path: &str) -> Answer {
    call(browser, Method::POST, path).await
}

async fn stop(browser: &Browser, path: &str) -> Answer {
    call(browser, Method::DELETE, path).await
}

/// All events of a start, until its end.
async fn events(browser: &Browser, server: &str) -> Vec<Value> {
    let path = format!("hub/api/{server}/progress?_xsrf={}", browser.xsrf());
    let answer = browser.get(&path).await.expect(200);
    assert_eq!(answer.header("content-type"), "text/event-stream");
    assert_eq!(answer.header("cache-control"), "no-cache");
    let lines = answer.body.lines().filter(|line| !line.is_empty());
    lines
        .map(|line| serde_json::from_str(line.strip_prefix("data: ").unwrap()).unwrap())
        .collect()
}

/// Waits until the server has come to rest, one way or the other.
async fn at_rest(browser: &Browser, server: &str) -> Value {
    for _ in 0..500 {
        let answer = call(browser, Method::GET, server).await;
        if answer.status == 404 || answer.json()["pending"].is_null() {
            return answer.json();
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{server} is still pending");
}

fn script(change: impl FnOnce(&mut Script)) -> Script {
    let mut script = Script::default();
    change(&mut script);
    script
}

async fn quick() -> (App, Browser) {
    let app = App::builder().config(QUICK).start().await;
    let ann = app.sign_in("ann").await;
    (app, ann)
}

#[tokio::test]
async fn a_server_starts_answers_and_stops() {
    let app = App::start().await;
    let ann = app.sign_in("ann").await;
    let started = start(&ann, SERVER).await.expect(201);
    assert_eq!(
        (started.body.as_str(), started.header("content-type")),
        ("", "text/plain")
    );
    let model = call(&ann, Method::GET, SERVER).await.expect(200).json();
    for (key, value) in [
        ("name", json!("")),
        ("display_name", json!("")),
        ("full_name", json!("ann/")),
        ("ready", json!(true)),
        ("stopped", json!(false)),
        ("pending", Value::Null),
        ("url", json!("/user/ann/")),
        ("full_url", Value::Null),
        ("progress_url", json!("/hub/api/users/ann/server/progress")),
        ("full_progress_url", Value::Null),
        ("started", json!("2026-11-21T00:00:00.000000Z")),
    ] {
        assert_eq!(model[key], value, "{key}: {model}");
    }
    let answer = ann.get("user/ann/api/status?x=1").await.expect(200);
    assert_eq!(answer.json()["path"], "/user/ann/api/status?x=1");

    refused(&start(&ann, SERVER).await, 400, "is already running");
    let stopped = stop(&ann, SERVER).await.expect(204);
    assert_eq!(stopped.body, "");
    assert!(app.spawner.running().is_empty());
    assert_eq!(
        ann.get("user/ann/api").await.status,
        302,
        "the edge has no way there any more"
    );
    stop(&ann, SERVER).await.expect(204);
    start(&ann, SERVER).await.expect(201);
    assert_eq!(app.spawner.starts(), 2);
}

#[tokio::test]
async fn public_addresses_are_whole_where_they_are_known() {
    let app = App::builder()
        .config("[hub]\npublic_url = \"http://hub.example.org\"\n")
        .start()
        .await;
    let ann = app.sign_in("ann").await;
    start_server(&ann, "ann").await;
    let model = call(&ann, Method::GET, SERVER).await.expect(200).json();
    assert_eq!(model["full_url"], "http://hub.example.org/user/ann/");
    assert_eq!(
        model["full_progress_url"],
        "http://hub.example.org/hub/api/users/ann/server/progress"
    );
    let spec = app.spawner.specs().pop().unwrap();
    assert_eq!(spec.env["JUPYTERHUB_PUBLIC_URL"], "http://hub.example.org/user/ann/");
}

#[tokio::test]
async fn a_slow_start_is_pending_and_tells_how_it_goes() {
    let (app, ann) = quick().await;
    app.spawner.play(script(|script| script.silent = true));
    let answer = start(&ann, SERVER).await.expect(202);
    assert_eq!(answer.body, "");
    start(&ann, SERVER).await.expect(202);
    let model = call(&ann, Method::GET, SERVER).await.expect(200).json();
    assert_eq!(
        (&model["pending"], &model["ready"], &model["stopped"]),
        (&json!("spawn"), &json!(false), &json!(false))
    );
    let user = call(&ann, Method::GET, "users/ann").await.json();
    assert_eq!((&user["pending"], &user["server"]), (&json!("spawn"), &Value::Null));
    assert_eq!(app.spawner.starts(), 1, "asking twice starts once");

    let watching = tokio::spawn({
        let ann = ann.clone();
        async move { events(&ann, SERVER).await }
    });
    let stopped = stop(&ann, SERVER).await;
    assert!(matches!(stopped.status, 202 | 204), "{}", stopped.status);
    let told = watching.await.unwrap();
    assert_eq!(told[0], json!({ "progress": 0, "message": "Server requested" }));
    let end = told.last().unwrap();
    assert_eq!(
        (&end["failed"], &end["message"]),
        (&json!(true), &json!("Spawn cancelled"))
    );
    let model = at_rest(&ann, SERVER).await;
    assert_eq!(model["stopped"], true);
    assert!(app.spawner.running().is_empty());
}

#[tokio::test]
async fn progress_ends_with_the_address_of_the_server() {
    let (_app, ann) = quick().await;
    start(&ann, SERVER).await;
    let told = events(&ann, SERVER).await;
    let end = told.last().unwrap();
    assert_eq!(end["progress"], 100);
    assert_eq!(end["ready"], true);
    assert_eq!(end["url"], "/user/ann/");
    assert!(
        end["html_message"].as_str().unwrap().contains("href=\"/user/ann/\""),
        "{end}"
    );
    assert!(
        told.iter()
            .filter(|event| event["ready"] == true || event["failed"] == true)
            .count()
            == 1
    );
    let again = events(&ann, SERVER).await;
    assert_eq!(again.len(), 1, "a server that is ready says so at once: {again:?}");
}

#[tokio::test]
async fn a_failed_start_tells_why_with_the_end_of_the_log() {
    let app = App::start().await;
    let ann = app.sign_in("ann").await;
    app.spawner.play(script(|script| {
        script.exit_after_answers = Some(0);
        script.fail = Some("The image <b>does</b> not exist.".into());
    }));
    refused(&start(&ann, SERVER).await, 500, "The image <b>does</b> not exist.");
    let told = events(&ann, SERVER).await;
    let end = told.last().unwrap();
    assert_eq!(end["failed"], true);
    assert_eq!(end["progress"], 100);
    assert_eq!(end["message"], "Spawn failed: The image <b>does</b> not exist.");
    assert!(end.get("html_message").is_none(), "text of a backend is no HTML: {end}");
    let model = call(&ann, Method::GET, SERVER).await.json();
    assert_eq!((&model["stopped"], &model["ready"]), (&json!(true), &json!(false)));

    app.spawner.play(Script::default());
    start(&ann, SERVER).await.expect(201);
    assert_eq!(events(&ann, SERVER).await.last().unwrap()["ready"], true);
}

#[tokio::test]
async fn a_server_that_dies_on_its_way_up_leaves_its_last_words() {
    let app = App::builder()
        .config("[spawner]\ncmd = [\"fake\", \"fail\", \"3\"]\n")
        .start()
        .await;
    let ann = app.sign_in("ann").await;
    let answer = start(&ann, SERVER).await;
    refused(&answer, 500, "The server ended before it answered");
    let end = events(&ann, SERVER).await.pop().unwrap();
    assert!(
        end["log"].as_array().unwrap().contains(&json!("it is about to fail")),
        "{end}"
    );
}

#[tokio::test]
async fn there_is_no_progress_without_a_start() {
    let (_app, ann) = quick().await;
    refused(
        &call(&ann, Method::GET, "users/ann/server/progress").await,
        404,
        "ann is not starting...",
    );
    refused(
        &call(&ann, Method::GET, "users/ann/servers/gpu/progress").await,
        404,
        "",
    );
    start(&ann, SERVER).await;
    at_rest(&ann, SERVER).await;
    stop(&ann, SERVER).await;
    at_rest(&ann, SERVER).await;
    refused(
        &call(&ann, Method::GET, "users/ann/server/progress").await,
        404,
        "ann is not starting...",
    );
}

#[tokio::test]
async fn progress_is_for_those_who_may_see_the_server() {
    let (app, ann) = quick().await;
    start(&ann, SERVER).await;
    let bob = app.sign_in("bob").await;
    refused(&call(&bob, Method::GET, "users/ann/server/progress").await, 404, "");
    refused(
        &call(&app.browser(), Method::GET, "users/ann/server/progress").await,
        403,
        "",
    );
    let script = ann
        .get_with("hub/api/users/ann/server/progress", "sec-fetch-mode", "cors")
        .await;
    refused(&script, 403, "'_xsrf' argument missing");
}

#[tokio::test]
async fn a_slow_stop_is_pending() {
    let (app, ann) = quick().await;
    start(&ann, SERVER).await;
    at_rest(&ann, SERVER).await;
    app.spawner
        .play(script(|script| script.slow_stop = Duration::from_secs(2)));
    stop(&ann, SERVER).await.expect(202);
    stop(&ann, SERVER).await.expect(202);
    let model = call(&ann, Method::GET, SERVER).await.json();
    assert_eq!((&model["pending"], &model["ready"]), (&json!("stop"), &json!(false)));
    refused(&start(&ann, SERVER).await, 400, "is pending stop");
    let ruth = app.sign_in("ruth").await;
    refused(&call(&ruth, Method::DELETE, "users/ann").await, 400, "stopping");
    assert_eq!(at_rest(&ann, SERVER).await["stopped"], true);
    stop(&ann, SERVER).await.expect(204);
}

#[tokio::test]
async fn options_are_kept_and_given_to_the_backend() {
    let (app, ann) = quick().await;
    let begin = async |body: Value| {
        let answer = ann.api(Method::POST, SERVER, Some(body)).await;
        assert!(matches!(answer.status, 201 | 202), "{}", answer.body);
        at_rest(&ann, SERVER).await;
        let options = app.spawner.specs().pop().unwrap().options;
        stop(&ann, SERVER).await;
        at_rest(&ann, SERVER).await;
        options
    };
    assert_eq!(
        begin(json!({ "user_options": { "size": "L" } })).await,
        json!({ "size": "L" })
    );
    assert_eq!(
        begin(json!({})).await,
        json!({ "size": "L" }),
        "without new ones the old ones hold"
    );
    assert_eq!(
        begin(json!({ "size": "S" })).await,
        json!({ "size": "S" }),
        "the form of before JupyterHub 6"
    );
    assert_eq!(
        call(&ann, Method::GET, SERVER).await.json()["user_options"],
        json!({ "size": "S" })
    );
    for wrong in [
        json!({ "user_options": 5 }),
        json!({ "user_options": {}, "display_name": 5 }),
        json!({ "display_name": null }),
        json!([1]),
        json!("x"),
    ] {
        refused(&ann.api(Method::POST, SERVER, Some(wrong)).await, 400, "");
    }
}

#[tokio::test]
async fn named_servers_live_beside_the_default_one() {
    let (app, ann) = quick().await;
    start(&ann, SERVER).await;
    let wish = json!({ "display_name": "Big one" });
    let answer = ann.api(Method::POST, "users/ann/servers/gpu", Some(wish)).await;
    assert!(matches!(answer.status, 201 | 202), "{}", answer.body);
    let model = at_rest(&ann, "users/ann/servers/gpu").await;
    assert_eq!(
        (&model["display_name"], &model["full_name"]),
        (&json!("Big one"), &json!("ann/gpu"))
    );
    assert_eq!(model["url"], "/user/ann/gpu/");
    assert_eq!(model["progress_url"], "/hub/api/users/ann/servers/gpu/progress");
    assert_eq!(
        ann.get("user/ann/gpu/api").await.expect(200).json()["path"],
        "/user/ann/gpu/api"
    );
    let user = call(&ann, Method::GET, "users/ann").await.json();
    assert_eq!(user["servers"].as_object().unwrap().len(), 2);

    stop(&ann, "users/ann/servers/gpu").await;
    at_rest(&ann, "users/ann/servers/gpu").await;
    let user = call(&ann, Method::GET, "users/ann").await.json();
    assert_eq!(
        user["servers"].as_object().unwrap().len(),
        1,
        "what is stopped is not listed"
    );
    let user = call(&ann, Method::GET, "users/ann?include_stopped_servers")
        .await
        .json();
    assert_eq!(
        user["servers"]["gpu"]["stopped"], true,
        "unless it is asked for: {user}"
    );

    let remove = Some(json!({ "remove": true }));
    let gone = ann.api(Method::DELETE, "users/ann/servers/gpu", remove.clone()).await;
    assert!(matches!(gone.status, 202 | 204), "{}", gone.body);
    for _ in 0..200 {
        if call(&ann, Method::GET, "users/ann/servers/gpu").await.status == 404 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    refused(&call(&ann, Method::GET, "users/ann/servers/gpu").await, 404, "");
    refused(&stop(&ann, "users/ann/servers/gpu").await, 404, "");
    refused(
        &ann.api(Method::DELETE, SERVER, remove).await,
        400,
        "Cannot delete the default server",
    );
    assert_eq!(app.spawner.running().len(), 1);
}

#[tokio::test]
async fn names_of_servers_are_checked() {
    let (_app, ann) = quick().await;
    for odd in ["Gpu", "a%20b", "-a", "a--b%2F", "%C3%A4", &"x".repeat(300), "a.b"] {
        let answer = start(&ann, &format!("users/ann/servers/{odd}")).await;
        assert!(
            matches!(answer.status, 400 | 404),
            "{odd}: {} {}",
            answer.status,
            answer.body
        );
    }
    let wish = json!({ "display_name": "x".repeat(5000) });
    refused(
        &ann.api(Method::POST, "users/ann/servers/gpu", Some(wish)).await,
        400,
        "Invalid display_name",
    );

    let app = App::start().await;
    let ann = app.sign_in("ann").await;
    refused(
        &start(&ann, "users/ann/servers/gpu").await,
        400,
        "Named servers are not enabled.",
    );
    start(&ann, "users/ann/servers/").await.expect(201);
    assert_eq!(
        call(&ann, Method::GET, SERVER).await.json()["ready"],
        true,
        "an empty name is the default server"
    );
}

#[tokio::test]
async fn the_number_of_named_servers_can_be_limited() {
    let limit = "[hub]\nallow_named_servers = true\nnamed_server_limit_per_user = 1\n";
    let app = App::builder().config(limit).start().await;
    let ann = app.sign_in("ann").await;
    start(&ann, SERVER).await.expect(201);
    start(&ann, "users/ann/servers/one").await.expect(201);
    refused(
        &start(&ann, "users/ann/servers/two").await,
        400,
        "already has the maximum of 1 named servers",
    );
    stop(&ann, "users/ann/servers/one").await.expect(204);
    start(&ann, "users/ann/servers/one").await.expect(201);
    start(&app.sign_in("bob").await, "users/bob/servers/one")
        .await
        .expect(201);
}

#[tokio::test]
async fn a_full_hub_says_when_to_come_back() {
    let limits = "[hub]\nconcurrent_spawn_limit = 1\nactive_server_limit = 2\nslow_spawn_timeout = \"50ms\"\n";
    let app = App::builder().config(limits).start().await;
    let (ann, bob, eve) = (
        app.sign_in("ann").await,
        app.sign_in("bob").await,
        app.sign_in("eve").await,
    );
    app.spawner.play(script(|script| script.silent = true));
    start(&ann, SERVER).await.expect(202);
    let answer = start(&bob, "users/bob/server").await;
    refused(&answer, 429, "Too many users trying to log in right now.");
    let seconds: u32 = answer.header("retry-after").parse().unwrap();
    assert!((30..=60).contains(&seconds), "{seconds}");
    let page = bob.get("hub/spawn").await.expect(429);
    assert!(page.header("content-type").starts_with("text/html"));
    assert!(!page.header("retry-after").is_empty());

    stop(&ann, SERVER).await;
    at_rest(&ann, SERVER).await;
    app.spawner.play(Script::default());
    start(&ann, SERVER).await;
    at_rest(&ann, SERVER).await;
    start(&bob, "users/bob/server").await;
    at_rest(&bob, "users/bob/server").await;
    let answer = start(&eve, "users/eve/server").await;
    refused(&answer, 429, "Active user limit exceeded.");
    assert_eq!(answer.header("retry-after"), "");
}

#[tokio::test]
async fn many_who_start_one_server_at_once_get_one() {
    let app = App::start().await;
    let ann = app.sign_in("ann").await;
    let starts = (0..8).map(|_| start(&ann, SERVER));
    let statuses: Vec<u16> = futures_util::future::join_all(starts)
        .await
        .iter()
        .map(|answer| answer.status)
        .collect();
    assert!(statuses.contains(&201), "{statuses:?}");
    assert!(
        statuses.iter().all(|status| matches!(status, 201 | 202 | 400)),
        "{statuses:?}"
    );
    assert_eq!(app.spawner.starts(), 1);
    assert_eq!(app.spawner.running().len(), 1);
}

#[tokio::test]
async fn a_server_that_ends_by_itself_is_seen_and_can_start_again() {
    let app = App::start().await;
    let ann = app.sign_in("ann").await;
    start(&ann, SERVER).await.expect(201);
    let key = app.spawner.running().pop().unwrap();
    app.spawner.exit(&key, 1);
    start(&ann, SERVER).await.expect(201);
    assert_eq!(app.spawner.starts(), 2);
    assert_eq!(ann.get("user/ann/api").await.status, 200);
}

#[tokio::test]
async fn a_program_with_a_token_drives_servers_as_a_culler_does() {
    let roles = r#"
[[service]]
name = "culler"
api_token = "the-secret-of-culler"
[[role]]
name = "culls"
scopes = ["list:users", "read:users:activity", "read:servers", "delete:servers"]
services = ["culler"]
"#;
    let app = App::builder().config(roles).start().await;
    start_server(&app.sign_in("ann").await, "ann").await;
    let browser = app.browser();
    let call = async |method, path: &str| browser.api_with_token("the-secret-of-culler", method, path, None).await;
    let list = call(Method::GET, "users?state=ready").await.expect(200).json();
    assert_eq!(list[0]["name"], "ann");
    assert_eq!(list[0]["servers"][""]["ready"], true);
    assert!(list[0]["servers"][""]["last_activity"].is_string());
    assert!(list[0]["last_activity"].is_string());
    refused(&call(Method::POST, "users/ann/server").await, 403, "");
    call(Method::DELETE, "users/ann/server").await.expect(204);
    assert!(app.spawner.running().is_empty());
    assert_eq!(call(Method::GET, "users?state=ready").await.json(), json!([]));
}

#[tokio::test]
async fn scopes_to_start_stop_and_read_are_told_apart() {
    let (app, ann) = quick().await;
    let with = |scopes: &'static [&'static str]| token(&ann, "ann", json!({ "scopes": scopes }));
    let (starts, stops, reads) = (
        with(&["start:servers!user"]).await,
        with(&["delete:servers!user"]).await,
        with(&["read:servers!user"]).await,
    );
    let browser = app.browser();
    let status = async |token: &str, method| browser.api_with_token(token, method, SERVER, None).await.status;
    assert_eq!(status(&stops, Method::POST).await, 403);
    assert_eq!(status(&reads, Method::POST).await, 403);
    assert!(matches!(status(&starts, Method::POST).await, 201 | 202));
    at_rest(&ann, SERVER).await;
    assert_eq!(status(&starts, Method::GET).await, 403);
    assert_eq!(status(&reads, Method::GET).await, 200);
    assert_eq!(status(&starts, Method::DELETE).await, 403);
    assert!(matches!(status(&stops, Method::DELETE).await, 202 | 204));
}
