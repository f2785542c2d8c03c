//! Metrics and events, against what JupyterHub's own code says of them.

use std::collections::{BTreeMap, BTreeSet};

use perijove_testkit::App;
use reqwest::Method;

use super::command;
use crate::support::{self, Ground, eventually};

/// Of each metric: its kind, the names of its labels, the limits of its buckets and the values of its statuses.
#[derive(Debug, PartialEq, Eq, Default)]
struct Family {
    kind: String,
    labels: BTreeSet<String>,
    limits: BTreeSet<String>,
    statuses: BTreeSet<String>,
}

fn families(text: &str) -> BTreeMap<String, Family> {
    let mut families: BTreeMap<String, Family> = BTreeMap::new();
    let mut current = String::new();
    for line in text.lines() {
        if let Some(head) = line.strip_prefix("# TYPE ") {
            let (name, kind) = head.split_once(' ').unwrap();
            current = name.to_owned();
            families.entry(current.clone()).or_default().kind = kind.to_owned();
        }
        let labels = line.split_once('{').and_then(|(_, rest)| rest.split_once('}'));
        let (Some((labels, _)), Some(family)) = (labels, families.get_mut(&current)) else {
            continue;
        };
        for label in labels.split(',') {
            let (name, value) = label.split_once('=').unwrap();
            match name {
                "le" => drop(family.limits.insert(value.to_owned())),
                "status" => drop(family.statuses.insert(value.to_owned())),
                _ => {}
            }
            family.labels.insert(name.to_owned());
        }
    }
    families
}

fn told(arguments: &[&str], what: &str) -> Option<String> {
    let environment = support::environment("test", what)?;
    let ground = Ground::new();
    let program = support::program("records.py");
    let arguments: Vec<&str> = [program.as_str()]
        .into_iter()
        .chain(arguments.iter().copied())
        .collect();
    let output = command(&ground, &environment, &arguments).output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
    Some(String::from_utf8(output.stdout).unwrap())
}

#[tokio::test]
async fn metrics_are_jupyterhubs_by_name_kind_labels_and_limits() {
    let Some(theirs) = told(&["metrics"], "JupyterHub's own metrics") else {
        return;
    };
    let app = App::builder().config("[metrics]\nauthenticate = false\n").start().await;
    let answer = app.browser().get("hub/metrics").await.expect(200);
    assert_eq!(answer.header("content-type"), theirs.lines().next().unwrap());
    let (ours, theirs) = (families(&answer.body), families(&theirs));
    // The binary reads what the system knows of its process; Python tells of itself.
    let wanted = theirs.iter().filter(|(name, _)| name.starts_with("jupyterhub_"));
    let mut compared = 0;
    for (name, family) in wanted {
        assert_eq!(ours.get(name), Some(family), "{name}");
        compared += 1;
    }
    assert!(compared > 20, "{compared}");
    let more: Vec<_> = ours.keys().filter(|name| !theirs.contains_key(*name)).collect();
    assert!(more.iter().all(|name| name.starts_with("perijove_")), "{more:?}");
}

#[tokio::test]
async fn events_keep_to_jupyterhubs_schema() {
    let what = "JupyterHub's own schema of events";
    if support::environment("test", what).is_none() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("events.jsonl");
    let app = App::builder()
        .config(&format!("[events]\nfile = {:?}\n", file.display().to_string()))
        .start()
        .await;
    let ann = app.sign_in("ann").await;
    ann.api(Method::POST, "users/ann/server", None).await.expect(201);
    ann.api(Method::DELETE, "users/ann/server", None).await.expect(204);
    eventually("both events are written", async || {
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        (text.lines().count() == 2).then_some(())
    })
    .await;
    let told = told(&["events", file.to_str().unwrap()], what).unwrap();
    assert_eq!(told.lines().collect::<Vec<_>>(), ["start", "stop"]);
}
