//! What is done to a process between its birth and the first line of a person's program: it is held to its limits, sees
//! what it may see, and becomes somebody else. All of it before any code that is not ours.
//!
//! [`Jail`] is plain data, made by the hub (`process/jails.rs`) and carried out by [`Jail::enter`] in a process that has
//! one thread and is about to become the server: by `perijove inside`, or by whoever forks servers instead. The order of
//! its fields is the order of the steps. Each step takes away what the next ones don't need, and none can be undone.

pub(crate) mod view;
mod walls;

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};

use rustix::process::{Resource, Rlimit, setrlimit};
use rustix::thread::{
    Gid, Uid, UnshareFlags, set_no_new_privs, set_thread_groups, set_thread_res_gid, set_thread_res_uid,
};
use serde::{Deserialize, Serialize};

pub use view::Change;
pub use walls::{Opening, Walls};
pub(crate) use walls::{SIGNALS, version};

/// The steps, in their order. The default does nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Jail {
    /// Directories of control groups to join: one, or with version 1 one for each controller. `0` is written into the
    /// `cgroup.procs` of each.
    pub groups: Vec<PathBuf>,
    pub ceilings: Ceilings,
    /// With mounts and System V IPC of its own (`unshare`, then `/` made a slave), these changes one after the other.
    pub view: Option<Vec<Change>>,
    /// Groups, then group, then user: real, effective and saved.
    pub account: Option<Account>,
    /// No program gives more rights than who calls it has.
    pub no_new_privileges: bool,
    /// What it may reach of what it sees. Needs the step before.
    pub walls: Option<Walls>,
    /// Where it begins; looked at with the rights that are left.
    pub directory: Option<PathBuf>,
}

/// A system account, or numbers that stand for one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    pub uid: u32,
    pub gid: u32,
    /// Further groups.
    pub groups: Vec<u32>,
}

/// What `setrlimit` knows, where there are no control groups; `None` leaves it as it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Ceilings {
    /// Bytes of memory that one process may take for itself (`RLIMIT_DATA`).
    pub data: Option<u64>,
    /// Processes and threads of the whole account (`RLIMIT_NPROC`).
    pub processes: Option<u64>,
}

/// Which step failed, and why.
#[derive(Debug, thiserror::Error)]
#[error("{step}: {cause}")]
pub struct JailError {
    pub step: String,
    #[source]
    pub cause: io::Error,
}

impl Jail {
    /// For a process with one thread that is about to become somebody's program. After an error it must end.
    pub fn enter(&self) -> Result<(), JailError> {
        for group in &self.groups {
            let joined = std::fs::write(group.join("cgroup.procs"), "0");
            failed(joined, || format!("joining the control group {}", group.display()))?;
        }
        failed(self.ceilings.set(), || "setting limits of resources".to_owned())?;
        if let Some(changes) = &self.view {
            failed(own_namespaces(), || "getting mounts of its own".to_owned())?;
            view::make(changes)?;
        }
        let rules = self.rules()?;
        if let Some(account) = &self.account {
            failed(account.become_it(), || format!("becoming user {}", account.uid))?;
        }
        if self.no_new_privileges {
            failed(set_no_new_privs(true), || "giving up further rights".to_owned())?;
        }
        if let Some(rules) = rules {
            failed(rules.hold(), || "closing what is not to be reached".to_owned())?;
        }
        if let Some(directory) = &self.directory {
            failed(enter_directory(directory), || {
                format!("entering the directory {}", directory.display())
            })?;
        }
        Ok(())
    }
}

