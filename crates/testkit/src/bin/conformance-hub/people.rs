//! Who may sign in: anybody whose password is their name, unless a test says otherwise.

use std::sync::Arc;

use async_trait::async_trait;
use perijove_auth::{Answer, AuthError, Authenticator, Credentials, GivenRole, Identity, Offer};
use serde_json::Value;

use crate::settings::Settings;

pub struct TestAuthenticator {
    /// Nobody at all comes in.
    closed: bool,
    /// Whoever comes is who they say they are.
    trusting: bool,
    auth_state: Option<Value>,
    groups: Option<Vec<String>>,
    roles: Option<Vec<GivenRole>>,
}

impl TestAuthenticator {
    /// None at all, if a test wants nobody to come in.
    pub fn wanted(settings: &Settings) -> Vec<Arc<dyn Authenticator>> {
        match settings.authenticator_class() {
            Some("NullAuthenticator") => Vec::new(),
            _ => vec![Arc::new(Self::new(settings))],
        }
    }

    fn new(settings: &Settings) -> Self {
        let class = settings.authenticator_class();
        let attribute = |name: &str| settings.authenticator(name).cloned();
        Self {
            closed: class == Some("Authenticator"),
            trusting: matches!(class, Some("MockGroupsAuthenticator" | "MockRolesAuthenticator")),
            auth_state: attribute("auth_state"),
            groups: attribute("authenticated_groups").and_then(|names| serde_json::from_value(names).ok()),
            roles: attribute("authenticated_roles").and_then(|roles| serde_json::from_value(roles).ok()),
        }
    }
}

#[async_trait]
impl Authenticator for TestAuthenticator {
    fn kind(&self) -> &'static str {
        "test"
    }

    fn offer(&self) -> Offer {
        Offer::Form { code: false }
    }

    async fn check(&self, credentials: &Credentials) -> Result<Answer, AuthError> {
        let name = &credentials.username;
        let known = self.trusting || (name == credentials.password.expose() && !name.starts_with("notallowed"));
        if !known || self.closed {
            return Ok(Answer::Unknown);
        }
        Ok(Answer::from(Identity {
            name: name.clone(),
            auth_state: self.auth_state.clone(),
            groups: self.groups.clone(),
            roles: self.roles.clone(),
            ..Identity::default()
        }))
    }
}
