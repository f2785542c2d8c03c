//! Providers that say what a test wants, at a real address.

mod advisories;
mod google;
mod journeys;
mod presets;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use perijove_model::{MockClock, Secret, SeededRng};
use serde_json::{Value, json};
use url::Url;

use super::preset::{Plain, Preset};
use super::settings::{Given, Settings};
use super::*;
use crate::Refusal;
use crate::jwt::testing::Signer;

/// A request as it came: what and where, who asked, with what.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    what: String,
    proof: String,
    fields: BTreeMap<String, String>,
}

#[derive(Default)]
struct Script {
    answers: BTreeMap<String, (u16, Value, Option<String>)>,
    asked: Vec<Asked>,
}

#[derive(Clone)]
pub(crate) struct Fake {
    url: Url,
    script: Arc<Mutex<Script>>,
}

impl Fake {
    pub(crate) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let fake = Self {
            url,
            script: Arc::default(),
        };
        let own = fake.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let fake = own.clone();
                let service = service_fn(move |request| fake.clone().serve(request));
                tokio::spawn(
                    hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service),
                );
            }
        });
        fake
    }

    async fn serve(self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
        let what = format!("{} {}", request.method(), request.uri());
        let proof = request
            .headers()
            .get("authorization")
            .map(|proof| proof.to_str().unwrap().to_owned());
        let body = request.into_body().collect().await.unwrap().to_bytes();
        let fields = url::form_urlencoded::parse(&body).into_owned().collect();
        let mut script = self.script.lock().unwrap();
        script.asked.push(Asked {
            what: what.clone(),
            proof: proof.unwrap_or_default(),
            fields,
        });
        let (status, json, link) = script.answers.get(&what).cloned().unwrap_or((404, json!({}), None));
        let mut response = Response::builder().status(StatusCode::from_u16(status).unwrap());
        if let Some(link) = link {
            response = response.header("link", link);
        }
        Ok(response.body(Full::from(json.to_string())).unwrap())
    }

    pub(crate) fn at(&self, path: &str) -> Url {
        self.url.join(path).unwrap()
    }

    pub(crate) fn text(&self, path: &str) -> String {
        self.at(path).into()
    }

    pub(crate) fn says(&self, what: &str, answer: Value) {
        self.answers(what, 200, answer);
    }

    pub(crate) fn answers(&self, what: &str, status: u16, answer: Value) {
        let answer = (status, answer, None);
        self.script.lock().unwrap().answers.insert(what.to_owned(), answer);
    }

    pub(crate) fn asked(&self, what: &str) -> Vec<Asked> {
        let script = self.script.lock().unwrap();
        script
            .asked
            .iter()
            .filter(|asked| asked.what == what)
            .cloned()
            .collect()
    }
}

/// OpenID Connect as it should be.
struct Openid {
    fake: Fake,
    signer: Signer,
    clock: Arc<MockClock>,
    method: OAuth,
    /// Another party, beside the provider.
    google: Option<Fake>,
}

fn settings(fake: &Fake, preset: Box<dyn Preset>) -> Settings {
    Settings {
        kind: "oauth",
        name: "campus".into(),
        label: "Campus".into(),
        rules: Rules::default(),
        client_id: "hub".into(),
        client_secret: Secret::new("s&cret"),
        issuer: Some(issuer(fake)),
        given: Given::default(),
        callback_url: None,
        scope: vec!["openid".into()],
        allowed_scopes: Vec::new(),
        authorize_params: BTreeMap::new(),
        token_params: BTreeMap::new(),
        userdata_params: BTreeMap::new(),
        userdata_from_id_token: false,
        userdata_token_in_url: false,
        basic_auth: false,
        pkce: true,
        username: "preferred_username".into(),
        groups: Some("groups".into()),
        roles: None,
        user_key: "oauth_user".into(),
        logout_url: None,
        logout_there: false,
        revoke: false,
        trust: crate::web::Trust::default(),
        preset,
    }
}

fn issuer(fake: &Fake) -> String {
    fake.url.as_str().trim_end_matches('/').to_owned()
}

fn started(settings: Settings, clock: &Arc<MockClock>) -> OAuth {
    OAuth::new(
        settings,
        Arc::clone(clock) as Arc<dyn Clock>,
        Arc::new(SeededRng::new(5)),
    )
}

impl Openid {
    async fn new() -> Self {
        Self::with(Box::new(Plain), |_| {}).await
    }

    async fn with(preset: Box<dyn Preset>, change: impl FnOnce(&mut Settings)) -> Self {
        let fake = Fake::start().await;
        let issuer = issuer(&fake);
        fake.says(
            "GET /.well-known/openid-configuration",
            json!({
                "issuer": issuer, "authorization_endpoint": fake.text("/authorize"), "token_endpoint": fake.text("/token"),
                "userinfo_endpoint": fake.text("/userinfo"), "jwks_uri": fake.text("/keys"),
            }),
        );
        let signer = Signer::new("first");
        fake.says("GET /keys", json!({ "keys": [signer.jwk()] }));
        let clock = Arc::new(MockClock::default());
        let mut settings = settings(&fake, preset);
        change(&mut settings);
        let method = started(settings, &clock);
        Self {
            fake,
            signer,
            clock,
            method,
            google: None,
        }
    }

    fn now(&self) -> i64 {
        self.clock.now().as_second()
    }

    fn claims(&self, changes: &Value) -> Value {
        let mut claims = json!({
            "iss": issuer(&self.fake), "aud": "hub", "sub": "1", "iat": self.now(), "exp": self.now() + 600,
        });
        claims
            .as_object_mut()
            .unwrap()
            .extend(changes.as_object().unwrap().clone());
        claims
    }

    /// Somebody goes there and comes back; `change` may change what the id_token says.
    async fn journey(&self, user: Value, change: Value) -> Result<Answer, AuthError> {
        let departure = self.departure().await;
        let mut claims = self.claims(&json!({ "nonce": departure.keep["nonce"] }));
        claims
            .as_object_mut()
            .unwrap()
            .extend(change.as_object().unwrap().clone());
        self.fake.says("GET /userinfo", user);
        self.fake.says(
            "POST /token",
            json!({ "access_token": "access-7", "id_token": self.signer.sign(&claims) }),
        );
        self.arrive(&departure).await
    }

    async fn departure(&self) -> Departure {
        self.method.depart(&begin()).await.unwrap()
    }

    async fn arrive(&self, departure: &Departure) -> Result<Answer, AuthError> {
        arrive(&self.method, departure).await
    }
}

fn begin() -> Begin<'static> {
    Begin {
        callback: "http://hub.example.org/hub/oauth_callback",
        state: "state-of-the-hub",
        fields: &[],
    }
}

async fn arrive(method: &OAuth, departure: &Departure) -> Result<Answer, AuthError> {
    let fields = [("code".to_owned(), "code-9".to_owned())];
    let arrival = Arrival {
        callback: begin().callback,
        fields: &fields,
        kept: Some(&departure.keep),
    };
    method.arrive(&arrival).await
}

#[track_caller]
fn known(answer: Result<Answer, AuthError>) -> Identity {
    match answer {
        Ok(Answer::Known(identity)) => *identity,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn refusal(answer: Result<Answer, AuthError>) -> Refusal {
    match answer {
        Ok(Answer::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}
