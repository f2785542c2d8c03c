//! The audit log of signing in: every attempt and every change, no secret, and no more entries than somebody could read.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::SignedDuration;
use perijove_auth::totp;
use perijove_hub::audit;
use perijove_model::{Clock, Secret};
use perijove_store::audit::{Query, Record, list};
use perijove_testkit::App;
use reqwest::Method;
use serde_json::json;

use super::accounts::{GOOD, left_by_jupyterhub, status, try_in};
use super::setup::account;
use super::signup::{native, sign_up};
use crate::support::eventually;

const WRONG: &str = "crimson-badger-window-31";

async fn entries(app: &App, act: &str) -> Vec<Record> {
    audit::flush_refusals(&app.hub).await.unwrap();
    let query = Query {
        act: Some(act.to_owned()),
        ..Query::default()
    };
    list(&app.hub.store, &query, 1000).await.unwrap()
}

/// What was refused to whom, and why: `user ann: credentials`.
async fn refusals(app: &App) -> Vec<String> {
    let found = entries(app, "sign-in.refused").await;
    found
        .iter()
        .map(|entry| format!("{}: {}", entry.target, entry.detail["reason"].as_str().unwrap()))
        .collect()
}

async fn nothing_of(app: &App, secrets: &[&str]) {
    let all = list(&app.hub.store, &Query::default(), 1000).await.unwrap();
    let text = format!("{all:?}");
    for secret in secrets {
        assert!(!text.contains(secret), "{secret} is in {text}");
    }
}

#[tokio::test]
async fn passwords_waits_and_links_are_written_down() {
    let toml = native("enable_signup = true") + "allowed_failed_logins = 2\nseconds_before_next_try = 60\n";
    let app = App::builder().config(&toml).start().await;
    let ann = account(&app, "ann", GOOD).await;
    for expected in ["credentials", "account waits", "too many failures"] {
        assert_eq!(status(&app, "ann", WRONG).await, 403);
        let told = refusals(&app).await;
        assert!(told.contains(&format!("user ann: {expected}")), "{expected}: {told:?}");
    }
    app.clock.advance(SignedDuration::from_secs(61));
    ann.get("hub/change-password").await.expect(200);
    let fields = [
        ("old_password", WRONG),
        ("new_password", "another long password"),
        ("new_password_confirmation", "another long password"),
    ];
    ann.post_form("hub/change-password", &fields).await.expect(400);
    let link = "x".repeat(43);
    ann.get(&format!("hub/setup?token={link}")).await.expect(404);
    let told = refusals(&app).await;
    assert!(told.contains(&"user ann: old password".to_owned()), "{told:?}");
    assert!(told.contains(&": no such link".to_owned()), "{told:?}");
    let used = entries(&app, "link.used").await;
    assert_eq!((used[0].actor.as_str(), used[0].via.as_str()), ("ann", "link"));

    sign_up(&app, "bob", GOOD, &[]).await.expect(200);
    sign_up(&app, "bob", GOOD, &[]).await.expect(400);
    assert_eq!(entries(&app, "sign-up.asked").await[0].target, "user bob");
    assert_eq!(entries(&app, "sign-up.refused").await.len(), 1);
    let ruth = account(&app, "ruth", GOOD).await;
    ruth.api(Method::POST, "signups/bob", None).await.expect(204);
    let made = entries(&app, "user.made").await;
    let bob = made.iter().find(|entry| entry.target == "user bob").unwrap();
    assert_eq!(
        (bob.actor.as_str(), &bob.detail["reason"]),
        ("ruth", &json!("approved"))
    );
    ruth.api(Method::DELETE, "users/ann/sessions", None).await.expect(204);
    let out = entries(&app, "sign-out").await;
    assert_eq!((out[0].actor.as_str(), out[0].target.as_str()), ("ruth", "user ann"));
    nothing_of(&app, &[GOOD, WRONG, &link]).await;
}

#[tokio::test]
async fn codes_are_written_down_by_what_became_of_them() {
    let app = left_by_jupyterhub().await;
    app.clock.advance(SignedDuration::from_secs(3600));
    let (password, secret) = ("another old password", "JBSWY3DPEHPK3PXP");
    let code = totp::code_at(&Secret::new(secret), app.clock.now()).unwrap();
    for (given, reason) in [
        ("", Some("code missing")),
        ("000000", Some("code")),
        (code.as_str(), None),
    ] {
        let came = try_in(&app.browser(), "grace", password, given).await;
        match reason {
            Some(reason) => {
                let told = refusals(&app).await;
                assert!(told.contains(&format!("user grace: {reason}")), "{told:?}");
            }
            None => assert_eq!(came.status, 302),
        }
    }
    assert_eq!(entries(&app, "sign-in").await[0].actor, "grace");
    nothing_of(&app, &[password, secret, &code]).await;
}

