//! The page of administration: it shows and offers what the visitor's scopes allow, and does nothing else.

use perijove_testkit::{Answer, App, Browser};
use reqwest::Method;

use super::start_server;

const CONFIG: &str = r#"
[hub]
allow_named_servers = true
[[group]]
name = "class"
users = ["ann", "bob"]
"#;

const STAFF: &str = r#"
[[role]]
name = "tutors"
users = ["tom"]
scopes = ["admin-ui", "list:users!group=class", "read:servers!group=class", "servers!user=ann"]
[[role]]
name = "clerks"
users = ["cleo"]
scopes = ["admin-ui", "list:users", "admin:users"]
[[role]]
name = "guards"
users = ["gus"]
scopes = ["admin-ui"]
"#;

async fn school() -> (App, Browser) {
    school_with("").await
}

async fn school_with(staff: &str) -> (App, Browser) {
    let app = App::builder().config(&format!("{CONFIG}{staff}")).start().await;
    for name in ["ann", "bob", "eve"] {
        app.sign_in(name).await;
    }
    let ruth = app.sign_in("ruth").await;
    (app, ruth)
}

/// Who stands on the page, in its order.
fn rows(page: &Answer) -> Vec<String> {
    let cells = page.body.split("data-testid=\"user-row-name\"><a href=").skip(1);
    let name = |cell: &str| cell.split(['>', '<']).nth(1).unwrap().to_owned();
    cells.map(name).collect()
}

async fn shown(browser: &Browser, query: &str) -> Vec<String> {
    rows(&browser.get(&format!("hub/admin{query}")).await.expect(200))
}

async fn asks(browser: &Browser, fields: &[(&str, &str)]) -> Answer {
    browser.post_form("hub/admin", fields).await
}

async fn phase(ruth: &Browser, path: &str) -> u16 {
    ruth.api(Method::GET, path, None).await.status
}

async fn runs(ruth: &Browser, name: &str) -> bool {
    let model = ruth.api(Method::GET, &format!("users/{name}"), None).await.json();
    !model["server"].is_null()
}

#[tokio::test]
async fn people_are_found_by_name_state_group_role_and_rights() {
    let (_app, ruth) = school().await;
    start_server(&ruth, "bob").await;
    let everybody = ["ann", "bob", "eve", "ruth"];
    for (query, found) in [
        ("", &everybody[..]),
        ("?name_filter=N", &["ann"]),
        ("?user_search=E", &["eve"]),
        ("?name_filter=%25", &[]),
        ("?state=active", &["bob"]),
        ("?state=inactive&sort=-name", &["ruth", "eve", "ann"]),
        ("?admin=yes", &["ruth"]),
        ("?admin=no&group=class", &["ann", "bob"]),
        ("?role=admin", &["ruth"]),
        ("?group=nothing", &[]),
        ("?sort=-created", &["eve", "bob", "ann", "ruth"]),
        ("?sort=-name&limit=2&offset=1", &["eve", "bob"]),
        ("?state=odd&sort=odd&limit=x&offset=-7&admin=maybe", &everybody[..]),
        ("?offset=9223372036854775807&limit=0", &[]),
    ] {
        assert_eq!(shown(&ruth, query).await, found, "{query}");
    }
    let page = ruth.get("hub/admin?limit=3&name_filter=&offset=3").await.expect(200);
    assert!(page.text().contains("Displaying 4-4 of 4"), "{}", page.body);
    let none = ruth.get("hub/admin?name_filter=zzz").await.expect(200);
    assert!(none.text().contains("Displaying 0-0 of 0"), "{}", none.body);
}

