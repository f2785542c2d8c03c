//! Users, groups, roles, services.

use serde_json::json;

use super::{count, later, now, open, role, sync_roles, texts, user, write};
use crate::services::{self, ServiceSpec};
use crate::users::{self, ListQuery, Sort, StateFilter};
use crate::{Store, StoreError, groups, roles, spawners, tokens};
use perijove_model::token::{self, Hashed};
use perijove_model::{Secret, SeededRng};

pub(super) async fn belongings_come_for_many_at_once(url: String) {
    let store = open(&url).await;
    sync_roles(&store, &[]).await.unwrap();
    let mut ids = Vec::new();
    for n in 0..300 {
        ids.push(user(&store, &format!("u{n:03}")).await.id);
    }
    users::set_admin(&store, ids[7], true).await.unwrap();
    groups::ensure(&store, "staff", &texts(&["u007", "u299"]), &json!(null))
        .await
        .unwrap();
    groups::ensure(&store, "all", &texts(&["u007"]), &json!(null))
        .await
        .unwrap();
    let found = users::belongings(&store, &ids, now()).await.unwrap();
    assert_eq!(found.len(), 300);
    assert_eq!(found[&ids[0]].roles, ["user"]);
    assert!(found[&ids[0]].groups.is_empty());
    assert_eq!(found[&ids[7]].roles, ["admin", "user"]);
    assert_eq!(found[&ids[7]].groups, ["all", "staff"]);
    assert_eq!(found[&ids[299]].groups, ["staff"]);
    let ending = "INSERT INTO perijove_role_grants (role_id, user_id, granted, granted_by, expires_at) \
        SELECT id, CAST($1 AS INTEGER), $2, 'root', $3 FROM roles WHERE name = 'admin'";
    let until: jiff::Timestamp = "2027-01-01T00:00:00Z".parse().unwrap();
    write(&store, ending, &[ids[7].into(), now().into(), until.into()]).await;
    let of_seven = |at| users::belongings(&store, &ids[7..8], at);
    let before = until - jiff::SignedDuration::from_secs(1);
    assert_eq!(of_seven(before).await.unwrap()[&ids[7]].roles, ["admin", "user"]);
    assert_eq!(of_seven(until).await.unwrap()[&ids[7]].roles, ["user"]);
    assert!(users::belongings(&store, &[], now()).await.unwrap().is_empty());
}

pub(super) async fn users_live(url: String) {
    let store = open(&url).await;
    sync_roles(&store, &[]).await.unwrap();
    assert!(!users::any_admin(&store).await.unwrap());
    let ada = users::create(&store, "ada", true, "c1", now()).await.unwrap();
    assert_eq!(users::by_name(&store, "ada").await.unwrap(), Some(ada.clone()));
    assert_eq!(ada.created, Some(now()));
    assert_eq!(roles::of_user(&store, ada.id).await.unwrap(), ["admin", "user"]);
    assert!(users::any_admin(&store).await.unwrap());
    let taken = users::create(&store, "ada", false, "c2", now()).await;
    assert!(matches!(taken, Err(StoreError::Conflict(_))), "{taken:?}");

    users::set_admin(&store, ada.id, false).await.unwrap();
    assert_eq!(roles::of_user(&store, ada.id).await.unwrap(), ["user"]);
    assert!(!users::any_admin(&store).await.unwrap());

    users::set_auth_state(&store, ada.id, Some(b"\x00\xffsealed"))
        .await
        .unwrap();
    users::set_user_info(&store, ada.id, &json!({"mail": "ada@example.org"}))
        .await
        .unwrap();
    users::touch(&store, ada.id, later(60)).await.unwrap();
    users::touch(&store, ada.id, later(30)).await.unwrap();
    let seen = users::by_id(&store, ada.id).await.unwrap().unwrap();
    assert_eq!(seen.encrypted_auth_state.as_deref(), Some(&b"\x00\xffsealed"[..]));
    assert_eq!(seen.user_info, Some(json!({"mail": "ada@example.org"})));
    assert_eq!(seen.last_activity, Some(later(60)));
    users::set_auth_state(&store, ada.id, None).await.unwrap();
    assert_eq!(
        users::by_id(&store, ada.id)
            .await
            .unwrap()
            .unwrap()
            .encrypted_auth_state,
        None
    );

    user(&store, "bob").await;
    assert!(matches!(
        users::rename(&store, ada.id, "bob").await,
        Err(StoreError::Conflict(_))
    ));
    users::rename(&store, ada.id, "ada l.").await.unwrap();
    assert!(users::by_name(&store, "ada").await.unwrap().is_none());
    assert!(users::delete(&store, ada.id).await.unwrap());
    assert!(!users::delete(&store, ada.id).await.unwrap());
    assert!(users::by_id(&store, ada.id).await.unwrap().is_none());
}

