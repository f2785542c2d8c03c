//! People's own environments, made by their own accounts, beside the real single-user server that runs their kernels.

use std::fs;
use std::os::unix::fs::MetadataExt;

use perijove_testkit::Browser;
use reqwest::Method;
use serde_json::{Value, json};

use super::singleuser::Kernel;
use crate::support::{self, Site, eventually};

const WHAT: &str = "an environment of a person's own";
/// Of the system account that it is made as: numbers of the hub's own range.
const FIRST: u32 = 1_900_000_000;

#[tokio::test]
async fn a_person_s_own_environment_is_made_by_their_account_and_runs_a_cell() {
    if !rustix::process::geteuid().is_root() {
        return support::skip(WHAT, "only root can run servers as other accounts");
    }
    let Some(environment) = support::environment("lab", WHAT) else {
        return;
    };
    let site = Site::new(&format!(
        "[spawner]\nhttp_timeout = \"120s\"\n[spawner.process]\nenvironment_dir = \"{}\"\n",
        environment.display()
    ));
    let mut site = site.with("PERIJOVE_SPAWNER_PROCESS_ACCOUNTS", "dynamic");
    site.serve().await;
    let ann = site.follow(&site.setup_link().await, "ann").await;
    let path = "users/ann/environments";
    let none = ann
        .api(
            Method::POST,
            path,
            Some(json!({ "name": "mine", "requirements": ["six"] })),
        )
        .await;
    assert_eq!(none.status, 409, "there is no home yet: {}", none.body);
    let asked = ann.api(Method::POST, "users/ann/server", None).await;
    assert!([201, 202].contains(&asked.status), "{}", asked.body);
    site.ready("ann").await;

    // By the command line, from a file of pip's, beside the hub that runs.
    let lock = site.ground.path().join("requirements.txt");
    fs::write(&lock, "# a lock\ncowsay==6.1\n").unwrap();
    let file = lock.to_str().unwrap();
    let made = [
        "environments",
        "own",
        "make",
        "ann",
        "mine",
        "--display-name",
        "My own",
        "--requirements",
        file,
    ];
    let made = site.command(&made).output().unwrap();
    let said = String::from_utf8_lossy(&made.stderr).into_owned();
    if ["index", "resolve", "connect", "Connection"]
        .iter()
        .any(|word| said.contains(word))
        && !made.status.success()
    {
        return support::skip(WHAT, "no package index can be reached");
    }
    assert!(made.status.success(), "{said}{}", site.log());
    let home = site.data("homes/ann");
    let python = home.join(".perijove/environments/mine/bin/python");
    assert!(
        fs::symlink_metadata(&python).unwrap().uid() >= FIRST,
        "it is ann's, not the hub's"
    );
    let listed = listed(&ann).await;
    assert_eq!(
        (&listed[0]["name"], &listed[0]["state"], &listed[0]["display_name"]),
        (&json!("mine"), &json!("ready"), &json!("My own"))
    );

    // In the server that runs, without a restart.
    ann.visit("/user/ann/lab").await.expect(200);
    let mut kernel = Kernel::named(site.edge_address, &ann, "mine").await;
    let printed = kernel
        .run("import cowsay, os, sys\nprint(cowsay.__version__, os.getuid(), sys.prefix)")
        .await;
    let parts: Vec<&str> = printed.split_whitespace().collect();
    assert_eq!(parts[0], "6.1");
    assert!(
        parts[1].parse::<u32>().unwrap() >= FIRST && parts[2].ends_with("environments/mine"),
        "{printed}"
    );

    // By conda's file, without conda; what only conda has is refused and told.
    let body = json!({ "name": "from-conda", "conda": "dependencies: [pip, six=1.16, {pip: [cowsay]}]" });
    ann.api(Method::POST, path, Some(body)).await.expect(202);
    let made = finished(&ann, "from-conda").await;
    assert_eq!(
        (&made["state"], &made["kind"]),
        (&json!("ready"), &json!("conda")),
        "{made}"
    );
    let body = json!({ "name": "stats", "conda": "dependencies: [r-base, numpy]" });
    ann.api(Method::POST, path, Some(body)).await.expect(202);
    let failed = finished(&ann, "stats").await;
    assert_eq!(failed["state"], "failed");
    assert!(failed["message"].as_str().unwrap().contains("r-base"), "{failed}");

    let removed = site
        .command(&["environments", "own", "remove", "ann", "mine"])
        .output()
        .unwrap();
    assert!(removed.status.success(), "{}", String::from_utf8_lossy(&removed.stderr));
    assert!(!python.exists() && !home.join(".local/share/jupyter/kernels/mine").exists());
    site.stop().await;
}

async fn listed(ann: &Browser) -> Vec<Value> {
    let answer = ann.api(Method::GET, "users/ann/environments", None).await.expect(200);
    answer.json().as_array().unwrap().clone()
}

async fn finished(ann: &Browser, name: &str) -> Value {
    eventually(&format!("the environment {name} is made"), async || {
        let all = listed(ann).await;
        let own = all.into_iter().find(|own| own["name"] == name);
        own.filter(|own| own["state"] != "building")
    })
    .await
}
