//! Passkeys (WebAuthn): what an authenticator has shown, held against what it was asked for.
//!
//! Nobody is asked what make their authenticator is (attestation "none"), so nothing that it says of that is looked at.

#[cfg(any(test, feature = "authenticator"))]
pub mod authenticator;
mod key;
#[cfg(test)]
mod tests;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ciborium::Value;
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Deserializer};

use key::Key;

/// Longer answers are not looked at. Some authenticators send certificates that nobody has asked for.
const LONGEST: usize = 64 * 1024;
/// As the specification has it.
const LONGEST_ID: usize = 1023;

/// The algorithms of keys that are taken, by their numbers in COSE, the best first: EdDSA, ES256, RS256.
pub const ALGORITHMS: [i64; 3] = [key::EDDSA, key::ES256, key::RS256];

/// Why an answer does not hold. Nothing of it is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasskeyError {
    #[error("unreadable answer")]
    Shape,
    #[error("answer to another question")]
    Purpose,
    #[error("passkey of another site")]
    Site,
    #[error("nobody was there")]
    Presence,
    #[error("unknown kind of key")]
    Algorithm,
    #[error("wrong signature")]
    Signature,
}

/// Where people are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Site<'a> {
    /// The domain that the passkey is for.
    pub domain: &'a str,
    /// `https://host`, as the browser has it.
    pub origin: &'a str,
}

/// What came of making a passkey, as the page's script sends it.
#[derive(Debug, Deserialize)]
pub struct Registration {
    #[serde(rename = "clientDataJSON")]
    client_data: Encoded,
    #[serde(rename = "attestationObject")]
    attestation: Encoded,
}

/// What came of using one.
#[derive(Debug, Deserialize)]
pub struct Assertion {
    /// Of the passkey, in base64.
    pub id: String,
    /// Whose it says that it is.
    #[serde(rename = "userHandle")]
    pub handle: Option<String>,
    #[serde(rename = "clientDataJSON")]
    client_data: Encoded,
    #[serde(rename = "authenticatorData")]
    authenticator_data: Encoded,
    signature: Encoded,
}

/// A passkey that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// In base64, as [`Assertion::id`] has it.
    pub id: String,
    /// Its public key in COSE, in base64.
    pub key: String,
    pub counter: u32,
    /// It has asked its person for a PIN, a finger or a face.
    pub verified: bool,
}

/// A passkey that was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Used {
    /// How often it was used; 0 where it does not count.
    pub counter: u32,
    pub verified: bool,
}

/// What the browser says of the occasion. It holds only with a signature over it.
#[derive(Debug, Deserialize)]
pub struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: Encoded,
    pub origin: String,
    #[serde(rename = "crossOrigin", default)]
    cross_origin: bool,
}

impl ClientData {
    fn read(bytes: &[u8], kind: &str) -> Result<Self, PasskeyError> {
        let data: Self = serde_json::from_slice(bytes).map_err(|_| PasskeyError::Shape)?;
        match data.kind == kind {
            true => Ok(data),
            false => Err(PasskeyError::Purpose),
        }
    }

    /// What was asked, as it was asked.
    ///
    /// # Errors
    /// It was no text of ours.
    pub fn challenge(&self) -> Result<&str, PasskeyError> {
        std::str::from_utf8(&self.challenge.0).map_err(|_| PasskeyError::Purpose)
    }

    fn is_at(&self, site: Site<'_>) -> Result<(), PasskeyError> {
        match self.origin == site.origin && !self.cross_origin {
            true => Ok(()),
            false => Err(PasskeyError::Site),
        }
    }
}

impl Registration {
    /// # Errors
    /// It can't be read.
    pub fn read(text: &str) -> Result<Self, PasskeyError> {
        read(text)
    }

    /// What the browser says of it.
    ///
    /// # Errors
    /// No passkey was made.
    pub fn client_data(&self) -> Result<ClientData, PasskeyError> {
        ClientData::read(&self.client_data.0, "webauthn.create")
    }

    /// The passkey. That the challenge is ours is the caller's to see.
    ///
    /// # Errors
    /// Why it is not taken.
    pub fn check(&self, site: Site<'_>) -> Result<Made, PasskeyError> {
        self.client_data()?.is_at(site)?;
        let object: Value = ciborium::from_reader(&self.attestation.0[..]).map_err(|_| PasskeyError::Shape)?;
        let entries = object.as_map().ok_or(PasskeyError::Shape)?;
        let entry = entries.iter().find(|(name, _)| name.as_text() == Some("authData"));
        let data = entry
            .and_then(|(_, value)| value.as_bytes())
            .ok_or(PasskeyError::Shape)?;
        let data = AuthenticatorData::read(data, site)?;
        let (id, key) = data.credential()?;
        Key::read(key)?;
        Ok(Made {
            id: URL_SAFE_NO_PAD.encode(id),
            key: URL_SAFE_NO_PAD.encode(key),
            counter: data.counter,
            verified: data.has(VERIFIED),
        })
    }
}

