//! The page of a start that is under way: how far it is, how long it usually takes, what the server writes, and what to do
//! when it fails.

use std::time::Duration;

use perijove_spawn::fake::Script;
use perijove_store::starts;
use perijove_testkit::{App, Browser};
use serde_json::Value;

/// Starts a server that runs and never answers.
async fn on_its_way(app: &App, ann: &Browser, log: &str) -> String {
    app.spawner.play(Script {
        silent: true,
        log: vec![log.to_owned()],
        ..Script::default()
    });
    ann.get("hub/spawn").await.expect(302);
    for _ in 0..1000 {
        let answer = ann.get("hub/spawn-pending/ann").await;
        assert_eq!((answer.status, answer.to()), (200, ""), "{}", answer.body);
        let page = answer.text();
        if page.contains("data-phase=\"started\" aria-current=\"step\"") {
            return page;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the server does not come up");
}

/// What the page is told, up to the end or to the event that is wanted.
async fn told(ann: &Browser, wanted: impl Fn(&Value) -> bool) -> Vec<Value> {
    let path = format!("hub/api/users/ann/server/progress?_xsrf={}&language=de", ann.xsrf());
    let mut answer = ann.request(reqwest::Method::GET, &path).send().await.unwrap();
    let mut text = String::new();
    loop {
        let chunk = tokio::time::timeout(Duration::from_secs(20), answer.chunk()).await;
        let Some(chunk) = chunk.unwrap().unwrap() else {
            break;
        };
        text.push_str(&String::from_utf8_lossy(&chunk));
        if events(&text).iter().any(&wanted) {
            break;
        }
    }
    events(&text)
}

fn events(text: &str) -> Vec<Value> {
    let complete = text.rsplit_once("\n\n").map_or("", |(complete, _)| complete);
    let lines = complete.lines().filter_map(|line| line.strip_prefix("data: "));
    lines.map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test]
async fn a_page_shows_how_far_a_start_is_and_what_the_server_writes() {
    let app = App::start().await;
    let ann = app.sign_in("ann").await;
    let page = on_its_way(&app, &ann, "reading <the> catalogue").await;
    assert!(page.contains("data-log-url=\"/hub/spawn-log/ann\""), "{page}");
    let log = ann.get("hub/spawn-log/ann").await.expect(200);
    assert_eq!(log.header("content-type"), "text/plain; charset=utf-8");
    assert!(log.body.contains("reading <the> catalogue"), "{}", log.body);
    let bob = app.sign_in("bob").await;
    assert_eq!(bob.get("hub/spawn-log/ann").await.status, 404);

    let events = told(&ann, |event| event["phase"] == "started").await;
    assert!(events.iter().any(|event| event["elapsed"].is_number()), "{events:?}");
    ann.post_form("hub/stop/ann", &[]).await.expect(302);
    let page = ann.get("hub/spawn-pending/ann").await.text();
    assert!(!page.contains("aria-current=\"step\""), "{page}");
}

#[tokio::test]
async fn it_usually_takes_as_long_as_half_of_the_latest_starts() {
    let app = App::start().await;
    let ann = app.sign_in("ann").await;
    let tx = app.hub.store.begin().await.unwrap();
    for seconds in [900, 8, 7] {
        starts::note(&tx, "", Duration::from_secs(seconds)).await.unwrap();
    }
    tx.commit().await.unwrap();
    let page = on_its_way(&app, &ann, "").await;
    assert!(page.contains("This usually takes about 8 seconds."), "{page}");
}

#[tokio::test]
async fn a_start_that_has_succeeded_is_counted() {
    let app = App::start().await;
    let ann = app.sign_in("ann").await;
    for _ in 0..3 {
        super::start_server(&ann, "ann").await;
        ann.api(reqwest::Method::DELETE, "users/ann/server", None)
            .await
            .expect(204);
    }
    assert!(starts::usual(&app.hub.store, "").await.unwrap().is_some());
}

#[tokio::test]
async fn a_failure_says_what_to_do_in_the_readers_language() {
    let app = App::start().await;
    let ann = app.sign_in("ann").await;
    app.spawner.play(Script {
        exit_after_answers: Some(0),
        exit_status: 3,
        silent: true,
        log: vec!["OSError: [Errno 28] No space left on device".into()],
        ..Script::default()
    });
    ann.get("hub/spawn").await;
    for key in app.spawner.running() {
        app.spawner.exit(&key, 3);
    }
    let events = told(&ann, |event| event["failed"] == true).await;
    let end = events.last().unwrap();
    assert!(end["advice"].as_str().unwrap().contains("kein Platz mehr"), "{end}");
    let page = ann.get("hub/spawn-pending/ann").await.text();
    assert!(page.contains("There is no room left for files."), "{page}");
    // One click tries again.
    app.spawner.play(Script::default());
    let there = ann.post_form("hub/again/ann?next=/user/ann/lab", &[]).await.expect(302);
    assert_eq!(there.to(), "/hub/spawn-pending/ann?next=%2Fuser%2Fann%2Flab");
    for _ in 0..1000 {
        let answer = ann.get(there.to()).await;
        if answer.status == 302 {
            assert_eq!(answer.to(), "/user/ann/lab");
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it does not come up");
}
