//! TLS: towards people, on the REST API, and towards targets.
//!
//! Map: `settings` is what can be set, `pem` reads files, `shelf` chooses among certificates, `server` and `client`
//! speak; `watch` takes changed files. `authority` is our own, `ca_page` tells people how to trust it; `acme` orders
//! from another one and `challenges` shows it what it wants to see; `plain` serves those who come without TLS.

mod acme;
mod authority;
mod ca_page;
mod challenges;
pub(crate) mod client;
mod pem;
pub(crate) mod plain;
mod server;
pub(crate) mod settings;
mod shelf;
mod watch;

use std::{net::TcpListener, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderValue, Response};
use perijove_model::Clock;
use tokio::sync::Notify;
use tracing::{debug, info, warn};

pub use pem::TlsError;

use crate::{EdgeConfig, observe::Event, server::Shared, stream::Stream};
use authority::Authority;
use challenges::Challenges;
use client::Client;
use server::Server;
use settings::{Certificates, Challenge, ServerTls};

/// What can be spoken on the public addresses.
const PROTOCOLS: &[&[u8]] = &[b"h2", b"http/1.1"];
const API_PROTOCOLS: &[&[u8]] = &[b"http/1.1"];

/// Who offers it wants to see a proof, and nothing else (RFC 8737).
const ALPN_CHALLENGE: &[u8] = b"acme-tls/1";
/// The first byte of whoever speaks TLS.
const HANDSHAKE_RECORD: u8 = 22;
const FIRST_BYTE: Duration = Duration::from_secs(60);
const OWN_CERTIFICATE_CHECK: Duration = Duration::from_secs(3600);

/// All that the edge has to do with TLS.
pub(crate) struct Tls {
    clock: Arc<dyn Clock>,
    public: Option<Server>,
    pub(crate) api: Option<Server>,
    pub(crate) targets: Arc<Client>,
    /// Goes with every answer over TLS.
    pub(crate) hsts: Option<HeaderValue>,
    pub(crate) challenges: Arc<Challenges>,
    authority: Option<Authority>,
    certificates: Option<Certificates>,
    /// Where people without TLS are sent.
    redirect_port: u16,
    /// Read all files anew.
    reload: Notify,
    /// Look at once whether a certificate is due.
    renew: Notify,
}

impl Tls {
    /// Reads and makes what is needed. `port` is the public one.
    pub(crate) fn new(config: &EdgeConfig, port: u16, clock: Arc<dyn Clock>) -> Result<Self, TlsError> {
        let now = clock.now();
        let certificates = config.tls.as_ref().map(|tls| tls.certificates.clone());
        let mut authority = None;
        let mut challenge_dir = None;
        match &certificates {
            Some(Certificates::SelfSigned(own)) => {
                let made = authority::prepare(own, now)?;
                info!(
                    fingerprint = made.fingerprint,
                    page = ca_page::PAGE,
                    "the certificate comes from the edge's own authority, which people have to trust once"
                );
                authority = Some(made);
            }
            Some(Certificates::Acme(acme)) => {
                acme::check(acme)?;
                if acme.challenge == Challenge::Http01 && config.redirect.listen.is_empty() {
                    return Err(TlsError::Setting(
                        "the challenge http-01 needs an address without TLS, reached at port 80: set it, or take tls-alpn-01".into(),
                    ));
                }
                challenge_dir = Some(acme::challenge_dir(acme));
            }
            _ => {}
        }
        let challenges = Arc::new(Challenges::new(challenge_dir));
        let server = |settings: &Option<ServerTls>, protocols| {
            let make = |settings: &ServerTls| Server::new(settings.clone(), protocols, Arc::clone(&challenges), now);
            settings.as_ref().map(make).transpose()
        };
        // Whoever trusts our own authority once could otherwise not come back without it.
        let hsts = config
            .hsts
            .filter(|_| authority.is_none() && config.tls.is_some())
            .and_then(|hsts| HeaderValue::try_from(hsts.header()).ok());
        Ok(Self {
            public: server(&config.tls, PROTOCOLS)?,
            api: server(&config.api_tls, API_PROTOCOLS)?,
            targets: Client::new(config.target_tls.clone())?,
            hsts,
            challenges,
            authority,
            certificates,
            redirect_port: config.redirect.port.unwrap_or(port),
            reload: Notify::new(),
            renew: Notify::new(),
            clock,
        })
    }

    /// The edge's own authority, and how to trust it.
    pub(crate) fn own_page(&self, path: &str) -> Option<Response<Bytes>> {
        ca_page::answer(self.authority.as_ref()?, path)
    }

