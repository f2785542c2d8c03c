//! `/hub/api/authorizations/…`, which only old services ask.

use perijove_testkit::App;
use reqwest::Method;
use serde_json::json;

use super::{full_token, refused, token};

const SERVICES: &str = r#"
[[service]]
name = "reports"
api_token = "the-secret-of-reports"
[[role]]
name = "readers"
scopes = ["read:users"]
services = ["reports"]
"#;
const SERVICE: &str = "the-secret-of-reports";
const GONE: &str = "Deprecated endpoint /hub/api/authorizations/token is removed in JupyterHub 2.0. Use \
                    /hub/api/users/:user/tokens instead.";

#[tokio::test]
async fn whose_token_it_is() {
    let app = App::builder().config(SERVICES).start().await;
    let ann = app.sign_in("ann").await;
    let (full, weak) = (
        full_token(&app, "ann").await,
        token(&ann, "ann", json!({ "scopes": [] })).await,
    );
    let browser = app.browser();
    let ask = async |by: &str, about: &str| {
        let path = format!("authorizations/token/{about}");
        browser.api_with_token(by, Method::GET, &path, None).await
    };
    let model = ask(&full, &full).await.expect(200).json();
    assert_eq!((&model["kind"], &model["name"]), (&"user".into(), &"ann".into()));
    assert!(
        model.get("servers").is_some(),
        "as much as she may see herself: {model}"
    );
    let model = ask(&weak, &full).await.expect(200).json();
    assert_eq!(model["name"], "ann");
    assert!(model.get("servers").is_none(), "{model}");
    let model = ask(SERVICE, &weak).await.expect(200).json();
    assert_eq!(model["name"], "ann");
    assert!(model.get("created").is_some(), "{model}");
    let model = ask(&full, SERVICE).await.expect(200).json();
    assert_eq!(model, json!({ "kind": "service", "name": "reports", "admin": false }));
    let of_another = full_token(&app, "bob").await;
    assert_eq!(ask(&full, &of_another).await.expect(200).json()["name"], "bob");
    refused(&ask(&full, "nonsense").await, 404, "");
    refused(&ask("nonsense", &full).await, 403, "");
    let with_cookie = ann
        .api(Method::GET, &format!("authorizations/token/{full}"), None)
        .await;
    assert_eq!(
        with_cookie.expect(403).json(),
        json!({ "status": 403, "message": null })
    );
}

#[tokio::test]
async fn whose_cookie_it_is() {
    let app = App::start().await;
    let ann = app.sign_in("ann").await;
    let cookie = ann.cookie("jupyterhub-hub-login").unwrap();
    let cookie = cookie.trim_matches('"');
    let admin = full_token(&app, "ruth").await;
    let browser = app.browser();
    let ask = async |name: &str, value: &str| {
        let path = format!("authorizations/cookie/{name}/{value}");
        browser.api_with_token(&admin, Method::GET, &path, None).await
    };
    let model = ask("jupyterhub-hub-login", cookie).await.expect(200).json();
    assert_eq!(model["name"], "ann");
    for (name, value) in [
        ("jupyterhub-hub-login", "nonsense"),
        ("jupyterhub-session-id", cookie),
        ("other", cookie),
    ] {
        refused(&ask(name, value).await, 404, "");
    }
    let in_body = browser
        .request(Method::GET, "hub/api/authorizations/cookie/jupyterhub-hub-login")
        .header("authorization", format!("token {admin}"))
        .body(cookie.to_owned());
    assert_eq!(browser.send(in_body).await.expect(200).json()["name"], "ann");
    // It is for programs with a token: whoever has stolen a cookie finds out nothing with it.
    let path = format!("authorizations/cookie/jupyterhub-hub-login/{cookie}");
    assert_eq!(ann.api(Method::GET, &path, None).await.status, 403);
    ann.get("hub/logout").await;
    refused(&ask("jupyterhub-hub-login", cookie).await, 404, "");
}

#[tokio::test]
async fn what_is_gone_says_what_to_use() {
    let app = App::start().await;
    let admin = full_token(&app, "ruth").await;
    let browser = app.browser();
    for path in ["authorizations/token", "authorizations/token/x"] {
        let answer = browser.api_with_token(&admin, Method::POST, path, None).await;
        refused(&answer, 404, GONE);
        let answer = browser
            .send(browser.request(Method::POST, &format!("hub/api/{path}")))
            .await;
        refused(&answer, 404, GONE);
    }
    refused(
        &browser
            .api_with_token(&admin, Method::GET, "authorizations/token", None)
            .await,
        404,
        "",
    );
}
