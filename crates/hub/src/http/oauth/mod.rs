//! The OAuth 2 provider: how servers and services learn who visits them. One grant type, `authorization_code`.
//!
//! Facts of JupyterHub that differ from the usual: redirect URIs may be paths, a server's secret is its API token, and
//! what is granted is cut to what the visitor holds.

pub mod authorize;
pub mod token;
