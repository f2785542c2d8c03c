//! Addresses that lead away: whatever somebody is given to click, they stay here.

use perijove_testkit::{Answer, App};

use super::super::start_server;

/// Whether a redirect stays with whoever sends it, as a browser reads it.
#[track_caller]
fn stays(app: &App, answer: &Answer, asked: &str) {
    let Some(to) = answer.location.as_deref() else { return };
    let base = url::Url::parse(&app.url).unwrap();
    let whole = base.join(to).unwrap();
    assert_eq!(whole.origin(), base.origin(), "{asked:?} leads to {to}");
    assert!(!whole.path().starts_with("//"), "{asked:?} leads to {to}");
}

/// Each of these as `next` of every page that goes on to one.
async fn lead_nowhere_else(app: &App, away: &[String]) {
    let ann = app.sign_in("ann").await;
    for next in away {
        let query: String = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("next", next)
            .finish();
        let stranger = app.browser();
        stranger.get("hub/login").await.expect(200);
        let fields = [("username", "ann"), ("password", "x")];
        for answer in [
            ann.get(&format!("hub/login?{query}")).await,
            ann.get(&format!("hub/?{query}")).await,
            ann.get(&format!("hub/logout?{query}")).await,
            stranger.post_form(&format!("hub/login?{query}"), &fields).await,
        ] {
            stays(app, &answer.expect(302), next);
        }
        ann.sign_in("ann", "x").await;
    }
}

#[tokio::test]
async fn cve_2019_10255_next_leads_to_no_other_host() {
    let app = App::start().await;
    let away = [
        "//evil.example",
        "///evil.example",
        "////evil.example/x",
        "https://evil.example/hub/home",
        "http:evil.example",
        "https:/evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "@evil.example",
        ".evil.example",
        " //evil.example",
        "/\t/evil.example",
        "/\r\nSet-Cookie: a=b",
    ];
    lead_nowhere_else(&app, &away.map(str::to_owned)).await;
}

/// The address began with that of the hub itself, and went on with two slashes; browsers read `\` as one, too.
#[tokio::test]
async fn cve_2026_33709_nor_does_what_begins_with_our_own() {
    let app = App::start().await;
    let own = &app.url;
    let away = [
        format!("{own}//evil.example"),
        format!("{own}///evil.example"),
        format!("{own}/\\evil.example"),
        format!("{own}\\evil.example"),
        format!("{own}@evil.example/"),
        format!("{own}.evil.example/"),
        format!("{own}/%5C%5Cevil.example"),
        "\\\\evil.example".to_owned(),
        "/\\evil.example".to_owned(),
        "\\/evil.example".to_owned(),
        "/%5Cevil.example".to_owned(),
        "/%2F/evil.example".to_owned(),
    ];
    lead_nowhere_else(&app, &away).await;
}

/// Nor where people come back from elsewhere, or begin as somebody temporary.
#[tokio::test]
async fn cve_2019_10255_nor_on_the_way_back_from_elsewhere() {
    let app = App::builder()
        .config("[[auth]]\nkind = \"temporary\"\n[access]\nallow_all = true\n")
        .start()
        .await;
    let own = format!("{}//evil.example", app.url);
    for next in ["//evil.example", "https://evil.example/", "/\\evil.example", &own] {
        let query: String = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("next", next)
            .finish();
        for begin in ["hub/oauth_login", "hub/tmplogin"] {
            let browser = app.browser();
            let left = browser.get(&format!("{begin}?{query}")).await.expect(302);
            let back = browser.get(left.to()).await.expect(302);
            stays(&app, &back, next);
        }
    }
}

/// Jupyter Server's redirects to an address with a slash more or less took a path for a host.
#[tokio::test]
async fn cve_2020_26232_and_cve_2023_39968_a_path_is_no_host() {
    let app = App::start().await;
    let ann = app.sign_in("ann").await;
    start_server(&ann, "ann").await;
    for path in [
        "//evil.example",
        "//evil.example/",
        "//evil.example/%2e%2e",
        "//evil.example/user/ann",
        "/%2Fevil.example",
        "/%5Cevil.example",
        "/\\evil.example",
        "/hub//evil.example",
        "/user//evil.example",
        "/user/ann//evil.example",
        "/services//evil.example",
        "/hub/user//evil.example",
        "/hub/user/ann//evil.example",
        "/hub/user-redirect//evil.example",
        "/hub/spawn//evil.example",
        "/.//evil.example",
        "/hub/..//evil.example",
    ] {
        let whole = format!("{}{path}", app.url);
        for browser in [&ann, &app.browser()] {
            stays(&app, &browser.get(&whole).await, path);
        }
        let past_the_edge = app.browser_at_hub();
        let answer = past_the_edge.get(&past_the_edge.url(path)).await;
        stays(&app, &answer, path);
    }
}
