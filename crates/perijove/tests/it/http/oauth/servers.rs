//! Single-user servers sign people in: the whole flow, and what goes wrong in it.

use jiff::SignedDuration;
use perijove_testkit::App;
use reqwest::Method;

use super::{CALLBACK, Client, SERVICE, VERIFIER, ann_and_server, challenge, error_is, parameter, scopes, who};
use crate::http::shares::ann_and_bob;
use crate::http::{full_token, refused, start_server};

#[tokio::test]
async fn a_server_signs_its_owner_in() {
    let (app, ann, client) = ann_and_server().await;
    assert_eq!(client.id, "jupyterhub-user-ann");
    assert_eq!(client.callback, CALLBACK);
    let asked = [
        ("code_challenge", &*challenge(VERIFIER)),
        ("code_challenge_method", "S256"),
    ];
    let code = client.code(&ann, &asked).await;
    assert!(
        code.len() == 30 && code.bytes().all(|b| b.is_ascii_alphanumeric()),
        "{code}"
    );
    let answer = client
        .token(&app, &code, &[("code_verifier", VERIFIER)])
        .await
        .expect(200);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("cache-control"), "no-store");
    let body = answer.json();
    assert_eq!(body["token_type"], "Bearer");
    assert_eq!(body["expires_in"], 1_209_600);
    let scope = body["scope"].as_str().unwrap();
    assert!(
        scope.split(' ').any(|scope| scope == "access:servers!server=ann/"),
        "{scope}"
    );
    let token = body["access_token"].as_str().unwrap();
    assert_eq!(token.len(), 30);

    let model = who(&app, token).await.expect(200).json();
    assert_eq!((&model["kind"], &model["name"]), (&"user".into(), &"ann".into()));
    assert_eq!(model["admin"], false);
    assert!(model["groups"].is_array());
    assert!(scopes(&model).contains(&"access:servers!server=ann/"), "{model}");
    assert!(
        !scopes(&model).iter().any(|scope| scope.starts_with("servers")),
        "{model}"
    );
    let session = ann.cookie("jupyterhub-session-id").unwrap();
    assert_eq!(model["session_id"], session.as_str());
    let id = model["token_id"].as_str().unwrap();
    assert!(id.starts_with('a') && id[1..].parse::<u64>().is_ok(), "{id}");
}

#[tokio::test]
async fn who_is_not_signed_in_signs_in_first_and_comes_back() {
    let (app, _, client) = ann_and_server().await;
    let browser = app.browser();
    let address = client.authorize(&[]);
    let answer = browser.get(&address).await.expect(302);
    assert!(answer.to().starts_with("/hub/login?next="), "{}", answer.to());
    assert_eq!(parameter(&answer, "next"), format!("/{address}"));
    browser.get(&answer.location.unwrap()).await.expect(200);
    let path = format!(
        "hub/login?next={}",
        perijove_model::escape::component(&format!("/{address}"))
    );
    let fields = [("username", "ann"), ("password", "x")];
    let back = browser.post_form(&path, &fields).await.expect(302);
    assert_eq!(back.to(), format!("/{address}"));
    let answer = browser.get(&back.location.unwrap()).await.expect(302);
    assert!(!parameter(&answer, "code").is_empty());
}

#[tokio::test]
async fn an_api_token_can_not_agree_for_a_person() {
    let (app, _, client) = ann_and_server().await;
    let token = full_token(&app, "ann").await;
    let browser = app.browser();
    let answer = browser
        .get_with(&client.authorize(&[]), "authorization", &format!("token {token}"))
        .await;
    assert!(answer.expect(302).to().starts_with("/hub/login?next="));
}

