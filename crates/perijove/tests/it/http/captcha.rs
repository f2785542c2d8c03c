//! A service that tells people from programs, asked about whoever signs up and about whoever guesses.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use perijove_testkit::{Answer, App, Browser};

use super::accounts::GOOD;
use super::setup::account;

/// Speaks as the real ones do: the answer `person` is a person's.
struct Service {
    url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Service {
    fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&asked);
        std::thread::spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                let body = body(&mut stream);
                let said = match body.as_str() {
                    body if !body.contains("secret=private-key") => {
                        r#"{"success": false, "error-codes": ["invalid-input-secret"]}"#
                    }
                    body if body.contains("response=person") => r#"{"success": true}"#,
                    _ => r#"{"success": false, "error-codes": ["invalid-input-response"]}"#,
                };
                seen.lock().unwrap().push(body);
                let _ = write!(
                    stream,
                    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{said}",
                    said.len()
                );
            }
        });
        Self { url, asked }
    }

    fn section(&self, more: &str) -> String {
        format!(
            "[captcha]\nservice = \"custom\"\nkey = \"public-key\"\nsecret = \"private-key\"\n\
             script_url = \"https://captcha.example.org/api.js\"\nverify_url = \"{}/siteverify\"\n{more}\n",
            self.url
        )
    }
}

fn body(stream: &mut TcpStream) -> String {
    let (mut seen, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let text = String::from_utf8_lossy(&seen).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
            if body.len() >= length.unwrap_or(0) {
                return body.to_owned();
            }
        }
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return String::new(),
            Ok(count) => seen.extend_from_slice(&buffer[..count]),
        }
    }
}

async fn sign_up(app: &App, name: &str, answer: Option<&str>) -> Answer {
    let browser = app.browser();
    browser.get("hub/signup").await.expect(200);
    let mut fields = vec![
        ("username", name),
        ("signup_password", GOOD),
        ("signup_password_confirmation", GOOD),
    ];
    fields.extend(answer.map(|answer| ("captcha-response", answer)));
    browser.post_form("hub/signup", &fields).await
}

async fn sign_in(browser: &Browser, password: &str, answer: &str) -> Answer {
    browser.get("hub/login").await.expect(200);
    let fields = [
        ("username", "ann"),
        ("password", password),
        ("captcha-response", answer),
    ];
    browser.post_form("hub/login", &fields).await
}

const OPEN: &str = "[[auth]]\nkind = \"native\"\nopen_signup = true\n";

#[tokio::test]
async fn whoever_signs_up_shows_that_they_are_a_person() {
    let service = Service::open();
    let app = App::builder()
        .config(&format!("{OPEN}{}", service.section("")))
        .start()
        .await;
    let page = app.browser().get("hub/signup").await.expect(200);
    assert!(page.body.contains("data-sitekey=\"public-key\""), "{}", page.body);
    assert!(
        page.text().contains("src=\"https://captcha.example.org/api.js\""),
        "{}",
        page.body
    );
    assert!(!page.body.contains("private-key"), "{}", page.body);
    for answer in [None, Some(""), Some("robot"), Some(&*"x".repeat(10_000))] {
        let refused = sign_up(&app, "ann", answer).await.expect(400);
        assert!(
            refused.text().contains("Show that you are no robot."),
            "{}",
            refused.body
        );
    }
    assert_eq!(app.browser().sign_in_status("ann", GOOD).await, 403);
    sign_up(&app, "ann", Some("person")).await.expect(200);
    assert_eq!(app.browser().sign_in_status("ann", GOOD).await, 302);
    let asked = service.asked.lock().unwrap().clone();
    assert_eq!(asked.len(), 2, "only what may be an answer is asked about: {asked:?}");
}

#[tokio::test]
async fn only_its_pages_load_from_it_and_only_from_it() {
    let service = Service::open();
    let app = App::builder()
        .config(&format!("{OPEN}{}", service.section("")))
        .start()
        .await;
    let policy = async |path: &str| {
        let page = app.browser().get(path).await.expect(200);
        page.header("content-security-policy").to_owned()
    };
    let own = policy("hub/signup").await;
    for part in [
        "script-src 'self' https://captcha.example.org;",
        "frame-src https://captcha.example.org;",
    ] {
        assert!(own.contains(part), "no {part} in {own}");
    }
    assert!(!own.contains("unsafe"), "{own}");
    assert_eq!(
        own.matches("https://").count(),
        own.matches("https://captcha.example.org").count()
    );
    let other = policy("hub/login").await;
    assert!(
        !other.contains("captcha") && other.contains("script-src 'self';"),
        "{other}"
    );
}

#[tokio::test]
async fn a_service_that_is_away_lets_nobody_in_and_says_so() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let service = Service {
        url: format!("http://{closed}"),
        asked: Arc::default(),
    };
    let app = App::builder()
        .config(&format!("{OPEN}{}", service.section("")))
        .start()
        .await;
    let refused = sign_up(&app, "ann", Some("person")).await.expect(503);
    assert!(
        refused.text().contains("Try again in a few minutes."),
        "{}",
        refused.body
    );
    assert!(
        refused.body.contains("id=\"signup_form\""),
        "the form is there to try again"
    );
    // The hub's own fault is not the visitor's.
    let service = Service::open();
    let wrong = service.section("").replace("private-key", "another-key");
    let app = App::builder().config(&format!("{OPEN}{wrong}")).start().await;
    sign_up(&app, "ann", Some("person")).await.expect(503);
}

#[tokio::test]
async fn after_some_failures_whoever_signs_in_is_asked_too() {
    let service = Service::open();
    let section = service.section("after_failures = 2\non_signup = false");
    let app = App::builder().config(&format!("{OPEN}{section}")).start().await;
    assert!(
        !app.browser()
            .get("hub/signup")
            .await
            .expect(200)
            .body
            .contains("data-sitekey")
    );
    account(&app, "ann", GOOD).await;
    let browser = app.browser();
    for _ in 0..2 {
        let page = browser.get("hub/login").await.expect(200);
        assert!(!page.body.contains("data-sitekey"), "{}", page.body);
        sign_in(&browser, "a wrong password", "").await.expect(403);
    }
    let page = browser.get("hub/login").await.expect(200);
    assert!(page.body.contains("data-sitekey"), "{}", page.body);
    assert!(page.header("content-security-policy").contains("frame-src"));
    let refused = sign_in(&browser, GOOD, "robot").await.expect(403);
    assert!(
        refused.text().contains("Show that you are no robot."),
        "{}",
        refused.body
    );
    assert!(refused.body.contains("data-sitekey"), "{}", refused.body);
    sign_in(&browser, GOOD, "person").await.expect(302);
}
