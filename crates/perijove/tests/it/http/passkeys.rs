//! Passkeys, with a device that is none (`perijove_auth::passkey::authenticator`): to add, to sign in, as a second factor.

use jiff::SignedDuration;
use perijove_auth::passkey::authenticator::Authenticator;
use perijove_auth::totp;
use perijove_model::{Clock, Secret};
use perijove_testkit::{Answer, App, Browser};
use reqwest::Method;
use serde_json::{Value, json};

use super::accounts::GOOD;
use super::audit::last;
use super::setup::account;
use super::signed_in;

const CONFIG: &str = "[[auth]]\nkind = \"native\"\n[access]\nadmin_users = [\"ruth\"]\nallowed_failed_logins = 3\n\
                      seconds_before_next_try = 60\n";

/// Where people are: browsers know no passkeys of bare addresses.
fn origin(app: &App) -> String {
    app.url.replace("127.0.0.1", "localhost")
}

fn browser(app: &App) -> Browser {
    Browser::new(&origin(app), "/")
}

async fn app() -> App {
    App::builder().config(CONFIG).start().await
}

/// Somebody with an account, signed in where passkeys can be used.
async fn person(app: &App, name: &str) -> Browser {
    account(app, name, GOOD).await;
    let there = browser(app);
    assert_eq!(there.sign_in_status(name, GOOD).await, 302);
    there.get("hub/account").await.expect(200);
    there
}

/// What the page's script asks.
async fn ask(browser: &Browser, what: &str, origin: &str, ticket: &str) -> Answer {
    let fields = [("for", what), ("origin", origin), ("ticket", ticket)];
    browser.post_form("hub/passkey", &fields).await
}

async fn options(app: &App, browser: &Browser, what: &str) -> Value {
    ask(browser, what, &origin(app), "").await.expect(200).json()
}

async fn change(browser: &Browser, fields: &[(&str, &str)]) -> Answer {
    browser.post_form("hub/account/passkeys", fields).await
}

/// A new passkey of whoever is signed in, in this device.
async fn add(app: &App, browser: &Browser, device: &mut Authenticator, name: &str) -> Answer {
    let made = device
        .make(&options(app, browser, "make").await, &origin(app))
        .to_string();
    let fields = [
        ("what", "add"),
        ("name", name),
        ("password", GOOD),
        ("made", made.as_str()),
    ];
    change(browser, &fields).await
}

async fn show(browser: &Browser, answer: &Value) -> Answer {
    browser
        .post_form("hub/login", &[("passkey", &answer.to_string())])
        .await
}

/// What comes of signing in with this device, in a new browser.
async fn sign_in(app: &App, device: &mut Authenticator) -> Answer {
    let there = browser(app);
    there.get("hub/login").await.expect(200);
    let answer = device
        .answer(&options(app, &there, "sign-in").await, &origin(app))
        .unwrap();
    show(&there, &answer).await
}

/// Ann, and her device with a passkey.
async fn ann(app: &App) -> (Browser, Authenticator) {
    let (there, mut device) = (person(app, "ann").await, Authenticator::default());
    add(app, &there, &mut device, "Laptop").await.expect(200);
    (there, device)
}

#[tokio::test]
async fn a_passkey_signs_in_without_name_and_password() {
    let app = app().await;
    let ruth = account(&app, "ruth", GOOD).await;
    let (ann, mut device) = ann(&app).await;
    let page = ann.get("hub/account").await.expect(200);
    assert!(
        page.body.contains("Laptop") && page.body.contains(">localhost<"),
        "{}",
        page.body
    );
    let entry = last(&ruth, "user.changed").await;
    assert_eq!(entry["detail"], json!({ "passkey": "added", "name": "Laptop" }));

    let there = browser(&app);
    let page = there.get("hub/login").await.expect(200);
    assert!(page.body.contains("data-passkey=\"sign-in\""), "{}", page.body);
    assert!(page.body.contains("username webauthn"), "{}", page.body);
    let options = options(&app, &there, "sign-in").await;
    assert_eq!(options["userVerification"], "required");
    assert_eq!(
        options["allowCredentials"],
        json!([]),
        "nobody is told who has passkeys"
    );
    let answer = device.answer(&options, &origin(&app)).unwrap();
    show(&there, &answer).await.expect(302);
    assert!(signed_in(&there).await);
    assert_eq!(there.api(Method::GET, "user", None).await.json()["name"], "ann");
    let entry = last(&ruth, "sign-in").await;
    assert_eq!(
        (&entry["actor"], &entry["detail"]["method"]),
        (&json!("ann"), &json!("passkey"))
    );
    // The same words again, as somebody on the way could send them.
    let thief = browser(&app);
    thief.get("hub/login").await.expect(200);
    show(&thief, &answer).await.expect(403);
    let page = ann.get("hub/account").await.expect(200);
    assert!(!page.body.contains(">never<"), "when it was used is told");
}

