//! Certificates by an authority that speaks ACME (RFC 8555): ordered when missing, renewed when two thirds of their life
//! are over, one at a time, and by one of the edges that share the folder.

mod order;

use std::{
    collections::HashMap,
    fs::{File, TryLockError},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use tracing::{debug, info, warn};

pub(crate) use order::OrderError;

use super::{
    Tls,
    authority::{self, hex, make_private_dir},
    pem::{self, TlsError},
    settings::{Acme, Challenge, KeyFiles, address},
};

/// How often it is asked whether something is due.
const EVERY: Duration = Duration::from_secs(30);
/// After the first failure; each further one doubles it.
const FIRST_PAUSE: SignedDuration = SignedDuration::from_secs(60);
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(12);

/// Everything of one authority is in a folder of its own: what one has given is nothing to another.
pub(crate) fn dir(acme: &Acme) -> PathBuf {
    let host: String = acme
        .directory
        .split('/')
        .nth(2)
        .unwrap_or_default()
        .chars()
        .map(|letter| {
            if letter.is_ascii_alphanumeric() || letter == '.' {
                letter
            } else {
                '-'
            }
        })
        .take(100)
        .collect();
    let account = acme.external_account.as_ref().map_or("", |account| account.id.as_str());
    let mark = Sha256::digest(format!("{} {account}", acme.directory));
    acme.dir.join(format!("{host}-{}", hex(&mark[..4], "").to_lowercase()))
}

/// Certificate and key in one file, so that both change at once.
pub(crate) fn certificate_file(acme: &Acme, name: &str) -> KeyFiles {
    let file = dir(acme).join(format!("{}.pem", name.to_ascii_lowercase()));
    KeyFiles {
        cert: file.clone(),
        key: file,
    }
}

pub(crate) fn challenge_dir(acme: &Acme) -> PathBuf {
    dir(acme).join("challenges")
}

/// What can be known to be wrong before anybody is asked.
pub(crate) fn check(acme: &Acme) -> Result<(), TlsError> {
    let wrong = |what: String| Err(TlsError::Setting(what));
    if acme.names.is_empty() {
        return wrong("ACME needs the names that certificates are ordered for".into());
    }
    for name in &acme.names {
        let letters = name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'));
        if address(name).is_some() || name.starts_with(['.', '-']) || !letters || name.is_empty() {
            return wrong(format!(
                "no certificate for {name:?} can be ordered by http-01 or tls-alpn-01: name each host, such as hub.example.org"
            ));
        }
    }
    for dir in [dir(acme), challenge_dir(acme)] {
        make_private_dir(&dir).map_err(|error| TlsError::cannot_write(&dir, &error))?;
    }
    Ok(())
}

/// A name whose order failed.
struct Failed {
    times: u32,
    again: Timestamp,
}

/// Orders what is due, until the edge ends.
pub(crate) async fn keep(tls: Arc<Tls>, acme: Acme) {
    let mut failed: HashMap<String, Failed> = HashMap::new();
    loop {
        for name in &acme.names {
            let now = tls.clock.now();
            let resting = failed.get(name).is_some_and(|failed| now < failed.again);
            if resting || !due(&acme, name, now) {
                continue;
            }
            match one_of_many(&tls, &acme, name).await {
                Ok(Outcome::Made) => {
                    failed.remove(name);
                    info!(name, file = %certificate_file(&acme, name).cert.display(), "a certificate has come");
                    tls.reload.notify_one();
                }
                Ok(Outcome::ByAnother) => debug!(name, "another edge is ordering"),
                Err(error) => {
                    let times = failed.get(name).map_or(1, |failed| failed.times.saturating_add(1));
                    let again = now.saturating_add(pause(name, times)).unwrap_or(Timestamp::MAX);
                    warn!(name, %error, again = %again, "no certificate has come");
                    failed.insert(name.clone(), Failed { times, again });
                }
            }
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = tls.renew.notified() => {}
        }
    }
}

enum Outcome {
    Made,
    ByAnother,
}

/// Edges that share the folder order one after the other, and only what is still due then.
async fn one_of_many(tls: &Tls, acme: &Acme, name: &str) -> Result<Outcome, OrderError> {
    let file = dir(acme).join("lock");
    let lock = File::create(&file).map_err(|error| TlsError::cannot_write(&file, &error))?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(Outcome::ByAnother),
        Err(TryLockError::Error(error)) => return Err(TlsError::cannot_write(&file, &error).into()),
    }
    if due(acme, name, tls.clock.now()) {
        order::order(tls, acme, name).await?;
    }
    Ok(Outcome::Made)
}

fn due(acme: &Acme, name: &str, now: Timestamp) -> bool {
    match pem::identity(&certificate_file(acme, name)) {
        Ok(identity) => {
            let facts = &identity.facts;
            let life = facts.until.duration_since(facts.from);
            // Many names, and many edges, do not come at the same time.
            let early = life / 20 * i32::from(spread(name, 0)) / 256;
            now >= authority::renewal(facts).saturating_sub(early).unwrap_or(facts.until)
        }
        Err(_) => true,
    }
}

fn pause(name: &str, times: u32) -> SignedDuration {
    let doubled = 1_i32 << times.saturating_sub(1).min(12);
    let pause = (FIRST_PAUSE * doubled).min(LONGEST_PAUSE);
    pause + pause / 4 * i32::from(spread(name, times)) / 256
}

/// A number that is the same for this name and number, and another for others.
fn spread(name: &str, times: u32) -> u8 {
    Sha256::digest(format!("{name} {times}"))[0]
}

fn account_file(acme: &Acme) -> PathBuf {
    dir(acme).join("account.json")
}

fn write_private(file: &Path, bytes: &[u8]) -> Result<(), TlsError> {
    authority::write_whole(file, bytes, 0o600)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn acme(dir: &Path, name: &str) -> Acme {
        Acme {
            directory: "https://acme.example.org:14000/dir".into(),
            directory_ca: None,
            names: vec![name.into()],
            email: None,
            challenge: Challenge::Http01,
            dir: dir.to_owned(),
            external_account: None,
        }
    }

    #[test]
    fn pauses_grow_and_end_at_half_a_day() {
        assert!(pause("a", 1) >= FIRST_PAUSE && pause("a", 1) < FIRST_PAUSE * 2);
        for times in 1..40 {
            assert!(pause("a", times) <= LONGEST_PAUSE + LONGEST_PAUSE / 4);
        }
        assert!(pause("a", 40) >= LONGEST_PAUSE);
    }

    #[test]
    fn names_that_can_not_be_ordered_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        assert!(check(&acme(dir.path(), "hub.example.org")).is_ok());
        for name in ["", "*.example.org", "127.0.0.1", "../x", ".a", "a/b", "[::1]"] {
            assert!(check(&acme(dir.path(), name)).is_err(), "{name}");
        }
    }

    #[test]
    fn another_authority_has_another_folder() {
        let one = acme(Path::new("/x"), "a");
        let mut other = one.clone();
        other.directory.push('2');
        assert_ne!(dir(&one), dir(&other));
        assert!(dir(&one).to_str().unwrap().starts_with("/x/acme.example.org-14000-"));
    }
}
