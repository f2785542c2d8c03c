//! Signing in and out, and where it leads.

use std::time::Duration;

use jiff::SignedDuration;
use perijove_model::Clock;
use perijove_testkit::{Answer, App, Browser};
use reqwest::Method;
use serde_json::json;

use super::{signed_in, start_server, token};

const ONE_PASSWORD: &str = "[[auth]]\nkind = \"dummy\"\npassword = \"the right password\"\n";

async fn post_login(browser: &Browser, query: &str, name: &str, password: &str) -> Answer {
    browser.get("hub/login").await.expect(200);
    let path = format!("hub/login{query}");
    browser
        .post_form(&path, &[("username", name), ("password", password)])
        .await
}

#[tokio::test]
async fn the_right_password_opens_a_session() {
    let app = App::builder().config(ONE_PASSWORD).start().await;
    let ann = app.browser();
    assert!(!signed_in(&ann).await);
    let answer = post_login(&ann, "", "ann", "the right password").await.expect(302);
    assert_eq!(answer.to(), "/hub/spawn");
    let home = ann.get("hub/home").await.expect(200);
    assert!(home.body.contains("ann"), "{}", home.body);
    // Signed in already: the sign-in page leads on.
    assert_eq!(ann.get("hub/login").await.expect(302).to(), "/hub/spawn");
    assert_eq!(
        ann.get("hub/login?next=%2Fhub%2Fhome").await.expect(302).to(),
        "/hub/home"
    );
}

#[tokio::test]
async fn cookies_are_named_and_guarded_as_the_contract_has_it() {
    let app = App::start().await;
    let answer = post_login(&app.browser(), "", "ann", "x").await.expect(302);
    let login = answer.set_cookie("jupyterhub-hub-login").unwrap();
    assert!(login.contains("; Path=/hub/;") && login.contains("HttpOnly"), "{login}");
    assert!(login.contains("Max-Age=1209600"), "{login}");
    assert!(login.starts_with("jupyterhub-hub-login=\""), "{login}");
    let session = answer.set_cookie("jupyterhub-session-id").unwrap();
    assert!(
        session.contains("; Path=/;") && session.contains("HttpOnly"),
        "{session}"
    );
    assert!(!session.contains("Max-Age"), "{session}");
    let xsrf = answer.set_cookie("_xsrf").unwrap();
    assert!(xsrf.contains("; Path=/hub/;") && !xsrf.contains("HttpOnly"), "{xsrf}");
    for line in [login, session, xsrf] {
        assert!(line.contains("SameSite=Lax") && !line.contains("Secure"), "{line}");
    }
}

