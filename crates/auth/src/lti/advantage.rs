//! LTI 1.3: the platform begins, the browser goes there for an id_token, and comes back with it in a form.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use perijove_model::{Clock, Rng};
use serde_json::{Value, json};
use url::Url;

use super::{LONGEST, Nonces, begin_again, groups, refused};
use crate::jwt::{self, Claims, Expected};
use crate::keyring::Keyring;
use crate::oauth::claims;
use crate::web::{Trust, Web};
use crate::{Answer, Arrival, AuthError, Authenticator, Begin, Departure, Identity, Offer, Rules};

const CLAIM: &str = "https://purl.imsglobal.org/spec/lti/claim/";
/// Claims that are called without the address before them.
const OF_LTI: [&str; 8] = [
    "context",
    "custom",
    "deployment_id",
    "ext",
    "lis",
    "resource_link",
    "roles",
    "tool_platform",
];
/// Longer than anybody may take to come back: after that the browser's own note is worth nothing.
const KEEP: SignedDuration = SignedDuration::from_hours(1);

/// One platform.
pub struct Settings {
    pub name: String,
    pub rules: Rules,
    pub issuer: String,
    /// What it calls this hub; several where it is registered there several times.
    pub client_ids: Vec<String>,
    pub authorize_url: Url,
    pub jwks_endpoint: Url,
    /// In which places there it may be; any, if there are none.
    pub deployment_ids: Vec<String>,
    /// By which it may sign.
    pub algorithms: Vec<String>,
    /// The claim with the name; `custom_x` is `x` of the custom ones.
    pub username_key: String,
    /// The claim with the groups.
    pub groups_key: Option<String>,
    pub trust: Trust,
}

pub struct Platform {
    settings: Settings,
    web: Web,
    keys: Keyring,
    nonces: Arc<dyn Nonces>,
    clock: Arc<dyn Clock>,
    rng: Arc<dyn Rng>,
}

impl Platform {
    #[must_use]
    pub fn new(settings: Settings, nonces: Arc<dyn Nonces>, clock: Arc<dyn Clock>, rng: Arc<dyn Rng>) -> Self {
        Self {
            web: Web::new(settings.trust.clone()),
            keys: Keyring::default(),
            settings,
            nonces,
            clock,
            rng,
        }
    }

    /// Which of our names there is meant.
    fn client<'a>(&'a self, named: Option<&str>) -> Option<&'a str> {
        let ids = &self.settings.client_ids;
        match (named, ids.as_slice()) {
            (Some(named), _) => ids.iter().find(|id| *id == named).map(String::as_str),
            (None, [only]) => Some(only),
            (None, _) => None,
        }
    }

    fn is_deployed(&self, id: &str) -> bool {
        let known = &self.settings.deployment_ids;
        !id.is_empty() && (known.is_empty() || known.iter().any(|known| known == id))
    }

    /// Why what the token says is nothing to begin with.
    fn objection(&self, claims: &Claims, kept: &Value, now: Timestamp) -> Option<&'static str> {
        let text = |name: &str| jwt::text(claims, name).unwrap_or_default();
        let of_lti = |name: &str| jwt::text(claims, &format!("{CLAIM}{name}")).unwrap_or_default();
        let nonce = kept["nonce"].as_str().unwrap_or_default();
        let expected = Expected {
            issuer: &self.settings.issuer,
            audience: kept["client_id"].as_str().unwrap_or_default(),
            now,
        };
        if let Err(error) = jwt::check(claims, &expected) {
            tracing::warn!(method = %self.settings.name, %error, "a launch does not hold");
            return Some("token");
        }
        if nonce.is_empty() || text("nonce") != nonce {
            return Some("nonce");
        }
        if of_lti("version") != "1.3.0" || of_lti("message_type") != "LtiResourceLinkRequest" {
            return Some("no launch");
        }
        (!self.is_deployed(of_lti("deployment_id"))).then_some("deployment")
    }

    fn identity(&self, claims: Claims) -> Option<Identity> {
        let subject = jwt::text(&claims, "sub").filter(|sub| !sub.is_empty() && sub.len() <= LONGEST)?;
        let subject = subject.to_owned();
        let public = claims::public(&claims);
        let all = Value::Object(claims);
        let name = claims::filled(&all, &path(&self.settings.username_key)).unwrap_or_else(|| subject.clone());
        Some(Identity {
            name,
            subject: Some(subject),
            groups: self.settings.groups_key.as_deref().map(|key| groups(&all, &path(key))),
            user_info: Some(public),
            auth_state: Some(all),
            ..Identity::default()
        })
    }
}

