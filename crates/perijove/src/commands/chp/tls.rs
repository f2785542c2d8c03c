//! The options about TLS. What they ask for that is not safe any more is not done, and said.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::Result;
use perijove_edge::{Certificates, ClientCertificates, KeyFiles, Redirect, ServerTls, TargetTls};

use super::Options;
use crate::problem::Problem;
use crate::system::Environment;

const PASSPHRASE: &str = "CONFIGPROXY_SSL_KEY_PASSPHRASE";
const API_PASSPHRASE: &str = "CONFIGPROXY_API_SSL_KEY_PASSPHRASE";

impl Options {
    pub(super) fn tls(&self, environment: &Environment) -> Result<Option<ServerTls>> {
        let Some(files) = files("ssl", self.ssl_cert.as_deref(), self.ssl_key.as_deref())? else {
            return Ok(None);
        };
        refuse_passphrase(environment, PASSPHRASE, &files)?;
        let asked = self.ssl_request_cert;
        if asked && self.ssl_ca.is_none() {
            return Err(no_authorities("ssl"));
        }
        if !asked && self.ssl_ca.is_some() {
            tracing::warn!("--ssl-ca changes nothing without --ssl-request-cert: the chain belongs into --ssl-cert");
        }
        let clients = clients(self.ssl_ca.clone().filter(|_| asked));
        self.spoken(files, clients).map(Some)
    }

    pub(super) fn api_tls(&self, environment: &Environment) -> Result<Option<ServerTls>> {
        let Some(files) = files("api-ssl", self.api_ssl_cert.as_deref(), self.api_ssl_key.as_deref())? else {
            return Ok(None);
        };
        refuse_passphrase(environment, API_PASSPHRASE, &files)?;
        let asked = self.api_ssl_request_cert;
        if asked && self.api_ssl_ca.is_none() {
            return Err(no_authorities("api-ssl"));
        }
        let clients = clients(self.api_ssl_ca.clone().filter(|_| asked));
        self.spoken(files, clients).map(Some)
    }

    pub(super) fn target_tls(&self) -> Result<TargetTls> {
        if self.insecure {
            tracing::warn!("--insecure: anybody on the way to a target may pretend to be it");
        }
        Ok(TargetTls {
            identity: files(
                "client-ssl",
                self.client_ssl_cert.as_deref(),
                self.client_ssl_key.as_deref(),
            )?,
            ca: self.client_ssl_ca.clone(),
            verify: !self.insecure,
        })
    }

    pub(super) fn redirect(&self, listen: &[SocketAddr]) -> Redirect {
        let to_here = |port| listen.iter().map(move |address| SocketAddr::new(address.ip(), port));
        Redirect {
            // Whoever listens on 80 has nothing to redirect from.
            listen: match self.redirect_port {
                Some(port) if self.port != Some(80) => to_here(port).collect(),
                _ => Vec::new(),
            },
            port: self.redirect_to,
        }
    }

    fn spoken(&self, files: KeyFiles, clients: ClientCertificates) -> Result<ServerTls> {
        if self.ssl_allow_rc4 {
            tracing::warn!("--ssl-allow-rc4 changes nothing: RC4 is broken and not spoken");
        }
        if self.ssl_dhparam.is_some() {
            tracing::warn!("--ssl-dhparam changes nothing: keys are exchanged on elliptic curves only");
        }
        if let Some(name) = &self.ssl_protocol
            && !matches!(name.as_str(), "TLS" | "SSLv23" | "TLSv1_2" | "TLSv1_3")
        {
            return Err(
                Problem::new(format!("--ssl-protocol {name}: only TLS 1.2 and 1.3 are spoken"))
                    .try_this("leave the option out")
                    .of_usage()
                    .into(),
            );
        }
        Ok(ServerTls {
            clients,
            suites: self.ssl_ciphers.clone(),
            ..ServerTls::new(Certificates::Files(vec![files]))
        })
    }
}

/// A key may lie in the certificate's file.
fn files(group: &str, cert: Option<&Path>, key: Option<&Path>) -> Result<Option<KeyFiles>> {
    let Some(cert) = cert else {
        return Ok(None);
    };
    let files = KeyFiles {
        cert: cert.to_owned(),
        key: key.unwrap_or(cert).to_owned(),
    };
    for (option, file) in [("cert", &files.cert), ("key", &files.key)] {
        std::fs::File::open(file).map_err(|error| {
            Problem::new(format!("--{group}-{option}: {} can't be read", file.display()))
                .because(error)
                .of_usage()
        })?;
    }
    Ok(Some(files))
}

fn clients(authorities: Option<PathBuf>) -> ClientCertificates {
    authorities.map_or(ClientCertificates::NotAsked, ClientCertificates::Required)
}

fn no_authorities(group: &str) -> anyhow::Error {
    Problem::new(format!(
        "--{group}-request-cert without --{group}-ca: nobody's certificate could be believed"
    ))
    .try_this(format!(
        "name the file with the authorities that sign people's certificates with --{group}-ca"
    ))
    .of_usage()
    .into()
}

/// A key that needs the passphrase can't be used; one that doesn't is as good as ever.
fn refuse_passphrase(environment: &Environment, name: &str, files: &KeyFiles) -> Result<()> {
    let set = environment.get(name).is_some_and(|passphrase| !passphrase.is_empty());
    let encrypted = || std::fs::read_to_string(&files.key).is_ok_and(|pem| pem.contains("ENCRYPTED"));
    if set && encrypted() {
        let key = files.key.display();
        return Err(Problem::new(format!(
            "{name}: the key {key} is encrypted, and the edge can't decrypt it"
        ))
        .try_this(format!(
            "decrypt it once, into a file that only the edge's account may read: `openssl pkey -in {key} -out NEW`"
        ))
        .of_usage()
        .into());
    }
    Ok(())
}
