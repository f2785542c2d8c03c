//! People who come from a learning platform: with keys of its own, in a browser's words.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::SignedDuration;
use perijove_model::escape::component;
use perijove_store::users;
use perijove_testkit::{Answer, App, Browser};
use reqwest::Method;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use url::Url;

/// A platform that shows its keys at an address.
struct Platform {
    pair: EcdsaKeyPair,
    keys: String,
}

fn pair() -> EcdsaKeyPair {
    let random = SystemRandom::new();
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random).unwrap()
}

impl Platform {
    async fn open() -> Self {
        let pair = pair();
        let public = pair.public_key().as_ref();
        let keys = json!({ "keys": [{
            "kty": "EC", "crv": "P-256", "use": "sig", "kid": "1",
            "x": URL_SAFE_NO_PAD.encode(&public[1..33]), "y": URL_SAFE_NO_PAD.encode(&public[33..]),
        }] })
        .to_string();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = format!("http://{}/keys", listener.local_addr().unwrap());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    let Ok(byte) = stream.read_u8().await else { break };
                    head.push(byte);
                }
                let answer = format!(
                    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{keys}",
                    keys.len()
                );
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        Self { pair, keys: at }
    }

    fn sign_with(pair: &EcdsaKeyPair, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let text = format!("{}.{}", part(&json!({ "alg": "ES256", "kid": "1" })), part(claims));
        let signature = pair.sign(&SystemRandom::new(), text.as_bytes()).unwrap();
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    fn config(&self) -> String {
        format!(
            "[access]\nallow_all = true\n\
             [[auth]]\nkind = \"lti\"\nname = \"moodle\"\nissuer = \"https://lms.example.org\"\nclient_id = \"hub\"\n\
             authorize_url = \"https://lms.example.org/auth\"\njwks_endpoint = \"{}\"\njwks_algorithms = [\"ES256\"]\n\
             username_key = \"custom_uname\"\ngroups_key = \"roles\"\nadmin_groups = [\"Administrator\"]\n\
             [[auth]]\nkind = \"lti11\"\nname = \"old\"\nshared_names = true\nconsumers = {{ key = \"secret-of-the-old-platform\" }}\n",
            self.keys
        )
    }
}

const BEGIN: &str = "hub/lti13/oauth_login";
const BACK: &str = "hub/lti13/oauth_callback";

/// Begins at the platform; what the hub asks it for.
async fn begin(browser: &Browser) -> BTreeMap<String, String> {
    let target = component(&format!("{}/hub/token", browser.url("").trim_end_matches('/')));
    let path = format!("{BEGIN}?iss=https%3A%2F%2Flms.example.org&login_hint=5&target_link_uri={target}");
    let left = browser.get(&path).await.expect(302);
    let url = Url::parse(left.to()).unwrap();
    assert_eq!(url.host_str(), Some("lms.example.org"));
    url.query_pairs().into_owned().collect()
}

fn claims(app: &App, asked: &BTreeMap<String, String>, name: &str) -> Value {
    let now = perijove_model::Clock::now(&*app.clock).as_second();
    json!({
        "iss": "https://lms.example.org", "aud": "hub", "sub": format!("id of {name}"), "iat": now, "exp": now + 600,
        "nonce": asked["nonce"],
        "https://purl.imsglobal.org/spec/lti/claim/version": "1.3.0",
        "https://purl.imsglobal.org/spec/lti/claim/message_type": "LtiResourceLinkRequest",
        "https://purl.imsglobal.org/spec/lti/claim/deployment_id": "1",
        "https://purl.imsglobal.org/spec/lti/claim/roles": ["http://purl.imsglobal.org/vocab/lis/v2/institution/person#Instructor"],
        "https://purl.imsglobal.org/spec/lti/claim/custom": { "uname": name },
    })
}

/// Comes back with a form of another site's.
async fn back(browser: &Browser, token: &str, state: &str, again: bool) -> Answer {
    let mut fields = vec![("id_token", token), ("state", state)];
    if again {
        fields.push(("again", "1"));
    }
    let request = browser
        .request(Method::POST, BACK)
        .header("origin", "https://lms.example.org");
    browser.send(request.form(&fields)).await
}

