//! How long the latest starts of each profile took, so that people can be told how long theirs will take.

use std::time::Duration;

use crate::error::Result;
use crate::sql::{Db, Post, Stmt, Tx};

/// So many are kept of each profile, and some more until they are tidied up.
const KEPT: i64 = 100;
/// So many are looked at.
const LOOKED_AT: i64 = 20;
/// Fewer tell nothing about the next one.
const FEWEST: usize = 3;

/// A server with this profile (empty: with none) has come up.
pub async fn note(tx: &Tx, profile: &str, took: Duration) -> Result<()> {
    const NOTE: Stmt = Stmt::note("INSERT INTO perijove_starts (profile, took_ms) VALUES ($1, $2)");
    let took = i64::try_from(took.as_millis()).unwrap_or(i64::MAX);
    tx.post(&NOTE, &[profile.into(), took.into()]).await
}

/// How long half of the latest starts took at most; `None` if there were too few.
pub async fn usual(db: &impl Db, profile: &str) -> Result<Option<Duration>> {
    const LATEST: Stmt = Stmt::read("SELECT took_ms FROM perijove_starts WHERE profile = $1 ORDER BY id DESC LIMIT $2");
    let rows = db.rows(&LATEST, &[profile.into(), LOOKED_AT.into()]).await?;
    let mut took: Vec<i64> = rows.into_iter().map(|mut row| row.take()).collect::<Result<_>>()?;
    if took.len() < FEWEST {
        return Ok(None);
    }
    took.sort_unstable();
    let middle = took.get(took.len() / 2).copied().unwrap_or_default();
    Ok(u64::try_from(middle).ok().map(Duration::from_millis))
}

/// Forgets all but the latest of each profile; tells how many.
pub async fn purge(db: &impl Db) -> Result<u64> {
    const PURGE: Stmt = Stmt::note(
        "DELETE FROM perijove_starts WHERE id IN (SELECT id FROM \
         (SELECT id, ROW_NUMBER() OVER (PARTITION BY profile ORDER BY id DESC) AS place FROM perijove_starts) AS placed \
         WHERE place > $1)",
    );
    db.execute(&PURGE, &[KEPT.into()]).await
}
