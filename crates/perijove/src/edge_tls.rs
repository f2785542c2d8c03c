//! What the configuration says about TLS, as the edge wants it.

use std::path::{Path, PathBuf};

use perijove_config::{AcmeChallenge, Config, EdgeAcme, EdgeTls, TlsVersion};
use perijove_edge::{
    Acme, Certificates, Challenge, ClientCertificates, EdgeConfig, ExternalAccount, Hsts, KeyFiles, LETS_ENCRYPT,
    LETS_ENCRYPT_STAGING, Redirect, SelfSigned, ServerTls, TargetTls, Version,
};

use crate::problem::Problem;

/// Adds TLS to an edge.
pub fn add(config: &Config, edge: EdgeConfig) -> Result<EdgeConfig, Problem> {
    let (tls, internal) = (&config.edge.tls, &config.edge.internal_tls);
    let certificates = certificates(config)?;
    if certificates.is_none() && tls.client_ca.is_some() {
        return Err(wrong(
            "`client_ca` in [edge.tls] asks for certificates where no TLS is spoken",
            "set `cert` and `key`, or `self_signed`, or `names` in [edge.acme]",
        ));
    }
    if certificates.is_none() && (tls.redirect.is_some() || !tls.hsts.is_zero()) {
        return Err(wrong(
            "`redirect` and `hsts` in [edge.tls] lead people to TLS, which is not set up",
            "set `cert` and `key`, or `self_signed`, or `names` in [edge.acme]",
        ));
    }
    let port = tls.redirect_port.map(|port| {
        u16::try_from(port).map_err(|_| wrong("`redirect_port` in [edge.tls] is no port", "ports end at 65535"))
    });
    Ok(EdgeConfig {
        tls: certificates.map(|certificates| ServerTls {
            oldest: match tls.min_version {
                TlsVersion::V12 => Version::Tls12,
                TlsVersion::V13 => Version::Tls13,
            },
            clients: match &tls.client_ca {
                Some(file) => ClientCertificates::Asked(file.clone()),
                None => ClientCertificates::NotAsked,
            },
            ..ServerTls::new(certificates)
        }),
        redirect: Redirect {
            listen: tls.redirect.iter().flat_map(|listen| listen.to_vec()).collect(),
            port: port.transpose()?,
        },
        hsts: (!tls.hsts.is_zero()).then_some(Hsts {
            max_age: tls.hsts,
            subdomains: tls.hsts_subdomains,
            preload: tls.hsts_preload,
        }),
        target_tls: TargetTls {
            identity: internal.cert.as_ref().map(|cert| KeyFiles {
                cert: cert.clone(),
                key: internal.key.clone().unwrap_or_else(|| cert.clone()),
            }),
            ca: internal.ca.clone(),
            verify: internal.verify,
        },
        ..edge
    })
}

fn wrong(what: &str, hint: &str) -> Problem {
    Problem::new(what).try_this(hint).of_usage()
}

fn certificates(config: &Config) -> Result<Option<Certificates>, Problem> {
    let (tls, acme) = (&config.edge.tls, &config.edge.acme);
    let files = tls.cert.is_some() || !tls.certificates.is_empty();
    let ways = [files, tls.self_signed, !acme.names.is_empty()];
    if ways.iter().filter(|way| **way).count() > 1 {
        return Err(wrong(
            "there is more than one way to certificates: files, `self_signed` in [edge.tls], and `names` in [edge.acme]",
            "leave one of them",
        ));
    }
    if tls.cert.is_none() && tls.key.is_some() {
        return Err(wrong("`key` in [edge.tls] has no `cert`", "set both"));
    }
    Ok(match ways {
        [true, ..] => Some(Certificates::Files(key_files(tls))),
        [_, true, _] => Some(Certificates::SelfSigned(SelfSigned {
            dir: config.hub.data_dir.join("tls"),
            names: own_names(config),
        })),
        [_, _, true] => Some(Certificates::Acme(Box::new(by_acme(config, acme)?))),
        _ => None,
    })
}

fn key_files(tls: &EdgeTls) -> Vec<KeyFiles> {
    let first = tls.cert.as_ref().map(|cert| KeyFiles {
        cert: cert.clone(),
        key: tls.key.clone().unwrap_or_else(|| cert.clone()),
    });
    let further = tls.certificates.iter().map(|cert| KeyFiles {
        cert: cert.clone(),
        key: key_beside(cert),
    });
    first.into_iter().chain(further).collect()
}

fn key_beside(cert: &Path) -> PathBuf {
    let named = cert.with_extension("key");
    let of_certbot = cert.with_file_name("privkey.pem");
    if named.exists() {
        named
    } else if cert.file_name().is_some_and(|name| name == "fullchain.pem") && of_certbot.exists() {
        of_certbot
    } else {
        cert.to_owned()
    }
}

