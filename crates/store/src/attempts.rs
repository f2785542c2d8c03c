//! How often a sign-in failed, by account and by address, and until when nobody is asked there. Every hub sees the same.

use jiff::{SignedDuration, Timestamp};

use crate::error::Result;
use crate::sql::{Db, Stmt};

/// Rows that are kept. Whoever tries more names than that makes those forgotten that failed longest ago.
const MOST: i64 = 100_000;

/// What is known of an account and an address.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Found {
    /// The account failed before.
    pub has_failed: bool,
    /// Either is not asked now.
    pub waits: bool,
}

pub async fn of(db: &impl Db, account: &str, address: &str, now: Timestamp) -> Result<Found> {
    const OF: Stmt = Stmt::read("SELECT who, until FROM perijove_attempts WHERE who IN ($1, $2)");
    let mut found = Found::default();
    for mut row in db.rows(&OF, &[account.into(), address.into()]).await? {
        found.has_failed |= row.take::<String>()? == account;
        found.waits |= row.take::<Timestamp>()? > now;
    }
    Ok(found)
}

/// How often the account or the address failed, whichever did so more often, since then.
pub async fn failures(db: &impl Db, account: &str, address: &str, since: Timestamp) -> Result<i64> {
    const MOST: Stmt =
        Stmt::read("SELECT COALESCE(MAX(failures), 0) FROM perijove_attempts WHERE who IN ($1, $2) AND last >= $3");
    Ok(db
        .one(&MOST, &[account.into(), address.into(), since.into()])
        .await?
        .unwrap_or(0))
}

/// Counts an attempt as failed, before it is known, so that many at once are counted, too. Nothing if there is a wait;
/// else how many failed with it. What is older than `memory` is forgotten.
pub async fn count(db: &impl Db, who: &str, now: Timestamp, memory: SignedDuration) -> Result<Option<i64>> {
    const COUNT: Stmt = Stmt::note(
        "INSERT INTO perijove_attempts (who, failures, last, until) VALUES ($1, 1, $2, $2) \
         ON CONFLICT (who) DO UPDATE SET last = excluded.last, until = excluded.until, \
         failures = CASE WHEN perijove_attempts.last < $3 THEN 1 ELSE perijove_attempts.failures + 1 END \
         WHERE perijove_attempts.until <= excluded.last RETURNING failures",
    );
    let before = now.saturating_sub(memory).unwrap_or(Timestamp::MIN);
    db.one(&COUNT, &[who.into(), now.into(), before.into()]).await
}

/// From now on nobody is asked until then.
pub async fn wait_until(db: &impl Db, who: &str, until: Timestamp) -> Result<()> {
    const WAIT: Stmt = Stmt::note("UPDATE perijove_attempts SET until = $2 WHERE who = $1 AND until < $2");
    db.execute(&WAIT, &[who.into(), until.into()]).await.map(drop)
}

/// One attempt did not fail after all.
pub async fn take_back(db: &impl Db, who: &str, now: Timestamp) -> Result<()> {
    const BACK: Stmt = Stmt::note(
        "UPDATE perijove_attempts SET failures = CASE WHEN failures > 0 THEN failures - 1 ELSE 0 END, until = $2 \
         WHERE who = $1",
    );
    db.execute(&BACK, &[who.into(), now.into()]).await.map(drop)
}

/// Forgets what failed.
pub async fn forget(db: &impl Db, who: &str) -> Result<()> {
    const FORGET: Stmt = Stmt::note("DELETE FROM perijove_attempts WHERE who = $1");
    db.execute(&FORGET, &[who.into()]).await.map(drop)
}

/// Forgets what is older than this, and the oldest of too many.
pub async fn purge(db: &impl Db, before: Timestamp) -> Result<u64> {
    const OLD: Stmt = Stmt::note("DELETE FROM perijove_attempts WHERE last < $1 AND until < $1");
    const EDGE: Stmt = Stmt::read("SELECT last FROM perijove_attempts ORDER BY last DESC LIMIT 1 OFFSET $1");
    const SURPLUS: Stmt = Stmt::note("DELETE FROM perijove_attempts WHERE last <= $1");
    let mut purged = db.execute(&OLD, &[before.into()]).await?;
    if let Some(edge) = db.one::<Timestamp>(&EDGE, &[MOST.into()]).await? {
        purged += db.execute(&SURPLUS, &[edge.into()]).await?;
    }
    Ok(purged)
}
