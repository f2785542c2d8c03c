//! Shares and share codes.

use jiff::Timestamp;
use perijove_model::token::{self, Hashed};
use perijove_model::{Rng, Secret, SeededRng};
use serde_json::json;

use super::servers::plan;
use super::together::race;
use super::{count, later, now, open, sync_roles, texts, user, write};
use crate::shares::{self, Of, Part, Recipient, Share, SharedWith};
use crate::spawners::{self, Spawner};
use crate::users::User;
use crate::{Store, groups, roles, share_codes, users};

const ALL: Part = Part { offset: 0, limit: 100 };
const ACCESS: &str = "access:servers!server=ada/";

/// Ada with her default server, and bob, who is a chemist.
async fn lab(url: &str) -> (Store, User, User, Spawner) {
    let store = open(url).await;
    sync_roles(&store, &[]).await.unwrap();
    let (ada, bob) = (user(&store, "ada").await, user(&store, "bob").await);
    groups::ensure(&store, "chemists", &texts(&["bob"]), &json!({}))
        .await
        .unwrap();
    let server = spawners::ensure(&store, ada.id, "", None).await.unwrap();
    (store, ada, bob, server)
}

async fn chemists(store: &Store) -> Recipient {
    let id: Option<i64> = crate::Db::one(store, &crate::Stmt::read("SELECT id FROM groups"), &[])
        .await
        .unwrap();
    Recipient::Group(id.unwrap())
}

async fn grant(store: &Store, server: &Spawner, with: Recipient, scopes: &[&str]) -> shares::Change {
    let granted = shares::grant(store, server, with, &texts(scopes), now()).await;
    granted.unwrap().unwrap()
}

/// A share as another program writes it.
async fn insert(store: &Store, server: &Spawner, user_id: i64, scopes: &str, expires_at: Option<Timestamp>) {
    let sql = "INSERT INTO shares (created_at, owner_id, spawner_id, user_id, scopes, expires_at) \
               VALUES ($1, $2, $3, $4, $5, $6)";
    let params = [
        now().into(),
        server.user_id.into(),
        server.id.into(),
        user_id.into(),
        scopes.into(),
        expires_at.into(),
    ];
    write(store, sql, &params).await;
}

async fn listed(store: &Store, of: Of) -> Vec<Share> {
    let (found, total) = shares::list(store, of, ALL, now()).await.unwrap();
    assert_eq!(found.len() as i64, total);
    found
}

pub(super) async fn grants_add_up(url: String) {
    let (store, _, bob, server) = lab(&url).await;
    let with = Recipient::User(bob.id);
    assert_eq!(shares::find(&store, server.id, with, now()).await.unwrap(), None);
    let first = grant(&store, &server, with, &["access:servers"]).await;
    assert_eq!(first.scopes, [ACCESS]);
    let share = first.share.unwrap();
    assert_eq!(
        (share.owner.as_str(), share.server.as_str(), share.created_at),
        ("ada", "", now())
    );
    assert_eq!(share.with, SharedWith::User("bob".to_owned()));
    let more = grant(&store, &server, with, &["read:servers!server=ada/", ACCESS]).await;
    assert_eq!(more.scopes, ["read:servers!server=ada/"]);
    let grown = more.share.unwrap();
    assert_eq!((grown.id, grown.scopes.len()), (share.id, 2));
    let same = grant(&store, &server, with, &["read:servers"]).await;
    assert_eq!((same.scopes.len(), same.share.as_ref()), (0, Some(&grown)));
    assert_eq!(shares::find(&store, server.id, with, now()).await.unwrap(), Some(grown));
    assert!(
        shares::grant(&store, &server, Recipient::User(-1), &texts(&[ACCESS]), now())
            .await
            .unwrap()
            .is_none(),
        "nobody to share with"
    );
    spawners::delete(&store, server.id).await.unwrap();
    assert!(
        shares::grant(&store, &server, with, &texts(&[ACCESS]), now())
            .await
            .unwrap()
            .is_none()
    );
    assert_eq!(
        count(&store, "SELECT COUNT(*) FROM shares").await,
        0,
        "it went with its server"
    );
}

