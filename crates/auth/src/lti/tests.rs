//! A platform with keys of its own, and those who would like to be one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use perijove_model::{Clock, MockClock, Secret, SeededRng};
use serde_json::{Value, json};
use url::Url;

use super::advantage::{self, Platform};
use super::basic::{self, Consumers, signed};
use super::*;
use crate::jwt::testing::{Signer, encoded};
use crate::oauth::tests::Fake;
use crate::web::Trust;
use crate::{Arrival, Authenticator, Begin, Departure, Identity, Rules};

const CLAIM: &str = "https://purl.imsglobal.org/spec/lti/claim/";
const LAUNCH: &str = "https://hub.example.org/hub/lti/launch";

#[derive(Default)]
struct Spent(Mutex<BTreeSet<String>>);

#[async_trait]
impl Nonces for Spent {
    async fn spend(&self, nonce: &str, _: Timestamp) -> Result<bool, AuthError> {
        Ok(self.0.lock().unwrap().insert(nonce.to_owned()))
    }
}

struct World {
    fake: Fake,
    signer: Signer,
    clock: Arc<MockClock>,
    spent: Arc<Spent>,
    method: Platform,
}

async fn world(change: impl FnOnce(&mut advantage::Settings)) -> World {
    let fake = Fake::start().await;
    let signer = Signer::new("of the platform");
    fake.says("GET /keys", json!({ "keys": [signer.jwk()] }));
    let (clock, spent) = (Arc::new(MockClock::default()), Arc::new(Spent::default()));
    let mut settings = advantage::Settings {
        name: "moodle".into(),
        rules: Rules::default(),
        issuer: "https://lms.example.org".into(),
        client_ids: vec!["hub-there".into()],
        authorize_url: Url::parse("https://lms.example.org/auth?a=1").unwrap(),
        jwks_endpoint: fake.at("/keys"),
        deployment_ids: vec!["7".into()],
        algorithms: vec!["ES256".into()],
        username_key: "email".into(),
        groups_key: Some("roles".into()),
        trust: Trust::default(),
    };
    change(&mut settings);
    let nonces = Arc::clone(&spent) as Arc<dyn Nonces>;
    let method = Platform::new(
        settings,
        nonces,
        Arc::clone(&clock) as Arc<dyn Clock>,
        Arc::new(SeededRng::new(3)),
    );
    World {
        fake,
        signer,
        clock,
        spent,
        method,
    }
}

