//! The four roles that every hub has, as JupyterHub stores them, and what a role may be called.

/// A role that exists in every database and is brought up to date at each start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DefaultRole {
    pub name: &'static str,
    pub description: &'static str,
    pub scopes: &'static [&'static str],
}

pub const USER: DefaultRole = DefaultRole {
    name: "user",
    description: "Standard user privileges",
    scopes: &["self"],
};

/// Goes with the `admin` flag; cannot be overridden.
pub const ADMIN: DefaultRole = DefaultRole {
    name: "admin",
    description: "Elevated privileges (can do anything)",
    scopes: &[
        "admin-ui",
        "admin:users",
        "admin:servers",
        "admin:services",
        "tokens",
        "admin:groups",
        "list:services",
        "read:services",
        "read:hub",
        "proxy",
        "shutdown",
        "access:services",
        "access:servers",
        "read:roles",
        "read:metrics",
        "shares",
    ],
};

/// What the role `admin` allows beyond what its row says. JupyterHub, which may get the database back, does not know
/// these scopes.
pub const ADMIN_BESIDES: &[&str] = &[
    "admin:roles",
    "read:audit",
    "admin:environments",
    "admin:homes",
    "admin:announcements",
    "scim",
];

/// What the token in a server's own environment may do.
pub const SERVER: DefaultRole = DefaultRole {
    name: "server",
    description: "Post activity only",
    scopes: &["users:activity!user", "access:servers!server"],
};

/// What a new API token may do if nothing else is asked for.
pub const TOKEN: DefaultRole = DefaultRole {
    name: "token",
    description: "Token with same permissions as its owner",
    scopes: &["inherit"],
};

/// In the order in which JupyterHub creates them.
pub const DEFAULT_ROLES: [DefaultRole; 4] = [USER, ADMIN, SERVER, TOKEN];

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "Invalid role name: '{0}'. A role's name has 3 to 255 of a-z, 0-9, '-', '_', '.' and '~', begins with a letter \
     and ends with a letter or digit"
)]
pub struct RoleNameError(pub String);

/// Refuses what JupyterHub would not take as the name of a role.
pub fn check_role_name(name: &str) -> Result<(), RoleNameError> {
    let letter = |byte: u8| byte.is_ascii_lowercase();
    let plain = |byte: u8| letter(byte) || byte.is_ascii_digit();
    let allowed = |byte: u8| plain(byte) || matches!(byte, b'-' | b'_' | b'~' | b'.');
    let good = match name.as_bytes() {
        [first, middle @ .., last] => {
            (1..=253).contains(&middle.len()) && letter(*first) && middle.iter().copied().all(allowed) && plain(*last)
        }
        _ => false,
    };
    if good {
        Ok(())
    } else {
        Err(RoleNameError(name.to_owned()))
    }
}