#[tokio::test]
async fn every_kind_of_key_is_taken() {
    let app = app().await;
    let there = person(&app, "ann").await;
    for algorithm in perijove_auth::passkey::ALGORITHMS {
        let mut device = Authenticator::of(algorithm);
        add(&app, &there, &mut device, &format!("{algorithm}"))
            .await
            .expect(200);
        assert_eq!(sign_in(&app, &mut device).await.status, 302, "{algorithm}");
        let again = add(&app, &there, &mut device, "again").await;
        // A fresh key is another passkey; the one RSA key of the tests is the same.
        assert_eq!(again.status, if algorithm == -257 { 400 } else { 200 }, "{algorithm}");
    }
}

#[tokio::test]
async fn an_answer_is_to_one_question_in_time() {
    let app = app().await;
    let (ann, mut device) = ann(&app).await;
    let there = browser(&app);
    there.get("hub/login").await.expect(200);
    let late = options(&app, &there, "sign-in").await;
    app.clock.advance(SignedDuration::from_secs(301));
    let refused = show(&there, &device.answer(&late, &origin(&app)).unwrap())
        .await
        .expect(403);
    assert!(refused.text().contains("came too late"), "{}", refused.body);
    // What confirms who is signed in signs nobody in.
    let confirm = options(&app, &ann, "confirm").await;
    show(&there, &device.answer(&confirm, &origin(&app)).unwrap())
        .await
        .expect(403);
    // A question that nobody here has put.
    let mut made_up = options(&app, &there, "sign-in").await;
    made_up["challenge"] = "AAAAAAAAAAAAAAAAAAAAAA".into();
    show(&there, &device.answer(&made_up, &origin(&app)).unwrap())
        .await
        .expect(403);
    for junk in ["", "{}", "null", "[]"] {
        there.post_form("hub/login", &[("passkey", junk)]).await.expect(403);
    }
    assert!(!signed_in(&there).await);
}

#[tokio::test]
async fn an_answer_is_for_this_hub_only() {
    let app = app().await;
    let (_, mut device) = ann(&app).await;
    device.origin = Some("https://hub.evil.example".into());
    sign_in(&app, &mut device).await.expect(403);
    device.origin = Some(app.url.clone());
    sign_in(&app, &mut device).await.expect(403);
    device.origin = None;
    sign_in(&app, &mut device).await.expect(302);
    let there = browser(&app);
    there.get("hub/login").await.expect(200);
    for odd in [
        app.url.as_str(),
        "https://hub.evil.example",
        "http://evil.localhost",
        "",
        "null",
    ] {
        assert_eq!(ask(&there, "sign-in", odd, "").await.status, 409, "{odd}");
    }
}

#[tokio::test]
async fn whoever_has_no_pin_is_not_known_by_a_passkey_alone() {
    let app = app().await;
    let (_, mut device) = ann(&app).await;
    device.flags = 0x01;
    sign_in(&app, &mut device).await.expect(403);
    device.flags = 0x05;
    sign_in(&app, &mut device).await.expect(302);
}

