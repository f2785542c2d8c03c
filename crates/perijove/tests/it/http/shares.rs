//! Sharing servers over the API: who may, with whom, what, until when, and that it is written down.

use jiff::SignedDuration;
use perijove_store::shares::Recipient;
use perijove_store::{Db, Stmt, spawners, users};
use perijove_testkit::{App, Browser};
use reqwest::Method;
use serde_json::{Value, json};

use super::{full_token, refused};

/// The configuration that lets everybody share, and a group with bob.
pub const SHARING: &str = r#"
[[role]]
name = "user"
scopes = ["self", "shares!user", "read:users:name", "read:groups:name"]
[[group]]
name = "staff"
users = ["bob"]
"#;
const ACCESS: &str = "access:servers!server=ann/";

/// Ann, who may share, and bob.
pub async fn ann_and_bob() -> (App, Browser, Browser) {
    let app = App::builder().config(SHARING).start().await;
    let (ann, bob) = (app.sign_in("ann").await, app.sign_in("bob").await);
    (app, ann, bob)
}

async fn share(browser: &Browser, server: &str, wish: Value) -> Value {
    let answer = browser.api(Method::POST, &format!("shares/{server}"), Some(wish)).await;
    answer.expect(200).json()
}

async fn items(browser: &Browser, path: &str) -> Vec<Value> {
    let answer = browser.api(Method::GET, path, None).await.expect(200);
    let items = answer.json()["items"].as_array().unwrap().clone();
    assert_eq!(answer.json()["_pagination"]["total"], items.len());
    items
}

/// Whether somebody's token reaches a server.
pub async fn reaches(app: &App, token: &str, scope: &str) -> bool {
    let answer = app.browser().api_with_token(token, Method::GET, "user", None).await;
    let model = answer.expect(200).json();
    model["scopes"].as_array().unwrap().contains(&scope.into())
}

#[tokio::test]
async fn a_share_gives_rights_until_it_is_taken_back() {
    let (app, ann, bob) = ann_and_bob().await;
    let token = full_token(&app, "bob").await;
    assert!(!reaches(&app, &token, ACCESS).await);
    let made = share(&ann, "ann/", json!({ "user": "bob" })).await;
    let expected = json!({
        "server": { "user": { "name": "ann" }, "name": "", "url": "/user/ann/", "full_url": null, "ready": false },
        "scopes": [ACCESS],
        "user": { "name": "bob" },
        "group": null,
        "kind": "user",
        "created_at": "2026-11-21T00:00:00.000000Z",
    });
    assert_eq!(made, expected);
    assert!(reaches(&app, &token, ACCESS).await, "a token, too");
    assert_eq!(items(&bob, "users/bob/shared").await, [expected]);
    assert_eq!(
        ann.api(Method::GET, "users/ann/server", None).await.expect(200).json()["stopped"],
        true
    );

    let more = share(
        &ann,
        "ann/",
        json!({ "user": "bob", "scopes": ["read:servers", ACCESS] }),
    )
    .await;
    assert_eq!(more["scopes"], json!([ACCESS, "read:servers!server=ann/"]));
    assert_eq!(items(&ann, "shares/ann").await, std::slice::from_ref(&more));
    let patch = async |wish| {
        ann.api(Method::PATCH, "shares/ann/", Some(wish))
            .await
            .expect(200)
            .json()
    };
    let less = patch(json!({ "user": "bob", "scopes": ["read:servers!server=ann/"] })).await;
    assert_eq!(less["scopes"], json!([ACCESS]));
    assert_eq!(
        patch(json!({ "user": "bob", "scopes": ["start:servers"] })).await,
        less,
        "what is not held"
    );
    assert_eq!(patch(json!({ "user": "nobody" })).await, json!({}));
    assert_eq!(patch(json!({ "group": "nobody" })).await, json!({}));
    assert_eq!(
        patch(json!({ "user": "bob", "scopes": ["access:servers"] })).await,
        json!({})
    );
    assert!(!reaches(&app, &token, ACCESS).await);
    assert_eq!(patch(json!({ "user": "bob" })).await, json!({}), "once more");
}

