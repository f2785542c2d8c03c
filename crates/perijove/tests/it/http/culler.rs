//! Servers that nobody uses are stopped, and their people are told before.

use jiff::{SignedDuration, Timestamp};
use perijove_hub::culler;
use perijove_model::Clock;
use perijove_spawn::Usage;
use perijove_spawn::fake::Script;
use perijove_store::{Db, Stmt};
use perijove_testkit::{App, Browser};
use reqwest::Method;
use serde_json::{Value, json};

use super::{full_token, start_server, token};

const HOUR: &str = "[culler]\nenabled = true\n";

async fn app(toml: &str) -> App {
    App::builder().config(toml).start().await
}

/// The clock turns, then all that the culler does at such a time is done.
async fn after(app: &App, minutes: i64) {
    app.clock.advance(SignedDuration::from_mins(minutes));
    culler::look(&app.hub).await.unwrap();
    culler::act(&app.hub).await.unwrap();
}

async fn notices(browser: &Browser, name: &str) -> Vec<Value> {
    let path = format!("users/{name}/server/notices");
    let answer = browser.api(Method::GET, &path, None).await.expect(200).json();
    answer["notices"].as_array().unwrap().clone()
}

async fn runs(browser: &Browser, name: &str) -> bool {
    let path = format!("users/{name}/server");
    let model = browser.api(Method::GET, &path, None).await.expect(200).json();
    model["ready"].as_bool().unwrap()
}