#[tokio::test]
async fn a_copied_passkey_is_refused_and_written_down() {
    let app = app().await;
    let ruth = account(&app, "ruth", GOOD).await;
    let (_, mut device) = ann(&app).await;
    device.counter = 40;
    sign_in(&app, &mut device).await.expect(302);
    device.counter = 7;
    let refused = sign_in(&app, &mut device).await.expect(403);
    assert!(
        refused.text().contains("can't be used to sign in here"),
        "{}",
        refused.body
    );
    let entry = last(&ruth, "passkey.copied").await;
    assert_eq!(
        (&entry["target"], &entry["detail"]["passkey"]),
        (&json!("user ann"), &json!("Laptop"))
    );
    device.counter = 41;
    sign_in(&app, &mut device).await.expect(302);
    // Those that are kept by a program do not count at all.
    let there = person(&app, "bob").await;
    let mut synced = Authenticator::default();
    synced.counter = 0;
    add(&app, &there, &mut synced, "Phone").await.expect(200);
    for _ in 0..2 {
        sign_in(&app, &mut synced).await.expect(302);
    }
}

#[tokio::test]
async fn strangers_learn_nothing() {
    let app = app().await;
    let (ann, mut device) = ann(&app).await;
    let there = browser(&app);
    let mut stranger = Authenticator::default();
    stranger.make(&options(&app, &ann, "make").await, &origin(&app));
    let unknown = sign_in(&app, &mut stranger).await.expect(403);
    device.counter = 0;
    let wrong = sign_in(&app, &mut device).await.expect(403);
    let plain = |answer: &Answer| {
        let at = answer.body.find("id=\"login-error\"").unwrap();
        answer.body[at..at + 200].to_owned()
    };
    assert_eq!(plain(&unknown), plain(&wrong));
    // Nor do pages elsewhere, which have no token of ours.
    there.get("hub/login").await.expect(200);
    let request = there.request(Method::POST, "hub/passkey");
    let asked = there
        .send(request.form(&[("for", "sign-in"), ("origin", origin(&app).as_str())]))
        .await;
    assert_eq!(asked.status, 403);
    assert_eq!(
        ask(&there, "make", &origin(&app), "").await.status,
        403,
        "nobody is signed in"
    );
}

#[tokio::test]
async fn the_access_policy_holds_for_passkeys_too() {
    let app = app().await;
    let (_, mut device) = ann(&app).await;
    for _ in 0..3 {
        assert_eq!(browser(&app).sign_in_status("ann", "a wrong password").await, 403);
    }
    sign_in(&app, &mut device).await.expect(403);
    app.clock.advance(SignedDuration::from_secs(61));
    sign_in(&app, &mut device).await.expect(302);
    let app = app
        .restart_with(&CONFIG.replace("[access]\n", "[access]\nblocked_users = [\"ann\"]\n"))
        .await;
    sign_in(&app, &mut device).await.expect(403);
    let app = app.restart_with(CONFIG).await;
    sign_in(&app, &mut device).await.expect(302);
    let off = CONFIG.replace("[access]\n", "allow_passkeys = false\n[access]\n");
    let app = app.restart_with(&off).await;
    let there = browser(&app);
    let page = there.get("hub/login").await.expect(200);
    assert!(!page.body.contains("passkey"), "{}", page.body);
    assert_eq!(ask(&there, "sign-in", &origin(&app), "").await.status, 404);
}

#[tokio::test]
async fn passkeys_are_their_persons_whatever_the_name() {
    let app = app().await;
    let ruth = account(&app, "ruth", GOOD).await;
    let (_, mut device) = ann(&app).await;
    ruth.api(Method::PATCH, "users/ann", Some(json!({ "name": "una" })))
        .await
        .expect(200);
    sign_in(&app, &mut device).await.expect(302);
    // Somebody else by the old name has nothing of it.
    account(&app, "ann", GOOD).await;
    let there = browser(&app);
    there.get("hub/login").await.expect(200);
    let answer = device
        .answer(&options(&app, &there, "sign-in").await, &origin(&app))
        .unwrap();
    show(&there, &answer).await.expect(302);
    assert_eq!(there.api(Method::GET, "user", None).await.json()["name"], "una");
    ruth.api(Method::DELETE, "users/una", None).await.expect(204);
    sign_in(&app, &mut device).await.expect(403);
}

