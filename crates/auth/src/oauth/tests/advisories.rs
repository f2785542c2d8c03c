//! What went wrong elsewhere, each by its name.

use super::super::presets::cilogon::{CiLogon, IdentityProvider};
use super::super::presets::gitlab::GitLab;
use super::super::presets::mail::Mail;
use super::presets::{globus, plain};
use super::*;

fn mail(domains: &[&str]) -> Box<dyn Preset> {
    Box::new(Mail {
        hosted_domains: domains.iter().map(ToString::to_string).collect(),
        strip_domain: true,
        unverified: false,
    })
}

async fn by_mail(preset: Box<dyn Preset>, user: Value) -> Result<Answer, AuthError> {
    let openid = Openid::with(preset, |settings| {
        settings.username = "email".into();
        settings.rules.allow_all = true;
    })
    .await;
    let mut said = json!({ "sub": "1", "email": "ann@example.org" });
    said.as_object_mut().unwrap().extend(user.as_object().unwrap().clone());
    openid.journey(said, json!({})).await
}

/// Auth0: an address that nobody has checked was a name.
#[tokio::test]
async fn cve_2026_33175() {
    for user in [
        json!({}),
        json!({ "email_verified": false }),
        json!({ "email_verified": "no" }),
    ] {
        let refused = refusal(by_mail(mail(&[]), user.clone()).await);
        assert_eq!(refused.why, "unverified address", "{user}");
        assert!(refused.message.contains("not verified"));
    }
    assert_eq!(
        known(by_mail(mail(&[]), json!({ "email_verified": true })).await).name,
        "ann@example.org"
    );
}

/// Google: the domain was that of the address, which anybody may write.
#[tokio::test]
async fn cve_2024_29033() {
    let verified = |hd: Value| json!({ "email_verified": true, "hd": hd });
    for hd in [
        Value::Null,
        json!(""),
        json!("example.org.evil.com"),
        json!("other.org"),
    ] {
        let refused = refusal(by_mail(mail(&["example.org"]), verified(hd.clone())).await);
        assert_eq!(refused.why, "hosted domain", "{hd}");
    }
    assert_eq!(
        known(by_mail(mail(&["example.org"]), verified(json!("Example.org"))).await).name,
        "ann"
    );
    // Somebody with an address elsewhere keeps it whole, so that nobody is called like somebody else.
    let mut other = verified(json!("example.org"));
    other["email"] = json!("ann@gmail.com");
    assert_eq!(
        known(by_mail(mail(&["example.org"]), other).await).name,
        "ann@gmail.com"
    );
}

/// Globus: `allow_all` made `identity_provider` count for nothing.
#[tokio::test]
async fn ghsa_gprj_3p75_f996() {
    let openid = Openid::with(
        Box::new(globus(&Fake::start().await, Some("example.org"))),
        |settings| {
            settings.rules.allow_all = true;
        },
    )
    .await;
    let of = |name: &str| json!({ "sub": "1", "preferred_username": name });
    for name in [
        "ann@evil.org",
        "ann",
        "ann@example.org.evil.com",
        "ann@evil.org@example.org",
    ] {
        let refused = refusal(openid.journey(of(name), json!({})).await);
        assert_eq!(refused.why, "identity provider", "{name}");
    }
    assert_eq!(
        known(openid.journey(of("ann@example.org"), json!({})).await).name,
        "ann"
    );
}

fn cilogon() -> Box<dyn Preset> {
    let campus = IdentityProvider {
        entity: "https://idp.example.org".into(),
        username_claim: "email".into(),
        strip_domain: Some("example.org".into()),
        allowed_domains: vec!["example.org".into()],
        ..IdentityProvider::default()
    };
    let other = IdentityProvider {
        entity: "https://idp.other.org".into(),
        username_claim: "email".into(),
        prefix: Some("other".into()),
        ..IdentityProvider::default()
    };
    Box::new(CiLogon {
        providers: vec![campus, other],
    })
}

/// CILogon: what an address looks like stood for who had vouched for it.
#[tokio::test]
async fn cve_2022_31027() {
    let openid = Openid::with(cilogon(), |_| {}).await;
    let of = |idp: Value| json!({ "sub": "1", "email": "ann@example.org", "idp": idp });
    for idp in [json!("https://idp.evil.org"), json!(""), Value::Null] {
        let refused = refusal(openid.journey(of(idp.clone()), json!({})).await);
        assert_eq!(refused.why, "identity provider", "{idp}");
    }
    let theirs = known(openid.journey(of(json!("https://idp.example.org")), json!({})).await);
    assert_eq!((theirs.name.as_str(), theirs.allowed), ("ann", true));
    // Another provider that is known says the same address: another name, and let in by nothing.
    let others = known(openid.journey(of(json!("https://idp.other.org")), json!({})).await);
    assert_eq!((others.name.as_str(), others.allowed), ("other:ann@example.org", false));
}

/// GitLab: an answer that said nothing of a membership counted as one.
#[tokio::test]
async fn cve_2018_7206() {
    let fake = Fake::start().await;
    let gitlab = || {
        Box::new(GitLab {
            api: fake.at("/api"),
            groups: vec!["physics/lab".into()],
            projects: vec!["12".into()],
        })
    };
    let (group, project) = (
        "GET /api/groups/physics%2Flab/members/all/7",
        "GET /api/projects/12/members/all/7",
    );
    let is_allowed = async || {
        let user = json!({ "login": "ann", "id": 7 });
        known(plain(&fake, gitlab(), user, "read_api").await).allowed
    };
    for status in [404, 403, 401, 500, 502, 204, 202] {
        fake.answers(group, status, json!({ "access_level": 50 }));
        fake.answers(project, status, json!({ "access_level": 50 }));
        assert!(!is_allowed().await, "{status}");
    }
    fake.says(project, json!({ "access_level": 20 }));
    assert!(!is_allowed().await, "a reporter does not develop");
    fake.says(project, json!({ "access_level": 30 }));
    assert!(is_allowed().await);
    fake.answers(project, 404, json!({}));
    fake.says(group, json!({ "access_level": 10, "state": "awaiting" }));
    assert!(!is_allowed().await);
    fake.says(group, json!({ "access_level": 10, "state": "active" }));
    assert!(is_allowed().await);
}

/// Codes and tokens were in logs: what is said of a call that failed has neither.
#[tokio::test]
async fn cve_2022_24757() {
    let openid = Openid::with(Box::new(Plain), |settings| settings.userdata_token_in_url = true).await;
    let departure = openid.departure().await;
    let claims = openid.claims(&json!({ "nonce": departure.keep["nonce"] }));
    let token = openid.signer.sign(&claims);
    openid.fake.says(
        "POST /token",
        json!({ "access_token": "very-secret", "id_token": token }),
    );
    openid.fake.answers(
        "GET /userinfo?access_token=very-secret",
        500,
        json!({ "token": "very-secret" }),
    );
    let error = openid.arrive(&departure).await.unwrap_err();
    let told = format!("{error} {error:?}");
    assert!(told.contains("/userinfo"), "{told}");
    for secret in [
        "very-secret",
        "code-9",
        "s&cret",
        departure.keep["verifier"].as_str().unwrap(),
    ] {
        assert!(!told.contains(secret), "{told}");
    }
}