impl Jail {
    /// What [`Jail::enter`] would make, for a process that enters it itself: namespaces of mounts and of IPC, where there
    /// is a view, then landlock's rules, where there are walls. This process has one thread, and goes back to its own
    /// namespaces.
    pub(crate) fn made(&self) -> Result<Vec<OwnedFd>, JailError> {
        let Some(changes) = &self.view else {
            return self.rules_fd();
        };
        let own = failed(current_namespaces(), || "looking up its own mounts".to_owned())?;
        failed(own_namespaces(), || "getting mounts of its own".to_owned())?;
        let made = view::make(changes).and_then(|()| {
            let mut made = failed(current_namespaces(), || "looking up the new mounts".to_owned())?;
            made.extend(self.rules_fd()?);
            Ok(made)
        });
        for namespace in &own {
            let back = rustix::thread::move_into_link_name_space(namespace.as_fd(), None);
            failed(back, || "going back to its own mounts".to_owned())?;
        }
        made
    }

    /// These devices can't be used, as far as this jail can see to that.
    pub(crate) fn without(&mut self, devices: impl IntoIterator<Item = PathBuf>) {
        match (&mut self.view, &mut self.walls) {
            (Some(view), _) => view.extend(devices.into_iter().map(|target| Change::NoDevice { target })),
            (None, Some(walls)) => walls.closed.extend(devices),
            (None, None) => {}
        }
    }

    fn rules(&self) -> Result<Option<walls::Rules>, JailError> {
        let rules = self.walls.as_ref().map(Walls::rules).transpose();
        failed(rules, || "looking up what is not to be reached".to_owned())
    }

    fn rules_fd(&self) -> Result<Vec<OwnedFd>, JailError> {
        let rules = self.rules()?.map(walls::Rules::into_fd).transpose();
        Ok(failed(rules, || "looking up what is not to be reached".to_owned())?
            .into_iter()
            .collect())
    }
}

impl Ceilings {
    fn set(self) -> io::Result<()> {
        for (resource, limit) in [(Resource::Data, self.data), (Resource::Nproc, self.processes)] {
            if let Some(limit) = limit {
                let both = Rlimit {
                    current: Some(limit),
                    maximum: Some(limit),
                };
                setrlimit(resource, both)?;
            }
        }
        Ok(())
    }
}

impl Account {
    /// Where root becomes somebody, the kernel takes root's capabilities away.
    fn become_it(&self) -> io::Result<()> {
        let (uid, gid) = (Uid::from_raw(self.uid), Gid::from_raw(self.gid));
        let groups: Vec<Gid> = self.groups.iter().map(|gid| Gid::from_raw(*gid)).collect();
        set_thread_groups(&groups)?;
        set_thread_res_gid(gid, gid, gid)?;
        set_thread_res_uid(uid, uid, uid)?;
        // The last look before a person's code: it must not be possible to go back.
        if self.uid != 0 && set_thread_res_uid(Uid::ROOT, Uid::ROOT, Uid::ROOT).is_ok() {
            return Err(io::Error::other("the rights of root are still there"));
        }
        Ok(())
    }
}

/// What is mounted outside from now on is seen inside too, and never the other way round.
fn own_namespaces() -> io::Result<()> {
    #[expect(deprecated, reason = "unsafe only with FILES, which is not asked for")]
    rustix::thread::unshare(UnshareFlags::NEWNS | UnshareFlags::NEWIPC)?;
    let slave = rustix::mount::MountPropagationFlags::DOWNSTREAM | rustix::mount::MountPropagationFlags::REC;
    Ok(rustix::mount::mount_change("/", slave)?)
}

fn current_namespaces() -> io::Result<Vec<OwnedFd>> {
    let open = |name: &str| std::fs::File::open(format!("/proc/self/ns/{name}")).map(OwnedFd::from);
    ["mnt", "ipc"].into_iter().map(open).collect()
}

fn enter_directory(directory: &Path) -> io::Result<()> {
    Ok(rustix::process::chdir(directory)?)
}

fn failed<T, E: Into<io::Error>>(done: Result<T, E>, step: impl FnOnce() -> String) -> Result<T, JailError> {
    done.map_err(|cause| JailError {
        step: step(),
        cause: cause.into(),
    })
}
