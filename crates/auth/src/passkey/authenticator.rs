//! A device with passkeys that is none: it makes them and answers with them, as browsers hand it on. For tests.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test ends where it fails")]

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ciborium::Value;
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
    RsaPublicKeyComponents,
};
use serde_json::json;

use super::key::{EDDSA, ES256, RS256};

/// A key that nobody uses, in base64: making one takes long.
const RSA: &str = include_str!("rsa.b64");

enum Pair {
    P256(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
    Rsa(Box<RsaKeyPair>),
}

struct Passkey {
    id: String,
    domain: String,
    handle: String,
    pair: Pair,
}

/// The device. What is public can be turned, to see what comes of it.
pub struct Authenticator {
    passkeys: Vec<Passkey>,
    /// Of [`super::ALGORITHMS`], which it can.
    pub algorithm: i64,
    /// Somebody is there, and shows who they are.
    pub flags: u8,
    /// How often it was used; one that stays at 0 does not count.
    pub counter: u32,
    /// What else a browser says of the occasion.
    pub origin: Option<String>,
}

impl Default for Authenticator {
    fn default() -> Self {
        Self {
            passkeys: Vec::new(),
            algorithm: ES256,
            flags: super::PRESENT | super::VERIFIED,
            counter: 1,
            origin: None,
        }
    }
}

fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn text<'a>(options: &'a serde_json::Value, path: &str) -> &'a str {
    options.pointer(path).and_then(serde_json::Value::as_str).expect(path)
}

impl Authenticator {
    /// One whose keys are of this kind.
    #[must_use]
    pub fn of(algorithm: i64) -> Self {
        Self {
            algorithm,
            ..Self::default()
        }
    }

    /// Makes a passkey as these options ask for it, on a page of this origin.
    pub fn make(&mut self, options: &serde_json::Value, origin: &str) -> serde_json::Value {
        let pair = pair(self.algorithm);
        let domain = text(options, "/rp/id").to_owned();
        let id = digest(&SHA256, &public(&pair));
        let made = Passkey {
            id: encoded(id.as_ref()),
            handle: text(options, "/user/id").to_owned(),
            pair,
            domain,
        };
        let mut data = self.data(&made.domain, super::HAS_CREDENTIAL);
        data.extend([0; 16]);
        data.extend(u16::try_from(id.as_ref().len()).unwrap().to_be_bytes());
        data.extend(id.as_ref());
        data.extend(cose(&made.pair));
        let attestation = Value::Map(vec![
            ("fmt".into(), "none".into()),
            ("attStmt".into(), Value::Map(Vec::new())),
            ("authData".into(), Value::Bytes(data)),
        ]);
        let client = self.client_data("webauthn.create", options, origin);
        self.passkeys.push(made);
        self.count();
        json!({ "clientDataJSON": encoded(client), "attestationObject": encoded(cbor(&attestation)) })
    }

    /// Uses a passkey: one of those that are asked for, or whichever it has for that site.
    pub fn answer(&mut self, options: &serde_json::Value, origin: &str) -> Option<serde_json::Value> {
        let domain = text(options, "/rpId");
        let asked: Vec<&str> = options["allowCredentials"].as_array().map_or(Vec::new(), |all| {
            all.iter().filter_map(|one| one["id"].as_str()).collect()
        });
        let fits =
            |one: &&Passkey| one.domain == domain && (asked.is_empty() || asked.iter().any(|asked| *asked == one.id));
        let passkey = self.passkeys.iter().find(fits)?;
        let (id, handle) = (passkey.id.clone(), passkey.handle.clone());
        let client = self.client_data("webauthn.get", options, origin);
        let data = self.data(domain, 0);
        let signed = [&data[..], digest(&SHA256, &client).as_ref()].concat();
        let signature = sign(&passkey.pair, &signed);
        self.count();
        Some(json!({
            "id": id,
            "userHandle": handle,
            "clientDataJSON": encoded(client),
            "authenticatorData": encoded(data),
            "signature": encoded(signature),
        }))
    }

    fn count(&mut self) {
        if self.counter > 0 {
            self.counter += 1;
        }
    }

    fn data(&self, domain: &str, more: u8) -> Vec<u8> {
        let mut data = digest(&SHA256, domain.as_bytes()).as_ref().to_vec();
        data.push(self.flags | more);
        data.extend(self.counter.to_be_bytes());
        data
    }

    fn client_data(&self, kind: &str, options: &serde_json::Value, origin: &str) -> Vec<u8> {
        let origin = self.origin.as_deref().unwrap_or(origin);
        let challenge = text(options, "/challenge");
        json!({ "type": kind, "challenge": challenge, "origin": origin, "crossOrigin": false })
            .to_string()
            .into_bytes()
    }
}

fn pair(algorithm: i64) -> Pair {
    let random = SystemRandom::new();
    match algorithm {
        EDDSA => {
            let pkcs8 = Ed25519KeyPair::generate_pkcs8(&random).unwrap();
            Pair::Ed25519(Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).unwrap())
        }
        RS256 => {
            let pkcs8 = STANDARD.decode(RSA.replace('\n', "")).unwrap();
            Pair::Rsa(Box::new(RsaKeyPair::from_pkcs8(&pkcs8).unwrap()))
        }
        _ => {
            let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
            let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8.as_ref(), &random);
            Pair::P256(pair.unwrap())
        }
    }
}

fn public(pair: &Pair) -> Vec<u8> {
    match pair {
        Pair::P256(pair) => pair.public_key().as_ref().to_vec(),
        Pair::Ed25519(pair) => pair.public_key().as_ref().to_vec(),
        Pair::Rsa(pair) => pair.public_key().as_ref().to_vec(),
    }
}

fn sign(pair: &Pair, text: &[u8]) -> Vec<u8> {
    let random = SystemRandom::new();
    match pair {
        Pair::P256(pair) => pair.sign(&random, text).unwrap().as_ref().to_vec(),
        Pair::Ed25519(pair) => pair.sign(text).as_ref().to_vec(),
        Pair::Rsa(pair) => {
            let mut signature = vec![0; pair.public().modulus_len()];
            pair.sign(&RSA_PKCS1_SHA256, &random, text, &mut signature).unwrap();
            signature
        }
    }
}

fn cose(pair: &Pair) -> Vec<u8> {
    let number = |number: i64| Value::Integer(number.into());
    let public = public(pair);
    let entries = match pair {
        Pair::P256(_) => vec![
            (1, number(2)),
            (3, number(ES256)),
            (-1, number(1)),
            (-2, Value::Bytes(public[1..33].to_vec())),
            (-3, Value::Bytes(public[33..].to_vec())),
        ],
        Pair::Ed25519(_) => vec![
            (1, number(1)),
            (3, number(EDDSA)),
            (-1, number(6)),
            (-2, Value::Bytes(public)),
        ],
        Pair::Rsa(pair) => {
            let parts = RsaPublicKeyComponents::<Vec<u8>>::from(pair.public());
            vec![
                (1, number(3)),
                (3, number(RS256)),
                (-1, Value::Bytes(parts.n)),
                (-2, Value::Bytes(parts.e)),
            ]
        }
    };
    let entries = entries.into_iter().map(|(name, value)| (number(name), value));
    cbor(&Value::Map(entries.collect()))
}

fn cbor(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).unwrap();
    bytes
}
