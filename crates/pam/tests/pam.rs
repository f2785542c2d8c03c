//! Signing in by PAM, with a service of its own, passwords in a file (pam_pwdfile) and a list of who may (pam_listfile).
//! Only root may write where services are; elsewhere this is skipped aloud.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use perijove_auth::pam::{Pam, Settings};
use perijove_auth::{Answer, Authenticator, Credentials, Rules};
use perijove_model::Secret;
use tempfile::TempDir;

/// `right`, by crypt(3) with SHA-512.
const HASH: &str = "$6$perijove$pn.T5sA7hcT7cAx.9NN3urfNp2N4mdw4DhxCNk7Wok8zayqhMCKhriDo6xUHamxjYCcmXPoVfATAF2Oilnq.Z0";

struct Service {
    name: String,
    file: PathBuf,
    _dir: TempDir,
}

impl Service {
    fn new(test: &str) -> Option<Self> {
        let modules = [
            "/lib/x86_64-linux-gnu/security",
            "/lib/aarch64-linux-gnu/security",
            "/lib/security",
        ];
        if !modules.iter().any(|dir| Path::new(dir).join("pam_pwdfile.so").exists()) {
            return skipped("libpam-pwdfile is not installed");
        }
        let dir = tempfile::tempdir().unwrap();
        let (passwords, allowed) = (dir.path().join("passwords"), dir.path().join("allowed"));
        std::fs::write(
            &passwords,
            ["root", "ann", "bob"].map(|name| format!("{name}:{HASH}\n")).concat(),
        )
        .unwrap();
        std::fs::write(&allowed, "root\nann\n").unwrap();
        let name = format!("perijove-test-{test}-{}", std::process::id());
        let file = Path::new("/etc/pam.d").join(&name);
        let text = format!(
            "auth required pam_pwdfile.so pwdfile={}\n\
             account required pam_listfile.so item=user sense=allow file={} onerr=fail\n",
            passwords.display(),
            allowed.display()
        );
        if std::fs::write(&file, text).is_err() {
            return skipped("only root may write to /etc/pam.d");
        }
        Some(Self { name, file, _dir: dir })
    }

    fn method(&self, check_account: bool) -> Pam {
        let settings = Settings {
            helper: env!("CARGO_BIN_EXE_perijove-pam").into(),
            service: self.name.clone(),
            check_account,
            normalize_username: false,
            timeout: Duration::from_secs(60),
            at_once: 2,
        };
        Pam::new("pam", settings, Rules::default())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(std::fs::remove_file(&self.file));
    }
}

fn skipped<T>(why: &str) -> Option<T> {
    let line = format!("signing in by PAM: {why}");
    eprintln!("SKIPPED {line}");
    if let Ok(path) = std::env::var("PERIJOVE_SKIPPED") {
        let file = std::fs::OpenOptions::new().create(true).append(true).open(path);
        writeln!(file.unwrap(), "{line}").unwrap();
    }
    None
}

fn credentials(username: &str, password: &str) -> Credentials {
    Credentials {
        username: username.to_owned(),
        password: Secret::new(password),
        code: None,
    }
}

#[tokio::test]
async fn the_right_password_of_an_open_account() {
    let Some(service) = Service::new("account") else { return };
    let pam = service.method(true);
    let Answer::Known(root) = pam.check(&credentials("root", "right")).await.unwrap() else {
        panic!("the password is right");
    };
    assert_eq!(root.name, "root");
    assert!(root.groups.unwrap().contains(&"root".to_owned()));
    // No account of this machine has the name: it is in no group.
    let Answer::Known(ann) = pam.check(&credentials("ann", "right")).await.unwrap() else {
        panic!("the password is right");
    };
    assert_eq!(ann.groups, Some(Vec::new()));
    let closed = pam.check(&credentials("bob", "right")).await.unwrap();
    assert!(matches!(closed, Answer::Refused(_)), "{closed:?}");
    let unchecked = service.method(false).check(&credentials("bob", "right")).await.unwrap();
    assert!(matches!(unchecked, Answer::Known(_)), "{unchecked:?}");
}

#[tokio::test]
async fn a_wrong_password_keeps_nobody_else_waiting() {
    let Some(service) = Service::new("wrong") else { return };
    let pam = service.method(true);
    let (wrong, nobody) = (credentials("ann", "wrong"), credentials("nobody-here", "right"));
    let (one, other) = tokio::join!(pam.check(&wrong), pam.check(&nobody));
    assert_eq!((one.unwrap(), other.unwrap()), (Answer::Unknown, Answer::Unknown));
    for (username, password) in [("ann", ""), ("", "right"), ("ann\0", "right"), ("../ann", "right")] {
        let answer = pam.check(&credentials(username, password)).await.unwrap();
        assert_eq!(answer, Answer::Unknown, "{username:?}");
    }
}

#[tokio::test]
async fn a_helper_that_is_not_there_is_no_wrong_password() {
    let settings = Settings {
        helper: "/nonexistent/perijove-pam".into(),
        service: "login".to_owned(),
        check_account: true,
        normalize_username: false,
        timeout: Duration::from_secs(60),
        at_once: 1,
    };
    let pam = Pam::new("pam", settings, Rules::default());
    let error = pam.check(&credentials("ann", "right")).await.unwrap_err();
    assert!(error.message.contains("can't be checked"));
}
