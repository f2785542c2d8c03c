//! The names of scopes and the tree they form: holding a scope means holding everything below it.

use std::fmt;

use serde::{Serialize, Serializer};

/// Writes the tree once: variant, name, what it says to people, direct sub-scopes.
macro_rules! scope_tree {
    ($($variant:ident $name:literal $description:literal [$($sub:ident)*])*) => {
        /// A permission by its name. Cheap to copy and compare.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Scope {
            $($variant,)*
            /// Defined by the site's configuration; only a [`super::Catalog`] makes these.
            Custom(&'static str),
        }

        impl Scope {
            /// Every scope that is not a site's own.
            pub const ALL: &[Scope] = &[$(Scope::$variant),*];

            /// A scope of the tree by its name; custom scopes are known to the [`super::Catalog`].
            #[must_use]
            pub fn named(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$variant),)*
                    _ => None,
                }
            }

            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                    Self::Custom(name) => name,
                }
            }

            /// What holding it allows, for the page on which people agree to it. Custom scopes: see the catalog.
            #[must_use]
            pub const fn description(self) -> &'static str {
                match self {
                    $(Self::$variant => $description,)*
                    Self::Custom(name) => name,
                }
            }

            /// The scopes directly below it.
            #[must_use]
            pub const fn direct(self) -> &'static [Scope] {
                match self {
                    $(Self::$variant => &[$(Scope::$sub),*],)*
                    Self::Custom(_) => &[],
                }
            }
        }
    };
}

scope_tree! {
    NoScope "(no_scope)" "Know who you are" []
    Myself "self" "Everything that is yours" []
    Inherit "inherit" "Everything that you may do" []
    AdminUi "admin-ui" "Open the admin page" []
    AdminUsers "admin:users"
        "Create, read, change and delete users and what sign-in remembers of them (as good as full control)"
        [AdminAuthState Users ReadRolesUsers DeleteUsers]
    AdminAuthState "admin:auth_state" "Read what sign-in remembers of users, with its secrets" []
    Users "users"
        "Read and change users, but not their servers or tokens"
        [ReadUsers ListUsers UsersActivity]
    DeleteUsers "delete:users" "Delete users" []
    ListUsers "list:users" "List users" [ReadUsersName]
    ReadUsers "read:users"
        "Read users: names, groups, last activity"
        [ReadUsersName ReadUsersGroups ReadUsersActivity]
    ReadUsersName "read:users:name" "Read the names of users" []
    ReadUsersGroups "read:users:groups" "Read which groups users are in" []
    ReadUsersActivity "read:users:activity" "Read when users were last active" []
    ReadRoles "read:roles" "Read who has which role" [ReadRolesUsers ReadRolesServices ReadRolesGroups]
    ReadRolesUsers "read:roles:users" "Read the roles of users" []
    ReadRolesServices "read:roles:services" "Read the roles of services" []
    ReadRolesGroups "read:roles:groups" "Read the roles of groups" []
    UsersActivity "users:activity" "Report when users were last active" [ReadUsersActivity]
    AdminServers "admin:servers"
        "Create, start, stop and delete servers, and read their inner state" [AdminServerState Servers]
    AdminServerState "admin:server_state" "Read and change the inner state of servers" []
    Servers "servers" "Start and stop servers" [ReadServers StartServers DeleteServers]
    ReadServers "read:servers" "See servers and whose they are" [ReadUsersName]
    StartServers "start:servers" "Start and edit servers" []
    DeleteServers "delete:servers" "Stop and delete servers" []
    Tokens "tokens" "Create, read and revoke the API tokens of users" [ReadTokens]
    ReadTokens "read:tokens" "See which API tokens users have" []
    AdminGroups "admin:groups"
        "Create, read, change and delete groups" [Groups ReadRolesGroups DeleteGroups]
    Groups "groups"
        "Read and change groups, with their members and so what those may do" [ReadGroups ListGroups]
    ListGroups "list:groups" "List groups" [ReadGroupsName]
    ReadGroups "read:groups" "Read groups and their members" [ReadGroupsName]
    ReadGroupsName "read:groups:name" "Read the names of groups" []
    DeleteGroups "delete:groups" "Delete groups" []
    AdminServices "admin:services"
        "Create, read, change and delete services that are not in the configuration"
        [ListServices ReadServices ReadRolesServices]
    ListServices "list:services" "List services" [ReadServicesName]
    ReadServices "read:services" "Read services" [ReadServicesName]
    ReadServicesName "read:services:name" "Read the names of services" []
    ReadHub "read:hub" "Read details about the hub" []
    AccessServers "access:servers" "Use servers" []
    AccessServices "access:services" "Use services" []
    UsersShares "users:shares" "See and give up what is shared with users" [ReadUsersShares]
    ReadUsersShares "read:users:shares" "See what is shared with users" []
    GroupsShares "groups:shares" "See and give up what is shared with groups" [ReadGroupsShares]
    ReadGroupsShares "read:groups:shares" "See what is shared with groups" []
    ReadShares "read:shares" "See with whom servers are shared" []
    Shares "shares" "Share servers and take it back" [AccessServers ReadShares UsersShares GroupsShares]
    Proxy "proxy"
        "Read and refresh the proxy's routes" []
    Shutdown "shutdown" "Shut the hub down" []
    ReadMetrics "read:metrics" "Read the metrics" []
    AdminRoles "admin:roles"
        "Create, change and delete roles, and give and take them, within what one may do oneself"
        [GrantRoles ListRoles]
    GrantRoles "grant:roles" "Give roles and take them back, within what one may do oneself" [ReadRoles]
    ListRoles "list:roles" "Read which roles there are and what they allow" []
    ReadAudit "read:audit" "Read the audit log" []
    AdminEnvironments "admin:environments"
        "Build and remove Python environments, and choose their extensions"
        [ReadEnvironments]
    ReadEnvironments "read:environments" "See which Python environments there are and what they have" []
    AdminHomes "admin:homes"
        "Bring back and delete the files of people who are gone, and see how much everybody has" [ReadHomes]
    ReadHomes "read:homes" "See where people's files are and how much they have" []
    AdminAnnouncements "admin:announcements" "Tell people things on top of all pages, and see what was told" []
    Scim "scim"
        "Keep people and groups as a directory has them: make, change, suspend and delete them (as good as full control)"
        []
}

