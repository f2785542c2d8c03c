//! Pages elsewhere that act for somebody, and cookies that a sibling site sets.

use perijove_testkit::App;
use reqwest::Method;
use serde_json::json;

use super::super::refused;
use super::super::shares::{ann_and_bob, reaches};

/// JupyterHub asked for no token where the browser said `no-cors`, which any form on any page does.
#[tokio::test]
async fn cve_2026_40864_a_post_without_cors_is_refused() {
    let (app, ann, bob) = ann_and_bob().await;
    let token = super::super::full_token(&app, "bob").await;
    let made = ann.api(Method::POST, "share-codes/ann/", None).await.expect(200).json();
    let accept = format!("hub/accept-share?code={}", made["code"].as_str().unwrap());
    for site in ["cross-site", "same-site", "same-origin", "none"] {
        for path in [
            "hub/spawn",
            "hub/spawn/bob",
            "hub/stop/bob",
            "hub/login",
            "hub/account/sessions",
            "hub/token",
            &accept,
        ] {
            let forged = bob
                .request(Method::POST, path)
                .header("sec-fetch-mode", "no-cors")
                .header("sec-fetch-site", site)
                .form(&[("code", made["code"].as_str().unwrap()), ("what", "others")]);
            let status = bob.send(forged).await.status;
            assert!(matches!(status, 403 | 405), "{path} from {site}: {status}");
        }
    }
    assert_eq!(app.spawner.starts(), 0);
    assert!(!reaches(&app, &token, "access:servers!server=ann/").await);
}

/// The API of administrators took a cookie without a token.
#[tokio::test]
async fn cve_2020_36191_a_cookie_alone_does_nothing_in_the_api() {
    let app = App::start().await;
    let ruth = app.sign_in("ruth").await;
    app.sign_in("bob").await;
    for (method, path) in [
        (Method::POST, "users/eve"),
        (Method::POST, "users"),
        (Method::PATCH, "users/bob"),
        (Method::DELETE, "users/bob"),
        (Method::POST, "users/bob/tokens"),
        (Method::POST, "users/bob/password-link"),
        (Method::DELETE, "users/bob/sessions"),
        (Method::POST, "groups/staff"),
        (Method::POST, "shutdown"),
    ] {
        let request = ruth.request(method.clone(), &format!("hub/api/{path}"));
        let request = request.json(&json!({ "admin": true, "usernames": ["eve"] }));
        refused(&ruth.send(request).await, 403, "'_xsrf' argument missing");
    }
    ruth.api(Method::GET, "users/bob", None).await.expect(200);
    ruth.api(Method::GET, "users/eve", None).await.expect(404);
}

/// JupyterHub took the first cookie of a name, which a server on a sibling host can set for all of the domain.
#[tokio::test]
async fn cve_2024_28233_a_cookie_tossed_by_a_sibling_site_is_passed_over() {
    let app = App::start().await;
    let (ann, eve) = (app.sign_in("ann").await, app.sign_in("eve").await);
    let (own, tossed) = (ann.xsrf(), eve.xsrf());
    let session = format!(
        "jupyterhub-hub-login={}; jupyterhub-session-id={}",
        ann.cookie("jupyterhub-hub-login").unwrap(),
        ann.cookie("jupyterhub-session-id").unwrap()
    );
    let send = |cookies: String, given: String| {
        let browser = app.browser();
        async move {
            let request = browser
                .request(Method::POST, "hub/spawn")
                .header("cookie", cookies)
                .form(&[("_xsrf", given)]);
            browser.send(request).await.status
        }
    };
    let both = format!("_xsrf={tossed}; {session}; _xsrf={own}");
    assert_eq!(send(both.clone(), tossed.clone()).await, 403);
    assert_eq!(send(format!("_xsrf={tossed}; {session}"), tossed).await, 403);
    assert_eq!(send(session, own.clone()).await, 403, "the token without its cookie");
    assert_eq!(app.spawner.starts(), 0);
    assert_eq!(send(both, own).await, 302);
}

/// The same by the cookie of a session: whoever is made to send another's is not signed in as both.
#[tokio::test]
async fn cve_2024_28233_a_tossed_session_is_not_mixed_with_ones_own() {
    let app = App::start().await;
    let (ann, eve) = (app.sign_in("ann").await, app.sign_in("eve").await);
    let of = |browser: &perijove_testkit::Browser, name: &str| format!("{name}={}", browser.cookie(name).unwrap());
    let own = [of(&ann, "jupyterhub-hub-login"), of(&ann, "jupyterhub-session-id")].join("; ");
    // Eve's login with ann's session is nobody's.
    let mixed = [of(&eve, "jupyterhub-hub-login"), of(&ann, "jupyterhub-session-id")].join("; ");
    assert_eq!(app.browser().get_with("hub/home", "cookie", &mixed).await.status, 302);
    // And what is nobody's takes nobody's own away.
    let both = format!("{}; {own}", of(&eve, "jupyterhub-hub-login"));
    let me = app
        .browser()
        .get_with("hub/api/user", "cookie", &both)
        .await
        .expect(200);
    assert_eq!(me.json()["name"], "ann");
}
