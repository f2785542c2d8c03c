//! Services ask people before they know them, unless the configuration trusts them.

use perijove_store::{groups, users};
use perijove_testkit::App;
use reqwest::Method;

use super::{Client, SERVICE, parameter, scopes, who};

#[tokio::test]
async fn a_service_asks_once_and_is_remembered() {
    let app = App::builder().config(SERVICE).start().await;
    let ann = app.sign_in("ann").await;
    let client = Client::service("reports");
    let address = client.authorize(&[]);
    let page = ann.get(&address).await.expect(200);
    for scope in [
        "read:users!user",
        "read:servers!user",
        "access:services!service=reports",
    ] {
        assert!(
            page.body.contains(&format!("name=\"scopes\" value=\"{scope}\"")),
            "{scope}: {}",
            page.body
        );
    }
    let all = [("scopes", "read:users!user"), ("scopes", "read:servers!user")];
    let answer = ann.post_form(&address, &all).await.expect(302);
    assert!(
        answer.to().starts_with("/services/reports/oauth_callback?"),
        "{}",
        answer.to()
    );
    let token = client
        .token(&app, &parameter(&answer, "code"), &[])
        .await
        .expect(200)
        .json();
    let model = who(&app, token["access_token"].as_str().unwrap())
        .await
        .expect(200)
        .json();
    for scope in [
        "access:services!service=reports",
        "read:servers!user=ann",
        "read:users!user=ann",
    ] {
        assert!(scopes(&model).contains(&scope), "{scope}: {model}");
    }
    client.code(&ann, &[]).await;
    // Another browser of hers too; but nobody else's.
    client.code(&app.sign_in("ann").await, &[]).await;
    app.sign_in("bob").await.get(&address).await.expect(200);
    // What was agreed to ends with the tokens that came of it.
    let tokens = ann.api(Method::GET, "users/ann/tokens", None).await.json();
    let id = tokens["api_tokens"]
        .as_array()
        .unwrap()
        .iter()
        .find(|token| token["note"] == "")
        .unwrap();
    let path = format!("users/ann/tokens/{}", id["id"].as_str().unwrap());
    ann.api(Method::DELETE, &path, None).await.expect(204);
    ann.get(&address).await.expect(200);
}

#[tokio::test]
async fn who_agrees_to_nothing_is_known_by_name_only() {
    let app = App::builder().config(SERVICE).start().await;
    let (ann, client) = (app.sign_in("ann").await, Client::service("reports"));
    let address = client.authorize(&[]);
    ann.get(&address).await.expect(200);
    let answer = ann.post_form(&address, &[]).await.expect(302);
    let token = client
        .token(&app, &parameter(&answer, "code"), &[])
        .await
        .expect(200)
        .json();
    let model = who(&app, token["access_token"].as_str().unwrap())
        .await
        .expect(200)
        .json();
    assert_eq!(model["name"], "ann");
    assert!(
        !scopes(&model).iter().any(|scope| scope.starts_with("read:servers")),
        "{model}"
    );
    assert!(model.get("last_activity").is_none(), "{model}");
}

#[tokio::test]
async fn a_trusted_service_does_not_ask() {
    let app = App::builder().config(SERVICE).start().await;
    let (ann, client) = (app.sign_in("ann").await, Client::service("trusted"));
    let code = client.code(&ann, &[]).await;
    let token = client.token(&app, &code, &[]).await.expect(200).json();
    let scope = token["scope"].as_str().unwrap();
    assert!(scope.split(' ').any(|scope| scope == "inherit"), "{scope}");
    let model = who(&app, token["access_token"].as_str().unwrap())
        .await
        .expect(200)
        .json();
    assert!(scopes(&model).contains(&"servers!user=ann"), "{model}");
}

