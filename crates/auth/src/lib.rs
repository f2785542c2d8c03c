//! Who is it? The Authenticator seam with its implementations, and the access policy, which is outside of them and
//! written once.
//!
//! An authenticator says who somebody claims to be and whether the claim holds. [`policy::Policy`] says what the name is
//! worth here: what it is called, whether it may come in, whether it is an admin.

pub mod dummy;
pub mod native;
pub mod password;
pub mod policy;

use async_trait::async_trait;
use perijove_model::Secret;

/// What a person sent with the sign-in form.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// As typed, without outer spaces; not yet a name.
    pub username: String,
    pub password: Secret,
}

/// Who it is, according to an authenticator. What it leaves open (`None`) stays as it is in the database.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Identity {
    pub name: String,
    pub admin: Option<bool>,
    /// Taken at their word only where `access.manage_groups` says so.
    pub groups: Option<Vec<String>>,
    /// The same with `access.manage_roles`.
    pub roles: Option<Vec<GivenRole>>,
    pub auth_state: Option<serde_json::Value>,
    pub user_info: Option<serde_json::Value>,
}

/// A role that somebody has according to an authenticator. What it leaves open stays as it is in the database.
#[derive(Debug, Clone, Default, PartialEq, serde::Deserialize)]
#[serde(default)]
pub struct GivenRole {
    pub name: String,
    pub description: Option<String>,
    pub scopes: Option<Vec<String>>,
    pub users: Option<Vec<String>>,
    pub groups: Option<Vec<String>>,
    pub services: Option<Vec<String>>,
}

/// How people begin with this authenticator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Offer {
    /// Name and password on the sign-in page.
    Form,
    /// A link to somewhere else that sends them back.
    Redirect { label: String, url: String },
}

/// It could not be found out: a directory that does not answer, a database that is away. Never "wrong password".
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct AuthError {
    /// For the person: what happened, what to do.
    pub message: String,
    #[source]
    pub cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// A way in. Several can be active at once.
#[async_trait]
pub trait Authenticator: Send + Sync + 'static {
    /// As in `kind =` of the configuration.
    fn kind(&self) -> &'static str;

    fn offer(&self) -> Offer;

    /// Whose credentials these are; `None` if they don't hold. Takes the same time for unknown names.
    async fn check(&self, credentials: &Credentials) -> Result<Option<Identity>, AuthError>;
}
