//! `[environments]`: the Python environments that the hub looks after.

use std::path::PathBuf;
use std::time::Duration;

use super::seconds;
use crate::section::section;
use crate::types::ByteSize;

section! {
    /// Python environments that the hub builds for servers and looks after.
    pub struct Environments {
        /// Environment of servers whose profile names none.
        default: Option<String> = None, unset "`environment_dir` in [spawner.process]", example "\"lab\"";
        /// Directory with further definitions: a folder for each, with `pyproject.toml`, `requirements.txt` or both.
        dir: Option<PathBuf> = None, example "\"/etc/perijove/environments\"";
        /// Python that environments are made of: 3.11, 3.12 or 3.13.
        python: Option<String> = None, unset "the first that is found", example "\"/usr/bin/python3.12\"";
        /// How long building one may take.
        build_timeout: Duration = seconds(30 * 60);
        /// How many environments people may have of their own; 0 is none.
        own_limit: u32 = 10;
        /// Most that one of people's own environments may take on the disk.
        own_size: ByteSize = ByteSize(5 << 30);
    }
}
