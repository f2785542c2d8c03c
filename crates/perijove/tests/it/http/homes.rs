//! People's files: kept over every change of their person, moved aside and brought back, measured and limited.

use std::time::Duration;

use jiff::SignedDuration;
use perijove_hub::homes as hub_homes;
use perijove_model::{Clock, UserName};
use perijove_spawn::Usage;
use perijove_spawn::fake::Script;
use perijove_spawn::fake_homes::Fault;
use perijove_store::homes::{self, Home, Places, State};
use perijove_store::users;
use perijove_testkit::{App, Browser};
use reqwest::Method;
use serde_json::{Value, json};

use super::{refused, start_server, token};

async fn stop_server(browser: &Browser, name: &str) {
    let path = format!("users/{name}/server");
    let answer = browser.api(Method::DELETE, &path, None).await;
    assert!(matches!(answer.status, 202 | 204), "{}", answer.body);
    for _ in 0..1000 {
        let model = browser.api(Method::GET, &format!("users/{name}"), None).await.json();
        if model["pending"].is_null() && model["server"].is_null() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the server of {name} does not stop");
}

/// A person with a file in their home, whose server has stopped.
async fn person(app: &App, name: &str) -> (Browser, Home) {
    let browser = app.sign_in(name).await;
    start_server(&browser, name).await;
    stop_server(&browser, name).await;
    let home = home_of(app, name).await;
    app.spawner.homes.write(&home.place, "thesis.ipynb", 1000);
    (browser, home)
}

async fn home_of(app: &App, name: &str) -> Home {
    let user = users::by_name(&app.hub.store, name).await.unwrap().unwrap();
    homes::of_user(&app.hub.store, user.id, "fake").await.unwrap().unwrap()
}

/// Waits until a home is in this state.
async fn reaches(app: &App, id: i64, state: State) -> Home {
    for _ in 0..1000 {
        let home = homes::by_id(&app.hub.store, id).await.unwrap().unwrap();
        if home.state == state {
            return home;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("home {id} is not {}", state.name());
}

/// Does what is to be done, as the hub does each minute.
async fn work_off(app: &App) {
    let keepers = hub_homes::keepers(&app.hub);
    let work = hub_homes::Work {
        store: &app.hub.store,
        clock: &*app.clock,
        keepers: &keepers,
        holder: &app.hub.replica,
    };
    hub_homes::work_off(&work, app.config().storage.trash_keep).await;
}

fn files(app: &App, home: &Home) -> Vec<String> {
    let files = app.spawner.homes.files(&home.place).unwrap_or_default();
    files.into_keys().collect()
}

#[tokio::test]
async fn files_outlive_their_person_and_come_back() {
    let app = App::start().await;
    let ruth = app.sign_in("ruth").await;
    let (_, old) = person(&app, "ann").await;
    assert!(old.made);
    ruth.api(Method::DELETE, "users/ann", None).await.expect(204);
    reaches(&app, old.id, State::Trashed).await;
    assert_eq!(files(&app, &old), [""; 0]);

    // Somebody new with the old name gets other files, and can be given the old ones.
    let (ann, new) = person(&app, "ann").await;
    assert_ne!((new.id, &new.place), (old.id, &old.place));
    let listed = ruth
        .api(Method::GET, "homes?state=trashed", None)
        .await
        .expect(200)
        .json();
    assert_eq!(listed["items"][0]["id"], old.id);
    assert_eq!(listed["items"][0]["owner"], "ann");
    let restore = format!("homes/{}/restore", old.id);
    refused(
        &ruth.api(Method::POST, &restore, None).await,
        409,
        "ann has a home with files",
    );
    start_server(&ann, "ann").await;
    let replace = Some(json!({ "replace": true }));
    refused(
        &ruth.api(Method::POST, &restore, replace.clone()).await,
        409,
        "A server of ann runs",
    );
    stop_server(&ann, "ann").await;
    ruth.api(Method::POST, &restore, replace).await.expect(202);
    reaches(&app, old.id, State::Live).await;
    reaches(&app, new.id, State::Trashed).await;
    assert_eq!(files(&app, &old), ["thesis.ipynb"]);
    assert_eq!(home_of(&app, "ann").await.id, old.id);
    start_server(&ann, "ann").await;
    assert_eq!(app.spawner.specs().last().unwrap().home.place, old.place);

    // To somebody else.
    let other = format!("homes/{}/restore", new.id);
    refused(
        &ruth.api(Method::POST, &other, Some(json!({ "user": "zoe" }))).await,
        400,
        "nobody named zoe",
    );
    let given = ruth
        .api(Method::POST, &other, Some(json!({ "user": "ruth" })))
        .await
        .expect(202);
    assert_eq!(given.json()["owner"], "ruth");
    reaches(&app, new.id, State::Live).await;
    refused(&ruth.api(Method::POST, &other, None).await, 409, "nothing to restore");
    let log = ruth.api(Method::GET, "audit?act=home.restored", None).await.json();
    assert_eq!(log["items"].as_array().unwrap().len(), 2);
    assert_eq!(log["items"][1]["target"], format!("home {}", new.id));
}

#[tokio::test]
async fn a_home_is_the_same_by_another_name() {
    let app = App::start().await;
    let ruth = app.sign_in("ruth").await;
    let (ann, home) = person(&app, "ann").await;
    ruth.api(Method::PATCH, "users/ann", Some(json!({ "name": "amy" })))
        .await
        .expect(200);
    start_server(&ann, "amy").await;
    assert_eq!(app.spawner.specs().last().unwrap().home.place, home.place);
    let (_, other) = person(&app, "ann").await;
    assert_ne!(other.place, home.place);
    let seen = ann.api(Method::GET, "users/amy/home", None).await.expect(200).json();
    assert_eq!(
        (&seen["id"], &seen["owner"], &seen["state"]),
        (&json!(home.id), &json!("amy"), &json!("live"))
    );
    assert_eq!(seen.get("place"), None, "where a file lies is nobody's business");
    let full = ruth.api(Method::GET, "users/amy/home", None).await.expect(200).json();
    assert_eq!(full["place"], home.place);
}

#[tokio::test]
async fn what_is_there_is_taken_over_before_names_change() {
    let app = App::start().await;
    let ruth = app.sign_in("ruth").await;
    // People of another hub, who have files and have never started anything here.
    for name in ["ann", "bob"] {
        ruth.api(Method::POST, &format!("users/{name}"), None).await.expect(201);
        app.spawner.homes.write(&format!("/home/{name}"), "of-before.txt", 10);
    }
    ruth.api(Method::PATCH, "users/ann", Some(json!({ "name": "amy" })))
        .await
        .expect(200);
    let amy = app.sign_in("amy").await;
    start_server(&amy, "amy").await;
    assert_eq!(app.spawner.specs().last().unwrap().home.place, "/home/ann");
    ruth.api(Method::DELETE, "users/bob", None).await.expect(204);
    let bob = app.sign_in("bob").await;
    start_server(&bob, "bob").await;
    let new = home_of(&app, "bob").await;
    assert_ne!(new.place, "/home/bob");
    assert_eq!(files(&app, &new), [""; 0], "not those of the bob who went");
    assert_eq!(app.spawner.homes.trashed(), 1);
}

#[tokio::test]
async fn everybodys_files_are_written_down_at_the_start() {
    let app = App::start().await;
    let ruth = app.sign_in("ruth").await;
    ruth.api(Method::POST, "users/ann", None).await.expect(201);
    app.spawner.homes.write("/home/ann", "of-before.txt", 10);
    let app = app.restart().await;
    let mut found = None;
    for _ in 0..1000 {
        let user = users::by_name(&app.hub.store, "ann").await.unwrap().unwrap();
        found = homes::of_user(&app.hub.store, user.id, "fake").await.unwrap();
        if found.as_ref().is_some_and(|home| home.made) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let home = found.unwrap();
    assert_eq!((home.place.as_str(), home.made), ("/home/ann", true));
    // JupyterHub deletes her: the files are an orphan's, and nobody else's.
    let ann = users::by_name(&app.hub.store, "ann").await.unwrap().unwrap();
    users::delete(&app.hub.store, ann.id).await.unwrap();
    let ruth = app.sign_in("ruth").await;
    let orphans = ruth
        .api(Method::GET, "homes?state=orphan", None)
        .await
        .expect(200)
        .json();
    assert_eq!(orphans["items"][0]["id"], home.id);
    let ann = app.sign_in("ann").await;
    start_server(&ann, "ann").await;
    assert_ne!(home_of(&app, "ann").await.place, "/home/ann");
    stop_server(&ann, "ann").await;
    let replace = Some(json!({ "replace": true }));
    ruth.api(Method::POST, &format!("homes/{}/restore", home.id), replace)
        .await
        .expect(202);
    assert_eq!(home_of(&app, "ann").await.place, "/home/ann");
}

#[tokio::test]
async fn what_is_missing_is_told_and_never_made_anew() {
    let app = App::start().await;
    let (ann, home) = person(&app, "ann").await;
    app.spawner.homes.lose(&home.place);
    let answer = ann.api(Method::POST, "users/ann/server", None).await;
    assert!(answer.body.contains("not where they were kept"), "{}", answer.body);
    assert!(!answer.body.contains(&home.place));
    assert_eq!(
        app.spawner.homes.files(&home.place),
        None,
        "nothing was put in its place"
    );
    app.spawner.homes.write(&home.place, "thesis.ipynb", 1000);
    start_server(&ann, "ann").await;
}

/// Whatever step a hub dies at, before it or after it, the next one ends it.
#[tokio::test]
async fn every_step_may_be_the_last_of_a_hub() {
    let app = App::start().await;
    let ruth = app.sign_in("ruth").await;
    let fakes = app.spawner.homes.clone();
    for (number, fault) in [Fault::Before, Fault::After].into_iter().enumerate() {
        let name = format!("ann{number}");
        let (_, home) = person(&app, &name).await;
        fakes.fail("trash", fault);
        ruth.api(Method::DELETE, &format!("users/{name}"), None)
            .await
            .expect(204);
        let stuck = async {
            loop {
                let home = homes::by_id(&app.hub.store, home.id).await.unwrap().unwrap();
                if home.problem.is_some() {
                    return home;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let stuck = tokio::time::timeout(Duration::from_secs(30), stuck).await.unwrap();
        assert_eq!(stuck.state, State::Trashing);
        work_off(&app).await;
        assert_eq!(reaches(&app, home.id, State::Trashed).await.problem, None);

        ruth.api(Method::POST, &format!("users/{name}"), None).await.expect(201);
        fakes.fail("restore", fault);
        ruth.api(Method::POST, &format!("homes/{}/restore", home.id), None)
            .await
            .expect(202);
        for _ in 0..3 {
            tokio::time::sleep(Duration::from_millis(20)).await;
            work_off(&app).await;
        }
        reaches(&app, home.id, State::Live).await;
        assert_eq!(files(&app, &home), ["thesis.ipynb"]);

        refused(
            &ruth.api(Method::DELETE, &format!("homes/{}", home.id), None).await,
            409,
            "Delete the person first",
        );
        ruth.api(Method::DELETE, &format!("users/{name}"), None)
            .await
            .expect(204);
        reaches(&app, home.id, State::Trashed).await;
        fakes.fail("purge", fault);
        ruth.api(Method::DELETE, &format!("homes/{}", home.id), None)
            .await
            .expect(202);
        for _ in 0..3 {
            tokio::time::sleep(Duration::from_millis(20)).await;
            work_off(&app).await;
        }
        reaches(&app, home.id, State::Gone).await;
        assert_eq!((files(&app, &home), fakes.trashed()), (Vec::new(), 0));
        ruth.api(Method::POST, &format!("homes/{}/restore", home.id), None)
            .await
            .expect(409);
    }
}

#[tokio::test]
async fn the_trash_is_emptied_in_time() {
    let app = App::builder().config("[storage]\ntrash_keep = \"10d\"\n").start().await;
    let ruth = app.sign_in("ruth").await;
    let (_, home) = person(&app, "ann").await;
    ruth.api(Method::DELETE, "users/ann", None).await.expect(204);
    reaches(&app, home.id, State::Trashed).await;
    app.clock.advance(SignedDuration::from_hours(24 * 10 - 1));
    work_off(&app).await;
    assert_eq!(app.spawner.homes.trashed(), 1);
    app.clock.advance(SignedDuration::from_hours(2));
    work_off(&app).await;
    reaches(&app, home.id, State::Gone).await;
    assert_eq!(app.spawner.homes.trashed(), 0);
    let ruth = app.sign_in("ruth").await;
    let log = ruth.api(Method::GET, "audit?act=home.purged", None).await.json();
    assert_eq!(log["items"][0]["actor_kind"], "hub");
}

#[tokio::test]
async fn homes_that_are_stuck_hold_up_no_others() {
    let app = App::start().await;
    let ruth = app.sign_in("ruth").await;
    let (_, home) = person(&app, "ann").await;
    // As many as are read at once, with a backend that was taken out.
    let (store, now) = (&app.hub.store, app.clock.now());
    for number in 0..100 {
        let name = format!("gone{number}");
        let user = users::create(store, &name, false, &name, now).await.unwrap();
        let owner = UserName::try_from(name.as_str()).unwrap();
        let places = Places {
            wanted: &name,
            beside: &name,
        };
        homes::ensure(store, user.id, &owner, "taken-out", places, now)
            .await
            .unwrap();
        let tx = store.begin().await.unwrap();
        homes::trash_of_user(&tx, user.id, &name, now).await.unwrap();
        tx.commit().await.unwrap();
    }
    app.clock.advance(SignedDuration::from_mins(1));
    ruth.api(Method::DELETE, "users/ann", None).await.expect(204);
    reaches(&app, home.id, State::Trashed).await;
}

#[tokio::test]
async fn too_much_is_told_in_time_and_refused() {
    let app = App::builder()
        .config("[hub]\nallow_named_servers = true\n[storage]\nquota = \"10M\"\nmeasure_every = \"10m\"\n")
        .start()
        .await;
    let (ann, home) = person(&app, "ann").await;
    app.spawner.homes.write(&home.place, "data", 10 << 20);
    start_server(&ann, "ann").await;
    let measured = measured(&app, home.id, 10 << 20).await;
    assert_eq!(measured.usage.files, Some(2));
    let page = ann.get("hub/home").await.body;
    assert!(page.contains("Your files take 10 MiB of the 10 MiB"), "{page}");
    let refusal = ann.api(Method::POST, "users/ann/servers/two", None).await;
    refused(&refusal, 403, "no server is started. The largest are data (10 MiB)");
    let seen = ann.api(Method::GET, "users/ann/home", None).await.expect(200).json();
    assert_eq!(
        (&seen["limit"], &seen["largest"][0]["name"]),
        (&json!(10 << 20), &json!("data"))
    );
    let metrics = app.sign_in("ruth").await.get("hub/metrics").await.body;
    assert!(
        metrics.contains("perijove_home_bytes{state=\"live\"} 10486760"),
        "{metrics}"
    );

    // The refusal has another look taken.
    app.spawner.homes.write(&home.place, "data", 1);
    app.clock.advance(SignedDuration::from_secs(1));
    ann.api(Method::POST, "users/ann/servers/two", None).await.expect(403);
    for _ in 0..1000 {
        let answer = ann.api(Method::POST, "users/ann/servers/two", None).await;
        if answer.status < 300 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("there is room, and nobody has noticed");
}

async fn notices(browser: &Browser) -> Vec<Value> {
    let told = browser.api(Method::GET, "users/ann/server/notices", None).await;
    told.expect(200).json()["notices"].as_array().unwrap().clone()
}

#[tokio::test]
async fn little_room_is_told_over_starts_and_until_there_is_some() {
    let app = App::builder()
        .config("[storage]\nquota = \"10M\"\nmeasure_every = \"10m\"\n")
        .start()
        .await;
    let (ann, home) = person(&app, "ann").await;
    start_server(&ann, "ann").await;
    app.spawner.homes.write(&home.place, "data", (9 << 20) + (300 << 10));
    measured(&app, home.id, 9 << 20).await;
    let warning = "Your files take 9.3 MiB of the 10 MiB that you may have. Make room before there is none.";
    let told = eventually(async || notices(&ann).await.pop()).await;
    assert_eq!((&told["kind"], &told["message"]), (&json!("storage"), &json!(warning)));
    let page = ann.get("hub/home").await.body;
    assert_eq!(page.matches(warning).count(), 1, "{page}");

    // It still holds for the next run: nothing was measured since.
    stop_server(&ann, "ann").await;
    assert_eq!(notices(&ann).await, [] as [Value; 0], "nothing runs");
    start_server(&ann, "ann").await;
    assert_eq!(notices(&ann).await, [told]);

    app.spawner.homes.write(&home.place, "data", 1 << 20);
    app.clock.advance(SignedDuration::from_mins(11));
    app.hub.homes.measure();
    eventually(async || notices(&ann).await.is_empty().then_some(())).await;
    let page = ann.get("hub/home").await.body;
    assert!(
        !page.contains("Make room") && page.contains("Your files take 1 MiB of 10 MiB"),
        "{page}"
    );
}

#[tokio::test]
async fn what_was_stopped_at_the_memory_limit_is_told_on_the_home_page() {
    let app = App::builder()
        .config("[spawner]\nmem_limit = \"2G\"\npoll_interval = \"100ms\"\n")
        .start()
        .await;
    let ann = app.sign_in("ann").await;
    start_server(&ann, "ann").await;
    let killed = Usage {
        out_of_memory: 1,
        ..Usage::default()
    };
    app.spawner.play(Script {
        usage: Some(killed),
        ..Script::default()
    });
    let told = eventually(async || notices(&ann).await.pop()).await;
    assert_eq!(told["kind"], "out_of_memory");
    let page = ann.get("hub/home").await.body;
    assert!(
        page.contains("The memory limit of 2 GiB was reached, and a program in this server was stopped."),
        "{page}"
    );

    // It is about that run alone.
    app.spawner.play(Script::default());
    stop_server(&ann, "ann").await;
    start_server(&ann, "ann").await;
    assert!(
        !ann.get("hub/home")
            .await
            .body
            .contains("memory limit of 2 GiB was reached")
    );
}

/// Waits until there is something.
async fn eventually<T>(look: impl AsyncFn() -> Option<T>) -> T {
    for _ in 0..1000 {
        if let Some(found) = look().await {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it never comes")
}

#[tokio::test]
async fn to_clear_up_one_server_may_run() {
    let app = App::builder()
        .config("[hub]\nallow_named_servers = true\n[storage]\nquota = \"1K\"\nclear_up = true\n")
        .start()
        .await;
    let (ann, home) = person(&app, "ann").await;
    app.spawner.homes.write(&home.place, "data", 5000);
    app.clock.advance(SignedDuration::from_hours(2));
    app.hub.homes.measure();
    measured(&app, home.id, 5000).await;
    start_server(&ann, "ann").await;
    refused(
        &ann.api(Method::POST, "users/ann/servers/two", None).await,
        403,
        "Your files take 5.9 KiB of the 1 KiB",
    );
}

/// Waits until a home was found to have so much in it.
async fn measured(app: &App, id: i64, least: i64) -> Home {
    for _ in 0..1000 {
        let home = homes::by_id(&app.hub.store, id).await.unwrap().unwrap();
        if home.usage.used >= Some(least) {
            return home;
        }
        app.clock.advance(SignedDuration::from_secs(1));
        app.hub.homes.measure();
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("home {id} is not measured");
}

#[tokio::test]
async fn homes_are_for_those_who_may() {
    let app = App::start().await;
    let ruth = app.sign_in("ruth").await;
    let (ann, home) = person(&app, "ann").await;
    refused(&ann.api(Method::GET, "homes", None).await, 403, "");
    let reader = token(&ruth, "ruth", json!({ "scopes": ["read:homes"] })).await;
    let asked = app.browser();
    let one = format!("homes/{}", home.id);
    let seen: Value = asked
        .api_with_token(&reader, Method::GET, &one, None)
        .await
        .expect(200)
        .json();
    assert_eq!((&seen["owner"], &seen["place"]), (&json!("ann"), &json!(home.place)));
    refused(
        &asked.api_with_token(&reader, Method::DELETE, &one, None).await,
        403,
        "",
    );
    let servers = token(&ruth, "ruth", json!({ "scopes": ["read:servers"] })).await;
    let seen = asked
        .api_with_token(&servers, Method::GET, "users/ann/home", None)
        .await
        .expect(200)
        .json();
    assert_eq!((&seen["largest"], seen.get("place")), (&json!([]), None));
    ruth.api(Method::GET, "homes?state=odd", None).await.expect(400);
    ruth.api(Method::GET, "homes/x", None).await.expect(404);
    ruth.api(Method::GET, "users/ruth/home", None).await.expect(404);
    let page = ruth.api(Method::GET, "homes?limit=1", None).await.expect(200).json();
    assert_eq!(page["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn shared_folders_are_seen_by_groups() {
    let app = App::builder()
        .config(
            "[[group]]\nname = \"class\"\nusers = [\"ann\", \"bob\"]\n[[group]]\nname = \"staff\"\nusers = [\"bob\"]\n\
             [[shared_folder]]\nname = \"data\"\npath = \"/srv/data\"\nread = [\"class\"]\nwrite = [\"staff\"]\ngroup = 3000\n",
        )
        .start()
        .await;
    for (name, read_only) in [("ann", Some(true)), ("bob", Some(false)), ("cyd", None)] {
        let browser = app.sign_in(name).await;
        start_server(&browser, name).await;
        let plan = app.spawner.specs().last().unwrap().plan.clone();
        let seen = plan.mounts.first().map(|mount| mount.read_only);
        assert_eq!(seen, read_only, "{name}");
        assert_eq!(plan.groups.is_empty(), read_only.is_none());
        for mount in plan.mounts {
            assert_eq!(
                (mount.source.as_str(), mount.target.as_str()),
                ("/srv/data", "shared/data")
            );
        }
    }
}