async fn signed_in_as(browser: &Browser) -> Option<String> {
    let me = browser.api(Method::GET, "user", None).await;
    (me.status == 200).then(|| me.json()["name"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn from_a_course_to_a_place_here() {
    let platform = Platform::open().await;
    let app = App::builder().config(&platform.config()).start().await;
    let browser = app.browser();
    let asked = begin(&browser).await;
    assert_eq!(asked["redirect_uri"], format!("{}/hub/lti13/oauth_callback", app.url));
    let token = Platform::sign_with(&platform.pair, &claims(&app, &asked, "Ann"));
    let came = back(&browser, &token, &asked["state"], false).await.expect(302);
    assert_eq!(came.to(), "/hub/token");
    assert_eq!(signed_in_as(&browser).await.as_deref(), Some("ann"));
    // Once only, in whichever browser.
    let again = back(&browser, &token, &asked["state"], true).await;
    assert_eq!(again.status, 403, "{}", again.body);
    // Who is somebody else there is somebody else here, whatever they call themselves.
    let other = app.browser();
    let asked = begin(&other).await;
    let mut stolen = claims(&app, &asked, "ann");
    stolen["sub"] = json!("somebody else");
    let token = Platform::sign_with(&platform.pair, &stolen);
    assert_eq!(back(&other, &token, &asked["state"], false).await.status, 403);
    assert_eq!(signed_in_as(&other).await, None);
}

#[tokio::test]
async fn a_browser_that_keeps_its_cookie_back_sends_the_form_again_from_here() {
    let platform = Platform::open().await;
    let app = App::builder().config(&platform.config()).start().await;
    let (browser, other) = (app.browser(), app.browser());
    let asked = begin(&browser).await;
    let token = Platform::sign_with(&platform.pair, &claims(&app, &asked, "ann"));
    // As without its cookie: a page that sends the same from here.
    let page = back(&other, &token, &asked["state"], false).await.expect(200);
    assert!(
        page.body.contains("name=\"again\"") && page.body.contains(&token),
        "{}",
        page.body
    );
    assert!(
        page.text().contains("action=\"/hub/lti13/oauth_callback\""),
        "{}",
        page.body
    );
    back(&browser, &token, &asked["state"], true).await.expect(302);
    assert_eq!(signed_in_as(&browser).await.as_deref(), Some("ann"));
    // Who has not begun it is nobody, and goes round once.
    let stranger = back(&other, &token, &asked["state"], true).await;
    assert_eq!(stranger.status, 403);
    assert!(
        stranger.text().contains("not begun in this browser"),
        "{}",
        stranger.text()
    );
}

#[tokio::test]
async fn the_cookie_of_the_way_goes_with_forms_of_others_where_that_is_safe() {
    let platform = Platform::open().await;
    let config = format!("[hub]\npublic_url = \"https://hub.example.org\"\n{}", platform.config());
    let app = App::builder().config(&config).start().await;
    let path = format!("{BEGIN}?iss=https%3A%2F%2Flms.example.org&login_hint=5");
    let left = app.browser().get(&path).await.expect(302);
    let cookie = left.header("set-cookie");
    assert!(
        cookie.contains("SameSite=None") && cookie.contains("Secure") && cookie.contains("HttpOnly"),
        "{cookie}"
    );
    assert!(
        left.to()
            .contains("redirect_uri=https%3A%2F%2Fhub.example.org%2Fhub%2Flti13%2Foauth_callback")
    );
}

#[tokio::test]
async fn what_is_not_the_platforms_word_lets_nobody_in() {
    let platform = Platform::open().await;
    let app = App::builder().config(&platform.config()).start().await;
    let browser = app.browser();
    for query in [
        "",
        "?iss=https%3A%2F%2Fevil.example&login_hint=5",
        "?iss=https%3A%2F%2Flms.example.org",
    ] {
        let left = browser.get(&format!("{BEGIN}{query}")).await;
        assert_eq!(left.status, 400, "{query}: {}", left.body);
    }
    for forged in [true, false] {
        let asked = begin(&browser).await;
        let mut said = claims(&app, &asked, "ann");
        if !forged {
            said["nonce"] = json!("another");
        }
        let thief = pair();
        let token = Platform::sign_with(if forged { &thief } else { &platform.pair }, &said);
        let refused = back(&browser, &token, &asked["state"], false).await;
        assert_eq!(refused.status, 403, "{}", refused.body);
        assert!(refused.text().contains("does not hold"), "{}", refused.text());
        assert_eq!(signed_in_as(&browser).await, None);
    }
    assert!(users::by_name(&app.hub.store, "ann").await.unwrap().is_none());
    // Nobody begins here: the page says from where.
    let page = browser.get("hub/login").await;
    assert_eq!(page.status, 403);
    assert!(page.text().contains("your course"), "{}", page.text());
}

fn launch(app: &App, more: &[(&str, &str)], secret: &str) -> Vec<(String, String)> {
    let now = perijove_model::Clock::now(&*app.clock).as_second().to_string();
    let mut fields = BTreeMap::from([
        ("lti_message_type", "basic-lti-launch-request"),
        ("lti_version", "LTI-1p0"),
        ("oauth_consumer_key", "key"),
        ("oauth_signature_method", "HMAC-SHA1"),
        ("oauth_nonce", "first"),
        ("oauth_timestamp", now.as_str()),
        ("user_id", "bob"),
        ("custom_next", "/hub/home"),
    ]);
    fields.extend(more.iter().copied());
    let pairs = fields.iter().map(|(name, value)| (component(name), component(value)));
    let mut sorted: Vec<(String, String)> = pairs.collect();
    sorted.sort();
    let sorted: Vec<String> = sorted.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let url = format!("{}/hub/lti/launch", app.url);
    let base = format!("POST&{}&{}", component(&url), component(&sorted.join("&")));
    let key = ring::hmac::Key::new(
        ring::hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        format!("{secret}&").as_bytes(),
    );
    let signature = STANDARD.encode(ring::hmac::sign(&key, base.as_bytes()));
    let mut all: Vec<(String, String)> = fields.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    all.push(("oauth_signature".to_owned(), signature));
    all
}

#[tokio::test]
async fn the_older_way_counts_once_and_for_some_minutes() {
    let platform = Platform::open().await;
    let app = App::builder().config(&platform.config()).start().await;
    let send = async |browser: &Browser, fields: &[(String, String)]| {
        browser
            .send(browser.request(Method::POST, "hub/lti/launch").form(fields))
            .await
    };
    let browser = app.browser();
    let good = launch(&app, &[], "secret-of-the-old-platform");
    let wrong = launch(&app, &[], "a guess");
    assert_eq!(send(&browser, &wrong).await.status, 403);
    let came = send(&browser, &good).await.expect(302);
    assert_eq!(came.to(), "/hub/home");
    assert_eq!(signed_in_as(&browser).await.as_deref(), Some("bob"));
    let thief = app.browser();
    assert_eq!(send(&thief, &good).await.status, 403);
    let late = launch(&app, &[("oauth_nonce", "second")], "secret-of-the-old-platform");
    app.clock.advance(SignedDuration::from_mins(6));
    assert_eq!(send(&thief, &late).await.status, 403);
    assert_eq!(signed_in_as(&thief).await, None);
}

#[tokio::test]
async fn platforms_are_told_what_they_want_to_know() {
    let platform = Platform::open().await;
    let app = App::builder().config(&platform.config()).start().await;
    let browser = app.browser();
    let told = browser.get("hub/lti13/config").await.expect(200).json();
    assert_eq!(
        told["oidc_initiation_url"],
        format!("{}/hub/lti13/oauth_login", app.url)
    );
    assert_eq!(
        told["redirect_uris"][0],
        format!("{}/hub/lti13/oauth_callback", app.url)
    );
    assert_eq!(
        browser.get("hub/lti13/jwks").await.expect(200).json()["keys"],
        json!([])
    );
    let told = browser.get("hub/lti11/config").await.expect(200);
    assert!(
        told.text()
            .contains(&format!("<blti:launch_url>{}/hub/lti/launch<", app.url)),
        "{}",
        told.body
    );
    browser.get("hub/lti13/config/nosuch").await.expect(404);
}
