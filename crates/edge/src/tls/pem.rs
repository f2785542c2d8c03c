//! Certificates and keys in files, with errors that say which file, what is wrong with it, and what to do.

use std::{
    borrow::Cow,
    fs, io,
    net::IpAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use jiff::Timestamp;
use rustls::{
    RootCertStore,
    crypto::ring::sign::any_supported_type,
    pki_types::{
        CertificateDer, PrivateKeyDer,
        pem::{self, PemObject},
    },
    sign::{CertifiedKey, SigningKey},
};
use x509_parser::{
    extensions::GeneralName,
    prelude::{FromDer, X509Certificate},
};

use super::settings::KeyFiles;

/// A chain of certificates is far smaller; a file of authorities is not.
const LARGEST_FILE: u64 = 4 * 1024 * 1024;

/// Why TLS can not be set up.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("{}: {what}; {hint}", file.display())]
    File {
        file: PathBuf,
        what: Cow<'static, str>,
        hint: &'static str,
    },
    #[error("TLS: {0}")]
    Setting(String),
}

impl TlsError {
    fn file(file: &Path, what: impl Into<Cow<'static, str>>, hint: &'static str) -> Self {
        Self::File {
            file: file.to_owned(),
            what: what.into(),
            hint,
        }
    }

    pub(crate) fn cannot_write(file: &Path, error: &io::Error) -> Self {
        Self::file(
            file,
            format!("the edge can't write it: {error}"),
            "give the folder to the account that the edge runs as",
        )
    }

    /// A file of our own authority that somebody else has changed.
    pub(crate) fn authority(file: &Path) -> Self {
        Self::file(
            file,
            "it is not as the edge wrote it",
            "restore it, or remove `ca.pem` and `ca.key`: then a new authority is made, which people have to trust anew",
        )
    }

    fn io(file: &Path, error: &io::Error) -> Self {
        let hint = match error.kind() {
            io::ErrorKind::NotFound => "check the path",
            io::ErrorKind::PermissionDenied => {
                "let the account that the edge runs as read it, for example through its group"
            }
            _ => "it must be a file that can be read",
        };
        let what = match error.kind() {
            io::ErrorKind::NotFound => "there is no such file".into(),
            io::ErrorKind::PermissionDenied => "the edge may not read it".into(),
            _ => error.to_string(),
        };
        Self::file(file, what, hint)
    }
}

/// A certificate with its key, and what it says of itself.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    pub(crate) key: Arc<CertifiedKey>,
    pub(crate) facts: Facts,
}

#[derive(Debug, Clone)]
pub(crate) struct Facts {
    pub(crate) names: Vec<String>,
    pub(crate) addresses: Vec<IpAddr>,
    pub(crate) from: Timestamp,
    pub(crate) until: Timestamp,
}

pub(crate) fn read(file: &Path) -> Result<Vec<u8>, TlsError> {
    let size = fs::metadata(file).map_err(|error| TlsError::io(file, &error))?.len();
    if size > LARGEST_FILE {
        return Err(TlsError::file(file, "it is far too large", "name a PEM file"));
    }
    fs::read(file).map_err(|error| TlsError::io(file, &error))
}

pub(crate) fn identity(files: &KeyFiles) -> Result<Identity, TlsError> {
    let chain = certificates(&files.cert)?;
    let key = signing_key(&files.key)?;
    let facts = facts(&chain[0]).map_err(|what| TlsError::file(&files.cert, what, "ask who made it for a new one"))?;
    let key = CertifiedKey::new(chain, key);
    // A kind of key that can not be compared is found out by the first handshake.
    if matches!(
        key.keys_match(),
        Err(rustls::Error::InconsistentKeys(rustls::InconsistentKeys::KeyMismatch))
    ) {
        return Err(TlsError::file(
            &files.key,
            format!("the key does not belong to the certificate in {}", files.cert.display()),
            "take the key that the certificate was asked for with, and put the server's own certificate first in its file",
        ));
    }
    Ok(Identity {
        key: Arc::new(key),
        facts,
    })
}

