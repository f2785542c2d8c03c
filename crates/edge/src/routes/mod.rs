//! Where requests go: the table, the one spelling of paths it compares, the targets, and the routes on disk.

pub(crate) mod path;
pub(crate) mod persist;
pub(crate) mod shared;
pub(crate) mod store;
pub(crate) mod table;
pub(crate) mod target;
