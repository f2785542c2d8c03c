//! `[edge.tls]`, `[edge.acme]`, `[edge.internal_tls]`: who can listen to what passes the edge.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use perijove_model::Secret;

use super::seconds;
use crate::section::section;
use crate::types::{AcmeChallenge, OneOrMany, TlsVersion};

section! {
    /// TLS towards people: by certificate files, by `self_signed`, or by [edge.acme]. Without one of them the edge is plain HTTP.
    pub struct EdgeTls {
        /// Certificate of the platform with those that lead to its authority, PEM.
        cert: Option<PathBuf> = None, unset "no TLS by files", example "\"/etc/perijove/tls/fullchain.pem\"";
        /// Key of the certificate, PEM, without a password.
        key: Option<PathBuf> = None, unset "in the file of `cert`", example "\"/etc/perijove/tls/privkey.pem\"";
        /// Further certificates, chosen by the name that a browser asks for. The key of `NAME.pem` is in `NAME.key`, that of `fullchain.pem` in `privkey.pem`, or in the file itself.
        certificates: Vec<PathBuf> = Vec::new(), example "[\"/etc/perijove/tls/users.pem\"]";
        /// Make an authority and a certificate at the first start, for a laboratory. People trust it once: `/_perijove/ca` tells how.
        self_signed: bool = false;
        /// Names and addresses that `self_signed` makes the certificate for.
        names: Vec<String> = Vec::new(), unset "this machine's name, `localhost`, and the addresses in `listen`", example "[\"hub.example.org\", \"10.0.0.4\"]";
        /// File with the authorities of clients' certificates, PEM. Whoever shows one by them is told to the hub, for `certificates` of `[[auth]]` with `kind = "header"`; whoever shows none comes in as always.
        client_ca: Option<PathBuf> = None, unset "nobody is asked for a certificate", example "\"/etc/perijove/tls/proxies-ca.pem\"";
        /// Oldest version of TLS that is spoken.
        min_version: TlsVersion = TlsVersion::V12;
        /// Addresses without TLS, from where people are sent to the first one in `listen` of [edge].
        redirect: Option<OneOrMany<SocketAddr>> = None, unset "none", example "\"0.0.0.0:80\"";
        /// Port that people are sent to.
        redirect_port: Option<u32> = None, unset "that of the first address in `listen` of [edge]", example "443";
        /// How long browsers come back with TLS only (HSTS); 0 tells them nothing. With `self_signed` nothing is told.
        hsts: Duration = seconds(0), example "\"365d\"";
        /// The same for all names below this one.
        hsts_subdomains: bool = false;
        /// Let browsers be delivered with that knowledge: it can hardly be taken back.
        hsts_preload: bool = false;
    }

    /// Certificates from an authority that speaks ACME, such as Let's Encrypt: ordered, renewed, and used without a restart.
    pub struct EdgeAcme {
        /// Names of the platform; each gets a certificate. One name turns ACME on.
        names: Vec<String> = Vec::new(), example "[\"hub.example.org\"]";
        /// The authority: "letsencrypt", "letsencrypt-staging" for trials, or the URL of its directory.
        directory: String = "letsencrypt".to_owned();
        /// File with the authorities that the directory itself is trusted by, PEM.
        directory_ca: Option<PathBuf> = None, unset "those of the system", example "\"/etc/perijove/acme-ca.pem\"";
        /// Where the authority writes to when something is wrong.
        email: Option<String> = None, example "\"it@example.org\"";
        /// How a name is shown to be ours: "http-01" at port 80 (set `redirect` in [edge.tls]), "tls-alpn-01" at port 443.
        challenge: AcmeChallenge = AcmeChallenge::Http01;
        /// Id of your account at the authority, if it asks for one (external account binding).
        account_id: Option<String> = None, example "\"kid-1\"";
        /// Key of that account.
        account_key: Option<Secret> = None, example "\"${ACME_ACCOUNT_KEY}\"";
    }

    /// TLS towards notebook servers and services whose address begins with `https://`.
    pub struct InternalTls {
        /// Certificate that the edge shows to them, PEM.
        cert: Option<PathBuf> = None, unset "none is shown", example "\"/srv/internal-ssl/proxy-client/proxy-client.crt\"";
        /// Key of that certificate, PEM.
        key: Option<PathBuf> = None, unset "in the file of `cert`", example "\"/srv/internal-ssl/proxy-client/proxy-client.key\"";
        /// File with the authorities that they are trusted by, PEM.
        ca: Option<PathBuf> = None, unset "those of the system", example "\"/srv/internal-ssl/proxy-client-ca_trust.crt\"";
        /// Check that the certificate is for the address and by such an authority. Off, anybody on the way may pretend to be the server.
        verify: bool = true;
    }
}
