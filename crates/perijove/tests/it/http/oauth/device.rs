//! Tokens for programs without a browser (RFC 8628), and the command line that is one.

use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use jiff::SignedDuration;
use perijove_testkit::{Answer, App, Browser};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::{error_is, who};
use crate::http::audit::last;
use crate::http::token;

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
const CLIENT: (&str, &str) = ("client_id", "perijove-cli");

async fn post(browser: &Browser, path: &str, fields: &[(&str, &str)]) -> Answer {
    let request = browser.request(Method::POST, &format!("hub/api/oauth2/{path}"));
    browser.send(request.form(fields)).await
}

async fn begin(app: &App) -> Value {
    post(&app.browser(), "device_authorization", &[CLIENT])
        .await
        .expect(200)
        .json()
}

async fn poll(app: &App, begun: &Value) -> Answer {
    app.clock.advance(SignedDuration::from_secs(6));
    let fields = [
        CLIENT,
        ("grant_type", GRANT),
        ("device_code", begun["device_code"].as_str().unwrap()),
    ];
    post(&app.browser(), "token", &fields).await
}

async fn answer(browser: &Browser, code: &str, what: &str) -> Answer {
    browser.get("hub/device").await.expect(200);
    browser
        .post_form("hub/device", &[("what", what), ("user_code", code)])
        .await
}

fn code(begun: &Value) -> &str {
    begun["user_code"].as_str().unwrap()
}

#[tokio::test]
async fn a_person_gives_a_program_a_token() {
    let app = App::start().await;
    let (ann, ruth) = (app.sign_in("ann").await, app.sign_in("ruth").await);
    let begun = begin(&app).await;
    assert_eq!((&begun["interval"], &begun["expires_in"]), (&json!(5), &json!(600)));
    error_is(&poll(&app, &begun).await, 400, "authorization_pending");

    let whole = begun["verification_uri_complete"].as_str().unwrap();
    let path = format!("hub/device?{}", whole.split_once('?').unwrap().1);
    let away = app.browser().get(&path).await.expect(302);
    assert!(
        away.to().starts_with("/hub/login?next=") && away.to().contains("user_code"),
        "{}",
        away.to()
    );
    let page = ann.get(&path).await.expect(200);
    assert!(
        page.body.contains(code(&begun)) && page.body.contains("127.0.0.1"),
        "{}",
        page.body
    );
    let typed = code(&begun).to_lowercase().replace('-', " ");
    let page = answer(&ann, &typed, "look").await.expect(200);
    assert!(page.body.contains("id=\"device-allow\""), "{}", page.body);
    error_is(&poll(&app, &begun).await, 400, "authorization_pending");
    answer(&ann, code(&begun), "allow").await.expect(200);
    let entry = last(&ruth, "device.answered").await;
    assert_eq!(
        (&entry["actor"], &entry["detail"]["allowed"]),
        (&json!("ann"), &json!(true))
    );

    let given = poll(&app, &begun).await.expect(200);
    assert_eq!(given.header("cache-control"), "no-store");
    let given = given.json();
    assert_eq!(
        (&given["token_type"], &given["scope"]),
        (&json!("Bearer"), &json!("inherit"))
    );
    let token = given["access_token"].as_str().unwrap();
    assert_eq!(who(&app, token).await.expect(200).json()["name"], "ann");
    assert_eq!(last(&ruth, "token.made").await["detail"]["client"], "perijove-cli");
    error_is(&poll(&app, &begun).await, 400, "invalid_grant");
    // It outlives the browser, and stands among one's tokens.
    let page = ann.get("hub/token").await.expect(200);
    assert!(page.body.contains("A program on the command line"), "{}", page.body);
    ann.get("hub/logout").await;
    assert_eq!(who(&app, token).await.status, 200);
    post(&app.browser(), "revoke", &[CLIENT, ("token", token)])
        .await
        .expect(200);
    assert_eq!(who(&app, token).await.status, 403);
    assert_eq!(last(&ruth, "token.revoked").await["detail"]["client"], "perijove-cli");
}