#[tokio::test]
async fn proof_of_possession_is_demanded_where_it_was_promised() {
    let (app, ann, client) = ann_and_server().await;
    let s256 = challenge(VERIFIER);
    let s256 = [("code_challenge", s256.as_str()), ("code_challenge_method", "S256")];
    let plain = [("code_challenge", VERIFIER), ("code_challenge_method", "plain")];
    let unnamed = [("code_challenge", VERIFIER)];
    for asked in [&s256[..], &plain, &unnamed] {
        let code = client.code(&ann, asked).await;
        client
            .token(&app, &code, &[("code_verifier", VERIFIER)])
            .await
            .expect(200);

        let code = client.code(&ann, asked).await;
        let other = "another0123456789abcdefghijklmnopqrstuvwxyz";
        error_is(
            &client.token(&app, &code, &[("code_verifier", other)]).await,
            400,
            "invalid_grant",
        );

        let code = client.code(&ann, asked).await;
        let answer = client.token(&app, &code, &[]).await;
        error_is(&answer, 400, "invalid_request");
        assert_eq!(answer.json()["error_description"], "Code verifier required.");
    }
    // The challenge itself is public: it must not do as the verifier.
    let code = client.code(&ann, &s256).await;
    let answer = client.token(&app, &code, &[("code_verifier", s256[0].1)]).await;
    error_is(&answer, 400, "invalid_grant");
    let odd = client.authorize(&[("code_challenge", VERIFIER), ("code_challenge_method", "S512")]);
    let answer = ann.get(&odd).await.expect(302);
    assert_eq!(parameter(&answer, "error"), "invalid_request");
}

#[tokio::test]
async fn a_hub_can_demand_proof_of_possession_from_all() {
    let app = App::builder()
        .config("[hub]\noauth_require_pkce = true\n")
        .start()
        .await;
    let ann = app.sign_in("ann").await;
    start_server(&ann, "ann").await;
    let client = Client::server(&app);
    let answer = ann.get(&client.authorize(&[])).await.expect(302);
    assert_eq!(parameter(&answer, "error"), "invalid_request");
    let s256 = challenge(VERIFIER);
    let code = client
        .code(&ann, &[("code_challenge", &s256), ("code_challenge_method", "S256")])
        .await;
    client
        .token(&app, &code, &[("code_verifier", VERIFIER)])
        .await
        .expect(200);
}

#[tokio::test]
async fn a_code_is_good_once_and_soon_and_for_its_client() {
    let app = App::builder().config(SERVICE).start().await;
    let ann = app.sign_in("ann").await;
    start_server(&ann, "ann").await;
    let server = Client::server(&app);
    let code = server.code(&ann, &[]).await;
    server.token(&app, &code, &[]).await.expect(200);
    error_is(&server.token(&app, &code, &[]).await, 400, "invalid_grant");
    error_is(&server.token(&app, "nonsense", &[]).await, 400, "invalid_grant");

    let code = server.code(&ann, &[]).await;
    app.clock.advance(SignedDuration::from_secs(299));
    server.token(&app, &code, &[]).await.expect(200);
    let code = server.code(&ann, &[]).await;
    app.clock.advance(SignedDuration::from_secs(301));
    error_is(&server.token(&app, &code, &[]).await, 400, "invalid_grant");

    let code = Client::service("trusted").code(&ann, &[]).await;
    error_is(&server.token(&app, &code, &[]).await, 400, "invalid_grant");
    // Presented by the wrong client, it is spent.
    error_is(
        &Client::service("trusted").token(&app, &code, &[]).await,
        400,
        "invalid_grant",
    );
}

#[tokio::test]
async fn a_code_ends_with_the_session_that_it_was_given_in() {
    let (app, ann, client) = ann_and_server().await;
    let code = client.code(&ann, &[]).await;
    ann.get("hub/logout").await.expect(302);
    let answer = client.token(&app, &code, &[]).await.expect(400);
    assert_eq!(answer.json()["error"], "invalid_grant");
}

#[tokio::test]
async fn two_exchanges_of_one_code_give_one_token() {
    let (app, ann, client) = ann_and_server().await;
    let code = client.code(&ann, &[]).await;
    let (first, second) = tokio::join!(client.token(&app, &code, &[]), client.token(&app, &code, &[]));
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400]);
}

