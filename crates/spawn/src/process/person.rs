//! Who a server runs as, and where that person's files are.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use perijove_model::UserName;
use rustix::fs::{AtFlags, CWD, Dir, FileType, Gid, Mode, OFlags, Uid, chownat, fchown, openat};

use super::home;
use super::jails::Accounts;
use crate::homes::quota::{self, Effort};
use crate::jail::Account;
use crate::{Home, ServerSpec, SpawnError, accounts};

/// A home that is told so is that of the system account of this name, wherever the machine says that it is.
pub(super) const OF_ACCOUNT: char = '~';
/// Directories in directories of a home that is handed over.
const DEEPEST: u32 = 1000;

/// Who a server runs as.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) home: PathBuf,
    /// `None`: the hub's own account.
    pub(super) account: Option<Account>,
    pub(super) shell: Option<String>,
    /// Numbers that no system account has, and a name for them.
    pub(super) unlisted: Option<String>,
}

/// As told by the machine's accounts; its home is not looked at.
pub(super) async fn of(accounts: &Accounts, spec: &ServerSpec) -> Result<Person, SpawnError> {
    let place = &spec.home.place;
    let of_account = place.strip_prefix(OF_ACCOUNT);
    Ok(match accounts {
        Accounts::System { create, lowest } => {
            // Somebody who comes again is told a place beside the old one, which no account has.
            let listed = match of_account {
                Some(name) => accounts::system(name).await?.map(|found| found.name),
                None => None,
            };
            let name = listed.as_deref().unwrap_or(spec.key.user.as_str());
            let found = system(name, *create, *lowest).await?;
            Person {
                home: PathBuf::from(if of_account.is_some() { &found.home } else { place }),
                account: Some(found.account),
                shell: Some(found.shell),
                unlisted: None,
            }
        }
        _ if of_account.is_some() => {
            return Err(SpawnError::new(format!(
                "Your files are in the home of the system account '{}'. An administrator has to let servers run as \
                 system accounts again.",
                of_account.unwrap_or_default()
            )));
        }
        Accounts::Hub => Person {
            home: PathBuf::from(place),
            account: None,
            shell: None,
            unlisted: None,
        },
        Accounts::Dynamic { first, last } => {
            let offset = u32::try_from(spec.home.id).ok();
            let id = offset.and_then(|id| first.checked_add(id)).filter(|id| id <= last);
            let id = id.ok_or_else(|| {
                SpawnError::new(
                    "No number is left for your account. An administrator has to widen the range of numbers.",
                )
            })?;
            Person {
                home: PathBuf::from(place),
                account: Some(Account {
                    uid: id,
                    gid: id,
                    groups: vec![id],
                }),
                shell: None,
                unlisted: Some(login_name(spec.key.user.as_str(), spec.home.id)),
            }
        }
    })
}

/// Makes the home if it is new, holds it to its limit, and gives it to its person. Blocks.
pub(super) fn settle(person: &Person, home: &Home, most: Option<u64>) -> Result<(), SpawnError> {
    let of_account = home.place.starts_with(OF_ACCOUNT);
    match of_account {
        // The machine's to make, and what it has in there is that account's.
        true => drop(fs::create_dir(&person.home)),
        false => home::make(home)?,
    }
    if !of_account && let Err(error) = quota::limit(&person.home, home.id, most, Effort::Little) {
        tracing::warn!(home = home.id, %error, "a home can't be held to its limit by its file system");
    }
    give(&person.home, person.account.as_ref()).map_err(|error| {
        let message =
            "Your home directory can't be given to your account. An administrator finds out why in the hub's log.";
        let what = format!("{}: {error}", person.home.display());
        SpawnError::caused(message, io::Error::new(error.kind(), what))
    })
}

async fn system(name: &str, create: bool, lowest: u32) -> Result<accounts::SystemAccount, SpawnError> {
    let mut found = accounts::system(name).await?;
    if found.is_none() && create {
        accounts::create(name).await?;
        found = accounts::system(name).await?;
    }
    let found = found.ok_or_else(|| {
        SpawnError::new(format!(
            "There is no account '{name}' on the hub's machine. An administrator has to make it first."
        ))
    })?;
    // Names of people are chosen by whoever signs up: none of them is to become a daemon.
    if found.account.uid < lowest || found.account.uid == 0 {
        return Err(SpawnError::new(format!(
            "The account '{name}' belongs to the hub's machine itself, not to a person: no server runs as it."
        )));
    }
    Ok(found)
}

