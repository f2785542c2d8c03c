//! Passkeys, and programs that ask for a token.

use jiff::SignedDuration;

use super::{later, now, open, texts, user};
use crate::devices::{self, Answer, NewDevice};
use crate::passkeys::{self, NewPasskey};
use crate::users;

pub(super) async fn a_passkey_counts_upwards(url: String) {
    let (store, other) = (open(&url).await, open(&url).await);
    let (ada, bob) = (user(&store, "ada").await, user(&store, "bob").await);
    let new = NewPasskey {
        credential: "one",
        user_id: ada.id,
        site: "hub.example.org",
        handle: "handle",
        name: "Laptop",
        public_key: "key",
        counter: 4_294_967_294,
    };
    assert!(passkeys::add(&store, &new, now()).await.unwrap());
    let thiefs = NewPasskey { user_id: bob.id, ..new };
    assert!(!passkeys::add(&other, &thiefs, now()).await.unwrap(), "it has a person");
    let synced = NewPasskey {
        credential: "two",
        counter: 0,
        ..new
    };
    assert!(passkeys::add(&store, &synced, later(1)).await.unwrap());
    let [one, two] = passkeys::of_user(&other, ada.id).await.unwrap().try_into().unwrap();
    assert_eq!((one.user_id, one.counter, one.last_used), (ada.id, 4_294_967_294, None));
    assert_eq!(passkeys::find(&store, "one").await.unwrap(), Some(one.clone()));
    assert_eq!(passkeys::find(&store, "three").await.unwrap(), None);

    let (first, second) = tokio::join!(
        passkeys::used(&store, one.id, 4_294_967_295, later(2)),
        passkeys::used(&other, one.id, 4_294_967_295, later(2)),
    );
    assert_eq!(
        [first.unwrap(), second.unwrap()].iter().filter(|used| **used).count(),
        1
    );
    assert!(!passkeys::used(&store, one.id, 7, later(3)).await.unwrap());
    assert!(
        !passkeys::used(&store, one.id, 0, later(3)).await.unwrap(),
        "it did count"
    );
    for _ in 0..2 {
        assert!(
            passkeys::used(&store, two.id, 0, later(3)).await.unwrap(),
            "it does not count"
        );
    }
    let used = passkeys::find(&store, "one").await.unwrap().unwrap();
    assert_eq!(used.last_used, Some(later(2)));

    assert!(!passkeys::rename(&store, bob.id, one.id, "Mine").await.unwrap());
    assert!(passkeys::rename(&store, ada.id, one.id, "Old laptop").await.unwrap());
    assert_eq!(passkeys::remove(&store, bob.id, one.id).await.unwrap(), None);
    assert_eq!(
        passkeys::remove(&store, ada.id, one.id).await.unwrap().as_deref(),
        Some("Old laptop")
    );
    users::rename(&store, ada.id, "lovelace").await.unwrap();
    assert_eq!(passkeys::of_user(&store, ada.id).await.unwrap().len(), 1);
    users::delete(&store, ada.id).await.unwrap();
    assert_eq!(
        passkeys::find(&store, "two").await.unwrap(),
        None,
        "it goes with its person"
    );
}

pub(super) async fn a_question_is_answered_once(url: String) {
    let (store, other) = (open(&url).await, open(&url).await);
    let (one, two) = tokio::join!(
        passkeys::spend(&store, "question", later(300)),
        passkeys::spend(&other, "question", later(300)),
    );
    assert_eq!([one.unwrap(), two.unwrap()].iter().filter(|spent| **spent).count(), 1);
    assert_eq!(passkeys::purge(&store, later(299)).await.unwrap(), 0);
    assert_eq!(passkeys::purge(&store, later(301)).await.unwrap(), 1);
}

pub(super) async fn a_program_gets_its_answer_once(url: String) {
    let (store, other) = (open(&url).await, open(&url).await);
    let ada = user(&store, "ada").await;
    let (scopes, fewer) = (texts(&["inherit"]), texts(&["read:users!user"]));
    let new = NewDevice {
        fingerprint: "first",
        user_code: "BCDFGHJK",
        client_id: "perijove-cli",
        scopes: &scopes,
        address: "192.0.2.7",
        agent: "perijove",
        expires_at: later(600),
        pause: 5,
    };
    assert!(devices::begin(&store, &new, now()).await.unwrap());
    let twin = NewDevice {
        fingerprint: "second",
        ..new
    };
    assert!(
        !devices::begin(&other, &twin, now()).await.unwrap(),
        "the code is taken"
    );

    let ask = async |at| {
        devices::ask(&other, "first", "perijove-cli", 5, later(at))
            .await
            .unwrap()
    };
    let asked = ask(6).await.unwrap();
    assert!((asked.answer, asked.scopes.as_slice()) == (Answer::Awaited, &*scopes) && !asked.is_early(later(6)));
    assert!(ask(8).await.unwrap().is_early(later(8)));
    assert!(ask(14).await.unwrap().is_early(later(14)), "the pause is 10 s now");
    assert_eq!(
        devices::ask(&store, "first", "another", 5, later(30)).await.unwrap(),
        None
    );
    assert_eq!(
        devices::take(&store, "first", "perijove-cli").await.unwrap(),
        None,
        "not yet"
    );

    assert!(
        devices::awaiting(&other, "BCDFGHJK", later(30))
            .await
            .unwrap()
            .is_some()
    );
    assert_eq!(devices::awaiting(&other, "BCDFGHJK", later(600)).await.unwrap(), None);
    assert!(
        !devices::answer(&store, "BCDFGHJK", ada.id, Some(&scopes), later(600))
            .await
            .unwrap()
    );
    assert!(
        devices::answer(&store, "BCDFGHJK", ada.id, Some(&fewer), later(30))
            .await
            .unwrap()
    );
    assert!(
        !devices::answer(&store, "BCDFGHJK", ada.id, None, later(31))
            .await
            .unwrap()
    );
    let (one, two) = tokio::join!(
        devices::take(&store, "first", "perijove-cli"),
        devices::take(&other, "first", "perijove-cli"),
    );
    let taken: Vec<_> = [one.unwrap(), two.unwrap()].into_iter().flatten().collect();
    assert_eq!(taken.len(), 1);
    assert_eq!((taken[0].answer, &taken[0].scopes), (Answer::Allowed(ada.id), &fewer));

    assert!(devices::begin(&store, &twin, now()).await.unwrap());
    let end = later(600).saturating_add(SignedDuration::from_secs(1)).unwrap();
    assert_eq!(devices::purge(&store, end).await.unwrap(), 1);
}
