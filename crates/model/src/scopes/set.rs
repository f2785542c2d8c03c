//! What somebody may do: scopes, each for everything or for what its filters name.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;

use super::catalog::{RawFilter, RawScope};
use super::filter::{Filter, Filters, Membership, Resource};
use super::scope::Scope;

/// How far a held scope reaches.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Reach {
    All,
    Only(Filters),
}

/// The answer to "may they do this to that?".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Held for everything.
    All,
    /// Held for this resource.
    Granted,
    /// Held, but only for others: that this one exists is not theirs to know.
    FilteredOut,
    /// Not held at all.
    None,
}

impl Access {
    #[must_use]
    pub fn is_granted(self) -> bool {
        matches!(self, Self::All | Self::Granted)
    }
}

/// Why a request is refused; each has its status and text in the contract.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// 403: what would have sufficed.
    #[error("Action is not authorized with current scopes; requires any of [{}]", names(.0))]
    Forbidden(Vec<Scope>),
    /// 404: the same for a resource that doesn't exist and for one outside the filters.
    #[error("No access to resources or resources not found")]
    NotFound,
}

fn names(scopes: &[Scope]) -> String {
    scopes.iter().map(|scope| scope.name()).collect::<Vec<_>>().join(", ")
}

/// Expanded and reduced scopes: sub-scopes present, owner-relative filters resolved, no filter beside an unfiltered one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScopeSet(BTreeMap<Scope, Reach>);

impl ScopeSet {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds one scope as it is, without its sub-scopes; no filter means everything.
    pub fn insert(&mut self, scope: Scope, filter: Option<Filter>) {
        let Some(filter) = filter else {
            self.0.insert(scope, Reach::All);
            return;
        };
        match self.0.entry(scope).or_insert_with(|| Reach::Only(Filters::default())) {
            Reach::All => {}
            Reach::Only(filters) => filters.insert(filter),
        }
    }

    /// Adds everything that the other has.
    pub fn extend(&mut self, other: Self) {
        for (scope, reach) in other.0 {
            match self.0.entry(scope) {
                Entry::Vacant(free) => {
                    free.insert(reach);
                }
                Entry::Occupied(mut held) => match (held.get_mut(), reach) {
                    (Reach::All, _) => {}
                    (held, Reach::All) => *held = Reach::All,
                    (Reach::Only(held), Reach::Only(more)) => more.iter().for_each(|f| held.insert(f.clone())),
                },
            }
        }
    }

    /// Whether the scope is held for anything at all.
    #[must_use]
    pub fn holds(&self, scope: Scope) -> bool {
        self.0.contains_key(&scope)
    }

    /// Whether the scope is held for everything.
    #[must_use]
    pub fn holds_all(&self, scope: Scope) -> bool {
        matches!(self.0.get(&scope), Some(Reach::All))
    }

    /// How far the scope reaches, for lists that show only what is covered.
    #[must_use]
    pub fn filters_for(&self, scope: Scope) -> Option<&Reach> {
        self.0.get(&scope)
    }

    pub fn has(&self, scope: Scope, resource: Resource<'_>, membership: &dyn Membership) -> Access {
        match self.0.get(&scope) {
            None => Access::None,
            Some(Reach::All) => Access::All,
            Some(Reach::Only(filters)) if filters.cover(resource, membership) => Access::Granted,
            Some(Reach::Only(_)) => Access::FilteredOut,
        }
    }

    /// Demands one of the scopes for the resource; a refusal carries the contract's status and text.
    pub fn require(&self, any_of: &[Scope], resource: Resource<'_>, membership: &dyn Membership) -> Result<(), Denied> {
        if any_of
            .iter()
            .any(|scope| self.has(*scope, resource, membership).is_granted())
        {
            return Ok(());
        }
        if resource != Resource::Everything && any_of.iter().any(|scope| self.holds(*scope)) {
            return Err(Denied::NotFound);
        }
        Err(Denied::Forbidden(any_of.to_vec()))
    }

    /// Demands that the scope is held for something; the caller then shows only what it covers.
    pub fn require_some(&self, scope: Scope) -> Result<&Reach, Denied> {
        self.filters_for(scope).ok_or_else(|| Denied::Forbidden(vec![scope]))
    }

