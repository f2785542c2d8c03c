//! Which servers of others somebody has opened, and when last.

use jiff::Timestamp;

use crate::error::Result;
use crate::sql::{Db, Post, Stmt};

/// Somebody was let into a server.
pub async fn note(tx: &impl Post, user_id: i64, owner: &str, server: &str, now: Timestamp) -> Result<()> {
    const NOTE: Stmt = Stmt::note(
        "INSERT INTO perijove_visits (user_id, spawner_id, visited) SELECT CAST($1 AS INTEGER), s.id, $4 FROM spawners s \
         JOIN users u ON u.id = s.user_id WHERE u.name = $2 AND s.name = $3 \
         ON CONFLICT (user_id, spawner_id) DO UPDATE SET visited = excluded.visited",
    );
    tx.post(&NOTE, &[user_id.into(), owner.into(), server.into(), now.into()])
        .await
}

/// The servers that somebody has opened, the last one first.
pub async fn of_user(db: &impl Db, user_id: i64, most: i64) -> Result<Vec<(i64, Timestamp)>> {
    const LAST: Stmt = Stmt::read(
        "SELECT spawner_id, visited FROM perijove_visits WHERE user_id = $1 ORDER BY visited DESC, spawner_id LIMIT $2",
    );
    let rows = db.rows(&LAST, &[user_id.into(), most.into()]).await?.into_iter();
    rows.map(|mut row| Ok((row.take()?, row.take()?))).collect()
}
