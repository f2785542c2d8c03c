//! Journeys that were tampered with: nobody comes in, and everybody is told something of use.

use jiff::SignedDuration;
use perijove_store::identities;
use serde_json::json;

use super::{Campus, with};

const OPEN: &str = "[access]\nallow_all = true\n";

#[tokio::test]
async fn a_journey_belongs_to_one_browser_once_and_for_a_while() {
    let Some(campus) = Campus::open("", OPEN).await else {
        return;
    };
    let (browser, other) = (campus.app.browser(), campus.app.browser());
    let another = "This sign-in was begun in another browser, or it took too long.";

    // Somebody sends somebody else their own way back: that one would be signed in as the first (login CSRF).
    let back = campus.away(&browser, "ann", "").await;
    let theirs = campus.comes_back(&other, &back).await.expect(403);
    assert!(theirs.text().contains(another), "{}", theirs.body);
    assert!(!campus.is_in(&other).await);

    campus
        .comes_back(&browser, &with(&back, "state", "invented"))
        .await
        .expect(403);
    campus.comes_back(&browser, &back).await.expect(302);
    campus.comes_back(&browser, &back).await.expect(403);

    let late = campus.app.browser();
    let back = campus.away(&late, "bob", "").await;
    campus.app.clock.advance(SignedDuration::from_mins(16));
    let told = campus.comes_back(&late, &back).await.expect(403);
    assert!(told.text().contains(another), "{}", told.body);
}

#[tokio::test]
async fn a_code_counts_only_in_its_own_journey_and_from_its_own_issuer() {
    let Some(campus) = Campus::open("", OPEN).await else {
        return;
    };
    let (ann, bob) = (campus.app.browser(), campus.app.browser());
    // Bob's code in Ann's journey: its verifier is another.
    let (anns, bobs) = (campus.away(&ann, "ann", "").await, campus.away(&bob, "bob", "").await);
    let code = |url: &url::Url| {
        url.query_pairs()
            .find(|(name, _)| name == "code")
            .unwrap()
            .1
            .into_owned()
    };
    campus
        .comes_back(&ann, &with(&anns, "code", &code(&bobs)))
        .await
        .expect(403);
    assert!(!campus.is_in(&ann).await);
    // RFC 9207: another provider's answer is no answer.
    campus
        .comes_back(&bob, &with(&bobs, "iss", "https://evil.example.org"))
        .await
        .expect(403);
    let mut silent = bobs.clone();
    silent
        .query_pairs_mut()
        .clear()
        .extend_pairs(bobs.query_pairs().filter(|(name, _)| name != "iss"));
    campus.comes_back(&bob, &silent).await.expect(403);
    assert!(!campus.is_in(&bob).await);
}

#[tokio::test]
async fn tokens_that_were_changed_on_the_way_are_refused() {
    let Some(campus) = Campus::open("", OPEN).await else {
        return;
    };
    for fault in ["signature", "none"] {
        campus.change("faults", json!({ fault: true })).await;
        let browser = campus.app.browser();
        let told = campus.sign_in(&browser, "ann").await.expect(403);
        assert!(told.text().contains("is not as it should be"), "{fault}: {}", told.body);
        assert!(!campus.is_in(&browser).await, "{fault}");
    }
    let browser = campus.app.browser();
    campus.sign_in(&browser, "ann").await.expect(302);
}

#[tokio::test]
async fn who_says_no_there_is_told_so() {
    let Some(campus) = Campus::open("", OPEN).await else {
        return;
    };
    campus.change("faults", json!({ "access_denied": true })).await;
    let told = campus.sign_in(&campus.app.browser(), "ann").await.expect(403);
    assert!(told.text().contains("was cancelled or refused there"), "{}", told.body);
}

#[tokio::test]
async fn a_provider_that_is_away_is_no_wrong_password() {
    let Some(mut campus) = Campus::open("", OPEN).await else {
        return;
    };
    let browser = campus.app.browser();
    let back = campus.away(&browser, "ann", "").await;
    campus.provider.process.kill().unwrap();
    campus.provider.process.wait().unwrap();
    let told = campus.comes_back(&browser, &back).await.expect(503);
    assert!(
        told.text().contains("Campus can't be asked who you are at the moment"),
        "{}",
        told.body
    );
}

/// Beside another method a name alone is nobody's.
#[tokio::test]
async fn somebody_elses_name_is_not_theirs() {
    let Some(campus) = Campus::open("", &format!("[[auth]]\nkind = \"dummy\"\n{OPEN}")).await else {
        return;
    };
    campus.app.sign_in("ann").await;
    let browser = campus.app.browser();
    let told = campus.sign_in(&browser, "ann").await.expect(403);
    assert!(told.text().contains("belongs to another account"), "{}", told.body);
    let ann = campus.user("ann").await.unwrap();
    let linked = identities::of_user(&campus.app.hub.store, ann.id).await.unwrap();
    assert!(linked.iter().all(|linked| linked.method != "campus"), "{linked:?}");
}
