//! Directories of a plan, before the server sees them: those that are missing are left out, and where nothing can be
//! mounted, links stand for them.

use std::fs::{self, DirBuilder};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Component, Path, PathBuf};

use perijove_model::plan::Mount;
use rustix::fs::{AtFlags, Gid, Uid, XattrFlags, chownat, readlinkat, symlinkat, unlinkat};

use super::blocking;
use super::person::Person;
use crate::jail::view::walk;
use crate::{Progress, ServerSpec, Step};

/// What those who write in a folder make there is its group's to change: read, write and search for the owner and the
/// group, nothing for others, as the kernel keeps it for whatever is made in a directory.
const FOR_THE_GROUP: [u8; 28] = [
    2, 0, 0, 0, 1, 0, 7, 0, 255, 255, 255, 255, 4, 0, 7, 0, 255, 255, 255, 255, 32, 0, 0, 0, 255, 255, 255, 255,
];
const DEFAULT_ACL: &str = "system.posix_acl_default";
/// Members change what is in it; what they make is the group's.
const SHARED: u32 = 0o2770;

/// The same order with what is there. A folder that is away must not keep anybody from their own files.
pub(super) async fn ready(spec: &ServerSpec, person: &Person, mounted: bool, progress: &dyn Progress) -> ServerSpec {
    let mut spec = spec.clone();
    if spec.plan.mounts.is_empty() {
        return spec;
    }
    let mounts = std::mem::take(&mut spec.plan.mounts);
    let looked = move || {
        Ok(mounts.into_iter().partition(|mount: &Mount| {
            make_missing(mount);
            Path::new(&mount.source).is_dir()
        }))
    };
    let (there, missing): (Vec<Mount>, Vec<Mount>) = blocking(looked).await.unwrap_or_default();
    for mount in &missing {
        tracing::warn!(source = mount.source, "a folder that a server is to see is not there");
        progress.step(Step {
            percent: 20,
            message: format!("{} can't be reached now", mount.target),
        });
    }
    // Where nothing is mounted, nobody is kept from anything but by the files' own permissions, and by landlock.
    if !mounted {
        let (links, mounts) = (Links::of(person), there.clone());
        if let Err(error) = blocking(move || mounts.iter().try_for_each(|mount| links.put(mount))).await {
            tracing::warn!(%error, "the links to shared folders were not made");
        }
    }
    spec.plan.mounts = there;
    spec
}

/// Makes the directory if it is to be made and is missing. Blocks.
pub fn make_missing(mount: &Mount) {
    let place = Path::new(&mount.source);
    let Some(group) = mount.make.filter(|_| !place.exists()) else {
        return;
    };
    match make(place, group) {
        Ok(()) => tracing::info!(folder = mount.source, group, "a shared folder was made"),
        Err(error) => tracing::warn!(folder = mount.source, group, %error, "a shared folder can't be made"),
    }
}

/// It appears when it is complete.
fn make(place: &Path, group: u32) -> io::Result<()> {
    let (Some(above), Some(name)) = (place.parent(), place.file_name()) else {
        return Err(ErrorKind::InvalidInput.into());
    };
    let coming = above.join(format!(".{}.coming", name.to_string_lossy()));
    match DirBuilder::new().mode(0o700).create(&coming) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    std::os::unix::fs::chown(&coming, None, Some(group))?;
    fs::set_permissions(&coming, fs::Permissions::from_mode(SHARED))?;
    // Not every file system keeps it; then everybody's own `umask` counts.
    let _ = rustix::fs::setxattr(&coming, DEFAULT_ACL, &FOR_THE_GROUP, XattrFlags::empty());
    fs::rename(&coming, place)
}

/// Who puts links where. The home is its person's, who may have put anything there meanwhile: nothing in it is followed.
struct Links {
    home: PathBuf,
    uid: u32,
    gid: u32,
}

impl Links {
    fn of(person: &Person) -> Self {
        let own = || (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw());
        let (uid, gid) = person
            .account
            .as_ref()
            .map_or_else(own, |account| (account.uid, account.gid));
        Self {
            home: person.home.clone(),
            uid,
            gid,
        }
    }

