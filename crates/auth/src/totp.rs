//! One-time codes by the clock (RFC 6238): SHA-1, 6 digits, 30 seconds, which is what every authenticator app knows.

use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use perijove_model::{Rng, Secret};
use sha1::Sha1;

const PERIOD: i64 = 30;
const DIGITS: u32 = 6;
/// Clocks differ, and typing takes a moment: the step before and the one after hold, too.
const WINDOW: i64 = 1;
/// As long as the hash, as RFC 4226 asks for.
const SECRET_BYTES: usize = 20;

/// A new secret in base32, as apps take it.
#[must_use]
pub fn new_secret(rng: &dyn Rng) -> Secret {
    let mut bytes = [0; SECRET_BYTES];
    rng.fill(&mut bytes);
    Secret::new(BASE32_NOPAD.encode(&bytes))
}

/// The step in which this code holds, if it holds now. Whoever asks must see to it that no step is used twice.
#[must_use]
pub fn step_of(secret: &Secret, code: &str, now: Timestamp) -> Option<i64> {
    let key = decode(secret.expose())?;
    let typed: u32 = Some(code)
        .filter(|code| code.len() == DIGITS as usize && code.bytes().all(|b| b.is_ascii_digit()))?
        .parse()
        .ok()?;
    let current = now.as_second().div_euclid(PERIOD);
    (current - WINDOW..=current + WINDOW).find(|step| code_of(&key, *step) == Some(typed))
}

/// The code that an app would show now.
#[must_use]
pub fn code_at(secret: &Secret, now: Timestamp) -> Option<String> {
    let code = code_of(&decode(secret.expose())?, now.as_second().div_euclid(PERIOD))?;
    Some(format!("{code:06}"))
}

/// What a QR code says to an app.
#[must_use]
pub fn address(secret: &Secret, issuer: &str, name: &str) -> Secret {
    let part = perijove_model::escape::component;
    Secret::new(format!(
        "otpauth://totp/{0}:{1}?secret={2}&issuer={0}",
        part(issuer),
        part(name),
        secret.expose()
    ))
}

/// Codes for the day when the app is lost, each good for once.
#[must_use]
pub fn recovery_codes(rng: &dyn Rng) -> Vec<Secret> {
    let code = || {
        let mut bytes = [0; 10];
        rng.fill(&mut bytes);
        let text = BASE32_NOPAD.encode(&bytes).to_lowercase();
        Secret::new(format!(
            "{}-{}-{}-{}",
            &text[..4],
            &text[4..8],
            &text[8..12],
            &text[12..]
        ))
    };
    (0..10).map(|_| code()).collect()
}

/// A recovery code in its one spelling, if this may be one.
#[must_use]
pub fn as_recovery_code(typed: &str) -> Option<String> {
    let bare: String = typed
        .chars()
        .filter(|c| !matches!(c, '-' | ' '))
        .take(17)
        .collect::<String>()
        .to_lowercase();
    let fits = bare.len() == 16 && bare.bytes().all(|b| b.is_ascii_alphanumeric());
    fits.then_some(bare)
}

fn decode(secret: &str) -> Option<Vec<u8>> {
    let bare: String = secret.chars().filter(|c| !c.is_whitespace() && *c != '=').collect();
    BASE32_NOPAD.decode(bare.to_ascii_uppercase().as_bytes()).ok()
}

fn code_of(key: &[u8], step: i64) -> Option<u32> {
    let mut mac = Hmac::<Sha1>::new_from_slice(key).ok()?;
    mac.update(&u64::try_from(step).ok()?.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let at = usize::from(hash.last()? & 15);
    let four: [u8; 4] = hash.get(at..at + 4)?.try_into().ok()?;
    Some((u32::from_be_bytes(four) & 0x7fff_ffff) % 10_u32.pow(DIGITS))
}

#[cfg(test)]
mod tests {
    use perijove_model::SeededRng;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    /// The RFC's own vectors, cut to six digits.
    #[test]
    fn codes_are_those_of_the_rfc() {
        let secret = Secret::new(BASE32_NOPAD.encode(b"12345678901234567890"));
        for (second, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code_at(&secret, at(second)).as_deref(), Some(code), "{second}");
        }
    }

    #[test]
    fn a_code_holds_for_a_step_before_and_after() {
        let secret = new_secret(&SeededRng::new(1));
        let now = at(1_800_000_015);
        let code = code_at(&secret, now).unwrap();
        let step = 1_800_000_015 / 30;
        for (away, holds) in [(-60, false), (-30, true), (0, true), (30, true), (60, false)] {
            let found = step_of(&secret, &code, at(1_800_000_015 + away));
            assert_eq!(found, holds.then_some(step), "{away}");
        }
        for bad in ["", "12345", "1234567", "+12345", "12 456", "１２３４５６"] {
            assert_eq!(step_of(&secret, bad, now), None, "{bad}");
        }
    }

    /// NativeAuthenticator's are 80 bits, which base32 fills without padding.
    #[test]
    fn old_secrets_are_read() {
        let old = Secret::new("jbsw y3dp ehpk 3pxp");
        let same = Secret::new("JBSWY3DPEHPK3PXP");
        assert_eq!(code_at(&old, at(0)), code_at(&same, at(0)));
        assert!(code_at(&old, at(0)).is_some());
        assert_eq!(code_at(&Secret::new("not base32!"), at(0)), None);
    }

    #[test]
    fn recovery_codes_are_read_as_people_type_them() {
        let codes = recovery_codes(&SeededRng::new(1));
        assert_eq!(codes.len(), 10);
        let code = codes[0].expose();
        let typed = code.replace('-', " ").to_uppercase();
        assert_eq!(as_recovery_code(code), as_recovery_code(&typed));
        assert!(as_recovery_code(code).is_some());
        assert_eq!(as_recovery_code("123456"), None);
        assert_eq!(as_recovery_code(&"a".repeat(1_000_000)), None);
    }
}
