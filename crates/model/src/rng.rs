//! Randomness as a parameter. The binary gives the system's generator, tests one that repeats itself.

use std::sync::Mutex;

use base64::Engine;
use sha2::{Digest, Sha256};

const ALPHANUMERIC: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// A source of random bytes, good enough for secrets.
pub trait Rng: Send + Sync + 'static {
    fn fill(&self, bytes: &mut [u8]);
}

impl dyn Rng {
    /// `n` random bytes as `2n` hexadecimal digits.
    pub fn hex(&self, n: usize) -> String {
        hex::encode(self.bytes(n))
    }

    /// 32 hexadecimal digits with the version and variant bits of a random UUID, as Python's `uuid4().hex`.
    pub fn uuid4_hex(&self) -> String {
        let mut bytes = self.bytes(16);
        bytes[6] = (bytes[6] & 0x0f) | 0x40;
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        hex::encode(bytes)
    }

    /// `n` random bytes in URL-safe base64 without padding.
    pub fn urlsafe(&self, n: usize) -> String {
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(self.bytes(n))
    }

    /// `n` letters and digits, each equally likely.
    pub fn alphanumeric(&self, n: usize) -> String {
        let mut out = String::with_capacity(n);
        while out.len() < n {
            // 248 = 4 * 62: higher bytes would favour the first letters.
            let letters = self.bytes(n).into_iter().filter(|byte| *byte < 248);
            out.extend(
                letters
                    .map(|byte| ALPHANUMERIC[usize::from(byte % 62)] as char)
                    .take(n - out.len()),
            );
        }
        out
    }

    /// A number in `0..bound`; zero if `bound` is zero.
    pub fn below(&self, bound: u32) -> u32 {
        let mut bytes = [0; 8];
        self.fill(&mut bytes);
        (u64::from_le_bytes(bytes) % u64::from(bound.max(1))) as u32
    }

    fn bytes(&self, n: usize) -> Vec<u8> {
        let mut bytes = vec![0; n];
        self.fill(&mut bytes);
        bytes
    }
}

/// The same bytes for the same seed: for tests.
#[derive(Debug)]
pub struct SeededRng(Mutex<u64>, u64);

impl SeededRng {
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(0), seed)
    }
}

impl Rng for SeededRng {
    fn fill(&self, bytes: &mut [u8]) {
        let mut counter = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        for chunk in bytes.chunks_mut(32) {
            *counter += 1;
            let block = Sha256::new()
                .chain_update(self.1.to_le_bytes())
                .chain_update(counter.to_le_bytes())
                .finalize();
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_those_of_the_contract() {
        let rng: &dyn Rng = &SeededRng::new(1);
        assert_eq!(rng.hex(16).len(), 32);
        assert_eq!(rng.urlsafe(32).len(), 43);
        assert_eq!(rng.alphanumeric(30).len(), 30);
        assert_eq!(&rng.uuid4_hex()[12..13], "4");
        assert_ne!(rng.hex(16), rng.hex(16));
        assert!((0..100).all(|_| rng.below(7) < 7));
    }
}
