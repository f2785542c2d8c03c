//! Who is let in, beside JupyterHub: 1,000 random rules, and 1,000 more with groups beside its GenericOAuthenticator, asked of
//! the real ones by `scripts/oracle/admission.py`.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use perijove_auth::policy::{NameRule, Policy};
use perijove_auth::{Identity, Rules};
use perijove_model::UserName;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
struct Case {
    allow_all: bool,
    allow_existing_users: Option<bool>,
    allowed_users: Vec<String>,
    blocked_users: Vec<String>,
    admin_users: Vec<String>,
    username_map: BTreeMap<String, String>,
    username_pattern: Option<String>,
    existing: Vec<String>,
    comes: String,
    says_admin: Option<bool>,
    groups: Option<Vec<String>>,
    #[serde(default)]
    allowed_groups: BTreeSet<String>,
    #[serde(default)]
    admin_groups: BTreeSet<String>,
    comes_in: Option<(String, Option<bool>)>,
}

type Answer = Option<(String, Option<bool>)>;

impl Case {
    fn answer(&self) -> Answer {
        let policy = Policy {
            allow_all: self.allow_all,
            // As `Config::allow_existing_users` has it without native accounts, and methods by OAuth have it.
            allow_existing_users: self
                .allow_existing_users
                .unwrap_or(self.groups.is_none() && !self.allowed_users.is_empty()),
            allowed_users: names(&self.allowed_users),
            blocked_users: names(&self.blocked_users),
            admin_users: names(&self.admin_users),
            username_map: self
                .username_map
                .iter()
                .map(|(from, to)| (from.clone(), named(to)))
                .collect(),
            name_rule: self.username_pattern.as_deref().map(pattern),
        };
        let identity = Identity {
            name: self.comes.clone(),
            admin: self.says_admin,
            groups: self.groups.clone(),
            ..Identity::default()
        };
        let rules = Rules {
            allowed_groups: self.allowed_groups.clone(),
            admin_groups: self.admin_groups.clone(),
            ..Rules::default()
        };
        let name = policy.name(&self.comes).ok()?;
        // Who is named in the configuration is in the database from the start on.
        let mut there = [&self.existing, &self.allowed_users, &self.admin_users]
            .into_iter()
            .flatten();
        let exists = there.any(|other| *other == name.as_str());
        let admitted = policy.admit(&rules, &identity, name, exists).ok()?;
        Some((admitted.name.to_string(), admitted.admin))
    }

    /// The differences that docs/compatibility.md tells of.
    fn is_known_difference(&self, ours: &Answer) -> bool {
        match (ours, &self.comes_in) {
            // An administrator needs nothing else by which they are allowed.
            (Some((name, admin)), None) => *admin == Some(true) || self.admin_users.contains(name),
            // A slash is one in whichever way it is written.
            (None, Some((name, _))) => name.contains("%2f"),
            _ => false,
        }
    }
}

fn named(name: &str) -> UserName {
    UserName::try_from(name).unwrap()
}

fn names(list: &[String]) -> BTreeSet<UserName> {
    list.iter().map(|name| named(name)).collect()
}

/// Those of the cases, which are read from the name's beginning.
fn pattern(text: &str) -> NameRule {
    match text {
        "[a-z]+$" => Arc::new(|name| name.bytes().all(|byte| byte.is_ascii_lowercase())),
        beginning => {
            let beginning = beginning.to_owned();
            Arc::new(move |name| name.starts_with(&beginning))
        }
    }
}

fn compare(cases: &str) {
    let cases: Vec<Case> = serde_json::from_str(cases).unwrap();
    assert_eq!(cases.len(), 1_000);
    let mut known = 0;
    for case in &cases {
        let ours = case.answer();
        if ours == case.comes_in {
            continue;
        }
        assert!(case.is_known_difference(&ours), "ours: {ours:?}, {case:?}");
        known += 1;
    }
    let let_in = cases.iter().filter(|case| case.comes_in.is_some()).count();
    // Neither is everybody let in nor nobody, or little would have been compared.
    assert!((150..850).contains(&let_in), "{let_in} are let in");
    assert!(known < 100, "{known} differ");
    println!("{let_in} are let in, {known} differ as written down");
}

#[test]
fn the_same_people_come_in_as_at_jupyterhub() {
    compare(include_str!("admission.json"));
}

#[test]
fn the_same_groups_come_in_as_at_its_oauthenticator() {
    compare(include_str!("admission_groups.json"));
}
