//! The page about one person: it shows and does what the visitor's scopes allow.

use jiff::SignedDuration;
use perijove_model::Clock;
use perijove_spawn::fake::Script;
use perijove_testkit::{App, Browser};
use reqwest::Method;
use serde_json::json;

use super::{start_server, token};

const CONFIG: &str = r#"
[[group]]
name = "class"
users = ["ann", "bob"]
[[role]]
name = "tutors"
users = ["tom"]
scopes = ["admin-ui", "list:users!group=class", "read:users!group=class", "servers!group=class", "groups!group=class"]
[[role]]
name = "guards"
users = ["gus"]
scopes = ["admin-ui"]
"#;

const PAGE: &str = "hub/admin/users/ann";

async fn school() -> (App, Browser, Browser) {
    let app = App::builder().config(CONFIG).start().await;
    let ann = app.sign_in("ann").await;
    app.sign_in("bob").await;
    let ruth = app.sign_in("ruth").await;
    (app, ann, ruth)
}

async fn page(browser: &Browser) -> String {
    browser.get(PAGE).await.expect(200).body
}

#[tokio::test]
async fn an_administrator_sees_everything_about_somebody() {
    let (_app, ann, ruth) = school().await;
    start_server(&ann, "ann").await;
    token(&ann, "ann", json!({ "note": "for the script" })).await;
    let seen = page(&ruth).await;
    for wanted in [
        "name=\"stop\" value=\"ann\"",
        "href=\"/user/ann/\"",
        "for the script",
        "id=\"sessions\"",
        "id=\"roles\"",
        "name=\"group\" value=\"class\"",
        "id=\"quotas\"",
        "token.made",
        "id=\"make-admin\"",
        "id=\"delete-user\"",
        "data-testid=\"edit-username-input\"",
    ] {
        assert!(seen.contains(wanted), "{wanted}: {seen}");
    }
    let list = ruth.get("hub/admin").await.expect(200).body;
    assert!(list.contains("href=\"/hub/admin/users/ann\""), "{list}");
    ruth.get("hub/admin/users/nobody").await.expect(404);
}

#[tokio::test]
async fn what_a_container_was_made_of_is_told_to_whoever_may_know_it() {
    let app = App::builder().config(CONFIG).start().await;
    let pinned = "quay.io/jupyter/base@sha256:5ec2e7f0";
    let state = json!({ "image": "quay.io/jupyter/base:1", "image_id": "sha256:1d", "image_digest": pinned });
    app.spawner.play(Script {
        state: state.as_object().unwrap().clone(),
        ..Script::default()
    });
    let ann = app.sign_in("ann").await;
    start_server(&ann, "ann").await;
    let seen = page(&app.sign_in("ruth").await).await;
    assert!(
        seen.contains("quay.io/jupyter/base:1") && seen.contains(pinned),
        "{seen}"
    );
    let seen = page(&app.sign_in("tom").await).await;
    assert!(!seen.contains("quay.io") && !seen.contains("sha256:1d"), "{seen}");
}

#[tokio::test]
async fn others_see_and_do_what_their_scopes_allow() {
    let (app, ann, _ruth) = school().await;
    token(&ann, "ann", json!({ "note": "secret note" })).await;
    let tom = app.sign_in("tom").await;
    let seen = page(&tom).await;
    assert!(
        seen.contains("name=\"start\" value=\"ann\"") && seen.contains("value=\"class\""),
        "{seen}"
    );
    for never in [
        "secret note",
        "id=\"sessions\"",
        "id=\"log\"",
        "make-admin",
        "delete-user",
        "new-name",
        "id=\"ways\"",
    ] {
        assert!(!seen.contains(never), "{never}: {seen}");
    }
    for (act, field, value) in [
        ("rename", "name", "eva"),
        ("make-admin", "", ""),
        ("delete", "sure", "yes"),
        ("end-sessions", "", ""),
        ("revoke", "id", "a1"),
        ("join", "group", "staff"),
    ] {
        let status = tom.post_form(PAGE, &[("do", act), (field, value)]).await.status;
        assert!([403, 404].contains(&status), "{act}: {status}");
    }
    assert_eq!(tom.get("hub/admin/users/ruth").await.status, 404);
    let gus = app.sign_in("gus").await;
    assert!([403, 404].contains(&gus.get(PAGE).await.status));
    assert_eq!(ann.get(PAGE).await.status, 403, "oneself is no administrator");
}

