//! The REST API: groups, their members and their properties.

use perijove_testkit::App;
use reqwest::Method;
use serde_json::{Value, json};

use super::rest::{Caller, names};
use super::{full_token, refused};

const GROUPS: &str = r#"
[[service]]
name = "keeper"
api_token = "the-secret-of-keeper"
[[service]]
name = "narrow"
api_token = "the-secret-of-narrow"
[[service]]
name = "namer"
api_token = "the-secret-of-namer"
[[service]]
name = "lister"
api_token = "the-secret-of-lister"
[[service]]
name = "wrong"
api_token = "the-secret-of-wrong"
[[group]]
name = "class"
users = ["ann", "bob"]
properties = { room = "B12" }
[[role]]
name = "keeps"
scopes = ["admin:groups"]
services = ["keeper"]
[[role]]
name = "narrows"
scopes = ["admin:groups!group=class", "admin:groups!group=mine", "list:groups!group=nosuchgroup"]
services = ["narrow"]
[[role]]
name = "names"
scopes = ["read:groups:name", "read:roles:groups"]
services = ["namer"]
groups = ["class"]
[[role]]
name = "lists"
scopes = ["list:groups"]
services = ["lister"]
[[role]]
name = "wrongs"
scopes = ["list:groups!user=ann", "read:groups"]
services = ["wrong"]
"#;

async fn start() -> App {
    App::builder().config(GROUPS).start().await
}

async fn post(caller: &Caller, path: &str, body: Value) -> perijove_testkit::Answer {
    caller.call(Method::POST, path, Some(body)).await
}

#[tokio::test]
async fn a_group_is_made_filled_and_deleted() {
    let app = start().await;
    let keeper = Caller::service(&app, "keeper");
    let made = post(&keeper, "groups/staff", json!({"users": ["ANN", "ann"]}))
        .await
        .expect(201)
        .json();
    let staff =
        |users: &[&str]| json!({"kind": "group", "name": "staff", "users": users, "properties": {}, "roles": []});
    assert_eq!(made, staff(&["ann"]));
    refused(
        &post(&keeper, "groups/staff", json!({})).await,
        409,
        "Group staff already exists",
    );
    assert_eq!(keeper.get("groups/staff").await.expect(200).json(), staff(&["ann"]));

    let more = post(&keeper, "groups/staff/users", json!({"users": ["bob", "ann"]})).await;
    assert_eq!(more.expect(200).json(), staff(&["ann", "bob"]));
    let less = keeper
        .call(
            Method::DELETE,
            "groups/staff/users",
            Some(json!({"users": ["ann", "ruth"]})),
        )
        .await;
    assert_eq!(less.expect(200).json(), staff(&["bob"]));

    let gone = keeper.call(Method::DELETE, "groups/staff", None).await.expect(204);
    assert_eq!(gone.body, "");
    refused(&keeper.get("groups/staff").await, 404, "No such group: staff");
    refused(
        &keeper.call(Method::DELETE, "groups/staff", None).await,
        404,
        "No such group: staff",
    );
    // Whoever was in it is still there.
    let ruth = Caller::with(&app, &full_token(&app, "ruth").await);
    assert_eq!(
        ruth.get("users/bob").await.expect(200).json()["groups"],
        json!(["class"])
    );
}

