//! Which certificate a client is shown.

use std::{collections::HashMap, sync::Arc};

use rustls::{
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};

use super::{challenges::Challenges, pem::Identity};

/// The certificates of a listener, by name. Of several for one name, the first whose key the client can check.
#[derive(Debug)]
pub(crate) struct Shelf {
    exact: HashMap<String, Vec<Arc<CertifiedKey>>>,
    /// By what follows the first dot.
    wildcard: HashMap<String, Vec<Arc<CertifiedKey>>>,
    /// For a client that asks for no name, or one that nobody has.
    others: Option<Arc<CertifiedKey>>,
    challenges: Arc<Challenges>,
}

impl Shelf {
    pub(crate) fn new(identities: &[Identity], challenges: Arc<Challenges>) -> Self {
        let mut shelf = Self {
            exact: HashMap::new(),
            wildcard: HashMap::new(),
            others: identities.first().map(|identity| Arc::clone(&identity.key)),
            challenges,
        };
        for identity in identities {
            for name in &identity.facts.names {
                let (kind, name) = match name.strip_prefix("*.") {
                    Some(parent) => (&mut shelf.wildcard, parent),
                    None => (&mut shelf.exact, name.as_str()),
                };
                kind.entry(name.to_owned()).or_default().push(Arc::clone(&identity.key));
            }
        }
        shelf
    }

    fn find(&self, name: Option<&str>, fits: impl Fn(&CertifiedKey) -> bool) -> Option<Arc<CertifiedKey>> {
        let name = name.map(str::to_ascii_lowercase);
        let by_name = |name: &String| {
            let parent = || self.wildcard.get(name.split_once('.')?.1);
            let found = self.exact.get(name).or_else(parent)?;
            found.iter().find(|key| fits(key)).or(found.first()).map(Arc::clone)
        };
        name.as_ref().and_then(by_name).or_else(|| self.others.clone())
    }
}

impl ResolvesServerCert for Shelf {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let asks_for_proof = hello
            .alpn()
            .is_some_and(|mut names| names.any(|name| name == super::ALPN_CHALLENGE));
        if asks_for_proof {
            return self.challenges.certificate(hello.server_name()?);
        }
        let schemes = hello.signature_schemes();
        self.find(hello.server_name(), |key| key.key.choose_scheme(schemes).is_some())
    }
}
