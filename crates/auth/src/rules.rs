//! Who of those who come by one method are let in. What `[access]` says holds for all methods besides.

use std::collections::BTreeSet;

use perijove_model::UserName;

/// Whether an account that is here already lets its person in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Existing {
    /// As `[access]` says.
    #[default]
    AsAccess,
    Counts,
    CountsNot,
    /// Only one with a password of ours: its person may come in without this method, and has linked it or shares its names.
    WithPassword,
}

/// The rules of one `[[auth]]`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rules {
    pub allow_all: bool,
    pub existing: Existing,
    pub allowed_users: BTreeSet<UserName>,
    pub blocked_users: BTreeSet<UserName>,
    pub admin_users: BTreeSet<UserName>,
    pub allowed_groups: BTreeSet<String>,
    /// Where there are any, who is in none of them is no administrator any more.
    pub admin_groups: BTreeSet<String>,
    pub blocked_groups: BTreeSet<String>,
    /// Whoever this method calls by a name has the account of that name, by whichever method it was made.
    pub shared_names: Option<bool>,
}

impl Rules {
    /// Nothing but what `[access]` says.
    #[must_use]
    pub fn none() -> &'static Self {
        static NONE: Rules = Rules {
            allow_all: false,
            existing: Existing::AsAccess,
            allowed_users: BTreeSet::new(),
            blocked_users: BTreeSet::new(),
            admin_users: BTreeSet::new(),
            allowed_groups: BTreeSet::new(),
            admin_groups: BTreeSet::new(),
            blocked_groups: BTreeSet::new(),
            shared_names: None,
        };
        &NONE
    }
}
