//! Cases: roles that are made and given while the hub runs.

use super::{later, now, open, role, sync_roles, texts, user, write};
use crate::roles::{self, Given, Member, NewRole, Source};
use crate::tokens::{self, NewToken, Owner};
use crate::{Db, Store, groups};
use perijove_model::SeededRng;

async fn make(store: &Store, name: &str, scopes: &[&str]) -> i64 {
    let new = NewRole {
        name,
        description: "made by hand",
        scopes: &texts(scopes),
        by: "ruth",
    };
    roles::create(store, &new, now()).await.unwrap()
}

pub(super) async fn roles_are_made_changed_and_removed(url: String) {
    let store = open(&url).await;
    sync_roles(&store, &[role("reader", &["read:users"])]).await.unwrap();
    let id = make(&store, "helper", &["read:hub"]).await;
    let taken = NewRole {
        name: "helper",
        description: "",
        scopes: &[],
        by: "ruth",
    };
    let error = roles::create(&store, &taken, now()).await.unwrap_err();
    assert!(matches!(error, crate::StoreError::Conflict(_)), "{error}");

    let helper = roles::by_name(&store, "helper").await.unwrap().unwrap();
    assert_eq!((helper.id, helper.source), (id, Source::Hub));
    assert_eq!(
        (helper.created, helper.created_by.as_deref()),
        (Some(now()), Some("ruth"))
    );
    let reader = roles::by_name(&store, "reader").await.unwrap().unwrap();
    assert_eq!((reader.source, reader.created), (Source::Configuration, None));
    write(
        &store,
        "INSERT INTO roles (name, scopes, managed_by_auth) VALUES ('from-ldap', '[]', TRUE)",
        &[],
    )
    .await;
    let ldap = roles::by_name(&store, "from-ldap").await.unwrap().unwrap();
    assert_eq!(ldap.source, Source::Authenticator);
    let (page, total) = roles::list(&store, 1, 2).await.unwrap();
    let names: Vec<&str> = page.iter().map(|role| role.name.as_str()).collect();
    assert_eq!((names.as_slice(), total), (&["admin", "server"][..], 7));
    assert_eq!(page[0].source, Source::BuiltIn);
    assert!(
        page[0].scopes.contains(&"read:audit".to_owned()),
        "what its row leaves out"
    );

    roles::change(&store, id, "now more", &texts(&["read:hub", "proxy"]))
        .await
        .unwrap();
    let helper = roles::by_name(&store, "helper").await.unwrap().unwrap();
    assert_eq!((helper.description.as_str(), helper.scopes.len()), ("now more", 2));
    assert!(roles::remove(&store, id).await.unwrap());
    assert!(!roles::remove(&store, id).await.unwrap());
    assert_eq!(roles::by_name(&store, "helper").await.unwrap(), None);
}

pub(super) async fn the_configuration_leaves_roles_of_run_time_alone(url: String) {
    let store = open(&url).await;
    let reader = role("reader", &["read:users"]);
    sync_roles(&store, std::slice::from_ref(&reader)).await.unwrap();
    let bob = user(&store, "bob").await;
    let eve = user(&store, "eve").await;
    let helper = make(&store, "helper", &["read:hub"]).await;
    let configured = roles::by_name(&store, "reader").await.unwrap().unwrap().id;
    for role in [helper, configured] {
        roles::give(&store, role, Member::User(bob.id), "ruth", None, now())
            .await
            .unwrap();
    }
    // As JupyterHub or an earlier configuration may have left it.
    write(
        &store,
        "INSERT INTO user_role_map (user_id, role_id, managed_by_auth) VALUES ($1, $2, FALSE)",
        &[eve.id.into(), configured.into()],
    )
    .await;
    sync_roles(&store, std::slice::from_ref(&reader)).await.unwrap();
    let of_bob = roles::of_user(&store, bob.id).await.unwrap();
    assert_eq!(of_bob, ["helper", "reader", "user"], "given at run time");
    assert_eq!(roles::of_user(&store, eve.id).await.unwrap(), ["user"]);

    let mut listed = role("helper", &["proxy"]);
    listed.users = Some(texts(&["eve"]));
    sync_roles(&store, &[reader.clone(), listed]).await.unwrap();
    assert_eq!(roles::of_user(&store, bob.id).await.unwrap(), ["reader", "user"]);
    assert_eq!(roles::of_user(&store, eve.id).await.unwrap(), ["helper", "user"]);
    let taken = roles::by_name(&store, "helper").await.unwrap().unwrap();
    assert_eq!((taken.source, taken.scopes), (Source::Configuration, texts(&["proxy"])));
    sync_roles(&store, &[reader]).await.unwrap();
    assert_eq!(
        roles::by_name(&store, "helper").await.unwrap(),
        None,
        "the configuration let go of it"
    );
}