#[tokio::test]
async fn a_person_turns_a_program_down() {
    let app = App::start().await;
    let (ann, begun) = (app.sign_in("ann").await, begin(&app).await);
    answer(&ann, code(&begun), "deny").await.expect(200);
    answer(&ann, code(&begun), "allow").await.expect(400);
    error_is(&poll(&app, &begun).await, 400, "access_denied");
    error_is(&poll(&app, &begun).await, 400, "invalid_grant");
}

#[tokio::test]
async fn a_program_waits_and_not_for_ever() {
    let app = App::start().await;
    let ann = app.sign_in("ann").await;
    let begun = begin(&app).await;
    let fields = [
        CLIENT,
        ("grant_type", GRANT),
        ("device_code", begun["device_code"].as_str().unwrap()),
    ];
    error_is(&post(&app.browser(), "token", &fields).await, 400, "slow_down");
    error_is(&poll(&app, &begun).await, 400, "slow_down");
    app.clock.advance(SignedDuration::from_secs(30));
    error_is(&poll(&app, &begun).await, 400, "authorization_pending");
    app.clock.advance(SignedDuration::from_secs(600));
    error_is(&poll(&app, &begun).await, 400, "expired_token");
    let late = answer(&ann, code(&begun), "allow").await.expect(400);
    assert!(late.text().contains("No program waits with this code"), "{}", late.body);
}

#[tokio::test]
async fn every_hub_answers() {
    let app = App::start().await;
    let other = app.replica().await;
    let begun = post(&other.browser(), "device_authorization", &[CLIENT])
        .await
        .expect(200)
        .json();
    let ann = app.sign_in("ann").await;
    answer(&ann, code(&begun), "allow").await.expect(200);
    app.clock.advance(SignedDuration::from_secs(6));
    let fields = [
        CLIENT,
        ("grant_type", GRANT),
        ("device_code", begun["device_code"].as_str().unwrap()),
    ];
    let given = post(&other.browser(), "token", &fields).await.expect(200).json();
    assert_eq!(who(&app, given["access_token"].as_str().unwrap()).await.status, 200);
    other.stop().await;
}

#[tokio::test]
async fn nobody_gives_more_than_they_have() {
    let app = App::start().await;
    let ann = app.sign_in("ann").await;
    let ask = async |scope: &str| {
        let fields = [CLIENT, ("scope", scope)];
        post(&app.browser(), "device_authorization", &fields).await
    };
    error_is(&ask("read:everything").await, 400, "invalid_scope");
    let begun = ask("admin:users read:servers!user").await.expect(200).json();
    let page = answer(&ann, code(&begun), "look").await.expect(200);
    assert!(!page.body.contains("title=\"admin:users\""), "{}", page.body);
    answer(&ann, code(&begun), "allow").await.expect(200);
    let given = poll(&app, &begun).await.expect(200).json();
    assert!(!given["scope"].as_str().unwrap().contains("admin:users "), "{given}");
    let token = given["access_token"].as_str().unwrap();
    let refused = app.browser().api_with_token(token, Method::GET, "users", None).await;
    assert_eq!(refused.status, 403);
}

#[tokio::test]
async fn codes_are_not_guessed() {
    let app = App::start().await;
    let (ann, begun) = (app.sign_in("ann").await, begin(&app).await);
    for _ in 0..40 {
        answer(&ann, "BCDF-BCDF", "look").await.expect(400);
    }
    let refused = answer(&ann, code(&begun), "allow").await.expect(400);
    assert!(refused.text().contains("too many codes"), "{}", refused.body);
    // Others can, and so can she in an hour.
    answer(&app.sign_in("bob").await, code(&begun), "look")
        .await
        .expect(200);
    app.clock.advance(SignedDuration::from_secs(3700));
    let begun = begin(&app).await;
    answer(&ann, code(&begun), "look").await.expect(200);
    for _ in 0..120 {
        post(&app.browser(), "device_authorization", &[CLIENT]).await;
    }
    let flood = post(&app.browser(), "device_authorization", &[CLIENT]).await;
    assert_eq!(flood.status, 429, "{}", flood.body);
}

