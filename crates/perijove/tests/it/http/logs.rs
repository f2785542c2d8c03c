//! What is written to the log at the lowest level: no secret, and no line without end.

use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use perijove_hub::audit::Actor;
use perijove_hub::startup;
use perijove_model::UserName;
use perijove_testkit::{Answer, App, Browser};
use reqwest::Method;
use serde_json::json;
use tracing::Metadata;
use tracing_subscriber::filter::dynamic_filter_fn;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;

/// Longer than any line that a person could want to read.
const LONGEST: usize = 4 << 10;
const PASSWORD: &str = "violet-otter-ladder-97";
const WRONG: &str = "crimson-badger-window-31";
const VERIFIER: &str = "verifier-0123456789-abcdefghijklmnopqrstuvw";
const SERVICE_TOKEN: &str = "service-token-5f0e7c9b2a";
const CONFIG: &str = r#"
[[auth]]
kind = "native"
[access]
allow_all = true
[[service]]
name = "reports"
url = "http://127.0.0.1:9"
api_token = "service-token-5f0e7c9b2a"
oauth_no_confirm = true
oauth_client_allowed_scopes = ["inherit"]
[[role]]
name = "everything"
scopes = ["access:services", "list:users", "admin:users"]
services = ["reports"]
users = ["ann"]
"#;

/// All that is said, by every crate, from every thread, while it listens.
#[derive(Clone, Default)]
struct Ear {
    heard: Arc<Mutex<Vec<u8>>>,
    listens: Arc<AtomicBool>,
}

impl Ear {
    /// The one subscriber of this process; it costs the other tests nothing but a look at a flag once it is shut.
    fn open() -> Self {
        let ear = Self::default();
        ear.listens.store(true, Ordering::SeqCst);
        let listens = Arc::clone(&ear.listens);
        // What the test's own client says is no log of ours.
        let ours = move |metadata: &Metadata<'_>| {
            let client = ["reqwest", "cookie_store", "cookie"];
            listens.load(Ordering::SeqCst) && !client.iter().any(|name| metadata.target().starts_with(name))
        };
        let layer = tracing_subscriber::fmt::layer()
            .with_ansi(false)
            .with_writer(ear.clone());
        let filter = dynamic_filter_fn(move |metadata, _| ours(metadata));
        let subscriber = tracing_subscriber::registry().with(filter).with(layer);
        tracing::subscriber::set_global_default(subscriber).unwrap();
        ear
    }

    fn shut(&self) -> String {
        self.listens.store(false, Ordering::SeqCst);
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&heard).into_owned()
    }
}