#[tokio::test]
async fn nobody_sees_or_is_offered_more_than_the_scopes_allow() {
    let (app, ruth) = school_with(STAFF).await;
    start_server(&ruth, "ann").await;
    let tom = app.sign_in("tom").await;
    let page = tom.get("hub/admin").await.expect(200);
    assert_eq!(rows(&page), ["ann", "bob"]);
    let text = page.text();
    assert!(text.contains("name=\"stop\" value=\"ann\""), "{text}");
    assert!(
        !text.contains("value=\"bob\">Start") && !text.contains("/hub/spawn/bob"),
        "{text}"
    );
    for never in [
        "make-admin",
        "value=\"delete\"",
        "add-users",
        "admin-filter",
        "role-filter",
    ] {
        assert!(!text.contains(never), "{never}: {text}");
    }
    // A filter tells nothing that the page does not.
    assert_eq!(shown(&tom, "?admin=yes&role=admin").await, ["ann", "bob"]);

    let gus = app.sign_in("gus").await;
    let empty = gus.get("hub/admin").await.expect(200);
    assert!(
        rows(&empty).is_empty() && !empty.text().contains("Displaying"),
        "{}",
        empty.body
    );
    let clerk = app.sign_in("cleo").await.get("hub/admin").await.expect(200).text();
    assert!(clerk.contains("add-users") && !clerk.contains("make-admin"), "{clerk}");
    app.sign_in("eve").await.get("hub/admin").await.expect(403);
}

#[tokio::test]
async fn what_is_not_offered_is_refused() {
    let (app, ruth) = school_with(STAFF).await;
    start_server(&ruth, "bob").await;
    let (tom, cleo, eve) = (
        app.sign_in("tom").await,
        app.sign_in("cleo").await,
        app.sign_in("eve").await,
    );
    asks(&eve, &[("do", "start"), ("user", "eve")]).await.expect(403);
    for fields in [
        &[("do", "stop"), ("user", "bob")][..],
        &[("stop", "bob")],
        &[("do", "delete"), ("user", "ann")],
        &[("do", "delete"), ("sure", "yes"), ("user", "ann")],
        &[("do", "make-admin"), ("user", "tom")],
        &[("do", "add"), ("usernames", "new")],
    ] {
        let answer = asks(&tom, fields).await;
        assert!([403, 404].contains(&answer.status), "{fields:?}: {}", answer.status);
    }
    asks(&cleo, &[("do", "make-admin"), ("user", "cleo")]).await.expect(403);
    asks(&cleo, &[("do", "make-plain"), ("user", "ruth")]).await.expect(403);
    asks(&cleo, &[("do", "add"), ("usernames", "boss"), ("as_admin", "yes")])
        .await
        .expect(403);
    assert!(runs(&ruth, "bob").await);
    assert_eq!(shown(&ruth, "?admin=yes").await, ["ruth"]);
    assert_eq!(phase(&ruth, "users/boss").await, 404);

    let forged = tom.request(Method::POST, "hub/admin").form(&[("stop", "ann")]);
    tom.send(forged).await.expect(403);
    for fields in [
        &[("do", "start")][..],
        &[("do", "dance"), ("user", "ann")],
        &[("do", "add"), ("usernames", " \n")],
    ] {
        asks(&ruth, fields).await.expect(400);
    }
    asks(&ruth, &[("start", "nobody")]).await.expect(404);
    asks(&ruth, &[("start", "ann/%00")]).await.expect(404);
}

#[tokio::test]
async fn many_are_started_stopped_and_made_administrators_at_once() {
    let (_app, ruth) = school().await;
    let all = [
        ("do", "start-all"),
        ("shown", "ann"),
        ("shown", "bob"),
        ("shown", "ghost"),
    ];
    let answer = asks(&ruth, &all).await.expect(200);
    assert!(runs(&ruth, "ann").await && runs(&ruth, "bob").await);
    assert!(
        answer.text().contains("There is nobody called ghost here."),
        "one who is gone does not keep the others: {}",
        answer.body
    );
    asks(&ruth, &[("do", "stop"), ("user", "ann"), ("user", "bob")])
        .await
        .expect(200);
    assert!(!runs(&ruth, "ann").await && !runs(&ruth, "bob").await);
    asks(&ruth, &[("start", "ann/gpu")]).await.expect(200);
    let page = ruth.get("hub/admin").await.expect(200).text();
    assert!(page.contains("name=\"stop\" value=\"ann/gpu\""), "{page}");
    asks(&ruth, &[("do", "stop-all"), ("shown", "ann")]).await.expect(200);
    asks(&ruth, &[("remove", "ann/gpu")]).await.expect(200);
    assert_eq!(phase(&ruth, "users/ann/servers/gpu").await, 404);

    asks(&ruth, &[("do", "make-admin"), ("user", "ann"), ("user", "bob")])
        .await
        .expect(200);
    assert_eq!(shown(&ruth, "?admin=yes").await, ["ann", "bob", "ruth"]);
    asks(&ruth, &[("do", "make-plain"), ("user", "bob"), ("user", "ruth")])
        .await
        .expect(200);
    assert_eq!(
        shown(&ruth, "?admin=yes").await,
        ["ann", "ruth"],
        "nobody locks themselves out"
    );
}

