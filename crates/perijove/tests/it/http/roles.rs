//! Roles that are made, given and taken while the hub runs, and what keeps people from making more of themselves.

use jiff::SignedDuration;
use perijove_model::Clock;
use perijove_testkit::{Answer, App, Browser};
use reqwest::Method;
use serde_json::{Value, json};

use super::refused;
use super::replicas::heard;
use super::rest::{Caller, names};

const CONFIG: &str = r#"
[[service]]
name = "maker"
api_token = "the-secret-of-maker"
[[service]]
name = "tutor"
api_token = "the-secret-of-tutor"
[[service]]
name = "plain"
api_token = "the-secret-of-plain"
[[group]]
name = "class"
users = ["ann", "bob"]
[[role]]
name = "makes"
scopes = ["admin:roles", "read:users", "servers!group=class", "list:users"]
services = ["maker"]
[[role]]
name = "tutors"
scopes = ["list:roles", "grant:roles!group=class", "read:users!group=class", "users:activity!group=class", "access:servers!group=class"]
services = ["tutor"]
[[role]]
name = "looks"
scopes = ["read:users:name"]
"#;

async fn school() -> App {
    let app = App::builder().config(CONFIG).start().await;
    for name in ["ann", "bob", "eve"] {
        app.sign_in(name).await;
    }
    app
}

async fn made(ruth: &Browser, name: &str, scopes: &[&str]) -> Value {
    let body = json!({ "name": name, "scopes": scopes });
    ruth.api(Method::POST, "roles", Some(body)).await.expect(201).json()
}

async fn scopes_of(browser: &Browser) -> Vec<String> {
    let model = browser.api(Method::GET, "user", None).await.expect(200).json();
    serde_json::from_value(model["scopes"].clone()).unwrap()
}

async fn has(browser: &Browser, scope: &str) -> bool {
    scopes_of(browser).await.iter().any(|held| held == scope)
}

fn too_much(answer: &Answer) {
    refused(answer, 403, "Only roles within what you may do yourself");
}

#[tokio::test]
async fn a_role_lives() {
    let app = school().await;
    let ruth = app.sign_in("ruth").await;
    let ann = app.sign_in("ann").await;
    let role = made(&ruth, "helper", &["read:hub", "read:users:name!group=class"]).await;
    assert_eq!((&role["kind"], &role["source"]), (&json!("role"), &json!("hub")));
    assert_eq!(role["created_by"], "ruth");
    assert_eq!(
        ruth.api(Method::GET, "roles/helper", None).await.expect(200).json(),
        role
    );
    let again = json!({ "name": "helper" });
    refused(
        &ruth.api(Method::POST, "roles", Some(again)).await,
        409,
        "Role helper already exists",
    );

    let grant = "roles/helper/users/ann";
    ruth.api(Method::PUT, grant, None).await.expect(201);
    ruth.api(Method::PUT, grant, Some(json!({}))).await.expect(200);
    assert!(has(&ann, "read:hub").await && has(&ann, "read:users:name!group=class").await);
    let change = json!({ "scopes": ["proxy"] });
    let role = ruth
        .api(Method::PATCH, "roles/helper", Some(change))
        .await
        .expect(200)
        .json();
    assert_eq!((&role["scopes"], &role["description"]), (&json!(["proxy"]), &json!("")));
    assert!(has(&ann, "proxy").await && !has(&ann, "read:hub").await);
    let model = ruth.api(Method::GET, "users/ann", None).await.json();
    assert_eq!(model["roles"], json!(["helper", "user"]));

    let grants = ruth
        .api(Method::GET, "roles/helper/grants", None)
        .await
        .expect(200)
        .json();
    assert_eq!(names(&grants), ["ann"]);
    assert_eq!(
        (&grants[0]["kind"], &grants[0]["granted_by"]),
        (&json!("user"), &json!("ruth"))
    );
    ruth.api(Method::DELETE, grant, None).await.expect(204);
    ruth.api(Method::DELETE, grant, None).await.expect(404);
    assert!(!has(&ann, "proxy").await);
    ruth.api(Method::PUT, grant, None).await.expect(201);
    ruth.api(Method::DELETE, "roles/helper", None).await.expect(204);
    assert!(!has(&ann, "proxy").await);
    ruth.api(Method::GET, "roles/helper", None).await.expect(404);
    ruth.api(Method::DELETE, "roles/helper", None).await.expect(404);
}

