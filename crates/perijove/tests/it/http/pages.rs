//! The pages that people see on their way to a server, and when there is none.

use std::time::Duration;

use perijove_spawn::fake::Script;
use perijove_testkit::{Answer, App, Browser};
use reqwest::Method;

use super::{full_token, spawned, start_server};

const QUICK: &str = "[hub]\nallow_named_servers = true\nslow_spawn_timeout = \"50ms\"\n";

#[track_caller]
fn page(answer: &Answer, status: u16, part: &str) {
    assert_eq!(answer.status, status, "{}", answer.body);
    let kind = answer.header("content-type");
    assert!(kind.starts_with("text/html"), "{kind}: {}", answer.body);
    assert!(answer.body.contains("</html>"), "the page is whole: {}", answer.body);
    assert!(
        answer.text().contains(part),
        "{part:?} is not on the page: {}",
        answer.body
    );
}

async fn fails_to_start(app: &App, browser: &Browser) {
    app.spawner.play(Script {
        fail: Some("No room for <script>alert(1)</script>.".into()),
        ..Script::default()
    });
    browser.api(Method::POST, "users/ann/server", None).await.expect(500);
}

#[tokio::test]
async fn the_front_door_leads_to_sign_in() {
    let app = App::start().await;
    let browser = app.browser();
    for (path, status, to) in [
        ("/", 302, "/hub/"),
        ("/hub", 301, "/hub/"),
        ("/hub/", 302, "/hub/login?next=%2Fhub%2F"),
        ("/home", 302, "/hub/home"),
        ("/metrics?x=1", 302, "/hub/metrics?x=1"),
        ("/user/ann", 301, "/user/ann/"),
        ("/services/x", 301, "/services/x/"),
        ("/user/ann/lab/tree?a=%20", 302, "/hub/user/ann/lab/tree?a=%20"),
        ("/user-redirect/lab", 302, "/hub/user-redirect/lab"),
    ] {
        let answer = browser.get(path).await;
        assert_eq!((answer.status, answer.to()), (status, to), "{path}");
    }
    page(&browser.visit("/").await, 200, "id=\"login_submit\"");
}

#[tokio::test]
async fn home_shows_ones_server_in_each_state() {
    let app = App::start().await;
    let ann = app.sign_in("ann").await;
    page(&ann.get("hub/home").await, 200, "/hub/spawn/ann");
    assert!(ann.get("hub/home").await.body.contains("id=\"start\""));
    start_server(&ann, "ann").await;
    let home = ann.get("hub/home").await;
    page(&home, 200, "id=\"stop\"");
    assert!(home.text().contains("href=\"/user/ann/\""), "{}", home.body);
    ann.api(Method::DELETE, "users/ann/server", None).await;
    fails_to_start(&app, &ann).await;
    let home = ann.get("hub/home").await;
    page(&home, 200, "No room for");
    assert!(!home.body.contains("<script>alert"), "a backend's text is text");
}

#[tokio::test]
async fn a_person_goes_from_sign_in_to_the_server() {
    let app = App::start().await;
    let ann = app.browser();
    let answer = ann.sign_in("ann", "x").await;
    assert_eq!(answer.to(), "/hub/spawn");
    assert_eq!(spawned(&ann, "hub/spawn").await, "/user/ann/");
    assert_eq!(ann.get("user/ann/").await.expect(200).json()["path"], "/user/ann/");
    assert_eq!(
        ann.get("hub/spawn").await.expect(302).to(),
        "/user/ann/",
        "it runs already"
    );
    assert_eq!(
        ann.get("hub/spawn?next=/user/ann/lab").await.expect(302).to(),
        "/user/ann/lab"
    );
    assert_eq!(
        ann.get("hub/spawn?next=//evil.example").await.expect(302).to(),
        "/user/ann/"
    );
    assert_eq!(app.spawner.starts(), 1);
}

#[tokio::test]
async fn a_slow_start_has_a_page_and_a_way_to_give_up() {
    let app = App::builder().config(QUICK).start().await;
    let ann = app.sign_in("ann").await;
    app.spawner.play(Script {
        silent: true,
        ..Script::default()
    });
    let answer = ann.get("hub/spawn?next=%2Fuser%2Fann%2Flab").await.expect(302);
    assert_eq!(answer.to(), "/hub/spawn-pending/ann?next=%2Fuser%2Fann%2Flab");
    let pending = ann.get(answer.to()).await;
    page(&pending, 200, "id=\"progress-bar\"");
    assert!(
        pending.text().contains("/hub/api/users/ann/server/progress?_xsrf="),
        "{}",
        pending.body
    );
    assert!(pending.text().contains("/user/ann/lab"), "{}", pending.body);
    page(&ann.get("hub/home").await, 200, "/hub/spawn-pending/ann");
    assert_eq!(ann.get("hub/spawn").await.expect(302).to(), "/hub/spawn-pending/ann");
    let there = ann.get("hub/user/ann/lab").await.expect(303);
    assert_eq!(there.to(), "/hub/spawn-pending/ann?next=%2Fuser%2Fann%2Flab");

    assert_eq!(ann.post_form("hub/stop/ann", &[]).await.expect(302).to(), "/hub/home");
    page(&ann.get("hub/spawn-pending/ann").await, 200, "/hub/spawn/ann");
    assert!(app.spawner.running().is_empty());
}

