//! Ways to sign in that need no password of ours: a proxy's header, a shared password, none at all.

use perijove_hub::audit;
use perijove_model::token;
use perijove_store::{audit as store_audit, users};
use perijove_testkit::{Answer, App, Browser};
use reqwest::Method;

use super::{signed_in, start_server};

const SECRET: &str = "known to the proxy and the hub alone";

fn by_header(keys: &str) -> String {
    format!(
        "[[auth]]\nkind = \"header\"\ngroups_header = \"X-Auth-Request-Groups\"\n{keys}\n[access]\nallow_all = true\n\
         blocked_users = [\"mallory\"]\nmanage_groups = true\n"
    )
}

async fn with_secret() -> App {
    let config = by_header(&format!(
        "secret = \"{SECRET}\"\nlogout_url = \"https://proxy.example.org/sign_out\""
    ));
    App::builder().config(&config).start().await
}

/// The sign-in page, asked with these headers.
async fn ask(browser: &Browser, headers: &[(&str, &str)]) -> Answer {
    let mut request = browser.request(Method::GET, "hub/login");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    browser.send(request).await
}

async fn is_there(app: &App, name: &str) -> bool {
    users::by_name(&app.hub.store, name).await.unwrap().is_some()
}

#[tokio::test]
async fn a_proxy_with_the_secret_signs_people_in_unasked() {
    let app = with_secret().await;
    let ann = app.browser();
    let headers = [
        ("X-Auth-Request-User", "Ann"),
        ("X-Auth-Request-Groups", "staff,choir"),
        ("X-Perijove-Proxy-Secret", SECRET),
    ];
    let came = ask(&ann, &headers).await.expect(302);
    assert!(came.to().starts_with("/hub/"), "{}", came.to());
    let model = ann.api(Method::GET, "user", None).await.expect(200).json();
    assert_eq!(model["name"], "ann");
    assert_eq!(model["groups"], serde_json::json!(["choir", "staff"]));
    // Nobody who signs out is signed in again at once.
    ann.get("hub/logout").await;
    ann.api(Method::GET, "user", None).await.expect(403);
}

#[tokio::test]
async fn anybody_elses_word_is_refused_and_written_down() {
    let app = with_secret().await;
    let claim = ("X-Auth-Request-User", "ann");
    let guess = [claim, ("X-Perijove-Proxy-Secret", "a guess")];
    for browser in [app.browser(), app.browser_at_hub()] {
        ask(&browser, &[claim]).await.expect(403);
        ask(&browser, &guess).await.expect(403);
        let silent = ask(&browser, &[]).await.expect(403);
        assert!(
            silent.text().contains("does not say who it is from"),
            "{}",
            silent.text()
        );
    }
    assert!(!is_there(&app, "ann").await);
    audit::flush_refusals(&app.hub).await.unwrap();
    let written = store_audit::list(&app.hub.store, &store_audit::Query::default(), 50).await;
    assert!(
        format!("{written:?}").contains("header without the secret"),
        "{written:?}"
    );
}

/// Seed 004: pods of people reach the hub directly.
#[tokio::test]
async fn a_server_beside_the_hub_can_not_forge_a_header() {
    let app = App::builder().config(&by_header("from = [\"10.9.8.7\"]")).start().await;
    let claim = ("X-Auth-Request-User", "ann");
    let way = ("X-Forwarded-For", "10.9.8.7");
    // Straight to the hub, and by the edge, which adds who asked it.
    for browser in [app.browser_at_hub(), app.browser()] {
        for headers in [
            &[claim][..],
            &[claim, way],
            &[claim, way, ("X-Perijove-Edge", "a guess")],
        ] {
            ask(&browser, headers).await.expect(403);
        }
    }
    assert!(!is_there(&app, "ann").await);
    // As the edge asks for the proxy.
    let proof = token::by_the_edge(&app.hub.routes.proxy().auth_token);
    let headers = [
        claim,
        ("X-Forwarded-For", "192.0.2.1, 10.9.8.7"),
        ("X-Perijove-Edge", proof.expose()),
    ];
    ask(&app.browser_at_hub(), &headers).await.expect(302);
    assert!(is_there(&app, "ann").await);
}

