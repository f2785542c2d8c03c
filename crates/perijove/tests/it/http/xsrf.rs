//! Pages elsewhere can't act for somebody who is signed in here.

use perijove_testkit::{Answer, App, Browser};
use reqwest::Method;

use super::{full_token, refused, start_server};

const MISSING: &str = "'_xsrf' argument missing from POST";
const MISMATCH: &str = "XSRF cookie does not match POST argument";

/// POST of a form with this token, whatever the cookie is.
async fn post(browser: &Browser, path: &str, xsrf: Option<&str>) -> Answer {
    let fields: Vec<(&str, &str)> = xsrf.map(|xsrf| ("_xsrf", xsrf)).into_iter().collect();
    browser.send(browser.request(Method::POST, path).form(&fields)).await
}

#[tokio::test]
async fn a_form_without_or_with_another_token_is_refused() {
    let app = App::start().await;
    let (ann, bob) = (app.sign_in("ann").await, app.sign_in("bob").await);
    let anonymous = app.browser();
    anonymous.get("hub/login").await;
    let cases = [
        (None, MISSING),
        (Some(""), MISSING),
        (Some("nonsense"), MISMATCH),
        (Some(&*bob.xsrf()), MISMATCH),
        (Some(&*anonymous.xsrf()), MISMATCH),
    ]
    .map(|(token, words)| (token.map(str::to_owned), words));
    for path in ["hub/spawn", "hub/spawn/ann", "hub/stop/ann"] {
        for (token, words) in &cases {
            let answer = post(&ann, path, token.as_deref()).await.expect(403);
            assert!(answer.text().contains(words), "{words}: {}", answer.text());
        }
    }
    assert_eq!(app.spawner.starts(), 0);
    post(&ann, "hub/spawn", Some(&ann.xsrf())).await.expect(302);
    assert_eq!(app.spawner.starts(), 1);
}

#[tokio::test]
async fn a_sign_in_form_that_ran_out_is_shown_again() {
    let app = App::start().await;
    let browser = app.browser();
    browser.get("hub/login").await.expect(200);
    for token in [None, Some("nonsense")] {
        let mut fields = vec![("username", "ann"), ("password", "x")];
        fields.extend(token.map(|token| ("_xsrf", token)));
        let answer = browser
            .send(browser.request(Method::POST, "hub/login").form(&fields))
            .await
            .expect(403);
        assert!(answer.body.contains("expired"), "{}", answer.body);
        assert!(answer.body.contains("id=\"login_submit\""), "{}", answer.body);
        assert!(answer.set_cookie("jupyterhub-hub-login").is_none());
    }
    // The page that came back works.
    let fields = [("username", "ann"), ("password", "x")];
    browser.post_form("hub/login", &fields).await.expect(302);
}

#[tokio::test]
async fn a_token_from_before_sign_in_fails_afterwards() {
    let app = App::start().await;
    let ann = app.browser();
    ann.get("hub/login").await;
    let before = ann.xsrf();
    ann.sign_in("ann", "x").await;
    assert_ne!(ann.xsrf(), before);
    post(&ann, "hub/spawn", Some(&before)).await.expect(403);
    // Neither does one from before signing out.
    let during = ann.xsrf();
    ann.get("hub/logout").await;
    ann.sign_in("ann", "x").await;
    post(&ann, "hub/spawn", Some(&during)).await.expect(403);
    assert_eq!(app.spawner.starts(), 0);
}

#[tokio::test]
async fn how_the_browser_fetches_is_no_way_around() {
    let app = App::start().await;
    let ann = app.sign_in("ann").await;
    for mode in ["no-cors", "cors", "same-origin", "navigate", "websocket", "nonsense"] {
        let request = ann.request(Method::POST, "hub/spawn").header("sec-fetch-mode", mode);
        assert_eq!(ann.send(request).await.status, 403, "POST {mode}");
        let json = ann
            .request(Method::POST, "hub/api/users/ann/server")
            .header("sec-fetch-mode", mode)
            .header("content-type", "application/json");
        assert_eq!(ann.send(json).await.status, 403, "POST to the API {mode}");
    }
    for mode in ["no-cors", "cors", "same-origin", "nonsense"] {
        assert_eq!(
            ann.get_with("hub/spawn", "sec-fetch-mode", mode).await.status,
            403,
            "GET {mode}"
        );
    }
    assert_eq!(app.spawner.starts(), 0, "no picture in somebody's page starts a server");
    assert_eq!(
        ann.get_with("hub/spawn", "sec-fetch-mode", "navigate").await.status,
        302
    );
    assert_eq!(app.spawner.starts(), 1);
}

