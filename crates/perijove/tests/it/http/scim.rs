//! People and groups kept by a directory: as Microsoft Entra ID and Okta ask for it, in their order and in their words.

use perijove_store::{audit, groups, homes, users};
use perijove_testkit::{Answer, App, Browser};
use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};

use super::{full_token, signed_in, start_server, token};

const CONFIG: &str = r#"
[[service]]
name = "entra"
api_token = "the-secret-of-entra"
[[service]]
name = "stranger"
api_token = "the-secret-of-stranger"
[[role]]
name = "provisions"
scopes = ["scim"]
services = ["entra"]
[[role]]
name = "manages-people"
scopes = ["admin:users", "admin:groups"]
services = ["stranger"]
"#;

/// A directory that keeps people here.
struct Directory {
    browser: Browser,
    token: String,
}

impl Directory {
    fn new(app: &App) -> Self {
        Self::with(app, "the-secret-of-entra")
    }

    fn with(app: &App, token: &str) -> Self {
        Self {
            browser: app.browser(),
            token: token.to_owned(),
        }
    }

    async fn send(&self, method: Method, path: &str, body: Option<&Value>, more: &[(&str, &str)]) -> Answer {
        let mut request = self.browser.request(method, &format!("hub/scim/v2/{path}"));
        request = request.header(header::AUTHORIZATION, format!("Bearer {}", self.token));
        for (name, value) in more {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request
                .header(header::CONTENT_TYPE, "application/scim+json; charset=utf-8")
                .body(body.to_string());
        }
        self.browser.send(request).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None, &[]).await
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some(&body), &[]).await
    }

    async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PUT, path, Some(&body), &[]).await
    }

    async fn patch(&self, path: &str, operations: Value) -> Answer {
        let body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": operations,
        });
        self.send(Method::PATCH, path, Some(&body), &[]).await
    }

    async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None, &[]).await
    }

    /// Somebody new; their id.
    async fn make(&self, name: &str) -> String {
        let made = self
            .post("Users", json!({ "userName": name, "active": true }))
            .await
            .expect(201);
        id(&made)
    }
}

fn id(answer: &Answer) -> String {
    answer.json()["id"].as_str().unwrap().to_owned()
}

fn found(answer: Answer) -> Vec<String> {
    let body = answer.expect(200).json();
    let resources = body["Resources"].as_array().unwrap();
    let name = |one: &Value| {
        one.get("userName")
            .or(one.get("displayName"))
            .unwrap()
            .as_str()
            .unwrap()
            .to_owned()
    };
    resources.iter().map(name).collect()
}

/// A refusal in the shape that the standard has for it.
#[track_caller]
fn refused(answer: &Answer, status: u16, kind: Option<&str>) {
    assert_eq!(answer.status, status, "{}", answer.body);
    assert_eq!(answer.header("content-type"), "application/scim+json");
    let body = answer.json();
    assert_eq!(body["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:Error"]));
    assert_eq!(body["status"], status.to_string());
    assert_eq!(body.get("scimType").and_then(Value::as_str), kind, "{body}");
    assert!(
        body["detail"].as_str().is_some_and(|detail| !detail.is_empty()),
        "{body}"
    );
}

async fn start() -> (App, Directory) {
    let app = App::builder().config(CONFIG).start().await;
    let directory = Directory::new(&app);
    (app, directory)
}

fn query(filter: &str) -> String {
    url::form_urlencoded::byte_serialize(filter.as_bytes()).collect()
}