#[tokio::test]
async fn a_change_needs_password_or_passkey() {
    let app = app().await;
    let ruth = account(&app, "ruth", GOOD).await;
    let (ann, mut device) = ann(&app).await;
    let made = |device: &mut Authenticator, options: &Value| device.make(options, &origin(&app)).to_string();
    let mut second = Authenticator::default();
    let fresh = made(&mut second, &options(&app, &ann, "make").await);
    change(
        &ann,
        &[("what", "add"), ("password", "a wrong password"), ("made", &fresh)],
    )
    .await
    .expect(400);
    change(&ann, &[("what", "add"), ("made", &fresh)]).await.expect(400);
    change(&ann, &[("what", "remove"), ("id", "1")]).await.expect(400);
    // Too many wrong ones.
    app.clock.advance(SignedDuration::from_secs(61));
    // A passkey says so, too, once and in the session that asked.
    let other = browser(&app);
    other.sign_in_status("ann", GOOD).await;
    other.get("hub/account").await.expect(200);
    let elsewhere = device
        .answer(&options(&app, &other, "confirm").await, &origin(&app))
        .unwrap();
    let fresh = made(&mut second, &options(&app, &ann, "make").await);
    let with = |answer: &Value| answer.to_string();
    change(
        &ann,
        &[("what", "add"), ("confirmation", &with(&elsewhere)), ("made", &fresh)],
    )
    .await
    .expect(400);
    let here = device
        .answer(&options(&app, &ann, "confirm").await, &origin(&app))
        .unwrap();
    let here = with(&here);
    let fields = [
        ("what", "add"),
        ("name", "Key"),
        ("confirmation", here.as_str()),
        ("made", fresh.as_str()),
    ];
    change(&ann, &fields).await.expect(200);
    change(&ann, &fields).await.expect(400);
    // Neither is a passkey that was made for another session's question.
    let stolen = made(&mut Authenticator::default(), &options(&app, &other, "make").await);
    change(&ann, &[("what", "add"), ("password", GOOD), ("made", &stolen)])
        .await
        .expect(400);
    let request = ann.request(Method::POST, "hub/account/passkeys");
    let forged = ann
        .send(request.form(&[("what", "remove"), ("password", GOOD), ("id", "1")]))
        .await;
    assert_eq!(forged.status, 403);

    let page = ann.get("hub/account").await.expect(200);
    let id = |name: &str| {
        let at = page.body.find(&format!("\">{name}</td>")).unwrap();
        let row = &page.body[..at];
        let begin = row.rfind("data-passkey-id=\"").unwrap() + 17;
        row[begin..].split('"').next().unwrap().to_owned()
    };
    let remove = async |id: &str| change(&ann, &[("what", "remove"), ("id", id), ("password", GOOD)]).await;
    let removed = remove(&id("Key")).await.expect(200);
    assert!(removed.text().contains("signs nobody in any more"), "{}", removed.body);
    assert!(removed.text().contains("It is your last one"), "{}", removed.body);
    sign_in(&app, &mut second).await.expect(403);
    sign_in(&app, &mut device).await.expect(302);
    // Nobody removes somebody else's.
    let bob = person(&app, "bob").await;
    change(&bob, &[("what", "remove"), ("id", &id("Laptop")), ("password", GOOD)]).await;
    sign_in(&app, &mut device).await.expect(302);
    let removed = remove(&id("Laptop")).await.expect(200);
    assert!(
        removed.text().contains("That was your last passkey"),
        "{}",
        removed.body
    );
    let entry = last(&ruth, "user.changed").await;
    assert_eq!(entry["detail"], json!({ "passkey": "removed", "name": "Laptop" }));
}

#[tokio::test]
async fn a_passkey_gets_another_name() {
    let app = app().await;
    let ruth = account(&app, "ruth", GOOD).await;
    let (ann, mut device) = ann(&app).await;
    let page = ann.get("hub/account").await.expect(200);
    let id = page.body.split("data-passkey-id=\"").nth(1).unwrap();
    let id = id.split('"').next().unwrap();
    let rename = async |there: &Browser, name: &str, password: &str| {
        let fields = [("what", "rename"), ("id", id), ("name", name), ("password", password)];
        change(there, &fields).await
    };
    rename(&ann, "Old laptop", "a wrong password").await.expect(400);
    for odd in ["", "  ", "a\nb", &"x".repeat(81)] {
        let refused = rename(&ann, odd, GOOD).await.expect(400);
        assert!(refused.text().contains("1 to 80 characters"), "{}", refused.body);
    }
    let bob = person(&app, "bob").await;
    rename(&bob, "Mine", GOOD).await.expect(404);
    let renamed = rename(&ann, " Old laptop ", GOOD).await.expect(200);
    assert!(renamed.body.contains(">Old laptop</td>"), "{}", renamed.body);
    let entry = last(&ruth, "user.changed").await;
    assert_eq!(
        entry["detail"],
        json!({ "passkey": "renamed", "name": "Old laptop", "before": "Laptop" })
    );
    sign_in(&app, &mut device).await.expect(302);
}

