//! Journeys that go well, and what is known of people then.

use perijove_store::groups::of_user;
use reqwest::Method;
use serde_json::json;

use super::Campus;

#[tokio::test]
async fn who_is_allowed_there_comes_in_here() {
    let auth = "allowed_groups = [\"staff\"]\nadmin_groups = [\"operators\"]";
    let Some(campus) = Campus::open(auth, "[access]\nmanage_groups = true\n").await else {
        return;
    };
    let browser = campus.app.browser();
    let page = browser.get("hub/login").await.expect(200);
    assert!(page.text().contains("Sign in with Campus"), "{}", page.body);
    let back = campus.away(&browser, "ann", "%2Fhub%2Ftoken").await;
    let came = campus.comes_back(&browser, &back).await.expect(302);
    assert_eq!(came.to(), "/hub/token");
    assert!(campus.is_in(&browser).await);

    let ann = campus.user("ann").await.unwrap();
    assert!(!ann.admin);
    assert_eq!(of_user(&campus.app.hub.store, ann.id).await.unwrap(), ["staff"]);
    assert_eq!(
        ann.user_info.unwrap(),
        json!({ "name": "Ann Lee", "email": "ann@example.org" })
    );
    let state = campus.state("ann").await;
    assert_eq!(state["oauth_user"]["preferred_username"], "ann");
    assert!(state["oauth_user"].get("nonce").is_none());
    for token in ["access_token", "refresh_token", "id_token"] {
        assert!(
            state[token].as_str().is_some_and(|text| text.len() > 20),
            "{token}: {state}"
        );
    }

    // Somebody else is who they say, and is let in by no rule.
    let other = campus.app.browser();
    let denied = campus.sign_in(&other, "bob").await.expect(403);
    assert!(
        denied.text().contains("you have no access to this hub"),
        "{}",
        denied.body
    );
    assert!(campus.user("bob").await.is_none());

    campus.change("bob", super::groups(&["operators", "choir"])).await;
    let other = campus.signed_in("bob").await;
    assert!(campus.user("bob").await.unwrap().admin);
    // Who is not one there any more is not one here.
    campus.change("bob", super::groups(&["staff"])).await;
    campus.sign_in(&other, "bob").await.expect(302);
    assert!(!campus.user("bob").await.unwrap().admin);
}

#[tokio::test]
async fn servers_get_what_the_site_gives_them() {
    let rest = "[access]\nallow_all = true\n[spawner]\n\
                auth_state_env = { ACCESS_TOKEN = \"access_token\", EMAIL = \"oauth_user.email\", NONE = \"nothing.here\" }\n";
    let Some(campus) = Campus::open("", rest).await else {
        return;
    };
    let browser = campus.signed_in("ann").await;
    browser.api(Method::POST, "users/ann/server", None).await.expect(201);
    let first = campus.app.spawner.specs().pop().unwrap().env;
    assert_eq!(first["EMAIL"], "ann@example.org");
    assert_eq!(
        first["ACCESS_TOKEN"],
        campus.state("ann").await["access_token"].as_str().unwrap()
    );
    assert!(!first.contains_key("NONE"));

    // What has run out is renewed before a server gets it.
    browser.api(Method::DELETE, "users/ann/server", None).await;
    campus.app.clock.advance(jiff::SignedDuration::from_hours(2));
    browser.api(Method::POST, "users/ann/server", None).await.expect(201);
    let second = campus.app.spawner.specs().pop().unwrap().env;
    assert_ne!(first["ACCESS_TOKEN"], second["ACCESS_TOKEN"]);

    // And whoever is nobody there any more gets none.
    browser.api(Method::DELETE, "users/ann/server", None).await;
    campus.change("ann", serde_json::Value::Null).await;
    let refused = browser.api(Method::POST, "users/ann/server", None).await;
    assert_eq!(refused.status, 403, "{}", refused.body);
}

#[tokio::test]
async fn what_somebody_with_a_password_has_linked_lets_them_in() {
    let auth = "allowed_users = [\"ann\"]\n[[auth]]\nkind = \"native\"\nenable_signup = true\nopen_signup = true";
    let Some(campus) = Campus::open(auth, "[access]\nallow_all = false\n").await else {
        return;
    };
    let app = &campus.app;
    let signs_up = app.browser();
    let form = [
        ("username", "ada"),
        ("signup_password", "a-first-program-1843"),
        ("signup_password_confirmation", "a-first-program-1843"),
    ];
    signs_up.get("hub/signup").await.expect(200);
    signs_up.post_form("hub/signup", &form).await.expect(200);
    let ada = app.browser();
    ada.sign_in("ada", "a-first-program-1843").await.expect(302);
    let left = ada.post_form("hub/oauth_login/campus", &[]).await.expect(302);
    let back = campus.onward(&ada, left.to(), "bob").await;
    campus.comes_back(&ada, &back).await.expect(302);

    let elsewhere = campus.signed_in("bob").await;
    let user = elsewhere.api(Method::GET, "user", None).await.expect(200);
    assert_eq!(user.json()["name"], "ada");
    assert!(campus.user("bob").await.is_none());
    // Whose account came from there goes with the list.
    campus.signed_in("ann").await;
    let ann = campus.user("ann").await.unwrap();
    let store = &app.hub.store;
    perijove_store::users::rename(store, ann.id, "not-on-the-list")
        .await
        .unwrap();
    campus.sign_in(&app.browser(), "ann").await.expect(403);
}
