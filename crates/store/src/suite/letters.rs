//! Letters on their way, links with more than one use, and whom mail reaches.

use super::{later, now, open, texts, user};
use crate::links::NewLink;
use crate::{links, mails, native, users};

pub(super) async fn a_letter_is_taken_by_one_hub(url: String) {
    let (store, other) = (open(&url).await, open(&url).await);
    assert!(
        mails::add(&store, "reset", "ada@example.org", "sealed", now())
            .await
            .unwrap()
    );
    assert_eq!(
        mails::take(&store, later(-1), later(60)).await.unwrap(),
        None,
        "not due yet"
    );
    let (one, two) = tokio::join!(
        mails::take(&store, later(1), later(60)),
        mails::take(&other, later(1), later(60))
    );
    let taken: Vec<_> = [one.unwrap(), two.unwrap()].into_iter().flatten().collect();
    assert_eq!(taken.len(), 1);
    let mail = &taken[0];
    assert_eq!(
        (
            mail.about.as_str(),
            mail.recipient.as_str(),
            mail.sealed.as_str(),
            mail.tries,
            mail.created
        ),
        ("reset", "ada@example.org", "sealed", 1, now())
    );
    assert_eq!(mails::take(&other, later(59), later(90)).await.unwrap(), None);
    // Whoever had it is dead, it seems; when it comes back, it has no say any more.
    let again = mails::take(&other, later(60), later(90)).await.unwrap().unwrap();
    assert_eq!(again.tries, 2);
    assert!(!mails::remove(&store, mail).await.unwrap());
    mails::put_back(&store, mail, now()).await.unwrap();
    assert_eq!(mails::take(&store, later(61), later(90)).await.unwrap(), None);
    mails::put_back(&other, &again, later(70)).await.unwrap();
    let third = mails::take(&store, later(70), later(90)).await.unwrap().unwrap();
    assert!(mails::remove(&store, &third).await.unwrap());
    assert_eq!(mails::count(&store).await.unwrap(), 0);
    mails::add(&store, "reset", "ada@example.org", "sealed", now())
        .await
        .unwrap();
    assert_eq!(mails::purge(&store, later(1)).await.unwrap(), 1);
}

pub(super) async fn an_invitation_is_used_as_often_as_it_says(url: String) {
    let (store, other) = (open(&url).await, open(&url).await);
    let groups = texts(&["class"]);
    let new = NewLink {
        email: Some("ada@example.org"),
        groups: &groups,
        uses: 3,
        made_by: "ruth",
        ..NewLink::new(links::INVITE, None, later(10))
    };
    links::create(&store, "f", &new, now()).await.unwrap();
    links::create(&store, "g", &NewLink::new(links::INVITE, Some("bob"), later(10)), now())
        .await
        .unwrap();
    let listed = links::invitations(&store, now()).await.unwrap();
    assert_eq!(listed.len(), 1, "those for a name are not among them");
    let invitation = &listed[0];
    assert_eq!((invitation.uses, invitation.made_by.as_str()), (3, "ruth"));
    assert_eq!(
        (&invitation.groups, invitation.email.as_deref()),
        (&groups, Some("ada@example.org"))
    );
    assert!(links::take(&store, "f", now()).await.unwrap().is_some());
    let (one, two, three) = tokio::join!(
        links::take(&store, "f", now()),
        links::take(&other, "f", now()),
        links::take(&store, "f", now())
    );
    let taken = [one, two, three].into_iter().filter_map(Result::unwrap).count();
    assert_eq!(taken, 2);
    assert!(links::invitations(&store, now()).await.unwrap().is_empty());

    links::create(&store, "h", &new, now()).await.unwrap();
    let id = links::invitations(&store, now()).await.unwrap()[0].id;
    assert!(links::revoke_invitation(&store, id, later(10)).await.unwrap().is_none());
    assert!(links::revoke_invitation(&store, id, now()).await.unwrap().is_some());
    assert!(links::take(&store, "h", now()).await.unwrap().is_none());
    let named = links::find(&store, "g", now()).await.unwrap().unwrap();
    assert!(
        links::revoke_invitation(&store, named.id, now())
            .await
            .unwrap()
            .is_none()
    );
    assert_eq!(links::delete_of(&store, links::INVITE, "bob").await.unwrap(), 1);
}

pub(super) async fn people_are_found_by_their_mail_addresses(url: String) {
    let store = open(&url).await;
    let (ada, bob) = (user(&store, "ada").await, user(&store, "bob").await);
    let found = async |name: &str, email: &str| {
        let found = native::reachable_by(&store, name, email).await.unwrap();
        found.into_iter().map(|one| one.name).collect::<Vec<_>>()
    };
    native::describe(&store, ada.id, true, Some("Ada@example.org"))
        .await
        .unwrap();
    assert!(found("ada", "ada").await.is_empty(), "there is no password to forget");
    native::set(&store, ada.id, "hash", now()).await.unwrap();
    native::set(&store, bob.id, "hash", now()).await.unwrap();
    assert!(found("bob", "bob").await.is_empty(), "no mail address");
    native::set_email(&store, bob.id, "ada@example.org").await.unwrap();
    assert_eq!(found("ada", "ada").await, ["ada"]);
    assert_eq!(found("aDa@example.org", "aDa@example.org").await, ["ada", "bob"]);
    assert!(native::admin_emails(&store).await.unwrap().is_empty());
    users::set_admin(&store, bob.id, true).await.unwrap();
    assert_eq!(native::admin_emails(&store).await.unwrap(), ["ada@example.org"]);
}