/// Where a claim is that is called by its short name.
fn path(key: &str) -> String {
    let key = match key.strip_prefix("custom_") {
        Some(rest) => format!("custom.{rest}"),
        None => key.to_owned(),
    };
    let first = key.split('.').next().unwrap_or_default();
    match OF_LTI.contains(&first) {
        true => format!("{CLAIM}{key}"),
        false => key,
    }
}

fn field<'a>(fields: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let mut found = fields.iter().filter(|(key, _)| key == name);
    match (found.next(), found.next()) {
        (Some((_, value)), None) if !value.is_empty() => Some(value),
        _ => None,
    }
}

#[async_trait]
impl Authenticator for Platform {
    fn kind(&self) -> &'static str {
        "lti"
    }

    fn name(&self) -> &str {
        &self.settings.name
    }

    fn rules(&self) -> &Rules {
        &self.settings.rules
    }

    fn offer(&self) -> Offer {
        Offer::Outside
    }

    async fn depart(&self, begin: &Begin<'_>) -> Result<Departure, AuthError> {
        let wrong = |what: &str| AuthError::new(format!("This launch {what}. Open the link on your platform again."));
        let field = |name: &str| field(begin.fields, name);
        if field("iss") != Some(self.settings.issuer.as_str()) {
            return Err(wrong("is from a platform that is not known here"));
        }
        let client = self
            .client(field("client_id"))
            .ok_or_else(|| wrong("is for somebody else"))?;
        let hint = field("login_hint").ok_or_else(|| wrong("does not say for whom it is"))?;
        if field("lti_deployment_id").is_some_and(|id| !self.is_deployed(id)) {
            return Err(wrong("is from a place that is not known here"));
        }
        let nonce = self.rng.urlsafe(32);
        let mut url = self.settings.authorize_url.clone();
        url.query_pairs_mut()
            .append_pair("response_type", "id_token")
            .append_pair("response_mode", "form_post")
            .append_pair("scope", "openid")
            .append_pair("prompt", "none")
            .append_pair("client_id", client)
            .append_pair("redirect_uri", begin.callback)
            .append_pair("login_hint", hint)
            .append_pair("state", begin.state)
            .append_pair("nonce", &nonce);
        if let Some(hint) = field("lti_message_hint") {
            url.query_pairs_mut().append_pair("lti_message_hint", hint);
        }
        Ok(Departure {
            url: url.into(),
            keep: json!({ "nonce": nonce, "client_id": client }),
        })
    }

    async fn arrive(&self, arrival: &Arrival<'_>) -> Result<Answer, AuthError> {
        let Some(kept) = arrival.kept else {
            let message = "This sign-in was not begun in this browser, or too long ago. Open the link on your learning \
                           platform again, in a window of its own.";
            return Ok(refused("not begun here", message));
        };
        if arrival.field("error").is_some() {
            let message = "Your learning platform does not say who you are. Sign in there, and open the link again.";
            return Ok(refused("refused there", message));
        }
        let now = self.clock.now();
        let token = arrival.field("id_token").unwrap_or_default();
        let signed_as_agreed = jwt::algorithm(token).is_some_and(|one| self.settings.algorithms.contains(&one));
        if !signed_as_agreed {
            return Ok(begin_again("token"));
        }
        let read = self
            .keys
            .verified(&self.web, &self.settings.jwks_endpoint, token, now)
            .await;
        let read = read.map_err(|error| {
            let message = "Your learning platform can't be asked for its keys just now. Try again in a few minutes.";
            AuthError::because(message, error)
        })?;
        let claims = match read {
            Ok(claims) => claims,
            Err(error) => {
                tracing::warn!(method = %self.settings.name, %error, "a launch does not hold");
                return Ok(begin_again("token"));
            }
        };
        if let Some(why) = self.objection(&claims, kept, now) {
            return Ok(begin_again(why));
        }
        // From here on it is the platform's word, and counts once.
        let nonce = format!("lti {} {}", self.settings.name, kept["nonce"]);
        if !self
            .nonces
            .spend(&nonce, now.saturating_add(KEEP).unwrap_or(Timestamp::MAX))
            .await?
        {
            return Ok(begin_again("used before"));
        }
        match self.identity(claims) {
            Some(identity) => Ok(identity.into()),
            None => Ok(refused(
                "nobody in particular",
                "Your learning platform does not say who you are. Whoever runs it can let it.",
            )),
        }
    }
}
