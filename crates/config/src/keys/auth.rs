//! `[[auth]]`: ways to sign in.

mod directory;

use std::collections::BTreeSet;

use perijove_model::{Secret, UserName};

use crate::section::section;

pub use directory::{HeaderAuth, LdapAuth, NullAuth, PamAuth, PasswordGroup, SharedPasswordAuth, TemporaryAuth};

section! {
    /// What every way to sign in has.
    pub struct AuthRules {
        /// What it is called in addresses and in the audit log, where there are several: `a-z`, `0-9` and `-`.
        name: Option<String> = None, unset "its `kind`";
        /// Everybody who can sign in this way.
        allow_all: bool = false;
        /// Everybody who signs in this way and has an account already.
        allow_existing_users: Option<bool> = None, unset "as `[access]` says", example "true";
        /// People let in this way, besides those of `[access]`.
        allowed_users: BTreeSet<UserName> = BTreeSet::new(), example "[\"ada\", \"grace\"]";
        /// People kept out this way, whatever else is set.
        blocked_users: BTreeSet<UserName> = BTreeSet::new(), example "[\"mallory\"]";
        /// People who are administrators from when they sign in this way.
        admin_users: BTreeSet<UserName> = BTreeSet::new(), example "[\"ada\"]";
        /// Groups whose members are let in, as this way to sign in tells of groups.
        allowed_groups: BTreeSet<String> = BTreeSet::new(), example "[\"staff\"]";
        /// Groups whose members are kept out.
        blocked_groups: BTreeSet<String> = BTreeSet::new(), example "[\"left\"]";
        /// Groups whose members are administrators. Whoever signs in this way and is in none of them is none any more, unless `admin_users` names them.
        admin_groups: BTreeSet<String> = BTreeSet::new(), example "[\"operators\"]";
        /// Whoever it calls by a name has the account of that name, by whichever way it was made. Never set it where people choose their names themselves.
        shared_names: Option<bool> = None, unset "true where it is the only way to sign in", example "true";
    }

    /// Accounts with passwords, kept in the hub's own database. Used when the file has no `[[auth]]`.
    pub struct NativeAuth with rules: AuthRules {
        /// Fewest characters of a password.
        password_min_length: usize = 10;
    }

    /// Lets in anyone by any name: for trying things out, never for production.
    pub struct DummyAuth with rules: AuthRules {
        /// The one password for everybody.
        password: Option<Secret> = None, unset "any password will do";
    }
}

/// One line for each kind of `[[auth]]`.
macro_rules! kinds {
    ($($variant:ident($section:ident) = $kind:literal;)+) => {
        /// One way to sign in.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Auth {
            $($variant($section),)+
        }

        impl Auth {
            /// All kinds, by their names in the file.
            pub(crate) const KINDS: &'static [&'static str] = &[$($kind),+];

            #[must_use]
            pub fn kind(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => $kind,)+
                }
            }

            #[must_use]
            pub fn rules(&self) -> &AuthRules {
                match self {
                    $(Self::$variant(section) => &section.rules,)+
                }
            }

            pub(crate) fn read(
                kind: &str,
                table: $crate::node::Table,
                place: $crate::errors::Place,
                reader: &mut $crate::reader::Reader<'_>,
            ) -> Option<Self> {
                match kind {
                    $($kind => Some(Self::$variant($crate::reader::element(table, place, "auth", reader))),)+
                    _ => None,
                }
            }

            pub(crate) fn docs() -> Vec<$crate::docs::SectionDoc> {
                vec![$($crate::docs::SectionDoc::auth::<$section>($kind),)+]
            }
        }
    };
}

kinds! {
    Native(NativeAuth) = "native";
    Dummy(DummyAuth) = "dummy";
    Header(HeaderAuth) = "header";
    Ldap(LdapAuth) = "ldap";
    Pam(PamAuth) = "pam";
    SharedPassword(SharedPasswordAuth) = "shared-password";
    Temporary(TemporaryAuth) = "temporary";
    Null(NullAuth) = "null";
}

impl Auth {
    /// What it is called among all ways to sign in.
    #[must_use]
    pub fn name(&self) -> &str {
        self.rules().name.as_deref().unwrap_or(self.kind())
    }
}