async fn stopped(browser: &Browser, name: &str) {
    for _ in 0..500 {
        let path = format!("users/{name}/server");
        let model = browser.api(Method::GET, &path, None).await.expect(200).json();
        if model["ready"] == false && model["pending"].is_null() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the server of {name} goes on");
}

async fn culled(admin: &Browser) -> Vec<Value> {
    let log = admin.api(Method::GET, "audit?act=server.culled&sort=id", None).await;
    log.expect(200).json()["items"].as_array().unwrap().clone()
}

/// As a server reports that it was used.
async fn used(app: &App, browser: &Browser, name: &str) {
    let now = app.clock.now().to_string();
    let body = json!({ "last_activity": now, "servers": { "": { "last_activity": now } } });
    browser
        .api(Method::POST, &format!("users/{name}/activity"), Some(body))
        .await
        .expect(200);
}

#[tokio::test]
async fn an_unused_server_is_warned_kept_by_the_button_warned_again_and_stopped() {
    let app = app(HOUR).await;
    let ann = app.sign_in("ann").await;
    let ruth = app.sign_in("ruth").await;
    start_server(&ann, "ann").await;
    after(&app, 50).await;
    assert!(notices(&ann, "ann").await.is_empty(), "not yet");
    after(&app, 6).await;
    let told = notices(&ann, "ann").await.remove(0);
    assert_eq!(
        (&told["kind"], &told["can_stay"]),
        (&json!("stopping_soon"), &json!(true))
    );
    let stops_at: Timestamp = told["stops_at"].as_str().unwrap().parse().unwrap();
    let left = stops_at.duration_since(app.clock.now()).as_mins();
    assert!((4..=5).contains(&left), "{told}");
    let page = ann.get("hub/home").await.expect(200).text();
    assert!(
        page.contains("about to be stopped") && page.contains("I am still here"),
        "{page}"
    );

    ann.post_form("hub/here/ann", &[]).await.expect(302);
    assert!(notices(&ann, "ann").await.is_empty());
    assert!(!ann.get("hub/home").await.text().contains("about to be stopped"));
    after(&app, 50).await;
    assert!(runs(&ann, "ann").await, "kept for another hour");
    after(&app, 6).await;
    assert_eq!(notices(&ann, "ann").await.len(), 1);
    assert!(runs(&ann, "ann").await, "it was only told");
    after(&app, 5).await;
    stopped(&ann, "ann").await;

    let log = culled(&ruth).await;
    assert_eq!(log.len(), 1, "{log:?}");
    assert_eq!(log[0]["target"], "server ann/");
    assert_eq!(log[0]["actor_kind"], "hub");
    assert_eq!(log[0]["detail"]["why"], "idle for 1 hour");
    let because = "stopped because it was not used for 1 hour";
    assert!(ann.get("hub/home").await.text().contains(because));
    let page = ann.get("hub/user/ann/lab").await;
    assert!(page.text().contains(because), "{}", page.text());
    start_server(&ann, "ann").await;
    assert!(
        !ann.get("hub/home").await.text().contains(because),
        "a new run begins with nothing"
    );
    after(&app, 1).await;
    assert!(runs(&ann, "ann").await && notices(&ann, "ann").await.is_empty());
}

#[tokio::test]
async fn use_after_the_warning_takes_it_back() {
    let app = app(HOUR).await;
    let ann = app.sign_in("ann").await;
    start_server(&ann, "ann").await;
    after(&app, 56).await;
    assert_eq!(notices(&ann, "ann").await.len(), 1);
    used(&app, &ann, "ann").await;
    after(&app, 5).await;
    assert!(runs(&ann, "ann").await && notices(&ann, "ann").await.is_empty());
    after(&app, 52).await;
    assert_eq!(notices(&ann, "ann").await.len(), 1, "an hour later it is idle again");
}

#[tokio::test]
async fn kernels_that_run_and_work_on_the_cores_count_as_use() {
    let app = app(HOUR).await;
    let ann = app.sign_in("ann").await;
    let kernels = |state: &str| Script {
        kernels: Some(json!([{ "execution_state": state, "connections": 1 }]).to_string()),
        ..Script::default()
    };
    app.spawner.play(kernels("busy"));
    start_server(&ann, "ann").await;
    for _ in 0..4 {
        after(&app, 59).await;
        assert!(
            runs(&ann, "ann").await && notices(&ann, "ann").await.is_empty(),
            "a cell runs"
        );
    }
    let tokens = ann.api(Method::GET, "users/ann/tokens", None).await.json();
    let left = tokens["api_tokens"].as_array().unwrap().iter();
    assert_eq!(
        left.filter(|token| token["note"].as_str().unwrap().contains("culler"))
            .count(),
        0
    );
    ann.api(Method::DELETE, "users/ann/server", None).await.expect(204);

    // Idle kernels, but something computes: the backend tells.
    let working = |seconds| Script {
        usage: Some(Usage {
            cpu: Some(std::time::Duration::from_secs(seconds)),
            ..Usage::default()
        }),
        ..kernels("idle")
    };
    app.spawner.play(working(10));
    start_server(&ann, "ann").await;
    after(&app, 50).await;
    app.spawner.play(working(10 + 360));
    after(&app, 9).await;
    assert!(notices(&ann, "ann").await.is_empty(), "it has kept most of a core busy");
    app.spawner.play(working(371));
    after(&app, 50).await;
    after(&app, 6).await;
    assert_eq!(notices(&ann, "ann").await.len(), 1, "now it does nothing");
    after(&app, 5).await;
    stopped(&ann, "ann").await;
}

#[tokio::test]
async fn terminals_and_open_notebooks_count_as_use_where_that_is_wished() {
    let app = app(&format!("{HOUR}keep_when = [\"terminals\", \"connections\"]\n")).await;
    let typed = app.clock.now() + SignedDuration::from_mins(58);
    let script = |connections: [u32; 2], typed: Timestamp| Script {
        kernels: Some(json!(connections.map(|count| json!({ "connections": count }))).to_string()),
        terminals: Some(
            json!([Timestamp::UNIX_EPOCH, typed].map(|at| json!({ "last_activity": at.to_string() }))).to_string(),
        ),
        ..Script::default()
    };
    let mut people = Vec::new();
    for (name, script) in [
        ("types", script([0, 0], typed)),
        ("looks", script([0, 1], Timestamp::UNIX_EPOCH)),
        ("gone", script([0, 0], Timestamp::UNIX_EPOCH)),
    ] {
        app.spawner.play(script);
        let person = app.sign_in(name).await;
        start_server(&person, name).await;
        people.push((name, person));
    }
    for (minutes, warned) in [(57, &["gone"][..]), (114, &[]), (171, &["types"])] {
        after(&app, 57).await;
        let mut found = Vec::new();
        for (name, person) in &people {
            if runs(person, name).await && !notices(person, name).await.is_empty() {
                found.push(*name);
            }
        }
        found.retain(|name| minutes == 57 || *name != "gone");
        assert_eq!(found, warned, "after {minutes} minutes");
    }
}

#[tokio::test]
async fn a_short_time_is_not_all_warning() {
    let app = app("[culler]\nenabled = true\ntimeout = \"6m\"\n").await;
    let ann = app.sign_in("ann").await;
    start_server(&ann, "ann").await;
    after(&app, 2).await;
    assert!(notices(&ann, "ann").await.is_empty());
    after(&app, 2).await;
    assert_eq!(notices(&ann, "ann").await.len(), 1, "half of it is left");
    after(&app, 3).await;
    stopped(&ann, "ann").await;
}

#[tokio::test]
async fn the_hub_looks_by_itself() {
    let app = app("[culler]\nenabled = true\nwarn_before = 0\ncull_every = 1\n").await;
    let ann = app.sign_in("ann").await;
    start_server(&ann, "ann").await;
    app.clock.advance(SignedDuration::from_mins(61));
    stopped(&ann, "ann").await;
}

/// More servers than are read at once, all of them told already and none to be stopped yet.
async fn many_that_were_warned(app: &App) {
    const SERVERS: Stmt = Stmt::write(
        "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 500) \
         INSERT INTO spawners (user_id, server_id, name, started, last_activity) \
         SELECT s.user_id, s.server_id, 'many' || n, $1, $1 FROM numbers, spawners s",
    );
    const CULLS: Stmt = Stmt::write(
        "INSERT INTO perijove_culls (spawner_id, generation, why, due_at, warned_at) \
         SELECT id, 0, 'max_age', $1, $2 FROM spawners WHERE name <> ''",
    );
    let now = app.clock.now();
    let ago = |minutes| now - SignedDuration::from_mins(minutes);
    let store = &app.hub.store;
    store.execute(&SERVERS, &[ago(57).into()]).await.unwrap();
    store.execute(&CULLS, &[ago(-3).into(), ago(1).into()]).await.unwrap();
}

#[tokio::test]
async fn many_that_wait_for_their_time_hold_up_no_others() {
    let app = app("[culler]\nenabled = true\ntimeout = 0\nmax_age = \"1h\"\n").await;
    let ann = app.sign_in("ann").await;
    start_server(&ann, "ann").await;
    app.clock.advance(SignedDuration::from_mins(56));
    many_that_were_warned(&app).await;
    after(&app, 0).await;
    assert_eq!(notices(&ann, "ann").await.len(), 1, "hers comes after 500 others");
}

#[tokio::test]
async fn a_server_that_does_not_answer_holds_up_nobody() {
    let app = app(HOUR).await;
    let (ann, bob) = (app.sign_in("ann").await, app.sign_in("bob").await);
    app.spawner.play(Script {
        exit_after_answers: Some(1),
        fail_poll: Some("nobody knows".into()),
        ..Script::default()
    });
    start_server(&ann, "ann").await;
    app.spawner.play(Script::default());
    start_server(&bob, "bob").await;
    after(&app, 56).await;
    after(&app, 6).await;
    stopped(&bob, "bob").await;
    stopped(&ann, "ann").await;
}

#[tokio::test]
async fn age_and_schedule_stop_what_is_used_too() {
    let toml = "[culler]\nenabled = true\ntimeout = 0\nmax_age = \"2h\"\nschedule = [\"22:00\"]\n";
    let app = app(toml).await;
    let ann = app.sign_in("ann").await;
    let at = |time: &str| -> Timestamp { format!("2026-11-22T{time}:00Z").parse().unwrap() };
    let turn = async |time: &str| {
        let minutes = at(time).duration_since(app.clock.now()).as_mins();
        after(&app, minutes).await;
    };
    turn("10:00").await;
    start_server(&ann, "ann").await;
    turn("11:57").await;
    let told = notices(&ann, "ann").await.remove(0);
    assert_eq!(told["can_stay"], false, "its age can't be put off");
    ann.api(Method::POST, "users/ann/server/here", None).await.expect(200);
    turn("12:03").await;
    stopped(&ann, "ann").await;
    assert!(
        ann.get("hub/home")
            .await
            .text()
            .contains("no server runs longer than 2 hours")
    );

    turn("21:00").await;
    start_server(&ann, "ann").await;
    used(&app, &ann, "ann").await;
    turn("21:56").await;
    assert_eq!(notices(&ann, "ann").await[0]["can_stay"], true);
    turn("22:01").await;
    stopped(&ann, "ann").await;
    assert!(ann.get("hub/home").await.text().contains("22:00 UTC"));
    start_server(&ann, "ann").await;
    turn("22:20").await;
    assert!(runs(&ann, "ann").await, "it was started after");
}

/// Of 2 hours, two servers use 1 each.
const TWO_HOURS: &str = "[hub]\nallow_named_servers = true\n[[entitlement]]\nhours = 2\n";

#[tokio::test]
async fn servers_are_stopped_when_the_hours_of_the_month_are_used_up() {
    let app = app(TWO_HOURS).await;
    let ann = app.sign_in("ann").await;
    start_server(&ann, "ann").await;
    ann.api(Method::POST, "users/ann/servers/lab", None).await.expect(201);
    after(&app, 50).await;
    assert!(
        notices(&ann, "ann").await.is_empty(),
        "not yet, and no culler is switched on"
    );
    after(&app, 6).await;
    let told = notices(&ann, "ann").await.remove(0);
    assert_eq!(
        (&told["message"], &told["can_stay"]),
        (
            &json!("This server is about to be stopped: the 2 hours of this month are used up."),
            &json!(false)
        )
    );
    assert!(
        ann.get("hub/home")
            .await
            .text()
            .contains("the 2 hours of this month are used up")
    );
    ann.api(Method::POST, "users/ann/server/here", None).await.expect(200);
    after(&app, 5).await;
    stopped(&ann, "ann").await;
    assert!(
        ann.get("hub/home")
            .await
            .text()
            .contains("stopped because the 2 hours of this month are used up")
    );
    let refusal = ann.api(Method::POST, "users/ann/server", None).await;
    super::refused(&refusal, 429, "ann may run servers for 2 hours a month");
    let admin = app.sign_in("ruth").await;
    let why: Vec<Value> = culled(&admin)
        .await
        .iter()
        .map(|entry| entry["detail"]["why"].clone())
        .collect();
    assert_eq!(why, ["2 hours of the month used up"; 2]);
}

#[tokio::test]
async fn what_runs_goes_on_over_its_hours_where_that_is_wished_and_into_the_next_month() {
    let goes_on = app(&format!("{TWO_HOURS}[culler]\nstop_over_hours = false\n")).await;
    let ann = goes_on.sign_in("ann").await;
    start_server(&ann, "ann").await;
    after(&goes_on, 180).await;
    after(&goes_on, 10).await;
    assert!(runs(&ann, "ann").await && notices(&ann, "ann").await.is_empty());

    // The month ends before the hours do.
    let app = app(TWO_HOURS).await;
    let last: Timestamp = "2026-11-30T23:00:00Z".parse().unwrap();
    let minutes = last.duration_since(app.clock.now()).as_mins();
    app.clock.advance(SignedDuration::from_mins(minutes));
    let ann = app.sign_in("ann").await;
    start_server(&ann, "ann").await;
    after(&app, 119).await;
    assert!(runs(&ann, "ann").await && notices(&ann, "ann").await.is_empty());
    after(&app, 57).await;
    assert_eq!(notices(&ann, "ann").await.len(), 1, "two hours of December");
    after(&app, 6).await;
    stopped(&ann, "ann").await;
}

#[tokio::test]
async fn rules_by_profile_and_group_and_named_servers() {
    let toml = "[hub]\nallow_named_servers = true\n\
        [[group]]\nname = \"staff\"\nusers = [\"bob\"]\n\
        [culler]\nenabled = true\nwarn_before = 0\nremove_named_servers = true\n\
        [[culler.rule]]\nprofiles = [\"gpu\"]\ntimeout = \"20m\"\n\
        [[culler.rule]]\ngroups = [\"staff\"]\nnever = true\n";
    let app = app(toml).await;
    let (ann, bob) = (app.sign_in("ann").await, app.sign_in("bob").await);
    start_server(&ann, "ann").await;
    start_server(&bob, "bob").await;
    ann.api(Method::POST, "users/ann/servers/lab", None).await.expect(201);
    let user = perijove_store::users::by_name(&app.hub.store, "ann")
        .await
        .unwrap()
        .unwrap();
    let lab = perijove_store::spawners::get(&app.hub.store, user.id, "lab")
        .await
        .unwrap()
        .unwrap();
    let plan = perijove_model::Plan {
        profile: Some("gpu".into()),
        title: Some("GPU".into()),
        ..perijove_model::Plan::default()
    };
    perijove_store::plans::set(&app.hub.store, lab.id, &plan).await.unwrap();

    let ruth = app.sign_in("ruth").await;
    let plan = ruth.api(Method::GET, "culler", None).await.expect(200).json();
    let why: Vec<_> = plan["servers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|of| (&of["user"], &of["server"], &of["why"]))
        .collect();
    assert_eq!(
        json!(why),
        json!([["ann", "lab", "idle"], ["ann", "", "idle"], ["bob", "", null]])
    );

    after(&app, 21).await;
    for _ in 0..500 {
        if ann.api(Method::GET, "users/ann/servers/lab", None).await.status == 404 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let gone = ann.api(Method::GET, "users/ann/servers/lab", None).await;
    assert_eq!(gone.status, 404, "stopped and removed: {}", gone.body);
    assert!(runs(&ann, "ann").await);
    after(&app, 40).await;
    stopped(&ann, "ann").await;
    assert!(runs(&bob, "bob").await, "staff's are never stopped");
}

#[tokio::test]
async fn a_dry_run_stops_nothing_and_says_once_what_it_would() {
    let app = app("[culler]\nenabled = true\ndry_run = true\ncull_every = 600\n").await;
    let (ann, ruth) = (app.sign_in("ann").await, app.sign_in("ruth").await);
    start_server(&ann, "ann").await;
    for minutes in [56, 5, 10, 10] {
        after(&app, minutes).await;
        assert!(runs(&ann, "ann").await && notices(&ann, "ann").await.is_empty());
    }
    let log = culled(&ruth).await;
    assert_eq!(log.len(), 1, "{log:?}");
    assert_eq!(log[0]["detail"], json!({ "why": "idle for 1 hour", "dry_run": true }));
}

#[tokio::test]
async fn people_are_deleted_only_where_that_is_wished_and_administrators_spared() {
    let app = app("[culler]\nenabled = true\ncull_users = true\ncull_admin_users = false\nwarn_before = 0\n").await;
    let ann = app.sign_in("ann").await;
    let ruth = app.sign_in("ruth").await;
    start_server(&ann, "ann").await;
    after(&app, 61).await;
    stopped(&ann, "ann").await;
    after(&app, 61).await;
    let users = ruth.api(Method::GET, "users", None).await.expect(200).json();
    let names: Vec<_> = users.as_array().unwrap().iter().map(|user| &user["name"]).collect();
    assert_eq!(json!(names), json!(["ruth"]));
}

#[tokio::test]
async fn a_dry_run_deletes_nobody() {
    let app = app("[culler]\nenabled = true\ncull_users = true\ndry_run = true\n").await;
    let ruth = app.sign_in("ruth").await;
    app.sign_in("ann").await;
    after(&app, 90).await;
    ruth.api(Method::GET, "users/ann", None).await.expect(200);
}

#[tokio::test]
async fn guests_who_left_are_deleted_and_all_at_a_certain_age() {
    let app = app(
        "[culler]\nenabled = true\ncull_users = true\ncull_admin_users = false\n\
        timeout = \"90m\"\nmax_age = \"2h\"\n",
    )
    .await;
    let ruth = app.sign_in("ruth").await;
    app.sign_in("gone").await;
    app.spawner.homes.write("/home/gone", "thesis.ipynb", 10);
    app.sign_in("ann").await;
    let names = async || {
        let users = ruth.api(Method::GET, "users", None).await.expect(200).json();
        let users = users.as_array().unwrap().iter();
        users
            .map(|user| user["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    for (minutes, who) in [
        (60, &["ruth", "gone", "ann"][..]),
        (59, &["ruth", "ann"]),
        (2, &["ruth"]),
    ] {
        app.sign_in("ann").await;
        app.hub.seen.flush(&app.hub.store).await;
        after(&app, minutes).await;
        assert_eq!(names().await, who);
    }
    let trashed = ruth.api(Method::GET, "homes?owner=gone", None).await.expect(200).json();
    assert_eq!(
        trashed["items"][0]["place"], "/home/gone",
        "files of before are nobody else's"
    );
}

#[tokio::test]
async fn two_hubs_stop_a_server_once_and_go_on_with_what_the_other_began() {
    let app = app(HOUR).await;
    let other = app.second_hub().await;
    let (ann, ruth) = (app.sign_in("ann").await, app.sign_in("ruth").await);
    start_server(&ann, "ann").await;
    after(&app, 56).await;
    app.clock.advance(SignedDuration::from_mins(6));
    let (one, two) = tokio::join!(culler::act(&app.hub), culler::act(&other));
    one.unwrap();
    two.unwrap();
    stopped(&ann, "ann").await;
    assert_eq!(culled(&ruth).await.len(), 1);
    assert_eq!(app.spawner.stops(), 1);
    other.stop().await;
}

#[tokio::test]
async fn a_servers_own_token_may_read_its_notices_and_say_here() {
    let app = app(HOUR).await;
    let (ann, bob) = (app.sign_in("ann").await, app.sign_in("bob").await);
    start_server(&ann, "ann").await;
    after(&app, 56).await;
    let spec = app.spawner.specs().pop().unwrap();
    let asks = async |secret: &str, method, path: &str| app.browser().api_with_token(secret, method, path, None).await;
    let own = spec.api_token.expose();
    let told = asks(own, Method::GET, "users/ann/servers//notices")
        .await
        .expect(200)
        .json();
    assert_eq!(told["notices"][0]["kind"], "stopping_soon");
    let bobs = full_token(&app, "bob").await;
    assert_eq!(asks(&bobs, Method::POST, "users/ann/server/here").await.status, 404);
    let narrow = token(&ann, "ann", json!({ "scopes": ["read:servers!user"] })).await;
    assert_eq!(asks(&narrow, Method::POST, "users/ann/server/here").await.status, 403);
    let left = asks(own, Method::POST, "users/ann/server/here")
        .await
        .expect(200)
        .json();
    assert_eq!(left["notices"], json!([]));
    drop(bob);
}

/// JupyterLab shows them, by the server's own token.
#[tokio::test]
async fn notices_are_told_in_the_readers_language_with_the_words_of_their_button() {
    let app = app(HOUR).await;
    let ann = app.sign_in("ann").await;
    start_server(&ann, "ann").await;
    after(&app, 56).await;
    let spec = app.spawner.specs().pop().unwrap();
    let ask = async |method: Method, path: &str, wishes: &str| {
        let browser = app.browser();
        let request = browser.request(method, &format!("hub/api/users/ann/servers//{path}"));
        let token = format!("token {}", spec.api_token.expose());
        let request = request.header("authorization", token).header("accept-language", wishes);
        browser.send(request).await.expect(200).json()
    };
    let message = |told: &Value| told["notices"][0]["message"].as_str().unwrap().to_owned();

    let programs = ask(Method::GET, "notices", "de").await;
    assert!(message(&programs).starts_with("This server is about to be stopped"));
    assert_eq!(programs["words"], Value::Null);
    let german = ask(Method::GET, "notices?language=", "de-AT, en;q=0.5").await;
    assert_eq!(
        message(&german),
        "Dieser Server wird bald beendet: niemand hat ihn seit einer Weile benutzt."
    );
    assert_eq!(
        (
            &german["words"]["language"],
            &german["words"]["stay"],
            &german["words"]["stops"]
        ),
        (
            &json!("de"),
            &json!("Ich bin noch da"),
            &json!("Er wird um {time} beendet.")
        )
    );
    // What somebody has chosen for themselves comes before what a browser asks for, and what they have chosen in JupyterLab
    // before that.
    ann.get("hub/account").await.expect(200);
    ann.post_form("hub/language", &[("language", "fr")]).await.expect(302);
    let own = ask(Method::GET, "notices?language=", "de").await;
    assert_eq!(own["words"]["stay"], "Je suis toujours là");
    let lab = ask(Method::GET, "notices?language=zh-CN", "de").await;
    assert_eq!(lab["words"]["stay"], "我还在");
    let kept = ask(Method::POST, "here?language=zh-CN", "de").await;
    assert_eq!(
        (&kept["notices"], &kept["words"]["kept"]),
        (&json!([]), &json!("服务器继续运行。"))
    );
}