pub(super) async fn grants_end(url: String) {
    let store = open(&url).await;
    let mut tool = role("tool-role", &["proxy"]);
    tool.groups = Some(texts(&["class"]));
    sync_roles(&store, &[tool]).await.unwrap();
    let bob = user(&store, "bob").await;
    groups::ensure(&store, "class", &texts(&["bob"]), &serde_json::Value::Null)
        .await
        .unwrap();
    let helper = make(&store, "helper", &["read:hub"]).await;
    let class = Member::Group(groups_id(&store, "class").await);
    let member = Member::User(bob.id);
    assert!(
        roles::give(&store, helper, member, "ruth", Some(later(60)), now())
            .await
            .unwrap()
    );
    assert!(
        roles::give(&store, helper, class, "ruth", Some(later(120)), now())
            .await
            .unwrap()
    );
    assert!(
        !roles::give(&store, helper, class, "ruth", Some(later(90)), now())
            .await
            .unwrap()
    );

    let held = async |seconds| -> Vec<String> {
        let held = roles::held(&store, bob.id, later(seconds)).await.unwrap();
        let told = |one: roles::Held| {
            let (by, until) = (one.by.unwrap_or_default(), one.until.is_some());
            format!("{} {} {by} {until}", one.role, one.group.unwrap_or_default())
        };
        held.into_iter().map(told).collect()
    };
    assert_eq!(
        held(0).await,
        [
            "helper  ruth true",
            "user   false",
            "helper class ruth true",
            "tool-role class  false"
        ]
    );
    assert_eq!(held(60).await.len(), 3);

    let at = async |seconds| roles::scopes_of_user(&store, bob.id, later(seconds)).await.unwrap();
    let before = at(0).await;
    assert_eq!(
        (before.scopes, before.until),
        (texts(&["proxy", "read:hub", "self"]), Some(later(60)))
    );
    let by_class = at(60).await;
    assert_eq!(
        (by_class.scopes.len(), by_class.until),
        (3, Some(later(90))),
        "the group has it still"
    );
    let after = at(90).await;
    assert_eq!((after.scopes, after.until), (texts(&["proxy", "self"]), None));

    let (page, total) = roles::grants(&store, helper, 0, 10, later(30)).await.unwrap();
    let shown: Vec<_> = page
        .iter()
        .map(|grant| (grant.member, grant.name.as_str(), grant.expires_at))
        .collect();
    assert_eq!(
        shown,
        [(class, "class", Some(later(90))), (member, "bob", Some(later(60)))]
    );
    assert_eq!(
        (total, page[0].granted_by.as_deref(), page[0].granted),
        (2, Some("ruth"), Some(now()))
    );
    let (page, total) = roles::grants(&store, helper, 1, 10, later(70)).await.unwrap();
    assert_eq!((page.len(), total), (0, 1), "what has ended is not listed");

    assert!(roles::ended(&store, later(59), 10).await.unwrap().is_empty());
    let ended = roles::ended(&store, later(100), 10).await.unwrap();
    let names: Vec<_> = ended.iter().map(|one| (one.role.as_str(), one.name.as_str())).collect();
    assert_eq!(names, [("helper", "bob"), ("helper", "class")]);
    assert_eq!(roles::ended(&store, later(100), 1).await.unwrap().len(), 1);
    roles::give(&store, helper, member, "ruth", None, now()).await.unwrap();
    assert!(
        !roles::take_ended(&store, &ended[0], later(100)).await.unwrap(),
        "given anew meanwhile"
    );
    assert!(roles::take_ended(&store, &ended[1], later(100)).await.unwrap());
    assert!(!roles::take_ended(&store, &ended[1], later(100)).await.unwrap());
    assert_eq!(roles::of_user(&store, bob.id).await.unwrap(), ["helper", "user"]);
    assert!(roles::take(&store, helper, member).await.unwrap());
    assert!(!roles::take(&store, helper, member).await.unwrap());
    assert!(at(0).await.until.is_none());
}

