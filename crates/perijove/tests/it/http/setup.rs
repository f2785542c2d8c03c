//! One-time links: the first administrator, and people who were invited.

use jiff::SignedDuration;
use perijove_hub::audit::Actor;
use perijove_hub::startup;
use perijove_model::UserName;
use perijove_store::users;
use perijove_testkit::{Answer, App, Browser};
use reqwest::Method;

use super::oauth::token_of;
use super::{signed_in, start_server};

const NATIVE: &str = "[[auth]]\nkind = \"native\"\n[access]\nallow_all = true\n";
const GOOD: &str = "a good long password";

async fn native() -> App {
    App::builder().config(NATIVE).start().await
}

/// Path and token of a link.
fn parts(link: &str) -> (String, String) {
    let url = url::Url::parse(link).unwrap();
    let token = url
        .query_pairs()
        .find(|(key, _)| key == "token")
        .unwrap()
        .1
        .into_owned();
    (format!("{}?{}", url.path(), url.query().unwrap()), token)
}

async fn setup_link(app: &App) -> String {
    startup::setup_link(&app.hub).await.unwrap().unwrap()
}

async fn invitation(app: &App, name: &str, admin: bool) -> String {
    let (hub, name) = (&app.hub, UserName::normalise(name).unwrap());
    startup::invite(
        &hub.store,
        &*hub.clock,
        &*hub.rng,
        &hub.config,
        &name,
        admin,
        &Actor::hub(),
    )
    .await
    .unwrap()
}

async fn open(browser: &Browser, link: &str) -> Answer {
    browser.get(&parts(link).0).await
}

#[tokio::test]
async fn the_page_of_a_link_is_in_the_language_that_is_chosen_below_it() {
    let app = native().await;
    let (browser, link) = (app.browser(), setup_link(&app).await);
    let (path, _) = parts(&link);
    let page = open(&browser, &link).await.expect(200);
    let back = format!("name=\"next\" value=\"{path}\"");
    assert!(page.body.contains(&back), "{back}: {}", page.body);
    let fields = [("language", "de"), ("next", path.as_str())];
    let chosen = browser.post_form("hub/language", &fields).await.expect(302);
    assert_eq!(chosen.to(), path);
    let page = open(&browser, &link).await.expect(200);
    assert!(page.body.contains("<html lang=\"de\">"), "{}", page.body);
}

async fn choose(browser: &Browser, link: &str, name: &str, password: &str, again: &str) -> Answer {
    let token = parts(link).1;
    let fields = [
        ("token", token.as_str()),
        ("username", name),
        ("password", password),
        ("password_again", again),
    ];
    browser.post_form("hub/setup", &fields).await
}

/// A native account, made as an invited person makes it.
pub async fn account(app: &App, name: &str, password: &str) -> Browser {
    let (browser, link) = (app.browser(), invitation(app, name, false).await);
    open(&browser, &link).await.expect(200);
    choose(&browser, &link, name, password, password).await.expect(302);
    browser
}

#[tokio::test]
async fn the_set_up_link_makes_the_first_administrator_once() {
    let app = native().await;
    let (browser, link) = (app.browser(), setup_link(&app).await);
    let page = open(&browser, &link).await.expect(200);
    assert!(page.body.contains("id=\"setup_form\""), "{}", page.body);
    assert_eq!(
        page.header("referrer-policy"),
        "same-origin",
        "the link does not travel on"
    );
    let answer = choose(&browser, &link, "Ann", GOOD, GOOD).await.expect(302);
    assert_eq!(answer.to(), "/hub/home");
    assert!(signed_in(&browser).await, "signed in at once");
    let model = browser.api(Method::GET, "user", None).await.expect(200).json();
    assert_eq!((&model["name"], &model["admin"]), (&"ann".into(), &true.into()));
    assert!(model["scopes"].as_array().unwrap().contains(&"admin:users".into()));

    assert_eq!(open(&app.browser(), &link).await.status, 404, "the link is used up");
    assert!(
        startup::setup_link(&app.hub).await.unwrap().is_none(),
        "and there is no other"
    );
    let again = app.browser();
    assert_eq!(again.sign_in_status("ann", GOOD).await, 302);
    assert_eq!(again.sign_in_status("ann", "a bad long password").await, 403);
}

