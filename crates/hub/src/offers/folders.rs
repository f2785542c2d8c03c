//! Folders that people share: who sees which, and who may write in it, by their groups at the moment of the start.

use perijove_config::SharedFolder;
use perijove_model::Plan;
use perijove_model::plan::Mount;
use perijove_store::users::User;
use perijove_store::{StoreError, Tx, groups};

use crate::Hub;

/// In a list of groups: everybody.
const EVERYBODY: &str = "*";

/// Adds the folders that this person sees.
pub async fn add(hub: &Hub, tx: &Tx, user: &User, plan: &mut Plan) -> Result<(), StoreError> {
    let folders = &hub.config.shared_folders;
    if folders.is_empty() {
        return Ok(());
    }
    let groups = groups::of_user(tx, user.id).await?;
    for folder in folders {
        let Some(read_only) = access(folder, &groups) else {
            continue;
        };
        plan.mounts.push(Mount {
            source: folder.path.to_string_lossy().into_owned(),
            target: format!("{}/{}", hub.config.storage.shared_dir.as_str(), folder.name.as_str()),
            read_only,
        });
        // Without its number the files' own permissions would keep them out.
        plan.groups.extend(folder.group);
    }
    plan.groups.sort_unstable();
    plan.groups.dedup();
    Ok(())
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
}
