//! A new password for whoever has forgotten theirs.

use jiff::SignedDuration;
use perijove_auth::totp;
use perijove_model::{Clock, Secret};
use perijove_testkit::{Answer, App, Browser};

use super::super::accounts::{GOOD, try_in};
use super::super::setup::account;
use super::super::signed_in;
use super::Office;
use crate::postbox::Letter;

const NEW: &str = "another long password";

async fn forget(app: &App, who: &str) -> Answer {
    let browser = app.browser();
    browser.get("hub/forgot-password").await.expect(200);
    browser.post_form("hub/forgot-password", &[("who", who)]).await
}

async fn choose(browser: &Browser, letter: &Letter, password: &str) -> Answer {
    let link = letter.link();
    let page = browser.get(&link).await;
    if page.status != 200 {
        return page;
    }
    let token = link.split_once("token=").unwrap().1;
    let fields = [("token", token), ("password", password), ("password_again", password)];
    browser.post_form("hub/setup", &fields).await
}

#[tokio::test]
async fn it_is_offered_where_it_can_be_done_only() {
    let app = App::builder().config("[[auth]]\nkind = \"native\"\n").start().await;
    assert!(!app.browser().get("hub/login").await.body.contains("forgot-password"));
    app.browser().get("hub/forgot-password").await.expect(404);
    let Some(office) = Office::open("", "").await else {
        return;
    };
    let page = office.app.browser().get("hub/login").await.expect(200);
    assert!(page.text().contains("href=\"/hub/forgot-password\""), "{}", page.body);
}

#[tokio::test]
async fn a_link_chooses_a_new_password_once_and_ends_other_sessions() {
    let Some(office) = Office::open("", "").await else {
        return;
    };
    let old = office.reachable("ann", "Ann@example.org").await;
    forget(&office.app, "ANN").await.expect(200);
    let letter = office.postbox.letter_to("Ann@example.org").await;
    assert!(letter.text().contains("your account ann at 127.0.0.1"), "{letter:?}");
    // A program that looks through mail opens the link, and uses nothing up.
    office.app.browser().get(&letter.link()).await.expect(200);
    let browser = office.app.browser();
    let weak = choose(&browser, &letter, "short").await.expect(400);
    assert!(weak.text().contains("has 5 characters"), "{}", weak.body);
    let done = choose(&browser, &letter, NEW).await.expect(302);
    assert_eq!(done.to(), "/hub/login?username=ann");
    assert!(!signed_in(&browser).await, "who reads the mail still has to sign in");
    assert!(!signed_in(&old).await);
    assert_eq!(office.status("ann", GOOD).await, 403);
    assert_eq!(office.status("ann", NEW).await, 302);
    choose(&office.app.browser(), &letter, NEW).await.expect(404);
    let made = office.audited("link.made").await;
    assert!(
        made.iter()
            .any(|entry| entry.contains("user ann") && entry.contains("reset")),
        "{made:?}"
    );
    let used = office.audited("link.used").await;
    assert!(used.last().unwrap().contains("\"purpose\":\"reset\""), "{used:?}");
}

#[tokio::test]
async fn nobody_learns_whether_there_is_an_account() {
    let Some(office) = Office::open("", "").await else {
        return;
    };
    office.reachable("ann", "ann@example.org").await;
    account(&office.app, "bob", GOOD).await;
    office.reachable("eve", "eve@example.org").await;
    let mut pages = Vec::new();
    for who in [
        "nobody",
        "nobody@example.org",
        "bob",
        "eve",
        "eve@example.org",
        "../..",
        &"x".repeat(5000),
        "ann",
    ] {
        let page = forget(&office.app, who).await.expect(200);
        let own = page.body.find("<main").unwrap();
        pages.push(page.body[own..].to_owned());
    }
    pages.dedup();
    assert_eq!(pages.len(), 1, "all are told the same");
    // Without an address, or kept out, there is nobody to write to.
    office.postbox.letter_to("ann@example.org").await;
    office.nothing_more().await;
    forget(&office.app, "  ").await.expect(400);
}

#[tokio::test]
async fn a_mail_address_is_as_good_as_a_name() {
    let Some(office) = Office::open("", "").await else {
        return;
    };
    office.reachable("ann", "us@example.org").await;
    office.reachable("bob", "US@example.org").await;
    forget(&office.app, "Us@Example.org").await.expect(200);
    let letter = office.postbox.letter().await;
    assert_eq!(letter.to().to_lowercase(), "us@example.org");
    assert!(
        letter.text().contains("ann: http") && letter.text().contains("bob: http"),
        "{letter:?}"
    );
    office.nothing_more().await;
}

#[tokio::test]
async fn links_end_and_a_new_one_takes_the_place_of_the_old() {
    let Some(office) = Office::open("", "").await else {
        return;
    };
    let ann = office.reachable("ann", "ann@example.org").await;
    forget(&office.app, "ann").await.expect(200);
    let first = office.postbox.letter().await;
    forget(&office.app, "ann").await.expect(200);
    let second = office.postbox.letter().await;
    choose(&office.app.browser(), &first, NEW).await.expect(404);
    office.app.clock.advance(SignedDuration::from_mins(31));
    choose(&office.app.browser(), &second, NEW).await.expect(404);
    // Whoever remembers it after all makes the link void.
    forget(&office.app, "ann").await.expect(200);
    let third = office.postbox.letter().await;
    ann.get("hub/change-password").await.expect(200);
    let fields = [
        ("old_password", GOOD),
        ("new_password", NEW),
        ("new_password_confirmation", NEW),
    ];
    ann.post_form("hub/change-password", &fields).await.expect(302);
    choose(&office.app.browser(), &third, GOOD).await.expect(404);
}

#[tokio::test]
async fn nobodys_mail_is_flooded() {
    let Some(office) = Office::open("", "").await else {
        return;
    };
    office.reachable("ann", "ann@example.org").await;
    for who in ["ann", "ann", "ann@example.org", "ann", "ANN", "ann@example.org"] {
        forget(&office.app, who).await.expect(200);
    }
    for _ in 0..3 {
        office.postbox.letter_to("ann@example.org").await;
    }
    office.nothing_more().await;
    office.app.clock.advance(SignedDuration::from_mins(61));
    forget(&office.app, "ann").await.expect(200);
    office.postbox.letter_to("ann@example.org").await;
}

/// A one-time code is not what was forgotten.
#[tokio::test]
async fn one_time_codes_are_still_asked_for() {
    let Some(office) = Office::open("", "").await else {
        return;
    };
    office.reachable("ann", "ann@example.org").await;
    let (hub, secret) = (&office.app.hub, Secret::new("JBSWY3DPEHPK3PXP"));
    let ann = perijove_store::users::by_name(&hub.store, "ann")
        .await
        .unwrap()
        .unwrap();
    let sealed = hub.keys.seal(secret.expose()).unwrap();
    perijove_store::native::propose_otp(&hub.store, ann.id, &sealed)
        .await
        .unwrap();
    perijove_store::native::confirm_otp(&hub.store, ann.id, &sealed, 0, office.app.clock.now())
        .await
        .unwrap();
    forget(&office.app, "ann").await.expect(200);
    let letter = office.postbox.letter().await;
    choose(&office.app.browser(), &letter, NEW).await.expect(302);
    let asked = try_in(&office.app.browser(), "ann", NEW, "").await.expect(403);
    assert!(asked.body.contains("otp_input"), "{}", asked.body);
    let code = totp::code_at(&secret, office.app.clock.now()).unwrap();
    try_in(&office.app.browser(), "ann", NEW, &code).await.expect(302);
}
