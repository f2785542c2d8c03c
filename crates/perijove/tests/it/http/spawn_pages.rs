//! Pages before a start, and what the configuration puts on pages: options form, announcements, menu, administration.

use perijove_spawn::fake::Script;
use perijove_testkit::{Answer, App, Browser};
use reqwest::{Method, multipart};
use serde_json::{Value, json};

use super::{full_token, spawned, start_server};

const FORM: &str = "[spawner]\noptions_form = '<label for=\"size\">Size</label> <input id=\"size\" name=\"size\">'\n";
const FIELD: &str = "<input id=\"size\" name=\"size\">";

#[track_caller]
fn form(answer: &Answer, status: u16) -> String {
    assert_eq!(answer.status, status, "{}", answer.body);
    assert!(answer.body.contains(FIELD), "{}", answer.body);
    let text = answer.text();
    let action = text.split("id=\"spawn_form\" action=\"").nth(1).unwrap();
    action.split('"').next().unwrap().to_owned()
}

fn options(app: &App) -> Value {
    app.spawner.specs().pop().unwrap().options
}

async fn stop(browser: &Browser) {
    browser.api(Method::DELETE, "users/ann/server", None).await.expect(204);
}

#[tokio::test]
async fn a_form_asks_for_options_and_they_reach_the_backend() {
    let app = App::builder().config(FORM).start().await;
    let ann = app.sign_in("ann").await;
    assert!(
        ann.get("hub/home").await.text().contains("href=\"/hub/spawn/ann\""),
        "a link leads to the form"
    );
    let action = form(&ann.get("hub/spawn?next=/user/ann/lab").await, 200);
    assert!(
        action.starts_with("/hub/spawn?next=%2Fuser%2Fann%2Flab&_xsrf="),
        "{action}"
    );
    assert_eq!(app.spawner.starts(), 0, "to look at the form starts nothing");
    let request = ann
        .request(Method::POST, &action)
        .form(&[("size", "L"), ("tag", "a"), ("tag", "b")]);
    let there = ann.send(request).await.expect(302);
    assert_eq!(there.to(), "/hub/spawn-pending/ann?next=%2Fuser%2Fann%2Flab");
    assert_eq!(spawned(&ann, there.to()).await, "/user/ann/lab");
    assert_eq!(options(&app), json!({ "size": ["L"], "tag": ["a", "b"] }));
    let running = ann.post_form("hub/spawn", &[("size", "S")]).await;
    assert_eq!(running.status, 400);
    assert!(running.body.contains("ann is already running"), "{}", running.body);

    stop(&ann).await;
    let bare = app
        .browser()
        .send(app.browser().request(Method::POST, "hub/spawn").form(&[("size", "L")]))
        .await;
    assert_eq!(bare.status, 302, "whoever is not signed in goes to sign in");
    let forged = ann
        .send(ann.request(Method::POST, "hub/spawn").form(&[("size", "L")]))
        .await;
    assert_eq!(forged.status, 403);
    assert_eq!(app.spawner.running().len(), 0);
}