#[tokio::test]
async fn shares_are_listed_for_all_who_are_concerned() {
    let (app, ann, bob) = ann_and_bob().await;
    let ruth = app.sign_in("ruth").await;
    let own = users::by_name(&app.hub.store, "ann").await.unwrap().unwrap();
    spawners::ensure(&app.hub.store, own.id, "lab", None).await.unwrap();
    share(&ann, "ann/", json!({ "user": "bob" })).await;
    share(&ann, "ann/", json!({ "group": "staff" })).await;
    let named = share(&ann, "ann/lab", json!({ "group": "staff" })).await;
    assert_eq!(named["server"]["url"], "/user/ann/lab/");
    assert_eq!((&named["kind"], &named["user"]), (&json!("group"), &json!(null)));
    assert_eq!(named["group"], json!({ "name": "staff" }));
    for (browser, path, many) in [
        (&ann, "shares/ann", 3),
        (&ann, "shares/ann/", 2),
        (&ann, "shares/ann/lab", 1),
        (&bob, "users/bob/shared", 3),
        (&ruth, "groups/staff/shared", 2),
        (&ruth, "users/ann/shared", 0),
    ] {
        assert_eq!(items(browser, path).await.len(), many, "{path}");
    }
    let page = ann
        .api(Method::GET, "shares/ann?limit=2", None)
        .await
        .expect(200)
        .json();
    assert_eq!(page["items"].as_array().unwrap().len(), 2);
    let pagination = &page["_pagination"];
    assert_eq!((&pagination["total"], &pagination["limit"]), (&json!(3), &json!(2)));
    let next = pagination["next"]["url"].as_str().unwrap();
    assert!(next.contains("/hub/api/shares/ann?offset=2&limit=2"), "{next}");
    refused(
        &ann.api(Method::GET, "shares/ann?offset=x", None).await,
        400,
        "must be integers",
    );

    // One share, and to give it up.
    for (browser, path, of_none) in [
        (&bob, "users/bob/shared/ann/", "No such share for user bob on ann/"),
        (
            &ruth,
            "groups/staff/shared/ann/lab",
            "No such share for group staff on ann/lab",
        ),
    ] {
        let one = browser.api(Method::GET, path, None).await.expect(200).json();
        assert_eq!(one["server"]["user"]["name"], "ann");
        let answer = browser.api(Method::DELETE, path, None).await.expect(204);
        assert_eq!(answer.body, "");
        refused(&browser.api(Method::DELETE, path, None).await, 404, of_none);
        refused(&browser.api(Method::GET, path, None).await, 404, of_none);
    }
    refused(
        &bob.api(Method::GET, "users/bob/shared/nobody/", None).await,
        404,
        "No such share",
    );
    refused(
        &ruth.api(Method::GET, "users/nobody/shared", None).await,
        404,
        "No such user: nobody",
    );
    refused(
        &ruth.api(Method::GET, "groups/nobody/shared", None).await,
        404,
        "No such group: nobody",
    );
    refused(&ruth.api(Method::GET, "shares/nobody", None).await, 404, "");
    refused(
        &ruth.api(Method::GET, "shares/nobody/", None).await,
        404,
        "No such server: nobody/",
    );
    refused(
        &ann.api(Method::GET, "shares/ann/nolab", None).await,
        404,
        "No such server: ann/nolab",
    );

    ann.api(Method::DELETE, "shares/ann/", None).await.expect(204);
    ann.api(Method::DELETE, "shares/ann/", None).await.expect(204);
    assert!(items(&ann, "shares/ann").await.is_empty());
}

#[tokio::test]
async fn what_is_not_understood_is_refused() {
    let (_app, ann, _bob) = ann_and_bob().await;
    for (wish, part) in [
        (json!({}), "Specify exactly one of `user` or `group`"),
        (json!({ "user": "" }), "Specify exactly one of `user` or `group`"),
        (
            json!({ "user": "bob", "group": "staff" }),
            "Expected exactly one of `user` or `group`, not both.",
        ),
        (json!({ "user": 5 }), ""),
        (json!({ "user": "bob", "scopes": "access:servers" }), ""),
        (json!({ "user": "bob", "expires_in": 60 }), "expires_in"),
        (
            json!({ "user": "bob", "scopes": ["no:such:scope"] }),
            "Scope 'no:such:scope' for share does not exist",
        ),
        (
            json!({ "user": "bob", "scopes": ["access:servers!user=ann"] }),
            "!user=ann not allowed on sharing access:servers!user=ann, only !server=ann/",
        ),
        (
            json!({ "user": "bob", "scopes": ["access:servers!server=bob/"] }),
            "!server=bob/ not allowed",
        ),
        (
            json!({ "user": "bob", "scopes": ["access:servers!user"] }),
            "!user not allowed",
        ),
        (json!([]), "Body must be a JSON object"),
    ] {
        let answer = ann.api(Method::POST, "shares/ann/", Some(wish.clone())).await;
        refused(&answer, 400, part);
        let answer = ann.api(Method::PATCH, "shares/ann/", Some(wish)).await;
        refused(&answer, 400, part);
    }
    let post = async |wish| ann.api(Method::POST, "shares/ann/", Some(wish)).await;
    refused(&post(json!({ "user": "nobody" })).await, 400, "No such user: nobody");
    refused(&post(json!({ "group": "nobody" })).await, 400, "No such group: nobody");
    for method in [Method::POST, Method::PATCH, Method::DELETE] {
        let answer = ann
            .api(method.clone(), "shares/ann", Some(json!({ "user": "bob" })))
            .await;
        refused(&answer, 405, "");
        assert_eq!(
            ann.api(method, "shares/ann/nolab", Some(json!({ "user": "bob" })))
                .await
                .status,
            404
        );
    }
    assert!(items(&ann, "shares/ann").await.is_empty());
}

