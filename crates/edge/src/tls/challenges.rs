//! What an authority asks for while it finds out whether a name is ours (RFC 8555 and 8737).

use std::{
    collections::HashMap,
    fs,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use rustls::sign::CertifiedKey;

/// The answers that are waited for now: one name is shown at a time.
#[derive(Debug, Default)]
pub(crate) struct Challenges {
    /// Answers to http-01 as files named by their token, so that every edge that shares the folder can give them.
    dir: Option<PathBuf>,
    certificates: Mutex<HashMap<String, Arc<CertifiedKey>>>,
}

impl Challenges {
    pub(crate) fn new(dir: Option<PathBuf>) -> Self {
        Self {
            dir,
            certificates: Mutex::default(),
        }
    }

    pub(crate) fn certificate(&self, name: &str) -> Option<Arc<CertifiedKey>> {
        self.certificates().get(&name.to_ascii_lowercase()).cloned()
    }

    pub(crate) fn show(&self, name: &str, key: Arc<CertifiedKey>) {
        self.certificates().insert(name.to_ascii_lowercase(), key);
    }

    pub(crate) fn hide(&self, name: &str) {
        self.certificates().remove(&name.to_ascii_lowercase());
    }

    fn certificates(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<CertifiedKey>>> {
        self.certificates.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where the answer to a token is; nowhere if it can't be a token.
    pub(crate) fn file(&self, token: &str) -> Option<PathBuf> {
        let proper = (1..=128).contains(&token.len())
            && token
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        self.dir.as_ref().filter(|_| proper).map(|dir| dir.join(token))
    }

    pub(crate) fn answer(&self, token: &str) -> Option<String> {
        fs::read_to_string(self.file(token)?).ok()
    }
}
