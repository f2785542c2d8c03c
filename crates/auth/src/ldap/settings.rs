//! How a directory is asked.

use std::sync::Arc;
use std::time::Duration;

use perijove_model::Secret;

/// What stands for the name in templates and filters.
pub const USERNAME: &str = "{username}";

#[derive(Debug, Clone)]
pub struct Settings {
    /// Asked in this order until one answers.
    pub servers: Vec<Server>,
    /// Certificates by which the servers are known.
    pub tls: Option<Arc<rustls::ClientConfig>>,
    /// For one request.
    pub timeout: Duration,
    /// Sign-ins that talk to the directory at the same time.
    pub at_once: usize,
    /// As whom people's passwords are tried, with `{username}`; none finds their entries first.
    pub bind_dn_templates: Vec<String>,
    pub lookup: Lookup,
    pub groups: Groups,
    /// Attributes that are kept with the person, for servers.
    pub auth_state_attributes: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    pub url: String,
    pub security: Security,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    StartTls,
    Tls,
    /// Passwords travel as they are.
    None,
}

/// How somebody's entry is found.
#[derive(Debug, Clone, Default)]
pub struct Lookup {
    /// Whose search it is; nobody in particular if none.
    pub user: Option<(String, Secret)>,
    /// Below which people are; none looks for nobody.
    pub base: Option<String>,
    /// The attribute that has the name.
    pub attribute: String,
    /// Who else must fit, with `{username}`.
    pub filter: Option<String>,
    /// The attribute that has the name here, if it is another one.
    pub username_attribute: Option<String>,
}

/// How somebody's groups are found.
#[derive(Debug, Clone, Default)]
pub struct Groups {
    /// Below which groups are; none asks for no groups.
    pub base: Option<String>,
    /// Which of them are somebody's, with `{userdn}` and `{username}`.
    pub filter: String,
    /// What a group is called.
    pub attribute: String,
    pub nested: Nested,
}

/// Whether who is in a group is also in those in which that group is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Nested {
    #[default]
    No,
    /// Asked for group by group.
    Search,
    /// The directory follows them itself, as Active Directory does.
    Chain,
}