#[tokio::test]
async fn people_are_added_and_deleted_after_a_question() {
    let (_app, ruth) = school().await;
    let added = asks(&ruth, &[("do", "add"), ("usernames", "zoe\r\n\r\n yan \nann")])
        .await
        .expect(200);
    assert_eq!(rows(&added), ["ann", "bob", "eve", "ruth", "yan", "zoe"]);
    let wrong = asks(&ruth, &[("do", "add"), ("usernames", "fine\nnot/fine")])
        .await
        .expect(400);
    assert!(
        wrong.text().contains("not/fine</textarea>"),
        "what was typed stays: {}",
        wrong.body
    );

    start_server(&ruth, "zoe").await;
    let two = [("do", "delete"), ("user", "yan"), ("user", "zoe")];
    let asked = asks(&ruth, &two).await.expect(200);
    assert!(asked.text().contains("Delete 2 people?"), "{}", asked.body);
    assert_eq!(phase(&ruth, "users/zoe").await, 200, "nothing is done yet");
    let sure = [two[0], two[1], two[2], ("sure", "yes"), ("user", "ruth")];
    let done = asks(&ruth, &sure).await.expect(200);
    assert_eq!(rows(&done), ["ann", "bob", "eve", "ruth"]);
    assert!(done.text().contains("Cannot delete yourself!"), "{}", done.body);
}

#[tokio::test]
async fn groups_are_made_filled_and_deleted() {
    let (app, ruth) = school().await;
    let at = |name: &str| format!("hub/admin/groups/{name}");
    assert!(ruth.get("hub/admin").await.text().contains("/hub/admin/groups"));
    let list = ruth.get("hub/admin/groups").await.expect(200);
    assert!(list.text().contains("2 members"), "{}", list.body);
    let made = ruth
        .post_form("hub/admin/groups", &[("name", "lab one"), ("users", "ann\r\neve")])
        .await;
    assert_eq!(made.expect(302).to(), "/hub/admin/groups/lab%20one");
    let wrong = ruth
        .post_form("hub/admin/groups", &[("name", "lab two"), ("users", "ghost")])
        .await
        .expect(400);
    assert!(
        wrong.text().contains("No such user: ghost") && wrong.text().contains("lab two"),
        "{}",
        wrong.body
    );
    ruth.post_form("hub/admin/groups", &[("name", "lab one")])
        .await
        .expect(409);

    let lab = at("lab%20one");
    ruth.post_form(&lab, &[("do", "add"), ("users", "bob")])
        .await
        .expect(302);
    ruth.post_form(&lab, &[("do", "take"), ("users", "ann")])
        .await
        .expect(302);
    let page = ruth.get(&lab).await.expect(200).text();
    assert!(
        page.contains("<span>bob</span>") && page.contains("<span>eve</span>"),
        "{page}"
    );
    assert!(!page.contains("<span>ann</span>"), "{page}");
    assert_eq!(shown(&ruth, "?group=lab%20one").await, ["bob", "eve"]);

    let tom = app.sign_in("tom").await;
    tom.get("hub/admin/groups").await.expect(403);
    for act in ["add", "take", "delete"] {
        let answer = tom.post_form(&at("class"), &[("do", act), ("users", "tom")]).await;
        assert!([403, 404].contains(&answer.status), "{act}: {}", answer.status);
    }
    assert_eq!(shown(&ruth, "?group=class").await, ["ann", "bob"]);

    ruth.post_form(&lab, &[("do", "delete")]).await.expect(302);
    ruth.get(&lab).await.expect(404);
}