async fn names(store: &Store, query: ListQuery) -> (Vec<String>, i64) {
    let found = users::list(store, &query).await.unwrap();
    let total = users::count(store, &query).await.unwrap();
    (found.into_iter().map(|user| user.name).collect(), total)
}

fn all() -> ListQuery {
    ListQuery {
        limit: 100,
        ..ListQuery::default()
    }
}

pub(super) async fn users_are_listed_in_pages(url: String) {
    let store = open(&url).await;
    sync_roles(&store, &[]).await.unwrap();
    for name in ["cleo", "ada", "bob_x", "bobby", "dora"] {
        user(&store, name).await;
    }
    assert_eq!(
        names(&store, all()).await,
        (texts(&["cleo", "ada", "bob_x", "bobby", "dora"]), 5)
    );
    let page = ListQuery {
        sort: Sort::Name,
        offset: 1,
        limit: 2,
        ..all()
    };
    assert_eq!(names(&store, page).await.1, 5);
    let query = ListQuery {
        sort: Sort::Name,
        descending: true,
        limit: 1,
        ..all()
    };
    assert_eq!(names(&store, query).await.0, ["dora"]);
    let (ada, bob) = (
        users::by_name(&store, "ada").await.unwrap().unwrap(),
        users::by_name(&store, "bobby").await.unwrap().unwrap(),
    );
    users::set_admin(&store, ada.id, true).await.unwrap();
    let (members, properties) = (texts(&["bobby"]), serde_json::Value::Null);
    let class = crate::groups::ensure(&store, "class", &members, &properties);
    class.await.unwrap();
    let admins = |admin| ListQuery {
        admin: Some(admin),
        ..all()
    };
    assert_eq!(names(&store, admins(true)).await, (texts(&["ada"]), 1));
    assert_eq!(names(&store, admins(false)).await.1, 4);
    let (group, role) = (
        ListQuery {
            group: Some("class".into()),
            ..all()
        },
        ListQuery {
            role: Some("admin".into()),
            ..all()
        },
    );
    assert_eq!(names(&store, group.clone()).await, (texts(&[&bob.name]), 1));
    assert_eq!(names(&store, role).await, (texts(&["ada"]), 1));
    let both = ListQuery {
        admin: Some(true),
        ..group
    };
    assert_eq!(names(&store, both).await, (Vec::new(), 0));
    for (filter, found) in [
        ("BOB", vec!["bob_x", "bobby"]),
        ("_", vec!["bob_x"]),
        ("%", vec![]),
        ("!", vec![]),
    ] {
        let query = ListQuery {
            name_filter: Some(filter.to_owned()),
            ..all()
        };
        assert_eq!(names(&store, query).await.0, found, "{filter}");
    }

    for (sort, descending) in [
        (Sort::Id, false),
        (Sort::Id, true),
        (Sort::Name, false),
        (Sort::Name, true),
    ] {
        let query = |offset, after| ListQuery {
            sort,
            descending,
            offset,
            after,
            limit: 2,
            ..all()
        };
        let whole = names(
            &store,
            ListQuery {
                limit: 5,
                ..query(0, None)
            },
        )
        .await
        .0;
        let first = users::list(&store, &query(0, None)).await.unwrap();
        let end = query(0, None).end(&first[1]);
        // Where the page before ended counts, not the offset.
        let second = names(&store, query(77, end)).await.0;
        assert_eq!(second, whole[2..4], "{sort:?} {descending}");
    }

    let dora = users::by_name(&store, "dora").await.unwrap().unwrap();
    users::touch(&store, dora.id, later(100)).await.unwrap();
    write(&store, "UPDATE users SET last_activity = NULL WHERE name = 'cleo'", &[]).await;
    let query = ListQuery {
        sort: Sort::LastActivity,
        descending: true,
        ..all()
    };
    let (order, _) = names(&store, query.clone()).await;
    assert_eq!((order[0].as_str(), order[4].as_str()), ("dora", "cleo"));
    let (order, _) = names(
        &store,
        ListQuery {
            descending: false,
            ..query
        },
    )
    .await;
    assert_eq!((order[0].as_str(), order[4].as_str()), ("cleo", "dora"));

    let asked = spawners::ensure(&store, dora.id, "", None).await.unwrap();
    let tx = store.begin().await.unwrap();
    spawners::wish_run(&tx, asked.id, None, now()).await.unwrap();
    tx.commit().await.unwrap();
    let ada = users::by_name(&store, "ada").await.unwrap().unwrap();
    let running = spawners::ensure(&store, ada.id, "", None).await.unwrap();
    super::servers::run_as_jupyterhub_does(&store, running.id).await;
    let state = |state| ListQuery {
        state: Some(state),
        sort: Sort::Name,
        ..all()
    };
    assert_eq!(names(&store, state(StateFilter::Active)).await.0, ["ada", "dora"]);
    assert_eq!(names(&store, state(StateFilter::Ready)).await.0, ["ada"]);
    assert_eq!(names(&store, state(StateFilter::Inactive)).await.1, 3);
}

