use base64::engine::general_purpose::STANDARD;
use jiff::SignedDuration;

use super::*;

fn query(url: &str) -> BTreeMap<String, String> {
    Url::parse(url).unwrap().query_pairs().into_owned().collect()
}

#[tokio::test]
async fn what_is_sent_there_and_what_is_known_then() {
    let openid = Openid::with(Box::new(Plain), |settings| {
        settings.authorize_params = [("prompt", "login"), ("state", "mine"), ("redirect_uri", "http://evil")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
    })
    .await;
    let departure = openid.departure().await;
    let sent = query(&departure.url);
    assert_eq!(sent["state"], "state-of-the-hub");
    assert_eq!(sent["redirect_uri"], begin().callback);
    assert_eq!(
        (sent["prompt"].as_str(), sent["response_type"].as_str()),
        ("login", "code")
    );
    assert!(!departure.url.contains("cret"));

    let user = json!({ "sub": "1", "preferred_username": "Ann", "groups": ["staff"], "email": "ann@example.org" });
    let identity = known(openid.journey(user, json!({ "sid": "session-3" })).await);
    assert_eq!(
        (identity.name.as_str(), identity.subject.as_deref()),
        ("Ann", Some("1"))
    );
    assert_eq!(identity.session.as_deref(), Some("session-3"));
    assert_eq!(identity.groups, Some(vec!["staff".to_owned()]));
    let asked = openid.fake.asked("POST /token").pop().unwrap().fields;
    assert_eq!(
        (asked["client_id"].as_str(), asked["client_secret"].as_str()),
        ("hub", "s&cret")
    );
    let challenge = digest::digest(&digest::SHA256, asked["code_verifier"].as_bytes());
    assert_eq!(asked["code_verifier"].len(), 64);
    assert_ne!(
        sent["code_challenge"],
        URL_SAFE_NO_PAD.encode(challenge),
        "each journey has its own"
    );
    assert_eq!(
        openid.fake.asked("GET /userinfo").pop().unwrap().proof,
        "Bearer access-7"
    );
}

#[tokio::test]
async fn an_id_token_is_of_this_journey_by_this_issuer_for_this_hub() {
    let openid = Openid::new().await;
    let user = json!({ "sub": "1", "preferred_username": "ann" });
    for wrong in [
        json!({ "nonce": "another" }),
        json!({ "nonce": null }),
        json!({ "iss": "https://evil.example.org" }),
        json!({ "aud": "another" }),
        json!({ "exp": openid.now() - 600 }),
        json!({ "sub": null }),
    ] {
        let refused = refusal(openid.journey(user.clone(), wrong.clone()).await);
        assert_eq!(refused.why, "id_token", "{wrong}");
    }
    known(openid.journey(user.clone(), json!({})).await);
    // Without any, the answer could be about a token that somebody else got.
    let departure = openid.departure().await;
    openid.fake.says("POST /token", json!({ "access_token": "access-7" }));
    assert_eq!(refusal(openid.arrive(&departure).await).why, "id_token");
    // And who the userinfo is about is who the token is about.
    let other = json!({ "sub": "2", "preferred_username": "root" });
    assert_eq!(refusal(openid.journey(other, json!({})).await).why, "subject");
}

#[tokio::test]
async fn new_keys_are_asked_for_and_not_too_often() {
    let mut openid = Openid::new().await;
    let user = json!({ "sub": "1", "preferred_username": "ann" });
    known(openid.journey(user.clone(), json!({})).await);
    openid.signer = Signer::new("second");
    openid.fake.says("GET /keys", json!({ "keys": [openid.signer.jwk()] }));
    // Whoever sends tokens with invented keys does not make us ask each time.
    refusal(openid.journey(user.clone(), json!({})).await);
    assert_eq!(openid.fake.asked("GET /keys").len(), 1);
    openid.clock.advance(SignedDuration::from_secs(31));
    known(openid.journey(user, json!({})).await);
    assert_eq!(openid.fake.asked("GET /keys").len(), 2);
    assert_eq!(openid.fake.asked("GET /.well-known/openid-configuration").len(), 1);
}

#[tokio::test]
async fn a_document_of_another_issuer_is_not_believed() {
    let openid = Openid::new().await;
    openid.fake.says(
        "GET /.well-known/openid-configuration",
        json!({ "issuer": "https://evil.example.org", "authorization_endpoint": "https://evil.example.org/a" }),
    );
    let error = openid.method.depart(&begin()).await.unwrap_err();
    assert!(error.message.contains("Campus can't be asked"), "{}", error.message);
    assert!(format!("{:?}", error.cause).contains("evil.example.org"));
}

#[tokio::test]
async fn without_a_note_nobody_comes_in() {
    let openid = Openid::new().await;
    let fields = [("code".to_owned(), "code-9".to_owned())];
    let arrival = Arrival {
        callback: begin().callback,
        fields: &fields,
        kept: None,
    };
    assert_eq!(refusal(openid.method.arrive(&arrival).await).why, "state");
    assert!(openid.fake.asked("POST /token").is_empty());
}

#[tokio::test]
async fn all_wanted_scopes_have_to_be_granted() {
    let openid = Openid::with(Box::new(Plain), |settings| {
        settings.scope = vec!["openid".into(), "files".into()];
        settings.allowed_scopes = vec!["files".into()];
    })
    .await;
    let grant = async |scope: Option<&str>| {
        let departure = openid.departure().await;
        let token = openid
            .signer
            .sign(&openid.claims(&json!({ "nonce": departure.keep["nonce"] })));
        openid
            .fake
            .says("GET /userinfo", json!({ "sub": "1", "preferred_username": "ann" }));
        let mut answer = json!({ "access_token": "a", "id_token": token });
        if let Some(scope) = scope {
            answer["scope"] = json!(scope);
        }
        openid.fake.says("POST /token", answer);
        openid.arrive(&departure).await
    };
    assert_eq!(refusal(grant(Some("openid")).await).why, "scopes");
    assert_eq!(refusal(grant(Some("openid filesystem")).await).why, "scopes");
    known(grant(Some("openid files")).await);
    known(grant(Some("openid,files")).await);
    // What is not said is as it was asked for.
    known(grant(None).await);
}

#[tokio::test]
async fn plain_oauth_without_any_openid() {
    let fake = Fake::start().await;
    let mut settings = settings(&fake, Box::new(Plain));
    settings.issuer = None;
    settings.scope = vec!["read".into()];
    settings.basic_auth = true;
    settings.username = "oauth_user.profile.login".into();
    settings.userdata_token_in_url = true;
    settings.given = Given {
        authorize: Some(fake.at("/authorize")),
        token: Some(fake.at("/token")),
        userdata: Some(fake.at("/me")),
        ..Given::default()
    };
    let method = started(settings, &Arc::default());
    let departure = method.depart(&begin()).await.unwrap();
    assert!(!departure.url.contains("nonce"));
    fake.says("POST /token", json!({ "access_token": "t" }));
    fake.says(
        "GET /me?access_token=t",
        json!({ "id": 7, "profile": { "login": "ann" } }),
    );
    let identity = known(arrive(&method, &departure).await);
    assert_eq!(
        (identity.name.as_str(), identity.subject.as_deref()),
        ("ann", Some("7"))
    );
    let asked = fake.asked("POST /token").pop().unwrap();
    let proof = asked.proof.strip_prefix("Basic ").unwrap();
    assert_eq!(STANDARD.decode(proof).unwrap(), b"hub:s%26cret");
    assert!(!asked.fields.contains_key("client_secret"));
}

#[tokio::test]
async fn a_wrong_secret_is_the_sites_mistake_and_a_wrong_code_the_journeys() {
    let openid = Openid::new().await;
    let departure = openid.departure().await;
    openid
        .fake
        .answers("POST /token", 401, json!({ "error": "invalid_client" }));
    assert!(openid.arrive(&departure).await.is_err());
    openid
        .fake
        .answers("POST /token", 400, json!({ "error": "invalid_grant" }));
    assert_eq!(refusal(openid.arrive(&departure).await).why, "code");
    // GitHub says it with status 200.
    openid
        .fake
        .says("POST /token", json!({ "error": "bad_verification_code" }));
    assert_eq!(refusal(openid.arrive(&departure).await).why, "code");
    openid.fake.answers("POST /token", 502, json!({}));
    assert!(openid.arrive(&departure).await.is_err());
}

#[tokio::test]
async fn roles_by_claim_are_those_that_mean_something_here() {
    let ours = [
        ("Hub Teachers", "teacher"),
        ("Hub Teachers", "grader"),
        ("Operators", "admin"),
    ];
    let ours = ours.map(|(theirs, ours)| (theirs.to_owned(), ours.to_owned())).to_vec();
    let roles = crate::oauth::settings::Roles {
        claim: "resource_access.hub.roles".into(),
        ours,
    };
    let campus = Openid::with(Box::new(Plain), |settings| settings.roles = Some(roles)).await;
    let told = |roles: Value| json!({ "sub": "1", "preferred_username": "ann", "resource_access": { "hub": { "roles": roles } } });
    let names = |answer| {
        let given = known(answer).roles.unwrap().into_iter();
        given.map(|role| role.name).collect::<Vec<_>>()
    };
    let some = campus
        .journey(told(json!(["Hub Teachers", "offline_access", "admin"])), json!({}))
        .await;
    assert_eq!(names(some), ["grader", "teacher"]);
    let none = campus.journey(told(json!([])), json!({})).await;
    assert!(names(none).is_empty(), "none is something said");
    let unasked = Openid::new().await.journey(told(json!(["Operators"])), json!({})).await;
    assert_eq!(known(unasked).roles, None);
}