#[tokio::test]
async fn a_page_elsewhere_does_not_learn_whether_somebody_is_signed_in() {
    let app = App::start().await;
    for browser in [app.browser(), app.sign_in("ann").await] {
        for (method, words) in [(Method::POST, MISSING), (Method::PATCH, "missing from PATCH")] {
            let request = browser
                .request(method, "hub/api/users/ann/activity")
                .header("origin", "https://elsewhere.example");
            let answer = browser.send(request).await;
            if answer.status != 405 {
                refused(&answer, 403, words);
            }
        }
    }
    // Without the header it is no browser, and told what it lacks.
    let browser = app.browser();
    let answer = browser
        .send(browser.request(Method::POST, "hub/api/users/ann/activity"))
        .await;
    refused(&answer, 403, "Missing or invalid credentials.");
}

#[tokio::test]
async fn everybody_may_read_the_version_and_ask_what_is_allowed() {
    let app = App::start().await;
    let browser = app.browser();
    for (path, open) in [
        ("hub/api/", true),
        ("hub/api", true),
        ("hub/api/user", false),
        ("hub/api/users", false),
    ] {
        for method in [Method::OPTIONS, Method::GET, Method::PUT] {
            let request = browser
                .request(method.clone(), path)
                .header("origin", "https://elsewhere.example");
            let answer = browser.send(request).await;
            let origin = answer.header("access-control-allow-origin");
            assert_eq!(origin, if open { "*" } else { "" }, "{method} {path}");
            if method == Method::OPTIONS {
                assert_eq!((answer.status, answer.body.as_str()), (200, ""), "{path}");
                let headers = answer.header("access-control-allow-headers");
                assert_eq!(headers, "accept, content-type, authorization");
            }
        }
    }
}

#[tokio::test]
async fn a_picture_on_one_of_our_own_pages_needs_no_token() {
    let app = App::start().await;
    let ann = app.sign_in("ann").await;
    let fetch = |site: &str| {
        let request = ann
            .request(Method::GET, "hub/api/user")
            .header("sec-fetch-mode", "no-cors");
        request.header("sec-fetch-site", site)
    };
    ann.send(fetch("same-origin")).await.expect(200);
    for site in ["same-site", "cross-site", "none"] {
        refused(&ann.send(fetch(site)).await, 403, "missing from GET");
    }
}

#[tokio::test]
async fn reading_the_api_by_script_needs_the_token_following_a_link_does_not() {
    let app = App::start().await;
    let ann = app.sign_in("ann").await;
    for mode in ["cors", "same-origin", "no-cors"] {
        let answer = ann.get_with("hub/api/user", "sec-fetch-mode", mode).await;
        refused(&answer, 403, "'_xsrf' argument missing from GET");
        let path = format!("hub/api/user?_xsrf={}", ann.xsrf());
        assert_eq!(ann.get_with(&path, "sec-fetch-mode", mode).await.status, 200);
        for name in ["x-xsrftoken", "x-csrftoken"] {
            let request = ann
                .request(Method::GET, "hub/api/user")
                .header("sec-fetch-mode", mode)
                .header(name, ann.xsrf());
            assert_eq!(ann.send(request).await.status, 200, "{name}");
        }
        let head = ann.request(Method::HEAD, "hub/api/user").header("sec-fetch-mode", mode);
        assert_eq!(ann.send(head).await.status, 200, "HEAD {mode}");
    }
    assert_eq!(
        ann.get_with("hub/api/user", "sec-fetch-mode", "navigate").await.status,
        200
    );
    assert_eq!(ann.get("hub/api/user").await.status, 200, "curl with a cookie");
}

#[tokio::test]
async fn writing_through_the_api_with_a_cookie_needs_token_and_json() {
    let app = App::start().await;
    let ann = app.sign_in("ann").await;
    start_server(&ann, "ann").await;
    let delete = ann.send(ann.request(Method::DELETE, "hub/api/users/ann/server")).await;
    refused(&delete, 403, "'_xsrf' argument missing from DELETE");
    assert_eq!(app.spawner.running().len(), 1);

    let xsrf = ann.xsrf();
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonx",
    ] {
        let request = ann
            .request(Method::POST, "hub/api/users/ann/tokens")
            .header("x-xsrftoken", &xsrf)
            .header("content-type", kind)
            .body("{}");
        refused(&ann.send(request).await, 403, "");
    }
    for kind in [
        "application/json",
        "application/json; charset=UTF-8",
        "Application/JSON",
    ] {
        let request = ann
            .request(Method::POST, "hub/api/users/ann/tokens")
            .header("x-xsrftoken", &xsrf)
            .header("content-type", kind)
            .body("{}");
        assert_eq!(ann.send(request).await.status, 201, "{kind}");
    }
}

