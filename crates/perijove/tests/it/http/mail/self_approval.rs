//! People whose mail address is enough.

use jiff::SignedDuration;
use reqwest::Method;

use super::super::accounts::GOOD;
use super::super::setup::account;
use super::{Office, confirm};

const DOMAINS: &str = "domains = [\"example.org\"]";

#[tokio::test]
async fn whoever_has_such_an_address_confirms_it_and_comes_in() {
    let Some(office) = Office::open(DOMAINS, "").await else {
        return;
    };
    let page = office.app.browser().get("hub/login").await.expect(200);
    assert!(page.text().contains("href=\"/hub/signup\""), "{}", page.body);
    let told = office.sign_up("ann", "ann@Example.org").await.expect(200);
    assert!(told.text().contains("A letter is on its way"), "{}", told.body);
    assert_eq!(office.status("ann", GOOD).await, 403);
    let letter = office.postbox.letter_to("ann@Example.org").await;
    assert!(letter.link().starts_with("/hub/confirm/"), "{letter:?}");
    // Opened by a program, the link does nothing; nor does a form of somebody else's.
    office.app.browser().get(&letter.link()).await.expect(200);
    let browser = office.app.browser();
    let forged = browser.request(Method::POST, &letter.link()).form(&[("x", "")]);
    assert_eq!(browser.send(forged).await.status, 403);
    assert_eq!(office.status("ann", GOOD).await, 403);
    let done = confirm(&office.app.browser(), &letter).await.expect(200);
    assert!(done.text().contains("Your account is there."), "{}", done.body);
    assert_eq!(office.status("ann", GOOD).await, 302);
    confirm(&office.app.browser(), &letter).await.expect(404);
}

/// Upstream let in whoever had an address that begins as one of the allowed: a@example.com.evil.org.
#[tokio::test]
async fn defect_g_the_whole_address_counts() {
    let auth = "enable_signup = true\nallow_self_approval_for = '[^@]+@example\\.com'\ndomains = [\"example.org\"]";
    let Some(office) = Office::open(auth, "").await else {
        return;
    };
    let foreign = [
        "a@example.com.evil.org",
        "b@evil.org",
        "c@sub.example.org",
        "d@example.org.evil.net",
        "e@notexample.org",
    ];
    for (number, email) in foreign.into_iter().enumerate() {
        let told = office.sign_up(&format!("mallory{number}"), email).await.expect(200);
        assert!(
            told.text().contains("waits for an administrator"),
            "{email}: {}",
            told.body
        );
    }
    office.sign_up("ann", "ann@example.com").await.expect(200);
    office.postbox.letter_to("ann@example.com").await;
    office.nothing_more().await;
}

#[tokio::test]
async fn without_a_door_others_are_told_so() {
    let Some(office) = Office::open(DOMAINS, "").await else {
        return;
    };
    let told = office.sign_up("bob", "bob@evil.org").await.expect(400);
    assert!(told.text().contains("other mail addresses"), "{}", told.body);
    office.sign_up("bob", "").await.expect(400);
    office.nothing_more().await;
}

#[tokio::test]
async fn a_link_holds_for_fifteen_minutes_and_the_name_no_longer() {
    let Some(office) = Office::open(DOMAINS, "").await else {
        return;
    };
    office.sign_up("ann", "thief@example.org").await.expect(200);
    let late = office.postbox.letter().await;
    office.sign_up("ann", "ann@example.org").await.expect(400);
    office.app.clock.advance(SignedDuration::from_mins(16));
    confirm(&office.app.browser(), &late).await.expect(404);
    office.sign_up("ann", "ann@example.org").await.expect(200);
    let letter = office.postbox.letter_to("ann@example.org").await;
    confirm(&office.app.browser(), &late).await.expect(404);
    confirm(&office.app.browser(), &letter).await.expect(200);
    assert_eq!(office.status("ann", GOOD).await, 302);
}

#[tokio::test]
async fn an_administrators_word_comes_first() {
    let Some(office) = Office::open("enable_signup = true\ndomains = [\"example.org\"]", "").await else {
        return;
    };
    let ruth = account(&office.app, "ruth", GOOD).await;
    office.sign_up("ann", "ann@example.org").await.expect(200);
    let ann = office.postbox.letter_to("ann@example.org").await;
    ruth.api(Method::DELETE, "signups/ann", None).await.expect(204);
    confirm(&office.app.browser(), &ann).await.expect(404);
    assert_eq!(office.status("ann", GOOD).await, 403);
    office.sign_up("bob", "bob@example.org").await.expect(200);
    let bob = office.postbox.letter_to("bob@example.org").await;
    ruth.api(Method::POST, "signups/bob", None).await.expect(204);
    office.postbox.letter_to("bob@example.org").await;
    assert_eq!(office.status("bob", GOOD).await, 302);
    confirm(&office.app.browser(), &bob).await.expect(404);
}
