//! The OAuth 2 provider, as single-user servers and services use it.

mod device;
mod programs;
mod servers;
mod services;
mod shares;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use perijove_testkit::{Answer, App, Browser};
use reqwest::Method;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::start_server;

const VERIFIER: &str = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";
const CALLBACK: &str = "/user/ann/oauth_callback";
const SERVICE: &str = r#"
[[service]]
name = "reports"
url = "http://127.0.0.1:9"
api_token = "the-secret-of-reports"
oauth_client_allowed_scopes = ["read:users!user", "read:servers!user"]
[[service]]
name = "trusted"
url = "http://127.0.0.1:9"
api_token = "the-secret-of-trusted"
oauth_no_confirm = true
oauth_client_allowed_scopes = ["inherit"]
[[group]]
name = "service-users"
users = ["ann", "bob"]
[[role]]
name = "users-of-services"
scopes = ["access:services"]
groups = ["service-users"]
"#;

fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}

/// The application on the other side: a server or a service.
struct Client {
    id: String,
    secret: String,
    callback: String,
}

impl Client {
    /// The single-user server that was started last.
    fn server(app: &App) -> Self {
        let spec = app.spawner.specs().pop().unwrap();
        Self {
            id: spec.env["JUPYTERHUB_CLIENT_ID"].clone(),
            secret: spec.api_token.expose().to_owned(),
            callback: spec.env["JUPYTERHUB_OAUTH_CALLBACK_URL"].clone(),
        }
    }

    fn service(name: &str) -> Self {
        Self {
            id: format!("service-{name}"),
            secret: format!("the-secret-of-{name}"),
            callback: format!("/services/{name}/oauth_callback"),
        }
    }

    /// The address that a browser is sent to, with more parameters or others.
    fn authorize(&self, more: &[(&str, &str)]) -> String {
        let mut pairs = vec![
            ("client_id", self.id.as_str()),
            ("redirect_uri", &self.callback),
            ("response_type", "code"),
            ("state", "the state"),
        ];
        pairs.retain(|(key, _)| more.iter().all(|(other, _)| other != key));
        pairs.extend(more.iter().filter(|(_, value)| !value.is_empty()));
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(pairs)
            .finish();
        format!("hub/api/oauth2/authorize?{query}")
    }

    /// The exchange of a code, with more fields or others.
    async fn token(&self, app: &App, code: &str, more: &[(&str, &str)]) -> Answer {
        let mut fields = vec![
            ("client_id", self.id.as_str()),
            ("client_secret", &self.secret),
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.callback),
        ];
        fields.retain(|(key, _)| more.iter().all(|(other, _)| other != key));
        fields.extend(more.iter().filter(|(_, value)| !value.is_empty()));
        let browser = app.browser_at_hub();
        browser
            .send(browser.request(Method::POST, "hub/api/oauth2/token").form(&fields))
            .await
    }

    async fn code(&self, browser: &Browser, more: &[(&str, &str)]) -> String {
        let answer = browser.get(&self.authorize(more)).await.expect(302);
        assert!(answer.to().starts_with(&self.callback), "{}", answer.to());
        assert_eq!(parameter(&answer, "state"), "the state");
        parameter(&answer, "code")
    }
}

/// A parameter of the address that somebody is sent to.
fn parameter(answer: &Answer, key: &str) -> String {
    let url = url::Url::parse("http://x").unwrap().join(answer.to()).unwrap();
    let found = url.query_pairs().find(|(name, _)| name == key);
    found.map(|(_, value)| value.into_owned()).unwrap_or_default()
}

/// The token that the person's running server gets for this browser.
pub async fn token_of(app: &App, browser: &Browser) -> String {
    let client = Client::server(app);
    let code = client.code(browser, &[]).await;
    let answer = client.token(app, &code, &[]).await.expect(200);
    answer.json()["access_token"].as_str().unwrap().to_owned()
}

async fn who(app: &App, token: &str) -> Answer {
    app.browser_at_hub()
        .api_with_token(token, Method::GET, "user", None)
        .await
}

fn scopes(model: &Value) -> Vec<&str> {
    model["scopes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|scope| scope.as_str().unwrap())
        .collect()
}

/// Ann with her server, and the server as a client.
async fn ann_and_server() -> (App, Browser, Client) {
    let app = App::start().await;
    let ann = app.sign_in("ann").await;
    start_server(&ann, "ann").await;
    let client = Client::server(&app);
    (app, ann, client)
}

fn error_is(answer: &Answer, status: u16, error: &str) {
    assert_eq!(answer.status, status, "{}", answer.body);
    assert_eq!(answer.json()["error"], error);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("pragma"), "no-cache");
    assert_eq!(answer.header("content-type"), "application/json");
}
