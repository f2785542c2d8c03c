//! `perijove mail test`: a letter leaves, or it is told what is wrong.

use std::process::Command;

use crate::postbox::{Postbox, Way};
use crate::support::free_port;

/// The status, and what was printed.
fn test(config: &str, address: &str) -> (i32, String) {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("perijove.toml"), config).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_perijove"));
    let output = command
        .args(["mail", "test", address])
        .current_dir(&dir)
        .env_clear()
        .output()
        .unwrap();
    let printed = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(printed).unwrap())
}

#[track_caller]
fn fails(config: &str, address: &str, words: &[&str]) {
    let (status, printed) = test(config, address);
    assert_ne!(status, 0, "{printed}");
    for words in words {
        assert!(printed.contains(words), "no {words:?} in {printed}");
    }
    assert!(!printed.contains("hunter2"), "{printed}");
}

#[tokio::test]
async fn a_letter_leaves_in_every_way() {
    for way in [Way::Plain, Way::StartTls, Way::Tls] {
        let login: &[&str] = if way == Way::Plain {
            &[]
        } else {
            &["--login", "hub:hunter2"]
        };
        let Some(postbox) = Postbox::open(way, login) else {
            return;
        };
        let mut config = postbox.section();
        if way != Way::Plain {
            config += "user = \"hub\"\npassword = \"hunter2\"\n";
        }
        let (status, printed) = test(&config, "ada@example.org");
        assert_eq!(status, 0, "{way:?}: {printed}");
        assert!(printed.contains("has taken a letter to ada@example.org"), "{printed}");
        let letter = postbox.letter_to("ada@example.org").await;
        assert_eq!(letter.0["tls"], way != Way::Plain);
        assert_eq!(letter.0["login"].as_str(), (way != Way::Plain).then_some("hub"));
        assert_eq!(letter.0["from"], "hub@example.org");
        assert_eq!(letter.header("from"), "Notebooks <hub@example.org>");
        assert_eq!(letter.header("auto-submitted"), "auto-generated");
        assert!(letter.subject().contains("arrives"), "{letter:?}");
    }
}

#[test]
fn what_is_wrong_is_told() {
    fails("", "ada@example.org", &["no mail server is configured", "`url`"]);
    let closed = format!(
        "[mail]\nurl = \"smtp://localhost:{}\"\nfrom = \"hub@example.org\"\n",
        free_port()
    );
    fails(
        &closed,
        "ada@example.org",
        &["can't be spoken to", "refused", "check `url`"],
    );
    fails(&closed, "ada", &["\"ada\" is no mail address"]);
    fails(
        &closed.replace("hub@example.org", "@"),
        "ada@example.org",
        &["[mail] from", "not a mail address"],
    );
    let Some(plain) = Postbox::open(Way::Plain, &["--refuse", "nobody@example.org"]) else {
        return;
    };
    fails(
        &plain.section(),
        "nobody@example.org",
        &["does not take this letter", "nobody of that name lives here"],
    );
    let strict = plain.section().replace("insecure = true\n", "");
    fails(
        &strict,
        "ada@example.org",
        &["has no STARTTLS", "nothing was said to it"],
    );
    let with = |section: String, password: &str| format!("{section}user = \"hub\"\npassword = \"{password}\"\n");

    let Some(tls) = Postbox::open(Way::StartTls, &["--login", "hub:hunter2"]) else {
        return;
    };
    fails(
        &with(tls.section(), "hunter22"),
        "ada@example.org",
        &["does not take this user and password", "535"],
    );
    fails(&tls.section(), "ada@example.org", &["wants to know who sends"]);
    let unknown: String = tls
        .section()
        .lines()
        .filter(|line| !line.contains("ca_file"))
        .collect::<Vec<_>>()
        .join("\n");
    fails(
        &unknown,
        "ada@example.org",
        &["can't show who it is", "certificate", "`ca_file`"],
    );
    let other_name = with(tls.section(), "hunter2").replace("localhost", "127.0.0.1");
    fails(&other_name, "ada@example.org", &["can't show who it is"]);
    let wrong_way = tls.section().replace("smtp://", "smtps://");
    fails(&wrong_way, "ada@example.org", &["can't be spoken to", "`smtps://`"]);
}