#[tokio::test]
async fn the_token_endpoint_says_what_is_wrong_as_jupyterhub_does() {
    let (app, ann, client) = ann_and_server().await;
    let code = client.code(&ann, &[]).await;
    for other in [
        ("client_secret", "nonsense"),
        ("client_secret", ""),
        ("client_id", "nobody"),
        ("client_id", "jupyterhub"),
    ] {
        let answer = client.token(&app, &code, &[other]).await;
        error_is(&answer, 401, "invalid_client");
        assert_eq!(answer.header("www-authenticate"), "Bearer error=\"invalid_client\"");
    }
    let bare = app.browser_at_hub();
    let answer = bare.send(bare.request(Method::POST, "hub/api/oauth2/token")).await;
    error_is(&answer, 400, "unsupported_grant_type");
    for grant in ["", "password", "refresh_token", "client_credentials"] {
        let answer = client.token(&app, &code, &[("grant_type", grant)]).await;
        error_is(&answer, 400, "unsupported_grant_type");
    }
    let answer = client.token(&app, &code, &[("code", "")]).await;
    error_is(&answer, 400, "invalid_request");
    assert_eq!(answer.json()["error_description"], "Missing code parameter.");
    error_is(&client.token(&app, "", &[]).await, 400, "invalid_grant");
    for key in ["client_id", "grant_type", "redirect_uri"] {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", &*code),
            (key, "x"),
            (key, "y"),
        ];
        let request = bare.request(Method::POST, "hub/api/oauth2/token").form(&fields);
        let answer = bare.send(request).await;
        error_is(&answer, 400, "invalid_request");
        assert_eq!(
            answer.json()["error_description"],
            format!("Duplicate {key} parameter.")
        );
    }
    // None of that has spent the code.
    client.token(&app, &code, &[]).await.expect(200);

    let code = client.code(&ann, &[]).await;
    let answer = client
        .token(&app, &code, &[("redirect_uri", "/user/eve/oauth_callback")])
        .await;
    error_is(&answer, 400, "invalid_request");
    assert_eq!(answer.json()["error_description"], "Mismatching redirect URI.");
}

#[tokio::test]
async fn what_can_not_be_trusted_is_told_to_the_person() {
    let (_app, ann, client) = ann_and_server().await;
    for wrong in [
        ("client_id", "nobody"),
        ("client_id", "jupyterhub"),
        ("client_id", ""),
        ("redirect_uri", "https://evil.example/"),
        ("redirect_uri", "/user/ann/oauth_callback/"),
        ("redirect_uri", "/user/ann/oauth_callback?x=1"),
        ("redirect_uri", "/USER/ann/oauth_callback"),
    ] {
        let answer = ann.get(&client.authorize(&[wrong])).await.expect(400);
        assert!(answer.location.is_none(), "{wrong:?}");
        assert!(answer.header("content-type").starts_with("text/html"), "{wrong:?}");
    }
    for key in ["client_id", "response_type", "redirect_uri", "scope", "state"] {
        let twice = format!("{}&scope=identify&{key}=x", client.authorize(&[]));
        let answer = ann.get(&twice).await.expect(400);
        assert!(answer.text().contains(&format!("Duplicate {key} parameter.")), "{key}");
    }
    let empty = client.authorize(&[("redirect_uri", "")]) + "&redirect_uri=";
    ann.get(&empty).await.expect(400);
    // Without one there is only one that can be meant.
    let answer = ann.get(&client.authorize(&[("redirect_uri", "")])).await.expect(302);
    assert!(answer.to().starts_with(CALLBACK), "{}", answer.to());
}

