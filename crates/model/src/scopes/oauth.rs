//! Scopes at sign-in to a server or service: what is always included, what a request comes to, what people read.

use std::collections::BTreeSet;

use super::catalog::{Catalog, ClientResource, Owner, RawFilter, RawScope, ScopeError};
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
    let held_expanded = catalog.expand_parsed(held, owner, client);
    // A scope without meaning for this owner comes to nothing, which is harmless to allow.
    let in_full = |raw: &&RawScope| {
        held.contains(raw)
            || catalog
                .expand_parsed([*raw], owner, client)
                .is_subset(&held_expanded, membership)
    };
    let (allowed, refused): (Vec<_>, Vec<_>) = requested.iter().partition(in_full);
    let granted = catalog.expand_parsed(allowed.iter().copied(), owner, client);
    let mut allowed: BTreeSet<RawScope> = allowed.into_iter().cloned().collect();
    for raw in &refused {
        let part = catalog
            .expand_parsed([*raw], owner, client)
            .intersect(&held_expanded, membership);
        allowed.extend(part.excess(&granted, membership).to_raw());
    }
    Requested {
        allowed,
        refused: refused.into_iter().cloned().collect(),
    }
}

/// What every sign-in to a server or service includes, asked for or not: who it is, and access to the thing itself.
#[must_use]
pub fn required_scopes(client: &ClientResource<'_>) -> BTreeSet<RawScope> {
    let (scope, filter) = access_scope(client);
    let access = RawScope {
        scope,
        filter: Some(RawFilter::Exactly(filter)),
    };
    own_identify_scopes().into_iter().chain([access]).collect()
}

/// Reads the `scope` parameter of an authorize request: separated by spaces, the old `identify` ignored.
///
/// An error may still mean names of roles, which older clients send: the caller looks them up.
pub fn read_requested(catalog: &Catalog, parameter: &str) -> Result<BTreeSet<RawScope>, ScopeError> {
    let names = parameter.split_whitespace().filter(|name| *name != "identify");
    names.map(|name| catalog.parse(name)).collect()
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

/// The lines of the page: what is granted beyond what every sign-in includes, or that it is only that.
#[must_use]
pub fn describe_granted(
    catalog: &Catalog,
    granted: &BTreeSet<RawScope>,
    required: &BTreeSet<RawScope>,
    reader: &str,
) -> Vec<Described> {
    let inherit = RawScope::from(Scope::Inherit);
    if granted.contains(&inherit) {
        return vec![describe(catalog, &inherit, reader)];
    }
    let lines: Vec<_> = granted
        .difference(required)
        .map(|raw| describe(catalog, raw, reader))
        .collect();
    if lines.is_empty() {
        return vec![describe(catalog, &Scope::NoScope.into(), reader)];
    }
    lines
}