#[tokio::test]
async fn files_are_options_too() {
    let app = App::builder().config(FORM).start().await;
    let ann = app.sign_in("ann").await;
    let action = form(&ann.get("hub/spawn").await, 200);
    let file = multipart::Part::bytes(b"hello world\n".to_vec()).file_name("hello.txt");
    let body = multipart::Form::new().text("size", "L").part("hello", file);
    ann.send(ann.request(Method::POST, &action).multipart(body))
        .await
        .expect(302);
    let wanted = json!({
        "size": ["L"],
        "hello_file": [{
            "filename": "hello.txt",
            "body": { "__jupyterhub_bytes__": true, "data": "aGVsbG8gd29ybGQK" },
            "content_type": "application/unknown",
        }],
    });
    for _ in 0..500 {
        if app.spawner.starts() > 0 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert_eq!(options(&app), wanted);
    for path in ["hub/spawn", "hub/login", "hub/api/users"] {
        let broken = ann
            .request(Method::POST, path)
            .header("content-type", "multipart/form-data; boundary=x")
            .body("x");
        let status = ann.send(broken).await.status;
        assert!(matches!(status, 400 | 403), "{path}: {status}");
    }
}

#[tokio::test]
async fn what_the_backend_refuses_brings_the_form_back() {
    let app = App::builder().config(FORM).start().await;
    let ann = app.sign_in("ann").await;
    let again = ann.get("hub/spawn?forbidden=1&size=L").await;
    form(&again, 409);
    assert!(again.text().contains("Nobody may have `forbidden`."), "{}", again.body);
    form(&ann.post_form("hub/spawn", &[("forbidden", "1")]).await, 409);
    app.spawner.play(Script {
        refuse: Some(("No room <b>today</b>.".into(), 418, String::new())),
        ..Script::default()
    });
    let failed = ann.post_form("hub/spawn", &[("size", "L")]).await;
    form(&failed, 418);
    assert!(failed.body.contains("No room &lt;b&gt;today"), "{}", failed.body);
    app.spawner.play(Script::default());
    assert_eq!(spawned(&ann, "hub/spawn?size=L").await, "/user/ann/?size=L");
    assert_eq!(options(&app), json!({ "size": ["L"] }));
}

#[tokio::test]
async fn links_bring_options() {
    let app = App::builder()
        .config("[hub]\nallow_named_servers = true\n")
        .start()
        .await;
    let ann = app.sign_in("ann").await;
    assert_eq!(ann.get("hub/spawn?opt-=1").await.status, 422);
    assert_eq!(spawned(&ann, "hub/spawn?arg=value").await, "/user/ann/?arg=value");
    assert_eq!(options(&app), json!({ "arg": ["value"] }));
    spawned(&ann, "hub/spawn/ann/gpu?opt-a=1&b=2&display_name=Big").await;
    assert_eq!(options(&app), json!({ "a": ["1"] }));
    let model = ann.api(Method::GET, "users/ann/servers/gpu", None).await.json();
    assert_eq!(model["display_name"], "Big");
    assert_eq!(ann.get("hub/spawn/ann/Not%20A%20Slug").await.status, 400);
}

#[tokio::test]
async fn a_start_that_fails_at_once_is_told_at_once() {
    let app = App::start().await;
    let ann = app.sign_in("ann").await;
    app.spawner.play(Script {
        refuse: Some(("I'm a <teapot>".into(), 418, String::new())),
        ..Script::default()
    });
    let failed = ann.get("hub/spawn").await;
    assert_eq!(failed.status, 418, "{}", failed.body);
    assert!(
        failed.text().contains("I'm a <teapot>") && !failed.body.contains("<teapot>"),
        "{}",
        failed.body
    );
    assert!(failed.body.contains("id=\"start\""), "there is a way to try again");
    assert_eq!(ann.get("hub/spawn-pending/ann").await.status, 418);
    let off = ann.get("hub/spawn/ann/gpu").await;
    assert_eq!(off.status, 400);
    assert!(off.body.contains("Named servers are not enabled."), "{}", off.body);
}

#[tokio::test]
async fn whoever_may_starts_anothers_server() {
    let role =
        "[[role]]\nname = \"tutor\"\nusers = [\"bob\"]\nscopes = [\"servers!user=ann\", \"access:servers!user=ann\"]\n";
    let app = App::builder().config(&format!("{FORM}{role}")).start().await;
    app.sign_in("ann").await;
    let bob = app.sign_in("bob").await;
    let page = bob.get("hub/spawn/ann").await;
    let action = form(&page, 200);
    assert!(page.body.contains("Spawning server for ann"), "{}", page.body);
    let there = bob
        .send(bob.request(Method::POST, &action).form(&[("size", "L")]))
        .await
        .expect(302);
    assert_eq!(spawned(&bob, there.to()).await, "/user/ann/");
    assert_eq!(bob.get("hub/spawn/ruth").await.status, 404);
    assert_eq!(bob.post_form("hub/spawn/ruth", &[("size", "L")]).await.status, 404);
}

#[tokio::test]
async fn announcements_are_shown_where_they_belong() {
    let vars = "[hub]\ntemplate_vars = { announcement = \"For <b>all</b>\", announcement_login = \"For login\", \
                announcement_logout = \"For logout\", announcement_spawn = 5 }\n";
    let access = "[access]\nallow_all = true\nadmin_users = [\"ruth\"]\nauto_login = true\n";
    let app = App::builder().config(&format!("{vars}{access}{FORM}")).start().await;
    let login = app.browser().get("hub/login").await.expect(200);
    assert!(
        login.body.contains("For login") && !login.body.contains("For <b>"),
        "{}",
        login.body
    );
    let ann = app.sign_in("ann").await;
    for path in ["hub/home", "hub/spawn"] {
        assert!(
            ann.get(path).await.expect(200).body.contains("For <b>all</b>"),
            "{path}"
        );
    }
    let out = ann.get("hub/logout").await.expect(200);
    assert!(
        out.body.contains("For logout") && !out.body.contains("ann</span>"),
        "{}",
        out.body
    );
    assert!(out.cookie("jupyterhub-hub-login").is_empty());
    assert_eq!(ann.cookie("jupyterhub-hub-login"), None);
    assert!(!ann.xsrf().is_empty(), "there is a token for the next sign-in");
    assert_eq!(ann.get("hub/home").await.status, 302);
}

#[tokio::test]
async fn signing_out_stops_servers_where_that_is_wished() {
    let app = App::builder()
        .config("[hub]\nshutdown_on_logout = true\n")
        .start()
        .await;
    let ann = app.sign_in("ann").await;
    start_server(&ann, "ann").await;
    ann.get("hub/logout").await.expect(302);
    for _ in 0..500 {
        if app.spawner.running().is_empty() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the server still runs");
}

#[tokio::test]
async fn the_administration_is_for_those_who_may_open_it() {
    let role = "[[role]]\nname = \"office\"\nusers = [\"bob\"]\nscopes = [\"admin-ui\"]\n\
                [[role]]\nname = \"hands\"\nusers = [\"ann\"]\nscopes = [\"admin:users\", \"admin:servers\"]\n";
    let app = App::builder()
        .config(&format!("[hub]\napi_page_default_limit = 2\n{role}"))
        .start()
        .await;
    let (ann, bob, ruth) = (
        app.sign_in("ann").await,
        app.sign_in("bob").await,
        app.sign_in("ruth").await,
    );
    let link = "href=\"/hub/admin\"";
    assert_eq!(ann.get("hub/admin").await.status, 403);
    assert!(!ann.get("hub/home").await.text().contains(link));
    let office = bob.get("hub/admin").await.expect(200);
    assert!(
        !office.text().contains("/hub/spawn/ann"),
        "who there is takes another scope: {}",
        office.body
    );
    assert!(bob.get("hub/home").await.text().contains(link));
    start_server(&ann, "ann").await;
    let first = ruth.get("hub/admin").await.expect(200);
    assert!(
        first.text().contains("value=\"ann\"") && first.body.contains("Stop Server"),
        "{}",
        first.body
    );
    assert!(
        first.text().contains("Displaying 1-2 of 3") && first.body.contains("version_footer"),
        "{}",
        first.body
    );
    assert!(
        ruth.get("hub/admin?offset=2")
            .await
            .expect(200)
            .text()
            .contains("/hub/spawn/ruth")
    );
    assert_eq!(ruth.get("hub/admin?offset=x&sort=running").await.status, 200);
    assert_eq!(
        app.browser().get("hub/admin").await.expect(302).to(),
        "/hub/login?next=%2Fhub%2Fadmin"
    );
}

#[tokio::test]
async fn services_stand_in_the_menu_of_those_who_may_use_them() {
    let services = "[[service]]\nname = \"grader\"\nurl = \"http://127.0.0.1:9\"\n\
                    [[service]]\nname = \"quiet\"\nurl = \"http://127.0.0.1:9\"\ndisplay = false\n\
                    [[role]]\nname = \"class\"\nusers = [\"ann\"]\nscopes = [\"access:services!service=grader\"]\n";
    let app = App::builder().config(services).start().await;
    let menu = async |name: &str| app.sign_in(name).await.get("hub/home").await.expect(200).text();
    assert!(menu("ann").await.contains("href=\"/services/grader/\""));
    assert!(!menu("bob").await.contains("/services/"));
    let all = menu("ruth").await;
    assert!(
        all.contains("/services/grader/") && !all.contains("/services/quiet/"),
        "{all}"
    );
}

#[tokio::test]
async fn a_token_opens_no_page() {
    let app = App::start().await;
    let token = full_token(&app, "ann").await;
    let browser = app.browser();
    let header = format!("token {token}");
    assert_eq!(browser.get_with("hub/home", "authorization", &header).await.status, 302);
    assert_eq!(browser.get(&format!("hub/home?token={token}")).await.status, 302);
    let login = browser
        .get_with("hub/login", "authorization", &header)
        .await
        .expect(200);
    assert!(login.set_cookie("jupyterhub-hub-login").is_none() && login.set_cookie("_xsrf").is_some());
    // Asked for a stopped server, the hub still tells a program with a token what is the matter.
    let gone = browser
        .get_with("hub/user/ann/api/contents", "authorization", &header)
        .await;
    assert_eq!(gone.status, 424, "{}", gone.body);
}

#[tokio::test]
async fn the_front_door_keeps_what_the_address_says_besides() {
    let app = App::start().await;
    let ann = app.sign_in("ann").await;
    for (path, to) in [
        ("hub/?a=5", "/hub/spawn?a=5"),
        ("hub/?next=/x&a=5", "/x"),
        ("hub/?next=%2Fx%3Fb%3D10&a=5", "/x?b=10"),
        ("hub/login?next=relative/path", "/hub/spawn"),
        ("hub/login?next=%2F%2F%2Fother.domain/triple", "/hub/spawn"),
    ] {
        assert_eq!(ann.get(path).await.expect(302).to(), to, "{path}");
    }
    let own = format!(
        "hub/login?next={}%2F%2F%2Fother.domain/",
        app.url.replace(':', "%3A").replace('/', "%2F")
    );
    assert_eq!(ann.get(&own).await.expect(302).to(), "/other.domain/");
    start_server(&ann, "ann").await;
    assert_eq!(ann.get("hub/?keep=yes").await.expect(302).to(), "/user/ann/?keep=yes");

    let app = App::builder()
        .config("[hub]\ndefault_url = \"/foo/bar\"\n")
        .start()
        .await;
    assert_eq!(app.browser().get("hub/").await.expect(302).to(), "/foo/bar");
    let anonymous = app.browser().get("hub/home?xyz=5").await.expect(302);
    assert_eq!(anonymous.to(), "/hub/login?next=%2Fhub%2Fhome%3Fxyz%3D5");
}

#[tokio::test]
async fn links_for_everybody_may_lead_to_a_named_server() {
    let config = "[hub]\nallow_named_servers = true\ndefault_server_name = \"lab\"\n\
                  use_legacy_stopped_server_status_code = true\nimplicit_spawn_seconds = \"3s\"\n";
    let app = App::builder().config(config).start().await;
    let ann = app.sign_in("ann").await;
    let answer = ann.get("hub/user-redirect/tree/x").await.expect(302);
    assert_eq!(answer.to(), "/hub/spawn/ann/lab?next=%2Fuser%2Fann%2Flab%2Ftree%2Fx");
    let stopped = ann.get("hub/user/ann/tree").await;
    assert_eq!(stopped.status, 503, "as old JupyterLabs know it");
    assert!(stopped.body.contains("data-seconds=\"3.0\""), "{}", stopped.body);
    let gone = ann.get("hub/user/ann/api/status").await;
    assert_eq!(gone.status, 503);
    let message = gone.json()["message"].as_str().unwrap().to_owned();
    assert!(message.contains(" /user/ann/api/status."), "{message}");
}

#[tokio::test]
async fn files_of_jupyterhubs_names_are_there() {
    let app = App::start().await;
    let browser = app.browser();
    for (path, kind) in [
        ("hub/logo", "image/png"),
        ("hub/static/images/jupyterhub-80.png", "image/png"),
        ("hub/static/css/style.min.css", "text/css"),
    ] {
        assert_eq!(
            browser.get(path).await.expect(200).header("content-type"),
            kind,
            "{path}"
        );
        let head = browser.send(browser.request(Method::HEAD, path)).await.expect(200);
        assert_eq!(head.header("content-type"), kind, "{path}");
    }
}