#[tokio::test]
async fn a_service_elsewhere_is_named_before_people_are_sent_there() {
    let site = r#"
[[service]]
name = "site"
url = "https://reports.example.org"
api_token = "the-secret-of-site"
oauth_client_id = "service-of-reports"
oauth_redirect_uri = "https://reports.example.org/callback?from=hub"
[[role]]
name = "users-of-services"
scopes = ["access:services"]
users = ["ann"]
"#;
    let app = App::builder().config(site).start().await;
    let ann = app.sign_in("ann").await;
    let client = Client {
        id: "service-of-reports".into(),
        secret: "the-secret-of-site".into(),
        callback: "https://reports.example.org/callback?from=hub".into(),
    };
    let address = client.authorize(&[]);
    let page = ann.get(&address).await.expect(200);
    assert!(page.body.contains("reports.example.org"), "{}", page.body);
    assert!(
        !page.header("content-security-policy").contains("form-action"),
        "the browser may follow"
    );
    let answer = ann.post_form(&address, &[]).await.expect(302);
    assert!(
        answer
            .to()
            .starts_with("https://reports.example.org/callback?from=hub&code="),
        "{}",
        answer.to()
    );
    client.token(&app, &parameter(&answer, "code"), &[]).await.expect(200);
    let wrong = client.authorize(&[("scope", "nonsense")]);
    let answer = ann.get(&wrong).await.expect(302);
    assert!(
        answer
            .to()
            .starts_with("https://reports.example.org/callback?from=hub&error=invalid_scope"),
        "{}",
        answer.to()
    );
}

#[tokio::test]
async fn the_page_that_asks_says_to_what_a_scope_is_limited() {
    let site = format!(
        "{SERVICE}\n{}",
        r#"
[[service]]
name = "marks"
url = "http://127.0.0.1:9"
api_token = "the-secret-of-marks"
oauth_client_allowed_scopes = ["read:tokens", "read:users!group=class", "read:groups!group=class"]
[[group]]
name = "class"
users = ["bob"]
[[role]]
name = "tutors"
scopes = ["read:users!group=class", "read:groups!group=class", "read:tokens"]
users = ["ann"]
"#
    );
    let app = App::builder().config(&site).start().await;
    let page = app
        .sign_in("ann")
        .await
        .get(&Client::service("marks").authorize(&[]))
        .await
        .expect(200);
    let text = page.text();
    for line in [
        "See which API tokens users have</li>",
        "Read groups and their members <span class=\"filter\">only users in group class</span>",
        "Read users: names, groups, last activity <span class=\"filter\">only users in group class</span>",
    ] {
        assert!(text.contains(line), "no {line:?} in {text}");
    }
}

#[tokio::test]
async fn who_may_not_use_a_service_gets_no_code_for_it() {
    let app = App::builder().config(SERVICE).start().await;
    let eve = app.sign_in("eve").await;
    for name in ["reports", "trusted"] {
        let answer = eve.get(&Client::service(name).authorize(&[])).await.expect(403);
        assert!(answer.location.is_none());
    }
}

#[tokio::test]
async fn a_token_shrinks_with_the_rights_of_its_owner() {
    let app = App::builder().config(SERVICE).start().await;
    let (ann, client) = (app.sign_in("ann").await, Client::service("trusted"));
    let code = client.code(&ann, &[("scope", "inherit")]).await;
    let token = client.token(&app, &code, &[]).await.expect(200).json();
    let token = token["access_token"].as_str().unwrap();
    let before = who(&app, token).await.expect(200).json();
    assert!(
        scopes(&before).iter().any(|scope| scope.starts_with("access:services")),
        "{before}"
    );
    // She leaves the group that has the role, while the token lives.
    let (store, ann) = (
        &app.hub.store,
        users::by_name(&app.hub.store, "ann").await.unwrap().unwrap(),
    );
    assert!(groups::remove_user(store, "service-users", ann.id).await.unwrap());
    let after = who(&app, token).await.expect(200).json();
    assert!(
        !scopes(&after).iter().any(|scope| scope.starts_with("access:services")),
        "{after}"
    );
    assert_eq!(after["name"], "ann");
    client.code(&app.sign_in("bob").await, &[]).await;
}
