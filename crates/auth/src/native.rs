//! Accounts of our own: a name and an argon2id hash in the database.

use std::sync::Arc;

use async_trait::async_trait;
use perijove_model::UserName;

use crate::password::Passwords;
use crate::{Answer, AuthError, Authenticator, Credentials, Identity, Offer, Rules};

/// Where the hashes are kept. The hub gives its database.
#[async_trait]
pub trait Accounts: Send + Sync + 'static {
    async fn password_hash(&self, name: &UserName) -> Result<Option<String>, AuthError>;
}

pub struct Native {
    accounts: Arc<dyn Accounts>,
    passwords: Passwords,
    rules: Rules,
}

impl Native {
    #[must_use]
    pub fn new(accounts: Arc<dyn Accounts>, passwords: Passwords, rules: Rules) -> Self {
        Self {
            accounts,
            passwords,
            rules,
        }
    }
}

#[async_trait]
impl Authenticator for Native {
    fn kind(&self) -> &'static str {
        "native"
    }

    fn offer(&self) -> Offer {
        Offer::Form { code: false }
    }

    fn rules(&self) -> &Rules {
        &self.rules
    }

    async fn check(&self, credentials: &Credentials) -> Result<Answer, AuthError> {
        let hash = match UserName::normalise(&credentials.username) {
            Ok(name) => self.accounts.password_hash(&name).await?,
            Err(_) => None,
        };
        let known = hash.is_some();
        // Without an account the work is done all the same, so that the time tells nothing.
        let fits = self.passwords.verify(credentials.password.clone(), hash).await?;
        if !known || !fits {
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
    use std::collections::HashMap;

    use perijove_model::{Secret, SeededRng};

    use super::*;

    struct Book(HashMap<String, String>);

    #[async_trait]
    impl Accounts for Book {
        async fn password_hash(&self, name: &UserName) -> Result<Option<String>, AuthError> {
            Ok(self.0.get(name.as_str()).cloned())
        }
    }

    #[tokio::test]
    async fn only_the_right_password_of_a_known_name() {
        let passwords = Passwords::new(Arc::new(SeededRng::new(3)));
        let hash = passwords.hash(Secret::new("correct horse")).await.unwrap();
        assert!(hash.starts_with("$argon2id$"));
        let book = Arc::new(Book(HashMap::from([("ann".into(), hash)])));
        let native = Native::new(book, passwords, Rules::default());
        let check = async |name: &str, password: &str| {
            let given = Credentials {
                username: name.into(),
                password: Secret::new(password),
                code: None,
            };
            matches!(native.check(&given).await.unwrap(), Answer::Known(_))
        };
        assert!(check("ann", "correct horse").await);
        assert!(check("ANN", "correct horse").await);
        assert!(!check("ann", "wrong").await);
        assert!(!check("ann", &"x".repeat(100_000)).await);
        assert!(!check("bob", "correct horse").await);
        assert!(!check("..", "correct horse").await);
    }
}
