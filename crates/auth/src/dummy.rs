//! For trials and tests: any name, with one password for all or none.

use async_trait::async_trait;
use perijove_model::Secret;

use crate::{AuthError, Authenticator, Credentials, Identity, Offer};

#[derive(Debug)]
pub struct Dummy {
    password: Option<Secret>,
}

impl Dummy {
    #[must_use]
    pub fn new(password: Option<Secret>) -> Self {
        Self { password }
    }
}

#[async_trait]
impl Authenticator for Dummy {
    fn kind(&self) -> &'static str {
        "dummy"
    }

    fn offer(&self) -> Offer {
        Offer::Form
    }

    async fn check(&self, credentials: &Credentials) -> Result<Option<Identity>, AuthError> {
        let fits = self
            .password
            .as_ref()
            .is_none_or(|password| *password == credentials.password);
        Ok(fits.then(|| Identity {
            name: credentials.username.clone(),
            ..Identity::default()
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_password_for_all_or_none() {
        let given = |password: &str| Credentials {
            username: "ann".into(),
            password: Secret::new(password),
        };
        let closed = Dummy::new(Some(Secret::new("open sesame")));
        assert_eq!(
            closed
                .check(&given("open sesame"))
                .await
                .unwrap()
                .map(|i| i.name)
                .as_deref(),
            Some("ann")
        );
        assert!(closed.check(&given("open")).await.unwrap().is_none());
        assert!(Dummy::new(None).check(&given("")).await.unwrap().is_some());
    }
}
