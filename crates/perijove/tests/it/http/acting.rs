//! Somebody acts as somebody else: what they see, what they may not do, and how it ends.

use jiff::SignedDuration;
use perijove_testkit::{Answer, App, Browser};
use reqwest::Method;
use serde_json::{Value, json};

use super::oauth::token_of;
use super::{signed_in, start_server};

const CONFIG: &str = r#"
[[group]]
name = "class"
users = ["ann", "bob"]
[[role]]
name = "tutors"
users = ["tom"]
scopes = ["admin-ui", "list:users!group=class", "read:users!group=class", "admin:users!group=class"]
[[service]]
name = "grades"
url = "http://127.0.0.1:9"
api_token = "the-secret-of-grades"
oauth_no_confirm = true
[[role]]
name = "everybodys-grades"
scopes = ["access:services"]
users = ["ann", "ruth"]
"#;

async fn school() -> (App, Browser, Browser) {
    let app = App::builder().config(CONFIG).start().await;
    let ann = app.sign_in("ann").await;
    let ruth = app.sign_in("ruth").await;
    (app, ann, ruth)
}

async fn act_as(browser: &Browser, name: &str) -> Answer {
    browser.get("hub/home").await.expect(200);
    let answer = browser.post_form(&format!("hub/act-as/{name}"), &[]).await;
    if answer.status == 302 {
        assert_eq!(answer.to(), "/hub/home");
        browser.get("hub/home").await.expect(200);
    }
    answer
}

async fn stop(browser: &Browser) -> Answer {
    browser.post_form("hub/act-as", &[]).await.expect(302)
}

/// Whom the hub takes this browser for.
async fn who(browser: &Browser) -> String {
    let model = browser.api(Method::GET, "user", None).await.expect(200).json();
    model["name"].as_str().unwrap().to_owned()
}