#[tokio::test]
async fn as_entra_does_it() {
    let (app, entra) = start().await;
    // "Test connection" asks for somebody who is not there.
    let nobody = entra
        .get(&format!("Users?filter={}", query("userName eq \"5f3a\"")))
        .await
        .expect(200);
    assert_eq!(nobody.header("content-type"), "application/scim+json");
    assert_eq!(
        (&nobody.json()["totalResults"], &nobody.json()["Resources"]),
        (&json!(0), &json!([]))
    );

    let made = entra
        .post(
            "Users",
            json!({
                "schemas": [
                    "urn:ietf:params:scim:schemas:core:2.0:User",
                    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
                ],
                "externalId": "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef",
                "userName": "Ann@Example.org",
                "active": true,
                "emails": [{ "primary": true, "type": "work", "value": "ann@example.org" }],
                "meta": { "resourceType": "User" },
                "name": { "formatted": "Ann Lee", "familyName": "Lee", "givenName": "Ann" },
                "roles": [],
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { "department": "Physics" },
            }),
        )
        .await
        .expect(201);
    let ann = id(&made);
    let body = made.json();
    assert_eq!(body["userName"], "ann@example.org", "as names are written here");
    assert_eq!(body["meta"]["location"], made.header("location"));
    assert!(made.header("location").ends_with(&format!("/hub/scim/v2/Users/{ann}")));
    let again = entra.post("Users", json!({ "userName": "ANN@example.org" })).await;
    refused(&again, 409, Some("uniqueness"));
    for filter in [
        "userName eq \"ann@EXAMPLE.org\"",
        "externalId eq \"0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef\"",
        "emails[type eq \"work\"].value eq \"ANN@example.org\"",
        "emails[type eq \"home\"].value eq \"x\" or emails.value co \"@example\"",
        "active eq true and userName sw \"ann\"",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq \"physics\"",
    ] {
        let answer = entra.get(&format!("Users?filter={}", query(filter))).await;
        assert_eq!(found(answer), ["ann@example.org"], "{filter}");
    }
    let changed = entra
        .patch(
            &format!("Users/{ann}"),
            json!([
                { "op": "Replace", "path": "emails[type eq \"work\"].value", "value": "ann.lee@example.org" },
                { "op": "Replace", "path": "name.familyName", "value": "Lee-Roy" },
                { "op": "Add", "path": "title", "value": "Doctor" },
                { "op": "Add", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager", "value": [{ "$ref": null, "value": "7" }] },
                { "op": "Add", "path": "addresses[type eq \"work\"].formatted", "value": "CERN" },
                { "op": "Add", "path": "favouriteColour", "value": "green" },
            ]),
        )
        .await
        .expect(200)
        .json();
    assert_eq!(changed["emails"][0]["value"], "ann.lee@example.org");
    assert_eq!(changed["name"]["formatted"], "Ann Lee");
    assert_eq!(changed["name"]["familyName"], "Lee-Roy");
    assert_eq!(changed["title"], "Doctor");
    assert_eq!(changed.get("favouriteColour"), None);

    let staff = entra
        .post(
            "Groups",
            json!({ "displayName": "staff", "externalId": "8aa1a0c0", "meta": { "resourceType": "Group" } }),
        )
        .await
        .expect(201);
    let staff = id(&staff);
    let member = json!([{ "op": "Add", "path": "members", "value": [{ "$ref": null, "value": ann }] }]);
    entra
        .patch(&format!("Groups/{staff}"), member.clone())
        .await
        .expect(200);
    entra.patch(&format!("Groups/{staff}"), member).await.expect(200);
    let without = entra
        .get(&format!("Groups/{staff}?excludedAttributes=members"))
        .await
        .expect(200)
        .json();
    assert!(without.get("members").is_none());
    let asked = format!("id eq \"{staff}\" and members eq \"{ann}\"");
    assert_eq!(
        found(entra.get(&format!("Groups?filter={}", query(&asked))).await),
        ["staff"]
    );
    let user = users::by_name(&app.hub.store, "ann@example.org")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(groups::of_user(&app.hub.store, user.id).await.unwrap(), ["staff"]);
    let person = entra.get(&format!("Users/{ann}")).await.expect(200).json();
    assert_eq!(person["groups"][0]["display"], "staff");
    let gone = json!([{ "op": "Remove", "path": "members", "value": [{ "$ref": null, "value": ann }] }]);
    let left = entra.patch(&format!("Groups/{staff}"), gone).await.expect(200).json();
    assert_eq!(left["members"], json!([]));
    let renamed = json!([{ "op": "Replace", "path": "displayName", "value": "people" }]);
    entra.patch(&format!("Groups/{staff}"), renamed).await.expect(200);
    assert_eq!(
        found(entra.get("Groups?filter=displayName%20eq%20%22people%22").await),
        ["people"]
    );
    entra.delete(&format!("Groups/{staff}")).await.expect(204);
    refused(&entra.get(&format!("Groups/{staff}")).await, 404, None);
}

#[tokio::test]
async fn who_is_suspended_is_out_at_once_and_comes_back() {
    let (app, entra) = start().await;
    let ann = entra.make("ann").await;
    let browser = app.sign_in("ann").await;
    start_server(&browser, "ann").await;
    let own = token(&browser, "ann", json!({})).await;
    assert_eq!(app.spawner.running().len(), 1);

    // Entra says it as a word, Okta without a path.
    let off = json!([{ "op": "Replace", "path": "active", "value": "False" }]);
    let told = entra.patch(&format!("Users/{ann}"), off).await.expect(200).json();
    assert_eq!(told["active"], false);
    assert!(!signed_in(&browser).await);
    let by_token = app.browser().api_with_token(&own, Method::GET, "user", None).await;
    assert_eq!(by_token.status, 403);
    for _ in 0..1000 {
        if app.spawner.running().is_empty() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert!(app.spawner.running().is_empty(), "their server goes on");
    let stranger = app.browser();
    stranger.get("hub/login").await;
    let fields = [("username", "ann"), ("password", "password")];
    let refused = stranger.post_form("hub/login", &fields).await;
    assert_eq!(refused.status, 403, "{}", refused.body);
    assert!(refused.text().contains("suspended"), "{}", refused.text());
    assert_eq!(found(entra.get("Users?filter=active%20eq%20false").await), ["ann"]);
    // A one-time link lets nobody in either, nor a token that an administrator makes for them.
    let ruth = app.sign_in("ruth").await;
    let made = ruth.api(Method::POST, "users/ann/tokens", Some(json!({}))).await;
    if made.status == 201 {
        let made = made.json()["token"].as_str().unwrap().to_owned();
        let by_token = app.browser().api_with_token(&made, Method::GET, "user", None).await;
        assert_eq!(by_token.status, 403);
    }

    let on = json!([{ "op": "replace", "value": { "active": true } }]);
    let told = entra.patch(&format!("Users/{ann}"), on).await.expect(200).json();
    assert_eq!(told["active"], true);
    assert!(signed_in(&app.sign_in("ann").await).await);
    let of_ann = audit::Query {
        target: Some("user ann".into()),
        ..Default::default()
    };
    let entries = audit::list(&app.hub.store, &of_ann, 50).await.unwrap();
    let turned: Vec<_> = entries.iter().filter(|entry| entry.act == "user.changed").collect();
    assert_eq!(turned.len(), 2, "{turned:?}");
    assert_eq!(
        (turned[0].actor.as_str(), &turned[0].detail["active"]),
        ("entra", &json!(false))
    );
}

#[tokio::test]
async fn as_okta_does_it() {
    let (app, okta) = start().await;
    let asked = okta
        .get("Users?startIndex=1&count=2&filter=userName%20eq%20%22bob%22")
        .await;
    assert!(found(asked).is_empty());
    let person = |active: bool, name: &str| {
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "userName": name,
            "name": { "givenName": "Bob", "familyName": "Ray" },
            "emails": [{ "primary": true, "value": "bob@example.org", "type": "work" }],
            "displayName": "Bob Ray",
            "locale": "en-US",
            "externalId": "00ujl29u0le5T6Aj10h7",
            "groups": [],
            "password": "1mz050nq",
            "active": active,
        })
    };
    let made = okta.post("Users", person(true, "bob")).await.expect(201);
    assert!(!made.body.contains("1mz050nq"));
    let bob = id(&made);
    let mut whole = person(false, "bob");
    whole["id"] = json!(bob);
    let told = okta.put(&format!("Users/{bob}"), whole).await.expect(200).json();
    assert_eq!(
        (&told["active"], &told["displayName"]),
        (&json!(false), &json!("Bob Ray"))
    );
    // What is not spoken of brings nobody back.
    let told = okta
        .put(&format!("Users/{bob}"), json!({ "userName": "bob" }))
        .await
        .expect(200)
        .json();
    assert_eq!((&told["active"], told.get("displayName")), (&json!(false), None));
    okta.put(&format!("Users/{bob}"), person(true, "robert"))
        .await
        .expect(200);
    assert!(users::by_name(&app.hub.store, "robert").await.unwrap().is_some());
    let cyd = okta.make("cyd").await;
    refused(
        &okta.put(&format!("Users/{bob}"), person(true, "cyd")).await,
        409,
        Some("uniqueness"),
    );

    let made = okta
        .post(
            "Groups",
            json!({ "displayName": "lab", "members": [{ "value": bob, "display": "robert" }] }),
        )
        .await
        .expect(201);
    let lab = id(&made);
    let operations = json!([
        { "op": "remove", "path": format!("members[value eq \"{bob}\"]") },
        { "op": "add", "path": "members", "value": [{ "value": cyd, "display": "cyd" }] },
        { "op": "replace", "value": { "id": lab, "displayName": "laboratory" } },
    ]);
    let told = okta
        .patch(&format!("Groups/{lab}"), operations)
        .await
        .expect(200)
        .json();
    assert_eq!(told["displayName"], "laboratory");
    assert_eq!(told["members"][0]["value"], json!(cyd));
    let nobody = json!([{ "op": "add", "path": "members", "value": [{ "value": "no-such-id" }] }]);
    refused(
        &okta.patch(&format!("Groups/{lab}"), nobody).await,
        400,
        Some("invalidValue"),
    );
    let all = json!({ "displayName": "laboratory", "members": [{ "value": bob }] });
    let told = okta.put(&format!("Groups/{lab}"), all).await.expect(200).json();
    assert_eq!(told["members"].as_array().unwrap().len(), 1);
    refused(
        &okta.post("Groups", json!({ "displayName": "laboratory" })).await,
        409,
        Some("uniqueness"),
    );
}

