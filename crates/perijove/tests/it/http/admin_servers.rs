//! The list of all servers: found, shown as far as the visitor may see, started, stopped and deleted from it.

use perijove_testkit::{Answer, App, Browser};
use reqwest::Method;
use serde_json::json;

use super::start_server;

const CONFIG: &str = r#"
[hub]
allow_named_servers = true
[[group]]
name = "class"
users = ["ann", "bob"]
[[role]]
name = "tutors"
users = ["tom"]
scopes = ["admin-ui", "list:users!group=class", "read:servers!group=class", "servers!user=ann"]
[[role]]
name = "guards"
users = ["gus"]
scopes = ["admin-ui"]
"#;

async fn school() -> (App, Browser) {
    let app = App::builder().config(CONFIG).start().await;
    for name in ["ann", "bob", "eve"] {
        let person = app.sign_in(name).await;
        person
            .api(Method::PUT, &format!("users/{name}/servers/lab"), Some(json!({})))
            .await;
    }
    let ruth = app.sign_in("ruth").await;
    (app, ruth)
}

/// The servers on the page, in their order.
fn rows(page: &Answer) -> Vec<String> {
    let rows = page.body.split("data-server=\"").skip(1);
    rows.map(|row| row.split('"').next().unwrap().to_owned()).collect()
}

async fn shown(browser: &Browser, query: &str) -> Vec<String> {
    let mut rows = rows(&browser.get(&format!("hub/admin/servers{query}")).await.expect(200));
    rows.sort();
    rows
}

async fn asks(browser: &Browser, fields: &[(&str, &str)]) -> Answer {
    browser.post_form("hub/admin/servers", fields).await
}

#[tokio::test]
async fn servers_are_found_by_state_person_group_and_a_part_of_their_names() {
    let (_app, ruth) = school().await;
    start_server(&ruth, "bob").await;
    let all = ["ann/lab", "bob", "bob/lab", "eve/lab"];
    for (query, found) in [
        ("", &all[..]),
        ("?state=ready", &["bob"]),
        ("?state=active", &["bob"]),
        ("?state=stopped", &["ann/lab", "bob/lab", "eve/lab"]),
        ("?search=EVE", &["eve/lab"]),
        ("?search=lab&group=class", &["ann/lab", "bob/lab"]),
        ("?user=bob", &["bob", "bob/lab"]),
        ("?user=nobody", &[]),
        ("?state=odd&sort=odd&after=odd&before=1", &all[..]),
    ] {
        assert_eq!(shown(&ruth, query).await, found, "{query}");
    }
    let first = ruth.get("hub/admin/servers").await.expect(200);
    assert_eq!(rows(&first)[0], "bob", "used last");
    assert!(!first.body.contains("rel=\"next\""));
}

#[tokio::test]
async fn many_servers_come_in_pages_both_ways() {
    let (_app, ruth) = school().await;
    for n in 0..60 {
        let path = format!("users/eve/servers/s{n}");
        ruth.api(Method::PUT, &path, Some(json!({}))).await.expect(201);
    }
    let link = |page: &Answer, kind: &str| {
        let at = page
            .body
            .split(&format!("\" rel=\"{kind}\""))
            .next()?
            .rsplit("href=\"")
            .next()?;
        page.body
            .contains(&format!("rel=\"{kind}\""))
            .then(|| at.replace("&amp;", "&"))
    };
    let first = ruth.get("hub/admin/servers").await.expect(200);
    assert_eq!((rows(&first).len(), link(&first, "prev")), (50, None));
    let next = link(&first, "next").unwrap();
    let second = ruth.get(next.trim_start_matches('/')).await.expect(200);
    assert_eq!((rows(&second).len(), link(&second, "next")), (13, None));
    let back = link(&second, "prev").unwrap();
    let again = ruth.get(back.trim_start_matches('/')).await.expect(200);
    assert_eq!(rows(&again), rows(&first));
    assert!(link(&again, "prev").is_none());
}

