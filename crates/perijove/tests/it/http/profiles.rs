//! Profiles: who may have which, what a server gets by them, and how they are chosen.

use std::sync::Arc;

use async_trait::async_trait;
use perijove_auth::{AuthError, Authenticator, Credentials, Identity, Offer};
use perijove_spawn::fake::Script;
use perijove_testkit::{Answer, App, Browser};
use reqwest::Method;
use serde_json::{Value, json};

use super::{full_token, refused, spawned};

const SERVER: &str = "users/ann/server";

/// Two for everybody, one for the class, one that another backend runs.
const PROFILES: &str = r#"
[hub]
allow_named_servers = true
[[group]]
name = "class"
users = ["bob"]
[[group]]
name = ".."
users = ["bob"]
[spawner]
mem_limit = "1G"
[[profile]]
name = "Small"
description = "For <everyday> work"
default_url = "/lab/tree/{username}"
cpu = 1
env = { WHO = "{username}/{servername}/{is_admin}" }
[[profile.choice]]
name = "Size"
[[profile.choice.option]]
name = "Plain"
[[profile.choice.option]]
name = "Roomy"
memory = "4G"
env = { ROOM = "much" }
[[profile.choice]]
name = "Image"
default = "registry/lab"
pattern = "registry/[a-z]+"
sets = "image"
[[profile]]
name = "Elsewhere"
spawner = "other"
[[profile]]
name = "Class"
groups = ["class"]
gpu = 1
[[profile.mounts]]
source = "/data/{group}"
target = "shared/{group}"
read_only = true
writable_by_admins = true
[[profile.mounts]]
source = "/data/all"
target = "all"
groups = ["nobody"]
"#;

async fn with_profiles() -> App {
    App::builder().config(PROFILES).start().await
}

async fn start(browser: &Browser, path: &str, options: Value) -> Answer {
    browser.api(Method::POST, path, Some(options)).await
}

async fn stop(browser: &Browser, path: &str) {
    browser.api(Method::DELETE, path, None).await.expect(204);
}