#[tokio::test]
async fn who_is_deleted_leaves_files_and_no_id() {
    let (app, entra) = start().await;
    let ann = entra.make("ann").await;
    let browser = app.sign_in("ann").await;
    start_server(&browser, "ann").await;
    let user = users::by_name(&app.hub.store, "ann").await.unwrap().unwrap();
    let home = homes::of_user(&app.hub.store, user.id, "fake").await.unwrap().unwrap();
    entra.delete(&format!("Users/{ann}")).await.expect(204);
    assert!(users::by_name(&app.hub.store, "ann").await.unwrap().is_none());
    assert!(!signed_in(&browser).await);
    let home = homes::by_id(&app.hub.store, home.id).await.unwrap();
    assert!(home.is_some(), "files are in the trash");
    refused(&entra.delete(&format!("Users/{ann}")).await, 404, None);
    // Whoever has the name or the number next is somebody else.
    assert_ne!(entra.make("ann").await, ann);
    refused(&entra.get(&format!("Users/{ann}")).await, 404, None);
}

#[tokio::test]
async fn lists_come_in_pages_and_with_whom_nobody_provisioned() {
    let (app, entra) = start().await;
    app.sign_in("zoe").await;
    for number in 0..5 {
        entra.make(&format!("person-{number}")).await;
    }
    let all = found(entra.get("Users").await);
    assert!(
        all.contains(&"zoe".to_owned()),
        "who was here before can be taken over: {all:?}"
    );
    let total = all.len();
    let page = entra.get("Users?startIndex=3&count=2").await.expect(200).json();
    assert_eq!(page["totalResults"], total);
    assert_eq!((&page["startIndex"], &page["itemsPerPage"]), (&json!(3), &json!(2)));
    assert_eq!(page["Resources"][0]["userName"], json!(all[2]));
    let filtered = entra
        .get("Users?filter=userName%20sw%20%22person%22&startIndex=2&count=2")
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&filtered["totalResults"], &filtered["itemsPerPage"]),
        (&json!(5), &json!(2))
    );
    let none = entra.get("Users?count=0").await.expect(200).json();
    assert_eq!((&none["totalResults"], &none["Resources"]), (&json!(total), &json!([])));
    assert_eq!(
        entra.get("Users?startIndex=-7&count=-1").await.expect(200).json()["startIndex"],
        1
    );
    let only = entra.get("Users?attributes=userName&count=1").await.expect(200).json();
    let keys: Vec<&String> = only["Resources"][0].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["id", "schemas", "userName"]);
    for bad in [
        "count=x",
        "filter=userName",
        "filter=userName%20like%20%22x%22",
        "startIndex=1.5",
    ] {
        assert_eq!(entra.get(&format!("Users?{bad}")).await.status, 400, "{bad}");
    }
}