#[tokio::test]
async fn roles_are_listed_in_pages() {
    let app = school().await;
    let ruth = app.sign_in("ruth").await;
    made(&ruth, "helper", &["read:hub"]).await;
    let all = ruth.api(Method::GET, "roles", None).await.expect(200).json();
    assert_eq!(
        names(&all),
        ["user", "admin", "server", "token", "makes", "tutors", "looks", "helper"]
    );
    let sources: Vec<&str> = all
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|role| role["source"].as_str())
        .collect();
    assert_eq!(&sources[3..6], ["built-in", "configuration", "configuration"]);
    let page = ruth
        .api(Method::GET, "roles?offset=6&limit=1", None)
        .await
        .expect(200)
        .json();
    assert_eq!(names(&page), ["looks"]);
    let plain = Caller::service(&app, "plain");
    for path in ["roles", "roles/helper", "roles/nothing", "roles/helper/grants"] {
        refused(&plain.get(path).await, 403, "Action is not authorized");
    }
    Caller::service(&app, "tutor").get("roles/helper").await.expect(200);
    refused(
        &Caller::service(&app, "tutor").get("roles/helper/grants").await,
        403,
        "",
    );
    Caller::service(&app, "maker")
        .get("roles/helper/grants")
        .await
        .expect(200);
}

#[tokio::test]
async fn a_grant_ends_at_its_moment() {
    let app = school().await;
    let ruth = app.sign_in("ruth").await;
    let (ann, bob) = (app.sign_in("ann").await, app.sign_in("bob").await);
    made(&ruth, "helper", &["read:hub"]).await;
    let for_a_minute = json!({ "expires_in": 60 });
    ruth.api(Method::PUT, "roles/helper/users/ann", Some(for_a_minute))
        .await
        .expect(201);
    let end = (app.clock.now() + SignedDuration::from_secs(120)).to_string();
    let until = json!({ "expires_at": end });
    ruth.api(Method::PUT, "roles/helper/groups/class", Some(until))
        .await
        .expect(201);
    ruth.api(
        Method::PUT,
        "roles/helper/services/plain",
        Some(json!({ "expires_in": 60 })),
    )
    .await
    .expect(201);
    let plain = Caller::service(&app, "plain");
    assert!(has(&ann, "read:hub").await && has(&bob, "read:hub").await);
    plain.get("info").await.expect(200);
    let token = super::token(&ann, "ann", json!({ "scopes": ["read:hub"] })).await;
    let by_token = Caller::with(&app, &token);
    by_token.get("info").await.expect(200);
    let grants = ruth.api(Method::GET, "roles/helper/grants", None).await.json();
    assert_eq!(grants[0]["expires_at"], "2026-11-21T00:02:00.000000Z");

    app.clock.advance(SignedDuration::from_secs(60));
    refused(&plain.get("info").await, 403, "");
    assert!(has(&ann, "read:hub").await, "by the group");
    let grants = ruth.api(Method::GET, "roles/helper/grants", None).await.json();
    assert_eq!(names(&grants), ["class"]);
    app.clock.advance(SignedDuration::from_secs(60));
    assert!(!has(&ann, "read:hub").await && !has(&bob, "read:hub").await);
    refused(&by_token.get("info").await, 403, "");
}

