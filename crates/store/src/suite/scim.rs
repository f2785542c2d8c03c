//! What a directory keeps here, who is shut out, and what is used once.

use serde_json::json;

use super::{later, now, open, texts, user};
use crate::scim::{self, Part, Which};
use crate::sessions::{self, NewSession};
use crate::{groups, nonces, suspensions, users};

const ALL: Part = Part {
    after: 0,
    offset: 0,
    limit: 100,
};

pub(super) async fn everybody_has_an_id_for_good(url: String) {
    let store = open(&url).await;
    let ada = user(&store, "ada").await;
    groups::create(&store, "staff").await.unwrap();
    let mut count = 0;
    let mut id = || {
        count += 1;
        format!("id-{count}")
    };
    scim::name_all(&store, &mut id, now()).await.unwrap();
    scim::name_all(&store, &mut id, later(1)).await.unwrap();
    let found = scim::people(&store, Which::All, ALL).await.unwrap();
    assert_eq!((found.len(), found[0].scim_id.as_str()), (1, "id-1"));
    assert!(!found[0].provisioned && !found[0].suspended);
    let told = json!({ "title": "countess" });
    scim::set_person(&store, ada.id, "another", (Some("ext"), &told), false, later(2))
        .await
        .unwrap();
    let ada_there = scim::person(&store, Which::External("ext")).await.unwrap().unwrap();
    assert_eq!((ada_there.scim_id.as_str(), &ada_there.attributes), ("id-1", &told));
    assert_eq!(ada_there.changed, later(2));
    assert!(!scim::is_provisioned(&store, ada.id).await.unwrap());
    let bob = user(&store, "bob").await;
    scim::set_person(&store, bob.id, "id-bob", (None, &json!({})), true, now())
        .await
        .unwrap();
    scim::set_person(&store, bob.id, "x", (None, &json!({})), false, now())
        .await
        .unwrap();
    assert!(
        scim::is_provisioned(&store, bob.id).await.unwrap(),
        "made once, and for good"
    );
    assert_eq!(scim::count_people(&store).await.unwrap(), 2);
    let behind = Part { offset: 1, ..ALL };
    let found = scim::people(&store, Which::All, behind).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].name, "bob");
    assert_eq!(
        scim::person(&store, Which::Name("bob")).await.unwrap().unwrap().scim_id,
        "id-bob"
    );

    let staff = scim::group(&store, Which::Name("staff")).await.unwrap().unwrap();
    groups::join(&store, staff.group_id, ada.id).await.unwrap();
    let members = scim::members_of(&store, &[staff.group_id]).await.unwrap();
    assert_eq!(members[&staff.group_id][0].scim_id, "id-1");
    let of = scim::groups_of(&store, &[ada.id, bob.id]).await.unwrap();
    assert_eq!(of[&ada.id][0].name, "staff");
    assert!(!of.contains_key(&bob.id));
    users::delete(&store, bob.id).await.unwrap();
    assert_eq!(scim::person(&store, Which::Id("id-bob")).await.unwrap(), None);
}

pub(super) async fn a_directorys_group_is_not_filled_at_sign_in(url: String) {
    let store = open(&url).await;
    let ada = user(&store, "ada").await;
    for name in ["kept", "free", "other"] {
        groups::create(&store, name).await.unwrap();
    }
    let kept = groups::id_of(&store, "kept").await.unwrap().unwrap();
    scim::set_group(&store, kept, "g1", None, now()).await.unwrap();
    groups::set_of_user(&store, ada.id, &texts(&["kept", "free"]))
        .await
        .unwrap();
    assert_eq!(groups::of_user(&store, ada.id).await.unwrap(), ["free"]);
    groups::join(&store, kept, ada.id).await.unwrap();
    groups::set_of_user(&store, ada.id, &texts(&["other"])).await.unwrap();
    assert_eq!(groups::of_user(&store, ada.id).await.unwrap(), ["kept", "other"]);
}

pub(super) async fn who_is_suspended_has_nothing_left(url: String) {
    let store = open(&url).await;
    let ada = user(&store, "ada").await;
    let new = NewSession {
        user_id: ada.id,
        session_id: "s",
        expires_at: later(1000),
        address: "",
        user_agent: "",
        method: None,
        theirs: None,
    };
    sessions::create(&store, "print", &new, now()).await.unwrap();
    let epoch = store.epoch();
    assert!(suspensions::suspend(&store, ada.id, now()).await.unwrap());
    assert_ne!(store.epoch(), epoch, "what is known of credentials is looked at again");
    assert!(!suspensions::suspend(&store, ada.id, now()).await.unwrap());
    assert_eq!(sessions::find(&store, "print", now()).await.unwrap(), None);
    assert_eq!(users::unsuspended(&store, ada.id).await.unwrap(), None);
    assert!(users::arriving(&store, "ada").await.unwrap().unwrap().suspended);
    assert!(suspensions::resume(&store, ada.id).await.unwrap());
    assert!(!suspensions::resume(&store, ada.id).await.unwrap());
    assert!(users::unsuspended(&store, ada.id).await.unwrap().is_some());
}

pub(super) async fn a_nonce_is_used_once(url: String) {
    let store = open(&url).await;
    assert!(nonces::spend(&store, "a", later(10)).await.unwrap());
    assert!(!nonces::spend(&store, "a", later(10)).await.unwrap());
    assert!(nonces::spend(&store, "b", later(99)).await.unwrap());
    assert_eq!(nonces::purge(&store, later(10)).await.unwrap(), 1);
    assert!(
        nonces::spend(&store, "a", later(20)).await.unwrap(),
        "nobody would take it any more"
    );
}
