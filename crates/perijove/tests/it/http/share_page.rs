//! The page on which people share a server of theirs.

use perijove_testkit::{Answer, App, Browser};

use super::shares::ann_and_bob;
use super::start_server;

async fn page(ann: &Browser) -> String {
    ann.get("hub/share/ann").await.expect(200).text()
}

/// Whether ann's server stands on bob's home page.
async fn reaches(bob: &Browser) -> bool {
    let home = bob.get("hub/home").await.expect(200).text();
    home.contains("href=\"/user/ann/\"")
}

async fn post(ann: &Browser, fields: &[(&str, &str)]) -> Answer {
    ann.post_form("hub/share/ann", fields).await
}

#[tokio::test]
async fn a_server_is_shared_by_name_and_taken_back() {
    let (_app, ann, bob) = ann_and_bob().await;
    start_server(&ann, "ann").await;
    assert!(ann.get("hub/home").await.text().contains("href=\"/hub/share/ann\""));
    assert!(page(&ann).await.contains("Nobody but you."));
    let fields = [("do", "give"), ("kind", "user"), ("name", "bob")];
    post(&ann, &fields).await.expect(302);
    let shown = page(&ann).await;
    assert!(
        shown.contains("bob") && shown.contains("may use it while it runs"),
        "{shown}"
    );
    assert!(reaches(&bob).await, "he may use it now");
    post(&ann, &[("do", "take"), ("user", "bob")]).await.expect(302);
    assert!(page(&ann).await.contains("Nobody but you."));
    assert!(!reaches(&bob).await);

    let nobody = post(&ann, &[("do", "give"), ("kind", "user"), ("name", "nobody")]).await;
    assert_eq!(nobody.status, 400);
    assert!(nobody.text().contains("No such user: nobody"), "{}", nobody.body);
}

#[tokio::test]
async fn a_link_is_shown_once_gives_access_and_is_ended() {
    let (_app, ann, bob) = ann_and_bob().await;
    start_server(&ann, "ann").await;
    let made = post(&ann, &[("do", "link"), ("days", "7")]).await.expect(200).text();
    let link = made.split("data-whole>").nth(1).unwrap().split('<').next().unwrap();
    let path = link.trim_start_matches('/');
    assert!(path.starts_with("hub/accept-share?code="), "{link}");
    bob.post_form(path, &[]).await.expect(302);
    assert!(reaches(&bob).await);
    let later = page(&ann).await;
    assert!(!later.contains("accept-share?code="), "it is told once: {later}");
    assert!(
        later.contains("until <time datetime=\"2026-11-28") && later.contains("used once"),
        "{later}"
    );
    let id = later
        .split("name=\"id\" value=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    post(&ann, &[("do", "end"), ("id", id)]).await.expect(302);
    assert!(!page(&ann).await.contains("share-codes"));
}

#[tokio::test]
async fn whoever_may_not_share_is_shown_nothing() {
    let (_app, _ann, bob) = ann_and_bob().await;
    assert_eq!(bob.get("hub/share/ann").await.status, 404);
    assert_eq!(bob.post_form("hub/share/ann", &[("do", "link")]).await.status, 404);
    let app = App::start().await;
    let cyd = app.sign_in("cyd").await;
    assert!(
        !cyd.get("hub/home").await.text().contains("hub/share"),
        "no role allows it"
    );
    assert_eq!(cyd.get("hub/share/cyd").await.status, 404);
}
