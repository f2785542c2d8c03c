//! Who is it? The Authenticator seam with its implementations, and the access policy, which is outside of them and
//! written once.
//!
//! An authenticator (a *method*: one `[[auth]]` of the configuration) says who somebody claims to be and whether the claim
//! holds. [`policy::Policy`] says what the name is worth here: what it is called, whether it may come in, whether it is an
//! admin. The hub says whose account it is.

pub mod dummy;
pub mod header;
pub mod jwt;
mod keyring;
pub mod ldap;
pub mod lti;
pub mod native;
pub mod null;
pub mod oauth;
pub mod pam;
pub mod passkey;
pub mod password;
pub mod policy;
pub mod rules;
pub mod shared_password;
pub mod strength;
pub mod temporary;
pub mod totp;
pub mod web;

use std::net::IpAddr;

use async_trait::async_trait;
use http::HeaderMap;
use perijove_model::Secret;
use serde_json::Value;

pub use rules::{Existing, Rules};

/// What a person sent with the sign-in form.
#[derive(Debug, Clone, Default)]
pub struct Credentials {
    /// As typed, without outer spaces; not yet a name.
    pub username: String,
    pub password: Secret,
    /// A one-time code, where the form asked for one.
    pub code: Option<Secret>,
}

/// Who it is, according to an authenticator. What it leaves open (`None`) stays as it is in the database.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Identity {
    pub name: String,
    /// What the method calls them for good, where a name may pass to somebody else there.
    pub subject: Option<String>,
    /// The method's own session, where it may end it later.
    pub session: Option<String>,
    pub admin: Option<bool>,
    /// Rules are held against them; memberships are changed only where `access.manage_groups` says so.
    pub groups: Option<Vec<String>>,
    /// Other names of these groups, by which rules may call them.
    pub group_ids: Vec<String>,
    /// Taken at their word only where `access.manage_roles` says so.
    pub roles: Option<Vec<GivenRole>>,
    /// The method has a rule of its own by which they may come in: an organisation, a project.
    pub allowed: bool,
    pub auth_state: Option<Value>,
    pub user_info: Option<Value>,
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
    /// Name and password on the sign-in page; perhaps a one-time code with them.
    Form { code: bool },
    /// A button that leads elsewhere ([`Authenticator::depart`]), from where they come back ([`Authenticator::arrive`]).
    Elsewhere { label: String },
    /// The request itself tells ([`Authenticator::recognise`]): nobody has to do anything.
    Unasked,
    /// Not on the sign-in page: somebody else begins it, by [`Authenticator::depart`].
    Outside,
}

impl Offer {
    #[must_use]
    pub fn is_form(&self) -> bool {
        matches!(self, Self::Form { .. })
    }
}

/// What came of a claim.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// It does not hold here. The next method is asked; if none knows them, the page says what it says to everybody.
    Unknown,
    Known(Box<Identity>),
    /// Name and password hold, and a one-time code is missing. The form comes again and asks for it.
    CodeWanted,
    /// Name and password hold, and the one-time code does not. Nobody else is asked; the page says what it says to everybody.
    CodeRefused,
    /// They are who they say, and may not come in.
    Refused(Refusal),
}

impl From<Identity> for Answer {
    fn from(identity: Identity) -> Self {
        Self::Known(Box::new(identity))
    }
}

/// Why somebody who has proved who they are may not come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// For the audit log: a word or two.
    pub why: &'static str,
    /// For the person: what happened, what to do.
    pub message: String,
}

/// Where to send a browser, and what to keep in it, sealed, until it comes back.
#[derive(Debug, Clone)]
pub struct Departure {
    pub url: String,
    pub keep: Value,
}

/// A request by which somebody begins to sign in elsewhere.
#[derive(Debug)]
pub struct Begin<'a> {
    /// Where they are to come back to, whole.
    pub callback: &'a str,
    /// To be brought back as it is: by it the hub knows the journey again.
    pub state: &'a str,
    /// Parameters of the address, and fields of the form.
    pub fields: &'a [(String, String)],
}

/// A browser that comes back.
#[derive(Debug)]
pub struct Arrival<'a> {
    pub callback: &'a str,
    pub fields: &'a [(String, String)],
    /// What was kept when it left; nothing if this is not the browser that left, or too late.
    pub kept: Option<&'a Value>,
}

impl Arrival<'_> {
    /// A parameter that is there once.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        let mut found = self.fields.iter().filter(|(key, _)| key == name);
        match (found.next(), found.next()) {
            (Some((_, value)), None) => Some(value),
            _ => None,
        }
    }
}

/// Somebody who has come in by this method before.
#[derive(Debug)]
pub struct Member<'a> {
    pub name: &'a str,
    pub subject: Option<&'a str>,
    pub auth_state: Option<&'a Value>,
}

/// What has become of somebody since they signed in.
#[derive(Debug, Clone, PartialEq)]
pub enum Refreshed {
    /// Nothing that the method could see.
    Same,
    Changed(Box<Identity>),
    /// They have to sign in again.
    Gone(&'static str),
}

/// Sessions that whoever signs people in has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    Subject(String),
    Session(String),
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

impl AuthError {
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            cause: None,
        }
    }

    pub fn because(message: impl Into<String>, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self {
            message: message.into(),
            cause: Some(cause.into()),
        }
    }
}

/// A way in. Several can be active at once.
#[async_trait]
pub trait Authenticator: Send + Sync + 'static {
    /// As in `kind =` of the configuration.
    fn kind(&self) -> &'static str;

    /// What this one is called among all methods: in addresses, in the audit log, beside the accounts that came by it.
    fn name(&self) -> &str {
        self.kind()
    }

    /// Who of those who come this way are let in.
    fn rules(&self) -> &Rules {
        Rules::none()
    }

    fn offer(&self) -> Offer;

    /// Whose name and password these are. Takes the same time for unknown names.
    async fn check(&self, _: &Credentials) -> Result<Answer, AuthError> {
        Ok(Answer::Unknown)
    }

    /// Who the request itself says it is from; `peer` is who is at the other end of the connection.
    async fn recognise(&self, _headers: &HeaderMap, _peer: IpAddr) -> Result<Answer, AuthError> {
        Ok(Answer::Unknown)
    }

    async fn depart(&self, _: &Begin<'_>) -> Result<Departure, AuthError> {
        Err(AuthError::new("Nobody signs in elsewhere by this method."))
    }

    async fn arrive(&self, _: &Arrival<'_>) -> Result<Answer, AuthError> {
        Ok(Answer::Unknown)
    }

    /// Whether there is anything to ask.
    fn refreshes(&self) -> bool {
        false
    }

    /// Asked now and then of everybody who is signed in by this method.
    async fn refresh(&self, _: &Member<'_>) -> Result<Refreshed, AuthError> {
        Ok(Refreshed::Same)
    }

    /// Somebody signs out: what they were given is given back, and perhaps they go on to sign out elsewhere, too.
    async fn leave(&self, _: &Member<'_>, _back: &str) -> Option<String> {
        None
    }

    /// Whose sessions a message from whoever signs people in ends; `None` if it does not hold.
    async fn ended(&self, _message: &str) -> Result<Option<Ended>, AuthError> {
        Ok(None)
    }
}
