//! Who is told of people that wait, and who is told that they wait no more.

use reqwest::Method;

use super::super::accounts::GOOD;
use super::super::setup::account;
use super::Office;

const DOOR: &str = "enable_signup = true";

#[tokio::test]
async fn administrators_are_told_who_waits_and_people_that_they_are_in() {
    let Some(office) = Office::open(DOOR, "").await else {
        return;
    };
    let ruth = office.reachable("ruth", "ruth@example.org").await;
    office.sign_up("ann", "ann@example.org").await.expect(200);
    let letter = office.postbox.letter_to("ruth@example.org").await;
    assert_eq!(letter.subject(), "ann waits for an account");
    assert!(letter.text().contains("ann@example.org"), "{letter:?}");
    assert_eq!(letter.link(), "/hub/authorize");
    ruth.api(Method::POST, "signups/ann", None).await.expect(204);
    let letter = office.postbox.letter_to("ann@example.org").await;
    assert_eq!(letter.subject(), "Your account is ready");
    assert_eq!(letter.link(), "/hub/login");
}

#[tokio::test]
async fn the_configuration_says_who_is_told() {
    let keys = "admins = [\"one@example.org\", \"two@example.org\"]\nnotify_approved = false\n";
    let Some(office) = Office::open(DOOR, keys).await else {
        return;
    };
    let ruth = office.reachable("ruth", "ruth@example.org").await;
    office.sign_up("ann", "ann@example.org").await.expect(200);
    office.postbox.letter_to("one@example.org").await;
    office.postbox.letter_to("two@example.org").await;
    ruth.api(Method::POST, "signups/ann", None).await.expect(204);
    office.nothing_more().await;
}

#[tokio::test]
async fn both_can_be_switched_off() {
    let Some(office) = Office::open(DOOR, "notify_admins = false\nnotify_approved = false\n").await else {
        return;
    };
    let ruth = office.reachable("ruth", "ruth@example.org").await;
    office.sign_up("ann", "ann@example.org").await.expect(200);
    ruth.api(Method::POST, "signups/ann", None).await.expect(204);
    office.nothing_more().await;
}

/// Anybody can sign up; nobody's mail is flooded by that.
#[tokio::test]
async fn a_crowd_at_the_door_is_told_of_ten_times() {
    let Some(office) = Office::open(DOOR, "admins = [\"one@example.org\"]\n").await else {
        return;
    };
    account(&office.app, "ruth", GOOD).await;
    for number in 0..12 {
        office.sign_up(&format!("person{number}"), "").await.expect(200);
    }
    for _ in 0..10 {
        office.postbox.letter_to("one@example.org").await;
    }
    office.nothing_more().await;
}
