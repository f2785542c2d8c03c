//! What administrators look over besides people and servers: health, the audit log, tokens, shares, services, profiles and
//! settings. Each page shows what the visitor's scopes allow, and nothing else.

use perijove_testkit::{Answer, App, Browser};
use reqwest::Method;
use serde_json::{Value, json};

use super::start_server;

const CONFIG: &str = r#"
[hub]
allow_named_servers = true
[[group]]
name = "class"
users = ["ann", "bob"]
[[service]]
name = "announcer"
url = "http://127.0.0.1:1"
api_token = "a-secret-of-the-announcer"
[[profile]]
name = "Large"
memory = "8G"
groups = ["class"]
[[role]]
name = "tutors"
users = ["tom"]
scopes = ["admin-ui", "tokens!group=class", "shares!user=ann", "read:services:name!service=announcer"]
[[role]]
name = "watchers"
users = ["wim"]
scopes = ["admin-ui", "read:hub", "read:audit"]
"#;

const PAGES: [&str; 7] = [
    "health", "profiles", "settings", "audit", "tokens", "shares", "services",
];

async fn school() -> (App, Browser) {
    let app = App::builder().config(CONFIG).start().await;
    for name in ["ann", "bob", "eve"] {
        app.sign_in(name).await;
    }
    let ruth = app.sign_in("ruth").await;
    (app, ruth)
}

async fn shown(browser: &Browser, path: &str) -> Answer {
    browser.get(&format!("hub/admin/{path}")).await.expect(200)
}

/// What stands in an attribute of the page's rows.
fn all(page: &Answer, attribute: &str) -> Vec<String> {
    let begin = format!("{attribute}=\"");
    let rows = page.body.split(&begin).skip(1);
    rows.map(|row| row.split('"').next().unwrap().to_owned()).collect()
}

