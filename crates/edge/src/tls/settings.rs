//! What can be set about TLS.

use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use perijove_model::Secret;

/// How a listener speaks TLS.
#[derive(Debug, Clone)]
pub struct ServerTls {
    pub certificates: Certificates,
    pub clients: ClientCertificates,
    pub oldest: Version,
    /// Names of cipher suites as OpenSSL or IANA writes them, with colons between; only these are used. Names that are
    /// not among the modern ones are passed over.
    pub suites: Option<String>,
}

impl ServerTls {
    /// TLS 1.2 and 1.3, for clients without certificates.
    #[must_use]
    pub fn new(certificates: Certificates) -> Self {
        Self {
            certificates,
            clients: ClientCertificates::NotAsked,
            oldest: Version::Tls12,
            suites: None,
        }
    }
}

/// Where certificates come from.
#[derive(Debug, Clone)]
pub enum Certificates {
    /// Chosen by the name that the client asks for; the first is for all others.
    Files(Vec<KeyFiles>),
    SelfSigned(SelfSigned),
    Acme(Box<Acme>),
}

/// A certificate with its chain, and its key, both PEM. They may be the same file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFiles {
    pub cert: PathBuf,
    pub key: PathBuf,
}

/// Certificates by an authority of our own, made at the first start.
#[derive(Debug, Clone)]
pub struct SelfSigned {
    /// Where the authority and the certificate are kept.
    pub dir: PathBuf,
    /// Names and addresses that the certificate is good for.
    pub names: Vec<String>,
}

/// Certificates by an authority that speaks ACME (RFC 8555).
#[derive(Debug, Clone)]
pub struct Acme {
    /// The authority's directory.
    pub directory: String,
    /// A file with the authorities that the directory's own certificate is trusted by; none is the system's.
    pub directory_ca: Option<PathBuf>,
    /// Each gets a certificate of its own.
    pub names: Vec<String>,
    /// Where the authority writes to if something is wrong.
    pub email: Option<String>,
    pub challenge: Challenge,
    /// Where the account and the certificates are kept. Several edges may share it: one of them orders.
    pub dir: PathBuf,
    pub external_account: Option<ExternalAccount>,
}

/// Let's Encrypt, for everybody and for trials.
pub const LETS_ENCRYPT: &str = "https://acme-v02.api.letsencrypt.org/directory";
pub const LETS_ENCRYPT_STAGING: &str = "https://acme-staging-v02.api.letsencrypt.org/directory";

/// How a name is shown to be ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Challenge {
    /// A file on port 80 of the name: a plain listener must be reached there.
    Http01,
    /// A certificate on port 443 of the name.
    TlsAlpn01,
}

/// An account at the authority that the new one belongs to.
#[derive(Debug, Clone)]
pub struct ExternalAccount {
    pub id: String,
    /// Base64url.
    pub key: Secret,
}

/// Whether clients show certificates, and by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientCertificates {
    NotAsked,
    /// Asked for; whoever has none, or another one, may come in as well.
    Asked(PathBuf),
    /// Only whoever has one by the authorities in the file comes in.
    Required(PathBuf),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    Tls12,
    Tls13,
}

/// How targets with `https://` are reached.
#[derive(Debug, Clone)]
pub struct TargetTls {
    /// What the edge shows to them.
    pub identity: Option<KeyFiles>,
    /// A file with the authorities that they are trusted by; none is the system's.
    pub ca: Option<PathBuf>,
    /// Off: anybody may pretend to be the target.
    pub verify: bool,
}

impl Default for TargetTls {
    fn default() -> Self {
        Self {
            identity: None,
            ca: None,
            verify: true,
        }
    }
}

/// Addresses without TLS, from where people are sent to the ones with it.
#[derive(Debug, Clone, Default)]
pub struct Redirect {
    pub listen: Vec<SocketAddr>,
    /// The port that people are sent to; none is the one that the edge listens on.
    pub port: Option<u16>,
}

/// Browsers are told to come with TLS only (RFC 6797).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hsts {
    pub max_age: Duration,
    pub subdomains: bool,
    pub preload: bool,
}

impl Hsts {
    pub(crate) fn header(&self) -> String {
        let mut value = format!("max-age={}", self.max_age.as_secs());
        if self.subdomains {
            value.push_str("; includeSubDomains");
        }
        if self.preload {
            value.push_str("; preload");
        }
        value
    }
}

/// The address, if the name is one.
pub(crate) fn address(name: &str) -> Option<IpAddr> {
    name.trim_matches(['[', ']']).parse().ok()
}
