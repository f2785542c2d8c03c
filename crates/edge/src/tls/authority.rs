//! An authority of our own, and the certificate that it makes for this edge.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};
use rustls::pki_types::{CertificateDer, pem::PemObject};
use sha2::{Digest, Sha256};
use tracing::info;

use super::{
    pem::{self, Facts, TlsError},
    settings::{KeyFiles, SelfSigned, address},
};

const AUTHORITY_DAYS: i64 = 3652;
/// Apple's systems refuse longer ones (825 days), browsers those of public authorities beyond 398.
const LEAF_DAYS: i64 = 365;

/// What people need to trust the authority.
#[derive(Debug, Clone)]
pub(crate) struct Authority {
    pub(crate) pem: String,
    /// SHA-256, as browsers show it.
    pub(crate) fingerprint: String,
    pub(crate) until: Timestamp,
}

/// Certificate and key in one file, so that both change at once.
pub(crate) fn leaf_file(own: &SelfSigned) -> KeyFiles {
    let file = own.dir.join("server.pem");
    KeyFiles {
        cert: file.clone(),
        key: file,
    }
}

/// Makes what is missing, and the certificate anew if it does not fit or two thirds of its life are over.
pub(crate) fn prepare(own: &SelfSigned, now: Timestamp) -> Result<Authority, TlsError> {
    let write = |file: &Path, error: &io::Error| TlsError::cannot_write(file, error);
    make_private_dir(&own.dir).map_err(|error| write(&own.dir, &error))?;
    // Another edge may be starting in the same folder.
    let lock = own.dir.join("lock");
    let held = File::create(&lock).map_err(|error| write(&lock, &error))?;
    held.lock().map_err(|error| write(&lock, &error))?;

    let (cert, key) = (own.dir.join("ca.pem"), own.dir.join("ca.key"));
    if !cert.exists() || !key.exists() {
        make_authority(&cert, &key, now)?;
    }
    let authority = read_authority(&cert)?;
    let leaf = leaf_file(own).cert;
    if !still_good(own, &authority, now) {
        make_leaf(own, &authority, &key, &leaf, now)?;
        info!(file = %leaf.display(), names = ?own.names, "a certificate has been made");
    }
    Ok(authority)
}

fn still_good(own: &SelfSigned, authority: &Authority, now: Timestamp) -> bool {
    let file = leaf_file(own);
    let Ok(identity) = pem::identity(&file) else {
        return false;
    };
    let by_this_authority = fs::read_to_string(&file.cert).is_ok_and(|text| text.contains(authority.pem.trim()));
    by_this_authority && now < renewal(&identity.facts) && covers(&identity.facts, &own.names)
}

fn covers(facts: &Facts, names: &[String]) -> bool {
    names.len() == facts.names.len() + facts.addresses.len()
        && names.iter().all(|name| match address(name) {
            Some(ip) => facts.addresses.contains(&ip),
            None => facts.names.contains(&name.to_ascii_lowercase()),
        })
}

/// When two thirds of a certificate's life are over.
pub(crate) fn renewal(facts: &Facts) -> Timestamp {
    let life = facts.until.duration_since(facts.from);
    facts.from.saturating_add(life * 2 / 3).unwrap_or(facts.until)
}

fn make_authority(cert: &Path, key: &Path, now: Timestamp) -> Result<(), TlsError> {
    let pair = KeyPair::generate().map_err(|error| unmade(cert, &error))?;
    let mut params = CertificateParams::default();
    // Told apart from other edges' in a list of trusted authorities.
    let mark = hex(&Sha256::digest(pair.public_key_raw())[..3], "");
    params
        .distinguished_name
        .push(DnType::CommonName, format!("Perijove's own authority {mark}"));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    set_life(&mut params, now, AUTHORITY_DAYS);
    let made = params.self_signed(&pair).map_err(|error| unmade(cert, &error))?;
    write_whole(key, pair.serialize_pem().as_bytes(), 0o600)?;
    write_whole(cert, made.pem().as_bytes(), 0o644)
}

fn read_authority(file: &Path) -> Result<Authority, TlsError> {
    let bytes = pem::read(file)?;
    let broken = || TlsError::authority(file);
    let der = CertificateDer::from_pem_slice(&bytes).map_err(|_| broken())?;
    let facts = pem::facts(&der).map_err(|_| broken())?;
    Ok(Authority {
        pem: String::from_utf8(bytes).map_err(|_| broken())?,
        fingerprint: hex(&Sha256::digest(&der), ":"),
        until: facts.until,
    })
}

