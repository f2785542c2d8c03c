//! A file that Python's `dbm.sqlite3` has written: keys and values, in one table.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

/// A key and its value.
pub type Pair = (Vec<u8>, Vec<u8>);

/// What is in it, or why it can't be read. Blocks.
pub fn read(path: &Path) -> Result<Vec<Pair>, String> {
    let why = |error: rusqlite::Error| error.to_string();
    let file = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(why)?;
    let mut all = file
        .prepare("SELECT CAST(key AS BLOB), CAST(value AS BLOB) FROM Dict")
        .map_err(why)?;
    let rows = all.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).map_err(why)?;
    rows.collect::<Result<_, _>>().map_err(why)
}
