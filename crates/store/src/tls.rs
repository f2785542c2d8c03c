//! Encrypted connections to PostgreSQL, asked for as its own programs are: `sslmode`, `sslrootcert`, `sslcert`, `sslkey`.

use std::path::{Path, PathBuf};

use perijove_tls::Check;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres::config::SslMode;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{Client, Config, Connection, Error, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

/// What carries a connection, encrypted or not.
pub(crate) type Stream = <MakeRustlsConnect as MakeTlsConnect<Socket>>::Stream;

/// A PostgreSQL server, and how to speak to it.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) config: Config,
    pub(crate) tls: MakeRustlsConnect,
}

impl Server {
    pub(crate) async fn connect(&self) -> Result<(Client, Connection<Socket, Stream>), Error> {
        self.config.connect(self.tls.clone()).await
    }
}

/// What is looked at before anything is said to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LooksAt {
    /// `require`: nobody can listen, but anybody may be the server.
    Nothing,
    /// `verify-ca`: somebody whom the authority knows.
    Authority,
    /// `verify-full`: the server of that name.
    Name,
}

/// The words of a URL that are about TLS.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    mode: Option<String>,
    root: Option<PathBuf>,
    cert: Option<PathBuf>,
    key: Option<PathBuf>,
}

impl Wanted {
    /// Takes them out of a URL's query, which the driver does not know all of.
    pub(crate) fn take(query: &str) -> Result<(Self, String), String> {
        let mut wanted = Self::default();
        let mut rest = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let text = || {
                perijove_model::escape::decode(value).ok_or_else(|| format!("the value of {name} has a broken escape"))
            };
            match name {
                "sslmode" => wanted.mode = Some(text()?),
                "sslrootcert" => wanted.root = Some(text()?.into()),
                "sslcert" => wanted.cert = Some(text()?.into()),
                "sslkey" => wanted.key = Some(text()?.into()),
                _ => rest.push(pair),
            }
        }
        Ok((wanted, rest.join("&")))
    }

    /// Makes a server of a configuration.
    pub(crate) fn server(self, mut config: Config) -> Result<Server, String> {
        let check = match self.mode.as_deref() {
            // What may be unencrypted is: whoever wants more says so.
            None | Some("disable" | "allow" | "prefer") => None,
            Some("require") if self.root.is_some() => Some(LooksAt::Authority),
            Some("require") => Some(LooksAt::Nothing),
            Some("verify-ca") => Some(LooksAt::Authority),
            Some("verify-full") => Some(LooksAt::Name),
            Some(_) => return Err("sslmode is disable, prefer, require, verify-ca or verify-full".to_owned()),
        };
        config.ssl_mode(if check.is_some() {
            SslMode::Require
        } else {
            SslMode::Disable
        });
        let tls = MakeRustlsConnect::new(self.client(check.unwrap_or(LooksAt::Nothing))?);
        Ok(Server { config, tls })
    }

    fn client(&self, looks_at: LooksAt) -> Result<ClientConfig, String> {
        let check = match looks_at {
            LooksAt::Nothing => Check::Nothing,
            LooksAt::Authority => Check::Authority(self.authorities()?),
            LooksAt::Name => Check::Name(self.authorities()?),
        };
        let builder = perijove_tls::client(check).map_err(|error| error.to_string())?;
        let Some(cert) = &self.cert else {
            return Ok(builder.with_no_client_auth());
        };
        let chain = perijove_tls::certificates(cert).map_err(|error| error.to_string())?;
        let file = self.key.as_ref().unwrap_or(cert);
        let key = PrivateKeyDer::from_pem_file(file).map_err(|error| unusable(file, error))?;
        builder
            .with_client_auth_cert(chain, key)
            .map_err(|error| unusable(cert, error))
    }

    /// Those in `sslrootcert`, or the system's.
    fn authorities(&self) -> Result<RootCertStore, String> {
        let file = self.root.as_deref().filter(|root| *root != Path::new("system"));
        let roots = perijove_tls::authorities(file).map_err(|error| error.to_string())?;
        match roots.is_empty() {
            true => Err("this system names no authorities: name a file with sslrootcert".to_owned()),
            false => Ok(roots),
        }
    }
}

fn unusable(file: &Path, error: impl std::fmt::Display) -> String {
    format!("{} can't be used: {error}", file.display())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;
    use crate::target::{Target, parse};

    const TLS_PLEASE: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

    /// Speaks PostgreSQL's TLS to one client, with a certificate for `name`; tells whether the client went on.
    async fn serve(listener: TcpListener, issuer: &Issuer<'_, KeyPair>, name: &str) -> bool {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new([name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, issuer).unwrap();
        let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::Pkcs8(key.serialize_der().into()),
            )
            .unwrap();
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut asked = [0; 8];
        stream.read_exact(&mut asked).await.unwrap();
        if asked != TLS_PLEASE {
            return false;
        }
        stream.write_all(b"S").await.unwrap();
        let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
        match acceptor.accept(stream).await {
            Ok(mut stream) => stream.read_exact(&mut asked).await.is_ok(),
            Err(_) => false,
        }
    }

    async fn encrypted(root: &Path, name: &str, parameters: &str) -> bool {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        std::fs::write(root, params.self_signed(&key).unwrap().pem()).unwrap();
        let issuer = Issuer::new(params, key);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let url = format!("postgresql://u:p@localhost:{port}/d?{parameters}");
        let Ok(Target::Server(server)) = parse(&url) else {
            panic!("{url}");
        };
        let client = async {
            let _ = server.connect().await;
        };
        tokio::join!(serve(listener, &issuer, name), client).0
    }

    #[tokio::test]
    async fn the_server_is_checked_as_much_as_was_asked_for() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("root.pem");
        let stranger = dir.path().join("stranger.pem");
        let with = |mode: &str, root: &Path| format!("sslmode={mode}&sslrootcert={}", root.display());
        let ours = |mode: &str| with(mode, &root);
        assert!(encrypted(&root, "other", "sslmode=require").await);
        assert!(encrypted(&root, "localhost", &ours("verify-full")).await);
        assert!(!encrypted(&root, "other", &ours("verify-full")).await, "another name");
        assert!(
            encrypted(&root, "other", &ours("verify-ca")).await,
            "the name does not count"
        );
        assert!(
            !encrypted(&root, "other", "sslmode=prefer").await,
            "nothing asked for it"
        );

        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        std::fs::write(&stranger, params.self_signed(&key).unwrap().pem()).unwrap();
        for mode in ["verify-ca", "verify-full", "require"] {
            assert!(!encrypted(&root, "localhost", &with(mode, &stranger)).await, "{mode}");
        }
    }

    #[test]
    fn what_can_not_be_used_is_said_without_the_password() {
        for (parameters, why) in [
            ("sslmode=verify-full&sslrootcert=/none.pem", "/none.pem can't be used"),
            ("sslmode=always", "verify-full"),
            ("sslmode=require&sslcert=/none.pem", "/none.pem can't be used"),
        ] {
            let Err(error) = parse(&format!("postgresql://u:hunter2@h/d?{parameters}")) else {
                panic!("{parameters}");
            };
            let error = error.to_string();
            assert!(error.contains(why) && !error.contains("hunter2"), "{error}");
        }
    }
}
