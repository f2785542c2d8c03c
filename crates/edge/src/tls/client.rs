//! TLS towards targets.

use std::{io, path::PathBuf, sync::Arc};

use arc_swap::ArcSwapOption;
use perijove_tls::Check;
use rustls::{ClientConfig, RootCertStore, pki_types::ServerName, sign::SingleCertAndKey};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tracing::warn;

use super::{
    pem::{self, TlsError},
    settings::{TargetTls, address},
};
use crate::stream::Stream;

/// How targets are reached, which can be read anew.
pub(crate) struct Client {
    settings: TargetTls,
    /// Made when it is first needed: the system's authorities take a while to read, and some memory.
    config: ArcSwapOption<ClientConfig>,
}

impl Client {
    /// Files that are named are read at once, so that a mistake is known at the start.
    pub(crate) fn new(settings: TargetTls) -> Result<Arc<Self>, TlsError> {
        let client = Self {
            settings,
            config: ArcSwapOption::empty(),
        };
        if !client.files().is_empty() {
            client.reload()?;
        }
        Ok(Arc::new(client))
    }

    pub(crate) fn reload(&self) -> Result<(), TlsError> {
        self.config.store(Some(Arc::new(configured(&self.settings)?)));
        Ok(())
    }

    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let identity = self.settings.identity.iter();
        let mut files: Vec<_> = identity
            .flat_map(|files| [files.cert.clone(), files.key.clone()])
            .chain(self.settings.ca.clone())
            .collect();
        files.dedup();
        files
    }

    async fn config(self: &Arc<Self>) -> io::Result<Arc<ClientConfig>> {
        if let Some(config) = self.config.load_full() {
            return Ok(config);
        }
        let client = Arc::clone(self);
        let read = tokio::task::spawn_blocking(move || client.reload());
        read.await.map_err(io::Error::other)?.map_err(io::Error::other)?;
        self.config.load_full().ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

/// Speaks TLS on a new connection to a target. `name` is what its certificate must be for: a name or an address.
pub(crate) async fn connect(stream: TcpStream, name: &str, client: &Arc<Client>) -> io::Result<Stream> {
    let name = match address(name) {
        Some(ip) => ServerName::from(ip),
        None => ServerName::try_from(name.to_owned()).map_err(|_| {
            io::Error::new(
                io::ErrorKind::InvalidInput,
                "the target's name can't be in a certificate",
            )
        })?,
    };
    let connector = TlsConnector::from(client.config().await?);
    let stream = connector.connect(name, stream).await?;
    Ok(Stream::Tls(Box::new(stream.into())))
}

fn configured(settings: &TargetTls) -> Result<ClientConfig, TlsError> {
    let check = match (&settings.ca, settings.verify) {
        (_, false) => {
            warn!("the certificates of targets are not checked: anybody on the way may pretend to be one");
            Check::Nothing
        }
        (Some(file), true) => Check::Name(pem::authorities(file)?),
        (None, true) => Check::Name(authorities_of_the_system()?),
    };
    let builder = perijove_tls::client(check).map_err(unusual)?;
    let mut config = match &settings.identity {
        None => builder.with_no_client_auth(),
        Some(files) => {
            let identity = pem::identity(files)?;
            builder.with_client_cert_resolver(Arc::new(SingleCertAndKey::from(identity.key)))
        }
    };
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn authorities_of_the_system() -> Result<RootCertStore, TlsError> {
    let roots = perijove_tls::authorities(None).map_err(unusual)?;
    if roots.is_empty() {
        warn!("this system names no authorities: set the file with those of the targets");
    }
    Ok(roots)
}

fn unusual(error: perijove_tls::TlsError) -> TlsError {
    TlsError::Setting(error.to_string())
}
