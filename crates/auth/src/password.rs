//! Password hashing: argon2id at OWASP's settings (19 MiB, 2 passes), off the runtime and never more than a few at once.
//! Hashes by bcrypt, as NativeAuthenticator and FirstUseAuthenticator left them, are checked, never made.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use perijove_model::{Rng, Secret};
use tokio::sync::Semaphore;

use crate::AuthError;

/// A longer "password" is an attack on our memory; no check is done on it.
pub const MAX_LENGTH: usize = 1024;
/// Each check takes 19 MiB and a core: more at once would only wait for each other.
const AT_ONCE: usize = 2;
/// Checks that run or wait for their turn. A flood of guesses must not make everybody else wait for minutes.
const MOST_WAITING: usize = 100;

/// Makes and checks hashes. Clones share the limit.
#[derive(Clone)]
pub struct Passwords {
    rng: Arc<dyn Rng>,
    places: Arc<Semaphore>,
    turns: Arc<Semaphore>,
}

impl Passwords {
    #[must_use]
    pub fn new(rng: Arc<dyn Rng>) -> Self {
        Self {
            rng,
            places: Arc::new(Semaphore::new(MOST_WAITING)),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    pub async fn hash(&self, password: Secret) -> Result<String, AuthError> {
        let mut salt = [0; 16];
        self.rng.fill(&mut salt);
        self.in_turn(move || hash_with(&password, &salt)).await?
    }

    /// Runs work of some length in turn with the hashing, off the runtime.
    pub async fn aside<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, AuthError> {
        self.in_turn(work).await
    }

    /// Without a hash the same work is done, and the answer is no.
    pub async fn verify(&self, password: Secret, hash: Option<String>) -> Result<bool, AuthError> {
        if password.expose().len() > MAX_LENGTH {
            return Ok(false);
        }
        self.in_turn(move || match hash {
            Some(hash) => fits(&password, &hash),
            None => hash_with(&password, &[0; 16]).map(|_| false),
        })
        .await?
    }

    async fn in_turn<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, AuthError> {
        let Ok(_place) = self.places.try_acquire() else {
            return Err(AuthError {
                message: "Too many people are signing in at this moment. Try again in a few seconds.".into(),
                cause: None,
            });
        };
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(internal)?;
        tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        })
        .await
        .map_err(internal)
    }
}

fn hasher() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::default())
}

fn hash_with(password: &Secret, salt: &[u8]) -> Result<String, AuthError> {
    let hash = hasher()
        .hash_password_with_salt(password.expose().as_bytes(), salt)
        .map_err(internal)?;
    Ok(hash.to_string())
}

/// Whether a hash is one that others made, to be replaced at the next sign-in.
#[must_use]
pub fn is_old(hash: &str) -> bool {
    ["$2a$", "$2b$", "$2x$", "$2y$"]
        .iter()
        .any(|kind| hash.starts_with(kind))
}

/// Whether this can be checked at all.
#[must_use]
pub fn is_readable(hash: &str) -> bool {
    match is_old(hash) {
        true => hash
            .parse::<bcrypt::HashParts>()
            .is_ok_and(|parts| parts.get_cost() <= MOST_COST),
        false => PasswordHash::new(hash).is_ok(),
    }
}

/// A higher cost would take a minute of a core.
const MOST_COST: u32 = 16;

fn fits(password: &Secret, hash: &str) -> Result<bool, AuthError> {
    if is_old(hash) {
        // bcrypt reads 72 bytes and no further; so did whoever made the hash.
        let bytes = password.expose().as_bytes();
        return Ok(is_readable(hash) && bcrypt::verify(&bytes[..bytes.len().min(72)], hash).unwrap_or(false));
    }
    let hash = PasswordHash::new(hash).map_err(internal)?;
    Ok(hasher().verify_password(password.expose().as_bytes(), &hash).is_ok())
}

fn internal(cause: impl std::error::Error + Send + Sync + 'static) -> AuthError {
    AuthError {
        message: "The password can't be checked now. Try again in a minute.".into(),
        cause: Some(cause.into()),
    }
}

#[cfg(test)]
mod tests {
    use perijove_model::SeededRng;

    use super::*;

    /// Made by Python's bcrypt of `correct horse`, and of 72 times `x`, which is as far as it reads.
    #[tokio::test]
    async fn what_bcrypt_made_is_checked() {
        let passwords = Passwords::new(Arc::new(SeededRng::new(1)));
        let short = "$2b$04$YVzYPzxOQRh8z2K03ry3Zu6q4xmn.o8gMoSaSxxPhHgTr2.FunzWG";
        let long = "$2b$04$yQEV6HNe.z4pT7g9aH4yx.pjSiZzbmeArJN/J1/gh8lKv3xvHmUrO";
        let check = async |password: &str, hash: &str| {
            passwords
                .verify(Secret::new(password), Some(hash.into()))
                .await
                .unwrap()
        };
        assert!(check("correct horse", short).await);
        assert!(!check("correct horsE", short).await);
        assert!(!check(short, short).await, "the hash itself is no password");
        assert!(check(&"x".repeat(80), long).await);
        assert!(is_old(short) && is_readable(short));
        assert!(!is_readable("$2b$31$short"));
        assert!(!check("x", "$2b$nonsense").await);
    }

    #[tokio::test]
    async fn a_flood_is_turned_away_and_the_next_one_is_served() {
        let passwords = Passwords::new(Arc::new(SeededRng::new(1)));
        let places = passwords.places.acquire_many(MOST_WAITING as u32).await.unwrap();
        let error = passwords.hash(Secret::new("a password")).await.unwrap_err();
        assert!(error.message.contains("Too many people"), "{}", error.message);
        drop(places);
        assert!(passwords.hash(Secret::new("a password")).await.is_ok());
    }
}
