//! Signed statements (JWS in compact form) and the keys they are checked with. Only signatures by a private key count:
//! `none` and keyed hashes are refused whatever the keys are, so that nobody signs with a key that everybody may read.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use ring::signature::{self, UnparsedPublicKey, VerificationAlgorithm};
use serde_json::{Map, Value};

/// Clocks of two machines differ.
const SKEW: i64 = 60;
/// Longer ones are not looked at.
const LONGEST: usize = 128 * 1024;
/// More keys than that are not looked at.
const MOST_KEYS: usize = 64;

pub type Claims = Map<String, Value>;

/// Why a statement does not hold. Nothing of it is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JwtError {
    #[error("it is not a signed token")]
    Shape,
    #[error("its algorithm is not one that is taken here")]
    Algorithm,
    #[error("it is signed with a key that is not known")]
    Key,
    #[error("its signature is wrong")]
    Signature,
    #[error("`{0}` is wrong or missing")]
    Claim(&'static str),
    #[error("it has expired")]
    Expired,
    #[error("it is not valid yet")]
    Early,
}

/// Public keys, as a JWKS has them. Those that can't be used here are left out.
#[derive(Debug, Default)]
pub struct Keys(Vec<Key>);

#[derive(Debug)]
struct Key {
    id: Option<String>,
    algorithm: Option<String>,
    material: Material,
}

#[derive(Debug)]
enum Material {
    Rsa {
        n: Vec<u8>,
        e: Vec<u8>,
    },
    /// On P-256 or P-384, uncompressed.
    Curve(&'static str, Vec<u8>),
    Ed25519(Vec<u8>),
}

impl Keys {
    #[must_use]
    pub fn read(jwks: &Value) -> Self {
        let list = jwks.get("keys").and_then(Value::as_array);
        Self(list.into_iter().flatten().take(MOST_KEYS).filter_map(key).collect())
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn key(json: &Value) -> Option<Key> {
    let text = |name: &str| json.get(name).and_then(Value::as_str);
    let bytes = |name: &str| URL_SAFE_NO_PAD.decode(text(name)?.trim_end_matches('=')).ok();
    if text("use").is_some_and(|purpose| purpose != "sig") {
        return None;
    }
    let material = match (text("kty")?, text("crv")) {
        ("RSA", _) => Material::Rsa {
            n: bytes("n")?,
            e: bytes("e")?,
        },
        ("EC", Some("P-256")) => Material::Curve("ES256", point(bytes("x")?, bytes("y")?, 32)?),
        ("EC", Some("P-384")) => Material::Curve("ES384", point(bytes("x")?, bytes("y")?, 48)?),
        ("OKP", Some("Ed25519")) => Material::Ed25519(bytes("x")?),
        _ => return None,
    };
    Some(Key {
        id: text("kid").map(str::to_owned),
        algorithm: text("alg").map(str::to_owned),
        material,
    })
}

fn point(x: Vec<u8>, y: Vec<u8>, size: usize) -> Option<Vec<u8>> {
    (x.len() == size && y.len() == size).then(|| [vec![4], x, y].concat())
}

/// What a token says, if one of the keys has signed it.
///
/// # Errors
/// It does not hold; [`JwtError::Key`] if it might with other keys.
pub fn verify(token: &str, keys: &Keys) -> Result<Claims, JwtError> {
    let (signed, signature) = token.rsplit_once('.').ok_or(JwtError::Shape)?;
    let (head, body) = signed.split_once('.').ok_or(JwtError::Shape)?;
    if token.len() > LONGEST || body.contains('.') {
        return Err(JwtError::Shape);
    }
    let head = part(head)?;
    let name = |name: &str| head.get(name).and_then(Value::as_str);
    let algorithm = name("alg").ok_or(JwtError::Shape)?;
    if !ALGORITHMS.contains(&algorithm) || head.contains_key("crit") {
        return Err(JwtError::Algorithm);
    }
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| JwtError::Shape)?;
    let id = name("kid");
    let mut fitting = keys.0.iter().filter(|key| key.fits(id, algorithm)).peekable();
    if fitting.peek().is_none() {
        return Err(JwtError::Key);
    }
    if !fitting.any(|key| key.has_signed(algorithm, signed.as_bytes(), &signature)) {
        // Without an id it may be a newer key's.
        return Err(if id.is_some() {
            JwtError::Signature
        } else {
            JwtError::Key
        });
    }
    part(body)
}

/// By which algorithm a token says that it is signed. Only [`verify`] tells whether it is.
#[must_use]
pub fn algorithm(token: &str) -> Option<String> {
    let head = part(token.split('.').next()?).ok()?;
    head.get("alg")?.as_str().map(str::to_owned)
}

fn part(text: &str) -> Result<Claims, JwtError> {
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| JwtError::Shape)?;
    serde_json::from_slice(&bytes).map_err(|_| JwtError::Shape)
}

const ALGORITHMS: [&str; 9] = [
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA",
];

impl Key {
    fn fits(&self, id: Option<&str>, algorithm: &str) -> bool {
        let by_id = match (id, &self.id) {
            (Some(id), Some(own)) => id == own,
            _ => true,
        };
        let by_kind = match &self.material {
            Material::Rsa { .. } => algorithm.starts_with("RS") || algorithm.starts_with("PS"),
            Material::Curve(own, _) => algorithm == *own,
            Material::Ed25519(_) => algorithm == "EdDSA",
        };
        by_id && by_kind && self.algorithm.as_ref().is_none_or(|own| own == algorithm)
    }

