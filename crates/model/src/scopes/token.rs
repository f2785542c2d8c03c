//! What a token may do: always within what its owner may do at the moment of the request.

use super::catalog::{Catalog, ClientResource, Owner};
use super::filter::Membership;
use super::oauth::{access_scope, identify_scopes};
use super::scope::Scope;
use super::set::ScopeSet;

/// Somebody asked for a token that may do more than they may.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Not assigning requested scopes {} not held by {owner}", excess.to_strings().join(","))]
pub struct ExcessScopes {
    pub excess: ScopeSet,
    owner: String,
}

impl Catalog {
    /// The scopes of a token in a request: exactly the owner's if it inherits, else its own within the owner's.
    ///
    /// `client` is the server or service that the token was issued to, none for those issued by the hub itself.
    #[must_use]
    pub fn token_scopes<S: AsRef<str>>(
        &self,
        raw: &[S],
        owner: &Owner<'_>,
        client: Option<&ClientResource<'_>>,
        owner_scopes: &ScopeSet,
        membership: &dyn Membership,
    ) -> ScopeSet {
        if inherits(raw) {
            return owner_scopes.clone();
        }
        let mut scopes = self.expand(raw, owner, client);
        for (scope, filter) in identify_scopes(owner).into_iter().chain(client.map(access_scope)) {
            scopes.insert(scope, Some(filter));
        }
        scopes.intersect(owner_scopes, membership)
    }

    /// Refuses a new token that would get scopes beyond its owner's.
    pub fn check_token_scopes<S: AsRef<str>>(
        &self,
        raw: &[S],
        owner: &Owner<'_>,
        client: Option<&ClientResource<'_>>,
        owner_scopes: &ScopeSet,
        membership: &dyn Membership,
    ) -> Result<(), ExcessScopes> {
        let own: Vec<&str> = raw
            .iter()
            .map(AsRef::as_ref)
            .filter(|scope| *scope != Scope::Inherit.name())
            .collect();
        let excess = self.expand(&own, owner, client).excess(owner_scopes, membership);
        if excess.is_empty() {
            return Ok(());
        }
        let owner = match owner {
            Owner::User(name) => format!("User {name}"),
            Owner::Service(name) => format!("Service {name}"),
            Owner::Group(name) => format!("Group {name}"),
        };
        Err(ExcessScopes { excess, owner })
    }
}

/// Whether a token has exactly its owner's scopes, whatever else it lists.
#[must_use]
pub fn inherits<S: AsRef<str>>(raw: &[S]) -> bool {
    raw.iter().any(|scope| scope.as_ref() == Scope::Inherit.name())
}
