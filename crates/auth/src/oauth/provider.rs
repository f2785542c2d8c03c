//! What a provider says of itself, and the keys it signs with: asked for once, kept, and asked for again.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use perijove_model::Clock;
use serde_json::Value;
use url::Url;

use crate::AuthError;
use crate::jwt::{self, Claims, Expected, JwtError};
use crate::keyring::Keyring;
use crate::web::{Proof, Web, WebError};

use super::settings::{Given, Settings};

/// How long what it says is believed without asking.
const FRESH: SignedDuration = SignedDuration::from_hours(1);

/// Where to go with what.
#[derive(Debug, Clone)]
pub struct Endpoints {
    /// As tokens have it.
    pub issuer: Option<String>,
    pub authorize: Url,
    pub token: Url,
    pub userdata: Option<Url>,
    pub keys: Option<Url>,
    pub revocation: Option<Url>,
    pub end_session: Option<Url>,
    /// It says who it is when it sends people back (RFC 9207).
    pub says_issuer: bool,
    /// It takes the client's secret in a header only.
    pub basic_only: bool,
}

/// What was asked for, and when.
struct Kept<T> {
    asked: Timestamp,
    value: Option<Arc<T>>,
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self {
            asked: Timestamp::MIN,
            value: None,
        }
    }
}

pub struct Provider {
    pub web: Web,
    clock: Arc<dyn Clock>,
    issuer: Option<String>,
    /// The issuer of several tenants, of which tokens name one.
    many_tenants: bool,
    given: Given,
    client_id: String,
    name: String,
    endpoints: Mutex<Kept<Endpoints>>,
    keys: Keyring,
}

fn locked<T>(lock: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Provider {
    #[must_use]
    pub fn new(settings: &Settings, clock: Arc<dyn Clock>) -> Self {
        Self {
            web: Web::new(settings.trust.clone()),
            clock,
            issuer: settings.issuer.clone(),
            many_tenants: settings.preset.has_many_tenants(),
            given: settings.given.clone(),
            client_id: settings.client_id.clone(),
            name: settings.label.clone(),
            endpoints: Mutex::default(),
            keys: Keyring::default(),
        }
    }

    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// That it can't be asked, for a person; what exactly, for the log.
    pub fn away(&self, cause: WebError) -> AuthError {
        tracing::warn!(provider = %self.name, error = %cause, "who signs people in can't be asked");
        AuthError::because(
            format!(
                "{} can't be asked who you are at the moment. Try again in a few minutes.",
                self.name
            ),
            cause,
        )
    }

    pub async fn endpoints(&self) -> Result<Arc<Endpoints>, AuthError> {
        let now = self.now();
        let (kept, asked) = {
            let kept = locked(&self.endpoints);
            (kept.value.clone(), kept.asked)
        };
        if let Some(kept) = &kept
            && now.duration_since(asked) < FRESH
        {
            return Ok(Arc::clone(kept));
        }
        match self.discover().await {
            Ok(found) => {
                let value = Arc::new(found);
                *locked(&self.endpoints) = Kept {
                    asked: now,
                    value: Some(Arc::clone(&value)),
                };
                Ok(value)
            }
            Err(error) => match kept {
                // What it said an hour ago is better than nothing.
                Some(kept) => {
                    locked(&self.endpoints).asked = now;
                    tracing::warn!(provider = %self.name, %error, "what a provider says of itself can't be read anew");
                    Ok(kept)
                }
                None => Err(self.away(error)),
            },
        }
    }

    async fn discover(&self) -> Result<Endpoints, WebError> {
        let said = match &self.issuer {
            Some(issuer) => self.metadata(issuer).await?,
            None => Value::Null,
        };
        let place = self.issuer.as_deref().unwrap_or("the configuration");
        let text = |name: &str| said.get(name).and_then(Value::as_str);
        let url = |given: &Option<Url>, name: &str| given.clone().or_else(|| Url::parse(text(name)?).ok());
        let needed = |url: Option<Url>, name: &str| {
            url.ok_or_else(|| WebError::Odd(place.to_owned(), format!("`{name}` is missing")))
        };
        let ways = said
            .get("token_endpoint_auth_methods_supported")
            .and_then(Value::as_array);
        let takes = |way: &str| ways.is_some_and(|ways| ways.iter().any(|one| one == way));
        Ok(Endpoints {
            issuer: text("issuer").map(str::to_owned),
            authorize: needed(
                url(&self.given.authorize, "authorization_endpoint"),
                "authorization_endpoint",
            )?,
            token: needed(url(&self.given.token, "token_endpoint"), "token_endpoint")?,
            userdata: url(&self.given.userdata, "userinfo_endpoint"),
            keys: url(&self.given.keys, "jwks_uri"),
            revocation: url(&self.given.revocation, "revocation_endpoint"),
            end_session: url(&self.given.end_session, "end_session_endpoint"),
            says_issuer: said.get("authorization_response_iss_parameter_supported") == Some(&Value::Bool(true)),
            basic_only: takes("client_secret_basic") && !takes("client_secret_post"),
        })
    }

    async fn metadata(&self, issuer: &str) -> Result<Value, WebError> {
        let address = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let url = Url::parse(&address).map_err(|error| WebError::Odd(address.clone(), error.to_string()))?;
        let said = self.web.get(&url, Proof::Nothing).await?.good()?;
        // Else anybody's document could be put in its place.
        let claimed = said.get("issuer").and_then(Value::as_str).unwrap_or_default();
        if claimed != issuer && !self.many_tenants {
            let why = format!(
                "it says that its issuer is \"{}\": write it so in `issuer`",
                bounded(claimed)
            );
            return Err(WebError::Odd(address, why));
        }
        Ok(said)
    }

    /// What a token of this provider for this client says.
    pub async fn verified(&self, token: &str) -> Result<Result<Claims, JwtError>, AuthError> {
        let endpoints = self.endpoints().await?;
        let (Some(url), Some(issuer)) = (&endpoints.keys, &endpoints.issuer) else {
            return Ok(Err(JwtError::Key));
        };
        let read = self.keys.verified(&self.web, url, token, self.now()).await;
        let read = read.map_err(|error| self.away(error))?;
        let expected = Expected {
            issuer,
            audience: &self.client_id,
            now: self.now(),
        };
        Ok(read.and_then(|claims| jwt::check(&claims, &expected).map(|()| claims)))
    }
}

/// Text from outside for a log: one short line.
pub(super) fn bounded(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}
