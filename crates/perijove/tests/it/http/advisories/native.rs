//! Accounts with passwords: the defects of NativeAuthenticator and FirstUseAuthenticator, `a` to `l`. Codes that are asked
//! for once somebody has shown one (`k`), and what a new password ends (`l`), are with the page of one's account.

use jiff::SignedDuration;
use perijove_auth::totp;
use perijove_hub::accounts::import::Importer;
use perijove_model::{Clock, Secret};
use perijove_store::{native as accounts_of, users};
use perijove_testkit::App;
use reqwest::Method;

use super::super::accounts::{GOOD, left_by_jupyterhub, native_app, status, try_in};
use super::super::setup::account;
use super::super::signed_in;
use super::super::signup::{native, sign_up};

/// The hash itself was hashed: nobody's password held any more, and the text of the hash did.
#[tokio::test]
async fn defect_a_the_password_signs_in_and_its_hash_does_not() {
    let app = native_app().await;
    let hub = &app.hub;
    let importer = Importer {
        store: &hub.store,
        clock: &*hub.clock,
        rng: &*hub.rng,
        keys: &hub.keys,
    };
    // `a good old password`, by Python's bcrypt.
    let hash = "$2b$12$NKWmR2kIcfwaPEpC2271vukJ958x6/LpmGYr8g5WI5ED6y0xYeB12";
    let taken = importer
        .hashes("passwords.dbm", "taken", vec![("ada".to_owned(), hash.to_owned())])
        .await;
    assert_eq!(taken.unwrap().accounts, 1);
    assert_eq!(status(&app, "ada", hash).await, 403);
    assert_eq!(status(&app, "ada", "a good old password").await, 302);
    assert_eq!(status(&app, "ada", hash).await, 403, "nor afterwards");
}

/// `open_signup` alone let nobody in, and `allow_all` alone did not open the door.
#[tokio::test]
async fn defect_b_an_open_door_needs_no_second_key() {
    let open = "[[auth]]\nkind = \"native\"\nopen_signup = true\n[access]\nallow_existing_users = false\n";
    let app = App::builder().config(open).start().await;
    sign_up(&app, "ann", GOOD, &[]).await.expect(200);
    assert_eq!(status(&app, "ann", GOOD).await, 302);
    let closed = "[[auth]]\nkind = \"native\"\n[access]\nallow_all = true\n";
    let app = App::builder().config(closed).start().await;
    app.browser().get("hub/signup").await.expect(404);
}

#[tokio::test]
async fn defect_c_passwords_of_73_bytes_and_more_are_passwords() {
    let app = native_app().await;
    for length in [72, 73, 1024] {
        let password = "correct horse battery staple, and an umbrella for the purple sky "
            .repeat(20)
            .chars()
            .take(length)
            .collect::<String>();
        let browser = account(&app, &format!("ann{length}"), &password).await;
        assert!(signed_in(&browser).await);
        assert_eq!(status(&app, &format!("ann{length}"), &password).await, 302);
        let shorter = &password[..length - 1];
        assert_eq!(
            status(&app, &format!("ann{length}"), shorter).await,
            403,
            "all of it counts"
        );
    }
}

#[tokio::test]
async fn defect_d_a_code_of_the_step_before_holds_and_none_holds_twice() {
    let app = left_by_jupyterhub().await;
    let password = "another old password";
    let asked = try_in(&app.browser(), "grace", password, "").await.expect(403);
    assert!(asked.body.contains("id=\"otp_input\""), "{}", asked.body);
    let secret = Secret::new("JBSWY3DPEHPK3PXP");
    app.clock.advance(SignedDuration::from_secs(3600));
    let earlier = app.clock.now() - SignedDuration::from_secs(30);
    let code = totp::code_at(&secret, earlier).unwrap();
    assert_eq!(
        try_in(&app.browser(), "grace", password, &code).await.status,
        302,
        "of the step before"
    );
    assert_eq!(
        try_in(&app.browser(), "grace", password, &code).await.status,
        403,
        "a second time"
    );
}

