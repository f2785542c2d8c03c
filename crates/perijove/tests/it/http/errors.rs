//! Pages about errors: what happened, what to do and a way on, in the reader's language. Status codes and what programs are
//! told stay JupyterHub's.

use perijove_store::{Db, Stmt};
use perijove_testkit::{Answer, App, Browser};
use reqwest::Method;

async fn german(browser: &Browser) {
    browser.get("hub/login").await;
    let fields = [("language", "de"), ("next", "/hub/home")];
    browser.post_form("hub/language", &fields).await.expect(302);
}

async fn ann(app: &App) -> Browser {
    let ann = app.sign_in("ann").await;
    ann.get("hub/account").await.expect(200);
    german(&ann).await;
    ann
}

#[track_caller]
fn tells(answer: &Answer, status: u16, title: &str, parts: &[&str]) {
    let text = answer.text();
    assert_eq!(answer.status, status, "{text}");
    assert!(text.contains("<html lang=\"de\">"), "{text}");
    assert!(text.contains(&format!("<h1>{title}</h1>")), "{title}: {text}");
    for part in parts {
        assert!(text.contains(part), "{part:?} is missing: {text}");
    }
}

#[tokio::test]
async fn each_kind_of_error_says_what_to_do() {
    let app = App::start().await;
    let ann = ann(&app).await;
    let others = "<a class=\"button\" href=\"/hub/logout\">Mit anderem Konto anmelden</a>";
    let home = "href=\"/hub/home\">Zur Startseite</a>";

    let refused = ann.get("hub/admin/roles").await;
    let needed = "requires any of [list:roles]";
    tells(
        &refused,
        403,
        "Das dürfen Sie nicht",
        &["Bitten Sie die Verwaltung", needed, others, home],
    );
    let expired = ann.request(Method::POST, "hub/stop/ann").form(&[("x", "y")]);
    let expired = ann.send(expired).await;
    let told = ["laden Sie die Seite neu", "'_xsrf' argument missing from POST", home];
    tells(&expired, 403, "Dieses Formular ist abgelaufen", &told);
    let nothing = ann.get("hub/nothing").await;
    tells(&nothing, 404, "Hier ist nichts", &["Prüfen Sie die Adresse", home]);
    let bobs = ann.get("hub/user/bob/lab").await;
    tells(
        &bobs,
        404,
        "Kein Weg zu diesem Server",
        &["nicht mit Ihnen geteilt", others],
    );
    let odd = ann.send(ann.request(Method::DELETE, "hub/home")).await;
    tells(&odd, 405, "Das geht hier nicht", &[home]);
    let large = ann.request(Method::POST, "hub/token").body("x".repeat(2 << 20));
    tells(
        &ann.send(large).await,
        413,
        "Das ist zu groß",
        &["Schicken Sie weniger"],
    );
    let old = ann.get("hub/setup?token=long-gone").await;
    tells(
        &old,
        404,
        "Dieser Link gilt nicht mehr",
        &["Bitten Sie die Verwaltung um einen neuen"],
    );
    let astray = ann.get("hub/api/oauth2/authorize?client_id=nobody").await;
    let told = ["beginnen Sie neu", "Invalid client_id parameter value."];
    tells(&astray, 400, "Dort können Sie nicht angemeldet werden", &told);
    let gone = ann.get("hub/user/ann/lab").await.expect(424);
    assert!(gone.body.contains("<html lang=\"de\">"), "{}", gone.body);
}

#[tokio::test]
async fn whoever_is_not_signed_in_is_led_to_sign_in_and_back() {
    let app = App::start().await;
    let nobody = app.browser();
    german(&nobody).await;
    let refused = nobody.get("hub/metrics").await;
    let login = "<a class=\"button primary\" href=\"/hub/login?next=%2Fhub%2Fmetrics\">Anmelden</a>";
    tells(&refused, 403, "Das dürfen Sie nicht", &[login]);
}

#[tokio::test]
async fn the_page_that_the_proxy_shows_leads_to_the_server() {
    let app = App::start().await;
    let page = "hub/error/503?url=%2Fuser%2Fann%2Flab%2Ftree%3Fx%3D1";
    let away = app.browser().get_with(page, "accept-language", "de").await;
    let start = "href=\"/hub/user/ann/lab/tree\">Server starten</a>";
    tells(
        &away,
        200,
        "Im Augenblick nicht verfügbar",
        &["Noch einmal versuchen", start],
    );
    let elsewhere = app
        .browser()
        .get("hub/error/503?url=https%3A%2F%2Fevil.example%2F")
        .await;
    assert!(!elsewhere.body.contains("evil"), "{}", elsewhere.body);
    // The edge tells the number that its log has, and nobody else tells anything.
    let numbered = app.browser().get("hub/error/503?url=%2F&reference=a1B2c3D4").await;
    assert!(
        numbered.body.contains("id=\"error-reference\">a1B2c3D4<"),
        "{}",
        numbered.body
    );
    let odd = app.browser().get("hub/error/503?url=%2F&reference=call+me+").await;
    assert!(!odd.body.contains("error-reference"), "{}", odd.body);
    assert!(!elsewhere.body.contains("Start the server"), "{}", elsewhere.body);
}

#[tokio::test]
async fn a_fault_has_a_number_for_the_administrator_and_no_more_for_programs() {
    let app = App::start().await;
    let ann = ann(&app).await;
    super::start_server(&ann, "ann").await;
    const BREAK: Stmt = Stmt::write("ALTER TABLE perijove_notices RENAME TO perijove_noticed");
    app.hub.store.execute(&BREAK, &[]).await.unwrap();
    let page = ann.get("hub/home").await;
    tells(
        &page,
        500,
        "Hier ist etwas schiefgegangen",
        &["Noch einmal versuchen", "id=\"error-reference\">"],
    );
    let number = page.body.split("id=\"error-reference\">").nth(1).unwrap();
    assert_eq!(number.split('<').next().unwrap().len(), 8, "{number}");
    assert!(!page.body.contains("perijove_notices"), "{}", page.body);
    let told = ann.api(Method::GET, "users/ann/server/notices", None).await.expect(500);
    let words = serde_json::json!({ "status": 500, "message": "Internal Server Error" });
    assert_eq!(told.json(), words);
}

#[tokio::test]
async fn a_service_that_is_away_is_nobodys_server() {
    let app = App::start().await;
    let away = "hub/error/503?url=%2Fservices%2Freports%2F";
    let away = app.browser().get_with(away, "accept-language", "de").await;
    tells(
        &away,
        200,
        "Im Augenblick nicht verfügbar",
        &["antwortet nicht", "Verwaltung Bescheid"],
    );
    assert!(!away.text().contains("Ihr Server"), "{}", away.body);
}
