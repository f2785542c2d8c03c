//! For trials and tests: any name, with one password for all or none.

use async_trait::async_trait;
use perijove_model::Secret;

use crate::{Answer, AuthError, Authenticator, Credentials, Identity, Offer, Rules};

#[derive(Debug)]
pub struct Dummy {
    password: Option<Secret>,
    rules: Rules,
}

impl Dummy {
    #[must_use]
    pub fn new(password: Option<Secret>, rules: Rules) -> Self {
        Self { password, rules }
    }
}

#[async_trait]
impl Authenticator for Dummy {
    fn kind(&self) -> &'static str {
        "dummy"
    }

    fn offer(&self) -> Offer {
        Offer::Form { code: false }
    }

    fn rules(&self) -> &Rules {
        &self.rules
    }

    async fn check(&self, credentials: &Credentials) -> Result<Answer, AuthError> {
        let fits = self
            .password
            .as_ref()
            .is_none_or(|password| *password == credentials.password);
        if !fits {
            return Ok(Answer::Unknown);
        }
        Ok(Answer::from(Identity {
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
            code: None,
        };
        let closed = Dummy::new(Some(Secret::new("open sesame")), Rules::default());
        let Answer::Known(identity) = closed.check(&given("open sesame")).await.unwrap() else {
            panic!("the password is right");
        };
        assert_eq!(identity.name, "ann");
        assert_eq!(closed.check(&given("open")).await.unwrap(), Answer::Unknown);
        let open = Dummy::new(None, Rules::default());
        assert!(matches!(open.check(&given("")).await.unwrap(), Answer::Known(_)));
    }
}
