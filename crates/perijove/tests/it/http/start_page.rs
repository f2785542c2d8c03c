//! The start page: what is offered, in which order, what it takes of what one may have, and a link that starts it.

use perijove_testkit::{App, Browser};
use reqwest::Method;
use serde_json::{Value, json};

const OFFERS: &str = r#"
[hub]
allow_named_servers = true
[[profile]]
name = "Small"
memory = "1G"
cpu = 1
[[profile]]
name = "Large"
memory = "4G"
cpu = 2
[[profile.choice]]
name = "Size"
[[profile.choice.option]]
name = "Plain"
[[profile.choice.option]]
name = "Roomy"
memory = "12G"
[[entitlement]]
memory = "8G"
"#;

async fn offers() -> (App, Browser) {
    let app = App::builder().config(OFFERS).start().await;
    let ann = app.sign_in("ann").await;
    (app, ann)
}

async fn start(ann: &Browser, server: &str, options: Value) {
    let path = format!("users/ann/{server}");
    ann.api(Method::POST, &path, Some(options)).await.expect(201);
}

async fn stop(ann: &Browser, server: &str) {
    ann.api(Method::DELETE, &format!("users/ann/{server}"), None)
        .await
        .expect(204);
}

/// The slugs of the profiles in the page's order, and the one that is checked.
fn order(page: &str) -> (Vec<&str>, &str) {
    let cards: Vec<&str> = page.split("data-profile=\"").skip(1).collect();
    let slugs = cards.iter().filter_map(|card| card.split('"').next()).collect();
    let checked = cards.iter().find(|card| card.contains("checked")).unwrap();
    (slugs, checked.split('"').next().unwrap())
}

/// What the page says of one profile.
fn card<'a>(page: &'a str, slug: &str) -> &'a str {
    let from = page.split(&format!("data-profile=\"{slug}\"")).nth(1).unwrap();
    from.split("data-profile=\"").next().unwrap()
}

#[tokio::test]
async fn what_was_used_last_is_first_also_for_another_server() {
    let (_app, ann) = offers().await;
    assert_eq!(
        order(&ann.get("hub/spawn").await.expect(200).text()),
        (vec!["small", "large"], "small")
    );
    start(&ann, "server", json!({ "profile": "large", "size": "plain" })).await;
    stop(&ann, "server").await;
    ann.post_form("hub/home", &[("do", "add"), ("display_name", "other")])
        .await
        .expect(302);
    for path in ["hub/spawn", "hub/spawn/ann/other"] {
        let page = ann.get(path).await.expect(200).text();
        assert_eq!(order(&page), (vec!["large", "small"], "large"), "{path}");
        assert!(card(&page, "large").contains("Last used") && !card(&page, "small").contains("Last used"));
    }
    // A server remembers its own.
    start(&ann, "servers/other", json!({ "profile": "small" })).await;
    stop(&ann, "servers/other").await;
    let page = ann.get("hub/spawn").await.expect(200).text();
    assert_eq!(order(&page).1, "large", "{page}");
}

#[tokio::test]
async fn what_there_is_no_room_for_says_so_before_it_is_chosen() {
    let (app, ann) = offers().await;
    let free = ann.get("hub/spawn").await.expect(200).text();
    assert!(card(&free, "large").contains("takes 4 GiB of 8 GiB</"), "{free}");
    assert!(!free.contains("refused"), "{free}");
    for server in ["server", "servers/second"] {
        start(&ann, server, json!({ "profile": "large" })).await;
    }
    let full = ann.get("hub/spawn/ann/third").await.expect(200).text();
    for slug in ["small", "large"] {
        let card = card(&full, slug);
        assert!(
            card.contains("ann may have 8 GiB of memory, 8 GiB of memory are in use"),
            "{card}"
        );
    }
    assert_eq!(app.spawner.starts(), 2);
}

#[tokio::test]
async fn a_choice_is_looked_at_without_starting_anything() {
    let (app, ann) = offers().await;
    let look = ann
        .get("hub/spawn?_look=1&profile=large&size=roomy")
        .await
        .expect(200)
        .text();
    assert_eq!(order(&look).1, "large");
    assert!(card(&look, "large").contains("This takes 12 GiB of memory"), "{look}");
    assert!(card(&look, "large").contains("value=\"roomy\" selected"), "{look}");
    assert!(!look.contains("_look"), "the form does not carry it on: {look}");
    assert_eq!(app.spawner.starts(), 0);
}

#[tokio::test]
async fn what_was_chosen_stays_chosen_when_it_is_refused() {
    let (app, ann) = offers().await;
    let fields = [("profile", "large"), ("profile-option-large--size", "roomy")];
    let refused = ann.post_form("hub/spawn", &fields).await;
    assert_eq!(refused.status, 403);
    let page = refused.text();
    assert_eq!(order(&page).1, "large");
    assert!(card(&page, "large").contains("value=\"roomy\" selected"), "{page}");
    assert_eq!(app.spawner.starts(), 0);
}

#[tokio::test]
async fn a_link_starts_what_is_chosen() {
    let (app, ann) = offers().await;
    start(&ann, "server", json!({ "profile": "large", "size": "plain" })).await;
    stop(&ann, "server").await;
    let page = ann.get("hub/spawn").await.expect(200).text();
    let link = "/hub/spawn?opt-profile=large&opt-size=plain";
    assert!(page.contains(&format!("data-copy=\"{link}\"")), "{page}");
    let bob = app.sign_in("bob").await;
    super::spawned(&bob, link.trim_start_matches('/')).await;
    let spec = app.spawner.specs().pop().unwrap();
    assert_eq!(
        (spec.key.user.as_str(), spec.plan.profile.as_deref()),
        ("bob", Some("large"))
    );
    let own = ann.get("hub/spawn/ann/other").await.expect(200).text();
    assert!(
        own.contains("data-copy=\"/hub/spawn/ann/other?opt-profile=large&opt-size=plain\""),
        "{own}"
    );
}
