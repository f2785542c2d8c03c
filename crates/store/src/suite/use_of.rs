//! What is used: runs and their times, what those that run were given, and the gates before counting.

use std::time::Duration;

use jiff::SignedDuration;
use perijove_model::server::Phase;
use perijove_model::{Limits, Plan};

use super::servers::{run_as_jupyterhub_does, seen, start, wish};
use super::{count, later, now, open, user, write};
use crate::plans::{self, Whose};
use crate::{gates, groups, spans, spawners, starts, users};

fn plan(profile: &str, memory: u64) -> Plan {
    Plan {
        profile: Some(profile.to_owned()),
        title: Some(format!("The {profile} one")),
        limits: Limits {
            memory: Some(memory),
            ..Limits::default()
        },
        ..Plan::default()
    }
}

pub(super) async fn a_plan_is_told_with_its_server(url: String) {
    let store = open(&url).await;
    let ada = user(&store, "ada").await;
    let id = spawners::ensure(&store, ada.id, "lab", None).await.unwrap().id;
    assert_eq!(plans::of(&store, id).await.unwrap(), None);
    assert_eq!(seen(&store, id).await.profile, None);
    plans::set(&store, id, &plan("small", 1)).await.unwrap();
    plans::set(&store, id, &plan("big", 2)).await.unwrap();
    assert_eq!(plans::of(&store, id).await.unwrap(), Some(plan("big", 2)));
    let profile = seen(&store, id).await.profile.unwrap();
    assert_eq!((profile.slug.as_str(), profile.title.as_str()), ("big", "The big one"));
    plans::set(&store, id, &Plan::default()).await.unwrap();
    assert_eq!(seen(&store, id).await.profile, None, "without profiles there is none");
}

pub(super) async fn what_runs_is_counted_by_person_and_by_group(url: String) {
    let store = open(&url).await;
    let (ada, bob) = (user(&store, "ada").await, user(&store, "bob").await);
    groups::ensure(
        &store,
        "class",
        &["ada".to_owned(), "bob".to_owned()],
        &serde_json::json!({}),
    )
    .await
    .unwrap();
    let mut ids = Vec::new();
    for (owner, name) in [(ada.id, ""), (ada.id, "a"), (ada.id, "b"), (bob.id, "")] {
        ids.push(spawners::ensure(&store, owner, name, None).await.unwrap().id);
    }
    plans::set(&store, ids[0], &plan("small", 1)).await.unwrap();
    start(&store, ids[0]).await;
    wish(&store, ids[1]).await;
    run_as_jupyterhub_does(&store, ids[3]).await;
    let names = async |whose| {
        let running = plans::running(&store, whose).await.unwrap();
        let name = |of: plans::Running| format!("{}/{} {}", of.user_name, of.server, of.plan.is_some());
        running.into_iter().map(name).collect::<Vec<_>>()
    };
    assert_eq!(names(Whose::User(ada.id)).await, ["ada/ true", "ada/a false"]);
    assert_eq!(
        names(Whose::Group("class")).await,
        ["ada/ true", "ada/a false", "bob/ false"]
    );
    assert!(names(Whose::Group("another")).await.is_empty());
    let tx = store.begin().await.unwrap();
    let generation = seen(&store, ids[0]).await.run.generation;
    assert!(
        spawners::set_phase(&tx, ids[0], generation, Phase::Started, Phase::Stopping, later(5))
            .await
            .unwrap()
    );
    tx.commit().await.unwrap();
    let stopping = plans::running(&store, Whose::User(ada.id)).await.unwrap();
    assert!(stopping[0].stopping && !stopping[1].stopping);
}