#[tokio::test]
async fn nobody_gives_what_they_do_not_have() {
    let (app, ann, bob) = ann_and_bob().await;
    let wish = |scope: &str| Some(json!({ "user": "bob", "scopes": [scope] }));
    for beyond in ["admin:servers", "admin:users", "tokens!server=ann/", "self", "inherit"] {
        let answer = ann.api(Method::POST, "shares/ann/", wish(beyond)).await;
        let own = beyond == "tokens!server=ann/";
        assert_eq!(answer.status, if own { 200 } else { 403 }, "{beyond}: {}", answer.body);
        if !own {
            refused(&answer, 403, &format!("grant share with scope {beyond}!server=ann/"));
        }
    }
    // Whose server it is not finds nothing there.
    for path in ["shares/ann", "shares/ann/", "share-codes/ann", "share-codes/ann/"] {
        refused(&bob.api(Method::GET, path, None).await, 404, "No access to resources");
    }
    refused(
        &bob.api(Method::POST, "shares/ann/", Some(json!({ "user": "bob" })))
            .await,
        404,
        "",
    );
    refused(&ann.api(Method::GET, "users/bob/shared", None).await, 404, "");

    let limited = async |scopes: Value| super::token(&ann, "ann", json!({ "scopes": scopes })).await;
    let post = async |token: &str, wish: Value| {
        let browser = app.browser();
        browser
            .api_with_token(token, Method::POST, "shares/ann/", Some(wish))
            .await
    };
    let blind = limited(json!(["shares!user"])).await;
    refused(
        &post(&blind, json!({ "user": "bob" })).await,
        403,
        "Need scope 'read:users:name' to share with users",
    );
    refused(
        &post(&blind, json!({ "group": "staff" })).await,
        403,
        "Need scope 'read:groups:name' to share with groups",
    );
    let knows_bob = limited(json!(["shares!user", "read:users:name!user=bob"])).await;
    assert_eq!(post(&knows_bob, json!({ "user": "bob" })).await.status, 200);
    let reader = limited(json!(["read:shares!user", "read:users:name"])).await;
    refused(
        &post(&reader, json!({ "user": "bob" })).await,
        403,
        "requires any of [shares]",
    );
    let none = app.browser().api(Method::GET, "shares/ann", None).await;
    refused(&none, 403, "Missing or invalid credentials");
}

#[tokio::test]
async fn sharing_is_off_unless_a_role_allows_it() {
    let app = App::start().await;
    let ann = app.sign_in("ann").await;
    app.sign_in("bob").await;
    let asked = ann
        .api(Method::POST, "shares/ann/", Some(json!({ "user": "bob" })))
        .await;
    refused(&asked, 403, "requires any of [shares]");
    assert!(
        items(&ann, "shares/ann").await.is_empty(),
        "to look is part of one's own"
    );
}

#[tokio::test]
async fn a_share_ends_at_its_moment() {
    let (app, ann, bob) = ann_and_bob().await;
    let token = full_token(&app, "bob").await;
    share(&ann, "ann/", json!({ "user": "bob" })).await;
    const LIMIT: Stmt = Stmt::write("UPDATE shares SET expires_at = $1");
    let end = app.hub.clock.now() + SignedDuration::from_secs(100);
    app.hub.store.execute(&LIMIT, &[end.into()]).await.unwrap();
    app.clock.advance(SignedDuration::from_secs(99));
    assert!(reaches(&app, &token, ACCESS).await);
    app.clock.advance(SignedDuration::from_secs(1));
    assert!(!reaches(&app, &token, ACCESS).await);
    assert!(items(&bob, "users/bob/shared").await.is_empty());
    assert!(items(&ann, "shares/ann").await.is_empty());
    refused(&bob.api(Method::GET, "users/bob/shared/ann/", None).await, 404, "");
    share(&ann, "ann/", json!({ "user": "bob" })).await;
    assert!(reaches(&app, &token, ACCESS).await, "it can be shared again");
}