#[tokio::test]
async fn what_is_asked_wrongly_is_said() {
    let app = school().await;
    let ruth = app.sign_in("ruth").await;
    made(&ruth, "helper", &["read:hub"]).await;
    for (body, part) in [
        (json!({ "name": "x" }), "Invalid role name"),
        (json!({ "name": "Upper" }), "Invalid role name"),
        (
            json!({ "name": "good", "scopes": ["nothing"] }),
            "Scope 'nothing' does not exist",
        ),
        (json!({ "name": "good", "scopes": ["users!nobody"] }), "does not exist"),
        (
            json!({ "name": "good", "scopes": ["inherit"] }),
            "has no meaning in a role",
        ),
        (
            json!({ "name": "good", "scopes": ["self!user=ann"] }),
            "has no meaning in a role",
        ),
        (
            json!({ "name": "good", "scopes": vec!["users"; 101] }),
            "at most 100 scopes",
        ),
        (
            json!({ "name": "good", "description": "é".repeat(1024) }),
            "at most 1023",
        ),
        (json!({ "name": "good", "users": [] }), "Invalid JSON"),
        (json!({ "scopes": [] }), "Invalid JSON"),
    ] {
        refused(&ruth.api(Method::POST, "roles", Some(body)).await, 400, part);
    }
    refused(
        &ruth.api(Method::PATCH, "roles/helper", Some(json!({}))).await,
        400,
        "Must specify",
    );
    refused(
        &ruth.api(Method::PATCH, "roles/helper", None).await,
        400,
        "Invalid JSON",
    );
    for (term, part) in [
        (json!({ "expires_in": 0 }), "positive"),
        (json!({ "expires_in": -5 }), "positive"),
        (json!({ "expires_in": i64::MAX }), "too far"),
        (
            json!({ "expires_in": 5, "expires_at": "2030-01-01T00:00:00Z" }),
            "only one",
        ),
        (json!({ "expires_at": "2020-01-01T00:00:00Z" }), "in the future"),
        (json!({ "expires_at": "tomorrow" }), "a time with its zone"),
        (json!({ "until": "tomorrow" }), "Invalid JSON"),
    ] {
        refused(
            &ruth.api(Method::PUT, "roles/helper/users/ann", Some(term)).await,
            400,
            part,
        );
    }
    for path in [
        "roles/nothing/users/ann",
        "roles/helper/users/nobody",
        "roles/helper/groups/nobody",
        "roles/helper/services/nobody",
    ] {
        ruth.api(Method::PUT, path, None).await.expect(404);
        ruth.api(Method::DELETE, path, None).await.expect(404);
    }
}

#[tokio::test]
async fn what_the_configuration_says_is_changed_there() {
    let app = school().await;
    let ruth = app.sign_in("ruth").await;
    let nothing = || Some(json!({ "scopes": [] }));
    for role in ["user", "admin", "server", "token"] {
        let path = format!("roles/{role}");
        refused(&ruth.api(Method::PATCH, &path, nothing()).await, 409, "is built in");
        refused(&ruth.api(Method::DELETE, &path, None).await, 409, "is built in");
        let body = json!({ "name": role });
        refused(
            &ruth.api(Method::POST, "roles", Some(body)).await,
            409,
            "already exists",
        );
    }
    refused(
        &ruth.api(Method::PATCH, "roles/looks", nothing()).await,
        409,
        "comes from the configuration",
    );
    refused(
        &ruth.api(Method::DELETE, "roles/looks", None).await,
        409,
        "comes from the configuration",
    );
    for role in ["user", "server", "token"] {
        let path = format!("roles/{role}/users/ann");
        refused(
            &ruth.api(Method::PUT, &path, None).await,
            409,
            &format!("Role {role} is for"),
        );
        refused(
            &ruth.api(Method::DELETE, &path, None).await,
            409,
            &format!("Role {role} is for"),
        );
    }
    refused(
        &ruth.api(Method::PUT, "roles/makes/services/plain", None).await,
        409,
        "Role makes has its services listed in the configuration",
    );
    refused(
        &ruth.api(Method::DELETE, "roles/makes/services/maker", None).await,
        409,
        "listed",
    );
    // Whom it says nothing about may be given it.
    ruth.api(Method::PUT, "roles/looks/users/ann", None).await.expect(201);
}