/// At least one.
fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let bytes = read(file)?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
    match found {
        Ok(found) if found.is_empty() => Err(TlsError::file(
            file,
            "there is no certificate in it",
            "it must be PEM: the server's certificate first, then those that lead to its authority",
        )),
        Ok(found) => Ok(found),
        Err(error) => Err(broken(file, &error)),
    }
}

fn signing_key(file: &Path) -> Result<Arc<dyn SigningKey>, TlsError> {
    let bytes = read(file)?;
    if is_encrypted(&bytes) {
        return Err(TlsError::file(
            file,
            "the key has a password",
            "remove it with `openssl pkey -in FILE -out NEW`, and let only the edge's account read the new file",
        ));
    }
    let key = match PrivateKeyDer::from_pem_slice(&bytes) {
        Ok(key) => key,
        Err(pem::Error::NoItemsFound) => {
            return Err(TlsError::file(
                file,
                "there is no key in it",
                "it must be PEM, with the line `BEGIN PRIVATE KEY` (or `RSA PRIVATE KEY`, `EC PRIVATE KEY`)",
            ));
        }
        Err(error) => return Err(broken(file, &error)),
    };
    any_supported_type(&key).map_err(|_| {
        TlsError::file(
            file,
            "a key of this kind can't be used",
            "use RSA with 2048 to 8192 bits, ECDSA P-256 or P-384, or Ed25519",
        )
    })
}

/// Of the new way (PKCS#8) or of the old.
fn is_encrypted(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    text.contains("BEGIN ENCRYPTED PRIVATE KEY") || text.contains("Proc-Type: 4,ENCRYPTED")
}

fn broken(file: &Path, error: &pem::Error) -> TlsError {
    TlsError::file(
        file,
        format!("it is not whole PEM: {error}"),
        "copy it again; PEM is text between BEGIN and END lines",
    )
}

/// The authorities in a file.
pub(crate) fn authorities(file: &Path) -> Result<RootCertStore, TlsError> {
    let mut store = RootCertStore::empty();
    for certificate in certificates(file)? {
        store.add(certificate).map_err(|error| {
            TlsError::file(
                file,
                format!("a certificate in it can't be an authority: {error}"),
                "it must hold the certificates of the authorities only",
            )
        })?;
    }
    Ok(store)
}

pub(crate) fn facts(certificate: &CertificateDer<'_>) -> Result<Facts, &'static str> {
    const NO_SENSE: &str = "the first certificate in it makes no sense";
    let (_, parsed) = X509Certificate::from_der(certificate).map_err(|_| NO_SENSE)?;
    let validity = parsed.validity();
    let time = |seconds| Timestamp::from_second(seconds).map_err(|_| NO_SENSE);
    let mut facts = Facts {
        names: Vec::new(),
        addresses: Vec::new(),
        from: time(validity.not_before.timestamp())?,
        until: time(validity.not_after.timestamp())?,
    };
    if let Ok(Some(alternatives)) = parsed.subject_alternative_name() {
        for name in &alternatives.value.general_names {
            match name {
                GeneralName::DNSName(name) => facts.names.push(name.to_ascii_lowercase()),
                GeneralName::IPAddress(bytes) => facts.addresses.extend(ip(bytes)),
                _ => {}
            }
        }
    }
    Ok(facts)
}

/// The names of a client in its certificate: those that it has as a host, and its common name.
pub(crate) fn names(certificate: &CertificateDer<'_>) -> Option<String> {
    const MOST: usize = 20;
    let (_, parsed) = X509Certificate::from_der(certificate).ok()?;
    let mut names = facts(certificate).ok()?.names;
    let common = parsed
        .subject()
        .iter_common_name()
        .filter_map(|name| name.as_str().ok());
    names.extend(common.map(str::to_ascii_lowercase));
    // Nothing in a name may look like two, or like the end of a header.
    let plain = |name: &String| {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "-._@ *".contains(c);
        !name.is_empty() && name.len() <= 255 && name.chars().all(allowed)
    };
    names.retain(plain);
    names.truncate(MOST);
    Some(names.join(", "))
}

fn ip(bytes: &[u8]) -> Option<IpAddr> {
    <[u8; 4]>::try_from(bytes)
        .map(IpAddr::from)
        .or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from))
        .ok()
}
