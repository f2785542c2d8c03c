//! The home page: servers with what they use, what their person may use in all, what others share, and what can be done
//! without a script.

use jiff::SignedDuration;
use perijove_spawn::Usage;
use perijove_spawn::fake::Script;
use perijove_testkit::{App, Browser};
use reqwest::Method;
use serde_json::json;
use std::time::Duration;

use super::shares::ann_and_bob;
use super::start_server;

const LIMITED: &str = r#"
[hub]
allow_named_servers = true
[[profile]]
name = "Two"
memory = "2G"
cpu = 2
[[profile]]
name = "Six"
memory = "6G"
cpu = 1
[[entitlement]]
memory = "8G"
cpu = 4
max_servers = 3
"#;

async fn limited() -> (App, Browser) {
    let app = App::builder().config(LIMITED).start().await;
    let ann = app.sign_in("ann").await;
    (app, ann)
}

fn used(cpu: Duration, memory: u64) -> Script {
    let usage = Usage {
        cpu: Some(cpu),
        memory: Some(memory),
        ..Usage::default()
    };
    Script {
        usage: Some(usage),
        ..Script::default()
    }
}

async fn home(browser: &Browser) -> String {
    browser.get("hub/home").await.expect(200).text()
}

async fn until_ready(browser: &Browser, path: &str) {
    for _ in 0..1000 {
        if browser.api(Method::GET, path, None).await.json()["ready"] == true {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{path} is not ready");
}

#[tokio::test]
async fn a_server_shows_what_it_uses_now_of_what_it_was_given() {
    let (app, ann) = limited().await;
    app.spawner.play(used(Duration::from_secs(10), 512 << 20));
    assert!(!home(&ann).await.contains("512 MiB"), "it does not run");
    ann.api(Method::POST, "users/ann/server", Some(json!({ "profile": "two" })))
        .await
        .expect(201);
    let first = home(&ann).await;
    assert!(first.contains("512 MiB of 2 GiB"), "{first}");
    assert!(!first.contains("of 2</span>"), "one look makes no rate: {first}");
    app.clock.advance(SignedDuration::from_secs(10));
    app.spawner.play(used(Duration::from_secs(15), 1 << 30));
    let second = home(&ann).await;
    assert!(second.contains("<span>0.5 of 2</span>"), "{second}");
    assert!(
        second.contains("1 GiB of 2 GiB") && second.contains("value=\"50\""),
        "{second}"
    );
    // Another run begins anew.
    ann.post_form("hub/restart/ann", &[]).await.expect(302);
    until_ready(&ann, "users/ann/server").await;
    assert!(!home(&ann).await.contains("<span>0.5 of 2</span>"));
}

#[tokio::test]
async fn a_backend_that_does_not_answer_keeps_nobody_from_their_page() {
    let (app, ann) = limited().await;
    ann.api(Method::POST, "users/ann/server", Some(json!({ "profile": "two" })))
        .await
        .expect(201);
    app.spawner.play(Script {
        hang_in_usage: true,
        ..Script::default()
    });
    let page = home(&ann).await;
    assert!(page.contains("<span>1 of 3</span>"), "{page}");
}

#[tokio::test]
async fn what_one_may_use_in_all_is_shown_with_what_is_used() {
    let (_app, ann) = limited().await;
    assert!(home(&ann).await.contains("<span>0 of 3</span>"));
    ann.api(Method::POST, "users/ann/server", Some(json!({ "profile": "two" })))
        .await
        .expect(201);
    let page = home(&ann).await;
    for quota in [
        "<span>1 of 3</span>",
        "<span>2 of 4</span>",
        "<span>2 GiB of 8 GiB</span>",
    ] {
        assert!(page.contains(quota), "{quota}: {page}");
    }
}

#[tokio::test]
async fn one_click_starts_a_server_as_the_last_time() {
    let (app, ann) = limited().await;
    assert!(!home(&ann).await.contains("/hub/again/ann"), "nothing was chosen yet");
    ann.api(Method::POST, "users/ann/server", Some(json!({ "profile": "six" })))
        .await
        .expect(201);
    ann.api(Method::DELETE, "users/ann/server", None).await.expect(204);
    assert!(home(&ann).await.contains("action=\"/hub/again/ann\""));
    let there = ann.post_form("hub/again/ann", &[]).await.expect(302);
    assert_eq!(there.to(), "/hub/spawn-pending/ann");
    until_ready(&ann, "users/ann/server").await;
    assert_eq!(app.spawner.specs().pop().unwrap().plan.profile.as_deref(), Some("six"));

    // Where there is no room the page says so, and nothing is started.
    ann.api(
        Method::POST,
        "users/ann/servers/more",
        Some(json!({ "profile": "two" })),
    )
    .await
    .expect(201);
    ann.api(Method::DELETE, "users/ann/server", None).await.expect(204);
    ann.api(
        Method::POST,
        "users/ann/servers/third",
        Some(json!({ "profile": "two" })),
    )
    .await
    .expect(201);
    let refused = ann.post_form("hub/again/ann", &[]).await;
    assert_eq!(refused.status, 429, "{}", refused.body);
    assert!(refused.text().contains("ann may have 4 cores"), "{}", refused.body);
}

#[tokio::test]
async fn a_restart_ends_the_server_and_starts_it_as_it_was() {
    let (app, ann) = limited().await;
    ann.api(Method::POST, "users/ann/server", Some(json!({ "profile": "two" })))
        .await
        .expect(201);
    let there = ann.post_form("hub/restart/ann", &[]).await.expect(302);
    assert_eq!(there.to(), "/hub/spawn-pending/ann");
    until_ready(&ann, "users/ann/server").await;
    assert_eq!((app.spawner.starts(), app.spawner.stops()), (2, 1));
    assert_eq!(app.spawner.specs().pop().unwrap().plan.profile.as_deref(), Some("two"));

    let forged = ann.request(Method::POST, "hub/restart/ann").form(&[("x", "y")]);
    let forged = ann.send(forged).await;
    assert_eq!(forged.status, 403);
    let bob = app.sign_in("bob").await;
    assert_eq!(bob.post_form("hub/restart/ann", &[]).await.status, 404);
    assert_eq!(app.spawner.starts(), 2);
}

#[tokio::test]
async fn a_server_gets_another_name_while_it_runs() {
    let (_app, ann) = limited().await;
    start_server(&ann, "ann").await;
    let rename = |server: &'static str, name: &'static str| {
        let ann = &ann;
        async move {
            let fields = [("do", "name"), ("server", server), ("display_name", name)];
            ann.post_form("hub/home", &fields).await
        }
    };
    rename("", "Moons & more").await.expect(302);
    let page = home(&ann).await;
    assert!(page.contains("<h2 tabindex=\"-1\">Moons & more</h2>"), "{page}");
    let model = ann.api(Method::GET, "users/ann/server", None).await.json();
    assert_eq!(
        (&model["ready"], &model["display_name"]),
        (&json!(true), &json!("Moons & more"))
    );
    assert_eq!(rename("none", "x").await.status, 404);
}

#[tokio::test]
async fn servers_that_run_stand_before_those_that_rest() {
    let (_app, ann) = limited().await;
    for name in ["a-first", "b-second"] {
        let path = format!("users/ann/servers/{name}");
        ann.api(Method::POST, &path, Some(json!({ "profile": "two" })))
            .await
            .expect(201);
    }
    ann.api(Method::DELETE, "users/ann/servers/a-first", None)
        .await
        .expect(204);
    let page = home(&ann).await;
    let names: Vec<&str> = page
        .split("data-name=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert_eq!(names, ["", "b-second", "a-first"]);
}

#[tokio::test]
async fn what_others_share_is_shown_with_its_state() {
    let (_app, ann, bob) = ann_and_bob().await;
    assert!(!home(&bob).await.contains("Shared with you"));
    ann.api(Method::POST, "shares/ann/", Some(json!({ "user": "bob" })))
        .await
        .expect(200);
    let page = home(&bob).await;
    assert!(
        page.contains("Shared with you") && page.contains("href=\"/user/ann/\""),
        "{page}"
    );
    start_server(&ann, "ann").await;
    let aside = home(&bob).await;
    let aside = aside.split("home-aside").nth(1).unwrap();
    assert!(aside.contains("state-ready"), "{aside}");
}
