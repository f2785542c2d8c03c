//! Engines that give containers accounts of their own (`userns-remap`): root in one is nobody on the machine, so what the
//! hub makes for servers has to be given to whom the machine takes for them.

use std::io;
use std::os::unix::fs::{MetadataExt, lchown};
use std::path::{Path, PathBuf};

use bollard::models::SystemInfo;

/// So many accounts an engine takes for its containers.
const ACCOUNTS: u32 = 1 << 16;

/// By how much accounts and groups of containers are further on than the machine's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shift {
    account: u32,
    group: u32,
}

impl Shift {
    /// As the engine tells it: it keeps everything in a directory that is called so.
    pub fn of(info: &SystemInfo) -> Option<Self> {
        let options = info.security_options.as_deref().unwrap_or_default();
        if !options.iter().any(|option| option.starts_with("name=userns")) {
            return None;
        }
        let (_, last) = info.docker_root_dir.as_deref()?.rsplit_once('/')?;
        let (account, group) = last.split_once('.')?;
        Some(Self {
            account: account.parse().ok()?,
            group: group.parse().ok()?,
        })
    }

    pub fn group(self, group: u32) -> u32 {
        self.group.saturating_add(group)
    }

    /// Why homes that this hub makes would be nobody's in a container, if they would.
    pub fn keeps_homes_away(self) -> Option<String> {
        let own = rustix::process::geteuid();
        let first = self.account;
        let is_theirs = (first..first.saturating_add(ACCOUNTS)).contains(&own.as_raw());
        (!own.is_root() && !is_theirs).then(|| {
            format!(
                "the container engine gives containers the accounts from {first} on: directories that this hub makes as {} are \
                 nobody's there. Let it run as {} or as root, or let `home` in [spawner.docker] be a volume",
                own.as_raw(),
                first.saturating_add(own.as_raw())
            )
        })
    }

    /// A directory that this hub has made as root becomes the containers' root's. What is somebody's already stays theirs.
    pub async fn hand_over(self, place: &str) -> io::Result<()> {
        let place = PathBuf::from(place);
        let given = tokio::task::spawn_blocking(move || self.give(&place)).await;
        given.unwrap_or_else(|error| Err(io::Error::other(error)))
    }

    fn give(self, place: &Path) -> io::Result<()> {
        let made = place.symlink_metadata()?;
        match made.is_dir() && made.uid() == 0 && rustix::process::geteuid().is_root() {
            true => lchown(place, Some(self.account), Some(self.group(made.gid()))),
            false => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engine_tells_its_accounts() {
        let told = |options: &[&str], dir: &str| {
            Shift::of(&SystemInfo {
                security_options: Some(options.iter().map(|&option| option.to_owned()).collect()),
                docker_root_dir: Some(dir.to_owned()),
                ..SystemInfo::default()
            })
        };
        let shift = told(&["name=seccomp", "name=userns"], "/var/lib/docker/100000.200000").unwrap();
        assert_eq!((shift.account, shift.group(50)), (100_000, 200_050));
        assert_eq!(told(&["name=seccomp"], "/var/lib/docker/100000.200000"), None);
        assert_eq!(told(&["name=userns"], "/var/lib/docker"), None);
    }
}
