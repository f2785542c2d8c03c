//! For the targets in fuzz/ alone: what they need of this crate's inside.

use std::sync::Arc;

use crate::routes::{
    path::{self, BadPath},
    table::{Route, RouteTable},
};

#[must_use]
pub fn table(host_routing: bool) -> RouteTable {
    RouteTable::new(host_routing)
}

/// The route of a request.
///
/// # Errors
/// If the path is refused.
pub fn find(table: &RouteTable, host: &str, path: &str) -> Result<Option<Arc<Route>>, BadPath> {
    Ok(table.find_for(host, &path::canonical(path)?))
}