impl Assertion {
    /// # Errors
    /// It can't be read.
    pub fn read(text: &str) -> Result<Self, PasskeyError> {
        read(text)
    }

    /// What the browser says of it.
    ///
    /// # Errors
    /// No passkey was used.
    pub fn client_data(&self) -> Result<ClientData, PasskeyError> {
        ClientData::read(&self.client_data.0, "webauthn.get")
    }

    /// Whether it was given here, by the passkey with this public key. That the challenge is ours, and the counter, are the
    /// caller's to see.
    ///
    /// # Errors
    /// Why it does not hold.
    pub fn check(&self, site: Site<'_>, key: &str) -> Result<Used, PasskeyError> {
        self.client_data()?.is_at(site)?;
        let data = AuthenticatorData::read(&self.authenticator_data.0, site)?;
        let key = URL_SAFE_NO_PAD.decode(key).map_err(|_| PasskeyError::Algorithm)?;
        let hash = digest(&SHA256, &self.client_data.0);
        let signed = [&self.authenticator_data.0[..], hash.as_ref()].concat();
        match Key::read(&key)?.has_signed(&signed, &self.signature.0) {
            true => Ok(Used {
                counter: data.counter,
                verified: data.has(VERIFIED),
            }),
            false => Err(PasskeyError::Signature),
        }
    }
}

fn read<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, PasskeyError> {
    if text.len() > LONGEST {
        return Err(PasskeyError::Shape);
    }
    serde_json::from_str(text).map_err(|_| PasskeyError::Shape)
}

const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const MAY_BE_COPIED: u8 = 0x08;
const WAS_COPIED: u8 = 0x10;
const HAS_CREDENTIAL: u8 = 0x40;

/// What the authenticator says: for which site, with what flags, how often.
struct AuthenticatorData<'a> {
    flags: u8,
    counter: u32,
    rest: &'a [u8],
}

impl<'a> AuthenticatorData<'a> {
    fn read(data: &'a [u8], site: Site<'_>) -> Result<Self, PasskeyError> {
        let (hash, rest) = data.split_at_checked(32).ok_or(PasskeyError::Shape)?;
        let (&flags, rest) = rest.split_first().ok_or(PasskeyError::Shape)?;
        let (counter, rest) = rest.split_first_chunk::<4>().ok_or(PasskeyError::Shape)?;
        if hash != digest(&SHA256, site.domain.as_bytes()).as_ref() {
            return Err(PasskeyError::Site);
        }
        let read = Self {
            flags,
            counter: u32::from_be_bytes(*counter),
            rest,
        };
        if !read.has(PRESENT) {
            return Err(PasskeyError::Presence);
        }
        // One that can't be copied was not.
        match read.has(WAS_COPIED) && !read.has(MAY_BE_COPIED) {
            true => Err(PasskeyError::Shape),
            false => Ok(read),
        }
    }

    fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    /// Name and public key of a passkey that was made.
    fn credential(&self) -> Result<(&'a [u8], &'a [u8]), PasskeyError> {
        const MAKE: usize = 16;
        if !self.has(HAS_CREDENTIAL) {
            return Err(PasskeyError::Shape);
        }
        let rest = self.rest.get(MAKE..).ok_or(PasskeyError::Shape)?;
        let (length, rest) = rest.split_first_chunk::<2>().ok_or(PasskeyError::Shape)?;
        let length = usize::from(u16::from_be_bytes(*length));
        if length == 0 || length > LONGEST_ID {
            return Err(PasskeyError::Shape);
        }
        let (id, rest) = rest.split_at_checked(length).ok_or(PasskeyError::Shape)?;
        // Extensions may follow: the key says itself where it ends.
        let mut behind = rest;
        let _: Value = ciborium::from_reader(&mut behind).map_err(|_| PasskeyError::Shape)?;
        Ok((id, &rest[..rest.len() - behind.len()]))
    }
}

/// Bytes in URL-safe base64.
#[derive(Debug)]
struct Encoded(Vec<u8>);

impl<'de> Deserialize<'de> for Encoded {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        URL_SAFE_NO_PAD.decode(text).map(Self).map_err(serde::de::Error::custom)
    }
}
