//! An authority for tests, and clients and targets that speak TLS.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use perijove_edge::{Certificates, EdgeConfig, KeyFiles, ServerTls};
use perijove_model::MockClock;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::{
    ClientConfig, RootCertStore, ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject},
    server::WebPkiClientVerifier,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{TlsAcceptor, TlsConnector, client, server};

use super::harness::{config, soon};

/// The true time: real clients look at it.
#[expect(clippy::disallowed_methods, reason = "real clients look at the real time")]
pub(crate) fn real_clock() -> Arc<MockClock> {
    Arc::new(MockClock::at(jiff::Timestamp::now()))
}

/// An authority and a folder for what it makes.
pub(crate) struct Lab {
    pub(crate) dir: tempfile::TempDir,
    issuer: Issuer<'static, KeyPair>,
    pub(crate) ca: PathBuf,
}

impl Lab {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).unwrap();
        let ca = dir.path().join("ca.pem");
        fs::write(&ca, certificate.pem()).unwrap();
        Self {
            dir,
            issuer: Issuer::new(params, key),
            ca,
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// A certificate for these names, in files that are called after `file`. Made again, it replaces them.
    pub(crate) fn issue(&self, file: &str, names: &[&str]) -> KeyFiles {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(names)
            .unwrap()
            .signed_by(&key, &self.issuer)
            .unwrap();
        let files = KeyFiles {
            cert: self.path(&format!("{file}.pem")),
            key: self.path(&format!("{file}.key")),
        };
        fs::write(&files.key, key.serialize_pem()).unwrap();
        fs::write(&files.cert, certificate.pem()).unwrap();
        files
    }

    pub(crate) fn client(&self) -> ClientConfig {
        client(&self.ca, None)
    }

    /// An edge with TLS and these certificates.
    pub(crate) fn edge(&self, files: &[KeyFiles]) -> EdgeConfig {
        EdgeConfig {
            tls: Some(ServerTls::new(Certificates::Files(files.to_vec()))),
            ..config()
        }
    }
}

pub(crate) fn roots(ca: &Path) -> RootCertStore {
    let mut store = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(ca).unwrap() {
        store.add(certificate.unwrap()).unwrap();
    }
    store
}

fn chain(files: &KeyFiles) -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
    let chain = CertificateDer::pem_file_iter(&files.cert).unwrap();
    (
        chain.map(Result::unwrap).collect(),
        PrivateKeyDer::from_pem_file(&files.key).unwrap(),
    )
}

/// A client that trusts an authority, and shows who it is.
pub(crate) fn client(ca: &Path, identity: Option<&KeyFiles>) -> ClientConfig {
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots(ca));
    match identity {
        None => builder.with_no_client_auth(),
        Some(files) => {
            let (chain, key) = chain(files);
            builder.with_client_auth_cert(chain, key).unwrap()
        }
    }
}

/// The certificate in a file.
pub(crate) fn der(file: &Path) -> Vec<u8> {
    CertificateDer::from_pem_file(file).unwrap().to_vec()
}

/// A client's connection with TLS.
pub(crate) struct TlsWire(pub(crate) client::TlsStream<TcpStream>);

impl TlsWire {
    pub(crate) async fn connect(at: SocketAddr, name: &str, config: ClientConfig) -> std::io::Result<Self> {
        let stream = soon("a connection", TcpStream::connect(at)).await?;
        let name = ServerName::try_from(name.to_owned()).unwrap();
        let connector = TlsConnector::from(Arc::new(config));
        soon("a handshake", connector.connect(name, stream)).await.map(Self)
    }

    pub(crate) fn certificate(&self) -> Vec<u8> {
        self.0.get_ref().1.peer_certificates().unwrap()[0].to_vec()
    }

    /// Sends a request, and reads what comes until `end`.
    pub(crate) async fn ask(&mut self, request: &str, end: &str) -> String {
        soon("to send", self.0.write_all(request.as_bytes())).await.unwrap();
        let mut reply = Vec::new();
        while !reply.ends_with(end.as_bytes()) {
            let count = soon("an answer", self.0.read_buf(&mut reply)).await.unwrap();
            assert!(count > 0, "ended early: {:?}", String::from_utf8_lossy(&reply));
        }
        String::from_utf8(reply).unwrap()
    }

    /// Sends a request, and reads all that comes.
    pub(crate) async fn all(mut self, request: &str) -> std::io::Result<String> {
        self.0.write_all(request.as_bytes()).await?;
        let mut reply = Vec::new();
        match soon("an answer", self.0.read_to_end(&mut reply)).await {
            Err(error) if reply.is_empty() => Err(error),
            _ => Ok(String::from_utf8_lossy(&reply).into_owned()),
        }
    }
}

/// A target that speaks TLS. With `clients`, only to those that this authority knows.
pub(crate) struct TlsTarget {
    listener: TcpListener,
    acceptor: TlsAcceptor,
}

impl TlsTarget {
    pub(crate) async fn new(files: &KeyFiles, clients: Option<&Path>) -> Self {
        let (chain, key) = chain(files);
        let provider = Arc::new(ring::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .unwrap();
        let builder = match clients {
            None => builder.with_no_client_auth(),
            Some(ca) => {
                let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots(ca)), provider);
                builder.with_client_cert_verifier(verifier.build().unwrap())
            }
        };
        Self {
            listener: TcpListener::bind("127.0.0.1:0").await.unwrap(),
            acceptor: TlsAcceptor::from(Arc::new(builder.with_single_cert(chain, key).unwrap())),
        }
    }

    pub(crate) fn port(&self) -> u16 {
        self.listener.local_addr().unwrap().port()
    }

    pub(crate) async fn accept(&self) -> std::io::Result<server::TlsStream<TcpStream>> {
        let (stream, _) = soon("the edge to connect", self.listener.accept()).await?;
        soon("a handshake", self.acceptor.accept(stream)).await
    }

    /// Answers every client with `answer`, for ever.
    pub(crate) async fn serve(self, answer: &'static str) {
        loop {
            let Ok(mut stream) = self.accept().await else { continue };
            tokio::spawn(async move {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    if stream.read_buf(&mut head).await.unwrap_or(0) == 0 {
                        return;
                    }
                }
                let _ = stream.write_all(answer.as_bytes()).await;
                let _ = stream.shutdown().await;
            });
        }
    }
}

/// Says aloud that something could not run.
#[expect(
    clippy::disallowed_methods,
    reason = "where skipped tests are noted is told by the environment"
)]
pub(crate) fn skip(what: &str, why: &str) {
    use std::io::Write;
    let line = format!("{what}: {why}");
    eprintln!("SKIPPED {line}");
    if let Ok(path) = std::env::var("PERIJOVE_SKIPPED") {
        let file = fs::OpenOptions::new().create(true).append(true).open(path);
        let _ = file.and_then(|mut file| writeln!(file, "{line}"));
    }
}