    fn has_signed(&self, algorithm: &str, text: &[u8], signature: &[u8]) -> bool {
        let checked = match &self.material {
            Material::Rsa { n, e } => {
                let parameters = match algorithm {
                    "RS256" => &signature::RSA_PKCS1_2048_8192_SHA256,
                    "RS384" => &signature::RSA_PKCS1_2048_8192_SHA384,
                    "RS512" => &signature::RSA_PKCS1_2048_8192_SHA512,
                    "PS256" => &signature::RSA_PSS_2048_8192_SHA256,
                    "PS384" => &signature::RSA_PSS_2048_8192_SHA384,
                    "PS512" => &signature::RSA_PSS_2048_8192_SHA512,
                    _ => return false,
                };
                signature::RsaPublicKeyComponents { n, e }.verify(parameters, text, signature)
            }
            Material::Curve(name, point) => {
                let curve: &dyn VerificationAlgorithm = match *name {
                    "ES256" => &signature::ECDSA_P256_SHA256_FIXED,
                    _ => &signature::ECDSA_P384_SHA384_FIXED,
                };
                UnparsedPublicKey::new(curve, point).verify(text, signature)
            }
            Material::Ed25519(key) => UnparsedPublicKey::new(&signature::ED25519, key).verify(text, signature),
        };
        checked.is_ok()
    }
}

/// From whom and for whom a statement has to be.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// `{tenantid}` stands for the token's `tid`, as Microsoft has it for several tenants.
    pub issuer: &'a str,
    pub audience: &'a str,
    pub now: Timestamp,
}

/// Checks `iss`, `aud`, `azp`, `exp`, `nbf` and `iat`. Nonces and the like are the caller's.
///
/// # Errors
/// What is wrong.
pub fn check(claims: &Claims, expected: &Expected<'_>) -> Result<(), JwtError> {
    let tenant = text(claims, "tid").unwrap_or_default();
    let issuer = expected.issuer.replace("{tenantid}", tenant);
    if text(claims, "iss") != Some(issuer.as_str()) {
        return Err(JwtError::Claim("iss"));
    }
    let audiences: Vec<&str> = match claims.get("aud") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if !audiences.contains(&expected.audience) {
        return Err(JwtError::Claim("aud"));
    }
    let party = text(claims, "azp");
    if party.is_some_and(|party| party != expected.audience) || (audiences.len() > 1 && party.is_none()) {
        return Err(JwtError::Claim("azp"));
    }
    let now = expected.now.as_second();
    let moment = |name| claims.get(name).map(seconds);
    match moment("exp").flatten() {
        None => return Err(JwtError::Claim("exp")),
        Some(exp) if exp.saturating_add(SKEW) <= now => return Err(JwtError::Expired),
        Some(_) => {}
    }
    for name in ["nbf", "iat"] {
        match moment(name) {
            // There, and no time.
            Some(None) => return Err(JwtError::Claim(name)),
            Some(Some(then)) if then > now.saturating_add(SKEW) => return Err(JwtError::Early),
            _ => {}
        }
    }
    Ok(())
}

fn seconds(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_f64().map(|float| float as i64))
}

#[must_use]
pub fn text<'a>(claims: &'a Claims, name: &str) -> Option<&'a str> {
    claims.get(name).and_then(Value::as_str)
}

#[cfg(test)]
pub(crate) mod testing {
    use ring::rand::SystemRandom;
    use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
    use serde_json::json;

    use super::*;

    /// Somebody who signs.
    pub(crate) struct Signer {
        pair: EcdsaKeyPair,
        id: String,
    }

    pub(crate) fn encoded(value: &Value) -> String {
        URL_SAFE_NO_PAD.encode(value.to_string())
    }

    impl Signer {
        pub(crate) fn new(id: &str) -> Self {
            let random = SystemRandom::new();
            let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
            let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random).unwrap();
            Self { pair, id: id.into() }
        }

        pub(crate) fn jwk(&self) -> Value {
            let public = self.pair.public_key().as_ref();
            json!({
                "kty": "EC", "crv": "P-256", "use": "sig", "kid": self.id,
                "x": URL_SAFE_NO_PAD.encode(&public[1..33]), "y": URL_SAFE_NO_PAD.encode(&public[33..]),
            })
        }