#[tokio::test]
async fn a_stop_in_progress_has_a_page() {
    let app = App::builder()
        .config("[hub]\nslow_stop_timeout = \"20ms\"\n")
        .start()
        .await;
    let ann = app.sign_in("ann").await;
    start_server(&ann, "ann").await;
    app.spawner.play(Script {
        slow_stop: Duration::from_secs(5),
        ..Script::default()
    });
    ann.api(Method::DELETE, "users/ann/server", None).await.expect(202);
    let answer = ann.get("hub/spawn-pending/ann").await;
    page(&answer, 200, "stop");
    assert_eq!(ann.get("hub/spawn").await.expect(302).to(), "/hub/spawn-pending/ann");
}

#[tokio::test]
async fn a_failed_start_says_why_with_the_log() {
    let app = App::builder()
        .config("[spawner]\ncmd = [\"fake\", \"chatty\", \"5\"]\nhttp_timeout = \"300ms\"\n")
        .start()
        .await;
    let ann = app.sign_in("ann").await;
    app.spawner.play(Script {
        silent: true,
        log: vec!["ModuleNotFoundError: <no module>".into()],
        ..Script::default()
    });
    ann.api(Method::POST, "users/ann/server", None).await.expect(500);
    let answer = ann.get("hub/spawn-pending/ann").await;
    page(&answer, 500, "did not answer at");
    assert!(
        answer.body.contains("ModuleNotFoundError: &lt;no module&gt;"),
        "{}",
        answer.body
    );
    assert!(answer.body.contains("the last line"), "{}", answer.body);
    assert!(answer.text().contains("/hub/spawn/ann"), "there is a way to try again");
    let there = ann.get("hub/user/ann/lab").await.expect(303);
    assert!(there.to().starts_with("/hub/spawn-pending/ann?next="), "{}", there.to());
    // Trying again helps.
    app.spawner.play(Script::default());
    assert_eq!(spawned(&ann, "hub/spawn").await, "/user/ann/");
}

#[tokio::test]
async fn where_no_server_runs_people_get_a_page_and_programs_json() {
    let app = App::start().await;
    let ann = app.sign_in("ann").await;
    let answer = ann.visit("/user/ann/lab/tree/x.ipynb?a=1").await;
    page(
        &answer,
        424,
        "/hub/spawn/ann?next=%2Fuser%2Fann%2Flab%2Ftree%2Fx.ipynb%3Fa%3D1",
    );
    assert_eq!(app.spawner.starts(), 0, "a look starts nothing");

    let json = |answer: &Answer| {
        assert_eq!(answer.status, 424, "{}", answer.body);
        assert_eq!(answer.header("content-type"), "application/json");
        let message = answer.json()["message"].as_str().unwrap().to_owned();
        assert!(
            message.contains("/user/ann/") && message.contains(&format!("{}/hub/spawn/ann", app.url)),
            "{message}"
        );
    };
    json(&ann.visit("/user/ann/api/contents").await);
    json(&ann.get_with("/hub/user/ann/lab", "accept", "application/json").await);
    let token = full_token(&app, "ann").await;
    for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
        for path in [
            "/hub/user/ann/api/contents/x",
            "/hub/user/ann/lab",
            "/user/ann/api/kernels",
        ] {
            let request = ann
                .request(method.clone(), path)
                .header("authorization", format!("token {token}"));
            json(&ann.send(request).await);
            json(&app.browser().send(app.browser().request(method.clone(), path)).await);
        }
    }
}

#[tokio::test]
async fn a_token_opens_no_page() {
    let app = App::start().await;
    let token = full_token(&app, "ann").await;
    for path in [
        "hub/home",
        "hub/spawn",
        "hub/token",
        "hub/stop/ann",
        "hub/spawn-pending/ann",
    ] {
        let value = format!("token {token}");
        let answer = app.browser().get_with(path, "authorization", &value).await;
        if answer.status != 405 {
            assert!(answer.expect(302).to().starts_with("/hub/login?next="), "{path}");
        }
        let answer = app.browser().get(&format!("{path}?token={token}")).await;
        assert!(matches!(answer.status, 302 | 405), "{path}");
    }
    assert_eq!(app.spawner.starts(), 0);
}

