//! TLS towards clients: of the public addresses, and of the REST API.

use std::{io, path::PathBuf, sync::Arc, time::Duration};

use arc_swap::ArcSwap;
use jiff::{SignedDuration, Timestamp};
use rustls::{
    ServerConfig, SupportedCipherSuite,
    crypto::{CryptoProvider, ring},
    server::{NoClientAuth, WebPkiClientVerifier, danger::ClientCertVerifier},
    version::{TLS12, TLS13},
};
use tokio::net::TcpStream;
use tokio_rustls::{TlsAcceptor, TlsStream};
use tracing::{debug, warn};

use super::{
    ALPN_CHALLENGE,
    challenges::Challenges,
    pem::{self, Identity, TlsError},
    settings::{Certificates, ClientCertificates, KeyFiles, ServerTls, Version},
    shelf::Shelf,
};

/// For a client to say who it is and what it speaks.
const HANDSHAKE: Duration = Duration::from_secs(15);
/// A certificate that ends sooner is spoken of.
const ENDS_SOON: SignedDuration = SignedDuration::from_hours(14 * 24);

/// A listener's TLS, which can be read anew while it serves.
pub(crate) struct Server {
    settings: ServerTls,
    /// What may be spoken inside, best first.
    protocols: &'static [&'static [u8]],
    challenges: Arc<Challenges>,
    config: ArcSwap<ServerConfig>,
}

/// A client that has shaken hands.
pub(crate) struct Welcomed {
    pub(crate) stream: Box<TlsStream<TcpStream>>,
    pub(crate) http2: bool,
}

impl Server {
    pub(crate) fn new(
        settings: ServerTls,
        protocols: &'static [&'static [u8]],
        challenges: Arc<Challenges>,
        now: Timestamp,
    ) -> Result<Self, TlsError> {
        let config = configured(&settings, protocols, &challenges, now)?;
        Ok(Self {
            settings,
            protocols,
            challenges,
            config: ArcSwap::from_pointee(config),
        })
    }

    /// Takes the files as they are now. Who is connected stays so; if a file is wrong, nothing changes.
    pub(crate) fn reload(&self, now: Timestamp) -> Result<(), TlsError> {
        let config = configured(&self.settings, self.protocols, &self.challenges, now)?;
        self.config.store(Arc::new(config));
        Ok(())
    }

    /// Every file that it is made of.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let mut files: Vec<_> = key_files(&self.settings.certificates)
            .into_iter()
            .flat_map(|files| [files.cert, files.key])
            .collect();
        if let ClientCertificates::Asked(ca) | ClientCertificates::Required(ca) = &self.settings.clients {
            files.push(ca.clone());
        }
        files.dedup();
        files
    }

    /// Nobody, if the client only came to see a proof.
    pub(crate) async fn welcome(&self, stream: TcpStream) -> io::Result<Option<Welcomed>> {
        let acceptor = TlsAcceptor::from(self.config.load_full());
        let stream = tokio::time::timeout(HANDSHAKE, acceptor.accept(stream))
            .await
            .map_err(|_| io::Error::new(io::ErrorKind::TimedOut, "the client did not finish the handshake"))??;
        let protocol = stream.get_ref().1.alpn_protocol();
        if protocol == Some(ALPN_CHALLENGE) {
            return Ok(None);
        }
        let http2 = protocol == Some(b"h2");
        Ok(Some(Welcomed {
            stream: Box::new(stream.into()),
            http2,
        }))
    }
}

/// The files of the certificates; not all of them need to be there yet.
fn key_files(certificates: &Certificates) -> Vec<KeyFiles> {
    match certificates {
        Certificates::Files(files) => files.clone(),
        Certificates::SelfSigned(own) => vec![super::authority::leaf_file(own)],
        Certificates::Acme(acme) => acme
            .names
            .iter()
            .map(|name| super::acme::certificate_file(acme, name))
            .collect(),
    }
}

fn identities(certificates: &Certificates) -> Result<Vec<Identity>, TlsError> {
    let files = key_files(certificates);
    let ordered = matches!(certificates, Certificates::Acme(_));
    files
        .iter()
        .filter(|files| !ordered || files.cert.exists())
        .map(pem::identity)
        .collect()
}

fn configured(
    settings: &ServerTls,
    protocols: &[&[u8]],
    challenges: &Arc<Challenges>,
    now: Timestamp,
) -> Result<ServerConfig, TlsError> {
    let identities = identities(&settings.certificates)?;
    if identities.is_empty() && !matches!(settings.certificates, Certificates::Acme(_)) {
        return Err(TlsError::Setting("no certificate is named".into()));
    }
    for (identity, files) in identities.iter().zip(key_files(&settings.certificates)) {
        warn_of_age(identity, &files, now);
    }
    let provider = Arc::new(provider(settings)?);
    let verifier = verifier(&settings.clients, &provider)?;
    let versions = match settings.oldest {
        Version::Tls12 => &[&TLS13, &TLS12][..],
        Version::Tls13 => &[&TLS13][..],
    };
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .map_err(|error| TlsError::Setting(error.to_string()))?
        .with_client_cert_verifier(verifier)
        .with_cert_resolver(Arc::new(Shelf::new(&identities, Arc::clone(challenges))));
    config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    if matches!(settings.certificates, Certificates::Acme(_)) {
        config.alpn_protocols.push(ALPN_CHALLENGE.to_vec());
    }
    // Who comes back needs no memory here.
    config.ticketer = ring::Ticketer::new().map_err(|error| TlsError::Setting(error.to_string()))?;
    Ok(config)
}

