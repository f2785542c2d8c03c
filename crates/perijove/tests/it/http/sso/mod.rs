//! People who sign in elsewhere: whole journeys to a real OpenID Connect provider (`environments/oidc`) and back.

mod claims;
mod faults;
mod journeys;
mod later;

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};

use jiff::Timestamp;
use perijove_testkit::{Answer, App, Browser};
use serde_json::{Value, json};
use url::Url;

use crate::support::{free_port, npm_environment};

/// A provider and a hub that sends people there.
struct Campus {
    app: App,
    provider: Provider,
}

struct Provider {
    process: Child,
    issuer: String,
    /// What it says: it ends when nobody listens.
    _said: Option<BufReader<ChildStdout>>,
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

const KEYS: &str = "[hub]\ncrypt_keys = [\"0707070707070707070707070707070707070707070707070707070707070707\"]\n";

impl Campus {
    /// `auth` are further lines of `[[auth]]`, `rest` what follows it.
    async fn open(auth: &str, rest: &str) -> Option<Self> {
        let dir = npm_environment("oidc", "sign-in with a real OpenID Connect provider")?;
        let port = free_port();
        let issuer = format!("http://127.0.0.1:{port}");
        let toml = format!(
            "{KEYS}[[auth]]\nkind = \"oauth\"\nname = \"campus\"\nlabel = \"Campus\"\nissuer = \"{issuer}\"\n\
             client_id = \"hub\"\nclient_secret = \"secret-of-the-hub\"\n{auth}\n{rest}"
        );
        let app = App::builder().config(&toml).start().await;
        #[expect(clippy::disallowed_methods, reason = "the provider has the real time")]
        let now = Timestamp::now();
        app.clock
            .advance(now.duration_since(perijove_model::Clock::now(&*app.clock)));
        let process = Command::new("node")
            .arg(dir.join("provider.mjs"))
            .args([port.to_string(), format!("{}/", app.url)])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut provider = Provider {
            process,
            issuer,
            _said: None,
        };
        let output = provider.process.stdout.take().unwrap();
        let ready = tokio::task::spawn_blocking(move || {
            let mut output = BufReader::new(output);
            let is_ready = (&mut output)
                .lines()
                .any(|line| line.is_ok_and(|line| line.starts_with("ready")));
            (is_ready, output)
        });
        let (is_ready, said) = ready.await.unwrap();
        assert!(is_ready, "the provider does not start");
        provider._said = Some(said);
        Some(Self { app, provider })
    }

    /// Changes what the provider says of somebody, or what it does wrong.
    async fn change(&self, name: &str, change: Value) {
        let client = self.app.browser().client().clone();
        let url = format!("{}/test/{name}", self.provider.issuer);
        client.post(url).body(change.to_string()).send().await.unwrap();
    }

    /// Goes there and signs in. Gives the address that they are sent back to.
    async fn away(&self, browser: &Browser, name: &str, next: &str) -> Url {
        let left = browser.get(&format!("hub/oauth_login?next={next}")).await.expect(302);
        self.onward(browser, left.to(), name).await
    }

    /// From the provider's door to the way back.
    async fn onward(&self, browser: &Browser, from: &str, name: &str) -> Url {
        let mut url = Url::parse(from).unwrap();
        let mut answer = browser.get(url.as_str()).await;
        for _ in 0..10 {
            match &answer.location {
                Some(location) => {
                    url = url.join(location).unwrap();
                    if url.as_str().starts_with(&self.app.url) {
                        return url;
                    }
                    answer = browser.get(url.as_str()).await;
                }
                None => {
                    assert!(answer.body.contains("name=\"login\""), "{}", answer.body);
                    let fields = [("prompt", "login"), ("login", name), ("password", "any")];
                    answer = browser.send(browser.client().post(url.clone()).form(&fields)).await;
                }
            }
        }
        panic!("{url} leads nowhere");
    }

    async fn comes_back(&self, browser: &Browser, url: &Url) -> Answer {
        browser.get(url.as_str()).await
    }

    /// The whole journey.
    async fn sign_in(&self, browser: &Browser, name: &str) -> Answer {
        let back = self.away(browser, name, "").await;
        self.comes_back(browser, &back).await
    }

    async fn signed_in(&self, name: &str) -> Browser {
        let browser = self.app.browser();
        self.sign_in(&browser, name).await.expect(302);
        browser
    }

    async fn is_in(&self, browser: &Browser) -> bool {
        browser.get("hub/home").await.status == 200
    }

    async fn user(&self, name: &str) -> Option<perijove_store::users::User> {
        perijove_store::users::by_name(&self.app.hub.store, name).await.unwrap()
    }

    async fn state(&self, name: &str) -> Value {
        let user = self.user(name).await.unwrap();
        let sealed = user.encrypted_auth_state.unwrap();
        self.app.hub.auth_states.read(&sealed).unwrap()
    }
}

/// An address with another value of one parameter.
fn with(url: &Url, name: &str, value: &str) -> Url {
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let mut changed = url.clone();
    let pairs = pairs.into_iter().map(|(key, old)| match key == name {
        true => (key, value.to_owned()),
        false => (key, old),
    });
    changed.query_pairs_mut().clear().extend_pairs(pairs);
    changed
}

fn groups(names: &[&str]) -> Value {
    json!({ "groups": names })
}