pub(super) async fn lists_keep_to_what_is_allowed(url: String) {
    let store = open(&url).await;
    for name in ["ada", "bob", "cleo"] {
        user(&store, name).await;
    }
    groups::ensure(&store, "chemists", &texts(&["cleo"]), &json!({}))
        .await
        .unwrap();
    let only = |names: &[&str]| ListQuery {
        only: Some(texts(names)),
        ..all()
    };
    assert_eq!(names(&store, only(&["ada", "nobody"])).await, (texts(&["ada"]), 1));
    assert_eq!(names(&store, only(&[])).await.1, 0);
    let query = ListQuery {
        only_groups: Some(texts(&["chemists"])),
        ..only(&["bob"])
    };
    assert_eq!(names(&store, query).await.0, ["bob", "cleo"]);
    let query = ListQuery {
        name_filter: Some("c".to_owned()),
        ..only(&["bob"])
    };
    assert_eq!(names(&store, query).await.1, 0);
}

pub(super) async fn roles_follow_the_configuration(url: String) {
    let store = open(&url).await;
    sync_roles(&store, &[]).await.unwrap();
    let (ada, bob) = (user(&store, "ada").await, user(&store, "bob").await);
    let mut reader = role("reader", &["read:users", "list:users"]);
    reader.users = Some(texts(&["ada"]));
    reader.groups = Some(texts(&["chemists"]));
    let mut plain = role("user", &["self", "shares!user"]);
    plain.description.clear();
    sync_roles(&store, &[reader.clone(), plain]).await.unwrap();
    assert_eq!(roles::of_user(&store, ada.id).await.unwrap(), ["reader", "user"]);
    assert_eq!(
        roles::scopes_of_role(&store, "user").await.unwrap().unwrap(),
        ["self", "shares!user"]
    );
    assert_eq!(count(&store, "SELECT COUNT(*) FROM group_role_map").await, 1);

    // Another list: exactly those. No list: nobody. No role: gone.
    reader.users = Some(texts(&["bob"]));
    sync_roles(&store, &[reader.clone()]).await.unwrap();
    assert_eq!(roles::of_user(&store, ada.id).await.unwrap(), ["user"]);
    assert_eq!(roles::of_user(&store, bob.id).await.unwrap(), ["reader", "user"]);
    assert_eq!(roles::scopes_of_role(&store, "user").await.unwrap().unwrap(), ["self"]);
    reader.users = None;
    reader.groups = None;
    sync_roles(&store, &[reader.clone()]).await.unwrap();
    assert_eq!(roles::of_user(&store, bob.id).await.unwrap(), ["user"]);
    assert_eq!(count(&store, "SELECT COUNT(*) FROM group_role_map").await, 0);
    write(
        &store,
        "INSERT INTO roles (name, scopes, managed_by_auth) VALUES ('from-ldap', '[]', TRUE)",
        &[],
    )
    .await;
    sync_roles(&store, &[]).await.unwrap();
    assert_eq!(roles::scopes_of_role(&store, "reader").await.unwrap(), None);
    assert_eq!(roles::scopes_of_role(&store, "from-ldap").await.unwrap(), Some(vec![]));

    reader.users = Some(texts(&["nobody"]));
    let error = sync_roles(&store, &[reader]).await.unwrap_err().to_string();
    assert!(error.contains("\"reader\"") && error.contains("\"nobody\""), "{error}");
    assert_eq!(
        roles::scopes_of_role(&store, "reader").await.unwrap(),
        None,
        "half of it was kept"
    );
}

