//! System accounts, as the machine's name service tells them.

use std::process::Output;

use tokio::process::Command;

use crate::SpawnError;
use crate::jail::Account;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SystemAccount {
    pub(crate) name: String,
    pub(crate) home: String,
    pub(crate) shell: String,
    pub(crate) account: Account,
}

/// The account of that name. The name service may ask a directory on the network, so this can take a while.
pub(crate) async fn system(name: &str) -> Result<Option<SystemAccount>, SpawnError> {
    // What begins so is an option, and of numbers alone the name service makes a number.
    if name.is_empty() || name.starts_with('-') || name.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(None);
    }
    let line = asked("getent", &["passwd", name]).await?;
    let Some(mut found) = parse(&String::from_utf8_lossy(&line.stdout)) else {
        return Ok(None);
    };
    let groups = asked("id", &["-G", &found.name]).await?;
    let groups = String::from_utf8_lossy(&groups.stdout).into_owned();
    found.account.groups = groups.split_whitespace().filter_map(|gid| gid.parse().ok()).collect();
    Ok(Some(found))
}

/// Makes an account with a home.
pub(crate) async fn create(name: &str) -> Result<(), SpawnError> {
    let made = asked("useradd", &["--create-home", "--shell", "/bin/bash", "--", name]).await?;
    if made.status.success() {
        return Ok(());
    }
    let why = String::from_utf8_lossy(&made.stderr).trim().to_owned();
    Err(SpawnError::caused(
        "Your account on the hub's machine can't be made.",
        why,
    ))
}

async fn asked(program: &str, arguments: &[&str]) -> Result<Output, SpawnError> {
    let output = Command::new(program).args(arguments).output().await;
    output.map_err(|error| {
        let cause = std::io::Error::new(error.kind(), format!("{program}: {error}"));
        SpawnError::caused("The system accounts can't be looked up.", cause)
    })
}

fn parse(line: &str) -> Option<SystemAccount> {
    let fields: Vec<&str> = line.trim_end().split(':').collect();
    let [name, _, uid, gid, _, home, shell] = fields.as_slice() else {
        return None;
    };
    Some(SystemAccount {
        name: (*name).to_owned(),
        home: (*home).to_owned(),
        shell: (*shell).to_owned(),
        account: Account {
            uid: uid.parse().ok()?,
            gid: gid.parse().ok()?,
            groups: Vec::new(),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_name_service_is_read() {
        let found = parse("ann:x:1001:100:Ann, room 7:/home/ann:/bin/zsh\n").unwrap();
        assert_eq!((found.account.uid, found.account.gid), (1001, 100));
        assert_eq!((found.home.as_str(), found.shell.as_str()), ("/home/ann", "/bin/zsh"));
        assert!(parse("").is_none() && parse("ann:x:one:100::/:/bin/sh").is_none());
    }
}
