//! `[storage]`: people's files, how much they may be, and what becomes of them.

use std::time::Duration;

use super::{DAY, seconds};
use crate::section::section;
use crate::types::ByteSize;

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
        /// How long the files of somebody who was deleted are kept in the trash; 0 is for ever.
        trash_keep: Duration = 30 * DAY;
    }
}