pub(super) async fn some_or_all_is_taken_back(url: String) {
    let (store, _, bob, server) = lab(&url).await;
    let (person, group) = (Recipient::User(bob.id), chemists(&store).await);
    grant(&store, &server, group, &[ACCESS]).await;
    grant(
        &store,
        &server,
        person,
        &["access:servers", "read:servers", "start:servers"],
    )
    .await;
    let revoke = async |scopes: Option<&[&str]>| {
        let scopes = scopes.map(texts);
        shares::revoke(&store, &server, person, scopes.as_deref(), now())
            .await
            .unwrap()
    };
    let nothing = revoke(Some(&["delete:servers"])).await;
    assert_eq!((nothing.scopes.len(), nothing.share.unwrap().scopes.len()), (0, 3));
    let some = revoke(Some(&["read:servers", "start:servers!server=ada/"])).await;
    assert_eq!(some.scopes, ["read:servers!server=ada/", "start:servers!server=ada/"]);
    assert_eq!(some.share.unwrap().scopes, [ACCESS]);
    let rest = revoke(Some(&[ACCESS])).await;
    assert_eq!((rest.share, rest.scopes), (None, texts(&[ACCESS])));
    grant(&store, &server, person, &[ACCESS]).await;
    assert_eq!(revoke(None).await.share, None);
    let again = revoke(None).await;
    assert_eq!((again.share, again.scopes.len()), (None, 0));
    assert_eq!(
        listed(&store, Of::Server(server.id)).await.len(),
        1,
        "the group's is not bob's"
    );
    assert!(shares::remove(&store, server.id, group).await.unwrap());
    assert!(!shares::remove(&store, server.id, group).await.unwrap());
    grant(&store, &server, person, &[ACCESS]).await;
    grant(&store, &server, group, &[ACCESS]).await;
    assert_eq!(shares::remove_all(&store, server.id).await.unwrap(), 2);
}

pub(super) async fn lists_come_in_parts(url: String) {
    let (store, ada, bob, home) = lab(&url).await;
    let (person, group) = (Recipient::User(bob.id), chemists(&store).await);
    let other = spawners::ensure(&store, ada.id, "other", None).await.unwrap();
    let bobs = spawners::ensure(&store, bob.id, "", None).await.unwrap();
    grant(&store, &home, person, &["access:servers"]).await;
    grant(&store, &home, group, &["access:servers"]).await;
    grant(&store, &other, group, &["access:servers"]).await;
    grant(&store, &bobs, Recipient::User(ada.id), &["access:servers"]).await;
    let Recipient::Group(group_id) = group else {
        unreachable!()
    };
    let of = async |of: Of| -> Vec<String> {
        let name = |share: Share| match share.with {
            SharedWith::User(user) => format!("{}/{} user {user}", share.owner, share.server),
            SharedWith::Group(group) => format!("{}/{} group {group}", share.owner, share.server),
        };
        listed(&store, of).await.into_iter().map(name).collect()
    };
    let (one, two, three) = ("ada/ user bob", "ada/ group chemists", "ada/other group chemists");
    assert_eq!(of(Of::Owner(ada.id)).await, [one, two, three]);
    assert_eq!(of(Of::Server(home.id)).await, [one, two]);
    assert_eq!(of(Of::User(bob.id)).await, [one, two, three]);
    assert_eq!(of(Of::Group(group_id)).await, [two, three]);
    assert_eq!(of(Of::User(ada.id)).await, ["bob/ user ada"]);
    let part = Part { offset: 1, limit: 1 };
    let (found, total) = shares::list(&store, Of::Owner(ada.id), part, now()).await.unwrap();
    assert_eq!(
        (found.len(), total, &found[0].with),
        (1, 3, &SharedWith::Group("chemists".to_owned()))
    );
}

