//! The REST API: users and what is told of them.

use jiff::SignedDuration;
use perijove_testkit::App;
use reqwest::Method;
use serde_json::{Value, json};

use super::rest::{Caller, names, with_roles};
use super::{full_token, refused, start_server, token};

fn keys(model: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = model.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

#[tokio::test]
async fn one_sees_all_of_oneself() {
    let app = App::start().await;
    let ann = app.sign_in("ann").await;
    let model = ann.api(Method::GET, "user", None).await.expect(200).json();
    assert_eq!(model["kind"], "user");
    assert_eq!(model["roles"], json!(["user"]));
    assert_eq!(model["groups"], json!([]));
    assert_eq!(model["server"], Value::Null);
    assert_eq!(model["pending"], Value::Null);
    assert_eq!(model["servers"], json!({}));
    assert_eq!(model["user_info"], Value::Null);
    assert_eq!(model["created"], "2026-11-21T00:00:00.000000Z");
    assert_eq!(model["last_activity"], "2026-11-21T00:00:00.000000Z");
    assert_eq!(
        (&model["token_id"], &model["session_id"]),
        (&Value::Null, &Value::Null),
        "that of a cookie stays a secret"
    );
    let scopes: Vec<&str> = model["scopes"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    assert!(scopes.is_sorted(), "{scopes:?}");
    for scope in [
        "access:servers!user=ann",
        "servers!user=ann",
        "tokens!user=ann",
        "read:users!user=ann",
    ] {
        assert!(scopes.contains(&scope), "{scope}: {scopes:?}");
    }
    assert!(scopes.iter().all(|scope| scope.ends_with("!user=ann")), "{scopes:?}");
}

#[tokio::test]
async fn a_model_shows_what_the_caller_may_see() {
    let app = with_roles().await;
    let ann = app.sign_in("ann").await;
    start_server(&ann, "ann").await;
    let ruth = Caller::with(&app, &full_token(&app, "ruth").await);

    let all = ruth.get("users/ann").await.expect(200).json();
    for key in [
        "admin",
        "auth_state",
        "created",
        "groups",
        "kind",
        "last_activity",
        "name",
        "pending",
        "roles",
        "server",
        "servers",
        "user_info",
    ] {
        assert!(all.get(key).is_some(), "{key}: {all}");
    }
    assert_eq!(all["server"], "/user/ann/");
    assert_eq!(all["groups"], json!(["class"]));
    assert!(all["servers"][""].get("state").is_some());

    let own = Caller::with(&app, &token(&ann, "ann", json!({})).await);
    let model = own.get("users/ann").await.expect(200).json();
    assert!(model.get("auth_state").is_none());
    assert!(model["servers"][""].get("state").is_none(), "{model}");

    let seen = Caller::service(&app, "lister")
        .get("users/ann")
        .await
        .expect(200)
        .json();
    assert_eq!(keys(&seen), ["admin", "kind", "name", "servers", "user_info"]);

    let seen = Caller::service(&app, "watcher")
        .get("users/ann")
        .await
        .expect(200)
        .json();
    assert_eq!(keys(&seen), ["kind", "last_activity", "name", "servers"]);

    let taught = Caller::service(&app, "teacher")
        .get("users/ann")
        .await
        .expect(200)
        .json();
    assert_eq!(taught["groups"], json!(["class"]));
}

#[tokio::test]
async fn what_is_out_of_reach_does_not_exist() {
    let app = with_roles().await;
    let teacher = Caller::service(&app, "teacher");
    refused(
        &teacher.get("users/eve").await,
        404,
        "No access to resources or resources not found",
    );
    refused(
        &teacher.get("users/no-such-user").await,
        404,
        "No access to resources or resources not found",
    );
    refused(&teacher.get("users/eve/server").await, 404, "No access");
    let nobody = Caller::service(&app, "nobody");
    refused(
        &nobody.get("users/ann").await,
        403,
        "Action is not authorized with current scopes",
    );
    refused(
        &nobody.get("users").await,
        403,
        "Action is not authorized with current scopes",
    );
    let ann = Caller::with(&app, &full_token(&app, "ann").await);
    refused(&ann.get("users/bob").await, 404, "");
    refused(&ann.get("users").await, 403, "");
    refused(&ann.get("users?state=odd").await, 403, "");
    refused(&ann.call(Method::POST, "users/bob/server", None).await, 404, "");
    refused(&ann.call(Method::DELETE, "users/bob/server", None).await, 404, "");
    refused(&ann.call(Method::DELETE, "users/ann", None).await, 403, "");
    assert!(app.spawner.running().is_empty());
}

#[tokio::test]
async fn lists_are_cut_to_what_the_caller_may_list() {
    let app = with_roles().await;
    let list = Caller::service(&app, "lister").get("users").await.expect(200).json();
    assert_eq!(names(&list), ["ruth", "ann", "bob", "eve"]);
    let list = Caller::service(&app, "teacher").get("users").await.expect(200).json();
    assert_eq!(names(&list), ["ann", "bob"]);
    let list = Caller::service(&app, "teacher")
        .get("users?name_filter=O")
        .await
        .expect(200)
        .json();
    assert_eq!(names(&list), ["bob"]);
}

#[tokio::test]
async fn lists_are_sorted_filtered_and_checked() {
    let app = with_roles().await;
    let ruth = Caller::with(&app, &full_token(&app, "ruth").await);
    let list = async |query: &str| {
        let list = ruth.get(&format!("users?{query}")).await.expect(200).json();
        names(&list).join(" ")
    };
    assert_eq!(list("sort=name").await, "ann bob eve ruth");
    assert_eq!(list("sort=-name").await, "ruth eve bob ann");
    assert_eq!(list("name_filter=%25").await, "", "a percent sign is a letter");
    assert_eq!(list("name_filter=_").await, "");
    assert_eq!(list("name_filter=BO").await, "bob");
    start_server(&app.sign_in("bob").await, "bob").await;
    assert_eq!(list("state=active").await, "bob");
    assert_eq!(list("state=ready").await, "bob");
    assert_eq!(list("state=inactive&sort=name").await, "ann eve ruth");
    for wrong in [
        "state=odd",
        "sort=password",
        "limit=x",
        "offset=1.5",
        "limit=",
        "offset=99999999999999999999",
    ] {
        refused(&ruth.get(&format!("users?{wrong}")).await, 400, "");
    }
}

#[tokio::test]
async fn users_are_made_one_by_one_and_many_at_once() {
    let app = App::start().await;
    let ruth = app.sign_in("ruth").await;
    let one = ruth.api(Method::POST, "users/ann", None).await.expect(201).json();
    assert_eq!((&one["name"], &one["admin"]), (&"ann".into(), &false.into()));
    refused(
        &ruth.api(Method::POST, "users/ann", None).await,
        409,
        "User ann already exists",
    );
    let admin = ruth
        .api(Method::POST, "users/boss", Some(json!({ "admin": true })))
        .await
        .expect(201)
        .json();
    assert_eq!(admin["admin"], true);
    assert!(admin["roles"].as_array().unwrap().contains(&"admin".into()), "{admin}");

    let many = async |body: Value| ruth.api(Method::POST, "users", Some(body)).await;
    refused(
        &ruth.api(Method::POST, "users/x", Some(json!({ "odd": 1 }))).await,
        400,
        "",
    );
    let wish = json!({ "admin": false, "groups": [], "roles": [], "auth_state": null });
    ruth.api(Method::POST, "users/full", Some(wish)).await.expect(201);

    let made = many(json!({ "usernames": ["ann", "BOB", "eve"] }))
        .await
        .expect(201)
        .json();
    assert_eq!(names(&made), ["bob", "eve"]);
    refused(
        &many(json!({ "usernames": ["ann", "bob"] })).await,
        409,
        "already exist",
    );
    for wrong in [
        json!({ "usernames": [] }),
        json!({ "usernames": ["a/b"] }),
        json!({ "usernames": [""] }),
        json!({ "usernames": [1] }),
        json!({ "usernames": "ann" }),
        json!({}),
        json!([]),
        json!({ "usernames": ["x"], "odd": 1 }),
        json!({ "usernames": ["x"], "admin": "yes" }),
    ] {
        refused(&many(wrong).await, 400, "");
    }
    refused(&ruth.api(Method::POST, "users", None).await, 400, "");
    refused(&ruth.api(Method::GET, "users/x", None).await, 404, "");
}

#[tokio::test]
async fn cve_2024_41942_only_administrators_make_administrators() {
    let app = with_roles().await;
    let manager = Caller::service(&app, "manager");
    let made = manager.call(Method::POST, "users/new", None).await.expect(201).json();
    assert_eq!(made["name"], "new");
    let wish = Some(json!({ "admin": true }));
    refused(&manager.call(Method::POST, "users/boss", wish).await, 403, "");
    let wish = Some(json!({ "usernames": ["boss"], "admin": true }));
    refused(&manager.call(Method::POST, "users", wish).await, 403, "");
    refused(&manager.get("users/boss").await, 404, "");
    let teacher = Caller::service(&app, "teacher");
    refused(
        &teacher
            .call(Method::POST, "users", Some(json!({ "usernames": ["x"] })))
            .await,
        403,
        "",
    );
}

#[tokio::test]
async fn deleting_somebody_ends_servers_sessions_and_tokens() {
    let app = App::start().await;
    let (ann, ruth) = (app.sign_in("ann").await, app.sign_in("ruth").await);
    let own = token(&ann, "ann", json!({})).await;
    start_server(&ann, "ann").await;
    refused(
        &ruth.api(Method::DELETE, "users/ruth", None).await,
        400,
        "Cannot delete yourself!",
    );
    let gone = ruth.api(Method::DELETE, "users/ann", None).await.expect(204);
    assert_eq!(gone.body, "");
    assert!(app.spawner.running().is_empty());
    refused(&ruth.api(Method::DELETE, "users/ann", None).await, 404, "");
    assert_eq!(ann.get("hub/home").await.status, 302);
    refused(&ann.api_with_token(&own, Method::GET, "user", None).await, 403, "");
    // Whoever comes by that name again is somebody new.
    let again = app.sign_in("ann").await;
    let model = again.api(Method::GET, "user", None).await.json();
    assert_eq!(model["servers"], json!({}));
}

#[tokio::test]
async fn somebody_whose_server_is_starting_can_be_deleted() {
    let app = App::builder()
        .config("[hub]\nslow_spawn_timeout = \"50ms\"\n")
        .start()
        .await;
    let (ann, ruth) = (app.sign_in("ann").await, app.sign_in("ruth").await);
    app.spawner.play(perijove_spawn::fake::Script {
        hang_in_start: true,
        ..Default::default()
    });
    ann.api(Method::POST, "users/ann/server", None).await.expect(202);
    ruth.api(Method::DELETE, "users/ann", None).await.expect(204);
    refused(&ruth.api(Method::GET, "users/ann", None).await, 404, "");
    assert!(app.spawner.running().is_empty());
}

#[tokio::test]
async fn activity_is_kept_if_it_is_newer() {
    let app = with_roles().await;
    let ann = app.sign_in("ann").await;
    start_server(&ann, "ann").await;
    let spec = app.spawner.specs().pop().unwrap();
    let server = Caller::with(&app, spec.api_token.expose());
    let report = async |body: Value| server.call(Method::POST, "users/ann/activity", Some(body)).await;
    let later = "2026-11-21T00:30:00.000000Z";
    let answer = report(json!({ "last_activity": later, "servers": { "": { "last_activity": later } } })).await;
    assert_eq!(answer.expect(200).body, "");
    let ruth = Caller::with(&app, &full_token(&app, "ruth").await);
    let seen = async || ruth.get("users/ann").await.expect(200).json();
    let model = seen().await;
    assert_eq!(
        (&model["last_activity"], &model["servers"][""]["last_activity"]),
        (&later.into(), &later.into())
    );

    for older in ["2020-01-01T00:00:00Z", "-009998-01-01T00:00:00Z"] {
        report(json!({ "last_activity": older })).await.expect(200);
        assert_eq!(seen().await["last_activity"], later, "what is older is passed over");
    }
    report(json!({ "last_activity": "2026-11-21T00:40:00" }))
        .await
        .expect(200);
    assert_eq!(
        seen().await["last_activity"],
        "2026-11-21T00:40:00.000000Z",
        "no zone means UTC"
    );
    report(json!({ "last_activity": "2026-11-21T01:50:00.5+01:00" }))
        .await
        .expect(200);
    assert_eq!(seen().await["last_activity"], "2026-11-21T00:50:00.500000Z");

    for wrong in [
        json!({}),
        json!({ "servers": {} }),
        json!({ "last_activity": "yesterday" }),
        json!({ "last_activity": 5 }),
        json!({ "last_activity": "2026-11-21T01:30:00Z" }),
        json!({ "servers": { "nope": { "last_activity": later } } }),
        json!({ "servers": { "": {} } }),
        json!({ "servers": { "": { "last_activity": "9999-99-99" } } }),
    ] {
        refused(&report(wrong).await, 400, "");
    }
    refused(
        &server
            .call(
                Method::POST,
                "users/bob/activity",
                Some(json!({ "last_activity": later })),
            )
            .await,
        404,
        "",
    );
    let teacher = Caller::service(&app, "teacher");
    let body = json!({ "last_activity": later });
    teacher
        .call(Method::POST, "users/bob/activity", Some(body.clone()))
        .await
        .expect(200);
    refused(
        &teacher.call(Method::POST, "users/eve/activity", Some(body)).await,
        404,
        "",
    );
}

#[tokio::test]
async fn who_is_known_is_let_in_while_the_database_takes_no_writes() {
    let app = App::start().await;
    let browser = app.sign_in("ann").await;
    let ann = Caller::with(&app, &full_token(&app, "ann").await);
    app.clock.advance(SignedDuration::from_mins(5));
    let tx = app.hub.store.begin().await.unwrap();
    let user = perijove_store::users::by_name(&tx, "ann").await.unwrap().unwrap();
    perijove_store::users::lock(&tx, user.id).await.unwrap();
    ann.get("user").await.expect(200);
    browser.get("hub/home").await.expect(200);
    drop(tx);
    ann.get("user").await.expect(200);
}

#[tokio::test]
async fn using_a_token_counts_as_activity_but_not_each_time() {
    let app = App::start().await;
    let ann = Caller::with(&app, &full_token(&app, "ann").await);
    let last = async || {
        ann.get("user").await.expect(200);
        // Requests don't wait for it.
        app.hub.seen.flush(&app.hub.store).await;
        let model = ann.get("users/ann").await.expect(200).json();
        model["last_activity"].as_str().unwrap().to_owned()
    };
    app.clock.advance(SignedDuration::from_secs(10));
    last().await;
    app.clock.advance(SignedDuration::from_secs(10));
    assert_eq!(last().await, "2026-11-21T00:00:10.000000Z", "not each time");
    app.clock.advance(SignedDuration::from_secs(60));
    assert_eq!(last().await, "2026-11-21T00:01:20.000000Z");
    let tokens = ann.get("users/ann/tokens").await.expect(200).json();
    assert_eq!(tokens["api_tokens"][0]["last_activity"], "2026-11-21T00:01:20.000000Z");
}

#[tokio::test]
async fn a_hub_that_stops_writes_down_who_was_seen() {
    let app = App::start().await;
    let secret = full_token(&app, "ann").await;
    app.clock.advance(SignedDuration::from_mins(5));
    Caller::with(&app, &secret).get("user").await.expect(200);
    let app = app.restart().await;
    let model = Caller::with(&app, &secret).get("users/ann").await.expect(200).json();
    assert_eq!(model["last_activity"], "2026-11-21T00:05:00.000000Z");
}

#[tokio::test]
async fn names_are_normalised_however_somebody_is_made() {
    let app = App::start().await;
    let ruth = app.sign_in("ruth").await;
    let made = ruth.api(Method::POST, "users/Zoe", None).await.expect(201).json();
    assert_eq!(made["name"], "zoe");
    let again = ruth
        .api(Method::POST, "users", Some(json!({ "usernames": ["ZOE"] })))
        .await;
    refused(&again, 409, "");
}