#[tokio::test]
async fn what_the_rules_refuse_is_written_down_by_its_rule() {
    let toml = "[access]\nallowed_users = [\"ann\"]\nblocked_users = [\"eve\"]\nusername_pattern = '[a-z]+$'\n";
    let app = App::builder().config(toml).start().await;
    for (name, reason) in [
        ("eve", "blocked"),
        ("bob", "not allowed"),
        ("b0b", "name pattern"),
        ("a/b", "name"),
    ] {
        assert_eq!(app.browser().sign_in_status(name, "x").await, 403);
        let told = refusals(&app).await;
        assert!(
            told.iter().any(|entry| entry.ends_with(&format!(": {reason}"))),
            "{reason}: {told:?}"
        );
    }
}

#[tokio::test]
async fn a_flood_of_failures_is_a_handful_of_entries() {
    let toml = "[[auth]]\nkind = \"dummy\"\npassword = \"right\"\n[access]\nallow_all = true\n\
                allowed_failed_logins = 0\nallowed_failed_logins_per_address = 0\n";
    let app = App::builder().config(toml).start().await;
    let stranger = app.browser();
    for round in 0..100 {
        assert_eq!(stranger.sign_in_status("ann", WRONG).await, 403);
        assert_eq!(stranger.sign_in_status(&format!("name-{round}"), WRONG).await, 403);
    }
    let found = entries(&app, "sign-in.refused").await;
    assert!(found.len() <= 12, "{} entries", found.len());
    let counted = |entry: &Record| entry.detail["count"].as_u64().unwrap_or(1);
    assert_eq!(found.iter().map(counted).sum::<u64>(), 200, "none is lost");
    assert!(found.iter().any(|entry| counted(entry) == 99), "{found:?}");
}

/// Each visit is an account: whoever asks in a loop does not fill the database.
#[tokio::test]
async fn new_accounts_are_so_many_an_hour() {
    let toml = "[[auth]]\nkind = \"temporary\"\nnew_accounts_per_hour_and_address = 2\n[access]\nallow_all = true\n";
    let app = App::builder().config(toml).start().await;
    let come = async || {
        let browser = app.browser();
        let left = browser.get("hub/tmplogin").await.expect(302);
        browser.get(left.to()).await
    };
    come().await.expect(302);
    come().await.expect(302);
    let refused = come().await.expect(429);
    assert_eq!(refused.header("retry-after"), "600");
    assert_eq!(refusals(&app).await, [": too many new accounts"]);
    app.clock.advance(SignedDuration::from_hours(1));
    come().await.expect(302);

    let open = "[[auth]]\nkind = \"native\"\nopen_signup = true\nnew_accounts_per_hour = 1\n";
    let app = App::builder().config(open).start().await;
    sign_up(&app, "ann", GOOD, &[]).await.expect(200);
    let refused = sign_up(&app, "bob", GOOD, &[]).await.expect(400);
    assert!(
        refused.body.contains("Many accounts were asked for"),
        "{}",
        refused.body
    );
    app.clock.advance(SignedDuration::from_hours(1));
    sign_up(&app, "bob", GOOD, &[]).await.expect(200);
}

/// Hashing has threads of its own and a queue that ends: whoever finds it full is told when to come back, everything else is
/// answered meanwhile.
#[tokio::test]
async fn who_finds_too_many_waiting_is_told_to_come_back() {
    let app = App::builder().config(&native("")).start().await;
    account(&app, "ann", GOOD).await;
    let (gate, opens) = std::sync::mpsc::channel::<()>();
    let opens = Arc::new(Mutex::new(opens));
    let begun = Arc::new(AtomicUsize::new(0));
    let waits = |_| {
        let (opens, begun) = (Arc::clone(&opens), Arc::clone(&begun));
        let passwords = app.hub.passwords.clone();
        let wait = move || {
            begun.fetch_add(1, Ordering::SeqCst);
            let _ = opens.lock().unwrap_or_else(PoisonError::into_inner).recv();
        };
        tokio::spawn(async move { passwords.aside(wait).await.is_ok() })
    };
    let mut flood: Vec<_> = (0..2).map(waits).collect();
    eventually("both threads are at work", async || {
        (begun.load(Ordering::SeqCst) == 2).then_some(())
    })
    .await;
    flood.extend((0..300).map(waits));
    eventually("the queue is full", async || {
        flood.iter().any(tokio::task::JoinHandle::is_finished).then_some(())
    })
    .await;
    let refused = try_in(&app.browser(), "ann", GOOD, "").await.expect(503);
    assert_eq!(refused.header("retry-after"), "5");
    assert!(
        refused.text().contains("Too many people are signing in"),
        "{}",
        refused.body
    );
    assert_eq!(app.browser().get("hub/health").await.status, 200);
    drop(gate);
    futures_util::future::join_all(flood).await;
    assert_eq!(status(&app, "ann", GOOD).await, 302);
}
