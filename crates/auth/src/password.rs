//! Password hashing: argon2id at OWASP's settings (19 MiB, 2 passes), on threads of its own, of which there are few.
//! Hashes by bcrypt, as NativeAuthenticator and FirstUseAuthenticator left them, are checked, never made.

use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use perijove_model::{Rng, Secret};
use tokio::sync::oneshot;

use crate::AuthError;

/// A longer "password" is an attack on our memory; no check is done on it.
pub const MAX_LENGTH: usize = 1024;
/// Each check takes 19 MiB and a core: more at once would only wait for each other.
const AT_ONCE: usize = 2;
/// Checks that wait for their turn: some seconds of work. A flood of guesses must not make everybody else wait for minutes.
const MOST_WAITING: usize = 256;
/// Requests that only look something up go first where all cores are busy.
const NICENESS: i32 = 10;

type Work = Box<dyn FnOnce() + Send>;

/// Makes and checks hashes. Clones share the threads, which end with the last of them.
#[derive(Clone)]
pub struct Passwords {
    rng: Arc<dyn Rng>,
    queue: SyncSender<Work>,
}

impl Passwords {
    #[must_use]
    pub fn new(rng: Arc<dyn Rng>) -> Self {
        let (queue, work) = mpsc::sync_channel(MOST_WAITING);
        let work = Arc::new(Mutex::new(work));
        for _ in 0..AT_ONCE {
            let work = Arc::clone(&work);
            let begun = thread::Builder::new()
                .name("passwords".into())
                .spawn(move || take_turns(&work));
            if let Err(error) = begun {
                tracing::error!(%error, "a thread for passwords can't be started");
            }
        }
        Self { rng, queue }
    }

    /// As if there were no place left.
    #[cfg(test)]
    pub(crate) fn that_are_busy(self) -> Self {
        let (queue, _) = mpsc::sync_channel(0);
        Self { queue, ..self }
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
        let (told, done) = oneshot::channel();
        let work = move || {
            // Nobody waits any more: whoever asked has hung up.
            if !told.is_closed() {
                let _ = told.send(work());
            }
        };
        if self.queue.try_send(Box::new(work)).is_err() {
            return Err(AuthError {
                message: "Too many people are signing in at this moment. Try again in a few seconds.".into(),
                cause: None,
            });
        }
        done.await.map_err(internal)
    }
}

fn take_turns(work: &Mutex<Receiver<Work>>) {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(None, NICENESS) {
        tracing::debug!(%error, "passwords are checked with the priority of everything else");
    }
    loop {
        let next = work.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match next {
            Ok(work) => work(),
            Err(mpsc::RecvError) => return,
        }
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

    /// All threads at work until the gate is dropped.
    fn held_up(passwords: &Passwords) -> mpsc::Sender<()> {
        let (gate, opens) = mpsc::channel::<()>();
        let (begin, begun) = mpsc::channel();
        let opens = Arc::new(Mutex::new(opens));
        for _ in 0..AT_ONCE {
            let (opens, begin) = (Arc::clone(&opens), begin.clone());
            let work = move || {
                begin.send(()).unwrap();
                let _ = opens.lock().unwrap_or_else(PoisonError::into_inner).recv();
            };
            assert!(passwords.queue.try_send(Box::new(work)).is_ok());
        }
        for _ in 0..AT_ONCE {
            begun.recv().unwrap();
        }
        gate
    }

    #[tokio::test]
    async fn a_flood_is_turned_away_and_the_next_one_is_served() {
        let passwords = Passwords::new(Arc::new(SeededRng::new(1)));
        let gate = held_up(&passwords);
        for _ in 0..MOST_WAITING {
            assert!(passwords.queue.try_send(Box::new(|| {})).is_ok());
        }
        let error = passwords.hash(Secret::new("a password")).await.unwrap_err();
        assert!(error.message.contains("Too many people"), "{}", error.message);
        drop(gate);
        while passwords.hash(Secret::new("a password")).await.is_err() {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn nothing_is_done_for_who_has_hung_up() {
        let passwords = Passwords::new(Arc::new(SeededRng::new(1)));
        let gate = held_up(&passwords);
        let (done, seen) = mpsc::channel();
        let asked = passwords.aside(move || done.send(()));
        assert!(futures_util::FutureExt::now_or_never(asked).is_none());
        drop(gate);
        passwords.hash(Secret::new("a password")).await.unwrap();
        assert!(seen.try_recv().is_err());
    }
}
