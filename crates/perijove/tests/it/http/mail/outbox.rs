//! How letters leave: once each, whatever happens on the way.

use jiff::SignedDuration;
use perijove_hub::mail;
use perijove_store::{Db, Stmt, mails};
use perijove_web::mails::Approved;

use super::Office;
use crate::support::eventually;

fn letter(name: &str) -> Approved {
    Approved {
        name: name.into(),
        url: "https://hub.example.org/hub/login?secret=sesame".into(),
    }
}

impl Office {
    async fn write(&self, to: &str) {
        let (hub, store) = (&self.app.hub, &self.app.hub.store);
        assert!(mail::queue(hub, store, to, &letter("ann"), None).await.unwrap());
        hub.outbox.wake();
    }

    async fn waiting(&self) -> i64 {
        mails::count(&self.app.hub.store).await.unwrap()
    }
}

#[tokio::test]
async fn two_hubs_send_each_letter_once() {
    let Some(office) = Office::open("", "").await else {
        return;
    };
    let other = office.app.second_hub().await;
    for number in 0..20 {
        office.write(&format!("person{number}@example.org")).await;
        other.outbox.wake();
    }
    let mut seen = Vec::new();
    for _ in 0..20 {
        seen.push(office.postbox.letter().await.to().to_owned());
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 20);
    eventually("the outbox is empty", async || {
        (office.waiting().await == 0).then_some(())
    })
    .await;
    office.nothing_more().await;
    other.stop().await;
}

#[tokio::test]
async fn what_was_not_taken_is_tried_again() {
    let Some(office) = Office::with(&["--later", "ann@example.org"], "", "").await else {
        return;
    };
    office.write("ann@example.org").await;
    office.write("bob@example.org").await;
    office.postbox.letter_to("bob@example.org").await;
    eventually("it was put back", async || {
        const TRIED: Stmt = Stmt::read("SELECT COUNT(*) FROM perijove_mails WHERE tries = 1 AND due > created");
        let tried: Option<i64> = office.app.hub.store.one(&TRIED, &[]).await.unwrap();
        (tried == Some(1)).then_some(())
    })
    .await;
    office.app.clock.advance(SignedDuration::from_secs(40));
    office.app.hub.outbox.wake();
    office.postbox.letter_to("ann@example.org").await;
    eventually("it is gone", async || (office.waiting().await == 0).then_some(())).await;
}

#[tokio::test]
async fn what_nobody_takes_is_given_up_and_told_of() {
    let Some(office) = Office::with(&["--refuse", "nobody@example.org"], "", "").await else {
        return;
    };
    office.write("nobody@example.org").await;
    eventually("it is given up", async || (office.waiting().await == 0).then_some(())).await;
    let dropped = office.audited("mail.dropped").await;
    assert_eq!(dropped.len(), 1);
    assert!(dropped[0].starts_with("mail nobody@example.org"), "{dropped:?}");
    assert!(dropped[0].contains("nobody of that name lives here"), "{dropped:?}");
    assert!(!dropped[0].contains("sesame"), "{dropped:?}");
}

/// A server that is away for a while keeps nobody's letter from arriving; one that is away for a day does.
#[tokio::test]
async fn a_day_later_it_is_too_late() {
    let Some(office) = Office::open("", "").await else {
        return;
    };
    let Office { app, postbox } = office;
    drop(postbox);
    let store = app.hub.store.clone();
    assert!(
        mail::queue(&app.hub, &store, "ann@example.org", &letter("ann"), None)
            .await
            .unwrap()
    );
    const SECRETS: Stmt = Stmt::read("SELECT sealed FROM perijove_mails");
    let sealed: Vec<String> = store.column(&SECRETS, &[]).await.unwrap();
    assert!(!sealed[0].contains("sesame"), "what stands in a letter is sealed");
    app.hub.outbox.wake();
    const TRIED: Stmt = Stmt::read("SELECT COUNT(*) FROM perijove_mails WHERE tries > 0 AND due > created");
    eventually("it was tried", async || {
        (store.one::<i64>(&TRIED, &[]).await.unwrap() == Some(1)).then_some(())
    })
    .await;
    app.clock.advance(SignedDuration::from_hours(25));
    eventually("it is given up", async || {
        app.hub.outbox.wake();
        (mails::count(&store).await.unwrap() == 0).then_some(())
    })
    .await;
    const DROPPED: Stmt = Stmt::read("SELECT COUNT(*) FROM perijove_audit WHERE act = 'mail.dropped'");
    assert_eq!(store.one::<i64>(&DROPPED, &[]).await.unwrap(), Some(1));
}