#[tokio::test]
async fn sessions_end_and_tokens_are_revoked() {
    let (_app, ann, ruth) = school().await;
    let secret = token(&ann, "ann", json!({ "note": "old" })).await;
    let seen = page(&ruth).await;
    let id = seen
        .split("data-token-id=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let done = ruth
        .post_form(PAGE, &[("do", "revoke"), ("id", &id)])
        .await
        .expect(200)
        .body;
    assert!(
        done.contains("The token is revoked.") && !done.contains("data-token-id"),
        "{done}"
    );
    assert_eq!(ann.api_with_token(&secret, Method::GET, "user", None).await.status, 403);
    ann.get("hub/home").await.expect(200);
    ruth.post_form(PAGE, &[("do", "end-sessions")]).await.expect(200);
    ann.get("hub/home").await.expect(302);
}

#[tokio::test]
async fn somebody_is_moved_between_groups_renamed_raised_and_deleted() {
    let (_app, ann, ruth) = school().await;
    start_server(&ann, "ann").await;
    let busy = ruth
        .post_form(PAGE, &[("do", "rename"), ("name", "eva")])
        .await
        .expect(400);
    assert!(busy.text().contains("must be stopped"), "{}", busy.body);
    ruth.post_form(PAGE, &[("stop", "bob")]).await.expect(404);
    ruth.post_form(PAGE, &[("stop", "ann")]).await.expect(200);
    ruth.api(Method::POST, "groups/staff", None).await.expect(201);
    ruth.post_form(PAGE, &[("do", "join"), ("group", "staff")])
        .await
        .expect(200);
    let left = ruth
        .post_form(PAGE, &[("do", "leave"), ("group", "class")])
        .await
        .expect(200)
        .body;
    assert!(
        left.contains("value=\"staff\"") && !left.contains("value=\"class\""),
        "{left}"
    );
    ruth.post_form(PAGE, &[("do", "join"), ("group", "none")])
        .await
        .expect(404);
    let raised = ruth.post_form(PAGE, &[("do", "make-admin")]).await.expect(200).body;
    assert!(raised.contains("id=\"make-plain\""), "{raised}");
    let own = ruth
        .post_form("hub/admin/users/ruth", &[("do", "make-plain")])
        .await
        .expect(400);
    assert!(own.text().contains("Somebody else has to"), "{}", own.body);

    let renamed = ruth
        .post_form(PAGE, &[("do", "rename"), ("name", "Eva")])
        .await
        .expect(302);
    assert_eq!(renamed.to(), "/hub/admin/users/eva");
    ruth.get(PAGE).await.expect(404);
    let asked = ruth
        .post_form("hub/admin/users/eva", &[("do", "delete")])
        .await
        .expect(200)
        .body;
    assert!(asked.contains("id=\"delete-sure\""), "{asked}");
    let gone = ruth
        .post_form("hub/admin/users/eva", &[("do", "delete"), ("sure", "yes")])
        .await
        .expect(302);
    assert_eq!(gone.to(), "/hub/admin");
    ruth.api(Method::GET, "users/eva", None).await.expect(404);
}

const ROLES: &str = r#"
[[group]]
name = "class"
users = ["ann", "bob"]
[[role]]
name = "tutors"
users = ["tom"]
scopes = ["admin-ui", "list:roles", "grant:roles!group=class", "read:users!group=class", "read:roles!group=class", "access:servers!group=class"]
[[role]]
name = "visits"
scopes = ["access:servers!group=class"]
[[role]]
name = "looks"
scopes = ["read:hub"]
"#;

async fn has(browser: &Browser, scope: &str) -> bool {
    let model = browser.api(Method::GET, "user", None).await.expect(200).json();
    model["scopes"].as_array().unwrap().contains(&scope.into())
}

async fn ask(browser: &Browser, act: &str, role: &str, until: &str) -> perijove_testkit::Answer {
    let fields = [("do", act), ("role", role), ("until", until)];
    browser.post_form(PAGE, &fields).await
}

#[tokio::test]
async fn roles_are_given_for_some_time_and_taken() {
    let app = App::builder().config(ROLES).start().await;
    let (ann, ruth) = (app.sign_in("ann").await, app.sign_in("ruth").await);
    assert!(page(&ruth).await.contains("<option value=\"looks\">"));
    let end = (app.clock.now() + SignedDuration::from_hours(2))
        .strftime("%Y-%m-%dT%H:%M")
        .to_string();
    let given = ask(&ruth, "give-role", "looks", &end).await.expect(200);
    assert!(given.body.contains("value=\"take-role\""), "{}", given.body);
    assert!(given.body.contains(&end[..10]), "until when: {}", given.body);
    assert!(has(&ann, "read:hub").await);
    app.clock.advance(SignedDuration::from_hours(2));
    assert!(!has(&ann, "read:hub").await, "it has ended");

    ask(&ruth, "give-role", "looks", &end).await.expect(400);
    ask(&ruth, "give-role", "looks", "soon").await.expect(400);
    ask(&ruth, "give-role", "nothing-such", "").await.expect(404);
    ask(&ruth, "give-role", "admin", "").await.expect(400);
    ask(&ruth, "give-role", "looks", "").await.expect(200);
    assert!(!page(&ruth).await.contains("<option value=\"looks\">"), "they have it");
    assert!(has(&ann, "read:hub").await);
    let taken = ask(&ruth, "take-role", "looks", "").await.expect(200);
    assert!(!taken.body.contains("value=\"take-role\""), "{}", taken.body);
    assert!(!has(&ann, "read:hub").await);
    ask(&ruth, "take-role", "looks", "").await.expect(404);
    let log = ruth.get("hub/api/audit?act=role.granted").await.expect(200).body;
    assert!(log.contains("role looks") && log.contains("\"ann\""), "{log}");
}

#[tokio::test]
async fn nobody_gives_or_takes_a_role_beyond_what_they_may_do() {
    let app = App::builder().config(ROLES).start().await;
    let (ann, ruth) = (app.sign_in("ann").await, app.sign_in("ruth").await);
    let tom = app.sign_in("tom").await;
    let seen = page(&tom).await;
    assert!(
        seen.contains("<option value=\"visits\">") && !seen.contains("\"looks\""),
        "{seen}"
    );
    ask(&tom, "give-role", "looks", "").await.expect(403);
    ask(&ruth, "give-role", "looks", "").await.expect(200);
    let seen = page(&tom).await;
    assert!(
        seen.contains("looks") && !seen.contains("value=\"take-role\""),
        "{seen}"
    );
    ask(&tom, "take-role", "looks", "").await.expect(403);
    assert!(has(&ann, "read:hub").await);
    ask(&tom, "give-role", "visits", "").await.expect(200);
    ask(&tom, "take-role", "visits", "").await.expect(200);
    let (plain, ..) = school().await;
    let other = plain.sign_in("tom").await;
    assert!(
        !page(&other).await.contains("give-role"),
        "without the scope there is no form"
    );
    ask(&other, "give-role", "tutors", "").await.expect(403);
}