fn make_leaf(own: &SelfSigned, authority: &Authority, key: &Path, leaf: &Path, now: Timestamp) -> Result<(), TlsError> {
    let authority_key = String::from_utf8_lossy(&pem::read(key)?).into_owned();
    let authority_key = KeyPair::from_pem(&authority_key).map_err(|_| TlsError::authority(key))?;
    let issuer = Issuer::from_ca_cert_pem(&authority.pem, authority_key).map_err(|_| TlsError::authority(key))?;
    let pair = KeyPair::generate().map_err(|error| unmade(leaf, &error))?;
    let names: Vec<String> = own
        .names
        .iter()
        .map(|name| name.trim_matches(['[', ']']).to_owned())
        .collect();
    let mut params = CertificateParams::new(names)
        .map_err(|error| TlsError::Setting(format!("a name can't be in a certificate: {error}")))?;
    if let Some(first) = own.names.first() {
        // Longer ones do not fit; nobody reads it any more.
        params
            .distinguished_name
            .push(DnType::CommonName, first.chars().take(64).collect::<String>());
    }
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    set_life(&mut params, now, LEAF_DAYS);
    let made = params.signed_by(&pair, &issuer).map_err(|error| unmade(leaf, &error))?;
    let text = format!("{}{}{}", pair.serialize_pem(), made.pem(), authority.pem);
    write_whole(leaf, text.as_bytes(), 0o600)
}

/// From yesterday, since clocks differ.
fn set_life(params: &mut CertificateParams, now: Timestamp, days: i64) {
    let day = |offset: i64| {
        let at = now
            .saturating_add(SignedDuration::from_hours(24 * offset))
            .unwrap_or(now)
            .to_zoned(TimeZone::UTC)
            .date();
        rcgen::date_time_ymd(at.year().into(), at.month().unsigned_abs(), at.day().unsigned_abs())
    };
    params.not_before = day(-1);
    params.not_after = day(days);
}

fn unmade(file: &Path, error: &rcgen::Error) -> TlsError {
    TlsError::Setting(format!("{} can't be made: {error}", file.display()))
}

pub(crate) fn make_private_dir(dir: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(dir)
}

/// Never half, never readable by others in between.
pub(crate) fn write_whole(file: &Path, bytes: &[u8], mode: u32) -> Result<(), TlsError> {
    let written = || -> io::Result<()> {
        let draft = PathBuf::from(format!("{}.new", file.display()));
        let _ = fs::remove_file(&draft);
        let mut new = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(mode)
            .open(&draft)?;
        new.write_all(bytes)?;
        new.sync_all()?;
        fs::rename(&draft, file)
    };
    written().map_err(|error| TlsError::cannot_write(file, &error))
}

pub(crate) fn hex(bytes: &[u8], between: &str) -> String {
    let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
    pairs.join(between)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn own(dir: &Path, names: &[&str]) -> SelfSigned {
        SelfSigned {
            dir: dir.join("tls"),
            names: names.iter().map(ToString::to_string).collect(),
        }
    }

    fn at(days: i64) -> Timestamp {
        Timestamp::from_second(1_795_219_200 + days * 86_400).unwrap()
    }

    #[test]
    fn the_authority_stays_and_its_key_is_closed() {
        let dir = tempfile::tempdir().unwrap();
        let own = own(dir.path(), &["hub.example.org", "127.0.0.1"]);
        let first = prepare(&own, at(0)).unwrap();
        let leaf = fs::read(leaf_file(&own).cert).unwrap();
        let again = prepare(&own, at(100)).unwrap();
        assert_eq!(first.fingerprint, again.fingerprint);
        assert_eq!(leaf, fs::read(leaf_file(&own).cert).unwrap(), "nothing was due");
        for file in ["ca.key", "server.pem"] {
            let mode = fs::metadata(own.dir.join(file)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{file}");
        }
        assert!(first.until > at(3650));
    }

    #[test]
    fn the_certificate_is_made_anew_in_time_and_for_other_names() {
        let dir = tempfile::tempdir().unwrap();
        let first = own(dir.path(), &["hub.example.org"]);
        prepare(&first, at(0)).unwrap();
        let facts = |own: &SelfSigned| pem::identity(&leaf_file(own)).unwrap().facts;
        let before = facts(&first).until;
        prepare(&first, at(250)).unwrap();
        assert!(facts(&first).until > before);

        let other = own(dir.path(), &["hub.example.org", "::1"]);
        prepare(&other, at(250)).unwrap();
        assert_eq!(facts(&other).addresses, ["::1".parse::<std::net::IpAddr>().unwrap()]);
    }

    #[test]
    fn a_new_authority_makes_a_new_certificate() {
        let dir = tempfile::tempdir().unwrap();
        let own = own(dir.path(), &["localhost"]);
        let first = prepare(&own, at(0)).unwrap();
        fs::remove_file(own.dir.join("ca.pem")).unwrap();
        let second = prepare(&own, at(0)).unwrap();
        assert_ne!(first.fingerprint, second.fingerprint);
        let leaf = fs::read_to_string(leaf_file(&own).cert).unwrap();
        assert!(leaf.contains(second.pem.trim()));
    }
}