/// Where the home of somebody new is.
pub(super) fn place(accounts: &Accounts, template: &str, user: &UserName) -> String {
    match accounts {
        Accounts::System { .. } => format!("{OF_ACCOUNT}{user}"),
        Accounts::Hub | Accounts::Dynamic { .. } => home::place(template, user),
    }
}

/// What programs show as the account's name: the person's, where it can be one.
fn login_name(user: &str, id: i64) -> String {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.');
    let good = user.len() <= 32 && user.chars().all(plain) && user.starts_with(|c: char| c.is_ascii_lowercase());
    if good { user.to_owned() } else { format!("user-{id}") }
}

/// What belongs to the hub, because it is new or from a time when servers ran as it, becomes its person's; what belongs
/// to somebody else is left alone.
fn give(home: &Path, account: Option<&Account>) -> io::Result<()> {
    let Some(account) = account else { return Ok(()) };
    let owner = fs::metadata(home)?.uid();
    if owner == account.uid {
        return Ok(());
    }
    if owner != rustix::process::geteuid().as_raw() {
        let who = format!(
            "it belongs to account {owner}, and its person's account is {}",
            account.uid
        );
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, who));
    }
    tracing::debug!(home = %home.display(), account = account.uid, "a home is handed over to its person's account");
    let dir = openat(CWD, home, OPENED, Mode::empty())?;
    hand_over(Dir::new(dir)?, account, DEEPEST)
}

const OPENED: OFlags = OFlags::DIRECTORY
    .union(OFlags::NOFOLLOW)
    .union(OFlags::RDONLY)
    .union(OFlags::CLOEXEC);

/// The directory itself comes last: until all is done it is still the hub's, and the next start goes on.
fn hand_over(mut dir: Dir, account: &Account, depth: u32) -> io::Result<()> {
    if depth == 0 {
        return Err(io::Error::other("its directories go too deep"));
    }
    let (uid, gid) = (Uid::from_raw(account.uid), Gid::from_raw(account.gid));
    while let Some(entry) = dir.read() {
        let entry = entry?;
        let name = entry.file_name();
        if name == c"." || name == c".." {
            continue;
        }
        let found = rustix::fs::statat(dir.fd()?, name, AtFlags::SYMLINK_NOFOLLOW)?;
        match FileType::from_raw_mode(found.st_mode) {
            FileType::Directory => {
                let below = openat(dir.fd()?, name, OPENED, Mode::empty())?;
                hand_over(Dir::new(below)?, account, depth - 1)?;
            }
            _ => chownat(dir.fd()?, name, Some(uid), Some(gid), AtFlags::SYMLINK_NOFOLLOW)?,
        }
    }
    Ok(fchown(dir.fd()?, Some(uid), Some(gid))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_names_are_no_names_of_accounts() {
        assert_eq!(login_name("ann-2", 7), "ann-2");
        for odd in ["", "0", "root:x", "jürgen", "a b", "-x", &"a".repeat(33)] {
            assert_eq!(login_name(odd, 7), "user-7");
        }
    }

    #[test]
    fn a_home_of_the_hub_s_is_handed_over_and_another_s_is_not() {
        if !rustix::process::geteuid().is_root() {
            return;
        }
        let dir = tempfile::tempdir().unwrap();
        let home = dir.path().join("ann");
        fs::create_dir_all(home.join("a/b")).unwrap();
        fs::write(home.join("a/b/file"), "x").unwrap();
        fs::write(dir.path().join("outside"), "x").unwrap();
        std::os::unix::fs::symlink(dir.path().join("outside"), home.join("link")).unwrap();
        let account = |uid| Account {
            uid,
            gid: uid,
            groups: Vec::new(),
        };
        give(&home, Some(&account(4001))).unwrap();
        assert_eq!(fs::metadata(home.join("a/b/file")).unwrap().uid(), 4001);
        assert_eq!(fs::symlink_metadata(home.join("link")).unwrap().uid(), 4001);
        assert_eq!(
            fs::metadata(dir.path().join("outside")).unwrap().uid(),
            0,
            "no link is followed"
        );
        assert_eq!(fs::metadata(&home).unwrap().uid(), 4001);
        assert!(
            give(&home, Some(&account(4002)))
                .unwrap_err()
                .to_string()
                .contains("4001")
        );
    }
}
