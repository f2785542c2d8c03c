//! Whom the rules are about.

use std::collections::{BTreeMap, BTreeSet};

use perijove_config::{Entitlement, OneOrMany, Profile};
use perijove_model::UserName;
use perijove_model::entitlement::Audience;
use perijove_store::users::{self, User};
use perijove_store::{Db, StoreError, groups, roles};
use serde_json::Value;

use crate::Hub;

/// What is known of somebody that profiles and entitlements ask about.
pub struct Person {
    pub user: User,
    pub groups: Vec<String>,
    pub roles: Vec<String>,
    /// What sign-in has told, the more private first.
    claims: Vec<Value>,
}

impl Person {
    pub async fn read(hub: &Hub, db: &impl Db, user: &User) -> Result<Self, StoreError> {
        // Who has just been asked for again may be somebody else than the request knows.
        let fresh = match asks_for_claims(hub) {
            true => users::by_id(db, user.id).await?,
            false => None,
        };
        let user = fresh.as_ref().unwrap_or(user);
        let sealed = user.encrypted_auth_state.as_deref();
        let state = sealed.and_then(|sealed| hub.auth_states.read(sealed));
        let claims = state.into_iter().flat_map(with_person).chain(user.user_info.clone());
        Ok(Self {
            groups: groups::of_user(db, user.id).await?,
            roles: roles::names_of_user(db, user.id, hub.clock.now()).await?,
            claims: claims.collect(),
            user: user.clone(),
        })
    }

    fn is_any(&self, users: &BTreeSet<UserName>, groups: &BTreeSet<String>, roles: &BTreeSet<String>) -> bool {
        users.iter().any(|name| name.as_str() == self.user.name)
            || self.groups.iter().any(|group| groups.contains(group))
            || self.roles.iter().any(|role| roles.contains(role))
    }

    pub(super) fn audience(&self, profile: &Profile) -> Audience {
        let Profile {
            users,
            groups,
            roles,
            claims,
            ..
        } = profile;
        if users.is_empty() && groups.is_empty() && roles.is_empty() && claims.is_empty() {
            Audience::Everybody
        } else if self.is_any(users, groups, roles) || self.has_claim(claims) {
            Audience::Named
        } else {
            Audience::Others
        }
    }

    pub(super) fn has(&self, entitlement: &Entitlement) -> bool {
        let Entitlement {
            users,
            groups,
            roles,
            claims,
            ..
        } = entitlement;
        let for_all = users.is_empty() && groups.is_empty() && roles.is_empty() && claims.is_empty();
        for_all || self.is_any(users, groups, roles) || self.has_claim(claims)
    }

    fn has_claim(&self, wanted: &BTreeMap<String, OneOrMany<String>>) -> bool {
        let fits = |value: &Value, wanted: &[String]| match value {
            Value::String(text) => wanted.contains(text),
            Value::Null | Value::Object(_) | Value::Array(_) => false,
            other => wanted.contains(&other.to_string()),
        };
        let told = |path: &str| self.claims.iter().find_map(|claims| claim(claims, path));
        wanted.iter().any(|(path, wanted)| match told(path) {
            Some(Value::Array(values)) => values.iter().any(|value| fits(value, wanted)),
            Some(value) => fits(value, wanted),
            None => false,
        })
    }
}

fn asks_for_claims(hub: &Hub) -> bool {
    let config = &hub.config;
    config.profiles.iter().any(|profile| !profile.claims.is_empty())
        || config
            .entitlements
            .iter()
            .any(|entitlement| !entitlement.claims.is_empty())
}

/// What sign-in keeps, and what it has told of the person within that, under a name such as `oauth_user`.
fn with_person(state: Value) -> Vec<Value> {
    let within = state.as_object().into_iter().flatten();
    let within = within.filter(|(name, value)| name.ends_with("_user") && value.is_object());
    let mut all: Vec<Value> = within.map(|(_, person)| person.clone()).collect();
    all.insert(0, state);
    all
}

/// A claim whose own name has dots in it goes before a way through dots.
fn claim<'a>(claims: &'a Value, path: &str) -> Option<&'a Value> {
    claims
        .get(path)
        .or_else(|| path.split('.').try_fold(claims, |value, name| value.get(name)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{claim, with_person};

    #[test]
    fn claims_are_found_by_name_and_by_way() {
        let claims = json!({ "a": { "b": 1 }, "https://x.org/role": "y", "c.d": 2, "c": { "d": 3 } });
        assert_eq!(claim(&claims, "a.b"), Some(&json!(1)));
        assert_eq!(claim(&claims, "https://x.org/role"), Some(&json!("y")));
        assert_eq!(claim(&claims, "c.d"), Some(&json!(2)));
        assert_eq!(claim(&claims, "a.z"), None);
        let kept = with_person(json!({ "access_token": "t", "oauth_user": { "department": "physics" } }));
        let found: Vec<_> = kept.iter().filter_map(|kept| claim(kept, "department")).collect();
        assert_eq!(found, [&json!("physics")]);
    }
}
