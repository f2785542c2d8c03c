//! The mail address of one's account.

use perijove_testkit::{Answer, App, Browser};

use super::super::accounts::GOOD;
use super::super::setup::account;
use super::{Office, confirm};

async fn change(browser: &Browser, email: &str, password: &str) -> Answer {
    browser.get("hub/account").await.expect(200);
    let fields = [("what", "email"), ("email", email), ("password", password)];
    browser.post_form("hub/account/email", &fields).await
}

#[tokio::test]
async fn it_changes_once_it_is_confirmed_and_the_old_one_is_told() {
    let Some(office) = Office::open("", "").await else {
        return;
    };
    let ann = office.reachable("ann", "old@example.org").await;
    change(&ann, "new@example.org", "a wrong password").await.expect(400);
    change(&ann, "new", GOOD).await.expect(400);
    change(&ann, "new@example.org", GOOD).await.expect(200);
    let letter = office.postbox.letter_to("new@example.org").await;
    let page = ann.get("hub/account").await.expect(200);
    assert!(
        page.text().contains("The hub writes to old@example.org"),
        "{}",
        page.body
    );
    // In any browser: mail is often read on another machine.
    confirm(&office.app.browser(), &letter).await.expect(200);
    let told = office.postbox.letter_to("old@example.org").await;
    assert_eq!(told.subject(), "Your mail address was changed");
    assert!(!told.text().contains("new@example.org"), "{told:?}");
    let page = ann.get("hub/account").await.expect(200);
    assert!(
        page.text().contains("The hub writes to new@example.org"),
        "{}",
        page.body
    );
    confirm(&office.app.browser(), &letter).await.expect(404);
    let changed = office.audited("user.changed").await;
    assert!(changed.last().unwrap().contains("mail_address"), "{changed:?}");
}

#[tokio::test]
async fn nobody_is_made_to_write_to_everybody() {
    let Some(office) = Office::open("", "").await else {
        return;
    };
    let ann = account(&office.app, "ann", GOOD).await;
    for number in 0..5 {
        change(&ann, &format!("stranger{number}@example.org"), GOOD)
            .await
            .expect(200);
        office.postbox.letter().await;
    }
    let refused = change(&ann, "stranger5@example.org", GOOD).await.expect(400);
    assert!(refused.text().contains("Try again in an hour"), "{}", refused.body);
}

#[tokio::test]
async fn without_mail_there_is_nothing_to_change() {
    let app = App::builder().config("[[auth]]\nkind = \"native\"\n").start().await;
    let ann = account(&app, "ann", GOOD).await;
    assert!(!ann.get("hub/account").await.expect(200).body.contains("id=\"email\""));
    change(&ann, "new@example.org", GOOD).await.expect(404);
}