fn own_names(config: &Config) -> Vec<String> {
    if !config.edge.tls.names.is_empty() {
        return config.edge.tls.names.clone();
    }
    let machine = rustix::system::uname()
        .nodename()
        .to_string_lossy()
        .to_ascii_lowercase();
    let fits = |name: &str| {
        !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
    };
    let mut names = vec![machine];
    names.retain(|name| fits(name));
    names.extend(["localhost", "127.0.0.1", "::1"].map(str::to_owned));
    let addresses = config.edge.listen.iter().map(std::net::SocketAddr::ip);
    names.extend(addresses.filter(|ip| !ip.is_unspecified()).map(|ip| ip.to_string()));
    let mut seen = std::collections::BTreeSet::new();
    names.retain(|name| seen.insert(name.clone()));
    names
}

fn by_acme(config: &Config, acme: &EdgeAcme) -> Result<Acme, Problem> {
    let external_account = match (&acme.account_id, &acme.account_key) {
        (Some(id), Some(key)) => Some(ExternalAccount {
            id: id.clone(),
            key: key.clone(),
        }),
        (None, None) => None,
        _ => {
            return Err(wrong(
                "`account_id` and `account_key` in [edge.acme] belong together",
                "set both, or none",
            ));
        }
    };
    let directory = match acme.directory.as_str() {
        "letsencrypt" => LETS_ENCRYPT,
        "letsencrypt-staging" => LETS_ENCRYPT_STAGING,
        url if url.starts_with("https://") => url,
        _ => {
            return Err(wrong(
                "`directory` in [edge.acme] is no authority",
                "write \"letsencrypt\", \"letsencrypt-staging\", or the https URL of its directory",
            ));
        }
    };
    let challenge = match acme.challenge {
        AcmeChallenge::Http01 => Challenge::Http01,
        AcmeChallenge::TlsAlpn01 => Challenge::TlsAlpn01,
    };
    if challenge == Challenge::Http01 && config.edge.tls.redirect.is_none() {
        return Err(wrong(
            "the challenge \"http-01\" of [edge.acme] is seen at port 80, and no address without TLS is set",
            "set `redirect = \"0.0.0.0:80\"` in [edge.tls], or `challenge = \"tls-alpn-01\"` in [edge.acme]",
        ));
    }
    Ok(Acme {
        directory: directory.to_owned(),
        directory_ca: acme.directory_ca.clone(),
        names: acme.names.clone(),
        email: acme.email.clone(),
        challenge,
        dir: config.hub.data_dir.join("acme"),
        external_account,
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use perijove_model::Secret;

    use super::*;

    fn edge(toml: &str) -> Result<EdgeConfig, String> {
        let nothing = |_: &str| None;
        let no_file = |_: &Path| Err(std::io::ErrorKind::NotFound.into());
        let config = perijove_config::load(Some((Path::new("/etc/x.toml"), toml)), &nothing, &no_file)
            .map_err(|errors| errors.to_string())?;
        add(&config, EdgeConfig::new(Secret::new("x"))).map_err(|problem| problem.to_string())
    }

    #[test]
    fn files_are_relative_to_the_configuration() {
        let tls = edge("[edge.tls]\ncert = 'a.pem'\nkey = 'a.key'\ncertificates = ['b.pem']")
            .unwrap()
            .tls;
        let Some(Certificates::Files(files)) = tls.map(|tls| tls.certificates) else {
            panic!("files");
        };
        assert_eq!(files[0].cert, Path::new("/etc/a.pem"));
        assert_eq!(files[0].key, Path::new("/etc/a.key"));
        assert_eq!(files[1].key, Path::new("/etc/b.pem"), "its key is within");
    }

    #[test]
    fn without_any_key_it_is_plain() {
        let edge = edge("").unwrap();
        assert!(edge.tls.is_none() && edge.hsts.is_none() && edge.target_tls.verify);
    }

    #[test]
    fn an_own_certificate_is_for_this_machine() {
        let tls = edge("[edge]\nlisten = '10.1.2.3:443'\n[edge.tls]\nself_signed = true")
            .unwrap()
            .tls;
        let Some(Certificates::SelfSigned(own)) = tls.map(|tls| tls.certificates) else {
            panic!("self-signed");
        };
        assert!(own.names.contains(&"localhost".to_owned()));
        assert!(own.names.contains(&"10.1.2.3".to_owned()));
    }

    #[test]
    fn what_does_not_go_together_is_refused() {
        for (toml, word) in [
            ("[edge.tls]\nself_signed = true\ncert = 'a.pem'", "more than one way"),
            ("[edge.tls]\nkey = 'a.pem'", "no `cert`"),
            ("[edge.tls]\nredirect = '0.0.0.0:80'", "not set up"),
            ("[edge.acme]\nnames = ['a.example.org']", "http-01"),
            (
                "[edge.acme]\nnames = ['a.example.org']\nchallenge = 'tls-alpn-01'\naccount_id = 'x'",
                "belong together",
            ),
            (
                "[edge.acme]\nnames = ['a.example.org']\nchallenge = 'tls-alpn-01'\ndirectory = 'x'",
                "no authority",
            ),
        ] {
            let error = edge(toml).unwrap_err();
            assert!(error.contains(word), "{toml}: {error}");
        }
    }
}
