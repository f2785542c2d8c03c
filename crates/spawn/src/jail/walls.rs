//! What of the machine's files a server may reach, by the kernel's landlock. Beside a view of its own it is a second wall;
//! where servers run as the hub's account it is the only one.
//!
//! Landlock knows no exceptions: what is allowed of a directory holds for all below. So everything around what is closed
//! is allowed, one by one, and what is closed is simply left out.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use landlock::{
    ABI, Access, AccessFs, CompatLevel, Compatible, LandlockStatus, Ruleset, RulesetAttr, RulesetCreated,
    RulesetCreatedAttr, RulesetError, RulesetStatus, Scope, path_beneath_rules,
};
use serde::{Deserialize, Serialize};

use crate::scope::SELF;

/// The newest whose rights we know; of an older kernel's as many as it has.
const KNOWN: ABI = ABI::V7;

/// Which files are out of reach.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Walls {
    /// Neither these nor what is below. The directories above can be passed, and listed only if `listed`.
    pub closed: Vec<PathBuf>,
    /// Reached even so.
    pub open: Vec<Opening>,
    /// Names may be read everywhere, of what is closed, too.
    pub listed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    pub path: PathBuf,
    pub read_only: bool,
}

impl Walls {
    /// Looks at the machine's directories as this process sees them: before it gives up rights.
    pub(super) fn rules(&self) -> io::Result<Rules> {
        let (all, read) = (AccessFs::from_all(KNOWN), AccessFs::from_read(KNOWN));
        let open = |read_only: bool| self.open.iter().filter(move |each| each.read_only == read_only);
        let listed = self.listed.then_some("/");
        let made = || {
            Ruleset::default()
                .set_compatibility(CompatLevel::BestEffort)
                .handle_access(all)?
                // Signals and nameless sockets reach nobody outside.
                .scope(Scope::from_all(KNOWN))?
                .create()?
                .add_rules(path_beneath_rules(around(&self.closed), all))?
                .add_rules(path_beneath_rules(open(false).map(|each| &each.path), all))?
                .add_rules(path_beneath_rules(open(true).map(|each| &each.path), read))?
                // Wherever it lies: what runs in here may be this very program.
                .add_rules(path_beneath_rules([SELF], read))?
                .add_rules(path_beneath_rules(listed, AccessFs::ReadDir))
        };
        made().map(Rules).map_err(|error: RulesetError| io::Error::other(error))
    }
}

/// Ready to hold.
pub(super) struct Rules(RulesetCreated);

impl Rules {
    /// From now on, for this process and all that it starts.
    pub(super) fn hold(self) -> io::Result<()> {
        match self.0.restrict_self().map_err(io::Error::other)?.ruleset {
            RulesetStatus::NotEnforced => Err(io::Error::other("the kernel has no landlock")),
            _ => Ok(()),
        }
    }

    /// For a process that lets them hold by itself.
    pub(super) fn into_fd(self) -> io::Result<OwnedFd> {
        Option::from(self.0).ok_or_else(|| io::Error::other("the kernel has no landlock"))
    }
}

/// Which version of landlock the kernel has. A thread that ends at once tries it on itself.
pub(crate) fn version() -> Result<i32, String> {
    let tried = std::thread::spawn(|| {
        let tried = Ruleset::default().handle_access(AccessFs::Execute)?.create()?;
        Ok::<_, RulesetError>(tried.restrict_self()?.landlock)
    });
    match tried.join() {
        Ok(Ok(LandlockStatus::Available {
            effective_abi,
            kernel_abi,
        })) => Ok(kernel_abi.unwrap_or(effective_abi as i32)),
        Ok(Ok(LandlockStatus::NotEnabled)) => Err("it is not turned on in this kernel (lsm=landlock,…)".to_owned()),
        Ok(Ok(_)) => Err("this kernel has none: it came with Linux 5.13".to_owned()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("it could not be tried".to_owned()),
    }
}

/// From this version on servers can't send signals to others of their account.
pub(crate) const SIGNALS: i32 = 6;

/// Everything that is neither closed nor on the way to it. Links are left out: they would open where they lead.
fn around(closed: &[PathBuf]) -> Vec<PathBuf> {
    let closed: BTreeSet<PathBuf> = closed.iter().filter_map(|path| fs::canonicalize(path).ok()).collect();
    let mut around = Vec::new();
    let mut ways = vec![PathBuf::from("/")];
    while let Some(way) = ways.pop() {
        for path in below(&way) {
            if closed.contains(&path) {
                continue;
            }
            match closed.iter().any(|closed| closed.starts_with(&path)) {
                true => ways.push(path),
                false => around.push(path),
            }
        }
    }
    around
}

/// A directory that can't be listed leads nowhere.
fn below(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let entries = entries.filter(|entry| entry.file_type().is_ok_and(|kind| !kind.is_symlink()));
    entries.map(|entry| entry.path()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_around_leaves_out_what_is_closed_and_links_to_it() {
        let root = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(root.path()).unwrap();
        for dir in ["hub/run", "hub/homes", "other/deep"] {
            fs::create_dir_all(root.join(dir)).unwrap();
        }
        std::os::unix::fs::symlink(root.join("hub"), root.join("link")).unwrap();
        let found = around(&[root.join("link/run"), root.join("missing")]);
        let mut found: Vec<&Path> = found.iter().filter_map(|path| path.strip_prefix(&root).ok()).collect();
        found.sort();
        assert_eq!(found, [Path::new("hub/homes"), Path::new("other")]);
    }
}