    /// Puts a link into the home, in the place of nothing or of an earlier one. What somebody keeps there stays.
    fn put(&self, mount: &Mount) -> io::Result<()> {
        let target = Path::new(&mount.target);
        let is_below = target.components().all(|part| matches!(part, Component::Normal(_)));
        let (Some(above), Some(name), true) = (target.parent(), target.file_name(), is_below) else {
            return Ok(());
        };
        let above = walk(&self.home, above, self.uid, self.gid)?;
        match readlinkat(&above, name, Vec::new()) {
            Ok(leads) if leads.to_bytes() == mount.source.as_bytes() => return Ok(()),
            Ok(_) => unlinkat(&above, name, AtFlags::empty())?,
            // No link.
            Err(rustix::io::Errno::INVAL) => return Ok(()),
            Err(rustix::io::Errno::NOENT) => {}
            Err(error) => return Err(error.into()),
        }
        symlinkat(mount.source.as_str(), &above, name)?;
        let (uid, gid) = (Uid::from_raw(self.uid), Gid::from_raw(self.gid));
        Ok(chownat(&above, name, Some(uid), Some(gid), AtFlags::SYMLINK_NOFOLLOW)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_replace_links_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let home = dir.path().join("home");
        for made in ["home/shared/own", "data", "new"] {
            fs::create_dir_all(dir.path().join(made)).unwrap();
        }
        fs::write(home.join("shared/own/file"), "mine").unwrap();
        let mount = |source: &str, target: &str| Mount {
            source: dir.path().join(source).display().to_string(),
            target: target.to_owned(),
            read_only: false,
            make: None,
        };
        let all = [
            mount("data", "shared/data"),
            mount("data", "shared/own"),
            mount("data", "../out"),
        ];
        let links = Links {
            home: home.clone(),
            uid: rustix::process::geteuid().as_raw(),
            gid: rustix::process::getegid().as_raw(),
        };
        let put_all = |all: &[Mount]| all.iter().try_for_each(|mount| links.put(mount));
        put_all(&all).unwrap();
        put_all(&all).unwrap();
        assert_eq!(
            fs::read_link(home.join("shared/data")).unwrap(),
            dir.path().join("data")
        );
        assert_eq!(fs::read_to_string(home.join("shared/own/file")).unwrap(), "mine");
        assert!(!dir.path().join("out").exists());
        put_all(&[mount("new", "shared/data")]).unwrap();
        assert_eq!(fs::read_link(home.join("shared/data")).unwrap(), dir.path().join("new"));
    }

    #[test]
    fn a_link_of_somebody_leads_the_hub_nowhere() {
        let dir = tempfile::tempdir().unwrap();
        let home = dir.path().join("home");
        for made in ["home", "data", "elsewhere"] {
            fs::create_dir_all(dir.path().join(made)).unwrap();
        }
        std::os::unix::fs::symlink(dir.path().join("elsewhere"), home.join("shared")).unwrap();
        let links = Links {
            home,
            uid: rustix::process::geteuid().as_raw(),
            gid: rustix::process::getegid().as_raw(),
        };
        let refused = links.put(&Mount {
            source: dir.path().join("data").display().to_string(),
            target: "shared/data".to_owned(),
            read_only: false,
            make: None,
        });
        assert!(refused.is_err());
        assert_eq!(fs::read_dir(dir.path().join("elsewhere")).unwrap().count(), 0);
    }

    #[test]
    fn a_folder_is_made_for_its_group_and_what_is_there_stays() {
        use std::os::unix::fs::MetadataExt;

        let dir = tempfile::tempdir().unwrap();
        let group = rustix::process::getegid().as_raw();
        let mount = |source: &str| Mount {
            source: dir.path().join(source).display().to_string(),
            target: "shared/data".to_owned(),
            read_only: false,
            make: Some(group),
        };
        make_missing(&mount("new"));
        let made = fs::metadata(dir.path().join("new")).unwrap();
        assert_eq!((made.mode() & 0o7777, made.gid()), (0o2770, group));
        fs::set_permissions(dir.path().join("new"), fs::Permissions::from_mode(0o750)).unwrap();
        make_missing(&mount("new"));
        assert_eq!(fs::metadata(dir.path().join("new")).unwrap().mode() & 0o7777, 0o750);
        make_missing(&mount("away/new"));
        assert!(!dir.path().join("away").exists(), "what is not mounted is not made");
    }
}