#[tokio::test]
async fn bodies_that_mean_nothing_are_refused_and_change_nothing() {
    let app = start().await;
    let keeper = Caller::service(&app, "keeper");
    for (method, path, body, words) in [
        (
            Method::POST,
            "groups/new",
            json!({"users": ["nobody"]}),
            "No such user: nobody",
        ),
        (Method::POST, "groups/new", json!({"users": "ann"}), ""),
        (Method::POST, "groups/new", json!({"members": []}), ""),
        (Method::POST, "groups/%20new", json!({}), "Invalid name"),
        (Method::POST, "groups", json!({}), ""),
        (
            Method::POST,
            "groups",
            json!({"groups": []}),
            "Must specify at least one group to create",
        ),
        (Method::POST, "groups", json!({"groups": [""]}), "Invalid name"),
        (Method::POST, "groups", json!({"groups": ["a", 1]}), ""),
        (
            Method::POST,
            "groups/class/users",
            json!({}),
            "Must specify users to add",
        ),
        (
            Method::DELETE,
            "groups/class/users",
            json!({}),
            "Must specify users to delete",
        ),
        (
            Method::POST,
            "groups/class/users",
            json!({"users": ["ruth", "nobody"]}),
            "No such user: nobody",
        ),
        (Method::PUT, "groups/class/properties", json!(["list"]), ""),
        (Method::PUT, "groups/class/properties", json!("text"), ""),
        (
            Method::PUT,
            "groups/class/properties",
            json!(null),
            "Must specify properties",
        ),
    ] {
        refused(&keeper.call(method, path, Some(body)).await, 400, words);
    }
    refused(
        &keeper.call(Method::PUT, "groups/class/properties", None).await,
        400,
        "Must specify properties",
    );
    refused(
        &post(&keeper, "groups/none/users", json!({"users": []})).await,
        404,
        "No such group: none",
    );
    let all = keeper.get("groups").await.expect(200).json();
    assert_eq!(names(&all), ["class"], "{all}");
    assert_eq!(
        (&all[0]["users"], &all[0]["properties"]),
        (&json!(["ann", "bob"]), &json!({"room": "B12"}))
    );
}

#[tokio::test]
async fn several_are_made_or_none() {
    let app = start().await;
    let keeper = Caller::service(&app, "keeper");
    let made = post(&keeper, "groups", json!({"groups": ["one", "two"], "users": ["ann"]})).await;
    let made = made.expect(201).json();
    assert_eq!(names(&made), ["one", "two"]);
    assert_eq!(made[1]["users"], json!(["ann"]));
    let again = post(&keeper, "groups", json!({"groups": ["three", "two", "four"]})).await;
    refused(&again, 409, "Group two already exists");
    let each = post(&keeper, "groups", json!({"groups": {"five": ["bob"], "six": []}}))
        .await
        .expect(201)
        .json();
    assert_eq!((&each[0]["users"], &each[1]["users"]), (&json!(["bob"]), &json!([])));
    let all = keeper.get("groups").await.expect(200).json();
    assert_eq!(
        names(&all),
        ["class", "one", "two", "five", "six"],
        "three would be half of what was asked for"
    );
}

#[tokio::test]
async fn properties_are_replaced_and_outlive_the_hub() {
    let app = start().await;
    let keeper = Caller::service(&app, "keeper");
    post(&keeper, "groups/mine", json!({})).await.expect(201);
    let properties = json!({"str": "x", "int": 5, "list": ["a"], "deep": {"ü": null}});
    let put = async |properties: &Value| {
        keeper
            .call(Method::PUT, "groups/mine/properties", Some(properties.clone()))
            .await
            .expect(200)
            .json()
    };
    assert_eq!(put(&properties).await["properties"], properties);
    let app = app.restart().await;
    let keeper = Caller::service(&app, "keeper");
    assert_eq!(keeper.get("groups/mine").await.json()["properties"], properties);
    let emptied = keeper
        .call(Method::PUT, "groups/mine/properties", Some(json!({})))
        .await;
    assert_eq!(emptied.expect(200).json()["properties"], json!({}));
}

#[tokio::test]
async fn lists_come_in_pages() {
    let app = start().await;
    let keeper = Caller::service(&app, "keeper");
    post(&keeper, "groups", json!({"groups": ["b", "a"]})).await.expect(201);
    for (query, expected) in [
        ("", &["class", "b", "a"][..]),
        ("?offset=1", &["b", "a"]),
        ("?offset=10", &[]),
        ("?limit=1", &["class"]),
        ("?limit=0", &["class"]),
        ("?offset=-1&limit=1", &["b"]),
    ] {
        let list = keeper.get(&format!("groups{query}")).await.expect(200).json();
        assert_eq!(names(&list), expected, "{query}");
    }
    refused(&keeper.get("groups?limit=all").await, 400, "must be integers");
    let request = app
        .browser()
        .request(Method::GET, "hub/api/groups?limit=2")
        .header("authorization", "token the-secret-of-keeper")
        .header("accept", "application/jupyterhub-pagination+json");
    let page = app.browser().send(request).await.expect(200).json();
    assert_eq!(names(&page["items"]), ["class", "b"]);
    assert_eq!(
        (&page["_pagination"]["total"], &page["_pagination"]["next"]["offset"]),
        (&json!(3), &json!(2))
    );
}

