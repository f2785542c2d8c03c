//! What somebody may have: the rule by which several entitlements are one.

use std::collections::{BTreeMap, BTreeSet};

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quantity {
    /// That run at once.
    Servers,
    /// Thousandths of a core.
    Cpu,
    /// Bytes.
    Memory,
    /// Bytes of the home. There is one home, so that servers don't add up.
    Storage,
    Gpus,
    /// Seconds that servers have run in this month.
    Time,
}

/// Some of each.
pub type Amounts = BTreeMap<Quantity, u64>;

/// How much somebody may have of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Most {
    At(u64),
    Unlimited,
}

/// One entitlement of somebody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grant {
    /// `None` says nothing of profiles.
    pub allow: Option<BTreeSet<String>>,
    pub deny: BTreeSet<String>,
    /// Of what is not in it, it says nothing.
    pub quota: BTreeMap<Quantity, Most>,
}

/// Whom a profile is for, by its own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    Everybody,
    /// This person is among those whom it names.
    Named,
    /// It names others.
    Others,
}

/// All of somebody's entitlements together. Nothing is limited of which none of them speaks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entitled(Grant);

impl Entitled {
    /// The union of the profiles, all that is denied, the maximum of each quota.
    #[must_use]
    pub fn union<'a>(grants: impl IntoIterator<Item = &'a Grant>) -> Self {
        let mut all = Grant::default();
        for grant in grants {
            if let Some(allow) = &grant.allow {
                all.allow.get_or_insert_default().extend(allow.iter().cloned());
            }
            all.deny.extend(grant.deny.iter().cloned());
            for (quantity, most) in &grant.quota {
                let kept = all.quota.entry(*quantity).or_insert(*most);
                *kept = (*kept).max(*most);
            }
        }
        Self(all)
    }

    /// A profile may be had by whom it names and by whom it is allowed to. One for everybody may be had by everybody of
    /// whom nobody has said which they may have. What is denied nobody has.
    #[must_use]
    pub fn may(&self, profile: &str, audience: Audience) -> bool {
        let allowed = self.0.allow.as_ref().map(|allow| allow.contains(profile));
        let given = match (audience, allowed) {
            (Audience::Named, _) | (_, Some(true)) => true,
            (Audience::Everybody, allowed) => allowed.is_none(),
            (Audience::Others, _) => false,
        };
        given && !self.0.deny.contains(profile)
    }

    /// `None`: as much as there is.
    #[must_use]
    pub fn most(&self, quantity: Quantity) -> Option<u64> {
        match self.0.quota.get(&quantity)? {
            Most::At(amount) => Some(*amount),
            Most::Unlimited => None,
        }
    }

    /// Whether anything is limited that servers which run together share.
    #[must_use]
    pub fn limits_anything(&self) -> bool {
        self.0.quota.values().any(|most| *most != Most::Unlimited)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn set(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn nothing_said_is_nothing_limited() {
        let free = Entitled::union(&[]);
        assert!(free.may("any", Audience::Everybody) && !free.may("any", Audience::Others));
        assert_eq!(free.most(Quantity::Memory), None);
        assert!(!free.limits_anything());
    }

    #[test]
    fn silence_of_one_does_not_lift_the_limit_of_another() {
        let memory = Grant {
            quota: BTreeMap::from([(Quantity::Memory, Most::At(4))]),
            ..Grant::default()
        };
        let gpus = Grant {
            quota: BTreeMap::from([(Quantity::Gpus, Most::At(1))]),
            ..Grant::default()
        };
        let both = Entitled::union([&memory, &gpus]);
        assert_eq!(
            (both.most(Quantity::Memory), both.most(Quantity::Gpus)),
            (Some(4), Some(1))
        );
        let free = Grant {
            quota: BTreeMap::from([(Quantity::Memory, Most::Unlimited)]),
            ..Grant::default()
        };
        assert_eq!(Entitled::union([&free, &memory]).most(Quantity::Memory), None);
    }

    #[test]
    fn a_denial_wins() {
        let allow = Grant {
            allow: Some(set(&["a", "b"])),
            ..Grant::default()
        };
        let deny = Grant {
            deny: set(&["b"]),
            ..Grant::default()
        };
        let both = Entitled::union([&allow, &deny]);
        assert!(both.may("a", Audience::Others) && !both.may("b", Audience::Named));
        assert!(!both.may("c", Audience::Everybody), "somebody has said which");
        assert!(both.may("c", Audience::Named), "it names them");
    }

    const QUANTITIES: [Quantity; 3] = [Quantity::Servers, Quantity::Memory, Quantity::Gpus];

    fn grants() -> impl Strategy<Value = Vec<Grant>> {
        let names = || proptest::collection::btree_set("[abc]", 0..3);
        let most = prop_oneof![3 => (0..4_u64).prop_map(Most::At), 1 => Just(Most::Unlimited)];
        let quota = proptest::collection::btree_map(proptest::sample::select(&QUANTITIES), most, 0..3);
        let grant = (proptest::option::of(names()), names(), quota);
        proptest::collection::vec(
            grant.prop_map(|(allow, deny, quota)| Grant { allow, deny, quota }),
            0..5,
        )
    }

    proptest! {
        /// The rule as a person would go through it, grant by grant.
        #[test]
        fn the_union_is_the_naive_one(grants in grants(), profile in "[abc]", named in any::<bool>(), open in any::<bool>()) {
            let all = Entitled::union(&grants);
            let audience = match (open, named) {
                (true, _) => Audience::Everybody,
                (false, true) => Audience::Named,
                (false, false) => Audience::Others,
            };
            let denied = grants.iter().any(|grant| grant.deny.iter().any(|name| *name == profile));
            let lists: Vec<_> = grants.iter().filter_map(|grant| grant.allow.as_ref()).collect();
            let listed = lists.iter().any(|list| list.iter().any(|name| *name == profile));
            let mut may = listed;
            if audience == Audience::Named { may = true; }
            if audience == Audience::Everybody && lists.is_empty() { may = true; }
            prop_assert_eq!(all.may(&profile, audience), may && !denied);

            for quantity in QUANTITIES {
                let said: Vec<_> = grants.iter().filter_map(|grant| grant.quota.get(&quantity)).collect();
                let mut naive = None;
                if !said.is_empty() && !said.contains(&&Most::Unlimited) {
                    let mut largest = 0;
                    for most in said {
                        if let Most::At(amount) = most && *amount > largest { largest = *amount; }
                    }
                    naive = Some(largest);
                }
                prop_assert_eq!(all.most(quantity), naive);
            }
        }

        #[test]
        fn the_order_does_not_matter(grants in grants()) {
            let mut turned = grants.clone();
            turned.reverse();
            prop_assert_eq!(Entitled::union(&grants), Entitled::union(&turned));
        }
    }
}
