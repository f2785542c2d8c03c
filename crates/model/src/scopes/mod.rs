//! Who may do what: JupyterHub's scopes, their filters and their algebra.
//!
//! Strings become [`RawScope`]s by a [`Catalog`], which also expands them for an owner to a [`ScopeSet`]; a request
//! asks the set for one [`Scope`] on one [`Resource`]. Memberships come from the caller: nothing here does I/O.

mod catalog;
mod filter;
mod oauth;
pub mod roles;
mod scope;
mod set;
mod token;

#[cfg(test)]
mod tests;

pub use catalog::{Catalog, ClientResource, CustomScope, CustomScopeError, Owner, RawFilter, RawScope, ScopeError};
pub use filter::{Filter, Filters, GroupsOf, Members, Membership, NoGroups, Resource};
pub use oauth::{
    Described, Requested, access_scope, describe, describe_granted, identify_scopes, own_identify_scopes,
    read_requested, required_scopes, resolve_requested,
};
pub use scope::{SELF_SCOPES, Scope};
pub use set::{Access, Denied, Reach, ScopeSet};
pub use token::{ExcessScopes, inherits};
