//! People's files with the real binary and a real disk: another name, another template, an end, somebody new with the old
//! name, and the way back.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use perijove_testkit::Browser;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{self, Site, eventually};

#[tokio::test]
async fn a_home_that_is_a_link_is_kept_where_it_leads() {
    let Some(python) = support::python("homes that are links") else {
        return;
    };
    let mut site = Site::new(&configuration(&python));
    let (homes, elsewhere) = (site.data("homes"), site.data("elsewhere"));
    for dir in [&homes, &elsewhere] {
        fs::create_dir_all(dir).unwrap();
        fs::set_permissions(dir, fs::Permissions::from_mode(0o755)).unwrap();
    }
    fs::create_dir(elsewhere.join("ann")).unwrap();
    fs::write(elsewhere.join("ann/thesis.ipynb"), "everything").unwrap();
    symlink(elsewhere.join("ann"), homes.join("ann")).unwrap();
    site.serve().await;
    let ann = site.sign_in("ann").await;
    runs(&site, &ann, "ann").await;
    let real = fs::canonicalize(elsewhere.join("ann")).unwrap();
    assert_eq!(place(&in_state(&site, "ann", "live").await), real);

    // It is not asked again: what the link leads to later is nobody's business.
    fs::remove_file(homes.join("ann")).unwrap();
    symlink("/etc/ssl", homes.join("ann")).unwrap();
    runs(&site, &ann, "ann").await;
    assert_eq!(place(&in_state(&site, "ann", "live").await), real);

    // What it leads to must be theirs alone to change.
    let eve = site.sign_in("eve").await;
    fs::set_permissions(&homes, fs::Permissions::from_mode(0o777)).unwrap();
    symlink(&real, homes.join("eve")).unwrap();
    let answer = eve.api(Method::POST, "users/eve/server", None).await;
    assert!(
        answer.body.contains("place for your files can't be used"),
        "{}",
        answer.body
    );
    assert!(!answer.body.contains("homes/eve"), "{}", answer.body);
    site.stop().await;
}

fn configuration(python: &Path) -> String {
    format!(
        "[[auth]]\nkind = \"dummy\"\n[access]\nallow_all = true\n[spawner]\ncmd = [\"{}\", \"{}\"]\n",
        python.display(),
        support::program("lone_server.py"),
    )
}

/// Starts the person's server and stops it again: what was there is left alone, what was not is made.
async fn runs(site: &Site, browser: &Browser, name: &str) {
    let path = format!("users/{name}/server");
    let answer = browser.api(Method::POST, &path, None).await;
    assert!([201, 202].contains(&answer.status), "{}", answer.body);
    site.ready(name).await;
    let answer = browser.api(Method::DELETE, &path, None).await;
    assert!([202, 204].contains(&answer.status), "{}", answer.body);
    site.stopped(name).await;
}

fn homes(site: &Site, arguments: &[&str]) -> Vec<Value> {
    let arguments: Vec<&str> = ["homes"].iter().chain(arguments).chain(&["--json"]).copied().collect();
    let output = site.command(&arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    let lines = String::from_utf8(output.stdout).unwrap();
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

async fn in_state(site: &Site, owner: &str, state: &str) -> Value {
    eventually(&format!("a home of {owner} is {state}"), async || {
        homes(site, &["list", "--owner", owner, "--state", state]).pop()
    })
    .await
}

fn place(home: &Value) -> PathBuf {
    PathBuf::from(home["place"].as_str().unwrap())
}

#[tokio::test]
async fn files_are_never_lost() {
    let Some(python) = support::python("people's files on a real disk") else {
        return;
    };
    let mut site = Site::new(&configuration(&python));
    site.serve().await;
    let ann = site.sign_in("ann").await;
    runs(&site, &ann, "ann").await;
    let first = site.data("homes/ann");
    fs::write(first.join("thesis.ipynb"), "everything").unwrap();

    // Another name, and then another template.
    site.api(Method::PATCH, "users/ann", Some(json!({ "name": "amy" })))
        .await
        .expect(200);
    runs(&site, &ann, "amy").await;
    site.stop().await;
    let elsewhere = site.data("elsewhere/{username}");
    let elsewhere = elsewhere.to_str().unwrap();
    site.serve_with(&[("PERIJOVE_SPAWNER_PROCESS_HOME", elsewhere)]).await;
    runs(&site, &ann, "amy").await;
    assert!(!site.data("elsewhere/amy").exists() && !site.data("homes/amy").exists());
    let kept = in_state(&site, "amy", "live").await;
    assert_eq!(place(&kept), first);
    site.stop().await;

    // Her end, in a hub that is killed right after it; somebody new with her name.
    site.serve().await;
    site.api(Method::DELETE, "users/amy", None).await.expect(204);
    site.kill9();
    site.serve().await;
    let trashed = in_state(&site, "amy", "trashed").await;
    assert_eq!(trashed["id"], kept["id"]);
    assert!(!first.exists());
    let other = site.sign_in("ann").await;
    runs(&site, &other, "ann").await;
    let second = place(&in_state(&site, "ann", "live").await);
    assert_ne!(second, first);
    assert_eq!(
        fs::read_dir(&second)
            .unwrap()
            .filter(|file| { file.as_ref().is_ok_and(|file| file.file_name() == "thesis.ipynb") })
            .count(),
        0
    );

    // Back again, to a new account.
    let id = kept["id"].to_string();
    let refused = site.command(&["homes", "restore", &id]).output().unwrap();
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.contains("nobody named amy"), "{said}");
    let amy = site.sign_in("amy").await;
    let restored = homes(&site, &["restore", &id]).pop().unwrap();
    assert_eq!((&restored["owner"], place(&restored)), (&json!("amy"), first.clone()));
    in_state(&site, "amy", "live").await;
    assert_eq!(fs::read_to_string(first.join("thesis.ipynb")).unwrap(), "everything");
    runs(&site, &amy, "amy").await;

    // Missing is an error, and what is said about it helps.
    fs::rename(&first, site.data("moved")).unwrap();
    let answer = amy.api(Method::POST, "users/amy/server", None).await;
    assert!(answer.body.contains("not where they were kept"), "{}", answer.body);
    assert!(!first.exists(), "nothing was put in its place");
    homes(&site, &["relink", &id, site.data("moved").to_str().unwrap()]);
    runs(&site, &amy, "amy").await;
    site.stop().await;
}
