//! By which certificates the directory's servers are known.

use std::path::Path;
use std::sync::Arc;

pub use perijove_tls::TlsError;
use rustls::ClientConfig;

/// Trusts the authorities in this file alone, or else those of the machine.
///
/// # Errors
/// If the file can not be read, or has no certificate.
pub fn client_config(authorities: Option<&Path>) -> Result<Arc<ClientConfig>, TlsError> {
    let check = perijove_tls::Check::Name(perijove_tls::authorities(authorities)?);
    Ok(Arc::new(perijove_tls::client(check)?.with_no_client_auth()))
}
