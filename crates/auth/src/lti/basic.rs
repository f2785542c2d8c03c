//! LTI 1.1: the platform sends the browser with a form that it has signed as OAuth 1.0a has it.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use perijove_model::escape::component;
use perijove_model::{Clock, Secret};
use serde_json::{Map, Value};
use sha1::Sha1;
use url::Url;

use super::{LONGEST, Nonces, begin_again, groups, refused};
use crate::{Answer, Arrival, AuthError, Authenticator, Identity, Offer, Rules};

/// How far clocks may be apart, and how long what was used is remembered.
const WINDOW: SignedDuration = SignedDuration::from_mins(5);
/// No form has more.
const MOST_FIELDS: usize = 200;
const LARGEST: usize = 64 << 10;

pub struct Settings {
    pub name: String,
    pub rules: Rules,
    /// Platforms by their keys, with what each signs with.
    pub consumers: BTreeMap<String, Secret>,
    /// The field with the name; as ltiauthenticator does it, if there is none.
    pub username_key: Option<String>,
    /// The field with the groups.
    pub groups_key: Option<String>,
}

pub struct Consumers {
    settings: Settings,
    nonces: Arc<dyn Nonces>,
    clock: Arc<dyn Clock>,
}

impl Consumers {
    #[must_use]
    pub fn new(settings: Settings, nonces: Arc<dyn Nonces>, clock: Arc<dyn Clock>) -> Self {
        Self {
            settings,
            nonces,
            clock,
        }
    }

    fn holds(&self, arrival: &Arrival<'_>) -> bool {
        let consumer = arrival.field("oauth_consumer_key").unwrap_or_default();
        let nobodys = Secret::default();
        let secret = self.settings.consumers.get(consumer);
        let signature = arrival.field("oauth_signature").unwrap_or_default();
        let signature = STANDARD.decode(signature).unwrap_or_default();
        let Some(base) = base(arrival.callback, arrival.fields) else {
            return false;
        };
        // Of a key that nobody has it takes as long.
        let signs = signs(secret.unwrap_or(&nobodys), &base, &signature);
        signs && secret.is_some_and(|secret| !secret.is_empty())
    }

    fn identity(&self, arrival: &Arrival<'_>) -> Option<Identity> {
        let said = |name: &str| arrival.field(name).filter(|value| !value.is_empty());
        let of_person = said("user_id").filter(|id| id.len() <= LONGEST);
        let name = match &self.settings.username_key {
            Some(key) => said(key).or(of_person),
            None => said("custom_canvas_user_id").or(of_person),
        };
        let kept = arrival.fields.iter().filter(|(name, _)| !name.starts_with("oauth_"));
        let kept: Map<String, Value> = kept
            .map(|(name, value)| (name.clone(), Value::from(value.as_str())))
            .collect();
        let shown = [
            ("name", "lis_person_name_full"),
            ("given_name", "lis_person_name_given"),
            ("family_name", "lis_person_name_family"),
            ("email", "lis_person_contact_email_primary"),
        ];
        let shown = shown
            .iter()
            .filter_map(|(name, field)| Some(((*name).to_owned(), Value::from(said(field)?))));
        let consumer = said("oauth_consumer_key").unwrap_or_default();
        let kept = Value::Object(kept);
        Some(Identity {
            name: name?.to_owned(),
            subject: of_person.map(|id| format!("{consumer}:{id}")),
            groups: self.settings.groups_key.as_deref().map(|key| groups(&kept, key)),
            user_info: Some(Value::Object(shown.collect())),
            auth_state: Some(kept),
            ..Identity::default()
        })
    }
}

/// Whether this is the signature of a text.
fn signs(secret: &Secret, base: &str, signature: &[u8]) -> bool {
    let key = format!("{}&", component(secret.expose()));
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(key.as_bytes()) else {
        return false;
    };
    mac.update(base.as_bytes());
    mac.verify_slice(signature).is_ok()
}

/// What is signed (RFC 5849, 3.4.1).
fn base(url: &str, fields: &[(String, String)]) -> Option<String> {
    let mut url = Url::parse(url).ok()?;
    url.set_query(None);
    url.set_fragment(None);
    let mut pairs: Vec<(String, String)> = fields
        .iter()
        .filter(|(name, _)| name != "oauth_signature")
        .map(|(name, value)| (component(name), component(value)))
        .collect();
    pairs.sort();
    let pairs: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    Some(format!(
        "POST&{}&{}",
        component(url.as_str()),
        component(&pairs.join("&"))
    ))
}

#[async_trait]
impl Authenticator for Consumers {
    fn kind(&self) -> &'static str {
        "lti11"
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

    async fn arrive(&self, arrival: &Arrival<'_>) -> Result<Answer, AuthError> {
        let bytes: usize = arrival
            .fields
            .iter()
            .map(|(name, value)| name.len() + value.len())
            .sum();
        if arrival.fields.len() > MOST_FIELDS || bytes > LARGEST {
            return Ok(begin_again("too large"));
        }
        let is = |name: &str, wanted: &[&str]| arrival.field(name).is_some_and(|value| wanted.contains(&value));
        let is_launch = is("lti_message_type", &["basic-lti-launch-request"])
            && is("lti_version", &["LTI-1p0", "LTI-1p1", "LTI-1p2"])
            && is("oauth_signature_method", &["HMAC-SHA1"])
            && (arrival.field("oauth_version").is_none() || is("oauth_version", &["1.0"]));
        if !is_launch {
            return Ok(begin_again("no launch"));
        }
        let now = self.clock.now();
        let at = arrival.field("oauth_timestamp").and_then(|at| at.parse::<i64>().ok());
        let Some(at) = at.and_then(|at| Timestamp::from_second(at).ok()) else {
            return Ok(begin_again("no launch"));
        };
        if now.duration_since(at).abs() > WINDOW {
            return Ok(begin_again("too old"));
        }
        let nonce = arrival.field("oauth_nonce").unwrap_or_default();
        if nonce.is_empty() || nonce.len() > LONGEST || !self.holds(arrival) {
            return Ok(begin_again("signature"));
        }
        // Only what a platform has signed is remembered.
        let consumer = arrival.field("oauth_consumer_key").unwrap_or_default();
        let nonce = format!("lti11 {} {consumer} {} {nonce}", self.settings.name, at.as_second());
        let until = at.saturating_add(WINDOW * 2).unwrap_or(Timestamp::MAX);
        if !self.nonces.spend(&nonce, until).await? {
            return Ok(begin_again("used before"));
        }
        match self.identity(arrival) {
            Some(identity) => Ok(identity.into()),
            None => Ok(refused(
                "nobody in particular",
                "Your learning platform does not say who you are. Whoever runs it can let it.",
            )),
        }
    }
}

#[cfg(test)]
pub(crate) fn signed(url: &str, secret: &Secret, fields: &mut Vec<(String, String)>) {
    let text = base(url, fields).unwrap();
    let key = format!("{}&", component(secret.expose()));
    let mut mac = Hmac::<Sha1>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    fields.push(("oauth_signature".into(), STANDARD.encode(mac.finalize().into_bytes())));
}