pub(super) async fn what_jupyterhub_doubled_becomes_one(url: String) {
    let (store, _, bob, server) = lab(&url).await;
    let with = Recipient::User(bob.id);
    insert(&store, &server, bob.id, "[]", None).await;
    insert(&store, &server, bob.id, "[\"access:servers!server=ada/\"]", None).await;
    insert(&store, &server, bob.id, "[\"read:servers!server=ada/\"]", None).await;
    assert_eq!(
        roles::scopes_of_user(&store, bob.id, now()).await.unwrap().scopes.len(),
        3
    );
    let change = grant(&store, &server, with, &[ACCESS]).await;
    assert_eq!((change.scopes.len(), change.share.unwrap().scopes.len()), (0, 2));
    assert_eq!(count(&store, "SELECT COUNT(*) FROM shares").await, 1);
    insert(&store, &server, bob.id, "[\"access:servers!server=ada/\"]", None).await;
    let taken = shares::revoke(&store, &server, with, Some(&texts(&[ACCESS])), now())
        .await
        .unwrap();
    assert_eq!(taken.share.unwrap().scopes, ["read:servers!server=ada/"]);
    insert(&store, &server, bob.id, "[\"read:servers!server=ada/\"]", None).await;
    shares::revoke(&store, &server, with, None, now()).await.unwrap();
    assert_eq!(count(&store, "SELECT COUNT(*) FROM shares").await, 0);
}

pub(super) async fn what_has_ended_counts_no_more(url: String) {
    let (store, ada, bob, server) = lab(&url).await;
    let with = Recipient::User(bob.id);
    insert(
        &store,
        &server,
        bob.id,
        "[\"access:servers!server=ada/\"]",
        Some(later(10)),
    )
    .await;
    let held = async |at| roles::scopes_of_user(&store, bob.id, at).await.unwrap();
    let before = held(later(9)).await;
    assert_eq!(
        (before.scopes.as_slice(), before.until),
        (&texts(&[ACCESS, "self"])[..], Some(later(10)))
    );
    let after = held(later(10)).await;
    assert_eq!((after.scopes.as_slice(), after.until), (&texts(&["self"])[..], None));
    assert_eq!(
        shares::list(&store, Of::Owner(ada.id), ALL, later(10)).await.unwrap(),
        (vec![], 0)
    );
    assert_eq!(shares::find(&store, server.id, with, later(10)).await.unwrap(), None);
    // What is granted then is that, and not what there was before.
    let again = shares::grant(&store, &server, with, &texts(&["read:servers"]), later(10))
        .await
        .unwrap();
    assert_eq!(again.unwrap().share.unwrap().scopes, ["read:servers!server=ada/"]);
    assert_eq!(count(&store, "SELECT COUNT(*) FROM shares").await, 1);
    let lab = spawners::ensure(&store, ada.id, "lab", None).await.unwrap();
    insert(&store, &lab, bob.id, "[\"access:servers\"]", Some(later(30))).await;
    insert(&store, &lab, bob.id, "[\"access:servers\"]", Some(later(20))).await;
    assert_eq!(held(later(11)).await.until, Some(later(20)), "the earliest");
}

pub(super) async fn shares_follow_new_names(url: String) {
    let (store, ada, bob, server) = lab(&url).await;
    let with = Recipient::User(bob.id);
    grant(&store, &server, with, &["access:servers"]).await;
    let (_, code) = code(&store, &server, 1).await;
    users::rename(&store, ada.id, "lovelace").await.unwrap();
    write(
        &store,
        "UPDATE spawners SET name = 'engine' WHERE id = $1",
        &[server.id.into()],
    )
    .await;
    let today = "access:servers!server=lovelace/engine";
    let share = shares::find(&store, server.id, with, now()).await.unwrap().unwrap();
    assert_eq!((share.owner.as_str(), share.server.as_str()), ("lovelace", "engine"));
    assert_eq!(share.scopes, [today]);
    assert_eq!(
        roles::scopes_of_user(&store, bob.id, now()).await.unwrap().scopes,
        [today, "self"]
    );
    let found = share_codes::find(&store, code.expose(), now()).await.unwrap().unwrap();
    assert_eq!(found.scopes, [today]);
    let server = spawners::by_id(&store, server.id).await.unwrap().unwrap();
    let change = grant(&store, &server, with, &["access:servers"]).await;
    assert_eq!(change.scopes.len(), 0, "the old name is not another scope");
    let gone = shares::revoke(&store, &server, with, Some(&texts(&[today])), now())
        .await
        .unwrap();
    assert_eq!(gone.share, None);
}

async fn code(store: &Store, server: &Spawner, seed: u64) -> (share_codes::ShareCode, Secret) {
    let rng: &dyn Rng = &SeededRng::new(seed);
    let code = Secret::new(rng.urlsafe(32));
    let hashed: Hashed = token::hash_random(&code, rng);
    let kept = share_codes::create(store, server, &hashed, &texts(&[ACCESS]), later(100), now()).await;
    (kept.unwrap().unwrap(), code)
}

