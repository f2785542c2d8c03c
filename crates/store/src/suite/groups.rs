//! Groups and their members.

use serde_json::json;

use super::{count, open, role, sync_roles, texts, user, write};
use crate::groups;

pub(super) async fn groups_live(url: String) {
    let store = open(&url).await;
    let (ada, bob) = (user(&store, "ada").await, user(&store, "bob").await);
    let staff = groups::create(&store, "staff").await.unwrap().unwrap();
    assert_eq!(groups::create(&store, "staff").await.unwrap(), None);
    let found = groups::by_name(&store, "staff").await.unwrap().unwrap();
    assert_eq!((found.id, &found.properties), (staff, &json!({})));
    assert_eq!(groups::by_name(&store, "Staff").await.unwrap(), None);

    assert!(groups::join(&store, staff, bob.id).await.unwrap());
    assert!(groups::join(&store, staff, ada.id).await.unwrap());
    assert!(!groups::join(&store, staff, ada.id).await.unwrap());
    let member = |name: &str| (staff, name.to_owned());
    assert_eq!(
        groups::members(&store, &[staff]).await.unwrap(),
        [member("ada"), member("bob")]
    );
    assert!(groups::leave(&store, staff, bob.id).await.unwrap());
    assert!(!groups::leave(&store, staff, bob.id).await.unwrap());
    assert_eq!(groups::members(&store, &[staff]).await.unwrap(), [member("ada")]);

    let properties = json!({"room": "B12", "n": 5, "list": ["ü"]});
    groups::set_properties(&store, staff, &properties).await.unwrap();
    let found = groups::by_name(&store, "staff").await.unwrap().unwrap();
    assert_eq!(found.properties, properties);
    // As JupyterHub leaves a group that was never given any.
    write(&store, "UPDATE groups SET properties = NULL", &[]).await;
    let found = groups::by_name(&store, "staff").await.unwrap().unwrap();
    assert_eq!(found.properties, json!({}));

    let mut readers = role("readers", &["read:hub"]);
    readers.groups = Some(texts(&["staff"]));
    sync_roles(&store, &[readers]).await.unwrap();
    assert_eq!(groups::roles(&store, &[staff]).await.unwrap(), [member("readers")]);

    assert!(groups::delete(&store, staff).await.unwrap());
    assert!(!groups::delete(&store, staff).await.unwrap());
    assert_eq!(count(&store, "SELECT COUNT(*) FROM user_group_map").await, 0);
    assert_eq!(count(&store, "SELECT COUNT(*) FROM group_role_map").await, 0);
    assert!(groups::members(&store, &[staff]).await.unwrap().is_empty());
}

pub(super) async fn groups_are_listed_in_pages(url: String) {
    let store = open(&url).await;
    for name in ["zebras", "ants", "bees"] {
        groups::create(&store, name).await.unwrap();
    }
    let listed = async |only: Option<&[&str]>, offset, limit| {
        let only = only.map(texts);
        let (found, total) = groups::list(&store, only.as_deref(), offset, limit).await.unwrap();
        let names: Vec<String> = found.into_iter().map(|group| group.name).collect();
        (names, total)
    };
    assert_eq!(listed(None, 0, 10).await, (texts(&["zebras", "ants", "bees"]), 3));
    assert_eq!(listed(None, 1, 1).await, (texts(&["ants"]), 3));
    assert_eq!(listed(None, 5, 1).await, (vec![], 3));
    let only: &[&str] = &["bees", "zebras", "none", "ant"];
    assert_eq!(listed(Some(only), 0, 10).await, (texts(&["zebras", "bees"]), 2));
    assert_eq!(listed(Some(only), 1, 10).await, (texts(&["bees"]), 2));
    assert_eq!(listed(Some(&[]), 0, 10).await, (vec![], 0));
}

pub(super) async fn a_user_is_in_the_groups_that_are_set(url: String) {
    let store = open(&url).await;
    let ada = user(&store, "ada").await;
    for name in ["ants", "bees", "wasps"] {
        groups::create(&store, name).await.unwrap();
    }
    let set = async |names: &[&str]| groups::set_of_user(&store, ada.id, &texts(names)).await.unwrap();
    assert!(set(&["ants", "bees", "ants"]).await.is_empty());
    assert_eq!(groups::of_user(&store, ada.id).await.unwrap(), ["ants", "bees"]);
    assert_eq!(set(&["wasps", "gnus"]).await, ["gnus"]);
    assert_eq!(groups::of_user(&store, ada.id).await.unwrap(), ["ants", "bees"]);
    assert!(set(&["wasps"]).await.is_empty());
    assert_eq!(groups::of_user(&store, ada.id).await.unwrap(), ["wasps"]);
    assert!(set(&[]).await.is_empty());
    assert!(groups::of_user(&store, ada.id).await.unwrap().is_empty());
}
