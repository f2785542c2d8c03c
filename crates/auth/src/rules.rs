//! Who of those who come by one method are let in. What `[access]` says holds for all methods besides.

use std::collections::BTreeSet;

use perijove_model::UserName;

/// The rules of one `[[auth]]`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rules {
    pub allow_all: bool,
    /// Everybody who has an account already.
    pub allow_existing_users: Option<bool>,
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
            allow_existing_users: None,
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