        pub(crate) fn sign(&self, claims: &Value) -> String {
            self.sign_as(&json!({ "alg": "ES256", "kid": self.id }), claims)
        }

        pub(crate) fn sign_as(&self, head: &Value, claims: &Value) -> String {
            let text = format!("{}.{}", encoded(head), encoded(claims));
            let signature = self.pair.sign(&SystemRandom::new(), text.as_bytes()).unwrap();
            format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
        }
    }
}

#[cfg(test)]
mod tests {
    use ring::hmac;
    use serde_json::json;

    use super::testing::{Signer, encoded};
    use super::*;

    #[test]
    fn cve_2023_25574_only_a_signature_by_a_known_private_key_counts() {
        let (signer, other) = (Signer::new("a"), Signer::new("a"));
        let keys = Keys::read(&json!({ "keys": [signer.jwk(), { "kty": "oct", "k": "AAAA" }, 7] }));
        let claims = json!({ "sub": "ann" });
        let good = signer.sign(&claims);
        assert_eq!(verify(&good, &keys).unwrap()["sub"], "ann");
        assert_eq!(verify(&other.sign(&claims), &keys), Err(JwtError::Signature));
        assert_eq!(verify(&Signer::new("b").sign(&claims), &keys), Err(JwtError::Key));
        // Another body under the same signature.
        let parts: Vec<&str> = good.split('.').collect();
        let forged = format!("{}.{}.{}", parts[0], encoded(&json!({ "sub": "root" })), parts[2]);
        assert_eq!(verify(&forged, &keys), Err(JwtError::Signature));
        let critical = signer.sign_as(&json!({ "alg": "ES256", "kid": "a", "crit": ["b64"] }), &claims);
        assert_eq!(verify(&critical, &keys), Err(JwtError::Algorithm));
        for junk in ["", ".", "..", "a.b.c", "a.b.c.d", &good.replace('.', "")] {
            assert_eq!(verify(junk, &keys), Err(JwtError::Shape), "{junk}");
        }
    }

    #[test]
    fn cve_2023_25574_neither_none_nor_a_hash_with_a_public_key() {
        let signer = Signer::new("a");
        let keys = Keys::read(&json!({ "keys": [signer.jwk()] }));
        for name in ["none", "None", "NONE", "HS256", "HS512", ""] {
            let text = format!(
                "{}.{}",
                encoded(&json!({ "alg": name })),
                encoded(&json!({ "sub": "root" }))
            );
            assert_eq!(verify(&format!("{text}."), &keys), Err(JwtError::Algorithm), "{name}");
            let secret = hmac::Key::new(hmac::HMAC_SHA256, signer.jwk()["x"].as_str().unwrap().as_bytes());
            let tag = URL_SAFE_NO_PAD.encode(hmac::sign(&secret, text.as_bytes()));
            assert_eq!(
                verify(&format!("{text}.{tag}"), &keys),
                Err(JwtError::Algorithm),
                "{name}"
            );
        }
    }

    /// The example of RFC 8037, appendix A.4.
    #[test]
    fn ed25519() {
        let keys = Keys::read(&json!({ "keys": [
            { "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" }
        ] }));
        let token = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6d\
                     WbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
        // Signed well; what is signed is a sentence, and no claims.
        assert_eq!(verify(token, &keys), Err(JwtError::Shape));
        assert_eq!(verify(&token.replace(".hgyY", ".hgyZ"), &keys), Err(JwtError::Key));
    }

    #[test]
    fn a_statement_is_for_us_by_them_and_now() {
        let now = Timestamp::from_second(1_000_000).unwrap();
        let expected = Expected {
            issuer: "https://id.example.org",
            audience: "hub",
            now,
        };
        let good = json!({ "iss": "https://id.example.org", "aud": "hub", "exp": 1_000_100, "iat": 1_000_000 });
        let with = |name: &str, value: Value| {
            let mut claims = good.as_object().unwrap().clone();
            claims.insert(name.into(), value);
            check(&claims, &expected)
        };
        assert_eq!(check(good.as_object().unwrap(), &expected), Ok(()));
        assert_eq!(
            with("iss", json!("https://id.example.org/")),
            Err(JwtError::Claim("iss"))
        );
        assert_eq!(with("aud", json!("other")), Err(JwtError::Claim("aud")));
        assert_eq!(with("aud", json!(["hub", "other"])), Err(JwtError::Claim("azp")));
        assert_eq!(with("azp", json!("other")), Err(JwtError::Claim("azp")));
        assert_eq!(with("exp", json!(999_900)), Err(JwtError::Expired));
        assert_eq!(with("exp", json!("2000000")), Err(JwtError::Claim("exp")));
        assert_eq!(with("iat", json!(1_000_900)), Err(JwtError::Early));
        // CVE-2026-25537: a time of another type is not "no time".
        assert_eq!(with("nbf", json!("99999999999")), Err(JwtError::Claim("nbf")));
    }
}