fn warn_of_age(identity: &Identity, files: &KeyFiles, now: Timestamp) {
    let facts = &identity.facts;
    let file = files.cert.display();
    if facts.until <= now {
        warn!(%file, ended = %facts.until, "a certificate has expired, and browsers refuse it: put a new one in its place");
    } else if facts.from > now {
        warn!(%file, begins = %facts.from, "a certificate is not valid yet, and browsers refuse it: is the clock right?");
    } else if facts.until.duration_since(now) < ENDS_SOON {
        warn!(%file, ends = %facts.until, "a certificate ends soon: put a new one in its place");
    }
}

fn verifier(
    clients: &ClientCertificates,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ClientCertVerifier>, TlsError> {
    let (file, required) = match clients {
        ClientCertificates::NotAsked => return Ok(Arc::new(NoClientAuth)),
        ClientCertificates::Asked(file) => (file, false),
        ClientCertificates::Required(file) => (file, true),
    };
    let roots = Arc::new(pem::authorities(file)?);
    let builder = WebPkiClientVerifier::builder_with_provider(roots, Arc::clone(provider));
    let builder = if required {
        builder
    } else {
        builder.allow_unauthenticated()
    };
    builder
        .build()
        .map_err(|error| TlsError::Setting(format!("{}: {error}", file.display())))
}

/// What we can do, less what is not wanted. A list that names no suite of a version leaves that of 1.3 as they are, as
/// OpenSSL does.
fn provider(settings: &ServerTls) -> Result<CryptoProvider, TlsError> {
    let mut provider = ring::default_provider();
    let Some(wanted) = &settings.suites else {
        return Ok(provider);
    };
    let wanted: Vec<String> = wanted.split([':', ',', ' ']).map(str::to_ascii_uppercase).collect();
    let all = ["DEFAULT", "HIGH", "ALL", "SECURE"]
        .iter()
        .any(|class| wanted.iter().any(|name| name == class));
    let names_13 = wanted
        .iter()
        .any(|name| name.starts_with("TLS_AES") || name.starts_with("TLS_CHACHA"));
    provider.cipher_suites.retain(|suite| match suite {
        SupportedCipherSuite::Tls13(_) if !names_13 => true,
        _ => all || names_of(suite).iter().any(|name| wanted.contains(name)),
    });
    let any_12 = provider
        .cipher_suites
        .iter()
        .any(|suite| matches!(suite, SupportedCipherSuite::Tls12(_)));
    if provider.cipher_suites.is_empty() {
        return Err(TlsError::Setting(
            "none of the cipher suites is a modern one; leave the list out, or name for example ECDHE-RSA-AES128-GCM-SHA256".into(),
        ));
    }
    if settings.oldest == Version::Tls12 && !any_12 {
        debug!("no cipher suite of TLS 1.2 is left: clients need TLS 1.3");
    }
    Ok(provider)
}

/// IANA's name, and OpenSSL's.
fn names_of(suite: &SupportedCipherSuite) -> [String; 2] {
    let iana = format!("{:?}", suite.suite()).replace("TLS13_", "TLS_");
    let openssl = iana
        .replace("TLS_ECDHE_", "ECDHE-")
        .replace("_WITH_AES_", "-AES")
        .replace("_WITH_", "-")
        .replace("_POLY1305_SHA256", "-POLY1305")
        .replace('_', "-");
    [iana, openssl]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suites(list: &str) -> Vec<String> {
        let mut settings = ServerTls::new(Certificates::Files(Vec::new()));
        settings.suites = Some(list.into());
        let provider = provider(&settings).unwrap();
        provider
            .cipher_suites
            .iter()
            .map(|suite| names_of(suite)[1].clone())
            .collect()
    }

    #[test]
    fn suites_are_chosen_by_the_names_of_openssl() {
        let chosen = suites("ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-CHACHA20-POLY1305:RC4-SHA:!aNULL");
        let of_12: Vec<_> = chosen.iter().filter(|name| name.starts_with("ECDHE")).collect();
        assert_eq!(of_12, ["ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-CHACHA20-POLY1305"]);
        assert_eq!(chosen.len(), 5, "the three of 1.3 stay: {chosen:?}");
        assert_eq!(suites("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384").len(), 4);
        assert_eq!(suites("HIGH:!MD5").len(), ring::default_provider().cipher_suites.len());
    }

    #[test]
    fn a_list_of_old_suites_only_is_refused() {
        let mut settings = ServerTls::new(Certificates::Files(Vec::new()));
        settings.suites = Some("TLS_AES_999:RC4-SHA".into());
        assert!(provider(&settings).unwrap_err().to_string().contains("modern"));
    }
}
