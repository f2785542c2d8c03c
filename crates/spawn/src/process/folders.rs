//! Directories of a plan, before the server sees them: those that are missing are left out, and where nothing can be
//! mounted, links stand for them.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Component, Path};

use perijove_model::plan::Mount;

use super::blocking;
use super::person::Person;
use crate::{Progress, ServerSpec, Step};

/// The same order with what is there. A folder that is away must not keep anybody from their own files.
pub(super) async fn ready(spec: &ServerSpec, person: &Person, progress: &dyn Progress) -> ServerSpec {
    let mut spec = spec.clone();
    if spec.plan.mounts.is_empty() {
        return spec;
    }
    let mounts = std::mem::take(&mut spec.plan.mounts);
    let looked = move || {
        Ok(mounts
            .into_iter()
            .partition(|mount: &Mount| Path::new(&mount.source).is_dir()))
    };
    let (there, missing): (Vec<Mount>, Vec<Mount>) = blocking(looked).await.unwrap_or_default();
    for mount in &missing {
        tracing::warn!(source = mount.source, "a folder that a server is to see is not there");
        progress.step(Step {
            percent: 20,
            message: format!("{} can't be reached now", mount.target),
        });
    }
    // As the hub's own account nothing is mounted, and nobody is kept from anything.
    if person.account.is_none() {
        let (home, mounts) = (person.home.clone(), there.clone());
        if let Err(error) = blocking(move || link_all(&home, &mounts)).await {
            tracing::warn!(%error, "the links to shared folders were not made");
        }
    }
    spec.plan.mounts = there;
    spec
}

fn link_all(home: &Path, mounts: &[Mount]) -> io::Result<()> {
    mounts.iter().try_for_each(|mount| link(home, mount))
}

/// Puts a link into the home, in the place of nothing or of an earlier one. What somebody keeps there stays.
fn link(home: &Path, mount: &Mount) -> io::Result<()> {
    let target = Path::new(&mount.target);
    let is_below = target.components().all(|part| matches!(part, Component::Normal(_)));
    if !is_below {
        return Ok(());
    }
    let target = home.join(target);
    let source = Path::new(&mount.source);
    match fs::symlink_metadata(&target) {
        Ok(found) if found.is_symlink() && fs::read_link(&target)? == source => return Ok(()),
        Ok(found) if found.is_symlink() => fs::remove_file(&target)?,
        Ok(_) => return Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    if let Some(above) = target.parent() {
        fs::create_dir_all(above)?;
    }
    symlink(source, target)
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
        };
        let all = [
            mount("data", "shared/data"),
            mount("data", "shared/own"),
            mount("data", "../out"),
        ];
        link_all(&home, &all).unwrap();
        link_all(&home, &all).unwrap();
        assert_eq!(
            fs::read_link(home.join("shared/data")).unwrap(),
            dir.path().join("data")
        );
        assert_eq!(fs::read_to_string(home.join("shared/own/file")).unwrap(), "mine");
        assert!(!dir.path().join("out").exists());
        link_all(&home, &[mount("new", "shared/data")]).unwrap();
        assert_eq!(fs::read_link(home.join("shared/data")).unwrap(), dir.path().join("new"));
    }
}
