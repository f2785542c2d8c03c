//! The endpoints for programs: who may ask, giving tokens back, asking what one is worth, and where everything is.

use perijove_testkit::{Answer, App, Browser};
use reqwest::Method;
use serde_json::{Value, json};

use super::{Client, SERVICE, ann_and_server, error_is, scopes, who};
use crate::http::{full_token, refused};

async fn post(app: &App, path: &str, fields: &[(&str, &str)]) -> Answer {
    let browser = app.browser_at_hub();
    let request = browser.request(Method::POST, &format!("hub/api/oauth2/{path}"));
    browser.send(request.form(fields)).await
}

async fn post_as(app: &App, authorization: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
    let browser = app.browser_at_hub();
    let request = browser
        .request(Method::POST, &format!("hub/api/oauth2/{path}"))
        .header("authorization", authorization);
    browser.send(request.form(fields)).await
}

fn basic(id: &str, secret: &str) -> String {
    use base64::Engine;
    let pair = base64::engine::general_purpose::STANDARD.encode(format!("{id}:{secret}"));
    format!("Basic {pair}")
}

impl Client {
    fn fields<'a>(&'a self, token: &'a str) -> [(&'a str, &'a str); 3] {
        [
            ("client_id", &self.id),
            ("client_secret", &self.secret),
            ("token", token),
        ]
    }
}

async fn access_token(app: &App, browser: &Browser, client: &Client) -> String {
    let code = client.code(browser, &[]).await;
    let reply = client.token(app, &code, &[]).await.expect(200).json();
    reply["access_token"].as_str().unwrap().to_owned()
}

async fn status(app: &App, token: &str) -> u16 {
    who(app, token).await.status
}

#[tokio::test]
async fn a_client_may_show_its_secret_by_basic() {
    let (app, ann, client) = ann_and_server().await;
    let code = client.code(&ann, &[]).await;
    let fields = [("grant_type", "authorization_code"), ("code", code.as_str())];
    for wrong in [
        basic(&client.id, "wrong"),
        basic("nobody", &client.secret),
        basic("jupyterhub", ""),
        "Basic".into(),
        "Basic !!!".into(),
        format!("token {}", client.secret),
    ] {
        let answer = post_as(&app, &wrong, "token", &fields).await;
        error_is(&answer, 401, "invalid_client");
    }
    let other = [fields[0], fields[1], ("client_id", "service-x")];
    let answer = post_as(&app, &basic(&client.id, &client.secret), "token", &other).await;
    error_is(&answer, 401, "invalid_client");
    post_as(&app, &basic(&client.id, &client.secret), "token", &fields)
        .await
        .expect(200);
}

#[tokio::test]
async fn a_client_gives_its_own_tokens_back() {
    let app = App::builder().config(SERVICE).start().await;
    let ann = app.sign_in("ann").await;
    let (trusted, reports) = (Client::service("trusted"), Client::service("reports"));
    let (first, second) = (
        access_token(&app, &ann, &trusted).await,
        access_token(&app, &ann, &trusted).await,
    );
    let plain = full_token(&app, "ann").await;

    let answer = post(&app, "revoke", &trusted.fields(&first)).await.expect(200);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(
        [status(&app, &first).await, status(&app, &second).await],
        [403, 200],
        "that one only"
    );
    // Nobody learns whether there is such a token.
    for token in [
        first.as_str(),
        "nonsense",
        "",
        &plain,
        &trusted.secret,
        &"x".repeat(5000),
        "a\0b\0c",
    ] {
        post(&app, "revoke", &trusted.fields(token)).await.expect(200);
    }
    post(&app, "revoke", &reports.fields(&second)).await.expect(200);
    assert_eq!([status(&app, &second).await, status(&app, &plain).await], [200, 200]);
    assert_eq!(status(&app, &trusted.secret).await, 200);

    let by_basic = basic(&trusted.id, &trusted.secret);
    let hinted = [("token", second.as_str()), ("token_type_hint", "refresh_token")];
    post_as(&app, &by_basic, "revoke", &hinted).await.expect(200);
    assert_eq!(status(&app, &second).await, 403);
}

