//! The API and its description: neither has what the other lacks.

use std::collections::BTreeSet;

use perijove_testkit::App;
use serde_json::Value;

use super::matrix::lines;

pub fn described() -> Value {
    serde_json::from_str(perijove_hub::http::api::document()).unwrap()
}

pub fn operations(api: &Value) -> Vec<(String, String)> {
    let mut operations = Vec::new();
    for (path, item) in api["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            operations.push((method.to_uppercase(), path.clone()));
        }
    }
    operations
}

#[test]
fn everything_that_jupyterhub_answers_is_described() {
    let anonymous = |path: &str| {
        let segments = path
            .split('/')
            .map(|segment| if segment.starts_with('{') { "{}" } else { segment });
        segments.collect::<Vec<_>>().join("/")
    };
    let ours: BTreeSet<_> = operations(&described())
        .into_iter()
        .map(|(method, path)| format!("{method} {}", anonymous(&path)))
        .collect();
    let missing: Vec<_> = lines(include_str!("upstream.txt"))
        .filter(|line| !ours.contains(&anonymous(line)))
        .collect();
    assert!(missing.is_empty(), "not described: {missing:#?}");
}

#[tokio::test]
async fn a_running_hub_tells_how_to_talk_to_it() {
    let app = App::builder().config("[hub]\nbase_url = \"/a/b/\"\n").start().await;
    let answer = app.browser().get("hub/api/openapi.json").await.expect(200);
    assert_eq!(answer.header("content-type"), "application/json");
    let mut told = answer.json();
    assert_eq!(told["servers"][0]["url"], "/a/b/hub/api");
    told["servers"][0]["url"] = "/hub/api".into();
    assert_eq!(told, described());
}
