//! Builds from beginning to end, with a stand-in for `uv` that makes in a moment what the real one fetches.

#![allow(clippy::unwrap_used, reason = "a test")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use perijove_environments::{Environments, Kind, Progress, Settings, State};
use perijove_model::MockClock;

/// Knows the calls that a build makes. A package named `broken` can't be installed, one named `slow` takes a second; each
/// call is written down.
const UV: &str = r#"#!/bin/sh
echo "$*" >>"$UV_CALLS"
case "$1 $2" in
"venv "*)
  for dir; do :; done
  mkdir -p "$dir/bin"
  ;;
"pip install")
  for part; do :; done
  if grep -q '^broken' "$part"; then
    echo "error: Failed to fetch broken: dns error" >&2
    exit 1
  fi
  if grep -q '^slow' "$part"; then sleep 1; fi
  dir=$(dirname "$part")
  printf '#!/bin/sh\necho 6.1.1\n' >"$dir/bin/jupyterhub-singleuser"
  chmod +x "$dir/bin/jupyterhub-singleuser"
  ;;
"pip compile")
  while [ $# -gt 1 ]; do
    if [ "$1" = --output-file ]; then out=$2; fi
    shift
  done
  sed -e 's/==.*//' -e 's/$/==9.9 --hash=sha256:00/' "$1" >"$out"
  ;;
esac
"#;

struct Site {
    dir: tempfile::TempDir,
}

impl Site {
    fn new() -> Self {
        let site = Self {
            dir: tempfile::tempdir().unwrap(),
        };
        site.put("bin/uv", UV);
        fs::set_permissions(site.path("bin/uv"), fs::Permissions::from_mode(0o755)).unwrap();
        site.define(&["jupyterhub==6.1.1", "jupyterlab==4.6.6"]);
        site
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn put(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn define(&self, packages: &[&str]) {
        let lines: Vec<String> = packages.iter().map(|pin| format!("{pin} --hash=sha256:00\n")).collect();
        self.put("definitions/mine/requirements.txt", &lines.concat());
    }

    /// As another process would see it.
    fn environments(&self) -> Environments {
        let variables = [
            (
                "PATH",
                format!("{}:/usr/local/bin:/usr/bin:/bin", self.path("bin").display()),
            ),
            ("UV_CALLS", self.path("calls").display().to_string()),
        ];
        Environments::new(Settings {
            dir: self.path("environments"),
            definitions: Some(self.path("definitions")),
            python: None,
            build_timeout: Duration::from_secs(30),
            env: variables.map(|(name, value)| (name.to_owned(), value)).into(),
            clock: Arc::new(MockClock::default()),
        })
    }

    fn calls(&self, what: &str) -> usize {
        let calls = fs::read_to_string(self.path("calls")).unwrap_or_default();
        calls.lines().filter(|line| line.starts_with(what)).count()
    }

    fn names(&self, path: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(path)).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

fn page_config(dir: &Path) -> String {
    fs::read_to_string(dir.join("etc/jupyter/labconfig/page_config.json")).unwrap()
}

#[tokio::test]
async fn one_build_for_all_who_come_and_each_sees_how_far_it_is() {
    let site = Site::new();
    site.define(&["jupyterhub==6.1.1", "slow==1"]);
    let told: Mutex<Vec<Progress>> = Mutex::default();
    let note = |progress| told.lock().unwrap().push(progress);
    let (one, other) = (site.environments(), site.environments());
    let (first, second) = tokio::join!(one.ensure("mine", &note), other.ensure("mine", &|_| ()));
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_eq!((&first.dir, site.calls("venv")), (&second.dir, 1));
    let told = told.into_inner().unwrap();
    assert!(
        told.iter()
            .any(|progress| progress.message == "Installing 0 of 2 packages"),
        "{told:?}"
    );
    assert_eq!(
        fs::read_link(site.path("environments/mine/current")).unwrap().to_str(),
        Some(first.version.as_str())
    );
    let status = one.status("mine").await.unwrap();
    assert!(status.state == State::Ready && status.built[0].used);
    assert_eq!(status.built[0].manifest.packages["slow"], "1");
    assert_eq!(one.remove("mine").await.unwrap_err().kind, Kind::InUse);
    drop((first, second));
    assert_eq!(one.remove("mine").await.unwrap(), 1);
    assert_eq!(site.names("environments/mine"), ["turn"]);
}

#[tokio::test]
async fn a_failure_leaves_nothing_half_and_says_what_to_do_and_the_next_try_succeeds() {
    let site = Site::new();
    site.define(&["jupyterhub==6.1.1", "broken==1"]);
    let all = site.environments();
    let error = all.ensure("mine", &|_| ()).await.unwrap_err();
    assert!(
        error.hint.as_deref().unwrap_or_default().contains("UV_DEFAULT_INDEX"),
        "{error:?}"
    );
    let status = all.status("mine").await.unwrap();
    let failure = status.failure.unwrap();
    assert!(status.state == State::Failed && status.built.is_empty());
    assert!(
        failure.log.iter().any(|line| line.contains("Failed to fetch broken")),
        "{failure:?}"
    );
    assert!(
        !site
            .names("environments/mine")
            .iter()
            .any(|name| name.starts_with(".half"))
    );
    site.define(&["jupyterhub==6.1.1"]);
    drop(all.ensure("mine", &|_| ()).await.unwrap());
    assert!(all.status("mine").await.unwrap().failure.is_none());
}

#[tokio::test]
async fn what_runs_keeps_its_version_until_it_ends() {
    let site = Site::new();
    let all = site.environments();
    let old = all.ensure("mine", &|_| ()).await.unwrap();
    site.define(&["jupyterhub==6.1.1", "jupyterlab==4.7.0"]);
    assert_eq!(all.status("mine").await.unwrap().state, State::Missing);
    let new = all.ensure("mine", &|_| ()).await.unwrap();
    assert_ne!(old.version, new.version);
    all.sweep().await.unwrap();
    assert!(old.dir.exists());
    let gone = old.dir.clone();
    drop((old, new));
    all.sweep().await.unwrap();
    assert!(!gone.exists());
    assert_eq!(all.status("mine").await.unwrap().state, State::Ready);
}

#[tokio::test]
async fn an_extension_is_a_new_version_and_a_switch_is_not() {
    let site = Site::new();
    let all = site.environments();
    let plain = all.ensure("mine", &|_| ()).await.unwrap();
    all.install("mine", "git").await.unwrap();
    let with_git = all.ensure("mine", &|_| ()).await.unwrap();
    assert!(plain.version != with_git.version && plain.dir.exists());
    let status = all.status("mine").await.unwrap();
    assert_eq!(status.choices.extras(), ["jupyterlab-git==0.55.0"]);
    assert!(
        all.install("mine", "jupysql")
            .await
            .unwrap_err()
            .to_string()
            .contains("4.6.6")
    );
    assert_eq!(all.install("mine", "nonsense").await.unwrap_err().kind, Kind::Unknown);

    all.set_enabled("mine", "git", false).await.unwrap();
    assert_eq!(
        page_config(&with_git.dir),
        r#"{"disabledExtensions":{"@jupyterlab/git":true}}"#
    );
    assert_eq!(all.ensure("mine", &|_| ()).await.unwrap().version, with_git.version);
    all.set_enabled("mine", "git", true).await.unwrap();
    assert_eq!(page_config(&with_git.dir), r#"{"disabledExtensions":{}}"#);

    all.uninstall("mine", "git").await.unwrap();
    assert_eq!(all.ensure("mine", &|_| ()).await.unwrap().version, plain.version);
}

#[tokio::test]
async fn what_has_no_lock_gets_one_when_it_is_built() {
    let site = Site::new();
    site.put("definitions/mine/requirements.txt", "jupyterhub\njupyterlab\n");
    let held = site.environments().ensure("mine", &|_| ()).await.unwrap();
    let lock = fs::read_to_string(held.dir.join("requirements.txt")).unwrap();
    assert!(lock.contains("jupyterlab==9.9 --hash="), "{lock}");
    assert_eq!(site.calls("pip compile"), 1);
}

#[tokio::test]
async fn an_unknown_name_is_answered_with_those_that_there_are() {
    let error = Site::new()
        .environments()
        .ensure("nonsense", &|_| ())
        .await
        .unwrap_err();
    assert_eq!(error.kind, Kind::Unknown);
    assert!(error.hint.unwrap().contains("datascience, lab, marimo, mine, vscode"));
}
