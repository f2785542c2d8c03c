//! API tokens as JupyterHub stores them: a four-character prefix to look them up by, and a salted hash to compare.

use base64::Engine;
use sha2::{Digest, Sha512};
use subtle::ConstantTimeEq;

use crate::{Rng, Secret};

const PREFIX: usize = 4;
/// Longer candidates are refused before any work is done on them.
const MAX_LENGTH: usize = 64;
/// A random token needs no stretching; one that a person chose does.
const CHOSEN_ROUNDS: u32 = 16_384;
/// Length of a generated token: 32 hexadecimal digits.
const GENERATED: usize = 32;

/// What the database keeps of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hashed {
    pub prefix: String,
    pub hashed: String,
}

/// A fresh API token.
#[must_use]
pub fn generate(rng: &dyn Rng) -> (Secret, Hashed) {
    let token = rng.uuid4_hex();
    let hashed = hash(&token, 1, &rng.hex(8));
    (Secret::new(token), hashed)
}

/// A token or secret that came from somebody's configuration. One as long as ours was made by a machine and needs no
/// stretching, which would cost every request made with it milliseconds.
#[must_use]
pub fn hash_chosen(token: &Secret, rng: &dyn Rng) -> Hashed {
    let rounds = if token.expose().len() < GENERATED {
        CHOSEN_ROUNDS
    } else {
        1
    };
    hash(token.expose(), rounds, &rng.hex(8))
}

/// A random secret that we made ourselves.
#[must_use]
pub fn hash_random(token: &Secret, rng: &dyn Rng) -> Hashed {
    hash(token.expose(), 1, &rng.hex(8))
}

/// The prefix to look a candidate up by; `None` if it can't be a token.
#[must_use]
pub fn prefix(candidate: &str) -> Option<&str> {
    if candidate.len() > MAX_LENGTH {
        None
    } else {
        candidate.get(..PREFIX)
    }
}

/// What the edge shows the hub with every request, so that nobody else can say that a request came by it. Made from the
/// secret that they share, which it does not tell.
#[must_use]
pub fn by_the_edge(shared: &Secret) -> Secret {
    let mut hasher = Sha512::new();
    hasher.update(b"perijove: this request came by the edge\0");
    hasher.update(shared.expose().as_bytes());
    let digest = hasher.finalize();
    Secret::new(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&digest[..32]))
}

/// Whether comparing with this hash takes milliseconds: short tokens that somebody chose are hashed many times.
#[must_use]
pub fn is_costly(hashed: &str) -> bool {
    let rounds = hashed.split(':').nth(1).and_then(|rounds| rounds.parse::<u32>().ok());
    rounds.is_some_and(|rounds| rounds > 64)
}

/// Whether `candidate` is the token of which `hashed` was kept. A hash that can't be read matches nothing.
#[must_use]
pub fn matches(hashed: &str, candidate: &str) -> bool {
    let mut parts = hashed.splitn(4, ':');
    let (Some("sha512"), Some(rounds), Some(salt), Some(_)) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let Ok(rounds @ 1..=1_000_000) = rounds.parse() else {
        return false;
    };
    candidate.len() <= MAX_LENGTH
        && hash(candidate, rounds, salt)
            .hashed
            .as_bytes()
            .ct_eq(hashed.as_bytes())
            .into()
}

/// One-way fingerprint of a random secret of ours (sessions, links): no salt, because it has 256 bits of its own.
#[must_use]
pub fn fingerprint(secret: &str) -> String {
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(sha2::Sha256::digest(secret))
}

fn hash(token: &str, rounds: u32, salt: &str) -> Hashed {
    let mut digest = Sha512::new().chain_update(salt);
    for _ in 0..rounds {
        digest.update(token);
    }
    let digest = hex::encode(digest.finalize());
    Hashed {
        prefix: token.chars().take(PREFIX).collect(),
        hashed: format!("sha512:{rounds}:{salt}:{digest}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SeededRng;

    #[test]
    fn a_token_matches_its_hash_only() {
        let rng = SeededRng::new(7);
        let (token, kept) = generate(&rng);
        assert!(matches(&kept.hashed, token.expose()));
        assert!(!matches(&kept.hashed, "0123"));
        assert!(!matches("", token.expose()) && !matches("sha512:x:y:z", token.expose()));
        assert_eq!(prefix(token.expose()), Some(kept.prefix.as_str()));
        assert_eq!(prefix(&"x".repeat(65)), None);
        let chosen = Secret::new("benchtoken-benchtoken");
        assert!(matches(&hash_chosen(&chosen, &rng).hashed, chosen.expose()));
    }

    /// Made by jupyterhub 6.1.1: `hash_token("hello-token", salt=8, rounds=3)`.
    #[test]
    fn reads_what_jupyterhub_wrote() {
        let digest = {
            let mut d = Sha512::new().chain_update("0011223344556677");
            (0..3).for_each(|_| d.update("hello-token"));
            hex::encode(d.finalize())
        };
        assert!(matches(&format!("sha512:3:0011223344556677:{digest}"), "hello-token"));
    }
}