#[tokio::test]
async fn scopes_limit_what_is_seen_and_done() {
    let app = start().await;
    let lister = Caller::service(&app, "lister");
    assert_eq!(
        lister.get("groups").await.expect(200).json(),
        json!([{"kind": "group", "name": "class"}])
    );
    refused(
        &lister.call(Method::DELETE, "groups/class", None).await,
        403,
        "delete:groups",
    );
    refused(&post(&lister, "groups/x", json!({})).await, 403, "admin:groups");
    let namer = Caller::service(&app, "namer")
        .get("groups/class")
        .await
        .expect(200)
        .json();
    assert_eq!(namer, json!({"kind": "group", "name": "class", "roles": ["names"]}));
    refused(&Caller::service(&app, "namer").get("groups").await, 403, "list:groups");

    let wrong = Caller::service(&app, "wrong");
    assert_eq!(
        wrong.get("groups").await.status,
        403,
        "a filter for users says nothing of groups"
    );
    let read = wrong.get("groups/class").await.expect(200).json();
    assert_eq!(
        read,
        json!({"kind": "group", "name": "class", "users": ["ann", "bob"], "properties": {"room": "B12"}})
    );

    let narrow = Caller::service(&app, "narrow");
    let mine = post(&narrow, "groups/mine", json!({})).await.expect(201).json();
    assert_eq!(mine["name"], "mine");
    let keeper = Caller::service(&app, "keeper");
    post(&keeper, "groups/other", json!({})).await.expect(201);
    assert_eq!(names(&narrow.get("groups").await.expect(200).json()), ["class", "mine"]);
    let hidden = "No access to resources or resources not found";
    for path in ["groups/other", "groups/none"] {
        refused(&narrow.get(path).await, 404, hidden);
        refused(&narrow.call(Method::DELETE, path, None).await, 404, hidden);
        refused(
            &post(&narrow, &format!("{path}/users"), json!({"users": ["ann"]})).await,
            404,
            hidden,
        );
    }
    assert_eq!(post(&narrow, "groups", json!({"groups": ["mine2"]})).await.status, 403);
    refused(
        &app.browser().get("hub/api/groups").await,
        403,
        "Missing or invalid credentials",
    );
}

#[tokio::test]
async fn who_joins_a_group_has_its_roles_at_once() {
    let app = start().await;
    let eve = app.sign_in("eve").await;
    eve.api(Method::GET, "groups/class", None).await.expect(403);
    let keeper = Caller::service(&app, "keeper");
    post(&keeper, "groups/class/users", json!({"users": ["eve"]}))
        .await
        .expect(200);
    eve.api(Method::GET, "groups/class", None).await.expect(200);
    keeper
        .call(Method::DELETE, "groups/class/users", Some(json!({"users": ["eve"]})))
        .await
        .expect(200);
    eve.api(Method::GET, "groups/class", None).await.expect(403);
}

#[tokio::test]
async fn a_name_may_have_a_slash_or_any_letters() {
    let app = start().await;
    let keeper = Caller::service(&app, "keeper");
    for name in ["staff/it", "Prüfung", "a b", "50%"] {
        post(&keeper, "groups", json!({"groups": [name]})).await.expect(201);
        let path = format!("groups/{}", perijove_model::escape::component(name));
        assert_eq!(keeper.get(&path).await.expect(200).json()["name"], name);
        keeper.call(Method::DELETE, &path, None).await.expect(204);
    }
}
