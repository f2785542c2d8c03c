//! What is special about a provider.

use async_trait::async_trait;
use serde_json::{Map, Value};
use url::Url;

use crate::web::{Proof, Reply, Web, WebError};
use crate::{AuthError, Refusal};

/// Why somebody does not come in, or why that can't be found out.
#[derive(Debug)]
pub enum Trouble {
    Refused(Refusal),
    Away(AuthError),
    Web(WebError),
}

impl From<AuthError> for Trouble {
    fn from(error: AuthError) -> Self {
        Self::Away(error)
    }
}

impl From<WebError> for Trouble {
    fn from(error: WebError) -> Self {
        Self::Web(error)
    }
}

pub(super) fn refused(why: &'static str, message: impl Into<String>) -> Trouble {
    Trouble::Refused(Refusal {
        why,
        message: message.into(),
    })
}

/// Somebody who has signed in there, and what is known of them so far.
#[derive(Debug)]
pub struct Person {
    /// What the provider says of them.
    pub user: Map<String, Value>,
    pub name: String,
    pub groups: Option<Vec<String>>,
    pub allowed: bool,
    pub admin: Option<bool>,
    /// What else is kept of them.
    pub more: Map<String, Value>,
}

impl Person {
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.user.get(name).and_then(Value::as_str)
    }

    /// Said to be so, as truth or as the word for it.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        matches!(self.user.get(name), Some(Value::Bool(true))) || self.text(name) == Some("true")
    }
}

/// Asks the provider's own interfaces in somebody's name.
pub struct Asks<'a> {
    pub web: &'a Web,
    pub access_token: &'a str,
    pub scope: &'a [String],
    /// The answer with the tokens, whole.
    pub tokens: &'a Value,
}

impl Asks<'_> {
    pub async fn get(&self, url: &Url) -> Result<Reply, WebError> {
        self.web.get(url, Proof::Bearer(self.access_token)).await
    }
}

/// The address of an interface below `base`, each step encoded.
pub(super) fn below(base: &Url, steps: &[&str]) -> Url {
    let mut url = base.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(steps);
    }
    url
}

#[async_trait]
pub trait Preset: Send + Sync + 'static {
    /// Tokens name one of several tenants as their issuer.
    fn has_many_tenants(&self) -> bool {
        false
    }

    /// Shuts out whoever is not to come in whatever else is allowed. It comes before every rule that lets somebody in.
    fn restrict(&self, _: &Person) -> Result<(), Trouble> {
        Ok(())
    }

    /// What somebody is called, if the claim alone does not tell.
    fn name(&self, _: &Map<String, Value>, claimed: Option<String>) -> Result<Option<String>, Trouble> {
        Ok(claimed)
    }

    /// Asks for what the provider tells elsewhere.
    async fn complete(&self, _: &mut Person, _: &Asks<'_>) -> Result<(), Trouble> {
        Ok(())
    }

    /// Further tokens to give back when somebody signs out.
    fn tokens(&self, _: &Value) -> Vec<String> {
        Vec::new()
    }
}

/// Nothing is.
pub struct Plain;

#[async_trait]
impl Preset for Plain {}
