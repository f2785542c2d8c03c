//! `[[auth]]`: ways to sign in.

mod directory;
mod lti;
mod oauth;

use std::collections::BTreeSet;
use std::path::PathBuf;

use perijove_model::{Secret, UserName};

use crate::section::section;
use crate::types::Whole;

pub use directory::{HeaderAuth, LdapAuth, NullAuth, PamAuth, PasswordGroup, SharedPasswordAuth, TemporaryAuth};
pub use lti::{Lti11Auth, LtiAuth};
pub use oauth::{
    Auth0Auth, BitbucketAuth, CiLogonAuth, CiLogonIdp, EntraAuth, GitHubAuth, GitLabAuth, GlobusAuth, GoogleAuth,
    KeycloakAuth, OAuthAuth, OAuthKeys, OktaAuth,
};

section! {
    /// What every way to sign in has.
    pub struct AuthRules {
        /// What it is called in addresses and in the audit log, where there are several: `a-z`, `0-9` and `-`.
        name: Option<String> = None, unset "its `kind`";
        /// Everybody who can sign in this way.
        allow_all: bool = false;
        /// Everybody who signs in this way and has an account already.
        allow_existing_users: Option<bool> = None, unset "as `[access]` says; where it says nothing, those who sign in by OAuth need another rule or a password here", example "true";
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
        /// Fewest characters of a new password.
        minimum_password_length: usize = 10;
        /// How hard a new password must be to guess, from 0 (anything will do) to 4, as zxcvbn counts.
        minimum_password_score: u32 = 3;
        /// Whether passwords that many people use are refused.
        check_common_password: bool = true;
        /// Whether people may set up one-time codes besides their password.
        allow_2fa: bool = true;
        /// Whether people may sign in with passkeys, once they have added some on the page of their account.
        allow_passkeys: bool = true;
        /// Domain that passkeys are made for, where the platform has several host names below it. Passkeys that were made before hold no more where it changes.
        passkey_domain: Option<String> = None, unset "the host name by which people come", example "\"example.org\"";
        /// Whether people may sign up for an account themselves, at `/hub/signup`. They wait there for an administrator's word.
        enable_signup: bool = false;
        /// Whoever signs up has an account at once.
        open_signup: bool = false;
        /// How many accounts may be signed up for within an hour from one address; 0 is any number.
        new_accounts_per_hour_and_address: u32 = 100;
        /// How many within an hour in all; 0 is any number.
        new_accounts_per_hour: u32 = 1000;
        /// Whether who signs up must name a mail address.
        ask_email_on_signup: bool = false;
        /// Whoever signs up with a mail address of one of these domains, and of none below them, need not wait: following a link that is sent there is enough.
        domains: BTreeSet<String> = BTreeSet::new(), example "[\"example.org\"]";
        /// The same for mail addresses of which all is as this regular expression says.
        allow_self_approval_for: Option<Whole> = None, example "'[^@]+@(cs|math)\\.example\\.org'";
        /// Terms of service, as HTML beside a box that must be ticked to sign up.
        tos: Option<String> = None, example "'I agree to <a href=/terms.html>the terms</a>.'";
        /// The sign-in page has a field for the one-time code from the beginning. Without it, the page asks for the code only of who has set it up.
        request_otp: bool = false;
        /// Take over the passwords of FirstUseAuthenticator, once, at the first start with this.
        import_from_firstuse: bool = false;
        /// Where they are, as `dbm.dumb` or `dbm.sqlite3` wrote them: without `.dir` or `.dat`.
        firstuse_db_path: PathBuf = PathBuf::from("passwords.dbm");
    }

    /// Lets in anyone by any name: for trying things out, never for production.
    pub struct DummyAuth with rules: AuthRules {
        /// The one password for everybody.
        password: Option<Secret> = None, unset "any password will do";
    }
}

/// One line for each kind of `[[auth]]`.
macro_rules! kinds {
    ($($variant:ident($section:ident).$($rules:ident).+ = $kind:literal;)+) => {
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
                    $(Self::$variant(section) => &section.$($rules).+,)+
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
    Native(NativeAuth).rules = "native";
    Dummy(DummyAuth).rules = "dummy";
    OAuth(OAuthAuth).oauth.rules = "oauth";
    GitHub(GitHubAuth).oauth.rules = "github";
    GitLab(GitLabAuth).oauth.rules = "gitlab";
    Google(GoogleAuth).oauth.rules = "google";
    Entra(EntraAuth).oauth.rules = "entra";
    Okta(OktaAuth).oauth.rules = "okta";
    Auth0(Auth0Auth).oauth.rules = "auth0";
    Keycloak(KeycloakAuth).oauth.rules = "keycloak";
    CiLogon(CiLogonAuth).oauth.rules = "cilogon";
    Globus(GlobusAuth).oauth.rules = "globus";
    Bitbucket(BitbucketAuth).oauth.rules = "bitbucket";
    Header(HeaderAuth).rules = "header";
    Ldap(LdapAuth).rules = "ldap";
    Pam(PamAuth).rules = "pam";
    SharedPassword(SharedPasswordAuth).rules = "shared-password";
    Temporary(TemporaryAuth).rules = "temporary";
    Lti(LtiAuth).rules = "lti";
    Lti11(Lti11Auth).rules = "lti11";
    Null(NullAuth).rules = "null";
}

/// Kinds by other names, as JupyterHub's authenticators have them.
const OTHER_NAMES: [(&str, &str); 7] = [
    ("oidc", "oauth"),
    ("generic", "oauth"),
    ("generic-oauth", "oauth"),
    ("azuread", "entra"),
    ("azure", "entra"),
    ("microsoft", "entra"),
    ("lti13", "lti"),
];

impl Auth {
    /// The kind that is meant by this name.
    pub(crate) fn meant(kind: &str) -> &str {
        let found = OTHER_NAMES.iter().find(|(other, _)| *other == kind);
        found.map_or(kind, |(_, meant)| meant)
    }

    /// All names of a kind.
    pub(crate) fn names(kind: &'static str) -> Vec<&'static str> {
        let others = OTHER_NAMES.iter().filter(|(_, meant)| *meant == kind);
        std::iter::once(kind).chain(others.map(|(other, _)| *other)).collect()
    }

    /// What it is called among all ways to sign in.
    #[must_use]
    pub fn name(&self) -> &str {
        self.rules().name.as_deref().unwrap_or(self.kind())
    }
}