impl Write for Ear {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.heard
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Ear {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Everything of the walk that nobody else may read.
#[derive(Default)]
struct Secrets(Vec<(&'static str, String)>);

impl Secrets {
    fn add(&mut self, what: &'static str, secret: impl Into<String>) {
        let secret = secret.into();
        assert!(secret.len() >= 16, "{what}: {secret:?} is too short to be looked for");
        if self.0.iter().all(|(_, known)| *known != secret) {
            self.0.push((what, secret));
        }
    }

    fn of(&mut self, browser: &Browser) {
        for (what, name) in [
            ("a login cookie", "jupyterhub-hub-login"),
            ("a session id", "jupyterhub-session-id"),
            ("an anti-forgery token", "_xsrf"),
        ] {
            if let Some(value) = browser.cookie(name) {
                self.add(what, value);
            }
        }
    }
}

fn link_token(link: &str) -> String {
    link.split_once("token=").unwrap().1.to_owned()
}

fn code(answer: &Answer) -> String {
    let code = answer.to().split_once("code=").unwrap().1;
    code.split('&').next().unwrap().to_owned()
}

async fn choose_password(browser: &Browser, name: &str, token: &str) {
    browser.get(&format!("hub/setup?token={token}")).await.expect(200);
    let fields = [
        ("token", token),
        ("username", name),
        ("password", PASSWORD),
        ("password_again", PASSWORD),
    ];
    browser.post_form("hub/setup", &fields).await.expect(302);
}

#[tokio::test]
async fn cve_2022_24757_no_secret_and_no_endless_line_is_logged() {
    let ear = Ear::open();
    let mut secrets = Secrets::default();
    for (what, secret) in [
        ("a password", PASSWORD),
        ("a mistyped password", WRONG),
        ("a service's token", SERVICE_TOKEN),
        ("a verifier", VERIFIER),
        ("the edge's token", "edge-token-of-the-test"),
        ("the cookie secret", "the cookie secret of the test kit"),
    ] {
        secrets.add(what, secret);
    }
    let app = App::builder().config(CONFIG).start().await;
    let (app, pages) = walk(app, &mut secrets).await;
    endless(&app).await;
    let app = app.restart().await;
    app.hub.stop().await;
    let log = ear.shut();

    assert!(
        log.contains("TRACE") && log.contains("start requested"),
        "the ear was open"
    );
    assert!(
        secrets.0.len() > 20,
        "the walk met all kinds of secrets: {}",
        secrets.0.len()
    );
    for (what, secret) in &secrets.0 {
        let line = log.lines().find(|line| line.contains(secret));
        assert!(line.is_none(), "{what} is in the log: {}", line.unwrap_or_default());
        let escaped = perijove_model::escape::component(secret);
        let line = log.lines().find(|line| line.contains(&escaped));
        assert!(line.is_none(), "{what} is in the log: {}", line.unwrap_or_default());
        // Forms must hold their own token, and links theirs; the contract has session ids in the list of tokens.
        let belongs = matches!(*what, "an anti-forgery token" | "a link" | "a session id");
        let page = pages.iter().find(|page| !belongs && page.contains(secret));
        assert!(
            page.is_none(),
            "{what} is on a page: {}",
            page.map(String::as_str).unwrap_or_default()
        );
    }
    let longest = log.lines().max_by_key(|line| line.len()).unwrap_or_default();
    assert!(
        longest.len() <= LONGEST,
        "{} bytes: {}",
        longest.len(),
        longest.chars().take(300).collect::<String>()
    );
}

/// A person's whole way, and a program's. Gives the pages that were seen.
async fn walk(app: App, secrets: &mut Secrets) -> (App, Vec<String>) {
    let hub = &app.hub;
    let mut pages = Vec::new();
    let ann = app.browser();
    let setup = startup::setup_link(hub).await.unwrap().unwrap_or_default();
    // The configuration's own people have no password yet: an invitation, then.
    let name = UserName::normalise("ann").unwrap();
    let invited = startup::invite(
        &hub.store,
        &*hub.clock,
        &*hub.rng,
        &hub.config,
        &name,
        true,
        &Actor::hub(),
    )
    .await
    .unwrap();
    if !setup.is_empty() {
        secrets.add("a link", link_token(&setup));
        choose_password(&app.browser(), "boss", &link_token(&setup)).await;
    }
    secrets.add("a link", link_token(&invited));
    choose_password(&ann, "ann", &link_token(&invited)).await;
    secrets.of(&ann);
    ann.get("hub/logout").await;

    pages.push(ann.get("hub/login").await.body);
    secrets.of(&ann);
    let wrong = ann
        .post_form("hub/login", &[("username", "ann"), ("password", WRONG)])
        .await
        .expect(403);
    pages.push(wrong.body);
    let next = format!("hub/login?next=%2Fhub%2Fhome%3Ftoken%3D{WRONG}&password={WRONG}");
    ann.post_form(&next, &[("username", "ann"), ("password", PASSWORD)])
        .await
        .expect(302);
    secrets.of(&ann);

    let made = ann
        .api(Method::POST, "users/ann/tokens", Some(json!({ "note": "script" })))
        .await
        .expect(201);
    let token = made.json()["token"].as_str().unwrap().to_owned();
    secrets.add("an API token", &token);
    ann.api(Method::POST, "users/ann/server", None).await.expect(201);
    let spec = app.spawner.specs().pop().unwrap();
    secrets.add("a server's token", spec.api_token.expose());
    for path in ["hub/home", "hub/spawn-pending/ann", "hub/nothing", "user/ann/lab"] {
        pages.push(ann.visit(path).await.body);
    }
    ann.get(&format!("hub/api/users/ann/server/progress?_xsrf={}", ann.xsrf()))
        .await
        .expect(200);
    sign_in_to_servers(&app, &ann, secrets).await;
    misplaced(&app, &ann, &token).await;
    for path in ["users", "users/ann", "users/ann/tokens", "user"] {
        pages.push(
            app.browser()
                .api_with_token(&token, Method::GET, path, None)
                .await
                .expect(200)
                .body,
        );
    }
    app.browser()
        .api_with_token(SERVICE_TOKEN, Method::GET, "users", None)
        .await
        .expect(200);
    let app = app.restart().await;
    ann.api(Method::DELETE, "users/ann/server", None).await.expect(204);
    app.spawner.play(perijove_spawn::fake::Script {
        fail: Some("No room.".into()),
        ..Default::default()
    });
    ann.api(Method::POST, "users/ann/server", None).await.expect(500);
    pages.push(ann.visit("hub/spawn-pending/ann").await.body);
    ann.get("hub/logout").await.expect(302);
    (app, pages)
}

/// As the person's server and a service do it, well and badly.
async fn sign_in_to_servers(app: &App, ann: &Browser, secrets: &mut Secrets) {
    let own = app.spawner.specs().pop().unwrap().api_token;
    for (client, secret) in [
        ("jupyterhub-user-ann", own.expose()),
        ("service-reports", SERVICE_TOKEN),
    ] {
        let state = format!("state-of-{client}-0123456789");
        secrets.add("a state", &state);
        let path = format!(
            "hub/api/oauth2/authorize?client_id={client}&response_type=code&state={state}&code_challenge={VERIFIER}"
        );
        for verifier in [VERIFIER, "another-0123456789-abcdefghijklmnopqrstuvwxyz"] {
            let code = code(&ann.get(&path).await.expect(302));
            secrets.add("a code", &code);
            let fields = [
                ("client_id", client),
                ("client_secret", secret),
                ("grant_type", "authorization_code"),
                ("code", &code),
                ("code_verifier", verifier),
            ];
            let browser = app.browser_at_hub();
            let answer = browser
                .send(browser.request(Method::POST, "hub/api/oauth2/token").form(&fields))
                .await;
            if verifier == VERIFIER {
                let token = answer.expect(200).json()["access_token"].as_str().unwrap().to_owned();
                browser
                    .api_with_token(&token, Method::GET, "user", None)
                    .await
                    .expect(200);
                secrets.add("an OAuth token", token);
            } else {
                answer.expect(400);
            }
        }
    }
}

/// Secrets where they do not belong.
async fn misplaced(app: &App, ann: &Browser, token: &str) {
    let browser = app.browser();
    for path in [
        format!("hub/api/user?token={token}"),
        format!("hub/api/user?TOKEN={token}&auth_token={token}"),
        format!("hub/home?api_key={token}"),
        format!("hub/user/ann/lab?token={token}"),
        format!("user/ann/lab?token={token}"),
        format!("user/nobody/lab?token={token}"),
        format!("hub/login?next=%2Fuser%2Fann%2F%3Ftoken%3D{token}"),
        format!("hub/login?next=%2Fhub%2Flogin%3Fnext%3D%252Fx%253Ftoken%253D{token}"),
        format!("hub/setup?token={token}"),
        format!("hub/spawn?next=/user/ann/lab?token={token}"),
        format!("hub/user-redirect/lab?token={token}"),
        format!("hub/oauth_callback?code={token}&state={token}"),
        format!("hub/oauth_callback/campus?state={token}&code={token}&iss=x"),
    ] {
        browser.get(&path).await;
        ann.get(&path).await;
    }
    for header in ["authorization", "cookie", "referer", "x-xsrftoken"] {
        browser
            .get_with("hub/api/users", header, &format!("token {token}x"))
            .await;
    }
    let broken = format!("{{\"auth\": {{\"password\": \"{WRONG}\"}}, \"token\": \"{token}\", broken");
    for path in [
        "hub/api/users/ann/tokens",
        "hub/api/shutdown",
        "hub/login",
        "hub/api/oauth2/token",
    ] {
        let request = browser
            .request(Method::POST, path)
            .header("authorization", format!("token {token}"))
            .body(broken.clone());
        browser.send(request).await;
    }
}

/// Senders who try to fill the disk.
async fn endless(app: &App) {
    let browser = app.browser();
    let huge = "x".repeat(1_000_000);
    assert_eq!(browser.sign_in_status(&huge, WRONG).await, 403);
    assert_eq!(browser.sign_in_status(&"\r\n".repeat(100_000), WRONG).await, 403);
    let long = "y".repeat(50_000);
    for path in [
        format!("hub/{long}"),
        format!("hub/login?{long}"),
        format!("user/{long}/lab"),
        format!("hub/user/{long}/lab"),
    ] {
        browser.get(&path).await;
    }
    for header in ["user-agent", "x-forwarded-for", "referer", "authorization"] {
        browser.get_with("hub/home", header, &long).await;
    }
    let report = browser.request(Method::POST, "hub/security/csp-report").body(huge);
    browser.send(report).await;
}
