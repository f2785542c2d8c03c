//! `PATCH /users/{user}`: another name and standing, and what keeps people from making admins of themselves.

use perijove_testkit::{App, Browser};
use reqwest::Method;
use serde_json::{Value, json};

use super::rest::{Caller, with_roles};
use super::{full_token, refused, signed_in, start_server};

async fn change(browser: &Browser, name: &str, body: Value) -> perijove_testkit::Answer {
    browser.api(Method::PATCH, &format!("users/{name}"), Some(body)).await
}

#[tokio::test]
async fn a_new_name_takes_all_along() {
    let app = with_roles().await;
    let ruth = app.sign_in("ruth").await;
    let ann = app.sign_in("ann").await;
    let token = Caller::with(&app, &full_token(&app, "ann").await);
    start_server(&ann, "ann").await;
    let running = change(&ruth, "ann", json!({ "name": "amy" })).await;
    refused(
        &running,
        400,
        "ann's servers must be stopped before the name can change",
    );
    ann.api(Method::DELETE, "users/ann/server", None).await.expect(204);

    let model = change(&ruth, "ann", json!({ "name": "AMY" })).await.expect(200).json();
    assert_eq!((&model["name"], &model["groups"]), (&json!("amy"), &json!(["class"])));
    assert_eq!(model["auth_state"], Value::Null);
    ruth.api(Method::GET, "users/ann", None).await.expect(404);
    assert!(signed_in(&ann).await, "the session is the account's");
    assert_eq!(token.get("user").await.expect(200).json()["name"], "amy");
    start_server(&ann, "amy").await;
    assert_eq!(ann.get("/user/amy/api").await.status, 200);
    let other = app.sign_in("ann").await;
    start_server(&other, "ann").await;
    assert_eq!(
        other.api(Method::GET, "user", None).await.json()["server"],
        "/user/ann/"
    );
    ruth.api(Method::GET, "users/amy", None).await.expect(200);
}

#[tokio::test]
async fn a_name_must_be_one_and_free() {
    let app = with_roles().await;
    let ruth = app.sign_in("ruth").await;
    let taken = change(&ruth, "ann", json!({ "name": "Bob" })).await;
    refused(&taken, 400, "User bob already exists, username must be unique");
    for bad in ["in/valid", "", "..", "a\u{7}b"] {
        refused(
            &change(&ruth, "ann", json!({ "name": bad })).await,
            400,
            "Invalid username: ",
        );
    }
    // JupyterHub 6.1.1 fails here.
    change(&ruth, "ann", json!({ "name": "ann" })).await.expect(200);
    change(&ruth, "ann", json!({ "name": "ANN" })).await.expect(200);
    ruth.api(Method::GET, "users/ann", None).await.expect(200);
}

#[tokio::test]
async fn what_is_no_change_is_refused() {
    let app = with_roles().await;
    let ruth = app.sign_in("ruth").await;
    for body in [
        json!({ "admin": "yes" }),
        json!({ "admin": null }),
        json!({ "name": 5 }),
        json!({ "groups": "class" }),
        json!({ "auth_state": [] }),
        json!({ "servers": {} }),
        json!([]),
    ] {
        refused(&change(&ruth, "ann", body).await, 400, "");
    }
    refused(&ruth.api(Method::PATCH, "users/ann", None).await, 400, "Invalid JSON");
    ruth.api(Method::PATCH, "users/nobody", Some(json!({})))
        .await
        .expect(404);
    refused(
        &change(&ruth, "ann", json!({ "groups": ["none"] })).await,
        400,
        "No such group: none",
    );
    refused(
        &change(&ruth, "ann", json!({ "roles": ["none"] })).await,
        400,
        "No such role: none",
    );
    refused(
        &change(&ruth, "ann", json!({ "auth_state": {} })).await,
        400,
        "crypt_keys",
    );
    let ann = app.sign_in("ann").await;
    refused(
        &change(&ann, "ann", json!({ "auth_state": {} })).await,
        403,
        "Action is not authorized",
    );
}

