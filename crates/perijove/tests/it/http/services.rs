//! The REST API: services, those of the configuration and those made at run time.

use perijove_store::{oauth, services, tokens};
use perijove_testkit::{Answer, App, Browser};
use reqwest::Method;
use serde_json::{Value, json};

use super::rest::Caller;
use super::{full_token, refused};

const SERVICES: &str = r#"
[[service]]
name = "fixed"
url = "http://127.0.0.1:9"
api_token = "the-secret-of-fixed"
info = { contact = "it" }
display = false
[[service]]
name = "maker"
api_token = "the-secret-of-maker"
[[service]]
name = "narrow"
api_token = "the-secret-of-narrow"
[[service]]
name = "reader"
api_token = "the-secret-of-reader"
[[service]]
name = "namer"
api_token = "the-secret-of-namer"
[[role]]
name = "makes"
scopes = ["admin:services"]
services = ["maker"]
[[role]]
name = "narrows"
scopes = ["admin:services!service=mine", "list:services!service=fixed", "list:services!user=ann"]
services = ["narrow"]
[[role]]
name = "reads"
scopes = ["read:services!service=fixed", "list:services"]
services = ["reader"]
[[role]]
name = "names"
scopes = ["read:services:name", "read:roles:services"]
services = ["namer"]
"#;

async fn start() -> App {
    App::builder().config(SERVICES).start().await
}

async fn post(caller: &Caller, path: &str, body: Value) -> Answer {
    caller.call(Method::POST, path, Some(body)).await
}

fn new_service() -> Value {
    json!({
        "admin": false, "url": "http://127.0.0.1:9100", "api_token": "a-token-of-some-length", "info": {"for": "tests"},
        "oauth_no_confirm": true, "oauth_client_id": "service-of-the-test",
        "oauth_redirect_uri": "http://127.0.0.1:9100/callback",
    })
}

fn fixed() -> Value {
    json!({
        "kind": "service", "name": "fixed", "admin": false, "url": "http://127.0.0.1:9", "prefix": "/services/fixed/",
        "command": [], "pid": 0, "info": {"contact": "it"}, "display": false, "roles": [],
    })
}

/// Where a path leads, by what the proxy knows.
async fn routed(app: &App, path: &str) -> bool {
    let answer: Value = app
        .browser()
        .get_with(
            "hub/api/proxy",
            "authorization",
            &format!("token {}", full_token(app, "ruth").await),
        )
        .await
        .expect(200)
        .json();
    answer.get(path).is_some()
}

#[tokio::test]
async fn those_of_the_configuration_are_told() {
    let app = start().await;
    let maker = Caller::service(&app, "maker");
    let all = maker.get("services").await.expect(200).json();
    let names: Vec<&String> = all.as_object().unwrap().keys().collect();
    assert_eq!(names, ["fixed", "maker", "namer", "narrow", "reader"]);
    assert_eq!(all["fixed"], fixed());
    assert_eq!(
        (&all["maker"]["url"], &all["maker"]["prefix"]),
        (&json!(""), &json!(""))
    );
    assert_eq!(all["maker"]["roles"], json!(["makes"]));
    assert_eq!(maker.get("services/fixed").await.expect(200).json(), fixed());
    refused(&maker.get("services/none").await, 404, "No such service: none");
}

#[tokio::test]
async fn scopes_limit_what_is_told() {
    let app = start().await;
    let reader = Caller::service(&app, "reader").get("services").await.expect(200).json();
    assert_eq!(
        reader["maker"],
        json!({"kind": "service", "name": "maker", "admin": false})
    );
    assert_eq!(reader["fixed"]["info"], json!({"contact": "it"}));
    assert!(reader["fixed"].get("roles").is_none());
    let namer = Caller::service(&app, "namer");
    let model = namer.get("services/maker").await.expect(200).json();
    assert_eq!(
        model,
        json!({"kind": "service", "name": "maker", "admin": false, "roles": ["makes"]})
    );
    refused(&namer.get("services").await, 403, "list:services");
    let narrow = Caller::service(&app, "narrow");
    let seen = narrow.get("services").await.expect(200).json();
    assert_eq!(
        seen,
        json!({"fixed": {"kind": "service", "name": "fixed", "admin": false}})
    );
    refused(
        &narrow.get("services/maker").await,
        404,
        "No access to resources or resources not found",
    );
    let ann = app.sign_in("ann").await;
    ann.api(Method::GET, "services", None).await.expect(403);
    ann.api(Method::POST, "services/x", Some(json!({"display": true})))
        .await
        .expect(403);
}

