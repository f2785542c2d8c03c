//! The OAuth 2 provider: how servers and services learn who visits them. The grant type is
//! `authorization_code`; programs without a browser have `device_code`.
//!
//! Facts of JupyterHub that differ from the usual: redirect URIs may be paths, a server's secret is its API token, and
//! what is granted is cut to what the visitor holds. Revocation, introspection and the metadata document are ours.

pub mod authorize;
mod client;
mod consent;
pub mod device;
pub mod introspect;
pub mod metadata;
mod params;
pub mod revoke;
pub mod token;