#[tokio::test]
async fn whoever_has_an_api_token_needs_no_other() {
    let app = App::start().await;
    let token = full_token(&app, "ann").await;
    let browser = app.browser();
    for kind in ["application/json", "text/plain", "application/x-www-form-urlencoded"] {
        let request = browser
            .request(Method::POST, "hub/api/users/ann/tokens")
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", kind)
            .header("sec-fetch-mode", "cors")
            .header("origin", "https://elsewhere.example")
            .body("{}");
        assert_eq!(browser.send(request).await.status, 201, "{kind}");
    }
}

#[tokio::test]
async fn an_api_token_wins_over_the_cookie() {
    let app = App::start().await;
    let ann = app.sign_in("ann").await;
    let token = full_token(&app, "bob").await;
    let with = |value: String| ann.request(Method::GET, "hub/api/user").header("authorization", value);
    let answer = ann.send(with(format!("token {token}"))).await.expect(200);
    assert_eq!(answer.json()["name"], "bob");
    // A token that does not hold is not made up for by a cookie.
    let answer = ann.send(with("token 0123456789abcdef".into())).await;
    refused(&answer, 403, "Missing or invalid credentials.");
}

#[tokio::test]
async fn fetches_in_the_background_leave_the_token_of_open_pages_alone() {
    let app = App::start().await;
    let browser = app.browser();
    for mode in ["cors", "no-cors", "same-origin"] {
        let answer = browser.get_with("hub/error/404", "sec-fetch-mode", mode).await;
        assert!(answer.set_cookie("_xsrf").is_none(), "{mode}");
    }
    let answer = browser.get_with("hub/error/404", "sec-fetch-mode", "navigate").await;
    assert!(answer.set_cookie("_xsrf").unwrap().contains("Max-Age=3600"));
    let answer = browser
        .get_with("hub/login", "sec-fetch-mode", "cors")
        .await
        .expect(200);
    assert!(answer.set_cookie("_xsrf").is_none(), "not even the sign-in page's");
    // A token that still holds is kept, so that the forms of other tabs work on.
    let first = app.browser();
    first.get("hub/login").await;
    let token = first.xsrf();
    first.get("hub/login").await;
    assert_eq!(first.xsrf(), token);
}

#[tokio::test]
async fn a_token_from_before_sign_in_is_for_one_browser() {
    let app = App::start().await;
    let browser = app.browser();
    browser.get("hub/login").await;
    let xsrf = browser.xsrf();
    let fields = [("_xsrf", xsrf.as_str()), ("username", "ann"), ("password", "x")];
    let elsewhere = app
        .browser()
        .request(Method::POST, "hub/login")
        .header("cookie", format!("_xsrf={xsrf}"))
        .header("user-agent", "another browser")
        .form(&fields);
    assert_eq!(browser.send(elsewhere).await.status, 403);
    let through_another_proxy = app
        .browser()
        .request(Method::POST, "hub/login")
        .header("cookie", format!("_xsrf={xsrf}"))
        .header("x-forwarded-for", "203.0.113.9")
        .form(&fields);
    assert_eq!(
        browser.send(through_another_proxy).await.status,
        403,
        "from another address"
    );
    browser.post_form("hub/login", &fields[1..]).await.expect(302);
}

#[tokio::test]
async fn a_token_is_renewed_before_a_long_session_ends() {
    let app = App::builder().config("[hub]\ncookie_max_age = \"90d\"\n").start().await;
    let ann = app.sign_in("ann").await;
    let first = ann.xsrf();
    app.clock.advance(jiff::SignedDuration::from_hours(32 * 24));
    post(&ann, "hub/spawn", Some(&first)).await.expect(403);
    assert_eq!(ann.get("hub/home").await.status, 200);
    assert_ne!(ann.xsrf(), first);
    post(&ann, "hub/spawn", Some(&ann.xsrf())).await.expect(302);
}

#[tokio::test]
async fn the_token_may_stand_in_the_address_of_a_form() {
    let app = App::start().await;
    let ann = app.browser();
    ann.get("hub/login").await;
    let post = async |path: &str, fields: &[(&str, &str)]| {
        let path = format!("{path}?_xsrf={}", ann.xsrf());
        ann.send(ann.request(Method::POST, &path).form(fields)).await
    };
    let fields = [("username", "ann"), ("password", "x")];
    assert_eq!(post("hub/login", &fields).await.expect(302).to(), "/hub/spawn");
    post("hub/spawn", &[]).await.expect(302);
    post("hub/stop/ann", &[]).await.expect(302);
    assert!(app.spawner.running().is_empty());
    let wrong = ann.request(Method::POST, "hub/login?_xsrf=nonsense").form(&fields);
    ann.send(wrong).await.expect(403);
}
