//! `[storage]`: people's files, how much they may be, and what becomes of them.

use std::path::PathBuf;
use std::time::Duration;

use super::{DAY, seconds};
use crate::section::section;
use crate::types::{ByteSize, FolderName};

section! {
    /// People's files: how much they may be, and what becomes of them.
    pub struct Storage {
        /// How much a person's home may hold, where their profile says nothing else. Over it no server of theirs is started.
        quota: Option<ByteSize> = None, unset "no limit", example "\"10G\"";
        /// Somebody who is over the quota may start a server all the same while none of theirs runs, to clear up.
        clear_up: bool = false;
        /// How long after a look into a home the next one is due; 0 never looks, so that no quota holds.
        measure_every: Duration = seconds(3600);
        /// Files that are looked at in a second, in all homes together.
        measure_rate: u32 = 2000;
        /// Directory of a home in which shared folders are shown.
        shared_dir: FolderName = FolderName::default();
        /// How long the files of somebody who was deleted are kept in the trash; 0 is for ever.
        trash_keep: Duration = 30 * DAY;
    }

    /// A directory that several people see in their homes. Who is in none of the groups does not see it. `{username}`, `{servername}` and `{is_admin}` are filled in; with `{group}` in both name and path there is one for each of the person's groups.
    pub struct SharedFolder {
        /// What it is called in people's homes.
        name: FolderName = FolderName::default(), required, example "\"course-data\"";
        /// The directory on the machine.
        path: PathBuf = PathBuf::new(), required, example "\"/srv/course-data\"";
        /// Groups whose members may read it; `*` is everybody.
        read: Vec<String> = Vec::new(), example "[\"students\"]";
        /// Groups whose members may also write in it; `*` is everybody.
        write: Vec<String> = Vec::new(), example "[\"teachers\"]";
        /// Number of the system's group that the files belong to; servers of those who see the folder are in it.
        group: Option<u32> = None, unset "none", example "3000";
        /// Make the directory where it is missing: for `group`, whose members may then change each other's files in it. The
        /// directory above it must be there.
        make: bool = false;
    }
}
