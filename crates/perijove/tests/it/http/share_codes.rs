//! Share codes: made and ended over the API, accepted on a page.

use jiff::SignedDuration;
use perijove_testkit::{App, Browser};
use reqwest::Method;
use serde_json::{Value, json};

use super::shares::{SHARING, ann_and_bob, reaches};
use super::{full_token, refused, start_server};

const ACCESS: &str = "access:servers!server=ann/";
/// Of the right length, and nobody's.
const WRONG: &str = "0123456789012345678901234567890123456789012";

async fn code(ann: &Browser, wish: Value) -> Value {
    let answer = ann.api(Method::POST, "share-codes/ann/", Some(wish)).await;
    answer.expect(200).json()
}

fn text(code: &Value) -> &str {
    code["code"].as_str().unwrap()
}

async fn list(ann: &Browser) -> Vec<Value> {
    let answer = ann.api(Method::GET, "share-codes/ann", None).await.expect(200).json();
    assert_eq!(
        answer["_pagination"]["total"],
        answer["items"].as_array().unwrap().len()
    );
    answer["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_code_is_told_once() {
    let (_app, ann, _bob) = ann_and_bob().await;
    let made = ann.api(Method::POST, "share-codes/ann/", None).await.expect(200).json();
    let secret = text(&made);
    assert!(secret.len() == 43 && secret.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)));
    assert_eq!(made["accept_url"], format!("/hub/accept-share?code={secret}"));
    let id = made["id"].as_str().unwrap();
    assert!(id.starts_with("sc_"), "{id}");
    let mut expected = json!({
        "server": { "user": { "name": "ann" }, "name": "", "url": "/user/ann/", "full_url": null, "ready": false },
        "scopes": [ACCESS],
        "id": id,
        "created_at": "2026-11-21T00:00:00.000000Z",
        "expires_at": "2026-11-22T00:00:00.000000Z",
        "exchange_count": 0,
        "last_exchanged_at": null,
    });
    assert_eq!(list(&ann).await, [expected.clone()]);
    expected["code"] = secret.into();
    expected["accept_url"] = made["accept_url"].clone();
    expected["full_accept_url"] = Value::Null;
    assert_eq!(made, expected);
    let more = code(
        &ann,
        json!({ "scopes": ["servers", "access:servers"], "expires_in": 60 }),
    )
    .await;
    assert_eq!(more["scopes"], json!([ACCESS, "servers!server=ann/"]));
    assert_eq!(more["expires_at"], "2026-11-21T00:01:00.000000Z");
    assert_ne!(text(&more), secret);
    let of_server = ann
        .api(Method::GET, "share-codes/ann/?limit=1&offset=1", None)
        .await
        .expect(200)
        .json();
    assert_eq!(of_server["items"][0]["id"], more["id"]);
    assert_eq!(of_server["_pagination"]["next"], Value::Null);
}

#[tokio::test]
async fn codes_with_a_public_address_name_it_whole() {
    let toml = format!("[hub]\npublic_url = \"https://hub.example.org\"\n{SHARING}");
    let app = App::builder().config(&toml).start().await;
    let token = {
        let browser = app.browser();
        browser.sign_in("ann", "password").await;
        super::token(&browser, "ann", json!({})).await
    };
    let made = app
        .browser()
        .api_with_token(&token, Method::POST, "share-codes/ann/", None)
        .await;
    let made = made.expect(200).json();
    let whole = format!("https://hub.example.org/hub/accept-share?code={}", text(&made));
    assert_eq!(made["full_accept_url"], whole);
    assert_eq!(made["server"]["full_url"], "https://hub.example.org/user/ann/");
}

