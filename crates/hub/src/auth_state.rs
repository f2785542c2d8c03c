//! What sign-in remembers of people (`users.encrypted_auth_state`): JSON in Fernet, as JupyterHub's CryptKeeper keeps it.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;
use fernet::{Fernet, MultiFernet};
use perijove_model::Secret;
use serde_json::Value;

/// A key that can't be used; which one, but never what it says.
#[derive(Debug, thiserror::Error)]
#[error(
    "hub.crypt_keys: key number {0} is neither 64 hexadecimal digits, nor 32 bytes, nor 44 characters of URL-safe base64; \
     `openssl rand -hex 32` makes a good one"
)]
pub struct BadKey(usize);

/// Encrypts with the first key, decrypts with any of them. Without keys it keeps nothing and reads nothing.
#[derive(Clone, Default)]
pub struct AuthStates(Option<Arc<MultiFernet>>);

impl AuthStates {
    pub fn new(keys: &[Secret]) -> Result<Self, BadKey> {
        if keys.is_empty() {
            return Ok(Self(None));
        }
        let fernets = keys
            .iter()
            .enumerate()
            .map(|(i, key)| fernet(key.expose()).ok_or(BadKey(i + 1)));
        Ok(Self(Some(Arc::new(MultiFernet::new(
            fernets.collect::<Result<_, _>>()?,
        )))))
    }

    /// `None` if it was made with a key that is not here, as JupyterHub has it: sign-in makes a new one.
    #[must_use]
    pub fn read(&self, encrypted: &[u8]) -> Option<Value> {
        let clear = self.0.as_ref()?.decrypt(std::str::from_utf8(encrypted).ok()?).ok()?;
        serde_json::from_slice(&clear).ok()
    }

    /// `None` without keys: nothing is kept in clear.
    #[must_use]
    pub fn seal(&self, state: &Value) -> Option<Vec<u8>> {
        Some(self.0.as_ref()?.encrypt(state.to_string().as_bytes()).into_bytes())
    }
}

fn fernet(key: &str) -> Option<Fernet> {
    let raw = match key.len() {
        64 => hex::decode(key).ok()?,
        32 => key.as_bytes().to_vec(),
        _ => URL_SAFE.decode(key).ok()?,
    };
    Fernet::new(&URL_SAFE.encode(raw))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_first_key_writes_and_all_of_them_read() {
        let (old, new) = (Secret::new("00".repeat(32)), Secret::new("b".repeat(32)));
        let before = AuthStates::new(std::slice::from_ref(&old)).unwrap();
        let sealed = before.seal(&json!({ "token": "t" })).unwrap();
        assert!(sealed.starts_with(b"gAAAA"));
        let both = AuthStates::new(&[new.clone(), old]).unwrap();
        assert_eq!(both.read(&sealed), Some(json!({ "token": "t" })));
        let after = AuthStates::new(&[new]).unwrap();
        assert_eq!(after.read(&sealed), None);
        assert_eq!(after.read(&both.seal(&json!(1)).unwrap()), Some(json!(1)));
        assert_eq!(AuthStates::default().seal(&json!(1)), None);
    }

    /// Made by JupyterHub 6.1.1: `crypto.encrypt({"access_token": "abc", "n": 1})` with the key 0707...07.
    #[test]
    fn reads_what_jupyterhub_wrote() {
        let sealed =
            b"gAAAAABrAWGA2dPnlKnrB6M5b5MXkVjJeh8lj0NZB18_8PV684flbOjymfrmpochBDoCaDh6GwG-IInOCgmqm8-edtZbKynyxlgUg\
            FelO7lgrm7xb8KnS3E=";
        let states = AuthStates::new(&[Secret::new("07".repeat(32))]).unwrap();
        assert_eq!(states.read(sealed), Some(json!({ "access_token": "abc", "n": 1 })));
    }

    #[test]
    fn a_bad_key_is_named_by_its_place() {
        let error = AuthStates::new(&[Secret::new("0".repeat(64)), Secret::new("hunter2")])
            .err()
            .unwrap();
        assert!(error.to_string().contains("key number 2") && !error.to_string().contains("hunter2"));
    }
}