pub(super) async fn admins_are_in_step(url: String) {
    let store = open(&url).await;
    sync_roles(&store, &[]).await.unwrap();
    let (ada, bob) = (user(&store, "ada").await, user(&store, "bob").await);
    write(&store, "UPDATE users SET admin = TRUE WHERE name = 'ada'", &[]).await;
    roles::grant_user(&store, bob.id, "admin").await.unwrap();
    sync_roles(&store, &[]).await.unwrap();
    assert_eq!(roles::of_user(&store, ada.id).await.unwrap(), ["admin", "user"]);
    assert!(users::by_id(&store, bob.id).await.unwrap().unwrap().admin);
    let mut admin = role("admin", &["self"]);
    sync_roles(&store, &[admin.clone()]).await.unwrap();
    assert_eq!(
        count(&store, "SELECT COUNT(*) FROM users WHERE admin").await,
        2,
        "nobody was spoken of"
    );
    admin.users = Some(texts(&["bob"]));
    sync_roles(&store, &[admin]).await.unwrap();
    assert!(!users::by_id(&store, ada.id).await.unwrap().unwrap().admin);
    assert_eq!(roles::of_user(&store, ada.id).await.unwrap(), ["user"]);
    let scopes = roles::scopes_of_role(&store, "admin").await.unwrap().unwrap();
    let besides = [
        "admin:servers",
        "admin:users",
        "admin:roles",
        "read:audit",
        "admin:environments",
        "admin:homes",
        "admin:announcements",
        "scim",
    ];
    assert_eq!(scopes, besides, "the admin role is what it is, and ours with it");
}

pub(super) async fn scopes_come_from_roles_groups_and_shares(url: String) {
    let store = open(&url).await;
    let mut grouped = role("grouped", &["read:hub"]);
    grouped.groups = Some(texts(&["chemists"]));
    sync_roles(&store, &[grouped]).await.unwrap();
    let (ada, bob) = (user(&store, "ada").await, user(&store, "bob").await);
    assert_eq!(
        roles::scopes_of_user(&store, bob.id, now()).await.unwrap().scopes,
        ["self"]
    );
    groups::ensure(&store, "chemists", &texts(&["bob", "nobody"]), &json!({}))
        .await
        .unwrap();
    assert_eq!(
        roles::scopes_of_user(&store, bob.id, now()).await.unwrap().scopes,
        ["read:hub", "self"]
    );

    let lab = spawners::ensure(&store, ada.id, "lab", None).await.unwrap();
    let home = spawners::ensure(&store, ada.id, "", None).await.unwrap();
    const SHARE: &str = "INSERT INTO shares (created_at, scopes, owner_id, spawner_id, user_id, group_id) \
                         VALUES ($1, '[\"access:servers!server=old/name\"]', $2, $3, $4, \
                         (SELECT id FROM groups WHERE name = $5))";
    let direct = [
        now().into(),
        ada.id.into(),
        lab.id.into(),
        bob.id.into(),
        crate::Value::Null,
    ];
    write(&store, SHARE, &direct).await;
    let by_group = [
        now().into(),
        ada.id.into(),
        home.id.into(),
        crate::Value::Null,
        "chemists".into(),
    ];
    write(&store, SHARE, &by_group).await;
    let scopes = roles::scopes_of_user(&store, bob.id, now()).await.unwrap().scopes;
    assert_eq!(
        scopes,
        [
            "access:servers!server=ada/",
            "access:servers!server=ada/lab",
            "read:hub",
            "self"
        ]
    );
    assert_eq!(
        roles::scopes_of_user(&store, ada.id, now()).await.unwrap().scopes,
        ["self"]
    );
}

async fn sync_services(store: &Store, specs: &[ServiceSpec]) {
    let tx = store.begin().await.unwrap();
    services::sync(&tx, specs, now()).await.unwrap();
    tx.commit().await.unwrap();
}