#[tokio::test]
async fn what_the_client_did_wrong_is_told_to_the_client() {
    let (_app, ann, client) = ann_and_server().await;
    for (wrong, error) in [
        (("scope", "read:users"), "invalid_scope"),
        (("scope", "no-such-scope"), "invalid_scope"),
        (("scope", "inherit"), "invalid_scope"),
        (("scope", "access:servers!server=bob/"), "invalid_scope"),
        (("response_type", "token"), "unsupported_response_type"),
        (("response_type", ""), "invalid_request"),
        (("scope", " "), "invalid_scope"),
        (("code_challenge", "too-short"), "invalid_request"),
    ] {
        let answer = ann.get(&client.authorize(&[wrong])).await.expect(302);
        assert!(answer.to().starts_with("/user/ann/oauth_callback?"), "{}", answer.to());
        assert_eq!(parameter(&answer, "error"), error, "{wrong:?}");
        assert_eq!(parameter(&answer, "state"), "the state");
        assert_eq!(parameter(&answer, "code"), "");
    }
    for tolerated in [
        "identify",
        "access:servers!server=ann/",
        "identify access:servers!server=ann/",
    ] {
        client.code(&ann, &[("scope", tolerated)]).await;
    }
}

#[tokio::test]
async fn a_second_person_gets_no_code_for_the_first_ones_server() {
    let (app, _, client) = ann_and_server().await;
    let bob = app.sign_in("bob").await;
    let answer = bob.get(&client.authorize(&[])).await.expect(403);
    assert!(answer.location.is_none());
    assert!(
        answer
            .text()
            .contains("You do not have permission to access Server at /user/ann/")
    );
    assert!(answer.body.contains("bob"), "it says who was refused: {}", answer.body);
    let post = bob
        .post_form(&client.authorize(&[]), &[("scopes", "access:servers!server=ann/")])
        .await;
    assert_eq!(post.status, 403, "nor by posting the form that was not shown");
    assert!(post.location.is_none());
}

#[tokio::test]
async fn an_administrator_is_asked_before_a_server_of_somebody_else_knows_her() {
    let (app, _, client) = ann_and_server().await;
    let ruth = app.sign_in("ruth").await;
    let address = client.authorize(&[]);
    let page = ruth.get(&address).await.expect(200);
    assert!(page.header("content-type").starts_with("text/html"));
    assert!(page.body.contains("id=\"oauth_form\""), "{}", page.body);
    assert!(page.body.contains("jupyterhub-user-ann"), "{}", page.body);

    let forged = ruth
        .send(ruth.request(Method::POST, &address).form(&[("scopes", "x")]))
        .await;
    assert_eq!(forged.status, 403, "not without the page's token");
    for more in ["admin:users", "inherit", "no-such-scope"] {
        let answer = ruth.post_form(&address, &[("scopes", more)]).await.expect(302);
        assert_eq!(
            parameter(&answer, "error"),
            "invalid_scope",
            "{more} was not on the page"
        );
    }
    let answer = ruth
        .post_form(&address, &[("scopes", "access:servers!server=ann/")])
        .await
        .expect(302);
    let token = client.token(&app, &parameter(&answer, "code"), &[]).await.expect(200);
    let token = token.json()["access_token"].as_str().unwrap().to_owned();
    let model = who(&app, &token).await.expect(200).json();
    assert_eq!(model["name"], "ruth");
    assert!(scopes(&model).contains(&"access:servers!server=ann/"));
    assert!(
        !scopes(&model).iter().any(|scope| scope.starts_with("admin")),
        "no more than was on the page: {model}"
    );
    // She has agreed: from now on the page is not shown again.
    client.code(&ruth, &[]).await;
}

#[tokio::test]
async fn a_stopped_server_of_ones_own_is_not_trusted_blindly() {
    let (app, ann, client) = ann_and_server().await;
    ann.api(Method::DELETE, "users/ann/server", None).await.expect(204);
    let answer = ann.get(&client.authorize(&[])).await;
    assert_eq!(answer.status, 400, "its client is gone: {}", answer.body);
    assert_eq!(client.token(&app, "x", &[]).await.status, 401);
}