#[tokio::test]
async fn defect_f_a_wait_grows_and_does_not_come_back_a_day_later() {
    let app = native_app().await;
    account(&app, "ann", GOOD).await;
    for _ in 0..3 {
        assert_eq!(status(&app, "ann", "a wrong password").await, 403);
    }
    let told = try_in(&app.browser(), "ann", GOOD, "").await.expect(403);
    assert!(
        told.body.contains("Invalid username or password"),
        "as any other: {}",
        told.body
    );
    app.clock.advance(SignedDuration::from_secs(61));
    assert_eq!(status(&app, "ann", "a wrong password").await, 403);
    app.clock.advance(SignedDuration::from_secs(61));
    assert_eq!(status(&app, "ann", GOOD).await, 403, "two minutes after the fourth");
    app.clock.advance(SignedDuration::from_secs(60));
    assert_eq!(status(&app, "ann", GOOD).await, 302);
    // Not a day later either, and the count begins anew.
    app.clock.advance(SignedDuration::from_hours(24));
    assert_eq!(status(&app, "ann", "a wrong password").await, 403);
    assert_eq!(status(&app, "ann", GOOD).await, 302);
}

#[tokio::test]
async fn defect_f_another_hub_and_a_restart_know_of_a_wait() {
    let app = native_app().await;
    account(&app, "ann", GOOD).await;
    for _ in 0..3 {
        status(&app, "ann", "a wrong password").await;
    }
    let other = app.replica().await;
    assert_eq!(try_in(&other.browser(), "ann", GOOD, "").await.status, 403);
    other.stop().await;
    let app = app.restart().await;
    assert_eq!(status(&app, "ann", GOOD).await, 403);
    // Not other people, and a link of an administrator's ends the wait.
    account(&app, "bob", GOOD).await;
    assert_eq!(status(&app, "bob", GOOD).await, 302);
    account(&app, "ann", "another long password").await;
    assert_eq!(status(&app, "ann", "another long password").await, 302);
}

#[tokio::test]
async fn defect_f_an_address_that_guesses_at_many_names_waits_too() {
    let toml = "[[auth]]\nkind = \"native\"\n[access]\nallowed_failed_logins_per_address = 3\n";
    let app = App::builder().config(toml).start().await;
    account(&app, "ann", GOOD).await;
    for name in ["bob", "cleo", "dora"] {
        assert_eq!(status(&app, name, "a wrong password").await, 403);
    }
    assert_eq!(status(&app, "ann", GOOD).await, 403);
    app.clock.advance(SignedDuration::from_secs(31));
    assert_eq!(status(&app, "ann", GOOD).await, 302);
}

#[tokio::test]
async fn defect_j_the_terms_are_the_servers_business() {
    let keys = "open_signup = true\nask_email_on_signup = true\ntos = 'I agree to <a href=\"/terms\">the terms</a>.'";
    let app = App::builder().config(&native(keys)).start().await;
    let page = app.browser().get("hub/signup").await.expect(200);
    assert!(page.body.contains("<a href=\"/terms\">"), "{}", page.body);
    let email = ("email", "ann@example.org");
    let refused = sign_up(&app, "ann", GOOD, &[email]).await.expect(400);
    assert!(refused.body.contains("Agree to the terms"), "{}", refused.body);
    sign_up(&app, "ann", GOOD, &[("tos", "yes")]).await.expect(400);
    let bad = ("email", "ann@example.org\r\nBcc: all@example.org");
    sign_up(&app, "ann", GOOD, &[("tos", "yes"), bad]).await.expect(400);
    sign_up(&app, "ann", GOOD, &[("tos", "yes"), email]).await.expect(200);
    assert_eq!(status(&app, "ann", GOOD).await, 302);
}

