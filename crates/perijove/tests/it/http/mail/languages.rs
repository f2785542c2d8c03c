//! Letters are in the language of whoever reads them.

use perijove_testkit::Browser;
use reqwest::Method;
use serde_json::json;

use super::super::accounts::GOOD;
use super::{Office, confirm};
use crate::postbox::Letter;

const SITE: &str = "[hub]\nlanguage = \"pt\"\n";

impl Office {
    /// A browser in which this was chosen; nobody is signed in.
    async fn browser_in(&self, language: &str) -> Browser {
        let browser = self.app.browser();
        browser.get("hub/login").await.expect(200);
        speak(&browser, language).await;
        browser
    }
}

async fn speak(browser: &Browser, language: &str) {
    let fields = [("language", language), ("next", "/hub/login")];
    browser.post_form("hub/language", &fields).await.expect(302);
}

fn html(letter: &Letter) -> &str {
    letter.0["html"].as_str().unwrap()
}

#[tokio::test]
async fn a_letter_follows_its_reader_else_who_caused_it() {
    let Some(office) = Office::open("", SITE).await else {
        return;
    };
    let ann = office.reachable("ann", "Ann@example.org").await;
    speak(&ann, "de").await;
    office.reachable("bob", "bob@example.org").await;
    for (who, wanted, heading, begin) in [
        (
            "ann",
            "de",
            "Wählen Sie ein neues Passwort",
            "Jemand hat von 127.0.0.1 aus",
        ),
        (
            "bob",
            "fr",
            "Choisissez un nouveau mot de passe",
            "Quelqu’un, depuis 127.0.0.1",
        ),
    ] {
        let browser = office.browser_in("fr").await;
        browser.get("hub/forgot-password").await.expect(200);
        browser
            .post_form("hub/forgot-password", &[("who", who)])
            .await
            .expect(200);
        let letter = office.postbox.letter().await;
        assert_eq!(letter.subject(), heading);
        assert!(letter.text().starts_with(begin), "{letter:?}");
        let tag = format!("<html lang=\"{wanted}\">");
        assert!(
            html(&letter).contains(&tag) && html(&letter).contains(heading),
            "{letter:?}"
        );
    }
}

#[tokio::test]
async fn people_and_administrators_are_told_each_in_their_own() {
    let Some(office) = Office::open("enable_signup = true", SITE).await else {
        return;
    };
    let ruth = office.reachable("ruth", "ruth@example.org").await;
    let apply = async |name: &str, email: &str| {
        let browser = office.browser_in("ja").await;
        browser.get("hub/signup").await.expect(200);
        let fields = [
            ("username", name),
            ("email", email),
            ("signup_password", GOOD),
            ("signup_password_confirmation", GOOD),
        ];
        browser.post_form("hub/signup", &fields).await.expect(200);
        office.postbox.letter_to("ruth@example.org").await
    };
    // She has chosen none: whoever is at the door does not decide what she reads.
    assert_eq!(
        apply("ann", "ann@example.org").await.subject(),
        "ann espera por uma conta"
    );
    speak(&ruth, "es").await;
    assert_eq!(apply("bob", "bob@example.org").await.subject(), "bob espera una cuenta");
    ruth.api(Method::POST, "signups/ann", None).await.expect(204);
    let welcome = office.postbox.letter_to("ann@example.org").await;
    assert_eq!(welcome.subject(), "アカウントの準備ができました");
    let wish = json!({ "email": "cleo@example.org" });
    ruth.api(Method::POST, "invitations", Some(wish)).await.expect(201);
    let invited = office.postbox.letter_to("cleo@example.org").await;
    assert!(invited.text().starts_with("ruth le invita a"), "{invited:?}");
}

/// The old address is nobody's by the time the letter is written.
#[tokio::test]
async fn a_changed_address_is_told_in_the_same_language() {
    let Some(office) = Office::open("", "").await else {
        return;
    };
    let ann = office.reachable("ann", "old@example.org").await;
    speak(&ann, "de").await;
    ann.get("hub/account").await.expect(200);
    let fields = [("what", "email"), ("email", "new@example.org"), ("password", GOOD)];
    ann.post_form("hub/account/email", &fields).await.expect(200);
    let letter = office.postbox.letter_to("new@example.org").await;
    assert_eq!(letter.subject(), "Bestätigen Sie Ihre E-Mail-Adresse");
    confirm(&office.app.browser(), &letter).await.expect(200);
    let told = office.postbox.letter_to("old@example.org").await;
    assert_eq!(told.subject(), "Ihre E-Mail-Adresse wurde geändert");
}