#[tokio::test]
async fn cve_2024_41942_whoever_manages_users_becomes_no_admin_by_it() {
    let app = App::builder()
        .config(&format!(
            "{}\n[access]\nallow_all = true\nadmin_users = [\"ruth\", \"chief\"]\n",
            super::rest::ROLES
        ))
        .start()
        .await;
    let ruth = app.sign_in("ruth").await;
    for name in ["ann", "bob"] {
        app.sign_in(name).await;
    }
    ruth.api(Method::DELETE, "users/chief", None).await.expect(204);
    let manager = Caller::service(&app, "manager");
    let change =
        async |name: &str, body: Value| manager.call(Method::PATCH, &format!("users/{name}"), Some(body)).await;
    let only_admins = "Only admins can grant admin permissions";
    refused(&change("ann", json!({ "admin": true })).await, 403, only_admins);
    refused(&change("ann", json!({ "roles": ["admin"] })).await, 403, only_admins);
    refused(&change("ann", json!({ "name": "chief" })).await, 403, only_admins);
    for body in [
        json!({ "admin": false }),
        json!({ "name": "rita" }),
        json!({ "roles": [] }),
        json!({}),
    ] {
        refused(&change("ruth", body).await, 403, "Only admins can modify other admins");
    }
    // Groups and roles take their own scopes.
    refused(
        &change("ann", json!({ "groups": [] })).await,
        403,
        "requires any of [groups]",
    );
    refused(
        &change("ann", json!({ "roles": ["manages"] })).await,
        403,
        "requires any of [grant:roles]",
    );
    change("ann", json!({ "name": "amy" })).await.expect(200);
    change("amy", json!({ "admin": false })).await.expect(200);
}

#[tokio::test]
async fn admins_change_standing_groups_and_roles() {
    let app = with_roles().await;
    let ruth = app.sign_in("ruth").await;
    let new_role = json!({ "name": "helper", "scopes": ["read:hub"] });
    ruth.api(Method::POST, "roles", Some(new_role)).await.expect(201);
    let body = json!({ "admin": true, "groups": [], "roles": ["helper"] });
    let model = change(&ruth, "ann", body).await.expect(200).json();
    assert_eq!((&model["admin"], &model["groups"]), (&json!(true), &json!([])));
    assert_eq!(model["roles"], json!(["admin", "helper", "user"]));
    let model = change(&ruth, "ann", json!({ "groups": ["class"], "roles": [] }))
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&model["roles"], &model["groups"]),
        (&json!(["user"]), &json!(["class"]))
    );
    assert_eq!(model["admin"], false);
}

#[tokio::test]
async fn a_change_is_made_whole_or_not_at_all() {
    let app = with_roles().await;
    let ruth = app.sign_in("ruth").await;
    let new_role = json!({ "name": "helper", "scopes": ["read:hub"] });
    ruth.api(Method::POST, "roles", Some(new_role)).await.expect(201);
    let before = ruth.api(Method::GET, "users/ann", None).await.expect(200).json();
    // The last of it can't be done: there are no keys.
    let body = json!({ "roles": ["helper"], "groups": [], "admin": true, "name": "amy", "auth_state": {} });
    refused(&change(&ruth, "ann", body).await, 400, "crypt_keys");
    let after = ruth.api(Method::GET, "users/ann", None).await.expect(200).json();
    assert_eq!(before, after);
    let granted = ruth.api(Method::GET, "audit?act=role.granted", None).await.expect(200);
    assert!(!granted.body.contains("helper"), "{}", granted.body);
}

#[tokio::test]
async fn the_old_way_in_is_closed() {
    let app = with_roles().await;
    let ruth = app.sign_in("ruth").await;
    let answer = ruth.api(Method::POST, "users/ann/admin-access", None).await;
    refused(&answer, 403, "admin access to user servers disabled");
    let ann = app.sign_in("ann").await;
    refused(
        &ann.api(Method::POST, "users/bob/admin-access", None).await,
        404,
        "No access",
    );
}

#[tokio::test]
async fn names_of_several_are_checked_at_once() {
    let app = App::builder()
        .config("[access]\nallow_all = true\nadmin_users = [\"ruth\"]\nusername_pattern = 'w.*|ruth'\n")
        .start()
        .await;
    let ruth = app.sign_in("ruth").await;
    let add = async |names: Value| {
        let body = json!({ "usernames": names });
        ruth.api(Method::POST, "users", Some(body)).await
    };
    refused(
        &add(json!(["Willow", "Andrew", "Tara"])).await,
        400,
        "Invalid usernames: andrew, tara",
    );
    refused(&add(json!(["Willow", "Andrew"])).await, 400, "Invalid username: andrew");
    refused(
        &ruth.api(Method::POST, "users/andrew", None).await,
        400,
        "Invalid username: andrew",
    );
    add(json!(["Willow"])).await.expect(201);
}
