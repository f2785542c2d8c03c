//! `[storage]`: what becomes of people's files.

use std::time::Duration;

use super::DAY;
use crate::section::section;

section! {
    /// People's files: the trash.
    pub struct Storage {
        /// How long the files of somebody who was deleted are kept in the trash; 0 is for ever.
        trash_keep: Duration = 30 * DAY;
    }
}
