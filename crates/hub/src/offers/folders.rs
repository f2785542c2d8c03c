//! Folders that people share: who sees which, and who may write in it, by their groups at the moment of the start.

use perijove_config::SharedFolder;
use perijove_model::{Mount, Plan, ServerName};
use perijove_store::users::User;
use perijove_store::{StoreError, Tx, groups};

use super::making::{Fill, is_one_directory};
use crate::Hub;

/// In a list of groups: everybody.
const EVERYBODY: &str = "*";

/// Adds the folders that this person sees.
pub async fn add(hub: &Hub, tx: &Tx, (user, server): (&User, &ServerName), plan: &mut Plan) -> Result<(), StoreError> {
    let folders = &hub.config.shared_folders;
    if folders.is_empty() {
        return Ok(());
    }
    let groups = groups::of_user(tx, user.id).await?;
    let fill = Fill::of(user, server);
    for folder in folders {
        let mounts = mounts(folder, &groups, &fill, hub.config.storage.shared_dir.as_str());
        // Without its number the files' own permissions would keep them out.
        plan.groups.extend(folder.group.filter(|_| !mounts.is_empty()));
        plan.mounts.extend(mounts);
    }
    plan.groups.sort_unstable();
    plan.groups.dedup();
    Ok(())
}

fn mounts(folder: &SharedFolder, groups: &[String], fill: &Fill<'_>, shared_dir: &str) -> Vec<Mount> {
    let one = |group: Option<&str>, read_only| {
        let name = fill.text(folder.name.as_str(), group);
        (is_one_directory(&name) && is_one_directory(fill.username)).then(|| Mount {
            source: fill.text(&folder.path.to_string_lossy(), group),
            target: format!("{shared_dir}/{name}"),
            read_only,
            make: folder.group.filter(|_| folder.make),
        })
    };
    let found = match folder.name.as_str().contains("{group}") {
        false => vec![access(folder, groups).and_then(|read_only| one(None, read_only))],
        // By the rights of each group alone.
        true => {
            let named = groups.iter().filter(|group| is_one_directory(group));
            let each = |group: &String| one(Some(group), access(folder, std::slice::from_ref(group))?);
            named.map(each).collect()
        }
    };
    found.into_iter().flatten().collect()
}

/// Whether somebody of these groups may only read it; `None`: they don't see it.
fn access(folder: &SharedFolder, groups: &[String]) -> Option<bool> {
    let is_among = |list: &[String]| list.iter().any(|name| name == EVERYBODY || groups.contains(name));
    match (is_among(&folder.write), is_among(&folder.read)) {
        (true, _) => Some(false),
        (false, true) => Some(true),
        (false, false) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_may_write_also_reads_and_others_see_nothing() {
        let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let folder = SharedFolder {
            read: texts(&["students"]),
            write: texts(&["teachers"]),
            ..SharedFolder::default()
        };
        let asked = |groups: &[&str]| access(&folder, &texts(groups));
        assert_eq!(asked(&["students"]), Some(true));
        assert_eq!(asked(&["students", "teachers"]), Some(false));
        assert_eq!(asked(&["visitors"]), None);
        assert_eq!(asked(&["*"]), None, "a group can't be called everybody");
        let open = SharedFolder {
            read: texts(&["*"]),
            ..folder
        };
        assert_eq!(access(&open, &[]), Some(true));
        assert_eq!(access(&open, &texts(&["teachers"])), Some(false));
    }

    #[test]
    fn each_group_has_a_folder_with_its_own_rights() {
        let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let config = "[[shared_folder]]\nname = \"{group}\"\npath = \"/srv/{group}/{username}\"\nread = [\"*\"]\n\
                      write = [\"physics\"]\ngroup = 3000\nmake = true\n";
        let none = |_: &std::path::Path| Err(std::io::ErrorKind::NotFound.into());
        let path = std::path::Path::new("perijove.toml");
        let config = perijove_config::load(Some((path, config)), &|_| None, &none).unwrap();
        let fill = Fill {
            username: "ann",
            servername: "",
            is_admin: false,
        };
        let found = mounts(
            &config.shared_folders[0],
            &texts(&["biology", "..", "physics"]),
            &fill,
            "shared",
        );
        let shown = found.iter().map(|mount| {
            (
                mount.source.as_str(),
                mount.target.as_str(),
                mount.read_only,
                mount.make,
            )
        });
        assert_eq!(
            shown.collect::<Vec<_>>(),
            [
                ("/srv/biology/ann", "shared/biology", true, Some(3000)),
                ("/srv/physics/ann", "shared/physics", false, Some(3000)),
            ]
        );
    }
}
