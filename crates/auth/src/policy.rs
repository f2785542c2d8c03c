//! What a name is worth here: normalise, map, validate, block, allow, admin, in the contract's order.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use perijove_model::{NameError, UserName};

use crate::{Existing, Identity, Rules};

/// The `[access]` section, parsed.
#[derive(Clone, Default)]
pub struct Policy {
    pub allow_all: bool,
    pub allow_existing_users: bool,
    pub allowed_users: BTreeSet<UserName>,
    pub blocked_users: BTreeSet<UserName>,
    pub admin_users: BTreeSet<UserName>,
    pub username_map: BTreeMap<String, UserName>,
    /// The site's own rule for names.
    pub name_rule: Option<NameRule>,
}

/// Whether a name follows the site's rule.
pub type NameRule = Arc<dyn Fn(&str) -> bool + Send + Sync>;

/// Somebody who may come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admitted {
    pub name: UserName,
    /// `None` leaves what the database says.
    pub admin: Option<bool>,
}

/// Why not. For the log; the page says the same for all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    #[error("the name is not valid: {0}")]
    Invalid(#[from] NameError),
    #[error("the name does not match access.username_pattern")]
    Pattern,
    #[error("the name is in blocked_users")]
    Blocked,
    #[error("the group {0} is in blocked_groups")]
    BlockedGroup(String),
    #[error("no rule of [access] or of this [[auth]] lets this name in: add it to allowed_users, or set allow_all")]
    NotAllowed,
}

impl Denied {
    /// For the audit log: a word or two, and no name.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "name",
            Self::Pattern => "name pattern",
            Self::Blocked => "blocked",
            Self::BlockedGroup(_) => "blocked group",
            Self::NotAllowed => "not allowed",
        }
    }
}

/// A name that nobody can have here, as it was understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Invalid username: {0}")]
pub struct InvalidName(pub String);

impl Policy {
    /// The name of an account that is to be made or renamed: also the site's rule holds for it.
    pub fn new_name(&self, typed: &str) -> Result<UserName, InvalidName> {
        let name = self.name(typed).map_err(|_| InvalidName(typed.to_lowercase()))?;
        if self.name_rule.as_ref().is_some_and(|fits| !fits(name.as_str())) {
            return Err(InvalidName(name.as_str().to_owned()));
        }
        Ok(name)
    }

    /// The name that somebody who calls himself `typed` has here.
    pub fn name(&self, typed: &str) -> Result<UserName, NameError> {
        let name = UserName::normalise(typed)?;
        Ok(self.username_map.get(name.as_str()).cloned().unwrap_or(name))
    }

    /// Whether the site gives another name to whoever is called that.
    #[must_use]
    pub fn maps(&self, typed: &str) -> bool {
        UserName::normalise(typed).is_ok_and(|name| self.username_map.contains_key(name.as_str()))
    }

    /// Whether somebody who has come in before is shut out now.
    #[must_use]
    pub fn blocks(&self, name: &str) -> bool {
        self.blocked_users.iter().any(|blocked| blocked.as_str() == name)
    }

    /// In the contract's order: block, allow, admin. `exists`: the name has an account in the database already, and one with
    /// a password where the rules ask for one.
    pub fn admit(&self, rules: &Rules, identity: &Identity, name: UserName, exists: bool) -> Result<Admitted, Denied> {
        if self.name_rule.as_ref().is_some_and(|fits| !fits(name.as_str())) {
            return Err(Denied::Pattern);
        }
        if self.blocked_users.contains(&name) || rules.blocked_users.contains(&name) {
            return Err(Denied::Blocked);
        }
        let groups = || identity.groups.iter().flatten().chain(&identity.group_ids);
        if let Some(group) = groups().find(|group| rules.blocked_groups.contains(*group)) {
            return Err(Denied::BlockedGroup(group.clone()));
        }
        let admin = self.is_admin(rules, identity, &name);
        let lets_existing_in = match rules.existing {
            Existing::AsAccess => self.allow_existing_users,
            Existing::Counts | Existing::WithPassword => true,
            Existing::CountsNot => false,
        };
        let allowed = self.allow_all
            || rules.allow_all
            || admin == Some(true)
            || self.admin_users.contains(&name)
            || rules.admin_users.contains(&name)
            || self.allowed_users.contains(&name)
            || rules.allowed_users.contains(&name)
            || groups().any(|group| rules.allowed_groups.contains(group))
            || identity.allowed
            || (lets_existing_in && exists);
        match allowed {
            true => Ok(Admitted { name, admin }),
            false => Err(Denied::NotAllowed),
        }
    }

