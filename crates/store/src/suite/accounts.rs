//! Accounts with passwords: codes, failures, and who waits for one.

use jiff::SignedDuration;

use super::{later, now, open, texts, user};
use crate::signups::{self, Signup};
use crate::{attempts, native};

pub(super) async fn a_code_is_used_once(url: String) {
    let (store, other) = (open(&url).await, open(&url).await);
    let ada = user(&store, "ada").await;
    assert_eq!(native::find(&store, "ada").await.unwrap(), None, "no password yet");
    native::set(&store, ada.id, "hash", now()).await.unwrap();
    assert!(native::propose_otp(&store, ada.id, "sealed").await.unwrap());
    let kept = native::find(&store, "ada").await.unwrap().unwrap();
    assert_eq!(
        (kept.hash.as_str(), kept.approved, kept.otp_secret),
        ("hash", false, None)
    );
    assert!(native::propose_otp(&store, ada.id, "sealed anew").await.unwrap());
    assert!(!native::confirm_otp(&store, ada.id, "sealed", 7, now()).await.unwrap());
    assert!(
        native::confirm_otp(&store, ada.id, "sealed anew", 7, now())
            .await
            .unwrap()
    );
    assert!(!native::propose_otp(&store, ada.id, "a thief's").await.unwrap());
    let kept = native::find(&store, "ada").await.unwrap().unwrap();
    assert_eq!(kept.otp_secret.as_deref(), Some("sealed anew"));

    assert!(
        !native::use_step(&store, ada.id, 7).await.unwrap(),
        "it was used to confirm"
    );
    let (one, two) = tokio::join!(native::use_step(&store, ada.id, 8), native::use_step(&other, ada.id, 8));
    assert_eq!([one.unwrap(), two.unwrap()].iter().filter(|used| **used).count(), 1);
    native::set_recovery_codes(&store, ada.id, &texts(&["a", "b"]))
        .await
        .unwrap();
    assert!(native::use_recovery_code(&other, ada.id, "a").await.unwrap());
    assert!(!native::use_recovery_code(&store, ada.id, "a").await.unwrap());
    assert_eq!(native::recovery_codes_left(&store, ada.id).await.unwrap(), 1);

    native::describe(&store, ada.id, true, Some("ada@example.org"))
        .await
        .unwrap();
    native::describe(&store, ada.id, true, None).await.unwrap();
    let account = native::account(&store, ada.id).await.unwrap();
    assert_eq!(
        (account.approved, account.email.as_deref()),
        (true, Some("ada@example.org"))
    );
    assert!(account.otp_since.is_some());
    assert!(native::replace(&store, ada.id, "hash", "new").await.unwrap());
    assert!(!native::replace(&store, ada.id, "hash", "newer").await.unwrap());
    assert!(native::remove_otp(&store, ada.id).await.unwrap());
    assert_eq!(native::recovery_codes_left(&store, ada.id).await.unwrap(), 0);
}

pub(super) async fn failures_are_counted_on_all_hubs(url: String) {
    let (store, other) = (open(&url).await, open(&url).await);
    let memory = SignedDuration::from_hours(1);
    assert_eq!(
        attempts::of(&store, "a", "b", now()).await.unwrap(),
        attempts::Found::default()
    );
    assert_eq!(attempts::count(&store, "a", now(), memory).await.unwrap(), Some(1));
    assert_eq!(attempts::count(&other, "a", later(1), memory).await.unwrap(), Some(2));
    attempts::wait_until(&store, "a", later(60)).await.unwrap();
    let found = attempts::of(&other, "a", "b", later(2)).await.unwrap();
    assert!(found.has_failed && found.waits);
    assert!(
        attempts::of(&other, "b", "a", later(2)).await.unwrap().waits,
        "an address, too"
    );
    assert_eq!(attempts::count(&other, "a", later(2), memory).await.unwrap(), None);
    assert_eq!(attempts::count(&other, "a", later(60), memory).await.unwrap(), Some(3));
    attempts::take_back(&store, "a", later(61)).await.unwrap();
    assert_eq!(attempts::count(&store, "a", later(62), memory).await.unwrap(), Some(3));
    assert_eq!(
        attempts::count(&store, "a", later(10_000), memory).await.unwrap(),
        Some(1),
        "forgotten"
    );
    attempts::count(&store, "b", later(1), memory).await.unwrap();
    assert_eq!(attempts::purge(&store, later(5000)).await.unwrap(), 1);
    attempts::forget(&store, "a").await.unwrap();
    assert!(!attempts::of(&store, "a", "b", later(10_000)).await.unwrap().has_failed);
}

pub(super) async fn one_of_a_name_waits(url: String) {
    let (store, other) = (open(&url).await, open(&url).await);
    let ada = Signup {
        name: "ada".into(),
        hash: "hash".into(),
        email: None,
        address: "192.0.2.7".into(),
        language: Some("de".into()),
        created: now(),
    };
    let bob = Signup {
        name: "bob".into(),
        email: Some("bob@example.org".into()),
        language: None,
        created: later(5),
        ..ada.clone()
    };
    assert!(signups::add(&store, &bob).await.unwrap());
    assert!(signups::add(&store, &ada).await.unwrap());
    assert!(!signups::add(&other, &ada).await.unwrap());
    assert_eq!(signups::list(&store).await.unwrap(), [ada.clone(), bob.clone()]);
    let (one, two) = tokio::join!(signups::take(&store, "ada"), signups::take(&other, "ada"));
    assert_eq!([one.unwrap(), two.unwrap()].into_iter().flatten().count(), 1);
    assert_eq!(signups::purge(&store, later(4)).await.unwrap(), 0);
    assert_eq!(signups::purge(&store, later(6)).await.unwrap(), 1);
    assert_eq!(signups::find(&store, "bob").await.unwrap(), None);
}