fn fields(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

const INITIATION: [(&str, &str); 4] = [
    ("iss", "https://lms.example.org"),
    ("login_hint", "ann&there"),
    ("lti_message_hint", "link 5"),
    ("target_link_uri", "https://hub.example.org/hub/spawn"),
];

impl World {
    async fn depart(&self, pairs: &[(&str, &str)]) -> Result<Departure, AuthError> {
        let begin = Begin {
            callback: "https://hub.example.org/hub/lti13/oauth_callback",
            state: "state-of-the-hub",
            fields: &fields(pairs),
        };
        self.method.depart(&begin).await
    }

    fn claims(&self, kept: &Value, change: &Value) -> Value {
        let now = self.clock.now().as_second();
        let mut claims = json!({
            "iss": "https://lms.example.org", "aud": "hub-there", "sub": "person-5", "iat": now, "exp": now + 300,
            "nonce": kept["nonce"], "email": "ann@example.org", "name": "Ann",
        });
        let of_lti = json!({
            "version": "1.3.0", "message_type": "LtiResourceLinkRequest", "deployment_id": "7",
            "roles": ["http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"],
            "custom": { "uname": "ann5" }, "context": { "id": "c1", "label": "PHYS" },
        });
        for (name, value) in of_lti.as_object().unwrap() {
            claims[format!("{CLAIM}{name}")] = value.clone();
        }
        for (name, value) in change.as_object().unwrap() {
            claims[name] = value.clone();
        }
        claims
    }

    async fn arrive(&self, kept: Option<&Value>, token: &str) -> Result<Answer, AuthError> {
        let fields = fields(&[("id_token", token), ("state", "state-of-the-hub")]);
        let arrival = Arrival {
            callback: "https://hub.example.org/hub/lti13/oauth_callback",
            fields: &fields,
            kept,
        };
        self.method.arrive(&arrival).await
    }

    async fn launch(&self, change: Value) -> Answer {
        let kept = self.depart(&INITIATION).await.unwrap().keep;
        let token = self.signer.sign(&self.claims(&kept, &change));
        self.arrive(Some(&kept), &token).await.unwrap()
    }
}

#[track_caller]
fn known(answer: Answer) -> Identity {
    match answer {
        Answer::Known(identity) => *identity,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn why(answer: Answer) -> &'static str {
    match answer {
        Answer::Refused(refusal) => refusal.why,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn from_the_platform_and_back() {
    let world = world(|_| {}).await;
    let departure = world.depart(&INITIATION).await.unwrap();
    let url = Url::parse(&departure.url).unwrap();
    let asked: BTreeMap<_, _> = url.query_pairs().into_owned().collect();
    for (name, value) in [
        ("a", "1"),
        ("response_type", "id_token"),
        ("response_mode", "form_post"),
        ("prompt", "none"),
        ("scope", "openid"),
        ("client_id", "hub-there"),
        ("login_hint", "ann&there"),
        ("lti_message_hint", "link 5"),
        ("state", "state-of-the-hub"),
        ("redirect_uri", "https://hub.example.org/hub/lti13/oauth_callback"),
    ] {
        assert_eq!(asked[name], value);
    }
    let token = world.signer.sign(&world.claims(&departure.keep, &json!({})));
    let identity = known(world.arrive(Some(&departure.keep), &token).await.unwrap());
    assert_eq!(identity.name, "ann@example.org");
    assert_eq!(identity.subject.as_deref(), Some("person-5"));
    assert_eq!(identity.groups, Some(vec!["Instructor".to_owned()]));
    assert_eq!(identity.user_info.unwrap()["name"], "Ann");
    // The same launch is none a second time.
    assert_eq!(
        why(world.arrive(Some(&departure.keep), &token).await.unwrap()),
        "used before"
    );
    // Without an address, people are who the platform says.
    let identity = known(world.launch(json!({ "email": "" })).await);
    assert_eq!(identity.name, "person-5");
}

#[tokio::test]
async fn names_and_groups_by_claim() {
    let by_custom = world(|settings| {
        settings.username_key = "custom_uname".into();
        settings.groups_key = Some("context.label".into());
        settings.deployment_ids.clear();
    });
    let identity = known(by_custom.await.launch(json!({})).await);
    assert_eq!(
        (identity.name.as_str(), identity.groups),
        ("ann5", Some(vec!["PHYS".to_owned()]))
    );
}

#[tokio::test]
async fn a_launch_of_somebody_else_is_not_begun() {
    let world = world(|settings| settings.client_ids.push("second".into())).await;
    let with = |name: &'static str, value: &'static str| {
        let mut pairs = INITIATION.to_vec();
        pairs.retain(|(key, _)| *key != name);
        pairs.push(("client_id", "second"));
        if !value.is_empty() {
            pairs.push((name, value));
        }
        pairs
    };
    world.depart(&with("x", "y")).await.unwrap();
    assert!(world.depart(&INITIATION).await.is_err(), "which of the two is not said");
    for pairs in [
        with("iss", ""),
        with("iss", "https://lms.example.org/"),
        with("login_hint", ""),
        with("lti_deployment_id", "8"),
        with("client_id", "third"),
    ] {
        assert!(world.depart(&pairs).await.is_err(), "{pairs:?}");
    }
}

#[tokio::test]
async fn what_does_not_hold_is_refused() {
    let world = world(|_| {}).await;
    let now = world.clock.now().as_second();
    for (change, wanted) in [
        (json!({ "nonce": "another" }), "nonce"),
        (json!({ "iss": "https://evil.example" }), "token"),
        (json!({ "aud": "somebody" }), "token"),
        (json!({ "aud": ["hub-there", "other"] }), "token"),
        (json!({ "exp": now - 600 }), "token"),
        (
            json!({ "https://purl.imsglobal.org/spec/lti/claim/deployment_id": "8" }),
            "deployment",
        ),
        (
            json!({ "https://purl.imsglobal.org/spec/lti/claim/deployment_id": null }),
            "deployment",
        ),
        (
            json!({ "https://purl.imsglobal.org/spec/lti/claim/version": "1.1" }),
            "no launch",
        ),
        (
            json!({ "https://purl.imsglobal.org/spec/lti/claim/message_type": "LtiDeepLinkingRequest" }),
            "no launch",
        ),
        (json!({ "sub": "" }), "nobody in particular"),
    ] {
        assert_eq!(why(world.launch(change.clone()).await), wanted, "{change}");
    }
    let kept = world.depart(&INITIATION).await.unwrap().keep;
    let token = world.signer.sign(&world.claims(&kept, &json!({})));
    assert_eq!(why(world.arrive(None, &token).await.unwrap()), "not begun here");
    let other = world.depart(&INITIATION).await.unwrap().keep;
    assert_eq!(why(world.arrive(Some(&other), &token).await.unwrap()), "nonce");
}

/// A token counts only if the platform's key has signed it.
#[tokio::test]
async fn cve_2023_25574() {
    let world = world(|_| {}).await;
    let kept = world.depart(&INITIATION).await.unwrap().keep;
    let claims = world.claims(&kept, &json!({ "email": "root" }));
    let good = world.signer.sign(&world.claims(&kept, &json!({})));
    let parts: Vec<&str> = good.split('.').collect();
    let forged = format!("{}.{}.{}", parts[0], encoded(&claims), parts[2]);
    let none = format!("{}.{}.", encoded(&json!({ "alg": "none" })), encoded(&claims));
    let unsigned = format!(
        "{}.{}.",
        encoded(&json!({ "alg": "ES256", "kid": "of the platform" })),
        encoded(&claims)
    );
    let other = Signer::new("of the platform").sign(&claims);
    let unknown = Signer::new("of nobody").sign(&claims);
    for token in ["", "a.b.c", &forged, &none, &unsigned, &other, &unknown] {
        assert_eq!(why(world.arrive(Some(&kept), token).await.unwrap()), "token", "{token}");
    }
    assert!(world.spent.0.lock().unwrap().is_empty());
    // Nor by a key that is agreed on for something else.
    let narrow = self::world(|settings| settings.algorithms = vec!["RS256".into()]).await;
    assert_eq!(why(narrow.launch(json!({})).await), "token");
    known(world.arrive(Some(&kept), &good).await.unwrap());
}

/// Launches that nobody has signed leave nothing behind, however many come, and don't use up the one that was signed.
#[tokio::test]
async fn cve_2026_34052() {
    let world = world(|_| {}).await;
    let kept = world.depart(&INITIATION).await.unwrap().keep;
    let thief = Signer::new("of the platform");
    for number in 0..500 {
        let claims = world.claims(&kept, &json!({ "jti": number }));
        assert_eq!(
            why(world.arrive(Some(&kept), &thief.sign(&claims)).await.unwrap()),
            "token"
        );
    }
    assert!(
        world.fake.asked("GET /keys").len() <= 2,
        "nor is the platform asked again and again"
    );
    let consumers = consumers(&world.clock, &world.spent);
    for number in 0..500 {
        let mut launch = basic_launch(&world.clock, &[("oauth_nonce", &number.to_string())]);
        signed(LAUNCH, &Secret::new("wrong"), &mut launch);
        assert_eq!(why(arrive(&consumers, &launch).await), "signature");
    }
    assert!(world.spent.0.lock().unwrap().is_empty());
    let good = world.signer.sign(&world.claims(&kept, &json!({})));
    known(world.arrive(Some(&kept), &good).await.unwrap());
}

fn consumers(clock: &Arc<MockClock>, spent: &Arc<Spent>) -> Consumers {
    let settings = basic::Settings {
        name: "old".into(),
        rules: Rules::default(),
        consumers: BTreeMap::from([("key".to_owned(), Secret::new("se&cret"))]),
        username_key: None,
        groups_key: Some("roles".into()),
    };
    let nonces = Arc::clone(spent) as Arc<dyn Nonces>;
    Consumers::new(settings, nonces, Arc::clone(clock) as Arc<dyn Clock>)
}

fn basic_launch(clock: &MockClock, more: &[(&str, &str)]) -> Vec<(String, String)> {
    let at = clock.now().as_second().to_string();
    let mut launch = BTreeMap::from([
        ("lti_message_type", "basic-lti-launch-request"),
        ("lti_version", "LTI-1p0"),
        ("oauth_consumer_key", "key"),
        ("oauth_signature_method", "HMAC-SHA1"),
        ("oauth_version", "1.0"),
        ("oauth_nonce", "n1"),
        ("oauth_timestamp", at.as_str()),
        ("user_id", "5"),
        ("roles", "Instructor,urn:lti:instrole:ims/lis/Student"),
        ("lis_person_name_full", "Ann Lee é & more"),
        ("resource_link_title", ""),
    ]);
    launch.extend(more.iter().copied());
    fields(&launch.into_iter().collect::<Vec<_>>())
}

async fn arrive(method: &Consumers, fields: &[(String, String)]) -> Answer {
    let arrival = Arrival {
        callback: LAUNCH,
        fields,
        kept: None,
    };
    method.arrive(&arrival).await.unwrap()
}

#[tokio::test]
async fn a_signed_form_counts_once() {
    let (clock, spent) = (Arc::new(MockClock::default()), Arc::new(Spent::default()));
    let method = consumers(&clock, &spent);
    let secret = Secret::new("se&cret");
    let mut launch = basic_launch(&clock, &[]);
    signed(LAUNCH, &secret, &mut launch);
    let identity = known(arrive(&method, &launch).await);
    assert_eq!(
        (identity.name.as_str(), identity.subject.as_deref()),
        ("5", Some("key:5"))
    );
    assert_eq!(identity.groups.unwrap(), ["Instructor", "Student"]);
    let state = identity.auth_state.unwrap();
    assert!(state.get("oauth_nonce").is_none() && state["user_id"] == "5");
    assert_eq!(why(arrive(&method, &launch).await), "used before");
    let mut canvas = basic_launch(&clock, &[("oauth_nonce", "n2"), ("custom_canvas_user_id", "ann")]);
    signed(LAUNCH, &secret, &mut canvas);
    assert_eq!(known(arrive(&method, &canvas).await).name, "ann");

    let mut fresh = basic_launch(&clock, &[("oauth_nonce", "n3")]);
    signed(LAUNCH, &secret, &mut fresh);
    let mut changed = fresh.clone();
    for (name, value) in &mut changed {
        if name == "user_id" {
            "6".clone_into(value);
        }
    }
    assert_eq!(why(arrive(&method, &changed).await), "signature");
    let mut twice = fresh.clone();
    twice.push(("oauth_consumer_key".into(), "key".into()));
    assert_eq!(why(arrive(&method, &twice).await), "signature");
    for (name, value, wanted) in [
        ("oauth_signature_method", "PLAINTEXT", "no launch"),
        ("lti_message_type", "ContentItemSelectionRequest", "no launch"),
        ("oauth_timestamp", "yesterday", "no launch"),
        ("oauth_consumer_key", "nobody", "signature"),
        ("oauth_nonce", "", "signature"),
    ] {
        let mut other = basic_launch(&clock, &[(name, value)]);
        signed(LAUNCH, &secret, &mut other);
        assert_eq!(why(arrive(&method, &other).await), wanted, "{name}");
    }
    let mut unknown = basic_launch(&clock, &[("oauth_consumer_key", "nobody")]);
    signed(LAUNCH, &Secret::default(), &mut unknown);
    assert_eq!(
        why(arrive(&method, &unknown).await),
        "signature",
        "an empty secret is nobody's"
    );
    clock.advance(SignedDuration::from_mins(6));
    assert_eq!(why(arrive(&method, &fresh).await), "too old");
}

/// The example of RFC 5849, 3.4.1.1, as far as it is the same.
#[test]
fn what_is_signed() {
    let secret = Secret::new("j49sk3j29djd");
    let mut one = fields(&[("b5", "=%3D"), ("a3", "a"), ("a2", "r b"), ("c2", "")]);
    let mut other = one.clone();
    other.reverse();
    signed("HTTP://EXAMPLE.COM:80/request?x=y", &secret, &mut one);
    signed("http://example.com/request", &secret, &mut other);
    assert_eq!(
        one.last(),
        other.last(),
        "neither order nor spelling of the address matter"
    );
}