#[tokio::test]
async fn a_token_ends_when_its_time_is_up() {
    let app = App::builder()
        .config("[hub]\noauth_token_expires_in = \"1h\"\n")
        .start()
        .await;
    let ann = app.sign_in("ann").await;
    start_server(&ann, "ann").await;
    let client = Client::server(&app);
    let code = client.code(&ann, &[]).await;
    let answer = client.token(&app, &code, &[]).await.expect(200).json();
    assert_eq!(answer["expires_in"], 3600);
    let token = answer["access_token"].as_str().unwrap();
    app.clock.advance(SignedDuration::from_mins(59));
    who(&app, token).await.expect(200);
    app.clock.advance(SignedDuration::from_mins(2));
    refused(&who(&app, token).await, 403, "Missing or invalid credentials.");
}

#[tokio::test]
async fn the_flow_goes_on_after_a_restart_of_the_hub() {
    let (app, ann, client) = ann_and_server().await;
    let code = client.code(&ann, &[]).await;
    let app = app.restart().await;
    let token = client.token(&app, &code, &[]).await.expect(200).json();
    let app = app.restart().await;
    who(&app, token["access_token"].as_str().unwrap()).await.expect(200);
    client.code(&ann, &[]).await;
}

#[tokio::test]
async fn named_servers_and_odd_names_are_clients_of_their_own() {
    let app = App::builder()
        .config("[hub]\nallow_named_servers = true\n")
        .start()
        .await;
    let ann = app.sign_in("ann@x.org").await;
    ann.api(Method::POST, "users/ann@x.org/servers/gpu", None)
        .await
        .expect(201);
    let client = Client::server(&app);
    assert_eq!(client.id, "jupyterhub-user-ann%40x.org-gpu");
    assert_eq!(client.callback, "/user/ann@x.org/gpu/oauth_callback");
    let code = client.code(&ann, &[]).await;
    let token = client.token(&app, &code, &[]).await.expect(200).json();
    let model = who(&app, token["access_token"].as_str().unwrap())
        .await
        .expect(200)
        .json();
    assert!(
        scopes(&model).contains(&"access:servers!server=ann@x.org/gpu"),
        "{model}"
    );
}

/// The names and links of what was used last, from the page.
async fn recent(browser: &perijove_testkit::Browser) -> String {
    let page = browser.get("hub/home").await.expect(200).body;
    let list = page.split_once("id=\"recent\"").unwrap().1;
    list.split_once("id=\"servers\"").unwrap().0.to_owned()
}

#[tokio::test]
async fn what_was_opened_last_is_on_the_home_page_as_long_as_one_may_open_it() {
    let (app, ann, bob) = ann_and_bob().await;
    start_server(&bob, "bob").await;
    app.clock.advance(SignedDuration::from_hours(1));
    start_server(&ann, "ann").await;
    let client = Client::server(&app);
    let wish = serde_json::json!({ "user": "bob" });
    ann.api(Method::POST, "shares/ann/", Some(wish)).await.expect(200);
    assert!(!recent(&bob).await.contains("/user/ann/"), "shared, and not used yet");
    let address = client.authorize(&[]);
    bob.get(&address).await.expect(200);
    let answer = bob
        .post_form(&address, &[("scopes", "access:servers!server=ann/")])
        .await
        .expect(302);
    client.token(&app, &parameter(&answer, "code"), &[]).await.expect(200);
    let used = recent(&bob).await;
    let (theirs, own) = (used.find("\"/user/ann/\""), used.find("\"/user/bob/\""));
    assert!(theirs.is_some() && theirs < own, "the last one first: {used}");

    // A stopped one stays on the list; nobody is offered a start that is not theirs to make.
    ann.api(Method::DELETE, "users/ann/server", None).await.expect(204);
    let used = recent(&bob).await;
    assert!(used.contains("ann") && !used.contains("/hub/spawn/ann"), "{used}");
    bob.api(Method::DELETE, "users/bob/server", None).await.expect(204);
    assert!(recent(&bob).await.contains("/hub/spawn/bob"));

    let wish = serde_json::json!({ "user": "bob" });
    ann.api(Method::PATCH, "shares/ann/", Some(wish)).await.expect(200);
    let used = recent(&bob).await;
    assert!(!used.contains("ann"), "it is not shared any more: {used}");
}
