//! What claims decide: roles, quotas and profiles, now and when somebody is asked for again.

use jiff::SignedDuration;
use perijove_store::roles;
use perijove_testkit::Browser;
use reqwest::Method;
use serde_json::json;

use super::{Campus, groups};

const RULES: &str = r#"
[access]
allow_all = true
manage_roles = true
[[role]]
name = "teacher"
scopes = ["list:users"]
[[role]]
name = "staff"
scopes = ["read:hub"]
[[profile]]
name = "Small"
memory = "1G"
[[profile]]
name = "Large"
memory = "8G"
[[entitlement]]
memory = "2G"
[[entitlement]]
claims = { groups = ["physics", "chemistry"] }
memory = "16G"
"#;

async fn role_names(campus: &Campus, name: &str) -> Vec<String> {
    let user = campus.user(name).await.unwrap();
    let mut names = roles::of_user(&campus.app.hub.store, user.id).await.unwrap();
    names.retain(|name| name != "user");
    names
}

async fn starts_large(browser: &Browser) -> u16 {
    let wish = json!({ "profile": "large" });
    let started = browser.api(Method::POST, "users/ann/server", Some(wish)).await;
    if started.status == 201 {
        browser.api(Method::DELETE, "users/ann/server", None).await;
    }
    started.status
}

#[tokio::test]
async fn roles_follow_a_claim() {
    let auth = "roles_claim = \"groups\"\nroles_map = { \"Hub Teachers\" = \"teacher\", operators = \"admin\" }";
    let Some(campus) = Campus::open(auth, RULES).await else {
        return;
    };
    campus.change("ann", groups(&["Hub Teachers", "staff", "admin"])).await;
    let ann = campus.signed_in("ann").await;
    assert_eq!(
        role_names(&campus, "ann").await,
        ["teacher"],
        "others mean nothing here"
    );
    assert!(!campus.user("ann").await.unwrap().admin);
    ann.api(Method::GET, "users", None).await.expect(200);
    campus.change("ann", groups(&["operators"])).await;
    campus.app.clock.advance(SignedDuration::from_secs(301));
    assert!(campus.is_in(&ann).await);
    assert!(campus.user("ann").await.unwrap().admin);
    campus.change("ann", groups(&[])).await;
    campus.app.clock.advance(SignedDuration::from_secs(301));
    assert!(campus.is_in(&ann).await);
    assert!(!campus.user("ann").await.unwrap().admin);
    assert!(role_names(&campus, "ann").await.is_empty());
    assert_eq!(ann.api(Method::GET, "users", None).await.status, 403);
}

#[tokio::test]
async fn without_a_map_roles_are_those_of_the_configuration() {
    let Some(campus) = Campus::open("roles_claim = \"groups\"", RULES).await else {
        return;
    };
    campus
        .change("ann", groups(&["staff", "admin", "No Role At All"]))
        .await;
    campus.signed_in("ann").await;
    assert_eq!(role_names(&campus, "ann").await, ["staff"]);
}

#[tokio::test]
async fn quotas_follow_a_claim() {
    let Some(campus) = Campus::open("", RULES).await else {
        return;
    };
    campus.change("ann", groups(&["biology"])).await;
    let ann = campus.signed_in("ann").await;
    assert_eq!(starts_large(&ann).await, 403);
    campus.change("ann", groups(&["biology", "physics"])).await;
    campus.app.clock.advance(SignedDuration::from_secs(301));
    assert!(campus.is_in(&ann).await);
    assert_eq!(starts_large(&ann).await, 201);
    campus.change("ann", groups(&[])).await;
    // Before a server starts it is asked again, too.
    assert_eq!(starts_large(&ann).await, 403);
}