#[tokio::test]
async fn versions_keep_changes_apart() {
    let (_app, entra) = start().await;
    let ann = entra.make("ann").await;
    let path = format!("Users/{ann}");
    let told = entra.get(&path).await.expect(200);
    let version = told.header("etag").to_owned();
    assert_eq!(told.json()["meta"]["version"], json!(version));
    let same = entra
        .send(Method::GET, &path, None, &[("if-none-match", &version)])
        .await;
    assert_eq!(same.status, StatusCode::NOT_MODIFIED);
    let body = json!({ "Operations": [{ "op": "add", "path": "title", "value": "x" }] });
    let changed = entra
        .send(Method::PATCH, &path, Some(&body), &[("if-match", &version)])
        .await
        .expect(200);
    assert_ne!(changed.header("etag"), version);
    let late = entra
        .send(Method::PATCH, &path, Some(&body), &[("if-match", &version)])
        .await;
    refused(&late, 412, None);
    let late = entra.send(Method::DELETE, &path, None, &[("if-match", &version)]).await;
    refused(&late, 412, None);
}

#[tokio::test]
async fn only_who_has_the_scope_keeps_people() {
    let (app, entra) = start().await;
    let ann = entra.make("ann").await;
    let cookie = app.sign_in("ruth").await;
    let admin = full_token(&app, "ruth").await;
    let own = full_token(&app, "zoe").await;
    let places = [
        (Method::GET, "ServiceProviderConfig".to_owned()),
        (Method::GET, "Schemas".to_owned()),
        (Method::GET, "ResourceTypes".to_owned()),
        (Method::GET, "Users".to_owned()),
        (Method::POST, "Users".to_owned()),
        (Method::GET, format!("Users/{ann}")),
        (Method::PUT, format!("Users/{ann}")),
        (Method::PATCH, format!("Users/{ann}")),
        (Method::DELETE, format!("Users/{ann}")),
        (Method::GET, "Groups".to_owned()),
        (Method::POST, "Groups".to_owned()),
        (Method::DELETE, "Groups/x".to_owned()),
    ];
    let people = [("the-secret-of-stranger", 403), (own.as_str(), 403), ("wrong", 401)];
    for (method, path) in &places {
        let body = json!({ "userName": "mallory", "displayName": "mallory" });
        for (token, status) in people {
            let answer = Directory::with(&app, token)
                .send(method.clone(), path, Some(&body), &[])
                .await;
            refused(&answer, status, None);
        }
        // A browser is none, whoever is signed in there.
        let request = cookie.request(method.clone(), &format!("hub/scim/v2/{path}"));
        let answer = cookie
            .send(request.header("x-xsrftoken", cookie.xsrf()).body(body.to_string()))
            .await;
        refused(&answer, 401, None);
        assert_eq!(answer.header("www-authenticate"), "Bearer");
    }
    assert!(users::by_name(&app.hub.store, "mallory").await.unwrap().is_none());
    found(Directory::with(&app, &admin).get("Users").await);
    refused(&entra.get("Nothing").await, 404, None);
    refused(&entra.send(Method::DELETE, "Users", None, &[]).await, 405, None);
}