pub(super) async fn codes_are_exchanged_and_counted(url: String) {
    let (store, ada, bob, server) = lab(&url).await;
    let (kept, clear) = code(&store, &server, 1).await;
    assert_eq!(
        (kept.owner_id, kept.exchange_count, kept.last_exchanged_at),
        (ada.id, 0, None)
    );
    assert_eq!(
        (kept.expires_at, kept.scopes.as_slice()),
        (Some(later(100)), &texts(&[ACCESS])[..])
    );
    let found = share_codes::find(&store, clear.expose(), now()).await.unwrap();
    assert_eq!(found.as_ref(), Some(&kept));
    for wrong in ["", "abc", &clear.expose()[..42], "\0\0\0\0\0"] {
        assert_eq!(
            share_codes::find(&store, wrong, now()).await.unwrap(),
            None,
            "{wrong:?}"
        );
    }
    for times in 1..=2 {
        let change = share_codes::exchange(&store, &kept, bob.id, later(times))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(change.share.unwrap().scopes, [ACCESS]);
        let found = share_codes::find(&store, clear.expose(), now()).await.unwrap().unwrap();
        assert_eq!(
            (found.exchange_count, found.last_exchanged_at),
            (times, Some(later(times)))
        );
    }
    let (other, _) = code(&store, &server, 2).await;
    let of = async |of, at| share_codes::list(&store, of, ALL, at).await.unwrap();
    let (all, total) = of(share_codes::Of::Owner(ada.id), now()).await;
    assert_eq!(
        (all.iter().map(|code| code.id).collect::<Vec<_>>(), total),
        (vec![kept.id, other.id], 2)
    );
    assert_eq!(of(share_codes::Of::Server(server.id), now()).await.1, 2);
    assert_eq!(of(share_codes::Of::Owner(bob.id), now()).await, (vec![], 0));
    // It ends with its time, whether it is still there or not.
    assert_eq!(
        share_codes::find(&store, clear.expose(), later(100)).await.unwrap(),
        None
    );
    assert_eq!(of(share_codes::Of::Owner(ada.id), later(100)).await, (vec![], 0));
    assert!(
        share_codes::exchange(&store, &kept, bob.id, later(100))
            .await
            .unwrap()
            .is_none()
    );
    assert!(
        !share_codes::delete(&store, server.id + 1, kept.id).await.unwrap(),
        "another server's"
    );
    assert!(share_codes::delete(&store, server.id, kept.id).await.unwrap());
    assert!(
        share_codes::exchange(&store, &kept, bob.id, now())
            .await
            .unwrap()
            .is_none()
    );
    assert_eq!(share_codes::delete_all(&store, server.id).await.unwrap(), 1);
}

pub(super) async fn racing_grants_make_one_share(url: String) {
    let (store, _, bob, server) = lab(&url).await;
    let with = Recipient::User(bob.id);
    let (id, scopes) = (
        server.id,
        ["access:servers", "read:servers", "start:servers", "delete:servers"],
    );
    race(&url, 12, move |store, n| async move {
        let server = spawners::by_id(&store, id).await.unwrap().unwrap();
        let scope = texts(&[scopes[n % 4]]);
        shares::grant(&store, &server, with, &scope, now())
            .await
            .unwrap()
            .unwrap();
    })
    .await;
    let shares = listed(&store, Of::Server(server.id)).await;
    assert_eq!((shares.len(), shares[0].scopes.len()), (1, 4), "{shares:?}");
}

pub(super) async fn rights_are_never_a_scan(url: String) {
    let store = open(&url).await;
    let params = [1_i64.into(), now().into()];
    let plan = plan(&store, &shares::HELD_BY, &params).await;
    let is_scan = |line: &str| {
        ["SCAN sh", "SCAN gs", "Seq Scan"]
            .iter()
            .any(|scan| line.contains(scan))
    };
    assert!(!plan.lines().any(is_scan), "{plan}");
    assert!(
        plan.contains("ix_perijove_shares_user") && plan.contains("ix_perijove_shares_group"),
        "{plan}"
    );
}
