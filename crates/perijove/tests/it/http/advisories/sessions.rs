//! What is left when somebody has signed out, and what nobody should find on a page.

use perijove_testkit::{App, Browser};
use reqwest::Method;
use serde_json::json;

use super::super::oauth::token_of;
use super::super::{signed_in, start_server, token};

/// JupyterHub has one cookie for all of a person's sessions, and it holds on after signing out.
#[tokio::test]
async fn defect_a_cookie_saved_before_signing_out_is_worth_nothing() {
    let app = App::start().await;
    let ann = app.sign_in("ann").await;
    let cookies = |browser: &Browser| {
        let pair = |name: &str| format!("{name}={}", browser.cookie(name).unwrap());
        format!("{}; {}", pair("jupyterhub-hub-login"), pair("jupyterhub-session-id"))
    };
    let saved = cookies(&ann);
    let thief = app.browser();
    assert_eq!(thief.get_with("hub/home", "cookie", &saved).await.status, 200);

    let answer = ann.get("hub/logout").await.expect(302);
    assert_eq!(answer.to(), "/hub/login");
    for name in [
        "jupyterhub-hub-login",
        "jupyterhub-session-id",
        "_xsrf",
        "jupyterhub-services",
    ] {
        assert!(answer.set_cookie(name).unwrap().contains("Max-Age=0"), "{name}");
    }
    assert!(!signed_in(&ann).await);
    let after = app.browser().get_with("hub/home", "cookie", &saved).await;
    assert_eq!(after.status, 302, "a cookie saved before logging out is worth nothing");
    assert_eq!(ann.get("hub/logout").await.status, 302, "twice does no harm");
}

/// A tab with JupyterLab asked on after signing out in another one, and was given new cookies.
#[tokio::test]
async fn cve_2021_41247_an_open_tab_is_given_nothing_after_signing_out() {
    let app = App::start().await;
    let ann = app.sign_in("ann").await;
    start_server(&ann, "ann").await;
    let at_server = token_of(&app, &ann).await;
    // The other tab sends what it had when the browser asked last.
    let tab = format!(
        "jupyterhub-hub-login={}; jupyterhub-session-id={}; _xsrf={}",
        ann.cookie("jupyterhub-hub-login").unwrap(),
        ann.cookie("jupyterhub-session-id").unwrap(),
        ann.xsrf()
    );
    ann.get("hub/logout").await.expect(302);
    for path in [
        "hub/home",
        "hub/api/user",
        "hub/spawn",
        "user/ann/api/contents",
        "hub/user/ann/lab",
        "hub/login",
        "hub/api/oauth2/authorize?client_id=jupyterhub-user-ann&response_type=code",
    ] {
        let answer = app.browser().get_with(path, "cookie", &tab).await;
        for name in ["jupyterhub-hub-login", "jupyterhub-session-id"] {
            let set = answer.set_cookie(name).filter(|line| !line.contains("Max-Age=0"));
            assert!(set.is_none(), "{path} gives {name}: {set:?}");
        }
        assert!(!answer.to().contains("code="), "{path} gives a code: {}", answer.to());
    }
    let seen = app
        .browser()
        .api_with_token(&at_server, Method::GET, "user", None)
        .await;
    assert_eq!(seen.status, 403, "nor does the server know them any more");
}

/// A notebook, or a link in one, read the token of whoever opened it.
#[tokio::test]
async fn cve_2026_40171_and_ghsa_44cc_43rp_5947_no_page_holds_a_secret_of_a_session() {
    let app = App::start().await;
    let ann = app.browser();
    ann.get("hub/login").await;
    let fields = [("username", "ann"), ("password", "x")];
    let came = ann.post_form("hub/login", &fields).await.expect(302);
    for name in ["jupyterhub-hub-login", "jupyterhub-session-id"] {
        assert!(came.set_cookie(name).unwrap().contains("HttpOnly"), "{name}");
    }
    let own = token(&ann, "ann", json!({ "note": "script" })).await;
    start_server(&ann, "ann").await;
    let secrets = [
        ann.cookie("jupyterhub-hub-login").unwrap().trim_matches('"').to_owned(),
        own,
        app.spawner.specs().pop().unwrap().api_token.expose().to_owned(),
        token_of(&app, &ann).await,
    ];
    for path in [
        "hub/home",
        "hub/token",
        "hub/account",
        "hub/spawn",
        "hub/spawn-pending/ann",
        "hub/nothing",
        "hub/api/user",
        "hub/api/users/ann",
        "hub/api/users/ann/tokens",
    ] {
        let page = ann.visit(path).await.body;
        for secret in &secrets {
            assert!(!page.contains(secret.as_str()), "{path}: {page}");
        }
    }
}

/// JupyterHub's pages have a policy against frames and nothing else, and its answers name the server's software.
#[tokio::test]
async fn defect_pages_say_what_browsers_may_do_with_them() {
    let app = App::start().await;
    let ann = app.sign_in("ann").await;
    for path in ["hub/login", "hub/home", "hub/account", "hub/nothing", "hub/api/user"] {
        let answer = ann.get(path).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(answer.header("server"), "", "{path}");
        assert!(
            answer
                .header("content-security-policy")
                .contains("frame-ancestors 'none'"),
            "{path}"
        );
    }
    let policy = ann.get("hub/home").await;
    assert!(policy.header("content-security-policy").contains("script-src 'self'"));
}