/// Neither is told of a fault of the hub, and nobody's password is taken from them.
#[tokio::test]
async fn two_who_choose_one_name_at_once_get_one_account() {
    let app = native().await;
    let other = app.replica().await;
    let (set_up, invited) = (setup_link(&app).await, invitation(&app, "ann", true).await);
    let (here, there) = (app.browser_at_hub(), other.browser());
    open(&here, &set_up).await.expect(200);
    open(&there, &invited).await.expect(200);
    let (first, second) = tokio::join!(
        choose(&here, &set_up, "ann", GOOD, GOOD),
        choose(&there, &invited, "ann", GOOD, GOOD)
    );
    for answer in [&first, &second] {
        assert!(matches!(answer.status, 302 | 400 | 409), "{}", answer.body);
    }
    assert_eq!(second.status, 302, "an invitation is for this name: {}", second.body);
    let model = there.api(Method::GET, "user", None).await.expect(200).json();
    assert_eq!((&model["name"], &model["admin"]), (&"ann".into(), &true.into()));
    other.stop().await;
}

#[tokio::test]
async fn a_link_that_is_not_one_is_told_so() {
    let app = native().await;
    let browser = app.browser();
    for token in [
        "",
        "x",
        "0123456789012345678901234567890123456789012",
        &"y".repeat(5000),
    ] {
        let page = browser.get(&format!("hub/setup?token={token}")).await.expect(404);
        assert!(
            page.body.contains("This link has been used, or it has expired."),
            "{}",
            page.body
        );
    }
    assert_eq!(browser.get("hub/setup").await.status, 404);
}

#[tokio::test]
async fn the_next_start_prints_another_link_and_the_old_one_ends() {
    let app = native().await;
    let old = setup_link(&app).await;
    let app = app.restart().await;
    let new = setup_link(&app).await;
    assert_ne!(old, new);
    assert_eq!(open(&app.browser(), &old).await.status, 404);
    assert_eq!(open(&app.browser(), &new).await.status, 200);
}

#[tokio::test]
async fn links_expire() {
    let app = native().await;
    let (setup, invited) = (setup_link(&app).await, invitation(&app, "bob", false).await);
    app.clock.advance(SignedDuration::from_hours(23));
    assert_eq!(open(&app.browser(), &setup).await.status, 200);
    app.clock.advance(SignedDuration::from_hours(2));
    assert_eq!(open(&app.browser(), &setup).await.status, 404);
    let browser = app.browser();
    open(&browser, &invited).await.expect(200);
    app.clock.advance(SignedDuration::from_hours(6 * 24));
    assert_eq!(open(&browser, &invited).await.status, 404);
    browser.get("hub/login").await.expect(200);
    let answer = choose(&browser, &invited, "bob", GOOD, GOOD).await;
    assert_eq!(answer.status, 404, "also a form that was open for too long");
    assert!(!signed_in(&browser).await);
}

#[tokio::test]
async fn a_bad_choice_keeps_the_link_and_says_what_is_wrong() {
    let app = native().await;
    let (browser, link) = (app.browser(), setup_link(&app).await);
    open(&browser, &link).await.expect(200);
    let long = "x".repeat(2000);
    for (name, password, again, words) in [
        (
            "ann",
            "short",
            "short",
            "The password has 5 characters. It needs 10 or more.",
        ),
        ("ann", "", "", "The password has 0 characters."),
        (
            "ann",
            GOOD,
            "another long password",
            "The two passwords are not the same.",
        ),
        ("ann", long.as_str(), long.as_str(), "The password is too long"),
        ("ann", "1234567890", "1234567890", "Many people use this password"),
        ("ann", "abcdefghijkl", "abcdefghijkl", "easy to guess"),
        ("annabella", "Annabella1", "Annabella1", "a name that others know"),
        ("", GOOD, GOOD, "This name can't be used"),
        ("a/b", GOOD, GOOD, "This name can't be used"),
    ] {
        let answer = choose(&browser, &link, name, password, again).await.expect(400);
        let body = answer.text();
        assert!(body.contains(words), "{words}: {body}");
        assert!(body.contains("id=\"setup_form\""), "the form is there to try again");
        if password.len() > 5 {
            assert!(!body.contains(password), "no password comes back");
        }
    }
    choose(&browser, &link, "ann", GOOD, GOOD).await.expect(302);
}

#[tokio::test]
async fn characters_are_counted_not_bytes() {
    let app = native().await;
    let (browser, link) = (app.browser(), setup_link(&app).await);
    open(&browser, &link).await.expect(200);
    choose(&browser, &link, "ann", "üb Änßö g", "üb Änßö g")
        .await
        .expect(400);
    choose(&browser, &link, "ann", "üb Änßö gö", "üb Änßö gö")
        .await
        .expect(302);
}