#[tokio::test]
async fn nobody_becomes_an_administrator_by_a_name() {
    let (app, entra) = start().await;
    let ann = entra.make("ann").await;
    app.sign_in("ruth").await;
    let listed = entra.get("Users?filter=userName%20eq%20%22ruth%22").await.json();
    let ruth = listed["Resources"][0]["id"].as_str().unwrap().to_owned();
    let named = |name: &str| json!([{ "op": "replace", "path": "userName", "value": name }]);
    refused(&entra.patch(&format!("Users/{ruth}"), named("other")).await, 403, None);
    entra.delete(&format!("Users/{ruth}")).await.expect(204);
    refused(&entra.patch(&format!("Users/{ann}"), named("ruth")).await, 403, None);
    let claim = json!([{ "op": "add", "path": "roles", "value": [{ "value": "admin" }] }]);
    entra.patch(&format!("Users/{ann}"), claim).await.expect(200);
    assert!(!users::by_name(&app.hub.store, "ann").await.unwrap().unwrap().admin);
    for bad in ["", "a/b", "..", " x y /", "\u{0}"] {
        let answer = entra.post("Users", json!({ "userName": bad })).await;
        assert_eq!(answer.status, 400, "{bad:?}: {}", answer.body);
    }
}

#[tokio::test]
async fn what_is_here_is_described() {
    let (_app, entra) = start().await;
    let provider = entra.get("ServiceProviderConfig").await.expect(200).json();
    assert_eq!(provider["patch"]["supported"], true);
    assert_eq!(provider["bulk"]["supported"], false);
    let types = entra.get("ResourceTypes").await.expect(200).json();
    assert_eq!(types["totalResults"], 2);
    for one in types["Resources"].as_array().unwrap() {
        let schema = one["schema"].as_str().unwrap();
        let described = entra.get(&format!("Schemas/{schema}")).await.expect(200).json();
        assert_eq!(described["id"], json!(schema));
        entra
            .get(one["endpoint"].as_str().unwrap().trim_start_matches('/'))
            .await
            .expect(200);
    }
    refused(&entra.get("Schemas/urn:nothing").await, 404, None);
}
