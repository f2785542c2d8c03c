//! The audit log: what gets into it, who reads it, and how.

use perijove_hub::audit;
use perijove_testkit::{App, Browser};
use reqwest::Method;
use serde_json::{Value, json};

use super::{full_token, refused, token};

async fn read(browser: &Browser, query: &str) -> Vec<Value> {
    let answer = browser
        .api(Method::GET, &format!("audit?{query}"), None)
        .await
        .expect(200);
    answer.json()["items"].as_array().unwrap().clone()
}

pub async fn last(browser: &Browser, act: &str) -> Value {
    let found = read(browser, &format!("act={act}&sort=-id&limit=1")).await;
    found
        .into_iter()
        .next()
        .unwrap_or_else(|| panic!("no entry says {act}"))
}

#[tokio::test]
async fn acts_are_written_down() {
    let app = App::start().await;
    let ruth = app.sign_in("ruth").await;
    let entry = last(&ruth, "sign-in").await;
    assert_eq!(
        (&entry["actor"], &entry["actor_kind"], &entry["target"]),
        (&json!("ruth"), &json!("user"), &json!("user ruth"))
    );
    assert_eq!(entry["detail"]["method"], "password");
    assert_eq!(entry["address"], "127.0.0.1");
    assert_eq!(entry["at"], "2026-11-21T00:00:00.000000Z");

    ruth.api(Method::POST, "users/ann", None).await.expect(201);
    let entry = last(&ruth, "user.made").await;
    assert_eq!(
        (&entry["actor"], &entry["via"], &entry["target"]),
        (&json!("ruth"), &json!("session"), &json!("user ann"))
    );

    let ann = app.sign_in("ann").await;
    let secret = token(&ann, "ann", json!({ "note": "for me" })).await;
    let made = last(&ruth, "token.made").await;
    assert_eq!(
        (&made["actor"], &made["detail"]["note"]),
        (&json!("ann"), &json!("for me"))
    );
    let path = format!("users/ann/tokens/{}", made["detail"]["id"].as_str().unwrap());
    app.browser()
        .api_with_token(&secret, Method::DELETE, &path, None)
        .await
        .expect(204);
    let entry = last(&ruth, "token.revoked").await;
    assert_eq!(entry["detail"]["id"], made["detail"]["id"]);
    assert_eq!(
        entry["via"],
        format!("token {}", made["detail"]["id"].as_str().unwrap())
    );

    ann.get("hub/logout").await;
    assert_eq!(last(&ruth, "sign-out").await["actor"], "ann");
    ruth.api(Method::DELETE, "users/ann", None).await.expect(204);
    assert_eq!(last(&ruth, "user.removed").await["target"], "user ann");
    let all = read(&ruth, "limit=200").await;
    assert!(!json!(all).to_string().contains(&secret));
    ruth.api(Method::POST, "shutdown", Some(json!({}))).await.expect(202);
    assert_eq!(last(&ruth, "hub.shut-down").await["actor"], "ruth");
}

#[tokio::test]
async fn refused_sign_ins_are_counted_and_tell_no_password() {
    let app = App::builder()
        .config(
            "[[auth]]\nkind = \"dummy\"\npassword = \"right\"\n[access]\nallow_all = true\nadmin_users = [\"ruth\"]\n",
        )
        .start()
        .await;
    let ruth = app.browser();
    ruth.sign_in("ruth", "right").await;
    let stranger = app.browser();
    for name in [
        "ruth",
        "hunter2-typed-as-a-name",
        "hunter2-typed-as-a-name",
        "Ruth",
        "ruth",
    ] {
        assert_eq!(stranger.sign_in_status(name, "wrong").await, 403);
    }
    audit::flush_refusals(&app.hub).await.unwrap();
    let found = read(&ruth, "act=sign-in.refused").await;
    assert_eq!(found.len(), 4, "{found:?}");
    assert_eq!(found[0]["target"], "user ruth");
    assert_eq!(found[0]["actor_kind"], "nobody");
    assert_eq!(
        found[0]["detail"],
        json!({ "method": "password", "reason": "credentials" })
    );
    assert_eq!(found[1]["target"], "");
    let mut counted: Vec<_> = found[2..]
        .iter()
        .map(|entry| (&entry["target"], &entry["detail"]["count"]))
        .collect();
    counted.sort_by_key(|(target, _)| target.to_string());
    assert_eq!(counted, [(&json!(""), &json!(1)), (&json!("user ruth"), &json!(2))]);
    assert!(!json!(found).to_string().contains("hunter2"));

    stranger.sign_in_status("hunter2-typed-as-a-name", "wrong").await;
    let again = last(&ruth, "sign-in.refused").await;
    assert_eq!(again["target"], "");
}

#[tokio::test]
async fn the_log_is_for_who_may_read_it() {
    let app = App::start().await;
    let ruth = app.sign_in("ruth").await;
    let ann = app.sign_in("ann").await;
    refused(&ann.api(Method::GET, "audit", None).await, 403, "");
    refused(&app.browser().api(Method::GET, "audit", None).await, 403, "");
    let reader = token(&ruth, "ruth", json!({ "scopes": ["read:audit"] })).await;
    let other = token(&ruth, "ruth", json!({ "scopes": ["read:users"] })).await;
    let ask = async |token: &str| {
        app.browser()
            .api_with_token(token, Method::GET, "audit", None)
            .await
            .status
    };
    assert_eq!((ask(&reader).await, ask(&other).await), (200, 403));
}