async fn groups_id(store: &Store, name: &str) -> i64 {
    groups::ensure(store, name, &[], &serde_json::Value::Null)
        .await
        .unwrap()
}

pub(super) async fn roles_are_given_at_sign_in(url: String) {
    let store = open(&url).await;
    sync_roles(&store, &[role("reader", &["read:users"])]).await.unwrap();
    let (ann, bob) = (user(&store, "ann").await, user(&store, "bob").await);
    let own = make(&store, "helper", &["read:hub"]).await;
    roles::give(&store, own, Member::User(ann.id), "ruth", None, now())
        .await
        .unwrap();
    let given = |name: &str| Given {
        name: name.to_owned(),
        ..Given::default()
    };
    let set = async |user_id: i64, roles: &[Given]| {
        let tx = store.begin().await.unwrap();
        let missing = roles::set_given(&tx, user_id, roles, &["reader"]).await.unwrap();
        tx.commit().await.unwrap();
        missing
    };

    let teacher = Given {
        description: Some("From the directory".into()),
        scopes: Some(texts(&["list:users"])),
        users: Some(texts(&["bob", "nobody"])),
        ..given("teacher")
    };
    assert_eq!(set(ann.id, &[teacher, given("reader")]).await, ["nobody"]);
    assert_eq!(roles::of_user(&store, ann.id).await.unwrap(), ["reader", "teacher"]);
    assert_eq!(roles::of_user(&store, bob.id).await.unwrap(), ["teacher", "user"]);
    let made = roles::by_name(&store, "teacher").await.unwrap().unwrap();
    assert_eq!(
        (made.source, made.description.as_str(), made.scopes),
        (Source::Authenticator, "From the directory", texts(&["list:users"]))
    );

    // What is not spoken of stays, and a role goes with the last who had it, if sign-in made it.
    set(ann.id, &[given("teacher")]).await;
    let kept = roles::by_name(&store, "teacher").await.unwrap().unwrap();
    assert_eq!(
        (kept.description.as_str(), kept.scopes.len()),
        ("From the directory", 1)
    );
    set(ann.id, &[]).await;
    assert!(roles::of_user(&store, ann.id).await.unwrap().is_empty());
    assert!(roles::by_name(&store, "teacher").await.unwrap().is_some(), "bob has it");
    set(bob.id, &[]).await;
    assert!(roles::by_name(&store, "teacher").await.unwrap().is_none());
    for other in ["reader", "helper"] {
        assert!(roles::by_name(&store, other).await.unwrap().is_some(), "{other}");
    }
}

pub(super) async fn what_jupyterhub_can_not_read_is_kept_aside(url: String) {
    let store = open(&url).await;
    sync_roles(&store, &[]).await.unwrap();
    let bob = user(&store, "bob").await;
    let (secret, hashed) = perijove_model::token::generate(&SeededRng::new(7));
    let new = NewToken {
        owner: Owner::User(bob.id),
        hashed: &hashed,
        client_id: "jupyterhub",
        session_id: None,
        expires_at: None,
        note: "for a script",
        scopes: &texts(&["read:audit", "read:hub", "grant:roles!group=class"]),
    };
    let id = tokens::create(&store, &new, now()).await.unwrap();
    let found = tokens::find(&store, secret.expose(), now()).await.unwrap().unwrap();
    assert_eq!(found.scopes, ["read:hub", "read:audit", "grant:roles!group=class"]);
    const THEIRS: crate::Stmt = crate::Stmt::read("SELECT scopes FROM api_tokens WHERE id = $1");
    let theirs: Option<Vec<String>> = store.one(&THEIRS, &[id.into()]).await.unwrap();
    assert_eq!(theirs, Some(texts(&["read:hub"])));
    assert!(tokens::delete(&store, id).await.unwrap());
}