#[tokio::test]
async fn codes_are_asked_for_in_many_wrong_ways() {
    let (_app, ann, bob) = ann_and_bob().await;
    for (wish, part) in [
        (
            json!({ "expires_in": 59 }),
            "expires_in must be from 60 to 31536000 seconds",
        ),
        (json!({ "expires_in": -1 }), "expires_in must be"),
        (json!({ "expires_in": 31_536_001 }), "expires_in must be"),
        (json!({ "expires_in": "soon" }), ""),
        (json!({ "user": "bob" }), "user"),
        (json!({ "scopes": ["no-such"] }), "does not exist"),
        (
            json!({ "scopes": ["access:servers!server=bob/"] }),
            "not allowed on sharing",
        ),
    ] {
        refused(&ann.api(Method::POST, "share-codes/ann/", Some(wish)).await, 400, part);
    }
    let beyond = Some(json!({ "scopes": ["admin:servers"] }));
    refused(
        &ann.api(Method::POST, "share-codes/ann/", beyond).await,
        403,
        "grant share with scope",
    );
    refused(&bob.api(Method::POST, "share-codes/ann/", None).await, 404, "");
    refused(
        &ann.api(Method::POST, "share-codes/ann/nolab", None).await,
        404,
        "No such server: ann/nolab",
    );
    for method in [Method::POST, Method::DELETE] {
        refused(&ann.api(method, "share-codes/ann", None).await, 405, "");
    }
    assert!(list(&ann).await.is_empty());
}

#[tokio::test]
async fn codes_are_ended_one_by_one_or_all() {
    let (_app, ann, _bob) = ann_and_bob().await;
    let codes = [
        code(&ann, json!({})).await,
        code(&ann, json!({})).await,
        code(&ann, json!({})).await,
    ];
    let delete = async |query: &str| ann.api(Method::DELETE, &format!("share-codes/ann/{query}"), None).await;
    for (query, part) in [
        (format!("?code={WRONG}"), "No matching code found"),
        ("?code=".to_owned(), "No matching code found"),
        ("?id=".to_owned(), "No code found matching id="),
        ("?id=1".to_owned(), "No code found matching id=1"),
        ("?id=sc_x".to_owned(), "No code found"),
        ("?id=sc_99999999999999999999".to_owned(), "No code found"),
        ("?id=sc_9999".to_owned(), "No code found matching id=sc_9999"),
    ] {
        refused(&delete(&query).await, 404, part);
    }
    assert_eq!(list(&ann).await.len(), 3);
    delete(&format!("?code={}", text(&codes[0]))).await.expect(204);
    delete(&format!("?id={}", codes[1]["id"].as_str().unwrap()))
        .await
        .expect(204);
    refused(&delete(&format!("?code={}", text(&codes[0]))).await, 404, "");
    let left = list(&ann).await;
    assert_eq!((left.len(), &left[0]["id"]), (1, &codes[2]["id"]));
    delete("").await.expect(204);
    delete("").await.expect(204);
    assert!(list(&ann).await.is_empty());
}

#[tokio::test]
async fn an_invitation_is_read_and_accepted() {
    let (app, ann, bob) = ann_and_bob().await;
    let token = full_token(&app, "bob").await;
    let made = code(&ann, json!({ "scopes": ["access:servers", "servers"] })).await;
    let path = format!("hub/accept-share?code={}", text(&made));
    let page = bob.get(&path).await.expect(200).text();
    for part in [
        "You (bob) are invited to access ann's server",
        "not currently running",
        "href=\"/user/ann/\"",
        "Use servers",
        "Start and stop servers",
        "only ann's default server",
        &format!("name=\"code\" value=\"{}\"", text(&made)),
    ] {
        assert!(page.contains(part), "no {part:?} in {page}");
    }
    assert!(!reaches(&app, &token, ACCESS).await, "to look is not to accept");
    for times in 1..=2 {
        let answer = bob.post_form(&path, &[("code", text(&made))]).await.expect(302);
        assert_eq!(answer.to(), "/user/ann/");
        let told = &list(&ann).await[0];
        assert_eq!(told["exchange_count"], times);
        assert_eq!(told["last_exchanged_at"], "2026-11-21T00:00:00.000000Z");
    }
    assert!(reaches(&app, &token, ACCESS).await && reaches(&app, &token, "start:servers!server=ann/").await);
    assert!(app.spawner.specs().is_empty(), "nothing is started by it");
    start_server(&ann, "ann").await;
    let page = bob.get(&path).await.expect(200).text();
    assert!(!page.contains("not currently running"), "{page}");

    let ruth = app.sign_in("ruth").await;
    let entries = ruth
        .api(Method::GET, "audit?act=share.accepted", None)
        .await
        .expect(200)
        .json();
    let entry = &entries["items"][0];
    assert_eq!(
        (&entry["actor"], &entry["target"]),
        (&json!("bob"), &json!("server ann/"))
    );
    assert_eq!(entry["detail"]["code"], made["id"]);
    let entries = ruth
        .api(Method::GET, "audit?act=share-code.made", None)
        .await
        .expect(200);
    assert_eq!(entries.json()["items"][0]["detail"]["id"], made["id"]);
    assert!(!entries.body.contains(text(&made)), "no secrets there");
}

