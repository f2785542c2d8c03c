//! Who may sign in: anybody whose password is their name, unless a test says otherwise.

use async_trait::async_trait;
use perijove_auth::{AuthError, Authenticator, Credentials, Identity, Offer};
use serde_json::Value;

use crate::settings::Settings;

pub struct TestAuthenticator {
    /// Nobody at all comes in.
    closed: bool,
    /// Whoever comes is who they say they are.
    trusting: bool,
    auth_state: Option<Value>,
    groups: Option<Vec<String>>,
}

impl TestAuthenticator {
    pub fn new(settings: &Settings) -> Self {
        let class = settings.authenticator_class();
        let names = |value: &Value| serde_json::from_value(value.clone()).ok();
        Self {
            closed: matches!(class, Some("NullAuthenticator" | "Authenticator")),
            trusting: matches!(class, Some("MockGroupsAuthenticator" | "MockRolesAuthenticator")),
            auth_state: settings.authenticator("auth_state").cloned(),
            groups: settings.authenticator("authenticated_groups").and_then(names),
        }
    }
}

#[async_trait]
impl Authenticator for TestAuthenticator {
    fn kind(&self) -> &'static str {
        "test"
    }

    fn offer(&self) -> Offer {
        Offer::Form
    }

    async fn check(&self, credentials: &Credentials) -> Result<Option<Identity>, AuthError> {
        let name = &credentials.username;
        let known = self.trusting || (name == credentials.password.expose() && !name.starts_with("notallowed"));
        Ok((known && !self.closed).then(|| Identity {
            name: name.clone(),
            auth_state: self.auth_state.clone(),
            groups: self.groups.clone(),
            ..Identity::default()
        }))
    }
}