#[tokio::test]
async fn an_invitation_is_for_one_name() {
    let app = native().await;
    let (browser, link) = (app.browser(), invitation(&app, "bob", false).await);
    let page = open(&browser, &link).await.expect(200);
    assert!(page.body.contains("Welcome, bob"), "{}", page.body);
    choose(&browser, &link, "ruth", GOOD, GOOD).await.expect(302);
    let model = browser.api(Method::GET, "user", None).await.expect(200).json();
    assert_eq!((&model["name"], &model["admin"]), (&"bob".into(), &false.into()));
}

#[tokio::test]
async fn an_invitation_can_make_an_administrator() {
    let app = native().await;
    let (browser, link) = (app.browser(), invitation(&app, "boss", true).await);
    open(&browser, &link).await.expect(200);
    choose(&browser, &link, "boss", GOOD, GOOD).await.expect(302);
    assert_eq!(browser.api(Method::GET, "user", None).await.json()["admin"], true);
}

#[tokio::test]
async fn a_new_invitation_resets_a_forgotten_password_and_ends_old_sessions() {
    let app = native().await;
    let old = account(&app, "bob", GOOD).await;
    start_server(&old, "bob").await;
    let at_server = token_of(&app, &old).await;
    let new = account(&app, "bob", "another long password").await;
    assert!(!signed_in(&old).await);
    // Nor is the old browser known to the server any more.
    let seen = app
        .browser()
        .api_with_token(&at_server, Method::GET, "user", None)
        .await;
    assert_eq!(seen.status, 403);
    assert!(signed_in(&new).await);
    assert_eq!(app.browser().sign_in_status("bob", GOOD).await, 403);
    assert_eq!(app.browser().sign_in_status("bob", "another long password").await, 302);
}

#[tokio::test]
async fn the_set_up_link_is_no_way_into_an_account() {
    let app = native().await;
    account(&app, "bob", GOOD).await;
    let (browser, link) = (app.browser(), setup_link(&app).await);
    open(&browser, &link).await.expect(200);
    let answer = choose(&browser, &link, "Bob", "a thief's password", "a thief's password")
        .await
        .expect(400);
    assert!(answer.body.contains("This name is taken."), "{}", answer.body);
    assert_eq!(app.browser().sign_in_status("bob", GOOD).await, 302);
}

#[tokio::test]
async fn the_set_up_link_is_void_once_there_is_an_administrator() {
    let app = native().await;
    let (late, link) = (app.browser(), setup_link(&app).await);
    open(&late, &link).await.expect(200);
    let (cleo, invited) = (app.browser(), invitation(&app, "cleo", true).await);
    open(&cleo, &invited).await.expect(200);
    choose(&cleo, &invited, "cleo", GOOD, GOOD).await.expect(302);

    choose(&late, &link, "mallory", GOOD, GOOD).await.expect(409);
    assert!(!signed_in(&late).await);
    assert!(users::by_name(&app.hub.store, "mallory").await.unwrap().is_none());
}

#[tokio::test]
async fn two_posts_of_one_link_make_one_administrator() {
    let app = native().await;
    let link = setup_link(&app).await;
    let (ann, bob) = (app.browser(), app.browser());
    open(&ann, &link).await.expect(200);
    open(&bob, &link).await.expect(200);
    let (first, second) = tokio::join!(
        choose(&ann, &link, "ann", GOOD, GOOD),
        choose(&bob, &link, "bob", GOOD, GOOD)
    );
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert!(statuses == [302, 404] || statuses == [302, 409], "{statuses:?}");
    let mut made = Vec::new();
    for name in ["ann", "bob"] {
        made.extend(users::by_name(&app.hub.store, name).await.unwrap());
    }
    assert_eq!(made.len(), 1, "{made:?}");
    assert!(made[0].admin);
}

#[tokio::test]
async fn a_link_needs_the_pages_own_form() {
    let app = native().await;
    let (browser, link) = (app.browser(), setup_link(&app).await);
    open(&browser, &link).await.expect(200);
    let token = parts(&link).1;
    let fields = [
        ("token", token.as_str()),
        ("username", "eve"),
        ("password", GOOD),
        ("password_again", GOOD),
    ];
    let request = browser.request(Method::POST, "hub/setup").form(&fields);
    assert_eq!(browser.send(request).await.status, 403);
    assert!(users::by_name(&app.hub.store, "eve").await.unwrap().is_none());
    choose(&browser, &link, "ann", GOOD, GOOD).await.expect(302);
}