#[tokio::test]
async fn a_second_person_finds_nothing_at_the_first_ones_address() {
    let app = App::start().await;
    let (ann, bob) = (app.sign_in("ann").await, app.sign_in("bob").await);
    let nothing = async |path: &str| {
        let answer = bob.get(path).await;
        page(&answer, 404, "id=");
        assert!(answer.location.is_none());
        answer.body.replace("ann", "X").replace("nosuchperson", "X")
    };
    let paths = [
        "hub/user/ann/lab",
        "hub/spawn/ann",
        "hub/spawn-pending/ann",
        "hub/spawn/ann/gpu",
    ];
    for path in paths {
        let real = nothing(path).await;
        let none = nothing(&path.replace("ann", "nosuchperson")).await;
        assert_eq!(real, none, "whether somebody exists is not told: {path}");
    }
    start_server(&ann, "ann").await;
    for path in paths {
        nothing(path).await;
    }
    for path in ["hub/spawn/ann", "hub/stop/ann"] {
        assert_eq!(bob.post_form(path, &[]).await.status, 404, "{path}");
    }
    assert_eq!(app.spawner.running().len(), 1);
    // An administrator may go there.
    let ruth = app.sign_in("ruth").await;
    assert_eq!(ruth.get("hub/spawn/ann").await.expect(302).to(), "/user/ann/");
}

#[tokio::test]
async fn a_link_for_everybody_leads_to_ones_own_server() {
    let app = App::start().await;
    let ann = app.sign_in("ann").await;
    let answer = ann.get("hub/user-redirect/lab/tree/a%20b?x=1&y=%26").await.expect(302);
    assert_eq!(
        answer.to(),
        "/hub/spawn/ann?next=%2Fuser%2Fann%2Flab%2Ftree%2Fa%2520b%3Fx%3D1%26y%3D%2526"
    );
    let there = spawned(&ann, answer.to()).await;
    assert_eq!(there, "/user/ann/lab/tree/a%20b?x=1&y=%26");
    let anonymous = app.browser().get("hub/user-redirect/lab").await.expect(302);
    assert_eq!(anonymous.to(), "/hub/login?next=%2Fhub%2Fuser-redirect%2Flab");
}

#[tokio::test]
async fn a_ready_server_that_the_edge_does_not_know_is_tried_again_and_not_for_ever() {
    let app = App::start().await;
    let ann = app.sign_in("ann").await;
    start_server(&ann, "ann").await;
    let answer = ann.get("hub/user/ann/lab?a=1").await.expect(302);
    assert_eq!(answer.to(), "/user/ann/lab?a=1&redirects=1");
    let answer = ann.get("hub/user/ann/lab?a=1&redirects=4").await;
    page(&answer, 500, "can");
}

#[tokio::test]
async fn error_pages_are_for_people_unless_json_is_asked_for() {
    let app = App::start().await;
    let browser = app.browser();
    page(&browser.get("hub/nothing/here").await, 404, "404");
    let wanted = browser.get_with("hub/nothing", "accept", "application/json").await;
    super::refused(&wanted, 404, "");
    let both = browser
        .get_with("hub/nothing", "accept", "text/html,application/json")
        .await;
    page(&both, 404, "404");
    for code in [403, 404, 500, 503] {
        page(&browser.get(&format!("hub/error/{code}")).await, 200, &code.to_string());
    }
    assert!(browser.get("hub/error/503").await.body.contains("appears to be down"));
    for odd in ["hub/error/x", "hub/error/99999", "hub/error/42"] {
        let status = browser.get(odd).await.status;
        assert!((400..500).contains(&status), "{odd}: {status}");
    }
    page(
        &browser.send(browser.request(Method::DELETE, "hub/home")).await,
        405,
        "405",
    );
}

#[tokio::test]
async fn whatever_stands_in_an_address_is_text_on_the_page() {
    let app = App::start().await;
    let ann = app.sign_in("ann").await;
    let evil = "%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E";
    let browser = app.browser();
    for answer in [
        browser.get(&format!("hub/login?next={evil}")).await,
        browser.get(&format!("hub/login?x={evil}")).await,
        ann.get(&format!("hub/user/{evil}/lab")).await,
        ann.get(&format!("hub/user/ann/{evil}")).await,
        ann.get(&format!("hub/spawn-pending/ann?next=/{evil}")).await,
        ann.get(&format!("hub/nothing/{evil}")).await,
        browser.get(&format!("hub/setup?token={evil}")).await,
        ann.get(&format!("hub/api/oauth2/authorize?client_id={evil}")).await,
    ] {
        assert!(!answer.body.contains("<script>alert"), "{}", answer.body);
        assert!(!answer.body.contains("\"><script"), "{}", answer.body);
    }
}