#[tokio::test]
async fn those_that_one_may_open_are_in_the_menu() {
    let app = start().await;
    let maker = Caller::service(&app, "maker");
    for (name, display) in [("shown", true), ("hidden", false)] {
        let body = json!({ "url": "http://127.0.0.1:9101", "display": display });
        post(&maker, &format!("services/{name}"), body).await.expect(201);
    }
    post(&maker, "services/nowhere", json!({ "display": true }))
        .await
        .expect(201);
    let home = app.sign_in("ruth").await.get("hub/home").await.expect(200).body;
    assert!(home.contains(">shown</a>"), "{home}");
    for name in ["hidden", "nowhere", "fixed"] {
        assert!(!home.contains(&format!(">{name}</a>")), "{name}: {home}");
    }
    let ann = app.sign_in("ann").await.get("hub/home").await.expect(200).body;
    assert!(!ann.contains(">shown</a>"), "she may not open it: {ann}");
    maker.call(Method::DELETE, "services/shown", None).await.expect(200);
    let home = app.sign_in("ruth").await.get("hub/home").await.expect(200).body;
    assert!(!home.contains(">shown</a>"), "{home}");
}

#[tokio::test]
async fn one_is_made_used_and_deleted() {
    let app = start().await;
    let maker = Caller::service(&app, "maker");
    let made = post(&maker, "services/fresh", new_service()).await.expect(201).json();
    assert_eq!(
        made,
        json!({
            "kind": "service", "name": "fresh", "admin": false, "url": "http://127.0.0.1:9100",
            "prefix": "/services/fresh/", "command": [], "pid": 0, "info": {"for": "tests"}, "display": true, "roles": [],
        })
    );
    let store = &app.hub.store;
    let client = oauth::client(store, "service-of-the-test").await.unwrap().unwrap();
    assert_eq!(client.redirect_uri, "http://127.0.0.1:9100/callback");
    assert_eq!(client.allowed_scopes, ["access:services!service=fresh"]);
    assert!(
        services::by_name(store, "fresh")
            .await
            .unwrap()
            .unwrap()
            .oauth_no_confirm
    );
    let own = Caller::with(&app, "a-token-of-some-length");
    assert_eq!(own.get("user").await.expect(200).json()["name"], "fresh");
    assert!(routed(&app, "/services/fresh/").await);
    refused(
        &post(&maker, "services/fresh", new_service()).await,
        409,
        "Service fresh already exists",
    );
    refused(
        &post(&maker, "services/fixed", new_service()).await,
        409,
        "Service fixed already exists",
    );

    let gone = maker.call(Method::DELETE, "services/fresh", None).await.expect(200);
    assert_eq!(gone.body, "");
    assert_eq!(own.get("user").await.status, 403);
    assert_eq!(oauth::client(store, "service-of-the-test").await.unwrap(), None);
    assert!(!routed(&app, "/services/fresh/").await);
    let again = maker.call(Method::DELETE, "services/fresh", None).await;
    refused(&again, 404, "Service fresh does not exist");
    let fixed = maker.call(Method::DELETE, "services/fixed", None).await;
    refused(&fixed, 405, "Service fixed is not modifiable at runtime");
}

#[tokio::test]
async fn what_was_made_outlives_the_hub_and_is_known_to_all() {
    let app = start().await;
    let maker = Caller::service(&app, "maker");
    let replica = app.replica().await;
    post(&maker, "services/fresh", new_service()).await.expect(201);
    let ask = async |browser: Browser| {
        browser
            .api_with_token("a-token-of-some-length", Method::GET, "user", None)
            .await
            .expect(200)
            .json()
    };
    assert_eq!(ask(replica.browser()).await["name"], "fresh");
    replica.stop().await;
    let app = app.restart().await;
    assert_eq!(ask(app.browser()).await["name"], "fresh");
    assert!(routed(&app, "/services/fresh/").await);
    // What the configuration says counts from then on.
    let taken = format!("{SERVICES}[[service]]\nname = \"fresh\"\napi_token = \"the-secret-of-fresh\"\n");
    let app = app.restart_with(&taken).await;
    let model = Caller::service(&app, "maker")
        .get("services/fresh")
        .await
        .expect(200)
        .json();
    assert_eq!(model["url"], "");
    assert_eq!(
        Caller::with(&app, "a-token-of-some-length").get("user").await.status,
        403
    );
    assert_eq!(
        Caller::service(&app, "fresh").get("user").await.expect(200).json()["name"],
        "fresh"
    );
}

