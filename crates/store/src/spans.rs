//! From when to when each server ran: one row for each run, kept when the server and even its person are gone.

use jiff::{SignedDuration, Timestamp};

use crate::error::Result;
use crate::spawners::Spawner;
use crate::sql::{Db, Post, Row, Stmt, Tx};

/// A run has begun. One that was never said to have ended has ended by now.
pub async fn begin(tx: &Tx, spawner: &Spawner, now: Timestamp) -> Result<()> {
    const BEGIN: Stmt = Stmt::note(
        "INSERT INTO perijove_spans (spawner_id, user_id, owner, server, profile, began_at) \
         VALUES ($1, $2, $3, $4, $5, $6)",
    );
    end(tx, spawner.id, now).await?;
    let params = [
        spawner.id.into(),
        spawner.user_id.into(),
        spawner.user_name.as_str().into(),
        spawner.name.as_str().into(),
        spawner.profile.as_ref().map(|profile| profile.slug.as_str()).into(),
        now.into(),
    ];
    tx.post(&BEGIN, &params).await
}

/// It has ended; if it had before, nothing happens.
pub async fn end(tx: &Tx, spawner_id: i64, now: Timestamp) -> Result<()> {
    const END: Stmt = Stmt::note("UPDATE perijove_spans SET ended_at = $2 WHERE spawner_id = $1 AND ended_at IS NULL");
    tx.post(&END, &[spawner_id.into(), now.into()]).await
}

/// The profiles that a person's servers ran with, the latest first.
pub async fn profiles(db: &impl Db, user_id: i64) -> Result<Vec<String>> {
    const PROFILES: Stmt = Stmt::read(
        "SELECT profile FROM perijove_spans WHERE user_id = $1 AND profile IS NOT NULL \
         GROUP BY profile ORDER BY MAX(began_at) DESC, profile LIMIT 100",
    );
    let rows = db.rows(&PROFILES, &[user_id.into()]).await?;
    rows.into_iter().map(|mut row| row.take()).collect()
}

/// How long a person's servers have run since then, each counted for itself.
pub async fn used(db: &impl Db, user_id: i64, since: Timestamp, now: Timestamp) -> Result<SignedDuration> {
    // A run that somebody else ended, such as JupyterHub, is over since our own row says so.
    const SPANS: Stmt = Stmt::read(
        "SELECT x.began_at, x.ended_at, CASE WHEN r.phase IN ('stopped', 'failed') THEN r.since END \
         FROM perijove_spans x LEFT JOIN perijove_runs r ON r.spawner_id = x.spawner_id \
         WHERE x.user_id = $1 AND (x.ended_at IS NULL OR x.ended_at > $2)",
    );
    let mut sum = SignedDuration::ZERO;
    for row in db.rows(&SPANS, &[user_id.into(), since.into()]).await? {
        let (began, ended) = read(row)?;
        let from = began.max(since);
        let to = ended.unwrap_or(now).min(now);
        sum = sum.saturating_add(to.duration_since(from).max(SignedDuration::ZERO));
    }
    Ok(sum)
}

fn read(mut row: Row) -> Result<(Timestamp, Option<Timestamp>)> {
    let began = row.take()?;
    let (ended, seen): (Option<Timestamp>, Option<Timestamp>) = (row.take()?, row.take()?);
    Ok((began, ended.or(seen)))
}

/// Forgets some of the runs that ended before; tells how many. Call it until none is left.
pub async fn purge(db: &impl Db, before: Timestamp) -> Result<u64> {
    const PURGE: Stmt = Stmt::note(
        "DELETE FROM perijove_spans WHERE id IN \
         (SELECT id FROM perijove_spans WHERE ended_at < $1 ORDER BY id LIMIT 10000)",
    );
    db.execute(&PURGE, &[before.into()]).await
}
