//! Google's groups, by a service account and two of Google's addresses.

use std::collections::BTreeMap;

use perijove_model::MockClock;
use ring::signature::RsaKeyPair;
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject;
use tempfile::TempDir;

use super::*;
use crate::oauth::presets::google::{Account, Google};
use crate::oauth::presets::mail::Mail;

/// A key of nobody's, for tests only.
const KEY: &str = include_str!("service-account.pem");

struct World {
    openid: Openid,
    _dir: TempDir,
}

async fn world(nested: bool) -> World {
    let (fake, dir) = (Fake::start().await, TempDir::new().unwrap());
    let file = dir.path().join("key.json");
    let key = json!({
        "type": "service_account", "client_email": "hub@project.example", "private_key": KEY, "private_key_id": "k1",
        "token_uri": fake.text("/google-token"),
    });
    std::fs::write(&file, key.to_string()).unwrap();
    let account = Account {
        key_file: file,
        administrator: "admin@example.org".into(),
    };
    let mail = Mail {
        hosted_domains: vec!["example.org".into(), "other.example".into()],
        strip_domain: true,
        unverified: false,
    };
    let accounts = BTreeMap::from([("example.org".to_owned(), account)]);
    let clock = Arc::new(MockClock::default()) as Arc<dyn Clock>;
    let google = Google::new(mail, accounts, nested, fake.at("/admin/v1"), clock);
    let mut openid = Openid::with(Box::new(google), |settings| {
        settings.username = "email".into();
        settings.groups = None;
    })
    .await;
    fake.says(
        "POST /google-token",
        json!({ "access_token": "of-the-directory", "expires_in": 3600 }),
    );
    openid.google = Some(fake);
    World { openid, _dir: dir }
}

fn person(domain: &str) -> Value {
    json!({ "sub": "1", "email": format!("Ann@{domain}"), "email_verified": true, "hd": domain })
}

impl World {
    fn google(&self) -> &Fake {
        self.openid.google.as_ref().unwrap()
    }

    fn groups(&self, of: &str, page: &str, answer: Value) {
        let of = of.replace('@', "%40");
        self.google().says(
            &format!("GET /admin/v1/groups?userKey={of}&maxResults=200{page}"),
            answer,
        );
    }
}

fn groups(names: &[&str]) -> Value {
    json!({ "groups": names.iter().map(|name| json!({ "email": name })).collect::<Vec<_>>() })
}

#[tokio::test]
async fn groups_are_asked_for_in_an_administrators_name() {
    let world = world(false).await;
    let mut first = groups(&["Staff@example.org"]);
    first["nextPageToken"] = json!("2");
    world.groups("Ann@example.org", "", first);
    world.groups("Ann@example.org", "&pageToken=2", groups(&["all@partner.example"]));
    let identity = known(
        world
            .openid
            .journey(person("example.org"), json!({ "email": "Ann@example.org" }))
            .await,
    );
    assert_eq!(identity.name, "Ann");
    assert_eq!(identity.groups.unwrap(), ["all@partner.example", "staff"]);
    let asked = world.google().asked("POST /google-token").pop().unwrap().fields;
    assert_eq!(asked["grant_type"], "urn:ietf:params:oauth:grant-type:jwt-bearer");
    let pem = PrivatePkcs8KeyDer::from_pem_slice(KEY.as_bytes()).unwrap();
    let pair = RsaKeyPair::from_pkcs8(pem.secret_pkcs8_der()).unwrap();
    let number = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let public = ring::rsa::PublicKeyComponents::<Vec<u8>>::from(pair.public());
    let keys = json!({ "keys": [{ "kty": "RSA", "kid": "k1", "n": number(&public.n), "e": number(&public.e) }] });
    let claims = jwt::verify(&asked["assertion"], &jwt::Keys::read(&keys)).unwrap();
    assert_eq!(claims["iss"], "hub@project.example");
    assert_eq!(claims["sub"], "admin@example.org");
    assert_eq!(claims["aud"], world.google().text("/google-token"));
    // The token is kept for others.
    known(
        world
            .openid
            .journey(person("example.org"), json!({ "email": "Ann@example.org" }))
            .await,
    );
    assert_eq!(world.google().asked("POST /google-token").len(), 1);
    let proofs = world
        .google()
        .asked("GET /admin/v1/groups?userKey=Ann%40example.org&maxResults=200");
    assert!(proofs.iter().all(|asked| asked.proof == "Bearer of-the-directory"));
}

#[tokio::test]
async fn groups_in_groups_count_where_that_is_wanted() {
    let world = world(true).await;
    world.groups("Ann@example.org", "", groups(&["a@example.org"]));
    world.groups("a@example.org", "", groups(&["b@example.org"]));
    world.groups("b@example.org", "", groups(&["a@example.org"]));
    let identity = known(
        world
            .openid
            .journey(person("example.org"), json!({ "email": "Ann@example.org" }))
            .await,
    );
    assert_eq!(identity.groups.unwrap(), ["a", "b"]);
}

#[tokio::test]
async fn who_can_not_be_asked_for_does_not_come_in_without_groups() {
    let world = world(false).await;
    world
        .google()
        .answers("POST /google-token", 401, json!({ "error": "unauthorized_client" }));
    let error = world
        .openid
        .journey(person("example.org"), json!({}))
        .await
        .unwrap_err();
    assert!(error.message.contains("in which groups"), "{}", error.message);
    world
        .google()
        .says("POST /google-token", json!({ "access_token": "t", "expires_in": 3600 }));
    assert!(
        world.openid.journey(person("example.org"), json!({})).await.is_err(),
        "404 is no answer"
    );
    // Of another domain nobody asks.
    let other = known(world.openid.journey(person("other.example"), json!({})).await);
    assert_eq!(other.groups, None);
}