/// One-time codes for whoever is signed in.
async fn set_up_codes(app: &App, browser: &Browser) -> Secret {
    let send = async |fields: &[(&str, &str)]| browser.post_form("hub/account/codes", fields).await;
    let page = send(&[("what", "propose"), ("password", GOOD)]).await.expect(200);
    let secret = page.body.split("id=\"otp-secret\">").nth(1).unwrap();
    let secret = Secret::new(secret.split('<').next().unwrap());
    let code = totp::code_at(&secret, app.clock.now()).unwrap();
    send(&[("what", "confirm"), ("code", &code)]).await.expect(200);
    secret
}

/// The sign-in page once the password was right, and what a passkey is then asked.
async fn after_password(app: &App, name: &str) -> (Browser, Value) {
    let there = browser(app);
    there.get("hub/login").await.expect(200);
    let asked = there
        .post_form("hub/login", &[("username", name), ("password", GOOD)])
        .await;
    let page = asked.expect(403).text();
    let ticket = page.split("data-ticket=\"").nth(1).unwrap().split('"').next().unwrap();
    let options = ask(&there, "second", &origin(app), ticket).await.expect(200).json();
    (there, options)
}

#[tokio::test]
async fn a_passkey_stands_in_for_a_code() {
    let app = app().await;
    app.clock.advance(SignedDuration::from_secs(3600));
    let ruth = account(&app, "ruth", GOOD).await;
    let (ann, mut device) = ann(&app).await;
    set_up_codes(&app, &ann).await;
    let (there, options) = after_password(&app, "ann").await;
    assert_eq!(options["allowCredentials"].as_array().unwrap().len(), 1);
    // A key that asks for no PIN will do: the password was right.
    device.flags = 0x01;
    show(&there, &device.answer(&options, &origin(&app)).unwrap())
        .await
        .expect(302);
    assert!(signed_in(&there).await);
    assert_eq!(last(&ruth, "sign-in").await["detail"]["method"], "password and passkey");
    // Without the password nobody is asked, and it is nobody else's passkey.
    let bob = person(&app, "bob").await;
    let mut bobs = Authenticator::default();
    add(&app, &bob, &mut bobs, "Laptop").await.expect(200);
    let (there, mut options) = after_password(&app, "ann").await;
    options["allowCredentials"] = json!([]);
    show(&there, &bobs.answer(&options, &origin(&app)).unwrap())
        .await
        .expect(403);
    assert_eq!(ask(&there, "second", &origin(&app), "made up").await.status, 409);
    assert!(!signed_in(&there).await);
}

#[tokio::test]
async fn host_names_below_one_domain_can_share_passkeys() {
    let config = CONFIG.replace("[access]\n", "passkey_domain = \"hub.localhost\"\n[access]\n");
    let app = App::builder().config(&config).start().await;
    let there = browser(&app);
    there.get("hub/login").await.expect(200);
    let port = app.url.rsplit(':').next().unwrap();
    for (host, domain) in [
        ("a.hub.localhost", "hub.localhost"),
        ("hub.localhost", "hub.localhost"),
        ("nothub.localhost", "nothub.localhost"),
        ("localhost", "localhost"),
    ] {
        let origin = format!("http://{host}:{port}");
        let fields = [("_xsrf", there.xsrf()), ("for", "sign-in".into()), ("origin", origin)];
        let request = there
            .request(Method::POST, "hub/passkey")
            .header("host", format!("{host}:{port}"));
        let told = there.send(request.form(&fields)).await.expect(200).json();
        assert_eq!(told["rpId"], domain, "{host}");
    }
}