async fn until_ready(browser: &Browser) {
    for _ in 0..1000 {
        if browser.api(Method::GET, SERVER, None).await.json()["ready"] == true {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the server is not ready");
}

#[tokio::test]
async fn a_profile_and_its_choices_say_what_a_server_gets() {
    let app = with_profiles().await;
    let ann = app.sign_in("ann").await;
    start(
        &ann,
        SERVER,
        json!({ "profile": "small", "size": "roomy", "image": "registry/other" }),
    )
    .await
    .expect(201);
    let spec = app.spawner.specs().pop().unwrap();
    assert_eq!(spec.plan.limits.memory, Some(4 << 30));
    assert_eq!(spec.plan.limits.cpu_milli, Some(1000));
    assert_eq!(spec.plan.image.as_deref(), Some("registry/other"));
    for (name, value) in [
        ("MEM_LIMIT", "4294967296"),
        ("CPU_LIMIT", "1.0"),
        ("ROOM", "much"),
        ("WHO", "ann//false"),
        ("JUPYTERHUB_DEFAULT_URL", "/lab/tree/ann"),
    ] {
        assert_eq!(spec.env.get(name).map(String::as_str), Some(value), "{name}");
    }
    let model = ann.api(Method::GET, SERVER, None).await.json();
    assert_eq!(model["profile"], json!({ "slug": "small", "name": "Small" }));
    assert_eq!(
        model["user_options"],
        json!({ "profile": "small", "size": "roomy", "image": "registry/other" })
    );
    stop(&ann, SERVER).await;
    // Nothing chosen: as the last time.
    ann.api(Method::POST, SERVER, None).await.expect(201);
    assert_eq!(app.spawner.specs().pop().unwrap().plan.limits.memory, Some(4 << 30));
    stop(&ann, SERVER).await;
    start(&ann, SERVER, json!({ "profile": "small" })).await.expect(201);
    let plan = app.spawner.specs().pop().unwrap().plan;
    assert_eq!(
        (plan.limits.memory, plan.image.as_deref()),
        (Some(1 << 30), Some("registry/lab"))
    );
}

#[tokio::test]
async fn what_is_not_offered_is_refused_by_the_api() {
    let app = with_profiles().await;
    let ann = app.sign_in("ann").await;
    for (options, status, part) in [
        (json!({ "profile": "class" }), 403, "There are: small, elsewhere."),
        (json!({ "profile": "none" }), 403, "no profile “none” for ann"),
        (
            json!({ "profile": "small", "size": "huge" }),
            400,
            "There are: plain, roomy.",
        ),
        (
            json!({ "profile": "small", "image": "evil/registry/lab" }),
            400,
            "can't be chosen",
        ),
        (
            json!({ "profile": "small", "image": "registry/lab\n" }),
            400,
            "can't be chosen",
        ),
        (json!({ "profile": "small", "mem": "9G" }), 400, "has no choice “mem”"),
        (json!({ "profile": ["small", "class"] }), 400, "must be a text"),
        (json!({ "profile": 1 }), 400, "must be a text"),
        (
            json!({ "user_options": { "profile": "class" } }),
            403,
            "no profile “class”",
        ),
    ] {
        refused(&start(&ann, SERVER, options).await, status, part);
    }
    assert_eq!(app.spawner.starts(), 0);
    // Whoever starts it: the owner's rights count.
    let ruth = app.sign_in("ruth").await;
    refused(
        &start(&ruth, SERVER, json!({ "profile": "class" })).await,
        403,
        "for ann",
    );
    let bob = app.sign_in("bob").await;
    start(&bob, "users/bob/server", json!({ "profile": "class" }))
        .await
        .expect(201);
    let mounts = app.spawner.specs().pop().unwrap().plan.mounts;
    let mounts: Vec<_> = mounts
        .iter()
        .map(|mount| (mount.source.as_str(), mount.target.as_str(), mount.read_only))
        .collect();
    assert_eq!(mounts, [("/data/class", "shared/class", true)], "no group leads out");
}

#[tokio::test]
async fn what_is_typed_is_one_line_whatever_the_pattern_takes() {
    let app = App::builder()
        .config(
            "[[profile]]\nname = \"Small\"\n[[profile.choice]]\nname = \"Note\"\ndefault = \"none\"\npattern = \"(?s).*\"\n\
             sets = \"env.NOTE\"\n",
        )
        .start()
        .await;
    let ann = app.sign_in("ann").await;
    for typed in ["a\nB=c", "\n", &"x".repeat(256)] {
        let answer = start(&ann, SERVER, json!({ "note": typed })).await;
        refused(&answer, 400, "can't be chosen for “Note”");
    }
    let longest = "x".repeat(255);
    start(&ann, SERVER, json!({ "note": longest })).await.expect(201);
    assert_eq!(app.spawner.specs().pop().unwrap().env.get("NOTE"), Some(&longest));
}

#[tokio::test]
async fn each_server_is_run_by_its_own_backend() {
    let app = with_profiles().await;
    let ann = app.sign_in("ann").await;
    start(&ann, SERVER, json!({ "profile": "elsewhere" })).await.expect(201);
    start(&ann, "users/ann/servers/lab", json!({ "profile": "small" }))
        .await
        .expect(201);
    assert_eq!((app.spawner.running().len(), app.other_spawner.running().len()), (1, 1));
    assert_eq!(app.other_spawner.specs().pop().unwrap().home.place, "/home/ann");
    stop(&ann, SERVER).await;
    assert_eq!((app.spawner.running().len(), app.other_spawner.running().len()), (1, 0));
    start(&ann, SERVER, json!({ "profile": "small" })).await.expect(201);
    assert_eq!((app.spawner.running().len(), app.other_spawner.running().len()), (2, 0));
    let key = app.spawner.running().pop().unwrap();
    app.spawner.exit(&key, 1);
    let app = app.restart().await;
    assert!(app.spawner.running().len() == 1);
}

#[tokio::test]
async fn the_page_shows_what_may_be_had_and_works_without_script() {
    let app = with_profiles().await;
    let ann = app.sign_in("ann").await;
    let page = ann.get("hub/spawn").await.expect(200);
    assert_eq!(app.spawner.starts(), 0);
    let text = page.text();
    for part in [
        "value=\"small\" checked",
        "value=\"elsewhere\"",
        "For <everyday> work",
        "<li>1 core</li><li>1 GiB of memory</li>",
        "name=\"profile-option-small--size\"",
        "name=\"profile-option-small--image--unlisted-choice\"",
        "value=\"registry/lab\"",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("Class"), "what may not be had is not shown");
    assert!(page.body.contains("For &lt;everyday&gt; work"), "words are no markup");
    let form = text.split("id=\"spawn_form\" action=\"").nth(1).unwrap();
    let action = form.split('"').next().unwrap();
    let fields = [
        ("profile", "small"),
        ("profile-option-small--size", "roomy"),
        ("profile-option-small--image--unlisted-choice", ""),
    ];
    ann.send(ann.request(Method::POST, action).form(&fields))
        .await
        .expect(302);
    until_ready(&ann).await;
    let model = ann.api(Method::GET, SERVER, None).await.json();
    assert_eq!(
        model["user_options"],
        json!({ "profile": "small", "size": "roomy", "image": "registry/lab" })
    );
    let home = ann.get("hub/home").await.text();
    assert!(home.contains("Small · 1 core · 4 GiB of memory"), "{home}");
    let ruth = app.sign_in("ruth").await;
    assert!(ruth.get("hub/admin").await.text().contains("Small"));
    let metrics = ruth.get("hub/metrics").await.expect(200).body;
    assert!(
        metrics.contains("perijove_servers_by_profile{profile=\"small\"} 1"),
        "{metrics}"
    );
    stop(&ann, SERVER).await;
    let again = ann.get("hub/spawn").await.text();
    assert!(again.contains("value=\"roomy\" selected"), "as it was chosen: {again}");
    let bob = app.sign_in("bob").await;
    assert!(bob.get("hub/spawn").await.text().contains("Class"));
    let wrong = ann.post_form("hub/spawn", &[("profile", "class")]).await;
    assert_eq!(wrong.status, 403);
    assert!(wrong.text().contains("no profile “class” for ann"), "{}", wrong.body);
}

#[tokio::test]
async fn links_choose_profiles_too() {
    let app = with_profiles().await;
    let ann = app.sign_in("ann").await;
    spawned(&ann, "hub/spawn?opt-profile=small&opt-profile-option-small--size=roomy").await;
    assert_eq!(app.spawner.specs().pop().unwrap().plan.limits.memory, Some(4 << 30));
    stop(&ann, SERVER).await;
    spawned(&ann, "hub/spawn?opt-profile=small&opt-size=roomy").await;
    assert_eq!(app.spawner.specs().pop().unwrap().plan.limits.memory, Some(4 << 30));
    stop(&ann, SERVER).await;
    let form = ann.get("hub/spawn?opt-profile=class").await;
    assert_eq!(form.status, 403);
    assert!(
        form.text().contains("What to start"),
        "the form comes again: {}",
        form.body
    );
}

#[tokio::test]
async fn one_profile_without_choices_asks_nothing() {
    let app = App::builder()
        .config("[[profile]]\nname = \"Only\"\nmemory = \"2G\"\n")
        .start()
        .await;
    let ann = app.sign_in("ann").await;
    spawned(&ann, "hub/spawn").await;
    assert_eq!(app.spawner.specs().pop().unwrap().plan.profile.as_deref(), Some("only"));
}

#[tokio::test]
async fn options_of_a_profile_that_is_gone_are_told() {
    let app = App::builder().config("").start().await;
    let ann = app.sign_in("ann").await;
    start(&ann, SERVER, json!({ "profile": "old", "image": "x" }))
        .await
        .expect(201);
    stop(&ann, SERVER).await;
    let app = app.restart_with(PROFILES).await;
    let ann = app.sign_in("ann").await;
    refused(
        &ann.api(Method::POST, SERVER, None).await,
        400,
        "The profile “old”, with which this server was last started, is not offered any more. Choose another one. There are: small, elsewhere.",
    );
    assert!(ann.get("hub/spawn").await.text().contains("value=\"small\" checked"));
    start(&ann, SERVER, json!({ "profile": "small" })).await.expect(201);
}

#[tokio::test]
async fn a_backend_that_is_not_there_is_told_at_start() {
    let config = "[[profile]]\nname = \"A\"\nspawner = \"dockr\"\n";
    let app = App::builder().config("").start().await;
    let failed = tokio::spawn(app.restart_with(config)).await.err().unwrap();
    let words = failed.into_panic();
    let words = words.downcast_ref::<String>().unwrap();
    assert!(words.contains("dockr"), "{words}");
}

#[tokio::test]
async fn an_environment_that_nobody_defines_is_told_at_start() {
    let app = App::builder().start().await;
    let known = std::collections::BTreeSet::from(["lab".to_owned()]);
    let check = |toml: &str| {
        let none = |_: &std::path::Path| Err(std::io::ErrorKind::NotFound.into());
        let path = std::path::Path::new("perijove.toml");
        let config = perijove_config::load(Some((path, toml)), &|_| None, &none).unwrap();
        perijove_hub::startup::check_environments(&config, &known, |backend| backend != "docker")
            .map_err(|error| error.to_string())
    };
    let profile = "[[profile]]\nname = \"A\"\n";
    let choice = "[[profile.choice]]\nname = \"B\"\n[[profile.choice.option]]\nname = \"C\"\n";
    for good in [
        "environment = \"lab\"",
        "spawner = \"docker\"\nenvironment = \"its-own\"",
        &format!("environment = \"lab\"\n{choice}spawner = \"docker\"\nenvironment = \"its-own\""),
    ] {
        check(&format!("{profile}{good}")).unwrap();
    }
    for bad in ["environment = \"lob\"", &format!("{choice}environment = \"lob\"")] {
        assert_eq!(
            check(&format!("{profile}{bad}")).unwrap_err(),
            "[[profile]] A: there is no environment named `lob`; there are: lab"
        );
    }
    assert!(
        check("[environments]\ndefault = \"lob\"\n")
            .unwrap_err()
            .contains("[environments] default")
    );

    // The hub's own look at it.
    app.spawner.play(Script {
        uses_environments: true,
        ..Script::default()
    });
    let config = "[[profile]]\nname = \"A\"\nenvironment = \"lob\"\n";
    let failed = tokio::spawn(app.restart_with(config)).await;
    let words = failed.err().unwrap().into_panic();
    let words = words.downcast_ref::<String>().unwrap();
    assert!(words.contains("lob") && words.contains("datascience"), "{words}");
}

/// Lets everybody in; of those whose names begin so, it says that they are physicists.
struct Departments;

#[async_trait]
impl Authenticator for Departments {
    fn kind(&self) -> &'static str {
        "departments"
    }

    fn offer(&self) -> Offer {
        Offer::Form { code: false }
    }

    async fn check(&self, credentials: &Credentials) -> Result<perijove_auth::Answer, AuthError> {
        let department = if credentials.username.starts_with('p') {
            "physics"
        } else {
            "biology"
        };
        Ok(perijove_auth::Answer::from(Identity {
            name: credentials.username.clone(),
            user_info: Some(json!({ "claims": { "department": [department, "everybody"] } })),
            ..Identity::default()
        }))
    }
}

#[tokio::test]
async fn a_profile_may_be_for_those_of_whom_a_claim_was_told() {
    let app = App::builder()
        .config(
            "[[profile]]\nname = \"Physics\"\n\
             claims = { \"claims.department\" = [\"physics\", \"chemistry\"] }\n[[profile]]\nname = \"All\"\n",
        )
        .authenticators(vec![Arc::new(Departments)])
        .start()
        .await;
    let (pam, ben) = (app.sign_in("pam").await, app.sign_in("ben").await);
    let offered = async |browser: &Browser| {
        let told = browser.api(Method::GET, "profiles", None).await.expect(200).json();
        let profiles = told["profiles"].as_array().unwrap().iter();
        profiles.map(|profile| profile["slug"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(offered(&pam).await, ["physics", "all"]);
    assert_eq!(offered(&ben).await, ["all"]);
    let wanted = json!({ "profile": "physics" });
    refused(
        &start(&ben, "users/ben/server", wanted.clone()).await,
        403,
        "There is no profile “physics” for ben.",
    );
    start(&pam, "users/pam/server", wanted).await.expect(201);
}

#[tokio::test]
async fn options_are_read_by_the_backend_of_the_chosen_profile() {
    let app = App::builder()
        .config("[spawner]\noptions_form = \"<input name=forbidden>\"\n[[profile]]\nname = \"Here\"\n[[profile]]\nname = \"Elsewhere\"\nspawner = \"other\"\n")
        .start()
        .await;
    let ann = app.sign_in("ann").await;
    app.other_spawner.play(Script {
        forbidden: Some("energy"),
        ..Script::default()
    });
    let answer = ann
        .post_form("hub/spawn", &[("profile", "elsewhere"), ("energy", "1")])
        .await;
    assert!(answer.body.contains("Nobody may have `energy`."), "{}", answer.body);
    assert_eq!(answer.status, 409);
    assert!(app.other_spawner.running().is_empty());
    ann.post_form("hub/spawn", &[("profile", "here"), ("energy", "1")])
        .await
        .expect(302);
}

#[tokio::test]
async fn servers_of_a_backend_that_was_taken_out_can_be_stopped() {
    let app = with_profiles().await;
    let ann = app.sign_in("ann").await;
    start(&ann, SERVER, json!({ "profile": "elsewhere" })).await.expect(201);
    let token = app.other_spawner.specs().pop().unwrap().api_token;
    let store = &app.hub.store;
    let user = perijove_store::users::by_name(store, "ann").await.unwrap().unwrap();
    let server = perijove_store::spawners::get(store, user.id, "")
        .await
        .unwrap()
        .unwrap();
    let tx = store.begin().await.unwrap();
    perijove_store::spawners::set_backend(&tx, server.id, "gone")
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(
        perijove_store::spawners::by_backend(store).await.unwrap(),
        [("gone".to_owned(), 1)]
    );
    let ruth = app.sign_in("ruth").await;
    ruth.api(Method::DELETE, SERVER, None).await.expect(204);
    let model = ann.api(Method::GET, "users/ann", None).await.json();
    assert!(model["server"].is_null() && model["pending"].is_null(), "{model}");
    let asked = app
        .browser()
        .api_with_token(token.expose(), Method::GET, "user", None)
        .await;
    assert_eq!(asked.status, 403, "its token goes with it");
    start(&ann, SERVER, json!({ "profile": "small" })).await.expect(201);
}

#[tokio::test]
async fn what_may_be_started_is_told_by_the_api() {
    let app = with_profiles().await;
    let ann = app.sign_in("ann").await;
    let told = ann.api(Method::GET, "profiles", None).await.expect(200).json();
    let slugs: Vec<_> = told["profiles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|profile| &profile["slug"])
        .collect();
    assert_eq!(slugs, [&json!("small"), &json!("elsewhere")]);
    let small = &told["profiles"][0];
    assert_eq!(small["default"], true);
    assert_eq!(small["limits"]["memory"], 1_u64 << 30);
    assert_eq!(
        small["choices"][0]["options"][1],
        json!({ "slug": "roomy", "name": "Roomy" })
    );
    assert_eq!(small["choices"][1]["pattern"], "registry/[a-z]+");
    assert_eq!(told["quotas"]["memory"], json!({ "allowed": null, "used": 0 }));
    refused(&ann.api(Method::GET, "users/bob/entitlements", None).await, 404, "");
    app.sign_in("bob").await;
    let token = full_token(&app, "ruth").await;
    let bobs = app
        .browser()
        .api_with_token(&token, Method::GET, "users/bob/entitlements", None)
        .await
        .expect(200)
        .json();
    assert_eq!(bobs["profiles"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn named_servers_are_added_renamed_and_deleted_on_the_home_page() {
    let app = with_profiles().await;
    let ann = app.sign_in("ann").await;
    let act = async |fields: &[(&str, &str)]| ann.post_form("hub/home", fields).await;
    let added = act(&[("do", "add"), ("display_name", "Möons of Jupiter")])
        .await
        .expect(302);
    let slug = added.to().rsplit('/').next().unwrap().to_owned();
    assert!(slug.starts_with("moons-of-jupiter-"), "{slug}");
    let path = format!("users/ann/servers/{slug}");
    start(&ann, &path, json!({ "profile": "small" })).await.expect(201);
    let model = ann.api(Method::GET, &path, None).await.json();
    assert_eq!(
        (&model["display_name"], &model["profile"]["slug"]),
        (&json!("Möons of Jupiter"), &json!("small"))
    );
    act(&[("do", "name"), ("server", &slug), ("display_name", "Io")])
        .await
        .expect(302);
    stop(&ann, &path).await;
    assert!(ann.get("hub/home").await.text().contains("<h2 tabindex=\"-1\">Io</h2>"));
    assert_eq!(act(&[("do", "add"), ("display_name", "\u{202e}")]).await.status, 400);
    act(&[("do", "remove"), ("server", &slug)]).await.expect(302);
    assert_eq!(ann.api(Method::GET, &path, None).await.status, 404);
    let forged = ann
        .request(Method::POST, "hub/home")
        .form(&[("do", "add"), ("display_name", "x")]);
    assert_eq!(ann.send(forged).await.status, 403);
}