#[tokio::test]
async fn what_is_wrong_is_refused_and_leaves_nothing() {
    let app = start().await;
    let maker = Caller::service(&app, "maker");
    for (change, words) in [
        (
            json!({"command": ["foo"]}),
            "Can not create managed service x at runtime",
        ),
        (json!({"admin": true}), "Not assigning requested scopes"),
        (
            json!({"oauth_client_allowed_scopes": ["admin:users"]}),
            "Not assigning requested scopes",
        ),
        (json!({"oauth_client_allowed_scopes": ["no:such"]}), ""),
        (json!({"url": "ftp://127.0.0.1"}), "url"),
        (json!({"url": "here"}), "url"),
        (json!({"url": 1}), ""),
        (json!({"api_token": "short"}), "8 to 64"),
        (json!({"api_token": "a token that no header can carry"}), "8 to 64"),
        (json!({"api_token": "the-secret-of-fixed"}), "in use"),
        (json!({"oauth_client_id": "mine"}), "must begin with 'service-'"),
        (json!({"oauth_client_id": "service-fixed"}), "another service's"),
        (
            json!({"url": "", "oauth_redirect_uri": ""}),
            "oauth_redirect_uri is missing",
        ),
        (json!({"timeout": 3}), ""),
        (json!({"admin": "yes"}), ""),
        (json!({"info": "text"}), ""),
    ] {
        let mut body = new_service();
        body.as_object_mut()
            .unwrap()
            .extend(change.as_object().unwrap().clone());
        refused(&post(&maker, "services/x", body).await, 400, words);
    }
    refused(
        &post(&maker, "services/x", json!({})).await,
        400,
        "Invalid service data",
    );
    refused(
        &maker.call(Method::POST, "services/x", None).await,
        400,
        "Invalid service data",
    );
    for name in ["%20x", "a%2Fb", "%252e", "%252E%252E"] {
        refused(
            &post(&maker, &format!("services/{name}"), new_service()).await,
            400,
            "name",
        );
    }
    assert_eq!(services::list(&app.hub.store).await.unwrap().len(), 5);
    let token = tokens::find(&app.hub.store, "a-token-of-some-length", app.hub.clock.now()).await;
    assert_eq!(token.unwrap(), None);
}

#[tokio::test]
async fn nobody_gives_a_service_more_than_they_have() {
    let app = start().await;
    let ruth = full_token(&app, "ruth").await;
    let admin = Caller::with(&app, &ruth);
    let all = json!({"admin": true, "api_token": "the-secret-of-boss", "oauth_client_allowed_scopes": ["admin:users"],
                     "url": "http://127.0.0.1:9100"});
    let made = post(&admin, "services/boss", all.clone()).await.expect(201).json();
    assert_eq!((&made["admin"], &made["roles"]), (&json!(true), &json!(["admin"])));
    Caller::service(&app, "boss").get("users").await.expect(200);
    // A token that may make services, and no more, makes none that may: whoever its owner is.
    let wish = json!({"scopes": ["admin:services"]});
    let token = admin
        .call(Method::POST, "users/ruth/tokens", Some(wish))
        .await
        .expect(201)
        .json();
    let lesser = Caller::with(&app, token["token"].as_str().unwrap());
    let mut other = all.clone();
    other["api_token"] = "the-secret-of-other".into();
    refused(
        &post(&lesser, "services/other", other).await,
        400,
        "Not assigning requested scopes",
    );
    // An admin of JupyterHub's kind may not read the audit log, say: a service that is one might.
    let wish = json!({"scopes": perijove_model::scopes::roles::ADMIN.scopes});
    let token = admin
        .call(Method::POST, "users/ruth/tokens", Some(wish))
        .await
        .expect(201)
        .json();
    let theirs = Caller::with(&app, token["token"].as_str().unwrap());
    let mut other = all;
    other["api_token"] = "the-secret-of-another".into();
    let refusal = post(&theirs, "services/another", other).await;
    refused(&refusal, 400, "admin:roles");
    let narrow = Caller::service(&app, "narrow");
    post(&narrow, "services/mine", json!({"display": false}))
        .await
        .expect(201);
    refused(
        &post(&narrow, "services/yours", json!({"display": false})).await,
        404,
        "",
    );
    refused(&narrow.call(Method::DELETE, "services/boss", None).await, 404, "");
}

#[tokio::test]
async fn two_that_make_the_same_make_one() {
    let app = start().await;
    let maker = Caller::service(&app, "maker");
    let (one, other) = tokio::join!(
        post(&maker, "services/twin", json!({"display": true})),
        post(&maker, "services/twin", json!({"display": true})),
    );
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
}