pub(super) async fn services_follow_the_configuration(url: String) {
    let store = open(&url).await;
    let hashed = |seed: u64| -> Hashed { token::hash_chosen(&Secret::new("culler-token"), &SeededRng::new(seed)) };
    let culler = ServiceSpec {
        name: "culler".to_owned(),
        api_token: Some(hashed(1)),
        ..ServiceSpec::default()
    };
    let grades = ServiceSpec {
        name: "grades".to_owned(),
        url: Some("http://127.0.0.1:9".to_owned()),
        admin: true,
        oauth_client_id: Some("service-grades".to_owned()),
        oauth_redirect_uri: Some("/services/grades/oauth_callback".to_owned()),
        oauth_secret_hash: Some("sha512:1:a:b".to_owned()),
        oauth_client_allowed_scopes: texts(&["read:users"]),
        info: json!({"who": "staff"}),
        display: true,
        ..ServiceSpec::default()
    };
    write(
        &store,
        "INSERT INTO services (name, admin, timeout, from_config, info) VALUES ('by-hand', FALSE, 30, FALSE, '{}')",
        &[],
    )
    .await;
    sync_services(&store, &[culler.clone(), grades.clone()]).await;
    let mut cullers = role("cullers", &["list:users"]);
    cullers.services = Some(texts(&["culler"]));
    sync_roles(&store, &[cullers]).await.unwrap();
    let found = services::by_oauth_client(&store, "service-grades")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (found.name.as_str(), found.admin, found.from_config),
        ("grades", true, true)
    );
    assert_eq!(found.info, json!({"who": "staff"}));
    assert_eq!(roles::of_service(&store, found.id).await.unwrap(), ["admin"]);
    assert_eq!(services::by_id(&store, found.id).await.unwrap(), Some(found));
    let known = services::by_name(&store, "culler").await.unwrap().unwrap();
    assert_eq!(
        roles::scopes_of_service(&store, known.id, now()).await.unwrap().scopes,
        ["list:users"]
    );
    let token = tokens::find(&store, "culler-token", now()).await.unwrap().unwrap();
    assert_eq!(token.owner, tokens::Owner::Service(known.id));

    // The same token with another salt, as a restart gives it: still one row.
    sync_services(
        &store,
        &[ServiceSpec {
            api_token: Some(hashed(2)),
            ..culler
        }],
    )
    .await;
    assert!(tokens::find(&store, "culler-token", now()).await.unwrap().is_some());
    assert_eq!(count(&store, "SELECT COUNT(*) FROM api_tokens").await, 1);
    let left: Vec<_> = services::list(&store)
        .await
        .unwrap()
        .into_iter()
        .map(|service| service.name)
        .collect();
    assert_eq!(left, ["by-hand", "culler"]);
    assert_eq!(
        count(
            &store,
            "SELECT COUNT(*) FROM oauth_clients WHERE identifier = 'service-grades'"
        )
        .await,
        0
    );
}

pub(super) async fn groups_are_made_and_filled(url: String) {
    let store = open(&url).await;
    let (ada, bob) = (user(&store, "ada").await, user(&store, "bob").await);
    let id = groups::ensure(&store, "chemists", &texts(&["ada"]), &json!({"room": 7}))
        .await
        .unwrap();
    assert_eq!(
        groups::ensure(&store, "chemists", &texts(&["ada", "bob"]), &json!(null))
            .await
            .unwrap(),
        id
    );
    assert_eq!(
        count(&store, "SELECT COUNT(*) FROM groups WHERE properties = '{\"room\":7}'").await,
        1
    );
    assert_eq!(groups::of_user(&store, bob.id).await.unwrap(), ["chemists"]);
    let asked = texts(&["biologists", "chemists"]);
    assert_eq!(
        groups::names_with_user(&store, ada.id, &asked).await.unwrap(),
        ["chemists"]
    );
    assert!(groups::remove_user(&store, "chemists", ada.id).await.unwrap());
    assert!(groups::of_user(&store, ada.id).await.unwrap().is_empty());
}

pub(super) async fn people_are_counted(url: String) {
    let store = open(&url).await;
    for (name, days) in [("ada", 0), ("bob", 3), ("cyd", 20), ("dan", 40)] {
        let user = user(&store, name).await;
        write(
            &store,
            "UPDATE users SET last_activity = $2 WHERE id = $1",
            &[user.id.into(), later(-days * 86_400).into()],
        )
        .await;
    }
    let active = crate::counts::active(&store, now()).await.unwrap();
    assert_eq!((active.day, active.week, active.month), (1, 2, 3));
    let counts = crate::counts::now(&store, "hub-1", now()).await.unwrap();
    assert_eq!(
        (counts.users, counts.running, counts.sessions, counts.leases),
        (4, 0, 0, 0)
    );
    let second = jiff::SignedDuration::from_secs(1);
    crate::leases::acquire(&store, "task:x", "hub-1", second, now())
        .await
        .unwrap();
    crate::leases::acquire(&store, "task:y", "hub-2", second, now())
        .await
        .unwrap();
    assert_eq!(crate::counts::now(&store, "hub-1", now()).await.unwrap().leases, 1);
}
