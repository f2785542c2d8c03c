//! What the hub tells people on top of its pages, made by API and by page.

use perijove_testkit::{App, Browser};
use reqwest::Method;
use serde_json::{Value, json};

use super::refused;
use super::replicas::heard;

const CONFIG: &str = r#"
[[group]]
name = "class"
users = ["ann"]
[[role]]
name = "heralds"
users = ["hal"]
scopes = ["admin:announcements"]
"#;

async fn tell(by: &Browser, wanted: Value) -> Value {
    by.api(Method::POST, "announcements", Some(wanted))
        .await
        .expect(201)
        .json()
}

async fn sees(browser: &Browser, path: &str, text: &str) -> bool {
    browser.get(path).await.expect(200).body.contains(text)
}

#[tokio::test]
async fn each_sees_what_is_for_them_on_every_hub() {
    let app = App::builder().config(CONFIG).start().await;
    let (hal, ann, bob) = (
        app.sign_in("hal").await,
        app.sign_in("ann").await,
        app.sign_in("bob").await,
    );
    let visitor = app.browser();
    assert!(!sees(&visitor, "hub/login", "class=\"announcement").await);
    tell(&hal, json!({"text": "For **all** <b>."})).await;
    tell(
        &hal,
        json!({"text": "For members", "audience": "signed-in", "level": "urgent"}),
    )
    .await;
    tell(
        &hal,
        json!({"text": "For the class", "audience": "groups", "groups": ["class"]}),
    )
    .await;
    tell(&hal, json!({"text": "For the door", "audience": "sign-in-page"})).await;
    tell(&hal, json!({"text": "For later", "starts": "2100-01-01T00:00:00Z"})).await;

    let home = ann.get("hub/home").await.expect(200).body;
    for wanted in [
        "<p>For <strong>all</strong> &lt;b&gt;.</p>",
        "For members",
        "For the class",
        "announcement-urgent",
    ] {
        assert!(home.contains(wanted), "{wanted}: {home}");
    }
    assert!(!home.contains("For later") && !home.contains("For the door"), "{home}");
    assert!(!sees(&bob, "hub/home", "For the class").await && sees(&bob, "hub/token", "For members").await);
    let login = visitor.get("hub/login").await.expect(200).body;
    assert!(
        login.contains("For the door") && !login.contains("For members"),
        "{login}"
    );

    let other = app.replica().await;
    let there = other.browser();
    there.sign_in("bob", "x").await;
    assert!(sees(&there, "hub/home", "For members").await);
    let list = hal.api(Method::GET, "announcements", None).await.expect(200).json();
    for one in list["announcements"].as_array().unwrap() {
        let path = format!("announcements/{}", one["id"]);
        hal.api(Method::DELETE, &path, None).await.expect(204);
    }
    heard(async || !sees(&there, "hub/home", "class=\"announcement").await).await;
    other.stop().await;
}

#[tokio::test]
async fn a_person_puts_it_aside_until_it_says_something_else() {
    let app = App::builder().config(CONFIG).start().await;
    let (hal, ann) = (app.sign_in("hal").await, app.sign_in("ann").await);
    let made = tell(&hal, json!({"text": "Short", "level": "warning"})).await;
    let (id, path) = (made["id"].clone(), format!("announcements/{}", made["id"]));
    assert!(sees(&ann, "hub/home", "Short").await);
    let key = format!("{id}.1");
    ann.post_form("hub/announcements", &[("key", "no key")])
        .await
        .expect(400);
    let aside = ann.post_form("hub/announcements", &[("key", &key)]).await.expect(302);
    assert!(
        aside
            .set_cookie("perijove-aside")
            .is_some_and(|cookie| cookie.contains("HttpOnly"))
    );
    assert!(!sees(&ann, "hub/home", "Short").await && sees(&hal, "hub/home", "Short").await);
    // Louder, it says the same; nobody puts aside what is urgent.
    hal.api(Method::PATCH, &path, Some(json!({"level": "urgent"})))
        .await
        .expect(200);
    assert!(sees(&ann, "hub/home", "Short").await);
    hal.api(Method::PATCH, &path, Some(json!({"level": "info"})))
        .await
        .expect(200);
    assert!(!sees(&ann, "hub/home", "Short").await);
    hal.api(Method::PATCH, &path, Some(json!({"text": "Longer"})))
        .await
        .expect(200);
    assert!(sees(&ann, "hub/home", "Longer").await);
    let ended = hal
        .api(Method::PATCH, &path, Some(json!({"ends": "2100-01-01T00:00:00Z"})))
        .await;
    assert_eq!(ended.expect(200).json()["ends"], "2100-01-01T00:00:00.000000Z");
    let open = hal.api(Method::PATCH, &path, Some(json!({"ends": null}))).await;
    assert_eq!(open.expect(200).json()["ends"], Value::Null);
}