#[tokio::test]
async fn the_log_is_read_in_pages_and_filtered() {
    let app = App::start().await;
    let ruth = app.sign_in("ruth").await;
    for i in 0..5 {
        app.clock.advance(jiff::SignedDuration::from_hours(3));
        ruth.api(Method::POST, &format!("users/p{i}"), None).await.expect(201);
    }
    let mut path = "audit?act=user.made&actor=ruth&limit=2".to_owned();
    let mut targets = Vec::new();
    loop {
        let page = ruth.api(Method::GET, &path, None).await.expect(200).json();
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= 2);
        targets.extend(items.iter().map(|item| item["target"].as_str().unwrap().to_owned()));
        match page["_pagination"]["next"]["url"].as_str() {
            Some(url) => path = url.rsplit_once("/hub/api/").unwrap().1.to_owned(),
            None => break,
        }
    }
    assert_eq!(targets, ["user p0", "user p1", "user p2", "user p3", "user p4"]);
    let newest = read(&ruth, "act=user.made&actor=ruth&sort=-id&limit=1").await;
    assert_eq!(newest[0]["target"], "user p4");
    let since = read(&ruth, "act=user.made&actor=ruth&since=2026-11-21T09:00:00Z").await;
    assert_eq!(since.len(), 3);
    let ever = read(&ruth, "act=user.made&actor=ruth&since=-009000-01-01T00:00:00Z").await;
    assert_eq!(ever.len(), read(&ruth, "act=user.made&actor=ruth").await.len());
    let until = read(&ruth, "act=user.made&actor=ruth&until=2026-11-21T09:00:00Z").await;
    assert_eq!(until.len(), 2);
    assert_eq!(read(&ruth, "target=user+p3").await.len(), 1);
    assert_eq!(read(&ruth, "address=10.1.1.1").await.len(), 0);
    for wrong in [
        "since=soon",
        "until=%00",
        "after=x",
        "after=99999999999",
        "limit=1.5",
        "sort=at",
        "format=xml",
    ] {
        refused(&ruth.api(Method::GET, &format!("audit?{wrong}"), None).await, 400, "");
    }
}

#[tokio::test]
async fn the_log_is_exported_as_json_lines() {
    let app = App::start().await;
    let ruth = app.sign_in("ruth").await;
    let names: Vec<String> = (0..600).map(|i| format!("p{i}")).collect();
    let wish = json!({ "usernames": names });
    ruth.api(Method::POST, "users", Some(wish)).await.expect(201);
    let secret = full_token(&app, "ruth").await;
    let url = ruth.url("hub/api/audit?act=user.made&actor=ruth");
    let request = ruth.client().get(url).header("accept", "application/x-ndjson");
    let answer = ruth
        .send(request.header("authorization", format!("token {secret}")))
        .await;
    assert_eq!(answer.header("content-type"), "application/x-ndjson");
    let lines: Vec<Value> = answer
        .body
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(lines.len() >= 600, "{}", lines.len());
    assert!(
        lines
            .windows(2)
            .all(|pair| pair[0]["id"].as_i64() < pair[1]["id"].as_i64())
    );
    let some = ruth
        .api(Method::GET, "audit?format=jsonl&limit=3", None)
        .await
        .expect(200);
    assert_eq!(some.body.lines().count(), 3);
}

#[tokio::test]
async fn a_changed_configuration_is_noticed_at_the_start() {
    let app = App::start().await;
    let ruth = app.sign_in("ruth").await;
    let first = last(&ruth, "configuration.changed").await;
    assert_eq!(
        (&first["actor_kind"], &first["detail"]["first"]),
        (&json!("hub"), &json!(true))
    );

    let app = app.restart().await;
    assert_eq!(read(&ruth, "act=configuration.changed").await.len(), 1);
    let app = app
        .restart_with("[spawner]\ndefault_url = \"/lab\"\n[metrics]\nauthenticate = false\n")
        .await;
    let entry = last(&ruth, "configuration.changed").await;
    let sections = entry["detail"]["sections"].as_array().unwrap();
    let has = |section: &str| sections.contains(&json!(section));
    assert!(has("metrics") && has("spawner") && !has("access"), "{entry}");
    drop(app);
}

#[tokio::test]
async fn old_entries_go_and_a_file_gets_them_all() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("audit.jsonl");
    let app = App::builder()
        .config(&format!(
            "[audit]\nfile = {:?}\nkeep = \"1d\"\n",
            file.display().to_string()
        ))
        .start()
        .await;
    let ruth = app.sign_in("ruth").await;
    let before = read(&ruth, "").await.len();
    assert!(before > 0);
    app.clock.advance(jiff::SignedDuration::from_hours(1));
    let app = app.restart().await;
    crate::support::eventually("the file has the entries", async || {
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        (text.lines().count() >= before).then_some(())
    })
    .await;
    app.clock.advance(jiff::SignedDuration::from_hours(48));
    let app = app.restart().await;
    crate::support::eventually("old entries are deleted", async || {
        read(&ruth, "until=2026-11-21T02:00:00Z").await.is_empty().then_some(())
    })
    .await;
    drop(app);
}