    /// What both allow. Group filters meet only users (and their servers) that are in the group, or the same group.
    #[must_use]
    pub fn intersect(&self, other: &Self, membership: &dyn Membership) -> Self {
        let mut common = Self::new();
        for (scope, mine) in &self.0 {
            let Some(theirs) = other.0.get(scope) else { continue };
            match (mine, theirs) {
                (Reach::All, reach) | (reach, Reach::All) => {
                    common.0.insert(*scope, reach.clone());
                }
                (Reach::Only(mine), Reach::Only(theirs)) => {
                    let covered = |some: &Filters, by: &Filters| -> Vec<Filter> {
                        let inside = |filter: &&Filter| by.cover(filter.resource(), membership);
                        some.iter().filter(inside).cloned().collect()
                    };
                    let both: Filters = covered(mine, theirs).into_iter().chain(covered(theirs, mine)).collect();
                    if !both.is_empty() {
                        common.0.insert(*scope, Reach::Only(both));
                    }
                }
            }
        }
        common
    }

    /// Whether the other allows everything that this allows.
    #[must_use]
    pub fn is_subset(&self, other: &Self, membership: &dyn Membership) -> bool {
        self.excess(other, membership).is_empty()
    }

    /// What this allows and the other does not: empty for a subset.
    #[must_use]
    pub fn excess(&self, other: &Self, membership: &dyn Membership) -> Self {
        let mut excess = Self::new();
        for (scope, reach) in &self.0 {
            match reach {
                Reach::All if !other.holds_all(*scope) => excess.insert(*scope, None),
                Reach::All => {}
                Reach::Only(filters) => filters
                    .iter()
                    .filter(|filter| !other.has(*scope, filter.resource(), membership).is_granted())
                    .for_each(|filter| excess.insert(*scope, Some(filter.clone()))),
            }
        }
        excess
    }

    /// Whether a group filter occurs: if not, no question needs to know memberships.
    #[must_use]
    pub fn needs_membership(&self) -> bool {
        self.named_groups().next().is_some()
    }

    /// The groups that filters name; a group may come more than once.
    pub fn named_groups(&self) -> impl Iterator<Item = &str> {
        self.filters().filter_map(|filter| match filter {
            Filter::Group(group) => Some(&**group),
            _ => None,
        })
    }

    /// The users that filters name, themselves or by a server; a user may come more than once.
    pub fn named_users(&self) -> impl Iterator<Item = &str> {
        self.filters().filter_map(|filter| match filter {
            Filter::User(user) | Filter::Server { user, .. } => Some(&**user),
            _ => None,
        })
    }

    fn filters(&self) -> impl Iterator<Item = &Filter> {
        self.0.values().flat_map(|reach| match reach {
            Reach::All => &[],
            Reach::Only(filters) => filters.as_slice(),
        })
    }

    pub fn iter(&self) -> impl Iterator<Item = (Scope, &Reach)> {
        self.0.iter().map(|(scope, reach)| (*scope, reach))
    }

    /// One raw scope per scope and filter.
    pub fn to_raw(&self) -> impl Iterator<Item = RawScope> {
        self.0.iter().flat_map(|(scope, reach)| {
            let filters: Vec<Option<RawFilter>> = match reach {
                Reach::All => vec![None],
                Reach::Only(filters) => filters.iter().cloned().map(RawFilter::Exactly).map(Some).collect(),
            };
            filters.into_iter().map(|filter| RawScope { scope: *scope, filter })
        })
    }

    /// One string per scope and filter, sorted: the `scopes` of the REST API.
    #[must_use]
    pub fn to_strings(&self) -> Vec<String> {
        let mut strings = Vec::new();
        for (scope, reach) in &self.0 {
            match reach {
                Reach::All => strings.push(scope.name().to_owned()),
                Reach::Only(filters) => strings.extend(filters.iter().map(|filter| format!("{scope}!{filter}"))),
            }
        }
        strings.sort_unstable();
        strings
    }
}

impl fmt::Display for ScopeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_strings().join(" "))
    }
}