    pub(crate) fn authority_fingerprint(&self) -> Option<&str> {
        self.authority.as_ref().map(|authority| authority.fingerprint.as_str())
    }

    /// Whether people come with TLS.
    pub(crate) fn is_public(&self) -> bool {
        self.public.is_some()
    }

    /// Whether there is anything that may change.
    pub(crate) fn has_files(&self) -> bool {
        self.public.is_some() || self.api.is_some() || !self.targets.files().is_empty()
    }

    /// Reads all files anew, soon.
    pub(crate) fn reload(&self) {
        self.reload.notify_one();
        self.renew.notify_one();
    }
}

/// A client on a public address: with TLS where that is set. Who comes without is sent to the address with it; nobody is
/// left then.
pub(crate) async fn welcome(shared: &Arc<Shared>, stream: Stream) -> Option<(Stream, Security)> {
    let (server, stream) = match (&shared.tls.public, stream) {
        (Some(server), Stream::Tcp(stream)) => (server, stream),
        (_, stream) => return Some((stream, Security::None)),
    };
    Box::pin(shake_hands(shared, server, stream)).await
}

async fn shake_hands(
    shared: &Arc<Shared>,
    server: &server::Server,
    stream: tokio::net::TcpStream,
) -> Option<(Stream, Security)> {
    let mut first = [0];
    let peeked = tokio::time::timeout(FIRST_BYTE.min(shared.limits.header_timeout), stream.peek(&mut first));
    match peeked.await {
        Ok(Ok(1)) if first[0] == HANDSHAKE_RECORD => {}
        Ok(Ok(1)) => {
            plain::serve(shared, stream).await;
            return None;
        }
        _ => return None,
    }
    match server.welcome(stream).await {
        Ok(welcomed) => {
            shared.observer.count(Event::TlsDone);
            let welcomed = welcomed?;
            let security = if welcomed.http2 {
                Security::Http2
            } else {
                Security::Http1
            };
            Some((Stream::Tls(welcomed.stream), security))
        }
        Err(error) => {
            shared.observer.count(Event::TlsFailed);
            debug!(%error, "a handshake failed");
            None
        }
    }
}

/// A client of the REST API.
pub(crate) async fn welcome_to_api(tls: &Tls, stream: Stream) -> Option<Stream> {
    let (server, stream) = match (&tls.api, stream) {
        (Some(server), Stream::Tcp(stream)) => (server, stream),
        (_, stream) => return Some(stream),
    };
    match server.welcome(stream).await {
        Ok(welcomed) => Some(Stream::Tls(welcomed?.stream)),
        Err(error) => {
            debug!(%error, "a handshake with the API failed");
            None
        }
    }
}

/// By which names the certificate calls a client that has shown one, with commas between them.
pub(crate) fn client_names(stream: &Stream) -> Option<Box<str>> {
    let Stream::Tls(stream) = stream else { return None };
    let shown = stream.get_ref().1.peer_certificates()?.first()?;
    pem::names(shown).map(Into::into)
}

/// Whether nobody on the way can read what is said, and what is spoken then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Security {
    None,
    Http1,
    Http2,
}

/// Serves those without TLS and keeps the certificates fresh, until the edge ends.
pub(crate) fn run(shared: Arc<Shared>, listeners: Vec<TcpListener>) {
    let end = shared.end.clone();
    crate::server::run_until_end(&end, async move {
        for listener in listeners {
            tokio::spawn(plain::accept(Arc::clone(&shared), listener));
        }
        let tls = Arc::clone(&shared.tls);
        tokio::spawn(watch::watch(Arc::clone(&tls)));
        match tls.certificates.clone() {
            Some(Certificates::Acme(acme)) => drop(tokio::spawn(acme::keep(tls, *acme))),
            Some(Certificates::SelfSigned(own)) => drop(tokio::spawn(keep_own(tls, own))),
            _ => {}
        }
        Ok(())
    });
}

/// Makes the certificate of our own authority anew in time.
async fn keep_own(tls: Arc<Tls>, own: settings::SelfSigned) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(OWN_CERTIFICATE_CHECK) => {}
            () = tls.renew.notified() => {}
        }
        let (own, now) = (own.clone(), tls.clock.now());
        let before = std::fs::metadata(authority::leaf_file(&own).cert)
            .and_then(|data| data.modified())
            .ok();
        match authority::prepare(&own, now) {
            Ok(_) => {
                let after = std::fs::metadata(authority::leaf_file(&own).cert)
                    .and_then(|data| data.modified())
                    .ok();
                if before != after {
                    tls.reload.notify_one();
                }
            }
            Err(error) => warn!(%error, "the certificate can't be made anew"),
        }
    }
}