/// What `self` stands for, each limited to the user's own.
pub const SELF_SCOPES: &[Scope] = &[
    Scope::ReadUsers,
    Scope::UsersShares,
    Scope::ReadShares,
    Scope::UsersActivity,
    Scope::Servers,
    Scope::Tokens,
    Scope::AccessServers,
];

/// Scopes that JupyterHub does not know. It fails on reading a token or a share that has one, so they are kept where it
/// does not look: see `store::tokens` and [`ADMIN_BESIDES`](super::roles::ADMIN_BESIDES).
const PERIJOVES: &[Scope] = &[
    Scope::AdminRoles,
    Scope::GrantRoles,
    Scope::ListRoles,
    Scope::ReadAudit,
    Scope::AdminEnvironments,
    Scope::ReadEnvironments,
    Scope::AdminHomes,
    Scope::ReadHomes,
    Scope::AdminAnnouncements,
    Scope::Scim,
];

impl Scope {
    /// Whether it is one of ours beyond JupyterHub's.
    #[must_use]
    pub fn is_perijoves(self) -> bool {
        PERIJOVES.contains(&self)
    }

    /// Whether it stands for others, which depend on whose it is.
    #[must_use]
    pub fn is_metascope(self) -> bool {
        matches!(self, Self::Myself | Self::Inherit | Self::NoScope)
    }

    /// Scopes about people say nothing about one server, so a server filter drops them.
    #[must_use]
    pub fn is_about_people(self) -> bool {
        self.name().starts_with("read:user")
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Scope {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