async fn log(browser: &Browser, act: &str) -> Vec<Value> {
    let found = browser.api(Method::GET, &format!("audit?act={act}"), None).await;
    found.expect(200).json()["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn an_administrator_sees_the_hub_as_somebody_does_and_comes_back() {
    let (_app, _ann, ruth) = school().await;
    let page = ruth.get("hub/admin/users/ann").await.expect(200);
    assert!(page.body.contains("action=\"/hub/act-as/ann\""), "{}", page.body);
    act_as(&ruth, "ann").await.expect(302);
    assert_eq!(who(&ruth).await, "ann");
    let home = ruth.get("hub/home").await.expect(200);
    assert!(home.body.contains("id=\"acting\""), "{}", home.body);
    assert!(
        home.text()
            .contains("You act as ann. What you do is written down with your name, ruth.")
    );
    assert!(!home.body.contains("/hub/admin\""), "ann administers nothing");
    assert_eq!(ruth.get("hub/admin").await.status, 403);
    start_server(&ruth, "ann").await;
    assert_eq!(stop(&ruth).await.to(), "/hub/admin/users/ann");
    assert_eq!(who(&ruth).await, "ruth");
    assert!(!ruth.get("hub/home").await.expect(200).body.contains("id=\"acting\""));
    for (act, via) in [("acting.begun", "session"), ("acting.ended", "acting as ann")] {
        let entries = log(&ruth, act).await;
        assert_eq!(entries.len(), 1, "{act}: {entries:?}");
        let entry = &entries[0];
        assert_eq!(
            (&entry["actor"], &entry["target"]),
            (&json!("ruth"), &json!("user ann"))
        );
        assert_eq!(entry["via"], via, "{entry}");
    }
}

#[tokio::test]
async fn what_is_for_one_alone_stays_so() {
    let (_app, _ann, ruth) = school().await;
    act_as(&ruth, "ann").await.expect(302);
    let made = ruth.api(Method::POST, "users/ann/tokens", Some(json!({}))).await;
    assert_eq!(made.status, 403, "{}", made.body);
    assert!(made.body.contains("You act as somebody else."), "{}", made.body);
    let form = ruth.post_form("hub/token", &[("note", "mine now")]).await;
    assert_eq!(form.status, 403, "{}", form.body);
    for part in ["sessions", "codes", "email", "passkeys", "unlink"] {
        let answer = ruth.post_form(&format!("hub/account/{part}"), &[]).await;
        assert_eq!(answer.status, 403, "{part}");
    }
    assert_eq!(ruth.post_form("hub/change-password", &[]).await.status, 403);
    assert_eq!(ruth.post_form("hub/oauth_login/any", &[]).await.status, 403);
    // A service would take her for ann, and nobody could tell.
    let way = "hub/api/oauth2/authorize?client_id=service-grades&response_type=code";
    assert_eq!(ruth.get(way).await.status, 403);
    stop(&ruth).await;
    assert_eq!(ruth.get(way).await.status, 302);
    assert!(log(&ruth, "token.made").await.is_empty());
}

#[tokio::test]
async fn nobody_becomes_mightier() {
    let (app, ann, ruth) = school().await;
    let tom = app.sign_in("tom").await;
    assert_eq!(act_as(&ann, "bob").await.status, 403);
    assert_eq!(act_as(&tom, "ruth").await.status, 404, "not of his class");
    ruth.api(Method::PATCH, "users/bob", Some(json!({ "admin": true })))
        .await;
    app.sign_in("bob").await;
    ruth.api(Method::PATCH, "users/bob", Some(json!({ "admin": true })))
        .await
        .expect(200);
    assert_eq!(
        act_as(&tom, "bob").await.status,
        403,
        "administrators are for administrators"
    );
    assert_eq!(act_as(&ruth, "ruth").await.status, 400);
    assert_eq!(act_as(&ruth, "nobody").await.status, 404);
    // Not without a page of the hub's.
    let forged = ruth.send(ruth.request(Method::POST, "hub/act-as/ann")).await;
    assert_eq!(forged.status, 403);

    act_as(&tom, "ann").await.expect(302);
    assert_eq!(who(&tom).await, "ann");
    let started = tom.api(Method::POST, "users/ann/server", None).await;
    assert_eq!(
        started.status, 403,
        "tom starts no servers, nor does he as ann: {}",
        started.body
    );
    assert_eq!(act_as(&tom, "bob").await.status, 400, "one after the other");
    assert_eq!(
        tom.get("hub/admin/users/bob").await.status,
        403,
        "nor what tom may and ann may not"
    );
}

#[tokio::test]
async fn what_was_opened_ends_with_it() {
    let (app, ann, ruth) = school().await;
    start_server(&ann, "ann").await;
    let anns = token_of(&app, &ann).await;
    act_as(&ruth, "ann").await.expect(302);
    let opened = token_of(&app, &ruth).await;
    let holds = async |token: &str| {
        let seen = app.browser().api_with_token(token, Method::GET, "user", None).await;
        seen.status == 200
    };
    assert!(holds(&opened).await);
    stop(&ruth).await;
    assert!(!holds(&opened).await);
    // So it does with her own session, wherever that is ended.
    act_as(&ruth, "ann").await.expect(302);
    let opened = token_of(&app, &ruth).await;
    let other = app.sign_in("ruth").await;
    other.get("hub/account").await.expect(200);
    let ended = other.post_form("hub/account/sessions", &[("what", "others")]).await;
    ended.expect(200);
    assert!(!holds(&opened).await && !signed_in(&ruth).await);
    // And at the latest after an hour.
    act_as(&other, "ann").await.expect(302);
    let opened = token_of(&app, &other).await;
    app.clock.advance(SignedDuration::from_mins(59));
    assert!(holds(&opened).await);
    app.clock.advance(SignedDuration::from_mins(2));
    assert!(!holds(&opened).await);
    assert!(holds(&anns).await, "ann's own is ann's");
}

#[tokio::test]
async fn after_an_hour_one_is_oneself_again() {
    let (app, _ann, ruth) = school().await;
    act_as(&ruth, "ann").await.expect(302);
    app.clock.advance(SignedDuration::from_mins(61));
    let page = ruth.get("hub/token").await.expect(302);
    let back = ruth.get(page.to().trim_start_matches('/')).await.expect(302);
    assert_eq!(back.to(), "/hub/token");
    assert_eq!(who(&ruth).await, "ruth");
}

#[tokio::test]
async fn to_sign_out_is_to_sign_out_of_both() {
    let (app, ann, ruth) = school().await;
    let kept = ruth.cookie_at("/hub/", "jupyterhub-hub-login").unwrap();
    act_as(&ruth, "ann").await.expect(302);
    ruth.get("hub/logout").await;
    assert!(!signed_in(&ruth).await);
    assert_eq!(ruth.cookie_at("/hub/", "perijove-own"), None);
    let carried = app.browser();
    let answer = carried
        .get_with("hub/home", "cookie", &format!("jupyterhub-hub-login={kept}"))
        .await;
    assert_eq!(answer.status, 302, "the session is gone, and not only its cookie");
    assert!(signed_in(&ann).await, "ann is where she was");
}

#[tokio::test]
async fn whoever_may_not_any_more_is_out() {
    let (app, _ann, ruth) = school().await;
    let eva = app.sign_in("eva").await;
    ruth.api(Method::PATCH, "users/eva", Some(json!({ "admin": true })))
        .await
        .expect(200);
    act_as(&eva, "ann").await.expect(302);
    ruth.api(Method::PATCH, "users/eva", Some(json!({ "admin": false })))
        .await
        .expect(200);
    assert!(!signed_in(&eva).await);
    let page = ruth.get("hub/admin/users/ann").await.expect(200);
    assert!(page.body.contains("id=\"act-as\""));
}

#[tokio::test]
async fn whoever_it_is_about_sees_it_and_can_end_it() {
    let (_app, ann, ruth) = school().await;
    act_as(&ruth, "ann").await.expect(302);
    let page = ann.get("hub/account").await.expect(200);
    assert!(page.text().contains("ruth acts as this person"), "{}", page.body);
    let ended = ann.post_form("hub/account/sessions", &[("what", "others")]).await;
    ended.expect(200);
    assert!(!signed_in(&ruth).await);
    ruth.get("hub/login").await.expect(302);
    assert_eq!(who(&ruth).await, "ruth");
}

#[tokio::test]
async fn the_longest_name_has_room_in_the_log() {
    let app = App::start().await;
    let name = "a".repeat(250);
    app.sign_in(&name).await;
    let ruth = app.sign_in("ruth").await;
    act_as(&ruth, &name).await.expect(302);
    stop(&ruth).await;
    let ended = log(&ruth, "acting.ended").await;
    assert!(
        ended[0]["via"].as_str().unwrap().starts_with("acting as aaaa"),
        "{ended:?}"
    );
}

#[tokio::test]
async fn sites_can_do_without() {
    let app = App::builder()
        .config("[access]\nact_as = false\nallow_all = true\nadmin_users = [\"ruth\"]\n")
        .start()
        .await;
    app.sign_in("ann").await;
    let ruth = app.sign_in("ruth").await;
    assert!(
        !ruth
            .get("hub/admin/users/ann")
            .await
            .expect(200)
            .body
            .contains("act-as")
    );
    assert_eq!(act_as(&ruth, "ann").await.status, 404);
}