#[tokio::test]
async fn roles_of_run_time_outlast_a_start() {
    let app = school().await;
    let ruth = app.sign_in("ruth").await;
    let ann = app.sign_in("ann").await;
    made(&ruth, "helper", &["read:hub"]).await;
    for path in ["roles/helper/users/ann", "roles/looks/users/ann"] {
        ruth.api(Method::PUT, path, None).await.expect(201);
    }
    let app = app.restart().await;
    assert!(has(&ann, "read:hub").await && has(&ann, "read:users:name").await);
    let named = format!("{CONFIG}\n[[role]]\nname = 'helper'\nscopes = ['proxy']\nusers = ['bob']\n");
    let app = app.restart_with(&named).await;
    assert!(!has(&ann, "proxy").await && has(&app.sign_in("bob").await, "proxy").await);
    assert_eq!(
        ruth.api(Method::GET, "roles/helper", None).await.json()["source"],
        "configuration"
    );
}

#[tokio::test]
async fn a_role_changed_on_one_hub_counts_on_the_other() {
    let app = school().await;
    let other = app.replica().await;
    let (ruth, ann) = (app.browser_at_hub(), other.browser());
    ruth.sign_in("ruth", "x").await;
    ann.sign_in("ann", "x").await;
    assert!(!has(&ann, "read:hub").await);
    made(&ruth, "helper", &["read:hub"]).await;
    ruth.api(Method::PUT, "roles/helper/groups/class", None)
        .await
        .expect(201);
    heard(async || has(&ann, "read:hub").await).await;
    let change = json!({ "scopes": ["proxy"] });
    ruth.api(Method::PATCH, "roles/helper", Some(change)).await.expect(200);
    heard(async || has(&ann, "proxy").await && !has(&ann, "read:hub").await).await;
    ruth.api(Method::DELETE, "roles/helper/groups/class", None)
        .await
        .expect(204);
    heard(async || !has(&ann, "proxy").await).await;
    ruth.api(Method::PUT, "roles/helper/users/ann", Some(json!({ "expires_in": 5 })))
        .await
        .expect(201);
    heard(async || has(&ann, "proxy").await).await;
    app.clock.advance(SignedDuration::from_secs(5));
    assert!(!has(&ann, "proxy").await, "the other hub's memory of it ends, too");
    other.stop().await;
}

#[tokio::test]
async fn nobody_makes_a_role_that_allows_more_than_they_may() {
    let app = school().await;
    let maker = Caller::service(&app, "maker");
    let make = async |name: &str, scopes: &[&str]| {
        let body = json!({ "name": name, "scopes": scopes });
        maker.call(Method::POST, "roles", Some(body)).await
    };
    too_much(&make("mighty", &["admin:users"]).await);
    too_much(&make("mighty", &["read:users", "proxy"]).await);
    too_much(&make("mighty", &["servers"]).await);
    too_much(&make("mighty", &["servers!user=eve"]).await);
    // Whoever comes to have it could be anybody.
    too_much(&make("mighty", &["self"]).await);
    too_much(&make("mighty", &["tokens!user"]).await);
    assert!(make("mighty", &["servers"]).await.body.contains("also allows servers"));
    make(
        "within",
        &["servers!group=class", "servers!user=ann", "read:users:name!user"],
    )
    .await
    .expect(201);
    refused(
        &Caller::service(&app, "tutor")
            .call(Method::POST, "roles", Some(json!({ "name": "own" })))
            .await,
        403,
        "Action is not authorized",
    );
}