#[tokio::test]
async fn pages_bring_their_styles_and_scripts() {
    let app = App::start().await;
    let browser = app.browser();
    let login = browser.get("hub/login").await.expect(200).text();
    let assets: Vec<&str> = login
        .split('"')
        .filter(|text| text.starts_with("/hub/static/") || *text == "/hub/logo")
        .collect();
    assert!(assets.len() >= 2, "{login}");
    for asset in assets {
        let answer = browser.get(asset).await.expect(200);
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert!(!answer.header("content-type").is_empty(), "{asset}");
        let etag = answer.header("etag").to_owned();
        assert_eq!(
            browser.get_with(asset, "if-none-match", &etag).await.status,
            304,
            "{asset}"
        );
    }
    for away in [
        "hub/static/nothing.js",
        "hub/static/..%2f..%2fCargo.toml",
        "hub/static/%2fetc/passwd",
    ] {
        assert!(matches!(browser.get(away).await.status, 400 | 404), "{away}");
    }
}

#[tokio::test]
async fn styles_and_scripts_are_sent_packed_and_pages_are_not() {
    let app = App::start().await;
    let browser = app.browser();
    for asset in ["hub/static/css/perijove.css", "hub/static/js/home.js"] {
        let packed = browser.get_with(asset, "accept-encoding", "gzip").await.expect(200);
        assert_eq!(packed.header("content-encoding"), "gzip", "{asset}");
        let plain = browser.get_with(asset, "accept-encoding", "identity").await.expect(200);
        assert_eq!(plain.header("content-encoding"), "", "{asset}");
        assert!(plain.body.len() > 2000, "{asset}");
        for answer in [&packed, &plain] {
            assert!(
                answer.header("vary").to_lowercase().contains("accept-encoding"),
                "{asset}"
            );
        }
    }
    let page = browser
        .get_with("hub/login", "accept-encoding", "gzip")
        .await
        .expect(200);
    assert_eq!(page.header("content-encoding"), "", "a page has secrets");
}

#[tokio::test]
async fn sign_in_and_error_pages_are_as_dark_as_somebody_has_chosen() {
    let app = App::start().await;
    let browser = app.browser();
    for (path, status) in [("hub/login", 200), ("hub/error/404", 200), ("hub/nothing-such", 404)] {
        let plain = browser.get_with(path, "accept", "text/html").await.expect(status);
        assert!(!plain.body.contains("data-theme"), "{path}");
        let cookie = "perijove-theme=dark";
        let request = browser.request(Method::GET, path).header("accept", "text/html");
        let dark = browser.send(request.header("cookie", cookie)).await.expect(status);
        assert!(dark.body.contains("data-theme=\"dark\""), "{path}: {}", dark.body);
    }
}

#[tokio::test]
async fn pages_work_without_anything_inline() {
    let app = App::start().await;
    let ann = app.sign_in("ann").await;
    let home = ann.get("hub/home").await.expect(200);
    let policy = home.header("content-security-policy");
    for rule in [
        "frame-ancestors 'none'",
        "script-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
    ] {
        assert!(policy.contains(rule), "{policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(home.header("cache-control"), "no-store");
}

#[tokio::test]
async fn scripts_and_styles_are_sent_packed_to_whoever_unpacks_them() {
    let app = App::start().await;
    let browser = app.browser();
    let asked = async |path: &str, takes: &str| browser.get_with(path, "accept-encoding", takes).await.expect(200);
    let length = |answer: &perijove_testkit::Answer| answer.header("content-length").parse::<u64>().unwrap();
    for path in ["hub/static/css/perijove.css", "hub/static/js/home.js"] {
        let plain = asked(path, "identity").await;
        assert_eq!(
            (plain.header("content-encoding"), plain.header("vary")),
            ("", "Accept-Encoding")
        );
        for refused in ["gzip;q=0", "br"] {
            assert_eq!(asked(path, refused).await.body, plain.body, "{refused}");
        }
        let packed = asked(path, "br, gzip;q=0.8").await;
        assert_eq!(
            (packed.header("content-encoding"), packed.header("vary")),
            ("gzip", "Accept-Encoding")
        );
        assert!(length(&packed) < length(&plain) / 2, "{path}");
        assert_ne!(packed.header("etag"), plain.header("etag"));
        let known = browser
            .request(reqwest::Method::GET, path)
            .header("accept-encoding", "gzip");
        let known = browser.send(known.header("if-none-match", packed.header("etag"))).await;
        assert_eq!(known.status, 304, "{path}");
    }
    // A picture is packed already; a page holds secrets beside what others have written.
    assert_eq!(
        asked("hub/static/logo.png", "gzip").await.header("content-encoding"),
        ""
    );
    assert_eq!(asked("hub/login", "gzip").await.header("content-encoding"), "");
}