#[tokio::test]
async fn only_whoever_may_tells_anything() {
    let app = App::builder().config(CONFIG).start().await;
    let (hal, ann, ruth) = (
        app.sign_in("hal").await,
        app.sign_in("ann").await,
        app.sign_in("ruth").await,
    );
    let text = json!({"text": "Mine"});
    refused(
        &ann.api(Method::POST, "announcements", Some(text.clone())).await,
        403,
        "",
    );
    ann.get("hub/admin/announcements").await.expect(403);
    ann.post_form("hub/admin/announcements", &[("do", "tell"), ("text", "Mine")])
        .await
        .expect(403);
    for (wanted, words) in [
        (json!({}), "says something"),
        (json!({"text": "a", "level": "loud"}), "level must be"),
        (json!({"text": "a", "audience": "all"}), "audience must be"),
        (json!({"text": "a", "audience": "groups"}), "at least one"),
        (
            json!({"text": "a", "ends": "2001-01-01T00:00:00Z"}),
            "end in the future",
        ),
        (json!({"text": "a", "starts": "soon"}), "starts must be a time"),
        (json!({"text": "a", "odd": 1}), "Invalid JSON"),
    ] {
        refused(&hal.api(Method::POST, "announcements", Some(wanted)).await, 400, words);
    }
    refused(&hal.api(Method::GET, "announcements/99", None).await, 404, "");
    let made = tell(&ruth, text).await;
    let path = format!("announcements/{}", made["id"]);
    assert_eq!(
        hal.api(Method::GET, &path, None).await.expect(200).json()["made_by"],
        "ruth"
    );
    let log = ruth
        .api(Method::GET, "audit?act=announcement.made", None)
        .await
        .expect(200)
        .json();
    assert_eq!(log["items"][0]["detail"]["text"], "Mine");
}

#[tokio::test]
async fn the_page_makes_changes_and_ends_them() {
    let app = App::builder().config(CONFIG).start().await;
    let hal = app.sign_in("hal").await;
    let page = "hub/admin/announcements";
    let form = |act: &'static str, text: &'static str| {
        [
            ("do", act),
            ("text", text),
            ("level", "warning"),
            ("audience", "everybody"),
            ("starts", ""),
            ("ends", ""),
        ]
    };
    let made = hal
        .post_form(page, &form("tell", "No servers on Sunday"))
        .await
        .expect(200);
    assert!(made.body.contains("The announcement is made."), "{}", made.body);
    let list = hal.api(Method::GET, "announcements", None).await.expect(200).json();
    let id = list["announcements"][0]["id"].to_string();
    let change = hal.get(&format!("{page}?change={id}")).await.expect(200).body;
    assert!(change.contains("No servers on Sunday</textarea>"), "{change}");
    let mut fields = form("change", "No servers on Monday").to_vec();
    fields.push(("id", &id));
    hal.post_form(page, &fields).await.expect(200);
    assert!(sees(&app.browser(), "hub/login", "No servers on Monday").await);
    let bad = hal.post_form(
        page,
        &[
            ("do", "tell"),
            ("text", "Kept words"),
            ("level", "info"),
            ("audience", "groups"),
        ],
    );
    let bad = bad.await.expect(400).body;
    assert!(
        bad.contains("names at least one") && bad.contains("Kept words</textarea>"),
        "{bad}"
    );
    hal.post_form(page, &[("do", "end"), ("id", &id)]).await.expect(200);
    assert!(!sees(&app.browser(), "hub/login", "No servers").await);
    hal.post_form(page, &[("do", "remove"), ("id", &id)]).await.expect(200);
    hal.post_form(page, &[("do", "remove"), ("id", &id)]).await.expect(404);
    let empty = hal.get(page).await.expect(200).body;
    assert!(empty.contains("Nothing is told now."), "{empty}");
}
