//! TLS: towards people, on the REST API, and towards targets.

pub(crate) mod pem;
pub(crate) mod settings;

pub use pem::TlsError;