    /// What the method says counts first, then the lists, then groups: where there are any that make administrators,
    /// they also take it away again.
    fn is_admin(&self, rules: &Rules, identity: &Identity, name: &UserName) -> Option<bool> {
        if identity.admin.is_some() {
            return identity.admin;
        }
        if self.admin_users.contains(name) || rules.admin_users.contains(name) {
            return Some(true);
        }
        let groups = identity.groups.as_ref().filter(|_| !rules.admin_groups.is_empty())?;
        Some(
            groups
                .iter()
                .chain(&identity.group_ids)
                .any(|group| rules.admin_groups.contains(group)),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decide(policy: &Policy, typed: &str, exists: bool) -> Result<Admitted, Denied> {
        let name = policy.name(typed)?;
        policy.admit(Rules::none(), &Identity::default(), name, exists)
    }

    fn names(list: &[&str]) -> BTreeSet<UserName> {
        list.iter().map(|name| UserName::try_from(*name).unwrap()).collect()
    }

    #[test]
    fn new_names_follow_the_sites_rule() {
        let policy = Policy {
            name_rule: Some(Arc::new(|name| name.starts_with('w'))),
            ..Policy::default()
        };
        assert_eq!(
            policy.new_name("Willow").map(|name| name.to_string()),
            Ok("willow".into())
        );
        for bad in ["Andrew", "W/X"] {
            assert_eq!(policy.new_name(bad), Err(InvalidName(bad.to_lowercase())));
        }
    }

    #[test]
    fn nobody_comes_in_unless_something_says_so() {
        assert_eq!(decide(&Policy::default(), "ann", true), Err(Denied::NotAllowed));
    }

    #[test]
    fn blocked_beats_everything() {
        let policy = Policy {
            allow_all: true,
            allow_existing_users: true,
            allowed_users: names(&["ann"]),
            admin_users: names(&["ann"]),
            blocked_users: names(&["ann"]),
            ..Policy::default()
        };
        assert_eq!(decide(&policy, "ANN", true), Err(Denied::Blocked));
        assert!(decide(&policy, "bob", false).is_ok());
    }

    #[test]
    fn a_mapped_name_is_judged_by_its_new_name() {
        let root = UserName::try_from("root-of-all").unwrap();
        let policy = Policy {
            admin_users: names(&["root-of-all"]),
            username_map: BTreeMap::from([("ann".into(), root.clone())]),
            ..Policy::default()
        };
        assert_eq!(
            decide(&policy, "Ann", false),
            Ok(Admitted {
                name: root,
                admin: Some(true)
            })
        );
    }

    #[test]
    fn the_sites_rule_for_names_holds_for_everybody() {
        let policy = Policy {
            allow_all: true,
            admin_users: names(&["root"]),
            name_rule: Some(Arc::new(|name| name.starts_with("x-"))),
            ..Policy::default()
        };
        assert_eq!(decide(&policy, "root", true), Err(Denied::Pattern));
        assert!(decide(&policy, "x-ann", false).is_ok());
    }

    #[test]
    fn existing_accounts_come_in_where_that_is_allowed() {
        let policy = Policy {
            allow_existing_users: true,
            ..Policy::default()
        };
        assert_eq!(decide(&policy, "ann", true).map(|a| a.admin), Ok(None));
        assert_eq!(decide(&policy, "bob", false), Err(Denied::NotAllowed));
    }

    #[test]
    fn a_methods_own_rules_hold_for_those_who_come_by_it() {
        let policy = Policy {
            blocked_users: names(&["mallory"]),
            ..Policy::default()
        };
        let rules = Rules {
            allowed_users: names(&["ann", "mallory"]),
            allowed_groups: ["staff".to_owned()].into(),
            admin_groups: ["operators".to_owned()].into(),
            blocked_groups: ["left".to_owned()].into(),
            ..Rules::default()
        };
        let admit = |name: &str, groups: &[&str]| {
            let identity = Identity {
                name: name.to_owned(),
                groups: Some(groups.iter().map(ToString::to_string).collect()),
                ..Identity::default()
            };
            let name = policy.name(name)?;
            policy
                .admit(&rules, &identity, name, false)
                .map(|admitted| admitted.admin)
        };
        assert_eq!(admit("ann", &[]), Ok(Some(false)));
        assert_eq!(admit("mallory", &["staff"]), Err(Denied::Blocked));
        assert_eq!(admit("bob", &["staff"]), Ok(Some(false)));
        assert_eq!(admit("bob", &["operators"]), Ok(Some(true)));
        assert_eq!(admit("bob", &["others"]), Err(Denied::NotAllowed));
        assert_eq!(
            admit("bob", &["staff", "left"]),
            Err(Denied::BlockedGroup("left".into()))
        );
        let elsewhere = policy.admit(
            Rules::none(),
            &Identity::default(),
            names(&["ann"]).pop_first().unwrap(),
            false,
        );
        assert_eq!(elsewhere, Err(Denied::NotAllowed));
    }
}
