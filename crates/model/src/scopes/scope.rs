//! The names of scopes and the tree they form: holding a scope means holding everything below it.

use std::fmt;

use serde::{Serialize, Serializer};

/// Writes the tree once: variant, name, what it says to people (in the words of the contract), direct sub-scopes.
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
    NoScope "(no_scope)" "Identify the owner of the requesting entity." []
    Myself "self" "Your own resources" []
    Inherit "inherit" "Anything you have access to" []
    AdminUi "admin-ui" "Access the admin page." []
    AdminUsers "admin:users"
        "Read, modify, create, and delete users and their authentication state, not including their servers or \
         tokens. This is an extremely privileged scope and should be considered tantamount to superuser."
        [AdminAuthState Users ReadRolesUsers DeleteUsers]
    AdminAuthState "admin:auth_state" "Read a user’s authentication state." []
    Users "users"
        "Read and write permissions to user models (excluding servers, tokens and authentication state)."
        [ReadUsers ListUsers UsersActivity]
    DeleteUsers "delete:users" "Delete users." []
    ListUsers "list:users" "List users, including at least their names." [ReadUsersName]
    ReadUsers "read:users"
        "Read user models (including the URL of the default server if it is running)."
        [ReadUsersName ReadUsersGroups ReadUsersActivity]
    ReadUsersName "read:users:name" "Read names of users." []
    ReadUsersGroups "read:users:groups" "Read users’ group membership." []
    ReadUsersActivity "read:users:activity" "Read time of last user activity." []
    ReadRoles "read:roles" "Read role assignments." [ReadRolesUsers ReadRolesServices ReadRolesGroups]
    ReadRolesUsers "read:roles:users" "Read user role assignments." []
    ReadRolesServices "read:roles:services" "Read service role assignments." []
    ReadRolesGroups "read:roles:groups" "Read group role assignments." []
    UsersActivity "users:activity" "Update time of last user activity." [ReadUsersActivity]
    AdminServers "admin:servers"
        "Read, start, stop, create and delete user servers and their state." [AdminServerState Servers]
    AdminServerState "admin:server_state" "Read and write users’ server state." []
    Servers "servers" "Start and stop user servers." [ReadServers StartServers DeleteServers]
    ReadServers "read:servers" "Read users’ names and their server models (excluding the server state)." [ReadUsersName]
    StartServers "start:servers" "Start and edit users' servers." []
    DeleteServers "delete:servers" "Stop and delete users' servers." []
    Tokens "tokens" "Read, write, create and delete user tokens." [ReadTokens]
    ReadTokens "read:tokens" "Read user tokens." []
    AdminGroups "admin:groups"
        "Read and write group information, create and delete groups." [Groups ReadRolesGroups DeleteGroups]
    Groups "groups"
        "Read and write group information, including adding/removing any users to/from groups. Note: adding users to \
         groups may affect permissions." [ReadGroups ListGroups]
    ListGroups "list:groups" "List groups, including at least their names." [ReadGroupsName]
    ReadGroups "read:groups" "Read group models." [ReadGroupsName]
    ReadGroupsName "read:groups:name" "Read group names." []
    DeleteGroups "delete:groups" "Delete groups." []
    AdminServices "admin:services"
        "Create, read, update, delete services, not including services defined from config files."
        [ListServices ReadServices ReadRolesServices]
    ListServices "list:services" "List services, including at least their names." [ReadServicesName]
    ReadServices "read:services" "Read service models." [ReadServicesName]
    ReadServicesName "read:services:name" "Read service names." []
    ReadHub "read:hub" "Read detailed information about the Hub." []
    AccessServers "access:servers" "Access user servers via API or browser." []
    AccessServices "access:services" "Access services via API or browser." []
    UsersShares "users:shares" "Read and revoke a user's access to shared servers." [ReadUsersShares]
    ReadUsersShares "read:users:shares" "Read servers shared with a user." []
    GroupsShares "groups:shares" "Read and revoke a group's access to shared servers." [ReadGroupsShares]
    ReadGroupsShares "read:groups:shares" "Read servers shared with a group." []
    ReadShares "read:shares" "Read information about shared access to servers." []
    Shares "shares" "Manage access to shared servers." [AccessServers ReadShares UsersShares GroupsShares]
    Proxy "proxy"
        "Read information about the proxy’s routing table, sync the Hub with the proxy and notify the Hub about a new \
         proxy." []
    Shutdown "shutdown" "Shutdown the hub." []
    ReadMetrics "read:metrics" "Read prometheus metrics." []
    AdminRoles "admin:roles"
        "Create, change and delete roles, and give and take them, within what one may do oneself."
        [GrantRoles ListRoles]
    GrantRoles "grant:roles" "Give roles and take them back, within what one may do oneself." [ReadRoles]
    ListRoles "list:roles" "Read which roles there are and what they allow." []
    ReadAudit "read:audit" "Read the audit log." []
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
const PERIJOVES: &[Scope] = &[Scope::AdminRoles, Scope::GrantRoles, Scope::ListRoles, Scope::ReadAudit];

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