async fn make_token(ruth: &Browser, user: &str, note: &str) -> String {
    let made = ruth
        .api(
            Method::POST,
            &format!("users/{user}/tokens"),
            Some(json!({ "note": note })),
        )
        .await
        .expect(201);
    made.json()["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn each_page_is_for_those_whose_scopes_open_it_and_so_is_its_place_in_the_menu() {
    let (app, ruth) = school().await;
    let (tom, wim, eve) = (
        app.sign_in("tom").await,
        app.sign_in("wim").await,
        app.sign_in("eve").await,
    );
    for (browser, open) in [
        (&ruth, &PAGES[..]),
        (&wim, &["health", "profiles", "settings", "audit", "tokens", "shares"]),
        (&tom, &["tokens", "shares"]),
        (&eve, &[]),
    ] {
        let menu = browser.get("hub/home").await.expect(200);
        let from = if open.is_empty() {
            menu
        } else {
            browser.get("hub/admin").await
        };
        for page in PAGES {
            let status = browser.get(&format!("hub/admin/{page}")).await.status;
            let is_open = open.contains(&page);
            assert_eq!(status == 200, is_open, "{page}: {status}");
            let link = format!("href=\"/hub/admin/{page}\"");
            assert_eq!(
                from.text().contains(&link),
                is_open,
                "{page} in the menu: {}",
                from.body
            );
        }
    }
    let home = eve.get("hub/home").await.text();
    assert!(!home.contains("/hub/admin"), "{home}");
}

#[tokio::test]
async fn tokens_of_everybody_are_filtered_and_revoked() {
    let (app, ruth) = school().await;
    let (ann, eve) = (
        make_token(&ruth, "ann", "left over").await,
        make_token(&ruth, "eve", "needed").await,
    );
    let page = shown(&ruth, "tokens").await;
    let ids = all(&page, "data-token");
    assert!(ids.contains(&ann) && ids.contains(&eve), "{ids:?}");
    assert!(
        page.text().contains("announcer"),
        "services' tokens, too: {}",
        page.body
    );
    assert!(!page.body.contains("a-secret-of-the-announcer"));
    assert_eq!(
        all(&shown(&ruth, "tokens?owner=ann").await, "data-token"),
        std::slice::from_ref(&ann)
    );
    assert!(all(&shown(&ruth, "tokens?owner=an").await, "data-token").is_empty());
    assert!(all(&shown(&ruth, "tokens?owner=ann&kind=issued").await, "data-token").is_empty());
    assert!(all(&shown(&ruth, "tokens?owner=ann&unused=7").await, "data-token").is_empty());
    assert_eq!(
        all(&shown(&ruth, "tokens?owner=ann&expiry=endless").await, "data-token").len(),
        1
    );

    // Those of the class only, and nothing of services.
    let tom = app.sign_in("tom").await;
    let page = shown(&tom, "tokens").await;
    assert!(all(&page, "data-token").contains(&ann) && !page.text().contains("announcer"));
    assert!(!all(&page, "data-token").contains(&eve));
    tom.post_form("hub/admin/tokens", &[("revoke", &eve)]).await.expect(404);
    tom.post_form("hub/admin/tokens", &[("revoke", &ann)]).await.expect(200);
    assert!(all(&shown(&ruth, "tokens?owner=ann").await, "data-token").is_empty());
    assert!(!all(&shown(&ruth, "tokens?owner=eve").await, "data-token").is_empty());
    for gone in [&ann, "a", "x7", "a99999999999"] {
        ruth.post_form("hub/admin/tokens", &[("revoke", gone)])
            .await
            .expect(404);
    }
    let forged = ruth.request(Method::POST, "hub/admin/tokens").form(&[("revoke", &eve)]);
    ruth.send(forged).await.expect(403);
    let log = shown(&ruth, "audit?act=token.revoked").await.text();
    assert!(log.contains("user ann") && !log.contains("user eve"), "{log}");
}

#[tokio::test]
async fn shares_and_codes_are_listed_and_taken_back() {
    let (app, ruth) = school().await;
    for owner in ["ann", "eve"] {
        let path = format!("shares/{owner}/");
        ruth.api(Method::POST, &path, Some(json!({ "user": "bob" })))
            .await
            .expect(200);
        let path = format!("share-codes/{owner}/");
        ruth.api(Method::POST, &path, Some(json!({}))).await.expect(200);
    }
    let page = shown(&ruth, "shares").await;
    let ids = all(&page, "data-share");
    assert_eq!(ids.len(), 4, "{ids:?}");
    let tom = app.sign_in("tom").await;
    let of_ann = all(&shown(&tom, "shares").await, "data-share");
    assert_eq!(of_ann, all(&shown(&ruth, "shares?owner=ann").await, "data-share"));
    assert_eq!(of_ann.len(), 2);
    for other in ids.iter().filter(|id| !of_ann.contains(id)) {
        tom.post_form("hub/admin/shares", &[("end", other)]).await.expect(404);
    }
    for own in &of_ann {
        tom.post_form("hub/admin/shares", &[("end", own)]).await.expect(200);
    }
    assert_eq!(all(&shown(&ruth, "shares").await, "data-share").len(), 2);
    ruth.post_form("hub/admin/shares", &[("end", &of_ann[0])])
        .await
        .expect(404);
    let left = ruth.api(Method::GET, "shares/ann/", None).await.json();
    assert_eq!(left["items"], json!([]), "{left}");
}

#[tokio::test]
async fn services_are_seen_made_and_after_a_question_deleted() {
    let (app, ruth) = school().await;
    let page = shown(&ruth, "services").await;
    assert_eq!(all(&page, "data-service"), ["announcer"]);
    assert!(page.text().contains("doesn’t answer"), "{}", page.body);
    let fields = [
        ("do", "add"),
        ("name", "grader"),
        ("api_token", "a-secret-of-the-grader"),
    ];
    let made = ruth.post_form("hub/admin/services", &fields).await.expect(200);
    assert!(!made.body.contains("a-secret-of-the-grader"));
    assert_eq!(all(&made, "data-service"), ["announcer", "grader"]);
    let answer = app
        .browser()
        .api_with_token("a-secret-of-the-grader", Method::GET, "user", None)
        .await;
    assert_eq!(answer.json()["name"], "grader");
    ruth.post_form("hub/admin/services", &fields).await.expect(409);
    let wrong = [("do", "add"), ("name", "other"), ("url", "ftp://x")];
    let told = ruth.post_form("hub/admin/services", &wrong).await.expect(400);
    assert!(
        told.body.contains("value=\"ftp://x\""),
        "nothing has to be typed again: {}",
        told.body
    );
    let form = ruth.get("hub/admin/services?change=grader").await.expect(200);
    assert!(form.body.contains("value=\"change\""), "{}", form.body);
    ruth.get("hub/admin/services?change=announcer").await.expect(404);
    let change = |name, url| [("do", "change"), ("name", name), ("url", url), ("display", "yes")];
    ruth.post_form("hub/admin/services", &change("grader", "http://127.0.0.1:2"))
        .await
        .expect(200);
    let model = ruth.api(Method::GET, "services/grader", None).await.json();
    assert_eq!(model["url"], "http://127.0.0.1:2");
    let still = app
        .browser()
        .api_with_token("a-secret-of-the-grader", Method::GET, "user", None)
        .await;
    assert_eq!(still.json()["name"], "grader", "its token stays");
    ruth.post_form("hub/admin/services", &change("announcer", "http://127.0.0.1:2"))
        .await
        .expect(405);
    let renew = |name| [("do", "token"), ("name", name)];
    let renewed = ruth.post_form("hub/admin/services", &renew("grader")).await.expect(200);
    let token = renewed.body.split_once("id=\"token-result\">").unwrap().1;
    let token = token.split_once('<').unwrap().0.to_owned();
    let by = async |token: &str| app.browser().api_with_token(token, Method::GET, "user", None).await;
    assert_eq!(by(&token).await.expect(200).json()["name"], "grader");
    assert_eq!(by("a-secret-of-the-grader").await.status, 403, "the old one has ended");
    assert!(
        !shown(&ruth, "services?change=grader").await.body.contains(&token),
        "shown once"
    );
    let log = ruth.get("hub/api/audit?act=service.token").await.expect(200).body;
    assert!(log.contains("service grader") && !log.contains(&token), "{log}");
    ruth.post_form("hub/admin/services", &renew("announcer"))
        .await
        .expect(405);
    let over_api = ruth.api(Method::POST, "services/grader/token", None).await.expect(201);
    let newest = over_api.json()["token"].as_str().unwrap().to_owned();
    assert_eq!(by(&newest).await.expect(200).json()["name"], "grader");
    assert_eq!(by(&token).await.status, 403);
    let nothing = json!({ "url": "" });
    let model = ruth
        .api(Method::PATCH, "services/grader", Some(nothing))
        .await
        .expect(200)
        .json();
    assert_eq!(model["url"], "");
    let delete = |name, sure| [("do", "delete"), ("name", name), ("sure", sure)];
    let question = ruth
        .post_form("hub/admin/services", &delete("grader", ""))
        .await
        .expect(200);
    assert!(question.body.contains("id=\"delete-sure\""));
    assert_eq!(all(&shown(&ruth, "services").await, "data-service").len(), 2);
    ruth.post_form("hub/admin/services", &delete("grader", "yes"))
        .await
        .expect(200);
    ruth.post_form("hub/admin/services", &delete("announcer", "yes"))
        .await
        .expect(405);
    assert_eq!(all(&shown(&ruth, "services").await, "data-service"), ["announcer"]);
    let tom = app.sign_in("tom").await;
    tom.post_form("hub/admin/services", &fields).await.expect(403);
    tom.post_form("hub/admin/services", &renew("announcer"))
        .await
        .expect(403);
}

#[tokio::test]
async fn the_audit_log_is_filtered_and_comes_as_a_file() {
    let (app, ruth) = school().await;
    for n in 0..3 {
        make_token(&ruth, "ann", &format!("number {n}")).await;
    }
    let page = shown(&ruth, "audit?act=token.made&actor=ruth").await;
    assert_eq!(all(&page, "data-entry").len(), 3);
    let first = page.body.find("number 2").unwrap();
    assert!(first < page.body.find("number 0").unwrap(), "the latest first");
    assert!(all(&shown(&ruth, "audit?actor=nobody").await, "data-entry").is_empty());
    let early = shown(&ruth, "audit?until=2001-01-01T00:00").await;
    assert!(all(&early, "data-entry").is_empty());
    ruth.get("hub/admin/audit?since=yesterday").await.expect(400);
    let file = ruth.get("hub/admin/audit/export?act=token.made").await.expect(200);
    assert!(file.header("content-disposition").contains("audit.jsonl"));
    let lines: Vec<Value> = file
        .body
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 3);
    app.sign_in("eve").await.get("hub/admin/audit/export").await.expect(403);
}

