use jiff::SignedDuration;
use perijove_model::Clock;
use perijove_model::server::Phase;
use perijove_store::{roles, tokens, users};

use crate::setup::*;

#[tokio::test(flavor = "multi_thread")]
async fn traffic_seen_by_the_proxy_counts_as_activity() {
    let setup = Setup::new();
    let first = setup.hub().await;
    let begun = start(&first, "ann", "").await.unwrap();
    let spawner = until(&first, begun.spawner_id, Phase::Ready).await;
    let used = setup.clock.now() + SignedDuration::from_mins(3);
    setup.routes.use_route("/user/ann/", used);
    setup.routes.use_route("/user/nobody/", used);
    setup.leases_expire();
    let second = setup.hub().await;
    eventually("the server's activity", async || {
        row(&second, begun.spawner_id).await.last_activity == Some(used)
    })
    .await;
    eventually("ann's activity", async || {
        let ann = users::by_id(&second.store, spawner.user_id).await.unwrap().unwrap();
        ann.last_activity == Some(used)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_expired_is_deleted() {
    let setup = Setup::new();
    let idle = setup.idle_hub().await;
    let ann = user(&idle, "ann").await;
    let now = setup.clock.now();
    let mut ids = Vec::new();
    for minutes in [1, 60] {
        let (_, hashed) = perijove_model::token::generate(idle.rng.as_ref());
        let token = tokens::NewToken {
            owner: tokens::Owner::User(ann.id),
            hashed: &hashed,
            client_id: "jupyterhub",
            session_id: None,
            expires_at: Some(now + SignedDuration::from_mins(minutes)),
            note: "for a script",
            scopes: &[],
        };
        ids.push(tokens::create(&idle.store, &token, now).await.unwrap());
    }
    setup.clock.advance(SignedDuration::from_mins(5));
    let hub = setup.hub().await;
    eventually("the end of the first token", async || {
        tokens::get(&hub.store, ids[0]).await.unwrap().is_none()
    })
    .await;
    assert!(tokens::get(&hub.store, ids[1]).await.unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_is_taken_away_when_its_time_is_over() {
    let setup = Setup::new();
    let idle = setup.idle_hub().await;
    let ann = user(&idle, "ann").await;
    let now = setup.clock.now();
    let mut made = Vec::new();
    for (name, minutes) in [("short", 1), ("long", 60)] {
        let new = roles::NewRole {
            name,
            description: "",
            scopes: &[],
            by: "ruth",
        };
        let id = roles::create(&idle.store, &new, now).await.unwrap();
        let end = now + SignedDuration::from_mins(minutes);
        let member = roles::Member::User(ann.id);
        roles::give(&idle.store, id, member, "ruth", Some(end), now)
            .await
            .unwrap();
        made.push(id);
    }
    setup.clock.advance(SignedDuration::from_mins(5));
    let hub = setup.hub().await;
    let held = async || roles::of_user(&hub.store, ann.id).await.unwrap();
    eventually("the end of the short grant", async || {
        !held().await.contains(&"short".to_owned())
    })
    .await;
    assert!(held().await.contains(&"long".to_owned()));
}
