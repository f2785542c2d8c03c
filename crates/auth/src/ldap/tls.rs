//! By which certificates the directory's servers are known.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("the certificates in {} can't be read: {cause}", .file.display())]
    File {
        file: PathBuf,
        cause: rustls::pki_types::pem::Error,
    },
    #[error("there is no certificate in {}", .0.display())]
    Empty(PathBuf),
    #[error("TLS can't be used: {0}")]
    Tls(#[from] rustls::Error),
}

/// Trusts the authorities in this file alone, or else those of the machine.
///
/// # Errors
/// If the file can not be read, or has no certificate.
pub fn client_config(authorities: Option<&Path>) -> Result<Arc<ClientConfig>, TlsError> {
    let mut roots = RootCertStore::empty();
    match authorities {
        Some(file) => add_file(&mut roots, file)?,
        None => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(Arc::new(config.with_root_certificates(roots).with_no_client_auth()))
}

fn add_file(roots: &mut RootCertStore, file: &Path) -> Result<(), TlsError> {
    let unreadable = |cause| TlsError::File {
        file: file.to_owned(),
        cause,
    };
    for certificate in CertificateDer::pem_file_iter(file).map_err(unreadable)? {
        roots.add(certificate.map_err(unreadable)?)?;
    }
    match roots.is_empty() {
        true => Err(TlsError::Empty(file.to_owned())),
        false => Ok(()),
    }
}
