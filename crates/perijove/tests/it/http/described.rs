//! The API and its description: neither has what the other lacks.

use std::collections::BTreeSet;
use std::path::Path;

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
    let flow = &mut told["components"]["securitySchemes"]["oauth2"]["flows"]["authorizationCode"];
    assert_eq!(flow["authorizationUrl"], "/a/b/hub/api/oauth2/authorize");
    assert_eq!(flow["tokenUrl"], "/a/b/hub/api/oauth2/token");
    flow["authorizationUrl"] = "/hub/api/oauth2/authorize".into();
    flow["tokenUrl"] = "/hub/api/oauth2/token".into();
    for item in told["paths"].as_object_mut().unwrap().values_mut() {
        if let Some(server) = item.get_mut("servers") {
            assert_eq!(server[0]["url"], "/a/b/hub");
            server[0]["url"] = "/hub".into();
        }
    }
    assert_eq!(told, described());
}

/// `docs/compatibility.md` names a test for each of JupyterHub's defects, as `file.rs::test`.
#[test]
fn every_defect_that_is_fixed_has_its_test() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let text = std::fs::read_to_string(here.join("docs/compatibility.md")).unwrap();
    let (_, table) = text.split_once("## Defects of JupyterHub").unwrap();
    let rows: Vec<&str> = table
        .lines()
        .filter(|line| line.starts_with("| ") && !line.contains("held by"))
        .collect();
    assert!(rows.len() >= 11, "{rows:#?}");
    for row in rows {
        let named = row.rsplit('`').nth(1).unwrap_or_default();
        let (file, test) = named.split_once("::").unwrap_or_else(|| panic!("no test in {row}"));
        let source = std::fs::read_to_string(here.join("crates").join(file)).unwrap_or_default();
        assert!(source.contains(&format!("fn {test}(")), "there is no {named}");
    }
}