#[tokio::test]
async fn health_tells_what_works_and_drains_the_hub() {
    let (app, ruth) = school().await;
    let page = shown(&ruth, "health").await;
    let states: Vec<_> = all(&page, "data-check")
        .into_iter()
        .zip(all(&page, "data-state"))
        .collect();
    let state = |key: &str| {
        states
            .iter()
            .find(|(check, _)| check == key)
            .map(|(_, state)| state.as_str())
    };
    assert_eq!(state("database"), Some("good"), "{states:?}");
    assert_eq!(state("edge"), Some("good"), "{states:?}");
    assert_eq!(state("mail"), Some("off"), "{states:?}");
    assert_eq!(state("services"), Some("bad"), "the announcer is not there: {states:?}");
    let wim = app.sign_in("wim").await;
    assert!(!shown(&wim, "health").await.body.contains("drain_form"));
    wim.post_form("hub/admin/health", &[("do", "drain")]).await.expect(403);
    ruth.post_form("hub/admin/health", &[("do", "drain"), ("message", "Until ten.")])
        .await
        .expect(302);
    let page = shown(&ruth, "health").await.text();
    assert!(page.contains("Until ten.") && page.contains("ruth"), "{page}");
    app.sign_in("bob")
        .await
        .api(Method::POST, "users/bob/server", None)
        .await
        .expect(503);
    ruth.post_form("hub/admin/health", &[("do", "resume")])
        .await
        .expect(302);
    start_server(&ruth, "bob").await;
}

#[tokio::test]
async fn profiles_tell_for_whom_they_are_and_how_many_run() {
    let (_app, ruth) = school().await;
    start_server(&ruth, "ann").await;
    let page = shown(&ruth, "profiles").await;
    assert_eq!(all(&page, "data-profile"), ["large"]);
    let text = page.text();
    assert!(
        text.contains("8 GiB") && text.contains("class") && text.contains("1 server"),
        "{text}"
    );
}

#[tokio::test]
async fn settings_tell_where_they_are_from_and_no_secret() {
    let (_app, ruth) = school().await;
    let page = shown(&ruth, "settings").await;
    let keys = all(&page, "data-setting");
    assert!(keys.contains(&"allow_named_servers".to_owned()), "{keys:?}");
    assert!(
        !keys.contains(&"culler".to_owned()) && !keys.contains(&"warn_before".to_owned()),
        "{keys:?}"
    );
    let everything = shown(&ruth, "settings?all=yes").await;
    assert!(all(&everything, "data-setting").contains(&"warn_before".to_owned()));
    for page in [page, everything] {
        assert!(!page.body.contains("a-secret-of-the-announcer"), "{}", page.body);
    }
}