#[tokio::test]
async fn only_clients_revoke_and_introspect() {
    let app = App::builder().config(SERVICE).start().await;
    let ann = app.sign_in("ann").await;
    let trusted = Client::service("trusted");
    let token = access_token(&app, &ann, &trusted).await;
    let plain = full_token(&app, "ruth").await;
    for path in ["revoke", "introspect"] {
        for fields in [
            &[("token", token.as_str())][..],
            &[("token", &token), ("client_id", &trusted.id)],
            &[("token", &token), ("client_id", &trusted.id), ("client_secret", "")],
            &[
                ("token", &token),
                ("client_id", &trusted.id),
                ("client_secret", "wrong"),
            ],
            &[("token", &token), ("client_id", "jupyterhub"), ("client_secret", "")],
        ] {
            error_is(&post(&app, path, fields).await, 401, "invalid_client");
        }
        let by_token = post_as(&app, &format!("token {plain}"), path, &[("token", &token)]).await;
        error_is(&by_token, 401, "invalid_client");
        let none = post(&app, path, &trusted.fields(&token)[..2]).await;
        error_is(&none, 400, "invalid_request");
        let get = app.browser_at_hub().get(&format!("hub/api/oauth2/{path}")).await;
        assert_eq!(get.status, 405);
    }
    assert_eq!(status(&app, &token).await, 200);
}

#[tokio::test]
async fn a_client_learns_what_its_tokens_are_worth() {
    let app = App::builder().config(SERVICE).start().await;
    let ann = app.sign_in("ann").await;
    let (trusted, reports) = (Client::service("trusted"), Client::service("reports"));
    let token = access_token(&app, &ann, &trusted).await;
    let ask = async |client: &Client, token: &str| -> Value {
        post(&app, "introspect", &client.fields(token)).await.expect(200).json()
    };
    let told = ask(&trusted, &token).await;
    let now = 1_795_219_200;
    assert_eq!(told["active"], true);
    assert_eq!(told["client_id"], "service-trusted");
    assert_eq!((&told["username"], &told["sub"]), (&"ann".into(), &"ann".into()));
    assert_eq!(told["token_type"], "Bearer");
    assert_eq!(
        (&told["iat"], &told["exp"]),
        (&now.into(), &(now + 14 * 24 * 3600).into())
    );
    let model = who(&app, &token).await.json();
    let scope: Vec<&str> = told["scope"].as_str().unwrap().split(' ').collect();
    assert_eq!(scope, scopes(&model), "what it may do now");

    let nothing = json!({ "active": false });
    let plain = full_token(&app, "ann").await;
    for token in ["nonsense", "", &plain, &trusted.secret, &"x".repeat(5000), "a\0b\0c"] {
        assert_eq!(ask(&trusted, token).await, nothing, "{token}");
    }
    assert_eq!(ask(&reports, &token).await, nothing, "not its business");
    for (client, expected) in [(&trusted, &told), (&reports, &nothing)] {
        let own = format!("Bearer {}", client.secret);
        let answer = post_as(&app, &own, "introspect", &[("token", &token)]).await;
        assert_eq!(
            answer.expect(200).json(),
            *expected,
            "by its own API token: {}",
            client.id
        );
    }

    ann.get("hub/logout").await.expect(302);
    assert_eq!(ask(&trusted, &token).await, nothing, "it ended with the session");
}

#[tokio::test]
async fn libraries_find_everything() {
    let app = App::builder()
        .config("[hub]\npublic_url = \"https://hub.example.org\"\nbase_url = \"/lab/\"\n")
        .start()
        .await;
    let browser = app.browser_at_hub();
    let below = "hub/api/oauth2/.well-known/oauth-authorization-server";
    let told = browser.get(below).await.expect(200).json();
    let issuer = "https://hub.example.org/lab/hub/api/oauth2";
    assert_eq!(told["issuer"], issuer);
    for (name, path) in [
        ("authorization_endpoint", "authorize"),
        ("token_endpoint", "token"),
        ("revocation_endpoint", "revoke"),
        ("introspection_endpoint", "introspect"),
    ] {
        assert_eq!(told[name], format!("{issuer}/{path}"));
    }
    assert_eq!(told["code_challenge_methods_supported"], json!(["S256", "plain"]));
    let at_the_root = "/.well-known/oauth-authorization-server/lab/hub/api/oauth2";
    assert_eq!(browser.get(at_the_root).await.expect(200).json(), told);
    assert_eq!(
        app.browser().get(at_the_root).await.expect(200).json(),
        told,
        "through the edge"
    );
}

