//! After somebody has signed in: asked again, signed out, ended there.

use jiff::SignedDuration;
use serde_json::{Value, json};
use url::Url;

use super::{Campus, groups};

const BY_GROUP: &str = "allowed_groups = [\"staff\"]\nadmin_groups = [\"operators\"]";

fn age() -> SignedDuration {
    SignedDuration::from_secs(301)
}

#[tokio::test]
async fn what_changes_there_counts_here_before_long() {
    let Some(campus) = Campus::open(BY_GROUP, "[access]\nallow_all = false\n").await else {
        return;
    };
    campus.change("ann", groups(&["operators"])).await;
    let ann = campus.signed_in("ann").await;
    assert!(campus.user("ann").await.unwrap().admin);
    campus.change("ann", groups(&["staff"])).await;
    campus.app.clock.advance(age());
    assert!(campus.is_in(&ann).await);
    assert!(!campus.user("ann").await.unwrap().admin);
    campus.change("ann", groups(&[])).await;
    assert!(campus.is_in(&ann).await, "not asked again at once");
    campus.app.clock.advance(age());
    assert!(!campus.is_in(&ann).await);
}

#[tokio::test]
async fn tokens_are_renewed_each_once() {
    let Some(campus) = Campus::open(BY_GROUP, "").await else {
        return;
    };
    let (ann, elsewhere) = (campus.signed_in("ann").await, campus.signed_in("ann").await);
    let mut before = campus.state("ann").await;
    // The provider gives a new one for each, and takes an old one that comes again for stolen.
    for _ in 0..3 {
        campus.app.clock.advance(SignedDuration::from_mins(62));
        let (one, two) = tokio::join!(campus.is_in(&ann), campus.is_in(&elsewhere));
        assert!(one && two);
        let after = campus.state("ann").await;
        for token in ["access_token", "refresh_token"] {
            assert_ne!(before[token], after[token], "{token}");
        }
        assert_eq!(after["oauth_user"]["email"], "ann@example.org");
        before = after;
    }
    // Nobody is thrown out because a provider is away...
    let Campus { app, mut provider } = campus;
    provider.process.kill().unwrap();
    provider.process.wait().unwrap();
    app.clock.advance(age());
    ann.get("hub/home").await.expect(200);
}

#[tokio::test]
async fn who_has_no_account_there_any_more_is_out() {
    let Some(campus) = Campus::open(BY_GROUP, "").await else {
        return;
    };
    let ann = campus.signed_in("ann").await;
    campus.change("ann", Value::Null).await;
    campus.app.clock.advance(age());
    assert!(!campus.is_in(&ann).await);
}

async fn introspected(campus: &Campus, token: &str) -> bool {
    let client = campus.app.browser().client().clone();
    let fields = [
        ("token", token),
        ("client_id", "hub"),
        ("client_secret", "secret-of-the-hub"),
    ];
    let url = format!("{}/token/introspection", campus.provider.issuer);
    let answer = client.post(url).form(&fields).send().await.unwrap();
    answer.json::<Value>().await.unwrap()["active"] == true
}

#[tokio::test]
async fn signing_out_gives_tokens_back_and_leads_to_the_providers_own() {
    let auth = format!("{BY_GROUP}\nlogout_at_provider = true\nrevoke_on_logout = true");
    let Some(campus) = Campus::open(&auth, "").await else {
        return;
    };
    let ann = campus.signed_in("ann").await;
    let state = campus.state("ann").await;
    let token = state["refresh_token"].as_str().unwrap();
    assert!(introspected(&campus, token).await);
    let left = ann.get("hub/logout").await.expect(302);
    let to = Url::parse(left.to()).unwrap();
    assert!(
        left.to()
            .starts_with(&format!("{}/session/end?", campus.provider.issuer)),
        "{to}"
    );
    let back = to
        .query_pairs()
        .find(|(name, _)| name == "post_logout_redirect_uri")
        .unwrap()
        .1
        .into_owned();
    assert_eq!(back, format!("{}/hub/login", campus.app.url));
    assert!(!introspected(&campus, token).await);
    assert!(!campus.is_in(&ann).await);
}

/// Signs out at the provider itself.
async fn leaves_there(campus: &Campus, browser: &perijove_testkit::Browser, id_token: &str) {
    let url = format!("{}/session/end?id_token_hint={id_token}", campus.provider.issuer);
    let page = browser.get(&url).await.expect(200);
    let (_, rest) = page.body.split_once("name=\"xsrf\" value=\"").unwrap();
    let xsrf = rest.split('"').next().unwrap();
    let fields = [("xsrf", xsrf), ("logout", "yes")];
    let confirm = format!("{}/session/end/confirm", campus.provider.issuer);
    browser.send(browser.client().post(confirm).form(&fields)).await;
}

#[tokio::test]
async fn a_session_that_ends_there_ends_here() {
    let Some(campus) = Campus::open(BY_GROUP, "").await else {
        return;
    };
    let (ann, elsewhere) = (campus.signed_in("ann").await, campus.signed_in("ann").await);
    let id_token = campus.state("ann").await["id_token"].as_str().unwrap().to_owned();
    leaves_there(&campus, &elsewhere, &id_token).await;
    crate::support::eventually("the session ends", async || {
        (!campus.is_in(&elsewhere).await).then_some(())
    })
    .await;
    assert!(campus.is_in(&ann).await, "the one in another browser goes on");
}

#[tokio::test]
async fn nobody_else_ends_sessions() {
    let Some(campus) = Campus::open(BY_GROUP, "").await else {
        return;
    };
    let ann = campus.signed_in("ann").await;
    let id_token = campus.state("ann").await["id_token"].as_str().unwrap().to_owned();
    let client = campus.app.browser().client().clone();
    for token in ["", "a.b.c", id_token.as_str()] {
        let url = format!("{}/hub/oauth_backchannel/campus", campus.app.url);
        let answer = client
            .post(url)
            .form(&json!({ "logout_token": token }))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 400, "{token}");
    }
    assert!(campus.is_in(&ann).await);
    let url = format!("{}/hub/oauth_backchannel/other", campus.app.url);
    assert_eq!(client.post(url).send().await.unwrap().status(), 404);
}