/// The form asked for a code in a field that was not read.
#[tokio::test]
async fn defect_e_the_code_of_the_form_is_read_by_either_name() {
    let toml = "[[auth]]\nkind = \"native\"\nrequest_otp = true\n";
    let app = left_by_jupyterhub().await.restart_with(toml).await;
    app.clock.advance(SignedDuration::from_secs(3600));
    for field in ["otp", "2fa"] {
        app.clock.advance(SignedDuration::from_secs(60));
        let code = totp::code_at(&Secret::new("JBSWY3DPEHPK3PXP"), app.clock.now()).unwrap();
        for (given, expected) in [("000000", 403), (code.as_str(), 302)] {
            let grace = app.browser();
            let page = grace.get("hub/login").await.expect(200);
            assert!(page.body.contains("name=\"otp\""), "{}", page.body);
            let fields = [
                ("username", "grace"),
                ("password", "another old password"),
                (field, given),
            ];
            assert_eq!(grace.post_form("hub/login", &fields).await.status, expected, "{field}");
        }
    }
}

/// The page of an account that was locked, or that waited for approval, told whether the password was right. That an
/// unknown name costs as much as a known one is held in `auth/src/native.rs`.
#[tokio::test]
async fn defect_h_the_page_tells_nothing_of_accounts() {
    let toml = native("enable_signup = true") + "allowed_failed_logins = 2\n";
    let app = App::builder().config(&toml).start().await;
    account(&app, "ann", GOOD).await;
    sign_up(&app, "waits", GOOD, &[]).await.expect(200);
    for _ in 0..2 {
        assert_eq!(status(&app, "ann", "a wrong password").await, 403);
    }
    let mut told = Vec::new();
    for name in ["ann", "waits", "eve", "nobody"] {
        for password in [GOOD, "a wrong password"] {
            let answer = try_in(&app.browser(), name, password, "").await.expect(403);
            let at = answer.body.find("id=\"login-error\"").unwrap();
            told.push(answer.body[at..at + 80].to_owned());
            assert!(!answer.body.contains("id=\"otp_input\""), "{name}");
        }
    }
    told.dedup();
    assert_eq!(told.len(), 1, "{told:#?}");
}

/// Administrators let in and turned down by following a link, which any picture on any page is.
#[tokio::test]
async fn defect_i_a_link_lets_nobody_in_and_turns_nobody_down() {
    let app = App::builder().config(&native("enable_signup = true")).start().await;
    let ruth = account(&app, "ruth", GOOD).await;
    sign_up(&app, "ann", GOOD, &[]).await.expect(200);
    for path in ["hub/authorize/ann", "hub/discard/ann"] {
        ruth.get(path).await.expect(302);
        let forged = ruth.request(Method::POST, path).header("sec-fetch-mode", "no-cors");
        assert_eq!(ruth.send(forged).await.status, 403, "{path}");
    }
    assert_eq!(status(&app, "ann", GOOD).await, 403);
    let waits = ruth.api(Method::GET, "signups", None).await.json();
    assert_eq!(waits["signups"][0]["name"], "ann");
}

/// The secrets of one-time codes lay open in the database, also of people who had none.
#[tokio::test]
async fn defect_secrets_of_codes_are_sealed_and_only_of_who_has_them() {
    let app = left_by_jupyterhub().await;
    let store = &app.hub.store;
    let account = async |name: &str| {
        let user = users::by_name(store, name).await.unwrap().unwrap();
        accounts_of::account(store, user.id).await.unwrap()
    };
    let sealed = account("grace").await.otp_secret.unwrap();
    assert!(!sealed.contains("JBSWY3DPEHPK3PXP"), "{sealed}");
    assert_eq!(app.hub.keys.unseal(&sealed).as_deref(), Some("JBSWY3DPEHPK3PXP"));
    assert_eq!(account("ada").await.otp_secret, None);
}
