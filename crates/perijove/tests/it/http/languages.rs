//! In which language pages are, and that programs are told the same in any.

use perijove_testkit::{Answer, App, Browser};
use reqwest::Method;

use super::accounts::{GOOD, native_app};
use super::setup::account;

async fn asking(browser: &Browser, path: &str, wishes: &str) -> Answer {
    browser.get_with(path, "accept-language", wishes).await
}

/// The page's language, as it says itself.
fn language(page: &Answer) -> &str {
    let begin = page.body.find("<html lang=\"").unwrap() + "<html lang=\"".len();
    page.body[begin..].split('"').next().unwrap()
}

async fn choose(browser: &Browser, language: &str) -> Answer {
    let fields = [("language", language), ("next", "/hub/account")];
    browser.post_form("hub/language", &fields).await
}

#[tokio::test]
async fn a_page_follows_the_browser() {
    let app = native_app().await;
    let browser = app.browser();
    for (wishes, wanted, heading) in [
        ("", "en", "Sign in"),
        ("de-CH, en;q=0.5", "de", "Anmelden"),
        ("tlh, fr;q=0.3, es;q=0.7", "es", "Iniciar sesión"),
        ("zh-CN", "zh-Hans", "登录"),
        ("tlh", "en", "Sign in"),
    ] {
        let page = asking(&browser, "hub/login", wishes).await.expect(200);
        assert_eq!(language(&page), wanted, "{wishes}");
        assert!(
            page.body.contains(&format!("<h1>{heading}</h1>")),
            "{wishes}: {}",
            page.body
        );
    }
    let nothing = asking(&browser, "hub/nothing", "ja").await.expect(404);
    assert_eq!(language(&nothing), "ja");
    assert!(nothing.body.contains("ここには何もありません"), "{}", nothing.body);
}

#[tokio::test]
async fn what_is_chosen_below_the_form_holds_in_this_browser() {
    let app = native_app().await;
    let browser = app.browser();
    asking(&browser, "hub/login?next=%2Fhub%2Fhome", "de").await.expect(200);
    let fields = [("language", "fr"), ("next", "/hub/login?next=%2Fhub%2Fhome")];
    let chosen = browser.post_form("hub/language", &fields).await.expect(302);
    assert_eq!(chosen.to(), "/hub/login?next=%2Fhub%2Fhome");
    assert_eq!(language(&asking(&browser, "hub/login", "de").await), "fr");
    assert_eq!(language(&asking(&browser, "hub/nothing", "de").await), "fr");
    assert_eq!(language(&asking(&app.browser(), "hub/login", "de").await), "de");
    browser
        .post_form("hub/language", &[("language", "tlh")])
        .await
        .expect(400);
    let away = [("language", "es"), ("next", "https://evil.example/")];
    assert_eq!(browser.post_form("hub/language", &away).await.expect(302).to(), "/hub/");
}

#[tokio::test]
async fn what_a_person_has_chosen_holds_everywhere_until_they_take_it_back() {
    let app = native_app().await;
    let ann = account(&app, "ann", GOOD).await;
    assert_eq!(language(&ann.get("hub/account").await), "en");
    assert_eq!(choose(&ann, "de").await.expect(302).to(), "/hub/account");
    let page = asking(&ann, "hub/account", "fr").await.expect(200);
    assert_eq!(language(&page), "de");
    assert!(
        page.body.contains("<option value=\"de\" lang=\"de\" selected>"),
        "{}",
        page.body
    );

    let elsewhere = app.browser();
    assert_eq!(elsewhere.sign_in_status("ann", GOOD).await, 302);
    assert_eq!(language(&asking(&elsewhere, "hub/home", "fr").await.expect(200)), "de");
    // Pages for nobody in particular follow, from then on.
    assert_eq!(language(&asking(&elsewhere, "hub/nothing", "fr").await), "de");

    ann.get("hub/account").await.expect(200);
    choose(&ann, "").await.expect(302);
    assert_eq!(language(&asking(&ann, "hub/account", "fr").await), "fr");
}

#[tokio::test]
async fn people_are_told_in_their_language_and_programs_in_english() {
    let app = native_app().await;
    let browser = app.browser();
    asking(&browser, "hub/login", "de").await;
    choose(&browser, "de").await.expect(302);
    let fields = [("username", "ann"), ("password", "not the password")];
    let refused = browser.post_form("hub/login", &fields).await.expect(403);
    assert!(
        refused.body.contains("Benutzername oder Passwort ist falsch"),
        "{}",
        refused.body
    );

    let ann = account(&app, "ann", GOOD).await;
    ann.get("hub/account").await.expect(200);
    choose(&ann, "de").await.expect(302);
    let weak = [
        ("old_password", GOOD),
        ("new_password", "short"),
        ("new_password_confirmation", "short"),
    ];
    ann.get("hub/change-password").await.expect(200);
    let refused = ann.post_form("hub/change-password", &weak).await.expect(400);
    assert!(
        refused
            .body
            .contains("Das Passwort hat 5 Zeichen. Es braucht mindestens 10."),
        "{}",
        refused.body
    );
    let told = ann.api(Method::POST, "users/ann/servers/other", None).await.expect(400);
    assert_eq!(told.json()["message"], "Named servers are not enabled.");
    let refused = ann.get("hub/spawn/ann/other").await.expect(400);
    assert!(refused.body.contains("nicht vorgesehen"), "{}", refused.body);
}