#[tokio::test]
async fn cookies_are_secure_behind_https() {
    let app = App::builder()
        .config("[hub]\npublic_url = \"https://hub.example.org\"\n")
        .start()
        .await;
    let browser = app.browser();
    let page = browser.get("hub/login").await.expect(200);
    // A browser keeps secure cookies off plain connections, so this one carries the token by hand.
    let xsrf = page.cookie("_xsrf").to_owned();
    let request = browser
        .request(Method::POST, "hub/login")
        .header("cookie", format!("_xsrf={xsrf}"))
        .form(&[("_xsrf", xsrf.as_str()), ("username", "ann"), ("password", "x")]);
    let answer = browser.send(request).await.expect(302);
    for name in ["jupyterhub-hub-login", "jupyterhub-session-id", "_xsrf"] {
        assert!(answer.set_cookie(name).unwrap().contains("; Secure"), "{name}");
    }
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_look_the_same() {
    let native = "[[auth]]\nkind = \"native\"\n";
    let app = App::builder().config(native).start().await;
    super::setup::account(&app, "ann", "a good long password").await;
    let wrong = post_login(&app.browser(), "", "ann", "a bad long password")
        .await
        .expect(403);
    let unknown = post_login(&app.browser(), "", "bob", "a bad long password")
        .await
        .expect(403);
    for (answer, name) in [(&wrong, "ann"), (&unknown, "bob")] {
        assert!(answer.body.contains("Invalid username or password"), "{}", answer.body);
        assert!(
            answer.body.contains("id=\"login_submit\""),
            "the form is there to try again"
        );
        assert!(
            answer.body.contains(&format!("value=\"{name}\"")),
            "the name need not be typed again"
        );
        assert!(answer.set_cookie("jupyterhub-hub-login").is_none());
        assert!(!answer.body.contains("a bad long password"), "no password comes back");
    }
    let same = |body: &str| {
        let at = body.find("id=\"login-error\"").unwrap();
        body[at..at + 80].to_owned()
    };
    assert_eq!(same(&wrong.body), same(&unknown.body));
    assert_eq!(app.browser().sign_in_status("ann", "a good long password").await, 302);
}

#[tokio::test]
async fn a_failed_sign_in_makes_no_user() {
    let app = App::builder().config(ONE_PASSWORD).start().await;
    post_login(&app.browser(), "", "mallory", "guess").await.expect(403);
    let found = perijove_store::users::by_name(&app.hub.store, "mallory").await.unwrap();
    assert!(found.is_none());
}

#[tokio::test]
async fn who_is_not_let_in_gets_the_same_words() {
    let access = "[access]\nallowed_users = [\"ann\"]\nblocked_users = [\"eve\"]\nadmin_users = [\"ruth\", \"eve\"]\n";
    let app = App::builder().config(access).start().await;
    for (name, status) in [
        ("ann", 302),
        ("ANN", 302),
        ("ruth", 302),
        ("bob", 403),
        ("eve", 403),
        ("Eve", 403),
    ] {
        let answer = post_login(&app.browser(), "", name, "x").await;
        assert_eq!(answer.status, status, "{name}");
        if status == 403 {
            assert!(answer.body.contains("Invalid username or password"), "{}", answer.body);
        }
    }
    // A blocked administrator is none, and has no account.
    assert!(
        perijove_store::users::by_name(&app.hub.store, "eve")
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn who_is_blocked_later_is_out_at_once() {
    let before = App::start().await;
    let eve = before.sign_in("eve").await;
    let secret = token(&eve, "eve", json!({})).await;
    let database = match before.config().hub.database() {
        perijove_config::Database::Sqlite(file) => file.to_str().unwrap().to_owned(),
        perijove_config::Database::Postgres(url) => url.expose().to_owned(),
        perijove_config::Database::SqliteMemory => panic!("two hubs can't meet there"),
    };

    let after = App::builder()
        .config("[access]\nblocked_users = [\"eve\"]\n")
        .database(&database)
        .start()
        .await;
    let browser = after.browser();
    let home = browser
        .request(Method::GET, "hub/home")
        .header("cookie", eve.cookies("/hub/home"));
    browser.send(home).await.expect(302);
    browser
        .api_with_token(&secret, Method::GET, "user", None)
        .await
        .expect(403);
    // Where nobody blocks her, both still hold.
    eve.get("hub/home").await.expect(200);
    eve.api_with_token(&secret, Method::GET, "user", None).await.expect(200);
}

#[tokio::test]
async fn upper_case_is_the_same_person() {
    let app = App::start().await;
    let first = app.sign_in("ann").await;
    let second = app.browser();
    post_login(&second, "", " ANN ", "x").await.expect(302);
    let name = |answer: Answer| answer.json()["name"].as_str().unwrap().to_owned();
    assert_eq!(name(first.api(Method::GET, "user", None).await), "ann");
    assert_eq!(name(second.api(Method::GET, "user", None).await), "ann");
}

#[tokio::test]
async fn names_that_would_break_addresses_are_refused() {
    let app = App::start().await;
    for name in ["", " ", ".", "..", "a/b", "%2e%2e", "a%2fb", "a\0b", "a\nb"] {
        let answer = post_login(&app.browser(), "", name, "x").await;
        assert_eq!(answer.status, 403, "{name:?}: {}", answer.body);
    }
}

#[tokio::test]
async fn next_keeps_path_query_and_fragment() {
    let app = App::start().await;
    let ann = app.sign_in("ann").await;
    let own = app.url.trim_start_matches("http:");
    for (next, to) in [
        ("%2Fhub%2Fhome%3Fa%3D1%23top", "/hub/home?a=1#top"),
        ("/user/ann/lab/tree/a%2520b", "/user/ann/lab/tree/a%20b"),
        (&format!("http:{own}/hub/home?x=1"), "/hub/home?x=1"),
    ] {
        assert_eq!(ann.get(&format!("hub/login?next={next}")).await.expect(302).to(), to);
    }
}

#[tokio::test]
async fn without_next_the_default_is_taken_and_the_query_goes_along() {
    let app = App::start().await;
    let ann = app.browser();
    let answer = post_login(&ann, "?a=b&c=%26", "ann", "x").await.expect(302);
    assert_eq!(answer.to(), "/hub/spawn?a=b&c=%26");
    start_server(&ann, "ann").await;
    assert_eq!(ann.get("hub/login").await.to(), "/user/ann/");
    assert_eq!(ann.get("hub/").await.to(), "/user/ann/");

    let home = App::builder()
        .config("[hub]\nredirect_to_server = false\n")
        .start()
        .await;
    assert_eq!(home.sign_in("ann").await.get("hub/").await.to(), "/hub/home");
    let page = App::builder()
        .config("[hub]\ndefault_url = \"/hub/home?welcome\"\n")
        .start()
        .await;
    let answer = post_login(&page.browser(), "?a=b", "ann", "x").await.expect(302);
    assert_eq!(answer.to(), "/hub/home?welcome&a=b");
}

#[tokio::test]
async fn whoever_is_not_signed_in_comes_back_to_the_page_afterwards() {
    let app = App::start().await;
    let browser = app.browser();
    for path in ["/hub/home?a=1", "/hub/spawn/ann", "/hub/user/ann/lab?x=%20", "/hub/"] {
        let to = browser.get(path).await.expect(302).to().to_owned();
        let next = url::Url::parse("http://x").unwrap().join(&to).unwrap();
        assert_eq!(next.path(), "/hub/login");
        let next = next
            .query_pairs()
            .find(|(key, _)| key == "next")
            .unwrap()
            .1
            .into_owned();
        assert_eq!(next, path);
    }
}

#[tokio::test]
async fn an_identity_prepared_for_somebody_else_is_not_taken() {
    let app = App::start().await;
    let prepared = "0123456789abcdef0123456789abcdef";
    let browser = app.browser();
    let cookie = format!("jupyterhub-session-id={prepared}");
    let page = browser.get_with("hub/login", "cookie", &cookie).await;
    let xsrf = page.cookie("_xsrf").to_owned();
    let request = app
        .browser()
        .request(Method::POST, "hub/login")
        .header("cookie", format!("{cookie}; _xsrf={xsrf}"))
        .form(&[("_xsrf", xsrf.as_str()), ("username", "ann"), ("password", "x")]);
    let answer = browser.send(request).await.expect(302);
    assert_ne!(answer.cookie("jupyterhub-session-id"), prepared);
    assert_eq!(answer.cookie("jupyterhub-session-id").len(), 32);
    assert_ne!(answer.cookie("_xsrf"), xsrf, "the form's token is a new one, too");
}

#[tokio::test]
async fn each_sign_in_is_a_session_of_its_own() {
    let app = App::start().await;
    let (desk, phone) = (app.sign_in("ann").await, app.sign_in("ann").await);
    assert_ne!(
        desk.cookie("jupyterhub-session-id"),
        phone.cookie("jupyterhub-session-id")
    );
    assert_ne!(
        desk.cookie("jupyterhub-hub-login"),
        phone.cookie("jupyterhub-hub-login")
    );
    desk.get("hub/logout").await.expect(302);
    assert!(!signed_in(&desk).await);
    assert!(
        signed_in(&phone).await,
        "logging out here leaves the other browser alone"
    );
}

#[tokio::test]
async fn logging_out_ends_the_tokens_of_this_browser_only() {
    let app = App::start().await;
    let (desk, phone) = (app.sign_in("ann").await, app.sign_in("ann").await);
    start_server(&desk, "ann").await;
    let own = token(&desk, "ann", json!({ "note": "script" })).await;
    let at_desk = super::oauth::token_of(&app, &desk).await;
    let at_phone = super::oauth::token_of(&app, &phone).await;
    desk.get("hub/logout").await.expect(302);
    let browser = app.browser();
    let status = async |token: String| browser.api_with_token(&token, Method::GET, "user", None).await.status;
    assert_eq!(status(at_desk).await, 403);
    assert_eq!(status(at_phone).await, 200);
    assert_eq!(status(own).await, 200, "a script's token is not the browser's");
}

#[tokio::test]
async fn a_session_ends_when_its_time_is_up() {
    let app = App::builder().config("[hub]\ncookie_max_age = \"2h\"\n").start().await;
    let ann = app.sign_in("ann").await;
    app.clock.advance(SignedDuration::from_mins(119));
    assert!(signed_in(&ann).await);
    app.clock.advance(SignedDuration::from_mins(2));
    let cookie = format!(
        "jupyterhub-hub-login={}; jupyterhub-session-id={}",
        ann.cookie("jupyterhub-hub-login").unwrap_or_default(),
        ann.cookie("jupyterhub-session-id").unwrap_or_default()
    );
    assert_eq!(app.browser().get_with("hub/home", "cookie", &cookie).await.status, 302);
    assert!(!signed_in(&ann).await);
    // And the way back in is open.
    post_login(&ann, "", "ann", "x").await.expect(302);
    assert!(signed_in(&ann).await);
}

#[tokio::test]
async fn a_login_cookie_is_for_its_session() {
    let app = App::start().await;
    let (ann, bob) = (app.sign_in("ann").await, app.sign_in("bob").await);
    let login = format!("jupyterhub-hub-login={}", ann.cookie("jupyterhub-hub-login").unwrap());
    let other = bob.cookie("jupyterhub-session-id").unwrap();
    let with_other = format!("{login}; jupyterhub-session-id={other}");
    let only_id = format!("jupyterhub-session-id={}", ann.cookie("jupyterhub-session-id").unwrap());
    for cookie in [with_other, only_id] {
        assert_eq!(
            app.browser().get_with("hub/home", "cookie", &cookie).await.status,
            302,
            "{cookie}"
        );
    }
}

#[tokio::test]
async fn a_browser_that_was_closed_goes_on_in_its_session() {
    let app = App::start().await;
    let ann = app.sign_in("ann").await;
    let session = ann.cookie("jupyterhub-session-id").unwrap();
    let xsrf = ann.xsrf();
    // What a browser keeps over its end: cookies with an age.
    let login = format!("jupyterhub-hub-login={}", ann.cookie("jupyterhub-hub-login").unwrap());
    let page = app.browser().get_with("hub/token", "cookie", &login).await.expect(200);
    assert_eq!(page.cookie("jupyterhub-session-id"), session);
    let line = page.set_cookie("jupyterhub-session-id").unwrap();
    assert!(
        line.contains("; Path=/;") && line.contains("HttpOnly") && !line.contains("Max-Age"),
        "{line}"
    );
    assert!(!page.cookie("_xsrf").is_empty());
    let whole = format!("{login}; jupyterhub-session-id={session}; _xsrf={xsrf}");
    let page = app.browser().get_with("hub/token", "cookie", &whole).await.expect(200);
    assert!(page.set_cookie("jupyterhub-session-id").is_none() && page.set_cookie("_xsrf").is_none());
    // Signed out, it is over for that cookie, too.
    ann.get("hub/logout").await;
    assert_eq!(app.browser().get_with("hub/token", "cookie", &login).await.status, 302);
}

#[tokio::test]
async fn tossed_cookies_do_not_lock_anybody_out() {
    let app = App::start().await;
    let ann = app.sign_in("ann").await;
    let cookie = format!(
        "jupyterhub-hub-login=tossed; jupyterhub-hub-login={}; \
         jupyterhub-session-id=00000000000000000000000000000000; jupyterhub-session-id={}",
        ann.cookie("jupyterhub-hub-login").unwrap(),
        ann.cookie("jupyterhub-session-id").unwrap()
    );
    assert_eq!(app.browser().get_with("hub/home", "cookie", &cookie).await.status, 200);
}

#[tokio::test]
async fn sessions_outlive_a_restart_of_the_hub() {
    let app = App::start().await;
    let ann = app.sign_in("ann").await;
    let form = ann.xsrf();
    let app = app.restart().await;
    assert!(signed_in(&ann).await);
    assert_eq!(ann.xsrf(), form, "a form that was open works on");
    start_server(&ann, "ann").await;
    let app = app.restart().await;
    assert_eq!(ann.get("user/ann/api").await.status, 200);
    assert_eq!(app.clock.now(), perijove_model::MockClock::default().now());
}

#[tokio::test]
async fn a_deleted_person_is_signed_out() {
    let app = App::start().await;
    let (ann, ruth) = (app.sign_in("ann").await, app.sign_in("ruth").await);
    ruth.api(Method::DELETE, "users/ann", None).await.expect(204);
    assert!(!signed_in(&ann).await);
}

#[tokio::test]
async fn a_huge_name_is_refused_and_the_hub_is_well_afterwards() {
    let app = App::builder().config(ONE_PASSWORD).start().await;
    let browser = app.browser();
    let huge = "x".repeat(1_000_000);
    let answer = post_login(&browser, "", &huge, "guess").await.expect(403);
    assert!(
        answer.body.len() < 20_000,
        "the name is not sent back whole: {}",
        answer.body.len()
    );
    let huge = "x".repeat(3_000_000);
    assert_eq!(post_login(&browser, "", &huge, "guess").await.status, 413);
    post_login(&browser, "", "ann", "the right password").await.expect(302);
}

#[tokio::test]
async fn a_password_with_anything_in_it_is_taken_as_it_is() {
    let odd = "pä ss\u{0}wörd & <b> = %41 + 🦀";
    let toml = "[[auth]]\nkind = \"dummy\"\npassword = \"pä ss\\u0000wörd & <b> = %41 + 🦀\"\n";
    let app = App::builder().config(toml).start().await;
    post_login(&app.browser(), "", "ann", odd).await.expect(302);
    post_login(&app.browser(), "", "ann", odd.trim_end_matches('🦀'))
        .await
        .expect(403);
}

#[tokio::test]
async fn below_a_base_url_all_works_the_same() {
    let app = App::builder().config("[hub]\nbase_url = \"/jupyter/\"\n").start().await;
    let ann = app.browser();
    ann.get("hub/login").await.expect(200);
    let answer = ann
        .post_form("hub/login", &[("username", "ann"), ("password", "x")])
        .await
        .expect(302);
    assert_eq!(answer.to(), "/jupyter/hub/spawn");
    assert!(
        answer
            .set_cookie("jupyterhub-hub-login")
            .unwrap()
            .contains("Path=/jupyter/hub/;")
    );
    assert!(
        answer
            .set_cookie("jupyterhub-session-id")
            .unwrap()
            .contains("Path=/jupyter/;")
    );
    start_server(&ann, "ann").await;
    let model = ann.api(Method::GET, "users/ann", None).await.json();
    assert_eq!(model["server"], "/jupyter/user/ann/");
    assert_eq!(
        ann.get("user/ann/api").await.expect(200).json()["path"],
        "/jupyter/user/ann/api"
    );
    assert_eq!(ann.get("/").await.expect(302).to(), "/jupyter/hub/");
    tokio::time::timeout(Duration::from_secs(20), ann.visit("hub/"))
        .await
        .unwrap()
        .expect(200);
}

#[tokio::test]
async fn people_of_the_configuration_have_the_role_of_everybody_from_the_first_start() {
    let site = "[access]\nallowed_users = [\"ann\"]\nadmin_users = [\"ruth\"]\n\
        [[group]]\nname = \"class\"\nusers = [\"bob\"]\n\
        [[role]]\nname = \"lists\"\nscopes = [\"list:users\"]\nusers = [\"eve\"]\n\
        [[role]]\nname = \"user\"\nscopes = [\"self\", \"read:hub\"]\n";
    let app = App::builder().config(site).start().await;
    for name in ["ann", "bob", "eve", "ruth"] {
        let browser = app.sign_in(name).await;
        start_server(&browser, name).await;
        assert_eq!(browser.api(Method::GET, "info", None).await.status, 200, "{name}");
    }
    let app = app.restart().await;
    let roles = app.sign_in("eve").await.api(Method::GET, "user", None).await.json()["roles"].clone();
    assert_eq!(roles, json!(["lists", "user"]));
}

#[tokio::test]
async fn who_is_blocked_is_out_at_once_with_all_that_was_given_out() {
    let app = App::start().await;
    let (ann, bob) = (app.sign_in("ann").await, app.sign_in("bob").await);
    start_server(&ann, "ann").await;
    let secrets = [
        token(&ann, "ann", json!({})).await,
        super::oauth::token_of(&app, &ann).await,
    ];
    let blocked = "[access]\nallow_all = true\nblocked_users = [\"ann\"]\nadmin_users = [\"ruth\"]\n";
    let app = app.restart_with(blocked).await;
    assert!(!signed_in(&ann).await);
    assert!(signed_in(&bob).await);
    for secret in secrets {
        assert_eq!(bob.api_with_token(&secret, Method::GET, "user", None).await.status, 403);
    }
    assert_eq!(app.browser().sign_in_status("ann", "x").await, 403);

    let ruth = app.sign_in("ruth").await;
    let seen = async || ruth.api(Method::GET, "users/ann", None).await.json();
    assert_eq!(seen().await["roles"], json!([]));
    for _ in 0..500 {
        if seen().await["servers"] == json!({}) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert_eq!(seen().await["servers"], json!({}), "the server does not go on");
    assert_eq!(app.spawner.running(), []);

    let app = app.restart_with("").await;
    let ann = app.sign_in("ann").await;
    start_server(&ann, "ann").await;
}

#[tokio::test]
async fn roles_and_services_follow_the_configuration() {
    let with = "[[service]]\nname = \"lister\"\napi_token = \"the-secret-of-lister\"\n\
        [[role]]\nname = \"lists\"\nscopes = [\"list:users\"]\nservices = [\"lister\"]\nusers = [\"ann\"]\n";
    let app = App::builder().config(with).start().await;
    let ann = app.sign_in("ann").await;
    assert_eq!(ann.api(Method::GET, "users", None).await.status, 200);
    let browser = app.browser();
    let list = async || {
        browser
            .api_with_token("the-secret-of-lister", Method::GET, "users", None)
            .await
            .status
    };
    assert_eq!(list().await, 200);
    let another = with.replace("the-secret-of-lister", "another-secret-of-lister");
    let app = app.restart_with(&another).await;
    assert_eq!(list().await, 403, "a token that was replaced is none");
    let app = app.restart_with(with).await;
    assert_eq!(list().await, 200);
    let app = app.restart_with("").await;
    assert_eq!(list().await, 403, "nor is that of a service that is gone");
    assert_eq!(ann.api(Method::GET, "users", None).await.status, 403);
    assert!(signed_in(&ann).await);
    drop(app);
}
