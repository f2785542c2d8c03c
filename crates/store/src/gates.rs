//! Gates: whoever counts before it writes passes one, so that two who count the same never both find room.

use crate::error::Result;
use crate::sql::{Db, Stmt, Tx};

/// Waits until nobody else is in any of these gates, and keeps others out to the end of the transaction. Take them last,
/// after all rows, and all in one call: their order is the same for everybody.
pub async fn pass(tx: &Tx, names: &[String]) -> Result<()> {
    const PASS: Stmt = Stmt::note(
        "INSERT INTO perijove_gates (name) VALUES ($1) ON CONFLICT (name) DO UPDATE SET name = excluded.name",
    );
    let mut names: Vec<&String> = names.iter().collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        tx.execute(&PASS, &[name.as_str().into()]).await?;
    }
    Ok(())
}
