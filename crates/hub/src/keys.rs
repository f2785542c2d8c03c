//! The cookie secret, and values signed with it the way Tornado does (format 2), which is what JupyterHub's pages and
//! tests know.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use fernet::Fernet;
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;

/// Signs and checks. Shows nothing of itself.
#[derive(Clone)]
pub struct Keys {
    cookie_secret: Vec<u8>,
}

impl Keys {
    #[must_use]
    pub fn new(cookie_secret: Vec<u8>) -> Self {
        Self { cookie_secret }
    }

    /// `2|1:0|10:TIME|LEN:NAME|LEN:BASE64|HMAC`
    #[must_use]
    pub fn sign(&self, name: &str, value: &str, now: Timestamp) -> String {
        let field = |text: &str| format!("{}:{text}", text.len());
        let value = STANDARD.encode(value);
        let time = now.as_second().to_string();
        let signed = format!("2|1:0|{}|{}|{}|", field(&time), field(name), field(&value));
        let signature = hex::encode(self.mac(signed.as_bytes()).finalize().into_bytes());
        signed + &signature
    }

    /// The value, if it was signed here under this name and is not too old.
    #[must_use]
    pub fn verify(&self, name: &str, signed: &str, max_age: SignedDuration, now: Timestamp) -> Option<String> {
        let (rest, signature) = signed.rsplit_once('|')?;
        let signed_part = &signed[..=rest.len()];
        self.mac(signed_part.as_bytes())
            .verify_slice(&hex::decode(signature).ok()?)
            .ok()?;
        let rest = rest.strip_prefix("2|")?;
        let (_key_version, rest) = field(rest)?;
        let (time, rest) = field(rest)?;
        let (signed_name, rest) = field(rest)?;
        let (value, rest) = field(rest)?;
        let age = now.duration_since(Timestamp::from_second(time.parse().ok()?).ok()?);
        if !rest.is_empty() || signed_name != name || age > max_age || age < -SignedDuration::from_mins(1) {
            return None;
        }
        String::from_utf8(STANDARD.decode(value).ok()?).ok()
    }

    /// Hides a secret that has to lie in the database: only hubs with the same cookie secret can read it.
    #[must_use]
    pub fn seal(&self, secret: &str) -> Option<String> {
        Some(self.fernet()?.encrypt(secret.as_bytes()))
    }

    /// `None` if it was sealed with another cookie secret.
    #[must_use]
    pub fn unseal(&self, sealed: &str) -> Option<String> {
        String::from_utf8(self.fernet()?.decrypt(sealed).ok()?).ok()
    }

    /// Heads or tails, always the same for one text, and not to be told by anybody else.
    #[must_use]
    pub fn coin(&self, purpose: &str, text: &str) -> bool {
        let mac = self.mac(format!("{purpose}|{text}").as_bytes()).finalize().into_bytes();
        mac.first().is_some_and(|byte| byte & 1 == 1)
    }

    fn fernet(&self) -> Option<Fernet> {
        let key = self.mac(b"a key for secrets in the database").finalize().into_bytes();
        Fernet::new(&URL_SAFE.encode(key))
    }

    /// The anti-forgery token for an id: URL-safe, because it stands in links.
    #[must_use]
    pub fn xsrf_token(&self, id: &str, now: Timestamp) -> String {
        URL_SAFE_NO_PAD.encode(self.sign("_xsrf", id, now))
    }

    /// The id that an anti-forgery token was made for.
    #[must_use]
    pub fn xsrf_id(&self, token: &str, now: Timestamp) -> Option<String> {
        let signed = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
        self.verify("_xsrf", &signed, SignedDuration::from_hours(31 * 24), now)
    }

    fn mac(&self, data: &[u8]) -> Hmac<Sha256> {
        #[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.cookie_secret).expect("any length");
        mac.update(data);
        mac
    }
}

/// One `LEN:TEXT|` off the front.
fn field(text: &str) -> Option<(&str, &str)> {
    let (length, rest) = text.split_once(':')?;
    let length: usize = length.parse().ok()?;
    // "1:0" is the key's version: a field like the others.
    let value = rest.get(..length)?;
    let rest = rest.get(length..)?;
    Some((value, rest.strip_prefix('|').unwrap_or(rest)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: SignedDuration = SignedDuration::from_hours(24);

    #[test]
    fn what_was_signed_is_read_back_and_nothing_else() {
        let keys = Keys::new(b"secret".to_vec());
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let signed = keys.sign("cookie", "välue|:", now);
        assert!(signed.starts_with("2|1:0|10:1800000000|6:cookie|"));
        assert_eq!(keys.verify("cookie", &signed, DAY, now).as_deref(), Some("välue|:"));
        assert_eq!(keys.verify("other", &signed, DAY, now), None);
        assert_eq!(keys.verify("cookie", &signed, DAY, now + DAY + DAY), None);
        assert_eq!(Keys::new(b"other".to_vec()).verify("cookie", &signed, DAY, now), None);
        for bad in [
            "",
            "2|",
            "||||",
            "2|1:0|99:1|",
            &signed[1..],
            &signed[..signed.len() - 1],
        ] {
            assert_eq!(keys.verify("cookie", bad, DAY, now), None, "{bad:?}");
        }
    }

    #[test]
    fn xsrf_tokens_hold_their_id() {
        let keys = Keys::new(vec![7; 32]);
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let token = keys.xsrf_token("None:abc=", now);
        assert!(
            token
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        );
        assert_eq!(keys.xsrf_id(&token, now).as_deref(), Some("None:abc="));
        assert_eq!(keys.xsrf_id("AAAA", now), None);
    }
}