#[tokio::test]
async fn nobody_widens_a_role_beyond_what_they_may() {
    let app = school().await;
    let ruth = app.sign_in("ruth").await;
    let maker = Caller::service(&app, "maker");
    let body = json!({ "name": "small", "scopes": ["list:users"] });
    maker.call(Method::POST, "roles", Some(body)).await.expect(201);
    maker.call(Method::PUT, "roles/small/users/eve", None).await.expect(201);
    let change = |scopes: &[&str]| Some(json!({ "scopes": scopes }));
    too_much(&maker.call(Method::PATCH, "roles/small", change(&["admin:users"])).await);
    too_much(&maker.call(Method::PATCH, "roles/small", change(&["self"])).await);
    // Nor does anybody meddle with a role that is mightier than they are.
    made(&ruth, "mighty", &["admin:users"]).await;
    too_much(&maker.call(Method::PATCH, "roles/mighty", change(&["list:users"])).await);
    too_much(&maker.call(Method::DELETE, "roles/mighty", None).await);
    maker
        .call(Method::PATCH, "roles/small", change(&["read:users"]))
        .await
        .expect(200);
    maker.call(Method::DELETE, "roles/small", None).await.expect(204);
}

#[tokio::test]
async fn nobody_gives_a_role_that_allows_more_than_they_may() {
    let app = school().await;
    let ruth = app.sign_in("ruth").await;
    made(&ruth, "mighty", &["admin:users"]).await;
    made(&ruth, "own", &["access:servers!user"]).await;
    let maker = Caller::service(&app, "maker");
    for path in ["users/ann", "groups/class", "services/plain"] {
        let path = format!("roles/mighty/{path}");
        too_much(&maker.call(Method::PUT, &path, None).await);
        ruth.api(Method::PUT, &path, None).await.expect(201);
        too_much(&maker.call(Method::DELETE, &path, None).await);
    }
    let tutor = Caller::service(&app, "tutor");
    // Relative to ann it is within what tutors may do in their class; relative to anybody it is not.
    tutor.call(Method::PUT, "roles/own/users/ann", None).await.expect(201);
    too_much(&tutor.call(Method::PUT, "roles/own/groups/class", None).await);
    refused(
        &tutor.call(Method::PUT, "roles/own/users/eve", None).await,
        404,
        "No access to resources",
    );
    refused(
        &tutor.call(Method::PUT, "roles/own/users/nobody", None).await,
        404,
        "No access to resources",
    );
    refused(
        &Caller::service(&app, "plain")
            .call(Method::PUT, "roles/own/users/ann", None)
            .await,
        403,
        "",
    );
}

#[tokio::test]
async fn a_token_gives_only_what_the_token_may() {
    let app = school().await;
    let ruth = app.sign_in("ruth").await;
    made(&ruth, "helper", &["read:hub"]).await;
    let narrow = super::token(&ruth, "ruth", json!({ "scopes": ["admin:roles", "list:users"] })).await;
    let narrow = Caller::with(&app, &narrow);
    narrow.get("roles").await.expect(200);
    too_much(&narrow.call(Method::PUT, "roles/helper/users/ann", None).await);
    let body = json!({ "name": "wide", "scopes": ["admin:users"] });
    too_much(&narrow.call(Method::POST, "roles", Some(body)).await);
}