#[tokio::test]
async fn only_clients_that_are_named_may_ask() {
    let toml = "[hub]\ndevice_clients = [\"other\", \"service-reports\"]\n[[service]]\nname = \"reports\"\n\
                url = \"http://127.0.0.1:9\"\napi_token = \"the-secret-of-reports\"\n";
    let app = App::builder().config(toml).start().await;
    let ask = async |id: &str| post(&app.browser(), "device_authorization", &[("client_id", id)]).await;
    for id in ["perijove-cli", "jupyterhub", "", "service-reports"] {
        error_is(&ask(id).await, 401, "invalid_client");
    }
    let begun = ask("other").await.expect(200).json();
    let fields = [
        CLIENT,
        ("grant_type", GRANT),
        ("device_code", begun["device_code"].as_str().unwrap()),
    ];
    error_is(&post(&app.browser(), "token", &fields).await, 401, "invalid_client");
    // It has no secret, so it is told nothing of tokens, and gets none by a code.
    let fields = [("client_id", "other"), ("client_secret", ""), ("token", "x")];
    error_is(
        &post(&app.browser(), "introspect", &fields).await,
        401,
        "invalid_client",
    );
    let metadata = "hub/api/oauth2/.well-known/oauth-authorization-server";
    let told = app.browser().get(metadata).await.expect(200).json();
    assert!(
        told["device_authorization_endpoint"]
            .as_str()
            .unwrap()
            .ends_with("/hub/api/oauth2/device_authorization")
    );
    assert!(
        told["grant_types_supported"]
            .as_array()
            .unwrap()
            .contains(&json!(GRANT))
    );

    let app = App::builder().config("[hub]\ndevice_clients = []\n").start().await;
    error_is(
        &post(&app.browser(), "device_authorization", &[CLIENT]).await,
        401,
        "invalid_client",
    );
    app.sign_in("ann").await.get("hub/device").await.expect(404);
    let told = app.browser().get(metadata).await.expect(200).json();
    assert_eq!(
        (&told["device_authorization_endpoint"], &told["grant_types_supported"]),
        (&Value::Null, &json!(["authorization_code"]))
    );
}

#[tokio::test]
async fn a_page_elsewhere_gives_no_program_anything() {
    let app = App::start().await;
    let (ann, begun) = (app.sign_in("ann").await, begin(&app).await);
    ann.get("hub/device").await.expect(200);
    let request = ann.request(Method::POST, "hub/device");
    let forged = ann
        .send(request.form(&[("what", "allow"), ("user_code", code(&begun))]))
        .await;
    assert_eq!(forged.status, 403);
    error_is(&poll(&app, &begun).await, 400, "authorization_pending");
}

/// The program itself, with a folder for settings of its own.
fn perijove(folder: &std::path::Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_perijove"));
    command.args(arguments).env_clear().env("XDG_CONFIG_HOME", folder);
    command
}

#[tokio::test]
async fn the_command_line_signs_in_and_out() {
    let app = App::start().await;
    let (ann, folder) = (app.sign_in("ann").await, tempfile::tempdir().unwrap());
    let login = perijove(folder.path(), &["login", "--hub", &app.url]);
    let mut login = tokio::process::Command::from(login)
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut said = BufReader::new(login.stderr.take().unwrap()).lines();
    let line = said.next_line().await.unwrap().unwrap();
    assert!(line.contains("/hub/device"), "{line}");
    let shown = line.rsplit(' ').next().unwrap().to_owned();
    answer(&ann, &shown, "allow").await.expect(200);
    app.clock.advance(SignedDuration::from_secs(60));
    let mut rest = Vec::new();
    while let Some(line) = said.next_line().await.unwrap() {
        rest.push(line);
    }
    assert!(login.wait().await.unwrap().success(), "{rest:?}");
    assert!(rest.last().unwrap().ends_with("as ann"), "{rest:?}");

    let file = folder.path().join("perijove/hubs.json");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let run = async |arguments: &'static [&'static str]| {
        let command = perijove(folder.path(), arguments);
        tokio::process::Command::from(command).output().await.unwrap()
    };
    let printed = run(&["login", "--token"]).await;
    let kept: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    let token = kept["hubs"][format!("{}/", app.url)]["token"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(String::from_utf8_lossy(&printed.stdout).trim(), token);
    assert_eq!(who(&app, &token).await.expect(200).json()["name"], "ann");
    let out = run(&["logout"]).await;
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    assert_eq!(who(&app, &token).await.status, 403);
    assert!(!std::fs::read_to_string(&file).unwrap().contains(&token));
    assert!(!run(&["login", "--token"]).await.status.success());
    let plain = run(&["login", "--hub", "http://hub.example.org"]).await;
    assert!(String::from_utf8_lossy(&plain.stderr).contains("could read the token"));
}

