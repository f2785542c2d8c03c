//! Entitlements: quotas of people and of groups, and the examples that are shipped.

use jiff::SignedDuration;
use perijove_testkit::{Answer, App, Browser};
use reqwest::Method;
use serde_json::{Value, json};

use super::refused;

const BEGIN: &str = r#"
[hub]
allow_named_servers = true
[[group]]
name = "class"
users = ["ann", "bob"]
[[group]]
name = "more"
users = ["ann"]
[[profile]]
name = "Two"
memory = "2G"
cpu = 1
[[profile]]
name = "Six"
memory = "6G"
cpu = 1
[[profile]]
name = "All"
[[profile]]
name = "Card"
gpu = 1
memory = "1G"
"#;

async fn with(entitlements: &str) -> App {
    App::builder().config(&format!("{BEGIN}{entitlements}")).start().await
}

async fn start(browser: &Browser, server: &str, profile: &str) -> Answer {
    let path = match server {
        "ann" | "bob" | "cyd" => format!("users/{server}/server"),
        named => format!("users/ann/servers/{named}"),
    };
    browser
        .api(Method::POST, &path, Some(json!({ "profile": profile })))
        .await
}

async fn slugs(browser: &Browser) -> Vec<String> {
    let told = browser.api(Method::GET, "profiles", None).await.expect(200).json();
    let profiles = told["profiles"].as_array().unwrap().iter();
    profiles
        .map(|profile| profile["slug"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn profiles_add_up_and_a_denial_wins() {
    let app = with(
        "[[entitlement]]\ngroups = [\"class\"]\nallow_profiles = [\"two\"]\n\
         [[entitlement]]\ngroups = [\"more\"]\nallow_profiles = [\"six\", \"card\"]\n\
         [[entitlement]]\nusers = [\"ann\"]\ndeny_profiles = [\"card\"]\n",
    )
    .await;
    let (ann, bob, cyd) = (
        app.sign_in("ann").await,
        app.sign_in("bob").await,
        app.sign_in("cyd").await,
    );
    assert_eq!(slugs(&ann).await, ["two", "six"]);
    assert_eq!(slugs(&bob).await, ["two"]);
    assert_eq!(slugs(&cyd).await, ["two", "six", "all", "card"]);
    refused(&start(&ann, "ann", "card").await, 403, "no profile “card” for ann");
    start(&ann, "ann", "six").await.expect(201);
    refused(&start(&bob, "bob", "six").await, 403, "no profile “six” for bob");
}

#[tokio::test]
async fn a_refusal_says_which_limit_how_much_is_used_and_what_to_stop() {
    let app = with(
        "[[entitlement]]\nmemory = \"3G\"\nmax_servers = 3\n\
         [[entitlement]]\ngroups = [\"more\"]\nmemory = \"8G\"\n",
    )
    .await;
    let ann = app.sign_in("ann").await;
    start(&ann, "ann", "two").await.expect(201);
    start(&ann, "lab", "two").await.expect(201);
    let full = start(&ann, "big", "six").await;
    refused(
        &full,
        429,
        "ann may have 8 GiB of memory, 4 GiB of memory are in use by “the default server” (2 GiB of memory), \
         “lab” (2 GiB of memory); this would take 6 GiB of memory more. Stop one of these first: “the default server”, “lab”.",
    );
    let limit = &full.json()["limit"];
    for (key, value) in [
        ("quantity", json!("memory")),
        ("group", Value::Null),
        ("allowed", json!(8_u64 << 30)),
        ("used", json!(4_u64 << 30)),
        ("wanted", json!(6_u64 << 30)),
        ("stop", json!(["", "lab"])),
    ] {
        assert_eq!(limit[key], value, "{key}: {limit}");
    }
    // Nothing was written: the server is not even made.
    assert_eq!(ann.api(Method::GET, "users/ann/servers/big", None).await.status, 404);
    start(&ann, "all", "all").await.expect(201);
    let given = app.spawner.specs().pop().unwrap().plan.limits.memory;
    assert_eq!(given, Some(4 << 30), "what could use all gets what is left");
    refused(
        &start(&ann, "fourth", "two").await,
        429,
        "ann may have 3 servers, 3 servers are in use",
    );
    let told = ann.api(Method::GET, "profiles", None).await.json();
    assert_eq!(told["quotas"]["servers"], json!({ "allowed": 3, "used": 3 }));
    assert_eq!(
        told["quotas"]["memory"],
        json!({ "allowed": 8_u64 << 30, "used": 8_u64 << 30 })
    );
    ann.api(Method::DELETE, "users/ann/servers/all", None).await.expect(204);
    ann.api(Method::DELETE, "users/ann/servers/lab", None).await.expect(204);
    start(&ann, "big", "six").await.expect(201);

    let bob = app.sign_in("bob").await;
    let never = start(&bob, "bob", "six").await;
    refused(
        &never,
        403,
        "This takes 6 GiB of memory, and bob may have 3 GiB of memory. Choose something smaller.",
    );
    // An administrator who starts it for him changes nothing about that.
    let ruth = app.sign_in("ruth").await;
    refused(&start(&ruth, "bob", "six").await, 403, "bob may have 3 GiB");
    let page = bob.post_form("hub/spawn", &[("profile", "six")]).await;
    assert_eq!(page.status, 403);
    assert!(page.text().contains("Choose something smaller."), "{}", page.body);
}

#[tokio::test]
async fn two_starts_at_once_never_both_get_the_last_of_it() {
    let app = with("[[entitlement]]\nmemory = \"5G\"\n").await;
    let ann = app.sign_in("ann").await;
    let replica = app.replica().await;
    let other = replica.browser();
    other.sign_in("ann", "password").await;
    for round in 0..5 {
        let names: Vec<String> = (0..6).map(|n| format!("s{round}x{n}")).collect();
        let starts = names.iter().enumerate().map(|(n, name)| {
            let browser = if n % 2 == 0 { ann.clone() } else { other.clone() };
            let name = name.clone();
            tokio::spawn(async move { start(&browser, &name, "two").await.status })
        });
        let mut granted = 0;
        for status in starts.collect::<Vec<_>>() {
            match status.await.unwrap() {
                201 | 202 => granted += 1,
                status => assert_eq!(status, 429),
            }
        }
        assert_eq!(granted, 2, "5 GiB have room for two of 2 GiB");
        for name in names {
            let path = format!("users/ann/servers/{name}");
            for _ in 0..500 {
                let gone = ann
                    .api(Method::DELETE, &path, Some(json!({ "remove": true })))
                    .await
                    .status;
                if matches!(gone, 204 | 404) {
                    break;
                }
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
        }
    }
    replica.stop().await;
}

#[tokio::test]
async fn a_group_has_a_limit_together() {
    let app = with("[[entitlement]]\ngroups = [\"class\"]\ngroup_total = { gpu = 1, servers = 3 }\n").await;
    let (ann, bob) = (app.sign_in("ann").await, app.sign_in("bob").await);
    start(&bob, "bob", "card").await.expect(201);
    let full = start(&ann, "ann", "card").await;
    refused(
        &full,
        429,
        "The members of “class” together may have 1 GPU, 1 GPU is in use by 1 server of another member",
    );
    assert!(
        !full.body.contains("bob"),
        "whose it is is nobody's business: {}",
        full.body
    );
    assert_eq!(full.json()["limit"]["servers_of_others"], 1);
    start(&ann, "ann", "two").await.expect(201);
    start(&ann, "lab", "two").await.expect(201);
    refused(
        &start(&ann, "third", "two").await,
        429,
        "together may have 3 servers, 3 servers are in use",
    );
    let told = ann.api(Method::GET, "profiles", None).await.json();
    assert_eq!(told["groups"][0]["quotas"]["gpu"], json!({ "allowed": 1, "used": 1 }));
    let cyd = app.sign_in("cyd").await;
    start(&cyd, "cyd", "card").await.expect(201);
}

#[tokio::test]
async fn of_several_totals_of_a_group_the_largest_counts_and_for_no_other_group() {
    let total =
        |servers: u32| format!("[[entitlement]]\ngroups = [\"class\"]\ngroup_total = {{ servers = {servers} }}\n");
    let app = with(&(total(1) + &total(2) + &total(1))).await;
    let (ann, bob) = (app.sign_in("ann").await, app.sign_in("bob").await);
    start(&bob, "bob", "two").await.expect(201);
    start(&ann, "ann", "two").await.expect(201);
    refused(
        &start(&ann, "lab", "two").await,
        429,
        "The members of “class” together may have 2 servers",
    );
    let told = ann.api(Method::GET, "profiles", None).await.json();
    let groups = told["groups"].as_array().unwrap().iter();
    assert_eq!(groups.map(|group| &group["group"]).collect::<Vec<_>>(), ["class"]);
}

#[tokio::test]
async fn a_server_without_limits_gets_what_is_left_for_its_group() {
    let app = with("[[entitlement]]\ngroups = [\"class\"]\ngroup_total = { memory = \"5G\", cpu = 4 }\n").await;
    let (ann, bob) = (app.sign_in("ann").await, app.sign_in("bob").await);
    start(&bob, "bob", "two").await.expect(201);
    start(&ann, "ann", "all").await.expect(201);
    let limits = app.spawner.specs().pop().unwrap().plan.limits;
    assert_eq!((limits.memory, limits.cpu_milli), (Some(3 << 30), Some(3000)));
}

#[tokio::test]
async fn hours_are_counted_for_each_server_and_begin_anew_with_the_month() {
    let app = with("[culler]\nstop_over_hours = false\n[[entitlement]]\nhours = 10\n").await;
    let ann = app.sign_in("ann").await;
    start(&ann, "ann", "two").await.expect(201);
    start(&ann, "lab", "two").await.expect(201);
    app.clock.advance(SignedDuration::from_hours(3));
    ann.api(Method::DELETE, "users/ann/servers/lab", None).await.expect(204);
    start(&ann, "lab", "two").await.expect(201);
    ann.api(Method::DELETE, "users/ann/servers/lab", None).await.expect(204);
    app.clock.advance(SignedDuration::from_hours(5));
    let told = ann.api(Method::GET, "profiles", None).await.json();
    assert_eq!(told["quotas"]["hours"], json!({ "allowed": 10.0, "used": 11.0 }));
    refused(
        &start(&ann, "lab", "two").await,
        429,
        "ann may run servers for 10 hours a month, and 11 hours are used. The next month begins on 2026-12-01.",
    );
    assert_eq!(app.spawner.running().len(), 1, "what runs is not stopped");
    ann.api(Method::DELETE, "users/ann/server", None).await.expect(204);
    app.clock.advance(SignedDuration::from_hours(24 * 10));
    let ann = app.sign_in("ann").await;
    start(&ann, "lab", "two").await.expect(201);
}

#[tokio::test]
async fn quotas_hold_without_profiles_too() {
    let app = App::builder()
        .config("[spawner]\nmem_limit = \"2G\"\n[hub]\nallow_named_servers = true\n[[entitlement]]\nmax_servers = 1\n")
        .start()
        .await;
    let ann = app.sign_in("ann").await;
    ann.api(Method::POST, "users/ann/server", Some(json!({ "any": "thing" })))
        .await
        .expect(201);
    let model = ann.api(Method::GET, "users/ann/server", None).await.json();
    assert_eq!(
        model["user_options"],
        json!({ "any": "thing" }),
        "options are as they were"
    );
    assert!(model.get("profile").is_none());
    refused(
        &ann.api(Method::POST, "users/ann/servers/lab", None).await,
        429,
        "ann may have 1 server, 1 server is in use by “the default server”. Stop “the default server” first.",
    );
}

/// An example as it is shipped, with these people in these groups.
async fn example(text: &str, groups: &[(&str, &[&str])]) -> App {
    let mut config = text.to_owned();
    for (group, users) in groups {
        config.push_str(&format!("\n[[group]]\nname = {group:?}\nusers = {users:?}\n"));
    }
    App::builder().config(&config).start().await
}

#[tokio::test]
async fn example_small_medium_large() {
    let text = include_str!("../../../../../docs/examples/small-medium-large.toml");
    let app = example(text, &[("instructors", &["bob"])]).await;
    let (ann, bob) = (app.sign_in("ann").await, app.sign_in("bob").await);
    assert_eq!(slugs(&ann).await, ["small", "medium"]);
    assert_eq!(slugs(&bob).await, ["small", "medium", "large"]);
    ann.api(Method::POST, "users/ann/server", None).await.expect(201);
    let limits = app.spawner.specs().pop().unwrap().plan.limits;
    assert_eq!(
        (limits.cpu_milli, limits.memory, limits.storage),
        (Some(2000), Some(4 << 30), Some(10 << 30))
    );
    refused(
        &start(&ann, "lab", "small").await,
        429,
        "ann may have 2 cores, 2 cores are in use",
    );
    refused(&start(&ann, "lab", "large").await, 403, "no profile “large” for ann");
    start(&bob, "bob", "large").await.expect(201);
}

#[tokio::test]
async fn example_lab_vscode_marimo() {
    let text = include_str!("../../../../../docs/examples/lab-vscode-marimo.toml");
    let app = example(text, &[]).await;
    let ann = app.sign_in("ann").await;
    assert_eq!(slugs(&ann).await.len(), 6);
    start(&ann, "code", "uv-vs-code-4-cpu-8gb").await.expect(201);
    let spec = app.spawner.specs().pop().unwrap();
    assert_eq!(spec.env["JUPYTERHUB_DEFAULT_URL"], "/vscode/");
    assert_eq!(
        (spec.plan.limits.cpu_milli, spec.plan.limits.memory),
        (Some(4000), Some(8 << 30))
    );
    assert_eq!(spec.plan.environment.as_deref(), Some("vscode"));
    start(&ann, "notes", "uv-marimo-1-cpu-2gb").await.expect(201);
    assert_eq!(
        app.spawner.specs().pop().unwrap().env["JUPYTERHUB_DEFAULT_URL"],
        "/proxy/marimo/"
    );
    refused(&start(&ann, "ann", "uv-lab-8-cpu").await, 403, "no profile");
}

#[tokio::test]
async fn example_business_and_science() {
    let text = include_str!("../../../../../docs/examples/business-and-science.toml");
    let groups: &[(&str, &[&str])] = &[
        ("business", &["ann"]),
        ("data-science", &["bob"]),
        ("platform-admins", &["cyd"]),
    ];
    let app = example(text, groups).await;
    let (ann, bob, cyd) = (
        app.sign_in("ann").await,
        app.sign_in("bob").await,
        app.sign_in("cyd").await,
    );
    assert_eq!(slugs(&ann).await, ["business"]);
    assert_eq!(slugs(&bob).await, ["science"]);
    assert_eq!(slugs(&cyd).await, ["business", "science", "platform"]);
    start(&ann, "ann", "business").await.expect(201);
    assert!(app.spawner.specs().pop().unwrap().plan.mounts[0].read_only);
    refused(&start(&ann, "ann", "science").await, 400, "already running");
    let path = "users/bob/server";
    let one = json!({ "profile": "science", "accelerator": "one" });
    bob.api(Method::POST, path, Some(one)).await.expect(201);
    let plan = app.spawner.specs().pop().unwrap().plan;
    assert_eq!((plan.limits.gpus, plan.env["RISK_PLATFORM_USER"].as_str()), (1, "bob"));
    refused(&start(&app.sign_in("dan").await, "cyd", "business").await, 404, "");
    let dan = app.sign_in("dan").await;
    let nothing = dan.api(Method::POST, "users/dan/server", None).await;
    refused(&nothing, 403, "No profile is offered to dan.");
}

#[tokio::test]
async fn example_standard_and_gpu() {
    let text = include_str!("../../../../../docs/examples/standard-and-gpu.toml");
    let app = example(text, &[("research", &["ann", "bob", "cyd"])]).await;
    for name in ["ann", "bob"] {
        start(&app.sign_in(name).await, name, "gpu").await.expect(201);
    }
    let cyd = app.sign_in("cyd").await;
    refused(
        &start(&cyd, "cyd", "gpu").await,
        429,
        "The members of “research” together may have 2 GPUs",
    );
    start(&cyd, "cyd", "standard").await.expect(201);
    let spec = app.spawner.specs().pop().unwrap();
    assert_eq!(spec.env["CPU_GUARANTEE"], "1.0");
    assert_eq!(spec.env["MEM_GUARANTEE"], "268435456");
    assert!(spec.plan.mounts.iter().all(|mount| mount.read_only));
    let ruth = app.sign_in("ruth").await;
    let standard = json!({ "profile": "standard" });
    ruth.api(Method::POST, "users/ruth/server", Some(standard))
        .await
        .expect(201);
    assert!(
        app.spawner
            .specs()
            .pop()
            .unwrap()
            .plan
            .mounts
            .iter()
            .all(|mount| !mount.read_only)
    );
}