#[tokio::test]
async fn only_admins_make_admins() {
    let app = school().await;
    let ruth = app.sign_in("ruth").await;
    let ann = app.sign_in("ann").await;
    made(&ruth, "nearly", &["admin:users", "admin:roles"]).await;
    ruth.api(Method::PUT, "roles/nearly/users/ann", None).await.expect(201);
    refused(
        &ann.api(Method::PUT, "roles/admin/users/ann", None).await,
        403,
        "Only admins can grant admin",
    );
    refused(
        &ann.api(Method::DELETE, "roles/admin/users/ruth", None).await,
        403,
        "Only admins can grant admin",
    );
    let ends = Some(json!({ "expires_in": 60 }));
    refused(
        &ruth.api(Method::PUT, "roles/admin/users/ann", ends).await,
        400,
        "knows no end",
    );
    ruth.api(Method::PUT, "roles/admin/users/ann", None).await.expect(201);
    let model = ruth.api(Method::GET, "users/ann", None).await.json();
    assert_eq!(
        (&model["admin"], &model["roles"]),
        (&json!(true), &json!(["admin", "nearly", "user"]))
    );
    ruth.api(Method::DELETE, "roles/admin/users/ann", None)
        .await
        .expect(204);
    let model = ruth.api(Method::GET, "users/ann", None).await.json();
    assert_eq!(
        (&model["admin"], &model["roles"]),
        (&json!(false), &json!(["nearly", "user"]))
    );
}

#[tokio::test]
async fn admins_care_for_roles_on_pages() {
    let app = school().await;
    let ruth = app.sign_in("ruth").await;
    let ann = app.sign_in("ann").await;
    assert!(ruth.get("hub/home").await.text().contains(">Administration</a>"));
    assert!(!ann.get("hub/home").await.text().contains(">Administration</a>"));
    assert_eq!(ann.get("hub/admin/roles").await.status, 403);
    let list = ruth.get("hub/admin/roles").await.expect(200).text();
    assert!(
        list.contains("tutors") && list.contains("From the configuration"),
        "{list}"
    );

    let fields = [
        ("name", "helper"),
        ("description", "helps"),
        ("scopes", "read:hub\r\nlist:users\r\n"),
    ];
    assert_eq!(
        ruth.post_form("hub/admin/roles", &fields).await.to(),
        "/hub/admin/roles/helper"
    );
    let again = ruth.post_form("hub/admin/roles", &fields).await.expect(409).text();
    assert!(
        again.contains("Role helper already exists") && again.contains("list:users\r\n"),
        "{again}"
    );
    let role = "hub/admin/roles/helper";
    let give = [
        ("do", "give"),
        ("kind", "user"),
        ("holder", "ann"),
        ("until", "2026-11-21T01:00"),
    ];
    assert_eq!(ruth.post_form(role, &give).await.to(), "/hub/admin/roles/helper");
    let page = ruth.get(role).await.expect(200).text();
    assert!(
        page.contains("until 2026-11-21 01:00 UTC") && page.contains("given by ruth"),
        "{page}"
    );
    assert!(has(&ann, "read:hub").await);
    let late = [
        ("do", "give"),
        ("kind", "user"),
        ("holder", "bob"),
        ("until", "2020-01-01T01:00"),
    ];
    assert!(
        ruth.post_form(role, &late)
            .await
            .expect(400)
            .text()
            .contains("in the future")
    );
    let nobody = [("do", "give"), ("kind", "group"), ("holder", "none"), ("until", "")];
    assert!(
        ruth.post_form(role, &nobody)
            .await
            .expect(404)
            .text()
            .contains("There is no such")
    );
    let change = [("do", "change"), ("description", ""), ("scopes", "nothing")];
    let wrong = ruth.post_form(role, &change).await.expect(400).text();
    assert!(wrong.contains("Scope 'nothing' does not exist"), "{wrong}");
    let take = [("do", "take"), ("kind", "user"), ("holder", "ann")];
    ruth.post_form(role, &take).await.expect(302);
    assert!(!has(&ann, "read:hub").await);
    // Neither a foreign page nor somebody else.
    let bare = ruth.request(Method::POST, role).form(&[("do", "remove")]);
    assert_eq!(ruth.send(bare).await.status, 403);
    assert_eq!(ann.post_form(role, &[("do", "remove")]).await.status, 403);
    assert_eq!(ruth.post_form(role, &[("do", "remove")]).await.to(), "/hub/admin/roles");
    ruth.get(role).await.expect(404);
}
