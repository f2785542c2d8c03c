//! What administrators look over: all servers page by page, hubs that are there, whether starts are taken.

use jiff::SignedDuration;

use super::servers::start;
use super::{later, now, open, user, write};
use crate::drain::{self, Drain};
use crate::hubs::{self, Replica};
use crate::spawners;
use crate::spawners::list::{self, ListQuery, Only, Sort, StateFilter};

pub(super) async fn servers_are_listed_in_pages_both_ways(url: String) {
    let store = open(&url).await;
    let (ada, bob) = (user(&store, "ada").await, user(&store, "bob").await);
    let mut ids = Vec::new();
    for n in 0..7 {
        let owner = if n % 2 == 0 { &ada } else { &bob };
        let made = spawners::ensure(&store, owner.id, &format!("s{n}"), None)
            .await
            .unwrap();
        // Two were never used, and two at the same moment.
        if n >= 2 {
            spawners::touch(&store, made.id, later(i64::from(n / 2))).await.unwrap();
        }
        ids.push(made.id);
    }
    let everything = ListQuery {
        descending: true,
        limit: 100,
        ..ListQuery::default()
    };
    let all = list::list(&store, &everything).await.unwrap();
    let order: Vec<i64> = all.iter().map(|server| server.id).collect();
    assert_eq!(order, [6, 5, 4, 3, 2, 1, 0].map(|n| ids[n]));
    for (descending, wanted) in [(true, order.clone()), (false, order.iter().rev().copied().collect())] {
        let mut page = ListQuery {
            descending,
            limit: 2,
            ..ListQuery::default()
        };
        let (mut seen, mut firsts) = (Vec::new(), Vec::new());
        loop {
            let found = list::list(&store, &page).await.unwrap();
            let Some(last) = found.last() else { break };
            page.from = Some(page.sort.place(last));
            firsts.push(found[0].clone());
            seen.extend(found.iter().map(|server| server.id));
        }
        assert_eq!(seen, wanted, "descending: {descending}");
        // Back from the third page to the second.
        page.from = Some(page.sort.place(&firsts[2]));
        page.backwards = true;
        let back = list::list(&store, &page).await.unwrap();
        let back: Vec<i64> = back.iter().map(|server| server.id).collect();
        assert_eq!(back, wanted[2..4], "descending: {descending}");
    }
}

pub(super) async fn servers_are_found_by_what_they_are(url: String) {
    let store = open(&url).await;
    let (ada, bob) = (user(&store, "ada").await, user(&store, "Bob").await);
    let runs = spawners::ensure(&store, ada.id, "", None).await.unwrap().id;
    let stopped = spawners::ensure(&store, bob.id, "gpu", None).await.unwrap().id;
    let waits = spawners::ensure(&store, bob.id, "", None).await.unwrap().id;
    start(&store, runs).await;
    super::servers::wish(&store, waits).await;
    write(
        &store,
        "INSERT INTO perijove_plans (spawner_id, profile, title, plan) VALUES ($1, 'large', 'Large', '{}')",
        &[runs.into()],
    )
    .await;
    let found = async |query: ListQuery| {
        let query = ListQuery { limit: 10, ..query };
        let found = list::list(&store, &query).await.unwrap();
        let mut ids: Vec<i64> = found.iter().map(|server| server.id).collect();
        ids.sort_unstable();
        ids
    };
    let in_state = |state| ListQuery {
        state: Some(state),
        ..ListQuery::default()
    };
    assert_eq!(found(in_state(StateFilter::Active)).await, [runs, waits]);
    assert_eq!(found(in_state(StateFilter::Starting)).await, [runs, waits]);
    assert_eq!(found(in_state(StateFilter::Stopped)).await, [stopped]);
    for state in [StateFilter::Ready, StateFilter::Stopping, StateFilter::Failed] {
        assert!(found(in_state(state)).await.is_empty(), "{state:?}");
    }
    let search = |text: &str| ListQuery {
        search: Some(text.into()),
        sort: Sort::Started,
        ..ListQuery::default()
    };
    assert_eq!(found(search("BO")).await, [stopped, waits]);
    assert_eq!(found(search("Gp")).await, [stopped]);
    assert!(found(search("%")).await.is_empty());
    let of = |profile: Option<&str>, user: Option<&str>| ListQuery {
        profile: profile.map(Into::into),
        user: user.map(Into::into),
        ..ListQuery::default()
    };
    assert_eq!(found(of(Some("large"), None)).await, [runs]);
    assert_eq!(found(of(None, Some("Bob"))).await, [stopped, waits]);
    assert!(found(of(Some("large"), Some("Bob"))).await.is_empty());
    let only = |users: &[&str], servers: &[(&str, &str)]| ListQuery {
        only: Some(Only {
            users: users.iter().map(|name| (*name).into()).collect(),
            groups: vec!["nobody's".into()],
            servers: servers
                .iter()
                .map(|(user, name)| ((*user).into(), (*name).into()))
                .collect(),
        }),
        ..ListQuery::default()
    };
    assert_eq!(found(only(&["ada"], &[("Bob", "gpu")])).await, [runs, stopped]);
    assert!(found(only(&[], &[])).await.is_empty());
    let counted = list::active_by_profile(&store).await.unwrap();
    assert_eq!(counted, [(String::new(), 1), ("large".to_owned(), 1)]);
}

pub(super) async fn hubs_say_that_they_are_there(url: String) {
    let store = open(&url).await;
    let replica = |name: &str, at: i64| Replica {
        name: name.into(),
        version: "1".into(),
        address: "http://127.0.0.1:8081/".into(),
        started: later(at),
        seen: later(at),
    };
    hubs::note(&store, &replica("one", 1)).await.unwrap();
    hubs::note(&store, &replica("two", 2)).await.unwrap();
    // What it said first stays: since when it runs.
    hubs::note(&store, &replica("one", 9)).await.unwrap();
    let all = hubs::list(&store).await.unwrap();
    let told: Vec<_> = all
        .iter()
        .map(|hub| (hub.name.as_str(), hub.started, hub.seen))
        .collect();
    assert_eq!(told, [("one", later(1), later(9)), ("two", later(2), later(2))]);
    hubs::forget_silent(&store, later(5)).await.unwrap();
    hubs::forget(&store, "nobody").await.unwrap();
    assert_eq!(hubs::list(&store).await.unwrap().len(), 1);
    let ttl = SignedDuration::from_secs(60);
    for name in ["task:a", "task:b"] {
        crate::leases::acquire(&store, name, "one", ttl, now()).await.unwrap();
    }
    assert_eq!(hubs::held(&store, now()).await.unwrap(), [("one".to_owned(), 2)]);
    assert!(hubs::held(&store, later(1000)).await.unwrap().is_empty());
}

pub(super) async fn a_hub_is_drained_until_it_is_not(url: String) {
    let store = open(&url).await;
    assert_eq!(drain::get(&store).await.unwrap(), None);
    let wanted = Drain {
        since: now(),
        by: "ada".into(),
        message: "\"Sunday\"".into(),
    };
    drain::begin(&store, &wanted).await.unwrap();
    let other = open(&url).await;
    assert_eq!(drain::get(&other).await.unwrap(), Some(wanted));
    assert!(drain::end(&other).await.unwrap());
    assert!(!drain::end(&store).await.unwrap());
    assert_eq!(drain::get(&store).await.unwrap(), None);
}