/// A proxy that leads to this hub, whoever is asked for; its address, and the first lines of what it was asked.
async fn proxy(app: &App) -> (String, Arc<Mutex<Vec<String>>>) {
    let (asked, edge) = (Arc::new(Mutex::new(Vec::new())), app.edge_address());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let heard = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(client.read_u8().await.unwrap());
            }
            let head = String::from_utf8(head).unwrap();
            heard.lock().unwrap().push(head.lines().next().unwrap().to_owned());
            client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
            let mut hub = TcpStream::connect(edge).await.unwrap();
            let _ = tokio::io::copy_bidirectional(&mut client, &mut hub).await;
        }
    });
    (address, asked)
}

#[tokio::test]
async fn the_command_line_tells_who_it_is_also_through_a_proxy() {
    let app = App::start().await;
    let (ann, folder) = (app.sign_in("ann").await, tempfile::tempdir().unwrap());
    let token = token(&ann, "ann", json!({ "scopes": ["read:users!user"] })).await;
    let (near, far) = (format!("{}/", app.url), "http://hub.example.org:8000/");
    let kept = json!({ "user": "ann", "token": token, "expires_at": "2100-01-02T03:04:05Z" });
    let hubs = json!({ "current": near, "hubs": { (near.as_str()): kept, (far): kept } });
    let file = folder.path().join("perijove/hubs.json");
    std::fs::create_dir(file.parent().unwrap()).unwrap();
    std::fs::write(&file, hubs.to_string()).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    let (proxy, asked) = proxy(&app).await;
    let run = async |arguments: &[&str], without: &str| {
        let mut command = perijove(folder.path(), arguments);
        command.env("https_proxy", &proxy).env("NO_PROXY", without);
        tokio::process::Command::from(command).output().await.unwrap()
    };
    let told = run(&["whoami"], "").await;
    let text = String::from_utf8_lossy(&told.stdout);
    assert!(
        text.starts_with("ann\n") && text.contains("read:users!user=ann"),
        "{told:?}"
    );
    assert!(text.contains("2100-01-02 03:04") && !text.contains(&token), "{text}");
    assert!(
        asked.lock().unwrap().is_empty(),
        "a hub on this machine is asked directly"
    );

    let told = run(&["whoami", "--json", "--hub", far], "other.example").await;
    let who: Value = serde_json::from_slice(&told.stdout).unwrap_or_else(|_| panic!("{told:?}"));
    assert_eq!((&who["name"], &who["hub"]), (&json!("ann"), &json!(far)));
    assert_eq!(*asked.lock().unwrap(), ["CONNECT hub.example.org:8000 HTTP/1.1"]);
    assert!(!run(&["whoami", "--hub", far], "example.org").await.status.success());
    assert_eq!(
        asked.lock().unwrap().len(),
        1,
        "who is named in NO_PROXY is not asked by it"
    );

    let id = ann.api(Method::GET, "users/ann/tokens", None).await.json()["api_tokens"][0]["id"].clone();
    let path = format!("users/ann/tokens/{}", id.as_str().unwrap());
    ann.api(Method::DELETE, &path, None).await.expect(204);
    let gone = run(&["whoami"], "").await;
    let text = String::from_utf8_lossy(&gone.stderr);
    assert!(
        !gone.status.success() && text.contains("perijove login --hub"),
        "{text}"
    );
}