#[tokio::test]
async fn nobody_sees_or_does_more_than_the_scopes_allow() {
    let (app, ruth) = school().await;
    start_server(&ruth, "bob").await;
    let tom = app.sign_in("tom").await;
    assert_eq!(shown(&tom, "").await, ["ann/lab", "bob", "bob/lab"]);
    let page = tom.get("hub/admin/servers").await.expect(200).text();
    assert!(page.contains("name=\"start\" value=\"ann/lab\""), "{page}");
    assert!(!page.contains("name=\"stop\" value=\"bob\""), "{page}");
    // The menu has what they may open, and nothing else.
    for (path, is_there) in [
        ("admin\"", true),
        ("admin/servers\"", true),
        ("admin/groups\"", false),
        ("admin/roles\"", false),
    ] {
        assert_eq!(page.contains(&format!("href=\"/hub/{path}")), is_there, "{path}");
    }
    assert!(!page.contains("shutdown"), "{page}");
    asks(&tom, &[("stop", "bob")]).await.expect(404);
    asks(&tom, &[("do", "remove"), ("sure", "yes"), ("server", "eve/lab")])
        .await
        .expect(404);
    tom.get("hub/admin/shutdown").await.expect(403);
    let gus = app.sign_in("gus").await;
    gus.get("hub/admin/servers").await.expect(200);
    assert!(shown(&gus, "").await.is_empty(), "their own only");
    app.sign_in("eve").await.get("hub/admin/servers").await.expect(403);
    let forged = ruth.request(Method::POST, "hub/admin/servers").form(&[("stop", "bob")]);
    ruth.send(forged).await.expect(403);
    assert_eq!(shown(&ruth, "?state=ready").await, ["bob"]);
    assert_eq!(shown(&ruth, "?search=eve").await, ["eve/lab"]);
}

#[tokio::test]
async fn servers_are_started_stopped_and_after_a_question_deleted() {
    let (_app, ruth) = school().await;
    let chosen = [("server", "ann/lab"), ("server", "bob/lab")];
    let doing = |what: &'static str| [&[("do", what)], &chosen[..]].concat();
    asks(&ruth, &doing("start")).await.expect(200);
    assert_eq!(shown(&ruth, "?state=ready").await, ["ann/lab", "bob/lab"]);
    asks(&ruth, &[("stop", "ann/lab")]).await.expect(200);
    assert_eq!(shown(&ruth, "?state=ready").await, ["bob/lab"]);
    let question = asks(&ruth, &doing("remove")).await.expect(200);
    assert!(question.text().contains("Delete 2 servers?"), "{}", question.body);
    assert_eq!(shown(&ruth, "").await.len(), 3, "nothing is deleted yet");
    asks(&ruth, &[&doing("remove")[..], &[("sure", "yes")]].concat())
        .await
        .expect(200);
    assert_eq!(shown(&ruth, "").await, ["eve/lab"]);
    for fields in [&[("do", "stop")][..], &[("do", "dance"), ("server", "eve/lab")]] {
        asks(&ruth, fields).await.expect(400);
    }
    let log = ruth
        .api(Method::GET, "audit?act=server.managed&limit=200", None)
        .await
        .json();
    assert!(log.to_string().contains("server ann/lab"), "{log}");
}

#[tokio::test]
async fn the_hub_is_shut_down_after_a_question() {
    let (app, ruth) = school().await;
    let page = ruth.get("hub/admin").await.expect(200).text();
    assert!(page.contains("id=\"shutdown-button\""), "{page}");
    let question = ruth.get("hub/admin/shutdown").await.expect(200).text();
    assert!(question.contains("id=\"shutdown-hub\""), "{question}");
    assert!(app.hub.shutdown.borrow().is_none());
    let answer = ruth
        .post_form("hub/admin/shutdown", &[("edge", "yes")])
        .await
        .expect(202);
    assert!(answer.text().contains("The hub is shutting down"), "{}", answer.body);
    let ending = app.hub.shutdown.borrow().unwrap();
    assert!(!ending.servers && ending.edge);
}