#[tokio::test]
async fn refusals_about_roles_are_told_in_the_readers_language() {
    let app = App::start().await;
    let ruth = app.sign_in("ruth").await;
    ruth.get("hub/account").await.expect(200);
    choose(&ruth, "de").await.expect(302);
    let new = [("name", "Physics"), ("scopes", "list:users")];
    let refused = ruth.post_form("hub/admin/roles", &new).await.expect(400);
    assert!(
        refused.text().contains("Ungültiger Name einer Rolle: „Physics“."),
        "{}",
        refused.body
    );
    let given = [("do", "give"), ("kind", "user"), ("holder", "ruth")];
    let refused = ruth.post_form("hub/admin/roles/user", &given).await.expect(409);
    let told = "Die Rolle user gilt für alle Benutzer und für niemanden sonst.";
    assert!(refused.text().contains(told), "{}", refused.body);
    let list = ruth.get("hub/admin/roles").await.expect(200);
    assert!(
        list.text().contains("Die üblichen Rechte eines Benutzers"),
        "{}",
        list.body
    );
}

#[tokio::test]
async fn a_site_chooses_the_language_and_the_words() {
    let words = tempfile::tempdir().unwrap();
    std::fs::write(words.path().join("de.ftl"), "login-title = Willkommen\n").unwrap();
    let toml = format!(
        "[hub]\nlanguage = \"de\"\nword_paths = [\"{}\"]\n[[auth]]\nkind = \"native\"\n",
        words.path().display()
    );
    let app = App::builder().config(&toml).start().await;
    let page = app.browser().get("hub/login").await.expect(200);
    assert!(page.body.contains("<h1>Willkommen</h1>"), "{}", page.body);
    assert!(page.body.contains("Passwort:"), "{}", page.body);
    assert_eq!(language(&asking(&app.browser(), "hub/login", "en-GB").await), "en");
}

#[tokio::test]
async fn the_theme_that_was_chosen_holds_on_pages_for_nobody_in_particular() {
    let app = native_app().await;
    let browser = app.browser();
    let themed = async |path: &str| browser.get(path).await.body.contains("data-theme=\"dark\"");
    assert!(!themed("hub/login").await);
    browser.post_form("hub/theme?theme=dark", &[]).await.expect(302);
    assert!(themed("hub/login").await && themed("hub/nothing-here").await);
    browser.post_form("hub/theme?theme=red", &[]).await.expect(400);
    assert!(themed("hub/login").await);
}

/// Scripts show people what the API refuses, and say in which language.
#[tokio::test]
async fn the_api_says_why_not_in_the_language_that_a_script_asks_for() {
    let app = App::start().await;
    let ann = app.sign_in("ann").await;
    let path = "users/ann/servers/other";
    let refused = async |query: &str| {
        let told = ann.api(Method::POST, &format!("{path}{query}"), None).await.expect(400);
        told.json()["message"].as_str().unwrap().to_owned()
    };
    assert_eq!(refused("").await, "Named servers are not enabled.");
    assert_eq!(
        refused("?language=de").await,
        "Weitere Server mit Namen sind hier nicht vorgesehen."
    );
    assert_eq!(refused("?language=tlh").await, "Named servers are not enabled.");
}

#[tokio::test]
async fn the_page_of_health_gives_its_reasons_in_the_readers_language() {
    let app = App::builder().config("[culler]\nenabled = true\n").start().await;
    let ruth = app.sign_in("ruth").await;
    let page = asking(&ruth, "hub/admin/health", "de").await.expect(200).text();
    assert!(page.contains("1 Stunde") && !page.contains("1 hour"), "{page}");
}

#[tokio::test]
async fn a_token_without_a_note_is_called_so_in_the_language_of_whoever_made_it() {
    let app = App::start().await;
    let ann = app.sign_in("ann").await;
    ann.get("hub/token").await.expect(200);
    choose(&ann, "fr").await.expect(302);
    let page = ann.post_form("hub/token", &[("note", "")]).await.expect(200);
    assert!(page.text().contains("Demandé sur la page des jetons"), "{}", page.body);
}