#[tokio::test]
async fn renaming_keeps_what_is_shared() {
    let (app, ann, bob) = ann_and_bob().await;
    let token = full_token(&app, "bob").await;
    share(&ann, "ann/", json!({ "user": "bob" })).await;
    let own = users::by_name(&app.hub.store, "ann").await.unwrap().unwrap();
    users::rename(&app.hub.store, own.id, "anna").await.unwrap();
    let today = "access:servers!server=anna/";
    assert!(reaches(&app, &token, today).await && !reaches(&app, &token, ACCESS).await);
    let shared = &items(&bob, "users/bob/shared").await[0];
    assert_eq!(
        (&shared["scopes"], &shared["server"]["url"]),
        (&json!([today]), &json!("/user/anna/"))
    );
}

#[tokio::test]
async fn every_act_is_written_down() {
    let (app, ann, bob) = ann_and_bob().await;
    share(&ann, "ann/", json!({ "user": "bob" })).await;
    share(&ann, "ann/", json!({ "user": "bob" })).await;
    share(&ann, "ann/", json!({ "group": "staff", "scopes": ["read:servers"] })).await;
    let wish = json!({ "user": "bob", "scopes": [ACCESS] });
    ann.api(Method::PATCH, "shares/ann/", Some(wish)).await.expect(200);
    share(&ann, "ann/", json!({ "user": "bob" })).await;
    bob.api(Method::DELETE, "users/bob/shared/ann/", None).await.expect(204);
    ann.api(Method::DELETE, "shares/ann/", None).await.expect(204);
    let ruth = app.sign_in("ruth").await;
    let answer = ruth
        .api(Method::GET, "audit?target=server%20ann/", None)
        .await
        .expect(200);
    let told: Vec<Value> = answer.json()["items"].as_array().unwrap().clone();
    let told: Vec<String> = told
        .iter()
        .filter(|entry| entry["act"].as_str().unwrap().starts_with("share"))
        .map(|entry| {
            format!(
                "{} {} {}",
                entry["actor"].as_str().unwrap(),
                entry["act"].as_str().unwrap(),
                entry["detail"]
            )
        })
        .collect();
    let to_bob = r#"{"scopes":["access:servers!server=ann/"],"user":"bob"}"#;
    let mut expected = vec![
        format!("ann share.granted {to_bob}"),
        r#"ann share.granted {"group":"staff","scopes":["read:servers!server=ann/"]}"#.to_owned(),
        format!("ann share.revoked {to_bob}"),
        format!("ann share.granted {to_bob}"),
        format!("bob share.revoked {to_bob}"),
        r#"ann share.revoked {"all":1}"#.to_owned(),
    ];
    let mut told = told;
    told.sort();
    expected.sort();
    assert_eq!(told, expected);
}

#[tokio::test]
async fn what_two_grant_at_once_is_one_share() {
    let (app, ann, _bob) = ann_and_bob().await;
    let other = app.replica().await;
    let elsewhere = other.browser();
    elsewhere.sign_in("ann", "password").await;
    let wish = |scope: &str| json!({ "user": "bob", "scopes": [scope] });
    for (one, two) in [("access:servers", "read:servers"), ("start:servers", "delete:servers")] {
        tokio::join!(share(&ann, "ann/", wish(one)), share(&elsewhere, "ann/", wish(two)));
    }
    let all = items(&ann, "shares/ann/").await;
    assert_eq!(
        (all.len(), all[0]["scopes"].as_array().unwrap().len()),
        (1, 4),
        "{all:?}"
    );
    let own = users::by_name(&app.hub.store, "bob").await.unwrap().unwrap();
    let id = spawners::of_user(
        &app.hub.store,
        users::by_name(&app.hub.store, "ann").await.unwrap().unwrap().id,
    );
    let id = id.await.unwrap()[0].id;
    let with = Recipient::User(own.id);
    assert!(perijove_store::shares::remove(&app.hub.store, id, with).await.unwrap());
    assert!(items(&ann, "shares/ann/").await.is_empty());
    other.stop().await;
}