#[tokio::test]
async fn what_is_no_invitation_is_refused() {
    let (app, ann, bob) = ann_and_bob().await;
    let made = code(&ann, json!({})).await;
    let path = |code: &str| format!("hub/accept-share?code={code}");
    for (browser, code, seen, sent) in [
        (&bob, "", 400, 400),
        (&bob, WRONG, 404, 400),
        (&bob, "short", 404, 400),
        (&ann, text(&made), 403, 400),
    ] {
        assert_eq!(browser.get(&path(code)).await.status, seen, "{code}");
        assert_eq!(browser.post_form(&path(code), &[]).await.status, sent, "{code}");
    }
    assert_eq!(bob.get("hub/accept-share").await.status, 400);
    // Only with a form of ours, and not by a token, which would get more than it was given.
    let forged = bob.send(bob.request(Method::POST, &path(text(&made)))).await;
    assert_eq!(forged.status, 403);
    let token = super::token(&bob, "bob", json!({ "scopes": ["read:users!user"] })).await;
    let browser = app.browser();
    let authorization = format!("token {token}");
    let answer = browser
        .get_with(&path(text(&made)), "authorization", &authorization)
        .await;
    assert!(answer.expect(302).to().starts_with("/hub/login?next="));
    let asked = browser.request(Method::POST, &path(text(&made)));
    let answer = browser.send(asked.header("authorization", &authorization)).await;
    assert!(answer.expect(302).to().starts_with("/hub/login?next="));
    assert_eq!(list(&ann).await[0]["exchange_count"], 0);
    app.clock.advance(SignedDuration::from_secs(24 * 3600));
    let bob = app.sign_in("bob").await;
    assert_eq!(bob.get(&path(text(&made))).await.status, 404, "its time is over");
    assert_eq!(bob.post_form(&path(text(&made)), &[]).await.status, 400);
    let shared = bob.api(Method::GET, "users/bob/shared", None).await.expect(200).json();
    assert_eq!(shared["items"], json!([]));
}

#[tokio::test]
async fn who_is_not_signed_in_signs_in_first_and_goes_on_where_the_link_says() {
    let (app, ann, _bob) = ann_and_bob().await;
    let made = code(&ann, json!({})).await;
    let accept = |next: &str| {
        let next = perijove_model::escape::component(next);
        format!("hub/accept-share?code={}&next={next}", text(&made))
    };
    let browser = app.browser();
    let wanted = accept("/user/ann/lab/tree/x.ipynb?a=5");
    let to = browser.get(&wanted).await.expect(302);
    assert_eq!(
        to.to(),
        format!(
            "/hub/login?next={}",
            perijove_model::escape::component(&format!("/{wanted}"))
        )
    );
    browser.get(to.to()).await.expect(200);
    let fields = [("username", "carol"), ("password", "x")];
    let back = browser.post_form(to.to(), &fields).await.expect(302);
    assert_eq!(back.to(), format!("/{wanted}"));
    let page = browser.get(back.to()).await.expect(200).text();
    assert!(
        page.contains("You (carol)") && page.contains("/user/ann/lab/tree/x.ipynb?a=5"),
        "{page}"
    );
    for (next, leads) in [
        ("/user/ann/lab/tree/x.ipynb?a=5", "/user/ann/lab/tree/x.ipynb?a=5"),
        ("/hub/home'><img>", "/hub/home'><img>"),
        ("https://evil.example/", "/user/ann/"),
        ("//evil.example/", "/user/ann/"),
        ("/\\evil.example/", "/%5Cevil.example/"),
        ("", "/user/ann/"),
    ] {
        let answer = browser.post_form(&accept(next), &[]).await.expect(302);
        assert_eq!(answer.to(), leads, "{next}");
        let page = browser.get(&accept(next)).await.expect(200);
        assert!(!page.body.contains("<img>"), "{}", page.body);
    }
}