#[tokio::test]
async fn what_was_agreed_to_for_a_service_ends_there() {
    let app = App::builder().config(SERVICE).start().await;
    let ann = app.sign_in("ann").await;
    let token = access_token(&app, &ann, &Client::service("trusted")).await;
    let plain = full_token(&app, "ann").await;
    // Another person's token, and one that may not manage tokens, change nothing.
    let bob = full_token(&app, "bob").await;
    let path = "users/ann/tokens/a1";
    let browser = app.browser_at_hub();
    refused(&browser.api_with_token(&bob, Method::DELETE, path, None).await, 404, "");
    assert_eq!([status(&app, &token).await, status(&app, &plain).await], [200, 200]);
}

/// The entries of the audit log about these acts, as an administrator reads them.
async fn audited(app: &App, acts: &[&str]) -> Vec<Value> {
    let ruth = app.sign_in("ruth").await;
    let all = ruth.api(Method::GET, "audit?limit=200", None).await.expect(200).json();
    let all = all["items"].as_array().unwrap().clone();
    let mut found: Vec<_> = all
        .into_iter()
        .filter(|entry| acts.iter().any(|act| entry["act"] == *act))
        .collect();
    found.sort_by_key(|entry| entry["id"].as_i64());
    found
}

#[tokio::test]
async fn what_services_are_given_is_written_down() {
    let app = App::builder().config(SERVICE).start().await;
    let ann = app.sign_in("ann").await;
    let trusted = Client::service("trusted");
    let token = access_token(&app, &ann, &trusted).await;
    for token in [token.as_str(), "nonsense"] {
        post(&app, "revoke", &trusted.fields(token)).await.expect(200);
    }
    let entries = audited(&app, &["token.made", "token.revoked"]).await;
    assert_eq!(entries.len(), 2, "{entries:?}");
    for (entry, act) in entries.iter().zip(["token.made", "token.revoked"]) {
        assert_eq!(entry["act"], act);
        assert_eq!(
            (&entry["actor_kind"], &entry["actor"]),
            (&"service".into(), &"trusted".into())
        );
        assert_eq!(entry["via"], "client service-trusted");
        assert_eq!(entry["target"], "user ann");
        assert_eq!(entry["detail"]["id"], entries[0]["detail"]["id"]);
        assert!(!entry.to_string().contains(&token));
    }
    assert!(entries[0]["detail"]["scopes"].to_string().contains("inherit"));
}

#[tokio::test]
async fn who_goes_into_the_server_of_another_is_written_down() {
    let (app, ann, client) = ann_and_server().await;
    client.code(&ann, &[]).await;
    let ruth = app.sign_in("ruth").await;
    ruth.get(&client.authorize(&[])).await.expect(200);
    assert!(
        audited(&app, &["server.entered", "token.made"]).await.is_empty(),
        "to look is not to enter"
    );
    let agreed = [("scopes", "access:servers!server=ann/")];
    ruth.post_form(&client.authorize(&[]), &agreed).await.expect(302);
    let entries = audited(&app, &["server.entered"]).await;
    assert_eq!(entries.len(), 1, "{entries:?}");
    let entry = &entries[0];
    assert_eq!((&entry["actor"], &entry["via"]), (&"ruth".into(), &"session".into()));
    assert_eq!(entry["target"], "server ann/");
    assert_eq!(entry["detail"]["client"], client.id);
    assert_eq!(entry["detail"]["redirect_uri"], client.callback);
    assert!(
        entry["detail"]["scopes"]
            .to_string()
            .contains("access:servers!server=ann/")
    );
}
