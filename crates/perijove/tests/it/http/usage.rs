//! How the platform was used: looks, charts, exports.

use jiff::SignedDuration;
use perijove_hub::usage::{Readings, look_now};
use perijove_model::Clock;
use perijove_spawn::fake::Script;
use perijove_store::usage::Slot;
use perijove_testkit::App;
use reqwest::Method;

use super::{refused, start_server};

const CONFIG: &str = r#"
[[group]]
name = "class"
users = ["ann", "bob"]
[[profile]]
name = "Small"
[[role]]
name = "counters"
users = ["cleo"]
scopes = ["read:metrics"]
"#;

/// Within the slot in which all of it was.
async fn look(app: &App, readings: &mut Readings) {
    let now = app.clock.now();
    let later = Slot::Minutes.start(now) + SignedDuration::from_secs(200);
    app.clock.advance(later.duration_since(now));
    look_now(&app.hub, readings).await.unwrap();
}

async fn slots(by: &perijove_testkit::Browser, query: &str) -> Vec<serde_json::Value> {
    let answer = by
        .api(Method::GET, &format!("usage{query}"), None)
        .await
        .expect(200)
        .json();
    answer["slots"].as_array().unwrap().clone()
}

#[tokio::test]
async fn what_runs_and_who_was_there_is_seen_in_every_slot() {
    let app = App::builder().config(CONFIG).start().await;
    let (ann, ruth) = (app.sign_in("ann").await, app.sign_in("ruth").await);
    start_server(&ann, "ann").await;
    let mut readings = Readings::default();
    look(&app, &mut readings).await;
    look(&app, &mut readings).await;
    for query in [
        "",
        "?period=day",
        "?period=month",
        "?period=year",
        "?group=class",
        "?profile=small",
    ] {
        let slots = slots(&ruth, query).await;
        assert_eq!(slots.len(), 1, "{query}");
        let slot = &slots[0];
        assert_eq!(
            (&slot["servers"], &slot["servers_most"]),
            (&1.0.into(), &1.into()),
            "{query}: {slot}"
        );
        assert_eq!(
            (&slot["starts"], &slot["failures"]),
            (&1.into(), &0.into()),
            "{query}: {slot}"
        );
        assert!(slot["start_p50"].is_number(), "{query}: {slot}");
        let is_all = !query.contains("group") && !query.contains("profile");
        assert_eq!(slot["people"].is_number(), is_all, "{query}: {slot}");
    }
    assert_eq!(slots(&ruth, "?group=none").await, Vec::<serde_json::Value>::new());
    let page = ruth.get("hub/admin/usage?period=day").await.expect(200).body;
    for wanted in [
        "data-chart=\"people\"",
        "data-chart=\"storage\"",
        "data-tile=\"servers\"",
        "<option value=\"class\"",
    ] {
        assert!(page.contains(wanted), "{wanted}: {page}");
    }
    let csv = ruth.get("hub/api/usage?format=csv&period=day").await.expect(200);
    assert!(csv.header("content-disposition").contains("usage-day.csv"));
    assert!(
        csv.body.starts_with("at,people,servers,") && csv.body.lines().count() == 2,
        "{}",
        csv.body
    );
}

#[tokio::test]
async fn prometheus_is_told_of_the_last_look() {
    let app = App::builder().config(CONFIG).start().await;
    let (ann, ruth) = (app.sign_in("ann").await, app.sign_in("ruth").await);
    start_server(&ann, "ann").await;
    let mut readings = Readings::default();
    let told = async || {
        let page = ruth.get("hub/metrics").await.expect(200).body;
        let lines = page.lines().filter(|line| line.starts_with("perijove_usage_"));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(told().await, Vec::<String>::new(), "nobody has looked");
    look(&app, &mut readings).await;
    let now = told().await;
    assert!(
        !now.iter().any(|line| line.contains("cpu_cores")),
        "one look tells nothing of it: {now:#?}"
    );
    app.clock.advance(SignedDuration::from_mins(5));
    look(&app, &mut readings).await;
    let now = told().await;
    for wanted in [
        "perijove_usage_servers 1.0",
        "perijove_usage_storage_bytes{state=\"homes\"} 0.0",
        "perijove_usage_profile_servers{profile=\"small\"} 1.0",
        "perijove_usage_cpu_cores ",
        "perijove_usage_profile_memory_bytes{profile=\"small\"} ",
    ] {
        assert!(now.iter().any(|line| line.starts_with(wanted)), "{wanted}: {now:#?}");
    }
    assert!(!now.iter().any(|line| line.contains("class")), "{now:#?}");
    app.clock.advance(SignedDuration::from_mins(20));
    assert_eq!(told().await, Vec::<String>::new(), "that was long ago");
}

#[tokio::test]
async fn a_start_that_fails_is_counted_by_its_cause() {
    let app = App::start().await;
    let (ann, ruth) = (app.sign_in("ann").await, app.sign_in("ruth").await);
    app.spawner.play(Script {
        fail: Some("No room.".into()),
        ..Script::default()
    });
    ann.api(Method::POST, "users/ann/server", None).await;
    look(&app, &mut Readings::default()).await;
    let slot = &slots(&ruth, "").await[0];
    assert_eq!((&slot["starts"], &slot["failures"]), (&1.into(), &1.into()), "{slot}");
    let page = ruth.get("hub/admin/usage").await.expect(200).text();
    assert!(page.contains("could not be launched"), "{page}");
}

#[tokio::test]
async fn only_whoever_may_read_metrics_sees_it_and_no_names_of_groups() {
    let app = App::builder().config(CONFIG).start().await;
    let (ann, cleo) = (app.sign_in("ann").await, app.sign_in("cleo").await);
    start_server(&ann, "ann").await;
    look(&app, &mut Readings::default()).await;
    ann.get("hub/admin/usage").await.expect(403);
    refused(&ann.api(Method::GET, "usage", None).await, 403, "");
    let page = cleo.get("hub/admin/usage").await.expect(200).body;
    assert!(
        !page.contains("value=\"class\"") && page.contains("value=\"small\""),
        "{page}"
    );
    refused(&cleo.api(Method::GET, "usage?group=class", None).await, 403, "");
    refused(
        &cleo.api(Method::GET, "usage?period=odd", None).await,
        400,
        "period must be",
    );
    refused(
        &cleo.api(Method::GET, "usage?format=xml", None).await,
        400,
        "format must be",
    );
    assert_eq!(slots(&cleo, "?profile=small").await.len(), 1);
}
