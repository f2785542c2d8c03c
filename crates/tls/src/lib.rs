//! Whose certificates are believed, written once for all who speak TLS to somebody else: the database, a provider, a
//! directory, a target of the edge. rustls with ring, the system's authorities or those of a file.

mod lenient;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::{WantsClientCert, WebPkiServerVerifier};
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, ConfigBuilder, RootCertStore};

use lenient::Lenient;

#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("{} can't be used: {why}", file.display())]
    File { file: PathBuf, why: String },
    #[error("{}: there is no certificate in it", .0.display())]
    Empty(PathBuf),
    #[error("the authorities can't be used: {0}")]
    Authorities(#[from] rustls::client::VerifierBuilderError),
    #[error("TLS can't be used: {0}")]
    Tls(#[from] rustls::Error),
}

/// What is looked at before anything is said to the other side.
#[derive(Debug)]
pub enum Check {
    /// Its name, vouched for by one of these.
    Name(RootCertStore),
    /// That one of these vouches for it, whatever its name.
    Authority(RootCertStore),
    /// Nothing: nobody can listen, but anybody may be the other side. For trials, and for who asks for it.
    Nothing,
}

/// What is left to be said is who we are.
///
/// # Errors
/// If there is no authority to check by.
pub fn client(check: Check) -> Result<ConfigBuilder<ClientConfig, WantsClientCert>, TlsError> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions()?;
    let authority = match check {
        Check::Name(roots) => return Ok(builder.with_root_certificates(roots)),
        Check::Nothing => None,
        Check::Authority(roots) => {
            let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
            Some(verifier.build()?)
        }
    };
    let verifier = Arc::new(Lenient { authority, provider });
    Ok(builder.dangerous().with_custom_certificate_verifier(verifier))
}

/// Those in this file, or else the system's, which may be none.
///
/// # Errors
/// If there is a file, and it can't be read or has none.
pub fn authorities(file: Option<&Path>) -> Result<RootCertStore, TlsError> {
    let mut roots = RootCertStore::empty();
    match file {
        None => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
        Some(file) => {
            for certificate in certificates(file)? {
                roots.add(certificate).map_err(|error| unusable(file, error))?;
            }
        }
    }
    Ok(roots)
}

/// At least one.
///
/// # Errors
/// If the file can't be read, or has none.
pub fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_file_iter(file)
        .map_err(|error| unusable(file, error))?
        .collect();
    match found.map_err(|error| unusable(file, error))? {
        none if none.is_empty() => Err(TlsError::Empty(file.to_owned())),
        found => Ok(found),
    }
}

fn unusable(file: &Path, error: impl std::fmt::Display) -> TlsError {
    TlsError::File {
        file: file.to_owned(),
        why: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair};

    use super::*;

    #[test]
    fn files_of_authorities_are_read_or_said_to_be_wrong() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("authorities.pem");
        let told = || {
            authorities(Some(&file))
                .map(|roots| roots.len())
                .map_err(|error| error.to_string())
        };
        assert!(told().unwrap_err().contains("authorities.pem can't be used"));
        std::fs::write(&file, "nothing of use").unwrap();
        assert!(told().unwrap_err().contains("there is no certificate in it"));
        let key = KeyPair::generate().unwrap();
        let one = CertificateParams::default().self_signed(&key).unwrap().pem();
        std::fs::write(&file, one.repeat(2)).unwrap();
        assert_eq!(told(), Ok(2));
    }

    #[test]
    fn nobody_is_checked_by_no_authority() {
        assert!(client(Check::Authority(RootCertStore::empty())).is_err());
        assert!(client(Check::Nothing).is_ok());
    }
}
