//! Public keys as authenticators tell them (COSE, RFC 9053 and RFC 8230).

use ciborium::Value;
use ring::signature::{self, UnparsedPublicKey};

use super::PasskeyError;

pub(super) const ES256: i64 = -7;
pub(super) const EDDSA: i64 = -8;
pub(super) const RS256: i64 = -257;

/// The numbers of a key's entries.
const KIND: i64 = 1;
const ALGORITHM: i64 = 3;
const CURVE: i64 = -1;
const X: i64 = -2;
const Y: i64 = -3;
const N: i64 = -1;
const E: i64 = -2;

#[derive(Debug)]
pub(super) enum Key {
    /// Uncompressed.
    P256(Vec<u8>),
    Ed25519(Vec<u8>),
    Rsa {
        n: Vec<u8>,
        e: Vec<u8>,
    },
}

impl Key {
    pub(super) fn read(cose: &[u8]) -> Result<Self, PasskeyError> {
        let value: Value = ciborium::from_reader(cose).map_err(|_| PasskeyError::Shape)?;
        let entries = value.as_map().ok_or(PasskeyError::Shape)?;
        let key = match (
            number(entries, KIND),
            number(entries, ALGORITHM),
            number(entries, CURVE),
        ) {
            (Some(2), Some(ES256), Some(1)) => point(entries).map(Self::P256),
            (Some(1), Some(EDDSA), Some(6)) => bytes(entries, X).filter(|x| x.len() == 32).map(Self::Ed25519),
            (Some(3), Some(RS256), _) => bytes(entries, N)
                .zip(bytes(entries, E))
                .map(|(n, e)| Self::Rsa { n, e }),
            _ => return Err(PasskeyError::Algorithm),
        };
        key.ok_or(PasskeyError::Shape)
    }

    pub(super) fn has_signed(&self, text: &[u8], signed: &[u8]) -> bool {
        let checked = match self {
            Self::P256(point) => UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_ASN1, point).verify(text, signed),
            Self::Ed25519(key) => UnparsedPublicKey::new(&signature::ED25519, key).verify(text, signed),
            Self::Rsa { n, e } => {
                signature::RsaPublicKeyComponents { n, e }.verify(&signature::RSA_PKCS1_2048_8192_SHA256, text, signed)
            }
        };
        checked.is_ok()
    }
}

fn point(entries: &[(Value, Value)]) -> Option<Vec<u8>> {
    let (x, y) = (bytes(entries, X)?, bytes(entries, Y)?);
    (x.len() == 32 && y.len() == 32).then(|| [vec![4], x, y].concat())
}

fn entry(entries: &[(Value, Value)], name: i64) -> Option<&Value> {
    let is_meant = |key: &Value| key.as_integer().map(i128::from) == Some(name.into());
    entries.iter().find(|(key, _)| is_meant(key)).map(|(_, value)| value)
}

fn number(entries: &[(Value, Value)], name: i64) -> Option<i64> {
    let number = entry(entries, name)?.as_integer()?;
    i128::from(number).try_into().ok()
}

fn bytes(entries: &[(Value, Value)], name: i64) -> Option<Vec<u8>> {
    entry(entries, name)?.as_bytes().cloned()
}