/// What jupyterhub-remote-user-authenticator leaves out.
#[tokio::test]
async fn remote_user_names_are_normalised_mapped_checked_and_blocked() {
    let config = by_header(&format!("secret = \"{SECRET}\""));
    let mapped = "username_map = { \"ann@example.org\" = \"ann\" }\nusername_pattern = '[a-z]+$'\n";
    let app = App::builder().config(&format!("{config}{mapped}")).start().await;
    let come = async |name: &str| {
        let headers = [("X-Auth-Request-User", name), ("X-Perijove-Proxy-Secret", SECRET)];
        ask(&app.browser(), &headers).await.status
    };
    assert_eq!(come("ANN@example.org").await, 302);
    assert!(is_there(&app, "ann").await);
    for bad in ["mallory", "Mallory", "../etc", "a/b", "..", "bob7"] {
        assert_eq!(come(bad).await, 403, "{bad}");
        assert!(!is_there(&app, &bad.to_lowercase()).await, "{bad}");
    }
}

#[tokio::test]
async fn a_shared_password_makes_nobody_an_administrator() {
    let config = "[[auth]]\nkind = \"shared-password\"\nuser_password = \"everybody\"\n\
                  admin_password = \"a longer one for administrators only\"\n\
                  [access]\nallow_all = true\nadmin_users = [\"ruth\"]\n";
    let app = App::builder().config(config).start().await;
    let come = async |name: &str, password: &str| app.browser().sign_in_status(name, password).await;
    assert_eq!(come("ann", "everybody").await, 302);
    assert_eq!(come("ruth", "everybody").await, 403);
    assert_eq!(come("ann", "a longer one for administrators only").await, 403);
    assert_eq!(come("ruth", "a longer one for administrators only").await, 302);
}

#[tokio::test]
async fn each_visit_of_a_temporary_person_is_another_one() {
    let app = App::builder()
        .config("[[auth]]\nkind = \"temporary\"\n[access]\nallow_all = true\n")
        .start()
        .await;
    let browser = app.browser();
    let come = async || {
        browser.visit("hub/tmplogin").await;
        browser.api(Method::GET, "user", None).await.expect(200).json()["name"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let one = come().await;
    assert_eq!(one.len(), 36);
    assert_ne!(come().await, one);
}

#[tokio::test]
async fn nobody_signs_in_where_nobody_is_to() {
    let app = App::builder()
        .config("[[auth]]\nkind = \"null\"\n[access]\nallow_all = true\n")
        .start()
        .await;
    app.browser().get("hub/login").await.expect(403);
}

#[tokio::test]
async fn who_came_by_a_way_that_is_gone_signs_in_again() {
    const OLD: &str = "[[auth]]\nkind = \"shared-password\"\nname = \"old\"\nuser_password = \"password\"\n";
    const NEW: &str = "[[auth]]\nkind = \"dummy\"\n";
    let app = App::builder().config(OLD).start().await;
    let (ann, bob) = (app.sign_in("ann").await, app.sign_in("bob").await);
    start_server(&ann, "ann").await;
    let given = super::oauth::token_of(&app, &ann).await;
    let app = app.restart_with(&format!("{NEW}{OLD}")).await;
    assert!(signed_in(&ann).await && signed_in(&bob).await, "it is there still");
    let app = app.restart_with(NEW).await;
    assert!(!signed_in(&bob).await);
    let told = "the way in which you had signed in is not offered here any more";
    assert!(bob.get("hub/login").await.expect(200).body.contains(told));
    assert!(!app.browser().get("hub/login").await.expect(200).body.contains(told));
    // What was given out in a session goes with it, also where nobody comes back to the hub.
    let mut status = 200;
    for _ in 0..500 {
        status = bob.api_with_token(&given, Method::GET, "user", None).await.status;
        if status == 403 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert_eq!(status, 403);
    let ruth = app.sign_in("ruth").await;
    let entry = super::audit::last(&ruth, "sign-out").await;
    assert_eq!(
        (&entry["actor_kind"], &entry["detail"]["reason"]),
        (&"hub".into(), &"method gone".into())
    );
    assert!(
        signed_in(&app.sign_in("ann").await).await,
        "by the other way they come in"
    );
    assert_eq!(bob.sign_in_status("bob", "password").await, 302);
    bob.get("hub/logout").await.expect(302);
    assert!(
        !bob.get("hub/login").await.expect(200).body.contains(told),
        "once is enough"
    );
}