pub(super) async fn the_hours_of_a_person_add_up(url: String) {
    let store = open(&url).await;
    let ada = user(&store, "ada").await;
    let mut spawner = spawners::ensure(&store, ada.id, "", None).await.unwrap();
    let hours = |count: i64| SignedDuration::from_hours(count);
    let begin = async |at, spawner: &spawners::Spawner| {
        let tx = store.begin().await.unwrap();
        spans::begin(&tx, spawner, at).await.unwrap();
        tx.commit().await.unwrap();
    };
    let end = async |at| {
        let tx = store.begin().await.unwrap();
        spans::end(&tx, spawner.id, at).await.unwrap();
        tx.commit().await.unwrap();
    };
    let used = async |since, now| spans::used(&store, ada.id, since, now).await.unwrap();
    begin(now(), &spawner).await;
    assert_eq!(used(now(), now() + hours(3)).await, hours(3), "it runs");
    end(now() + hours(4)).await;
    end(now() + hours(9)).await;
    assert_eq!(used(now(), now() + hours(30)).await, hours(4), "it ended once");
    begin(now() + hours(10), &spawner).await;
    begin(now() + hours(11), &spawner).await;
    assert_eq!(used(now(), now() + hours(12)).await, hours(6), "one server has one run");
    assert_eq!(
        used(now() + hours(11), now() + hours(12)).await,
        hours(1),
        "since then only"
    );
    wish(&store, spawner.id).await;
    write(
        &store,
        "UPDATE perijove_runs SET phase = 'stopped', since = $1",
        &[(now() + hours(12)).into()],
    )
    .await;
    assert_eq!(
        used(now(), now() + hours(99)).await,
        hours(6),
        "what others stopped has ended"
    );

    spawner = spawners::ensure(&store, ada.id, "lab", None).await.unwrap();
    begin(now() + hours(20), &spawner).await;
    let tx = store.begin().await.unwrap();
    spans::end(&tx, spawner.id, now() + hours(21)).await.unwrap();
    tx.commit().await.unwrap();
    spawners::delete(&store, spawner.id).await.unwrap();
    assert_eq!(
        used(now(), now() + hours(99)).await,
        hours(7),
        "a deleted server has run all the same"
    );
    users::delete(&store, ada.id).await.unwrap();
    assert_eq!(
        count(&store, "SELECT COUNT(*) FROM perijove_spans WHERE owner = 'ada'").await,
        4
    );
    assert_eq!(spans::purge(&store, now() + hours(10)).await.unwrap(), 1);
    assert_eq!(spans::purge(&store, now() + hours(10)).await.unwrap(), 0);
}

pub(super) async fn what_was_started_last_and_how_long_it_took_is_known(url: String) {
    let store = open(&url).await;
    let ada = user(&store, "ada").await;
    let mut spawner = spawners::ensure(&store, ada.id, "", None).await.unwrap();
    for (slug, hour) in [("small", 1), ("large", 2), ("small", 3), ("huge", 2)] {
        spawner.profile = Some(spawners::Profile {
            slug: slug.to_owned(),
            title: slug.to_owned(),
        });
        let tx = store.begin().await.unwrap();
        spans::begin(&tx, &spawner, now() + SignedDuration::from_hours(hour))
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }
    assert_eq!(
        spans::profiles(&store, ada.id).await.unwrap(),
        ["small", "huge", "large"]
    );

    let tx = store.begin().await.unwrap();
    for seconds in [90, 3, 4, 5, 4] {
        starts::note(&tx, "small", Duration::from_secs(seconds)).await.unwrap();
    }
    for _ in 0..103 {
        starts::note(&tx, "", Duration::from_millis(1500)).await.unwrap();
    }
    tx.commit().await.unwrap();
    let usual = async |profile| starts::usual(&store, profile).await.unwrap();
    assert_eq!(usual("small").await, Some(Duration::from_secs(4)));
    assert_eq!(usual("large").await, None);
    assert_eq!(starts::purge(&store).await.unwrap(), 3);
    assert_eq!(usual("").await, Some(Duration::from_millis(1500)));
}

pub(super) async fn one_at_a_time_passes_a_gate(url: String) {
    let store = open(&url).await;
    let gate = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let mut tasks = Vec::new();
    for number in 0..8 {
        let store = store.clone();
        // In any order: they would wait for each other in a circle if it were theirs.
        let names = if number % 2 == 0 {
            gate(&["a", "b"])
        } else {
            gate(&["b", "a", "b"])
        };
        tasks.push(tokio::spawn(async move {
            let tx = store.begin().await.unwrap();
            gates::pass(&tx, &names).await.unwrap();
            let seen = count(&tx, "SELECT COUNT(*) FROM perijove_meta WHERE key LIKE 'gate%'").await;
            tokio::time::sleep(Duration::from_millis(5)).await;
            let key = format!("gate{seen}");
            write(
                &tx,
                "INSERT INTO perijove_meta (key, value) VALUES ($1, '')",
                &[key.into()],
            )
            .await;
            tx.commit().await.unwrap();
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(
        count(&store, "SELECT COUNT(*) FROM perijove_meta WHERE key LIKE 'gate%'").await,
        8
    );
}
