//! Scopes at sign-in to a server or service: what is always included, what a request comes to, what people read.

use std::collections::BTreeSet;

use super::catalog::{Catalog, ClientResource, Owner, RawFilter, RawScope};
use super::filter::{Filter, Membership};
use super::scope::Scope;

/// What every token needs to tell whose it is: raw, relative to whoever that is.
#[must_use]
pub fn own_identify_scopes() -> [RawScope; 2] {
    [Scope::ReadUsersGroups, Scope::ReadUsersName].map(|scope| RawScope {
        scope,
        filter: Some(RawFilter::OwnUser),
    })
}

/// The same for one owner: added to each token's scopes before they are cut to the owner's.
#[must_use]
pub fn identify_scopes(owner: &Owner<'_>) -> Vec<(Scope, Filter)> {
    match owner {
        Owner::User(name) => vec![
            (Scope::ReadUsersGroups, Filter::user(name)),
            (Scope::ReadUsersName, Filter::user(name)),
        ],
        Owner::Service(name) => vec![(Scope::ReadServicesName, Filter::service(name))],
        Owner::Group(_) => Vec::new(),
    }
}

/// What one must hold to use the server or service behind an OAuth client.
#[must_use]
pub fn access_scope(client: &ClientResource<'_>) -> (Scope, Filter) {
    match client {
        ClientResource::Server { user, server } => (Scope::AccessServers, Filter::server(user, server)),
        ClientResource::Service(name) => (Scope::AccessServices, Filter::service(name)),
    }
}

/// What a request for scopes comes to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Requested {
    /// Raw where all of a scope is held, expanded where only a part is.
    pub allowed: BTreeSet<RawScope>,
    /// Asked for and not, or not fully, held.
    pub refused: BTreeSet<RawScope>,
}

/// Cuts requested raw scopes to those held, keeping the short form of whatever is held in full.
pub fn resolve_requested(
    catalog: &Catalog,
    requested: &BTreeSet<RawScope>,
    held: &BTreeSet<RawScope>,
    owner: &Owner<'_>,
    client: Option<&ClientResource<'_>>,
    membership: &dyn Membership,
) -> Requested {
    let mut result = Requested::default();
    let held_expanded = catalog.expand_parsed(held, owner, client);
    for raw in requested {
        if held.contains(raw) {
            result.allowed.insert(raw.clone());
            continue;
        }
        let wanted = catalog.expand_parsed([raw], owner, client);
        if wanted.is_subset(&held_expanded, membership) {
            // A scope without meaning for this owner comes to nothing, which is harmless to allow.
            result.allowed.insert(raw.clone());
            continue;
        }
        let part = wanted.intersect(&held_expanded, membership);
        result.allowed.extend(part.to_raw());
        result.refused.insert(raw.clone());
    }
    result
}

/// One line of the page on which people agree to what a server or service may do for them.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Described {
    pub scope: String,
    pub description: String,
    /// To whom or what it is limited; empty for everything.
    pub filter: String,
}

/// Says in words what a raw scope allows; `reader` is the user who reads it.
#[must_use]
pub fn describe(catalog: &Catalog, raw: &RawScope, reader: &str) -> Described {
    let filter = match &raw.filter {
        None => String::new(),
        Some(RawFilter::OwnUser) => "only you".to_owned(),
        Some(RawFilter::OwnService) => "only this service".to_owned(),
        Some(RawFilter::OwnServer) => "only this server".to_owned(),
        Some(RawFilter::Exactly(filter)) => match filter {
            Filter::User(name) if **name == *reader => "only you".to_owned(),
            Filter::User(name) => format!("only user {name}"),
            Filter::Group(name) => format!("only users in group {name}"),
            Filter::Service(name) => format!("only service {name}"),
            Filter::Server { user, server } => match (**user == *reader, &**server) {
                (true, "") => "only your default server".to_owned(),
                (true, server) => format!("only your server {server}"),
                (false, "") => format!("only {user}'s default server"),
                (false, server) => format!("only {user}'s server {server}"),
            },
        },
    };
    Described {
        scope: raw.scope.name().to_owned(),
        description: catalog.description(raw.scope).to_owned(),
        filter,
    }
}
