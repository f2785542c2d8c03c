//! One password for everybody, as for a course; another one, longer, for administrators.

use async_trait::async_trait;
use perijove_model::Secret;

use crate::policy::Policy;
use crate::{Answer, AuthError, Authenticator, Credentials, Identity, Offer, Rules};

/// Shorter ones are guessed.
pub const SHORTEST: usize = 8;
pub const SHORTEST_FOR_ADMINS: usize = 32;

pub struct SharedPassword {
    name: String,
    passwords: Passwords,
    policy: Policy,
    rules: Rules,
}

/// The passwords there are.
#[derive(Debug, Clone, Default)]
pub struct Passwords {
    pub user: Option<Secret>,
    pub admin: Option<Secret>,
    /// Whoever comes with one of these is in its groups.
    pub of_groups: Vec<(Secret, Vec<String>)>,
}

impl SharedPassword {
    /// `policy` says who is called what here, and who is an administrator.
    #[must_use]
    pub fn new(name: &str, passwords: Passwords, policy: Policy, rules: Rules) -> Self {
        Self {
            name: name.to_owned(),
            passwords,
            policy,
            rules,
        }
    }

    fn is_admin(&self, typed: &str) -> bool {
        let lists = [&self.policy.admin_users, &self.rules.admin_users];
        let name = self.policy.name(typed);
        name.is_ok_and(|name| lists.iter().any(|list| list.contains(&name)))
    }
}

#[async_trait]
impl Authenticator for SharedPassword {
    fn kind(&self) -> &'static str {
        "shared-password"
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn offer(&self) -> Offer {
        Offer::Form { code: false }
    }

    fn rules(&self) -> &Rules {
        &self.rules
    }

    /// An administrator's name goes with the administrators' password only, and no other name does: who knows what
    /// everybody knows can be anybody but an administrator.
    async fn check(&self, credentials: &Credentials) -> Result<Answer, AuthError> {
        let Passwords { user, admin, of_groups } = &self.passwords;
        let fits = |password: &Secret| *password == credentials.password;
        let is_admin = self.is_admin(&credentials.username);
        let groups = match is_admin {
            true => admin.as_ref().filter(|password| fits(password)).map(|_| Vec::new()),
            false if user.as_ref().is_some_and(fits) => Some(Vec::new()),
            false => of_groups
                .iter()
                .find(|(password, _)| fits(password))
                .map(|(_, groups)| groups.clone()),
        };
        Ok(groups.map_or(Answer::Unknown, |groups| {
            Answer::from(Identity {
                name: credentials.username.clone(),
                admin: Some(is_admin),
                groups: Some(groups),
                ..Identity::default()
            })
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn come(username: &str, password: &str) -> Option<(Option<bool>, Vec<String>)> {
        let policy = Policy {
            admin_users: ["root".try_into().unwrap()].into(),
            ..Policy::default()
        };
        let rules = Rules {
            admin_users: ["boss".try_into().unwrap()].into(),
            ..Rules::default()
        };
        let passwords = Passwords {
            user: Some(Secret::new("everybody")),
            admin: Some(Secret::new("a longer one for administrators only")),
            of_groups: vec![(Secret::new("for teachers"), vec!["teachers".to_owned()])],
        };
        let method = SharedPassword::new("course", passwords, policy, rules);
        let credentials = Credentials {
            username: username.into(),
            password: Secret::new(password),
            code: None,
        };
        match method.check(&credentials).await.unwrap() {
            Answer::Known(identity) => Some((identity.admin, identity.groups.unwrap())),
            _ => None,
        }
    }

    #[tokio::test]
    async fn everybody_has_one_password_and_administrators_another() {
        let admins = "a longer one for administrators only";
        assert_eq!(come("ann", "everybody").await, Some((Some(false), vec![])));
        assert_eq!(come("ann", admins).await, None);
        for admin in ["root", "Root", "boss"] {
            assert_eq!(come(admin, admins).await, Some((Some(true), vec![])), "{admin}");
            assert_eq!(come(admin, "everybody").await, None, "{admin}");
            assert_eq!(come(admin, "for teachers").await, None, "{admin}");
        }
        let teacher = Some((Some(false), vec!["teachers".to_owned()]));
        assert_eq!(come("ann", "for teachers").await, teacher);
        assert_eq!(come("ann", "").await, None);
    }
}
