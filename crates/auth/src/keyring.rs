//! The keys that somebody signs with: asked for once, kept, and asked for again.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use url::Url;

use crate::jwt::{self, Claims, JwtError, Keys};
use crate::web::{Proof, Web, WebError};

/// How long they are believed without asking.
const FRESH: SignedDuration = SignedDuration::from_hours(1);
/// Whoever sends tokens with unknown keys must not make us ask for keys all the time.
const PAUSE: SignedDuration = SignedDuration::from_secs(30);

/// The keys behind one address.
#[derive(Default)]
pub struct Keyring(Mutex<Kept>);

#[derive(Clone)]
struct Kept {
    asked: Timestamp,
    keys: Option<Arc<Keys>>,
}

impl Default for Kept {
    fn default() -> Self {
        Self {
            asked: Timestamp::MIN,
            keys: None,
        }
    }
}

impl Keyring {
    fn locked(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a token says that one of the keys has signed. The keys are asked for anew if it may be a newer one.
    ///
    /// # Errors
    /// There are no keys to hold it against.
    pub async fn verified(
        &self,
        web: &Web,
        url: &Url,
        token: &str,
        now: Timestamp,
    ) -> Result<Result<Claims, JwtError>, WebError> {
        let read = jwt::verify(token, &*self.keys(web, url, FRESH, now).await?);
        if read != Err(JwtError::Key) {
            return Ok(read);
        }
        Ok(jwt::verify(token, &*self.keys(web, url, PAUSE, now).await?))
    }

    async fn keys(&self, web: &Web, url: &Url, age: SignedDuration, now: Timestamp) -> Result<Arc<Keys>, WebError> {
        let kept = self.locked().clone();
        if let Some(keys) = &kept.keys
            && now.duration_since(kept.asked) < age
        {
            return Ok(Arc::clone(keys));
        }
        self.locked().asked = now;
        let found = web.get(url, Proof::Nothing).await.and_then(|reply| reply.good());
        let found = found.and_then(|jwks| {
            let keys = Keys::read(&jwks);
            let none = || WebError::Odd(url.to_string(), "it has no keys that are known here".to_owned());
            (!keys.is_empty()).then_some(keys).ok_or_else(none)
        });
        match (found, kept.keys) {
            (Ok(found), _) => {
                let found = Arc::new(found);
                self.locked().keys = Some(Arc::clone(&found));
                Ok(found)
            }
            // What it said an hour ago is better than nothing.
            (Err(error), Some(kept)) => {
                tracing::warn!(%error, "the keys that sign-ins are signed with can't be read anew");
                Ok(kept)
            }
            (Err(error), None) => Err(error),
        }
    }
}
