use ciborium::Value as Cbor;
use serde_json::{Value, json};

use super::authenticator::Authenticator;
use super::*;

const ORIGIN: &str = "https://hub.example.org";
const HERE: Site<'_> = Site {
    domain: "hub.example.org",
    origin: ORIGIN,
};

fn to_make() -> Value {
    json!({ "challenge": URL_SAFE_NO_PAD.encode("make"), "rp": { "id": HERE.domain }, "user": { "id": "aGFuZGxl" } })
}

fn to_use() -> Value {
    json!({ "challenge": URL_SAFE_NO_PAD.encode("use"), "rpId": HERE.domain })
}

fn made(device: &mut Authenticator) -> Made {
    let made = device.make(&to_make(), ORIGIN).to_string();
    Registration::read(&made).unwrap().check(HERE).unwrap()
}

fn used(device: &mut Authenticator) -> Assertion {
    let used = device.answer(&to_use(), ORIGIN).unwrap().to_string();
    Assertion::read(&used).unwrap()
}

/// The same answer with a part of it changed.
fn with(answer: &Value, part: &str, change: impl Fn(&mut Vec<u8>)) -> Value {
    let mut bytes = URL_SAFE_NO_PAD.decode(answer[part].as_str().unwrap()).unwrap();
    change(&mut bytes);
    let mut answer = answer.clone();
    answer[part] = URL_SAFE_NO_PAD.encode(bytes).into();
    answer
}

#[test]
fn keys_of_every_kind_are_made_and_used() {
    for algorithm in ALGORITHMS {
        let mut device = Authenticator::of(algorithm);
        let made = made(&mut device);
        assert_eq!((made.counter, made.verified), (1, true));
        let answer = used(&mut device);
        assert_eq!(
            (answer.id.as_str(), answer.handle.as_deref()),
            (&*made.id, Some("aGFuZGxl"))
        );
        assert_eq!(answer.client_data().unwrap().challenge(), Ok("use"));
        let counted = Used {
            counter: 2,
            verified: true,
        };
        assert_eq!(answer.check(HERE, &made.key), Ok(counted), "{algorithm}");
        let other = super::tests::made(&mut Authenticator::default());
        assert_eq!(
            answer.check(HERE, &other.key),
            Err(PasskeyError::Signature),
            "{algorithm}"
        );
    }
}

#[test]
fn a_signature_is_over_all_that_is_said() {
    let mut device = Authenticator::default();
    let made = made(&mut device);
    let good = device.answer(&to_use(), ORIGIN).unwrap();
    let check = |answer: &Value| Assertion::read(&answer.to_string()).unwrap().check(HERE, &made.key);
    assert!(check(&good).is_ok());
    // The counter, and what the browser was asked.
    let counted = with(&good, "authenticatorData", |data| data[36] = 200);
    assert_eq!(check(&counted), Err(PasskeyError::Signature));
    let other = URL_SAFE_NO_PAD.encode("other");
    let asked = with(&good, "clientDataJSON", |data| {
        let text = String::from_utf8(data.clone()).unwrap();
        *data = text.replace(&URL_SAFE_NO_PAD.encode("use"), &other).into_bytes();
    });
    assert_eq!(check(&asked), Err(PasskeyError::Signature));
    let flipped = with(&good, "signature", |signature| *signature.last_mut().unwrap() ^= 1);
    assert_eq!(check(&flipped), Err(PasskeyError::Signature));
}

#[test]
fn an_answer_for_another_site_is_none_for_this() {
    let mut device = Authenticator::default();
    let key = made(&mut device).key;
    device.origin = Some("https://hub.example.org.evil.example".into());
    assert_eq!(used(&mut device).check(HERE, &key), Err(PasskeyError::Site));
    device.origin = Some("http://hub.example.org".into());
    assert_eq!(used(&mut device).check(HERE, &key), Err(PasskeyError::Site));
    device.origin = None;
    let other = Site {
        domain: "example.org",
        ..HERE
    };
    assert_eq!(used(&mut device).check(other, &key), Err(PasskeyError::Site));
    let elsewhere = device.make(&to_make(), "https://evil.example").to_string();
    let elsewhere = Registration::read(&elsewhere).unwrap();
    assert_eq!(elsewhere.check(HERE), Err(PasskeyError::Site));
}

#[test]
fn somebody_is_there_and_is_known_where_the_flag_says_so() {
    let mut device = Authenticator::default();
    let key = made(&mut device).key;
    device.flags = PRESENT;
    assert_eq!(used(&mut device).check(HERE, &key).map(|used| used.verified), Ok(false));
    device.flags = VERIFIED;
    assert_eq!(used(&mut device).check(HERE, &key), Err(PasskeyError::Presence));
    device.flags = PRESENT | WAS_COPIED;
    assert_eq!(used(&mut device).check(HERE, &key), Err(PasskeyError::Shape));
    device.flags = PRESENT | WAS_COPIED | MAY_BE_COPIED;
    assert!(used(&mut device).check(HERE, &key).is_ok());
}

#[test]
fn to_make_is_not_to_use() {
    let mut device = Authenticator::default();
    made(&mut device);
    let answer = device.answer(&to_use(), ORIGIN).unwrap();
    let made = json!({ "clientDataJSON": answer["clientDataJSON"], "attestationObject": "oA" });
    let made = Registration::read(&made.to_string()).unwrap();
    assert_eq!(made.check(HERE), Err(PasskeyError::Purpose));
}

#[test]
fn junk_is_refused_and_breaks_nothing() {
    let good = Authenticator::default().make(&to_make(), ORIGIN);
    for text in ["", "{}", "[]", "null", &"x".repeat(LONGEST + 1)] {
        assert!(
            Registration::read(text).is_err() && Assertion::read(text).is_err(),
            "{text:.20}"
        );
    }
    let whole = URL_SAFE_NO_PAD
        .decode(good["attestationObject"].as_str().unwrap())
        .unwrap();
    for end in 0..whole.len() {
        let cut = with(&good, "attestationObject", |data| data.truncate(end));
        let cut = Registration::read(&cut.to_string()).unwrap();
        assert!(cut.check(HERE).is_err(), "{end}");
    }
    // Deeper and longer than anything that an authenticator says.
    for junk in [
        vec![0x81; 5000],
        vec![0x9b, 255, 255, 255, 255, 255, 255, 255, 255],
        vec![0x5b; 9],
        vec![0xbf],
    ] {
        let odd = with(&good, "attestationObject", |data| *data = junk.clone());
        let odd = Registration::read(&odd.to_string()).unwrap();
        assert_eq!(odd.check(HERE), Err(PasskeyError::Shape));
    }
}

#[test]
fn other_keys_are_not_taken() {
    let of = |entries: &[(i64, i64)]| {
        let entries = entries
            .iter()
            .map(|(name, value)| (Cbor::from(*name), Cbor::from(*value)));
        let mut bytes = Vec::new();
        ciborium::into_writer(&Cbor::Map(entries.collect()), &mut bytes).unwrap();
        Key::read(&bytes).map(drop)
    };
    // ES384, ES256 on another curve, a shared secret.
    assert_eq!(of(&[(1, 2), (3, -35), (-1, 2)]), Err(PasskeyError::Algorithm));
    assert_eq!(of(&[(1, 2), (3, -7), (-1, 2)]), Err(PasskeyError::Algorithm));
    assert_eq!(of(&[(1, 4), (3, 5)]), Err(PasskeyError::Algorithm));
    assert_eq!(
        of(&[(1, 2), (3, -7), (-1, 1)]),
        Err(PasskeyError::Shape),
        "without a point"
    );
}
